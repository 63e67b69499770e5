import type { EnteredRequest } from '../src/web/allow.js';
import { formKey } from '../src/web/sent-forms.js';
import { formOn } from './small-web.js';
import { openWeb, type Answer, type Person, type Web } from './web-fixture.js';

let web: Web;
let office: Person;
let colleague: Person;

beforeAll(async () => {
  web = await openWeb();
  office = await web.person('audit-secretariat', null, '監査事務局');
  colleague = await web.person('audit-secretariat', null, '監査事務局の同僚');
});
afterAll(() => web.close());

const form = async (theme: string, as = office): Promise<Record<string, string | string[]>> => ({ ...formOn((await web.get('/audits/new', as)).body, '/audits'), kind: 'administrative', theme });
const send = (fields: Record<string, string | string[]>, as = office): Promise<Answer> => web.post('/audits', fields, as);
const audits = async (theme: string): Promise<number> => ((await web.database.query('select count(*)::int as n from audit where theme = $1', [theme])) as { n: number }[])[0]!.n;
const kept = async (): Promise<number> => ((await web.database.query('select count(*)::int as n from sent_form where account_id = $1', [office.id])) as { n: number }[])[0]!.n;

describe('a form sent twice from one page', () => {
  it('by a double click makes one audit, and both are led to it', async () => {
    const fields = await form('二度押し');
    const answers = await Promise.all([send(fields), send(fields), send(fields)]);
    expect(answers.map((one) => one.status)).toEqual([303, 303, 303]);
    expect(new Set(answers.map((one) => one.location)).size).toBe(1);
    expect((await web.get(answers[0]!.location, office)).status).toBe(200);
    expect(await audits('二度押し')).toBe(1);
    expect((await send(fields)).location).toBe(answers[0]!.location);
  });

  it('with other words is another form', async () => {
    const fields = await form('一つめ');
    await send(fields);
    await send({ ...fields, theme: '二つめ' });
    expect([await audits('一つめ'), await audits('二つめ')]).toEqual([1, 1]);
  });

  it('from a page opened anew may make the same again', async () => {
    await send(await form('同じ題'));
    await send(await form('同じ題'));
    expect(await audits('同じ題')).toBe(2);
  });

  it('that was refused counts as not sent', async () => {
    const fields = await form('');
    const before = await kept();
    expect([(await send(fields)).status, (await send(fields)).status]).toEqual([422, 422]);
    expect(await kept()).toBe(before);
    expect((await send({ ...fields, theme: '書き足した' })).status).toBe(303);
    expect(await audits('書き足した')).toBe(1);
  });

  it('is forgotten with the hour: rows of before are taken away by the next form', async () => {
    await send(await form('古いもの'));
    await web.database.query(`update sent_form set sent_at = sent_at - interval '61 minutes' where account_id = $1`, [office.id]);
    await send(await form('新しいもの'));
    expect(await kept()).toBe(1);
  });

  it('waits for nobody who takes away what is forgotten', async () => {
    await send(await form('忘れられるもの'));
    await web.database.query(`update sent_form set sent_at = sent_at - interval '61 minutes' where account_id = $1`, [office.id]);
    const fields = await form('待たないもの');
    await web.database.transaction(async (other) => {
      await other.query('select key from sent_form where account_id = $1 for update', [office.id]);
      expect((await send(fields)).status).toBe(303);
    });
    expect(await audits('待たないもの')).toBe(1);
  });

  it('by another person with the mark of that page is theirs', async () => {
    const mine = await form('二人');
    const theirs = await form('二人', colleague);
    const mark = String(mine._csrf).split('.')[1]!;
    await send(mine);
    await send({ ...theirs, _csrf: `${String(theirs._csrf).split('.')[0]!}.${mark}` }, colleague);
    expect(await audits('二人')).toBe(2);
  });

  it('needs the token all the same', async () => {
    const fields = await form('にせの印');
    for (const _csrf of ['', '.', `.${String(fields._csrf).split('.')[1]!}`, `にせ${String(fields._csrf)}`]) expect((await send({ ...fields, _csrf })).status).toBe(403);
    expect(await audits('にせの印')).toBe(0);
  });
});

it('files are part of what was sent: the name, the length and every byte', () => {
  const sent = (files: [string, string, string][]) => {
    const uploads = Object.fromEntries(files.map(([name, fileName, bytes]) => [name, { fileName, mediaType: 'text/plain', bytes: Buffer.from(bytes) }]));
    return formKey({ method: 'POST', url: '/x', body: { a: '1' }, entered: { uploads } as EnteredRequest['entered'] }, 'someone', 'mark');
  };
  const all = [sent([]), sent([['file', 'a.txt', 'あ']]), sent([['file', 'a.txt', 'い']]), sent([['file', 'b.txt', 'あ']]), sent([['other', 'a.txt', 'あ']]), sent([['file', 'a.txt', 'あ'], ['other', 'a.txt', '']])];
  expect(new Set(all).size).toBe(all.length);
  expect(sent([['file', 'a.txt', 'あ']])).toBe(all[1]);
});
