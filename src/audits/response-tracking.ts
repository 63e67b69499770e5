/** 回答状況: every respondent of one questionnaire, in one query. */
import type { Ctx } from '../kernel/ctx.js';
import { AWAITED, latenessOf } from './response.transitions.js';
import type { ResponseStatus } from './questionnaire.entity.js';

export interface TrackedResponse {
  id: string;
  departmentId: string;
  /** Names from the top: 福祉部　国保年金課. */
  department: string;
  /** The department that was asked before a reorganisation; null: the same. */
  former: string | null;
  system: string | null;
  /** The section that answers in its place; null: itself. */
  delegate: string | null;
  status: ResponseStatus;
  /** ISO day. */
  dueOn: string;
  submittedAt: Date | null;
  submittedByName: string | null;
  fixedAt: Date | null;
  fixedByName: string | null;
  lateness: ReturnType<typeof latenessOf>;
  /** Questions with an answer; repeated rows are one question. */
  answered: number;
  corrections: number;
  reminders: number;
  lastReminderAt: Date | null;
  version: number;
}

export type TrackingState = ResponseStatus | 'awaited' | 'overdue' | 'late' | 'corrected';

export interface TrackingFilter {
  state?: TrackingState;
  /** Part of the name of a department or system. */
  words?: string;
}

export interface Tracking {
  /** Those that fit the filter, in the order of the departments. */
  responses: TrackedResponse[];
  /** Over all, whatever the filter. */
  total: number;
  counts: Record<TrackingState, number>;
}

const FITS: Record<TrackingState, (one: TrackedResponse) => boolean> = {
  'not-started': ({ status }) => status === 'not-started', answering: ({ status }) => status === 'answering', submitted: ({ status }) => status === 'submitted',
  returned: ({ status }) => status === 'returned', fixed: ({ status }) => status === 'fixed', awaited: ({ status }) => AWAITED.has(status),
  overdue: ({ lateness }) => lateness === 'overdue', late: ({ lateness }) => lateness === 'late', corrected: ({ corrections }) => corrections > 0,
};

/** The one query: parameters are the organisation, the questionnaire, and one response or null for all. Departments have at most three levels. */
export const TRACKING_QUERY = `
  with names as (
    select d.id, concat_ws('　', g.name, p.name, d.name) as path, array[coalesce(g.position, p.position, d.position), case when g.id is null then case when p.id is null then -1 else d.position end else p.position end, case when g.id is null then -1 else d.position end] as place, b.position as body
      from department d join implementing_body b on b.id = d.body_id left join department p on p.id = d.parent_id left join department g on g.id = p.parent_id where d.organisation_id = $1)
  select r.id, r.department_id as "departmentId", n.path as department, f.path as former, s.name as system, t.path as delegate, r.status, to_char(r.due_on, 'YYYY-MM-DD') as "dueOn",
         r.submitted_at as "submittedAt", r.submitted_by_name as "submittedByName", r.fixed_at as "fixedAt", r.fixed_by_name as "fixedByName", r.version,
         (coalesce(a.n, 0) + coalesce(g.n, 0))::int as answered, coalesce(c.n, 0)::int as corrections, coalesce(m.n, 0)::int as reminders, m.last as "lastReminderAt"
    from questionnaire_response r join names n on n.id = r.department_id left join names f on f.id = r.former_department_id left join names t on t.id = r.delegated_to_id left join system s on s.id = r.system_id
    left join (select response_id, count(*) as n from response_answer where organisation_id = $1 and value is not null and strpos(item, '@') = 0 and response_id in (select id from questionnaire_response where organisation_id = $1 and questionnaire_id = $2) group by response_id) a on a.response_id = r.id
    left join (select response_id, count(distinct group_code) as n from response_row where organisation_id = $1 and response_id in (select id from questionnaire_response where organisation_id = $1 and questionnaire_id = $2) group by response_id) g on g.response_id = r.id
    left join (select response_id, count(*) as n from response_correction where organisation_id = $1 group by response_id) c on c.response_id = r.id
    left join (select response_id, count(*) as n, max(sent_at) as last from response_reminder where organisation_id = $1 group by response_id) m on m.response_id = r.id
   where r.organisation_id = $1 and r.questionnaire_id = $2 and ($3::uuid is null or r.id = $3)
   order by n.body, n.place, n.path, s.number nulls first, s.name, r.id`;

export async function trackedResponses(ctx: Ctx, questionnaireId: string, id: string | null = null): Promise<TrackedResponse[]> {
  const rows: Omit<TrackedResponse, 'lateness'>[] = await ctx.tx.query(TRACKING_QUERY, [ctx.organisation, questionnaireId, id]);
  const today = ctx.clock.today();
  return rows.map((one) => ({ ...one, lateness: latenessOf(one, today) }));
}

/** What a filter leaves, with the figures over all. Pure. */
export function filtered(all: readonly TrackedResponse[], { state, words = '' }: TrackingFilter): Tracking {
  const counts = Object.fromEntries(Object.entries(FITS).map(([code, fits]) => [code, all.filter(fits).length])) as Record<TrackingState, number>;
  const folded = words.normalize('NFKC').trim().toLowerCase();
  const named = (one: TrackedResponse): boolean => folded === '' || `${one.department}\n${one.system ?? ''}\n${one.former ?? ''}`.normalize('NFKC').toLowerCase().includes(folded);
  return { responses: all.filter((one) => (state === undefined || FITS[state](one)) && named(one)), total: all.length, counts };
}
