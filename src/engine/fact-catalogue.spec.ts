import { Invalid } from '../kernel/errors.js';
import { factCatalogue } from './fact-catalogue.js';
import { indexForm } from './form-index.js';
import type { FormDefinition, Item } from './form.js';
import { SAMPLE_CLAIM, sampleCatalogue, sampleControls, sampleRegister } from './sample-rules.js';

const withItem = (item: object): FormDefinition => {
  const form = sampleControls();
  form.sections[0]!.blocks[0]!.items!.push(item as Item);
  return form;
};
const faults = (form: FormDefinition): string => {
  try {
    factCatalogue([{ form: indexForm(form), source: 'control' }]);
    return '';
  } catch (error) {
    return (error as Invalid).problems.map(({ path, message }) => `${path} ${message}`).join('\n');
  }
};

describe('the catalogue of facts', () => {
  it('has every item with its options, unit, limits, source and heading', () => {
    const catalogue = sampleCatalogue();
    expect(catalogue.get('unit')).toEqual({
      code: 'unit', label: 'アクセス権限を設定する単位', kind: 'choice', unit: '', source: 'control', group: 'すべて',
      options: new Map([['per-user', '利用者ごと'], ['per-department', '課・係ごと'], ['per-terminal', '端末ごと'], ['none', '設定していない']]),
    });
    expect(catalogue.get('attempts')).toMatchObject({ kind: 'number', unit: '回', min: 0, max: 100 });
    expect(catalogue.get('old-lock')!.retired).toBe('2027-04-01');
    expect(catalogue.get('begun')!.kind).toBe('date');
    expect([...catalogue.values()].map(({ source }) => source)).toEqual([...Array<string>(7).fill('register'), ...Array<string>(5).fill('control'), 'claim']);
  });

  it('a number with words for 0 is called without their note; a number that is counted says so', () => {
    const form = withItem({ code: 'interval', kind: 'number', label: '点検の間隔（0は行っていない）', zero: '行っていない', unit: 'か月', need: 'optional' });
    form.sections[0]!.blocks[0]!.items!.push({ code: 'uses', kind: 'number', label: '利用する課の数', unit: '課', counted: 'using-sections', need: 'optional' });
    const catalogue = factCatalogue([{ form: indexForm(form), source: 'control' }]);
    expect(catalogue.get('interval')).toMatchObject({ label: '点検の間隔', zero: '行っていない' });
    expect(catalogue.get('uses')).toMatchObject({ label: '利用する課の数', counted: true });
  });

  it.each([['date-text'], ['text'], ['long-text']])('%s is a text', (kind) => {
    expect(factCatalogue([{ form: indexForm(withItem({ code: 'more', kind, label: '備考', need: 'optional' })), source: 'control' }]).get('more')!.kind).toBe('text');
  });

  it.each<[string, object, string]>([
    ['a group', { code: 'more', kind: 'group', label: '行', unit: '行', need: 'optional', items: [] }, '「group」の項目は置けません'],
    ['a computed item', { code: 'more', kind: 'computed', label: '計算', need: 'optional', compute: { rule: 'copy-of', item: 'unit' } }, '「computed」の項目は置けません'],
    ['a table', { code: 'more', kind: 'table', label: '表', need: 'optional', columns: [] }, '「table」の項目は置けません'],
    ['a condition', { code: 'more', kind: 'text', label: '備考', need: 'optional', when: { item: 'unit', is: 'none' } }, '表示の条件（when）は書けません'],
    ['a retirement on no day', { code: 'more', kind: 'text', label: '備考', need: 'optional', retired: { since: '2026-02-30' } }, '暦にない日'],
    ['a retirement for what is not there', { code: 'more', kind: 'text', label: '備考', need: 'optional', retired: { since: '2026-04-01', insteadBy: 'ghost' } }, '「ghost」がこの目録にありません'],
  ])('refuses %s', (_what, item, reason) => expect(faults(withItem(item))).toMatch(new RegExp(`（more）.*${reason}`, 'u')));

  it('refuses more options of checks than a double has bits', () => {
    const form = withItem({ code: 'many', kind: 'checks', label: '多い', options: 'many', need: 'optional' });
    form.optionSets.many = Array.from({ length: 53 }, (_, n) => ({ code: `o-${n}`, label: String(n) }));
    expect(faults(form)).toContain('53個');
  });

  it('refuses a code that two catalogues use, and one of a claim that is taken', () => {
    const register = { form: indexForm(sampleRegister()), source: 'register' } as const;
    expect(() => factCatalogue([register, register])).toThrow(Invalid);
    expect(() => factCatalogue([register], [{ ...SAMPLE_CLAIM, code: 'state' }])).toThrow('1件の誤り');
  });
});
