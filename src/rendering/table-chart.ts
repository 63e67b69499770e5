/**
 * The columns of a table as bars from left to right: beside each other, stacked, or shares of 100. Drawn outright and not by the chart
 * library: a report has many of them, and each would cost it as much as a page. Only presentation attributes, as everywhere.
 */
import { GRID_FONT } from './grid-picture.js';
import { inXml } from './xml.js';

export interface TableChartPicture {
  description: string;
  kind: 'bar' | 'stacked' | 'share';
  /** px; a page of paper has 96 of them to the inch, so that 10.67 px are 8 pt. */
  width: number;
  /** From the top down. */
  rows: readonly string[];
  /** One cell for each row; `value` null: there is none, `text` says what is printed in its place. */
  series: readonly { name: string; cells: readonly { value: number | null; text: string }[] }[];
}

const FONT = 11;
const INK = '#333333';
const LINE = '#d0d3da';
/** Told apart in grey print too: dark and light in turn, the light ones with an outline. */
const COLOURS = ['#0017c1', '#8fa3e8', '#197a4b', '#a9d8bd', '#7a5f00', '#e8d48f', '#6f23d0', '#cdb3f2'] as const;
/** Left of the bars, and right of them for the figure of the longest. */
const LABELS = 196;
const FIGURES = 74;
const BAR = 12;
const GAP = 8;
const LEGEND = 24;
const AXIS = 24;
const TICKS = 5;
/** Letters of a label in one line; a longer one takes two. */
const LABEL_LETTERS = 17;

export function tableChart({ description, kind, width, rows, series }: TableChartPicture): string {
  const top = series.length > 1 ? LEGEND : 4;
  const bars = kind === 'stacked' ? 1 : Math.max(1, series.length);
  const { step, most } = scale(kind === 'stacked' ? rows.map((_, n) => series.reduce((sum, one) => sum + (one.cells[n]?.value ?? 0), 0)) : series.flatMap((one) => one.cells.map(({ value }) => value ?? 0)), kind);
  const at = (value: number): number => LABELS + (Math.max(0, value) / most) * (width - LABELS - FIGURES);
  const heights = rows.map((label) => Math.max(bars * BAR + GAP, (label.length > LABEL_LETTERS ? 2 : 1) * (FONT + 3) + 4));
  const tops = heights.map((_, n) => top + heights.slice(0, n).reduce((sum, one) => sum + one, 0));
  const bottom = top + heights.reduce((sum, one) => sum + one, 0);
  const unit = kind === 'share' ? '％' : '';
  const axis = Array.from({ length: Math.round(most / step) + 1 }, (_, n) => n * step).map((value) => {
    const x = at(value).toFixed(1);
    return `<path d="M${x} ${top}V${bottom}" stroke="${value === 0 ? INK : LINE}"/><text x="${x}" y="${bottom + 15}" text-anchor="middle">${Number(value.toFixed(6)).toLocaleString('ja-JP')}${unit}</text>`;
  });
  const drawn = rows.map((label, n) => `${labelAt(label, tops[n]! + heights[n]! / 2)}${kind === 'stacked' ? stackedBar(series, n, tops[n]! + (heights[n]! - BAR) / 2, at) : sideBars(series, n, tops[n]! + (heights[n]! - bars * BAR) / 2, at)}`);
  const legend = series.length > 1 ? legendOf(series) : '';
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${inXml(description)}" width="${width}" height="${bottom + AXIS}" viewBox="0 0 ${width} ${bottom + AXIS}" font-family="${inXml(GRID_FONT)}" font-size="${FONT}" fill="${INK}">${legend}${axis.join('')}${drawn.join('')}</svg>`;
}

/** A round step, and the end of the axis: the first step at or above the greatest. */
function scale(values: readonly number[], kind: TableChartPicture['kind']): { step: number; most: number } {
  const greatest = Math.max(0, ...values);
  const rough = greatest / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough > 0 ? rough : 1));
  const step = Math.max(kind === 'share' ? 0.1 : 1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power);
  return { step, most: Math.max(step, Math.ceil(greatest / step - 1e-9) * step) };
}

function labelAt(label: string, middle: number): string {
  const lines = label.length > LABEL_LETTERS ? [label.slice(0, Math.ceil(label.length / 2)), label.slice(Math.ceil(label.length / 2))] : [label];
  return lines.map((line, n) => `<text x="${LABELS - 8}" y="${(middle + 4 + (n - (lines.length - 1) / 2) * (FONT + 2)).toFixed(1)}" text-anchor="end">${inXml(line)}</text>`).join('');
}

type Series = TableChartPicture['series'];

const bar = (from: number, until: number, y: number, n: number): string => `<rect x="${from.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0, until - from).toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[n % COLOURS.length]}"${n % 2 === 1 ? ` stroke="${INK}" stroke-width=".6"` : ''}/>`;
const figure = (x: number, y: number, text: string): string => `<text x="${(x + 5).toFixed(1)}" y="${(y + BAR - 3).toFixed(1)}">${inXml(text)}</text>`;

function sideBars(series: Series, row: number, top: number, at: (value: number) => number): string {
  return series.map(({ cells }, n) => {
    const { value, text } = cells[row] ?? { value: null, text: '' };
    const y = top + n * BAR;
    return `${bar(at(0), at(value ?? 0), y, n)}${figure(at(value ?? 0), y, text)}`;
  }).join('');
}

function stackedBar(series: Series, row: number, y: number, at: (value: number) => number): string {
  let sum = 0;
  const parts = series.map(({ cells }, n) => {
    const from = at(sum);
    sum += cells[row]?.value ?? 0;
    return bar(from, at(sum), y, n);
  });
  return `${parts.join('')}${figure(at(sum), y, series.map(({ cells }) => cells[row]?.text ?? '').join('・'))}`;
}

function legendOf(series: Series): string {
  let x = LABELS;
  return series.map(({ name }, n) => {
    const here = x;
    x += 22 + name.length * (FONT + 1);
    return `${bar(here, here + 12, 4, n)}<text x="${here + 17}" y="14">${inXml(name)}</text>`;
  }).join('');
}
