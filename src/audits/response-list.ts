/** The questionnaires that a person's departments were sent. */
import type { Ctx } from '../kernel/ctx.js';
import type { Questionnaire, ResponseStatus } from './questionnaire.entity.js';
import { answeringReach, standingOf } from './response-access.js';
import { AWAITED, latenessOf } from './response.transitions.js';

/** What still has to be handed in. */
export interface WaitingResponse {
  id: string;
  title: string;
  /** Name of the department that was asked. */
  department: string;
  system: string | null;
  status: ResponseStatus;
  /** ISO day. */
  dueOn: string;
  /** The due date has passed. */
  late: boolean;
}

export interface ListedResponse extends WaitingResponse {
  waiting: boolean;
  /** Handed in after the due date. */
  handedInLate: boolean;
  closed: boolean;
  /** A department under the one that was asked, which answers in its place. */
  delegate: string | null;
  /** The person answers in the place of the department that was asked. */
  inItsPlace: boolean;
  returnedReason: string | null;
  /** ISO instant. */
  submittedAt: string | null;
  submittedBy: string | null;
}

interface Row {
  id: string; title: string; departmentId: string; department: string; delegatedToId: string | null; delegate: string | null; system: string | null; status: ResponseStatus; dueOn: string;
  questionnaireStatus: Questionnaire['status']; returnedReason: string | null; submittedAt: Date | null; submittedBy: string | null;
}

/** What waits first, by due date; then what is done, newest first. */
export async function listedResponses(ctx: Ctx): Promise<ListedResponse[]> {
  const reach = await answeringReach(ctx);
  const rows: Row[] = await ctx.tx.query(
    `select r.id, q.title, r.department_id as "departmentId", d.name as department, r.delegated_to_id as "delegatedToId", t.name as delegate, s.name as system, r.status, r.due_on::text as "dueOn",
        q.status as "questionnaireStatus", r.returned_reason as "returnedReason", r.submitted_at as "submittedAt", r.submitted_by_name as "submittedBy"
       from questionnaire_response r join questionnaire q on q.id = r.questionnaire_id join department d on d.id = r.department_id
       left join department t on t.id = r.delegated_to_id left join system s on s.id = r.system_id
      where r.organisation_id = $1 and q.status <> 'draft' and (r.department_id = any($2) or r.delegated_to_id = any($2))
      order by r.due_on, q.title, d.name, s.name, r.id`, [ctx.organisation, [...reach.departments]]);
  const listed = rows.map((row) => listedOf(row, ctx.clock.today(), standingOf(row, reach) === 'delegate'));
  return [...listed.filter((one) => one.waiting), ...listed.filter((one) => !one.waiting).reverse()];
}

function listedOf({ id, title, department, system, status, dueOn, delegate, questionnaireStatus, returnedReason, submittedAt, submittedBy }: Row, today: string, inItsPlace: boolean): ListedResponse {
  const lateness = latenessOf({ status, dueOn, submittedAt }, today);
  return {
    id, title, department, system, status, dueOn, late: lateness === 'overdue', waiting: AWAITED.has(status) && questionnaireStatus === 'open', handedInLate: lateness === 'late',
    closed: questionnaireStatus === 'closed', delegate, inItsPlace, returnedReason: status === 'returned' ? returnedReason : null, submittedAt: submittedAt?.toISOString() ?? null, submittedBy,
  };
}
