import { createHash } from 'node:crypto';
import sharp from 'sharp';
import { incidentsQuestionnaire } from '../src/audits/sample-questionnaire.js';
import type { GroupItem } from '../src/engine/form.js';
import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile, PictureInFile } from '../src/findings/audit-file.js';
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

  it('is given out in one order, however often it goes out and in', async () => {
    const file = numbered(150);
    const { departments } = await give((await bring(numbered(160))).id);
    expect(departments.length).toBeGreaterThan(4);
    file.departments = departments;
    // As the departments stand in the tree; the members as they are listed; two statements and two records of one day as they came
    file.audit.targets = departments.map((department) => ({ department, system: null }));
    file.questionnaires[0]!.responses = departments.map((department, n) => ({ department, system: null, status: 'fixed', answers: { count: n } }));
    file.records = departments.map((department, n) => ({ ...file.records[0]!, key: `r${n + 1}`, department }));
    const [statement] = file.findings.flatMap((one) => one.statements);
    file.findings[1]!.statements = departments.map((department) => ({ ...statement!, department }));
    const first = await give((await bring(file)).id);
    for (const one of [...file.tabulations, ...first.tabulations]) one.counted = [];
    for (const [n, one] of file.actions.entries()) one.number = first.actions[n]!.number;
    for (const notice of file.notices) for (const item of notice.items) item.action = first.actions[0]!.number;
    expect(own(first)).toEqual(own(file));
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

describe('rows and pictures of its responses', () => {
  const [first, second] = ['00000000-0000-4000-8000-000000000001', '00000000-0000-4000-8000-000000000002'];
  let picture: PictureInFile;

  beforeAll(async () => {
    const bytes = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#123' } }).png().toBuffer();
    picture = { sha256: createHash('sha256').update(bytes).digest('hex'), mediaType: 'image/png', width: 4, height: 3, data: bytes.toString('base64') };
  });

  function withRows(offset: number): AuditFile {
    const file = numbered(offset);
    file.questionnaires.push({
      ...file.questionnaires[0]!, key: 'q2', title: '事故の調査', definition: incidentsQuestionnaire(),
      responses: [{
        department: '税務課', system: null, status: 'submitted', rows: [first!, second!].map((id, n) => ({ id, group: 'incidents', parent: null, position: n + 1 })),
        answers: { any: { choice: 'yes' }, [`what@${first!}`]: '紛失', [`persons@${first!}`]: 3, [`persons@${second!}`]: 4, plan: { figures: [{ image: picture.sha256, caption: '図', width: 4, height: 3 }] } },
      }],
    });
    return { ...file, pictures: [picture] };
  }

  it('come in and go out with it, also a second time in the same organisation', async () => {
    for (const offset of [800, 801]) {
      const { id } = await bring(withRows(offset));
      const again = await web.within(office, (ctx) => files.take(ctx, id));
      expect(again.questionnaires.find(({ title }) => title === '事故の調査')!.responses).toEqual(withRows(offset).questionnaires[1]!.responses);
      expect(again.pictures).toEqual([picture]);
      // What pages and frozen reports are made from carries no pictures.
      expect((await give(id)).pictures).toBeUndefined();
    }
  });

  it.each<[string, (file: AuditFile) => void, string, string]>([
    ['a row that is there twice', (file) => { file.questionnaires[1]!.responses[0]!.rows![1]!.id = first!; }, 'row-invalid', '/questionnaires/1/responses/0/rows'],
    ['a row without an id of its own', (file) => { file.questionnaires[1]!.responses[0]!.rows![1]!.id = 'zwei'; }, 'row-invalid', '/questionnaires/1/responses/0/rows/1'],
    ['a row of no group', (file) => { file.questionnaires[1]!.responses[0]!.rows![1]!.group = 'any'; }, 'row-invalid', '/questionnaires/1/responses/0/rows'],
    ['an answer in a row that is not there', (file) => { file.questionnaires[1]!.responses[0]!.answers['what@00000000-0000-4000-8000-000000000009'] = 'x'; }, 'unknown-item', '/questionnaires/1/responses/0/answers/what@00000000-0000-4000-8000-000000000009'],
    ['an answer of a row outside it', (file) => { file.questionnaires[1]!.responses[0]!.answers.what = 'x'; }, 'unknown-item', '/questionnaires/1/responses/0/answers/what'],
    ['a picture that is missing', (file) => { file.pictures = []; }, 'picture-missing', '/pictures'],
    ['a picture that is another', (file) => { file.pictures![0]!.data = Buffer.from('other').toString('base64'); }, 'image-hash-differs', '/pictures/0/data'],
    ['rows within rows', (file) => { const { definition } = file.questionnaires[1]!; const group = definition.sections[0]!.blocks[0]!.items![1] as GroupItem; group.items.push({ code: 'deep', kind: 'group', label: '行', unit: '行', need: 'optional', items: [{ code: 'deeper', kind: 'text', label: '文', need: 'optional' }] }); }, 'questionnaire-invalid', expect.stringContaining('（deep）/kind') as unknown as string],
  ])('are refused with %s, and nothing is kept', async (_, spoil, code, path) => {
    const before = await count();
    const file = structuredClone(withRows(900));
    spoil(file);
    const refused = (await bring(file).then(() => null, (error: unknown) => error)) as Invalid;
    expect(refused.problems.map((one) => [one.code, one.path])).toContainEqual([code, path]);
    expect(await count()).toBe(before);
  });
});
