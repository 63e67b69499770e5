import { addSystem, checkServices } from '../../test/checks-town.js';
import { makeTown, open, TODAY, type Database, type Town } from '../../test/assessments-town.js';
import { testDatabase } from '../../test/test-database.js';
import { PRODUCT } from '../kernel/ctx.js';
import { clockAt } from '../kernel/clock.js';
import { inTransaction } from '../kernel/database.js';
import { Refused } from '../kernel/errors.js';
import { keepRunning, runDueChecks } from './due-checks.js';
import type { Scheduling } from './scheduling.service.js';

interface Kept { organisation: string; number: number; occasion: string; by: string; systems: number }

describe('checks that are due, over all organisations', () => {
  let here: Database;
  let there: Database;
  let close: () => Promise<void>;
  let towns: Town[];
  const logged: string[] = [];
  const log = (message: string): void => void logged.push(message);
  const services = [checkServices(), checkServices()];
  const { scheduling } = services[0]!;
  const scheduled = (): Promise<Kept[]> => here.query(`select organisation_id as organisation, number, occasion, made_by_name as by, jsonb_array_length(systems) as systems from check_run where occasion = 'scheduled' order by organisation_id, number`);

  beforeAll(async () => {
    const { url, drop } = await testDatabase();
    [here, there] = [await open(url, 4), await open(url, 4)];
    close = async () => { await here.destroy(); await there.destroy(); await drop(); };
    towns = [];
    for (const name of ['みずほ野市', 'あさぎり町', 'しおさい村', 'はるか市']) towns.push(await makeTown(here, name));
    for (const town of towns) {
      const auditor = await town.person('audit-secretariat', null);
      await town.as(auditor, async (ctx) => {
        for (let n = 0; n < 3; n += 1) await addSystem(ctx, town.children, `システム${n}`);
        // The last one checks next week, the third one never.
        if (town !== towns[2]) await scheduling.set(ctx, 0, 'week', town === towns[3] ? '2026-11-28' : '2026-11-21');
      });
    }
  });
  afterAll(() => close());

  it('two processes at once run each check that is due once, and none that is not', async () => {
    const done = await Promise.all([
      runDueChecks(here, scheduling, TODAY, log), runDueChecks(there, services[1]!.scheduling, TODAY, log),
      runDueChecks(here, services[1]!.scheduling, TODAY, log), runDueChecks(there, scheduling, TODAY, log),
    ]);
    expect(done.reduce((sum, one) => sum + one.run, 0)).toBe(2);
    expect([done.reduce((sum, one) => sum + one.failed, 0), logged]).toEqual([0, []]);
    expect(await scheduled()).toEqual(towns.slice(0, 2).map((town) => ({ organisation: town.organisation, number: 1, occasion: 'scheduled', by: 'システム', systems: 3 })).sort((a, b) => (a.organisation < b.organisation ? -1 : 1)));
  });

  it('moves on to the next day, and to the first one to come when some were missed', async () => {
    expect(await runDueChecks(here, scheduling, TODAY, log)).toEqual({ run: 0, failed: 0 });
    // Three weeks without any process: one check, then 2026-12-19 and not the days that are over.
    expect(await runDueChecks(here, scheduling, clockAt('2026-12-13T01:00:00Z'), log)).toEqual({ run: 3, failed: 0 });
    const next: { next: string }[] = await here.query('select distinct next_on::text as next from check_schedule');
    expect(next).toEqual([{ next: '2026-12-19' }]);
  });

  it('an organisation whose check fails stays due, is named in the log without what the failure says, and stops no other', async () => {
    const failing = towns[0]!.organisation;
    const broken = {
      runDue: (ctx: Parameters<Scheduling['runDue']>[0]) => {
        if (ctx.organisation === failing) return Promise.reject(Object.assign(new Error('password=geheim'), { name: 'QueryFailedError', code: '23505' }));
        return scheduling.runDue(ctx);
      },
    } as Scheduling;
    const later = clockAt('2026-12-20T01:00:00Z');
    expect(await runDueChecks(here, broken, later, log)).toEqual({ run: 2, failed: 1 });
    expect(logged).toEqual([`定期の点検ができませんでした（団体 ${failing}）：QueryFailedError 23505`]);
    expect(await runDueChecks(here, scheduling, later, log)).toEqual({ run: 1, failed: 0 });
    const refusing = { runDue: () => Promise.reject(new Refused('x', 'この団体では点検できません。')) } as unknown as Scheduling;
    await runDueChecks(here, refusing, clockAt('2027-01-20T01:00:00Z'), log);
    expect(logged.at(-1)).toContain('この団体では点検できません。');
  });

  it('acts as the product, with the journal of the organisation', async () => {
    const entries: { content: string }[] = await inTransaction(here, { organisation: towns[1]!.organisation, actor: PRODUCT, clock: TODAY }, (ctx) => ctx.tx.query(`select content from journal_entry where action = 'check-run' order by number limit 1`));
    expect(JSON.parse(entries[0]!.content)).toMatchObject({ actor: { id: null, name: 'システム' }, after: { occasion: 'scheduled', scope: 'all', systems: 3 } });
  });
});

describe('a process that looks for checks that are due', () => {
  it('looks at once, never twice at a time, and lets what has begun come to its end', async () => {
    let looks = 0;
    let at = 0;
    let most = 0;
    let release: () => void = () => undefined;
    const look = async (): Promise<void> => {
      looks += 1;
      most = Math.max(most, (at += 1));
      await new Promise<void>((done) => { release = done; });
      at -= 1;
    };
    const stop = keepRunning(look, 2, () => undefined);
    expect(looks).toBe(1);
    await new Promise((done) => setTimeout(done, 30));
    expect([looks, most]).toEqual([1, 1]);
    release();
    while (looks < 2) await new Promise((done) => setTimeout(done, 1));
    const ended = stop();
    let stopped = false;
    void ended.then(() => { stopped = true; });
    await new Promise((done) => setTimeout(done, 10));
    expect(stopped).toBe(false);
    release();
    await ended;
    const after = looks;
    await new Promise((done) => setTimeout(done, 20));
    expect(looks).toBe(after);
  });

  it('goes on after a look that failed, and says so', async () => {
    const said: string[] = [];
    let looks = 0;
    const stop = keepRunning(() => {
      looks += 1;
      return Promise.reject(new Error('secret'));
    }, 1, (message) => said.push(message));
    while (looks < 2) await new Promise((done) => setTimeout(done, 1));
    await stop();
    expect(said[0]).toBe('Error');
  });
});
