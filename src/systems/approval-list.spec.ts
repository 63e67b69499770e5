import { makeTown } from '../../test/assessments-town.js';
import { declarationServices, openDeclarationsTown, refusal, type DeclarationsTown } from '../../test/declarations-town.js';

const { approval } = declarationServices;
let t: DeclarationsTown;
beforeAll(async () => { t = await openDeclarationsTown(); });
afterAll(async () => { await t.close(); });

const waiting = (system: string, actor = t.head) => t.town.as(actor, (ctx) => approval.waiting(ctx, system));
const seen = (control: string, seenVersion: number) => ({ control, seenVersion });

describe('what waits for approval of one system', () => {
  it('stands beside what was approved last', async () => {
    const system = await t.system('承認を待つ');
    await t.declare(system, 'right-unit', { choice: 'per-terminal' }, { note: '端末の権限', declaredOn: '2026-05-01' });
    await t.declare(system, 'review-interval', 6);
    expect((await waiting(system)).declarations.map(({ control, group, before, now }) => [control, group, before, now.words])).toEqual([['right-unit', 'アクセス', null, '端末ごと'], ['review-interval', '見直し', null, '6か月']]);
    await t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1), seen('review-interval', 1)]));
    expect((await waiting(system)).declarations).toEqual([]);
    // Changed twice since: what counts is what was approved, not what stood in between.
    await t.declare(system, 'right-unit', { choice: 'none' });
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    expect((await waiting(system)).declarations.map(({ control, before, now }) => [control, before, now.words])).toEqual([['right-unit', { words: '端末ごと', note: '端末の権限', declaredOn: '2026-05-01' }, '利用者ごと']]);
  });

  it('leaves out what was sent back, what is stale, and one\'s own, which it counts', async () => {
    const system = await t.system('承認を待たない');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    await t.declare(system, 'review-interval', 6, { declaredOn: '2025-11-20' });
    await t.declare(system, 'backup-interval', 1, {}, t.head);
    await t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 1)], '確かめる'));
    expect(await waiting(system)).toMatchObject({ declarations: [], own: 1 });
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    expect((await waiting(system)).declarations.map((one) => one.control)).toEqual(['right-unit']);
  });

  it('is for the head of the department in charge', async () => {
    const system = await t.system('承認の権限');
    await t.usedBy(system, t.town.children);
    expect(await refusal(waiting(system, t.clerk))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(waiting(system, await t.town.person('section-head', t.town.children)))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    const other = await makeTown(t.database, '隣市');
    expect(await refusal(other.as(await other.person('section-head', other.children), (ctx) => approval.waiting(ctx, system)))).toMatchObject({ kind: 'not-found' });
  });
});
