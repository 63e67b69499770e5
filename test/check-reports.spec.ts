import { createHash } from 'node:crypto';
import Excel from 'exceljs';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { Checking } from '../src/checks/checking.service.js';
import { renderDocument } from '../src/documents/rendering-worker.js';
import type { AnswerValue } from '../src/engine/form.js';
import { newId } from '../src/kernel/ids.js';
import { TODAY } from './assessments-town.js';
import { addSystem, declareOf } from './checks-town.js';
import { elementsOf, openWeb, type Answer, type Fields, type Person, type Web } from './web-fixture.js';

const held: Record<string, AnswerValue> = { 'my-number': { choice: 'held' }, 'personal-information': { choice: 'held' } };

describe('reports of checks', () => {
  let web: Web;
  let auditor: Person;
  let clerk: Person;
  let children: Person;
  let viewer: Person;
  let foreigner: Person;
  let pension: string;
  let allowance: string;

  beforeAll(async () => {
    web = await openWeb();
    auditor = await web.person('audit-secretariat', null, '監査事務局');
    clerk = await web.person('drafter', web.town.pension, '国保年金課 担当');
    children = await web.person('drafter', web.town.children, 'こども課 担当');
    viewer = await web.person('viewer', null, '閲覧者');
    foreigner = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
  });
  afterAll(() => web.close());

  const ask = (fields: Fields, as: Person = auditor): Promise<Answer> => {
    const all: Fields = { scope: 'all', run: '', ruleSets: ['my-number-audit', 'consistency'], format: 'pdf', ...fields };
    // A form with no box ticked does not send the field at all.
    return web.post('/checks/reports', Object.fromEntries(Object.entries(all).filter(([, value]) => value !== '')), as);
  };
  const newest = async (as: Person = auditor): Promise<string> => {
    const rows: { id: string }[] = await web.database.query(`select id from document where kind = 'check-report' and asked_by_name = $1 order by asked_at desc, id desc limit 1`, [as.name]);
    return rows[0]!.id;
  };
  const make = (id: string): Promise<void> => renderDocument({ database: web.database, chromium: web.chromium, templates: web.templates, clock: TODAY }, web.town.organisation, id);
  const reported = async (fields: Fields, as: Person = auditor): Promise<string> => {
    const before = new Set((await web.database.query(`select id from document`) as { id: string }[]).map((one) => one.id));
    const answer = await ask(fields, as);
    expect([answer.status, answer.location]).toEqual([303, '/checks/reports#made']);
    return (await web.database.query(`select id from document`) as { id: string }[]).map((one) => one.id).find((id) => !before.has(id))!;
  };
  const modelOf = async (id: string): Promise<{ departments: string[]; systems: { full: { name: string }[] }; ruleSets: { title: string }[]; overview: { changes: unknown[]; facts: { text: string }[] } }> =>
    (await web.database.query('select model from document where id = $1', [id]) as { model: never }[])[0]!.model;

  it('says what to do first while nothing was checked', async () => {
    const page = await web.get('/checks/reports', auditor);
    expect(page.status).toBe(200);
    expect(elementsOf(page.body).whole()).toContain('報告書はまだありません。');
    const refused = await ask({});
    expect(refused.status).toBe(422);
    expect(elementsOf(refused.body).whole()).toContain('点検がまだ行われていないため、報告書をつくれません。先に点検を実施してください。');
    expect(elementsOf((await web.get('/checks/departments', auditor)).body).whole()).toContain('点検はまだ実施していません。');
  });

  it('is asked for, waits, is printed by a worker, and proves itself by its hashes', async () => {
    pension = await web.within(auditor, (ctx) => addSystem(ctx, web.town.pension, '国民年金システム', held));
    allowance = await web.within(auditor, (ctx) => addSystem(ctx, web.town.children, '児童手当システム', held));
    await web.within(auditor, (ctx) => declareOf(ctx, pension, 'access-right-unit', 'per-terminal'));
    const checking = web.app.get(Checking, { strict: false });
    await web.within(auditor, (ctx) => checking.run(ctx, { scope: 'all' }));
    const id = await reported({});
    const waiting = (await web.get('/checks/reports', auditor)).body;
    expect(waiting).toContain('hx-get="/checks/reports/list"');
    expect(waiting).toContain('順番を待っています');
    expect((await web.get(`/checks/reports/${id}`, auditor)).status).toBe(404);
    await make(id);
    const list = await web.get('/checks/reports/list', auditor);
    expect(list.body).toContain(`href="/checks/reports/${id}"`);
    expect(list.body).not.toContain('hx-get');
    const file = await web.get(`/checks/reports/${id}`, auditor);
    expect([file.status, file.headers['content-type']]).toEqual([200, 'application/pdf']);
    expect(decodeURIComponent(String(file.headers['content-disposition']))).toContain('点検結果報告書_みずほ野市_全体_第1回.pdf');
    const [row] = await web.database.query('select file_hash, template_hash, pages from document where id = $1', [id]) as { file_hash: string; template_hash: string; pages: number }[];
    expect(row!.file_hash).toBe(createHash('sha256').update(file.bytes).digest('hex'));
    expect(row!.template_hash).toBe(web.templates.hash('reports/check/report'));
    expect((await getDocument({ data: new Uint8Array(file.bytes), verbosity: 0 }).promise).numPages).toBe(row!.pages);
    const model = await modelOf(id);
    expect([model.systems.full.map((one) => one.name), model.ruleSets.map((one) => one.title), model.overview.changes]).toEqual([['児童手当システム', '国民年金システム'], ['マイナンバー監査の着眼点', '評価書の記載と実態の整合'], []]);
  });

  it('comes as a workbook too', async () => {
    const id = await reported({ format: 'xlsx', ruleSets: ['my-number-audit'] });
    await make(id);
    const file = await web.get(`/checks/reports/${id}`, auditor);
    expect(file.headers['content-type']).toContain('spreadsheetml');
    const book = new Excel.Workbook();
    await book.xlsx.load(file.bytes as unknown as Excel.Buffer);
    expect(book.worksheets.map((one) => one.name)).toEqual(['概要', '一覧', '結果', '未確認', '規則']);
    expect(book.getWorksheet('一覧')!.getImages().length).toBe(1);
    // Two systems and the forty rules of the set
    expect(book.getWorksheet('結果')!.rowCount).toBe(1 + 2 * 40);
  });

  it('keeps what it said, and a later one compares with the run before', async () => {
    const first = await reported({});
    await web.within(auditor, (ctx) => declareOf(ctx, pension, 'access-right-unit', 'per-user'));
    await web.within(auditor, (ctx) => web.app.get(Checking, { strict: false }).run(ctx, { scope: 'all' }));
    const second = await reported({ ruleSets: 'my-number-audit' });
    expect((await modelOf(first)).overview.changes).toEqual([]);
    // 端末ごと became 利用者ごと: one 不適合 settled
    expect((await modelOf(second)).overview.changes).toEqual([expect.objectContaining({ fresh: '0', settled: '1', unclear: '0' })]);
    const old = await modelOf(await reported({ run: '1', ruleSets: 'my-number-audit' }));
    expect(old.overview.facts[1]!.text).toContain('第1回');
    expect(old.overview.changes).toEqual([]);
  });

  it('of a department holds its systems only, of a system that one', async () => {
    const department = await modelOf(await reported({ scope: `department:${web.town.children}` }));
    expect([department.systems.full.map((one) => one.name), department.departments]).toEqual([['児童手当システム'], [web.town.children]]);
    const system = await modelOf(await reported({ scope: `system:${pension}` }));
    expect(system.systems.full.map((one) => one.name)).toEqual(['国民年金システム']);
  });

  it('a department asks for its own reports and sees no others, also later', async () => {
    const page = elementsOf((await web.get('/checks/reports', children)).body);
    const options = page.all((one) => one.name === 'option').map((one) => one.attribs.value).filter((value) => /^(all|department:|system:)/u.test(value ?? ''));
    expect(options).toEqual([`department:${web.town.children}`, `system:${allowance}`]);
    const own = await reported({ scope: `department:${web.town.children}` }, children);
    await make(own);
    expect((await web.get(`/checks/reports/${own}`, children)).status).toBe(200);
    expect((await web.get('/checks/reports/list', children)).body).toContain(own);
    expect((await web.get('/checks/reports/list', clerk)).body).not.toContain(own);
    for (const as of [clerk]) expect((await web.get(`/checks/reports/${own}`, as)).status).toBe(403);
    for (const scope of ['all', `department:${web.town.pension}`, `system:${pension}`]) expect((await ask({ scope }, children)).status).toBe(403);
    const ofAll = await reported({ scope: 'all' });
    expect((await web.get(`/checks/reports/${ofAll}`, children)).status).toBe(403);
    expect((await web.get(`/checks/reports/${own}`, auditor)).status).toBe(200);
    // The system moves to another department: its reports go with it.
    const ofSystem = await reported({ scope: `system:${allowance}` }, children);
    await make(ofSystem);
    expect((await web.get(`/checks/reports/${ofSystem}`, children)).status).toBe(200);
    await web.database.query('update system set department_id = $1 where id = $2', [web.town.pension, allowance]);
    expect([(await web.get(`/checks/reports/${ofSystem}`, children)).status, (await web.get(`/checks/reports/${ofSystem}`, clerk)).status]).toEqual([403, 200]);
    await web.database.query('update system set department_id = $1 where id = $2', [web.town.children, allowance]);
  });

  it('a report of a 部 is read only by those who reach every 課 in it; its own person gets what it may see, with a word about the rest', async () => {
    const [{ parent_id: division }] = await web.database.query('select parent_id from department where id = $1', [web.town.children]) as [{ parent_id: string }];
    const head = await web.person('section-head', division, '福祉部長');
    const whole = await reported({ scope: `department:${division}` });
    await make(whole);
    expect((await modelOf(whole)).systems.full.length).toBe(2);
    expect((await web.get(`/checks/reports/${whole}`, head)).status).toBe(403);
    const own = await web.within(auditor, (ctx) => addSystem(ctx, division, '福祉総合窓口システム', held));
    await web.within(auditor, (ctx) => web.app.get(Checking, { strict: false }).run(ctx, { scope: 'all' }));
    const part = await modelOf(await reported({ scope: `department:${division}` }, head));
    expect(part.systems.full.map((one) => one.name)).toEqual(['福祉総合窓口システム']);
    expect(part.overview.facts[0]!.text).toContain('このほかに2システムがあるが、作成した者が結果を見ることのできる範囲にないため、含まれない');
    expect((await web.get(`/checks/reports/${await newest(head)}`, head)).status).toBe(404);
    await web.database.query('delete from check_state where system_id = $1', [own]);
    await web.database.query('delete from system where id = $1', [own]);
  });

  it('is not there for other organisations and for those who see no checks', async () => {
    const id = await newest();
    expect((await web.get(`/checks/reports/${id}`, foreigner)).status).toBe(404);
    expect((await ask({ scope: `system:${pension}` }, foreigner)).status).toBe(404);
    expect((await web.get('/checks/reports', viewer)).status).toBe(403);
    expect((await ask({}, viewer)).status).toBe(403);
    expect((await web.get(`/documents/${id}`, auditor)).status).toBe(404);
  });

  it.each([
    ['nothing chosen', { ruleSets: '' }, '規則集を1つ以上選んでください。'],
    ['a rule set without results', { ruleSets: 'no-such-set' }, '規則集「no-such-set」の結果は、この点検にありません。'],
    ['no scope', { scope: '' }, '報告書の対象を選んでください。'],
    ['a scope that is none', { scope: 'world' }, '報告書の対象を選んでください。'],
    ['another format', { format: 'docx' }, 'PDFかExcelかを選んでください。'],
  ])('refuses %s', async (_, fields, message) => {
    const { status, body } = await ask(fields);
    expect(status).toBe(422);
    expect(elementsOf(body).whole()).toContain(message);
  });

  it('keeps what was chosen beside the error', async () => {
    const { all } = elementsOf((await ask({ scope: `department:${web.town.children}`, run: '1', ruleSets: '', format: 'xlsx' })).body);
    const selected = all((one) => one.name === 'option' && 'selected' in one.attribs).map((one) => one.attribs.value);
    expect(selected).toEqual([`department:${web.town.children}`, '1']);
    expect(all((one) => one.attribs.name === 'format' && 'checked' in one.attribs).map((one) => one.attribs.value)).toEqual(['xlsx']);
  });

  it('finds no run, department or system that is not there', async () => {
    for (const fields of [{ run: '99' }, { scope: `department:${newId()}` }, { scope: `system:${newId()}` }] as Fields[]) expect((await ask(fields)).status).toBe(404);
  });

  it('refuses before printing what no font can draw, and leads to it', async () => {
    await web.database.query('update system set name = $1 where id = $2', ['国民年金\u{2A6D6}システム', pension]);
    const { status, body } = await ask({});
    expect(status).toBe(422);
    expect(elementsOf(body).whole()).toContain('U+2A6D6');
    expect(body).toContain(`href="/systems/${pension}"`);
    await web.database.query('update system set name = $1 where id = $2', ['国民年金システム', pension]);
  });

  it('says that it failed when nobody will try again', async () => {
    const id = await reported({});
    await web.database.query(`update document set model = '{}' where id = $1`, [id]);
    await expect(make(id)).rejects.toThrow();
    expect((await web.get('/checks/reports/list', auditor)).body).toContain('文書を作る途中で誤りが起きました。');
  });

  it('shows the departments with their share, as picture, table and list, and leads to their matrix', async () => {
    const page = await web.get('/checks/departments?ruleSet=my-number-audit', auditor);
    const { all, text } = elementsOf(page.body);
    const rows = all((one) => one.name === 'tr').map((row) => all((one) => one.name === 'th' || one.name === 'td', row).map(text));
    const counts = (letters: string): number[] => ['m', 'x', 'u', 'n'].map((letter) => [...letters.toLowerCase()].filter((one) => one === letter).length);
    const states: { department: string; letters: string }[] = await web.database.query(`select d.name as department, c.results ->> 'my-number-audit' as letters from check_state c join system s on s.id = c.system_id join department d on d.id = s.department_id where c.until_run is null order by d.name`);
    for (const { department, letters } of states) {
      const [met, notMet, unknown, none] = counts(letters);
      expect(rows.find((one) => one[0] === department)!.slice(1, 7)).toEqual(['1', String(met), String(notMet), String(unknown), String(none), `${((met! / (met! + notMet! + unknown!)) * 100).toFixed(1)}％`]);
    }
    expect(all((one) => one.name === 'a').map((one) => one.attribs.href)).toContain(`/checks?ruleSet=my-number-audit&department=${web.town.children}`);
    expect(page.body).toContain('<svg role="img" aria-label="マイナンバー監査の着眼点　部署ごとの適合の割合。');
    const list = await web.get('/checks/departments.xlsx?ruleSet=my-number-audit', auditor);
    const book = new Excel.Workbook();
    await book.xlsx.load(list.bytes as unknown as Excel.Buffer);
    expect(book.worksheets[0]!.rowCount).toBe(1 + states.length);
    expect(elementsOf((await web.get('/checks/departments?ruleSet=my-number-audit', children)).body).whole()).not.toContain('国保年金課');
    for (const path of ['/checks/departments', '/checks/departments.xlsx']) expect((await web.get(path, viewer)).status).toBe(403);
  });
});
