import { Injectable } from '@nestjs/common';
import sharp from 'sharp';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { takeImage } from '../rendering/image.js';
import { EVIDENCE_LIMITS, readEvidence, type EvidenceFile } from '../systems/evidence-files.js';
import { moveAmong, nextPosition } from './audit-part.js';
import { tellsLocation } from './evidence-location.js';
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
  /** What is seen on a photo, for who does not see it; '' : the caption serves. */
  alt: string;
  /** The original tells where it was taken. */
  located: boolean;
  /** Of caption and alt. */
  version: number;
  /** ISO instant. */
  addedAt: string;
  addedBy: string;
}

export interface EvidenceWords { caption: string; alt: string }

const IN_ORDER = { position: 'ASC', addedAt: 'ASC', id: 'ASC' } as const;

/** Photos are shown; everything else is only downloaded. */
export const isPicture = ({ mediaType }: Pick<AuditEvidenceListed, 'mediaType'>): boolean => mediaType === 'image/png' || mediaType === 'image/jpeg';

/**
 * 証拠: photos and files of field records, findings, corrective actions and responses, kept as they came. Asks for no right and locks
 * nothing: whoever owns the object does both before.
 */
@Injectable()
export class AuditEvidence {
  /** In their order. */
  async list(ctx: Ctx, objectKind: EvidenceObject, objectId: string): Promise<AuditEvidenceListed[]> {
    return (await scoped(ctx, AuditFile).find({ objectKind, objectId }, IN_ORDER)).map(listed);
  }

  /** The same bytes again are no second file. Throws `Invalid` (kind, size, damaged picture, more than 20 files, caption). */
  async add(ctx: Ctx, objectKind: EvidenceObject, objectId: string, upload: { fileName: string; bytes: Uint8Array }, caption = '', alt = ''): Promise<AuditEvidenceListed> {
    const words = checkedWords({ caption, alt });
    const { file, picture, located } = await openable(upload.fileName, upload.bytes);
    const there = await scoped(ctx, AuditFile).find({ objectKind, objectId });
    const same = there.find((one) => one.sha256 === file.sha256);
    if (same !== undefined) return listed(same);
    if (there.length >= EVIDENCE_LIMITS.files) throw oneProblem('evidence-too-many', 'file', `証拠は1つの対象に${EVIDENCE_LIMITS.files}件までです。いらないファイルを外してから加えてください。`);
    const { kind: _, ...facts } = file;
    const row = { id: newId(), objectKind, objectId, ...facts, ...words, located, position: nextPosition(there), version: 1, addedAt: ctx.clock.now(), addedByName: ctx.actor.name };
    await scoped(ctx, AuditFile).insert({ ...row, picture, bytes: Buffer.from(upload.bytes.buffer, upload.bytes.byteOffset, upload.bytes.byteLength) });
    await record(ctx, { action: 'audit-evidence-added', object: { kind: objectKind, id: objectId }, path: row.id, after: { ...facts, ...words } });
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

  /** A photo to be shown or printed: without what the camera wrote about place and device. Throws `NotFound`, also for what is no photo. */
  async readPicture(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<AuditEvidenceListed & { bytes: Buffer }> {
    const file = await this.of(ctx, objectKind, objectId, id);
    const [row]: { picture: Buffer | null }[] = await ctx.tx.query('select picture from audit_file where organisation_id = $1 and id = $2', [ctx.organisation, id]);
    if (row?.picture == null) throw new NotFound();
    return { ...listed(file), bytes: row.picture };
  }

  /** Its caption and what is seen on it; the file itself stays as it came. Throws `NotFound`, `Conflict` with both sides, `Invalid`. */
  async describe(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string, seen: number, input: EvidenceWords): Promise<void> {
    const file = await this.of(ctx, objectKind, objectId, id);
    const before = { caption: file.caption, alt: file.alt };
    if (file.version !== seen) throw new Conflict('stale', `「${file.fileName}」の説明は、ほかの人が先に変えました。両方の内容を見比べて、もう一度保存してください。`, [], { sent: input, current: before, currentVersion: file.version });
    const after = checkedWords(input);
    await scoped(ctx, AuditFile).updateSeen(id, seen, after);
    await record(ctx, { action: 'audit-evidence-described', object: { kind: objectKind, id: objectId }, path: id, before, after });
  }

  /** Changes places with its neighbour. Throws `NotFound`. */
  async move(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string, direction: 'up' | 'down'): Promise<void> {
    await this.of(ctx, objectKind, objectId, id);
    const files = await scoped(ctx, AuditFile).find({ objectKind, objectId }, IN_ORDER);
    if (await moveAmong(ctx, AuditFile, files, id, direction)) await record(ctx, { action: 'audit-evidence-moved', object: { kind: objectKind, id: objectId }, path: id, after: { direction } });
  }

  /** Throws `NotFound`. */
  async remove(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<void> {
    const { fileName, mediaType, size, sha256, caption, alt } = await this.of(ctx, objectKind, objectId, id);
    await scoped(ctx, AuditFile).delete({ id });
    await record(ctx, { action: 'audit-evidence-removed', object: { kind: objectKind, id: objectId }, path: id, before: { fileName, mediaType, size, sha256, caption, alt } });
  }

  private async of(ctx: Ctx, objectKind: EvidenceObject, objectId: string, id: string): Promise<AuditFile> {
    const file = await scoped(ctx, AuditFile).get(id);
    if (file.objectKind !== objectKind || file.objectId !== objectId) throw new NotFound('evidence-not-found', 'この証拠はありません。ほかの人が先に外したかもしれません。画面を読み込み直してください。');
    return file;
  }
}

function listed({ id, objectKind, objectId, fileName, mediaType, size, sha256, caption, alt, located, version, addedAt, addedByName }: AuditFile): AuditEvidenceListed {
  return { id, objectKind, objectId, fileName, mediaType, size, sha256, caption, alt, located, version, addedAt: addedAt.toISOString(), addedBy: addedByName };
}

function checkedWords({ caption, alt }: EvidenceWords): EvidenceWords {
  const check = new InputChecking();
  const words = { caption: check.line('caption', '説明', caption, { need: false, limit: LONGEST.line }), alt: check.line('alt', '写っているもの', alt, { need: false, limit: LONGEST.line }) };
  check.done();
  return words;
}

/** A picture must not only begin like one: it is opened once. Its bytes are kept as they came, beside a copy to be shown. */
async function openable(fileName: string, bytes: Uint8Array): Promise<{ file: EvidenceFile; picture: Buffer | null; located: boolean }> {
  const { file, problem } = readEvidence(fileName, bytes);
  if (file === null) throw oneProblem(problem.code, problem.path, problem.message);
  if (file.kind !== 'png' && file.kind !== 'jpeg') return { file, picture: null, located: false };
  const { bytes: picture } = await takeImage(bytes, 'file');
  const { exif, xmp } = await sharp(bytes).metadata();
  return { file, picture, located: (exif !== undefined && tellsLocation(exif)) || (xmp?.includes('GPSLatitude') ?? false) };
}
