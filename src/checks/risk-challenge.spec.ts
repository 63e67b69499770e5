import { SAMPLE_SET, sampleRule } from '../../test/checks-town.js';
import { compileRules } from '../engine/rules.js';
import type { FactItem, RuleSetDefinition } from '../engine/rule-set.js';
import type { Code } from '../engine/form.js';
import { adequacyChallenge, challengesOf, failingRules, rulesSeen, type CheckedSystem, type ControlNamed, type DeclaringSystem, type KeptResults, type RuleSeen } from './risk-challenge.js';

const RULE = { ruleSet: 'sample', rule: 's-access' };
const seen = (result: RuleSeen['result'], why: string | null = '権限が「端末ごと」であるため不適合'): RuleSeen => ({ ...RULE, title: '権限は利用者ごと', setTitle: '見本', result, why });
const checked = (name: string, result: RuleSeen | null, readable = true): CheckedSystem => ({ id: name, name, readable, rules: result === null ? null : new Map([['sample/s-access', result]]) });
const declaring = (name: string, values: DeclaringSystem['values'], stale: DeclaringSystem['stale'] = {}): DeclaringSystem => ({ id: name, name, values, stale });
const controls = new Map<Code, ControlNamed>([['screen-lock', { label: '画面ロック', retiredSince: null }], ['old-lock', { label: '古い鍵', retiredSince: '2026-10-01' }]]);
const inPlace = (control: Code | null) => ({ text: '画面を閉じる', control, state: 'in-place' as const });
const texts = (rules: (typeof RULE)[], measures: Parameters<typeof challengesOf>[0]['measures'], systems: CheckedSystem[], declares: DeclaringSystem[] = []): string[] => challengesOf({ rules, measures }, systems, declares, controls).map((one) => one.text);

describe('what challenges a risk', () => {
  it('a linked rule that fails, in each system in which it does, with the reason', () => {
    expect(texts([RULE], [], [checked('国保', seen('not-met')), checked('介護', seen('met')), checked('児童手当', seen('not-met'))])).toEqual([
      '「国保」が、規則「権限は利用者ごと」（見本）に合っていません。理由：権限が「端末ごと」であるため不適合。', '「児童手当」が、規則「権限は利用者ごと」（見本）に合っていません。理由：権限が「端末ごと」であるため不適合。',
    ]);
  });

  it.each(['met', 'unknown', 'not-applicable'] as const)('not a rule that is %s', (result) => expect(texts([RULE], [], [checked('国保', seen(result))])).toEqual([]));
  it('not a rule that was not looked at, a system that was never checked, or a rule that nobody linked', () => {
    expect(texts([{ ruleSet: 'sample', rule: 's-other' }], [], [checked('国保', seen('not-met'))])).toEqual([]);
    expect(texts([RULE], [], [checked('国保', null)])).toEqual([]);
    expect(texts([], [], [checked('国保', seen('not-met'))])).toEqual([]);
    expect(texts([RULE], [], [])).toEqual([]);
  });

  it('without the reason where the person may not see the results of the system', () => {
    const [only] = failingRules([RULE], [checked('国保', seen('not-met', null), false)]);
    expect(only).toMatchObject({ kind: 'rule', readable: false, text: '「国保」が、規則「権限は利用者ごと」（見本）に合っていません。理由は、このシステムの所管課に確かめてください。' });
  });

  it('a measure in place whose control is not declared, or was declared too long ago', () => {
    expect(texts([], [inPlace('screen-lock')], [], [declaring('国保', {}), declaring('介護', {}, { 'screen-lock': '2025-10-01' }), declaring('児童手当', { 'screen-lock': { choice: 'automatic' } })])).toEqual([
      '対策「画面を閉じる」は実施済みとしていますが、「国保」は統制「画面ロック」を申告していません。申告するか、対策を「予定」に改めてください。',
      '対策「画面を閉じる」は実施済みとしていますが、「介護」の統制「画面ロック」の申告（令和7年10月1日）は期限が切れています。申告し直すか、対策を「予定」に改めてください。',
    ]);
  });

  it('not a measure that is only planned, one without a control, or one of no system', () => {
    expect(texts([], [{ ...inPlace('screen-lock'), state: 'planned' }, inPlace(null)], [], [declaring('国保', {})])).toEqual([]);
    expect(texts([], [inPlace('screen-lock')], [])).toEqual([]);
  });

  it('a measure whose control is no longer in the catalogue, once', () => {
    expect(texts([], [inPlace('old-lock')], [], [declaring('国保', {}), declaring('介護', {})])).toEqual(['対策「画面を閉じる」は実施済みとしていますが、その統制「古い鍵」は令和8年10月1日に目録から外れました。いまある統制に結び直してください。']);
  });
});

describe('what challenges the answer of an assessment', () => {
  const linked = (systems: CheckedSystem[]) => ({ id: 'r', title: '権限のない閲覧', rules: [RULE], measures: [], challenges: challengesOf({ rules: [RULE], measures: [] }, systems, [], controls) });

  it.each<[string, boolean | null, boolean]>([['enough', true, true], ['lacking', false, false], ['not answered', null, false]])('%s: challenged is %s → %s', (_, enough, challenged) => {
    const found = adequacyChallenge(enough, [linked([checked('国保', seen('not-met'))])], []);
    expect([found.challenged, found.reasons.map((one) => one.risk.name)]).toEqual([challenged, ['権限のない閲覧']]);
  });

  it('a linked rule that fails in a system that only the assessment names', () => {
    const found = adequacyChallenge(true, [linked([checked('国保', seen('met'))])], [checked('宛名', seen('not-met'))]);
    expect([found.challenged, found.reasons.map((one) => one.challenge.text)]).toEqual([true, [expect.stringContaining('「宛名」が、規則')]]);
  });

  it('the same failure by way of the risk and of the assessment is told once', () => {
    expect(adequacyChallenge(true, [linked([checked('国保', seen('not-met'))])], [checked('国保', seen('not-met'))]).reasons).toHaveLength(1);
  });

  it('nothing where nothing speaks against it', () => {
    expect(adequacyChallenge(true, [linked([checked('国保', seen('met'))])], [checked('国保', seen('met'))])).toEqual({ challenged: false, reasons: [] });
    expect(adequacyChallenge(true, [], [checked('国保', seen('not-met'))])).toEqual({ challenged: false, reasons: [] });
  });
});

describe('what the kept results say of the linked rules', () => {
  const fact = (code: Code, options: Record<Code, string>, source: FactItem['source'] = 'control'): [Code, FactItem] => [code, { code, label: code, kind: 'choice', options: new Map(Object.entries(options)), unit: '', source, group: '' }];
  const catalogue = new Map([
    fact('operation-state', { 'in-operation': '稼働中' }, 'register'), fact('access-right-unit', { 'per-user': '利用者ごと', 'per-terminal': '端末ごと' }), fact('my-number', { held: '保有', 'not-held': '保有しない' }, 'register'),
    fact('my-number-viewing', { nobody: 'だれも', limited: '限られた者', 'all-users': 'すべて' }), fact('claimed', { strict: '厳しい', loose: '緩い' }, 'claim'),
    ['access-log-review-interval', { code: 'access-log-review-interval', label: '確かめる間隔', kind: 'number', options: new Map(), unit: 'か月', source: 'control', group: '' }] as [Code, FactItem],
  ]);
  const about: RuleSetDefinition = { ...SAMPLE_SET, ruleSet: 'about', shortTitle: '整合', per: 'assessment', rules: [sampleRule('a-claim', 'access', { expects: { item: 'claimed', is: 'strict' } })] };
  const sets = new Map([['sample', compileRules(SAMPLE_SET, catalogue)], ['about', compileRules(about, catalogue)]]);
  const kept: KeptResults = {
    results: { sample: 'xum', about: 'x' }, facts: { values: { 'operation-state': { choice: 'in-operation' }, 'access-right-unit': { choice: 'per-terminal' } } },
    assessments: [
      { assessmentId: 'a', title: '国保の事務', claims: { claimed: { choice: 'loose' } }, results: { about: 'x' } }, { assessmentId: 'b', title: '介護の事務', claims: { claimed: { choice: 'strict' } }, results: { about: 'm' } },
    ],
  };
  const look = (wanted: string[], withReasons = true, results = kept.results) => [...rulesSeen(sets, { ...kept, results }, new Set(wanted), withReasons).values()];

  it('by the place of the rule in its set, with the reason of the rule itself', () => {
    expect(look(['sample/s-access', 'sample/s-review'])).toEqual([
      { ruleSet: 'sample', rule: 's-access', title: 's-accessが守られている', setTitle: '見本', result: 'not-met', why: expect.stringContaining('端末ごと') }, { ruleSet: 'sample', rule: 's-review', title: 's-reviewが守られている', setTitle: '見本', result: 'unknown', why: '' },
    ]);
  });

  it('with the assessments that it contradicts, where the set looks at assessments', () => {
    const [only] = look(['about/a-claim']);
    expect([only!.result, only!.why]).toEqual(['not-met', expect.stringMatching(/^評価書「国保の事務」に照らして、.*緩い/u)]);
    expect(only!.why).not.toContain('介護の事務');
  });

  it('overruled results say that a person gave them; without the right there is no reason', () => {
    expect(look(['sample/s-access'], true, { sample: 'Xum' })[0]!.why).toBe('点検の結果を、人が「不適合」に改めている');
    expect(look(['sample/s-access'], true, { sample: 'Mum' })[0]!.result).toBe('met');
    expect(look(['sample/s-access'], false)[0]!.why).toBeNull();
  });

  it('nothing of a set that was not used or a rule that is not there', () => {
    expect(look(['other/x', 'sample/none'])).toEqual([]);
    expect(look(['sample/s-access'], true, {})).toEqual([]);
  });
});
