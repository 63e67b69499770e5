import type { EntityTarget } from 'typeorm';
import type { Ctx } from './ctx.js';
import { Conflict } from './errors.js';
import { scoped, type TenantRow } from './scoped.js';

/** A row with a version that tells who changed it last. */
export interface Marked extends TenantRow {
  id: string;
  version: number;
  changedAt: Date;
  changedByName: string;
}

/** Throws `Conflict` with both sides when the locked row is no longer as it was seen. @param name what the person calls it */
export function mustBeAsSeen(row: Marked, name: string, seen: number, sent: unknown, current: unknown): void {
  if (row.version === seen) return;
  throw new Conflict('stale', `「${name}」は、${row.changedByName}さんが先に変えました。両方の内容を見比べて、もう一度保存してください。`, [],
    { sent, current, currentVersion: row.version, by: row.changedByName, at: row.changedAt.toISOString() });
}

/** Saves a locked row with its next version, and notes who. Returns that version. */
export async function saveNext<E extends Marked>(ctx: Ctx, entity: EntityTarget<E>, row: E, patch: Partial<E> = {}): Promise<number> {
  const marks = { changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
  await scoped<Marked>(ctx, entity as EntityTarget<Marked>).updateSeen(row.id, row.version, { ...patch, ...marks });
  Object.assign(row, patch, marks, { version: row.version + 1 });
  return row.version;
}
