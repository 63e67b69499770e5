import type { CompiledForm } from '../engine/form-index.js';
import { splitAddress, type Address, type Row } from '../engine/form.js';

/** Id of the field of an item instance in a page: `item-code` or `item-code--row`. */
export function anchorOf(address: Address): string {
  return `item-${address.replace('@', '--')}`;
}

/** Path of the page of a section: `/assessments/:id/sections/:code[/:row]`; `row` for one that is repeated. */
export function sectionHref(assessmentId: string, section: string, row: string | null): string {
  return `/assessments/${assessmentId}/sections/${section}${row === null ? '' : `/${row}`}`;
}

/** Page and anchor where an item instance is edited; the assessment itself when the address has no place in the form. */
export function hrefOf(assessmentId: string, form: CompiledForm, address: Address, rows: readonly Row[]): string {
  const { item: code, row } = splitAddress(address);
  const item = form.byCode.get(code);
  if (item === undefined) return `/assessments/${assessmentId}`;
  const around = item.section.groups.at(-1);
  const byId = new Map(around === undefined ? [] : rows.map((one) => [one.id, one] as const));
  let at = row === null ? undefined : byId.get(row);
  while (at !== undefined && at.group !== around) at = at.parent === null ? undefined : byId.get(at.parent);
  if (around !== undefined && at === undefined) return `/assessments/${assessmentId}`;
  return `${sectionHref(assessmentId, item.section.code, at?.id ?? null)}#${encodeURIComponent(anchorOf(address))}`;
}
