import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { JobQueue, type Work } from '../jobs/queue.js';
import { StoredDocument, type DocumentKind } from './document.entity.js';

/** Rendering of one stored document, as a job. */
export const RENDERING: Work<{ document: string }> = { queue: 'document-rendering', label: '文書の印刷' };

/** A document that nobody finished for so long was lost with its last worker. */
const LOST_AFTER = 3_600_000;
const LOST = { code: 'rendering-lost', path: '', message: '1時間たってもできませんでした。もう一度作ってください。' };
const isLost = ({ state, askedAt }: StoredDocument, now: number): boolean => (state === 'waiting' || state === 'rendering') && now - askedAt.getTime() > LOST_AFTER;

/** Of what a document is made. */
export interface Made {
  kind: DocumentKind;
  objectKind: string;
  objectId: string;
  title: string;
  mediaType: string;
  /** Frozen when it is asked for; plain JSON. */
  model: object;
}

export const modelHash = (model: object): string => createHash('sha256').update(JSON.stringify(model)).digest('hex');

/** What all kinds of documents share: they are asked for, wait for a worker, are stored or lost. Asks for no right: its callers do. */
@Injectable()
export class StoredDocuments {
  constructor(private readonly queue: JobQueue) {}

  /** Freezes the model and gives a worker the order, in the transaction of `ctx`. */
  async ask(ctx: Ctx, made: Made): Promise<{ id: string }> {
    const id = newId();
    const hash = modelHash(made.model);
    await scoped(ctx, StoredDocument).insert({
      ...made, id, state: 'waiting', progress: 0, problems: [], templateHash: null, modelHash: hash, file: null, fileHash: null, pages: null,
      askedByName: ctx.actor.name, askedAt: ctx.clock.now(), finishedAt: null,
    });
    await record(ctx, { action: 'document-asked', object: { kind: 'document', id }, after: { [made.objectKind]: made.objectId, modelHash: hash } });
    await this.queue.enqueue(ctx, RENDERING, { document: id });
    return { id };
  }

  /** The newest documents of an object. */
  async ofObject(ctx: Ctx, objectKind: string, objectId: string, limit: number): Promise<StoredDocument[]> {
    return asSeen(ctx, await scoped(ctx, StoredDocument).find({ objectKind, objectId }, { askedAt: 'DESC' }, limit));
  }

  /** These documents, newest first. */
  async these(ctx: Ctx, ids: readonly string[]): Promise<StoredDocument[]> {
    return ids.length === 0 ? [] : asSeen(ctx, await scoped(ctx, StoredDocument).find({ id: In([...ids]) }, { askedAt: 'DESC' }));
  }

  /** Throws `NotFound`, also for a document of another kind. */
  async get(ctx: Ctx, kind: DocumentKind, id: string): Promise<StoredDocument> {
    const document = await scoped(ctx, StoredDocument).get(id);
    if (document.kind !== kind) throw new NotFound();
    return document;
  }

  /** The file of a document. Throws `NotFound` while it is not stored. */
  async bytes(ctx: Ctx, { id }: StoredDocument): Promise<Buffer> {
    const rows: { file: Buffer | null }[] = await ctx.tx.query('select file from document where id = $1 and organisation_id = $2', [id, ctx.organisation]);
    const bytes = rows[0]?.file ?? null;
    if (bytes === null) throw new NotFound('document-not-stored', 'この文書はまだできていません。少し待ってから開いてください。');
    return bytes;
  }
}

function asSeen(ctx: Ctx, found: StoredDocument[]): StoredDocument[] {
  const now = ctx.clock.now().getTime();
  return found.map((one) => (isLost(one, now) ? Object.assign(one, { state: 'failed', problems: [LOST] }) : one));
}
