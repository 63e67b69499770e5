import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';

let open: SystemsTown;
let lead: Actor;
let classes: Map<string, string>;
const ids: Record<string, string> = {};
const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);

beforeAll(async () => {
  open = await openSystemsTown();
  lead = open.lead;
  classes = new Map((await as(lead, (ctx) => open.classes.list(ctx))).map((one) => [one.label, one.id]));
  const { pension, children } = open.town;
  const running = { 'operation-state': { choice: 'in-operation' } };
  ids.pension = await open.add({ name: '国民年金ＳＹＳ', number: 2, classId: classes.get('各部局所管')!, departmentId: pension, register: { ...running, place: { choice: 'office' } } });
  ids.shared = await open.add({ name: '福祉総合', number: 1, classId: classes.get('各部局所管')!, departmentId: pension, register: { ...running, place: { choice: 'contractor' } } });
  ids.children = await open.add({ name: '児童手当', number: 7, classId: classes.get('国・道等外部機関主導')!, departmentId: children, register: running });
  ids.gone = await open.add({ name: '旧児童手当', classId: classes.get('各部局所管')!, departmentId: children, register: { 'operation-state': { choice: 'ended' }, place: { choice: 'office' } } });
  ids.base = await open.add({ name: '共通基盤', kind: 'platform', departmentId: pension });
  await as(lead, (ctx) => open.register.setUses(ctx, ids.pension!, 1, [{ departmentId: pension, sections: 1, terminals: 12 }]));
  await as(lead, (ctx) => open.register.setUses(ctx, ids.shared!, 1, [{ departmentId: pension, sections: 4, terminals: 30 }, { departmentId: children, sections: 2, terminals: null }]));
  await as(lead, (ctx) => open.register.setContracts(ctx, ids.shared!, 2, [{ title: '保守', contractor: '業者', personalInformationClause: true, beginsOn: null, endsOn: null }]));
  await open.declare(ids.shared, 'access-right-unit', { choice: 'per-user' });
  await open.declare(ids.shared, 'access-log', { choice: 'operations' }, { on: '2020-01-01' });
});
afterAll(() => open.close());

const names = async (filter: object = {}, actor = lead): Promise<string[]> => (await as(actor, (ctx) => open.register.list(ctx, filter))).systems.map((one) => one.name);

describe('the list', () => {
  it('is in the order of class, number, name; those without a class come last', async () => {
    expect(await names()).toEqual(['福祉総合', '国民年金ＳＹＳ', '旧児童手当', '児童手当', '共通基盤']);
  });

  it('has with each system its sums, its state, and how many of its controls are declared', async () => {
    const { systems } = await as(lead, (ctx) => open.register.list(ctx));
    expect(systems[0]).toMatchObject({
      number: 1, classLabel: '各部局所管', departmentPath: '福祉部　国保年金課', state: { code: 'in-operation', label: '稼働中' }, contracts: 1, listedAgain: false, writable: true, version: 3,
      uses: { departments: 2, sections: 6, terminals: 30, incomplete: true }, declared: 1, stale: 1, controls: 96,
    });
    expect(systems[3]).toMatchObject({ uses: { departments: 0, sections: 0, terminals: 0, incomplete: false }, declared: 0, stale: 0 });
  });

  it('is filtered by class, words, kind and state', async () => {
    expect(await names({ classId: classes.get('国・道等外部機関主導') })).toEqual(['児童手当']);
    expect(await names({ classId: 'none' })).toEqual(['共通基盤']);
    expect(await names({ words: '児童' })).toEqual(['旧児童手当', '児童手当']);
    expect(await names({ words: 'ｓys' })).toEqual(['国民年金ＳＹＳ']);
    expect(await names({ words: '%' })).toEqual([]);
    expect(await names({ kind: 'platform' })).toEqual(['共通基盤']);
    expect(await names({ state: 'ended' })).toEqual(['旧児童手当']);
    expect(await names({ state: 'in-operation', words: '福祉', kind: 'system' })).toEqual(['福祉総合']);
    for (const odd of [{ classId: 'x' }, { departmentId: 'x' }, { departmentId: newId() }, { state: 'no-such-state' }]) expect(await names(odd)).toEqual([]);
  });

  it('of a department has the systems of others that it uses as 再掲, and does not count them as its own', async () => {
    const list = await as(lead, (ctx) => open.register.list(ctx, { departmentId: open.town.children }));
    expect(list.systems.map(({ name, listedAgain }) => [name, listedAgain])).toEqual([['福祉総合', true], ['旧児童手当', false], ['児童手当', false]]);
    expect(list).toMatchObject({ total: 3, own: 2 });
  });

  it('of a 部 has everything under it', async () => {
    const [division] = (await open.database.query('select parent_id from department where id = $1', [open.town.pension])) as { parent_id: string }[];
    expect(await as(lead, (ctx) => open.register.list(ctx, { departmentId: division!.parent_id }))).toMatchObject({ total: 5, own: 5 });
  });

  it('has 50 on a page', async () => {
    const { organisation, pension } = open.town;
    await open.database.query(
      `insert into system (id, organisation_id, kind, name, department_id, register_version, changed_at, changed_by_name)
        select gen_random_uuid(), $1, 'system', 'たくさん' || lpad(n::text, 3, '0'), $2, '2026-04', now(), 'x' from generate_series(1, 120) n`, [organisation, pension]);
    const page = (n?: number) => as(lead, (ctx) => open.register.list(ctx, { words: 'たくさん', page: n }));
    expect(await page()).toMatchObject({ total: 120, page: 1, pages: 3 });
    expect((await page(3)).systems).toHaveLength(20);
    expect((await page(99)).page).toBe(3);
    expect((await page(-1)).page).toBe(1);
    await open.database.query(`delete from system where name like 'たくさん%'`);
  });
});

describe('who sees what', () => {
  it('a department sees what it owns or uses, and writes only what it owns', async () => {
    const clerk = await open.town.person('drafter', open.town.children);
    const list = await as(clerk, (ctx) => open.register.list(ctx));
    expect(list.systems.map(({ name, listedAgain, writable }) => [name, listedAgain, writable])).toEqual([['福祉総合', true, false], ['旧児童手当', false, true], ['児童手当', false, true]]);
    expect(await as(clerk, (ctx) => open.register.get(ctx, ids.shared!))).toMatchObject({ may: { write: false, declare: false, approve: false, check: false } });
    await expect(as(clerk, (ctx) => open.register.get(ctx, ids.pension!))).rejects.toBeInstanceOf(Refused);
    await expect(as(clerk, (ctx) => open.register.history(ctx, ids.pension!))).rejects.toBeInstanceOf(Refused);
    await expect(as(clerk, (ctx) => open.register.change(ctx, ids.shared!, 3, { name: 'x' }))).rejects.toBeInstanceOf(Refused);
    await expect(as(clerk, (ctx) => open.register.setUses(ctx, ids.shared!, 3, []))).rejects.toBeInstanceOf(Refused);
    // A platform is there for all.
    expect((await as(clerk, (ctx) => open.register.get(ctx, ids.base!))).name).toBe('共通基盤');
  });

  it('who holds no right to the register sees none of it', async () => {
    const member = await open.town.person('council-member', null);
    expect(await as(member, (ctx) => open.register.list(ctx))).toMatchObject({ systems: [], total: 0 });
    expect(await as(member, (ctx) => open.register.listedAgain(ctx))).toEqual([]);
    expect((await as(member, (ctx) => open.register.breakdown(ctx, null))).systems).toBe(0);
    await expect(as(member, (ctx) => open.register.get(ctx, ids.base!))).rejects.toBeInstanceOf(Refused);
  });

  it('the people of the successor keep the systems of a department that ended, as they keep its assessments', async () => {
    const { town, database } = open;
    const old = newId();
    await database.query(`insert into department (id, organisation_id, body_id, name, ended_on, successor_id) values ($1, $2, $3, '児童福祉課', '2024-04-01', $4)`, [old, town.organisation, town.body, town.children]);
    const id = newId();
    await database.query(`insert into system (id, organisation_id, kind, name, department_id, register_version, changed_at, changed_by_name) values ($1, $2, 'system', '昔のシステム', $3, '2026-04', now(), 'x')`, [id, town.organisation, old]);
    // A session gives the grants of a department also for those that it succeeded.
    const clerk = await town.person('drafter', town.children);
    const heir: Actor = { ...clerk, grants: [...clerk.grants, { role: 'drafter', department: old }] };
    expect(await as(heir, (ctx) => open.register.change(ctx, id, 1, { name: '引き継いだシステム' }))).toBe(2);
    expect(await names({ departmentId: town.children })).toContain('引き継いだシステム');
    await expect(as(lead, (ctx) => open.register.add(ctx, { name: 'x', departmentId: old }))).rejects.toMatchObject({ problems: [{ code: 'department-ended' }] });
    await database.query('delete from system where id = $1', [id]);
  });
});

describe('再掲', () => {
  it('lists under each department the systems of others that it uses', async () => {
    const again = await as(lead, (ctx) => open.register.listedAgain(ctx));
    expect(again).toEqual([{ departmentId: open.town.children, departmentPath: '福祉部　こども課', systems: [
      { systemId: ids.shared, number: 1, name: '福祉総合', classLabel: '各部局所管', ownerId: open.town.pension, ownerPath: '福祉部　国保年金課', sections: 2, terminals: null },
    ] }]);
    const clerk = await open.town.person('drafter', open.town.pension);
    expect(await as(clerk, (ctx) => open.register.listedAgain(ctx))).toEqual([]);
  });
});

describe('the breakdown', () => {
  it('counts systems in use, of one class or all, and a shared one once', async () => {
    const all = await as(lead, (ctx) => open.register.breakdown(ctx, null));
    expect(all).toMatchObject({ systems: 3, owners: 2, users: 2, grossDepartments: 3, grossSections: 7, terminals: 42, withoutTerminals: 1, contracts: 1 });
    const one = await as(lead, (ctx) => open.register.breakdown(ctx, classes.get('各部局所管')!));
    expect(one.systems).toBe(2);
    expect(one.items.find(({ code }) => code === 'place')!.options.map(({ count }) => count)).toEqual([0, 0, 1, 1]);
    const each = await as(lead, (ctx) => open.register.breakdowns(ctx));
    expect(each.map(({ classLabel, breakdown }) => [classLabel, breakdown.systems])).toEqual([['各部局所管', 2], ['国・道等外部機関主導', 1]]);
  });

  it('of a department counts what it owns, not what is listed again', async () => {
    const clerk = await open.town.person('drafter', open.town.children);
    expect((await as(clerk, (ctx) => open.register.breakdown(ctx, null))).systems).toBe(1);
  });
});
