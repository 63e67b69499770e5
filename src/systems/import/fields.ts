/** What a column of a file can be: the fields of the register and its items, known by their headings. */
import type { CompiledForm, CompiledItem } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import { foldHeading, foldWord, headingKey, OWN_FIELDS, storeysOf, type ImportWords, type OwnField } from './import-words.js';

export interface ImportField {
  /** An own field, or the code of an item. */
  code: string;
  /** Heading in an export and in messages. */
  label: string;
  /** Null for an own field. */
  item: CompiledItem | null;
}

/** Kinds of items that fit into one cell. */
const CELL_KINDS: ReadonlySet<string> = new Set(['text', 'long-text', 'number', 'date', 'date-text', 'choice', 'checks']);

export class ImportFields {
  readonly all: readonly ImportField[];
  readonly byCode: ReadonlyMap<string, ImportField>;
  private readonly alone = new Map<string, string>();
  private readonly below: { code: OwnField; under: ReadonlySet<string>; names: ReadonlySet<string> }[] = [];
  private readonly optionWords = new Map<Code, ReadonlyMap<string, Code>>();
  private readonly marks: ReadonlyMap<string, 'yes' | 'no' | 'blank'>;
  private readonly kinds: ReadonlyMap<string, 'system' | 'platform'>;
  private readonly totals: ReadonlySet<string>;
  private readonly lower: ReadonlySet<string>;

  /** @param words checked against the form */
  constructor(readonly form: CompiledForm, words: ImportWords) {
    const own = (code: OwnField): ImportField => ({ code, label: words.fields[code].label, item: null });
    const items = form.items.filter(({ item }) => CELL_KINDS.has(item.kind) && !(item.kind === 'number' && item.counted !== undefined))
      .map((item): ImportField => ({ code: item.code, label: item.item.label, item }));
    this.all = [...OWN_FIELDS.slice(0, 5).map(own), ...items, ...OWN_FIELDS.slice(5).map(own)];
    this.byCode = new Map(this.all.map((one) => [one.code, one]));
    for (const { code, item } of items) for (const name of [item!.item.label, ...(item!.item.alsoLabelled ?? []), ...(words.items[code] ?? [])]) this.alone.set(headingKey([name]), code);
    for (const code of OWN_FIELDS) {
      const { label, names, under, alone = [] } = words.fields[code];
      for (const name of [label, ...(under === undefined ? names : alone)]) this.alone.set(headingKey([name]), code);
      if (under !== undefined) this.below.push({ code, under: new Set(under.map(foldHeading)), names: new Set(names.map(foldHeading)) });
    }
    for (const [set, options] of Object.entries(form.definition.optionSets)) {
      this.optionWords.set(set, new Map(options.flatMap(({ code, label }) => [label, ...(words.options[set]?.[code] ?? [])].map((word): [string, Code] => [foldWord(word), code]))));
    }
    this.marks = new Map((['yes', 'no', 'blank'] as const).flatMap((mark) => words.marks[mark].map((word): [string, typeof mark] => [foldWord(word), mark])));
    this.kinds = new Map((['system', 'platform'] as const).flatMap((kind) => words.kinds[kind].map((word): [string, typeof kind] => [foldWord(word), kind])));
    this.totals = new Set(words.totals.map(foldWord));
    this.lower = new Set(words.lower.map(foldHeading));
  }

  label(code: string): string {
    return this.byCode.get(code)?.label ?? code;
  }

  /** The field that a heading means; `storeys` from the top. Null when it is none that we know. */
  recognise(storeys: readonly string[]): string | null {
    const folded = storeysOf(storeys);
    const last = folded.at(-1);
    if (last === undefined) return null;
    const whole = this.alone.get(folded.join('/'));
    if (whole !== undefined) return whole;
    const above = folded.slice(0, -1);
    const nested = this.below.find(({ under, names }) => names.has(last) && above.some((one) => under.has(one)));
    if (nested !== undefined) return nested.code;
    return this.alone.get(last) ?? (this.lower.has(last) ? this.recognise(above) : null);
  }

  /** Option of a set for a word of a cell. */
  option(set: Code, word: string): Code | undefined {
    return this.optionWords.get(set)?.get(foldWord(word));
  }

  mark(word: string): 'yes' | 'no' | 'blank' | undefined {
    return this.marks.get(foldWord(word));
  }

  kind(word: string): 'system' | 'platform' | undefined {
    return this.kinds.get(foldWord(word));
  }

  isTotal(word: string): boolean {
    return this.totals.has(foldWord(word));
  }
}
