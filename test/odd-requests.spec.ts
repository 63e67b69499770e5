import { openWeb, type Person, type Web } from './web-fixture.js';

let web: Web;
let drafter: Person;
let base: string;
beforeAll(async () => {
  web = await openWeb();
  drafter = await web.person('drafter', web.town.pension, '担当一郎');
  base = await web.listen();
});
afterAll(() => web.close());

describe('addresses that nobody can read', () => {
  it.each(['/%ff', '/%', '/%c0%af', '/assessments/%E0%A4%A', `/assessments/${'a'.repeat(5_000)}`])('%.40s is the Japanese page of a missing address, closed as every other', async (path) => {
    const response = await fetch(base + path);
    expect([response.status, response.headers.get('content-type'), response.headers.get('x-content-type-options')]).toEqual([404, 'text/html; charset=utf-8', 'nosniff']);
    expect(response.headers.get('content-security-policy')).toContain(`default-src 'none'`);
    expect(await response.text()).toContain('このアドレスの画面はありません');
  });

  it('a slash at the end makes no difference', async () => {
    expect((await fetch(`${base}/sign-in/`)).status).toBe(200);
  });
});

describe('bodies that are no form', () => {
  const send = async (path: string, type: string, body: string): Promise<Response> => fetch(base + path, {
    method: 'POST', body, headers: { 'content-type': type, cookie: `tenken_session=${drafter.token}`, 'x-csrf-token': drafter.csrf, 'sec-fetch-site': 'same-origin' },
  });

  it.each([
    ['/threshold', 'application/json', 'null'], ['/threshold/preview', 'application/json', 'null'], ['/threshold', 'application/json', '[1,2'],
    ['/threshold', 'multipart/form-data', 'x'], ['/threshold', 'multipart/form-data; boundary=x', '--x\r\n'], ['/assessments/import', 'multipart/form-data; boundary=x', '--x\r\n'],
  ])('%s as %s: %s is answered in Japanese and is no fault of the product', async (path, type, body) => {
    const response = await send(path, type, body);
    expect(response.status).toBeGreaterThanOrEqual(200);
    expect(response.status).toBeLessThan(500);
    expect(await response.text()).toMatch(/[ぁ-ん]/u);
  });
});
