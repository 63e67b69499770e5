import Excel from 'exceljs';
import { Checking } from '../src/checks/checking.service.js';
import { Catalogue } from '../src/systems/catalogue.js';
import { Declaring } from '../src/systems/declaring.service.js';
import { SystemRegister } from '../src/systems/register.service.js';
import { SystemClasses } from '../src/systems/system-classes.service.js';
import type { NewSystem } from '../src/systems/register-changing.js';
import { formOn, textOf } from './small-web.js';
import { openWeb, type Answer, type Fields, type Person, type Web } from './web-fixture.js';

let web: Web;
let lead: Person;
let drafter: Person;
let children: Person;
let viewer: Person;
let stranger: Person;
beforeAll(async () => {
  web = await openWeb();
  lead = await web.person('assessment-lead', null, '評価統括');
  drafter = await web.person('drafter', web.town.pension, '国保年金課　担当');
  children = await web.person('drafter', web.town.children, 'こども課　担当');
  viewer = await web.person('viewer', null, '閲覧');
  stranger = await web.person('assessment-lead', null, 'よその評価統括', web.elsewhere);
}, 120_000);
afterAll(() => web.close());

let count = 0;
const add = (system: Partial<NewSystem> = {}, as = lead): Promise<string> =>
  web.within(as, (ctx) => web.app.get(SystemRegister, { strict: false }).add(ctx, { name: `見本${(count += 1)}号`, departmentId: web.town.pension, ...system }));
const stored = (id: string) => web.within(lead, (ctx) => web.app.get(SystemRegister, { strict: false }).get(ctx, id));
const classOf = async (label: string): Promise<string> => (await web.within(lead, (ctx) => web.app.get(SystemClasses, { strict: false }).list(ctx))).find((one) => one.label === label)!.id;
/** As the page holds them, without the token of whoever opened it. */
const fieldsOn = (answer: Answer, action: string): Record<string, string | string[]> => {
  const { _csrf, ...fields } = formOn(answer.body, action);
  return fields;
};
const sheetOf = async (bytes: Buffer): Promise<unknown[][]> => {
  const book = new Excel.Workbook();
  await book.xlsx.load(bytes as never);
  const rows: unknown[][] = [];
  book.worksheets[0]!.eachRow((row) => rows.push((row.values as unknown[]).slice(1)));
  return rows;
};
const IN_OPERATION = { 'operation-state': { choice: 'in-operation' } };

describe('the list', () => {
  it('says what to do first while nothing is registered', async () => {
    const empty = await web.get('/systems', await web.person('audit-secretariat', null, '監査', web.elsewhere));
    expect(textOf(empty.body)).toContain('いまのExcelの台帳があれば、取り込むことから始めます');
    expect(textOf((await web.get('/systems', await web.person('viewer', null, '閲覧', web.elsewhere))).body)).toContain('所管課か監査事務局が台帳に加えると、ここに並びます');
  });

  it('shows systems with uses and declarations, filters them and says what is listed again', async () => {
    const resident = await classOf('住民情報システム');
    const id = await add({ name: '住民記録システム', number: 7, classId: resident, departmentId: web.town.pension, register: IN_OPERATION });
    await web.within(lead, (ctx) => web.app.get(SystemRegister, { strict: false }).setUses(ctx, id, 1, [{ departmentId: web.town.pension, sections: 2, terminals: 12 }, { departmentId: web.town.children, sections: 1, terminals: null }]));
    await add({ name: '庁内基盤', kind: 'platform' });
    const all = textOf((await web.get('/systems', lead)).body);
    for (const words of ['住民記録システム', '住民情報システム', '福祉部 国保年金課', '稼働中', '0/96', '点検前', '庁内基盤 共通基盤']) expect(all).toContain(words);
    const row = /<td class="number">7<\/td>.*?<\/tr>/su.exec((await web.get('/systems', lead)).body)![0];
    // 2 + 1 sections; 12 terminals and a number nobody knows.
    expect(textOf(row)).toContain('3＋12＋');
    const again = textOf((await web.get(`/systems?department=${web.town.children}`, lead)).body);
    expect(again).toContain('1件（所管 0件、再掲 1件');
    expect(again).toContain('住民記録システム 再掲');
    for (const [query, found] of [[`class=${resident}`, true], ['class=none', false], ['state=ended', false], ['state=in-operation', true], ['kind=platform', false], [`words=${encodeURIComponent('住民')}`, true], ['words=zzz', false]] as const) {
      expect([query, (await web.get(`/systems?${query}`, lead)).body.includes('>住民記録システム</a>')]).toEqual([query, found]);
    }
    expect(textOf((await web.get('/systems?words=zzz', lead)).body)).toContain('条件に合うシステムはありません');
    expect((await web.get('/systems?class=x', lead)).status).toBe(422);
  });

  it('is sorted by any column, over all pages', async () => {
    for (const name of ['並べい', '並べろ', '並べは']) await add({ name });
    const order = async (sort: string): Promise<string[]> => [...(await web.get(`/systems?words=${encodeURIComponent('並べ')}&sort=${sort}`, lead)).body.matchAll(/>(並べ.)<\/a>/gu)].map((one) => one[1]!);
    expect(await order('name')).toEqual(['並べい', '並べは', '並べろ']);
    expect(await order('-name')).toEqual(['並べろ', '並べは', '並べい']);
    expect((await web.get('/systems?sort=name', lead)).body).toContain('aria-sort="ascending"');
    // 50 a page: the last in the order of names stands on the second page.
    for (let n = 0; n < 52; n += 1) await add({ name: `頁${String(n).padStart(2, '0')}` });
    const second = await web.get(`/systems?words=${encodeURIComponent('頁')}&sort=name&page=2`, lead);
    expect([...second.body.matchAll(/>(頁\d\d)<\/a>/gu)].map((one) => one[1])).toEqual(['頁50', '頁51']);
    expect(second.body).toContain('aria-current="page">2</a>');
    await web.database.query(`delete from system where name like '頁%' or name like '並べ%'`);
  });

  it('is taken away as XLSX and as an exchange file, as far as it is filtered', async () => {
    const book = await web.get(`/systems/register.xlsx?words=${encodeURIComponent('住民記録')}`, viewer);
    expect([book.status, String(book.headers['content-type'])]).toEqual([200, 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet']);
    const rows = await sheetOf(book.bytes);
    expect(rows[0]!.slice(0, 3)).toEqual(['区分', '番号', 'システム名']);
    // One line for the system, one for the department that uses it besides.
    expect(rows.slice(1).map((row) => row[2] ?? '')).toEqual(['住民記録システム', '']);
    const exchange = JSON.parse((await web.get(`/systems/exchange.json?words=${encodeURIComponent('住民記録')}`, viewer)).body) as { systems: { name: string }[] };
    expect(exchange.systems.map((one) => one.name)).toEqual(['住民記録システム']);
  });

  it('offers a person what that person may do, and a department only its own systems', async () => {
    const other = await add({ name: '児童手当システム', departmentId: web.town.children });
    const own = (await web.get('/systems', drafter)).body;
    expect(own).toContain('住民記録システム');
    expect(own).not.toContain('児童手当システム');
    expect([own.includes('href="/systems/new"'), own.includes('href="/systems/import"'), own.includes('href="/systems/classes"')]).toEqual([true, false, false]);
    const read = (await web.get('/systems', viewer)).body;
    expect(['/systems/new', '/systems/import', '/systems/bulk', '/systems/doubles', '/systems/classes'].filter((href) => read.includes(`href="${href}"`))).toEqual([]);
    expect(read).not.toContain('× 不適合');
    expect((await web.get(`/systems/${other}`, drafter)).status).toBe(403);
    expect((await web.get(`/systems/${other}`, stranger)).status).toBe(404);
    expect((await web.get('/systems', stranger)).body).not.toContain('住民記録システム');
  });
});

const NEW: Fields = { name: '就学援助システム', kind: 'system', number: '', class: '', 'item.operation-state.choice': 'in-operation' };

describe('adding and changing', () => {
  it('adds a system with items of every kind, and checks it at once', async () => {
    const open = await web.get('/systems/new', drafter);
    const fields = fieldsOn(open, '/systems');
    expect(fields).toMatchObject({ department: web.town.pension, kind: 'system', 'item.place.choice': '' });
    const answer = await web.post('/systems', {
      ...fields, ...NEW, number: '４０', class: await classOf('各部局所管'), 'item.people.value': '１，２００', 'item.introduced-on.value': '平成30年4月1日', 'item.purpose.value': '就学援助の認定\r\nと支給', 'item.access-granting.choice': 'other', 'item.access-granting.text': 'USBの鍵',
    }, drafter);
    expect(answer.status).toBe(303);
    const id = answer.location.split('/')[2]!;
    expect(await stored(id)).toMatchObject({ name: '就学援助システム', number: 40, classLabel: '各部局所管', departmentId: web.town.pension });
    const texts = Object.fromEntries((await stored(id)).sections.flatMap((one) => one.items).map((one) => [one.code, one.text]));
    expect(texts).toMatchObject({ people: '1,200人', 'introduced-on': '平成30年4月1日', 'access-granting': 'その他（USBの鍵）' });
    const [run] = await web.database.query(`select occasion from check_run where scope_id = $1`, [id]) as { occasion: string }[];
    expect(run).toEqual({ occasion: 'changed' });
  });

  it('keeps everything typed and names every fault with its place', async () => {
    const answer = await web.post('/systems', {
      ...NEW, name: '', number: 'たくさん', department: web.town.pension, 'item.people.value': '多数', 'item.introduced-on.value': '令和8年2月30日', 'item.purpose.value': '残る文', 'item.access-granting.choice': 'individual-id', 'item.access-granting.text': '余分',
    }, drafter);
    expect(answer.status).toBe(422);
    for (const href of ['#name', '#number', '#i-people', '#i-introduced-on', '#i-access-granting']) expect(answer.body).toContain(`<a href="${href}">`);
    expect(fieldsOn(answer, '/systems')).toMatchObject({ number: 'たくさん', 'item.people.value': '多数', 'item.introduced-on.value': '令和8年2月30日', 'item.purpose.value': '残る文', 'item.access-granting.text': '余分', 'item.operation-state.choice': 'in-operation' });
    expect(textOf(answer.body)).toContain('直すところが5か所あります');
  });

  it.each<[string, Fields, string]>([
    ['another department', { department: 'children' }, ''],
    ['no department', { department: '' }, '所管課を選んでください'],
    ['an unknown class', { class: 'x' }, '区分を選び直してください'],
    ['an unknown kind', { kind: 'cloud' }, 'システムか共通基盤'],
    ['an unknown option', { 'item.place.choice': 'moon' }, '選択肢から1つ選んでください'],
  ])('refuses %s', async (_what, wrong, words) => {
    const fields = { ...NEW, department: web.town.pension, ...wrong };
    const answer = await web.post('/systems', fields.department === 'children' ? { ...fields, department: web.town.children } : fields, drafter);
    expect(answer.status).toBe(words === '' ? 403 : 422);
    expect(textOf(answer.body)).toContain(words);
  });

  it('changes a system and shows it in the history with both sides', async () => {
    const id = await add({ name: '前の名前', register: { people: 10 } }, drafter);
    const form = fieldsOn(await web.get(`/systems/${id}/register`, drafter), `/systems/${id}/register`);
    expect((await web.post(`/systems/${id}/register`, { ...form, name: '後の名前', 'item.people.value': '2,000', 'item.place.choice': 'office' }, drafter)).location).toBe(`/systems/${id}`);
    const text = textOf((await web.get(`/systems/${id}/history`, drafter)).body);
    for (const words of ['国保年金課 担当', '名称', '変更前前の名前変更後後の名前', '変更前10人変更後2,000人', '変更前（空）変更後執務室内']) expect(text).toContain(words);
    const only = textOf((await web.get(`/systems/${id}/history?path=register/people`, drafter)).body);
    expect([only.includes('「対象となる本人の数」の履歴'), only.includes('2,000人'), only.includes('執務室内')]).toEqual([true, true, false]);
  });

  it('shows both sides of a stale save, and saves what the person chose for each field', async () => {
    const id = await add({ name: '競う', register: { people: 10, purpose: 'もとの目的' } });
    const form = fieldsOn(await web.get(`/systems/${id}/register`, drafter), `/systems/${id}/register`);
    const theirs = fieldsOn(await web.get(`/systems/${id}/register`, lead), `/systems/${id}/register`);
    await web.post(`/systems/${id}/register`, { ...theirs, name: '統括の名前', 'item.people.value': '20' }, lead);
    const stale = await web.post(`/systems/${id}/register`, { ...form, name: '担当の名前', 'item.purpose.value': '担当の目的' }, drafter);
    expect(stale.status).toBe(409);
    const text = textOf(stale.body);
    for (const words of ['評価統括さんが', '担当の名前', '統括の名前', '担当の目的', 'もとの目的', '20人', '10人']) expect(text).toContain(words);
    expect((await stored(id)).name).toBe('統括の名前');
    const again = fieldsOn(stale, `/systems/${id}/register`);
    // Only one side changed: that side is proposed. Both changed: nothing is.
    expect([again['keep.name'], again['keep.register/people'], again['keep.register/purpose']]).toEqual([undefined, 'theirs', 'mine']);
    expect((await web.post(`/systems/${id}/register`, { ...again, 'keep.name': 'mine' }, drafter)).status).toBe(303);
    const now = await stored(id);
    expect([now.name, ...now.sections.flatMap((one) => one.items).filter((one) => ['people', 'purpose'].includes(one.code)).map((one) => one.text)]).toEqual(['担当の名前', '担当の目的', '20人']);
    // The version of the page with both sides is used up as well.
    expect((await web.post(`/systems/${id}/register`, { ...again, 'keep.name': 'theirs', name: '三つ目' }, drafter)).status).toBe(409);
  });

  it('says so when the same is stored already', async () => {
    const id = await add({ name: '同じ' });
    const form = fieldsOn(await web.get(`/systems/${id}/register`, lead), `/systems/${id}/register`);
    await web.post(`/systems/${id}/register`, { ...form, name: '同じ名前' }, drafter);
    const stale = await web.post(`/systems/${id}/register`, { ...form, name: '同じ名前' }, lead);
    expect([stale.status, textOf(stale.body).includes('同じ内容が、もう保存されています')]).toEqual([409, true]);
  });

  it('is only for who may write: others see no form and change nothing', async () => {
    const id = await add({ name: '固い' });
    for (const path of ['register', 'uses', 'contracts', 'inheritance']) {
      expect([path, (await web.get(`/systems/${id}/${path}`, children)).status, (await web.get(`/systems/${id}/${path}`, viewer)).status, (await web.get(`/systems/${id}/${path}`, stranger)).status]).toEqual([path, 403, 403, 404]);
      expect([path, (await web.post(`/systems/${id}/${path}`, { version: '1', name: 'x', kind: 'system', department: web.town.pension }, children)).status, (await web.post(`/systems/${id}/${path}`, { version: '1' }, stranger)).status]).toEqual([path, 403, 404]);
    }
    expect((await stored(id)).version).toBe(1);
    expect((await web.post(`/systems/${id}/register`, { version: 'x' }, drafter)).status).toBe(422);
    expect((await web.get('/systems/not-an-id', lead)).status).toBe(404);
  });

  it('ends a system with its day; an ended one says how to come back', async () => {
    const id = await add({ name: '終わる', register: IN_OPERATION });
    for (const [on, words] of [['', '廃止した日を入れてください'], ['きのう', '日付として読めません']] as const) {
      const wrong = await web.post(`/systems/${id}/end`, { version: '1', on }, drafter);
      expect([wrong.status, textOf(wrong.body).includes(words)]).toEqual([422, true]);
    }
    expect((await web.post(`/systems/${id}/end`, { version: '1', on: '令和8年3月31日' }, drafter)).status).toBe(303);
    expect(await stored(id)).toMatchObject({ ended: true });
    expect(textOf((await web.get(`/systems/${id}/register`, drafter)).body)).toContain('もう一度使うときは');
    expect((await web.post(`/systems/${id}/end`, { version: '1', on: '令和8年4月1日' }, drafter)).status).toBe(409);
  });
});

describe('uses, contracts and inheritance', () => {
  it('are written row by row, blank rows fall away, and more rows come without saving', async () => {
    const id = await add({ name: '行のある' });
    const more = await web.post(`/systems/${id}/uses`, { version: '1', act: 'more', department: [web.town.pension, ''], sections: ['2', ''], terminals: ['', ''] }, drafter);
    expect([more.status, (more.body.match(/name="sections"/gu) ?? []).length, (await stored(id)).version]).toEqual([200, 11, 1]);
    expect((await web.post(`/systems/${id}/uses`, { version: '1', department: ['', web.town.pension, web.town.children], sections: ['', '２', ''], terminals: ['', '1,200', '3'] }, drafter)).location).toBe(`/systems/${id}#uses`);
    // In the order of the departments: こども課 before 国保年金課.
    expect((await stored(id)).uses.map(({ departmentId, sections, terminals, listedAgain }) => ({ departmentId, sections, terminals, listedAgain }))).toEqual([
      { departmentId: web.town.children, sections: null, terminals: 3, listedAgain: true }, { departmentId: web.town.pension, sections: 2, terminals: 1200, listedAgain: false },
    ]);
    expect(textOf((await web.get(`/systems/${id}`, drafter)).body)).toContain('福祉部 こども課 再掲不明3台');
    expect((await web.post(`/systems/${id}/contracts`, { version: '2', title: ['保守委託', ''], contractor: ['委託先', ''], clause: ['no', ''], begins: ['令和8年4月1日', ''], ends: ['2027-03-31', ''] }, drafter)).status).toBe(303);
    expect((await stored(id)).contracts).toEqual([{ title: '保守委託', contractor: '委託先', personalInformationClause: false, beginsOn: '2026-04-01', endsOn: '2027-03-31' }]);
    expect(fieldsOn(await web.get(`/systems/${id}/contracts`, drafter), `/systems/${id}/contracts`)).toMatchObject({ begins: ['令和8年4月1日', '', '', ''], clause: ['no', '', '', ''] });
  });

  it('names faults at their cells and keeps what was typed', async () => {
    const id = await add({ name: '誤る' });
    const uses = await web.post(`/systems/${id}/uses`, { version: '1', department: ['', web.town.pension, web.town.pension], sections: ['3', '多い', '-1'], terminals: ['', '', ''] }, drafter);
    expect(uses.status).toBe(422);
    for (const href of ['#department-1', '#sections-2', '#department-3', '#sections-3']) expect(uses.body).toContain(`<a href="${href}">`);
    expect(fieldsOn(uses, `/systems/${id}/uses`)).toMatchObject({ sections: ['3', '多い', '-1', '', '', ''] });
    const contracts = await web.post(`/systems/${id}/contracts`, { version: '1', title: '', contractor: 'だれか', clause: '', begins: '令和8年13月1日', ends: '' }, drafter);
    expect(contracts.status).toBe(422);
    for (const href of ['#title-1', '#begins-1']) expect(contracts.body).toContain(`<a href="${href}">`);
    const backwards = await web.post(`/systems/${id}/contracts`, { version: '1', title: '逆', contractor: '', clause: '', begins: '2027-04-01', ends: '2026-04-01' }, drafter);
    expect(backwards.body).toContain('<a href="#ends-1">');
  });

  it('shows both lists of a stale save', async () => {
    const id = await add({ name: '二人' });
    await web.post(`/systems/${id}/uses`, { version: '1', department: web.town.children, sections: '1', terminals: '5' }, lead);
    const mine = { department: web.town.pension, sections: '2', terminals: '' };
    const stale = await web.post(`/systems/${id}/uses`, { version: '1', ...mine }, drafter);
    expect(stale.status).toBe(409);
    for (const words of ['福祉部 国保年金課 2課 台数不明', '福祉部 こども課 1課 5台']) expect(textOf(stale.body)).toContain(words);
    const again = fieldsOn(stale, `/systems/${id}/uses`);
    expect(again).toMatchObject({ version: '2', ...mine });
    expect((await web.post(`/systems/${id}/uses`, again, drafter)).status).toBe(303);
    expect((await stored(id)).uses.map((one) => one.departmentId)).toEqual([web.town.pension]);
    await web.post(`/systems/${id}/contracts`, { version: '3', title: '一つ目', contractor: '', clause: '', begins: '', ends: '' }, lead);
    expect(textOf((await web.post(`/systems/${id}/contracts`, { version: '3', title: '二つ目', contractor: '', clause: 'yes', begins: '', ends: '' }, drafter)).body)).toContain('二つ目 個人情報の条項：あり');
  });

  it('takes platforms in their order, and refuses a circle in the form', async () => {
    const [below, above, id] = [await add({ name: 'データセンター', kind: 'platform' }), await add({ name: '共通の基盤', kind: 'platform' }), await add({ name: '載る' })];
    expect((await web.post(`/systems/${above}/inheritance`, { version: '1', platform: [below, ''] }, lead)).status).toBe(303);
    expect((await web.post(`/systems/${id}/inheritance`, { version: '1', platform: ['', above] }, drafter)).status).toBe(303);
    const text = textOf((await web.get(`/systems/${id}`, drafter)).body);
    expect(text).toContain('共通の基盤');
    expect(text).toContain('データセンター （さらに下の基盤）');
    const circle = await web.post(`/systems/${below}/inheritance`, { version: '1', platform: above }, lead);
    expect([circle.status, textOf(circle.body).includes('引継ぎが一回りします')]).toEqual([422, true]);
    const twice = await web.post(`/systems/${id}/inheritance`, { version: '2', platform: [above, above] }, drafter);
    expect([twice.status, twice.body.includes('<a href="#platform-2">')]).toEqual([422, true]);
    expect(textOf((await web.get(`/systems/${above}`, lead)).body)).toContain('この基盤に載るシステム');
    expect(textOf((await web.get(`/systems/${above}/register`, lead)).body)).toContain('統制を引き継ぐシステムが1件ある');
    await web.post(`/systems/${id}/inheritance`, { version: '2', platform: '' }, drafter);
    const stale = await web.post(`/systems/${id}/inheritance`, { version: '2', platform: below }, lead);
    expect([stale.status, textOf(stale.body).includes('データセンター （空）')]).toEqual([409, true]);
  });
});

describe('the sheet of a system', () => {
  it('leads whoever may act to the next step, and shows where the system fails', async () => {
    const id = await add({ name: '点検される', register: { ...IN_OPERATION, 'my-number': { choice: 'held' }, 'personal-information': { choice: 'held' } } });
    const before = textOf((await web.get(`/systems/${id}`, drafter)).body);
    for (const words of ['次にすること', '台帳の項目を埋める', '必須で空の項目', '本体の種別', 'まだ点検していません', '申告なし96']) expect(before).toContain(words);
    const form = fieldsOn(await web.get(`/systems/${id}/register`, drafter), `/systems/${id}/register`);
    await web.post(`/systems/${id}/register`, {
      ...form, 'item.host-kind.choice': 'pc', 'item.place.choice': 'office', 'item.network.choice': 'encrypted-internet', 'item.virus-protection.choice': 'absent', 'item.access-granting.choice': 'none', 'item.outsourcing.choice': 'not-outsourced',
    }, drafter);
    const body = (await web.get(`/systems/${id}`, drafter)).body;
    const after = textOf(body);
    for (const words of ['統制を申告する', '申告していない統制が96件', '点検の結果', 'すべての規則を見る']) expect(after).toContain(words);
    // Without protection, on an open line, with access for anybody: some rule fails, and says why.
    const failing = /<p>× 不適合<\/p><p class="figure-number bad">(\d+)<\/p>/u.exec(body)![1]!;
    expect(Number(failing)).toBeGreaterThan(0);
    expect(body).toContain(`href="/checks/systems/${id}/`);
    const list = (await web.get(`/systems?words=${encodeURIComponent('点検される')}`, drafter)).body;
    expect(textOf(list)).toContain(`×${failing}`);
    // Who only reads is told of nothing to do, and sees no results of checks without the right to.
    const read = (await web.get(`/systems/${id}`, viewer)).body;
    expect([read.includes('次にすること'), read.includes('点検の結果'), read.includes('台帳を直す')]).toEqual([false, false, false]);
  });

  it('names the failing rules by gravity, at most ten', async () => {
    const [{ id }] = await web.database.query(`select id from system where name = '点検される'`) as [{ id: string }];
    const { body } = await web.get(`/systems/${id}`, lead);
    const tones = [...body.matchAll(/class="chip (red|amber|)">(?:重い|中くらい|軽い)/gu)].map((one) => ['red', 'amber', ''].indexOf(one[1]!));
    expect(tones.length).toBeGreaterThan(0);
    expect(tones.length).toBeLessThanOrEqual(10);
    expect(tones).toEqual([...tones].sort((a, b) => a - b));
  });

  it('leads the section head to what waits for approval, and whoever declares to what has become stale', async () => {
    const head = await web.person('section-head', web.town.pension, '国保年金課　課長');
    const register = Object.fromEntries(['host-kind:pc', 'place:office', 'network:stand-alone', 'virus-protection:present', 'access-granting:individual-id', 'personal-information:held', 'my-number:not-held', 'outsourcing:not-outsourced'].map((one) => [one.split(':')[0]!, { choice: one.split(':')[1]! }]));
    const id = await add({ name: '申告のある', register: { ...IN_OPERATION, ...register } });
    const [control] = web.app.get(Catalogue, { strict: false }).livingControls('2026-11-21').filter(({ item }) => item.kind === 'choice');
    await web.within(drafter, (ctx) => web.app.get(Declaring, { strict: false }).declare(ctx, id, control!.code, { value: { choice: [...control!.options!.keys()][0]! }, declaredOn: '2026-11-01', note: '', seenVersion: 0 }));
    const waiting = await web.get(`/systems/${id}`, head);
    expect([textOf(waiting.body).includes('あなたの承認を待つ申告が1件あります'), waiting.body.includes(`href="/systems/approvals?system&#x3D;${id}"`)]).toEqual([true, true]);
    expect((await web.get('/systems', head)).body).toContain('href="/systems/approvals"');
    // Longer ago than the twelve months for which a declaration holds.
    await web.database.query(`update declaration set declared_on = '2025-11-20' where system_id = $1`, [id]);
    expect(textOf((await web.get(`/systems/${id}`, drafter)).body)).toContain('申告していない統制が95件、期限が切れた申告が1件あります');
  });

  it('of a platform has no results; its change is checked in the systems upon it', async () => {
    const [platform, id] = [await add({ name: '下の基盤', kind: 'platform' }), await add({ name: '上の業務', register: IN_OPERATION })];
    await web.post(`/systems/${id}/inheritance`, { version: '1', platform }, lead);
    await web.within(lead, (ctx) => web.app.get(Checking, { strict: false }).run(ctx, { scope: 'system', id }));
    const body = (await web.get(`/systems/${platform}`, lead)).body;
    expect([body.includes('点検の結果'), textOf(body).includes('上の業務')]).toEqual([false, true]);
  });
});

describe('assessments of a system', () => {
  it('suggests those that write its name, links and unlinks them, and checks anew', async () => {
    const form = web.forms.get('basic', '2024-10');
    const names = form.items.find(({ item }) => (item.kind === 'text-list' || item.kind === 'text') && item.prefilledFrom === undefined && item.label.includes('システムの名称'))!;
    const value = names.item.kind === 'text-list' ? ['名寄せ管理システム'] : '名寄せ管理システム';
    const assessment = await web.document(drafter, 'basic', '2024-10', { rows: [], answers: { [names.code]: value } }, '名寄せの事務');
    const unrelated = await web.document(drafter, 'basic', '2024-10', { rows: [], answers: {} }, '別の事務');
    const id = await add({ name: '名寄せ管理', register: IN_OPERATION });
    const open = textOf((await web.get(`/systems/${id}/assessments`, drafter)).body);
    expect(open).toContain('名前が書かれている評価書（1）');
    expect(open).toContain('名寄せの事務');
    expect(open).not.toContain('別の事務');
    const found = (await web.get(`/systems/${id}/assessments?words=${encodeURIComponent('別の')}`, drafter)).body;
    expect(found).toContain('別の事務');
    expect((await web.post(`/systems/${id}/assessments/link`, { assessment }, drafter)).location).toBe(`/systems/${id}/assessments`);
    expect(textOf((await web.get(`/systems/${id}/assessments`, drafter)).body)).toContain('結び付けた評価書（1）名寄せの事務');
    expect(textOf((await web.get(`/systems/${id}`, viewer)).body)).toContain('名寄せの事務');
    expect((await web.get(`/systems/${id}/assessments`, viewer)).body).not.toMatch(/assessments\/(?:un)?link"/u);
    expect((await web.post(`/systems/${id}/assessments/link`, { assessment: unrelated }, children)).status).toBe(403);
    expect((await web.post(`/systems/${id}/assessments/link`, { assessment: unrelated }, stranger)).status).toBe(404);
    expect((await web.post(`/systems/${id}/assessments/link`, { assessment: 'x' }, drafter)).status).toBe(422);
    await web.post(`/systems/${id}/assessments/unlink`, { assessment }, drafter);
    expect(textOf((await web.get(`/systems/${id}/assessments`, drafter)).body)).toContain('結び付けた評価書（0）');
    const history = textOf((await web.get(`/systems/${id}/history`, drafter)).body);
    for (const words of ['評価書と結び付けた', '評価書との結び付きを外した', '名寄せの事務']) expect(history).toContain(words);
  });
});
