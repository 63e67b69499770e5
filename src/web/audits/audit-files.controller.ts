import { Controller, Get, Param } from '@nestjs/common';
import { AuditEvidence, isPicture } from '../../audits/audit-files.service.js';
import { FieldRecords } from '../../audits/field-records.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { file, type Outcome } from '../outcome.js';

/** Photos and files of field records. Those of findings, actions and responses are read where they belong. */
@Controller('audits/files')
export class AuditFilesController {
  constructor(
    private readonly evidence: AuditEvidence,
    private readonly records: FieldRecords,
  ) {}

  /** A photo may be shown in the page; everything else is only downloaded. */
  @Get(':file')
  @Allow('audit.read')
  async read(@InCtx() ctx: Ctx, @Param('file') id: string): Promise<Outcome> {
    const found = await this.evidence.get(ctx, id);
    if (found.objectKind !== 'field-record') throw new NotFound();
    await this.records.get(ctx, found.objectId);
    const { bytes, mediaType, fileName } = await this.evidence.read(ctx, 'field-record', found.objectId, id);
    return file(bytes, mediaType, fileName, isPicture(found));
  }
}
