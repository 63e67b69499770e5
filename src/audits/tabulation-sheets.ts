/** The sheet of a dataset: one line for each record, and the ranges in which formulas find what they count. */
import type Excel from 'exceljs';
import { exactText } from '../engine/decimal.js';
import { TableCounts, TOTAL } from '../engine/tabulation-counting.js';
import { FIRST, keyOfText, MISSING_PLACE, NOT_ASKED_PLACE, type PackedDataset, type PlacedField } from '../engine/tabulation-packing.js';
import type { TableDefinition } from '../engine/tabulation.js';
import type { Sources } from './tabulation-formulas.js';

const MISSING = '（未回答）';
const NOT_ASKED = '（対象外）';
const A3 = 8 as Excel.PaperSize;
/** Characters that a page of A3 across bears. */
const ON_A3 = 270;

export function letterOf(column: number): string {
  return column > 26 ? letterOf(Math.floor((column - 1) / 26)) + letterOf(((column - 1) % 26) + 1) : String.fromCharCode(64 + column);
}

/** Titles as names of sheets: at most 31 signs, without the signs that Excel refuses, each once. */
export function sheetNames(titles: readonly string[]): string[] {
  const taken = new Set<string>();
  return titles.map((title) => {
    const plain = title.replace(/[[\]:*?/\\']/gu, ' ').trim() || '表';
    for (let n = 1; ; n += 1) {
      const end = n === 1 ? '' : ` (${n})`;
      const name = `${[...plain].slice(0, 31 - end.length).join('').slice(0, 31 - end.length)}${end}`;
      if (taken.has(name.toLowerCase())) continue;
      taken.add(name.toLowerCase());
      return name;
    }
  });
}

type Cell = string | number;

/** Writes the records, with what the tables need beside them: 1 where a condition takes a record, and 1 for the first of its value. */
export function dataSheet(book: Excel.Workbook, name: string, pack: PackedDataset, tables: readonly TableDefinition[]): Sources {
  const columns: { key: string; head: string; cells: Cell[] }[] = [];
  const size = pack.size;
  const add = (key: string, head: string, cell: (record: number) => Cell): void => {
    if (!columns.some((one) => one.key === key)) columns.push({ key, head, cells: Array.from({ length: size }, (_, n) => cell(n)) });
  };
  const labels = new Map<string, string[]>();
  add('id', '番号', (n) => n + 1);
  add('label', '回答', (n) => pack.dataset.records[n]!.label);
  add('again', '再掲', (n) => pack.again[n]!);
  for (const field of pack.dataset.fields) {
    if (field.kind === 'number') {
      const { states, exact } = pack.amounts(field.code);
      add(`number ${field.code}`, field.label, (n) => (states[n] === 2 ? Number(exactText(exact(n))) : states[n] === 1 ? MISSING : NOT_ASKED));
      continue;
    }
    const placed = pack.places(field.code);
    const own = distinctLabels(placed);
    labels.set(field.code, own);
    if (placed.kind === 'single') {
      add(`field ${field.code}`, field.label, (n) => labelAt(placed.places[n]!, own));
      if (!areCriteria(own)) add(`place ${field.code}`, `${field.label}（区別の番号）`, (n) => placed.places[n]!);
      continue;
    }
    // Without options there is only whether somebody was asked and answered.
    if (own.length === 0) add(`field ${field.code} 0`, field.label, (n) => labelAt(placed.states[n]!, ['回答あり']));
    own.forEach((label, at) => add(`field ${field.code} ${at}`, `${field.label}：${label}`, (n) => (placed.states[n] === 2 ? (placed.items.subarray(placed.starts[n], placed.starts[n + 1]).includes(at) ? 1 : 0) : placed.states[n] === MISSING_PLACE ? MISSING : NOT_ASKED)));
  }
  for (const table of tables) addMarks(table, pack, add);
  writeSheet(book, name, columns, size);
  const range = (key: string): string => {
    const at = columns.findIndex((one) => one.key === key);
    const letter = letterOf(Math.max(at, 0) + 1);
    return `'${name}'!$${letter}$2:$${letter}$${Math.max(size, 1) + 1}`;
  };
  const isMulti = (field: string): boolean => pack.places(field).kind === 'multi';
  const has = (key: string): boolean => columns.some((one) => one.key === key);
  return {
    ids: range('id'), again: range('again'),
    selected: (table) => (table.only === undefined ? null : range(`only ${table.code}`)),
    option(field, option) {
      const at = pack.places(field).options.findIndex((one) => one.code === option || one.code === keyOfText(option));
      if (at < 0 || pack.field(field) === undefined) return null;
      if (isMulti(field)) return { range: range(`field ${field} ${at}`), is: '1' };
      return has(`place ${field}`) ? { range: range(`place ${field}`), is: String(at + FIRST) } : { range: range(`field ${field}`), is: criterion(labels.get(field)?.[at] ?? option) };
    },
    state(field, state) {
      if (has(`place ${field}`)) return { range: range(`place ${field}`), is: String(state === 'missing' ? MISSING_PLACE : NOT_ASKED_PLACE) };
      return { range: range(isMulti(field) ? `field ${field} 0` : has(`field ${field}`) ? `field ${field}` : `number ${field}`), is: criterion(state === 'missing' ? MISSING : NOT_ASKED) };
    },
    numbers: (field) => range(`number ${field}`),
    digits: (field) => decimalsOf(pack, field),
    manyRows: (table) => table.rows !== undefined && isMulti(table.rows.by),
    first: (table, { of, withoutListedAgain }, reach) => range(firstKey(table, of, withoutListedAgain === true, reach)),
  };
}

const firstKey = (table: TableDefinition, field: string, without: boolean, reach: 'row' | 'total'): string => `first ${table.code} ${field} ${String(without)} ${reach}`;

type Add = (key: string, head: string, cell: (record: number) => Cell) => void;

function addMarks(table: TableDefinition, pack: PackedDataset, add: Add): void {
  const counts = new TableCounts(pack, table);
  if (table.only !== undefined) add(`only ${table.code}`, `${table.title}：対象`, (n) => (counts.holds(n, TOTAL, false) ? 1 : 0));
  for (const column of table.columns) {
    if (column.measure !== 'distinct') continue;
    const placed = pack.places(column.of);
    const without = column.withoutListedAgain === true;
    const mark = (rowsOf: (record: number) => readonly number[]): ((record: number) => Cell) => {
      const seen = new Set<string>();
      return (n) => {
        if (!counts.holds(n, TOTAL, without)) return 0;
        let found = 0;
        for (const row of rowsOf(n)) for (const value of valuesOf(placed, n)) {
          if (seen.has(`${row}/${value}`)) continue;
          seen.add(`${row}/${value}`);
          found += 1;
        }
        return found;
      };
    };
    const rowsOf = (n: number): number[] => counts.heads.filter(({ at }) => counts.holds(n, at, without)).map(({ at }) => at);
    add(firstKey(table, column.of, without, 'row'), `${table.title}：${column.label}（行で初めて）`, mark(rowsOf));
    add(firstKey(table, column.of, without, 'total'), `${table.title}：${column.label}（全体で初めて）`, mark(() => [TOTAL]));
  }
}

function valuesOf(field: PlacedField, record: number): number[] {
  if (field.kind === 'single') return field.places[record]! >= FIRST ? [field.places[record]! - FIRST] : [];
  return [...field.items.subarray(field.starts[record], field.starts[record + 1])];
}

function labelAt(place: number, labels: readonly string[]): string {
  return place === 0 ? NOT_ASKED : place === MISSING_PLACE ? MISSING : labels[place - FIRST]!;
}

/** Options of one label are told apart by their codes. */
function distinctLabels({ options }: PlacedField): string[] {
  const all = options.map((one) => one.label.toLowerCase());
  return options.map(({ code, label }, n) => (all.indexOf(label.toLowerCase()) === n && all.lastIndexOf(label.toLowerCase()) === n ? label : `${label}（${code}）`));
}

/** What Excel may take for a number, a date or a truth: `012` would be counted with `12`. */
const AS_NUMBER = /^[\s\d¥\\$+\-.,()%:/eE年月日時分秒明治大正昭和平令元]*$|^(?:true|false)$/iu;
const LONGEST_CRITERION = 120;

/** Can the labels of a field be told apart by a criterion? Excel takes upper and lower case for the same, and no long text. */
function areCriteria(labels: readonly string[]): boolean {
  const plain = labels.map((one) => one.normalize('NFKC').trim().toLowerCase());
  return new Set(plain).size === plain.length && labels.every((one, n) => one.length <= LONGEST_CRITERION && one !== MISSING && one !== NOT_ASKED && !AS_NUMBER.test(plain[n]!));
}

/** `="=text"` as a criterion: signs that Excel reads as wildcards are escaped. */
function criterion(text: string): string {
  return `"=${text.replace(/[~*?]/gu, (sign) => `~${sign}`).replace(/"/gu, '""')}"`;
}

function decimalsOf(pack: PackedDataset, field: string): number {
  const { states, exact } = pack.amounts(field);
  let most = 0;
  for (let n = 0; n < pack.size; n += 1) if (states[n] === 2) most = Math.max(most, (exactText(exact(n)).split('.')[1] ?? '').length);
  return Math.min(most, 6);
}

function writeSheet(book: Excel.Workbook, name: string, columns: readonly { head: string; cells: readonly Cell[] }[], size: number): void {
  const widths = columns.map(({ head }, n) => (n === 1 ? 32 : Math.min(Math.max(8, head.length * 1.6), 24)));
  const pages = Math.ceil(widths.reduce((sum, one) => sum + one, 0) / ON_A3);
  const sheet = book.addWorksheet(name, { views: [{ state: 'frozen', ySplit: 1, xSplit: 2 }], pageSetup: { paperSize: A3, orientation: 'landscape', fitToPage: true, fitToWidth: pages, fitToHeight: 0, printTitlesRow: '1:1', ...(pages > 1 ? { printTitlesColumn: 'A:B' } : {}) } });
  sheet.columns = columns.map(({ head }, n) => ({ header: head, width: widths[n]! }));
  sheet.getRow(1).font = { bold: true };
  sheet.getRow(1).alignment = { wrapText: true, vertical: 'top' };
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  for (let n = 0; n < size; n += 1) sheet.addRow(columns.map((one) => fitting(one.cells[n]!)));
}

/** Excel refuses a file with a longer text in a cell. */
const fitting = (cell: Cell): Cell => (typeof cell === 'string' && cell.length > 32_000 ? `${cell.slice(0, 32_000)}…` : cell);
