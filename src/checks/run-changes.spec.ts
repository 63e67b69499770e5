import { addSystem, checkServices, declareOf } from '../../test/checks-town.js';
import { openTown, type Town } from '../../test/assessments-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { SystemInheritance } from '../systems/system.entity.js';
import { RunChanges } from './run-changes.service.js';

describe('what a run found otherwise than before', () => {
  const { checking, states, settings } = checkServices();
  const runChanges = new RunChanges(states);
  let town: Town;
  let close: () => Promise<void>;
  let auditor: Actor;
  let clerk: Actor;
  let [system, other, platform] = ['', '', ''];
  const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => town.as(actor, work);
  const said = async (actor: Actor, run: number) => {
    const { systems, others } = await as(actor, (ctx) => runChanges.of(ctx, run));
    return { systems: systems.map(({ system: { name }, first, changes, counts }) => [name, first, changes.map((one) => `${one.rule} ${one.before} ${one.after}`), counts['not-met']]), others };
  };

  beforeAll(async () => {
    ({ town, close } = await openTown());
    [auditor, clerk] = [await town.person('audit-secretariat', null), await town.person('drafter', town.children)];
    await as(auditor, async (ctx) => {
      [system, other, platform] = [await addSystem(ctx, town.children, '児童手当システム'), await addSystem(ctx, town.pension, '国民年金システム'), await addSystem(ctx, town.children, '共通基盤', {}, 'platform')];
      for (const one of [system, other]) await scoped(ctx, SystemInheritance).insert({ id: newId(), systemId: one, fromId: platform, position: 0 });
      await checking.recheck(ctx, [system]);
    });
  });
  afterAll(() => close());

  it('is everything of a system that had never been checked, told as such', async () => {
    expect(await said(clerk, 1)).toEqual({ systems: [['児童手当システム', true, [], 0]], others: 0 });
  });

  it('is each rule with its result before and after', async () => {
    await as(auditor, (ctx) => declareOf(ctx, system, 'access-right-unit', 'per-terminal'));
    await as(auditor, (ctx) => checking.recheck(ctx, [system]));
    expect(await said(clerk, 2)).toEqual({ systems: [['児童手当システム', false, ['s-access unknown not-met'], 1]], others: 0 });
    await as(auditor, (ctx) => declareOf(ctx, system, 'access-right-unit', 'per-user'));
    await as(auditor, (ctx) => declareOf(ctx, system, 'access-log-review-interval', 12));
    await as(auditor, (ctx) => checking.recheck(ctx, [system]));
    // The limit is 6 months.
    expect(await said(clerk, 3)).toEqual({ systems: [['児童手当システム', false, ['s-access not-met met', 's-review unknown not-met'], 1]], others: 0 });
    // What a run found does not change when later runs find something else.
    expect((await said(clerk, 2)).systems[0]![2]).toEqual(['s-access unknown not-met']);
  });

  it('counts systems of other departments without naming them', async () => {
    await as(auditor, (ctx) => checking.run(ctx, { scope: 'all' }));
    expect(await said(clerk, 4)).toEqual({ systems: [], others: 1 });
    expect(await said(auditor, 4)).toEqual({ systems: [['国民年金システム', true, [], 0]], others: 0 });
  });

  it('is nothing where facts changed and no result', async () => {
    await as(auditor, (ctx) => declareOf(ctx, platform, 'malware-protection', 'resident'));
    expect(await as(auditor, (ctx) => checking.recheck(ctx, [platform]))).toMatchObject({ number: 5, systems: 2, changed: 2 });
    expect(await said(auditor, 5)).toEqual({ systems: [], others: 0 });
  });

  it('tells of rules that the organisation changed meanwhile, and of no run that is not there', async () => {
    await as(auditor, (ctx) => settings.set(ctx, 'sample', 's-review', 0, { offReason: '別に点検するため', parameters: {} }));
    await as(auditor, (ctx) => checking.recheck(ctx, [system]));
    expect((await said(clerk, 6)).systems).toEqual([['児童手当システム', false, ['s-review not-met not-applicable'], 0]]);
    await expect(as(clerk, (ctx) => runChanges.of(ctx, 99))).rejects.toThrow(NotFound);
  });
});
