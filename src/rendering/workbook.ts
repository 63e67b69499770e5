import Excel from 'exceljs';

/** Media type of an XLSX file. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface Column {
  label: string;
  /** Characters. */
  width: number;
}

/** Characters that a page of A4 or A3 across bears so that they can be read in print (about 7 pt). */
const ON_A4 = 190;
const ON_A3 = 270;
const [A4, A3] = [9, 8];
/** pt of a line, and the most that a row may have. */
const LINE = 15;
const TALLEST = 409;
/** Columns that name a row: repeated on pages side by side. */
const NAMING = 'A:B';

/**
 * A list as an XLSX file: one sheet, a fixed and filterable heading row that is printed on every page. A list that is too wide for A4 is
 * printed on A3, on several pages side by side when it must be. Rows are as tall as their
 * longest cell: not every program works that out when it opens a file. Texts are never formulas.
 */
export async function workbook(title: string, columns: readonly Column[], rows: readonly (string | number | Date | null)[][]): Promise<Buffer> {
  const book = new Excel.Workbook();
  book.title = title;
  const across = columns.reduce((sum, one) => sum + one.width, 0);
  const paper = across <= ON_A4 ? { paperSize: A4, fitToWidth: 1 } : { paperSize: A3, fitToWidth: Math.ceil(across / ON_A3) };
  const sheet = book.addWorksheet(title.slice(0, 31), { views: [{ state: 'frozen', ySplit: 1 }], pageSetup: { ...paper, orientation: 'landscape', fitToPage: true, fitToHeight: 0, printTitlesRow: '1:1', showGridLines: true, ...(paper.fitToWidth > 1 ? { printTitlesColumn: NAMING } : {}) } });
  sheet.headerFooter.oddFooter = '&L&A&R&P／&N';
  sheet.columns = columns.map(({ label, width }) => ({ header: label, width }));
  sheet.getRow(1).font = { bold: true };
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  for (const row of rows) {
    const added = sheet.addRow(row.map((cell) => (cell)));
    added.eachCell((cell) => {
      cell.alignment = { vertical: 'top', wrapText: true };
      if (cell.value instanceof Date) cell.numFmt = 'yyyy-mm-dd hh:mm';
    });
    const lines = Math.max(1, ...row.map((cell, n) => (typeof cell === 'string' ? linesIn(cell, columns[n]?.width ?? 1) : 1)));
    if (lines > 1) added.height = Math.min(TALLEST, lines * LINE);
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}

/** Lines that a text takes in a column; a Japanese sign is two characters wide, and a line is broken a little before its end. */
function linesIn(text: string, width: number): number {
  return text.split('\n').reduce((sum, line) => sum + Math.max(1, Math.ceil([...line].reduce((all, one) => all + (one.codePointAt(0)! < 0x100 ? 1 : 2), 0) / Math.max(1, width - 1))), 0);
}
