import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { inProject } from '../kernel/root.js';
import { CONTENT_FOLDERS, releaseChecksums, releaseEverything } from './content-loader.js';
import { readCatalogues, readRuleSets } from './rule-set-loader.js';
import { sampleCatalogue, sampleControls, sampleRegister, sampleRule, sampleRuleSet } from './sample-rules.js';

let folder: string;
const write = (file: string, content: unknown): void => {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), typeof content === 'string' ? content : stringify(content));
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenken-rules-'));
  write('schemas/form.schema.json', readFileSync(inProject('templates', 'schemas', 'form.schema.json'), 'utf8'));
  write('systems/2026-04.yaml', sampleRegister());
  write('controls/2026-04.yaml', sampleControls());
  write('rule-sets/sample/2026-04.yaml', sampleRuleSet());
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('catalogues', () => {
  const problems = (): string[] => readCatalogues(folder).problems.map(({ file, path, reason }) => `${file} ${path} ${reason}`);

  it('are read with evidence, inheritance and retirement, and frozen', () => {
    const { systems, controls, problems: none } = readCatalogues(folder);
    expect(none).toEqual([]);
    expect([...systems, ...controls].map(({ file }) => file)).toEqual(['systems/2026-04.yaml', 'controls/2026-04.yaml']);
    expect(controls[0]!.compiled.byCode.get('unit')!.item).toMatchObject({ evidence: '権限の設定画面', inheritable: true });
    expect(controls[0]!.compiled.byCode.get('old-lock')!.item.retired).toEqual({ since: '2027-04-01', insteadBy: 'unit' });
    expect(Object.isFrozen(controls[0]!.definition.sections)).toBe(true);
  });

  it.each<[string, () => void, string]>([
    ['a file that is named otherwise', () => write('controls/2027-04.yaml', { ...sampleControls(), version: '2028-04', validity: { from: '2028-04-01' } }), 'controls/2027-04.yaml /version ファイルの場所が種類と版に合いません。「2028-04.yaml」'],
    ['another form', () => write('systems/2026-04.yaml', sampleControls()), 'systems/2026-04.yaml /form 「system」と書いてください'],
    ['an item with a condition', () => write('controls/2026-04.yaml', withItem({ code: 'more', kind: 'text', label: '備考', need: 'optional', when: { item: 'unit', is: 'none' } })), 'controls/2026-04.yaml /sections/0/blocks/0/items/5（more）/when 目録の項目に表示の条件'],
    ['a group', () => write('controls/2026-04.yaml', withItem({ code: 'more', kind: 'group', label: '行', unit: '行', need: 'optional', items: [] })), '（more）/kind 目録に「group」の項目は置けません'],
    ['a computed item', () => write('controls/2026-04.yaml', withItem({ code: 'more', kind: 'computed', label: '写し', need: 'optional', compute: { rule: 'copy-of', item: 'unit' } })), '（more）/kind 目録に「computed」の項目は置けません'],
    ['an unknown attribute', () => write('controls/2026-04.yaml', withItem({ code: 'more', kind: 'text', label: '備考', need: 'optional', inherits: true })), '「inherits」という欄はありません'],
    ['what the product cannot count', () => write('controls/2026-04.yaml', withItem({ code: 'more', kind: 'number', label: '数', need: 'optional', counted: 'ghosts' })), '/counted 次のいずれかで書いてください'],
    ['versions that overlap', () => write('controls/2027-04.yaml', { ...sampleControls(), version: '2027-04', validity: { from: '2027-04-01' } }), 'controls/2027-04.yaml /validity 適用期間が「controls/2026-04.yaml」'],
    ['no version at all', () => rmSync(join(folder, 'controls/2026-04.yaml')), 'controls  目録（controls/<版>.yaml）がありません'],
  ])('refuse %s', (_what, change, reason) => {
    change();
    expect(problems().join('\n')).toContain(reason);
  });

  function withItem(item: object): object {
    const form = sampleControls();
    return { ...form, sections: [{ ...form.sections[0], blocks: [{ code: 'all-items', items: [...form.sections[0]!.blocks[0]!.items!, item] }] }] };
  }
});

describe('rule sets', () => {
  const problems = (): string[] => readRuleSets(folder, sampleCatalogue()).problems.map(({ file, path, reason }) => `${file} ${path} ${reason}`);

  it('are read and frozen', () => {
    const { ruleSets, problems: none } = readRuleSets(folder, sampleCatalogue());
    expect(none).toEqual([]);
    expect(ruleSets.map(({ file, definition }) => [file, definition.rules.length])).toEqual([['rule-sets/sample/2026-04.yaml', 1]]);
    expect(Object.isFrozen(ruleSets[0]!.definition.rules[0])).toBe(true);
  });

  it('all problems of all files, with file and place', () => {
    write('rule-sets/sample/2027-04.yaml', sampleRuleSet());
    write('rule-sets/other/2026-04.yaml', sampleRuleSet([sampleRule({ expects: { item: 'ghost', is: 'x' } })], { ruleSet: 'other' }));
    write('rule-sets/broken/2026-04.yaml', 'ruleSet: [');
    const found = problems();
    expect(found.some((one) => one.startsWith('rule-sets/broken/2026-04.yaml 1行目 YAMLとして読めません'))).toBe(true);
    expect(found).toContain('rule-sets/other/2026-04.yaml /rules/0/expects（right-unit） 「ghost」という台帳の項目・統制・評価書の記載はありません。綴りを確かめてください。');
    expect(found).toContain('rule-sets/sample/2027-04.yaml /version ファイルの場所が種類と版に合いません。「sample/2026-04.yaml」に置いてください。');
    expect(readRuleSets(folder, sampleCatalogue()).ruleSets).toHaveLength(1);
  });

  it('a code of a rule that another set has', () => {
    write('rule-sets/other/2026-04.yaml', sampleRuleSet([sampleRule()], { ruleSet: 'other' }));
    expect(problems()).toEqual(['rule-sets/sample/2026-04.yaml /rules/0/code（right-unit） 規則の符号「right-unit」は「rule-sets/other/2026-04.yaml」でも使われています。別の符号にしてください。']);
  });
});

describe('released versions', () => {
  it('of every kind of content may not change or vanish', () => {
    expect(CONTENT_FOLDERS.map((one) => releaseChecksums(folder, one))).toEqual([[], ['2026-04.yaml'], ['2026-04.yaml'], ['sample/2026-04.yaml'], [], [], [], [], [], [], []]);
    expect(CONTENT_FOLDERS.map((one) => releaseChecksums(folder, one))).toEqual(CONTENT_FOLDERS.map(() => []));
    expect([...readCatalogues(folder).problems, ...readRuleSets(folder, sampleCatalogue()).problems]).toEqual([]);
    for (const file of ['systems/2026-04.yaml', 'rule-sets/sample/2026-04.yaml']) writeFileSync(join(folder, file), `${readFileSync(join(folder, file), 'utf8')}# a word\n`);
    rmSync(join(folder, 'controls/2026-04.yaml'));
    expect(readCatalogues(folder).problems.map(({ file, reason }) => [file, reason.slice(0, 9)])).toEqual([['systems/2026-04.yaml', '公開済みの版が書き'], ['controls/2026-04.yaml', '公開済みの版が見つ'], ['controls', '目録（contro']]);
    expect(readRuleSets(folder, sampleCatalogue()).problems.map(({ file }) => file)).toEqual(['rule-sets/sample/2026-04.yaml']);
    expect(() => releaseChecksums(folder, 'rule-sets')).toThrow('rule-sets/sample/2026-04.yaml：公開済みの版が書き換えられています');
  });

  it('all folders at once, or none when one of them has a released version that changed', () => {
    expect(releaseEverything(folder)).toEqual(['systems/2026-04.yaml', 'controls/2026-04.yaml', 'rule-sets/sample/2026-04.yaml']);
    write('controls/2027-04.yaml', { ...sampleControls(), version: '2027-04' });
    writeFileSync(join(folder, 'rule-sets/sample/2026-04.yaml'), 'changed: yes\n');
    expect(() => releaseEverything(folder)).toThrow('書き換えられています');
    expect(readFileSync(join(folder, 'controls/released.json'), 'utf8')).not.toContain('2027-04');
  });
});
