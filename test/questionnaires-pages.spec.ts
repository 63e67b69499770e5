import { newId } from '../src/kernel/ids.js';
import { openWeb, elementsOf, type Person, type Web } from './web-fixture.js';
import { formOn, textOf } from './small-web.js';

/** The pages of the audit office about questionnaires, over the real web and database. みずほ野市: 国保年金課 and こども課. */
describe('questionnaires, the side of the secretariat', () => {
  let web: Web;
  let office: Person;
  let clerk: Person;
  let member: Person;
  let stranger: Person;

  beforeAll(async () => {
    web = await openWeb();
    office = await web.person('audit-secretariat', null, '監査事務局　担当');
    clerk = await web.person('drafter', web.town.pension, '国保年金課　担当');
    member = await web.person('audit-member', null, '監査委員');
    stranger = await web.person('audit-secretariat', null, '町の監査事務局', web.elsewhere);
  }, 120_000);
  afterAll(() => web.close());

  const versionOf = async (id: string): Promise<string> => String((await web.database.query('select version from questionnaire where id = $1', [id]) as { version: number }[])[0]!.version);
  const begin = async (fields: Record<string, string> = {}): Promise<string> => {
    const made = await web.post('/questionnaires', { auditId: '', beginning: 'blank', title: '端末の調査', purpose: '端末の管理を調べる', per: 'department', referenceOn: '2026-10-01', dueOn: '2026-12-10', ...fields }, office);
    expect(made.status).toBe(303);
    return /questionnaires\/([0-9a-f-]{36})\/edit/.exec(made.location)![1]!;
  };
  const addQuestion = async (id: string, fields: Record<string, string>): Promise<string> => {
    const form = formOn((await web.get(`/questionnaires/${id}/edit/questions/new?section=s-1&kind=${fields.kind}`, office)).body, `/questionnaires/${id}/edit/questions`);
    const added = await web.post(`/questionnaires/${id}/edit/questions`, { ...form, act: 'save', ...fields }, office);
    expect([added.status, textOf(added.body).slice(0, 300)]).toEqual([303, '']);
    return added.location.split('#q-')[1]!;
  };
  const sent = async (): Promise<{ id: string; responses: { id: string; department: string }[] }> => {
    const id = await begin();
    await addQuestion(id, { kind: 'number', label: '端末の台数', unit: '台', required: 'yes' });
    await addQuestion(id, { kind: 'checks', label: '端末の管理', required: 'yes', 'option-0-label': '画面を閉じている', 'option-1-label': '特に行っていない', 'option-1-exclusive': 'yes', 'option-2-label': 'その他', 'option-2-text': 'yes' });
    const done = await web.post(`/questionnaires/${id}/send`, { version: await versionOf(id), dueOn: '2026-12-10', recipient: [`${web.town.pension}/`, `${web.town.children}/`] }, office);
    expect(done.location).toBe(`/questionnaires/${id}?done=sent-2`);
    return { id, responses: await web.database.query('select id, department_id as department from questionnaire_response where questionnaire_id = $1 order by department_id = $2 desc', [id, web.town.pension]) };
  };
  /** The department answers through its own pages: here as it stands in the tables afterwards. */
  const handedIn = async (response: string, id: string): Promise<void> => {
    const [{ definition }] = await web.database.query('select definition from questionnaire where id = $1', [id]) as [{ definition: { sections: { blocks: { items: { code: string; kind: string; options?: string }[] }[] }[]; optionSets: Record<string, { code: string }[]> } }];
    for (const item of definition.sections[0]!.blocks[0]!.items) {
      const value = item.kind === 'number' ? 12 : { checked: [definition.optionSets[item.options!]![0]!.code] };
      await web.database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, $3, $4, now(), '担当')`, [response, web.town.organisation, item.code, JSON.stringify(value)]);
    }
    await web.database.query(`update questionnaire_response set status = 'submitted', submitted_at = '2026-11-21T00:30:00Z', submitted_by_name = '国保年金課　担当', version = version + 1 where id = $1`, [response]);
  };

  describe('beginning and building', () => {
    it('begins from nothing and asks questions of every kind, without script', async () => {
      const id = await begin();
      for (const kind of ['text', 'long-text', 'number', 'date', 'date-text', 'date-range', 'text-list']) await addQuestion(id, { kind, label: `問い ${kind}` });
      await addQuestion(id, { kind: 'fixed', label: 'はじめに', text: '課の様子を思い浮かべて答えてください。' });
      await addQuestion(id, { kind: 'table', label: '契約の内訳', 'column-0-label': '契約', 'column-1-label': '金額', 'column-1-kind': 'number' });
      const choice = await addQuestion(id, { kind: 'choice', label: '委託', required: 'yes', 'option-0-label': 'している', 'option-1-label': 'していない' });
      const shown = elementsOf((await web.get(`/questionnaires/${id}/edit`, office)).body);
      expect(shown.whole()).toContain('9問');
      const open = formOn((await web.get(`/questionnaires/${id}/edit/questions/new?section=s-1&kind=number`, office)).body, `/questionnaires/${id}/edit/questions`);
      const option = (await web.get(`/questionnaires/${id}/edit/questions/${choice}`, office)).body.match(/name="option-0-code" value="([^"]+)"/u)![1]!;
      const hidden = await web.post(`/questionnaires/${id}/edit/questions`, { ...open, act: 'save', label: '契約の数', when: `${choice}|${option}` }, office);
      expect(hidden.status).toBe(303);
      const preview = await web.get(`/questionnaires/${id}/preview`, office);
      expect(preview.status).toBe(200);
      expect(textOf(preview.body)).toContain('条件：「委託」が「している」のとき');
      // The option and the question by which another is shown cannot go.
      expect(textOf((await web.post(`/questionnaires/${id}/edit/questions/${choice}/remove`, { version: await versionOf(id) }, office)).body)).toContain('先に「契約の数」の条件を外してください');
      const form = formOn((await web.get(`/questionnaires/${id}/edit/questions/${choice}`, office)).body, `/questionnaires/${id}/edit/questions/${choice}`);
      expect(textOf((await web.post(`/questionnaires/${id}/edit/questions/${choice}`, { ...form, act: 'save', 'option-0-label': '', 'option-2-label': 'わからない' }, office)).body)).toContain('選択肢「している」で「契約の数」を出すかどうかが決まります');
      expect((await web.post(`/questionnaires/${id}/edit/questions/${choice}/move`, { version: await versionOf(id), by: 'up' }, office)).status).toBe(303);
    });

    it('adds, changes, moves and removes sections', async () => {
      const id = await begin();
      expect((await web.post(`/questionnaires/${id}/edit/sections`, { version: '1', title: '端末' }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/edit/sections`, { version: '2', title: ' ' }, office)).status).toBe(422);
      expect((await web.post(`/questionnaires/${id}/edit/sections/s-2`, { version: '2', title: '端末の管理', note: '基準日の状況' }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/edit/sections/s-2/move`, { version: '3', by: 'up' }, office)).status).toBe(303);
      expect((await web.get(`/questionnaires/${id}/edit/sections/s-2`, office)).body).toContain('端末の管理');
      expect((await web.post(`/questionnaires/${id}/edit/sections/s-1/remove`, { version: '4' }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/edit/sections/s-2/remove`, { version: '5' }, office)).status).toBe(403);
      expect((await web.post(`/questionnaires/${id}/edit/sections/gone`, { version: '5', title: '章', note: '' }, office)).status).toBe(404);
    });

    it('shows the form of a question again with everything typed and the error at its field', async () => {
      const id = await begin();
      const form = formOn((await web.get(`/questionnaires/${id}/edit/questions/new?section=s-1&kind=number`, office)).body, `/questionnaires/${id}/edit/questions`);
      const refused = await web.post(`/questionnaires/${id}/edit/questions`, { ...form, act: 'save', label: ' ', unit: '台', min: '多数', help: '数えかた' }, office);
      expect(refused.status).toBe(422);
      expect(textOf(refused.body)).toContain('「最小」の「多数」を数として読めません');
      expect(formOn(refused.body, `/questionnaires/${id}/edit/questions`)).toMatchObject({ unit: '台', min: '多数', help: '数えかた' });
      const more = await web.post(`/questionnaires/${id}/edit/questions`, { ...form, kind: 'choice', act: 'rows', label: '委託', 'option-0-label': '甲', 'option-1-label': '乙', 'option-2-label': '丙', 'option-3-label': '丁' }, office);
      expect(more.body).toContain('option-6-label');
      expect((await web.post(`/questionnaires/${id}/edit/questions`, { ...form, kind: 'choice', act: 'save', label: '委託', 'option-0-label': '甲' }, office)).status).toBe(422);
      expect((await web.post(`/questionnaires/${id}/edit/questions`, { ...form, kind: 'table', act: 'save', label: '表' }, office)).status).toBe(422);
      expect((await web.post(`/questionnaires/${id}/edit/questions`, { ...form, act: 'save', label: '数', version: 'x' }, office)).status).toBe(422);
    });

    it('shows both texts when somebody else was faster, and lets the person decide', async () => {
      const id = await begin();
      const code = await addQuestion(id, { kind: 'text', label: '担当する係' });
      const path = `/questionnaires/${id}/edit/questions/${code}`;
      const form = formOn((await web.get(path, office)).body, path);
      expect((await web.post(path, { ...form, act: 'save', label: '担当する係の名前' }, office)).status).toBe(303);
      const stale = await web.post(path, { ...form, act: 'save', label: '係の名称' }, office);
      expect(stale.status).toBe(409);
      expect(textOf(stale.body)).toContain('係の名称');
      expect(textOf(stale.body)).toContain('担当する係の名前');
      expect((await web.post(path, formOn(stale.body, path), office)).status).toBe(303);
      expect((await web.get(`/questionnaires/${id}/edit`, office)).body).toContain('係の名称');
    });

    it('begins from a sheet of the content, and prefills from the register', async () => {
      const id = await begin({ beginning: 'template:system-security', title: '', purpose: '', per: 'department' });
      const page = textOf((await web.get(`/questionnaires/${id}/edit`, office)).body);
      expect(page).toContain('情報システムにおける個人情報の取扱いに関する調査票');
      expect(page).toContain('初めに入れておくもの：台帳の「利用する課の数」（回答する部署の分）から');
      // The sheet keeps the way in which it is answered, whatever was chosen beside.
      expect(page).toContain('部署が使うシステムごとに1つ');
      expect((await web.get(`/questionnaires/${id}/preview`, member)).status).toBe(200);
    });

    it('refuses a template that there is not, a blank title, and a day that is none', async () => {
      expect((await web.post('/questionnaires', { auditId: '', beginning: 'template:nothing', title: '甲', purpose: '', per: 'department', referenceOn: '', dueOn: '' }, office)).status).toBe(404);
      const refused = await web.post('/questionnaires', { auditId: '', beginning: 'blank', title: '', purpose: '', per: 'department', referenceOn: '2026-02-30', dueOn: '' }, office);
      expect(refused.status).toBe(422);
      expect(textOf(refused.body)).toContain('「表題」を入れてください');
      expect(textOf(refused.body)).toContain('「基準日」の「2026-02-30」は日付として読めません');
    });
  });

  describe('sending, following, reminding', () => {
    it('sends to departments, follows them and takes the list away', async () => {
      const { id } = await sent();
      const page = await web.get(`/questionnaires/${id}`, office);
      expect(textOf(page.body)).toContain('福祉部　国保年金課'.replace('　', ' '));
      expect((await web.get(`/questionnaires/${id}?state=overdue`, member)).body).toContain('条件に合う回答はありません');
      expect((await web.get(`/questionnaires/${id}?words=${encodeURIComponent('こども')}`, office)).body).not.toContain('国保年金課');
      const file = await web.get(`/questionnaires/${id}/responses.xlsx`, office);
      expect(file.headers['content-type']).toContain('spreadsheetml');
      expect((await web.get('/questionnaires/list.xlsx', office)).status).toBe(200);
      expect(textOf((await web.get('/questionnaires', office)).body)).toContain('端末の調査');
      expect((await web.post(`/questionnaires/${id}/edit/sections`, { version: await versionOf(id), title: '後から' }, office)).status).toBe(403);
      expect((await web.get(`/questionnaires/${id}/edit`, office)).body).toContain('写しを作ってください');
      expect((await web.post(`/questionnaires/${id}/remove`, { version: await versionOf(id) }, office)).status).toBe(403);
    });

    it('refuses to send without questions, recipients, or a day to come; and a second time from an old page', async () => {
      const id = await begin();
      const recipient = `${web.town.pension}/`;
      expect(textOf((await web.post(`/questionnaires/${id}/send`, { version: '1', dueOn: '2026-12-10', recipient }, office)).body)).toContain('問いが1つもありません');
      await addQuestion(id, { kind: 'text', label: '係' });
      expect(textOf((await web.post(`/questionnaires/${id}/send`, { version: '2', dueOn: '2026-12-10' }, office)).body)).toContain('送り先を1つ以上選んでください');
      expect(textOf((await web.post(`/questionnaires/${id}/send`, { version: '2', dueOn: '2026-11-20', recipient }, office)).body)).toContain('回答の期限が過ぎた日です');
      expect((await web.post(`/questionnaires/${id}/send`, { version: '2', dueOn: '2026-12-10', recipient: `${newId()}/` }, office)).status).toBe(422);
      expect((await web.post(`/questionnaires/${id}/send`, { version: '2', dueOn: '2026-12-10', recipient }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/send`, { version: '2', dueOn: '2026-12-10', recipient }, office)).status).toBe(409);
      expect((await web.post(`/questionnaires/${id}/send`, { version: '3', dueOn: '2026-12-10', recipient }, office)).status).toBe(422);
      expect((await web.post(`/questionnaires/${id}/send`, { version: '3', dueOn: '2026-12-10', recipient: `${web.town.children}/` }, office)).location).toContain('done=added-1');
    });

    it('reminds once a day, unless it is asked for, and writes to whoever has an address', async () => {
      const { id, responses } = await sent();
      await web.database.query('update account set mail = $1 where id = $2', ['kokuho@example.lg.jp', clerk.id]);
      const path = `/questionnaires/${id}/reminders`;
      expect((await web.post(path, { which: 'overdue', text: 'お願いします' }, office)).status).toBe(403);
      expect((await web.post(path, { which: 'chosen', text: 'お願いします' }, office)).status).toBe(422);
      expect((await web.post(path, { which: 'awaited', text: ' ' }, office)).status).toBe(422);
      expect((await web.post(path, { which: 'chosen', response: responses[0]!.id, text: 'お願いします' }, office)).location).toBe(`/questionnaires/${id}?done=reminded-1-0-1`);
      expect((await web.post(path, { which: 'awaited', text: 'お願いします' }, office)).location).toBe(`/questionnaires/${id}?done=reminded-1-1-0`);
      expect((await web.post(path, { which: 'awaited', text: 'お願いします' }, office)).status).toBe(403);
      expect((await web.post(path, { which: 'awaited', text: 'お願いします', again: 'yes' }, office)).location).toContain('reminded-2-0-1');
      await web.database.query('update account set mail = null where id = $1', [clerk.id]);
    });

    it('moves due dates, of one and of all', async () => {
      const { id, responses } = await sent();
      const one = `/questionnaires/${id}/responses/${responses[0]!.id}/due`;
      expect((await web.post(one, { version: '1', dueOn: '2026-12-20' }, office)).status).toBe(303);
      expect((await web.post(one, { version: '1', dueOn: '2026-12-21' }, office)).status).toBe(409);
      expect((await web.post(one, { version: '2', dueOn: '2026-11-01' }, office)).status).toBe(422);
      // The one with its own date stays.
      expect((await web.post(`/questionnaires/${id}/due`, { version: await versionOf(id), dueOn: '2026-12-15' }, office)).location).toBe(`/questionnaires/${id}?done=due-1`);
      expect((await web.post(`/questionnaires/${id}/due`, { version: '1', dueOn: '2026-12-16' }, office)).status).toBe(409);
      expect((await web.post(`/questionnaires/${id}/due`, { version: await versionOf(id), dueOn: '' }, office)).status).toBe(422);
    });

    it('closes and opens again; settings are kept, conflicts shown', async () => {
      const { id } = await sent();
      expect((await web.post(`/questionnaires/${id}/close`, { version: await versionOf(id) }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/reminders`, { which: 'awaited', text: '甲' }, office)).status).toBe(403);
      expect(textOf((await web.get(`/questionnaires/${id}/send`, office)).body)).toContain('締め切った調査票には');
      expect((await web.post(`/questionnaires/${id}/reopen`, { version: await versionOf(id) }, office)).status).toBe(303);
      expect((await web.post(`/questionnaires/${id}/reopen`, { version: await versionOf(id) }, office)).status).toBe(403);
      const path = `/questionnaires/${id}/settings`;
      const form = formOn((await web.get(path, office)).body, path);
      expect((await web.post(path, { ...form, title: '端末の調査（令和8年度）' }, office)).status).toBe(303);
      const stale = await web.post(path, { ...form, title: '別の題' }, office);
      expect(stale.status).toBe(409);
      expect(textOf(stale.body)).toContain('端末の調査（令和8年度）');
      expect((await web.post(path, { ...form, version: await versionOf(id), per: 'department-system' }, office)).status).toBe(403);
      expect((await web.post(path, { ...form, version: await versionOf(id), title: '' }, office)).status).toBe(422);
    });
  });

  describe('one response', () => {
    it('is returned with a reason, whole or single questions, and fixed by one of two', async () => {
      const { id, responses } = await sent();
      const rid = responses[0]!.id;
      const here = `/questionnaires/${id}/responses/${rid}`;
      expect((await web.post(`${here}/fix`, { version: '1' }, office)).status).toBe(403);
      await handedIn(rid, id);
      const page = (await web.get(here, office)).body;
      expect(textOf(page)).toContain('12台');
      const item = /name="item" value="([^"]+)"/u.exec(page)![1]!;
      expect((await web.post(`${here}/return`, { version: '2', reason: '' }, office)).status).toBe(422);
      expect((await web.post(`${here}/return`, { version: '2', reason: '台数を確かめてください', item: 'nothing' }, office)).status).toBe(422);
      expect((await web.post(`${here}/return`, { version: '2', reason: '台数を確かめてください', item }, office)).status).toBe(303);
      expect(textOf((await web.get(here, member)).body)).toContain('もう一度答えてもらう問い：端末の台数');
      await web.database.query(`update questionnaire_response set status = 'submitted', version = version + 1 where id = $1`, [rid]);
      const [first, second] = await Promise.all([web.post(`${here}/fix`, { version: '4' }, office), web.post(`${here}/fix`, { version: '4' }, office)]);
      expect([first.status, second.status].sort()).toEqual([303, 409]);
    });

    it('is corrected after it was fixed, with reason and trace, and opened again', async () => {
      const { id, responses } = await sent();
      const rid = responses[0]!.id;
      const here = `/questionnaires/${id}/responses/${rid}`;
      await handedIn(rid, id);
      const before = (await web.get(here, office)).body;
      expect(before).not.toContain('訂正する');
      await web.post(`${here}/fix`, { version: '2' }, office);
      const path = /href="([^"]+\/correct\/[^"]+)"/u.exec((await web.get(here, office)).body)![1]!;
      const form = formOn((await web.get(path, office)).body, path);
      expect((await web.post(path, { ...form, 'answer.value': '13', reason: '' }, office)).status).toBe(422);
      const wrong = await web.post(path, { ...form, 'answer.value': '多数', reason: '電話で確かめた' }, office);
      expect(wrong.status).toBe(422);
      expect(wrong.body).toContain('value="多数"');
      expect((await web.post(path, { ...form, reason: '電話で確かめた' }, office)).status).toBe(422);
      expect((await web.post(path, { ...form, 'answer.value': '13', reason: '国保年金課に電話で確かめた' }, office)).status).toBe(303);
      expect((await web.post(path, { ...form, 'answer.value': '14', reason: '古い画面から' }, office)).status).toBe(409);
      const page = textOf((await web.get(here, office)).body);
      expect(page).toContain('訂正あり');
      expect(page).toContain('12台13台国保年金課に電話で確かめた');
      expect((await web.post(`${here}/reopen`, { version: '4', reason: ' ' }, office)).status).toBe(422);
      expect((await web.post(`${here}/reopen`, { version: '4', reason: '見直すため' }, office)).status).toBe(303);
      expect(textOf((await web.get(path, office)).body)).toContain('訂正できるのは、確定した回答だけです');
    });

    it('is not there under another questionnaire, for another organisation, and closed to departments', async () => {
      const [{ id, responses }, other] = [await sent(), await sent()];
      const rid = responses[0]!.id;
      expect((await web.get(`/questionnaires/${other.id}/responses/${rid}`, office)).status).toBe(404);
      for (const path of [`/questionnaires/${id}`, `/questionnaires/${id}/responses/${rid}`, `/questionnaires/${id}/preview`]) {
        expect((await web.get(path, stranger)).status).toBe(404);
        expect((await web.get(path, clerk)).status).toBe(403);
        expect((await web.get(path, member)).status).toBe(200);
      }
      expect((await web.post(`/questionnaires/${id}/responses/${rid}/fix`, { version: '1' }, member)).status).toBe(403);
      expect((await web.post(`/questionnaires/${id}/responses/${rid}/fix`, { version: '1' }, stranger)).status).toBe(404);
      expect((await web.get('/questionnaires/new', member)).status).toBe(403);
    });
  });

  it('follows a department that is merged while the questionnaire is open', async () => {
    const { id } = await sent();
    const administrator = await web.person('administrator', null, 'システム管理者');
    const path = `/administration/departments/${web.town.children}`;
    expect((await web.post(`${path}/end`, { ...formOn((await web.get(path, administrator)).body, `${path}/end`), successorId: web.town.pension }, administrator)).status).toBe(303);
    const rows = await web.database.query('select department_id as department, former_department_id as former from questionnaire_response where questionnaire_id = $1 order by former_department_id nulls first', [id]);
    expect(rows).toEqual([{ department: web.town.pension, former: null }, { department: web.town.pension, former: web.town.children }]);
    expect(textOf((await web.get(`/questionnaires/${id}`, office)).body)).toContain('再編前：福祉部 こども課');
  });

  it('keeps an address of mail with an account, and refuses what is none', async () => {
    const administrator = await web.person('administrator', null, '二人目の管理者');
    const path = `/administration/accounts/${member.id}`;
    const form = formOn((await web.get(path, administrator)).body, path);
    for (const mail of ['a@b', 'x y@example.jp', 'a@example.jp, b@example.jp', '名前 <a@example.jp>', 'a@example.jp\nBcc: b@example.jp']) {
      const refused = await web.post(path, { ...form, mail }, administrator);
      expect([mail, refused.status]).toEqual([mail, 422]);
      expect(textOf(refused.body)).toContain('メールアドレスを');
    }
    expect((await web.post(path, { ...form, mail: 'member@example.lg.jp' }, administrator)).status).toBe(303);
    expect(formOn((await web.get(path, administrator)).body, path)).toMatchObject({ mail: 'member@example.lg.jp' });
  });
});
