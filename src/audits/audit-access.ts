import { allows, type Permission } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Audit } from './audit.entity.js';

/** Throws `Refused`. */
export function mustAllow(ctx: Ctx, permission: Permission): void {
  if (!allows(ctx.actor.grants, permission)) throw new Refused('not-allowed', 'この操作をする権限がありません。監査事務局に頼んでください。');
}

/** The audit for whoever reads audits. Throws `NotFound`, `Refused`. */
export async function readAudit(ctx: Ctx, id: string): Promise<Audit> {
  mustAllow(ctx, 'audit.read');
  return scoped(ctx, Audit).get(id);
}

/** The audit, locked, while it may still be changed. Throws `NotFound`, `Refused` (right, closed). */
export async function lockAudit(ctx: Ctx, id: string, permission: Permission = 'audit.write'): Promise<Audit> {
  mustAllow(ctx, permission);
  const audit = await scoped(ctx, Audit).lock(id);
  if (audit.status === 'closed') throw new Refused('audit-closed', `「${audit.theme}」は完了しています。変えるときは、先に完了を取り消してください。`);
  return audit;
}
