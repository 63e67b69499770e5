/**
 * XLSX (ECMA-376, transitional and strict) → sheets of cells. Reads cells, merged cells and what is hidden, nothing else, so that no part
 * of a file can make it large: a merged cell stays a rectangle, a rule for a whole column is passed over.
 */
import { tooLong, tooWide, refuse } from './csv-reader.js';
import { columnOf, keepable, lettersOf, SHEET_LIMITS, type CellValue, type Merge, type Sheet, type SheetCell, type SheetRow } from './sheets.js';
import { damaged, openWorkbook, readXml, unescaped, type WorkbookParts } from './workbook-parts.js';
import { dayOfSerial, readStyles, type Shown } from './workbook-styles.js';

interface Book {
  texts: string[];
  styles: Shown[];
  from1904: boolean;
}

/** @throws Invalid for everything that is no readable workbook within the bounds */
export function readWorkbook(bytes: Buffer): Sheet[] {
  const parts = openWorkbook(bytes);
  const { sheets, from1904 } = contents(parts);
  const targets = relations(parts);
  const partOf = (type: string): string | null => {
    const target = [...targets.values()].find((one) => one.type === type)?.part;
    return target === undefined ? null : parts.part(target);
  };
  const book: Book = { texts: sharedTexts(partOf('sharedStrings')), styles: readStyles(partOf('styles')), from1904 };
  const read: Sheet[] = [];
  let rows = 0;
  for (const { name, relation, hidden } of sheets) {
    const target = targets.get(relation);
    if (target?.type !== 'worksheet') continue;
    const xml = parts.part(target.part);
    if (xml === null) throw damaged(target.part);
    if (read.length >= SHEET_LIMITS.sheets) throw refuse('register-too-many-sheets', `シートが多すぎます（${SHEET_LIMITS.sheets}枚まで）。台帳のシートだけを残してください。`);
    const sheet = readSheet(xml, name, book);
    rows += sheet.rows.length;
    if (rows > SHEET_LIMITS.rows) throw tooLong();
    read.push(hidden ? { ...sheet, hidden: true } : sheet);
  }
  if (read.length === 0) throw damaged('xl/workbook.xml');
  return read;
}

function contents(parts: WorkbookParts): { sheets: { name: string; relation: string; hidden: boolean }[]; from1904: boolean } {
  const sheets: { name: string; relation: string; hidden: boolean }[] = [];
  const names = new Set<string>();
  let from1904 = false;
  readXml(parts.part('xl/workbook.xml') ?? '', {
    open(name, attributes) {
      if (name === 'workbookPr') from1904 = attributes.date1904 === '1' || attributes.date1904 === 'true';
      if (name !== 'sheet') return;
      const relation = Object.entries(attributes).find(([key]) => key.endsWith(':id'))?.[1] ?? '';
      const called = keepable(attributes.name ?? '').slice(0, 31) || `Sheet${sheets.length + 1}`;
      const once = names.has(called) ? `${called} (${sheets.length + 1})` : called;
      names.add(once);
      sheets.push({ name: once, relation, hidden: (attributes.state ?? 'visible') !== 'visible' });
    },
  });
  return { sheets, from1904 };
}

/** Relation id → last word of its type, and the part it leads to. */
function relations(parts: WorkbookParts): Map<string, { type: string; part: string }> {
  const found = new Map<string, { type: string; part: string }>();
  readXml(parts.part('xl/_rels/workbook.xml.rels') ?? '', {
    open(name, { Id: id, Type: type = '', Target: target = '', TargetMode: mode }) {
      if (name !== 'Relationship' || id === undefined || mode === 'External') return;
      found.set(id, { type: type.slice(type.lastIndexOf('/') + 1), part: target.startsWith('/') ? target.slice(1) : `xl/${target.replace(/^\.\//u, '')}` });
    },
  });
  return found;
}

/** Texts by number; readings above the characters (`rPh`) are no part of them. */
function sharedTexts(xml: string | null): string[] {
  const texts: string[] = [];
  if (xml === null) return texts;
  let [text, inText, reading] = ['', false, false];
  readXml(xml, {
    open(name) {
      if (name === 'si') text = '';
      else if (name === 'rPh') reading = true;
      else if (name === 't') inText = !reading;
    },
    text(part) {
      if (inText && text.length <= SHEET_LIMITS.characters) text += part;
    },
    close(name) {
      if (name === 't') inText = false;
      else if (name === 'rPh') reading = false;
      else if (name === 'si') texts.push(keepable(unescaped(text)));
    },
  });
  return texts;
}

/** The cell that is being read. */
interface Raw {
  column: number;
  row: number;
  type: string;
  style: number;
  formula: boolean;
  value: string | null;
  inline: string | null;
}

function readSheet(xml: string, name: string, book: Book): Sheet {
  const rows = new Map<number, SheetRow>();
  const hiddenColumns = new Set<string>();
  const merges: Merge[] = [];
  let [row, column, rowHidden, reading] = [0, 0, false, false];
  let cell: Raw | null = null;
  let into: 'value' | 'inline' | null = null;
  const opened: Record<string, (attributes: Readonly<Record<string, string>>) => void> = {
    col: ({ hidden, min, max }) => {
      if (!isTrue(hidden)) return;
      for (let n = Math.max(1, Number(min)); n <= Math.min(Number(max), SHEET_LIMITS.columns); n += 1) hiddenColumns.add(lettersOf(n));
    },
    row: ({ r, hidden }) => {
      row = r === undefined ? row + 1 : Number(r);
      [column, rowHidden] = [0, isTrue(hidden)];
      if (!Number.isInteger(row) || row < 1 || row > 1_048_576) throw damaged(name);
    },
    c: ({ r, t = 'n', s }) => {
      column = r === undefined ? column + 1 : columnOf(/^[A-Z]*/u.exec(r)![0]);
      if (column < 1) throw damaged(name);
      cell = { column, row, type: t, style: Number(s ?? 0), formula: false, value: null, inline: null };
    },
    f: () => { if (cell !== null) cell.formula = true; },
    v: () => { into = 'value'; },
    rPh: () => { reading = true; },
    t: () => { into = reading ? null : 'inline'; },
    mergeCell: ({ ref = '' }) => {
      const merge = mergeOf(ref);
      if (merge !== null) merges.push(merge);
      if (merges.length > SHEET_LIMITS.rows * 4) throw refuse('register-too-many-merges', `シート「${name}」の結合セルが多すぎます。結合を解いて保存し直してください。`);
    },
  };
  readXml(xml, {
    open: (tag, attributes) => (Object.hasOwn(opened, tag) ? opened[tag]!(attributes) : undefined),
    text(part) {
      if (cell === null || into === null) return;
      const before = cell[into] ?? '';
      if (before.length <= SHEET_LIMITS.characters) cell[into] = before + part;
    },
    close(tag) {
      if (tag === 'v' || tag === 't') into = null;
      else if (tag === 'rPh') reading = false;
      else if (tag === 'c' && cell !== null) {
        keepCell(rows, cell, rowHidden, book);
        cell = null;
      }
    },
  });
  const kept = [...rows.values()].sort((a, b) => a.number - b.number);
  return { name, rows: kept, merges: within(merges, kept.at(-1)?.number ?? 0, name), hiddenColumns: [...hiddenColumns] };
}

const isTrue = (text: string | undefined): boolean => text === '1' || text === 'true';

function keepCell(rows: Map<number, SheetRow>, cell: Raw, hidden: boolean, book: Book): void {
  const value = valueOf(cell, book);
  if (value === null) return;
  if (cell.row > SHEET_LIMITS.lastRow) throw tooLong();
  if (cell.column > SHEET_LIMITS.columns) throw tooWide(`${lettersOf(cell.column)}${cell.row}`);
  let row = rows.get(cell.row);
  if (row === undefined) {
    rows.set(cell.row, (row = { number: cell.row, cells: {}, ...(hidden ? { hidden: true as const } : {}) }));
    if (rows.size > SHEET_LIMITS.rows) throw tooLong();
  }
  const kept: SheetCell = cell.formula ? { value, formula: true } : { value };
  row.cells[lettersOf(cell.column)] = kept;
}

/** Null for an empty cell. */
function valueOf({ type, style, formula, value, inline }: Raw, book: Book): CellValue | null {
  if (type === 'inlineStr') return textOf(unescaped(inline ?? ''));
  if (value === null || (value === '' && formula && type !== 'str')) return formula ? { uncomputed: true } : null;
  switch (type) {
    case 's': return textOf(book.texts[Number(value)] ?? '');
    case 'str': return textOf(unescaped(value));
    case 'b': return value.trim() === '1' || value.trim() === 'true';
    case 'e': return { error: value.trim().slice(0, 40) };
    case 'd': return /^\d{4}-\d{2}-\d{2}/u.test(value) ? { date: value.slice(0, 10) } : textOf(value);
    default: return numberOf(value, book.styles[style] ?? null, book.from1904);
  }
}

function textOf(text: string): CellValue | null {
  return text.trim() === '' ? null : keepable(text);
}

function numberOf(text: string, shown: Shown, from1904: boolean): CellValue | null {
  const number = Number(text);
  if (text.trim() === '') return null;
  if (!Number.isFinite(number)) return textOf(text);
  if (shown === 'percent') return { percent: Number((number * 100).toPrecision(12)) };
  const date = shown === 'date' ? dayOfSerial(number, from1904) : null;
  return date === null ? number : { date };
}

function mergeOf(ref: string): Merge | null {
  const match = /^\$?([A-Z]{1,3})\$?(\d{1,7})(?::\$?([A-Z]{1,3})\$?(\d{1,7}))?$/u.exec(ref);
  if (match === null || match[3] === undefined) return null;
  return { left: columnOf(match[1]!), top: Number(match[2]), right: columnOf(match[3]), bottom: Number(match[4]) };
}

/** Rectangles cut to what is filled; two that share a cell are no valid workbook (ECMA-376 part 1, 18.3.1.55). */
function within(merges: readonly Merge[], lastRow: number, name: string): Merge[] {
  const cut = merges.map((one) => ({ ...one, right: Math.min(one.right, SHEET_LIMITS.columns), bottom: Math.min(one.bottom, lastRow) })).filter(({ top, left, right, bottom }) => top >= 1 && left >= 1 && top <= bottom && left <= right);
  const taken = new Set<number>();
  for (const { top, left, right, bottom } of cut) {
    for (let row = top; row <= bottom; row += 1) {
      for (let column = left; column <= right; column += 1) {
        const place = row * 64 + column;
        if (taken.has(place)) throw refuse('register-merges-overlap', `シート「${name}」の結合セルが「${lettersOf(column)}${row}」で重なっています。Excelで開いて保存し直してください。`);
        taken.add(place);
      }
    }
  }
  return cut;
}
