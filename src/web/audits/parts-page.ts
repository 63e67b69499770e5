/** Lists of the parts of an audit (着眼点, 担当者, 日程, 事案), with a form that adds one. */
import type { Problem } from '../../kernel/errors.js';
import { page, type Outcome } from '../outcome.js';
import { fieldsView, problemsView, type FieldSpec, type Typed } from './form-fields.js';

export interface PartCell {
  text: string;
  /** '' for no link. */
  href?: string;
  small?: string;
  chip?: string;
  tone?: string;
  /** Short words that are not broken. */
  whole?: boolean;
}

export interface PartRow {
  cells: PartCell[];
  /** Under others, for the indent of the first cell. */
  depth?: number;
  /** Where the forms that move it are sent; null: it cannot be moved. */
  moveTo: string | null;
  name: string;
}

export interface PartsPage {
  head: object;
  title: string;
  lead: string;
  columns: string[];
  rows: PartRow[];
  empty: string;
  links?: { href: string; label: string }[];
  /** Null: this person reads only. */
  form: { title: string; action: string; submit: string; specs: readonly FieldSpec[]; typed: Typed; problems: readonly Problem[] } | null;
}

export function partsPage({ head, title, lead, columns, rows, empty, links = [], form }: PartsPage): Outcome {
  const problems = form?.problems ?? [];
  return page('pages/audits/parts', {
    head, title, lead, columns, empty, links, movable: rows.some((one) => one.moveTo !== null),
    rows: rows.map(({ cells, depth = 0, moveTo, name }, at) => ({
      depth, cells: cells.map(({ text, href = '', small = '', chip = '', tone = '', whole = false }) => ({ text, href, small, chip, tone, whole })),
      moves: moveTo === null ? [] : [{ action: moveTo, direction: 'up', sign: '↑', label: `「${name}」を上へ`, end: !hasSibling(rows.slice(0, at).reverse(), depth) }, { action: moveTo, direction: 'down', sign: '↓', label: `「${name}」を下へ`, end: !hasSibling(rows.slice(at + 1), depth) }],
    })),
    form: form === null ? null : { title: form.title, action: form.action, submit: form.submit, fields: fieldsView(form.specs, form.typed, problems) },
    problems: form === null ? [] : problemsView(form.specs, problems),
  }, problems.length === 0 ? 200 : 422);
}

/** Whether one of the same depth stands among these, nearest first, before the one above it ends. */
function hasSibling(rows: readonly PartRow[], depth: number): boolean {
  const near = rows.find((one) => (one.depth ?? 0) <= depth);
  return near !== undefined && (near.depth ?? 0) === depth;
}
