import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inProject } from '../src/kernel/root.js';
import { Chromium } from '../src/rendering/chromium.js';
import { Templates } from '../src/rendering/html.js';
import { inTurn, quantile, timed } from './rounds.js';

/** One document, in the three steps that are measured. */
export interface Measured {
  model: () => unknown;
  html: () => string;
  pdf: () => Promise<{ pages: number }>;
}

/** The templates of the product and a browser of our own (in `TENKEN_BROWSER_FOLDER` when it is set: unpacked there once). */
export function openPrinter() {
  const kept = process.env['TENKEN_BROWSER_FOLDER'];
  const folder = kept ?? mkdtempSync(join(tmpdir(), 'tenken-bench-'));
  const chromium = new Chromium({ folder, executable: process.env['TENKEN_CHROMIUM'] });
  return {
    chromium, templates: new Templates(inProject('templates')),
    async close(): Promise<void> {
      await chromium.close();
      if (kept === undefined) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The floor: milliseconds of the load and the print alone; getting a page is not counted. */
const bare = (chromium: Chromium, html: string): Promise<number> => chromium.page((page) => timed(async () => {
  await page.setContent(html, { waitUntil: 'load' });
  await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
}));

/** The document as the product prints it beside the same HTML loaded and printed bare, by the same browser. */
export async function besideBarePrint(chromium: Chromium, rounds: number, document: Measured): Promise<{ pages: number; floorMs: number; productMs: number; ratio: number; modelMs: number }> {
  const { pages } = await document.pdf();
  const html = document.html();
  await bare(chromium, html);
  const { floor, ours, model } = await inTurn({ rounds }, { floor: () => bare(chromium, html), ours: () => timed(document.pdf), model: () => timed(document.model) });
  const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);
  /** Each round beside its own floor, so that other work on the machine counts for both. */
  const ratio = median(ours.map((each, round) => each / floor[round]!));
  return { pages, floorMs: Math.round(median(floor)), productMs: Math.round(median(ours)), ratio: Number(ratio.toFixed(3)), modelMs: Math.round(median(model)) };
}
