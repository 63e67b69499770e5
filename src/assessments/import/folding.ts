/**
 * One spelling for comparing what people and OCR write differently: full and half width, spaces, ※, dashes,
 * commas. Circled digits stay apart from plain ones, because the statutory labels use both.
 */
export interface Folded {
  text: string;
  /** Index in the original of each character of `text`; one more entry holds the end. */
  at: number[];
}

const DASHES = /[‐‑‒–—―−－]/u;
const single = new Map<string, string>();

function foldCharacter(character: string): string {
  const known = single.get(character);
  if (known !== undefined) return known;
  let folded: string;
  if (/[\s※*＊]/u.test(character)) folded = '';
  else if (/[①-⑳㉑-㉟㊱-㊿]/u.test(character)) folded = character;
  else if (DASHES.test(character)) folded = '-';
  else if (/[〜～∼]/u.test(character)) folded = '~';
  else if (/[，､,]/u.test(character)) folded = '、';
  else if (/[［〔【]/u.test(character)) folded = '[';
  else if (/[］〕】]/u.test(character)) folded = ']';
  else if (/[〈《＜]/u.test(character)) folded = '<';
  else if (/[〉》＞]/u.test(character)) folded = '>';
  else if (/[〇◯⭕]/u.test(character)) folded = '○';
  else folded = character.normalize('NFKC').toLowerCase().replace(/\s/gu, '');
  if (single.size < 20_000) single.set(character, folded);
  return folded;
}

export function foldWithPlaces(text: string): Folded {
  const parts: string[] = [];
  const at: number[] = [];
  let index = 0;
  for (const character of text) {
    const folded = foldCharacter(character);
    if ((folded === '\u3099' || folded === '\u309A') && parts.length > 0) {
      const joined = (parts[parts.length - 1]! + folded).normalize('NFC');
      if (joined.length === 1) parts[parts.length - 1] = joined;
    } else {
      for (let unit = 0; unit < folded.length; unit += 1) {
        parts.push(folded[unit]!);
        at.push(index);
      }
    }
    index += character.length;
  }
  at.push(text.length);
  return { text: parts.join(''), at };
}

export function fold(text: string): string {
  return foldWithPlaces(text).text;
}

const ROMAN: Record<string, number> = { i: 1, ii: 2, iii: 3, iv: 4, v: 5, vi: 6, vii: 7, viii: 8, ix: 9, x: 10 };

/** The number before a label: its style (circled, dotted, roman, in brackets, `リスク1：`) and value. */
export interface Numbering { style: 'circled' | 'dotted' | 'roman' | 'bracketed' | 'worded' | 'plain' | 'none'; value: string; length: number }

const NONE: Numbering = { style: 'none', value: '', length: 0 };

/** Reads the number at the head of a folded text. */
export function numberingOf(folded: string): Numbering {
  const first = folded.codePointAt(0) ?? 0;
  if (first >= 0x2460 && first <= 0x2473) return { style: 'circled', value: String(first - 0x245f), length: 1 };
  if (first >= 0x3251 && first <= 0x325f) return { style: 'circled', value: String(first - 0x3251 + 21), length: 1 };
  let match = /^(\d{1,2})\.(?=\D)/u.exec(folded);
  if (match) return { style: 'dotted', value: String(Number(match[1])), length: match[0].length };
  match = /^[([]((?:別添)?\d{1,2})[)\]](?=.)/u.exec(folded);
  if (match) return { style: 'bracketed', value: match[1]!, length: match[0].length };
  match = /^([ivx]{1,4})\.?(?=[^a-z0-9.])/u.exec(folded);
  if (match && ROMAN[match[1]!]) return { style: 'roman', value: String(ROMAN[match[1]!]), length: match[0].length };
  match = /^([^\d:()[\]]{1,6}\d{0,2}):(?=.)/u.exec(folded);
  if (match) return { style: 'worded', value: match[1]!, length: match[0].length };
  match = /^(\d{1,2})(?=[^\d.)])/u.exec(folded);
  if (match) return { style: 'plain', value: String(Number(match[1])), length: match[0].length };
  return NONE;
}

/** Levenshtein distance, given up (`limit + 1`) when it grows over the limit. */
export function distance(one: string, other: string, limit: number): number {
  if (Math.abs(one.length - other.length) > limit) return limit + 1;
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    let least = row;
    for (let column = 1; column <= other.length; column += 1) {
      const cost = one[row - 1] === other[column - 1] ? 0 : 1;
      const value = Math.min(previous[column]! + 1, current[column - 1]! + 1, previous[column - 1]! + cost);
      current.push(value);
      if (value < least) least = value;
    }
    if (least > limit) return limit + 1;
    previous = current;
  }
  return previous[other.length]!;
}

/** Whether two folded texts differ by no more than this share of the longer one. */
export function similar(one: string, other: string, share: number): boolean {
  const limit = Math.floor(Math.max(one.length, other.length) * share);
  return distance(one, other, limit) <= limit;
}
