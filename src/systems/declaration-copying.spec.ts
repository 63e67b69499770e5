import { declarationServices, openDeclarationsTown, refusal, sheetControl, type DeclarationsTown } from '../../test/declarations-town.js';
import { makeTown } from '../../test/assessments-town.js';

const { copying, declaring, approval, evidence } = declarationServices;
let t: DeclarationsTown;
beforeAll(async () => { t = await openDeclarationsTown(); });
afterAll(async () => { await t.close(); });

const choice = (control: string, seenThere: number, seenHere: number) => ({ control, seenThere, seenHere });

describe('comparing declarations', () => {
  it('says control by control what only one of them declares, what is the same and what differs', async () => {
    const [from, to] = [await t.system('国保'), await t.system('後期')];
    await t.declare(from, 'right-unit', { choice: 'per-user' }, { note: '規則第3条', declaredOn: '2026-05-01' });
    await t.declare(from, 'review-interval', 6);
    await t.declare(from, 'screen-lock', { choice: 'automatic' }, { declaredOn: '2020-01-01' });
    await t.declare(to, 'right-unit', { choice: 'per-user' });
    await t.declare(to, 'review-interval', 6);
    await t.declare(to, 'backup-interval', 1);
    const compared = await t.town.as(t.clerk, (ctx) => copying.compare(ctx, from, to));
    expect([compared.from.name, compared.to.name, compared.counts]).toEqual(['国保', '後期', { 'only-there': 1, 'only-here': 1, same: 1, differs: 1 }]);
    expect(compared.controls.map(({ code, group, difference, there, here, copyable }) => [code, group, difference, there?.words ?? null, here?.words ?? null, copyable])).toEqual([
      ['right-unit', 'アクセス', 'differs', '利用者ごと', '利用者ごと', true],
      ['screen-lock', 'アクセス', 'only-there', '自動', null, false],
      ['review-interval', '見直し', 'same', '6か月', '6か月', false],
      ['backup-interval', '見直し', 'only-here', null, '1日', false],
    ]);
    expect(compared.controls[0]!.there).toEqual({ words: '利用者ごと', note: '規則第3条', declaredOn: '2026-05-01', approved: false, stale: false, version: 1 });
    expect(compared.controls[1]!.there).toMatchObject({ stale: true });
  });

  it('is refused for one and the same system and for what the person may not see', async () => {
    const [mine, theirs] = [await t.system('当課'), await t.system('他課', { department: t.town.children })];
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.compare(ctx, mine, mine)))).toMatchObject({ kind: 'invalid', problems: ['same-system'] });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.compare(ctx, theirs, mine)))).toMatchObject({ kind: 'refused', code: 'other-department' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.compare(ctx, mine, theirs)))).toMatchObject({ kind: 'refused', code: 'other-department' });
    const other = await makeTown(t.database, '隣市');
    expect(await refusal(other.as(await other.person('assessment-lead', null), (ctx) => copying.compare(ctx, mine, theirs)))).toMatchObject({ kind: 'not-found' });
  });
});

describe('copying declarations', () => {
  it('takes value and note over, today and by this person; not the approval, not the evidence; and says from where', async () => {
    const [from, to] = [await t.system('写す元'), await t.system('写す先')];
    await t.declare(from, 'right-unit', { choice: 'per-user' }, { note: '規則第3条', declaredOn: '2026-05-01' });
    await t.town.as(t.head, (ctx) => approval.approve(ctx, from, [{ control: 'right-unit', seenVersion: 1 }]));
    const source = (await t.town.as(t.clerk, (ctx) => sheetControl(ctx, from, 'right-unit')))!.own!;
    await t.town.as(t.clerk, (ctx) => evidence.add(ctx, source.id, '規則.txt', Buffer.from('規則')));
    await t.declare(from, 'review-interval', 6);
    await t.declare(to, 'review-interval', 6);
    await t.declare(to, 'right-unit', { choice: 'none' });
    await t.town.as(t.head, (ctx) => approval.approve(ctx, to, [{ control: 'right-unit', seenVersion: 1 }]));
    const saved = await t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, [choice('right-unit', 2, 2), choice('review-interval', 1, 1)]));
    expect(saved.map(({ control, outcome, version }) => [control, outcome, version])).toEqual([['right-unit', 'changed', 3], ['review-interval', 'unchanged', 1]]);
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, to, 'right-unit')))!.own).toMatchObject({
      words: '利用者ごと', note: '規則第3条', declaredOn: '2026-11-21', by: '国保年金課の担当', approved: null, evidence: [], copiedFrom: { id: from, name: '写す元' },
    });
    const { events } = await t.town.as(t.clerk, (ctx) => declaring.historyOf(ctx, to, 'right-unit'));
    expect(events[0]).toMatchObject({ what: '写し', words: '「写す元」から写して、「設定していない」を「利用者ごと」に改めた（令和8年11月21日）。承認は外れた。説明：規則第3条' });
    await t.declare(to, 'right-unit', { choice: 'per-terminal' });
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, to, 'right-unit')))!.own!.copiedFrom).toBeNull();
  });

  it('is all or nothing: not declared there, stale there, retired, unknown', async () => {
    const [from, to] = [await t.system('元'), await t.system('先')];
    await t.declare(from, 'right-unit', { choice: 'per-user' });
    await t.declare(from, 'screen-lock', { choice: 'automatic' }, { declaredOn: '2025-11-20' });
    await t.on('2026-09-30', t.clerk, (ctx) => declaring.declare(ctx, from, 'old-lock', { value: { choice: 'automatic' }, note: '', seenVersion: 0 }));
    const refused = await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, [choice('right-unit', 1, 0), choice('backup-interval', 0, 0), choice('screen-lock', 1, 0), choice('old-lock', 1, 0), choice('nonsense', 0, 0)])));
    expect(refused).toMatchObject({ kind: 'invalid', problems: ['not-declared', 'declaration-stale', 'control-retired', 'not-declared'] });
    expect((await t.town.as(t.clerk, (ctx) => declaring.sheet(ctx, to))).counts['not-declared']).toBe(4);
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, [])))).toMatchObject({ problems: ['nothing-chosen'] });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, to, to, [choice('right-unit', 1, 0)])))).toMatchObject({ problems: ['same-system'] });
  });

  it('is a conflict when either side is not what was seen', async () => {
    const [from, to] = [await t.system('元の変化'), await t.system('先の変化')];
    await t.declare(from, 'right-unit', { choice: 'per-user' });
    await t.declare(from, 'right-unit', { choice: 'per-terminal' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, [choice('right-unit', 1, 0)])))).toMatchObject({ kind: 'conflict', sides: { current: { value: '端末ごと' }, currentVersion: 2 } });
    await t.declare(to, 'right-unit', { choice: 'none' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, [choice('right-unit', 2, 0)])))).toMatchObject({ kind: 'conflict', sides: { sent: { value: '端末ごと' }, current: { value: '設定していない' }, currentVersion: 1 } });
    expect((await t.town.as(t.clerk, (ctx) => sheetControl(ctx, to, 'right-unit')))!.own!.words).toBe('設定していない');
  });

  it('needs the right to see one and to declare the other, which may be neither merged nor ended', async () => {
    const [mine, used] = [await t.system('自課'), await t.system('利用だけ', { department: t.town.children })];
    await t.usedBy(used, t.town.pension);
    await t.declare(mine, 'right-unit', { choice: 'per-user' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, mine, used, [choice('right-unit', 1, 0)])))).toMatchObject({ kind: 'refused', code: 'not-allowed' });
    const lead = await t.town.person('assessment-lead', null);
    await t.declare(used, 'review-interval', 6, {}, lead);
    expect(await t.town.as(t.clerk, (ctx) => copying.copy(ctx, used, mine, [choice('review-interval', 1, 0)]))).toMatchObject([{ outcome: 'made' }]);
    const [merged, ended] = [await t.system('統合', { mergedInto: mine }), await t.system('廃止', { register: { 'running-state': { choice: 'gone' } } })];
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, mine, merged, [choice('right-unit', 1, 0)])))).toMatchObject({ code: 'merged' });
    expect(await refusal(t.town.as(t.clerk, (ctx) => copying.copy(ctx, mine, ended, [choice('right-unit', 1, 0)])))).toMatchObject({ code: 'ended' });
  });

  it('makes what is compared the same', async () => {
    const [from, to] = [await t.system('同じにする元'), await t.system('同じにする先')];
    await t.declare(from, 'right-unit', { choice: 'per-user' }, { note: '甲' });
    await t.declare(from, 'screen-lock', { choice: 'other', text: '覆い' });
    await t.declare(to, 'right-unit', { choice: 'per-user' }, { note: '乙' });
    const before = await t.town.as(t.clerk, (ctx) => copying.compare(ctx, from, to));
    await t.town.as(t.clerk, (ctx) => copying.copy(ctx, from, to, before.controls.filter((one) => one.copyable).map((one) => choice(one.code, one.there!.version, one.here?.version ?? 0))));
    expect((await t.town.as(t.clerk, (ctx) => copying.compare(ctx, from, to))).counts).toEqual({ 'only-there': 0, 'only-here': 0, same: 2, differs: 0 });
  });
});
