import Excel from 'exceljs';
import type { Browser } from 'puppeteer';
import { CorrectiveActions } from '../src/findings/corrective-actions.service.js';
import { Departments } from '../src/identity/departments.service.js';
import { ActionSettling } from '../src/findings/action-settling.service.js';
import { CorrectiveAction } from '../src/findings/corrective-action.entity.js';
import { clockAt } from '../src/kernel/clock.js';
import { inTransaction } from '../src/kernel/database.js';
import { scoped } from '../src/kernel/scoped.js';
import { makeAudit, makeFinding, makeImprovement, text } from './actions-town.js';
import { Visitor } from './journey-browser.js';
import { formOn, textOf } from './small-web.js';
import { elementsOf, openBrowser, openWeb, type Answer, type Fields, type Person, type Web } from './web-fixture.js';

let web: Web;
let clerk: Person;
let childrens: Person;
let secretariat: Person;
let member: Person;
let stranger: Person;
let viewer: Person;
let audit: string;
let finding: string;

beforeAll(async () => {
  web = await openWeb();
  clerk = await web.person('drafter', web.town.pension, '国保の担当');
  childrens = await web.person('section-head', web.town.children, 'こども課長');
  secretariat = await web.person('audit-secretariat', null, '監査事務局');
  member = await web.person('audit-member', null, '監査委員');
  viewer = await web.person('viewer', null, '閲覧');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
});
afterAll(() => web.close());
beforeEach(async () => {
  audit = await web.within(secretariat, (ctx) => makeAudit(ctx));
  finding = await web.within(secretariat, (ctx) => makeFinding(ctx, audit, web.town.pension));
});

const actions = (): CorrectiveActions => web.app.get(CorrectiveActions, { strict: false });
const settling = (): ActionSettling => web.app.get(ActionSettling, { strict: false });
const added = async (title = '記録を毎月点検する', dueOn = '2027-03-31', departmentId = web.town.pension, of = finding): Promise<string> =>
  (await web.within(secretariat, (ctx) => actions().add(ctx, { findingId: of, improvementId: null }, [{ ...text(title, { dueOn, planned: '要領に点検の章を加える。' }), departmentId }])))[0]!;
const stored = (id: string): Promise<CorrectiveAction> => web.within(secretariat, (ctx) => scoped(ctx, CorrectiveAction).get(id));
/** What stands on a page, without spaces. */
const plain = (body: string): string => textOf(body).replaceAll(' ', '');
const words = async (path: string, as: Person): Promise<string> => plain((await web.get(path, as)).body);
const errorsOn = (body: string): string[] => elementsOf(body).all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => elementsOf(body).text(one));
const settle = async (id: string): Promise<void> => {
  await web.within(clerk, (ctx) => actions().report(ctx, id, 1, { text: '要領を定め、10月分まで点検した。', state: 'taken' }));
  await web.within(member, (ctx) => settling().checkEffect(ctx, id, 2, { verdict: 'effective', text: '点検簿を見た。' }));
};
async function sheetOf(answer: Answer): Promise<string[][]> {
  const book = new Excel.Workbook();
  await book.xlsx.load(answer.bytes as never);
  const rows: string[][] = [];
  book.worksheets[0]!.eachRow((row) => void rows.push((row.values as unknown[]).slice(1).map((cell) => String(cell ?? ''))));
  return rows;
}

describe('the actions of an audit', () => {
  it('begin with what was decided and has none, and are added one or many', async () => {
    expect(await words('/actions', clerk)).toMatch(/まだ措置のない検出事項と意見が\d+件あります.*アクセス記録を点検していない/u);
    expect(await words('/actions', childrens)).not.toContain('アクセス記録を点検していない');
    const page = await words(`/audits/${audit}/actions`, secretariat);
    expect(page).toContain('まだ措置のない検出事項と意見1件');
    const form = await web.get(`/actions/new?finding=${finding}`, secretariat);
    expect(plain(form.body)).toContain('記録はあるが、だれも見ていなかった。');
    const fields = formOn(form.body, '/actions');
    expect(fields['departmentId']).toEqual([web.town.pension, web.town.pension, web.town.pension]);
    const one = await web.post('/actions', { ...fields, title: ['手順を定める', '', ''], planned: ['要領に書く。', '', ''], dueOn: ['2027-03-31', '', ''] } as Fields, secretariat);
    expect(one.location).toMatch(/^\/actions\/[0-9a-f-]{36}$/u);
    expect(await words(one.location, clerk)).toContain('要領に書く。');
    const many = await web.post('/actions', { ...fields, title: ['一', '二', ''], planned: ['', '', ''], dueOn: ['', '', ''], _csrf: clerk.csrf } as Fields, clerk);
    expect(many.location).toBe('/actions?view=list');
    expect(await words(`/audits/${audit}/actions`, secretariat)).toMatch(/措置3件/u);
    expect(await words(`/audits/${audit}/actions`, secretariat)).not.toContain('まだ措置のない');
  });

  it('come back with what was typed and both days when the due date lies before the report', async () => {
    const fields = formOn((await web.get(`/actions/new?finding=${finding}`, clerk)).body, '/actions');
    const back = await web.post('/actions', { ...fields, title: ['手順を定める', '', ''], planned: ['要領に書く。', '', ''], dueOn: ['2026-07-30', '', ''] } as Fields, clerk);
    expect([back.status, errorsOn(back.body)]).toEqual([422, ['期限（令和8年7月30日）が、検出事項が決まった日（令和8年7月31日）より前です。令和8年7月31日以後の日にしてください。']]);
    expect(formOn(back.body, '/actions')).toMatchObject({ title: ['手順を定める', '', ''], planned: ['要領に書く。', '', ''] });
    const nothing = await web.post('/actions', { ...fields, title: ['', '', ''], planned: ['', '', ''], dueOn: ['', '', ''] } as Fields, clerk);
    expect([nothing.status, errorsOn(nothing.body)]).toEqual([422, ['措置を1つ以上書いてください。']]);
    // Each line has its own fault, and a line with nothing but a day is not lost.
    const later = await web.post('/actions', { ...fields, title: ['手順を定める', '記録を見る', ''], planned: ['', '', ''], dueOn: ['2027-03-31', '2026-07-30', '2027-03-31'] } as Fields, clerk);
    const shown = elementsOf(later.body);
    expect([later.status, shown.all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => one.attribs.id)]).toEqual([422, ['dueOn-2-error', 'title-3-error']]);
    expect(shown.all((one) => one.attribs['aria-invalid'] === 'true').map((one) => [one.attribs.id, one.attribs['aria-describedby']])).toEqual([['dueOn-2', 'dueOn-2-error'], ['title-3', 'title-3-error']]);
    expect(shown.all((one) => one.name === 'a' && /^#(dueOn-2|title-3)$/u.test(one.attribs.href ?? '')).length).toBe(2);
    const nobody = await web.post('/actions', { ...fields, title: ['手順', '', ''], planned: ['', '', ''], dueOn: ['', '', ''], departmentId: ['', '', ''] } as Fields, clerk);
    expect([nobody.status, errorsOn(nobody.body)]).toEqual([422, ['責任を持つ課を選んでください。']]);
  });

  it('are refused before the finding is decided, and hidden from others', async () => {
    const early = await web.within(secretariat, (ctx) => makeFinding(ctx, audit, web.town.pension, { stage: 'confirmed' }));
    const status = async (as: Person, id: string): Promise<number> => (await web.get(`/actions/new?finding=${id}`, as)).status;
    expect([await status(secretariat, early), await status(clerk, early), await status(childrens, finding), await status(stranger, finding), await status(viewer, finding), await status(secretariat, '00000000-0000-4000-8000-000000000000')]).toEqual([403, 403, 404, 404, 403, 404]);
    expect((await web.get('/actions/new', secretariat)).status).toBe(404);
    expect((await web.get(`/audits/${audit}/actions`, clerk)).status).toBe(403);
    expect((await web.get(`/audits/${audit}/actions`, stranger)).status).toBe(404);
  });
});

describe('one action', () => {
  it('shows each person the steps that are theirs, and goes from report to the check of effect', async () => {
    const id = await added();
    const forms = (body: string): string[] => elementsOf(body).all((one) => one.name === 'form' && (one.attribs.action ?? '').startsWith(`/actions/${id}/`)).map((one) => one.attribs.action!.split('/').at(-1)!);
    expect(forms((await web.get(`/actions/${id}`, clerk)).body)).toEqual(['report', 'evidence', 'postpone']);
    expect(forms((await web.get(`/actions/${id}`, secretariat)).body)).toEqual(['report', 'evidence', 'postpone', 'transfer']);
    expect(forms((await web.get(`/actions/${id}`, member)).body)).toEqual([]);
    const fields = formOn((await web.get(`/actions/${id}`, clerk)).body, `/actions/${id}/report`);
    expect(fields).toMatchObject({ version: '1', state: 'not-started', text: '' });
    const done = await web.post(`/actions/${id}/report`, { ...fields, text: '要領を定めた。', state: 'taken' } as Fields, clerk);
    expect([done.status, done.location]).toEqual([303, `/actions/${id}#entries`]);
    expect(await words(`/actions/${id}`, clerk)).toContain('監査委員・監査事務局が効果を確かめると、終わりになります。');
    expect(forms((await web.get(`/actions/${id}`, member)).body)).toEqual(['effect']);
    const half = await web.post(`/actions/${id}/effect`, { version: '2', verdict: 'effective', text: '' }, member);
    expect([half.status, errorsOn(half.body)]).toEqual([422, ['「何を見て、どう判断したか」を入れてください。']]);
    expect(half.body).toContain('value="effective" checked');
    expect((await web.post(`/actions/${id}/effect`, { version: '2', text: 'x' }, member)).status).toBe(422);
    expect((await web.post(`/actions/${id}/effect`, { version: '2', verdict: 'effective', text: '点検簿を見た。' }, clerk)).status).toBe(403);
    expect((await web.post(`/actions/${id}/effect`, { version: '2', verdict: 'effective', text: '点検簿を見た。' }, member)).status).toBe(303);
    expect(await words(`/actions/${id}`, clerk)).toMatch(/✓措置済.*終わった日令和8年11月21日/u);
    expect(forms((await web.get(`/actions/${id}`, member)).body)).toEqual(['reopen']);
    expect((await web.post(`/actions/${id}/report`, { version: '3', text: 'まだある', state: 'considering' }, clerk)).status).toBe(403);
    expect((await web.get(`/actions/${id}/edit`, clerk)).status).toBe(403);
    const again = await web.post(`/actions/${id}/reopen`, { version: '3', state: 'considering', reason: '' }, member);
    expect([again.status, errorsOn(again.body)]).toEqual([422, ['「再び開く理由」を入れてください。']]);
    expect((await web.post(`/actions/${id}/reopen`, { version: '3', state: 'considering', reason: '点検が止まった。' }, member)).status).toBe(303);
    expect(await words(`/actions/${id}`, clerk)).toContain('状態：措置済→検討中');
  });

  it('keeps what was typed when somebody else was faster', async () => {
    const id = await added();
    await web.within(secretariat, (ctx) => actions().report(ctx, id, 1, { text: '電話で聞いた。', state: 'considering' }));
    const stale = await web.post(`/actions/${id}/report`, { version: '1', text: '私の経過', state: 'taken' }, clerk);
    expect(stale.status).toBe(409);
    expect(plain(stale.body)).toMatch(/監査事務局さんが先に変えました。.*電話で聞いた。/u);
    expect(formOn(stale.body, `/actions/${id}/report`)).toMatchObject({ version: '2', text: '私の経過', state: 'taken' });
    const plan = await web.post(`/actions/${id}`, { version: '1', title: '私の件名', planned: '', dueOn: '2027-03-31' }, clerk);
    expect([plan.status, plain(plan.body)]).toEqual([409, expect.stringMatching(/あなたの入力いまの内容件名私の件名記録を毎月点検する/u) as string]);
    expect((await web.post(`/actions/${id}`, formOn(plan.body, `/actions/${id}`) as Fields, clerk)).status).toBe(303);
    expect((await stored(id)).title).toBe('私の件名');
  });

  it('is planned, put off and handed over with every refusal at its field', async () => {
    const id = await added();
    const edit = await web.get(`/actions/${id}/edit`, clerk);
    const later = await web.post(`/actions/${id}`, { ...formOn(edit.body, `/actions/${id}`), dueOn: '2027-06-30' } as Fields, clerk);
    expect([later.status, errorsOn(later.body)]).toEqual([422, ['期限を令和9年3月31日より後へ延ばすときは、「期限を延ばす」で理由を書いてください。']]);
    const early = await web.post(`/actions/${id}/postpone`, { version: '1', dueOn: '2027-03-01', reason: '' }, clerk);
    expect([early.status, errorsOn(early.body)]).toEqual([422, ['新しい期限（令和9年3月1日）は、いまの期限（令和9年3月31日）より後の日にしてください。', '「期限を延ばす理由」を入れてください。']]);
    expect((await web.post(`/actions/${id}/postpone`, { version: '1', dueOn: '2027-06-30', reason: '改修が遅れる。' }, clerk)).status).toBe(303);
    expect(await words(`/actions/${id}`, clerk)).toMatch(/期限：令和9年3月31日→令和9年6月30日改修が遅れる。/u);
    expect((await web.post(`/actions/${id}/transfer`, { version: '2', departmentId: web.town.children, reason: 'x' }, clerk)).status).toBe(403);
    expect((await web.post(`/actions/${id}/transfer`, { version: '2', departmentId: '', reason: 'x' }, secretariat)).status).toBe(422);
    const nowhere = await web.post(`/actions/${id}/transfer`, { version: '2', departmentId: '', reason: '事務が移った。' }, secretariat);
    expect(nowhere.body).toMatch(/id="transfer-departmentId-error">移す先の課を選んでください。/u);
    expect(nowhere.body).toContain('事務が移った。</textarea>');
    expect((await web.post(`/actions/${id}/transfer`, { version: '2', departmentId: web.town.children, reason: '事務が移った。' }, secretariat)).status).toBe(303);
    expect([(await web.get(`/actions/${id}`, clerk)).status, (await web.get(`/actions/${id}`, childrens)).status]).toEqual([404, 200]);
  });

  it('keeps evidence', async () => {
    const id = await added();
    const none = await web.post(`/actions/${id}/evidence`, { caption: '' }, clerk);
    expect([none.status, errorsOn(none.body)]).toEqual([422, ['証拠のファイルを選んでください。']]);
    expect((await web.post(`/actions/${id}/evidence`, { caption: '改めた要領', file: [new Blob(['点検の要領']), '要領.txt'] }, clerk)).location).toBe(`/actions/${id}#evidence`);
    const href = elementsOf((await web.get(`/actions/${id}`, member)).body).all((one) => (one.attribs.href ?? '').startsWith(`/actions/${id}/evidence/`))[0]!.attribs.href!;
    expect([(await web.get(href, member)).body, (await web.get(href, childrens)).status, (await web.get(href, stranger)).status]).toEqual(['点検の要領', 404, 404]);
    expect((await web.post(`/actions/${id}/evidence`, { caption: '', file: [new Blob([new Uint8Array([77, 90, 0, 1, 255])]), 'x.exe'] }, clerk)).status).toBe(422);
    expect([(await web.post(`${href}/remove`, {}, member)).status, (await web.post(`${href}/remove`, {}, clerk)).status, (await web.get(href, clerk)).status]).toEqual([403, 303, 404]);
  });

  it('is nobody else’s affair', async () => {
    const id = await added();
    const get = async (as: Person): Promise<number> => (await web.get(`/actions/${id}`, as)).status;
    expect([await get(childrens), await get(stranger), await get(viewer)]).toEqual([404, 404, 403]);
    for (const [step, fields] of [['report', { text: 'x', state: 'considering' }], ['postpone', { dueOn: '2028-01-01', reason: 'x' }]] as const) {
      expect([step, (await web.post(`/actions/${id}/${step}`, { version: '1', ...fields }, childrens)).status, (await web.post(`/actions/${id}/${step}`, { version: '1', ...fields }, stranger)).status, (await web.post(`/actions/${id}/${step}`, { version: '1', ...fields }, member)).status]).toEqual([step, 404, 404, 403]);
    }
    expect((await web.post(`/actions/${id}/offer`, { version: '1', answer: 'accept', state: 'taken', reason: '' }, secretariat)).status).toBe(403);
    expect((await stored(id)).version).toBe(1);
  });
});

describe('a closing that is offered', () => {
  it('is shown to all who see the action, and answered by the auditors', async () => {
    const [a, b] = [await added('一'), await added('二')];
    for (const id of [a, b]) await web.within(secretariat, (ctx) => scoped(ctx, CorrectiveAction).update({ id }, { offered: { run: 1, ruleSet: 'sample', rule: 's-access', madeOn: '2026-11-20' } }));
    expect(await words('/', member)).toMatch(/点検から、措置を閉じる申し出\d+件/u);
    expect(await words(`/actions/${a}`, clerk)).toContain('監査委員・監査事務局が、閉じてよいかを決めます。');
    const fields = formOn((await web.get(`/actions/${a}`, member)).body, `/actions/${a}/offer`);
    expect(fields).toMatchObject({ state: 'taken', version: '1' });
    const decline = await web.post(`/actions/${a}/offer`, { ...fields, answer: 'decline' } as Fields, member);
    expect([decline.status, errorsOn(decline.body)]).toEqual([422, ['「見送る理由」を入れてください。']]);
    const wrong = await web.post(`/actions/${a}/offer`, { ...fields, answer: 'accept', state: 'considering' } as Fields, member);
    expect([wrong.status, errorsOn(wrong.body)]).toEqual([422, ['措置が終わったことを表す状態を選んでください。']]);
    expect((await web.post(`/actions/${a}/offer`, { version: '1', answer: 'accept', state: 'taken', reason: '' }, clerk)).status).toBe(403);
    expect((await web.post(`/actions/${a}/offer`, { ...fields, answer: 'accept' } as Fields, member)).status).toBe(303);
    expect((await web.post(`/actions/${b}/offer`, { version: '1', answer: 'decline', reason: '手順がまだない。' }, secretariat)).status).toBe(303);
    expect([(await stored(a)).state, (await stored(b)).state]).toEqual(['taken', 'not-started']);
    expect(await words(`/actions/${b}`, member)).not.toContain('点検から、閉じる申し出があります');
    // Settled, and the rule fails again.
    await web.within(secretariat, (ctx) => scoped(ctx, CorrectiveAction).update({ id: a }, { offered: { run: 1, ruleSet: 'sample', rule: 's-access', madeOn: '2026-11-21' } }));
    expect(await words('/', member)).toMatch(/点検から、措置を再び開く申し出1件「一」もとになった規則がまた適合しなくなりました/u);
    expect(await words('/actions?view=list&due=offered', member)).toMatch(/一.*◇再び開く申し出/u);
    expect(await words(`/actions/${a}`, clerk)).toContain('監査委員・監査事務局が、再び開くかどうかを決めます。');
    const again = formOn((await web.get(`/actions/${a}`, member)).body, `/actions/${a}/offer`);
    expect((await web.post(`/actions/${a}/offer`, { ...again, state: 'considering', answer: 'accept' } as Fields, member)).status).toBe(303);
    expect([(await stored(a)).state, (await stored(a)).offered]).toEqual(['considering', null]);
  });
});

describe('the board', () => {
  it('shows columns, a list, a calendar and charts of what one may see, and gives the list away', async () => {
    const before = await web.within(secretariat, (ctx) => makeAudit(ctx, { theme: '契約の事務', fiscalYear: 2024, decidedOn: '2024-07-31' }));
    const old = await web.within(secretariat, (ctx) => makeFinding(ctx, before, web.town.children));
    await settle(await added('終わった措置'));
    await added('過ぎた措置', '2026-11-20');
    await added('こどもの措置', '2026-12-25', web.town.children, old);
    const board = await words(`/actions?audit=${audit}`, secretariat);
    expect(board).toMatch(/○未着手1件措置\d+過ぎた措置/u);
    expect(board).toMatch(/！1日超過.*✓措置済1件措置\d+終わった措置/u);
    expect(await words('/actions', clerk)).not.toContain('こどもの措置');
    expect(await words('/actions?view=list&due=over', secretariat)).toContain('過ぎた措置');
    expect(await words('/actions?view=list&words=%E3%81%93%E3%81%A9%E3%82%82', secretariat)).toMatch(/こどもの措置.*1件/u);
    expect(await words('/actions?view=calendar&month=2026-12', secretariat)).toMatch(/令和8年12月に期限を迎える措置.*25?こどもの措置/u);
    expect(await words('/actions?view=calendar&month=2026-13', secretariat)).toContain('令和8年11月に期限を迎える措置');
    const charts = await words(`/actions?view=charts&audit=${before}`, childrens);
    expect(charts).toMatch(/措置率0\.0％1件のうち0件.*令和6年度/u);
    const rows = await sheetOf(await web.get(`/actions/list.xlsx?audit=${audit}`, secretariat));
    expect(rows.map((row) => [row[1], row[2], row[5], row[7], row[8]])).toEqual([
      ['措置', '監査の年度', '状態', '期限', '期限まで'], ['終わった措置', '令和8年度', '措置済', '2027-03-31', ''], ['過ぎた措置', '令和8年度', '未着手', '2026-11-20', '1日超過'],
    ]);
    expect((await sheetOf(await web.get('/actions/list.xlsx', childrens))).slice(1).every((row) => row[4] === 'こども課')).toBe(true);
    expect((await web.get('/actions?view=unheard', clerk)).status).toBe(422);
    expect((await web.get('/actions', viewer)).status).toBe(403);
  });
});

describe('the yearly question', () => {
  it('is asked once, and answered by a report', async () => {
    const id = await added();
    const page = await web.get('/actions/askings', secretariat);
    const fields = formOn(page.body, '/actions/askings');
    expect(fields).toMatchObject({ year: '2026', dueOn: '2026-12-21' });
    const past = await web.post('/actions/askings', { ...fields, dueOn: '2026-11-20' } as Fields, secretariat);
    expect([past.status, errorsOn(past.body)]).toEqual([422, ['回答の期限（令和8年11月20日）が、今日（令和8年11月21日）より前です。']]);
    expect((await web.post('/actions/askings', fields as Fields, clerk)).status).toBe(403);
    expect((await web.post('/actions/askings', fields as Fields, secretariat)).status).toBe(303);
    const twice = await web.post('/actions/askings', { ...fields, dueOn: '2026-12-22' } as Fields, secretariat);
    expect([twice.status, errorsOn(twice.body)[0]]).toEqual([422, '令和8年度の照会はもう行っています。照会は年度に1度です。']);
    expect(await words(`/actions/${id}`, clerk)).toContain('令和8年度の照会に、まだ答えていません。');
    expect(await words('/', clerk)).toMatch(/令和8年度の措置の照会\d+件/u);
    await web.post(`/actions/${id}/report`, { version: '1', text: '検討している。', state: 'considering' }, clerk);
    expect(await words(`/actions/${id}`, clerk)).not.toContain('まだ答えていません');
    expect(await words('/actions/askings', clerk)).toContain('令和8年度の照会');
  });
});

describe('notices', () => {
  it('are written, sent, given back, sent anew and received', async () => {
    const [a, b] = [await added('手順を定める'), await added('記録を見る')];
    await web.within(clerk, (ctx) => actions().report(ctx, a, 1, { text: '要領を定めた。', state: 'taken' }));
    const listed = await web.get('/notices/new', clerk);
    const href = elementsOf(listed.body).all((one) => (one.attribs.href ?? '').startsWith(`/notices/new?of=${audit}`))[0]?.attribs.href ?? '/notices/new';
    const fields = formOn((await web.get(href, clerk)).body, '/notices');
    expect(fields).toMatchObject({ shown: [a, b], chosen: a, text: ['要領を定めた。', ''] });
    const none = await web.post('/notices', Object.fromEntries(Object.entries(fields).filter(([name]) => name !== 'chosen')) as Fields, clerk);
    expect([none.status, plain(none.body)]).toEqual([422, expect.stringContaining('通知する措置を1つ以上選んでください。') as string]);
    const made = await web.post('/notices', fields as Fields, clerk);
    expect(made.location).toMatch(/^\/notices\/[0-9a-f-]{36}$/u);
    const id = made.location;
    expect([(await web.get(id, secretariat)).status, (await web.get(id, childrens)).status, (await web.get(id, clerk)).status]).toEqual([404, 404, 200]);
    expect((await web.post(id, { version: '1', shown: [a], chosen: [a], text: ['要領を定め、毎月点検している。'] }, clerk)).status).toBe(303);
    const stale = await web.post(id, { version: '1', shown: [a], chosen: [a], text: ['古い画面から'] }, clerk);
    expect([stale.status, plain(stale.body)]).toEqual([409, expect.stringMatching(/古い画面から.*要領を定め、毎月点検している。/u) as string]);
    const early = await web.post(`${id}/notify`, { version: '2', day: '2026-07-01' }, clerk);
    expect([early.status, errorsOn(early.body)[0]]).toEqual([422, '「通知した日」（令和8年7月1日）が、監査の結果が決まった日（令和8年7月31日）より前です。']);
    expect((await web.post(`${id}/notify`, { version: '2', day: '2026-11-20' }, clerk)).status).toBe(303);
    expect(await words('/', secretariat)).toContain('措置通知国保年金課');
    expect(await words(id, secretariat)).toMatch(/地方自治法第199条第14項.*要領を定め、毎月点検している。/u);
    expect((await web.post(`${id}/give-back`, { version: '3', reason: '' }, secretariat)).status).toBe(422);
    expect((await web.post(`${id}/give-back`, { version: '3', reason: '施行日を書いてください。' }, secretariat)).status).toBe(303);
    expect((await web.post(`${id}/notify`, { version: '4', day: '2026-11-21' }, clerk)).status).toBe(303);
    expect((await web.post(`${id}/receive`, { version: '5', day: '2026-11-20' }, secretariat)).status).toBe(422);
    expect([(await web.post(`${id}/receive`, { version: '5', day: '2026-11-21' }, clerk)).status, (await web.post(`${id}/receive`, { version: '5', day: '2026-11-21' }, secretariat)).status]).toEqual([403, 303]);
    expect(await words('/notices', clerk)).toContain('受領済み');
    expect(await words('/', secretariat)).toMatch(/公表していない措置通知\d+件/u);
    // What was told of is not told again unless something was done since.
    const next = (): Promise<Record<string, unknown>> => web.get(href, clerk).then((answer) => formOn(answer.body, '/notices'));
    expect([(await next())['shown'], (await next())['chosen']]).toEqual([[a, b], undefined]);
    const tomorrow = clockAt('2026-11-22T01:00:00Z');
    await inTransaction(web.database, { organisation: web.town.organisation, actor: clerk, clock: tomorrow }, (ctx) => actions().report(ctx, a, 2, { text: '11月分も点検した。', state: 'taken' }));
    expect([(await next())['chosen'], (await next())['text']]).toEqual([a, ['11月分も点検した。', '']]);
    expect((await web.post(`${id}/discard`, { version: '6' }, clerk)).status).toBe(403);
  });
});

describe('the scheme', () => {
  it('is chosen, changed and kept sound; a stale save shows both', async () => {
    await added();
    const page = await web.get('/actions/scheme', secretariat);
    const fields = formOn(page.body, '/actions/scheme') as Record<string, string[]>;
    expect(fields['statesLabel']!.slice(0, 3)).toEqual(['未着手', '検討中', '措置予定']);
    const renamed = fields['statesLabel']!.map((one) => (one === '検討中' ? '調整中' : one));
    const labels = renamed.map((one, n) => (n === 6 ? '着手済' : one));
    const [codes, definitions] = [fields['statesCode']!.map((one, n) => (n === 6 ? 'begun' : one)), fields['statesDefinition']!.map((one, n) => (n === 6 ? '手を着けた。' : one))];
    const rateOver = fields['rateOver']!.map((one, n) => (n === 0 ? '措置済、着手済、未着手' : one));
    const saved = await web.post('/actions/scheme', { ...fields, statesLabel: labels, statesCode: codes, statesDefinition: definitions, rateOver } as Fields, secretariat);
    expect(saved.status).toBe(303);
    const after = formOn((await web.get('/actions/scheme', secretariat)).body, '/actions/scheme') as Record<string, string[]>;
    expect([after['statesLabel']!.slice(0, 7), after['rateOver']![0], after['version']]).toEqual([['未着手', '調整中', '措置予定', '一部措置', '措置済', '継続', '着手済'], '措置済、着手済、未着手', '1']);
    const lost = await web.post('/actions/scheme', { ...after, statesLabel: after['statesLabel']!.map((one, n) => (n === 0 ? '' : one)), statesCode: after['statesCode']!.map((one, n) => (n === 0 ? '' : one)), statesDefinition: after['statesDefinition']!.map((one, n) => (n === 0 ? '' : one)) } as Fields, secretariat);
    expect([lost.status, plain(lost.body)]).toEqual([422, expect.stringContaining('措置の状態「未着手」は使われているので、取り除けません。') as string]);
    const stale = await web.post('/actions/scheme', { ...fields, statesLabel: renamed } as Fields, secretariat);
    expect([stale.status, plain(stale.body)]).toEqual([409, expect.stringContaining('着手済：手を着けた。') as string]);
    expect((await web.post('/actions/scheme', formOn(stale.body, '/actions/scheme') as Fields, secretariat)).status).toBe(303);
    expect((await web.get('/actions/scheme', clerk)).status).toBe(403);
    expect((await web.post('/actions/scheme/adopt', { version: '0', scheme: 'five-degrees' }, secretariat)).status).toBe(409);
    expect((await web.post('/actions/scheme/adopt', { version: '2', scheme: 'five-degrees' }, secretariat)).status).toBe(303);
    expect(await words('/actions', secretariat)).toContain('改善されていない');
    // An action keeps its state, and a report does not change it unless somebody chooses another.
    const [open] = await web.within(secretariat, (ctx) => scoped(ctx, CorrectiveAction).find({ auditId: audit }));
    expect(formOn((await web.get(`/actions/${open!.id}`, clerk)).body, `/actions/${open!.id}/report`)).toMatchObject({ state: 'not-started' });
    expect(await words(`/actions/${open!.id}`, clerk)).toContain('未着手（いまは使わない状態のまま）改善された（効果の確認を受ける）');
    expect(await words(`/actions?view=charts&audit=${audit}`, secretariat)).toMatch(/改善率－0件のうち0件.*いまは使わない状態「未着手」の措置が1件あります。/u);
    expect(await words(`/actions?view=list&state=not-started&audit=${audit}`, secretariat)).toContain('未着手（いまは使わない）');
    expect((await web.post('/actions/scheme/adopt', { version: '3', scheme: 'six-states' }, secretariat)).status).toBe(303);
  });
});

describe('reorganisation and the home page', () => {
  it('takes actions to the successor, and says what waits', async () => {
    const id = await added('過ぎた措置', '2026-11-20');
    expect(await words('/', clerk)).toMatch(/期限超過期限を過ぎた措置\d+件/u);
    await added('近い措置', '2026-12-20');
    for (const home of [await words('/', clerk), await words('/', secretariat)]) expect(home).toMatch(/まもなく期限の措置\d+件/u);
    expect(await words('/', secretariat)).toMatch(/期限を過ぎた措置\d+件/u);
    await web.within(clerk, (ctx) => actions().report(ctx, id, 1, { text: '済んだ。', state: 'taken' }));
    expect(await words('/', member)).toMatch(/措置の効果の確認\d+件/u);
    expect(await words('/', clerk)).not.toContain('効果が認められなかった措置');
    await web.within(member, (ctx) => settling().checkEffect(ctx, id, 2, { verdict: 'not-effective', text: '記録がない。' }));
    expect(await words('/', clerk)).toMatch(/効果が認められなかった措置1件/u);
    const administrator = await web.person('administrator', null);
    expect((await web.post(`/administration/departments/${web.town.pension}/end`, { version: '1', successorId: web.town.children }, administrator)).status).toBe(303);
    expect((await web.get(`/actions/${id}`, childrens)).status).toBe(200);
    expect(await words(`/actions/${id}`, childrens)).toContain('組織の再編により、国保年金課からこども課へ移した。');
  });

  it('tells the office of actions whose department was abolished without a successor', async () => {
    const lost = await web.within(await web.person('administrator', null), (ctx) => web.app.get(Departments, { strict: false }).add(ctx, { bodyId: web.town.body }, { name: '臨時給付室', headTitle: '室長' }));
    const id = await added('残った措置', '2027-03-31', lost);
    expect((await web.post(`/administration/departments/${lost}/end`, { version: '1', successorId: '' }, await web.person('administrator', null))).status).toBe(303);
    expect(await words('/', secretariat)).toMatch(/責任を持つ課が終了した措置1件臨時給付室（終了）・「残った措置」/u);
    expect(await words('/actions?view=list&due=ended', secretariat)).toContain('残った措置');
    expect(await words(`/actions/${id}`, secretariat)).toContain('責任を持つ課は終了していて、後継の課がありません。');
  });
});

describe('in a browser', () => {
  let browser: Browser;
  let origin: string;
  beforeAll(async () => {
    browser = await openBrowser();
    origin = await web.listen();
  });
  afterAll(() => browser.close());

  const visit = async (person: Person): Promise<Visitor> => {
    const context = await browser.createBrowserContext();
    await context.setCookie({ name: 'tenken_session', value: (await web.session(person)).token, domain: '127.0.0.1', path: '/', httpOnly: true });
    return Visitor.arrive(context, origin, person.name);
  };

  it('every page fits, has its name and is accessible', async () => {
    const at = web.town.children;
    const theirs = await web.within(secretariat, (ctx) => makeFinding(ctx, audit, at, { title: '委託先の点検の記録がない' }));
    const opinion = await web.within(secretariat, (ctx) => makeImprovement(ctx, audit, at, { findings: [theirs] }));
    await web.within(secretariat, (ctx) => makeFinding(ctx, audit, at, { title: '権限の見直しが年度末に行われていない' }));
    const id = await added('委託先に点検の記録を求め、契約書の様式を改める', '2026-12-15', at, theirs);
    const reported = await added('委託先の立入検査を行う', '2026-11-10', at, theirs);
    await web.within(childrens, (ctx) => actions().report(ctx, reported, 1, { text: '10月に立入検査を行い、記録を確かめた。', state: 'taken' }));
    await web.within(childrens, (ctx) => actions().report(ctx, id, 1, { text: '契約書の様式の案を作った。', state: 'partly-taken' }));
    await web.within(secretariat, (ctx) => actions().add(ctx, { findingId: null, improvementId: opinion }, [{ ...text('手順書を改める', { dueOn: '2026-11-01' }), departmentId: at }]));
    const auditor = await visit(secretariat);
    const steps: [string, string, string?][] = [
      ['/actions', '措置'], ['/actions?view=list', '措置', '措置の一覧'], ['/actions?view=calendar&month=2026-12', '措置', '措置の期限の暦'], ['/actions?view=charts', '措置', '措置の率と経過'], ['/actions?words=zzz', '措置'],
      [`/actions/${reported}`, '委託先の立入検査を行う'], [`/audits/${audit}/actions`, '情報システムの管理', '措置'], [`/actions/new?improvement=${opinion}`, '措置を加える'], ['/actions/askings', '年次の照会'], ['/actions/scheme', '検出事項の区分と、措置の状態', '区分と状態'], ['/notices', '措置通知'], ['/', 'ホーム'],
    ];
    for (const [path, heading, title] of steps) {
      await auditor.open(path);
      await auditor.looksRight({ heading, ...(title === undefined ? {} : { title }) });
    }
    const department = await visit(childrens);
    for (const [path, heading] of [['/', 'ホーム'], [`/actions/${id}`, '委託先に点検の記録を求め'], [`/actions/${id}/edit`, '措置の計画を書く']] as const) {
      await department.open(path);
      await department.looksRight({ heading, ...(heading.startsWith('委託先') ? { title: '委託先に点検の記録を求め、契約書の様式を改める' } : {}) });
    }
    await department.open('/notices/new');
    const choice = await department.page.$eval(`a[href^="/notices/new?of=${audit}"]`, (link) => link.getAttribute('href')).catch(() => '/notices/new');
    await department.open(choice!);
    await department.looksRight({ heading: '措置通知を作る' });
    await department.go('下書きを保存する');
    await department.looksRight({ heading: '措置通知' });
  });
});
