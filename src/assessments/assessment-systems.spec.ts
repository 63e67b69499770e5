import { openTown, servicesOf, makeTown, type Database, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import type { AnswerSet } from '../engine/form.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { history, verifyJournal } from '../kernel/journal.js';
import { AssessmentSystems } from './assessment-systems.service.js';
import { Forms } from './forms.js';

const forms = new Forms([{ compiled: indexForm(sampleForm()) }]);
const services = servicesOf(forms);
const links = new AssessmentSystems(forms);
let database: Database;
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;
let childrens: Actor;
let lead: Actor;
let council: Actor;
let id: string;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '国保の担当');
  childrens = await town.person('drafter', town.children, 'こどもの担当');
  lead = await town.person('assessment-lead', null, '評価統括');
  council = await town.person('council-member', null, '委員');
});
afterAll(() => close());
beforeEach(async () => {
  await database.query('delete from assessment_system');
  await database.query('update system set merged_into_id = null');
  await database.query('delete from system_use');
  await database.query('delete from system');
  id = await assessment('国保の事務', town.pension);
});

const assessment = async (title: string, department: string, answers: AnswerSet = readySample()): Promise<string> =>
  (await town.as(lead, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title, departmentId: department, bodyId: town.body, answers, origin: {} }))).id;
async function system(name: string, department: string, more: { kind?: string; organisation?: string } = {}): Promise<string> {
  const made = newId();
  await database.query(
    `insert into system (id, organisation_id, kind, name, department_id, register, register_version, changed_at, changed_by_name, version) values ($1, $2, $3, $4, $5, '{}', '2026-04', now(), '担当', 1)`,
    [made, more.organisation ?? town.organisation, more.kind ?? 'system', name, department],
  );
  return made;
}
const merge = (from: string, into: string) => database.query('update system set merged_into_id = $2 where id = $1', [from, into]);
const use = (systemId: string, department: string) => database.query('insert into system_use (id, organisation_id, system_id, department_id) values ($1, $2, $3, $4)', [newId(), town.organisation, systemId, department]);
const link = (actor: Actor, to: string, assessmentId = id) => town.as(actor, (ctx) => links.link(ctx, assessmentId, to));
const unlink = (actor: Actor, to: string) => town.as(actor, (ctx) => links.unlink(ctx, id, to));
const namesOf = async (actor: Actor, assessmentId = id) => (await town.as(actor, (ctx) => links.ofAssessment(ctx, assessmentId))).map((one) => [one.name, one.readable]);
const titlesOf = async (actor: Actor, systemId: string) => (await town.as(actor, (ctx) => links.ofSystem(ctx, systemId))).map((one) => [one.title, one.readable]);
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  return error instanceof TenkenError ? `${error.kind} ${error.code}` : `nothing refused: ${String(error)}`;
}

describe('links of assessments and systems', () => {
  it('show on both sides, with where they belong', async () => {
    const pension = await system('国保システム', town.pension);
    await link(drafter, pension);
    expect(await town.as(drafter, (ctx) => links.ofAssessment(ctx, id))).toEqual([
      { id: pension, kind: 'system', number: null, name: '国保システム', departmentId: town.pension, departmentName: '国保年金課', readable: true },
    ]);
    expect(await town.as(drafter, (ctx) => links.ofSystem(ctx, pension))).toEqual([{
      id, number: null, title: '国保の事務', form: 'sample', formTitle: forms.get('sample', '2026-04').definition.shortTitle, status: 'draft', statusLabel: '作成中',
      departmentId: town.pension, departmentName: '国保年金課', readable: true,
    }]);
  });

  it('twice is no error and one link; the same for taking it away', async () => {
    const pension = await system('国保システム', town.pension);
    await link(drafter, pension);
    await link(drafter, pension);
    expect(await database.query('select count(*)::int as links from assessment_system')).toEqual([{ links: 1 }]);
    await unlink(drafter, pension);
    await unlink(drafter, pension);
    expect(await namesOf(drafter)).toEqual([]);
    const written = await town.as(lead, async (ctx) => [await history(ctx, { kind: 'assessment', id }), await history(ctx, { kind: 'system', id: pension })]);
    expect(written[0]!.filter((one) => one.action.startsWith('system-')).map(({ action, before, after }) => [action, before ?? after])).toEqual([
      ['system-unlinked', { id: pension, name: '国保システム' }], ['system-linked', { id: pension, name: '国保システム' }],
    ]);
    expect(written[1]!.map(({ action, before, after }) => [action, before ?? after])).toEqual([
      ['assessment-unlinked', { id, name: '国保の事務' }], ['assessment-linked', { id, name: '国保の事務' }],
    ]);
  });

  it('two people at once make one link', async () => {
    const pension = await system('国保システム', town.pension);
    await Promise.all([link(drafter, pension), link(lead, pension)]);
    expect(await namesOf(drafter)).toEqual([['国保システム', true]]);
  });

  it('are made by who writes the assessment or the system, and by nobody else', async () => {
    const [own, foreign] = [await system('国保システム', town.pension), await system('住民記録システム', town.children)];
    await link(drafter, foreign);
    await link(childrens, foreign);
    expect(await codeOf(link(childrens, own))).toBe('refused not-allowed');
    expect(await codeOf(unlink(childrens, own))).toBe('refused not-allowed');
    expect(await codeOf(link(council, own))).toBe('refused not-allowed');
    await unlink(childrens, foreign);
    expect(await namesOf(drafter)).toEqual([]);
  });

  it('who may not open the other side sees it only where they write this one', async () => {
    const foreign = await system('住民記録システム', town.children);
    await link(drafter, foreign);
    expect(await namesOf(drafter)).toEqual([['住民記録システム', false]]);
    expect(await namesOf(lead)).toEqual([['住民記録システム', true]]);
    expect(await namesOf(council)).toEqual([]);
    expect(await codeOf(namesOf(childrens))).toBe('refused other-department');
    expect(await titlesOf(childrens, foreign)).toEqual([['国保の事務', false]]);
    expect(await codeOf(titlesOf(drafter, foreign))).toBe('refused other-department');
    await use(foreign, town.pension);
    expect(await namesOf(drafter)).toEqual([['住民記録システム', true]]);
    // A department that only uses the system reads it, and sees of its assessments those of its own.
    const theirs = await assessment('児童手当の事務', town.children);
    await link(childrens, foreign, theirs);
    expect(await titlesOf(drafter, foreign)).toEqual([['国保の事務', true]]);
    expect(await titlesOf(childrens, foreign)).toEqual([['児童手当の事務', true], ['国保の事務', false]]);
  });

  it('a platform is open to everybody who may see systems', async () => {
    await link(drafter, await system('共通基盤', town.children, { kind: 'platform' }));
    expect(await namesOf(drafter)).toEqual([['共通基盤', true]]);
  });

  it('a merged system is refused; links to it are links to the one it was merged into, through any number of steps', async () => {
    const [first, second, third] = [await system('住基', town.pension), await system('住記', town.pension), await system('住民記録システム', town.pension)];
    await link(drafter, first);
    await merge(first, second);
    await merge(second, third);
    expect(await codeOf(link(drafter, first))).toBe('refused merged');
    expect(await namesOf(drafter)).toEqual([['住民記録システム', true]]);
    expect(await titlesOf(drafter, third)).toEqual([['国保の事務', true]]);
    await link(drafter, third);
    expect(await database.query('select count(*)::int as links from assessment_system')).toEqual([{ links: 1 }]);
    await unlink(drafter, third);
    expect(await namesOf(drafter)).toEqual([]);
  });

  it('what is not there or belongs to somebody else is not found', async () => {
    const elsewhere = await makeTown(database, 'あおば市');
    const [foreign, own] = [await system('住民記録システム', elsewhere.pension, { organisation: elsewhere.organisation }), await system('国保システム', town.pension)];
    for (const to of [foreign, newId(), 'no id', '']) {
      expect([to, await codeOf(link(lead, to))]).toEqual([to, 'not-found not-found']);
      expect([to, await codeOf(titlesOf(lead, to))]).toEqual([to, 'not-found not-found']);
    }
    expect(await codeOf(link(lead, own, newId()))).toBe('not-found not-found');
    expect(await codeOf(namesOf(lead, newId()))).toBe('not-found not-found');
    expect((await town.as(lead, (ctx) => links.linksOf(ctx, [foreign]))).get(foreign)).toEqual([]);
  });
});

describe('for the checks', () => {
  it('gives the assessments of many systems at once, whoever asks', async () => {
    const [one, two, none, old] = [await system('国保システム', town.pension), await system('収納システム', town.children), await system('健診システム', town.pension), await system('旧収納', town.pension)];
    const other = await assessment('児童手当の事務', town.children);
    await link(lead, one);
    await link(lead, two);
    await link(lead, two, other);
    await link(lead, old);
    await merge(old, one);
    const found = await town.as(council, (ctx) => links.linksOf(ctx, [one, two, none]));
    expect([...found].map(([key, list]) => [key, list.map((each) => each.assessmentId).sort()])).toEqual([[one, [id]], [two, [id, other].sort()], [none, []]]);
    expect(await town.as(lead, (ctx) => links.linksOf(ctx, []))).toEqual(new Map());
  });
});

describe('suggestions', () => {
  it('are the systems whose name is written in a short text and that are not linked yet', async () => {
    const sample = readySample();
    const form = forms.get('sample', '2026-04');
    const text = form.items.find(({ item, groups }) => item.kind === 'text' && groups.length === 0 && item.prefilledFrom === undefined)!;
    const long = form.items.find(({ item, groups }) => item.kind === 'long-text' && groups.length === 0);
    sample.answers[text.code] = '国保システム、中間サーバー（全国共通）及び住記';
    if (long) sample.answers[long.code] = '健診システム';
    id = await assessment('国保の事務', town.pension, sample);
    const written = [await system('国保', town.pension), await system('中間サーバ', town.children), await system('健診システム', town.pension), await system('住記システム', town.pension)];
    await merge(written[3]!, await system('住民記録システム', town.pension));
    const suggested = async (actor: Actor) => (await town.as(actor, (ctx) => links.suggested(ctx, id))).map((one) => [one.name, one.readable]);
    expect(await suggested(drafter)).toEqual([['中間サーバ', false], ['国保', true]]);
    await link(drafter, written[0]!);
    expect(await suggested(drafter)).toEqual([['中間サーバ', false]]);
    expect(await suggested(council)).toEqual([]);
    expect(await codeOf(suggested(childrens))).toBe('refused other-department');
  });
});

it('leaves a journal that verifies', async () => {
  expect((await verifyJournal(database)).problems).toEqual([]);
});
