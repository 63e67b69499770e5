import type { Address, Code } from '../../engine/form.js';
import type { Entry } from './anchors.js';
import { FATE, type Fate, type Ledger } from './ledger.js';
import type { Segment } from './reading.js';

/** A stretch of one piece of the source that belongs to an answer. */
export interface Chunk { segment: Segment; from: number; to: number; glue: Segment['glue']; bullet: boolean }

export interface OptionMark { option: Code; state: 'on' | 'off' | 'bare' }

/** What the source says about one item instance, before it becomes a value. */
export class Slot {
  readonly chunks: Chunk[] = [];
  /** Rows of a table item: cells by column code. */
  readonly rows: Record<Code, Chunk[]>[] = [];
  readonly marks: OptionMark[] = [];
  /** Text in the brackets of a choice: `[ 十分である ]`. */
  readonly brackets: { text: string; chunk: Chunk }[] = [];
  /** The printed option list: number and folded text; `words` as printed, where they differ from the form's. */
  readonly listed: { number: number; text: string; words?: string }[] = [];
  readonly texts = new Map<Code, Chunk[]>();
  readonly counts = new Map<Code, number>();
  /** Text printed beside a choice. */
  readonly beside: Chunk[] = [];
  count: number | undefined;
  emptyBracket = false;
  inList = false;
  lastMark: 'on' | 'off' | null = null;
  lastOption: Code | null = null;
  /** An opened bracket behind this option waits for its end. */
  openText: Code | null = null;
  openBeside = false;
  start = Number.POSITIVE_INFINITY;
  end = -1;

  constructor(readonly address: Address, readonly entry: Entry, readonly row: string | null) {}

  get touched(): boolean {
    return this.chunks.length + this.rows.length + this.marks.length + this.brackets.length + this.listed.length + this.texts.size + this.beside.length > 0;
  }

  cover(segment: Segment, from: number, to: number): void {
    if (to <= from) return;
    this.start = Math.min(this.start, segment.at[from]!);
    this.end = Math.max(this.end, segment.at[to - 1]! + 1);
  }

  add(list: Chunk[], segment: Segment, from: number, to: number, glue: Segment['glue'] = segment.glue): void {
    if (to <= from) return;
    list.push({ segment, from, to, glue: from === 0 ? glue : 'space', bullet: segment.bullet && from === 0 });
    this.cover(segment, from, to);
  }
}

export function take(ledger: Ledger, segment: Segment, from: number, to: number, fate: Fate): void {
  for (let index = from; index < to; index += 1) ledger.take(segment.at[index]!, fate);
}

export function takeChunks(ledger: Ledger, chunks: readonly Chunk[], fate: Fate = FATE.placed): void {
  for (const chunk of chunks) take(ledger, chunk.segment, chunk.from, chunk.to, fate);
}

export function guessChunks(ledger: Ledger, chunks: readonly Chunk[], address: Address): void {
  for (const chunk of chunks) ledger.guess(chunk.segment.at[chunk.from]!, chunk.segment.at[chunk.to - 1]! + 1, address);
}

const BULLET = /^[・●○■□▶▷◆◇※\-①-⑳]/u;

/** The text of an answer as a person reads it: breaks and bullets instead of markup. */
export function textOf(chunks: readonly Chunk[], wrapWidth = 0): string {
  let text = '';
  let last: Chunk | undefined;
  for (const chunk of chunks) {
    let piece = chunk.segment.text.slice(chunk.from, chunk.to).trim();
    if (chunk.segment.table || chunk.bullet) piece = piece.replace(/[ \u3000]+(?=[・▶▷●◆◇](?!\s*$))/gu, '\n');
    if (chunk.bullet && !BULLET.test(piece)) piece = `・${piece}`;
    if (last === undefined) text = piece;
    else {
      const otherRow = last.segment.row !== chunk.segment.row;
      let glue = otherRow ? (chunk.segment.gap ? '\n\n' : '\n') : chunk.glue === 'space' || chunk.glue === 'none' ? ' ' : '\n';
      if (otherRow && wraps(last, chunk, wrapWidth)) glue = '';
      text += glue + piece;
    }
    last = chunk;
  }
  return text.replace(/[ \u3000]+\n/gu, '\n').trim();
}

/** A line of a PDF that was full goes on in the next one. */
function wraps(last: Chunk, next: Chunk, width: number): boolean {
  if (width === 0 || last.segment.table || next.segment.table || next.bullet || next.segment.gap) return false;
  const text = last.segment.text;
  return text.length >= width * 0.85 && !/[。」）)]$/u.test(text) && !/^[・●○■□▶◆※<＜【①-⑳(（\d]/u.test(next.segment.text);
}
