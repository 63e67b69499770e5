import { Injectable } from '@nestjs/common';
import { checkText } from '../engine/answer-texts.js';
import { readiness } from '../engine/readiness.js';
import { Reading } from '../engine/reading.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustRead, objectOf } from './access.js';
import { Assessment } from './assessment.entity.js';
import { answersOf } from './assessment-reading.service.js';
import { ACTIONS, STATUSES, transitionOf, type Action, type Transition } from './assessment.transitions.js';
import { Forms } from './forms.js';
import { hrefOf } from './item-links.js';

const LONGEST_COMMENT = 2_000;

/** Takes a document one step further; the table of transitions decides. */
@Injectable()
export class Workflow {
  constructor(private readonly forms: Forms) {}

  /**
   * @param seen version of the document that the page showed
   * @param comment may be blank where none is due
   * Throws `NotFound`, `Refused` (other department, right, four eyes, no such step now), `Conflict` (somebody else took a step),
   * `Invalid` (comment missing, or not ready with every problem and its link).
   */
  async act(ctx: Ctx, assessmentId: string, action: Action, seen: number, comment: string): Promise<Assessment> {
    const assessment = await scoped(ctx, Assessment).lock(assessmentId);
    mustRead(ctx, assessment);
    if (assessment.version !== seen) {
      throw new Conflict('stale', `この評価書は、${assessment.changedByName}さんが先に進めました（いまは「${STATUSES[assessment.status]}」）。内容を確かめてから操作してください。`, [],
        { sent: action, current: STATUSES[assessment.status], currentVersion: assessment.version, by: assessment.changedByName, at: assessment.changedAt.toISOString() });
    }
    const transition = this.transitionFor(ctx, assessment, action);
    const said = commentFor(transition, comment);
    if (transition.ready) await this.mustBeReady(ctx, assessment);
    const patch = {
      status: transition.to, statusComment: said, changedAt: ctx.clock.now(), changedByName: ctx.actor.name,
      submittedBy: action === 'submit' ? ctx.actor.id : transition.to === 'draft' ? null : assessment.submittedBy,
    };
    await scoped(ctx, Assessment).updateSeen(assessment.id, seen, patch);
    await record(ctx, { action: `assessment-${action}`, object: objectOf(assessment.id), before: { status: transition.from }, after: { status: transition.to }, ...(said === null ? {} : { comment: said }) });
    return Object.assign(assessment, patch, { version: seen + 1 });
  }

  private transitionFor(ctx: Ctx, assessment: Assessment, action: Action): Transition {
    const transition = transitionOf(assessment.status, action);
    if (transition === null) throw new Refused('no-such-step', `「${STATUSES[assessment.status]}」の評価書では「${Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : 'その操作'}」はできません。`);
    if (!allows(ctx.actor.grants, transition.permission, assessment.departmentId)) throw new Refused('not-allowed', `「${ACTIONS[action]}」をする権限がありません。`);
    if (transition.notBySubmitter && assessment.submittedBy !== null && assessment.submittedBy === ctx.actor.id) {
      throw new Refused('four-eyes', `自分で回した評価書を自分で「${ACTIONS[action]}」ことはできません。ほかの人に頼んでください。`);
    }
    return transition;
  }

  private async mustBeReady(ctx: Ctx, assessment: Assessment): Promise<void> {
    const form = this.forms.get(assessment.form, assessment.formVersion);
    const { answers } = await answersOf(ctx, assessment.id);
    const problems = readiness(form, new Reading(form, answers, this.forms.thresholdOf(form)), (address) => hrefOf(assessment.id, form, address, answers.rows));
    if (problems.length > 0) throw new Invalid('not-ready', `まだ記入の終わっていない項目が${problems.length}件あります。`, problems);
  }
}

function commentFor(transition: Transition, comment: string): string | null {
  const problems: Problem[] = [];
  const text = checkText(comment, LONGEST_COMMENT, (code, message) => void problems.push({ code, path: 'comment', message: `コメント：${message}` }))?.trim() ?? '';
  if (problems.length === 0 && transition.comment && text === '') problems.push({ code: 'comment-missing', path: 'comment', message: `「${ACTIONS[transition.action]}」ときは、理由をコメントに書いてください。` });
  if (problems.length > 0) throw new Invalid('comment-invalid', problems[0]!.message, problems);
  return text === '' ? null : text;
}
