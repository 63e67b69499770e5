import { readRuleSets } from '../engine/rule-set-loader.js';
import type { FactCatalogue, RuleSetDefinition } from '../engine/rule-set.js';
import type { LoadedForm } from '../engine/content-loader.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Catalogue } from '../systems/catalogue.js';
import { claimItems, type CompiledClaims } from './claims.js';
import { readClaims } from './claims-content.js';

/** Rule sets, claims and all facts that rules may speak of, as they stand in `templates/`. */
export interface RuleContent {
  ruleSets: RuleSetDefinition[];
  claims: CompiledClaims;
  facts: FactCatalogue;
}

/** Throws `Invalid` with every problem. */
export function loadRuleContent(folder: string, forms: readonly LoadedForm[], catalogue: Catalogue): RuleContent {
  const { claims, problems: ofClaims } = readClaims(folder, forms);
  const facts: FactCatalogue = new Map([...catalogue.facts, ...claimItems(claims).map((one) => [one.code, one] as const)]);
  const { ruleSets, problems: ofRules } = readRuleSets(folder, facts);
  const problems: Problem[] = [...ofClaims, ...ofRules].map(({ file, path, reason }) => ({ code: 'content-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason }));
  if (problems.length > 0) throw new Invalid('content-invalid', `点検の規則などの定義に${problems.length}件の誤りがあります。`, problems);
  return { ruleSets: ruleSets.map((one) => one.definition), claims, facts };
}

/** The version of each rule set that is used on this day (ISO), in the order of the files. */
export function ruleSetsOn(ruleSets: readonly RuleSetDefinition[], day: string): RuleSetDefinition[] {
  const inUse = new Map<string, RuleSetDefinition>();
  for (const definition of ruleSets) if (usedOn(definition, day)) inUse.set(definition.ruleSet, definition);
  return [...inUse.values()];
}

export function usedOn({ validity: { from, until } }: RuleSetDefinition, day: string): boolean {
  return from <= day && (until === undefined || day < until);
}
