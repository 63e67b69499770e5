import type { Address, Code, TableItem } from '../../engine/form.js';
import type { Anchor, Entry, FormIndex } from './anchors.js';
import { fold, foldWithPlaces, numberingOf } from './folding.js';
import { FATE } from './ledger.js';
import { Matcher, type Cursor, type Match, type Surroundings } from './matcher.js';
import { pageNoise } from './page-noise.js';
import type { Reading, Segment } from './reading.js';
import { RowBook } from './row-book.js';
import { Slot, take } from './slots.js';
import { TableReader } from './tables.js';
import { ValueReader } from './value-reader.js';

/** Something a person should look at before saving. */
export interface Doubt { address?: Address; code: string; message: string; line: number }

/** Reads the pieces in order, keeping the place in the printed form, and gives each to the item whose label came before. */
export class Walk {
  readonly slots = new Map<Address, Slot>();
  readonly doubts: Doubt[] = [];
  readonly rows: RowBook;
  readonly cursor: Cursor = { section: 0, block: -1, part: -1, order: 0 };
  /** Items whose labels stand in one cell and wait for their values. */
  queue: Entry[] = [];
  afterValue = false;
  private readonly matcher: Matcher;
  private readonly values: ValueReader;
  private readonly tables: TableReader;
  private readonly consumed = new Set<Segment>();
  private readonly names: Set<string>;
  private readonly units: { code: Code; unit: string; name: Entry | undefined; entry: Entry }[];
  private readonly sheets: { entry: Entry; title: string }[];
  private targetOf: { key: string; entry: Entry | null } = { key: '', entry: null };
  private heading: Anchor | null = null;
  private under: string | null = null;
  private labelCell = '';
  private contents: Set<number> | null = null;

  constructor(readonly index: FormIndex, readonly reading: Reading, newId: (group: Code, count: number) => string) {
    this.rows = new RowBook(index, newId);
    this.matcher = new Matcher(index);
    this.values = new ValueReader(this, this.matcher);
    this.tables = new TableReader(this);
    const { title, shortTitle, formTag } = index.form;
    this.names = new Set([title, shortTitle, formTag ?? title].map(fold));
    this.units = [...index.groups].map(([code, { item, entry }]) => ({ code, unit: fold(item.unit), entry, name: item.nameItem === undefined ? undefined : index.byCode.get(item.nameItem) }));
    this.sheets = index.entries.filter(({ item }) => item.kind === 'figures').map((entry) => ({ entry, title: fold(index.form.sections[entry.section]!.title) }));
  }

  run(): void {
    const rows: Segment[][] = [];
    for (const segment of this.reading.segments) (rows[segment.row] ??= []).push(segment);
    const { noise, repeated } = pageNoise(rows);
    for (const { row, times } of repeated) {
      const words = rows[row]!.map((piece) => piece.text).join(' ');
      this.doubt('page-furniture', `ページの端に${times}回出てくる「${words}」は、本文ではないとみなしました。`, rows[row]![0]!);
    }
    rows.forEach((row, n) => {
      this.afterValue = false;
      if (noise.has(n) || this.isTitle(row)) return this.structure(row);
      if (this.inContents(row)) return this.structure(row);
      if (this.tables.read(row, rows[n + 1])) return;
      row.forEach((segment, place) => {
        if (this.consumed.has(segment)) return;
        const cellStart = place === 0 || row[place - 1]!.column !== segment.column || segment.glue === 'space';
        this.piece(segment, { first: place === 0, cellStart, afterValue: this.afterValue }, rows, n, place);
      });
    });
  }

  slotFor(entry: Entry): Slot {
    const { address, row } = this.rows.addressFor(entry);
    let slot = this.slots.get(address);
    if (!slot) this.slots.set(address, (slot = new Slot(address, entry, row)));
    return slot;
  }

  structure(pieces: readonly Segment[]): void {
    for (const segment of pieces) take(this.reading.ledger, segment, 0, segment.text.length, FATE.structure);
  }

  doubt(code: string, message: string, segment: Segment, address?: Address): void {
    this.doubts.push({ ...(address === undefined ? {} : { address }), code, message, line: this.reading.ledger.lineOf(segment.at[0]!) });
  }

  /** Goes to a table of the form that was recognised by its columns. */
  goTo(entry: Entry): void {
    Object.assign(this.cursor, { section: entry.section, block: entry.block, part: entry.part, order: entry.order });
    this.queue = [entry];
    this.heading = null;
  }

  /** Whether a new section or block begins here. */
  isHeading(segment: Segment): boolean {
    const match = this.matcher.match(segment, this.cursor, { first: true, cellStart: true, afterValue: false });
    return match !== null && (match.anchor.kind === 'section' || match.anchor.kind === 'block');
  }

  tableItems(): { entry: Entry; item: TableItem }[] {
    return this.index.entries.flatMap((entry) => (entry.item.kind === 'table' ? [{ entry, item: entry.item }] : []));
  }

  /** The item that a text without a label of its own belongs to, if that is plain. */
  target(): Entry | null {
    if (this.queue.length > 0) return this.queue[0]!;
    const key = `${this.cursor.order}:${this.heading?.order ?? ''}:${this.under ?? ''}`;
    if (this.targetOf.key !== key) this.targetOf = { key, entry: this.defaultTarget() };
    return this.targetOf.entry;
  }

  /** The first item under a heading, when it has no label of its own or is the only one. */
  private defaultTarget(): Entry | null {
    const next = this.index.entries.find((entry) => entry.order > this.cursor.order && entry.item.kind !== 'group' && entry.section === this.cursor.section
      && (this.cursor.block < 0 || entry.block === this.cursor.block) && (this.cursor.part < 0 || entry.part === this.cursor.part));
    if (!next) return null;
    if (this.under !== null) return next.item.under !== undefined && fold(next.item.under) === this.under ? next : null;
    if (!this.heading) return null;
    const label = fold(next.item.label);
    const inside = this.index.entries.filter((entry) => entry.section === next.section && entry.block === next.block
      && (this.heading!.part < 0 || entry.part === next.part) && entry.item.kind !== 'group');
    const single = inside.length === 1;
    const own = label === '' || label.slice(numberingOf(label).length) === this.heading.body;
    const bulk = next.item.kind === 'record-list' || next.item.kind === 'figures';
    return own || single || (bulk && this.heading.kind === 'section') ? next : null;
  }

  private isTitle(row: readonly Segment[]): boolean {
    if (row.length > 3 || row[0]!.text.length > 100) return false;
    const text = fold(row.map((piece) => piece.text).join(''));
    return this.names.has(text) || /^\[?(?:(?:令和|平成)(?:\d{1,2}|元)年\d{1,2}月)?様式第?\d(?:号(?:の\d)?)?\]?$/u.test(text);
  }

  /** The list of contents names the sections without opening them. */
  private inContents(row: readonly Segment[]): boolean {
    if (!this.contents && (row.length > 1 || row[0]!.text.length > 20)) return false;
    const text = fold(row.map((piece) => piece.text).join(''));
    if (text === '項目一覧' || text === '目次') {
      this.contents = new Set();
      return true;
    }
    if (!this.contents) return false;
    const line = text.replace(/[.…・‥]*\d{0,3}$/u, '');
    const numbering = numberingOf(line);
    const section = this.index.named(line.slice(numbering.length)).find((anchor) => anchor.kind === 'section' && anchor.numbering.value === numbering.value);
    if (section && !this.contents.has(section.section)) {
      this.contents.add(section.section);
      return true;
    }
    this.contents = null;
    return false;
  }

  private piece(segment: Segment, around: Surroundings, rows: Segment[][], n: number, place: number): void {
    if (this.groupHeader(segment, around) || this.figureSheet(segment, around)) return;
    const match = this.matcher.match(segment, this.cursor, around);
    if (match && !match.fuzzy) return this.apply(match, segment);
    const broken = around.cellStart ? this.brokenLabel(segment, around, rows, n, place) : null;
    if (broken) return this.apply(broken, segment);
    if (match) {
      this.doubt('label-differs', `見出し「${segment.text.slice(0, 60)}」は、様式の「${match.anchor.text}」と少し違いますが、同じ欄とみなしました。`, segment);
      return this.apply(match, segment);
    }
    this.values.read(segment, 0);
  }

  /** `委託事項3`, `委託事項6～10`. */
  private groupHeader(segment: Segment, around: Surroundings): boolean {
    if (!around.cellStart || this.afterValue || segment.bullet) return false;
    const folded = foldWithPlaces(segment.text.slice(0, 200));
    for (const { code, unit, name, entry } of this.units) {
      if (!unit || !folded.text.startsWith(unit)) continue;
      const match = /^(\d{1,3})(?:([~-])(\d{1,3}))?/u.exec(folded.text.slice(unit.length));
      if (!match) continue;
      const end = unit.length + match[0].length;
      const whole = end === folded.text.length && segment.text.length <= 200;
      if (entry.section !== this.cursor.section && !(whole && around.first)) continue;
      if (!whole && !/\s/u.test(segment.text[folded.at[end]! - 1] ?? '')) continue;
      take(this.reading.ledger, segment, 0, folded.at[end]!, FATE.structure);
      this.heading = null;
      this.under = null;
      if (match[2]) {
        this.queue = [];
        return true;
      }
      Object.assign(this.cursor, { section: entry.section, block: entry.block, part: entry.part, order: entry.order });
      this.rows.open(code, Number(match[1]), this.reading.ledger.lineOf(segment.at[0]!));
      this.queue = name ? [name] : [];
      this.labelCell = '';
      if (!whole && name) this.values.read(segment, folded.at[end]!);
      return true;
    }
    return false;
  }

  /** Further sheets of figures are titled like their section: `事務の内容_資格取得`. The title stays with the text. */
  private figureSheet(segment: Segment, around: Surroundings): boolean {
    if (!around.first || segment.table || segment.text.length > 60) return false;
    const text = fold(segment.text);
    const sheet = this.sheets.find(({ title }) => text.startsWith(title) && /^[_-]/u.test(text.slice(title.length)));
    if (!sheet) return false;
    this.goTo(sheet.entry);
    this.values.read(segment, 0);
    return true;
  }

  private apply(match: Match, segment: Segment): void {
    const { anchor } = match;
    take(this.reading.ledger, segment, 0, match.rest, FATE.structure);
    const cell = `${segment.row}:${segment.column}`;
    if (anchor.kind === 'item') {
      const entry = anchor.entry!;
      Object.assign(this.cursor, { section: entry.section, block: entry.block, part: entry.part, order: entry.order });
      if (entry.item.kind === 'group') this.queue = [];
      else if (this.labelCell === cell && this.queue.length > 0) this.queue.push(entry);
      else this.queue = [entry];
      this.labelCell = cell;
      this.heading = null;
      this.under = null;
      if (entry.item.kind !== 'group') this.slotFor(entry);
    } else {
      Object.assign(this.cursor, { section: anchor.section, block: anchor.block, part: anchor.part, order: anchor.order });
      this.queue = [];
      this.under = anchor.kind === 'under' ? anchor.body === '' ? anchor.text : fold(anchor.text) : null;
      this.heading = anchor.kind === 'under' ? null : anchor;
      this.labelCell = '';
      if (anchor.kind === 'section') this.rows.enterSection(anchor.section);
      if (anchor.kind === 'block' && anchor.block === 0) this.rows.enterFirstBlock(anchor.section);
    }
    if (match.rest < segment.text.length) this.values.read(segment, match.rest);
  }

  valueRead(): void {
    this.afterValue = true;
    this.labelCell = '';
  }

  /** A label broken over lines or cells, perhaps with the beginning of its value between. */
  private brokenLabel(segment: Segment, around: Surroundings, rows: Segment[][], n: number, place: number): Match | null {
    if (!this.matcher.mayContinue(segment.text)) return null;
    let text = segment.text;
    const pieces: Segment[] = [];
    const following = [...rows[n]!.slice(place + 1), ...(rows[n + 1] ?? []), ...(rows[n + 2] ?? []), ...(rows[n + 3] ?? [])].slice(0, 12);
    for (const next of following) {
      const joined = text + next.text;
      const match = this.matcher.match({ ...segment, text: joined }, this.cursor, around);
      if (match && !match.fuzzy && match.rest === joined.length && fold(joined).length >= 6) {
        for (const piece of [...pieces, next]) {
          this.consumed.add(piece);
          this.structure([piece]);
        }
        return { ...match, rest: segment.text.length };
      }
      if (this.matcher.mayContinue(joined)) {
        text = joined;
        pieces.push(next);
      }
    }
    return null;
  }
}
