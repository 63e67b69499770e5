import Excel from 'exceljs';

/** Media type of an XLSX file. */
export const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface Column {
  label: string;
  /** Characters. */
  width: number;
}

/** A list as an XLSX file: one sheet, a fixed and filterable heading row. Texts are never formulas. */
export async function workbook(title: string, columns: readonly Column[], rows: readonly (string | number | Date | null)[][]): Promise<Buffer> {
  const book = new Excel.Workbook();
  const sheet = book.addWorksheet(title.slice(0, 31), { views: [{ state: 'frozen', ySplit: 1 }], pageSetup: { paperSize: 9, orientation: 'landscape', fitToPage: true, fitToHeight: 0 } });
  sheet.columns = columns.map(({ label, width }) => ({ header: label, width }));
  sheet.getRow(1).font = { bold: true };
  sheet.autoFilter = { from: { row: 1, column: 1 }, to: { row: 1, column: columns.length } };
  for (const row of rows) {
    const added = sheet.addRow(row.map((cell) => (cell)));
    added.eachCell((cell) => {
      cell.alignment = { vertical: 'top', wrapText: true };
      if (cell.value instanceof Date) cell.numFmt = 'yyyy-mm-dd hh:mm';
    });
  }
  return Buffer.from(await book.xlsx.writeBuffer());
}
