import Excel from 'exceljs';
import sharp from 'sharp';
import { incidentsQuestionnaire } from '../src/audits/sample-questionnaire.js';
import { answersOf, askedOf, askedQuestionnaire } from './responses-town.js';
import { formOn } from './small-web.js';
import { elementsOf, openWeb, type Answer, type Person, type Web } from './web-fixture.js';

describe('repeated rows, pictures and sums on the pages of a questionnaire', () => {
  let web: Web;
  let clerk: Person;
  let colleague: Person;
  let other: Person;
  let office: Person;
  let photo: Blob;

  beforeAll(async () => {
    web = await openWeb();
    clerk = await web.person('drafter', web.town.pension, '国保年金課の担当');
    colleague = await web.person('section-head', web.town.pension, '国保年金課長');
    other = await web.person('drafter', web.town.children, 'こども課の担当');
    office = await web.person('audit-secretariat', null, '監査事務局');
    photo = new Blob([new Uint8Array(await sharp({ create: { width: 8, height: 6, channels: 3, background: '#888' } }).png().toBuffer())], { type: 'image/png' });
  });
  afterAll(() => web.close());

  const asked = async (status: 'not-started' | 'fixed' = 'not-started'): Promise<[questionnaire: string, response: string]> => {
    const questionnaire = await askedQuestionnaire(web.database, web.town, { title: '事故の調査', definition: incidentsQuestionnaire() });
    return [questionnaire, await askedOf(web.database, web.town, questionnaire, web.town.pension, { status })];
  };
  const words = (answer: Answer): string => elementsOf(answer.body).whole();
  const rowsOf = async (id: string): Promise<string[]> => ((await web.database.query('select id from response_row where response_id = $1 order by position', [id])) as { id: string }[]).map((one) => one.id);
  /** The form of the first section as a browser without script would send it, with some fields typed. */
  const form = async (id: string, typed: Record<string, string> = {}, by = clerk): Promise<Record<string, string | string[]>> => ({ ...formOn((await web.get(`/responses/${id}?section=year`, by)).body, `/responses/${id}/answers`), ...typed }) as Record<string, string | string[]>;
  const begun = async (): Promise<[id: string, row: string, questionnaire: string]> => {
    const [questionnaire, id] = await asked();
    await web.post(`/responses/${id}/answers`, await form(id, { 'any.choice': 'yes' }), clerk);
    await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents' }), clerk);
    return [id, (await rowsOf(id))[0]!, questionnaire];
  };

  it('a row comes by its button, with everything that was typed beside it', async () => {
    const [id, row] = await begun();
    const added = await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents', [`what@${row}.value`]: '封筒の紛失', [`persons@${row}.value`]: '３' }), clerk);
    const [, second] = await rowsOf(id);
    expect([added.status, added.location]).toEqual([303, `/responses/${id}?section=year&notice=row-added#row-${second!}`]);
    expect(await answersOf(web.database, id)).toMatchObject({ [`what@${row}`]: { value: '封筒の紛失' }, [`persons@${row}`]: { value: 3 } });
    const page = words(await web.get(`/responses/${id}?section=year`, clerk));
    expect(page).toContain('事故1「封筒の紛失」');
    expect(page).toContain('影響した人数の合計 3人');
    expect(page).toContain('事故の件数 2件');
  });

  it('what cannot be read keeps the row away, and stays as it was typed', async () => {
    const [id, row] = await begun();
    const wrong = await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents', [`day@${row}.value`]: '2月30日', [`what@${row}.value`]: '残る名' }), clerk);
    expect(wrong.status).toBe(422);
    const { byId, field } = elementsOf(wrong.body);
    expect([field(byId('declare')!, `day@${row}.value`), field(byId('declare')!, `what@${row}.value`)]).toEqual(['2月30日', '残る名']);
    expect([await rowsOf(id), await answersOf(web.database, id)]).toMatchObject([[row], { any: { value: { choice: 'yes' } } }]);
  });

  it('one question of a row saves itself, shows what it decides and what it adds to', async () => {
    const [id, row] = await begun();
    const at = (code: string) => ({ [`${code}@${row}.seen`]: '0', [`${code}@${row}.was`]: 'null' });
    const persons = await web.post(`/responses/${id}/answers/persons@${row}`, { ...at('persons'), [`persons@${row}.value`]: '1,200' }, clerk, { 'hx-request': 'true' });
    expect(persons.status).toBe(200);
    expect(elementsOf(persons.body).text(elementsOf(persons.body).byId('q-total')!)).toContain('1,200人');
    const how = await web.post(`/responses/${id}/answers/how@${row}`, { ...at('how'), [`how@${row}.choice`]: 'sent' }, clerk, { 'hx-request': 'true' });
    expect(elementsOf(how.body).text(elementsOf(how.body).byId(`q-why--${row}`)!)).toContain('誤送付の経緯');
  });

  it('as many rows as there may be are saved in one form', async () => {
    const [id, row] = await begun();
    await web.database.query(`insert into response_row (response_id, organisation_id, id, group_code, position) select $1, $2, gen_random_uuid(), 'incidents', n from generate_series(2, 200) n`, [id, web.town.organisation]);
    const last = (await rowsOf(id)).at(-1)!;
    const saved = await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '初め', [`what@${last}.value`]: '終わり' }), clerk);
    expect([saved.status, saved.location]).toEqual([303, `/responses/${id}?section=year&notice=saved`]);
    expect(await answersOf(web.database, id)).toMatchObject({ [`what@${row}`]: { value: '初め' }, [`what@${last}`]: { value: '終わり' } });
    const more = await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents' }), clerk);
    expect([more.status, words(more)]).toEqual([422, expect.stringContaining('200件までです')]);
  });

  it('a row goes by its button; not when a colleague wrote in it meanwhile, until the person decides', async () => {
    const [id, row] = await begun();
    const old = await form(id, { row: `remove:${row}` });
    await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '課長の記入' }, colleague), colleague);
    const stale = await web.post(`/responses/${id}/rows`, old, clerk);
    expect(stale.status).toBe(409);
    expect(words(stale)).toContain('課長の記入');
    const again = formOn(stale.body, `/responses/${id}/rows`) as Record<string, string>;
    expect((await web.post(`/responses/${id}/rows`, { ...again, [`keep.what@${row}`]: 'theirs' }, clerk)).status).toBe(303);
    expect(await rowsOf(id)).toEqual([row]);
    const gone = await web.post(`/responses/${id}/rows`, { ...again, [`keep.what@${row}`]: 'mine' }, clerk);
    expect(gone.location).toContain('notice=row-removed#q-incidents');
    expect(await rowsOf(id)).toEqual([]);
    expect(words(await web.get(`/responses/${id}/history`, clerk))).toContain('件名：課長の記入');
  });

  it('a picture is sent to its question, shown to both sides and to nobody else', async () => {
    const [id, row, questionnaire] = await begun();
    const sent = await web.post(`/responses/${id}/pictures`, { address: `photos@${row}`, version: '0', caption: '現場', picture: [photo, 'genba.png'] }, clerk);
    expect(sent.location).toBe(`/responses/${id}?section=year&notice=picture-added#q-photos--${row}`);
    const { image } = ((await answersOf(web.database, id))[`photos@${row}`]!.value as { figures: { image: string }[] }).figures[0]!;
    expect((await web.get(`/responses/${id}?section=year`, clerk)).body).toContain(`src="/responses/${id}/images/${image}"`);
    expect([(await web.get(`/responses/${id}/images/${image}`, clerk)).status, (await web.get(`/responses/${id}/images/${image}`, other)).status]).toEqual([200, 403]);
    expect((await web.get(`/questionnaires/${questionnaire}/responses/${id}`, office)).body).toContain(`src="/questionnaires/${questionnaire}/responses/${id}/images/${image}"`);
    expect((await web.get(`/questionnaires/${questionnaire}/responses/${id}/images/${image}`, office)).headers['content-type']).toBe('image/png');
    // A picture of the town that this response never had is not shown under it.
    const [, another] = await asked();
    expect((await web.get(`/responses/${another}/images/${image}`, clerk)).status).toBe(404);
    // Its caption changes and it is taken out with the form of the section.
    await web.post(`/responses/${id}/answers`, await form(id, { [`photos@${row}.caption`]: '窓口の様子' }), clerk);
    expect((await answersOf(web.database, id))[`photos@${row}`]!.value).toMatchObject({ figures: [{ caption: '窓口の様子' }] });
    await web.post(`/responses/${id}/answers`, await form(id, { [`photos@${row}.remove`]: image }), clerk);
    expect((await answersOf(web.database, id))[`photos@${row}`]!.value).toBeNull();
  });

  it.each<[string, (row: string) => Record<string, string | [Blob, string]>, number, string]>([
    ['without a file', (row) => ({ address: `photos@${row}` }), 422, '写真・図のファイル'],
    ['that is no picture', (row) => ({ address: `photos@${row}`, picture: [new Blob(['text'], { type: 'image/png' }), 'x.png'] }), 422, 'PNGかJPEG'],
    ['for a question that takes none', () => ({ address: 'any', picture: [photo, 'x.png'] }), 404, 'この問は調査票にありません'],
    ['to a page that is old', (row) => ({ address: `photos@${row}`, version: '7', picture: [photo, 'x.png'] }), 409, 'ほかの人が先に'],
    ['to a row that there is not', () => ({ address: 'photos@00000000-0000-4000-8000-0000000000ff', picture: [photo, 'x.png'] }), 422, '外しています'],
  ])('a picture %s is refused', async (_, fields, status, said) => {
    const [id, row] = await begun();
    const answer = await web.post(`/responses/${id}/pictures`, { version: '0', caption: '', ...fields(row) }, clerk);
    expect([answer.status, words(answer)]).toEqual([status, expect.stringContaining(said)]);
  });

  describe('with the answer sheet', () => {
    const COLUMN = { what: 5, day: 6, how: 7, persons: 11 } as const;
    const edited = async (id: string, work: (page: Excel.Worksheet, lineOf: (key: string) => number) => void): Promise<Blob> => {
      const book = new Excel.Workbook();
      await book.xlsx.load((await web.get(`/responses/${id}/sheet.xlsx`, clerk)).bytes as never);
      const page = book.getWorksheet('回答票')!;
      const lines = new Map<string, number>();
      page.eachRow((row, number) => void lines.set(String(row.getCell(1).value ?? ''), number));
      work(page, (key) => lines.get(key)!);
      return new Blob([new Uint8Array(await book.xlsx.writeBuffer())], { type: 'application/octet-stream' });
    };
    const taken = (answer: Answer): Record<string, string> => formOn(answer.body, answer.body.match(/action="([^"]*take-over)"/u)![1]!) as Record<string, string>;

    it('rows come, change and go, looked at before they are saved', async () => {
      const [id, row] = await begun();
      await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents', [`what@${row}.value`]: '紛失' }), clerk);
      const [, second] = await rowsOf(id);
      await web.post(`/responses/${id}/answers`, await form(id, { [`what@${second!}.value`]: '消える' }), clerk);
      const file = await edited(id, (page, lineOf) => {
        page.getCell(lineOf(`incidents#row:${row}`), COLUMN.persons).value = 5;
        page.getCell(lineOf(`incidents#row:${second!}`), COLUMN.what).value = null;
        page.getCell(lineOf('incidents#row:new:1'), COLUMN.what).value = '誤送付';
        page.getCell(lineOf('incidents#row:new:1'), COLUMN.persons).value = 7;
      });
      const preview = await web.post(`/responses/${id}/sheet`, { file: [file, 'a.xlsx'] }, clerk);
      expect(words(preview)).toContain('外す行（1）');
      expect(words(preview)).toContain('事故2「消える」');
      expect(await rowsOf(id)).toEqual([row, second]);
      expect((await web.post(`/responses/${id}/sheet/take-over`, taken(preview), clerk)).location).toBe(`/responses/${id}?notice=taken`);
      const left = await rowsOf(id);
      expect([left.length, left[0]]).toEqual([2, row]);
      expect(await answersOf(web.database, id)).toMatchObject({ [`persons@${row}`]: { value: 5 }, [`what@${left[1]!}`]: { value: '誤送付' }, [`persons@${left[1]!}`]: { value: 7 } });
      expect(words(await web.get(`/responses/${id}?section=year`, clerk))).toContain('影響した人数の合計 12人');
    });

    it('a row that was changed, or taken out, in the browser since is not run over', async () => {
      const [id, row] = await begun();
      await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '紛失' }), clerk);
      const emptied = await edited(id, (page, lineOf) => { page.getCell(lineOf(`incidents#row:${row}`), COLUMN.what).value = null; });
      const changed = await edited(id, (page, lineOf) => { page.getCell(lineOf(`incidents#row:${row}`), COLUMN.what).value = '表の名'; });
      await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '画面の名' }, colleague), colleague);
      const refused = await web.post(`/responses/${id}/sheet`, { file: [emptied, 'a.xlsx'] }, clerk);
      expect([refused.status, words(refused)]).toEqual([422, expect.stringContaining('国保年金課長さんが画面で書き換えています')]);
      expect(words(await web.post(`/responses/${id}/sheet`, { file: [changed, 'a.xlsx'] }, clerk))).toContain('画面でも変えられた答え（1）');
      await web.post(`/responses/${id}/rows`, await form(id, { row: `remove:${row}` }), clerk);
      const gone = await web.post(`/responses/${id}/sheet`, { file: [changed, 'a.xlsx'] }, clerk);
      expect([gone.status, words(gone)]).toEqual([422, expect.stringContaining('画面で外されています')]);
    });

    it('a row that somebody fills in while the preview is looked at is left to the person', async () => {
      const [id, row] = await begun();
      await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '紛失' }), clerk);
      const preview = await web.post(`/responses/${id}/sheet`, { file: [await edited(id, (page, lineOf) => { page.getCell(lineOf(`incidents#row:${row}`), COLUMN.what).value = null; }), 'a.xlsx'] }, clerk);
      await web.post(`/responses/${id}/answers`, await form(id, { [`persons@${row}.value`]: '9' }, colleague), colleague);
      const stale = await web.post(`/responses/${id}/sheet/take-over`, taken(preview), clerk);
      expect([stale.status, await rowsOf(id)]).toEqual([409, [row]]);
      await web.post(`/responses/${id}/sheet/take-over`, { ...taken(stale), [`keep.persons@${row}`]: 'theirs' }, clerk);
      expect(await rowsOf(id)).toEqual([row]);
      await web.post(`/responses/${id}/sheet/take-over`, { ...taken(stale), [`keep.persons@${row}`]: 'mine' }, clerk);
      expect(await rowsOf(id)).toEqual([]);
    });
  });

  it('a fixed response is corrected row by row, each change with its trace; a row comes and a row goes', async () => {
    const [id, row, questionnaire] = await begun();
    await web.post(`/responses/${id}/rows`, await form(id, { row: 'add:incidents', [`what@${row}.value`]: '紛失', [`how@${row}.choice`]: 'lost', [`persons@${row}.value`]: '3' }), clerk);
    const [, second] = await rowsOf(id);
    await web.post(`/responses/${id}/answers`, await form(id, { [`what@${second!}.value`]: '二重の記入' }), clerk);
    await web.database.query(`update questionnaire_response set status = 'fixed' where id = $1`, [id]);
    const path = `/questionnaires/${questionnaire}/responses/${id}/correct/incidents`;
    const page = await web.get(path, office);
    expect(page.status).toBe(200);
    const typed = formOn(page.body, path) as Record<string, string>;
    const nothing = await web.post(path, { ...typed, reason: '電話で確かめた' }, office);
    expect([nothing.status, words(nothing)]).toEqual([422, expect.stringContaining('答えが変わっていません')]);
    const wrong = await web.post(path, { ...typed, reason: '', [`answer.persons@${row}.value`]: '多数' }, office);
    expect([wrong.status, words(wrong)]).toEqual([422, expect.stringContaining('訂正の理由')]);
    expect(elementsOf(wrong.body).byId(`f-persons@${row}`)!.attribs.value).toBe('多数');
    const notAsked = await web.post(path, { ...typed, reason: '確かめた', [`answer.why@${row}.value`]: '経緯' }, office);
    expect([notAsked.status, words(notAsked)]).toEqual([422, expect.stringContaining('「誤送付の経緯」には答えません')]);
    const done = await web.post(path, { ...typed, reason: '台帳で確かめた', [`answer.persons@${row}.value`]: '13', [`remove.${second!}`]: 'yes', 'answer.what@new.value': '抜けていた事故', 'answer.persons@new.value': '1' }, office);
    expect(done.status).toBe(303);
    const rows = await rowsOf(id);
    expect([rows.length, rows.includes(second!)]).toEqual([2, false]);
    expect(await answersOf(web.database, id)).toMatchObject({ [`persons@${row}`]: { value: 13 }, [`what@${rows[1]!}`]: { value: '抜けていた事故' } });
    const shown = words(await web.get(`/questionnaires/${questionnaire}/responses/${id}`, office));
    for (const part of ['事故1「紛失」　影響した人数 3人 13人', '（外した行）　件名 二重の記入 （なし）', '事故2「抜けていた事故」　件名 （なし） 抜けていた事故', '訂正あり']) expect(shown.replaceAll(/\s+/gu, '')).toContain(part.replaceAll(/\s+/gu, ''));
    expect(words(await web.get(`/responses/${id}?section=year`, clerk))).toContain('台帳で確かめた');
    // Somebody who still has the old page is told, with what stands there now.
    const stale = await web.post(path, { ...typed, reason: '古い画面', [`answer.persons@${row}.value`]: '99' }, office);
    expect([stale.status, words(stale)]).toEqual([409, expect.stringContaining('抜けていた事故')]);
  });

  it('a sum is corrected by nobody, nor is a question of a row by itself', async () => {
    const [questionnaire, id] = await asked('fixed');
    for (const code of ['total', 'what', 'nothing']) expect((await web.get(`/questionnaires/${questionnaire}/responses/${id}/correct/${code}`, office)).status).toBe(404);
  });

  describe('what is taken away', () => {
    it('all answers as a workbook: the responses, and each list of rows by itself; what is not asked told apart', async () => {
      const [id, row, questionnaire] = await begun();
      await web.post(`/responses/${id}/answers`, await form(id, { [`what@${row}.value`]: '=紛失', [`told@${row}.checked`]: 'person', [`persons@${row}.value`]: '3' }), clerk);
      const none = await askedOf(web.database, web.town, questionnaire, web.town.children);
      await web.database.query(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) values ($1, $2, 'any', '{"choice":"no"}', now(), '担当')`, [none, web.town.organisation]);
      const taken = await web.get(`/questionnaires/${questionnaire}/answers.xlsx`, office);
      expect(decodeURIComponent(String(taken.headers['content-disposition']))).toContain('回答の一覧（事故の調査）.xlsx');
      const book = new Excel.Workbook();
      await book.xlsx.load(taken.bytes as never);
      expect(book.worksheets.map(({ name }) => name)).toEqual(['回答', '事故の一覧', '記録項目', '記録媒体']);
      const cells = (sheet: string, line: number): Record<string, unknown> => { const page = book.getWorksheet(sheet)!; return Object.fromEntries((page.getRow(1).values as string[]).slice(1).map((label, n) => [label, page.getCell(line, n + 1).value])); };
      expect([2, 3].map((line) => cells('回答', line)).sort((a, b) => (String(a['回答者']) < String(b['回答者']) ? -1 : 1))).toMatchObject([
        { 回答者: 'こども課', 事故はありましたか: 'なかった', '事故の一覧（事故の数）': '（対象外）', 影響した人数の合計: null, 保管場所の図: 'なし' },
        { 回答者: '国保年金課', 事故はありましたか: 'あった', '事故の一覧（事故の数）': 1, 影響した人数の合計: 3 },
      ]);
      expect(cells('事故の一覧', 2)).toMatchObject({ 事故: '国保年金課　事故1', 回答者: '国保年金課', 件名: '=紛失', '知らせた相手：所属長': null, '知らせた相手：本人': '○', 影響した人数: 3, 誤送付の経緯: null });
      expect((await web.get(`/questionnaires/${questionnaire}/answers.xlsx`, clerk)).status).toBe(403);
    });

    it('the sheet as it is printed: blank for the office, filled for both sides, for nobody else', async () => {
      const [id, row, questionnaire] = await begun();
      await web.post(`/responses/${id}/pictures`, { address: `photos@${row}`, version: '0', caption: '現場', picture: [photo, 'genba.png'] }, clerk);
      const [blank, own, kept] = [await web.get(`/questionnaires/${questionnaire}/paper`, office), await web.get(`/responses/${id}/paper`, clerk), await web.get(`/questionnaires/${questionnaire}/responses/${id}/paper`, office)];
      expect([blank.status, own.status, kept.status]).toEqual([200, 200, 200]);
      expect(blank.body).toContain('問2　事故の一覧');
      expect(own.body).toMatch(new RegExp(`src="/responses/${id}/images/[0-9a-f]{64}"`, 'u'));
      expect(kept.body).toMatch(new RegExp(`src="/questionnaires/${questionnaire}/responses/${id}/images/[0-9a-f]{64}"`, 'u'));
      expect([(await web.get(`/responses/${id}/paper`, other)).status, (await web.get(`/questionnaires/${questionnaire}/responses/${id}/paper`, clerk)).status]).toEqual([403, 403]);
    });
  });

  it('files go with a response while it may be answered, and are read by both sides only', async () => {
    const [questionnaire, id] = await asked();
    const pdf = new Blob(['%PDF-1.4\n%%EOF'], { type: 'application/pdf' });
    const at = `/responses/${id}/files`;
    expect((await web.post(at, { caption: '規程の写し', file: [pdf, '規程.pdf'] }, clerk)).location).toBe(at);
    const [stored] = (await web.database.query(`select id from audit_file where object_kind = 'questionnaire-response' and object_id = $1`, [id])) as { id: string }[];
    expect(words(await web.get(at, clerk))).toContain('規程の写し');
    expect(words(await web.get(`/questionnaires/${questionnaire}/responses/${id}`, office))).toContain('規程.pdf');
    const mine = await web.get(`${at}/${stored!.id}`, clerk);
    expect([mine.status, mine.headers['content-disposition']]).toEqual([200, expect.stringContaining('attachment')]);
    expect((await web.get(`/questionnaires/${questionnaire}/responses/${id}/files/${stored!.id}`, office)).status).toBe(200);
    const [elsewhere, strange] = [(await asked())[1], await web.get(`${at}/${stored!.id}`, other)];
    expect([(await web.get(`/responses/${elsewhere}/files/${stored!.id}`, clerk)).status, strange.status]).toEqual([404, 403]);
    expect((await web.database.query('select status from questionnaire_response where id = $1', [id]))[0]).toEqual({ status: 'answering' });
    for (const [file, part] of [[undefined, '選んでください'], [new Blob(['MZ\u0000\u0001\u0002'], { type: 'application/pdf' }), 'このファイルの中身は']] as const) {
      const wrong = await web.post(at, { caption: '残る説明', ...(file === undefined ? {} : { file: [file, 'x.pdf'] as [Blob, string] }) }, clerk);
      expect([wrong.status, words(wrong)]).toEqual([422, expect.stringContaining(part)]);
      expect(wrong.body).toContain('残る説明');
    }
    await web.database.query(`update questionnaire_response set status = 'submitted' where id = $1`, [id]);
    expect([(await web.post(at, { caption: '', file: [pdf, 'b.pdf'] }, clerk)).status, (await web.post(`${at}/${stored!.id}/remove`, {}, clerk)).status]).toEqual([403, 403]);
    await web.database.query(`update questionnaire_response set status = 'returned' where id = $1`, [id]);
    await web.post(`${at}/${stored!.id}/remove`, {}, clerk);
    expect(words(await web.get(at, clerk))).toContain('添付資料はまだありません');
  });
});
