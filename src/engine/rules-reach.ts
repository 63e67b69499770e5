/**
 * Rules that could never tell anything: that never apply, or whose expectation always or never holds where they apply. Decided by
 * trying every combination of what the facts can be: the options that the rule names and one that it does not, and the points
 * at, between and around the limits of numbers and days. A rule with too many combinations is given the benefit of the doubt.
 */
import type { LeafCondition } from './condition-tests.js';
import { conditionNodes } from './conditions.js';
import type { Code, Condition } from './form.js';
import type { FactCatalogue, RuleDefinition } from './rule-set.js';
import { compilePack, dayNumber, type PackedFacts, type Slot } from './rules-pack.js';
import { withLimits } from './rules-settings.js';
import { compilePacked, NO, YES, type PackedTest } from './rules-tests.js';

interface Found { path: string; reason: string }

const MOST_COMBINATIONS = 20_000;

/** Paths are below the rule. */
export function reachProblems(rule: RuleDefinition, catalogue: FactCatalogue): Found[] {
  const parameters = Object.entries(rule.parameters ?? {});
  const usual = foundWith(rule, catalogue, Object.fromEntries(parameters.map(([code, { value }]) => [code, value])));
  if (usual.length > 0 || parameters.length === 0) return usual;
  return foundWith(rule, catalogue, Object.fromEntries(parameters.map(([code, { limit }]) => [code, limit])))
    .map(({ path, reason }) => ({ path, reason: `団体が値を最も厳しくすると、${reason}` }));
}

function foundWith(rule: RuleDefinition, catalogue: FactCatalogue, limits: Readonly<Record<Code, number>>): Found[] {
  const pack = compilePack(catalogue);
  const conditions = [withLimits(rule.applies, limits), withLimits(rule.expects, limits)] as const;
  const [applies, expects] = conditions.map((one) => compilePacked(one, pack)) as [PackedTest, PackedTest];
  const leaves = conditions.flatMap((one) => conditionNodes(one)).filter((node): node is LeafCondition => 'item' in node);
  const domains = domainsOf(leaves, pack.slots);
  if (!domains || domains.reduce((product, { values }) => product * values.length, 1) > MOST_COMBINATIONS) return [];
  const seen = { applies: false, holds: false, fails: false };
  everyCombination(domains, pack.empty(), ({ numbers, texts }) => {
    if (applies(numbers, texts) !== YES) return;
    seen.applies = true;
    const verdict = expects(numbers, texts);
    if (verdict === YES) seen.holds = true;
    if (verdict === NO) seen.fails = true;
  });
  if (!seen.applies) return [{ path: '/applies', reason: '「applies」が成り立つ値の組み合わせがありません。この規則が当てはまるシステムはありません。' }];
  if (!seen.fails) return [{ path: '/expects', reason: '「expects」が、規則の当てはまる所では必ず成り立ちます。不適合になることがないので、条件を見直してください。' }];
  return seen.holds ? [] : [{ path: '/expects', reason: '「expects」が、規則の当てはまる所では成り立つことがありません。適合になることがないので、条件を見直してください。' }];
}

interface Domain { slot: Slot; values: readonly (number | string)[] }

function everyCombination(domains: readonly Domain[], facts: PackedFacts, look: (facts: PackedFacts) => void, from = 0): void {
  const domain = domains[from];
  if (!domain) return look(facts);
  const { slot: { at }, values } = domain;
  for (const value of values) {
    if (typeof value === 'string') facts.texts[at] = value;
    facts.numbers[at] = typeof value === 'string' ? 1 : value;
    everyCombination(domains, facts, look, from + 1);
  }
}

/** What each fact can be; null when one can be too much. */
function domainsOf(leaves: readonly LeafCondition[], slots: ReadonlyMap<Code, Slot>): Domain[] | null {
  const pairs = leaves.flatMap((leaf) => {
    const other = otherFact(leaf);
    return other === null ? [] : [leaf.item, other];
  });
  // Facts that are compared with each other share their points, so that each can lie before, at and behind the other.
  const shared = pairs.flatMap((code) => [...limitsOf(leaves.filter(({ item }) => item === code)), ...startOf(slots.get(code)!)]);
  const domains = [...new Set([...leaves.map(({ item }) => item), ...pairs])].map((code) => {
    const slot = slots.get(code)!;
    const own = leaves.filter(({ item }) => item === code);
    return { slot, values: valuesOf(slot, own, pairs.includes(code) ? [...limitsOf(own), ...shared] : limitsOf(own)) };
  });
  return domains.some(({ values }) => values === null) ? null : (domains as Domain[]);
}

function valuesOf(slot: Slot, leaves: readonly LeafCondition[], limits: readonly number[]): (number | string)[] | null {
  const named = [...new Set(leaves.flatMap(wordsOf))];
  switch (slot.item.kind) {
    case 'choice': {
      const places = slot.options.map((_, n) => n + 1);
      const others = places.filter((place) => !named.includes(slot.options[place - 1]!)).slice(0, 1);
      return [...places.filter((place) => named.includes(slot.options[place - 1]!)), ...others];
    }
    case 'checks': {
      const bits = slot.options.map((_, n) => 2 ** n);
      const told = bits.filter((_, n) => named.includes(slot.options[n]!));
      const other = bits.filter((bit) => !told.includes(bit)).slice(0, 1);
      return subsets([...told, ...other])?.map((subset) => subset.reduce((mask, bit) => mask + bit, 0)).filter((mask) => mask > 0) ?? null;
    }
    case 'text': return textsOf(leaves);
    default: return pointsOf(limits, slot.item.min, slot.item.max);
  }
}

/** At, between and around the limits, within what the fact can be. */
function pointsOf(limits: readonly number[], min = -Infinity, max = Infinity): number[] {
  const marks = [...new Set([...limits, min, max])].filter(Number.isFinite).sort((a, b) => a - b);
  const between = marks.slice(1).map((mark, n) => (mark + marks[n]!) / 2);
  const around = [marks[0]! - 1, marks.at(-1)! + 1];
  return [...new Set([...marks, ...between, ...around])].filter((point) => point >= min && point <= max);
}

/** A mark for facts that are compared with nothing but each other. */
function startOf({ item }: Slot): number[] {
  return [item.min ?? item.max ?? 1];
}

/** Each text that is asked for, every gathering of the parts that are asked for, and a text without any. */
function textsOf(leaves: readonly LeafCondition[]): string[] | null {
  const parts = [...new Set(leaves.flatMap((leaf) => ('includes' in leaf ? [leaf.includes] : [])))];
  const whole = leaves.flatMap((leaf) => ('is' in leaf || 'isOneOf' in leaf ? wordsOf(leaf) : []));
  const gathered = subsets(parts);
  // A text of nothing but white space would be a blank.
  return gathered && [...new Set([...whole, ...gathered.map((subset) => [OTHER_TEXT, ...subset].join('\n'))])];
}

/** A character for private use, in which no content is written. */
const OTHER_TEXT = '\ue000';
const MOST_SUBSETS = 12;

/** Every subset; null when there are too many. */
function subsets<T>(all: readonly T[]): T[][] | null {
  if (all.length > MOST_SUBSETS) return null;
  return all.reduce<T[][]>((found, one) => [...found, ...found.map((subset) => [...subset, one])], [[]]);
}

function wordsOf(leaf: LeafCondition): string[] {
  const words = 'is' in leaf ? [leaf.is] : 'isOneOf' in leaf ? leaf.isOneOf : 'includes' in leaf ? [leaf.includes] : [];
  return words.filter((word) => typeof word === 'string');
}

function limitsOf(leaves: readonly LeafCondition[]): number[] {
  return leaves.flatMap((leaf): number[] => {
    if ('is' in leaf) return typeof leaf.is === 'number' ? [leaf.is] : [];
    if ('isOneOf' in leaf) return leaf.isOneOf.filter((one) => typeof one === 'number');
    if ('atLeast' in leaf) return [leaf.atLeast];
    if ('atMost' in leaf) return [leaf.atMost];
    if ('between' in leaf) return leaf.between;
    if ('before' in leaf) return typeof leaf.before === 'string' ? [dayNumber(leaf.before)] : [];
    return 'after' in leaf && typeof leaf.after === 'string' ? [dayNumber(leaf.after)] : [];
  });
}

function otherFact(leaf: Condition): Code | null {
  if ('matchesCountOf' in leaf) return leaf.matchesCountOf;
  if ('before' in leaf && typeof leaf.before === 'object') return leaf.before.item;
  return 'after' in leaf && typeof leaf.after === 'object' ? leaf.after.item : null;
}
