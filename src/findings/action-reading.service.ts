import { Injectable } from '@nestjs/common';
import { Audit } from '../audits/audit.entity.js';
import type { Code } from '../engine/form.js';
import { Departments } from '../identity/departments.service.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { mayMove, mustSee, printed, readAction, standingOf, subjectOf, type Subject } from './action-access.js';
import { openQuestion } from './action-asked.js';
import { dueStep, type DueStep } from './action-deciding.js';
import { ActionEntry, ActionReminder, CorrectiveAction } from './corrective-action.entity.js';
import { livingStates, movesFrom, stateOf, type ActionMove } from './corrective-action.transitions.js';
import { FindingSettings } from './finding-settings.service.js';
import type { ActionState } from './scheme.js';
import { printedIn } from './subject-texts.js';

export interface ActionPage {
  action: CorrectiveAction;
  theme: string;
  year: number;
  subject: Subject;
  department: string;
  /** The department has ended, and nobody has taken over. */
  ended: boolean;
  former: string | null;
  state: ActionState;
  proposed: ActionState | null;
  due: DueStep;
  /** Oldest first. */
  entries: (ActionEntry & { before: string | null; after: string | null })[];
  reminders: ActionReminder[];
  notices: { id: string; status: string; notifiedOn: string | null; text: string }[];
  /** Fiscal year of the question that waits for an answer. */
  asked: number | null;
  /** The person writes for the department that answers for the action. */
  own: boolean;
  /** Steps that may be taken now by this person. */
  moves: Set<ActionMove>;
  /** States that may be chosen. */
  states: ActionState[];
}

/** Everything of one action. */
@Injectable()
export class ActionReading {
  constructor(
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
  ) {}

  /** Throws `NotFound`. */
  async get(ctx: Ctx, id: string): Promise<ActionPage> {
    const action = await readAction(ctx, id);
    const { scheme, dueSoonDays } = await this.settings.of(ctx);
    const audit = await scoped(ctx, Audit).get(action.auditId);
    const tree = await this.departments.tree(ctx);
    const paths = new Map(tree.map((one) => [one.department.id, one.path]));
    const label = (code: Code | null): string | null => (code === null ? null : stateOf(scheme, code).label);
    const entries = await scoped(ctx, ActionEntry).find({ actionId: id }, { madeAt: 'ASC', id: 'ASC' });
    return {
      action, theme: audit.theme, year: audit.fiscalYear, subject: await this.subject(ctx, action),
      department: paths.get(action.departmentId) ?? '', ended: action.settledOn === null && tree.some((one) => one.department.id === action.departmentId && one.department.endedOn !== null), former: action.formerDepartmentId === null ? null : (paths.get(action.formerDepartmentId) ?? ''),
      state: stateOf(scheme, action.state), proposed: action.proposed === null ? null : stateOf(scheme, action.proposed), due: dueStep(action, scheme, { today: ctx.clock.today(), soonDays: dueSoonDays }),
      entries: entries.map((one) => ({ ...one, before: label(one.stateBefore), after: label(one.stateAfter) })),
      reminders: await scoped(ctx, ActionReminder).find({ actionId: id }, { sentAt: 'ASC' }),
      own: allows(ctx.actor.grants, 'action.write', action.departmentId), notices: await this.notices(ctx, action), asked: await openQuestion(ctx, id),
      moves: new Set(movesFrom(scheme, standingOf(action)).filter((move) => mayMove(ctx, action, move))), states: livingStates(scheme),
    };
  }

  /** What an action would be added to, for the form. Throws `NotFound`, `Refused`. */
  async newFor(ctx: Ctx, of: { findingId: string | null; improvementId: string | null }): Promise<{ subject: Subject; theme: string; departments: { id: string; label: string }[] }> {
    const subject = await this.subject(ctx, of);
    const follows = allows(ctx.actor.grants, 'action.follow');
    const reach = reachOf(ctx.actor.grants, 'action.write');
    mustSee(ctx, subject);
    if (subject.stage !== 'decided' && subject.stage !== 'published') throw new Refused('not-decided', '措置は、検出事項や意見が合議で決まってから加えます。');
    const living = (await this.departments.living(ctx)).filter((one) => follows || reach === 'all' || reach.has(one.department.id));
    return { subject, theme: (await scoped(ctx, Audit).get(subject.auditId)).theme, departments: living.map((one) => ({ id: one.department.id, label: one.path })) };
  }

  private async subject(ctx: Ctx, of: { findingId: string | null; improvementId: string | null }): Promise<Subject> {
    const subject = await subjectOf(ctx, of);
    return { ...subject, ...printed(subject, await printedIn(ctx, subject.auditId, await this.settings.of(ctx))) };
  }

  /** Notices that carry the action; a draft is seen by its department alone. */
  private async notices(ctx: Ctx, { id, departmentId }: CorrectiveAction): Promise<ActionPage['notices']> {
    const rows: ActionPage['notices'] = await ctx.tx.query(
      `select notice.id, notice.status, notice.notified_on::text as "notifiedOn", item.text from action_notice_item item join action_notice notice on notice.organisation_id = $1 and notice.id = item.notice_id
        where item.organisation_id = $1 and item.action_id = $2 order by notice.notified_on nulls last, notice.id`, [ctx.organisation, id]);
    return rows.filter((one) => one.status !== 'draft' || allows(ctx.actor.grants, 'action.write', departmentId));
  }
}
