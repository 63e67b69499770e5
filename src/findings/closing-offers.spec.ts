import { makeTown, open, type Database, type Town } from '../../test/assessments-town.js';
import { makeAudit, makeFinding, makeImprovement, text } from '../../test/actions-town.js';
import { addSystem, checkServices, declareOf } from '../../test/checks-town.js';
import { testDatabase } from '../../test/test-database.js';
import { clockAt } from '../kernel/clock.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { inProject } from '../kernel/root.js';
import { scoped } from '../kernel/scoped.js';
import { Departments } from '../identity/departments.service.js';
import { ActionBoard } from './action-board.service.js';
import { ActionSettling } from './action-settling.service.js';
import { ClosingOffers } from './closing-offers.service.js';
import { ActionEntry, CorrectiveAction } from './corrective-action.entity.js';
import { CorrectiveActions } from './corrective-actions.service.js';
import { FindingSettings } from './finding-settings.service.js';
import { Rechecking } from './rechecking.service.js';
import { loadFindingSchemes } from './scheme-content.js';

/** Rule s-access of the sample set asks for rights per user; s-review for a review of the logs at least every 6 months. */
describe('a rule that is met again', () => {
  let database: Database;
  let drop: () => Promise<void>;
  let town: Town;
  let secretariat: Actor;
  let pension: Actor;
  let system: string;
  let audit: string;
  let second = 0;
  const settings = new FindingSettings(loadFindingSchemes(inProject('templates'), '2026-11-21'));
  const actions = new CorrectiveActions(settings);
  const settling = new ActionSettling(settings);
  const board = new ActionBoard(settings, new Departments());
  const services = checkServices();
  const offers = new ClosingOffers(settings, services.states);
  const rechecking = new Rechecking(services.checking, offers);

  const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => {
    second += 1;
    return inTransaction(database, { organisation: town.organisation, actor, clock: clockAt(new Date(Date.parse('2026-11-21T01:00:00Z') + second * 1000).toISOString()) }, work);
  };
  /** The department declares, and the system is checked again. */
  const declare = (control: string, value: string | number) => as(pension, async (ctx) => {
    await declareOf(ctx, system, control, value);
    return rechecking.recheck(ctx, [system]);
  });
  const origin = (rule: string) => ({ system, ruleSet: 'sample', rule, run: 1 });
  const action = async (of: { findingId: string | null; improvementId: string | null }, title = '利用者ごとの権限にする'): Promise<string> => (await as(secretariat, (ctx) => actions.add(ctx, of, [{ ...text(title), departmentId: town.pension }])))[0]!;
  const waiting = async () => (await as(secretariat, (ctx) => board.list(ctx, { offered: true }))).actions.map((one) => [one.id, one.offered]);
  const look = () => as(secretariat, (ctx) => offers.offerClosings(ctx, 'all'));
  /** Reported, and found effective by the auditors. */
  const settle = async (id: string): Promise<void> => {
    const { version } = await stored(id);
    await as(pension, (ctx) => actions.report(ctx, id, version, { text: '済んだ。', state: 'taken' }));
    await as(secretariat, (ctx) => settling.checkEffect(ctx, id, version + 1, { verdict: 'effective', text: '見た。' }));
  };
  const ofRule = async (rule: string): Promise<string> => action({ findingId: await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin(rule) })), improvementId: null });
  const stored = (id: string): Promise<CorrectiveAction> => as(secretariat, (ctx) => scoped(ctx, CorrectiveAction).get(id));
  const lastEntry = async (id: string): Promise<ActionEntry> => (await as(secretariat, (ctx) => scoped(ctx, ActionEntry).find({ actionId: id }, { madeAt: 'ASC' }))).at(-1)!;

  beforeAll(async () => {
    const made = await testDatabase();
    drop = made.drop;
    database = await open(made.url);
  });
  beforeEach(async () => {
    town = await makeTown(database, `みずほ野市${Math.random()}`);
    [secretariat, pension] = [await town.person('audit-secretariat', null, '事務局'), await town.person('drafter', town.pension, '国保担当')];
    system = await as(secretariat, (ctx) => addSystem(ctx, town.pension, '国保システム'));
    audit = await as(secretariat, (ctx) => makeAudit(ctx));
    await declare('access-right-unit', 'per-terminal');
    await declare('access-log-review-interval', 12);
  });
  afterAll(async () => {
    await database.destroy();
    await drop();
  });

  it('offers to close the action; accepting it is the check of effect, which names the run', async () => {
    const finding = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') }));
    const id = await action({ findingId: finding, improvementId: null });
    expect((await stored(id)).offered).toBeNull();
    const run = (await declare('access-right-unit', 'per-user'))!;
    expect((await stored(id)).offered).toEqual({ run: run.number, ruleSet: 'sample', rule: 's-access', madeOn: '2026-11-21' });
    expect(await lastEntry(id)).toMatchObject({ kind: 'offered', madeByName: '国保担当', text: expect.stringContaining('もとになった規則が適合になった') as string });
    expect(await waiting()).toEqual([[id, 'closing']]);
    // The offer is no change of the action: nobody who is writing gets a stale save.
    expect((await stored(id)).version).toBe(1);
    await expect(as(pension, (ctx) => settling.acceptOffer(ctx, id, 1, { state: 'taken', text: '' }))).rejects.toMatchObject({ code: 'not-allowed' });
    await expect(as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 1, { state: 'considering', text: '' }))).rejects.toMatchObject({ code: 'state-settles-not' });
    await as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 1, { state: 'taken', text: '画面も見た。' }));
    expect(await stored(id)).toMatchObject({ state: 'taken', effect: 'effective', settledOn: '2026-11-21', offered: null });
    expect(await lastEntry(id)).toMatchObject({ kind: 'effect-checked', stateAfter: 'taken', text: expect.stringMatching(/令和8年11月21日 10:\d\dの点検（変更に伴うもの）で、もとになった規則が適合になったことを確かめ、効果があると認めた。画面も見た。$/u) as string });
    expect(await as(secretariat, (ctx) => offers.offerClosings(ctx, 'all'))).toBe(0);
  });

  it('that was declined is offered anew only after it failed again', async () => {
    const finding = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') }));
    const id = await action({ findingId: finding, improvementId: null });
    await declare('access-right-unit', 'per-user');
    await expect(as(secretariat, (ctx) => settling.declineOffer(ctx, id, 1, ' '))).rejects.toMatchObject({ problems: [{ path: 'reason' }] });
    await as(secretariat, (ctx) => settling.declineOffer(ctx, id, 1, '手順がまだない。'));
    expect((await stored(id)).offered).toMatchObject({ declined: '手順がまだない。' });
    expect([await waiting(), await look()]).toEqual([[], 0]);
    await expect(as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 2, { state: 'taken', text: '' }))).rejects.toMatchObject({ code: 'nothing-offered' });
    await declare('access-right-unit', 'per-terminal');
    expect((await stored(id)).offered).toBeNull();
    expect(await lastEntry(id)).toMatchObject({ kind: 'offered', text: expect.stringContaining('取り下げた') as string });
    await declare('access-right-unit', 'per-user');
    expect((await stored(id)).offered).not.toBeNull();
  });

  it('offers nothing for an opinion while another finding behind it still fails', async () => {
    const findings = [await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') })), await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-review') }))];
    const id = await action({ findingId: null, improvementId: await as(secretariat, (ctx) => makeImprovement(ctx, audit, town.pension, { findings })) });
    await declare('access-right-unit', 'per-user');
    expect((await stored(id)).offered).toBeNull();
    await declare('access-log-review-interval', 6);
    expect((await stored(id)).offered).not.toBeNull();
  });

  it('offers nothing where a person overruled the result, where there is no rule behind the finding, and where the action is settled', async () => {
    const [withRule, without] = [await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') })), await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension))];
    const ids = [await action({ findingId: withRule, improvementId: null }), await action({ findingId: without, improvementId: null }), await action({ findingId: withRule, improvementId: null }, '手順を改める')];
    await settle(ids[2]!);
    await as(secretariat, async (ctx) => {
      await services.overruling.overrule(ctx, system, 'sample', 's-access', { result: 'met', reason: '代わりの手段がある。', evidence: '記録簿', untilOn: '2026-12-31' });
      await rechecking.recheck(ctx, [system]);
    });
    expect([(await stored(ids[0]!)).offered, (await stored(ids[1]!)).offered]).toEqual([null, null]);
    await declare('access-right-unit', 'per-user');
    expect([(await stored(ids[1]!)).offered, (await stored(ids[2]!)).offered]).toEqual([null, null]);
  });

  it('names the run in which it was met, not a later one in which something else changed', async () => {
    const finding = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') }));
    const met = (await declare('access-right-unit', 'per-user'))!;
    const later = (await declare('access-log-review-interval', 6))!;
    const id = await action({ findingId: finding, improvementId: null });
    expect([await look(), (await stored(id)).offered?.run, later.number > met.number]).toEqual([1, met.number, true]);
  });

  it('and fails again after the action was settled offers to open it again', async () => {
    const id = await ofRule('s-access');
    await declare('access-right-unit', 'per-user');
    await as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 1, { state: 'taken', text: '' }));
    const failed = (await declare('access-right-unit', 'per-terminal'))!;
    expect((await stored(id)).offered).toMatchObject({ run: failed.number, rule: 's-access' });
    expect(await lastEntry(id)).toMatchObject({ kind: 'offered', text: expect.stringMatching(/もとになった規則がまた適合しなくなった。再び開くかを/u) as string });
    expect(await waiting()).toEqual([[id, 'reopening']]);
    // Met again before anybody answered: there is nothing to offer.
    await declare('access-right-unit', 'per-user');
    expect([(await stored(id)).offered, (await lastEntry(id)).text]).toEqual([null, 'もとになった規則の不適合がなくなったので、再び開く申し出を取り下げた。']);
    await declare('access-right-unit', 'per-terminal');
    await expect(as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 2, { state: 'taken', text: '' }))).rejects.toMatchObject({ code: 'state-settles' });
    await as(secretariat, (ctx) => settling.acceptOffer(ctx, id, 2, { state: 'considering', text: '現地で見る。' }));
    expect(await stored(id)).toMatchObject({ state: 'considering', effect: null, settledOn: null, offered: null });
    expect(await lastEntry(id)).toMatchObject({ kind: 'reopened', stateBefore: 'taken', stateAfter: 'considering', text: expect.stringMatching(/もとになった規則がまた適合しなくなったので、再び開いた。現地で見る。$/u) as string });
    expect([await look(), await waiting()]).toEqual([0, []]);
  });

  it('that fails again can be left settled, until it is met and fails once more', async () => {
    const id = await ofRule('s-access');
    await declare('access-right-unit', 'per-user');
    await settle(id);
    await declare('access-right-unit', 'per-terminal');
    await as(secretariat, (ctx) => settling.declineOffer(ctx, id, 3, '申告の誤り。'));
    expect((await lastEntry(id)).text).toBe('点検の結果だけでは再び開かず、「措置済」のままとした。申告の誤り。');
    expect([await look(), await waiting()]).toEqual([0, []]);
    await declare('access-right-unit', 'per-user');
    await declare('access-right-unit', 'per-terminal');
    expect(await waiting()).toEqual([[id, 'reopening']]);
  });

  it('offers nothing about an action that was settled although the rule failed', async () => {
    const id = await ofRule('s-access');
    await settle(id);
    await declare('access-log-review-interval', 6);
    expect([await look(), (await stored(id)).offered]).toEqual([0, null]);
  });

  it('does not close at once what the auditors opened again by themselves', async () => {
    const id = await ofRule('s-access');
    await declare('access-right-unit', 'per-user');
    await settle(id);
    await as(secretariat, (ctx) => settling.reopen(ctx, id, 3, { state: 'considering', reason: '申告と違い、共用していた。' }));
    expect([await look(), (await stored(id)).offered]).toEqual([0, null]);
    await declare('access-right-unit', 'per-terminal');
    await declare('access-right-unit', 'per-user');
    expect(await waiting()).toEqual([[id, 'closing']]);
  });

  it('passes over an action that somebody is changing, until the next look', async () => {
    const finding = await as(secretariat, (ctx) => makeFinding(ctx, audit, town.pension, { origin: origin('s-access') }));
    const id = await action({ findingId: finding, improvementId: null });
    await as(secretariat, async (writing) => {
      await scoped(writing, CorrectiveAction).lock(id);
      await declare('access-right-unit', 'per-user');
    });
    expect((await stored(id)).offered).toBeNull();
    expect(await as(secretariat, (ctx) => offers.offerClosings(ctx, 'all'))).toBe(1);
    expect((await stored(id)).offered).not.toBeNull();
  });
});
