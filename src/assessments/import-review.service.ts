import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { emptyAnswer } from '../engine/blanks.js';
import type { CompiledForm } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerSet, type AnswerValue, type Code } from '../engine/form.js';
import { placeName } from '../engine/places.js';
import { Reading } from '../engine/reading.js';
import { decodeSource } from '../engine/source-decoding.js';
import { Department, ImplementingBody } from '../identity/organisation.entity.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { CreateAssessment, type NameOfAssessment } from './create-assessment.service.js';
import { looksLikeExchange, readExchange, type ExchangeDocument } from './exchange.js';
import { Forms } from './forms.js';
import { Images } from './images.service.js';
import { ImportReview } from './import-review.entity.js';
import { assign, type Assignment } from './import/assign.js';
import { importText, type ImportResult } from './import/import-text.js';
import { takeImage } from '../rendering/image.js';

export interface Upload {
  fileName: string;
  bytes: Uint8Array;
  /** Code of the form, when the person says which; else it is found out. */
  form?: Code;
  departmentId: string;
  bodyId: string;
}

/** What a person sees before anything becomes a document. */
export interface ReviewShown {
  id: string;
  kind: 'exchange' | 'text';
  fileName: string;
  form: Code;
  formTitle: string;
  formVersion: string;
  departmentId: string;
  bodyId: string;
  /** ISO instant. */
  madeAt: string;
  /** Send it back with the next action. */
  version: number;
  /** Proposed name of the document; blank when the source has none. */
  title: string;
  number: string;
  /** Characters of the source that count, of these placed, and the share from 0 to 1. */
  totalCharacters: number;
  placedCharacters: number;
  placedShare: number;
  /** `text` is that of the source (blank where only boxes were ticked), `value` the answer that it makes. */
  placements: { address: Address; name: string; text: string; value: AnswerValue | null }[];
  unplaced: { index: number; text: string; line: number; guess: Address | null; guessName: string | null; assigned: Address | null; assignedName: string | null }[];
  doubts: { address: Address | null; name: string | null; message: string; line: number }[];
  figures: number;
  /** Items to which a run can be given by hand, in printed order. */
  targets: { address: Address; name: string }[];
}

/** Kept of the matching; the answers are made anew from it with the assignments. */
type Kept = Pick<ImportResult, 'answerSet' | 'unplaced' | 'doubts' | 'placements' | 'totalCharacters' | 'placedCharacters' | 'placedShare' | 'about'>;

/** Keeps what was brought in until the person has looked at it; only `confirm` makes a document. */
@Injectable()
export class ImportReviews {
  constructor(private readonly forms: Forms, private readonly creation: CreateAssessment, private readonly images: Images) {}

  /**
   * Reads an exchange file, or the text of an existing assessment. Throws `Invalid` with every problem (no text, too large, damaged,
   * another form version …), `Refused`, `NotFound`; then nothing is kept.
   */
  async create(ctx: Ctx, upload: Upload): Promise<{ id: string }> {
    await scoped(ctx, Department).get(upload.departmentId);
    await scoped(ctx, ImplementingBody).get(upload.bodyId);
    if (!allows(ctx.actor.grants, 'assessment.import', upload.departmentId)) throw new Refused('other-department', 'この部署へ取り込む権限がありません。部署を選び直してください。');
    const { text } = decodeSource(upload.bytes);
    const kind = looksLikeExchange(text) ? 'exchange' : 'text';
    const statutory = this.forms.statutory();
    const read = kind === 'exchange' ? await exchangeOf(text, statutory) : importText(text, statutory, upload.form === undefined ? {} : { form: upload.form });
    const id = newId();
    await scoped(ctx, ImportReview).insert({
      id, accountId: ctx.actor.id!, departmentId: upload.departmentId, bodyId: upload.bodyId, kind, fileName: storable(upload.fileName).slice(0, 200),
      form: read.form, formVersion: read.version, source: storable(text), result: JSON.parse(storable(JSON.stringify(kind === 'text' ? keptOf(read as ImportResult) : {}))) as object,
      assignments: [] as never, madeAt: ctx.clock.now(), version: 1,
    });
    await record(ctx, { action: 'import-begun', object: { kind: 'import-review', id }, after: { kind, fileName: upload.fileName.slice(0, 200), sha256: createHash('sha256').update(upload.bytes).digest('hex'), form: read.form, version: read.version } });
    return { id };
  }

  /** Throws `NotFound`, also for what another person brought in. */
  async show(ctx: Ctx, id: string): Promise<ReviewShown> {
    return this.shown(await this.own(ctx, id));
  }

  /** What this person has brought in and not yet decided on, newest first. */
  async waiting(ctx: Ctx): Promise<{ id: string; fileName: string; madeAt: string }[]> {
    const found = ctx.actor.id === null ? [] : await scoped(ctx, ImportReview).find({ accountId: ctx.actor.id }, { madeAt: 'DESC' }, 50);
    return found.map(({ id, fileName, madeAt }) => ({ id, fileName, madeAt: madeAt.toISOString() }));
  }

  /** Gives an unplaced run to an item, or (null) takes it back. Throws `NotFound`, `Conflict`, `Invalid` when the text does not fit the item. */
  async assign(ctx: Ctx, id: string, unplaced: number, address: Address | null, seen: number): Promise<ReviewShown> {
    const review = await this.own(ctx, id);
    if (review.version !== seen) throw staleReview(review.version);
    const { kept, form } = this.matched(review);
    if (kept === null || kept.unplaced[unplaced] === undefined) throw new NotFound('run-not-found', '割り当てる文が見つかりません。画面を読み込み直してください。');
    const assignments = (review.assignments as Assignment[]).filter((one) => one.unplaced !== unplaced);
    if (address !== null) assignments.push({ unplaced, address });
    assigned(kept, assignments, form);
    await scoped(ctx, ImportReview).updateSeen(id, seen, { assignments: assignments as never });
    return this.shown(Object.assign(review, { assignments, version: seen + 1 }));
  }

  /** Makes the document; what stayed unplaced is kept in its journal. Throws `NotFound`, `Conflict`, `Invalid`, `Refused`. */
  async confirm(ctx: Ctx, id: string, seen: number, name: NameOfAssessment): Promise<{ assessmentId: string }> {
    const review = await this.own(ctx, id);
    const removed = await scoped(ctx, ImportReview).delete({ id, version: seen });
    if (removed === 0) throw staleReview(review.version);
    const { kept, form, exchange } = this.matched(review);
    for (const image of exchange?.images ?? []) {
      await this.images.keep(ctx, Buffer.from(image.data), { sha256: image.sha256, mediaType: image.mediaType, width: image.width, height: image.height });
    }
    const assignments = review.assignments as Assignment[];
    const answers = exchange === null ? withoutBlanks(assigned(kept!, assignments, form)) : withoutBlanks(exchange.answerSet);
    const left = (kept?.unplaced ?? []).filter((_, index) => !assignments.some((one) => one.unplaced === index));
    const origin = {
      from: review.kind, fileName: review.fileName,
      ...(exchange?.threshold === undefined ? {} : { threshold: exchange.threshold }),
      ...(left.length === 0 ? {} : { unplaced: left.map(({ text, line }) => ({ text, line })) }),
    };
    const made = await this.creation.fromAnswers(ctx, { ...name, form: review.form, version: review.formVersion, departmentId: review.departmentId, bodyId: review.bodyId, answers, origin });
    await record(ctx, { action: 'import-confirmed', object: { kind: 'import-review', id }, after: { assessment: made.id } });
    return { assessmentId: made.id };
  }

  /** Throws `NotFound`. */
  async discard(ctx: Ctx, id: string): Promise<void> {
    const review = await this.own(ctx, id);
    await scoped(ctx, ImportReview).delete({ id });
    await record(ctx, { action: 'import-discarded', object: { kind: 'import-review', id }, before: { fileName: review.fileName } });
  }

  private async own(ctx: Ctx, id: string): Promise<ImportReview> {
    const review = await scoped(ctx, ImportReview).get(id);
    if (review.accountId !== ctx.actor.id) throw new NotFound();
    return review;
  }

  private matched(review: ImportReview): { kept: Kept | null; form: CompiledForm; exchange: ExchangeDocument | null } {
    const form = this.forms.get(review.form, review.formVersion);
    return { kept: review.kind === 'text' ? (review.result as Kept) : null, form, exchange: review.kind === 'exchange' ? readExchange(review.source, this.forms.statutory()) : null };
  }

  private shown(review: ImportReview): ReviewShown {
    const { kept, form, exchange } = this.matched(review);
    const answers = exchange?.answerSet ?? kept!.answerSet;
    const reading = new Reading(form, answers);
    const names = new Map(reading.instances.map((one) => [one.address, placeName(reading, one)] as const));
    const nameOf = (address: Address | undefined): string | null => (address === undefined ? null : (names.get(address) ?? address));
    const assignments = new Map((review.assignments as Assignment[]).map((one) => [one.unplaced, one.address]));
    return {
      id: review.id, kind: review.kind as ReviewShown['kind'], fileName: review.fileName,
      form: review.form, formTitle: form.definition.shortTitle, formVersion: review.formVersion, departmentId: review.departmentId, bodyId: review.bodyId,
      madeAt: review.madeAt.toISOString(), version: review.version,
      ...measures(review, kept, exchange),
      placements: kept === null ? Object.keys(answers.answers).map((address) => ({ address, name: names.get(address) ?? address, text: '', value: answers.answers[address] ?? null })) : kept.placements.map(({ address, text }) => ({ address, name: names.get(address) ?? address, text, value: answers.answers[address] ?? null })),
      unplaced: (kept?.unplaced ?? []).map(({ text, line, guess }, index) => ({ index, text, line, guess: guess ?? null, guessName: nameOf(guess), assigned: assignments.get(index) ?? null, assignedName: nameOf(assignments.get(index)) })),
      doubts: (kept?.doubts ?? []).map(({ address, message, line }) => ({ address: address ?? null, name: nameOf(address), message, line })),
      targets: reading.instances.filter(({ item }) => ASSIGNABLE.has(item.item.kind)).map(({ address }) => ({ address, name: names.get(address)! })),
    };
  }
}

const ASSIGNABLE: ReadonlySet<string> = new Set(['text', 'long-text', 'date-text', 'text-list', 'number', 'date', 'record-list', 'choice', 'checks']);

/** Name and size of what was brought in; an exchange file is placed whole. */
function measures(review: ImportReview, kept: Kept | null, exchange: ExchangeDocument | null): Pick<ReviewShown, 'title' | 'number' | 'totalCharacters' | 'placedCharacters' | 'placedShare' | 'figures'> {
  const { title = '', number = '' } = exchange ?? kept?.about ?? {};
  const figures = exchange?.images.length ?? 0;
  if (kept === null) return { title, number, figures, totalCharacters: review.source.length, placedCharacters: review.source.length, placedShare: 1 };
  return { title, number, figures, totalCharacters: kept.totalCharacters, placedCharacters: kept.placedCharacters, placedShare: kept.placedShare };
}

/** An exchange file is kept byte for byte; that its pictures can be drawn is tried here. */
async function exchangeOf(text: string, forms: Parameters<typeof readExchange>[1]): Promise<ExchangeDocument> {
  const read = readExchange(text, forms);
  for (const [n, image] of read.images.entries()) await takeImage(image.data, `images/${n}/data`);
  return read;
}

/** The answers with the runs that were assigned by hand, in the order of the source. */
function assigned(kept: Kept, assignments: readonly Assignment[], form: CompiledForm): AnswerSet {
  return assign(kept, [...assignments].sort((a, b) => a.unplaced - b.unplaced), form.definition);
}

function keptOf({ answerSet, unplaced, doubts, placements, totalCharacters, placedCharacters, placedShare, about }: ImportResult): Kept {
  return { answerSet, unplaced, doubts, placements, totalCharacters, placedCharacters, placedShare, about };
}

function withoutBlanks({ rows, answers }: AnswerSet): AnswerSet {
  return { rows, answers: Object.fromEntries(Object.entries(answers).filter(([address, value]) => splitAddress(address).item !== '' && !emptyAnswer(value))) };
}

/** PostgreSQL keeps no NUL; it is shown by its picture, which has the same length. */
function storable(text: string): string {
  return text.replaceAll('\u0000', '\u2400').replace(/(?<!\\)((?:\\\\)*)\\u0000/gu, '$1\u2400');
}

function staleReview(current: number): Conflict {
  return new Conflict('stale', 'この取込みは、ほかの画面で先に変えられました。画面を読み込み直してください。', [], { sent: null, current: null, currentVersion: current });
}
