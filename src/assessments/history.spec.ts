import { openTown, servicesOf, type Database, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { Conflict, NotFound } from '../kernel/errors.js';
import { verifyJournal } from '../kernel/journal.js';
import { Forms } from './forms.js';

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
const save = (actor: Actor, address: string, value: unknown, seen: number) => town.as(actor, (ctx) => services.saving.save(ctx, id, address, value, seen));
const ofItem = (address: string) => town.as(drafter, (ctx) => services.history.ofItem(ctx, id, address));

describe('history', () => {
  it('says who changed an item, when, from what to what', async () => {
    await save(drafter, 'affair-name', '二番目', 1);
    await save(lead, 'affair-name', '三番目', 2);
    const { item, current, changes } = await ofItem('affair-name');
    expect([item.code, current]).toEqual(['affair-name', { value: '三番目', version: 3 }]);
    expect(changes.map(({ by, at, what, before, after, itemName, restorable }) => ({ by, at, what, before, after, itemName, restorable }))).toEqual([
      { by: '評価統括', at: '2026-11-21T01:00:00.000Z', what: '記入', before: '二番目', after: '三番目', itemName: 'Ⅰ 1. ①事務の名称', restorable: 'answer' },
      { by: '担当', at: '2026-11-21T01:00:00.000Z', what: '記入', before: '児童手当に関する事務', after: '二番目', itemName: 'Ⅰ 1. ①事務の名称', restorable: 'answer' },
    ]);
  });

  it('brings either side of a change back, through a save that can be stale', async () => {
    await save(drafter, 'affair-name', '二番目', 1);
    await save(lead, 'affair-name', '三番目', 2);
    const [newest, oldest] = (await ofItem('affair-name')).changes;
    const restore = (number: number, side: 'before' | 'after', seen: number) => town.as(drafter, (ctx) => services.history.restore(ctx, id, 'affair-name', number, side, seen));
    await expect(restore(oldest!.number, 'before', 2)).rejects.toThrow(Conflict);
    expect(await restore(oldest!.number, 'before', 3)).toMatchObject({ version: 4, value: '児童手当に関する事務' });
    expect(await restore(newest!.number, 'after', 4)).toMatchObject({ version: 5, value: '三番目' });
    expect((await ofItem('affair-name')).changes.map((one) => [one.what, one.comment]).slice(0, 2)).toEqual([['以前の内容に戻した', `#${newest!.number}`], ['以前の内容に戻した', `#${oldest!.number}`]]);
  });

  it('brings back what was cleared because it was hidden', async () => {
    await save(drafter, 'network-use', { choice: 'not-used' }, 1);
    const [cleared] = (await ofItem('network-basis')).changes;
    await save(drafter, 'network-use', { choice: 'used' }, 2);
    expect(await town.as(drafter, (ctx) => services.history.restore(ctx, id, 'network-basis', cleared!.number, 'before', 2))).toMatchObject({ version: 3, value: '番号法第19条第8号' });
  });

  it('does not take a change of another item, another document, or a number that is none', async () => {
    await save(drafter, 'affair-name', '二番目', 1);
    const [change] = (await ofItem('affair-name')).changes;
    const restore = (address: string, number: number) => town.as(drafter, (ctx) => services.history.restore(ctx, id, address, number, 'before', 1));
    await expect(restore('affair-content', change!.number)).rejects.toThrow(NotFound);
    for (const number of [0, -1, 1.5, 999_999, Number.NaN]) await expect(restore('affair-name', number)).rejects.toThrow(NotFound);
    await expect(ofItem('no-such-item')).rejects.toThrow(NotFound);
    const mine = id;
    id = (await town.as(drafter, (ctx) => services.creation.fromAssessment(ctx, mine, { title: '写し' }))).id;
    await expect(restore('affair-name', change!.number)).rejects.toThrow(NotFound);
  });

  it('tells the whole document from its beginning, steps included', async () => {
    await save(drafter, 'affair-name', '二番目', 1);
    await town.as(drafter, (ctx) => services.workflow.act(ctx, id, 'submit', 1, ''));
    expect((await town.as(lead, (ctx) => services.history.ofAssessment(ctx, id))).map(({ what, address }) => [what, address])).toEqual([['課長へ回した', null], ['記入', 'affair-name'], ['作成', null]]);
    expect((await verifyJournal(database)).problems).toEqual([]);
  });
});
