import type { RuleChoices } from '../../checks/risk-challenges.service.js';
import { keyOfRule, type RuleOfRisk } from '../../risks/risk-parts.js';

/** What a rule is called; one that is in no set any more keeps its code. */
export function ruleTitles(choices: readonly RuleChoices[]): (rule: RuleOfRisk) => string {
  const titles = new Map(choices.flatMap(({ ruleSet, rules }) => rules.map(({ code, title }) => [keyOfRule({ ruleSet, rule: code }), title] as const)));
  return (rule) => titles.get(keyOfRule(rule)) ?? `${rule.rule}（いまの規則集にない規則）`;
}
