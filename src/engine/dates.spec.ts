import fc from 'fast-check';
import { daysInclusive, findDates, fiscalYear, formatEra, formatFiscalYear, isIsoDate, parseFiscalYear, parseJapaneseDate } from './dates.js';

describe('reading days', () => {
  it.each([
    ['令和8年11月21日', '2026-11-21'], ['R8.11.21', '2026-11-21'], ['2026/11/21', '2026-11-21'], ['2026-11-21', '2026-11-21'], ['2026年11月21日', '2026-11-21'],
    ['令和８年１１月２１日', '2026-11-21'], ['Ｒ８．１１．２１', '2026-11-21'], ['令和元年5月1日', '2019-05-01'], ['平成 11年 4月 1日', '1999-04-01'],
    ['㍻31年4月30日', '2019-04-30'], ['S64.1.7', '1989-01-07'], ['平成35年4月1日', '2023-04-01'], ['令和8年11月21日（土）', '2026-11-21'], ['昭和元年12月25日', '1926-12-25'],
  ])('%s is %s', (text, iso) => expect(parseJapaneseDate(text)).toBe(iso));

  it.each(['令和8年2月29日', '令和元年4月30日', '平成元年1月7日', '2026/13/1', '令和8年4月予定', '', '令和0年1月1日', '8.11.21', '2026/11/21まで'])('%s is no day', (text) => expect(parseJapaneseDate(text)).toBeNull());

  it('leap years as the calendar has them: 2024 and 2000 yes, 1900 and 2026 no', () => {
    expect(['2024-02-29', '2000-02-29', '1900-02-29', '2026-02-29'].map(isIsoDate)).toEqual([true, true, false, false]);
  });

  it('finds the days of a text with their places', () => {
    const text = '令和8年4月1日から2026/9/30まで。令和8年2月30日は除く。';
    expect(findDates(text)).toEqual([{ text: '令和8年4月1日', iso: '2026-04-01', index: 0 }, { text: '2026/9/30', iso: '2026-09-30', index: 10 }]);
  });
});

describe('reading fiscal years', () => {
  // 令和8年度 is the year from April 2026; 2019年度 is 平成31年度 and 令和元年度; 昭和64年 and 平成元年 are both 1989.
  it.each<[string, number]>([
    ['令和8', 2026], ['令和8年度', 2026], ['令和 8 年度', 2026], ['令和８年', 2026], ['㋿8', 2026], ['R8', 2026], ['r8年度', 2026], ['Ｒ８', 2026], ['2026', 2026], ['２０２６年度', 2026], ['　2026 ', 2026],
    ['令和元年度', 2019], ['令和1', 2019], ['R元', 2019], ['平成31年度', 2019], ['平成元年度', 1989], ['昭和64', 1989], ['H26', 2014], ['平成35年度', 2023],
  ])('%s is %d', (text, year) => expect(parseFiscalYear(text)).toBe(year));

  it.each(['', '8', '26', '来年度', '令和', '令和0', 'R0', '令和100', '20260', '2026-04', '2026.5', '-2026', '1e3', '令和8年11月', '令和8年度から', 'X8', 'あ'.repeat(50)])('%j is none', (text) => expect(parseFiscalYear(text)).toBeNull());

  it('what is written can be read again', () => {
    fc.assert(fc.property(fc.integer({ min: 1927, max: 2117 }), (year) => parseFiscalYear(formatFiscalYear(year)) === year));
  });
});

describe('writing days', () => {
  it.each([
    ['2019-04-30', '平成31年4月30日'], ['2019-05-01', '令和元年5月1日'], ['1989-01-07', '昭和64年1月7日'], ['1989-01-08', '平成元年1月8日'],
    ['1926-12-24', '大正15年12月24日'], ['1926-12-25', '昭和元年12月25日'], ['1912-07-29', '明治45年7月29日'], ['1912-07-30', '大正元年7月30日'], ['1868-01-24', '1868年1月24日'],
  ])('%s is %s', (iso, era) => expect(formatEra(iso)).toBe(era));

  it('what is written can be read again, for every day since 明治', () => {
    fc.assert(fc.property(fc.date({ min: new Date('1868-01-25T00:00:00Z'), max: new Date('2099-12-31T00:00:00Z'), noInvalidDate: true }), (day) => {
      const iso = day.toISOString().slice(0, 10);
      return parseJapaneseDate(formatEra(iso)) === iso;
    }));
  });

  it('the fiscal year begins in April; 2019 is 令和元年度', () => {
    expect([fiscalYear('2026-03-31'), fiscalYear('2026-04-01')]).toEqual([2025, 2026]);
    expect([formatFiscalYear(2026), formatFiscalYear(2019), formatFiscalYear(2018)]).toEqual(['令和8年度', '令和元年度', '平成30年度']);
  });

  it('1 to 30 April are 30 days', () => expect(daysInclusive('2026-04-01', '2026-04-30')).toBe(30));

  it('no text makes it throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => {
      const iso = parseJapaneseDate(text);
      return (iso === null || isIsoDate(iso)) && findDates(text).every((found) => isIsoDate(found.iso)) && typeof formatEra(text) === 'string';
    }));
  });
});
