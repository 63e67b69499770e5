/**
 * Checks rule sets as content: shape, texts, viewpoints, facts, parameters, and rules that could never tell anything. The same
 * check for the files of the product and for sets that an organisation writes. Nothing is repaired.
 */
import { inProject } from '../kernel/root.js';
import { checkVersions, shapeCheck, validityProblems, type ContentProblem } from './content.js';
import { readSchema } from './content-loader.js';
import type { Code } from './form.js';
import { conditionProblems, ruleConditionFaults, type RulePlace } from './rule-set-conditions.js';
import { parameterProblems } from './rule-set-parameters.js';
import type { FactCatalogue, RuleDefinition, RuleSetDefinition } from './rule-set.js';
import { reachProblems } from './rules-reach.js';

interface Found { path: string; reason: string }
type Shape = (definition: unknown) => Found[];

let shape: Shape | null = null;

/**
 * @param definition anything
 * @param catalogue every fact that rules may speak of
 * @returns problems with the pointer to the place and, for rules, the code of the rule in brackets
 */
export function checkRuleSet(definition: unknown, file: string, catalogue: FactCatalogue): ContentProblem[] {
  shape ??= shapeCheck(readSchema(inProject('templates'), 'rule-set'), { keys: ['applies', 'expects'], faults: ruleConditionFaults });
  const misshapen = shape(definition);
  const found = misshapen.length > 0 ? misshapen : setProblems(definition as RuleSetDefinition, catalogue);
  return found.map(({ path, reason }) => ({ file, path: withCode(path, definition), reason }));
}

/** What rule sets have wrong together: a code of a rule used by two sets, versions of one set that overlap. */
export function checkRuleSetsTogether(sets: readonly { definition: RuleSetDefinition; file: string }[]): ContentProblem[] {
  const owners = new Map<Code, { ruleSet: Code; file: string }>();
  const problems = checkVersions(sets.map(({ definition: { ruleSet, version, validity }, file }) => ({ code: ruleSet, version, validity, file })));
  for (const { definition: { ruleSet, rules }, file } of sets) {
    rules.forEach(({ code }, n) => {
      const owner = owners.get(code);
      if (!owner) owners.set(code, { ruleSet, file });
      else if (owner.ruleSet !== ruleSet) problems.push({ file, path: `/rules/${n}/code（${code}）`, reason: `規則の符号「${code}」は「${owner.file}」でも使われています。別の符号にしてください。` });
    });
  }
  return problems;
}

/** `/rules/3/expects` → `/rules/3/expects（mn-access-right-unit）`. */
function withCode(path: string, definition: unknown): string {
  const place = /^\/rules\/(\d+)(\/|$)/u.exec(path)?.[1];
  const rules = typeof definition === 'object' && definition !== null && 'rules' in definition ? definition.rules : undefined;
  const rule: unknown = place !== undefined && Array.isArray(rules) ? rules[Number(place)] : undefined;
  const code = typeof rule === 'object' && rule !== null && 'code' in rule ? rule.code : undefined;
  return typeof code === 'string' && code !== '' ? `${path}（${code.slice(0, 80)}）` : path;
}

function setProblems(set: RuleSetDefinition, catalogue: FactCatalogue): Found[] {
  const problems = [...validityProblems(set), ...doubles(set.viewpoints, '/viewpoints', '着眼点'), ...doubles(set.rules, '/rules', '規則')];
  const viewpoints = new Set(set.viewpoints.map(({ code }) => code));
  const used = new Set(set.rules.map(({ viewpoint }) => viewpoint));
  set.viewpoints.forEach(({ code, title }, n) => {
    if (!used.has(code)) problems.push({ path: `/viewpoints/${n}（${code}）`, reason: `着眼点「${title}」の規則が1つもありません。規則を書くか、着眼点を取り除いてください。` });
  });
  set.rules.forEach((rule, n) => {
    if (!viewpoints.has(rule.viewpoint)) problems.push({ path: `/rules/${n}/viewpoint`, reason: `「${rule.viewpoint}」という着眼点はこの規則集にありません。「viewpoints」にあるものを書いてください。` });
    problems.push(...ruleProblems(rule, `/rules/${n}`, set, catalogue));
  });
  return problems;
}

function ruleProblems(rule: RuleDefinition, path: string, set: RuleSetDefinition, catalogue: FactCatalogue): Found[] {
  const place: RulePlace = { catalogue, claims: set.per === 'assessment', until: set.validity.until, parameters: rule.parameters ?? {} };
  const found = [
    ...parameterProblems(rule, catalogue).map((one) => ({ ...one, path: `${path}${one.path}` })),
    ...conditionProblems(rule.applies, place).map((one) => ({ ...one, path: `${path}/applies${one.path}` })),
    ...conditionProblems(rule.expects, place).map((one) => ({ ...one, path: `${path}/expects${one.path}` })),
  ];
  // Whether the rule can tell anything is asked only once all that it names is there.
  return found.length > 0 ? found : reachProblems(rule, catalogue).map((one) => ({ ...one, path: `${path}${one.path}` }));
}

function doubles(all: readonly { code: Code }[], path: string, what: string): Found[] {
  const seen = new Set<Code>();
  return all.flatMap(({ code }, n) => {
    if (!seen.has(code)) {
      seen.add(code);
      return [];
    }
    return [{ path: `${path}/${n}/code`, reason: `${what}の符号「${code}」が2度使われています。別の符号にしてください。` }];
  });
}
