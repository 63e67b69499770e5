/** The columns of a table as bars from left to right: beside each other, stacked, or shares of 100. Drawn like every chart. */
import { draw } from './chart.js';

export interface TableChartPicture {
  description: string;
  kind: 'bar' | 'stacked' | 'share';
  /** px */
  width: number;
  /** From the top down. */
  rows: readonly string[];
  /** One cell for each row; `value` null: there is none, `text` says what is printed in its place. */
  series: readonly { name: string; cells: readonly { value: number | null; text: string }[] }[];
}

const INK = '#333333';
/** Told apart in grey print too: from dark to light, each with its outline. */
const COLOURS = ['#0017c1', '#8fa3e8', '#197a4b', '#a9d8bd', '#7a5f00', '#e8d48f', '#6f23d0', '#cdb3f2'] as const;
/** Height of one bar with the space around it, and of what stands around all of them. */
const EACH = 20;
const AROUND = 34;
const LEGEND = 28;
const LABEL = { color: INK, fontSize: 11 } as const;

export function tableChart({ description, kind, width, rows, series }: TableChartPicture): string {
  const stacked = kind === 'stacked';
  const legend = series.length > 1;
  const lines = rows.length * (stacked ? 1 : Math.max(1, series.length));
  return draw({ width, height: lines * EACH + AROUND + (legend ? LEGEND : 0) }, description, {
    grid: { left: 190, right: 70, top: legend ? LEGEND + 6 : 6, bottom: 28 },
    ...(legend ? { legend: { top: 0, left: 'left', textStyle: { color: INK, fontSize: 12 } } } : {}),
    xAxis: { type: 'value', min: 0, minInterval: 1, splitNumber: 5, axisLabel: { ...LABEL, formatter: kind === 'share' ? '{value}％' : '{value}' } },
    yAxis: { type: 'category', inverse: true, data: [...rows], axisTick: { show: false }, axisLabel: { ...LABEL, fontSize: 12, interval: 0, width: 176, overflow: 'truncate' } },
    series: series.map(({ name, cells }, n) => ({
      name, type: 'bar', ...(stacked ? { stack: 'all' } : {}), barMaxWidth: 12, data: cells.map((one) => one.value ?? 0),
      itemStyle: { color: COLOURS[n % COLOURS.length], borderColor: INK, borderWidth: n % 2 },
      label: stacked
        ? { show: n === series.length - 1, position: 'right', ...LABEL, formatter: ({ dataIndex }: { dataIndex: number }) => series.map((one) => one.cells[dataIndex]!.text).join('・') }
        : { show: true, position: 'right', ...LABEL, formatter: ({ dataIndex }: { dataIndex: number }) => cells[dataIndex]!.text },
    })),
  });
}
