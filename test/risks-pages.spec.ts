import Excel from 'exceljs';
import { RiskRegister } from '../src/risks/risk-register.service.js';
import type { RiskInput } from '../src/risks/risk-changing.js';
import { Checking } from '../src/checks/checking.service.js';
import { addSystem, declareOf } from './checks-town.js';
import { formOn, textOf } from './small-web.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let clerk: Person;
let childrens: Person;
let auditor: Person;
let council: Person;
let member: Person;
let stranger: Person;

beforeAll(async () => {
  web = await openWeb();
  clerk = await web.person('drafter', web.town.pension, '国保の担当');
  childrens = await web.person('drafter', web.town.children, 'こどもの担当');
  auditor = await web.person('audit-secretariat', null, '監査事務局');
  council = await web.person('council-secretariat', null, '審議会事務局');
  member = await web.person('council-member', null, '審議会委員');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
});
afterAll(() => web.close());
beforeEach(() => web.database.query('delete from risk'));

const register = (): RiskRegister => web.app.get(RiskRegister, { strict: false });
const input = (more: Partial<RiskInput> = {}): RiskInput => ({
  title: '個人番号の盗み見', asset: '国保の記録', threat: '担当でない職員が見る', cause: '権限が端末ごと', systemId: null, departmentId: web.town.pension, before: { likelihood: 3, impact: 3 }, after: null, ...more,
});
const add = (more: Partial<RiskInput> = {}, as = clerk): Promise<string> => web.within(as, (ctx) => register().add(ctx, input(more)));
const typed = (more: Record<string, string> = {}): Record<string, string> => ({
  title: '離席中ののぞき見', asset: '画面の記録', threat: '来庁者が見る', cause: '窓口が近い', systemId: '', departmentId: web.town.pension, likelihoodBefore: '3', impactBefore: '2', likelihoodAfter: '', impactAfter: '', note: '', ...more,
});
/** Links of the list of problems, and the messages beside fields. */
const errorsOn = (body: string): string[] => elementsOf(body).all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => elementsOf(body).text(one));
async function sheetOf(answer: Answer): Promise<string[][]> {
  const book = new Excel.Workbook();
  await book.xlsx.load(answer.bytes as never);
  const rows: string[][] = [];
  book.worksheets[0]!.eachRow((row) => void rows.push((row.values as unknown[]).slice(1).map((cell) => (cell instanceof Date ? 'date' : String(cell ?? '')))));
  return rows;
}

describe('a new risk', () => {
  it('is added from the form as it stands, without script, and shown with its rating in words', async () => {
    const page = await web.get('/risks/new', clerk);
    expect(page.status).toBe(200);
    const fields = formOn(page.body, '/risks');
    expect(fields).toMatchObject({ departmentId: web.town.pension, likelihoodAfter: '' });
    const made = await web.post('/risks', { ...fields, ...typed() } as Record<string, string>, clerk);
    expect(made.status).toBe(303);
    const shown = textOf((await web.get(made.location, clerk)).body);
    for (const words of ['離席中ののぞき見', '画面の記録', '来庁者が見る', '発生のしやすさ：3 高い', '影響：2 中くらい', 'いまの評価「中」で求めること', 'まだ評価していません']) expect(shown).toContain(words);
  });

  it('says the rating of what is chosen while it is chosen', async () => {
    const rating = async (query: string): Promise<string> => textOf((await web.get(`/risks/rating?${query}`, clerk)).body);
    expect(await rating('likelihoodBefore=3&impactBefore=3')).toContain('対策前の評価は高');
    expect(await rating('likelihoodBefore=3&impactBefore=3&likelihoodAfter=1&impactAfter=1')).toContain('対策後の評価は低');
    expect(await rating('likelihoodBefore=1&impactBefore=1&likelihoodAfter=4&impactAfter=4')).toContain('対策後のほうが重くなっています');
    expect(await rating('likelihoodBefore=3&impactBefore=3&likelihoodAfter=1')).toContain('残りの1つも選ぶと');
    expect(await rating('likelihoodBefore=9&impactBefore=3')).toContain('選ぶと、評価が出ます');
    expect((await web.get('/risks/rating?likelihoodBefore=x', clerk)).status).toBe(422);
  });

  it.each<[string, Record<string, string>, string]>([
    ['no title', { title: '' }, '「リスクの名前」を入れてください。'], ['no levels', { likelihoodBefore: '' }, '対策前の「発生のしやすさ」を選んでください。'],
    ['half judged after the measures', { likelihoodAfter: '1' }, '両方を選ぶか、どちらも選ばないでください。'], ['worse after the measures', { likelihoodAfter: '4', impactAfter: '4' }, '重くなる理由を書いてください。'],
    ['no department', { departmentId: '' }, '責任を持つ課を選んでください。'], ['an unknown system', { systemId: '00000000-0000-4000-8000-000000000000' }, 'システムを、台帳にあるものから選んでください。'],
  ])('with %s comes back with everything that was typed and the error at its field', async (_, wrong, message) => {
    const reply = await web.post('/risks', typed(wrong), clerk);
    expect(reply.status).toBe(422);
    expect(errorsOn(reply.body).join()).toContain(message);
    const page = elementsOf(reply.body);
    const [link] = page.all((one) => one.name === 'a' && (one.attribs.href ?? '').startsWith('#') && page.text(one).includes(message.slice(0, 8)));
    expect(page.byId(link!.attribs.href!.slice(1))).not.toBeNull();
    expect(formOn(reply.body, '/risks')).toMatchObject({ threat: '来庁者が見る', ...(wrong.title === undefined ? { title: '離席中ののぞき見' } : {}) });
    expect(await web.count('risk')).toBe(0);
  });

  it('worse after the measures is taken with a reason, which the page shows', async () => {
    const made = await web.post('/risks', typed({ likelihoodAfter: '4', impactAfter: '4', note: '件数が増えたため' }), clerk);
    expect(textOf((await web.get(made.location, clerk)).body)).toContain('評価の理由：件数が増えたため');
  });

  it('is refused for another department, and to who only reads; a field that is not in the form is refused', async () => {
    expect((await web.post('/risks', typed({ departmentId: web.town.children }), clerk)).status).toBe(403);
    expect((await web.post('/risks', typed(), council)).status).toBe(403);
    expect((await web.get('/risks/new', council)).status).toBe(403);
    expect((await web.post('/risks', typed({ closedOn: '2026-01-01' }), clerk)).status).toBe(422);
    expect((await web.post('/risks', typed({ likelihoodBefore: 'いち' }), clerk)).status).toBe(422);
  });

  it('begins with the system from whose page one comes', async () => {
    const system = await web.within(clerk, (ctx) => addSystem(ctx, web.town.pension, '国保システム'));
    expect(formOn((await web.get(`/risks/new?system=${system}`, clerk)).body, '/risks').systemId).toBe(system);
  });
});

describe('changing', () => {
  it('happens from the form as it stands; a stale form shows both texts and can be sent again', async () => {
    const id = await add();
    const { _csrf: _, ...fields } = formOn((await web.get(`/risks/${id}/edit`, clerk)).body, `/risks/${id}`) as Record<string, string>;
    expect(fields).toMatchObject({ title: '個人番号の盗み見', likelihoodBefore: '3', impactBefore: '3', likelihoodAfter: '', version: '1' });
    expect((await web.post(`/risks/${id}`, { ...fields, title: '先に変えた' }, auditor)).status).toBe(303);
    const stale = await web.post(`/risks/${id}`, { ...fields, title: 'あとから変えた', likelihoodAfter: '1', impactAfter: '2' }, clerk);
    expect(stale.status).toBe(409);
    for (const words of ['先に変えた', 'あとから変えた', '1　まれ']) expect(textOf(stale.body).replaceAll(' ', '　')).toContain(words);
    expect((await web.post(`/risks/${id}`, formOn(stale.body, `/risks/${id}`) as Record<string, string>, clerk)).status).toBe(303);
    const now = await web.within(clerk, (ctx) => register().get(ctx, id));
    expect(now).toMatchObject({ title: 'あとから変えた', after: { likelihood: 1, impact: 2 }, version: 3 });
  });

  it('with a mistake comes back with the typed text and the version that was seen', async () => {
    const id = await add();
    const reply = await web.post(`/risks/${id}`, { ...typed({ title: '' }), version: '1' }, clerk);
    expect([reply.status, formOn(reply.body, `/risks/${id}`).version, formOn(reply.body, `/risks/${id}`).threat]).toEqual([422, '1', '来庁者が見る']);
  });

  it('is refused to another department, and of a closed risk', async () => {
    const id = await add();
    for (const path of [`/risks/${id}/edit`, `/risks/${id}/measures`, `/risks/${id}/rules`]) expect((await web.get(path, childrens)).status).toBe(403);
    expect((await web.post(`/risks/${id}`, { ...typed(), version: '1' }, childrens)).status).toBe(403);
    expect((await web.post(`/risks/${id}/close`, { version: '1', reason: '終わり' }, clerk)).status).toBe(303);
    for (const path of [`/risks/${id}/edit`, `/risks/${id}/measures`, `/risks/${id}/rules`]) expect((await web.get(path, clerk)).status).toBe(403);
  });
});

describe('measures and rules', () => {
  it('are written line by line; empty lines are left out, and the page tells them', async () => {
    const id = await add();
    const page = await web.get(`/risks/${id}/measures`, clerk);
    const fields = formOn(page.body, `/risks/${id}/measures`);
    expect(fields.text).toEqual(['', '', '']);
    const saved = await web.post(`/risks/${id}/measures`, { version: '1', text: ['画面を閉じる', '', '研修をする'], control: ['screen-lock', '', ''], state: ['in-place', 'planned', 'planned'] }, clerk);
    expect(saved.location).toBe(`/risks/${id}#measures`);
    const shown = elementsOf((await web.get(`/risks/${id}`, clerk)).body);
    expect(shown.all((one) => one.name === 'tr', shown.byId('measures')!).map((one) => shown.text(one)).slice(1)).toEqual(['画面を閉じる離席したときの画面ロック✓ 実施済み', '研修をするなし予定']);
    expect((await web.within(clerk, (ctx) => register().get(ctx, id))).measures.map((one) => [one.text, one.control, one.state])).toEqual([['画面を閉じる', 'screen-lock', 'in-place'], ['研修をする', null, 'planned']]);
  });

  it('a line with a control and no text is asked about at that line; an unknown control is refused', async () => {
    const id = await add();
    const reply = await web.post(`/risks/${id}/measures`, { version: '1', text: ['', 'よい', ''], control: ['', '', 'screen-lock'], state: ['planned', 'planned', 'in-place'] }, clerk);
    expect(reply.status).toBe(422);
    expect(errorsOn(reply.body)).toEqual([expect.stringContaining('対策の内容を入れてください')]);
    expect(formOn(reply.body, `/risks/${id}/measures`).control).toContain('screen-lock');
    expect((await web.post(`/risks/${id}/measures`, { version: '1', text: ['よい', ''], control: ['no-such', ''], state: ['planned', 'planned'] }, clerk)).status).toBe(422);
    expect((await web.post(`/risks/${id}/measures`, { version: '1', text: ['よい', ''], control: ['', ''], state: ['done', 'planned'] }, clerk)).status).toBe(422);
  });

  it('a stale list shows both and can be sent again, line by line', async () => {
    const id = await add();
    await web.within(auditor, (ctx) => register().setMeasures(ctx, id, 1, [{ text: '先の対策', control: null, state: 'planned' }]));
    const stale = await web.post(`/risks/${id}/measures`, { version: '1', text: ['わたしの対策', 'もう一つ'], control: ['screen-lock', ''], state: ['in-place', 'planned'] }, clerk);
    expect(stale.status).toBe(409);
    for (const words of ['先の対策', 'わたしの対策', '離席したときの画面ロック', '実施済み']) expect(textOf(stale.body)).toContain(words);
    expect((await web.post(`/risks/${id}/measures`, formOn(stale.body, `/risks/${id}/measures`) as Record<string, string[]>, clerk)).status).toBe(303);
    expect((await web.within(clerk, (ctx) => register().get(ctx, id))).measures.map((one) => [one.text, one.control, one.state])).toEqual([['わたしの対策', 'screen-lock', 'in-place'], ['もう一つ', null, 'planned']]);
  });

  it('rules are chosen under their sets and taken away by the mark; an unknown one is refused; a stale list shows both', async () => {
    const id = await add();
    const page = elementsOf((await web.get(`/risks/${id}/rules`, clerk)).body);
    expect(page.all((one) => one.name === 'optgroup').length).toBe(3 * 4);
    const [one, other] = ['my-number-audit/mn-access-right-unit', 'administrative-audit/aa-individual-id'];
    expect((await web.post(`/risks/${id}/rules`, { version: '1', rule: [one, '', other] }, clerk)).location).toBe(`/risks/${id}#rules`);
    const fields = formOn((await web.get(`/risks/${id}/rules`, clerk)).body, `/risks/${id}/rules`);
    expect(fields.rule).toEqual([other, one, '', '', '']);
    const wrong = await web.post(`/risks/${id}/rules`, { version: '2', rule: ['my-number-audit/no-such-rule'] }, clerk);
    expect([wrong.status, textOf(wrong.body).includes('「no-such-rule」という規則はありません。')]).toEqual([422, true]);
    expect((await web.post(`/risks/${id}/rules`, { version: '2', rule: [one] }, clerk)).status).toBe(303);
    const stale = await web.post(`/risks/${id}/rules`, { version: '2', rule: [other] }, clerk);
    expect(stale.status).toBe(409);
    expect(textOf(stale.body)).toContain('結び付けない');
    expect((await web.post(`/risks/${id}/rules`, formOn(stale.body, `/risks/${id}/rules`) as Record<string, string[]>, clerk)).status).toBe(303);
    expect((await web.within(clerk, (ctx) => register().get(ctx, id))).rules.map((rule) => rule.rule)).toEqual(['aa-individual-id']);
  });
});

describe('closing', () => {
  it('asks for a reason, keeps what was typed, and tells the reason; opening again the same', async () => {
    const id = await add();
    const without = await web.post(`/risks/${id}/close`, { version: '1', reason: ' ' }, clerk);
    expect([without.status, errorsOn(without.body)]).toEqual([422, [expect.stringContaining('理由を入れてください')]]);
    const stale = await web.post(`/risks/${id}/close`, { version: '9', reason: 'やめた' }, clerk);
    expect([stale.status, formOn(stale.body, `/risks/${id}/close`)]).toEqual([409, expect.objectContaining({ reason: 'やめた', version: '1' })]);
    await web.post(`/risks/${id}/close`, { version: '1', reason: 'システムをやめた' }, clerk);
    const closed = textOf((await web.get(`/risks/${id}`, clerk)).body);
    expect(closed).toContain('令和8年11月21日に終了しました。理由：システムをやめた');
    expect((await web.post(`/risks/${id}/reopen`, { version: '2', reason: 'また使う' }, clerk)).status).toBe(303);
    const history = textOf((await web.get(`/risks/${id}/history`, clerk)).body);
    for (const words of ['再開', '理由：また使う', '終了', '理由：システムをやめた', '追加']) expect(history).toContain(words);
  });
});

describe('the list', () => {
  it('says what to do when there is nothing, and nothing of other departments', async () => {
    expect(textOf((await web.get('/risks', clerk)).body)).toContain('リスクはまだありません。リスクを加えると');
    expect(textOf((await web.get('/risks', council)).body)).toContain('所管課がリスクを書くと、ここに並びます。');
    await add();
    expect(textOf((await web.get('/risks', childrens)).body)).toContain('リスクはまだありません。');
    expect(textOf((await web.get('/risks', council)).body)).toContain('個人番号の盗み見');
    expect((await web.get('/risks', member)).status).toBe(403);
  });

  it('is narrowed by its filters, keeps them, and says when nothing fits', async () => {
    await add({ title: 'あ', before: { likelihood: 1, impact: 1 } });
    await add({ title: 'い', after: { likelihood: 1, impact: 1 } });
    const shown = async (query: string): Promise<string[]> => {
      const page = elementsOf((await web.get(`/risks?${query}`, clerk)).body);
      return page.all((one) => /^\/risks\/[0-9a-f-]{36}$/u.test(one.attribs.href ?? '')).map((one) => page.text(one));
    };
    expect(await shown('')).toEqual(['い', 'あ']);
    expect(await shown('before=high')).toEqual(['い']);
    expect(await shown('after=none')).toEqual(['あ']);
    expect(await shown('words=%E3%81%82')).toEqual(['あ']);
    expect(await shown('sort=title')).toEqual(['あ', 'い']);
    const none = await web.get('/risks?before=extreme', clerk);
    expect(textOf(none.body)).toContain('条件に合うリスクはありません。');
    expect((await web.get('/risks?state=other', clerk)).status).toBe(422);
  });

  it('can be taken away as a workbook with all that it says', async () => {
    const id = await add({ after: { likelihood: 1, impact: 2 } });
    await web.within(clerk, (ctx) => register().setMeasures(ctx, id, 1, [{ text: '画面を閉じる', control: null, state: 'in-place' }]));
    const reply = await web.get('/risks/list.xlsx', clerk);
    expect(reply.headers['content-type']).toContain('spreadsheetml');
    const [head, row, ...more] = await sheetOf(reply);
    expect(more).toEqual([]);
    expect(Object.fromEntries(head!.map((label, n) => [label, row![n]]))).toMatchObject({
      リスク: '個人番号の盗み見', 守るもの: '国保の記録', 責任を持つ課: '福祉部　国保年金課', 対策前の発生のしやすさ: '高い', 対策前の影響: '重い', 対策前の評価: '高', 対策後の発生のしやすさ: 'まれ', 対策後の影響: '中くらい', 対策後の評価: '低', 対策: '実施済み：画面を閉じる', 最後の変更: 'date',
    });
    expect((await sheetOf(await web.get('/risks/list.xlsx', childrens)))).toHaveLength(1);
  });
});

describe('the picture', () => {
  it('has the same numbers as the table beside it, before and after, and is narrowed by department', async () => {
    await add({ before: { likelihood: 4, impact: 4 }, after: { likelihood: 1, impact: 1 } });
    await add({ before: { likelihood: 4, impact: 4 } });
    await add({ departmentId: web.town.children }, childrens);
    const body = (await web.get('/risks/heat-map', auditor)).body;
    const [before, after] = [...body.matchAll(/<svg[\s\S]*?<\/svg>/gu)].map((one) => [...one[0].matchAll(/<text[^>]*>([^<]*件)<\/text>/gu)].map((text) => text[1]!));
    expect(before!.sort()).toEqual(['1件', '2件']);
    expect(after).toEqual(['1件', '1件', '1件']);
    expect(body).toMatch(/aria-label="対策前のリスクの分布。低 0件、中 0件、高 1件、極めて高い 2件。/u);
    expect(body).toMatch(/aria-label="対策後のリスクの分布。低 1件、中 0件、高 1件、極めて高い 1件。/u);
    const page = elementsOf(body);
    const cells = page.all((one) => one.name === 'td', page.all(page.hasClass('risk-counts'))[0]).map((one) => page.text(one));
    expect(cells.filter((one) => !one.endsWith('0 → 0')).sort()).toEqual(['低 0 → 1', '極めて高い 2 → 1', '高 1 → 1'].sort());
    expect(page.whole()).toContain('対策後の評価がまだの2件は');
    const narrowed = textOf((await web.get(`/risks/heat-map?department=${web.town.children}`, auditor)).body);
    expect(narrowed).toContain('こども課の終了していないリスク1件');
    expect(textOf((await web.get('/risks/heat-map', childrens)).body)).toContain('終了していないリスク1件');
    expect(textOf((await web.get('/risks/heat-map', council)).body)).toContain('終了していないリスク3件');
  });

  it('says what to do when nothing is counted', async () => {
    expect(textOf((await web.get('/risks/heat-map', clerk)).body)).toContain('数えるリスクがありません。');
  });
});

describe('challenges', () => {
  /** A system of 国保年金課 that holds My Number and gives access by terminal. */
  async function challengedSystem(): Promise<string> {
    return web.within(auditor, async (ctx) => {
      const id = await addSystem(ctx, web.town.pension, '国保システム', { 'my-number': { choice: 'held' } });
      await declareOf(ctx, id, 'access-right-unit', 'per-terminal');
      await web.app.get(Checking, { strict: false }).recheck(ctx, [id]);
      return id;
    });
  }

  it('stand on top of the risk with the way to the result, in the list, and in the workbook', async () => {
    const system = await challengedSystem();
    const id = await add({ systemId: system });
    await web.post(`/risks/${id}/rules`, { version: '1', rule: ['my-number-audit/mn-access-right-unit'] }, clerk);
    const page = elementsOf((await web.get(`/risks/${id}`, clerk)).body);
    expect(page.whole()).toContain('点検との疑義が1件あります');
    expect(page.whole()).toMatch(/「国保システム」が、規則「[^」]+」（[^）]+）に合っていません。理由：.*「端末ごと」/u);
    const links = page.all((one) => one.attribs.href === `/checks/systems/${system}/my-number-audit/mn-access-right-unit`).map((one) => page.text(one));
    expect(links).toEqual(['点検の結果を見る', '不適合']);
    expect((await web.get(`/checks/systems/${system}/my-number-audit/mn-access-right-unit`, clerk)).status).toBe(200);
    expect(textOf((await web.get('/risks', clerk)).body)).toContain('！ 1件');
    const [head, row] = await sheetOf(await web.get('/risks/list.xlsx', clerk));
    expect(row![head!.indexOf('点検との疑義')]).toContain('に合っていません');
    expect(row![head!.indexOf('結び付けた規則')]).toBe('アクセス権限は利用者ごとに設定する');
    expect(textOf((await web.get(`/risks/${id}/history`, clerk)).body)).toContain('変更：結び付けた規則');
    expect(textOf((await web.get(`/risks/${id}/history`, clerk)).body)).toContain('アクセス権限は利用者ごとに設定する');
  });

  it('stand at the items of the assessment, whose risks are linked and taken away there', async () => {
    const system = await challengedSystem();
    const id = await add({ systemId: system });
    await web.post(`/risks/${id}/rules`, { version: '1', rule: ['my-number-audit/mn-access-right-unit'] }, clerk);
    const document = await web.document(clerk, 'basic', '2024-10', { rows: [], answers: { 'unauthorized-use-adequacy': { choice: 'sufficient' } } });
    expect((await web.get(`/assessments/${document}`, clerk)).body).toContain(`href="/assessments/${document}/risks"`);
    expect((await web.get(`/assessments/${document}`, member)).body).not.toContain(`href="/assessments/${document}/risks"`);
    expect(textOf((await web.get(`/assessments/${document}/risks`, clerk)).body)).toContain('9項目です。うち0項目にリスクを結び付けています');
    const linked = await web.post(`/assessments/${document}/risks/link`, { address: 'unauthorized-use-adequacy', risk: id }, clerk);
    expect(linked.location).toBe(`/assessments/${document}/risks#risk-unauthorized-use-adequacy`);
    const page = textOf((await web.get(`/assessments/${document}/risks`, clerk)).body);
    for (const words of ['答えと合わない項目が1項目あります', '答え：十分である ！ 答えと合わない', '次のことが、この答えと合いません。', '「国保システム」が、規則', 'リスク：個人番号の盗み見']) expect(page).toContain(words);
    expect(textOf((await web.get(`/risks/${id}`, clerk)).body)).toContain('十分である');
    const rows = await sheetOf(await web.get(`/assessments/${document}/risks/list.xlsx`, clerk));
    expect(rows).toHaveLength(1 + 9);
    expect(rows.find((row) => row.some((cell) => cell.startsWith('権限のない者')))!.slice(-4)).toEqual(['十分である', '合わない', '個人番号の盗み見（高）', expect.stringContaining('「国保システム」が、規則')]);
    expect((await web.get(`/assessments/${document}/risks/list.xlsx`, childrens)).status).toBe(403);
    expect((await web.get(`/assessments/${document}/risks`, council)).body).not.toContain('/risks/unlink');
    expect((await web.post(`/assessments/${document}/risks/unlink`, { address: 'unauthorized-use-adequacy', risk: id }, clerk)).status).toBe(303);
    expect(textOf((await web.get(`/assessments/${document}/risks`, clerk)).body)).not.toContain('答えと合わない項目が');
  });

  it('links are refused to who may not write the assessment, of what is not asked, and without a risk', async () => {
    const id = await add();
    const document = await web.document(clerk, 'basic', '2024-10');
    const link = async (fields: Record<string, string>, as = clerk) => (await web.post(`/assessments/${document}/risks/link`, fields, as)).status;
    expect(await link({ address: 'leakage-adequacy', risk: id }, childrens)).toBe(403);
    expect(await link({ address: 'leakage-adequacy', risk: id }, council)).toBe(403);
    expect(await link({ address: 'affair-name', risk: id })).toBe(404);
    expect(await link({ address: 'leakage-adequacy', risk: '' })).toBe(422);
    expect((await web.get(`/assessments/${document}/risks`, childrens)).status).toBe(403);
    expect((await web.get(`/assessments/${document}/risks`, member)).status).toBe(403);
  });
});

it('nothing of another organisation is found, and the journal has words for everything', async () => {
  const id = await add();
  const document = await web.document(clerk, 'basic', '2024-10');
  await web.post(`/assessments/${document}/risks/link`, { address: 'leakage-adequacy', risk: id }, clerk);
  for (const path of [`/risks/${id}`, `/risks/${id}/edit`, `/risks/${id}/measures`, `/risks/${id}/rules`, `/risks/${id}/history`, `/assessments/${document}/risks`]) expect([path, (await web.get(path, stranger)).status]).toEqual([path, 404]);
  for (const [path, fields] of [[`/risks/${id}`, { ...typed(), version: '1' }], [`/risks/${id}/close`, { version: '1', reason: 'x' }], [`/risks/${id}/measures`, { version: '1' }], [`/risks/${id}/rules`, { version: '1' }]] as [string, Record<string, string>][]) {
    expect([path, (await web.post(path, fields, stranger)).status]).toEqual([path, 404]);
  }
  expect(textOf((await web.get('/risks?state=all', stranger)).body)).not.toContain('個人番号の盗み見');
  const lead = await web.person('assessment-lead', null, '評価統括');
  const journal = textOf((await web.get('/journal', lead)).body);
  for (const words of ['リスクを加えた', '評価書の項目にリスクを結び付けた', 'リスクを評価書の項目に結び付けた']) expect(journal).toContain(words);
  expect(journal).not.toContain('risk-');
});
