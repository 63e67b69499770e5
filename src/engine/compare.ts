/** The differences between two sets of answers to the same form, item by item. */
import type { CompiledForm, CompiledItem } from './form-index.js';
import type { Address, AnswerSet, AnswerValue, Row } from './form.js';
import { Reading, type Instance } from './reading.js';

export { textDiff, type DiffSegment } from './text-diff.js';

export interface AnswerChange {
  kind: 'added' | 'removed' | 'changed';
  address: Address;
  item: CompiledItem;
  before: AnswerValue | undefined;
  after: AnswerValue | undefined;
}
export interface RowChange { kind: 'added' | 'removed' | 'moved'; row: Row }
export interface Comparison { answers: AnswerChange[]; rows: RowChange[] }

/** Rows are the same when their ids are; blanks are no answers; order is that of print, removed rows last. */
export function compareAnswers(form: CompiledForm, a: AnswerSet, b: AnswerSet): Comparison {
  const [before, after] = [new Reading(form, a), new Reading(form, b)];
  const places = new Map<Address, Instance>();
  for (const instance of [...after.instances, ...before.instances]) if (!places.has(instance.address)) places.set(instance.address, instance);
  const answers = [...places.values()].flatMap(({ address, item }): AnswerChange[] => {
    const [was, is] = [before.answer(address), after.answer(address)];
    if (sameAnswer(was, is)) return [];
    return [{ kind: was === undefined ? 'added' : is === undefined ? 'removed' : 'changed', address, item, before: was, after: is }];
  });
  return { answers, rows: rowChanges(before, after, a, b) };
}

function rowChanges(before: Reading, after: Reading, a: AnswerSet, b: AnswerSet): RowChange[] {
  const changes: RowChange[] = [];
  for (const { id } of b.rows) {
    const [was, is] = [before.row(id), after.row(id)];
    if (is && !was) changes.push({ kind: 'added', row: plainRow(is) });
    else if (is && was && (was.number !== is.number || was.parent !== is.parent)) changes.push({ kind: 'moved', row: plainRow(is) });
  }
  for (const { id } of a.rows) {
    const was = before.row(id);
    if (was && !after.row(id)) changes.push({ kind: 'removed', row: plainRow(was) });
  }
  return changes;
}

function plainRow({ id, group, parent, position }: Row): Row {
  return { id, group, parent, position };
}

/** Equal as JSON, whatever the order of keys; absent and undefined are the same. */
export function sameAnswer(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null || Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((one, n) => sameAnswer(one, b[n]));
  const [x, y] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return [...new Set([...Object.keys(x), ...Object.keys(y)])].every((key) => sameAnswer(x[key], y[key]));
}
