/**
 * Tables as an XLSX file that counts by itself: a sheet for each dataset, and a sheet for each table whose cells are formulas over
 * it. A share is computed from whole numbers (QUOTIENT, MOD), so that Excel rounds as the product does, in every mode.
 */
import Excel from 'exceljs';
import { leavesOf, type Leaf } from '../engine/tabulation-columns.js';
import { packedDatasets, tabulate } from '../engine/tabulating.js';
import type { Dataset, Figure, Rounding, TableDefinition, TableResult, TabulationDefinition } from '../engine/tabulation.js';
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
    tableSheet(sheets[n]!, table, result, definition.rounding, { source: sources.get(table.dataset) ?? null, leaves: leavesOf(table.columns, packed(table.dataset)) });
  });
  return Buffer.from(await book.xlsx.writeBuffer());
}

interface Means {
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
    row.figures.forEach((figure, at) => put(sheet.getCell(line, at + 2), figure, cellFormula({ row: n, column: at, figure, line, lineOf, result, table, document, ...means }), digitsOf(means.leaves[at]!, table, document)));
    if (row.shares === null) return;
    sheet.getCell(line + 1, 1).value = table.shares!.label;
    const over = letterOf(result.columns.findIndex((one) => one.code === table.shares!.over) + 2);
    row.shares.forEach((figure, at) => put(sheet.getCell(line + 1, at + 2), figure, quotientFormula(`${letterOf(at + 2)}${line}`, `${over}${line}`, table.rounding ?? document, 100), (table.rounding ?? document).digits));
  });
  const below = lineOf(result.rows.length) + 1;
  [...result.notes, ...result.sentences.map((one) => one.text)].forEach((text, n) => (sheet.getCell(below + n, 1).value = text));
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

interface Place extends Means {
  figure: Figure;
  row: number;
  column: number;
  line: number;
  lineOf(row: number): number;
  result: TableResult;
  table: TableDefinition;
  document: Rounding;
}

/** Null: there is nothing to count from. */
function cellFormula(place: Place): string | null {
  const { source, leaves, table, result, line, document } = place;
  const leaf = leaves[place.column]!;
  const here = (code: string): string => `${letterOf(leaves.findIndex((one) => one.code === code) + 2)}${line}`;
  const row = result.rows[place.row]!;
  const rounding = ('rounding' in leaf.column ? leaf.column.rounding : undefined) ?? table.rounding ?? document;
  if (leaf.column.measure === 'columns') return `SUM(${leaf.parts.map(here).join(',')})`;
  if (leaf.column.measure === 'share') {
    const part = here(leaf.parts[0]!);
    if (leaf.over !== null) return quotientFormula(part, here(leaf.over), rounding, 100);
    const letter = letterOf(leaves.findIndex((one) => one.code === leaf.parts[0]) + 2);
    const total = result.rows.findIndex((one) => one.total);
    if (total < 0 && source?.manyRows(table) === true) return null;
    const whole = total >= 0 ? `${letter}$${place.lineOf(total)}` : `SUM(${result.rows.map((_, n) => `${letter}$${place.lineOf(n)}`).join(',')})`;
    return quotientFormula(part, whole, rounding, 100);
  }
  // That nobody was asked or answered is told by the product; a formula would count 0.
  return source === null || place.figure.value === null ? null : countFormula(source, table, leaf, row, rounding);
}

function digitsOf(leaf: Leaf, table: TableDefinition, document: Rounding): number | null {
  if (leaf.column.measure !== 'share' && leaf.column.measure !== 'average') return null;
  return (leaf.column.rounding ?? table.rounding ?? document).digits;
}

/** What has no number says so, as it is printed. */
function put(cell: Excel.Cell, { value, text }: Figure, formula: string | null, digits: number | null): void {
  cell.alignment = { horizontal: 'right' };
  if (text === '') return;
  const result = value === null ? text : Number(value);
  cell.value = formula === null || (value === null && !formula.startsWith('IF(')) ? result : { formula, result };
  const whole = `#,##0${digits === null ? '' : digits === 0 ? '' : `.${'0'.repeat(digits)}`}`;
  if (value !== null) cell.numFmt = text.endsWith('%') ? `${whole}"%"` : digits === null && value.includes('.') ? `#,##0.${'0'.repeat(value.split('.')[1]!.length)}` : whole;
}

