import type { Ctx } from '../kernel/ctx.js';
import type { Chromium } from '../rendering/chromium.js';
import type { Templates } from '../rendering/html.js';

export interface PrintingTools {
  chromium: Chromium;
  templates: Templates;
}

export interface Printed {
  bytes: Buffer;
  /** Null for a file without pages. */
  pages: number | null;
  /** SHA-256 over the template with its partials and styles; null for a file that no template makes. */
  templateHash: string | null;
}

/**
 * How documents of one kind are printed: takes what it needs from the database, within a transaction, and gives the work that is
 * done when that is over.
 */
export type BeginPrinting = (ctx: Ctx, document: { model: object; mediaType: string }) => Promise<(tools: PrintingTools) => Promise<Printed>>;
