/** Responses of departments that were reorganised go to their successors. */
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { saveNext } from '../kernel/seen.js';
import { QuestionnaireResponse } from './questionnaire.entity.js';
import { responseObject } from './response-access.js';

/** The department that stands for this one now: itself while it lives; the last one known where a chain ends. Pure. */
export function successorOf(id: string, departments: ReadonlyMap<string, Pick<Department, 'endedOn' | 'successorId'>>): string {
  const seen = new Set<string>();
  let at = id;
  for (let next = departments.get(at); next !== undefined && next.endedOn !== null && next.successorId !== null && !seen.has(at); next = departments.get(at)) {
    seen.add(at);
    at = next.successorId;
  }
  return at;
}

/**
 * Moves the responses of open questionnaires whose department (or the one that answers in its place) has ended. The department
 * that was asked first stays noted; a successor that has a response of its own keeps it beside. Doing it again changes nothing.
 * @returns how many moved
 */
export async function followSuccessors(ctx: Ctx, of: { questionnaireId: string } | { departmentId: string }): Promise<number> {
  const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one]));
  const ids: { id: string }[] = await ctx.tx.query(
    `select r.id from questionnaire_response r join questionnaire q on q.id = r.questionnaire_id
      where r.organisation_id = $1 and q.status = 'open' and ($2::uuid is null or q.id = $2) and ($3::uuid is null or r.department_id = $3 or r.delegated_to_id = $3)
        and exists (select 1 from department d where d.id in (r.department_id, r.delegated_to_id) and d.ended_on is not null and d.successor_id is not null) order by r.id`,
    [ctx.organisation, 'questionnaireId' in of ? of.questionnaireId : null, 'departmentId' in of ? of.departmentId : null]);
  for (const { id } of ids) {
    const response = await scoped(ctx, QuestionnaireResponse).lock(id);
    const departmentId = successorOf(response.departmentId, departments);
    const delegate = response.delegatedToId === null ? null : successorOf(response.delegatedToId, departments);
    const before = { departmentId: response.departmentId, delegatedToId: response.delegatedToId };
    const after = { departmentId, delegatedToId: delegate === departmentId ? null : delegate };
    const former = departmentId === response.departmentId ? response.formerDepartmentId : (response.formerDepartmentId ?? response.departmentId);
    await saveNext(ctx, QuestionnaireResponse, response, { ...after, formerDepartmentId: former });
    await record(ctx, { action: 'response-moved', object: responseObject(id), before, after });
  }
  return ids.length;
}
