import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TabulationFile } from '../src/audits/tabulation-content.js';
import { inProject } from '../src/kernel/root.js';

interface Ended { status: number; out: string; err: string }
interface Failure { error: { code: string; problems: { path: string; message: string }[] } }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tenken-cli-tabulate-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const tenken = (...words: string[]): Promise<Ended> => new Promise((resolve) => {
  execFile(process.execPath, [inProject('dist', 'src', 'cli', 'main.js'), ...words], { cwd: folder, env: { ...process.env, TENKEN_DATA: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' } },
    (error, out, err) => resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }));
});

/** 43 of 61 systems: 70.5 %, 18 of 61: 29.5 %. */
const sound = (): TabulationFile => ({
  definition: {
    code: 'systems', title: 'システムの集計', rounding: { mode: 'half-up', digits: 1 },
    tables: [{ code: 'state', title: '対策の有無', dataset: 'systems', rows: { by: 'state', label: '有無' }, total: '合計', columns: [{ code: 'n', label: '数', measure: 'count' }, { code: 'share', label: '構成比', measure: 'share', of: 'n', over: 'total' }] }],
    agreeing: [{ name: 'あり', figures: ['state/yes/n', 'state/total/n'] }],
  },
  datasets: [{
    code: 'systems', title: 'システム', unit: 'システム', fields: [{ code: 'state', label: '有無', kind: 'class', options: [{ code: 'yes', label: 'あり' }, { code: 'no', label: 'なし' }] }],
    records: Array.from({ length: 61 }, (_, n) => ({ id: `${n}`, label: `システム${n}`, values: { state: n < 43 ? 'yes' : 'no' } })),
  }],
});
const written = (name: string, value: unknown): string => {
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
  return name;
};

it('prints the tables; figures that contradict each other are reported and are no failure', async () => {
  const ended = await tenken('tabulate', written('sound.json', sound()));
  expect([ended.status, ended.err]).toEqual([0, '']);
  expect(ended.out).toBe([
    'システムの集計', '', '■ 対策の有無', '有無  数  構成比', 'あり  43   70.5%', 'なし  18   29.5%', '合計  61  100.0%', '※「構成比」は、「数」の合計61を100％とした割合である。', '※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。', '',
    '数値の食い違い：', '・あり：対策の有無の「あり」の数は43（state/yes/n）、対策の有無の「合計」の数は61（state/total/n）', '',
  ].join('\n'));
});

it('prints the same as JSON', async () => {
  const ended = await tenken('tabulate', written('sound.json', sound()), '--json');
  const { tables, contradictions, unread } = JSON.parse(ended.out) as { tables: { rows: { figures: { address: string; text: string; value: string }[] }[] }[]; contradictions: object[]; unread: object[] };
  expect([ended.status, contradictions.length, unread]).toEqual([0, 1, []]);
  expect(tables[0]!.rows.map((row) => row.figures.map(({ text }) => text))).toEqual([['43', '70.5%'], ['18', '29.5%'], ['61', '100.0%']]);
});

it('YAML is read as well', async () => {
  const yaml = 'definition:\n  code: d\n  title: 集計\n  rounding: { mode: down, digits: 1 }\n  tables:\n    - { code: t, title: 表, dataset: x, columns: [{ code: n, label: 数, measure: count }] }\ndatasets:\n  - { code: x, title: 元, unit: 件, fields: [{ code: a, label: 名, kind: text }], records: [{ id: "1", label: 一, values: { a: 甲 } }] }\n';
  const ended = await tenken('tabulate', written('sound.yaml', yaml));
  expect([ended.status, ended.out]).toEqual([0, '集計\n\n■ 表\n    数\n計   1\n']);
});

it.each<[string, (file: TabulationFile) => unknown, string]>([
  ['a field that is not there', (file) => ({ ...file, definition: { ...file.definition, tables: [{ ...file.definition.tables[0]!, rows: { by: 'kind', label: '種類' } }] } }), 'bad.json /definition/tables/0/rows/by'],
  ['a measure that is unknown', (file) => ({ ...file, definition: { ...file.definition, tables: [{ ...file.definition.tables[0]!, columns: [{ code: 'n', label: '数', measure: 'most' }] }] } }), 'bad.json /definition/tables/0/columns/0'],
  ['a rounding that is unknown', (file) => ({ ...file, definition: { ...file.definition, rounding: { mode: 'up', digits: 1 } } }), 'bad.json /definition/rounding/mode'],
  ['a condition of another grammar', (file) => ({ ...file, definition: { ...file.definition, tables: [{ ...file.definition.tables[0]!, only: { state: 'yes' } }] } }), 'bad.json /definition/tables/0/only'],
  ['no datasets', (file) => ({ definition: file.definition }), 'bad.json'],
  ['no YAML', () => 'a: [', 'bad.json 1行目'],
  ['an empty file', () => '', 'bad.json'],
])('%s is a problem with its place, and status 1', async (_, change, path) => {
  const ended = await tenken('tabulate', written('bad.json', change(sound())), '--json');
  expect([ended.status, (JSON.parse(ended.out) as Failure).error.problems.map((one) => one.path)]).toEqual([1, expect.arrayContaining([path])]);
});

it('an empty file is called empty; answers by the ten thousand are read as JSON, and a torn file is told', async () => {
  expect(await tenken('tabulate', written('empty.yaml', ' \n'))).toMatchObject({ status: 1, err: expect.stringContaining('ファイルが空です') });
  const file = sound();
  file.datasets[0]!.records = Array.from({ length: 61_000 }, (_, n) => ({ id: `${n}`, label: `電算システムについての回答の記録${n}`, values: { state: n < 43_000 ? 'yes' : 'no' } }));
  const text = JSON.stringify(file);
  expect(text.length).toBeGreaterThan(4_000_000);
  const ended = await tenken('tabulate', written('great.json', text));
  expect([ended.status, ended.out]).toEqual([0, expect.stringContaining('あり  43,000   70.5%')]);
  expect(await tenken('tabulate', written('torn.json', text.slice(0, 4_100_000)))).toMatchObject({ status: 1, err: expect.stringContaining('JSONとして読めません') });
});

it('a file that is not there', async () => {
  expect(await tenken('tabulate', 'nothing.yaml')).toMatchObject({ status: 1, err: expect.stringContaining('nothing.yaml') });
});

it('an answer that cannot be read is told and counted as unanswered', async () => {
  const file = sound();
  (file.datasets[0]!.records[0]!.values as Record<string, string>).state = '不明な答え';
  const ended = await tenken('tabulate', written('odd.json', file));
  expect([ended.status, ended.out]).toEqual([0, expect.stringContaining('/datasets/0/records/0/values/state')]);
});
