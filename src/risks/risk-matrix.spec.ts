import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { readForms, readSchema } from '../engine/content-loader.js';
import { inProject } from '../kernel/root.js';
import { adequacyProblems, loadRiskMatrices, readRiskMatrices, RiskMatrices, riskMatrixCheck, type RiskMatrix } from './risk-matrix.js';

const templates = inProject('templates');
const check = riskMatrixCheck(readSchema(templates, 'risk-matrix'));

/** Two levels each way, written by hand. */
const small = (): RiskMatrix => ({
  version: '2026-04', title: '見本', validity: { from: '2026-04-01' },
  likelihood: { title: '発生', levels: [{ label: '低', meaning: 'まれ' }, { label: '高', meaning: 'よくある' }] }, impact: { title: '影響', levels: [{ label: '軽', meaning: '小さい' }, { label: '重', meaning: '大きい' }] },
  ratings: [{ code: 'low', label: '低', tone: 'good', response: '続ける' }, { code: 'high', label: '高', tone: 'bad', response: '下げる' }],
  grid: [['low', 'low'], ['low', 'high']], adequacy: { enough: ['sufficient'], lacking: ['issues-remain'] },
});
const faults = (change: (matrix: RiskMatrix) => void): string[] => {
  const matrix = small();
  change(matrix);
  return check(matrix, 'risk-matrix/2026-04.yaml').map((one) => `${one.file} ${one.path} ${one.reason}`);
};

describe('the matrix that is shipped', () => {
  it('is sound, and knows every option of the adequacy items of the statutory forms', () => {
    const forms = readForms(templates).forms.map((one) => one.compiled);
    expect(readRiskMatrices(templates, forms).problems).toEqual([]);
  });

  it('has four levels each way and rates from the corner of the lightest to that of the gravest', () => {
    const { matrices } = readRiskMatrices(templates);
    const { grid, likelihood, impact, ratings } = matrices.at(-1)!;
    expect([likelihood.levels.length, impact.levels.length, grid[0]![0], grid[3]![3], ratings.map((one) => one.label)]).toEqual([4, 4, 'low', 'extreme', ['低', '中', '高', '極めて高い']]);
  });
});

describe('a matrix that is not sound is refused with file, place and reason', () => {
  it.each<[string, (matrix: RiskMatrix) => void, string]>([
    ['a row too few', (one) => void one.grid.pop(), '/grid 行が1行あります。発生の段階と同じ2行にしてください。'],
    ['a field too few', (one) => void one.grid[1]!.pop(), '/grid/1 欄が1個あります。影響の段階と同じ2個にしてください。'],
    ['a field too many', (one) => void one.grid[0]!.push('high'), '/grid/0 欄が3個あります。'],
    ['an unknown rating', (one) => { one.grid[0]![1] = 'middling'; }, '/grid/0/1 「middling」という評価はありません。'],
    ['a graver impact rated lower', (one) => { one.grid = [['high', 'low'], ['high', 'high']]; }, '/grid/0/1 評価「低」が、影響が1段階軽い欄の「高」より低くなっています。'],
    ['a higher likelihood rated lower', (one) => { one.grid = [['low', 'high'], ['low', 'low']]; }, '/grid/1/1 評価「低」が、発生が1段階低い欄の「高」より低くなっています。'],
    ['a rating that nothing has', (one) => { one.grid = [['low', 'low'], ['low', 'low']]; }, '/ratings/1（high） 評価「高」になる組合せが表（grid）にありません。'],
    ['two ratings of one code', (one) => { one.ratings[1]!.code = 'low'; one.grid = [['low', 'low'], ['low', 'low']]; }, '/ratings/1（low） 評価の符号「low」が2度使われています。'],
    ['two ratings of one name', (one) => { one.ratings[1]!.label = '低'; }, '評価の名前「低」が2度使われています。'],
    ['a day that is none', (one) => { one.validity.from = '2026-02-30'; }, '/validity/from 「2026-02-30」は暦にない日です。'],
    ['an end before the beginning', (one) => { one.validity.until = '2026-03-01'; }, '/validity 適用の終わり'],
    ['a colour in place of its name', (one) => { one.ratings[0]!.tone = '#00ff00' as never; }, '/ratings/0/tone 次のいずれかで書いてください：good、doubt、bad、worst。'],
    ['one level only', (one) => { one.impact.levels.pop(); }, '/impact/levels'],
    ['a field that the shape does not have', (one) => { (one as object as Record<string, unknown>)['colour'] = 'red'; }, '「colour」という欄はありません。'],
    ['an option that is both enough and lacking', (one) => { one.adequacy.lacking.push('sufficient'); }, '/adequacy/lacking/1 選択肢「sufficient」が「enough」にもあります。'],
  ])('%s', (_, change, said) => {
    expect(faults(change).join('\n')).toContain(said);
    expect(faults(change).every((one) => one.startsWith('risk-matrix/2026-04.yaml '))).toBe(true);
  });

  it('unlike the sample itself', () => expect(faults(() => undefined)).toEqual([]));

  it('an option of the forms that it does not know, and one that no form has', () => {
    const forms = readForms(templates).forms.map((one) => one.compiled);
    const matrix = small();
    const said = adequacyProblems({ ...matrix, adequacy: { enough: ['sufficient', 'fine'], lacking: ['issues-remain'] } }, 'risk-matrix/2026-04.yaml', forms).map((one) => one.reason);
    expect(said).toEqual([expect.stringMatching(/^選択肢「especially-strong」（.+の「特に力を入れている」）が、足りているとするものかどうか決まっていません。/u), expect.stringContaining('選択肢「fine」は、どの様式の対策の十分性の項目にもありません。')]);
  });
});

describe('files', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'risk-matrix-'));
    for (const name of ['schemas', 'risk-matrix']) mkdirSync(join(folder, name));
    writeFileSync(join(folder, 'schemas', 'risk-matrix.schema.json'), readFileSync(join(templates, 'schemas', 'risk-matrix.schema.json')));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (version: string, validity: RiskMatrix['validity'], name = `${version}.yaml`): void => writeFileSync(join(folder, 'risk-matrix', name), JSON.stringify({ ...small(), version, validity }));

  it('the version of the day is taken; older ones are still there by name', () => {
    write('2026-04', { from: '2026-04-01', until: '2027-04-01' });
    write('2027-04', { from: '2027-04-01' });
    expect(loadRiskMatrices(folder, '2027-03-31').current.version).toBe('2026-04');
    const later = loadRiskMatrices(folder, '2027-04-01');
    expect([later.current.version, later.version('2026-04').version]).toEqual(['2027-04', '2026-04']);
    expect(() => later.version('2020-01')).toThrow('リスクの評価の基準の版「2020-01」はありません。');
  });

  it('two versions at a time, a name that is not that of the version, and none at all are refused', () => {
    expect(() => loadRiskMatrices(folder, '2026-11-21')).toThrow('リスクの評価の基準に1件の誤りがあります。');
    write('2026-04', { from: '2026-04-01' });
    write('2027-04', { from: '2027-04-01' });
    expect(readRiskMatrices(folder).problems.map((one) => `${one.file} ${one.reason}`)).toEqual([expect.stringContaining('risk-matrix/2027-04.yaml 適用期間が「risk-matrix/2026-04.yaml」')]);
    write('2028-04', { from: '2028-04-01' }, '2028-05.yaml');
    expect(readRiskMatrices(folder).problems.map((one) => one.reason).join()).toContain('「2028-04.yaml」に置いてください。');
    expect(() => new RiskMatrices([], '2026-11-21')).toThrow('リスクの評価の基準がありません。');
  });

  it('is what the YAML says', () => {
    const written = parse(readFileSync(join(templates, 'risk-matrix', '2026-04.yaml'), 'utf8')) as RiskMatrix;
    expect(loadRiskMatrices(templates, '2026-11-21').version('2026-04')).toEqual(written);
  });
});
