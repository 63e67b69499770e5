/**
 * A table of signs as SVG: rows × columns, each cell with colour and sign (never colour alone). The same picture stands in a page
 * (with links), in a PDF and in a workbook. Only presentation attributes: a page allows no inline style.
 */

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
  columns: { label: string; title: string; href?: string }[];
  rows: GridRow[];
}

export const GRID_FONT = "'BIZ UDPGothic','Noto Sans JP','Hiragino Sans','Yu Gothic UI',Meiryo,sans-serif";
const COLOURS: Readonly<Record<Tone, { fill: string; ink: string }>> = {
  good: { fill: '#e6f5ec', ink: '#115a36' },
  bad: { fill: '#f9d4d4', ink: '#8b0000' },
  unknown: { fill: '#f1f1f4', ink: '#4d4d4d' },
  none: { fill: 'url(#HATCH)', ink: '#4d4d4d' },
  doubt: { fill: '#fbf5e0', ink: '#6b5300' },
  plain: { fill: '#ffffff', ink: '#1a1a1a' },
};
const LINE = '#b3b3b3';
const HEAD_WIDTH = 300;
const ROW_HEIGHT = 46;
const HEAD_LINE = 16;
const MOST_HEAD_LINES = 5;

/** Width and height of the picture, px. */
export function gridSize({ columns, rows }: GridPicture): { width: number; height: number } {
  return { width: HEAD_WIDTH + columns.length * columnWidth(columns.length) + 2, height: headHeight(columns) + rows.length * ROW_HEIGHT + 2 };
}

/** @param id unique within the page */
export function drawGrid(picture: GridPicture, id = 'grid'): string {
  const { columns, rows } = picture;
  const { width, height } = gridSize(picture);
  const column = columnWidth(columns.length);
  const top = headHeight(columns);
  const hatch = `${id}-hatch`;
  const parts: string[] = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escaped(GRID_FONT)}" role="group" aria-label="${escaped(picture.title)}">`,
    `<defs><pattern id="${hatch}" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" fill="#ffffff"/><rect width="2.5" height="8" fill="#e3e3e6"/></pattern></defs>`,
    `<g transform="translate(1 1)"><rect width="${width - 2}" height="${top}" fill="#f2f2f5" stroke="${LINE}"/>`,
    `<text x="12" y="${top - 12}" font-size="13" font-weight="700" fill="#1a1a1a">${escaped(picture.corner)}</text>`,
  ];
  columns.forEach((one, n) => {
    const x = HEAD_WIDTH + n * column;
    const lines = linesOf(one.label, headCharacters(columns.length));
    const text = lines.map((line, at) => `<tspan x="${x + column / 2}" y="${top - 12 - (lines.length - 1 - at) * HEAD_LINE}">${escaped(line)}</tspan>`).join('');
    parts.push(`<path d="M${x} 0V${height - 2}" stroke="${LINE}"/>`, linked(one.href, one.title, `<text font-size="12" font-weight="700" text-anchor="middle" fill="#1a1a1a">${text}</text>`));
  });
  rows.forEach((row, n) => {
    const y = top + n * ROW_HEIGHT;
    parts.push(`<rect y="${y}" width="${HEAD_WIDTH}" height="${ROW_HEIGHT}" fill="#ffffff" stroke="${LINE}"/>`);
    const name = `<text x="12" y="${y + (row.note === '' ? 28 : 20)}" font-size="14" font-weight="700" fill="${row.href === undefined ? '#1a1a1a' : '#00118f'}">${escaped(cut(row.label, 19.5))}</text>`;
    parts.push(linked(row.href, row.label, name), row.note === '' ? '' : `<text x="12" y="${y + 37}" font-size="11.5" fill="#4d4d4d">${escaped(cut(row.note, 23.5))}</text>`);
    row.cells.forEach((cell, at) => parts.push(drawCell(cell, HEAD_WIDTH + at * column, y, column, hatch)));
  });
  return [...parts, '</g></svg>'].join('');
}

function drawCell(cell: GridCell, x: number, y: number, width: number, hatch: string): string {
  const { fill, ink } = COLOURS[cell.tone];
  const box = `<rect x="${x}" y="${y}" width="${width}" height="${ROW_HEIGHT}" fill="${fill.replace('HATCH', hatch)}" stroke="${LINE}"/>`;
  const text = cell.text === '' ? '' : `<text x="${x + width / 2}" y="${y + 29}" font-size="15" font-weight="700" text-anchor="middle" fill="${ink}">${escaped(cell.text)}</text>`;
  const mark = cell.marked === true ? `<path d="M${x + width - 10} ${y}h10v10z" fill="${ink}"/>` : '';
  return linked(cell.href, cell.label, box + text + mark);
}

function linked(href: string | undefined, label: string, inner: string): string {
  return href === undefined ? `<g><title>${escaped(label)}</title>${inner}</g>` : `<a href="${escaped(href)}"><title>${escaped(label)}</title>${inner}</a>`;
}

const columnWidth = (columns: number): number => (columns <= 10 ? 78 : 58);
const headCharacters = (columns: number): number => (columns <= 10 ? 5.8 : 4.3);

function headHeight(columns: GridPicture['columns']): number {
  const most = Math.max(1, ...columns.map((one) => linesOf(one.label, headCharacters(columns.length)).length));
  return most * HEAD_LINE + 22;
}

/** Width in full characters; half-width ones count a little more than half. */
function widthOf(character: string): number {
  return /[ -~｡-ﾟ]/u.test(character) ? 0.56 : 1;
}

function linesOf(text: string, most: number): string[] {
  const lines: string[] = [];
  let line = '';
  let width = 0;
  for (const character of text) {
    if (width + widthOf(character) > most && line !== '') {
      lines.push(line);
      [line, width] = ['', 0];
    }
    line += character;
    width += widthOf(character);
  }
  if (line !== '') lines.push(line);
  return lines.length <= MOST_HEAD_LINES ? lines : [...lines.slice(0, MOST_HEAD_LINES - 1), `${lines[MOST_HEAD_LINES - 1]!.slice(0, -1)}…`];
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

function escaped(text: string): string {
  return text.replace(/[&<>"']/gu, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[sign]!);
}
