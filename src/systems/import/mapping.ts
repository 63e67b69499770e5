/** Which column is which field: proposed from the headings, remembered for files with the same ones, changed by the person. */
import { createHash } from 'node:crypto';
import type { Problem } from '../../kernel/errors.js';
import type { ImportFields } from './fields.js';
import type { Headings } from './headings.js';
import { foldHeading } from './import-words.js';

/** Letters of the column → field; blank: left out on purpose. */
export type ColumnMapping = Record<string, string>;

export interface MappedSheet {
  name: string;
  headings: Headings;
}

/** SHA-256 over the folded headings with their columns. */
export function headingsHash({ columns }: Headings): string {
  return createHash('sha256').update(JSON.stringify(columns.map(({ column, storeys }) => [column, storeys.map(foldHeading)]))).digest('hex');
}

/** The first column whose heading means a field has it. */
export function proposeMapping({ columns }: Headings, fields: ImportFields): ColumnMapping {
  const mapping: ColumnMapping = {};
  const taken = new Set<string>();
  for (const { column, storeys } of columns) {
    const field = fields.recognise(storeys);
    const free = field !== null && !taken.has(field) ? field : '';
    mapping[column] = free;
    taken.add(free);
  }
  return mapping;
}

/** A remembered mapping as far as its columns and fields still exist; else null. */
export function fittingMapping(remembered: Readonly<ColumnMapping>, { columns }: Headings, fields: ImportFields): ColumnMapping | null {
  const known = columns.every(({ column }) => typeof remembered[column] === 'string' && (remembered[column] === '' || fields.byCode.has(remembered[column])));
  return known ? Object.fromEntries(columns.map(({ column }) => [column, remembered[column]!])) : null;
}

/** `別表1!C`. */
export const columnAddress = (sheet: string, column: string): string => `${sheet}!${column}`;

/** @param mapping `別表1!C` → field, for any of the columns */
export function mappingProblems(sheets: readonly MappedSheet[], mapping: Readonly<Record<string, string>>, fields: ImportFields): Problem[] {
  const problems: Problem[] = [];
  const known = new Set(sheets.flatMap(({ name, headings }) => headings.columns.map(({ column }) => columnAddress(name, column))));
  for (const [address, field] of Object.entries(mapping)) {
    if (!known.has(address)) problems.push({ code: 'column-unknown', path: address.slice(0, 60), message: `列「${address.slice(0, 60)}」は見出しのある列ではありません。画面を読み込み直してください。` });
    else if (field !== '' && !fields.byCode.has(field)) problems.push({ code: 'field-unknown', path: address, message: `${address}：「${field.slice(0, 60)}」という欄は台帳にありません。欄を選び直してください。` });
  }
  for (const { name, headings } of sheets) {
    const holders = new Map<string, string>();
    for (const { column, label } of headings.columns) {
      const address = columnAddress(name, column);
      const field = mapping[address] ?? '';
      const other = field === '' ? undefined : holders.get(field);
      if (other !== undefined) problems.push({ code: 'field-twice', path: address, message: `${address}：欄「${fields.label(field)}」は列「${other}」にも割り当てられています。どちらか一つにしてください。` });
      else if (field !== '') holders.set(field, label);
    }
  }
  return problems;
}
