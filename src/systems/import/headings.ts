/** Finds the heading of a sheet: one row, or up to three storeys of merged cells, wherever it stands in the first rows. */
import type { ImportFields } from './fields.js';
import { foldHeading } from './import-words.js';
import { textOf, type Grid } from './grid.js';
import { columnOf } from './sheets.js';

export interface HeadingColumn {
  /** Letters. */
  column: string;
  /** Texts from the top, each once; none where the column has no heading. */
  storeys: string[];
  /** Storeys joined by ／. */
  label: string;
  hidden: boolean;
}

export interface Headings {
  /** First and last row. */
  top: number;
  bottom: number;
  columns: HeadingColumn[];
}

const ROWS_LOOKED_AT = 40;
const MOST_STOREYS = 3;

/** Null when no row names the system and one field more. */
export function findHeadings(grid: Grid, fields: ImportFields): Headings | null {
  let best: { score: number; storeys: number; headings: Headings } | null = null;
  for (let top = 1; top <= Math.min(grid.lastRow, ROWS_LOOKED_AT); top += 1) {
    for (let bottom = top; bottom < top + MOST_STOREYS && bottom <= grid.lastRow; bottom += 1) {
      const headings = headingsAt(grid, top, bottom);
      const known = new Set(headings.columns.map(({ storeys }) => fields.recognise(storeys)));
      known.delete(null);
      const score = known.has('name') ? known.size : 0;
      const storeys = bottom - top + 1;
      if (score >= 2 && (best === null || score > best.score || (score === best.score && storeys < best.storeys))) best = { score, storeys, headings };
    }
  }
  if (best === null) return null;
  const { top, bottom } = best.headings;
  const upper = belongsAbove(grid, top, best.headings) ? top - 1 : top;
  const lower = belongsBelow(grid, bottom, best.headings, fields) ? bottom + 1 : bottom;
  return withUnnamed(grid, headingsAt(grid, upper, lower));
}

/** A column without a heading can be mapped too: some registers leave it out over the departments. */
function withUnnamed(grid: Grid, { top, bottom, columns }: Headings): Headings {
  const named = new Map(columns.map((one) => [one.column, one]));
  const filled = new Set(grid.sheet.rows.filter(({ number }) => number > bottom).flatMap(({ cells }) => Object.keys(cells)));
  const unnamed = (column: string): HeadingColumn[] => (filled.has(column) ? [{ column, storeys: [], label: '（見出しなし）', hidden: grid.sheet.hiddenColumns.includes(column) }] : []);
  return { top, bottom, columns: grid.columns.flatMap((column) => { const one = named.get(column); return one === undefined ? unnamed(column) : [one]; }) };
}

function headingsAt(grid: Grid, top: number, bottom: number): Headings {
  const columns = grid.columns.flatMap((column, n): HeadingColumn[] => {
    const storeys: string[] = [];
    let home = '';
    for (let row = top; row <= bottom; row += 1) {
      const cell = grid.at(column, row) ?? (row < bottom ? groupOnTheLeft(grid, n, row, bottom) : null);
      if (cell === null) continue;
      const text = textOf(cell.value).replace(/\s+/gu, ' ');
      const place = `${cell.home.column}${cell.home.row}`;
      if (text !== '' && place !== home) storeys.push(text);
      home = place;
    }
    return storeys.length === 0 ? [] : [{ column, storeys, label: storeys.join('／'), hidden: grid.sheet.hiddenColumns.includes(column) }];
  });
  return { top, bottom, columns };
}

/** In a file without merged cells a group stands over its first column only; it holds until the next one begins. */
function groupOnTheLeft(grid: Grid, n: number, row: number, bottom: number): ReturnType<Grid['at']> {
  if (grid.sheet.merges.length > 0 || grid.at(grid.columns[n]!, bottom) === null) return null;
  for (let left = n - 1; left >= 0; left -= 1) {
    const column = grid.columns[left]!;
    if (columnOf(grid.columns[left + 1]!) - columnOf(column) > 1 || grid.at(column, bottom) === null) return null;
    const cell = grid.at(column, row);
    if (cell !== null) return cell;
  }
  return null;
}

/** A row of groups above: cells merged over several columns, but not a title. */
function belongsAbove(grid: Grid, top: number, { columns }: Headings): boolean {
  if (top === 1) return false;
  if (columns.some(({ column }) => (grid.merge(column, top - 1)?.bottom ?? 0) >= top)) return true;
  const own = grid.own(top - 1);
  const groups = own.filter(({ column, width }) => width > 1 && width < columns.length && columns.some((one) => one.column === column));
  return groups.length > 0 && (own.length > 1 || groups[0]!.column !== columns[0]!.column);
}

/** A row of names below groups: heading cells reach into it, or it names only what stands under a group. */
function belongsBelow(grid: Grid, bottom: number, { columns }: Headings, fields: ImportFields): boolean {
  if (columns.some(({ column }) => (grid.merge(column, bottom)?.bottom ?? 0) > bottom)) return true;
  const own = grid.own(bottom + 1);
  const groups = groupColumns(grid, bottom);
  const plain = new Set(columns.filter(({ storeys }) => ['name', 'number'].includes(fields.recognise(storeys) ?? '')).map(({ column }) => column));
  return own.length > 1 && own.every(({ column }) => groups.has(column) && !plain.has(column));
}

/** Columns under a heading that stands over several: merged, or with nothing beside it on the right. */
function groupColumns(grid: Grid, row: number): Set<string> {
  const found = new Set<string>();
  const [first] = grid.columns;
  grid.columns.forEach((column, n) => {
    const cell = grid.at(column, row);
    if ((cell?.width ?? 1) > 1) found.add(column);
    if (cell !== null || column === first) return;
    found.add(column);
    found.add(grid.columns[n - 1]!);
  });
  return found;
}

/** Is the row the heading (or one storey of it) once more, as on a later page? */
export function isRepeated(headings: Headings, cells: readonly { column: string; text: string }[]): boolean {
  const byColumn = new Map(headings.columns.map(({ column, storeys }) => [column, new Set(storeys.map(foldHeading))]));
  return cells.length > 0 && cells.every(({ column, text }) => byColumn.get(column)?.has(foldHeading(text)) === true);
}
