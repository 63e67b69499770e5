import Excel from 'exceljs';
import { DomUtils, parseDocument } from 'htmlparser2';
import { declareOf } from './checks-town.js';
import { openChecked, ruleOf, type Checked } from './checked-organisation.js';
import { formOn, textOf } from './small-web.js';
import { seenByStrangers } from './two-organisations.js';

let web: Checked;
beforeAll(async () => { web = await openChecked(); });
afterAll(() => web.close());

const RIGHTS = 'my-number-audit/mn-access-right-unit';
const { set: SET, rule: RULE } = ruleOf('my-number-audit', 'mn-access-right-unit');
const NOBODY = '00000000-0000-4000-8000-000000000000';

/** Rows of the first sheet of a file that was downloaded. */
async function sheetOf(path: string, as = web.auditor, site = web): Promise<string[][]> {
  const response = await site.app.inject({ method: 'GET', url: path, headers: { cookie: `tenken_session=${as.token}` } });
  expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
  const book = new Excel.Workbook();
  await book.xlsx.load(response.rawPayload as never);
  return book.worksheets[0]!.getSheetValues().slice(1).map((row) => (row as unknown[]).slice(1).map((cell) => String(cell ?? '')));
}

/** Texts of the cells of the table form of the matrix, row by row. */
function tableOf(html: string): string[][] {
  const details = DomUtils.findOne((one) => one.attribs.class === 'as-table', parseDocument(html).children)!;
  return DomUtils.findAll((one) => one.name === 'tr', details.children).map((row) => DomUtils.findAll((one) => one.name === 'td' || one.name === 'th', row.children).map((cell) => DomUtils.textContent(cell)));
}

describe('the matrix', () => {
  it('shows every system with its viewpoints, as a picture and as a table', async () => {
    const { status, body } = await web.get('/checks?ruleSet=my-number-audit', web.auditor);
    expect(status).toBe(200);
    const text = textOf(body);
    for (const part of [`${SET.title}（${SET.viewpoints.length}着眼点・${SET.rules.length}規則）`, 'いまの結果（最後の点検 令和8年11月21日 10:00）', '対象 2システム', '評価書0件']) expect(text).toContain(part);
    const table = tableOf(body);
    expect(table[0]!.slice(0, 3)).toEqual(['システム', '所管課', `${SET.viewpoints[0]!.number} ${SET.viewpoints[0]!.title}`]);
    for (const row of table) expect(row).toHaveLength(SET.viewpoints.length + 3);
    expect(table.slice(1).map((row) => [row[0], row[1], row[3], row.at(-1)])).toEqual([['児童手当システム', 'こども課', expect.stringMatching(/^未確認 \d+$/u), '評価書なし'], ['国民年金システム', '国保年金課', '不適合 1', '評価書なし']]);
    expect(body).toContain(`href="/checks/systems/${web.pension}?ruleSet=my-number-audit#necessary-access"`);
    expect(body).toMatch(/<title>国民年金システム　\(2\) [^<]+：不適合 1規則<\/title>/u);
  });

  it('repeats its headings, so that the five hundredth system still has them', async () => {
    const large = await openChecked();
    try {
      for (let n = 0; n < 498; n += 1) await large.system(large.mine.department, `業務システム${String(n).padStart(3, '0')}`);
      expect((await large.post('/checks/runs', {}, large.auditor)).status).toBe(303);
      const { body } = await large.get('/checks?ruleSet=my-number-audit', large.auditor);
      expect(textOf(body)).toContain('対象 500システム');
      const pictures = body.match(/<svg [^>]*aria-label="[^"]*システムごとの点検結果[^"]*"/gu)!;
      expect([pictures.length, pictures[0]!.includes('（1～25）'), pictures.at(-1)!.includes('（476～500）')]).toEqual([20, true, true]);
      const ids = [...body.matchAll(/ id="([^"]+)"/gu)].map((one) => one[1]);
      expect(ids.filter((one, n) => ids.indexOf(one) !== n)).toEqual([]);
      expect((await sheetOf('/checks/matrix.xlsx?ruleSet=my-number-audit', large.auditor, large)).length).toBe(501);
    } finally {
      await large.close();
    }
  });

  it('is taken away as a list', async () => {
    const rows = await sheetOf('/checks/matrix.xlsx?ruleSet=my-number-audit&department=&run=1');
    expect(rows[0]!.slice(0, 8)).toEqual(['番号', 'システム', '所管課', '適合', '不適合', '未確認', '対象外', `${SET.viewpoints[0]!.number} ${SET.viewpoints[0]!.shortTitle}`]);
    expect(rows.slice(1).map((row) => [row[1], row[2], row[4], row[8]])).toEqual([['児童手当システム', 'こども課', '0', expect.stringMatching(/^未確認/u)], ['国民年金システム', '国保年金課', '1', '不適合 1']]);
  });

  it('narrows to a department, and shows a person of one department its own', async () => {
    const here = textOf((await web.get(`/checks?ruleSet=my-number-audit&department=${web.mine.otherDepartment}`, web.auditor)).body);
    expect([here.includes('国民年金システム'), here.includes('児童手当システム')]).toEqual([true, false]);
    const own = await web.get('/checks?ruleSet=my-number-audit', web.drafter);
    expect([own.status, textOf(own.body).includes('児童手当システム'), own.body.includes('国民年金システム')]).toEqual([200, true, false]);
    expect((await sheetOf('/checks/matrix.xlsx?ruleSet=my-number-audit', web.drafter)).slice(1).map((row) => row[1])).toEqual(['児童手当システム']);
  });

  it('says what to do when nothing was ever checked', async () => {
    const empty = await web.get('/checks', web.theirs.people['audit-secretariat']);
    expect(textOf(empty.body)).toContain('点検はまだ実施していません。「点検を実施する」を押すと');
    expect(textOf((await web.get('/checks', web.theirs.people['audit-member'])).body)).toContain('所管課か監査事務局が点検を実施すると');
  });

  it.each([['?ruleSet=nothing', 404], ['?run=99', 404], [`?department=${NOBODY}`, 404], ['?department=x', 422], ['?run=-1', 422], ['?colour=red', 422]])('%s: %i', async (query, status) => {
    expect((await web.get(`/checks${query}`, web.auditor)).status).toBe(status);
    expect((await web.get(`/checks/matrix.xlsx${query}`, web.auditor)).status).toBe(status);
  });

  it('is not for those who may not read results', async () => {
    for (const role of ['viewer', 'council-member', 'administrator'] as const) expect((await web.get('/checks', web.mine.people[role])).status).toBe(403);
  });
});

describe('runs', () => {
  it('are made by those who may, each as far as they reach', async () => {
    expect((await web.post('/checks/runs', {}, web.mine.people['audit-member'])).status).toBe(403);
    expect((await web.post('/checks/runs', { department: web.mine.otherDepartment }, web.drafter)).status).toBe(403);
    expect((await web.post('/checks/runs', { system: web.pension }, web.drafter)).status).toBe(403);
    expect((await web.post('/checks/runs', { system: NOBODY }, web.auditor)).status).toBe(404);
    const one = await web.post('/checks/runs', { system: web.allowance }, web.drafter);
    expect([one.status, one.location]).toEqual([303, `/checks/systems/${web.allowance}`]);
    const own = await web.post('/checks/runs', {}, web.drafter);
    expect(own.location).toMatch(/^\/checks\?run=\d+$/u);
    expect(textOf((await web.get(own.location, web.auditor)).body)).toContain('対象 1システム');
  });

  it('are listed, compared with the one before by default, and taken away', async () => {
    const { body } = await web.get('/checks/runs', web.auditor);
    expect(textOf(body)).toContain('第1回 令和8年11月21日 10:00全体21');
    expect(formOn(body, '/checks/compare')).toEqual({ before: '2', after: '3' });
    const rows = await sheetOf('/checks/runs.xlsx');
    expect(rows.at(-1)!.slice(0, 7)).toEqual(['1', '第1回', '令和8年11月21日 10:00', '実施', '全体', '2', '1']);
  });

  it('that a change made are shown on demand', async () => {
    await web.within((ctx) => declareOf(ctx, web.pension, 'access-right-unit', 'per-user'));
    const { Checking } = await import('../src/checks/checking.service.js');
    await web.within((ctx) => web.app.get(Checking, { strict: false }).recheck(ctx, [web.pension]));
    expect(textOf((await web.get('/checks/runs', web.auditor)).body)).not.toContain('変更に伴う点検 ');
    expect(textOf((await web.get('/checks/runs?withChanges=yes', web.auditor)).body)).toContain('変更に伴う点検 令和8年11月21日 10:001システム');
  });

  it('are held against each other', async () => {
    const { status, body } = await web.get('/checks/compare?before=1&after=4', web.auditor);
    expect(status).toBe(200);
    expect(textOf(body)).toContain(`解消（1）前の回の不適合が、適合か対象外になったものシステム規則前後国民年金システム国保年金課${RULE.title}${SET.shortTitle}× 不適合✓ 適合`);
    expect((await sheetOf('/checks/compare.xlsx?before=1&after=4&ruleSet=my-number-audit')).slice(1)).toContainEqual(['解消', '国民年金システム', '国保年金課', SET.title, 'mn-access-right-unit', RULE.title, '× 不適合', '✓ 適合']);
    for (const [query, expected] of [['?before=1&after=99', 404], ['?before=x&after=1', 422], ['', 422]] as const) expect([query, (await web.get(`/checks/compare${query}`, web.auditor)).status]).toEqual([query, expected]);
    // A person of another department sees nothing of it.
    expect((await web.get('/checks/compare?before=1&after=4', web.drafter)).body).not.toContain('国民年金システム');
  });
});

describe('the sheet of a system', () => {
  it('lists all rules by viewpoint, what fails first', async () => {
    const { status, body } = await web.get(`/checks/systems/${web.allowance}`, web.auditor);
    expect(status).toBe(200);
    const text = textOf(body);
    for (const part of ['点検票 児童手当システム', SET.title, RULE.title, 'であるため適合']) expect(text).toContain(part);
    const then = textOf((await web.get(`/checks/systems/${web.pension}?ruleSet=my-number-audit&run=1`, web.auditor)).body);
    expect(then).toContain('アクセス権限を設定する単位が「利用者ごと」ではなく「端末ごと」であるため不適合');
    const others = SET.rules.filter((one) => one.viewpoint === RULE.viewpoint && one !== RULE).map((one) => then.lastIndexOf(`${one.title} `));
    expect(Math.min(...others)).toBeGreaterThan(then.indexOf(`${RULE.title} `));
    const assessments = textOf((await web.get(`/checks/systems/${web.allowance}?about=assessments`, web.auditor)).body);
    expect([assessments.includes(ruleOf('consistency', '').set.title), assessments.includes(RULE.title)]).toEqual([true, false]);
  });

  it('says of a system that was never checked what to do', async () => {
    const fresh = await web.system(web.mine.department, '新しいシステム');
    expect(textOf((await web.get(`/checks/systems/${fresh}`, web.drafter)).body)).toContain('まだ点検していません。「このシステムを点検する」を押すと');
    expect((await web.get(`/checks/systems/${fresh}/${RIGHTS}`, web.drafter)).status).toBe(404);
    expect(textOf((await web.get('/checks', web.auditor)).body)).toContain('まだ点検していないシステム（1）新しいシステム');
  });

  it('is for its department and for those who see all', async () => {
    expect((await web.get(`/checks/systems/${web.pension}`, web.drafter)).status).toBe(403);
    expect((await web.get(`/checks/systems/${web.pension}`, web.mine.people['audit-member'])).status).toBe(200);
    expect((await web.get('/checks/systems/x', web.auditor)).status).toBe(404);
    expect(await seenByStrangers(web, [`/checks/systems/${web.allowance}`, `/checks/systems/${web.allowance}/${RIGHTS}`, `/checks/systems/${web.allowance}?run=1`])).toEqual([]);
  });
});

describe('one rule of a system', () => {
  const here = (): string => `/checks/systems/${web.allowance}/${RIGHTS}`;
  const action = (): string => `${here()}/overrule`;
  const text = { result: 'not-met', reason: '利用者IDを共用しているのを現地で見た。', evidence: '現地調査の記録 3', untilOn: '2027-03-31' };

  it('shows what was seen, why, and what would settle it', async () => {
    const page = textOf((await web.get(here(), web.auditor)).body);
    for (const part of ['✓適合', 'アクセス権限を設定する単位利用者ごと', RULE.evidence, '解消を確かめる証拠', '結果を改める']) expect(page).toContain(part);
    const unknown = textOf((await web.get(`/checks/systems/${web.allowance}/my-number-audit/mn-password-change`, web.drafter)).body);
    for (const part of ['？未確認', '申告・記入がない', '足りない申告をする']) expect(unknown).toContain(part);
    expect(unknown).not.toContain('結果を改める');
  });

  it('is overruled only with result, reason, evidence and a day; everything typed stays', async () => {
    const form = formOn((await web.get(here(), web.auditor)).body, action());
    expect(Object.keys(form).sort()).toEqual(['_csrf', 'evidence', 'reason', 'untilOn']);
    const refused = await web.post(action(), { ...text, reason: ' ', untilOn: '2028-01-01' }, web.auditor);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('直すところが2か所あります 改める理由を1～2,000字で書いてください。期限は1年以内にしてください');
    for (const place of ['reason', 'untilOn']) expect(refused.body).toContain(`<li><a href="#${place}">`);
    expect(formOn(refused.body, action())).toMatchObject({ result: 'not-met', evidence: text.evidence, untilOn: '2028-01-01' });
    expect((await web.post(action(), { ...text, result: 'unknown' }, web.auditor)).status).toBe(422);
    expect((await web.post(action(), { ...text, more: 'x' }, web.auditor)).status).toBe(422);
  });

  it('is not overruled by others', async () => {
    for (const role of ['drafter', 'section-head', 'assessment-lead', 'audit-member'] as const) expect((await web.post(action(), text, web.mine.people[role])).status).toBe(403);
    expect((await web.post(action(), text, web.theirs.people['audit-secretariat'])).status).toBe(404);
    expect((await web.post(`/checks/systems/${web.allowance}/my-number-audit/nothing/overrule`, text, web.auditor)).status).toBe(404);
  });

  it('is overruled once, marked, and taken back with the version that was seen', async () => {
    const done = await web.post(action(), text, web.auditor);
    expect([done.status, done.location]).toEqual([303, here()]);
    const page = await web.get(here(), web.auditor);
    expect(textOf(page.body)).toContain('人が改めた結果改めた後不適合（規則による結果は適合）理由');
    const again = await web.post(action(), { ...text, result: 'met', reason: 'やはり適合' }, web.auditor);
    expect(again.status).toBe(422);
    expect(textOf(again.body)).toContain('もう「不適合」に改めています');
    expect((await web.get('/checks?ruleSet=my-number-audit', web.auditor)).body).toContain('（人が改めた結果を含む）');
    const withdraw = /action="(\/checks\/systems\/[^"]*\/withdraw)"/u.exec(page.body)![1]!;
    expect((await web.post(withdraw, { version: '7' }, web.auditor)).status).toBe(409);
    expect((await web.post(withdraw, { version: '1' }, web.drafter)).status).toBe(403);
    expect((await web.post(withdraw.replace(web.allowance, web.pension), { version: '1' }, web.auditor)).status).toBe(404);
    expect(textOf((await web.get(here(), web.auditor)).body)).toContain('人が改めた結果');
    expect((await web.post(withdraw, { version: '1' }, web.auditor)).location).toBe(`/checks/systems/${web.allowance}`);
    expect(textOf((await web.get(here(), web.auditor)).body)).not.toContain('人が改めた結果');
  });

  it('of an earlier run is read only', async () => {
    const then = await web.get(`${here()}?run=1`, web.auditor);
    expect([then.status, then.body.includes('/overrule"')]).toEqual([200, false]);
  });
});
