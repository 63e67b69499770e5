import { allows, type Permission } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Audit, AuditPerson, type AuditStatus } from './audit.entity.js';

/** Throws `Refused`. */
export function mustAllow(ctx: Ctx, permission: Permission): void {
  if (!allows(ctx.actor.grants, permission)) throw new Refused('not-allowed', 'この操作をする権限がありません。監査事務局に頼んでください。');
}

/** The audit for whoever reads audits. Throws `NotFound`, `Refused`. */
export async function readAudit(ctx: Ctx, id: string): Promise<Audit> {
  mustAllow(ctx, 'audit.read');
  return scoped(ctx, Audit).get(id);
}

const PUBLIC: readonly AuditStatus[] = ['published', 'closed'];

/**
 * The audit for whoever reads what its members deliberate and decide: 合議, the report and every document made before publication. A
 * member under 除斥 does not see them until they are public. Throws `NotFound`, `Refused`.
 */
export async function readDeliberated(ctx: Ctx, id: string): Promise<Audit> {
  const audit = await readAudit(ctx, id);
  if (!PUBLIC.includes(audit.status)) await mustTakePart(ctx, id);
  return audit;
}

/** The audit, locked, while it may still be changed. Throws `NotFound`, `Refused` (right, 除斥, closed). */
export async function lockAudit(ctx: Ctx, id: string, permission: Permission = 'audit.write'): Promise<Audit> {
  mustAllow(ctx, permission);
  const audit = await scoped(ctx, Audit).lock(id);
  await mustTakePart(ctx, id);
  if (audit.status === 'closed') throw new Refused('audit-closed', `「${audit.theme}」は完了しています。変えるときは、先に完了を取り消してください。`);
  return audit;
}

/** A member with a stake in the affair does not audit it (除斥, 地方自治法199条の2). Throws `Refused` with the reason that is on record. */
export async function mustTakePart(ctx: Ctx, auditId: string): Promise<void> {
  if (ctx.actor.id === null) return;
  const [own] = await scoped(ctx, AuditPerson).find({ auditId, accountId: ctx.actor.id, role: 'member' });
  if (own === undefined || own.disqualifiedReason === null) return;
  throw new Refused('disqualified', `${own.name}さんはこの監査から除斥されているので、監査に加われません。合議と、公表の前の報告書や文書も見られません（地方自治法第199条の2）。理由：${own.disqualifiedReason}`);
}
