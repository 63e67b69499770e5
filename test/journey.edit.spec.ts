import type { Page } from 'puppeteer';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

const TITLE = '児童手当の支給に関する事務　評価書';
const FIRST = '担当が書いた事務の概要です。申請を受け付けて支給します。';
const LEADS = '統括が書き直した事務の概要です。申請を受け付けて支給します。';
const MINE = '担当があとから書き足した事務の概要です。申請を受け付け、確かめて支給します。';

let stage: Stage;
let clerk: Visitor;
let lead: Visitor;
let basic: string;

beforeAll(async () => {
  stage = await openStage({ demo: true });
  [clerk, lead] = [await stage.visitor('edit'), await stage.visitor('lead')];
  await clerk.enterAs('子育て支援課 担当');
  await lead.enterAs('情報政策課 評価統括');
  basic = `/assessments/${await stage.document('basic', '2024-10', undefined, TITLE)}`;
});
afterAll(() => stage?.close());

const OVERVIEW = '#item-affair-overview';
const FIELD = `${OVERVIEW} textarea`;
const section = (): string => `${basic}/sections/related-information`;
const value = (who: Visitor | Page, selector: string): Promise<string> => ('page' in who ? who.page : who as Page).$eval(selector, (element) => element.value);
const state = (who: Visitor, words: string, item = OVERVIEW): Promise<void> => who.sees(words, `${item} .state`);
const write = async (who: Visitor, text: string): Promise<void> => who.type((await who.page.$(FIELD))!, text);

describe('two people write in one document', () => {
  it('shows both texts side by side when the other was faster, and saves the one that is kept', async () => {
    await clerk.open(section());
    await lead.open(section());
    await write(clerk, FIRST);
    await state(clerk, '保存しました');
    await lead.open(section());
    await write(lead, LEADS);
    await state(lead, '保存しました');

    await write(clerk, MINE);
    await state(clerk, '競合：ほかの人が先に保存しました');
    await clerk.sees('情報政策課 評価統括が', `${OVERVIEW} .conflict`);
    const [mine, theirs] = await clerk.page.$$eval(`${OVERVIEW} .sides pre`, (all) => all.map((one) => one.textContent!));
    expect([mine, theirs]).toEqual([MINE, LEADS]);
    expect(await value(clerk, FIELD)).toBe(MINE);
    await clerk.looksRight({ heading: TITLE });
    await clerk.press('あなたの入力で保存する', OVERVIEW);
    await state(clerk, '保存しました');
    expect(await clerk.page.$(`${OVERVIEW} .conflict`)).toBeNull();
    await lead.open(section());
    expect(await value(lead, FIELD)).toBe(MINE);
  });

  it('keeps the text of the other when that is chosen', async () => {
    await write(clerk, `${MINE}さらに。`);
    await state(clerk, '保存しました');
    await write(lead, LEADS);
    await state(lead, '競合');
    await lead.press('いま保存されている内容を残す', OVERVIEW);
    await lead.until('the text of the other', async () => (await value(lead, FIELD)) === `${MINE}さらに。`);
    expect(await lead.page.$(`${OVERVIEW} .conflict`)).toBeNull();
  });

  it('shows who wrote what beside the field, and goes back to an earlier text', async () => {
    await clerk.press('書き方・履歴', OVERVIEW);
    await clerk.until('the history', async () => (await clerk.page.$('#item-panel .timeline')) !== null);
    const history = await clerk.words('#item-panel .timeline');
    for (const name of ['子育て支援課 担当', '情報政策課 評価統括']) expect(history).toContain(name);
    expect(await clerk.page.$$eval('#item-panel .timeline > li', (all) => all.length)).toBe(4);
    await clerk.looksRight({ heading: TITLE });
    // Newest first: さらに (1), mine over the lead's (2), the lead's over the first (3). Back to before the second: the lead's text.
    const buttons = await clerk.page.$$('#item-panel .timeline button');
    await Promise.all([clerk.page.waitForNavigation({ waitUntil: 'load' }), buttons[1]!.click()]);
    expect(await value(clerk, FIELD)).toBe(LEADS);
    await clerk.open(`${basic}/items/affair-overview`);
    expect(await clerk.page.$$eval('.timeline > li', (all) => all.length)).toBe(5);
    await clerk.looksRight({ heading: TITLE });
  });
});

describe('a session that ends while typing', () => {
  it('loses nothing: the text waits for the new sign-in and is then saved', async () => {
    await clerk.open(section());
    stage.clock.forward(61);
    await write(clerk, 'サインインが切れたあとに書いた文です。');
    await state(clerk, 'サインインが切れました。');
    await clerk.isAccessible();
    expect(await value(clerk, FIELD)).toBe('サインインが切れたあとに書いた文です。');
    const elsewhere = await clerk.context.newPage();
    await elsewhere.goto(`${stage.origin}/sign-in`);
    const card = await elsewhere.$$('.role-cards button');
    await Promise.all([elsewhere.waitForNavigation(), card[0]!.click()]);
    await elsewhere.close();
    await clerk.page.bringToFront();
    await clerk.page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await state(clerk, '保存しました');
    await clerk.open(section());
    expect(await value(clerk, FIELD)).toBe('サインインが切れたあとに書いた文です。');
  });

  it('brings the text back when the page was closed meanwhile', async () => {
    stage.clock.forward(61);
    await write(clerk, '画面を閉じる前に書いた文です。');
    await state(clerk, 'サインインが切れました。');
    await clerk.open('/sign-in');
    await clerk.enterAs('子育て支援課 担当');
    await clerk.open(section());
    await state(clerk, '保存しました');
    expect(await value(clerk, FIELD)).toBe('画面を閉じる前に書いた文です。');
    await clerk.open(section());
    expect(await value(clerk, FIELD)).toBe('画面を閉じる前に書いた文です。');
  });
});

describe('without JavaScript', () => {
  let plain: Visitor;
  let priority: string;
  beforeAll(async () => {
    plain = await stage.visitor('plain');
    await plain.page.setJavaScriptEnabled(false);
    await plain.enterAs('子育て支援課 担当');
    priority = `/assessments/${await stage.document('priority', '2024-10', undefined, TITLE)}`;
  });

  it('saves a field with its button and comes back to it', async () => {
    await plain.open(section());
    await write(plain, '保存のボタンで保存した文です。');
    await plain.go('保存する', OVERVIEW);
    expect(plain.page.url()).toBe(`${stage.origin}${section()}${OVERVIEW}`);
    expect(await value(plain, FIELD)).toBe('保存のボタンで保存した文です。');
    await state(plain, '保存しました');
  });

  it('says what cannot be read, with what was typed', async () => {
    await plain.open(`${basic}/sections/threshold-items`);
    await plain.type((await plain.page.$('#item-people-date input[name=value]'))!, 'さきおととい');
    await plain.go('保存する', '#item-people-date');
    await plain.sees('「さきおととい」を日付として読めません。令和8年11月21日 か 2026-11-21 の形で入れてください。');
    expect(await plain.words()).toContain('さきおととい');
    expect(await plain.page.$eval('h1', (element) => element.textContent)).toBe('入力を確かめてください');
  });

  it('shows both texts when the other was faster', async () => {
    await lead.enterAs('情報政策課 評価統括');
    await plain.open(section());
    await lead.open(section());
    await write(lead, LEADS);
    await state(lead, '保存しました');
    await write(plain, MINE);
    await plain.go('保存する', OVERVIEW);
    expect(await plain.page.$$eval('.sides pre', (all) => all.map((one) => one.textContent))).toEqual([MINE, LEADS]);
    await plain.go('あなたの入力で保存する');
    expect(await value(plain, FIELD)).toBe(MINE);
  });

  it('adds a row, fills it in and takes it out again', async () => {
    await plain.open(`${priority}/sections/basic-information`);
    const rows = (): Promise<number> => plain.page.$$eval('details.row', (all) => all.length);
    const before = await rows();
    await plain.go('＋ システムを加える');
    expect(await rows()).toBe(before + 1);
    const field = 'details.row:last-of-type form.item';
    await plain.type((await plain.page.$(`${field} input[name=value]`))!, '児童手当システム');
    await plain.go('保存する', field);
    await plain.sees('児童手当システム', 'details.row summary');
    await plain.go('このシステムを外す');
    expect(await rows()).toBe(before);
  });

  it('carries what was typed through a new sign-in', async () => {
    await plain.open(section());
    stage.clock.forward(61);
    await write(plain, '時間切れの前に書いた文です。');
    await plain.go('保存する', OVERVIEW);
    await plain.sees('入力した内容は残っています');
    await plain.go('役割を選んで続ける');
    await plain.go('子育て支援課 担当', '.role-cards');
    await plain.sees('入力した内容が残っています');
    await plain.sees('時間切れの前に書いた文です。');
    await plain.go('保存を続ける');
    expect(await value(plain, FIELD)).toBe('時間切れの前に書いた文です。');
  });

  it('looks right on the way', async () => {
    // Scripts of the pages stay off; what is checked here are the pages of the sign-in that ended.
    await clerk.enterAs('子育て支援課 担当');
    await clerk.page.setJavaScriptEnabled(false);
    await clerk.open(section());
    stage.clock.forward(61);
    await write(clerk, '時間切れの前に書いた文です。２');
    await clerk.go('保存する', OVERVIEW);
    await clerk.page.setJavaScriptEnabled(true);
    await clerk.looksRight({ heading: 'サインイン' });
    await clerk.go('役割を選んで続ける');
    await clerk.looksRight({ heading: '役割を選んで入る', title: 'サインイン' });
    await clerk.go('子育て支援課 担当', '.role-cards');
    await clerk.looksRight({ heading: '入力した内容が残っています', title: '保存を続ける' });
    for (const who of [clerk, lead, plain]) expect(who.complaints).toEqual([]);
  });
});
