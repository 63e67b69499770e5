import type { RuleSetDefinition } from '../engine/rule-set.js';
import { countsOf, matrixOf, shareMet } from './matrix.js';

/** Two viewpoints; the first has three rules, the second one. */
const set = {
  ruleSet: 'sample', version: '1', viewpoints: [{ code: 'who', number: '(1)', title: '閲覧者', shortTitle: '閲覧者' }, { code: 'delete', number: '(2)', title: '消去', shortTitle: '消去' }],
  rules: [['r1', 'who'], ['r2', 'delete'], ['r3', 'who'], ['r4', 'who']].map(([code, viewpoint]) => ({ code, viewpoint })),
} as unknown as RuleSetDefinition;
const row = (letters: string) => matrixOf(set, [{ system: 'a', letters, definition: set }]).rows[0]!;

describe('a cell of the matrix', () => {
  it('shows 不適合 before all else, with how many rules fail', () => {
    expect(row('xmxu').cells).toEqual([{ result: 'not-met', count: 2, overruled: false }, { result: 'met', count: 1, overruled: false }]);
  });

  it('shows 未確認 before 適合', () => {
    expect(row('mnum').cells).toEqual([{ result: 'unknown', count: 1, overruled: false }, { result: 'not-applicable', count: 1, overruled: false }]);
  });

  it('shows 対象外 only when every rule is', () => {
    expect(row('nmnn').cells[0]).toEqual({ result: 'not-applicable', count: 3, overruled: false });
    expect(row('nmnm').cells[0]).toEqual({ result: 'met', count: 1, overruled: false });
  });

  it('marks what a person has changed, where it shows', () => {
    expect(row('MmxX').cells[0]).toEqual({ result: 'not-met', count: 2, overruled: true });
    expect(row('Mmxx').cells[0]).toEqual({ result: 'not-met', count: 2, overruled: false });
  });
});

it('adds up over all systems', () => {
  const matrix = matrixOf(set, [{ system: 'a', letters: 'xmxu', definition: set }, { system: 'b', letters: 'mmnn', definition: set }]);
  expect(matrix.counts).toEqual({ met: 3, 'not-met': 2, unknown: 1, 'not-applicable': 2 });
  expect(matrix.unknownSystems).toBe(1);
});

it('places the results of an older version under the viewpoints of today', () => {
  const older = { ...set, version: '0', rules: [set.rules[1]!, set.rules[0]!] };
  expect(matrixOf(set, [{ system: 'a', letters: 'xm', definition: older }]).rows[0]!.cells.map((one) => one.result)).toEqual(['met', 'not-met']);
});

it('takes the share of 適合 among what applies: 3 of 3 + 2 + 1', () => {
  expect(shareMet({ met: 3, 'not-met': 2, unknown: 1, 'not-applicable': 9 })).toBe(0.5);
  expect(shareMet(countsOf('nnn'))).toBeNull();
});
