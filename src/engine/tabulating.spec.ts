import fc from 'fast-check';
import { parseReferences, writeReference } from './references.js';
import { checkDatasets, checkTabulation } from './tabulation-checking.js';
import { drill, figuresOf, tabulate } from './tabulating.js';
import type { Dataset, DatasetRecord, FieldValue, Rounding, TableColumn, TableDefinition, TabulationDefinition } from './tabulation.js';

const HALF_UP: Rounding = { mode: 'half-up', digits: 1 };
const records = (...values: Record<string, FieldValue>[]): DatasetRecord[] => values.map((one, n) => ({ id: `r${n + 1}`, label: `記録${n + 1}`, values: one }));
const dataset = (all: DatasetRecord[]): Dataset => ({
  code: 'answers', title: '回答', unit: '課',
  fields: [
    { code: 'class', label: '区分', kind: 'class', options: [{ code: 'a', label: '甲' }, { code: 'b', label: '乙' }, { code: 'c', label: '丙' }] },
    { code: 'kept', label: '保管', kind: 'choice', options: [{ code: 'yes', label: 'している' }, { code: 'no', label: 'していない' }] },
    { code: 'ways', label: '方法', kind: 'checks', options: [{ code: 'lock', label: '施錠' }, { code: 'log', label: '記録' }] },
    { code: 'people', label: '人数', kind: 'number' },
    { code: 'words', label: '内容', kind: 'text' },
  ],
  records: all,
});
const table = (columns: TableColumn[], more: Partial<TableDefinition> = {}): TableDefinition => ({ code: 't', title: '表', dataset: 'answers', rows: { by: 'class', label: '区分' }, columns, ...more });
const definition = (one: TableDefinition, more: Partial<TabulationDefinition> = {}): TabulationDefinition => ({ code: 'd', title: '集計', rounding: HALF_UP, tables: [one], ...more });
const made = (one: TableDefinition, all: DatasetRecord[]) => tabulate(definition(one), [dataset(all)]).tables[0]!;
const cells = (one: TableDefinition, all: DatasetRecord[]): string[][] => made(one, all).rows.map((row) => [row.label, ...row.figures.map(({ text }) => text)]);
const COUNT: TableColumn = { code: 'n', label: '数', measure: 'count' };
const SHARE: TableColumn = { code: 'share', label: '構成比', measure: 'share', of: 'n', over: 'total' };

describe('what is counted', () => {
  const all = records(
    { class: 'a', kept: 'yes', ways: ['lock', 'log'], people: 3, words: '南棟' },
    { class: 'a', kept: 'no', ways: ['lock'], people: 4, words: '南棟' },
    { class: 'b', kept: null, ways: [], people: null },
    { class: 'b', people: '2.5' },
  );

  it('records, different values, sums, averages, options', () => {
    expect(cells(table([
      COUNT, { code: 'd', label: '実数', measure: 'distinct', of: 'words' }, { code: 's', label: '計', measure: 'sum', of: 'people' }, { code: 'm', label: '平均', measure: 'average', of: 'people' },
      { code: 'y', label: 'している', measure: 'option', of: 'kept', option: 'yes' }, { code: 'w', label: '方法', measure: 'cross', of: 'ways' },
    ], { total: '合計' }), all)).toEqual([
      ['甲', '2', '1', '7', '3.5', '1', '2', '1'],
      // Of 乙 one was asked how it keeps things and did not say, one was not asked; its words were asked of nobody.
      ['乙', '2', '－', '2.5', '2.5', '…', '…', '…'],
      // 9.5 of 3 answers are 3.1666…
      ['合計', '4', '1', '9.5', '3.2', '1', '2', '1'],
    ]);
  });

  it('0, not answered and not asked are told apart, and the signs are explained', () => {
    const one = made(table([{ code: 'log', label: '記録', measure: 'option', of: 'ways', option: 'log' }, { code: 'no', label: 'していない', measure: 'option', of: 'kept', option: 'no' }]), records(
      { class: 'a', kept: 'yes', ways: ['lock'] }, { class: 'b', kept: null }, { class: 'c', kept: 'no', ways: null },
    ));
    expect(one.rows.map((row) => row.figures.map(({ state, text, value }) => [state, text, value]))).toEqual([
      [['zero', '0', '0'], ['zero', '0', '0']],
      [['not-asked', '－', null], ['missing', '…', null]],
      [['missing', '…', null], ['value', '1', '1']],
    ]);
    expect(one.notes).toEqual(['※「－」は、尋ねていないものである。', '※「…」は、尋ねたが回答のなかったものである。']);
  });

  it('how many did not answer, and how many were not asked', () => {
    expect(cells(table([{ code: 'm', label: '未回答', measure: 'missing', of: 'kept' }, { code: 'x', label: '対象外', measure: 'not-asked', of: 'kept' }], { total: '計' }), all)).toEqual([['甲', '0', '0'], ['乙', '1', '1'], ['計', '1', '1']]);
  });

  it('延べ counts what is listed again, and what leaves it out does not', () => {
    const again = records({ class: 'a', words: '戸籍' }, { class: 'b', words: '戸籍' }, { class: 'b', words: '印鑑' });
    again[1] = { ...again[1]!, listedAgain: true };
    expect(cells(table([COUNT, { code: 'own', label: '再掲を除く', measure: 'count', withoutListedAgain: true }, { code: 'd', label: '実数', measure: 'distinct', of: 'words' }], { total: '計' }), again))
      .toEqual([['甲', '1', '1', '1'], ['乙', '2', '1', '2'], ['計', '3', '2', '2']]);
  });

  it('records of which nobody knows the row stand in rows of their own, so that the parts are the total', () => {
    expect(cells(table([COUNT], { total: '計' }), records({ class: 'a' }, { class: null }, {}))).toEqual([['甲', '1'], ['区分なし', '1'], ['対象外', '1'], ['計', '3']]);
  });

  it('a record with several answers stands in several rows and is one of the total', () => {
    expect(cells(table([COUNT], { rows: { by: 'ways', label: '方法' }, total: '計' }), all)).toEqual([['施錠', '2'], ['記録', '1'], ['未回答', '1'], ['対象外', '1'], ['計', '4']]);
  });

  it('rows of texts have addresses that a reference can hold, and texts that differ stay apart', () => {
    const one = definition(table([COUNT], { rows: { by: 'words', label: '内容' }, total: '計' }));
    const data = [dataset(records({ words: '鍵/札＝A' }, { words: '鍵／札=A' }, { words: ' 棚 ' }, { words: '棚' }, { words: 'total' }))];
    const found = [...figuresOf(tabulate(one, data)).values()].map(({ figure: { address, text }, row }) => [address, row.label, text]);
    expect(found).toEqual([['t/鍵／札：A/n', '鍵/札＝A', '1'], ['t/鍵／札：A（2）/n', '鍵／札=A', '1'], ['t/棚/n', '棚', '2'], ['t/total（記載）/n', 'total', '1'], ['t/total/n', '計', '5']]);
    for (const [address, , text] of found) {
      expect(parseReferences(writeReference({ kind: 'figure', address: address!, seen: text! }))).toEqual([expect.objectContaining({ reference: { kind: 'figure', address, seen: text } })]);
      expect(drill(one, data, address!)).toHaveLength(Number(text));
      expect(checkTabulation({ ...one, agreeing: [{ name: '', figures: [address!, 't/total/n'] }] }, data)).toEqual([]);
    }
  });

  it('only what the condition takes', () => {
    expect(cells(table([COUNT], { total: '計', only: { item: 'people', atLeast: 3 } }), all)).toEqual([['甲', '2'], ['計', '2']]);
    expect(cells(table([COUNT], { total: '計', only: { all: [{ item: 'ways', includes: 'log' }, { not: { item: 'kept', is: 'no' } }] } }), all)).toEqual([['甲', '1'], ['計', '1']]);
  });

  it('also values that nobody has, and tables without rows', () => {
    expect(cells(table([COUNT], { rows: { by: 'class', label: '区分', empty: true } }), all)).toEqual([['甲', '2'], ['乙', '2'], ['丙', '0']]);
    expect(cells({ ...table([COUNT, { code: 'w', label: '方法', measure: 'cross', of: 'ways' }]), rows: undefined }, all)).toEqual([['計', '4', '2', '1']]);
  });

  it('sums whose parts are decimals are exact: 0.1 + 0.2 is 0.3', () => {
    expect(cells(table([{ code: 's', label: '計', measure: 'sum', of: 'people' }]), records({ class: 'a', people: 0.1 }, { class: 'a', people: '0.2' }))).toEqual([['甲', '0.3']]);
    expect(cells(table([{ code: 's', label: '計', measure: 'sum', of: 'people' }]), records({ class: 'a', people: Number.MAX_SAFE_INTEGER }, { class: 'a', people: 2 }))).toEqual([['甲', '9,007,199,254,740,993']]);
  });
});

describe('shares', () => {
  const of = (...numbers: number[]): DatasetRecord[] => numbers.flatMap((n, at) => Array.from({ length: n }, () => ({ class: 'abc'[at]! }))).map((values, n) => ({ id: `${n}`, label: '', values }));

  it('the total is computed from totals: three times 33.3 stand over 100.0', () => {
    expect(cells(table([COUNT, SHARE], { total: '計' }), of(1, 1, 1))).toEqual([['甲', '1', '33.3%'], ['乙', '1', '33.3%'], ['丙', '1', '33.3%'], ['計', '3', '100.0%']]);
  });

  it('over nothing is －, never NaN or 0', () => {
    const figure = made(table([{ code: 's', label: '計', measure: 'sum', of: 'people' }, { ...SHARE, of: 's' }], { total: '計' }), records({ class: 'a', people: 0 })).rows.map((row) => row.figures[1]!);
    expect(figure.map(({ text, state, value }) => [text, state, value])).toEqual([['－', 'no-denominator', null], ['－', 'no-denominator', null]]);
    expect(cells(table([COUNT, SHARE], { total: '計' }), [])).toEqual([['計', '0', '－']]);
  });

  it('over another column, named', () => {
    const one = made(table([COUNT, { code: 'y', label: 'している', measure: 'option', of: 'kept', option: 'yes' }, { code: 'p', label: '割合', measure: 'share', of: 'y', over: { column: 'n' } }]), records({ class: 'a', kept: 'yes' }, { class: 'a', kept: 'no' }, { class: 'a', kept: null }));
    expect(one.rows[0]!.figures[2]).toMatchObject({ text: '33.3%', denominator: { label: '数', value: '3' } });
    expect(one.notes).toEqual([]);
  });

  it('of each option of a cross table', () => {
    expect(cells(table([{ code: 'w', label: '保管', measure: 'cross', of: 'kept' }, { code: 'p', label: '構成比', measure: 'share', of: 'w', over: 'total' }], { total: '計' }), records({ class: 'a', kept: 'yes' }, { class: 'b', kept: 'yes' }, { class: 'b', kept: 'no' })))
      .toEqual([['甲', '1', '0', '50.0%', '0.0%'], ['乙', '1', '1', '50.0%', '100.0%'], ['計', '2', '1', '100.0%', '100.0%']]);
  });

  it.each([
    ['half-up', 1, '※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。'],
    ['down', 1, '※構成比については小数点以下第2位を切り捨てたため、合計と合わない場合がある。'],
    ['half-even', 0, '※構成比については小数点以下第1位を偶数丸めしたため、合計と合わない場合がある。'],
    ['half-up', 2, '※構成比については小数点以下第3位を四捨五入したため、合計と合わない場合がある。'],
  ] as const)('the note says how it was rounded: %s, %d digits', (mode, digits, note) => {
    expect(made(table([COUNT, SHARE], { total: '計', rounding: { mode, digits } }), of(1, 1, 1)).notes).toEqual([note]);
  });

  it('no note where nothing was rounded, no shares are printed or the parts are no parts of one whole', () => {
    expect(made(table([COUNT, SHARE], { total: '計' }), of(1, 3)).notes).toEqual([]);
    expect(made(table([COUNT], { total: '計' }), of(1, 1, 1)).notes).toEqual([]);
    expect(made(table([COUNT, SHARE], { total: '計', rows: { by: 'ways', label: '方法' } }), records({ ways: ['lock', 'log'] }, { ways: ['lock'] }, { ways: ['log'] })).notes).toEqual([]);
  });

  it('the note also stands where the parts of a row are rounded: answers to one question over those asked, and columns over their sum', () => {
    const NOTE = '※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。';
    const kept: TableColumn = { code: 'k', label: '保管', measure: 'cross', of: 'kept' };
    const [yes, no] = [{ class: 'a', kept: 'yes' }, { class: 'a', kept: 'no' }];
    const below = (values: Record<string, FieldValue>[], ...more: TableColumn[]) => made(table([COUNT, kept, ...more], { shares: { over: 'n', place: 'below', label: '構成比' } }), records(...values)).notes;
    // 1/3 and 2/3 are 33.3 and 66.7; 1/2 and 1/2 are exact.
    expect(below([yes, no, no])).toEqual([NOTE]);
    expect(below([yes, no])).toEqual([]);
    // One of four did not answer: what is printed is not all of the whole, until the unanswered are a column too.
    expect(below([yes, no, no, no, no, { class: 'a', kept: null }])).toEqual([]);
    expect(below([yes, no, no, no, no, { class: 'a', kept: null }], { code: 'm', label: '未回答', measure: 'missing', of: 'kept' })).toEqual([NOTE]);
    const sums: TableColumn[] = [{ code: 's', label: '人', measure: 'sum', of: 'people' }, { code: 'all', label: '計', measure: 'columns', of: ['n', 's'] }];
    const over = (of: string): TableColumn => ({ code: `of-${of}`, label: of, measure: 'share', of, over: { column: 'all' } });
    // 1 and 2 of 3.
    expect(made(table([COUNT, ...sums, over('n'), over('s')]), records({ class: 'a', people: 2 })).notes).toEqual([NOTE]);
    expect(made(table([COUNT, ...sums, over('n')]), records({ class: 'a', people: 2 })).notes).toEqual([]);
    // Several answers of one record are no parts.
    expect(made(table([COUNT, { code: 'w', label: '方法', measure: 'cross', of: 'ways' }], { shares: { over: 'n', place: 'below', label: '構成比' } }), records({ class: 'a', ways: ['lock'] }, { class: 'a', ways: ['log'] }, { class: 'a', ways: ['log'] })).notes).toEqual([]);
  });

  it('says what each share and average is divided by', () => {
    const columns: TableColumn[] = [
      { ...COUNT, unit: '課' }, SHARE, { code: 'y', label: 'している', measure: 'option', of: 'kept', option: 'yes' }, { code: 'p', label: '割合', measure: 'share', of: 'y', over: { column: 'n' } },
      { code: 'k', label: '保管', measure: 'cross', of: 'kept' }, { code: 'q', label: '保管の構成比', measure: 'share', of: 'k', over: 'total' }, { code: 'm', label: '平均人数', measure: 'average', of: 'people' },
    ];
    expect(made(table(columns, { total: '計', shares: { over: 'n', place: 'below', label: '課の割合（%）' } }), of(1, 1, 1)).denominators).toEqual([
      '※「構成比」は、「数」の計3課を100％とした割合である。', '※「割合」は、「数」に対する割合である。', '※「保管の構成比」は、それぞれの列の計を100％とした割合である。', '※「平均人数」は、回答のあったものの平均である。', '※「課の割合（%）」の行は、「数」に対する割合である。',
    ]);
    expect(made(table([COUNT]), of(1)).denominators).toEqual([]);
  });

  it('a table may round in its own way, a column again', () => {
    expect(cells(table([COUNT, SHARE, { ...SHARE, code: 'p', rounding: { mode: 'down', digits: 0 } }], { rounding: { mode: 'half-up', digits: 2 } }), of(2, 1))).toEqual([['甲', '2', '66.67%', '66%'], ['乙', '1', '33.33%', '33%']]);
  });
});

describe('order and sentences', () => {
  const all = records(...['b', 'b', 'a', 'a', 'c'].map((one) => ({ class: one })));

  it('by a column; where equal, in the order of the options', () => {
    const rows = (direction: 'descending' | 'ascending') => cells(table([COUNT], { rows: { by: 'class', label: '区分', order: { column: 'n', direction } } }), all).map(([label]) => label);
    expect([rows('descending'), rows('ascending')]).toEqual([['甲', '乙', '丙'], ['丙', '甲', '乙']]);
  });

  it('the greatest as a sentence; those equal to the last one are named too', () => {
    const text = (n: number, together?: { unit: string }) => made(table([{ ...COUNT, unit: '課' }, SHARE], { sentences: [{ code: 's', column: 'share', n, subject: '区分ごとの構成比', ...(together ? { together } : {}) }] }), all).sentences[0]!.text;
    expect(text(1, { unit: '区分' })).toBe('区分ごとの構成比は大きいものから順に、甲40.0％、乙40.0％となっており、上位2区分で80.0％を占めている。');
    expect(text(9)).toBe('区分ごとの構成比は大きいものから順に、甲40.0％、乙40.0％、丙20.0％となっている。');
  });

  it('those that did not answer, or were not asked, stand last and are not among the greatest', () => {
    const one = made(table([COUNT], { rows: { by: 'kept', label: '保管', order: { column: 'n', direction: 'descending' } }, sentences: [{ code: 's', column: 'n', n: 1, subject: '保管' }] }), records({ kept: 'no' }, { kept: null }, { kept: null }, {}, {}, {}, { kept: 'yes' }, { kept: 'yes' }));
    expect(one.rows.map(({ label, figures }) => `${label} ${figures[0]!.text}`)).toEqual(['している 2', 'していない 1', '未回答 2', '対象外 3']);
    expect(one.sentences[0]!.text).toBe('保管は大きいものから順に、している2となっている。');
  });

  it('averages are named and not added', () => {
    const one = made(table([{ code: 'm', label: '平均', unit: '名', measure: 'average', of: 'people' }], { sentences: [{ code: 's', column: 'm', n: 2, subject: '平均の人数', together: { unit: '区分' } }] }), records({ class: 'a', people: 3 }, { class: 'b', people: 5 }));
    expect(one.sentences[0]!.text).toBe('平均の人数は大きいものから順に、乙5.0名、甲3.0名となっている。');
  });

  it('a table over nothing says so, and nothing else', () => {
    const one = made(table([COUNT, SHARE], { total: '計', sentences: [{ code: 's', column: 'n', n: 1, subject: '数' }] }), []);
    expect([one.records, one.notes, one.sentences]).toEqual([0, ['※集計の対象となるものがない。', '※「－」は、割合の分母が0のものである。'], []]);
  });

  it('counts with their unit; nothing to say about nothing', () => {
    const sentence = { code: 's', column: 'n', n: 2, subject: '課の数', together: { unit: '区分' } };
    expect(made(table([{ ...COUNT, unit: '課' }], { sentences: [sentence] }), all).sentences[0]!.text).toBe('課の数は大きいものから順に、甲2課、乙2課となっており、上位2区分で4課を占めている。');
    expect(made(table([COUNT], { sentences: [sentence] }), []).sentences).toEqual([]);
  });
});

it('figures that should agree and do not are named with their places; those that have no number contradict nothing', () => {
  const two = (agreeing: string[]) => tabulate(definition(table([COUNT, { code: 's', label: '計', measure: 'sum', of: 'people' }], { total: '合計' }), { agreeing: [{ name: '延べ', figures: agreeing }] }), [dataset(records({ class: 'a', people: '2.0' }, { class: 'a' }, { class: 'b', people: null }))]).contradictions;
  expect(two(['t/a/n', 't/a/s'])).toEqual([]);
  expect(two(['t/a/n', 't/b/n', 't/b/s'])).toEqual([{ name: '延べ', places: [{ address: 't/a/n', table: '表', row: '甲', column: '数', text: '2' }, { address: 't/b/n', table: '表', row: '乙', column: '数', text: '1' }] }]);
  expect(two(['t/a/n', 't/b/s', 't/nowhere/n'])).toEqual([]);
});

describe('what is wrong with a definition', () => {
  const all = [dataset(records({ class: 'a', people: 'たくさん', kept: 'maybe' }))];
  it.each<[string, TableDefinition, string]>([
    ['an unknown dataset', { ...table([COUNT]), dataset: 'nothing' }, '/tables/0/dataset'],
    ['an unknown field of the rows', table([COUNT], { rows: { by: 'nothing', label: '' } }), '/tables/0/rows/by'],
    ['rows by a number', table([COUNT], { rows: { by: 'people', label: '' } }), '/tables/0/rows/by'],
    ['a sum of words', table([{ code: 's', label: '', measure: 'sum', of: 'words' }]), '/tables/0/columns/0/of'],
    ['an unknown option', table([{ code: 's', label: '', measure: 'option', of: 'kept', option: 'often' }]), '/tables/0/columns/0/option'],
    ['a share of an unknown column', table([SHARE]), '/tables/0/columns/0'],
    ['the same column twice', table([COUNT, COUNT]), '/tables/0/columns/1/code'],
    ['a column made of itself', table([{ code: 'x', label: '', measure: 'columns', of: ['y'] }, { code: 'y', label: '', measure: 'columns', of: ['x'] }]), '/tables/0/columns/0'],
    ['a share of a share', table([COUNT, SHARE, { ...SHARE, code: 'p', of: 'share' }]), '/tables/0/columns/2'],
    ['an unknown column of the order', table([COUNT], { rows: { by: 'class', label: '', order: { column: 'x', direction: 'ascending' } } }), '/tables/0/rows/order/column'],
    ['an unknown field of a condition', table([COUNT], { only: { item: 'nothing', is: 'x' } }), '/tables/0/only'],
    ['an unknown option of a condition', table([COUNT], { only: { item: 'class', is: 'x' } }), '/tables/0/only'],
    ['rows of a condition', table([COUNT], { only: { some: 'class', holds: { item: 'class', is: 'a' } } }), '/tables/0/only'],
    ['an order by all options at once', table([{ code: 'w', label: '', measure: 'cross', of: 'ways' }], { rows: { by: 'class', label: '', order: { column: 'w', direction: 'ascending' } } }), '/tables/0/rows/order/column'],
    ['a share over all options at once', table([COUNT, { code: 'w', label: '', measure: 'cross', of: 'ways' }, { ...SHARE, over: { column: 'w' } }]), '/tables/0/columns/2/over'],
    ['a sentence about all options at once', table([{ code: 'w', label: '', measure: 'cross', of: 'ways' }], { sentences: [{ code: 's', column: 'w', n: 1, subject: '' }] }), '/tables/0/sentences/0/column'],
    ['shares over an average', table([COUNT, { code: 'm', label: '', measure: 'average', of: 'people' }], { shares: { over: 'm', place: 'below', label: '' } }), '/tables/0/shares/over'],
    ['a chart of an unknown column', table([COUNT], { charts: [{ code: 'c', title: '', kind: 'bar', columns: ['x'] }] }), '/tables/0/charts/0/columns/0'],
  ])('%s has its place', (_, one, path) => {
    expect(checkTabulation(definition(one), all).map((problem) => problem.path)).toContain(path);
    expect(() => tabulate(definition(one), all)).not.toThrow();
  });

  it('addresses that lead nowhere', () => {
    const paths = (figures: string[]) => checkTabulation(definition(table([COUNT, { code: 'w', label: '', measure: 'cross', of: 'ways' }]), { agreeing: [{ name: '', figures }] }), all).map((one) => one.path);
    expect(paths(['t/a/n', 't/total/w.lock', 't/a/n%'])).toEqual([]);
    expect(paths(['x/a/n', 't/a/x', 't/z/n', 't/a/w.key'])).toEqual([0, 1, 2, 3].map((n) => `/agreeing/0/figures/${n}`));
  });

  it('numbers and answers that cannot be read', () => {
    expect(checkDatasets(all).map((one) => one.path)).toEqual(['/datasets/0/records/0/values/kept', '/datasets/0/records/0/values/people']);
    expect(checkDatasets([...all, ...all]).map((one) => one.path)).toContain('/datasets/1/code');
  });
});

// ---- properties

const odd = fc.oneof(fc.constantFrom<unknown>('a', 'b', 'yes', 'lock', null, undefined, NaN, Infinity, -3, 1.5, '12', '1e9', ''), fc.array(fc.constantFrom('lock', 'log', 'key', 'lock')), fc.object({ maxDepth: 1 }));
const oddRecord = fc.record({ class: odd, kept: odd, ways: odd, people: odd, words: odd }, { requiredKeys: [] });
const EVERYTHING: TableColumn[] = [
  COUNT, SHARE, { code: 'own', label: '', measure: 'count', withoutListedAgain: true }, { code: 'd', label: '', measure: 'distinct', of: 'words' }, { code: 's', label: '', measure: 'sum', of: 'people' },
  { code: 'm', label: '', measure: 'average', of: 'people' }, { code: 'o', label: '', measure: 'option', of: 'kept', option: 'yes' }, { code: 'w', label: '', measure: 'cross', of: 'ways' },
  { code: 'x', label: '', measure: 'missing', of: 'kept' }, { code: 'z', label: '', measure: 'not-asked', of: 'kept' }, { code: 'p', label: '', measure: 'share', of: 'o', over: { column: 's' } }, { code: 'c', label: '', measure: 'columns', of: ['w', 'o'] },
];

it('nothing throws on odd data, no figure says NaN, and every count is proven by as many records', () => {
  fc.assert(fc.property(fc.array(fc.tuple(oddRecord, fc.boolean()), { maxLength: 12 }), fc.constantFrom('class', 'ways', 'kept', 'words', 'people', 'nothing', undefined), (values, by) => {
    const all = [dataset(values.map(([one, listedAgain], n) => ({ id: `r${n}`, label: '', listedAgain, values: one as Record<string, FieldValue> })))];
    const one = definition(table(EVERYTHING, { rows: by === undefined ? undefined : { by, label: '' }, total: '計', shares: { over: 'n', place: 'below', label: '' } }));
    const result = tabulate(one, all);
    for (const { figure, table: { columns }, column } of figuresOf(result).values()) {
      expect(figure.text).not.toMatch(/NaN|Infinity|undefined|null/u);
      expect(figure.value === null).toBe(figure.text === '' || figure.text === '－' || figure.text === '…');
      const { code } = columns[column]!;
      if (figure.value !== null && !figure.address.endsWith('%') && (['n', 'own', 'o', 'x', 'z'].includes(code) || code.startsWith('w.'))) expect(drill(one, all, figure.address)).toHaveLength(Number(figure.value));
    }
  }));
});

it('sums and averages are proven by their answers: what stands behind them adds up to them', () => {
  const amounts = fc.record({ class: fc.constantFrom('a', 'b', null), people: fc.option(fc.integer({ min: -500, max: 500 })) }, { requiredKeys: [] });
  fc.assert(fc.property(fc.array(amounts, { maxLength: 20 }), (values) => {
    const one = definition(table([{ code: 's', label: '', measure: 'sum', of: 'people' }, { code: 'm', label: '', measure: 'average', of: 'people' }, { code: 'x', label: '', measure: 'columns', of: ['s', 'y'] }, { code: 'y', label: '', measure: 'sum', of: 'people', withoutListedAgain: true }, { code: 'p', label: '', measure: 'share', of: 's', over: 'total' }], { total: '計' }));
    const data = [dataset(records(...values))];
    for (const { figure, column } of figuresOf(tabulate(one, data)).values()) {
      const behind = drill(one, data, figure.address).map((record) => Number(record.values.people));
      const sum = behind.reduce((total, n) => total + n, 0);
      if (figure.value === null) continue;
      if (column === 1) expect(Math.abs(Number(figure.value) - sum / behind.length)).toBeLessThanOrEqual(0.05 + 1e-9);
      else if (column < 4) expect(Number(figure.value)).toBe(column === 2 ? sum * 2 : sum);
    }
  }));
});

it('the parts of a table by one answer add up to its total', () => {
  fc.assert(fc.property(fc.array(fc.record({ class: fc.constantFrom('a', 'b', 'c', null), people: fc.option(fc.nat(1000)) }, { requiredKeys: [] })), (values) => {
    const { rows } = made(table([COUNT, { code: 's', label: '', measure: 'sum', of: 'people' }], { total: '計' }), records(...values));
    for (const n of [0, 1]) expect(rows.slice(0, -1).reduce((sum, row) => sum + Number(row.figures[n]!.value), 0)).toBe(Number(rows.at(-1)!.figures[n]!.value));
  }));
});
