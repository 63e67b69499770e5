import { tabulate } from '../engine/tabulating.js';
import { pictureOf, tableChart } from './table-chart.js';

const cell = (value: number | null, text = String(value)): { value: number | null; text: string } => ({ value, text });
/** Widths of the bars, in the order in which they are drawn. */
const bars = (svg: string): number[] => [...svg.matchAll(/<rect [^>]*? width="([\d.]+)"/gu)].map((one) => Number(one[1]));
const ticks = (svg: string): string[] => [...svg.matchAll(/text-anchor="middle">([^<]*)</gu)].map((one) => one[1]!);
const space = 640 - 196 - 74;

describe('bars of a table', () => {
  it('are as long as their figures on a round axis', () => {
    const svg = tableChart({ description: '構成比', kind: 'share', percent: true, width: 640, rows: ['保健福祉部', '市民部'], series: [{ name: '構成比', cells: [cell(34.7, '34.7%'), cell(20.4, '20.4%')] }] });
    // Five steps to 34.7 are at least 6.94 each: 10, so the axis ends at 40
    expect(ticks(svg)).toEqual(['0％', '10％', '20％', '30％', '40％']);
    expect(bars(svg)).toEqual([Number(((34.7 / 40) * space).toFixed(1)), Number(((20.4 / 40) * space).toFixed(1))]);
    expect(svg).toContain('34.7%');
  });

  it('stand beside each other with a legend, or one behind the other', () => {
    const series = [{ name: '正職員', cells: [cell(3), cell(0)] }, { name: '嘱託', cells: [cell(1), cell(2)] }];
    const beside = tableChart({ description: '', kind: 'bar', percent: false, width: 640, rows: ['甲', '乙'], series });
    expect(bars(beside).slice(2)).toEqual([space, Number((space / 3).toFixed(1)), 0, Number(((space * 2) / 3).toFixed(1))]);
    expect(beside).toContain('正職員');
    const stacked = tableChart({ description: '', kind: 'stacked', percent: false, width: 640, rows: ['甲', '乙'], series });
    expect(ticks(stacked)).toEqual(['0', '1', '2', '3', '4']);
    expect(stacked).toContain('3・1');
    // Not by colour alone: each series has its number in the legend and beside its figure, or in its part of the bar.
    for (const words of ['>① 正職員<', '>② 嘱託<', '>① 3<', '>② 1<']) expect(beside).toContain(words);
    for (const words of ['>① 正職員<', '>②<']) expect(stacked).toContain(words);
  });

  it('are the parts of 100 in each row', () => {
    const svg = tableChart({ description: '', kind: 'share', percent: false, width: 640, rows: ['甲', '乙'], series: [{ name: 'あり', cells: [cell(3), cell(0)] }, { name: 'なし', cells: [cell(1), cell(0)] }] });
    expect(ticks(svg)).toEqual(['0％', '20％', '40％', '60％', '80％', '100％']);
    // 3 of 4 and 1 of 4; of nothing there are no parts.
    expect(bars(svg).slice(2)).toEqual([Number((space * 0.75).toFixed(1)), Number((space * 0.25).toFixed(1)), 0, 0]);
  });

  it('stand left of zero where they are below it', () => {
    const svg = tableChart({ description: '', kind: 'bar', percent: false, width: 640, rows: ['甲', '乙'], series: [{ name: '増減', cells: [cell(-2), cell(3)] }] });
    expect(ticks(svg)).toEqual(['-2', '-1', '0', '1', '2', '3']);
    expect(bars(svg)).toEqual([Number((space * 0.4).toFixed(1)), Number((space * 0.6).toFixed(1))]);
  });

  it('counts in a chart of shares have no percent sign', () => {
    const svg = tableChart({ description: '', kind: 'share', percent: false, width: 640, rows: ['甲'], series: [{ name: '数', cells: [cell(4)] }] });
    expect(ticks(svg)).toEqual(['0', '1', '2', '3', '4']);
  });

  it('eleven series have a legend in several lines, all of it within the picture', () => {
    const svg = tableChart({ description: '', kind: 'stacked', percent: false, width: 640, rows: ['甲'], series: Array.from({ length: 11 }, (_, n) => ({ name: `離席時の端末の扱いの選択肢${n + 1}`, cells: [cell(n)] })) });
    const [legend] = svg.split('<path ');
    const xs = [...legend!.matchAll(/<text x="([\d.]+)" y="(\d+)"/gu)].map((one) => [Number(one[1]), Number(one[2])] as const);
    expect(xs).toHaveLength(11);
    expect(Math.max(...xs.map(([x]) => x)) + 16 * 11).toBeLessThanOrEqual(640);
    expect(new Set(xs.map(([, y]) => y)).size).toBeGreaterThan(2);
  });

  it('nothing to draw, and what has no figure, is drawn without an odd number', () => {
    for (const cells of [[cell(null, '－')], [cell(0)]]) {
      const svg = tableChart({ description: '', kind: 'share', percent: true, width: 640, rows: ['甲'], series: [{ name: '', cells }] });
      expect(svg).not.toMatch(/NaN|Infinity/u);
      expect(bars(svg)).toEqual([0]);
    }
    expect(tableChart({ description: '', kind: 'bar', percent: false, width: 640, rows: [], series: [] })).not.toMatch(/NaN|Infinity/u);
  });

  it('a long name takes two lines, and text stays text', () => {
    const svg = tableChart({ description: '<a "b">', kind: 'bar', percent: false, width: 640, rows: ['国・道など外部機関が主導で所管する電算システム', '<b>'], series: [{ name: 'x', cells: [cell(1), cell(2)] }] });
    expect(svg).toContain('国・道など外部機関が主導</text>');
    expect(svg).toContain('aria-label="&lt;a &quot;b&quot;&gt;"');
    expect(svg).toContain('&lt;b&gt;');
  });
});

describe('what a chart of a table shows', () => {
  const [table] = tabulate({
    code: 'd', title: '', rounding: { mode: 'half-up', digits: 1 }, tables: [{
      code: 't', title: '表', dataset: 'x', rows: { by: 'class', label: '区分' }, total: '合計', columns: [{ code: 'n', label: '数', measure: 'count' }, { code: 'kept', label: '保管', measure: 'cross', of: 'kept' }, { code: 'share', label: '構成比', measure: 'share', of: 'n', over: 'total' }],
    }],
  }, [{
    code: 'x', title: '', unit: '', fields: [{ code: 'class', label: '区分', kind: 'class', options: [{ code: 'a', label: '甲' }] }, { code: 'kept', label: '保管', kind: 'choice', options: [{ code: 'yes', label: 'あり' }, { code: 'no', label: 'なし' }] }],
    records: [{ id: '1', label: '', values: { class: 'a', kept: 'yes' } }, { id: '2', label: '', values: { class: 'a', kept: 'no' } }, { id: '3', label: '', values: { class: 'a', kept: 'no' } }],
  }]).tables;
  const chart = (...columns: string[]) => pictureOf(table!, { code: 'c', title: '図', kind: 'bar', columns });

  it('each option of a cross table, in words too, without the totals', () => {
    expect(chart('kept')).toEqual({ description: '図。甲 あり 1、なし 2', kind: 'bar', percent: false, rows: ['甲'], series: [{ name: 'あり', cells: [{ value: 1, text: '1' }] }, { name: 'なし', cells: [{ value: 2, text: '2' }] }] });
  });

  it('shares as shares, and nothing of columns that are gone', () => {
    expect([chart('share')?.percent, chart('n', 'share')?.percent, chart('gone')]).toEqual([true, false, null]);
  });
});
