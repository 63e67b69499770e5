import Excel from 'exceljs';
import { AuditRegister } from '../src/audits/audit-register.service.js';
import { draftOf, QuestionnaireTemplates } from '../src/audits/questionnaire-content.js';
import { Tabulations } from '../src/audits/tabulations.service.js';
import { newId } from '../src/kernel/ids.js';
import { plan } from './audits-town.js';
import { addSystem } from './checks-town.js';
import { formOn, textOf } from './small-web.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let office: Person;
let member: Person;
let clerk: Person;
let stranger: Person;
let audit: string;
let base: string;
let questionnaire: string;

beforeAll(async () => {
  web = await openWeb();
  office = await web.person('audit-secretariat', null, '監査事務局');
  member = await web.person('audit-member', null, '監査委員');
  clerk = await web.person('drafter', web.town.pension, '国保の担当');
  stranger = await web.person('audit-secretariat', null, 'よその監査', web.elsewhere);
  audit = await web.within(office, (ctx) => web.app.get(AuditRegister, { strict: false }).add(ctx, plan()));
  base = `/audits/${audit}/tabulations`;
  questionnaire = await sent();
});
afterAll(() => web.close());

/** The questionnaire of the content, answered for three systems: two fixed, one that is still written and does not count. */
async function sent(): Promise<string> {
  const id = newId();
  const template = web.app.get(QuestionnaireTemplates, { strict: false }).find('system-security', '2026-11-21')!;
  const { organisation, pension, children } = web.town;
  const marks = [new Date('2026-11-01T00:00:00Z'), '監査事務局'];
  await web.database.query(
    `insert into questionnaire (id, organisation_id, audit_id, title, purpose, per, definition, definition_hash, due_on, status, sent_at, sent_by_name, changed_at, changed_by_name)
     values ($1, $2, $3, '端末の調査票', '', 'department-system', $4, '', '2026-11-30', 'open', $5, $6, $5, $6)`, [id, organisation, audit, JSON.stringify(draftOf(template).definition), ...marks]);
  const answered = [
    { department: pension, system: '国民年金', status: 'fixed', answers: { staff: 3, commissioned: 1, temporary: 0, 'other-people': 0, 'terminal-care': { checked: ['locked-away', 'screen-closed'] }, awareness: { checked: ['oral'] } } },
    { department: children, system: '児童手当', status: 'submitted', answers: { staff: 4, 'terminal-care': { checked: ['screen-closed'] } } },
    { department: children, system: '保育所', status: 'answering', answers: { staff: 100 } },
  ];
  for (const { department, system, status, answers } of answered) {
    const response = newId();
    const systemId = await web.within(office, (ctx) => addSystem(ctx, department, system));
    await web.database.query(`insert into questionnaire_response (id, organisation_id, questionnaire_id, department_id, system_id, status, due_on, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, $6, '2026-11-30', $7, $8)`, [response, organisation, id, department, systemId, status, ...marks]);
    for (const [item, value] of Object.entries(answers)) await web.database.query('insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, $6)', [response, organisation, item, JSON.stringify(value), ...marks]);
  }
  return id;
}

const shown = async (path: string, as = office): Promise<string> => {
  const page = await web.get(path, as);
  expect([path, page.status]).toEqual([path, 200]);
  return textOf(page.body);
};
const made = (answer: Answer): string => {
  expect([answer.status, answer.status === 303 ? '' : textOf(answer.body)]).toEqual([303, '']);
  return answer.location;
};
const filled = async (path: string, action: string, fields: Record<string, string | string[]>): Promise<Record<string, string | string[]>> => ({ ...formOn((await web.get(path, office)).body, action), ...fields });
const errorsOn = (body: string): string[] => elementsOf(body).all((one) => (one.attribs.class ?? '') === 'error-text').map((one) => elementsOf(body).text(one));
const results = () => web.within(office, (ctx) => web.app.get(Tabulations, { strict: false }).results(ctx, audit));
const figure = async (address: string): Promise<string | null> => (await web.within(office, (ctx) => web.app.get(Tabulations, { strict: false }).figureText(ctx, audit)))(address);
const SMALL = { title: '課の集計', code: 'sections', mode: 'half-up', digits: '1', tableTitle: '課の表', tableCode: 'sections-table', dataset: 'system-security' };

/** A tabulation of one table, made through the page; returns its page of editing. */
async function small(code: string): Promise<string> {
  return made(await web.post(base, await filled(`${base}/new`, base, { ...SMALL, code, tableCode: `${code}-table` }), office));
}

describe('a ready definition', () => {
  it('is taken over, counts what was handed in, and every figure leads to its answers', async () => {
    expect(await shown(base)).toContain('集計はまだありません');
    made(await web.post(`${base}/ready`, { ready: 'system-security-audit', questionnaire: '' }, office));
    const text = await shown(base, member);
    for (const words of ['システムを利用する権限を割り振られている者の数', 'システムの安全性', '※「…」は、尋ねたが回答のなかったものである。', '上位1部局で100.0％を占めている']) expect(text).toContain(words);
    // 3 + 4 of two responses; what is still being written does not count.
    expect([await figure('access-rights/total/staff'), await figure('access-rights/福祉部/share'), await figure('terminal-management/total/handling.screen-closed'), await figure('terminal-management/total/awareness.oral%')]).toEqual(['7', '100.0%', '2', '50.0%']);
    const page = await shown(`${base}/figure?address=${encodeURIComponent('terminal-management/total/handling.locked-away')}`, member);
    for (const words of ['［数値:terminal-management/total/handling.locked-away=1］', '国保年金課 国民年金', 'この数値の元（1件）']) expect(page).toContain(words);
    const links = elementsOf((await web.get(`${base}/figure?address=${encodeURIComponent('access-rights/total/staff')}`, office)).body).all((one) => (one.attribs.href ?? '').startsWith(`/questionnaires/${questionnaire}/responses/`));
    expect(links).toHaveLength(2);
  });

  it('is not taken over twice: its tables are there already', async () => {
    const again = await web.post(`${base}/ready`, { ready: 'system-security-audit', questionnaire: '' }, office);
    expect([again.status, textOf(again.body)]).toEqual([422, expect.stringContaining('表の符号「access-rights」は、集計「電算システムの監査の集計」で使っています')]);
    expect(await results()).toHaveLength(1);
  });

  it('needs its questionnaire', async () => {
    const bare = await web.within(office, (ctx) => web.app.get(AuditRegister, { strict: false }).add(ctx, plan({ theme: '別の監査' })));
    expect(textOf((await web.post(`/audits/${bare}/tabulations/ready`, { ready: 'system-security-audit', questionnaire: '' }, office)).body)).toContain('調査票「システム調査票」の回答が要ります');
    expect((await web.post(`/audits/${bare}/tabulations/ready`, { ready: 'nothing', questionnaire: '' }, office)).status).toBe(404);
  });

  it('comes as a file that counts by itself', async () => {
    const answer = await web.get(`${base}/tables.xlsx`, member);
    const book = new Excel.Workbook();
    await book.xlsx.load(answer.bytes as never);
    expect(book.worksheets.map((one) => one.name)).toEqual(expect.arrayContaining(['システムの安全性', 'システム台帳']));
    expect(book.worksheets[0]!.getCell('D4').formula).toContain('SUMIFS(');
  });
});

describe('an own tabulation', () => {
  it('begins with one table, and gets rows, columns, order, a sentence and a chart', async () => {
    const edit = await small('own');
    const [tid] = edit.split('/').slice(-2);
    const at = `${base}/${tid}/tables/own-table`;
    const refused = await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: '合計', label: '', measure: 'count' }), office);
    expect([refused.status, /\^\[/u.test(refused.body)]).toEqual([422, false]);
    for (const words of ['「列の符号」：英小文字、数字、ハイフンで書いてください', '「列の見出し」：空にはできません']) expect(textOf(refused.body)).toContain(words);
    made(await web.post(at, await filled(at, at, { by: 'section', rowsLabel: '課', total: '合計', order: 'count', topColumn: 'count', topNumber: '3', topSubject: '課ごとの数', topUnit: '課', chart: ['count'], chartKind: 'bar', only: 'response-status/fixed' }), office));
    made(await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'care', label: '管理', measure: 'cross', of: 'terminal-care' }), office));
    made(await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'share', label: '構成比', measure: 'share', share: 'count', over: '' }), office));
    expect([await figure('own-table/国保年金課/count'), await figure('own-table/total/care.locked-away'), await figure('own-table/total/share')]).toEqual(['1', '1', '100.0%']);
    const text = await shown(base);
    expect(text).toContain('課ごとの数は大きいものから順に、国保年金課1件となっており、上位1課で1件を占めている。');
    expect((await web.get(base, office)).body).toMatch(/<svg[^>]*aria-label="課の表。国保年金課 1"/u);
    // What was stored comes back into the form.
    expect(formOn((await web.get(at, office)).body, at)).toMatchObject({ by: 'section', order: 'count', only: 'response-status/fixed', topNumber: '3' });
    made(await web.post(`${at}/columns/share/move`, { direction: 'up' }, office));
    expect((await results()).at(-1)!.definition.tables[0]!.columns.map((one) => one.code)).toEqual(['count', 'share', 'care']);
    expect(await shown(edit)).toContain('すべての選択肢の数');
  });

  it('has its own rounding, name of the shares and denominators down to one option, and its tables and columns in their order', async () => {
    const edit = await small('ordered');
    const tid = edit.split('/').at(-2)!;
    const tables = `${base}/${tid}/tables`;
    const at = `${tables}/ordered-table`;
    made(await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'care', label: '管理', measure: 'cross', of: 'terminal-care' }), office));
    made(await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'staff', label: '正職員', measure: 'sum', of: 'staff' }), office));
    made(await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'per', label: '割合', measure: 'share', share: 'care.locked-away', over: 'staff', mode: 'down', digits: '3' }), office));
    made(await web.post(at, await filled(at, at, { by: 'class', rowsLabel: '区分', total: '計', shares: 'count', sharesLabel: '回答に占める割合', order: 'care.screen-closed', chart: ['care'], chartKind: 'share' }), office));
    // 1 of 7 is 14.2857… %.
    expect([await figure('ordered-table/total/per'), await figure('ordered-table/total/care.locked-away%')]).toEqual(['14.285%', '50.0%']);
    expect(formOn((await web.get(`${at}/columns/per`, office)).body, `${at}/columns/per`)).toMatchObject({ share: 'care.locked-away', over: 'staff', mode: 'down', digits: '3' });
    const text = await shown(base);
    for (const words of ['回答に占める割合', '※「割合」は、「正職員」に対する割合である。', '※「回答に占める割合」の行は、「数」に対する割合である。']) expect(text).toContain(words);
    const page = await web.get(`${base}/figure?address=${encodeURIComponent('ordered-table/total/per')}`, member);
    expect(textOf(page.body)).toMatch(/分子：計 \S+ 1 ?分母：計 正職員 7/u);
    expect(elementsOf(page.body).all((one) => (one.attribs.href ?? '').endsWith(encodeURIComponent('ordered-table/total/staff')))).toHaveLength(1);

    made(await web.post(tables, await filled(`${tables}/new`, tables, { tableTitle: '二つ目の表', tableCode: 'second-table', dataset: 'system-security' }), office));
    made(await web.post(`${tables}/second-table/move`, { direction: 'up' }, office));
    expect((await results()).find((one) => one.id === tid)!.definition.tables.map((one) => one.code)).toEqual(['second-table', 'ordered-table']);
    const before = (await results()).map((one) => one.id);
    made(await web.post(`${base}/${tid}/move`, { direction: 'up' }, office));
    expect((await results()).map((one) => one.id).indexOf(tid)).toBe(before.indexOf(tid) - 1);
  });

  it('a table over nothing says so', async () => {
    const edit = await small('none');
    const at = `${base}/${edit.split('/').at(-2)!}/tables/none-table`;
    made(await web.post(at, await filled(at, at, { by: 'class', total: '計', only: 'response-status/returned', chart: ['count'] }), office));
    const { table } = await results().then((all) => ({ table: all.at(-1)!.result.tables[0]! }));
    expect([table.records, table.rows.map((row) => row.figures[0]!.text)]).toEqual([0, ['0']]);
    expect(await shown(base)).toContain('※集計の対象となるものがない。');
  });

  it('is refused field by field, with everything that was typed', async () => {
    const bad = await web.post(base, await filled(`${base}/new`, base, { ...SMALL, code: 'あ', tableCode: 'access-rights', digits: '9' }), office);
    expect([bad.status, formOn(bad.body, base)]).toEqual([422, expect.objectContaining({ code: 'あ', digits: '9', title: '課の集計' })]);
    expect(errorsOn(bad.body)).toHaveLength(2);
    const edit = await small('refused');
    const at = `${base}/${edit.split('/').at(-2)!}/tables/refused-table`;
    const column = await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'sum', label: '合計', measure: 'sum', of: 'terminal-care' }), office);
    expect([column.status, errorsOn(column.body)]).toEqual([422, ['「席を離れるときの端末の扱い」は数ではないので、足せません。別の欄を選んでください。'].map(() => expect.stringContaining('数ではないので、足せません') as string)]);
    const nothing = await web.post(`${at}/columns`, await filled(`${at}/columns/new`, `${at}/columns`, { code: 'x', label: '', measure: 'distinct' }), office);
    expect([nothing.status, errorsOn(nothing.body).length]).toEqual([422, 2]);
  });

  it('a stale save shows both sides', async () => {
    const edit = await small('stale');
    const at = `${base}/${edit.split('/').at(-2)!}/head`;
    const form = await filled(at, at, { title: '私の名前' });
    made(await web.post(at, { ...form, title: 'ほかの人の名前' }, office));
    const stale = await web.post(at, form, office);
    expect([stale.status, textOf(stale.body)]).toEqual([409, expect.stringContaining('ほかの人の名前')]);
  });

  it('figures that should agree are told apart above everything', async () => {
    const edit = await small('agreed');
    const tid = edit.split('/').at(-2)!;
    const at = `${base}/${tid}/agreements`;
    const bad = await web.post(at, await filled(at, at, { agreements: '数｜agreed-table/all/count｜nowhere/all/count' }), office);
    expect([bad.status, errorsOn(bad.body)[0]]).toEqual([422, expect.stringContaining('nowhere/all/count')]);
    made(await web.post(`${base}/${tid}/tables/agreed-table/columns`, await filled(`${base}/${tid}/tables/agreed-table/columns/new`, `${base}/${tid}/tables/agreed-table/columns`, { code: 'people', label: '正職員', measure: 'sum', of: 'staff' }), office));
    made(await web.post(at, await filled(at, at, { agreements: '数と人｜agreed-table/all/count｜agreed-table/all/people' }), office));
    expect(await shown(base)).toContain('数値の食い違い（1件）数と人：課の表の「合計」の数は2、課の表の「合計」の正職員は7');
    made(await web.post(`${base}/${tid}/remove`, { version: String((await results()).find((one) => one.id === tid)!.version) }, office));
  });

  it('a table that a text cites stays, and the text is named', async () => {
    const edit = await small('cited');
    const tid = edit.split('/').at(-2)!;
    const finding = newId();
    await web.database.query(
      `insert into audit_case (id, organisation_id, audit_id, department_id, title, overview, quoted, members_on, secretariat_on, position, changed_at, changed_by_name) values ($1, $2, $3, $4, '窓口の事案', '件数は［数値:cited-table/all/count=2］である。', '', '', '', 1, now(), '')`, [finding, web.town.organisation, audit, web.town.pension]);
    const refused = await web.post(`${base}/${tid}/remove`, { version: '1' }, office);
    expect([refused.status, textOf(refused.body)]).toEqual([403, expect.stringContaining('事案「窓口の事案」')]);
    const columns = `${base}/${tid}/tables/cited-table/columns`;
    made(await web.post(columns, await filled(`${columns}/new`, columns, { code: 'staff', label: '正職員', measure: 'sum', of: 'staff' }), office));
    const column = await web.post(`${columns}/count/remove`, { version: '2' }, office);
    expect([column.status, textOf(column.body)]).toEqual([403, expect.stringContaining('事案「窓口の事案」')]);
    const renamed = await web.post(`${columns}/count`, await filled(`${columns}/count`, `${columns}/count`, { code: 'number' }), office);
    expect(renamed.status).toBe(403);
    made(await web.post(`${columns}/staff/remove`, { version: '2' }, office));
    await web.database.query('delete from audit_case where id = $1', [finding]);
    made(await web.post(`${base}/${tid}/remove`, { version: '3' }, office));
  });
});

describe('figures that are typed', () => {
  it('are pasted, counted, and corrected', async () => {
    const edit = made(await web.post(`${base}/typed`, await filled(`${base}/typed/new`, `${base}/typed`, { title: '本文の数', code: 'said', unit: '区分', figures: '区分\t課数\t台数\n甲\t1,017\t３\n乙\t－\t2.5\n' }), office));
    expect([await figure('said/甲/column-1'), await figure('said/乙/column-1'), await figure('said/total/column-2')]).toEqual(['1,017', '…', '5.5']);
    const at = `${base}/${edit.split('/').at(-2)!}/typed/said`;
    made(await web.post(at, await filled(at, at, { figures: '区分\t課数\t台数\n甲\t18\t3\n乙\t1\t2.5\n' }), office));
    expect(await figure('said/total/column-1')).toBe('19');
    expect((await web.post(`${at}/remove`, { version: '2' }, office)).status).toBe(422);
  });

  it('cells that are no numbers are named one by one', async () => {
    const bad = await web.post(`${base}/typed`, await filled(`${base}/typed/new`, `${base}/typed`, { title: '', code: 'X', unit: '', figures: '部局,数,数\n甲,たくさん,1\n甲,2,3,4' }), office);
    const text = textOf(bad.body);
    expect(bad.status).toBe(422);
    for (const words of ['3列目の見出しが空か、ほかの列と同じです', '3行目の名前が空か、ほかの行と同じです', '2行目「甲」の「数」の「たくさん」は数ではありません', '見出しより多くあります', '「表の題」を入れてください', '「符号」は英小文字']) expect(text).toContain(words);
  });
});

it('who may not see audits sees no tables, another organisation finds none, members read and do not write', async () => {
  expect((await web.get(base, clerk)).status).toBe(403);
  expect((await web.get(base, stranger)).status).toBe(404);
  expect((await web.get(`${base}/tables.xlsx`, stranger)).status).toBe(404);
  expect((await web.get(`${base}/new`, member)).status).toBe(403);
  expect((await web.post(`${base}/ready`, { ready: 'system-security-audit', questionnaire: '' }, member)).status).toBe(403);
  expect((await web.get(`${base}/figure?address=nowhere/all/n`, office)).status).toBe(404);
  expect((await web.get(`${base}/${newId()}/edit`, office)).status).toBe(404);
});

it('the journal of the audit tells what became of its tabulations', async () => {
  const rows: { action: string }[] = await web.database.query(`select distinct action from journal_entry where object_id = $1 and action like 'tabulation%' order by 1`, [audit]);
  expect(rows.map((one) => one.action)).toEqual(['tabulation-added', 'tabulation-changed', 'tabulation-moved', 'tabulation-removed']);
});
