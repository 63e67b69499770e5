import { makeTown, open, type Database, type Town } from '../../test/assessments-town.js';
import { testDatabase } from '../../test/test-database.js';
import { readSchema } from '../engine/content-loader.js';
import { Departments } from '../identity/departments.service.js';
import { MAIL } from '../jobs/mail.js';
import { JobQueue } from '../jobs/queue.js';
import type { Actor } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { inProject } from '../kernel/root.js';
import { loadCatalogue } from '../systems/catalogue.js';
import { SystemFacts } from '../systems/system-facts.service.js';
import { Asking } from './asking.service.js';
import { addQuestion, shownWhen, question } from './questionnaire-building.js';
import { loadQuestionnaireTemplates, QuestionnaireCheck } from './questionnaire-content.js';
import { Questionnaires, type QuestionnaireText } from './questionnaires.service.js';
import { BLANK_QUESTION } from './question-text.js';
import { ResponsePrefilling } from './prefilling-responses.js';
import { ResponseKeeping } from './response-keeping.service.js';
import { successorOf } from './response-following.js';

const catalogue = loadCatalogue(inProject('templates'), '2026-11-21');
const check = new QuestionnaireCheck(readSchema(inProject('templates'), 'form'), catalogue);
const questionnaires = new Questionnaires(loadQuestionnaireTemplates(inProject('templates'), catalogue), check);
const departments = new Departments();
const keeping = new ResponseKeeping(questionnaires);
const TEXT: QuestionnaireText = { title: '端末の調査', purpose: '', per: 'department', referenceOn: '2026-10-01', dueOn: null };
const DUE = '2026-12-10';

describe('asking departments', () => {
  let base: Awaited<ReturnType<typeof testDatabase>>;
  let database: Database;
  let queue: JobQueue;
  let asking: Asking;
  let town: Town;
  let office: Actor;
  let clerk: Actor;
  let member: Actor;
  let administrator: Actor;

  beforeAll(async () => {
    base = await testDatabase();
    database = await open(base.url);
    queue = await JobQueue.open(base.url, [MAIL], { log: () => undefined });
    asking = new Asking(departments, catalogue, check, queue, new ResponsePrefilling(catalogue, new SystemFacts(catalogue)));
    town = await makeTown(database);
    office = await town.person('audit-secretariat', null, '監査事務局　担当');
    member = await town.person('audit-member', null);
    administrator = await town.person('administrator', null);
    clerk = await town.person('drafter', town.pension);
    await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, $5)', [newId(), town.organisation, clerk.id, 'drafter', town.pension]);
    await database.query('update account set mail = $1 where id = $2', ['kokuho@example.lg.jp', clerk.id]);
  });
  afterAll(async () => {
    await queue.close();
    await database.destroy();
    await base.drop();
  });

  const version = async (table: string, id: string): Promise<number> => ((await database.query(`select version from ${table} where id = $1`, [id])) as { version: number }[])[0]!.version;
  const made = (more: Partial<QuestionnaireText> = {}, auditId: string | null = null): Promise<string> => town.as(office, (ctx) => questionnaires.add(ctx, auditId, { ...TEXT, ...more }, { from: 'blank' }));
  /** 委託 (choice) and, shown when it is はい, 委託先. */
  const withQuestions = async (id: string): Promise<void> => {
    const option = (label: string) => ({ code: '', label, text: false, exclusive: false });
    await town.as(office, (ctx) => questionnaires.build(ctx, id, 1, 'question-added', (draft, mark) => addQuestion(draft, 's-1', 'choice', { ...BLANK_QUESTION, label: '委託', options: [option('はい'), option('いいえ')] }, mark).draft));
    await town.as(office, (ctx) => questionnaires.build(ctx, id, 2, 'question-added', (draft, mark) => addQuestion(draft, 's-1', 'text', { ...BLANK_QUESTION, label: '委託先', when: shownWhen(question(draft, 'q-2'), 'o-2-1') }, mark).draft));
  };
  const sentTo = async (recipients: { departmentId: string; systemId: string | null }[], id?: string): Promise<string> => {
    const chosen = id ?? (await made());
    if (id === undefined) await withQuestions(chosen);
    await town.as(office, async (ctx) => asking.send(ctx, chosen, await version('questionnaire', chosen), { dueOn: DUE, recipients }));
    return chosen;
  };
  const both = (): { departmentId: string; systemId: null }[] => [{ departmentId: town.pension, systemId: null }, { departmentId: town.children, systemId: null }];
  const responses = (id: string): Promise<{ id: string; department: string; former: string | null; status: string }[]> => database.query('select id, department_id as department, former_department_id as former, status from questionnaire_response where questionnaire_id = $1 order by changed_at, id', [id]);
  const letters = async (): Promise<{ to: string; subject: string; text: string }[]> => ((await database.query(`select data from pgboss.job where name = 'mail' order by created_on, id`)) as { data: { to: string; subject: string; text: string } }[]).map((one) => one.data);
  const audit = async (status: string): Promise<string> => {
    const id = newId();
    await database.query(`insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, reference_on, method, rounding, status, changed_at, changed_by_name)
      values ($1, $2, 2026, 'administrative', '行政監査', '[]', '端末', '', '', '[]', '2026-09-30', '', '{"mode":"half-up","digits":1}', $3, now(), '監査')`, [id, town.organisation, status]);
    return id;
  };

  it('takes the reference date of its audit, and knows whom the audit is about', async () => {
    const about = await audit('conducting');
    await database.query('insert into audit_target (id, organisation_id, audit_id, department_id) values ($1, $2, $3, $4)', [newId(), town.organisation, about, town.children]);
    const id = await made({ referenceOn: null }, about);
    const { questionnaire } = await town.as(member, (ctx) => questionnaires.get(ctx, id));
    expect(questionnaire.referenceOn).toBe('2026-09-30');
    const found = await town.as(office, (ctx) => asking.recipients(ctx, id));
    expect(found.filter((one) => one.target).map((one) => one.name)).toEqual(['こども課']);
    expect(found.map((one) => [one.name, one.people])).toEqual([['福祉部', 0], ['こども課', 0], ['国保年金課', 1]]);
    const list = await town.as(member, (ctx) => questionnaires.list(ctx, about));
    expect(list.map((one) => one.id)).toEqual([id]);
    expect((await town.as(member, (ctx) => questionnaires.list(ctx, 'self-inspection'))).map((one) => one.id)).not.toContain(id);
  });

  it('keeps everything from whoever has no right, and from other organisations', async () => {
    const id = await made();
    const elsewhere = await makeTown(database, 'あさぎり町');
    const stranger = await elsewhere.person('audit-secretariat', null);
    for (const work of [
      () => town.as(clerk, (ctx) => questionnaires.list(ctx, 'all')), () => town.as(clerk, (ctx) => questionnaires.get(ctx, id)), () => town.as(clerk, (ctx) => keeping.tracking(ctx, id)),
      () => town.as(member, (ctx) => questionnaires.add(ctx, null, TEXT, { from: 'blank' })), () => town.as(member, (ctx) => questionnaires.change(ctx, id, 1, TEXT)), () => town.as(member, (ctx) => questionnaires.build(ctx, id, 1, 'x', (draft) => draft)),
      () => town.as(member, (ctx) => questionnaires.remove(ctx, id, 1)), () => town.as(member, (ctx) => asking.recipients(ctx, id)), () => town.as(member, (ctx) => asking.send(ctx, id, 1, { dueOn: DUE, recipients: both() })),
      () => town.as(member, (ctx) => asking.remind(ctx, id, { which: 'awaited', text: '甲' })), () => town.as(member, (ctx) => asking.close(ctx, id, 1)), () => town.as(office, (ctx) => keeping.followReorganisation(ctx, town.pension)),
    ]) await expect(work()).rejects.toThrow(Refused);
    for (const work of [
      () => elsewhere.as(stranger, (ctx) => questionnaires.get(ctx, id)), () => elsewhere.as(stranger, (ctx) => asking.close(ctx, id, 1)), () => town.as(office, (ctx) => questionnaires.get(ctx, 'nothing')), () => town.as(office, (ctx) => questionnaires.list(ctx, 'nothing')),
    ]) await expect(work()).rejects.toThrow(NotFound);
  });

  it('keeps the questionnaires of a closed audit as they are', async () => {
    const about = await audit('conducting');
    const id = await made({}, about);
    await database.query(`update audit set status = 'closed' where id = $1`, [about]);
    await expect(town.as(office, (ctx) => questionnaires.change(ctx, id, 1, TEXT))).rejects.toThrow('完了しています');
    await expect(made({}, about)).rejects.toThrow(Refused);
  });

  it('builds only sound drafts, and only upon what was seen', async () => {
    const id = await made();
    await expect(town.as(office, (ctx) => questionnaires.build(ctx, id, 1, 'x', (draft) => ({ ...draft, prefilling: { nothing: { from: 'register', code: 'people' } } })))).rejects.toThrow(Invalid);
    await withQuestions(id);
    await expect(town.as(office, (ctx) => questionnaires.build(ctx, id, 1, 'x', (draft) => draft))).rejects.toThrow(Conflict);
    await expect(town.as(office, (ctx) => questionnaires.remove(ctx, id, 1))).rejects.toThrow(Conflict);
    expect(await version('questionnaire', id)).toBe(3);
  });

  it('copies with its codes, and goes on counting so that none is given twice', async () => {
    const source = await sentTo(both());
    const copy = await town.as(office, (ctx) => questionnaires.add(ctx, null, { ...TEXT, title: '' }, { from: 'copy', id: source }));
    const { questionnaire, copiedFrom } = await town.as(office, (ctx) => questionnaires.get(ctx, copy));
    expect(copiedFrom?.id).toBe(source);
    expect(questionnaire).toMatchObject({ title: '端末の調査', status: 'draft', sentAt: null });
    await town.as(office, (ctx) => questionnaires.build(ctx, copy, questionnaire.version, 'question-added', (draft, mark) => {
      const added = addQuestion(draft, 's-1', 'text', { ...BLANK_QUESTION, label: '新しい問い' }, mark);
      expect(['q-2', 'q-3']).not.toContain(added.code);
      return added.draft;
    }));
    await expect(town.as(office, (ctx) => questionnaires.remove(ctx, source, 4))).rejects.toThrow('もう送ったので');
    const draft = await made();
    await town.as(office, (ctx) => questionnaires.add(ctx, null, { ...TEXT, title: '写し' }, { from: 'copy', id: draft }));
    await expect(town.as(office, (ctx) => questionnaires.remove(ctx, draft, 1))).rejects.toThrow('写しのもと');
  });

  it('asks departments for the systems that they own or use, and for no others', async () => {
    const [owned, used, foreign, ended] = [newId(), newId(), newId(), newId()];
    const system = (id: string, department: string, name: string, register: object = {}): Promise<unknown> => database.query(`insert into system (id, organisation_id, kind, name, department_id, register, register_version, changed_at, changed_by_name) values ($1, $2, 'system', $3, $4, $5, '2026-04', now(), '担当')`, [id, town.organisation, name, department, JSON.stringify(register)]);
    await system(owned, town.pension, '国保システム');
    await system(used, town.children, '宛名システム');
    await system(foreign, town.children, '児童手当システム');
    await system(ended, town.pension, '旧国保システム', { 'operation-state': { choice: 'ended' } });
    await database.query('insert into system_use (id, organisation_id, system_id, department_id) values ($1, $2, $3, $4)', [newId(), town.organisation, used, town.pension]);
    const id = await made({ per: 'department-system' });
    await withQuestions(id);
    const pension = (await town.as(office, (ctx) => asking.recipients(ctx, id))).find((one) => one.id === town.pension);
    expect(pension!.systems.map((one) => [one.name, one.owned])).toEqual([['国保システム', true], ['宛名システム', false]]);
    const send = (departmentId: string, systemId: string | null) => town.as(office, (ctx) => asking.send(ctx, id, 3, { dueOn: DUE, recipients: [{ departmentId, systemId }] }));
    await expect(send(town.pension, foreign)).rejects.toThrow(Invalid);
    await expect(send(town.pension, ended)).rejects.toThrow(Invalid);
    await expect(send(town.pension, null)).rejects.toThrow(Invalid);
    await sentTo([{ departmentId: town.pension, systemId: owned }, { departmentId: town.pension, systemId: used }, { departmentId: town.pension, systemId: owned }], id);
    expect(await responses(id)).toHaveLength(2);
    // One letter to one person, with both systems in it.
    const last = (await letters()).at(-1)!;
    expect(last).toMatchObject({ to: 'kokuho@example.lg.jp', subject: '調査票の回答のお願い：端末の調査（期限 令和8年12月10日）' });
    expect(last.text).toContain('・国保システム　期限 令和8年12月10日\n・宛名システム　期限 令和8年12月10日');
    const whole = await made();
    await withQuestions(whole);
    await expect(town.as(office, (ctx) => asking.send(ctx, whole, 3, { dueOn: DUE, recipients: [{ departmentId: town.pension, systemId: owned }] }))).rejects.toThrow(Invalid);
  });

  it('freezes what it asks once it is sent', async () => {
    const id = await sentTo(both());
    const seen = await version('questionnaire', id);
    await expect(town.as(office, (ctx) => questionnaires.build(ctx, id, seen, 'x', (draft) => draft))).rejects.toThrow('問いは変えられません');
    await expect(town.as(office, (ctx) => questionnaires.change(ctx, id, seen, { ...TEXT, dueOn: '2026-12-20' }))).rejects.toThrow('回答ごとに');
    const before = await town.as(office, (ctx) => questionnaires.get(ctx, id));
    await town.as(office, (ctx) => questionnaires.change(ctx, id, seen, { ...TEXT, title: '新しい題', dueOn: DUE }));
    const after = await town.as(office, (ctx) => questionnaires.get(ctx, id));
    expect([after.questionnaire.title, after.questionnaire.definitionHash]).toEqual(['新しい題', before.questionnaire.definitionHash]);
    await expect(town.as(office, (ctx) => asking.send(ctx, id, seen + 1, { dueOn: DUE, recipients: both() }))).rejects.toThrow('もう送っています');
  });

  it('takes with a correction what is no longer asked, each with its trace', async () => {
    const id = await sentTo(both());
    const { id: response } = (await responses(id)).find((one) => one.department === town.pension)!;
    const answer = (item: string, value: unknown): Promise<unknown> => database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, $3, $4, now(), '担当')`, [response, town.organisation, item, JSON.stringify(value)]);
    await answer('q-2', { choice: 'o-2-1' });
    await answer('q-3', '株式会社みずほ野');
    await database.query(`update questionnaire_response set status = 'submitted', submitted_at = now(), submitted_by_name = '担当' where id = $1`, [response]);
    await expect(town.as(office, (ctx) => keeping.correct(ctx, response, 1, { item: 'q-2', value: { choice: 'o-2-2' }, reason: '電話' }))).rejects.toThrow('「提出」なので');
    await town.as(office, (ctx) => keeping.fix(ctx, response, 1));
    await expect(town.as(office, (ctx) => keeping.fix(ctx, response, 1))).rejects.toThrow(Conflict);
    await expect(town.as(office, (ctx) => keeping.correct(ctx, response, 2, { item: 'gone', value: null, reason: '電話' }))).rejects.toThrow(NotFound);
    await expect(town.as(office, (ctx) => keeping.correct(ctx, response, 2, { item: 'q-2', value: { choice: 'nothing' }, reason: '電話' }))).rejects.toThrow(Invalid);
    await town.as(office, (ctx) => keeping.correct(ctx, response, 2, { item: 'q-2', value: { choice: 'o-2-2' }, reason: '課に電話で確かめた' }));
    const kept = await town.as(member, (ctx) => keeping.response(ctx, id, response));
    expect(kept.corrections.map(({ item, before, after, reason }) => ({ item, before, after, reason })).sort((a, b) => (a.item < b.item ? -1 : 1))).toEqual([
      { item: 'q-2', before: { choice: 'o-2-1' }, after: { choice: 'o-2-2' }, reason: '課に電話で確かめた' }, { item: 'q-3', before: '株式会社みずほ野', after: null, reason: '課に電話で確かめた' },
    ]);
    expect([kept.stored.get('q-3')!.value, kept.actions, kept.tracked.corrections]).toEqual([null, [], 2]);
    // What is not asked cannot be corrected; after the questionnaire was closed the rest still can.
    await town.as(office, async (ctx) => asking.close(ctx, id, await version('questionnaire', id)));
    await expect(town.as(office, (ctx) => keeping.correct(ctx, response, 3, { item: 'q-3', value: '別の会社', reason: '電話' }))).rejects.toThrow(Invalid);
    await town.as(office, (ctx) => keeping.correct(ctx, response, 3, { item: 'q-2', value: { choice: 'o-2-1' }, reason: '再び確かめた' }));
    await town.as(office, (ctx) => keeping.reopen(ctx, response, 4, '見直し'));
    await expect(town.as(office, (ctx) => keeping.return(ctx, response, 5, { reason: '直してください', items: [] }))).rejects.toThrow('締め切っています');
  });

  it('moves the responses of a merged department to its successor, beside the one that it has; again changes nothing; closed ones when they are opened', async () => {
    const [opened, closed] = [await sentTo(both()), await sentTo(both())];
    await town.as(office, async (ctx) => asking.close(ctx, closed, await version('questionnaire', closed)));
    await town.as(administrator, async (ctx) => departments.end(ctx, town.children, await version('department', town.children), town.pension));
    expect(await town.as(administrator, (ctx) => keeping.followReorganisation(ctx, town.children))).toBeGreaterThanOrEqual(1);
    expect(await town.as(administrator, (ctx) => keeping.followReorganisation(ctx, town.children))).toBe(0);
    const moved = { department: town.pension, former: town.children };
    expect((await responses(opened)).map(({ department, former }) => ({ department, former })).sort((a, b) => (a.former === null ? -1 : b.former === null ? 1 : 0))).toEqual([{ department: town.pension, former: null }, moved]);
    expect((await responses(closed)).map((one) => one.department)).toContain(town.children);
    await town.as(office, async (ctx) => asking.reopen(ctx, closed, await version('questionnaire', closed)));
    expect((await responses(closed)).map((one) => one.department)).toEqual([town.pension, town.pension]);
    const { responses: tracked } = await town.as(office, (ctx) => keeping.tracking(ctx, opened));
    expect(tracked.map((one) => [one.department, one.former])).toEqual(expect.arrayContaining([['福祉部　国保年金課', null], ['福祉部　国保年金課', '福祉部　こども課']]));
    // A department that has ended is asked nothing any more.
    const id = await made();
    await withQuestions(id);
    await expect(town.as(office, (ctx) => asking.send(ctx, id, 3, { dueOn: DUE, recipients: both() }))).rejects.toThrow(Invalid);
  });

  it('follows a chain of successors to the one that lives, and never in a circle', () => {
    const at = (endedOn: string | null, successorId: string | null) => ({ endedOn, successorId });
    const departments_ = new Map([['a', at('2026-04-01', 'b')], ['b', at('2026-10-01', 'c')], ['c', at(null, null)], ['d', at('2026-04-01', null)], ['x', at('2026-04-01', 'y')], ['y', at('2026-04-01', 'x')]]);
    expect(['a', 'b', 'c', 'd', 'gone'].map((id) => successorOf(id, departments_))).toEqual(['c', 'c', 'c', 'd', 'gone']);
    expect(['x', 'y']).toContain(successorOf('x', departments_));
  });
});
