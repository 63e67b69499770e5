import { readFileSync } from 'node:fs';
import { AxePuppeteer } from '@axe-core/puppeteer';
import type { Browser, BrowserContext, Page } from 'puppeteer';
import sharp from 'sharp';
import { filled, openBrowser, openWeb, readyBasic, type Person, type Web } from './web-fixture.js';

let web: Web;
let origin: string;
let browser: Browser;
let drafter: Person;
let colleague: Person;

beforeAll(async () => {
  web = await openWeb();
  drafter = await web.person('drafter', web.town.pension, '担当一郎');
  colleague = await web.person('drafter', web.town.pension, '担当二郎');
  origin = await web.listen();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await web?.close();
});

const contexts: BrowserContext[] = [];
async function standUp(): Promise<void> {
  for (const context of contexts.splice(0)) await context.close();
}

/** A computer of one's own, signed in. Faults of the page fail the test. */
async function sitDown(person: Person, path: string, width = 1280): Promise<Page> {
  const context = await browser.createBrowserContext();
  contexts.push(context);
  const page = await context.newPage();
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => { if (/Content Security Policy|Refused to/u.test(message.text())) faults.push(message.text()); });
  page.on('dialog', (dialog) => void dialog.accept());
  await signIn(page, person);
  await page.setViewport({ width, height: 900 });
  await open(page, path);
  return page;
}
const faults: string[] = [];
afterEach(() => expect(faults.splice(0)).toEqual([]));

const signIn = (page: Page, { token }: { token: string }): Promise<void> => page.browserContext().setCookie({ name: 'tenken_session', value: token, domain: '127.0.0.1', path: '/', httpOnly: true });
const open = (page: Page, path: string) => page.goto(origin + path, { waitUntil: 'load' });
const form = (address: string): string => `form[data-item="${address}"]`;
const evaluate = <T>(page: Page, expression: string): Promise<T> => page.evaluate(expression) as Promise<T>;
const text = async (page: Page, selector: string): Promise<string> => (await evaluate<string>(page, `document.querySelector(${JSON.stringify(selector)})?.innerText ?? ''`)).replace(/[ \u3000]+/gu, ' ');
const value = (page: Page, selector: string): Promise<string> => evaluate(page, `document.querySelector(${JSON.stringify(selector)}).value`);
const shown = (page: Page, selector: string): Promise<boolean> => evaluate(page, `document.querySelector(${JSON.stringify(selector)})?.checkVisibility() ?? false`);

async function until(what: string, test: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; ; await new Promise((done) => setTimeout(done, 30))) {
    if (await test()) return;
    if (Date.now() > end) throw new Error(`waited for ${what}`);
  }
}
const says = (page: Page, address: string, words: string): Promise<void> => until(`「${words}」 at ${address}`, async () => (await text(page, form(address))).includes(words));
const keeps = (id: string, address: string, wanted: unknown): Promise<void> => until(`${address} to be stored`, async () => JSON.stringify((await web.stored(id, address))?.value ?? null) === JSON.stringify(wanted));

/** In place of what stands in the field. */
async function write(page: Page, address: string, words: string): Promise<void> {
  const field = `${form(address)} [name=value]`;
  await page.focus(field);
  await evaluate(page, `document.querySelector(${JSON.stringify(field)}).select()`);
  await page.keyboard.sendCharacter(words);
}
const choose = (page: Page, address: string, code: string): Promise<void> => page.click(`${form(address)} input[value="${code}"]`);
const section = (id: string, code: string): string => `/assessments/${id}/sections/${code}`;

describe('typing in the editor', () => {
  afterEach(standUp);

  it('saves a long text by itself and says so', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const page = await sitDown(drafter, section(id, 'related-information'));
    const words = '申請を受け付け、所得と世帯の状況を確かめて支給を決める。'.repeat(20);
    await write(page, 'affair-overview', words);
    await says(page, 'affair-overview', '保存しました 10:00');
    expect(await web.stored(id, 'affair-overview')).toEqual({ value: words, version: 1 });
    expect(await text(page, `${form('affair-overview')} [data-length]`)).toBe(String([...words].length));
    expect(await evaluate(page, 'localStorage.length')).toBe(0);
    // The progress beside follows.
    await until('the progress', async () => (await text(page, '#tree .total')).includes('記入の進み 1 /'));
    // And typing on is no conflict with oneself.
    await page.focus(`${form('affair-overview')} textarea`);
    await page.keyboard.press('End');
    await page.keyboard.type('abc', { delay: 20 });
    await page.keyboard.press('Tab');
    await until('the second save', async () => String((await web.stored(id, 'affair-overview'))?.value).endsWith('abc'));
    await says(page, 'affair-overview', '保存しました');
    expect(await shown(page, '.conflict')).toBe(false);
  });

  it('saves what was typed last when the page is left in the middle of a word', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const page = await sitDown(drafter, section(id, 'related-information'));
    await write(page, 'affair-overview', '書きかけのまま次の章へ');
    await open(page, section(id, 'cover'));
    await keeps(id, 'affair-overview', '書きかけのまま次の章へ');
    await open(page, section(id, 'related-information'));
    expect(await value(page, `${form('affair-overview')} textarea`)).toBe('書きかけのまま次の章へ');
    expect(await shown(page, '.conflict')).toBe(false);
    expect(await evaluate(page, 'localStorage.length')).toBe(0);
  });

  it('shows what is wrong at the field and keeps the text', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const page = await sitDown(drafter, section(id, 'threshold-items'));
    await write(page, 'people-date', '来週の火曜');
    await says(page, 'people-date', '「来週の火曜」を日付として読めません');
    expect(await text(page, `${form('people-date')} .state`)).toBe('保存していません');
    expect(await value(page, `${form('people-date')} [name=value]`)).toBe('来週の火曜');
    expect(await web.stored(id, 'people-date')).toBeNull();
    await write(page, 'people-date', '令和8年4月1日');
    await says(page, 'people-date', '保存しました');
    expect(await shown(page, `${form('people-date')} .error-text`)).toBe(false);
    await keeps(id, 'people-date', '2026-04-01');
  });

  it('reveals what a choice asks for, and hides and clears it again', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await web.post(`/assessments/${id}/answers`, { address: 'network-use', version: '0', choice: 'not-used' }, drafter);
    const page = await sitDown(drafter, section(id, 'related-information'));
    const basis = form('network-legal-basis');
    expect(await shown(page, basis)).toBe(false);
    await choose(page, 'network-use', 'used');
    await until('the item to appear', () => shown(page, basis));
    await write(page, 'network-legal-basis', '番号法第19条第8号');
    await says(page, 'network-legal-basis', '保存しました');
    await choose(page, 'network-use', 'not-used');
    await until('the item to vanish', async () => !(await shown(page, basis)));
    expect(await web.stored(id, 'network-legal-basis')).toEqual({ value: null, version: 2 });
    expect(await value(page, `${basis} [name=value]`)).toBe('');
    // Asked again it is blank, and takes a new text without a conflict.
    await choose(page, 'network-use', 'used');
    await until('the item to come back', () => shown(page, basis));
    await write(page, 'network-legal-basis', '番号法第19条第9号');
    await keeps(id, 'network-legal-basis', '番号法第19条第9号');
  });

  it('brings computed items up to date', async () => {
    const id = await web.document(drafter, 'basic', '2024-10', readyBasic(web));
    const page = await sitDown(drafter, section(id, 'risk-measures'));
    const place = '[data-item="priority-measure-adequacy"] .computed';
    const before = await text(page, place);
    const [{ options, measure }]: { options: string[]; measure: string }[] = [await evaluate(page, `(() => { const all = [...document.querySelectorAll('form[data-item="outsourcing-adequacy"] input[name=choice]')].map((one) => one.value); return { options: all, measure: document.querySelector('form[data-item="priority-measure"]').innerText }; })()`)];
    expect(measure).toContain('委託先における不正な使用等のリスクへの対策');
    const chosen: string = await evaluate(page, `[...document.querySelectorAll('form[data-item="priority-measure"] label')].find((one) => one.innerText.includes('委託先')).querySelector('input').value`);
    await choose(page, 'priority-measure', chosen);
    await choose(page, 'outsourcing-adequacy', options.find((one) => one === 'issues-remain')!);
    await until('the adequacy of the measure chosen', async () => (await text(page, place)).includes('課題が残されている'));
    expect(before).not.toContain('課題が残されている');
  });
});

describe('two people in one field', () => {
  afterEach(standUp);

  it('see both texts; mine or theirs is kept as chosen', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await web.post(`/assessments/${id}/answers`, { address: 'affair-overview', version: '0', value: '申請を受け付ける。' }, drafter);
    const [mine, theirs] = [await sitDown(drafter, section(id, 'related-information')), await sitDown(colleague, section(id, 'related-information'))];
    await write(theirs, 'affair-overview', '申請を窓口で受け付ける。');
    await says(theirs, 'affair-overview', '保存しました');
    await write(mine, 'affair-overview', '申請を電子で受け付ける。');
    await until('the conflict', () => shown(mine, '.conflict'));
    expect(await text(mine, '.conflict .sides > div:nth-child(1) pre')).toBe('申請を電子で受け付ける。');
    expect(await text(mine, '.conflict .sides > div:nth-child(2) pre')).toBe('申請を窓口で受け付ける。');
    expect(await text(mine, '.conflict')).toContain('担当二郎');
    expect(await text(mine, `${form('affair-overview')} .state`)).toContain('競合');
    // Whoever goes on typing presses no button by it.
    expect(await evaluate(mine, 'document.activeElement.tagName')).toBe('TEXTAREA');
    await mine.click('[data-keep-mine]');
    await keeps(id, 'affair-overview', '申請を電子で受け付ける。');
    await until('the conflict to go', async () => !(await shown(mine, '.conflict')));

    await write(theirs, 'affair-overview', '申請を郵送で受け付ける。');
    await until('the other conflict', () => shown(theirs, '.conflict'));
    await Promise.all([theirs.waitForNavigation({ waitUntil: 'load' }), theirs.click('[data-take-theirs]')]);
    expect(await value(theirs, `${form('affair-overview')} textarea`)).toBe('申請を電子で受け付ける。');
    expect((await web.stored(id, 'affair-overview'))?.value).toBe('申請を電子で受け付ける。');
    expect(await evaluate(theirs, 'localStorage.length')).toBe(0);
  });
});

describe('a session that ends while typing', () => {
  afterEach(standUp);

  it('says so at the field, keeps the text, and saves by itself after a new sign-in', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const writer = await web.person('drafter', web.town.pension, '時間切れの人');
    const page = await sitDown(writer, section(id, 'related-information'));
    await web.database.query('delete from session where account_id = $1', [writer.id]);
    await write(page, 'affair-overview', '失われてはならない文。');
    await says(page, 'affair-overview', 'サインインが切れました');
    expect(await text(page, form('affair-overview'))).toContain('サインインの画面を開く');
    expect(await value(page, `${form('affair-overview')} textarea`)).toBe('失われてはならない文。');
    expect(await web.stored(id, 'affair-overview')).toBeNull();
    await signIn(page, await web.session(writer));
    await evaluate(page, `window.dispatchEvent(new Event('focus'))`);
    await says(page, 'affair-overview', '保存しました');
    await keeps(id, 'affair-overview', '失われてはならない文。');
  });

  it('loses nothing when the page is loaded again', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const writer = await web.person('drafter', web.town.pension, '読み込み直す人');
    const page = await sitDown(writer, section(id, 'related-information'));
    await web.database.query('delete from session where account_id = $1', [writer.id]);
    await write(page, 'affair-overview', '一行目\n二行目');
    await says(page, 'affair-overview', 'サインインが切れました');
    await signIn(page, await web.session(writer));
    await open(page, section(id, 'related-information'));
    expect(await value(page, `${form('affair-overview')} textarea`)).toBe('一行目\n二行目');
    await keeps(id, 'affair-overview', '一行目\n二行目');
  });

  it('does not write over what somebody else has saved meanwhile', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const writer = await web.person('drafter', web.town.pension, '遅れて戻る人');
    const page = await sitDown(writer, section(id, 'related-information'));
    await web.database.query('delete from session where account_id = $1', [writer.id]);
    await write(page, 'affair-overview', '遅れた文');
    await says(page, 'affair-overview', 'サインインが切れました');
    await web.post(`/assessments/${id}/answers`, { address: 'affair-overview', version: '0', value: '先に書いた文' }, colleague);
    await signIn(page, await web.session(writer));
    await open(page, section(id, 'related-information'));
    await until('the conflict', () => shown(page, '.conflict'));
    expect(await text(page, '.conflict .sides')).toContain('遅れた文');
    expect((await web.stored(id, 'affair-overview'))?.value).toBe('先に書いた文');
  });

  it('tries again when the connection comes back', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const page = await sitDown(drafter, section(id, 'related-information'));
    await page.setOfflineMode(true);
    await write(page, 'affair-overview', '線が切れた文');
    await says(page, 'affair-overview', '通信できません');
    await page.setOfflineMode(false);
    await evaluate(page, `window.dispatchEvent(new Event('online'))`);
    await keeps(id, 'affair-overview', '線が切れた文');
  });
});

describe('beside the fields', () => {
  afterEach(standUp);

  it('help and history of an item open in the panel, follow a save, and give the former text back', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await web.post(`/assessments/${id}/answers`, { address: 'affair-name', version: '0', value: '前の名前' }, colleague);
    const page = await sitDown(drafter, section(id, 'related-information'));
    await page.click(`${form('affair-name')} [data-panel]`);
    await until('the panel', async () => (await text(page, '#item-panel')).includes('①事務の名称'));
    expect(await text(page, '#item-panel')).toContain('書き方');
    expect(await text(page, '#item-panel')).toContain('担当二郎');
    await write(page, 'affair-name', '後の名前');
    await until('the panel to follow', async () => (await text(page, '#item-panel .timeline')).includes('担当一郎'));
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('#item-panel form button')]);
    expect(await value(page, `${form('affair-name')} [name=value]`)).toBe('前の名前');
    expect(new URL(page.url()).hash).toBe('#item-affair-name');
  });

  it('rows are added and removed, figures uploaded after their text was saved', async () => {
    const id = await web.document(drafter, 'full', '2024-10');
    const page = await sitDown(drafter, section(id, 'basic-information'));
    const systems = `[data-item="system"] details.row`;
    const number = (): Promise<number> => evaluate(page, `document.querySelectorAll(${JSON.stringify(systems)}).length`);
    const before = await number();
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(`[data-item="system"] > form button`)]);
    expect(await number()).toBe(before + 1);
    expect(await evaluate(page, `document.querySelector(location.hash).open`)).toBe(true);
    await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click(`${systems}:last-of-type form[action$="/remove"] button`)]);
    expect(await number()).toBe(before);

    await open(page, section(id, 'affair-attachment'));
    const figures: string = await evaluate(page, `document.querySelector('.add-figure').dataset.beside`);
    const add = async (caption: string, color: string): Promise<void> => {
      const picture = await sharp({ create: { width: 300, height: 200, channels: 3, background: color } }).png().toBuffer();
      await evaluate(page, `(() => { const file = new File([Uint8Array.from(atob('${picture.toString('base64')}'), (one) => one.charCodeAt(0))], '図.png', { type: 'image/png' }); const list = new DataTransfer(); list.items.add(file); document.querySelector('.add-figure [type=file]').files = list.files; document.querySelector('.add-figure [name=caption]').value = ${JSON.stringify(caption)}; })()`);
      await Promise.all([page.waitForNavigation({ waitUntil: 'load' }), page.click('.add-figure button')]);
    };
    await add('図の一つめ', '#336699');
    await page.focus(`${form(figures)} [name=caption]`);
    await page.keyboard.press('End');
    await page.keyboard.sendCharacter('と説明');
    await says(page, figures, '保存しました');
    await until('the caption', async () => JSON.stringify((await web.stored(id, figures))?.value).includes('図の一つめと説明'));
    await add('図の二つめ', '#aa3300');
    expect(await evaluate(page, `[...document.querySelectorAll('figure img')].map((one) => [one.alt, one.naturalWidth])`)).toEqual([['図の一つめと説明', 300], ['図の二つめ', 300]]);
  });

  it('a problem leads to its field, also inside a folded row', async () => {
    const id = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
    const rows: { id: string }[] = await web.database.query(`select id from answer_row where assessment_id = $1 and group_code = 'system' order by position`, [id]);
    const page = await sitDown(drafter, `${section(id, 'basic-information')}#item-system-name--${rows.at(-1)!.id}`);
    await until('the focus', async () => (await evaluate(page, `document.activeElement.closest('form')?.dataset.item`)) === `system-name@${rows.at(-1)!.id}`);
    expect(await shown(page, form(`system-name@${rows.at(-1)!.id}`))).toBe(true);
  });
});

describe('every page of assessments', () => {
  afterAll(standUp);

  const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const pages: [string, () => Promise<string>][] = [];
  /** Where the page is laid out in another way when it is narrow. */
  const NARROW_TOO = new Set(['the list', 'the overview', 'texts and choices', 'groups']);
  let page: Page | undefined;
  let basic: string;
  let full: string;
  let review: string;

  beforeAll(async () => {
    basic = await web.document(drafter, 'basic', '2024-10', readyBasic(web));
    full = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'), '国民健康保険に関する事務');
    const [figures] = web.forms.get('full', '2024-10').items.filter((one) => one.item.kind === 'figures');
    const picture = await sharp({ create: { width: 900, height: 300, channels: 3, background: '#dde' } }).png().toBuffer();
    await web.post(`/assessments/${full}/figures`, { address: figures!.code, version: '0', caption: '', picture: [new Blob([new Uint8Array(picture)]), 'a.png'] }, drafter);
    await web.post(`/assessments/${basic}/answers`, { address: 'affair-overview', version: '1', value: '書き直した文' }, colleague);
    review = (await web.post('/assessments/import', { text: readFileSync('test/fixtures/import/priority-table.md', 'utf8'), form: '', department: web.town.pension }, drafter)).location;
  });

  const file = async (position: number): Promise<string> => (await web.database.query(`select id from answer_row where assessment_id = $1 and group_code = 'file' and position = $2`, [full, position]) as { id: string }[])[0]!.id;
  pages.push(
    ['the list', () => Promise.resolve('/assessments?sort=title')],
    ['the empty list', () => Promise.resolve('/assessments?words=nothing')],
    ['the overview', () => Promise.resolve(`/assessments/${full}`)],
    ['the cover', () => Promise.resolve(section(basic, 'cover'))],
    ['texts and choices', () => Promise.resolve(section(basic, 'related-information'))],
    ['dates', () => Promise.resolve(section(basic, 'threshold-items'))],
    ['checks and computed items', () => Promise.resolve(section(basic, 'risk-measures'))],
    ['a table', () => Promise.resolve(section(basic, 'change-table'))],
    ['groups', () => Promise.resolve(section(full, 'basic-information'))],
    ['figures', () => Promise.resolve(section(full, 'affair-attachment'))],
    ['a file', async () => section(full, `file-overview/${await file(1)}`)],
    ['records', async () => section(full, `record-attachment/${await file(2)}`)],
    ['risks', async () => section(full, `process-risks/${await file(1)}`)],
    ['the procedure', () => Promise.resolve(section(full, 'procedure'))],
    ['problems', () => Promise.resolve(`/assessments/${full}/problems`)],
    ['an item', () => Promise.resolve(`/assessments/${basic}/items/affair-overview`)],
    ['the history', () => Promise.resolve(`/assessments/${basic}/history`)],
    ['bringing in', () => Promise.resolve('/assessments/import')],
    ['the review of what was brought in', () => Promise.resolve(review)],
  );

  const check = async (page: Page): Promise<void> => {
    const { violations, passes } = await new AxePuppeteer(page).withTags(RULES).analyze();
    expect(passes.length).toBeGreaterThan(10);
    expect(violations.map(({ id, nodes }) => [id, nodes.slice(0, 3).map((one) => `${one.html.slice(0, 200)} ${one.failureSummary ?? ''}`)])).toEqual([]);
    const twice: string[] = await evaluate(page, `[...document.querySelectorAll('[id]')].map((one) => one.id).filter((id, index, all) => all.indexOf(id) !== index)`);
    expect(twice).toEqual([]);
  };
  const fits = async (page: Page): Promise<void> => {
    const wide: string[] = await evaluate(page, `document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.table-scroll table')).slice(0, 5).map((one) => one.outerHTML.slice(0, 160))`);
    expect(wide).toEqual([]);
    expect(await evaluate(page, 'document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  };

  it.each(pages)('%s has no barrier and fits on a phone', async (name, path) => {
    page ??= await sitDown(drafter, '/assessments');
    await page.setViewport({ width: 1280, height: 900 });
    await open(page, await path());
    expect(await evaluate(page, `document.title`)).toMatch(/[ぁ-ん一-龠].*｜点検 Tenken$/u);
    await check(page);
    await picture(page, name, 1280);
    await page.setViewport({ width: 390, height: 844 });
    await page.reload({ waitUntil: 'load' });
    await fits(page);
    if (NARROW_TOO.has(name)) await check(page);
    await picture(page, name, 390);
  });

  it('the conflict has none either, beside the field and as a page; nor the panel, nor what cannot be changed', async () => {
    const page = await sitDown(drafter, section(basic, 'related-information'));
    await web.post(`/assessments/${basic}/answers`, { address: 'affair-overview', version: '2', value: '同僚の文' }, colleague);
    await page.click(`${form('affair-name')} [data-panel]`);
    await until('the panel', async () => (await text(page, '#item-panel')).includes('①事務の名称'));
    await write(page, 'affair-overview', '自分の文');
    await until('the conflict', () => shown(page, '.conflict'));
    await check(page);
    await picture(page, 'conflict beside', 1280);
    await page.setViewport({ width: 390, height: 844 });
    await fits(page);
    await picture(page, 'conflict beside', 390);

    const without = await sitDown(drafter, '/assessments');
    await without.setJavaScriptEnabled(false);
    await open(without, section(basic, 'related-information'));
    const old = `${form('affair-overview')} [name=version]`;
    await without.setJavaScriptEnabled(true);
    await evaluate(without, `document.querySelector(${JSON.stringify(old)}).value = '1'; document.querySelector(${JSON.stringify(`${form('affair-overview')} textarea`)}).value = '古い画面の文'`);
    await Promise.all([without.waitForNavigation({ waitUntil: 'load' }), evaluate(without, `HTMLFormElement.prototype.submit.call(document.querySelector(${JSON.stringify(form('affair-overview'))}))`)]);
    expect(await text(without, 'h1')).toBe('ほかの人が先に保存しました');
    await check(without);
    await picture(without, 'conflict page', 1280);
    await without.setViewport({ width: 390, height: 844 });
    await fits(without);

    await web.database.query(`update assessment set status = 'submitted' where id = $1`, [basic]);
    for (const code of ['related-information', 'change-table', 'risk-measures']) {
      const still = await sitDown(drafter, section(basic, code), 390);
      await check(still);
      await fits(still);
    }
  });

  /** `SCREENSHOTS=folder`: a picture of every page, to be looked at. */
  async function picture(page: Page, name: string, width: number): Promise<void> {
    const folder = process.env['SCREENSHOTS'];
    if (folder === undefined) return;
    const height: number = await evaluate(page, 'document.documentElement.scrollHeight');
    await page.screenshot({ path: `${folder}/${name.replaceAll(' ', '-')}-${width}.png` as never, clip: { x: 0, y: 0, width, height: Math.min(height, 2_400) } });
  }
});
