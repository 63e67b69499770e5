/**
 * Records of a dataset packed into one typed array for each field, so that every table reads them without looking anything up.
 *
 * A place is 0: not asked, 1: asked and not answered, n + 2: option n. What is not among the options of a field is appended to them
 * with its own text as label, so that nothing that was answered is lost. Odd values (wrong shape, unreadable number) are unanswered.
 */
import { decimalOf, exactText, type Decimal } from './decimal.js';
import type { Code } from './form.js';
import type { Dataset, DatasetField, DatasetRecord, FieldOption } from './tabulation.js';

export const NOT_ASKED_PLACE = 0;
export const MISSING_PLACE = 1;
/** Place of the first option. */
export const FIRST = 2;

export type Places = Uint8Array | Uint32Array;

/** One value for each record. */
export interface SingleField {
  kind: 'single';
  options: readonly FieldOption[];
  places: Places;
}

/** Several options for each record: those of record n stand in `items` from `starts[n]` to `starts[n + 1]`. */
export interface MultiField {
  kind: 'multi';
  options: readonly FieldOption[];
  /** 0: not asked, 1: not answered, 2: answered. */
  states: Uint8Array;
  starts: Uint32Array;
  items: Uint32Array;
}

export type PlacedField = SingleField | MultiField;

export interface NumberField {
  /** 0: not asked, 1: not answered, 2: answered. */
  states: Uint8Array;
  /** Whole numbers whose sum is exact; null when there is one that is not. */
  whole: Float64Array | null;
  exact(record: number): Decimal;
}

export class PackedDataset {
  readonly size: number;
  /** 1: 再掲. */
  readonly again: Uint8Array;
  readonly hasAgain: boolean;
  private readonly fields: ReadonlyMap<Code, DatasetField>;
  private readonly placed = new Map<Code, PlacedField>();
  private readonly numbers = new Map<Code, NumberField>();
  private readonly shared = new Map<Places, Uint32Array>();

  constructor(readonly dataset: Dataset) {
    this.size = dataset.records.length;
    this.again = Uint8Array.from(dataset.records, (one) => (one.listedAgain === true ? 1 : 0));
    this.hasAgain = this.again.includes(1);
    this.fields = new Map(dataset.fields.map((one) => [one.code, one]));
  }

  /** Something that is counted from these places, once for all tables. */
  once(places: Places, counted: () => Uint32Array): Uint32Array {
    let known = this.shared.get(places);
    if (!known) this.shared.set(places, (known = counted()));
    return known;
  }

  field(code: Code): DatasetField | undefined {
    return this.fields.get(code);
  }

  /** By option; a field that is not there was asked of nobody. */
  places(code: Code): PlacedField {
    const known = this.placed.get(code);
    if (known) return known;
    const field = this.fields.get(code) ?? { code, label: code, kind: 'text' };
    const { records } = this.dataset;
    if (field.kind === 'checks') {
      this.placed.set(code, packChecks(records, field));
    } else {
      // Where one question with options is counted others follow; read record by record they are read once from memory.
      const together = field.options === undefined ? [field] : [...this.fields.values()].filter((one) => one.options !== undefined && one.kind !== 'checks' && !this.placed.has(one.code));
      packSingles(records, together).forEach((packed, n) => this.placed.set(together[n]!.code, packed));
    }
    return this.placed.get(code)!;
  }

  amounts(code: Code): NumberField {
    let known = this.numbers.get(code);
    if (!known) this.numbers.set(code, (known = packNumbers(this.dataset.records, code)));
    return known;
  }
}

/** The value of a field; `undefined`: not asked. What every object has is none of its values. */
export function valueOf({ values }: DatasetRecord, code: Code): unknown {
  const value: unknown = values[code];
  if (value === undefined) return undefined;
  return typeof value === 'function' || code === '__proto__' ? undefined : value;
}

// Addresses of figures are cut at these signs, and references in texts end with some of them.
const WIDE: Readonly<Record<string, string>> = { '/': '／', '=': '：', '＝': '：', '［': '[', '］': ']', '%': '％' };
const LONGEST_KEY = 80;
/** Rows that a table makes itself. */
export const OWN_ROWS: readonly string[] = ['total', 'missing', 'not-asked'];

/** What was written freely, as part of the address of a figure. */
export function keyOfText(text: string): string {
  const key = [...text.trim().replace(/[/=＝［］%]/gu, (sign) => WIDE[sign]!).replace(/\s+/gu, ' ')].slice(0, LONGEST_KEY).join('');
  return OWN_ROWS.includes(key) ? `${key}（記載）` : key;
}

/** Options with their places; what data brings is appended. */
class Options {
  readonly list: FieldOption[] = [];
  private readonly at = new Map<string, number>();
  private readonly keys: Set<string>;

  constructor(options: readonly FieldOption[] = []) {
    this.keys = new Set(options.map((one) => one.code));
    for (const one of options) if (!this.at.has(one.code)) this.at.set(one.code, this.list.push(one) - 1);
  }

  place(code: string): number {
    let place = this.at.get(code);
    if (place === undefined) this.at.set(code, (place = this.list.push({ code: this.freeKey(keyOfText(code)), label: code }) - 1));
    return place;
  }

  /** Two texts that differ only in a sign of addresses are still two. */
  private freeKey(key: string): string {
    let free = key;
    for (let n = 2; this.keys.has(free); n += 1) free = `${key}（${n}）`;
    this.keys.add(free);
    return free;
  }
}

function packSingles(records: readonly DatasetRecord[], fields: readonly DatasetField[]): SingleField[] {
  const all = fields.map((field) => ({ field, options: new Options(field.options), wide: new Uint32Array(records.length) }));
  records.forEach((record, n) => {
    for (const { field, options, wide } of all) {
      const value = valueOf(record, field.code);
      if (value === undefined) continue;
      const text = textOf(value, field.kind);
      wide[n] = text === null ? MISSING_PLACE : options.place(text) + FIRST;
    }
  });
  // One place more is kept for records that a table leaves out.
  return all.map(({ options: { list }, wide }) => ({ kind: 'single', options: list, places: list.length + FIRST < 255 ? Uint8Array.from(wide) : wide }));
}

/** Null: unanswered. */
function textOf(value: unknown, kind: DatasetField['kind']): string | null {
  if (kind === 'number') {
    const decimal = decimalOf(value);
    return decimal === null ? null : exactText(decimal);
  }
  const one: unknown = Array.isArray(value) ? value[0] : value;
  if (typeof one === 'number' && Number.isFinite(one)) return String(one);
  return typeof one === 'string' && one.trim() !== '' ? one.trim() : null;
}

function packChecks(records: readonly DatasetRecord[], field: DatasetField): MultiField {
  const options = new Options(field.options);
  const states = new Uint8Array(records.length);
  const starts = new Uint32Array(records.length + 1);
  const items: number[] = [];
  records.forEach((record, n) => {
    const value = valueOf(record, field.code);
    const checked = new Set((Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string' && one !== ''));
    states[n] = value === undefined ? 0 : checked.size === 0 ? 1 : 2;
    for (const code of checked) items.push(options.place(code));
    starts[n + 1] = items.length;
  });
  return { kind: 'multi', options: options.list, states, starts, items: Uint32Array.from(items) };
}

function packNumbers(records: readonly DatasetRecord[], code: Code): NumberField {
  const states = new Uint8Array(records.length);
  const found: (Decimal | null)[] = [];
  const whole = new Float64Array(records.length);
  /** Every sum of a part of them stays within this. */
  let most = 0;
  records.forEach((record, n) => {
    const value = valueOf(record, code);
    const quick = typeof value === 'number' && Number.isSafeInteger(value);
    const decimal = quick ? null : decimalOf(value);
    states[n] = value === undefined ? 0 : !quick && decimal === null ? 1 : 2;
    if (decimal !== null) found[n] = decimal;
    const number = quick ? value : decimal === null ? 0 : Number(exactText(decimal));
    whole[n] = number;
    most += Number.isSafeInteger(number) ? Math.abs(number) : Infinity;
  });
  return { states, whole: most <= Number.MAX_SAFE_INTEGER ? whole : null, exact: (n) => found[n] ?? decimalOf(whole[n]!)! };
}
