/**
 * 点検結果報告書 of forty systems beside its floor: the same HTML loaded and printed bare, by the same browser in the same run.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkReportHtml, checkReportPdf, checkReportWorkbook } from '../src/documents/check-report-files.js';
import { checkReport } from '../src/documents/check-report.js';
import { checkWorkbook } from '../src/documents/check-report.sheets.js';
import { inProject } from '../src/kernel/root.js';
import { Chromium } from '../src/rendering/chromium.js';
import { Templates } from '../src/rendering/html.js';
import { cityFacts } from './check-facts.js';

const SYSTEMS = 40;
const ROUNDS = process.argv.includes('--quick') ? 3 : 7;
/** How much longer the product may take than its floor: model, pictures, HTML, the page numbers of the contents. */
const MOST_RATIO = 1.4;

const templates = new Templates(inProject('templates'));
const folder = process.env['TENKEN_BROWSER_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'tenken-bench-'));
const chromium = new Chromium({ folder, executable: process.env['TENKEN_CHROMIUM'] });
const facts = cityFacts({ systems: SYSTEMS, scope: 'organisation', missing: 0.08, weak: 0.12 });

const timed = async (work: () => unknown): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};
/** Milliseconds of the load and the print alone; getting a page is not counted. */
const bare = (html: string): Promise<number> => chromium.page((page) => timed(async () => {
  await page.setContent(html, { waitUntil: 'load' });
  await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
}));
const product = (): ReturnType<typeof checkReportPdf> => checkReportPdf({ chromium, templates }, checkReport(facts));
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const { pages } = await product();
const html = checkReportHtml(templates, checkReport(facts));
await bare(html);
const floor: number[] = [];
const ours: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  floor.push(await bare(html));
  ours.push(await timed(product));
}
const model: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) model.push(await timed(() => checkReport(facts)));
const workbook = await timed(() => checkReportWorkbook({ chromium }, checkWorkbook(facts)));
await chromium.close();
if (process.env['TENKEN_BROWSER_FOLDER'] === undefined) rmSync(folder, { recursive: true, force: true });

/** Each round beside its own floor, so that other work on the machine counts for both. */
const ratio = median(ours.map((each, round) => each / floor[round]!));
const missed = ratio > MOST_RATIO ? ['ratio'] : [];
console.log(JSON.stringify({
  bench: 'check-report', systems: SYSTEMS, pages, floorMs: Math.round(median(floor)), productMs: Math.round(median(ours)), ratio: Number(ratio.toFixed(3)), modelMs: Math.round(median(model)), workbookMs: Math.round(workbook), missed,
}));
process.exitCode = missed.length > 0 ? 1 : 0;
