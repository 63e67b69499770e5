/** What a table says of its shares: what they are shares of, and that rounded parts may not add up. */
import { exactText, grouped, shareIsExact, ZERO, type Decimal } from './decimal.js';
import type { Cell } from './tabulation-cells.js';
import type { Leaf } from './tabulation-columns.js';
import type { PackedDataset } from './tabulation-packing.js';
import type { Code } from './form.js';
import type { Rounding, RoundingMode, TableDefinition } from './tabulation.js';

const DONE: Readonly<Record<RoundingMode, string>> = { 'half-up': '四捨五入した', down: '切り捨てた', 'half-even': '偶数丸めした' };

/** ※構成比については小数点以下第2位を四捨五入したため、合計と合わない場合がある。 */
function roundingNote({ mode, digits }: Rounding): string {
  return `※構成比については小数点以下第${digits + 1}位を${DONE[mode]}ため、合計と合わない場合がある。`;
}

/** A printed share with how it is rounded; `leaf`: what it is a share of something. */
export interface PrintedShare {
  leaf: Leaf;
  cell: Cell;
  rounding: Rounding;
}

export interface SharedTable {
  table: TableDefinition;
  leaves: readonly Leaf[];
  pack: PackedDataset;
  /** Row by row without the totals: shares of a column over its own total. */
  ofTotals: readonly PrintedShare[];
  /** Row by row without the totals: shares over another column of the row, each row by itself. */
  ofRows: readonly { over: Code; shares: readonly PrintedShare[] }[];
}

/**
 * The customary note stands under a table in which parts of a whole were rounded, whether or not these parts happen to add up: it
 * says what may be, and audits print it under tables that do and that do not. It is left away where nothing was rounded
 * (25.0 and 75.0), and where shares are no parts of one whole: several answers of one record, or parts that leave something out.
 */
export function partsNote({ table, leaves, pack, ofTotals, ofRows }: SharedTable): string | null {
  const several = table.rows === undefined || pack.field(table.rows.by)?.kind === 'checks';
  const parts = [...(several ? [] : ofTotals), ...partsOfRows(ofRows, leaves, pack)];
  const rounded = parts.find(({ cell: { ratio }, rounding }) => ratio !== null && !shareIsExact(ratio.part, ratio.whole, rounding));
  return rounded ? roundingNote(rounded.rounding) : null;
}

/** Shares that are all the parts of the column over which they stand, in every row. */
function partsOfRows(rows: SharedTable['ofRows'], leaves: readonly Leaf[], pack: PackedDataset): PrintedShare[] {
  const families = new Map<string, PrintedShare[][]>();
  for (const { over, shares } of rows) {
    const known = leaves.find((one) => one.code === over)?.parts ?? [];
    const here = new Map<string, PrintedShare[]>();
    for (const share of shares) {
      for (const family of [...(known.includes(share.leaf.code) ? ['parts'] : []), ...answersOf(share.leaf, pack)]) here.set(`${over}/${family}`, [...(here.get(`${over}/${family}`) ?? []), share]);
    }
    for (const [family, parts] of here) families.set(family, [...(families.get(family) ?? []), parts]);
  }
  const whole = (parts: readonly PrintedShare[]): boolean => {
    const ratios = parts.flatMap(({ cell }) => (cell.ratio === null ? [] : [cell.ratio]));
    return ratios.length === 0 || ratios.reduce((sum, one) => sum.plus(one.part), ZERO).eq(ratios[0]!.whole);
  };
  return [...families.values()].flatMap((lines) => (lines.every(whole) ? lines.filter((parts) => parts.length > 1).flat() : []));
}

/** The question of which a column counts one answer; none where a record may have several. */
function answersOf({ column }: Leaf, pack: PackedDataset): string[] {
  const counts = column.measure === 'cross' || column.measure === 'option' || column.measure === 'missing' || column.measure === 'not-asked';
  return counts && pack.places(column.of).kind === 'single' ? [`answers of ${column.of} ${String(column.withoutListedAgain === true)}`] : [];
}

/** What each share and average is divided by, in words and number. @param total what a column holds in all */
export function denominatorNotes(table: TableDefinition, leaves: readonly Leaf[], total: (code: Code) => Decimal | null): string[] {
  const of = (code: Code): Leaf | undefined => leaves.find((one) => one.code === code);
  const name = ({ label, under }: Leaf): string => (under !== '' && leaves.filter((one) => one.label === label).length > 1 ? `${under}　${label}` : label);
  const said = leaves.flatMap((leaf): string[] => {
    const { column, over, parts, label } = leaf;
    if (column.measure === 'average') return [`※「${name(leaf)}」は、回答のあったものの平均である。`];
    if (column.measure !== 'share') return [];
    const several = parts[0] !== column.of;
    if (over !== null) return [`※「${several ? column.label : name(leaf)}」は、「${nameOf(of(over), name) ?? over}」に対する割合である。`];
    if (several) return [`※「${column.label}」は、それぞれの列の${table.total ?? '合計'}を100％とした割合である。`];
    const part = of(parts[0]!);
    const whole = total(parts[0]!);
    return [`※「${name(leaf)}」は、「${nameOf(part, name) ?? label}」の${table.total ?? '合計'}${whole === null ? '' : `${grouped(exactText(whole))}${part?.unit ?? ''}`}を100％とした割合である。`];
  });
  if (table.shares !== undefined) said.push(`※「${table.shares.label}」の行は、「${nameOf(of(table.shares.over), name) ?? table.shares.over}」に対する割合である。`);
  return [...new Set(said)];
}

const nameOf = (leaf: Leaf | undefined, name: (leaf: Leaf) => string): string | null => (leaf === undefined ? null : name(leaf));
