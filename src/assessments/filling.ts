import { createHash } from 'node:crypto';
import type { CompiledForm } from '../engine/form-index.js';
import { addressOf, splitAddress, type AnswerSet, type Row } from '../engine/form.js';
import { rowsNeeded } from '../engine/readiness.js';
import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { Answer, AnswerRow } from './answer.entity.js';

/** The same answers under new row ids. Rows and answers whose row around is missing are left out; ask for the strays before. */
export function withNewRows({ rows, answers }: AnswerSet): AnswerSet {
  const ids = new Map(rows.map((row) => [row.id, newId()] as const));
  return {
    rows: rows.map((row) => ({ ...row, id: ids.get(row.id)!, parent: row.parent === null ? null : (ids.get(row.parent) ?? null) })),
    answers: Object.fromEntries(Object.entries(answers).flatMap(([address, value]) => {
      const { item, row } = splitAddress(address);
      if (row === null) return [[address, value]];
      const id = ids.get(row);
      return id === undefined ? [] : [[addressOf(item, id), value]];
    })),
  };
}

/** The rows with which an empty document begins: of every group that is asked in any case and needs some. */
export function firstRows(form: CompiledForm): Row[] {
  const rows: Row[] = [];
  const groups = form.items.filter(({ item }) => item.kind === 'group').sort((a, b) => a.groups.length - b.groups.length);
  for (const { item, code, groups: around } of groups) {
    if (item.kind !== 'group' || item.when !== undefined) continue;
    const outer = around.at(-1);
    const parents = outer === undefined ? [null] : rows.filter((row) => row.group === outer).map((row) => row.id);
    for (const parent of parents) for (let n = 1; n <= rowsNeeded(item); n += 1) rows.push({ id: newId(), group: code, parent, position: n });
  }
  return rows;
}

/** Stores rows, outer ones first. */
export async function insertRows(ctx: Ctx, assessmentId: string, rows: readonly Row[]): Promise<void> {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const depth = (row: Row): number => (row.parent === null || !byId.has(row.parent) ? 0 : 1 + depth(byId.get(row.parent)!));
  const sorted = rows.map((row) => ({ row, depth: depth(row) })).sort((a, b) => a.depth - b.depth);
  await scoped(ctx, AnswerRow).insertMany(sorted.map(({ row }) => ({ id: row.id, assessmentId, groupCode: row.group, parentId: row.parent, position: row.position })));
}

/** Stores the first answers of a new document. */
export async function insertAnswers(ctx: Ctx, assessmentId: string, answers: AnswerSet['answers']): Promise<void> {
  const mark = { assessmentId, version: 1, changedAt: ctx.clock.now(), changedByName: ctx.actor.name };
  await scoped(ctx, Answer).insertMany(Object.entries(answers).map(([address, value]) => ({ ...mark, address, rowId: splitAddress(address).row, value: value as never })));
}

/** SHA-256 (hex) over the answers, for the journal. */
export function hashOf({ answers }: AnswerSet): string {
  return createHash('sha256').update(JSON.stringify(Object.entries(answers).sort(([a], [b]) => (a < b ? -1 : 1)))).digest('hex');
}
