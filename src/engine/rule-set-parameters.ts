/** Parameters of a rule: each stands for a limit in its conditions, and tightening it must make the rule stricter. */
import type { Code } from './form.js';
import type { FactCatalogue, NumberOrParameter, Parameter, RuleCondition, RuleDefinition } from './rule-set.js';
import { outsideOf, walkRuleCondition, type RuleLeaf } from './rule-set-conditions.js';

interface Found { path: string; reason: string }

/** Paths are below the rule. */
export function parameterProblems(rule: RuleDefinition, catalogue: FactCatalogue): Found[] {
  const parameters = rule.parameters ?? {};
  const problems: Found[] = [];
  // A rule is stricter when it expects more, and when it applies to more.
  const uses = [...usesOf(rule.expects, '/expects', false), ...usesOf(rule.applies, '/applies', true)];
  for (const { parameter, fact, path, stricter } of uses) {
    const known = Object.hasOwn(parameters, parameter) ? parameters[parameter] : undefined;
    if (!known) problems.push({ path, reason: `「${parameter}」という値は、この規則の「parameters」にありません。` });
    else if (stricter !== known.stricter) problems.push({ path: `/parameters/${parameter}/stricter`, reason: `この条件では値が${stricter === 'lower' ? '小さい' : '大きい'}ほど厳しくなります。「${stricter}」と書いてください。` });
    const item = catalogue.get(fact);
    if (known && item?.kind === 'number') for (const field of ['value', 'limit'] as const) problems.push(...outsideOf(item, known[field]).map((reason) => ({ path: `/parameters/${parameter}/${field}`, reason })));
  }
  for (const [code, parameter] of Object.entries(parameters)) problems.push(...ownProblems(code, parameter, uses.some((use) => use.parameter === code)));
  return problems;
}

function ownProblems(code: Code, { value, limit, stricter, label }: Parameter, used: boolean): Found[] {
  const path = `/parameters/${code}`;
  if (!used) return [{ path, reason: `「${label}」が条件のどこにも使われていません。条件で使うか、取り除いてください。` }];
  if (stricter === 'lower' ? limit < value : limit > value) return [];
  return [{ path: `${path}/limit`, reason: `最も厳しい値（${limit}）が、もとの値（${value}）より${stricter === 'lower' ? '小さく' : '大きく'}ありません。団体が厳しくできる余地のある値にしてください。` }];
}

interface Use { parameter: Code; fact: Code; stricter: Parameter['stricter'] }

function usesOf(condition: RuleCondition, path: string, turned: boolean): (Use & { path: string })[] {
  return walkRuleCondition(condition, path, turned).flatMap(({ node, path: at, negated }) => usesIn(node).map((use) => ({ ...use, path: at, stricter: negated ? opposite(use.stricter) : use.stricter })));
}

function usesIn(leaf: RuleLeaf): Use[] {
  const use = (value: NumberOrParameter, stricter: Use['stricter']): Use[] => (typeof value === 'number' ? [] : [{ parameter: value.parameter, fact: leaf.item, stricter }]);
  if ('atLeast' in leaf) return use(leaf.atLeast, 'higher');
  if ('atMost' in leaf) return use(leaf.atMost, 'lower');
  return 'between' in leaf ? [...use(leaf.between[0], 'higher'), ...use(leaf.between[1], 'lower')] : [];
}

function opposite(stricter: Parameter['stricter']): Parameter['stricter'] {
  return stricter === 'lower' ? 'higher' : 'lower';
}
