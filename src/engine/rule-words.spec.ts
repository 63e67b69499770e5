import { Invalid } from '../kernel/errors.js';
import type { RuleCondition } from './rule-set.js';
import { ruleInWords, ruleText } from './rule-words.js';
import { sampleCatalogue, sampleRule, sampleRuleSet } from './sample-rules.js';

const catalogue = sampleCatalogue();
const set = sampleRuleSet();
const expects = (condition: RuleCondition): string => ruleInWords(sampleRule({ expects: condition }), set, catalogue).expects;

describe('conditions as sentences', () => {
  it.each<[RuleCondition, string]>([
    [{ item: 'unit', is: 'per-user' }, '「アクセス権限を設定する単位」が「利用者ごと」であること。'],
    [{ item: 'unit', isOneOf: ['per-user', 'per-department'] }, '「アクセス権限を設定する単位」が「利用者ごと」「課・係ごと」のいずれかであること。'],
    [{ item: 'unit', isOneOf: ['per-user'] }, '「アクセス権限を設定する単位」が「利用者ごと」であること。'],
    [{ not: { item: 'unit', is: 'none' } }, '「アクセス権限を設定する単位」が「設定していない」ではないこと。'],
    [{ not: { item: 'unit', isOneOf: ['per-terminal', 'none'] } }, '「アクセス権限を設定する単位」が「端末ごと」「設定していない」のいずれでもないこと。'],
    [{ not: { not: { item: 'unit', is: 'none' } } }, '「アクセス権限を設定する単位」が「設定していない」であること。'],
    [{ item: 'media', includes: 'usb' }, '「使う媒体」に「USBメモリ」が選ばれていること。'],
    [{ not: { item: 'media', includes: 'usb' } }, '「使う媒体」に「USBメモリ」が選ばれていないこと。'],
    [{ item: 'media', is: 'paper' }, '「使う媒体」で選ばれているのが「紙」だけであること。'],
    [{ item: 'rules-title', includes: '番号' }, '「規程の名称」に「番号」が含まれていること。'],
    [{ item: 'attempts', atLeast: 3 }, '「続けて誤ったとき利用を止める回数」が3回以上であること。'],
    [{ not: { item: 'attempts', atLeast: 3 } }, '「続けて誤ったとき利用を止める回数」が3回未満であること。'],
    [{ not: { item: 'attempts', atMost: 3 } }, '「続けて誤ったとき利用を止める回数」が3回を超えること。'],
    [{ item: 'attempts', between: [1, 10] }, '「続けて誤ったとき利用を止める回数」が1回以上10回以下であること。'],
    [{ item: 'attempts', is: 3 }, '「続けて誤ったとき利用を止める回数」が3回であること。'],
    [{ item: 'clauses', matchesCountOf: 'contracts' }, '「条項がある契約の数」が「委託契約の数」と同じであること。'],
    [{ item: 'begun', before: '2026-04-01' }, '「導入した日」が令和8年4月1日より前であること。'],
    [{ not: { item: 'renewed', after: { item: 'begun' } } }, '「更新した日」が「導入した日」より後ではないこと。'],
  ])('%j', (condition, sentence) => expect(expects(condition)).toBe(sentence));

  const [a, b, c, d]: RuleCondition[] = [{ item: 'unit', is: 'per-user' }, { item: 'media', includes: 'usb' }, { item: 'attempts', atMost: 5 }, { item: 'months', atLeast: 12 }];

  it('all is かつ, any is a list; what stands within the same word is not nested', () => {
    expect(expects({ all: [a!, { all: [b!, c!] }] })).toBe('「アクセス権限を設定する単位」が「利用者ごと」であり、かつ「使う媒体」に「USBメモリ」が選ばれており、かつ「続けて誤ったとき利用を止める回数」が5回以下であること。');
    expect(expects({ any: [a!, { any: [b!] }] })).toBe('次のいずれかに当たること（①「アクセス権限を設定する単位」が「利用者ごと」である、②「使う媒体」に「USBメモリ」が選ばれている）。');
  });

  it('any within all within any', () => {
    expect(expects({ all: [{ any: [a!, { all: [b!, { any: [c!, d!] }] }] }, { not: { item: 'months', is: 0 } }] })).toBe('次のいずれかに当たり（①「アクセス権限を設定する単位」が「利用者ごと」である、'
      + '②「使う媒体」に「USBメモリ」が選ばれており、かつ次のいずれかに当たる（ア「続けて誤ったとき利用を止める回数」が5回以下である、イ「記録の保存期間」が12か月以上である））、かつ「記録の保存期間」が0か月ではないこと。');
  });

  it('a denied all is a list of denials', () => {
    expect(expects({ not: { all: [a!, d!] } })).toBe('次のいずれかに当たること（①「アクセス権限を設定する単位」が「利用者ごと」ではない、②「記録の保存期間」が12か月未満である）。');
  });
});

describe('a rule in words', () => {
  const tightened = sampleRule({ expects: { item: 'attempts', atMost: { parameter: 'most' } }, parameters: { most: { label: '回数の上限', unit: '回', value: 10, stricter: 'lower', limit: 3 } }, basis: [{ document: '番号法', article: '第12条', item: '安全管理措置' }, { document: '手引き' }] });

  it('has everything that a page of a rule shows', () => {
    expect(ruleInWords(sampleRule(), set, catalogue)).toEqual({
      code: 'right-unit', title: 'アクセス権限は利用者ごとに設定する', ruleSet: { code: 'sample', title: '見本の規則集', version: '2026-04' },
      viewpoint: { code: 'access', number: '(1)', title: '権限は適切か', group: null }, severity: 'high', severityLabel: '重い', basis: ['番号法 第12条'],
      appliesTo: '「稼働の状態」が「稼働中」であり、かつ「マイナンバー」が「保有する」であるとき。', expects: '「アクセス権限を設定する単位」が「利用者ごと」であること。',
      parameters: [], off: null, observation: '権限が利用者ごとに設定されていない。', improvement: '利用者ごとに設定されたい。', evidence: '権限の設定画面',
      facts: [{ code: 'state', label: '稼働の状態' }, { code: 'holding', label: 'マイナンバー' }, { code: 'unit', label: 'アクセス権限を設定する単位' }],
    });
  });

  it('names the limit in force', () => {
    expect(ruleInWords(tightened, set, catalogue)).toMatchObject({ expects: '「続けて誤ったとき利用を止める回数」が10回以下であること。', parameters: [{ value: '10回', range: '3回まで厳しくできる（小さいほど厳しい）', tightened: false }] });
    const words = ruleInWords(tightened, set, catalogue, { 'right-unit': { off: { reason: '使わない' }, parameters: { most: 5 } } });
    expect(words).toMatchObject({ expects: '「続けて誤ったとき利用を止める回数」が5回以下であること。', parameters: [{ value: '5回', tightened: true }], off: '使わない' });
    expect(() => ruleInWords(tightened, set, catalogue, { 'right-unit': { parameters: { most: 11 } } })).toThrow(Invalid);
  });

  it('as text, line by line', () => {
    expect(ruleText(ruleInWords(tightened, set, catalogue, { 'right-unit': { off: { reason: '使わない' } } })).split('\n')).toEqual([
      'アクセス権限は利用者ごとに設定する（right-unit）', '規則集：見本の規則集 2026-04', '着眼点：(1) 権限は適切か', '重さ：重い', '根拠：番号法 第12条 安全管理措置', '　　　手引き',
      'この団体では使わない規則（理由：使わない）', '当てはまるもの：「稼働の状態」が「稼働中」であり、かつ「マイナンバー」が「保有する」であるとき。', '求めること：「続けて誤ったとき利用を止める回数」が10回以下であること。',
      '団体が決める値：回数の上限 10回、3回まで厳しくできる（小さいほど厳しい）', '不適合のときの検出事項：権限が利用者ごとに設定されていない。', '改善を求める事項：利用者ごとに設定されたい。', '確かめる証拠：権限の設定画面', '',
    ]);
  });
});
