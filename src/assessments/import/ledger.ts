/**
 * What became of every character of the source. A character that counts starts as unplaced and leaves that state
 * only when something takes it; nothing can be dropped silently.
 */
export const FATE = { notCounted: 0, unplaced: 1, structure: 2, placed: 3 } as const;
export type Fate = (typeof FATE)[keyof typeof FATE];

/** A run of the source that no item took; offsets in UTF-16 units, `line` counts from 1. `text` shows characters that cannot be stored as ␀ or \uFFFD. */
export interface UnplacedRun { start: number; end: number; text: string; line: number; guess?: string }

export class Ledger {
  private readonly fates: Uint8Array;
  private readonly guesses: { start: number; end: number; address: string }[] = [];
  private readonly lineStarts: number[] = [0];

  constructor(private readonly source: string) {
    this.fates = new Uint8Array(source.length);
    for (let index = 0; index < source.length; index += 1) {
      if (source.charCodeAt(index) === 10) this.lineStarts.push(index + 1);
    }
  }

  /** The characters in this range count (neither white space nor markup). */
  counts(start: number, end: number): void {
    this.fates.fill(FATE.unplaced, start, end);
  }

  markup(start: number, end: number): void {
    this.fates.fill(FATE.notCounted, start, end);
  }

  take(index: number, fate: Fate): void {
    if (this.fates[index] !== FATE.notCounted) this.fates[index] = fate;
  }

  fateOf(index: number): Fate {
    return this.fates[index] as Fate;
  }

  /** Where this range might belong, should nothing take it. */
  guess(start: number, end: number, address: string): void {
    this.guesses.push({ start, end, address });
  }

  lineOf(index: number): number {
    let low = 0;
    let high = this.lineStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.lineStarts[middle]! <= index) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  totals(): { total: number; structure: number; placed: number; unplaced: number } {
    const sums = [0, 0, 0, 0];
    for (const fate of this.fates) sums[fate]! += 1;
    return { total: sums[1]! + sums[2]! + sums[3]!, structure: sums[2]!, placed: sums[3]!, unplaced: sums[1]! };
  }

  /** Runs of unplaced characters, joined over white space and markup, never over a line end. */
  unplaced(): UnplacedRun[] {
    const runs: UnplacedRun[] = [];
    const guesses = [...this.guesses].sort((one, other) => one.start - other.start);
    let next = 0;
    let active: { start: number; end: number; address: string } | undefined;
    let start = -1;
    let end = -1;
    const close = (): void => {
      if (start < 0) return;
      while (next < guesses.length && guesses[next]!.start <= start) active = guesses[next++];
      runs.push({
        start, end, text: printable(this.source.slice(start, end)), line: this.lineOf(start),
        ...(active && active.end > start ? { guess: active.address } : {}),
      });
      start = -1;
    };
    for (let index = 0; index < this.fates.length; index += 1) {
      const fate = this.fates[index];
      if (fate === FATE.unplaced) {
        if (start < 0) start = index;
        end = index + 1;
      } else if (fate !== FATE.notCounted || this.source.charCodeAt(index) === 10) close();
    }
    close();
    return runs;
  }
}

/** Control characters as their pictures, halves of a surrogate pair as U+FFFD. */
function printable(text: string): string {
  return text.replace(/\p{Surrogate}|[\u0080-\u009f]/gu, '\ufffd').replace(/[\u0000-\u0008\u000b-\u001f\u007f]/gu, (character) => (character === '\u007f' ? '\u2421' : String.fromCharCode(0x2400 + character.charCodeAt(0))));
}
