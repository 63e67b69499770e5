import { openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { verifyJournal } from '../kernel/journal.js';
import { Forms } from './forms.js';
import { MOST_ROWS } from './rows.service.js';

const services = servicesOf(new Forms([{ compiled: indexForm(sampleForm()) }]));
let database: Database;
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;
let lead: Actor;
let id: string;

beforeAll(async () => {
  ({ database, town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '担当');
  lead = await town.person('assessment-lead', null, '評価統括');
});
afterAll(() => close());
beforeEach(async () => {
  id = (await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '事務', departmentId: town.pension, bodyId: town.body, answers: readySample(), origin: {} }))).id;
});

const opened = (actor = drafter) => town.as(actor, (ctx) => services.reading.open(ctx, id));
const idsOf = async (group: string) => (await opened()).answers.rows.filter((row) => row.group === group).sort((a, b) => a.position - b.position).map((row) => row.id);
async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  return error instanceof TenkenError ? `${error.kind} ${error.code}` : `nothing refused: ${String(error)}`;
}

describe('rows of repeated groups', () => {
  it('adds at the end, within the row around', async () => {
    const [file] = await idsOf('file');
    const { row } = await town.as(drafter, (ctx) => services.rows.addRow(ctx, id, 'outsourcing', file!));
    expect(row).toMatchObject({ group: 'outsourcing', parent: file, position: 3 });
    expect((await idsOf('outsourcing')).at(-1)).toBe(row.id);
    expect(await town.as(drafter, (ctx) => services.saving.save(ctx, id, `outsourced-work@${row.id}`, '廃棄', 0))).toMatchObject({ version: 1 });
  });

  it('refuses a wrong place, an unknown group, a group that is not asked, and more than 200', async () => {
    const [file] = await idsOf('file');
    const [o1] = await idsOf('outsourcing');
    const add = (group: string, parent: string | null) => town.as(drafter, (ctx) => services.rows.addRow(ctx, id, group, parent));
    expect(await codeOf(add('outsourcing', null))).toBe('invalid wrong-row');
    expect(await codeOf(add('outsourcing', o1!))).toBe('invalid wrong-row');
    expect(await codeOf(add('outsourcing', '11111111-2222-3333-4444-555555555555'))).toBe('not-found row-not-found');
    expect(await codeOf(add('file', file!))).toBe('invalid wrong-row');
    expect(await codeOf(add('affair-name', null))).toBe('invalid unknown-group');
    expect(await codeOf(add('nothing', null))).toBe('invalid unknown-group');
    await town.as(drafter, (ctx) => services.saving.save(ctx, id, `provision-use@${file}`, { checked: ['none'] }, 0));
    expect(await codeOf(add('provision', file!))).toBe('invalid not-asked');
    await town.as(drafter, async (ctx) => {
      for (let n = 1; n < MOST_ROWS; n += 1) await services.rows.addRow(ctx, id, 'file', null);
    });
    expect(await codeOf(add('file', null))).toBe('invalid too-many-rows');
  });

  it('removes a row with all that is in it, and brings all of it back under the same ids', async () => {
    const [file] = await idsOf('file');
    const before = await opened();
    const { entry } = await town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, file!, before.seen));
    const without = await opened();
    expect([without.answers.rows, Object.keys(without.answers.answers).filter((one) => one.includes('@'))]).toEqual([[], []]);
    const { row } = await town.as(drafter, (ctx) => services.rows.restoreRow(ctx, id, entry));
    expect(row.id).toBe(file);
    const after = await opened();
    expect(after.answers).toEqual(before.answers);
    // A page from before the removal may not overwrite what was brought back.
    expect(after.marks.get(`file-name@${file}`)?.version).toBe(2);
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.restoreRow(ctx, id, entry)))).toBe('refused row-there');
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.restoreRow(ctx, id, entry + 1)))).toBe('not-found removal-not-found');
  });

  it('does not bring a row back into a row that is gone', async () => {
    const [file] = await idsOf('file');
    const [o1] = await idsOf('outsourcing');
    const inner = await town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, o1!, Number.MAX_SAFE_INTEGER));
    await town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, file!, Number.MAX_SAFE_INTEGER));
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.restoreRow(ctx, id, inner.entry)))).toBe('refused row-around-gone');
  });

  it('does not remove what somebody else has changed since; one\'s own changes are no obstacle', async () => {
    const [file] = await idsOf('file');
    const [o1, o2] = await idsOf('outsourcing');
    const { seen } = await opened();
    await town.as(drafter, (ctx) => services.saving.save(ctx, id, `outsourced-work@${o1}`, '自分の変更', 1));
    await town.as(lead, (ctx) => services.saving.save(ctx, id, `outsourced-work@${o2}`, '統括の変更', 1));
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, file!, seen)))).toBe('conflict row-changed');
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, o2!, seen)))).toBe('conflict row-changed');
    await town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, o1!, seen));
    const again = await opened();
    expect(again.answers.answers[`outsourced-work@${o2}`]).toBe('統括の変更');
    await town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, o2!, again.seen));
    expect(await idsOf('outsourcing')).toEqual([]);
  });

  it('moves a row, unless somebody else has changed the order since', async () => {
    const [file] = await idsOf('file');
    const [o1, o2] = await idsOf('outsourcing');
    const { row } = await town.as(drafter, (ctx) => services.rows.addRow(ctx, id, 'outsourcing', file!));
    const { seen } = await opened();
    await town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, row.id, 1, seen));
    expect(await idsOf('outsourcing')).toEqual([row.id, o1, o2]);
    await town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, o1!, 3, seen));
    expect(await idsOf('outsourcing')).toEqual([row.id, o2, o1]);
    await town.as(lead, (ctx) => services.rows.moveRow(ctx, id, o2!, 1, Number.MAX_SAFE_INTEGER));
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, row.id, 3, seen)))).toBe('conflict rows-changed');
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, row.id, 4, Number.MAX_SAFE_INTEGER)))).toBe('invalid wrong-position');
  });

  it('refuses rows of another assessment', async () => {
    const mine = id;
    const [foreign] = await idsOf('file');
    id = (await town.as(drafter, (ctx) => services.creation.fromAssessment(ctx, mine, { title: '写し' }))).id;
    const far = Number.MAX_SAFE_INTEGER;
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, foreign!, far)))).toBe('not-found row-not-found');
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, foreign!, 1, far)))).toBe('not-found row-not-found');
    expect(await codeOf(town.as(drafter, (ctx) => services.rows.addRow(ctx, id, 'outsourcing', foreign!)))).toBe('not-found row-not-found');
    id = mine;
    expect(await idsOf('file')).toEqual([foreign]);
  });

  it('does not take a page number that is none', async () => {
    const [file] = await idsOf('file');
    for (const seen of [Number.NaN, -1, 1.5]) {
      expect(await codeOf(town.as(drafter, (ctx) => services.rows.removeRow(ctx, id, file!, seen)))).toBe('invalid malformed');
      expect(await codeOf(town.as(drafter, (ctx) => services.rows.moveRow(ctx, id, file!, 1, seen)))).toBe('invalid malformed');
    }
  });

  it('leaves a journal that verifies', async () => {
    expect((await verifyJournal(database)).problems).toEqual([]);
  });
});
