/** The pictures of a report of checks: shares by department, shares over time, the matrix cut into pages. Pure. */
import { departmentShares, type DepartmentShare } from '../checks/department-shares.js';
import type { RuleSetDefinition } from '../engine/rule-set.js';
import { barChart, lineChart } from '../rendering/chart.js';
import { columnsOnPaper, drawGrid, headHeight, onPaper, rowHeight, type GridMeasure, type GridPicture } from '../rendering/grid-picture.js';
import type { ReportRuleSet } from './check-report.facts.js';
import type { ChartModel } from './check-report.model.js';
import { numberText, percentOf, shareText } from './check-report.words.js';
import { matrixPicture } from './matrix-picture.js';

/** A4 within its margins, px at 96 to the inch: width of the pictures, and the height that is left for a grid under a heading. */
export const PORTRAIT = { width: 670, height: 900 };
export const LANDSCAPE = { width: 1_000, height: 585 };
const BARS_OF_A_CHART = 30;
/** A wide matrix of so few rows is cut into pieces side by side rather than put on a landscape page. */
const FEW_ROWS = 6;

/** 部署ごとの適合の割合, for a page or a report. */
export function departmentBars(definition: Pick<RuleSetDefinition, 'title'>, shares: readonly DepartmentShare[]): Extract<ChartModel, { kind: 'bars' }> {
  const bars = shares.map(({ name, share, counts }) => ({
    label: name, percent: share === null ? null : percentOf(share),
    text: share === null ? '－（当てはまる規則がない）' : `${shareText(share)}（${numberText(counts.met)}／${numberText(counts.met + counts['not-met'] + counts.unknown)}）`,
  }));
  return { kind: 'bars', title: '部署ごとの適合の割合', description: `${definition.title}　部署ごとの適合の割合。${bars.map((one) => `${one.label} ${one.text}`).join('、')}`, bars };
}

export function chartsOf({ definition, matrix, trend }: ReportRuleSet): ChartModel[] {
  const shares = departmentShares(matrix.rows);
  const charts: ChartModel[] = [];
  if (trend.length >= 2) {
    const points = trend.map(({ label, share }) => ({ label, value: percentOf(share) }));
    charts.push({ kind: 'line', title: '適合の割合の推移', description: `${definition.title}　適合の割合の推移。${points.map((one) => `${one.label} ${one.value}％`).join('、')}`, points });
  }
  if (shares.length < 2) return charts;
  const pages = chunks(shares, BARS_OF_A_CHART);
  return [...charts, ...pages.map((page, n) => ({ ...departmentBars(definition, page), title: `部署ごとの適合の割合${part(n, pages.length)}` }))];
}

/** The matrix in pieces of one page each; the headings stand on every piece. `wide`: they need landscape pages. */
export function gridsOf({ definition, matrix, contradictions }: ReportRuleSet): { wide: boolean; grids: { caption: string; grid: GridPicture }[] } {
  if (matrix.rows.length === 0) return { wide: false, grids: [] };
  const whole = matrixPicture({ title: `${definition.title}　システムごとの結果`, matrix, contradictions, withContradictions: definition.per === undefined, links: null });
  const wide = whole.columns.length > columnsOnPaper(PORTRAIT.width) && whole.rows.length > FEW_ROWS;
  const { width, height } = wide ? LANDSCAPE : PORTRAIT;
  const most = columnsOnPaper(width);
  const pieces = chunks(whole.columns.map((_, n) => n), Math.ceil(whole.columns.length / Math.ceil(whole.columns.length / most))).flatMap((columns) => {
    const piece: GridPicture = { ...whole, columns: columns.map((n) => whole.columns[n]!), rows: whole.rows.map((row) => ({ ...row, cells: columns.map((n) => row.cells[n]!) })) };
    const measure = onPaper(piece, width);
    return pagesOf(piece, measure, height);
  });
  return { wide, grids: pieces.map((grid, n) => ({ caption: `${definition.shortTitle}　システムごとの結果${part(n, pieces.length)}`, grid })) };
}

/** As many rows on each page as have room under the headings. */
function pagesOf(grid: GridPicture, measure: GridMeasure, height: number): GridPicture[] {
  const room = height - headHeight(grid.columns, measure);
  const pages: GridPicture['rows'][] = [];
  let left = 0;
  for (const row of grid.rows) {
    const high = rowHeight(row, measure);
    if (high > left || pages.length === 0) {
      pages.push([]);
      left = room;
    }
    pages.at(-1)!.push(row);
    left -= high;
  }
  return pages.map((rows) => ({ ...grid, rows }));
}

const part = (n: number, of: number): string => (of === 1 ? '' : `（${n + 1}／${of}）`);

export function chunks<T>(all: readonly T[], most: number): T[][] {
  const found: T[][] = [];
  for (let start = 0; start < all.length; start += most) found.push(all.slice(start, start + most));
  return found;
}

/** SVG of a chart, as wide as a portrait page. */
export function drawChart(chart: ChartModel): string {
  if (chart.kind === 'bars') return barChart({ description: chart.description, bars: chart.bars, width: PORTRAIT.width });
  return lineChart({ description: chart.description, points: chart.points, unit: '％', min: 0, max: 100, width: PORTRAIT.width, height: 170 });
}

export function drawPage(grid: GridPicture, wide: boolean, id: string): string {
  return drawGrid(grid, id, onPaper(grid, (wide ? LANDSCAPE : PORTRAIT).width));
}
