/** Saves answers of a response with its rows: one question, one section or a whole sheet, all or none. */
import { checkAnswer } from '../engine/answers.js';
import { emptyAnswer, hasShape } from '../engine/blanks.js';
import { sameAnswer } from '../engine/compare.js';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code, type Row } from '../engine/form.js';
import { Reading, type PlacedRow } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { answerWords } from './answer-words.js';
import { QuestionnaireResponse, ResponseAnswer, type Questionnaire } from './questionnaire.entity.js';
import { responseObject, statusAfter } from './response-access.js';
import { addressLabel, answerSetOf, formOf, questionHref } from './response-form.js';
import { mustBeKept } from './response-pictures.js';
import { answersIn, deleteRow, insertRows, NO_ROWS, rowsToAdd, storedRows, type RowChanges } from './response-rows.js';

export interface AnswerChange {
  /** Address of the answer: `item`, or `item@row` in a row. */
  item: Address;
  /** Anything that came in; null or a blank clears. */
  value: unknown;
  /** Version that the person saw, 0 when there was no answer yet. */
  seen: number;
  /** The person says that what was filled in beforehand is right: it counts as their answer from now on. */
  confirm?: boolean;
}

export interface SavedAnswers {
  /** What was written: normal form, null when it is blank now. */
  saved: { item: Address; version: number; value: AnswerValue | null }[];
  /** Answers that are hidden now and were cleared with it; the journal keeps them. */
  cleared: { item: Address; version: number }[];
  /** Questions whose visibility changed with it, in printed order. */
  turned: Address[];
  /** Rows that were added or went, by address of their group: `group@row`. */
  rows: Address[];
}

/** One of the two sides of a stale save. */
export interface AnswerSide {
  item: Address;
  value: AnswerValue | null;
}
/** What is stored now. */
export interface StoredSide extends AnswerSide {
  version: number;
  by: string;
  at: string;
}

export interface SavingMore {
  /** Where the answers come from, for the journal, when nobody typed them into the page. */
  comment?: string;
  rows?: RowChanges;
  /** Hashes of pictures that were sent with it. */
  pictures?: ReadonlySet<string>;
}

type Stored = ReadonlyMap<Address, ResponseAnswer>;
interface Checked { address: Address; item: CompiledItem; row: string | null; change: AnswerChange; value: AnswerValue | null; stored: ResponseAnswer | undefined }

/** By address. */
export async function storedAnswers(ctx: Ctx, responseId: string): Promise<Map<Address, ResponseAnswer>> {
  return new Map((await scoped(ctx, ResponseAnswer).find({ responseId })).map((one) => [one.item, one]));
}

/**
 * @param response locked, in a state in which answers may be saved
 * Throws `Invalid` with the problems of every answer and row, `Conflict` (`sides.sent`: `AnswerSide[]`, `sides.current`:
 * `StoredSide[]`) with all that others changed since they were seen, also in a row that is to go. The same value again changes
 * nothing and is no conflict; a row that is gone already is gone.
 */
export async function saveAnswers(ctx: Ctx, { response, questionnaire }: { response: QuestionnaireResponse; questionnaire: Questionnaire }, changes: readonly AnswerChange[], { comment, rows: rowChanges = NO_ROWS, pictures = new Set() }: SavingMore = {}): Promise<SavedAnswers> {
  const form = formOf(questionnaire);
  const [stored, rows] = [await storedAnswers(ctx, response.id), await storedRows(ctx, response.id)];
  const problems: Problem[] = [];
  const going = rows.filter((row) => rowChanges.removed.some(({ id }) => id === row.id));
  const coming = rowsToAdd(form, rows, rowChanges.added, problems);
  const left = [...rows.filter((row) => !going.includes(row)), ...coming];
  const meant = changes.filter(({ item }) => !going.some(({ id }) => id === splitAddress(String(item)).row));
  const checked = checkAll(form, response.id, meant, stored, left, problems).filter(isChange);
  if (problems.length > 0) throw new Invalid('answer-invalid', `回答は保存していません。${problems.length}か所を直してから、もう一度保存してください。`, problems);
  if (checked.length + going.length + coming.length === 0) return { saved: [], cleared: [], turned: [], rows: [] };
  const stale = [...checked.filter((one) => (one.stored?.version ?? 0) !== one.change.seen), ...going.flatMap((row) => staleIn(form, row, rowChanges, stored))];
  const before = new Reading(form, answerSetOf(stored.values(), rows));
  if (stale.length > 0) throw conflictOf(before, stale);
  await mustBeKept(ctx, response.id, form, checked, pictures);
  const after = readingAfter(form, stored, left, checked.map(({ address, value }) => ({ item: address, value })));
  mustBeAsked(form, response.id, after, checked, coming);
  return write(ctx, response, { before, after, stored, checked, going, coming }, comment);
}

interface Writing { before: Reading; after: Reading; stored: Stored; checked: readonly Checked[]; going: readonly Row[]; coming: readonly Row[] }

async function write(ctx: Ctx, response: QuestionnaireResponse, { before, after, stored, checked, going, coming }: Writing, comment: string | undefined): Promise<SavedAnswers> {
  await insertRows(ctx, response.id, coming);
  const saved: SavedAnswers['saved'] = [];
  for (const one of checked) saved.push({ item: one.address, version: await put(ctx, response.id, one, comment), value: one.value });
  for (const row of going) await deleteRow(ctx, response.id, row, answersIn(stored.values(), row.id), comment);
  const changed = [...checked.map(({ item }) => item.code), ...going.map(({ group }) => group), ...coming.map(({ group }) => group)];
  // Of all that was sent at once, the question that the hidden one asks about; further up the chain, the first.
  const hiding = (hidden: Code): Code => changed.find((code) => after.form.dependents.get(code)?.some((one) => one.code === hidden)) ?? changed[0]!;
  const cleared: SavedAnswers['cleared'] = [];
  for (const one of hiddenNow(before, after)) cleared.push({ item: one, version: await clear(ctx, response.id, stored.get(one)!, hiding(splitAddress(one).item)) });
  const emptied = rowsHiddenNow(before, after);
  for (const row of emptied) await deleteRow(ctx, response.id, row, answersIn(stored.values(), row.id), hiding(row.group));
  await scoped(ctx, QuestionnaireResponse).update({ id: response.id }, { status: statusAfter(response, 'save'), changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  const seen = new Map(before.instances.map(({ address, item, row }) => [address, before.visible(item, row)]));
  const turned = after.instances.filter(({ address, item, row }) => seen.has(address) && seen.get(address) !== after.visible(item, row)).map(({ address }) => address);
  return { saved, cleared, turned, rows: [...coming, ...going, ...emptied].map((row) => addressOf(row.group, row.id)) };
}

/** The answers as they are read once these changes are made. @param rows as they stand then */
export function readingAfter(form: CompiledForm, stored: Stored, rows: readonly Row[], changes: readonly { item: Address; value: AnswerValue | null }[]): Reading {
  const there = new Set(rows.map(({ id }) => id));
  const set = answerSetOf([...stored.values()].filter(({ item }) => there.has(splitAddress(item).row ?? '') || splitAddress(item).row === null), rows);
  for (const { item, value } of changes) {
    if (value === null) delete set.answers[item];
    else set.answers[item] = value;
  }
  return new Reading(form, set);
}

/** Answers that were shown before and are hidden afterwards, in printed order; without those in rows of a group that is hidden. */
export function hiddenNow(before: Reading, after: Reading): Address[] {
  const gone = new Set(rowsHiddenNow(before, after).map(({ id }) => id));
  return after.instances.filter(({ address, item, row }) => after.raw(address) !== undefined && before.raw(address) !== undefined && !gone.has(row?.id ?? '')
    && after.visible(item, row) === 'no' && before.visible(item, before.row(row?.id ?? '') ?? null) !== 'no').map(({ address }) => address);
}

/** Rows of groups that were shown before and are hidden afterwards. */
export function rowsHiddenNow(before: Reading, after: Reading): Row[] {
  return after.form.items.filter((item) => item.item.kind === 'group' && after.visible(item, null) === 'no' && before.visible(item, null) !== 'no').flatMap(({ code }) => after.rowsOf(code, null));
}

/** Why a question is not asked now, as a sentence with how to go on. */
export function notAskedBecause(reading: Reading, item: CompiledItem, row: PlacedRow | null = null): string {
  const why = reading.explain(item, row)?.text ?? '';
  return `${why === '' ? '' : `${why}、`}「${item.item.label}」には答えません。前の問の答えを確かめてください。`;
}

function checkAll(form: CompiledForm, responseId: string, changes: readonly AnswerChange[], stored: Stored, rows: readonly Row[], problems: Problem[]): Checked[] {
  const checked: Checked[] = [];
  const twice = new Set<Address>();
  for (const change of changes) {
    const address = String(change.item);
    const { item: code, row } = splitAddress(address);
    const item = form.byCode.get(code);
    const name = address.slice(0, 120);
    if (item === undefined || !Number.isInteger(change.seen) || change.seen < 0 || twice.has(name)) {
      problems.push({ code: item === undefined ? 'unknown-item' : 'malformed', path: name, message: item === undefined ? `「${name.slice(0, 60)}」という問は、この調査票にありません。画面を読み込み直してください。` : '保存の求めの形が違います。画面を読み込み直してください。' });
      continue;
    }
    twice.add(name);
    if (rows.find((one) => one.id === row)?.group !== item.groups.at(-1)) {
      problems.push(rowGone(item, name, change.value));
      continue;
    }
    const blank = (change.value === null || change.value === undefined) && answerable(item);
    const result = blank ? { problems: [], value: null } : checkAnswer(item.item, change.value, form.definition, address);
    if (result.problems.length > 0) problems.push(...result.problems.map((one) => ({ ...one, href: questionHref(responseId, form, address) })));
    else checked.push({ address, item, row, change, value: emptyAnswer(result.value) ? null : result.value, stored: stored.get(address) });
  }
  return checked;
}

/** Its row was taken out meanwhile: what was typed is told, as no field shows it any more. */
function rowGone(item: CompiledItem, path: string, value: unknown): Problem {
  const typed = hasShape(item.item.kind, value) ? answerWords(item, value) : '';
  return { code: 'row-gone', path, message: `「${item.item.label}」の行は、ほかの人が外しています。画面を読み込み直してください。${typed === '' ? '' : `書いた内容：${typed.slice(0, 500)}`}` };
}

function answerable({ item }: CompiledItem): boolean {
  return item.kind !== 'group' && item.kind !== 'fixed' && item.kind !== 'computed';
}

function isChange({ change, value, stored }: Checked): boolean {
  if (!sameAnswer(stored?.value ?? null, value)) return true;
  return change.confirm === true && value !== null && stored?.prefilledFrom != null;
}

function mustBeAsked(form: CompiledForm, responseId: string, after: Reading, checked: readonly Checked[], coming: readonly Row[]): void {
  const hidden = (item: CompiledItem, row: PlacedRow | null): boolean => after.visible(item, row) === 'no';
  const groups = [...new Set(coming.map(({ group }) => group))].map((group) => ({ address: group, item: form.byCode.get(group)!, row: null }));
  const answers = checked.filter(({ value }) => value !== null).map(({ address, item, row }) => ({ address, item, row: after.row(row ?? '') ?? null }));
  const problems = [...answers, ...groups].filter(({ item, row }) => hidden(item, row))
    .map(({ address, item, row }): Problem => ({ code: 'not-asked', path: address, message: notAskedBecause(after, item, row), href: questionHref(responseId, form, address) }));
  if (problems.length > 0) throw new Invalid('not-asked', '回答は保存していません。いまは答えない問に、答えが書かれています。', problems);
}

/** Answers of a row that others changed since it was seen. */
function staleIn(form: CompiledForm, row: Row, { removed }: RowChanges, stored: Stored): Pick<Checked, 'address' | 'item' | 'value' | 'stored'>[] {
  const seen = removed.find(({ id }) => id === row.id)!.seen;
  return answersIn(stored.values(), row.id).filter((one) => one.version !== (seen[one.item] ?? 0)).map((one) => ({ address: one.item, item: form.byCode.get(splitAddress(one.item).item)!, value: null, stored: one }));
}

/** The check of the version stands in the UPDATE too; a first answer cannot race, as the response is locked. */
async function put(ctx: Ctx, responseId: string, { address, change: { seen }, value, stored }: Checked, comment?: string): Promise<number> {
  const marks = { value: value as never, prefilledFrom: null, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
  const before = stored?.value ?? null;
  if (stored === undefined) await scoped(ctx, ResponseAnswer).insert({ responseId, item: address, ...marks, version: 1 });
  else await scoped(ctx, ResponseAnswer).update({ responseId, item: address, version: seen }, { ...marks, version: seen + 1 });
  const action = sameAnswer(before, value) ? 'answer-confirmed' : 'answer-saved';
  await record(ctx, { action, object: responseObject(responseId), path: address, before, after: value, ...(comment === undefined ? {} : { comment }) });
  return seen + 1;
}

async function clear(ctx: Ctx, responseId: string, { item, value, version }: ResponseAnswer, because: Code): Promise<number> {
  await scoped(ctx, ResponseAnswer).update({ responseId, item }, { value: null as never, prefilledFrom: null, version: version + 1, changedAt: ctx.clock.now(), changedByName: ctx.actor.name });
  await record(ctx, { action: 'answer-cleared', object: responseObject(responseId), path: item, before: value, after: null, comment: because });
  return version + 1;
}

function conflictOf(reading: Reading, stale: readonly Pick<Checked, 'address' | 'value' | 'stored'>[]): Conflict {
  const sent = stale.map(({ address, value }): AnswerSide => ({ item: address, value }));
  const current = stale.map(({ address, stored }): StoredSide => ({ item: address, value: stored?.value ?? null, version: stored?.version ?? 0, by: stored?.changedByName ?? '', at: stored?.changedAt.toISOString() ?? '' }));
  const first = current[0]!;
  return new Conflict('stale', 'ほかの人が先に答えを変えました。両方の内容を見比べて、残す方を選んでください。',
    stale.map(({ address, stored }) => ({ code: 'stale', path: address, message: `「${addressLabel(reading, address)}」は、${stored === undefined ? 'ほかの人' : `${stored.changedByName}さん`}が先に変えています。` })),
    { sent, current, currentVersion: first.version, by: first.by, at: first.at });
}
