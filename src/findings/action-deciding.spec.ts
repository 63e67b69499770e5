import fc from 'fast-check';
import { AGES, ageOf, daysOver, dueProblem, dueStep, plannedDueProblem, postponeProblem, rateOf } from './action-deciding.js';
import type { ActionState } from './scheme.js';

const states = [['waiting', 'waiting'], ['going', 'under-way'], ['done', 'settled'], ['on', 'continuing']].map(([code, phase]) => ({ code: code!, label: code!, definition: '', phase: phase as ActionState['phase'] }));
const day = { today: '2026-11-21', soonDays: 30 };

describe('due dates', () => {
  it.each([
    ['the day before today', '2026-11-20', 'over'],
    ['today', '2026-11-21', 'soon'],
    ['the thirtieth day from today', '2026-12-21', 'soon'],
    ['the thirty-first day', '2026-12-22', 'later'],
    ['none', null, 'none'],
  ] as const)('%s', (_name, dueOn, step) => {
    expect(dueStep({ state: 'going', proposed: null, dueOn }, { states }, day)).toBe(step);
  });

  it('press nobody once the department has reported the end, or it is settled; continuing work stays due', () => {
    expect(dueStep({ state: 'going', proposed: 'done', dueOn: '2020-01-01' }, { states }, day)).toBe('none');
    expect(dueStep({ state: 'done', proposed: null, dueOn: '2020-01-01' }, { states }, day)).toBe('none');
    expect(dueStep({ state: 'on', proposed: null, dueOn: '2020-01-01' }, { states }, day)).toBe('over');
  });

  it('count days over from the day after', () => {
    expect([daysOver('2026-11-21', '2026-11-21'), daysOver('2026-11-20', '2026-11-21'), daysOver('2026-11-22', '2026-11-21'), daysOver('2024-02-28', '2024-03-01')]).toEqual([0, 1, -1, 2]);
  });

  it('do not lie before the finding: both days are told', () => {
    expect(dueProblem('2026-03-31', '2026-03-31')).toBeNull();
    const problem = dueProblem('2026-03-30', '2026-03-31')!;
    expect([problem.code, problem.path]).toEqual(['due-before-finding', 'dueOn']);
    expect(problem.message).toContain('令和8年3月30日');
    expect(problem.message).toContain('令和8年3月31日');
    expect(dueProblem('2026-02-29', '2026-01-01')!.code).toBe('due-invalid');
  });

  it.each([
    ['the day after', '2027-04-01', '2027-03-31', null],
    ['the same day', '2027-03-31', '2027-03-31', 'due-not-later'],
    ['an earlier day', '2027-03-30', '2027-03-31', 'due-not-later'],
    ['before the finding', '2025-01-01', '2024-12-31', 'due-before-finding'],
    ['where there was none', '2027-04-01', null, 'due-missing'],
    ['no day', '2027-13-01', '2027-03-31', 'due-invalid'],
    ['a day that has passed', '2026-11-20', '2026-10-31', 'due-past'],
    ['today', '2026-11-21', '2026-10-31', null],
  ] as const)('are put off to %s', (_name, to, now, code) => {
    expect(postponeProblem(to, now, '2026-03-31', '2026-11-21')?.code ?? null).toBe(code);
  });

  it.each([
    ['the same', '2027-03-31', '2027-03-31', null],
    ['nearer', '2027-03-30', '2027-03-31', null],
    ['later: that is a postponement', '2027-04-01', '2027-03-31', 'due-later'],
    ['new', '2027-04-01', null, null],
    ['before the finding', '2026-03-30', '2027-03-31', 'due-before-finding'],
  ] as const)('are planned %s', (_name, to, now, code) => {
    expect(plannedDueProblem(to, now, '2026-03-31')?.code ?? null).toBe(code);
  });
});

describe('ageing', () => {
  it.each([
    ['2026-08-22', 'under-3-months'], ['2026-08-21', 'under-6-months'], ['2026-05-22', 'under-6-months'], ['2026-05-21', 'under-1-year'],
    ['2025-11-22', 'under-1-year'], ['2025-11-21', 'under-2-years'], ['2024-11-21', 'under-3-years'], ['2023-11-22', 'under-3-years'], ['2023-11-21', '3-years'], ['2026-11-21', 'under-3-months'],
  ])('since %s on 21 November 2026: %s', (since, code) => {
    expect(ageOf(since, '2026-11-21').code).toBe(code);
  });

  it('has one class for every day', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 5_000 }), (days) => {
      const since = new Date(Date.UTC(2026, 10, 21) - days * 86_400_000).toISOString().slice(0, 10);
      expect(AGES).toContain(ageOf(since, '2026-11-21'));
    }));
  });
});

describe('rates', () => {
  const rate = { code: 'improved', label: '改善率', of: ['a', 'b'], over: ['a', 'b', 'c', 'd', 'e'] };
  /** 43/61 = 70.5 and 53/61 = 86.9, rounded half up, as a prefecture published them. */
  it.each([[{ a: 40, b: 3, c: 18 }, '70.5％', 70.5], [{ a: 50, b: 3, c: 8 }, '86.9％', 86.9]])('%j', (counts, text, percent) => {
    expect(rateOf(rate, counts)).toMatchObject({ over: 61, text, percent });
  });

  it.each([
    ['nothing below the line', {}, '－', null], ['half up: 1 of 2000 is 0.05', { a: 1, c: 1_999 }, '0.1％', 0.1], ['just under: 1 of 2001', { a: 1, c: 2_000 }, '0.0％', 0], ['all', { a: 3 }, '100.0％', 100], ['1 of 8 is 12.5', { b: 1, c: 7 }, '12.5％', 12.5],
  ])('%s', (_name, counts, text, percent) => {
    expect(rateOf(rate, counts as Record<string, number>)).toMatchObject({ text, percent });
  });

  it('stand over all states when none is named', () => {
    expect(rateOf({ ...rate, of: ['a'], over: [] }, { a: 1, z: 3 })).toMatchObject({ of: 1, over: 4, text: '25.0％' });
  });
});
