import { AuditEvidence } from '../audits/audit-files.service.js';
import { CheckStates } from '../checks/check-states.service.js';
import { Departments } from '../identity/departments.service.js';
import { MAIL } from '../jobs/mail.js';
import { JobQueue } from '../jobs/queue.js';
import { clockAt } from '../kernel/clock.js';
import { PRODUCT, type Actor, type Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { history, verifyJournal } from '../kernel/journal.js';
import { inProject } from '../kernel/root.js';
import { scoped } from '../kernel/scoped.js';
import { makeTown, open, TODAY, type Database, type Town } from '../../test/assessments-town.js';
import { makeAudit, makeFinding, makeImprovement, text } from '../../test/actions-town.js';
import { testDatabase } from '../../test/test-database.js';
import { ActionAskings } from './action-askings.service.js';
import { ActionBoard } from './action-board.service.js';
import { ActionEvidence } from './action-evidence.service.js';
import { ActionNotices } from './action-notices.service.js';
import { ActionReading } from './action-reading.service.js';
import { ActionSettling } from './action-settling.service.js';
import { ClosingOffers } from './closing-offers.service.js';
import { ActionEntry, ActionNotice, CorrectiveAction } from './corrective-action.entity.js';
import { CorrectiveActions } from './corrective-actions.service.js';
import { FindingSettings } from './finding-settings.service.js';
import { loadFindingSchemes } from './scheme-content.js';
import { sweepActions } from './action-sweep.js';

describe('corrective actions', () => {
  let database: Database;
  let drop: () => Promise<void>;
  let queue: JobQueue;
  let town: Town;
  let elsewhere: Town;
  let pension: Actor;
  let children: Actor;
  let secretariat: Actor;
  let member: Actor;
  let audit: string;
  let finding: string;

  const settings = new FindingSettings(loadFindingSchemes(inProject('templates'), TODAY.today()));
  const departments = new Departments();
  const actions = new CorrectiveActions(settings);
  const settling = new ActionSettling(settings);
  const reading = new ActionReading(settings, departments);
  const board = new ActionBoard(settings, departments);
  const notices = new ActionNotices(settings);
  const evidence = new ActionEvidence(settings, new AuditEvidence());
  let askings: ActionAskings;
  let offers: ClosingOffers;

  let second = 0;
  /** Every piece of work a second after the one before. */
  const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>, day = '2026-11-21', at = town): Promise<T> => {
    second += 1;
    return inTransaction(database, { organisation: at.organisation, actor, clock: clockAt(new Date(Date.parse(`${day}T01:00:00Z`) + second * 1000).toISOString()) }, work);
  };
  const refused = (work: Promise<unknown>) => work.then(() => 'no refusal', (error: { code: string; problems?: { code: string; path: string }[] }) => error.problems?.length ? `${error.code}: ${error.problems.map((one) => `${one.path} ${one.code}`).join(', ')}` : error.code);
  const added = async (title = 'ログを毎月点検する', { dueOn = '2027-03-31', departmentId = town.pension, of = { findingId: finding, improvementId: null as string | null } } = {}): Promise<string> =>
    (await as(secretariat, (ctx) => actions.add(ctx, of as never, [{ ...text(title, { dueOn }), departmentId }])))[0]!;
  const stored = (id: string): Promise<CorrectiveAction> => as(secretariat, (ctx) => scoped(ctx, CorrectiveAction).get(id));
  const entries = (id: string): Promise<ActionEntry[]> => as(secretariat, (ctx) => scoped(ctx, ActionEntry).find({ actionId: id }, { madeAt: 'ASC', id: 'ASC' }));
  const letters = async (): Promise<{ to: string; subject: string; text: string }[]> => ((await database.query(`select data from pgboss.job where name = 'mail' order by created_on, id`)) as { data: { to: string; subject: string; text: string } }[]).map((one) => one.data);

  beforeAll(async () => {
    const made = await testDatabase();
    drop = made.drop;
    database = await open(made.url);
    queue = await JobQueue.open(made.url, [MAIL], { log: () => undefined });
    askings = new ActionAskings(settings, queue);
    offers = new ClosingOffers(settings, new CheckStates(null as never));
  });
  beforeEach(async () => {
    town = await makeTown(database, `みずほ野市${Math.random()}`);
    elsewhere = await makeTown(database, `あさぎり町${Math.random()}`);
    [pension, children] = [await town.person('drafter', town.pension, '国保担当'), await town.person('section-head', town.children, 'こども課長')];
    [secretariat, member] = [await town.person('audit-secretariat', null, '事務局'), await town.person('audit-member', null, '監査委員')];
    audit = await as(secretariat, (ctx) => makeAudit(ctx));
    finding = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension));
  });
  afterAll(async () => {
    await queue.close();
    const { problems } = await verifyJournal(database);
    await database.destroy();
    await drop();
    expect(problems).toEqual([]);
  });

  describe('are added', () => {
    it('one or many, numbered in the organisation, in the state with which work begins', async () => {
      const ids = await as(pension, (ctx) => actions.add(ctx, { findingId: finding, improvementId: null }, [
        { ...text(' 手順を定める ', { planned: '要領に点検の章を加える。', dueOn: '2027-03-31' }), departmentId: town.pension }, { ...text('記録を見る'), departmentId: town.pension },
      ]));
      const [first, second] = [await stored(ids[0]!), await stored(ids[1]!)];
      expect([first.number, first.title, first.state, first.dueOn, first.firstDueOn, first.version]).toEqual([1, '手順を定める', 'not-started', '2027-03-31', '2027-03-31', 1]);
      expect([second.number, second.planned, second.dueOn]).toEqual([2, '', null]);
      expect((await entries(first.id)).map((one) => [one.kind, one.stateAfter, one.dueAfter, one.madeByName, one.madeOn])).toEqual([['planned', 'not-started', '2027-03-31', '国保担当', '2026-11-21']]);
    });

    it('to an improvement opinion of another part of the same audit', async () => {
      const opinion = await as(secretariat, (ctx) => makeImprovement(ctx, audit, null, { findings: [finding] }));
      const [id] = await as(pension, (ctx) => actions.add(ctx, { findingId: null, improvementId: opinion }, [{ ...text('手順を定める'), departmentId: town.pension }]));
      expect((await stored(id!)).improvementId).toBe(opinion);
    });

    it.each(['draft', 'confirming', 'confirmed'] as const)('not while the finding is %s', async (stage) => {
      const early = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { stage }));
      const add = (actor: Actor) => refused(as(actor, (ctx) => actions.add(ctx, { findingId: early, improvementId: null }, [{ ...text('x'), departmentId: town.pension }])));
      expect(await add(secretariat)).toBe('not-decided');
      // A department learns nothing of a draft.
      expect(await add(pension)).toBe(stage === 'draft' ? 'not-found' : 'not-decided');
    });

    it('not to a heading, not by another department, not for another one, not to what is nothing', async () => {
      const heading = await as(secretariat, (ctx) => makeFinding(ctx, audit, null, { kind: 'heading' }));
      const add = (actor: Actor, findingId: string, departmentId: string, at = town) => refused(as(actor, (ctx) => actions.add(ctx, { findingId, improvementId: null }, [{ ...text('x'), departmentId }]), '2026-11-21', at));
      expect(await add(secretariat, heading, town.pension)).toBe('heading');
      expect(await add(children, finding, town.children)).toBe('not-found');
      expect(await add(pension, finding, town.children)).toBe('not-allowed');
      expect(await add(secretariat, town.pension, town.pension)).toBe('not-found');
      expect(await add(await elsewhere.person('audit-secretariat', null), finding, elsewhere.pension, elsewhere)).toBe('not-found');
      expect(await add(member, finding, town.pension)).toBe('not-found');
    });

    it('with a due date not before the report, of which both days are told', async () => {
      const add = (dueOn: string, title = 'x') => as(pension, (ctx) => actions.add(ctx, { findingId: finding, improvementId: null }, [{ ...text(title, { dueOn }), departmentId: town.pension }]));
      await expect(add('2026-07-30')).rejects.toMatchObject({ problems: [{ code: 'due-before-finding', message: expect.stringMatching(/令和8年7月30日.*令和8年7月31日/u) as string }] });
      expect(await refused(add('2026-07-31'))).toBe('no refusal');
      expect(await refused(add('2027-02-29'))).toBe('action-invalid: dueOn-1 due-invalid');
      expect(await refused(add('', ' '))).toBe('action-invalid: title-1 missing');
      expect(await refused(add('', 'あ'.repeat(201)))).toMatch(/action-invalid: title/u);
      expect(await refused(as(pension, (ctx) => actions.add(ctx, { findingId: finding, improvementId: null }, [])))).toBe('action-invalid: title-1 action-missing');
    });

    it('not a second time while the same is open, and each fault is told at its line', async () => {
      const line = (title: string, rest: { dueOn?: string; departmentId?: string } = {}) => ({ ...text(title, rest), departmentId: rest.departmentId ?? town.pension });
      const add = (...lines: ReturnType<typeof line>[]) => as(secretariat, (ctx) => actions.add(ctx, { findingId: finding, improvementId: null }, lines));
      const [id] = await add(line('手順を定める'), line('手順を定める', { departmentId: town.children }));
      await expect(add(line('記録を見る'), line(' 手順を定める'))).rejects.toMatchObject({ problems: [{ code: 'action-twice', path: 'title-2', message: expect.stringContaining('措置1として') as string }] });
      expect(await refused(add(line('記録を見る'), line('記録を見る')))).toBe('action-invalid: title-2 action-twice');
      expect(await refused(add(line('記録を見る'), line('記録を残す', { dueOn: '2026-07-30' })))).toBe('action-invalid: dueOn-2 due-before-finding');
      await as(pension, (ctx) => actions.report(ctx, id!, 1, { text: '済んだ。', state: 'taken' }));
      await as(member, (ctx) => settling.checkEffect(ctx, id!, 2, { verdict: 'effective', text: '見た。' }));
      expect(await refused(add(line('手順を定める')))).toBe('no refusal');
    });

    it('without a report, from the day on which the finding was last changed', async () => {
      const bare = await as(secretariat, (ctx) => makeAudit(ctx, { decidedOn: null }));
      const other = await as(secretariat, (ctx) => makeFinding(ctx, bare, town.pension));
      const add = (dueOn: string) => refused(as(pension, (ctx) => actions.add(ctx, { findingId: other, improvementId: null }, [{ ...text('x', { dueOn }), departmentId: town.pension }])));
      expect([await add('2026-11-20'), await add('2026-11-21')]).toEqual(['action-invalid: dueOn-1 due-before-finding', 'no refusal']);
    });
  });

  it('are seen by their department and the auditors, by nobody else', async () => {
    const id = await added();
    const see = (actor: Actor, at = town) => refused(as(actor, (ctx) => reading.get(ctx, id), '2026-11-21', at));
    expect([await see(pension), await see(secretariat), await see(member)]).toEqual(['no refusal', 'no refusal', 'no refusal']);
    expect([await see(children), await see(await town.person('viewer', null)), await see(await town.person('council-member', null)), await see(await town.person('administrator', null))]).toEqual(Array(4).fill('not-found'));
    expect(await see(await elsewhere.person('audit-secretariat', null), elsewhere)).toBe('not-found');
    expect((await as(children, (ctx) => board.all(ctx, {}))).length).toBe(0);
    expect((await as(pension, (ctx) => board.all(ctx, {}))).map((one) => one.id)).toEqual([id]);
  });

  it('are planned, with a due date that may come nearer and not go away', async () => {
    const id = await added('手順', { dueOn: '' });
    const plan = (seen: number, rest: object, actor = pension) => as(actor, (ctx) => actions.plan(ctx, id, seen, { ...text('手順を定める'), planned: '要領に書く。', ...rest }));
    expect(await plan(1, { dueOn: '2027-03-31' })).toBe(2);
    expect(await plan(2, { dueOn: '2027-02-28' })).toBe(3);
    expect(await refused(plan(3, { dueOn: '2027-03-31' }))).toBe('action-invalid: dueOn due-later');
    expect(await refused(plan(3, { dueOn: '' }))).toBe('action-invalid: dueOn due-missing');
    expect(await refused(plan(2, { dueOn: '2027-02-28' }))).toBe('stale');
    expect(await refused(plan(3, { dueOn: '2027-02-28' }, children))).toBe('not-found');
    expect(await refused(plan(3, { dueOn: '2027-02-28' }, member))).toBe('not-allowed');
    expect(await stored(id)).toMatchObject({ title: '手順を定める', dueOn: '2027-02-28', firstDueOn: '2027-03-31', changedByName: '国保担当' });
  });

  it('tell both sides of a stale save', async () => {
    const id = await added();
    await as(pension, (ctx) => actions.plan(ctx, id, 1, { ...text('先の件名'), dueOn: '2027-03-31' }));
    await expect(as(secretariat, (ctx) => actions.plan(ctx, id, 1, { ...text('あとの件名'), dueOn: '2027-03-31' }))).rejects.toMatchObject({
      kind: 'conflict', sides: { sent: { title: 'あとの件名' }, current: { title: '先の件名' }, currentVersion: 2, by: '国保担当' },
    });
  });

  it('go from the first report to the check of effect, and back when it finds none', async () => {
    const id = await added();
    await as(pension, (ctx) => actions.report(ctx, id, 1, { text: '要領の案を作った。', state: 'considering' }));
    await as(pension, (ctx) => actions.report(ctx, id, 2, { text: '要領を定めた。', state: 'taken' }));
    expect(await stored(id)).toMatchObject({ state: 'considering', proposed: 'taken', effect: null, settledOn: null });
    expect(await refused(as(pension, (ctx) => settling.checkEffect(ctx, id, 3, { verdict: 'effective', text: 'よい' })))).toBe('not-allowed');
    expect(await refused(as(member, (ctx) => settling.checkEffect(ctx, id, 3, { verdict: 'effective', text: ' ' })))).toBe('action-invalid: text missing');
    await as(member, (ctx) => settling.checkEffect(ctx, id, 3, { verdict: 'not-effective', text: '10月の記録がまだ見られていない。' }));
    expect(await stored(id)).toMatchObject({ state: 'considering', proposed: null, effect: 'not-effective' });
    expect(await refused(as(member, (ctx) => settling.checkEffect(ctx, id, 4, { verdict: 'effective', text: 'よい' })))).toBe('nothing-to-check');
    await as(pension, (ctx) => actions.report(ctx, id, 4, { text: '10月分も点検した。', state: 'taken' }));
    await as(secretariat, (ctx) => settling.checkEffect(ctx, id, 5, { verdict: 'effective', text: '点検簿を見た。' }), '2026-12-01');
    expect(await stored(id)).toMatchObject({ state: 'taken', proposed: null, effect: 'effective', settledOn: '2026-12-01' });
    expect(await refused(as(pension, (ctx) => actions.report(ctx, id, 6, { text: 'まだ', state: 'considering' })))).toBe('settled');
    expect(await refused(as(pension, (ctx) => actions.plan(ctx, id, 6, { ...text('x'), dueOn: '2027-03-31' })))).toBe('settled');
    expect((await entries(id)).map((one) => [one.kind, one.stateBefore, one.stateAfter])).toEqual([
      ['planned', null, 'not-started'], ['progress', 'not-started', 'considering'], ['progress', 'considering', 'taken'], ['effect-checked', null, null], ['progress', 'considering', 'taken'], ['effect-checked', 'considering', 'taken'],
    ]);
    const told = await as(secretariat, (ctx) => history(ctx, { kind: 'corrective-action', id }));
    expect(told[0]).toMatchObject({ action: 'action-effect-checked', before: { state: 'considering', proposed: 'taken', settledOn: null }, after: { state: 'taken', proposed: null, effect: 'effective', settledOn: '2026-12-01' }, comment: '点検簿を見た。' });
  });

  it('are reported only in a state of the scheme, with words', async () => {
    const id = await added();
    const report = (state: string, said = '済んだ。') => refused(as(pension, (ctx) => actions.report(ctx, id, 1, { text: said, state })));
    expect([await report('unheard'), await report('considering', ''), await report('considering', 'a\u0000b')]).toEqual(['state-unknown: state state-unknown', 'action-invalid: text missing', expect.stringMatching(/^action-invalid: text/u) as string]);
    expect(await refused(as(pension, (ctx) => actions.report(ctx, id, 9, { text: 'x', state: 'considering' })))).toBe('stale');
  });

  it('are opened again by the auditors, with a reason', async () => {
    const id = await added();
    expect(await refused(as(secretariat, (ctx) => settling.reopen(ctx, id, 1, { state: 'considering', reason: 'x' })))).toBe('not-settled');
    await as(pension, (ctx) => actions.report(ctx, id, 1, { text: '済んだ。', state: 'taken' }));
    await as(member, (ctx) => settling.checkEffect(ctx, id, 2, { verdict: 'effective', text: '見た。' }));
    const reopen = (actor: Actor, state: string, reason: string) => refused(as(actor, (ctx) => settling.reopen(ctx, id, 3, { state, reason })));
    expect(await reopen(pension, 'considering', '元に戻った')).toBe('not-allowed');
    expect(await reopen(member, 'taken', '元に戻った')).toBe('state-settles: state state-settles');
    expect(await reopen(member, 'considering', ' ')).toBe('action-invalid: reason missing');
    expect(await reopen(member, 'considering', '担当が替わり、点検が止まっている。')).toBe('no refusal');
    expect(await stored(id)).toMatchObject({ state: 'considering', effect: null, settledOn: null });
    expect((await entries(id)).at(-1)).toMatchObject({ kind: 'reopened', stateBefore: 'taken', stateAfter: 'considering', text: '担当が替わり、点検が止まっている。' });
  });

  it('are put off with a reason to a later day; the first due date stays known', async () => {
    const id = await added();
    const postpone = (dueOn: string, reason = '改修が遅れる。') => as(pension, (ctx) => actions.postpone(ctx, id, 1, { dueOn, reason }));
    expect(await refused(postpone('2027-03-31'))).toBe('action-invalid: dueOn due-not-later');
    expect(await refused(postpone('2027-06-30', ''))).toBe('action-invalid: reason missing');
    const late = await added('過ぎた', { dueOn: '2026-09-30' });
    expect(await refused(as(pension, (ctx) => actions.postpone(ctx, late, 1, { dueOn: '2026-10-31', reason: 'x' })))).toBe('action-invalid: dueOn due-past');
    await postpone('2027-06-30');
    expect(await stored(id)).toMatchObject({ dueOn: '2027-06-30', firstDueOn: '2027-03-31' });
    expect((await entries(id)).at(-1)).toMatchObject({ kind: 'postponed', dueBefore: '2027-03-31', dueAfter: '2027-06-30', text: '改修が遅れる。' });
    const without = await added('期限なし', { dueOn: '' });
    expect(await refused(as(pension, (ctx) => actions.postpone(ctx, without, 1, { dueOn: '2027-06-30', reason: 'x' })))).toBe('action-invalid: dueOn due-missing');
  });

  it('are handed over by the secretariat to a department that lives', async () => {
    const id = await added();
    const transfer = (actor: Actor, departmentId: string, reason = '事務が移った。') => refused(as(actor, (ctx) => actions.transfer(ctx, id, 1, { departmentId, reason })));
    expect(await transfer(pension, town.children)).toBe('not-allowed');
    expect(await transfer(secretariat, town.pension)).toBe('action-invalid: departmentId department-same');
    expect(await transfer(secretariat, town.children, '')).toBe('action-invalid: reason missing');
    await database.query('update department set ended_on = $1 where id = $2', ['2026-10-01', town.children]);
    expect(await transfer(secretariat, town.children)).toBe('department-ended');
    await database.query('update department set ended_on = null where id = $1', [town.children]);
    expect(await transfer(secretariat, town.children)).toBe('no refusal');
    expect(await stored(id)).toMatchObject({ departmentId: town.children, formerDepartmentId: town.pension });
    expect((await entries(id)).at(-1)!.text).toBe('国保年金課からこども課へ移した。事務が移った。');
    expect(await refused(as(pension, (ctx) => reading.get(ctx, id)))).toBe('not-found');
  });

  it('leave the drafts of the department that hands them over, which nobody else reads', async () => {
    const [id, other] = [await added('一'), await added('二')];
    const [both, alone] = [await as(pension, (ctx) => notices.draft(ctx, [{ actionId: id, text: 'まだ言えないこと。' }])), await as(pension, (ctx) => notices.draft(ctx, [{ actionId: other, text: '二のこと。' }]))];
    await as(pension, (ctx) => notices.change(ctx, alone, 1, [{ actionId: other, text: '二のこと。' }]));
    await as(secretariat, (ctx) => actions.transfer(ctx, id, 1, { departmentId: town.children, reason: '事務が移った。' }));
    expect(await refused(as(pension, (ctx) => notices.get(ctx, both)))).toBe('not-found');
    expect((await as(children, (ctx) => reading.get(ctx, id))).notices).toEqual([]);
    expect((await as(pension, (ctx) => notices.get(ctx, alone))).items.map((one) => one.text)).toEqual(['二のこと。']);
    const third = await added('三');
    await as(pension, (ctx) => notices.change(ctx, alone, 2, [{ actionId: other, text: '二のこと。' }, { actionId: third, text: '三のこと。' }]));
    await as(secretariat, (ctx) => actions.transfer(ctx, third, 1, { departmentId: town.children, reason: '事務が移った。' }));
    expect((await as(pension, (ctx) => notices.get(ctx, alone))).items.map((one) => one.text)).toEqual(['二のこと。']);
    // The new department tells of them itself.
    expect(await refused(as(children, (ctx) => notices.draft(ctx, [{ actionId: third, text: '引き継いだ。' }])))).toBe('no refusal');
  });

  it('leave a notice that is given back after they were handed over: who answers for them now tells of them', async () => {
    const [gone, kept, only] = [await added('移る'), await added('残る'), await added('移るだけ')];
    const both = await as(pension, (ctx) => notices.draft(ctx, [gone, kept].map((actionId) => ({ actionId, text: '済んだ。' }))));
    const alone = await as(pension, (ctx) => notices.draft(ctx, [{ actionId: only, text: '済んだ。' }]));
    for (const id of [both, alone]) await as(pension, (ctx) => notices.notify(ctx, id, 1, '2026-11-21'));
    for (const id of [gone, only]) await as(secretariat, (ctx) => actions.transfer(ctx, id, 1, { departmentId: town.children, reason: '事務が移った。' }));
    for (const id of [both, alone]) await as(secretariat, (ctx) => notices.giveBack(ctx, id, 2, '日付を書いてください。'));
    const { notice, items } = await as(pension, (ctx) => notices.get(ctx, both));
    expect(items.map((one) => one.action.title)).toEqual(['残る']);
    expect(await refused(as(pension, (ctx) => notices.notify(ctx, both, notice.version, '2026-11-21')))).toBe('no refusal');
    expect(await refused(as(pension, (ctx) => notices.get(ctx, alone)))).toBe('not-found');
    expect(await refused(as(children, (ctx) => notices.draft(ctx, [gone, only].map((actionId) => ({ actionId, text: '引き継いだ。' })))))).toBe('no refusal');
    expect((await entries(only)).at(-1)!.text).toBe('措置通知を差し戻した。日付を書いてください。');
  });

  it('of a department that was abolished without a successor wait for the secretariat to hand them over', async () => {
    const lost = await as(await town.person('administrator', null), (ctx) => departments.add(ctx, { bodyId: town.body }, { name: '臨時給付室', headTitle: '室長' }));
    const id = await added('残った措置', { departmentId: lost, dueOn: '2026-11-20' });
    await database.query('update department set ended_on = $1 where id = $2', ['2026-11-01', lost]);
    expect((await as(secretariat, (ctx) => board.list(ctx, { ended: true }))).actions.map((one) => [one.title, one.department])).toEqual([['残った措置', '臨時給付室（終了）']]);
    expect((await as(secretariat, (ctx) => reading.get(ctx, id))).ended).toBe(true);
    expect(await as(secretariat, (ctx) => askings.preview(ctx))).toEqual({ actions: 1, departments: 1, unreached: [], ended: 1 });
    await as(secretariat, (ctx) => actions.transfer(ctx, id, 1, { departmentId: town.children, reason: '残務を引き継ぐ。' }));
    expect((await as(secretariat, (ctx) => board.list(ctx, { ended: true }))).total).toBe(0);
    expect((await as(children, (ctx) => reading.get(ctx, id))).former).toContain('臨時給付室');
  });

  it('keep their state when the office takes another set, until they are reported anew', async () => {
    const [open, done, waits] = [await added('一'), await added('二'), await added('三')];
    await as(pension, (ctx) => actions.report(ctx, open, 1, { text: '案を作った。', state: 'considering' }));
    for (const id of [done, waits]) await as(pension, (ctx) => actions.report(ctx, id, 1, { text: '済んだ。', state: 'taken' }));
    await as(member, (ctx) => settling.checkEffect(ctx, done, 2, { verdict: 'effective', text: '見た。' }));
    await as(secretariat, (ctx) => settings.adopt(ctx, 0, 'five-degrees'));
    const columns = await as(secretariat, (ctx) => board.board(ctx, {}));
    expect(columns.filter((one) => one.count > 0).map((one) => [one.state?.label ?? '確認待ち', one.state?.retired ?? false, one.count])).toEqual([['検討中', true, 1], ['確認待ち', false, 1], ['措置済', true, 1]]);
    // Five degrees: 改善率 counts only what was judged by them.
    expect((await as(secretariat, (ctx) => board.figures(ctx, {}))).all.rates.map((one) => one.text)).toEqual(['－']);
    // A progress without a new degree, and the check of what was reported before.
    expect(await refused(as(pension, (ctx) => actions.report(ctx, open, 2, { text: '続けている。', state: 'considering' })))).toBe('no refusal');
    await as(member, (ctx) => settling.checkEffect(ctx, waits, 2, { verdict: 'effective', text: '見た。' }));
    expect((await stored(waits)).state).toBe('taken');
    await as(pension, (ctx) => actions.report(ctx, open, 3, { text: '要領を定めた。', state: 'degree-mostly' }));
    await as(member, (ctx) => settling.checkEffect(ctx, open, 4, { verdict: 'effective', text: '残りは軽い。' }));
    expect((await as(secretariat, (ctx) => board.figures(ctx, {}))).all.rates).toMatchObject([{ label: '改善率', of: 1, over: 1, text: '100.0％' }]);
  });

  it('follow a department that is reorganised, with the notices that are not received yet', async () => {
    const [id, other] = [await added(), await added('別の課の措置', { departmentId: town.children, of: { findingId: await as(secretariat, (ctx) => makeFinding(ctx, audit, town.children)), improvementId: null } })];
    const notice = await as(pension, (ctx) => notices.draft(ctx, [{ actionId: id, text: '定めた。' }]));
    expect(await as(secretariat, (ctx) => actions.followReorganisation(ctx, town.pension))).toBe(0);
    const head = await town.person('administrator', null);
    await as(head, (ctx) => departments.end(ctx, town.pension, 1, town.children));
    expect(await as(head, (ctx) => actions.followReorganisation(ctx, town.pension))).toBe(1);
    expect(await stored(id)).toMatchObject({ departmentId: town.children, formerDepartmentId: town.pension, version: 2 });
    expect(await stored(other)).toMatchObject({ formerDepartmentId: null, version: 1 });
    expect((await entries(id)).at(-1)).toMatchObject({ kind: 'transferred', text: '組織の再編により、国保年金課からこども課へ移した。' });
    expect(await as(secretariat, (ctx) => scoped(ctx, ActionNotice).get(notice))).toMatchObject({ departmentId: town.children });
    expect((await as(children, (ctx) => reading.get(ctx, id))).former).toBe('福祉部　国保年金課');
    expect(await as(head, (ctx) => actions.followReorganisation(ctx, town.pension))).toBe(0);
  });

  it('keep evidence that their department hands in until they are settled', async () => {
    const id = await added();
    const file = { fileName: '要領.txt', bytes: Buffer.from('点検の要領') };
    await as(pension, (ctx) => evidence.add(ctx, id, file, '改めた要領'));
    const [kept] = await as(member, (ctx) => evidence.list(ctx, id));
    expect([kept!.fileName, kept!.caption, (await as(member, (ctx) => evidence.read(ctx, id, kept!.id))).bytes.toString()]).toEqual(['要領.txt', '改めた要領', '点検の要領']);
    expect(await refused(as(children, (ctx) => evidence.list(ctx, id)))).toBe('not-found');
    expect(await refused(as(children, (ctx) => evidence.read(ctx, id, kept!.id)))).toBe('not-found');
    expect(await refused(as(member, (ctx) => evidence.add(ctx, id, file, '')))).toBe('not-allowed');
    const other = await added('別');
    expect(await refused(as(pension, (ctx) => evidence.read(ctx, other, kept!.id)))).toMatch(/not-found/u);
    await as(pension, (ctx) => actions.report(ctx, id, 1, { text: '済んだ。', state: 'taken' }));
    await as(member, (ctx) => settling.checkEffect(ctx, id, 2, { verdict: 'effective', text: '見た。' }));
    expect(await refused(as(pension, (ctx) => evidence.remove(ctx, id, kept!.id)))).toBe('settled');
  });

  describe('are asked about every year', () => {
    const mail = (actor: Actor, address: string) => database.query('update account set mail = $1 where id = $2', [address, actor.id]);
    const role = (actor: Actor) => database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values (gen_random_uuid(), $1, $2, $3, $4)', [town.organisation, actor.id, actor.grants[0]!.role, actor.department]);

    it('everything that is not settled, once, by entries and by mail', async () => {
      const [a, b, c] = [await added('一'), await added('二'), await added('三')];
      await as(pension, (ctx) => actions.report(ctx, b, 1, { text: '続ける。', state: 'continuing' }));
      await as(pension, (ctx) => actions.report(ctx, c, 1, { text: '済んだ。', state: 'taken' }));
      await as(member, (ctx) => settling.checkEffect(ctx, c, 2, { verdict: 'effective', text: '見た。' }));
      await mail(pension, 'kokuho@example.lg.jp');
      await role(pension);
      const before = (await letters()).length;
      expect(await as(secretariat, (ctx) => askings.preview(ctx))).toEqual({ actions: 2, departments: 1, unreached: [], ended: 0 });
      await as(secretariat, (ctx) => askings.ask(ctx, { year: 2026, dueOn: '2026-12-25' }));
      expect((await entries(a)).at(-1)).toMatchObject({ kind: 'asked', fiscalYear: 2026, dueAfter: '2026-12-25' });
      expect((await entries(c)).some((one) => one.kind === 'asked')).toBe(false);
      expect((await letters()).slice(before)).toMatchObject([{ to: 'kokuho@example.lg.jp', subject: '【点検】令和8年度の措置の状況をお知らせください（2件）', text: expect.stringMatching(/国保年金課　御中[^]*令和8年12月25日までに[^]*措置1　一\n・措置2　二/u) as string }]);
      expect(await refused(as(secretariat, (ctx) => askings.ask(ctx, { year: 2026, dueOn: '2026-12-25' })))).toBe('audit-input-invalid: year asked-already');
      expect(await refused(as(secretariat, (ctx) => askings.ask(ctx, { year: 2025, dueOn: '2026-12-25' })))).toBe('audit-input-invalid: year year-passed');
      expect((await as(pension, (ctx) => askings.waiting(ctx))).map((one) => one.title)).toEqual(['一', '二']);
      expect(await as(children, (ctx) => askings.waiting(ctx))).toEqual([]);
      await as(pension, (ctx) => actions.report(ctx, a, 1, { text: '手順を書いている。', state: 'considering' }));
      expect((await entries(a)).at(-1)).toMatchObject({ kind: 'progress', fiscalYear: 2026 });
      await as(pension, (ctx) => actions.postpone(ctx, b, 2, { dueOn: '2027-06-30', reason: '来年度も続ける。' }));
      expect(await as(pension, (ctx) => askings.waiting(ctx))).toEqual([]);
      const [round] = await as(secretariat, (ctx) => askings.rounds(ctx));
      expect([round!.asked, round!.answered, round!.departments.map((one) => one.name)]).toEqual([2, 2, ['国保年金課']]);
      await as(pension, (ctx) => actions.report(ctx, a, 2, { text: 'もう一言。', state: 'considering' }));
      expect((await entries(a)).at(-1)!.fiscalYear).toBeNull();
      // The next year asks again what is still open.
      await as(secretariat, (ctx) => askings.ask(ctx, { year: 2027, dueOn: '2027-12-25' }), '2027-11-21');
      expect((await as(pension, (ctx) => askings.waiting(ctx), '2027-11-22')).map((one) => [one.title, one.fiscalYear])).toEqual([['一', 2027], ['二', 2027]]);
    });

    it('never about what is settled, nor again about a year that has passed', async () => {
      const [missed, closed] = [await added('一'), await added('二')];
      await as(secretariat, (ctx) => askings.ask(ctx, { year: 2025, dueOn: '2026-12-25' }));
      await as(secretariat, (ctx) => askings.ask(ctx, { year: 2026, dueOn: '2026-12-25' }));
      const asked = async (id: string) => (await as(pension, (ctx) => reading.get(ctx, id))).asked;
      expect([await asked(missed), await asked(closed)]).toEqual([2026, 2026]);
      await as(pension, (ctx) => actions.report(ctx, missed, 1, { text: '案を作った。', state: 'considering' }));
      expect(await asked(missed)).toBeNull();
      await as(pension, (ctx) => actions.report(ctx, missed, 2, { text: '直した。', state: 'considering' }));
      expect((await entries(missed)).at(-1)!.fiscalYear).toBeNull();
      // Closed as the check of rules offered: its department never had to answer.
      await as(secretariat, (ctx) => scoped(ctx, CorrectiveAction).update({ id: closed }, { offered: { run: 1, ruleSet: 'sample', rule: 's-access', madeOn: '2026-11-21' } }));
      await as(secretariat, (ctx) => settling.acceptOffer(ctx, closed, 1, { state: 'taken', text: '' }));
      expect(await asked(closed)).toBeNull();
      await as(secretariat, (ctx) => settling.reopen(ctx, closed, 2, { state: 'considering', reason: '元に戻った。' }));
      expect(await asked(closed)).toBeNull();
      expect((await as(secretariat, (ctx) => askings.rounds(ctx))).map((one) => [one.asking.fiscalYear, one.asked, one.answered])).toEqual([[2026, 2, 2], [2025, 2, 1]]);
      expect(await as(secretariat, (ctx) => askings.unasked(ctx))).toBe(0);
      expect([await as(secretariat, (ctx) => askings.unasked(ctx), '2027-03-31'), await as(secretariat, (ctx) => askings.unasked(ctx), '2027-04-01')]).toEqual([0, 2]);
    });

    it('by the secretariat, with a day that is still to come, in a year that has begun, where there is something to ask', async () => {
      const ask = (actor: Actor, year: number, dueOn: string) => refused(as(actor, (ctx) => askings.ask(ctx, { year, dueOn })));
      expect(await ask(secretariat, 2026, '2026-12-25')).toBe('nothing-to-ask');
      await added();
      expect([await ask(pension, 2026, '2026-12-25'), await ask(member, 2026, '2026-12-25')]).toEqual(['not-allowed', 'not-allowed']);
      expect([await ask(secretariat, 2027, '2026-12-25'), await ask(secretariat, 2026, '2026-11-20'), await ask(secretariat, 2026, '')]).toEqual(['audit-input-invalid: year year-ahead', 'audit-input-invalid: dueOn due-past', 'audit-input-invalid: dueOn missing']);
    });

    it('and reminded of due dates once for each step, anew after a postponement', async () => {
      const [near, over] = [await added('近い', { dueOn: '2026-12-21' }), await added('過ぎた', { dueOn: '2026-11-20' })];
      await added('遠い', { dueOn: '2026-12-22' });
      await mail(pension, 'kokuho@example.lg.jp');
      await role(pension);
      const before = (await letters()).length;
      const remind = (day: string) => as(PRODUCT, (ctx) => askings.remindDue(ctx), day);
      expect(await remind('2026-11-21')).toBe(2);
      const [letter, ...more] = (await letters()).slice(before);
      expect([letter!.to, letter!.subject, more.length]).toEqual(['kokuho@example.lg.jp', '【点検】期限を過ぎた措置があります（1件）', 0]);
      expect(letter!.text).toMatch(/期限を過ぎた措置\n・措置2　過ぎた（期限：令和8年11月20日）[^]*まもなく期限を迎える措置\n・措置1　近い（期限：令和8年12月21日）/u);
      expect([await remind('2026-11-21'), await remind('2026-11-22')]).toEqual([0, 1]);
      await as(pension, (ctx) => actions.postpone(ctx, over, 1, { dueOn: '2026-12-10', reason: '年末まで' }));
      expect(await remind('2026-11-23')).toBe(1);
      expect(await remind('2026-12-11')).toBe(1);
      await as(pension, (ctx) => actions.report(ctx, near, 1, { text: '済んだ。', state: 'taken' }));
      expect(await remind('2027-01-10')).toBe(1);
      const told = await as(secretariat, (ctx) => reading.get(ctx, near));
      expect(told.reminders.map((one) => [one.step, one.dueOn, one.recipients])).toEqual([['soon', '2026-12-21', 1]]);
    });

    it('of a due date that is over anew, when another department answers for it or it is opened again; the office learns who got no letter', async () => {
      const id = await added('過ぎた', { dueOn: '2026-11-20' });
      await mail(secretariat, 'kansa@example.lg.jp');
      await database.query(`insert into account_role (id, organisation_id, account_id, role) values (gen_random_uuid(), $1, $2, 'audit-secretariat')`, [town.organisation, secretariat.id]);
      await mail(pension, 'kokuho@example.lg.jp');
      await role(pension);
      const remind = async (day: string) => {
        const before = (await letters()).length;
        const told = await as(PRODUCT, (ctx) => askings.remindDue(ctx), day);
        return [told, ...(await letters()).slice(before).map((one) => one.to).sort()];
      };
      expect(await remind('2026-11-21')).toEqual([1, 'kansa@example.lg.jp', 'kokuho@example.lg.jp']);
      expect(await remind('2026-11-22')).toEqual([0]);
      await as(secretariat, (ctx) => actions.transfer(ctx, id, 1, { departmentId: town.children, reason: '事務が移った。' }));
      expect(await remind('2026-11-23')).toEqual([1, 'kansa@example.lg.jp']);
      expect((await letters()).at(-1)).toMatchObject({ subject: '【点検】期限を過ぎた措置1件、まもなく期限を迎える措置0件（新しくお知らせするもの）', text: expect.stringContaining('・措置1　過ぎた（期限：令和8年11月20日）　こども課（この課にはメールが届いていません）') as string });
      await as(children, (ctx) => actions.report(ctx, id, 2, { text: '済んだ。', state: 'taken' }));
      await as(member, (ctx) => settling.checkEffect(ctx, id, 3, { verdict: 'effective', text: '見た。' }));
      expect(await remind('2026-11-24')).toEqual([0]);
      await as(member, (ctx) => settling.reopen(ctx, id, 4, { state: 'considering', reason: '元に戻った。' }));
      expect([await remind('2026-11-25'), await remind('2026-11-26')]).toEqual([[1, 'kansa@example.lg.jp'], [0]]);
    });

    it('by a sweep over all organisations, of which none stops another', async () => {
      const id = await added('過ぎた', { dueOn: '2026-11-20' });
      const said: string[] = [];
      const done = await sweepActions(database, { askings, offers }, TODAY, (message) => said.push(message));
      expect([done.failed, said, done.told >= 1]).toEqual([0, [], true]);
      expect((await as(secretariat, (ctx) => reading.get(ctx, id))).reminders.map((one) => one.recipients)).toEqual([0]);
      const broken = { remindDue: () => Promise.reject(new Error('secret')) } as unknown as ActionAskings;
      expect((await sweepActions(database, { askings: broken, offers }, TODAY, (message) => said.push(message))).failed).toBeGreaterThan(0);
      expect(said[0]).toMatch(/措置の期限のお知らせができませんでした（団体 .*）：Error$/u);
    });
  });

  describe('are told of in notices', () => {
    it('by the department under the 14th paragraph, received by the secretariat', async () => {
      const [a, b] = [await added('一'), await added('二')];
      await as(pension, (ctx) => actions.report(ctx, a, 1, { text: '定めた。', state: 'taken' }));
      const choices = await as(pension, (ctx) => notices.choices(ctx));
      expect(choices.map((one) => [one.recommended, one.actions.map((action) => action.title)])).toEqual([[false, ['一', '二']]]);
      const id = await as(pension, (ctx) => notices.draft(ctx, [{ actionId: a, text: '要領を定めた。' }]));
      expect((await as(pension, (ctx) => notices.choices(ctx))).flatMap((one) => one.actions.map((action) => action.title))).toEqual(['二']);
      // A draft is the department’s own.
      expect(await refused(as(secretariat, (ctx) => notices.get(ctx, id)))).toBe('not-found');
      expect(await as(secretariat, (ctx) => notices.list(ctx))).toEqual([]);
      await as(pension, (ctx) => notices.change(ctx, id, 1, [{ actionId: a, text: '要領を定め、毎月点検している。' }, { actionId: b, text: ' ' }]));
      expect(await refused(as(pension, (ctx) => notices.change(ctx, id, 1, [{ actionId: a, text: '古い' }])))).toBe('stale');
      expect(await refused(as(pension, (ctx) => notices.notify(ctx, id, 2, '2026-11-21')))).toBe(`audit-input-invalid: text-${b} missing`);
      await as(pension, (ctx) => notices.change(ctx, id, 2, [{ actionId: a, text: '要領を定め、毎月点検している。' }]));
      expect(await refused(as(pension, (ctx) => notices.notify(ctx, id, 3, '2026-07-30')))).toBe('audit-input-invalid: notifiedOn day-before');
      expect(await refused(as(pension, (ctx) => notices.notify(ctx, id, 3, '2026-11-22')))).toBe('audit-input-invalid: notifiedOn day-ahead');
      await as(pension, (ctx) => notices.notify(ctx, id, 3, '2026-11-20'));
      const page = await as(secretariat, (ctx) => notices.get(ctx, id));
      expect([page.notice.status, page.notice.basis, page.notice.notifiedOn, page.items.map((one) => [one.text, one.state])]).toEqual(['notified', 'act-199-14', '2026-11-20', [['要領を定め、毎月点検している。', 'taken']]]);
      expect((await entries(a)).at(-1)).toMatchObject({ kind: 'notified', text: '要領を定め、毎月点検している。', madeOn: '2026-11-20' });
      expect(await refused(as(pension, (ctx) => notices.change(ctx, id, 4, [{ actionId: a, text: 'x' }])))).toBe('notice-status');
      expect(await refused(as(pension, (ctx) => notices.receive(ctx, id, 4, '2026-11-21')))).toBe('not-allowed');
      expect(await refused(as(children, (ctx) => notices.get(ctx, id)))).toBe('not-found');
      expect(await refused(as(secretariat, (ctx) => notices.receive(ctx, id, 4, '2026-11-19')))).toBe('audit-input-invalid: receivedOn day-before');
      await as(secretariat, (ctx) => notices.receive(ctx, id, 4, '2026-11-21'));
      expect((await as(secretariat, (ctx) => notices.get(ctx, id))).notice).toMatchObject({ status: 'received', receivedOn: '2026-11-21' });
      expect(await refused(as(secretariat, (ctx) => notices.giveBack(ctx, id, 5, 'x')))).toBe('notice-status');
    });

    it('under the 15th where it was recommended, and not both in one', async () => {
      const recommendation = await as(secretariat, (ctx) => makeImprovement(ctx, audit, town.pension, { kind: 'recommendation' }));
      const [plain, told] = [await added('一'), await added('勧告の措置', { of: { findingId: null as never, improvementId: recommendation } })];
      expect(await refused(as(pension, (ctx) => notices.draft(ctx, [{ actionId: plain, text: 'x' }, { actionId: told, text: 'y' }])))).toBe('paragraphs-mixed: items paragraphs-mixed');
      const id = await as(pension, (ctx) => notices.draft(ctx, [{ actionId: told, text: '講じた。' }]));
      expect((await as(pension, (ctx) => notices.get(ctx, id))).notice.basis).toBe('act-199-15');
    });

    it('of one audit and department only, which writes them', async () => {
      const mine = await added();
      const theirs = await added('別', { departmentId: town.children, of: { findingId: await as(secretariat, (ctx) => makeFinding(ctx, audit, town.children)), improvementId: null } });
      const elsewhen = await added('別の監査', { of: { findingId: await as(secretariat, async (ctx) => makeFinding(ctx, await makeAudit(ctx, { theme: '契約' }), town.pension)), improvementId: null } });
      const draft = (actor: Actor, ...ids: string[]) => refused(as(actor, (ctx) => notices.draft(ctx, ids.map((actionId) => ({ actionId, text: 'x' })))));
      expect(await draft(pension)).toBe('audit-input-invalid: items items-missing');
      expect([await draft(pension, mine, theirs), await draft(pension, theirs)]).toEqual(['not-found', 'not-found']);
      expect([await draft(pension, mine, elsewhen), await draft(pension, mine, mine)]).toEqual(['notice-mixed: items notice-mixed', 'notice-mixed: items notice-mixed']);
      expect([await draft(secretariat, mine), await draft(member, mine)]).toEqual(['not-allowed', 'not-allowed']);
    });

    it('given back with a reason, and discarded', async () => {
      const a = await added();
      const id = await as(pension, (ctx) => notices.draft(ctx, [{ actionId: a, text: '定めた。' }]));
      await as(pension, (ctx) => notices.notify(ctx, id, 1, '2026-11-21'));
      expect(await refused(as(secretariat, (ctx) => notices.giveBack(ctx, id, 2, ' ')))).toBe('audit-input-invalid: reason missing');
      await as(secretariat, (ctx) => notices.giveBack(ctx, id, 2, '施行した日を書いてください。'));
      expect((await as(pension, (ctx) => notices.get(ctx, id))).notice).toMatchObject({ status: 'draft', notifiedOn: null });
      await as(pension, (ctx) => notices.discard(ctx, id, 3));
      expect(await refused(as(pension, (ctx) => notices.get(ctx, id)))).toBe('not-found');
      expect((await entries(a)).at(-1)!.text).toBe('措置通知を差し戻した。施行した日を書いてください。');
    });
  });

  describe('stand on the board', () => {
    it('in the columns of the scheme, what waits for the check before what is settled', async () => {
      const ids = [await added('一', { dueOn: '2027-03-31' }), await added('二', { dueOn: '2026-11-20' }), await added('三'), await added('四')];
      await as(pension, (ctx) => actions.report(ctx, ids[2]!, 1, { text: '済んだ。', state: 'taken' }));
      await as(pension, (ctx) => actions.report(ctx, ids[3]!, 1, { text: '済んだ。', state: 'taken' }));
      await as(member, (ctx) => settling.checkEffect(ctx, ids[3]!, 2, { verdict: 'effective', text: '見た。' }));
      const columns = await as(secretariat, (ctx) => board.board(ctx, {}));
      expect(columns.map((one) => [one.state?.label ?? '確認待ち', one.count, one.cards.map((card) => card.title)])).toEqual([
        ['未着手', 2, ['二', '一']], ['検討中', 0, []], ['措置予定', 0, []], ['一部措置', 0, []], ['継続', 0, []], ['確認待ち', 1, ['三']], ['措置済', 1, ['四']],
      ]);
      expect((await as(secretariat, (ctx) => board.list(ctx, { due: 'over' }))).actions.map((one) => [one.title, one.due])).toEqual([['二', 'over']]);
      expect((await as(secretariat, (ctx) => board.list(ctx, { proposed: true }))).actions.map((one) => one.title)).toEqual(['三']);
      expect((await as(secretariat, (ctx) => board.list(ctx, { words: '％' }))).total).toBe(0);
      const days = await as(secretariat, (ctx) => board.calendar(ctx, {}, '2027-03', 2));
      expect([...days].map(([day, one]) => [day, one.count, one.actions.length])).toEqual([['2027-03-31', 3, 2]]);
    });

    it('as counts, rates and ages over years and departments', async () => {
      const before = await as(secretariat, (ctx) => makeAudit(ctx, { theme: '前の監査', fiscalYear: 2024, decidedOn: '2024-07-31' }));
      const old = await as(secretariat, (ctx) => makeFinding(ctx, before, town.children));
      const [done] = await as(secretariat, (ctx) => actions.add(ctx, { findingId: old, improvementId: null }, [{ ...text('前の'), departmentId: town.children }]), '2024-11-21');
      await as(children, (ctx) => actions.report(ctx, done!, 1, { text: '済んだ。', state: 'taken' }));
      await as(member, (ctx) => settling.checkEffect(ctx, done!, 2, { verdict: 'effective', text: '見た。' }));
      await as(secretariat, (ctx) => actions.add(ctx, { findingId: old, improvementId: null }, [{ ...text('残り', { dueOn: '2025-03-31' }), departmentId: town.children }]), '2024-11-21');
      await added('今年の');
      const figures = await as(secretariat, (ctx) => board.figures(ctx, {}));
      expect(figures.years.map((one) => [one.key, one.total, one.rates[0]!.text])).toEqual([[2024, 2, '50.0％'], [2026, 1, '0.0％']]);
      expect(figures.all.rates[0]).toMatchObject({ label: '措置率', of: 1, over: 3, text: '33.3％' });
      expect(figures.departments.map((one) => [one.key, one.total])).toEqual([['こども課', 2], ['国保年金課', 1]]);
      const ages = await as(secretariat, (ctx) => board.ageing(ctx, {}));
      expect(ages.filter((one) => one.count > 0).map((one) => [one.label, one.count, one.over])).toEqual([['3か月未満', 1, 0], ['2年以上3年未満', 1, 1]]);
      // Two departments of one name are two.
      const twin = await as(await town.person('administrator', null), (ctx) => departments.add(ctx, { bodyId: town.body }, { name: '国保年金課', headTitle: '課長' }));
      await added('同じ名前の課の措置', { departmentId: twin });
      expect((await as(secretariat, (ctx) => board.figures(ctx, {}))).departments.map((one) => [one.key, one.total]).sort()).toEqual([['こども課', 2], ['国保年金課', 1], ['福祉部　国保年金課', 1]]);
      expect((await as(pension, (ctx) => board.figures(ctx, {}))).all.total).toBe(1);
      expect((await as(secretariat, (ctx) => board.figures(ctx, { departmentId: 'x' }))).all.rates[0]!.text).toBe('－');
    });
  });
});
