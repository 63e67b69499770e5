/** What every text of an answer must be: whole characters, nothing invisible, not too long. */
import type { Code, Item, Option } from './form.js';

/** Longest texts in characters (code points) and most entries. */
export const LIMITS = {
  text: 500,
  longText: 20_000,
  bracket: 2_000,
  caption: 500,
  heading: 500,
  records: 5_000,
  lists: 500,
  tableRows: 1_000,
  entries: 1_000,
  figures: 200,
  pixels: 30_000,
  count: 9_999,
} as const;

export type Report = (code: string, message: string) => void;

export interface Checking {
  item: Item;
  options(set: Code): readonly Option[];
  problem: Report;
}

/**
 * @returns the text with `\r\n` and `\r` as `\n`; null after a report
 * @param what name of the field within the item, for the message
 */
export function checkText(value: unknown, limit: number, report: Report, what = ''): string | null {
  const of = what === '' ? '' : `${what}の`;
  if (typeof value !== 'string') {
    report('wrong-type', `${of}値の型が違います。文字で入力してください。`);
    return null;
  }
  const text = value.includes('\r') ? value.replace(/\r\n?/gu, '\n') : value;
  const bad = firstUnwritable(text);
  if (bad) {
    report(bad.code, `${of}${bad.at}文字目に${bad.name}が含まれています。その文字を消して入力し直してください。`);
    return null;
  }
  if (text.length > limit) {
    const length = codePoints(text);
    if (length > limit) {
      report('answer-too-long', `${of}文字数が${length.toLocaleString('ja-JP')}文字あります。${limit.toLocaleString('ja-JP')}文字以内に縮めてください。`);
      return null;
    }
  }
  return text;
}

export function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** First lone surrogate or control character (all but `\n` and `\t`); `at` counts characters from 1. */
function firstUnwritable(text: string): { code: string; at: number; name: string } | null {
  let at = 0;
  for (let n = 0; n < text.length; n += 1) {
    at += 1;
    const unit = text.charCodeAt(n);
    if (unit >= 0xd800 && unit <= 0xdfff) {
      const next = text.charCodeAt(n + 1);
      if (unit <= 0xdbff && next >= 0xdc00 && next <= 0xdfff) n += 1;
      else return { code: 'broken-character', at, name: '壊れた文字（単独のサロゲート）' };
    } else if ((unit < 0x20 && unit !== 0x0a && unit !== 0x09) || (unit >= 0x7f && unit <= 0x9f)) {
      return { code: 'control-character', at, name: `制御文字（U+${unit.toString(16).toUpperCase().padStart(4, '0')}）` };
    } else if (unit === 0xfffe || unit === 0xffff) {
      return { code: 'broken-character', at, name: '文字として使えない符号' };
    }
  }
  return null;
}

/** A plain record that has no other keys than these; null after a report. */
export function recordOf(value: unknown, keys: readonly string[], report: Report, what = ''): Record<string, unknown> | null {
  const of = what === '' ? '' : `${what}の`;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report('wrong-type', `${of}値の型が違います。画面から入力し直してください。`);
    return null;
  }
  const unknown = Object.keys(value).filter((key) => !keys.includes(key));
  if (unknown.length > 0) {
    report('unknown-field', `${of}値に知らない欄（${unknown.slice(0, 5).map((key) => key.slice(0, 40)).join('、')}）があります。取り除いてください。`);
    return null;
  }
  return value as Record<string, unknown>;
}
