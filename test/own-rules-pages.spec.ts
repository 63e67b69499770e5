import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { inProject } from '../src/kernel/root.js';
import { history } from '../src/kernel/journal.js';
import { openChecked, type Checked } from './checked-organisation.js';
import { formOn, textOf, type Reply } from './small-web.js';
import { seenByStrangers } from './two-organisations.js';

type Fields = Record<string, string | string[]>;
let web: Checked;
beforeAll(async () => { web = await openChecked(); });
afterAll(() => web.close());

const HERE = '/checks/own-rules';
const get = async (path: string): Promise<string> => {
  const reply = await web.get(path, web.auditor);
  expect([path, reply.status]).toEqual([path, 200]);
  return reply.body;
};
const post = (path: string, fields: Fields): Promise<Reply> => web.post(path, fields, web.auditor);
const begin = async (fields: Partial<Record<'code' | 'setVersion' | 'title' | 'from', string>>): Promise<string> => {
  const reply = await post(HERE, { code: 'mizuhono', setVersion: '2026-11', title: 'みずほ野市の点検', from: '', ...fields });
  expect([reply.status, textOf(reply.body).slice(0, 2_000)]).toEqual([303, '']);
  return reply.location;
};
/** Changes the form of a page as a person would, and sends it as a browser without script does. */
const send = async (at: string, change: Fields, action = at): Promise<Reply> => post(action, { ...formOn(await get(at), action), act: 'save', ...change });
const stored = async (at: string): Promise<{ definition: Record<string, unknown>; state: string; version: number }> => {
  const [row]: { definition: Record<string, unknown>; state: string; version: number }[] = await web.database.query('select definition, state, version from own_rule_set where id = $1', [at.split('/').at(-1)]);
  return row!;
};
const HEAD: Fields = { title: 'みずほ野市の点検', shortTitle: '市の点検', source: '市の要綱', description: '予備調査に用いる。', 'viewpoint-0-number': '(1)', 'viewpoint-0-title': '権限', 'viewpoint-0-shortTitle': '権限' };
const TEXTS: Fields = { title: '権限は利用者ごと', severity: 'high', 'basis-0-document': '市の要綱', 'basis-0-article': '第5条', observation: '利用者ごとでない。', improvement: '改められたい。', evidence: '設定の画面' };

/** The definition with the options of every いずれか in one order, which says the same. */
const ordered = (definition: object): unknown => JSON.parse(JSON.stringify(definition), (key, value: unknown) => (key === 'isOneOf' ? [...(value as string[])].sort() : value));

async function upload(text: string, fields: Record<string, string> = {}): Promise<{ status: number; body: string; location: string }> {
  const form = new FormData();
  for (const [name, value] of Object.entries({ _csrf: await web.csrf(web.auditor), importCode: '', importVersion: '', ...fields })) form.append(name, value);
  form.append('file', new Blob([text]), '規則集.yaml');
  const body = new Response(form);
  const response = await web.app.inject({ method: 'POST', url: `${HERE}/import`, headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', cookie: `tenken_session=${web.auditor.token}`, 'content-type': body.headers.get('content-type')! }, payload: Buffer.from(await body.arrayBuffer()) });
  return { status: response.statusCode, body: response.body, location: String(response.headers.location ?? '') };
}

describe('a draft begins', () => {
  it.each<[string, Record<string, string>, string, string]>([
    ['without a code', { code: '' }, 'code', '英小文字で始まる'], ['with a code that no set may have', { code: 'a--b' }, 'code', '英小文字で始まる'], ['with a code of the product', { code: 'my-number-audit' }, 'code', '製品の規則集の符号'],
    ['without a version', { setVersion: '' }, 'setVersion', '年-月'], ['with another kind of version', { setVersion: 'v1' }, 'setVersion', '年-月'], ['as a copy of nothing', { from: 'nothing' }, 'from', '一覧から選んで'],
  ])('not %s', async (_what, more, place, told) => {
    const reply = await post(HERE, { code: 'mizuhono', setVersion: '2026-11', title: '題', from: '', ...more });
    expect([reply.status, reply.body.includes(`<li><a href="#${place}">`), textOf(reply.body).includes(told)]).toEqual([422, true, true]);
    expect(formOn(reply.body, HERE)).toMatchObject({ title: '題', ...(more.from === undefined ? more : {}) });
  });

  it('empty, and never twice', async () => {
    const at = await begin({});
    const text = textOf(await get(at));
    for (const part of ['下書き', '着眼点を1つ以上書いてください。', '規則を1つ以上書いてください。', '規則集の「出典」を書いてください。']) expect(text).toContain(part);
    expect((await post(HERE, { code: 'mizuhono', setVersion: '2026-11', title: '', from: '' })).status).toBe(422);
    expect(textOf(await get(HERE))).toContain('みずほ野市の点検mizuhono2026-11下書き0');
  });

  it('as a copy of a set of the product: sound, with codes of its own, and its deeper conditions told in words', async () => {
    const at = await begin({ code: 'copied', from: 'my-number-audit', title: '' });
    expect(textOf(await get(at))).toContain('直すところはありません');
    const { definition } = await stored(at);
    const source = parse(readFileSync(inProject('templates', 'rule-sets', 'my-number-audit', '2026-04.yaml'), 'utf8')) as { rules: { code: string; expects: unknown }[] };
    const rules = definition.rules as { code: string }[];
    expect(rules.map((one) => one.code)).toEqual(source.rules.map((one) => `copied-${one.code}`));
    const n = source.rules.findIndex((one) => one.code === 'mn-access-log-review') + 1;
    const rule = await get(`${at}/rules/${n}`);
    expect(textOf(rule)).toContain('この条件は、行の形では書けないため、そのまま保ちます。');
    expect(textOf(rule)).toContain('「アクセスの記録を確かめる間隔」が3か月以下である');
    // Saving the form as it is changes nothing, for every rule of the set; ticked options stand in the order of the catalogue.
    for (let place = 1; place <= rules.length; place += 1) expect((await send(`${at}/rules/${place}`, {})).status).toBe(303);
    expect(ordered((await stored(at)).definition)).toEqual(ordered(definition));
  }, 120_000);

  it('from a file: what was written out comes back, under another code with codes of its own', async () => {
    const [own] = (await web.database.query(`select id from own_rule_set where code = 'copied'`)) as { id: string }[];
    const file = await web.get(`${HERE}/${own!.id}/file`, web.auditor);
    expect([file.status, file.headers['content-type']]).toEqual([200, 'application/yaml; charset=utf-8']);
    const taken = await upload(file.body);
    expect([taken.status, textOf(taken.body)]).toEqual([422, expect.stringContaining('もうあります')]);
    const next = await upload(file.body, { importVersion: '2027-04' });
    expect(next.status).toBe(303);
    expect((await stored(next.location)).definition).toEqual({ ...(await stored(`${HERE}/${own!.id}`)).definition, version: '2027-04' });
    const other = await upload(file.body, { importCode: 'again' });
    expect(((await stored(other.location)).definition.rules as { code: string }[])[0]!.code).toMatch(/^again-copied-mn-/u);
  });

  it('from an unsound file, with everything that is to be mended and where', async () => {
    const { location } = await upload(`ruleSet: rough\nversion: '2026-11'\ntitle: 粗い規則集\nrules:\n  - title: 権限\n    applies: { item: nothing, is: x }\n    expects: { item: access-right-unit, atLeast: 3 }\n  - { code: a, applies: always }\n`);
    const body = await get(location);
    const links = [...body.matchAll(/<li><a href="([^"]+)">([^<]+)</gu)].map((one) => [one[1]!.replace(location, ''), one[2]!] as const);
    expect(links).toContainEqual(['/rules/1#observation', '規則1「権限」の「検出事項」を書いてください。']);
    expect(links).toContainEqual(['/rules/2#applies', expect.stringContaining('「当てはまるシステム」の条件を1つ以上')]);
    expect(links).toContainEqual(['#source', '規則集の「出典」を書いてください。']);
    const rule = textOf(await get(`${location}/rules/1`));
    expect(rule).toContain('「nothing」が「x」である');
    // The rule without a code has got one, and a condition that cannot be can be taken away.
    const mended = await send(`${location}/rules/1`, { 'applies-0-remove': 'yes', 'expects-0-remove': 'yes' });
    expect(mended.status).toBe(303);
    expect(((await stored(location)).definition.rules as object[])[0]).toMatchObject({ code: 'rough-3', title: '権限', applies: { all: [] }, expects: { all: [] } });
  });

  it.each<[string, string, string]>([['no YAML', 'a: [', '行目'], ['a list', '- a', '組で書いて'], ['numbers as texts', 'ruleSet: x\nversion: 2026', '/version：文字で'], ['nothing', '', '空です']])('not from a file with %s', async (_what, text, told) => {
    const reply = await upload(text);
    expect([reply.status, textOf(reply.body)]).toEqual([422, expect.stringContaining(told)]);
  });

  it('not without a file', async () => {
    const reply = await post(`${HERE}/import`, { importCode: 'x', importVersion: '' });
    expect([reply.status, reply.body.includes('<li><a href="#file">')]).toEqual([422, true]);
    expect(formOn(reply.body, `${HERE}/import`)).toMatchObject({ importCode: 'x' });
  });
});

describe('a set is written', () => {
  let at: string;
  beforeAll(async () => { at = await begin({ code: 'written' }); });

  it('with viewpoints, without script: more rows on demand, nothing is saved by them', async () => {
    const more = await send(at, { ...HEAD, act: 'rows' });
    expect(more.status).toBe(200);
    expect(formOn(more.body, at)).toMatchObject({ ...HEAD, 'viewpoint-1-title': '' });
    expect((await stored(at)).definition).toMatchObject({ viewpoints: [] });
    expect((await send(at, { ...HEAD, 'viewpoint-1-number': '(2)', 'viewpoint-1-title': '記録', 'viewpoint-1-shortTitle': '記録' })).location).toBe(`${at}?saved=yes`);
    expect((await stored(at)).definition).toMatchObject({ title: 'みずほ野市の点検', shortTitle: '市の点検', viewpoints: [{ code: 'viewpoint-1', number: '(1)', title: '権限', shortTitle: '権限' }, { code: 'viewpoint-2', title: '記録' }] });
    // A line that is emptied goes; the codes of the others stay.
    await send(at, { 'viewpoint-0-number': '', 'viewpoint-0-title': '', 'viewpoint-0-shortTitle': '' });
    expect((await stored(at)).definition).toMatchObject({ viewpoints: [{ code: 'viewpoint-2' }] });
  });

  it('with a rule, without script: an item first, then what fits it', async () => {
    const form = `${at}/rules/new`;
    const first = await send(form, { ...TEXTS, act: 'rows', 'applies-0-item': 'my-number', 'expects-0-item': 'access-right-unit' });
    expect(first.status).toBe(200);
    const fields = formOn(first.body, form);
    expect(fields).toMatchObject({ ...TEXTS, 'applies-0-item': 'my-number', 'applies-0-test': '', 'applies-1-item': '', 'expects-0-item': 'access-right-unit' });
    // Sent without comparison and value: told at the rows, and nothing is lost.
    const refused = await post(form, { ...fields, act: 'save' });
    expect(refused.status).toBe(422);
    for (const place of ['applies-0-test', 'expects-0-test']) expect(refused.body).toContain(`<li><a href="#${place}">`);
    expect(formOn(refused.body, form)).toMatchObject(TEXTS);
    const saved = await post(form, { ...formOn(refused.body, form), act: 'save', viewpoint: 'viewpoint-2', 'applies-0-test': 'is', 'applies-0-value': 'held', 'expects-join': 'any', 'expects-0-test': 'is', 'expects-0-value': ['per-user', 'per-department'], 'expects-1-item': 'session-timeout', 'expects-1-test': 'atMost', 'expects-1-value': '１５' });
    expect([saved.status, saved.location]).toEqual([303, `${at}?saved=yes#rules`]);
    expect(((await stored(at)).definition.rules as object[])[0]).toEqual({
      code: 'written-1', viewpoint: 'viewpoint-2', title: '権限は利用者ごと', severity: 'high', basis: [{ document: '市の要綱', article: '第5条' }], applies: { item: 'my-number', is: 'held' },
      expects: { any: [{ item: 'access-right-unit', isOneOf: ['per-user', 'per-department'] }, { item: 'session-timeout', atMost: 15 }] }, observation: '利用者ごとでない。', improvement: '改められたい。', evidence: '設定の画面',
    });
    expect(textOf(await get(at))).toContain('直すところはありません');
  });

  it('with script: the conditions alone come back', async () => {
    const reply = await web.post(`${at}/rules/1/conditions`, { ...formOn(await get(`${at}/rules/1`), `${at}/rules/1`), 'applies-1-item': 'people' }, web.auditor, { 'hx-request': 'true' });
    expect([reply.status, reply.body.includes('<html'), reply.body.includes('id="conditions"')]).toEqual([200, false, true]);
    expect(reply.body).toMatch(/<select id="applies-1-test"[\s\S]*次の数以上/u);
  });

  it('offers claims of assessments only where the set looks at them, and comparisons only that fit', async () => {
    const body = await get(`${at}/rules/1`);
    expect([body.includes('label="評価書：'), /label="申告：/u.test(body), /label="台帳：/u.test(body)]).toEqual([false, true, true]);
    await send(at, { perAssessment: 'yes' });
    expect(await get(`${at}/rules/1`)).toContain('label="評価書：');
    await send(at, { perAssessment: '' });
    expect((await stored(at)).definition).not.toHaveProperty('per');
  });

  it('and says what the check of the set finds: a rule that can never apply is told with its place', async () => {
    const rule = `${at}/rules/1`;
    await send(rule, { 'applies-1-item': 'my-number', 'applies-1-test': 'is', 'applies-1-value': 'not-held' });
    const body = await get(at);
    expect(textOf(body)).toContain('規則1「権限は利用者ごと」：「applies」が成り立つ値の組み合わせがありません');
    expect(body).toContain(`<li><a href="${at}/rules/1#applies">`);
    expect((await post(`${at}/publish`, { version: String((await stored(at)).version) })).status).toBe(422);
    expect(textOf(await get(rule))).toContain('公開する前に直すところ（1）');
    await send(rule, { 'applies-1-remove': 'yes' });
    expect((await stored(at)).definition).toMatchObject({ rules: [{ applies: { item: 'my-number', is: 'held' } }] });
  });

  it('never over what somebody else has saved: both sides are shown and one decides', async () => {
    const old = formOn(await get(`${at}/rules/1`), `${at}/rules/1`);
    await send(`${at}/rules/1`, { title: '先に直した題名', 'expects-0-value': ['per-user'] });
    const stale = await post(`${at}/rules/1`, { ...old, act: 'save', title: '後から直した題名' });
    expect(stale.status).toBe(409);
    const text = textOf(stale.body);
    for (const part of ['求めること（題名）後から直した題名先に直した題名', '・アクセス権限を設定する単位 次のいずれかである：利用者ごと、', '根拠市の要綱 第5条同じ']) expect(text).toContain(part);
    const again = formOn(stale.body, `${at}/rules/1`);
    expect((await post(`${at}/rules/1`, again)).status).toBe(303);
    expect((await stored(at)).definition).toMatchObject({ rules: [{ title: '後から直した題名', expects: { any: [{ isOneOf: ['per-user', 'per-department'] }, { atMost: 15 }] } }] });
    const head = formOn(await get(at), at);
    await send(at, { source: '改正した要綱' });
    const other = await post(at, { ...head, act: 'save', description: '別の説明' });
    expect([other.status, textOf(other.body)]).toEqual([409, expect.stringContaining('出典市の要綱改正した要綱')]);
    expect((await post(at, formOn(other.body, at))).status).toBe(303);
    expect((await stored(at)).definition).toMatchObject({ source: '市の要綱', description: '別の説明', rules: [{ title: '後から直した題名' }] });
    // More rows on an old page do not make it a new one.
    const rows = await post(at, { ...head, act: 'rows' });
    expect(formOn(rows.body, at).version).toBe(head.version);
  });

  it('loses a rule only with the version that was seen', async () => {
    const form = `${at}/rules/new`;
    await send(form, { ...TEXTS, title: '2つ目', viewpoint: 'viewpoint-2' });
    const version = String((await stored(at)).version);
    expect((await post(`${at}/rules/2/remove`, { version: '1', was: 'written-2' })).status).toBe(409);
    expect((await post(`${at}/rules/2/remove`, { version, was: 'gone' })).status).toBe(404);
    expect((await post(`${at}/rules/2/remove`, { version, was: 'written-2' })).status).toBe(303);
    expect(((await stored(at)).definition.rules as object[])).toHaveLength(1);
    expect((await web.get(`${at}/rules/2`, web.auditor)).status).toBe(404);
    expect((await web.get(`${at}/rules/0`, web.auditor)).status).toBe(404);
  });

  it.each<[string, Fields]>([['a condition that is none', { 'applies-0-kept': '{' }], ['one without an end', { 'applies-0-kept': JSON.stringify(Array.from({ length: 60 }).reduce((inner) => ({ not: inner }), {})) }], ['rows without end', Object.fromEntries(Array.from({ length: 61 }, (_, n) => [`applies-${n}-item`, 'people']))], ['a text without end', { observation: 'あ'.repeat(10_001) }]])('refuses %s, which no form of ours sends', async (_what, more) => {
    const reply = await post(`${at}/rules/1`, { ...formOn(await get(`${at}/rules/1`), `${at}/rules/1`), act: 'save', ...more });
    expect(reply.status).toBe(422);
  });

  it('is published, frozen, used from the next check on, and goes on as a new version', async () => {
    const { version } = await stored(at);
    expect((await post(`${at}/publish`, { version: String(version - 1) })).status).toBe(409);
    expect((await post(`${at}/publish`, { version: String(version) })).location).toBe(at);
    const body = await get(at);
    for (const part of ['公開済み', '「マイナンバー」が「保有する」である。', '次のいずれかに当たる（①']) expect(textOf(body)).toContain(part);
    for (const [path, fields] of [[at, HEAD], [`${at}/rules/1`, TEXTS], [`${at}/rules/1/remove`, { version: '1', was: 'written-1' }], [`${at}/discard`, { version: '1' }], [`${at}/publish`, { version: '1' }]] as const) expect([path, (await post(path, fields)).status]).toEqual([path, 403]);
    expect((await web.get(`${at}/rules/1`, web.auditor)).status).toBe(403);
    expect(textOf(await get('/checks/rules'))).toContain('みずほ野市の点検');
    expect(textOf(await get('/checks/rules/written/written-1'))).toContain('次の点検から効きます');
    await post('/checks/runs', {});
    expect(textOf(await get('/checks?ruleSet=written'))).toContain('（1着眼点・1規則）');
    expect(textOf(await get('/checks/rules/written/written-1'))).toContain('未確認（1）国民年金システム');
    expect((await post(`${at}/new-version`, { setVersion: '2026-11' })).status).toBe(422);
    const next = await post(`${at}/new-version`, { setVersion: '2027-04' });
    expect(next.status).toBe(303);
    const { definition, state } = await stored(next.location);
    expect([state, definition]).toEqual(['draft', { ...(await stored(at)).definition, version: '2027-04', validity: { from: '2026-11-21' } }]);
    expect((await post(`${next.location}/new-version`, { setVersion: '2028-04' })).status).toBe(403);
    // A version that begins later is published now and checked by from its first day on.
    await send(next.location, { from: '2027-04-01' });
    expect((await post(`${next.location}/publish`, { version: '2' })).status).toBe(303);
    expect(textOf(await get(next.location))).toContain('使う期間の外なので、いまは点検に使われません。');
    expect(textOf(await get('/checks/rules/written'))).toContain('版2026-11');
  });

  it('is thrown away with the version that was seen, and stays in the journal', async () => {
    const draft = await begin({ code: 'thrown' });
    expect((await post(`${draft}/discard`, { version: '7' })).status).toBe(409);
    expect((await post(`${draft}/discard`, { version: '1' })).location).toBe(HERE);
    expect((await web.get(draft, web.auditor)).status).toBe(404);
    const entries = await web.within((ctx) => history(ctx, { kind: 'own-rule-set', id: draft.split('/').at(-1)! }));
    expect(entries.map((one) => one.action)).toEqual(['rule-set-discarded', 'rule-set-drafted']);
  });
});

describe('own sets belong to the audit office of their organisation', () => {
  it('nobody else writes or reads drafts', async () => {
    const at = await begin({ code: 'private' });
    for (const role of ['drafter', 'section-head', 'assessment-lead', 'audit-member', 'administrator'] as const) {
      for (const path of [HERE, at, `${at}/file`, `${at}/rules/new`]) expect([role, path, (await web.get(path, web.mine.people[role])).status]).toEqual([role, path, 403]);
      expect((await web.post(at, HEAD as Record<string, string>, web.mine.people[role])).status).toBe(403);
    }
    expect(await seenByStrangers(web, [at, `${at}/file`, `${at}/rules/new`])).toEqual([]);
    const stranger = web.theirs.people['audit-secretariat'];
    for (const path of [at, `${at}/publish`, `${at}/discard`, `${at}/new-version`, `${at}/rules/new`]) {
      const fields: Record<string, string> = path === at || path.endsWith('new') ? {} : path.endsWith('new-version') ? { setVersion: '2027-04' } : { version: '1' };
      expect([path, (await web.post(path, fields, stranger)).status]).toEqual([path, 404]);
    }
    expect((await web.get(HERE, stranger)).body).not.toContain('private');
    // The same code is free for the other organisation.
    expect((await web.post(HERE, { code: 'private', setVersion: '2026-11', title: '', from: '' }, stranger)).status).toBe(303);
  });
});
