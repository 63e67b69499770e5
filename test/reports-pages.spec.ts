import { openReportTown, TERMINALS, type ReportableAudit, type ReportTown } from './reports-town.js';
import { formOn, textOf } from './small-web.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let town: ReportTown;
let audit: ReportableAudit;
let clerk: Person;
let viewer: Person;
let stranger: Person;

beforeAll(async () => {
  web = await openWeb();
  town = await openReportTown(web);
  clerk = await web.person('drafter', web.town.pension, '国保の担当');
  viewer = await web.person('viewer', null, '閲覧');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
});
afterAll(() => web.close());
beforeEach(async () => { audit = await town.audit(); });

const at = (path: string): string => `/audits/${audit.id}${path}`;
const get = (path: string, as: Person = town.secretariat) => web.get(at(path), as);
const post = (path: string, fields: Record<string, string | string[]>, as: Person = town.secretariat) => web.post(at(path), fields, as);
/** Sends a form of the page with its hidden fields and this in its fields. */
async function send(page: string, action: string, fields: Record<string, string | string[]>, as: Person = town.secretariat): Promise<Answer> {
  const { body } = await get(page, as);
  return post(action, { ...formOn(body, at(action)), ...fields } as Record<string, string>, as);
}
const errorsOn = (body: string): string[] => elementsOf(body).all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => elementsOf(body).text(one));
const begin = async (): Promise<void> => { expect((await send('/report', '/report/begin', {})).location).toBe(at('/report')); };

describe('合議', () => {
  it('is recorded by the secretariat, and each member gives the own voice on the page', async () => {
    expect(textOf((await get('/deliberations')).body)).toContain('合議はまだ記録されていません。');
    const held = await send('/deliberations', '/deliberations', { heldOn: '2026-11-20', place: '監査委員室' });
    expect(held.status).toBe(303);
    const deliberation = held.location.split('#deliberation-')[1]!;
    const mine = await get('/deliberations', town.learned);
    expect(textOf(mine.body)).toContain('識見 あなた');
    const voice = `/deliberations/${deliberation}/voices/${audit.members.learned}`;
    expect(mine.body).toContain(voice);
    expect(mine.body).not.toContain(`/voices/${audit.members.councillor}"`);
    expect((await send('/deliberations', voice, { consents: 'yes' }, town.learned)).status).toBe(303);
    const dissent = `/deliberations/${deliberation}/voices/${audit.members.councillor}`;
    const blank = await send('/deliberations', dissent, { consents: 'no', opinion: ' ' }, town.councillor);
    expect([blank.status, errorsOn(blank.body)]).toEqual([422, [expect.stringContaining('同意しないときは、意見を書いてください。')]]);
    const unsaid = await post(dissent, { version: '0', opinion: '考え中' }, town.councillor);
    expect([unsaid.status, errorsOn(unsaid.body), unsaid.body.includes('考え中')]).toEqual([422, ['同意するかどうかを選んでください。'], true]);
    await send('/deliberations', dissent, { consents: 'no', opinion: '事実の認定が足りない。' }, town.councillor);
    const words = textOf((await get('/deliberations')).body);
    for (const said of ['意見が一致しない', '第199条第13項', '事実の認定が足りない。', '✓ 同意']) expect(words).toContain(said);
  });

  it('shows both sides of a voice that was recorded meanwhile, and of a changed day', async () => {
    const held = await town.agree(audit);
    const stale = await post(`/deliberations/${held}/voices/${audit.members.learned}`, { version: '0', consents: 'no', opinion: '反対' }, town.learned);
    expect(stale.status).toBe(409);
    expect(textOf(stale.body)).toMatch(/同意同意しない同意する/u);
    expect((await post(`/deliberations/${held}/voices/${audit.members.learned}`, formOn(stale.body, at(`/deliberations/${held}/voices/${audit.members.learned}`)), town.learned)).status).toBe(303);
    expect((await post(`/deliberations/${held}`, { version: '1', heldOn: '2026-11-09', place: '', note: '' })).status).toBe(303);
    const twice = await post(`/deliberations/${held}`, { version: '1', heldOn: '2026-11-08', place: '', note: '' });
    expect([twice.status, textOf(twice.body).includes('2026-11-09')]).toEqual([409, true]);
    const wrong = await post(`/deliberations/${held}`, { version: '2', heldOn: '', place: '場所', note: '' });
    expect([wrong.status, errorsOn(wrong.body)]).toEqual([422, ['合議の日を入れてください。']]);
    expect((await post('/deliberations', { subject: '', heldOn: '', place: '', note: 'x' })).status).toBe(422);
    expect((await post(`/deliberations/${held}/withdraw`, { version: '2' })).status).toBe(403);
  });
});

describe('報告', () => {
  it('is begun, shown with its chapters and with what stands against deciding', async () => {
    await begin();
    const { body } = await get('/report');
    const words = textOf(body);
    for (const said of ['令和8年度行政監査結果報告書', '公表文', '1 監査のテーマ', '決定の前に直すところが1か所あります', '報告についての合議が記録されていません。', 'みずほ野市議会議長']) expect(words).toContain(said);
    expect(body).toContain(`href="${at('/deliberations')}"`);
    expect((await post('/report/begin', {})).status).toBe(409);
  });

  it('a chapter is typed on its page, with references resolved beside; what is stale or unknown is marked', async () => {
    await begin();
    const section = '/report/sections/purpose';
    expect((await send(section, section, { heading: '監査の目的', text: '［数値:terminals/total/count］台と［検出題:1］と［検出:9］' })).location).toBe(at('/report#section-purpose'));
    await web.database.query('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(4))]);
    const { body } = await get(section);
    const words = textOf(body);
    for (const said of ['書いたときは「5」、今は「6」', '指す先のない差込み符号', '施錠', '［表:terminals］', '［検出題:1］']) expect(words).toContain(said);
    expect((await send(section, `${section}/keep`, {})).status).toBe(303);
    expect(textOf((await get(section)).body)).not.toContain('書いたときから変わった');
    const blank = await send(section, section, { heading: '', text: '本文' });
    expect([blank.status, errorsOn(blank.body)]).toEqual([422, ['見出しを入れてください。']]);
    const stale = await post(section, { version: '0', heading: '監査の目的', text: '私の文' });
    expect([stale.status, textOf(stale.body).includes('私の文')]).toEqual([409, true]);
    expect((await post(section, formOn(stale.body, at(section)))).status).toBe(303);
    await web.database.query(`update audit set purpose = '別の目的' where id = $1`, [audit.id]);
    const changed = await get(section);
    expect(changed.body).toMatch(/<ins>[^<]*<\/ins>/u);
    expect((await send(section, `${section}/reassemble`, {})).status).toBe(303);
    expect(textOf((await get(section)).body)).toContain('監査の内容から組み立てた文です。');
    expect((await get('/report/sections/nothing')).status).toBe(404);
  });

  it('chapters are added, moved, taken out and brought back', async () => {
    await begin();
    const added = await send('/report', '/report/sections', { heading: 'むすび', parent: '' });
    const id = added.location.split('/').at(-1)!;
    expect((await send('/report', `/report/sections/${id}/move`, { direction: 'up' })).status).toBe(303);
    const empty = await send('/report', '/report/sections', { heading: '', parent: 'scope' });
    expect([empty.status, errorsOn(empty.body)]).toEqual([422, ['見出しを入れてください。']]);
    expect((await post('/report/sections', { version: '1', heading: '章', parent: '' })).status).toBe(409);
    expect((await send('/report', `/report/sections/${id}/remove`, {})).status).toBe(303);
    expect((await send('/report', '/report/sections/persons/remove', {})).status).toBe(303);
    expect(textOf((await get('/report')).body)).toContain('取り除いた章');
    expect((await send('/report', '/report/restore', {})).status).toBe(303);
    expect(textOf((await get('/report')).body)).not.toContain('取り除いた章');
  });

  it('title and addressees are changed; a stale page shows both', async () => {
    await begin();
    expect((await send('/report/head', '/report/head', { title: '監査結果報告', others: '公営企業管理者\n' })).status).toBe(303);
    expect(textOf((await get('/report')).body)).toContain('公営企業管理者');
    const stale = await post('/report/head', { version: '1', title: '私の表題', others: '' });
    expect([stale.status, textOf(stale.body).includes('私の表題')]).toEqual([409, true]);
    const blank = await post('/report/head', { version: '2', title: '', others: '' });
    expect([blank.status, errorsOn(blank.body)]).toEqual([422, ['表題を入れてください。']]);
  });

  it('is decided, submitted and published by the buttons of the page, and then has none', async () => {
    await begin();
    await town.agree(audit);
    await web.database.query('update tabulation set definition = $2 where audit_id = $1', [audit.id, JSON.stringify(TERMINALS(4))]);
    const unseen = await send('/report', '/report/fix', { decidedOn: '2026-11-12' });
    expect([unseen.status, errorsOn(unseen.body)]).toEqual([422, [expect.stringContaining('確かめることが1件あります。')]]);
    expect(textOf(unseen.body)).toContain('同じはずの数値「端末の台数」が食い違っています');
    expect((await send('/report', '/report/fix', { decidedOn: '2026-11-12', acknowledged: 'yes', note: '前の年の数' })).status).toBe(303);
    expect(textOf((await get('/deliberations')).body)).toContain('合議は変えられません');
    expect((await get('/report/head')).location).toBe(at('/report'));
    expect((await send('/report', '/report/reopen', { comment: '' })).status).toBe(422);
    expect((await send('/report', '/report/submit', { submittedOn: '2026-11-15' })).status).toBe(303);
    const early = await send('/report', '/report/publish', { publishedOn: '2026-11-01', number: 'x' });
    expect([early.status, errorsOn(early.body).length]).toEqual([422, 2]);
    expect((await send('/report', '/report/publish', { publishedOn: '2026-11-20', number: '４１' })).status).toBe(303);
    const { body } = await get('/report');
    expect(textOf(body)).toContain('監査公表第41号');
    expect(elementsOf(body).all((one) => one.name === 'form' && (one.attribs.action ?? '').startsWith(at('/report')))).toEqual([]);
    const again = await post('/report/reopen', { version: '4', comment: '直したい' });
    expect([again.status, textOf(again.body).includes('公表した報告は変えられません。')]).toEqual([403, true]);
  });

  it('a stale button shows the page as it stands', async () => {
    await begin();
    await town.agree(audit);
    const stale = await post('/report/fix', { version: '9', decidedOn: '2026-11-12' });
    expect([stale.status, textOf(stale.body).includes('いまの内容はこの画面のとおりです。')]).toEqual([409, true]);
  });

  it('reads through with its tables, and lists every figure with its reference', async () => {
    await begin();
    const words = textOf((await get('/report/preview')).body);
    for (const said of ['監査公表第 号', '（案）', '合計では、端末が5台となっている。', '福祉部', '送付の文書：監査結果の報告について', '端末が施錠されていなかった。']) expect(words).toContain(said);
    expect(words).not.toContain('［');
    const figures = textOf((await get('/report/figures')).body);
    expect(figures).toContain('［数値:terminals/total/count=5］');
    expect(textOf((await get('/report/figures?table=said')).body)).toContain('［数値:said/all/count=5］');
  });

  it('reads through with its lists of records as they are printed', async () => {
    await begin();
    await send('/report/sections/purpose', '/report/sections/purpose', { text: '別表のとおり。\n［一覧:typed-terminals］' });
    const preview = (await get('/report/preview')).body;
    expect(textOf(preview)).not.toContain('［一覧');
    expect(elementsOf(preview).all((one) => one.name === 'td').map((one) => elementsOf(preview).text(one))).toEqual(expect.arrayContaining(['福祉部', '3', '市民部', '2']));
  });

  it('a draft is thrown away', async () => {
    await begin();
    expect((await send('/report', '/report/remove', {})).status).toBe(303);
    expect(textOf((await get('/report')).body)).toContain('報告はまだありません。');
    expect((await get('/report/preview')).status).toBe(404);
  });
});

describe('who may', () => {
  it('members read and take steps, and type nothing; departments and viewers see nothing; strangers find nothing', async () => {
    await begin();
    const member = await get('/report', town.learned);
    expect([member.status, member.body.includes('/report/sections"'), member.body.includes('action="' + at('/report/fix'))]).toEqual([200, false, false]);
    await town.agree(audit);
    expect((await get('/report', town.learned)).body).toContain(at('/report/fix'));
    expect((await post('/report/sections/theme', { version: '0', heading: 'x', text: 'x' }, town.learned)).status).toBe(403);
    for (const path of ['/report', '/report/preview', '/report/figures', '/report/sections/theme', '/deliberations', '/measures']) {
      expect([path, (await get(path, clerk)).status, (await get(path, viewer)).status, (await get(path, stranger)).status]).toEqual([path, 403, 403, 404]);
    }
    expect((await post('/report/fix', { version: '1', decidedOn: '2026-11-12' }, stranger)).status).toBe(404);
  });
});

describe('措置状況の公表', () => {
  it('is begun on its page and says what is missing', async () => {
    expect(textOf((await get('/measures')).body)).toContain('まだ公表していません。');
    const begun = await send('/measures', '/measures', {});
    expect(begun.location).toMatch(/\/measures\/[0-9a-f-]{36}$/u);
    const page = await web.get(begun.location, town.secretariat);
    expect([page.status, textOf(page.body).includes('受け取った措置通知のうち、まだ公表していないものがありません。')]).toEqual([200, true]);
    expect((await web.get(`${begun.location}/preview`, town.secretariat)).status).toBe(200);
    expect((await web.get(`${begun.location}/sections/origin`, town.secretariat)).status).toBe(200);
    const other = await town.audit();
    expect((await web.get(begun.location.replace(audit.id, other.id), town.secretariat)).status).toBe(404);
    expect((await post('/measures', {})).status).toBe(409);
    expect(textOf((await get('/measures')).body)).toContain('令和8年度行政監査の結果に基づく措置の状況');
    expect((await web.get(begun.location, stranger)).status).toBe(404);
  });
});
