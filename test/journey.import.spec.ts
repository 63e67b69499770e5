import { readFileSync, writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { openStage, squeezed, type Stage, type Visitor } from './journey-browser.js';

interface Expected { form: string; about: { title: string; number: string }; answers: Record<string, unknown>; unplaced: string[] }
interface Exchange { form: string; version: string; title: string; number?: string; rows: { id: string; group: string; parent: string | null; position: number }[]; answers: { item: string; row: string | null; value: unknown }[] }

const FIXTURES = [['basic-table', 'html', '基礎項目評価書'], ['priority-table', 'md', '重点項目評価書'], ['full-from-pdf', 'txt', '全項目評価書']] as const;
const fixture = (name: string, kind: string): string => readFileSync(join('test', 'fixtures', 'import', `${name}.${kind}`), 'utf8');
const expectedOf = (name: string): Expected => parse(fixture(name, 'expected.yaml')) as Expected;
const STRAY = 'この下は様式にない走り書き';

let stage: Stage;
let clerk: Visitor;
let folder: string;
/** Path of each document that was made, by fixture. */
const made = new Map<string, string>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenken-journey-'));
  stage = await openStage({ demo: true });
  clerk = await stage.visitor('import');
  await clerk.enterAs('子育て支援課 担当');
});
afterAll(async () => {
  await stage?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function paste(text: string): Promise<void> {
  stage.clock.forward(1);
  await clerk.open('/assessments/import');
  await clerk.page.$eval('#text', (element, pasted) => { element.value = pasted; }, text);
  await clerk.go('読み取って確かめる');
}

const exchange = async (): Promise<Exchange> => JSON.parse((await clerk.file(await clerk.page.$$eval('a', (links) => links.find((one) => one.pathname.endsWith('/exchange'))!.href))).bytes.toString('utf8')) as Exchange;

/** Answers with their rows named by group and place, as two documents with rows of their own can be compared. */
function comparable({ rows, answers }: Exchange): Record<string, unknown> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const place = (id: string | null | undefined): string => {
    const row = byId.get(id ?? '');
    return row === undefined ? '' : `${place(row.parent)}/${row.group}-${row.position}`;
  };
  return Object.fromEntries(answers.map(({ item, row, value }) => [`${place(row)}/${item}`, value]).sort(([a], [b]) => String(a).localeCompare(String(b))));
}

describe('an existing assessment is brought in', () => {
  it('says what to do when nothing was given, and keeps what was chosen', async () => {
    await clerk.open('/');
    await clerk.go('取り込む', 'main');
    await clerk.looksRight({ heading: '今ある評価書を取り込む' });
    await clerk.pick('様式', '重点項目評価書');
    await clerk.go('読み取って確かめる');
    await clerk.sees('ファイルを選ぶか、評価書の文を貼り付けてください。');
    expect(await clerk.page.$eval('#form', (element) => element.value)).toBe('priority');
    await clerk.looksRight({ heading: '今ある評価書を取り込む' });
  });

  it.each(FIXTURES)('%s, pasted: shows what was matched and what has no place, before anything is kept', async (name, kind, formTitle) => {
    const { about, unplaced, answers } = expectedOf(name);
    await paste(fixture(name, kind));
    await clerk.looksRight({ heading: '取込みの確認', title: '取込みの確認' });
    const words = await clerk.words();
    expect(words).toContain('まだ保存していません');
    expect(await clerk.words('dl.facts')).toContain(formTitle);
    expect(await clerk.page.$eval('#title', (element) => element.value)).toBe(about.title);
    expect(await clerk.page.$eval('#number', (element) => element.value)).toBe(about.number);
    // What somebody read in the source by hand stands there; the words of choices are those of the form and not of the file.
    for (const value of Object.values(answers)) if (typeof value === 'string' && !/^\d{4}-/u.test(value)) expect(words).toContain(squeezed(value));
    expect(await clerk.page.$$eval('.runs li > pre', (all) => all.map((one) => one.textContent))).toEqual(unplaced);
    expect(words).toContain(unplaced.length === 0 ? 'すべての文字を置きました' : `置けなかったところ（${unplaced.length}か所）`);
    expect(Number((await stage.database.query('select count(*)::int as n from assessment') as { n: number }[])[0]!.n)).toBe(0);
  });

  it('gives a run without a place to an item, takes it back, and gives it again', async () => {
    await clerk.open('/assessments/import');
    expect(await clerk.page.$$eval('.plain-list a', (all) => all.length)).toBe(3);
    await clerk.page.$$eval('.plain-list a', (all) => all.at(-1).id = 'oldest');
    await Promise.all([clerk.page.waitForNavigation({ waitUntil: 'load' }), clerk.page.click('#oldest')]);
    await clerk.sees(STRAY);
    const assign = async (): Promise<void> => {
      await clerk.page.select('.run-form select', 'special-notes');
      await clerk.go('この項目に置く');
      await clerk.sees('に置きました');
    };
    await assign();
    await clerk.looksRight({ heading: '取込みの確認', title: '取込みの確認' });
    expect(await clerk.words('.placed')).toContain(STRAY);
    // Boxes that the source ticks without words, by the words of the form.
    expect(await clerk.words('.placed')).toContain('［○］自己点検 ［○］外部監査');
    await clerk.go('取り消す');
    await clerk.sees('置けなかったところ（1か所）');
    expect(await clerk.words('.placed')).not.toContain(STRAY);
    await assign();
  });

  it('makes the document, which knows what is still missing', async () => {
    const { about, answers } = expectedOf('basic-table');
    await clerk.go('この内容で評価書を作る');
    expect(clerk.path()).toMatch(/^\/assessments\/[0-9a-f-]{36}$/u);
    made.set('basic-table', clerk.path());
    await clerk.looksRight({ heading: about.title });
    await clerk.go('残りと食い違いの一覧');
    await clerk.looksRight({ heading: about.title });
    const words = await clerk.words();
    // Blank in the source: the kind of document, and adequacy of every risk but one.
    for (const missing of ['提出する特定個人情報保護評価書の種類', '目的外の入手が行われるリスクへの対策は十分か', '判断の根拠']) expect(words).toContain(missing);
    for (const there of ['②事務の概要', '重大事故が発生したか', '特定個人情報の漏えい・滅失・毀損リスクへの対策は十分か', '委託先における不正な使用等']) expect(words).not.toContain(there);
    await clerk.open(made.get('basic-table')!);
    const { answers: kept } = await exchange();
    const byItem = Object.fromEntries(kept.map((one) => [one.item, one.value]));
    expect(byItem).toMatchObject({ ...answers, 'special-notes': `${String(answers['special-notes'])}\n${STRAY}` });
  });

  it.each(['basic-table', 'priority-table'])('%s goes out as an exchange file and comes back the same', async (name) => {
    if (!made.has(name)) {
      await paste(fixture(name, 'md'));
      await clerk.go('この内容で評価書を作る');
      made.set(name, clerk.path());
    }
    await clerk.open(made.get(name)!);
    const before = await exchange();
    expect(before.answers.length).toBeGreaterThan(20);
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(before));

    await clerk.open('/assessments/import');
    await (await clerk.page.$('#file'))!.uploadFile(file);
    await clerk.go('読み取って確かめる');
    await clerk.looksRight({ heading: `取込みの確認：${name}.json`, title: '取込みの確認' });
    await clerk.go('この内容で評価書を作る');
    expect(clerk.path()).not.toBe(made.get(name));
    const after = await exchange();
    expect(comparable(after)).toEqual(comparable(before));
    expect([after.form, after.version, after.title, after.number]).toEqual([before.form, before.version, before.title, before.number]);
  });

  it('drops an import that is not wanted', async () => {
    await clerk.open('/assessments/import');
    const waiting = await clerk.page.$$eval('.plain-list a', (all) => all.length);
    await clerk.go('貼り付けた文', '.plain-list');
    await clerk.go('この取込みをやめる');
    expect(clerk.path()).toBe('/assessments/import');
    expect(await clerk.page.$$eval('.plain-list a', (all) => all.length)).toBe(waiting - 1);
    expect(clerk.complaints).toEqual([]);
  });
});
