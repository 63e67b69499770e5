/** From a read file, its mapping and the register: what taking it over would do. */
import { createHash } from 'node:crypto';
import type { Problem } from '../../kernel/errors.js';
import type { UnknownDepartment } from './departments.js';
import type { ImportFields } from './fields.js';
import { Grid, textOf } from './grid.js';
import { findHeadings, type Headings } from './headings.js';
import { columnAddress } from './mapping.js';
import type { ImportOptions, PlannedRow, Planning, RegisterState, RowKind } from './plan.js';
import { planRows } from './planning.js';
import { readRecords, SKIPPED_WORDS, type Found, type SkippedRow, type SystemRecord } from './records.js';
import type { Sheet } from './sheets.js';
import { stateRecord, type Statement } from './statements.js';

/** A sheet with its heading; `headings: null` for a sheet that is no register. */
export interface OpenedSheet {
  grid: Grid;
  headings: Headings | null;
}

export interface ColumnView {
  /** `別表1!C`. */
  address: string;
  heading: string;
  hidden: boolean;
  /** Blank: left out. */
  field: string;
  /** First values below the heading. */
  samples: string[];
}

export interface SheetView {
  name: string;
  hidden: boolean;
  /** First and last row of the heading; null: the sheet has none and is left out. */
  headingRows: { top: number; bottom: number } | null;
  leftOut: boolean;
  columns: ColumnView[];
  /** The class of rows that name none: id, `none`, or null while nobody said it. */
  classId: string | null;
}

export type PreviewRow = Omit<PlannedRow, 'write'>;

export interface Plan {
  sheets: SheetView[];
  rows: PlannedRow[];
  counts: Record<RowKind, number>;
  departments: UnknownDepartment[];
  /** What must be settled before any row can be taken over. */
  problems: Problem[];
  /** Changes when the file, its mapping, or what it touches in the register changes. */
  seal: string;
}

export function openSheets(sheets: readonly Sheet[], fields: ImportFields): OpenedSheet[] {
  return sheets.map((sheet) => {
    const grid = new Grid(sheet);
    return { grid, headings: findHeadings(grid, fields) };
  });
}

export interface PlanInput {
  sheets: readonly OpenedSheet[];
  /** `別表1!C` → field. */
  mapping: Readonly<Record<string, string>>;
  options: ImportOptions;
  state: RegisterState;
  fields: ImportFields;
}

export function planImport({ sheets, mapping, options, state, fields }: PlanInput): Plan {
  const problems: Problem[] = [];
  const mapped = new Map<string, ReadonlySet<string>>();
  const statements: Statement[] = [];
  const skipped: SkippedRow[] = [];
  const views: SheetView[] = [];
  const planning: Planning = { state, fields, options, mapped };
  for (const { grid, headings } of sheets) {
    const { name } = grid.sheet;
    const leftOut = headings === null || options.leftOut.includes(name);
    const columns = headings === null ? [] : columnViews(grid, headings, mapping);
    views.push({
      name, hidden: grid.sheet.hidden === true, headingRows: headings === null ? null : { top: headings.top, bottom: headings.bottom }, leftOut, columns,
      classId: (Object.hasOwn(options.classes, name) ? options.classes[name] : null) ?? null,
    });
    if (headings === null || leftOut) continue;
    mapped.set(name, new Set(columns.map(({ field }) => field).filter((field) => field !== '')));
    const missing = sheetProblems(name, mapped.get(name)!, planning);
    problems.push(...missing);
    if (missing.length > 0) continue;
    const read = readRecords(grid, headings, Object.fromEntries(headings.columns.map(({ column }) => [column, mapping[columnAddress(name, column)] ?? ''])), fields);
    skipped.push(...read.skipped);
    statements.push(...statementsOf(read.records, mapped.get(name)!, planning));
  }
  const rows = inOrder([...planRows(statements, planning), ...skipped.map(skippedRow)], views);
  if (rows.length === 0 && problems.length === 0) problems.push({ code: 'nothing-to-import', path: 'sheets', message: '取り込む行がありません。取り込むシートと見出しの下の行を確かめてください。' });
  const counts: Record<RowKind, number> = { new: 0, changed: 0, unchanged: 0, refused: 0, skipped: 0 };
  for (const { kind } of rows) counts[kind] += 1;
  return { sheets: views, rows, counts, departments: state.departments.unknown(), problems, seal: sealOf(rows) };
}

function statementsOf(records: readonly SystemRecord[], mapped: ReadonlySet<string>, planning: Planning): Statement[] {
  let above: Found | null = null;
  return records.map((record) => {
    const { statement, owner } = stateRecord(record, mapped, planning, above);
    above = owner;
    return statement;
  });
}

/** What a sheet must say for any of its rows to be a system. */
function sheetProblems(sheet: string, mapped: ReadonlySet<string>, { fields, options, state }: Planning): Problem[] {
  const problems = ['name', 'owner'].filter((field) => !mapped.has(field)).map((field): Problem => (
    { code: 'column-missing', path: sheet, message: `シート「${sheet}」：「${fields.label(field)}」の列が決まっていません。どの列かを選ぶか、このシートを取り込まないでください。` }));
  const living = state.classes.some(({ ended }) => !ended);
  if (!mapped.has('class') && living && !Object.hasOwn(options.classes, sheet)) {
    problems.push({ code: 'class-missing', path: sheet, message: `シート「${sheet}」：「${fields.label('class')}」の列がありません。このシートのシステムの区分（又は区分なし）を選んでください。` });
  }
  return problems;
}

const SAMPLES = 3;

function columnViews(grid: Grid, headings: Headings, mapping: Readonly<Record<string, string>>): ColumnView[] {
  return headings.columns.map(({ column, label, hidden }) => {
    const samples: string[] = [];
    for (let row = headings.bottom + 1; row <= grid.lastRow && samples.length < SAMPLES; row += 1) {
      const cell = grid.at(column, row);
      if (cell !== null && !cell.fromAbove) samples.push(textOf(cell.value).slice(0, 40));
    }
    const address = columnAddress(grid.sheet.name, column);
    return { address, heading: label.slice(0, 200), hidden, field: mapping[address] ?? '', samples };
  });
}

function skippedRow({ sheet, row, at, reason, text }: SkippedRow): PlannedRow {
  return { kind: 'skipped', sheet, row, at, number: null, name: text, systemId: null, changes: [], problems: [], notes: [], reason: `${SKIPPED_WORDS[reason]}です。`, write: null };
}

function inOrder(rows: readonly PlannedRow[], sheets: readonly SheetView[]): PlannedRow[] {
  const place = new Map(sheets.map(({ name }, n) => [name, n]));
  return [...rows].sort((a, b) => place.get(a.sheet)! - place.get(b.sheet)! || a.row - b.row);
}

function sealOf(rows: readonly PlannedRow[]): string {
  return createHash('sha256').update(JSON.stringify(rows.map(({ kind, at, systemId, problems, write }) => [kind, at, systemId, problems.map(({ code, path }) => [code, path]), write]))).digest('hex');
}

/** The class that the name of a sheet or the lines above its heading name, if exactly one. */
export function suggestedClass({ grid, headings }: OpenedSheet, classes: RegisterState['classes']): string | null {
  const fold = (text: string): string => text.normalize('NFKC').replace(/\s/gu, '');
  const lines = grid.sheet.rows.filter(({ number }) => headings !== null && number < headings.top).flatMap(({ cells }) => Object.values(cells).map(({ value }) => textOf(value)));
  const text = fold([grid.sheet.name, ...lines].join('\n'));
  const named = classes.filter(({ label, ended }) => !ended && text.includes(fold(label)));
  return named.length === 1 ? named[0]!.id : null;
}
