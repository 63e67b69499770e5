import { loadContent } from '../assessments/content.js';
import { loadRuleContent, ruleSetsOn } from '../checks/rule-content.js';
import { isIsoDate } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import type { FactCatalogue, RuleSetDefinition } from '../engine/rule-set.js';
import { systemClock } from '../kernel/clock.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue, type Catalogue } from '../systems/catalogue.js';

/** What commands about rules work with: the content of the product as it is on a day, without a database. */
export interface RulesOnDay {
  /** ISO day. */
  today: string;
  catalogue: Catalogue;
  facts: FactCatalogue;
  /** The versions in use on that day. */
  ruleSets: RuleSetDefinition[];
}

/**
 * @param day as typed; without one, today in Japan
 * @throws Invalid for a day that is none, and for content that is not sound
 */
export function rulesOn(day?: string): RulesOnDay {
  if (day !== undefined && !isIsoDate(day)) {
    throw new Invalid('day-invalid', '日付を読み取れません。', [{ code: 'day-invalid', path: '--today', message: `--today は 2026-11-20 の形の、暦にある日で書いてください（いまの値: ${String(day).slice(0, 40)}）。` }]);
  }
  const today = day ?? systemClock.today();
  const folder = inProject('templates');
  const catalogue = loadCatalogue(folder, today);
  const { ruleSets, facts } = loadRuleContent(folder, loadContent(folder).forms, catalogue);
  return { today, catalogue, facts, ruleSets: ruleSetsOn(ruleSets, today) };
}

/** The set with this code, or all without one. Throws `Invalid` with the known codes. */
export function chosenSets(ruleSets: readonly RuleSetDefinition[], code: Code | undefined): RuleSetDefinition[] {
  if (code === undefined) return [...ruleSets];
  const chosen = ruleSets.filter((one) => one.ruleSet === code);
  if (chosen.length > 0) return chosen;
  const known = ruleSets.map((one) => `${one.ruleSet}（${one.title}）`).join('、');
  throw new Invalid('rule-set-unknown', '規則集がありません。', [{ code: 'rule-set-unknown', path: '--rule-set', message: `「${code.slice(0, 60)}」という規則集はありません。次のいずれかを書いてください：${known}。` }]);
}
