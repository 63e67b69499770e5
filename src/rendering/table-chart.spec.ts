import { tableChart } from './table-chart.js';

const cell = (value: number | null, text = String(value)): { value: number | null; text: string } => ({ value, text });
/** Widths of the bars, in the order in which they are drawn. */
const bars = (svg: string): number[] => [...svg.matchAll(/<rect [^>]*? width="([\d.]+)"/gu)].map((one) => Number(one[1]));
const ticks = (svg: string): string[] => [...svg.matchAll(/text-anchor="middle">([^<]*)</gu)].map((one) => one[1]!);
const space = 640 - 196 - 74;

describe('bars of a table', () => {
  it('are as long as their figures on a round axis', () => {
    const svg = tableChart({ description: '構成比', kind: 'share', width: 640, rows: ['保健福祉部', '市民部'], series: [{ name: '構成比', cells: [cell(34.7, '34.7%'), cell(20.4, '20.4%')] }] });
    // Five steps to 34.7 are at least 6.94 each: 10, so the axis ends at 40
    expect(ticks(svg)).toEqual(['0％', '10％', '20％', '30％', '40％']);
    expect(bars(svg)).toEqual([Number(((34.7 / 40) * space).toFixed(1)), Number(((20.4 / 40) * space).toFixed(1))]);
    expect(svg).toContain('34.7%');
  });

  it('stand beside each other with a legend, or one behind the other', () => {
    const series = [{ name: '正職員', cells: [cell(3), cell(0)] }, { name: '嘱託', cells: [cell(1), cell(2)] }];
    const beside = tableChart({ description: '', kind: 'bar', width: 640, rows: ['甲', '乙'], series });
    expect(bars(beside).slice(2)).toEqual([space, Number((space / 3).toFixed(1)), 0, Number(((space * 2) / 3).toFixed(1))]);
    expect(beside).toContain('正職員');
    const stacked = tableChart({ description: '', kind: 'stacked', width: 640, rows: ['甲', '乙'], series });
    expect(ticks(stacked)).toEqual(['0', '1', '2', '3', '4']);
    expect(stacked).toContain('3・1');
  });

  it('nothing to draw, and what has no figure, is drawn without an odd number', () => {
    for (const cells of [[cell(null, '－')], [cell(0)]]) {
      const svg = tableChart({ description: '', kind: 'share', width: 640, rows: ['甲'], series: [{ name: '', cells }] });
      expect(svg).not.toMatch(/NaN|Infinity/u);
      expect(bars(svg)).toEqual([0]);
    }
    expect(tableChart({ description: '', kind: 'bar', width: 640, rows: [], series: [] })).not.toMatch(/NaN|Infinity/u);
  });

  it('a long name takes two lines, and text stays text', () => {
    const svg = tableChart({ description: '<a "b">', kind: 'bar', width: 640, rows: ['国・道など外部機関が主導で所管する電算システム', '<b>'], series: [{ name: 'x', cells: [cell(1), cell(2)] }] });
    expect(svg).toContain('国・道など外部機関が主導</text>');
    expect(svg).toContain('aria-label="&lt;a &quot;b&quot;&gt;"');
    expect(svg).toContain('&lt;b&gt;');
  });
});
