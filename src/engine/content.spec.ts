import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { stringify } from 'yaml';
import { readForms, releaseChecksums } from './content-loader.js';
import { checkAcrossForms, checkFormVersions, formCheck } from './content.js';
import type { FormDefinition } from './form.js';
import { itemOf, sampleForm } from './sample-form.js';

const schemaText = readFileSync(join(import.meta.dirname, '../../templates/schemas/form.schema.json'), 'utf8');
const check = formCheck(JSON.parse(schemaText) as object);
/** Problems of the sample form after a change to one item (or to the form itself). */
const reasons = (change: (form: FormDefinition) => void): string[] => {
  const form = sampleForm();
  change(form);
  return check(form, 'sample/2026-04.yaml').map(({ path, reason }) => `${path} ${reason}`);
};
const set = (code: string, fields: object) => (form: FormDefinition): void => void Object.assign(itemOf(form, code), fields);

describe('checking a form', () => {
  it('a sound form has no problems', () => expect(reasons(() => undefined)).toEqual([]));

  it.each<[string, (form: FormDefinition) => void, string]>([
    ['an unknown field', set('affair-name', { colour: 'red' }), '「colour」という欄はありません'],
    ['a missing field', (form) => delete (itemOf(form, 'affair-name') as Partial<{ need: string }>).need, '「need」がありません'],
    ['an unknown kind', set('affair-name', { kind: 'textarea' }), '「textarea」は知らない種類です'],
    ['a code that is no word', set('affair-name', { code: 'Affair Name' }), '書き方が決まり'],
    ['a doubled code', set('affair-name', { code: 'affair-content' }), '「affair-content」が2度使われています'],
    ['an unknown option set', set('network-use', { options: 'no-such' }), '「no-such」という選択肢の組はありません'],
    ['an unknown item in a condition', set('network-basis', { when: { item: 'ghost', is: 'used' } }), '「ghost」という項目はありません'],
    ['an unknown option in a condition', set('network-basis', { when: { item: 'network-use', is: 'usd' } }), '「usd」は、項目「network-use」の選択肢にありません'],
    ['an unknown test', set('network-basis', { when: { item: 'network-use', matches: 'x' } }), '「matches」という比べ方はありません'],
    ['a condition that looks into rows from outside', set('network-basis', { when: { item: 'file-name', answered: true } }), '「every」か「some」を使ってください'],
    ['a condition that cannot hold', set('network-basis', { when: { all: [{ item: 'network-use', is: 'used' }, { item: 'network-use', is: 'not-used' }] } }), '表示されることがありません'],
    ['a condition against that of its group', set('outsourced-work', { when: { item: 'outsourcing-use', is: 'not-outsourced' } }), '表示されることがありません'],
    ['a cycle of conditions', set('network-use', { when: { item: 'network-basis', answered: true } }), 'network-use → network-basis → network-use'],
    ['a cycle of copies', set('risk-file-name', { compute: { rule: 'copy-of', item: 'risk-file-name' } }), '輪になっています'],
    ['a count of no group', set('outsourcing-use', { count: { of: 'file-name', unit: '件', whenChoice: 'outsourced' } }), '「file-name」は行の集まり（group）ではありません'],
    ['words for 0 that the label does not say', set('people-count', { label: '点検の間隔', zero: '行っていない' }), '「（0は行っていない）」で終えて'],
    ['words for a 0 that cannot be', set('people-count', { label: '点検の間隔（0は行っていない）', zero: '行っていない', min: 1 }), '0の意味（zero）は要りません'],
    ['a name item outside the rows', set('outsourcing', { nameItem: 'affair-name' }), '行の中の項目ではありません'],
    ['a file within itself', (form) => void (form.sections[0]!.perRowOf = 'file'), '自分自身の中に置かれています'],
    ['bands that overlap', (form) => void (form.optionSets.band![0]!.below = 20), '重なっています'],
    ['bands with a gap', (form) => void (form.optionSets.band![0]!.below = 5), '離れていて'],
    ['a validity that ends before it begins', (form) => void (form.validity.until = '2026-01-01'), '以前です'],
    ['a day that is not in the calendar', (form) => void (form.validity.from = '2026-02-30'), '暦にない日です'],
  ])('%s', (_name, change, reason) => expect(reasons(change).join('\n')).toContain(reason));

  it('lists every problem with its place, not the first only', () => {
    const found = reasons((form) => {
      set('network-use', { options: 'no-such' })(form);
      set('outsourcing-use', { notAbove: 'ghost' })(form);
    });
    expect(found).toHaveLength(2);
    expect(found[0]).toContain('（network-use）/options');
  });

  it('any JSON gives problems and never a throw', () => {
    const whole = fc.jsonValue();
    const part = fc.tuple(fc.constantFrom('affair-name', 'network-use', 'network-basis', 'outsourcing', 'judgement', 'changes'), fc.constantFrom('when', 'kind', 'options', 'items', 'compute', 'columns', 'code', 'count', 'nameItem'), fc.jsonValue());
    fc.assert(fc.property(whole, (value) => check(value, 'x').length > 0));
    fc.assert(fc.property(part, ([code, field, value]) => Array.isArray(reasons(set(code, { [field]: value })))), { numRuns: 300 });
  });
});

describe('versions and forms together', () => {
  const version = (from: string, until: string | undefined, name: string): { definition: FormDefinition; file: string } => ({ definition: { ...sampleForm(), version: name, validity: until === undefined ? { from } : { from, until } }, file: `sample/${name}.yaml` });

  it('overlapping validity is told, neighbouring is not', () => {
    expect(checkFormVersions([version('2019-01-01', '2026-04-01', '2019-01'), version('2026-04-01', undefined, '2026-04')])).toEqual([]);
    expect(checkFormVersions([version('2019-01-01', undefined, '2019-01'), version('2026-04-01', undefined, '2026-04')]).map(({ path }) => path)).toEqual(['/validity']);
    expect(checkFormVersions([version('2019-01-01', undefined, '2019-01'), version('2026-04-01', undefined, '2019-01')]).map(({ path }) => path)).toEqual(['/version']);
  });

  it('a prefill from an item that no other form has', () => {
    const form = sampleForm();
    set('affair-name', { prefilledBy: 'people' })(form);
    expect(checkAcrossForms([{ definition: form, file: 'a' }])[0]!.reason).toContain('「people」');
  });
});

describe('reading the folder', () => {
  let folder: string;
  const write = (file: string, text: string): void => writeFileSync(join(folder, 'forms', file), text);
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenken-content-'));
    mkdirSync(join(folder, 'forms/sample'), { recursive: true });
    mkdirSync(join(folder, 'schemas'));
    writeFileSync(join(folder, 'schemas/form.schema.json'), schemaText);
    write('sample/2026-04.yaml', stringify(sampleForm()));
    write('sample/table.2026-04.yaml', 'not: a form');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('gives frozen, compiled forms and leaves tables to others', () => {
    const { forms, problems } = readForms(folder);
    expect(problems).toEqual([]);
    expect(forms.map(({ file }) => file)).toEqual(['sample/2026-04.yaml']);
    expect(Object.isFrozen(forms[0]!.definition.sections[0]!.blocks[0]!.items)).toBe(true);
    expect(forms[0]!.compiled.definition).toBe(forms[0]!.definition);
  });

  it('tells all problems of all files', () => {
    write('sample/2027-04.yaml', 'form: sample\n  version: [');
    write('sample/2028-04.yaml', stringify({ ...sampleForm(), version: '2030-01' }));
    const files = readForms(folder).problems.map(({ file }) => file);
    expect([...new Set(files)].sort()).toEqual(['sample/2027-04.yaml', 'sample/2028-04.yaml']);
  });

  it('a released version may not change or vanish; a new one may come', () => {
    expect(releaseChecksums(folder)).toEqual(['sample/2026-04.yaml']);
    expect(readForms(folder).problems).toEqual([]);
    write('sample/2026-04.yaml', `${stringify(sampleForm())}# a word\n`);
    expect(readForms(folder).problems.map(({ reason }) => reason)).toEqual(['公開済みの版が書き換えられています。元に戻し、変更は新しい版のファイルに書いてください。']);
    expect(() => releaseChecksums(folder)).toThrow('書き換えられています');
    rmSync(join(folder, 'forms/sample/2026-04.yaml'));
    expect(readForms(folder).problems[0]!.reason).toContain('見つかりません');
  });

  it('an entity bomb is an error, not a crash', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'.split('').map((name, n) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[n]}`).join(',')}]`).join('\n')}\n`;
    write('sample/2029-04.yaml', bomb);
    expect(readForms(folder).problems.some(({ file }) => file === 'sample/2029-04.yaml')).toBe(true);
  });
});
