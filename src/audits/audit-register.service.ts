import { Injectable } from '@nestjs/common';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, mustAllow, mustTakePart, readAudit } from './audit-access.js';
import { copyAudit } from './audit-copying.js';
import { countsOf, hangingOn, type AuditCounts } from './audit-counts.js';
import { checkedAudit, fieldsOf, type AuditInput } from './audit-fields.js';
import { AuditKinds } from './audit-kinds.service.js';
import { AUDIT_ACTIONS, AUDIT_STATUSES, auditActionsFor, auditTransition, unreadyIn, type AuditAction, type AuditTransition, type Unready } from './audit.transitions.js';
import { Audit, AuditPerson } from './audit.entity.js';
import { InputChecking, LONGEST, oneProblem } from './input-checking.js';
import { AuditPlan, AuditPlanItem } from './plan.entity.js';

export interface ListedAudit {
  audit: Audit;
  counts: AuditCounts;
}

export interface AuditPage extends ListedAudit {
  plan: { id: string; title: string } | null;
  copiedFrom: { id: string; theme: string; fiscalYear: number } | null;
  /** What is missing before it may leave its plan. */
  unready: Unready[];
  /** Steps that this person may take now. */
  actions: AuditTransition[];
  may: { write: boolean };
}

const auditObject = (id: string): { kind: string; id: string } => ({ kind: 'audit', id });

/** 監査: lists, adds, changes, copies and removes audits, and moves them through their stages. */
@Injectable()
export class AuditRegister {
  constructor(private readonly kinds: AuditKinds) {}

  /** Newest years first. Throws `Refused`. */
  async list(ctx: Ctx, filter: { year?: number } = {}): Promise<ListedAudit[]> {
    mustAllow(ctx, 'audit.read');
    const audits = await scoped(ctx, Audit).find(filter.year === undefined ? {} : { fiscalYear: filter.year }, { fiscalYear: 'DESC', beginsOn: 'DESC', theme: 'ASC', id: 'ASC' });
    const counts = await countsOf(ctx, audits.map((one) => one.id));
    return audits.map((audit) => ({ audit, counts: counts.get(audit.id)! }));
  }

  /** Fiscal years that have audits, newest first. */
  async years(ctx: Ctx): Promise<number[]> {
    mustAllow(ctx, 'audit.read');
    const rows: { year: number }[] = await ctx.tx.query('select distinct fiscal_year as year from audit where organisation_id = $1 order by year desc', [ctx.organisation]);
    return rows.map((one) => one.year);
  }

  /** Throws `NotFound` (also for another organisation), `Refused`. */
  async get(ctx: Ctx, id: string): Promise<AuditPage> {
    const audit = await readAudit(ctx, id);
    const item = audit.planItemId === null ? null : await scoped(ctx, AuditPlanItem).get(audit.planItemId);
    const plan = item === null ? null : await scoped(ctx, AuditPlan).get(item.planId);
    const from = audit.copiedFromId === null ? null : await scoped(ctx, Audit).get(audit.copiedFromId);
    return {
      audit, counts: (await countsOf(ctx, [id])).get(id)!, plan: plan === null ? null : { id: plan.id, title: plan.title }, copiedFrom: from === null ? null : { id: from.id, theme: from.theme, fiscalYear: from.fiscalYear },
      unready: await this.unready(ctx, audit), actions: auditActionsFor(audit.status, ctx.actor), may: { write: audit.status !== 'closed' && allows(ctx.actor.grants, 'audit.write') },
    };
  }

  /**
   * Plans an audit; with `planItemId` it is begun from an item of a plan. Throws `NotFound`, `Refused`, `Invalid`.
   * @returns the id; the version is 1
   */
  async add(ctx: Ctx, input: AuditInput, planItemId: string | null = null): Promise<string> {
    mustAllow(ctx, 'audit.write');
    if (planItemId !== null) await scoped(ctx, AuditPlanItem).lock(planItemId, 'shared-key');
    const fields = checkedAudit(input, await this.kinds.living(ctx), null);
    const id = newId();
    await scoped(ctx, Audit).insert({ id, planItemId, copiedFromId: null, ...fields, status: 'planned', changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await record(ctx, { action: 'audit-added', object: auditObject(id), after: { ...fields, planItemId } });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version. */
  async change(ctx: Ctx, id: string, seen: number, input: AuditInput): Promise<number> {
    const audit = await lockAudit(ctx, id);
    const before = fieldsOf(audit);
    mustBeAsSeen(audit, audit.theme, seen, input, before);
    const after = checkedAudit(input, await this.kinds.living(ctx), audit);
    if (audit.status !== 'planned' && after.bases.length === 0) throw oneProblem('bases-missing', 'bases', '始めた監査には根拠が要ります。1つ以上選んでください。');
    await saveNext(ctx, Audit, audit, after);
    await record(ctx, { action: 'audit-changed', object: auditObject(id), before, after });
    return audit.version;
  }

  /**
   * Takes a step of the table. The report's own service takes `report` and `publish`, with its own rights checked here too.
   * @param seen version that the page showed; without it the step is taken from where the audit stands now
   * @throws NotFound, Refused (right, no such step now), Conflict, Invalid (comment, plan not complete)
   */
  async move(ctx: Ctx, id: string, action: AuditAction, comment = '', seen?: number): Promise<Audit> {
    mustAllow(ctx, 'audit.read');
    const audit = await scoped(ctx, Audit).lock(id);
    if (seen !== undefined) mustBeAsSeen(audit, audit.theme, seen, { action }, { status: audit.status });
    const transition = auditTransition(audit.status, action);
    if (transition === null) throw new Refused('step-not-now', `いまは「${AUDIT_ACTIONS[action]}」ことができません。「${audit.theme}」は「${AUDIT_STATUSES[audit.status].label}」です。画面を読み込み直してください。`);
    mustAllow(ctx, transition.permission);
    await mustTakePart(ctx, id);
    const reason = commentOf(comment, transition.comment);
    if (transition.ready) {
      const unready = await this.unready(ctx, audit);
      if (unready.length > 0) throw new Invalid('audit-not-ready', unready[0]!.message, unready.map((one) => ({ code: one.code, path: '', message: one.message, href: `/audits/${id}/${one.tab}` })));
    }
    const before = audit.status;
    await saveNext(ctx, Audit, audit, { status: transition.to });
    await record(ctx, { action: 'audit-moved', object: auditObject(id), path: 'status', before: { status: before }, after: { status: transition.to, step: action }, ...(reason === '' ? {} : { comment: reason }) });
    return audit;
  }

  /**
   * A new plan after an older audit: what it says, viewpoints, targets, people (nobody disqualified) and schedule, every day later by
   * as many years. Questionnaires are copied by whoever keeps them (`copiedFromId` names the audit to look at).
   * @param more kind: '' for that of the older audit, which must not have ended; planItemId: item of a plan from which it begins
   * @throws NotFound, Refused, Invalid
   */
  async copy(ctx: Ctx, fromId: string, fiscalYear: number, { kind: chosen = '', planItemId = null }: { kind?: string; planItemId?: string | null } = {}): Promise<string> {
    mustAllow(ctx, 'audit.write');
    const from = await scoped(ctx, Audit).get(fromId);
    if (planItemId !== null) await scoped(ctx, AuditPlanItem).lock(planItemId, 'shared-key');
    const check = new InputChecking();
    check.year('fiscalYear', '年度', fiscalYear);
    const kind = (await this.kinds.living(ctx)).find((one) => one.code === (chosen === '' ? from.kind : chosen));
    if (kind === undefined) check.wrong('kind', 'kind-ended', chosen === '' ? `「${from.theme}」の監査の種類「${from.kindLabel}」は終了しています。新しい監査の種類を選んでください。` : '「監査の種類」を選択肢から選んでください。');
    check.done();
    const { id, told } = await copyAudit(ctx, from, { fiscalYear, kind: kind!, planItemId });
    await record(ctx, { action: 'audit-copied', object: auditObject(id), before: { from: from.id, theme: from.theme, fiscalYear: from.fiscalYear }, after: { ...told, planItemId } });
    return id;
  }

  /** Only a plan on which nothing hangs. Throws `NotFound`, `Refused` (stage, what hangs on it), `Conflict`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const audit = await lockAudit(ctx, id);
    mustBeAsSeen(audit, audit.theme, seen, {}, fieldsOf(audit));
    if (audit.status !== 'planned') throw new Refused('audit-begun', `「${audit.theme}」は始まっているため、消せません。`);
    const hanging = await hangingOn(ctx, id);
    if (hanging.length > 0) throw new Refused('audit-cited', `「${audit.theme}」には${hanging.join('、')}があるため、消せません。先にそれらを消してください。`);
    await scoped(ctx, Audit).delete({ id });
    await record(ctx, { action: 'audit-removed', object: auditObject(id), before: fieldsOf(audit) });
  }

  private async unready(ctx: Ctx, audit: Audit): Promise<Unready[]> {
    return unreadyIn({ bases: audit.bases, members: await scoped(ctx, AuditPerson).find({ auditId: audit.id, role: 'member' }) });
  }
}

function commentOf(given: string, need: boolean): string {
  const check = new InputChecking();
  const comment = check.text('comment', '理由', given, { need, limit: LONGEST.note });
  check.done();
  return comment;
}

/** Throws `NotFound` for what is no step. */
export function auditActionNamed(name: string): AuditAction {
  if (!Object.hasOwn(AUDIT_ACTIONS, name)) throw new NotFound();
  return name as AuditAction;
}
