import { allows } from '../../identity/permissions.js';
import { readAudit } from '../../audits/audit-access.js';
import type { Audit } from '../../audits/audit.entity.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { auditHead, type AuditTab } from './head.js';

export interface AuditAround {
  audit: Audit;
  head: object;
  base: string;
  mayWrite: boolean;
}

/** What every page of a part knows of its audit. Throws `NotFound`, `Refused`. */
export async function aroundOf(ctx: Ctx, id: string, tab: AuditTab = 'overview'): Promise<AuditAround> {
  const audit = await readAudit(ctx, id);
  return { audit, head: auditHead(audit, tab, ctx.actor), base: `/audits/${id}`, mayWrite: audit.status !== 'closed' && allows(ctx.actor.grants, 'audit.write') };
}

/** The part of this audit. Throws `NotFound`. */
export function partNamed<T extends { id: string }>(parts: readonly T[], id: string): T {
  const found = parts.find((one) => one.id === id);
  if (found === undefined) throw new NotFound();
  return found;
}
