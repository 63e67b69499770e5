import { Injectable } from '@nestjs/common';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { canonical } from './answer-rows.js';
import { Answering, type OpenedResponse } from './answering.service.js';
import { openAnswerSheet, readAnswerSheet, type ReadAnswer, type SheetIdentity } from './answer-workbook-reading.js';
import { answerHash, answerWorkbook } from './answer-workbook.js';
import { lockResponse } from './response-access.js';
import { answerSetOf } from './response-form.js';
import { hiddenNow, notAskedBecause, readingAfter, type AnswerChange, type SavedAnswers } from './response-saving.js';

export interface SheetChange {
  item: Code;
  question: CompiledItem;
  /** First of its cells: `E12`. */
  cell: string;
  before: AnswerValue | null;
  after: AnswerValue | null;
  /** Version against which it is saved. */
  seen: number;
}

/** The sheet and the browser changed the same answer since the sheet was made. */
export interface SheetConflict extends SheetChange {
  by: string;
  /** ISO instant; blank where the answer is gone. */
  at: string;
}

export interface SheetPreview {
  changes: SheetChange[];
  conflicts: SheetConflict[];
  /** Answers that will be hidden and cleared with it. */
  cleared: CompiledItem[];
  /** Questions of the sheet in which nothing changes. */
  unchanged: number;
}

const FROM_SHEET = '回答票（XLSX）から';

/** 回答票: a response as an XLSX file, and what comes back with it. */
@Injectable()
export class AnswerSheets {
  constructor(private readonly answering: Answering) {}

  /** The sheet with what is answered so far. Throws `NotFound`, `Refused`. */
  async make(ctx: Ctx, id: string): Promise<{ bytes: Buffer; fileName: string }> {
    const { response, questionnaire, form, stored, department, system } = await this.answering.open(ctx, id);
    const bytes = await answerWorkbook({
      responseId: id, title: questionnaire.title, purpose: questionnaire.purpose, department, system, dueOn: response.dueOn, referenceOn: questionnaire.referenceOn,
      definitionHash: questionnaire.definitionHash, form, answers: stored, returnedReason: response.status === 'returned' ? response.returnedReason : null, returnedItems: response.returnedItems,
    });
    const last = system ?? department.split('　').at(-1)!;
    return { bytes, fileName: `回答票_${questionnaire.title}_${last}.xlsx` };
  }

  /**
   * What would change. Nothing is saved. Throws `NotFound`, `Refused` (not now), `Invalid` with the reason why the file is no
   * answer sheet of this response, or with every cell that cannot be taken.
   */
  async read(ctx: Ctx, id: string, bytes: Uint8Array): Promise<SheetPreview> {
    await lockResponse(ctx, id, 'save');
    const opened = await this.answering.open(ctx, id);
    const sheet = openAnswerSheet(bytes);
    mustBeOf(opened, sheet.identity);
    return previewOf(opened, readAnswerSheet(opened.form, sheet));
  }

  /** All or nothing; throws as `Answering.saveMany`. */
  save(ctx: Ctx, id: string, changes: readonly AnswerChange[]): Promise<SavedAnswers> {
    return this.answering.saveMany(ctx, id, changes, FROM_SHEET);
  }
}

function mustBeOf({ response, questionnaire }: OpenedResponse, { responseId, definitionHash, title }: SheetIdentity): void {
  if (responseId !== response.id) {
    const other = title === questionnaire.title ? `「${title}」の、ほかの部署かシステムの回答票` : `別の調査票「${title.slice(0, 80)}」の回答票`;
    throw refuse('other-response', `このファイルは${other}です。この画面で受け取った回答票を選んでください。`);
  }
  if (definitionHash !== questionnaire.definitionHash) {
    throw refuse('older-definition', 'この回答票は、調査票の問が改められる前のものです。回答票を受け取り直し、答えを写してください。');
  }
}

function previewOf({ form, stored, reading }: OpenedResponse, read: readonly ReadAnswer[]): SheetPreview {
  const problems: Problem[] = [];
  const preview: SheetPreview = { changes: [], conflicts: [], cleared: [], unchanged: 0 };
  for (const { item, value, cell, hash, version } of read) {
    const question = form.byCode.get(item)!;
    const now = stored.get(item);
    const before = now?.value ?? null;
    // What nobody touched in the sheet, or what says the same as what is stored by now, is left as it is.
    if (answerHash(value) === hash || sameAnswer(canonical(before), value)) {
      preview.unchanged += 1;
      continue;
    }
    const after = checked(question, form, value, cell, problems);
    if (after === undefined) continue;
    const change: SheetChange = { item, question, cell, before, after, seen: now?.version ?? 0 };
    if ((now?.version ?? 0) === version) preview.changes.push(change);
    else preview.conflicts.push({ ...change, by: now?.changedByName ?? '', at: now?.changedAt.toISOString() ?? '' });
  }
  const after = readingAfter(form, stored, [...preview.changes, ...preview.conflicts].map(({ item, after: value }) => ({ item, value })));
  problems.push(...notAsked(after, preview.changes));
  if (problems.length > 0) throw new Invalid('answer-sheet-invalid', `回答票は取り込んでいません。${problems.length}か所を直してから、もう一度選んでください。`, problems);
  const before = new Reading(form, answerSetOf(stored.values()));
  return { ...preview, cleared: hiddenNow(form, before, after).map((code) => reading.form.byCode.get(code)!) };
}

/** Undefined after a report. */
function checked(question: CompiledItem, form: CompiledForm, value: AnswerValue | null, cell: string, problems: Problem[]): AnswerValue | null | undefined {
  if (value === null) return null;
  const result = checkAnswer(question.item, value, form.definition);
  problems.push(...result.problems.map((one) => ({ ...one, path: cell, message: `${cell}　${one.message}` })));
  if (result.problems.length > 0) return undefined;
  return emptyAnswer(result.value) ? null : result.value;
}

function notAsked(after: Reading, changes: readonly SheetChange[]): Problem[] {
  return changes.filter((one) => one.after !== null && after.visible(one.question, null) === 'no').map(({ cell, question }) => ({ code: 'not-asked', path: cell, message: `${cell}　${notAskedBecause(after, question)}` }));
}

function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
