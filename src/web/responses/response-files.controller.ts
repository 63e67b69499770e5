import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Answering } from '../../audits/answering.service.js';
import type { AuditEvidenceListed } from '../../audits/audit-files.service.js';
import { ResponseFiles } from '../../audits/response-files.service.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { EVIDENCE_ALLOWED } from '../../systems/evidence-files.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { ResponseFileInput } from './inputs.js';
import { responseHead } from './response-view.js';

/** Files of a response as a list shows them. @param here page whose `files/…` gives them */
export const filesView = (files: readonly AuditEvidenceListed[], here: string): object[] => files.map((one) => ({ id: one.id, name: one.fileName, caption: one.caption, href: `${here}/files/${one.id}`, on: dayInJapan(new Date(one.addedAt)), by: one.addedBy, size: `${Math.max(1, Math.ceil(one.size / 1024)).toLocaleString('ja-JP')}KB` }));

/** 添付資料 of a response. */
@Controller('responses/:id/files')
export class ResponseFilesController {
  constructor(
    private readonly answering: Answering,
    private readonly files: ResponseFiles,
  ) {}

  @Get()
  @Allow('questionnaire.answer')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.listPage(ctx, id, '', []);
  }

  @Post()
  @Allow('questionnaire.answer')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { caption }: ResponseFileInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    try {
      await attempt(ctx, async () => {
        const upload = uploads.file;
        if (upload === undefined) throw new Invalid('file-missing', '添付するファイルを選んでください。', [{ code: 'file-missing', path: 'file', message: '添付するファイルを選んでください。' }]);
        await this.files.add(ctx, id, upload, caption);
      });
    } catch (error) {
      if (error instanceof Invalid) return await this.listPage(ctx, id, caption, error.problems);
      throw error;
    }
    return redirect(`/responses/${id}/files`);
  }

  @Post(':file/remove')
  @Allow('questionnaire.answer')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    await this.files.remove(ctx, id, fileId);
    return redirect(`/responses/${id}/files`);
  }

  /** As it came, to be downloaded. */
  @Get(':file')
  @Allow('questionnaire.answer')
  async read(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.files.read(ctx, id, fileId);
    return file(bytes, mediaType, fileName);
  }

  private async listPage(ctx: Ctx, id: string, caption: string, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    return page('pages/responses/files', {
      head: responseHead(opened, 'files'), files: filesView(await this.files.list(ctx, id), `/responses/${id}`), allowed: EVIDENCE_ALLOWED, caption,
      problems: problems.map(({ message }) => ({ message, href: '#file' })), wrong: problems[0]?.message ?? '',
    }, problems.length === 0 ? 200 : 422);
  }
}
