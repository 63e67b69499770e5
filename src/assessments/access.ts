import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Assessment } from './assessment.entity.js';
import { EDITABLE, STATUSES } from './assessment.transitions.js';

/** Throws `Refused` unless the person may read documents of this department. */
export function mustRead(ctx: Ctx, assessment: Assessment): void {
  if (!allows(ctx.actor.grants, 'assessment.read', assessment.departmentId)) {
    throw new Refused('other-department', 'この評価書は、ほかの部署のものです。見る必要があるときは、所管課に頼んでください。');
  }
}

/** The document, if the person may read it. Throws `NotFound` (also for another organisation), `Refused`. */
export async function readAssessment(ctx: Ctx, id: string): Promise<Assessment> {
  const assessment = await scoped(ctx, Assessment).get(id);
  mustRead(ctx, assessment);
  return assessment;
}

/**
 * The document, locked until the end of the transaction, if the person may change its answers now. Steps of the workflow
 * take the same lock, so nothing is saved behind a submission. Throws `NotFound`, `Refused`.
 */
export async function lockForEditing(ctx: Ctx, id: string): Promise<Assessment> {
  const assessment = await scoped(ctx, Assessment).lock(id);
  mustRead(ctx, assessment);
  if (!allows(ctx.actor.grants, 'assessment.write', assessment.departmentId)) {
    throw new Refused('not-allowed', 'この評価書を書く権限がありません。必要なときはシステム管理者に役割の追加を頼んでください。');
  }
  if (!EDITABLE.has(assessment.status)) {
    throw new Refused('not-editable', `この評価書は「${STATUSES[assessment.status]}」のため、いまは書き換えられません。直すときは、取り下げるか差し戻してもらってください。`);
  }
  return assessment;
}

/** Notes on the locked document that something in it changed. */
export async function touch(ctx: Ctx, assessment: Assessment): Promise<void> {
  assessment.edits += 1;
  await scoped(ctx, Assessment).update({ id: assessment.id }, { edits: assessment.edits, changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
}

/** How the journal names a document. */
export const objectOf = (assessmentId: string): { kind: string; id: string } => ({ kind: 'assessment', id: assessmentId });
