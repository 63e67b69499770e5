import { makeTown, open, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import { testDatabase } from '../../test/test-database.js';
import { indexForm } from '../engine/form-index.js';
import type { AnswerSet } from '../engine/form.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused, TenkenError } from '../kernel/errors.js';
import { history, verifyJournal } from '../kernel/journal.js';
import { Forms } from './forms.js';

const forms = new Forms([{ compiled: indexForm(sampleForm()) }]);
const services = servicesOf(forms);
let database: Database;
let drop: () => Promise<void>;
let town: Town;
let drafter: Actor;
let id: string;
/** Row ids in the document by those of the sample. */
let rowOf: Record<string, string>;

beforeAll(async () => {
  const made = await testDatabase();
  drop = made.drop;
  database = await open(made.url, 22);
  town = await makeTown(database);
  drafter = await town.person('drafter', town.pension, '国保年金課の担当');
});
afterAll(async () => {
  await database.destroy();
  await drop();
});
beforeEach(async () => {
  id = await begin(readySample());
  const { answers } = await opened();
  const file = answers.rows.find((row) => row.group === 'file')!.id;
  const [o1, o2] = answers.rows.filter((row) => row.group === 'outsourcing').map((row) => row.id);
  rowOf = { f1: file, o1: o1!, o2: o2! };
});

async function begin(answers: AnswerSet): Promise<string> {
  return (await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '児童手当に関する事務', departmentId: town.pension, bodyId: town.body, answers, origin: { from: 'test' } }))).id;
}
const opened = () => town.as(drafter, (ctx) => services.reading.open(ctx, id));
const save = (address: string, value: unknown, seen: number, actor = drafter, formVersion?: string) => town.as(actor, (ctx) => services.saving.save(ctx, id, address, value, seen, formVersion));
async function refusalOf(work: Promise<unknown>): Promise<TenkenError> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  if (!(error instanceof TenkenError)) throw new Error(`not refused as expected: ${String(error)}`);
  return error;
}

describe('saving an answer', () => {
  it('gives the answer its next version, and the journal who, before and after', async () => {
    expect(await save('affair-name', '児童手当等に関する事務', 1)).toMatchObject({ version: 2, value: '児童手当等に関する事務', changed: true, cleared: [] });
    const { answers, marks, assessment } = await opened();
    expect(answers.answers['affair-name']).toBe('児童手当等に関する事務');
    expect(marks.get('affair-name')).toEqual({ version: 2, changedAt: '2026-11-21T01:00:00.000Z', changedBy: '国保年金課の担当' });
    expect(assessment.edits).toBe(1);
    const [entry] = await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id }, { path: 'affair-name' }));
    expect(entry).toMatchObject({ action: 'answer-saved', before: '児童手当に関する事務', after: '児童手当等に関する事務', actor: { id: drafter.id, name: '国保年金課の担当' } });
  });

  it('begins an answer at version 0, and clears without forgetting the version', async () => {
    expect((await save('begun', '2026-04-01', 0)).version).toBe(1);
    expect(await save('begun', null, 1)).toMatchObject({ version: 2, value: null });
    expect((await opened()).answers.answers).not.toHaveProperty('begun');
    expect((await refusalOf(save('begun', '2026-05-01', 0))).kind).toBe('conflict');
    expect((await save('begun', '2026-05-01', 2)).version).toBe(3);
  });

  it('takes the same value again for what it is: no new version, no conflict, no entry', async () => {
    await save('affair-name', '新しい名前', 1);
    const before = await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id }));
    expect(await save('affair-name', '新しい名前', 1)).toMatchObject({ version: 2, changed: false });
    expect(await save('begun', '', 0)).toMatchObject({ version: 0, value: null, changed: false });
    expect(await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id }))).toHaveLength(before.length);
  });

  it('keeps a stale save out and shows both sides', async () => {
    const lead = await town.person('assessment-lead', null, '評価統括');
    await save('affair-name', '統括の文', 1, lead);
    const refusal = await refusalOf(save('affair-name', '担当の文', 1)) as Conflict;
    expect(refusal).toBeInstanceOf(Conflict);
    expect(refusal.sides).toEqual({ sent: '担当の文', current: '統括の文', currentVersion: 2, by: '評価統括', at: '2026-11-21T01:00:00.000Z' });
    expect((await opened()).answers.answers['affair-name']).toBe('統括の文');
    expect((await refusalOf(save('begun', '2026-04-01', 7)) as Conflict).sides).toMatchObject({ current: null, currentVersion: 0 });
  });

  it('lets one of 20 racing saves of one item through and tells the other 19', async () => {
    const racing = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => save('affair-name', `${n}番目の人の文`, 1)));
    const kept = racing.filter((one) => one.status === 'fulfilled');
    expect(kept).toHaveLength(1);
    const refused = racing.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
    expect(refused.filter((one) => one instanceof Conflict)).toHaveLength(19);
    const first = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => save('begun', `2026-04-${String(n + 1).padStart(2, '0')}`, 0)));
    expect(first.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    expect(first.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : [])).filter((one) => one instanceof Conflict)).toHaveLength(19);
    expect((await opened()).marks.get('affair-name')?.version).toBe(2);
    expect((await verifyJournal(database)).problems).toEqual([]);
  });

  it('clears what is hidden by it, in the same step, and the journal keeps what was there', async () => {
    await save('network-basis-note', '別表の何項', 0);
    const saved = await save('network-use', { choice: 'not-used' }, 1);
    expect(saved.cleared).toEqual([{ address: 'network-basis', version: 2 }, { address: 'network-basis-note', version: 2 }]);
    const { answers } = await opened();
    expect(Object.keys(answers.answers).filter((one) => one.startsWith('network-'))).toEqual(['network-use']);
    const [cleared] = await town.as(drafter, (ctx) => history(ctx, { kind: 'assessment', id }, { path: 'network-basis' }));
    expect(cleared).toMatchObject({ action: 'answer-cleared', before: '番号法第19条第8号', after: null, comment: 'network-use' });
  });

  it('clears all answers in the rows of a group that is hidden, but not those of another file', async () => {
    const saved = await save(`outsourcing-use@${rowOf.f1}`, { choice: 'not-outsourced' }, 1);
    expect(saved.cleared.map((one) => one.address).sort()).toEqual([`outsourced-content@${rowOf.o1}`, `outsourced-content@${rowOf.o2}`, `outsourced-work@${rowOf.o1}`, `outsourced-work@${rowOf.o2}`].sort());
    expect((await opened()).answers.answers[`file-name@${rowOf.f1}`]).toBe('児童手当ファイル');
  });

  it('refuses a text in a place that is not asked now, with the reason; clearing it stays possible', async () => {
    await save('network-use', { choice: 'not-used' }, 1);
    const refusal = await refusalOf(save('network-basis', '番号法', 2));
    expect(refusal).toBeInstanceOf(Invalid);
    expect(refusal.problems[0]).toMatchObject({ code: 'not-asked', path: 'network-basis', href: `/assessments/${id}/sections/affair#item-network-basis` });
    expect(refusal.problems[0]!.message).toContain('実施しない');
    expect((await save('network-basis', null, 2)).changed).toBe(false);
  });

  it('leaves answers of a hidden place that were brought in as they are: they are a contradiction to be shown', async () => {
    id = await begin(readySample({ 'network-use': { choice: 'not-used' }, 'network-basis': '食い違う根拠' }));
    expect((await save('affair-name', '別の名前', 1)).cleared).toEqual([]);
    expect((await opened()).answers.answers['network-basis']).toBe('食い違う根拠');
    expect((await save('network-basis', null, 1)).version).toBe(2);
  });
});

describe('what is refused, and nothing is saved', () => {
  const bad: [string, string, unknown, string][] = [
    ['an unknown item', 'no-such-item', 'x', 'unknown-item'],
    ['an item of Object.prototype', 'constructor', 'x', 'unknown-item'],
    ['a number for a text', 'affair-name', 5, 'wrong-type'],
    ['a list for a choice', 'network-use', ['used'], 'wrong-type'],
    ['an unknown option', 'network-use', { choice: 'maybe' }, 'unknown-option'],
    ['an unknown field', 'network-use', { choice: 'used', extra: 1 }, 'unknown-field'],
    ['200,000 characters', 'affair-content', 'あ'.repeat(200_000), 'answer-too-long'],
    ['a lone surrogate', 'affair-content', 'あ\ud842い', 'broken-character'],
    ['NUL', 'affair-content', 'あ\u0000い', 'control-character'],
    ['a day that is not in the calendar', 'begun', '2026-02-30', 'date-invalid'],
    ['a group', 'file', 'x', 'not-answerable'],
    ['a computed item', 'file-names', 'x', 'not-answerable'],
    ['an item of a row at the root', 'file-name', 'x', 'wrong-row'],
    ['an item of the root in a row', `affair-name@${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}`, 'x', 'wrong-row'],
  ];
  it.each(bad)('%s', async (_, address, value, code) => {
    const before = await opened();
    const refusal = await refusalOf(save(address, value, 1));
    expect(refusal).toBeInstanceOf(Invalid);
    expect(refusal.problems.map((one) => one.code)).toEqual([code]);
    expect(refusal.problems[0]!.path).toBe(address);
    const after = await opened();
    expect([after.answers, after.assessment.edits, after.seen]).toEqual([before.answers, 0, before.seen]);
  });

  it('HTML and scripts are text like any other', async () => {
    const text = '<script>alert(1)</script> & "引用" ＜b＞';
    expect((await save('affair-content', text, 1)).value).toBe(text);
  });

  it('another version of the form', async () => {
    const refusal = await refusalOf(save('affair-name', 'x', 1, drafter, '2019-01'));
    expect([refusal.kind, refusal.code]).toEqual(['invalid', 'other-form-version']);
  });

  it('a row of another assessment, a row of another group, no row at all', async () => {
    const other = await begin(readySample());
    const foreign = (await town.as(drafter, (ctx) => services.reading.open(ctx, other))).answers.rows.find((row) => row.group === 'file')!.id;
    for (const row of [foreign, rowOf.o1!, '11111111-2222-3333-4444-555555555555', 'x', "' or 1=1 --"]) {
      expect((await refusalOf(save(`file-name@${row}`, 'よそのファイル', 1))).kind).toBe('not-found');
    }
    expect((await town.as(drafter, (ctx) => services.reading.open(ctx, other))).answers.answers[`file-name@${foreign}`]).toBe('児童手当ファイル');
  });

  it('a version that is none', async () => {
    for (const seen of [-1, 1.5, Number.NaN, '1' as unknown as number]) expect((await refusalOf(save('affair-name', 'x', seen))).kind).toBe('invalid');
  });

  it('a figure whose picture is not stored here', async () => {
    const refusal = await refusalOf(save(`picture@${rowOf.f1}`, { figures: [{ image: 'a'.repeat(64), caption: '図1', width: 10, height: 10 }] }, 0));
    expect(refusal.problems).toMatchObject([{ code: 'image-unknown', path: `picture@${rowOf.f1}` }]);
  });

  it('another department, a reader, and a status that is closed', async () => {
    const neighbour = await town.person('drafter', town.children);
    const viewer = await town.person('viewer', null);
    expect(await refusalOf(save('affair-name', 'x', 1, neighbour))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusalOf(save('affair-name', 'x', 1, viewer))).toBeInstanceOf(Refused);
    await town.as(drafter, (ctx) => services.workflow.act(ctx, id, 'submit', 1, ''));
    expect(await refusalOf(save('affair-name', 'x', 1))).toMatchObject({ kind: 'refused', code: 'not-editable' });
  });

  it('another organisation, for every method: not found', async () => {
    const far = await makeTown(database, 'ほかの市');
    const lead = await far.person('assessment-lead', null);
    const row = rowOf.f1!;
    const tries: [string, (ctx: Parameters<Parameters<Town['as']>[1]>[0]) => Promise<unknown>][] = [
      ['open', (ctx) => services.reading.open(ctx, id)],
      ['problems', (ctx) => services.reading.problems(ctx, id)],
      ['save', (ctx) => services.saving.save(ctx, id, 'affair-name', 'x', 1)],
      ['addRow', (ctx) => services.rows.addRow(ctx, id, 'file', null)],
      ['removeRow', (ctx) => services.rows.removeRow(ctx, id, row, 0)],
      ['moveRow', (ctx) => services.rows.moveRow(ctx, id, row, 1, 0)],
      ['restoreRow', (ctx) => services.rows.restoreRow(ctx, id, 1)],
      ['act', (ctx) => services.workflow.act(ctx, id, 'confirm', 1, '')],
      ['ofItem', (ctx) => services.history.ofItem(ctx, id, 'affair-name')],
      ['ofAssessment', (ctx) => services.history.ofAssessment(ctx, id)],
      ['restore', (ctx) => services.history.restore(ctx, id, 'affair-name', 1, 'before', 1)],
      ['copy', (ctx) => services.creation.fromAssessment(ctx, id, { title: '写し' })],
      ['exchange', (ctx) => services.exports.exchange(ctx, id)],
    ];
    for (const [name, work] of tries) {
      const error = await far.as(lead, work).then(() => null, (caught: unknown) => caught);
      expect([name, error instanceof NotFound]).toEqual([name, true]);
    }
    expect((await far.as(lead, (ctx) => services.list.list(ctx))).total).toBe(0);
    const neighbour = await town.person('drafter', town.children);
    for (const [name, work] of tries) {
      const error = await town.as(neighbour, work).then(() => null, (caught: unknown) => caught);
      expect([name, error instanceof Refused]).toEqual([name, true]);
    }
  });

  it('the journal verifies after all of it', async () => {
    expect((await verifyJournal(database)).problems).toEqual([]);
  });
});
