import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { AuditEvidence, type AuditEvidenceListed } from './audit-files.service.js';
import { QuestionnaireResponse } from './questionnaire.entity.js';
import { lockResponse, readResponse, statusAfter } from './response-access.js';

const KIND = 'questionnaire-response';

/** 添付資料: files that a department sends with its answers, as they came. They come and go while answers may be written. */
@Injectable()
export class ResponseFiles {
  constructor(private readonly evidence: AuditEvidence) {}

  /** Throws `NotFound`, `Refused`. */
  async list(ctx: Ctx, id: string): Promise<AuditEvidenceListed[]> {
    await readResponse(ctx, id);
    return this.evidence.list(ctx, KIND, id);
  }

  /** For whoever reads the response in another way; asks for no right. */
  listed(ctx: Ctx, id: string): Promise<AuditEvidenceListed[]> {
    return this.evidence.list(ctx, KIND, id);
  }

  /** Throws `NotFound`, `Refused` (other department, handed in, closed), `Invalid` (kind, size, damaged, too many). */
  async add(ctx: Ctx, id: string, upload: { fileName: string; bytes: Uint8Array }, caption: string): Promise<void> {
    const { response } = await lockResponse(ctx, id, 'save');
    await this.evidence.add(ctx, KIND, id, upload, caption);
    await scoped(ctx, QuestionnaireResponse).update({ id }, { status: statusAfter(response, 'save'), changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  }

  /** Throws `NotFound`, `Refused`. */
  async remove(ctx: Ctx, id: string, fileId: string): Promise<void> {
    await lockResponse(ctx, id, 'save');
    await this.evidence.remove(ctx, KIND, id, fileId);
  }

  /** Throws `NotFound`, `Refused`. */
  async read(ctx: Ctx, id: string, fileId: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    await readResponse(ctx, id);
    return this.evidence.read(ctx, KIND, id, fileId);
  }

  /** For whoever reads the response in another way; asks for no right. Throws `NotFound`. */
  file(ctx: Ctx, id: string, fileId: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    return this.evidence.read(ctx, KIND, id, fileId);
  }
}
