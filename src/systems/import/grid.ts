/** A sheet as a person sees it: every cell of a merged rectangle shows its first one. */
import { columnOf, lettersOf, type CellValue, type Merge, type Sheet, type SheetRow } from './sheets.js';

export interface GridCell {
  value: CellValue;
  formula: boolean;
  /** Letters of the column in which it is seen. */
  column: string;
  /** Row and column where it is written. */
  home: { column: string; row: number };
  /** It is seen here because it is merged down from a row above. */
  fromAbove: boolean;
  /** Columns over which it is merged; 1 when it is not. */
  width: number;
}

export class Grid {
  readonly lastRow: number;
  /** Columns that hold something, from left to right. */
  readonly columns: readonly string[];
  private readonly rows: ReadonlyMap<number, SheetRow>;
  private readonly merged = new Map<string, Merge>();

  constructor(readonly sheet: Sheet) {
    this.rows = new Map(sheet.rows.map((row) => [row.number, row]));
    this.lastRow = sheet.rows.at(-1)?.number ?? 0;
    const filled = new Set<number>();
    for (const row of sheet.rows) for (const letters of Object.keys(row.cells)) filled.add(columnOf(letters));
    for (const merge of sheet.merges) {
      if (this.rows.get(merge.top)?.cells[lettersOf(merge.left)] === undefined) continue;
      for (let row = merge.top; row <= merge.bottom; row += 1) {
        for (let column = merge.left; column <= merge.right; column += 1) this.merged.set(`${lettersOf(column)}${row}`, merge);
      }
    }
    this.columns = [...filled].sort((a, b) => a - b).map(lettersOf);
  }

  at(column: string, row: number): GridCell | null {
    const merge = this.merged.get(`${column}${row}`);
    const home = merge === undefined ? { column, row } : { column: lettersOf(merge.left), row: merge.top };
    const cell = this.rows.get(home.row)?.cells[home.column];
    if (cell === undefined) return null;
    return { value: cell.value, formula: cell.formula === true, column, home, fromAbove: home.row !== row, width: merge === undefined ? 1 : merge.right - merge.left + 1 };
  }

  /** The merged rectangle in which a cell lies. */
  merge(column: string, row: number): Merge | null {
    return this.merged.get(`${column}${row}`) ?? null;
  }

  /** Cells that are written in this row, from left to right; not those merged down from above. */
  own(row: number): GridCell[] {
    return Object.keys(this.rows.get(row)?.cells ?? {}).sort((a, b) => columnOf(a) - columnOf(b)).map((column) => this.at(column, row)).filter((cell): cell is GridCell => cell !== null && cell.home.row === row && cell.home.column === cell.column);
  }

  hidden(row: number): boolean {
    return this.rows.get(row)?.hidden === true;
  }
}

/** What a person reads in the cell. */
export function textOf(value: CellValue): string {
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return value ? 'TRUE' : 'FALSE';
  if ('date' in value) return value.date;
  if ('percent' in value) return `${value.percent}%`;
  return 'error' in value ? value.error : '';
}
