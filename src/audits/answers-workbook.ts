/** All answers of a questionnaire as a workbook: a sheet for the responses and one for each list of rows in them. */
import Excel from 'exceljs';
import { decimalOf } from '../engine/decimal.js';
import type { Dataset, DatasetField, DatasetRecord } from '../engine/tabulation.js';
import { MARK } from './answer-rows.js';
import { sheetNames } from './tabulation-sheets.js';

/** A question that is not asked of this respondent; a blank cell is one without an answer. */
const NOT_ASKED = '（対象外）';

/** A number of ECMA-376 that the library does not name. */
const A3: number = 8;

interface SheetColumn {
  label: string;
  /** Characters. */
  width: number;
  cell(record: DatasetRecord): string | number | null;
}

/** Texts are never formulas. Where several options may be ticked, each has a column. */
export async function answersWorkbook(datasets: readonly { title: string; dataset: Dataset }[]): Promise<Buffer> {
  const book = new Excel.Workbook();
  const names = sheetNames(datasets.map(({ title }) => title));
  datasets.forEach(({ dataset }, n) => {
    const columns: SheetColumn[] = [{ label: dataset.fields.some(({ code }) => code === 'respondent') ? dataset.unit : '回答者', width: 34, cell: ({ label }) => label }, ...dataset.fields.flatMap(columnsOf)];
    const sheet = book.addWorksheet(names[n]!, { views: [{ state: 'frozen', ySplit: 1, xSplit: 1 }], pageSetup: { paperSize: A3, orientation: 'landscape', fitToPage: true, fitToWidth: 1, fitToHeight: 0, printTitlesRow: '1:1' } });
    sheet.columns = columns.map(({ label, width }) => ({ header: label, width }));
    sheet.getRow(1).font = { bold: true };
    sheet.getRow(1).alignment = { wrapText: true, vertical: 'top' };
    sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
    for (const record of dataset.records) sheet.addRow(columns.map(({ cell }) => cell(record))).eachCell((cell) => { cell.alignment = { vertical: 'top', wrapText: true }; });
  });
  return Buffer.from(await book.xlsx.writeBuffer());
}

function columnsOf(field: DatasetField): SheetColumn[] {
  const labels = new Map((field.options ?? []).map(({ code, label }) => [code, label]));
  const said = (record: DatasetRecord, tell: (value: string | number | readonly string[]) => string | number | null): string | number | null => {
    const value = record.values[field.code];
    return value === undefined ? NOT_ASKED : value === null ? null : tell(value);
  };
  switch (field.kind) {
    case 'checks': return [...labels].map(([code, label]) => ({ label: `${field.label}：${label}`, width: 14, cell: (record) => said(record, (value) => (Array.isArray(value) && value.includes(code) ? MARK : null)) }));
    case 'number': return [{ label: field.label, width: 14, cell: (record) => said(record, (value) => (decimalOf(value) === null ? String(value) : Number(value))) }];
    case 'text': return [{ label: field.label, width: 36, cell: (record) => said(record, String) }];
    default: return [{ label: field.label, width: 20, cell: (record) => said(record, (value) => labels.get(String(value)) ?? String(value)) }];
  }
}
