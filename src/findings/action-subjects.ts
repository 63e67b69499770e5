import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import type { FindingSettingsFound } from './finding-settings.service.js';
import { firstSentence, printedIn } from './subject-texts.js';

/** A finding or an opinion that was decided, asks for an action, and has none. */
export interface OpenSubject {
  kind: 'finding' | 'opinion' | 'recommendation';
  id: string;
  title: string;
  theme: string;
}

/**
 * What still needs an action: of one audit, or (without one) of the departments for which the person writes. What was done about
 * an opinion was done about the findings that it answers. Asks for no right on the audit.
 */
export async function subjectsWithoutActions(ctx: Ctx, settings: Pick<FindingSettingsFound, 'scheme' | 'numbering'>, auditId: string | null): Promise<OpenSubject[]> {
  const reach = reachOf(ctx.actor.grants, 'action.write');
  if (auditId === null && (reach === 'all' || reach.size === 0)) return [];
  const idle = settings.scheme.classifications.filter((one) => !one.needsAction).map((one) => one.code);
  const departments = auditId === null && reach !== 'all' ? [...reach] : null;
  const found: (OpenSubject & { auditId: string })[] = await ctx.tx.query(
    `select found.kind, found.id, found.title, found.audit_id as "auditId", audit.theme from (
       select 'finding' as kind, f.id, f.audit_id, f.title, f.number, f.department_id, f.case_id from finding f
        where f.organisation_id = $1 and f.kind = 'finding' and f.stage in ('decided', 'published') and (f.classification is null or not f.classification = any($2))
          and not exists (select from improvement_finding link join corrective_action a on a.organisation_id = $1 and a.improvement_id = link.improvement_id where link.organisation_id = $1 and link.finding_id = f.id)
       union all
       select i.kind, i.id, i.audit_id, i.text, i.number, i.department_id, i.case_id from improvement i
        where i.organisation_id = $1 and i.kind <> 'heading' and i.stage in ('decided', 'published')
     ) found join audit on audit.organisation_id = $1 and audit.id = found.audit_id
       left join audit_case c on c.organisation_id = $1 and c.id = found.case_id
      where not exists (select from corrective_action a where a.organisation_id = $1 and (a.finding_id = found.id or a.improvement_id = found.id))
        and ($3::uuid is null or found.audit_id = $3) and ($4::uuid[] is null or found.department_id = any($4) or c.department_id = any($4))
      order by audit.fiscal_year desc, audit.theme, found.kind <> 'finding', found.number`,
    [ctx.organisation, idle, auditId, departments]);
  const print = new Map<string, (text: string) => string>();
  for (const one of new Set(found.filter((subject) => subject.kind !== 'finding').map((subject) => subject.auditId))) print.set(one, await printedIn(ctx, one, settings));
  return found.map(({ auditId: of, ...one }) => (one.kind === 'finding' ? one : { ...one, title: firstSentence(print.get(of)!(one.title)) }));
}
