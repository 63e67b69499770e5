import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { Departments } from '../src/identity/departments.service.js';
import { Invalid, NotFound, Refused } from '../src/kernel/errors.js';
import { newId } from '../src/kernel/ids.js';
import { smallAudit } from './small-audit.js';
import { openWeb, type Person, type Web } from './web-fixture.js';

let web: Web;
let office: Person;
let files: AuditFiles;

beforeAll(async () => {
  web = await openWeb();
  office = await web.person('audit-secretariat', null, '監査事務局');
  files = web.app.get(AuditFiles, { strict: false });
  for (const name of ['市民課', '税務課']) {
    await web.database.query('insert into department (id, organisation_id, body_id, parent_id, name) values ($1, $2, $3, null, $4)', [newId(), web.town.organisation, web.town.body, name]);
  }
});
afterAll(() => web.close());

const bring = (file: AuditFile, actor = office) => web.within(actor, (ctx) => files.import(ctx, Buffer.from(JSON.stringify(file))));
const give = (id: string, actor = office) => web.within(actor, (ctx) => files.read(ctx, id));
const count = async (): Promise<number> => Number(((await web.database.query('select count(*) from audit')) as { count: string }[])[0]!.count);

/** Publication numbers are once in a year. */
function numbered(offset: number): AuditFile {
  const file = smallAudit();
  for (const one of file.reports) one.publicationNumber = one.publicationNumber! + offset;
  return file;
}

/** What the organisation says and not the file: its own name, its scheme and numbering, its departments. */
function own({ organisation: _o, scheme: _s, numbering: _n, departments: _d, ...audit }: AuditFile): object {
  return audit;
}

describe('an audit that is brought in from its file', () => {
  it('is given out again as it was', async () => {
    const { id, theme } = await bring(numbered(100));
    expect(theme).toBe('端末の管理について');
    const again = await give(id);
    // The twelve terminals of the response are counted anew: 12 of one department.
    const counted = again.tabulations[0]!.counted;
    expect(counted.map((one) => [one.code, one.records.map((record) => record.values.count)])).toEqual([['small-sheet', [12]]]);
    again.tabulations[0]!.counted = [];
    expect(own(again)).toEqual(own(numbered(100)));
    expect(again.organisation).toEqual({ name: 'みずほ野市', headTitle: '市長' });
  });

  it('gives its actions the next numbers of the organisation', async () => {
    const numbers = ((await web.database.query('select number from corrective_action order by number')) as { number: number }[]).map((one) => one.number);
    const { id } = await bring(numbered(200));
    const again = await give(id);
    expect(again.actions.map((one) => one.number)).toEqual([numbers.at(-1)! + 1]);
    expect(again.notices[0]!.items.map((one) => one.action)).toEqual([numbers.at(-1)! + 1]);
  });

  it.each<[string, (file: AuditFile) => void, string]>([
    ['a department that is not there', (file) => { file.departments.push('水道課'); file.cases[0]!.department = '水道課'; }, 'department-unknown'],
    ['a system that is not there', (file) => { file.findings[1]!.system = '窓口システム'; }, 'system-unknown'],
    ['a publication number that is taken', (file) => { file.reports[0]!.publicationNumber = 107; }, 'publication-number-once'],
    ['a state that the organisation does not know', (file) => { file.scheme.states.push({ code: 'shelved', label: '見送り', definition: '', phase: 'waiting' }); file.actions[0]!.state = 'shelved'; }, 'code-unknown'],
  ])('is refused for %s, and nothing is kept', async (_, spoil, code) => {
    const before = await count();
    const file = numbered(300);
    spoil(file);
    const refused = await bring(file).then(() => null, (error: unknown) => error);
    expect(refused).toBeInstanceOf(Invalid);
    expect((refused as Invalid).problems.map((one) => one.code)).toEqual([code]);
    expect(await count()).toBe(before);
  });

  it('is neither read nor brought in by whoever has no right', async () => {
    const { id } = await bring(numbered(400));
    const clerk = await web.person('drafter', web.town.pension, '国保の担当');
    await expect(bring(numbered(500), clerk)).rejects.toBeInstanceOf(Refused);
    await expect(give(id, clerk)).rejects.toBeInstanceOf(Refused);
    const member = await web.person('audit-member', null, '監査委員');
    await expect(bring(numbered(500), member)).rejects.toBeInstanceOf(Refused);
    expect((await give(id, member)).audit.theme).toBe('端末の管理について');
  });

  it('is not there for another organisation', async () => {
    const { id } = await bring(numbered(600));
    const others = newId();
    await web.database.query('insert into organisation (id, name) values ($1, $2)', [others, '隣町']);
    await expect(web.within(office, (ctx) => files.read({ ...ctx, organisation: others }, id))).rejects.toBeInstanceOf(NotFound);
  });
});

it('departments of the file are named as the organisation names them', async () => {
  const { departments } = await give((await bring(numbered(700))).id);
  expect(departments).toEqual([...(await web.within(office, (ctx) => new Departments().tree(ctx)))].map((one) => one.department.name));
});
