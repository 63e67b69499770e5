/** Rows of a sheet → one record for each system, with the rows that continue it, and the rows that are none. */
import type { Problem } from '../../kernel/errors.js';
import { cellFault } from './cell-values.js';
import { problemAt } from './departments.js';
import type { ImportFields } from './fields.js';
import { textOf, type Grid, type GridCell } from './grid.js';
import { isRepeated, type Headings } from './headings.js';
import { cellAddress, lettersOf, type CellValue } from './sheets.js';

/** A cell under a mapped column. */
export interface Found {
  /** `別表1!C7`: where it is written. */
  at: string;
  value: CellValue;
}

/** A row of a record; fields of empty cells are not there. */
export interface RecordLine {
  row: number;
  /** Address of the row's first mapped cell, for what concerns the whole row. */
  at: string;
  cells: Map<string, Found>;
}

export interface Note {
  at: string;
  message: string;
}

export interface SystemRecord {
  sheet: string;
  /** The row of the system itself, then those that continue it (再掲). */
  lines: [RecordLine, ...RecordLine[]];
  notes: Note[];
  problems: Problem[];
}

export interface SkippedRow {
  sheet: string;
  row: number;
  at: string;
  reason: 'blank' | 'total' | 'heading' | 'note';
  text: string;
}

export const SKIPPED_WORDS: Readonly<Record<SkippedRow['reason'], string>> = { blank: '空の行', total: '合計の行', heading: '見出しの繰返し', note: '注記などの行' };

/** Fields of a using department: they may stand on rows of their own below their system. */
const USE_FIELDS: ReadonlySet<string> = new Set(['sections', 'terminals', 'use-department', 'use-sections', 'use-terminals']);
/** What names a system: a row that has neither goes on with the system above. */
const NAMING: readonly string[] = ['name', 'number'];
const NOTE = /^(?:[※＊*]|[(（]?注|別表|備考|単位|凡例)/u;

/** @param mapping letters of the column → field */
export function readRecords(grid: Grid, headings: Headings, mapping: Readonly<Record<string, string>>, fields: ImportFields): { records: SystemRecord[]; skipped: SkippedRow[] } {
  const records: SystemRecord[] = [];
  const skipped: SkippedRow[] = [];
  const columns = grid.columns.map((column) => ({ column, field: mapping[column] ?? '' }));
  const first = columns.find(({ field }) => field !== '')?.column ?? lettersOf(1);
  let current: SystemRecord | null = null;
  for (let row = headings.bottom + 1; row <= grid.lastRow; row += 1) {
    const own = grid.own(row);
    const reason = skippedFor(own, headings, mapping, fields);
    if (reason !== null) {
      skipped.push({ sheet: grid.sheet.name, row, at: cellAddress(grid.sheet, own[0]?.column ?? first, row), reason, text: own.map(({ value }) => textOf(value)).join(' ').slice(0, 100) });
      if (reason === 'total') current = null;
      continue;
    }
    const read = readLine(grid, row, columns, first);
    const begins = NAMING.some((field) => read.own.has(field)) || (read.own.has('owner') && ![...read.own].some((field) => USE_FIELDS.has(field)));
    if (begins || current === null) {
      current = { sheet: grid.sheet.name, lines: [read.line], notes: read.notes, problems: read.problems };
      if (!begins) current.problems.push(problemAt('row-without-system', read.line.at, 'どのシステムの続きの行か分かりません。システム名と番号のある行の下に置くか、システム名を入れてください。'));
      records.push(current);
      if (!begins) current = null;
    } else {
      current.lines.push(read.line);
      current.notes.push(...read.notes);
      current.problems.push(...read.problems, ...strayProblems(current.lines[0], read.line, read.own, fields));
    }
  }
  return { records, skipped };
}

function skippedFor(own: readonly GridCell[], headings: Headings, mapping: Readonly<Record<string, string>>, fields: ImportFields): SkippedRow['reason'] | null {
  if (own.length === 0) return 'blank';
  if (isTotal(own, mapping, fields)) return 'total';
  if (isRepeated(headings, own.map(({ column, value }) => ({ column, text: textOf(value) })))) return 'heading';
  const [one] = own;
  if (own.length === 1 && (NOTE.test(textOf(one!.value)) || one!.width >= Math.max(3, headings.columns.length / 2))) return 'note';
  return own.every(({ column }) => (mapping[column] ?? '') === '') ? 'note' : null;
}

/** 合計 where a system has its name, or in front of a name that is none (55システム). A row with a number is a system. */
function isTotal(own: readonly GridCell[], mapping: Readonly<Record<string, string>>, fields: ImportFields): boolean {
  const texts = new Map(own.map(({ column, value }) => [mapping[column] ?? '', textOf(value)]));
  if (texts.has('number')) return false;
  const name = texts.get('name') ?? '';
  if (fields.isTotal(name)) return true;
  const unnamed = name === '' || /^[\d,]+(?:システム|件)?$/u.test(name.normalize('NFKC').replace(/\s/gu, ''));
  return unnamed && own.slice(0, 4).some(({ column, value }) => ['', 'class', 'owner'].includes(mapping[column] ?? '') && fields.isTotal(textOf(value)));
}

function readLine(grid: Grid, row: number, columns: readonly { column: string; field: string }[], first: string): { line: RecordLine; own: Set<string>; notes: Note[]; problems: Problem[] } {
  const line: RecordLine = { row, at: cellAddress(grid.sheet, first, row), cells: new Map() };
  const own = new Set<string>();
  const notes: Note[] = [];
  const problems: Problem[] = [];
  if (grid.hidden(row)) notes.push({ at: line.at, message: '隠れている行です。取り込む行に含まれます。' });
  for (const { column, field } of columns) {
    const cell = field === '' ? null : grid.at(column, row);
    // A use is stated once, on its own row.
    if (cell === null || (cell.fromAbove && USE_FIELDS.has(field))) continue;
    const at = cellAddress(grid.sheet, cell.home.column, cell.home.row);
    if (!cell.fromAbove) own.add(field);
    line.cells.set(field, { at, value: cell.value });
    const wrong = cellFault(cell.value);
    if (wrong !== null) problems.push(problemAt('cell-formula', at, wrong));
    else if (cell.formula && !cell.fromAbove) notes.push({ at, message: `数式のセルです。保存されている計算結果「${textOf(cell.value).slice(0, 60)}」を使います。` });
  }
  return { line, own, notes, problems };
}

/** On a row that continues a system only its use may differ from the row of the system. */
function strayProblems(start: RecordLine, line: RecordLine, own: ReadonlySet<string>, fields: ImportFields): Problem[] {
  return [...own].filter((field) => !USE_FIELDS.has(field)).flatMap((field) => {
    const [found, above] = [line.cells.get(field)!, start.cells.get(field)];
    if (cellFault(found.value) !== null || (above !== undefined && textOf(found.value) === textOf(above.value))) return [];
    return [problemAt('continued-row-value', found.at, `上のシステムの続きの行（番号とシステム名が空）に、「${fields.label(field)}」の別の値「${textOf(found.value).slice(0, 60)}」があります。システムの行に書くか、番号とシステム名を入れて別のシステムにしてください。`)];
  });
}
