/** What holds for all rules and all facts: random rules of every kind and test over the sample catalogue. */
import fc from 'fast-check';
import { compileCondition, type Meaning, type Verdict } from './conditions.js';
import type { AnswerValue, Code, Condition } from './form.js';
import type { Facts, Result, RuleDefinition } from './rule-set.js';
import { compileRules } from './rules.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from './sample-rules.js';

const catalogue = sampleCatalogue();
const items = [...catalogue.values()];
const codesOf = (kind: string): Code[] => items.filter((item) => item.kind === kind).map(({ code }) => code);
const optionsOf = (code: Code): Code[] => [...catalogue.get(code)!.options.keys()];
const day = fc.constantFrom('2019-05-01', '2026-03-31', '2026-04-01', '2026-04-02');
const word = fc.constantFrom('規程', '要領', '個人番号の規程');
const number = fc.integer({ min: 0, max: 5 });

const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.constantFrom(...codesOf('choice')).chain((item) => fc.oneof(fc.constantFrom(...optionsOf(item)).map((is): Condition => ({ item, is })), fc.subarray(optionsOf(item), { minLength: 1 }).map((isOneOf): Condition => ({ item, isOneOf })))),
  fc.constantFrom(...codesOf('checks')).chain((item) => fc.oneof(fc.constantFrom(...optionsOf(item)).map((includes): Condition => ({ item, includes })), fc.constantFrom(...optionsOf(item)).map((is): Condition => ({ item, is })), fc.subarray(optionsOf(item), { minLength: 1 }).map((isOneOf): Condition => ({ item, isOneOf })))),
  fc.tuple(fc.constantFrom(...codesOf('number')), number, number).chain(([item, low, high]) => fc.constantFrom<Condition>({ item, atLeast: low }, { item, atMost: high }, { item, between: [Math.min(low, high), Math.max(low, high)] }, { item, is: low }, { item, isOneOf: [low, high] })),
  fc.constant<Condition>({ item: 'clauses', matchesCountOf: 'contracts' }),
  fc.tuple(fc.constantFrom(...codesOf('date')), day).chain(([item, limit]) => fc.constantFrom<Condition>({ item, before: limit }, { item, after: limit })),
  fc.constantFrom<Condition>({ item: 'begun', before: { item: 'renewed' } }, { item: 'renewed', after: { item: 'begun' } }),
  word.chain((text) => fc.constantFrom<Condition>({ item: 'rules-title', is: text }, { item: 'rules-title', isOneOf: [text, 'x'] }, { item: 'rules-title', includes: text })),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('condition'), { minLength: 1, maxLength: 4 }).map((all) => ({ all })), fc.array(tie('condition'), { minLength: 1, maxLength: 4 }).map((any) => ({ any })), tie('condition').map((inner) => ({ not: inner }))),
}));
const valueOf = (code: Code): fc.Arbitrary<AnswerValue> => {
  switch (catalogue.get(code)!.kind) {
    case 'choice': return fc.constantFrom(...optionsOf(code)).map((choice) => ({ choice }));
    case 'checks': return fc.subarray(optionsOf(code), { minLength: 1 }).map((checked) => ({ checked }));
    case 'number': return number;
    case 'date': return day;
    case 'text': return word;
  }
};
const facts: fc.Arbitrary<Facts> = fc.record(Object.fromEntries(items.map(({ code }) => [code, valueOf(code)])), { requiredKeys: [] });
const rule = fc.record({ applies: condition, expects: condition });
const oneRule = (change: Partial<RuleDefinition>) => compileRules(sampleRuleSet([sampleRule(change)]), catalogue);

const meaning = (code: Code): Meaning => ({ label: catalogue.get(code)!.label, options: new Map([...catalogue.get(code)!.options].map(([option, label]) => [option, { label }])) });
/** The result by the generic grammar, which forms and threshold tables use. */
function generic({ applies, expects }: { applies: Condition; expects: Condition }, seen: Facts): Result {
  const verdict = (one: Condition): Verdict => compileCondition(one, meaning).evaluate({ value: (item) => seen[item], rows: () => [] });
  const applying = verdict(applies);
  if (applying !== 'yes') return applying === 'no' ? 'not-applicable' : 'unknown';
  return { yes: 'met', no: 'not-met', unknown: 'unknown' }[verdict(expects)] as Result;
}

it('packed evaluation is the evaluation of the condition grammar', () => {
  fc.assert(fc.property(rule, facts, (one, seen) => { expect(oneRule(one).results(seen)).toEqual([generic(one, seen)]); }), { numRuns: 2_000 });
});

it('the result of the explanation is the result, and the text ends with its word', () => {
  const words: Record<Result, string> = { met: 'ため適合', 'not-met': 'ため不適合', unknown: 'ため未確認', 'not-applicable': 'ため対象外' };
  fc.assert(fc.property(rule, facts, (one, seen) => {
    const rules = oneRule(one);
    const explained = rules.explain('right-unit', seen);
    expect(explained.result).toBe(rules.results(seen)[0]);
    expect(explained.text.endsWith(words[explained.result])).toBe(true);
    expect(explained.text).not.toMatch(/undefined|NaN|ためため|がが|「」/u);
    expect(explained.missing.length > 0).toBe(explained.result === 'unknown');
    for (const code of explained.missing) expect(seen[code]).toBeUndefined();
  }), { numRuns: 1_000 });
});

it('one more fact never makes a decided result unknown, nor turns it', () => {
  fc.assert(fc.property(rule, facts, fc.constantFrom(...items.map(({ code }) => code)).chain((code) => fc.tuple(fc.constant(code), valueOf(code))), (one, seen, [code, value]) => {
    const rules = oneRule(one);
    const [before] = rules.results({ ...seen, [code]: undefined });
    const [after] = rules.results({ ...seen, [code]: value });
    return before === 'unknown' || before === after;
  }), { numRuns: 2_000 });
});

it('the order of the rules does not matter', () => {
  fc.assert(fc.property(fc.array(rule, { minLength: 1, maxLength: 6 }), facts, fc.func(fc.integer()), (all, seen, rank) => {
    const rules = all.map((one, n) => sampleRule({ code: `rule-${n}`, ...one }));
    const shuffled = [...rules].sort((a, b) => rank(a.code) - rank(b.code));
    const byCode = (set: RuleDefinition[]): Record<Code, Result> => Object.fromEntries(compileRules(sampleRuleSet(set), catalogue).results(seen).map((result, n) => [set[n]!.code, result]));
    expect(byCode(shuffled)).toEqual(byCode(rules));
  }));
});

it('no facts make it throw', () => {
  const rules = compileRules(sampleRuleSet(items.flatMap(({ code, kind, options }, n): RuleDefinition[] => {
    const expects: Condition = kind === 'number' ? { item: code, atLeast: 1 } : kind === 'date' ? { item: code, before: '2026-04-01' } : { item: code, is: [...options.keys()][0] ?? 'x' };
    return [sampleRule({ code: `rule-${n}`, applies: expects, expects: { not: expects } })];
  })), catalogue);
  const anything = fc.oneof(fc.anything(), fc.dictionary(fc.constantFrom(...items.map(({ code }) => code)), fc.oneof(fc.anything(), fc.record({ choice: fc.anything() }), fc.record({ checked: fc.anything() }), fc.double())));
  fc.assert(fc.property(anything, (seen) => {
    const results = rules.results(seen as Facts);
    expect(rules.rules.map(({ code }) => rules.explain(code, seen as Facts).result)).toEqual(results);
  }), { numRuns: 1_000 });
});
