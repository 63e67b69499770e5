/**
 * The columns of a table as bars from left to right: beside each other, stacked, or as parts of 100. Drawn outright and not by the chart
 * library: a report has many of them, and each would cost it as much as a page. Only presentation attributes, as everywhere. The page,
 * the PDF and the print show this one picture. Series are told apart by a number in a circle and by their order, not by colour alone.
 */
import type { TableChart, TableResult } from '../engine/tabulation.js';
import { numeral } from '../engine/numbering.js';
import { GRID_FONT } from './grid-picture.js';
import { inXml } from './xml.js';

export interface TableChartPicture {
  description: string;
  /** `share`: several series are the parts of 100 in each row; one is drawn as bars. */
  kind: 'bar' | 'stacked' | 'share';
  /** The figures are percentages. */
  percent: boolean;
  /** px; a page of paper has 96 of them to the inch, so that 10.67 px are 8 pt. */
  width: number;
  /** From the top down. */
  rows: string[];
  /** One cell for each row; `value` null: there is none, `text` says what is printed in its place. */
  series: { name: string; cells: { value: number | null; text: string }[] }[];
}

/** What a chart of a table shows, the row of totals left out; null: there is nothing to draw. */
export function pictureOf(result: TableResult, { title, kind, columns }: TableChart): Omit<TableChartPicture, 'width'> | null {
  const rows = result.rows.filter((one) => !one.total);
  const shown = result.columns.flatMap((column, n) => (columns.some((code) => column.code === code || column.code.startsWith(`${code}.`)) ? [{ column, n }] : []));
  if (rows.length === 0 || shown.length === 0) return null;
  const series = shown.map(({ column, n }) => ({ name: column.label, cells: rows.map(({ figures }) => ({ value: figures[n]!.value === null ? null : Number(figures[n]!.value), text: figures[n]!.text })) }));
  const words = rows.map((row, n) => `${row.label} ${series.map((one) => `${series.length > 1 ? `${one.name} ` : ''}${one.cells[n]!.text}`).join('、')}`).join('。');
  return { description: `${title}。${words}`, kind, percent: shown.every(({ column }) => column.share), rows: rows.map((one) => one.label), series };
}

const FONT = 11;
const INK = '#333333';
const LINE = '#d0d3da';
/** Dark and light in turn, the light ones with an outline. */
const COLOURS = ['#0017c1', '#8fa3e8', '#197a4b', '#a9d8bd', '#7a5f00', '#e8d48f', '#6f23d0', '#cdb3f2'] as const;
/** Left of the bars, and at least and at most right of them for their figures. */
const LABELS = 196;
const FIGURES = { least: 74, most: 260 };
const BAR = 12;
const GAP = 8;
const LEGEND = 18;
const AXIS = 24;
const TICKS = 5;
/** Letters of a label in one line; a longer one takes two. */
const LABEL_LETTERS = 17;
/** Room that a number in a circle needs in a bar. */
const MARK = 13;

type Series = TableChartPicture['series'];

export function tableChart({ description, kind, percent, width, rows, series }: TableChartPicture): string {
  const stacked = kind === 'stacked' || (kind === 'share' && series.length > 1);
  const parts = stacked ? stackedParts(series, rows.length, kind === 'share') : null;
  const texts = rows.map((_, n) => series.map(({ cells }) => cells[n]?.text ?? '').join('・'));
  const longest = Math.max(0, ...(stacked ? texts : series.flatMap(({ cells }, n) => cells.map(({ text }) => `${series.length > 1 ? `${markOf(n)} ` : ''}${text}`))).map(widthOf)) + 10;
  // Figures of parts that are too many for the room behind the bar stand in their parts.
  const after = longest <= FIGURES.most;
  const figures = after || !stacked ? Math.min(FIGURES.most, Math.max(FIGURES.least, longest)) : FIGURES.least;
  const legend = series.length > 1 ? legendOf(series, width) : { svg: '', height: 4 };
  const bars = stacked ? 1 : Math.max(1, series.length);
  const { step, least, most } = scale(parts !== null ? (kind === 'share' ? [100] : parts.flatMap((one) => one.at(-1)?.until ?? 0)) : series.flatMap((one) => one.cells.map(({ value }) => value ?? 0)), percent);
  const at = (value: number): number => LABELS + ((value - least) / (most - least)) * (width - LABELS - figures);
  const heights = rows.map((label) => Math.max(bars * BAR + GAP, (label.length > LABEL_LETTERS ? 2 : 1) * (FONT + 3) + 4));
  const tops = heights.map((_, n) => legend.height + heights.slice(0, n).reduce((sum, one) => sum + one, 0));
  const bottom = legend.height + heights.reduce((sum, one) => sum + one, 0);
  const unit = percent || (stacked && kind === 'share') ? '％' : '';
  const axis = Array.from({ length: Math.round((most - least) / step) + 1 }, (_, n) => least + n * step).map((value) => {
    const x = at(value).toFixed(1);
    return `<path d="M${x} ${legend.height}V${bottom}" stroke="${Math.abs(value) < step / 2 ? INK : LINE}"/><text x="${x}" y="${bottom + 15}" text-anchor="middle">${Number(value.toFixed(6)).toLocaleString('ja-JP')}${unit}</text>`;
  });
  const drawn = rows.map((label, n) => {
    const top = tops[n]! + (heights[n]! - bars * BAR) / 2;
    return labelAt(label, tops[n]! + heights[n]! / 2) + (parts === null ? sideBars(series, n, top, at) : stackedBar(parts[n]!, texts[n]!, { top, at, after }));
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${inXml(description)}" width="${width}" height="${bottom + AXIS}" viewBox="0 0 ${width} ${bottom + AXIS}" font-family="${inXml(GRID_FONT)}" font-size="${FONT}" fill="${INK}">${legend.svg}${axis.join('')}${drawn.join('')}</svg>`;
}

/** A round step, and the ends of the axis: the first steps at or beyond the greatest and, below zero, the least. */
function scale(values: readonly number[], percent: boolean): { step: number; least: number; most: number } {
  const [greatest, smallest] = [Math.max(0, ...values), Math.min(0, ...values)];
  const rough = (greatest - smallest) / TICKS;
  const power = 10 ** Math.floor(Math.log10(rough > 0 ? rough : 1));
  const step = Math.max(percent ? 0.1 : 1, [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough) ?? power);
  const least = Math.floor(smallest / step + 1e-9) * step;
  const most = Math.ceil(greatest / step - 1e-9) * step;
  return { step, least, most: most > least ? most : least + step };
}

/** About: Japanese signs are as wide as the font, others half of it. */
const widthOf = (text: string): number => [...text].reduce((width, sign) => width + (sign.codePointAt(0)! < 0x80 ? 0.62 : 1) * FONT, 0);
const markOf = (n: number): string => numeral('①', n + 1);

function labelAt(label: string, middle: number): string {
  const lines = label.length > LABEL_LETTERS ? [label.slice(0, Math.ceil(label.length / 2)), label.slice(Math.ceil(label.length / 2))] : [label];
  return lines.map((line, n) => `<text x="${LABELS - 8}" y="${(middle + 4 + (n - (lines.length - 1) / 2) * (FONT + 2)).toFixed(1)}" text-anchor="end">${inXml(line)}</text>`).join('');
}

const bar = (from: number, until: number, y: number, n: number): string => `<rect x="${from.toFixed(1)}" y="${y.toFixed(1)}" width="${Math.max(0, until - from).toFixed(1)}" height="${BAR - 2}" fill="${COLOURS[n % COLOURS.length]}"${n % 2 === 1 ? ` stroke="${INK}" stroke-width=".6"` : ''}/>`;
const written = (x: number, y: number, text: string, fill = ''): string => `<text x="${x.toFixed(1)}" y="${(y + BAR - 3).toFixed(1)}"${fill === '' ? '' : ` fill="${fill}"`}>${inXml(text)}</text>`;

function sideBars(series: Series, row: number, top: number, at: (value: number) => number): string {
  return series.map(({ cells }, n) => {
    const { value, text } = cells[row] ?? { value: null, text: '' };
    const y = top + n * BAR;
    return `${bar(at(Math.min(0, value ?? 0)), at(Math.max(0, value ?? 0)), y, n)}${written(at(Math.max(0, value ?? 0)) + 5, y, series.length > 1 ? `${markOf(n)} ${text}` : text)}`;
  }).join('');
}

interface Part {
  from: number;
  until: number;
  text: string;
}

/** Row by row. What is below zero has no length. @param whole the parts of a row are 100 */
function stackedParts(series: Series, rows: number, whole: boolean): Part[][] {
  return Array.from({ length: rows }, (_, row) => {
    const lengths = series.map(({ cells }) => Math.max(0, cells[row]?.value ?? 0));
    const sum = lengths.reduce((total, one) => total + one, 0);
    let from = 0;
    return lengths.map((length, n): Part => {
      const until = from + (whole ? (sum === 0 ? 0 : (length * 100) / sum) : length);
      const part = { from, until, text: series[n]!.cells[row]?.text ?? '' };
      from = until;
      return part;
    });
  });
}

/** @param place `after`: the figures have room behind the bar; else each stands in its part where it fits */
function stackedBar(parts: readonly Part[], text: string, { top, at, after }: { top: number; at: (value: number) => number; after: boolean }): string {
  const drawn = parts.map((part, n) => {
    const [from, until] = [at(part.from), at(part.until)];
    const inside = !after && widthOf(part.text) + 4 < until - from ? part.text : until - from >= MARK ? markOf(n) : '';
    return `${bar(from, until, top, n)}${inside === '' ? '' : written((from + until - widthOf(inside)) / 2, top, inside, n % 2 === 0 ? '#ffffff' : INK)}`;
  });
  return `${drawn.join('')}${after ? written(at(parts.at(-1)?.until ?? 0) + 5, top, text) : ''}`;
}

/** In as many lines as it takes. */
function legendOf(series: Series, width: number): { svg: string; height: number } {
  let [x, line] = [0, 0];
  const drawn = series.map(({ name }, n) => {
    const text = `${markOf(n)} ${name}`;
    const length = 17 + widthOf(text) + 14;
    if (x > 0 && x + length > width) [x, line] = [0, line + 1];
    const here = x;
    x += length;
    return `${bar(here, here + 12, 4 + line * LEGEND, n)}<text x="${here + 17}" y="${14 + line * LEGEND}">${inXml(text)}</text>`;
  });
  return { svg: drawn.join(''), height: (line + 1) * LEGEND + 6 };
}
