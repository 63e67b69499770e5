import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { EvidenceKind } from '../../findings/evidence-links.js';
import { FindingEvidences } from '../../findings/finding-evidence.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid } from '../../kernel/errors.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { file, redirect, type Outcome } from '../outcome.js';
import { FindingPages } from './finding-pages.js';
import { EvidenceLinkInput, FileInput } from './inputs.js';

/** 根拠 of a finding: links and files. Files are only downloaded. */
@Controller('findings/:id')
export class FindingPartsController {
  constructor(
    private readonly evidences: FindingEvidences,
    private readonly pages: FindingPages,
  ) {}

  @Post('evidence')
  @Allow('finding.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { source, label, target }: EvidenceLinkInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'evidence', { source, label, target }, async () => {
      const [kind, named = null] = (source === '' ? ['document'] : source.split(':')) as [EvidenceKind, string?];
      await this.evidences.add(ctx, id, kind === 'check' ? { kind, targetId: null, label, target: named ?? '' } : { kind, targetId: named, label, target });
      return `/findings/${id}#evidence`;
    });
  }

  @Post('evidence/:evidence/remove')
  @Allow('finding.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('evidence') evidence: string): Promise<Outcome> {
    await this.evidences.remove(ctx, id, evidence);
    return redirect(`/findings/${id}#evidence`);
  }

  @Post('files')
  @Allow('finding.write')
  async addFile(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { caption = '' }: FileInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    return this.pages.small(ctx, id, 'file', { caption }, async () => {
      const { file: upload } = uploads;
      if (upload === undefined) throw new Invalid('evidence-missing', 'ファイルを選んでください。');
      await this.evidences.addFile(ctx, id, upload, caption);
      return `/findings/${id}#evidence`;
    });
  }

  @Get('files/:file')
  @Allow('finding.read')
  async readFile(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.evidences.readFile(ctx, id, fileId);
    return file(bytes, mediaType, fileName);
  }

  @Post('files/:file/remove')
  @Allow('finding.write')
  async removeFile(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    await this.evidences.removeFile(ctx, id, fileId);
    return redirect(`/findings/${id}#evidence`);
  }
}
