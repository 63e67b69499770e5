/** What stands in each cell of a table, exact and not yet printed. Columns may be made of others in any order; a circle holds nothing. */
import { decimalOf, exactText, grouped, quotientText, shareText, ZERO, type Decimal } from './decimal.js';
import type { Code } from './form.js';
import type { Leaf } from './tabulation-columns.js';
import { TOTAL, type TableCounts } from './tabulation-counting.js';
import { MISSING_PLACE, NOT_ASKED_PLACE } from './tabulation-packing.js';
import type { Figure, FigureState, Rounding, TableDefinition } from './tabulation.js';

export interface Cell {
  state: FigureState;
  /** Null where there is no number. A quotient has its two numbers in `ratio` as well. */
  value: Decimal | null;
  /** Share or average: what is divided by what. */
  ratio: { part: Decimal; whole: Decimal } | null;
}

const NOTHING: Cell = { state: 'not-asked', value: null, ratio: null };

function valueCell(value: Decimal): Cell {
  return { state: value.eq(0) ? 'zero' : 'value', value, ratio: null };
}

/** A share of nothing, or of what is not there, has no value. */
export function shareCell(part: Cell | undefined, whole: Cell | undefined): Cell {
  if (!part || part.value === null) return part ? { ...part, ratio: null } : NOTHING;
  if (!whole || whole.value === null || whole.value.eq(0)) return { state: 'no-denominator', value: null, ratio: null };
  return { state: part.value.eq(0) ? 'zero' : 'value', value: part.value, ratio: { part: part.value, whole: whole.value } };
}

export class Cells {
  private readonly leaves: ReadonlyMap<Code, Leaf>;
  private readonly known = new Map<string, Cell>();
  private readonly underWay = new Set<string>();

  constructor(private readonly counts: TableCounts, leaves: readonly Leaf[]) {
    this.leaves = new Map(leaves.map((one) => [one.code, one]));
  }

  leaf(code: Code): Leaf | undefined {
    return this.leaves.get(code);
  }

  /** @param row place of the row, -1 for the row of totals */
  cell(code: Code, row: number): Cell {
    const key = `${row}/${code}`;
    const known = this.known.get(key);
    if (known) return known;
    const leaf = this.leaves.get(code);
    if (!leaf || this.underWay.has(key)) return NOTHING;
    this.underWay.add(key);
    const cell = this.made(leaf, row);
    this.underWay.delete(key);
    this.known.set(key, cell);
    return cell;
  }

  private made(leaf: Leaf, row: number): Cell {
    const { column } = leaf;
    const without = column.withoutListedAgain === true;
    switch (column.measure) {
      case 'count': return counted(this.counts.records(row, without));
      case 'missing': return counted(this.counts.places(column.of, without).at(row, MISSING_PLACE));
      case 'not-asked': return counted(this.counts.places(column.of, without).at(row, NOT_ASKED_PLACE));
      case 'distinct': {
        const { options, at } = this.counts.places(column.of, without);
        return this.ofAnswers(column.of, without, row, options.reduce((sum, _, n) => sum + (at(row, n + 2) > 0 ? 1 : 0), 0));
      }
      case 'option': case 'cross': return this.ofAnswers(column.of, without, row, leaf.place === null || leaf.place < 0 ? 0 : this.counts.places(column.of, without).at(row, leaf.place));
      case 'sum': case 'average': {
        const amounts = this.counts.amounts(column.of, without);
        const answered = amounts.answered(row);
        const state = answerState(amounts.notAsked(row), amounts.missing(row), answered);
        if (state !== null) return { state, value: null, ratio: null };
        if (column.measure === 'sum') return valueCell(amounts.sum(row));
        return shareCell(valueCell(amounts.sum(row)), counted(answered));
      }
      case 'columns': {
        const parts = leaf.parts.map((code) => this.cell(code, row));
        const there = parts.filter((one) => one.value !== null && one.ratio === null);
        return there.length > 0 ? valueCell(there.reduce((sum, one) => sum.plus(one.value!), ZERO)) : parts[0] ?? NOTHING;
      }
      case 'share': return shareCell(this.cell(leaf.parts[0]!, row), leaf.over === null ? this.cell(leaf.parts[0]!, TOTAL) : this.cell(leaf.over, row));
    }
  }

  private ofAnswers(field: Code, without: boolean, row: number, number: number): Cell {
    const { at, answered } = this.counts.places(field, without);
    const state = answerState(at(row, NOT_ASKED_PLACE), at(row, MISSING_PLACE), answered(row));
    return state === null ? counted(number) : { state, value: null, ratio: null };
  }
}

function counted(number: number): Cell {
  return valueCell(decimalOf(number)!);
}

/** Null: there are answers, or nobody at all. */
function answerState(notAsked: number, missing: number, answered: number): 'missing' | 'not-asked' | null {
  if (answered > 0 || notAsked + missing === 0) return null;
  return missing > 0 ? 'missing' : 'not-asked';
}

/** －: nothing to print a number of; …: asked, and nobody answered. */
const NO_NUMBER: Readonly<Record<Exclude<FigureState, 'value' | 'zero'>, string>> = { missing: '…', 'not-asked': '－', 'no-denominator': '－' };

export interface Printing {
  rounding: Rounding;
  denominator: string;
  /** A share is printed in percent, an average as a number, both rounded; null: printed as it is. */
  as: 'share' | 'average' | null;
}

export function figureOf(address: string, cell: Cell, { rounding, denominator, as }: Printing): Figure {
  if (cell.state !== 'value' && cell.state !== 'zero') return { address, state: cell.state, value: null, text: NO_NUMBER[cell.state], denominator: null };
  if (cell.ratio === null || as === null) {
    const value = exactText(cell.value!);
    return { address, state: cell.state, value, text: grouped(value), denominator: null };
  }
  const { part, whole } = cell.ratio;
  const value = (as === 'share' ? shareText(part, whole, rounding) : quotientText(part, whole, rounding))!;
  return { address, state: cell.state, value, text: as === 'share' ? `${grouped(value)}%` : grouped(value), denominator: { label: denominator, value: exactText(whole) } };
}

/** How the figures of a column are rounded: its own way, else that of the table, else that of the document. */
export function roundingOf(leaf: Leaf, table: TableDefinition, document: Rounding): Rounding {
  const own = 'rounding' in leaf.column ? leaf.column.rounding : undefined;
  return own ?? table.rounding ?? document;
}
