/** What a table says beside its figures: notes under it and the sentence of the greatest. */
import { exactText, grouped, shareText, ZERO, type Decimal } from './decimal.js';
import type { Cell } from './tabulation-cells.js';
import type { Figure, Rounding, TopSentence } from './tabulation.js';

/** What the signs mean that stand in the place of a number. */
export function signNotes(figures: readonly Figure[]): string[] {
  const states = new Set(figures.map((one) => one.state));
  const dash = [...(states.has('not-asked') ? ['尋ねていないもの'] : []), ...(states.has('no-denominator') ? ['割合の分母が0のもの'] : [])];
  return [...(dash.length > 0 ? [`※「－」は、${dash.join('、又は')}である。`] : []), ...(states.has('missing') ? ['※「…」は、尋ねたが回答のなかったものである。'] : [])];
}

/** A table over nothing. */
export const NOTHING_NOTE = '※集計の対象となるものがない。';

export interface Ranked {
  label: string;
  cell: Cell;
  figure: Figure;
}

/**
 * The first n rows by their exact value, in the order of the table where they are equal; those that are equal to the n-th are named
 * too, so that the sentence leaves none out by chance. Rows with 0 and without a number are not named. Null: there is nothing to say.
 */
export function topSentence({ column: _, n, subject, together }: TopSentence, rows: readonly Ranked[], printing: { rounding: Rounding; unit: string }): string | null {
  const ranked = rows.filter(({ cell }) => cell.state === 'value').map((one, at) => ({ ...one, at })).sort((a, b) => compareCells(b.cell, a.cell) || a.at - b.at);
  const last = ranked[Math.min(n, ranked.length) - 1];
  if (!last) return null;
  const named = ranked.filter(({ cell }) => compareCells(cell, last.cell) >= 0);
  const words = named.map(({ label, figure, cell }) => `${label}${printed(figure, cell, printing.unit)}`).join('、');
  // Averages cannot be added.
  const sum = together === undefined || named.some(({ cell, figure }) => cell.ratio !== null && !figure.text.endsWith('%')) ? null : sumOf(named.map((one) => one.cell), printing);
  return `${subject}は大きいものから順に、${words}となって${sum === null ? 'いる' : `おり、上位${named.length}${together!.unit}で${sum}を占めている`}。`;
}

function printed(figure: Figure, { ratio }: Cell, unit: string): string {
  return ratio !== null && figure.text.endsWith('%') ? `${grouped(figure.value!)}％` : `${figure.text}${unit}`;
}

/** Shares of one whole are added before they are rounded. Null where they are shares of different wholes. */
function sumOf(cells: readonly Cell[], { rounding, unit }: { rounding: Rounding; unit: string }): string | null {
  const add = (numbers: readonly Decimal[]): Decimal => numbers.reduce((sum, one) => sum.plus(one), ZERO);
  const ratios = cells.flatMap((one) => (one.ratio === null ? [] : [one.ratio]));
  if (ratios.length === 0) return `${grouped(exactText(add(cells.map((one) => one.value!))))}${unit}`;
  const whole = ratios[0]!.whole;
  if (ratios.some((one) => !one.whole.eq(whole))) return null;
  return `${shareText(add(ratios.map((one) => one.part)), whole, rounding)!}％`;
}

/** By the exact value; what has none comes first. */
export function compareCells(a: Cell, b: Cell): number {
  if (a.value === null || b.value === null) return (a.value === null ? 0 : 1) - (b.value === null ? 0 : 1);
  if (a.ratio !== null && b.ratio !== null) return a.ratio.part.times(b.ratio.whole).cmp(b.ratio.part.times(a.ratio.whole)) * (a.ratio.whole.lt(0) === b.ratio.whole.lt(0) ? 1 : -1);
  return a.value.cmp(b.value);
}
