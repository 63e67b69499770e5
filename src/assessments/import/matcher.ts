import type { Anchor, Entry, FormIndex } from './anchors.js';
import { foldWithPlaces, numberingOf, similar, type Folded, type Numbering } from './folding.js';
import { optionAt } from './options.js';
import type { Segment } from './reading.js';

/** Where the reader stands in the form. */
export interface Cursor { section: number; block: number; part: number; order: number }

/** What surrounds a piece: decides how sure a label must be. */
export interface Surroundings {
  /** First piece of its row. */
  first: boolean;
  /** First piece of its cell. */
  cellStart: boolean;
  /** A value was already read in this row. */
  afterValue: boolean;
}

export interface Match {
  anchor: Anchor;
  /** Index in the piece's text where the rest begins. */
  rest: number;
  /** The label differs a little from the printed one. */
  fuzzy: boolean;
}

/** Labels are far shorter: more of a text is not looked at. */
const LONGEST_LABEL = 400;
const MARKS = /^[[☐☑□■☒]/u;
const NOTE = /^(?:\[(?:任意|行政機関等のみ)\]|:|。)+$/u;

/** Finds the printed label or heading with which a piece of text begins. */
export class Matcher {
  constructor(private readonly index: FormIndex) {}

  match(segment: Segment, cursor: Cursor, around: Surroundings): Match | null {
    if (segment.bullet) return null;
    const folded = foldWithPlaces(segment.text.length > LONGEST_LABEL ? segment.text.slice(0, LONGEST_LABEL) : segment.text);
    if (folded.text.length === 0) return null;
    const numbering = numberingOf(folded.text);
    let best: { match: Match; cost: number } | null = null;
    const consider = (anchor: Anchor, found: Numbering, rest: number, whole: boolean): void => {
      const cost = this.cost(anchor, found, whole, segment, cursor, around);
      if (cost === null || (best && (cost > best.cost || (cost === best.cost && anchor.body.length <= best.match.anchor.body.length)))) return;
      best = { match: { anchor, rest, fuzzy: false }, cost };
    };
    for (const found of numbering.length > 0 ? [numbering, { style: 'none', value: '', length: 0 } as const] : [numbering]) {
      const body = folded.text.slice(found.length);
      for (const anchor of this.index.headsOf(body)) {
        if (!body.startsWith(anchor.body)) continue;
        const end = found.length + anchor.body.length;
        const tail = folded.text.slice(end);
        if (tail === '' || this.index.notes.has(tail) || NOTE.test(tail)) consider(anchor, found, segment.text.length, true);
        else if (MARKS.test(tail) && this.leadsToOption(anchor, tail)) consider(anchor, found, folded.at[end]!, true);
        else if (this.apart(segment.text, folded, end)) consider(anchor, found, folded.at[tail.startsWith(':') ? end + 1 : end]!, false);
      }
      if (body.length === 1) for (const anchor of this.index.named(body)) consider(anchor, found, segment.text.length, true);
    }
    return (best as { match: Match } | null)?.match ?? this.fuzzy(folded, numbering, segment, cursor, around);
  }

  /** Whether a whole text (pieces of a broken label joined) is a label that may stand here. */
  matchJoined(text: string, segment: Segment, cursor: Cursor, around: Surroundings): Match | null {
    return this.match({ ...segment, text }, cursor, around);
  }

  /** Whether a longer label of the form begins with this text. */
  mayContinue(text: string): boolean {
    if (text.length > LONGEST_LABEL) return false;
    const folded = foldWithPlaces(text).text;
    if (folded.length < 3) return false;
    const body = folded.slice(numberingOf(folded).length);
    return body.length >= 2 && this.index.headsOf(body).some((anchor) => anchor.body.length > body.length && anchor.body.startsWith(body));
  }

  /** A check box behind a heading belongs to an item below it. */
  private leadsToOption(anchor: Anchor, tail: string): boolean {
    return anchor.kind !== 'item' ? this.optionEntry(tail, anchor.entry) !== null : anchor.entry!.item.kind === 'choice' || anchor.entry!.item.kind === 'checks';
  }

  /** The check boxes or choice at or behind this entry (same block) that have the option named in the text. */
  optionEntry(text: string, from: Entry | undefined): Entry | null {
    if (!from) return null;
    const words = text.replace(/^(?:<?選択肢>?|[(]?\d{1,2}[)])+/u, '').replace(/^(?:\[[^\]]?\]|[[\]☐☑□■☒])+/u, '');
    const inner = /^\[([^\]]{2,60})\]/u.exec(text)?.[1];
    for (const entry of this.index.entries) {
      if (entry.section !== from.section || entry.block !== from.block || entry.order < from.order) continue;
      const { item } = entry;
      if (item.kind !== 'choice' && item.kind !== 'checks') continue;
      const options = this.index.form.optionSets[item.options] ?? [];
      if (optionAt(options, words, 0) || (inner !== undefined && optionAt(options, inner, 0)?.body === inner)) return entry;
    }
    return null;
  }

  /** The label ends with a space, a colon or ※ before the rest begins. */
  private apart(text: string, folded: Folded, end: number): boolean {
    const next = folded.at[end]!;
    return folded.text[end] === ':' || /[\s※]/u.test(text[next - 1] ?? '');
  }

  /** How far-fetched it is that this label stands here (less is better); null when it cannot. */
  private cost(anchor: Anchor, found: Numbering, whole: boolean, segment: Segment, cursor: Cursor, around: Surroundings): number | null {
    const numbers = numberCost(anchor, found);
    if (numbers === null) return null;
    if (anchor.kind === 'section') return this.sectionCost(anchor, found, whole, cursor, around, numbers);
    const stand = standing(anchor, found, cursor);
    if (!admissible(stand, whole, segment, around)) return null;
    if (!stand.sameSection) {
      if (!whole || !around.first || !(stand.numbered || this.lonely(anchor))) return null;
      return numbers + 1000 + Math.abs(anchor.section - cursor.section) * 200 + (stand.ahead ? 0 : 500);
    }
    if (!stand.ahead && ((!stand.heading && !around.first) || (!segment.table && !stand.numbered))) return null;
    const gap = Math.abs(anchor.order - cursor.order);
    if (stand.heading) return numbers + 20 + (stand.ahead ? Math.min(gap, 200) / 4 : 150 + gap / 4);
    const place = stand.samePart ? 0 : stand.sameBlock ? 60 : 300;
    return numbers + place + (stand.ahead ? gap : 250 + gap);
  }

  /** The label occurs once in the form and is long enough to be told from other words. */
  private lonely(anchor: Anchor): boolean {
    return anchor.body.length >= 4 && this.index.named(anchor.body).length === 1;
  }

  private sectionCost(anchor: Anchor, found: Numbering, whole: boolean, cursor: Cursor, around: Surroundings, numbers: number): number | null {
    if (!whole || !around.first) return null;
    if (found.style === 'none' && anchor.numbering.style !== 'none' && this.index.named(anchor.body).length > 1) return null;
    return numbers + (anchor.order > cursor.order ? 10 : 30) + (this.index.form.sections[anchor.section]!.perRowOf ? 0 : 5);
  }

  /** OCR noise: the nearest labels ahead, and headings with the same number in this block, that differ little. */
  private fuzzy(folded: Folded, numbering: Numbering, segment: Segment, cursor: Cursor, around: Surroundings): Match | null {
    if (!around.first || folded.text.length < 5 || folded.text.length > 120) return null;
    if (segment.table ? segment.column > 1 : numbering.style === 'none') return null;
    const body = folded.text.slice(numbering.length);
    let best: { anchor: Anchor; cost: number } | null = null;
    for (const anchor of this.index.anchors) {
      const numbers = within(anchor, cursor) ? numberCost(anchor, numbering) : null;
      if (numbers === null || numbers > 20) continue;
      const heading = anchor.kind === 'part' || anchor.kind === 'block';
      const sameNumber = numbering.style !== 'none' && numbers === 0;
      const share = sameNumber && heading ? 0.35 : anchor.body.length < 8 ? 0.13 : 0.2;
      const cost = numbers + anchor.order - cursor.order;
      if ((!best || cost < best.cost) && similar(anchor.body, body, share)) best = { anchor, cost };
    }
    return best && this.cost(best.anchor, numbering, true, segment, cursor, around) !== null
      ? { anchor: best.anchor, rest: segment.text.length, fuzzy: true } : null;
  }
}

/** Whether a label lies near enough ahead to be recognised although it differs. */
function within(anchor: Anchor, cursor: Cursor): boolean {
  if (anchor.section !== cursor.section || !anchor.body || anchor.order <= cursor.order) return false;
  if (anchor.kind === 'block') return true;
  if (anchor.block !== cursor.block) return false;
  return anchor.kind === 'part' || anchor.order - cursor.order <= 16;
}

interface Standing { heading: boolean; numbered: boolean; ahead: boolean; near: boolean; sameSection: boolean; sameBlock: boolean; samePart: boolean }

function standing(anchor: Anchor, found: Numbering, cursor: Cursor): Standing {
  const ahead = anchor.order > cursor.order;
  const sameSection = anchor.section === cursor.section;
  const sameBlock = sameSection && anchor.block === cursor.block;
  return {
    heading: anchor.kind === 'block' || anchor.kind === 'part',
    numbered: anchor.numbering.style !== 'none' && found.style !== 'none',
    ahead, sameSection, sameBlock, samePart: sameBlock && anchor.part === cursor.part,
    near: sameBlock && ahead && anchor.order - cursor.order <= 8,
  };
}

/** Whether the place within row and cell allows a label at all. */
function admissible(stand: Standing, whole: boolean, segment: Segment, around: Surroundings): boolean {
  if (!whole && !(stand.numbered || (stand.near && !segment.table))) return false;
  if (!whole && (segment.table ? segment.column > 0 || !around.cellStart : !around.first)) return false;
  if (around.afterValue && !(whole && stand.near && around.cellStart)) return false;
  return around.cellStart || (whole && stand.sameSection && stand.ahead && (stand.near || stand.numbered));
}

/** What a number that is missing or written in another style costs; null when the numbers contradict. */
function numberCost(anchor: Anchor, found: Numbering): number | null {
  const own = anchor.numbering;
  if (own.style === 'none') return found.style === 'none' ? 0 : anchor.body.length >= 4 ? 120 : null;
  if (found.style === 'none') return 40;
  if (own.value === found.value) return own.style === found.style ? 0 : 20;
  return null;
}
