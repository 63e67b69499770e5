/**
 * Conditions over packed facts, compiled to closures that allocate nothing. The same three-valued semantics as
 * `conditions.ts`, with verdicts as small integers: `all` is the least, `any` the greatest, `not` counts from the other end.
 */
import { Invalid } from '../kernel/errors.js';
import type { LeafCondition } from './condition-tests.js';
import type { Code, Condition } from './form.js';
import { checkedAt, dayNumber, type Pack, type Slot } from './rules-pack.js';

export const NO = 0;
export const UNKNOWN = 1;
export const YES = 2;
/** NO, UNKNOWN or YES. */
export type PackedVerdict = number;
export type PackedTest = (numbers: Float64Array, texts: readonly (string | undefined)[]) => PackedVerdict;

const unknown: PackedTest = () => UNKNOWN;

/** @throws Invalid `rule-invalid` for a fact that is not packed and for the words that are not for rules */
export function compilePacked(condition: Condition, pack: Pack): PackedTest {
  if ('all' in condition) return allOf(condition.all.map((one) => compilePacked(one, pack)));
  if ('any' in condition) return anyOf(condition.any.map((one) => compilePacked(one, pack)));
  if ('not' in condition) {
    const inner = compilePacked(condition.not, pack);
    return (numbers, texts) => YES - inner(numbers, texts);
  }
  if ('every' in condition || 'some' in condition || 'answered' in condition) throw new Invalid('rule-invalid', '規則の条件では「every」「some」「answered」を使えません。');
  return leafTest(condition, pack);
}

function allOf(members: readonly PackedTest[]): PackedTest {
  const [first, second] = members;
  if (first && members.length === 1) return first;
  if (first && second && members.length === 2) return (numbers, texts) => {
    const verdict = first(numbers, texts);
    return verdict === NO ? NO : Math.min(verdict, second(numbers, texts));
  };
  return (numbers, texts) => {
    let verdict = YES;
    for (let n = 0; n < members.length && verdict !== NO; n += 1) verdict = Math.min(verdict, members[n]!(numbers, texts));
    return verdict;
  };
}

function anyOf(members: readonly PackedTest[]): PackedTest {
  const [first] = members;
  if (first && members.length === 1) return first;
  return (numbers, texts) => {
    let verdict = NO;
    for (let n = 0; n < members.length && verdict !== YES; n += 1) verdict = Math.max(verdict, members[n]!(numbers, texts));
    return verdict;
  };
}

function slotOf(code: Code, pack: Pack): Slot {
  const slot = pack.slots.get(code);
  if (!slot) throw new Invalid('rule-invalid', `「${code}」という事実は目録にありません。`);
  return slot;
}

function leafTest(leaf: LeafCondition, pack: Pack): PackedTest {
  const slot = slotOf(leaf.item, pack);
  if ('is' in leaf) return saysTest(slot, [leaf.is]);
  if ('isOneOf' in leaf) return saysTest(slot, leaf.isOneOf);
  if ('includes' in leaf) return includesTest(slot, leaf.includes);
  if ('matchesCountOf' in leaf) return sameCount(slot, slotOf(leaf.matchesCountOf, pack));
  if ('before' in leaf) return beforeTest(slot, typeof leaf.before === 'string' ? leaf.before : slotOf(leaf.before.item, pack), 1);
  if ('after' in leaf) return beforeTest(slot, typeof leaf.after === 'string' ? leaf.after : slotOf(leaf.after.item, pack), -1);
  const low = 'atLeast' in leaf ? leaf.atLeast : 'between' in leaf ? leaf.between[0] : -Infinity;
  const high = 'atMost' in leaf ? leaf.atMost : 'between' in leaf ? leaf.between[1] : Infinity;
  const count = countReader(slot);
  if (!count) return unknown;
  return (numbers) => {
    const number = count(numbers);
    return number !== number ? UNKNOWN : number >= low && number <= high ? YES : NO;
  };
}

/** `is` and `isOneOf`: the value is one of these; for checks: exactly one is checked and it is one of these. */
function saysTest({ item, at, places }: Slot, wanted: readonly unknown[]): PackedTest {
  if (item.kind === 'text' || item.kind === 'date') {
    const texts = new Set(wanted.filter((one) => typeof one === 'string'));
    if (item.kind === 'text') return (_, given) => (given[at] === undefined ? UNKNOWN : texts.has(given[at]) ? YES : NO);
    // A day is compared as it is stored, in ISO.
    const days = new Set([...texts].filter((one) => /^\d{4}-\d\d-\d\d$/u.test(one)).map(dayNumber));
    return (numbers) => (Number.isNaN(numbers[at]) ? UNKNOWN : days.has(numbers[at]!) ? YES : NO);
  }
  const among = wanted.flatMap((one) => {
    if (item.kind === 'number') return typeof one === 'number' ? [one] : [];
    const place = typeof one === 'string' ? places.get(one) : undefined;
    return place === undefined ? [] : [item.kind === 'choice' ? place + 1 : 2 ** place];
  });
  const isUnknown = item.kind === 'number' ? (number: number) => number !== number : (number: number) => number === 0;
  if (among.length === 1) {
    const [only] = among;
    return (numbers) => (numbers[at] === only ? YES : isUnknown(numbers[at]!) ? UNKNOWN : NO);
  }
  return (numbers) => (among.includes(numbers[at]!) ? YES : isUnknown(numbers[at]!) ? UNKNOWN : NO);
}

function includesTest(slot: Slot, wanted: string): PackedTest {
  const { item, at, places } = slot;
  if (item.kind === 'text') return (_, texts) => (texts[at] === undefined ? UNKNOWN : texts[at].includes(wanted) ? YES : NO);
  if (item.kind !== 'checks') return saysTest(slot, [wanted]);
  const place = places.get(wanted);
  return (numbers) => (numbers[at] === 0 ? UNKNOWN : place !== undefined && checkedAt(numbers[at]!, place) ? YES : NO);
}

/** The number that a fact counts, NaN when it is not known; null for kinds that count nothing. */
function countReader({ item, at }: Slot): ((numbers: Float64Array) => number) | null {
  if (item.kind === 'number') return (numbers) => numbers[at]!;
  if (item.kind !== 'checks') return null;
  return (numbers) => {
    let [mask, count] = [numbers[at]!, 0];
    if (mask === 0) return NaN;
    for (; mask > 0; mask = Math.floor(mask / 2)) count += mask % 2;
    return count;
  };
}

function sameCount(slot: Slot, other: Slot): PackedTest {
  const [mine, theirs] = [countReader(slot), countReader(other)];
  if (!mine || !theirs) return unknown;
  return (numbers) => {
    const [a, b] = [mine(numbers), theirs(numbers)];
    return a !== a || b !== b ? UNKNOWN : a === b ? YES : NO;
  };
}

type DayReader = (numbers: Float64Array, texts: readonly (string | undefined)[]) => number;

/** @param sign 1 for before, -1 for after */
function beforeTest(slot: Slot, limit: string | Slot, sign: 1 | -1): PackedTest {
  const mine = dayReader(slot);
  const fixed = typeof limit === 'string' ? dayNumber(limit) : NaN;
  const other: DayReader | null = typeof limit === 'string' ? () => fixed : dayReader(limit);
  if (!mine || !other) return unknown;
  return (numbers, texts) => {
    const apart = (other(numbers, texts) - mine(numbers, texts)) * sign;
    return apart !== apart ? UNKNOWN : apart > 0 ? YES : NO;
  };
}

function dayReader({ item, at }: Slot): DayReader | null {
  if (item.kind === 'date') return (numbers) => numbers[at]!;
  if (item.kind !== 'text') return null;
  return (_, texts) => (texts[at] === undefined ? NaN : dayNumber(texts[at]));
}
