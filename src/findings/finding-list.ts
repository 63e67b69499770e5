/** Findings over all audits, for those who see all of them. */
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { findingReach } from './finding-access.js';
import type { FindingStage } from './finding.entity.js';

export interface FindingFilter {
  auditId?: string;
  departmentId?: string;
  stage?: string;
  classification?: string;
  severity?: string;
  /** In title, facts and criteria. */
  words?: string;
}

export interface ListedFinding {
  id: string;
  auditId: string;
  theme: string;
  fiscalYear: number;
  title: string;
  departmentName: string;
  systemName: string;
  stage: FindingStage;
  classification: string | null;
  severity: string | null;
  /** Corrective actions for it, and those that are settled. */
  actions: number;
  settled: number;
}

const MOST = 1_000;

/** The newest audits first; at most a thousand. Throws `Refused`. */
export async function listFindings(ctx: Ctx, filter: FindingFilter): Promise<ListedFinding[]> {
  if (findingReach(ctx) !== 'all') throw new Refused('not-allowed', 'すべての監査の検出事項を見られるのは、監査委員と監査事務局です。');
  const words = filter.words?.trim() ?? '';
  return ctx.tx.query(
    `select f.id, f.audit_id as "auditId", a.theme, a.fiscal_year as "fiscalYear", f.title, coalesce(d.name, cd.name, '') as "departmentName", coalesce(s.name, '') as "systemName", f.stage, f.classification, f.severity,
            count(ca.id)::int as actions, count(ca.settled_on)::int as settled
       from finding f join audit a on a.id = f.audit_id left join department d on d.id = f.department_id left join audit_case c on c.id = f.case_id left join department cd on cd.id = c.department_id
            left join system s on s.id = f.system_id left join corrective_action ca on ca.finding_id = f.id and ca.organisation_id = f.organisation_id
      where f.organisation_id = $1 and f.kind = 'finding' and ($2::uuid is null or f.audit_id = $2) and ($3::uuid is null or f.department_id = $3 or c.department_id = $3)
        and ($4::text is null or f.stage = $4) and ($5::text is null or f.classification = $5) and ($6::text is null or f.severity = $6)
        and ($7 = '' or position(lower($7) in lower(f.title || ' ' || f.facts || ' ' || f.criteria)) > 0)
      group by f.id, a.id, d.id, cd.id, s.id order by a.fiscal_year desc, a.theme, f.position, f.number limit ${MOST}`,
    [ctx.organisation, filter.auditId ?? null, filter.departmentId ?? null, filter.stage ?? null, filter.classification ?? null, filter.severity ?? null, words]);
}
