import { cellSays } from './answer-cells.js';

describe('a cell for a day or words about it', () => {
  const said = (value: Parameters<typeof cellSays>[1]) => cellSays('day-text', value, '', []);

  it.each<[string, Parameters<typeof cellSays>[1], string | null]>([
    ['words', '令和7年度の初め', '令和7年度の初め'],
    ['a day', { date: '2026-04-01' }, '令和8年4月1日'],
    ['a year', 2026, '2026'],
    ['a day in eight digits', 20_260_401, '20260401'],
    ['digits typed as a text', '46113', '46113'],
    ['nothing', null, null],
  ])('takes %s', (_, value, expected) => expect(said(value)).toEqual({ value: expected }));

  it('refuses a day that lost its format: 46113 is what Excel keeps for 2026-04-01', () => {
    expect(said(46_113)).toEqual({ fault: '「46113」は、日付が数に変わったもののようです。「令和8年11月21日」のように文字で入れ直してください。' });
    expect([said(9_999), said(10_000), said(99_999), said(100_000)].map((one) => 'fault' in one)).toEqual([false, true, true, false]);
  });
});
