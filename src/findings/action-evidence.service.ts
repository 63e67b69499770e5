import { Injectable } from '@nestjs/common';
import { AuditEvidence, type AuditEvidenceListed } from '../audits/audit-files.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { lockForMove, readAction } from './action-access.js';
import { FindingSettings } from './finding-settings.service.js';

/** 証拠 of what was done. Given and taken away by whoever reports, while the action is not settled. */
@Injectable()
export class ActionEvidence {
  constructor(
    private readonly settings: FindingSettings,
    private readonly evidence: AuditEvidence,
  ) {}

  /** Throws `NotFound`. */
  async list(ctx: Ctx, actionId: string): Promise<AuditEvidenceListed[]> {
    await readAction(ctx, actionId);
    return this.evidence.list(ctx, 'corrective-action', actionId);
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. */
  async add(ctx: Ctx, actionId: string, upload: { fileName: string; bytes: Uint8Array }, caption: string): Promise<void> {
    await lockForMove(ctx, (await this.settings.of(ctx)).scheme, actionId, 'report');
    await this.evidence.add(ctx, 'corrective-action', actionId, upload, caption);
  }

  /** Throws `NotFound`. */
  async read(ctx: Ctx, actionId: string, fileId: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    await readAction(ctx, actionId);
    return this.evidence.read(ctx, 'corrective-action', actionId, fileId);
  }

  /** Throws `NotFound`, `Refused`. */
  async remove(ctx: Ctx, actionId: string, fileId: string): Promise<void> {
    await lockForMove(ctx, (await this.settings.of(ctx)).scheme, actionId, 'report');
    await this.evidence.remove(ctx, 'corrective-action', actionId, fileId);
  }
}
