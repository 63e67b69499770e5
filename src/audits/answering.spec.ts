import type { Actor } from '../kernel/ctx.js';
import { clockAt } from '../kernel/clock.js';
import { inTransaction } from '../kernel/database.js';
import { newId } from '../kernel/ids.js';
import { Departments } from '../identity/departments.service.js';
import { refusal } from '../../test/declarations-town.js';
import { answersOf, askedOf, askedQuestionnaire, WHOLE } from '../../test/responses-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import { Answering } from './answering.service.js';
import { ResponsePrefilling } from './prefilling-responses.js';
import { Questionnaire } from './questionnaire.entity.js';
import { scoped } from '../kernel/scoped.js';

describe('answering a questionnaire', () => {
  let place: SystemsTown;
  let clerk: Actor;
  let other: Actor;
  let division: string;
  let above: Actor;
  const answering = new Answering(new Departments());

  beforeAll(async () => {
    place = await openSystemsTown();
    const { town, database } = place;
    clerk = await town.person('drafter', town.pension, '国保年金課の担当');
    other = await town.person('drafter', town.children, 'こども課の担当');
    division = ((await database.query(`select id from department where name = '福祉部' and organisation_id = $1`, [town.organisation])) as { id: string }[])[0]!.id;
    above = await town.person('section-head', division, '福祉部長');
  });
  afterAll(() => place.close());

  const asked = async (department = place.town.pension, options: Parameters<typeof askedOf>[4] = {}, questionnaire: Parameters<typeof askedQuestionnaire>[2] = {}): Promise<string> =>
    askedOf(place.database, place.town, await askedQuestionnaire(place.database, place.town, questionnaire), department, options);
  const save = (id: string, item: string, value: unknown, seen = 0, by = clerk, confirm = false) => place.town.as(by, (ctx) => answering.save(ctx, id, { item, value, seen, confirm }));
  const opened = (id: string, by = clerk) => place.town.as(by, (ctx) => answering.open(ctx, id));
  const answerAll = (id: string) => place.town.as(clerk, (ctx) => answering.saveMany(ctx, id, Object.entries(WHOLE).map(([item, value]) => ({ item, value, seen: 0 }))));
  const journal = async (id: string): Promise<string[]> => ((await place.database.query('select content from journal_entry where object_id = $1 order by number', [id])) as { content: string }[]).map(({ content }) => (JSON.parse(content) as { action: string }).action);

  it('begins with the first answer; the same again changes nothing', async () => {
    const id = await asked();
    expect((await opened(id)).response.status).toBe('not-started');
    expect(await save(id, 'terminals', 12)).toEqual({ saved: [{ item: 'terminals', version: 1, value: 12 }], cleared: [], turned: [], rows: [] });
    expect((await opened(id)).response.status).toBe('answering');
    expect((await save(id, 'terminals', 12, 0)).saved).toEqual([]);
    expect((await save(id, 'terminals', 13, 1)).saved).toEqual([{ item: 'terminals', version: 2, value: 13 }]);
    expect(await journal(id)).toEqual(['answer-saved', 'answer-saved']);
  });

  it('shows both texts of a stale save and keeps what is stored', async () => {
    const id = await asked();
    await save(id, 'name', '先の答え');
    const wrong = await refusal(save(id, 'name', '後の答え'));
    expect(wrong).toMatchObject({ kind: 'conflict', code: 'stale', sides: { sent: [{ item: 'name', value: '後の答え' }], current: [{ item: 'name', value: '先の答え', version: 1, by: '国保年金課の担当' }], currentVersion: 1 } });
    expect((await answersOf(place.database, id))['name']).toMatchObject({ value: '先の答え', version: 1 });
  });

  it('saves a section whole or not at all, with the problems of every answer', async () => {
    const id = await asked();
    const changes = [{ item: 'name', value: '住民記録', seen: 0 }, { item: 'terminals', value: -1, seen: 0 }, { item: 'manual', value: { choice: 'perhaps' }, seen: 0 }, { item: 'nothing', value: 'x', seen: 0 }];
    const wrong = await refusal(place.town.as(clerk, (ctx) => answering.saveMany(ctx, id, changes)));
    expect(wrong).toMatchObject({ kind: 'invalid', problems: ['number-out-of-range', 'unknown-option', 'unknown-item'] });
    expect(await answersOf(place.database, id)).toEqual({});
  });

  it('clears what is no longer asked, and the journal keeps it', async () => {
    const id = await asked();
    await save(id, 'manual', { choice: 'no' });
    expect((await save(id, 'why-not', { choice: 'cost' })).saved).toHaveLength(1);
    expect(await save(id, 'manual', { choice: 'yes' }, 1)).toEqual({ saved: [{ item: 'manual', version: 2, value: { choice: 'yes' } }], cleared: [{ item: 'why-not', version: 2 }], turned: ['why-not'], rows: [] });
    expect((await answersOf(place.database, id))['why-not']).toEqual({ value: null, version: 2, from: null });
    expect(await journal(id)).toEqual(['answer-saved', 'answer-saved', 'answer-saved', 'answer-cleared']);
    expect(await refusal(save(id, 'why-not', { choice: 'people' }, 2))).toMatchObject({ kind: 'invalid', code: 'not-asked' });
  });

  it('tells of several answers saved at once the one that hid the question', async () => {
    const id = await asked();
    await save(id, 'manual', { choice: 'no' });
    await save(id, 'why-not', { choice: 'cost' });
    await place.town.as(clerk, (ctx) => answering.saveMany(ctx, id, [{ item: 'name', value: '住民記録', seen: 0 }, { item: 'manual', value: { choice: 'yes' }, seen: 1 }]));
    const entries: { content: string }[] = await place.database.query(`select content from journal_entry where object_id = $1 and action = 'answer-cleared'`, [id]);
    expect(entries.map((one) => (JSON.parse(one.content) as { comment?: string }).comment)).toEqual(['manual']);
  });

  it('is handed in when all that is required is there, each gap with its link; also late, and marked so', async () => {
    const id = await asked(place.town.pension, { dueOn: '2026-11-20' });
    await save(id, 'name', '住民記録');
    const submit = () => place.town.as(clerk, (ctx) => answering.submit(ctx, id, 1));
    const early = await place.town.as(clerk, (ctx) => answering.submit(ctx, id, 1)).catch((error: { problems: { path: string; href: string }[] }) => error.problems.map(({ path, href }) => [path, href]));
    expect(early).toEqual([['terminals', `/responses/${id}?section=basics#q-terminals`], ['manual', `/responses/${id}?section=basics#q-manual`], ['media', `/responses/${id}?section=safety#q-media`]]);
    await place.town.as(clerk, (ctx) => answering.saveMany(ctx, id, Object.entries(WHOLE).map(([item, value]) => ({ item, value, seen: item === 'name' ? 1 : 0 }))));
    expect((await opened(id)).lateness).toBe('overdue');
    await submit();
    const { response, lateness, actions, editable } = await opened(id);
    expect([response.status, response.submittedByName, lateness, actions, editable]).toEqual(['submitted', '国保年金課の担当', 'late', ['withdraw'], false]);
    expect(await refusal(save(id, 'name', '別', 1))).toMatchObject({ kind: 'refused', code: 'not-now' });
    expect(await refusal(submit())).toMatchObject({ kind: 'refused', code: 'not-now' });
  });

  it('is taken back while nobody has fixed it, and not afterwards', async () => {
    const id = await asked();
    await answerAll(id);
    await place.town.as(clerk, (ctx) => answering.submit(ctx, id, 1));
    expect(await refusal(place.town.as(clerk, (ctx) => answering.withdraw(ctx, id, 1)))).toMatchObject({ kind: 'conflict' });
    await place.town.as(clerk, (ctx) => answering.withdraw(ctx, id, 2));
    expect((await opened(id)).response).toMatchObject({ status: 'answering', submittedAt: null, version: 3 });
    await place.database.query(`update questionnaire_response set status = 'fixed' where id = $1`, [id]);
    expect(await refusal(place.town.as(clerk, (ctx) => answering.withdraw(ctx, id, 3)))).toMatchObject({ kind: 'refused', code: 'not-now' });
  });

  it('answers returned questions and hands in again; the reason is gone then', async () => {
    const id = await asked();
    await answerAll(id);
    await place.database.query(`update questionnaire_response set status = 'returned', returned_reason = '台数を確かめてください。', returned_items = '["terminals"]' where id = $1`, [id]);
    expect((await place.town.as(clerk, (ctx) => answering.waiting(ctx))).find((one) => one.id === id)).toMatchObject({ status: 'returned' });
    await save(id, 'terminals', 14, 1);
    expect((await opened(id)).response).toMatchObject({ status: 'returned', returnedReason: '台数を確かめてください。', returnedItems: ['terminals'] });
    await place.town.as(clerk, (ctx) => answering.submit(ctx, id, 1));
    expect((await opened(id)).response).toMatchObject({ status: 'submitted', returnedReason: null, returnedItems: [] });
  });

  it('belongs to the department: others, other organisations and readers find nothing', async () => {
    const id = await asked();
    expect(await refusal(opened(id, other))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(save(id, 'name', 'x', 0, other))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(opened(newId()))).toMatchObject({ kind: 'not-found' });
    const viewer = await place.town.person('viewer', null);
    expect(await refusal(opened(id, viewer))).toMatchObject({ kind: 'refused' });
    expect(await place.town.as(viewer, (ctx) => answering.list(ctx))).toEqual([]);
    const elsewhere = { ...clerk, grants: clerk.grants };
    expect(await refusal(inTransaction(place.database, { organisation: newId(), actor: elsewhere, clock: clockAt('2026-11-21T01:00:00Z') }, (ctx) => answering.open(ctx, id)))).toMatchObject({ kind: 'not-found' });
  });

  it('is seen and answered from the 部 above its 課', async () => {
    const id = await asked();
    expect((await save(id, 'name', '部長の答え', 0, above)).saved).toHaveLength(1);
    expect((await place.town.as(above, (ctx) => answering.waiting(ctx))).map((one) => one.id)).toContain(id);
    expect((await opened(id, above)).standing).toBe('asked');
  });

  it('is given to a 課 below, which answers but does not hand in', async () => {
    const id = await asked(division);
    expect(await refusal(opened(id))).toMatchObject({ kind: 'refused' });
    const choices = await place.town.as(above, (ctx) => answering.delegationChoices(ctx, id));
    expect(choices.map(({ path }) => path)).toEqual(['福祉部　こども課', '福祉部　国保年金課']);
    await place.town.as(above, (ctx) => answering.delegate(ctx, id, 1, place.town.pension));
    const seenBy = await opened(id);
    expect([seenBy.standing, seenBy.actions, seenBy.mayDelegate, seenBy.delegate]).toEqual(['delegate', ['save'], false, '福祉部　国保年金課']);
    await answerAll(id);
    expect(await refusal(place.town.as(clerk, (ctx) => answering.submit(ctx, id, 2)))).toMatchObject({ kind: 'refused', code: 'only-the-department' });
    expect(await refusal(place.town.as(clerk, (ctx) => answering.delegate(ctx, id, 2, null)))).toMatchObject({ kind: 'refused', code: 'only-the-department' });
    await place.town.as(above, (ctx) => answering.submit(ctx, id, 2));
    expect(await journal(id)).toEqual(['response-delegated', 'answer-saved', 'answer-saved', 'answer-saved', 'answer-saved', 'response-submitted']);
  });

  it('is given to no department that is not below, and taken back', async () => {
    const id = await asked(division);
    const elsewhere = await place.town.person('drafter', place.town.pension);
    expect(await refusal(place.town.as(above, (ctx) => answering.delegate(ctx, id, 1, division)))).toMatchObject({ kind: 'invalid', code: 'not-under' });
    await place.town.as(above, (ctx) => answering.delegate(ctx, id, 1, place.town.pension));
    await place.town.as(above, (ctx) => answering.delegate(ctx, id, 2, null));
    expect(await refusal(opened(id, elsewhere))).toMatchObject({ kind: 'refused', code: 'other-department' });
  });

  it('takes no answers once the questionnaire is closed', async () => {
    const id = await asked(place.town.pension, {}, { status: 'closed' });
    expect(await refusal(save(id, 'name', 'x'))).toMatchObject({ kind: 'refused', code: 'questionnaire-closed' });
    expect((await opened(id)).editable).toBe(false);
    expect((await place.town.as(clerk, (ctx) => answering.list(ctx))).find((one) => one.id === id)).toMatchObject({ waiting: false, closed: true });
  });

  it('lists what waits by due date, before what is done', async () => {
    const { town, database } = place;
    const crew = await town.person('drafter', town.children);
    await database.query('delete from questionnaire_response where department_id = $1', [town.children]);
    const q = await askedQuestionnaire(database, town, { title: '期限の調査' });
    const system = await place.add({ name: '児童手当システム', departmentId: town.children });
    const second = await askedOf(database, town, q, town.children, { dueOn: '2026-12-01' });
    const late = await askedOf(database, town, q, town.children, { dueOn: '2026-11-20', system });
    const done = await askedOf(database, town, q, town.children, { status: 'submitted', dueOn: '2026-11-10' });
    await askedOf(database, town, await askedQuestionnaire(database, town, { status: 'draft' }), town.children);
    expect((await town.as(crew, (ctx) => answering.list(ctx))).map(({ id, waiting, late: isLate, system: name }) => [id, waiting, isLate, name])).toEqual([[late, true, true, '児童手当システム'], [second, true, false, null], [done, false, false, null]]);
    expect(await town.as(crew, (ctx) => answering.waiting(ctx))).toHaveLength(2);
  });

  it('two people who save the same answer at once: one is told of the other', async () => {
    const id = await asked();
    const results = await Promise.allSettled([save(id, 'name', '一人目'), save(id, 'name', '二人目')]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((await answersOf(place.database, id))['name']!.version).toBe(1);
  });

  describe('filled in beforehand', () => {
    const fill = (questionnaire: string, response: string, system: string | null) => place.town.as(place.lead, async (ctx) =>
      new ResponsePrefilling(place.catalogue, place.facts).fill(ctx, await scoped(ctx, Questionnaire).get(questionnaire), [{ id: response, systemId: system, departmentId: place.town.pension }]));

    it('from the register, counted items and declared controls, with where it comes from', async () => {
      const { catalogue, town, database } = place;
      const text = catalogue.registerItems.find(({ item }) => item.kind === 'text' || item.kind === 'long-text')!;
      const counted = catalogue.register.items.find(({ item }) => item.kind === 'number' && item.counted === 'contracts')!;
      const control = catalogue.livingControls('2026-11-21').find(({ item }) => item.kind === 'choice')!;
      const system = await place.add({ name: '国民健康保険システム', register: { [text.code]: '平日のみ' } });
      const [option] = [...control.options!.values()];
      await place.declare(system, control.code, { choice: option!.code }, { approved: false });
      const questionnaire = await askedQuestionnaire(database, town, { per: 'department-system', prefilling: {
        name: { from: 'register', code: text.code }, terminals: { from: 'register', code: counted.code }, remarks: { from: 'control', code: control.code }, manual: { from: 'control', code: control.code }, begun: { from: 'register', code: 'nothing' },
      } });
      const id = await askedOf(database, town, questionnaire, town.pension, { system });
      expect(await fill(questionnaire, id, system)).toBe(3);
      expect(await answersOf(database, id)).toEqual({
        name: { value: '平日のみ', version: 1, from: `システム台帳「国民健康保険システム」の「${text.item.label}」（令和8年11月21日現在）` },
        terminals: { value: 0, version: 1, from: `システム台帳「国民健康保険システム」の「${counted.item.label}」（令和8年11月21日現在）` },
        remarks: { value: option!.label, version: 1, from: `「国民健康保険システム」の統制の申告「${control.item.label}」（令和8年11月21日現在、承認待ち）` },
      });
      expect((await opened(id)).unconfirmed).toEqual(['name', 'terminals', 'remarks']);
      expect((await opened(id)).response.status).toBe('not-started');
      // The mark stays while the same is sent again, and goes with a confirmation or another answer.
      expect((await save(id, 'name', '平日のみ', 1)).saved).toEqual([]);
      expect((await save(id, 'name', '平日のみ', 1, clerk, true)).saved).toEqual([{ item: 'name', version: 2, value: '平日のみ' }]);
      await save(id, 'terminals', 3, 1);
      expect((await opened(id)).unconfirmed).toEqual(['remarks']);
      expect(await journal(id)).toEqual(['answers-prefilled', 'answer-confirmed', 'answer-saved']);
    });

    it('leaves a response without a system blank', async () => {
      const questionnaire = await askedQuestionnaire(place.database, place.town, { prefilling: { name: { from: 'register', code: 'x' } } });
      const id = await askedOf(place.database, place.town, questionnaire, place.town.pension);
      expect(await fill(questionnaire, id, null)).toBe(0);
      expect(await answersOf(place.database, id)).toEqual({});
    });
  });
});
