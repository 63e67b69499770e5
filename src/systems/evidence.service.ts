import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { takeImage } from '../rendering/image.js';
import { Catalogue } from './catalogue.js';
import { lockForDeclaring, mustDeclare } from './declaration-access.js';
import { evidenceListed, type EvidenceListed } from './declaration-sheet.js';
import { journal, snapshotOf } from './declaration-writing.js';
import { Declaration, DeclarationEvidence } from './declaration.entity.js';
import { EVIDENCE_LIMITS, readEvidence, type EvidenceFile } from './evidence-files.js';
import { readSystem } from './system-access.js';
import { InformationSystem } from './system.entity.js';

/** 証拠: files that show what a declaration says. Kept as they came, so that their hash proves them. */
@Injectable()
export class Evidence {
  constructor(private readonly catalogue: Catalogue) {}

  /**
   * Keeps a file at a declaration. The same bytes again are no second file. Throws `NotFound`, `Refused` (other department,
   * right, merged, ended), `Invalid` (kind, size, damaged picture, more than 20 files).
   */
  async add(ctx: Ctx, declarationId: string, fileName: string, bytes: Uint8Array): Promise<EvidenceListed> {
    const { systemId } = await scoped(ctx, Declaration).get(declarationId);
    await mustDeclare(ctx, this.catalogue, await scoped(ctx, InformationSystem).get(systemId));
    const file = await openable(fileName, bytes);
    await lockForDeclaring(ctx, this.catalogue, systemId);
    const declaration = await stillOf(ctx, systemId, declarationId);
    const there = await scoped(ctx, DeclarationEvidence).find({ declarationId });
    const same = there.find((one) => one.sha256 === file.sha256);
    if (same !== undefined) return evidenceListed(same);
    if (there.length >= EVIDENCE_LIMITS.files) throw invalid('evidence-too-many', `証拠は1つの申告に${EVIDENCE_LIMITS.files}件までです。いらないファイルを外してから加えてください。`);
    const { kind: _, ...facts } = file;
    const row = { id: newId(), declarationId, ...facts, addedAt: ctx.clock.now(), addedByName: ctx.actor.name };
    await scoped(ctx, DeclarationEvidence).insert({ ...row, bytes: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) });
    await journal(ctx, declaration, 'declaration-evidence-added', snapshotOf(declaration), { ...snapshotOf(declaration), file: facts });
    return evidenceListed({ ...row, organisationId: ctx.organisation } as DeclarationEvidence);
  }

  /** Throws `NotFound` (also for another organisation), `Refused` (other department). */
  async read(ctx: Ctx, id: string): Promise<EvidenceListed & { bytes: Buffer }> {
    const evidence = await scoped(ctx, DeclarationEvidence).get(id);
    const { systemId } = await scoped(ctx, Declaration).get(evidence.declarationId);
    await readSystem(ctx, systemId);
    const [row]: { bytes: Buffer }[] = await ctx.tx.query('select bytes from declaration_evidence where organisation_id = $1 and id = $2', [ctx.organisation, id]);
    return { ...evidenceListed(evidence), bytes: row!.bytes };
  }

  /**
   * Takes a file away. What was approved on its strength is approved no more, and whoever saw the declaration with it sees a
   * new version. Throws `NotFound`, `Refused`.
   * @returns the new version of the declaration
   */
  async remove(ctx: Ctx, id: string): Promise<{ version: number }> {
    const { declarationId } = await scoped(ctx, DeclarationEvidence).get(id);
    const { systemId } = await scoped(ctx, Declaration).get(declarationId);
    await lockForDeclaring(ctx, this.catalogue, systemId);
    const declaration = await stillOf(ctx, systemId, declarationId);
    const evidence = await scoped(ctx, DeclarationEvidence).get(id);
    await scoped(ctx, DeclarationEvidence).delete({ id });
    await scoped(ctx, Declaration).updateSeen(declaration.id, declaration.version, { approvedAt: null, approvedByName: null });
    const { fileName, mediaType, size, sha256 } = evidence;
    await journal(ctx, declaration, 'declaration-evidence-removed', { ...snapshotOf(declaration), file: { fileName, mediaType, size, sha256 } }, { ...snapshotOf(declaration), approvedBy: null });
    return { version: declaration.version + 1 };
  }
}

/** The declaration, read under the lock of its system: meanwhile it may have been withdrawn, or moved by merging doubles. Throws `NotFound`. */
async function stillOf(ctx: Ctx, systemId: string, declarationId: string): Promise<Declaration> {
  const declaration = await scoped(ctx, Declaration).get(declarationId);
  if (declaration.systemId !== systemId) throw new NotFound('declaration-not-found', 'この申告は、システムの統合で移されました。画面を読み込み直してください。');
  return declaration;
}

/** A picture must not only begin like one: it is opened once. Its bytes are kept as they came. */
async function openable(fileName: string, bytes: Uint8Array): Promise<EvidenceFile> {
  const { file, problem } = readEvidence(fileName, bytes);
  if (file === null) throw new Invalid(problem.code, problem.message, [problem]);
  if (file.kind === 'png' || file.kind === 'jpeg') await takeImage(bytes, 'file');
  return file;
}

function invalid(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
