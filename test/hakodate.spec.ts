/**
 * The registers of an administrative audit of the city of Hakodate (平成26年度行政監査, 別表1 and 別表2), brought in from workbooks of that
 * shape, and counted again. The audit publishes who uses each system, and of the attributes only the totals; here each system gets
 * attributes that together fit those totals and what the text says of them.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { Departments } from '../src/identity/departments.service.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { inProject } from '../src/kernel/root.js';
import type { Breakdown } from '../src/systems/breakdown.js';
import { ImportFields } from '../src/systems/import/fields.js';
import { loadImportWords } from '../src/systems/import/import-words.js';
import { RegisterImports, type ImportOutcome, type ImportPreview } from '../src/systems/register-import.service.js';
import { xlsx, type CellInput, type SheetInput } from './register-files.js';
import { openSystemsTown, type SystemsTown } from './systems-town.js';

interface Use { department: string; sections: number; terminals: number }
interface Published {
  department_systems_breakdown: { n: number; host: Counts; place: Counts; virus_protection: Counts; network: Counts; access: Counts; outsourcing_contracts: number };
  external_systems_breakdown: { n: number; virus_protection: Counts; network: Counts; access: Counts; outsourcing_contracts: number };
  centrally_managed: { printed: string; systems: { name: string; uses: Use[] }[] };
  register_departments: { systems: { owner: string; number: number; uses: Use[] | null }[] };
  register_external: { printed: string; systems: ({ number: number } & Use)[] };
}
type Counts = Record<string, number>;

const published = parse(readFileSync(join('test', 'fixtures', 'registers', 'hakodate.yaml'), 'utf8')) as Published;
const REFERENCE = join('..', 'shared', 'reference', 'cases', 'hakodate.yaml');

const [DEPARTMENTAL, EXTERNAL, CENTRAL] = ['各部局所管', '国・道等外部機関主導', '情報システム課管理・部局運用'];

/** Values in the numbers that the audit counted, for one system after the other. */
const spread = (counts: Counts): string[] => Object.entries(counts).flatMap(([label, count]) => Array<string>(count).fill(label));

/**
 * Of 55 systems: the 14 without virus protection stand alone, as the text says; what stands alone is a PC in the office; servers
 * stand in the machine rooms, with contractors, and the other nine in offices. Every seventh place apart, so that neighbours differ.
 */
function attributes(n: number): Record<'host' | 'place' | 'virus' | 'network' | 'access' | 'contract', string> {
  const { host, place, virus_protection: virus, network, access, outsourcing_contracts: contracts } = published.department_systems_breakdown;
  const at = (n * 7) % 55;
  const { スタンドアローン: alone, ...connected } = network;
  const { 執務室内: office, ...elsewhere } = place;
  return {
    host: spread({ PC: host.PC!, サーバ: host.サーバ! })[at]!,
    place: spread({ 執務室内: office!, ...elsewhere })[at]!,
    virus: spread({ なし: virus.なし!, あり: virus.あり! })[at]!,
    network: spread({ スタンドアローン: alone!, ...connected })[at]!,
    access: spread({ なし: access.なし!, その他: access.その他!, 供用ID: access.供用ID!, 個別ID: access.個別ID! })[at]!,
    contract: at >= 55 - contracts ? '○' : '×',
  };
}

/** 別表1 on three sheets: departments merged down, and under a system one row for each department that uses it too. */
function departmentSheets(): SheetInput[] {
  const head: CellInput[][] = [
    ['所管部局', '番号', 'システム名', '目的・運用等', '他部局の利用状況\n(再掲)', 'システムを利用する課の数(課)', '端末設置台数(台)', '現地調査', 'システムを搭載する本体の種別', 'サーバ等設置・保管場所', 'ウイルス対策の有無', 'ネットワークへの接続等', 'システムへのアクセス権限の設定方法', '委託契約', null],
    [null, null, null, null, null, null, null, null, null, null, null, null, null, '有無', '個人情報の条項'],
  ];
  const headMerges = [...Array.from({ length: 13 }, (_, n) => `${String.fromCharCode(65 + n)}3:${String.fromCharCode(65 + n)}4`), 'N3:O3', 'A1:O1'];
  const pages = [[1, 17], [18, 36], [37, 55]] as const;
  return pages.map(([from, to], page) => {
    const rows: CellInput[][] = [[`別表1-${page + 1} 各部局が所管する電算システム`], [], ...head];
    const merges = [...headMerges];
    let [owner, began] = ['', 0];
    const close = (): void => { if (owner !== '' && rows.length > began) merges.push(`A${began}:A${rows.length}`); };
    for (const system of published.register_departments.systems.filter(({ number }) => number >= from && number <= to)) {
      if (system.owner !== owner) {
        close();
        [owner, began] = [system.owner, rows.length + 1];
      }
      const { host, place, virus, network, access, contract } = attributes(system.number - 1);
      const own = system.uses?.find(({ department }) => department === system.owner);
      rows.push([began === rows.length + 1 ? system.owner : null, system.number, `${system.owner}システム${system.number}`, '業務のため', null, own?.sections ?? null, own?.terminals ?? null, '○', host, place, virus, network, access, contract, contract === '○' ? 'あり' : '－']);
      for (const use of (system.uses ?? []).filter((one) => one !== own)) rows.push([null, null, null, null, use.department, use.sections, use.terminals, '○']);
    }
    close();
    return { name: `別表1-${page + 1}`, rows, merges };
  });
}

/** 別表2 as it is printed: nothing stands over the column of departments. */
function externalSheet(): SheetInput {
  const { network, access, outsourcing_contracts: contracts } = published.external_systems_breakdown;
  const rows: CellInput[][] = [['別表2 国・道など外部機関が主導で所管する電算システム'], [null, '番号', 'システム名称', '主となり所管する外部機関', 'システムを利用する課の数(課)', '端末設置台数', 'ウィルス対策の有無', 'ネットワークへの接続等', 'アクセス権限', '委託契約']];
  published.register_external.systems.forEach(({ department, number, sections, terminals }, n) => {
    rows.push([department, number, `外部システム${number}`, '外部機関', sections, `${terminals}台`, '有', spread(network)[n]!, spread(access)[(n * 3) % 35]!, n < contracts ? 1 : 0]);
  });
  return { name: '別表2', rows };
}

/** The five systems of the information systems section: the departments that run each of them stand in one cell. */
function centralSheet(): SheetInput {
  const lines = (values: readonly (string | number)[]): CellInput => (values.length === 1 ? values[0]! : values.join('\n'));
  const rows: CellInput[][] = [['所管課', 'システム名', '番号', '運用部局', 'システムを利用する課の数（課）', '端末設置台数（台）', '現地調査']];
  published.centrally_managed.systems.forEach(({ name, uses }, n) => rows.push([n === 0 ? '情報システム課' : null, name, n + 1, lines(uses.map((one) => one.department)), lines(uses.map((one) => one.sections)), lines(uses.map((one) => one.terminals)), '○']));
  return { name: 'ウ', rows, merges: [`A2:A${rows.length}`] };
}

let open: SystemsTown;
let imports: RegisterImports;
beforeAll(async () => {
  open = await openSystemsTown();
  const { register } = open.catalogue;
  imports = new RegisterImports(open.catalogue, new ImportFields(register, loadImportWords(inProject('templates'), register)), new Departments(), open.classes);
  const named = [...published.register_departments.systems.flatMap(({ owner, uses }) => [owner, ...(uses ?? []).map((one) => one.department)]), ...published.register_external.systems.map((one) => one.department), ...published.centrally_managed.systems.flatMap(({ uses }) => uses.map((one) => one.department)), '情報システム課'];
  for (const name of new Set(named)) await open.database.query('insert into department (id, organisation_id, body_id, name) values ($1, $2, $3, $4)', [newId(), open.town.organisation, open.town.body, name]);
});
afterAll(() => open.close());

const as = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => open.town.as(open.lead, work);
const classId = async (label: string): Promise<string> => (await as((ctx) => open.classes.list(ctx))).find((one) => one.label === label)!.id;

/** As a person does it: the file is read, the class is said, a column without a heading is mapped, all is taken over. */
async function bringIn(sheets: SheetInput[], label: string, mapping: Record<string, string> = {}): Promise<{ preview: ImportPreview; outcome: ImportOutcome }> {
  const bytes = await xlsx(...sheets);
  const chosen = await classId(label);
  const { id } = await as((ctx) => imports.begin(ctx, `${label}.xlsx`, bytes));
  const { version } = await as((ctx) => imports.setOptions(ctx, id, 1, { classes: Object.fromEntries(sheets.map(({ name }) => [name!, chosen])) }));
  const preview = Object.keys(mapping).length === 0 ? await as((ctx) => imports.preview(ctx, id)) : await as((ctx) => imports.setMapping(ctx, id, version, mapping));
  return { preview, outcome: await as((ctx) => imports.takeOver(ctx, id, preview)) };
}

const breakdown = async (label: string): Promise<Breakdown> => {
  const id = await classId(label);
  return as((ctx) => open.register.breakdown(ctx, id));
};
/** By the labels of the register; options of which the audit has no column are left away where nothing counts. */
const counted = ({ items }: Breakdown, code: string): Counts => Object.fromEntries(items.find((one) => one.code === code)!.options.filter(({ count }) => count > 0).map(({ label, count }) => [label, count]));
const positive = (counts: Counts): Counts => Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

it('the figures of the fixture are those of the reference', () => {
  if (!existsSync(REFERENCE)) return;
  const { note: _note, ...departments } = (parse(readFileSync(REFERENCE, 'utf8')) as { register_departments: { note: string } }).register_departments;
  const reference = parse(readFileSync(REFERENCE, 'utf8')) as Published;
  expect(published).toEqual({ ...Object.fromEntries(Object.keys(published).map((key) => [key, reference[key as keyof Published]])), register_departments: departments });
});

describe('別表1: systems of the departments', () => {
  it('55 systems come in, those used by others with each of them', async () => {
    const { preview, outcome } = await bringIn(departmentSheets(), DEPARTMENTAL);
    expect(preview.sheets.map(({ name, headingRows }) => [name, headingRows])).toEqual(['別表1-1', '別表1-2', '別表1-3'].map((name) => [name, { top: 3, bottom: 4 }]));
    expect([preview.problems, preview.rows.flatMap(({ problems }) => problems), preview.counts]).toEqual([[], [], { new: 55, changed: 0, unchanged: 0, refused: 0, skipped: 0 }]);
    expect(outcome.systems).toHaveLength(55);
  });

  it('are counted as the audit counted them', async () => {
    const found = await breakdown(DEPARTMENTAL);
    const { n, host, place, virus_protection: virus, network, access, outsourcing_contracts: contracts } = published.department_systems_breakdown;
    expect(found.systems).toBe(n);
    expect(counted(found, 'host-kind')).toEqual(host);
    expect(counted(found, 'place')).toEqual(place);
    expect(counted(found, 'virus-protection')).toEqual(virus);
    expect(counted(found, 'network')).toEqual(network);
    expect(counted(found, 'access-granting')).toEqual(access);
    expect(found.items.filter(({ code }) => ['host-kind', 'place', 'virus-protection', 'network', 'access-granting', 'on-site-survey'].includes(code)).map(({ blank }) => blank)).toEqual([0, 0, 0, 0, 0, 0]);
    expect(found.contracts).toBe(contracts);
    // The printed numbers themselves.
    expect([found.systems, counted(found, 'host-kind'), Object.values(counted(found, 'place')), Object.values(counted(found, 'network')), Object.values(counted(found, 'access-granting')), found.contracts])
      .toEqual([55, { サーバ: 32, PC: 23 }, [10, 4, 9, 32], [5, 28, 1, 21], [23, 22, 3, 7], 21]);
  });

  it('every system without virus protection stands alone, every contract has its clause', async () => {
    const { rows } = await bringIn(departmentSheets(), DEPARTMENTAL).then(({ preview }) => preview);
    const systems = await Promise.all(rows.map(({ systemId }) => as((ctx) => open.register.get(ctx, systemId!))));
    const answers = systems.map(({ sections }) => new Map(sections.flatMap(({ items }) => items.map(({ code, text }) => [code, text]))));
    const unprotected = answers.filter((one) => one.get('virus-protection') === 'なし');
    expect([unprotected.length, new Set(unprotected.map((one) => one.get('network')))]).toEqual([14, new Set(['スタンドアローン'])]);
    expect(systems.flatMap(({ contracts }) => contracts.map((one) => one.personalInformationClause))).toEqual(Array(21).fill(true));
  });

  it('17 departments own them; a system that others use is one system, and what nobody could read stays unknown', async () => {
    const found = await breakdown(DEPARTMENTAL);
    // 6(1)エ of the audit: 17部局、延べ117課、55システム. By hand from 別表1: 48 systems with their own use, and ten uses listed again
    // (1, 9 four times, 16, 18 four times); who uses 10–15 and 17 cannot be read.
    expect([found.systems, found.owners, found.grossSections, found.grossDepartments, found.withoutSections]).toEqual([55, 17, 117, 58, 0]);
    const id = await classId(DEPARTMENTAL);
    const listed = [await as((ctx) => open.register.list(ctx, { classId: id })), await as((ctx) => open.register.list(ctx, { classId: id, page: 2 }))].flatMap((page) => page.systems);
    expect(listed).toHaveLength(55);
    expect(listed.filter(({ uses }) => uses.departments === 0).map(({ number }) => number)).toEqual([10, 11, 12, 13, 14, 15, 17]);
    expect(listed.find(({ number }) => number === 9)!.uses).toEqual({ departments: 5, sections: 12, terminals: 58, incomplete: false });
    const again = await as((ctx) => open.register.listedAgain(ctx, { classId: id }));
    expect(again.map(({ departmentPath, systems }) => [departmentPath, systems.length]).sort()).toEqual([['南茅部支所', 2], ['恵山支所', 2], ['戸井支所', 2], ['椴法華支所', 2], ['消防本部', 1], ['観光部', 1]].sort());
  });
});

describe('別表2: systems led from outside', () => {
  it('35 systems come in once it is said that the column without a heading is the department', async () => {
    const { preview } = await bringIn([externalSheet()], EXTERNAL, { '別表2!A': 'owner' });
    expect([preview.sheets[0]!.columns[0], preview.counts]).toEqual([expect.objectContaining({ address: '別表2!A', heading: '（見出しなし）', field: 'owner' }), { new: 35, changed: 0, unchanged: 0, refused: 0, skipped: 0 }]);
  });

  it('are counted as the audit counted them: 15 departments, 45 sections', async () => {
    const found = await breakdown(EXTERNAL);
    const { n, virus_protection: virus, network, access, outsourcing_contracts: contracts } = published.external_systems_breakdown;
    expect(found).toMatchObject({ systems: n, owners: 15, grossSections: 45, withoutSections: 0, contracts });
    expect(counted(found, 'virus-protection')).toEqual(positive(virus));
    expect(counted(found, 'network')).toEqual(network);
    expect(counted(found, 'access-granting')).toEqual(access);
    expect([found.systems, counted(found, 'virus-protection'), Object.values(counted(found, 'network')), Object.values(counted(found, 'access-granting')), found.contracts]).toEqual([35, { あり: 35 }, [33, 2], [23, 6, 6], 3]);
    // Of the place and the host nothing is published: they stay blank and are not guessed.
    expect(found.items.filter(({ code }) => code === 'place' || code === 'host-kind').map(({ blank }) => blank)).toEqual([35, 35]);
  });
});

describe('systems of the information systems section', () => {
  it('five systems, 延べ11部局, 17課', async () => {
    const { preview } = await bringIn([centralSheet()], CENTRAL);
    expect(preview.counts).toMatchObject({ new: 5, refused: 0 });
    expect(await breakdown(CENTRAL)).toMatchObject({ systems: 5, owners: 1, grossDepartments: 11, grossSections: 17, withoutSections: 0 });
  });
});

it('the same files again change nothing', async () => {
  const before = await open.database.query('select id, version from system order by id') as unknown;
  for (const [sheets, label, mapping] of [[departmentSheets(), DEPARTMENTAL, {}], [[externalSheet()], EXTERNAL, {}], [[centralSheet()], CENTRAL, {}]] as const) {
    const { preview, outcome } = await bringIn(sheets as SheetInput[], label!, mapping);
    expect([preview.counts.unchanged, preview.rows.length, outcome.systems]).toEqual([preview.rows.length, preview.rows.length, []]);
  }
  expect(await open.database.query('select id, version from system order by id')).toEqual(before);
  const { systems } = await as((ctx) => open.register.breakdown(ctx, null));
  expect(systems).toBe(55 + 35 + 5);
});
