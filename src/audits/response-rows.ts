/** Rows of repeated groups of a response: which change is sound, and how it is written. */
import type { CompiledForm } from '../engine/form-index.js';
import { addressOf, splitAddress, type Address, type AnswerValue, type Code, type Row } from '../engine/form.js';
import type { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { isId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { ResponseAnswer, ResponseRow } from './questionnaire.entity.js';
import { responseObject } from './response-access.js';

/** Most rows of one group of a response. */
export const MOST_ROWS = 200;

/** What happens to rows with a save: new ones stand at the end of their group. */
export interface RowChanges {
  added: readonly { id: string; group: Code }[];
  /** `seen`: version of each answer of the row that the person saw, by address. */
  removed: readonly { id: string; seen: Readonly<Record<Address, number>> }[];
}
export const NO_ROWS: RowChanges = { added: [], removed: [] };

type Answers = Pick<ResponseAnswer, 'item' | 'value' | 'version'>;

/** In their order. */
export async function storedRows(ctx: Ctx, responseId: string): Promise<Row[]> {
  return (await scoped(ctx, ResponseRow).find({ responseId }, { position: 'ASC', id: 'ASC' })).map(({ id, group, position }) => ({ id, group, parent: null, position }));
}

/** The rows of a reading, as they are stored. */
export const rowsIn = (reading: Reading): Row[] => reading.form.items.filter(({ item }) => item.kind === 'group').flatMap(({ code }) => reading.rowsOf(code, null).map(({ id, group, parent, position }) => ({ id, group, parent, position })));

/** New rows as they will stand. Reports what cannot be added. */
export function rowsToAdd(form: CompiledForm, rows: readonly Row[], added: RowChanges['added'], problems: Problem[]): Row[] {
  const ids = new Set(rows.map(({ id }) => id));
  const counts = new Map<Code, number>();
  return added.flatMap(({ id, group }): Row[] => {
    const item = form.byCode.get(group);
    if (item?.item.kind !== 'group' || !isId(id) || ids.has(id)) {
      problems.push({ code: 'malformed', path: String(group).slice(0, 80), message: '行を加える求めの形が違います。画面を読み込み直してください。' });
      return [];
    }
    ids.add(id);
    const there = rows.filter((one) => one.group === group);
    const before = counts.get(group) ?? 0;
    counts.set(group, before + 1);
    if (there.length + before >= MOST_ROWS) {
      problems.push({ code: 'too-many-rows', path: group, message: `「${item.item.label}」の${item.item.unit}は${MOST_ROWS}件までです。まとめて書くか、続きを別の文書で監査事務局に渡してください。` });
      return [];
    }
    return [{ id, group, parent: null, position: Math.max(0, ...there.map((one) => one.position)) + 1 + before }];
  });
}

/** Answers that stand in a row. */
export const answersIn = <T extends Pick<ResponseAnswer, 'item'>>(stored: Iterable<T>, rowId: string): T[] => [...stored].filter(({ item }) => splitAddress(item).row === rowId);

export async function insertRows(ctx: Ctx, responseId: string, rows: readonly Row[]): Promise<void> {
  await scoped(ctx, ResponseRow).insertMany(rows.map(({ id, group, position }) => ({ responseId, id, group, position })));
  for (const row of rows) await record(ctx, { action: 'row-added', object: responseObject(responseId), path: addressOf(row.group, row.id), after: { position: row.position } });
}

/** A row with everything in it; the journal keeps all of it. */
export async function deleteRow(ctx: Ctx, responseId: string, row: Row, stored: readonly Answers[], comment?: string): Promise<void> {
  for (const { item } of stored) await scoped(ctx, ResponseAnswer).delete({ responseId, item });
  await scoped(ctx, ResponseRow).delete({ responseId, id: row.id });
  const answers: Record<Address, AnswerValue> = Object.fromEntries(stored.flatMap(({ item, value }) => (value === null ? [] : [[item, value]])));
  await record(ctx, { action: 'row-removed', object: responseObject(responseId), path: addressOf(row.group, row.id), before: { position: row.position, answers }, ...(comment === undefined ? {} : { comment }) });
}
