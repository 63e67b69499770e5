import { openAuditsTown, plan, type AuditsTown } from '../../test/audits-town.js';
import { Conflict, NotFound, Refused, type TenkenError } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { PlanLinks } from './plan-links.service.js';

let town: AuditsTown;
let links: PlanLinks;
let midTerm: string;
let yearly: string;
beforeAll(async () => {
  town = await openAuditsTown();
  links = new PlanLinks(town.plans);
});
afterAll(() => town.close());

const item = (fiscalYear: number, theme: string): Parameters<AuditsTown['plans']['addItem']>[3] => ({ fiscalYear, kind: 'administrative', theme, targets: '全部局', period: '10月～3月' });
const planned = async (id: string): Promise<string[]> => (await town.by((ctx) => town.plans.get(ctx, id))).items.map((one) => one.theme);
const offered = async (id: string): Promise<string[]> => (await town.by((ctx) => links.offered(ctx, id))).map((one) => one.theme);
const idOf = async (id: string, theme: string): Promise<string> => (await town.by((ctx) => town.plans.get(ctx, id))).items.find((one) => one.theme === theme)!.id;
const versionOf = async (id: string): Promise<number> => (await town.by((ctx) => town.plans.get(ctx, id))).plan.version;
const codeOf = (work: Promise<unknown>): Promise<string> => work.then(() => '', (error: TenkenError) => error.code);

beforeEach(async () => {
  for (const table of ['audit', 'audit_plan']) await town.database.query(`delete from ${table}`);
  midTerm = await town.by((ctx) => town.plans.add(ctx, { kind: 'mid-term', title: '第2次中期計画', fromYear: 2025, untilYear: 2027, policy: '', decidedOn: null }));
  for (const [n, one] of [item(2025, '契約の事務'), item(2026, '端末の管理'), item(2026, '補助金の交付')].entries()) await town.by((ctx) => town.plans.addItem(ctx, midTerm, n + 1, one));
  yearly = await town.by((ctx) => town.plans.add(ctx, { kind: 'yearly', title: '令和8年度 年間計画', fromYear: 2026, untilYear: 2026, policy: '', decidedOn: null }));
});

describe('a yearly plan', () => {
  it('takes up what the mid-term plan foresees for its year, once, and what it begins counts there too', async () => {
    expect(await offered(yearly)).toEqual(['端末の管理', '補助金の交付']);
    expect(await offered(midTerm)).toEqual([]);
    const above = await idOf(midTerm, '端末の管理');
    await town.by((ctx) => links.takeUp(ctx, yearly, 1, [above]));
    expect([await planned(yearly), await offered(yearly)]).toEqual([['端末の管理'], ['補助金の交付']]);
    // It waits once, as an item of the yearly plan.
    const waiting = async (): Promise<string[][]> => (await town.by((ctx) => town.plans.waiting(ctx, 2026))).map((one) => [one.theme, one.planId]);
    expect((await waiting()).filter(([theme]) => theme === '端末の管理')).toEqual([['端末の管理', yearly]]);
    const own = await idOf(yearly, '端末の管理');
    const audit = await town.by((ctx) => town.audits.add(ctx, plan({ theme: '端末の監査' }), own));
    const found = (await town.by((ctx) => town.plans.get(ctx, midTerm))).items.find((one) => one.id === above)!;
    expect([found.audits.map((one) => one.id), found.yearly]).toEqual([[audit], [{ planId: yearly, title: '令和8年度 年間計画' }]]);
    expect((await town.by((ctx) => town.plans.list(ctx))).map((one) => [one.title, one.items, one.begun])).toEqual([['令和8年度 年間計画', 1, 1], ['第2次中期計画', 3, 1]]);
    expect((await waiting()).map(([theme]) => theme)).toEqual(['契約の事務', '補助金の交付']);
    // The mid-term plan stays while an audit carries it out.
    expect(await codeOf(town.by(async (ctx) => town.plans.remove(ctx, midTerm, await versionOf(midTerm))))).toBe('plan-has-audits');
    expect((await town.by((ctx) => history(ctx, { kind: 'audit-plan', id: yearly }))).map((one) => one.action)).toContain('audit-plan-items-taken');
  });

  it('refuses nothing, what is of another year, what was taken up already, a stale page, and whoever only reads', async () => {
    const [other, one] = [await idOf(midTerm, '契約の事務'), await idOf(midTerm, '補助金の交付')];
    const take = (items: string[], seen = 1): Promise<void> => town.by((ctx) => links.takeUp(ctx, yearly, seen, items));
    expect([await codeOf(take([])), await codeOf(take([other])), await codeOf(take(['x']))]).toEqual(['nothing-chosen', 'not-offered', 'not-offered']);
    await expect(town.town.as(town.member, (ctx) => links.takeUp(ctx, yearly, 1, [one]))).rejects.toBeInstanceOf(Refused);
    await take([one]);
    await expect(take([one])).rejects.toBeInstanceOf(Conflict);
    expect(await codeOf(take([one], 2))).toBe('not-offered');
    await expect(town.by((ctx) => links.offered({ ...ctx, organisation: '00000000-0000-4000-8000-000000000000' }, yearly))).rejects.toBeInstanceOf(NotFound);
  });
});

describe('an audit that was planned by itself', () => {
  it('is put to an item, and taken from it again; both stay', async () => {
    const [contracts, grants] = [await idOf(midTerm, '契約の事務'), await idOf(midTerm, '補助金の交付')];
    const audit = await town.by((ctx) => town.audits.add(ctx, plan({ fiscalYear: 2026 })));
    expect((await town.by((ctx) => links.unplanned(ctx))).map((one) => one.id)).toEqual([audit]);
    await town.by((ctx) => links.link(ctx, contracts, audit));
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).plan).toEqual({ id: midTerm, title: '第2次中期計画' });
    expect(await town.by((ctx) => links.unplanned(ctx))).toEqual([]);
    expect(await codeOf(town.by((ctx) => links.link(ctx, grants, audit)))).toBe('planned-already');
    await expect(town.by((ctx) => links.unlink(ctx, grants, audit))).rejects.toBeInstanceOf(NotFound);
    await expect(town.town.as(town.member, (ctx) => links.unlink(ctx, contracts, audit))).rejects.toBeInstanceOf(Refused);
    await town.by((ctx) => links.unlink(ctx, contracts, audit));
    expect((await town.by((ctx) => town.audits.get(ctx, audit))).plan).toBeNull();
    expect((await town.by((ctx) => history(ctx, { kind: 'audit', id: audit }))).map((one) => [one.action, (one.after ?? one.before) as { item?: string }]).slice(0, 2)).toEqual([
      ['audit-plan-unlinked', expect.objectContaining({ item: '令和7年度　契約の事務' })], ['audit-plan-linked', expect.objectContaining({ item: '令和7年度　契約の事務' })],
    ]);
  });

  it('is copied into the item from which the copy was begun', async () => {
    const grants = await idOf(midTerm, '補助金の交付');
    const older = await town.by((ctx) => town.audits.add(ctx, plan({ fiscalYear: 2025 })));
    const copied = await town.by((ctx) => town.audits.copy(ctx, older, 2026, { planItemId: grants }));
    expect((await town.by((ctx) => town.audits.get(ctx, copied))).audit).toMatchObject({ planItemId: grants, copiedFromId: older });
    await expect(town.by((ctx) => town.audits.copy(ctx, older, 2026, { planItemId: '00000000-0000-4000-8000-000000000000' }))).rejects.toBeInstanceOf(NotFound);
  });
});
