/** Who may see and change which risk, and the systems that risks are about. */
import { isDeepStrictEqual } from 'node:util';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import type { SystemKind } from '../systems/system.entity.js';
import { Risk } from './risk.entity.js';

/** How the journal names a risk. */
export const objectOf = (riskId: string): { kind: string; id: string } => ({ kind: 'risk', id: riskId });

/** The system that a risk is about. */
export interface RiskSystem {
  id: string;
  name: string;
  kind: SystemKind;
  departmentId: string;
}

/** Systems by the id under which a risk names them; one that was merged is the one into which it was merged. Asks for no right. */
export async function standingSystems(ctx: Ctx, ids: readonly (string | null)[]): Promise<Map<string, RiskSystem>> {
  const wanted = [...new Set(ids.filter((one) => one !== null))];
  if (wanted.length === 0) return new Map();
  const rows: (RiskSystem & { named: string })[] = await ctx.tx.query(
    `with recursive standing as (
       select id, id as named, merged_into_id from system where organisation_id = $1 and id = any($2::uuid[])
       union select above.id, standing.named, above.merged_into_id from system above join standing on above.id = standing.merged_into_id where above.organisation_id = $1
     )
     select standing.named, system.id, system.name, system.kind, system.department_id as "departmentId"
       from standing join system on system.id = standing.id where standing.merged_into_id is null`,
    [ctx.organisation, wanted]);
  return new Map(rows.map(({ named, ...system }) => [named, system]));
}

/** Systems and platforms that the person may see, by name: those that a risk may be about. */
export async function systemsToChoose(ctx: Ctx): Promise<RiskSystem[]> {
  const reach = reachOf(ctx.actor.grants, 'system.read');
  if (reach !== 'all' && reach.size === 0) return [];
  return ctx.tx.query(
    `select s.id, s.name, s.kind, s.department_id as "departmentId" from system s
      where s.organisation_id = $1 and s.merged_into_id is null
        and ($2::uuid[] is null or s.kind = 'platform' or s.department_id = any($2) or exists (select from system_use u where u.organisation_id = $1 and u.system_id = s.id and u.department_id = any($2)))
      order by s.name, s.id`,
    [ctx.organisation, reach === 'all' ? null : [...reach]]);
}

/** Departments whose risks the person may see: `all`, or a set. A risk is also seen by the department of its system. */
export function mayReadRisk(reach: 'all' | ReadonlySet<string>, risk: Pick<Risk, 'departmentId'>, system: RiskSystem | undefined): boolean {
  return reach === 'all' || reach.has(risk.departmentId) || (system !== undefined && reach.has(system.departmentId));
}

/** The risk with its system, if the person may see it. Throws `NotFound` (also for another organisation), `Refused`. */
export async function readRisk(ctx: Ctx, id: string): Promise<{ risk: Risk; system: RiskSystem | null }> {
  return readable(ctx, await scoped(ctx, Risk).get(id));
}

/** Only the department that answers for the risk writes; that of its system reads. */
export function mayWriteRisk(ctx: Ctx, risk: Pick<Risk, 'departmentId'>): boolean {
  return allows(ctx.actor.grants, 'risk.write', risk.departmentId);
}

export function mustWriteIn(ctx: Ctx, departmentId: string): void {
  if (allows(ctx.actor.grants, 'risk.write', departmentId)) return;
  throw new Refused('not-allowed', 'この部署のリスクを書く権限がありません。責任を持つ課に頼むか、システム管理者に役割の追加を頼んでください。');
}

/** The risk, locked until the end of the transaction, if the person may change it. Throws `NotFound`, `Refused`. */
export async function lockRisk(ctx: Ctx, id: string): Promise<{ risk: Risk; system: RiskSystem | null }> {
  const found = await readable(ctx, await scoped(ctx, Risk).lock(id));
  mustWriteIn(ctx, found.risk.departmentId);
  return found;
}

/** The same for one that is not closed. Throws also `Refused` `closed`. */
export async function lockOpenRisk(ctx: Ctx, id: string): Promise<{ risk: Risk; system: RiskSystem | null }> {
  const found = await lockRisk(ctx, id);
  if (found.risk.closedOn !== null) throw new Refused('closed', `「${found.risk.title}」は終了しています。直すときは、先に再開してください。`);
  return found;
}

/** Throws `Conflict` with both sides when the locked risk is no longer as it was seen. */
export const mustBeSeen = (risk: Risk, seen: number, sent: unknown, current: unknown): void => mustBeAsSeen(risk, risk.title, seen, sent, current);

/** Saves a locked risk with its next version. Returns that version. */
export const saveRisk = (ctx: Ctx, risk: Risk, patch: Partial<Risk> = {}): Promise<number> => saveNext(ctx, Risk, risk, patch);

/** One field of a risk before and after; what did not change is not written. */
export async function recordChange(ctx: Ctx, riskId: string, path: string, before: unknown, after: unknown, comment?: string): Promise<void> {
  if (isDeepStrictEqual(before, after)) return;
  await record(ctx, { action: 'risk-changed', object: objectOf(riskId), path, before, after, ...(comment === undefined ? {} : { comment }) });
}

async function readable(ctx: Ctx, risk: Risk): Promise<{ risk: Risk; system: RiskSystem | null }> {
  const system = risk.systemId === null ? undefined : (await standingSystems(ctx, [risk.systemId])).get(risk.systemId);
  if (!mayReadRisk(reachOf(ctx.actor.grants, 'risk.read'), risk, system)) throw new Refused('other-department', 'このリスクは、ほかの部署のものです。見る必要があるときは、責任を持つ課に頼んでください。');
  return { risk, system: system ?? null };
}
