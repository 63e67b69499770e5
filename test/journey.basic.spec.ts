import type { ElementHandle } from 'puppeteer';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { openStage, squeezed, type Stage, type Visitor } from './journey-browser.js';

const AFFAIR = '児童手当の支給に関する事務';
const DOCUMENT = `${AFFAIR}　基礎項目評価書`;

let stage: Stage;
let clerk: Visitor;

beforeAll(async () => {
  stage = await openStage({ demo: true });
  clerk = await stage.visitor('basic');
});
afterAll(() => stage?.close());

/** What was typed, by the words of the label. */
const typed: string[] = [];

describe('a 基礎項目評価書, from the first page to the PDF', () => {
  it('enters by a card, and the home page says that nothing waits', async () => {
    await clerk.open('/');
    await clerk.looksRight({ heading: '役割を選んで入る', title: 'サインイン' });
    await clerk.enterAs('子育て支援課 担当');
    expect(clerk.path()).toBe('/');
    await clerk.sees('いま、あなたを待っているものはありません。');
    await clerk.looksRight({ heading: 'ホーム' });
  });

  it('judges the threshold: the result comes while typing', async () => {
    await clerk.go('しきい値判断', 'nav');
    await clerk.looksRight({ heading: 'しきい値判断' });
    await clerk.go('しきい値判断をする', 'main');
    await clerk.looksRight({ heading: 'しきい値判断をする' });
    await clerk.sees('質問に答えると、ここに結果が出ます。', '#result');

    await clerk.type('#affairName', AFFAIR);
    await clerk.choose('どれにも当たらない');
    await clerk.until('the other questions', async () => (await clerk.page.$('#people')) !== null);
    await clerk.type('#people', '１２，３４５');
    await clerk.pickDay('#people-date', '2026-04-01');
    // 12,345 people alone: 基礎項目評価 with fewer than 500 handlers and no incident, more otherwise. Nothing is decided yet.
    await clerk.until('a result that is open', async () => !(await clerk.words('#result')).startsWith('質問に答えると'));
    expect(await clerk.page.$('#result .result-level')).toBeNull();
    await clerk.type('#handlers', '４８');
    await clerk.pickDay('#handlers-date', '2026-04-01');
    await clerk.choose('発生なし');
    await clerk.choose('任意の評価はしない');
    // 規則: 1万人以上10万人未満, 500人未満, 発生なし.
    await clerk.sees('基礎項目評価', '#result .result-level');
    expect(await clerk.words('#result .result-level')).toBe('基礎項目評価');
    await clerk.looksRight({ heading: 'しきい値判断をする' });

    await clerk.go('この判断を保存する');
    expect(clerk.path()).toMatch(/^\/threshold\/[0-9a-f-]{36}$/u);
    await clerk.looksRight({ heading: AFFAIR });
    const page = await clerk.words();
    for (const words of ['12,345人', '48人', '令和8年4月1日', '発生なし', '子育て支援課', '令和8年11月21日']) expect(page).toContain(words);
  });

  it('makes the document from the judgement', async () => {
    await clerk.go('この判断から評価書を作る');
    await clerk.looksRight({ heading: '評価書を作る' });
    await clerk.choose('基礎項目評価書');
    expect(await clerk.page.$eval('#title', (element) => element.value)).toBe(DOCUMENT);
    await clerk.type('#number', '12');
    await clerk.go('作って書き始める');
    await clerk.looksRight({ heading: DOCUMENT });
    expect(await clerk.words('#steps')).toContain('まだ「課長へ回す」ことはできません');
  });

  it('fills every section by the links of 残り until nothing is left', async () => {
    await clerk.go('表紙', 'table.list');
    await clerk.looksRight({ heading: DOCUMENT, title: DOCUMENT });
    const visited = new Set<string>();
    for (let round = 1; round <= 30 && (await left(clerk)).length > 0; round += 1) {
      const first = (await left(clerk))[0]!;
      const place = first.split('#')[0]!;
      if (place !== clerk.path()) await Promise.all([clerk.page.waitForNavigation({ waitUntil: 'load' }), clerk.page.click(`#remaining a[href="${first}"]`)]);
      visited.add(place);
      const here = (await left(clerk)).filter((href) => href.startsWith(`${place}#`));
      for (const href of here) await fillIn(clerk, href);
      await clerk.until(`残り without ${here.length} links of ${place}`, async () => (await left(clerk)).every((href) => !here.includes(href)));
    }
    await clerk.sees('すべて記入され、食い違いもありません。', '#remaining');
    expect(visited.size).toBeGreaterThanOrEqual(3);
    await clerk.looksRight({ heading: DOCUMENT });
    const { answered, asked } = await progress(clerk);
    expect(asked).toBeGreaterThan(20);
    expect(answered).toBe(asked);
    expect(clerk.complaints).toEqual([]);
  }, 60_000);

  it('passes it on to the 課長, who finds it at home and approves it', async () => {
    await clerk.go('課長へ回す', '.bar');
    await clerk.go('課長へ回す', '#steps');
    await clerk.sees('課長の確認待ち', '.bar');
    await clerk.looksRight({ heading: DOCUMENT });
    await clerk.signOut();
    await clerk.enterAs('子育て支援課 課長');
    await clerk.sees('あなたの番です');
    expect(await clerk.words('.work-list')).toContain(squeezed(DOCUMENT));
    await clerk.looksRight({ heading: 'ホーム' });
    await clerk.go(`${DOCUMENT}を`, '.work-list');
    await clerk.go('承認する', '#steps');
    await clerk.sees('評価統括の確認待ち', '.bar');
    await clerk.signOut();
  });

  it('is confirmed by the 評価統括', async () => {
    await clerk.enterAs('情報政策課 評価統括');
    expect(await clerk.words('.work-list')).toContain(squeezed(DOCUMENT));
    await clerk.go(`${DOCUMENT}を`, '.work-list');
    await clerk.go('確認する', '#steps');
    await clerk.sees('確認済み', '.bar');
    await clerk.looksRight({ heading: DOCUMENT });
  });

  it('is printed: asked for, with its progress shown, and read back', async () => {
    await clerk.go('いまの内容でPDFを作る');
    await clerk.sees('順番を待っています', '#document-list');
    expect(await clerk.page.$eval('#document-list progress', (element) => element.value)).toBe(0);
    await clerk.isAccessible();
    await stage.startWorker();
    await clerk.until('the PDF', async () => (await clerk.page.$('#document-list a')) !== null, 30_000);
    await clerk.looksRight({ heading: DOCUMENT });

    const { bytes, type, name } = await clerk.file(await clerk.page.$eval('#document-list a', (element) => element.href));
    expect(type).toBe('application/pdf');
    expect(name).toMatch(/\.pdf$/u);
    const { title, pages } = await readBack(bytes);
    const whole = pages.join('');
    expect(title).toContain('児童手当の支給に関する事務');
    expect(pages.length).toBeGreaterThanOrEqual(3);
    pages.forEach((page, index) => expect(page).toContain(`${index + 1}／${pages.length}`));
    expect(await clerk.words('#document-list')).toContain(`${pages.length}ページ`);
    expect(typed.length).toBeGreaterThan(10);
    for (const text of typed) expect(whole).toContain(text.replace(/\s+/gu, ''));
    // The chosen option stands in brackets before the list of options.
    expect(whole).toMatch(/しきい値判断結果.{0,40}［基礎項目評価の実施が義務付けられる］/u);
    expect(whole).toContain('［1万人以上10万人未満］');
    expect(whole).toContain('令和8年4月1日');
    expect(clerk.complaints).toEqual([]);
  });

  it('shows every other page of the document as it should be', async () => {
    const overview = clerk.path();
    await clerk.go('残りと食い違いの一覧');
    await clerk.looksRight({ heading: DOCUMENT });
    await clerk.open(`${overview}/history`);
    await clerk.sees('課長へ回した');
    await clerk.looksRight({ heading: DOCUMENT });
    await clerk.open(`${overview}/preview`);
    await clerk.sees('しきい値判断結果', 'body');
    await clerk.isAccessible();
    await clerk.open('/assessments');
    await clerk.looksRight({ heading: '評価書' });
    await clerk.open('/journal');
    await clerk.looksRight({ heading: '記録' });
    await clerk.open('/account');
    await clerk.looksRight({ heading: '自分の利用者情報' });
    await clerk.open('/assessments/no-such-page/at-all');
    await clerk.sees('見つかりません');
    await clerk.looksRight({ heading: '見つかりません' });
  });
});

/** Links of 残り, in their order. */
const left = (who: Visitor): Promise<string[]> => who.page.$$eval('#remaining .tasks a', (links) => links.map((link) => link.getAttribute('href')!));

async function progress(who: Visitor): Promise<{ answered: number; asked: number }> {
  const [, answered, asked] = /(\d+) \/ (\d+)項目/u.exec(await who.words('#tree'))!;
  return { answered: Number(answered), asked: Number(asked) };
}

/** Follows a link of 残り to its field, fills it in by what kind of field it is, and waits until it is saved. */
async function fillIn(who: Visitor, href: string): Promise<void> {
  // In one step: the list is drawn anew after every save.
  await who.page.$eval(`#remaining a[href="${href}"]`, (link) => (link as unknown as { click(): void }).click());
  const id = decodeURIComponent(href.slice(href.indexOf('#') + 1));
  const form = await who.page.$(`form#${id}`);
  if (form === null) throw new Error(`残り leads to ${href}, where no field is`);
  await who.until(`the field of ${href} in focus`, async () => (await who.page.$eval('form :focus', (element) => element.closest('form')!.id)) === id);
  await answer(who, form, id);
  await who.until(`保存しました at ${id}`, () => form.$eval('.state', (element) => element.textContent!.startsWith('保存しました')));
}

async function answer(who: Visitor, form: ElementHandle, id: string): Promise<void> {
  const box = await form.$('input[type=radio]:not([value=""]), input[type=checkbox]');
  if (box !== null) return box.evaluate((element) => element.click());
  const field = (await form.$('textarea, input[type=text]'))!;
  if (await field.evaluate((element) => element.matches('[data-date]'))) return who.type(field, '令和8年4月1日');
  const label = await form.$eval('.t', (element) => element.firstChild!.textContent!.replace(/^[①-⑳]/u, '').trim());
  const text = `「${label}」の欄に担当が書いた文（${id.replace('item-', '')}）`;
  typed.push(text);
  return who.type(field, text);
}

/** Title and the text of each page, without spaces. */
async function readBack(bytes: Buffer): Promise<{ title: string; pages: string[] }> {
  const file = await getDocument({ data: new Uint8Array(bytes), useSystemFonts: false, verbosity: 0 }).promise;
  const { info } = await file.getMetadata();
  const pages: string[] = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const { items } = await (await file.getPage(number)).getTextContent();
    pages.push(items.map((item) => ('str' in item ? item.str : '')).join('').replace(/\s+/gu, ''));
  }
  await file.loadingTask.destroy();
  return { title: (info as { Title?: string }).Title ?? '', pages };
}
