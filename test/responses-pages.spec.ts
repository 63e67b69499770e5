import Excel from 'exceljs';
import { AnswerSheets } from '../src/audits/answer-sheets.service.js';
import { Answering } from '../src/audits/answering.service.js';
import { newId } from '../src/kernel/ids.js';
import { answersOf, askedOf, askedQuestionnaire, WHOLE, type AskedQuestionnaire } from './responses-town.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

const HX = { 'hx-request': 'true' };
const XLSX_TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

describe('the pages of a department that answers', () => {
  let web: Web;
  let clerk: Person;
  let colleague: Person;
  let other: Person;
  let stranger: Person;
  let secretariat: Person;

  beforeAll(async () => {
    web = await openWeb();
    clerk = await web.person('drafter', web.town.pension, '国保年金課の担当');
    colleague = await web.person('section-head', web.town.pension, '国保年金課長');
    other = await web.person('drafter', web.town.children, 'こども課の担当');
    stranger = await web.person('drafter', web.elsewhere.pension, 'よその担当', web.elsewhere);
    secretariat = await web.person('audit-secretariat', null, '監査事務局');
  });
  afterAll(() => web.close());

  const asked = async (questionnaire: AskedQuestionnaire = {}, options: Parameters<typeof askedOf>[4] = {}): Promise<string> =>
    askedOf(web.database, web.town, await askedQuestionnaire(web.database, web.town, questionnaire), web.town.pension, options);
  const answerAll = (id: string) => web.within(clerk, (ctx) => web.app.get(Answering, { strict: false }).saveMany(ctx, id, Object.entries(WHOLE).map(([item, value]) => ({ item, value, seen: 0 }))));
  const statusOf = async (id: string): Promise<string> => ((await web.database.query('select status from questionnaire_response where id = $1', [id])) as { status: string }[])[0]!.status;
  const section = (fields: Record<string, string>, code = 'basics'): Record<string, string> => ({ section: code, ...fields });
  const words = (answer: Answer): string => elementsOf(answer.body).whole();

  it('list what waits with its due date in 和暦, and what is done; the list goes as XLSX', async () => {
    const late = await asked({ title: '遅れた調査' }, { dueOn: '2026-11-20' });
    await asked({ title: '済んだ調査' }, { status: 'submitted' });
    const shown = await web.get('/responses', clerk);
    expect(shown.status).toBe(200);
    const { all, text } = elementsOf(shown.body);
    const row = all((one) => one.name === 'tr').map((one) => text(one)).find((one) => one.includes('遅れた調査'))!;
    expect(row).toContain('令和8年11月20日');
    expect(row).toContain('期限を過ぎています');
    expect(all((one) => one.name === 'a' && one.attribs.href === `/responses/${late}`)).toHaveLength(1);
    expect(words(await web.get('/responses', other))).toContain('いま、回答を待っている調査票はありません');
    const list = await web.get('/responses/list.xlsx', clerk);
    expect([list.status, list.headers['content-type']]).toEqual([200, XLSX_TYPE]);
  });

  it('save a section by its button, and leave alone what was not touched', async () => {
    const id = await asked();
    const first = await web.post(`/responses/${id}/answers`, section({ 'name.seen': '0', 'name.was': 'null', 'name.value': '住民記録', 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': '１２', 'begun.seen': '0', 'begun.was': 'null', 'begun.value': '' }), clerk);
    expect([first.status, first.location]).toEqual([303, `/responses/${id}?section=basics&notice=saved`]);
    expect(await answersOf(web.database, id)).toEqual({ name: { value: '住民記録', version: 1, from: null }, terminals: { value: 12, version: 1, from: null } });
    // A colleague changes one answer; whoever sends the old page without having touched it does not write over it.
    await web.post(`/responses/${id}/answers`, section({ 'terminals.seen': '1', 'terminals.was': '12', 'terminals.value': '15' }), colleague);
    const second = await web.post(`/responses/${id}/answers`, section({ 'name.seen': '1', 'name.was': '"住民記録"', 'name.value': '住民記録システム', 'terminals.seen': '1', 'terminals.was': '12', 'terminals.value': '12' }), clerk);
    expect(second.status).toBe(303);
    expect(await answersOf(web.database, id)).toMatchObject({ name: { value: '住民記録システム' }, terminals: { value: 15, version: 2 } });
    expect((await web.post(`/responses/${id}/answers`, section({ 'name.seen': '2', 'name.was': '"住民記録システム"', 'name.value': '住民記録システム' }), clerk)).location).toContain('notice=unchanged');
  });

  it('come back with everything typed and the errors at their questions', async () => {
    const id = await asked();
    const wrong = await web.post(`/responses/${id}/answers`, section({ 'name.seen': '0', 'name.was': 'null', 'name.value': '残る文', 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': '十二' }), clerk);
    expect(wrong.status).toBe(422);
    const { byId, field, all, text, hasClass } = elementsOf(wrong.body);
    expect(field(byId('declare')!, 'name.value')).toBe('残る文');
    expect(field(byId('declare')!, 'terminals.value')).toBe('十二');
    expect(text(all(hasClass('each'), byId('q-terminals')!)[0]!)).toContain('数字で入力してください');
    expect(await answersOf(web.database, id)).toEqual({});
  });

  it('show both texts of a stale section; the person decides for each question', async () => {
    const id = await asked();
    await web.post(`/responses/${id}/answers`, section({ 'name.seen': '0', 'name.was': 'null', 'name.value': '同僚の答え' }), colleague);
    const fields = section({ 'name.seen': '0', 'name.was': 'null', 'name.value': '私の答え', 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': '3' });
    const stale = await web.post(`/responses/${id}/answers`, fields, clerk);
    expect(stale.status).toBe(409);
    expect(words(stale)).toContain('私の答え');
    expect(words(stale)).toContain('同僚の答え');
    const form = elementsOf(stale.body).all((one) => one.name === 'form' && one.attribs.action === `/responses/${id}/answers`)[0]!;
    expect(elementsOf(stale.body).field(form, 'name.seen')).toBe('1');
    await web.post(`/responses/${id}/answers`, { ...fields, 'name.seen': '1', 'keep.name': 'theirs' }, clerk);
    expect(await answersOf(web.database, id)).toMatchObject({ name: { value: '同僚の答え' }, terminals: { value: 3 } });
    await web.post(`/responses/${id}/answers`, { ...fields, 'name.seen': '1', 'terminals.was': '3', 'terminals.seen': '1', 'keep.name': 'mine' }, clerk);
    expect(await answersOf(web.database, id)).toMatchObject({ name: { value: '私の答え', version: 2 } });
  });

  it('save one question by itself and bring what appears with it', async () => {
    const id = await asked();
    const url = `/responses/${id}/answers/manual`;
    expect(elementsOf((await web.get(`/responses/${id}`, clerk)).body).byId('q-why-not')!.attribs.hidden).toBe('');
    const no = await web.post(url, { 'manual.seen': '0', 'manual.was': 'null', 'manual.choice': 'no' }, clerk, HX);
    expect(no.status).toBe(200);
    const shown = elementsOf(no.body).byId('q-why-not')!;
    expect([shown.attribs.hidden, shown.attribs['hx-swap-oob']]).toEqual([undefined, 'outerHTML']);
    expect(words(no)).toContain('保存しました');
    await web.post(`/responses/${id}/answers/why-not`, { 'why-not.seen': '0', 'why-not.was': 'null', 'why-not.choice': 'cost' }, clerk, HX);
    const yes = await web.post(url, { 'manual.seen': '1', 'manual.was': '{"choice":"no"}', 'manual.choice': 'yes' }, clerk, HX);
    expect(elementsOf(yes.body).byId('q-why-not')!.attribs.hidden).toBe('');
    expect((await answersOf(web.database, id))['why-not']!.value).toBeNull();
    const stale = await web.post(url, { 'manual.seen': '0', 'manual.was': 'null', 'manual.choice': 'no' }, colleague, HX);
    expect(stale.status).toBe(409);
    expect(words(stale)).toContain('国保年金課の担当さんが先に変えています');
    expect((await web.post(`/responses/${id}/answers/terminals`, { 'terminals.seen': '0', 'terminals.was': 'null', 'terminals.value': 'x' }, clerk, HX)).status).toBe(422);
    expect((await web.post(`/responses/${id}/answers/nothing`, {}, clerk)).status).toBe(404);
    // Without script, as a beacon of a page that is left sends it.
    expect((await web.post(`/responses/${id}/answers/name`, { 'name.seen': '0', 'name.was': 'null', 'name.value': '去り際' }, clerk)).location).toBe(`/responses/${id}?section=basics&notice=saved#q-name`);
    expect((await web.get(`/responses/${id}/questions/media`, clerk)).location).toBe(`/responses/${id}?section=safety#q-media`);
  });

  it('say where an answer was filled in from until somebody ticks that it is right', async () => {
    const id = await asked();
    await web.database.query(`insert into response_answer (response_id, organisation_id, item, value, prefilled_from, changed_at, changed_by_name) values ($1, $2, 'terminals', '20', 'システム台帳「国保」の「端末の台数」（令和8年11月16日現在）', now(), '監査事務局')`, [id, web.town.organisation]);
    const page = words(await web.get(`/responses/${id}`, clerk));
    expect(page).toContain('事前入力 システム台帳「国保」の「端末の台数」（令和8年11月16日現在）から入れてあります。');
    expect(page).toContain('事前入力のままの答え 1');
    await web.post(`/responses/${id}/answers/terminals`, { 'terminals.seen': '1', 'terminals.was': '20', 'terminals.value': '20', 'terminals.confirm': 'yes' }, clerk, HX);
    expect((await answersOf(web.database, id))['terminals']).toEqual({ value: 20, version: 2, from: null });
  });

  it('hand in with links to what is missing, take back, and read only in between', async () => {
    const id = await asked();
    const early = await web.post(`/responses/${id}/submit`, { version: '1' }, clerk);
    expect(early.status).toBe(422);
    const links = elementsOf(early.body).all((one) => one.name === 'a' && (one.attribs.href ?? '').includes('#q-'), elementsOf(early.body).all(elementsOf(early.body).hasClass('notice'))[0]!).map((one) => one.attribs.href);
    expect(links).toEqual([`/responses/${id}?section=basics#q-name`, `/responses/${id}?section=basics#q-terminals`, `/responses/${id}?section=basics#q-manual`, `/responses/${id}?section=safety#q-media`]);
    await answerAll(id);
    expect((await web.post(`/responses/${id}/submit`, { version: '7' }, clerk)).status).toBe(409);
    expect((await web.post(`/responses/${id}/submit`, { version: 'x' }, clerk)).status).toBe(422);
    expect((await web.post(`/responses/${id}/submit`, { version: '1' }, clerk)).location).toBe(`/responses/${id}?notice=submitted`);
    const shown = await web.get(`/responses/${id}?notice=submitted`, clerk);
    expect(words(shown)).toContain('提出しました');
    expect(elementsOf(shown.body).byId('declare')).toBeNull();
    expect((await web.post(`/responses/${id}/answers`, section({ 'name.seen': '1', 'name.was': '"住民記録"', 'name.value': '別' }), clerk)).status).toBe(403);
    expect((await web.post(`/responses/${id}/withdraw`, { version: '2' }, clerk)).location).toContain('notice=withdrawn');
    expect(await statusOf(id)).toBe('answering');
  });

  it('put the reason of a return on top and at the questions', async () => {
    const id = await asked();
    await answerAll(id);
    await web.database.query(`update questionnaire_response set status = 'returned', returned_reason = '媒体を確かめてください。', returned_items = '["media"]' where id = $1`, [id]);
    const shown = await web.get(`/responses/${id}`, clerk);
    expect(words(shown)).toContain('媒体を確かめてください。');
    // It opens at the section in which something was returned.
    const { byId, text } = elementsOf(shown.body);
    expect(text(byId('q-media')!)).toContain('答え直す問です');
  });

  it('show corrections of the secretariat with their reason', async () => {
    const id = await asked({}, { status: 'fixed' });
    await web.database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, 'terminals', '14', now(), '監査事務局')`, [id, web.town.organisation]);
    await web.database.query(`insert into response_correction (id, organisation_id, response_id, item, before, after, reason, made_at, made_by_name) values ($1, $2, $3, 'terminals', '12', '14', '契約書で確かめたため', now(), '監査事務局')`, [newId(), web.town.organisation, id]);
    const page = words(await web.get(`/responses/${id}`, clerk));
    expect(page).toContain('監査事務局による訂正');
    expect(page).toContain('理由：契約書で確かめたため');
    expect(page).toContain('訂正前：12台 → 訂正後：14台');
  });

  it('give the answers to a 課 below', async () => {
    const division = ((await web.database.query(`select id from department where name = '福祉部' and organisation_id = $1`, [web.town.organisation])) as { id: string }[])[0]!.id;
    const above = await web.person('section-head', division, '福祉部長');
    const id = await askedOf(web.database, web.town, await askedQuestionnaire(web.database, web.town, { title: '部の調査' }), division);
    const page = await web.get(`/responses/${id}/delegate`, above);
    expect(elementsOf(page.body).all((one) => one.name === 'option').map((one) => elementsOf(page.body).text(one))).toEqual(['任せない（この部署だけで答える）', '福祉部 こども課', '福祉部 国保年金課']);
    expect((await web.get(`/responses/${id}`, clerk)).status).toBe(403);
    expect((await web.post(`/responses/${id}/delegate`, { version: '1', departmentId: newId() }, above)).status).toBe(422);
    expect((await web.post(`/responses/${id}/delegate`, { version: '1', departmentId: web.town.pension }, above)).location).toContain('notice=delegated');
    expect((await web.post(`/responses/${id}/delegate`, { version: '1', departmentId: '' }, above)).status).toBe(409);
    const shown = words(await web.get(`/responses/${id}`, clerk));
    expect(shown).toContain('福祉部から回答を任されています');
    expect(shown).not.toContain('提出する');
    expect((await web.get(`/responses/${id}/delegate`, clerk)).status).toBe(403);
    expect((await web.post(`/responses/${id}/submit`, { version: '2' }, clerk)).status).toBe(403);
  });

  it('tell what happened to the response', async () => {
    const id = await asked();
    await answerAll(id);
    await web.post(`/responses/${id}/submit`, { version: '1' }, clerk);
    const page = words(await web.get(`/responses/${id}/history`, clerk));
    expect(page).toContain('調査票を提出した');
    expect(page).toContain('記入した：端末の台数（空） → 12');
  });

  describe('with the answer sheet', () => {
    const blob = (bytes: Buffer): [Blob, string] => [new Blob([new Uint8Array(bytes)], { type: XLSX_TYPE }), '回答票.xlsx'];
    const edited = async (bytes: Buffer, values: Record<string, Excel.CellValue>): Promise<Buffer> => {
      const book = new Excel.Workbook();
      await book.xlsx.load(bytes as never);
      const page = book.getWorksheet('回答票')!;
      page.eachRow((row) => {
        const key = String(row.getCell(1).value ?? '');
        if (Object.hasOwn(values, key)) row.getCell(5).value = values[key]!;
      });
      return Buffer.from(await book.xlsx.writeBuffer());
    };
    const taken = async (id: string): Promise<Buffer> => (await web.get(`/responses/${id}/sheet.xlsx`, clerk)).bytes;
    const hiddenFields = (answer: Answer): Record<string, string> => Object.fromEntries(elementsOf(answer.body).all((one) => one.name === 'input' && one.attribs.type === 'hidden' && /^(?:sheet|seen)\./u.test(one.attribs.name ?? '')).map((one) => [one.attribs.name!, one.attribs.value!]));

    it('take it away, look at what changes, and save all of it', async () => {
      const id = await asked();
      await answerAll(id);
      const file = await web.get(`/responses/${id}/sheet.xlsx`, clerk);
      expect([file.status, file.headers['content-type']]).toEqual([200, XLSX_TYPE]);
      expect(decodeURIComponent(String(file.headers['content-disposition']))).toContain('回答票_運用の調査_国保年金課.xlsx');
      const preview = await web.post(`/responses/${id}/sheet`, { file: blob(await edited(file.bytes, { terminals: '３０', manual: 'いいえ', 'why-not': '人員の都合' })) }, clerk);
      expect(preview.status).toBe(200);
      expect(words(preview)).toMatch(/E\d+端末の台数12台30台/u);
      expect((await answersOf(web.database, id))['terminals']!.value).toBe(12);
      const saved = await web.post(`/responses/${id}/sheet/take-over`, hiddenFields(preview), clerk);
      expect(saved.location).toBe(`/responses/${id}?notice=taken`);
      expect(await answersOf(web.database, id)).toMatchObject({ terminals: { value: 30, version: 2 }, manual: { value: { choice: 'no' } }, 'why-not': { value: { choice: 'people' }, version: 1 } });
      expect(words(await web.get(`/responses/${id}/history`, clerk))).toContain('回答票（XLSX）から');
    });

    it('say that nothing differs for a sheet that was only opened and saved', async () => {
      const id = await asked();
      await answerAll(id);
      expect(words(await web.post(`/responses/${id}/sheet`, { file: blob(await edited(await taken(id), {})) }, clerk))).toContain('いまの回答と違うところはありません');
    });

    it('show both texts where somebody answered in the browser meanwhile, and leave alone what the sheet did not touch', async () => {
      const id = await asked();
      await answerAll(id);
      const sheet = await edited(await taken(id), { terminals: 40 });
      await web.post(`/responses/${id}/answers`, section({ 'terminals.seen': '1', 'terminals.was': '12', 'terminals.value': '50', 'name.seen': '1', 'name.was': '"住民記録"', 'name.value': '画面の名' }), colleague);
      const preview = await web.post(`/responses/${id}/sheet`, { file: blob(sheet) }, clerk);
      expect(words(preview)).toContain('画面でも変えられた答え（1）');
      expect(words(preview)).toContain('回答票の答え40');
      expect(words(preview)).not.toContain('画面の名');
      await web.post(`/responses/${id}/sheet/take-over`, { ...hiddenFields(preview), 'keep.terminals': 'theirs' }, clerk);
      expect(await answersOf(web.database, id)).toMatchObject({ terminals: { value: 50, version: 2 }, name: { value: '画面の名' } });
      await web.post(`/responses/${id}/sheet/take-over`, { ...hiddenFields(preview), 'keep.terminals': 'mine' }, clerk);
      expect((await answersOf(web.database, id))['terminals']).toMatchObject({ value: 40, version: 3 });
    });

    it('show both texts where somebody answers while the preview is looked at', async () => {
      const id = await asked();
      await answerAll(id);
      const preview = await web.post(`/responses/${id}/sheet`, { file: blob(await edited(await taken(id), { terminals: 40, name: '表の名' })) }, clerk);
      await web.post(`/responses/${id}/answers`, section({ 'terminals.seen': '1', 'terminals.was': '12', 'terminals.value': '50' }), colleague);
      const stale = await web.post(`/responses/${id}/sheet/take-over`, hiddenFields(preview), clerk);
      expect(stale.status).toBe(409);
      expect(words(stale)).toContain('回答票の答え40台 画面の答え（国保年金課長');
      expect((await answersOf(web.database, id))['name']!.value).toBe('住民記録');
      await web.post(`/responses/${id}/sheet/take-over`, { ...hiddenFields(stale), 'keep.terminals': 'mine' }, clerk);
      expect(await answersOf(web.database, id)).toMatchObject({ terminals: { value: 40 }, name: { value: '表の名' } });
    });

    it('refuse the sheet of another response, of another questionnaire and of an older definition, and save nothing of a bad one', async () => {
      const { database, town } = web;
      const questionnaire = await askedQuestionnaire(database, town);
      const [id, sibling] = [await askedOf(database, town, questionnaire, town.pension), await askedOf(database, town, questionnaire, town.pension)];
      const elsewhere = await asked({ title: '別の調査' });
      const send = async (bytes: Buffer): Promise<Answer> => web.post(`/responses/${id}/sheet`, { file: blob(bytes) }, clerk);
      const own = await taken(id);
      const refused = async (bytes: Buffer, part: string): Promise<void> => {
        const answer = await send(bytes);
        expect(answer.status).toBe(422);
        expect(words(answer)).toContain(part);
      };
      await refused(await taken(sibling), 'ほかの部署かシステムの回答票です');
      await refused(await taken(elsewhere), '別の調査票「別の調査」の回答票です');
      await refused(Buffer.from('not a workbook'), 'Excelブック（.xlsx）ではありません');
      await refused(await edited(own, { terminals: -1, name: '残らない名' }), 'は入力できません');
      await refused(await edited(own, { manual: 'はい', 'why-not': '費用、時期の都合' }), '「手順書がない理由」には答えません');
      await database.query(`update questionnaire set definition_hash = 'newer' where id = $1`, [questionnaire]);
      await refused(own, '改められる前のもの');
      expect(await answersOf(database, id)).toEqual({});
      expect((await web.post(`/responses/${id}/sheet`, { x: 'y' }, clerk)).status).toBe(422);
      expect((await web.post(`/responses/${id}/sheet/take-over`, { 'sheet.name': '{broken', 'seen.name': '0' }, clerk)).status).toBe(422);
    });

    it('take no sheet once the response is handed in', async () => {
      const id = await asked();
      const sheet = await taken(id);
      await answerAll(id);
      await web.post(`/responses/${id}/submit`, { version: '1' }, clerk);
      expect((await web.post(`/responses/${id}/sheet`, { file: blob(sheet) }, clerk)).status).toBe(403);
      expect(words(await web.get(`/responses/${id}/sheet`, clerk))).toContain('いまは取り込めません');
      expect((await web.get(`/responses/${id}/sheet.xlsx`, clerk)).status).toBe(200);
    });

    it('is made by the service for whoever may see the response only', async () => {
      const id = await asked();
      await expect(web.within(other, (ctx) => web.app.get(AnswerSheets, { strict: false }).make(ctx, id))).rejects.toMatchObject({ code: 'other-department' });
    });
  });

  it('belong to the department: others are refused, other organisations find nothing, the secretariat has pages of its own', async () => {
    const id = await asked();
    const paths = ['', '/history', '/delegate', '/sheet', '/sheet.xlsx', '/questions/name'].map((one) => `/responses/${id}${one}`);
    for (const path of paths) expect([path, (await web.get(path, other)).status, (await web.get(path, stranger)).status, (await web.get(path, secretariat)).status]).toEqual([path, 403, 404, 403]);
    const posts: [string, Record<string, string>][] = [['/answers', section({ 'name.seen': '0', 'name.was': 'null', 'name.value': 'x' })], ['/answers/name', { 'name.seen': '0', 'name.was': 'null', 'name.value': 'x' }], ['/submit', { version: '1' }], ['/withdraw', { version: '1' }], ['/delegate', { version: '1', departmentId: '' }], ['/sheet/take-over', { 'sheet.name': '"x"', 'seen.name': '0' }]];
    for (const [path, fields] of posts) expect([path, (await web.post(`/responses/${id}${path}`, fields, other)).status, (await web.post(`/responses/${id}${path}`, fields, stranger)).status]).toEqual([path, 403, 404]);
    expect(await answersOf(web.database, id)).toEqual({});
    expect((await web.get(`/responses/${id}?section=nothing`, clerk)).status).toBe(404);
  });
});
