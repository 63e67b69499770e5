import { verifyJournal } from '../src/kernel/journal.js';
import { formOn, textOf } from './small-web.js';
import { openTwoOrganisations, PASSWORD, type Member, type TwoOrganisations } from './two-organisations.js';

let web: TwoOrganisations;
let admin: Member;
beforeEach(async () => {
  web = await openTwoOrganisations();
  admin = web.mine.people.administrator;
});
afterEach(() => web.close());

const account = (id: string): Promise<{ name: string; version: number; disabled: boolean }[]> => web.database.query('select name, version, disabled from account where id = $1', [id]);
const rolesOf = async (id: string): Promise<string[]> => ((await web.database.query('select role from account_role where account_id = $1 order by role', [id])) as { role: string }[]).map((one) => one.role);
const journal = async (action: string): Promise<{ before?: unknown; after?: unknown }[]> =>
  ((await web.database.query('select content from journal_entry where action = $1 and organisation_id = $2 order by number', [action, web.mine.id])) as { content: string }[]).map((one) => JSON.parse(one.content) as { before?: unknown; after?: unknown });

describe('people', () => {
  const fields = { name: 'こども課　主査', signInName: 'Kodomo.Shusa', role: 'drafter', roleDepartmentId: '' };

  it('are added with a password that is shown once and must be changed', async () => {
    const added = await web.post('/administration/accounts', { ...fields, departmentId: web.mine.department }, admin);
    expect(added.status).toBe(200);
    const password = /<code class="one-time">([^<]+)<\/code>/u.exec(added.body)![1]!;
    const signed = await web.post('/sign-in', { signInName: 'kodomo.shusa', password });
    expect(signed.location).toBe('/account/password');
    const rows: { id: string; sign_in_name: string; must_change_password: boolean }[] = await web.database.query('select id, sign_in_name, must_change_password from account where name = $1', ['こども課　主査']);
    expect(rows).toMatchObject([{ sign_in_name: 'kodomo.shusa', must_change_password: true }]);
    expect(await web.database.query('select role, department_id from account_role where account_id = $1', [rows[0]!.id])).toEqual([{ role: 'drafter', department_id: web.mine.department }]);
    expect(JSON.stringify(await journal('account-added'))).not.toContain(password);
  });

  it('are refused with every problem in the form, which keeps what was typed', async () => {
    const refused = await web.post('/administration/accounts', { ...fields, name: ' ', signInName: 'あ', departmentId: '' }, admin);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('直すところが3か所あります');
    expect(formOn(refused.body, '/administration/accounts')).toMatchObject({ signInName: 'あ', role: 'drafter' });
  });

  it('share no 利用者ID, also not with another organisation', async () => {
    const refused = await web.post('/administration/accounts', { ...fields, signInName: 'asagiri.viewer', departmentId: web.mine.department }, admin);
    expect(refused.status).toBe(422);
    expect(textOf(refused.body)).toContain('この利用者IDはもう使われています');
    expect(refused.body).not.toContain('あさぎり町');
  });

  it('are found by name or 利用者ID', async () => {
    const found = await web.get('/administration/accounts?words=COUNCIL', admin);
    expect([...found.body.matchAll(/<td>(mizuho\.[a-z-]+)<\/td>/gu)].map((one) => one[1])).toEqual(['mizuho.council-member', 'mizuho.council-secretariat']);
    expect(textOf((await web.get('/administration/accounts?words=だれもいない', admin)).body)).toContain('合う利用者はいません');
  });

  it('are changed against the version that was seen; a stale save shows both texts and can be saved over', async () => {
    const { id } = web.mine.people.drafter;
    const path = `/administration/accounts/${id}`;
    expect((await web.post(path, { version: '1', name: '先の変更', departmentId: web.mine.department }, admin)).status).toBe(303);
    const stale = await web.post(path, { version: '1', name: '後の変更', departmentId: web.mine.otherDepartment }, admin);
    expect(stale.status).toBe(409);
    const text = textOf(stale.body);
    for (const part of ['あなたの入力', 'いまの内容', '先の変更', '後の変更', '福祉部 こども課', '福祉部 国保年金課']) expect(text).toContain(part);
    expect(await account(id)).toMatchObject([{ name: '先の変更', version: 2 }]);
    expect((await web.post(path, formOn(stale.body, path), admin)).status).toBe(303);
    expect(await account(id)).toMatchObject([{ name: '後の変更', version: 3 }]);
    expect(await journal('account-changed')).toMatchObject([{ after: { name: '先の変更' } }, { before: { name: '先の変更' }, after: { name: '後の変更' } }]);
  });

  it('one of ten racing saves wins', async () => {
    const { id } = web.mine.people.viewer;
    const replies = await Promise.all(Array.from({ length: 10 }, (_, index) => web.post(`/administration/accounts/${id}`, { version: '1', name: `名前${index}`, departmentId: '' }, admin)));
    expect(replies.map((one) => one.status).sort()).toEqual([303, ...Array<number>(9).fill(409)]);
    expect(await account(id)).toMatchObject([{ version: 2 }]);
  });

  it('are given roles in departments or in the whole organisation, and lose them', async () => {
    const { id } = web.mine.people.viewer;
    const path = `/administration/accounts/${id}/roles`;
    const without = await web.post(path, { version: '1', role: 'section-head', roleDepartmentId: '' }, admin);
    expect([without.status, textOf(without.body).includes('「所管課長」の役割には、受け持つ課を選んでください。')]).toEqual([422, true]);
    expect((await web.post(path, { version: '1', role: 'mayor', roleDepartmentId: '' }, admin)).status).toBe(422);
    expect((await web.post(path, { version: '1', role: 'section-head', roleDepartmentId: web.mine.otherDepartment }, admin)).status).toBe(303);
    expect((await web.post(path, { version: '1', role: 'audit-member', roleDepartmentId: '' }, admin)).status).toBe(409);
    // A role that holds everywhere stores no department, whatever was sent.
    expect((await web.post(path, { version: '2', role: 'audit-member', roleDepartmentId: web.mine.department }, admin)).status).toBe(303);
    expect(await web.database.query('select role, department_id from account_role where account_id = $1 order by role', [id])).toEqual([
      { role: 'audit-member', department_id: null }, { role: 'section-head', department_id: web.mine.otherDepartment }, { role: 'viewer', department_id: null },
    ]);
    expect((await web.post(path, { version: '3', role: 'audit-member', roleDepartmentId: '' }, admin)).status).toBe(422);
    const [role]: { id: string }[] = await web.database.query(`select id from account_role where account_id = $1 and role = 'viewer'`, [id]);
    expect((await web.post(`${path}/${role!.id}/take`, { version: '3' }, admin)).status).toBe(303);
    expect(await rolesOf(id)).toEqual(['audit-member', 'section-head']);
    const [foreign]: { id: string }[] = await web.database.query('select id from account_role where account_id = $1', [web.mine.people.drafter.id]);
    expect((await web.post(`${path}/${foreign!.id}/take`, { version: '4' }, admin)).status).toBe(404);
  });

  it('lose their sessions at once when they are disabled, and cannot sign in until enabled', async () => {
    const { id, signInName, token } = web.mine.people.drafter;
    expect((await web.post(`/administration/accounts/${id}/disable`, { version: '1' }, admin)).status).toBe(303);
    expect((await web.get('/account', { token })).status).toBe(303);
    expect((await web.post('/sign-in', { signInName, password: PASSWORD })).status).toBe(422);
    expect((await web.post(`/administration/accounts/${id}/enable`, { version: '2' }, admin)).status).toBe(303);
    expect((await web.post('/sign-in', { signInName, password: PASSWORD })).status).toBe(303);
  });

  it('are shown as locked, and unlocked', async () => {
    const { id, signInName } = web.mine.people.drafter;
    for (let attempt = 0; attempt < 5; attempt += 1) await web.post('/sign-in', { signInName, password: 'wrong' });
    expect(textOf((await web.get(`/administration/accounts/${id}`, admin)).body)).toContain('10:15までロックしています');
    expect((await web.post(`/administration/accounts/${id}/unlock`, {}, admin)).status).toBe(303);
    expect((await web.post('/sign-in', { signInName, password: PASSWORD })).status).toBe(303);
  });

  it('get a new one-time password, which ends the old one and all sessions', async () => {
    const { id, signInName, token } = web.mine.people.drafter;
    const reset = await web.post(`/administration/accounts/${id}/password`, { version: '1' }, admin);
    const password = /<code class="one-time">([^<]+)<\/code>/u.exec(reset.body)![1]!;
    expect((await web.get('/account', { token })).status).toBe(303);
    expect((await web.post('/sign-in', { signInName, password: PASSWORD })).status).toBe(422);
    expect((await web.post('/sign-in', { signInName, password })).location).toBe('/account/password');
    expect(JSON.stringify(await journal('password-reset'))).not.toContain(password);
  });
});

describe('the last administrator', () => {
  const role = async (id: string): Promise<string> => ((await web.database.query(`select id from account_role where account_id = $1 and role = 'administrator'`, [id])) as { id: string }[])[0]!.id;

  it('neither disables oneself nor gives the role away', async () => {
    expect(textOf((await web.post(`/administration/accounts/${admin.id}/disable`, { version: '1' }, admin)).body)).toContain('自分の利用を止めることはできません');
    expect(textOf((await web.post(`/administration/accounts/${admin.id}/roles/${await role(admin.id)}/take`, { version: '1' }, admin)).body)).toContain('自分のシステム管理者の役割は外せません');
    expect((await web.post(`/administration/accounts/${admin.id}/password`, { version: '1' }, admin)).status).toBe(403);
    expect(await rolesOf(admin.id)).toEqual(['administrator']);
  });

  it('stays when two administrators disable each other at the same moment', async () => {
    const second = web.mine.people.viewer;
    await web.post(`/administration/accounts/${second.id}/roles`, { version: '1', role: 'administrator', roleDepartmentId: '' }, admin);
    const replies = await Promise.all([web.post(`/administration/accounts/${second.id}/disable`, { version: '2' }, admin), web.post(`/administration/accounts/${admin.id}/disable`, { version: '1' }, second)]);
    expect(replies.filter((one) => one.status === 303)).toHaveLength(1);
    const left: unknown[] = await web.database.query(`select 1 from account a join account_role r on r.account_id = a.id where r.role = 'administrator' and not a.disabled and a.organisation_id = $1`, [web.mine.id]);
    expect(left).toHaveLength(1);
  });
});

describe('departments', () => {
  it('are added below a body or a 部局, renamed, and never twice in one place', async () => {
    expect((await web.post('/administration/departments', { under: `department:${web.mine.division}`, name: '介護保険課', headTitle: '課長' }, admin)).status).toBe(303);
    const twice = await web.post('/administration/departments', { under: `department:${web.mine.division}`, name: '介護保険課', headTitle: '課長' }, admin);
    expect([twice.status, textOf(twice.body).includes('同じところに「介護保険課」がもうあります')]).toEqual([422, true]);
    expect((await web.post('/administration/departments', { under: '', name: 'x', headTitle: 'y' }, admin)).status).toBe(422);
    expect((await web.post('/administration/departments', { under: `body:${web.mine.body}`, name: '健康部', headTitle: '部長' }, admin)).status).toBe(303);
    expect((await web.post(`/administration/departments/${web.mine.department}`, { version: '1', name: 'こども未来課', headTitle: '参事' }, admin)).status).toBe(303);
    const stale = await web.post(`/administration/departments/${web.mine.department}`, { version: '1', name: 'こども家庭課', headTitle: '課長' }, admin);
    expect(stale.status).toBe(409);
    expect(textOf(stale.body)).toContain('こども未来課');
    expect(await journal('department-changed')).toMatchObject([{ before: { name: 'こども課' }, after: { name: 'こども未来課', headTitle: '参事' } }]);
  });

  it('are reorganised: people, roles and what was written go over to the successor', async () => {
    const { drafter } = web.mine.people;
    const judged = await web.post('/threshold', { act: 'keep', affairName: '児童手当の事務', departmentId: web.mine.department, 'exempt-kind': 'staff-records', 'voluntary-level': 'none' }, drafter);
    const path = `/administration/departments/${web.mine.department}/end`;
    const without = await web.post(path, { version: '1', successorId: '' }, admin);
    expect([without.status, textOf(without.body).includes('利用者2人、役割2件')]).toEqual([403, true]);
    expect((await web.post(path, { version: '1', successorId: web.mine.otherDepartment }, admin)).status).toBe(303);
    expect(await web.database.query('select ended_on::text, successor_id from department where id = $1', [web.mine.department])).toEqual([{ ended_on: '2026-11-21', successor_id: web.mine.otherDepartment }]);
    expect(await web.database.query('select department_id from account where id = $1', [drafter.id])).toEqual([{ department_id: web.mine.otherDepartment }]);
    expect(await web.database.query('select role, department_id from account_role where account_id = $1', [drafter.id])).toEqual([{ role: 'drafter', department_id: web.mine.otherDepartment }]);
    // What the old department wrote is within reach of who took it over; a new judgement is only possible for the living one.
    expect((await web.get(judged.location, drafter)).status).toBe(200);
    expect(textOf((await web.get('/threshold', drafter)).body)).toContain('児童手当の事務');
    expect((await web.post('/threshold', { act: 'keep', affairName: 'x', departmentId: web.mine.department, 'exempt-kind': 'staff-records', 'voluntary-level': 'none' }, drafter)).status).toBe(422);
    expect((await web.post(path, { version: '2', successorId: web.mine.otherDepartment }, admin)).status).toBe(403);
    // No circle, no ended successor, no 部 above living 課.
    expect((await web.post(`/administration/departments/${web.mine.otherDepartment}/end`, { version: '1', successorId: web.mine.department }, admin)).status).toBe(403);
    expect((await web.post(`/administration/departments/${web.mine.otherDepartment}/end`, { version: '1', successorId: web.mine.otherDepartment }, admin)).status).toBe(403);
    expect((await web.post(`/administration/departments/${web.mine.division}/end`, { version: '1', successorId: '' }, admin)).status).toBe(403);
    expect((await verifyJournal(web.database)).problems).toEqual([]);
  });
});

describe('the organisation and its bodies', () => {
  it('is changed against the version that was seen', async () => {
    const fields = { version: '1', name: 'みずほ野市', code: '０１２３４５', raisePriorityToFull: 'yes' };
    expect((await web.post('/administration/organisation', fields, admin)).status).toBe(303);
    const stale = await web.post('/administration/organisation', { version: '1', name: 'みずほの市', code: '' }, admin);
    expect(stale.status).toBe(409);
    expect(textOf(stale.body)).toContain('全項目評価まで行う');
    expect((await web.post('/administration/organisation', { ...fields, version: '2', name: '' }, admin)).status).toBe(422);
    expect((await web.post('/administration/organisation', { ...fields, version: '2', id: web.theirs.id }, admin)).status).toBe(422);
    expect(await web.database.query('select name, code, raise_priority_to_full from organisation where id = $1', [web.mine.id])).toEqual([{ name: 'みずほ野市', code: '012345', raise_priority_to_full: true }]);
  });

  it('has bodies, one at least, which end when nothing is below them', async () => {
    expect((await web.post(`/administration/bodies/${web.mine.body}/end`, { version: '1' }, admin)).status).toBe(403);
    expect((await web.post('/administration/bodies', { name: ' 教育委員会 ' }, admin)).status).toBe(303);
    expect((await web.post('/administration/bodies', { name: '教育委員会' }, admin)).status).toBe(422);
    const [body]: { id: string }[] = await web.database.query('select id from implementing_body where name = $1', ['教育委員会']);
    expect((await web.post(`/administration/bodies/${body!.id}`, { version: '1', name: '教育委員会（旧）' }, admin)).status).toBe(303);
    expect((await web.post(`/administration/bodies/${body!.id}`, { version: '1', name: '別の名前' }, admin)).status).toBe(409);
    expect((await web.post(`/administration/bodies/${body!.id}/end`, { version: '2' }, admin)).status).toBe(303);
    expect(textOf((await web.get('/administration/bodies', admin)).body)).toContain('令和8年11月21日に終了');
  });
});

describe('the journal page', () => {
  it('shows the newest entries of the own organisation, by kind, to those who may read it', async () => {
    await web.post('/administration/bodies', { name: '公平委員会' }, admin);
    await web.post('/administration/bodies', { name: '町の委員会' }, web.theirs.people.administrator);
    for (const reader of [admin, web.mine.people['assessment-lead']]) {
      const text = textOf((await web.get('/journal', reader)).body);
      expect(text).toContain('公平委員会');
      expect(text).not.toContain('町の委員会');
    }
    expect(textOf((await web.get('/journal?kind=account', admin)).body)).not.toContain('公平委員会');
    expect((await web.get('/journal', web.mine.people.drafter)).status).toBe(403);
  });

  it('reads on page by page', async () => {
    for (let count = 0; count < 55; count += 1) await web.post('/administration/bodies', { name: `委員会${count}` }, admin);
    const first = await web.get('/journal', admin);
    expect(first.body.match(/評価実施機関を加えた/gu)).toHaveLength(50);
    const older = /href="(\/journal[^"]*before[^"]*)"/u.exec(first.body)![1]!.replaceAll('&amp;', '&').replaceAll('&#x3D;', '=');
    const second = await web.get(older, admin);
    expect(second.body.match(/評価実施機関を加えた/gu)).toHaveLength(5);
  });
});
