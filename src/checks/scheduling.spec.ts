import { nextDay } from './scheduling.service.js';

describe('the day of the next check', () => {
  it.each([
    ['2026-12-28', 'week', '2027-01-04'],
    ['2026-11-21', 'month', '2026-12-21'],
    ['2026-12-31', 'month', '2027-01-31'],
    ['2027-01-31', 'month', '2027-02-28'],
    ['2028-01-31', 'month', '2028-02-29'],
    ['2026-11-30', 'quarter', '2027-02-28'],
    ['2026-04-01', 'quarter', '2026-07-01'],
  ] as const)('%s, every %s: %s', (day, every, next) => expect(nextDay(day, every)).toBe(next));
});
