import type { Result } from '../engine/rule-set.js';
import { compareResults, type ChangeKind } from './comparing.js';

const results = (result: Result | null) => (result === null ? null : new Map([['set', new Map([['rule', result]])]]));

describe('a rule between two runs', () => {
  const cases: [Result | null, Result | null, ChangeKind | null][] = [
    ['met', 'not-met', 'new'], ['unknown', 'not-met', 'new'], ['not-applicable', 'not-met', 'new'], [null, 'not-met', 'new'],
    ['not-met', 'met', 'settled'], ['not-met', 'not-applicable', 'settled'], ['not-met', 'unknown', 'unclear'], ['not-met', null, 'other'],
    ['not-met', 'not-met', 'unchanged'], ['unknown', 'met', 'other'], ['met', 'unknown', 'other'], [null, 'met', 'other'],
    ['met', 'met', null], ['unknown', 'unknown', null], ['not-applicable', 'not-applicable', null],
  ];
  it.each(cases)('%s → %s: %s', (before, after, kind) => {
    const changes = compareResults([{ system: 's', before: results(before), after: results(after) }]);
    expect(changes).toEqual(kind === null ? [] : [{ system: 's', ruleSet: 'set', rule: 'rule', before, after, kind }]);
  });
});
