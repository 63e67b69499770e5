import { isDeepStrictEqual } from 'node:util';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { InformationSystem, SystemUse } from './system.entity.js';

/** How the journal names a system. */
export const objectOf = (systemId: string): { kind: string; id: string } => ({ kind: 'system', id: systemId });

/** Who owns it, who uses it, and, for a platform, who may see any system. Throws `Refused`. */
export async function mustRead(ctx: Ctx, system: InformationSystem): Promise<void> {
  const reach = reachOf(ctx.actor.grants, 'system.read');
  if (reach === 'all' || reach.has(system.departmentId) || (system.kind === 'platform' && reach.size > 0)) return;
  const uses = reach.size === 0 ? [] : await scoped(ctx, SystemUse).find({ systemId: system.id });
  if (uses.some((one) => reach.has(one.departmentId))) return;
  throw new Refused('other-department', 'このシステムは、ほかの部署のものです。見る必要があるときは、所管課に頼んでください。');
}

/** The system, if the person may see it. Throws `NotFound` (also for another organisation), `Refused`. */
export async function readSystem(ctx: Ctx, id: string): Promise<InformationSystem> {
  const system = await scoped(ctx, InformationSystem).get(id);
  await mustRead(ctx, system);
  return system;
}

/** Only the department in charge writes; a department that merely uses the system reads. */
export function mayWrite(ctx: Ctx, system: Pick<InformationSystem, 'departmentId' | 'mergedIntoId'>): boolean {
  return system.mergedIntoId === null && allows(ctx.actor.grants, 'system.write', system.departmentId);
}

export function mustWriteIn(ctx: Ctx, departmentId: string): void {
  if (allows(ctx.actor.grants, 'system.write', departmentId)) return;
  throw new Refused('not-allowed', 'この部署のシステム台帳を書く権限がありません。所管課に頼むか、システム管理者に役割の追加を頼んでください。');
}

/**
 * The system, locked until the end of the transaction. A check of many systems may keep its results beside the change of one; a
 * platform waits for those that come to rest on it. Throws `NotFound`.
 */
export async function lockSystem(ctx: Ctx, id: string): Promise<InformationSystem> {
  const system = await scoped(ctx, InformationSystem).lock(id, 'shared-key');
  return system.kind === 'platform' ? scoped(ctx, InformationSystem).lock(id) : system;
}

/** The system, locked until the end of the transaction, if the person may change it. Throws `NotFound`, `Refused`. */
export async function lockForChange(ctx: Ctx, id: string): Promise<InformationSystem> {
  const system = await lockSystem(ctx, id);
  await mustRead(ctx, system);
  if (system.mergedIntoId !== null) throw new Refused('merged', `「${system.name}」は、ほかのシステムに統合されています。統合先を直してください。`);
  mustWriteIn(ctx, system.departmentId);
  return system;
}

/** Throws `Conflict` with both sides when the locked system is no longer as it was seen. */
export const mustBeSeen = (system: InformationSystem, seen: number, sent: unknown, current: unknown): void => mustBeAsSeen(system, system.name, seen, sent, current);

/** Saves a locked system with its next version. Returns that version. */
export const saveSystem = (ctx: Ctx, system: InformationSystem, patch: Partial<InformationSystem> = {}): Promise<number> => saveNext(ctx, InformationSystem, system, patch);

/** One field of a system before and after; what did not change is not written. */
export async function recordChange(ctx: Ctx, systemId: string, path: string, before: unknown, after: unknown, comment?: string): Promise<void> {
  if (isDeepStrictEqual(before, after)) return;
  await record(ctx, { action: 'system-changed', object: objectOf(systemId), path, before, after, ...(comment === undefined ? {} : { comment }) });
}
