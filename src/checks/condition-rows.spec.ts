import fc from 'fast-check';
import type { FactItem, Facts, RuleCondition } from '../engine/rule-set.js';
import { compileRules } from '../engine/rules.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from '../engine/sample-rules.js';
import { COMPARISONS, conditionOfRows, rowsOfCondition, type TypedRow } from './condition-rows.js';

const catalogue = sampleCatalogue();
const there = (condition: RuleCondition): unknown => conditionOfRows(rowsOfCondition(condition, catalogue), catalogue).condition;
const read = (row: Partial<TypedRow>) => conditionOfRows({ join: 'all', rows: [{ item: '', test: '', values: [], ...row }] }, catalogue);

/** Every test that rows can say about a fact of the sample. */
function leavesOf(fact: FactItem): fc.Arbitrary<RuleCondition> {
  const item = fact.code;
  const option = fc.constantFrom('', ...fact.options.keys()).filter((one) => one !== '' || fact.options.size === 0);
  const options = fc.uniqueArray(option, { minLength: 1 });
  const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => (Object.is(one, -0) ? 0 : one));
  const day = fc.date({ min: new Date('1950-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }).map((one) => one.toISOString().slice(0, 10));
  const text = fc.string({ minLength: 1 }).filter((one) => one.trim() !== '');
  const plain: Record<FactItem['kind'], fc.Arbitrary<RuleCondition>[]> = {
    choice: [option.map((is) => ({ item, is })), options.map((isOneOf) => ({ item, isOneOf }))],
    checks: [option.map((includes) => ({ item, includes })), option.map((is) => ({ item, is }))],
    number: [number.map((atLeast) => ({ item, atLeast })), number.map((atMost) => ({ item, atMost })), number.map((is) => ({ item, is })), fc.tuple(number, number).map(([a, b]) => ({ item, between: [Math.min(a, b), Math.max(a, b)] as [number, number] }))],
    date: [day.map((before) => ({ item, before })), day.map((after) => ({ item, after }))],
    text: [text.map((includes) => ({ item, includes })), text.map((is) => ({ item, is }))],
  };
  const leaf = fc.oneof(...plain[fact.kind]);
  return fc.oneof(leaf, leaf.map((not): RuleCondition => ({ not })));
}
const leaves = fc.oneof(...[...catalogue.values()].map(leavesOf));
const flat = fc.oneof(leaves, fc.array(leaves, { minLength: 2, maxLength: 6 }).chain((members) => fc.constantFrom<RuleCondition>({ all: members }, { any: members })));

describe('conditions as rows and back', () => {
  it('a flat condition comes back as it was, with every part a row', () => {
    fc.assert(fc.property(flat, (condition) => {
      const { rows } = rowsOfCondition(condition, catalogue);
      expect(rows.every((one) => 'item' in one)).toBe(true);
      expect(there(condition)).toEqual(condition);
    }), { numRuns: 400 });
  });

  it('any condition comes back as it was, whatever rows cannot say', () => {
    const deep = fc.letrec<{ node: RuleCondition }>((tie) => ({
      node: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaves, fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((all) => ({ all })), fc.array(tie('node'), { minLength: 2, maxLength: 3 }).map((any) => ({ any })), tie('node').map((not) => ({ not }))),
    })).node;
    fc.assert(fc.property(deep, (condition) => expect(there(condition)).toEqual(condition)), { numRuns: 400 });
  });

  it('a list of one is that one: it means the same', () => {
    const [one, other]: Facts[] = [{ unit: { choice: 'per-user' } }, { unit: { choice: 'none' } }];
    for (const condition of [{ all: [{ item: 'unit', is: 'per-user' }] }, { any: [{ item: 'unit', is: 'per-user' }] }] as RuleCondition[]) {
      const back = there(condition) as RuleCondition;
      expect(back).toEqual({ item: 'unit', is: 'per-user' });
      const results = [condition, back].map((expects) => compileRules(sampleRuleSet([sampleRule({ applies: { not: { item: 'state', is: 'ended' } }, expects })]), catalogue)).map((set) => [one, other].map((facts) => set.results({ state: { choice: 'running' }, ...facts })[0]));
      expect(results).toEqual([['met', 'not-met'], ['met', 'not-met']]);
    }
  });

  it.each<[string, unknown]>([
    ['a condition within a condition', { all: [{ any: [{ item: 'unit', is: 'none' }, { item: 'media', includes: 'usb' }] }, { item: 'state', is: 'running' }] }],
    ['a limit that an organisation may tighten', { item: 'months', atLeast: { parameter: 'least' } }],
    ['a range with such a limit', { item: 'months', between: [1, { parameter: 'most' }] }],
    ['one fact against another', { item: 'clauses', matchesCountOf: 'contracts' }],
    ['one day against another', { item: 'renewed', after: { item: 'begun' } }],
    ['a fact that is not in the catalogue', { item: 'nothing', is: 'x' }],
    ['a comparison that does not fit the kind', { item: 'unit', atLeast: 3 }],
    ['something that is no condition', { every: 'rows', holds: {} }],
  ])('%s is kept whole', (_what, condition) => {
    const { rows } = rowsOfCondition(condition, catalogue);
    expect(rows.filter((one) => 'kept' in one)).toHaveLength(1);
    expect(there(condition as RuleCondition)).toEqual(condition);
  });

  it.each([[undefined], [null], ['text'], [{ all: [] }], [{ any: [] }]])('%j has no rows', (condition) => expect(rowsOfCondition(condition, catalogue).rows).toEqual([]));
});

describe('what people choose and type', () => {
  it.each<[string, Partial<TypedRow>, RuleCondition]>([
    ['full-width digits and a separator are a number', { item: 'attempts', test: 'atMost', values: ['１，０００'] }, { item: 'attempts', atMost: 1000 }],
    ['several options under 次のとおりである mean any of them', { item: 'unit', test: 'is', values: ['per-user', 'none'] }, { item: 'unit', isOneOf: ['per-user', 'none'] }],
    ['several options under 次ではない mean none of them', { item: 'unit', test: 'not-is', values: ['per-user', 'none'] }, { not: { item: 'unit', isOneOf: ['per-user', 'none'] } }],
    ['未満 is a denied 以上', { item: 'attempts', test: 'not-atLeast', values: ['3'] }, { not: { item: 'attempts', atLeast: 3 } }],
    ['blank values beside one that is there are nothing', { item: 'attempts', test: 'is', values: ['', '3', ' '] }, { item: 'attempts', is: 3 }],
  ])('%s', (_what, row, condition) => expect(read(row)).toEqual({ condition, problems: [] }));

  it('blank rows are passed over', () => {
    expect(conditionOfRows({ join: 'any', rows: [{ item: '', test: '', values: [] }, { item: 'state', test: 'is', values: ['ended'] }, { item: '', test: 'is', values: ['x'] }] }, catalogue).condition).toEqual({ item: 'state', is: 'ended' });
    expect(conditionOfRows({ join: 'any', rows: [] }, catalogue).condition).toEqual({ any: [] });
  });

  it.each<[string, Partial<TypedRow>, string, RegExp]>([
    ['an item that is not there', { item: 'nothing' }, 'item', /項目を一覧から/u],
    ['no comparison', { item: 'unit' }, 'test', /比べ方を選んで/u],
    ['a comparison of another kind', { item: 'unit', test: 'atLeast', values: ['3'] }, 'test', /比べ方を選んで/u],
    ['no value', { item: 'unit', test: 'is' }, 'value', /選んでください/u],
    ['a value that is no option', { item: 'unit', test: 'is', values: ['everybody'] }, 'value', /選択肢から/u],
    ['two values where one is asked', { item: 'media', test: 'includes', values: ['usb', 'disc'] }, 'value', /1つだけ/u],
    ['a word where a number is asked', { item: 'attempts', test: 'atMost', values: ['たくさん'] }, 'value', /数で/u],
    ['a day that is none', { item: 'begun', test: 'before', values: ['2026-02-30'] }, 'value', /暦にある日/u],
    ['half a range', { item: 'attempts', test: 'between', values: ['3'] }, 'value', /下と上/u],
    ['a range upside down', { item: 'attempts', test: 'between', values: ['5', '3'] }, 'value', /小さい数、大きい数の順/u],
  ])('%s is told at its field', (_what, row, field, told) => {
    const { condition, problems } = read(row);
    expect(condition).toBeNull();
    expect(problems).toEqual([{ code: 'condition-row', path: `rows/0/${field}`, message: expect.stringMatching(told) as string }]);
  });

  it('every comparison that is offered can be compiled', () => {
    for (const fact of catalogue.values()) {
      for (const { test, takes } of COMPARISONS[fact.kind]) {
        const value = fact.options.size > 0 ? [...fact.options.keys()][0]! : fact.kind === 'number' ? '1' : fact.kind === 'date' ? '2026-04-01' : '字';
        const { condition } = read({ item: fact.code, test, values: takes === 'range' ? ['1', '2'] : [value] });
        expect(() => compileRules(sampleRuleSet([sampleRule({ expects: condition! })]), catalogue)).not.toThrow();
      }
    }
  });
});
