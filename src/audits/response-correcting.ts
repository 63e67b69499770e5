/** 訂正: what the secretariat changes in a response that is fixed, answer by answer, each with its trace. */
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm } from '../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { InputChecking } from './input-checking.js';
import { ResponseAnswer, ResponseCorrection } from './questionnaire.entity.js';
import { responseObject } from './response-access.js';
import { answerSetOf } from './response-form.js';
import { mustBeKept } from './response-pictures.js';
import { answersIn, deleteRow, insertRows, rowsToAdd, storedRows } from './response-rows.js';
import { hiddenNow, notAskedBecause, readingAfter, rowsHiddenNow, storedAnswers } from './response-saving.js';

/** What repeated rows say from now on. */
export interface CorrectedRows {
  /** Values by question, by the id of each row that stays. */
  kept: Readonly<Record<string, Readonly<Record<Code, unknown>>>>;
  /** Ids of rows that go. */
  removed: readonly string[];
  /** Values of each new row by question. */
  added: readonly Readonly<Record<Code, unknown>>[];
}

/** `value`: anything that came in; null or a blank takes the answer away. */
export type Correction = { item: Code; reason: string } & ({ value: unknown } | { rows: CorrectedRows });

interface Corrections {
  changes: readonly { item: Address; value: unknown }[];
  added: readonly { id: string; group: Code }[];
  removed: readonly string[];
}

/** The same as corrections of single answers; new rows get their ids. */
export function rowsOfGroup(form: CompiledForm, group: Code, { kept, removed, added }: CorrectedRows): Corrections {
  const children = new Set((form.childrenOf.get(group) ?? []).map(({ code }) => code));
  const changesOf = (id: string, values: Readonly<Record<Code, unknown>>): Corrections['changes'] => Object.entries(values).filter(([code]) => children.has(code)).map(([code, value]) => ({ item: addressOf(code, id), value }));
  const made = added.map((values) => ({ id: newId(), values }));
  return {
    changes: [...Object.entries(kept).filter(([id]) => !removed.includes(id)).flatMap(([id, values]) => changesOf(id, values)), ...made.flatMap(({ id, values }) => changesOf(id, values))],
    added: made.map(({ id }) => ({ id, group })), removed,
  };
}

/** All or none. Throws `Invalid` with everything that `input` and the answers have wrong, also when nothing changes. */
export async function correctAnswers(ctx: Ctx, responseId: string, form: CompiledForm, { changes, added, removed }: Corrections, reason: string, input: InputChecking): Promise<void> {
  const [stored, rows] = [await storedAnswers(ctx, responseId), await storedRows(ctx, responseId)];
  const before = new Reading(form, answerSetOf(stored.values(), rows));
  const problems: Problem[] = [];
  const coming = rowsToAdd(form, rows, added, problems);
  const going = rows.filter(({ id }) => removed.includes(id));
  const left = [...rows.filter((row) => !going.includes(row)), ...coming];
  const checked = checkedAnswers(form, new Reading(form, answerSetOf(stored.values(), left)), changes, problems).filter(({ item, value }) => !sameAnswer(stored.get(item)?.value ?? null, value));
  for (const one of problems) input.wrong(one.path, one.code, one.message);
  const after = readingAfter(form, stored, left, checked);
  for (const { item, value } of checked) if (value !== null && hiddenAt(after, item)) input.wrong(item, 'not-asked', notAskedBecause(after, form.byCode.get(splitAddress(item).item)!, after.row(splitAddress(item).row ?? '') ?? null));
  if (input.problems.length === 0 && checked.length + coming.length + going.length === 0) input.wrong(changes[0]?.item ?? '', 'nothing-corrected', '答えが変わっていません。直してから訂正してください。');
  input.done();
  await mustBeKept(ctx, responseId, form, checked.map(({ item, value }) => ({ address: item, value })), new Set());
  const emptied = rowsHiddenNow(before, after);
  await insertRows(ctx, responseId, coming);
  for (const { item, value } of [...checked, ...hiddenNow(before, after).map((item) => ({ item, value: null }))]) await put(ctx, responseId, item, stored.get(item), value, reason);
  for (const row of [...going, ...emptied]) {
    const inside = answersIn(stored.values(), row.id);
    for (const one of inside) if (one.value !== null) await trace(ctx, responseId, one.item, one.value, null, reason);
    await deleteRow(ctx, responseId, row, inside, reason);
  }
}

function checkedAnswers(form: CompiledForm, reading: Reading, changes: Corrections['changes'], problems: Problem[]): { item: Address; value: AnswerValue | null }[] {
  return changes.flatMap(({ item: address, value }) => {
    const { item: code, row: id } = splitAddress(address);
    const item = form.byCode.get(code)!;
    if (reading.row(id ?? '')?.group !== item.groups.at(-1)) {
      problems.push({ code: 'row-gone', path: address, message: `「${item.item.label}」の行は、もうありません。画面を読み込み直してください。` });
      return [];
    }
    const blank = value === null || value === undefined;
    const result = blank ? { problems: [], value: null } : checkAnswer(item.item, value, form.definition, address);
    problems.push(...result.problems);
    return result.problems.length > 0 ? [] : [{ item: address, value: emptyAnswer(result.value) ? null : result.value }];
  });
}

function hiddenAt(reading: Reading, address: Address): boolean {
  const { item, row } = splitAddress(address);
  return reading.visible(reading.form.byCode.get(item)!, reading.row(row ?? '') ?? null) === 'no';
}

async function put(ctx: Ctx, responseId: string, item: Address, stored: ResponseAnswer | undefined, value: AnswerValue | null, reason: string): Promise<void> {
  const marks = { value: value as never, prefilledFrom: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
  if (stored === undefined) await scoped(ctx, ResponseAnswer).insert({ responseId, item, ...marks, version: 1 });
  else await scoped(ctx, ResponseAnswer).update({ responseId, item }, { ...marks, version: stored.version + 1 });
  await trace(ctx, responseId, item, stored?.value ?? null, value, reason);
}

async function trace(ctx: Ctx, responseId: string, item: Address, before: AnswerValue | null, after: AnswerValue | null, reason: string): Promise<void> {
  await scoped(ctx, ResponseCorrection).insert({ id: newId(), responseId, item, before: before as never, after: after as never, reason, madeAt: ctx.clock.now(), madeByName: ctx.actor.name });
  await record(ctx, { action: 'answer-corrected', object: responseObject(responseId), path: item, before, after, comment: reason });
}
