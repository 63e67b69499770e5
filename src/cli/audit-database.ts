import { AuditFiles } from '../findings/audit-files.service.js';
import { operate } from '../operator.js';

/** Brings an audit in from its exchange file. */
export async function importAudit(source: Uint8Array): Promise<{ id: string; theme: string }> {
  return operate(({ app, within }) => within((ctx) => app.get(AuditFiles).import(ctx, source)));
}

/** The exchange file of a stored audit, as JSON. */
export async function exportAudit(id: string): Promise<string> {
  return operate(({ app, within }) => within(async (ctx) => `${JSON.stringify(await app.get(AuditFiles).take(ctx, id), null, 2)}\n`));
}
