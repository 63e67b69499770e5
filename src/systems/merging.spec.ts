import { makeTown } from '../../test/assessments-town.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { doublesAmong, foldedName, sideOf } from './doubles.js';
import type { Choices } from './merge-plan.js';

describe('doubles', () => {
  it.each([
    ['戸籍システム', '戸籍'], ['ＧＰＲＩＭＥ　保健総合システム', 'gprime保健総合'], ['ﾏｯﾋﾟﾝｸﾞ ｼｽﾃﾑ', 'マッピング'], ['システム', 'システム'], ['システム管理台帳', 'システム管理台帳'], ['財務 会計 シス テム', '財務会計'],
  ])('%s is folded to %s', (name, folded) => {
    expect(foldedName(name)).toBe(folded);
  });

  it('are the groups of two and more', () => {
    const names = (groups: { name: string }[][]): string[][] => groups.map((group) => group.map((one) => one.name));
    expect(names(doublesAmong(['戸籍', '年金', '戸籍システム', '介護', '戸籍　ｼｽﾃﾑ', '介護システム'].map((name) => ({ name }))))).toEqual([['戸籍', '戸籍システム', '戸籍　ｼｽﾃﾑ'], ['介護', '介護システム']]);
    expect(doublesAmong([{ name: '戸籍' }, { name: '年金' }])).toEqual([]);
  });

  it('keep what only one of them has; what differs is to be chosen', () => {
    expect([sideOf('a', null), sideOf(undefined, 'b'), sideOf('a', 'a'), sideOf({ choice: 'x' }, { choice: 'x' }), sideOf({ choice: 'x' }, { choice: 'y' }), sideOf(null, null)]).toEqual(['from', 'into', 'into', 'into', 'choose', 'into']);
  });
});

describe('merging', () => {
  let open: SystemsTown;
  let lead: Actor;
  beforeAll(async () => {
    open = await openSystemsTown();
    lead = open.lead;
  });
  afterAll(() => open.close());

  const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);
  const get = (id: string) => as(lead, (ctx) => open.register.get(ctx, id));
  const merge = async (from: string, into: string, choices: Choices = {}, actor = lead) => {
    const [a, b] = [await get(from), await get(into)];
    return as(actor, (ctx) => open.merging.merge(ctx, { from: { id: from, seen: a.version }, into: { id: into, seen: b.version }, choices }));
  };
  const contract = (title: string) => ({ title, contractor: '業者', personalInformationClause: true, beginsOn: null, endsOn: null });

  it('suggests systems of the same kind and name', async () => {
    const [one, two] = [await open.add({ name: '就学援助' }), await open.add({ name: '就学援助　ｼｽﾃﾑ', departmentId: open.town.children })];
    await open.add({ name: '就学援助', kind: 'platform' });
    const groups = await as(lead, (ctx) => open.merging.suggestions(ctx));
    expect(groups.map((group) => group.map(({ id, mergeable }) => [id, mergeable]))).toEqual([[[one, true], [two, true]]]);
    const clerk = await open.town.person('drafter', open.town.children);
    expect(await as(clerk, (ctx) => open.merging.suggestions(ctx))).toEqual([]);
  });

  describe('two lines of the same system', () => {
    let from: string;
    let into: string;
    let proof: string;
    beforeEach(async () => {
      const { pension, children } = open.town;
      from = await open.add({ name: '福祉総合ｼｽﾃﾑ', register: { place: { choice: 'office' }, people: 900, purpose: '福祉' } });
      into = await open.add({ name: '福祉総合', departmentId: children, register: { place: { choice: 'contractor' }, people: 900 } });
      await as(lead, (ctx) => open.register.setUses(ctx, from, 1, [{ departmentId: pension, sections: 1, terminals: 5 }, { departmentId: children, sections: 2, terminals: 8 }]));
      await as(lead, (ctx) => open.register.setUses(ctx, into, 1, [{ departmentId: children, sections: 3, terminals: 8 }]));
      await as(lead, (ctx) => open.register.setContracts(ctx, from, 2, [contract('保守'), contract('入力')]));
      await as(lead, (ctx) => open.register.setContracts(ctx, into, 2, [contract('保守')]));
      proof = await open.declare(from, 'access-right-unit', { choice: 'per-terminal' });
      await open.declare(into, 'access-right-unit', { choice: 'per-user' });
      await open.declare(from, 'screen-lock', { choice: 'automatic' }, { on: '2026-11-10' });
      await open.declare(into, 'screen-lock', { choice: 'automatic' }, { on: '2026-05-10' });
      await open.declare(from, 'access-log', { choice: 'operations' }, { approved: false });
      await open.database.query(`insert into declaration_evidence (id, organisation_id, declaration_id, file_name, media_type, size, sha256, bytes, added_at, added_by_name) values ($1, $2, $3, '写し.pdf', 'application/pdf', 1, 'x', 'x', now(), '担当')`, [newId(), open.town.organisation, proof]);
    });
    const choices: Choices = { name: 'into', department: 'into', 'register/place': 'from', 'declarations/access-right-unit': 'from' };
    const chosen = (): Choices => ({ ...choices, [`uses/${open.town.children}`]: 'from' });

    it('shows what differs, and what the person has to say', async () => {
      const { differences, contracts } = await as(lead, (ctx) => open.merging.preview(ctx, from, into));
      expect(differences.map(({ label, from: a, into: b, stays }) => [label, a, b, stays])).toEqual([
        ['名称', '福祉総合ｼｽﾃﾑ', '福祉総合', 'choose'], ['所管課', '福祉部　国保年金課', '福祉部　こども課', 'choose'],
        ['目的', '福祉', '', 'from'], ['設置・保管場所', '執務室内', '外部委託業者等', 'choose'],
        ['利用：福祉部　こども課', '2課　8台', '3課　8台', 'choose'], ['利用：福祉部　国保年金課', '1課　5台', '', 'from'],
        ['アクセス権限を設定する単位', '端末ごと（令和8年11月21日）', '利用者ごと（令和8年11月21日）', 'choose'], [expect.stringContaining('記録'), '閲覧・更新・出力まで（令和8年11月21日）', '', 'from'],
      ]);
      expect(contracts).toBe(2);
    });

    it('refuses while a choice is missing, and names each', async () => {
      const error = await merge(from, into, { name: 'into' }).catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Invalid);
      expect((error as Invalid).problems.map((one) => one.path)).toEqual(['department', 'register/place', `uses/${open.town.children}`, 'declarations/access-right-unit']);
      await expect(merge(from, into, { ...chosen(), name: 'both' as never })).rejects.toBeInstanceOf(Invalid);
      expect((await get(from)).mergedInto).toBeNull();
    });

    it('joins them: what was chosen, what only one had, contracts of both', async () => {
      await merge(from, into, chosen());
      const page = await get(into);
      expect(page).toMatchObject({ name: '福祉総合', departmentPath: '福祉部　こども課' });
      expect(Object.fromEntries(page.sections.flatMap((one) => one.items).filter((one) => one.value !== null).map((one) => [one.code, one.text]))).toEqual({ place: '執務室内', people: '900人', purpose: '福祉' });
      expect(page.uses.map(({ departmentPath, sections, terminals }) => [departmentPath, sections, terminals]).sort()).toEqual([['福祉部　こども課', 2, 8], ['福祉部　国保年金課', 1, 5]]);
      expect(page.contracts.map((one) => one.title)).toEqual(['保守', '入力']);
      expect(page.facts.values).toMatchObject({ 'access-right-unit': { choice: 'per-terminal' }, 'screen-lock': { choice: 'automatic' }, 'access-log': { choice: 'operations' } });
      expect(page.facts.unapproved).toEqual(['access-log']);
      // Of the same said twice the later day stays; evidence goes with its declaration.
      const declared = (await open.database.query(`select control, to_char(declared_on, 'YYYY-MM-DD') as day, id, version from declaration where system_id = $1 order by control`, [into])) as { control: string; day: string; id: string; version: number }[];
      expect(declared.map(({ control, day }) => [control, day])).toEqual([['access-log', '2026-11-21'], ['access-right-unit', '2026-11-21'], ['screen-lock', '2026-11-10']]);
      expect(declared[1]).toMatchObject({ id: proof, version: 2 });
      expect((await open.database.query('select file_name from declaration_evidence where declaration_id = $1', [proof]))).toEqual([{ file_name: '写し.pdf' }]);
    });

    it('leaves the double with its history, pointing to the other, in no list and with no facts', async () => {
      await merge(from, into, chosen());
      expect(await get(from)).toMatchObject({ mergedInto: { id: into, name: '福祉総合' }, may: { write: false, declare: false, check: false }, facts: { values: {} } });
      expect((await as(lead, (ctx) => open.register.list(ctx, { words: '福祉総合' }))).systems.map((one) => one.id)).not.toContain(from);
      expect((await as(lead, (ctx) => open.facts.ofSystems(ctx, 'all'))).has(from)).toBe(false);
      expect((await as(lead, (ctx) => open.register.history(ctx, from)))[0]).toMatchObject({ what: 'ほかのシステムへ統合', after: '福祉総合', before: '福祉総合ｼｽﾃﾑ' });
      const history = await as(lead, (ctx) => open.register.history(ctx, into));
      expect(history.some(({ what, after }) => what === '重複を統合' && after === '福祉総合ｼｽﾃﾑ')).toBe(true);
      expect(history.find((one) => one.path === 'register/place')).toMatchObject({ before: '外部委託業者等', after: '執務室内', comment: '「福祉総合ｼｽﾃﾑ」を統合' });
      expect(history.find((one) => one.path === 'declaration/access-right-unit')!.words).toContain('「福祉総合ｼｽﾃﾑ」から写して、「利用者ごと」を「端末ごと」に改めた');
      await expect(as(lead, (ctx) => open.register.change(ctx, from, 99, { name: 'x' }))).rejects.toMatchObject({ code: 'merged' });
      await expect(merge(from, into, chosen())).rejects.toBeInstanceOf(Refused);
      expect(await as(lead, (ctx) => open.merging.currentOf(ctx, [from, into, newId()]))).toEqual(new Map([[from, into], [into, into]]));
    });

    it('refuses when one of the two was changed since', async () => {
      const [a, b] = [await get(from), await get(into)];
      const late = (fromSeen: number, intoSeen: number) => as(lead, (ctx) => open.merging.merge(ctx, { from: { id: from, seen: fromSeen }, into: { id: into, seen: intoSeen }, choices: chosen() }));
      await expect(late(a.version - 1, b.version)).rejects.toBeInstanceOf(Conflict);
      await expect(late(a.version, b.version - 1)).rejects.toBeInstanceOf(Conflict);
    });

    it('is for whoever may write both', async () => {
      const clerk = await open.town.person('drafter', open.town.children);
      await expect(merge(from, into, chosen(), clerk)).rejects.toBeInstanceOf(Refused);
      const theirs = await makeTown(open.database, `町${newId().slice(0, 6)}`);
      const stranger = await theirs.person('assessment-lead', null);
      await expect(theirs.as(stranger, (ctx) => open.merging.merge(ctx, { from: { id: from, seen: 3 }, into: { id: into, seen: 3 }, choices: {} }))).rejects.toBeInstanceOf(NotFound);
      await expect(theirs.as(stranger, (ctx) => open.merging.preview(ctx, from, into))).rejects.toBeInstanceOf(NotFound);
      expect(await theirs.as(stranger, (ctx) => open.merging.currentOf(ctx, [from]))).toEqual(new Map());
    });
  });

  it('takes over number and class, and refuses a number that a third system has', async () => {
    const classes = await as(lead, (ctx) => open.classes.list(ctx));
    const make = (name: string, n: number | null, at: number) => open.add({ name, number: n, classId: classes[at]!.id });
    const [from, into] = [await make('甲甲', 5, 0), await make('甲甲', null, 0)];
    await merge(from, into);
    expect(await get(into)).toMatchObject({ number: 5, classLabel: '住民情報システム' });
    const [a, b] = [await make('乙乙', 6, 0), await make('乙乙', 6, 1)];
    await merge(a, b, { class: 'from' });
    expect(await get(b)).toMatchObject({ number: 6, classLabel: '住民情報システム' });
    await make('邪魔', 8, 2);
    const [c, d] = [await make('丙丙', 7, 2), await make('丙丙', 8, 3)];
    await expect(merge(c, d, { class: 'from', number: 'into' })).rejects.toMatchObject({ problems: [{ code: 'number-once' }] });
    expect((await get(c)).mergedInto).toBeNull();
  });

  it('of platforms moves what rests on them, and refuses what would close a circle', async () => {
    const platform = (name: string) => open.add({ name, kind: 'platform' });
    const inherit = async (id: string, from: string[]) => as(lead, async (ctx) => open.register.setInheritance(ctx, id, (await open.register.get(ctx, id)).version, from));
    const [a, b, below, system] = [await platform('基盤'), await platform('基盤システム'), await platform('土台'), await open.add({ name: '上の一' })];
    await inherit(a, [below]);
    await inherit(system, [a, b]);
    await merge(a, b, { name: 'into' });
    expect((await get(system)).inherits).toEqual([{ id: b, name: '基盤システム' }]);
    expect((await get(b)).inherits).toEqual([{ id: below, name: '土台' }]);
    expect((await get(below)).upon).toEqual([{ id: b, name: '基盤システム' }]);
    // b rests on `below`: as one they would rest on themselves.
    await expect(merge(below, b, { name: 'into' })).rejects.toMatchObject({ code: 'inheritance-circle' });
    const [top, middle] = [await platform('頂'), await platform('中')];
    await inherit(top, [middle]);
    await inherit(middle, [below]);
    const refused = await merge(below, top, { name: 'into' }).catch((thrown: unknown) => thrown);
    expect((refused as Refused).message).toContain('「頂」→「中」→「頂」');
    expect((await get(below)).mergedInto).toBeNull();
  });

  it('refuses a system with a platform, and a system with itself', async () => {
    const [system, platform] = [await open.add({ name: '同' }), await open.add({ name: '同', kind: 'platform' })];
    await expect(merge(system, platform, { name: 'into' })).rejects.toMatchObject({ code: 'kinds-differ' });
    await expect(merge(system, system)).rejects.toMatchObject({ code: 'same-system' });
  });
});
