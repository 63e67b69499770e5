import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { checkedHash, type Checked } from './checking.js';

/** Rows of one statement. */
const AT_ONCE = 1_000;

export interface ChangedState {
  checked: Checked;
  hash: string;
}

/** Those whose results or facts are not as they are kept now. */
export async function changedStates(ctx: Ctx, basis: string, checked: readonly Checked[]): Promise<ChangedState[]> {
  const kept: { systemId: string; hash: string }[] = await ctx.tx.query(
    'select system_id as "systemId", hash from check_state where organisation_id = $1 and until_run is null and system_id = any($2)', [ctx.organisation, checked.map((one) => one.systemId)]);
  const before = new Map(kept.map((one) => [one.systemId, one.hash]));
  return checked.map((one) => ({ checked: one, hash: checkedHash(basis, one) })).filter((one) => before.get(one.checked.systemId) !== one.hash);
}

/** Ends the states that no longer hold and writes those that hold from this run on. */
export async function storeStates(ctx: Ctx, run: number, basis: string, changed: readonly ChangedState[]): Promise<void> {
  for (let start = 0; start < changed.length; start += AT_ONCE) {
    const some = changed.slice(start, start + AT_ONCE);
    await ctx.tx.query('update check_state set until_run = $2 where organisation_id = $1 and until_run is null and system_id = any($3)', [ctx.organisation, run, some.map((one) => one.checked.systemId)]);
    await ctx.tx.query(
      `insert into check_state (id, organisation_id, system_id, from_run, results, facts, assessments, basis, hash)
       select id, $1, system_id, $2, results::jsonb, facts::jsonb, assessments::jsonb, $3, hash
         from unnest($4::uuid[], $5::uuid[], $6::text[], $7::text[], $8::text[], $9::text[]) as new (id, system_id, results, facts, assessments, hash)`,
      [
        ctx.organisation, run, basis, some.map(() => newId()), some.map((one) => one.checked.systemId), some.map((one) => JSON.stringify(one.checked.results)),
        some.map((one) => JSON.stringify(one.checked.facts)), some.map((one) => JSON.stringify(one.checked.assessments)), some.map((one) => one.hash),
      ],
    );
  }
}
