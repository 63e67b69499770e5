/** 現地調査の ○ of the register: which systems were surveyed on the spot, and in which audits. */
import { fiscalYear } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';

export interface Survey {
  recordId: string;
  auditId: string;
  theme: string;
  /** ISO day. */
  heldOn: string;
  /** 年度 of the day. */
  year: number;
}

/**
 * By system, newest first; a survey of a system that was merged since counts for the one into which it was. Asks for no right: that a
 * system was surveyed stands in the register, what was seen does not.
 */
export async function surveysOf(ctx: Ctx): Promise<Map<string, Survey[]>> {
  const rows: (Omit<Survey, 'year'> & { system: string })[] = await ctx.tx.query(
    `with recursive standing as (
       select id, id as named, merged_into_id from system where organisation_id = $1 and id in (select system_id from field_record where organisation_id = $1)
       union select above.id, standing.named, above.merged_into_id from system above join standing on above.id = standing.merged_into_id where above.organisation_id = $1
     )
     select standing.id as system, r.id as "recordId", r.audit_id as "auditId", a.theme, to_char(r.held_on, 'YYYY-MM-DD') as "heldOn"
       from field_record r join audit a on a.id = r.audit_id join standing on standing.named = r.system_id and standing.merged_into_id is null
      where r.organisation_id = $1 and r.kind = 'survey' order by r.held_on desc, r.id`, [ctx.organisation]);
  const surveys = new Map<string, Survey[]>();
  for (const { system, ...survey } of rows) surveys.set(system, [...(surveys.get(system) ?? []), { ...survey, year: fiscalYear(survey.heldOn) }]);
  return surveys;
}

/** ○（平成26年度）; '' where there was none. The newest first, each year once. */
export function surveyMark(surveys: readonly Survey[] | undefined, yearText: (year: number) => string): string {
  if (surveys === undefined || surveys.length === 0) return '';
  return `○（${[...new Set(surveys.map((one) => one.year))].map(yearText).join('、')}）`;
}
