/** What viewpoints, people, steps and cases of an audit have in common: they stand in an order, and each has its own version. */
import type { EntityTarget } from 'typeorm';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Refused, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped, type TenantRow } from '../kernel/scoped.js';
import { lockAudit } from './audit-access.js';
import type { Audit } from './audit.entity.js';

/** Stands in an order among its siblings. */
export interface Placed extends TenantRow {
  id: string;
  position: number;
}

export interface Part extends Placed {
  auditId: string;
  version: number;
}

/** The part with its audit locked, so that one change of an audit's parts follows the other. Throws `NotFound`, `Refused`. */
export async function lockPart<E extends Part>(ctx: Ctx, entity: EntityTarget<E>, id: string): Promise<{ audit: Audit; part: E }> {
  const parts = scoped<Part>(ctx, entity as EntityTarget<Part>);
  const { auditId } = await parts.get(id);
  const audit = await lockAudit(ctx, auditId);
  return { audit, part: (await parts.get(id)) as E };
}

/** Throws `Conflict` with both sides when the part is no longer as it was seen. */
export function partAsSeen(part: Part, name: string, seen: number, sent: unknown, current: unknown): void {
  if (part.version === seen) return;
  throw new Conflict('stale', `「${name}」は、ほかの人が先に変えました。両方の内容を見比べて、もう一度保存してください。`, [], { sent, current, currentVersion: part.version });
}

export const nextPosition = (siblings: readonly Pick<Placed, 'position'>[]): number => Math.max(0, ...siblings.map((one) => one.position)) + 1;

/** Changes places with the sibling before or after; nothing happens at the end of the row. @param siblings in their order, with the part */
export async function moveAmong<E extends Placed>(ctx: Ctx, entity: EntityTarget<E>, siblings: readonly E[], id: string, direction: 'up' | 'down'): Promise<boolean> {
  const parts = scoped<Placed>(ctx, entity as EntityTarget<Placed>);
  const order = [...siblings];
  const at = order.findIndex((one) => one.id === id);
  const to = direction === 'up' ? at - 1 : at + 1;
  if (at < 0 || to < 0 || to >= order.length) return false;
  [order[at], order[to]] = [order[to]!, order[at]!];
  for (const [n, one] of order.entries()) if (one.position !== n + 1) await parts.update({ id: one.id }, { position: n + 1 });
  return true;
}

/** Throws `Refused` that names what cites the thing. @param cited with the page of each, at most 10 are named @param part of the thing that would go */
export function mustBeUncited(name: string, cited: readonly { label: string; href: string }[], part = ''): void {
  if (cited.length === 0) return;
  const shown = cited.slice(0, 10);
  const problems: Problem[] = shown.map(({ label, href }) => ({ code: 'cited', path: '', message: label, href }));
  throw new Refused('cited', `「${name}」${part}は、${shown.map((one) => one.label).join('、')}${cited.length > shown.length ? `ほか${cited.length - shown.length}件` : ''}が使っているため、消せません。先にそちらを直してください。`, problems);
}

/** Writes what happened to a part into the journal of its audit. */
export function tellPart(ctx: Ctx, auditId: string, action: string, partId: string, sides: { before?: unknown; after?: unknown }): Promise<void> {
  return record(ctx, { action, object: { kind: 'audit', id: auditId }, path: partId, ...sides });
}

/** A long text as it is named in a sentence. */
export const shortened = (text: string, limit = 30): string => {
  const [line = ''] = text.split('\n');
  const characters = [...line];
  return characters.length <= limit ? line : `${characters.slice(0, limit).join('')}…`;
};
