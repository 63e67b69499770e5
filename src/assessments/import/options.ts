import type { ChecksItem, ChoiceItem, Code, Option } from '../../engine/form.js';
import { fold, foldWithPlaces, similar, type Folded } from './folding.js';
import { FATE, type Ledger } from './ledger.js';
import type { Segment } from './reading.js';
import { take, type Slot } from './slots.js';

const ON = /^[○レvx✓✔●☑☒■×]$/u;
const MARK = /[☐☑☒□■]/u;
const LIST = /<?選択肢>?:?/uy;
const LISTED = /[(]?(\d{1,2})[)]/uy;
const COUNT = /[(]?[[\]☐□☑]*(\d{1,3})[\]☐]*[)]?件/uy;

interface Printed { code: Code; body: string; heading: string; option: Option }

const known = new WeakMap<readonly Option[], Printed[]>();

/** Options by folded label, longest first. The empty brackets that a form prints for a text are not part of the label. */
export function printed(options: readonly Option[]): readonly Printed[] {
  let list = known.get(options);
  if (!list) {
    list = options.map((option) => ({ code: option.code, body: fold(option.label).replace(/\(\)件?$/u, ''), heading: option.heading ? fold(option.heading) : '', option }));
    list.sort((one, other) => other.body.length - one.body.length);
    known.set(options, list);
  }
  return list;
}

export function optionAt(options: readonly Option[], text: string, position: number): Printed | undefined {
  return printed(options).find((option) => option.body.length > 0 && text.startsWith(option.body, position));
}

export function optionOf(options: readonly Option[], folded: string): Code | undefined {
  return printed(options).find((option) => option.body === folded)?.code;
}

/** An option whose label differs a little from this text, if only one does. */
export function optionLike(options: readonly Option[], folded: string): Code | undefined {
  if (folded.length < 3) return undefined;
  const close = printed(options).filter((option) => similar(option.body, folded, 0.25));
  return close.length === 1 ? close[0]!.code : undefined;
}

/** What a piece is read for. */
export interface OptionTarget { slot: Slot; item: ChoiceItem | ChecksItem; options: readonly Option[] }

/**
 * Reads option lists, marks and brackets of a choice or of check boxes from a piece of text, from `from` on.
 * Stops at the first character that is none of these and returns its place (or the length of the text).
 */
export function scanOptions(target: OptionTarget, segment: Segment, from: number, ledger: Ledger): number {
  return new OptionScan(target, segment, from, ledger).scan();
}

class OptionScan {
  private readonly folded: Folded;
  private readonly text: string;
  private position = 0;
  private readonly slot: Slot;
  private readonly item: ChoiceItem | ChecksItem;
  private readonly options: readonly Option[];

  constructor({ slot, item, options }: OptionTarget, private readonly segment: Segment, private readonly from: number, private readonly ledger: Ledger) {
    this.slot = slot;
    this.item = item;
    this.options = options;
    this.folded = foldWithPlaces(segment.text.slice(from));
    this.text = this.folded.text;
  }

  scan(): number {
    if (this.text.length === 0) take(this.ledger, this.segment, this.from, this.segment.text.length, FATE.structure);
    while (this.position < this.text.length) {
      const before = this.position;
      if (this.slot.openText !== null || this.slot.openBeside) this.bracketed();
      else if (!this.list() && !this.mark() && !this.option()) return this.place(before);
    }
    return this.segment.text.length;
  }

  /** Place in the piece of an index of the folded text. */
  private place(index: number): number {
    return index === 0 ? this.from : this.from + this.folded.at[index]!;
  }

  private eat(to: number): true {
    take(this.ledger, this.segment, this.place(this.position), this.place(to), FATE.structure);
    this.slot.cover(this.segment, this.place(this.position), this.place(to));
    this.position = to;
    return true;
  }

  /** `＜選択肢＞`, `2) 十分である`, `（　4 ）件`. */
  private list(): boolean {
    const { text, position, slot } = this;
    const list = sticky(LIST, text, position);
    if (list) {
      slot.inList = true;
      return this.eat(position + list[0].length);
    }
    const count = sticky(COUNT, text, position);
    if (count && this.count(Number(count[1]))) return this.eat(position + count[0].length);
    const listed = sticky(LISTED, text, position);
    const end = listed ? this.listed(position + listed[0].length, Number(listed[1])) : 0;
    if (end > 0) return this.eat(end);
    return slot.inList && /^[|、・]$/u.test(text[position]!) && !this.optionHere() ? this.eat(position + 1) : false;
  }

  private mark(): boolean {
    const character = this.text[this.position]!;
    if (character === '[') return this.bracket();
    if (character === ']') return this.eat(this.position + 1);
    if (!MARK.test(character)) return false;
    this.slot.lastMark = ON.test(character) ? 'on' : 'off';
    return this.eat(this.position + 1);
  }

  private option(): boolean {
    const { text, position, slot } = this;
    const found = this.optionHere();
    if (found && (slot.lastMark !== null || this.item.kind === 'choice' || this.bounded(position, found.body.length))) {
      slot.marks.push({ option: found.code, state: slot.lastMark ?? 'bare' });
      slot.lastMark = null;
      slot.lastOption = found.code;
      let end = position + found.body.length;
      if (found.option.text && text[end] === '(') {
        slot.openText = found.code;
        end += 1;
      } else if (text.startsWith('()', end)) end += 2;
      return this.eat(end);
    }
    const bullet = text[position] === '・' ? 1 : 0;
    const heading = printed(this.options).find((option) => option.heading && text.startsWith(option.heading, position + bullet));
    if (heading) return this.eat(position + bullet + heading.heading.length);
    return this.beside();
  }

  private optionHere(): Printed | undefined {
    return optionAt(this.options, this.text, this.position);
  }

  /** The label of the text beside a choice: `(手数料額、納付方法：`. */
  private beside(): boolean {
    const { text, position, item } = this;
    if (item.kind !== 'choice' || !item.text) return false;
    const label = fold(item.text.label).replace(/^\(|[:)]+$/gu, '');
    const start = text[position] === '(' ? position + 1 : position;
    if (!label || !text.startsWith(label, start)) return false;
    this.slot.openBeside = true;
    const end = start + label.length;
    return this.eat(text[end] === ':' ? end + 1 : end);
  }

  /** Whether a bare option label stands by itself (not the beginning of a longer word). */
  private bounded(position: number, length: number): boolean {
    const next = this.text[position + length];
    return next === undefined || /[([☐☑□■・]/u.test(next);
  }

  private count(value: number): boolean {
    if (this.item.kind === 'choice') {
      if (!this.item.count) return false;
      this.slot.count = value;
      return true;
    }
    const option = this.options.find((candidate) => candidate.code === this.slot.lastOption);
    if (!option?.counts) return false;
    this.slot.counts.set(option.code, value);
    return true;
  }

  /** One entry `2) 十分である` of a printed list; returns its end, 0 when it is none. */
  private listed(position: number, number: number): number {
    const { text, slot } = this;
    const exact = optionAt(this.options, text, position);
    const next = /[(]?\d{1,2}[)]|[[☐☑]|<選択肢/u.exec(text.slice(position));
    const end = next ? position + next.index : text.length;
    const exactEnd = exact ? position + exact.body.length : 0;
    const counterpart = this.options[number - 1];
    const words = text.slice(position, end);
    if (slot.inList && counterpart && (!exact || exactEnd < end - 2) && similar(fold(counterpart.label), words, 0.4)) {
      slot.listed.push({ number, text: words, words: this.segment.text.slice(this.place(position), this.place(end)).trim() });
      return end;
    }
    if (!exact) return 0;
    slot.listed.push({ number, text: exact.body });
    return text.startsWith('()', exactEnd) ? exactEnd + 2 : exactEnd;
  }

  private bracket(): boolean {
    const { text, position, slot, item, folded, segment } = this;
    const close = text.indexOf(']', position);
    const inner = close < 0 ? '[' : text.slice(position + 1, close);
    if (inner.includes('[') || inner.length > 80) return this.eat(position + 1);
    if (inner === '' || /^[☐□]$/u.test(inner)) {
      slot.lastMark = 'off';
      if (inner === '') slot.emptyBracket = true;
      return this.eat(close + 1);
    }
    if (ON.test(inner) || inner === 'o') {
      slot.lastMark = 'on';
      return this.eat(close + 1);
    }
    const words = inner.replace(/^[☐☑□■]/u, '');
    const option = optionOf(this.options, words);
    if (item.kind === 'checks') {
      if (!option) return false;
      slot.marks.push({ option, state: 'on' });
      slot.lastOption = option;
      return this.eat(close + 1);
    }
    const start = this.from + folded.at[position + 1]!;
    const end = this.from + folded.at[close]!;
    slot.brackets.push({ text: words, chunk: { segment, from: start, to: end, glue: 'none', bullet: false } });
    this.eat(close + 1);
    // Until the option is known the words in the brackets count as unplaced.
    for (let index = start; index < end; index += 1) this.ledger.take(segment.at[index]!, FATE.unplaced);
    return true;
  }

  /** The text in an opened bracket, up to its end (brackets inside are counted), the next mark or the end of the piece. */
  private bracketed(): void {
    const { text, slot, segment } = this;
    let depth = 0;
    let end = this.position;
    for (; end < text.length; end += 1) {
      if (text[end] === '(') depth += 1;
      else if (MARK.test(text[end]!) || (text[end] === '[' && /^\[[○☐☑□■]?\]/u.test(text.slice(end, end + 3)))) break;
      else if (text[end] === ')') {
        if (depth === 0) break;
        depth -= 1;
      }
    }
    const stop = end < text.length ? this.place(end) : segment.text.length;
    if (slot.openText !== null) {
      const chunks = slot.texts.get(slot.openText) ?? [];
      slot.add(chunks, segment, this.place(this.position), stop);
      slot.texts.set(slot.openText, chunks);
    } else slot.add(slot.beside, segment, this.place(this.position), stop);
    this.position = end;
    if (end === text.length) return;
    slot.openText = null;
    slot.openBeside = false;
    if (text[end] === ')') this.eat(end + 1);
  }
}

function sticky(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}
