/** Reads `templates/rule-sets/<code>/<version>.yaml`, checks everything and freezes it. */
import { readDefinitions, type Definition } from './content-loader.js';
import type { ContentProblem } from './content.js';
import { checkRuleSet, checkRuleSetsTogether } from './rule-set-content.js';
import type { FactCatalogue, RuleSetDefinition } from './rule-set.js';

export { readCatalogues, type Catalogues } from './content-loader.js';

/** `file` stands below `templates/`. */
export type LoadedRuleSet = Definition<RuleSetDefinition>;

/**
 * Everything that could be read, and everything that is wrong.
 * @param catalogue every fact that rules may speak of
 */
export function readRuleSets(folder: string, catalogue: FactCatalogue): { ruleSets: LoadedRuleSet[]; problems: ContentProblem[] } {
  const { sound, problems } = readDefinitions<RuleSetDefinition>(folder, 'rule-sets', (definition, file) => checkRuleSet(definition, file, catalogue), ({ ruleSet, version }) => `${ruleSet}/${version}.yaml`);
  return { ruleSets: sound, problems: [...problems, ...checkRuleSetsTogether(sound)] };
}
