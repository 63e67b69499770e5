import { createHash } from 'node:crypto';
import { Controller, Get, Param, Post } from '@nestjs/common';
import { AssessmentReading } from '../../assessments/assessment-reading.service.js';
import { Images } from '../../assessments/images.service.js';
import { assessmentHtml, modelOf } from '../../documents/assessment-pdf.js';
import type { DocumentState, StoredDocument } from '../../documents/document.entity.js';
import { Documents } from '../../documents/documents.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Templates } from '../../rendering/html.js';
import { Allow, InCtx } from '../allow.js';
import { file, html, page, redirect, type Outcome } from '../outcome.js';
import { headOf, timeText } from './assessment-view.js';

const STATE_NAMES: Record<DocumentState, string> = { waiting: '順番を待っています', rendering: '作っています', stored: 'できました', failed: '作れませんでした' };

/** Preview, PDF and pictures of an assessment. */
@Controller()
export class DocumentsController {
  constructor(
    private readonly documents: Documents,
    private readonly assessments: AssessmentReading,
    private readonly images: Images,
    private readonly templates: Templates,
  ) {}

  @Post('assessments/:id/documents')
  @Allow('document.make')
  async ask(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.documents.askForAssessment(ctx, id);
    return redirect(`/assessments/${id}#documents`);
  }

  @Get('assessments/:id/documents')
  @Allow('document.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    return page('fragments/assessments/documents', { ...headOf(opened), ...documentList(await this.documents.ofAssessment(ctx, id)) });
  }

  @Get('documents/:id')
  @Allow('document.read')
  async file(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { document, bytes } = await this.documents.file(ctx, id);
    return file(bytes, document.mediaType, `${document.title.replace(/[\\/:*?"<>|\s]+/gu, '_')}.pdf`, true);
  }

  /** The printed document on the screen: the same template as the PDF. */
  @Get('assessments/:id/preview')
  @Allow('assessment.read')
  async preview(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const text = assessmentHtml(this.templates, modelOf(this.documents.sourceOf(opened)), (sha256) => `/assessments/${id}/images/${sha256}`);
    return html(text, styleHashes(text));
  }

  @Get('assessments/:id/images/:sha256')
  @Allow('assessment.read')
  async image(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('sha256') sha256: string): Promise<Outcome> {
    await this.assessments.open(ctx, id);
    const { bytes, mediaType } = await this.images.readOf(ctx, id, sha256);
    return file(bytes, mediaType, `${sha256.slice(0, 12)}.${mediaType === 'image/png' ? 'png' : 'jpg'}`, true);
  }
}

/** The stylesheet of the document stands in the page; the policy names it by its hash. */
export function styleHashes(text: string): string[] {
  return [...text.matchAll(/<style[^>]*>([\s\S]*?)<\/style>/gu)].map((match) => `'sha256-${createHash('sha256').update(match[1]!).digest('base64')}'`);
}

export function documentList(documents: readonly StoredDocument[]): { documents: object[]; documentsBusy: boolean } {
  return {
    documents: documents.map((one) => ({
      id: one.id,
      ready: one.state === 'stored',
      failed: one.state === 'failed',
      stateName: STATE_NAMES[one.state],
      progress: one.progress,
      pages: one.pages ?? 0,
      askedAt: timeText(one.askedAt),
      askedBy: one.askedByName,
      problems: one.problems.map(({ message }) => ({ message })),
    })),
    documentsBusy: documents.some((one) => one.state === 'waiting' || one.state === 'rendering'),
  };
}
