/** Systems that are perhaps the same, entered twice; what differs between two of them. Pure. */
import { isDeepStrictEqual } from 'node:util';

/** Full and half width, letter case, spaces and 「システム」 at the end make no difference. */
export function foldedName(name: string): string {
  const folded = name.normalize('NFKC').toLowerCase().replace(/\s+/gu, '');
  const short = folded.replace(/システム$/u, '');
  return short === '' ? folded : short;
}

/** Groups of two or more of the same folded name, in the order in which their first one came. */
export function doublesAmong<T extends { name: string }>(systems: readonly T[]): T[][] {
  const groups = new Map<string, T[]>();
  for (const one of systems) {
    const name = foldedName(one.name);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [one]);
    else group.push(one);
  }
  return [...groups.values()].filter((group) => group.length > 1);
}

export type Side = 'from' | 'into';

/** What of two values stays: `choose` where both are there and differ. */
export function sideOf(from: unknown, into: unknown): Side | 'choose' {
  const [nothing, same] = [from === null || from === undefined, into === null || into === undefined];
  if (nothing) return 'into';
  if (same) return 'from';
  return isDeepStrictEqual(from, into) ? 'into' : 'choose';
}
