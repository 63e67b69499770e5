/**
 * 監査結果報告書 of forty pages (公表文, chapters, tables with charts, 別表) beside its floor: the same HTML loaded and printed bare, by
 * the same browser in the same run. Prints one JSON object; exit status 1 when a target is missed.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { auditDocument } from '../src/documents/audit-documents.js';
import { auditHtml, printAuditDocument } from '../src/documents/audit-files.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { inProject } from '../src/kernel/root.js';
import { Chromium } from '../src/rendering/chromium.js';
import { Templates } from '../src/rendering/html.js';

const PAGES = 40;
const ROUNDS = process.argv.includes('--quick') ? 3 : 7;
/** How much longer the product may take than its floor: tables counted, charts, HTML, the page numbers of the contents. As for the assessment. */
const MOST_RATIO = 1.25;

const templates = new Templates(inProject('templates'));
const folder = process.env['TENKEN_BROWSER_FOLDER'] ?? mkdtempSync(join(tmpdir(), 'tenken-bench-'));
const chromium = new Chromium({ folder, executable: process.env['TENKEN_CHROMIUM'] });

/** The Hakodate audit with its chapters of results several times over, and 別表 twice. */
function longAudit(times: number): AuditFile {
  const file = parse(readFileSync(inProject('test/fixtures/audits/hakodate.yaml'), 'utf8')) as AuditFile;
  const report = file.reports[0]!;
  const results = report.sections.filter((one) => one.id.startsWith('result'));
  const at = report.sections.findIndex((one) => one.id === 'opinion');
  const more = Array.from({ length: times - 1 }, (_, n) => results.map((one) => ({ ...one, id: `again-${n}-${one.id}`, parentId: one.parentId === null ? null : `again-${n}-${one.parentId}` }))).flat();
  const appendix = report.sections.filter((one) => one.heading.startsWith('別表')).map((one) => ({ ...one, id: `again-${one.id}` }));
  report.sections = [...report.sections.slice(0, at), ...more, ...report.sections.slice(at), ...appendix];
  return file;
}

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
const median = (numbers: readonly number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;

const file = longAudit(3);
const product = () => {
  const { model, mediaType } = auditDocument('audit-report', file);
  return printAuditDocument({ chromium, templates }, model, mediaType);
};
const pages = (await product()).pages!;
const html = auditHtml(templates, auditDocument('audit-report', file).model);
await bare(html);
const floor: number[] = [];
const ours: number[] = [];
const model: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  floor.push(await bare(html));
  ours.push(await timed(product));
  model.push(await timed(() => auditDocument('audit-report', file)));
}
await chromium.close();
if (process.env['TENKEN_BROWSER_FOLDER'] === undefined) rmSync(folder, { recursive: true, force: true });

/** Each round beside its own floor, so that other work on the machine counts for both. */
const ratio = median(ours.map((each, round) => each / floor[round]!));
const missed = [...(ratio > MOST_RATIO ? ['ratio'] : []), ...(pages < PAGES ? ['pages'] : [])];
console.log(JSON.stringify({ bench: 'audit-report', pages, floorMs: Math.round(median(floor)), productMs: Math.round(median(ours)), ratio: Number(ratio.toFixed(3)), modelMs: Math.round(median(model)), missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
