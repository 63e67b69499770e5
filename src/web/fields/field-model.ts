import { formatEra } from '../../engine/dates.js';
import { printRecords } from '../../engine/answers.js';
import type { CompiledItem } from '../../engine/form-index.js';
import type { AnswerValue, ChecksAnswer, ChoiceAnswer, ChoiceItem, DateRangeAnswer, FiguresAnswer, Item, Option, RecordListAnswer, TableAnswer, TableItem } from '../../engine/form.js';

/** What a field partial draws; one shape per kind under `control`. Plain, complete, nothing undefined. */
export interface FieldModel {
  address: string;
  /** Put before the names of its controls, where one form holds several fields; blank where it holds one. */
  prefix: string;
  /** Partial under `fields/`. */
  kind: Item['kind'];
  label: string;
  under: string;
  significant: boolean;
  need: 'required' | 'optional' | 'procedure' | 'none';
  /** First line of help, shown above the control. */
  support: string;
  problems: string[];
  readOnly: boolean;
  control: object;
}

/** What some kinds of controls need besides their item and value. */
export interface Around {
  optionSets: Record<string, Option[]>;
  /** Options carry the numbers that the printed form gives them. */
  numbered: boolean;
  /** Address of a stored picture, and where pictures are sent; null where the page has none. */
  pictures: { source(image: string): string; upload: string } | null;
  /** What a computed item says now. */
  computed(): string;
}

type Options = ReadonlyMap<string, Option> | null;
type Control = (item: Item, value: AnswerValue | undefined, around: Around, options: Options) => object;

const textControl: Control = (item, value) => {
  const short = item.kind === 'text';
  const text = typeof value === 'string' ? value : '';
  const limit = 'maxLength' in item ? item.maxLength : undefined;
  return { value: text, maxLength: limit ?? (short ? 500 : 20_000), rows: Math.min(24, Math.max(short ? 1 : 4, lineCount(text) + 1)), length: [...text].length };
};
const dateControl: Control = (item, value) => {
  const text = typeof value === 'string' ? value : '';
  return { value: item.kind === 'date' && text !== '' ? formatEra(text) : text };
};

/** What the control of an item needs to be drawn; the partial of the same name draws it. */
export function controlOf({ item, options }: Pick<CompiledItem, 'item' | 'options'>, value: AnswerValue | undefined, around: Around): object {
  return CONTROLS[item.kind](item, value, around, options);
}

const CONTROLS: Record<Item['kind'], Control> = {
  text: textControl,
  'long-text': textControl,
  number: (item, value) => ({ value: typeof value === 'number' || typeof value === 'string' ? String(value) : '', unit: 'unit' in item ? (item.unit ?? '') : '' }),
  date: dateControl,
  'date-text': dateControl,
  'date-range': (_, value) => {
    const range = (value ?? { from: null, to: null }) as DateRangeAnswer;
    return { from: range.from === null ? '' : formatEra(range.from), to: range.to === null ? '' : formatEra(range.to), text: range.text ?? '' };
  },
  choice: (item, value, { numbered }, options) => choiceControl(item as ChoiceItem, options!, value as ChoiceAnswer | undefined, numbered),
  checks: (_, value, __, options) => checksControl(options!, value as ChecksAnswer | undefined),
  table: (item, value, { optionSets }) => tableControl(item as TableItem, (value ?? []) as TableAnswer, optionSets),
  'text-list': (_, value) => {
    const list = (value ?? []) as string[];
    return { value: list.join('\n'), rows: Math.max(3, list.length + 1) };
  },
  'record-list': (_, value) => {
    const list = value as RecordListAnswer | undefined;
    const lists = list?.lists ?? [];
    return { value: list === undefined ? '' : printRecords(list), count: lists.reduce((sum, one) => sum + one.records.length, 0), lists: lists.length, rows: 12 };
  },
  figures: (_, value, { pictures }) => {
    const figures = (value as FiguresAnswer | undefined)?.figures ?? [];
    return { figures: figures.map((one, index) => ({ ...one, number: index + 1, source: pictures?.source(one.image) ?? '' })), upload: pictures?.upload ?? '' };
  },
  fixed: (item) => ({ text: 'text' in item ? item.text : '' }),
  computed: (_item, _value, { computed }) => ({ text: computed() }),
  group: () => ({}),
};

function choiceControl(item: ChoiceItem, options: ReadonlyMap<string, Option>, value: ChoiceAnswer | undefined, numbered: boolean): object {
  return {
    options: [...options.values()].map((one, index) => ({ code: one.code, number: numbered ? index + 1 : 0, label: one.label, chosen: value?.choice === one.code })),
    chosen: value !== undefined && value.choice !== '',
    clearable: true,
    count: item.count === undefined ? null : { unit: item.count.unit, value: value?.count === undefined ? '' : String(value.count) },
    text: item.text === undefined ? textOfOptions(options, value) : { label: item.text.label, value: value?.text ?? '' },
  };
}

/** Where an option asks for a text in brackets: その他（　）. */
function textOfOptions(options: ReadonlyMap<string, Option>, value: ChoiceAnswer | undefined): { label: string; value: string } | null {
  const asking = [...options.values()].filter((one) => one.text === true);
  return asking.length === 0 ? null : { label: `「${asking.map((one) => one.label).join('」「')}」のときの内容`, value: value?.text ?? '' };
}

function checksControl(options: ReadonlyMap<string, Option>, value: ChecksAnswer | undefined): object {
  const lists: { heading: string; options: object[] }[] = [];
  for (const one of options.values()) {
    const heading = one.heading ?? '';
    let list = lists.at(-1);
    if (list === undefined || list.heading !== heading) lists.push((list = { heading, options: [] }));
    list.options.push({
      code: one.code,
      label: one.label,
      checked: value?.checked.includes(one.code) ?? false,
      text: one.text === true ? { value: value?.texts?.[one.code] ?? '' } : null,
      count: one.counts === undefined ? null : { value: value?.counts?.[one.code] === undefined ? '' : String(value.counts[one.code]) },
    });
  }
  return { lists };
}

function tableControl(item: TableItem, rows: TableAnswer, optionSets: Record<string, Option[]>): object {
  const shown = [...rows, {}];
  return {
    columns: item.columns.map((column) => ({ code: column.code, label: column.label })),
    rows: shown.map((row, index) => ({
      number: index + 1,
      cells: item.columns.map((column) => ({
        name: `cell.${index}.${column.code}`,
        label: `${column.label}（${index + 1}行目）`,
        long: column.kind === 'long-text',
        value: (row as Record<string, string>)[column.code] ?? '',
        options: column.kind === 'choice' && column.options !== undefined ? (optionSets[column.options] ?? []).map((one) => ({ code: one.code, label: one.label, chosen: (row as Record<string, string>)[column.code] === one.code })) : null,
      })),
    })),
  };
}

function lineCount(text: string): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 46)), 0);
}

export interface FieldOfForm extends Partial<Pick<Around, 'pictures' | 'computed'>> {
  prefix: string;
  problems: string[];
  optionSets: Record<string, Option[]>;
  /** Where it stands in a row; else the code of the item. */
  address?: string;
}

/**
 * A field of a form that holds several: its controls are named `<prefix>value`, `<prefix>choice`, …
 * @param value a stored answer, or what `typedAnswer` read
 */
export function formField(compiled: CompiledItem, value: unknown, { prefix, problems, optionSets, address = compiled.code, pictures = null, computed = () => '' }: FieldOfForm): FieldModel {
  const { item } = compiled;
  return {
    address, prefix, kind: item.kind, label: item.label, under: item.under ?? '', significant: item.significant === true, need: item.need, support: item.help?.asks ?? '', problems, readOnly: false,
    control: controlOf(compiled, (value ?? undefined) as AnswerValue | undefined, { optionSets, numbered: false, pictures, computed }),
  };
}
