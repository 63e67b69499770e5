/** How far an audit is, in numbers. What stands to the right of audits is counted by its table. */
import type { Ctx } from '../kernel/ctx.js';

export interface AuditCounts {
  departments: number;
  systems: number;
  /** Without headings above others. */
  viewpoints: number;
  members: number;
  cases: number;
  /** Field records, and of them those whose comparison showed a difference. */
  records: number;
  different: number;
  questionnaires: number;
  /** Responses of those that were sent, and how many are in (submitted or fixed). */
  responses: number;
  answered: number;
  findings: number;
  /** Decided or published. */
  decided: number;
  improvements: number;
  actions: number;
  settled: number;
}

/** By audit; one that does not exist has no entry. Asks for no right. */
export async function countsOf(ctx: Ctx, auditIds: readonly string[]): Promise<Map<string, AuditCounts>> {
  const rows: (AuditCounts & { id: string })[] = auditIds.length === 0 ? [] : await ctx.tx.query(
    `select a.id,
       (select count(distinct department_id)::int from audit_target t where t.audit_id = a.id) as departments,
       (select count(distinct system_id)::int from audit_target t where t.audit_id = a.id) as systems,
       (select count(*)::int from audit_viewpoint v where v.audit_id = a.id and not exists (select from audit_viewpoint below where below.parent_id = v.id)) as viewpoints,
       (select count(*)::int from audit_person p where p.audit_id = a.id and p.role = 'member' and p.disqualified_reason is null) as members,
       (select count(*)::int from audit_case c where c.audit_id = a.id) as cases,
       r.records, r.different, q.questionnaires, q.responses, q.answered, f.findings, f.decided,
       (select count(*)::int from improvement i where i.audit_id = a.id and i.kind <> 'heading' and i.stage <> 'withdrawn') as improvements,
       m.actions, m.settled
     from audit a
     cross join lateral (select count(*)::int as records, count(*) filter (where outcome = 'different')::int as different from field_record where audit_id = a.id) r
     cross join lateral (select count(distinct one.id)::int as questionnaires, count(answer.id)::int as responses, count(answer.id) filter (where answer.status in ('submitted', 'fixed'))::int as answered
       from questionnaire one left join questionnaire_response answer on answer.questionnaire_id = one.id where one.audit_id = a.id) q
     cross join lateral (select count(*)::int as findings, count(*) filter (where stage in ('decided', 'published'))::int as decided from finding where audit_id = a.id and kind = 'finding' and stage <> 'withdrawn') f
     cross join lateral (select count(*)::int as actions, count(*) filter (where settled_on is not null)::int as settled from corrective_action where audit_id = a.id) m
     where a.organisation_id = $1 and a.id = any($2::uuid[])`,
    [ctx.organisation, auditIds]);
  return new Map(rows.map(({ id, ...counts }) => [id, counts]));
}

/** What hangs on an audit, in words with numbers: 調査票 2件. Empty: it may go. */
export async function hangingOn(ctx: Ctx, auditId: string): Promise<string[]> {
  const kinds: readonly (readonly [label: string, table: string, column: string])[] = [
    ['事案', 'audit_case', 'audit_id'], ['現地調査などの記録', 'field_record', 'audit_id'], ['調査票', 'questionnaire', 'audit_id'], ['集計', 'tabulation', 'audit_id'], ['検出事項', 'finding', 'audit_id'],
    ['改善を求める事項', 'improvement', 'audit_id'], ['合議の記録', 'deliberation', 'audit_id'], ['報告書', 'audit_report', 'audit_id'], ['措置', 'corrective_action', 'audit_id'],
    ['措置通知', 'action_notice', 'audit_id'], ['この監査を写した監査', 'audit', 'copied_from_id'],
  ];
  const rows: { label: string; n: number }[] = await ctx.tx.query(
    kinds.map(([label, table, column]) => `select '${label}' as label, count(*)::int as n from ${table} where organisation_id = $1 and ${column} = $2`).join(' union all '), [ctx.organisation, auditId]);
  return rows.filter((one) => one.n > 0).map(({ label, n }) => `${label}${n}件`);
}
