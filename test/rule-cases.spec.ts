/**
 * Every rule of every rule set has cases for 適合, 不適合, 未確認 and 対象外, read from its sentence:
 * `fixtures/rule-cases/<rule-set>.yaml`, `{ base, cases: { <rule>: { met, not-met, unknown, not-applicable } } }`, each one set of facts or a
 * list of them laid over `base`. A fact is short: the code of an option, a list of codes, a number, a text; `~` takes it away.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { loadContent } from '../src/assessments/content.js';
import { claimItems } from '../src/checks/claims.js';
import { readClaims } from '../src/checks/claims-content.js';
import { factCatalogue } from '../src/engine/fact-catalogue.js';
import type { AnswerValue, Code } from '../src/engine/form.js';
import { readCatalogues, readRuleSets } from '../src/engine/rule-set-loader.js';
import { RESULTS, type Facts, type Result, type RuleDefinition } from '../src/engine/rule-set.js';
import { compileRules, type CompiledRules } from '../src/engine/rules.js';
import { inProject } from '../src/kernel/root.js';

type Short = string | number | string[] | null;
type ShortFacts = Record<Code, Short>;
interface Cases { base: ShortFacts; cases: Record<Code, Record<Result, ShortFacts | ShortFacts[]>> }

const templates = inProject('templates');
const folder = inProject('test', 'fixtures', 'rule-cases');
const { claims, problems: ofClaims } = readClaims(templates, loadContent(templates).forms);
const { systems, controls, problems: ofCatalogues } = readCatalogues(templates);
const catalogue = factCatalogue([{ form: systems.at(-1)!.compiled, source: 'register' }, { form: controls.at(-1)!.compiled, source: 'control' }], claimItems(claims));
const { ruleSets, problems: ofRules } = readRuleSets(templates, catalogue);
/** The newest version of each set. */
const sets = [...new Map(ruleSets.map(({ definition }) => [definition.ruleSet, compileRules(definition, catalogue)])).values()];
const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'));

it('catalogues, claims and rule sets are sound', () => expect([...ofClaims, ...ofCatalogues, ...ofRules]).toEqual([]));
it('together there are at least 120 rules, and the four sets of the product', () => {
  expect(sets.map(({ definition }) => definition.ruleSet).sort()).toEqual(['administrative-audit', 'consistency', 'my-number-audit', 'safety-measures']);
  expect(sets.reduce((sum, set) => sum + set.rules.length, 0)).toBeGreaterThanOrEqual(120);
});
it('every file of cases belongs to a rule set', () => expect(files.sort()).toEqual(sets.map(({ definition }) => `${definition.ruleSet}.yaml`).sort()));

describe.each(sets.map((set): [string, CompiledRules] => [set.definition.ruleSet, set]))('%s', (name, set) => {
  const file = `${folder}/${name}.yaml`;
  const { base, cases } = existsSync(file) ? (parse(readFileSync(file, 'utf8')) as Cases) : { base: {}, cases: {} };

  it('no case is for a rule that is not there', () => expect(Object.keys(cases).filter((code) => !set.byCode.has(code))).toEqual([]));

  it.each(set.definition.rules.map((rule): [Code, RuleDefinition] => [rule.code, rule]))('%s', (code) => {
    const ofRule = cases[code];
    expect(Object.keys(ofRule ?? {}).sort()).toEqual([...RESULTS].sort());
    for (const result of RESULTS) {
      const all = [ofRule![result]].flat();
      expect([result, all.length > 0]).toEqual([result, true]);
      for (const one of all) {
        const facts = factsOf({ ...base, ...one });
        const explained = set.explain(code, facts);
        expect([code, one, explained.result]).toEqual([code, one, result]);
        expect([code, one, set.results(facts)[set.byCode.get(code)!.index]]).toEqual([code, one, result]);
        expect(explained.missing.length > 0).toBe(result === 'unknown');
      }
    }
  });
});

/** Throws for a fact that no rule may speak of, and for a value that the fact cannot have. */
function factsOf(short: ShortFacts): Facts {
  return Object.fromEntries(Object.entries(short).filter(([, value]) => value !== null).map(([code, value]) => [code, valueOf(code, value)]));
}

function valueOf(code: Code, value: Short): AnswerValue {
  const item = catalogue.get(code);
  if (!item) throw new Error(`the case names the unknown fact ${code}`);
  const wrong = (): never => { throw new Error(`${JSON.stringify(value)} is no ${item.kind} of ${code}`); };
  const option = (one: unknown): Code => (typeof one === 'string' && item.options.has(one) ? one : wrong());
  switch (item.kind) {
    case 'choice': return { choice: option(value) };
    case 'checks': return { checked: Array.isArray(value) ? value.map(option) : wrong() };
    case 'number': return typeof value === 'number' ? value : wrong();
    case 'date': case 'text': return typeof value === 'string' ? value : wrong();
  }
}
