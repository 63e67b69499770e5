/** The words of explanations where a plain joining of the tests would read badly. Expected sentences are written by hand. */
import { factCatalogue } from './fact-catalogue.js';
import { indexForm } from './form-index.js';
import type { AnswerValue, Item } from './form.js';
import type { Facts, RuleCondition, RuleExplanation } from './rule-set.js';
import { ruleInWords } from './rule-words.js';
import { compileRules } from './rules.js';
import { sampleControls, sampleRegister, sampleRule, sampleRuleSet } from './sample-rules.js';

const MORE: Item[] = [
  { code: 'interval', kind: 'number', label: '自己点検の間隔（0は行っていない）', zero: '行っていない', unit: 'か月', min: 0, max: 120, need: 'optional' },
  { code: 'attendance', kind: 'number', label: '研修を受けた者の割合', unit: '％', min: 0, max: 100, need: 'optional' },
  { code: 'lock', kind: 'choice', label: '画面ロック', options: 'lock', need: 'optional' },
];
const controls = sampleControls();
controls.sections[0]!.blocks[0]!.items!.push(...MORE);
controls.optionSets.lock = [{ code: 'automatic', label: '自動' }, { code: 'manual', label: '手動' }, { code: 'none', label: 'なし' }];
const register = sampleRegister();
register.sections[0]!.blocks[0]!.items!.push({ code: 'uses', kind: 'number', label: '利用する課の数', unit: '課', counted: 'using-sections', need: 'optional' });
const catalogue = factCatalogue([{ form: indexForm(register), source: 'register' }, { form: indexForm(controls), source: 'control' }]);

const running: Facts = { state: { choice: 'running' }, holding: { choice: 'held' } };
const chosen = (choice: string): AnswerValue => ({ choice });
const explained = (expects: RuleCondition, facts: Facts, applies: RuleCondition = { item: 'state', is: 'running' }): RuleExplanation =>
  compileRules(sampleRuleSet([sampleRule({ applies, expects })]), catalogue).explain('right-unit', { ...running, ...facts });
const said = (...from: Parameters<typeof explained>): string => explained(...from).text;

describe('a number whose 0 says something', () => {
  const within: RuleCondition = { item: 'interval', between: [1, 12] };

  it('is called without the note of its label, and 0 is shown in its words', () => {
    expect(explained(within, { interval: 0 })).toMatchObject({ text: '自己点検の間隔が「行っていない」であるため不適合', seen: [{}, { label: '自己点検の間隔', value: '行っていない' }] });
    expect(said(within, {})).toBe('「自己点検の間隔」の申告がないため未確認');
  });

  it('the lower limit of 1 is no limit to be told', () => {
    expect(said(within, { interval: 12 })).toBe('自己点検の間隔が12か月で、12か月以下であるため適合');
    expect(said(within, { interval: 13 })).toBe('自己点検の間隔が13か月で、12か月を超えているため不適合');
    expect(said({ item: 'interval', atLeast: 1 }, { interval: 24 })).toBe('自己点検の間隔が24か月であるため適合');
    expect(said({ item: 'interval', atLeast: 1 }, { interval: 0 })).toBe('自己点検の間隔が「行っていない」であるため不適合');
    expect(said({ not: { item: 'interval', is: 0 } }, { interval: 0 })).toBe('自己点検の間隔が「行っていない」であるため不適合');
  });

  it('reads in the rule as what it is', () => {
    const words = (expects: RuleCondition): string => ruleInWords(sampleRule({ expects }), sampleRuleSet(), catalogue).expects;
    expect(words(within)).toBe('「自己点検の間隔」が12か月以下であること（「行っていない」を除く）。');
    expect(words({ all: [within, { item: 'attendance', atLeast: 100 }] })).toBe('「自己点検の間隔」が12か月以下であり（「行っていない」を除く）、かつ「研修を受けた者の割合」が100％であること。');
    expect(words({ item: 'interval', atLeast: 1 })).toBe('「自己点検の間隔」が「行っていない」ではないこと。');
    expect(words({ not: { item: 'interval', atLeast: 1 } })).toBe('「自己点検の間隔」が「行っていない」であること。');
  });
});

describe('limits that say nothing beside the value', () => {
  it('one or more, and at most all', () => {
    expect(said({ item: 'contracts', atLeast: 1 }, { contracts: 0 })).toBe('委託契約の数が0件であるため不適合');
    expect(said({ item: 'contracts', atLeast: 1 }, { contracts: 3 })).toBe('委託契約の数が3件であるため適合');
    expect(said({ item: 'attendance', atLeast: 100 }, { attendance: 100 })).toBe('研修を受けた者の割合が100％であるため適合');
    expect(said({ item: 'attendance', atLeast: 100 }, { attendance: 99 })).toBe('研修を受けた者の割合が99％で、100％に満たないため不適合');
  });
});

describe('alternatives that all fail', () => {
  const locked: RuleCondition = { any: [{ item: 'lock', is: 'automatic' }, { all: [{ item: 'lock', is: 'manual' }, { item: 'attempts', between: [3, 15] }] }] };

  it('an item that two of them ask for is told once', () => {
    expect(said(locked, { lock: chosen('none'), attempts: 5 })).toBe('画面ロックが「自動」「手動」のいずれでもなく「なし」であるため不適合');
    expect(said({ any: [{ item: 'unit', is: 'per-user' }, { item: 'unit', is: 'per-department' }, { item: 'unit', is: 'per-user' }] }, { unit: chosen('none') }))
      .toBe('アクセス権限を設定する単位が「利用者ごと」「課・係ごと」のいずれでもなく「設定していない」であるため不適合');
  });

  it('a value that one of them would take is conceded, and the fault is what stands beside it', () => {
    expect(said(locked, { lock: chosen('manual'), attempts: 20 })).toBe('画面ロックが「手動」であるが、続けて誤ったとき利用を止める回数が20回で、15回を超えているため不適合');
  });

  it('nothing is conceded where every value would do in some other alternative', () => {
    const crossed: RuleCondition = { any: [{ all: [{ item: 'lock', is: 'automatic' }, { item: 'unit', is: 'none' }] }, { all: [{ item: 'lock', is: 'manual' }, { item: 'unit', is: 'per-user' }] }] };
    expect(said(crossed, { lock: chosen('automatic'), unit: chosen('per-user') }))
      .toBe('アクセス権限を設定する単位が「設定していない」ではなく「利用者ごと」であり、画面ロックが「手動」ではなく「自動」であるため不適合');
  });

  it('all tests of an alternative that hold are left out where they are asked for nowhere else', () => {
    expect(said({ any: [{ item: 'unit', is: 'per-user' }, { all: [{ item: 'lock', is: 'manual' }, { item: 'months', atLeast: 12 }] }] }, { unit: chosen('none'), lock: chosen('manual'), months: 6 }))
      .toBe('アクセス権限を設定する単位が「利用者ごと」ではなく「設定していない」であり、記録の保存期間が6か月で、12か月に満たないため不適合');
  });
});

describe('what was wanted', () => {
  it('is not told where it is everything but the value, three options or more', () => {
    expect(said({ item: 'unit', isOneOf: ['per-user', 'per-department', 'per-terminal'] }, { unit: chosen('none') })).toBe('アクセス権限を設定する単位が「設定していない」であるため不適合');
    expect(said({ item: 'lock', isOneOf: ['automatic', 'manual'] }, { lock: chosen('none') })).toBe('画面ロックが「自動」「手動」のいずれでもなく「なし」であるため不適合');
  });

  it('is not told for 対象外', () => {
    expect(said({ item: 'months', atLeast: 1 }, { unit: chosen('none'), lock: chosen('none') }, { all: [{ item: 'unit', isOneOf: ['per-user', 'per-department'] }, { item: 'lock', is: 'automatic' }] }))
      .toBe('アクセス権限を設定する単位が「設定していない」であり、画面ロックが「なし」であるため対象外');
  });
});

it('a number that the product counts is not a gap that somebody fills in', () => {
  expect(said({ item: 'uses', atLeast: 1 }, {})).toBe('台帳からは「利用する課の数」が分からないため未確認');
  expect(said({ all: [{ item: 'uses', atLeast: 1 }, { item: 'contracts', atLeast: 1 }, { item: 'lock', is: 'none' }] }, {})).toBe('台帳に「委託契約の数」の記入がなく、台帳からは「利用する課の数」が分からず、「画面ロック」の申告がないため未確認');
});
