import type { Ctx } from '../kernel/ctx.js';

/** Kinds of entries with which a department answers the yearly question. */
export const ANSWERS = ['progress', 'postponed', 'notified'] as const;

/** The fiscal year in which an action was last asked about, while the department has not answered; null: nothing is open. */
export async function openQuestion(ctx: Ctx, actionId: string): Promise<number | null> {
  const rows: { year: number }[] = await ctx.tx.query(
    `select asked.fiscal_year as year from action_entry asked
      where asked.organisation_id = $1 and asked.action_id = $2 and asked.kind = 'asked'
        and not exists (select from action_entry answer where answer.organisation_id = $1 and answer.action_id = $2 and answer.kind = any($3) and answer.fiscal_year = asked.fiscal_year)
      order by asked.fiscal_year desc limit 1`,
    [ctx.organisation, actionId, ANSWERS]);
  return rows[0]?.year ?? null;
}
