import type { RuleDefinition, RuleSetting } from '../engine/rule-set.js';
import { settingProblems } from '../engine/rules.js';

/**
 * What a kept setting means for this version of the rule: a limit that it no longer has, or that would be looser than its own, is not
 * applied. Pure.
 */
export function settingInForce(rule: RuleDefinition, { offReason, parameters }: { offReason: string | null; parameters: Readonly<Record<string, number>> }): RuleSetting {
  const applied = Object.entries(parameters).filter(([code, value]) => settingProblems(rule, { parameters: { [code]: value } }).length === 0);
  return { ...(offReason === null ? {} : { off: { reason: offReason } }), ...(applied.length === 0 ? {} : { parameters: Object.fromEntries(applied) }) };
}
