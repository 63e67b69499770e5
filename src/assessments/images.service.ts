import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { Address, AnswerSet, FiguresAnswer } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { takeImage } from '../rendering/image.js';
import { objectOf } from './access.js';
import { Image } from './image.entity.js';

/** A stored picture without its bytes: what a figure of an answer names. */
export interface ImageFacts {
  sha256: string;
  mediaType: string;
  width: number;
  height: number;
}

/** Pictures of figures: each is stored once per organisation under the hash of its bytes. */
@Injectable()
export class Images {
  /** Checks, re-encodes and keeps an uploaded picture. The same picture again is no second one. Throws `Invalid`. */
  async store(ctx: Ctx, upload: Uint8Array, path = 'figure'): Promise<ImageFacts> {
    const { bytes, ...facts } = await takeImage(upload, path);
    return this.keep(ctx, bytes, facts);
  }

  /** Keeps a picture that has been re-encoded already. */
  async keep(ctx: Ctx, bytes: Buffer, facts: ImageFacts): Promise<ImageFacts> {
    if ((await scoped(ctx, Image).count({ sha256: facts.sha256 })) === 0) {
      await scoped(ctx, Image).insert({ ...facts, bytes });
      await record(ctx, { action: 'image-stored', object: { kind: 'image', id: facts.sha256 }, after: facts });
    }
    return facts;
  }

  /** Throws `NotFound`, also for a picture of another organisation. */
  async read(ctx: Ctx, sha256: string): Promise<ImageFacts & { bytes: Buffer }> {
    const found = /^[0-9a-f]{64}$/.test(sha256) ? await scoped(ctx, Image).findOne({ sha256 }) : null;
    if (found === null) throw new NotFound('image-not-found', '画像が見つかりません。');
    return { sha256: found.sha256, mediaType: found.mediaType, width: found.width, height: found.height, bytes: found.bytes };
  }

  /** A picture that an answer of the assessment names, or named before. Asks for no right. Throws `NotFound`, also for one of something else. */
  async readOf(ctx: Ctx, assessmentId: string, sha256: string): Promise<ImageFacts & { bytes: Buffer }> {
    const { kind } = objectOf(assessmentId);
    const [found]: { known: boolean }[] = await ctx.tx.query(
      `select exists (select from answer where organisation_id = $1 and assessment_id = $2 and value::text like '%"image": "' || $4 || '"%')
           or exists (select from journal_entry where organisation_id = $1 and object_kind = $5 and object_id = $3 and content like '%"image":"' || $4 || '"%') as known`,
      [ctx.organisation, assessmentId, assessmentId, /^[0-9a-f]{64}$/.test(sha256) ? sha256 : '-', kind]);
    if (found?.known !== true) throw new NotFound('image-not-found', '画像が見つかりません。');
    return this.read(ctx, sha256);
  }

  /** All pictures of a document, by hash. */
  async ofAnswers(ctx: Ctx, answers: AnswerSet): Promise<Map<string, ImageFacts & { bytes: Buffer }>> {
    const named = imagesIn(answers);
    const found = named.length === 0 ? [] : await scoped(ctx, Image).find({ sha256: In(named) });
    return new Map(found.map(({ sha256, mediaType, width, height, bytes }) => [sha256, { sha256, mediaType, width, height, bytes }]));
  }

  /** Throws `Invalid` when a figure names a picture that is not stored here. */
  async mustExist(ctx: Ctx, answer: FiguresAnswer, path: Address): Promise<void> {
    const named = [...new Set(answer.figures.map((one) => one.image))];
    const known = named.length === 0 ? 0 : await scoped(ctx, Image).count({ sha256: In(named) });
    if (known < named.length) throw new Invalid('image-unknown', '図の画像が登録されていません。画像をもう一度選んでください。', [{ code: 'image-unknown', path, message: '図の画像が登録されていません。画像をもう一度選んでください。' }]);
  }
}

/** Hashes of the pictures that figures name. */
export function imagesIn({ answers }: AnswerSet): string[] {
  const named = Object.values(answers).flatMap((value) => (typeof value === 'object' && !Array.isArray(value) && 'figures' in value ? value.figures.map((one) => one.image) : []));
  return [...new Set(named)];
}
