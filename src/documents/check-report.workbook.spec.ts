import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Excel from 'exceljs';
import sharp from 'sharp';
import { smallReport } from '../../test/small-report.js';
import { Chromium } from '../rendering/chromium.js';
import { drawGrid, gridSize } from '../rendering/grid-picture.js';
import { checkReportWorkbook } from './check-report-files.js';
import { checkWorkbook, sheetName } from './check-report.sheets.js';
import { picturesOf, workbookFile } from './check-report.workbook.js';

async function readBack(bytes: Buffer): Promise<Excel.Workbook> {
  const book = new Excel.Workbook();
  await book.xlsx.load(bytes as unknown as Excel.Buffer);
  return book;
}
const rowsOf = (sheet: Excel.Worksheet): unknown[][] => {
  const rows: unknown[][] = [];
  sheet.eachRow((row) => rows.push((row.values as unknown[]).slice(1)));
  return rows;
};
const argb = (cell: Excel.Cell): string | undefined => (cell.fill as Excel.FillPattern | undefined)?.fgColor?.argb;

describe('the report of checks as a workbook', () => {
  const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
  let book: Excel.Workbook;
  beforeAll(async () => { book = await readBack(await checkReportWorkbook({ chromium }, checkWorkbook(smallReport()))); });
  afterAll(() => chromium.close());

  it('has the sheets with fixed and repeated heads, filters and a printed page that fits', () => {
    expect(book.worksheets.map((one) => one.name)).toEqual(['概要', '一覧', '結果', '未確認', '規則']);
    for (const [name, fixed] of [['一覧', 2], ['結果', 1], ['未確認', 1], ['規則', 1]] as const) {
      const sheet = book.getWorksheet(name)!;
      expect(sheet.views[0]).toMatchObject({ state: 'frozen', xSplit: fixed, ySplit: 1 });
      expect(sheet.autoFilter).toBeTruthy();
      expect(sheet.pageSetup).toMatchObject({ paperSize: 9, orientation: 'landscape', fitToPage: true, fitToHeight: 0, printTitlesRow: '1:1' });
    }
  });

  it('counts as the report does: numbers, and formulas that come to the same', () => {
    const rows = rowsOf(book.getWorksheet('概要')!);
    const head = rows.findIndex((row) => row[0] === '規則集' && row[1] === '規則');
    // Counted by hand from xmn, mux, nnn, Mum: 4 met, 2 not met, 2 unknown, 4 not applicable; 4 of 8
    expect(rows[head + 1]!.slice(0, 6)).toEqual(['見本の規則集（1版）', 3, 4, 2, 2, 4]);
    expect(rows[head + 1]![6]).toMatchObject({ formula: expect.stringMatching(/^IF\(C(\d+)\+D\1\+E\1=0,"－",C\1\/\(C\1\+D\1\+E\1\)\)$/u) as string, result: 0.5 });
    expect(rows[head + 2]!.slice(1, 6)).toEqual([3, 4, 2, 2, 4].map((result) => ({ formula: expect.stringMatching(/^SUM\([B-F]\d+:[B-F]\d+\)$/u) as string, result })));
  });

  it('shows － instead of dividing by nothing', async () => {
    const facts = smallReport();
    const [set] = facts.ruleSets;
    const none = { ...set!, matrix: { ...set!.matrix, counts: { met: 0, 'not-met': 0, unknown: 0, 'not-applicable': 12 } } };
    const sheet = (await readBack(await workbookFile(checkWorkbook({ ...facts, ruleSets: [none] }), async () => Buffer.from('')))).getWorksheet('概要')!;
    expect(rowsOf(sheet).filter((row) => typeof row[6] === 'object').map((row) => (row[6] as Excel.CellFormulaValue).result)).toEqual(['－', '－']);
  });

  it('has the matrix as cells with sign and colour', () => {
    const sheet = book.getWorksheet('一覧')!;
    expect(rowsOf(sheet).slice(0, 5)).toEqual([
      ['システム', '所管課', '(1) 権限', '(2) 記録', '評価書の記載と実態の食い違い'],
      ['児童手当システム', 'こども課', '×1', '✓', '－'], ['住民税システム', '市民税課', '×1', '？1', '－'], ['図書館システム', '図書館', '－', '－', '－'], ['=犬の登録システム', '市民税課', '✓', '？1', '－'],
    ]);
    expect([argb(sheet.getCell('C2')), argb(sheet.getCell('D2')), argb(sheet.getCell('D3'))]).toEqual(['FFF9D4D4', 'FFE6F5EC', 'FFF1F1F4']);
    expect((sheet.getCell('C4').fill as Excel.FillPattern).pattern).toBe('lightUp');
    expect([sheet.getCell('C5').font.underline, sheet.getCell('C2').font.underline]).toEqual([true, undefined]);
  });

  it('has the same matrix as a picture, below the cells and of the size of the drawing', async () => {
    const sheet = book.getWorksheet('一覧')!;
    const [image, ...others] = sheet.getImages();
    expect(others).toEqual([]);
    const { width, height } = gridSize(checkWorkbook(smallReport()).ruleSets[0]!.grid);
    expect(image!.range.tl.nativeRow).toBeGreaterThan(5);
    const file = book.model.media![Number(image!.imageId)]! as unknown as { buffer: Uint8Array; extension: string };
    expect(file.extension).toBe('png');
    const picture = sharp(Buffer.from(file.buffer));
    expect(await picture.metadata()).toMatchObject({ width: Math.ceil(width) * 2, height: Math.ceil(height) * 2 });
    // Not an empty sheet of paper: the red of 不適合 (#f9d4d4) is in it.
    const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
    let red = 0;
    for (let at = 0; at < data.length; at += info.channels) if (data[at] === 0xf9 && data[at + 1] === 0xd4 && data[at + 2] === 0xd4) red += 1;
    expect(red).toBeGreaterThan(1_000);
  });

  it('lists every system and rule with its result and reason, and texts that look like formulas as texts', () => {
    const sheet = book.getWorksheet('結果')!;
    const rows = rowsOf(sheet);
    expect(rows.length).toBe(1 + 4 * 3);
    expect(rows.slice(1).map((row) => row[6])).toEqual(['× 不適合', '✓ 適合', '－ 対象外', '✓ 適合', '？ 未確認', '× 不適合', '－ 対象外', '－ 対象外', '－ 対象外', '✓ 適合', '？ 未確認', '✓ 適合']);
    expect(rows[1]).toEqual(['児童手当システム', 'こども課', '見本の規則集（1版）', '(1) 権限', 's-accessが守られている', '中くらい', '× 不適合', 'アクセス権限を設定する単位が「利用者ごと」ではなく「端末ごと」であるため不適合', 's-accessが守られていない。', 's-accessを守られたい。', '設定の画面']);
    expect(rows[10]!.slice(11)).toEqual(['未確認', '現地で利用者ごとの設定を見た。', '現地調査の記録 3', '令和9年3月31日', '監査事務局']);
    expect([sheet.getCell('A11').value, sheet.getCell('A11').type]).toEqual(['=犬の登録システム', Excel.ValueType.String]);
  });

  it('lists what is 未確認 with what is missing', () => {
    expect(rowsOf(book.getWorksheet('未確認')!).slice(1).map((row) => [row[0], row[4], row[5]])).toEqual([
      ['住民税システム', 's-reviewが守られている', expect.stringContaining('アクセスの記録')], ['=犬の登録システム', 's-reviewが守られている', expect.stringContaining('アクセスの記録')],
    ]);
  });

  it('cuts a long matrix into pictures that a browser can draw, without losing a row', () => {
    const { grid } = checkWorkbook(smallReport()).ruleSets[0]!;
    const long = { ...grid, rows: Array.from({ length: 130 }, (_, n) => ({ ...grid.rows[0]!, label: `システム${n}` })) };
    const pieces = picturesOf({ grid: long });
    expect(pieces.flatMap((one) => one.rows.map((row) => row.label))).toEqual(long.rows.map((row) => row.label));
    expect(Math.max(...pieces.map((one) => gridSize(one).height)) * 2).toBeLessThan(16_384);
    expect(drawGrid(pieces[0]!)).toContain('システム0');
  });

  it('gives every sheet a name that a workbook takes', () => {
    const taken = new Set<string>();
    expect([sheetName('一覧　[a/b]:*?', taken), sheetName('一覧　　a　b　　　　', taken), sheetName('あ'.repeat(60), taken), sheetName('あ'.repeat(60), taken)]).toEqual(['一覧　　a　b　　　　', '一覧　　a　b　　　　（2）', 'あ'.repeat(31), `${'あ'.repeat(28)}（2）`]);
  });
});
