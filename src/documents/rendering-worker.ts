import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { JobQueue } from '../jobs/queue.js';
import { beginAssessment } from './assessment-pdf.js';
import { beginAuditDocument } from './audit-files.js';
import { beginCheckReport } from './check-report-files.js';
import { StoredDocument, type DocumentKind } from './document.entity.js';
import type { BeginPrinting, PrintingTools } from './printing.js';
import { RENDERING } from './stored-documents.js';

export interface RenderingTools extends PrintingTools {
  database: DataSource;
  clock: Clock;
}

const PRINTERS: Readonly<Record<DocumentKind, BeginPrinting>> = { assessment: beginAssessment, 'check-report': beginCheckReport, audit: beginAuditDocument };

/** Takes rendering jobs until the queue is closed. */
export async function workOnDocuments(queue: JobQueue, tools: RenderingTools, concurrency: number): Promise<void> {
  await queue.work(RENDERING, concurrency, ({ organisation, document }, last) => renderDocument(tools, organisation, document, last));
}

/**
 * Prints one document. No transaction is open while the browser works. A document that is stored already
 * (another worker was taken for dead and finished after all) is left as it is. `last`: nobody will try again.
 */
export async function renderDocument(tools: RenderingTools, organisation: string, id: string, last = true): Promise<void> {
  const step = <T>(work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(tools.database, { organisation, actor: PRODUCT, clock: tools.clock }, work);
  const print = await step(async (ctx) => {
    const { state, kind, mediaType } = await scoped(ctx, StoredDocument).get(id);
    if (state === 'stored') return null;
    await scoped(ctx, StoredDocument).update({ id }, { state: 'rendering', progress: 20 });
    const rows: { model: object }[] = await ctx.tx.query('select model from document where id = $1 and organisation_id = $2', [id, organisation]);
    return PRINTERS[kind](ctx, { model: rows[0]!.model, mediaType });
  });
  if (print === null) return;
  try {
    const { bytes, pages, templateHash } = await print(tools);
    await step(async (ctx) => {
      const fileHash = createHash('sha256').update(bytes).digest('hex');
      const kept = await scoped(ctx, StoredDocument).update({ id, state: 'rendering' }, { state: 'stored', progress: 100, file: bytes, fileHash, templateHash, pages, problems: [], finishedAt: ctx.clock.now() });
      if (kept === 1) await record(ctx, { action: 'document-stored', object: { kind: 'document', id }, after: { fileHash, templateHash, pages } });
    });
  } catch (error) {
    const message = '文書を作る途中で誤りが起きました。もう一度作ってください。続くときはシステム管理者に伝えてください。';
    const outcome = last ? { state: 'failed' as const, problems: [{ code: 'rendering-failed', path: '', message }] } : { state: 'waiting' as const };
    await step((ctx) => scoped(ctx, StoredDocument).update({ id, state: 'rendering' }, outcome));
    throw error;
  }
}
