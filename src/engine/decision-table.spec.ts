import fc from 'fast-check';
import { Invalid } from '../kernel/errors.js';
import { boundariesOf, decide, turns, type DecisionTable } from './decision-table.js';
import { parseDecisionTable } from './decision-table.parse.js';

/** A table of another field, so that nothing here leans on the threshold judgement. */
const parking: DecisionTable = {
  table: 'parking',
  version: '1',
  facts: [
    { code: 'minutes', label: '駐車時間', kind: 'number', unit: '分' },
    { code: 'resident', label: '住民', kind: 'yes-no' },
    { code: 'vehicle', label: '車種', kind: 'choice', values: ['car', 'bicycle'] },
  ],
  results: [
    { code: 'free', label: '無料', rank: 0 },
    { code: 'paid', label: '有料', rank: 1 },
    { code: 'towed', label: '移動', rank: 2 },
  ],
  rows: [
    { code: 'bicycle', when: { item: 'vehicle', isOneOf: ['bicycle'] }, result: 'free', basis: '条例1条', certainty: 'A', words: '自転車' },
    { code: 'short', when: { item: 'minutes', atMost: 30 }, result: 'free', basis: '条例2条', certainty: 'A', words: '短時間' },
    { code: 'long', when: { not: { item: 'minutes', atMost: 1440 } }, result: 'towed', basis: '条例3条', certainty: 'A', words: '長時間' },
    { code: 'resident', when: { all: [{ item: 'resident', is: 'yes' }, { item: 'minutes', between: [31, 120] }] }, result: 'free', basis: '条例4条', certainty: 'A', words: '住民' },
    { code: 'other', when: { any: [{ item: 'minutes', atLeast: 31 }, { item: 'minutes', is: 30 }] }, result: 'paid', basis: '条例5条', certainty: 'A', words: 'その他' },
  ],
};

const decided = (facts: Record<string, string | number>): string | undefined => decide(parking, facts).row?.code;

describe('decide', () => {
  it('takes the first row that holds', () => {
    expect(decided({ vehicle: 'bicycle', minutes: 5000, resident: 'no' })).toBe('bicycle');
    expect(decided({ vehicle: 'car', minutes: 30, resident: 'no' })).toBe('short');
    expect(decided({ vehicle: 'car', minutes: 1441, resident: 'yes' })).toBe('long');
    expect(decided({ vehicle: 'car', minutes: 120, resident: 'yes' })).toBe('resident');
    expect(decided({ vehicle: 'car', minutes: 121, resident: 'yes' })).toBe('other');
  });

  it('does not need a fact that cannot change the result', () => {
    expect(decide(parking, { vehicle: 'bicycle' })).toMatchObject({ result: { code: 'free' }, missing: [] });
    // 自転車でも短時間でも無料なので、車種を聞かなくても決まる
    expect(decide(parking, { minutes: 10 })).toMatchObject({ result: { code: 'free' }, row: { code: 'short' }, missing: [] });
  });

  it('names the missing facts and the results still possible', () => {
    expect(decide(parking, { vehicle: 'car', minutes: 60 })).toEqual({
      result: null, row: null, missing: ['resident'], alternatives: [parking.results[0], parking.results[1]],
    });
    expect(decide(parking, { resident: 'no' }).missing).toEqual(['minutes', 'vehicle']);
  });

  it('decides nothing when no row holds', () => {
    const short = { ...parking, rows: parking.rows.slice(1, 2) };
    expect(decide(short, { minutes: 31 })).toEqual({ result: null, row: null, missing: [], alternatives: [] });
  });
});

describe('turns', () => {
  it('knows the boundaries of every comparison', () => {
    // atMost 30 → 31, atMost 1440 → 1441, between 31..120 → 31 and 121, atLeast 31 → 31, is 30 → 30 and 31
    expect(boundariesOf(parking, 'minutes')).toEqual([30, 31, 121, 1441]);
    expect(boundariesOf(parking, 'resident')).toEqual([]);
  });

  it('finds the nearest greater number and the other answer that change the result', () => {
    const found = turns(parking, { vehicle: 'car', minutes: 60, resident: 'yes' });
    expect(found.map(({ fact, to, change, result }) => [fact.code, to, change, result.code])).toEqual([
      ['minutes', 121, 61, 'paid'],
      ['resident', 'no', undefined, 'paid'],
    ]);
  });

  it('says nothing while the result is open or nothing changes it', () => {
    expect(turns(parking, { vehicle: 'car', minutes: 60 })).toEqual([]);
    expect(turns(parking, { vehicle: 'bicycle', minutes: 60, resident: 'yes' })).toEqual([]);
  });

  it('property: a turn really changes the result, and no smaller number would', () => {
    fc.assert(fc.property(fc.nat(2000), fc.constantFrom('yes', 'no'), fc.constantFrom('car', 'bicycle'), (minutes, resident, vehicle) => {
      const facts = { minutes, resident, vehicle };
      const now = decide(parking, facts).result?.code;
      for (const turn of turns(parking, facts)) {
        expect(decide(parking, { ...facts, [turn.fact.code]: turn.to }).result?.code).toBe(turn.result.code);
        expect(turn.result.code).not.toBe(now);
        for (let less = minutes; turn.fact.code === 'minutes' && less < Number(turn.to); less += 1) {
          expect(decide(parking, { ...facts, minutes: less }).result?.code).toBe(now);
        }
      }
    }), { numRuns: 60 });
  });
});

describe('parseDecisionTable', () => {
  const problemsOf = (source: unknown): string[] => {
    try {
      parseDecisionTable(source);
      return [];
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return error.problems.map((problem) => `${problem.path} ${problem.code}`);
    }
  };
  const withRow = (row: object): unknown => ({ ...parking, rows: [{ ...parking.rows[0], ...row }] });

  it('returns a sound table as it is', () => {
    expect(parseDecisionTable(structuredClone(parking))).toEqual(parking);
  });

  it.each([
    ['no table', null, [' shape']],
    ['a list', [], [' shape']],
    ['an unknown result', withRow({ result: 'gone' }), ['rows[0].result unknown-result']],
    ['an unknown fact', withRow({ when: { item: 'colour', is: 'red' } }), ['rows[0].when unknown-fact']],
    ['an unknown word of a fact', withRow({ when: { item: 'vehicle', is: 'boat' } }), ['rows[0].when condition-value']],
    ['a number compared with a word', withRow({ when: { item: 'minutes', atLeast: '31' } }), ['rows[0].when/atLeast condition-malformed']],
    ['a word compared as a number', withRow({ when: { item: 'vehicle', atLeast: 3 } }), ['rows[0].when condition-value']],
    ['a quantifier over rows', withRow({ when: { every: 'file', holds: { item: 'minutes', is: 1 } } }), ['rows[0].when condition']],
    ['two comparisons in one', withRow({ when: { item: 'minutes', atLeast: 1, atMost: 2 } }), ['rows[0].when condition-malformed']],
    ['a range upside down', withRow({ when: { item: 'minutes', between: [9, 1] } }), ['rows[0].when condition']],
    ['an empty all', withRow({ when: { all: [] } }), ['rows[0].when condition-malformed']],
    ['a missing condition', withRow({ when: undefined }), ['rows[0].when condition-malformed']],
    ['a missing basis', withRow({ basis: ' ' }), ['rows[0].basis shape']],
    ['a misspelt key', withRow({ wrods: 'x' }), ['rows[0].wrods unknown-key']],
    ['a double code', { ...parking, rows: [parking.rows[0], parking.rows[0]] }, ['rows[1].code duplicate-code']],
    ['a code in capitals', withRow({ code: 'Bicycle' }), ['rows[0].code code']],
    ['a rank that is no number', { ...parking, results: [{ code: 'free', label: '無料', rank: '0' }], rows: parking.rows.slice(0, 1) }, ['results[0].rank rank']],
    ['no rows', { ...parking, rows: [] }, ['rows shape']],
  ])('refuses %s', (_name, source, problems) => {
    expect(problemsOf(source)).toEqual(problems);
  });

  it('tells all problems at once', () => {
    expect(problemsOf(withRow({ result: 'gone', basis: '', certainty: 'Z' }))).toEqual([
      'rows[0].basis shape', 'rows[0].result unknown-result', 'rows[0].certainty certainty',
    ]);
  });

  it('property: never throws anything but Invalid', () => {
    fc.assert(fc.property(fc.anything(), (source) => {
      problemsOf(source);
      problemsOf(withRow({ when: source }));
    }), { numRuns: 300 });
  });

  it('refuses a condition nested without end', () => {
    let when: object = { item: 'minutes', is: 1 };
    for (let depth = 0; depth < 5000; depth += 1) when = { not: when };
    expect(problemsOf(withRow({ when }))[0]).toMatch(/^rows\[0\]\.when(\/not)+ condition-malformed$/);
  });
});
