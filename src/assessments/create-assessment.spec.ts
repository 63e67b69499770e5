import { openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import type { FormDefinition } from '../engine/form.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { inProject } from '../kernel/root.js';
import { loadContent } from './content.js';
import { Forms } from './forms.js';
import { ThresholdJudging } from './threshold-judgement.service.js';

const content = loadContent(inProject('templates'));
const sample = { compiled: indexForm(sampleForm()) };
const forms = new Forms([...content.forms, sample], content.table);
const services = servicesOf(forms);
const judging = new ThresholdJudging(forms, content.table);
let database: Database;
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '担当');
});
afterAll(() => close());

/** Threshold rules (regime.yaml): 10,000 ≤ people < 100,000, 500 handlers or more, no incident: 基礎＋重点. */
const PRIORITY = { 'exempt-kind': { choice: 'none' }, people: 12_345, 'people-date': '2026-04-01', handlers: 612, 'handlers-date': '2026-04-02', incident: { choice: 'no' }, 'voluntary-level': { choice: 'none' } };
const judged = () => town.as(drafter, (ctx) => judging.keep(ctx, { affairName: '国民年金に関する事務', departmentId: town.pension, answers: PRIORITY }));
async function refusalOf(work: Promise<unknown>): Promise<TenkenError> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  if (!(error instanceof TenkenError)) throw new Error(`not refused as expected: ${String(error)}`);
  return error;
}
const opened = (id: string, actor = drafter) => town.as(actor, (ctx) => services.reading.open(ctx, id));

describe('from a threshold judgement', () => {
  it('fills in what is known: the name, the place of keeping, the bands and days of the judgement', async () => {
    const judgement = await judged();
    const { id } = await town.as(drafter, (ctx) => services.creation.fromJudgement(ctx, judgement, { form: 'basic', title: '国民年金に関する事務　基礎項目評価書', number: '12' }));
    const { assessment, answers, editable, statusLabel } = await opened(id);
    expect(answers.answers).toEqual({
      'assessment-number': '12', 'assessment-name': '国民年金に関する事務　基礎項目評価書', 'implementing-body': 'みずほ野市長', 'affair-name': '国民年金に関する事務',
      'department-in-charge': '福祉部国保年金課', 'department-head-title': '課長',
      'people-band': { choice: 'from-10000' }, 'people-date': '2026-04-01', 'handlers-band': { choice: 'from-500' }, 'handlers-date': '2026-04-02', incident: { choice: 'no' },
    });
    expect(assessment).toMatchObject({ form: 'basic', formVersion: '2024-10', judgementId: judgement.id, status: 'draft', departmentId: town.pension, bodyId: town.body, version: 1, edits: 0 });
    expect([editable, statusLabel]).toEqual([true, '作成中']);
  });

  it('begins the detailed form with its first file, and the option that this form has for the result', async () => {
    const { id } = await town.as(drafter, async (ctx) => services.creation.fromJudgement(ctx, await judging.keep(ctx, { affairName: '年金', departmentId: town.pension, answers: PRIORITY }), { form: 'priority', title: '年金' }));
    const { answers } = await opened(id);
    expect(answers.answers).toMatchObject({ 'threshold-result': { choice: 'priority' }, 'people-band': { choice: 'from-10000' }, 'affair-name': '年金' });
    expect(answers.answers).not.toHaveProperty('assessment-number');
    expect(answers.rows.filter((row) => row.group === 'file')).toHaveLength(1);
  });

  it('does not make a form that the judgement does not ask for, nor one without a name', async () => {
    const judgement = await judged();
    const make = (form: 'basic' | 'full', title: string) => town.as(drafter, (ctx) => services.creation.fromJudgement(ctx, judgement, { form, title }));
    expect((await refusalOf(make('full', '年金'))).problems).toMatchObject([{ code: 'form-not-due', path: 'form' }]);
    expect((await refusalOf(make('basic', ' 　'))).problems).toMatchObject([{ code: 'title-missing', path: 'title' }]);
    expect((await refusalOf(make('basic', 'あ'.repeat(301)))).problems).toMatchObject([{ code: 'answer-too-long', path: 'title' }]);
    expect((await refusalOf(make('basic', '年\u0000金'))).problems).toMatchObject([{ code: 'control-character', path: 'title' }]);
  });

  it('only for a department in which the person writes, and not for one that has ended', async () => {
    const judgement = await judged();
    const neighbour = await town.person('drafter', town.children);
    expect((await refusalOf(town.as(neighbour, (ctx) => services.creation.fromJudgement(ctx, judgement, { form: 'basic', title: '年金' })))).code).toBe('other-department');
    const viewer = await town.person('viewer', null);
    expect((await refusalOf(town.as(viewer, (ctx) => services.creation.fromJudgement(ctx, judgement, { form: 'basic', title: '年金' })))).kind).toBe('refused');
    await database.query(`update department set ended_on = '2026-11-21' where id = $1`, [town.pension]);
    expect((await refusalOf(town.as(drafter, (ctx) => services.creation.fromJudgement(ctx, judgement, { form: 'basic', title: '年金' })))).code).toBe('department-ended');
    await database.query('update department set ended_on = null where id = $1', [town.pension]);
  });
});

describe('from another document', () => {
  const original = async (answers = readySample()) => (await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '事務', departmentId: town.pension, bodyId: town.body, answers, origin: {} }))).id;

  it('copies rows under new ids, and answers, and leaves the original alone', async () => {
    const source = await original();
    const { id, notCarried } = await town.as(drafter, (ctx) => services.creation.fromAssessment(ctx, source, { title: '写し' }));
    const [before, after] = [await opened(source), await opened(id)];
    expect(notCarried).toEqual([]);
    expect(after.assessment).toMatchObject({ copiedFromId: source, title: '写し', status: 'draft' });
    const plain = ({ answers }: typeof before) => Object.entries(answers.answers).map(([address, value]) => [address.split('@')[0], value]).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    expect(plain(after)).toEqual(plain(before));
    const ids = new Set(before.answers.rows.map((row) => row.id));
    expect(after.answers.rows).toHaveLength(3);
    expect(after.answers.rows.some((row) => ids.has(row.id))).toBe(false);
    await town.as(drafter, (ctx) => services.saving.save(ctx, id, 'affair-name', '写しの名前', 1));
    expect((await opened(source)).answers.answers['affair-name']).toBe('児童手当に関する事務');
  });

  it('names what a newer version of the form cannot take', async () => {
    const source = await original();
    const newer: FormDefinition = structuredClone(sampleForm());
    newer.version = '2027-04';
    newer.validity = { from: '2026-11-01' };
    const older: FormDefinition = { ...sampleForm(), validity: { from: '2026-04-01', until: '2026-11-01' } };
    newer.sections[0]!.blocks[0]!.items!.shift();
    newer.optionSets.use = newer.optionSets.use!.filter((one) => one.code !== 'used');
    const { creation, reading } = servicesOf(new Forms([{ compiled: indexForm(older) }, { compiled: indexForm(newer) }]));
    const { id, notCarried } = await town.as(drafter, (ctx) => creation.fromAssessment(ctx, source, { title: '新しい様式' }));
    expect(notCarried.sort()).toEqual(['affair-name', 'network-use']);
    const copy = await town.as(drafter, (ctx) => reading.open(ctx, id));
    expect([copy.assessment.formVersion, copy.answers.answers['affair-content']]).toEqual(['2027-04', '手当の認定と支給を行う。']);
    const [entry] = await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id }));
    expect(entry).toMatchObject({ action: 'assessment-created', after: { from: 'copy', copied: source } });
  });

  it('of another department only where both may be seen and written', async () => {
    const source = await original();
    const neighbour = await town.person('drafter', town.children);
    expect((await refusalOf(town.as(neighbour, (ctx) => services.creation.fromAssessment(ctx, source, { title: '写し', departmentId: town.children })))).code).toBe('other-department');
    const lead = await town.person('assessment-lead', null);
    const { id } = await town.as(lead, (ctx) => services.creation.fromAssessment(ctx, source, { title: '写し', departmentId: town.children }));
    expect((await opened(id, lead)).departmentName).toBe('こども課');
  });
});

describe('from answers that were brought in', () => {
  const bring = (answers: ReturnType<typeof readySample>, version = '2026-04') => town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version, title: '事務', departmentId: town.pension, bodyId: town.body, answers, origin: {} }));

  it('refuses what has no place or no shape, all of it at once, and keeps nothing', async () => {
    const count = async () => (await database.query('select count(*)::int as n from assessment') as { n: number }[])[0]!.n;
    const before = await count();
    const set = readySample({ 'no-such-item': 'x', 'file-name@nowhere': 'x', 'affair-name@f1': 'x', 'network-use': 'used' as never, 'affair-content': 'あ\ud842', 'affair-name': 'あ\u0000' });
    const refusal = await refusalOf(bring(set));
    expect(refusal.problems.map((one) => `${one.code} ${one.path}`).sort()).toEqual([
      'broken-character affair-content', 'broken-character affair-name', 'no-place affair-name@f1', 'no-place file-name@nowhere', 'no-place no-such-item', 'wrong-type network-use',
    ]);
    expect((await refusalOf(bring(readySample(), '1999-01'))).kind).toBe('not-found');
    expect(await count()).toBe(before);
  });

  it('takes a backslash and a u for what they are', async () => {
    const { id } = await bring(readySample({ 'affair-content': '\\u0000 と \\\\ud842' }));
    expect((await opened(id)).answers.answers['affair-content']).toBe('\\u0000 と \\\\ud842');
  });
});
