import fc from 'fast-check';
import { cp932, xlsx, type CellInput, type SheetInput } from '../../../test/register-files.js';
import { inProject } from '../../kernel/root.js';
import { loadCatalogue } from '../catalogue.js';
import { DepartmentNames, type NamedDepartment } from './departments.js';
import { ImportFields } from './fields.js';
import { loadImportWords } from './import-words.js';
import { columnAddress, proposeMapping } from './mapping.js';
import { FIRST_OPTIONS, type ImportOptions, type PlannedRow, type RegisterState, type StoredSystem } from './plan.js';
import { openSheets, planImport, type Plan } from './preview.js';
import { readRegisterFile } from './read-file.js';

const { register: form } = loadCatalogue(inProject('templates'), '2026-11-21');
const fields = new ImportFields(form, loadImportWords(inProject('templates'), form));

const department = (name: string, above: string[] = [], more: Partial<NamedDepartment> = {}): NamedDepartment => ({ id: [...above, name].join('/'), name, full: ['市長', ...above, name], ended: false, successor: null, ...more });
const DEPARTMENTS = [
  department('財務部'), department('市民部'), department('戸井支所'), department('恵山支所'), department('福祉部'), department('こども課', ['福祉部']), department('庶務課', ['福祉部']), department('庶務課', ['市民部']),
  department('企画局', [], { ended: true, successor: '企画部' }), department('企画部'),
];
const CLASSES = [{ id: 'own', label: '各部局所管', ended: false }, { id: 'external', label: '国・道等外部機関主導', ended: false }, { id: 'old', label: '汎用機', ended: true }];

const stored = (more: Partial<StoredSystem>): StoredSystem => ({ id: `s${more.number ?? more.name}`, version: 3, kind: 'system', number: null, name: 'システム', classId: null, departmentId: '財務部', register: {}, uses: [], contracts: [], upon: 0, ...more });

interface Case { options?: Partial<ImportOptions>; systems?: StoredSystem[]; chosen?: Record<string, string>; classes?: RegisterState['classes']; mapping?: Record<string, string>; reach?: RegisterState['reach'] }

function plan(bytes: Uint8Array, { options = {}, systems = [], chosen = {}, classes = [], mapping = {}, reach = 'all' }: Case = {}): Plan {
  const sheets = openSheets(readRegisterFile('別表.csv', bytes).sheets, fields);
  const proposed = sheets.flatMap(({ grid, headings }) => (headings === null ? [] : Object.entries(proposeMapping(headings, fields)).map(([column, field]): [string, string] => [columnAddress(grid.sheet.name, column), field])));
  const state: RegisterState = { form, classes, departments: new DepartmentNames(DEPARTMENTS, chosen), systems, reach };
  return planImport({ sheets, mapping: { ...Object.fromEntries(proposed), ...mapping }, options: { ...FIRST_OPTIONS, ...options }, state, fields });
}
const table = async (rows: CellInput[][], sheet: Partial<SheetInput> = {}, given: Case = {}): Promise<Plan> => plan(await xlsx({ name: '別表1', rows, ...sheet }), given);
const kinds = ({ rows }: Plan): string[] => rows.map(({ at, kind, name }) => `${at} ${kind} ${name}`.trim());
const refusals = ({ rows }: Plan): [string, string][] => rows.flatMap(({ problems }) => problems.map(({ code, path }): [string, string] => [code, path]));
const wrote = (row: PlannedRow | undefined): NonNullable<PlannedRow['write']> => {
  if (row?.write == null) throw new Error(JSON.stringify(row?.problems));
  return row.write;
};
const HEAD = ['所管部局', '番号', 'システム名'];

describe('headings', () => {
  const fieldsOf = ({ sheets }: Plan): string[] => sheets[0]!.columns.map(({ field }) => field);

  it('are found below titles, over two storeys of merged cells, with line breaks and blanks', async () => {
    const found = await table([
      ['別表１ 各部局が所管する電算システム'], ['（平成26年10月1日現在）'],
      ['所管部局', '番号', 'シス テム名', '目的・\n運用等', '他部局の利用状況（再掲）', null, null, 'システムを利用\nする課の数(課)', '端末設置\n台数', '安全性', null],
      [null, null, null, null, '部局', '課', '台', null, null, 'ウィルス対策の有無', 'ネットワークへの接続等'],
      ['財務部', 4, 'イメージ検索', '課税資料の閲覧', '戸井支所', 1, 2, 3, 27, 'あり', '専用回線'],
    ], { merges: ['A1:K1', 'A3:A4', 'B3:B4', 'C3:C4', 'D3:D4', 'E3:G3', 'H3:H4', 'I3:I4', 'J3:K3'] });
    expect(found.sheets[0]!.headingRows).toEqual({ top: 3, bottom: 4 });
    expect(fieldsOf(found)).toEqual(['owner', 'number', 'name', 'purpose', 'use-department', 'use-sections', 'use-terminals', 'sections', 'terminals', 'virus-protection', 'network']);
    expect(found.sheets[0]!.columns[5]).toMatchObject({ address: '別表1!F', heading: '他部局の利用状況（再掲）／課', samples: ['1'] });
    expect(wrote(found.rows[0])).toMatchObject({
      fields: { number: 4, name: 'イメージ検索', departmentId: '財務部', classId: null }, register: { purpose: '課税資料の閲覧', 'virus-protection': { choice: 'present' }, network: { choice: 'dedicated-line' } },
      uses: [{ departmentId: '財務部', sections: 3, terminals: 27 }, { departmentId: '戸井支所', sections: 1, terminals: 2 }],
    });
  });

  it('of two storeys are found in a CSV file, where nothing is merged', () => {
    const found = plan(cp932('電算システム一覧,,,,,,\r\n所管部局,番号,システム名,他部局の利用状況(再掲),,,現地調査\r\n,,,部局,課数,台数,\r\n財務部,4,家屋評価,戸井支所,1,2,○\r\n'));
    expect(found.sheets[0]!.headingRows).toEqual({ top: 2, bottom: 3 });
    expect(fieldsOf(found)).toEqual(['owner', 'number', 'name', 'use-department', 'use-sections', 'use-terminals', 'on-site-survey']);
    expect(wrote(found.rows[0]).uses).toEqual([{ departmentId: '戸井支所', sections: 1, terminals: 2 }]);
  });

  it('a lower storey that nobody knows is still heading', async () => {
    const found = await table([['所管部局', '番号', 'システム名', '予算', null], [null, null, null, '当初', '補正'], ['財務部', 1, 'あ', 100, 20]], { merges: ['A1:A2', 'B1:B2', 'C1:C2', 'D1:E1'] });
    expect(found.sheets[0]!.headingRows).toEqual({ top: 1, bottom: 2 });
    expect(kinds(found)).toEqual(['別表1!A3 new あ']);
    const csv = plan(Buffer.from('所管部局,番号,システム名,予算,\n,,,当初,補正\n財務部,1,あ,100,20\n'));
    expect(kinds(csv)).toEqual(['別表!A3 new あ']);
  });

  it('a sheet without headings is left out, and what its columns do not say is asked for', async () => {
    const bytes = await xlsx({ name: '説明', rows: [['この表の使い方'], ['番号を入れます']] }, { name: '台帳', rows: [['番号', 'システム名', '備考'], [1, 'あ', 'い']] });
    const found = plan(bytes, { classes: CLASSES });
    expect(found.sheets.map(({ name, headingRows, leftOut }) => [name, headingRows, leftOut])).toEqual([['説明', null, true], ['台帳', { top: 1, bottom: 1 }, false]]);
    expect(found.problems.map(({ code, path }) => [code, path])).toEqual([['column-missing', '台帳'], ['class-missing', '台帳']]);
    expect(found.rows).toEqual([]);
    expect(plan(bytes, { options: { leftOut: ['台帳'] } }).problems.map(({ code }) => code)).toEqual(['nothing-to-import']);
  });

  it('a column that the person maps is read', async () => {
    const found = await table([['番号', '名前のようなもの', 'システム名', '課'], [1, 'あ', '財務部', 3]], {}, { mapping: { '別表1!B': 'name', '別表1!C': 'owner', '別表1!D': 'sections' } });
    expect(wrote(found.rows[0])).toMatchObject({ fields: { name: 'あ', departmentId: '財務部' }, uses: [{ sections: 3, terminals: null }] });
  });
});

describe('rows', () => {
  it('a department merged down holds for each row; blank, total, heading and note rows are skipped and listed', async () => {
    const found = await table([
      HEAD, ['財務部', 3, 'あ'], [null, 4, 'い'], [null, null, null], ['市民部', 5, 'う'], ['合　計', null, '3システム'], HEAD, ['恵山支所', 6, 'え'], ['※ 番号は前年度から続く。'],
    ], { merges: ['A2:A3'] });
    expect(kinds(found)).toEqual([
      '別表1!A2 new あ', '別表1!A3 new い', '別表1!A4 skipped', '別表1!A5 new う', '別表1!A6 skipped 合　計 3システム', '別表1!A7 skipped 所管部局 番号 システム名', '別表1!A8 new え', '別表1!A9 skipped ※ 番号は前年度から続く。',
    ]);
    expect(found.rows.filter(({ kind }) => kind === 'skipped').map(({ reason }) => reason)).toEqual(['空の行です。', '合計の行です。', '見出しの繰返しです。', '注記などの行です。']);
    expect(found.rows.filter(({ write }) => write !== null).map(({ write }) => write!.fields.departmentId)).toEqual(['財務部', '財務部', '市民部', '恵山支所']);
    expect(found.counts).toEqual({ new: 4, changed: 0, unchanged: 0, refused: 0, skipped: 4 });
  });

  it('rows without number and name are further departments of the system above (再掲)', async () => {
    const found = await table([
      ['所管部局', '番号', 'システム名', '再掲', '課数', '台数', '現地調査'],
      ['市民部', 9, '戸籍', null, 8, 50, '○'], [null, null, null, '戸井支所', 1, 2, '○'], [null, null, null, '恵山支所', '１課', '２台', '○'], ['福祉部', 10, '給与', null, null, null, null],
    ], { merges: ['A2:A4', 'B2:B4', 'C2:C4'] });
    expect(kinds(found)).toEqual(['別表1!A2 new 戸籍', '別表1!A5 new 給与']);
    expect(wrote(found.rows[0]).uses).toEqual([{ departmentId: '市民部', sections: 8, terminals: 50 }, { departmentId: '戸井支所', sections: 1, terminals: 2 }, { departmentId: '恵山支所', sections: 1, terminals: 2 }]);
    expect(wrote(found.rows[0]).register).toEqual({ 'on-site-survey': { choice: 'done' } });
    // Nothing is said of who uses it: that stays unknown, it is not 0.
    expect(wrote(found.rows[1]).uses).toBeNull();
  });

  it('several departments in one cell have their counts line by line', async () => {
    const rows = [['所管部局', '番号', 'システム名', '運用部局', '課数', '台数'], ['財務部', 4, '保育所', '市民部\n戸井支所\n恵山支所', '1\n1\n2', '2\n1\n不明']];
    expect(wrote((await table(rows)).rows[0]).uses).toEqual([{ departmentId: '市民部', sections: 1, terminals: 2 }, { departmentId: '戸井支所', sections: 1, terminals: 1 }, { departmentId: '恵山支所', sections: 2, terminals: null }]);
    expect(refusals(await table([rows[0]!, ['財務部', 4, '保育所', '市民部\n戸井支所', '1\n1\n2', 3]]))).toEqual([['use-lines', '別表1!E2'], ['use-lines', '別表1!F2']]);
    expect(refusals(await table([rows[0]!, ['財務部', 4, '保育所', null, '1\n1', 3]]))).toEqual([['use-lines', '別表1!E2']]);
  });

  it('hidden rows and formulas are taken and noted', async () => {
    const found = await table([HEAD, ['財務部', { formula: 'B1+1', result: 7 }, 'あ']], { hiddenRows: [2] });
    expect(wrote(found.rows[0]).fields.number).toBe(7);
    expect(found.rows[0]!.notes).toEqual([{ at: '別表1!A2', message: expect.stringContaining('隠れている行') as string }, { at: '別表1!B2', message: expect.stringContaining('計算結果「7」') as string }]);
  });

  it('a blank department is that of the system above only when the person says so', async () => {
    const rows = [HEAD, ['財務部', 3, 'あ'], [null, 4, 'い']];
    expect(refusals(await table(rows))).toEqual([['owner-missing', '別表1!A3']]);
    expect(wrote((await table(rows, {}, { options: { fillOwner: true } })).rows[1]).fields.departmentId).toBe('財務部');
  });
});

describe('cells', () => {
  const one = async (heading: string, cell: CellInput): Promise<PlannedRow> => (await table([[...HEAD, heading], ['財務部', 1, 'あ', cell]])).rows[0]!;
  const item = async (heading: string, cell: CellInput): Promise<unknown> => Object.values(wrote(await one(heading, cell)).register)[0];

  it.each<[string, CellInput, unknown]>([
    ['導入日', { day: '2019-05-01' }, '2019-05-01'], ['導入日', '令和元年５月１日', '2019-05-01'], ['導入日', 'R1.5.1', '2019-05-01'], ['導入日', 'Ｈ３１／４／３０', '2019-04-30'], ['導入日', '2026/4/1', '2026-04-01'], ['導入日', 20_260_401, '2026-04-01'], ['導入日', '未定', undefined],
    ['対象者数', '１２，３４５人', 12_345], ['対象者数', '約1200', 1200], ['対象者数', 1.5, 1.5], ['対象者数', '－', undefined],
    ['本体', 'ＰＣ', { choice: 'pc' }], ['本体', 'サーバー', { choice: 'server' }], ['設置場所', ' 執務 室内', { choice: 'office' }], ['ネットワーク', 'ｽﾀﾝﾄﾞｱﾛｰﾝ', { choice: 'stand-alone' }],
    ['ウイルス対策', '○', { choice: 'present' }], ['ウイルス対策', '✕', { choice: 'absent' }], ['ウイルス対策', '－', { choice: 'absent' }], ['現地調査', '〇', { choice: 'done' }], ['現地調査', '未実施', { choice: 'not-done' }],
    ['アクセス権限', 'その他（USBによる認証）', { choice: 'other', text: 'USBによる認証' }], ['アクセス権限', 'その他', { choice: 'other' }], ['アクセス権限', '供用 ID', { choice: 'common-id' }],
    ['目的', 12, '12'], ['目的', ' 税の賦課\r\n徴収 ', '税の賦課\n徴収'], ['目的', '=1+1', '=1+1'], ['目的', '―', undefined], ['目的', { day: '2026-04-01' }, '2026-04-01'], ['目的', { percent: 35 }, '35%'],
  ])('%s: %j', async (heading, cell, expected) => {
    expect(await item(heading, cell)).toEqual(expected);
  });

  it.each<[string, CellInput, string, string]>([
    ['導入日', '令和8年4月', 'cell-invalid', '日まで入れて'], ['導入日', '令和8年2月30日', 'cell-invalid', '暦にない日付'], ['導入日', 45_000, 'cell-invalid', '表示形式を「日付」'], ['導入日', true, 'cell-invalid', '日付として読めません'], ['導入日', '平成元年1月7日', 'cell-invalid', '暦にない日付'],
    ['対象者数', '十二', 'cell-invalid', '数として読めません'], ['対象者数', { percent: 12 }, 'cell-invalid', '割合です'], ['対象者数', { day: '2026-04-01' }, 'cell-invalid', '令和8年4月1日という日付'], ['対象者数', '1\n2', 'cell-invalid', '数として読めません'], ['対象者数', '1 2', 'cell-invalid', '数として読めません'], ['対象者数', -3, 'number-out-of-range', '0人以上'],
    ['課数', 1.5, 'cell-invalid', '0以上の整数'], ['課数', '-1', 'cell-invalid', '0以上の整数'], ['台数', '3百', 'cell-invalid', '台の数'], ['台数', 1_000_001, 'cell-invalid', '大きすぎます'],
    ['本体', '汎用機', 'cell-invalid', '使える言葉：サーバ、PC'], ['アクセス権限', '個別ID（職員番号）', 'cell-invalid', '個別ID、供用ID、その他（内容）、なし'],
    ['目的', { formula: 'Z9', result: { error: '#REF!' } }, 'cell-formula', '数式の誤り（#REF!）'], ['目的', { formula: 'NOW()' }, 'cell-formula', '計算結果がファイルに保存されていません'],

    ['区分', '基幹系', 'class-unknown', '使える区分：'], ['種類', 'クラウド', 'cell-invalid', 'システム、共通基盤'],
  ])('%s: %j is refused with its cell', async (heading, cell, code, words) => {
    const row = await one(heading, cell);
    expect([row.kind, row.write]).toEqual(['refused', null]);
    expect(row.problems).toEqual([{ code, path: '別表1!D2', message: expect.stringMatching(/^別表1!D2：/u) as string }]);
    expect(row.problems[0]!.message).toContain(words);
  });

  it.each<[CellInput[], string, string]>([
    [['財務部', 0, 'あ'], 'cell-invalid', '別表1!B2'], [['財務部', '一', 'あ'], 'cell-invalid', '別表1!B2'], [['財務部', 100_000, 'あ'], 'cell-invalid', '別表1!B2'], [['財務部', 1, null], 'name-missing', '別表1!A2'],
    [[null, 1, 'あ'], 'owner-missing', '別表1!A2'], [['経済部門', 1, 'あ'], 'department-unknown', '別表1!A2'], [['庶務課', 1, 'あ'], 'department-unknown', '別表1!A2'],
    [['企画局', 1, 'あ'], 'department-ended', '別表1!A2'], [['財務部', null, null], 'name-missing', '別表1!A2'],
  ])('%j is refused', async (row, code, at) => {
    expect(refusals(await table([HEAD, row]))).toEqual([[code, at]]);
  });

  it('texts that are too long are refused, not cut', async () => {
    expect(refusals(await table([[...HEAD, '目的'], ['財務部', 1, 'あ'.repeat(201), 'あ'.repeat(2_001)], ['財務部', 2, 'あ'.repeat(200), 'あ'.repeat(2_000)]]))).toEqual([['answer-too-long', '別表1!C2'], ['answer-too-long', '別表1!D2']]);
  });

  it('all that is wrong in a row is named at once, and days out of order with their cell', async () => {
    const found = await table([[...HEAD, '導入日', '更新日', '本体'], ['財務部', 'x', 'あ', '2026/4/1', '2025/4/1', '?']]);
    expect(refusals(found)).toEqual([['cell-invalid', '別表1!B2'], ['cell-invalid', '別表1!F2'], ['date-order', '別表1!E2']]);
  });

  it('errors of formulas and control characters in a CSV file are refused too', () => {
    expect(refusals(plan(Buffer.from('所管部局,番号,システム名,目的\n財務部,1,あ,a\u0007b\n財務部,2,a\u0007b,\n')))).toEqual([['control-character', '別表!D2'], ['control-character', '別表!C3']]);
    expect(refusals(plan(Buffer.from('所管部局,番号,システム名\n財務部,1,#REF!\n')))).toEqual([['cell-formula', '別表!C2']]);
  });
});

describe('rows of 再掲', () => {
  const head = [...HEAD, '再掲', '課数', '台数', '目的'];
  it.each<[string, CellInput[][], [string, string][]]>([
    ['counts of nobody', [['財務部', 1, 'あ', null, 1, 1, null], [null, null, null, null, 2, 3, null]], [['use-without-department', '別表1!E3']]],
    ['the same department twice', [['財務部', 1, 'あ', null, 1, 1, null], [null, null, null, '戸井支所', 2, 3, null], [null, null, null, '財務部', 2, 3, null]], [['use-twice', '別表1!D4']]],
    ['another value of the system', [['財務部', 1, 'あ', null, 1, 1, '税'], [null, null, null, '戸井支所', 2, 3, '戸籍']], [['continued-row-value', '別表1!G3']]],
    ['an unknown department', [['財務部', 1, 'あ', null, 1, 1, null], [null, null, null, '戸井', 2, 3, null]], [['department-unknown', '別表1!D3']]],
    ['no system above', [[null, null, null, '戸井支所', 2, 3, null]], [['row-without-system', '別表1!A2']]],
  ])('%s is refused, and with it the whole system', async (_what, rows, expected) => {
    const found = await table([head, ...rows]);
    expect(refusals(found).sort()).toEqual([...expected].sort());
    expect(found.rows.every(({ write }) => write === null)).toBe(true);
  });
});

describe('departments', () => {
  it('are known with the department above, with blanks and full width; near names are suggested; the person may say which', async () => {
    const rows = [HEAD, ['福祉部 庶務課', 1, 'あ'], ['市民部　庶務課', 2, 'い'], ['市長 福祉部 こども課', 3, 'う'], ['財務 部', 4, 'え'], ['財政部', 5, 'お'], ['庶務課', 6, 'か']];
    const found = await table(rows);
    expect(found.rows.slice(0, 4).map((row) => wrote(row).fields.departmentId)).toEqual(['福祉部/庶務課', '市民部/庶務課', '福祉部/こども課', '財務部']);
    expect(found.departments.map(({ text, suggestions }) => [text, suggestions.map(({ name }) => name)])).toEqual([['財政部', expect.arrayContaining(['財務部']) as string[]], ['庶務課', ['福祉部　庶務課', '市民部　庶務課']]]);
    const chosen = Object.fromEntries(found.departments.map(({ key, suggestions }) => [key, suggestions[0]!.id]));
    expect((await table(rows, {}, { chosen })).counts).toMatchObject({ new: 6, refused: 0 });
  });

  it('only those for which the person may import', async () => {
    const found = await table([HEAD, ['財務部', 1, 'あ'], ['市民部', 2, 'い']], {}, { reach: new Set(['財務部']) });
    expect(refusals(found)).toEqual([['other-department', '別表1!A3']]);
  });
});

describe('against the register', () => {
  const systems = [
    stored({ number: 1, classId: 'own', name: '家屋評価', register: { purpose: '評価のため ', network: { choice: 'dedicated-line' } }, uses: [{ departmentId: '財務部', sections: 1, terminals: 14 }, { departmentId: '戸井支所', sections: 1, terminals: null }] }),
    stored({ number: null, classId: 'own', name: '収納管理' }), stored({ number: 8, classId: 'external', name: '家屋評価' }),
  ];
  const head = ['区分', ...HEAD, '目的', 'ネットワーク', '課数', '台数'];
  const given = (more: Partial<ImportOptions> = {}): Case => ({ systems, classes: CLASSES, options: more });

  it('rows are new, changed field by field, or unchanged', async () => {
    const found = await table([head, ['各部局所管', '財務部', 1, '家屋評価', '評価のため', '庁内LAN', 2, null], ['各部局所管', '財務部', null, '収納 管理', null, null, null, null], ['各部局所管', '財務部', 8, '新しいもの', null, null, null, null]], {}, given());
    expect(found.rows.map(({ kind, systemId }) => [kind, systemId])).toEqual([['changed', 's1'], ['changed', 's収納管理'], ['new', null]]);
    expect(found.rows[0]!.changes).toEqual([
      { field: 'network', label: 'ネットワーク', before: '専用線', after: '庁内LAN' },
      { field: 'uses', label: '利用する部署', before: '財務部　1課　14台\n戸井支所　1課　台の数は不明', after: '財務部　2課　14台\n戸井支所　1課　台の数は不明' },
    ]);
    expect(found.rows[0]!.write).toMatchObject({ existing: { id: 's1', version: 3 }, register: { network: { choice: 'internal-lan' } }, contracts: null });
    expect(found.rows[1]!.changes).toEqual([{ field: 'name', label: 'システム名', before: '収納管理', after: '収納 管理' }]);
    expect((await table([head, ['各部局所管', '財務部', 1, '家屋評価', '評価のため', '専用線', 1, 14]], {}, given())).counts).toMatchObject({ unchanged: 1 });
  });

  it('a number given to a system that had none is a change, not a double', async () => {
    const found = await table([head, ['各部局所管', '財務部', 2, '収納管理', null, null, null, null]], {}, given());
    expect(found.rows.map(({ kind, systemId, changes }) => [kind, systemId, changes.map(({ field, after }) => `${field} ${after}`)])).toEqual([['changed', 's収納管理', ['number 2']]]);
  });

  it('what is there already is left alone when the person says so', async () => {
    const found = await table([head, ['各部局所管', '財務部', 1, 'まるで別', '?', null, null, null], ['各部局所管', '財務部', 2, '新', null, null, null, null]], {}, given({ sameNumber: 'skip' }));
    expect(found.rows.map(({ kind, reason, problems }) => [kind, reason, problems.length])).toEqual([['skipped', '同じシステムが台帳にあるため取り込みません。', 0], ['new', '', 0]]);
  });

  it('a number or a system that two rows claim is refused in both, each with the other cell', async () => {
    const found = await table([head, ['各部局所管', '財務部', 1, 'あ'], ['各部局所管', '市民部', '１', 'い'], ['国・道等外部機関主導', '財務部', 1, 'う'], ['各部局所管', '財務部', null, 'え'], ['各部局所管', '財務部', null, 'え']].map((row) => [...row, null, null, null, null].slice(0, 8)), {}, given());
    expect(refusals(found)).toEqual([['number-twice', '別表1!C2'], ['number-twice', '別表1!C3'], ['system-twice', '別表1!A5'], ['system-twice', '別表1!A6']]);
    expect(found.rows[0]!.problems[0]!.message).toContain('「別表1!C3」');
    expect(found.rows[2]!.kind).toBe('new');
  });

  it('blank cells leave what is there, or take it away when the person says so', async () => {
    const rows = [head, ['各部局所管', '財務部', 1, '家屋評価', null, null, null, null]];
    expect((await table(rows, {}, given())).rows[0]!.kind).toBe('unchanged');
    const cleared = (await table(rows, {}, given({ blanks: 'clear' }))).rows[0]!;
    expect(cleared.changes.map(({ field, after }) => [field, after])).toEqual([['purpose', ''], ['network', ''], ['uses', '戸井支所　1課　台の数は不明']]);
    expect(cleared.write!.register).toEqual({ purpose: null, network: null });
  });

  it('ended classes and departments stay where they are and take nothing new', async () => {
    const old = [stored({ number: 1, classId: 'old', departmentId: '企画局', name: '旧', uses: [{ departmentId: '企画局', sections: 1, terminals: 1 }] })];
    const found = await table([head, ['汎用機', '企画局', 1, '旧', null, null, 2, 1], ['汎用機', '財務部', 2, '新', null, null, null, null], ['各部局所管', '企画局', 3, '新', null, null, 1, null]], {}, { systems: old, classes: CLASSES });
    expect(found.rows[0]!.kind).toBe('changed');
    expect(refusals(found)).toEqual([['class-ended', '別表1!A3'], ['department-ended', '別表1!B4'], ['department-ended', '別表1!G4']]);
    expect(found.rows[2]!.problems[0]!.message).toContain('「企画部」に直すか');
  });

  it('a platform on which systems rest neither ends nor becomes a system', async () => {
    const platform = [stored({ number: 1, kind: 'platform', name: '基盤', upon: 2 })];
    const found = await table([[...HEAD, '種類', '稼働の状態'], ['財務部', 1, '基盤', 'システム', '稼働中'], ['財務部', 2, '新基盤', '共通基盤', null]], {}, { systems: platform });
    expect(refusals(found)).toEqual([['platform-in-use', '別表1!A2']]);
    expect(wrote(found.rows[1]).fields.kind).toBe('platform');
    expect(refusals(await table([[...HEAD, '稼働の状態'], ['財務部', 1, '基盤', '廃止']], {}, { systems: platform }))).toEqual([['platform-in-use', '別表1!A2']]);
  });
});

describe('contracts', () => {
  const head = [...HEAD, '委託契約', '条項の有無'];
  const contract = (clause: boolean | null) => ({ title: '保守', contractor: '業者', personalInformationClause: clause, beginsOn: null, endsOn: null });
  const after = async (cells: CellInput[], contracts = [] as ReturnType<typeof contract>[]): Promise<unknown> => {
    const { rows: [row] } = await table([head, ['財務部', 1, 'あ', ...cells]], {}, { systems: contracts.length === 0 ? [] : [stored({ number: 1, name: 'あ', contracts })] });
    return row!.problems.length > 0 ? row!.problems.map(({ path }) => path) : (row!.write?.contracts?.map((one) => one.personalInformationClause) ?? null);
  };

  it('are counted or marked; which of them has the clause must be clear', async () => {
    expect(await after([2, 1])).toEqual([true, false]);
    expect(await after(['○', '○'])).toEqual([true]);
    expect(await after(['あり', null])).toEqual([null]);
    expect(await after(['×', '－'])).toBeNull();
    expect(await after(['３件', '0'])).toEqual([false, false, false]);
    expect(await after(['○', null], [contract(true)])).toBeNull();
    expect(await after([2, 2], [contract(true)])).toEqual([true, true]);
    expect(await after([2, 1], [contract(true), contract(null)])).toEqual([true, false]);
    expect(await after([null, '○'], [contract(null), contract(null)])).toEqual([true, true]);
    expect(await after([2, 1], [contract(null), contract(null)])).toEqual(['別表1!E2']);
    expect(await after([1, null], [contract(true), contract(true)])).toEqual(['別表1!D2']);
    expect(await after([1, 2], [contract(true)])).toEqual(['別表1!E2']);
    expect(await after([301, null])).toEqual(['別表1!D2']);
    expect(await after(['少し', null])).toEqual(['別表1!D2']);
  });

  it('that are added are named in a note', async () => {
    expect((await table([head, ['財務部', 1, 'あ', 2, null]])).rows[0]!.notes).toEqual([{ at: '別表1!D2', message: expect.stringContaining('委託契約を2件加えます') as string }]);
  });
});

it('the seal changes with the file and with what it touches, and with nothing else', async () => {
  const rows = [HEAD, ['財務部', 1, 'い']];
  const systems = [stored({ number: 1, name: 'あ' })];
  const { seal } = await table(rows, {}, { systems });
  expect((await table(rows, {}, { systems: [...systems, stored({ number: 2, name: 'よそ' })] })).seal).toBe(seal);
  expect((await table(rows, {}, { systems: [{ ...systems[0]!, version: 4 }] })).seal).not.toBe(seal);
  expect((await table([HEAD, ['財務部', 1, 'う']], {}, { systems })).seal).not.toBe(seal);
});

describe('whatever stands in the cells', () => {
  const cell = fc.oneof(
    fc.constantFrom('財務部', '市民部', '合計', '※', '○', '－', '番号', '1\n2', '令和8年4月1日', 'サーバ', '#REF!', '１２台', '__proto__', 'constructor', '庶務課', '=1'), fc.nat(3).map(String), fc.string({ maxLength: 5 }), fc.constant(''), fc.constant(''),
  );
  const headings = fc.shuffledSubarray(fields.all.map(({ label }) => label), { minLength: 3, maxLength: 12 }).map((labels) => ['所管部局', 'システム名', ...labels.filter((label) => label !== 'システム名' && label !== '所管部局')]);
  const file = headings.chain((head) => fc.array(fc.array(cell, { minLength: 1, maxLength: head.length }), { minLength: 1, maxLength: 8 }).map((rows) => [head, ...rows]));
  const csv = (rows: string[][]): Buffer => Buffer.from(rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\r\n'));

  it('each row has one outcome: written whole, unchanged, refused with its cells, or skipped with its reason', () => {
    const systems = [stored({ number: 1, classId: 'own', name: '家屋', register: { purpose: '評価' }, uses: [{ departmentId: '財務部', sections: 1, terminals: 2 }] }), stored({ number: 2, name: '○', kind: 'platform', upon: 1 })];
    fc.assert(fc.property(file, fc.constantFrom('keep' as const, 'clear' as const), fc.boolean(), (rows, blanks, fillOwner) => {
      const found = plan(csv(rows), { systems, classes: CLASSES, options: { blanks, fillOwner, classes: { 別表: 'own' } } });
      for (const { kind, problems, write, changes, reason, at } of found.rows) {
        expect(at).toMatch(/^別表![A-Z]{1,2}\d+$/u);
        expect([kind, write !== null, problems.length > 0, reason !== '']).toEqual([kind, kind === 'new' || kind === 'changed', kind === 'refused', kind === 'skipped']);
        if (kind === 'changed') expect(changes.length).toBeGreaterThan(0);
        for (const problem of problems) expect([problem.path, problem.message.startsWith(`${problem.path}：`)]).toEqual([expect.stringMatching(/^別表![A-Z]{1,2}\d+$/u), true]);
      }
      const numbers = found.rows.flatMap(({ write }) => (write?.fields.number == null ? [] : [`${write.fields.classId} ${write.fields.number}`]));
      expect(new Set(numbers).size).toBe(numbers.length);
    }), { numRuns: 300 });
  });
});
