import Excel from 'exceljs';
import { newId } from '../src/kernel/ids.js';
import type { NewSystem } from '../src/systems/register-changing.js';
import { SystemRegister } from '../src/systems/register.service.js';
import { SystemClasses } from '../src/systems/system-classes.service.js';
import { xlsx, type CellInput } from './register-files.js';
import { formOn, textOf } from './small-web.js';
import { openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let audit: Person;
let drafter: Person;
let viewer: Person;
let administrator: Person;
let stranger: Person;
beforeAll(async () => {
  web = await openWeb();
  audit = await web.person('audit-secretariat', null, '監査事務局');
  drafter = await web.person('drafter', web.town.pension, '国保年金課　担当');
  viewer = await web.person('viewer', null, '閲覧');
  administrator = await web.person('administrator', null, 'システム管理者');
  stranger = await web.person('audit-secretariat', null, 'よその監査事務局', web.elsewhere);
}, 120_000);
afterAll(() => web.close());

const register = (): SystemRegister => web.app.get(SystemRegister, { strict: false });
const add = (system: Partial<NewSystem> & { name: string }, as = audit): Promise<string> => web.within(as, (ctx) => register().add(ctx, { departmentId: as.town.pension, ...system }));
const stored = (id: string) => web.within(audit, (ctx) => register().get(ctx, id));
const classes = (as = audit) => web.within(as, (ctx) => web.app.get(SystemClasses, { strict: false }).list(ctx));
const classOf = async (label: string): Promise<string> => (await classes()).find((one) => one.label === label)!.id;
/** As the page holds them, without the token of whoever opened it. */
const fieldsOn = (answer: Answer, action: string): Record<string, string | string[]> => {
  const { _csrf, ...fields } = formOn(answer.body, action);
  return fields;
};
const said = (answer: Answer): string => textOf(answer.body).replace(/\s+/gu, '');
const choiceOf = async (id: string, code: string): Promise<string> => (await stored(id)).sections.flatMap((one) => one.items).find((one) => one.code === code)!.text;

describe('classes and the months of a declaration', () => {
  it('begin with the five of an audit, are added, renamed, moved and ended', async () => {
    const first = said(await web.get('/systems/classes', administrator));
    for (const label of ['住民情報システム', '財務会計システム', '情報システム課管理・部局運用', '各部局所管', '国・道等外部機関主導']) expect(first).toContain(label);
    expect((await web.post('/systems/classes', { label: '学校', external: '' }, administrator)).location).toBe('/systems/classes?saved=yes');
    expect((await web.post('/systems/classes', { label: '学校' }, audit)).status).toBe(422);
    const empty = await web.post('/systems/classes', { label: ' ', external: 'yes' }, audit);
    expect([empty.status, empty.body.includes('<a href="#label">'), formOn(empty.body, '/systems/classes').external]).toEqual([422, true, 'yes']);
    const id = await classOf('学校');
    const order = String(fieldsOn(await web.get('/systems/classes', audit), `/systems/classes/${id}/move`).order);
    expect((await web.post(`/systems/classes/${id}/move`, { order, direction: 'up' }, audit)).status).toBe(303);
    expect((await classes()).map((one) => one.label).slice(-2)).toEqual(['学校', '国・道等外部機関主導']);
    // The order that the page showed is no longer the order there is.
    expect((await web.post(`/systems/classes/${id}/move`, { order, direction: 'up' }, administrator)).status).toBe(409);
    const version = String((await classes()).find((one) => one.id === id)!.version);
    expect((await web.post(`/systems/classes/${id}`, { version, label: '学校教育', external: '' }, audit)).status).toBe(303);
    const stale = await web.post(`/systems/classes/${id}`, { version, label: '小中学校', external: 'yes' }, administrator);
    expect(stale.status).toBe(409);
    for (const words of ['小中学校', '学校教育', '外部機関が主導する', '自ら所管する']) expect(said(stale)).toContain(words);
    const form = fieldsOn(await web.get(`/systems/classes/${id}`, audit), `/systems/classes/${id}`);
    expect(form.label).toBe('学校教育');
    const system = await add({ name: '校務', classId: id });
    expect(said(await web.get(`/systems/classes/${id}`, audit))).toContain('この区分にはシステムが1件あります');
    expect((await web.post(`/systems/classes/${id}/end`, { version: String(form.version) }, audit)).status).toBe(403);
    await web.database.query('update system set class_id = null where id = $1', [system]);
    expect((await web.post(`/systems/classes/${id}/end`, { version: String(form.version) }, audit)).status).toBe(303);
    expect(said(await web.get(`/systems/classes/${id}`, audit))).toContain('令和8年11月21日に終了しました');
    expect((await web.get('/systems/new', audit)).body).not.toContain('学校教育');
  });

  it('keep the months; what is stale by them is checked anew', async () => {
    const page = fieldsOn(await web.get('/systems/classes', audit), '/systems/classes/months');
    expect(page).toEqual({ version: '0', months: '12' });
    expect((await web.post('/systems/classes/months', { version: '0', months: '２４' }, audit)).status).toBe(303);
    for (const months of ['0', '121', 'ずっと', '1.5']) {
      const wrong = await web.post('/systems/classes/months', { version: '1', months }, audit);
      expect([months, wrong.status, formOn(wrong.body, '/systems/classes/months').months]).toEqual([months, 422, months]);
    }
    const stale = await web.post('/systems/classes/months', { version: '0', months: '6' }, administrator);
    expect([stale.status, said(stale).includes('月数624')]).toEqual([409, true]);
  });

  it('are for those who configure, of this organisation', async () => {
    const id = await classOf('各部局所管');
    expect((await web.get('/systems/classes', drafter)).status).toBe(403);
    expect((await web.get(`/systems/classes/${id}`, stranger)).status).toBe(404);
    for (const [path, fields] of [[`/systems/classes/${id}`, { version: '1', label: 'x' }], [`/systems/classes/${id}/end`, { version: '1' }], [`/systems/classes/${id}/move`, { order: `${newId()}:1`, direction: 'up' }]] as const) {
      expect([path, (await web.post(path, fields, stranger)).status]).toEqual([path, 404]);
    }
    expect((await web.get('/administration', administrator)).body).toContain('href="/systems/classes"');
    expect((await web.get('/systems/classes', administrator)).body).toContain('<a href="/administration">');
  });
});

describe('changing many at once', () => {
  it('shows what would change, and changes all of them', async () => {
    const [a, b, c] = [await add({ name: '一括あ' }), await add({ name: '一括い', register: { network: { choice: 'internal-lan' } } }), await add({ name: '一括う', departmentId: web.town.children })];
    const open = await web.get(`/systems/bulk?field=register/network&words=${encodeURIComponent('一括')}`, audit);
    expect(said(open)).toContain('すべて選ぶ（3件）');
    const form = fieldsOn(open, '/systems/bulk/preview');
    expect(form).toMatchObject({ field: 'register/network', 'value.choice': '' });
    const preview = await web.post('/systems/bulk/preview', { ...form, 'value.choice': 'internal-lan', system: [a, b, c] }, audit);
    expect(preview.status).toBe(200);
    for (const words of ['「ネットワーク」を「庁内LAN」にします。選んだ3件のうち2件が変わります', '一括あ（空）庁内LAN変わる', '一括い庁内LAN庁内LAN同じ']) expect(said(preview)).toContain(words);
    expect((await stored(a)).version).toBe(1);
    const done = await web.post('/systems/bulk', fieldsOn(preview, '/systems/bulk'), audit);
    expect(done.location).toBe('/systems/bulk?done=2');
    expect(said(await web.get(done.location, audit))).toContain('2件のシステムを変えました');
    expect(await Promise.all([choiceOf(a, 'network'), choiceOf(b, 'network'), choiceOf(c, 'network')])).toEqual(['庁内LAN', '庁内LAN', '庁内LAN']);
  });

  it('changes none when one was changed meanwhile, and names it', async () => {
    const [a, b] = [await add({ name: '先越あ' }), await add({ name: '先越い' })];
    const preview = await web.post('/systems/bulk/preview', { field: 'class', 'value.class': await classOf('各部局所管'), system: [a, b] }, audit);
    const fields = fieldsOn(preview, '/systems/bulk');
    await web.within(drafter, (ctx) => register().change(ctx, b, 1, { name: '先越いい' }));
    const stale = await web.post('/systems/bulk', fields, audit);
    expect([stale.status, said(stale).includes('「先越いい」は、国保年金課担当さんが先に変えました')]).toEqual([409, true]);
    expect([(await stored(a)).classId, (await stored(b)).classId]).toEqual([null, null]);
    // The page holds what is there now: once more, and it is done.
    expect((await web.post('/systems/bulk', fieldsOn(stale, '/systems/bulk'), audit)).location).toBe('/systems/bulk?done=2');
  });

  it('takes everything back when one of them does not fit', async () => {
    const resident = await classOf('住民情報システム');
    await add({ name: '先にいる', classId: resident, number: 31 });
    const [a, b] = [await add({ name: '入れるあ' }), await add({ name: '入れるい', number: 31 })];
    const preview = await web.post('/systems/bulk/preview', { field: 'class', 'value.class': resident, system: [a, b] }, audit);
    const wrong = await web.post('/systems/bulk', fieldsOn(preview, '/systems/bulk'), audit);
    expect([wrong.status, said(wrong).includes('「入れるい」：番号31は、同じ区分の「先にいる」が使っています')]).toEqual([422, true]);
    expect([(await stored(a)).classId, (await stored(a)).version]).toEqual([null, 1]);
  });

  it('sends back a value that does not fit, and a form without systems', async () => {
    const id = await add({ name: '直すもの' });
    const wrong = await web.post('/systems/bulk/preview', { field: 'register/people', 'value.value': 'たくさん', words: '直すもの', system: id }, audit);
    expect([wrong.status, formOn(wrong.body, '/systems/bulk/preview')['value.value'], formOn(wrong.body, '/systems/bulk/preview').system]).toEqual([422, 'たくさん', id]);
    expect(wrong.body).toContain('<a href="#value">');
    const none = await web.post('/systems/bulk/preview', { field: 'register/people', 'value.value': '5' }, audit);
    expect([none.status, said(none).includes('変えるシステムを選んでください'), none.body.includes('<a href="#systems">')]).toEqual([422, true, true]);
    expect((await web.post('/systems/bulk/preview', { field: 'colour', system: id }, audit)).status).toBe(422);
    expect((await web.post('/systems/bulk', { field: 'register/people', 'value.value': 'x', system: `${id}:1` }, audit)).status).toBe(422);
  });

  it('offers a department its own systems only, and refuses those of others', async () => {
    const other = await add({ name: 'よその課のもの', departmentId: web.town.children });
    expect((await web.get('/systems/bulk?field=register/place', drafter)).body).not.toContain('よその課のもの');
    expect((await web.post('/systems/bulk/preview', { field: 'register/place', 'value.choice': 'office', system: other }, drafter)).status).toBe(403);
    expect((await web.post('/systems/bulk', { field: 'register/place', 'value.choice': 'office', system: `${other}:1` }, drafter)).status).toBe(403);
    expect((await web.post('/systems/bulk', { field: 'register/place', 'value.choice': 'office', system: `${other}:1` }, stranger)).status).toBe(404);
    expect((await web.get('/systems/bulk', viewer)).status).toBe(403);
  });
});

describe('doubles', () => {
  it('are suggested, compared field by field, and merged', async () => {
    const into = await add({ name: '児童手当システム', number: 61, register: { people: 100, place: { choice: 'office' } } });
    const from = await add({ name: '児童手当 ｼｽﾃﾑ', departmentId: web.town.children, register: { people: 120, network: { choice: 'dedicated-line' } } });
    const page = await web.get('/systems/doubles', audit);
    expect(page.body).toMatch(new RegExp(`name="into" value="${into}"[^>]* checked`, 'u'));
    const compare = await web.get(`/systems/doubles/merge?from=${from}&into=${into}`, audit);
    for (const words of ['「児童手当ｼｽﾃﾑ」を「児童手当システム」に統合する', '100人', '120人', '専用線', '国保年金課', 'こども課']) expect(said(compare)).toContain(words);
    const form = fieldsOn(compare, '/systems/doubles/merge');
    // Only one side has a network: nothing has to be decided. Both have a number of people.
    expect([form['choice.register/network'], form['choice.register/people'], form['choice.name']]).toEqual(['from', undefined, undefined]);
    const open = await web.post('/systems/doubles/merge', { ...form, 'choice.name': 'into' }, audit);
    expect([open.status, said(open).includes('「対象となる本人の数」は「120人」と「100人」のどちらを残すかを選んでください'), formOn(open.body, '/systems/doubles/merge')['choice.name']]).toEqual([422, true, 'into']);
    expect((await web.post('/systems/doubles/merge', { ...form, 'choice.name': 'into', 'choice.register/people': 'from', 'choice.department': 'into' }, audit)).location).toBe(`/systems/${into}`);
    expect(await stored(into)).toMatchObject({ name: '児童手当システム', number: 61, departmentId: web.town.pension });
    expect([await choiceOf(into, 'people'), await choiceOf(into, 'network'), await choiceOf(into, 'place')]).toEqual(['120人', '専用線', '執務室内']);
    const gone = await web.get(`/systems/${from}`, audit);
    expect([gone.status, said(gone).includes('ほかのシステムに統合されています'), gone.body.includes(`href="/systems/${into}"`), gone.body.includes('台帳を直す')]).toEqual([200, true, true, false]);
    expect((await web.get(`/systems/${from}/register`, audit)).status).toBe(403);
    expect((await web.get(`/systems?words=${encodeURIComponent('児童手当')}`, audit)).body).not.toContain(from);
    expect((await web.get(`/systems/doubles/merge?from=${from}&into=${into}`, audit)).status).toBe(403);
  });

  it('that somebody changed meanwhile are shown anew; a merge that fails half way leaves nothing', async () => {
    const [into, from] = [await add({ name: '重なる', classId: await classOf('各部局所管'), number: 71 }), await add({ name: '重なるシステム', classId: await classOf('財務会計システム'), number: 72 })];
    const form = fieldsOn(await web.get(`/systems/doubles/merge?from=${from}&into=${into}`, audit), '/systems/doubles/merge');
    await web.within(drafter, (ctx) => register().change(ctx, into, 1, { register: { people: 5 } }));
    const choices = { 'choice.name': 'into', 'choice.class': 'from', 'choice.number': 'into', 'choice.register/people': 'into' };
    const stale = await web.post('/systems/doubles/merge', { ...form, ...choices }, audit);
    expect([stale.status, said(stale).includes('国保年金課担当さんが先に変えました')]).toEqual([409, true]);
    // In the class that was chosen somebody has the number already: refused after the double was marked, and taken back.
    await add({ name: '番号を持つ', classId: await classOf('財務会計システム'), number: 71 });
    const refused = await web.post('/systems/doubles/merge', { ...fieldsOn(stale, '/systems/doubles/merge'), ...choices }, audit);
    expect([refused.status, said(refused).includes('番号71は、同じ区分の「番号を持つ」が使っています')]).toEqual([422, true]);
    expect([(await stored(from)).mergedInto, (await stored(from)).version]).toEqual([null, 1]);
  });

  it('need two different systems, both of which the person may write', async () => {
    const [a, b] = [await add({ name: '片方' }), await add({ name: '片方システム', departmentId: web.town.children })];
    expect((await web.get(`/systems/doubles/merge?from=${a}&into=${a}`, audit)).status).toBe(422);
    expect((await web.get('/systems/doubles/merge?from=&into=', audit)).status).toBe(422);
    expect((await web.get(`/systems/doubles/merge?from=${a}&into=${b}`, stranger)).status).toBe(404);
    expect((await web.post('/systems/doubles/merge', { from: b, into: a, fromVersion: '1', intoVersion: '1' }, drafter)).status).toBe(403);
    expect((await web.get('/systems/doubles', viewer)).status).toBe(403);
  });
});

describe('the breakdown', () => {
  it('counts by class with shares, and is taken away as XLSX', async () => {
    const other = await web.person('audit-secretariat', null, '監査', web.elsewhere);
    const here = await classes(other);
    const [own, led] = [here[0]!, here[4]!];
    const systemOf = (name: string, classId: string | null, place: string) => add({ name, classId, departmentId: web.elsewhere.pension, register: { place: { choice: place }, 'operation-state': { choice: 'in-operation' } } }, other);
    const first = await systemOf('一', own.id, 'main-machine-room');
    await systemOf('二', own.id, 'office');
    await systemOf('三', led.id, 'office');
    await web.within(other, (ctx) => register().setUses(ctx, first, 1, [{ departmentId: web.elsewhere.pension, sections: 2, terminals: 10 }, { departmentId: web.elsewhere.children, sections: 3, terminals: null }]));
    const answer = await web.get('/systems/breakdown', other);
    // 2 + 1 systems; 執務室内 1 of 2, 1 of 1, 2 of 3.
    for (const words of [`内訳${own.label}${led.label}計`, 'システム213', '利用する課（延べ）505', '台数がわからない利用101', '執務室内150.0%1100.0%266.7%', '本庁舎マシンルーム150.0%0133.3%']) expect(said(answer)).toContain(words);
    const book = new Excel.Workbook();
    await book.xlsx.load((await web.get('/systems/breakdown.xlsx', other)).bytes as never);
    const rows: unknown[][] = [];
    book.worksheets[0]!.eachRow((row) => rows.push((row.values as unknown[]).slice(1)));
    expect(rows[0]).toEqual(['項目', '内訳', own.label, led.label, '計']);
    expect(rows).toContainEqual(['設置・保管場所', '執務室内', 1, 1, 2]);
    expect(rows).toContainEqual(['数と利用', '端末の台数', 10, 0, 10]);
  });

  it('says what to do while there is nothing to count', async () => {
    const fresh = await web.person('drafter', web.elsewhere.children, 'こども課', web.elsewhere);
    expect(said(await web.get('/systems/breakdown', fresh))).toContain('数えるシステムがまだありません');
  });
});

const HEAD: CellInput[] = ['区分', '所管部局', '番号', 'システム名', 'ネットワーク', '導入日'];
const fileOf = async (rows: CellInput[][], name = '台帳'): Promise<[Blob, string]> => [new Blob([new Uint8Array(await xlsx({ name, rows }))]), `${name}.xlsx`];
const begun = async (rows: CellInput[][], as = audit): Promise<string> => {
  const answer = await web.post('/systems/import', { file: await fileOf(rows) }, as);
  expect([answer.status, answer.location]).toEqual([303, expect.stringMatching(/^\/systems\/import\/[0-9a-f-]{36}$/u)]);
  return answer.location;
};

describe('the import', () => {
  it('shows every refused cell with its reason, takes what is mended, and takes over the good rows', async () => {
    const at = await begun([HEAD, ['各部局所管', '国保年金課', 801, '国保資格', '専用線', '平成30年4月1日'], ['各部局所管', 'こども家庭課', 802, '子育て', '庁内ＬＡＮ', '令和2年4月1日'], ['各部局所管', '国保年金課', '八', '学童', '電話線', '令和2年13月1日'], ['計', null, null, 3, null, null]]);
    const review = await web.get(at, audit);
    expect(review.status).toBe(200);
    for (const words of ['取り込めない行（2）', '新しく加わるシステム（1）', '台帳!C4', '台帳!E4', '台帳!F4', 'こども家庭課', '取り込めない行を除いて1件を取り込む', '読み飛ばした行（1）']) expect(said(review)).toContain(words);
    const departments = fieldsOn(review, `${at}/departments`);
    expect(departments.name).toBe('こども家庭課');
    expect((await web.post(`${at}/departments`, { ...departments, department: web.town.children }, audit)).location).toBe(at);
    const mended = await web.get(at, audit);
    for (const words of ['取り込めない行（1）', '新しく加わるシステム（2）', 'こども家庭課→福祉部こども課']) expect(said(mended)).toContain(words);
    const whole = await web.post(`${at}/take-over`, { ...fieldsOn(mended, `${at}/take-over`), withoutRefused: '' }, audit);
    expect([whole.status, said(whole).includes('取り込めない行が1行あります')]).toEqual([422, true]);
    expect((await web.post(`${at}/take-over`, fieldsOn(mended, `${at}/take-over`), audit)).location).toBe(at);
    const done = said(await web.get(at, audit));
    for (const words of ['2件のシステムを台帳に書きました', '取り込まなかった行1']) expect(done).toContain(words);
    expect(said(await web.get('/systems?words=子育て', audit))).toContain('802子育て各部局所管福祉部こども課');
    const [{ n }] = await web.database.query(`select count(*)::int as n from check_state s join system on system.id = s.system_id where system.number in (801, 802)`) as [{ n: number }];
    expect(n).toBe(2);
    // The same file once more: the mapping is remembered, and nothing changes.
    const again = said(await web.get(await begun([HEAD, ['各部局所管', '国保年金課', 801, '国保資格', '専用線', '平成30年4月1日']]), audit));
    for (const words of ['前の割当てを使いました', '変わらないシステム1', '台帳に書くものはありません']) expect(again).toContain(words);
  });

  it('lets the columns, the sheets and the options be set', async () => {
    const at = await begun([['なまえ', '所管部局', '備考', 'システム名', '番号'], ['正式な名', '国保年金課', '専用線', '通称', 811]]);
    const open = await web.get(at, audit);
    expect(said(open)).toContain('「区分」の列がありません');
    const options = fieldsOn(open, `${at}/options`);
    expect(options).toMatchObject({ take: '0', 'class.0': '', sameNumber: 'update', blanks: 'keep' });
    await web.post(`${at}/options`, { ...options, 'class.0': 'none', fillOwner: 'yes' }, audit);
    const columns = fieldsOn(await web.get(at, audit), `${at}/mapping`);
    expect(columns).toMatchObject({ 'map.台帳!A': '', 'map.台帳!B': 'owner', 'map.台帳!C': '', 'map.台帳!D': 'name' });
    const twice = await web.post(`${at}/mapping`, { ...columns, 'map.台帳!A': 'name' }, audit);
    expect([twice.status, said(twice).includes('欄「システム名」は列「なまえ」にも割り当てられています')]).toEqual([422, true]);
    expect((await web.post(`${at}/mapping`, { ...columns, 'map.台帳!A': 'name', 'map.台帳!D': '', 'map.台帳!C': 'network' }, audit)).status).toBe(303);
    const set = await web.get(at, audit);
    for (const words of ['正式な名', '専用線', '1件を取り込む']) expect(said(set)).toContain(words);
    expect((await web.post(`${at}/mapping`, columns, audit)).status).toBe(409);
    const { take: _, ...untaken } = fieldsOn(set, `${at}/options`);
    const none = await web.post(`${at}/options`, untaken, audit);
    expect(none.status).toBe(303);
    expect(said(await web.get(at, audit))).toContain('取り込む行がありません');
    expect((await web.post(`${at}/options`, { ...fieldsOn(await web.get(at, audit), `${at}/options`), sameNumber: 'x' }, audit)).status).toBe(422);
  });

  it('takes nothing over when the register has changed since it was looked at', async () => {
    const id = await add({ name: '動くもの', classId: await classOf('各部局所管'), number: 821 });
    const at = await begun([HEAD, ['各部局所管', '国保年金課', 821, '動くもの', '専用線', null]]);
    const form = fieldsOn(await web.get(at, audit), `${at}/take-over`);
    await web.within(drafter, (ctx) => register().change(ctx, id, 1, { register: { people: 3 } }));
    const stale = await web.post(`${at}/take-over`, form, audit);
    expect([stale.status, said(stale).includes('見ていた後に台帳が変わった')]).toEqual([409, true]);
    expect(await choiceOf(id, 'network')).toBe('');
    expect((await web.post(`${at}/take-over`, fieldsOn(stale, `${at}/take-over`), audit)).status).toBe(303);
    expect(await choiceOf(id, 'network')).toBe('専用線');
  });

  it('is begun with a readable file only, and can be given up', async () => {
    for (const [file, words] of [[undefined, '台帳のファイルを選んでください'], [[new Blob(['']), '空.csv'], 'ファイルが空です'], [[new Blob(['あ,い\n1,2\n']), '別.csv'], '見出しの行が見つかりません'], [[new Blob(['<html>']), '台帳.xls'], 'HTMLかXML']] as const) {
      const wrong = await web.post('/systems/import', file === undefined ? { x: [new Blob(['']), ''] as [Blob, string] } : { file: [...file] as [Blob, string] }, audit);
      expect([words, wrong.status, said(wrong).includes(words)]).toEqual([words, 422, true]);
    }
    const at = await begun([HEAD, ['各部局所管', '国保年金課', 831, '捨てるもの', null, null]]);
    expect((await web.get('/systems', audit)).body).toContain(`href="${at}"`);
    expect((await web.post(`${at}/discard`, {}, audit)).location).toBe('/systems/import');
    expect((await web.get(at, audit)).status).toBe(403);
    expect((await web.get('/systems?words=捨てるもの', audit)).body).not.toContain('>捨てるもの<');
  });

  it('belongs to the person who began it', async () => {
    const at = await begun([HEAD, ['各部局所管', '国保年金課', 841, '自分のもの', null, null]]);
    const colleague = await web.person('audit-secretariat', null, '同僚');
    for (const as of [colleague, stranger]) {
      expect((await web.get(at, as)).status).toBe(404);
      for (const [path, fields] of [['take-over', { version: '1', seal: '0'.repeat(64) }], ['discard', {}], ['mapping', { version: '1' }], ['departments', { version: '1' }], ['options', { version: '1' }]] as const) expect([path, (await web.post(`${at}/${path}`, fields, as)).status]).toEqual([path, 404]);
    }
    expect((await web.get('/systems/import', drafter)).status).toBe(403);
  });
});
