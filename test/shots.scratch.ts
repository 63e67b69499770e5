import { filled, openWeb, openBrowser, type Person, type Web } from './web-fixture.js';
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
let web: Web; let drafter: Person;
beforeAll(async () => { web = await openWeb(); drafter = await web.person('drafter', web.town.pension, '担当一郎'); });
afterAll(() => web.close());
it('shots', async () => {
  const id = await web.document(drafter, 'basic', '2024-10', filled(web, 'basic', '2024-10'));
  const empty = await web.document(drafter, 'basic', '2024-10');
  const full = await web.document(drafter, 'full', '2024-10', filled(web, 'full', '2024-10'), '国民健康保険に関する事務 全項目評価書');
  const problems = (await web.get(`/assessments/${id}/problems`, drafter)).body;
  console.log([...problems.matchAll(/<li><a href="([^"]*)">([^<]*)/gu)].map((m) => `${m[1]!.replace(/.*sections/u, '')} ${m[2]}`).join('\n'));
  const png = await sharp({ create: { width: 800, height: 400, channels: 3, background: '#369' } }).png().toBuffer();
  const overview = (await web.get(`/assessments/${full}`, drafter)).body;
  const links = [...new Set([...overview.matchAll(/href="(\/assessments\/[^"/]+\/sections\/[^"#]+)"/gu)].map((m) => m[1]!))];
  const imp = await web.post('/assessments/import', { text: readFileSync('test/fixtures/import/priority-table.md', 'utf8'), form: '', department: web.town.pension }, drafter);
  console.log(imp.status, imp.location, imp.body.slice(0, 300));
  const sec = [...new Set([...(await web.get(`/assessments/${id}`, drafter)).body.matchAll(/href="(\/assessments\/[^"/]+\/sections\/[^"#]+)"/gu)].map((m) => m[1]!))];
  console.log(links, sec);
  const pages: Record<string, string> = { list: '/assessments', overview: `/assessments/${id}`, problems: `/assessments/${empty}/problems`, history: `/assessments/${id}/history`, item: `/assessments/${id}/items/affair-overview`, import: '/assessments/import', review: imp.location,
    emptycover: `/assessments/${empty}/sections/${sec[0]!.split('/').at(-1)}`, b1: sec[1]!, b4: sec[3]!, b5: sec.at(-1)!, f1: links[1]!, f2: links[2]!, f3: links[3]!, f4: links[4]!, f5: links[5]! };
  const origin = await web.listen();
  const browser = await openBrowser();
  try {
    const page = await browser.newPage();
    page.on('console', (m) => console.log('console', m.text()));
    page.on('pageerror', (e) => console.log('pageerror', String(e)));
    await browser.setCookie({ name: 'tenken_session', value: drafter.token, domain: '127.0.0.1', path: '/' });
    for (const width of [1280, 390]) {
      await page.setViewport({ width, height: 900 });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(origin + path, { waitUntil: 'networkidle0' });
        const w = await page.evaluate(() => document.documentElement.scrollWidth);
        const h = await page.evaluate(() => document.documentElement.scrollHeight);
        if (w > width) console.log('OVERFLOW', name, width, w, await page.evaluate((lim) => [...document.querySelectorAll('body *')].filter((e) => e.getBoundingClientRect().right > lim + 1).slice(0, 6).map((e) => e.tagName + '.' + e.className + ' ' + e.getBoundingClientRect().right), width));
        await page.screenshot({ path: `/tmp/shots/${name}-${width}.png`, clip: { x: 0, y: 0, width, height: Math.min(h, width === 390 ? 2600 : 2200) } });
      }
    }
  } finally { await browser.close(); }
}, 200000);
