import Excel from 'exceljs';
import { Forms } from '../src/assessments/forms.js';
import { allows, ROLES, type Role } from '../src/identity/permissions.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { record } from '../src/kernel/journal.js';
import { addressOf, AREA, DRAFT, holderOf, NOT_MINE, openAudited, OTHER_DEPARTMENT, type Audited, type Things } from './audited-organisations.js';
import { routesOf, type Route } from './product-routes.js';
import { askedOf, askedQuestionnaire } from './responses-town.js';
import type { Member } from './two-organisations.js';

let web: Audited;
let routes: Route[];
const tokens = new Map<string, string>();

beforeAll(async () => {
  web = await openAudited();
  routes = routesOf(web).filter((one) => !one.open);
  const rows: { token: string; account: string }[] = await web.database.query('select csrf_token as token, account_id as account from session');
  for (const { token, account } of rows) tokens.set(account, token);
}, 180_000);
afterAll(() => web?.close());

interface Got { status: number; text: string }

async function send(method: string, path: string, as: Member, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Got> {
  const payload = method === 'GET' ? undefined : new URLSearchParams({ _csrf: tokens.get(as.id) ?? '', ...fields }).toString();
  const response = await web.app.inject({
    method: method as 'GET', url: path, ...(payload === undefined ? {} : { payload }),
    headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${as.token}`, ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
  });
  if (!String(response.headers['content-type'] ?? '').includes('spreadsheet')) return { status: response.statusCode, text: response.body };
  const book = new Excel.Workbook();
  await book.xlsx.load(response.rawPayload as unknown as Excel.Buffer);
  return { status: response.statusCode, text: JSON.stringify(book.worksheets.map((sheet) => [sheet.name, sheet.getSheetValues()])) };
}

const TABLES = ['audit', 'audit_plan', 'audit_plan_item', 'audit_target', 'audit_viewpoint', 'audit_person', 'audit_step', 'audit_case', 'field_record', 'audit_file', 'questionnaire', 'questionnaire_response', 'response_answer', 'tabulation', 'finding', 'finding_evidence', 'finding_statement', 'improvement', 'improvement_finding', 'deliberation', 'deliberation_voice', 'audit_report', 'corrective_action', 'action_entry', 'action_notice', 'action_notice_item', 'document', 'journal_entry'];
async function everythingOf(organisation: string): Promise<unknown> {
  const sums = [];
  for (const table of TABLES) sums.push([table, await web.database.query(`select md5(string_agg(row::text, '' order by row::text)) as sum from ${table} row where organisation_id = $1`, [organisation])]);
  return sums;
}

const FIELDS = { version: '1', seen: '1', reason: '理由', comment: '理由', text: '文', note: '', title: '題', label: '名', agreed: 'yes', dueOn: '2027-01-31', notifiedOn: '2026-11-20', receivedOn: '2026-11-20', decidedOn: '2026-11-20', submittedOn: '2026-11-20', publishedOn: '2026-11-20', number: '77', state: 'taken', direction: 'up', act: 'decide', verdict: 'effective', answer: 'accept', kind: 'case-sheets', format: 'pdf', section: 'terminals', 'count.value': '9', 'count.seen': '1', consents: 'yes', opinion: '意見' };

/** The address of a page, and what a list can be asked for. */
function asked(route: Route, things: Things): string[] {
  const path = addressOf(route.path, things);
  if (route.path.includes(':')) return [path];
  const secret = encodeURIComponent('秘密');
  return ['', `?audit=${things.audit!}&finding=${things.finding!}&improvement=${things.improvement!}&words=${secret}&q=${secret}&view=list`, '?view=calendar', '?view=charts'].map((query) => `${path}${query}`);
}

const outsiders: Role[] = ['viewer', 'council-member', 'council-secretariat', 'administrator', 'assessment-lead', 'drafter', 'section-head'];

describe('what is not published', () => {
  it.each(outsiders)('stands on no page and in no list that a %s opens, not even outside of audits', async (role) => {
    const as = web.mine.people[role];
    const wrong: string[] = [];
    let opened = 0;
    const pages = routes.filter((one) => one.method === 'GET' && allows([{ role, department: web.mine.department }], one.permission!));
    for (const path of pages.flatMap((route) => [web.decided, web.draft].flatMap((things) => asked(route, things)))) {
      const got = await send('GET', path, as);
      if (got.status === 200) opened += 1;
      if (got.status >= 500) wrong.push(`${path}: ${got.status}`);
      for (const word of [OTHER_DEPARTMENT, DRAFT, NOT_MINE].filter((one) => got.text.includes(one))) wrong.push(`${path}: ${got.text.slice(Math.max(0, got.text.indexOf(word) - 60), got.text.indexOf(word) + 10)}`);
    }
    expect([...new Set(wrong)]).toEqual([]);
    expect(opened).toBeGreaterThan(3);
  }, 300_000);

  it.each(['drafter', 'section-head'] as const)('is changed by no %s of another department', async (role) => {
    const as = web.mine.people[role];
    const before = await everythingOf(web.mine.id);
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'POST' && AREA.test(one.path) && one.path.includes(':') && allows([{ role, department: web.mine.department }], one.permission!))) {
      for (const things of [web.decided, web.draft]) {
        const got = await send('POST', addressOf(route.path, things), as, FIELDS);
        if (![403, 404, 422].includes(got.status)) wrong.push(`${route.path}: ${got.status}`);
        if ([OTHER_DEPARTMENT, DRAFT].some((word) => got.text.includes(word))) wrong.push(`${route.path}: shows it`);
      }
    }
    const actions = await send('POST', '/actions', as, { finding: web.decided.finding!, improvement: '', title: '題', planned: '', departmentId: web.mine.department, dueOn: '' });
    const notices = await send('POST', '/notices', as, { items: web.decided.corrective_action!, [`text-${web.decided.corrective_action!}`]: '文' });
    expect([actions.status, notices.status].filter((one) => ![403, 404, 422].includes(one))).toEqual([]);
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.mine.id)).toEqual(before);
  }, 120_000);
});

describe('of another organisation', () => {
  it('nothing is found or changed, whoever asks', async () => {
    const before = await everythingOf(web.theirs.id);
    const wrong: string[] = [];
    for (const route of routes.filter((one) => AREA.test(one.path) && one.path.includes(':'))) {
      for (const role of (Object.keys(ROLES) as Role[]).filter((one) => allows([{ role: one, department: web.mine.department }], route.permission!))) {
        const path = addressOf(route.path, web.theirs_);
        const got = await send(route.method, path, web.mine.people[role], FIELDS);
        // Kinds of audits are named by codes that every organisation has.
        if (![403, 404, 422].includes(got.status) && !route.path.startsWith('/audits/kinds/')) wrong.push(`${role} ${route.method} ${route.path}: ${got.status}`);
        if (got.text.includes(NOT_MINE)) wrong.push(`${role} ${route.method} ${route.path}: shows it`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.theirs.id)).toEqual(before);
  }, 300_000);

  it('nothing is reached through an audit, a questionnaire, a finding or an action of the own one', async () => {
    const before = await everythingOf(web.theirs.id);
    const tops: Things = Object.fromEntries(['audit', 'questionnaire', 'questionnaire_response', 'finding', 'improvement', 'corrective_action', 'action_notice', 'audit_plan'].map((one) => [one, web.decided[one]!]));
    const wrong: string[] = [];
    for (const route of routes.filter((one) => AREA.test(one.path) && (one.path.match(/:/gu)?.length ?? 0) > 1)) {
      for (const things of [web.theirs_, web.draft]) {
        const path = addressOf(route.path, { ...things, ...tops }, route.path.startsWith('/questionnaires') ? { rid: web.theirs_.questionnaire_response! } : {});
        const got = await send(route.method, path, holderOf(web.mine, route), FIELDS);
        if (got.text.includes(NOT_MINE)) wrong.push(`${route.method} ${route.path}: shows it`);
        if (/:(code|item|column|section)/u.test(route.path) && !/:tid/u.test(route.path)) continue;
        if (![403, 404, 409, 422].includes(got.status) && !route.path.startsWith('/audits/kinds')) wrong.push(`${route.method} ${route.path}: ${got.status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.theirs.id)).toEqual(before);
  }, 120_000);
});

describe('a member', () => {
  it('speaks for nobody else, and not while disqualified', async () => {
    const member = web.mine.people['audit-member'];
    const [mine]: { id: string }[] = await web.database.query(`select id from audit_person where audit_id = $1 and disqualified_reason is null`, [web.decided.audit]);
    const [out]: { id: string }[] = await web.database.query(`select id from audit_person where audit_id = $1 and disqualified_reason is not null`, [web.decided.audit]);
    await web.database.query(`update audit_report set status = 'draft' where id = $1`, [web.decided.audit_report]);
    await web.database.query('update audit_person set account_id = $1 where id = $2', [member.id, out!.id]);
    const path = (person: string): string => `/audits/${web.decided.audit!}/deliberations/${web.decided.deliberation!}/voices/${person}`;
    for (const [person, version] of [[mine!.id, '1'], [out!.id, '0']] as const) {
      const got = await send('POST', path(person), member, { version, consents: 'yes', opinion: '' });
      expect([got.status, (await web.database.query('select count(*)::int as n from deliberation_voice where person_id = $1 and version > 1', [person]) as { n: number }[])[0]!.n]).toEqual([403, 0]);
    }
    await web.database.query(`update audit_report set status = 'fixed' where id = $1`, [web.decided.audit_report]);
    await web.database.query('update audit_person set account_id = null where id = $1', [out!.id]);
  });

  it('sees and changes nothing of what the others deliberate while disqualified (199条の2), until it is public', async () => {
    const member = web.mine.people['audit-member'];
    const spoken = '合議の中で述べた意見';
    const [{ opinion }] = (await web.database.query('select opinion from deliberation_voice where deliberation_id = $1', [web.decided.deliberation])) as [{ opinion: string }];
    await web.database.query('update deliberation_voice set opinion = $2 where deliberation_id = $1', [web.decided.deliberation, spoken]);
    const pages = routes.filter((one) => one.method === 'GET' && allows([{ role: 'audit-member', department: null }], one.permission!)).flatMap((route) => asked(route, web.decided));
    const shown = async (): Promise<string[]> => {
      const found: string[] = [];
      for (const path of pages) if ((await send('GET', path, member)).text.includes(spoken)) found.push(path);
      return found;
    };
    expect(await shown()).toContain(`/audits/${web.decided.audit!}/deliberations`);
    await web.database.query(`update audit_person set account_id = $1 where audit_id = $2 and disqualified_reason is not null`, [member.id, web.decided.audit]);
    expect(await shown()).toEqual([]);
    for (const below of ['deliberations', 'report', 'documents', `documents/${web.decided.document!}`]) {
      const got = await send('GET', `/audits/${web.decided.audit!}/${below}`, member);
      expect([below, got.status, got.text.includes('除斥されているので')]).toEqual([below, 403, true]);
    }
    expect((await send('GET', `/audits/${web.decided.audit!}`, member)).status).toBe(200);
    const before = await everythingOf(web.mine.id);
    const taken: string[] = [];
    for (const route of routes.filter((one) => one.method === 'POST' && AREA.test(one.path) && one.path.includes(':') && allows([{ role: 'audit-member', department: null }], one.permission!))) {
      const got = await send('POST', addressOf(route.path, web.decided), member, { ...FIELDS, action: 'retract' });
      if (![403, 404, 422].includes(got.status)) taken.push(`${route.path}: ${got.status}`);
    }
    expect(taken).toEqual([]);
    expect(await everythingOf(web.mine.id)).toEqual(before);
    await web.database.query(`update audit set status = 'published' where id = $1`, [web.decided.audit]);
    expect((await send('GET', `/audits/${web.decided.audit!}/deliberations`, member)).status).toBe(200);
    await web.database.query(`update audit set status = 'reported' where id = $1`, [web.decided.audit]);
    await web.database.query(`update audit_person set account_id = null where audit_id = $1 and disqualified_reason is not null`, [web.decided.audit]);
    await web.database.query('update deliberation_voice set opinion = $2 where deliberation_id = $1', [web.decided.deliberation, opinion]);
  }, 120_000);
});

it('a picture that a department gives as an answer is shown under that response alone: not where its hash is typed as a text, not by an assessment, not in the journal', async () => {
  const hash = 'ab'.repeat(32);
  await web.database.query(`insert into image (organisation_id, sha256, media_type, width, height, bytes) values ($1, $2, 'image/png', 1, 1, $3)`, [web.mine.id, hash, Buffer.from(OTHER_DEPARTMENT)]);
  const questionnaire = await askedQuestionnaire(web.database, { organisation: web.mine.id });
  const [theirs, own] = [await askedOf(web.database, { organisation: web.mine.id }, questionnaire, web.mine.otherDepartment), await askedOf(web.database, { organisation: web.mine.id }, questionnaire, web.mine.department)];
  const answer = (response: string, value: unknown) => web.database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, 'name', $3, now(), 'x')`, [response, web.mine.id, JSON.stringify(value)]);
  await answer(theirs, { figures: [{ image: hash, caption: '', width: 1, height: 1 }] });
  await answer(own, hash);
  const [assessment, form] = [newId(), [...web.app.get(Forms, { strict: false }).all()][0]!.definition];
  await web.database.query(`insert into assessment (id, organisation_id, title, form, form_version, body_id, department_id, status, made_at, changed_at, changed_by_name) values ($1, $2, '評価書', $3, $4, $5, $6, 'draft', now(), now(), 'x')`, [assessment, web.mine.id, form.form, form.version, web.mine.body, web.mine.department]);
  await inTransaction(web.database, { organisation: web.mine.id, actor: { id: web.mine.people.drafter.id, name: '担当', department: null, grants: [] }, clock: web.clock }, (ctx) => record(ctx, { action: 'image-stored', object: { kind: 'image', id: hash }, after: { sha256: hash } }));
  const { 'audit-secretariat': office, 'assessment-lead': lead, drafter, administrator } = web.mine.people;
  const at = (response: string): string => `/questionnaires/${questionnaire}/responses/${response}/images/${hash}`;
  expect([await send('GET', at(theirs), office), await send('GET', at(own), office)].map((one) => [one.status, one.text.includes(OTHER_DEPARTMENT)])).toEqual([[200, true], [404, false]]);
  for (const [path, as] of [[`/responses/${own}/images/${hash}`, drafter], [`/responses/${theirs}/images/${hash}`, drafter], [`/assessments/${assessment}/images/${hash}`, lead], [`/assessments/${assessment}/images/${hash}`, drafter]] as const) {
    const got = await send('GET', path, as);
    expect([path, [403, 404].includes(got.status), got.text.includes(OTHER_DEPARTMENT)]).toEqual([path, true, false]);
  }
  expect((await send('GET', `/assessments/${assessment}`, lead)).status).toBe(200);
  for (const as of [lead, administrator]) expect((await send('GET', '/journal?kind=image', as)).text).not.toContain(hash);
});

it('every change of audits asks for the token of the session', async () => {
  const before = await everythingOf(web.mine.id);
  const wrong: string[] = [];
  for (const route of routes.filter((one) => one.method === 'POST' && AREA.test(one.path))) {
    for (const [token, site] of [['', 'same-origin'], [tokens.get(web.theirs.people.viewer.id)!, 'same-origin'], [tokens.get(holderOf(web.mine, route).id)!, 'cross-site']] as const) {
      const got = await send('POST', addressOf(route.path, web.draft), holderOf(web.mine, route), { ...FIELDS, _csrf: token }, { 'sec-fetch-site': site });
      if (got.status !== 403) wrong.push(`${route.path}: ${got.status}`);
    }
    for (const method of ['PUT', 'DELETE', 'PATCH']) {
      const got = await send(method, addressOf(route.path, web.draft), holderOf(web.mine, route), FIELDS);
      if (got.status !== 404) wrong.push(`${method} ${route.path}: ${got.status}`);
    }
  }
  expect(wrong).toEqual([]);
  expect(await everythingOf(web.mine.id)).toEqual(before);
}, 120_000);
