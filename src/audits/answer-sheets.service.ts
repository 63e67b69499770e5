import { Injectable } from '@nestjs/common';
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Row } from '../engine/form.js';
import { rowTitle } from '../engine/places.js';
import type { PlacedRow, Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { canonical } from './answer-rows.js';
import { answerHash } from './answer-sheet-format.js';
import { rowWords } from './answer-words.js';
import { openAnswerSheet, readAnswerSheet, type EmptiedRow, type FilledRow, type ReadAnswer, type ReadSheet, type SheetIdentity } from './answer-workbook-reading.js';
import { answerWorkbook } from './answer-workbook.js';
import { Answering, type OpenedResponse } from './answering.service.js';
import { lockResponse } from './response-access.js';
import { addressLabel } from './response-form.js';
import { answersIn, NO_ROWS, rowsIn, type RowChanges } from './response-rows.js';
import { hiddenNow, notAskedBecause, readingAfter, rowsHiddenNow, type AnswerChange, type SavedAnswers } from './response-saving.js';

export interface SheetChange {
  /** Address. */
  item: Address;
  question: CompiledItem;
  /** Question with its row. */
  label: string;
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

/** A row that comes with the sheet; its answers are among the changes. */
export interface AddedRow {
  id: string;
  group: CompiledItem;
  cell: string;
}

/** A row whose line was emptied: it goes with everything in it. */
export interface RemovedRow extends AddedRow {
  /** What stood in it. */
  words: string;
  seen: Readonly<Record<Address, number>>;
}

export interface SheetPreview {
  changes: SheetChange[];
  conflicts: SheetConflict[];
  added: AddedRow[];
  removed: RemovedRow[];
  /** Answers and rows that will be hidden and cleared with it, in words. */
  cleared: string[];
  /** Answers of the sheet in which nothing changes. */
  unchanged: number;
}

const FROM_SHEET = '回答票（XLSX）から';

/** 回答票: a response as an XLSX file, and what comes back with it. */
@Injectable()
export class AnswerSheets {
  constructor(private readonly answering: Answering) {}

  /** The sheet with what is answered so far. Throws `NotFound`, `Refused`. */
  async make(ctx: Ctx, id: string): Promise<{ bytes: Buffer; fileName: string }> {
    const { response, questionnaire, form, stored, reading, department, system } = await this.answering.open(ctx, id);
    const bytes = await answerWorkbook({
      responseId: id, title: questionnaire.title, purpose: questionnaire.purpose, department, system, dueOn: response.dueOn, referenceOn: questionnaire.referenceOn,
      definitionHash: questionnaire.definitionHash, form, rows: rowsIn(reading), answers: stored, returnedReason: response.status === 'returned' ? response.returnedReason : null, returnedItems: response.returnedItems,
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
    return previewOf(opened, readAnswerSheet(opened.form, sheet), newId);
  }

  /** All or nothing; throws as `Answering.saveMany`. */
  save(ctx: Ctx, id: string, changes: readonly AnswerChange[], rows: RowChanges = NO_ROWS): Promise<SavedAnswers> {
    return this.answering.saveMany(ctx, id, changes, { comment: FROM_SHEET, rows });
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

/** @param newId for rows that come with the sheet */
function previewOf(opened: OpenedResponse, { answers, emptied, filled }: ReadSheet, newId: () => string): SheetPreview {
  const { form, stored, reading } = opened;
  const problems: Problem[] = [];
  const preview: SheetPreview = { changes: [], conflicts: [], added: [], removed: [], cleared: [], unchanged: 0 };
  for (const one of answers) weigh(opened, one, preview, problems);
  for (const one of emptied) preview.removed.push(...removedRow(reading, stored, form.byCode.get(one.group)!, one, problems));
  for (const one of filled) addRow(form, one, newId(), preview, problems);
  const gone = new Set(preview.removed.map(({ id }) => id));
  const rows = [...rowsIn(reading).filter(({ id }) => !gone.has(id)), ...preview.added.map(({ id, group }, n): Row => ({ id, group: group.code, parent: null, position: 10_000 + n }))];
  const after = readingAfter(form, stored, rows, [...preview.changes, ...preview.conflicts].map(({ item, after: value }) => ({ item, value })));
  problems.push(...notAsked(after, preview));
  if (problems.length > 0) throw new Invalid('answer-sheet-invalid', `回答票は取り込んでいません。${problems.length}か所を直してから、もう一度選んでください。`, problems);
  const cleared = [...hiddenNow(reading, after).map((address) => `「${addressLabel(reading, address)}」`), ...rowsHiddenNow(reading, after).map((row) => `「${addressLabel(reading, addressOf(row.group, row.id))}」`)];
  return { ...preview, cleared };
}

/** What nobody touched in the sheet, or what says the same as what is stored by now, is left as it is. */
function weigh({ form, stored, reading }: OpenedResponse, { item: address, value, cell, hash, version }: ReadAnswer, preview: SheetPreview, problems: Problem[]): void {
  const { item, row } = splitAddress(address);
  const question = form.byCode.get(item)!;
  const now = stored.get(address);
  const before = now?.value ?? null;
  if (answerHash(value) === hash || sameAnswer(canonical(before), value)) {
    preview.unchanged += 1;
    return;
  }
  if (row !== null && reading.row(row) === undefined) {
    problems.push({ code: 'row-gone', path: cell, message: `${cell}　「${question.item.label}」の行は、回答票を受け取った後に、画面で外されています。空いている行に書き直してください。` });
    return;
  }
  const after = checked(question, form, value, cell, problems);
  if (after === undefined) return;
  const change: SheetChange = { item: address, question, label: addressLabel(reading, address), cell, before, after, seen: now?.version ?? 0 };
  if ((now?.version ?? 0) === version) preview.changes.push(change);
  else preview.conflicts.push({ ...change, by: now?.changedByName ?? '', at: now?.changedAt.toISOString() ?? '' });
}

/** Nothing where it is gone already; reports one that was changed in the browser since. */
function removedRow(reading: Reading, stored: OpenedResponse['stored'], group: CompiledItem, { id, cell, seen }: EmptiedRow, problems: Problem[]): RemovedRow[] {
  const row = reading.row(id);
  if (row === undefined) return [];
  const changed = answersIn(stored.values(), id).find(({ item, version }) => version !== (seen[item] ?? 0));
  if (changed !== undefined) problems.push({ code: 'row-changed', path: cell, message: `${cell}　${rowTitle(reading, row)}の行が空になっていますが、回答票を受け取った後に、${changed.changedByName}さんが画面で書き換えています。外すときは、画面で外してください。` });
  return [{ id, group, cell, words: rowWords(reading, row), seen }];
}

function addRow(form: CompiledForm, { group, cell, answers }: FilledRow, id: string, preview: SheetPreview, problems: Problem[]): void {
  const compiled = form.byCode.get(group)!;
  preview.added.push({ id, group: compiled, cell });
  const unit = compiled.item.kind === 'group' ? compiled.item.unit : '';
  for (const { question, value, cell: at } of answers) {
    const after = checked(question, form, value, at, problems);
    if (after === undefined || after === null) continue;
    preview.changes.push({ item: addressOf(question.code, id), question, label: `${compiled.item.label}　新しい${unit}（${cell}）　${question.item.label}`, cell: at, before: null, after, seen: 0 });
  }
}

/** Undefined after a report. */
function checked(question: CompiledItem, form: CompiledForm, value: AnswerValue | null, cell: string, problems: Problem[]): AnswerValue | null | undefined {
  if (value === null) return null;
  const result = checkAnswer(question.item, value, form.definition);
  problems.push(...result.problems.map((one) => ({ ...one, path: cell, message: `${cell}　${one.message}` })));
  if (result.problems.length > 0) return undefined;
  return emptyAnswer(result.value) ? null : result.value;
}

function notAsked(after: Reading, { changes, added }: SheetPreview): Problem[] {
  const rowOf = (address: Address): PlacedRow | null => after.row(splitAddress(address).row ?? '') ?? null;
  const answers = changes.filter((one) => one.after !== null).map(({ cell, question, item }) => ({ cell, question, row: rowOf(item) }));
  const rows = added.map(({ cell, group }) => ({ cell, question: group, row: null }));
  return [...answers, ...rows].filter(({ question, row }) => after.visible(question, row) === 'no').map(({ cell, question, row }) => ({ code: 'not-asked', path: cell, message: `${cell}　${notAskedBecause(after, question, row)}` }));
}

function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
