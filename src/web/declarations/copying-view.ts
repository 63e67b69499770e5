/** Two systems' declarations side by side, as their page shows them. Pure. */
import type { DeclarationComparison, DeclarationSide, Difference } from '../../systems/declaration-copying.service.js';

export const DIFFERENCES: Readonly<Record<Difference, { label: string; tone: string; sign: string }>> = {
  'only-there': { label: '写す元だけ', tone: 'blue', sign: '＋' },
  differs: { label: '違う', tone: 'amber', sign: '≠' },
  same: { label: '同じ', tone: 'green', sign: '＝' },
  'only-here': { label: 'このシステムだけ', tone: '', sign: '－' },
};
const ORDER: readonly Difference[] = ['only-there', 'differs', 'same', 'only-here'];

/** @param chosen controls that are ticked; null: none yet, for what holds there need not hold here */
export function comparisonView({ from, to, controls, counts }: DeclarationComparison, chosen: ReadonlySet<string> | null): object {
  return {
    from, to, counts: ORDER.map((one) => ({ ...DIFFERENCES[one], count: counts[one] })), copyable: controls.some((one) => one.copyable),
    parts: ORDER.map((difference) => ({
      difference, ...DIFFERENCES[difference], open: difference === 'only-there' || difference === 'differs', pickable: controls.some((one) => one.difference === difference && one.copyable),
      rows: controls.filter((one) => one.difference === difference).map((one) => ({
        control: one.code, label: one.label, group: one.group, copyable: one.copyable, chosen: one.copyable && chosen?.has(one.code) === true,
        there: sideView(one.there), here: sideView(one.here), seenThere: one.there?.version ?? 0, seenHere: one.here?.version ?? 0,
      })),
    })).filter((part) => part.rows.length > 0),
  };
}

function sideView(side: DeclarationSide | null): object | null {
  return side === null ? null : { words: side.words, note: side.note, declaredOn: side.declaredOn, approved: side.approved, stale: side.stale };
}
