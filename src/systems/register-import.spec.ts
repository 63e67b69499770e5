import { makeTown } from '../../test/assessments-town.js';
import { xlsx, type CellInput } from '../../test/register-files.js';
import { openSystemsTown, type SystemsTown } from '../../test/systems-town.js';
import { Departments } from '../identity/departments.service.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { newId } from '../kernel/ids.js';
import { inProject } from '../kernel/root.js';
import { ImportFields } from './import/fields.js';
import { loadImportWords } from './import/import-words.js';
import { RegisterImports, type ImportPreview } from './register-import.service.js';
import { RegisterExport } from './register-workbook.js';

let open: SystemsTown;
let lead: Actor;
let imports: RegisterImports;
let exports: RegisterExport;
beforeAll(async () => {
  open = await openSystemsTown();
  lead = open.lead;
  const { register } = open.catalogue;
  const fields = new ImportFields(register, loadImportWords(inProject('templates'), register));
  imports = new RegisterImports(open.catalogue, fields, new Departments(), open.classes);
  exports = new RegisterExport(fields, new Departments(), open.classes);
});
afterAll(() => open.close());

const as = <T>(actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(actor, work);
const failure = async (work: Promise<unknown>): Promise<TenkenError> => work.then(() => { throw new Error('nothing was refused'); }, (error: unknown) => error as TenkenError);
const begin = async (rows: CellInput[][], name = '台帳.xlsx', actor = lead): Promise<ImportPreview> => {
  const bytes = await xlsx({ name: '台帳', rows });
  const { id } = await as(actor, (ctx) => imports.begin(ctx, name, bytes));
  return as(actor, (ctx) => imports.preview(ctx, id));
};
const takeOver = (preview: ImportPreview, more: { withoutRefused?: boolean } = {}, actor = lead) => as(actor, (ctx) => imports.takeOver(ctx, preview.id, { version: preview.version, seal: preview.seal, ...more }));
const count = async (table = 'system'): Promise<number> => Number((await open.database.query(`select count(*) from ${table}`) as { count: string }[])[0]!.count);
const HEAD = ['区分', '所管部局', '番号', 'システム名', 'ネットワーク', '課数', '台数', '再掲', '委託契約'];
const OWN = '各部局所管';

describe('taking over', () => {
  it('writes systems, uses and contracts, and tells it in the journal; the same file again changes nothing', async () => {
    const rows: CellInput[][] = [HEAD, [OWN, '国保年金課', 101, '国保資格', '専用線', 2, 12, null, 1], [null, null, null, null, null, 1, 3, 'こども課', null], [OWN, 'こども課', 102, '児童手当', null, null, null, null, null]];
    const preview = await begin(rows);
    expect(preview).toMatchObject({ kind: 'xlsx', version: 1, fileName: '台帳.xlsx', problems: [], counts: { new: 2, changed: 0, unchanged: 0, refused: 0, skipped: 0 }, remembered: [] });
    const { systems, counts } = await takeOver(preview);
    expect([systems.length, counts.new]).toEqual([2, 2]);
    const page = await as(lead, (ctx) => open.register.get(ctx, systems[0]!));
    expect(page).toMatchObject({ name: '国保資格', number: 101, classLabel: OWN, version: 1, contracts: [{ title: '委託契約1', personalInformationClause: null }] });
    expect(page.uses.map(({ departmentId, sections, terminals }) => [departmentId, sections, terminals]).sort()).toEqual([[open.town.pension, 2, 12], [open.town.children, 1, 3]].sort());
    expect((await as(lead, (ctx) => open.register.get(ctx, systems[1]!))).uses).toEqual([]);
    const [entry, ...others] = await as(lead, (ctx) => history(ctx, { kind: 'system', id: systems[0]! }));
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ action: 'system-added', comment: '台帳の取込み（台帳.xlsx）', after: { name: '国保資格', number: 101, class: { label: OWN }, department: { name: '国保年金課' }, register: { network: { choice: 'dedicated-line' } } } });
    const told = await as(lead, (ctx) => history(ctx, { kind: 'register-import', id: preview.id }));
    expect(told.map(({ action }) => action)).toEqual(['register-imported', 'register-import-begun']);
    expect(told[0]!.after).toMatchObject({ systems, counts, sha256: expect.stringMatching(/^[0-9a-f]{64}$/u) as string });

    const again = await begin(rows);
    expect([again.counts.unchanged, again.counts.new, again.counts.changed]).toEqual([2, 0, 0]);
    expect((await takeOver(again)).systems).toEqual([]);
    expect((await as(lead, (ctx) => open.register.get(ctx, systems[0]!))).version).toBe(1);
    expect(await as(lead, (ctx) => imports.outcome(ctx, again.id))).toMatchObject({ fileName: '台帳.xlsx', systems: [] });
  });

  it('changes what the file says, field by field in the history, and nothing else', async () => {
    const id = await open.add({ name: '税証明', number: 111, classId: (await as(lead, (ctx) => open.classes.list(ctx))).find(({ label }) => label === OWN)!.id, register: { place: { choice: 'office' }, network: { choice: 'internal-lan' } } });
    const preview = await begin([HEAD, [OWN, 'こども課', 111, '税証明', '専用線', 3, null, null, 2]]);
    expect(preview.rows[0]!.changes.map(({ label, before, after }) => [label, before, after])).toEqual([
      ['所管部局', '国保年金課', 'こども課'], ['ネットワーク', '庁内LAN', '専用線'], ['利用する部署', '', 'こども課　3課　台の数は不明'], ['委託契約', '', '2件（個人情報の条項：あり0件、なし0件、不明2件）'],
    ]);
    expect((await takeOver(preview)).systems).toEqual([id]);
    const changes = await as(lead, (ctx) => open.register.history(ctx, id));
    expect(changes.slice(0, 4).map(({ path, comment }) => [path, comment]).sort()).toEqual([['contracts', '台帳の取込み（台帳.xlsx）'], ['department', '台帳の取込み（台帳.xlsx）'], ['register/network', '台帳の取込み（台帳.xlsx）'], ['uses', '台帳の取込み（台帳.xlsx）']]);
    expect(await as(lead, (ctx) => open.register.get(ctx, id))).toMatchObject({ departmentPath: '福祉部　こども課', contracts: [{}, {}] });
  });

  it('with refused rows takes nothing, or, when the person says so, all others', async () => {
    const before = await count();
    const preview = await begin([HEAD, [OWN, '国保年金課', 121, '良い行', null, null, null, null, null], [OWN, '税務課', 122, '悪い行', '無線', null, null, null, null]]);
    expect(preview.counts).toMatchObject({ new: 1, refused: 1 });
    const error = await failure(takeOver(preview));
    expect([error, error.code, error.problems.map(({ code, path }) => [code, path])]).toEqual([expect.any(Invalid), 'rows-refused', [['department-unknown', '台帳!B3'], ['cell-invalid', '台帳!E3']]]);
    expect(await count()).toBe(before);
    const { systems } = await takeOver(preview, { withoutRefused: true });
    expect([systems.length, await count()]).toEqual([1, before + 1]);
  });

  it('when the database refuses the last row nothing of the file is in the register', async () => {
    const [before, uses] = [await count(), await count('system_use')];
    const preview = await begin([HEAD, [OWN, '国保年金課', 131, '一', null, 1, 1, null, null], [OWN, '国保年金課', 132, '二', null, null, null, null, null]]);
    await expect(as(lead, async (ctx) => {
      await imports.takeOver(ctx, preview.id, preview);
      throw new Error('the connection breaks');
    })).rejects.toThrow('the connection breaks');
    expect([await count(), await count('system_use')]).toEqual([before, uses]);
    expect((await as(lead, (ctx) => imports.preview(ctx, preview.id))).counts.new).toBe(2);
  });

  it('is a conflict when what the file touches has changed since the preview; a new preview shows it', async () => {
    const rows: CellInput[][] = [HEAD, [OWN, '国保年金課', 141, '同時', '専用線', null, null, null, null]];
    const first = await begin(rows);
    const second = await begin(rows);
    await takeOver(first);
    const error = await failure(takeOver(second));
    expect([error, error.code]).toEqual([expect.any(Conflict), 'register-changed']);
    expect((await as(lead, (ctx) => imports.preview(ctx, second.id))).counts).toMatchObject({ new: 0, unchanged: 1 });
    const third = await begin([HEAD, [OWN, '国保年金課', 141, '同時', '庁内LAN', null, null, null, null]]);
    await as(lead, async (ctx) => open.register.change(ctx, third.rows[0]!.systemId!, 1, { name: '先に変わった' }));
    expect((await failure(takeOver(third))).code).toBe('register-changed');
    // What others do elsewhere in the register is no conflict.
    const fourth = await begin([HEAD, [OWN, '国保年金課', 142, '別', null, null, null, null, null]]);
    await open.add();
    expect((await takeOver(fourth)).systems).toHaveLength(1);
  });

  it('two at once for the same rows: one is taken over, the other is a conflict', async () => {
    const rows: CellInput[][] = [HEAD, [OWN, '国保年金課', 151, '競争', null, null, null, null, null]];
    const [first, second] = [await begin(rows), await begin(rows)];
    const ends = await Promise.allSettled([takeOver(first), takeOver(second)]);
    expect(ends.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect((ends.find((one) => one.status === 'rejected') as PromiseRejectedResult).reason).toBeInstanceOf(Conflict);
  });
});

describe('mending', () => {
  it('a mapping is checked, changes the preview and is remembered for files with the same headings', async () => {
    const rows: CellInput[][] = [['部局', 'No', '名前らしきもの', 'つなぎ方', '区分'], ['国保年金課', 161, '独自見出し', '専用線', OWN]];
    const headings: CellInput[][] = [['所管部局', 'システム名'], ['国保年金課', 'x']];
    const error = await failure(begin(rows.map((row) => row.slice(0, 2))));
    expect([error, error.code]).toEqual([expect.any(Invalid), 'register-no-headings']);
    expect((await begin(headings)).problems.map(({ code }) => code)).toEqual(['class-missing']);

    const named = [['部局', 'No', 'システム名', 'つなぎ方', '区分'], ...rows.slice(1)];
    const preview = await begin(named);
    expect(preview.sheets[0]!.columns.map(({ field }) => field)).toEqual(['owner', 'number', 'name', '', 'class']);
    const set = (mapping: Record<string, string>, version = preview.version) => as(lead, (ctx) => imports.setMapping(ctx, preview.id, version, mapping));
    for (const [mapping, code] of [[{ '台帳!Z': 'name' }, 'column-unknown'], [{ '台帳!D': 'colour' }, 'field-unknown'], [{ '台帳!D': 'number' }, 'field-twice']] as const) {
      const wrong = await failure(set(mapping));
      expect([wrong, wrong.problems.map((one) => one.code)]).toEqual([expect.any(Invalid), [code]]);
    }
    const mapped = await set({ '台帳!D': 'network' });
    expect(mapped.version).toBe(2);
    expect(mapped.rows[0]!.changes.map(({ field }) => field)).toContain('network');
    expect((await failure(set({ '台帳!D': '' }, 1)))).toBeInstanceOf(Conflict);
    expect((await failure(takeOver(preview))).code).toBe('stale');

    const next = await begin(named);
    expect([next.remembered, next.sheets[0]!.columns.map(({ field }) => field)]).toEqual([['台帳'], ['owner', 'number', 'name', 'network', 'class']]);
  });

  it('a department is chosen for a name of the file, and taken back', async () => {
    const preview = await begin([HEAD, [OWN, '国民年金係', 171, '年金', null, null, null, null, null]]);
    expect(preview.departments).toMatchObject([{ text: '国民年金係', suggestions: [{ name: '国保年金課' }] }]);
    const set = (departments: Record<string, string | null>, version: number) => as(lead, (ctx) => imports.setDepartments(ctx, preview.id, version, departments));
    expect((await failure(set({ 国民年金係: newId() }, 1))).problems.map(({ code }) => code)).toEqual(['department-unknown']);
    const chosen = await set({ 国民年金係: open.town.pension }, 1);
    expect([chosen.counts.new, chosen.chosen]).toEqual([1, { 国民年金係: open.town.pension }]);
    expect((await set({ 国民年金係: null }, 2)).counts.refused).toBe(1);
  });

  it('options are checked; a sheet gets its class, by its title where that names one', async () => {
    const rows: CellInput[][] = [['財務会計システム 一覧'], ['所管部局', '番号', 'システム名'], ['国保年金課', 181, '伝票']];
    const preview = await begin(rows);
    const classes = await as(lead, (ctx) => open.classes.list(ctx));
    expect(preview.options.classes).toEqual({ 台帳: classes.find(({ label }) => label === '財務会計システム')!.id });
    const set = (options: object) => as(lead, (ctx) => imports.setOptions(ctx, preview.id, preview.version, options));
    for (const [options, path] of [[{ sameNumber: 'both' }, 'sameNumber'], [{ blanks: 1 }, 'blanks'], [{ fillOwner: 'yes' }, 'fillOwner'], [{ leftOut: ['他'] }, 'leftOut'], [{ classes: null }, 'classes'], [{ classes: { 台帳: newId() } }, 'classes'], [{ classes: { 他: 'none' } }, 'classes']] as const) {
      expect((await failure(set(options))).problems.map((one) => one.path)).toEqual([path]);
    }
    expect((await set({ classes: { 台帳: 'none' }, sameNumber: 'skip' })).rows[0]!.changes.map(({ field }) => field)).toEqual(['number', 'name', 'kind', 'owner']);
    const bare = await begin([['所管部局', '番号', 'システム名'], ['国保年金課', 182, '伝票']]);
    expect([bare.problems.map(({ code }) => code), (await failure(takeOver(bare))).problems.map(({ code }) => code)]).toEqual([['class-missing'], ['class-missing']]);
  });
});

describe('who', () => {
  it('only those who may import, each only what they began; taken over or discarded it is closed', async () => {
    const [clerk, other] = [await open.town.person('drafter', open.town.pension), await open.town.person('audit-secretariat', null)];
    const bytes = await xlsx({ rows: [HEAD, [OWN, '国保年金課', 191, '権限', null, null, null, null, null]] });
    expect(await failure(as(clerk, (ctx) => imports.begin(ctx, 'x.xlsx', bytes)))).toBeInstanceOf(Refused);
    const preview = await begin([HEAD, [OWN, '国保年金課', 191, '権限', null, null, null, null, null]]);
    const works: ((ctx: Ctx) => Promise<unknown>)[] = [(ctx) => imports.preview(ctx, preview.id), (ctx) => imports.discard(ctx, preview.id), (ctx) => imports.takeOver(ctx, preview.id, preview), (ctx) => imports.outcome(ctx, preview.id)];
    for (const work of works) {
      expect(await failure(as(other, work))).toBeInstanceOf(NotFound);
      expect(await failure(as(clerk, work))).toBeInstanceOf(Refused);
    }
    expect((await as(lead, (ctx) => imports.waiting(ctx))).map(({ id }) => id)).toContain(preview.id);
    await as(lead, (ctx) => imports.discard(ctx, preview.id));
    expect((await as(lead, (ctx) => imports.waiting(ctx))).map(({ id }) => id)).not.toContain(preview.id);
    expect((await failure(as(lead, (ctx) => imports.preview(ctx, preview.id)))).code).toBe('import-closed');
    expect((await failure(takeOver(preview))).code).toBe('import-closed');
    expect(await failure(as(lead, (ctx) => imports.preview(ctx, newId())))).toBeInstanceOf(NotFound);
    expect(await failure(as(lead, (ctx) => imports.preview(ctx, 'x')))).toBeInstanceOf(NotFound);
    expect(await open.database.query('select source, state from register_import where id = $1', [preview.id])).toEqual([{ source: {}, state: 'discarded' }]);
  });

  it('nothing of it reaches another organisation', async () => {
    const elsewhere = await makeTown(open.database, 'よその町');
    const stranger = await elsewhere.person('assessment-lead', null);
    const preview = await begin([HEAD, [OWN, '国保年金課', 201, '隣', null, null, null, null, null]]);
    expect(await failure(elsewhere.as(stranger, (ctx) => imports.preview(ctx, preview.id)))).toBeInstanceOf(NotFound);
    expect(await elsewhere.as(stranger, (ctx) => imports.waiting(ctx))).toEqual([]);
  });
});

describe('the export', () => {
  it('taken in again changes nothing, through the database', async () => {
    const classes = await as(lead, (ctx) => open.classes.list(ctx));
    const id = await open.add({ name: '=1+1', number: 301, classId: classes[0]!.id, kind: 'platform', register: { purpose: '-1\n+2\n@x', 'introduced-on': '1895-04-01', 'access-granting': { choice: 'other', text: '（指）紋' }, people: 0.5 } });
    await as(lead, (ctx) => open.register.setUses(ctx, id, 1, [{ departmentId: open.town.children, sections: null, terminals: 4 }, { departmentId: open.town.pension, sections: 0, terminals: null }]));
    await as(lead, (ctx) => open.register.setContracts(ctx, id, 2, [true, false].map((personalInformationClause) => ({ title: '保守', contractor: '業者', personalInformationClause, beginsOn: null, endsOn: null }))));
    const bytes = await as(lead, (ctx) => exports.workbook(ctx));
    const { id: begun } = await as(lead, (ctx) => imports.begin(ctx, '台帳.xlsx', bytes));
    const preview = await as(lead, (ctx) => imports.preview(ctx, begun));
    expect(preview.rows.filter(({ kind }) => kind !== 'unchanged')).toEqual([]);
    expect(preview.counts.unchanged).toBe(await count());
    expect((await takeOver(preview)).systems).toEqual([]);
  });

  it('holds what the person may see', async () => {
    const clerk = await open.town.person('drafter', open.town.children);
    const { id } = await as(lead, async (ctx) => imports.begin(ctx, 'x.xlsx', await as(clerk, (own) => exports.workbook(own))));
    const names = (await as(lead, (ctx) => imports.preview(ctx, id))).rows.map(({ name }) => name);
    // Owned by こども課, and used by it; not what only 国保年金課 has.
    expect(names).toEqual(expect.arrayContaining(['児童手当', '国保資格', '=1+1']));
    expect(names).not.toContain('良い行');
  });
});
