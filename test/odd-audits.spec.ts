import Excel from 'exceljs';
import { DomUtils, parseDocument } from 'htmlparser2';
import { addressOf, AREA, holderOf, openAudited, type Audited, type Things } from './audited-organisations.js';
import { routesOf, type Route } from './product-routes.js';
import { formOn } from './small-web.js';
import type { Member } from './two-organisations.js';

const JAPANESE = /[ぁ-んァ-ヶ一-龠]/u;
const DANGER = /<script>alert|<img src=x|\{\{danger\}\}\s*<\/script/u;
const NOBODY = '00000000-0000-4000-8000-000000000000';

let web: Audited;
let routes: Route[];
const tokens = new Map<string, string>();

beforeAll(async () => {
  web = await openAudited();
  routes = routesOf(web).filter((one) => !one.open && AREA.test(one.path));
  const rows: { token: string; account: string }[] = await web.database.query('select csrf_token as token, account_id as account from session');
  for (const { token, account } of rows) tokens.set(account, token);
}, 180_000);
afterAll(() => web?.close());

interface Got { status: number; body: string; location: string; bytes: Buffer; type: string }
type Fields = Record<string, string | string[]>;

async function send(method: string, path: string, as: Member, fields: Fields = {}, json?: unknown): Promise<Got> {
  const pairs = Object.entries({ _csrf: tokens.get(as.id) ?? '', ...fields }).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, one]));
  const payload = method === 'GET' ? undefined : json === undefined ? new URLSearchParams(pairs).toString() : JSON.stringify(json);
  const response = await web.app.inject({
    method: method as 'GET', url: path, ...(payload === undefined ? {} : { payload }),
    headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${as.token}`, 'x-csrf-token': tokens.get(as.id) ?? '', ...(payload === undefined ? {} : { 'content-type': json === undefined ? 'application/x-www-form-urlencoded' : 'application/json' }) },
  });
  return { status: response.statusCode, body: response.body, location: String(response.headers.location ?? ''), bytes: response.rawPayload, type: String(response.headers['content-type'] ?? '') };
}

/** What is wrong with an answer to something that no page of ours sends. */
function fault(what: string, got: Got): string[] {
  const html = got.type.startsWith('text/html') && got.body !== '';
  return [...(got.status >= 500 ? [`${what}: ${got.status}`] : []), ...(html && !JAPANESE.test(got.body) ? [`${what}: no Japanese`] : []), ...(html && DANGER.test(got.body) ? [`${what}: not escaped`] : [])];
}

const ODD = [
  '\u0000', '\u0007\u001b[2J', '\u202e逆\u202c', 'あ'.repeat(100_000), '1e308', '-0', '9007199254740993', '99999999999999999999', '0000-01-01', '9999-12-31', '令和100年1月1日', `=cmd|'/c calc'!A1`, '<script>alert(1)</script>{{danger}}</textarea><img src=x onerror=alert(1)>',
  '［数値:///=］［検出:1～99999999］［検出:0］［表:__proto__］［検出題:］［数値:terminals/total/count=x', '__proto__', 'constructor', '-1', '  ', '', 'a\r\nBcc: x@example.com', NOBODY, '%ED%A0%80', 'below:__proto__', 'act-199-2', '[[[[', 'ｱ１２３,'.repeat(50),
];

interface Form { action: string; as: Member; fields: Fields; hidden: Set<string> }

/** Every form of every page of the area, by its address, as the person who reaches most sees it. */
async function formsOf(things: readonly Things[]): Promise<Form[]> {
  const found = new Map<string, Form>();
  const department = web.mine.people['section-head'];
  for (const route of routes.filter((one) => one.method === 'GET' && !one.path.endsWith('.xlsx'))) {
    for (const [path, as] of things.flatMap((one) => [[addressOf(route.path, one), holderOf(web.mine, route)], [addressOf(route.path, one), department]] as [string, Member][])) {
      const got = await send('GET', `${path}?finding=${things[0]!.finding!}`, as);
      if (got.status !== 200 || !got.type.startsWith('text/html')) continue;
      for (const form of DomUtils.findAll((one) => one.name === 'form' && one.attribs.method?.toLowerCase() === 'post', parseDocument(got.body).children)) {
        const action = form.attribs.action ?? '';
        if (found.has(action) || !AREA.test(action)) continue;
        const hidden = new Set(DomUtils.findAll((one) => one.attribs.type === 'hidden', form.children).map((one) => one.attribs.name ?? ''));
        const { _csrf, ...fields } = formOn(got.body, action);
        found.set(action, { action, as, fields, hidden });
      }
    }
  }
  return [...found.values()];
}

const ENDS = /\/(remove|discard|close|withdraw|end|step|fix|publish|submit|move|reopen|adopt)$/u;

describe('forms', () => {
  it('that say nonsense in every field are refused or kept as texts, and never a fault of the product', async () => {
    const forms = await formsOf([web.draft, web.decided]);
    expect(forms.length).toBeGreaterThan(60);
    const wrong: string[] = [];
    for (const [place, { action, as, fields, hidden }] of forms.entries()) {
      // Each form takes a fourth of the nonsense, and the next form the next fourth.
      for (const odd of ODD.filter((_, n) => (n + place) % 4 === 0)) {
        const all = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, Array.isArray(value) ? value.map(() => odd) : odd]));
        wrong.push(...fault(`${action} ${odd.slice(0, 20)}`, await send('POST', action, as, all)));
        if (ENDS.test(action)) continue;
        const visible = Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, hidden.has(name) ? value : Array.isArray(value) ? value.map(() => odd) : odd]));
        wrong.push(...fault(`${action} visible ${odd.slice(0, 20)}`, await send('POST', action, as, visible)));
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('with lists for texts, nested things, keys of every object and nothing at all are no fault of the product', async () => {
    const wrong: string[] = [];
    const deep = (depth: number): unknown => JSON.parse('{"a":'.repeat(depth) + '1' + '}'.repeat(depth)) as unknown;
    for (const { action, as, fields } of await formsOf([web.draft, web.decided])) {
      const names = Object.keys(fields);
      const bodies: [Fields, unknown?][] = [
        [{}], [Object.fromEntries(names.map((name) => [name, ['', 'x']]))], [{ ...fields, constructor: 'x', 'toString.seen': '1', '__proto__.value': 'x' }], [{}, {}], [{}, null], [{}, []], [{}, 'text'],
        [{}, Object.fromEntries(names.map((name) => [name, {}]))], [{}, Object.fromEntries(names.map((name) => [name, [[1], null, { length: -1 }]]))], [{}, Object.fromEntries(names.map((name) => [name, 1e308]))], [{}, Object.fromEntries(names.map((name) => [name, null]))],
        [{}, Object.fromEntries(names.map((name) => [name, deep(500)]))], [{}, Object.fromEntries(names.map((name) => [name, '\ud800']))],
      ];
      for (const [n, [form, json]] of bodies.entries()) {
        if (ENDS.test(action) && n === 2) continue;
        wrong.push(...fault(`${action} body ${n}`, await send('POST', action, as, form, json)));
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);

  it('sent three times at once do their thing or say why not', async () => {
    const wrong: string[] = [];
    const forms = await formsOf([web.draft, web.decided]);
    // What ends a thing comes last, so that the others still find it.
    for (const { action, as, fields } of [...forms.filter((one) => !ENDS.test(one.action)), ...forms.filter((one) => ENDS.test(one.action) && !/\/audits\/[0-9a-f-]{36}\/remove$/u.test(one.action))]) {
      const got = await Promise.all([1, 2, 3].map(() => send('POST', action, as, fields)));
      for (const one of got) wrong.push(...fault(`${action} ${JSON.stringify(got.map((each) => each.status))}`, one));
      if (got.some((one) => one.body.includes('ほかの人の操作と同時になり'))) wrong.push(`${action}: in each other's way`);
      const created = got.filter((one) => one.status === 303).length;
      if ('version' in fields && created > 1 && !fields.version!.includes('x')) {
        const places = new Set(got.filter((one) => one.status === 303).map((one) => one.location));
        if (places.size > 1) wrong.push(`${action}: made ${places.size}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 300_000);
});

describe('addresses and questions', () => {
  it('that name nothing are no fault of the product', async () => {
    const wrong: string[] = [];
    for (const [place, route] of routes.entries()) {
      for (const odd of ['x', '%00', '%ff', NOBODY.slice(0, 35), '__proto__', 'constructor', `${'a'.repeat(3000)}`, '%E2%80%AE', "'%3B--", '-1', '..%2f..%2fetc'].filter((_, n) => (n + place) % 2 === 0)) {
        for (const path of [route.path.replaceAll(/:[a-zA-Z]+/gu, odd), addressOf(route.path, web.decided, Object.fromEntries([...route.path.matchAll(/:([a-zA-Z]+)/gu)].slice(1).map(([, name]) => [name!, odd])))]) {
          if (!route.path.includes(':')) continue;
          wrong.push(...fault(`${route.method} ${path.slice(0, 80)}`, await send(route.method, path, holderOf(web.mine, route), { version: '1' })));
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
  }, 300_000);

  it('that ask for nonsense are no fault of the product', async () => {
    const names = ['q', 'words', 'state', 'view', 'month', 'day', 'page', 'year', 'department', 'audit', 'due', 'dueOn', 'finding', 'improvement', 'address', 'figure', 'table', 'section', 'notice', 'plan', 'from', 'kind', 'dataset', 'rule', 'of', 'status', 'stage', 'filter', 'action', 'cell', 'step', 'code', 'item'];
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'GET')) {
      for (const odd of ['%00', '99999999999999999999', '-1', '1e308', '%3Cscript%3Ealert(1)%3C/script%3E', '__proto__', '0000-13', '2026-02-30', NOBODY, 'x/../y/=/', '%E2%80%AE', 'a'.repeat(5000)]) {
        for (const query of [names.map((name) => `${name}=${odd}`).join('&'), ...(odd === '-1' ? [names.map((name) => `${name}=1&${name}=2`).join('&'), names.map((name) => `${name}[a]=1`).join('&')] : [])]) {
          wrong.push(...fault(`${route.path}?${odd.slice(0, 30)}`, await send('GET', `${addressOf(route.path, web.decided)}?${query}`, holderOf(web.mine, route))));
        }
      }
    }
    expect([...new Set(wrong)]).toEqual([]);
  }, 300_000);

  it('give no formula into a file that is taken away, whatever was typed', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.path.endsWith('.xlsx'))) {
      const got = await send('GET', addressOf(route.path, web.draft), holderOf(web.mine, route));
      if (got.status !== 200) continue;
      const book = new Excel.Workbook();
      await book.xlsx.load(got.bytes as unknown as Excel.Buffer);
      for (const sheet of book.worksheets) sheet.eachRow((row) => row.eachCell((cell) => void (/cmd|calc/u.test(cell.formula ?? '') && wrong.push(`${route.path}: formula`))));
    }
    expect(wrong).toEqual([]);
  }, 60_000);
});
