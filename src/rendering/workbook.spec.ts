import Excel from 'exceljs';
import { workbook, type Column } from './workbook.js';

async function sheetOf(columns: readonly Column[], rows: readonly (string | number | null)[][]): Promise<Excel.Worksheet> {
  const book = new Excel.Workbook();
  await book.xlsx.load((await workbook('一覧', columns, rows)).buffer as ArrayBuffer);
  return book.worksheets[0]!;
}

describe('a list as XLSX', () => {
  it('rows are as tall as their longest cell', async () => {
    const sheet = await sheetOf([{ label: '番号', width: 8 }, { label: '題', width: 21 }], [[1, '短い'], [2, '長'.repeat(30)], [3, '一\n二\n三\n四'], [4, 'a'.repeat(40)], [5, '字'.repeat(5_000)]]);
    // 30 signs of two characters in lines of 20: three lines of 15 pt; four lines; 40 characters: two; 409 pt is the most that Excel takes
    expect([3, 4, 5, 6].map((row) => sheet.getRow(row).height)).toEqual([45, 60, 30, 409]);
  });

  it('pages side by side repeat the columns that name the row', async () => {
    const wide = await sheetOf([['番号', 8], ['題', 30], ['事実', 200], ['原因', 100]].map(([label, width]) => ({ label: label as string, width: width as number })), []);
    expect(wide.pageSetup).toMatchObject({ paperSize: 8, fitToWidth: 2, printTitlesRow: '1:1', printTitlesColumn: 'A:B' });
    const narrow = await sheetOf([{ label: '番号', width: 8 }, { label: '題', width: 100 }], []);
    expect(narrow.pageSetup).toMatchObject({ paperSize: 9, fitToWidth: 1 });
    expect(narrow.pageSetup.printTitlesColumn).toBeUndefined();
  });
});
