import { getMetadataStorage } from 'class-validator';
import Excel from 'exceljs';
import { DomUtils, parseDocument } from 'htmlparser2';
import { Checking } from '../src/checks/checking.service.js';
import { allows, type Role } from '../src/identity/permissions.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { record } from '../src/kernel/journal.js';
import { lockSystem } from '../src/systems/system-access.js';
import { addSystem, declareOf } from './checks-town.js';
import { HELD, openChecked, type Checked } from './checked-organisation.js';
import { routesOf, type Route } from './product-routes.js';
import type { Member, TestOrganisation } from './two-organisations.js';

const AREA = /^\/(systems|checks|risks|evidence)(\/|$)|^\/assessments\/:id\/risks/u;
const JAPANESE = /[ぁ-んァ-ヶ一-龠]/u;
const NOT_MINE = '他団体の秘密';
const OTHER_DEPARTMENT = '隣の課の秘密';
const DASHES = '-'.repeat(36);
const NOBODY = '00000000-0000-4000-8000-000000000000';

interface Things { system: string; platform: string; risk: string; ownSet: string; evidence: string; import: string; report: string; class: string; overrule: string }
interface Got { status: number; location: string; body: string; bytes: Buffer; type: string }

let web: Checked;
let routes: Route[];
let mine: Things;
let theirs: Things;
const tokens = new Map<string, string>();

beforeAll(async () => {
  web = await openChecked();
  routes = routesOf(web).filter((one) => AREA.test(one.path));
  const rows: { token: string; account: string }[] = await web.database.query('select csrf_token as token, account_id as account from session');
  for (const { token, account } of rows) tokens.set(account, token);
  mine = await thingsOf(web.mine, web.mine.otherDepartment, OTHER_DEPARTMENT);
  theirs = await thingsOf(web.theirs, web.theirs.department, NOT_MINE);
}, 180_000);
afterAll(() => web.close());

/** One object of every kind that an address can name, of one department. */
async function thingsOf(organisation: TestOrganisation, department: string, word: string): Promise<Things> {
  const { people, id } = organisation;
  const [lead, auditor] = [people['assessment-lead'], people['audit-secretariat']];
  const actor = { id: auditor.id, name: auditor.name, department: null, grants: [] };
  const [system, platform, evidence] = await inTransaction(web.database, { organisation: id, actor, clock: web.clock }, async (ctx) => {
    const found = [await addSystem(ctx, department, `${word}システム`, HELD), await addSystem(ctx, department, `${organisation.name}共通基盤`, {}, 'platform'), newId()] as const;
    await declareOf(ctx, found[0], 'access-right-unit', 'per-terminal');
    return found;
  });
  await web.database.query(`insert into declaration_evidence (id, organisation_id, declaration_id, file_name, media_type, size, sha256, bytes, added_at, added_by_name)
    select $1, organisation_id, id, $2, 'text/csv', 3, 'x', $3, now(), '試験' from declaration where system_id = $4`, [evidence, `${word}.csv`, Buffer.from(word), system]);
  const idIn = (at: Got): string => /[0-9a-f]{8}-[0-9a-f-]{27}/u.exec(at.location)![0];
  const run = await send('POST', '/checks/runs', auditor, { system });
  expect(run.status).toBe(303);
  const risk = idIn(await send('POST', '/risks', lead, { title: `${word}のリスク`, asset: '台帳', threat: '漏えい', cause: '誤操作', systemId: system, departmentId: department, likelihoodBefore: '2', impactBefore: '2' }));
  const ownSet = idIn(await send('POST', '/checks/own-rules', auditor, { code: 'own-checks', setVersion: '2026-04', title: `${word}の規則集` }));
  const report = await send('POST', '/checks/reports', auditor, { scope: `system:${system}`, ruleSets: 'my-number-audit', format: 'pdf' });
  expect(report.status).toBe(303);
  const [document]: { id: string }[] = await web.database.query('update document set state = \'stored\', file = $2, file_hash = \'x\', finished_at = now() where organisation_id = $1 returning id', [id, Buffer.from(word)]).then(([all]: [{ id: string }[]]) => all);
  const form = new FormData();
  form.append('_csrf', tokens.get(lead.id)!);
  form.append('file', new Blob([`システム名,所管課\n${word}システム,こども課\n`], { type: 'text/csv' }), '台帳.csv');
  const body = new Response(form);
  const uploaded = await web.app.inject({ method: 'POST', url: '/systems/import', payload: Buffer.from(await body.arrayBuffer()), headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${lead.token}`, 'content-type': body.headers.get('content-type')! } });
  await send('GET', '/systems/classes', people.administrator);
  const [first]: { id: string }[] = await web.database.query('select id from system_class where organisation_id = $1 limit 1', [id]);
  const overrule = newId();
  await web.database.query(`insert into check_overrule (id, organisation_id, system_id, rule_set, rule, result, reason, evidence, until_on, made_on, made_by_name) values ($1, $2, $3, 'x', 'y', 'met', '理由', '証拠', '2027-01-01', '2026-11-01', '試験')`, [overrule, id, system]);
  return { system, platform, risk, ownSet, evidence, import: /[0-9a-f-]{36}/u.exec(String(uploaded.headers.location))![0], report: document!.id, class: first!.id, overrule };
}

/** `fields` null: no body at all. The token of the session goes with it unless `fields` has one. */
async function send(method: string, path: string, as: Member, fields: Record<string, string | string[]> | null = {}, headers: Record<string, string> = {}): Promise<Got> {
  const all = { _csrf: tokens.get(as.id) ?? '', ...fields };
  const payload = method === 'GET' || fields === null ? undefined : new URLSearchParams(Object.entries(all).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, one]))).toString();
  const response = await web.app.inject({
    method: method as 'GET', url: path, ...(payload === undefined ? {} : { payload }),
    headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${as.token}`, ...(payload === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }), ...headers },
  });
  return { status: response.statusCode, location: String(response.headers.location ?? ''), body: response.body, bytes: response.rawPayload, type: String(response.headers['content-type'] ?? '') };
}

/** The address of a route with these things in it. */
function filled(path: string, things: Things, rest: Record<string, string> = {}): string {
  const kind = path.startsWith('/risks') ? things.risk : path.startsWith('/evidence') ? things.evidence : path.startsWith('/systems/import') ? things.import : path.startsWith('/systems/classes') ? things.class
    : path.startsWith('/checks/own-rules') ? things.ownSet : path.startsWith('/checks/reports') ? things.report : path.startsWith('/assessments') ? NOBODY : things.system;
  const known: Record<string, string> = { id: kind, control: 'access-right-unit', evidence: things.evidence, ruleSet: 'my-number-audit', rule: 'x', overrule: things.overrule, place: 'new', ...rest };
  return path.replaceAll(/:([a-zA-Z]+)/gu, (_, name: string) => known[name] ?? 'x');
}

/** Somebody of みずほ野市 who holds the permission, the one who reaches most first. */
function holderOf(route: Route): Member {
  const order: Role[] = ['audit-secretariat', 'assessment-lead', 'administrator', 'section-head', 'drafter'];
  return web.mine.people[order.find((role) => allows([{ role, department: web.mine.department }], route.permission!))!];
}

/** Names that the route reads from the query. */
function queryOf({ types }: Route): string[] {
  return [...new Set(types.flatMap((type) => getMetadataStorage().getTargetValidationMetadatas(type, '', false, false).map((one) => one.propertyName)))];
}

/** What is wrong with an answer to something that no page of ours sends. */
function fault(what: string, got: Got, never: readonly string[] = [NOT_MINE]): string[] {
  const found: string[] = [];
  if (got.status >= 500) found.push(`${what}: ${got.status}`);
  if (got.type.startsWith('text/html') && got.body !== '' && !JAPANESE.test(got.body)) found.push(`${what}: no Japanese`);
  if (never.some((one) => got.body.includes(one))) found.push(`${what}: shows what is not theirs`);
  return found;
}

/** Every text of a file that somebody took away. */
async function textsOf(got: Got): Promise<string> {
  if (!got.type.includes('spreadsheet')) return got.body;
  const book = new Excel.Workbook();
  await book.xlsx.load(got.bytes as unknown as Excel.Buffer);
  return JSON.stringify(book.worksheets.map((sheet) => [sheet.name, sheet.getSheetValues()]));
}

const TABLES = ['system', 'declaration', 'declaration_evidence', 'check_run', 'check_state', 'check_overrule', 'risk', 'own_rule_set', 'rule_setting', 'rule_set_adoption', 'check_schedule', 'system_class', 'register_import', 'document', 'journal_entry'];
async function everythingOf(organisation: string): Promise<unknown> {
  const sums = [];
  for (const table of TABLES) sums.push([table, await web.database.query(`select md5(string_agg(row::text, '' order by row::text)) as sum from ${table} row where organisation_id = $1`, [organisation])]);
  return sums;
}

describe('who may', () => {
  it('do anything without the token of the session: nobody', async () => {
    const before = await everythingOf(web.mine.id);
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'POST')) {
      const as = holderOf(route);
      for (const token of ['', 'wrong', tokens.get(web.theirs.people.viewer.id)!]) {
        const got = await send('POST', filled(route.path, mine), as, { _csrf: token });
        if (got.status !== 403) wrong.push(`${route.handler}: ${got.status}`);
      }
      const foreign = await send('POST', filled(route.path, mine), as, {}, { 'sec-fetch-site': 'cross-site' });
      if (foreign.status !== 403) wrong.push(`${route.handler} from elsewhere: ${foreign.status}`);
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.mine.id)).toEqual(before);
  }, 300_000);

  it('see or change the systems, declarations, evidence, results, risks and reports of another department: only who reaches all', async () => {
    const before = await everythingOf(web.mine.id);
    const wrong: string[] = [];
    for (const role of ['drafter', 'section-head'] as const) {
      const as = web.mine.people[role];
      for (const route of routes.filter((one) => allows([{ role, department: web.mine.department }], one.permission!))) {
        const path = filled(route.path, mine);
        if (route.method === 'POST' && !route.path.includes(':')) continue;
        const got = await send(route.method, path, as, { version: '1', seen: '1', reason: '理由', act: 'approve', chosen: 'access-right-unit', 'seen.access-right-unit': '1', from: mine.system, 'access-right-unit.value': 'per-user', group: 'access' });
        wrong.push(...fault(`${role} ${route.method} ${path}`, { ...got, body: await textsOf(got) }, [NOT_MINE, OTHER_DEPARTMENT]));
        // Rules are the same for every department.
        if (route.path.includes(':') && !route.path.startsWith('/checks/rules/') && ![403, 404, 422].includes(got.status)) wrong.push(`${role} ${route.method} ${path}: ${got.status}`);
      }
      const posts: [string, Record<string, string | string[]>][] = [
        ['/checks/runs', { system: mine.system }], ['/checks/runs', { department: web.mine.otherDepartment }], ['/checks/reports', { scope: `system:${mine.system}`, ruleSets: 'my-number-audit', format: 'xlsx' }],
        ['/checks/reports', { scope: `department:${web.mine.otherDepartment}`, ruleSets: 'my-number-audit', format: 'xlsx' }], ['/checks/reports', { scope: 'all', ruleSets: 'my-number-audit', format: 'pdf' }],
        ['/risks', { title: 'x', asset: 'x', threat: 'x', cause: 'x', systemId: mine.system, departmentId: web.mine.otherDepartment, likelihoodBefore: '1', impactBefore: '1' }],
        ['/risks', { title: 'x', asset: 'x', threat: 'x', cause: 'x', systemId: mine.system, departmentId: web.mine.department, likelihoodBefore: '1', impactBefore: '1' }],
        ['/systems', { name: 'x', departmentId: web.mine.otherDepartment, kind: 'system' }], ['/systems/doubles/merge', { from: mine.system, into: web.allowance, fromVersion: '1', intoVersion: '1' }],
        ['/systems/doubles/merge', { from: web.allowance, into: mine.system, fromVersion: '1', intoVersion: '1' }], [`/systems/${web.allowance}/copy`, { from: mine.system, chosen: 'access-right-unit', 'there.access-right-unit': '1', 'here.access-right-unit': '1' }],
      ];
      for (const [path, fields] of posts) {
        const got = await send('POST', path, as, fields);
        if (![403, 404, 422].includes(got.status)) wrong.push(`${role} POST ${path} ${JSON.stringify(fields)}: ${got.status} ${got.location}`);
        wrong.push(...fault(`${role} POST ${path} ${JSON.stringify(fields)}`, got, [NOT_MINE, OTHER_DEPARTMENT]));
      }
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.mine.id)).toEqual(before);
  }, 300_000);

  it('reach an object of another organisation: nobody', async () => {
    const before = await everythingOf(web.theirs.id);
    const wrong: string[] = [];
    for (const route of routes) {
      for (const as of [holderOf(route), ...(['assessment-lead', 'section-head'] as const).filter((role) => allows([{ role, department: web.mine.department }], route.permission!)).map((role) => web.mine.people[role])]) {
        const path = filled(route.path, theirs);
        const got = await send(route.method, path, as, { version: '1', seen: '1', reason: '理由', chosen: 'access-right-unit', group: 'access' });
        wrong.push(...fault(`${as.role} ${route.method} ${path}`, { ...got, body: await textsOf(got) }));
        if (path.includes(':') || (route.path.includes(':id') && ![403, 404, 422].includes(got.status))) wrong.push(`${as.role} ${route.method} ${path}: ${got.status}`);
      }
    }
    expect(wrong).toEqual([]);
    expect(await everythingOf(web.theirs.id)).toEqual(before);
  }, 300_000);
});

describe('at the same moment', () => {
  const oneStateEach = async (): Promise<unknown> => web.database.query('select system_id from check_state where until_run is null group by 1 having count(*) > 1');

  it('declarations, runs, changes of the register and an import-wide change wait for each other and never lock each other out', async () => {
    const lead = web.mine.people['assessment-lead'];
    const systems: string[] = [];
    for (let n = 1; n <= 4; n += 1) systems.push(await web.system(web.mine.department, `同時のシステム${n}`));
    const asked: Promise<Got>[] = [];
    for (let round = 0; round < 6; round += 1) {
      for (const [n, system] of systems.entries()) {
        const control = ['access-right-unit', 'access-log-reading'][round % 2]!;
        const value = round % 2 === 0 ? ['per-user', 'per-terminal'][round / 2 % 2]! : 'staff';
        asked.push(send('POST', `/systems/${system}/controls/${control}`, lead, { [`${control}.choice`]: value, [`${control}.value`]: value, [`${control}.seen`]: round < 2 ? '0' : '1', [`${control}.note`]: `同時${n}` }));
      }
      asked.push(send('POST', '/checks/runs', web.auditor, {}), send('POST', '/checks/runs', lead, { department: web.mine.department }));
      asked.push(send('POST', '/systems/bulk', lead, { field: 'class', value: '', systems: systems.map((one) => `${one}:1`) }));
    }
    const answers = await Promise.all(asked);
    const busy = answers.filter((one) => one.body.includes('ほかの人の操作と同時になり'));
    expect([answers.filter((one) => one.status >= 500).length, busy.length]).toEqual([0, 0]);
    expect(answers.filter((one) => one.status === 303).length).toBeGreaterThan(12);
    expect(await oneStateEach()).toEqual([]);
    const numbers: { number: number }[] = await web.database.query('select number from check_run where organisation_id = $1 order by 1', [web.mine.id]);
    expect(numbers.map((one) => one.number)).toEqual(numbers.map((_, n) => n + 1));
  }, 300_000);

  it('a run that begins between a change and the check after it waits for both', async () => {
    const checking = web.app.get(Checking, { strict: false });
    const system = await web.system(web.mine.department, '間に入られるシステム');
    let run: Promise<unknown> = Promise.resolve();
    await web.within(async (ctx) => {
      await lockSystem(ctx, system);
      await declareOf(ctx, system, 'access-right-unit', 'per-user');
      await record(ctx, { action: 'declaration-made', object: { kind: 'system', id: system } });
      run = web.within((other) => checking.run(other, { scope: 'all' }));
      // Until the run stands where it has to wait.
      for (let waiting = 0; waiting === 0;) {
        [{ waiting }] = (await web.database.query(`select count(*)::int as waiting from pg_locks where not granted`)) as [{ waiting: number }];
      }
      await checking.recheck(ctx, [system]);
    });
    await run;
    expect(await oneStateEach()).toEqual([]);
  }, 60_000);

  it('two people do the same thing once', async () => {
    const system = await web.system(web.mine.department, '一度だけのシステム');
    await send('POST', '/checks/runs', web.auditor, { system });
    const sheet = await send('GET', `/checks/systems/${system}`, web.auditor);
    const [path, set, code] = new RegExp(`/checks/systems/${system}/(my-number-audit|administrative-audit|safety-measures)/([a-z0-9-]+)`, 'u').exec(sheet.body)!;
    const twice = async (path: string, fields: Record<string, string>): Promise<number[]> => (await Promise.all([1, 2, 3].map(() => send('POST', path, web.auditor, fields)))).map((one) => one.status).sort();
    for (const statuses of [
      await twice(`${path}/overrule`, { result: 'met', reason: '理由', evidence: '証拠', untilOn: '2027-01-01' }),
      await twice(`/checks/rules/${set!}/${code!}/setting`, { version: '0', use: 'no', offReason: '使わない' }),
      await twice('/checks/own-rules', { code: 'at-once', setVersion: '2026-04', title: '同時' }),
    ]) {
      expect(statuses.filter((one) => one === 303)).toHaveLength(1);
      expect(statuses.filter((one) => one !== 303 && one !== 409 && one !== 422)).toEqual([]);
    }
  }, 120_000);
});

describe('texts that would be something else', () => {
  const NAMES = ['<script>alert(1)</script>"\'{{danger}}&amp;', '=cmd|\'/c calc\'!A1', '+1+1@SUM(A1)', '\u202e逆さまシステム\u202c', '🔐絵文字👩‍👩‍👧システム', '長'.repeat(200), '</svg><img src=x onerror=alert(1)>', ']]>&lt;bogus&gt;'];
  const DANGER = /<script>alert|<img src=x|<bogus>/u;

  it('stay texts on every page, in pictures and in files', async () => {
    const [lead, auditor] = [web.mine.people['assessment-lead'], web.auditor];
    const stored: string[] = [];
    const things: Things[] = [];
    for (const name of NAMES) {
      const made = await send('POST', '/systems', lead, { name, department: web.mine.department, kind: 'system', 'i-operation-state.choice': 'in-operation' });
      expect([name, made.status === 303 || made.status === 422]).toEqual([name, true]);
      const id = /[0-9a-f]{8}-[0-9a-f-]{27}/u.exec(made.location)?.[0];
      if (id === undefined) continue;
      stored.push(name);
      const note = await send('POST', `/systems/${id}/controls/access-right-unit`, lead, { 'access-right-unit.choice': 'per-user', 'access-right-unit.seen': '0', 'access-right-unit.note': name });
      expect([name, note.status]).toEqual([name, 303]);
      const risk = await send('POST', '/risks', lead, { title: name, asset: name, threat: name, cause: name, note: name, systemId: id, departmentId: web.mine.department, likelihoodBefore: '2', impactBefore: '2' });
      expect([name, risk.status]).toEqual([name, 303]);
      const ownSet = await send('POST', '/checks/own-rules', auditor, { code: `own-${things.length}`, setVersion: '2026-05', title: name });
      expect([name, ownSet.status]).toEqual([name, 303]);
      const idIn = (got: Got): string => /[0-9a-f]{8}-[0-9a-f-]{27}/u.exec(got.location)![0];
      things.push({ ...mine, system: id, risk: idIn(risk), ownSet: idIn(ownSet) });
    }
    expect(stored.length).toBeGreaterThanOrEqual(6);
    expect((await send('POST', '/checks/runs', auditor, {})).status).toBe(303);
    const wrong: string[] = [];
    const shown = new Set<string>();
    for (const route of routes.filter((one) => one.method === 'GET')) {
      for (const one of route.path.includes(':') ? things : things.slice(0, 1)) {
        const path = filled(route.path, one);
        const got = await send('GET', path, holderOf(route));
        wrong.push(...fault(path, got, []));
        if (got.type.startsWith('text/html') && DANGER.test(got.body)) wrong.push(`${path}: not escaped`);
        for (const name of stored) if (got.status === 200 && DomUtils.textContent(parseDocument(got.body).children).includes(name.slice(0, 30))) shown.add(name);
        if (!got.type.includes('spreadsheet')) continue;
        const book = new Excel.Workbook();
        await book.xlsx.load(got.bytes as unknown as Excel.Buffer);
        for (const sheet of book.worksheets) sheet.eachRow((row) => row.eachCell((cell) => void (cell.formula === undefined || wrong.push(`${path}: formula`))));
      }
    }
    expect(wrong).toEqual([]);
    expect([...shown].sort()).toEqual([...stored].sort());
    for (const [format, one] of things.flatMap((each) => ['pdf', 'xlsx'].map((format) => [format, each] as const))) {
      const report = await send('POST', '/checks/reports', auditor, { scope: `system:${one.system}`, ruleSets: 'my-number-audit', format });
      expect([303, 422]).toContain(report.status);
      if (report.status === 422) expect(report.body).toContain('印刷の書体にない文字');
    }
  }, 300_000);
});

// Last, because some of what is sent here is taken: rule sets are given up, systems end.
describe('what no page of ours sends', () => {
  it('in the address', async () => {
    const odd = ['x', '__proto__', 'constructor', '%00', DASHES, NOBODY, '-1', '0', '99999999999999999999', '..%2f..', encodeURIComponent('あ'.repeat(200)), 'a'.repeat(3_000), encodeURIComponent('"><script>alert(1)</script>{{x}}')];
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.path.includes(':'))) {
      const names = [...route.path.matchAll(/:([a-zA-Z]+)/gu)].map((one) => one[1]!);
      for (const name of names) {
        for (const value of odd) {
          const path = filled(route.path, mine, { [name]: value });
          const got = await send(route.method, path, holderOf(route), { version: '1', seen: '1' });
          wrong.push(...fault(`${route.method} ${path.slice(0, 160)}`, got));
          if (got.body.includes('<script>alert')) wrong.push(`${path}: script`);
        }
      }
    }
    expect(wrong).toEqual([]);
  }, 600_000);

  it('in the query', async () => {
    const odd = ['%00', DASHES, '-1', '999999999', '99999999999999999999', encodeURIComponent('あ%_\\\'"<script>'), theirs.system];
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'GET')) {
      const path = filled(route.path, mine);
      const as = holderOf(route);
      for (const name of [...queryOf(route), 'access-right-unit', '__proto__']) {
        for (const value of odd) wrong.push(...fault(`${path}?${name}=${value}`, await send('GET', `${path}?${name}=${value}`, as)));
        wrong.push(...fault(`${path}?${name} twice`, await send('GET', `${path}?${name}=a&${name}=b&${name}[x]=1`, as)));
      }
    }
    expect(wrong).toEqual([]);
  }, 600_000);

  it('in the fields of its own forms, one by one', async () => {
    const wrong: string[] = [];
    const pages = routes.filter((one) => one.method === 'GET');
    const seen = new Set<string>();
    for (const route of pages) {
      const path = filled(route.path, mine);
      const as = holderOf(route);
      const got = await send('GET', path, as);
      if (got.status !== 200 || !got.type.startsWith('text/html')) continue;
      for (const form of DomUtils.findAll((one) => one.name === 'form' && one.attribs.method === 'post', parseDocument(got.body).children)) {
        const action = form.attribs.action!;
        if (!/^\/(systems|checks|risks)/u.test(action) || /discard|\/end$/u.test(action)) continue;
        const names = [...new Set(DomUtils.findAll((one) => ['input', 'textarea', 'select'].includes(one.name) && 'name' in one.attribs, form.children).map((one) => one.attribs.name!))].filter((one) => one !== '_csrf');
        const values = Object.fromEntries(names.map((name) => [name, DomUtils.findOne((one) => one.attribs.name === name, form.children)?.attribs.value ?? '']));
        const key = `${action} ${names.length}`;
        if (seen.has(key)) continue;
        seen.add(key);
        const tries: [string, Record<string, string | string[]>][] = [
          ['nothing', {}], ['lists', Object.fromEntries(names.map((name) => [name, ['a', 'b']]))], ['proto', { __proto__: 'x', constructor: 'x', ...values }],
          ...names.slice(0, 25).flatMap((name): [string, Record<string, string | string[]>][] => [
            [`${name} null`, { ...values, [name]: 'あ\u0000い' }], [`${name} list`, { ...values, [name]: ['a', 'b'] }], [`${name} dashes`, { ...values, [name]: DASHES }],
            [`${name} huge`, { ...values, [name]: '99999999999999999999' }], [`${name} long`, { ...values, [name]: '長'.repeat(30_000) }], [`${name} missing`, Object.fromEntries(Object.entries(values).filter(([one]) => one !== name))],
          ]),
        ];
        for (const [what, fields] of tries) wrong.push(...fault(`POST ${action} ${what}`, await send('POST', action, as, fields)));
      }
    }
    expect(seen.size).toBeGreaterThan(15);
    expect(wrong).toEqual([]);
  }, 600_000);

  it('as JSON that is no form', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'POST')) {
      const as = holderOf(route);
      for (const payload of ['null', '[1]', '"x"', '{"version":null,"chosen":{"a":1},"name":{"b":[]},"text":[null],"rule":[{}],"seen":{}}', '{"name":"\\ud800","title":"\\ud800","version":"1"}', '{"__proto__":{"x":1}}']) {
        const got = await web.app.inject({ method: 'POST', url: filled(route.path, mine), payload, headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${as.token}`, 'content-type': 'application/json', 'x-csrf-token': tokens.get(as.id)! } });
        wrong.push(...fault(`${route.handler} ${payload}`, { status: got.statusCode, location: '', body: got.body, bytes: got.rawPayload, type: 'text/html' }));
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});
