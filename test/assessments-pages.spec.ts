import { filled, openWeb, STATUTORY, type Person, type Web } from './web-fixture.js';

let web: Web;
let drafter: Person;
beforeAll(async () => {
  web = await openWeb();
  drafter = await web.person('drafter', web.town.pension, '担当一郎');
});
afterAll(() => web.close());

describe.each(STATUTORY)('pages of the form %s %s', (form, version) => {
  it.each(['empty', 'filled'] as const)('draw every section, %s', async (how) => {
    const id = await web.document(drafter, form, version, how === 'empty' ? undefined : filled(web, form, version));
    const overview = await web.get(`/assessments/${id}`, drafter);
    expect(overview.status).toBe(200);
    const links = [...overview.body.matchAll(/href="(\/assessments\/[^"/]+\/sections\/[^"#]+)"/gu)].map((m) => m[1]!);
    for (const link of new Set(links)) {
      const page = await web.get(link, drafter);
      if (page.status !== 200) console.log(link, page.status, page.body.match(/<p class="lead">(.*?)<\/p>/u)?.[1]);
      expect(page.status).toBe(200);
    }
  });
});
