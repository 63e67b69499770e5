import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { takeImage } from '../rendering/image.js';
import { EVIDENCE_LIMITS, readEvidence, type EvidenceFile } from '../systems/evidence-files.js';
import { AuditFile } from './field-record.entity.js';
import { InputChecking, LONGEST, oneProblem } from './input-checking.js';

export type EvidenceObject = AuditFile['objectKind'];

export interface AuditEvidenceListed {
  id: string;
  objectKind: EvidenceObject;
  objectId: string;
  fileName: string;
  mediaType: string;
  /** Bytes. */
  size: number;
  sha256: string;
  caption: string;
  /** ISO instant. */
  addedAt: string;
  addedBy: string;
}

/** Photos of a caption are shown; everything else is only downloaded. */
export const isPicture = ({ mediaType }: Pick<AuditEvidenceListed, 'mediaType'>): boolean => mediaType === 'image/png' || mediaType === 'image/jpeg';

/**
 * 証拠: photos and files of field records, findings, corrective actions and responses, kept as they came. Asks for no right and locks
 * nothing: whoever owns the object does both before.
 */
@Injectable()
export class AuditEvidence {
  /** In the order in which they were added. */
  async list(ctx: Ctx, objectKind: EvidenceObject, objectId: string): Promise<AuditEvidenceListed[]> {
    return (await scoped(ctx, AuditFile).find({ objectKind, objectId }, { addedAt: 'ASC', id: 'ASC' })).map(listed);
  }

  /** The same bytes again are no second file. Throws `Invalid` (kind, size, damaged picture, more than 20 files, caption). */
  async add(ctx: Ctx, objectKind: EvidenceObject, objectId: string, upload: { fileName: string; bytes: Uint8Array }, caption = ''): Promise<AuditEvidenceListed> {
    const check = new InputChecking();
    const words = check.line('caption', '説明', caption, { need: false, limit: LONGEST.line });
    check.done();
    const file = await openable(upload.fileName, upload.bytes);
    const there = await scoped(ctx, AuditFile).find({ objectKind, objectId });
    const same = there.find((one) => one.sha256 === file.sha256);
    if (same !== undefined) return listed(same);
    if (there.length >= EVIDENCE_LIMITS.files) throw oneProblem('evidence-too-many', 'file', `証拠は1つの対象に${EVIDENCE_LIMITS.files}件までです。いらないファイルを外してから加えてください。`);
    const { kind: _, ...facts } = file;
    const row = { id: newId(), objectKind, objectId, ...facts, caption: words, addedAt: ctx.clock.now(), addedByName: ctx.actor.name };
    await scoped(ctx, AuditFile).insert({ ...row, bytes: Buffer.from(upload.bytes.buffer, upload.bytes.byteOffset, upload.bytes.byteLength) });
    await record(ctx, { action: 'audit-evidence-added', object: { kind: objectKind, id: objectId }, path: row.id, after: { ...facts, caption: words } });
    return listed({ ...row, organisationId: ctx.organisation } as AuditFile);
  }

  /** Without its bytes, so that the owner can be asked first. Throws `NotFound`. */
  async get(ctx: Ctx, id: string): Promise<AuditEvidenceListed> {
    return listed(await scoped(ctx, AuditFile).get(id));
  }

  /** @param objectId whose file it must be. Throws `NotFound`. */
  async read(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    const file = await this.of(ctx, objectKind, objectId, id);
    const [row]: { bytes: Buffer }[] = await ctx.tx.query('select bytes from audit_file where organisation_id = $1 and id = $2', [ctx.organisation, id]);
    return { ...listed(file), bytes: row!.bytes };
  }

  /** Throws `NotFound`. */
  async remove(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<void> {
    const { fileName, mediaType, size, sha256, caption } = await this.of(ctx, objectKind, objectId, id);
    await scoped(ctx, AuditFile).delete({ id });
    await record(ctx, { action: 'audit-evidence-removed', object: { kind: objectKind, id: objectId }, path: id, before: { fileName, mediaType, size, sha256, caption } });
  }

  private async of(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<AuditFile> {
    const file = await scoped(ctx, AuditFile).get(id);
    if (file.objectKind !== objectKind || file.objectId !== objectId) throw new NotFound('evidence-not-found', 'この証拠はありません。ほかの人が先に外したかもしれません。画面を読み込み直してください。');
    return file;
  }
}

function listed({ id, objectKind, objectId, fileName, mediaType, size, sha256, caption, addedAt, addedByName }: AuditFile): AuditEvidenceListed {
  return { id, objectKind, objectId, fileName, mediaType, size, sha256, caption, addedAt: addedAt.toISOString(), addedBy: addedByName };
}

/** A picture must not only begin like one: it is opened once. Its bytes are kept as they came. */
async function openable(fileName: string, bytes: Uint8Array): Promise<EvidenceFile> {
  const { file, problem } = readEvidence(fileName, bytes);
  if (file === null) throw oneProblem(problem.code, problem.path, problem.message);
  if (file.kind === 'png' || file.kind === 'jpeg') await takeImage(bytes, 'file');
  return file;
}
