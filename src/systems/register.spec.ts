import { makeTown } from '../../test/assessments-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';

let open: SystemsTown;
let lead: Actor;
beforeAll(async () => {
  open = await openSystemsTown();
  lead = open.lead;
});
afterAll(() => open.close());

const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);
const failure = async (work: Promise<unknown>): Promise<TenkenError> => work.then(() => { throw new Error('nothing was refused'); }, (error: unknown) => error as TenkenError);
const codesOf = (error: TenkenError): string[] => error.problems.map((one) => `${one.code} ${one.path}`);
const get = (id: string, actor = lead) => as(actor, (ctx) => open.register.get(ctx, id));
const classOf = async (label: string): Promise<string> => (await as(lead, (ctx) => open.classes.list(ctx))).find((one) => one.label === label)!.id;

describe('adding', () => {
  it('takes the fields and the register items in their normal form', async () => {
    const classId = await classOf('各部局所管');
    const id = await open.add({ name: ' 就学援助　システム ', number: 40, classId, register: { place: { choice: 'office' }, people: 1200, 'introduced-on': '平成30年4月1日', purpose: '' } });
    expect(await get(id)).toMatchObject({
      name: '就学援助 システム', number: 40, classLabel: '各部局所管', kind: 'system', version: 1, departmentPath: '福祉部　国保年金課', ended: false, mergedInto: null, uses: [], contracts: [], inherits: [],
      may: { write: true, declare: true, approve: false, check: true },
    });
    const values = Object.fromEntries((await get(id)).sections.flatMap((one) => one.items).filter((one) => one.value !== null).map((one) => [one.code, one.text]));
    expect(values).toEqual({ place: '執務室内', people: '1,200人', 'introduced-on': '平成30年4月1日' });
  });

  it.each<[string, object, string[]]>([
    ['no name', { name: '　' }, ['field-invalid name']],
    ['a name of 201 letters', { name: 'あ'.repeat(201) }, ['answer-too-long name']],
    ['a control character', { name: 'a\u0007b' }, ['control-character name']],
    ['a number below 1', { number: 0 }, ['field-invalid number']],
    ['half a number', { number: 1.5 }, ['field-invalid number']],
    ['a number above 99999', { number: 100_000 }, ['field-invalid number']],
    ['a class that is not there', { classId: newId() }, ['field-invalid class']],
    ['a class that is no id', { classId: 'x' }, ['field-invalid class']],
    ['a department that is not there', { departmentId: newId() }, ['field-invalid department']],
    ['an unknown kind', { kind: 'cloud' }, ['field-invalid kind']],
    ['an unknown item', { register: { colour: 'red' } }, ['unknown-item register/colour']],
    ['a counted item', { register: { contracts: 3 } }, ['counted-item register/contracts']],
    ['an unknown option', { register: { place: { choice: 'moon' } } }, ['unknown-option register/place']],
    ['a number out of range', { register: { people: -1 } }, ['number-out-of-range register/people']],
    ['a day before the day that must come first', { register: { 'introduced-on': '2020-04-01', 'renewed-on': '2019-04-01' } }, ['date-order register/renewed-on']],
    ['several things at once', { name: '', register: { place: 'office', people: 'many' } }, ['field-invalid name', 'wrong-type register/place', 'wrong-type register/people']],
  ])('refuses %s', async (_what, input, expected) => {
    const error = await failure(open.add(input));
    expect(error).toBeInstanceOf(Invalid);
    expect(codesOf(error)).toEqual(expected);
  });

  it('refuses a number twice in a class, not in two classes, and names who has it', async () => {
    const [one, other] = [await classOf('住民情報システム'), await classOf('財務会計システム')];
    await open.add({ name: '住民記録', number: 1, classId: one });
    await open.add({ name: '財務', number: 1, classId: other });
    const error = await failure(open.add({ name: '印鑑登録', number: 1, classId: one }));
    expect(codesOf(error)).toEqual(['number-once number']);
    expect(error.problems[0]!.message).toContain('「住民記録」');
  });

  it('is for the department in charge: not for another, not for a reader', async () => {
    const drafter = await open.town.person('drafter', open.town.pension);
    const add = (actor: Actor, departmentId: string) => as(actor, (ctx) => open.register.add(ctx, { name: '年金', departmentId }));
    expect(await add(drafter, open.town.pension)).toMatch(/^[0-9a-f-]{36}$/);
    await expect(add(drafter, open.town.children)).rejects.toBeInstanceOf(Refused);
    for (const role of ['audit-member', 'viewer', 'administrator', 'council-member']) await expect(add(await open.town.person(role, null), open.town.pension)).rejects.toBeInstanceOf(Refused);
  });
});

describe('changing', () => {
  it('changes what is named and nothing else, and keeps every field in the journal', async () => {
    const id = await open.add({ name: '旧名', register: { place: { choice: 'office' }, people: 10 } });
    const classId = await classOf('各部局所管');
    expect(await as(lead, (ctx) => open.register.change(ctx, id, 1, { name: '新名', classId, register: { people: 20, place: null, network: { choice: 'internal-lan' } } }))).toBe(2);
    expect(await get(id)).toMatchObject({ name: '新名', classId, number: null, version: 2, changedBy: '評価統括' });
    const history = await as(lead, (ctx) => open.register.history(ctx, id));
    expect(history.map(({ what, fieldName, before, after }) => [what, fieldName, before, after])).toEqual([
      ['変更', 'ネットワーク', '', '庁内LAN'], ['変更', '設置・保管場所', '執務室内', ''], ['変更', '対象となる本人の数', '10人', '20人'],
      ['変更', '区分', '', '各部局所管'], ['変更', '名称', '旧名', '新名'], ['台帳に追加', null, '', '旧名'],
    ]);
    expect((await as(lead, (ctx) => open.register.history(ctx, id, { path: 'register/people' }))).map((one) => one.after)).toEqual(['20人']);
  });

  it('writes nothing when nothing changes', async () => {
    const id = await open.add({ name: '同じ' });
    expect(await as(lead, (ctx) => open.register.change(ctx, id, 1, { name: '同じ', register: { purpose: '' } }))).toBe(1);
    expect(await as(lead, (ctx) => open.register.history(ctx, id))).toHaveLength(1);
  });

  it('refuses a stale save with both sides, for each kind of save', async () => {
    const id = await open.add({ name: '甲', register: { people: 1 } });
    await as(lead, (ctx) => open.register.change(ctx, id, 1, { name: '乙', register: { people: 2 } }));
    const change = await failure(as(lead, (ctx) => open.register.change(ctx, id, 1, { name: '丙', register: { people: 3 } })));
    expect(change).toBeInstanceOf(Conflict);
    expect((change as Conflict).sides).toMatchObject({ sent: { name: '丙', register: { people: 3 } }, current: { name: '乙', register: { people: 2 } }, currentVersion: 2, by: '評価統括' });
    for (const save of [
      (ctx: Ctx) => open.register.setUses(ctx, id, 1, []), (ctx: Ctx) => open.register.setContracts(ctx, id, 1, []),
      (ctx: Ctx) => open.register.setInheritance(ctx, id, 1, []), (ctx: Ctx) => open.register.end(ctx, id, 1, '2026-11-20'),
    ]) await expect(as(lead, save)).rejects.toBeInstanceOf(Conflict);
  });

  it('lets two saves at once through one after the other: the second is a conflict', async () => {
    const id = await open.add({ name: '同時' });
    const done = await Promise.allSettled(['甲', '乙'].map((name) => as(lead, (ctx) => open.register.change(ctx, id, 1, { name }))));
    expect(done.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((done.find((one) => one.status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
  });

  it('hands a system over only to a department in which the person may write', async () => {
    const id = await open.add({});
    const drafter = await open.town.person('drafter', open.town.pension);
    await expect(as(drafter, (ctx) => open.register.change(ctx, id, 1, { departmentId: open.town.children }))).rejects.toBeInstanceOf(Refused);
    await as(lead, (ctx) => open.register.change(ctx, id, 1, { departmentId: open.town.children }));
    await expect(as(drafter, (ctx) => open.register.change(ctx, id, 2, { name: 'x' }))).rejects.toBeInstanceOf(Refused);
  });

  it('ends a system with its day; the day may not lie before its beginning', async () => {
    const id = await open.add({ register: { 'operation-state': { choice: 'in-operation' }, 'introduced-on': '2020-04-01' } });
    expect(codesOf(await failure(as(lead, (ctx) => open.register.end(ctx, id, 1, '2019-03-31'))))).toEqual(['date-order register/ended-on']);
    await as(lead, (ctx) => open.register.end(ctx, id, 1, '2026-10-31'));
    expect(await get(id)).toMatchObject({ ended: true });
    expect((await as(lead, (ctx) => open.register.history(ctx, id))).slice(0, 2).map(({ fieldName, after }) => [fieldName, after])).toEqual(expect.arrayContaining([['稼働の状態', '廃止'], ['廃止した日', '令和8年10月31日']]));
  });
});

describe('uses and contracts', () => {
  it('are saved as a whole; a use by another department is marked as listed again', async () => {
    const id = await open.add({ name: '介護' });
    const uses = [{ departmentId: open.town.pension, sections: 2, terminals: 7 }, { departmentId: open.town.children, sections: null, terminals: 3 }];
    expect(await as(lead, (ctx) => open.register.setUses(ctx, id, 1, uses))).toBe(2);
    expect(await as(lead, (ctx) => open.register.setUses(ctx, id, 2, [...uses].reverse()))).toBe(2);
    const page = await get(id);
    expect(page.uses.map(({ departmentPath, sections, terminals, listedAgain }) => [departmentPath, sections, terminals, listedAgain])).toEqual(expect.arrayContaining([['福祉部　国保年金課', 2, 7, false], ['福祉部　こども課', null, 3, true]]));
    // A sum of which a part is not known is not known: 課の数 stays blank, 端末 are 7 + 3.
    expect(Object.fromEntries(page.counted.map((one) => [one.code, one.text]))).toMatchObject({ 'using-departments': '2部署', 'using-sections': '', 'using-terminals': '10台' });
    await as(lead, (ctx) => open.register.setUses(ctx, id, 2, [uses[0]!]));
    expect((await as(lead, (ctx) => open.register.history(ctx, id, { path: 'uses' }))).map(({ fieldName, before, after }) => [fieldName, before, after])).toEqual([
      ['利用する部署', expect.stringContaining('こども課　課数不明　3台'), '国保年金課　2課　7台'], ['利用する部署', '', expect.stringContaining('国保年金課　2課　7台')],
    ]);
  });

  it.each<[string, object[], string[]]>([
    ['a department twice', [{ here: true }, { here: true }], ['use-once uses/1/departmentId']],
    ['an unknown department', [{ departmentId: newId() }], ['field-invalid uses/0/departmentId']],
    ['a number below 0', [{ here: true, sections: -1 }], ['number-out-of-range uses/0/sections']],
    ['half a terminal', [{ here: true, terminals: 0.5 }], ['number-out-of-range uses/0/terminals']],
    ['too many terminals', [{ here: true, terminals: 1_000_001 }], ['number-out-of-range uses/0/terminals']],
  ])('refuse %s', async (_what, rows, expected) => {
    const id = await open.add({});
    const uses = rows.map((one) => ({ departmentId: open.town.pension, sections: null, terminals: null, ...one }));
    expect(codesOf(await failure(as(lead, (ctx) => open.register.setUses(ctx, id, 1, uses))))).toEqual(expected);
  });

  const contract = { title: '保守', contractor: '業者', personalInformationClause: true, beginsOn: '2026-04-01', endsOn: '2027-03-31' };
  it('keep the contracts in their order, and count them', async () => {
    const id = await open.add({});
    await as(lead, (ctx) => open.register.setContracts(ctx, id, 1, [contract, { ...contract, title: '入力', personalInformationClause: false, beginsOn: null, endsOn: null }]));
    const page = await get(id);
    expect(page.contracts.map((one) => one.title)).toEqual(['保守', '入力']);
    expect(Object.fromEntries(page.counted.map((one) => [one.code, one.text]))).toMatchObject({ contracts: '2件', 'contracts-with-clause': '1件' });
    expect((await as(lead, (ctx) => open.register.history(ctx, id, { path: 'contracts' })))[0]!.after).toBe('保守　業者　個人情報の条項あり　令和8年4月1日～令和9年3月31日\n入力　業者　個人情報の条項なし');
  });

  it.each<[string, object, string[]]>([
    ['no title', { title: ' ' }, ['field-invalid contracts/0/title']],
    ['a contractor of 201 letters', { contractor: 'あ'.repeat(201) }, ['answer-too-long contracts/0/contractor']],
    ['no day of the calendar', { beginsOn: '2026-02-30' }, ['field-invalid contracts/0/beginsOn']],
    ['an end before the beginning', { endsOn: '2026-03-31' }, ['date-order contracts/0/endsOn']],
  ])('refuse %s', async (_what, patch, expected) => {
    const id = await open.add({});
    expect(codesOf(await failure(as(lead, (ctx) => open.register.setContracts(ctx, id, 1, [{ ...contract, ...patch }]))))).toEqual(expected);
  });
});

describe('inheritance', () => {
  const platform = (name: string) => open.add({ name, kind: 'platform' });
  const inherit = (id: string, seen: number, from: string[]) => as(lead, (ctx) => open.register.setInheritance(ctx, id, seen, from));

  it('is from platforms, in order, through platforms upon platforms; the facts say from which', async () => {
    const [centre, network, system] = [await platform('データセンター'), await platform('庁内基盤'), await open.add({})];
    await inherit(network, 1, [centre]);
    await inherit(system, 1, [network]);
    await open.declare(centre, 'screen-lock', { choice: 'automatic' });
    await open.declare(centre, 'room-entry-control', { choice: 'authenticated' });
    await open.declare(network, 'network-separation', { choice: 'physical' });
    const page = await get(system);
    expect(page.inherits).toEqual([{ id: network, name: '庁内基盤' }]);
    expect(page.inheritsFurther).toEqual([{ id: centre, name: 'データセンター' }]);
    expect(page.facts.inherited).toEqual({ 'room-entry-control': 'データセンター', 'network-separation': '庁内基盤' });
    expect(page.facts.values).not.toHaveProperty('screen-lock');
    expect((await get(centre)).upon).toEqual([{ id: network, name: '庁内基盤' }]);
    expect((await as(lead, (ctx) => open.facts.systemsUpon(ctx, [centre]))).sort()).toEqual([network, system].sort());
  });

  it('refuses what is no platform, itself, and one twice', async () => {
    const [system, other, base] = [await open.add({}), await open.add({ name: 'ただのシステム' }), await platform('基盤甲')];
    expect(codesOf(await failure(inherit(system, 1, [other])))).toEqual(['not-a-platform inheritance/0']);
    expect(codesOf(await failure(inherit(base, 1, [base])))).toEqual(['inheritance-circle inheritance/0']);
    expect(codesOf(await failure(inherit(system, 1, [base, base])))).toEqual(['platform-once inheritance/1']);
    expect(codesOf(await failure(inherit(system, 1, [newId()])))).toEqual(['field-invalid inheritance/0']);
  });

  it('refuses a circle and names it', async () => {
    const [a, b, c] = [await platform('甲'), await platform('乙'), await platform('丙')];
    await inherit(a, 1, [b]);
    await inherit(b, 1, [c]);
    const error = await failure(inherit(c, 1, [a]));
    expect(error).toBeInstanceOf(Refused);
    expect(error.message).toContain('「丙」→「甲」→「乙」→「丙」');
  });

  it('refuses a circle that two changes at once would close', async () => {
    const [a, b] = [await platform('右'), await platform('左')];
    const done = await Promise.allSettled([inherit(a, 1, [b]), inherit(b, 1, [a])]);
    expect(done.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect((done.find((one) => one.status === 'rejected') as PromiseRejectedResult).reason).toMatchObject({ code: 'inheritance-circle' });
  });

  it('keeps a platform on which something rests from ending or becoming a system', async () => {
    const [base, system] = [await platform('支え'), await open.add({})];
    await inherit(system, 1, [base]);
    await expect(as(lead, (ctx) => open.register.end(ctx, base, 1, '2026-11-01'))).rejects.toMatchObject({ code: 'platform-in-use' });
    await expect(as(lead, (ctx) => open.register.change(ctx, base, 1, { kind: 'system' }))).rejects.toMatchObject({ code: 'platform-in-use' });
    await inherit(system, 2, []);
    expect(await as(lead, (ctx) => open.register.end(ctx, base, 1, '2026-11-01'))).toBe(2);
  });
});

describe('facts', () => {
  it('of all systems leave out merged ones and other organisations; declarations that are too old are stale by the setting', async () => {
    const id = await open.add({});
    await open.declare(id, 'access-right-unit', { choice: 'per-user' }, { on: '2025-11-21' });
    await open.declare(id, 'screen-lock', { choice: 'automatic' }, { on: '2025-11-20', approved: false });
    await open.declare(id, 'access-log', { choice: 'operations' }, { approved: false });
    const known = (await as(lead, (ctx) => open.facts.ofSystems(ctx, 'all'))).get(id)!;
    // 12 months: the declaration of the same day a year ago counts for the last time today.
    expect(known).toMatchObject({ stale: { 'screen-lock': '2025-11-20' }, unapproved: ['access-log'] });
    expect(known.values).toMatchObject({ 'access-right-unit': { choice: 'per-user' }, 'access-log': { choice: 'operations' }, contracts: 0 });
    expect((await get(id)).declared).toBe(2);
    expect(await as(lead, (ctx) => open.facts.ofSystems(ctx, []))).toEqual(new Map());
  });

  it('are those of no other organisation', async () => {
    const id = await open.add({});
    const theirs = await makeTown(open.database, 'あさぎり町');
    const stranger = await theirs.person('assessment-lead', null);
    expect(await theirs.as(stranger, (ctx) => open.facts.ofSystems(ctx, [id]))).toEqual(new Map());
    expect((await theirs.as(stranger, (ctx) => open.facts.ofSystems(ctx, 'all'))).size).toBe(0);
  });
});

describe('another organisation', () => {
  it('finds nothing of ours, and cannot bring ours into its own', async () => {
    const [id, base] = [await open.add({}), await open.add({ kind: 'platform' })];
    const theirs = await makeTown(open.database, 'とおの町');
    const stranger = await theirs.person('assessment-lead', null);
    const there = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => theirs.as(stranger, work);
    for (const call of [
      (ctx: Ctx) => open.register.get(ctx, id), (ctx: Ctx) => open.register.history(ctx, id), (ctx: Ctx) => open.register.change(ctx, id, 1, { name: 'x' }),
      (ctx: Ctx) => open.register.setUses(ctx, id, 1, []), (ctx: Ctx) => open.register.setContracts(ctx, id, 1, []), (ctx: Ctx) => open.register.setInheritance(ctx, id, 1, []),
      (ctx: Ctx) => open.register.end(ctx, id, 1, '2026-11-01'), (ctx: Ctx) => open.register.get(ctx, 'no-id'),
    ]) await expect(there<unknown>(call)).rejects.toBeInstanceOf(NotFound);
    expect((await there((ctx) => open.register.list(ctx))).total).toBe(0);
    await expect(there((ctx) => open.register.add(ctx, { name: 'x', departmentId: open.town.pension }))).rejects.toBeInstanceOf(Invalid);
    const own = await there((ctx) => open.register.add(ctx, { name: '自前', departmentId: theirs.pension }));
    await expect(there((ctx) => open.register.setInheritance(ctx, own, 1, [base]))).rejects.toBeInstanceOf(Invalid);
    await expect(there((ctx) => open.register.setUses(ctx, own, 1, [{ departmentId: open.town.pension, sections: 1, terminals: 1 }]))).rejects.toBeInstanceOf(Invalid);
    await expect(there((ctx) => open.register.change(ctx, own, 1, { classId: null, departmentId: open.town.pension }))).rejects.toBeInstanceOf(Invalid);
  });
});
