/**
 * Counts of one table: how many records of each row are at each place of a field, and what they add up to. One pass over the
 * records for each field, however many columns read it.
 */
import { compileCondition, NOT_ASKED, type Scope } from './conditions.js';
import { decimalOf, ZERO, type Decimal } from './decimal.js';
import type { Code } from './form.js';
import { FIRST, MISSING_PLACE, NOT_ASKED_PLACE, valueOf, type PackedDataset, type PlacedField, type Places } from './tabulation-packing.js';
import type { Dataset, DatasetField, DatasetRecord, TableDefinition } from './tabulation.js';

export interface RowHead {
  code: string;
  label: string;
  /** Place of the field of the rows. */
  at: number;
}

/** Records by row and by place; `answered` per row beside, as one record may hold several options. */
export interface PlaceCounts {
  options: PlacedField['options'];
  /** Records of a row at a place; row -1: of all rows. */
  at(row: number, place: number): number;
  answered(row: number): number;
}

export interface AmountCounts {
  notAsked(row: number): number;
  missing(row: number): number;
  answered(row: number): number;
  sum(row: number): Decimal;
}

/** In which rows a record stands. The last row takes what the table leaves out. */
interface Rowing {
  height: number;
  single: Places | null;
  /** The places of the field itself, when the table leaves nothing out: many tables share them. */
  places: Places | null;
  of(record: number): readonly number[];
}

/** -1: the row of totals. */
export const TOTAL = -1;
const WITHOUT_ROWS = FIRST;

export class TableCounts {
  readonly heads: RowHead[];
  private readonly sizes = new Map<Rowing, Uint32Array>();
  private readonly rowings = new Map<string, Rowing>();
  private readonly counted = new Map<string, PlaceCounts>();
  private readonly selected: Uint8Array | null;
  private readonly rowField: PlacedField | null;

  constructor(readonly pack: PackedDataset, private readonly table: TableDefinition) {
    this.selected = selectedBy(table, pack.dataset);
    this.rowField = table.rows === undefined ? null : pack.places(table.rows.by);
    this.heads = this.headsOf();
  }

  /** Is the record in this row of the table (row -1: in any)? */
  holds(record: number, row: number, withoutAgain: boolean): boolean {
    const rowing = this.rowing(withoutAgain, this.rowField !== null && row !== TOTAL);
    return rowing.of(record).includes(row === TOTAL ? WITHOUT_ROWS : row);
  }

  records(row: number, withoutAgain: boolean): number {
    const rowing = this.rowing(withoutAgain, this.rowField !== null);
    if (rowing.single === null && row === TOTAL) return sizesOf(this.rowing(withoutAgain, false), this.pack.size)[WITHOUT_ROWS]!;
    let sizes = this.sizes.get(rowing);
    if (!sizes) this.sizes.set(rowing, (sizes = rowing.places === null ? sizesOf(rowing, this.pack.size) : this.pack.once(rowing.places, () => sizesOf(rowing, this.pack.size))));
    if (row !== TOTAL) return sizes[row] ?? 0;
    return sizes.subarray(0, rowing.height - 1).reduce((sum, one) => sum + one, 0);
  }

  places(code: Code, withoutAgain: boolean): PlaceCounts {
    const key = `${String(withoutAgain)}/${code}`;
    let known = this.counted.get(key);
    if (!known) this.counted.set(key, (known = this.countPlaces(this.pack.places(code), withoutAgain)));
    return known;
  }

  amounts(code: Code, withoutAgain: boolean): AmountCounts {
    const field = this.pack.amounts(code);
    const split = (rowing: Rowing): { states: Uint32Array; sums: Decimal[] } => {
      const states = new Uint32Array(rowing.height * 3);
      const whole = new Float64Array(rowing.height);
      const sums = new Array<Decimal>(rowing.height).fill(ZERO);
      for (let n = 0; n < this.pack.size; n += 1) {
        for (const row of rowing.of(n)) {
          states[row * 3 + field.states[n]!]! += 1;
          if (field.whole !== null) whole[row]! += field.whole[n]!;
          else if (field.states[n] === 2) sums[row] = sums[row]!.plus(field.exact(n));
        }
      }
      return { states, sums: field.whole === null ? sums : Array.from(whole, (one) => decimalOf(one)!) };
    };
    const rows = split(this.rowing(withoutAgain, this.rowField !== null));
    const all = this.rowField === null ? rows : split(this.rowing(withoutAgain, false));
    const state = (row: number, which: number): number => (row === TOTAL ? all.states[WITHOUT_ROWS * 3 + which]! : rows.states[row * 3 + which]!);
    return { notAsked: (row) => state(row, 0), missing: (row) => state(row, 1), answered: (row) => state(row, 2), sum: (row) => (row === TOTAL ? all.sums[WITHOUT_ROWS]! : rows.sums[row]!) };
  }

  private countPlaces(field: PlacedField, withoutAgain: boolean): PlaceCounts {
    const rowing = this.rowing(withoutAgain, this.rowField !== null);
    const width = field.options.length + FIRST + 1;
    const cells = count(rowing, field, width, this.pack.size);
    // A record that stands in several rows is one record of all.
    const all = rowing.single === null ? count(this.rowing(withoutAgain, false), field, width, this.pack.size).subarray(WITHOUT_ROWS * width, (WITHOUT_ROWS + 1) * width) : sumOfRows(cells, rowing.height - 1, width);
    return {
      options: field.options,
      at: (row, place) => (row === TOTAL ? all[place]! : cells[row * width + place]!),
      answered: (row) => (row === TOTAL ? all[width - 1]! : cells[row * width + width - 1]!),
    };
  }

  /** @param split into the rows of the table; else all records stand in one row */
  private rowing(withoutAgain: boolean, split: boolean): Rowing {
    const without = withoutAgain && this.pack.hasAgain;
    const key = `${String(without)}/${String(split)}`;
    let known = this.rowings.get(key);
    if (!known) {
      const leaves = this.selected === null && !without ? null : (n: number): boolean => (this.selected !== null && this.selected[n] === 0) || (without && this.pack.again[n] === 1);
      this.rowings.set(key, (known = split && this.rowField !== null ? rowingOf(this.rowField, leaves, this.pack.size) : singleRowing(new Uint8Array(this.pack.size).fill(WITHOUT_ROWS), WITHOUT_ROWS + 1, leaves)));
    }
    return known;
  }

  private headsOf(): RowHead[] {
    const { rows, columns } = this.table;
    if (rows === undefined || this.rowField === null) return [{ code: 'all', label: this.table.total ?? '計', at: WITHOUT_ROWS }];
    const withoutAgain = columns.every((one) => one.withoutListedAgain === true || one.measure === 'columns' || one.measure === 'share');
    const there = (at: number): boolean => this.records(at, withoutAgain) > 0;
    const options = this.rowField.options.map(({ code, label }, n): RowHead => ({ code, label, at: n + FIRST })).filter(({ at }) => rows.empty === true || there(at));
    // Nobody was asked for the class of a thing: it has none.
    const missing = this.pack.field(rows.by)?.kind === 'class' ? `${rows.label}なし` : '未回答';
    const others = [{ code: 'missing', label: missing, at: MISSING_PLACE }, { code: 'not-asked', label: '対象外', at: NOT_ASKED_PLACE }];
    return [...options, ...others.filter(({ at }) => there(at))];
  }
}

function rowingOf(field: PlacedField, leaves: ((record: number) => boolean) | null, size: number): Rowing {
  const height = field.options.length + FIRST + 1;
  if (field.kind === 'single') return singleRowing(field.places, height - 1, leaves);
  const rows = Array.from({ length: size }, (_, n): number[] => {
    if (leaves?.(n) === true) return [height - 1];
    return field.states[n] === 2 ? Array.from(field.items.subarray(field.starts[n], field.starts[n + 1]), (one) => one + FIRST) : [field.states[n]!];
  });
  return { height, single: null, places: null, of: (n) => rows[n]! };
}

function singleRowing(places: Places, out: number, leaves: ((record: number) => boolean) | null): Rowing {
  const single = leaves === null ? places : places.map((place: number, n: number) => (leaves(n) ? out : place)) as Places;
  return { height: out + 1, single, places: leaves === null ? places : null, of: (n) => [single[n]!] };
}

/** Records in each row. */
function sizesOf({ height, single, of }: Rowing, size: number): Uint32Array {
  const sizes = new Uint32Array(height);
  for (let n = 0; n < size; n += 1) {
    if (single !== null) sizes[single[n]!]! += 1;
    else for (const row of of(n)) sizes[row]! += 1;
  }
  return sizes;
}

/** Row by row: the places, and behind them how many answered. */
function count(rowing: Rowing, field: PlacedField, width: number, size: number): Uint32Array {
  const cells = new Uint32Array(rowing.height * width);
  if (field.kind === 'single') {
    if (rowing.single !== null) countPairs(rowing.single, field.places, cells, width);
    else for (let n = 0; n < size; n += 1) for (const row of rowing.of(n)) cells[row * width + field.places[n]!]! += 1;
    for (let row = 0; row < rowing.height; row += 1) {
      let answered = 0;
      for (let place = FIRST; place < width - 1; place += 1) answered += cells[row * width + place]!;
      cells[(row + 1) * width - 1] = answered;
    }
    return cells;
  }
  const { states, starts, items } = field;
  for (let n = 0; n < size; n += 1) {
    if (rowing.single !== null) addChecked(rowing.single[n]!, n);
    else for (const row of rowing.of(n)) addChecked(row, n);
  }
  function addChecked(row: number, n: number): void {
    const base = row * width;
    if (states[n] !== 2) {
      cells[base + states[n]!]! += 1;
      return;
    }
    cells[base + width - 1]! += 1;
    for (let at = starts[n]!; at < starts[n + 1]!; at += 1) cells[base + FIRST + items[at]!]! += 1;
  }
  return cells;
}

function countPairs(rows: Places, places: Places, cells: Uint32Array, width: number): void {
  for (let n = 0; n < rows.length; n += 1) cells[rows[n]! * width + places[n]!]! += 1;
}

function sumOfRows(cells: Uint32Array, height: number, width: number): Uint32Array {
  const sums = new Uint32Array(width);
  for (let row = 0; row < height; row += 1) for (let place = 0; place < width; place += 1) sums[place]! += cells[row * width + place]!;
  return sums;
}

/** 1: counted by the table; null: all are. A condition that cannot be read takes nothing. */
function selectedBy({ only }: TableDefinition, { fields, records }: Dataset): Uint8Array | null {
  if (only === undefined) return null;
  const byCode = new Map(fields.map((one) => [one.code, one]));
  try {
    const condition = compileCondition(only, (code) => {
      const field = byCode.get(code);
      return field && { label: field.label, options: new Map((field.options ?? []).map((one) => [one.code, { label: one.label }])) };
    });
    return Uint8Array.from(records, (record) => (condition.evaluate(scopeOf(record, byCode)) === 'yes' ? 1 : 0));
  } catch {
    return new Uint8Array(records.length);
  }
}

/** What the condition sees of a record: an odd value is a blank, a number stays a number however it is written. */
function scopeOf(record: DatasetRecord, fields: ReadonlyMap<Code, DatasetField>): Scope {
  return {
    rows: () => [],
    value(code) {
      const value = valueOf(record, code);
      if (value === undefined) return NOT_ASKED;
      if (fields.get(code)?.kind === 'number') {
        const decimal = decimalOf(value);
        return decimal === null ? undefined : decimal.toNumber();
      }
      if (Array.isArray(value)) return value.filter((one): one is string => typeof one === 'string');
      return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value)) ? value : undefined;
    },
  };
}
