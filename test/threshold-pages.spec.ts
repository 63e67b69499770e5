import { formOn, textOf } from './small-web.js';
import { openTwoOrganisations, type Member, type TwoOrganisations } from './two-organisations.js';

let web: TwoOrganisations;
let drafter: Member;
beforeAll(async () => {
  web = await openTwoOrganisations();
  drafter = web.mine.people.drafter;
});
afterAll(() => web.close());

const answers = (people: string, handlers: string, incident = 'no'): Record<string, string> => ({
  'exempt-kind': 'none', people, 'people-date': '2026-04-01', handlers, 'handlers-date': '2026-04-01', incident, 'voluntary-level': 'none',
});
const kept = async (fields: Record<string, string>, as = drafter): Promise<string> => {
  const reply = await web.post('/threshold', { act: 'keep', affairName: '児童手当の支給に関する事務', departmentId: web.mine.department, ...fields }, as);
  expect(reply.status).toBe(303);
  return reply.location;
};

describe('the live result', () => {
  // The boundaries of the guideline: 1,000 and 10,000 and 100,000 and 300,000 persons; 500 handlers.
  it.each([
    ['９９９', '5', '評価の義務なし', 'あと1人増えて1,000人'],
    ['１２，０００', '４０', '基礎項目評価', 'あと460人増えて500人'],
    ['12,000', '500', '基礎項目評価と重点項目評価', ''],
    ['99,999', '10', '基礎項目評価', 'あと1人増えて100,000人'],
    ['１００，０００', '10', '基礎項目評価と重点項目評価', 'あと490人増えて500人'],
    ['３００，０００', '10', '基礎項目評価と全項目評価', ''],
  ])('%s persons, %s handlers: %s', async (people, handlers, level, next) => {
    const reply = await web.post('/threshold/preview', answers(people, handlers), drafter, { 'hx-request': 'true' });
    expect(reply.status).toBe(200);
    expect(reply.body).not.toContain('<html');
    expect(/class="result-level [^"]*">([^<]+)</u.exec(reply.body)![1]).toBe(level);
    expect(textOf(reply.body)).toContain('根拠');
    expect(textOf(reply.body)).toContain(next);
  });

  it('says meanwhile what is possible and what decides it', async () => {
    const text = textOf((await web.post('/threshold/preview', { 'exempt-kind': 'none', people: '12000' }, drafter)).body);
    expect(text).toContain('「取扱者数」');
    expect(text).toContain('答えると決まります');
    expect(textOf((await web.post('/threshold/preview', {}, drafter)).body)).toContain('質問に答えると');
  });

  it('shows the whole result as soon as nothing that decides is open, and what is still needed for keeping it', async () => {
    const { 'people-date': _one, 'handlers-date': _other, ...decisive } = answers('12000', '40');
    const text = textOf((await web.post('/threshold/preview', decisive, drafter)).body);
    for (const part of ['根拠', 'あと460人', '保存するには、あと2問に答えてください']) expect(text).toContain(part);
    expect((await web.post('/threshold', { act: 'keep', affairName: 'x', departmentId: web.mine.department, ...decisive }, drafter)).status).toBe(422);
  });

  it('foresees a result that the open questions cannot change', async () => {
    expect((await web.post('/threshold/preview', { 'exempt-kind': 'none', people: '300000' }, drafter)).body).toContain('残りの質問に答えても、結果は変わりません');
  });

  it('takes away the questions that an exempt affair is not asked', async () => {
    const reply = await web.post('/threshold/preview?questions=yes', { ...answers('12000', '4'), 'exempt-kind': 'staff-records' }, drafter);
    expect(reply.body).toContain('hx-swap-oob="true"');
    expect(reply.body).not.toContain('name="people"');
    expect(textOf(reply.body)).toContain('第4条第1号');
    expect((await web.post('/threshold/preview?questions=yes', answers('12000', '4'), drafter)).body).toContain('name="people"');
  });

  it.each([['-5', '0人以上'], ['1.5', '1人単位'], ['たくさん', '数'], ['999999999999', '200,000,000人以下']])('asks for %s to be mended', async (people, words) => {
    const reply = await web.post('/threshold/preview', answers(people, '4'), drafter);
    expect(reply.body).toContain('入力を直すと結果が出ます');
    expect(reply.body).toContain('href="#people"');
    expect(textOf(reply.body)).toContain(words);
  });
});

describe('without script', () => {
  it('the page judges and keeps what was typed', async () => {
    const page = await web.get('/threshold/new', drafter);
    const fields = { ...formOn(page.body, '/threshold'), affairName: '児童手当', act: 'judge', ...answers('１２，０００', '40') };
    const judged = await web.post('/threshold', fields, drafter);
    expect(judged.status).toBe(200);
    expect(judged.body).toContain('class="result-level green"');
    expect(formOn(judged.body, '/threshold')).toMatchObject({ affairName: '児童手当', people: '１２，０００', 'exempt-kind': 'none', departmentId: web.mine.department });
    expect(await web.database.query('select 1 from threshold_judgement where affair_name = $1', ['児童手当'])).toEqual([]);
  });

  it('every missing answer is named with its place', async () => {
    const reply = await web.post('/threshold', { act: 'keep', affairName: ' ', departmentId: '', 'exempt-kind': 'none' }, drafter);
    expect(reply.status).toBe(422);
    for (const place of ['affairName', 'departmentId', 'people', 'people-date', 'handlers', 'handlers-date', 'incident', 'voluntary-level']) expect(reply.body).toContain(`<li><a href="#${place}">`);
    expect(textOf(reply.body)).toContain('直すところが8か所あります');
  });

  it('a day to come, a broken date and a wrong choice are refused', async () => {
    for (const wrong of [{ 'people-date': '2026-11-22' }, { 'people-date': '2026-02-30' }, { incident: 'maybe' }, { 'exempt-kind': 'x'.repeat(300) }] as Record<string, string>[]) {
      expect((await web.post('/threshold', { act: 'keep', affairName: 'x', departmentId: web.mine.department, ...answers('12000', '4'), ...wrong }, drafter)).status).toBe(422);
    }
  });
});

describe('a kept judgement', () => {
  it('shows everything again and begins the assessment', async () => {
    const location = await kept(answers('１２，０００', '４０'));
    const page = await web.get(location, drafter);
    const text = textOf(page.body);
    for (const part of ['児童手当の支給に関する事務', '基礎項目評価', '12,000人', '40人', '令和8年4月1日', '令和8年11月21日', '発生なし', '根拠', 'あと460人', 'みずほ野市 所管課担当']) expect(text).toContain(part);
    const id = location.split('/')[2]!;
    expect(page.body).toContain(`href="/assessments/new?judgement=${id}"`);
    expect((await web.get(`/assessments/new?judgement=${id}`, drafter)).status).toBe(200);
    const [row]: Record<string, unknown>[] = await web.database.query('select answers, result, judged_on::text, table_version, form_version from threshold_judgement where id = $1', [id]);
    expect(row).toMatchObject({ answers: { people: 12000, handlers: 40, incident: { choice: 'no' }, 'people-date': '2026-04-01' }, result: { result: 'basic', documents: ['basic'] }, judged_on: '2026-11-21', table_version: '2024-10', form_version: '2024-10' });
    const [entry]: { content: string }[] = await web.database.query(`select content from journal_entry where action = 'threshold-judged' and object_id = $1`, [id]);
    expect(JSON.parse(entry!.content)).toMatchObject({ after: { result: 'basic', answers: { people: 12000 } } });
  });

  it('keeps no answer to a question that was not asked', async () => {
    const location = await kept({ ...answers('12000', '40'), 'exempt-kind': 'staff-records' });
    const [row]: { answers: object }[] = await web.database.query('select answers from threshold_judgement where id = $1', [location.split('/')[2]]);
    expect(row!.answers).toEqual({ 'exempt-kind': { choice: 'staff-records' }, 'voluntary-level': { choice: 'none' } });
    expect(textOf((await web.get(location, drafter)).body)).toContain('評価書を作る義務はありません');
  });

  it('takes in the policy of the organisation and the voluntary level', async () => {
    await web.database.query('update organisation set raise_priority_to_full = true where id = $1', [web.mine.id]);
    expect(textOf((await web.get(await kept(answers('12000', '500')), drafter)).body)).toContain('団体の方針により');
    await web.database.query('update organisation set raise_priority_to_full = false where id = $1', [web.mine.id]);
    expect(textOf((await web.get(await kept({ ...answers('500', '3'), 'voluntary-level': 'basic' }), drafter)).body)).toContain('任意に、基礎項目評価を実施します');
  });

  it('fills the questions for judging once more', async () => {
    const id = (await kept(answers('12000', '40'))).split('/')[2]!;
    const again = await web.get(`/threshold/new?from=${id}`, drafter);
    expect(formOn(again.body, '/threshold')).toMatchObject({ affairName: '児童手当の支給に関する事務', people: '12,000', handlers: '40', 'people-date': '2026-04-01', incident: 'no' });
  });

  it('belongs to its department: others judge for their own only, and readers read', async () => {
    const location = await kept(answers('12000', '40'));
    expect((await web.post('/threshold', { act: 'keep', affairName: 'x', departmentId: web.mine.otherDepartment, ...answers('12000', '40') }, drafter)).status).toBe(403);
    await web.database.query('update account_role set department_id = $1 where account_id = $2', [web.mine.otherDepartment, web.mine.people['section-head'].id]);
    expect((await web.get(location, web.mine.people['section-head'])).status).toBe(403);
    expect(textOf((await web.get('/threshold', web.mine.people['section-head'])).body)).toContain('まだありません');
    const audit = await web.get(location, web.mine.people['audit-secretariat']);
    expect(audit.status).toBe(200);
    expect(audit.body).not.toContain('/assessments/new');
    expect((await web.get(location, web.mine.people.viewer)).status).toBe(403);
    expect((await web.get('/threshold/not-an-id', drafter)).status).toBe(404);
  });

  it('cannot be changed by the application, and markup in its name is text', async () => {
    const location = await kept({ ...answers('12000', '40'), affairName: '<img src=x onerror=alert(1)>' });
    const page = await web.get(location, drafter);
    expect(page.body).not.toContain('<img src=x');
    const { table }: { table: string } = { table: 'threshold_judgement' };
    const grants: { privilege_type: string }[] = await web.database.query(`select privilege_type from information_schema.role_table_grants where grantee = 'tenken_app' and table_name = $1 order by 1`, [table]);
    expect(grants.map((one) => one.privilege_type)).toEqual(['INSERT', 'SELECT']);
  });
});

describe('home', () => {
  const text = async (member: Member): Promise<string> => textOf((await web.get('/', member)).body);

  it('tells each role what waits, and what to do when nothing does', async () => {
    const fresh = await openTwoOrganisations();
    try {
      const of = async (role: keyof typeof fresh.mine.people): Promise<string> => textOf((await fresh.get('/', fresh.mine.people[role])).body);
      for (const role of ['drafter', 'section-head', 'assessment-lead'] as const) {
        expect(await of(role)).toContain('いま、あなたを待っているものはありません');
        expect(await of(role)).toContain('しきい値判断から始める');
      }
      expect(await of('viewer')).toContain('所管課が作りはじめると、ここに並びます');
      expect(await of('administrator')).not.toContain('あなたの番です');
    } finally {
      await fresh.close();
    }
  });

  it('follows an assessment from draft to the confirmed one', async () => {
    const id = (await kept(answers('12000', '40'))).split('/')[2]!;
    const made = await web.post('/assessments', { judgement: id, form: 'basic', title: '児童手当の事務 基礎項目評価書', number: '' }, drafter);
    expect(made.status).toBe(303);
    await web.database.query('update account_role set department_id = $1 where account_id = $2', [web.mine.department, web.mine.people['section-head'].id]);
    const { mine } = web;
    expect(await text(drafter)).toContain('児童手当の事務 基礎項目評価書を続きを書く');
    expect(await text(drafter)).toMatch(/残り\d+項目/u);
    await web.database.query(`update assessment set status = 'submitted'`);
    expect(await text(drafter)).toContain('いま、あなたを待っているものはありません');
    expect(await text(mine.people['section-head'])).toContain('児童手当の事務 基礎項目評価書を承認を判断する');
    await web.database.query(`update assessment set status = 'returned', status_comment = '対象人数を確かめてください'`);
    expect(await text(drafter)).toContain('差戻しの理由：対象人数を確かめてください');
    await web.database.query(`update assessment set status = 'approved'`);
    expect(await text(mine.people['assessment-lead'])).toContain('児童手当の事務 基礎項目評価書を確認する');
    expect(await text(mine.people['section-head'])).toContain('いま、あなたを待っているものはありません');
    expect(await text(mine.people.viewer)).toContain('評価統括の確認待ち');
    expect(await text(web.theirs.people['assessment-lead'])).not.toContain('児童手当');
  });
});
