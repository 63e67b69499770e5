/** Moving in a tree of findings or improvement opinions: who stands where afterwards. Pure. */
import type { Problem } from '../kernel/errors.js';

export interface Placed {
  id: string;
  parentId: string | null;
  caseId: string | null;
  position: number;
}

export interface Target {
  parentId: string | null;
  /** Of the outermost level; below a parent that of the parent holds. */
  caseId: string | null;
  /** From 0 among the siblings without the node itself; beyond the last: at the end. */
  place: number;
}

/** Deepest level that can be numbered in a way that anybody still reads. */
export const MOST_DEPTH = 6;

/** Rows that stand elsewhere after the move, the moved one and all below it included; a problem when it cannot be done. */
export function moved(rows: readonly Placed[], id: string, target: Target): { changes: Placed[] } | { problem: Problem } {
  const node = rows.find((one) => one.id === id)!;
  const parent = target.parentId === null ? null : rows.find((one) => one.id === target.parentId);
  if (parent === undefined) return problem('parent-unknown', '移す先が見つかりません。画面を読み込み直してください。');
  const below = withBelow(rows, id);
  if (parent !== null && below.has(parent.id)) return problem('circle', '自分自身や、自分の下にあるものの下へは移せません。');
  if (depthOf(rows, parent) + heightOf(rows, id) > MOST_DEPTH) return problem('too-deep', `${MOST_DEPTH}段より深くはできません。浅いところへ移してください。`);
  const caseId = parent === null ? target.caseId : parent.caseId;
  const siblings = rows.filter((one) => one.id !== id && one.parentId === target.parentId && (target.parentId !== null || one.caseId === caseId)).sort(inOrder);
  siblings.splice(Math.max(0, target.place), 0, { ...node, parentId: target.parentId, caseId });
  const after = new Map(siblings.map((one, position) => [one.id, { ...one, position }]));
  for (const one of rows) if (one.id !== id && below.has(one.id)) after.set(one.id, { ...one, caseId });
  return { changes: [...after.values()].filter((one) => differs(one, rows.find((was) => was.id === one.id)!)) };
}

const problem = (code: string, message: string): { problem: Problem } => ({ problem: { code, path: 'parentId', message } });
const differs = (a: Placed, b: Placed): boolean => a.parentId !== b.parentId || a.caseId !== b.caseId || a.position !== b.position;
const inOrder = (a: Placed, b: Placed): number => a.position - b.position;

/** The node with all below it. */
export function withBelow(rows: readonly { id: string; parentId: string | null }[], id: string): Set<string> {
  const found = new Set([id]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const one of rows) if (one.parentId !== null && found.has(one.parentId)) found.add(one.id);
  }
  return found;
}

/** Levels from the outermost down to this one; 0 for none. */
function depthOf(rows: readonly Placed[], node: Placed | null): number {
  let depth = 0;
  for (let at: Placed | null | undefined = node; at != null && depth <= rows.length; depth += 1) at = rows.find((one) => one.id === at!.parentId);
  return depth;
}

/** Levels of the subtree. */
function heightOf(rows: readonly Placed[], id: string): number {
  const children = rows.filter((one) => one.parentId === id);
  return 1 + Math.max(0, ...children.map((one) => heightOf(rows, one.id)));
}

/** Last among its siblings. */
export function lastPlace(rows: readonly Placed[], { parentId, caseId }: Pick<Placed, 'parentId' | 'caseId'>): number {
  return rows.filter((one) => one.parentId === parentId && (parentId !== null || one.caseId === caseId)).reduce((most, one) => Math.max(most, one.position + 1), 0);
}

/** `up`, `down` among siblings; `in`: below the sibling before; `out`: after its parent. Null where that leads nowhere. */
export function targetOf(rows: readonly Placed[], id: string, way: 'up' | 'down' | 'in' | 'out'): Target | null {
  const node = rows.find((one) => one.id === id);
  if (node === undefined) return null;
  const siblingsOf = (one: Placed): Placed[] => rows.filter((other) => other.parentId === one.parentId && (one.parentId !== null || other.caseId === one.caseId)).sort(inOrder);
  const siblings = siblingsOf(node);
  const at = siblings.findIndex((one) => one.id === id);
  if (way === 'up') return at === 0 ? null : { parentId: node.parentId, caseId: node.caseId, place: at - 1 };
  if (way === 'down') return at === siblings.length - 1 ? null : { parentId: node.parentId, caseId: node.caseId, place: at + 1 };
  if (way === 'in') return at === 0 ? null : { parentId: siblings[at - 1]!.id, caseId: node.caseId, place: rows.length };
  const parent = rows.find((one) => one.id === node.parentId);
  return parent === undefined ? null : { parentId: parent.parentId, caseId: parent.caseId, place: siblingsOf(parent).findIndex((one) => one.id === parent.id) + 1 };
}
