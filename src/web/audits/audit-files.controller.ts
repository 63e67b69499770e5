import { Controller, Get, Param } from '@nestjs/common';
import { AuditEvidence } from '../../audits/audit-files.service.js';
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

  /** As it came, to be downloaded. */
  @Get(':file')
  @Allow('audit.read')
  async read(@InCtx() ctx: Ctx, @Param('file') id: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.evidence.read(ctx, 'field-record', await this.recordOf(ctx, id), id);
    return file(bytes, mediaType, fileName);
  }

  /** A photo to be shown in the page: without what the camera wrote about place and device. */
  @Get(':file/picture')
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('file') id: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.evidence.readPicture(ctx, 'field-record', await this.recordOf(ctx, id), id);
    return file(bytes, mediaType, fileName, true);
  }

  private async recordOf(ctx: Ctx, id: string): Promise<string> {
    const { objectKind, objectId } = await this.evidence.get(ctx, id);
    if (objectKind !== 'field-record') throw new NotFound();
    await this.records.get(ctx, objectId);
    return objectId;
  }
}
