import type { Ctx } from '../kernel/ctx.js';

/** Kinds of entries with which a department answers the yearly question. */
export const ANSWERS = ['progress', 'postponed', 'notified'] as const;

/**
 * SQL: was the action, asked in a year, told of since? By its department, or because the auditors settled it after they had asked.
 * @param action its id @param year fiscal year of the question @param since when it was asked: a column of `action_entry`, with the value to compare @param kinds `ANSWERS` as a parameter
 */
export const answeredSql = (action: string, year: string, since: { column: 'made_on' | 'made_at'; value: string }, kinds: string): string =>
  `exists (select from action_entry answer where answer.organisation_id = $1 and answer.action_id = ${action} and (
     (answer.kind = any(${kinds}) and answer.fiscal_year = ${year}) or (answer.kind = 'effect-checked' and answer.state_after is not null and answer.${since.column} >= ${since.value})))`;

/** The fiscal year of the newest question about an action, while it is not settled and nobody has answered; null: nothing is open. */
export async function openQuestion(ctx: Ctx, actionId: string): Promise<number | null> {
  const rows: { year: number }[] = await ctx.tx.query(
    `select asked.fiscal_year as year from (select fiscal_year, made_at from action_entry where organisation_id = $1 and action_id = $2 and kind = 'asked' order by fiscal_year desc limit 1) asked
       join corrective_action action on action.organisation_id = $1 and action.id = $2 and action.settled_on is null
      where not ${answeredSql('action.id', 'asked.fiscal_year', { column: 'made_at', value: 'asked.made_at' }, '$3')}`,
    [ctx.organisation, actionId, ANSWERS]);
  return rows[0]?.year ?? null;
}
