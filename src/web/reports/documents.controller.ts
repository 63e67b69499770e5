import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditDocuments } from '../../documents/audit-documents.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { reportFileName } from '../checks/reports-view.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { AuditDocumentInput } from './document-inputs.js';
import { documentList, documentsView, type DocumentTyped } from './documents-view.js';

/** 監査の文書: what can be made, asked for, listed, taken away. */
@Controller('audits/:id/documents')
export class AuditDocumentsController {
  constructor(private readonly documents: AuditDocuments) {}

  @Get()
  @Allow('finding.read')
  open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.documentsPage(ctx, id, null, []);
  }

  @Post()
  @Allow('document.make')
  async ask(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: AuditDocumentInput): Promise<Outcome> {
    const { kind, choice, format } = input;
    try {
      await this.documents.ask(ctx, id, kind, { ...(choice === undefined || choice === '' ? {} : { choice }), ...(format === undefined ? {} : { format }) });
      return redirect(`/audits/${id}/documents#made`);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
      return await this.documentsPage(ctx, id, { kind, choice: choice ?? '', format: format ?? '' }, problems);
    }
  }

  /** The list alone, while it shows the progress of a document. */
  @Get('list')
  @Allow('finding.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return page('fragments/audits/documents', documentList(id, await this.documents.list(ctx, id)));
  }

  @Get(':document')
  @Allow('finding.read')
  async download(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('document') documentId: string): Promise<Outcome> {
    const { document, bytes } = await this.documents.file(ctx, id, documentId);
    return file(bytes, document.mediaType, reportFileName(document), document.mediaType === 'application/pdf');
  }

  private async documentsPage(ctx: Ctx, id: string, typed: DocumentTyped | null, problems: readonly Problem[]): Promise<Outcome> {
    const { audit, offers } = await this.documents.offers(ctx, id);
    const model = { head: auditHead(audit, 'documents', ctx.actor), id, ...documentsView(offers, typed, problems), ...documentList(id, await this.documents.list(ctx, id)) };
    return page('pages/audits/documents', model, problems.length === 0 ? 200 : 422);
  }
}
