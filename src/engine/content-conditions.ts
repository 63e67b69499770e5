/** Conditions of a form: references, cycles, and items that can never be asked. */
import { conditionNodes, conditionRefers } from './conditions.js';
import { groupsAround, sumSources, walkItems } from './form-index.js';
import type { Code, Condition, FormDefinition, Item } from './form.js';

interface Found { path: string; reason: string }

/** Conditions that name what is not there, an option that is not there, or an item in rows that are not around. */
export function conditionProblems(form: FormDefinition, kinds: ReadonlyMap<Code, Item>, around: ReadonlyMap<Code, readonly Code[]>): Found[] {
  return [...walkItems(form)].flatMap(({ item, path }) => {
    if (!item.when) return [];
    return referenceFaults(item.when, around.get(item.code) ?? [], form, kinds, around).map((reason) => ({ path: `${path}/when（${item.code}）`, reason }));
  });
}

/** What a condition that looks from the rows of `scope` names wrongly; its shape is sound. */
export function referenceFaults(condition: Condition, scope: readonly Code[], form: FormDefinition, kinds: ReadonlyMap<Code, Item>, around: ReadonlyMap<Code, readonly Code[]>): string[] {
  const missing = [...new Set(conditionRefers(condition))].filter((code) => !kinds.has(code));
  if (missing.length > 0) return missing.map((code) => `条件にある「${code}」という項目はありません。`);
  return [...optionFaults(form, condition, kinds), ...reachFaults(condition, scope, around, kinds)];
}

export function optionSetOf(item: Item | undefined): Code | undefined {
  if (item && 'options' in item) return item.options;
  return item?.kind === 'computed' && 'options' in item.compute ? item.compute.options : undefined;
}

function optionFaults(form: FormDefinition, condition: Condition, kinds: ReadonlyMap<Code, Item>): string[] {
  return conditionNodes(condition).flatMap((node) => {
    if ('every' in node || 'some' in node) {
      const group = 'every' in node ? node.every : node.some;
      return kinds.get(group)?.kind === 'group' ? [] : [`条件にある「${group}」は行の集まり（group）ではありません。`];
    }
    if (!('item' in node)) return [];
    if ('matchesCountOf' in node && !['group', 'record-list', 'number'].includes(kinds.get(node.matchesCountOf)!.kind)) return [`条件にある「${node.matchesCountOf}」は数えられる項目ではありません。`];
    const set = optionSetOf(kinds.get(node.item));
    const named = 'is' in node ? [node.is] : 'isOneOf' in node ? node.isOneOf : 'includes' in node ? [node.includes] : [];
    if (set === undefined) return [];
    const options = new Set((form.optionSets[set] ?? []).map((option) => option.code));
    return named.filter((code) => !options.has(String(code))).map((code) => `条件にある「${String(code)}」は、項目「${node.item}」の選択肢にありません。この条件は成り立つことがありません。`);
  });
}

/** An item of a group can be looked at from within its rows only, or through `every` and `some`. */
function reachFaults(condition: Condition, scope: readonly Code[], around: ReadonlyMap<Code, readonly Code[]>, kinds: ReadonlyMap<Code, Item>): string[] {
  if ('all' in condition) return condition.all.flatMap((one) => reachFaults(one, scope, around, kinds));
  if ('any' in condition) return condition.any.flatMap((one) => reachFaults(one, scope, around, kinds));
  if ('not' in condition) return reachFaults(condition.not, scope, around, kinds);
  if ('every' in condition || 'some' in condition) {
    const group = 'every' in condition ? condition.every : condition.some;
    return reachFaults(condition.holds, [...scope, ...(around.get(group) ?? []), group], around, kinds);
  }
  return conditionRefers(condition).flatMap((code) => {
    const holder = kinds.get(code)?.kind === 'group' ? undefined : around.get(code)?.at(-1);
    return holder === undefined || scope.includes(holder) ? [] : [`「${code}」は「${holder}」の行の中の項目なので、ここからは見えません。「every」か「some」を使ってください。`];
  });
}

/** Items whose being shown or computed depends on itself. */
export function cycleProblems(form: FormDefinition): Found[] {
  const needs = new Map<Code, Set<Code>>();
  const around = groupsAround(form);
  for (const { item } of walkItems(form)) {
    needs.set(item.code, new Set([...(item.when ? conditionRefers(item.when) : []), ...computedFrom(item), ...(around.get(item.code) ?? [])]));
  }
  const problems: Found[] = [];
  const done = new Set<Code>();
  const visit = (code: Code, way: Code[]): void => {
    const from = way.indexOf(code);
    if (from >= 0) {
      problems.push({ path: `/sections（${code}）`, reason: `条件や計算が輪になっています：${[...way.slice(from), code].join(' → ')}。どこかで切ってください。` });
      return;
    }
    if (done.has(code)) return;
    for (const next of needs.get(code) ?? []) visit(next, [...way, code]);
    done.add(code);
  };
  for (const code of needs.keys()) visit(code, []);
  return problems;
}

function computedFrom(item: Item): Code[] {
  if (item.kind !== 'computed') return [];
  const { compute } = item;
  switch (compute.rule) {
    case 'threshold-result': return Object.values(compute.inputs);
    case 'names-of': return [compute.group];
    case 'copy-of': return [compute.item];
    case 'copy-by-choice': return [compute.by, ...Object.values(compute.items)];
    case 'sum-of': return sumSources(compute.of);
  }
}

const MOST_COMBINATIONS = 20_000;

/** Items whose condition, together with that of the groups around, holds under no answers. */
export function unreachableProblems(form: FormDefinition): Found[] {
  const kinds = new Map([...walkItems(form)].map(({ item }) => [item.code, item]));
  const around = groupsAround(form);
  return [...walkItems(form)].flatMap(({ item, path }) => {
    if (!item.when) return [];
    const conditions = [item.when, ...(around.get(item.code) ?? []).flatMap((group) => kinds.get(group)?.when ?? [])];
    return canHold({ all: conditions }, form, kinds) ? [] : [{ path: `${path}/when（${item.code}）`, reason: '条件が成り立つ答えの組み合わせがありません。この項目は表示されることがありません。' }];
  });
}

/**
 * Tries every combination of the choices that the condition looks at; every other test is taken as free.
 * A condition with too many combinations is given the benefit of the doubt.
 */
function canHold(condition: Condition, form: FormDefinition, kinds: ReadonlyMap<Code, Item>): boolean {
  const domains = new Map<string, (string | boolean)[]>();
  const keyOf = (node: Condition): string => {
    if ('item' in node && ('is' in node || 'isOneOf' in node) && kinds.get(node.item)?.kind === 'choice') {
      const set = optionSetOf(kinds.get(node.item));
      domains.set(`choice ${node.item}`, ['', ...(form.optionSets[set ?? ''] ?? []).map((option) => option.code)]);
      return `choice ${node.item}`;
    }
    const key = `test ${JSON.stringify(node)}`;
    domains.set(key, [true, false]);
    return key;
  };
  type Chosen = ReadonlyMap<string, string | boolean>;
  const build = (node: Condition): ((chosen: Chosen) => boolean) => {
    if ('all' in node) {
      const members = node.all.map(build);
      return (chosen) => members.every((member) => member(chosen));
    }
    if ('any' in node) {
      const members = node.any.map(build);
      return (chosen) => members.some((member) => member(chosen));
    }
    if ('not' in node) {
      const inner = build(node.not);
      return (chosen) => !inner(chosen);
    }
    const key = keyOf(node);
    if ('item' in node && key.startsWith('choice ')) {
      const wanted: readonly unknown[] = 'is' in node ? [node.is] : 'isOneOf' in node ? node.isOneOf : [];
      return (chosen) => wanted.includes(chosen.get(key));
    }
    return (chosen) => chosen.get(key) === true;
  };
  const holds = build(condition);
  const keys = [...domains.keys()];
  if (keys.reduce((product, key) => product * domains.get(key)!.length, 1) > MOST_COMBINATIONS) return true;
  const chosen = new Map<string, string | boolean>();
  const tryFrom = (n: number): boolean => {
    if (n === keys.length) return holds(chosen);
    return domains.get(keys[n]!)!.some((value) => {
      chosen.set(keys[n]!, value);
      return tryFrom(n + 1);
    });
  };
  return tryFrom(0);
}
