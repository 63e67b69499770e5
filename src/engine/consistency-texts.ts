/** The same long text in items that ask for different things. */
import type { Finding } from './consistency.js';
import { placeName, shorten } from './places.js';
import type { Instance, Reading } from './reading.js';

/** Shortest text that is compared, in characters without white space. */
const LONG = 80;
/** Characters of one shingle. */
const SHINGLE = 10;
/** One shingle in so many is kept (by its hash, so that equal passages keep equal shingles). */
const ONE_IN = 8;
/** Of the very smallest kept hashes, how many must be shared before two texts are compared. */
const FIRST = 8;
const ENOUGH = 3;
/** Most pairs that are compared in full. */
const MOST_PAIRS = 400;
/** Share of common shingles that counts as nearly equal. */
const NEAR = 0.85;

const { imul } = Math;

interface Print { key: string; length: number; sketch: Uint32Array }
interface Long extends Print { instance: Instance; asks: string; text: string }

/** One finding for each set of equal or nearly equal texts whose items differ in `asks`. */
export function equalTexts(reading: Reading): Finding[] {
  const texts = longTexts(reading);
  const groups = grouped(texts);
  return groups.flatMap((group) => {
    if (new Set(group.map(({ asks }) => asks)).size < 2) return [];
    const names = group.map(({ instance }) => `「${placeName(reading, instance)}」`);
    const shown = names.length > 5 ? `${names.slice(0, 5).join('と')}ほか${names.length - 5}か所` : names.join('と');
    const equal = group.every(({ key }) => key === group[0]!.key);
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
    const print = printOf(text, ONE_IN);
    return print.length < LONG ? [] : [{ instance, asks: item.asks, text, ...print }];
  });
}

/** Sets of texts that are equal or nearly so, in printed order. */
function grouped(texts: readonly Long[]): Long[][] {
  const byKey = new Map<string, Long[]>();
  for (const one of texts) {
    const known = byKey.get(one.key);
    if (known) known.push(one);
    else byKey.set(one.key, [one]);
  }
  const distinct = [...byKey.values()];
  const joinedTo = distinct.map((_, n) => n);
  const rootOf = (n: number): number => (joinedTo[n] === n ? n : rootOf(joinedTo[n]!));
  const differ = (a: number, b: number): boolean => distinct[a]!.some(({ asks }) => distinct[b]!.some((other) => other.asks !== asks));
  const full = new Map<number, Uint32Array>();
  const shingles = (n: number): Uint32Array => {
    let known = full.get(n);
    if (!known) full.set(n, (known = printOf(distinct[n]![0]!.text, 1).sketch));
    return known;
  };
  let compared = 0;
  for (const [a, b] of candidates(distinct.map((set) => set[0]!.sketch))) {
    if (rootOf(a) === rootOf(b) || !differ(a, b) || compared >= MOST_PAIRS) continue;
    compared += 1;
    if (likeness(shingles(a), shingles(b)) >= NEAR) joinedTo[rootOf(b)] = rootOf(a);
  }
  const sets = new Map<number, Long[]>();
  distinct.forEach((set, n) => sets.set(rootOf(n), [...(sets.get(rootOf(n)) ?? []), ...set]));
  return [...sets.values()].filter((set) => set.length > 1).map((set) => set.sort((x, y) => x.instance.item.order - y.instance.item.order));
}

/** White space left out and full-width letters made plain, in one pass: a key of the whole and the sampled shingle hashes in order. */
function printOf(text: string, oneIn: number): Print {
  const units = new Uint16Array(text.length);
  let length = 0;
  for (let n = 0; n < text.length; n += 1) {
    const unit = text.charCodeAt(n);
    if (unit <= 0x20 || unit === 0x3000 || unit === 0xa0) continue;
    units[length] = unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit;
    length += 1;
  }
  const base = 16_777_619;
  let top = 1;
  for (let n = 0; n < SHINGLE; n += 1) top = imul(top, base);
  const kept = new Uint32Array(length);
  let count = 0;
  let rolling = 0;
  let whole = 0;
  let other = 7;
  for (let n = 0; n < length; n += 1) {
    const unit = units[n]!;
    whole = (imul(whole, base) + unit) | 0;
    other = (imul(other ^ unit, 0x5bd1e995) + n) | 0;
    rolling = (imul(rolling, base) + unit) | 0;
    if (n >= SHINGLE) rolling = (rolling - imul(units[n - SHINGLE]!, top)) | 0;
    if (n < SHINGLE - 1) continue;
    const mixed = imul(rolling ^ (rolling >>> 15), 0x2c1b3c6d);
    const hash = (mixed ^ (mixed >>> 13)) >>> 0;
    if (hash % oneIn === 0) kept[count++] = hash;
  }
  return { key: `${length}:${whole}:${other}`, length, sketch: kept.subarray(0, count).sort() };
}

/** Pairs that share enough of their very smallest hashes; a hash that stands in very many texts tells nothing. */
function candidates(sketches: readonly Uint32Array[]): [number, number][] {
  const holders = new Map<number, number[]>();
  sketches.forEach((sketch, n) => {
    for (const hash of sketch.subarray(0, FIRST)) {
      const known = holders.get(hash);
      if (known) known.push(n);
      else holders.set(hash, [n]);
    }
  });
  const shared = new Map<number, number>();
  for (const list of holders.values()) {
    if (list.length > 40) continue;
    for (let i = 0; i < list.length; i += 1) {
      for (let j = i + 1; j < list.length; j += 1) {
        const pair = list[i]! * sketches.length + list[j]!;
        shared.set(pair, (shared.get(pair) ?? 0) + 1);
      }
    }
  }
  return [...shared].flatMap(([pair, count]): [number, number][] => (count >= ENOUGH ? [[Math.floor(pair / sketches.length), pair % sketches.length]] : []));
}

/** Share of the shingles of both together that both have. */
function likeness(a: Uint32Array, b: Uint32Array): number {
  let i = 0;
  let j = 0;
  let common = 0;
  let all = 0;
  while (i < a.length || j < b.length) {
    const x = i < a.length ? a[i]! : Infinity;
    const y = j < b.length ? b[j]! : Infinity;
    if (x === y) common += 1;
    if (x <= y) i += 1;
    if (y <= x) j += 1;
    all += 1;
  }
  return all === 0 ? 0 : common / all;
}
