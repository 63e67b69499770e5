/** Charts as SVG, drawn on the server (ECharts), so that page, PDF and print show the same picture. */
import * as echarts from 'echarts';
import { inXml } from './xml.js';

export interface ChartSize {
  width: number;
  height: number;
}

export interface LineChart extends ChartSize {
  /** What the chart says in a sentence, for those who do not see it. */
  description: string;
  points: { label: string; value: number }[];
  unit: string;
  min: number;
  max: number;
}

export interface HeatChart extends ChartSize {
  description: string;
  /** Left to right. */
  across: { title: string; labels: readonly string[] };
  /** From the bottom up. */
  up: { title: string; labels: readonly string[] };
  /** Colour of the field and the text in it; what is not there is empty. */
  fields: { x: number; y: number; text: string; colour: string }[];
}

export interface BarChart {
  description: string;
  width: number;
  /** From the top down; null: there is no share, the text says why. */
  bars: { label: string; percent: number | null; text: string }[];
}

const INK = '#333333';
const FONT = "BIZ UDPGothic,Noto Sans JP,Hiragino Sans,Yu Gothic UI,Meiryo,sans-serif";

export function lineChart({ description, points, unit, min, max, ...size }: LineChart): string {
  return draw(size, description, {
    grid: { left: 64, right: 44, top: 34, bottom: 30 },
    xAxis: { type: 'category', data: points.map((one) => one.label), axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12 } },
    yAxis: { type: 'value', min, max, splitNumber: 2, axisLabel: { color: INK, fontSize: 12, formatter: `{value}${unit}` } },
    series: [{
      type: 'line', data: points.map((one) => one.value), symbol: 'circle', symbolSize: 8, lineStyle: { color: '#0017c1', width: 2.5 }, itemStyle: { color: '#0017c1' },
      label: { show: true, position: 'top', color: INK, fontSize: 12, fontWeight: 'bold', formatter: `{c}${unit}` },
    }],
  });
}

/** Height of one bar with the space around it, and of what stands above and below all of them. */
const BAR = { each: 22, around: 34 };

/** Shares of 100 as bars from left to right, each with its text; as high as it has bars. */
export function barChart({ description, bars, width }: BarChart): string {
  return draw({ width, height: bars.length * BAR.each + BAR.around }, description, {
    grid: { left: 190, right: 170, top: 4, bottom: 26 },
    xAxis: { type: 'value', min: 0, max: 100, interval: 25, axisLabel: { color: INK, fontSize: 11, formatter: '{value}％' } },
    yAxis: { type: 'category', inverse: true, data: bars.map((one) => one.label), axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12, interval: 0, width: 176, overflow: 'truncate' } },
    series: [{
      type: 'bar', barWidth: 12, data: bars.map((one) => one.percent ?? 0), itemStyle: { color: '#0017c1' },
      label: { show: true, position: 'right', color: INK, fontSize: 11.5, formatter: ({ dataIndex }: { dataIndex: number }) => bars[dataIndex]!.text },
    }],
  });
}

export function heatChart({ description, across, up, fields, ...size }: HeatChart): string {
  const texts = new Map(fields.map((one) => [`${one.x},${one.y}`, one.text]));
  return draw(size, description, {
    grid: { left: 120, right: 24, top: 16, bottom: 64 },
    xAxis: { type: 'category', data: [...across.labels], name: across.title, nameLocation: 'middle', nameGap: 38, nameTextStyle: { color: INK, fontSize: 13, fontWeight: 'bold' }, axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12, interval: 0 } },
    yAxis: { type: 'category', data: [...up.labels], name: up.title, nameLocation: 'middle', nameGap: 96, nameTextStyle: { color: INK, fontSize: 13, fontWeight: 'bold' }, axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12, interval: 0 } },
    series: [{
      type: 'heatmap', itemStyle: { borderColor: '#ffffff', borderWidth: 2 },
      data: fields.map((one) => ({ value: [one.x, one.y, 1], itemStyle: { color: one.colour } })),
      label: { show: true, color: '#1a1a1a', fontSize: 14, fontWeight: 'bold', formatter: ({ value }: { value: [number, number] }) => texts.get(`${value[0]},${value[1]}`) ?? '' },
    }],
    visualMap: { show: false, min: 0, max: 1, inRange: { color: ['#ffffff', '#ffffff'] } },
  });
}

function draw({ width, height }: ChartSize, description: string, option: object): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption({ animation: false, textStyle: { fontFamily: FONT, color: INK }, ...option });
    return named(withoutStyles(chart.renderToSVGString()), description);
  } finally {
    chart.dispose();
  }
}

/** Inline styles become presentation attributes (a page allows no inline style), and what only serves a pointer goes. */
function withoutStyles(svg: string): string {
  return svg
    .replace(/<style\b[\s\S]*?<\/style>/gu, '')
    .replace(/ (?:class|ecmeta_[a-z_]+|pointer-events)="[^"]*"/gu, '')
    .replace(/ style="([^"]*)"/gu, (_, style: string) => style.split(';').filter((one) => one.includes(':')).map((one) => ` ${one.slice(0, one.indexOf(':')).trim()}="${one.slice(one.indexOf(':') + 1).trim()}"`).join(''));
}

function named(svg: string, description: string): string {
  return svg.replace('<svg ', `<svg role="img" aria-label="${inXml(description)}" `);
}

export interface SeriesChart extends ChartSize {
  description: string;
  /** Left to right. */
  labels: readonly string[];
  /** Null: there is no figure at this place, and the line has a gap. At most four. */
  series: { name: string; values: readonly (number | null)[] }[];
  unit: string;
  min: number;
  max: number;
}

/** Line, sign and colour of each series: told apart also without colour. */
const SERIES = [
  { colour: '#0017c1', symbol: 'circle', line: 'solid' },
  { colour: '#7a5f00', symbol: 'triangle', line: 'dashed' },
  { colour: '#197a4b', symbol: 'rect', line: 'dotted' },
  { colour: '#6f23d0', symbol: 'diamond', line: 'solid' },
] as const;

/** Several figures over the same places, with a legend. */
export function seriesChart({ description, labels, series, unit, min, max, ...size }: SeriesChart): string {
  return draw(size, description, {
    grid: { left: 64, right: 44, top: 58, bottom: 30 },
    legend: { top: 4, left: 'left', textStyle: { color: INK, fontSize: 12 }, itemWidth: 34 },
    xAxis: { type: 'category', data: [...labels], axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12 } },
    yAxis: { type: 'value', min, max, interval: (max - min) / 4, axisLabel: { color: INK, fontSize: 12, formatter: `{value}${unit}` } },
    series: series.map(({ name, values }, n) => {
      const { colour, symbol, line } = SERIES[n % SERIES.length]!;
      return {
        name, type: 'line', data: values.map((one) => one ?? '-'), symbol, symbolSize: 9, lineStyle: { color: colour, width: 2.5, type: line }, itemStyle: { color: colour },
        label: { show: true, position: n === 0 ? 'top' : 'right', color: INK, fontSize: 12, fontWeight: 'bold', formatter: `{c}${unit}` },
      };
    }),
  });
}

export interface CountChart {
  description: string;
  width: number;
  /** From the top down; `part` is that much of the count, drawn darker and named in the legend. */
  bars: { label: string; count: number; part: number }[];
  names: { rest: string; part: string };
}

/** Counts as bars from left to right, each in two parts that add up to it. */
export function countChart({ description, bars, width, names }: CountChart): string {
  const bar = { type: 'bar', stack: 'all', barWidth: 14 };
  return draw({ width, height: bars.length * BAR.each + BAR.around + 30 }, description, {
    grid: { left: 150, right: 110, top: 32, bottom: 26 },
    legend: { top: 2, left: 'left', textStyle: { color: INK, fontSize: 12 } },
    xAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 4, axisLabel: { color: INK, fontSize: 11 } },
    yAxis: { type: 'category', inverse: true, data: bars.map((one) => one.label), axisTick: { show: false }, axisLabel: { color: INK, fontSize: 12, interval: 0 } },
    series: [
      { ...bar, name: names.part, data: bars.map((one) => one.part), itemStyle: { color: '#a30000' } },
      {
        ...bar, name: names.rest, data: bars.map((one) => one.count - one.part), itemStyle: { color: '#7086d8' },
        label: { show: true, position: 'right', color: INK, fontSize: 11.5, formatter: ({ dataIndex }: { dataIndex: number }) => `${bars[dataIndex]!.count}件${bars[dataIndex]!.part > 0 ? `（うち${bars[dataIndex]!.part}件）` : ''}` },
      },
    ],
  });
}
