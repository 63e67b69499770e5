import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inProject } from '../../kernel/root.js';
import { loadCatalogue } from '../catalogue.js';
import { ImportFields } from './fields.js';
import { foldHeading, foldWord, importWordsProblems, loadImportWords, readImportWords, WORDS_FILE } from './import-words.js';

const form = loadCatalogue(inProject('templates'), '2026-11-21').register;
const words = parse(readFileSync(inProject('templates', WORDS_FILE), 'utf8')) as Record<string, Record<string, unknown>>;
/** The words with one place changed: `set(['items', 'purpose'], […])`. */
const changed = (path: string[], value: unknown): unknown => {
  const copy = structuredClone(words);
  const last = path.at(-1)!;
  const holder = path.slice(0, -1).reduce<Record<string, unknown>>((at, key) => at[key] as Record<string, unknown>, copy);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return copy;
};

describe('the words of the product', () => {
  it('are sound', () => {
    expect(readImportWords(inProject('templates'), form).problems).toEqual([]);
  });

  it.each<[string, string[], unknown, string, string]>([
    ['no list', [], 'x', '', '定義ではありません'],
    ['an unknown part', ['colours'], {}, '/colours', '知らない欄'],
    ['a missing part', ['marks'], undefined, '/marks', 'この欄がない'],
    ['a text for a list', ['totals'], '合計', '/totals', '語の並び'],
    ['a missing list', ['lower'], undefined, '/lower', '語の並び'],
    ['a blank word', ['totals'], ['  '], '/totals', '語の並び'],
    ['an unknown field', ['fields', 'colour'], { label: '色', names: [] }, '/fields/colour', 'という欄はありません'],
    ['a field without words', ['fields', 'owner'], undefined, '/fields/owner', '見出しがありません'],
    ['a field without a label', ['fields', 'owner'], { names: [] }, '/fields/owner/label', '見出し（label）'],
    ['an unknown item', ['items', 'colour'], ['色'], '/items/colour', '項目「colour」はありません'],
    ['a counted item', ['items', 'using-sections'], ['x'], '/items/using-sections', '製品が数える'],
    ['an unknown option set', ['options', 'colours'], { red: ['赤'] }, '/options/colours', '選択肢の組'],
    ['an unknown option', ['options', 'place', 'moon'], ['月'], '/options/place/moon', '「moon」はありません'],
    ['a heading of two fields', ['items', 'operation'], ['ネット ワーク'], '/items/network', '「operation」にもあります'],
    ['a word of two options', ['options', 'host-kind', 'pc'], ['サーバー'], '/options/host-kind/pc', '「server」の語でもあります'],
    ['a mark of two meanings', ['marks', 'no'], ['◯'], '/marks/no', '「yes」の語でもあります'],
  ])('%s is named with its place', (_what, path, value, place, reason) => {
    const problems = importWordsProblems(path.length === 0 ? value : changed(path, value), form);
    expect(problems).toContainEqual({ path: place, reason: expect.stringContaining(reason) as string });
  });

  it('broken YAML and faults stop the loading with their file', () => {
    const broken = inProject('test', 'fixtures', 'registers', 'broken-words');
    expect(readImportWords(broken, form).problems[0]).toEqual({ file: WORDS_FILE, path: expect.stringMatching(/^\d行目$/u) as string, reason: expect.stringContaining('YAMLとして読めません') as string });
    expect(() => loadImportWords(broken, form)).toThrow('取込みの語の定義に');
  });
});

describe('folding', () => {
  it('takes away widths, blanks, line ends, notes and units in brackets from headings', () => {
    for (const heading of ['システムを利用する課の数(課)', ' システムを\n利用する 課の数（課）', 'システムを利用する課の数', '※システムを利用する課の数※1']) expect(foldHeading(heading)).toBe('システムを利用する課の数');
    expect(foldHeading('他部局の利用状況（再掲）')).toBe('他部局の利用状況(再掲)');
  });

  it('makes circles, crosses and dashes one', () => {
    expect(['○', '〇', '◯', '◎', '●'].map(foldWord)).toEqual(['○', '○', '○', '○', '○']);
    expect(['×', '✕', '✗'].map(foldWord)).toEqual(['×', '×', '×']);
    expect(['－', '-', '―', 'ー', '—', '−', 'ｰ'].map(foldWord)).toEqual(Array(7).fill('-'));
  });
});

describe('headings', () => {
  const fields = new ImportFields(form, loadImportWords(inProject('templates'), form));
  // The headings of 別表1 and 別表2 of the administrative audit of Hakodate, and of its tables of safety.
  it.each<[string[], string | null]>([
    [['所管部局'], 'owner'], [['番号'], 'number'], [['システム名'], 'name'], [['目的・運用等'], 'purpose'], [['他部局の利用状況(再掲)'], 'use-department'], [['システムを利用する課の数(課)'], 'sections'],
    [['端末設置台数(台)'], 'terminals'], [['現地調査'], 'on-site-survey'], [['システム名称'], 'name'], [['主となり所管する外部機関'], 'external-owner'], [['区分'], 'class'],
    [['システムを搭載する本体の種別'], 'host-kind'], [['サーバ等設置・保管場所'], 'place'], [['ウィルス対策の有無'], 'virus-protection'], [['ネットワークへの接続等'], 'network'], [['システムへのアクセス権限の設定方法'], 'access-granting'],
    [['他部局の利用状況(再掲)', '部局'], 'use-department'], [['他部局の利用状況(再掲)', '課'], 'use-sections'], [['他部局の利用状況(再掲)／端末(台)'], 'use-terminals'], [['概要', 'システム名'], 'name'], [['課数'], 'sections'],
    [['委託契約', '有無'], 'contracts'], [['委託契約', '個人情報の条項'], 'contract-clauses'], [['本体／種別'], 'host-kind'], [['有無'], null],
    [['備考'], null], [[''], null], [[], null], [['合計', '備考'], null],
  ])('%j', (storeys, field) => {
    expect(fields.recognise(storeys)).toBe(field);
  });

  it('every field is known by the heading of its export', () => {
    for (const { code, label } of fields.all) expect([label, fields.recognise([label])]).toEqual([label, code]);
  });
});
