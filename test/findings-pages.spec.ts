import Excel from 'exceljs';
import { Checking } from '../src/checks/checking.service.js';
import { FindingEvidences } from '../src/findings/finding-evidence.service.js';
import { FindingRegister, type FindingInput } from '../src/findings/finding-register.service.js';
import { Improvements } from '../src/findings/improvements.service.js';
import { Statements } from '../src/findings/statements.service.js';
import { Finding, FindingStatement, Improvement } from '../src/findings/finding.entity.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { scoped } from '../src/kernel/scoped.js';
import { newId } from '../src/kernel/ids.js';
import { Tabulation } from '../src/audits/tabulation.entity.js';
import { addSystem, declareOf } from './checks-town.js';
import { caseOf, conductedAudit, deliberated } from './findings-town.js';
import { formOn, textOf } from './small-web.js';
import { openWeb, type Person, type Web } from './web-fixture.js';

let web: Web;
let auditor: Person;
let member: Person;
let pension: Person;
let children: Person;
let stranger: Person;
let viewer: Person;
let audit: string;

beforeAll(async () => {
  web = await openWeb();
  auditor = await web.person('audit-secretariat', null, '監査事務局');
  member = await web.person('audit-member', null, '監査委員');
  pension = await web.person('section-head', web.town.pension, '国保年金課長');
  children = await web.person('drafter', web.town.children, 'こども課の担当');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
  viewer = await web.person('viewer', null, '閲覧');
});
afterAll(() => web.close());
beforeEach(async () => {
  for (const table of ['finding_statement', 'improvement_finding', 'improvement', 'finding', 'deliberation', 'audit_file', 'tabulation', 'audit_case', 'audit_person', 'audit']) await web.database.query(`delete from ${table}`);
  audit = await conductedAudit(web.database, web.town);
});

const register = (): FindingRegister => web.app.get(FindingRegister, { strict: false });
const as = <T>(work: (ctx: Ctx) => Promise<T>, by = auditor): Promise<T> => web.within(by, work);
const add = (title: string, more: Partial<FindingInput> = {}, place = { parentId: null as string | null, caseId: null as string | null }): Promise<string> =>
  as((ctx) => register().add(ctx, audit, 'finding', place, { title, facts: '端末ごとに設定していた。', departmentId: web.town.pension, ...more }));
const finding = (id: string): Promise<Finding> => as((ctx) => scoped(ctx, Finding).get(id));
const text = async (path: string, by: Person = auditor): Promise<string> => textOf((await web.get(path, by)).body);
const asked = async (id: string): Promise<FindingStatement> => {
  await as(async (ctx) => web.app.get(Statements, { strict: false }).ask(ctx, id, (await scoped(ctx, Finding).get(id)).version, '2026-12-05'));
  return (await as((ctx) => scoped(ctx, FindingStatement).findOne({ findingId: id })))!;
};

describe('the tree of an audit', () => {
  it('shows numbers, stage and what is missing; an empty one says what to do', async () => {
    expect(await text(`/audits/${audit}/findings`)).toContain('検出事項はまだありません。「加える」の欄で加えるか');
    await add('アクセス権限');
    const shown = await text(`/audits/${audit}/findings`);
    for (const words of ['１ アクセス権限', '作成中', '判断の基準、区分、重要度、根拠', '国保年金課']) expect(shown).toContain(words);
  });
  it('is added to from its form, without script; a heading stays on the page', async () => {
    const page = await web.get(`/audits/${audit}/findings`, auditor);
    const fields = formOn(page.body, `/audits/${audit}/findings`);
    const made = await web.post(`/audits/${audit}/findings`, { ...fields, title: '保管' } as Record<string, string>, auditor);
    expect(made).toMatchObject({ status: 303, location: expect.stringMatching(/^\/findings\/.*\/edit$/u) });
    const head = await web.post(`/audits/${audit}/findings`, { kind: 'heading', title: '見出し', place: '' }, auditor);
    expect(head.location).toContain(`/audits/${audit}/findings#f-`);
    const below = await web.post(`/audits/${audit}/findings`, { kind: 'finding', title: '下のもの', place: `below:${head.location.split('#f-')[1]!}` }, auditor);
    expect(below.status).toBe(303);
    expect(await text(`/audits/${audit}/findings`)).toMatch(/１ 保管.*２ 見出し.*\(1\) 下のもの/u);
  });
  it('comes back with what was typed when it does not fit', async () => {
    const refused = await web.post(`/audits/${audit}/findings`, { kind: 'finding', title: 'あ'.repeat(201), place: '' }, auditor);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('あ'.repeat(201));
    expect(textOf(refused.body)).toContain('直すところが1か所あります');
  });
  it('is reordered by buttons', async () => {
    await add('一');
    const two = await add('二');
    const { body } = await web.get(`/audits/${audit}/findings`, auditor);
    const ways = (id: string): string[] => [...body.slice(body.indexOf(`/findings/${id}/shift`)).split('</form>')[0]!.matchAll(/value="(up|down|in|out)">/gu)].map(([, way]) => way!);
    expect(ways(two)).toEqual(['up', 'in']);
    expect((await web.post(`/findings/${two}/shift`, { version: '1', way: 'up' }, auditor)).location).toBe(`/audits/${audit}/findings#f-${two}`);
    expect(await text(`/audits/${audit}/findings`)).toMatch(/１ 二.*２ 一/u);
    expect((await web.post(`/findings/${two}/shift`, { version: '1', way: 'sideways' }, auditor)).status).toBe(422);
  });
  it('leads from what is missing to where it is filled in, and whoever only reads to a place on the page', async () => {
    const id = await add('アクセス権限');
    expect((await web.get(`/findings/${id}`, auditor)).body).toContain(`href="/findings/${id}/edit#classification"`);
    expect((await web.get(`/findings/${id}/edit`, auditor)).body).toContain('id="classification"');
    expect((await web.get(`/findings/${id}`, auditor)).body).toContain('<dt id="classification">');
  });
  it('prints the numbers that its texts name also in the workbook', async () => {
    await add('アクセス権限', { cause: '［検出:2］に同じ。' });
    await add('台帳');
    const book = new Excel.Workbook();
    await book.xlsx.load((await web.get(`/audits/${audit}/findings/list.xlsx`, auditor)).bytes as never);
    expect(book.worksheets[0]!.getSheetValues().flat().filter((one) => typeof one === 'string' && one.includes('に同じ'))).toEqual(['２に同じ。']);
  });
  it('can be taken away as a workbook', async () => {
    await add('一');
    const answer = await web.get(`/audits/${audit}/findings/list.xlsx`, auditor);
    const book = new Excel.Workbook();
    await book.xlsx.load(answer.bytes as never);
    expect((book.worksheets[0]!.getRow(2).values as unknown[]).slice(1, 5)).toEqual([1, '１', '', '一']);
  });
  it('is for members to read, for nobody else', async () => {
    await add('一');
    const shown = await web.get(`/audits/${audit}/findings`, member);
    expect(shown.status).toBe(200);
    expect(shown.body).not.toContain(`action="/audits/${audit}/findings"`);
    expect((await web.post(`/audits/${audit}/findings`, { kind: 'finding', title: '二', place: '' }, member)).status).toBe(403);
    expect((await web.get(`/audits/${audit}/findings`, pension)).status).toBe(403);
    expect((await web.get(`/audits/${audit}/findings`, viewer)).status).toBe(403);
    expect((await web.get(`/audits/${audit}/findings`, stranger)).status).toBe(404);
  });
  it('lists what can be copied into texts', async () => {
    const sheet = await as((ctx) => caseOf(ctx, audit, web.town.children, '児童手当'));
    await add('アクセス権限', {}, { parentId: null, caseId: sheet });
    expect(await text(`/audits/${audit}/findings/references`)).toContain('１ アクセス権限［検出:1］→ １［検出題:1］［検出全:1］→ １');
  });
});

describe('the page of a finding', () => {
  it('shows references as they print, and a figure that has changed with a button to update it', async () => {
    await as((ctx) => scoped(ctx, Tabulation).insert({
      id: newId(), auditId: audit, code: 'devices', position: 0, changedAt: ctx.clock.now(), changedByName: '', version: 1,
      definition: {
        code: 'devices', title: '端末', rounding: { mode: 'half-up', digits: 1 }, tables: [{ code: 'terminals', title: '端末の台数', dataset: 'typed', columns: [{ code: 'count', label: '台数', measure: 'sum', of: 'count' }] }],
        typed: [{ code: 'typed', title: '端末', unit: '台', fields: [{ code: 'count', label: '台数', kind: 'number' }], records: [{ id: 'a', label: '国保年金課', values: { count: 873 } }] }],
      } as never,
    }));
    const other = await add('保管');
    const id = await add('アクセス権限', { facts: '［検出題:1］のとおり、［数値:terminals/all/count=871］台あった。［検出:9］' });
    const page = await web.get(`/findings/${id}`, auditor);
    const shown = textOf(page.body);
    expect(shown).toContain('１ 保管のとおり、873台あった。［検出:9］');
    expect(shown).toContain('書いたときは「871」、今は「873」です');
    expect(shown).toContain('検出事項（符号9）はありません');
    expect((await web.post(`/findings/${id}/figures`, formOn(page.body, `/findings/${id}/figures`) as Record<string, string>, auditor)).status).toBe(303);
    expect((await finding(id)).facts).toContain('［数値:terminals/all/count=873］');
    expect(await text(`/findings/${id}`)).not.toContain('書いたときから変わった数値');
    expect((await web.get(`/findings/${other}`, member)).body).not.toContain('/figures"');
    // A department reads the figure as it was written: it may not see what is behind it.
    await web.database.query(`update finding set stage = 'confirming'`);
    expect(await text(`/findings/${id}`, pension)).toContain('873台あった');
  });
  it('is edited on its form; what does not fit comes back, a stale save shows both sides', async () => {
    const id = await add('アクセス権限');
    const page = await web.get(`/findings/${id}/edit`, auditor);
    const fields = formOn(page.body, `/findings/${id}`) as Record<string, string>;
    expect(fields).toMatchObject({ title: 'アクセス権限', departmentId: web.town.pension, classification: '' });
    expect((await web.post(`/findings/${id}`, { ...fields, criteria: '利用者ごとに設定する。', classification: 'pointed-out' }, auditor)).location).toBe(`/findings/${id}`);
    expect(await finding(id)).toMatchObject({ criteria: '利用者ごとに設定する。', classification: 'pointed-out', version: 2 });
    const refused = await web.post(`/findings/${id}`, { ...fields, version: '2', title: '', cause: '残る文' }, auditor);
    expect(refused.status).toBe(422);
    expect(refused.body).toContain('残る文');
    expect(refused.body).toContain('href="#title"');
    const stale = await web.post(`/findings/${id}`, { ...fields, criteria: '後の人の文' }, auditor);
    expect(stale.status).toBe(409);
    for (const words of ['後の人の文', '利用者ごとに設定する。']) expect(stale.body).toContain(words);
    expect((await text(`/findings/${id}/history`)).replace(/\s/gu, '')).toContain('変更後指摘事項');
    const { _csrf, ...sent } = fields;
    expect(_csrf).not.toBe('');
    expect((await web.post(`/findings/${id}`, { ...sent, version: '2' }, pension)).status).toBe(403);
    expect((await web.post(`/findings/${id}`, { ...sent, version: '2' }, stranger)).status).toBe(404);
  });
  it('keeps evidence and files, and gives files only to be downloaded', async () => {
    const id = await add('アクセス権限');
    expect((await web.post(`/findings/${id}/evidence`, { source: '', label: '業務委託契約書', target: '第5条' }, auditor)).status).toBe(303);
    const refused = await web.post(`/findings/${id}/evidence`, { source: '', label: '', target: '第6条' }, auditor);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('文書の名前を書いてください');
    expect((await web.post(`/findings/${id}/files`, { caption: '一覧', file: [new Blob(['a,b\n1,2\n'], { type: 'text/csv' }), '一覧.csv'] }, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/files`, { caption: '', file: [new Blob([new Uint8Array([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0])], { type: 'text/plain' }), '悪い.exe'] }, auditor)).status).toBe(422);
    const { id: fileId } = (await as((ctx) => web.app.get(FindingEvidences, { strict: false }).listFiles(ctx, id)))[0]!;
    expect((await web.get(`/findings/${id}/files/${fileId}`, member)).headers['content-disposition']).toContain('attachment');
    const page = await web.get(`/findings/${id}`, auditor);
    const remove = /\/findings\/[0-9a-f-]+\/evidence\/[0-9a-f-]+\/remove/u.exec(page.body)![0];
    expect((await web.post(remove, {}, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/files/${fileId}/remove`, {}, auditor)).status).toBe(303);
    expect(await text(`/findings/${id}`)).toContain('根拠はまだありません');
  });
  it('is moved, taken back with a reason, decided; a refused step says why', async () => {
    const id = await add('アクセス権限', { criteria: '利用者ごと', classification: 'pointed-out', severity: 'slight' });
    const sheet = await as((ctx) => caseOf(ctx, audit, web.town.children, '児童手当'));
    expect((await web.post(`/findings/${id}/place`, { version: '1', place: `case:${sheet}` }, auditor)).status).toBe(303);
    const refused = await web.post(`/findings/${id}/step`, { version: '1', act: 'waive', comment: ' ' }, auditor);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('理由を書いてください');
    expect((await web.post(`/findings/${id}/step`, { version: '1', act: 'waive', comment: '全庁の事項' }, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/step`, { version: '1', act: 'decide' }, auditor)).status).toBe(409);
    expect((await web.post(`/findings/${id}/step`, { version: '2', act: 'decide' }, auditor)).status).toBe(403);
    await as((ctx) => deliberated(ctx, audit, 'agreed'));
    expect((await web.post(`/findings/${id}/step`, { version: '2', act: 'decide' }, auditor)).status).toBe(303);
    expect((await web.get(`/findings/${id}/edit`, auditor)).status).toBe(403);
    const told = await text(`/findings/${id}/history`);
    for (const words of ['理由：全庁の事項', '変更後段階：決定']) expect(told.replace(/\s/gu, '')).toContain(words);
  });
  it('is withdrawn with a reason and restored; the tree keeps it apart, the department that was asked still reads it', async () => {
    const id = await add('アクセス権限');
    await asked(id);
    expect(textOf((await web.post(`/findings/${id}/step`, { version: '2', act: 'withdraw', comment: '' }, auditor)).body)).toContain('「取り下げる」ときは、理由を書いてください。');
    expect((await web.post(`/findings/${id}/step`, { version: '2', act: 'withdraw', comment: '弁明のとおり。' }, auditor)).status).toBe(303);
    expect(await text(`/audits/${audit}/findings`)).toContain('取り下げた検出事項（1件）アクセス権限');
    expect(await text(`/findings/${id}`)).toMatch(/取り下げた検出事項\s*アクセス権限\s*取下げ/u);
    expect(await text('/findings', pension)).toContain('検出事項が取り下げられました');
    const theirs = await web.get(`/findings/${id}`, pension);
    expect([theirs.status, theirs.body.includes('/answer')]).toEqual([200, false]);
    expect((await web.get(`/findings/${id}/edit`, auditor)).status).toBe(403);
    expect((await web.post(`/findings/${id}/shift`, { version: '3', way: 'up' }, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/step`, { version: '3', act: 'restore', comment: '見直す。' }, auditor)).status).toBe(303);
    expect(await text(`/audits/${audit}/findings`)).not.toContain('取り下げた検出事項');
  });
  it('is not removed while something cites it; the answer names it with its page', async () => {
    const id = await add('アクセス権限');
    const opinion = await as((ctx) => web.app.get(Improvements, { strict: false }).add(ctx, audit, { parentId: null, caseId: null }, { kind: 'opinion', text: '改められたい。', reason: '', departmentId: null }, [id]));
    const refused = await web.post(`/findings/${id}/remove`, { version: '1' }, auditor);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain(`href="/improvements/${opinion}"`);
    expect((await web.post(`/improvements/${opinion}/remove`, { version: '1' }, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/remove`, { version: '1' }, auditor)).location).toBe(`/audits/${audit}/findings`);
  });
});

describe('fact confirmation', () => {
  it('is asked with a due date, answered by the department, replied to, confirmed', async () => {
    const id = await add('アクセス権限', { classification: 'pointed-out' });
    const refused = await web.post(`/findings/${id}/ask`, { version: '1', dueOn: '令和8年11月20日' }, auditor);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('より前です');
    expect((await web.get(`/findings/${id}`, pension)).status).toBe(404);
    expect((await web.post(`/findings/${id}/ask`, { version: '1', dueOn: '令和8年12月5日' }, auditor)).status).toBe(303);
    expect(await text('/findings', pension)).toContain('アクセス権限監査「情報システムの利用と管理」国保年金課令和8年12月5日');
    const page = await web.get(`/findings/${id}`, pension);
    expect(textOf(page.body)).not.toContain('指摘事項');
    const action = /\/findings\/[0-9a-f-]+\/statements\/[0-9a-f-]+\/answer/u.exec(page.body)![0];
    const fields = formOn(page.body, action) as Record<string, string>;
    const without = await web.post(action, { ...fields, agreed: 'no', text: '' }, pension);
    expect(without.status).toBe(422);
    expect(textOf(without.body)).toContain('どこがどう違うかを書いてください');
    expect((await web.post(action, { ...fields, agreed: 'no', text: '3台は分けている。' }, pension)).status).toBe(303);
    const stale = await web.post(action, { ...fields, agreed: 'yes', text: '消えない文' }, pension);
    expect(stale.status).toBe(409);
    expect(stale.body).toContain('消えない文');
    expect(await text('/findings', pension)).toContain('相違があると回答');
    expect((await web.post(`/findings/${id}/step`, { version: '2', act: 'confirm' }, auditor)).status).toBe(422);
    expect((await web.post(action.replace('/answer', '/reply'), { version: '2', reply: '台数を確かめた。' }, auditor)).status).toBe(303);
    expect((await web.post(`/findings/${id}/step`, { version: '2', act: 'confirm' }, auditor)).status).toBe(303);
    expect(await text(`/findings/${id}`, pension)).toMatch(/監査側の見解\s*台数を確かめた。/u);
    expect(await text(`/findings/${id}/history`, pension)).not.toContain('事実：');
  });
  it('gives more time to who has not answered; replies print the numbers that they name', async () => {
    const id = await add('アクセス権限');
    const other = await add('台帳');
    const statement = await asked(id);
    const page = await web.get(`/findings/${id}`, auditor);
    const fields = formOn(page.body, `/findings/${id}/due`) as Record<string, string>;
    const past = await web.post(`/findings/${id}/due`, { ...fields, dueOn: '令和8年11月1日' }, auditor);
    expect([past.status, past.body.includes('令和8年11月1日')]).toEqual([422, true]);
    expect((await web.post(`/findings/${id}/due`, { ...fields, dueOn: '令和8年12月20日' }, auditor)).status).toBe(303);
    expect(await text(`/findings/${id}`, pension)).toContain('期限 令和8年12月20日');
    await web.post(`/findings/${id}/statements/${statement.id}/answer`, { version: '2', agreed: 'no', text: '3台は分けている。' }, pension);
    await web.post(`/findings/${id}/statements/${statement.id}/reply`, { version: '3', reply: `［検出:${(await finding(other)).number}］で確かめた。` }, auditor);
    expect(await text(`/findings/${id}`, pension)).toMatch(/監査側の見解\s*２で確かめた。/u);
  });
  it('tells a department by no reference that it writes what else was found; the office reads it as it will print', async () => {
    const id = await add('アクセス権限');
    const draft = await add('まだ知らせていない台帳の不備');
    const statement = await asked(id);
    const written = `［検出題:${(await finding(draft)).number}］とは別のことです。`;
    await web.post(`/findings/${id}/statements/${statement.id}/answer`, { version: '1', agreed: 'no', text: written }, pension);
    const [own, office] = [await text(`/findings/${id}`, pension), await text(`/findings/${id}`, auditor)];
    expect([own.includes(written), own.includes('台帳の不備'), office.includes('台帳の不備')]).toEqual([true, false, true]);
  });
  it('is not for another department, another organisation, or a member', async () => {
    const id = await add('アクセス権限');
    const { id: statement } = await asked(id);
    for (const by of [children, stranger]) expect((await web.get(`/findings/${id}`, by)).status).toBe(404);
    expect((await web.post(`/findings/${id}/statements/${statement}/answer`, { version: '1', agreed: 'yes', text: '' }, children)).status).toBe(404);
    expect((await web.post(`/findings/${id}/statements/${statement}/answer`, { version: '1', agreed: 'yes', text: '' }, member)).status).toBe(403);
    expect((await web.post(`/findings/${id}/remind`, {}, auditor)).status).toBe(303);
    expect(await text('/findings', children)).toContain('いま回答を待っているものはありません');
  });
});

describe('the list over all audits', () => {
  it('is filtered, and taken away as a workbook', async () => {
    await add('アクセス権限', { classification: 'pointed-out' });
    await add('保管', { classification: 'opinion', departmentId: web.town.children });
    expect(await text('/findings')).toMatch(/アクセス権限.*保管/u);
    const narrowed = await text(`/findings?classification=opinion&department=${web.town.children}&audit=${audit}&stage=draft&words=${encodeURIComponent('保管')}`);
    expect(narrowed).toMatch(/作成中なし1件$/u);
    expect(narrowed).not.toContain('アクセス権限');
    expect(await text('/findings?words=%EF%BC%85')).toContain('条件に合う検出事項はありません');
    expect((await web.get('/findings/list.xlsx?stage=draft', member)).status).toBe(200);
    const book = new Excel.Workbook();
    await book.xlsx.load((await web.get('/findings/list.xlsx', pension)).bytes as never);
    expect(book.worksheets[0]!.rowCount).toBe(1);
    expect(await text('/findings', stranger)).toContain('検出事項はまだありません');
  });
});

describe('improvement opinions', () => {
  it('are begun from a finding, linked, shown with their references, edited', async () => {
    const id = await add('アクセス権限');
    expect(await text(`/audits/${audit}/improvements`)).toContain('こたえる意見のない検出事項が1件あります');
    const page = await web.get(`/audits/${audit}/improvements/new?finding=${id}`, auditor);
    const fields = formOn(page.body, `/audits/${audit}/improvements`) as Record<string, string>;
    expect(fields.findings).toBe(id);
    const refused = await web.post(`/audits/${audit}/improvements`, { ...fields, kind: 'recommendation', text: '［検出題:1］を改めること。' }, auditor);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('勧告には理由を付けてください');
    const made = await web.post(`/audits/${audit}/improvements`, { ...fields, text: '［検出題:1］を改められたい。' }, auditor);
    expect(made.status).toBe(303);
    expect(await text(made.location)).toContain('１ アクセス権限を改められたい。');
    expect(await text(`/findings/${id}`)).toMatch(/この検出事項から書き始める\s*１/u);
    const edit = formOn((await web.get(`${made.location}/edit`, auditor)).body, made.location) as Record<string, string>;
    expect((await web.post(made.location, { ...edit, text: '改められたい。' }, auditor)).status).toBe(303);
    const stale = await web.post(made.location, { ...edit, text: '後の人' }, auditor);
    expect(stale.status).toBe(409);
    expect(stale.body).toContain('後の人');
    expect((await web.get(made.location, member)).status).toBe(200);
    for (const by of [pension, viewer]) expect((await web.get(made.location, by)).status).toBe(403);
    expect((await web.get(made.location, stranger)).status).toBe(404);
    expect(await text(`${made.location}/history`)).toContain('改善を求める事項を変えた：改善を求めること');
  });
  it('are ordered, moved, decided after the deliberation, reopened with a reason', async () => {
    const add_ = (words: string) => as((ctx) => web.app.get(Improvements, { strict: false }).add(ctx, audit, { parentId: null, caseId: null }, { kind: 'opinion', text: words, reason: '', departmentId: null }));
    const [one, two] = [await add_('一を改められたい。'), await add_('二を改められたい。')];
    expect((await web.post(`/improvements/${two}/shift`, { version: '1', way: 'in' }, auditor)).status).toBe(303);
    expect(await text(`/audits/${audit}/improvements`)).toMatch(/１ 一を.*\(1\) 二を/u);
    expect((await web.post(`/improvements/${one}/place`, { version: '1', place: `below:${two}` }, auditor)).status).toBe(422);
    expect((await web.post(`/improvements/${two}/place`, { version: '1', place: '' }, auditor)).status).toBe(303);
    expect((await web.post(`/improvements/${one}/step`, { version: '1', act: 'decide' }, auditor)).status).toBe(403);
    await as((ctx) => deliberated(ctx, audit, 'agreed'));
    expect((await web.post(`/improvements/${one}/step`, { version: '1', act: 'decide' }, auditor)).status).toBe(303);
    expect((await web.post(`/improvements/${one}/step`, { version: '2', act: 'reopen', comment: '' }, auditor)).status).toBe(422);
    expect((await web.post(`/improvements/${one}/step`, { version: '2', act: 'reopen', comment: '直す' }, auditor)).status).toBe(303);
    expect((await as((ctx) => scoped(ctx, Improvement).get(one))).stage).toBe('draft');
    expect((await web.get(`/audits/${audit}/improvements/list.xlsx`, member)).status).toBe(200);
  });
});

describe('from the page of a failing rule', () => {
  it('a finding is begun in an audit that is being conducted', async () => {
    const system = await as(async (ctx) => {
      const id = await addSystem(ctx, web.town.pension, '給付システム', { 'my-number': { choice: 'held' } as never });
      await declareOf(ctx, id, 'access-right-unit', 'per-terminal');
      await web.app.get(Checking, { strict: false }).recheck(ctx, [id]);
      return id;
    });
    const sheet = await web.get(`/checks/systems/${system}`, auditor);
    const rules = [...sheet.body.matchAll(new RegExp(`/checks/systems/${system}/([a-z0-9-]+/[a-z0-9-]+)`, 'gu'))].map((one) => one[1]!);
    let path = '';
    for (const rule of new Set(rules)) if ((await web.get(`/checks/systems/${system}/${rule}`, auditor)).body.includes('この結果から検出事項を起こす')) { path = rule; break; }
    const page = await web.get(`/checks/systems/${system}/${path}`, auditor);
    const action = `/checks/systems/${system}/${path}/finding`;
    expect((await web.get(`/checks/systems/${system}/${path}`, member)).body).not.toContain('検出事項を起こす');
    expect((await web.post(action, { audit: '' }, auditor)).status).toBe(422);
    const made = await web.post(action, { audit: /<option value="([0-9a-f-]{36})">/u.exec(page.body)![1]! }, auditor);
    expect(made.status).toBe(303);
    expect(await text(made.location)).toContain('給付システム：');
    expect(await text(`/checks/systems/${system}/${path}`)).toContain('監査「情報システムの利用と管理」の検出事項');
    expect((await web.post(action, { audit }, auditor)).status).toBe(403);
  });
});
