/** What the builder lets a person say about one question, and the item that it means. Pure. */
import { walkItems } from '../engine/form-index.js';
import type { Code, Condition, FormDefinition, GroupItem, Item, Option, SumTerm, TableItem } from '../engine/form.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Prefilling } from './questionnaire.entity.js';
import type { QuestionKind } from './questionnaire-content.js';
import { MOST_ROWS } from './response-rows.js';

export interface OptionText {
  /** '' for a new one. */
  code: Code;
  /** '' takes it away. */
  label: string;
  /** A text goes with it (その他). */
  text: boolean;
  /** It excludes all others (どれにも当てはまらない). Checks only. */
  exclusive: boolean;
}

export interface ColumnText {
  /** '' for a new one. */
  code: Code;
  /** '' takes it away. */
  label: string;
  /** A table has no days and pictures. */
  kind: 'text' | 'long-text' | 'number' | 'date-text' | 'date' | 'figures';
}

export interface QuestionText {
  label: string;
  required: boolean;
  /** 記入のしかた; may be blank. */
  help: string;
  /** Text of an explanation. */
  text: string;
  /** Of numbers and sums, blank: none; of repeated rows, what one is called: 事故. */
  unit: string;
  /** Of repeated rows: how many there must be. */
  min: number | null;
  max: number | null;
  options: OptionText[];
  /** Options of the register or the catalogue of controls, with their codes, in place of `options`. */
  adopt: { code: Code; label: string; text?: boolean }[] | null;
  /** Of a table; of new repeated rows, the first questions in a row. */
  columns: ColumnText[];
  /** What a sum adds. */
  sum: SumTerm[];
  /** Asked only when this holds; null: always. */
  when: Condition | null;
  prefilling: Prefilling | null;
}

export const BLANK_QUESTION: QuestionText = { label: '', required: true, help: '', text: '', unit: '', min: 0, max: null, options: [], adopt: null, columns: [], sum: [], when: null, prefilling: null };

const MOST_OPTIONS = 50;
const MOST_COLUMNS = 12;
/** What one of the repeated rows is called where nothing better was said. */
const ROW = '行';

/** What a stored question says, for its form. */
export function questionText(definition: Pick<FormDefinition, 'optionSets'>, item: Item, prefilling: Prefilling | null): QuestionText {
  const options = item.kind === 'choice' || item.kind === 'checks' ? (definition.optionSets[item.options] ?? []) : [];
  const exclusive = item.kind === 'checks' ? (item.exclusive ?? []) : [];
  return {
    label: item.label, required: item.need === 'required', help: item.help?.asks ?? '', text: item.kind === 'fixed' ? item.text : '', prefilling, when: item.when ?? null,
    ...measuresOf(item),
    options: options.map((one) => ({ code: one.code, label: one.label, text: one.text === true, exclusive: exclusive.includes(one.code) })),
    adopt: null,
    columns: item.kind === 'table' ? item.columns.map(({ code, label, kind }) => ({ code, label, kind: kind === 'choice' ? 'text' : kind })) : [],
    sum: item.kind === 'computed' && item.compute.rule === 'sum-of' ? item.compute.of : [],
  };
}

function measuresOf(item: Item): Pick<QuestionText, 'unit' | 'min' | 'max'> {
  switch (item.kind) {
    case 'number': return { unit: item.unit ?? '', min: item.min ?? null, max: item.max ?? null };
    case 'group': return { unit: item.unit, min: item.atLeast ?? null, max: null };
    case 'computed': return { unit: item.unit ?? '', min: null, max: null };
    default: return { unit: '', min: null, max: null };
  }
}

/**
 * The item with its options (null where it has none). What the builder does not show stays as the content had it.
 * @throws Invalid with the field of each problem
 */
export function itemOf(definition: FormDefinition, before: Item, kind: QuestionKind, text: QuestionText, mark: number): { item: Item; options: Option[] | null } {
  const options = kind === 'choice' || kind === 'checks' ? (text.adopt?.map(({ code, label, text: written }) => ({ code, label, ...(written === true ? { text: true } : {}) })) ?? optionsOf(text.options, before, definition, mark)) : null;
  const columns = kind === 'table' ? columnsOf(text.columns, before, mark) : [];
  const rows = kind === 'group' ? rowItems(text.columns, before, mark) : [];
  const problems = [...commonProblems(kind, text), ...(options === null ? [] : optionProblems(options)), ...ownProblems(kind, text, { before, columns, rows })];
  if (problems.length > 0) throw new Invalid('question-invalid', '入力を確かめてください。', problems);
  const same = before.kind === kind;
  const help = text.help.trim();
  const { when: _, help: was, need: __, label: ___, ...kept } = same ? before : { code: before.code, help: before.help };
  const common = {
    ...kept, code: before.code, label: text.label.trim(), need: text.required && !UNASKED.has(kind) ? 'required' as const : 'optional' as const,
    ...(help === '' ? {} : { help: { ...was, asks: help } }), ...(text.when === null ? {} : { when: text.when }),
  };
  const exclusive = exclusiveOf(text, options ?? []);
  const own: Record<QuestionKind, object> = {
    text: {}, 'long-text': {}, date: {}, 'date-text': {}, 'date-range': {}, 'text-list': {}, 'record-list': {}, figures: {},
    group: groupFields(text, rows),
    computed: { compute: { rule: 'sum-of', of: text.sum }, ...withUnit(text.unit) },
    number: numberFields(text),
    fixed: { text: text.text.trim() },
    choice: { options: setFor(definition, before) },
    checks: { options: setFor(definition, before), ...(exclusive.length === 0 ? {} : { exclusive }) },
    table: { columns },
  };
  const { unit: _unit, min: _min, max: _max, atLeast: _least, exclusive: _exclusive, ...rest } = common as typeof common & { unit?: string; min?: number; max?: number; atLeast?: number; exclusive?: Code[] };
  return { item: { ...rest, kind, ...own[kind] } as Item, options };
}

const exclusiveOf = ({ adopt, options: texts }: QuestionText, options: readonly Option[]): Code[] =>
  (adopt === null ? options.filter((_, n) => texts.filter((one) => one.label.trim() !== '')[n]?.exclusive === true).map((one) => one.code) : []);

function ownProblems(kind: QuestionKind, text: QuestionText, { before, columns, rows }: { before: Item; columns: readonly { label: string }[]; rows: readonly Item[] }): Problem[] {
  switch (kind) {
    case 'table': return columnProblems(columns);
    case 'group': return [...(before.kind === 'group' ? [] : columnProblems(rows, '1件に書くもの')), ...leastProblems(text)];
    case 'number': return numberProblems(text);
    case 'computed': return text.sum.length > 0 ? [] : [problem('sum', '足すものを1つ以上選んでください。')];
    default: return [];
  }
}

const UNASKED: ReadonlySet<QuestionKind> = new Set<QuestionKind>(['fixed', 'computed']);
const withUnit = (unit: string): object => (unit.trim() === '' ? {} : { unit: unit.trim() });

const numberFields = ({ unit, min, max }: QuestionText): object => ({ ...withUnit(unit), ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) });

const groupFields = ({ unit, required, min }: QuestionText, items: readonly Item[]): object => ({ unit: unit.trim() === '' ? ROW : unit.trim(), ...(required && min !== null && min > 1 ? { atLeast: min } : {}), items });

/** The questions of a row: those that there are, each with a page of its own; of new rows, one for each line. */
function rowItems(columns: readonly ColumnText[], before: Item, mark: number): GroupItem['items'] {
  if (before.kind === 'group') return before.items;
  return columns.filter((one) => one.label.trim() !== '').map(({ label, kind }, n) => ({ code: `${before.code}-${mark}-${n + 1}`, kind, label: label.trim(), need: kind === 'figures' || n > 0 ? 'optional' as const : 'required' as const }) as Item);
}

/** The set that this question alone uses: its own, or a new one where it shared one. */
function setFor(definition: FormDefinition, before: Item): Code {
  if (!('options' in before)) return `${before.code}-options`;
  const users = [...walkItems(definition)].filter(({ item }) => ('options' in item && item.options === before.options) || (item.kind === 'table' && item.columns.some((column) => column.options === before.options)));
  return users.length <= 1 ? before.options : `${before.code}-options`;
}

function optionsOf(texts: readonly OptionText[], before: Item, definition: FormDefinition, mark: number): Option[] {
  const known = new Map(('options' in before ? (definition.optionSets[before.options] ?? []) : []).map((one) => [one.code, one]));
  const codes = new Set(texts.map((one) => one.code));
  let number = 0;
  return texts.filter((one) => one.label.trim() !== '').map((one) => {
    const { text: _, ...stored } = known.get(one.code) ?? { code: one.code };
    let code = known.has(one.code) ? one.code : '';
    while (code === '') {
      number += 1;
      if (!codes.has(`o-${mark}-${number}`)) code = `o-${mark}-${number}`;
    }
    return { ...stored, code, label: one.label.trim(), ...(one.text ? { text: true } : {}) };
  });
}

function columnsOf(texts: readonly ColumnText[], before: Item, mark: number): TableItem['columns'] {
  const known = new Map((before.kind === 'table' ? before.columns : []).map((one) => [one.code, one]));
  return texts.filter((one) => one.label.trim() !== '').map((one, n) => {
    const stored = known.get(one.code);
    const kind = stored?.kind === 'choice' ? 'choice' as const : one.kind === 'date' ? 'date-text' as const : one.kind === 'figures' ? 'text' as const : one.kind;
    return { ...stored, code: stored?.code ?? `c-${mark}-${n + 1}`, label: one.label.trim(), kind };
  });
}

const problem = (path: string, message: string): Problem => ({ code: 'field-invalid', path, message });

function commonProblems(kind: QuestionKind, { label, help, text, unit }: QuestionText): Problem[] {
  return [
    ...(label.trim() === '' || label.trim().length > 300 ? [problem('label', '問いの文を1～300字で入れてください。')] : []),
    ...(help.trim().length > 2_000 ? [problem('help', '記入のしかたは2,000字までにしてください。')] : []),
    ...(kind === 'fixed' && (text.trim() === '' || text.trim().length > 5_000) ? [problem('text', '説明文を1～5,000字で入れてください。')] : []),
    ...(unit.trim().length > 20 ? [problem('unit', '単位は20字までにしてください。')] : []),
  ];
}

function numberProblems({ min, max }: QuestionText): Problem[] {
  return min !== null && max !== null && min > max ? [problem('max', `最大（${max}）が最小（${min}）より小さくなっています。`)] : [];
}

function leastProblems({ required, min }: QuestionText): Problem[] {
  return required && min !== null && (!Number.isInteger(min) || min < 0 || min > MOST_ROWS) ? [problem('min', `少なくとも要る件数は、1～${MOST_ROWS}の整数で入れてください。`)] : [];
}

function optionProblems(options: readonly Option[]): Problem[] {
  if (options.length < 2) return [problem('options', '選択肢を2つ以上入れてください。')];
  if (options.length > MOST_OPTIONS) return [problem('options', `選択肢は${MOST_OPTIONS}個までにしてください。`)];
  const twice = options.find((one, n) => options.findIndex((other) => other.label === one.label || other.code === one.code) !== n);
  const long = options.find((one) => one.label.length > 200);
  return [...(twice === undefined ? [] : [problem('options', `選択肢「${twice.label}」が2つあります。見分けられる文にしてください。`)]), ...(long === undefined ? [] : [problem('options', '選択肢は200字までにしてください。')])];
}

function columnProblems(columns: readonly { label: string }[], what = '列'): Problem[] {
  if (columns.length === 0) return [problem('columns', `${what}を1つ以上入れてください。`)];
  if (columns.length > MOST_COLUMNS) return [problem('columns', `${what}は${MOST_COLUMNS}個までにしてください。`)];
  const twice = columns.find((one, n) => columns.findIndex((other) => other.label === one.label) !== n);
  return twice === undefined ? [] : [problem('columns', `${what}「${twice.label}」が2つあります。見分けられる名前にしてください。`)];
}
