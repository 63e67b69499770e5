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
  const option = (code: string | number | boolean): string => `「${about.options?.get(String(code))?.label ?? String(code)}」`;
  if ('is' in leaf || 'isOneOf' in leaf) {
    const wanted = ('is' in leaf ? [leaf.is] : leaf.isOneOf).map(option).join('・');
    const actual = chosen(scope, leaf.item, option);
    const other = actual === null ? `${wanted}ではない` : `${wanted}ではなく${actual}である`;
    return [{ phrase: `${label}が${yes ? `${actual ?? wanted}である` : other}` }];
  }
  if ('includes' in leaf) return [{ phrase: `${label}で${option(leaf.includes)}が${yes ? '選ばれている' : '選ばれていない'}` }];
  return [{ phrase: `${label}が${comparedTo(leaf, meaning, yes)}` }];
}

/** What stands behind the label and が for tests of numbers, counts and days. */
function comparedTo(leaf: LeafCondition, meaning: (item: Code) => Meaning, yes: boolean): string {
  const said = (number: number): string => number.toLocaleString('ja-JP');
  if ('atLeast' in leaf) return `${said(leaf.atLeast)}${yes ? '以上' : '未満'}である`;
  if ('atMost' in leaf) return `${said(leaf.atMost)}${yes ? '以下である' : 'を超えるものである'}`;
  if ('between' in leaf) return `${said(leaf.between[0])}から${said(leaf.between[1])}まで${yes ? 'である' : 'ではない'}`;
  if ('matchesCountOf' in leaf) return `${meaning(leaf.matchesCountOf).label}の数と${yes ? '同じである' : '同じではない'}`;
  const limit = 'before' in leaf ? leaf.before : 'after' in leaf ? leaf.after : '';
  const day = typeof limit === 'string' ? formatEra(limit) : meaning(limit.item).label;
  return `${day}より${'before' in leaf ? '前' : '後'}${yes ? 'である' : 'ではない'}`;
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
  ['選ばれている', '選ばれており'], ['選ばれていない', '選ばれておらず'],
];

function linking(phrase: string): string {
  const form = LINKING.find(([plain]) => phrase.endsWith(plain));
  return form ? phrase.slice(0, -form[0].length) + form[1] : phrase;
}
