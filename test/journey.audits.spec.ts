import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ElementHandle } from 'puppeteer';
import sharp from 'sharp';
import { DEMO_ORGANISATION, demoAccount, demoDepartment } from '../src/demo/city.js';
import { tokenHash } from '../src/identity/session.service.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { SystemRegister } from '../src/systems/register.service.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

let stage: Stage;
let office: Visitor;

/** A visitor with a session of somebody of the demo city. */
async function visitorAs(signInName: string): Promise<Visitor> {
  const visitor = await stage.visitor(`audits-${signInName}`);
  const token = newId();
  await stage.database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(token), DEMO_ORGANISATION, demoAccount(signInName), newId(), stage.clock.now()]);
  await visitor.context.setCookie({ name: 'tenken_session', value: token, domain: new URL(stage.origin).hostname, path: '/', httpOnly: true });
  return visitor;
}

beforeAll(async () => {
  stage = await openStage({ demo: true });
  const { app, database, clock } = stage;
  const actor = { id: null, name: '評価統括', department: null, grants: [{ role: 'assessment-lead', department: null }] };
  for (const [name, department] of [['児童手当システム', '子育て支援課'], ['こども医療費助成システム', '子育て支援課']] as const) {
    await inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock }, (ctx) => app.get(SystemRegister, { strict: false }).add(ctx, { name, departmentId: demoDepartment(department) }));
  }
  office = await visitorAs('kansa.jimu');
}, 120_000);
afterAll(() => stage?.close());

it('the audit office makes a plan for the year and begins an audit from it', async () => {
  await office.open('/audits');
  await office.looksRight({ heading: '監査' });
  await office.go('監査計画（0件）');
  await office.looksRight({ heading: '監査計画' });
  await office.go('監査計画を立てる');
  await office.looksRight({ heading: '監査計画を立てる' });
  await office.type('計画の名前', '令和8年度 年間監査計画');
  await office.type('始まりの年度', '2026');
  await office.type('終わりの年度', '2026');
  await office.type('基本方針', '個人情報を扱う事務を重点に、部局を順に見る。');
  await office.go('計画を立てる', 'form.card');
  await office.looksRight({ heading: '令和8年度 年間監査計画' });
  await office.go('項目を加える', '.actions-row');
  await office.looksRight({ heading: '計画に項目を加える' });
  await office.pick('監査の種類', '行政監査');
  await office.type('テーマ', '電算システムの個人情報の管理について');
  await office.type('対象', '個人情報を扱うシステムを使う全部局');
  await office.go('加える', 'form.card');
  await office.looksRight({ heading: '令和8年度 年間監査計画' });
  await office.open('/audits');
  await office.looksRight({ heading: '監査' });
  await office.go('電算システムの個人情報の管理について');
  await office.looksRight({ heading: '監査を計画する' });
  await office.type('目的', '漏えいにつながる扱いがないかを確かめ、職員の意識を高める。');
  await office.type('基準日', '令和8年10月1日');
  await office.type('期間の始まり', '令和8年9月1日');
  await office.type('期間の終わり', '令和9年3月31日');
  await office.type('用語1', '個人情報');
  await office.type('用語1の定義', '個人に関する情報で、特定の個人を識別できるもの。');
  await office.go('監査を計画する', 'form.card');
  await office.looksRight({ heading: '電算システムの個人情報の管理について' });
  await office.sees('着眼点を決める');
});

it('it fills the plan and begins', async () => {
  await office.go('着眼点を決める');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '着眼点' });
  await office.go('規則集から写す');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '規則集から着眼点を写す' });
  await office.page.$$eval('fieldset input[name=viewpoint]', (all) => all.slice(0, 9).forEach((one) => (one as unknown as { click(): void }).click()));
  await office.go('選んだ着眼点を写す');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '着眼点' });
  await office.go('概要へ戻る');
  await office.go('対象を選ぶ', '.next-step');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '監査の対象' });
  await office.page.$$eval('.target-list > li > label > input', (all) => all.slice(0, 4).forEach((one) => (one as unknown as { click(): void }).click()));
  await office.go('対象を保存する');
  await office.go('担当者を決める');
  await office.type('職名', '代表監査委員');
  await office.type('氏名', '監査委員A');
  await office.go('加える', 'form.card');
  await office.type('職名', '監査委員');
  await office.type('氏名', '監査委員B');
  await office.type('除斥の理由', '親族が受検機関の委託先に勤めている。');
  await office.go('加える', 'form.card');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '担当者' });
  await office.go('監査委員B');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '担当者を直す' });
  await office.go('やめる');
  await office.go('概要へ戻る');
  await office.go('日程を決める');
  await office.type('行うこと', '調査票の回答期限');
  await office.pick('行う人', '受検機関');
  await office.type('予定の終わり', '令和8年10月31日');
  await office.go('加える', 'form.card');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '日程' });
  await office.go('概要へ戻る');
  await office.looksRight({ heading: '電算システムの個人情報の管理について' });
  await office.open('/audits');
  await office.looksRight({ heading: '監査' });
  await office.go('電算システムの個人情報の管理について');
  await office.go('監査を始める', '#stage');
  await office.sees('実施中');
});

it('it records what it saw on the spot, with a photo', async () => {
  await office.go('現地調査等の記録', '.tabs');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '現地調査等の記録' });
  await office.go('記録を書く', '.actions-row');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '記録を書く' });
  await office.type('題名', '児童手当システムの端末の現地調査');
  await office.type('行った日', '令和8年11月10日');
  await office.page.select('#departmentId', demoDepartment('子育て支援課'));
  await office.pick('システム', '児童手当システム');
  await office.type('場所', '本庁舎1階 子育て支援課');
  await office.type('申告されていたこと', '離席するときは画面を閉じている。');
  await office.type('確かめたこと', '5台のうち2台で、離席中も画面が開いていた。');
  await office.pick('照合の結果', '申告と違う');
  await office.go('記録を保存する');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '児童手当システムの端末の現地調査' });
  const photo = await sharp({ create: { width: 320, height: 200, channels: 3, background: '#7799bb' } }).png().toBuffer();
  const folder = mkdtempSync(join(tmpdir(), 'tenken-audits-'));
  writeFileSync(join(folder, '画面.png'), photo);
  await ((await office.page.$('#file')) as ElementHandle<never>).uploadFile(join(folder, '画面.png'));
  await office.type('説明', '開いたままの画面');
  await office.go('付ける', '#files');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '児童手当システムの端末の現地調査' });
  await office.go('記録を直す');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '記録を直す' });
  await office.go('やめる');
  await office.go('現地調査等の記録', '.tabs');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '現地調査等の記録' });
  await office.go('概要', '.tabs');
  await office.go('事案を直す');
  await office.go('事案を加える', '.actions-row');
  await office.looksRight({ heading: '電算システムの個人情報の管理について', title: '事案を加える' });
  await office.type('事案の題名', '児童手当システムの特定個人情報の管理について');
  await office.pick('対象受検機関', 'こども部　子育て支援課');
  await office.type('事務局の実施年月日', '令和8年11月10日から同月20日まで');
  await office.go('事案を加える', 'form.card');
  await office.open('/audits/kinds');
  await office.looksRight({ heading: '監査の種類' });
});
