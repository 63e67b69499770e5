import fc from 'fast-check';
import { allOf, anyOf, compileCondition, compileFlat, conditionFaults, not, NOT_ASKED, type Meaning, type Scope, type Seen, type Verdict } from './conditions.js';
import type { Condition } from './form.js';
import { Invalid } from '../kernel/errors.js';

const meanings: Record<string, Meaning> = {
  use: { label: '①実施の有無', options: new Map([['used', { label: '実施する' }], ['not-used', { label: '実施しない' }]]) },
  people: { label: '対象人数', options: new Map([['mid', { label: '1万人以上10万人未満', atLeast: 10_000, below: 100_000 }], ['big', { label: '10万人以上', atLeast: 100_000 }]]) },
  media: { label: '入手方法', options: new Map([['paper', { label: '紙' }]]) },
  outsourcing: { label: '委託事項', group: true },
  work: { label: '委託内容' },
  begun: { label: '開始日' },
};
const scope = (values: Record<string, Seen>, rows: Record<string, Record<string, Seen>[]> = {}): Scope => ({
  value: (item) => (Object.hasOwn(values, item) ? values[item] : undefined),
  rows: (group) => (rows[group] ?? []).map((row) => scope({ ...values, ...row })),
});
const compile = (condition: Condition) => compileCondition(condition, (item) => meanings[item]);
const verdict = (condition: Condition, values: Record<string, Seen>, rows?: Record<string, Record<string, Seen>[]>): Verdict => compile(condition).evaluate(scope(values, rows));

describe('tests on one answer', () => {
  it('a choice is the option that was chosen, and unknown while blank', () => {
    expect(verdict({ item: 'use', is: 'used' }, { use: { choice: 'used' } })).toBe('yes');
    expect(verdict({ item: 'use', is: 'used' }, { use: { choice: 'not-used' } })).toBe('no');
    expect(verdict({ item: 'use', is: 'used' }, {})).toBe('unknown');
    expect(verdict({ item: 'use', is: 'used' }, { use: { choice: '' } })).toBe('unknown');
    expect(verdict({ item: 'use', isOneOf: ['x', 'used'] }, { use: { choice: 'used' } })).toBe('yes');
  });

  it('an item that is not asked makes every test no, and its negation yes', () => {
    expect(verdict({ item: 'use', is: 'used' }, { use: NOT_ASKED })).toBe('no');
    expect(verdict({ not: { item: 'use', is: 'used' } }, { use: NOT_ASKED })).toBe('yes');
    expect(verdict({ item: 'use', answered: true }, { use: NOT_ASKED })).toBe('no');
  });

  it('answered is never unknown', () => {
    expect(verdict({ item: 'use', answered: false }, {})).toBe('yes');
    expect(verdict({ item: 'work', answered: true }, { work: ' \u3000' })).toBe('no');
    expect(verdict({ item: 'outsourcing', answered: true }, { outsourcing: 0 })).toBe('no');
    expect(verdict({ item: 'outsourcing', answered: true }, { outsourcing: 2 })).toBe('yes');
  });

  it('numbers at the limits', () => {
    expect(verdict({ item: 'n', atLeast: 10 }, { n: 10 })).toBe('yes');
    expect(verdict({ item: 'n', atLeast: 10 }, { n: 9 })).toBe('no');
    expect(verdict({ item: 'n', atMost: 10 }, { n: 11 })).toBe('no');
    expect(verdict({ item: 'n', between: [1, 3] }, { n: 3 })).toBe('yes');
  });

  it('a band decides when it lies on one side of the limit, else stays unknown', () => {
    const mid = { people: { choice: 'mid' } };
    expect(verdict({ item: 'people', atLeast: 10_000 }, mid)).toBe('yes');
    expect(verdict({ item: 'people', atLeast: 100_000 }, mid)).toBe('no');
    expect(verdict({ item: 'people', atLeast: 50_000 }, mid)).toBe('unknown');
    expect(verdict({ item: 'people', atMost: 99_999 }, mid)).toBe('yes');
  });

  it('days are compared as days, against a day or another item', () => {
    expect(verdict({ item: 'begun', before: '2026-04-01' }, { begun: '2026-03-31' })).toBe('yes');
    expect(verdict({ item: 'begun', before: '2026-04-01' }, { begun: '2026-04-01' })).toBe('no');
    expect(verdict({ item: 'begun', after: { item: 'other' } }, { begun: '令和8年4月2日', other: '2026-04-01' })).toBe('yes');
    expect(verdict({ item: 'begun', after: { item: 'other' } }, { begun: '2026-04-02' })).toBe('unknown');
    expect(verdict({ item: 'begun', before: '2026-04-01' }, { begun: '未定' })).toBe('unknown');
  });

  it('a count matches the rows that it counts', () => {
    expect(verdict({ item: 'use', matchesCountOf: 'outsourcing' }, { use: { choice: 'used', count: 2 }, outsourcing: 2 })).toBe('yes');
    expect(verdict({ item: 'use', matchesCountOf: 'outsourcing' }, { use: { choice: 'used', count: 2 }, outsourcing: 3 })).toBe('no');
    expect(verdict({ item: 'use', matchesCountOf: 'outsourcing' }, { use: { choice: 'used' }, outsourcing: 3 })).toBe('unknown');
  });

  it('every and some look at the rows; none is every but not some', () => {
    const holds: Condition = { item: 'work', is: 'a' };
    expect(verdict({ every: 'outsourcing', holds }, {}, { outsourcing: [{ work: 'a' }, { work: 'b' }] })).toBe('no');
    expect(verdict({ some: 'outsourcing', holds }, {}, { outsourcing: [{ work: 'a' }, {}] })).toBe('yes');
    expect(verdict({ every: 'outsourcing', holds }, {}, { outsourcing: [{ work: 'a' }, {}] })).toBe('unknown');
    expect(verdict({ every: 'outsourcing', holds }, {})).toBe('yes');
    expect(verdict({ some: 'outsourcing', holds }, {})).toBe('no');
  });
});

describe('three-valued logic', () => {
  const value = fc.constantFrom<Verdict>('yes', 'no', 'unknown');

  it('follows the tables of Kleene', () => {
    expect([allOf(['yes', 'unknown']), allOf(['no', 'unknown']), anyOf(['yes', 'unknown']), anyOf(['no', 'unknown']), not('unknown')])
      .toEqual(['unknown', 'no', 'yes', 'unknown', 'unknown']);
  });

  it('De Morgan holds for any verdicts', () => {
    fc.assert(fc.property(fc.array(value, { minLength: 1 }), (all) => not(allOf(all)) === anyOf(all.map(not))));
  });

  it('answering what was blank never turns a decided verdict', () => {
    const leaf: fc.Arbitrary<Condition> = fc.constantFrom('a', 'b', 'c').map((item) => ({ item, is: 1 }));
    const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
      condition: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
        fc.array(tie('condition'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })), tie('condition').map((inner) => ({ not: inner }))),
    }));
    const facts = fc.record({ a: fc.constantFrom(undefined, 1, 2), b: fc.constantFrom(undefined, 1, 2), c: fc.constantFrom(undefined, 1, 2) });
    fc.assert(fc.property(condition.filter((c) => conditionFaults(c).length === 0), facts, facts, (c, some, more) => {
      const test = compileFlat(c);
      const before = test(some);
      const after = test({ a: some.a ?? more.a, b: some.b ?? more.b, c: some.c ?? more.c });
      return before === 'unknown' || before === after;
    }));
  });
});

describe('explanations', () => {
  const explain = (condition: Condition, values: Record<string, Seen>, rows?: Record<string, Record<string, Seen>[]>) => compile(condition).explain(scope(values, rows));

  it('names the answer that decided', () => {
    expect(explain({ item: 'use', is: 'used' }, { use: { choice: 'used' } }).text).toBe('①実施の有無が「実施する」であるため');
    expect(explain({ item: 'use', is: 'used' }, { use: { choice: 'not-used' } }).text).toBe('①実施の有無が「実施する」ではなく「実施しない」であるため');
  });

  it('names the blank items that keep it open', () => {
    const open = explain({ all: [{ item: 'use', is: 'used' }, { item: 'begun', after: '2026-04-01' }] }, { use: { choice: 'used' } });
    expect(open).toEqual({ verdict: 'unknown', text: '開始日が未記入のため判断できない', missing: ['begun'] });
  });

  it('joins several reasons and leaves out those that did not tell', () => {
    expect(explain({ all: [{ item: 'use', is: 'used' }, { item: 'media', includes: 'paper' }] }, { use: { choice: 'used' }, media: { checked: ['paper'] } }).text)
      .toBe('①実施の有無が「実施する」であり、入手方法で「紙」が選ばれているため');
    expect(explain({ any: [{ item: 'use', is: 'used' }, { item: 'media', includes: 'paper' }] }, { use: { choice: 'not-used' }, media: { checked: ['paper'] } }).text)
      .toBe('入手方法で「紙」が選ばれているため');
  });

  it('says which row', () => {
    expect(explain({ every: 'outsourcing', holds: { item: 'work', answered: true } }, {}, { outsourcing: [{ work: 'a' }, {}] }).text).toBe('委託事項2の委託内容が未記入であるため');
  });
});

describe('conditions from outside', () => {
  it('flat facts: verdict, missing facts, refusal of rows', () => {
    const test = compileFlat({ all: [{ item: 'people', atLeast: 1000 }, { any: [{ item: 'handlers', atLeast: 500 }, { item: 'incident', is: true }] }] });
    expect(test({ people: 999 })).toBe('no');
    expect(test({ people: 1000, handlers: 499 })).toBe('unknown');
    expect(test.missing({ people: 1000, handlers: 499 })).toEqual(['incident']);
    expect(test({ people: 1000, handlers: 499, incident: true })).toBe('yes');
    expect(() => compileFlat({ every: 'x', holds: { item: 'a', is: 1 } })).toThrow(Invalid);
  });

  it('a fact that is named like a property of objects is blank', () => {
    expect(compileFlat({ item: 'constructor', answered: true })({})).toBe('no');
  });

  it('is at most 12 deep', () => {
    let condition: Condition = { item: 'a', is: 1 };
    for (let n = 1; n < 12; n += 1) condition = { not: condition };
    expect(conditionFaults(condition)).toEqual([]);
    expect(conditionFaults({ not: condition })[0]!.message).toContain('12段');
    expect(conditionFaults({ any: Array.from({ length: 300 }, () => ({ item: 'a', is: 1 })) })[0]!.message).toContain('大きすぎます');
  });

  it('names unknown tests and mixed words', () => {
    expect(conditionFaults({ item: 'a', matches: '.*' })[0]!.message).toBe('「matches」という比べ方はありません。');
    expect(conditionFaults({ all: [{ item: 'a', is: 1 }], any: [] })[0]!.code).toBe('condition-malformed');
    expect(conditionFaults({ item: 'a', before: 'tomorrow' })[0]!.path).toBe('/before');
  });

  it('any JSON gives faults or compiles, and never throws otherwise', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      if (conditionFaults(value).length > 0) expect(() => compileCondition(value as Condition, () => undefined)).toThrow(Invalid);
      else expect(['yes', 'no', 'unknown']).toContain(compileCondition(value as Condition, () => undefined).evaluate(scope({})));
    }));
  });
});
