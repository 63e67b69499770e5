import { createHash } from 'node:crypto';
import Excel from 'exceljs';
import { AuditDocuments } from '../src/documents/audit-documents.service.js';
import { renderDocument } from '../src/documents/rendering-worker.js';
import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { TODAY } from './assessments-town.js';
import { auditFixture } from './audit-fixtures.js';
import { addSystem } from './checks-town.js';
import { printedPages } from './printed-pages.js';
import { elementsOf, openWeb, type Answer, type Fields, type Person, type Web } from './web-fixture.js';

const SYSTEM = '公費負担医療給付システム';

/** The Osaka audit as one of the town: about こども課, its report a draft. */
function townAudit(change: (file: AuditFile) => void = () => undefined): Buffer {
  const text = JSON.stringify(auditFixture('osaka-my-number')).replaceAll('健康医療部保健医療室地域保健課', 'こども課');
  const file = JSON.parse(text) as AuditFile;
  file.reports = file.reports.slice(0, 1);
  file.reports[0]!.status = 'draft';
  file.notices = [];
  change(file);
  return Buffer.from(JSON.stringify(file));
}

describe('documents of an audit', () => {
  let web: Web;
  let auditor: Person;
  let member: Person;
  let children: Person;
  let pension: Person;
  let viewer: Person;
  let foreigner: Person;
  let audit: string;
  let published: string;

  beforeAll(async () => {
    web = await openWeb();
    auditor = await web.person('audit-secretariat', null, '監査事務局');
    member = await web.person('audit-member', null, '監査委員');
    children = await web.person('drafter', web.town.children, 'こども課 担当');
    pension = await web.person('section-head', web.town.pension, '国保年金課 課長');
    viewer = await web.person('viewer', null, '閲覧者');
    foreigner = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
    await web.within(auditor, (ctx) => addSystem(ctx, web.town.children, SYSTEM, {}));
    audit = await imported(townAudit());
    published = await imported(townAudit((file) => {
      file.audit.theme = '公表した監査';
      file.questionnaires = [];
      Object.assign(file.reports[0]!, { status: 'published', publicationNumber: 22, publicationYear: 2018, decidedOn: '2018-05-10', submittedOn: '2018-05-11', publishedOn: '2018-05-19' });
    }));
  });
  afterAll(() => web.close());

  const imported = async (source: Buffer): Promise<string> => (await web.within(auditor, (ctx) => web.app.get(AuditFiles, { strict: false }).import(ctx, source))).id;
  const ask = (fields: Fields, as: Person = auditor, of = audit): Promise<Answer> => web.post(`/audits/${of}/documents`, fields, as);
  const ids = async (of = audit): Promise<string[]> => (await web.database.query('select id from document where object_id = $1 order by asked_at, id', [of]) as { id: string }[]).map((one) => one.id);
  const reportOf = async (of: string): Promise<string> => (await web.database.query(`select id from document where object_id = $1 and model ->> 'code' = 'audit-report'`, [of]) as { id: string }[])[0]!.id;
  const made = async (fields: Fields, as: Person = auditor, of = audit): Promise<string> => {
    const before = new Set(await ids(of));
    const answer = await ask(fields, as, of);
    expect([answer.status, answer.location]).toEqual([303, `/audits/${of}/documents#made`]);
    return (await ids(of)).find((id) => !before.has(id))!;
  };
  const make = (id: string): Promise<void> => renderDocument({ database: web.database, chromium: web.chromium, templates: web.templates, clock: TODAY }, web.town.organisation, id);
  const choicesOf = async (kind: string, as: Person = auditor, of = audit): Promise<{ key: string; label: string }[]> =>
    web.within(as, async (ctx) => (await web.app.get(AuditDocuments, { strict: false }).offers(ctx, of)).offers.find((one) => one.kind === kind)?.choices ?? []);

  it('the page says what can be made, and what is missing for the rest', async () => {
    const page = await web.get(`/audits/${audit}/documents`, auditor);
    expect(page.status).toBe(200);
    const words = elementsOf(page.body).whole();
    for (const word of ['監査結果報告書', '事案の様式', '送付の文書', '検出事項一覧', '措置一覧', '調査票', '文書はまだありません。']) expect(words).toContain(word);
    expect(words).toContain('措置の通知を受けてから、「報告と公表」の画面で措置状況の公表を作ってください。');
    expect(words).toContain('「集計」の画面で、集計を加えてください。');
  });

  it('a document is asked for, waits, is printed by a worker, and proves itself', async () => {
    const id = await made({ kind: 'case-sheets' });
    const waiting = (await web.get(`/audits/${audit}/documents`, auditor)).body;
    expect(waiting).toContain(`hx-get="/audits/${audit}/documents/list"`);
    expect((await web.get(`/audits/${audit}/documents/${id}`, auditor)).status).toBe(404);
    await make(id);
    const list = await web.get(`/audits/${audit}/documents/list`, auditor);
    expect(list.body).toContain(`href="/audits/${audit}/documents/${id}"`);
    expect(list.body).not.toContain('hx-get');
    const file = await web.get(`/audits/${audit}/documents/${id}`, member);
    expect([file.status, file.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(decodeURIComponent(String(file.headers['content-disposition']))).toContain('事案の様式_');
    const [row] = await web.database.query('select file_hash, template_hash, pages from document where id = $1', [id]) as { file_hash: string; template_hash: string; pages: number }[];
    expect([row!.file_hash, row!.template_hash]).toEqual([createHash('sha256').update(file.bytes).digest('hex'), web.templates.hash('reports/audit/case-sheets')]);
    expect((await printedPages(file.bytes)).map((one) => one.text).join('')).toContain('対象受検機関：こども課');
  });

  it('a register comes as a workbook', async () => {
    const id = await made({ kind: 'finding-register' });
    await make(id);
    const file = await web.get(`/audits/${audit}/documents/${id}`, auditor);
    const book = new Excel.Workbook();
    await book.xlsx.load(file.bytes as unknown as Excel.Buffer);
    expect(book.worksheets[0]!.rowCount).toBe(10);
  });

  it('what cannot be printed is refused with its place, and nothing is asked for', async () => {
    const broken = await imported(townAudit((file) => { file.improvements[0]!.text = '［検出:77］を直されたい。'; file.audit.theme = '壊れた監査'; }));
    const answer = await ask({ kind: 'case-sheets' }, auditor, broken);
    expect(answer.status).toBe(422);
    const words = elementsOf(answer.body).whole();
    expect(words).toContain('改善を求める事項「１」：［検出:77］が指す検出事項（符号77）はありません。');
    expect(answer.body).toContain(`href="/audits/${broken}/improvements"`);
    expect(await ids(broken)).toEqual([]);
    expect(elementsOf((await web.get(`/audits/${broken}/documents`, auditor)).body).whole()).toContain('作る前に直すところが1か所あります');
  });

  it.each([
    [{ kind: 'nothing' }, '文書の種類を選んでください。'],
    [{ kind: 'case-sheets', choice: 'stage-2' }, '「事案の様式」に、選ばれたものがありません。画面を読み込み直してください。'],
    [{ kind: 'case-sheets', format: 'xlsx' }, '「事案の様式」は、この形式では作れません。'],
    [{ kind: 'tabulation' }, '「集計」はまだ作れません。'],
    [{ kind: 'letter', format: 'docx' }, 'PDFかExcelかを選んでください。'],
  ])('refuses %j', async (fields, message) => {
    const answer = await ask(fields as Fields);
    expect(answer.status).toBe(422);
    expect(elementsOf(answer.body).whole()).toContain(message);
  });

  it('a decided report is made once and kept; a draft is made anew', async () => {
    const [first, second] = [await made({ kind: 'audit-report' }), await made({ kind: 'audit-report' })];
    expect(second).not.toBe(first);
    const kept = await made({ kind: 'audit-report' }, auditor, published);
    const before = (await ids(published)).length;
    expect((await ask({ kind: 'audit-report' }, member, published)).status).toBe(303);
    expect((await ids(published)).length).toBe(before);
    await make(kept);
    const bytes = (await web.get(`/audits/${published}/documents/${kept}`, auditor)).bytes;
    // Findings change after the decision: the document does not.
    await web.database.query(`update finding set title = '別の題' where audit_id = $1`, [published]);
    expect((await ask({ kind: 'audit-report' }, auditor, published)).status).toBe(303);
    expect((await ids(published)).length).toBe(before);
    expect((await web.get(`/audits/${published}/documents/${kept}`, auditor)).bytes.equals(bytes)).toBe(true);
    expect((await printedPages(bytes))[0]!.text).toContain('監査公表第22号');
  });

  it('two who ask for the same decided report at once get one', async () => {
    const [letter] = await choicesOf('letter', auditor, published);
    const before = (await ids(published)).length;
    const both = await Promise.all([ask({ kind: 'letter', choice: letter!.key }, auditor, published), ask({ kind: 'letter', choice: letter!.key }, member, published)]);
    expect(both.map((one) => one.status)).toEqual([303, 303]);
    expect((await ids(published)).length).toBe(before + 1);
  });

  it('a department has its own questionnaire, and of documents only what is published', async () => {
    const page = await web.get(`/audits/${audit}/documents`, children);
    expect(page.status).toBe(200);
    expect((await choicesOf('questionnaire', children)).map((one) => one.label)).toEqual(['マイナンバーに関する情報セキュリティの質問票（白紙）', `マイナンバーに関する情報セキュリティの質問票　こども課　${SYSTEM}`]);
    expect(elementsOf(page.body).whole()).not.toContain('検出事項一覧');
    const [, own] = await choicesOf('questionnaire', children);
    const id = await made({ kind: 'questionnaire', choice: own!.key }, children);
    await make(id);
    expect((await printedPages((await web.get(`/audits/${audit}/documents/${id}`, children)).bytes)).map((one) => one.text).join('')).toContain('54,000件');
    const drafts = (await ids()).filter((one) => one !== id);
    for (const draft of drafts) expect((await web.get(`/audits/${audit}/documents/${draft}`, children)).status).toBe(403);
    expect(page.body).not.toContain('事案の様式_');
    expect((await ask({ kind: 'case-sheets' }, children)).status).toBe(422);
    const report = await reportOf(published);
    expect((await web.get(`/audits/${published}/documents/${report}`, children)).status).toBe(200);
    for (const letter of (await ids(published)).filter((one) => one !== report)) expect((await web.get(`/audits/${published}/documents/${letter}`, children)).status).toBe(403);
    expect((await web.get(`/audits/${published}/documents`, pension)).body).toContain(`/audits/${published}/documents/${report}`);
  });

  it('others see nothing: another department, a viewer, another organisation', async () => {
    const [any] = await ids();
    for (const path of [`/audits/${audit}/documents`, `/audits/${audit}/documents/list`, `/audits/${audit}/documents/${any}`]) {
      expect([path, (await web.get(path, pension)).status]).toEqual([path, 404]);
      expect([path, (await web.get(path, viewer)).status]).toEqual([path, 403]);
      expect([path, (await web.get(path, foreigner)).status]).toEqual([path, 404]);
    }
    expect((await ask({ kind: 'questionnaire' }, pension)).status).toBe(404);
    expect((await ask({ kind: 'case-sheets' }, foreigner)).status).toBe(404);
    const [report] = await ids(published);
    expect((await web.get(`/audits/${audit}/documents/${report}`, auditor)).status).toBe(404);
  });
});
