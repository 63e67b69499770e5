import { Ledger } from './ledger.js';

/** A piece of text of one cell or line between two breaks, each character with its place in the source. */
export interface Segment {
  text: string;
  /** Place in the source of each UTF-16 unit of `text`. */
  at: number[];
  /** Table row or line, from 0; pieces of one cell share row and column. */
  row: number;
  column: number;
  /** The row has several cells (tab, Markdown or HTML table). */
  table: boolean;
  /** How it hangs on the piece before it, when both belong to one answer. */
  glue: 'line' | 'space' | 'none';
  /** Printed with a bullet by its markup (`<li>`, `- `). */
  bullet: boolean;
  /** Empty lines lie between it and the row before. */
  gap: boolean;
}

/** A character that no answer may hold. */
export interface Defect { at: number; kind: 'nul' | 'control' | 'surrogate' }

export interface Reading { segments: Segment[]; ledger: Ledger; defects: Defect[]; rows: number }

const BLOCK = new Set(['p', 'ul', 'ol', 'div', 'br', 'hr', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'caption', 'section', 'article', 'header', 'footer', 'dl', 'dt', 'dd', 'blockquote', 'pre']);
const INLINE = 'small|span|b|strong|i|em|u|s|sup|sub|font|label|a|img|mark|ins|del|ruby|rb|rt|rp|center|body|html|head|meta|colgroup|col|thead|tbody|tfoot|table';
/** Only what reads as an attribute makes a tag: `<i am>` and `<script>` are text. */
const ATTRIBUTES = '(?:\\s+(?:[a-z:-]{1,40}\\s*=\\s*(?:"[^"<>]{0,2000}"|\'[^\'<>]{0,2000}\'|[^\\s"\'<>=]{1,2000})|checked|disabled|nowrap))*';
const TAG = new RegExp(`<(/?)(${[...BLOCK].join('|')}|${INLINE}|li|tr|td|th|input)(${ATTRIBUTES})\\s*/?>`, 'iuy');
const ENTITY = /&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos|nbsp));/iuy;
const NAMED: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: '\u00a0' };
const RULER = /^[\s|:+-]*-{2,}[\s|:+-]*$/u;

class Reader {
  readonly ledger: Ledger;
  readonly segments: Segment[] = [];
  readonly defects: Defect[] = [];
  private text: string[] = [];
  private at: number[] = [];
  private row = 0;
  private column = 0;
  private glue: Segment['glue'] = 'none';
  private bullet = false;
  private gap = false;
  private emptyLines = 0;
  private inCell = false;
  private rowStart = 0;
  private rowIsTable = false;
  private lineStart = true;
  private piped = false;

  constructor(private readonly source: string) {
    this.ledger = new Ledger(source);
  }

  read(): Reading {
    let index = this.source.charCodeAt(0) === 0xfeff ? 1 : 0;
    while (index < this.source.length) {
      if (this.lineStart && !this.inCell) index = this.beginLine(index);
      if (index < this.source.length) index = this.next(index, this.source.charCodeAt(index));
    }
    this.breakRow();
    return { segments: this.segments, ledger: this.ledger, defects: this.defects, rows: this.row };
  }

  /** Takes what opens a line: a rule of dashes (whole), the first bar of a Markdown row, `## `, `- `. */
  private beginLine(index: number): number {
    const { source } = this;
    this.lineStart = false;
    const lineEnd = this.endOfLine(index);
    const line = source.slice(index, Math.min(lineEnd, index + 2000));
    if (lineEnd - index < 2000 && RULER.test(line)) return lineEnd;
    this.piped = /^[ \t]*\|/u.test(line) && source.slice(index, lineEnd).trimEnd().endsWith('|');
    if (this.piped) {
      this.rowIsTable = true;
      return source.indexOf('|', index) + 1;
    }
    const lead = /^[ \t\u3000]*(?:#{1,6}[ \u3000]+|[-*+][ \u3000]+(?=\S))/u.exec(line);
    if (!lead || /^[ \t\u3000]*[-*+][ \u3000]+(?:\[[ xX]\]|\d{1,3}[ \u3000]*-[ \u3000]*$)/u.test(line)) return index;
    for (const character of lead[0]) if (character === '\t') this.breakCell();
    this.bullet = !lead[0].includes('#');
    return index + lead[0].length;
  }

  private next(index: number, code: number): number {
    if (code === 10 || code === 12 || code === 13) return this.lineBreak(index, code);
    if (code === 9 && !this.inCell && !this.piped) {
      this.breakCell();
      this.rowIsTable = true;
      return index + 1;
    }
    if (code === 124 && this.piped) {
      this.breakCell();
      return index + 1;
    }
    if (code === 92 && this.piped && this.source.charCodeAt(index + 1) === 124) {
      this.put('|', index + 1);
      return index + 2;
    }
    if (code === 60) return this.tag(index);
    if (code === 38) return this.entity(index);
    if (code === 42 && this.source.charCodeAt(index + 1) === 42) return index + 2;
    return this.character(index, code);
  }

  private lineBreak(index: number, code: number): number {
    if (this.inCell && code !== 12) this.push(' ', index);
    else if (code !== 13 || this.source.charCodeAt(index + 1) !== 10) {
      this.breakRow();
      this.lineStart = true;
      this.piped = false;
    }
    return index + 1;
  }

  private endOfLine(from: number): number {
    for (let index = from; index < this.source.length; index += 1) {
      const code = this.source.charCodeAt(index);
      if (code === 10 || code === 12 || code === 13) return index;
    }
    return this.source.length;
  }

  private character(index: number, code: number): number {
    if ((code < 32 && code !== 9 && code !== 11) || (code >= 127 && code < 160)) {
      this.defect(index, code === 0 ? 'nul' : 'control');
      return index + 1;
    }
    if (code >= 0xd800 && code <= 0xdfff) {
      const low = this.source.charCodeAt(index + 1);
      if (code < 0xdc00 && low >= 0xdc00 && low <= 0xdfff) {
        this.put(this.source[index]!, index);
        this.put(this.source[index + 1]!, index + 1);
        return index + 2;
      }
      this.defect(index, 'surrogate');
      return index + 1;
    }
    const wide = !this.inCell && !this.rowIsTable ? this.wideSpace(index) : 0;
    if (wide > 0) {
      this.flush();
      this.glue = 'space';
      return index + wide;
    }
    const character = this.source[index]!;
    if (/\s/u.test(character)) this.push(character === '\u3000' ? character : ' ', index);
    else this.put(character, index);
    return index + 1;
  }

  /** Length of a gap that separates columns in text copied from a PDF: three spaces or two full-width ones. */
  private wideSpace(index: number): number {
    let width = 0;
    let end = index;
    for (; end < this.source.length; end += 1) {
      const character = this.source[end];
      if (character === '\u3000') width += 2;
      else if (character === ' ' || character === '\u00a0') width += 1;
      else break;
    }
    return width >= 3 ? end - index : 0;
  }

  private defect(index: number, kind: Defect['kind']): void {
    this.ledger.counts(index, index + 1);
    this.defects.push({ at: index, kind });
  }

  private tag(index: number): number {
    TAG.lastIndex = index;
    const match = TAG.exec(this.source);
    if (!match) {
      this.put('<', index);
      return index + 1;
    }
    const closing = match[1] === '/';
    const name = match[2]!.toLowerCase();
    const attributes = match[3]!;
    if (name === 'input') this.push(/\bchecked\b/iu.test(attributes) ? '☑' : '☐', index);
    else if (name === 'li') {
      this.flush();
      this.glue = 'line';
      this.bullet = !closing;
    } else if (name === 'td' || name === 'th') {
      this.inCell = !closing;
      this.rowIsTable = true;
      if (closing) this.breakCell();
    } else if (name === 'tr' || name === 'table') {
      if (closing || name === 'table') this.inCell = false;
      if (name === 'tr') this.breakRow();
    } else if (BLOCK.has(name)) {
      this.flush();
      this.glue = 'line';
    } else if (!closing && (name === 'a' || name === 'img')) this.attribute(index, match[0], name === 'a' ? 'href' : 'alt');
    return index + match[0].length;
  }

  /** Words kept in an attribute (address of a link, text of a picture) are characters of the source too. */
  private attribute(index: number, tag: string, name: string): void {
    const match = new RegExp(`\\b${name}\\s*=\\s*("[^"]*"|'[^']*')`, 'iu').exec(tag);
    if (!match) return;
    const from = index + match.index + match[0].length - match[1]!.length + 1;
    this.push(' ', index);
    for (let unit = from; unit < from + match[1]!.length - 2; unit += 1) {
      const code = this.source.charCodeAt(unit);
      if (code > 32 && (code < 0xd800 || code > 0xdfff)) this.put(this.source[unit]!, unit);
    }
    this.push(' ', index);
  }

  private entity(index: number): number {
    ENTITY.lastIndex = index;
    const match = ENTITY.exec(this.source);
    if (!match) {
      this.put('&', index);
      return index + 1;
    }
    const point = match[1] ? Number(match[1]) : match[2] ? Number.parseInt(match[2], 16) : -1;
    const bad = match[3] === undefined && (point < 32 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff));
    if (bad) {
      this.put('&', index);
      return index + 1;
    }
    const character = match[3] ? NAMED[match[3].toLowerCase()]! : String.fromCodePoint(point);
    if (/\s/u.test(character)) this.push(' ', index);
    else {
      this.ledger.counts(index, index + 1);
      for (const unit of character.split('')) this.push(unit, index);
    }
    return index + match[0].length;
  }

  /** A character that counts. */
  private put(character: string, index: number): void {
    this.ledger.counts(index, index + 1);
    this.push(character, index);
  }

  private push(character: string, index: number): void {
    this.text.push(character);
    this.at.push(index);
  }

  private flush(): void {
    let start = 0;
    let end = this.text.length;
    while (start < end && isSpace(this.text[start]!)) start += 1;
    while (end > start && isSpace(this.text[end - 1]!)) end -= 1;
    if (end > start) {
      this.segments.push({
        text: this.text.slice(start, end).join(''), at: this.at.slice(start, end), row: this.row, column: this.column,
        table: false, glue: this.glue, bullet: this.bullet, gap: this.gap,
      });
      this.bullet = false;
    }
    this.text = [];
    this.at = [];
  }

  private breakCell(): void {
    this.flush();
    this.column += 1;
    this.glue = 'none';
    this.bullet = false;
  }

  private breakRow(): void {
    this.flush();
    if (this.segments.length > this.rowStart) {
      if (this.rowIsTable) for (let index = this.rowStart; index < this.segments.length; index += 1) this.segments[index]!.table = true;
      this.row += 1;
      this.emptyLines = 0;
    } else this.emptyLines += 1;
    this.rowStart = this.segments.length;
    this.rowIsTable = false;
    this.column = 0;
    this.glue = 'none';
    this.bullet = false;
    this.gap = this.emptyLines > 0;
  }
}

function isSpace(character: string): boolean {
  return character === ' ' || character === '\u3000';
}

/** Splits a source into pieces; every character that is neither white space nor markup is in one of them or a defect. */
export function readSource(source: string): Reading {
  return new Reader(source).read();
}
