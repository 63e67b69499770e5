/** The same long text in items that ask for different things. */
import type { Finding } from './consistency.js';
import { placeName, shorten } from './places.js';
import type { Instance, Reading } from './reading.js';

/** Shortest text that is compared, in characters without white space. */
const LONG = 80;
/** Characters of one shingle, sampled shingles of a text, samples in common that make a pair worth comparing. */
const SHINGLE = 10;
const SAMPLES = 12;
const ENOUGH = 5;
/** Share of common shingles that counts as nearly equal. */
const NEAR = 0.85;

interface Long { instance: Instance; asks: string; text: string; folded: string }

/** One finding for each set of equal or nearly equal texts whose items differ in `asks`. */
export function equalTexts(reading: Reading): Finding[] {
  const texts = longTexts(reading);
  const groups = grouped(texts);
  return groups.flatMap((group) => {
    if (new Set(group.map(({ asks }) => asks)).size < 2) return [];
    const names = group.map(({ instance }) => `「${placeName(reading, instance)}」`);
    const shown = names.length > 5 ? `${names.slice(0, 5).join('と')}ほか${names.length - 5}か所` : names.join('と');
    const equal = group.every(({ folded }) => folded === group[0]!.folded);
    return [{
      places: group.map(({ instance }) => instance.address),
      message: `${shown}に${equal ? '同じ' : 'ほとんど同じ'}文章（「${shorten(group[0]!.text.trim(), 30)}」）が書かれています。尋ねていることが違うので、それぞれの内容になっているか確かめてください。`,
    }];
  });
}

function longTexts(reading: Reading): Long[] {
  return reading.instances.flatMap((instance): Long[] => {
    const { item } = instance.item;
    if ((item.kind !== 'long-text' && item.kind !== 'text') || item.asks === undefined) return [];
    const text = reading.answer(instance.address);
    if (typeof text !== 'string' || text.length < LONG || reading.visible(instance.item, instance.row) === 'no') return [];
    const folded = text.normalize('NFKC').replace(/\s+/gu, '');
    return folded.length < LONG ? [] : [{ instance, asks: item.asks, text, folded }];
  });
}

/** Sets of texts that are equal or nearly so, in printed order. */
function grouped(texts: readonly Long[]): Long[][] {
  const byText = new Map<string, Long[]>();
  for (const one of texts) byText.set(one.folded, [...(byText.get(one.folded) ?? []), one]);
  const distinct = [...byText.keys()];
  const joinedTo = distinct.map((_, n) => n);
  const rootOf = (n: number): number => (joinedTo[n] === n ? n : rootOf(joinedTo[n]!));
  const shingles = distinct.map(shinglesOf);
  for (const [a, b] of candidates(shingles)) {
    if (rootOf(a) !== rootOf(b) && likeness(shingles[a]!, shingles[b]!) >= NEAR) joinedTo[rootOf(b)] = rootOf(a);
  }
  const sets = new Map<number, Long[]>();
  distinct.forEach((text, n) => sets.set(rootOf(n), [...(sets.get(rootOf(n)) ?? []), ...byText.get(text)!]));
  return [...sets.values()].filter((set) => set.length > 1).map((set) => set.sort((x, y) => x.instance.item.order - y.instance.item.order));
}

function shinglesOf(text: string): Set<number> {
  const result = new Set<number>();
  const base = 16_777_619;
  let top = 1;
  for (let n = 1; n < SHINGLE; n += 1) top = Math.imul(top, base);
  let hash = 0;
  for (let n = 0; n < text.length; n += 1) {
    if (n >= SHINGLE) hash = (hash - Math.imul(text.charCodeAt(n - SHINGLE), top)) | 0;
    hash = (Math.imul(hash, base) + text.charCodeAt(n)) | 0;
    if (n >= SHINGLE - 1) result.add(Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0);
  }
  return result;
}

/** Pairs that share enough of their smallest hashes. */
function candidates(shingles: readonly Set<number>[]): [number, number][] {
  const holders = new Map<number, number[]>();
  shingles.forEach((set, n) => {
    for (const hash of smallest(set)) holders.set(hash, [...(holders.get(hash) ?? []), n]);
  });
  const shared = new Map<string, { pair: [number, number]; count: number }>();
  for (const list of holders.values()) {
    for (let i = 0; i < list.length && i < 50; i += 1) {
      for (let j = i + 1; j < list.length && j < 50; j += 1) {
        const key = `${list[i]}:${list[j]}`;
        const known = shared.get(key);
        if (known) known.count += 1;
        else shared.set(key, { pair: [list[i]!, list[j]!], count: 1 });
      }
    }
  }
  return [...shared.values()].flatMap(({ pair, count }) => (count >= ENOUGH ? [pair] : []));
}

function smallest(set: ReadonlySet<number>): number[] {
  const kept: number[] = [];
  for (const hash of set) {
    if (kept.length === SAMPLES && hash >= kept[SAMPLES - 1]!) continue;
    let at = kept.length;
    while (at > 0 && kept[at - 1]! > hash) at -= 1;
    kept.splice(at, 0, hash);
    if (kept.length > SAMPLES) kept.pop();
  }
  return kept;
}

function likeness(a: ReadonlySet<number>, b: ReadonlySet<number>): number {
  let common = 0;
  for (const hash of a) if (b.has(hash)) common += 1;
  return common / (a.size + b.size - common);
}
