import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { acrossFacts, claimItems, claimsOf } from '../src/checks/claims.js';
import { readClaims } from '../src/checks/claims-content.js';
import { loadContent } from '../src/assessments/content.js';
import { Forms } from '../src/assessments/forms.js';
import { answerSetOf, readDemoDocuments } from '../src/demo/documents.js';
import { readCatalogues } from '../src/engine/content-loader.js';
import { factCatalogue } from '../src/engine/fact-catalogue.js';
import type { AnswerSet, AnswerValue, Code } from '../src/engine/form.js';
import { readRuleSets } from '../src/engine/rule-set-loader.js';
import { compileRules } from '../src/engine/rules.js';
import { inProject } from '../src/kernel/root.js';

const templates = inProject('templates');
const content = loadContent(templates);
const forms = new Forms(content.forms, content.table);
const { claims } = readClaims(templates, content.forms);
const documents = await readDemoDocuments(inProject('templates', 'demo'));

type Said = Record<Code, string | number>;
/** Choices by their code, numbers as they are. */
const said = (values: Record<Code, AnswerValue>): Said => Object.fromEntries(Object.entries(values).map(([code, value]) => [code, typeof value === 'number' ? value : (value as { choice: string }).choice]));
const valuesOf = (name: string, systemName: string): Record<Code, AnswerValue> => {
  const document = documents.find((one) => one.name === name)!;
  const form = forms.get(document.form, document.version);
  return claimsOf(claims, form, answerSetOf(document, form.definition), systemName);
};
const of = (name: string, systemName: string): Said => said(valuesOf(name, systemName));
const NOT = 'not-stated';

describe('what the documents of the demo city claim, read by hand', () => {
  it('the full assessment of こども医療費助成, of its main system', () => {
    // Two files; where they differ the weaker counts: Ⅲ3 リスク2 is 特に力を入れている for one and 十分である for the other.
    expect(of('child-medical.full', 'こども医療費助成システム')).toEqual({
      'claimed-system-named': 'named', 'claimed-systems': 4, 'claimed-connection': 'other-systems', 'claimed-network-use': 'used', 'claimed-people': 'from-10000', 'claimed-handlers': NOT, 'claimed-users': 'under-100', 'claimed-my-number': 'held',
      'claimed-outsourcing': 'outsourced', 'claimed-outsourcing-items': 8, 'claimed-re-outsourcing': 're-outsourced', 'claimed-re-outsourcing-supervision': 'ensured', 'claimed-contract-provisions': 'defined',
      'claimed-contractor-limits': 'limited', 'claimed-contractor-deletion': 'defined', 'claimed-outsourcing-adequacy': 'sufficient',
      'claimed-linking-adequacy': 'sufficient', 'claimed-user-authentication': 'done', 'claimed-unauthorized-use-adequacy': 'sufficient', 'claimed-authority-issue': 'done', 'claimed-authority-management': 'done', 'claimed-use-record': 'recorded',
      'claimed-misuse-adequacy': 'sufficient', 'claimed-copying-adequacy': 'sufficient', 'claimed-accuracy-adequacy': 'sufficient', 'claimed-manual-work': NOT, 'claimed-human-error-adequacy': NOT,
      'claimed-leakage-adequacy': 'sufficient', 'claimed-storage-lock': 'locked', 'claimed-retention-period': 'set', 'claimed-deletion-procedure': 'defined', 'claimed-physical': 'sufficient', 'claimed-technical': 'sufficient', 'claimed-backup': 'sufficient',
      'claimed-safety-rules': 'sufficient', 'claimed-incident-procedure': 'sufficient', 'claimed-serious-incident': 'no', 'claimed-self-inspection': 'done', 'claimed-audit': 'done', 'claimed-education': 'sufficient',
    });
  });

  it.each([
    ['共通基盤システム', 'named', 'information-network'],
    ['共通基盤', 'named', 'information-network'],
    ['中間サーバ', 'named', 'information-network'],
    ['電子申請受付システム', 'named', 'other-systems'],
    ['個人住民税システム', 'not-named', NOT],
  ])('of %s it claims what its own row says', (system, named, connection) => {
    expect(of('child-medical.full', system)).toMatchObject({ 'claimed-system-named': named, 'claimed-connection': connection });
  });

  it('the priority assessment of 個人住民税', () => {
    expect(of('resident-tax.priority', '個人住民税システム')).toEqual({
      'claimed-system-named': 'named', 'claimed-systems': 4, 'claimed-connection': 'other-systems', 'claimed-network-use': 'used', 'claimed-people': 'from-100000', 'claimed-handlers': NOT, 'claimed-users': 'under-100', 'claimed-my-number': 'held',
      'claimed-outsourcing': 'outsourced', 'claimed-outsourcing-items': 3, 'claimed-re-outsourcing': 're-outsourced', 'claimed-re-outsourcing-supervision': 'ensured', 'claimed-contract-provisions': 'defined',
      'claimed-contractor-limits': NOT, 'claimed-contractor-deletion': NOT, 'claimed-outsourcing-adequacy': 'sufficient',
      'claimed-linking-adequacy': 'sufficient', 'claimed-user-authentication': 'done', 'claimed-unauthorized-use-adequacy': 'especially-strong', 'claimed-authority-issue': NOT, 'claimed-authority-management': NOT, 'claimed-use-record': NOT,
      'claimed-misuse-adequacy': NOT, 'claimed-copying-adequacy': NOT, 'claimed-accuracy-adequacy': NOT, 'claimed-manual-work': NOT, 'claimed-human-error-adequacy': NOT,
      'claimed-leakage-adequacy': 'sufficient', 'claimed-storage-lock': 'locked', 'claimed-retention-period': NOT, 'claimed-deletion-procedure': NOT, 'claimed-physical': NOT, 'claimed-technical': NOT, 'claimed-backup': NOT,
      'claimed-safety-rules': NOT, 'claimed-incident-procedure': 'sufficient', 'claimed-serious-incident': 'no', 'claimed-self-inspection': 'done', 'claimed-audit': 'done', 'claimed-education': 'sufficient',
    });
  });

  it('the basic assessment of 介護保険, whose systems stand in one line', () => {
    expect(of('nursing-insurance.basic', '介護保険システム')).toMatchObject({
      'claimed-system-named': 'named', 'claimed-connection': NOT, 'claimed-network-use': 'used', 'claimed-people': 'from-10000', 'claimed-handlers': 'under-500', 'claimed-users': NOT,
      'claimed-outsourcing': 'outsourced', 'claimed-re-outsourcing': NOT, 'claimed-outsourcing-adequacy': 'sufficient', 'claimed-unauthorized-use-adequacy': 'sufficient',
      'claimed-manual-work': 'exists', 'claimed-human-error-adequacy': 'sufficient', 'claimed-leakage-adequacy': 'sufficient',
      'claimed-self-inspection': 'done', 'claimed-audit': 'done', 'claimed-education': 'sufficient',
    });
    expect(of('nursing-insurance.basic', '中間サーバー')['claimed-system-named']).toBe('named');
    expect(of('nursing-insurance.basic', '団体内統合宛名')['claimed-system-named']).toBe('not-named');
  });

  it('a draft claims nothing where it is blank', () => {
    const draft = of('child-allowance.basic', '児童手当システム');
    expect(draft).toMatchObject({ 'claimed-system-named': 'named', 'claimed-people': 'from-10000', 'claimed-connection': NOT });
    for (const code of ['claimed-outsourcing', 'claimed-unauthorized-use-adequacy', 'claimed-leakage-adequacy', 'claimed-self-inspection', 'claimed-education', 'claimed-manual-work']) expect(draft).not.toHaveProperty(code);
  });
});

describe('what answers made for the purpose claim', () => {
  const form = forms.get('full', '2024-10');
  const row = (id: string, group: string, parent: string | null, position = 1) => ({ id, group, parent, position });
  const two = (answers: AnswerSet['answers'], more: AnswerSet['rows'] = []): Said =>
    said(claimsOf(claims, form, { rows: [row('f1', 'file', null), row('f2', 'file', null, 2), ...more], answers }, '住民記録システム'));
  const choice = (code: string): AnswerValue => ({ choice: code });

  it('one file with remaining issues makes the claim of the document', () => {
    expect(two({ 'use-risk2-adequacy@f1': choice('especially-strong'), 'use-risk2-adequacy@f2': choice('issues-remain') })['claimed-unauthorized-use-adequacy']).toBe('issues-remain');
    expect(two({ 'use-risk2-adequacy@f1': choice('especially-strong'), 'use-risk2-adequacy@f2': choice('especially-strong') })['claimed-unauthorized-use-adequacy']).toBe('especially-strong');
    expect(two({ 'use-risk2-adequacy@f1': choice('especially-strong') })).not.toHaveProperty('claimed-unauthorized-use-adequacy');
  });

  it('nothing is outsourced anywhere', () => {
    const none = { 'outsourcing-use@f1': choice('not-outsourced'), 'outsourcing-use@f2': choice('not-outsourced'), 'outsourcing-none@f1': { checked: ['not-outsourced'] }, 'outsourcing-none@f2': { checked: ['not-outsourced'] } };
    expect(two(none)).toMatchObject({
      'claimed-outsourcing': 'not-outsourced', 'claimed-outsourcing-items': 0, 'claimed-re-outsourcing': 'not-outsourced', 'claimed-re-outsourcing-supervision': 'not-outsourced',
      'claimed-contract-provisions': 'not-outsourced', 'claimed-contractor-limits': 'not-outsourced', 'claimed-contractor-deletion': 'not-outsourced', 'claimed-outsourcing-adequacy': 'not-outsourced',
    });
  });

  it('one file is outsourced and not re-outsourced, the other is not outsourced', () => {
    expect(two({
      'outsourcing-use@f1': choice('outsourced'), 'reoutsourcing-use@o1': choice('not-reoutsourced'), 'outsourcing-risk-reoutsourcing@f1': choice('not-reoutsourced'), 'outsourcing-risk-contract-provisions@f1': choice('not-defined'),
      'outsourcing-use@f2': choice('not-outsourced'), 'outsourcing-none@f2': { checked: ['not-outsourced'] },
    }, [row('o1', 'outsourcing', 'f1')])).toMatchObject({
      'claimed-outsourcing': 'outsourced', 'claimed-outsourcing-items': 1, 'claimed-re-outsourcing': 'not-re-outsourced', 'claimed-re-outsourcing-supervision': 'not-re-outsourced', 'claimed-contract-provisions': 'not-defined',
    });
  });

  it('the greatest number of users of the files counts', () => {
    expect(two({ 'user-count@f1': choice('under-10'), 'user-count@f2': choice('under-10') })['claimed-users']).toBe('under-10');
    expect(two({ 'user-count@f1': choice('under-10'), 'user-count@f2': choice('from-100') })['claimed-users']).toBe('under-500');
    expect(two({ 'user-count@f1': choice('under-10'), 'user-count@f2': choice('from-1000') })['claimed-users']).toBe('from-500');
  });

  it('storage, retention, incidents and the measures of Ⅲ7', () => {
    expect(two({
      'storage-place@f1': '入退室を管理する部屋の棚', 'storage-place@f2': '職員だけが入る区域の書庫', 'retention-period@f1': choice('years-5'), 'retention-period@f2': choice('not-set'),
      'serious-incident@f1': choice('no'), 'serious-incident@f2': choice('yes'), 'retention-risk1-physical@f1': choice('especially'), 'retention-risk1-physical@f2': choice('insufficiently'),
      'main-record-items@f1': { checked: ['four-items'] }, 'main-record-items@f2': { checked: ['contact'] },
    })).toMatchObject({ 'claimed-storage-lock': 'not-locked', 'claimed-retention-period': 'not-set', 'claimed-serious-incident': 'yes', 'claimed-physical': 'insufficient', 'claimed-my-number': 'not-held' });
  });

  it('the basic form: 委託しない, 人手を介在させる作業はない, no audit', () => {
    const basic = (version: string) => said(claimsOf(claims, forms.get('basic', version), { rows: [], answers: {
      'outsourcing-none': { checked: ['not-outsourced'] }, 'manual-work-none': { checked: ['none'] }, 'audit-kinds': { checked: ['self-inspection'] }, education: choice('insufficiently'),
    } }, '住民記録システム'));
    expect(basic('2024-10')).toMatchObject({
      'claimed-outsourcing': 'not-outsourced', 'claimed-outsourcing-adequacy': 'not-outsourced', 'claimed-manual-work': 'none', 'claimed-human-error-adequacy': 'no-manual-work',
      'claimed-self-inspection': 'done', 'claimed-audit': 'not-done', 'claimed-education': 'insufficient',
    });
    // 人手を介在させる作業 is asked since 令和6年10月.
    expect(basic('2019-01')).toMatchObject({ 'claimed-outsourcing': 'not-outsourced', 'claimed-manual-work': NOT, 'claimed-human-error-adequacy': NOT });
  });
});

describe('what the rules of contradictions find in the documents of the demo city', () => {
  const { systems, controls } = readCatalogues(templates);
  const catalogue = factCatalogue([{ form: systems.at(-1)!.compiled, source: 'register' }, { form: controls.at(-1)!.compiled, source: 'control' }], claimItems(claims));
  const set = readRuleSets(templates, catalogue).ruleSets.find((one) => one.definition.per === 'assessment')!;
  const rules = compileRules(set.definition, catalogue);
  const { base } = parse(readFileSync(inProject('test', 'fixtures', 'rule-cases', 'consistency.yaml'), 'utf8')) as { base: Said };
  /** Register and controls of a system in which everything that an assessment may claim is so. */
  const sound = Object.fromEntries(Object.entries(base).filter(([code]) => catalogue.get(code)?.source !== 'claim'));
  const found = (result: string, claimed: Record<Code, AnswerValue>, change: Said = {}): string[] => {
    const facts = { ...Object.fromEntries(Object.entries({ ...sound, ...change }).map(([code, value]): [Code, AnswerValue] => [code, typeof value === 'number' ? value : { choice: value }])), ...claimed };
    return rules.results(facts).flatMap((one, n) => (one === result ? [rules.rules[n]!.code] : []));
  };

  it.each([
    ['child-medical.full', 'こども医療費助成システム'], ['resident-tax.priority', '個人住民税システム'], ['nursing-insurance.basic', '介護保険システム'], ['child-medical.basic', 'こども医療費助成システム'],
  ])('%s: nothing, and nothing open, where the system keeps what it says', (name, system) => {
    const claimed = valuesOf(name, system);
    expect(found('not-met', claimed, { 'linked-assessments': 1 })).toEqual([]);
    expect(found('unknown', claimed, { 'linked-assessments': 1 })).toEqual([]);
    expect(found('met', claimed, { 'linked-assessments': 1 }).length).toBeGreaterThan(10);
  });

  it('exactly what is not as the full assessment says', () => {
    const claimed = valuesOf('child-medical.full', 'こども医療費助成システム');
    expect(found('not-met', claimed, { 'authentication-method': 'none', 'access-log': 'none', 're-outsourcing': 'notice-only', 'training-interval': 0, 'paper-storage': 'unlocked', people: 137400, outsourcing: 'not-outsourced', 'linked-assessments': 1 })).toEqual([
      'cs-outsourcing-missing', 'cs-people-from-10000', 'cs-authentication-method', 'cs-use-record', 'cs-re-outsourcing-permission', 'cs-storage-lock', 'cs-education',
    ]);
    // Three assessments name it: it serves other affairs too, whose people and contracts are none of this one's.
    expect(found('not-met', claimed, { people: 137400, outsourcing: 'not-outsourced', 'linked-assessments': 3 })).toEqual([]);
  });

  it('特に力を入れている is challenged by a password, 十分である is not', () => {
    expect(found('not-met', valuesOf('resident-tax.priority', '個人住民税システム'), { 'authentication-method': 'password' })).toEqual(['cs-strong-authentication']);
    expect(found('not-met', valuesOf('child-medical.full', 'こども医療費助成システム'), { 'authentication-method': 'password' })).toEqual([]);
  });

  it('a system that the assessment does not name', () => {
    expect(found('not-met', valuesOf('nursing-insurance.basic', '住民記録システム'))).toContain('cs-system-named');
  });

  it('two assessments of the 中間サーバー agree on what both say, and a third that says otherwise is found', () => {
    const all = [valuesOf('child-medical.full', '中間サーバー'), valuesOf('resident-tax.priority', '中間サーバー')];
    expect(said(acrossFacts(claims, all))).toEqual({
      'claimed-connection-across': 'same', 'claimed-outsourcing-across': 'same', 'claimed-re-outsourcing-across': 'same', 'claimed-user-authentication-across': 'same', 'claimed-use-record-across': 'not-comparable', 'claimed-serious-incident-across': 'same',
    });
    const third = acrossFacts(claims, [...all, { 'claimed-connection': { choice: 'other-systems' }, 'claimed-serious-incident': { choice: 'yes' } }]);
    expect(found('not-met', { ...all[0]!, ...third }, { 'linked-assessments': 3 })).toEqual(['cs-across-connection', 'cs-across-serious-incident']);
  });
});

it('every claim is a choice between several or a number with its unit', () => {
  for (const item of claimItems(claims)) {
    if (item.kind === 'number') expect([item.code, item.unit]).toEqual([item.code, '件']);
    else expect(item.options.size).toBeGreaterThan(1);
  }
});
