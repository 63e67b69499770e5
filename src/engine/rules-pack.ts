/**
 * Facts packed into one dense array by slot, so that many rules read them without looking anything up. One packing serves
 * every rule set over the same catalogue.
 *
 * choice: place of the option from 1, 0 unknown · checks: bit n for option n, 0 unknown · number: itself, NaN unknown ·
 * date: yyyymmdd, NaN unknown · text: 1 and the text beside, NaN unknown.
 * A value of the wrong shape, an option that is not in the catalogue and a day that does not exist are unknown.
 */
import { isIsoDate, parseJapaneseDate, formatEra } from './dates.js';
import type { AnswerValue, Code } from './form.js';
import type { FactCatalogue, FactItem, Facts } from './rule-set.js';

export interface PackedFacts {
  readonly numbers: Float64Array;
  readonly texts: (string | undefined)[];
}

export interface Slot {
  readonly item: FactItem;
  readonly at: number;
  /** Codes of the options in order. */
  readonly options: readonly Code[];
  readonly places: ReadonlyMap<Code, number>;
}

export interface Pack {
  readonly catalogue: FactCatalogue;
  readonly slots: ReadonlyMap<Code, Slot>;
  readonly size: number;
  /** Any input gives packed facts; nothing throws. */
  pack(facts: Facts): PackedFacts;
  /** All unknown; to be filled with `put`. */
  empty(): PackedFacts;
  put(slot: Slot, facts: Facts, into: PackedFacts): void;
}

const packs = new WeakMap<FactCatalogue, Pack>();

/** One packing per catalogue; asking again gives the same one. */
export function compilePack(catalogue: FactCatalogue): Pack {
  const known = packs.get(catalogue);
  if (known) return known;
  const slots = [...catalogue.values()].map((item, at): Slot => {
    const options = [...item.options.keys()];
    return { item, at, options, places: new Map(options.map((code, n) => [code, n])) };
  });
  const empty = (): PackedFacts => ({
    numbers: Float64Array.from(slots, ({ item }) => (item.kind === 'choice' || item.kind === 'checks' ? 0 : NaN)),
    texts: new Array<string | undefined>(slots.length).fill(undefined),
  });
  const pack: Pack = {
    catalogue,
    slots: new Map(slots.map((slot) => [slot.item.code, slot])),
    size: slots.length,
    empty,
    put,
    pack(facts) {
      const packed = empty();
      for (const slot of slots) put(slot, facts, packed);
      return packed;
    },
  };
  packs.set(catalogue, pack);
  return pack;
}

function put(slot: Slot, facts: Facts, into: PackedFacts): void {
  const given: unknown = typeof facts === 'object' && facts !== null && Object.hasOwn(facts, slot.item.code) ? facts[slot.item.code] : undefined;
  if (slot.item.kind === 'text') into.texts[slot.at] = textOf(given);
  into.numbers[slot.at] = numberOf(slot, given);
}

function numberOf(slot: Slot, value: unknown): number {
  switch (slot.item.kind) {
    case 'choice': return placeOf(slot, value);
    case 'checks': return maskOf(slot, value);
    case 'number': return typeof value === 'number' && Number.isFinite(value) ? value : NaN;
    case 'date': return typeof value === 'string' ? dayNumber(value) : NaN;
    case 'text': return textOf(value) === undefined ? NaN : 1;
  }
}

function placeOf(slot: Slot, value: unknown): number {
  if (typeof value !== 'object' || value === null || !('choice' in value) || typeof value.choice !== 'string') return 0;
  return (slot.places.get(value.choice) ?? -1) + 1;
}

function maskOf(slot: Slot, value: unknown): number {
  if (typeof value !== 'object' || value === null || !('checked' in value) || !Array.isArray(value.checked)) return 0;
  let mask = 0;
  for (const code of new Set<unknown>(value.checked)) {
    const place = typeof code === 'string' ? slot.places.get(code) : undefined;
    if (place === undefined) return 0;
    mask += 2 ** place;
  }
  return mask;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && /\S/u.test(value) ? value : undefined;
}

/** yyyymmdd of a day written in any of our ways; NaN when it is none. */
export function dayNumber(text: string): number {
  const iso = isIsoDate(text) ? text : parseJapaneseDate(text);
  return iso === null ? NaN : Number(iso.replaceAll('-', ''));
}

function isoOf(day: number): string {
  const digits = String(day).padStart(8, '0');
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}`;
}

/** Whether the option at this place is checked; places go beyond the 32 bits of integer operators. */
export function checkedAt(mask: number, place: number): boolean {
  return Math.floor(mask / 2 ** place) % 2 === 1;
}

/** The fact as the packed array holds it, as an answer; undefined when it is unknown. */
export function unpacked(slot: Slot, { numbers, texts }: PackedFacts): AnswerValue | undefined {
  const number = numbers[slot.at]!;
  switch (slot.item.kind) {
    case 'choice': return number === 0 ? undefined : { choice: slot.options[number - 1]! };
    case 'checks': return number === 0 ? undefined : { checked: slot.options.filter((_, place) => checkedAt(number, place)) };
    case 'number': return Number.isNaN(number) ? undefined : number;
    case 'date': return Number.isNaN(number) ? undefined : isoOf(number);
    case 'text': return texts[slot.at];
  }
}

/** As a person reads it: 端末ごと, 12か月, 行っていない, 令和8年4月1日; null when it is not known. */
export function shownFact(slot: Slot, packed: PackedFacts): string | null {
  const value = unpacked(slot, packed);
  if (value === undefined) return null;
  if (typeof value === 'number') return value === 0 && slot.item.zero !== undefined ? slot.item.zero : `${value.toLocaleString('ja-JP')}${slot.item.unit}`;
  if (typeof value === 'string') return slot.item.kind === 'date' ? formatEra(value) : value;
  if ('choice' in value) return slot.item.options.get(value.choice)!;
  return 'checked' in value ? value.checked.map((code) => slot.item.options.get(code)!).join('、') : null;
}
