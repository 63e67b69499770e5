/** An answer laid out as rows of the answer sheet, and read back from them. Pure. */
import { formatEra, parseJapaneseDate } from '../engine/dates.js';
import { emptyAnswer } from '../engine/blanks.js';
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, ChecksAnswer, ChoiceAnswer, Code, DateRangeAnswer, FiguresAnswer, Option, RecordListAnswer, TableAnswer, TableItem } from '../engine/form.js';

export const MARK = '○';
/** Longest text of a cell in a workbook, UTF-16 units. */
const CELL = 32_767;
/** Blank lines after those that are filled. */
export const SPARE_ROWS = 8;
const SPARE_ENTRIES = 5;

/** `numeral`: a number that is kept as it was written. */
export type CellKind = 'text' | 'long-text' | 'day-text' | 'number' | 'numeral' | 'date' | 'choice' | 'mark';

export interface AnswerCell {
  kind: CellKind;
  value: string | number | null;
  /** Option set from which the cell takes one label. */
  options: Code | null;
  /** Of a number; blank: none. */
  unit: string;
  /** What to write, for the note that a person reads at the cell. */
  label: string;
}

/** One line of the sheet with cells to fill in. The key stands in the hidden first column and finds the line again. */
export interface AnswerLine {
  key: string;
  label: string;
  cells: AnswerCell[];
  /** A spare line: the sheet is whole without it. */
  spare: boolean;
}

export type SheetItem =
  | { offline: true; headings: string[] | null; lines: AnswerLine[] }
  /** Is answered in the browser, or is not answered at all. */
  | { offline: false; reason: string };

export type OptionSets = Readonly<Record<Code, readonly Option[]>>;

export const keyOf = (item: Code, part = ''): string => (part === '' ? item : `${item}#${part}`);
/** The question to which a line belongs. */
export const itemOfKey = (key: string): Code => key.split('#')[0]!;

/** @param value what stands in the sheet; null for a blank one */
export function sheetItem({ item }: CompiledItem, value: AnswerValue | null, sets: OptionSets): SheetItem {
  const line = (part: string, label: string, cells: AnswerCell[], spare = false): AnswerLine => ({ key: keyOf(item.code, part), label, cells, spare });
  const one: One = (kind, of, label, options = null, unit = '') => ({ kind, value: of, options, label, unit });
  const rows = (lines: AnswerLine[], headings: string[] | null = null): SheetItem => (fits(lines) ? { offline: true, headings, lines } : { offline: false, reason: '答えが長く、表のセルに入りません。ブラウザで回答してください。' });
  switch (item.kind) {
    case 'text': case 'date-text': return rows([line('', item.kind === 'text' ? '' : '日付など', [one(item.kind === 'text' ? 'text' : 'day-text', textOf(value), item.label)])]);
    case 'long-text': return rows([line('', '', [one('long-text', textOf(value), item.label)])]);
    case 'number': return rows([line('', item.unit === undefined ? '数' : `数（${item.unit}）`, [one('number', typeof value === 'number' ? value : null, item.label, null, item.unit)])]);
    case 'date': return rows([line('', '日付', [one('date', dayText(typeof value === 'string' ? value : null), item.label)])]);
    case 'date-range': {
      const { from, to, text } = (value ?? { from: null, to: null }) as DateRangeAnswer;
      return rows([line('from', '始まり', [one('date', dayText(from), '始まりの日')]), line('to', '終わり', [one('date', dayText(to), '終わりの日')]), line('text', '日付のほかに書くこと', [one('text', text ?? null, '日付のほかに書くこと')])]);
    }
    case 'choice': return rows(choiceLines(item, value as ChoiceAnswer | null, sets, line, one));
    case 'checks': return rows(checksLines(item, value as ChecksAnswer | null, sets, line, one));
    case 'table': {
      const filled = (value ?? []) as TableAnswer;
      return rows([...filled, ...Array.from({ length: SPARE_ROWS }, () => ({}))].map((row, n) => line(`row:${n + 1}`, `${n + 1}行目`, item.columns.map((column) => tableCell(column, (row as Record<Code, string>)[column.code] ?? '', sets)), n >= filled.length)),
        item.columns.map(({ label }) => label));
    }
    case 'text-list': {
      const filled = (value ?? []) as string[];
      return rows([...filled, ...Array.from({ length: SPARE_ENTRIES }, () => null)].map((entry, n) => line(`entry:${n + 1}`, `${n + 1}件目`, [one('text', entry, `${n + 1}件目`)], n >= Math.max(1, filled.length))));
    }
    case 'record-list': return recordLines(value as RecordListAnswer | null, line, one, rows);
    case 'figures': return { offline: false, reason: `写真・図は、調査票の画面で加えます。${value === null ? '' : `いま${(value as FiguresAnswer).figures.length}枚あります。`}` };
    case 'fixed': return { offline: false, reason: item.text };
    case 'computed': return { offline: false, reason: 'ほかの答えから自動で計算されます。' };
    default: return { offline: false, reason: 'この問はブラウザで回答してください。' };
  }
}

type Line = (part: string, label: string, cells: AnswerCell[], spare?: boolean) => AnswerLine;
type One = (kind: CellKind, of: string | number | null, label: string, options?: Code | null, unit?: string) => AnswerCell;

function choiceLines(item: Extract<CompiledItem['item'], { kind: 'choice' }>, value: ChoiceAnswer | null, sets: OptionSets, line: Line, one: One): AnswerLine[] {
  const options = sets[item.options] ?? [];
  const asking = options.filter((option) => option.text === true).map(({ label }) => label);
  const textLabel = item.text?.label ?? (asking.length === 0 ? null : `「${asking.join('」「')}」のときの内容`);
  const labels = optionLabels(options);
  return [
    line('', '1つ選ぶ', [one('choice', value === null || value.choice === '' ? null : (labels.get(value.choice) ?? value.choice), item.label, item.options)]),
    ...(item.count === undefined ? [] : [line('count', `数（${item.count.unit}）`, [one('number', value?.count ?? null, `${item.count.unit}の数`, null, item.count.unit)])]),
    ...(textLabel === null ? [] : [line('text', textLabel, [one('text', value?.text ?? null, textLabel)])]),
  ];
}

function checksLines(item: Extract<CompiledItem['item'], { kind: 'checks' }>, value: ChecksAnswer | null, sets: OptionSets, line: Line, one: One): AnswerLine[] {
  const checked = new Set(value?.checked);
  return (sets[item.options] ?? []).flatMap(({ code, label, text, counts }) => [
    line(`option:${code}`, label, [one('mark', checked.has(code) ? MARK : null, label)]),
    ...(counts === undefined ? [] : [line(`count:${code}`, `　「${label}」の件数`, [one('number', value?.counts?.[code] ?? null, `「${label}」の件数`, null, '件')])]),
    ...(text === true ? [line(`text:${code}`, `　「${label}」の内容`, [one('text', value?.texts?.[code] ?? null, `「${label}」の内容`)])] : []),
  ]);
}

/** A line for each record: its heading where it begins a list, its number, its name. */
function recordLines(value: RecordListAnswer | null, line: Line, one: One, rows: (lines: AnswerLine[], headings: string[]) => SheetItem): SheetItem {
  const lists = (canonical(value) as RecordListAnswer | null)?.lists ?? [];
  if (lists.some(({ heading }, n) => n > 0 && heading.trim() === '')) return { offline: false, reason: '見出しのない一覧が後に続くため、表に書けません。ブラウザで回答してください。' };
  const filled = lists.flatMap(({ heading, records }) => (records.length === 0 ? [{ heading, number: null, name: '' }] : records.map((each, n) => ({ ...each, heading: n === 0 ? heading : '' }))));
  const spare = Array.from({ length: SPARE_ROWS }, () => ({ heading: '', number: null, name: '' }));
  return rows([...filled, ...spare].map(({ heading, number, name }, n) => line(`row:${n + 1}`, `${n + 1}行目`,
    [one('text', heading === '' ? null : heading, '見出し'), one('number', number, '番号'), one('text', name === '' ? null : name, '名称')], n >= filled.length)), ['見出し（同じなら空）', '番号', '名称']);
}

function tableCell({ label, kind, options }: TableItem['columns'][number], value: string, sets: OptionSets): AnswerCell {
  if (kind === 'choice') return { kind: 'choice', value: value === '' ? null : (optionLabels(sets[options ?? ''] ?? []).get(value) ?? value), options: options ?? null, label, unit: '' };
  const number = kind === 'number' && value !== '' && String(Number(value)) === value ? Number(value) : null;
  return { kind: kind === 'number' ? 'numeral' : kind === 'long-text' ? 'long-text' : kind === 'date-text' ? 'day-text' : 'text', value: number ?? (value === '' ? null : value), options: null, label, unit: '' };
}

/** Labels by code; where two options read alike, with their place: `2．その他`. */
export function optionLabels(options: readonly Option[]): Map<Code, string> {
  const times = new Map<string, number>();
  for (const { label } of options) times.set(plain(label), (times.get(plain(label)) ?? 0) + 1);
  return new Map(options.map(({ code, label }, n) => [code, times.get(plain(label)) === 1 && plain(label) !== '' ? label : `${n + 1}．${label}`]));
}

/** A label without what typing changes: width of letters and white space. */
export const plain = (label: string): string => label.normalize('NFKC').replace(/\s+/gu, '');

const textOf = (value: AnswerValue | null): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The day as people write it; as ISO where that could not be read back. */
function dayText(iso: string | null): string | null {
  if (iso === null) return null;
  const era = formatEra(iso);
  return parseJapaneseDate(era) === iso ? era : iso;
}

export const fits = (lines: readonly AnswerLine[]): boolean => lines.every(({ cells }) => cells.every(({ value }) => typeof value !== 'string' || value.length <= CELL));

/** What was read from the cells of a question: the value of each cell by the key of its line. */
export type CellValues = (part: string, cell?: number) => string | number | boolean | null;

/** The answer that the cells of a question mean; null for a blank. The engine decides whether it fits. */
export function answerInCells({ item }: CompiledItem, sets: OptionSets, lines: { rows: number }, at: CellValues): AnswerValue | null {
  const text = (part: string): string => stringOf(at(part));
  const number = (part: string): number | null => (typeof at(part) === 'number' ? (at(part) as number) : null);
  switch (item.kind) {
    case 'number': return number('');
    case 'date-range': {
      const [from, to, more] = [text('from'), text('to'), text('text')];
      return canonical({ from: from === '' ? null : from, to: to === '' ? null : to, ...(more === '' ? {} : { text: more }) });
    }
    case 'choice': {
      const count = number('count');
      return canonical({ choice: text(''), ...(count === null ? {} : { count }), ...(text('text') === '' ? {} : { text: text('text') }) });
    }
    case 'checks': {
      const options = sets[item.options] ?? [];
      const texts = Object.fromEntries(options.flatMap(({ code }) => (text(`text:${code}`) === '' ? [] : [[code, text(`text:${code}`)]])));
      const counts = Object.fromEntries(options.flatMap(({ code }) => (number(`count:${code}`) === null ? [] : [[code, number(`count:${code}`)!]])));
      return canonical({ checked: options.filter(({ code }) => at(`option:${code}`) === true).map(({ code }) => code), texts, counts });
    }
    case 'table':
      return canonical(Array.from({ length: lines.rows }, (_, n) => Object.fromEntries(item.columns.map(({ code }, c) => [code, stringOf(at(`row:${n + 1}`, c))]))));
    case 'text-list': return canonical(Array.from({ length: lines.rows }, (_, n) => text(`entry:${n + 1}`)));
    case 'record-list': return canonical({ lists: recordsIn(lines.rows, at) });
    default: return canonical(text(''));
  }
}

/** A line without a heading belongs to the list of the line above. */
function recordsIn(rows: number, at: CellValues): RecordListAnswer['lists'] {
  const lists: RecordListAnswer['lists'] = [];
  for (let n = 1; n <= rows; n += 1) {
    const [heading, number, name] = [0, 1, 2].map((cell) => at(`row:${n}`, cell));
    const said = { heading: filledText(stringOf(heading!)), number: typeof number === 'number' ? number : null, name: filledText(stringOf(name!)) };
    if (said.heading === '' && said.number === null && said.name === '') continue;
    if (lists.length === 0 || said.heading !== '') lists.push({ heading: said.heading, records: [] });
    if (said.number !== null || said.name !== '') lists.at(-1)!.records.push({ number: said.number, name: said.name });
  }
  return lists;
}

const stringOf = (value: string | number | boolean | null): string => (value === null || typeof value === 'boolean' ? '' : String(value));

/**
 * An answer as a sheet can say it: blank cells, rows and texts left out, a text beside a box taken as its tick. Two answers are
 * the same to a person who looks at the sheet when these are.
 */
export function canonical(value: AnswerValue | null): AnswerValue | null {
  if (value === null || emptyAnswer(value)) return null;
  if (typeof value !== 'object') return value;
  if (Array.isArray(value)) return (value as (string | Record<Code, string>)[]).map(entryOf).filter((one) => one !== null) as AnswerValue;
  if ('checked' in value) {
    const [texts, counts] = [filled(value.texts), value.counts ?? {}];
    const checked = [...new Set([...value.checked, ...Object.keys(texts), ...Object.keys(counts)])];
    return { checked, ...(Object.keys(texts).length > 0 ? { texts } : {}), ...(Object.keys(counts).length > 0 ? { counts } : {}) };
  }
  if ('lists' in value) return { lists: listsOf(value) };
  if ('choice' in value || 'from' in value) {
    const { text, ...rest } = value;
    return text === undefined || text.trim() === '' ? rest : { ...rest, text };
  }
  return value;
}

const filledText = (text: string): string => (text.trim() === '' ? '' : text);

/** Without blank lists and records; neighbours of the same heading are one. */
function listsOf({ lists }: RecordListAnswer): RecordListAnswer['lists'] {
  const kept: RecordListAnswer['lists'] = [];
  for (const { heading, records } of lists) {
    const said = filledText(heading);
    const named = records.map(({ number, name }) => ({ number, name: filledText(name) })).filter(({ number, name }) => number !== null || name !== '');
    if (said === '' && named.length === 0) continue;
    if (kept.at(-1)?.heading === said) kept.at(-1)!.records.push(...named);
    else kept.push({ heading: said, records: named });
  }
  return kept;
}

const filled = (texts: Readonly<Record<Code, string>> = {}): Record<Code, string> => Object.fromEntries(Object.entries(texts).filter(([, text]) => text.trim() !== ''));

function entryOf(one: string | Record<Code, string>): string | Record<Code, string> | null {
  if (typeof one === 'string') return one.trim() === '' ? null : one;
  const cells = filled(one);
  return Object.keys(cells).length === 0 ? null : cells;
}
