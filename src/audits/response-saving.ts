/** Saves answers of a response: one question, one section or a whole sheet, all or none. */
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { QuestionnaireResponse, ResponseAnswer, type Questionnaire } from './questionnaire.entity.js';
import { responseObject, statusAfter } from './response-access.js';
import { answerSetOf, formOf, questionHref } from './response-form.js';

export interface AnswerChange {
  item: Code;
  /** Anything that came in; null or a blank clears. */
  value: unknown;
  /** Version that the person saw, 0 when there was no answer yet. */
  seen: number;
  /** The person says that what was filled in beforehand is right: it counts as their answer from now on. */
  confirm?: boolean;
}

export interface SavedAnswers {
  /** What was written: normal form, null when it is blank now. */
  saved: { item: Code; version: number; value: AnswerValue | null }[];
  /** Answers that are hidden now and were cleared with it; the journal keeps them. */
  cleared: { item: Code; version: number }[];
  /** Questions whose visibility changed with it, in printed order. */
  turned: Code[];
}

/** One of the two sides of a stale save. */
export interface AnswerSide {
  item: Code;
  value: AnswerValue | null;
}
/** What is stored now. */
export interface StoredSide extends AnswerSide {
  version: number;
  by: string;
  at: string;
}

type Stored = ReadonlyMap<Code, ResponseAnswer>;
interface Checked { item: CompiledItem; change: AnswerChange; value: AnswerValue | null; stored: ResponseAnswer | undefined }

export async function storedAnswers(ctx: Ctx, responseId: string): Promise<Map<Code, ResponseAnswer>> {
  return new Map((await scoped(ctx, ResponseAnswer).find({ responseId })).map((one) => [one.item, one]));
}

/**
 * @param response locked, in a state in which answers may be saved
 * @param comment where the answers come from, for the journal, when nobody typed them into the page
 * Throws `Invalid` with the problems of every answer, `Conflict` (`sides.sent`: `AnswerSide[]`, `sides.current`: `StoredSide[]`)
 * with all that others changed since they were seen. The same value again changes nothing and is no conflict.
 */
export async function saveAnswers(ctx: Ctx, { response, questionnaire }: { response: QuestionnaireResponse; questionnaire: Questionnaire }, changes: readonly AnswerChange[], comment?: string): Promise<SavedAnswers> {
  const form = formOf(questionnaire);
  const stored = await storedAnswers(ctx, response.id);
  const checked = checkAll(form, response.id, changes, stored).filter(isChange);
  if (checked.length === 0) return { saved: [], cleared: [], turned: [] };
  const stale = checked.filter((one) => (one.stored?.version ?? 0) !== one.change.seen);
  if (stale.length > 0) throw conflictOf(stale);
  const before = new Reading(form, answerSetOf(stored.values()));
  const after = readingAfter(form, stored, checked.map(({ item, value }) => ({ item: item.code, value })));
  mustBeAsked(form, response.id, after, checked);
  const saved: SavedAnswers['saved'] = [];
  for (const one of checked) saved.push({ item: one.item.code, version: await put(ctx, response.id, one, comment), value: one.value });
  const cleared: SavedAnswers['cleared'] = [];
  for (const one of hiddenNow(form, before, after)) cleared.push({ item: one, version: await clear(ctx, response.id, stored.get(one)!, checked[0]!.item.code) });
  await scoped(ctx, QuestionnaireResponse).update({ id: response.id }, { status: statusAfter(response, 'save'), changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  const turned = form.items.filter((item) => before.visible(item, null) !== after.visible(item, null)).map(({ code }) => code);
  return { saved, cleared, turned };
}

/** The answers as they are read once these changes are made. */
export function readingAfter(form: CompiledForm, stored: Stored, changes: readonly { item: Code; value: AnswerValue | null }[]): Reading {
  const set = answerSetOf(stored.values());
  for (const { item, value } of changes) {
    if (value === null) delete set.answers[item];
    else set.answers[item] = value;
  }
  return new Reading(form, set);
}

/** Answers that were shown before and are hidden afterwards, in printed order. */
export function hiddenNow(form: CompiledForm, before: Reading, after: Reading): Code[] {
  return form.items.filter((item) => after.raw(item.code) !== undefined && before.raw(item.code) !== undefined && after.visible(item, null) === 'no' && before.visible(item, null) !== 'no').map(({ code }) => code);
}

/** Why a question is not asked now, as a sentence with how to go on. */
export function notAskedBecause(reading: Reading, item: CompiledItem): string {
  const why = reading.explain(item, null)?.text ?? '';
  return `${why === '' ? '' : `${why}、`}「${item.item.label}」には答えません。前の問の答えを確かめてください。`;
}

function checkAll(form: CompiledForm, responseId: string, changes: readonly AnswerChange[], stored: Stored): Checked[] {
  const problems: Problem[] = [];
  const checked: Checked[] = [];
  const twice = new Set<Code>();
  for (const change of changes) {
    const item = form.byCode.get(change.item);
    const name = String(change.item).slice(0, 60);
    if (item === undefined || !Number.isInteger(change.seen) || change.seen < 0 || twice.has(name)) {
      problems.push({ code: item === undefined ? 'unknown-item' : 'malformed', path: name, message: item === undefined ? `「${name}」という問は、この調査票にありません。画面を読み込み直してください。` : '保存の求めの形が違います。画面を読み込み直してください。' });
      continue;
    }
    twice.add(name);
    const blank = (change.value === null || change.value === undefined) && answerable(item);
    const result = blank ? { problems: [], value: null } : checkAnswer(item.item, change.value, form.definition);
    if (result.problems.length > 0) problems.push(...result.problems.map((one) => ({ ...one, href: questionHref(responseId, form, item.code) })));
    else checked.push({ item, change, value: emptyAnswer(result.value) ? null : result.value, stored: stored.get(item.code) });
  }
  if (problems.length > 0) throw new Invalid('answer-invalid', `回答は保存していません。${problems.length}か所を直してから、もう一度保存してください。`, problems);
  return checked;
}

function answerable({ item }: CompiledItem): boolean {
  return item.kind !== 'group' && item.kind !== 'fixed' && item.kind !== 'computed';
}

function isChange({ change, value, stored }: Checked): boolean {
  if (!sameAnswer(stored?.value ?? null, value)) return true;
  return change.confirm === true && value !== null && stored?.prefilledFrom != null;
}

function mustBeAsked(form: CompiledForm, responseId: string, after: Reading, checked: readonly Checked[]): void {
  const problems = checked.filter(({ item, value }) => value !== null && after.visible(item, null) === 'no')
    .map(({ item }): Problem => ({ code: 'not-asked', path: item.code, message: notAskedBecause(after, item), href: questionHref(responseId, form, item.code) }));
  if (problems.length > 0) throw new Invalid('not-asked', '回答は保存していません。いまは答えない問に、答えが書かれています。', problems);
}

/** The check of the version stands in the UPDATE too; a first answer cannot race, as the response is locked. */
async function put(ctx: Ctx, responseId: string, { item, change: { seen }, value, stored }: Checked, comment?: string): Promise<number> {
  const marks = { value: value as never, prefilledFrom: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
  const before = stored?.value ?? null;
  if (stored === undefined) await scoped(ctx, ResponseAnswer).insert({ responseId, item: item.code, ...marks, version: 1 });
  else await scoped(ctx, ResponseAnswer).update({ responseId, item: item.code, version: seen }, { ...marks, version: seen + 1 });
  const action = sameAnswer(before, value) ? 'answer-confirmed' : 'answer-saved';
  await record(ctx, { action, object: responseObject(responseId), path: item.code, before, after: value, ...(comment === undefined ? {} : { comment }) });
  return seen + 1;
}

async function clear(ctx: Ctx, responseId: string, { item, value, version }: ResponseAnswer, because: Code): Promise<number> {
  await scoped(ctx, ResponseAnswer).update({ responseId, item }, { value: null as never, prefilledFrom: null, version: version + 1, changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  await record(ctx, { action: 'answer-cleared', object: responseObject(responseId), path: item, before: value, after: null, comment: because });
  return version + 1;
}

function conflictOf(stale: readonly Checked[]): Conflict {
  const sent = stale.map(({ item, value }): AnswerSide => ({ item: item.code, value }));
  const current = stale.map(({ item, stored }): StoredSide => ({ item: item.code, value: stored?.value ?? null, version: stored?.version ?? 0, by: stored?.changedByName ?? '', at: stored?.changedAt.toISOString() ?? '' }));
  const first = current[0]!;
  return new Conflict('stale', 'ほかの人が先に答えを変えました。両方の内容を見比べて、残す方を選んでください。',
    stale.map(({ item, stored }) => ({ code: 'stale', path: item.code, message: `「${item.item.label}」は、${stored === undefined ? 'ほかの人' : `${stored.changedByName}さん`}が先に変えています。` })),
    { sent, current, currentVersion: first.version, by: first.by, at: first.at });
}
