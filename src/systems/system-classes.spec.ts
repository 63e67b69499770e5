import { makeTown } from '../../test/assessments-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';

let open: SystemsTown;
let lead: Actor;
beforeEach(async () => {
  open = await openSystemsTown();
  lead = open.lead;
});
afterEach(() => open.close());

const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);
const list = () => as(lead, (ctx) => open.classes.list(ctx));
const labels = async (): Promise<string[]> => (await list()).map((one) => (one.endedOn === null ? one.label : `（${one.label}）`));

describe('the classes of an organisation', () => {
  it('begin with the five of a city\'s audit, the last led from outside; also when two ask first at once', async () => {
    await Promise.all([list(), list()]);
    expect((await list()).map(({ label, external }) => [label, external])).toEqual([
      ['住民情報システム', false], ['財務会計システム', false], ['情報システム課管理・部局運用', false], ['各部局所管', false], ['国・道等外部機関主導', true],
    ]);
  });

  it('are added at the end, renamed, put in order and ended; an ended one comes back under its name', async () => {
    const id = await as(lead, (ctx) => open.classes.add(ctx, { label: ' クラウド　サービス ', external: false }));
    expect((await labels()).at(-1)).toBe('クラウド サービス');
    await as(lead, (ctx) => open.classes.change(ctx, id, 1, { label: 'クラウド', external: true }));
    const before = await list();
    await as(lead, (ctx) => open.classes.reorder(ctx, [...before].reverse().map((one) => ({ id: one.id, seen: one.version }))));
    expect(await labels()).toEqual(['クラウド', '国・道等外部機関主導', '各部局所管', '情報システム課管理・部局運用', '財務会計システム', '住民情報システム']);
    await as(lead, async (ctx) => open.classes.end(ctx, id, (await open.classes.list(ctx)).find((one) => one.id === id)!.version));
    expect((await labels()).at(-1)).toBe('（クラウド）');
    expect((await as(lead, (ctx) => open.classes.living(ctx))).map((one) => one.label)).not.toContain('クラウド');
    expect(await as(lead, (ctx) => open.classes.add(ctx, { label: 'クラウド', external: false }))).toBe(id);
    expect((await list()).at(-1)).toMatchObject({ label: 'クラウド', external: false, endedOn: null });
  });

  it('refuse blanks, long names and names twice', async () => {
    await list();
    for (const label of ['', '　', 'あ'.repeat(61), 'a\u0000', '各部局所管', '各部局所管　']) await expect(as(lead, (ctx) => open.classes.add(ctx, { label, external: false }))).rejects.toBeInstanceOf(Invalid);
    const [first, second] = await list();
    await expect(as(lead, (ctx) => open.classes.change(ctx, first!.id, 1, { label: second!.label, external: false }))).rejects.toBeInstanceOf(Invalid);
  });

  it('refuse a change on a page that is no longer true', async () => {
    const [first] = await list();
    await as(lead, (ctx) => open.classes.change(ctx, first!.id, 1, { label: '住民', external: false }));
    await expect(as(lead, (ctx) => open.classes.change(ctx, first!.id, 1, { label: '住記', external: false }))).rejects.toBeInstanceOf(Conflict);
    await expect(as(lead, (ctx) => open.classes.end(ctx, first!.id, 1))).rejects.toBeInstanceOf(Conflict);
    const all = await list();
    await expect(as(lead, (ctx) => open.classes.reorder(ctx, all.slice(1).map((one) => ({ id: one.id, seen: one.version }))))).rejects.toBeInstanceOf(Conflict);
    await expect(as(lead, (ctx) => open.classes.reorder(ctx, all.map((one) => ({ id: one.id, seen: 1 }))))).rejects.toBeInstanceOf(Conflict);
    await expect(as(lead, (ctx) => open.classes.reorder(ctx, all.map(() => ({ id: all[0]!.id, seen: all[0]!.version }))))).rejects.toBeInstanceOf(Conflict);
  });

  it('do not end while a system is in them; no system goes into an ended one', async () => {
    const [first, second] = await list();
    const id = await open.add({ classId: first!.id });
    await expect(as(lead, (ctx) => open.classes.end(ctx, first!.id, 1))).rejects.toMatchObject({ code: 'class-in-use' });
    await as(lead, (ctx) => open.classes.end(ctx, second!.id, 1));
    await expect(as(lead, (ctx) => open.register.change(ctx, id, 1, { classId: second!.id }))).rejects.toMatchObject({ problems: [{ code: 'class-ended' }] });
  });

  it('are for those who configure, and of one organisation only', async () => {
    const [first] = await list();
    for (const role of ['viewer', 'audit-member']) {
      const person = await open.town.person(role, null);
      await expect(as(person, (ctx) => open.classes.add(ctx, { label: 'x', external: false }))).rejects.toBeInstanceOf(Refused);
      await expect(as(person, (ctx) => open.classes.change(ctx, first!.id, 1, { label: 'x', external: false }))).rejects.toBeInstanceOf(Refused);
      await expect(as(person, (ctx) => open.classes.reorder(ctx, []))).rejects.toBeInstanceOf(Refused);
      await expect(as(person, (ctx) => open.classes.end(ctx, first!.id, 1))).rejects.toBeInstanceOf(Refused);
      await expect(as(person, (ctx) => open.classes.changeSettings(ctx, 0, { declarationMonths: 6 }))).rejects.toBeInstanceOf(Refused);
    }
    const theirs = await makeTown(open.database, 'あさぎり町');
    const stranger = await theirs.person('administrator', null);
    await expect(theirs.as(stranger, (ctx) => open.classes.change(ctx, first!.id, 1, { label: 'x', external: false }))).rejects.toBeInstanceOf(NotFound);
    await expect(theirs.as(stranger, (ctx) => open.classes.end(ctx, first!.id, 1))).rejects.toBeInstanceOf(NotFound);
  });
});

describe('the settings of the register', () => {
  it('are 12 months until somebody sets them; what is stale follows at once', async () => {
    const id = await open.add({});
    await open.declare(id, 'screen-lock', { choice: 'automatic' }, { on: '2026-04-30' });
    const declared = async (): Promise<boolean> => 'screen-lock' in (await as(lead, (ctx) => open.register.get(ctx, id))).facts.values;
    expect(await as(lead, (ctx) => open.classes.settings(ctx))).toEqual({ declarationMonths: 12, version: 0 });
    expect(await declared()).toBe(true);
    await as(lead, (ctx) => open.classes.changeSettings(ctx, 0, { declarationMonths: 6 }));
    expect(await declared()).toBe(false);
    await as(lead, (ctx) => open.classes.changeSettings(ctx, 1, { declarationMonths: 24 }));
    expect(await as(lead, (ctx) => open.classes.settings(ctx))).toEqual({ declarationMonths: 24, version: 2 });
    expect(await declared()).toBe(true);
  });

  it('refuse what is no number of months from 1 to 120, and a stale page', async () => {
    for (const declarationMonths of [0, 121, 1.5, Number.NaN]) await expect(as(lead, (ctx) => open.classes.changeSettings(ctx, 0, { declarationMonths }))).rejects.toBeInstanceOf(Invalid);
    await as(lead, (ctx) => open.classes.changeSettings(ctx, 0, { declarationMonths: 6 }));
    const stale = await as(lead, (ctx) => open.classes.changeSettings(ctx, 0, { declarationMonths: 3 })).catch((error: unknown) => error);
    expect(stale).toBeInstanceOf(Conflict);
    expect((stale as Conflict).sides).toMatchObject({ sent: { declarationMonths: 3 }, current: { declarationMonths: 6 }, currentVersion: 1 });
  });
});
