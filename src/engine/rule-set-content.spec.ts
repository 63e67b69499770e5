import fc from 'fast-check';
import type { Code } from './form.js';
import { checkRuleSet, checkRuleSetsTogether } from './rule-set-content.js';
import type { FactCatalogue, FactItem, RuleCondition, RuleDefinition, RuleSetDefinition } from './rule-set.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from './sample-rules.js';

const catalogue = sampleCatalogue();
const told = (definition: unknown, facts: FactCatalogue = catalogue): string[] => checkRuleSet(definition, 'rule-sets/sample/2026-04.yaml', facts).map(({ path, reason }) => `${path} ${reason}`);
const ofRule = (change: object, set: Partial<RuleSetDefinition> = {}): string[] => told(sampleRuleSet([{ ...sampleRule(), ...change } as RuleDefinition], set));
const parameter = { label: '上限', unit: '回', value: 10, stricter: 'lower', limit: 3 } as const;

describe('checking a rule set', () => {
  it('a sound set has no problems, with every kind of test and a parameter', () => {
    expect(told(sampleRuleSet())).toEqual([]);
    const tests: RuleCondition[] = [
      { item: 'unit', isOneOf: ['per-user', 'per-department'] }, { item: 'media', includes: 'usb' }, { item: 'media', is: 'paper' }, { item: 'attempts', between: [1, 10] },
      { item: 'attempts', is: 3 }, { item: 'clauses', matchesCountOf: 'contracts' }, { item: 'begun', before: '2026-04-01' }, { item: 'renewed', after: { item: 'begun' } },
      { item: 'rules-title', includes: '規程' }, { not: { item: 'unit', is: 'none' } }, { item: 'attempts', atMost: { parameter: 'most' } },
    ];
    for (const expects of tests) expect(ofRule({ expects, ...(JSON.stringify(expects).includes('parameter') ? { parameters: { most: parameter } } : {}) })).toEqual([]);
  });

  it.each<[string, object, string, string]>([
    ['an unknown field', { colour: 'red' }, '/rules/0（right-unit）', '「colour」という欄はありません'],
    ['no applies', { applies: undefined }, '/rules/0（right-unit）', '「applies」がありません'],
    ['no basis', { basis: [] }, '/rules/0/basis（right-unit）', '空にはできません'],
    ['an empty text', { observation: '' }, '/rules/0/observation（right-unit）', '空にはできません'],
    ['a text of white space', { improvement: ' \u3000' }, '/rules/0/improvement（right-unit）', '書き方が決まり'],
    ['an unknown severity', { severity: 'grave' }, '/rules/0/severity（right-unit）', 'high、medium、low'],
    ['a code that is no word', { code: 'Right Unit' }, '/rules/0/code（Right Unit）', '書き方が決まり'],
    ['an unknown viewpoint', { viewpoint: 'ghost' }, '/rules/0/viewpoint（right-unit）', '「ghost」という着眼点はこの規則集にありません'],
    ['a condition that is none', { applies: { unit: 'per-user' } }, '/rules/0/applies（right-unit）', '「item」と、比べ方を1つだけ'],
    ['an unknown test', { expects: { item: 'unit', matches: 'x' } }, '/rules/0/expects（right-unit）', '「matches」という比べ方はありません'],
    ['every', { expects: { every: 'unit', holds: { item: 'unit', is: 'none' } } }, '/rules/0/expects（right-unit）', '「every」を使えません'],
    ['some', { expects: { any: [{ some: 'unit', holds: { item: 'unit', is: 'none' } }] } }, '/rules/0/expects/any/0（right-unit）', '「some」を使えません'],
    ['answered', { expects: { all: [{ item: 'unit', answered: true }] } }, '/rules/0/expects/all/0（right-unit）', '「answered」を使えません'],
    ['an unknown fact', { expects: { item: 'ghost', is: 'x' } }, '/rules/0/expects（right-unit）', '「ghost」という台帳の項目・統制・評価書の記載はありません'],
    ['an unknown other fact', { expects: { item: 'clauses', matchesCountOf: 'ghost' } }, '/rules/0/expects（right-unit）', '「ghost」'],
    ['a retired control', { expects: { not: { item: 'old-lock', is: 'none' } } }, '/rules/0/expects/not（right-unit）', '2027-04-01から申告されません'],
    ['a claim in a set for systems', { expects: { item: 'claimed-outsourcing', is: 'outsourced' } }, '/rules/0/expects（right-unit）', 'per: assessment'],
    ['an option that does not exist', { expects: { item: 'unit', is: 'per-planet' } }, '/rules/0/expects（right-unit）', '選択肢にありません。次のいずれかにしてください：per-user、per-department、per-terminal、none'],
    ['an option that does not exist, among others', { expects: { item: 'unit', isOneOf: ['per-user', 'x'] } }, '/rules/0/expects（right-unit）', '「x」は'],
    ['a choice compared with a number', { expects: { item: 'unit', is: 3 } }, '/rules/0/expects（right-unit）', '「3」とは比べられません'],
    ['atLeast on a choice', { expects: { item: 'unit', atLeast: 3 } }, '/rules/0/expects（right-unit）', '「is」か「isOneOf」で比べてください'],
    ['includes on a choice', { expects: { item: 'unit', includes: 'none' } }, '/rules/0/expects（right-unit）', '「is」か「isOneOf」で比べてください'],
    ['atMost on checks', { expects: { item: 'media', atMost: 1 } }, '/rules/0/expects（right-unit）', '「includes」「is」「isOneOf」のどれか'],
    ['an option of checks that does not exist', { expects: { item: 'media', includes: 'tape' } }, '/rules/0/expects（right-unit）', '選択肢にありません'],
    ['a number compared with a word', { expects: { item: 'attempts', is: 'many' } }, '/rules/0/expects（right-unit）', '「many」とは比べられません'],
    ['includes on a number', { expects: { item: 'attempts', includes: '3' } }, '/rules/0/expects（right-unit）', '数の項目なので'],
    ['before on a number', { expects: { item: 'attempts', before: '2026-04-01' } }, '/rules/0/expects（right-unit）', '数の項目なので'],
    ['a limit above what the number can be', { expects: { item: 'attempts', atMost: 200 } }, '/rules/0/expects（right-unit）', '100回以下です。200回とは比べられません'],
    ['a limit below what the number can be', { expects: { item: 'attempts', between: [-1, 3] } }, '/rules/0/expects（right-unit）', '0回以上です'],
    ['between upside down', { expects: { item: 'attempts', between: [5, 3] } }, '/rules/0/expects（right-unit）', '順を入れ替えてください'],
    ['a count against itself', { expects: { item: 'clauses', matchesCountOf: 'clauses' } }, '/rules/0/expects（right-unit）', 'ほかの数の項目と'],
    ['a count against a choice', { expects: { item: 'clauses', matchesCountOf: 'unit' } }, '/rules/0/expects（right-unit）', '「アクセス権限を設定する単位」とは比べられません'],
    ['is on a day', { expects: { item: 'begun', is: '2026-04-01' } }, '/rules/0/expects（right-unit）', '「before」か「after」'],
    ['a day that is not in the calendar', { expects: { item: 'begun', before: '2026-02-30' } }, '/rules/0/expects（right-unit）', '暦にない日'],
    ['a day against a number', { expects: { item: 'begun', before: { item: 'attempts' } } }, '/rules/0/expects（right-unit）', 'ほかの日付の項目と'],
    ['a text compared with a number', { expects: { item: 'rules-title', is: 3 } }, '/rules/0/expects（right-unit）', '「3」とは比べられません'],
    ['a text that includes nothing', { expects: { item: 'rules-title', includes: ' ' } }, '/rules/0/expects（right-unit）', '空の文字'],
    ['atLeast on a text', { expects: { item: 'rules-title', atLeast: 3 } }, '/rules/0/expects（right-unit）', '文字の項目なので'],
  ])('refuses %s', (_what, change, path, reason) => {
    const found = ofRule(change);
    expect(found.some((one) => one.startsWith(`${path} `) && one.includes(reason)) || found).toBe(true);
  });

  it.each<[string, object, string, string]>([
    ['one that the rule does not have', { expects: { item: 'attempts', atMost: { parameter: 'ghost' } } }, '/rules/0/expects（right-unit）', '「ghost」という値は、この規則の「parameters」にありません'],
    ['one that no condition uses', { parameters: { most: parameter } }, '/rules/0/parameters/most（right-unit）', 'どこにも使われていません'],
    ['one whose strictest value is no stricter', { expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { ...parameter, limit: 10 } } }, '/rules/0/parameters/most/limit（right-unit）', '小さくありません'],
    ['one that gets looser the stricter way', { expects: { item: 'attempts', atLeast: { parameter: 'most' } }, parameters: { most: parameter } }, '/rules/0/parameters/most/stricter（right-unit）', '「higher」と書いてください'],
    ['the same under a not', { expects: { not: { item: 'attempts', atMost: { parameter: 'most' } } }, parameters: { most: parameter } }, '/rules/0/parameters/most/stricter（right-unit）', '「higher」と書いてください'],
    ['the same in applies, where more is stricter', { applies: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: parameter } }, '/rules/0/parameters/most/stricter（right-unit）', '「higher」と書いてください'],
    ['a value that the fact cannot be', { expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { ...parameter, value: 200 } } }, '/rules/0/parameters/most/value（right-unit）', '200回とは比べられません'],
    ['a strictest value with which nothing complies', { expects: { all: [{ item: 'attempts', atLeast: 5 }, { item: 'attempts', atMost: { parameter: 'most' } }] }, parameters: { most: parameter } }, '/rules/0/expects（right-unit）', '最も厳しくすると'],
    ['a word for a number', { expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { ...parameter, value: '10' } } }, '/rules/0/parameters/most/value（right-unit）', '値の型が違います'],
  ])('refuses a parameter: %s', (_what, change, path, reason) => {
    const found = ofRule(change);
    expect(found.some((one) => one.startsWith(`${path} `) && one.includes(reason)) || found).toBe(true);
  });

  it.each<[string, (set: RuleSetDefinition) => void, string]>([
    ['an unknown field', (set) => Object.assign(set, { colour: 'red' }), '「colour」という欄'],
    ['no rules', (set) => void (set.rules = []), '/rules 空にはできません'],
    ['a doubled rule', (set) => set.rules.push(sampleRule()), '/rules/1/code（right-unit） 規則の符号「right-unit」が2度'],
    ['a doubled viewpoint', (set) => set.viewpoints.push(set.viewpoints[0]!), '/viewpoints/1/code 着眼点の符号「access」が2度'],
    ['a viewpoint without a rule', (set) => set.viewpoints.push({ code: 'logs', number: '(2)', title: '記録', shortTitle: '記録' }), '/viewpoints/1（logs） 着眼点「記録」の規則が1つもありません'],
    ['a short title of a viewpoint beyond 14 characters', (set) => void (set.viewpoints[0]!.shortTitle = 'あ'.repeat(15)), '/viewpoints/0/shortTitle 長すぎます（14文字まで）'],
    ['a validity that ends before it begins', (set) => void (set.validity.until = '2026-04-01'), '/validity 適用の終わり'],
    ['a day that is not in the calendar', (set) => void (set.validity.from = '2026-13-01'), '/validity/from 「2026-13-01」は暦にない日'],
    ['an unknown way of evaluation', (set) => Object.assign(set, { per: 'person' }), '/per 「assessment」と書いてください'],
  ])('refuses a set with %s', (_what, change, reason) => {
    const set = sampleRuleSet();
    change(set);
    expect(told(set).join('\n')).toContain(reason);
  });

  it('claims may be used where the set looks at assessments, and retired controls until they retire', () => {
    expect(ofRule({ expects: { item: 'claimed-outsourcing', is: 'outsourced' } }, { per: 'assessment' })).toEqual([]);
    expect(ofRule({ expects: { item: 'old-lock', is: 'per-user' } }, { validity: { from: '2026-04-01', until: '2027-04-01' } })).toEqual([]);
    expect(ofRule({ expects: { item: 'old-lock', is: 'per-user' } }, { validity: { from: '2026-04-01', until: '2027-04-02' } })).toHaveLength(1);
  });

  it('lists every problem of every rule', () => {
    const set = sampleRuleSet([sampleRule({ expects: { item: 'ghost', is: 'x' } }), sampleRule({ code: 'other', viewpoint: 'ghost', expects: { item: 'attempts', is: 'x' } })]);
    expect(told(set).map((one) => one.split(' ')[0])).toEqual(['/rules/0/expects（right-unit）', '/rules/1/viewpoint（other）', '/rules/1/expects（other）']);
  });

  it('any JSON gives problems and never a throw', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => told(value).length > 0));
    const field = fc.constantFrom('code', 'viewpoint', 'basis', 'applies', 'expects', 'parameters', 'severity');
    fc.assert(fc.property(field, fc.jsonValue(), (name, value) => Array.isArray(ofRule({ [name]: value }))), { numRuns: 300 });
  });
});

describe('rules that can tell nothing', () => {
  const running: RuleCondition = { item: 'state', is: 'running' };
  it.each<[string, RuleCondition, RuleCondition, string]>([
    ['two options of one choice at once', { all: [running, { item: 'state', is: 'ended' }] }, { item: 'unit', is: 'none' }, '/applies'],
    ['none of the options', { not: { item: 'holding', isOneOf: ['held', 'not-held'] } }, { item: 'unit', is: 'none' }, '/applies'],
    ['numbers that exclude each other', { all: [{ item: 'attempts', atLeast: 5 }, { item: 'attempts', atMost: 4 }] }, { item: 'unit', is: 'none' }, '/applies'],
    ['days that exclude each other', { all: [{ item: 'begun', before: '2026-04-01' }, { item: 'begun', after: '2026-04-01' }] }, { item: 'unit', is: 'none' }, '/applies'],
    ['days of two facts that exclude each other', { all: [{ item: 'begun', before: { item: 'renewed' } }, { item: 'renewed', before: { item: 'begun' } }] }, { item: 'unit', is: 'none' }, '/applies'],
    ['every option', running, { item: 'unit', isOneOf: ['per-user', 'per-department', 'per-terminal', 'none'] }, '/expects'],
    ['every number', running, { item: 'attempts', atLeast: 0 }, '/expects'],
    ['either side of a limit', running, { any: [{ item: 'attempts', atLeast: 5 }, { not: { item: 'attempts', atLeast: 5 } }] }, '/expects'],
    ['what applies says already', { item: 'unit', is: 'per-user' }, { not: { item: 'unit', is: 'none' } }, '/expects'],
    ['the opposite of what applies says', { item: 'unit', is: 'per-user' }, { item: 'unit', is: 'none' }, '/expects'],
    ['two checks that cannot be alone together', running, { all: [{ item: 'media', is: 'usb' }, { item: 'media', is: 'paper' }] }, '/expects'],
    ['one text that is two', running, { all: [{ item: 'rules-title', is: '規程' }, { item: 'rules-title', is: '要領' }] }, '/expects'],
  ])('%s', (_what, applies, expects, where) => {
    expect(ofRule({ applies, expects }).map((one) => one.split(' ')[0])).toEqual([`/rules/0${where}（right-unit）`]);
  });

  it.each<[string, RuleCondition, RuleCondition]>([
    ['a number between two limits that touch', { item: 'attempts', atLeast: 5 }, { item: 'attempts', atMost: 5 }],
    ['a count that is the same or not', running, { item: 'clauses', matchesCountOf: 'contracts' }],
    ['a count that is the same, of at least two', { item: 'contracts', atLeast: 2 }, { item: 'clauses', matchesCountOf: 'contracts' }],
    ['days before each other', running, { item: 'begun', before: { item: 'renewed' } }],
    ['a text with two parts', running, { all: [{ item: 'rules-title', includes: '番号' }, { item: 'rules-title', includes: '規程' }] }],
    ['checks that hold one without the other', { item: 'media', includes: 'usb' }, { not: { item: 'media', includes: 'paper' } }],
    ['a limit within applies', { item: 'contracts', atLeast: 1 }, { item: 'contracts', atLeast: 3 }],
  ])('but not: %s', (_what, applies, expects) => expect(ofRule({ applies, expects })).toEqual([]));

  it('more combinations than can be tried get the benefit of the doubt', () => {
    const wide: FactItem[] = Array.from({ length: 16 }, (_, n) => ({ code: `wide-${n}`, label: `広い${n}`, kind: 'choice', options: new Map([['a', 'あ'], ['b', 'い']]), unit: '', source: 'control', group: '' }));
    const facts = new Map([...catalogue, ...wide.map((item): [Code, FactItem] => [item.code, item])]);
    const never: RuleCondition = { all: [...wide.map(({ code }): RuleCondition => ({ item: code, is: 'a' })), { item: 'wide-0', is: 'b' }] };
    expect(told(sampleRuleSet([sampleRule({ expects: never })]), facts)).toEqual([]);
    expect(told(sampleRuleSet([sampleRule({ expects: { all: [{ item: 'wide-0', is: 'a' }, { item: 'wide-0', is: 'b' }] } })]), facts)).toHaveLength(1);
    const many: FactItem = { code: 'many', label: '多い', kind: 'checks', options: new Map(Array.from({ length: 20 }, (_, n) => [`o-${n}`, String(n)])), unit: '', source: 'control', group: '' };
    expect(told(sampleRuleSet([sampleRule({ expects: { any: [...many.options.keys()].map((includes) => ({ item: 'many', includes })) } })]), new Map([...catalogue, ['many', many]]))).toEqual([]);
  });
});

describe('rule sets together', () => {
  const at = (change: Partial<RuleSetDefinition>, file: string): { definition: RuleSetDefinition; file: string } => ({ definition: sampleRuleSet([sampleRule()], change), file });

  it('a code of a rule belongs to one set; versions of one set share it', () => {
    const versions = [at({ validity: { from: '2026-04-01', until: '2027-04-01' } }, 'a'), at({ version: '2027-04', validity: { from: '2027-04-01' } }, 'b')];
    expect(checkRuleSetsTogether(versions)).toEqual([]);
    expect(checkRuleSetsTogether([...versions, at({ ruleSet: 'other' }, 'c')])).toEqual([{ file: 'c', path: '/rules/0/code（right-unit）', reason: '規則の符号「right-unit」は「a」でも使われています。別の符号にしてください。' }]);
  });

  it('versions of one set may not overlap', () => {
    expect(checkRuleSetsTogether([at({}, 'a'), at({ version: '2027-04', validity: { from: '2027-04-01' } }, 'b')]).map(({ file, path }) => [file, path])).toEqual([['b', '/validity']]);
    expect(checkRuleSetsTogether([at({}, 'a'), at({}, 'b')]).map(({ path }) => path)).toEqual(['/version']);
  });
});
