import { DEMO_ORGANISATION, demoAccount, demoDepartment } from '../src/demo/city.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { addSystem, declareOf } from './checks-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';

let stage: Stage;
let auditor: Visitor;
let clerk: Visitor;

const held = { 'my-number': { choice: 'held' }, 'personal-information': { choice: 'held' } } as const;

beforeAll(async () => {
  stage = await openStage({ demo: true });
  [auditor, clerk] = [await stage.visitor('reports'), await stage.visitor('reports-clerk')];
  const actor: Actor = { id: demoAccount('hyoka.tokatsu'), name: '評価統括', department: demoDepartment('情報政策課'), grants: [{ role: 'assessment-lead', department: null }] };
  const within = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(stage.database, { organisation: DEMO_ORGANISATION, actor, clock: stage.clock }, work);
  for (const [department, names] of [['子育て支援課', ['児童手当システム', 'こども医療費助成システム']], ['学校教育課', ['就学援助システム']], ['情報政策課', ['統合宛名システム', '庁内グループウェア']]] as const) {
    for (const name of names) {
      const id = await within((ctx) => addSystem(ctx, demoDepartment(department), name, held));
      await within((ctx) => declareOf(ctx, id, 'access-right-unit', name === '就学援助システム' ? 'per-terminal' : 'per-user'));
      await within((ctx) => declareOf(ctx, id, 'my-number-viewing', 'limited'));
    }
  }
  await auditor.enterAs('監査事務局 担当');
  await clerk.enterAs('子育て支援課 担当');
}, 180_000);
afterAll(() => stage?.close());

describe('from the results to a report', () => {
  it('the audit office sees how the departments stand, and goes to one of them', async () => {
    await auditor.open('/checks');
    await auditor.go('点検を実施する');
    await auditor.go('部署ごとに見る');
    await auditor.looksRight({ heading: '部署ごとの点検結果' });
    await auditor.go('学校教育課', 'table.list');
    await auditor.sees('就学援助システム');
  });

  it('it asks for a report of everything, sees it being made, and takes it away', async () => {
    await auditor.open('/checks');
    await auditor.go('報告書（PDF・Excel）');
    await auditor.looksRight({ heading: '点検結果報告書' });
    await auditor.go('報告書をつくる');
    await auditor.sees('順番を待っています');
    await auditor.looksRight({ heading: '点検結果報告書' });
    await auditor.choose('Excel');
    await auditor.go('報告書をつくる');
    await stage.startWorker();
    await auditor.until('both reports', async () => (await auditor.page.$$('#report-list td a')).length === 2, 120_000);
    await auditor.looksRight({ heading: '点検結果報告書' });
    const files = await auditor.page.$$eval('#report-list td a', (all) => all.map((one) => one.getAttribute('href')!));
    const types = [];
    for (const href of files) types.push((await auditor.file(href)).type);
    expect(types.sort()).toEqual(['application/pdf', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
  }, 240_000);

  it('a department finds its own choice made, is told what is missing, and makes its report', async () => {
    await clerk.open('/checks/reports');
    expect(await clerk.page.$eval('#scope', (select) => [...select.options].filter((one) => one.value !== '').map((one) => one.text))).toEqual([expect.stringContaining('子育て支援課') as string, 'こども医療費助成システム', '児童手当システム']);
    for (const title of await clerk.page.$$eval('#ruleSets label', (all) => all.map((one) => one.textContent!.trim()))) await clerk.choose(title, '#ruleSets');
    await clerk.go('報告書をつくる');
    await clerk.sees('規則集を1つ以上選んでください。');
    await clerk.looksRight({ heading: '点検結果報告書' });
    await clerk.choose('マイナンバー監査の着眼点', '#ruleSets');
    await clerk.go('報告書をつくる');
    await clerk.until('the report', async () => (await clerk.page.$$('#report-list td a')).length === 1, 120_000);
    expect(await clerk.words('#report-list')).not.toContain('全体');
  }, 180_000);
});
