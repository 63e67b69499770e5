import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { parse } from 'yaml';
import { assessmentHtml, ASSESSMENT_TEMPLATE } from '../src/documents/assessment-pdf.js';
import type { AssessmentReport } from '../src/documents/assessment-report.model.js';
import { workOnDocuments } from '../src/documents/rendering-worker.js';
import { modelHash } from '../src/documents/stored-documents.js';
import type { FormDefinition, Item } from '../src/engine/form.js';
import { TODAY } from './assessments-town.js';
import { elementsOf, filled, JSON_WANTED, openWeb, readyBasic, STATUTORY, type Answer, type Element, type Person, type Web } from './web-fixture.js';

let web: Web;
let drafter: Person;
let colleague: Person;
let head: Person;
let lead: Person;
let viewer: Person;
let otherDepartment: Person;
let foreigner: Person;

beforeAll(async () => {
  web = await openWeb();
  drafter = await web.person('drafter', web.town.pension, '担当一郎');
  colleague = await web.person('drafter', web.town.pension, '担当二郎');
  head = await web.person('section-head', web.town.pension, '課長');
  lead = await web.person('assessment-lead', null, '統括');
  viewer = await web.person('viewer', null, '閲覧者');
  otherDepartment = await web.person('drafter', web.town.children, '別課担当');
  foreigner = await web.person('assessment-lead', null, '他団体の統括', web.elsewhere);
});
afterAll(() => web.close());

interface Row { id: string; group_code: string; parent_id: string | null; position: number }
const rowsOf = (id: string): Promise<Row[]> => web.database.query('select id, group_code, parent_id, position from answer_row where assessment_id = $1 order by position', [id]);
const sectionsOf = (body: string): string[] => [...new Set([...body.matchAll(/href="(\/assessments\/[^"/]+\/sections\/[^"#]+)"/gu)].map((match) => match[1]!))];
const definition = (form: string, version: string): FormDefinition => parse(readFileSync(`templates/forms/${form}/${version}.yaml`, 'utf8')) as FormDefinition;
const save = (id: string, fields: Record<string, string>, as: Person, headers = {}): Promise<Answer> => web.post(`/assessments/${id}/answers`, fields, as, headers);
const json = <T>(answer: Answer): T => JSON.parse(answer.body) as T;
const png = (color = '#336699'): Promise<Buffer> => sharp({ create: { width: 640, height: 320, channels: 3, background: color } }).png().toBuffer();
const ready = (title?: string): Promise<string> => web.document(drafter, 'basic', '2024-10', readyBasic(web), title);

describe('the list', () => {
  let own: Person;
  beforeAll(async () => {
    const town = web.elsewhere;
    own = await web.person('drafter', town.pension, '一覧の担当', town);
    await web.document(own, 'basic', '2024-10', readyBasic({ ...web, forms: web.forms }), 'う　乗合タクシー利用券の交付に関する事務');
    await web.document(own, 'full', '2024-10', undefined, 'い　国民健康保険に関する事務');
    const submitted = await web.document(own, 'priority', '2024-10', undefined, 'あ　こども医療費に関する事務');
    await web.database.query(`update assessment set status = 'submitted' where id = $1`, [submitted]);
  });

  const titles = (body: string): string[] => {
    const { all, text } = elementsOf(body);
    return all((one) => one.name === 'a' && /^\/assessments\/[0-9a-f-]{36}$/u.test(one.attribs.href ?? '')).map((one) => text(one)[0]!);
  };

  it('shows form, status and progress of every document, and says how to sort', async () => {
    const { body, status } = await web.get('/assessments', own);
    expect(status).toBe(200);
    expect(titles(body).sort()).toEqual(['あ', 'い', 'う']);
    const { whole, all, text, hasClass } = elementsOf(body);
    // A ready document has as many items answered as asked, an empty one none.
    const numbers = all((one) => one.name === 'td' && hasClass('number')(one)).map(text);
    expect(numbers).toContainEqual(expect.stringMatching(/^(\d+)\/\1$/u));
    expect(numbers).toContainEqual(expect.stringMatching(/^0\/\d+$/u));
    expect(whole()).toContain('全項目評価書');
    expect(whole()).toContain('課長の確認待ち');
    expect(whole()).toContain('3件');
  });

  it('narrows by words, status and form', async () => {
    expect(titles((await web.get(`/assessments?words=${encodeURIComponent('国民健康')}`, own)).body)).toEqual(['い']);
    expect(titles((await web.get('/assessments?status=submitted', own)).body)).toEqual(['あ']);
    expect(titles((await web.get('/assessments?form=basic', own)).body)).toEqual(['う']);
    expect(elementsOf((await web.get('/assessments?words=%25', own)).body).whole()).toContain('条件に合う評価書はありません');
    expect((await web.get('/assessments?status=nonsense&form[]=x&page=-1&sort=constructor', own)).status).toBe(200);
  });

  it('sorts up and down, progress by its share', async () => {
    const page = await web.get('/assessments?sort=title', own);
    expect(titles(page.body)).toEqual(['あ', 'い', 'う']);
    expect(page.body).toContain('aria-sort="ascending"');
    expect(titles((await web.get('/assessments?sort=-title', own)).body)).toEqual(['う', 'い', 'あ']);
    expect(titles((await web.get('/assessments?sort=-progress', own)).body)[0]).toBe('う');
  });

  it('is taken away as a workbook with the same filter and order', async () => {
    const { status, bytes, headers } = await web.get('/assessments/list.xlsx?sort=title&form=', own);
    expect(status).toBe(200);
    expect(headers['content-type']).toBe('application/vnd.openxmlformats-officedocument.spreadsheetml.sheet');
    expect(decodeURIComponent(String(headers['content-disposition']))).toContain('評価書一覧.xlsx');
    const book = new ExcelJS.Workbook();
    await book.xlsx.load(bytes as never);
    const rows = (book.worksheets[0]!.getSheetValues() as unknown[][]).slice(1).map((row) => row.slice(1));
    expect(rows[0]).toEqual(['番号', '評価書名', '様式', '評価実施機関', '所管課', '状態', '記入済み', '記入が必要', '最後の変更', '変更した人']);
    expect(rows.slice(1).map((row) => [String(row[1])[0], row[2], row[5]])).toEqual([['あ', '重点項目評価書', '課長の確認待ち'], ['い', '全項目評価書', '作成中'], ['う', '基礎項目評価書', '作成中']]);
    expect(rows[3]![6]).toBe(rows[3]![7]);
    const filtered = new ExcelJS.Workbook();
    await filtered.xlsx.load((await web.get('/assessments/list.xlsx?status=submitted', own)).bytes as never);
    expect(filtered.worksheets[0]!.rowCount).toBe(2);
  });

  it('goes over several pages and sorts across them', async () => {
    const many = await web.person('drafter', web.elsewhere.children, '多数の担当', web.elsewhere);
    for (let number = 1; number <= 53; number += 1) await web.document(many, 'basic', '2019-01', undefined, `事務その${String(number).padStart(2, '0')}`);
    const first = await web.get('/assessments?sort=title', many);
    const { whole, all, text } = elementsOf(first.body);
    expect(whole()).toContain('53件');
    const list = (body: string): string[] => [...body.matchAll(/事務その(\d\d)/gu)].map((match) => match[1]!);
    expect(list(first.body)).toEqual(Array.from({ length: 50 }, (_, index) => String(index + 1).padStart(2, '0')));
    const second = all((one) => one.name === 'a' && (one.attribs.href ?? '').includes('page=2')).map((one) => [one.attribs.href!, text(one)] as const);
    expect(second.map(([, label]) => label)).toContain('2');
    expect(list((await web.get(second[0]![0], many)).body)).toEqual(['51', '52', '53']);
  });

  it('is empty with a way to begin, for who may begin', async () => {
    const nobody = await web.person('drafter', (await web.database.query(`insert into department (id, organisation_id, body_id, name) values (gen_random_uuid(), $1, $2, '新しい課') returning id`, [web.town.organisation, web.town.body]) as { id: string }[])[0]!.id, '新人');
    const { body } = await web.get('/assessments', nobody);
    expect(elementsOf(body).whole()).toContain('評価書はまだありません');
    expect(body).toContain('href="/threshold/new"');
  });
});

/** What a section prints, in order: codes of items, a group followed by its rows with theirs. */
function printed(form: FormDefinition, code: string, row: string | null, rows: Row[]): { item: Item; address: string }[] {
  const section = form.sections.find((one) => one.code === code)!;
  const expand = (items: readonly Item[], within: string | null): { item: Item; address: string }[] => items.flatMap((item) => [
    { item, address: within === null ? item.code : `${item.code}@${within}` },
    ...(item.kind !== 'group' ? [] : rows.filter((one) => one.group_code === item.code && one.parent_id === within).flatMap((one) => expand(item.items, one.id))),
  ]);
  return section.blocks.flatMap((block) => [...expand(block.items ?? [], row), ...(block.parts ?? []).flatMap((part) => expand(part.items, row))]);
}

const NEEDS = { required: '※必須', optional: '※任意', procedure: '※手続の段階で記入' } as const;

describe.each(STATUTORY)('the editor of the form %s %s', (form, version) => {
  it.each(['empty', 'filled'] as const)('draws every section, %s: items in printed order, label, ※, need', async (how) => {
    const id = await web.document(drafter, form, version, how === 'empty' ? undefined : filled(web, form, version));
    const overview = await web.get(`/assessments/${id}`, drafter);
    expect(overview.status).toBe(200);
    const rows = await rowsOf(id);
    const links = sectionsOf(overview.body);
    const { sections } = definition(form, version);
    const files = rows.filter((one) => one.parent_id === null && sections.some(({ perRowOf }) => perRowOf === one.group_code));
    if (how === 'filled') expect(links).toHaveLength(sections.reduce((sum, { perRowOf }) => sum + (perRowOf === undefined ? 1 : files.length), 0));
    for (const link of links) {
      const { status, body } = await web.get(link, drafter);
      expect([link, status]).toEqual([link, 200]);
      const [, , , , code, row] = link.split('/');
      if (sections.find((one) => one.code === code)!.perRowOf !== undefined && row === undefined) continue;
      const { all, text, hasClass } = elementsOf(body);
      const shown = all((one) => one.attribs['data-item'] !== undefined);
      const expected = printed(definition(form, version), code!, row ?? null, rows);
      expect(shown.map((one) => one.attribs['data-item'])).toEqual(expected.map((one) => one.address));
      const labels = shown.map((one, index) => (expected[index]!.item.kind === 'group' ? text(all(hasClass('group-title'), one)[0]!) : text(all(hasClass('t'), one)[0]!)));
      expect(labels).toEqual(expected.map(({ item }) => {
        const entered = !['group', 'fixed', 'computed'].includes(item.kind);
        return `${item.under !== undefined && item.kind !== 'group' ? `${item.under} ` : ''}${item.label}${item.significant === true ? '※' : ''}${entered ? NEEDS[item.need] : ''}`.replace(/\s+/gu, ' ').trim();
      }));
      const ids = all((one) => one.attribs.id !== undefined).map((one) => one.attribs.id!);
      expect(ids.filter((one, index) => ids.indexOf(one) !== index)).toEqual([]);
    }
    for (const path of ['problems', 'history', 'preview']) expect([path, (await web.get(`/assessments/${id}/${path}`, drafter)).status]).toEqual([path, 200]);
  });
});

describe('one item', () => {
  it('has a panel beside the editor and a page of its own: help, place, history', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await save(id, { address: 'affair-overview', version: '0', value: '申請を受け付ける。' }, drafter);
    await save(id, { address: 'affair-overview', version: '1', value: '申請を受け付け、所得を確かめる。' }, colleague);
    const page = await web.get(`/assessments/${id}/items/affair-overview`, drafter);
    const { whole, all, text } = elementsOf(page.body);
    expect(page.body).toContain('<!doctype html>');
    expect(whole()).toContain('②事務の概要');
    expect(whole()).toContain('書き方');
    const changes = all((one) => one.name === 'li' && one.parent !== null && (one.parent as Element).attribs?.class === 'timeline').map(text);
    expect(changes).toHaveLength(2);
    expect(changes[0]).toMatch(/^11月21日 10:00 担当二郎 記入/u);
    expect(all((one) => one.name === 'ins').map(text)).toContain('、所得を確かめ');
    const panel = await web.get(`/assessments/${id}/items/affair-overview`, drafter, { 'hx-request': 'true' });
    expect(panel.body).not.toContain('<html');
    expect(panel.body).toContain('②事務の概要');
    expect((await web.get(`/assessments/${id}/items/no-such-item`, drafter)).status).toBe(404);
    expect((await web.get(`/assessments/${id}/items/affair-overview@${id}`, drafter)).status).toBe(404);
  });

  it('goes back to what it was before a change, unless somebody was faster', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await save(id, { address: 'affair-name', version: '0', value: '前の名前' }, drafter);
    await save(id, { address: 'affair-name', version: '1', value: '後の名前' }, drafter);
    const { all, field } = elementsOf((await web.get(`/assessments/${id}/items/affair-name`, drafter)).body);
    const form = all((one) => one.name === 'form' && (one.attribs.action ?? '').endsWith('/restore'))[0]!;
    const fields = Object.fromEntries(['entry', 'version', 'side'].map((name) => [name, field(form, name)!]));
    const back = await web.post(form.attribs.action!, fields, drafter);
    expect([back.status, back.location]).toEqual([303, `/assessments/${id}/sections/related-information#item-affair-name`]);
    expect(await web.stored(id, 'affair-name')).toEqual({ value: '前の名前', version: 3 });
    await save(id, { address: 'affair-name', version: '3', value: '同僚の名前' }, colleague);
    const stale = await web.post(form.attribs.action!, fields, drafter);
    expect(stale.status).toBe(409);
    const sides = elementsOf(stale.body);
    expect(sides.all((one) => one.name === 'pre').map(sides.text)).toEqual(['前の名前', '同僚の名前']);
    expect(await web.stored(id, 'affair-name')).toEqual({ value: '同僚の名前', version: 4 });
    const keep = sides.all((one) => (one.attribs.action ?? '').endsWith('/restore'))[0]!;
    await web.post(keep.attribs.action!, Object.fromEntries(['entry', 'version', 'side'].map((name) => [name, sides.field(keep, name)!])), drafter);
    expect(await web.stored(id, 'affair-name')).toEqual({ value: '前の名前', version: 5 });
    expect(elementsOf((await web.get(`/assessments/${id}/history`, drafter)).body).whole()).toContain('以前の内容に戻した');
  });
});

describe('saving', () => {
  it('without the script: a form, and back to the field', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const done = await save(id, { address: 'affair-name', version: '0', value: 'こども医療費助成事務' }, drafter);
    expect([done.status, done.location]).toEqual([303, `/assessments/${id}/sections/related-information#item-affair-name`]);
    const page = elementsOf((await web.get(`/assessments/${id}/sections/related-information`, drafter)).body);
    const form = page.byId('item-affair-name')!;
    expect([page.field(form, 'value'), page.field(form, 'version')]).toEqual(['こども医療費助成事務', '1']);
    expect(page.text(form)).toContain('保存しました 10:00');
  });

  it('with the script: version, time and what was cleared, as JSON', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await save(id, { address: 'network-use', version: '0', choice: 'used' }, drafter, JSON_WANTED);
    await save(id, { address: 'network-legal-basis', version: '0', value: '番号法第19条第8号' }, drafter, JSON_WANTED);
    const done = await save(id, { address: 'network-use', version: '1', choice: 'not-used' }, drafter, JSON_WANTED);
    expect([done.status, json(done)]).toEqual([200, { version: 2, savedAt: '10:00', cleared: [{ address: 'network-legal-basis', version: 2 }], text: '' }]);
    expect(await web.stored(id, 'network-legal-basis')).toEqual({ value: null, version: 2 });
    // The page shows the item hidden, with its version.
    const { byId, field } = elementsOf((await web.get(`/assessments/${id}/sections/related-information`, drafter)).body);
    const form = byId('item-network-legal-basis')!;
    expect(['hidden' in form.attribs, field(form, 'version'), field(form, 'value')]).toEqual([true, '2', '']);
  });

  it('reads every kind of field as the page sends it', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const all: [string, Record<string, string | string[]>, unknown][] = [
      ['people-date', { value: '令和8年11月21日' }, '2026-11-21'],
      ['file-names', { value: '医療助成ファイル\n\n宛名ファイル\n' }, ['医療助成ファイル', '宛名ファイル']],
      ['people-band', { choice: 'from-10000' }, { choice: 'from-10000' }],
      ['audit-kinds', { checked: ['internal-audit', 'self-inspection'] }, { checked: ['self-inspection', 'internal-audit'] }],
      ['change-table', { 'cell.0.change-date': '令和7年2月3日', 'cell.0.item': 'Ⅰ5①', 'cell.0.before': '土木部', 'cell.0.after': 'まちづくり部', 'cell.0.submission-timing': 'after', 'cell.0.submission-explanation': '', 'cell.1.item': '' },
        [{ 'change-date': '令和7年2月3日', item: 'Ⅰ5①', before: '土木部', after: 'まちづくり部', 'submission-timing': 'after' }]],
    ];
    for (const [address, fields, value] of all) {
      const done = await web.post(`/assessments/${id}/answers`, { address, version: '0', ...fields }, drafter, JSON_WANTED);
      expect([address, done.status]).toEqual([address, 200]);
      expect([address, await web.stored(id, address)]).toEqual([address, { value, version: 1 }]);
    }
    const records = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
    const file = (await rowsOf(records)).find((row) => row.group_code === 'file')!.id;
    const [item] = printed(definition('full', '2024-10'), 'record-attachment', file, []).filter((one) => one.item.kind === 'record-list');
    const done = await save(records, { address: item!.address, version: '1', value: '＜資格＞\n1氏名、2住所、3生年月日' }, drafter, JSON_WANTED);
    expect(json<{ text: string }>(done).text).toBe('1一覧・3項目');
  });

  it('of a stale version is a conflict: both texts side by side, on a page and beside the field', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    await save(id, { address: 'affair-overview', version: '0', value: '申請を窓口で受け付ける。' }, colleague);
    const mine = { address: 'affair-overview', version: '0', value: '申請を電子で受け付ける。' };
    const page = await save(id, mine, drafter);
    expect(page.status).toBe(409);
    const { all, text, field, whole } = elementsOf(page.body);
    expect(all((one) => one.name === 'pre').map(text)).toEqual(['申請を電子で受け付ける。', '申請を窓口で受け付ける。']);
    expect(whole()).toContain('担当二郎が11月21日 10:00に書き換えました');
    const again = all((one) => one.name === 'form' && (one.attribs.action ?? '').endsWith('/answers'))[0]!;
    expect([field(again, 'version'), field(again, 'value'), field(again, 'address')]).toEqual(['1', mine.value, 'affair-overview']);
    const part = await save(id, mine, drafter, JSON_WANTED);
    expect([part.status, part.body.includes('<html'), part.body.includes('data-keep-mine="1"')]).toEqual([409, false, true]);
    expect(part.body.replace(/<[^>]*>/gu, '')).toContain('申請を電子で受け付ける。');
    expect(await web.stored(id, 'affair-overview')).toEqual({ value: '申請を窓口で受け付ける。', version: 1 });
    // Keeping mine is the form of that page.
    expect((await web.post(again.attribs.action!, { address: 'affair-overview', version: '1', value: mine.value }, drafter)).status).toBe(303);
    expect(await web.stored(id, 'affair-overview')).toEqual({ value: mine.value, version: 2 });
  });

  it('is told to the page around: progress, what is left, what is hidden', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const live = async (): Promise<{ answered: number; hidden: string[]; body: string }> => {
      const { body, status } = await web.get(`/assessments/${id}/live?section=related-information&row=`, drafter, { 'hx-request': 'true' });
      expect(status).toBe(200);
      const { byId, whole } = elementsOf(body);
      return { body, answered: Number(/記入の進み (\d+) \//u.exec(whole())![1]), hidden: byId('visibility')!.attribs['data-hidden']!.split(' ') };
    };
    await save(id, { address: 'network-use', version: '0', choice: 'not-used' }, drafter);
    const before = await live();
    expect(before.hidden).toContain('network-legal-basis');
    expect(before.body).toContain('hx-swap-oob="true"');
    expect(before.body).toContain('aria-current="page"');
    await save(id, { address: 'network-use', version: '1', choice: 'used' }, drafter);
    await save(id, { address: 'affair-name', version: '0', value: '事務' }, drafter);
    const after = await live();
    expect(after.hidden).not.toContain('network-legal-basis');
    expect(after.answered).toBe(before.answered + 1);
    expect(elementsOf(after.body).whole()).toContain('「Ⅰ 4. ②法令上の根拠」');
  });
});

describe('rows', () => {
  it('are added, moved, removed and brought back', async () => {
    const id = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
    const file = (await rowsOf(id)).find((row) => row.group_code === 'file' && row.position === 1)!.id;
    const path = `/assessments/${id}/sections/file-overview/${file}`;
    const outsourcing = async (): Promise<string[]> => (await rowsOf(id)).filter((row) => row.group_code === 'outsourcing' && row.parent_id === file).map((row) => row.id);
    const [one, two] = await outsourcing();
    const page = elementsOf((await web.get(path, drafter)).body);
    const group = page.all((element) => element.attribs['data-item'] === `outsourcing@${file}`)[0]!;
    const forms = page.all((element) => element.name === 'form' && /\/rows(\/|$)/u.test(element.attribs.action ?? ''), group);
    const add = forms.find((element) => (element.attribs.action ?? '').endsWith('/rows') && page.field(element, 'group') === 'outsourcing')!;
    const added = await web.post(add.attribs.action!, { group: 'outsourcing', parent: page.field(add, 'parent')!, from: page.field(add, 'from')! }, drafter);
    const [, , three] = await outsourcing();
    expect([added.status, added.location]).toEqual([303, `${path}#row-${three}`]);

    const seen = async (): Promise<string> => {
      const { all, field } = elementsOf((await web.get(path, drafter)).body);
      return field(all((element) => (element.attribs.action ?? '').endsWith(`/rows/${three}/remove`))[0]!, 'seen')!;
    };
    const moved = await web.post(`/assessments/${id}/rows/${three}/move`, { direction: 'up', seen: await seen(), from: path }, drafter);
    expect([moved.status, await outsourcing()]).toEqual([303, [one, three, two]]);

    const name = web.forms.get('full', '2024-10').byCode.get('outsourcing')!.item;
    const text = name.kind === 'group' ? name.items.find((item) => item.kind === 'text')! : null;
    await save(id, { address: `${text!.code}@${three}`, version: '0', value: '帳票の印刷' }, drafter);
    const removed = await web.post(`/assessments/${id}/rows/${three}/remove`, { seen: await seen(), from: path }, drafter);
    expect([removed.status, removed.location]).toEqual([303, `${path}?notice=row-removed`]);
    expect(elementsOf((await web.get(removed.location, drafter)).body).whole()).toContain('行を外しました');
    expect(await outsourcing()).toEqual([one, two]);
    expect(await web.stored(id, `${text!.code}@${three}`)).toBeNull();

    const history = elementsOf((await web.get(`/assessments/${id}/history`, drafter)).body);
    const restore = history.all((element) => element.name === 'form' && (element.attribs.action ?? '').includes('/rows/restore/'));
    expect(restore).toHaveLength(1);
    const back = await web.post(restore[0]!.attribs.action!, {}, drafter);
    expect(back.status).toBe(303);
    expect((await web.get(back.location.split('#')[0]!, drafter)).status).toBe(200);
    expect(await outsourcing()).toEqual([one, two, three]);
    expect((await web.stored(id, `${text!.code}@${three}`))?.value).toBe('帳票の印刷');
    expect((await web.post(restore[0]!.attribs.action!, {}, drafter)).status).toBe(403);
  });

  it('of files lead to their own sections, and never to another site', async () => {
    const id = await web.document(drafter, 'full', '2024-10');
    const first = await web.post(`/assessments/${id}/rows`, { group: 'file', parent: '', from: `/assessments/${id}/sections/basic-information` }, drafter);
    const [file] = await rowsOf(id);
    expect(first.location).toBe(`/assessments/${id}/sections/file-overview/${file!.id}`);
    const removed = await web.post(`/assessments/${id}/rows/${file!.id}/remove`, { seen: '999999999', from: '//evil.example/' }, drafter);
    expect(removed.location).toBe(`/assessments/${id}?notice=row-removed`);
    expect((await web.get(removed.location, drafter)).status).toBe(200);
  });

  it('that somebody else has changed since are not removed', async () => {
    const id = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
    const file = (await rowsOf(id)).find((row) => row.group_code === 'file')!.id;
    const name = printed(definition('full', '2024-10'), 'file-overview', file, []).find((one) => one.item.kind === 'text')!;
    const path = `/assessments/${id}/sections/basic-information`;
    const { all, field } = elementsOf((await web.get(path, drafter)).body);
    const remove = all((element) => (element.attribs.action ?? '').endsWith(`/rows/${file}/remove`))[0];
    const seen = remove === undefined ? '1' : field(remove, 'seen')!;
    await save(id, { address: name.address, version: '1', value: '同僚が直した名前' }, colleague);
    const refused = await web.post(`/assessments/${id}/rows/${file}/remove`, { seen, from: path }, drafter);
    expect(refused.status).toBe(409);
    expect(elementsOf(refused.body).whole()).toContain('担当二郎さんが1か所を書き換えています');
    expect((await rowsOf(id)).some((row) => row.id === file)).toBe(true);
  });
});

describe('figures', () => {
  it('are uploaded, shown, captioned, taken out, and kept inside the organisation', async () => {
    const id = await web.document(drafter, 'full', '2024-10');
    const figures = printed(definition('full', '2024-10'), 'affair-attachment', null, []).find((one) => one.item.kind === 'figures')!.address;
    const file = new Blob([new Uint8Array(await png())], { type: 'image/png' });
    const done = await web.post(`/assessments/${id}/figures`, { address: figures, version: '0', caption: '事務の流れ', picture: [file, '図.png'] }, drafter);
    expect([done.status, done.location]).toEqual([303, `/assessments/${id}/sections/affair-attachment?notice=figure-added#item-${figures}`]);
    const { body } = await web.get(`/assessments/${id}/sections/affair-attachment?notice=figure-added`, drafter);
    const { all, field, byId, whole } = elementsOf(body);
    expect(whole()).toContain('図を加えました');
    const [image] = all((one) => one.name === 'img');
    const shown = await web.get(image!.attribs.src!, drafter);
    expect([shown.status, shown.headers['content-type'], shown.headers['x-content-type-options']]).toEqual([200, 'image/png', 'nosniff']);
    expect(await sharp(shown.bytes).metadata()).toMatchObject({ width: 640, height: 320, format: 'png' });
    expect((await web.get(image!.attribs.src!, foreigner)).status).toBe(404);
    expect((await web.get(image!.attribs.src!, otherDepartment)).status).toBe(403);
    const form = byId(`item-${figures}`)!;
    const same = Object.fromEntries(['address', 'version', 'image', 'width', 'height', 'caption'].map((name) => [name, field(form, name)!]));
    expect((await save(id, { ...same, caption: '図1　事務の流れ' }, drafter, JSON_WANTED)).status).toBe(200);
    expect((await web.stored(id, figures))?.value).toMatchObject({ figures: [{ caption: '図1　事務の流れ', width: 640, height: 320 }] });
    expect((await web.get(`/assessments/${id}/preview`, drafter)).body).toContain(image!.attribs.src!);
    expect((await save(id, { ...same, version: '2', remove: same.image! }, drafter, JSON_WANTED)).status).toBe(200);
    expect((await web.stored(id, figures))?.value).toBeNull();
  });
});

describe('what is left', () => {
  it('is listed with a link to each field that exists', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const { all, text, whole } = elementsOf((await web.get(`/assessments/${id}/problems`, drafter)).body);
    const links = all((one) => one.name === 'a' && (one.attribs.href ?? '').includes('#item-'));
    const required = definition('basic', '2024-10').sections.flatMap((section) => section.blocks.flatMap((block) => [...(block.items ?? []), ...(block.parts ?? []).flatMap((part) => part.items)])).filter((item) => item.need === 'required' && !['fixed', 'computed', 'group'].includes(item.kind));
    expect(links.length).toBeGreaterThan(20);
    expect(links.length).toBeLessThanOrEqual(required.length);
    expect(whole()).toContain(`残りと食い違い（${links.length}件）`);
    for (const link of links) {
      const [path, anchor] = link.attribs.href!.split('#');
      expect([text(link), elementsOf((await web.get(path!, drafter)).body).byId(anchor!) !== null]).toEqual([text(link), true]);
    }
    expect(elementsOf((await web.get(`/assessments/${await ready()}/problems`, drafter)).body).whole()).not.toContain('記入・確認するところ');
  });
});

describe('steps', () => {
  const buttons = async (id: string, as: Person): Promise<string[]> => {
    const { all, text, hasClass } = elementsOf((await web.get(`/assessments/${id}`, as)).body);
    return all(hasClass('step-form')).map((form) => text(all((one) => one.name === 'button', form)[0]!));
  };
  const act = async (id: string, action: string, as: Person, comment?: string): Promise<Answer> => {
    const { all, field } = elementsOf((await web.get(`/assessments/${id}`, as)).body);
    const form = all((one) => (one.attribs.action ?? '').endsWith(`/actions/${action}`))[0];
    const [{ version }]: { version: number }[] = await web.database.query('select version from assessment where id = $1', [id]);
    return web.post(`/assessments/${id}/actions/${action}`, { version: form === undefined ? String(version) : field(form, 'version')!, ...(comment === undefined ? {} : { comment }) }, as);
  };
  const status = async (id: string): Promise<string> => (await web.database.query('select status from assessment where id = $1', [id]) as { status: string }[])[0]!.status;

  it('go from the drafter over the section head to the lead; nobody sees a button that is not theirs', async () => {
    const id = await ready();
    expect([await buttons(id, drafter), await buttons(id, head), await buttons(id, lead), await buttons(id, viewer)]).toEqual([['課長へ回す'], ['課長へ回す'], [], []]);
    expect((await act(id, 'submit', lead)).status).toBe(403);
    const submitted = await act(id, 'submit', drafter);
    expect([submitted.status, submitted.location]).toEqual([303, `/assessments/${id}#steps`]);
    expect([await buttons(id, drafter), await buttons(id, head), await buttons(id, lead)]).toEqual([['取り下げる'], ['承認する', '差し戻す', '取り下げる'], []]);
    expect((await act(id, 'approve', drafter)).status).toBe(403);
    // A reason is due for sending back.
    const silent = await act(id, 'return', head, ' ');
    expect([silent.status, elementsOf(silent.body).whole()]).toEqual([422, expect.stringContaining('理由をコメントに書いてください')]);
    expect((await act(id, 'return', head, '②の内容を確かめてください。')).status).toBe(303);
    expect(elementsOf((await web.get(`/assessments/${id}`, drafter)).body).whole()).toContain('コメント：②の内容を確かめてください。');
    expect(await buttons(id, drafter)).toEqual(['課長へ回す']);
    await act(id, 'submit', drafter);
    expect((await act(id, 'approve', head)).status).toBe(303);
    expect([await buttons(id, head), await buttons(id, lead)]).toEqual([['取り下げる'], ['確認する', '差し戻す']]);
    expect((await act(id, 'confirm', lead)).status).toBe(303);
    expect(await status(id)).toBe('confirmed');
    expect([await buttons(id, drafter), await buttons(id, lead)]).toEqual([[], ['作成中に戻す']]);
  });

  it('are not taken with something missing, nor twice, nor by the same pair of eyes', async () => {
    const id = await web.document(drafter, 'basic', '2024-10');
    const { all, whole } = elementsOf((await web.get(`/assessments/${id}`, drafter)).body);
    expect(whole()).toContain('件残っているため');
    expect(all((one) => one.name === 'button' && 'disabled' in one.attribs)).toHaveLength(1);
    const refused = await act(id, 'submit', drafter);
    expect([refused.status, refused.body.includes('#item-affair-name')]).toEqual([422, true]);
    const own = await ready();
    await act(own, 'submit', head);
    expect(await buttons(own, head)).not.toContain('承認する');
    expect((await act(own, 'approve', head)).status).toBe(403);
    const stale = await web.post(`/assessments/${own}/actions/withdraw`, { version: '1' }, drafter);
    expect([stale.status, elementsOf(stale.body).whole()]).toEqual([409, expect.stringContaining('課長さんが先に進めました')]);
    expect((await web.post(`/assessments/${own}/actions/explode`, { version: '2' }, drafter)).status).toBe(422);
  });

  it('make the editor read only: nothing to save, and nothing is saved', async () => {
    const id = await ready();
    await act(id, 'submit', drafter);
    const { body } = await web.get(`/assessments/${id}/sections/related-information`, drafter);
    const { all, text } = elementsOf(body);
    expect(all((one) => one.name === 'button').map(text)).toEqual(['サインアウト']);
    expect(all((one) => ['input', 'textarea', 'select'].includes(one.name) && one.attribs.type !== 'hidden' && !('readonly' in one.attribs) && !('disabled' in one.attribs))).toEqual([]);
    const refused = await save(id, { address: 'affair-name', version: '1', value: '書き換え' }, drafter);
    expect([refused.status, elementsOf(refused.body).whole()]).toEqual([403, expect.stringContaining('課長の確認待ち')]);
    expect(elementsOf(refused.body).whole()).toContain('書き換え');
    const read = elementsOf((await web.get(`/assessments/${id}/sections/related-information`, viewer)).body);
    expect(read.all((one) => one.name === 'button').map(read.text)).toEqual(['サインアウト']);
  });
});

describe('documents', () => {
  it('are asked for, printed by a worker, and downloaded with what proves them; the preview is the same template', async () => {
    const id = await ready('乗合タクシー利用券の交付に関する事務');
    const asked = await web.post(`/assessments/${id}/documents`, {}, drafter);
    expect([asked.status, asked.location]).toEqual([303, `/assessments/${id}#documents`]);
    const waiting = (await web.get(`/assessments/${id}`, drafter)).body;
    expect(waiting).toContain('順番を待っています');
    expect(waiting).toContain(`hx-get="/assessments/${id}/documents"`);
    const [{ id: document }]: { id: string }[] = await web.database.query('select id from document where object_id = $1', [id]);
    expect((await web.get(`/documents/${document}`, drafter)).status).toBe(404);

    await workOnDocuments(web.queue, { database: web.database, chromium: web.chromium, templates: web.templates, clock: TODAY }, 1);
    let list = '';
    for (let tries = 0; tries < 200 && !list.includes(`href="/documents/${document}"`); tries += 1) {
      await new Promise((done) => setTimeout(done, 100));
      list = (await web.get(`/assessments/${id}/documents`, drafter, { 'hx-request': 'true' })).body;
    }
    expect(list).not.toContain('hx-trigger');
    const { status, headers, bytes } = await web.get(`/documents/${document}`, drafter);
    expect([status, headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(decodeURIComponent(String(headers['content-disposition']))).toContain('.pdf');

    const [row]: { state: string; template_hash: string; model: AssessmentReport; model_hash: string; file_hash: string; pages: number }[] = await web.database.query('select state, template_hash, model, model_hash, file_hash, pages from document where id = $1', [document]);
    expect([row!.state, row!.template_hash, row!.file_hash]).toEqual(['stored', web.templates.hash(ASSESSMENT_TEMPLATE), createHash('sha256').update(bytes).digest('hex')]);
    expect(row!.model_hash).toMatch(/^[0-9a-f]{64}$/u);
    const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
    expect(pdf.numPages).toBe(row!.pages);

    const preview = await web.get(`/assessments/${id}/preview`, drafter);
    expect(preview.body).toBe(assessmentHtml(web.templates, row!.model, (sha256) => `/assessments/${id}/images/${sha256}`));
    const policy = String(preview.headers['content-security-policy']);
    const styles = [...preview.body.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/gu)].map((match) => `'sha256-${createHash('sha256').update(match[1]!).digest('base64')}'`);
    expect(styles.length).toBeGreaterThan(0);
    for (const style of styles) expect(policy).toContain(style);
    expect(policy).toContain(`default-src 'none'`);
    expect(policy).not.toContain('unsafe-inline');
    expect(policy).not.toContain('script-src');
    expect(preview.body).not.toMatch(/<script|\sstyle="|\son[a-z]+="/u);
    expect(modelHash(row!.model)).toMatch(/^[0-9a-f]{64}$/u);

    expect((await web.get(`/documents/${document}`, foreigner)).status).toBe(404);
    expect((await web.get(`/documents/${document}`, otherDepartment)).status).toBe(403);
    expect((await web.get(`/documents/${document}`, viewer)).status).toBe(200);
    expect((await web.post(`/assessments/${id}/documents`, {}, viewer)).status).toBe(403);
  });
});

describe('bringing in', () => {
  const source = readFileSync('test/fixtures/import/basic-table.html', 'utf8');
  // Read by hand from the page, see the file.
  const expected = parse(readFileSync('test/fixtures/import/basic-table.expected.yaml', 'utf8')) as { about: Record<string, string>; answers: Record<string, unknown>; unplaced: string[] };

  it('a pasted text is shown before it is kept, assigned by hand, and confirmed', async () => {
    const before = await web.count('assessment');
    expect((await web.get('/assessments/import', drafter)).status).toBe(200);
    const begun = await web.post('/assessments/import', { text: source, form: '', department: web.town.pension }, drafter);
    expect([begun.status, begun.location]).toEqual([303, expect.stringMatching(/^\/assessments\/import\/[0-9a-f-]{36}$/u)]);
    const page = elementsOf((await web.get(begun.location, drafter)).body);
    expect(page.whole()).toContain('まだ保存していません');
    expect(page.whole()).toContain(expected.unplaced[0]);
    expect(page.whole()).toContain('基礎項目評価書');
    expect(elementsOf((await web.get('/assessments/import', drafter)).body).whole()).toContain('確かめている途中の取込み');
    expect((await web.get(begun.location, colleague)).status).toBe(404);

    const run = page.all((one) => (one.attribs.action ?? '').endsWith('/assign'))[0]!;
    const fields = { run: page.field(run, 'run')!, version: page.field(run, 'version')! };
    const wrong = await web.post(run.attribs.action!, { ...fields, address: 'people-date' }, drafter);
    expect([wrong.status, elementsOf(wrong.body).whole()]).toEqual([422, expect.stringContaining('「いつ時点の計数か」の内容として読めません')]);
    const assigned = await web.post(run.attribs.action!, { ...fields, address: 'special-notes' }, drafter);
    expect([assigned.status, assigned.location]).toEqual([303, `${begun.location}#run-${fields.run}`]);
    const stale = await web.post(run.attribs.action!, { ...fields, address: '' }, drafter);
    expect(stale.status).toBe(409);
    const after = elementsOf((await web.get(begun.location, drafter)).body);
    expect(after.whole()).toContain('に置きました');
    expect(after.whole()).toContain('置けなかったところ（0か所）');

    const confirm = after.all((one) => (one.attribs.action ?? '').endsWith('/confirm'))[0]!;
    expect([after.field(confirm, 'title'), after.field(confirm, 'number')]).toEqual([expected.about.title, expected.about.number]);
    const done = await web.post(confirm.attribs.action!, { version: after.field(confirm, 'version')!, title: after.field(confirm, 'title')!, number: after.field(confirm, 'number')! }, drafter);
    expect([done.status, await web.count('assessment')]).toEqual([303, before + 1]);
    const id = done.location.split('/').at(-1)!;
    for (const [item, value] of Object.entries(expected.answers)) {
      const kept = item === 'special-notes' ? `${String(value)}\n${expected.unplaced[0]}` : value;
      expect([item, (await web.stored(id, item))?.value]).toEqual([item, kept]);
    }
    expect((await web.get(begun.location, drafter)).status).toBe(404);
    expect((await web.get(done.location, drafter)).status).toBe(200);
  });

  it('can be dropped, and says what is missing with the text still there', async () => {
    const nothing = await web.post('/assessments/import', { text: '  ', form: '', department: web.town.pension }, drafter);
    expect([nothing.status, elementsOf(nothing.body).whole()]).toEqual([422, expect.stringContaining('ファイルを選ぶか、評価書の文を貼り付けてください')]);
    const foreign = await web.post('/assessments/import', { text: source, form: '', department: web.town.children }, drafter);
    expect(foreign.status).toBe(422);
    expect(elementsOf(foreign.body).field(elementsOf(foreign.body).byId('text')!.parent as Element, 'text')).toContain('乗合タクシー利用券');
    const begun = await web.post('/assessments/import', { text: source, form: '', department: web.town.pension }, drafter);
    const dropped = await web.post(`${begun.location}/discard`, {}, drafter);
    expect([dropped.status, (await web.get(begun.location, drafter)).status]).toEqual([303, 404]);
  });

  it('an exchange file gives the same answers again, pictures included', async () => {
    const answers = filled(web, 'full', '2024-10');
    const first = await web.document(drafter, 'full', '2024-10', answers);
    const figures = printed(definition('full', '2024-10'), 'affair-attachment', null, []).find((one) => one.item.kind === 'figures')!.address;
    await web.post(`/assessments/${first}/figures`, { address: figures, version: '0', caption: '流れ', picture: [new Blob([new Uint8Array(await png('#aa3300'))]), 'a.png'] }, drafter);
    const exported = await web.get(`/assessments/${first}/exchange`, drafter);
    expect([exported.status, String(exported.headers['content-type'])]).toEqual([200, expect.stringContaining('json')]);
    const begun = await web.post('/assessments/import', { form: '', department: web.town.pension, text: '', file: [new Blob([new Uint8Array(exported.bytes)], { type: 'application/json' }), '評価書.json'] }, drafter);
    if (begun.status !== 303) throw new Error(elementsOf(begun.body).whole().slice(0, 2000));
    const review = elementsOf((await web.get(begun.location, drafter)).body);
    const confirm = review.all((one) => (one.attribs.action ?? '').endsWith('/confirm'))[0]!;
    const done = await web.post(confirm.attribs.action!, { version: review.field(confirm, 'version')!, title: review.field(confirm, 'title')!, number: '' }, drafter);
    const second = done.location.split('/').at(-1)!;
    const values = async (id: string): Promise<unknown[]> => {
      const rows = await rowsOf(id);
      const byId = new Map(rows.map((row) => [row.id, row]));
      const place = (row: string | null): string => (row === null ? '' : `${place(byId.get(row)!.parent_id)}/${byId.get(row)!.group_code}${byId.get(row)!.position}`);
      const found: { address: string; row_id: string | null; value: unknown }[] = await web.database.query('select address, row_id, value from answer where assessment_id = $1', [id]);
      return found.map((one) => [one.address.split('@')[0], place(one.row_id), one.value]).sort((a, b) => (`${String(a[1])}${String(a[0])}` < `${String(b[1])}${String(b[0])}` ? -1 : 1));
    };
    expect(await values(second)).toEqual(await values(first));
  });

  it('a copy holds the same answers under a name of its own', async () => {
    const id = await ready('写すもと');
    const done = await web.post(`/assessments/${id}/copy`, {}, drafter);
    expect(done.status).toBe(303);
    expect((await web.stored(done.location.split('/').at(-1)!, 'affair-overview'))?.value).toEqual((await web.stored(id, 'affair-overview'))?.value);
    expect(elementsOf((await web.get(done.location, drafter)).body).whole()).toContain('写すもと（写し）');
  });
});

describe('who may open what', () => {
  it('another organisation finds nothing, another department is refused, nobody is sent to the sign-in', async () => {
    const id = await ready();
    const gets = ['', '/sections/cover', '/live', '/problems', '/history', '/items/affair-name', '/preview', '/exchange', '/documents'];
    for (const path of gets) {
      expect([path, (await web.get(`/assessments/${id}${path}`, foreigner)).status, (await web.get(`/assessments/${id}${path}`, otherDepartment)).status]).toEqual([path, 404, 403]);
      const out = await web.get(`/assessments/${id}${path}`, null);
      expect([path, out.status, out.location]).toEqual([path, 303, `/sign-in?next=${encodeURIComponent(`/assessments/${id}${path}`)}`]);
    }
    const posts: [string, Record<string, string>][] = [
      ['/answers', { address: 'affair-name', version: '1', value: '乗っ取り' }],
      ['/items/affair-name/restore', { entry: '1', version: '1', side: 'before' }],
      ['/rows', { group: 'file', parent: '' }],
      [`/rows/${id}/remove`, { seen: '1' }],
      [`/rows/${id}/move`, { seen: '1', direction: 'up' }],
      ['/rows/restore/1', {}],
      ['/actions/submit', { version: '1' }],
      ['/documents', {}],
    ];
    const before = await web.count('journal_entry');
    for (const [path, fields] of posts) {
      expect([path, (await web.post(`/assessments/${id}${path}`, fields, foreigner)).status, (await web.post(`/assessments/${id}${path}`, fields, otherDepartment)).status]).toEqual([path, 404, 403]);
    }
    expect(await web.count('journal_entry')).toBe(before);
    expect((await web.stored(id, 'affair-name'))?.value).not.toBe('乗っ取り');
    expect((await web.get('/assessments', otherDepartment)).body).not.toContain(id);
    expect((await web.get('/assessments', foreigner)).body).not.toContain(id);
    expect((await web.get('/assessments/not-an-id', drafter)).status).toBe(404);
  });
});

describe('the panel of an item', () => {
  // By hand: 12 records against 「10項目未満」.
  it('says what contradicts the item, as the field does', async () => {
    const records = Array.from({ length: 12 }, (_, n) => ({ number: n + 1, name: `項目${n + 1}` }));
    const id = await web.document(drafter, 'full', '2024-10', {
      rows: [{ id: 'f', group: 'file', parent: null, position: 1 }],
      answers: { 'record-items-band@f': { choice: 'under-10' }, 'record-list@f': { lists: [{ heading: '', records }] } },
    });
    const [{ id: row }]: { id: string }[] = await web.database.query('select id from answer_row where assessment_id = $1', [id]);
    const panel = await web.get(`/assessments/${id}/items/${encodeURIComponent(`record-items-band@${row}`)}`, drafter);
    expect(elementsOf(panel.body).whole()).toMatch(/確かめるところ.*「10項目未満」ですが、.*12件あります/u);
    const other = await web.get(`/assessments/${id}/items/affair-name`, drafter);
    expect(elementsOf(other.body).whole()).not.toContain('12件あります');
  });
});
