import { allows, PERMISSIONS, ROLES, type Role } from '../src/identity/permissions.js';
import { routesOf, type Route } from './product-routes.js';
import { openTwoOrganisations, seenByStrangers, type TwoOrganisations } from './two-organisations.js';

/** Served without a controller: the files that every page loads. */
const FILES = /^\/public\//u;

/** What the HTTP server really listens to: `GET /threshold/:id`. HEAD comes with every GET. */
function served(web: TwoOrganisations): string[] {
  const printed = (web.app.getHttpAdapter().getInstance() as { printRoutes(options: object): string }).printRoutes({ commonPrefix: false });
  const above: string[] = [];
  return printed.split('\n').flatMap((line) => {
    const found = /^((?:[│ ] {3})*)[├└]── (\S*)(?: \(([A-Z, ]+)\))?/u.exec(line);
    if (found === null) return [];
    const depth = found[1]!.length / 4;
    above.length = depth;
    above.push(found[2]!);
    return (found[3] ?? '').split(', ').filter((method) => !['', 'HEAD', 'OPTIONS'].includes(method)).map((method) => `${method} ${above.join('').replace(/(?<=.)\/$/u, '')}`);
  });
}

describe('every route of the product', () => {
  let web: TwoOrganisations;
  let routes: Route[];
  beforeAll(async () => {
    web = await openTwoOrganisations();
    routes = routesOf(web);
  });
  afterAll(() => web.close());

  const somewhere = (path: string): string => path.replaceAll(/:[a-zA-Z]+/gu, '00000000-0000-4000-8000-000000000000').replace('*', 'x');

  it('says who may call it: either @Allow with a permission of the matrix, or @Public', () => {
    expect(routes.length).toBeGreaterThan(30);
    expect(routes.filter((one) => (one.permission === undefined) !== one.open).map((one) => one.handler)).toEqual([]);
    expect(routes.filter((one) => one.permission !== undefined && !Object.hasOwn(PERMISSIONS, one.permission)).map((one) => one.handler)).toEqual([]);
  });

  it('is known to the walk: the server listens to nothing else than these and the files of the pages', async () => {
    const known = new Set(routes.map((one) => `${one.method} ${one.path}`));
    const listened = served(web);
    expect(listened).toContain('POST /administration/accounts/:id/roles/:role/take');
    expect(listened.length).toBeGreaterThanOrEqual(known.size);
    const others = listened.filter((one) => !known.has(one) && !FILES.test(one.split(' ')[1]!));
    // The tree prints the wildcard of the served files without its prefix; it is registered under it, and nowhere else.
    expect(others).toEqual(['GET /*']);
    const server = web.app.getHttpAdapter().getInstance() as { hasRoute(route: { method: string; url: string }): boolean };
    expect([server.hasRoute({ method: 'GET', url: '/public/*' }), server.hasRoute({ method: 'GET', url: '/*' })]).toEqual([true, false]);
    expect([(await web.get('/public/app.css')).status, (await web.get('/app.css')).status, (await web.get('/package.json')).status]).toEqual([200, 404, 404]);
    expect(known.size).toBe(routes.length);
  });

  it('is open to everybody only where somebody signs in or out', () => {
    expect(routes.filter((one) => one.open).map((one) => `${one.method} ${one.path}`).sort()).toEqual([
      'GET /session', 'GET /set-up', 'GET /sign-in', 'POST /demo/enter', 'POST /set-up', 'POST /sign-in', 'POST /sign-in/cards', 'POST /sign-out',
    ]);
  });

  it('leads to the sign-in without a session, and does nothing', async () => {
    const before: { n: number }[] = await web.database.query('select count(*)::int as n from journal_entry');
    const wrong: string[] = [];
    for (const route of routes.filter((one) => !one.open)) {
      const path = somewhere(route.path);
      const reply = route.method === 'GET' ? await web.get(path) : await web.post(path, {});
      const right = route.method === 'GET' ? (reply.status === 303 && reply.location.startsWith('/sign-in')) || reply.status === 401 : reply.status === 401;
      if (!right) wrong.push(`${route.method} ${path}: ${reply.status} ${reply.location}`);
      const program = route.method === 'GET' ? await web.get(path, null, { accept: 'application/json' }) : await web.post(path, {}, null, { accept: 'application/json' });
      if (program.status !== 401) wrong.push(`${route.method} ${path} as a program: ${program.status}`);
    }
    expect(wrong).toEqual([]);
    expect(await web.database.query('select count(*)::int as n from journal_entry')).toEqual(before);
  });

  it('is refused to every role that lacks the permission, before anything else is looked at', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((one) => !one.open)) {
      for (const role of Object.keys(ROLES) as Role[]) {
        const member = web.mine.people[role];
        if (allows([{ role, department: web.mine.department }], route.permission!)) continue;
        const path = somewhere(route.path);
        const reply = route.method === 'GET' ? await web.get(path, member) : await web.post(path, {}, member);
        if (reply.status !== 403) wrong.push(`${role} ${route.method} ${path}: ${reply.status}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 180_000);

  it('opens its plain pages to every role that has the permission', async () => {
    const wrong: string[] = [];
    for (const route of routes.filter((one) => one.method === 'GET' && !one.open && !one.path.includes(':') && !one.path.includes('*'))) {
      for (const role of Object.keys(ROLES) as Role[]) {
        if (!allows([{ role, department: web.mine.department }], route.permission!)) continue;
        const reply = await web.get(route.path, web.mine.people[role]);
        // 422 and 404: the page wants to know of what (?judgement=…).
        if (![200, 303, 404, 422].includes(reply.status)) wrong.push(`${role} ${route.path}: ${reply.status}`);
      }
    }
    expect(wrong).toEqual([]);
  }, 180_000);

  it('never finds an object of another organisation', async () => {
    const { mine } = web;
    const judged = await web.post('/threshold', {
      act: 'keep', affairName: '児童手当の事務', departmentId: mine.department, 'exempt-kind': 'none', people: '12,000', 'people-date': '2026-04-01', handlers: '40', 'handlers-date': '2026-04-01', incident: 'no', 'voluntary-level': 'none',
    }, mine.people.drafter);
    expect(judged.location).toMatch(/^\/threshold\/[0-9a-f-]{36}$/);
    const paths = [
      judged.location, `/threshold/new?from=${judged.location.split('/')[2]}`, `/assessments/new?judgement=${judged.location.split('/')[2]}`,
      `/administration/bodies/${mine.body}`, `/administration/departments/${mine.department}`, `/administration/accounts/${mine.people.drafter.id}`,
    ];
    expect(await seenByStrangers(web, paths)).toEqual([]);
    // The same paths are there for whoever they belong to.
    for (const path of paths) expect((await web.get(path, path.startsWith('/administration') ? mine.people.administrator : mine.people.drafter)).status).toBe(200);
  }, 180_000);

  it('changes nothing of another organisation', async () => {
    const { mine, theirs } = web;
    const stranger = theirs.people.administrator;
    const before = await snapshot();
    const posts: [string, Record<string, string>][] = [
      [`/administration/bodies/${mine.body}`, { version: '1', name: 'x' }], [`/administration/bodies/${mine.body}/end`, { version: '1' }],
      [`/administration/departments/${mine.department}`, { version: '1', name: 'x', headTitle: 'x' }], [`/administration/departments/${mine.department}/end`, { version: '1', successorId: '' }],
      [`/administration/departments/${theirs.department}/end`, { version: '1', successorId: mine.department }],
      ['/administration/departments', { under: `department:${mine.division}`, name: 'x', headTitle: 'x' }], ['/administration/departments', { under: `body:${mine.body}`, name: 'x', headTitle: 'x' }],
      [`/administration/accounts/${mine.people.drafter.id}`, { version: '1', name: 'x', departmentId: '' }], [`/administration/accounts/${mine.people.drafter.id}/disable`, { version: '1' }],
      [`/administration/accounts/${mine.people.drafter.id}/password`, { version: '1' }], [`/administration/accounts/${mine.people.drafter.id}/unlock`, {}],
      [`/administration/accounts/${mine.people.drafter.id}/roles`, { version: '1', role: 'viewer', roleDepartmentId: '' }],
      [`/administration/accounts/${theirs.people.drafter.id}/roles`, { version: '1', role: 'drafter', roleDepartmentId: mine.department }],
      ['/administration/accounts', { signInName: 'new.person', name: 'x', departmentId: mine.department, role: 'drafter', roleDepartmentId: '' }],
    ];
    for (const [path, fields] of posts) expect([path, (await web.post(path, fields, stranger)).status]).toEqual([path, 404]);
    const judge = await web.post('/threshold', { act: 'keep', affairName: 'x', departmentId: mine.department, 'exempt-kind': 'staff-records', 'voluntary-level': 'none' }, theirs.people.drafter);
    expect(judge.status).toBe(404);
    expect(await snapshot()).toEqual(before);

    async function snapshot(): Promise<unknown> {
      const tables = ['organisation', 'implementing_body', 'department', 'account', 'account_role', 'threshold_judgement'];
      return Promise.all(tables.map((table) => web.database.query(`select * from ${table} order by 1, 2`)));
    }
  });
});
