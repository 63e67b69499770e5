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

/**
 * Reads option lists, marks and brackets of a choice or of check boxes from a piece of text, from `from` on.
 * Stops at the first character that is none of these and returns its place (or the length of the text).
 */
export class OptionScan {
  constructor(private readonly ledger: Ledger) {}

  scan(slot: Slot, item: ChoiceItem | ChecksItem, options: readonly Option[], segment: Segment, from: number): number {
    const folded = foldWithPlaces(segment.text.slice(from));
    const text = folded.text;
    let position = 0;
    const place = (index: number): number => (index === 0 ? from : from + folded.at[index]!);
    const eat = (to: number): void => {
      take(this.ledger, segment, place(position), place(to), FATE.structure);
      slot.cover(segment, place(position), place(to));
      position = to;
    };
    if (text.length === 0) take(this.ledger, segment, from, segment.text.length, FATE.structure);
    while (position < text.length) {
      if (slot.openText !== null || slot.openBeside) {
        position = this.bracketed(slot, segment, from, folded, position);
        continue;
      }
      const before = position;
      this.step(slot, item, options, segment, from, folded, position, eat);
      if (position === before) return place(position);
    }
    return segment.text.length;
  }

  private step(slot: Slot, item: ChoiceItem | ChecksItem, options: readonly Option[], segment: Segment, from: number, folded: Folded, position: number, eat: (to: number) => void): void {
    const text = folded.text;
    const character = text[position]!;
    const list = sticky(LIST, text, position);
    if (list) {
      slot.inList = true;
      return eat(position + list[0].length);
    }
    const count = sticky(COUNT, text, position);
    if (count && this.count(slot, item, options, Number(count[1]))) return eat(position + count[0].length);
    const listed = sticky(LISTED, text, position);
    if (listed) {
      const end = this.listed(slot, options, text, position + listed[0].length, Number(listed[1]));
      if (end > 0) return eat(end);
    }
    if (character === '[') return this.bracket(slot, item, options, segment, from, folded, position, eat);
    if (character === ']') return eat(position + 1);
    if (MARK.test(character)) {
      slot.lastMark = ON.test(character) ? 'on' : 'off';
      return eat(position + 1);
    }
    const found = optionAt(options, text, position);
    if (found && (slot.lastMark !== null || item.kind === 'choice' || this.bounded(text, position, found.body.length))) {
      slot.marks.push({ option: found.code, state: slot.lastMark ?? 'bare' });
      slot.lastMark = null;
      slot.lastOption = found.code;
      let end = position + found.body.length;
      if (found.option.text && text[end] === '(') {
        slot.openText = found.code;
        end += 1;
      } else if (text.startsWith('()', end)) end += 2;
      return eat(end);
    }
    const heading = printed(options).find((option) => option.heading && text.startsWith(option.heading, position + (character === '・' ? 1 : 0)));
    if (heading) return eat(position + (character === '・' ? 1 : 0) + heading.heading.length);
    if (item.kind === 'choice' && item.text) {
      const label = fold(item.text.label).replace(/^\(|[:)]+$/gu, '');
      const start = character === '(' ? position + 1 : position;
      if (label && text.startsWith(label, start)) {
        slot.openBeside = true;
        const end = start + label.length;
        return eat(text[end] === ':' ? end + 1 : end);
      }
    }
    if (slot.inList && /^[|、・]$/u.test(character)) eat(position + 1);
  }

  /** Whether a bare option label stands by itself (not the beginning of a longer word). */
  private bounded(text: string, position: number, length: number): boolean {
    const next = text[position + length];
    return next === undefined || /[([☐☑□■・]/u.test(next);
  }

  private count(slot: Slot, item: ChoiceItem | ChecksItem, options: readonly Option[], value: number): boolean {
    if (item.kind === 'choice') {
      if (!item.count) return false;
      slot.count = value;
      return true;
    }
    const option = options.find((candidate) => candidate.code === slot.lastOption);
    if (!option?.counts) return false;
    slot.counts.set(option.code, value);
    return true;
  }

  /** One entry `2) 十分である` of a printed list; returns its end, 0 when it is none. */
  private listed(slot: Slot, options: readonly Option[], text: string, position: number, number: number): number {
    const exact = optionAt(options, text, position);
    const next = /[(]?\d{1,2}[)]|[[☐☑]|<選択肢/u.exec(text.slice(position));
    const end = next ? position + next.index : text.length;
    if (exact && position + exact.body.length >= end - 2) {
      slot.listed.push({ number, text: exact.body });
      return text.startsWith('()', position + exact.body.length) ? position + exact.body.length + 2 : position + exact.body.length;
    }
    if (!slot.inList && !exact) return 0;
    const words = text.slice(position, end);
    const counterpart = options[number - 1];
    if (counterpart && similar(fold(counterpart.label), words, 0.4)) {
      slot.listed.push({ number, text: words });
      return end;
    }
    if (!exact) return 0;
    slot.listed.push({ number, text: exact.body });
    return position + exact.body.length;
  }

  private bracket(slot: Slot, item: ChoiceItem | ChecksItem, options: readonly Option[], segment: Segment, from: number, folded: Folded, position: number, eat: (to: number) => void): void {
    const text = folded.text;
    const close = text.indexOf(']', position);
    if (close < 0 || close - position > 80) return eat(position + 1);
    const inner = text.slice(position + 1, close);
    if (inner.includes('[')) return eat(position + 1);
    if (inner === '' || /^[☐□]$/u.test(inner)) {
      slot.lastMark = 'off';
      if (inner === '') slot.emptyBracket = true;
      return eat(close + 1);
    }
    if (ON.test(inner) || inner === 'o') {
      slot.lastMark = 'on';
      return eat(close + 1);
    }
    const words = inner.replace(/^[☐☑□■]/u, '');
    const option = optionOf(options, words);
    if (item.kind === 'checks') {
      if (!option) return;
      slot.marks.push({ option, state: 'on' });
      slot.lastOption = option;
      return eat(close + 1);
    }
    const start = from + folded.at[position + 1]!;
    const end = from + folded.at[close]!;
    slot.brackets.push({ text: words, chunk: { segment, from: start, to: end, glue: 'none', bullet: false } });
    eat(close + 1);
    if (!option) for (let index = start; index < end; index += 1) this.ledger.take(segment.at[index]!, FATE.unplaced);
  }

  /** The text in an opened bracket, up to its end (brackets inside are counted) or the end of the piece. */
  private bracketed(slot: Slot, segment: Segment, from: number, folded: Folded, position: number): number {
    const text = folded.text;
    let depth = 0;
    let end = position;
    for (; end < text.length; end += 1) {
      if (text[end] === '(') depth += 1;
      else if (MARK.test(text[end]!) || (text[end] === '[' && /^\[[○☐☑□■]?\]/u.test(text.slice(end, end + 3)))) break;
      else if (text[end] === ')') {
        if (depth === 0) break;
        depth -= 1;
      }
    }
    const closed = text[end] === ')';
    const start = from + (position === 0 ? 0 : folded.at[position]!);
    const stop = end < text.length ? from + folded.at[end]! : segment.text.length;
    if (slot.openText !== null) {
      const chunks = slot.texts.get(slot.openText) ?? [];
      slot.add(chunks, segment, start, stop);
      if (chunks.length > 0) slot.texts.set(slot.openText, chunks);
    } else slot.add(slot.beside, segment, start, stop);
    if (end === text.length) return end;
    slot.openText = null;
    slot.openBeside = false;
    if (!closed) return end;
    const after = from + folded.at[end + 1]!;
    take(this.ledger, segment, stop, after, FATE.structure);
    return end + 1;
  }
}

function sticky(pattern: RegExp, text: string, position: number): RegExpExecArray | null {
  pattern.lastIndex = position;
  return pattern.exec(text);
}
