import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import { addressOf, type Address, type AnswerSet, type AnswerValue, type Code, type GroupItem, type Row } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { entryOf, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { lockForEditing, objectOf, touch } from './access.js';
import { Answer, AnswerRow } from './answer.entity.js';
import type { Assessment } from './assessment.entity.js';
import { changesByOthers, newestEntry } from './changes-since.js';
import { clearAnswers, rowOf, type Cleared } from './clearing.js';
import { Forms } from './forms.js';
import { insertRows } from './filling.js';
import { addressesOf, impactOf, newlyHidden } from './visibility.js';

/** Most rows of one group within one row, beyond every statutory sheet. */
export const MOST_ROWS = 200;

/** What the journal keeps of a removed row: everything that was in it. */
export interface RemovedRow {
  row: Row;
  rows: Row[];
  answers: Record<Address, { value: AnswerValue | null; version: number }>;
}

interface Opened {
  assessment: Assessment;
  form: CompiledForm;
  rows: Row[];
}

/** Adds, removes, moves and brings back rows of repeated groups. */
@Injectable()
export class Rows {
  constructor(private readonly forms: Forms) {}

  /**
   * Adds an empty row at the end of a group. `over`: where the statutory form puts what goes beyond its sheets, once the row is beyond.
   * Throws `NotFound` (document, row around), `Refused`, `Invalid` (unknown group, wrong row around, not asked now, more than 200).
   */
  async addRow(ctx: Ctx, assessmentId: string, group: Code, parent: string | null): Promise<{ row: Row; over: string | null; cleared: Cleared[] }> {
    const opened = await this.open(ctx, assessmentId);
    const item = groupIn(opened.form, group);
    mustFit(opened, item, parent);
    const siblings = opened.rows.filter((row) => row.group === group && row.parent === parent);
    const { unit, sheets } = item.item as GroupItem;
    if (siblings.length >= MOST_ROWS) throw invalid('too-many-rows', group, `${unit}は${MOST_ROWS}件までです。まとめて書くか、別紙に書いてください。`);
    await this.mustBeAsked(ctx, opened, item, parent);
    const row: Row = { id: newId(), group, parent, position: Math.max(0, ...siblings.map((one) => one.position)) + 1 };
    await insertRows(ctx, assessmentId, [row]);
    await record(ctx, { action: 'row-added', object: objectOf(assessmentId), path: addressOf(group, row.id), after: row });
    const cleared = await this.clearHidden(ctx, opened, [...opened.rows, row], group, addressOf(group, row.id));
    await touch(ctx, opened.assessment);
    const beyond = sheets !== undefined && siblings.length + 1 > sheets.max;
    return { row, over: beyond ? (sheets.over ?? `様式に書ける${unit}は${sheets.max}件までです。`) : null, cleared };
  }

  /**
   * Removes a row with everything in it; the journal keeps all of it. `seen`: number of the newest journal entry that the page knew.
   * Throws `Conflict` when somebody else has changed something in the row since, `NotFound`, `Refused`.
   */
  async removeRow(ctx: Ctx, assessmentId: string, rowId: string, seen: number): Promise<{ entry: number; cleared: Cleared[] }> {
    const opened = await this.open(ctx, assessmentId);
    const row = rowIn(opened, rowId);
    const within = withIn(opened.rows, row);
    const ids = within.map((one) => one.id);
    const others = await changesByOthers(ctx, assessmentId, seen, (path) => ids.some((id) => path.endsWith(`@${id}`)));
    if (others !== null) {
      throw new Conflict('row-changed', `この行は、${others.by}さんが${others.count}か所を書き換えています。内容を確かめてから、もう一度削除してください。`,
        [{ code: 'row-changed', path: addressOf(row.group, row.id), message: `${others.by}さんが先に書き換えています。画面を読み込み直してください。` }],
        { sent: null, current: row, currentVersion: others.number, by: others.by, at: others.at });
    }
    const stored = await scoped(ctx, Answer).find({ assessmentId, rowId: In(ids) });
    const removed: RemovedRow = { row, rows: within, answers: Object.fromEntries(stored.map((one) => [one.address, { value: one.value, version: one.version }])) };
    await scoped(ctx, AnswerRow).delete({ id: row.id, assessmentId });
    await record(ctx, { action: 'row-removed', object: objectOf(assessmentId), path: addressOf(row.group, row.id), before: removed });
    const entry = await newestEntry(ctx, assessmentId);
    const left = opened.rows.filter((one) => !ids.includes(one.id));
    const cleared = await this.clearHidden(ctx, opened, left, row.group, addressOf(row.group, row.id));
    await touch(ctx, opened.assessment);
    return { entry, cleared };
  }

  /** Puts a row at a place (from 1) among its siblings. Throws `Conflict` when somebody else has added, removed or moved one since. */
  async moveRow(ctx: Ctx, assessmentId: string, rowId: string, position: number, seen: number): Promise<void> {
    const opened = await this.open(ctx, assessmentId);
    const row = rowIn(opened, rowId);
    const siblings = opened.rows.filter((one) => one.group === row.group && one.parent === row.parent).sort((a, b) => a.position - b.position);
    if (!Number.isInteger(position) || position < 1 || position > siblings.length) throw invalid('wrong-position', addressOf(row.group, row.id), `移動先は1から${siblings.length}までの番号にしてください。`);
    const others = await changesByOthers(ctx, assessmentId, seen, (path, action) => action.startsWith('row-') && path.startsWith(`${row.group}@`));
    if (others !== null) {
      throw new Conflict('rows-changed', `行の並びは、${others.by}さんが先に変えています。画面を読み込み直してください。`, [{ code: 'rows-changed', path: addressOf(row.group, row.id), message: '行の並びが変わっています。' }],
        { sent: position, current: siblings.map((one) => one.id), currentVersion: others.number, by: others.by, at: others.at });
    }
    const order = siblings.filter((one) => one.id !== row.id);
    order.splice(position - 1, 0, row);
    if (order.every((one, n) => one.id === siblings[n]!.id)) return;
    for (const [n, one] of order.entries()) if (one.position !== n + 1) await scoped(ctx, AnswerRow).update({ id: one.id, assessmentId }, { position: n + 1 });
    await record(ctx, { action: 'row-moved', object: objectOf(assessmentId), path: addressOf(row.group, row.id), before: siblings.indexOf(row) + 1, after: position });
    await touch(ctx, opened.assessment);
  }

  /**
   * Brings back a row that was removed, with all that was in it, at the end of its group. `entry`: number of the removal in the journal.
   * Throws `NotFound` (no such removal), `Refused` (is there already, or the row around is gone).
   */
  async restoreRow(ctx: Ctx, assessmentId: string, entry: number): Promise<{ row: Row; cleared: Cleared[] }> {
    const opened = await this.open(ctx, assessmentId);
    const found = Number.isSafeInteger(entry) && entry > 0 ? await entryOf(ctx, objectOf(assessmentId), entry) : null;
    if (found === null || found.action !== 'row-removed') throw new NotFound('removal-not-found', '削除の記録が見つかりません。');
    const removed = found.before as RemovedRow;
    if (opened.rows.some((one) => removed.rows.some((row) => row.id === one.id))) throw new Refused('row-there', 'この行は、もう元に戻してあります。');
    if (removed.row.parent !== null && !opened.rows.some((one) => one.id === removed.row.parent)) throw new Refused('row-around-gone', 'この行を含む行が削除されています。先にそちらを元に戻してください。');
    const siblings = opened.rows.filter((row) => row.group === removed.row.group && row.parent === removed.row.parent);
    if (siblings.length >= MOST_ROWS) throw invalid('too-many-rows', removed.row.group, `${MOST_ROWS}件までです。ほかの行を削除してから戻してください。`);
    const row: Row = { ...removed.row, position: Math.max(0, ...siblings.map((one) => one.position)) + 1 };
    const rows = removed.rows.map((one) => (one.id === row.id ? row : one));
    await insertRows(ctx, assessmentId, rows);
    const mark = { assessmentId, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
    await scoped(ctx, Answer).insertMany(Object.entries(removed.answers).map(([address, { value, version }]) => ({ ...mark, address, rowId: address.slice(address.indexOf('@') + 1), value: value as never, version: version + 1 })));
    await record(ctx, { action: 'row-restored', object: objectOf(assessmentId), path: addressOf(row.group, row.id), after: removed, comment: `#${entry}` });
    const cleared = await this.clearHidden(ctx, opened, [...opened.rows, ...rows], row.group, addressOf(row.group, row.id));
    await touch(ctx, opened.assessment);
    return { row, cleared };
  }

  private async open(ctx: Ctx, assessmentId: string): Promise<Opened> {
    const assessment = await lockForEditing(ctx, assessmentId);
    const form = this.forms.get(assessment.form, assessment.formVersion);
    return { assessment, form, rows: (await scoped(ctx, AnswerRow).find({ assessmentId })).map(rowOf) };
  }

  private async mustBeAsked(ctx: Ctx, opened: Opened, item: CompiledItem, parent: string | null): Promise<void> {
    const reading = new Reading(opened.form, { rows: opened.rows, answers: await this.answers(ctx, opened) }, this.forms.thresholdOf(opened.form));
    const around = parent === null ? null : (reading.row(parent) ?? null);
    if (reading.visible(item, around) !== 'no') return;
    const why = reading.explain(item, around)?.text ?? '';
    throw invalid('not-asked', addressOf(item.code, parent), `${why === '' ? '' : `${why}、`}${(item.item as GroupItem).unit}は記入しません。先に前の項目の答えを確かめてください。`);
  }

  private async clearHidden(ctx: Ctx, { assessment, form, rows }: Opened, after: Row[], group: Code, because: Address): Promise<Cleared[]> {
    const impact = impactOf(form, group);
    if (impact.affected.length === 0) return [];
    const left = await scoped(ctx, Answer).find({ assessmentId: assessment.id, address: In(addressesOf(form, impact.reads, after)) });
    const answers: AnswerSet['answers'] = {};
    for (const { address, value } of left) if (value !== null) answers[address] = value;
    const threshold = this.forms.thresholdOf(form);
    const hidden = newlyHidden(impact, new Reading(form, { rows, answers }, threshold), new Reading(form, { rows: after, answers }, threshold));
    return clearAnswers(ctx, assessment.id, hidden, new Map(left.map((one) => [one.address, one])), because);
  }

  private async answers(ctx: Ctx, { assessment }: Opened): Promise<AnswerSet['answers']> {
    const found = await scoped(ctx, Answer).find({ assessmentId: assessment.id });
    return Object.fromEntries(found.flatMap(({ address, value }) => (value === null ? [] : [[address, value]])));
  }
}

function groupIn(form: CompiledForm, group: Code): CompiledItem {
  const item = form.byCode.get(group);
  if (item?.item.kind !== 'group') throw invalid('unknown-group', String(group).slice(0, 60), `「${String(group).slice(0, 60)}」という行の集まりはこの様式にありません。`);
  return item;
}

function mustFit({ rows }: Opened, item: CompiledItem, parent: string | null): void {
  const around = item.groups.at(-1);
  if (around === undefined && parent === null) return;
  const found = rows.find((row) => row.id === parent);
  if (parent !== null && found === undefined) throw new NotFound('row-not-found', '行を足す先が見つかりません。ほかの人が削除したかもしれません。画面を読み込み直してください。');
  if (found?.group !== around) throw invalid('wrong-row', item.code, `${(item.item as GroupItem).unit}は、その場所には足せません。画面を読み込み直してください。`);
}

function rowIn({ rows }: Opened, rowId: string): Row {
  const row = isId(rowId) ? rows.find((one) => one.id === rowId) : undefined;
  if (row === undefined) throw new NotFound('row-not-found', 'この行が見つかりません。ほかの人が削除したかもしれません。画面を読み込み直してください。');
  return row;
}

/** The row and all rows within it, outer ones first. */
function withIn(rows: readonly Row[], row: Row): Row[] {
  return [row, ...rows.filter((one) => one.parent === row.id).flatMap((child) => withIn(rows, child))];
}

function invalid(code: string, path: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path, message }]);
}
