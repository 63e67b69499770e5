/** The tests of the condition grammar on one value. A blank is unknown, an item not asked is `no`. */
import { answeredValue, countedNumber } from './blanks.js';
import { parseJapaneseDate } from './dates.js';
import type { AnswerValue, Code, Condition } from './form.js';

export type Verdict = 'yes' | 'no' | 'unknown';

/** The item is hidden: nothing is answered and nothing can be. */
export const NOT_ASKED: unique symbol = Symbol('not asked');
/** What a condition sees of an item; `undefined` is a blank. A group is seen as its number of rows. */
export type Seen = AnswerValue | boolean | typeof NOT_ASKED | undefined;

/** What the words of an explanation need to know about an item. */
export interface Meaning {
  label: string;
  /** The item is a group of rows; `label` is the unit. */
  group?: boolean;
  options?: ReadonlyMap<string, { label: string; atLeast?: number; below?: number }>;
  /** Numbers and days are named as they were seen, with this unit: `12か月で、6か月以上である`. Without it only the comparison is told. */
  unit?: string;
  /** What 0 says where it is no amount: 行っていない. */
  zero?: string;
  /** No number is more: 100 of a share. */
  max?: number;
  /** A value that was not wanted is told without what was wanted. */
  plain?: boolean;
}

/** The place from which a condition looks: the row at hand, then the rows around it, then the root. */
export interface Scope {
  value(item: Code): Seen;
  rows(group: Code): readonly Scope[];
}

export type LeafCondition = Extract<Condition, { item: string }>;
type Test = (scope: Scope) => Verdict;

const verdict = (holds: boolean): Verdict => (holds ? 'yes' : 'no');

export function testLeaf(leaf: LeafCondition, about: Meaning): Test {
  const item = leaf.item;
  if ('answered' in leaf) {
    const wanted = leaf.answered;
    return (scope) => verdict(isAnswered(scope.value(item), about) === wanted);
  }
  /** Runs the test on a value that is there. */
  const on = (test: (value: Exclude<Seen, undefined | typeof NOT_ASKED>, scope: Scope) => Verdict): Test => (scope) => {
    const value = scope.value(item);
    if (value === NOT_ASKED) return 'no';
    return value === undefined || !answeredValue(value) ? 'unknown' : test(value, scope);
  };
  if ('is' in leaf) {
    const wanted = leaf.is;
    return on((value) => verdict(says(value, wanted)));
  }
  if ('isOneOf' in leaf) {
    const wanted = leaf.isOneOf;
    return on((value) => verdict(wanted.some((one) => says(value, one))));
  }
  if ('includes' in leaf) {
    const wanted = leaf.includes;
    return on((value) => verdict(contains(value, wanted)));
  }
  if ('matchesCountOf' in leaf) {
    const counted = leaf.matchesCountOf;
    return on((value, scope) => {
      const mine = countOf(value);
      const theirs = scope.value(counted);
      if (mine === null || theirs === undefined) return 'unknown';
      return verdict(mine === (theirs === NOT_ASKED ? 0 : countOf(theirs)));
    });
  }
  if ('before' in leaf || 'after' in leaf) {
    const before = 'before' in leaf;
    const limit = before ? leaf.before : leaf.after;
    return on((value, scope) => {
      const mine = dayOf(value, before ? 'to' : 'from');
      const other = typeof limit === 'string' ? limit : dayOf(scope.value(limit.item), before ? 'from' : 'to');
      if (mine === null || other === null) return 'unknown';
      return verdict(before ? mine < other : mine > other);
    });
  }
  const low = 'atLeast' in leaf ? leaf.atLeast : 'between' in leaf ? leaf.between[0] : -Infinity;
  const high = 'atMost' in leaf ? leaf.atMost : 'between' in leaf ? leaf.between[1] : Infinity;
  return on((value) => within(value, low, high, about));
}

export function isAnswered(value: Seen, about: Meaning): boolean {
  if (value === undefined || value === NOT_ASKED) return false;
  return about.group ? (value as number) > 0 : answeredValue(value);
}

function says(value: Seen, wanted: string | number | boolean): boolean {
  if (typeof value !== 'object' || value === null) return value === wanted;
  if ('choice' in value) return value.choice === wanted;
  if ('checked' in value) return value.checked.length === 1 && value.checked[0] === wanted;
  return false;
}

function contains(value: Seen, wanted: string): boolean {
  if (typeof value === 'string') return value.includes(wanted);
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return (value as unknown[]).includes(wanted);
  if ('checked' in value) return value.checked.includes(wanted);
  return says(value, wanted);
}

/** A band that lies across the limit cannot be decided. */
function within(value: Seen, low: number, high: number, about: Meaning): Verdict {
  const option = typeof value === 'object' && value !== null && 'choice' in value ? about.options?.get(value.choice) : undefined;
  if (option && (option.atLeast !== undefined || option.below !== undefined)) {
    const least = option.atLeast ?? -Infinity;
    const most = option.below === undefined ? Infinity : option.below - 1;
    if (least >= low && most <= high) return 'yes';
    return most < low || least > high ? 'no' : 'unknown';
  }
  const number = countOf(value);
  return number === null ? 'unknown' : verdict(number >= low && number <= high);
}

function countOf(value: Seen): number | null {
  if (value === undefined || value === NOT_ASKED || typeof value === 'boolean') return null;
  return countedNumber(value);
}

function dayOf(value: Seen, end: 'from' | 'to'): string | null {
  if (typeof value === 'string') return parseJapaneseDate(value);
  if (typeof value === 'object' && value !== null && 'from' in value && 'to' in value) return value[end];
  return null;
}
