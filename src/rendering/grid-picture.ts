/**
 * A table of signs as SVG: rows × columns, each cell with colour and sign (never colour alone). The same picture stands in a page
 * (with links), in a PDF and in a workbook. Only presentation attributes: a page allows no inline style.
 */
import { inXml } from './xml.js';

export type Tone = 'good' | 'bad' | 'unknown' | 'none' | 'doubt' | 'plain';

export interface GridCell {
  tone: Tone;
  /** Sign and number: `×5`. */
  text: string;
  /** In words, for those who do not see it: `着眼点2 不適合 5規則`. */
  label: string;
  href?: string;
  /** A small mark in the corner: a person has changed this. */
  marked?: boolean;
}

export interface GridRow {
  label: string;
  /** Small second line. */
  note: string;
  href?: string;
  cells: GridCell[];
}

export interface GridPicture {
  /** Name of the picture. */
  title: string;
  /** Heading of the first column. */
  corner: string;
  /** A line end in a label begins a new line. */
  columns: { label: string; title: string; href?: string }[];
  rows: GridRow[];
}

export const GRID_FONT = "'BIZ UDPGothic','Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif";
const COLOURS: Readonly<Record<Tone, { fill: string; ink: string }>> = {
  good: { fill: '#e6f5ec', ink: '#115a36' },
  bad: { fill: '#f9d4d4', ink: '#8b0000' },
  unknown: { fill: '#f1f1f4', ink: '#4d4d4d' },
  none: { fill: '#ffffff', ink: '#4d4d4d' },
  doubt: { fill: '#fbf5e0', ink: '#6b5300' },
  plain: { fill: '#ffffff', ink: '#1a1a1a' },
};
const LINE = '#b3b3b3';

/** Sizes of a grid, px. A page of paper has 96 of them to the inch, so that 10.67 px are 8 pt. */
export interface GridMeasure {
  /** Width of the first column, of every other, and height of a row whose label takes one line. */
  head: number;
  column: number;
  row: number;
  /** Lines that the label of a row, and the heading of a column, may take. */
  labelLines: number;
  headLines: number;
  /** Letters of the headings, the labels, the notes and the cells. */
  headFont: number;
  labelFont: number;
  noteFont: number;
  cellFont: number;
}

export function onScreen({ columns }: Pick<GridPicture, 'columns'>): GridMeasure {
  return { head: 300, column: columns.length <= 10 ? 78 : 58, row: 46, labelLines: 1, headLines: 5, headFont: 12, labelFont: 14, noteFont: 11.5, cellFont: 15 };
}

/** Widest and narrowest column on paper: three full letters of 8 pt fit into the narrowest. */
const PAPER_COLUMN = { most: 56, least: 36 };
/** Narrowest first column on paper. */
const PAPER_HEAD = 170;

/** How many columns a page of this width takes. */
export const columnsOnPaper = (width: number): number => Math.floor((width - 2 - PAPER_HEAD) / PAPER_COLUMN.least);

/** Fits the picture into a page of this width without a letter under 8 pt; for at most `columnsOnPaper(width)` columns. */
export function onPaper({ columns }: Pick<GridPicture, 'columns'>, width: number): GridMeasure {
  const column = Math.max(PAPER_COLUMN.least, Math.min(PAPER_COLUMN.most, Math.floor((width - 2 - PAPER_HEAD) / Math.max(1, columns.length))));
  const head = Math.min(330, width - 2 - columns.length * column);
  return { head, column, row: 32, labelLines: 2, headLines: 12, headFont: 10.7, labelFont: 11.4, noteFont: 10.7, cellFont: 12.5 };
}

/** Height of the headings. */
export function headHeight(columns: GridPicture['columns'], measure: GridMeasure): number {
  const most = Math.max(1, ...columns.map((one) => headLinesOf(one.label, measure).length));
  return Math.round(most * measure.headFont * 1.34) + 22;
}

/** Height of a row: higher when its label takes more than one line. */
export function rowHeight({ label }: Pick<GridRow, 'label'>, measure: GridMeasure): number {
  return measure.row + Math.ceil((labelLinesOf(label, measure).length - 1) * measure.labelFont * LABEL_LINE);
}

/** Width and height of the picture, px. */
export function gridSize(picture: GridPicture, measure: GridMeasure = onScreen(picture)): { width: number; height: number } {
  const { columns, rows } = picture;
  return { width: measure.head + columns.length * measure.column + 2, height: headHeight(columns, measure) + rows.reduce((sum, one) => sum + rowHeight(one, measure), 0) + 2 };
}

/** @param id unique within the page */
export function drawGrid(picture: GridPicture, id = 'grid', measure: GridMeasure = onScreen(picture)): string {
  const { columns, rows } = picture;
  const { width, height } = gridSize(picture, measure);
  const { head, column } = measure;
  const top = headHeight(columns, measure);
  const heights = rows.map((one) => rowHeight(one, measure));
  const hatch = (height: number): string => `${id}-hatch-${height}`;
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${inXml(GRID_FONT)}" role="group" aria-label="${inXml(picture.title)}">`,
    `<defs>${[...new Set(heights)].map((one) => `<path id="${hatch(one)}" d="${hatching(column, one)}" stroke="#e3e3e6" stroke-width="2.5" fill="none"/>`).join('')}</defs>`,
    `<g transform="translate(1 1)"><rect width="${width - 2}" height="${top}" fill="#f2f2f5" stroke="${LINE}"/>`,
    `<text x="12" y="${top - 12}" font-size="${measure.headFont + 1}" font-weight="700" fill="#1a1a1a">${inXml(picture.corner)}</text>`,
  ];
  columns.forEach((one, n) => {
    const x = head + n * column;
    const lines = headLinesOf(one.label, measure);
    const text = lines.map((line, at) => `<tspan x="${x + column / 2}" y="${rounded(top - 12 - (lines.length - 1 - at) * measure.headFont * 1.34)}">${inXml(line)}</tspan>`).join('');
    parts.push(`<path d="M${x} 0V${height - 2}" stroke="${LINE}"/>`, linked(one.href, one.title, `<text font-size="${measure.headFont}" font-weight="700" text-anchor="middle" fill="#1a1a1a">${text}</text>`));
  });
  let y = top;
  rows.forEach((row, n) => {
    const high = heights[n]!;
    parts.push(`<rect y="${y}" width="${head}" height="${high}" fill="#ffffff" stroke="${LINE}"/>`, ...drawHead(row, { y, high }, measure));
    row.cells.forEach((cell, at) => parts.push(drawCell(cell, { x: head + at * column, y, wide: column, high }, hatch(high), measure)));
    y += high;
  });
  return [...parts, '</g></svg>'].join('');
}

/** Label and note of a row, one below the other in the middle of its height. */
function drawHead({ label, note, href }: GridRow, { y, high }: { y: number; high: number }, measure: GridMeasure): string[] {
  const { head, labelFont, noteFont } = measure;
  const lines = labelLinesOf(label, measure);
  const height = lines.length * labelFont * LABEL_LINE + (note === '' ? 0 : noteFont * 1.2);
  const first = y + (high - height) / 2 + labelFont * 0.98;
  const at = (line: number): number => rounded(first + line * labelFont * LABEL_LINE);
  const name = `<text font-size="${labelFont}" font-weight="700" fill="${href === undefined ? '#1a1a1a' : '#00118f'}">${lines.map((line, n) => `<tspan x="12" y="${at(n)}">${inXml(line)}</tspan>`).join('')}</text>`;
  const below = `<text x="12" y="${rounded(first + (lines.length - 1) * labelFont * LABEL_LINE + noteFont * 1.3)}" font-size="${noteFont}" fill="#4d4d4d">${inXml(cut(note, (head - 16) / noteFont))}</text>`;
  return [linked(href, label, name), note === '' ? '' : below];
}

function labelLinesOf(label: string, { head, labelFont, labelLines }: GridMeasure): string[] {
  const most = (head - 16) / labelFont;
  return labelLines === 1 ? [cut(label, most)] : fitted(linesOf(label, most), labelLines);
}

function drawCell(cell: GridCell, { x, y, wide, high }: { x: number; y: number; wide: number; high: number }, hatch: string, { cellFont }: GridMeasure): string {
  const { fill, ink } = COLOURS[cell.tone];
  const box = `<rect x="${x}" y="${y}" width="${wide}" height="${high}" fill="${fill}" stroke="${LINE}"/>${cell.tone === 'none' ? `<use href="#${hatch}" x="${x}" y="${y}"/>` : ''}`;
  const text = cell.text === '' ? '' : `<text x="${x + wide / 2}" y="${rounded(y + high / 2 + cellFont * 0.38)}" font-size="${cellFont}" font-weight="700" text-anchor="middle" fill="${ink}">${inXml(cell.text)}</text>`;
  const mark = cell.marked === true ? `<path d="M${x + wide - 10} ${y}h10v10z" fill="${ink}"/>` : '';
  return linked(cell.href, cell.label, box + text + mark);
}

/** Slanting lines over a cell, as one path: a pattern would be drawn anew for every cell of a printed page. */
function hatching(column: number, row: number): string {
  const lines: string[] = [];
  for (let at = 10; at < column + row - 4; at += 11) {
    const [low, far] = [Math.min(row - 2, at - 2), Math.min(column - 2, at - 2)];
    lines.push(`M${at - low} ${low}L${far} ${at - far}`);
  }
  return lines.join('');
}

function linked(href: string | undefined, label: string, inner: string): string {
  return href === undefined ? `<g><title>${inXml(label)}</title>${inner}</g>` : `<a href="${inXml(href)}"><title>${inXml(label)}</title>${inner}</a>`;
}

/** Height of a line of a label, in letters. */
const LABEL_LINE = 1.25;

const rounded = (number: number): number => Math.round(number * 10) / 10;

function headLinesOf(label: string, { column, headFont, headLines }: GridMeasure): string[] {
  return fitted(linesOf(label, (column - 5) / headFont), headLines);
}

function fitted(lines: string[], most: number): string[] {
  return lines.length <= most ? lines : [...lines.slice(0, most - 1), `${lines[most - 1]!.slice(0, -1)}…`];
}

/** Width in full characters; half-width ones count a little more than half. */
function widthOf(character: string): number {
  return /[ -~｡-ﾟ]/u.test(character) ? 0.56 : 1;
}

/** Signs that begin no line. */
const NEVER_FIRST = /[)）」』、。・ー]/u;

function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const character of text) {
    if ((character === '\n' || (width + widthOf(character) > most && !NEVER_FIRST.test(character))) && line !== '') {
      lines.push(line);
      [line, width] = ['', 0];
    }
    if (character === '\n') continue;
    line += character;
    width += widthOf(character);
  }
  if (line !== '') lines.push(line);
  return lines;
}

function cut(text: string, most: number): string {
  let width = 0;
  let kept = '';
  for (const character of text) {
    width += widthOf(character);
    if (width > most) return `${kept.slice(0, -1)}…`;
    kept += character;
  }
  return kept;
}
