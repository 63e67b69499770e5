import type { Code } from '../../engine/form.js';
import type { Entry } from './anchors.js';
import { fold, numberingOf } from './folding.js';
import { FATE } from './ledger.js';
import type { Segment } from './reading.js';
import { take, type Chunk, type Slot } from './slots.js';
import type { Walk } from './walk.js';

/** Rows read by their columns: a table of the form (別添3), and labels printed over their values. */
export class TableReader {
  private open: { slot: Slot; columns: Map<number, Code>; header: string } | null = null;
  private labels: Map<number, Entry> | null = null;

  constructor(private readonly walk: Walk) {}

  /** @returns whether the row was taken as a whole */
  read(row: readonly Segment[], next: readonly Segment[] | undefined): boolean {
    if (this.labels) {
      const labels = this.labels;
      this.labels = null;
      const own = row.map((segment, n) => labels.get(columnOf(segment, n)));
      if (own.every((entry) => entry !== undefined)) {
        row.forEach((segment, n) => {
          const slot = this.walk.slotFor(own[n]!);
          slot.add(slot.chunks, segment, 0, segment.text.length);
        });
        return true;
      }
    }
    if (!row[0]!.table) {
      if (this.open && this.walk.isHeading(row[0]!)) this.open = null;
      return this.labelsOver(row, next);
    }
    if (this.header(row)) return true;
    if (this.open) {
      if (row[0]!.column === 0 && new Set(row.map((segment) => segment.column)).size === 1 && this.walk.isHeading(row[0]!)) this.open = null;
      else return this.record(row);
    }
    return this.labelsOver(row, next);
  }

  private header(row: readonly Segment[]): boolean {
    const cells = cellsOf(row);
    const text = [...cells.values()].map((pieces) => fold(pieces.map((piece) => piece.text).join(''))).join('|');
    if (this.open && text === this.open.header) {
      this.walk.structure(row);
      return true;
    }
    for (const { entry, item } of this.walk.tableItems()) {
      const columns = new Map<number, Code>();
      for (const [column, pieces] of cells) {
        const label = fold(pieces.map((piece) => piece.text).join(''));
        const found = item.columns.find((candidate) => fold(candidate.label) === label);
        if (found) columns.set(column, found.code);
      }
      if (columns.size < 2 || columns.size < cells.size || columns.size * 2 < item.columns.length) continue;
      this.walk.goTo(entry);
      this.open = { slot: this.walk.slotFor(entry), columns, header: text };
      this.walk.structure(row);
      return true;
    }
    return false;
  }

  private record(row: readonly Segment[]): boolean {
    const { slot, columns } = this.open!;
    const { ledger } = this.walk.reading;
    const record: Record<Code, Chunk[]> = {};
    for (const segment of row) {
      const code = columns.get(segment.column);
      if (code === undefined) ledger.guess(segment.at[0]!, segment.at.at(-1)! + 1, slot.address);
      else slot.add((record[code] ??= []), segment, 0, segment.text.length);
    }
    if (Object.keys(record).length > 0) slot.rows.push(record);
    return true;
  }

  /** `評価書番号 | 評価書名` over a row with their values. */
  private labelsOver(row: readonly Segment[], next: readonly Segment[] | undefined): boolean {
    if (row.length < 2 || !next || next[0]!.table !== row[0]!.table || (!row[0]!.table && next.length !== row.length)) return false;
    const labels = new Map<number, Entry>();
    for (const [n, segment] of row.entries()) {
      const entry = this.labelOf(segment.text);
      if (!entry || labels.has(columnOf(segment, n))) return false;
      labels.set(columnOf(segment, n), entry);
    }
    const entries = [...labels.values()];
    if (entries.some((entry) => entry.block !== entries[0]!.block || entry.section !== entries[0]!.section)) return false;
    if (!next.every((segment, n) => labels.has(columnOf(segment, n)) && !this.labelOf(segment.text))) return false;
    for (const segment of row) take(this.walk.reading.ledger, segment, 0, segment.text.length, FATE.structure);
    this.walk.goTo(entries.at(-1)!);
    this.walk.queue = [];
    this.labels = labels;
    return true;
  }

  private labelOf(text: string): Entry | undefined {
    const folded = fold(text);
    const numbering = numberingOf(folded);
    return this.walk.index.named(folded.slice(numbering.length)).find((anchor) => anchor.kind === 'item'
      && anchor.section === this.walk.cursor.section && anchor.numbering.value === numbering.value && isText(anchor.entry!))?.entry;
  }
}

/** In text copied from a PDF wide gaps part the columns: the place in the line counts. */
function columnOf(segment: Segment, n: number): number {
  return segment.table ? segment.column : n;
}

function isText(entry: Entry): boolean {
  return ['text', 'long-text', 'date', 'date-text', 'number'].includes(entry.item.kind);
}

function cellsOf(row: readonly Segment[]): Map<number, Segment[]> {
  const cells = new Map<number, Segment[]>();
  for (const segment of row) {
    const pieces = cells.get(segment.column);
    if (pieces) pieces.push(segment);
    else cells.set(segment.column, [segment]);
  }
  return cells;
}
