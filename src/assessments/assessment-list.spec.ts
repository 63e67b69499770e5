import { openTown, servicesOf, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { Forms } from './forms.js';

const services = servicesOf(new Forms([{ compiled: indexForm(sampleForm()) }]));
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;
let head: Actor;
let lead: Actor;
let neighbour: Actor;
const ids: Record<string, string> = {};

beforeAll(async () => {
  ({ town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '担当');
  head = await town.person('section-head', town.pension, '課長');
  lead = await town.person('assessment-lead', null, '評価統括');
  neighbour = await town.person('drafter', town.children, 'こども課の担当');
  const begin = async (actor: Actor, departmentId: string, title: string) => {
    ids[title] = (await town.as(actor, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title, departmentId, bodyId: town.body, answers: readySample(), origin: {} }))).id;
  };
  const act = (actor: Actor, title: string, action: 'submit' | 'approve' | 'return', seen: number) => town.as(actor, (ctx) => services.workflow.act(ctx, ids[title]!, action, seen, '理由'));
  for (const title of ['作成中', '100%の事務', '課長の前', '統括の前', '戻った']) await begin(drafter, town.pension, title);
  await begin(neighbour, town.children, 'こども課の事務');
  for (const title of ['課長の前', '統括の前', '戻った']) await act(drafter, title, 'submit', 1);
  await act(head, '統括の前', 'approve', 2);
  await act(head, '戻った', 'return', 2);
});
afterAll(() => close());
const titles = (list: { title: string }[]) => list.map((one) => one.title).sort();

describe('the list', () => {
  it('reaches as far as the grants do', async () => {
    expect(titles((await town.as(drafter, (ctx) => services.list.list(ctx))).assessments)).toEqual(['100%の事務', '作成中', '統括の前', '課長の前', '戻った'].sort());
    expect(titles((await town.as(neighbour, (ctx) => services.list.list(ctx))).assessments)).toEqual(['こども課の事務']);
    expect((await town.as(lead, (ctx) => services.list.list(ctx))).total).toBe(6);
    const administrator = await town.person('administrator', null);
    expect((await town.as(administrator, (ctx) => services.list.list(ctx))).total).toBe(0);
  });

  it('filters by status, department, form and words, also with signs that SQL would read', async () => {
    const list = async (filter: Parameters<typeof services.list.list>[1]) => titles((await town.as(lead, (ctx) => services.list.list(ctx, filter))).assessments);
    expect(await list({ status: 'returned' })).toEqual(['戻った']);
    expect(await list({ department: town.children })).toEqual(['こども課の事務']);
    expect(await list({ department: 'x' })).toEqual([]);
    expect(await list({ form: 'full' })).toEqual([]);
    expect(await list({ words: '100%' })).toEqual(['100%の事務']);
    expect(await list({ words: '%' })).toEqual(['100%の事務']);
    expect(await list({ words: "' or 1=1 --\u0000" })).toEqual([]);
    expect(await town.as(neighbour, (ctx) => services.list.list(ctx, { department: town.pension }))).toMatchObject({ total: 0 });
  });

  it('shows progress as it is now, also after a change', async () => {
    const one = async () => (await town.as(drafter, (ctx) => services.list.list(ctx, { words: '作成中' }))).assessments[0]!;
    const before = await one();
    // The sample asks for 15 answers (5 at the root, 6 in the file, 2 in each of 2 outsourcings) and for 2 groups with rows.
    expect(before.progress).toEqual({ answered: 17, asked: 17, missing: 0, problems: 0 });
    expect([before.departmentName, before.bodyName, before.formTitle, before.statusLabel, before.editable, before.actions.map((step) => step.action)]).toEqual(['国保年金課', 'みずほ野市長', '見本', '作成中', true, ['submit']]);
    await town.as(drafter, (ctx) => services.saving.save(ctx, ids['作成中']!, 'affair-name', null, 1));
    expect((await one()).progress).toEqual({ answered: 16, asked: 17, missing: 1, problems: 1 });
  });

  it('pages by 50', async () => {
    await town.as(neighbour, async (ctx) => {
      for (let n = 0; n < 51; n += 1) await services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: `${n}`, departmentId: town.children, bodyId: town.body, answers: { rows: [], answers: {} }, origin: {} });
    });
    const page = async (number: number) => town.as(neighbour, (ctx) => services.list.list(ctx, { page: number }));
    expect([(await page(1)).assessments.length, (await page(2)).assessments.length, (await page(2)).pages, (await page(99)).page, (await page(-1)).page, (await page(Number.NaN)).page]).toEqual([50, 2, 2, 2, 1, 1]);
  });
});

describe('what waits for me', () => {
  const waiting = async (actor: Actor) => {
    const { toWrite, toApprove, toConfirm } = await town.as(actor, (ctx) => services.list.waiting(ctx));
    return [titles(toWrite), titles(toApprove), titles(toConfirm)];
  };
  it('to write for the department, to approve for the head, to confirm for the lead', async () => {
    expect(await waiting(drafter)).toEqual([['100%の事務', '作成中', '戻った'].sort(), [], []]);
    expect(await waiting(head)).toEqual([['100%の事務', '作成中', '戻った'].sort(), ['課長の前'], []]);
    expect((await waiting(lead)).slice(1)).toEqual([[], ['統括の前']]);
    expect(await waiting(await town.person('viewer', null))).toEqual([[], [], []]);
  });

  it('places for a new document: the departments in which one may', async () => {
    expect((await town.as(drafter, (ctx) => services.list.placesFor(ctx, 'assessment.write'))).map((one) => [one.departmentName, one.bodyName])).toEqual([['福祉部　国保年金課', 'みずほ野市長']]);
    expect((await town.as(lead, (ctx) => services.list.placesFor(ctx, 'assessment.write'))).map((one) => one.departmentName).sort()).toEqual(['福祉部', '福祉部　こども課', '福祉部　国保年金課'].sort());
  });
});
