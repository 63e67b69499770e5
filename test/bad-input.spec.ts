import { randomBytes } from 'node:crypto';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import sharp from 'sharp';
import { renderDocument } from '../src/documents/rendering-worker.js';
import { hashPassword } from '../src/identity/passwords.js';
import { TODAY } from './assessments-town.js';
import { elementsOf, filled, JSON_WANTED, openWeb, type Answer, type Element, type Person, type Web } from './web-fixture.js';

let web: Web;
let drafter: Person;
let colleague: Person;
let id: string;
let full: string;

beforeAll(async () => {
  web = await openWeb();
  drafter = await web.person('drafter', web.town.pension, '担当一郎');
  colleague = await web.person('drafter', web.town.pension, '担当二郎');
  id = await web.document(drafter, 'basic', '2024-10');
  full = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
});
afterAll(() => web.close());

const TABLES = ['assessment', 'answer', 'answer_row', 'image', 'import_review', 'document', 'journal_entry'];
/** All that is stored of documents, to be compared before and after. */
const everything = async (): Promise<unknown> => {
  const counts = [];
  for (const table of TABLES) counts.push([table, await web.count(table)]);
  const [{ sum }]: { sum: string }[] = await web.database.query(`select md5(string_agg(assessment_id || address || version || coalesce(value::text, '-'), ',' order by assessment_id, address)) as sum from answer`);
  return [counts, sum];
};
/** What is done leaves everything as it was. */
async function storingNothing(work: () => Promise<Answer>): Promise<Answer> {
  const before = await everything();
  const answer = await work();
  expect(await everything()).toEqual(before);
  return answer;
}
interface Refusal { error: { kind: string; code: string; message: string; problems: { code: string; path: string; message: string; href?: string }[] } }
const errorOf = (answer: Answer): Refusal['error'] => (JSON.parse(answer.body) as Refusal).error;
const said = (answer: Answer): string => elementsOf(answer.body).whole();
const save = (fields: Record<string, string | string[]>, headers = {}, as = drafter, document = id): Promise<Answer> => web.post(`/assessments/${document}/answers`, fields, as, headers);
const JAPANESE = /[ぁ-ん]/u;

/** A refusal as a person and as the script see it: status, code, a message in Japanese, nothing stored. */
async function refused(fields: Record<string, string | string[]>, expected: { status: number; code: string; says: string; document?: string }): Promise<void> {
  const data = await storingNothing(() => save(fields, JSON_WANTED, drafter, expected.document ?? id));
  const error = errorOf(data);
  expect([data.status, [error.code, ...error.problems.map((one) => one.code)]]).toEqual([expected.status, expect.arrayContaining([expected.code])]);
  expect(`${error.message}${error.problems.map((one) => one.message).join('')}`).toContain(expected.says);
  const page = await storingNothing(() => save(fields, {}, drafter, expected.document ?? id));
  expect([page.status, String(page.headers['content-type'])]).toEqual([expected.status, 'text/html; charset=utf-8']);
  expect(said(page)).toContain(expected.says);
  // What was typed comes back.
  const typed = elementsOf(page.body).all((one) => one.name === 'pre').map((one) => elementsOf(page.body).text(one));
  for (const [name, value] of Object.entries(fields)) if (name === 'value' && typeof value === 'string' && value.trim() !== '' && !/[\u0000-\u0008]/u.test(value)) expect(typed).toContain(value.replace(/\s+/gu, ' ').trim());
}

describe('fields that do not fit', () => {
  it('unknown items', async () => {
    await refused({ address: 'no-such-item', version: '0', value: '大事な文' }, { status: 422, code: 'unknown-item', says: '「no-such-item」という項目はこの様式にありません' });
    await refused({ address: '__proto__', version: '0', value: 'x' }, { status: 422, code: 'unknown-item', says: 'この様式にありません' });
    await refused({ address: '', version: '0', value: 'x' }, { status: 422, code: 'unknown-item', says: 'この様式にありません' });
    await refused({ address: `constructor@${id}`, version: '0', value: 'x' }, { status: 422, code: 'unknown-item', says: 'この様式にありません' });
    // An item of another form than that of the document.
    await refused({ address: 'affair-content', version: '0', value: 'x' }, { status: 422, code: 'unknown-item', says: 'この様式にありません' });
  });

  it('items that are not filled in by hand', async () => {
    const group = await storingNothing(() => save({ address: 'file', version: '0', value: 'x' }, JSON_WANTED, drafter, full));
    expect([group.status, errorOf(group).message]).toEqual([422, expect.stringMatching(JAPANESE)]);
    const computed = await storingNothing(() => save({ address: 'threshold-result', version: '0', value: 'x' }, JSON_WANTED));
    expect([computed.status, errorOf(computed).message]).toEqual([422, expect.stringMatching(JAPANESE)]);
  });

  it('wrong types in JSON', async () => {
    const wrong: [string, unknown][] = [
      ['affair-name', { a: 1 }], ['affair-name', 5], ['affair-name', ['x']], ['affair-name', true], ['people-date', 20261121], ['people-date', '2026-02-30'], ['network-use', 'used'], ['network-use', { choice: 'maybe' }],
      ['network-use', { choice: 'used', extra: 1 }], ['audit-kinds', { checked: 'internal-audit' }], ['audit-kinds', { checked: ['nonsense'] }], ['file-names', '文'], ['change-table', [{ nonsense: 'x' }]], ['change-table', 'x'],
    ];
    for (const [address, value] of wrong) {
      const answer = await storingNothing(() => web.send(`/assessments/${id}/answers`, { address, version: 0, value }, drafter));
      const { problems, message } = errorOf(answer);
      expect([address, value, answer.status]).toEqual([address, value, 422]);
      expect([message, problems.length > 0, problems.every((one) => JAPANESE.test(one.message) && one.path.startsWith(address))]).toEqual([expect.stringMatching(JAPANESE), true, true]);
    }
  });

  it('bodies that are no save at all', async () => {
    for (const body of ['[]', 'null', '"x"', '{}', '{"address":5}', '{"address":"affair-name","value":"x","version":-1}', '{"address":"affair-name","value":"x","version":1.5}', '{"address":"affair-name","value":"x"}', '{broken', '']) {
      const answer = await storingNothing(() => web.send(`/assessments/${id}/answers`, body, drafter));
      expect([body, answer.status >= 400 && answer.status < 500, errorOf(answer).message]).toEqual([body, true, expect.stringMatching(JAPANESE)]);
    }
  });

  it('texts that are no number and no date', async () => {
    await refused({ address: 'people-date', version: '0', value: '令和8年13月1日' }, { status: 422, code: 'date-unreadable', says: '「令和8年13月1日」を日付として読めません' });
    await refused({ address: 'network-use', version: '0', choice: 'used', count: '四つ', value: '' }, { status: 422, code: 'number-unreadable', says: '「四つ」を数字として読めません' });
  });

  it('another version of the form', async () => {
    const answer = await storingNothing(() => web.send(`/assessments/${id}/answers`, { address: 'affair-name', version: 0, value: 'x', formVersion: '2019-01' }, drafter));
    expect([answer.status, errorOf(answer).problems[0]]).toEqual([422, expect.objectContaining({ code: 'other-form-version', path: 'affair-name', message: expect.stringContaining('画面を読み込み直してください') })]);
    // Items that only the newer form has are not items of the older one.
    const older = await web.document(drafter, 'basic', '2019-01');
    await refused({ address: 'manual-work-none', version: '0', checked: 'none' }, { status: 422, code: 'unknown-item', says: 'この様式にありません', document: older });
  });

  it('200,000 characters in a field', async () => {
    const text = '長'.repeat(200_000);
    await refused({ address: 'affair-overview', version: '0', value: text }, { status: 422, code: 'answer-too-long', says: '200,000文字' });
    await refused({ address: 'affair-name', version: '0', value: text }, { status: 422, code: 'answer-too-long', says: '縮めてください' });
    // More than a form may carry at all.
    const whole = await storingNothing(() => save({ address: 'affair-overview', version: '0', value: '長'.repeat(600_000) }));
    expect([whole.status, said(whole)]).toEqual([413, expect.stringContaining('大きすぎます')]);
    const script = await storingNothing(() => save({ address: 'affair-overview', version: '0', value: '長'.repeat(600_000) }, JSON_WANTED));
    expect([script.status, errorOf(script).code]).toEqual([413, 'too-large']);
  });

  it('NUL, control characters and lone surrogates', async () => {
    await refused({ address: 'affair-name', version: '0', value: 'あ\u0000い' }, { status: 422, code: 'control-character', says: '2文字目に制御文字（U+0000）' });
    await refused({ address: 'file-names', version: '0', value: 'あ\u0007い' }, { status: 422, code: 'control-character', says: '制御文字（U+0007）' });
    const lone = await storingNothing(() => web.send(`/assessments/${id}/answers`, '{"address":"affair-name","version":0,"value":"あ\\ud83dい"}', drafter));
    expect([lone.status, errorOf(lone).problems[0]]).toEqual([422, expect.objectContaining({ code: 'broken-character', path: 'affair-name', message: expect.stringContaining('2文字目に壊れた文字') })]);
    const nul = await storingNothing(() => web.post('/assessments?x=\u0000', {}, drafter));
    expect(nul.status).toBeLessThan(500);
    for (const path of ['/assessments?words=%00', `/assessments/${id}/items/affair-name%00`, `/assessments/%00`, `/assessments/${id}/sections/%00`, '/assessments/%E0%A4%A']) expect([path, (await web.get(path, drafter)).status < 500]).toEqual([path, true]);
    expect((await web.post(`/assessments/${id}/actions/submit`, { version: '1', comment: '\u0000' }, drafter)).status).toBe(422);
  });

  it('a place that is not asked for now', async () => {
    const document = await web.document(drafter, 'basic', '2024-10');
    await save({ address: 'network-use', version: '0', choice: 'not-used' }, {}, drafter, document);
    await refused({ address: 'network-legal-basis', version: '0', value: '番号法' }, { status: 422, code: 'not-asked', says: '記入しません', document });
  });
});

describe('somebody else’s places', () => {
  it('a row and a section of another assessment', async () => {
    const other = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'));
    const [row]: { id: string }[] = await web.database.query(`select id from answer_row where assessment_id = $1 and group_code = 'file'`, [other]);
    const [item]: { address: string }[] = await web.database.query(`select address from answer where assessment_id = $1 and row_id = $2 and jsonb_typeof(value) = 'string' limit 1`, [other, row!.id]);
    await refused({ address: item!.address, version: '1', value: '別の評価書の行' }, { status: 404, code: 'row-not-found', says: '行が見つかりません', document: full });
    for (const [path, fields] of [[`rows/${row!.id}/remove`, { seen: '99999' }], [`rows/${row!.id}/move`, { seen: '99999', direction: 'up' }], ['rows', { group: 'outsourcing', parent: row!.id }]] as const) {
      const answer = await storingNothing(() => web.post(`/assessments/${full}/${path}`, fields, drafter));
      expect([path, answer.status, said(answer)]).toEqual([path, 404, expect.stringMatching(JAPANESE)]);
    }
    expect((await web.get(`/assessments/${full}/sections/file-overview/${row!.id}`, drafter)).status).toBe(404);
    expect((await web.get(`/assessments/${id}/sections/file-overview`, drafter)).status).toBe(404);
    const [entry]: { number: string }[] = await web.database.query(`select number from journal_entry where object_id = $1 limit 1`, [other]);
    expect((await storingNothing(() => web.post(`/assessments/${id}/items/affair-name/restore`, { entry: entry!.number, version: '0', side: 'before' }, drafter))).status).toBe(404);
    expect((await storingNothing(() => web.post(`/assessments/${id}/rows/restore/${entry!.number}`, {}, drafter))).status).toBe(404);
    // A row of the right document, but of the wrong group.
    const [own]: { id: string }[] = await web.database.query(`select id from answer_row where assessment_id = $1 and group_code = 'outsourcing'`, [full]);
    await refused({ address: item!.address.replace(row!.id, own!.id), version: '1', value: '違う場所' }, { status: 404, code: 'row-not-found', says: '行が見つかりません', document: full });
    await refused({ address: `affair-name@${own!.id}`, version: '0', value: '違う場所' }, { status: 422, code: 'wrong-row', says: '場所が違います', document: full });
  });

  it('a picture that is not stored in this organisation', async () => {
    const [figures] = web.forms.get('full', '2024-10').items.filter((one) => one.item.kind === 'figures');
    const answer = await storingNothing(() => save({ address: figures!.code, version: '0', image: 'a'.repeat(64), width: '10', height: '10', caption: '図' }, JSON_WANTED, drafter, full));
    expect([answer.status, errorOf(answer).problems[0]]).toEqual([422, expect.objectContaining({ code: 'image-unknown', path: figures!.code })]);
  });

  it('a stale version says so and keeps both texts', async () => {
    const document = await web.document(drafter, 'basic', '2024-10');
    await save({ address: 'affair-name', version: '0', value: '一つめ' }, {}, colleague, document);
    for (const version of ['0', '7']) {
      const page = await storingNothing(() => save({ address: 'affair-name', version, value: '二つめ' }, {}, drafter, document));
      expect([page.status, said(page)]).toEqual([409, expect.stringContaining('担当二郎')]);
      expect(said(page)).toContain('一つめ');
      expect(said(page)).toContain('二つめ');
    }
    const program = await storingNothing(() => web.send(`/assessments/${document}/answers`, { address: 'affair-name', version: 0, value: '二つめ' }, drafter));
    expect([program.status, JSON.parse(program.body)]).toEqual([409, { error: expect.objectContaining({ code: 'stale', sides: expect.objectContaining({ sent: '二つめ', current: '一つめ', currentVersion: 1, by: '担当二郎' }) }) }]);
  });
});

describe('HTML and scripts in answers', () => {
  const EVIL = `<script>alert('x')</script><img src=x onerror="alert(1)">"><b>太字</b>&amp;{{csrf}}</textarea><style>*{display:none}</style>`;

  it('stand as text in every page, in the conflict, in the file and in the PDF', async () => {
    const document = await web.document(drafter, 'basic', '2024-10', undefined, `題 ${EVIL.slice(0, 60)}`);
    await save({ address: 'affair-overview', version: '0', value: EVIL }, {}, drafter, document);
    await save({ address: 'affair-name', version: '0', value: EVIL }, {}, drafter, document);
    await save({ address: 'file-names', version: '0', value: EVIL }, {}, drafter, document);
    const paths = ['', '/sections/related-information', '/items/affair-overview', '/history', '/problems', '/preview', '/live?section=%22%3E%3Cscript%3E'];
    for (const path of paths) {
      const { body, status } = await web.get(`/assessments/${document}${path}`, drafter);
      expect([path, status]).toEqual([path, 200]);
      const { all } = elementsOf(body);
      expect([path, all((one) => one.name === 'script' && one.attribs.src === undefined), all((one) => Object.keys(one.attribs).some((name) => name.startsWith('on'))), all((one) => one.name === 'b' && elementsOf(body).text(one) === '太字')]).toEqual([path, [], [], []]);
    }
    const { field, byId } = elementsOf((await web.get(`/assessments/${document}/sections/related-information`, drafter)).body);
    expect(field(byId('item-affair-name')!, 'value')).toBe(EVIL);
    expect(elementsOf((await web.get(`/assessments/${document}/sections/related-information`, drafter)).body).whole()).toContain(EVIL);
    for (const headers of [{}, JSON_WANTED]) {
      const conflict = await save({ address: 'affair-overview', version: '0', value: `${EVIL}変` }, headers, drafter, document);
      expect([conflict.status, elementsOf(conflict.body).all((one) => one.name === 'img' || (one.name === 'script' && one.attribs.src === undefined))]).toEqual([409, []]);
      expect(conflict.body.replace(/<\/?(?:ins|del)>/gu, '')).toContain('&lt;script&gt;alert(');
    }
    const error = await save({ address: EVIL, version: '0', value: EVIL }, {}, drafter, document);
    expect([error.status, elementsOf(error.body).all((one) => one.name === 'img')]).toEqual([422, []]);

    const asked = await web.post(`/assessments/${document}/documents`, {}, drafter);
    expect(asked.status).toBe(303);
    const [row]: { id: string }[] = await web.database.query('select id from document where object_id = $1', [document]);
    await renderDocument({ database: web.database, chromium: web.chromium, templates: web.templates, clock: TODAY }, web.town.organisation, row!.id);
    const { bytes } = await web.get(`/documents/${row!.id}`, drafter);
    const pdf = await getDocument({ data: new Uint8Array(bytes), verbosity: 0 }).promise;
    let text = '';
    for (let number = 1; number <= pdf.numPages; number += 1) text += (await (await pdf.getPage(number)).getTextContent()).items.map((one) => ('str' in one ? one.str : '')).join('');
    expect(text.replace(/\s/gu, '')).toContain(EVIL.replace(/\s/gu, ''));
    expect(await pdf.getJSActions()).toBeNull();
  });
});

describe('files', () => {
  const picture = (bytes: Uint8Array, name = '図.png', document = full): Promise<Answer> => {
    const [figures] = web.forms.get('full', '2024-10').items.filter((one) => one.item.kind === 'figures');
    return web.post(`/assessments/${document}/figures`, { address: figures!.code, version: '0', caption: '書いた説明', picture: [new Blob([bytes as never], { type: 'image/png' }), name] }, drafter);
  };
  const upload = (bytes: Uint8Array, name: string, headers = {}): Promise<Answer> => web.post('/assessments/import', { text: '', form: '', department: web.town.pension, file: [new Blob([bytes as never]), name] }, drafter, headers);

  it('a ZIP or an SVG named .png is refused by what it is', async () => {
    const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
    const wrong: [Uint8Array, string][] = [
      [Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(200)]), 'ZIP'],
      [utf8('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'), 'SVG'],
      [utf8('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), 'SVG'],
      [utf8('%PDF-1.7'), 'PDF'],
      [utf8('<html><script>alert(1)</script>'), 'HTML'],
      [new Uint8Array(), '空です'],
      [(await sharp({ create: { width: 64, height: 64, channels: 3, background: '#fff' } }).png().toBuffer()).subarray(0, 60), '壊れて'],
      [await sharp({ create: { width: 8_001, height: 2, channels: 3, background: '#fff' } }).png().toBuffer(), '8,000画素'],
      [randomBytes(11 * 1024 * 1024), '10MBまで'],
    ];
    for (const [bytes, says] of wrong) {
      const answer = await storingNothing(() => picture(bytes));
      expect([says, answer.status, said(answer)]).toEqual([says, 422, expect.stringContaining(says)]);
      expect(said(answer)).toContain('書いた説明');
    }
    const none = await storingNothing(() => web.post(`/assessments/${full}/figures`, { address: 'x', version: '0' }, drafter));
    expect([none.status, said(none)]).toEqual([422, expect.stringContaining('図のファイル')]);
  });

  it('a 100 MB upload is refused before it is read to the end', async () => {
    const big = Buffer.alloc(100 * 1024 * 1024, 0x20);
    for (const send of [() => upload(big, '評価書.json'), () => picture(big)]) {
      const answer = await storingNothing(send);
      expect([answer.status, said(answer)]).toEqual([413, expect.stringContaining('大きすぎます')]);
      expect(said(answer)).toContain('何も保存していません');
    }
    const program = await storingNothing(() => upload(big, '評価書.json', JSON_WANTED));
    expect([program.status, errorOf(program).code]).toEqual([413, 'too-large']);
  });

  it('a truncated exchange file says where it ends, a damaged one what is wrong', async () => {
    const { bytes } = await web.get(`/assessments/${full}/exchange`, drafter);
    const text = bytes.toString('utf8');
    const half = await storingNothing(() => upload(bytes.subarray(0, bytes.length >> 1), '評価書.json'));
    expect([half.status, said(half)]).toEqual([422, expect.stringMatching(/途中で切れています（\d+行目付近）/u)]);
    const damaged: [string, string][] = [
      [text.replace('"version": "2024-10"', '"version": "1999-01"'), '1999-01'],
      [text.replace('"form": "full"', '"form": "nonsense"'), 'nonsense'],
      [text.replace('"item": "affair-name"', '"item": "no-such-item"'), 'no-such-item'],
      [text.replace('"tenken": "exchange/1"', '"tenken": "exchange/9"'), '交換ファイルの印'],
      [text.replace('"group": "file"', '"group": "nonsense"'), 'nonsense'],
      ['{"tenken": "exchange/1", "answers": 5}', '交換ファイル'],
      ['{"tenken": "exchange/1"', '途中で切れています'],
    ];
    for (const [source, says] of damaged) {
      expect(source).not.toBe(text);
      const answer = await storingNothing(() => upload(new TextEncoder().encode(source), '評価書.json'));
      expect([says, answer.status, said(answer)]).toEqual([says, 422, expect.stringContaining(says)]);
    }
  });

  it('a file that is no text, no assessment, or empty', async () => {
    const wrong: [Uint8Array, string][] = [[new Uint8Array(), '評価書.txt'], [randomBytes(5_000), '評価書.txt'], [Buffer.concat([Buffer.from('PK\u0003\u0004'), randomBytes(500)]), '評価書.xlsx'], [new TextEncoder().encode('%PDF-1.7 \n%âãÏÓ'), '評価書.pdf'], [new TextEncoder().encode('きょうの献立'), '献立.txt']];
    for (const [bytes, name] of wrong) {
      const answer = await storingNothing(() => upload(bytes, name));
      const { all, text, hasClass } = elementsOf(answer.body);
      expect([name, answer.status, text(all(hasClass('error'))[0]!)]).toEqual([name, 422, expect.stringMatching(JAPANESE)]);
    }
  });
});

describe('a session that ended while typing', () => {
  const KEPT = 'もう一度書きたくない長い文。\n<b>二行目</b>';

  it('is 401 for the script, and the sign-in page with everything typed for a form', async () => {
    const gone = { ...drafter, token: 'no-longer' };
    const script = await storingNothing(() => save({ address: 'affair-overview', version: '0', value: KEPT }, JSON_WANTED, gone));
    expect([script.status, errorOf(script)]).toEqual([401, expect.objectContaining({ code: 'sign-in-needed', message: expect.stringContaining('入力した文は失われません') })]);
    const form = await storingNothing(() => save({ address: 'affair-overview', version: '0', value: KEPT }, {}, gone));
    expect([form.status, said(form)]).toEqual([401, expect.stringContaining('入力した内容は残っています')]);
    const { all, field } = elementsOf(form.body);
    const signIn = all((one) => one.name === 'form' && one.attribs.action === '/sign-in')[0]!;
    expect(field(signIn, 'resumeAction')).toBe(`/assessments/${id}/answers`);
    expect(fieldsOf(form.body, signIn)).toEqual({ address: 'affair-overview', version: '0', value: KEPT });
    expect(form.body).not.toContain('<b>二行目</b>');
  });

  it('is taken up again after the sign-in, with the new token, and saved', async () => {
    const password = 'ながいあいことば-1234';
    const writer = await web.person('drafter', web.town.pension, '時間切れの人');
    await web.database.query('update account set password_hash = $1, must_change_password = false where id = $2', [await hashPassword(password), writer.id]);
    const document = await web.document(drafter, 'basic', '2024-10');
    const page = await save({ address: 'affair-overview', version: '0', value: KEPT }, {}, { ...writer, token: 'no-longer' }, document);
    const signIn = elementsOf(page.body).all((one) => one.name === 'form' && one.attribs.action === '/sign-in')[0]!;
    const carried = fieldsOf(page.body, signIn);
    const entered = await web.post('/sign-in', { next: '', resumeAction: `/assessments/${document}/answers`, resumeName: Object.keys(carried), resumeValue: Object.values(carried), signInName: writer.id!, password }, null);
    expect([entered.status, said(entered)]).toEqual([200, expect.stringContaining('保存を続ける')]);
    const { all, field } = elementsOf(entered.body);
    const go = all((one) => one.name === 'form' && one.attribs.action === `/assessments/${document}/answers`)[0]!;
    const token = /tenken_session=([^;]+)/u.exec(String(entered.headers['set-cookie']))![1]!;
    const saved = await web.post(go.attribs.action!, { _csrf: field(go, '_csrf')!, address: field(go, 'address')!, version: field(go, 'version')!, value: field(go, 'value')! }, { ...writer, token: decodeURIComponent(token), csrf: '' });
    expect([saved.status, await web.stored(document, 'affair-overview')]).toEqual([303, { value: KEPT, version: 1 }]);
  });

  const fieldsOf = (html: string, form: Element): Record<string, string> => {
    const { all } = elementsOf(html);
    const values = (name: string): string[] => all((one) => one.name === 'textarea' && one.attribs.name === name, form).map((one) => one.children.map((child) => ('data' in child ? String(child.data) : '')).join('').replace(/^\n/u, ''));
    const [names, texts] = [values('resumeName'), values('resumeValue')];
    return Object.fromEntries(names.map((name, index) => [name, texts[index]!]).filter(([name]) => name !== '_csrf'));
  };
});

describe('requests that are not our own page', () => {
  const fields = { address: 'affair-name', version: '0', value: '書いた文' };

  it('from another site', async () => {
    for (const headers of [{ 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' }]) {
      const answer = await storingNothing(() => save(fields, headers));
      expect([answer.status, said(answer)]).toEqual([403, expect.stringContaining('ほかのサイトからの操作は受け付けません')]);
    }
    const old = await storingNothing(async () => {
      const response = await web.app.inject({ method: 'POST', url: `/assessments/${id}/answers`, payload: new URLSearchParams({ ...fields, _csrf: drafter.csrf }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', origin: 'https://evil.example', host: 'tenken.example', cookie: `tenken_session=${drafter.token}` } });
      return { status: response.statusCode, headers: response.headers, body: response.body, bytes: response.rawPayload, location: '' };
    });
    expect(old.status).toBe(403);
  });

  it('without the token of the session, or with another', async () => {
    for (const _csrf of ['', 'wrong', colleague.csrf]) {
      const answer = await storingNothing(() => save({ ...fields, _csrf }));
      expect([answer.status, said(answer)]).toEqual([403, expect.stringContaining('画面が古くなっています')]);
      expect(said(answer)).toContain('書いた文');
      expect(answer.body).not.toContain(drafter.csrf === _csrf ? 'never' : `<pre>${_csrf || 'never'}</pre>`);
    }
    const script = await storingNothing(() => save({ ...fields, _csrf: 'wrong' }, JSON_WANTED));
    expect([script.status, errorOf(script).code]).toEqual([403, 'csrf']);
    expect((await save(fields, {})).status).toBe(303);
  });
});
