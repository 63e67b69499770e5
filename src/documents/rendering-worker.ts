import { createHash } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { Image } from '../assessments/image.entity.js';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { JobQueue } from '../jobs/queue.js';
import type { Chromium } from '../rendering/chromium.js';
import type { Templates } from '../rendering/html.js';
import type { AssessmentReport } from './assessment-report.model.js';
import { ASSESSMENT_TEMPLATE, assessmentPdf, type Picture } from './assessment-pdf.js';
import { StoredDocument } from './document.entity.js';
import { RENDERING } from './documents.service.js';

export interface RenderingTools {
  database: DataSource;
  chromium: Chromium;
  templates: Templates;
  clock: Clock;
}

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
  const begun = await step(async (ctx) => {
    const document = await scoped(ctx, StoredDocument).get(id);
    if (document.state === 'stored') return null;
    await scoped(ctx, StoredDocument).update({ id }, { state: 'rendering', progress: 20 });
    const rows: { model: AssessmentReport }[] = await ctx.tx.query('select model from document where id = $1 and organisation_id = $2', [id, organisation]);
    return { model: rows[0]!.model, pictures: await picturesOf(ctx, rows[0]!.model) };
  });
  if (begun === null) return;
  try {
    const { bytes, pages } = await assessmentPdf(tools, begun.model, begun.pictures);
    await step(async (ctx) => {
      const fileHash = createHash('sha256').update(bytes).digest('hex');
      const templateHash = tools.templates.hash(ASSESSMENT_TEMPLATE);
      const kept = await scoped(ctx, StoredDocument).update({ id, state: 'rendering' }, { state: 'stored', progress: 100, file: bytes, fileHash, templateHash, pages, problems: [], finishedAt: ctx.clock.now() });
      if (kept === 1) await record(ctx, { action: 'document-stored', object: { kind: 'document', id }, after: { fileHash, templateHash, pages } });
    });
  } catch (error) {
    const message = 'PDFを作る途中で誤りが起きました。もう一度作ってください。続くときはシステム管理者に伝えてください。';
    const outcome = last ? { state: 'failed' as const, problems: [{ code: 'rendering-failed', path: '', message }] } : { state: 'waiting' as const };
    await step((ctx) => scoped(ctx, StoredDocument).update({ id, state: 'rendering' }, outcome));
    throw error;
  }
}

/** The pictures that the model names by their hash. */
async function picturesOf(ctx: Ctx, model: AssessmentReport): Promise<Map<string, Picture>> {
  const hashes = [...new Set([...JSON.stringify(model).matchAll(/image:([0-9a-f]{64})/gu)].map((match) => match[1]!))];
  const pictures = new Map<string, Picture>();
  for (const sha256 of hashes) {
    const image = await scoped(ctx, Image).findOne({ sha256 });
    if (image !== null) pictures.set(sha256, { mediaType: image.mediaType, bytes: image.bytes });
  }
  return pictures;
}
