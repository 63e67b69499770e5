import Excel from 'exceljs';
import XLSX_CALC from 'xlsx-calc';
import { figuresOf, tabulate } from '../src/engine/tabulating.js';
import type { Dataset, RoundingMode, TableDefinition, TabulationDefinition } from '../src/engine/tabulation.js';
import { sheetNames } from '../src/audits/tabulation-sheets.js';
import { tabulationWorkbook } from '../src/audits/tabulation-workbook.js';

interface CalcCell { v?: unknown; f?: string; t?: string }
type CalcBook = { Sheets: Record<string, Record<string, CalcCell | string>> };

/** What Excel has and the evaluator lacks, by its description: criteria without wildcards are all that these files use. */
const flat = (range: unknown): unknown[] => (Array.isArray(range) ? (range as unknown[]).flat() : [range]);
const fits = (value: unknown, criterion: unknown): boolean => {
  if (typeof criterion === 'number') return value === criterion;
  const text = String(criterion);
  if (text === '<>') return value !== undefined && value !== null && value !== '';
  if (text.startsWith('>')) return typeof value === 'number' && value > Number(text.slice(1));
  // What looks like a number is compared as one: `012` is `=12`.
  const [number, wanted] = [String(value ?? ''), text.replace(/^=/u, '')];
  if (/^\d+$/u.test(number) && /^\d+$/u.test(wanted)) return Number(number) === Number(wanted);
  return String(value ?? '').toLowerCase() === text.replace(/^=/u, '').replace(/~([~*?])/gu, '$1').toLowerCase();
};
const taken = (pairs: unknown[]): boolean[] => {
  const ranges = Array.from({ length: pairs.length / 2 }, (_, n) => flat(pairs[2 * n]));
  return ranges[0]!.map((_, at) => ranges.every((range, n) => fits(range[at], pairs[2 * n + 1])));
};
XLSX_CALC.import_functions({
  COUNTIFS: (...pairs: unknown[]) => taken(pairs).filter(Boolean).length,
  SUMIFS: (sum: unknown, ...pairs: unknown[]) => taken(pairs).reduce((total, one, n) => { const value = flat(sum)[n]; return one && typeof value === 'number' ? total + value : total; }, 0),
  // The evaluator's own adds texts in cells; Excel's leaves them out.
  SUM: (...values: unknown[]) => values.flatMap(flat).reduce<number>((total, one) => (typeof one === 'number' ? total + one : total), 0),
  COUNT: (...values: unknown[]) => values.flatMap(flat).filter((one) => typeof one === 'number').length,
  QUOTIENT: (a: number, b: number) => Math.trunc(a / b),
  MOD: (a: number, b: number) => a - b * Math.floor(a / b),
  SIGN: (a: number) => Math.sign(a),
}, { override: true });

/** Evaluates every formula anew: nothing of the results that stand in the file is used. */
async function evaluated(bytes: Buffer): Promise<{ cells: Map<string, unknown>; formulas: number; stored: Map<string, unknown> }> {
  const book = new Excel.Workbook();
  await book.xlsx.load(bytes as unknown as ArrayBuffer);
  const calc: CalcBook = { Sheets: {} };
  const stored = new Map<string, unknown>();
  let formulas = 0;
  for (const sheet of book.worksheets) {
    const cells: Record<string, CalcCell | string> = (calc.Sheets[sheet.name] = {});
    sheet.eachRow((row) => row.eachCell((cell) => {
      if (cell.formula) {
        formulas += 1;
        stored.set(`${sheet.name}!${cell.address}`, cell.result);
        cells[cell.address] = { f: cell.formula };
      } else cells[cell.address] = { v: cell.value, t: typeof cell.value === 'number' ? 'n' : 's' };
    }));
    cells['!ref'] = `A1:${sheet.getColumn(Math.max(1, sheet.columnCount)).letter}${Math.max(1, sheet.rowCount)}`;
  }
  XLSX_CALC(calc);
  return { cells: new Map([...stored.keys()].map((key) => [key, (calc.Sheets[key.slice(0, key.lastIndexOf('!'))]![key.slice(key.lastIndexOf('!') + 1)] as CalcCell).v])), formulas, stored };
}

const dataset: Dataset = {
  code: 'answers', title: '回答', unit: '課',
  fields: [
    { code: 'class', label: '区分', kind: 'class', options: ['甲', '乙', '丙'].map((one) => ({ code: one, label: one })) },
    { code: 'kept', label: '保管', kind: 'choice', options: [{ code: 'yes', label: 'している' }, { code: 'no', label: 'して*いない' }, { code: 'twin', label: 'している' }] },
    { code: 'ways', label: '方法', kind: 'checks', options: [{ code: 'lock', label: '施錠' }, { code: 'log', label: '記録' }] },
    { code: 'people', label: '人数', kind: 'number' }, { code: 'hours', label: '時間', kind: 'number' }, { code: 'name', label: '名前', kind: 'text' },
  ],
  records: Array.from({ length: 61 }, (_, n) => ({
    id: `${n}`, label: `課${n}`, ...(n % 7 === 0 ? { listedAgain: true } : {}),
    values: { class: ['甲', '乙', '丙'][n % 3]!, kept: n % 5 === 0 ? null : ['yes', 'no', 'twin'][n % 4 % 3]!, ...(n % 11 === 0 ? {} : { ways: n % 4 === 0 ? [] : n % 2 === 0 ? ['lock'] : ['lock', 'log'] }), people: n % 9 === 0 ? null : n, hours: `${n % 13}.${n % 10}`, name: `人${n % 8}` },
  })),
};
const table: TableDefinition = {
  code: 't', title: '表', dataset: 'answers', rows: { by: 'class', label: '区分' }, total: '合計', shares: { over: 'n', place: 'below', label: '構成比' },
  columns: [
    { code: 'n', label: '数', measure: 'count' }, { code: 'own', label: '再掲を除く', measure: 'count', withoutListedAgain: true }, { code: 'd', label: '実数', measure: 'distinct', of: 'name' },
    { code: 's', label: '人数', measure: 'sum', of: 'people' }, { code: 'h', label: '時間', measure: 'sum', of: 'hours' }, { code: 'm', label: '平均', measure: 'average', of: 'people' }, { code: 'mh', label: '平均時間', measure: 'average', of: 'hours' },
    { code: 'k', label: '保管', measure: 'cross', of: 'kept' }, { code: 'w', label: '方法', measure: 'cross', of: 'ways' }, { code: 'x', label: '未回答', measure: 'missing', of: 'ways' }, { code: 'z', label: '対象外', measure: 'not-asked', of: 'ways' },
    { code: 'c', label: '足したもの', measure: 'columns', of: ['w', 'own'] }, { code: 'p', label: '構成比', measure: 'share', of: 'own', over: 'total' }, { code: 'q', label: '割合', measure: 'share', of: 'k.yes', over: { column: 'n' } }, { code: 'r', label: '時間の構成比', measure: 'share', of: 'h', over: 'total' },
  ],
};

/** Values of the engine in the order in which the sheet has them. */
function engineValues(definition: TabulationDefinition, data: Dataset[]): (number | string)[] {
  return [...figuresOf(tabulate(definition, data)).values()].filter(({ figure }) => figure.text !== '').map(({ figure }) => (figure.value === null ? figure.text : Number(figure.value)));
}

describe.each<RoundingMode>(['half-up', 'down', 'half-even'])('%s', (mode) => {
  it.each([0, 1, 2])('formulas give the figures of the engine, %d digits', async (digits) => {
    const definition: TabulationDefinition = { code: 'd', title: '集計', rounding: { mode, digits }, tables: [table, { ...table, code: 'u', title: '絞った表', only: { item: 'kept', is: 'yes' } }, { ...table, code: 'v', title: '方法の表', rows: { by: 'ways', label: '方法' } }, { ...table, code: 'all', title: '行のない表', rows: undefined }] };
    const { cells, stored, formulas } = await evaluated(await tabulationWorkbook([{ definition, datasets: [dataset] }]));
    expect(formulas).toBeGreaterThan(200);
    expect([...cells]).toEqual([...stored]);
    const values = new Set(engineValues(definition, [dataset]).map(String));
    expect([...stored.values()].filter((one) => !values.has(String(one)))).toEqual([]);
  });

  it('a published share: 43 of 61', async () => {
    const records = Array.from({ length: 61 }, (_, n) => ({ id: `${n}`, label: '', values: { class: n < 43 ? 'a' : 'b' } }));
    const data: Dataset = { code: 'x', title: '元', unit: '', fields: [{ code: 'class', label: '区分', kind: 'class', options: [{ code: 'a', label: 'あり' }, { code: 'b', label: 'なし' }] }], records };
    const definition: TabulationDefinition = { code: 'd', title: '', rounding: { mode, digits: 1 }, tables: [{ code: 't', title: '表', dataset: 'x', rows: { by: 'class', label: '' }, total: '計', columns: [{ code: 'n', label: '数', measure: 'count' }, { code: 'p', label: '構成比', measure: 'share', of: 'n', over: 'total' }] }] };
    const { cells } = await evaluated(await tabulationWorkbook([{ definition, datasets: [data] }]));
    // 70.4918… and 29.5081…: cut off 70.4 and 29.5, else 70.5 and 29.5.
    expect([...cells.values()]).toEqual([43, mode === 'down' ? 70.4 : 70.5, 18, 29.5, 61, 100]);
  });
});

describe('what Excel would take for the same', () => {
  const texts = ['a', 'A', '12', '012', '（未回答）', 'い*', 'い*ろ', '長'.repeat(300), null];
  const data: Dataset = {
    code: 'x', title: '記載', unit: '', fields: [{ code: 'words', label: '内容', kind: 'text' }, { code: 'ways', label: '方法', kind: 'checks', options: [{ code: 'lock', label: '施錠' }, { code: 'log', label: '記録' }] }, { code: 'amount', label: '額', kind: 'number' }, { code: 'who', label: '者', kind: 'text' }],
    // Each text as often as its place, and the first of each listed again.
    records: texts.flatMap((words, n) => Array.from({ length: n + 1 }, (_, at) => ({ id: `${n}-${at}`, label: '', ...(at === 0 ? { listedAgain: true } : {}), values: { words, ways: at % 2 === 0 ? ['lock', 'log'] : ['log'], amount: (n + 1) * 7_000_000_000, who: `人${at}` } }))),
  };
  const columns: TableDefinition['columns'] = [
    { code: 'n', label: '数', measure: 'count' }, { code: 'd', label: '実数', measure: 'distinct', of: 'who' }, { code: 'e', label: '再掲を除く実数', measure: 'distinct', of: 'who', withoutListedAgain: true }, { code: 'm', label: '平均', measure: 'average', of: 'amount' },
    { code: 'p', label: '構成比', measure: 'share', of: 'd', over: 'total' }, { code: 'q', label: '構成比', measure: 'share', of: 'e', over: 'total', rounding: { mode: 'half-even', digits: 2 } },
  ];

  it.each([['words', undefined], ['words', '計'], ['ways', undefined], ['ways', '計']])('rows by %s, total %s', async (by, total) => {
    const definition: TabulationDefinition = { code: 'd', title: '', rounding: { mode: 'half-even', digits: 1 }, tables: [{ code: 't', title: '表', dataset: 'x', rows: { by, label: '' }, columns, ...(total === undefined ? {} : { total }) }] };
    const { cells, stored } = await evaluated(await tabulationWorkbook([{ definition, datasets: [data] }]));
    expect([...cells]).toEqual([...stored]);
    // The column of counts, by hand: 1 to 9 records of a text; of 45 records 25 hold 施錠 (the odd ones of each text), all 記録.
    const counts = [...cells].filter(([address]) => /!B\d+$/u.test(address)).map(([, value]) => value);
    expect(counts).toEqual([...(by === 'words' ? [1, 2, 3, 4, 5, 6, 7, 8, 9] : [25, 45]), ...(total === undefined ? [] : [45])]);
  });
});

it('a share of nothing says －', async () => {
  const definition: TabulationDefinition = { code: 'd', title: '', rounding: { mode: 'half-up', digits: 1 }, tables: [{ code: 't', title: '表', dataset: 'answers', rows: { by: 'class', label: '区分', empty: true }, columns: [{ code: 'n', label: '数', measure: 'count' }, { code: 'p', label: '構成比', measure: 'share', of: 'n', over: 'total' }], total: '計' }] };
  const { cells } = await evaluated(await tabulationWorkbook([{ definition, datasets: [{ ...dataset, records: [] }] }]));
  expect([...cells.values()].filter((one) => one === '－')).toHaveLength(4);
});

it('sheets have names that Excel takes, each once', () => {
  expect(sheetNames(['表/1', '表:1', 'あ'.repeat(40), 'あ'.repeat(40), ''])).toEqual(['表 1', '表 1 (2)', 'あ'.repeat(31), `${'あ'.repeat(27)} (2)`, '表']);
});
