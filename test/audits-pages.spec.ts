import Excel from 'exceljs';
import sharp from 'sharp';
import { AuditRegister } from '../src/audits/audit-register.service.js';
import { FieldRecords } from '../src/audits/field-records.service.js';
import { addSystem } from './checks-town.js';
import { plan } from './audits-town.js';
import { formOn, textOf } from './small-web.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let office: Person;
let member: Person;
let clerk: Person;
let stranger: Person;

beforeAll(async () => {
  web = await openWeb();
  office = await web.person('audit-secretariat', null, '監査事務局');
  member = await web.person('audit-member', null, '監査委員');
  clerk = await web.person('drafter', web.town.pension, '国保の担当');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
});
afterAll(() => web.close());

const audit = (more = {}): Promise<string> => web.within(office, (ctx) => web.app.get(AuditRegister, { strict: false }).add(ctx, plan(more)));
const shown = async (path: string, as = office): Promise<string> => {
  const page = await web.get(path, as);
  expect([path, page.status]).toEqual([path, 200]);
  return textOf(page.body);
};
const errorsOn = (body: string): string[] => elementsOf(body).all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => elementsOf(body).text(one));
const made = (answer: Answer): string => {
  expect([answer.status, answer.status === 303 ? '' : textOf(answer.body)]).toEqual([303, '']);
  return answer.location;
};
async function sheetOf(answer: Answer): Promise<string[][]> {
  const book = new Excel.Workbook();
  await book.xlsx.load(answer.bytes as never);
  const rows: string[][] = [];
  book.worksheets[0]!.eachRow((row) => void rows.push((row.values as unknown[]).slice(1).map((cell) => String(cell ?? ''))));
  return rows;
}
/** The form of a page as a browser sends it, with these fields. */
const filled = async (path: string, action: string, fields: Record<string, string | string[]>, as = office): Promise<Record<string, string | string[]>> => ({ ...formOn((await web.get(path, as)).body, action), ...fields });

describe('from a plan to an audit', () => {
  it('goes without script: plan, item, audit, and the item tells which audit it became', async () => {
    const planPath = made(await web.post('/audits/plans', await filled('/audits/plans/new', '/audits/plans', { title: '令和8年度 年間監査計画', fromYear: '令和8', untilYear: 'Ｒ８', decidedOn: '令和8年3月27日' }), office));
    await shown(planPath);
    made(await web.post(`${planPath}/items`, await filled(`${planPath}/items/new`, `${planPath}/items`, { kind: 'administrative', theme: '個人情報の管理', targets: '全部局', period: '10月から' }), office));
    const begin = elementsOf((await web.get(planPath, office)).body).all((one) => (one.attribs.href ?? '').startsWith('/audits/new?item='))[0]!.attribs.href!;
    const form = formOn((await web.get(begin, office)).body, '/audits');
    // The usual basis of 行政監査 is 2項.
    expect(form).toMatchObject({ kind: 'administrative', theme: '個人情報の管理', fiscalYear: '令和8年度', targetsText: '全部局', bases: 'act-199-2' });
    const path = made(await web.post('/audits', form, office));
    const overview = await shown(path);
    for (const words of ['個人情報の管理', '地方自治法第199条第2項', '同法第199条第9項', '監査計画：令和8年度 年間監査計画', '着眼点を決める', '監査委員がいません']) expect(overview).toContain(words);
    expect(await shown(planPath)).toContain('個人情報の管理 計画');
    expect(await sheetOf(await web.get(`${planPath}/list.xlsx`, office))).toContainEqual(['令和8年度', '行政監査', '個人情報の管理', '全部局', '10月から', '個人情報の管理', '計画', '令和8年度', '']);
    const item = begin.split('=')[1]!;
    expect((await web.post(`${planPath}/items/${item}/remove`, { version: '2' }, office)).status).toBe(403);
    expect((await web.post(`${planPath}/remove`, { version: '2' }, office)).body).toContain('ここから始めた監査があるため');
  });

  it('shows what was planned beside what was done, takes up the mid-term plan, and puts an audit to an item', async () => {
    const title = '第3次中期計画';
    const above = made(await web.post('/audits/plans', await filled('/audits/plans/new', '/audits/plans', { kind: 'mid-term', title, fromYear: 'R8', untilYear: '令和10年度' }), office));
    for (const [fiscalYear, theme] of [['令和8', '端末の管理'], ['令和9', '契約の事務']]) made(await web.post(`${above}/items`, await filled(`${above}/items/new`, `${above}/items`, { fiscalYear: fiscalYear!, kind: 'administrative', theme: theme!, period: '秋' }), office));
    const path = made(await web.post('/audits/plans', await filled('/audits/plans/new', '/audits/plans', { title: '令和8年度の計画', fromYear: '2026', untilYear: '令和8年度' }), office));
    expect(await shown(path)).toContain('端末の管理行政監査 秋 （第3次中期計画）');
    expect(await shown(path)).not.toContain('契約の事務');
    const nothing = await web.post(`${path}/mid-term`, { version: '1', item: '' }, office);
    expect([nothing.status, textOf(nothing.body).includes('写す項目を選んでください')]).toEqual([422, true]);
    const offer = formOn((await web.get(path, office)).body, `${path}/mid-term`);
    made(await web.post(`${path}/mid-term`, offer, office));
    expect((await web.post(`${path}/mid-term`, { ...offer, item: '' }, office)).status).toBe(409);
    expect(await shown(above)).toContain('年間計画：令和8年度の計画');
    expect(await shown(path)).toContain('計画した項目 1件 始めた項目 0件 報告まで済んだ項目 0件 まだ始めていない項目 1件');
    // An audit that was planned by itself, a year later than foreseen.
    const late = await audit({ theme: '遅れた端末の監査', fiscalYear: 2027, beginsOn: '2027-05-01', endsOn: '2027-09-30' });
    const item = /items\/([0-9a-f-]{36})\/audits/u.exec((await web.get(path, office)).body)![1]!;
    expect((await web.post(`${path}/items/${item}/audits`, { audit: late }, member)).status).toBe(403);
    made(await web.post(`${path}/items/${item}/audits`, { audit: late }, office));
    for (const page of [path, above]) expect(await shown(page)).toContain('遅れた端末の監査 計画！ 令和9年度の監査として行う');
    expect(await sheetOf(await web.get(`${path}/list.xlsx`, office))).toContainEqual(['令和8年度', '行政監査', '端末の管理', '', '秋', '遅れた端末の監査', '計画', '令和9年度', '令和9年5月1日～令和9年9月30日']);
    expect((await web.post(`${above}/items/${item}/audits/${late}/remove`, {}, office)).status).toBe(404);
    made(await web.post(`${path}/items/${item}/audits/${late}/remove`, {}, office));
    // Begun from the item as a copy, in the year of the item.
    const copying = formOn((await web.get(`/audits/new?item=${item}`, office)).body, '/audits/copy');
    expect(copying).toMatchObject({ item, copyYear: '令和8年度' });
    const copied = made(await web.post('/audits/copy', { ...copying, from: late }, office));
    expect(await shown(copied)).toContain('監査計画：令和8年度の計画');
    expect(await shown(path)).toContain('始めた項目 1件');
    expect(await shown(path, member)).not.toContain('離す');
  });

  it('shows a plan that was changed meanwhile from both sides', async () => {
    const path = made(await web.post('/audits/plans', await filled('/audits/plans/new', '/audits/plans', { title: '中期計画', kind: 'mid-term', fromYear: '2026', untilYear: '2028' }), office));
    const form = await filled(`${path}/edit`, path, { title: '私の計画' });
    made(await web.post(path, { ...form, title: 'ほかの人の計画' }, office));
    const stale = await web.post(path, form, office);
    expect(stale.status).toBe(409);
    expect(textOf(stale.body)).toContain('計画の名前私の計画ほかの人の計画');
    made(await web.post(path, formOn(stale.body, path), office));
    expect(await shown(path)).toContain('私の計画');
    expect((await web.post(path, { ...formOn((await web.get(`${path}/edit`, office)).body, path), untilYear: '来年' }, office)).status).toBe(422);
  });
});

describe('the form of an audit', () => {
  it.each<[string, Record<string, string | string[]>, string]>([
    ['no theme', { theme: '' }, '「テーマ」を入れてください'], ['an end before its beginning', { beginsOn: '令和8年10月1日', endsOn: '令和8年9月30日' }, '「期間の終わり」が「期間の始まり」より前です'], ['a bare year of an era', { fiscalYear: '8' }, '「年度」は、令和8年度なら「令和8」「R8」「2026」のどれか'],
    ['a day that is none', { referenceOn: '2026-13-01' }, '日付として読めません'], ['a definition without a text', { term: ['個人情報'], definition: [''] }, '「1行目の定義」を入れてください'],
  ])('with %s comes back with everything that was typed and the error at its field', async (_, wrong, message) => {
    const fields = await filled('/audits/new', '/audits', { kind: 'administrative', theme: 'テーマ', purpose: '目的の文', ...wrong });
    const reply = await web.post('/audits', fields, office);
    expect(reply.status).toBe(422);
    expect(errorsOn(reply.body).join()).toContain(message);
    expect(formOn(reply.body, '/audits')).toMatchObject({ purpose: '目的の文', ...Object.fromEntries(Object.entries(wrong).filter(([, value]) => typeof value === 'string')) });
    const page = elementsOf(reply.body);
    const links = page.all((one) => one.name === 'a' && (one.attribs.href ?? '').startsWith('#') && page.text(one).includes(message.slice(0, 6)));
    expect(links.map((one) => page.byId(one.attribs.href!.slice(1)) !== null)).toEqual([true]);
  });

  it('keeps definitions line by line, and shows both sides of a stale save', async () => {
    const id = await audit();
    const path = `/audits/${id}`;
    const form = await filled(`${path}/edit`, path, { term: ['個人情報', '電算システム'], definition: ['個人に関する情報', '事務を処理する機器'] });
    made(await web.post(path, form, office));
    expect(await shown(path)).toContain('電算システム事務を処理する機器');
    const stale = await web.post(path, { ...form, purpose: '私の目的', bases: ['act-199-1'] }, office);
    expect(stale.status).toBe(409);
    for (const words of ['「電算システムの個人情報の管理について」の計画は、先に変更されています', '目的私の目的漏えいを未然に防ぐ。', '選ぶ選ばない', '用語']) expect(textOf(stale.body)).toContain(words);
    made(await web.post(path, formOn(stale.body, path), office));
    expect(await shown(path)).toContain('私の目的');
    expect(await shown(path)).toContain('地方自治法第199条第1項');
  });

  it('copies an older audit', async () => {
    const id = await audit({ theme: '写すもと', fiscalYear: 2025 });
    const path = made(await web.post('/audits/copy', { from: id, copyYear: '令和９年度' }, office));
    expect(await shown(path)).toContain('写した監査：写すもと');
    expect(await shown(path)).toContain('令和9年度');
    const wrong = await web.post('/audits/copy', { from: id, copyYear: '来年' }, office);
    expect([wrong.status, errorsOn(wrong.body).join()]).toEqual([422, expect.stringContaining('「年度」は、令和8年度なら')]);
    expect((await web.post('/audits/copy', { from: '', copyYear: '2027' }, office)).status).toBe(422);
  });
});

describe('the stages', () => {
  it('go forward by buttons, and back only with a reason', async () => {
    const id = await audit();
    const path = `/audits/${id}`;
    const move = async (action: string, comment = ''): Promise<Answer> => web.post(`${path}/move`, { ...formOn((await web.get(path, office)).body, `${path}/move`), action, comment }, office);
    const early = await move('begin');
    expect([early.status, textOf(early.body)]).toEqual([422, expect.stringContaining('監査委員がいません')]);
    made(await web.post(`${path}/people`, { role: 'member', title: '代表監査委員', name: '委員A', accountId: member.id!, disqualifiedReason: '' }, office));
    expect(await shown(`${path}/people`)).toContain('利用者と結び付いている');
    expect(made(await move('begin'))).toBe(path);
    expect(await shown(path)).toContain('調査票を作る');
    const reasonless = await move('replan', ' ');
    expect([reasonless.status, errorsOn(reasonless.body)]).toEqual([422, [expect.stringContaining('「理由」を入れてください')]]);
    const stale = await web.post(`${path}/move`, { version: '1', action: 'deliberate', comment: '' }, office);
    expect([stale.status, textOf(stale.body)]).toEqual([409, expect.stringContaining('先に変えました')]);
    made(await move('deliberate'));
    // The report is taken by its own page.
    expect(formOn((await web.get(path, office)).body, `${path}/move`)).toMatchObject({ action: 'resume' });
    expect((await move('close')).status).toBe(403);
    expect((await move('nonsense')).status).toBe(404);
    expect((await web.post(`${path}/move`, { version: '1', action: 'resume', comment: 'x' }, member)).status).toBe(409);
    expect((await web.post(`${path}/remove`, { version: '3' }, office)).status).toBe(403);
  });
});

describe('the parts of a plan', () => {
  let id: string;
  let base: string;
  beforeEach(async () => {
    id = await audit();
    base = `/audits/${id}`;
  });
  /** Where the first row of a list leads. */
  const first = async (path: string): Promise<string> => elementsOf((await web.get(path, office)).body).all((one) => one.name === 'a' && (one.attribs.href ?? '').startsWith(`${path}/`) && !['new', 'rule-sets', 'list.xlsx'].includes(one.attribs.href!.split('/').at(-1)!))[0]!.attribs.href!;

  it('viewpoints are written, taken over from a rule set, moved, changed, taken away', async () => {
    const page = `${base}/viewpoints`;
    made(await web.post(page, { parentId: '', text: '自分たちの着眼点' }, office));
    const offered = elementsOf((await web.get(`${page}/rule-sets`, office)).body).all((one) => one.attribs.name === 'viewpoint').map((one) => one.attribs.value!);
    const chosen = offered.filter((one) => one.startsWith('administrative-audit/'));
    expect(chosen.length).toBeGreaterThan(5);
    made(await web.post(`${page}/rule-sets`, { viewpoint: chosen }, office));
    const all = await shown(page);
    expect(all).toContain('(1) 自分たちの着眼点');
    expect(textOf((await web.get(`${page}/rule-sets`, office)).body).match(/✓ 写してある/gu)).toHaveLength(chosen.length);
    expect((await web.post(`${page}/rule-sets`, { viewpoint: '' }, office)).status).toBe(422);
    const one = await first(page);
    made(await web.post(`${one}/move`, { direction: 'down' }, office));
    expect(await shown(page)).toContain('(2) 自分たちの着眼点');
    const form = await filled(one, one, { text: '直した着眼点' });
    made(await web.post(one, form, office));
    expect((await web.post(one, { ...form, text: '別の着眼点' }, office)).status).toBe(409);
    expect((await web.post(one, { ...form, version: '2', text: '' }, office)).status).toBe(422);
    expect((await web.post(page, { parentId: '', text: ' ' }, office)).status).toBe(422);
    made(await web.post(`${one}/remove`, { version: '2' }, office));
    expect(await shown(page)).not.toContain('直した着眼点');
    expect((await web.get(one, office)).status).toBe(404);
  });

  it.each<[string, Record<string, string>, Record<string, string>, string, Record<string, string>]>([
    ['people', { role: 'member', title: '監査委員', name: '委員A', accountId: '', disqualifiedReason: '' }, { disqualifiedReason: '利害関係がある' }, '除斥', { name: '' }],
    ['schedule', { label: '現地調査', doneBy: 'secretariat', fromOn: '令和8年11月1日', untilOn: '令和8年11月10日', doneOn: '', note: '' }, { doneOn: '令和8年11月9日' }, '✓ 済', { untilOn: '令和8年10月1日' }],
  ])('%s are added, changed, moved and taken away', async (part, fields, change, words, wrong) => {
    const page = `${base}/${part}`;
    made(await web.post(page, fields, office));
    const refused = await web.post(page, { ...fields, ...wrong }, office);
    expect([refused.status, errorsOn(refused.body)]).toEqual([422, [expect.anything()]]);
    const one = await first(page);
    const form = await filled(one, one, change);
    made(await web.post(one, form, office));
    expect(await shown(page)).toContain(words);
    expect((await web.post(one, { ...form, ...wrong }, office)).status).toBe(409);
    expect((await web.post(one, { ...form, version: '2', ...wrong }, office)).status).toBe(422);
    made(await web.post(`${one}/move`, { direction: 'up' }, office));
    expect((await web.post(`${one}/move`, { direction: 'sideways' }, office)).status).toBe(422);
    made(await web.post(`${one}/remove`, { version: '2' }, office));
    expect((await web.get(one, office)).status).toBe(404);
  });

  it('cases are written by the secretariat and read by members', async () => {
    const page = `${base}/cases`;
    const fields = { departmentId: web.town.pension, title: '事案A', overview: '概要の文', quoted: '', membersOn: '－年－月－日', secretariatOn: '平成29年８月25日から同年12月21日まで' };
    const one = made(await web.post(page, fields, office));
    expect(await shown(page)).toContain('委員：－年－月－日、事務局：平成29年８月25日から同年12月21日まで');
    expect(await shown(one, member)).toContain('概要の文');
    expect(await shown(one)).toContain('事案を直す');
    const form = await filled(one, one, { title: '事案B' });
    made(await web.post(one, form, office));
    expect((await web.post(one, { ...form, title: '事案C' }, office)).status).toBe(409);
    expect((await web.post(page, { ...fields, departmentId: '' }, office)).status).toBe(422);
    made(await web.post(`${one}/move`, { direction: 'up' }, office));
    made(await web.post(`${one}/remove`, { version: '2' }, office));
    expect(await shown(page)).toContain('事案はまだありません');
  });

  it('targets are ticked, department by department and system by system', async () => {
    const system = await web.within(office, (ctx) => addSystem(ctx, web.town.pension, '対象のシステム'));
    const page = `${base}/targets`;
    made(await web.post(page, { ...formOn((await web.get(page, office)).body, page), target: [web.town.pension, `${web.town.pension}/${system}`] }, office));
    expect(await shown(base)).toContain('福祉部 国保年金課');
    expect(formOn((await web.get(page, office)).body, page)).toMatchObject({ version: '2', target: [web.town.pension, `${web.town.pension}/${system}`] });
    expect(await shown(page, member)).toContain('対象のシステム');
    const stale = await web.post(page, { version: '1', target: web.town.children }, office);
    expect([stale.status, textOf(stale.body)]).toEqual([409, expect.stringContaining('対象にする対象にしない')]);
    const wrong = await web.post(page, { version: '2', target: `${web.town.children}/${system}` }, office);
    expect([wrong.status, textOf(wrong.body)]).toEqual([422, expect.stringContaining('所管も利用もしていないシステム')]);
    made(await web.post(page, formOn(stale.body, page), office));
    expect(formOn((await web.get(page, office)).body, page)).toMatchObject({ target: web.town.children });
  });
});

describe('field records', () => {
  it('begin with what the system declares, are compared, and carry photos', async () => {
    const id = await audit();
    const page = `/audits/${id}/records`;
    const system = await web.within(office, (ctx) => addSystem(ctx, web.town.pension, '介護システム'));
    made(await web.post(`/audits/${id}/viewpoints/rule-sets`, { viewpoint: elementsOf((await web.get(`/audits/${id}/viewpoints/rule-sets`, office)).body).all((one) => one.attribs.name === 'viewpoint')[0]!.attribs.value! }, office));
    const viewpoints = elementsOf((await web.get(`${page}/new`, office)).body).all((one) => one.name === 'option' && one.parent !== null && 'attribs' in one.parent && one.parent.attribs.id === 'viewpointId' && one.attribs.value !== '').map((one) => one.attribs.value!);
    const offered = formOn((await web.get(`${page}/new?system=${system}&viewpoint=${viewpoints.at(-1)!}`, office)).body, page);
    expect(offered).toMatchObject({ systemId: system, viewpointId: viewpoints.at(-1) });
    expect(offered.announced).toMatch(/：申告なし/u);
    const one = made(await web.post(page, { ...offered, title: '執務室の現地調査', heldOn: '令和8年11月10日', departmentId: web.town.pension, seen: '施錠されていない', outcome: 'different' }, office));
    expect(await shown(one)).toContain('！ 申告と違う');
    const upload = async (file: Blob | null, name = '写真.png'): Promise<Answer> => web.post(`${one}/files`, { caption: '入口', ...(file === null ? {} : { file: [file, name] as [Blob, string] }) }, office);
    const png = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#aa0000' } }).png().toBuffer();
    made(await upload(new Blob([new Uint8Array(png)])));
    const link = elementsOf((await web.get(one, office)).body).all((tag) => tag.name === 'img')[0]!;
    expect(link.attribs).toMatchObject({ alt: '入口' });
    const photo = await web.get(link.attribs.src!, member);
    expect([photo.status, photo.headers['content-type'], photo.headers['content-disposition']]).toEqual([200, 'image/png', expect.stringContaining('inline')]);
    const original = link.attribs.src!.replace(/\/picture$/u, '');
    const kept = await web.get(original, member);
    expect([kept.status, kept.headers['content-disposition'], kept.bytes.equals(png)]).toEqual([200, expect.stringContaining('attachment'), true]);
    for (const path of [link.attribs.src!, original]) expect([(await web.get(path, clerk)).status, (await web.get(path, stranger)).status]).toEqual([403, 404]);
    // Words about the photo, and its place among the others.
    const fileId = original.split('/').at(-1)!;
    const words = await filled(one, `${one}/files/${fileId}`, { caption: '入口の扉', alt: '鍵の掛かっていない扉' });
    made(await web.post(`${one}/files/${fileId}`, words, office));
    expect(elementsOf((await web.get(one, office)).body).all((tag) => tag.name === 'img')[0]!.attribs).toMatchObject({ alt: '鍵の掛かっていない扉' });
    const staleWords = await web.post(`${one}/files/${fileId}`, { ...words, caption: '私の説明' }, office);
    expect([staleWords.status, textOf(staleWords.body).includes('説明私の説明入口の扉')]).toEqual([409, true]);
    const tooLong = await web.post(`${one}/files/${fileId}`, { ...words, version: '2', caption: 'あ'.repeat(201) }, office);
    expect([tooLong.status, errorsOn(tooLong.body).join()]).toEqual([422, expect.stringContaining('200文字以内')]);
    made(await upload(new Blob(['聞き取りのメモ']), 'メモ.txt'));
    made(await web.post(`${one}/files/${fileId}/move`, { direction: 'down' }, office));
    const order = textOf((await web.get(one, office)).body);
    expect(order.indexOf('メモ.txt')).toBeLessThan(order.indexOf('入口の扉'));
    // 検出事項 from what differs.
    expect(textOf((await web.get(page, office)).body)).toContain('検出事項にしていない');
    const finding = made(await web.post(`${one}/finding`, {}, office));
    expect(finding).toMatch(/^\/findings\/[0-9a-f-]+\/edit$/u);
    const begun = formOn((await web.get(finding, office)).body, finding.replace('/edit', ''));
    expect(begun).toMatchObject({ departmentId: web.town.pension, systemId: system, viewpointId: viewpoints.at(-1), title: expect.stringMatching(/^介護システム：.+（申告と違う）$/u) as string });
    expect(begun.facts).toBe(`申告されていたこと：\n${offered.announced as string}\n\n確かめたこと（令和8年11月10日　現地調査）：\n施錠されていない`);
    expect(await shown(finding.replace('/edit', ''))).toContain('執務室の現地調査');
    expect(await shown(one)).toContain('この記録を根拠にする検出事項介護システム');
    expect(await shown(page)).not.toContain('検出事項にしていない');
    expect((await web.post(`${one}/finding`, {}, member)).status).toBe(403);
    expect((await web.post(`${one}/remove`, { version: '1' }, office)).body).toContain(finding.replace('/edit', ''));
    await web.database.query('delete from finding where id = $1', [finding.split('/')[2]]);
    const wrong = await upload(new Blob(['<html></html>']), 'x.png');
    expect([wrong.status, errorsOn(wrong.body).join()]).toEqual([422, expect.stringContaining('証拠にできるのは')]);
    expect((await upload(null)).status).toBe(422);
    const fields = await filled(`${one}/edit`, one, { seen: '施錠された' });
    made(await web.post(one, fields, office));
    expect((await web.post(one, { ...fields, seen: '別の結果' }, office)).status).toBe(409);
    expect((await web.post(one, { ...fields, version: '2', heldOn: '令和9年1月1日' }, office)).status).toBe(422);
    made(await web.post(one, { ...fields, version: '2', outcome: 'as-announced' }, office));
    expect((await web.post(`${one}/finding`, {}, office)).body).toContain('検出事項は、「申告と違う」の記録から起こします');
    made(await web.post(one, { ...fields, version: '3', outcome: 'different' }, office));
    expect((await sheetOf(await web.get(`${page}/list.xlsx`, office)))[1]).toEqual(expect.arrayContaining(['令和8年11月10日', '現地調査', '執務室の現地調査', '介護システム', '申告と違う', '2', '0']));
    // The ○ of the register.
    expect(await shown(`/systems/${system}`)).toContain('監査の現地調査○ 令和8年度（令和8年11月10日）');
    expect((await sheetOf(await web.get('/systems/register.xlsx', office))).find((row) => row.includes('介護システム'))?.at(-1)).toBe('○（令和8年度）');
    expect(await shown(`/systems/${system}`, clerk)).not.toContain(plan().theme);
    made(await web.post(`${one}/files/${fileId}/remove`, {}, office));
    made(await web.post(`${one}/remove`, { version: '4' }, office));
    expect((await web.get(one, office)).status).toBe(404);
  });

  it('of one audit are not found under another', async () => {
    const [id, other] = [await audit(), await audit()];
    const record = await web.within(office, (ctx) => web.app.get(FieldRecords, { strict: false }).add(ctx, id, {
      kind: 'interview', title: '聞き取り', heldOn: '2026-11-01', place: '', attendees: '', departmentId: web.town.pension, systemId: null, viewpointId: null, announced: '', seen: '', outcome: 'open',
    }));
    expect((await web.get(`/audits/${other}/records/${record}`, office)).status).toBe(404);
    expect((await web.post(`/audits/${other}/records/${record}/remove`, { version: '1' }, office)).status).toBe(404);
    expect((await web.post(`/audits/${id}/records`, { kind: 'interview', title: '', heldOn: '', place: '', attendees: '', departmentId: '', systemId: '', viewpointId: '', announced: '', seen: '', outcome: 'open' }, office)).status).toBe(422);
  });
});

describe('the list and the kinds', () => {
  it('shows what waits and narrows by year', async () => {
    await audit({ theme: '平成の監査', fiscalYear: 2014, beginsOn: null, endsOn: null });
    expect(await shown('/audits')).toContain('これまでの監査');
    const narrowed = await shown('/audits?year=2014');
    expect([narrowed.includes('平成の監査'), narrowed.includes(plan().theme)]).toEqual([true, false]);
    expect((await sheetOf(await web.get('/audits/list.xlsx?year=2014', office))).slice(1).map((row) => row.slice(0, 3))).toEqual([['平成26年度', '行政監査', '平成の監査']]);
    expect(await shown('/audits?year=1999')).toContain('この年度の監査はありません');
    expect((await web.get('/audits?year=x', office)).status).toBe(422);
  });

  it('own kinds are added, changed and ended', async () => {
    made(await web.post('/audits/kinds', { label: '工事監査', bases: 'act-199-5' }, office));
    expect((await web.post('/audits/kinds', { label: '工事監査' }, office)).status).toBe(422);
    const one = elementsOf((await web.get('/audits/kinds', office)).body).all((tag) => (tag.attribs.href ?? '').startsWith('/audits/kinds/'))[0]!.attribs.href!;
    const form = await filled(one, one, { label: '技術監査' });
    made(await web.post(one, form, office));
    expect((await web.post(one, { ...form, label: '工事の監査' }, office)).status).toBe(409);
    made(await web.post(`${one}/end`, { version: '2' }, office));
    expect(await shown('/audits/kinds', member)).toContain('技術監査地方自治法第199条第5項終了');
  });
});

describe('who may see audits', () => {
  it('secretariat and members; no department, nobody of another organisation', async () => {
    const id = await audit();
    const paths = ['', '/targets', '/viewpoints', '/people', '/schedule', '/cases', '/records'].map((one) => `/audits/${id}${one}`);
    for (const path of paths) {
      expect([path, (await web.get(path, member)).status, (await web.get(path, clerk)).status, (await web.get(path, stranger)).status]).toEqual([path, 200, 403, 404]);
      expect(formless((await web.get(path, member)).body)).toBe(true);
    }
    for (const path of [`/audits/${id}/edit`, `/audits/${id}/records/new`, '/audits/new', '/audits/plans/new']) expect([path, (await web.get(path, member)).status]).toEqual([path, 403]);
    expect((await web.post(`/audits/${id}/viewpoints`, { parentId: '', text: 'x' }, stranger)).status).toBe(404);
    expect((await web.post(`/audits/${id}/targets`, { version: '1', target: '' }, stranger)).status).toBe(404);
  });

  /** Nothing to send but the way out. */
  const formless = (body: string): boolean => elementsOf(body).all((one) => one.name === 'form' && one.attribs.method === 'post').every((one) => one.attribs.action === '/sign-out');
});
