import { declarationServices, openDeclarationsTown, refusal, sheetControl, type DeclarationsTown } from '../../test/declarations-town.js';
import { makeTown } from '../../test/assessments-town.js';

const { approval, declaring, due, evidence } = declarationServices;
let t: DeclarationsTown;
beforeAll(async () => { t = await openDeclarationsTown(); });
afterAll(async () => { await t.close(); });

const seen = (control: string, seenVersion: number) => ({ control, seenVersion });

describe('approving', () => {
  it('notes who and when, of all that were chosen', async () => {
    const system = await t.system('承認の試験');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    await t.declare(system, 'review-interval', 6);
    expect((await t.town.as(t.head, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own).toMatchObject({ approvable: true });
    expect(await t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1), seen('review-interval', 1)]))).toEqual([{ control: 'right-unit', version: 2 }, { control: 'review-interval', version: 2 }]);
    const sheet = await t.town.as(t.head, (ctx) => declaring.sheet(ctx, system));
    expect(sheet).toMatchObject({ counts: { approved: 2 }, may: { declare: true, approve: true } });
    expect(sheet.groups[0]!.controls[0]!.own).toMatchObject({ approved: { by: '国保年金課長', at: '2026-11-21T01:00:00.000Z' }, approvable: false });
  });

  it('one\'s own declaration is refused with the reason, and nothing else is approved with it', async () => {
    const system = await t.system('四つの目');
    await t.declare(system, 'right-unit', { choice: 'per-user' }, {}, t.head);
    await t.declare(system, 'review-interval', 6);
    const refused = await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('review-interval', 1), seen('right-unit', 1)])));
    expect(refused).toMatchObject({ kind: 'refused', code: 'four-eyes', problems: ['four-eyes'] });
    expect(refused.messages[0]).toBe('「権限の単位」は、自分が令和8年11月21日に申告したものです。');
    expect((await t.town.as(t.head, (ctx) => declaring.sheet(ctx, system))).counts).toMatchObject({ approved: 0, declared: 2 });
    expect((await t.town.as(t.head, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own!.approvable).toBe(false);
    const deputy = await t.town.person('section-head', t.town.pension, '別の課長');
    await t.town.as(deputy, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)]));
    expect((await t.town.as(t.head, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own!.approved).toMatchObject({ by: '別の課長' });
  });

  it('is refused to the clerk, to the head of another department, and of what changed meanwhile', async () => {
    const system = await t.system('承認できない');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    const elsewhere = await t.town.person('section-head', t.town.children);
    expect(await refusal(t.town.as(t.clerk, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)])))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    expect(await refusal(t.town.as(elsewhere, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)])))).toMatchObject({ kind: 'refused', code: 'other-department' });
    await t.usedBy(system, t.town.children);
    expect(await refusal(t.town.as(elsewhere, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)])))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    await t.declare(system, 'right-unit', { choice: 'none' });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)])))).toMatchObject({ kind: 'conflict', sides: { sent: { value: '（承認）' }, current: { value: '設定していない' }, currentVersion: 2, by: '国保年金課の担当' } });
  });

  it('is refused for nothing, for what is not declared, retired, stale or approved already', async () => {
    const system = await t.system('承認の断り');
    await t.declare(system, 'right-unit', { choice: 'per-user' }, { declaredOn: '2025-11-20' });
    await t.declare(system, 'review-interval', 6, { declaredOn: '2025-11-21' });
    await t.on('2026-09-30', t.clerk, (ctx) => declaring.declare(ctx, system, 'old-lock', { value: { choice: 'automatic' }, note: '', seenVersion: 0 }));
    expect(await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, system, [])))).toMatchObject({ kind: 'invalid', code: 'nothing-chosen' });
    const refused = await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1), seen('old-lock', 1), seen('backup-interval', 1), seen('nonsense', 0)])));
    expect(refused).toMatchObject({ kind: 'invalid', problems: ['declaration-stale', 'control-retired', 'not-declared', 'not-declared'] });
    expect(refused.messages[0]).toContain('令和8年11月20日で期限が切れています');
    await t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('review-interval', 1)]));
    expect(await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('review-interval', 2)])))).toMatchObject({ kind: 'invalid', problems: ['already-approved'] });
  });

  it('and a new value at once: one of the two wins, and what is approved is what was seen', async () => {
    const system = await t.system('承認と変更の同時');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    const outcomes = await Promise.allSettled([
      t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)])),
      t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', { value: { choice: 'none' }, note: '', seenVersion: 1 })),
    ]);
    expect(outcomes.map((one) => one.status).sort()).toEqual(['fulfilled', 'rejected']);
    const { own } = (await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit')))!;
    expect(own!.approved === null ? own!.words : `承認 ${own!.words}`).toBe(outcomes[0].status === 'fulfilled' ? '承認 利用者ごと' : '設定していない');
  });

  it('of a merged or ended system is refused', async () => {
    const ended = await t.system('廃止', { register: { 'running-state': { choice: 'gone' } } });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.approve(ctx, ended, [seen('right-unit', 1)])))).toMatchObject({ kind: 'refused', code: 'ended' });
    const merged = await t.system('統合', { mergedInto: ended });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, merged, [seen('right-unit', 1)], '直す')))).toMatchObject({ kind: 'refused', code: 'merged' });
  });
});

describe('sending back', () => {
  it('needs a comment, which is shown until it is declared anew, also with the same value; the history keeps it', async () => {
    const system = await t.system('差戻しの試験');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    for (const comment of ['', ' \n　']) expect(await refusal(t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 1)], comment)))).toMatchObject({ kind: 'invalid', problems: ['comment-missing'] });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 1)], 'あ'.repeat(2_001))))).toMatchObject({ problems: ['answer-too-long'] });
    expect(await t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 1)], '画面の写しを付けてください。'))).toEqual([{ control: 'right-unit', version: 2 }]);
    const own = async () => (await t.town.as(t.clerk, (ctx) => sheetControl(ctx, system, 'right-unit')))!.own!;
    expect((await own()).returned).toEqual({ comment: '画面の写しを付けてください。', by: '国保年金課長', at: '2026-11-21T01:00:00.000Z' });
    await t.town.as(t.clerk, async (ctx) => evidence.add(ctx, (await own()).id, '画面.txt', Buffer.from('写し')));
    expect((await own()).returned).not.toBeNull();
    expect(await t.town.as(t.clerk, (ctx) => declaring.declare(ctx, system, 'right-unit', { value: { choice: 'per-user' }, note: '', seenVersion: 2 }))).toMatchObject({ outcome: 'renewed', version: 3 });
    expect((await own()).returned).toBeNull();
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'right-unit'));
    expect(events.map((one) => [one.what, one.comment])).toEqual([['再確認', null], ['証拠の追加', null], ['差戻し', '画面の写しを付けてください。'], ['申告', null]]);
  });

  it('takes an approval away', async () => {
    const system = await t.system('承認後の差戻し');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    await t.town.as(t.head, (ctx) => approval.approve(ctx, system, [seen('right-unit', 1)]));
    await t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 2)], '誤りがありました。'));
    expect(await t.town.as(t.head, (ctx) => sheetControl(ctx, system, 'right-unit'))).toMatchObject({ state: 'declared', own: { approved: null, version: 3 } });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, system, 'right-unit'));
    expect(events[0]!.words).toBe('「利用者ごと」の申告を差し戻した。承認は外れた。');
  });

  it('is refused to who may not approve, and on an old version', async () => {
    const system = await t.system('差戻しの断り');
    await t.declare(system, 'right-unit', { choice: 'per-user' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 1)], '直す')))).toMatchObject({ kind: 'refused' });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('right-unit', 4)], '直す')))).toMatchObject({ kind: 'conflict' });
    expect(await refusal(t.town.as(t.head, (ctx) => approval.returnDeclaration(ctx, system, [seen('review-interval', 1)], '直す')))).toMatchObject({ problems: ['not-declared'] });
  });
});

describe('what waits', () => {
  it('for the head: declarations of others in the own department that are neither sent back nor stale; for the clerk: what was sent back', async () => {
    const place = await openDeclarationsTown();
    try {
      const [one, two, elsewhere] = [await place.system('一号'), await place.system('二号', { kind: 'platform' }), await place.system('こども', { department: place.town.children })];
      const lead = await place.town.person('assessment-lead', null);
      await place.declare(one, 'right-unit', { choice: 'per-user' }, { declaredOn: '2026-10-05' });
      await place.declare(one, 'review-interval', 6);
      await place.declare(one, 'backup-interval', 1, { declaredOn: '2025-11-20' });
      await place.declare(two, 'review-interval', 6, { declaredOn: '2026-09-01' });
      await place.declare(two, 'backup-interval', 1, {}, place.head);
      await place.declare(elsewhere, 'review-interval', 6, {}, lead);
      const ended = await place.system('廃止', { register: { 'running-state': { choice: 'running' } } });
      await place.declare(ended, 'review-interval', 6);
      await place.database.query(`update system set register = '{"running-state": {"choice": "gone"}}' where id = $1`, [ended]);
      expect(await place.town.as(place.head, (ctx) => due.waiting(ctx))).toEqual({
        toApprove: [{ departmentId: place.town.pension, departmentName: '国保年金課', count: 3, systems: [
          { id: two, name: '二号', kind: 'platform', count: 1, day: '2026-09-01' }, { id: one, name: '一号', kind: 'system', count: 2, day: '2026-10-05' },
        ] }],
        toMend: [],
      });
      await place.town.as(place.head, (ctx) => approval.returnDeclaration(ctx, one, [seen('right-unit', 1)], '直す'));
      await place.town.as(place.head, (ctx) => approval.approve(ctx, two, [seen('review-interval', 1)]));
      const clerk = await place.town.as(place.clerk, (ctx) => due.waiting(ctx));
      expect([clerk.toApprove, clerk.toMend.map((department) => [department.count, department.systems.map((system) => system.name)])]).toEqual([[], [[1, ['一号']]]]);
      const head = await place.town.as(place.head, (ctx) => due.waiting(ctx));
      expect(head.toApprove.map((department) => [department.count, department.systems.map((system) => system.name)])).toEqual([[1, ['一号']]]);
      const nobody = await place.town.person('audit-member', null);
      expect(await place.town.as(nobody, (ctx) => due.waiting(ctx))).toEqual({ toApprove: [], toMend: [] });
      const other = await makeTown(place.database, '隣市');
      expect(await other.as(await other.person('assessment-lead', null), (ctx) => due.dueSoon(ctx))).toEqual({ stale: [], soon: [] });
    } finally {
      await place.close();
    }
  });

  it('for confirming anew: stale, and stale within 60 days, by department and first day', async () => {
    const place = await openDeclarationsTown();
    try {
      const [one, two, elsewhere] = [await place.system('一号'), await place.system('二号'), await place.system('こども', { department: place.town.children })];
      const lead = await place.town.person('assessment-lead', null);
      await place.declare(one, 'right-unit', { choice: 'per-user' }, { declaredOn: '2025-11-20' });
      await place.declare(one, 'review-interval', 6, { declaredOn: '2025-11-21' });
      // 60 days after 21 November: 9 days of November, 31 of December, 20 of January.
      await place.declare(two, 'review-interval', 6, { declaredOn: '2026-01-20' });
      await place.declare(two, 'backup-interval', 1, { declaredOn: '2026-01-21' });
      await place.declare(elsewhere, 'review-interval', 6, { declaredOn: '2024-04-01' }, lead);
      await place.on('2025-09-01', place.clerk, (ctx) => declaring.declare(ctx, one, 'old-lock', { value: { choice: 'automatic' }, note: '', seenVersion: 0 }));
      const told = async (actor = place.clerk) => {
        const found = await place.town.as(actor, (ctx) => due.dueSoon(ctx));
        return Object.fromEntries(Object.entries(found).map(([which, departments]) => [which, departments.map((one_) => [one_.departmentName, ...one_.systems.map(({ name, count, day }) => `${name} ${count} ${day}`)])]));
      };
      expect(await told()).toEqual({ stale: [['国保年金課', '一号 1 2026-11-20']], soon: [['国保年金課', '一号 1 2026-11-21', '二号 1 2027-01-20']] });
      expect((await told(lead)).stale).toEqual([['こども課', 'こども 1 2025-04-01'], ['国保年金課', '一号 1 2026-11-20']]);
    } finally {
      await place.close();
    }
  });
});
