/**
 * 疑義: what speaks against holding a risk for covered, or a statutory item of an assessment for adequate. Pure: it sees what the
 * checks found and what systems declare, never where that is kept.
 */
import { formatEra } from '../engine/dates.js';
import type { AnswerValue, Code } from '../engine/form.js';
import type { Result } from '../engine/rule-set.js';
import type { CompiledRules } from '../engine/rules.js';
import { keyOfRule, type Measure, type RuleOfRisk } from '../risks/risk-parts.js';
import { isOverruled, resultOfLetter, type AssessmentFacts, type CheckedFacts, type CheckedResults } from './check-shapes.js';

export interface SystemNamed {
  id: string;
  name: string;
}

/** What a rule says of one system now. */
export interface RuleSeen extends RuleOfRisk {
  title: string;
  setTitle: string;
  result: Result;
  /** Why, in a sentence without its end; null where the person may not see the results of the system. */
  why: string | null;
}

/** A system whose results bear on a risk. */
export interface CheckedSystem extends SystemNamed {
  /** Whether the person may open its results. */
  readable: boolean;
  /** Null: never checked. */
  rules: ReadonlyMap<string, RuleSeen> | null;
}

/** A system (or platform) whose declarations bear on a risk. */
export interface DeclaringSystem extends SystemNamed {
  /** What counts today, by code. */
  values: Readonly<Record<Code, AnswerValue>>;
  /** Controls whose declaration is too old to count → its ISO day. */
  stale: Readonly<Record<Code, string>>;
}

export interface ControlNamed {
  label: string;
  /** ISO day since which nobody declares it any more. */
  retiredSince: string | null;
}

export interface RiskLooked {
  rules: readonly RuleOfRisk[];
  measures: readonly Measure[];
}

export type Challenge =
  | { kind: 'rule'; system: SystemNamed; ruleSet: Code; rule: Code; text: string; readable: boolean }
  | { kind: 'control'; system: SystemNamed | null; control: Code; text: string };

/** What challenges a risk: a linked rule that fails, a measure in place whose control nobody declares. */
export function challengesOf(risk: RiskLooked, checked: readonly CheckedSystem[], declaring: readonly DeclaringSystem[], controls: ReadonlyMap<Code, ControlNamed>): Challenge[] {
  return [...failingRules(risk.rules, checked), ...undeclaredControls(risk.measures, declaring, controls)];
}

/** Linked rules that are 不適合, system by system. */
export function failingRules(rules: readonly RuleOfRisk[], checked: readonly CheckedSystem[]): Challenge[] {
  return checked.flatMap((system) => rules.flatMap((linked): Challenge[] => {
    const seen = system.rules?.get(keyOfRule(linked));
    if (seen === undefined || seen.result !== 'not-met') return [];
    const why = seen.why === null ? '理由は、このシステムの所管課に確かめてください' : `理由：${seen.why}`;
    return [{ kind: 'rule', system: named(system), ruleSet: seen.ruleSet, rule: seen.rule, readable: system.readable, text: `「${system.name}」が、規則「${seen.title}」（${seen.setTitle}）に合っていません。${why}。` }];
  }));
}

function undeclaredControls(measures: readonly Measure[], declaring: readonly DeclaringSystem[], controls: ReadonlyMap<Code, ControlNamed>): Challenge[] {
  const inPlace = measures.filter((one): one is Measure & { control: Code } => one.state === 'in-place' && one.control !== null);
  return inPlace.flatMap(({ text, control }): Challenge[] => {
    const { label, retiredSince } = controls.get(control) ?? { label: control, retiredSince: null };
    const measure = `対策「${text}」は実施済みとしていますが、`;
    if (retiredSince !== null) return [{ kind: 'control', system: null, control, text: `${measure}その統制「${label}」は${formatEra(retiredSince)}に目録から外れました。いまある統制に結び直してください。` }];
    return declaring.filter(({ values }) => !Object.hasOwn(values, control)).map((system) => {
      const day = system.stale[control];
      const what = day === undefined ? `「${system.name}」は統制「${label}」を申告していません。申告するか、対策を「予定」に改めてください。` : `「${system.name}」の統制「${label}」の申告（${formatEra(day)}）は期限が切れています。申告し直すか、対策を「予定」に改めてください。`;
      return { kind: 'control', system: named(system), control, text: `${measure}${what}` };
    });
  });
}

/** A risk that stands behind a statutory item, with what challenges it. */
export interface LinkedLooked extends RiskLooked {
  id: string;
  title: string;
  challenges: readonly Challenge[];
}

export interface AdequacyChallenge {
  /** The answer says that the measures are enough, and something speaks against it. */
  challenged: boolean;
  /** Whatever the answer says: what speaks against it, with the risk by way of which it does. */
  reasons: { risk: SystemNamed; challenge: Challenge }[];
}

/**
 * @param enough what the answer says; null: not answered
 * @param named systems that the assessment names: a rule linked to the risk that fails there speaks against it too
 */
export function adequacyChallenge(enough: boolean | null, risks: readonly LinkedLooked[], namedSystems: readonly CheckedSystem[]): AdequacyChallenge {
  const reasons = risks.flatMap((risk) => {
    const known = new Set(risk.challenges.map(keyOf));
    const there = failingRules(risk.rules, namedSystems).filter((one) => !known.has(keyOf(one)));
    return [...risk.challenges, ...there].map((challenge) => ({ risk: { id: risk.id, name: risk.title }, challenge }));
  });
  return { challenged: enough === true && reasons.length > 0, reasons };
}

const keyOf = (one: Challenge): string => (one.kind === 'rule' ? `rule ${one.system.id} ${keyOfRule(one)}` : `control ${one.system?.id ?? ''} ${one.control}`);
const named = ({ id, name }: SystemNamed): SystemNamed => ({ id, name });

/** Kept results of a system, with the facts and claims from which they came. */
export interface KeptResults {
  results: CheckedResults;
  facts: Pick<CheckedFacts, 'values'>;
  assessments: readonly AssessmentFacts[];
}

/**
 * What the wanted rules say of a system; rules of sets that were not used are not there.
 * @param wanted keys of rules
 * @param withReasons whether the person may see why
 */
export function rulesSeen(sets: ReadonlyMap<Code, CompiledRules>, kept: KeptResults, wanted: ReadonlySet<string>, withReasons: boolean): Map<string, RuleSeen> {
  const seen = new Map<string, RuleSeen>();
  for (const set of sets.values()) {
    const { ruleSet, shortTitle } = set.definition;
    for (const rule of set.rules) {
      const key = keyOfRule({ ruleSet, rule: rule.code });
      const letter = kept.results[ruleSet]?.[rule.index];
      if (letter === undefined || !wanted.has(key)) continue;
      const result = resultOfLetter(letter);
      const why = !withReasons ? null : result === 'not-met' ? whyNot(set, rule, letter, kept) : '';
      seen.set(key, { ruleSet, rule: rule.code, title: rule.definition.title, setTitle: shortTitle, result, why });
    }
  }
  return seen;
}

function whyNot(set: CompiledRules, rule: CompiledRules['rules'][number], letter: string, { facts, assessments }: KeptResults): string {
  if (isOverruled(letter)) return '点検の結果を、人が「不適合」に改めている';
  if (set.definition.per === undefined) return set.explain(rule.code, facts.values).text;
  const against = assessments.filter((one) => one.results[set.definition.ruleSet]?.[rule.index] === 'x');
  return against.map((one) => `評価書「${one.title}」に照らして、${set.explain(rule.code, { ...facts.values, ...one.claims }).text}`).join('／');
}
