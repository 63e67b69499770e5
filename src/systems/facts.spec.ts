import fc from 'fast-check';
import { sampleCatalogue } from './sample-catalogue.js';
import { indexForm } from '../engine/form-index.js';
import type { FormDefinition } from '../engine/form.js';
import { Catalogue } from './catalogue.js';
import { factsOf, lastDayOf, type DeclaredControl, type FactsInput } from './facts.js';

const COUNTED: FormDefinition = {
  form: 'system', version: '2026-04', title: '台帳', shortTitle: '台帳', validity: { from: '2026-04-01' },
  optionSets: { places: [{ code: 'office', label: '執務室' }, { code: 'elsewhere', label: 'その他', text: true }] },
  sections: [{ code: 'all', number: '1', title: '全部', blocks: [{ code: 'items', items: [
    { code: 'where', kind: 'choice', label: '場所', options: 'places', need: 'required' },
    { code: 'since', kind: 'date', label: '導入', need: 'optional' },
    ...(['contracts', 'contracts-with-clause', 'using-departments', 'using-sections', 'using-terminals', 'linked-assessments'] as const).map((counted) => ({ code: `number-of-${counted}`, kind: 'number' as const, label: counted, need: 'optional' as const, counted })),
  ] }] }],
};
const sample = sampleCatalogue();
const catalogue = new Catalogue([indexForm(COUNTED)], sample.allControls, '2026-11-21');

const facts = (given: Partial<FactsInput>) => factsOf({
  system: { register: {}, mergedIntoId: null }, uses: [], contracts: [], declarations: [], platforms: [], today: '2026-11-21', declarationMonths: 12, catalogue, ...given,
});
const declared = (control: string, choice: string, declaredOn = '2026-11-01', approved = true): DeclaredControl => ({ control, value: { choice }, declaredOn, approved });

describe('the last day on which a declaration counts', () => {
  it.each([
    ['2025-11-21', 12, '2026-11-21', 'the same day of the month'],
    ['2025-08-31', 6, '2026-02-28', 'February has no 31st: its last day'],
    ['2023-08-31', 6, '2024-02-29', 'in a leap year the 29th'],
    ['2024-02-29', 12, '2025-02-28', 'no 29 February a year later'],
    ['2026-10-31', 1, '2026-11-30', 'November has 30 days'],
    ['2025-12-15', 1, '2026-01-15', 'over the end of the year'],
    ['2016-11-21', 120, '2026-11-21', 'ten years'],
  ])('%s and %d months: %s (%s)', (declaredOn, months, expected) => {
    expect(lastDayOf(declaredOn, months)).toBe(expected);
  });

  it('is that day itself; the day after, the declaration is stale', () => {
    const of = (today: string) => facts({ declarations: [declared('right-unit', 'per-user', '2025-08-31')], declarationMonths: 6, today });
    expect(of('2026-02-28')).toMatchObject({ values: { 'right-unit': { choice: 'per-user' } }, stale: {} });
    expect(of('2026-03-01')).toMatchObject({ values: {}, stale: { 'right-unit': '2025-08-31' } });
  });
});

describe('the register', () => {
  it('gives its items as they stand, and leaves out what is blank, unknown or does not fit', () => {
    const register = { where: { choice: 'office' }, since: '2020-04-01', gone: 'x' };
    expect(facts({ system: { register, mergedIntoId: null } }).values).toMatchObject({ where: { choice: 'office' }, since: '2020-04-01' });
    expect(facts({ system: { register, mergedIntoId: null } }).values).not.toHaveProperty('gone');
    for (const where of [{ choice: '' }, { choice: 'nowhere' }, 'office']) expect(facts({ system: { register: { where }, mergedIntoId: null } }).values).not.toHaveProperty('where');
    expect(facts({ system: { register: { since: '2020-02-30' }, mergedIntoId: null } }).values).not.toHaveProperty('since');
  });

  it('counts by the attribute of the item, never from what is stored under its code', () => {
    const uses = [{ sections: 4, terminals: 30 }, { sections: 1, terminals: 2 }];
    const contracts = [{ personalInformationClause: true }, { personalInformationClause: false }, { personalInformationClause: true }];
    expect(facts({ uses, contracts, system: { register: { 'number-of-contracts': 99, 'number-of-linked-assessments': 7 }, mergedIntoId: null } }).values).toEqual({
      'number-of-contracts': 3, 'number-of-contracts-with-clause': 2, 'number-of-using-departments': 2, 'number-of-using-sections': 5, 'number-of-using-terminals': 32,
    });
  });

  it('does not know a sum of which a part is not known, nor uses that nobody entered; no contract is a known 0', () => {
    expect(facts({}).values).toEqual({ 'number-of-contracts': 0, 'number-of-contracts-with-clause': 0 });
    const values = facts({ uses: [{ sections: 4, terminals: null }, { sections: 1, terminals: 2 }], contracts: [{ personalInformationClause: true }, { personalInformationClause: null }] }).values;
    expect(values).toEqual({ 'number-of-contracts': 2, 'number-of-using-departments': 2, 'number-of-using-sections': 5 });
  });
});

describe('controls', () => {
  const centre = { name: 'みずほ野データセンター', declarations: [declared('screen-lock', 'automatic'), declared('right-unit', 'per-user')] };

  it('are the own ones before inherited ones, and inherited ones only where the control can be inherited', () => {
    expect(facts({ platforms: [centre] })).toMatchObject({ values: { 'screen-lock': { choice: 'automatic' } }, inherited: { 'screen-lock': 'みずほ野データセンター' } });
    expect(facts({ platforms: [centre] }).values).not.toHaveProperty('right-unit');
    const own = facts({ platforms: [centre], declarations: [{ ...declared('screen-lock', 'other'), value: { choice: 'other', text: '手動' } }] });
    expect(own.values['screen-lock']).toEqual({ choice: 'other', text: '手動' });
    expect(own.inherited).toEqual({});
  });

  it('come from the nearest platform that has one', () => {
    const far = { name: '県の基盤', declarations: [{ ...declared('screen-lock', 'other'), value: { choice: 'other', text: '遠い' } }, { control: 'review-interval', value: 12, declaredOn: '2026-11-01', approved: true }] };
    expect(facts({ platforms: [centre, far] }).inherited).toEqual({ 'screen-lock': 'みずほ野データセンター', 'review-interval': '県の基盤' });
  });

  it('that are stale leave the control unknown, whatever a platform declares; the own day is told', () => {
    const old = declared('screen-lock', 'automatic', '2024-01-10');
    expect(facts({ declarations: [old], platforms: [centre] })).toMatchObject({ stale: { 'screen-lock': '2024-01-10' }, inherited: {} });
    expect(facts({ declarations: [old], platforms: [centre] }).values).not.toHaveProperty('screen-lock');
    const oldCentre = { name: '基盤', declarations: [declared('screen-lock', 'automatic', '2023-05-05')] };
    expect(facts({ declarations: [old], platforms: [oldCentre] })).toMatchObject({ stale: { 'screen-lock': '2024-01-10' }, inherited: {} });
    expect(facts({ platforms: [oldCentre] }).stale).toEqual({ 'screen-lock': '2023-05-05' });
  });

  it('that are retired, unknown, blank or unsound are no facts', () => {
    const declarations = [declared('old-lock', 'automatic'), declared('no-such-control', 'x'), declared('right-unit', 'sometimes'), { control: 'review-interval', value: 400, declaredOn: '2026-11-01', approved: true }];
    const known = facts({ declarations });
    expect(Object.keys(known.values).filter((code) => !code.startsWith('number-of'))).toEqual([]);
    expect(known.stale).toEqual({});
    // Before the day of its retirement (1 October 2026) it was a fact.
    expect(facts({ declarations: [declared('old-lock', 'automatic', '2026-09-01')], today: '2026-09-30' }).values).toHaveProperty('old-lock');
  });

  it('that nobody approved are told, the inherited ones too', () => {
    const known = facts({ declarations: [declared('right-unit', 'per-user', '2026-11-01', false)], platforms: [{ name: '基盤', declarations: [declared('screen-lock', 'automatic', '2026-11-01', false)] }] });
    expect(known.unapproved).toEqual(['right-unit', 'screen-lock']);
  });
});

it('nothing is known of a system that was merged', () => {
  expect(facts({ system: { register: { where: { choice: 'office' } }, mergedIntoId: '00000000-0000-4000-8000-000000000000' }, declarations: [declared('right-unit', 'per-user')] })).toEqual({ values: {}, stale: {}, inherited: {}, unapproved: [] });
});

describe('one more declaration', () => {
  const on = (...days: string[]) => fc.record({
    control: fc.constantFrom('right-unit', 'screen-lock', 'old-lock', 'review-interval'), declaredOn: fc.constantFrom(...days), approved: fc.boolean(),
    value: fc.constantFrom<DeclaredControl['value']>({ choice: 'per-user' }, { choice: 'automatic' }, 6),
  });
  const tooOld = '2023-01-01';
  const counting = ['2025-11-21', '2026-11-20'] as const;
  const some = fc.uniqueArray(on(tooOld, ...counting), { selector: ({ control }) => control, maxLength: 4 });
  const of = ([own, ...platforms]: DeclaredControl[][]) => facts({ declarations: own, platforms: platforms.map((list, n) => ({ name: `基盤${n}`, declarations: list })) });

  /** What is known before and after `more` stands in the list `place`: 0 the system itself, then its platforms; null when that list has the control already. */
  function around(lists: DeclaredControl[][], more: DeclaredControl, place: number) {
    if (lists[place]!.some(({ control }) => control === more.control)) return null;
    return [of(lists), of(lists.map((list, n) => (n === place ? [...list, more] : list)))] as const;
  }

  it('that counts, own or of a platform, never makes a known fact unknown', () => {
    fc.assert(fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), on(...counting), fc.nat(3), (lists, more, at) => {
      const known = around(lists, more, at % lists.length);
      if (known === null) return;
      for (const code of Object.keys(known[0].values)) expect(known[1].values).toHaveProperty(code);
      for (const code of Object.keys(known[1].stale)) expect(known[1].values).not.toHaveProperty(code);
    }));
  });

  it('that is too old never does either on a platform; of the system itself it takes its own control out and no other', () => {
    fc.assert(fc.property(fc.array(some, { minLength: 1, maxLength: 4 }), on(tooOld), fc.nat(3), (lists, more, at) => {
      const place = at % lists.length;
      const known = around(lists, more, place);
      if (known === null) return;
      for (const code of Object.keys(known[0].values)) if (place > 0 || code !== more.control) expect(known[1].values[code]).toEqual(known[0].values[code]);
      for (const code of Object.keys(known[1].stale)) expect(known[1].values).not.toHaveProperty(code);
    }));
  });
});
