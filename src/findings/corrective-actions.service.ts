import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import { InputChecking } from '../audits/input-checking.js';
import type { Code } from '../engine/form.js';
import { allows } from '../identity/permissions.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { holdJournal, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { saveNext } from '../kernel/seen.js';
import { changedOf, entryOf, livingDepartment, lockForMove, mustBeSeen, mustSee, objectOf, saveStep, standingOf, subjectOf } from './action-access.js';
import { openQuestion } from './action-asked.js';
import { dueProblem, plannedDueProblem, postponeProblem } from './action-deciding.js';
import { ActionEntry, ActionNotice, ActionNoticeItem, CorrectiveAction } from './corrective-action.entity.js';
import { firstState, reported } from './corrective-action.transitions.js';
import { FindingSettings } from './finding-settings.service.js';

export interface ActionText {
  title: string;
  /** 措置の計画; may be blank until the department has written it. */
  planned: string;
  /** ISO day; '' for none. */
  dueOn: string;
}

/** 措置: added to what was decided, planned, carried on, put off and handed over. */
@Injectable()
export class CorrectiveActions {
  constructor(private readonly settings: FindingSettings) {}

  /**
   * Adds actions to a finding or an improvement opinion that is decided. Returns their ids.
   * Throws `NotFound`, `Refused` (right, stage), `Invalid` with `<field>-<n>` as the path of the n-th line.
   */
  async add(ctx: Ctx, of: { findingId: string | null; improvementId: string | null }, actions: readonly (ActionText & { departmentId: string })[]): Promise<string[]> {
    const subject = await subjectOf(ctx, of);
    mustSee(ctx, subject);
    if (subject.stage !== 'decided' && subject.stage !== 'published') throw new Refused('not-decided', `${subject.title === '' ? 'この意見' : `「${subject.title}」`}はまだ決まっていません。措置は、合議で決まってから加えます。`);
    if (actions.some(({ departmentId }) => !allows(ctx.actor.grants, 'action.follow') && !allows(ctx.actor.grants, 'action.write', departmentId))) throw new Refused('not-allowed', 'ほかの課の措置は書けません。自分の課を選ぶか、監査事務局に頼んでください。');
    const problems = actions.length === 0 ? [{ code: 'action-missing', path: 'title-1', message: '措置を1つ以上書いてください。' }] : actions.flatMap((one, n) => numbered(this.problemsOf(one, (dueOn) => dueProblem(dueOn, subject.foundOn)), n));
    if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
    for (const { departmentId } of actions) await livingDepartment(ctx, departmentId);
    const { scheme } = await this.settings.of(ctx);
    const state = firstState(scheme).code;
    // One after the other: the second of two at the same moment sees the first.
    await holdJournal(ctx);
    await this.mustBeNew(ctx, of, actions);
    const [row]: { last: number }[] = await ctx.tx.query('select coalesce(max(number), 0)::int as last from corrective_action where organisation_id = $1', [ctx.organisation]);
    const ids: string[] = [];
    for (const [n, { title, planned, dueOn, departmentId }] of actions.entries()) {
      const id = newId();
      const due = dueOn === '' ? null : dueOn;
      const values = {
        auditId: subject.auditId, findingId: of.findingId, improvementId: of.improvementId, number: row!.last + n + 1, title: title.trim(), planned: planned.trim(), departmentId, dueOn: due, firstDueOn: due, state,
      };
      await scoped(ctx, CorrectiveAction).insert({ id, ...values, formerDepartmentId: null, proposed: null, effect: null, settledOn: null, offered: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
      await scoped(ctx, ActionEntry).insert(entryOf(ctx, id, { kind: 'planned', text: planned.trim(), stateAfter: state, dueAfter: due }));
      await record(ctx, { action: 'action-added', object: objectOf(id), after: values });
      ids.push(id);
    }
    return ids;
  }

  /** 計画: its title, its text, and a due date that is new or comes nearer. Throws `NotFound`, `Refused`, `Invalid`, `Conflict`. */
  async plan(ctx: Ctx, id: string, seen: number, text: ActionText): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'plan');
    const now = { title: action.title, planned: action.planned, dueOn: action.dueOn };
    mustBeSeen(action, seen, text, now);
    const { foundOn } = await subjectOf(ctx, action);
    const problems = this.problemsOf(text, (dueOn) => plannedDueProblem(dueOn, action.dueOn, foundOn));
    if (text.dueOn === '' && action.dueOn !== null) problems.push({ code: 'due-missing', path: 'dueOn', message: '期限を空にすることはできません。期限を入れてください。' });
    if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
    const after = { title: text.title.trim(), planned: text.planned.trim(), dueOn: text.dueOn === '' ? null : text.dueOn };
    const due = after.dueOn === action.dueOn ? {} : { dueBefore: action.dueOn, dueAfter: after.dueOn };
    const told = after.planned !== action.planned || after.dueOn !== action.dueOn;
    return saveStep(ctx, action, { ...after, firstDueOn: action.firstDueOn ?? after.dueOn }, { verb: 'action-planned', entry: told ? { kind: 'planned', text: after.planned, ...due } : null });
  }

  /** 経過: what was done, and the state that was reached. Answers the yearly question where one is open. Throws as `plan`. */
  async report(ctx: Ctx, id: string, seen: number, { text, state }: { text: string; state: Code }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'report');
    mustBeSeen(action, seen, { text, state }, { text: '', state: action.proposed ?? action.state });
    mustSay(text, '経過');
    const outcome = reported(scheme, standingOf(action), state);
    if ('problem' in outcome && outcome.problem.path === 'state') throw new Invalid(outcome.problem.code, outcome.problem.message, [{ ...outcome.problem }]);
    const before = action.proposed ?? action.state;
    const moved = before === state ? {} : { stateBefore: before, stateAfter: state };
    const entry = { kind: 'progress' as const, text: text.trim(), ...moved, fiscalYear: await openQuestion(ctx, id) };
    return saveStep(ctx, action, changedOf(outcome), { verb: 'action-reported', entry, comment: text.trim() });
  }

  /** 延期. Throws as `plan`. */
  async postpone(ctx: Ctx, id: string, seen: number, { dueOn, reason }: { dueOn: string; reason: string }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    const action = await lockForMove(ctx, scheme, id, 'postpone');
    mustBeSeen(action, seen, { dueOn, reason }, { dueOn: action.dueOn, reason: '' });
    const problem = postponeProblem(dueOn, action.dueOn, (await subjectOf(ctx, action)).foundOn, ctx.clock.today());
    const problems = [...(problem === null ? [] : [problem]), ...reasonProblems(reason, 'reason', '期限を延ばす理由')];
    if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
    const entry = { kind: 'postponed' as const, text: reason.trim(), dueBefore: action.dueOn, dueAfter: dueOn, fiscalYear: await openQuestion(ctx, id) };
    return saveStep(ctx, action, { dueOn }, { verb: 'action-postponed', entry, comment: reason.trim() });
  }

  /** Hands an action over to another department. Throws as `plan`. */
  async transfer(ctx: Ctx, id: string, seen: number, { departmentId, reason }: { departmentId: string; reason: string }): Promise<number> {
    const { scheme } = await this.settings.of(ctx);
    // Notices before actions, as everywhere.
    if (isId(id)) await ctx.tx.query(`select id from action_notice notice where organisation_id = $1 and status = 'draft' and exists (select from action_notice_item item where item.organisation_id = $1 and item.notice_id = notice.id and item.action_id = $2) order by id for update`, [ctx.organisation, id]);
    const action = await lockForMove(ctx, scheme, id, 'transfer');
    mustBeSeen(action, seen, { departmentId, reason }, { departmentId: action.departmentId, reason: '' });
    const problems = reasonProblems(reason, 'reason', '移す理由');
    if (departmentId === '') problems.push({ code: 'department-missing', path: 'departmentId', message: '移す先の課を選んでください。' });
    if (departmentId === action.departmentId) problems.push({ code: 'department-same', path: 'departmentId', message: 'いまと違う課を選んでください。' });
    if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
    const to = await livingDepartment(ctx, departmentId);
    const from = await scoped(ctx, Department).get(action.departmentId);
    const entry = { kind: 'transferred' as const, text: `${from.name}から${to.name}へ移した。${reason.trim()}` };
    await takeOutOfDrafts(ctx, action);
    return saveStep(ctx, action, { departmentId, formerDepartmentId: action.departmentId }, { verb: 'action-transferred', entry, comment: reason.trim() });
  }

  /** Before a department ends: waits for whoever changes its notices and actions, so that neither locks the other out. */
  async awaitOthers(ctx: Ctx, departmentId: string): Promise<void> {
    if (!isId(departmentId)) return;
    for (const table of ['action_notice', 'corrective_action']) await ctx.tx.query(`select id from ${table} where organisation_id = $1 and department_id = $2 order by id for update`, [ctx.organisation, departmentId]);
  }

  /**
   * After a department ended: its actions, and the notices that it has not sent yet, go to its successor. Called by whoever ended
   * the department; asks for no right of its own. Returns how many actions went.
   */
  async followReorganisation(ctx: Ctx, departmentId: string): Promise<number> {
    const ended = await scoped(ctx, Department).get(departmentId);
    if (ended.endedOn === null || ended.successorId === null) return 0;
    const successor = await scoped(ctx, Department).get(ended.successorId);
    const actions = await scoped(ctx, CorrectiveAction).find({ departmentId }, { number: 'ASC' });
    for (const { id } of actions) {
      const action = await scoped(ctx, CorrectiveAction).lock(id);
      if (action.departmentId !== departmentId) continue;
      await saveStep(ctx, action, { departmentId: successor.id, formerDepartmentId: departmentId }, {
        verb: 'action-transferred', entry: { kind: 'transferred', text: `組織の再編により、${ended.name}から${successor.name}へ移した。` },
      });
    }
    const drafts = await scoped(ctx, ActionNotice).find({ departmentId, status: In(['draft', 'notified']) });
    for (const draft of drafts) await scoped(ctx, ActionNotice).updateSeen(draft.id, draft.version, { departmentId: successor.id });
    return actions.length;
  }

  /** Sending the same form twice, or adding what is being done already, makes no second action. */
  private async mustBeNew(ctx: Ctx, of: { findingId: string | null; improvementId: string | null }, actions: readonly (ActionText & { departmentId: string })[]): Promise<void> {
    const open = await scoped(ctx, CorrectiveAction).find({ ...(of.findingId === null ? {} : { findingId: of.findingId }), ...(of.improvementId === null ? {} : { improvementId: of.improvementId }), settledOn: IsNull() });
    const problems = actions.flatMap(({ title, departmentId }, n): Problem[] => {
      const same = (one: { title: string; departmentId: string }): boolean => one.title.trim() === title.trim() && one.departmentId === departmentId;
      const twin = open.find(same);
      if (twin !== undefined) return [{ code: 'action-twice', path: `title-${n + 1}`, message: `同じ課の「${title.trim()}」は、措置${twin.number}としてもう加えてあります。別の措置なら、違いの分かる件名にしてください。` }];
      return actions.slice(0, n).some(same) ? [{ code: 'action-twice', path: `title-${n + 1}`, message: `同じ課の「${title.trim()}」が2度書かれています。どちらかを消すか、違いの分かる件名にしてください。` }] : [];
    });
    if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
  }

  private problemsOf({ title, planned, dueOn }: ActionText, ofDue: (dueOn: string) => Problem | null): Problem[] {
    const checking = new InputChecking();
    checking.line('title', '措置の件名', title);
    checking.text('planned', '措置の計画', planned);
    const due = dueOn === '' ? null : ofDue(dueOn);
    return due === null ? checking.problems : [...checking.problems, due];
  }
}

const numbered = (problems: readonly Problem[], n: number): Problem[] => problems.map((one) => ({ ...one, path: `${one.path}-${n + 1}` }));

/**
 * What its department wrote in a notice that it has not sent stays with it: the action goes without. A draft that tells of nothing
 * else is discarded. The drafts are locked.
 */
export async function takeOutOfDrafts(ctx: Ctx, { id: actionId, departmentId }: Pick<CorrectiveAction, 'id' | 'departmentId'>): Promise<void> {
  for (const item of await scoped(ctx, ActionNoticeItem).find({ actionId })) {
    const notice = await scoped(ctx, ActionNotice).findOne({ id: item.noticeId, status: 'draft', departmentId });
    if (notice === null) continue;
    const object = { kind: 'action-notice', id: notice.id };
    await scoped(ctx, ActionNoticeItem).delete({ id: item.id });
    if ((await scoped(ctx, ActionNoticeItem).count({ noticeId: notice.id })) > 0) await saveNext(ctx, ActionNotice, notice);
    else await scoped(ctx, ActionNotice).delete({ id: notice.id });
    await record(ctx, { action: 'notice-changed', object, before: { items: [{ actionId, text: item.text }] }, after: { items: [] }, comment: '措置が別の課へ移ったので、下書きから外した。' });
  }
}

function reasonProblems(text: string, path: string, label: string): Problem[] {
  const checking = new InputChecking();
  checking.text(path, label, text, { need: true });
  return checking.problems;
}

/** A text that must be there. Throws `Invalid`. */
export function mustSay(text: string, label: string, path = 'text'): void {
  const problems = reasonProblems(text, path, label);
  if (problems.length > 0) throw new Invalid('action-invalid', '入力を確かめてください。', problems);
}
