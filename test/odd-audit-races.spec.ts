import { Answering } from '../src/audits/answering.service.js';
import { PlanLinks } from '../src/audits/plan-links.service.js';
import { inTransaction } from '../src/kernel/database.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { openAudited, type Audited } from './audited-organisations.js';
import { askedOf, askedQuestionnaire, answersOf, WHOLE } from './responses-town.js';
import type { Member } from './two-organisations.js';

let web: Audited;
beforeAll(async () => { web = await openAudited(); }, 180_000);
afterAll(() => web?.close());

const as = <T>(member: Member, work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(web.database, {
  organisation: member.organisation, actor: { id: member.id, name: member.name, department: web.mine.department, grants: [{ role: member.role, department: ['drafter', 'section-head'].includes(member.role) ? web.mine.department : null }] }, clock: web.clock,
}, work);
const town = () => ({ organisation: web.mine.id });
const version = async (table: string, id: string): Promise<string> => String(((await web.database.query(`select version from ${table} where id = $1`, [id])) as { version: number }[])[0]!.version);

/** Until somebody waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (let n = 0; n < 2_000; n += 1) {
    const [{ waiting }] = (await web.database.query(`select count(*)::int as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)) as [{ waiting: number }];
    if (waiting > 0) return;
  }
}

describe('at the same moment', () => {
  it('two people who fix the same response: one does, the other is told by whom', async () => {
    const office = web.mine.people['audit-secretariat'];
    const questionnaire = await askedQuestionnaire(web.database, town());
    const response = await askedOf(web.database, town(), questionnaire, web.mine.department, { status: 'submitted' });
    const path = `/questionnaires/${questionnaire}/responses/${response}/fix`;
    const got = await Promise.all([1, 2, 3].map(() => web.post(path, { version: '1' }, office)));
    expect(got.map((one) => one.status).sort()).toEqual([303, 409, 409]);
    expect(got.find((one) => one.status === 409)!.body).toContain(`${office.name}さんが先に変えました`);
    expect(await web.database.query(`select count(*)::int as n from journal_entry where object_id = $1 and action = 'response-fix'`, [response])).toEqual([{ n: 1 }]);
  });

  it('a response that is saved while its department is merged: both happen, one after the other', async () => {
    const [drafter, administrator] = [web.mine.people.drafter, web.mine.people.administrator];
    const [old, sub] = [newId(), newId()];
    for (const [id, name] of [[old, '統合される課'], [sub, '任される課']]) await web.database.query('insert into department (id, organisation_id, body_id, parent_id, name) values ($1, $2, $3, null, $4)', [id, web.mine.id, web.mine.body, name]);
    const questionnaire = await askedQuestionnaire(web.database, town());
    const [response, own] = [await askedOf(web.database, town(), questionnaire, old), await askedOf(web.database, town(), questionnaire, web.mine.department)];
    // Somebody of こども課 answers in the place of the one that goes, and looks at a value that was filled in for them.
    await web.database.query('update questionnaire_response set delegated_to_id = $1 where id = $2', [web.mine.department, response]);
    await web.database.query(`insert into response_answer (response_id, organisation_id, item, value, prefilled_from, changed_at, changed_by_name) values ($1, $2, 'name', '"台帳の名"', 'register:name', now(), '台帳')`, [response, web.mine.id]);
    const answering = web.app.get(Answering, { strict: false });
    let end: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await as(drafter, async (ctx) => {
      await answering.delegationChoices(ctx, own);
      await answering.saveMany(ctx, response, [{ item: 'terminals', value: 4, seen: 0 }]).catch(() => undefined);
      end = web.post(`/administration/departments/${old}/end`, { version: '1', successorId: web.mine.department }, administrator);
      await somebodyWaits();
      await answering.saveMany(ctx, response, [{ item: 'manual', value: { choice: 'yes' }, seen: 0 }]);
    });
    expect((await end).status).toBe(303);
    const [moved] = (await web.database.query('select department_id as department, delegated_to_id as delegate, former_department_id as former, status from questionnaire_response where id = $1', [response])) as object[];
    expect(moved).toEqual({ department: web.mine.department, delegate: null, former: old, status: 'answering' });
    expect(await answersOf(web.database, response)).toEqual({ manual: { value: { choice: 'yes' }, version: 1, from: null }, name: { value: '台帳の名', version: 1, from: 'register:name' }, terminals: { value: 4, version: 1, from: null } });
    // The successor goes on with both, its own and the one that came to it.
    await as(drafter, (ctx) => answering.saveMany(ctx, response, Object.entries(WHOLE).filter(([item]) => item === 'media').map(([item, value]) => ({ item, value, seen: 0 }))));
    const seen = Number(await version('questionnaire_response', response));
    await as(drafter, (ctx) => answering.submit(ctx, response, seen));
    expect((await as(drafter, (ctx) => answering.list(ctx))).map((one) => one.id)).toEqual(expect.arrayContaining([response, own]));
  }, 60_000);

  it('a response whose lock is held while its department goes: nobody is sent away', async () => {
    const [drafter, administrator] = [web.mine.people.drafter, web.mine.people.administrator];
    const old = newId();
    await web.database.query(`insert into department (id, organisation_id, body_id, parent_id, name) values ($1, $2, $3, null, '先に消える課')`, [old, web.mine.id, web.mine.body]);
    const questionnaire = await askedQuestionnaire(web.database, town());
    const response = await askedOf(web.database, town(), questionnaire, old);
    await web.database.query('update questionnaire_response set delegated_to_id = $1 where id = $2', [web.mine.department, response]);
    const answering = web.app.get(Answering, { strict: false });
    let end: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await as(drafter, async (ctx) => {
      // Locks the response and writes nothing yet.
      await answering.saveMany(ctx, response, []);
      end = web.post(`/administration/departments/${old}/end`, { version: '1', successorId: web.mine.department }, administrator);
      await somebodyWaits();
      await answering.saveMany(ctx, response, [{ item: 'terminals', value: 5, seen: 0 }]);
    });
    expect((await end).status).toBe(303);
    expect((await answersOf(web.database, response)).terminals).toMatchObject({ value: 5 });
  }, 60_000);

  it('a questionnaire that is closed while somebody saves: what was begun is saved, nothing comes after it', async () => {
    const [drafter, office] = [web.mine.people.drafter, web.mine.people['audit-secretariat']];
    const questionnaire = await askedQuestionnaire(web.database, town());
    const response = await askedOf(web.database, town(), questionnaire, web.mine.department);
    const answering = web.app.get(Answering, { strict: false });
    const order: string[] = [];
    let closed: Promise<unknown> = Promise.resolve();
    await as(drafter, async (ctx) => {
      await answering.saveMany(ctx, response, []);
      closed = web.post(`/questionnaires/${questionnaire}/close`, { version: '1' }, office).then(({ status }) => order.push(`closed ${status}`));
      await somebodyWaits();
      await answering.saveMany(ctx, response, [{ item: 'terminals', value: 6, seen: 0 }]);
      order.push('saved');
    });
    await closed;
    expect(order).toEqual(['saved', 'closed 303']);
    await expect(as(drafter, (ctx) => answering.saveMany(ctx, response, [{ item: 'terminals', value: 7, seen: 1 }]))).rejects.toMatchObject({ code: 'questionnaire-closed' });
  }, 60_000);

  it('two reports that are published under one number: one is, the other learns of the next', async () => {
    const office = web.mine.people['audit-secretariat'];
    const ids: string[] = [];
    for (const title of ['一', '二']) {
      const [audit, report] = [newId(), newId()];
      await web.database.query(`insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, method, rounding, status, changed_at, changed_by_name)
        values ($1, $2, 2026, 'administrative', '行政監査', '["act-199-2"]', $3, '', '', '[]', '', '{"mode":"half-up","digits":1}', 'reported', now(), 'x')`, [audit, web.mine.id, `同時の公表${title}`]);
      await web.database.query(`insert into audit_report (id, organisation_id, audit_id, kind, title, addressees, sections, omitted, status, decided_on, submitted_on, frozen, changed_at, changed_by_name)
        values ($1, $2, $3, 'report', $4, '[]', '[]', '[]', 'fixed', '2026-11-10', '2026-11-12', null, now(), 'x')`, [report, web.mine.id, audit, `報告${title}`]);
      ids.push(audit);
    }
    const got = await Promise.all([...ids, ...ids].map((audit) => web.post(`/audits/${audit}/report/publish`, { version: '1', publishedOn: '2026-11-20', number: '41' }, office)));
    expect(got.filter((one) => one.status >= 500).length).toBe(0);
    expect(await web.database.query('select count(*)::int as n from audit_report where organisation_id = $1 and publication_number = 41', [web.mine.id])).toEqual([{ n: 1 }]);
    expect(got.filter((one) => one.status === 303)).toHaveLength(1);
  }, 60_000);

  it('two questions of one year: one is asked', async () => {
    const office = web.mine.people['audit-secretariat'];
    await web.database.query(`update corrective_action set state = 'not-started', effect = null, settled_on = null where audit_id = $1`, [web.decided.audit]);
    const got = await Promise.all([1, 2, 3].map(() => web.post('/actions/askings', { year: '2026', dueOn: '2026-12-25' }, office)));
    expect(got.map((one) => one.status).sort()).toEqual([303, 422, 422]);
  });

  const planOf = async (kind: string, title: string): Promise<string> => {
    const id = newId();
    await web.database.query(`insert into audit_plan (id, organisation_id, kind, title, from_year, until_year, policy, changed_at, changed_by_name) values ($1, $2, $3, $4, 2026, 2026, '', now(), 'x')`, [id, web.mine.id, kind, title]);
    return id;
  };
  const itemOf = async (plan: string): Promise<string> => {
    const id = newId();
    await web.database.query(`insert into audit_plan_item (id, organisation_id, plan_id, fiscal_year, kind, theme, targets, period, position) values ($1, $2, $3, 2026, 'administrative', '端末', '', '', 1)`, [id, web.mine.id, plan]);
    return id;
  };

  it('two yearly plans that take up one item of a mid-term plan: one does', async () => {
    const office = web.mine.people['audit-secretariat'];
    const above = await itemOf(await planOf('mid-term', '中期計画'));
    const [one, other] = [await planOf('yearly', '年間計画の一'), await planOf('yearly', '年間計画の二')];
    let second: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await as(office, async (ctx) => {
      await web.app.get(PlanLinks, { strict: false }).takeUp(ctx, one, 1, [above]);
      second = web.post(`/audits/plans/${other}/mid-term`, { version: '1', item: above }, office);
      await somebodyWaits();
    });
    expect((await second).status).toBe(403);
    expect(await web.database.query('select plan_id as plan from audit_plan_item where mid_term_item_id = $1', [above])).toEqual([{ plan: one }]);
  }, 60_000);

  it.each([['an item', (plan: string, item: string) => `/audits/plans/${plan}/items/${item}/remove`], ['a plan', (plan: string) => `/audits/plans/${plan}/remove`]])('%s that is removed while an audit is put to it stays', async (_, path) => {
    const office = web.mine.people['audit-secretariat'];
    const plan = await planOf('yearly', '消される計画');
    const [item, audit] = [await itemOf(plan), newId()];
    await web.database.query(`insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, method, rounding, status, changed_at, changed_by_name)
      values ($1, $2, 2026, 'administrative', '行政監査', '["act-199-2"]', '結び付ける監査', '', '', '[]', '', '{"mode":"half-up","digits":1}', 'planned', now(), 'x')`, [audit, web.mine.id]);
    let removed: Promise<{ status: number }> = Promise.resolve({ status: 0 });
    await as(office, async (ctx) => {
      await web.app.get(PlanLinks, { strict: false }).link(ctx, item, audit);
      removed = web.post(path(plan, item), { version: '1' }, office);
      await somebodyWaits();
    });
    expect((await removed).status).toBe(403);
    expect(await web.database.query('select plan_item_id as item from audit where id = $1', [audit])).toEqual([{ item }]);
  }, 60_000);

  it('a notice that is begun twice: the action stands in one', async () => {
    const head = web.mine.people['section-head'];
    const action = newId();
    await web.database.query(`insert into corrective_action (id, organisation_id, audit_id, finding_id, number, title, planned, department_id, state, changed_at, changed_by_name) values ($1, $2, $3, $4, 900, '鍵', '', $5, 'not-started', now(), 'x')`, [action, web.mine.id, web.decided.audit, web.decided.finding, web.mine.department]);
    const got = await Promise.all([1, 2, 3].map(() => web.post('/notices', { shown: action, chosen: action, text: '' }, head)));
    expect(got.map((one) => one.status).sort()).toEqual([303, 422, 422]);
    expect(await web.database.query('select count(*)::int as n from action_notice_item where action_id = $1', [action])).toEqual([{ n: 1 }]);
  });
});
