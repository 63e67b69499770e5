/**
 * The shape of a rule set as it stands in `templates/rule-sets/<code>/<version>.yaml`, and what evaluating it gives.
 * Types only; everything that decides is in the `rules-*.ts` files beside.
 *
 * A rule speaks of facts: items of the system register, controls of the catalogue, claims of assessments. It never sees
 * a system, a table or a page.
 */
import type { AnswerValue, Code, Condition } from './form.js';

export interface RuleSetDefinition {
  /** `my-number-audit` | `administrative-audit` | `safety-measures` | `consistency` | an organisation's own. */
  ruleSet: Code;
  /** One file per version; a published version never changes. */
  version: string;
  title: string;
  shortTitle: string;
  /** Document from which the viewpoints are taken, with its publisher and year. */
  source: string;
  /** Our own words: for whom and what the set is. */
  description: string;
  validity: { from: string; until?: string };
  /** `assessment`: evaluated once for each assessment that names the system, with its claims among the facts. */
  per?: 'assessment';
  viewpoints: Viewpoint[];
  rules: RuleDefinition[];
}

export interface Viewpoint {
  code: Code;
  /** As the source numbers it: `(2)`, `人的 エ`, `F b`. */
  number: string;
  /** 着眼点, in the words of the field. */
  title: string;
  /** For the column of the matrix, at most 14 characters. */
  shortTitle: string;
  /** Heading above several viewpoints: 人的管理. */
  group?: string;
}

export type Severity = 'high' | 'medium' | 'low';
export const SEVERITIES: Readonly<Record<Severity, string>> = { high: '重い', medium: '中くらい', low: '軽い' };

/** Where the rule comes from. */
export interface Basis {
  document: string;
  /** 第12条, 別添1 E a … */
  article?: string;
  item?: string;
}

/** A limit of the rule that an organisation may tighten: `{ item, atMost: { parameter: months } }`. Stricter is to expect more, or to apply to more. */
export interface Parameter {
  label: string;
  unit: string;
  value: number;
  /** Which way is stricter. */
  stricter: 'lower' | 'higher';
  /** The strictest value that may be set. */
  limit: number;
}

/** The condition grammar, in which a number may be a parameter of the rule. `every`, `some` and `answered` are not for rules. */
export type RuleCondition = Condition | { all: RuleCondition[] } | { any: RuleCondition[] } | { not: RuleCondition }
  | { item: Code; atLeast: NumberOrParameter } | { item: Code; atMost: NumberOrParameter } | { item: Code; between: [NumberOrParameter, NumberOrParameter] };
export type NumberOrParameter = number | { parameter: Code };

export interface RuleDefinition {
  /** Unique over all rule sets, stable, never reused. */
  code: Code;
  viewpoint: Code;
  /** What is expected, in one line: アクセス権限は利用者ごとに設定する. */
  title: string;
  severity: Severity;
  basis: Basis[];
  /** To which systems the rule applies; `no` is 対象外. */
  applies: RuleCondition;
  /** What must hold; `no` is 不適合, `unknown` is 未確認. */
  expects: RuleCondition;
  parameters?: Record<Code, Parameter>;
  /** 検出事項: the observation that a failing rule would make. */
  observation: string;
  /** 改善を求める事項: the improvement that it would ask for. */
  improvement: string;
  /** What would settle it: evidence to be shown. */
  evidence: string;
}

/** 適合 / 不適合 / 未確認 / 対象外. The order is that of the packed results 0–3. */
export const RESULTS = ['met', 'not-met', 'unknown', 'not-applicable'] as const;
export type Result = (typeof RESULTS)[number];
export const RESULT_WORDS: Readonly<Record<Result, { label: string; sign: string }>> = {
  met: { label: '適合', sign: '✓' },
  'not-met': { label: '不適合', sign: '×' },
  unknown: { label: '未確認', sign: '？' },
  'not-applicable': { label: '対象外', sign: '－' },
};

/** What is known of one system by item code; a fact that is not there is unknown. */
export type Facts = Readonly<Record<Code, AnswerValue | undefined>>;

/** A fact that rules may speak of. */
export interface FactItem {
  code: Code;
  label: string;
  kind: 'choice' | 'checks' | 'number' | 'date' | 'text';
  /** Options in order, for choice and checks. */
  options: ReadonlyMap<Code, string>;
  unit: string;
  min?: number;
  max?: number;
  /** What 0 says where it is no amount: 行っていない. */
  zero?: string;
  /** The product counts it; nobody fills it in. */
  counted?: true;
  source: 'register' | 'control' | 'claim';
  /** Heading under which it stands in its form: 認証と利用者ID. */
  group: string;
  /** Since this day nobody declares it any more. */
  retired?: string;
}

/** All that rules may speak of, by code. Codes are unique over register, controls and claims. */
export type FactCatalogue = ReadonlyMap<Code, FactItem>;

/** What an organisation made of a rule: switched off with a reason, or stricter limits. */
export interface RuleSetting {
  off?: { reason: string };
  parameters?: Readonly<Record<Code, number>>;
}
export type RuleSettings = Readonly<Record<Code, RuleSetting | undefined>>;

export interface SeenFact {
  code: Code;
  label: string;
  /** As a person reads it: 端末ごと, 12か月, 行っていない; null when it is not known. */
  value: string | null;
}

export interface RuleExplanation {
  rule: Code;
  result: Result;
  /** `アクセス権限を設定する単位が「利用者ごと」ではなく「端末ごと」であるため不適合`. */
  text: string;
  /** The facts that the rule looked at. */
  seen: SeenFact[];
  /** For 未確認: codes of the facts that are missing. */
  missing: Code[];
}
