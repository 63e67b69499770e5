/** Repeated rows on the answer sheet: one line for each row, the cells of its questions side by side. Pure. */
import type { CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code, GroupItem } from '../engine/form.js';
import { answerInCells, canonical, fits, keyOf, sheetItem, SPARE_ROWS, type AnswerCell, type AnswerLine, type CellValues, type OptionSets, type SheetItem } from './answer-rows.js';

interface RowPart { code: Code; part: string; heading: string; cell: AnswerCell }

export interface SheetRow {
  id: string;
  /** By question. */
  values: Readonly<Record<Code, AnswerValue | null>>;
}

const SPARE = 'new:';
export const rowKey = (group: Code, id: string): string => keyOf(group, `row:${id}`);
/** Key of the nth spare line, from 1. */
export const spareKey = (group: Code, n: number): string => rowKey(group, `${SPARE}${n}`);

/** The line for rows; the keys name them. */
export function groupLines({ code, item }: CompiledItem, children: readonly CompiledItem[], rows: readonly SheetRow[], sets: OptionSets): SheetItem {
  // Where one answer is too long for its cell its line would lack cells.
  const cells = rowCells(children, sets).length;
  const whole = rows.every(({ values }) => children.flatMap((child) => partsOf(child, values[child.code] ?? null, sets)).length === cells);
  if (cells === 0 || !whole) return { offline: false, reason: cells === 0 ? 'この問はブラウザで回答してください。' : '答えが長く、表のセルに入りません。ブラウザで回答してください。' };
  const cellsOf = (values: SheetRow['values']): AnswerCell[] => children.flatMap((child) => partsOf(child, values[child.code] ?? null, sets).map(({ cell }) => cell));
  const { unit } = item as GroupItem;
  const lines: AnswerLine[] = [
    ...rows.map(({ id, values }, n) => ({ key: rowKey(code, id), label: `${unit}${n + 1}`, cells: cellsOf(values), spare: false })),
    ...Array.from({ length: SPARE_ROWS }, (_, n) => ({ key: spareKey(code, n + 1), label: `${unit}${rows.length + n + 1}`, cells: cellsOf({}), spare: true })),
  ];
  const headings = children.flatMap((child) => partsOf(child, null, sets).map(({ heading }) => heading));
  return fits(lines) ? { offline: true, headings, lines } : { offline: false, reason: '答えが長く、表のセルに入りません。ブラウザで回答してください。' };
}

/** Cells of a blank line, to read one that comes back. */
export const rowCells = (children: readonly CompiledItem[], sets: OptionSets): AnswerCell[] => children.flatMap((child) => partsOf(child, null, sets).map(({ cell }) => cell));

/** First and last cell of a question within the line, from 0; null where the sheet does not ask it. */
export function cellsOfQuestion(children: readonly CompiledItem[], sets: OptionSets, code: Code): { from: number; to: number } | null {
  const parts = children.flatMap((child) => partsOf(child, null, sets));
  const from = parts.findIndex((one) => one.code === code);
  return from < 0 ? null : { from, to: parts.findLastIndex((one) => one.code === code) };
}

/** What the cells of a line say, by question; only of questions that have cells. */
export function answersInLine(children: readonly CompiledItem[], sets: OptionSets, cells: readonly (string | number | boolean | null)[]): { question: CompiledItem; value: AnswerValue | null; cell: number }[] {
  let next = 0;
  return children.flatMap((question) => {
    const parts = partsOf(question, null, sets);
    const first = next;
    next += parts.length;
    if (parts.length === 0) return [];
    const at: CellValues = (part) => cells[first + parts.findIndex((one) => one.part === part)] ?? null;
    const value = question.item.kind === 'text-list' ? canonical(String(at('') ?? '').split('\n').map((entry) => entry.trim())) : answerInCells(question, sets, { rows: 1 }, (part) => (parts.some((one) => one.part === part) ? at(part) : null));
    return [{ question, value, cell: first }];
  });
}

/** The cells of one question, each with its head; none for what is answered in the browser, or by nobody. */
function partsOf(question: CompiledItem, value: AnswerValue | null, sets: OptionSets): RowPart[] {
  const { item, code } = question;
  const mark = item.need === 'required' ? ' ※' : '';
  if (item.kind === 'text-list') return [{ code, part: '', heading: `${item.label}（1行に1件）${mark}`, cell: { kind: 'long-text', value: value === null ? null : (value as string[]).join('\n'), options: null, label: item.label, unit: '' } }];
  const laid = sheetItem(question, value, sets);
  if (!laid.offline) return [];
  return laid.lines.map(({ key, label, cells }, n) => {
    const part = key.slice(keyOf(code, '').length).replace(/^#/u, '');
    const own = n === 0 && item.kind !== 'checks' && item.kind !== 'date-range';
    const unit = item.kind === 'number' && item.unit !== undefined ? `（${item.unit}）` : '';
    return { code, part, heading: own ? `${item.label}${unit}${mark}` : `${item.label}：${label.trim()}${n === 0 ? mark : ''}`, cell: { ...cells[0]!, label: own ? item.label : `${item.label}：${cells[0]!.label}` } };
  });
}
