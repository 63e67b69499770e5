import { Injectable } from '@nestjs/common';
import { formatFiscalYear } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { mustAllow } from './audit-access.js';
import { AuditKinds } from './audit-kinds.service.js';
import { Audit } from './audit.entity.js';
import { InputChecking } from './input-checking.js';
import { AuditPlan, AuditPlanItem } from './plan.entity.js';

export interface PlanInput {
  kind: string;
  title: string;
  fromYear: number;
  untilYear: number;
  policy: string;
  /** ISO day or '' / null. */
  decidedOn: string | null;
}

export interface PlanItemInput {
  fiscalYear: number;
  /** Code of a kind of audit. */
  kind: string;
  theme: string;
  targets: string;
  period: string;
}

/** An audit that was begun from an item, and when it is really conducted. */
export type BegunAudit = Pick<Audit, 'id' | 'theme' | 'status' | 'fiscalYear' | 'beginsOn' | 'endsOn' | 'version'>;

export interface PlannedItem extends PlanItemInput {
  id: string;
  planId: string;
  kindLabel: string;
  /** Of an item of a mid-term plan also those that were begun from the item of a yearly plan that carries it out. */
  audits: BegunAudit[];
  /** The item of a yearly plan: the mid-term plan of which it carries out an item. */
  midTerm: { planId: string; title: string } | null;
  /** The item of a mid-term plan: the yearly plans that took it up. */
  yearly: { planId: string; title: string }[];
}

export interface PlanPage {
  plan: AuditPlan;
  /** By year, in their order. */
  items: PlannedItem[];
}

export const PLAN_KINDS = { yearly: '年間計画', 'mid-term': '中期計画' } as const;
/** Years of one plan at most. */
const LONGEST_PLAN = 20;
export const MOST_ITEMS = 300;

const objectOf = (id: string): { kind: string; id: string } => ({ kind: 'audit-plan', id });
const fieldsOf = ({ kind, title, fromYear, untilYear, policy, decidedOn }: AuditPlan) => ({ kind, title, fromYear, untilYear, policy, decidedOn });
const itemFields = ({ fiscalYear, kind, theme, targets, period }: PlanItemInput): PlanItemInput => ({ fiscalYear, kind, theme, targets, period });

/** 監査計画, of one year or of several. An item has no version of its own: changing one changes the plan. */
@Injectable()
export class Plans {
  constructor(private readonly kinds: AuditKinds) {}

  /** Newest years first. Throws `Refused`. */
  async list(ctx: Ctx): Promise<(AuditPlan & { items: number; begun: number })[]> {
    mustAllow(ctx, 'audit.read');
    const plans = await scoped(ctx, AuditPlan).find({}, { fromYear: 'DESC', untilYear: 'DESC', title: 'ASC' });
    const counts: { plan: string; items: number; begun: number }[] = await ctx.tx.query(
      `select i.plan_id as plan, count(*)::int as items,
              count(*) filter (where exists (select from audit a where a.plan_item_id = i.id) or exists (select from audit_plan_item y join audit a on a.plan_item_id = y.id where y.mid_term_item_id = i.id))::int as begun
         from audit_plan_item i where i.organisation_id = $1 group by i.plan_id`, [ctx.organisation]);
    return plans.map((one) => ({ ...one, items: 0, begun: 0, ...counts.find(({ plan }) => plan === one.id) }));
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, id: string): Promise<PlanPage> {
    mustAllow(ctx, 'audit.read');
    const plan = await scoped(ctx, AuditPlan).get(id);
    return { plan, items: await this.planned(ctx, await scoped(ctx, AuditPlanItem).find({ planId: id }, { fiscalYear: 'ASC', position: 'ASC', id: 'ASC' })) };
  }

  /** One item with its plan. Throws `NotFound`, `Refused`. */
  async item(ctx: Ctx, itemId: string): Promise<{ plan: AuditPlan; item: PlannedItem }> {
    mustAllow(ctx, 'audit.read');
    const item = await scoped(ctx, AuditPlanItem).get(itemId);
    return { plan: await scoped(ctx, AuditPlan).get(item.planId), item: (await this.planned(ctx, [item]))[0]! };
  }

  /** Items from which no audit was begun yet, up to this fiscal year; of a mid-term plan those alone that no yearly plan has taken up. */
  async waiting(ctx: Ctx, untilYear: number): Promise<PlannedItem[]> {
    mustAllow(ctx, 'audit.read');
    const items = await this.planned(ctx, await scoped(ctx, AuditPlanItem).find({}, { fiscalYear: 'ASC', position: 'ASC', id: 'ASC' }));
    return items.filter((one) => one.fiscalYear <= untilYear && one.audits.length === 0 && one.yearly.length === 0);
  }

  /** Throws `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, input: PlanInput): Promise<string> {
    mustAllow(ctx, 'audit.write');
    const fields = checkedPlan(input);
    const id = newId();
    await scoped(ctx, AuditPlan).insert({ id, ...fields, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action: 'audit-plan-added', object: objectOf(id), after: fields });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict`, `Invalid` (years that leave an item outside). */
  async change(ctx: Ctx, id: string, seen: number, input: PlanInput): Promise<number> {
    const plan = await this.lock(ctx, id);
    const before = fieldsOf(plan);
    mustBeAsSeen(plan, plan.title, seen, input, before);
    const fields = checkedPlan(input);
    const outside = (await scoped(ctx, AuditPlanItem).find({ planId: id }, { fiscalYear: 'ASC' })).filter((one) => one.fiscalYear < fields.fromYear || one.fiscalYear > fields.untilYear);
    if (outside.length > 0) {
      const check = new InputChecking();
      check.wrong('untilYear', 'items-outside', `計画の期間から外れる項目があります（${outside.map((one) => `${formatFiscalYear(one.fiscalYear)}「${one.theme}」`).slice(0, 5).join('、')}）。期間を広げるか、先に項目を直してください。`);
      check.done();
    }
    await saveNext(ctx, AuditPlan, plan, fields);
    await record(ctx, { action: 'audit-plan-changed', object: objectOf(id), before, after: fields });
    return plan.version;
  }

  /** Throws `NotFound`, `Refused` (an audit was begun from it), `Conflict`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const plan = await this.lock(ctx, id);
    mustBeAsSeen(plan, plan.title, seen, {}, fieldsOf(plan));
    await awaitAudits(ctx, id, null);
    const { items } = await this.get(ctx, id);
    mustHaveNoAudit(items);
    await scoped(ctx, AuditPlan).delete({ id });
    await record(ctx, { action: 'audit-plan-removed', object: objectOf(id), before: { ...fieldsOf(plan), items: items.map(itemFields) } });
  }

  /** @param seen version of the plan. Throws `NotFound`, `Refused`, `Conflict`, `Invalid`. Returns the id of the item. */
  async addItem(ctx: Ctx, planId: string, seen: number, input: PlanItemInput): Promise<string> {
    const plan = await this.lock(ctx, planId);
    mustBeAsSeen(plan, plan.title, seen, input, {});
    const there = await scoped(ctx, AuditPlanItem).find({ planId });
    const fields = await this.checkedItem(ctx, plan, input, null);
    if (there.length >= MOST_ITEMS) throw new Refused('too-many', `1つの計画に入れられる項目は${MOST_ITEMS}件までです。計画を分けてください。`);
    const id = newId();
    await scoped(ctx, AuditPlanItem).insert({ id, planId, ...fields, position: Math.max(0, ...there.map((one) => one.position)) + 1, midTermItemId: null });
    await saveNext(ctx, AuditPlan, plan);
    await record(ctx, { action: 'audit-plan-item-added', object: objectOf(planId), path: id, after: fields });
    return id;
  }

  /** @param seen version of the plan. Throws as `addItem`. */
  async changeItem(ctx: Ctx, itemId: string, seen: number, input: PlanItemInput): Promise<void> {
    const { planId } = await scoped(ctx, AuditPlanItem).get(itemId);
    const plan = await this.lock(ctx, planId);
    const item = await scoped(ctx, AuditPlanItem).get(itemId);
    mustBeAsSeen(plan, plan.title, seen, input, itemFields(item));
    const fields = await this.checkedItem(ctx, plan, input, item.kind);
    await scoped(ctx, AuditPlanItem).update({ id: itemId }, fields);
    await saveNext(ctx, AuditPlan, plan);
    await record(ctx, { action: 'audit-plan-item-changed', object: objectOf(planId), path: itemId, before: itemFields(item), after: fields });
  }

  /** @param seen version of the plan. Throws `NotFound`, `Refused` (an audit was begun from it), `Conflict`. */
  async removeItem(ctx: Ctx, itemId: string, seen: number): Promise<void> {
    const { planId } = await scoped(ctx, AuditPlanItem).get(itemId);
    const plan = await this.lock(ctx, planId);
    await awaitAudits(ctx, planId, itemId);
    const { item } = await this.item(ctx, itemId);
    mustBeAsSeen(plan, plan.title, seen, {}, itemFields(item));
    mustHaveNoAudit([item]);
    await scoped(ctx, AuditPlanItem).delete({ id: itemId });
    await saveNext(ctx, AuditPlan, plan);
    await record(ctx, { action: 'audit-plan-item-removed', object: objectOf(planId), path: itemId, before: itemFields(item) });
  }

  private lock(ctx: Ctx, id: string): Promise<AuditPlan> {
    mustAllow(ctx, 'audit.write');
    return scoped(ctx, AuditPlan).lock(id);
  }

  private async planned(ctx: Ctx, items: readonly AuditPlanItem[]): Promise<PlannedItem[]> {
    const labels = new Map((await this.kinds.list(ctx)).map((one) => [one.code, one.label]));
    const ids = items.map((one) => one.id);
    const begun: (BegunAudit & { items: string[] })[] = await ctx.tx.query(
      `select a.id, a.theme, a.status, a.fiscal_year as "fiscalYear", to_char(a.begins_on, 'YYYY-MM-DD') as "beginsOn", to_char(a.ends_on, 'YYYY-MM-DD') as "endsOn", a.version, array_remove(array[i.id, i.mid_term_item_id], null) as items
         from audit a join audit_plan_item i on i.id = a.plan_item_id
        where a.organisation_id = $1 and (i.id = any($2::uuid[]) or i.mid_term_item_id = any($2::uuid[])) order by a.fiscal_year, a.theme, a.id`, [ctx.organisation, ids]);
    const taken: { item: string; midTermItem: string; yearlyPlan: string; yearlyTitle: string; midTermPlan: string; midTermTitle: string }[] = await ctx.tx.query(
      `select y.id as item, m.id as "midTermItem", yp.id as "yearlyPlan", yp.title as "yearlyTitle", mp.id as "midTermPlan", mp.title as "midTermTitle"
         from audit_plan_item y join audit_plan_item m on m.id = y.mid_term_item_id join audit_plan yp on yp.id = y.plan_id join audit_plan mp on mp.id = m.plan_id
        where y.organisation_id = $1 and (y.id = any($2::uuid[]) or m.id = any($2::uuid[])) order by yp.from_year, yp.title, y.id`, [ctx.organisation, ids]);
    return items.map((one) => {
      const above = taken.find(({ item }) => item === one.id);
      return {
        id: one.id, planId: one.planId, ...itemFields(one), kindLabel: labels.get(one.kind) ?? one.kind, audits: begun.filter((audit) => audit.items.includes(one.id)).map(({ items: _, ...audit }) => audit),
        midTerm: above === undefined ? null : { planId: above.midTermPlan, title: above.midTermTitle },
        yearly: taken.filter(({ midTermItem }) => midTermItem === one.id).map(({ yearlyPlan, yearlyTitle }) => ({ planId: yearlyPlan, title: yearlyTitle })),
      };
    });
  }

  /** @param stored kind that the item already has: it may stay, also when it has ended */
  private async checkedItem(ctx: Ctx, plan: AuditPlan, input: PlanItemInput, stored: string | null): Promise<PlanItemInput> {
    const check = new InputChecking();
    const fiscalYear = check.year('fiscalYear', '年度', input.fiscalYear);
    if (check.problems.length === 0 && (fiscalYear < plan.fromYear || fiscalYear > plan.untilYear)) check.wrong('fiscalYear', 'year-outside', `年度は計画の期間（${formatFiscalYear(plan.fromYear)}～${formatFiscalYear(plan.untilYear)}）の中にしてください。`);
    const kinds = (await this.kinds.list(ctx)).filter((one) => one.code === stored || one.own === null || one.own.endedOn === null).map((one) => one.code);
    const fields = {
      fiscalYear, kind: check.choice('kind', '監査の種類', input.kind, kinds), theme: check.line('theme', 'テーマ', input.theme),
      targets: check.text('targets', '対象', input.targets, { limit: 2_000 }), period: check.line('period', '予定の時期', input.period, { need: false }),
    };
    check.done();
    return fields;
  }
}

/** Before an item goes, or with null all of a plan: waits for whoever puts an audit to it, so that the audit is seen. */
async function awaitAudits(ctx: Ctx, planId: string, itemId: string | null): Promise<void> {
  await ctx.tx.query('select id from audit_plan_item where organisation_id = $1 and plan_id = $2 and ($3::uuid is null or id = $3) order by id for update', [ctx.organisation, planId, itemId]);
}

function mustHaveNoAudit(items: readonly PlannedItem[]): void {
  const audits = items.flatMap((one) => one.audits);
  if (audits.length === 0) return;
  const named = audits.slice(0, 5).map((one) => `「${one.theme}」`).join('、');
  throw new Refused('plan-has-audits', `ここから始めた監査があるため、消せません（${named}）。`, audits.slice(0, 5).map((one) => ({ code: 'plan-has-audits', path: '', message: `監査「${one.theme}」`, href: `/audits/${one.id}` })));
}

function checkedPlan(input: PlanInput): ReturnType<typeof fieldsOf> {
  const check = new InputChecking();
  const kind = check.choice('kind', '計画の種類', input.kind, Object.keys(PLAN_KINDS) as AuditPlan['kind'][]);
  const title = check.line('title', '計画の名前', input.title);
  const [fromYear, untilYear] = [check.year('fromYear', '始まりの年度', input.fromYear), check.year('untilYear', '終わりの年度', input.untilYear)];
  if (!check.problems.some((one) => one.code === 'not-a-year')) {
    if (untilYear < fromYear) check.wrong('untilYear', 'ends-before', '「終わりの年度」が「始まりの年度」より前です。始まりの年度以後にしてください。');
    else if (kind === 'yearly' && untilYear !== fromYear) check.wrong('untilYear', 'one-year', '年間計画は1つの年度です。始まりと同じ年度にするか、中期計画を選んでください。');
    else if (untilYear - fromYear >= LONGEST_PLAN) check.wrong('untilYear', 'too-long', `計画は${LONGEST_PLAN}年度までです。`);
  }
  const fields = { kind, title, fromYear, untilYear, policy: check.text('policy', '基本方針', input.policy), decidedOn: check.day('decidedOn', '決定した日', input.decidedOn) };
  check.done();
  return fields;
}
