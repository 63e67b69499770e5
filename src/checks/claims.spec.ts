import { compileCondition } from '../engine/conditions.js';
import { indexForm, type CompiledForm } from '../engine/form-index.js';
import type { AnswerSet, AnswerValue, FormDefinition } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import { acrossFacts, claimItems, claimsOf, compileClaims, type ClaimsDefinition } from './claims.js';

/** A small form: systems with their links, files that are outsourced or not, a list of names, a count. */
function smallForm(version = '2026-04'): FormDefinition {
  return {
    form: 'small', version, title: '小さい様式', shortTitle: '小さい様式', validity: { from: '2026-04-01' },
    optionSets: { use: [{ code: 'outsourced', label: '委託する' }, { code: 'not-outsourced', label: '委託しない' }], links: [{ code: 'network', label: 'ネットワーク' }, { code: 'other', label: 'その他' }] },
    sections: [
      { code: 'one', number: 'Ⅰ', title: '基本', blocks: [{ code: 'b', items: [
        { code: 'names', kind: 'text', label: '名称', need: 'required' },
        { code: 'more-names', kind: 'text-list', label: 'ほかの名称', need: 'optional' },
        { code: 'handlers', kind: 'number', label: '取扱者数', need: 'required' },
        { code: 'system', kind: 'group', label: 'システム', unit: 'システム', need: 'required', items: [
          { code: 'system-name', kind: 'text', label: '名称', need: 'required' },
          { code: 'links', kind: 'checks', label: '接続', options: 'links', need: 'required' },
        ] },
        { code: 'file', kind: 'group', label: 'ファイル', unit: 'ファイル', need: 'required', items: [] },
      ] }] },
      { code: 'two', number: 'Ⅱ', title: 'ファイル', perRowOf: 'file', blocks: [{ code: 'c', items: [
        { code: 'use', kind: 'choice', label: '委託の有無', options: 'use', need: 'required' },
        { code: 'work', kind: 'group', label: '委託事項', unit: '委託事項', need: 'required', when: { item: 'use', is: 'outsourced' }, items: [{ code: 'work-name', kind: 'text', label: '委託事項', need: 'required' }] },
      ] }] },
    ],
  };
}

const DEFINITION: ClaimsDefinition = {
  version: '2026-04', title: '事実',
  claims: [
    { code: 'claimed-named', label: '名称', group: 'システム', kind: 'names', in: { small: ['names', 'more-names', 'system-name'] } },
    { code: 'claimed-links', label: '接続', group: 'システム', kind: 'choice', across: true, options: [{ code: 'network', label: 'ネットワーク' }, { code: 'other', label: 'その他' }],
      row: { group: 'system', named: 'system-name' }, in: { small: { network: { item: 'links', includes: 'network' }, other: { item: 'links', answered: true } } } },
    { code: 'claimed-use', label: '委託', group: '委託', kind: 'choice', options: [{ code: 'outsourced', label: '委託する' }, { code: 'not-outsourced', label: '委託しない' }],
      in: { small: { 'not-outsourced': { all: [{ some: 'file', holds: { item: 'use', is: 'not-outsourced' } }, { every: 'file', holds: { item: 'use', is: 'not-outsourced' } }] }, outsourced: { some: 'file', holds: { item: 'use', is: 'outsourced' } } } } },
    { code: 'claimed-works', label: '委託事項', group: '委託', kind: 'number', unit: '件', across: true, in: { small: { rows: 'work' } } },
    { code: 'claimed-handlers', label: '取扱者数', group: 'システム', kind: 'number', unit: '人', in: { 'small/2026-04': { number: 'handlers' } } },
    { code: 'claimed-later', label: '後の版だけ', group: 'システム', kind: 'choice', options: [{ code: 'any', label: 'ある' }], in: { 'small/2027-04': { any: { item: 'names', answered: true } } } },
  ],
};

const form = indexForm(smallForm());
const later = indexForm(smallForm('2027-04'));
const claims = compileClaims(DEFINITION, [form, later]);
const row = (id: string, group: string, parent: string | null = null) => ({ id, group, parent, position: 1 });
const claimed = (set: AnswerSet, name = '住民記録システム', of: CompiledForm = form) => claimsOf(claims, of, set, name);
const of = (code: string, set: AnswerSet, name?: string): AnswerValue | undefined => claimed(set, name)[code];

describe('what an assessment claims', () => {
  it('of a blank document nothing is known but what the form does not ask', () => {
    expect(claimed({ rows: [], answers: {} })).toEqual({ 'claimed-later': { choice: 'not-stated' } });
  });

  it('takes a reading as well as answers', () => {
    const set = { rows: [], answers: { names: '住民記録システム' } };
    expect(claimsOf(claims, form, new Reading(form, set), '住民記録')).toEqual(claimed(set, '住民記録'));
  });

  it('finds the name in any of the items, in a list and in rows', () => {
    expect(of('claimed-named', { rows: [], answers: { names: '税務システム、住民記録' } })).toEqual({ choice: 'named' });
    expect(of('claimed-named', { rows: [], answers: { names: '税務システム', 'more-names': ['住民記録システム'] } })).toEqual({ choice: 'named' });
    expect(of('claimed-named', { rows: [row('s1', 'system')], answers: { 'system-name@s1': '住民記録 システム' } })).toEqual({ choice: 'named' });
    expect(of('claimed-named', { rows: [], answers: { names: '税務システム' } })).toEqual({ choice: 'not-named' });
  });

  it('reads a claim of the row that names the system, and only of that', () => {
    const set: AnswerSet = {
      rows: [row('s1', 'system'), { ...row('s2', 'system'), position: 2 }],
      answers: { 'system-name@s1': '税務システム', 'links@s1': { checked: ['network'] }, 'system-name@s2': '住民記録システム', 'links@s2': { checked: ['other'] } },
    };
    expect(of('claimed-links', set)).toEqual({ choice: 'other' });
    expect(of('claimed-links', set, '税務')).toEqual({ choice: 'network' });
    expect(of('claimed-links', set, '介護保険システム')).toEqual({ choice: 'not-stated' });
  });

  it('takes the first option in the order of the options, not of the conditions', () => {
    const files: AnswerSet = { rows: [row('f1', 'file'), { ...row('f2', 'file'), position: 2 }], answers: { 'use@f1': { choice: 'not-outsourced' }, 'use@f2': { choice: 'outsourced' } } };
    expect(of('claimed-use', files)).toEqual({ choice: 'outsourced' });
    expect(of('claimed-use', { ...files, answers: { 'use@f1': { choice: 'not-outsourced' }, 'use@f2': { choice: 'not-outsourced' } } })).toEqual({ choice: 'not-outsourced' });
    // One file is not yet answered: neither can be said.
    expect(of('claimed-use', { ...files, answers: { 'use@f1': { choice: 'not-outsourced' } } })).toBeUndefined();
  });

  it('counts rows over all files; a group that is not asked has none, a group that is asked and has none is blank', () => {
    const rows = [row('f1', 'file'), { ...row('f2', 'file'), position: 2 }];
    const works = [row('w1', 'work', 'f1'), { ...row('w2', 'work', 'f1'), position: 2 }, row('w3', 'work', 'f2')];
    const both = { 'use@f1': { choice: 'outsourced' }, 'use@f2': { choice: 'outsourced' } };
    expect(of('claimed-works', { rows: [...rows, ...works], answers: both })).toBe(3);
    expect(of('claimed-works', { rows, answers: { 'use@f1': { choice: 'not-outsourced' }, 'use@f2': { choice: 'not-outsourced' } } })).toBe(0);
    expect(of('claimed-works', { rows, answers: both })).toBeUndefined();
    expect(of('claimed-works', { rows: [], answers: {} })).toBeUndefined();
  });

  it('reads a version of a form before the form, and says of a form that does not ask that it does not', () => {
    const set: AnswerSet = { rows: [], answers: { handlers: 12, names: '税務システム' } };
    expect(claimed(set)['claimed-handlers']).toBe(12);
    expect(claimed(set, '税務', later)['claimed-handlers']).toBeUndefined();
    expect(claimed(set, '税務', later)['claimed-later']).toEqual({ choice: 'any' });
  });

  it('a form that the claims do not know claims nothing', () => {
    const other = indexForm({ ...smallForm(), form: 'other' });
    expect(claimed({ rows: [], answers: { names: '住民記録システム', handlers: 3 } }, '住民記録', other)).toEqual({
      'claimed-named': { choice: 'not-stated' }, 'claimed-links': { choice: 'not-stated' }, 'claimed-use': { choice: 'not-stated' }, 'claimed-later': { choice: 'not-stated' },
    });
  });
});

describe('assessments of one system', () => {
  const links = (choice: string): Record<string, AnswerValue> => ({ 'claimed-links': { choice } });

  it('agree or differ once two of them say something', () => {
    expect(acrossFacts(claims, [links('network'), links('network')])).toEqual({ 'claimed-links-across': { choice: 'same' } });
    expect(acrossFacts(claims, [links('network'), links('other'), links('network')])).toEqual({ 'claimed-links-across': { choice: 'differs' } });
    expect(acrossFacts(claims, [{ 'claimed-works': 3 }, { 'claimed-works': 2 }, { 'claimed-use': { choice: 'outsourced' } }])).toEqual({ 'claimed-works-across': { choice: 'differs' } });
  });

  it('while another may still say it, it is not known', () => {
    expect(acrossFacts(claims, [])).toEqual({});
    expect(acrossFacts(claims, [links('network')])).toEqual({});
    expect(acrossFacts(claims, [links('network'), links('not-stated'), {}])).toEqual({});
  });

  it('what no other has a place to say cannot be compared', () => {
    expect(acrossFacts(claims, [links('network'), links('not-stated')])).toEqual({ 'claimed-links-across': { choice: 'not-comparable' } });
    expect(acrossFacts(claims, [links('not-stated'), links('not-stated')])).toEqual({ 'claimed-links-across': { choice: 'not-comparable' } });
  });
});

describe('claims as facts of rules', () => {
  it('have the options that can come out, and their agreement beside', () => {
    const items = claimItems(claims);
    expect(items.map(({ code, kind, source }) => [code, kind, source])).toEqual([
      ['claimed-named', 'choice', 'claim'], ['claimed-links', 'choice', 'claim'], ['claimed-links-across', 'choice', 'claim'], ['claimed-use', 'choice', 'claim'],
      ['claimed-works', 'number', 'claim'], ['claimed-works-across', 'choice', 'claim'], ['claimed-handlers', 'number', 'claim'], ['claimed-later', 'choice', 'claim'],
    ]);
    expect([...items[0]!.options.keys()]).toEqual(['named', 'not-named', 'not-stated']);
    expect([...items[2]!.options]).toEqual([['same', '一致している'], ['differs', '食い違っている'], ['not-comparable', 'ほかに述べる評価書がない']]);
    expect(items[4]).toMatchObject({ unit: '件', min: 0, group: '評価書の記載：委託' });
  });

  it('a condition over them can be written as over any fact', () => {
    const set: AnswerSet = { rows: [], answers: { names: '税務システム' } };
    const condition = compileCondition({ item: 'claimed-named', is: 'not-named' }, () => undefined);
    expect(condition.evaluate({ value: (code) => claimed(set)[code], rows: () => [] })).toBe('yes');
  });
});
