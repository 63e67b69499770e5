/** What was read from a workbook or a CSV file: sheets of cells with their addresses. Plain JSON, kept with the import. */

/** `error`: a formula error such as `#REF!`; `uncomputed`: a formula whose result the file does not hold. `percent`: 35 for 35%. */
export type CellValue = string | number | boolean | { date: string } | { percent: number } | { error: string } | { uncomputed: true };

export interface SheetCell {
  value: CellValue;
  /** The value is the stored result of a formula. */
  formula?: true;
}

export interface SheetRow {
  /** As the program shows it, from 1. */
  number: number;
  hidden?: true;
  /** By letters of the column: `C`. Empty cells are not there. */
  cells: Record<string, SheetCell>;
}

/** Rows and columns from 1, both ends included. */
export interface Merge {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

export interface Sheet {
  name: string;
  /** The sheet itself is hidden. */
  hidden?: true;
  /** Rows that hold something, in order. */
  rows: SheetRow[];
  merges: Merge[];
  /** Letters of hidden columns. */
  hiddenColumns: string[];
}

export interface ReadFile {
  kind: 'xlsx' | 'csv';
  sheets: Sheet[];
}

/** `rows` counts the filled rows of all sheets, headings included; `lastRow` is the lowest row in which something may stand. */
export const SHEET_LIMITS = { bytes: 10 * 1024 * 1024, rows: 5_000, lastRow: 10_000, columns: 60, sheets: 20, characters: 32_767 } as const;

/** 1 → A, 27 → AA. */
export function lettersOf(column: number): string {
  let letters = '';
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters;
  return letters;
}

/** A → 1; 0 for what is no column. */
export function columnOf(letters: string): number {
  if (!/^[A-Z]{1,3}$/u.test(letters)) return 0;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column;
}

/** `別表1!C7`. */
export function cellAddress(sheet: Pick<Sheet, 'name'>, column: string, row: number): string {
  return `${sheet.name}!${column}${row}`;
}

/** Formula errors that spreadsheet programs show; in a CSV file they stand as text. */
const ERRORS: ReadonlySet<string> = new Set(['#REF!', '#VALUE!', '#DIV/0!', '#NAME?', '#N/A', '#NUM!', '#NULL!', '#SPILL!', '#CALC!', '#GETTING_DATA']);
export const isErrorText = (text: string): boolean => ERRORS.has(text.trim());

/** Text that can be kept: no half characters, no NUL, line ends as `\n`. */
export function keepable(text: string): string {
  const cut = text.replaceAll('\u0000', '').replace(/\r\n?/gu, '\n').slice(0, SHEET_LIMITS.characters);
  return cut.replace(/\p{Surrogate}/gu, '\ufffd');
}
