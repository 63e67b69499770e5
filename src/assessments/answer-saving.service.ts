import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { splitAddress, type Address, type AnswerSet, type AnswerValue, type Row } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound } from '../kernel/errors.js';
import { isId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { lockForEditing, objectOf, touch } from './access.js';
import { Answer, AnswerRow } from './answer.entity.js';
import type { Assessment } from './assessment.entity.js';
import { clearAnswers, rowOf, type Cleared } from './clearing.js';
import { Forms } from './forms.js';
import { Images } from './images.service.js';
import { hrefOf } from './item-links.js';
import { addressesOf, impactOf, newlyHidden, visibilityNeeds } from './visibility.js';

export interface Saved {
  version: number;
  /** Normal form of what is stored now; null when it is blank. */
  value: AnswerValue | null;
  /** False: it said the same already, and nothing was written. */
  changed: boolean;
  /** ISO instant of the newest change. */
  changedAt: string;
  /** Answers that are hidden now and were cleared with it; the journal keeps them. */
  cleared: Cleared[];
}

export interface AnswerToSave {
  address: Address;
  /** Anything that came in; null or a blank clears. */
  value: unknown;
  /** Version that the person saw, 0 when there was no answer yet. */
  seen: number;
  /** Version of the form on which the page was built, if it says so. */
  formVersion?: string;
  /** Verb of the journal; `answer-saved` by default. */
  action?: 'answer-saved' | 'answer-restored';
  comment?: string;
}

interface Surroundings {
  /** All rows when something can be hidden, else the row at hand. */
  rows: Row[];
  stored: Map<Address, Answer>;
}

/** Saves one item instance. */
@Injectable()
export class AnswerSaving {
  constructor(private readonly forms: Forms, private readonly images: Images) {}

  /**
   * Saves one answer if it still has the version that was seen. The same value again changes nothing and is no conflict.
   * Throws `NotFound` (document, row), `Refused` (other department, not editable now), `Invalid` (with problems by address),
   * `Conflict` (`sides`: what was sent, what is stored now, its version, by whom and when). Whatever it throws, nothing is saved.
   */
  async save(ctx: Ctx, assessmentId: string, address: Address, value: unknown, seen: number, formVersion?: string): Promise<Saved> {
    return this.write(ctx, assessmentId, { address, value, seen, formVersion });
  }

  async write(ctx: Ctx, assessmentId: string, input: AnswerToSave): Promise<Saved> {
    const assessment = await lockForEditing(ctx, assessmentId);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    const item = this.itemOf(form, assessment, input);
    const value = checked(form, item, assessment, input);
    const around = await this.surroundings(ctx, assessment, form, item, input.address);
    if (typeof value === 'object' && value !== null && 'figures' in value) await this.images.mustExist(ctx, value, input.address);
    const stored = around.stored.get(input.address);
    const before = stored?.value ?? null;
    if (sameAnswer(before, value)) return { version: stored?.version ?? 0, value: before, changed: false, changedAt: (stored?.changedAt ?? assessment.changedAt).toISOString(), cleared: [] };
    this.mustBeAsked(form, item, around, assessment, { ...input, value });
    const version = await this.put(ctx, assessment, input, value, stored);
    await record(ctx, { action: input.action ?? 'answer-saved', object: objectOf(assessment.id), path: input.address, before, after: value, ...(input.comment === undefined ? {} : { comment: input.comment }) });
    const cleared = await clearAnswers(ctx, assessment.id, this.hiddenNow(form, item, around, input.address, value), around.stored, input.address);
    await touch(ctx, assessment);
    return { version, value, changed: true, changedAt: ctx.clock.now().toISOString(), cleared };
  }

  private itemOf(form: CompiledForm, assessment: Assessment, { address, seen, formVersion }: AnswerToSave): CompiledItem {
    if (typeof address !== 'string' || !Number.isInteger(seen) || seen < 0) throw invalid('malformed', String(address).slice(0, 80), '保存の求めの形が違います。画面を読み込み直してください。');
    if (formVersion !== undefined && formVersion !== assessment.formVersion) {
      throw invalid('other-form-version', address, `この評価書は様式の${assessment.formVersion}版で書かれています。画面は別の版（${String(formVersion).slice(0, 40)}）です。画面を読み込み直してください。`);
    }
    const { item: code, row } = splitAddress(address);
    const item = form.byCode.get(code);
    if (item === undefined) throw invalid('unknown-item', address.slice(0, 80), `「${code.slice(0, 60)}」という項目はこの様式にありません。画面を読み込み直してください。`);
    if ((item.groups.length === 0) !== (row === null)) throw invalid('wrong-row', address.slice(0, 80), `「${item.item.label}」の場所が違います。画面を読み込み直してください。`);
    if (row !== null && !isId(row)) throw new NotFound('row-not-found', 'この欄のある行が見つかりません。ほかの人が削除したかもしれません。画面を読み込み直してください。');
    return item;
  }

  /** Reads what is needed and no more: the row, the answer, and what decides which items are shown. */
  private async surroundings(ctx: Ctx, assessment: Assessment, form: CompiledForm, item: CompiledItem, address: Address): Promise<Surroundings> {
    const { row: rowId } = splitAddress(address);
    const impact = impactOf(form, item.code);
    const needs = visibilityNeeds(form, item.code);
    const all = impact.affected.length > 0 || needs.size > 0;
    const found = all ? await scoped(ctx, AnswerRow).find({ assessmentId: assessment.id })
      : rowId === null ? [] : await scoped(ctx, AnswerRow).find({ assessmentId: assessment.id, id: rowId });
    if (rowId !== null && !found.some((row) => row.id === rowId && row.groupCode === item.groups.at(-1))) {
      throw new NotFound('row-not-found', 'この欄のある行が見つかりません。ほかの人が削除したかもしれません。画面を読み込み直してください。');
    }
    const rows = found.map(rowOf);
    const addresses = new Set([address, ...addressesOf(form, new Set([...impact.reads, ...needs]), rows)]);
    const answers = await scoped(ctx, Answer).find({ assessmentId: assessment.id, address: addresses.size === 1 ? address : In([...addresses]) });
    return { rows, stored: new Map(answers.map((one) => [one.address, one])) };
  }

  /** The check of the version is inside the UPDATE; a first answer cannot race, as the document is locked. */
  private async put(ctx: Ctx, assessment: Assessment, { address, seen, value: sent }: AnswerToSave, value: AnswerValue | null, stored: Answer | undefined): Promise<number> {
    const mark = { value: value as never, version: seen + 1, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
    if (stored === undefined && seen === 0) {
      await scoped(ctx, Answer).insert({ assessmentId: assessment.id, address, rowId: splitAddress(address).row, ...mark });
      return 1;
    }
    const done = await scoped(ctx, Answer).update({ assessmentId: assessment.id, address, version: seen }, mark);
    if (done === 1) return seen + 1;
    const current = stored === undefined ? null : stored.value;
    throw new Conflict('stale', 'この欄は、ほかの人が先に書き換えました。両方の内容を見比べて、残す方を選んでください。',
      [{ code: 'stale', path: address, message: `${stored === undefined ? '' : `${stored.changedByName}さんが`}先に書き換えています。` }],
      { sent, current, currentVersion: stored?.version ?? 0, ...(stored === undefined ? {} : { by: stored.changedByName, at: stored.changedAt.toISOString() }) });
  }

  /** A new text in a place that the form does not ask now would be lost with the next change: refuse it, with the reason. */
  private mustBeAsked(form: CompiledForm, item: CompiledItem, around: Surroundings, assessment: Assessment, { address, value }: AnswerToSave): void {
    if (value === null || visibilityNeeds(form, item.code).size === 0) return;
    const reading = new Reading(form, answersOf(around), this.forms.thresholdOf(form));
    const row = splitAddress(address).row;
    const placed = row === null ? null : (reading.row(row) ?? null);
    if (reading.visible(item, placed) !== 'no') return;
    const why = reading.explain(item, placed)?.text ?? '';
    throw new Invalid('not-asked', `「${item.item.label}」は、いまは記入しない欄です。`, [{ code: 'not-asked', path: address, message: `${why === '' ? '' : `${why}、`}「${item.item.label}」は記入しません。先に前の項目の答えを確かめてください。`, href: hrefOf(assessment.id, form, address, around.rows) }]);
  }

  private hiddenNow(form: CompiledForm, item: CompiledItem, around: Surroundings, address: Address, value: AnswerValue | null): Address[] {
    const impact = impactOf(form, item.code);
    if (impact.affected.length === 0) return [];
    const before = answersOf(around);
    const answers = { ...before.answers };
    if (value === null) delete answers[address];
    else answers[address] = value;
    const threshold = this.forms.thresholdOf(form);
    return newlyHidden(impact, new Reading(form, before, threshold), new Reading(form, { rows: before.rows, answers }, threshold));
  }
}

function checked(form: CompiledForm, item: CompiledItem, assessment: Assessment, { address, value }: AnswerToSave): AnswerValue | null {
  if (value === null || value === undefined) {
    if (item.item.kind !== 'group' && item.item.kind !== 'fixed' && item.item.kind !== 'computed') return null;
  }
  const result = checkAnswer(item.item, value, form.definition, address);
  if (result.problems.length > 0) {
    const href = item.section.groups.length === 0 ? hrefOf(assessment.id, form, address, []) : undefined;
    throw new Invalid('answer-invalid', `「${item.item.label}」は保存していません。直してから、もう一度保存してください。`, result.problems.map((one) => (href === undefined ? one : { ...one, href })));
  }
  return emptyAnswer(result.value) ? null : result.value;
}

function answersOf({ rows, stored }: Surroundings): AnswerSet {
  const answers: AnswerSet['answers'] = {};
  for (const { address, value } of stored.values()) if (value !== null) answers[address] = value;
  return { rows, answers };
}

function invalid(code: string, path: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
