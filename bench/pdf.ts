/**
 * PDF of a full assessment beside its floor: the same HTML loaded and printed bare, by the same browser in the same run.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { assessmentReport } from '../src/documents/assessment-report.js';
import { indexForm } from '../src/engine/form-index.js';
import type { FormDefinition } from '../src/engine/form.js';
import { Chromium } from '../src/rendering/chromium.js';
import { Templates } from '../src/rendering/html.js';
import { readPdf } from '../src/rendering/pdf-file.js';
import { renderPdf } from '../src/rendering/pdf.js';
import { filledForm } from './filled-form.js';

const ROUNDS = 11;
const TOGETHER = 12;
const DOCUMENTS = 100;

const templates = new Templates('templates');
const form = indexForm(parse(readFileSync('templates/forms/full/2024-10.yaml', 'utf8')) as FormDefinition);
const answers = filledForm(form.definition, { files: 1, rows: 4, sentences: 20, records: 200 });
const title = 'みずほ野市　こども医療費助成に関する事務　全項目評価書';
const html = () => templates.render('reports/assessment/report', assessmentReport({ form, answers, images: {}, title, editionNote: '第1版 案' }));
const options = { title, footerLeft: title };

const folder = process.env['TENKEN_BROWSER_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'tenken-bench-'));
const chromium = new Chromium({ folder, executable: process.env['TENKEN_CHROMIUM'] });

/** Milliseconds of the load and the print alone; getting a page is not counted. */
const bare = (source: string) => chromium.page(async (page) => timed(async () => {
  await page.setContent(source, { waitUntil: 'load' });
  await page.pdf({ preferCSSPageSize: true, printBackground: true, tagged: true, outline: true });
}));
const product = () => renderPdf(chromium, html(), options);
const timed = async (work: () => Promise<unknown>) => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};
const median = (numbers: number[]) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const megabytes = () => { globalThis.gc?.(); return Math.round(process.memoryUsage().rss / 1024 / 1024); };

const pages = readPdf(await product()).pages.length;
await bare(html());
const floor: number[] = [];
const ours: number[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const source = html();
  floor.push(await bare(source));
  ours.push(await timed(product));
}
const together = await timed(() => Promise.all(Array.from({ length: TOGETHER }, product)));

const quick = process.argv.includes('--quick');
const memory: number[] = [];
for (let document = 0; document < (quick ? 20 : DOCUMENTS); document++) {
  if (document % 10 === 0) memory.push(megabytes());
  await product();
}
memory.push(megabytes());
await chromium.close();
if (process.env['TENKEN_BROWSER_FOLDER'] === undefined) rmSync(folder, { recursive: true, force: true });

/** Each round beside its own floor, so that other work on the machine counts for both. */
const ratio = median(ours.map((each, round) => each / floor[round]!));
const pagesPerSecond = (TOGETHER * pages) / (together / 1000);
// The first documents fill caches; what counts is the growth after them.
const growth = memory.at(-1)! - memory[Math.min(2, memory.length - 2)]!;
const missed = [
  ...(ratio > 1.25 ? ['ratio'] : []),
  ...(pagesPerSecond < 70 ? ['pagesPerSecond'] : []),
  ...(growth > 40 ? ['memory'] : []),
];
console.log(JSON.stringify({
  bench: 'pdf', pages,
  floorMs: Math.round(median(floor)), productMs: Math.round(median(ours)), ratio: Number(ratio.toFixed(3)),
  pagesPerSecondFourAtOnce: Math.round(pagesPerSecond), memoryMb: memory, memoryGrowthMb: growth, missed,
}));
process.exitCode = missed.length > 0 ? 1 : 0;
