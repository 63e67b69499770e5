/**
 * Tables as an XLSX file that counts by itself: a sheet for each dataset, and a sheet for each table whose cells are formulas over
 * it. A share is computed from whole numbers (QUOTIENT, MOD), so that Excel rounds as the product does, in every mode.
 */
import Excel from 'exceljs';
import { roundingOf } from '../engine/tabulation-cells.js';
import { leavesOf, type Leaf } from '../engine/tabulation-columns.js';
import { packedDatasets, tabulate } from '../engine/tabulating.js';
import type { Dataset, Figure, Rounding, TableDefinition, TableResult, TableRow, TabulationDefinition } from '../engine/tabulation.js';
import { countFormula, quotientFormula, type Sources } from './tabulation-formulas.js';
import { dataSheet, letterOf, sheetNames } from './tabulation-sheets.js';

const THIN = { style: 'thin' } as const;
const BORDER = { top: THIN, bottom: THIN, left: THIN, right: THIN };

/** Whole tabulations with the datasets from which they were made. */
export async function tabulationWorkbook(all: readonly { definition: TabulationDefinition; datasets: readonly Dataset[] }[]): Promise<Buffer> {
  const book = new Excel.Workbook();
  const datasets = [...new Map(all.flatMap((one) => one.datasets.filter(({ code }) => one.definition.tables.some((table) => table.dataset === code)).map((dataset) => [dataset.code, dataset]))).values()];
  const packed = packedDatasets(datasets);
  const tables = all.flatMap(({ definition }) => definition.tables.map((table) => ({ table, definition })));
  const names = sheetNames([...tables.map(({ table }) => table.title), ...datasets.map((one) => one.title)]);
  const sheets = tables.map((_, n) => book.addWorksheet(names[n], { pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToHeight: 0 } }));
  const sources = new Map(datasets.map((dataset, n) => [dataset.code, dataSheet(book, names[tables.length + n]!, packed(dataset.code), tables.filter(({ table }) => table.dataset === dataset.code).map(({ table }) => table))]));
  tables.forEach(({ table, definition }, n) => {
    const result = tabulate({ ...definition, tables: [table], agreeing: [] }, datasets, packed).tables[0]!;
    const [whole] = table.rows === undefined || table.total !== undefined ? [] : tabulate({ ...definition, tables: [{ ...table, total: WHOLE }], agreeing: [] }, datasets, packed).tables[0]!.rows.slice(-1);
    tableSheet(sheets[n]!, table, result, definition.rounding, { whole: whole ?? null, source: sources.get(table.dataset) ?? null, leaves: leavesOf(table.columns, packed(table.dataset)) });
  });
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** Label of the line that a table without a row of totals gets when its shares are divided by what all rows hold. */
const WHOLE = '割合の分母（全体）';

interface Means {
  /** The row of totals that is not printed. */
  whole: TableRow | null;
  source: Sources | null;
  leaves: readonly Leaf[];
}

function tableSheet(sheet: Excel.Worksheet, table: TableDefinition, result: TableResult, document: Rounding, means: Means): void {
  sheet.getCell('A1').value = result.title;
  sheet.getCell('A1').font = { bold: true, size: 12 };
  sheet.columns = [{ width: 30 }, ...result.columns.map(() => ({ width: 14 }))];
  const height = headRows(sheet, result);
  const step = table.shares === undefined ? 1 : 2;
  const lineOf = (n: number): number => height + 3 + n * step;
  result.rows.forEach((row, n) => {
    const line = lineOf(n);
    sheet.getCell(line, 1).value = row.label;
    row.figures.forEach((figure, at) => put(sheet.getCell(line, at + 2), figure, cellFormula({ row, column: at, line, total: lineOf(result.rows.at(-1)!.total ? result.rows.length - 1 : result.rows.length), table, document, ...means }), printed(means.leaves[at]!, table, document)));
    if (row.shares === null) return;
    sheet.getCell(line + 1, 1).value = table.shares!.label;
    const over = letterOf(result.columns.findIndex((one) => one.code === table.shares!.over) + 2);
    row.shares.forEach((figure, at) => put(sheet.getCell(line + 1, at + 2), figure, quotientFormula(`${letterOf(at + 2)}${line}`, `${over}${line}`, table.rounding ?? document, 100), { digits: (table.rounding ?? document).digits, percent: true }));
  });
  const wholes = wholeColumns(means);
  if (wholes.size > 0) {
    const line = lineOf(result.rows.length);
    sheet.getCell(line, 1).value = WHOLE;
    for (const at of wholes) put(sheet.getCell(line, at + 2), means.whole!.figures[at]!, cellFormula({ row: means.whole!, column: at, line, total: line, table, document, ...means }), null);
  }
  const below = lineOf(result.rows.length) + (wholes.size > 0 ? 2 : 1);
  [...result.denominators, ...result.notes, ...result.sentences.map((one) => one.text)].forEach((text, n) => (sheet.getCell(below + n, 1).value = text));
  for (let line = 2; line < below - 1; line += 1) for (let at = 1; at <= result.columns.length + 1; at += 1) sheet.getCell(line, at).border = BORDER;
}

/** One row of heads, or two where columns stand under one head. Returns how many rows more than one. */
function headRows(sheet: Excel.Worksheet, { columns, rowsLabel }: TableResult): number {
  const two = columns.some((one) => one.under !== '');
  const last = two ? 3 : 2;
  sheet.getCell(2, 1).value = rowsLabel;
  if (two) sheet.mergeCells(2, 1, 3, 1);
  for (let at = 0; at < columns.length;) {
    const { under } = columns[at]!;
    let end = at;
    while (under !== '' && columns[end + 1]?.under === under) end += 1;
    if (under !== '') {
      sheet.getCell(2, at + 2).value = under;
      if (end > at) sheet.mergeCells(2, at + 2, 2, end + 2);
    } else if (two) sheet.mergeCells(2, at + 2, 3, at + 2);
    for (let n = at; n <= end; n += 1) sheet.getCell(under === '' ? 2 : 3, n + 2).value = columns[n]!.label;
    at = end + 1;
  }
  for (let line = 2; line <= last; line += 1) sheet.getRow(line).eachCell((cell) => Object.assign(cell, { font: { bold: true }, alignment: { wrapText: true, vertical: 'middle', horizontal: 'center' } }));
  return last - 2;
}

/** Columns by whose total something is divided though the table prints no totals, and those that they are made of. */
function wholeColumns({ whole, leaves }: Means): Set<number> {
  const found = new Set<number>();
  const reach = (code: string): void => {
    const at = leaves.findIndex((one) => one.code === code);
    if (at < 0 || found.has(at)) return;
    found.add(at);
    leaves[at]!.parts.forEach(reach);
  };
  if (whole !== null) for (const { column, over, parts } of leaves) if (column.measure === 'share' && over === null) parts.forEach(reach);
  return found;
}

interface Place extends Means {
  row: TableRow;
  column: number;
  line: number;
  /** Line of the totals. */
  total: number;
  table: TableDefinition;
  document: Rounding;
}

/** Null: there is nothing to count from. */
function cellFormula({ source, leaves, table, row, column, line, total, document }: Place): string | null {
  const leaf = leaves[column]!;
  const letter = (code: string): string => letterOf(leaves.findIndex((one) => one.code === code) + 2);
  const rounding = roundingOf(leaf, table, document);
  if (leaf.column.measure === 'columns') return `SUM(${leaf.parts.map((code) => `${letter(code)}${line}`).join(',')})`;
  if (leaf.column.measure === 'share') {
    const part = letter(leaf.parts[0]!);
    return quotientFormula(`${part}${line}`, leaf.over !== null ? `${letter(leaf.over)}${line}` : table.rows === undefined ? `${part}${line}` : `${part}$${total}`, rounding, 100);
  }
  // That nobody was asked or answered is told by the product; a formula would count 0.
  return source === null || row.figures[column]!.value === null ? null : countFormula(source, table, leaf, row, rounding);
}

/** How a quotient is printed; null for what is counted. */
function printed(leaf: Leaf, table: TableDefinition, document: Rounding): { digits: number; percent: boolean } | null {
  const { measure } = leaf.column;
  return measure !== 'share' && measure !== 'average' ? null : { digits: roundingOf(leaf, table, document).digits, percent: measure === 'share' };
}

/** What has no number says so, as it is printed; a formula that finds one later prints it as the others. */
function put(cell: Excel.Cell, { value, text }: Figure, formula: string | null, quotient: { digits: number; percent: boolean } | null): void {
  cell.alignment = { horizontal: 'right' };
  if (text === '') return;
  const result = value === null ? text : Number(value);
  cell.value = formula === null || (value === null && !formula.startsWith('IF(')) ? result : { formula, result };
  const digits = quotient?.digits ?? (value?.split('.')[1] ?? '').length;
  cell.numFmt = `#,##0${digits === 0 ? '' : `.${'0'.repeat(digits)}`}${quotient?.percent === true ? '"%"' : ''}`;
}
