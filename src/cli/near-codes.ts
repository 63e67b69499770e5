/** Codes that somebody who typed another one may have meant. Pure. */

/** Most codes that are offered. */
const MOST = 5;

/** The nearest first: those that contain the typed text (or are contained in it), then those with few slips of the finger. */
export function nearCodes(typed: string, codes: readonly string[]): string[] {
  const wanted = typed.trim().toLowerCase().slice(0, 80);
  if (wanted === '') return [];
  return codes
    .map((code) => ({ code, distance: code.includes(wanted) || wanted.includes(code) ? 0 : slips(wanted, code) }))
    .filter(({ code, distance }) => distance <= Math.max(2, Math.floor(code.length / 3)))
    .sort((a, b) => a.distance - b.distance || (a.code < b.code ? -1 : 1))
    .slice(0, MOST)
    .map(({ code }) => code);
}

/** Letters to put in, leave out or change (Levenshtein). */
export function slips(one: string, other: string): number {
  let before = Array.from({ length: other.length + 1 }, (_, n) => n);
  for (let row = 1; row <= one.length; row += 1) {
    const line = [row];
    for (let column = 1; column <= other.length; column += 1) {
      line.push(Math.min(before[column]! + 1, line[column - 1]! + 1, before[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1)));
    }
    before = line;
  }
  return before[other.length]!;
}
