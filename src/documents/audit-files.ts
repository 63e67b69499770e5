/** Documents of an audit as files: HTML, PDF and XLSX of their models, and every document of an exchange file at once. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { tabulationWorkbook } from '../audits/tabulation-workbook.js';
import type { Dataset, TabulationDefinition } from '../engine/tabulation.js';
import type { AuditFile } from '../findings/audit-file.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import type { Templates } from '../rendering/html.js';
import { readPdf } from '../rendering/pdf-file.js';
import { renderPdf } from '../rendering/pdf.js';
import { workbook, XLSX } from '../rendering/workbook.js';
import { assessmentHtml, picturesOf, pictureSource, type Picture } from './assessment-pdf.js';
import type { AssessmentReport } from './assessment-report.model.js';
import type { Block, ReportModel, TableModel, TabulationModel } from './audit-document.model.js';
import { AUDIT_DOCUMENTS, auditDocument, type AuditDocumentMade, type AuditDocumentModel } from './audit-documents.js';
import { drawTableChart } from './audit-pictures.js';
import type { ListModel } from './audit-registers.js';
import { AuditTexts } from './audit-texts.js';
import type { BeginPrinting, Printed, PrintingTools } from './printing.js';

type Drawn = Omit<TableModel, 'charts'> & { charts: { title: string; svg: string }[] };

const drawn = (table: TableModel): Drawn => ({ ...table, charts: table.charts.map((chart) => ({ title: chart.title, svg: drawTableChart(chart) })) });
const drawnBlock = (block: Block): object => (block.kind === 'table' ? { ...block, table: drawn(block.table) } : block);

/** Pictures of answers by their hash. */
export type Pictures = ReadonlyMap<string, Picture>;
const NO_PICTURES: Pictures = new Map();

/** HTML of a model, with its charts drawn and its pictures in it. */
export function auditHtml(templates: Templates, { code, template, content }: AuditDocumentModel, pictures: Pictures = NO_PICTURES): string {
  switch (code) {
    case 'questionnaire': return assessmentHtml(templates, content as AssessmentReport, (sha256) => pictureSource(pictures, sha256));
    case 'audit-report': case 'measures': { const model = content as ReportModel; return templates.render(template, { ...model, sections: model.sections.map((one) => ({ ...one, blocks: one.blocks.map(drawnBlock) })) }); }
    case 'tabulation': { const model = content as TabulationModel; return templates.render(template, { ...model, parts: model.parts.map((part) => ({ ...part, tables: part.tables.map(drawn) })) }); }
    default: return templates.render(template, content);
  }
}

export async function auditPdf(tools: PrintingTools, model: AuditDocumentModel, pictures: Pictures = NO_PICTURES): Promise<{ bytes: Buffer; pages: number }> {
  const { title, footer } = model.content as { title: string; footer?: string };
  const bytes = await renderPdf(tools.chromium, auditHtml(tools.templates, model, pictures), { title, footerLeft: footer ?? title });
  return { bytes, pages: readPdf(bytes).pages.length };
}

export async function printAuditDocument(tools: PrintingTools, model: AuditDocumentModel, mediaType: string, pictures: Pictures = NO_PICTURES): Promise<Printed> {
  if (mediaType === XLSX) return { bytes: await auditWorkbook(model), pages: null, templateHash: null };
  return { ...(await auditPdf(tools, model, pictures)), templateHash: tools.templates.hash(model.template) };
}

async function auditWorkbook({ code, content }: AuditDocumentModel): Promise<Buffer> {
  if (code === 'tabulation') {
    const { definition, datasets } = content as { definition: TabulationDefinition; datasets: Dataset[] };
    return tabulationWorkbook([{ definition, datasets }]);
  }
  const { title, columns, rows } = content as ListModel;
  return workbook(title, columns, rows);
}

export const beginAuditDocument: BeginPrinting = async (ctx, { model, mediaType }) => {
  const document = model as AuditDocumentModel;
  const pictures = document.code === 'questionnaire' ? await picturesOf(ctx, document.content) : NO_PICTURES;
  return (tools) => printAuditDocument(tools, document, mediaType, pictures);
};

export interface WrittenDocument {
  /** Path. */
  file: string;
  kind: string;
  title: string;
  /** Null for a workbook. */
  pages: number | null;
}

/** Bytes that a file name may have everywhere are 255; some are left for a number behind it. */
const MOST_BYTES = 230;

/** A file name that every system takes; a long title is cut. */
export function documentFileName(title: string, mediaType: string): string {
  let name = '';
  for (const sign of title.replace(/[\p{Cc}\\/:*?"<>|#\s]+/gu, '_')) {
    if (Buffer.byteLength(name) + Buffer.byteLength(sign) > MOST_BYTES) break;
    name += sign;
  }
  return `${name}.${mediaType === XLSX ? 'xlsx' : 'pdf'}`;
}

/** Every document that the file gives, as models. */
export function allAuditDocuments(file: AuditFile): AuditDocumentMade[] {
  const texts = new AuditTexts(file);
  return AUDIT_DOCUMENTS.flatMap((kind) => kind.choices(file).flatMap(({ key }) => kind.formats.map((format) => auditDocument(kind.kind, file, { choice: key, format, texts }))));
}

/** Writes every document that the file gives into the folder `out`. Throws `Invalid` with everything that must be mended first; then nothing is written. */
export async function renderAuditFile(file: AuditFile, tools: PrintingTools, out: string): Promise<WrittenDocument[]> {
  const documents = allAuditDocuments(file);
  const problems: Problem[] = documents.flatMap((one) => one.problems);
  if (problems.length > 0) throw new Invalid('audit-documents-unready', '文書を作れません。次のところを直してください。', problems);
  const pictures: Pictures = new Map((file.pictures ?? []).map(({ sha256, mediaType, data }) => [sha256, { mediaType, bytes: Buffer.from(data, 'base64') }]));
  const written: WrittenDocument[] = [];
  const taken = new Set<string>();
  for (const { title, mediaType, model } of documents) {
    const { bytes, pages } = await printAuditDocument(tools, model, mediaType, pictures);
    const label = AUDIT_DOCUMENTS.find((one) => one.kind === model.code)!.label;
    const plain = documentFileName(title.startsWith(label) ? title : `${label}_${title}`, mediaType);
    const dot = plain.lastIndexOf('.');
    let name = plain;
    for (let n = 2; taken.has(name); n += 1) name = `${plain.slice(0, dot)}_${n}${plain.slice(dot)}`;
    taken.add(name);
    await writeFile(join(out, name), bytes);
    written.push({ file: join(out, name), kind: model.code, title, pages });
  }
  return written;
}
