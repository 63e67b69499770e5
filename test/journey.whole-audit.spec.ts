import type { Visitor } from './journey-browser.js';
import sharp from 'sharp';
import { answerAndFix, planAndAsk } from './whole-audit-asking.js';
import { arrive, openWholeAudit, printedText, SHEET, THEME, upload, type WholeAudit } from './whole-audit.js';

/** One audit from the yearly plan to the publication of what was done about it, by everybody who has a part in it, in a browser. */
const REPORT = '令和8年度行政監査結果報告書';
const MEASURES = '令和8年度行政監査の結果に基づく措置の状況';
const FINDING = '離席時の画面の管理';
const ACTION = '画面が自動で閉じるように設定する';

const audit = {} as WholeAudit;
beforeAll(() => openWholeAudit(audit), 240_000);
afterAll(() => audit.stage?.close());

/** A month later everybody has to come in anew. */
async function later(days: number): Promise<void> {
  audit.stage.clock.forward(days * 24 * 60);
  for (const [visitor, card] of [[audit.office, '監査事務局 担当'], [audit.clerk, '子育て支援課 担当']] as const) {
    await visitor.open('/');
    await visitor.enterAs(card);
  }
}

/** Asks for a document of the audit and waits until the worker has printed it. */
async function makeDocument(office: Visitor, button: string, made: number): Promise<void> {
  await office.go('文書', '.tabs');
  await office.go(button);
  await office.until(`${made} documents`, async () => (await office.page.$$('#audit-documents td a')).length === made, 120_000);
}

describe('the audit office plans and asks', () => planAndAsk(audit));
describe('the departments answer', () => answerAndFix(audit));

describe('the audit office counts, looks and finds', () => {
  it('takes over the ready tabulation and follows a figure to its answers', async () => {
    const { office } = audit;
    await office.go('集計', '.tabs');
    await office.pick('数える調査票', SHEET);
    await office.go('このひな形を使う');
    // 12 + 2 + 3 + 1 of こども部 and 20 + 1 + 2 of 市民部: 18 and 23 of 41, which is 43.90 % and 56.10 %.
    await office.sees('部局ごとの構成比は大きいものから順に、市民部56.1％、こども部43.9％となっており');
    await office.looksRight({ heading: THEME, title: '集計' });
    await office.page.$eval('a[aria-label^="こども部"][aria-label$="計 18"]', (link) => (link as unknown as { id: string }).id = 'followed');
    await Promise.all([office.page.waitForNavigation({ waitUntil: 'load' }), office.page.click('#followed')]);
    await office.sees('［数値:access-rights/こども部/total=18］');
    await office.looksRight({ heading: THEME, title: '数値の元' });
    await office.go('子育て支援課 児童手当システム', 'table');
    await office.sees('入力の委託先の作業者');
    await office.go('現地調査等の記録', '.tabs');
  }, 120_000);

  it('records what was announced and what was seen on the spot, with a photo', async () => {
    const { office } = audit;
    await office.go('記録を書く', '.actions-row');
    await office.type('題名', '児童手当システムの端末の現地調査');
    await office.type('行った日', '令和8年11月20日');
    await office.pick('#departmentId', '子育て支援課');
    await office.pick('システム', '児童手当システム');
    await office.pick('着眼点', '端末は');
    await office.type('申告されていたこと', '席を離れるときは操作画面を閉じている。');
    await office.type('確かめたこと', '31台のうち2台で、離席中も画面が開いていた。');
    await office.pick('照合の結果', '申告と違う');
    await office.go('記録を保存する');
    await upload(office, '画面.png', await sharp({ create: { width: 320, height: 200, channels: 3, background: '#7799bb' } }).png().toBuffer());
    await office.type('説明', '離席中も開いたままの画面');
    await office.go('付ける', '#files');
    await office.sees('離席中も開いたままの画面');
    await office.looksRight({ heading: THEME, title: '児童手当システムの端末の現地調査' });
  }, 120_000);

  it('writes a finding with its criteria, its figure and its evidence, and asks for the facts', async () => {
    const { office } = audit;
    await office.go('検出事項', '.tabs');
    await office.type('表題', FINDING);
    await office.go('加える', 'form.card');
    await office.type('事実', 'こども部では［数値:access-rights/こども部/total］人が権限を持つ。31台のうち2台で、離席中も画面が開いていた。');
    await office.type('判断の基準', '離席するときは、操作画面を閉じる。');
    await office.type('基準の出典', 'みずほ野市情報セキュリティ対策基準 第12条第1項');
    await office.type('影響', '来庁者に個人情報を見られるおそれがある。');
    await office.pick('区分', '指摘事項');
    await office.pick('着眼点', '端末は');
    await office.pick('所管課', '子育て支援課');
    await office.pick('システム', '児童手当システム');
    await office.go('保存する');
    await office.press('根拠を加える', '#evidence');
    await office.pick('もとになるもの', '児童手当システムの端末の現地調査');
    await office.go('根拠を加える', '#evidence form');
    await office.type('回答の期限', '令和8年12月5日');
    await office.go('所管課に事実確認を求める');
    await office.sees('こども部では18人が権限を持つ。');
    await office.looksRight({ heading: THEME, title: FINDING });
  }, 120_000);

  it('hears the head of the department, replies, and writes an opinion that names the finding', async () => {
    const { office } = audit;
    const head = audit.head = await arrive(audit, 'head', '子育て支援課 課長');
    await head.go(`事実の確認「${FINDING}」を`);
    await head.sees('こども部では18人が権限を持つ。');
    await head.choose('相違がある');
    await head.go('回答する');
    await head.sees('どこがどう違うかを書いてください。');
    await head.looksRight({ heading: FINDING });
    await head.type('弁明・見解', '2台のうち1台は、電話に出るため短く離れたものである。');
    await head.go('回答する');
    await head.sees('！ 相違がある');
    await office.open('/');
    await office.go('弁明・見解');
    await office.type('監査側の見解', '短い離席でも来庁者から見えた。記載は改めない。');
    await office.go('見解を保存する');
    await office.go('事実を確認済みにする');
    await office.looksRight({ heading: THEME, title: FINDING });
    await office.go('この検出事項から書き始める');
    expect(await office.page.$eval('#departmentId', (select) => (select as unknown as { selectedOptions: { text: string }[] }).selectedOptions[0]!.text)).toContain('子育て支援課');
    await office.type('改善を求めること', '検出事項［検出題:1］については、一定の時間で画面が閉じるように設定されたい。');
    await office.go('加える', 'form.card');
    await office.sees(`検出事項１ ${FINDING}については`);
    await office.looksRight({ heading: THEME, title: '改善を求める事項' });
  }, 120_000);
});

describe('the members decide, and the report is published', () => {
  it('the office begins the report and edits a chapter with a figure in it', async () => {
    const { office } = audit;
    await office.go('報告と公表', '.tabs');
    await office.go('報告を作り始める');
    await office.sees('報告についての合議が記録されていません。');
    await office.go('2 監査の目的');
    await office.type('本文', '［数値:access-rights/total/terminals］台の端末の扱いに、漏えいにつながるものがないかを確かめる。');
    await office.go('保存する');
    // 31 of 子育て支援課 and 20 of 市民課.
    await office.sees('51台の端末の扱いに');
    await office.looksRight({ heading: THEME, title: REPORT });
  }, 120_000);

  it('the member, who is asked at home, needs an opinion to refuse, and consents', async () => {
    const { office } = audit;
    await office.go('概要', '.tabs');
    await office.go('合議に付す', '#stage');
    await office.go('合議', '.tabs');
    expect(await office.page.$eval('#hold-subject', (select) => select.textContent)).toContain(`検出事項１　${FINDING}については`);
    await office.pick('#hold-subject', '監査の結果に関する報告');
    await office.pickDay('#hold-heldOn', '2026-11-21');
    await office.go('合議を記録する', 'section.card form');
    const member = audit.member = await arrive(audit, 'member', '監査委員');
    await member.looksRight({ heading: 'ホーム' });
    await member.go('合議の意見「監査の結果に関する報告」');
    await member.choose('同意しない');
    await member.go('意見を記録する', 'form');
    await member.sees('同意しないときは、意見を書いてください。');
    await member.choose('同意する');
    await member.go('意見を記録する', 'form');
    await member.sees('✓ 全員が同意');
    await member.sees('議選委員Ｂは除斥（理由：親族が委託先の役員である。）');
    await member.looksRight({ heading: THEME, title: '合議' });
    await member.go('報告と公表', '.tabs');
    await member.go('通して読む');
    await member.sees('2台のうち1台は、電話に出るため短く離れたものである。');
    await member.looksRight({ heading: THEME, title: '報告を通して読む' });
  }, 120_000);

  it('the report is decided, submitted, published as 監査公表第12号, and its PDF has the finding and the figures', async () => {
    const { office, stage } = audit;
    await office.go('報告と公表', '.tabs');
    await office.go('決定する', '#fix');
    await office.go('提出する', '#submit');
    await office.type('監査公表の番号', '12');
    await office.go('公表する', '#publish');
    await office.sees('監査公表第12号');
    await office.looksRight({ heading: THEME, title: REPORT });
    await stage.startWorker();
    await makeDocument(office, '「監査結果報告書」を作る', 1);
    await office.looksRight({ heading: THEME, title: '監査の文書' });
    const text = await printedText(office, REPORT);
    for (const one of ['監査公表第12号', '51台の端末の扱いに', '市民部56.1％、こども部43.9％', `１${FINDING}（指摘事項）`, 'こども部では18人が権限を持つ。', 'みずほ野市情報セキュリティ対策基準第12条第1項', `検出事項１${FINDING}については、一定の時間で画面が閉じるように`, '議選委員Ｂは、地方自治法第199条の2の規定により除斥された。']) expect(text).toContain(one);
    expect(text).not.toMatch(/［(?:数値|検出|検出題|表):/u);
  }, 240_000);
});

describe('the department takes its measures, and they are published', () => {
  it('the office adds an action to the finding', async () => {
    const { office } = audit;
    await office.go('概要', '.tabs');
    await office.go('措置を加える', '.next-step');
    await office.looksRight({ heading: THEME, title: '措置' });
    await office.go(`措置を加える：${FINDING}`);
    await office.sees('こども部では18人が権限を持つ。');
    await office.type('#title-1', ACTION);
    await office.pickDay('#dueOn-1', '2026-10-30');
    await office.go('加える', 'form[action="/actions"]');
    await office.sees('検出事項が決まった日（令和8年11月21日）より前です。');
    await office.pickDay('#dueOn-1', '2027-03-31');
    await office.looksRight({ heading: '措置を加える' });
    await office.go('加える', 'form[action="/actions"]');
    await office.looksRight({ heading: ACTION });
  }, 120_000);

  it('the department finds it at home, plans, and reports how far it is', async () => {
    const { clerk } = audit;
    await later(14);
    await clerk.sees('計画を書いていない措置 1件');
    await clerk.looksRight({ heading: 'ホーム' });
    await clerk.go('計画を書いていない措置');
    await clerk.go('書く', '.card-head');
    await clerk.type('措置の計画', '情報政策課に頼み、5分で画面が閉じる設定を31台に入れる。');
    await clerk.looksRight({ heading: '措置の計画を書く' });
    await clerk.go('保存する');
    await clerk.type('#report-text', '31台のうち20台に設定した。');
    await clerk.pick('#report-state', '一部措置');
    await clerk.go('記録する');
    await clerk.sees('未着手 → 一部措置');
    await clerk.looksRight({ heading: ACTION });
  }, 120_000);

  it('a fortnight later it is done; the department drafts and sends the 措置通知', async () => {
    const { clerk, office } = audit;
    await later(14);
    await clerk.go('措置', 'nav');
    await clerk.go(ACTION);
    await clerk.type('#report-text', '31台すべてに設定し、5分で画面が閉じることを確かめた。');
    await clerk.pick('#report-state', '措置済');
    await clerk.go('記録する');
    await clerk.sees('効果を確かめると、終わりになります。');
    await clerk.go('措置', 'nav');
    await clerk.go('措置通知を作る');
    await clerk.looksRight({ heading: '措置通知を作る' });
    await clerk.go('下書きを保存する');
    expect(await clerk.page.$eval('#items textarea', (area) => (area as unknown as { value: string }).value)).toContain('31台すべてに設定し');
    await office.open('/notices');
    await office.sees('措置通知はまだありません。');
    await clerk.go('通知する', 'main aside');
    await clerk.sees('監査事務局が受け取るのを待っています。');
    await clerk.looksRight({ heading: '措置通知' });
  }, 120_000);

  it('the office receives it, begins to publish, and is told that the effect is not checked yet', async () => {
    const { office } = audit;
    await office.open('/');
    await office.looksRight({ heading: 'ホーム' });
    await office.go('措置通知 子育て支援課を');
    await office.go('受け取る', 'main aside');
    await office.sees('受領済み');
    await office.looksRight({ heading: '措置通知' });
    await office.open('/audits');
    await office.go(THEME);
    await office.go('報告と公表', '.tabs');
    await office.go('措置状況の公表', 'main aside');
    await office.go('措置状況の公表を作り始める');
    await office.sees(`措置1「${ACTION}」は、効果の確認が済んでいません。`, '#warnings');
    await office.looksRight({ heading: THEME, title: MEASURES });
    await office.go('措置1', '#warnings');
    await office.go(ACTION, 'table');
    await office.choose('ある（「措置済」');
    await office.go('決める');
    await office.sees('「何を見て、どう判断したか」を入れてください。');
    await office.type('#effect-text', '設定の一覧と、離席の試験の記録を見た。');
    await office.go('決める');
    await office.sees('✓ 措置済');
    await office.looksRight({ heading: ACTION });
  }, 120_000);

  it('the measures are published under a number of their own, with the original finding', async () => {
    const { office } = audit;
    await office.go(THEME, '.crumb');
    await office.go('報告と公表', '.tabs');
    await office.go('措置状況の公表', 'main aside');
    await office.go(MEASURES);
    expect(await office.page.$('#warnings')).toBeNull();
    await office.go('決定する', '#fix');
    await office.sees('令和8年12月19日', '#publication');
    await office.type('監査公表の番号', '12');
    await office.go('公表する', '#publish');
    await office.sees('次の番号は第13号です。');
    await office.type('監査公表の番号', '13');
    await office.looksRight({ heading: THEME, title: MEASURES });
    await office.go('公表する', '#publish');
    await office.sees('監査公表第13号');
    await makeDocument(office, '「措置状況の公表」を作る', 2);
    const text = await printedText(office, MEASURES);
    for (const one of ['監査公表第13号', '令和8年11月21日付け監査公表第12号', `１${FINDING}`, 'こども部では18人が権限を持つ。', '31台すべてに設定し', '措置済']) expect(text).toContain(one);
  }, 240_000);

  it('the action stands as 措置済 on board and list of both', async () => {
    for (const visitor of [audit.office, audit.clerk]) {
      await visitor.go('措置', 'nav');
      await visitor.sees(`✓ 措置済 1件 措置1 ${ACTION}`);
      await visitor.looksRight({ heading: '措置' });
      await visitor.go('一覧', '.tabs');
      await visitor.sees(`${ACTION} ${THEME} 子育て支援課 ✓ 措置済`);
      await visitor.looksRight({ heading: '措置', title: '措置の一覧' });
    }
    await audit.head.open('/');
    await audit.head.enterAs('子育て支援課 課長');
    await audit.head.go('検出事項', 'nav');
    await audit.head.go(FINDING);
    await audit.head.sees('公表');
  }, 120_000);
});
