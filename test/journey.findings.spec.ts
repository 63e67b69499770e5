import { demoAccount, demoDepartment, DEMO_ORGANISATION } from '../src/demo/city.js';
import { FindingRegister } from '../src/findings/finding-register.service.js';
import type { Ctx } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { caseOf, conductedAudit } from './findings-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

let stage: Stage;
let auditor: Visitor;
let head: Visitor;
let audit: string;

const within = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> =>
  inTransaction(stage.database, { organisation: DEMO_ORGANISATION, actor: { id: demoAccount('kansa.jimu'), name: '監査事務局', department: null, grants: [{ role: 'audit-secretariat', department: null }] }, clock: stage.clock }, work);

beforeAll(async () => {
  stage = await openStage({ demo: true });
  auditor = await stage.visitorAs('kansa.jimu');
  head = await stage.visitorAs('kosodate.kacho');
  audit = await conductedAudit(stage.database, { organisation: DEMO_ORGANISATION });
  const register = stage.app.get(FindingRegister, { strict: false });
  await within(async (ctx) => {
    const sheet = await caseOf(ctx, audit, demoDepartment('子育て支援課'), '児童手当システムの情報セキュリティ');
    const top = await register.add(ctx, audit, 'heading', { parentId: null, caseId: sheet }, { title: 'システム上の情報セキュリティ' });
    for (const [title, facts] of [['アクセス権限', '端末ごとに権限を設定しており、利用者ごとに設定していない。'], ['パスワードの変更', '端末を共用しているため、［検出題:2］と同じく、利用者が自分でパスワードを変えられない。'], ['離席時の画面', '離席しても画面が閉じない。']] as const) {
      await register.add(ctx, audit, 'finding', { parentId: top, caseId: null }, { title, facts, departmentId: demoDepartment('子育て支援課') });
    }
  });
}, 240_000);
afterAll(() => stage?.close());

it('the office writes a finding, links its evidence and asks the department', async () => {
  await auditor.open(`/audits/${audit}/findings`);
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '検出事項' });
  await auditor.type('表題', '証拠書類の保管');
  await auditor.go('加える');
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '検出事項 １ を直す' });
  await auditor.type('事実', '職員以外が立ち入る区域のキャビネットに保管していた。');
  await auditor.type('判断の基準', '職員だけが立ち入る区域に保管する。');
  await auditor.type('基準の出典', '個人情報の取扱い及び管理に関する要綱 第12条');
  await auditor.pick('区分', '指摘事項');
  await auditor.pick('所管課', '子育て支援課');
  await auditor.go('保存する');
  await auditor.sees('まだ求めていません');
  await auditor.type('回答の期限', '令和8年12月5日');
  await auditor.go('所管課に事実確認を求める');
  await auditor.sees('回答待ち');
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '証拠書類の保管' });
  await auditor.open(`/audits/${audit}/findings/references`);
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '参照の符号' });
});

it('the department finds what it is asked, and says what is different', async () => {
  await head.open('/findings');
  await head.looksRight({ heading: '検出事項の確認' });
  await head.go('証拠書類の保管');
  await head.choose('相違がある');
  await head.type('弁明・見解', '保管場所は職員だけが入る部屋である。');
  await head.go('回答する');
  await head.looksRight({ heading: '証拠書類の保管' });
  await head.sees('！ 相違がある');
  await head.open('/findings');
  await head.looksRight({ heading: '検出事項の確認' });
});

it('the office replies, writes an opinion about several findings, and looks over all of them', async () => {
  await auditor.open(`/audits/${audit}/findings`);
  await auditor.go('証拠書類の保管');
  await auditor.type('監査側の見解', '現地で確かめ、記載のとおりであった。');
  await auditor.go('見解を保存する');
  await auditor.go('事実を確認済みにする');
  await auditor.sees('確認済み');
  await auditor.go('すべての変更の履歴');
  await auditor.looksRight({ heading: 'すべての変更の履歴', title: '履歴' });
  await auditor.open(`/audits/${audit}/improvements/new`);
  await auditor.type('改善を求めること', '［検出全:2～4］については、システムを更新するときに改められたい。');
  await auditor.choose('１(1)アクセス権限');
  await auditor.choose('１(2)パスワードの変更');
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '改善を求める事項を加える' });
  await auditor.go('加える');
  await auditor.sees('１(1)～(3)については');
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '改善を求める事項' });
  await auditor.open(`/audits/${audit}/improvements`);
  await auditor.looksRight({ heading: '情報システムの利用と管理', title: '改善を求める事項' });
  await auditor.open('/findings');
  await auditor.looksRight({ heading: '検出事項の一覧' });
});
