import { Invalid, NotFound } from '../kernel/errors.js';
import type { AnswerValue } from './form.js';
import type { Facts, Result, RuleCondition, RuleDefinition, RuleSettings } from './rule-set.js';
import { compilePack, compileRules } from './rules.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from './sample-rules.js';

const catalogue = sampleCatalogue();
const running: Record<string, AnswerValue> = { state: { choice: 'running' }, holding: { choice: 'held' } };
const compiled = (rule: Partial<RuleDefinition>, settings?: RuleSettings) => compileRules(sampleRuleSet([sampleRule(rule)]), catalogue, settings);
/** What a rule says that applies to running systems and expects the condition. */
const said = (expects: RuleCondition, facts: Facts): { result: Result; text: string } => {
  const { result, text } = compiled({ applies: { item: 'state', is: 'running' }, expects }).explain('right-unit', { ...running, ...facts });
  return { result, text };
};

describe('results', () => {
  const results = (facts: Facts): Result[] => compiled({}).results(facts);

  it('applies no → 対象外, applies unknown → 未確認, expects yes, no, unknown → 適合, 不適合, 未確認', () => {
    expect(results({ ...running, unit: { choice: 'per-user' } })).toEqual(['met']);
    expect(results({ ...running, unit: { choice: 'per-terminal' } })).toEqual(['not-met']);
    expect(results(running)).toEqual(['unknown']);
    expect(results({ ...running, holding: { choice: 'not-held' }, unit: { choice: 'per-terminal' } })).toEqual(['not-applicable']);
    expect(results({ state: { choice: 'running' }, unit: { choice: 'per-user' } })).toEqual(['unknown']);
  });

  it('one no is enough for 対象外, whatever else is unknown', () => {
    expect(results({ holding: { choice: 'not-held' } })).toEqual(['not-applicable']);
  });

  it('writes the places of the results of all rules from an offset on, and leaves the rest alone', () => {
    const rules = compileRules(sampleRuleSet([sampleRule(), sampleRule({ code: 'other', expects: { item: 'unit', is: 'per-terminal' } })]), catalogue);
    const out = new Uint8Array([9, 9, 9, 9]);
    rules.evaluate(rules.pack({ ...running, unit: { choice: 'per-user' } }), out, 1);
    expect([...out]).toEqual([9, 0, 1, 9]);
  });

  it('rule sets over one catalogue read the same packed facts', () => {
    const [one, other] = [compiled({}), compiled({ expects: { item: 'attempts', atMost: 10 } })];
    const packed = one.pack({ ...running, attempts: 5, unit: { choice: 'none' } });
    const out = new Uint8Array(2);
    one.evaluate(packed, out, 0);
    other.evaluate(packed, out, 1);
    expect([...out]).toEqual([1, 0]);
    expect(compilePack(catalogue)).toBe(compilePack(catalogue));
  });
});

describe('every test on yes, no and unknown', () => {
  it.each<[string, RuleCondition, yes: AnswerValue, no: AnswerValue, fact: string]>([
    ['is on a choice', { item: 'unit', is: 'per-user' }, { choice: 'per-user' }, { choice: 'none' }, 'unit'],
    ['isOneOf on a choice', { item: 'unit', isOneOf: ['per-user', 'per-department'] }, { choice: 'per-department' }, { choice: 'none' }, 'unit'],
    ['not', { not: { item: 'unit', is: 'none' } }, { choice: 'per-user' }, { choice: 'none' }, 'unit'],
    ['includes on checks', { item: 'media', includes: 'usb' }, { checked: ['paper', 'usb'] }, { checked: ['paper'] }, 'media'],
    ['is on checks: this one only', { item: 'media', is: 'paper' }, { checked: ['paper'] }, { checked: ['paper', 'usb'] }, 'media'],
    ['isOneOf on checks', { item: 'media', isOneOf: ['paper', 'disc'] }, { checked: ['disc'] }, { checked: ['disc', 'paper'] }, 'media'],
    ['atLeast', { item: 'attempts', atLeast: 3 }, 3, 2, 'attempts'],
    ['atMost', { item: 'attempts', atMost: 3 }, 3, 4, 'attempts'],
    ['between', { item: 'attempts', between: [1, 3] }, 1, 0, 'attempts'],
    ['is on a number', { item: 'attempts', is: 3 }, 3, 4, 'attempts'],
    ['isOneOf on a number', { item: 'attempts', isOneOf: [3, 5] }, 5, 4, 'attempts'],
    ['before a day', { item: 'begun', before: '2026-04-01' }, '2026-03-31', '2026-04-01', 'begun'],
    ['after a day', { item: 'begun', after: '2026-04-01' }, '令和8年4月2日', '2026-04-01', 'begun'],
    ['is on a text', { item: 'rules-title', is: '規程' }, '規程', '要領', 'rules-title'],
    ['includes on a text', { item: 'rules-title', includes: '番号' }, '個人番号の取扱い', '要領', 'rules-title'],
  ])('%s', (_name, expects, yes, no, fact) => {
    expect(said(expects, { [fact]: yes }).result).toBe('met');
    expect(said(expects, { [fact]: no }).result).toBe('not-met');
    expect(said(expects, {}).result).toBe('unknown');
  });

  it('numbers and days against another fact, unknown while either is', () => {
    expect(said({ item: 'clauses', matchesCountOf: 'contracts' }, { clauses: 2, contracts: 2 }).result).toBe('met');
    expect(said({ item: 'clauses', matchesCountOf: 'contracts' }, { clauses: 1, contracts: 2 }).result).toBe('not-met');
    expect(said({ item: 'clauses', matchesCountOf: 'contracts' }, { contracts: 2 }).result).toBe('unknown');
    expect(said({ item: 'clauses', matchesCountOf: 'contracts' }, { clauses: 2 }).result).toBe('unknown');
    expect(said({ item: 'begun', before: { item: 'renewed' } }, { begun: '2020-04-01', renewed: '2026-04-01' }).result).toBe('met');
    expect(said({ item: 'begun', before: { item: 'renewed' } }, { begun: '2026-04-01', renewed: '2026-04-01' }).result).toBe('not-met');
    expect(said({ item: 'begun', before: { item: 'renewed' } }, { begun: '2026-04-01' }).result).toBe('unknown');
  });

  /** The tables of Kleene: yes is stated by an option, no by another, unknown by nothing. */
  it.each<[a: string | null, b: string | null, all: Result, any: Result]>([
    ['y', 'y', 'met', 'met'], ['y', 'n', 'not-met', 'met'], ['y', null, 'unknown', 'met'],
    ['n', 'y', 'not-met', 'met'], ['n', 'n', 'not-met', 'not-met'], ['n', null, 'not-met', 'unknown'],
    [null, 'y', 'unknown', 'met'], [null, 'n', 'not-met', 'unknown'], [null, null, 'unknown', 'unknown'],
  ])('%s with %s: all %s, any %s', (a, b, all, any) => {
    const facts: Facts = { unit: a === null ? undefined : { choice: a === 'y' ? 'per-user' : 'none' }, attempts: b === null ? undefined : b === 'y' ? 1 : 9 };
    const members: RuleCondition[] = [{ item: 'unit', is: 'per-user' }, { item: 'attempts', atMost: 5 }];
    expect(said({ all: members }, facts).result).toBe(all);
    expect(said({ any: members }, facts).result).toBe(any);
  });
});

describe('facts that cannot be used are unknown', () => {
  it.each<[string, RuleCondition, string, unknown]>([
    ['an option that is not in the catalogue', { not: { item: 'unit', is: 'none' } }, 'unit', { choice: 'per-planet' }],
    ['a choice left blank', { not: { item: 'unit', is: 'none' } }, 'unit', { choice: '' }],
    ['a word in place of a choice', { item: 'unit', is: 'per-user' }, 'unit', 'per-user'],
    ['checks with one unknown option', { not: { item: 'media', includes: 'usb' } }, 'media', { checked: ['paper', 'tape'] }],
    ['no check at all', { not: { item: 'media', includes: 'usb' } }, 'media', { checked: [] }],
    ['not a number', { item: 'attempts', atMost: 5 }, 'attempts', NaN],
    ['a number as text', { item: 'attempts', atMost: 5 }, 'attempts', '3'],
    ['a day that does not exist', { item: 'begun', before: '2026-04-01' }, 'begun', '2026-02-30'],
    ['a blank text', { not: { item: 'rules-title', is: 'x' } }, 'rules-title', ' \u3000'],
    ['null', { item: 'attempts', atMost: 5 }, 'attempts', null],
  ])('%s', (_name, expects, fact, value) => expect(said(expects, { [fact]: value } as unknown as Facts).result).toBe('unknown'));

  it('no facts at all', () => {
    for (const facts of [null, undefined, 3, 'x', [], {}]) {
      expect(compiled({}).results(facts as unknown as Facts)).toEqual(['unknown']);
      expect(compiled({}).explain('right-unit', facts as unknown as Facts).result).toBe('unknown');
    }
  });
});

describe('explanations', () => {
  it('不適合 and 適合 name what was expected and what was seen', () => {
    expect(said({ item: 'unit', is: 'per-user' }, { unit: { choice: 'per-terminal' } }).text).toBe('アクセス権限を設定する単位が「利用者ごと」ではなく「端末ごと」であるため不適合');
    expect(said({ item: 'unit', is: 'per-user' }, { unit: { choice: 'per-user' } }).text).toBe('アクセス権限を設定する単位が「利用者ごと」であるため適合');
    expect(said({ item: 'unit', isOneOf: ['per-user', 'per-department'] }, { unit: { choice: 'none' } }).text).toBe('アクセス権限を設定する単位が「利用者ごと」「課・係ごと」のいずれでもなく「設定していない」であるため不適合');
    expect(said({ item: 'media', is: 'paper' }, { media: { checked: ['paper', 'usb'] } }).text).toBe('使う媒体が「紙」ではなく「USBメモリ」「紙」であるため不適合');
    expect(said({ item: 'media', includes: 'usb' }, { media: { checked: ['paper'] } }).text).toBe('使う媒体で「USBメモリ」が選ばれていないため不適合');
    expect(said({ item: 'attempts', between: [3, 10] }, { attempts: 2 }).text).toBe('続けて誤ったとき利用を止める回数が2回で、3回に満たないため不適合');
    expect(said({ item: 'attempts', between: [3, 10] }, { attempts: 11 }).text).toBe('続けて誤ったとき利用を止める回数が11回で、10回を超えているため不適合');
    expect(said({ item: 'attempts', between: [3, 10] }, { attempts: 3 }).text).toBe('続けて誤ったとき利用を止める回数が3回で、3回から10回までの間にあるため適合');
    expect(said({ item: 'months', atLeast: 12 }, { months: 6 }).text).toBe('記録の保存期間が6か月で、12か月に満たないため不適合');
    expect(said({ item: 'months', atLeast: 12 }, { months: 36 }).text).toBe('記録の保存期間が36か月で、12か月以上であるため適合');
    expect(said({ item: 'attempts', is: 3 }, { attempts: 5 }).text).toBe('続けて誤ったとき利用を止める回数が3回ではなく5回であるため不適合');
    expect(said({ item: 'clauses', matchesCountOf: 'contracts' }, { clauses: 1, contracts: 2 }).text).toBe('条項がある契約の数が1件で、委託契約の数（2件）と異なっているため不適合');
    expect(said({ item: 'begun', before: { item: 'renewed' } }, { begun: '2020-04-01', renewed: '2026-04-01' }).text).toBe('導入した日が令和2年4月1日で、更新した日（令和8年4月1日）より前であるため適合');
    expect(said({ item: 'rules-title', includes: '番号' }, { 'rules-title': '要領' }).text).toBe('規程の名称に「番号」が含まれていないため不適合');
    expect(said({ all: [{ item: 'months', atLeast: 12 }, { item: 'attempts', atMost: 5 }] }, { months: 6, attempts: 9 }).text)
      .toBe('記録の保存期間が6か月で、12か月に満たず、続けて誤ったとき利用を止める回数が9回で、5回を超えているため不適合');
  });

  it('未確認 says what is missing, and where it would be told', () => {
    const rule = { applies: { item: 'state', is: 'running' }, expects: { all: [{ item: 'unit', is: 'per-user' }, { item: 'media', includes: 'usb' }, { item: 'contracts', atLeast: 1 }, { item: 'claimed-outsourcing', is: 'outsourced' }] } } as const;
    const explained = compiled(rule as unknown as Partial<RuleDefinition>).explain('right-unit', running);
    expect(explained.text).toBe('台帳に「委託契約の数」の記入がなく、「評価書の委託の有無」が読み取れず、「アクセス権限を設定する単位」「使う媒体」の申告がないため未確認');
    expect(explained.missing).toEqual(['unit', 'media', 'contracts', 'claimed-outsourcing']);
    expect(compiled({}).explain('right-unit', { state: { choice: 'running' } })).toMatchObject({ text: '台帳に「マイナンバー」の記入がなく、対象になるか決められないため未確認', missing: ['holding'] });
  });

  it('対象外 says why, and looks at nothing else', () => {
    const explained = compiled({}).explain('right-unit', { ...running, holding: { choice: 'not-held' }, unit: { choice: 'none' } });
    expect(explained.text).toBe('マイナンバーが「保有しない」であるため対象外');
    expect(explained.seen.map(({ code }) => code)).toEqual(['state', 'holding']);
  });

  it('shows the values that were seen as a person reads them', () => {
    const all = compiled({ applies: { item: 'begun', before: '2026-04-01' }, expects: { any: [{ item: 'media', includes: 'usb' }, { item: 'months', atLeast: 12 }, { item: 'unit', is: 'per-user' }] } });
    expect(all.explain('right-unit', { begun: '2020-04-01', media: { checked: ['paper', 'usb'] }, months: 1200 }).seen).toEqual([
      { code: 'begun', label: '導入した日', value: '令和2年4月1日' }, { code: 'media', label: '使う媒体', value: 'USBメモリ、紙' },
      { code: 'months', label: '記録の保存期間', value: '1,200か月' }, { code: 'unit', label: 'アクセス権限を設定する単位', value: null },
    ]);
  });

  it('what was explained once is handed out again, frozen; other values give another explanation', () => {
    const rules = compiled({});
    const once = rules.explain('right-unit', { ...running, unit: { choice: 'none' } });
    expect(rules.explain('right-unit', { ...running, unit: { choice: 'none' }, months: 3 })).toBe(once);
    expect(rules.explainPacked(0, rules.pack({ ...running, unit: { choice: 'none' } }))).toBe(once);
    expect(rules.explain('right-unit', { ...running, unit: { choice: 'per-terminal' } }).text).not.toBe(once.text);
    expect(() => once.missing.push('x')).toThrow(TypeError);
  });

  it('texts that look alike when joined are told apart', () => {
    const rules = compiled({ applies: { item: 'rules-title', includes: 'a' }, expects: { item: 'months', atLeast: 1 } });
    expect(rules.explain('right-unit', { 'rules-title': 'a,3', months: undefined }).result).toBe('unknown');
    expect(rules.explain('right-unit', { 'rules-title': 'a', months: 3 }).result).toBe('met');
  });

  it('stays right after more than it keeps', () => {
    const rules = compiled({ applies: { item: 'state', is: 'running' }, expects: { item: 'contracts', atMost: 1_000 } });
    for (let n = 0; n < 2_000; n += 1) expect(rules.explain('right-unit', { ...running, contracts: n }).result).toBe(n <= 1_000 ? 'met' : 'not-met');
  });

  it('a rule that is not in the set is not found', () => expect(() => compiled({}).explain('ghost', {})).toThrow(NotFound));
});

describe('settings of an organisation', () => {
  const months = { expects: { item: 'months', atLeast: { parameter: 'kept' } }, parameters: { kept: { label: '保存期間の下限', unit: 'か月', value: 12, stricter: 'higher', limit: 60 } } } as const;
  const facts = { ...running, months: 24 };
  const tightened = (kept: unknown): RuleSettings => ({ 'right-unit': { parameters: { kept: kept as number } } });

  it('a parameter is the value of the rule, or the stricter one of the organisation', () => {
    expect(compiled(months).explain('right-unit', facts).text).toBe('記録の保存期間が24か月で、12か月以上であるため適合');
    expect(compiled(months, tightened(36)).explain('right-unit', facts).text).toBe('記録の保存期間が24か月で、36か月に満たないため不適合');
    expect(compiled(months, tightened(60)).rules[0]!.limits).toEqual({ kept: 60 });
  });

  it.each([[11], [61], [NaN], ['36'], [null]])('looser, beyond the strictest or no number (%p) is refused', (kept) => {
    expect(() => compiled(months, tightened(kept))).toThrow(Invalid);
  });

  it('says what may be set', () => {
    const problems = (kept: number) => { try { compiled(months, tightened(kept)); return []; } catch (error) { return (error as Invalid).problems; } };
    expect(problems(6)).toEqual([{ code: 'parameter-out-of-range', path: 'parameters/kept', message: '「保存期間の下限」は12か月から60か月までです。規則集の基準（12か月）より緩くはできません。' }]);
    expect(() => compiled(months, { 'right-unit': { parameters: { ghost: 1 } } })).toThrow(Invalid);
  });

  it('stricter may be lower', () => {
    const attempts = { expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { label: '回数の上限', unit: '回', value: 10, stricter: 'lower', limit: 3 } } } as const;
    expect(compiled(attempts, { 'right-unit': { parameters: { most: 3 } } }).results({ ...running, attempts: 5 })).toEqual(['not-met']);
    expect(() => compiled(attempts, { 'right-unit': { parameters: { most: 11 } } })).toThrow(Invalid);
    expect(() => compiled(attempts, { 'right-unit': { parameters: { most: 2 } } })).toThrow(Invalid);
  });

  it('a rule switched off does not apply, with the reason; without a reason it cannot be', () => {
    const rules = compiled({}, { 'right-unit': { off: { reason: '共同利用の相手が点検している' } } });
    expect(rules.results({ ...running, unit: { choice: 'none' } })).toEqual(['not-applicable']);
    expect(rules.explain('right-unit', running)).toEqual({ rule: 'right-unit', result: 'not-applicable', text: 'この団体では使わない規則（理由：共同利用の相手が点検している）', seen: [], missing: [] });
    expect(rules.rules[0]!.off).toBe('共同利用の相手が点検している');
    expect(() => compiled({}, { 'right-unit': { off: { reason: ' ' } } })).toThrow(Invalid);
  });

  it('settings of rules of other sets are passed over', () => {
    expect(compiled({}, { other: { off: { reason: 'x' } }, constructor: undefined }).results({ ...running, unit: { choice: 'per-user' } })).toEqual(['met']);
  });
});

describe('sets that cannot be compiled', () => {
  it.each<[string, RuleCondition]>([
    ['an unknown fact', { item: 'ghost', is: 'x' }],
    ['answered', { item: 'unit', answered: true }],
    ['a quantifier', { every: 'unit', holds: { item: 'unit', is: 'none' } }],
    ['a parameter that the rule does not have', { item: 'months', atLeast: { parameter: 'ghost' } }],
  ])('%s', (_name, expects) => expect(() => compiled({ expects })).toThrow(Invalid));
});
