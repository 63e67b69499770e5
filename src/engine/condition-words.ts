/** The Japanese words of an explanation, from labels and option labels. */
import { isAnswered, NOT_ASKED, type LeafCondition, type Meaning, type Scope, type Verdict } from './condition-tests.js';
import { formatEra } from './dates.js';
import type { Code } from './form.js';

/** One telling test. `missing` is the blank item when the verdict is unknown. */
export interface Reason { phrase: string; missing?: Code }

export function phraseOf(leaf: LeafCondition, about: Meaning, meaning: (item: Code) => Meaning, scope: Scope, verdict: Verdict): Reason[] {
  const label = about.label;
  if (verdict === 'unknown') return unknownReasons(leaf, about, meaning, scope);
  const yes = verdict === 'yes';
  const value = scope.value(leaf.item);
  if (value === NOT_ASKED && !('answered' in leaf)) return [{ phrase: `${label}が記入の対象ではない` }];
  if ('answered' in leaf) return [{ phrase: leaf.answered === yes ? `${label}が記入済みである` : `${label}が未記入である` }];
  const option = (code: string | number | boolean): string => (typeof code === 'number' && about.unit !== undefined ? `${said(code)}${about.unit}` : `「${about.options?.get(String(code))?.label ?? String(code)}」`);
  if ('is' in leaf || 'isOneOf' in leaf) {
    const wanted = ('is' in leaf ? [leaf.is] : leaf.isOneOf).map(option);
    return [{ phrase: `${label}が${saidAgainst(wanted, chosen(scope, leaf.item, option), about, yes)}` }];
  }
  if ('includes' in leaf && about.unit !== undefined && !about.options) return [{ phrase: `${label}に${option(leaf.includes)}が含まれて${yes ? 'いる' : 'いない'}` }];
  if ('includes' in leaf) return [{ phrase: `${label}で${option(leaf.includes)}が${yes ? '選ばれている' : '選ばれていない'}` }];
  return [{ phrase: `${label}が${about.unit === undefined ? comparedTo(leaf, meaning, yes) : seenAgainst(leaf, about.unit, meaning, scope, yes)}` }];
}

function saidAgainst(wanted: readonly string[], actual: string | null, about: Meaning, yes: boolean): string {
  if (yes) return `${actual ?? wanted.join('・')}である`;
  // Where the value is told, a list of what was wanted reads as such.
  const denied = about.unit !== undefined && wanted.length > 1 ? `${wanted.join('')}のいずれでもな` : `${wanted.join('・')}ではな`;
  return actual === null ? `${denied}い` : `${denied}く${actual}である`;
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
function seenAgainst(leaf: LeafCondition, unit: string, meaning: (item: Code) => Meaning, scope: Scope, yes: boolean): string {
  const seen = (item: Code, inUnit: string): string => {
    const value = scope.value(item);
    if (typeof value === 'number') return `${said(value)}${inUnit}`;
    return typeof value === 'string' ? formatEra(value) : '';
  };
  const mine = seen(leaf.item, unit);
  if ('atLeast' in leaf) return `${mine}で、${said(leaf.atLeast)}${unit}${yes ? '以上である' : 'に満たない'}`;
  if ('atMost' in leaf) return `${mine}で、${said(leaf.atMost)}${unit}${yes ? '以下である' : 'を超えている'}`;
  if ('between' in leaf) return `${mine}で、${said(leaf.between[0])}${unit}から${said(leaf.between[1])}${unit}までの間に${yes ? 'ある' : 'ない'}`;
  if ('matchesCountOf' in leaf) return `${mine}で、${meaning(leaf.matchesCountOf).label}（${seen(leaf.matchesCountOf, unit)}）と${yes ? '同じである' : '異なっている'}`;
  const limit = 'before' in leaf ? leaf.before : 'after' in leaf ? leaf.after : '';
  const day = typeof limit === 'string' ? formatEra(limit) : `${meaning(limit.item).label}（${seen(limit.item, '')}）`;
  return `${mine}で、${day}より${'before' in leaf ? '前' : '後'}${yes ? 'である' : 'ではない'}`;
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
  const phrases = [...new Set(reasons.map((reason) => reason.phrase))];
  if (verdict === 'unknown') return `${phrases.join('、')}が未記入のため判断できない`;
  return `${phrases.map((phrase, n) => (n === phrases.length - 1 ? phrase : linking(phrase))).join('、')}ため`;
}

const LINKING: readonly [plain: string, linking: string][] = [
  ['ではない', 'ではなく'], ['がない', 'がなく'], ['もない', 'もなく'], ['である', 'であり'],
  ['ていない', 'ておらず'], ['ている', 'ており'], ['に満たない', 'に満たず'], ['間にある', '間にあり'], ['間にない', '間になく'],
];

function linking(phrase: string): string {
  const form = LINKING.find(([plain]) => phrase.endsWith(plain));
  return form ? phrase.slice(0, -form[0].length) + form[1] : phrase;
}
