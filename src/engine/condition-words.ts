/** The Japanese words of an explanation, from labels and option labels. */
import { isAnswered, NOT_ASKED, type LeafCondition, type Meaning, type Scope, type Verdict } from './condition-tests.js';
import { formatEra } from './dates.js';
import type { Code } from './form.js';

/** One telling test. */
export interface Reason {
  phrase: string;
  /** The blank item when the verdict is unknown. */
  missing?: Code;
  /** The item that is told of. */
  item?: Code;
  /** What would have done instead of the value that was seen; several tests of one item are told in one phrase. */
  denied?: Denial;
  /** Holds, but is not enough: `…であるが、`. */
  though?: true;
}

interface Denial { wanted: readonly string[]; phraseOf: (wanted: readonly string[]) => string }

export function phraseOf(leaf: LeafCondition, about: Meaning, meaning: (item: Code) => Meaning, scope: Scope, verdict: Verdict): Reason[] {
  const label = about.label;
  if (verdict === 'unknown') return unknownReasons(leaf, about, meaning, scope);
  const yes = verdict === 'yes';
  const { item } = leaf;
  const value = scope.value(item);
  if (value === NOT_ASKED && !('answered' in leaf)) return [{ phrase: `${label}が記入の対象ではない`, item }];
  if ('answered' in leaf) return [{ phrase: leaf.answered === yes ? `${label}が記入済みである` : `${label}が未記入である`, item }];
  const option = (code: string | number | boolean): string => saidOption(code, about);
  if ('is' in leaf || 'isOneOf' in leaf) return [chosenReason(item, 'is' in leaf ? [leaf.is] : leaf.isOneOf, about, scope, yes)];
  if ('includes' in leaf && about.unit !== undefined && !about.options) return [{ phrase: `${label}に${option(leaf.includes)}が含まれて${yes ? 'いる' : 'いない'}`, item }];
  if ('includes' in leaf) return [{ phrase: `${label}で${option(leaf.includes)}が${yes ? '選ばれている' : '選ばれていない'}`, item }];
  return [{ phrase: `${label}が${about.unit === undefined ? comparedTo(leaf, meaning, yes) : seenAgainst(leaf, about, meaning, scope, yes)}`, item }];
}

function saidOption(code: string | number | boolean, about: Meaning): string {
  if (typeof code !== 'number' || about.unit === undefined) return `「${about.options?.get(String(code))?.label ?? String(code)}」`;
  return code === 0 && about.zero !== undefined ? `「${about.zero}」` : `${said(code)}${about.unit}`;
}

function chosenReason(item: Code, wanted: readonly (string | number | boolean)[], about: Meaning, scope: Scope, yes: boolean): Reason {
  const option = (code: string | number | boolean): string => saidOption(code, about);
  const actual = chosen(scope, item, option);
  const words = wanted.map(option);
  if (yes) return { phrase: `${about.label}が${actual ?? words.join('・')}である`, item };
  const denial = (all: readonly string[]): string => `${about.label}が${saidAgainst(all, actual, about)}`;
  return { phrase: denial(words), item, denied: { wanted: words, phraseOf: denial } };
}

function saidAgainst(wanted: readonly string[], actual: string | null, about: Meaning): string {
  // Where the value is told, a list of what was wanted reads as such.
  const denied = about.unit !== undefined && wanted.length > 1 ? `${wanted.join('')}のいずれでもな` : `${wanted.join('・')}ではな`;
  if (actual === null) return `${denied}い`;
  // All that there is but the value itself says no more than the value.
  const everyOther = about.unit !== undefined && wanted.length > 2 && wanted.length === (about.options?.size ?? 0) - 1;
  return about.plain === true || everyOther ? `${actual}である` : `${denied}く${actual}である`;
}

/**
 * Alternatives that all fail, told together. A value that one of them would have taken is conceded (`…であるが`) where something else
 * is then at fault, and several tests of one item become one: 「AまたはBではなくC」, never the item twice.
 * @param held what holds within an alternative that fails as a whole
 */
export function toldTogether(reasons: readonly Reason[], held: readonly Reason[]): Reason[] {
  const conceded = reasons.map((reason): Reason => {
    const good = reason.denied === undefined ? undefined : held.find(({ item }) => item === reason.item);
    return good === undefined ? reason : { phrase: good.phrase, item: reason.item, though: true };
  });
  return merged(conceded.some(({ though }) => though !== true) ? conceded : reasons);
}

function merged(reasons: readonly Reason[]): Reason[] {
  const all: Reason[] = [];
  for (const reason of reasons) {
    const same = all.findIndex(({ item, denied }) => denied !== undefined && reason.denied !== undefined && item === reason.item);
    if (same === -1) {
      all.push(reason);
      continue;
    }
    const { phraseOf: denial } = reason.denied!;
    const wanted = [...new Set([...all[same]!.denied!.wanted, ...reason.denied!.wanted])];
    all[same] = { ...reason, phrase: denial(wanted), denied: { wanted, phraseOf: denial } };
  }
  return all;
}

const said = (number: number): string => number.toLocaleString('ja-JP');

/** What stands behind the label and が for tests of numbers, counts and days. */
function comparedTo(leaf: LeafCondition, meaning: (item: Code) => Meaning, yes: boolean): string {
  if ('atLeast' in leaf) return `${said(leaf.atLeast)}${yes ? '以上' : '未満'}である`;
  if ('atMost' in leaf) return `${said(leaf.atMost)}${yes ? '以下である' : 'を超えるものである'}`;
  if ('between' in leaf) return `${said(leaf.between[0])}から${said(leaf.between[1])}まで${yes ? 'である' : 'ではない'}`;
  if ('matchesCountOf' in leaf) return `${meaning(leaf.matchesCountOf).label}の数と${yes ? '同じである' : '同じではない'}`;
  const limit = 'before' in leaf ? leaf.before : 'after' in leaf ? leaf.after : '';
  const day = typeof limit === 'string' ? formatEra(limit) : meaning(limit.item).label;
  return `${day}より${'before' in leaf ? '前' : '後'}${yes ? 'である' : 'ではない'}`;
}

/** The same with the value that was seen, and in the unit of the item. */
function seenAgainst(leaf: LeafCondition, about: Meaning, meaning: (item: Code) => Meaning, scope: Scope, yes: boolean): string {
  const unit = about.unit!;
  const seen = (item: Code, inUnit: string): string => {
    const value = scope.value(item);
    if (typeof value === 'number') return `${said(value)}${inUnit}`;
    return typeof value === 'string' ? formatEra(value) : '';
  };
  const mine = seen(leaf.item, unit);
  if ('atLeast' in leaf || 'atMost' in leaf || 'between' in leaf) return withinLimits(leaf, about, scope.value(leaf.item) as number, mine, yes);
  if ('matchesCountOf' in leaf) return `${mine}で、${meaning(leaf.matchesCountOf).label}（${seen(leaf.matchesCountOf, unit)}）と${yes ? '同じである' : '異なっている'}`;
  const limit = 'before' in leaf ? leaf.before : 'after' in leaf ? leaf.after : '';
  const day = typeof limit === 'string' ? formatEra(limit) : `${meaning(limit.item).label}（${seen(limit.item, meaning(limit.item).unit ?? '')}）`;
  return `${mine}で、${day}より${'before' in leaf ? '前' : '後'}${yes ? 'である' : 'ではない'}`;
}

type Limits = Extract<LeafCondition, { atLeast: number } | { atMost: number } | { between: [number, number] }>;

/** A limit that says nothing beside the value (one or more; at most all; done at all) is not told. */
function withinLimits(leaf: Limits, { unit = '', zero, max }: Meaning, value: number, mine: string, yes: boolean): string {
  if (value === 0 && zero !== undefined) return `「${zero}」である`;
  const given = 'between' in leaf ? leaf.between : 'atLeast' in leaf ? [leaf.atLeast, Infinity] as const : [-Infinity, leaf.atMost] as const;
  const low = zero !== undefined && given[0] === 1 ? -Infinity : given[0];
  const high = given[1];
  const limit = (number: number): string => `${said(number)}${unit}`;
  if (!yes && value < low) return low === 1 ? `${mine}である` : `${mine}で、${limit(low)}に満たない`;
  if (!yes) return `${mine}で、${limit(high)}を超えている`;
  if (low === -Infinity) return high === Infinity ? `${mine}である` : `${mine}で、${limit(high)}以下である`;
  if (high === Infinity) return low === 1 || low === max ? `${mine}である` : `${mine}で、${limit(low)}以上である`;
  return `${mine}で、${limit(low)}から${limit(high)}までの間にある`;
}

function unknownReasons(leaf: LeafCondition, about: Meaning, meaning: (item: Code) => Meaning, scope: Scope): Reason[] {
  const others: Code[] = 'matchesCountOf' in leaf ? [leaf.matchesCountOf]
    : 'before' in leaf && typeof leaf.before === 'object' ? [leaf.before.item]
    : 'after' in leaf && typeof leaf.after === 'object' ? [leaf.after.item] : [];
  const blank = [leaf.item, ...others].filter((item) => !isAnswered(scope.value(item), meaning(item)));
  if (blank.length === 0) return [{ phrase: about.label, missing: leaf.item }];
  return blank.map((item) => ({ phrase: meaning(item).label, missing: item }));
}

function chosen(scope: Scope, item: Code, option: (code: string | number | boolean) => string): string | null {
  const value = scope.value(item);
  if (typeof value === 'object' && value !== null && 'choice' in value) return option(value.choice);
  if (typeof value === 'object' && value !== null && 'checked' in value) return `${value.checked.map(option).join('')}${value.checked.length === 1 ? 'だけ' : ''}`;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? option(value) : null;
}

/** `…であり、…であるため`; for unknown `…、…が未記入のため判断できない`. */
export function sentenceOf(verdict: Verdict, reasons: readonly Reason[]): string {
  const told = [...new Map(reasons.map((reason) => [reason.phrase, reason])).values()];
  if (verdict === 'unknown') return `${told.map(({ phrase }) => phrase).join('、')}が未記入のため判断できない`;
  return `${told.map(({ phrase, though }, n) => (n === told.length - 1 ? phrase : though === true ? `${phrase}が` : linking(phrase))).join('、')}ため`;
}

const LINKING: readonly [plain: string, linking: string][] = [
  ['ではない', 'ではなく'], ['がない', 'がなく'], ['もない', 'もなく'], ['である', 'であり'],
  ['ていない', 'ておらず'], ['ている', 'ており'], ['に満たない', 'に満たず'], ['間にある', '間にあり'], ['間にない', '間になく'],
];

function linking(phrase: string): string {
  const form = LINKING.find(([plain]) => phrase.endsWith(plain));
  return form ? phrase.slice(0, -form[0].length) + form[1] : phrase;
}
