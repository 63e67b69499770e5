/** A rule in words: one structure for the command line and for the pages of rules. */
import type { Code } from './form.js';
import { otherFacts, walkRuleCondition } from './rule-set-conditions.js';
import { conditionSentence, type Wording } from './rule-sentences.js';
import { SEVERITIES, type FactCatalogue, type RuleDefinition, type RuleSetDefinition, type RuleSettings, type Severity } from './rule-set.js';
import { limitsInForce } from './rules-settings.js';

export interface RuleWords {
  code: Code;
  title: string;
  ruleSet: { code: Code; title: string; version: string };
  viewpoint: { code: Code; number: string; title: string; group: string | null };
  severity: Severity;
  /** 重い. */
  severityLabel: string;
  /** One line for each: 番号法 第12条 安全管理措置. */
  basis: string[];
  /** 「マイナンバー」が「保有する」であるとき。 */
  appliesTo: string;
  /** 「アクセス権限を設定する単位」が「利用者ごと」であること。 */
  expects: string;
  parameters: ParameterWords[];
  /** Why the organisation does not use the rule; null when it does. */
  off: string | null;
  observation: string;
  improvement: string;
  evidence: string;
  /** The facts that the rule looks at, those of `appliesTo` first. */
  facts: { code: Code; label: string }[];
}

export interface ParameterWords {
  code: Code;
  label: string;
  /** In force: 6か月. */
  value: string;
  /** 3か月まで厳しくできる（小さいほど厳しい）. */
  range: string;
  /** The organisation has set a value of its own. */
  tightened: boolean;
}

/** @throws Invalid `rule-setting-invalid` for a setting out of bounds */
export function ruleInWords(rule: RuleDefinition, ruleSet: RuleSetDefinition, catalogue: FactCatalogue, settings: RuleSettings = {}): RuleWords {
  const setting = Object.hasOwn(settings, rule.code) ? settings[rule.code] : undefined;
  const limits = limitsInForce(rule, setting);
  const wording: Wording = { catalogue, parameters: rule.parameters ?? {}, limits };
  const viewpoint = ruleSet.viewpoints.find(({ code }) => code === rule.viewpoint);
  return {
    code: rule.code,
    title: rule.title,
    ruleSet: { code: ruleSet.ruleSet, title: ruleSet.title, version: ruleSet.version },
    viewpoint: { code: rule.viewpoint, number: viewpoint?.number ?? '', title: viewpoint?.title ?? rule.viewpoint, group: viewpoint?.group ?? null },
    severity: rule.severity,
    severityLabel: SEVERITIES[rule.severity],
    basis: rule.basis.map(({ document, article, item }) => [document, article, item].filter((part) => part !== undefined).join(' ')),
    appliesTo: conditionSentence(rule.applies, 'とき', wording),
    expects: conditionSentence(rule.expects, 'こと', wording),
    parameters: Object.entries(rule.parameters ?? {}).map(([code, { label, unit, value, stricter, limit }]) => ({
      code,
      label,
      value: `${limits[code]!.toLocaleString('ja-JP')}${unit}`,
      range: `${limit.toLocaleString('ja-JP')}${unit}まで厳しくできる（${stricter === 'lower' ? '小さい' : '大きい'}ほど厳しい）`,
      tightened: limits[code] !== value,
    })),
    off: setting?.off?.reason ?? null,
    observation: rule.observation,
    improvement: rule.improvement,
    evidence: rule.evidence,
    facts: factsOf(rule).map((code) => ({ code, label: catalogue.get(code)?.label ?? code })),
  };
}

/** Codes of everything of which a rule speaks, each once. */
export function factsOf(rule: RuleDefinition): Code[] {
  return [...new Set([rule.applies, rule.expects].flatMap((condition) => walkRuleCondition(condition)).flatMap(({ node }) => [node.item, ...otherFacts(node)]))];
}

/** For the command line; lines end with a line feed. */
export function ruleText(words: RuleWords): string {
  const { viewpoint } = words;
  const lines = [
    `${words.title}（${words.code}）`,
    `規則集：${words.ruleSet.title} ${words.ruleSet.version}`,
    `着眼点：${[viewpoint.group, viewpoint.number, viewpoint.title].filter((part) => part !== null && part !== '').join(' ')}`,
    `重さ：${words.severityLabel}`,
    ...words.basis.map((line, n) => `${n === 0 ? '根拠：' : '　　　'}${line}`),
    ...(words.off === null ? [] : [`この団体では使わない規則（理由：${words.off}）`]),
    `当てはまるもの：${words.appliesTo}`,
    `求めること：${words.expects}`,
    ...words.parameters.map(({ label, value, range, tightened }) => `団体が決める値：${label} ${value}${tightened ? '（この団体が厳しくした値）' : ''}、${range}`),
    `不適合のときの検出事項：${words.observation}`,
    `改善を求める事項：${words.improvement}`,
    `確かめる証拠：${words.evidence}`,
  ];
  return `${lines.join('\n')}\n`;
}
