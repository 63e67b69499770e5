import Excel from 'exceljs';
import type { Visitor } from './journey-browser.js';
import { arrive, SHEET, THEME, upload, type WholeAudit } from './whole-audit.js';

/** What a save brings into the page (the next question, for one) listens from now on. */
const atRest = (clerk: Visitor): Promise<void> => clerk.until('the page to rest', async () => (await clerk.page.$('.htmx-added, .htmx-settling, .htmx-request')) === null);

/** Into a question of the sheet, which saves itself. */
async function answer(clerk: Visitor, item: string, text: string): Promise<void> {
  await atRest(clerk);
  await clerk.type(`#q-${item} input[type=text]`, text);
  await clerk.sees('保存しました', `#q-${item}`);
}

/** What was filled in beforehand is right. */
async function confirm(clerk: Visitor, item: string): Promise<void> {
  await atRest(clerk);
  await clerk.choose('このとおりであることを確かめた', `#q-${item}`);
  await clerk.until(`${item} to be confirmed`, async () => !(await clerk.words(`#q-${item}`)).includes('事前入力'));
}

/** From the plan of the year to the questionnaire that has gone out. */
export function planAndAsk(audit: WholeAudit): void {
  it('makes the plan of the year and begins the audit from its item', async () => {
    const { office } = audit;
    await office.go('監査', 'nav');
    await office.go('監査計画（0件）');
    await office.go('監査計画を立てる');
    await office.type('計画の名前', '令和8年度 年間監査計画');
    await office.type('始まりの年度', '2026');
    await office.type('終わりの年度', '2026');
    await office.type('基本方針', '個人情報を扱う事務を重点に見る。');
    await office.go('計画を立てる', 'form.card');
    await office.go('項目を加える', '.actions-row');
    await office.pick('監査の種類', '行政監査');
    await office.type('テーマ', THEME);
    await office.type('対象', '個人情報を扱うシステムを使う課');
    await office.go('加える', 'form.card');
    await office.looksRight({ heading: '令和8年度 年間監査計画' });
    await office.go('監査を始める', 'table');
    await office.type('目的', '漏えいにつながる扱いがないかを確かめる。');
    await office.type('基準日', '令和8年11月1日');
    await office.type('期間の始まり', '令和8年11月1日');
    await office.type('期間の終わり', '令和9年3月31日');
    await office.type('実施方法', '調査票の提出を求め、現地を調べた。');
    await office.looksRight({ heading: '監査を計画する' });
    await office.go('監査を計画する', 'form.card');
    await office.looksRight({ heading: THEME });
  }, 120_000);

  it('sets viewpoints of its own and of a rule set, targets, people with one disqualified, and the schedule', async () => {
    const { office } = audit;
    await office.go('着眼点を決める');
    await office.type('着眼点', '端末は、離席したときに他の者が使えないように管理されているか');
    await office.go('加える', 'form.card');
    await office.go('規則集から写す');
    await office.page.$$eval('fieldset input[name=viewpoint]', (all) => all.slice(0, 3).forEach((one) => (one as unknown as { click(): void }).click()));
    await office.go('選んだ着眼点を写す');
    await office.sees('行政監査の着眼点');
    await office.looksRight({ heading: THEME, title: '着眼点' });
    await office.go('概要へ戻る');
    await office.go('対象を選ぶ', '.next-step');
    await office.choose('子育て支援課');
    await office.choose('市民課');
    await office.go('対象を保存する');
    await office.go('担当者を決める');
    await office.type('職名', '代表監査委員');
    await office.type('氏名', '識見委員Ａ');
    await office.pick('製品の利用者', '監査委員');
    await office.go('加える', 'form.card');
    await office.type('職名', '監査委員');
    await office.type('氏名', '議選委員Ｂ');
    await office.type('除斥の理由', '親族が委託先の役員である。');
    await office.go('加える', 'form.card');
    await office.looksRight({ heading: THEME, title: '担当者' });
    await office.go('概要へ戻る');
    await office.go('日程を決める');
    await office.type('行うこと', '調査票の回答期限');
    await office.pick('行う人', '受検機関');
    await office.type('予定の終わり', '令和8年12月10日');
    await office.go('加える', 'form.card');
    await office.go('概要へ戻る');
    await office.sees('計画がそろいました。');
    await office.go('監査を始める', '#stage');
    await office.sees('実施中');
    await office.looksRight({ heading: THEME });
  }, 120_000);

  it('makes the questionnaire from the ready sheet and sends it to two departments', async () => {
    const { office } = audit;
    await office.go('調査票を作る', '.next-step');
    await office.go('調査票を作る');
    await office.choose('ひな型：情報システムにおける');
    await office.pickDay('#referenceOn', '2026-11-01');
    await office.go('作って問いの画面へ進む');
    await office.go('見え方');
    await office.go('送り先');
    await office.pickDay('#dueOn', '2026-12-10');
    await office.looksRight({ heading: THEME, title: '調査票を送る' });
    await office.go('調査票を送る', '.page form');
    await office.sees('2件の送り先に送りました。');
    await office.looksRight({ heading: THEME, title: SHEET });
  }, 120_000);
}

/** From the first answer to the last fixed response. */
export function answerAndFix(audit: WholeAudit): void {
  it('the clerk answers in the browser: what is known is there, a wrong number comes back as typed, a condition asks more', async () => {
    const clerk = audit.clerk = await arrive(audit, 'clerk', '子育て支援課 担当');
    await clerk.go(`調査票「${SHEET}」を`);
    await clerk.looksRight({ heading: SHEET });
    await answer(clerk, 'sections', '4');
    await clerk.type('#q-terminals input[type=text]', '三十台くらい');
    await clerk.sees('保存していません', '#q-terminals');
    expect(await clerk.page.$eval('#q-terminals input[type=text]', (input) => (input as unknown as { value: string }).value)).toBe('三十台くらい');
    await clerk.looksRight({ heading: SHEET });
    await answer(clerk, 'terminals', '３１');
    await clerk.go('2 アクセス権限 →');
    await clerk.sees('システム台帳「児童手当システム」の「アクセス権限の設定方法」', '#q-access-granting');
    await confirm(clerk, 'access-granting');
    for (const [item, people] of [['staff', '12'], ['commissioned', '2'], ['temporary', '3'], ['other-people', '1']] as const) await answer(clerk, item, people);
    await clerk.sees('その他の者の内訳', '#q-other-people-kind');
    await answer(clerk, 'other-people-kind', '入力の委託先の作業者');
    await clerk.go('3 端末の管理と職員への周知 →');
    await clerk.choose('席を離れるときは操作画面を閉じている', '#q-terminal-care');
    await clerk.choose('その他', '#q-terminal-care');
    await atRest(clerk);
    await clerk.type('#q-terminal-care input[name="terminal-care.text.other"]', '離席札を置く');
    await clerk.sees('保存しました', '#q-terminal-care');
    await clerk.choose('仕事をしながら前任者', '#q-awareness');
    await clerk.sees('保存しました', '#q-awareness');
    await atRest(clerk);
    await clerk.go('4 規程と委託契約 →');
    await clerk.choose('全庁の規程だけ', '#q-rules');
    await clerk.sees('保存しました', '#q-rules');
    for (const item of ['outsourcing', 'contracts', 'contracts-with-clause']) await confirm(clerk, item);
    await clerk.go('提出する');
    await clerk.sees('「問20　委託先の取扱いの確認」が未記入です。', '.sheet');
    await clerk.looksRight({ heading: SHEET });
    await clerk.open(await clerk.page.$eval('#tree a[aria-current]', (link) => link.getAttribute('href')!));
    await clerk.choose('報告書を受け取って', '#q-supervision');
    await clerk.sees('すべて答えてあります', '#side');
    await clerk.go('提出する');
    await clerk.sees('提出しました。');
  }, 180_000);

  it('the other department answers in Excel', async () => {
    const other = audit.other = await arrive(audit, 'other', '市民課 担当');
    await other.go(`調査票「${SHEET}」を`);
    await other.go('回答票（Excel）');
    const { bytes, name } = await other.file((await other.page.$eval('a[href$=".xlsx"]', (link) => link.getAttribute('href')))!);
    expect(name).toBe(`回答票_${SHEET}_証明書発行システム.xlsx`);
    const book = new Excel.Workbook();
    await book.xlsx.load(bytes as never);
    const written: Record<string, string | number> = {
      sections: 3, terminals: 20, staff: 20, commissioned: 1, temporary: 2, 'other-people': 0, 'terminal-care#option:other': '○', 'terminal-care#text:other': '画面に、のぞき見を防ぐ板を付ける', 'awareness#option:training': '○', rules: '全庁の規程だけによっている', supervision: '委託先を訪ねて確かめている',
    };
    book.getWorksheet('回答票')!.eachRow((row) => {
      const value = written[String(row.getCell(1).value)];
      if (value !== undefined) row.getCell(5).value = value;
    });
    await upload(other, '回答票.xlsx', Buffer.from(await book.xlsx.writeBuffer()));
    await other.go('読み取って確かめる');
    await other.sees('［○］その他（画面に、のぞき見を防ぐ板を付ける）');
    await other.looksRight({ heading: SHEET, title: '回答票の確認' });
    await other.go('10問の答えを取り込む');
    await other.go('提出する');
    await other.sees('提出しました。');
  }, 120_000);

  it('the office returns one with a reason, the clerk mends it, and the office fixes both', async () => {
    const { office, clerk } = audit;
    await office.open('/');
    await office.looksRight({ heading: 'ホーム' });
    await office.go(`調査票「${SHEET}」`);
    await office.go('こども部 子育て支援課');
    await office.choose('この問いを差し戻す：離席時');
    await office.go('理由を付けて差し戻す');
    await office.sees('「差戻しの理由」を入れてください。');
    expect(await office.page.$$eval('input[name=item]:checked', (all) => all.map((one) => one.getAttribute('value')))).toEqual(['terminal-care']);
    await office.looksRight({ heading: THEME, title: '子育て支援課' });
    await office.type('#reason', '離席札だけで画面が見えないといえるか、現場を確かめて答えてください。');
    await office.go('理由を付けて差し戻す');
    await office.sees('回答を差し戻しました。');
    await clerk.open('/');
    await clerk.looksRight({ heading: 'ホーム' });
    await clerk.go(`調査票「${SHEET}」を`);
    await clerk.sees('問10 離席時・退庁時の端末の管理', '.notice.warning');
    await clerk.looksRight({ heading: SHEET });
    await clerk.choose('その他', '#q-terminal-care');
    await clerk.sees('保存しました', '#q-terminal-care');
    await clerk.go('提出する');
    for (const place of ['こども部 子育て支援課', '市民部 市民課']) {
      await office.page.reload();
      await office.go(place);
      await office.go('確定する');
      await office.sees('回答を確定しました。');
    }
  }, 120_000);
}
