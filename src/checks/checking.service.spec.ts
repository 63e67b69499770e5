import { addSystem, checkServices, declareOf } from '../../test/checks-town.js';
import { openTown, type Town } from '../../test/assessments-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { SystemInheritance } from '../systems/system.entity.js';
import { newId } from '../kernel/ids.js';
import { CheckRun, CheckState } from './check.entity.js';

describe('checks of systems', () => {
  const services = checkServices();
  const { checking, results, systemCheck, overruling, settings, scheduling, own, states } = services;
  let town: Town;
  let close: () => Promise<void>;
  let auditor: Actor;
  let clerk: Actor;
  let system: string;
  const asAuditor = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => town.as(auditor, work);
  const letters = async (id = system): Promise<string | undefined> => asAuditor(async (ctx) => (await states.states(ctx, [id], null))[0]?.results['sample']);

  beforeAll(async () => {
    const opened = await openTown();
    ({ town, close } = opened);
    auditor = await town.person('audit-secretariat', null, '監査事務局');
    clerk = await town.person('drafter', town.children, 'こども課 担当');
    system = await asAuditor((ctx) => addSystem(ctx, town.children, '児童手当システム'));
  });
  afterAll(() => close());

  it('finds 未確認 where nothing is declared, and 対象外 where the rule does not apply', async () => {
    const run = await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
    expect(run).toMatchObject({ number: 1, systems: 1, changed: 1 });
    expect(await letters()).toBe('uun');
    const sheet = await asAuditor((ctx) => systemCheck.sheet(ctx, system));
    expect(sheet.ruleSets[0]!.rules.map((one) => [one.rule.code, one.result, one.explanation.missing])).toEqual([
      ['s-access', 'unknown', ['access-right-unit']], ['s-review', 'unknown', ['access-log-review-interval']], ['s-number', 'not-applicable', []],
    ]);
  });

  it('re-evaluates at once when a control is declared, and keeps no run when nothing changed', async () => {
    await asAuditor((ctx) => declareOf(ctx, system, 'access-right-unit', 'per-terminal'));
    expect(await asAuditor((ctx) => checking.recheck(ctx, [system]))).toMatchObject({ number: 2, changed: 1 });
    expect(await asAuditor((ctx) => checking.recheck(ctx, [system]))).toBeNull();
    expect(await letters()).toBe('xun');
    await asAuditor((ctx) => declareOf(ctx, system, 'access-right-unit', 'per-user'));
    await asAuditor((ctx) => declareOf(ctx, system, 'access-log-review-interval', 6));
    await asAuditor((ctx) => checking.recheck(ctx, [system]));
    expect(await letters()).toBe('mmn');
  });

  it('keeps every run as it was and compares two', async () => {
    const compared = await asAuditor((ctx) => results.compare(ctx, 2, 3));
    expect(compared.changes.map((one) => [one.rule, one.before, one.after, one.kind])).toEqual([['s-access', 'not-met', 'met', 'settled'], ['s-review', 'unknown', 'met', 'other']]);
    const first = await asAuditor((ctx) => systemCheck.sheet(ctx, system, 2));
    expect(first.ruleSets[0]!.rules[0]).toMatchObject({ result: 'not-met', explanation: { result: 'not-met' } });
    expect(first.facts.values['access-right-unit']).toEqual({ choice: 'per-terminal' });
    await expect(asAuditor((ctx) => results.compare(ctx, 2, 99))).rejects.toThrow(NotFound);
  });

  it('treats a declaration that is too old as not declared, and says since when', async () => {
    await asAuditor((ctx) => declareOf(ctx, system, 'access-right-unit', 'per-user', '2025-11-20'));
    await asAuditor((ctx) => checking.recheck(ctx, [system]));
    expect(await letters()).toBe('umn');
    expect((await asAuditor((ctx) => systemCheck.sheet(ctx, system))).facts.stale).toEqual({ 'access-right-unit': '2025-11-20' });
    await asAuditor((ctx) => declareOf(ctx, system, 'access-right-unit', 'per-user', '2025-11-21'));
    await asAuditor((ctx) => checking.recheck(ctx, [system]));
    expect(await letters()).toBe('mmn');
  });

  it('checks what stands upon a platform again when the platform declares', async () => {
    const platform = await asAuditor((ctx) => addSystem(ctx, town.children, '共通基盤', {}, 'platform'));
    await asAuditor((ctx) => scoped(ctx, SystemInheritance).insert({ id: newId(), systemId: system, fromId: platform, position: 0 }));
    await asAuditor((ctx) => declareOf(ctx, platform, 'malware-protection', 'resident'));
    expect(await asAuditor((ctx) => checking.recheck(ctx, [platform]))).toMatchObject({ systems: 1, changed: 1 });
    expect((await asAuditor((ctx) => systemCheck.sheet(ctx, system))).facts.inherited).toEqual({ 'malware-protection': '共通基盤' });
  });

  it('shows the matrix of what holds now and of a run, with who was never checked', async () => {
    const other = await asAuditor((ctx) => addSystem(ctx, town.pension, '国民年金システム', { 'my-number': { choice: 'held' } }));
    const now = await asAuditor((ctx) => results.matrix(ctx, {}));
    expect(now.matrix.rows.map((one) => [one.system.name, one.cells.map((cell) => cell.result)])).toEqual([['児童手当システム', ['met', 'met']]]);
    expect(now.unchecked.map((one) => one.id)).toEqual([other]);
    const then = await asAuditor((ctx) => results.matrix(ctx, { run: 1 }));
    expect(then.matrix.rows[0]!.cells.map((cell) => [cell.result, cell.count])).toEqual([['unknown', 1], ['unknown', 1]]);
    const here = await asAuditor((ctx) => results.matrix(ctx, { department: town.pension }));
    expect(here.matrix.rows).toEqual([]);
    await expect(asAuditor((ctx) => results.matrix(ctx, { ruleSet: 'nothing' }))).rejects.toThrow(NotFound);
    await expect(asAuditor((ctx) => results.matrix(ctx, { department: newId() }))).rejects.toThrow(NotFound);
  });

  it('shows and checks a department only its own systems', async () => {
    const seen = await town.as(clerk, (ctx) => results.matrix(ctx, {}));
    expect(seen.matrix.rows.map((one) => one.system.name)).toEqual(['児童手当システム']);
    await expect(town.as(clerk, (ctx) => checking.run(ctx, { scope: 'all' }))).rejects.toThrow(Refused);
    await expect(town.as(clerk, (ctx) => checking.run(ctx, { scope: 'department', id: town.pension }))).rejects.toThrow(Refused);
    expect(await town.as(clerk, (ctx) => checking.run(ctx, { scope: 'system', id: system }))).toMatchObject({ systems: 1 });
    expect(await town.as(clerk, (ctx) => results.trend(ctx, 'sample'))).toEqual([]);
  });

  it('tries other declarations without saving', async () => {
    const tried = await asAuditor((ctx) => systemCheck.whatIf(ctx, system, { 'access-right-unit': { choice: 'none' }, 'access-log-review-interval': null }));
    expect(tried.changes.map((one) => [one.rule, one.before, one.after])).toEqual([['s-access', 'met', 'not-met'], ['s-review', 'met', 'unknown']]);
    expect([tried.before.met, tried.after.met]).toEqual([2, 0]);
    expect(await letters()).toBe('mmn');
    await expect(asAuditor((ctx) => systemCheck.whatIf(ctx, system, { nothing: 1 }))).rejects.toMatchObject({ problems: [{ code: 'control-unknown' }] });
    await expect(asAuditor((ctx) => systemCheck.whatIf(ctx, system, { 'access-log-review-interval': 500 }))).rejects.toThrow(Invalid);
  });

  describe('a person overrules', () => {
    const text = { result: 'not-met', reason: '現地で、利用者IDを共用しているのを見た。', evidence: '現地調査の記録 3', untilOn: '2027-03-31' };
    let id: string;

    it('with reason and evidence until a day; the computed result stays visible', async () => {
      id = await asAuditor((ctx) => overruling.overrule(ctx, system, 'sample', 's-access', text));
      expect(await letters()).toBe('Xmn');
      const { found } = await asAuditor((ctx) => systemCheck.rule(ctx, system, 'sample', 's-access'));
      expect(found).toMatchObject({ result: 'not-met', explanation: { result: 'met' }, overrule: { reason: text.reason, untilOn: '2027-03-31' } });
      expect((await asAuditor((ctx) => history(ctx, { kind: 'system', id: system }, { path: 'sample/s-access' })))[0]).toMatchObject({ action: 'result-overruled', comment: text.reason });
    });

    it('is kept through what-if and later runs, not twice at once', async () => {
      expect((await asAuditor((ctx) => systemCheck.whatIf(ctx, system, { 'access-right-unit': { choice: 'per-user' } }))).changes).toEqual([]);
      await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
      expect(await letters()).toBe('Xmn');
      await expect(asAuditor((ctx) => overruling.overrule(ctx, system, 'sample', 's-access', text))).rejects.toThrow(Conflict);
    });

    it('is refused without reason, evidence or a day within a year, and to those who may not', async () => {
      const refused = (more: object) => asAuditor((ctx) => overruling.overrule(ctx, system, 'sample', 's-review', { ...text, ...more })).catch((error: Invalid) => error.problems.map((one) => one.path));
      expect(await refused({ reason: ' ' })).toEqual(['reason']);
      expect(await refused({ evidence: '' })).toEqual(['evidence']);
      expect(await refused({ result: 'unknown' })).toEqual(['result']);
      expect(await refused({ untilOn: '2026-11-20' })).toEqual(['untilOn']);
      expect(await refused({ untilOn: '2026-02-30' })).toEqual(['untilOn']);
      expect(await refused({ untilOn: '2027-11-23' })).toEqual(['untilOn']);
      await expect(town.as(clerk, (ctx) => overruling.overrule(ctx, system, 'sample', 's-review', text))).rejects.toThrow(Refused);
      await expect(asAuditor((ctx) => overruling.overrule(ctx, system, 'sample', 'nothing', text))).rejects.toThrow(NotFound);
    });

    it('is taken back once, with the version that was seen', async () => {
      await expect(asAuditor((ctx) => overruling.withdraw(ctx, id, 7))).rejects.toThrow(Conflict);
      await asAuditor((ctx) => overruling.withdraw(ctx, id, 1));
      expect(await letters()).toBe('mmn');
      await expect(asAuditor((ctx) => overruling.withdraw(ctx, id, 2))).rejects.toThrow(Refused);
    });
  });

  describe('settings of rules', () => {
    const set = (more: Partial<{ offReason: string; parameters: Record<string, number> }>, seen = 0, rule = 's-review') => asAuditor((ctx) => settings.set(ctx, 'sample', rule, seen, { offReason: '', parameters: {}, ...more }));

    it('tighten a limit: a review every 6 months no longer does where 3 are asked', async () => {
      await set({ parameters: { 'max-months': 3 } });
      await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
      expect(await letters()).toBe('mxn');
    });

    it('never loosen one, nor go beyond its strictest value, nor name one that is not there', async () => {
      await expect(set({ parameters: { 'max-months': 7 } }, 1)).rejects.toMatchObject({ problems: [{ code: 'parameter-out-of-range' }] });
      await expect(set({ parameters: { 'max-months': 0 } }, 1)).rejects.toMatchObject({ problems: [{ code: 'parameter-out-of-range' }] });
      await expect(set({ parameters: { nothing: 1 } }, 1)).rejects.toMatchObject({ problems: [{ code: 'parameter-unknown' }] });
      await expect(set({}, 0)).rejects.toThrow(Conflict);
    });

    it('switch a rule off with a reason; it is 対象外 and says so', async () => {
      await set({ offReason: '記録の確認は情報部門がまとめて行うため' }, 1);
      await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
      expect(await letters()).toBe('mnn');
      const { found } = await asAuditor((ctx) => systemCheck.rule(ctx, system, 'sample', 's-review'));
      expect(found.explanation.text).toContain('記録の確認は情報部門がまとめて行うため');
    });

    it('leave out a set that the organisation does not use', async () => {
      await asAuditor((ctx) => settings.adopt(ctx, 'sample', false, 0));
      await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
      expect(await letters()).toBeUndefined();
      await asAuditor((ctx) => settings.adopt(ctx, 'sample', true, 1));
      await expect(asAuditor((ctx) => settings.adopt(ctx, 'sample', true, 1))).rejects.toThrow(Conflict);
      await expect(town.as(clerk, (ctx) => settings.adopt(ctx, 'sample', false, 2))).rejects.toThrow(Refused);
    });
  });

  describe('a rule set of its own', () => {
    const draft = { ruleSet: 'mizuho', version: '2026-11', title: 'みずほ野市の点検', shortTitle: '市の点検', source: '市の要綱', description: '市の決まり', validity: { from: '2026-04-01' }, viewpoints: [], rules: [] };
    it('is a draft until it is sound, then frozen', async () => {
      const { SAMPLE_SET } = await import('../../test/checks-town.js');
      const id = await asAuditor((ctx) => own.begin(ctx, draft as never));
      await expect(asAuditor((ctx) => own.publish(ctx, id, 1))).rejects.toThrow(Invalid);
      const sound = { ...SAMPLE_SET, ruleSet: 'other', version: '9', rules: SAMPLE_SET.rules.slice(0, 2).map((rule) => ({ ...rule, code: `city-${rule.code}` })) };
      await asAuditor((ctx) => own.save(ctx, id, 1, sound));
      await expect(asAuditor((ctx) => own.save(ctx, id, 1, sound))).rejects.toThrow(Conflict);
      await asAuditor((ctx) => own.publish(ctx, id, 2));
      await expect(asAuditor((ctx) => own.save(ctx, id, 3, sound))).rejects.toThrow(Refused);
      await expect(asAuditor((ctx) => own.discard(ctx, id, 3))).rejects.toThrow(Refused);
      await asAuditor((ctx) => checking.run(ctx, { scope: 'all' }));
      const state = await asAuditor((ctx) => states.states(ctx, [system], null));
      expect(state[0]!.results['mizuho']).toBe('mm');
      await expect(asAuditor((ctx) => own.begin(ctx, { ...sound, ruleSet: 'mizuho', version: '2026-11' }))).rejects.toMatchObject({ problems: [{ path: 'version' }] });
      expect((await asAuditor((ctx) => own.problems(ctx, { ...SAMPLE_SET }))).map((one) => one.code)).toContain('rule-set-code-once');
    });
  });

  it('of two who set something for the first time at once, the second is told', async () => {
    const atOnce = async (work: (ctx: Ctx) => Promise<unknown>): Promise<unknown[]> => (await Promise.allSettled([asAuditor(work), asAuditor(work)])).map((one) => (one.status === 'fulfilled' ? 'done' : (one.reason as object).constructor)).sort();
    expect(await atOnce((ctx) => settings.set(ctx, 'sample', 's-number', 0, { offReason: '対象の業務がない', parameters: {} }))).toEqual([Conflict, 'done']);
    await asAuditor((ctx) => settings.set(ctx, 'sample', 's-number', 1, { offReason: '', parameters: {} }));
    expect(await atOnce((ctx) => settings.adopt(ctx, 'mizuho', true, 0))).toEqual([Conflict, 'done']);
    expect(await atOnce((ctx) => own.begin(ctx, { ruleSet: 'twice', version: '2026-11', rules: [], viewpoints: [] } as never))).toEqual([Invalid, 'done']);
  });

  it('runs a check that is due once, and moves on to the next day', async () => {
    await asAuditor((ctx) => scheduling.set(ctx, 0, 'month', '2026-11-21'));
    const before = (await asAuditor((ctx) => scoped(ctx, CheckRun).find({}))).length;
    expect(await asAuditor((ctx) => scheduling.runDue(ctx))).not.toBeNull();
    expect(await asAuditor((ctx) => scheduling.runDue(ctx))).toBeNull();
    expect(await asAuditor((ctx) => scheduling.current(ctx))).toMatchObject({ every: 'month', nextOn: '2026-12-21' });
    expect((await asAuditor((ctx) => scoped(ctx, CheckRun).find({}))).length).toBe(before + 1);
    await expect(asAuditor((ctx) => scheduling.set(ctx, 2, 'month', '2026-11-20'))).rejects.toThrow(Invalid);
    await expect(asAuditor((ctx) => scheduling.set(ctx, 1, 'none', ''))).rejects.toThrow(Conflict);
  });

  it('writes a state only where something changed, and never two that hold at once', async () => {
    const all = await asAuditor((ctx) => scoped(ctx, CheckState).find({ systemId: system }, { fromRun: 'ASC' }));
    expect(all.filter((one) => one.untilRun === null)).toHaveLength(1);
    all.slice(1).forEach((one, n) => expect(one.fromRun).toBe(all[n]!.untilRun));
  });
});
