import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DEMO_ORGANISATION, demoDepartment } from '../src/demo/city.js';
import { PRODUCT, type Ctx } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { scoped } from '../src/kernel/scoped.js';
import { SystemInheritance } from '../src/systems/system.entity.js';
import { addSystem, declareOf } from './checks-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

const SYSTEM = 'こども医療費助成システム';
const TAB = `${SYSTEM}　統制の申告`;
const PLATFORM = '共通基盤';
const choice = (value: string) => ({ choice: value });

let stage: Stage;
let clerk: Visitor;
let head: Visitor;
let system: string;
let platform: string;

const within = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(stage.database, { organisation: DEMO_ORGANISATION, actor: { ...PRODUCT, name: '準備' }, clock: stage.clock }, work);
const controls = (group = ''): string => `/systems/${system}/controls${group === '' ? '' : `?group=${group}`}`;
const article = (control: string): string => `#c-${control}`;

/** Chooses an option of a control and waits until it is saved. */
async function declares(who: Visitor, control: string, words: string): Promise<void> {
  await who.choose(words, article(control));
  await who.sees('保存しました', article(control));
}

beforeAll(async () => {
  stage = await openStage({ demo: true });
  await within(async (ctx) => {
    system = await addSystem(ctx, demoDepartment('子育て支援課'), SYSTEM, { 'my-number': choice('held'), 'personal-information': choice('held') });
    platform = await addSystem(ctx, demoDepartment('情報政策課'), PLATFORM, {}, 'platform');
    await scoped(ctx, SystemInheritance).insert({ id: newId(), systemId: system, fromId: platform, position: 0 });
    await declareOf(ctx, platform, 'authentication-method', 'password');
  });
  [clerk, head] = [await stage.visitor('declarations'), await stage.visitor('declarations-head')];
  await clerk.enterAs('子育て支援課 担当');
  await head.enterAs('子育て支援課 課長');
});
afterAll(() => stage?.close());

describe('a clerk declares in the browser', () => {
  it('sees group by group what is asked, what counts as evidence, and what is inherited', async () => {
    await clerk.open(controls());
    const page = await clerk.words();
    for (const words of ['認証と利用者ID', '利用者IDの割当て', '申告なし', '証拠になるもの']) expect(page).toContain(words);
    expect(await clerk.words(article('authentication-method'))).toContain('「共通基盤」の申告「パスワード」（令和8年11月1日）を引き継いでいます');
    // Nothing is declared: no option looks chosen, and 申告なし is no option.
    expect(await clerk.page.$$eval(`${article('account-assignment')} input[type=radio]`, (all) => all.map((one) => `${one.value} ${String(one.checked)}`))).toEqual(['per-user false', 'per-terminal false', 'shared false', 'none false']);
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
  });

  it('is told at once what a declaration settles', async () => {
    await clerk.open(controls('access-rights'));
    await declares(clerk, 'access-right-unit', '端末ごと');
    // The system had never been checked: the first check counts what it finds.
    await clerk.sees('をはじめて点検しました', article('access-right-unit'));
    expect(await clerk.words('#chip-access-right-unit')).toContain('承認待ち');
    expect(await clerk.words('#tree')).toContain('2 アクセス権限 1/');

    await declares(clerk, 'access-right-unit', '利用者ごと');
    // マイナンバー監査 着眼点(2): the rule expects per-user.
    await clerk.sees('解消', article('access-right-unit'));
    const settled = await clerk.words(`${article('access-right-unit')} .settled`);
    expect(settled).toContain('アクセス権限は利用者ごとに設定する');
    expect(settled).toMatch(/解消 \d+/u);
    await declares(clerk, 'access-right-unit', '端末ごと');
    await clerk.sees('新たに不適合', article('access-right-unit'));
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
    await declares(clerk, 'access-right-unit', '利用者ごと');
  });

  it('writes a note and a day, a number in full width, and mends what cannot be read', async () => {
    const number = article('access-right-review-interval');
    await clerk.type((await clerk.page.$(`${number} input[type=text]`))!, 'ときどき');
    await clerk.sees('保存していません', number);
    await clerk.type((await clerk.page.$(`${number} input[type=text]`))!, '１２');
    await clerk.sees('保存しました', number);
    await clerk.press('説明と申告の日', article('access-right-unit'));
    await clerk.type('#note-access-right-unit', '役割を個人のIDに割り当てている。');
    await clerk.sees('保存しました', article('access-right-unit'));
    await clerk.type('#on-access-right-unit', '令和8年11月30日');
    await clerk.sees('今日（令和8年11月21日）より後です', article('access-right-unit'));
    await clerk.type('#on-access-right-unit', '令和8年11月2日');
    await clerk.sees('令和8年11月2日', '#standing-access-right-unit');
    const stored: { value: unknown; note: string; day: string }[] = await stage.database.query(`select value, note, to_char(declared_on, 'YYYY-MM-DD') as day from declaration where system_id = $1 and control in ('access-right-unit', 'access-right-review-interval') order by control`, [system]);
    expect(stored).toEqual([{ value: 12, note: '', day: '2026-11-21' }, { value: choice('per-user'), note: '役割を個人のIDに割り当てている。', day: '2026-11-02' }]);
  });

  it('attaches evidence and takes it back', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'tenken-evidence-')), '権限の対応表.txt');
    writeFileSync(file, '利用者と権限の対応表\n');
    await clerk.open(controls('access-rights'));
    const evidence = '#evidence-of-access-right-unit';
    await clerk.press('証拠（まだありません）', evidence);
    await (await clerk.page.$('#file-access-right-unit'))!.uploadFile(file);
    await clerk.go('付ける（アクセス権限を設定する単位）', evidence);
    await clerk.sees('証拠を付けました。');
    expect(await clerk.words(evidence)).toContain('権限の対応表.txt');
    const link = await clerk.page.$eval(`${evidence} a`, (one) => one.getAttribute('href')!);
    const kept = await clerk.file(link);
    expect({ name: kept.name, type: kept.type, text: kept.bytes.toString('utf8') }).toEqual({ name: '権限の対応表.txt', type: 'text/plain; charset=utf-8', text: '利用者と権限の対応表\n' });
    await clerk.press('履歴（アクセス権限を設定する単位）', article('access-right-unit'));
    await clerk.sees('証拠「権限の対応表.txt」を付けた。', '#item-panel');
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
  });

  it('withdraws: nothing is chosen again', async () => {
    await clerk.open(controls('authentication'));
    await declares(clerk, 'password-change', '変更できない');
    await declares(clerk, 'authentication-method', '二つ以上の要素');
    await clerk.go('申告を取り消す', article('password-change'));
    await clerk.sees('申告を取り消しました。');
    expect(await clerk.words('#chip-password-change')).toContain('申告なし');
    expect(await clerk.page.$$eval(`${article('password-change')} input[type=radio]`, (all) => all.some((one) => one.checked))).toBe(false);
    // One's own declaration overrides what the platform gives.
    expect(await clerk.words(article('authentication-method'))).toContain('「共通基盤」の申告「パスワード」（令和8年11月1日）がありますが、このシステムの申告「二つ以上の要素」が優先します。');
  });

  it('shows both texts when another was faster, and saves the one that is kept', async () => {
    await head.open(controls('viewing'));
    await clerk.open(controls('viewing'));
    await declares(head, 'my-number-viewing', 'すべての利用者');
    await clerk.choose('権限のある限られた者', article('my-number-viewing'));
    await clerk.sees('ほかの人が先に変えました', article('my-number-viewing'));
    expect(await clerk.page.$$eval(`${article('my-number-viewing')} .sides pre`, (all) => all.map((one) => one.textContent!.trim()))).toEqual(['権限のある限られた者', 'すべての利用者（令和8年11月21日）']);
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
    await clerk.press('あなたの入力で保存する', article('my-number-viewing'));
    await clerk.sees('保存しました', article('my-number-viewing'));
    await head.open(controls('viewing'));
    expect(await head.words('#standing-my-number-viewing')).toContain('子育て支援課 担当');
  });
});

describe('what is typed is not lost', () => {
  it('when the page is left in the middle of a note', async () => {
    await clerk.open(controls('viewing'));
    await clerk.press('説明と申告の日', article('my-number-viewing'));
    await clerk.page.focus('#note-my-number-viewing');
    await clerk.page.keyboard.sendCharacter('番号担当の三人だけが開ける。');
    await clerk.open('/');
    await clerk.until('the note', async () => {
      const [row]: { note: string }[] = await stage.database.query(`select note from declaration where system_id = $1 and control = 'my-number-viewing'`, [system]);
      return row?.note === '番号担当の三人だけが開ける。';
    });
  });

  it('when the session has ended: it is saved after the new sign-in', async () => {
    await clerk.open(controls('viewing'));
    stage.clock.forward(61);
    await clerk.choose('記録して定期に確かめる', article('my-number-viewing-monitoring'));
    await clerk.sees('サインインが切れました。', article('my-number-viewing-monitoring'));
    await clerk.isAccessible();
    const elsewhere = await clerk.context.newPage();
    await elsewhere.goto(`${stage.origin}/sign-in`);
    const card = await elsewhere.$$('.role-cards button');
    await Promise.all([elsewhere.waitForNavigation(), card[0]!.click()]);
    await elsewhere.close();
    await clerk.page.bringToFront();
    await clerk.page.evaluate(`window.dispatchEvent(new Event('focus'))`);
    await clerk.sees('保存しました', article('my-number-viewing-monitoring'));
    await head.open('/sign-in');
    await head.enterAs('子育て支援課 課長');
  });
});

describe('without script', () => {
  let plain: Visitor;
  beforeAll(async () => {
    plain = await stage.visitor('declarations-plain');
    await plain.page.setJavaScriptEnabled(false);
    await plain.enterAs('子育て支援課 担当');
  });

  it('saves a group together and says what it settled', async () => {
    await plain.open(controls('terminals'));
    await plain.choose('自動でかかる', article('screen-lock'));
    await plain.choose('求めない', article('terminal-login'));
    await plain.go('この章の申告を保存する');
    await plain.sees('申告を保存しました。');
    await plain.sees('この申告で変わった結果');
    expect(await plain.words('#chip-screen-lock')).toContain('承認待ち');
    // What stands there is the same with script; axe needs it.
    await clerk.open(plain.path());
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
  });

  it('shows both texts of a stale save and takes the chosen one', async () => {
    await plain.open(controls('terminals'));
    await clerk.open(controls('terminals'));
    await declares(clerk, 'terminal-login', '求める');
    await plain.choose('各自がかける決まり', article('screen-lock'));
    await plain.page.$eval(`${article('terminal-login')} input[value=none]`, (one) => one.click());
    await plain.choose('求める', article('terminal-login'));
    await plain.choose('していない', article('terminal-securing'));
    await clerk.open(controls('terminals'));
    await declares(clerk, 'terminal-securing', '固定又は施錠保管');
    await plain.go('この章の申告を保存する');
    await plain.sees('ほかの人が先に申告を変えました');
    expect(await plain.page.$$eval('.sides pre', (all) => all.map((one) => one.textContent!.trim()))).toEqual(['していない', '固定又は施錠保管（令和8年11月21日）']);
    // The same page with script, which axe needs: the form is sent past the save of each control.
    await clerk.page.$eval(`${article('terminal-securing')} [name="terminal-securing.seen"]`, (one) => { one.value = '0'; });
    await clerk.page.$eval(`${article('terminal-securing')} input[value=none]`, (one) => { one.checked = true; });
    await Promise.all([clerk.page.waitForNavigation({ waitUntil: 'load' }), clerk.page.$eval('#declare', (one) => one.submit())]);
    await clerk.looksRight({ heading: 'ほかの人が先に申告を変えました', title: '先に変更されています' });
    await plain.choose('いまの申告');
    await plain.go('選んだとおりに保存する');
    await plain.sees('申告を保存しました。');
    const stored: { control: string; value: { choice: string } }[] = await stage.database.query(`select control, value from declaration where system_id = $1 and control in ('screen-lock', 'terminal-login', 'terminal-securing') order by control`, [system]);
    expect(stored.map((one) => `${one.control} ${one.value.choice}`)).toEqual(['screen-lock manual', 'terminal-login required', 'terminal-securing locked']);
  });
});

describe('the head of the section', () => {
  it('finds on the home page what waits, sends one back and approves the others', async () => {
    await head.open('/');
    await head.sees('統制の申告の承認');
    await head.looksRight({ heading: 'ホーム' });
    await head.go('統制の申告の承認');
    await head.looksRight({ heading: '申告の承認' });
    await head.page.$eval('input[value=terminal-login]', (one) => one.click());
    await head.go('選んだ申告を差し戻す');
    await head.sees('何を直してほしいかをコメントに書いてください');
    await head.looksRight({ heading: '申告の承認' });
    await head.type('#comment', '実際に試してから申告してください。');
    await head.go('選んだ申告を差し戻す');
    await head.sees('選んだ申告を差し戻しました。');
    await head.choose('すべて');
    await head.go('選んだ申告を承認する');
    await head.sees('選んだ申告を承認しました。');
    await head.sees('いま、承認を待つ申告はありません。');
  });

  it('is read by the clerk, who mends and confirms', async () => {
    await clerk.open('/');
    await clerk.sees('差し戻された申告');
    await clerk.looksRight({ heading: 'ホーム' });
    await clerk.go('差し戻された申告');
    await clerk.sees('実際に試してから申告してください。');
    expect(await clerk.words('#chip-terminal-login')).toContain('差戻し');
    await clerk.looksRight({ heading: SYSTEM, title: TAB });
    await clerk.go('このとおりと確かめた', article('terminal-login'));
    expect(await clerk.words('#chip-terminal-login')).toContain('承認待ち');
    expect(await clerk.words('#chip-screen-lock')).toContain('承認済み');
  });
});

describe('trying out, copying, confirming anew', () => {
  it('shows what would become of the results, and saves nothing', async () => {
    await clerk.open(`/checks/systems/${system}`);
    await clerk.go('もし申告を変えたら');
    await clerk.looksRight({ heading: 'もし申告を変えたら' });
    const before: unknown[] = await stage.database.query('select * from declaration order by id');
    await clerk.press('3 個人番号の閲覧と抽出', 'main details');
    await clerk.pick('#try-my-number-display', 'ふだんは隠している');
    await clerk.go('試す');
    await clerk.sees('個人番号の表示と印字は事務に必要な画面と帳票に限る', '#result');
    expect(await clerk.words('#result')).toContain('適合と確かめられた');
    expect(clerk.path()).toContain('my-number-display=masked');
    await clerk.looksRight({ heading: 'もし申告を変えたら' });
    expect(await stage.database.query('select * from declaration order by id')).toEqual(before);
    await clerk.go('実際に申告する', '#result');
    expect(clerk.path()).toBe(controls('viewing'));
  });

  it('takes over what another system declares, control by control', async () => {
    const other = await within((ctx) => addSystem(ctx, demoDepartment('子育て支援課'), '児童手当システム', { 'my-number': choice('held') }));
    await clerk.open(`/systems/${other}/controls`);
    await clerk.go('ほかのシステムの申告を写す');
    await clerk.looksRight({ heading: '児童手当システム', title: '申告を写す' });
    await clerk.go(SYSTEM, 'main table');
    await clerk.looksRight({ heading: '児童手当システム', title: '申告を写す' });
    await clerk.page.$eval('input[value=access-right-unit]', (one) => one.click());
    await clerk.go('選んだ申告を写す');
    await clerk.sees('申告を写しました。');
    await clerk.open(`/systems/${other}/controls?group=access-rights`);
    expect(await clerk.words('#standing-access-right-unit')).toContain(`「${SYSTEM}」から写した`);
  });

  it('confirms anew what soon will be too old', async () => {
    // 12 months after 2 and 21 November 2026 the declarations end; 330 days later both are within 60 days.
    stage.clock.forward(330 * 24 * 60);
    for (const who of [clerk, head]) await who.open('/sign-in');
    await clerk.enterAs('子育て支援課 担当');
    await clerk.sees('まもなく期限が切れる申告');
    await clerk.go('まもなく期限が切れる申告');
    await clerk.looksRight({ heading: 'システム', title: '申告の再確認' });
    await clerk.choose('すべて');
    await clerk.go('選んだ申告は、このとおりと確かめた');
    await clerk.sees('期限が切れた申告も、まもなく切れる申告もありません。');
  });
});

describe('who it does not concern', () => {
  it('does not see the declarations of another department', async () => {
    const stranger = await stage.visitor('declarations-stranger');
    await stranger.enterAs('市民課 担当');
    await stranger.open(controls());
    await stranger.sees('このシステムは、ほかの部署のものです。');
  });

  it('reads in the matrix and on the home page what came of it', async () => {
    const auditor = await stage.visitor('declarations-auditor');
    await auditor.enterAs('監査事務局 担当');
    const failing = async (): Promise<string> => {
      await auditor.open('/checks?ruleSet=my-number-audit');
      return auditor.page.$$eval('.as-table tbody tr', (rows, name) => rows.find((one) => one.textContent!.includes(name))!.textContent!.replace(/\s+/gu, ' '), SYSTEM);
    };
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    expect(await failing()).not.toContain('不適合');
    await clerk.open(controls('access-rights'));
    await declares(clerk, 'access-right-unit', '端末ごと');
    expect(await failing()).toContain('不適合');
    await auditor.go('点検を実施する');
    await auditor.open('/');
    // One rule expects per-user; before it was met.
    await auditor.sees('新しい不適合 1');
    await auditor.looksRight({ heading: 'ホーム' });
    await clerk.open('/');
    await clerk.sees('不適合 1');
    await clerk.looksRight({ heading: 'ホーム' });
    await clerk.go('申告を変えたらどうなるか試す');
    await clerk.sees('不適合の規則が見ている統制');
    await clerk.looksRight({ heading: 'もし申告を変えたら' });
  });
});
