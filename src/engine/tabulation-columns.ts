/** The columns of a table as they are printed: one for each option of a cross column, and what each of them reads. */
import type { Code } from './form.js';
import { FIRST, keyOfText, type PackedDataset } from './tabulation-packing.js';
import type { TableColumn } from './tabulation.js';

/** One printed column. */
export interface Leaf {
  code: Code;
  label: string;
  under: string;
  unit: string;
  column: TableColumn;
  /** Place of its option, where it counts one. */
  place: number | null;
  /** Columns that it is made of, by their codes. */
  parts: readonly Code[];
  /** Column by which it is divided; null: by its own total. */
  over: Code | null;
}

export function leavesOf(columns: readonly TableColumn[], pack: PackedDataset): Leaf[] {
  const crossed = new Map(columns.flatMap((one): [Code, Leaf[]][] => (one.measure === 'cross' ? [[one.code, crossLeaves(one, pack)]] : [])));
  return columns.flatMap((column): Leaf[] => {
    const own = { code: column.code, label: column.label, under: column.under ?? '', unit: column.unit ?? '', column, place: null, parts: [] as Code[], over: null };
    switch (column.measure) {
      case 'cross': return crossed.get(column.code)!;
      case 'option': return [{ ...own, place: placeOf(column.of, column.option, pack) }];
      case 'columns': return [{ ...own, parts: column.of.flatMap((code) => crossed.get(code)?.map((one) => one.code) ?? [code]) }];
      case 'share': {
        const over = column.over === 'total' ? null : column.over.column;
        const several = crossed.get(column.of);
        if (several) return several.map((one) => ({ ...own, code: `${column.code}${one.code.slice(column.of.length)}`, label: one.label, under: column.label, parts: [one.code], over }));
        return [{ ...own, parts: [column.of], over }];
      }
      default: return [own];
    }
  });
}

function crossLeaves(column: Extract<TableColumn, { measure: 'cross' }>, pack: PackedDataset): Leaf[] {
  return pack.places(column.of).options.map(({ code, label }, n) => ({
    code: `${column.code}.${code}`, label, under: column.label, unit: column.unit ?? '', column, place: n + FIRST, parts: [], over: null,
  }));
}

/** -1: no record has it. */
function placeOf(field: Code, option: string, pack: PackedDataset): number {
  const at = pack.places(field).options.findIndex((one) => one.code === option || one.code === keyOfText(option));
  return at < 0 ? -1 : at + FIRST;
}
