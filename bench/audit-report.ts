/**
 * 監査結果報告書 of forty pages (公表文, chapters, tables with charts, 別表) beside its floor: the same HTML loaded and printed bare, by
 * the same browser in the same run. Prints one JSON object; exit status 1 when a target is missed.
 */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { auditDocument } from '../src/documents/audit-documents.js';
import { auditHtml, auditPdf } from '../src/documents/audit-files.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { inProject } from '../src/kernel/root.js';
import { besideBarePrint, openPrinter } from './printed.js';

const PAGES = 40;
const ROUNDS = process.argv.includes('--quick') ? 3 : 7;
/** How much longer the product may take than its floor: tables counted, charts, HTML, the page numbers of the contents. As for the assessment. */
const MOST_RATIO = 1.25;

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

const printer = openPrinter();
const file = longAudit(3);
const model = () => auditDocument('audit-report', file).model;
const printed = await besideBarePrint(printer.chromium, ROUNDS, { model, html: () => auditHtml(printer.templates, model()), pdf: () => auditPdf(printer, model()) });
await printer.close();

const missed = [...(printed.ratio > MOST_RATIO ? ['ratio'] : []), ...(printed.pages < PAGES ? ['pages'] : [])];
console.log(JSON.stringify({ bench: 'audit-report', ...printed, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
