import { makeTown } from '../../test/assessments-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import type { BulkChange } from './bulk-edit.service.js';

let open: SystemsTown;
let lead: Actor;
let classId: string;
beforeAll(async () => {
  open = await openSystemsTown();
  lead = open.lead;
  classId = (await as(lead, (ctx) => open.classes.list(ctx)))[3]!.id;
});
afterAll(() => open.close());

const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);
const apply = (systems: { id: string; seen: number }[], change: BulkChange, actor = lead) => as(actor, (ctx) => open.bulk.apply(ctx, systems, change));
const stored = async (ids: string[]): Promise<{ version: number; place: string | null }[]> =>
  (await open.database.query(`select version, register -> 'place' ->> 'choice' as place from system where id = any($1) order by name`, [ids])) as { version: number; place: string | null }[];
const office: BulkChange = { field: 'register', item: 'place', value: { choice: 'office' } };

describe('a change of many systems at once', () => {
  it('is shown before it is made, and changes only what is not so already', async () => {
    const [one, two] = [await open.add({ name: '一', register: { place: { choice: 'contractor' } } }), await open.add({ name: '二', register: { place: { choice: 'office' } } })];
    const preview = await as(lead, (ctx) => open.bulk.preview(ctx, [one, two], office));
    expect(preview).toEqual({ what: '設置・保管場所', changing: 1, problems: [], rows: [
      { id: one, name: '一', version: 1, before: '外部委託業者等', after: '執務室内', changes: true, problem: null },
      { id: two, name: '二', version: 1, before: '執務室内', after: '執務室内', changes: false, problem: null },
    ] });
    expect(await apply([{ id: one, seen: 1 }, { id: two, seen: 1 }], office)).toEqual({ changed: 1 });
    expect(await stored([one, two])).toEqual([{ version: 2, place: 'office' }, { version: 1, place: 'office' }]);
    const [entry] = await as(lead, (ctx) => open.register.history(ctx, one));
    expect(entry).toMatchObject({ fieldName: '設置・保管場所', before: '外部委託業者等', after: '執務室内', comment: '一括編集' });
  });

  it('sets a class, hands over a department, empties an item', async () => {
    const ids = [await open.add({ register: { people: 5 } }), await open.add({ register: { people: 6 } })];
    const seen = (version: number) => ids.map((id) => ({ id, seen: version }));
    expect((await as(lead, (ctx) => open.bulk.preview(ctx, ids, { field: 'class', classId }))).rows.map((one) => [one.before, one.after])).toEqual([['', '各部局所管'], ['', '各部局所管']]);
    await apply(seen(1), { field: 'class', classId });
    await apply(seen(2), { field: 'department', departmentId: open.town.children });
    await apply(seen(3), { field: 'register', item: 'people', value: null });
    for (const id of ids) expect(await as(lead, (ctx) => open.register.get(ctx, id))).toMatchObject({ classId, departmentPath: '福祉部　こども課', version: 4 });
  });

  it('is all or nothing: one stale system and none changes, each named', async () => {
    const [one, two, three] = [await open.add({ name: '壱' }), await open.add({ name: '弐' }), await open.add({ name: '参' })];
    await as(lead, (ctx) => open.register.change(ctx, two, 1, { register: { people: 1 } }));
    await as(lead, (ctx) => open.register.change(ctx, three, 1, { register: { people: 1 } }));
    const error = await apply([one, two, three].map((id) => ({ id, seen: 1 })), office).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Conflict);
    expect((error as Conflict).problems.map((each) => each.path).sort()).toEqual([two, three].sort());
    expect((error as Conflict).problems.map((each) => each.message).join()).toContain('「弐」は、評価統括さんが先に変えました');
    expect((await stored([one, two, three])).map((each) => each.place)).toEqual([null, null, null]);
  });

  it('names each system in which it does not fit: two of the same number in one class', async () => {
    const classes = await as(lead, (ctx) => open.classes.list(ctx));
    const [one, two] = [await open.add({ name: '子', number: 77, classId: classes[0]!.id }), await open.add({ name: '丑', number: 77, classId: classes[1]!.id })];
    const error = await apply([{ id: one, seen: 1 }, { id: two, seen: 1 }], { field: 'class', classId: classes[2]!.id }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(Invalid);
    expect((error as Invalid).problems).toHaveLength(1);
    expect(await as(lead, (ctx) => open.register.get(ctx, one))).toMatchObject({ version: 1, classLabel: '住民情報システム' });
  });

  it.each<[string, BulkChange]>([
    ['an option that is not there', { field: 'register', item: 'place', value: { choice: 'moon' } }],
    ['an item that is not there', { field: 'register', item: 'colour', value: 'red' }],
    ['a counted item', { field: 'register', item: 'using-terminals', value: 3 }],
    ['a class that is not there', { field: 'class', classId: newId() }],
    ['a department that is not there', { field: 'department', departmentId: newId() }],
  ])('is refused for %s, and the preview says so', async (_what, change) => {
    const id = await open.add({});
    expect((await as(lead, (ctx) => open.bulk.preview(ctx, [id], change))).problems).toHaveLength(1);
    await expect(apply([{ id, seen: 1 }], change)).rejects.toBeInstanceOf(Invalid);
  });

  it('is refused for none, too many, and for what the person may not change', async () => {
    await expect(apply([], office)).rejects.toBeInstanceOf(Invalid);
    await expect(apply(Array.from({ length: 1_001 }, () => ({ id: newId(), seen: 1 })), office)).rejects.toBeInstanceOf(Invalid);
    const [own, other] = [await open.add({}), await open.add({ departmentId: open.town.children })];
    const clerk = await open.town.person('drafter', open.town.pension);
    await expect(apply([{ id: own, seen: 1 }, { id: other, seen: 1 }], office, clerk)).rejects.toBeInstanceOf(Refused);
    const viewer = await open.town.person('viewer', null);
    expect((await as(viewer, (ctx) => open.bulk.preview(ctx, [own], office))).rows[0]!.problem).toContain('権限がありません');
    expect(await stored([own, other])).toEqual([{ version: 1, place: null }, { version: 1, place: null }]);
    const theirs = await makeTown(open.database, 'あさぎり町');
    const stranger = await theirs.person('assessment-lead', null);
    await expect(theirs.as(stranger, (ctx) => open.bulk.apply(ctx, [{ id: own, seen: 1 }], office))).rejects.toBeInstanceOf(NotFound);
    await expect(theirs.as(stranger, (ctx) => open.bulk.preview(ctx, [own], office))).rejects.toBeInstanceOf(NotFound);
  });
});
