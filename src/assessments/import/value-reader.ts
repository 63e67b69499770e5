import type { ChecksItem, ChoiceItem } from '../../engine/form.js';
import type { Entry } from './anchors.js';
import { fold } from './folding.js';
import type { Matcher } from './matcher.js';
import { scanOptions } from './options.js';
import type { Segment } from './reading.js';
import type { Slot } from './slots.js';
import type { Walk } from './walk.js';

const LEADS_TO_OPTION = /^\s*(?:[[［☐☑□■☒]|[<＜〈]?選択肢)/u;
const NEXT_TOKEN = /[[［☐☑□■☒]|[(（]?\d{1,2}[)）]|[<＜]選択肢/gu;

/** Gives a piece of text without a label to the item at hand: as text, or read as options. */
export class ValueReader {
  constructor(private readonly walk: Walk, private readonly matcher: Matcher) {}

  read(segment: Segment, from: number): void {
    let entry = this.walk.target();
    const text = segment.text.slice(from);
    if (LEADS_TO_OPTION.test(text) && !isOptions(entry)) {
      const slot = entry ? this.walk.slotFor(entry) : null;
      const start = entry ?? this.walk.index.entries.find((candidate) => candidate.section === this.walk.cursor.section
        && candidate.block === this.walk.cursor.block && candidate.order > this.walk.cursor.order - 1);
      const found = this.matcher.optionEntry(fold(text), start);
      if (found && (!slot || slot.chunks.length === 0 || /選択肢/u.test(text.slice(0, 6)))) {
        entry = found;
        this.walk.queue = [found];
      }
    }
    this.walk.valueRead();
    if (!entry) return;
    if (isOptions(entry)) this.options(entry, segment, from);
    else this.text(entry, segment, from);
  }

  private text(entry: Entry, segment: Segment, from: number): void {
    const owner = this.textOwner(entry);
    const slot = this.walk.slotFor(owner ?? entry);
    const { item } = slot.entry;
    if (!owner || item.kind === 'table' || item.kind === 'group' || item.kind === 'figures' || strays(slot, segment)) {
      this.unplaced(slot, segment, from, segment.text.length);
      if (owner && strays(slot, segment)) this.walk.queue = [];
      return;
    }
    if (owner !== entry) this.walk.queue = [owner];
    slot.add(slot.chunks, segment, from, segment.text.length);
  }

  /** Pictures take no text: what stands among them belongs to the notes beside. */
  private textOwner(entry: Entry): Entry | null {
    if (entry.item.kind !== 'figures') return entry;
    return this.walk.index.entries.find((candidate) => candidate.section === entry.section && candidate.order > entry.order
      && (candidate.item.kind === 'long-text' || candidate.item.kind === 'text')) ?? null;
  }

  private options(first: Entry, segment: Segment, from: number): void {
    let entry: Entry & { item: ChoiceItem | ChecksItem } = first as Entry & { item: ChoiceItem | ChecksItem };
    let slot = this.walk.slotFor(entry);
    let place = from;
    while (place < segment.text.length) {
      const options = this.walk.index.form.optionSets[entry.item.options] ?? [];
      place = scanOptions({ slot, item: entry.item, options }, segment, place, this.walk.reading.ledger);
      if (place >= segment.text.length) return;
      const rest = segment.text.slice(place);
      const other = slot.lastMark === null ? null : this.matcher.optionEntry(fold(rest), entry);
      if (other && other !== entry && isOptions(other)) {
        const mark = slot.lastMark;
        slot.lastMark = null;
        entry = other;
        slot = this.walk.slotFor(entry);
        slot.lastMark = mark;
        this.walk.queue = [entry];
        continue;
      }
      if (this.walk.queue.length > 1 && this.walk.queue[0] === entry) {
        this.walk.queue.shift();
        const next = this.walk.queue[0]!;
        if (isOptions(next)) this.options(next, segment, place);
        else this.text(next, segment, place);
        return;
      }
      const end = this.nextToken(segment.text, place);
      this.loose(slot, entry.item, segment, place, end);
      place = end;
    }
  }

  /** Text among options that is none: behind a その他 it goes on with its text, else nobody takes it. */
  private loose(slot: Slot, item: ChoiceItem | ChecksItem, segment: Segment, from: number, end: number): void {
    const option = slot.lastOption;
    if (item.kind === 'checks' && option !== null && slot.lastMark === null && slot.texts.has(option)) {
      slot.add(slot.texts.get(option)!, segment, from, end);
    } else if (item.kind === 'choice' && item.text && slot.beside.length > 0) slot.add(slot.beside, segment, from, end);
    else this.unplaced(slot, segment, from, end);
  }

  private unplaced(slot: Slot, segment: Segment, from: number, to: number): void {
    this.walk.reading.ledger.guess(segment.at[from]!, segment.at[to - 1]! + 1, slot.address);
  }

  private nextToken(text: string, from: number): number {
    NEXT_TOKEN.lastIndex = from + 1;
    return NEXT_TOKEN.exec(text)?.index ?? text.length;
  }
}

function isOptions(entry: Entry | null): entry is Entry & { item: ChoiceItem | ChecksItem } {
  return entry !== null && (entry.item.kind === 'choice' || entry.item.kind === 'checks');
}

/** A line that stands apart below a table whose last cell was complete does not belong to that cell. */
function strays(slot: Slot, segment: Segment): boolean {
  const last = slot.chunks.at(-1);
  if (!last || segment.table || !segment.gap || !last.segment.table || last.segment.row === segment.row) return false;
  const text = last.segment.text.trim();
  return text.length < 20 || /[。．]$/u.test(text);
}
