import { fold } from './folding.js';
import type { Segment } from './reading.js';

const PAGE = /^(?:-\d{1,3}-|\d{1,3}\/\d{1,3}(?:ページ|頁)?|p\.?\d{1,3}|\d{1,3}(?:ページ|頁))$/u;

/** Rows that belong to the page and not to the document: page numbers, and lines that stand beside them on every page. */
export function pageNoise(rows: readonly Segment[][]): { noise: Set<number>; repeated: { row: number; times: number }[] } {
  const noise = new Set<number>();
  const repeated: { row: number; times: number }[] = [];
  const texts = rows.map((row) => (row[0]!.table || row.length > 3 || row[0]!.text.length > 100 ? '' : fold(row.map((piece) => piece.text).join(''))));
  const bare: { row: number; value: number }[] = [];
  texts.forEach((text, row) => {
    if (PAGE.test(text)) noise.add(row);
    else if (/^\d{1,3}$/u.test(text)) bare.push({ row, value: Number(text) });
  });
  // Lone digits are page numbers only when they count up through the document.
  if (bare.length >= 3 && bare.every(({ value }, n) => n === 0 || value === bare[n - 1]!.value + 1)) for (const { row } of bare) noise.add(row);
  const beside = new Map<string, number[]>();
  for (const row of noise) {
    for (const near of [row - 1, row + 1]) {
      const text = texts[near];
      if (text && text.length <= 60 && !noise.has(near)) beside.set(text, [...new Set([...(beside.get(text) ?? []), near])]);
    }
  }
  for (const found of beside.values()) {
    if (found.length < 3) continue;
    for (const row of found) noise.add(row);
    repeated.push({ row: found[0]!, times: found.length });
  }
  // A footer in one line: the same words with n/N.
  const footers = new Map<string, number[]>();
  texts.forEach((text, row) => {
    const match = /^(.{2,60}?)\d{1,3}\/\d{1,3}$/u.exec(text);
    if (match) footers.set(match[1]!, [...(footers.get(match[1]!) ?? []), row]);
  });
  for (const found of footers.values()) {
    if (found.length < 2) continue;
    for (const row of found) noise.add(row);
    repeated.push({ row: found[0]!, times: found.length });
  }
  return { noise, repeated };
}
