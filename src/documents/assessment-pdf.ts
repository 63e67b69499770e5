import { Image } from '../assessments/image.entity.js';
import { imagesIn } from '../assessments/images.service.js';
import type { ComputeThreshold } from '../engine/computed.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Address, AnswerSet } from '../engine/form.js';
import { placeName } from '../engine/places.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { missingCharacters } from '../rendering/coverage.js';
import type { Templates } from '../rendering/html.js';
import { readPdf } from '../rendering/pdf-file.js';
import { renderPdf } from '../rendering/pdf.js';
import { assessmentReport } from './assessment-report.js';
import type { AssessmentReport } from './assessment-report.model.js';
import type { BeginPrinting, PrintingTools } from './printing.js';

export const ASSESSMENT_TEMPLATE = 'reports/assessment/report';

export interface AssessmentSource {
  form: CompiledForm;
  answers: AnswerSet;
  title: string;
  editionNote: string;
  computeThreshold?: ComputeThreshold;
}

/** How a picture stands in a stored model: by its hash, not by its bytes. */
export const pictureMark = (sha256: string): string => `image:${sha256}`;

/** The report model with pictures by hash; it is stored with the document. */
export function modelOf(source: AssessmentSource): AssessmentReport {
  const images = Object.fromEntries(imagesIn(source.answers).map((sha256) => [sha256, pictureMark(sha256)]));
  return assessmentReport({ ...source, images });
}

/** HTML of a model; `source` gives where each picture is (a data URI, or a path of the product for the preview). */
export function assessmentHtml(templates: Templates, model: AssessmentReport, source: (sha256: string) => string): string {
  return templates.render(ASSESSMENT_TEMPLATE, model).replace(/image:([0-9a-f]{64})/gu, (_, sha256: string) => source(sha256));
}

export interface Picture {
  mediaType: string;
  bytes: Uint8Array;
}

/** @throws Error for a picture that the model names and that is not there */
export function pictureSource(pictures: ReadonlyMap<string, Picture>, sha256: string): string {
  const picture = pictures.get(sha256);
  if (picture === undefined) throw new Error(`picture ${sha256} is missing`);
  return `data:${picture.mediaType};base64,${Buffer.from(picture.bytes).toString('base64')}`;
}

/** The document as PDF. */
export async function assessmentPdf(tools: PrintingTools, model: AssessmentReport, pictures: ReadonlyMap<string, Picture>): Promise<{ bytes: Buffer; pages: number }> {
  const html = assessmentHtml(tools.templates, model, (sha256) => pictureSource(pictures, sha256));
  const bytes = await renderPdf(tools.chromium, html, { title: model.title, footerLeft: model.title });
  return { bytes, pages: readPdf(bytes).pages.length };
}

export const beginAssessment: BeginPrinting = async (ctx, { model }) => {
  const report = model as AssessmentReport;
  const pictures = await picturesOf(ctx, report);
  return async (tools) => ({ ...(await assessmentPdf(tools, report, pictures)), templateHash: tools.templates.hash(ASSESSMENT_TEMPLATE) });
};

/** The pictures that the model names by their hash. */
export async function picturesOf(ctx: Ctx, model: object): Promise<Map<string, Picture>> {
  const hashes = [...new Set([...JSON.stringify(model).matchAll(/image:([0-9a-f]{64})/gu)].map((match) => match[1]!))];
  const pictures = new Map<string, Picture>();
  for (const sha256 of hashes) {
    const image = await scoped(ctx, Image).findOne({ sha256 });
    if (image !== null) pictures.set(sha256, { mediaType: image.mediaType, bytes: image.bytes });
  }
  return pictures;
}

/** Characters that no font can draw, with the place of each, to be mended before printing. */
export function undrawable({ form, answers, title }: AssessmentSource, href: (address: Address) => string | undefined = () => undefined): Problem[] {
  const reading = new Reading(form, answers);
  const problems: Problem[] = missingCharacters(title).map((one) => undrawableProblem(one, '', '評価書名', undefined));
  for (const instance of reading.instances) {
    const value = reading.answer(instance.address);
    if (value === undefined || reading.visible(instance.item, instance.row) === 'no') continue;
    for (const one of missingCharacters(JSON.stringify(value))) problems.push(undrawableProblem(one, instance.address, placeName(reading, instance), href(instance.address)));
  }
  return problems;
}

function undrawableProblem(one: { character: string; codePoint: string; count: number }, path: string, place: string, href: string | undefined): Problem {
  const message = `「${place}」の「${one.character}」（${one.codePoint}、${one.count}か所）は、印刷の書体にない文字です。別の字かかなに替えてください。`;
  return { code: 'character-undrawable', path, message, ...(href === undefined ? {} : { href }) };
}
