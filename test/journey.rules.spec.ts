import { DEMO_ORGANISATION, demoAccount, demoDepartment } from '../src/demo/city.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { ruleOf } from './checked-organisation.js';
import { addSystem, declareOf } from './checks-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

const REVIEW = 'mn-access-log-review';
const { set: SET, rule: { title: TITLE, parameters } } = ruleOf('my-number-audit', REVIEW);
const LIMIT = parameters!['max-months']!.label;
const PASSWORD = ruleOf('my-number-audit', 'mn-password-change').rule.title;

let stage: Stage;
let auditor: Visitor;
let allowance: string;

const within = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(stage.database, {
  organisation: DEMO_ORGANISATION, actor: { id: demoAccount('kansa.jimu'), name: '監査事務局　担当', department: null, grants: [{ role: 'audit-secretariat', department: null }] }, clock: stage.clock,
}, work);

beforeAll(async () => {
  stage = await openStage({ demo: true });
  await within(async (ctx) => {
    const held = { 'my-number': { choice: 'held' }, 'personal-information': { choice: 'held' } };
    allowance = await addSystem(ctx, demoDepartment('子育て支援課'), '児童手当システム', held);
    const library = await addSystem(ctx, demoDepartment('学校教育課'), '就学援助システム', held);
    for (const [control, value] of [['access-log', 'operations'], ['access-log-reading', 'staff'], ['access-right-unit', 'per-user'], ['access-log-review-interval', 3]] as const) await declareOf(ctx, allowance, control, value);
    await declareOf(ctx, library, 'access-right-unit', 'per-terminal');
  });
  auditor = await stage.visitor('rules');
});
afterAll(() => stage?.close());

describe('the audit office decides by what systems are checked', () => {
  it('checks all systems and looks at the rule sets', async () => {
    await auditor.enterAs('監査事務局');
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    await auditor.sees('児童手当システム');
    await auditor.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
    await auditor.open('/checks/rules');
    await auditor.looksRight({ heading: '規則集' });
    expect(await auditor.words()).not.toContain('規則集が、最後の点検の後で変わっています');
    await auditor.go(SET.title, 'main section.card');
    await auditor.looksRight({ heading: SET.title });
    const { bytes, name } = await auditor.file('/checks/rules/my-number-audit/list.xlsx');
    expect([bytes.length > 5_000, name]).toEqual([true, `規則の一覧_${SET.title}.xlsx`]);
  });

  it('reads a rule in words, with what it finds now', async () => {
    await auditor.go(TITLE);
    await auditor.sees('3か月');
    await auditor.sees('✓適合 1');
    await auditor.looksRight({ heading: TITLE });
  });

  it('tightens a limit; a looser one is told at its field', async () => {
    await auditor.type(LIMIT, '６');
    await auditor.go('設定を保存する');
    await auditor.sees('規則集の基準（3か月）より緩くはできません');
    await auditor.looksRight({ heading: TITLE });
    await auditor.type(LIMIT, '２');
    await auditor.go('設定を保存する');
    await auditor.sees('2か月（この団体が厳しくした値）');
    await auditor.sees('次の点検から効きます');
    await auditor.looksRight({ heading: TITLE });
  });

  it('switches another rule off, with a reason and not without', async () => {
    await auditor.open('/checks/rules/my-number-audit/mn-password-change');
    await auditor.choose('使わない');
    await auditor.go('設定を保存する');
    await auditor.sees('使わない理由を書いてください');
    await auditor.type('使わない理由', '全システムで生体認証を使い、パスワードを使わないため');
    await auditor.go('設定を保存する');
    await auditor.sees('この団体では使わない規則です');
    await auditor.looksRight({ heading: PASSWORD });
    await auditor.open('/checks/rules/my-number-audit');
    await auditor.sees('全システムで生体認証を使い');
    await auditor.looksRight({ heading: SET.title });
  });

  it('checks at once: the tightened rule fails, the other one does not apply', async () => {
    await auditor.go('いま点検する');
    await auditor.open(`/checks/systems/${allowance}/my-number-audit/${REVIEW}`);
    await auditor.sees('3か月');
    await auditor.sees('×不適合');
    await auditor.looksRight({ heading: TITLE, title: '規則の結果' });
    await auditor.open(`/checks/systems/${allowance}/my-number-audit/mn-password-change`);
    await auditor.sees('対象外');
    await auditor.open(`/checks/rules/my-number-audit/${REVIEW}`);
    await auditor.sees('不適合（1） 児童手当システム');
    expect(await auditor.words()).not.toContain('次の点検から効きます');
    await auditor.open('/checks/compare?before=1&after=2');
    await auditor.sees('新しい不適合（1）');
    await auditor.looksRight({ heading: '点検を比べる' });
    await auditor.open('/checks/runs');
    await auditor.looksRight({ heading: '点検の記録' });
  });
});

describe('the audit office writes a set of its own', () => {
  it('begins a draft and is told what is still to be written', async () => {
    await auditor.open('/checks/own-rules');
    await auditor.looksRight({ heading: '団体の規則集をつくる' });
    await auditor.type('題名', 'みずほ野市の重点点検');
    await auditor.type('#code', 'My Number');
    await auditor.go('下書きをつくる');
    await auditor.sees('英小文字で始まる');
    await auditor.looksRight({ heading: '団体の規則集をつくる' });
    await auditor.type('#code', 'mizuhono-focus');
    await auditor.go('下書きをつくる');
    await auditor.sees('公開する前に直すところ');
    await auditor.sees('着眼点を1つ以上書いてください');
    await auditor.looksRight({ heading: 'みずほ野市の重点点検' });
  });

  it('writes its head and a viewpoint', async () => {
    await auditor.type('出典', 'みずほ野市情報セキュリティ監査要綱');
    await auditor.type('#description', '監査事務局が毎年の予備調査に用いる。');
    await auditor.type('#viewpoint-0-number', '重点1');
    await auditor.type('#viewpoint-0-title', '操作の記録が確かめられているか');
    await auditor.type('#viewpoint-0-shortTitle', '記録の確認');
    await auditor.go('説明と着眼点を保存する');
    await auditor.sees('保存しました。');
    await auditor.sees('規則を1つ以上書いてください');
  });

  it('writes a rule without code: items, comparisons and values that fit them', async () => {
    await auditor.go('規則を加える');
    await auditor.looksRight({ heading: '新しい規則' });
    await auditor.type('#title', '操作の記録を3か月以内に確かめる');
    await auditor.pick('#severity', '重い');
    await auditor.pick('#applies-0-item', 'マイナンバー');
    await auditor.until('the comparisons', async () => (await auditor.page.$('#applies-0-test')) !== null);
    await auditor.pick('#applies-0-test', '次のとおりである');
    await auditor.choose('保有する', '#applies-0-value');
    // A blank row waits for the next condition as soon as one is begun.
    expect(await auditor.page.$('#applies-1-item')).not.toBeNull();
    const item = await auditor.page.$eval('#expects-0-item', (select) => [...select.querySelectorAll('option')].find((one) => one.value === 'access-log-review-interval')!.textContent!);
    await auditor.pick('#expects-0-item', item);
    await auditor.until('the comparisons of a number', async () => (await auditor.page.$('#expects-0-test')) !== null);
    await auditor.pick('#expects-0-test', '次の範囲にある');
    await auditor.until('two numbers', async () => (await auditor.page.$('#expects-0-high')) !== null);
    await auditor.type('#expects-0-value', '１');
    await auditor.go('規則を保存する');
    await auditor.sees('下と上の2つの数を入れてください');
    // What was typed and chosen before is still there.
    expect(await auditor.page.$eval('#title', (element) => element.value)).toBe('操作の記録を3か月以内に確かめる');
    expect(await auditor.page.$eval('#applies-0-value input:checked', (element) => element.value)).toBe('held');
    await auditor.looksRight({ heading: '新しい規則' });
    await auditor.type('#expects-0-high', '2');
    await auditor.type('#basis-0-document', 'みずほ野市情報セキュリティ監査要綱');
    await auditor.type('#basis-0-article', '第5条');
    await auditor.type('#observation', '操作の記録が2か月を超えて確かめられていない。');
    await auditor.type('#improvement', '2か月以内ごとに操作の記録を確かめられたい。');
    await auditor.type('#evidence', '操作の記録を確かめた結果の綴り');
    await auditor.go('規則を保存する');
    await auditor.sees('操作の記録を3か月以内に確かめる');
    await auditor.sees('直すところ');
    await auditor.looksRight({ heading: 'みずほ野市の重点点検' });
  });

  it('opens the rule again as it was written, and publishes the set', async () => {
    await auditor.go('操作の記録を3か月以内に確かめる', '#rules');
    expect(await auditor.page.$eval('#expects-0-high', (element) => element.value)).toBe('2');
    await auditor.looksRight({ heading: '規則1 操作の記録を3か月以内に確かめる', title: '規則1　操作の記録を3か月以内に確かめる' });
    await auditor.go('保存せずに戻る');
    await auditor.sees('直すところはありません');
    await auditor.looksRight({ heading: 'みずほ野市の重点点検' });
    await auditor.go('公開する');
    await auditor.sees('公開済み');
    await auditor.looksRight({ heading: 'みずほ野市の重点点検' });
    const { bytes, name } = await auditor.file(`${auditor.path()}/file`);
    expect([name, bytes.toString('utf8')]).toEqual(['mizuhono-focus-2026-11.yaml', expect.stringContaining('item: access-log-review-interval')]);
  });

  it('sees it in the matrix after the next check', async () => {
    await auditor.go('規則の設定と結果を見る');
    await auditor.go('いま点検する');
    await auditor.open('/checks?ruleSet=mizuhono-focus');
    await auditor.sees('みずほ野市の重点点検');
    await auditor.sees('記録の確認');
    await auditor.press('表の形で見る');
    await auditor.sees('児童手当システム 子育て支援課 不適合 1');
    await auditor.sees('就学援助システム 学校教育課 未確認 1');
    await auditor.looksRight({ heading: '着眼点ごとの点検結果', title: '点検' });
  });

  it('decides when the next check is made by itself', async () => {
    await auditor.open('/checks/schedule');
    await auditor.looksRight({ heading: '定期の点検' });
    await auditor.choose('四半期ごと');
    await auditor.go('保存する');
    await auditor.sees('次に点検する日に、今日か、それより後の日を入れてください');
    await auditor.pickDay('#firstOn', '2027-01-12');
    await auditor.go('保存する');
    await auditor.sees('次の点検は令和9年1月12日です');
    await auditor.looksRight({ heading: '定期の点検' });
  });
});
