import { openWeb, openBrowser } from './web-fixture.js';
import { readFileSync } from 'node:fs';
it('x', async () => {
  const web = await openWeb(); const d = await web.person('drafter', web.town.pension, '担当一郎');
  const origin = await web.listen(); const browser = await openBrowser();
  const t0 = Date.now();
  const imp = await web.post('/assessments/import', { text: '', form: '', department: web.town.pension, file: [new Blob([readFileSync('/work/shared/reference/seeds/full-assessment.osaka-city.txt')]), 'osaka.txt'] }, d);
  const t1 = Date.now();
  const page0 = await web.get(imp.location, d);
  console.log(imp.status, t1 - t0, Date.now() - t1, page0.body.length, (page0.body.match(/<option/g) ?? []).length);
  const m = /name="version" value="(\d+)"><div class="field"><label for="title"/.exec(page0.body)!;
  const done = await web.post(`${imp.location}/confirm`, { version: m[1]!, title: '大阪の写し', number: '' }, d);
  console.log(done.status, done.location);
  const b = web.person('section-head', web.town.pension, '課長');
  await b;
  const page = await browser.newPage();
  await browser.setCookie({ name: 'tenken_session', value: d.token, domain: '127.0.0.1', path: '/' });
  const imp2 = await web.post('/assessments/import', { text: '', form: '', department: web.town.pension, file: [new Blob([readFileSync('/work/shared/reference/seeds/full-assessment.osaka-city.txt')]), 'osaka.txt'] }, d);
  for (const [name, path] of [['oreview', imp2.location], ['ooverview', done.location], ['oproblems', `${done.location}/problems`]] as const) for (const width of [1280, 390]) {
    await page.setViewport({ width, height: 900 });
    await page.goto(origin + path, { waitUntil: 'load' });
    const h = await page.evaluate('document.documentElement.scrollHeight') as number;
    console.log(name, width, h, await page.evaluate('document.documentElement.scrollWidth'));
    await page.screenshot({ path: `/tmp/shots/${name}-${width}.png` as never, clip: { x: 0, y: 0, width, height: Math.min(h, 2000) } });
  }
  const t2 = Date.now(); const sec = await web.get(`${done.location}/sections/basic-information`, d); console.log('section ms', Date.now() - t2, sec.body.length);
  const [f] = await web.database.query(`select id from answer_row where assessment_id=$1 and group_code='file'`, [done.location.split('/').at(-1)]) as { id: string }[];
  const t3 = Date.now(); const s2 = await web.get(`${done.location}/sections/file-overview/${f!.id}`, d); console.log('file section ms', Date.now() - t3, s2.status, s2.body.length);
  const t4 = Date.now(); await web.get(`${done.location}/live`, d); console.log('live ms', Date.now() - t4);
  await page.setViewport({ width: 1280, height: 900 });
  await page.goto(`${origin}${done.location}/sections/file-overview/${f!.id}`, { waitUntil: 'load' });
  await page.screenshot({ path: `/tmp/shots/ofile-1280.png` as never, clip: { x: 0, y: 0, width: 1280, height: 2000 } });
  await browser.close(); await web.close();
}, 60000);
