import Excel from 'exceljs';
import { openTwoOrganisations, type Member, type TwoOrganisations } from './two-organisations.js';

describe('lists as XLSX', () => {
  let web: TwoOrganisations;
  beforeAll(async () => { web = await openTwoOrganisations(); });
  afterAll(() => web.close());

  /** Rows of the first sheet, the heading first. */
  async function sheetOf(path: string, as: Member): Promise<unknown[][]> {
    const response = await web.app.inject({ method: 'GET', url: path, headers: { cookie: `tenken_session=${as.token}`, 'sec-fetch-site': 'same-origin' } });
    expect(response.statusCode).toBe(200);
    const book = new Excel.Workbook();
    await book.xlsx.load(response.rawPayload as unknown as Excel.Buffer);
    const rows: unknown[][] = [];
    book.worksheets[0]!.eachRow((row) => rows.push((row.values as unknown[]).slice(1)));
    return rows;
  }

  it('accounts: everybody of the own organisation with role and department, nobody else', async () => {
    const rows = await sheetOf('/lists/accounts.xlsx', web.mine.people.administrator);
    expect(rows[0]).toEqual(['利用者ID', '表示名', '所属', '役割', '状態']);
    expect(rows.length - 1).toBe(Object.keys(web.mine.people).length);
    expect(rows.find((row) => row[0] === 'mizuho.drafter')).toEqual(['mizuho.drafter', 'みずほ野市 所管課担当', expect.stringContaining('こども課'), expect.stringContaining('所管課担当（'), '使用中']);
    expect(JSON.stringify(rows)).not.toContain('asagiri');
  });

  it('the journal and the judgements: for those who may read them', async () => {
    expect((await sheetOf('/lists/journal.xlsx', web.mine.people['assessment-lead']))[0]).toEqual(['番号', '日時', 'だれが', '種類', '何を', '場所', 'コメント']);
    expect((await sheetOf('/lists/threshold.xlsx', web.mine.people.drafter))[0]).toEqual(['事務の名称', '結果', '評価実施機関', '所管課', '判断した日', '判断した人']);
    for (const path of ['/lists/accounts.xlsx', '/lists/journal.xlsx']) expect((await web.get(path, web.mine.people.drafter)).status).toBe(403);
    expect((await web.get('/lists/threshold.xlsx', web.mine.people.viewer)).status).toBe(403);
  });
});
