import { DEMO_ORGANISATION, demoAccount, demoDepartment } from '../src/demo/city.js';
import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { inTransaction } from '../src/kernel/database.js';
import { auditFixture } from './audit-fixtures.js';
import { addSystem } from './checks-town.js';
import { openStage, type Stage, type Visitor } from './journey-browser.js';
import { printedPages } from './printed-pages.js';

const THEME = '「公費負担医療給付システム」のマイナンバーに関する情報セキュリティについて';

let stage: Stage;
let auditor: Visitor;
let clerk: Visitor;
let audit: string;

beforeAll(async () => {
  stage = await openStage({ demo: true });
  [auditor, clerk] = [await stage.visitor('audit-documents'), await stage.visitor('audit-documents-clerk')];
  const actor: Actor = { id: demoAccount('kansa.jimu'), name: '監査事務局', department: null, grants: [{ role: 'audit-secretariat', department: null }, { role: 'assessment-lead', department: null }] };
  const within = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(stage.database, { organisation: DEMO_ORGANISATION, actor, clock: stage.clock }, work);
  await within((ctx) => addSystem(ctx, demoDepartment('子育て支援課'), '公費負担医療給付システム', {}));
  const file = JSON.parse(JSON.stringify(auditFixture('osaka-my-number')).replaceAll('健康医療部保健医療室地域保健課', '子育て支援課')) as AuditFile;
  file.findings[1]!.facts = '';
  audit = (await within((ctx) => stage.app.get(AuditFiles, { strict: false }).import(ctx, Buffer.from(JSON.stringify(file))))).id;
  await auditor.enterAs('監査事務局 担当');
  await clerk.enterAs('子育て支援課 担当');
}, 240_000);
afterAll(() => stage?.close());

describe('documents of an audit in the browser', () => {
  it('the audit office sees what can be made and what must be mended first, asks, and takes the file away', async () => {
    await auditor.open(`/audits/${audit}/documents`);
    await auditor.sees('作る前に直すところが1か所あります');
    await auditor.looksRight({ heading: THEME, title: '監査の文書' });
    await auditor.go('「送付の文書」を作る（PDF）');
    await auditor.sees('順番を待っています');
    await stage.startWorker();
    await auditor.until('the letter', async () => (await auditor.page.$$('#audit-documents td a')).length === 1, 120_000);
    await auditor.looksRight({ heading: THEME, title: '監査の文書' });
    const { bytes, type } = await auditor.file((await auditor.page.$eval('#audit-documents td a', (link) => link.getAttribute('href')))!);
    expect(type).toBe('application/pdf');
    expect((await printedPages(bytes))[0]!.text).toContain('監査結果の報告について');
    await auditor.go('「事案の様式」を作る（PDF）');
    await auditor.sees('検出事項「１(1)」の事実が書かれていません。書いてから、もう一度作ってください。');
    await auditor.looksRight({ heading: THEME, title: '監査の文書' });
  }, 240_000);

  it('the department finds its own questionnaire and nothing of the rest', async () => {
    await clerk.open(`/audits/${audit}/documents`);
    await clerk.looksRight({ heading: THEME, title: '監査の文書' });
    expect(await clerk.page.$$eval('.document-offers h3', (all) => all.map((one) => one.textContent))).toEqual(['調査票']);
    expect(await clerk.page.$$('#audit-documents td a')).toEqual([]);
  }, 120_000);
});
