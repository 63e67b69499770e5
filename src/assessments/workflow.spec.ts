import { openTown, servicesOf, type Town } from '../../test/assessments-town.js';
import { indexForm } from '../engine/form-index.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import type { Actor } from '../kernel/ctx.js';
import { TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { ACTIONS, STATUSES, TRANSITIONS, type Action, type Status } from './assessment.transitions.js';
import { Forms } from './forms.js';

const services = servicesOf(new Forms([{ compiled: indexForm(sampleForm()) }]));
let close: () => Promise<void>;
let town: Town;
let drafter: Actor;
let head: Actor;
let lead: Actor;

beforeAll(async () => {
  ({ town, close } = await openTown());
  drafter = await town.person('drafter', town.pension, '担当');
  head = await town.person('section-head', town.pension, '課長');
  lead = await town.person('assessment-lead', null, '評価統括');
});
afterAll(() => close());

const begin = async (changes: Parameters<typeof readySample>[0] = {}) =>
  (await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '事務', departmentId: town.pension, bodyId: town.body, answers: readySample(changes), origin: {} }))).id;
const act = (actor: Actor, id: string, action: Action, seen: number, comment = '') => town.as(actor, (ctx) => services.workflow.act(ctx, id, action, seen, comment));
async function refusalOf(work: Promise<unknown>): Promise<TenkenError> {
  const error = await work.then(() => null, (caught: unknown) => caught);
  if (!(error instanceof TenkenError)) throw new Error(`not refused as expected: ${String(error)}`);
  return error;
}

/** The way to each status, from a new document. */
const WAYS: Record<Status, [() => Actor, Action, string][]> = {
  draft: [],
  submitted: [[() => drafter, 'submit', '']],
  returned: [[() => drafter, 'submit', ''], [() => head, 'return', '根拠を直してください']],
  approved: [[() => drafter, 'submit', ''], [() => head, 'approve', '']],
  confirmed: [[() => drafter, 'submit', ''], [() => head, 'approve', ''], [() => lead, 'confirm', '']],
};
async function at(status: Status): Promise<{ id: string; version: number }> {
  const id = await begin();
  let version = 1;
  for (const [actor, action, comment] of WAYS[status]) version = (await act(actor(), id, action, version, comment)).version;
  return { id, version };
}

describe('the workflow', () => {
  const cases = (Object.keys(STATUSES) as Status[]).flatMap((status) => (Object.keys(ACTIONS) as Action[]).map((action) => [status, action] as const));
  it.each(cases)('%s, %s: goes where the table says, and nowhere else', async (status, action) => {
    const row = TRANSITIONS.find((one) => one.from === status && one.action === action);
    for (const actor of [drafter, head, lead]) {
      const { id, version } = await at(status);
      const held = { 'assessment.submit': [drafter, head], 'assessment.approve': [head], 'assessment.confirm': [lead] } as Record<string, Actor[]>;
      if (row !== undefined && held[row.permission]!.includes(actor)) {
        expect(await act(actor, id, action, version, '理由')).toMatchObject({ status: row.to, version: version + 1, statusComment: '理由' });
        const [entry] = await town.as(actor, (ctx) => history(ctx, { kind: 'assessment', id }, { limit: 1 }));
        expect(entry).toMatchObject({ action: `assessment-${action}`, before: { status }, after: { status: row.to }, comment: '理由' });
      } else {
        expect((await refusalOf(act(actor, id, action, version, '理由'))).code).toBe(row === undefined ? 'no-such-step' : 'not-allowed');
      }
    }
  });

  it('does not take what is not ready, and says all that is missing with links', async () => {
    const id = await begin({ 'affair-name': undefined, 'network-basis': undefined });
    const refusal = await refusalOf(act(drafter, id, 'submit', 1));
    expect([refusal.kind, refusal.code]).toEqual(['invalid', 'not-ready']);
    expect(refusal.problems.map(({ code, path, href }) => [code, path, href])).toEqual([
      ['missing', 'affair-name', `/assessments/${id}/sections/affair#item-affair-name`],
      ['missing', 'network-basis', `/assessments/${id}/sections/affair#item-network-basis`],
    ]);
  });

  it('asks for a reason where something goes back', async () => {
    const { id, version } = await at('submitted');
    expect((await refusalOf(act(head, id, 'return', version, ' 　\n'))).problems).toMatchObject([{ code: 'comment-missing', path: 'comment' }]);
    expect((await refusalOf(act(head, id, 'return', version, 'あ'.repeat(2_001)))).problems).toMatchObject([{ code: 'answer-too-long', path: 'comment' }]);
    expect((await refusalOf(act(head, id, 'return', version, '理\u0000由'))).problems).toMatchObject([{ code: 'control-character' }]);
  });

  it('four eyes: the head who submitted does not approve, another head does', async () => {
    const id = await begin();
    await act(head, id, 'submit', 1);
    expect((await refusalOf(act(head, id, 'approve', 2))).code).toBe('four-eyes');
    const other = await town.person('section-head', town.pension, '課長代理');
    expect((await act(other, id, 'approve', 2)).status).toBe('approved');
  });

  it('does not take a step on what somebody else has taken further', async () => {
    const { id, version } = await at('submitted');
    await act(drafter, id, 'withdraw', version);
    expect((await refusalOf(act(head, id, 'approve', version))).kind).toBe('conflict');
    const racing = await Promise.allSettled([act(drafter, id, 'submit', version + 1), act(head, id, 'submit', version + 1)]);
    expect(racing.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('nothing is saved behind a submission', async () => {
    for (let n = 0; n < 5; n += 1) {
      const id = await begin();
      const [saved, submitted] = await Promise.allSettled([
        town.as(drafter, (ctx) => services.saving.save(ctx, id, 'affair-name', null, 1)),
        act(drafter, id, 'submit', 1),
      ]);
      expect([saved.status, submitted.status].sort()).toEqual(['fulfilled', 'rejected']);
    }
  });

  it('another department has no part in it', async () => {
    const { id, version } = await at('submitted');
    const neighbour = await town.person('section-head', town.children);
    expect((await refusalOf(act(neighbour, id, 'approve', version))).code).toBe('other-department');
  });
});
