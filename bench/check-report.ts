/**
 * 点検結果報告書 of forty systems beside its floor: the same HTML loaded and printed bare, by the same browser in the same run.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { checkReportHtml, checkReportPdf, checkReportWorkbook } from '../src/documents/check-report-files.js';
import { checkReport } from '../src/documents/check-report.js';
import { checkWorkbook } from '../src/documents/check-report.sheets.js';
import { cityFacts } from './check-facts.js';
import { besideBarePrint, openPrinter } from './printed.js';
import { timed } from './rounds.js';

const SYSTEMS = 40;
const ROUNDS = process.argv.includes('--quick') ? 3 : 7;
/** How much longer the product may take than its floor: model, pictures, HTML, the page numbers of the contents. */
const MOST_RATIO = 1.4;

const printer = openPrinter();
const facts = cityFacts({ systems: SYSTEMS, scope: 'organisation', missing: 0.08, weak: 0.12 });
const model = () => checkReport(facts);
const printed = await besideBarePrint(printer.chromium, ROUNDS, { model, html: () => checkReportHtml(printer.templates, model()), pdf: () => checkReportPdf(printer, model()) });
const workbook = await timed(() => checkReportWorkbook(printer, checkWorkbook(facts)));
await printer.close();

const missed = printed.ratio > MOST_RATIO ? ['ratio'] : [];
console.log(JSON.stringify({ bench: 'check-report', systems: SYSTEMS, ...printed, workbookMs: Math.round(workbook), missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
