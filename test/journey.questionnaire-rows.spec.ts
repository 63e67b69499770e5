import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

/**
 * The audit office asks for each incident of the year by itself, with a picture and a sum; a department lists them; the office looks at them
 * and corrects one.
 */
describe('a questionnaire with repeated rows, pictures and a sum', () => {
  const TITLE = '事故とヒヤリハットの調査';
  let stage: Stage;
  let office: Visitor;
  let clerk: Visitor;
  let response: string;

  beforeAll(async () => {
    stage = await openStage({ demo: true });
    office = await stage.visitorAs('kansa.jimu');
    clerk = await stage.visitor('rows');
    await clerk.enterAs('子育て支援課 担当');
  }, 240_000);
  afterAll(() => stage?.close());

  const rows = async (): Promise<{ id: string }[]> => stage.database.query('select id from response_row where response_id = $1 order by position', [response]);
  const kind = async (code: string, within: string): Promise<void> => { await office.page.select(`${within} select[name=kind]`, code); };

  it('is built in the product', async () => {
    await office.open('/questionnaires/new');
    await office.choose('空から作る');
    await office.type('#title', TITLE);
    await office.go('作って問いの画面へ進む');
    await kind('group', '.sheet-section');
    await office.go('問いを加える', '.sheet-section');
    await office.type('問いの文', 'この1年の事故とヒヤリハット');
    await office.type('#unit', '事故');
    for (const [n, label, code] of [[0, '件名', 'text'], [1, '発生日', 'date'], [2, '影響した人数', 'number']] as const) {
      await office.type(`#column-${n}-label`, label);
      await office.page.select(`#column-${n}-kind`, code);
    }
    await office.looksRight({ heading: TITLE, title: '問い' });
    await office.go('問いを加える', '.sheet-form');
    await kind('choice', '.row-questions');
    await office.go('行の中の問いを加える');
    await office.type('問いの文', '種類');
    await office.type('#option-0-label', '紛失');
    await office.type('#option-1-label', '誤送付');
    await office.go('問いを加える', '.sheet-form');
    await kind('figures', '.row-questions');
    await office.go('行の中の問いを加える');
    await office.type('問いの文', '現場の写真');
    await office.page.click('input[name=required]');
    await office.go('問いを加える', '.sheet-form');
    await kind('computed', '.sheet-section > form');
    await office.go('問いを加える', '.sheet-section > form');
    await office.type('#label', '影響した人数の合計');
    await office.choose('「この1年の事故とヒヤリハット」の各行の「影響した人数」');
    await office.type('#unit', '人');
    await office.looksRight({ heading: TITLE, title: '問い' });
    await office.go('問いを加える', '.sheet-form');
    await office.sees('自動計算（合計）：「この1年の事故とヒヤリハット」の各行の「影響した人数」');
    await office.looksRight({ heading: TITLE, title: '問い' });
    await office.go('見え方');
    await office.sees('「＋ 事故を加える」で、1件ずつ増やせます。');
    await office.looksRight({ heading: TITLE, title: '見え方' });
    await office.go('送り先');
    await office.pickDay('#dueOn', '2026-12-10');
    await office.choose('子育て支援課');
    await office.go('調査票を送る', '.page form');
    response = ((await stage.database.query(`select r.id from questionnaire_response r join questionnaire q on q.id = r.questionnaire_id where q.title = $1`, [TITLE])) as { id: string }[])[0]!.id;
  });

  it('is answered row by row; the sum follows, a picture goes with it', async () => {
    await clerk.open(`/responses/${response}`);
    await clerk.looksRight({ heading: TITLE });
    await clerk.go('＋ 事故を加える');
    await clerk.type('.row[open] input[name$=".value"]', '健診結果の封筒の紛失');
    const field = async (label: string, n: number): Promise<string> => clerk.page.evaluate((text, at) => { const document = (globalThis as unknown as { document: { querySelectorAll(selector: string): ArrayLike<{ querySelectorAll(selector: string): ArrayLike<{ textContent: string; htmlFor?: string; getAttribute(name: string): string }> }> } }).document; return [...Array.from(document.querySelectorAll('details.row')[at]!.querySelectorAll('label.t'))].find((one) => one.textContent.includes(text))!.getAttribute('for'); }, label, n);
    await clerk.type(`[id="${await field('影響した人数', 0)}"]`, '12');
    await clerk.until('the sum to follow', async () => (await clerk.words()).includes('12人'));
    await clerk.go('＋ 事故を加える');
    await clerk.type(`[id="${await field('影響した人数', 1)}"]`, '30');
    await clerk.until('the sum to follow', async () => (await clerk.words()).includes('42人'));
    expect(await rows()).toHaveLength(2);
    const path = join(mkdtempSync(join(tmpdir(), 'rows-')), 'genba.png') as `${string}.png`;
    writeFileSync(path, await sharp({ create: { width: 320, height: 200, channels: 3, background: '#7a9cc6' } }).png().toBuffer());
    await ((await clerk.page.$('details.row input[type=file]')) as unknown as { uploadFile(file: string): Promise<void> }).uploadFile(path);
    await clerk.go('写真・図を加える：現場の写真', 'details.row');
    await clerk.sees('写真・図を加えました。');
    await clerk.looksRight({ heading: TITLE });
    await clerk.go('事故2を外す');
    await clerk.sees('行を外しました。');
    expect(await rows()).toHaveLength(1);
    await clerk.until('the sum to follow', async () => (await clerk.words()).includes('12人'));
  });

  it('is looked at, and corrected after it was fixed', async () => {
    const [{ id: row }] = (await rows()) as [{ id: string }];
    await clerk.type(`.row input[placeholder^="令和"]`, '令和8年5月1日');
    await clerk.choose('紛失', `#row-${row}`);
    await clerk.until('the answers to be stored', async () => ((await stage.database.query('select count(*)::int as n from response_answer where response_id = $1', [response])) as { n: number }[])[0]!.n === 5);
    await clerk.go('添付資料');
    await clerk.looksRight({ heading: TITLE, title: '添付資料' });
    await clerk.open(`/responses/${response}`);
    await clerk.go('提出する');
    await clerk.looksRight({ heading: TITLE });
    await office.open(`/questionnaires/${((await stage.database.query('select questionnaire_id as id from questionnaire_response where id = $1', [response])) as { id: string }[])[0]!.id}`);
    await office.go('子育て支援課', 'tbody');
    await office.sees('事故1「健診結果の封筒の紛失」');
    await office.looksRight({ heading: TITLE, title: '子育て支援課' });
    await office.go('確定する');
    await office.go('子育て支援課', 'tbody');
    await office.go('訂正する：この1年の事故とヒヤリハット');
    await office.looksRight({ heading: TITLE, title: '回答を訂正する' });
    await office.type('input[inputmode=numeric]', '13');
    await office.type('#reason', '台帳で確かめた。');
    await office.go('訂正する', '.sheet-form');
    await office.sees('影響した人数の合計 13人');
    await office.looksRight({ heading: TITLE, title: '子育て支援課' });
  });
});
