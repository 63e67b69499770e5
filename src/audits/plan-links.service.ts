import { Injectable } from '@nestjs/common';
import { formatFiscalYear } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound, Refused } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, mustAllow } from './audit-access.js';
import { Audit } from './audit.entity.js';
import { oneProblem } from './input-checking.js';
import { AuditPlan, AuditPlanItem } from './plan.entity.js';
import { MOST_ITEMS, Plans, type PlannedItem } from './plans.service.js';

/** An audit that stands in no plan. */
export type UnplannedAudit = Pick<Audit, 'id' | 'theme' | 'kindLabel' | 'fiscalYear' | 'version'>;

/** What plans and audits have to do with each other: mid-term items that a yearly plan takes up, and audits that carry items out. */
@Injectable()
export class PlanLinks {
  constructor(private readonly plans: Plans) {}

  /** Items of mid-term plans for the year of this yearly plan that no yearly plan has taken up. Throws `NotFound`, `Refused`. */
  async offered(ctx: Ctx, planId: string): Promise<(PlannedItem & { plan: string })[]> {
    mustAllow(ctx, 'audit.read');
    const plan = await scoped(ctx, AuditPlan).get(planId);
    if (plan.kind !== 'yearly') return [];
    const above = await scoped(ctx, AuditPlan).find({ kind: 'mid-term' }, { fromYear: 'DESC', title: 'ASC' });
    const found: (PlannedItem & { plan: string })[] = [];
    for (const { id, title, fromYear, untilYear } of above) {
      if (fromYear > plan.fromYear || untilYear < plan.fromYear) continue;
      const { items } = await this.plans.get(ctx, id);
      found.push(...items.filter((one) => one.fiscalYear === plan.fromYear && one.yearly.length === 0 && one.audits.length === 0).map((one) => ({ ...one, plan: title })));
    }
    return found;
  }

  /**
   * Takes items of mid-term plans into a yearly plan; what was written there becomes the yearly plan's own.
   * @param seen version of the yearly plan
   * @throws NotFound, Refused (right, no longer offered), Conflict, Invalid (nothing chosen)
   */
  async takeUp(ctx: Ctx, planId: string, seen: number, itemIds: readonly string[]): Promise<void> {
    mustAllow(ctx, 'audit.write');
    const plan = await scoped(ctx, AuditPlan).lock(planId);
    mustBeAsSeen(plan, plan.title, seen, itemIds, []);
    if (itemIds.length === 0) throw oneProblem('nothing-chosen', 'item', '写す項目を選んでください。');
    // Two yearly plans of one year wait for each other here: the second sees what the first has taken.
    for (const id of [...new Set(itemIds)].sort()) if (isId(id)) await ctx.tx.query('select id from audit_plan_item where organisation_id = $1 and id = $2 for no key update', [ctx.organisation, id]);
    const offered = await this.offered(ctx, planId);
    const chosen = offered.filter((one) => itemIds.includes(one.id));
    if (chosen.length < new Set(itemIds).size) throw new Refused('not-offered', '選んだ項目の中に、もう写してあるか、ほかの年度のものがあります。画面を読み込み直して、選び直してください。');
    const there = await scoped(ctx, AuditPlanItem).find({ planId });
    if (there.length + chosen.length > MOST_ITEMS) throw new Refused('too-many', `1つの計画に入れられる項目は${MOST_ITEMS}件までです。計画を分けてください。`);
    const last = Math.max(0, ...there.map((one) => one.position));
    const rows = chosen.map(({ id, fiscalYear, kind, theme, targets, period }, n) => ({ id: newId(), planId, fiscalYear, kind, theme, targets, period, position: last + n + 1, midTermItemId: id }));
    await scoped(ctx, AuditPlanItem).insertMany(rows);
    await saveNext(ctx, AuditPlan, plan);
    await record(ctx, { action: 'audit-plan-items-taken', object: { kind: 'audit-plan', id: planId }, after: chosen.map(({ id, theme, plan: from }) => ({ id, theme, from })) });
  }

  /** Newest years first. Throws `Refused`. */
  async unplanned(ctx: Ctx): Promise<UnplannedAudit[]> {
    mustAllow(ctx, 'audit.read');
    return ctx.tx.query(
      `select id, theme, kind_label as "kindLabel", fiscal_year as "fiscalYear", version from audit
        where organisation_id = $1 and plan_item_id is null and status <> 'closed' order by fiscal_year desc, theme, id`, [ctx.organisation]);
  }

  /** An audit that was planned by itself, or copied, carries the item out. Throws `NotFound`, `Refused` (right, closed, stands in a plan). */
  async link(ctx: Ctx, itemId: string, auditId: string): Promise<void> {
    const audit = await lockAudit(ctx, auditId);
    const { theme, planId, fiscalYear } = await scoped(ctx, AuditPlanItem).lock(itemId, 'shared-key');
    if (audit.planItemId !== null) throw new Refused('planned-already', `「${audit.theme}」は、もう計画の項目に結び付いています。先にそちらから離してください。`);
    await saveNext(ctx, Audit, audit, { planItemId: itemId });
    await record(ctx, { action: 'audit-plan-linked', object: { kind: 'audit', id: auditId }, path: itemId, after: { plan: planId, item: `${formatFiscalYear(fiscalYear)}　${theme}` } });
  }

  /** The audit stays, the item is to be carried out again. Throws `NotFound` (the audit is not of this item), `Refused`. */
  async unlink(ctx: Ctx, itemId: string, auditId: string): Promise<void> {
    const audit = await lockAudit(ctx, auditId);
    if (audit.planItemId !== itemId) throw new NotFound();
    const { theme, planId, fiscalYear } = await scoped(ctx, AuditPlanItem).get(itemId);
    await saveNext(ctx, Audit, audit, { planItemId: null });
    await record(ctx, { action: 'audit-plan-unlinked', object: { kind: 'audit', id: auditId }, path: itemId, before: { plan: planId, item: `${formatFiscalYear(fiscalYear)}　${theme}` } });
  }
}
