import { hashPassword } from '../src/identity/passwords.js';
import { tokenHash } from '../src/identity/session.service.js';
import { IdentitySetUp } from '../src/identity/set-up.service.js';
import { LOCKED, THROTTLED, WRONG } from '../src/identity/sign-in.service.js';
import { verifyJournal } from '../src/kernel/journal.js';
import { seedDemoCity, demoAccount, DEMO_ORGANISATION } from '../src/demo/city.js';
import { formOn, openSmallWeb, textOf, type SmallWeb } from './small-web.js';
import { openTwoOrganisations, PASSWORD, type TwoOrganisations } from './two-organisations.js';

describe('sign-in with a password', () => {
  let web: TwoOrganisations;
  beforeAll(async () => { web = await openTwoOrganisations(); });
  afterAll(() => web.close());

  let place = 0;
  /** A place of one's own for each test, so that throttling by address does not reach over. */
  const somewhere = () => ({ token: '', address: `198.51.100.${(place += 1)}` });
  const name = 'mizuho.drafter';

  it('gives a new session with a cookie that scripts cannot read, and leads on', async () => {
    const reply = await web.post('/sign-in', { signInName: 'Mizuho.Drafter ', password: PASSWORD, next: '/threshold?x=1' }, somewhere());
    expect(reply.status).toBe(303);
    expect(reply.location).toBe('/threshold?x=1');
    expect(reply.headers['set-cookie']).toMatch(/^tenken_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/);
    const stored = await web.database.query('select account_id from session where token_hash = $1', [tokenHash(reply.cookie!)]);
    expect(stored).toEqual([{ account_id: web.mine.people.drafter.id }]);
    expect(JSON.parse((await web.get('/session', { token: reply.cookie! })).body)).toEqual({ signedIn: true, csrf: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it.each(['//evil.example', 'https://evil.example/', '/\\evil.example', '\\\\evil.example', 'javascript:alert(1)', '/\tx', '/sign-out', ''])('does not lead to %j', async (next) => {
    const reply = await web.post('/sign-in', { signInName: name, password: PASSWORD, next }, somewhere());
    expect(reply.location).toBe('/');
  });

  it('takes no session from outside: a planted cookie is not the new session, an old one ends', async () => {
    const planted = await web.post('/sign-in', { signInName: name, password: PASSWORD }, { token: 'planted-by-somebody-else-planted-by-somebody', address: '198.51.100.200' });
    expect(planted.cookie).not.toBe('planted-by-somebody-else-planted-by-somebody');
    const first = { token: planted.cookie! };
    const again = await web.post('/sign-in', { signInName: name, password: PASSWORD }, { ...first, address: '198.51.100.201' });
    expect(again.status).toBe(303);
    expect(again.cookie).not.toBe(first.token);
    expect(JSON.parse((await web.get('/session', first)).body)).toEqual({ signedIn: false, csrf: null });
  });

  it('ends with sign-out: the session is gone and the cookie is taken away', async () => {
    const { cookie } = await web.post('/sign-in', { signInName: name, password: PASSWORD }, somewhere());
    const out = await web.post('/sign-out', {}, { token: cookie! });
    expect([out.status, out.location, out.cookie]).toEqual([303, '/sign-in', '']);
    expect((await web.get('/', { token: cookie! })).location).toBe('/sign-in');
    expect(await web.database.query('select 1 from session where token_hash = $1', [tokenHash(cookie!)])).toEqual([]);
  });

  it('says the same of a wrong password, an unknown name, a disabled account and one without a password', async () => {
    await web.database.query('update account set disabled = true where sign_in_name = $1', ['mizuho.viewer']);
    await web.database.query('update account set password_hash = null where sign_in_name = $1', ['mizuho.council-member']);
    const texts: string[] = [];
    for (const [who, password] of [['mizuho.section-head', 'not the password'], ['nobody.at.all', PASSWORD], ['mizuho.viewer', PASSWORD], ['mizuho.council-member', '']] as const) {
      const reply = await web.post('/sign-in', { signInName: who, password }, somewhere());
      expect(reply.status).toBe(422);
      expect(reply.cookie).toBeNull();
      texts.push(textOf(reply.body));
    }
    expect(new Set(texts).size).toBe(1);
    expect(texts[0]).toContain(WRONG);
    expect(texts[0]).not.toContain('password');
  });

  it.each([['a known name', 'mizuho.audit-member'], ['an unknown name', 'nobody.known']])('locks %s for 15 minutes after five failures, wherever they come from', async (_, who) => {
    const messages: string[] = [];
    for (let attempt = 1; attempt <= 5; attempt += 1) {
      const reply = await web.post('/sign-in', { signInName: who, password: 'wrong' }, somewhere());
      messages.push(reply.body.includes(LOCKED) ? 'locked' : reply.body.includes(WRONG) ? 'wrong' : '?');
    }
    expect(messages).toEqual(['wrong', 'wrong', 'wrong', 'wrong', 'locked']);
    const right = await web.post('/sign-in', { signInName: who, password: PASSWORD }, somewhere());
    expect(right.body).toContain(LOCKED);
    web.clock.forward(16);
    const later = await web.post('/sign-in', { signInName: who, password: PASSWORD }, somewhere());
    expect(later.status).toBe(who === 'nobody.known' ? 422 : 303);
  });

  it('stops an address after 20 failures in 10 minutes, also for the right password, and no other address', async () => {
    const here = somewhere();
    for (let attempt = 0; attempt < 20; attempt += 1) await web.post('/sign-in', { signInName: `guess${attempt}`, password: 'wrong' }, here);
    expect((await web.post('/sign-in', { signInName: name, password: PASSWORD }, here)).body).toContain(THROTTLED);
    expect((await web.post('/sign-in', { signInName: name, password: PASSWORD }, somewhere())).status).toBe(303);
    web.clock.forward(11);
    expect((await web.post('/sign-in', { signInName: name, password: PASSWORD }, here)).status).toBe(303);
  });

  it('lets no more than the allowed failures through when they race', async () => {
    const here = somewhere();
    const replies = await Promise.all(Array.from({ length: 30 }, (_, index) => web.post('/sign-in', { signInName: `race${index}`, password: 'wrong' }, here)));
    expect(replies.filter((one) => one.body.includes(THROTTLED))).toHaveLength(10);
    const rows: { n: number }[] = await web.database.query('select count(*)::int as n from sign_in_attempt where address = $1', [here.address]);
    expect(rows[0]!.n).toBe(20);
  });

  it('keeps no password and no token in the journal', async () => {
    const rows: { content: string }[] = await web.database.query('select content from journal_entry');
    expect(rows.length).toBeGreaterThan(3);
    const all = rows.map((one) => one.content).join('\n');
    expect(all).not.toContain(PASSWORD);
    expect(all).not.toMatch(/argon2|token|password_hash/u);
    expect(all).toContain('signed-in');
    expect((await verifyJournal(web.database)).problems).toEqual([]);
  });

  it('ends a session after the idle time and after the absolute time', async () => {
    const idle = { token: (await web.post('/sign-in', { signInName: name, password: PASSWORD }, somewhere())).cookie! };
    web.clock.forward(59);
    expect((await web.get('/account', idle)).status).toBe(200);
    web.clock.forward(61);
    expect((await web.get('/account', idle)).location).toBe('/sign-in?next=%2Faccount');
    const busy = { token: (await web.post('/sign-in', { signInName: name, password: PASSWORD }, somewhere())).cookie! };
    for (let passed = 0; passed < 12 * 60; passed += 50) {
      expect((await web.get('/account', busy)).status).toBe(200);
      web.clock.forward(50);
    }
    expect((await web.get('/account', busy)).status).toBe(303);
  });
});

describe('a session that ended while typing', () => {
  let web: TwoOrganisations;
  beforeAll(async () => { web = await openTwoOrganisations(); });
  afterAll(() => web.close());

  const typed = { name: '福祉こども課', headTitle: '課長\r\n"<script>"', version: '1' };

  it('carries the text through a failed and a good sign-in, shows it, and saves it with one button', async () => {
    const admin = web.mine.people.administrator;
    const action = `/administration/departments/${web.mine.department}`;
    const csrf = await web.csrf(admin);
    web.clock.forward(61);
    const ended = await web.post(action, { ...typed, headTitle: '所長　兼　室長', _csrf: csrf }, { token: admin.token });
    expect(ended.status).toBe(401);
    expect(textOf(ended.body)).toContain('入力した内容は残っています');

    const first = formOn(ended.body, '/sign-in');
    const wrong = await web.post('/sign-in', { ...first, signInName: admin.signInName, password: 'wrong' });
    expect(wrong.status).toBe(422);
    const second = formOn(wrong.body, '/sign-in');
    expect(second.resumeValue).toEqual(first.resumeValue);

    const back = await web.post('/sign-in', { ...second, signInName: admin.signInName, password: PASSWORD });
    expect(back.status).toBe(200);
    expect(textOf(back.body)).toContain('福祉こども課');
    expect(textOf(back.body)).toContain('保存を続ける');
    expect(back.cookie).toMatch(/^[\w-]{43}$/);
    const again = formOn(back.body, action);
    expect(String(again._csrf).split('.')[0]).toBe(await web.csrf({ token: back.cookie! }));
    expect(again).toMatchObject({ name: '福祉こども課', headTitle: '所長　兼　室長', version: '1' });
    const saved = await web.post(action, again, { token: back.cookie! });
    expect(saved.status).toBe(303);
    expect(await web.database.query('select name, head_title from department where id = $1', [web.mine.department])).toEqual([{ name: '福祉こども課', head_title: '所長　兼　室長' }]);
  });

  it('keeps line ends, quotes and markup of the text as they are', async () => {
    const text = '一行目\r\n\r\n"三行目" <b>&amp;</b>\r\n';
    const ended = await web.post('/administration/bodies', { name: text });
    const through = await web.post('/sign-in', { ...formOn(ended.body, '/sign-in'), signInName: web.mine.people.administrator.signInName, password: PASSWORD });
    expect(formOn(through.body, '/administration/bodies').name).toBe(text);
    expect(through.body).not.toContain('<b>&amp;</b>');
  });

  it('never posts to another site or signs out', async () => {
    for (const action of ['https://evil.example/', '//evil.example/', '/sign-out', '/demo/enter']) {
      const reply = await web.post('/sign-in', { signInName: web.mine.people.drafter.signInName, password: PASSWORD, resumeAction: action, resumeName: 'a', resumeValue: 'b' });
      expect([reply.status, reply.location]).toEqual([303, '/']);
    }
  });
});

describe('CSRF', () => {
  let web: TwoOrganisations;
  beforeAll(async () => { web = await openTwoOrganisations(); });
  afterAll(() => web.close());

  it('refuses a change without the token of the session, with that of another, and from another site', async () => {
    const admin = web.mine.people.administrator;
    const other = await web.csrf(web.theirs.people.administrator);
    for (const [fields, headers] of [[{ _csrf: '' }, {}], [{ _csrf: other }, {}], [{}, { 'sec-fetch-site': 'cross-site' }], [{}, { 'sec-fetch-site': 'same-site' }]] as [Record<string, string>, Record<string, string>][]) {
      const reply = await web.post('/administration/bodies', { name: '公平委員会', ...fields }, admin, headers);
      expect(reply.status).toBe(403);
    }
    expect(await web.database.query('select 1 from implementing_body where name = $1', ['公平委員会'])).toEqual([]);
    expect((await web.post('/sign-in', { signInName: 'x', password: 'y' }, null, { 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  });
});

describe('the demo city', () => {
  let web: SmallWeb;
  beforeAll(async () => {
    web = await openSmallWeb({ demo: true });
    expect(await seedDemoCity(web.database, web.clock)).toBe(true);
  });
  afterAll(() => web.close());

  it('is loaded once', async () => {
    expect(await seedDemoCity(web.database, web.clock)).toBe(false);
    expect(await web.database.query('select id, name from organisation')).toEqual([{ id: DEMO_ORGANISATION, name: 'みずほ野市' }]);
    expect((await verifyJournal(web.database)).problems).toEqual([]);
  });

  it('shows a card for every role on the first page, and one click enters', async () => {
    const first = await web.get('/');
    expect(first.location).toBe('/sign-in');
    const cards = await web.get('/sign-in');
    for (const role of ['所管課担当', '所管課長', '評価統括', '監査事務局', '監査委員', '審議会事務局', '審議会委員', '閲覧', 'システム管理者']) expect(cards.body).toContain(`<span class="chip blue">${role}</span>`);
    const inside = await web.post('/demo/enter', { account: demoAccount('kosodate.tanto'), next: '/threshold' });
    expect([inside.status, inside.location]).toEqual([303, '/threshold']);
    expect(textOf((await web.get('/', { token: inside.cookie! })).body)).toContain('子育て支援課 担当（所管課担当）');
  });

  it('keeps text over a session that ended, by card', async () => {
    const ended = await web.post('/threshold', { affairName: '児童手当の事務' });
    expect(ended.status).toBe(401);
    const cards = await web.post('/sign-in/cards', formOn(ended.body, '/sign-in/cards'));
    const inside = await web.post('/demo/enter', { ...formOn(cards.body, '/demo/enter'), account: demoAccount('kosodate.tanto') });
    expect(inside.status).toBe(200);
    expect(formOn(inside.body, '/threshold').affairName).toBe('児童手当の事務');
  });

  it('lets nobody in with a password, and no card opens an account without one', async () => {
    for (const password of ['', 'null', 'password1234']) expect((await web.post('/sign-in', { signInName: 'kanri', password })).status).toBe(422);
    expect((await web.post('/demo/enter', { account: demoAccount('shimin.kacho') })).status).toBe(404);
    expect((await web.post('/demo/enter', { account: 'x' })).status).toBe(404);
  });

  it('gives those who took a reorganised department over the reach of it', async () => {
    const { cookie } = await web.post('/demo/enter', { account: demoAccount('kosodate.tanto') });
    const grants = await web.database.query(`select (select count(*)::int from department where successor_id is not null) as successions`);
    expect(grants).toEqual([{ successions: 2 }]);
    const page = await web.get('/threshold/new', { token: cookie! });
    const options = [...page.body.matchAll(/<option value="[0-9a-f-]{36}"[^>]*>([^<]*)</gu)].map((one) => one[1]);
    expect(options).toEqual(['こども部　子育て支援課']);
  });
});

describe('outside the demo', () => {
  let web: SmallWeb;
  beforeAll(async () => {
    web = await openSmallWeb();
    await seedDemoCity(web.database, web.clock);
  });
  afterAll(() => web.close());

  it('there is no card and no way in without a password', async () => {
    const page = await web.get('/sign-in');
    expect(page.body).not.toContain('role-cards');
    expect(page.body).not.toContain('/demo/enter');
    expect((await web.post('/demo/enter', { account: demoAccount('kanri') })).status).toBe(404);
    expect((await web.post('/sign-in/cards', {})).status).toBe(404);
    expect(await web.database.query('select 1 from session')).toEqual([]);
  });
});

describe('an empty database', () => {
  let web: SmallWeb;
  beforeAll(async () => { web = await openSmallWeb(); });
  afterAll(() => web.close());

  const fields = { organisationName: 'みずほ野市', organisationCode: '１２３４５６', bodies: '市長\r\n教育委員会\r\n\r\n市長', name: '情報政策課 管理者', signInName: 'Kanri', password: 'midori no yama 7 kudari' };

  it('is set up once with the token of this start', async () => {
    const old = await IdentitySetUp.prepare(web.database, web.clock);
    const token = await IdentitySetUp.prepare(web.database, web.clock);
    expect(old).not.toBe(token);
    expect((await web.get(`/set-up?token=${old}`)).status).toBe(403);
    expect((await web.get('/set-up')).status).toBe(403);
    expect((await web.get('/sign-in')).body).toContain('はじめての設定がまだです');
    expect((await web.get(`/set-up?token=${token}`)).status).toBe(200);

    const weak = await web.post('/set-up', { ...fields, token: token!, password: 'short', organisationCode: '12' });
    expect(weak.status).toBe(422);
    expect(textOf(weak.body)).toContain('パスワードは12文字以上');
    expect(weak.body).not.toContain('value="short"');
    expect(formOn(weak.body, '/set-up').organisationName).toBe('みずほ野市');
    expect(await web.database.query('select 1 from organisation')).toEqual([]);

    const [made, second] = await Promise.all([web.post('/set-up', { ...fields, token: token! }), web.post('/set-up', { ...fields, signInName: 'kanri2', token: token! })]);
    expect([made.status, second.status].sort()).toEqual([303, 403]);
    const won = made.status === 303 ? made : second;
    expect(await web.database.query('select name, code from organisation')).toEqual([{ name: 'みずほ野市', code: '123456' }]);
    expect(await web.database.query('select name from implementing_body order by position')).toEqual([{ name: '市長' }, { name: '教育委員会' }]);
    expect(await web.database.query('select 1 from set_up_token')).toEqual([]);
    expect(textOf((await web.get('/', { token: won.cookie! })).body)).toContain('はじめにすること');

    expect((await web.get(`/set-up?token=${token}`)).status).toBe(403);
    expect((await web.post('/set-up', { ...fields, token: token! })).status).toBe(403);
    expect(await IdentitySetUp.prepare(web.database, web.clock)).toBeNull();
  });
});

describe('the own account', () => {
  let web: TwoOrganisations;
  beforeAll(async () => { web = await openTwoOrganisations(); });
  afterAll(() => web.close());

  it('changes its password: the other sessions end, this one goes on under a new token', async () => {
    const me = web.mine.people.drafter;
    const elsewhere = { token: (await web.post('/sign-in', { signInName: me.signInName, password: PASSWORD })).cookie! };
    const next = 'shizuka na umi 3 nagame';
    const wrong = await web.post('/account/password', { current: 'not it', password: next, again: next }, me);
    expect(textOf(wrong.body)).toContain('今のパスワードが違います');
    const differs = await web.post('/account/password', { current: PASSWORD, password: next, again: `${next}!` }, me);
    expect(textOf(differs.body)).toContain('確認のための入力が違います');
    const done = await web.post('/account/password', { current: PASSWORD, password: next, again: next }, me);
    expect([done.status, done.location]).toEqual([303, '/account?changed=password']);
    expect(JSON.parse((await web.get('/session', elsewhere)).body).signedIn).toBe(false);
    expect(JSON.parse((await web.get('/session', me)).body).signedIn).toBe(false);
    expect((await web.get('/account', { token: done.cookie! })).status).toBe(200);
    expect((await web.post('/sign-in', { signInName: me.signInName, password: PASSWORD })).status).toBe(422);
    expect((await web.post('/sign-in', { signInName: me.signInName, password: next })).status).toBe(303);
  });

  it('does nothing else before a one-time password was changed', async () => {
    const me = web.mine.people['section-head'];
    await web.database.query('update account set must_change_password = true, password_hash = $2 where id = $1', [me.id, await hashPassword('abcd-efgh-jkmn-pqrs')]);
    const signed = await web.post('/sign-in', { signInName: me.signInName, password: 'abcd-efgh-jkmn-pqrs', next: '/threshold' });
    expect(signed.location).toBe('/account/password');
    expect((await web.get('/threshold', { token: signed.cookie! })).status).toBe(403);
    const next = 'shizuka na umi 3 nagame';
    const done = await web.post('/account/password', { current: 'abcd-efgh-jkmn-pqrs', password: next, again: next }, { token: signed.cookie! });
    expect((await web.get('/threshold', { token: done.cookie! })).status).toBe(200);
  });
});
