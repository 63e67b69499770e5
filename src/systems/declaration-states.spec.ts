import fc from 'fast-check';
import type { AnswerValue, Code } from '../engine/form.js';
import { countStates, inheritanceWords, lifetimeOf, standingsOf, type Platform, type Standing } from './declaration-states.js';
import { factsOf, lastDayOf, type DeclaredControl } from './facts.js';
import { sampleCatalogue } from './sample-catalogue.js';

const catalogue = sampleCatalogue();
const TODAY = '2026-11-21';
const declared = (control: Code, value: AnswerValue, declaredOn = '2026-06-01', approved = true): DeclaredControl => ({ control, value, declaredOn, approved });
const platform = (id: string, ...declarations: DeclaredControl[]): Platform => ({ id, name: `基盤${id}`, declarations });
const standing = (control: Code, declarations: DeclaredControl[], platforms: Platform[] = [], today = TODAY): Standing =>
  standingsOf({ declarations, platforms, today, declarationMonths: 12, catalogue }).get(control)!;

describe('the last day of a declaration', () => {
  // Counted by hand on the calendar: the same day of the month, or the last day of a shorter month.
  it.each([
    ['2025-11-21', 12, '2026-11-21'],
    ['2025-08-31', 6, '2026-02-28'],
    ['2027-08-31', 6, '2028-02-29'],
    ['2024-02-29', 12, '2025-02-28'],
    ['2024-02-29', 48, '2028-02-29'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2026-03-31', 1, '2026-04-30'],
    ['2026-12-31', 12, '2027-12-31'],
    ['2026-12-01', 1, '2027-01-01'],
    ['2096-02-29', 48, '2100-02-28'],
    ['2016-11-21', 120, '2026-11-21'],
  ])('%s and %i months: %s', (day, months, last) => {
    expect(lastDayOf(day, months)).toBe(last);
    expect(lifetimeOf(day, months, last)).toEqual({ lastDay: last, stale: false, soon: true });
  });

  it('counts on its last day and not on the day after', () => {
    expect(lifetimeOf('2025-11-21', 12, '2026-11-21').stale).toBe(false);
    expect(lifetimeOf('2025-11-20', 12, '2026-11-21').stale).toBe(true);
    expect(lifetimeOf('2024-02-29', 12, '2025-02-28').stale).toBe(false);
    expect(lifetimeOf('2024-02-29', 12, '2025-03-01').stale).toBe(true);
  });

  it('is soon stale in its last 60 days: from 22 September for 21 November', () => {
    // September has 30 days, October 31: 8 + 31 + 21 = 60 days from 22 September to 21 November.
    expect(lifetimeOf('2025-11-21', 12, '2026-09-22')).toMatchObject({ soon: true, stale: false });
    expect(lifetimeOf('2025-11-21', 12, '2026-09-21')).toMatchObject({ soon: false, stale: false });
    expect(lifetimeOf('2025-11-21', 12, '2026-11-22')).toMatchObject({ soon: false, stale: true });
  });

  it('moves on with the day of declaring, never back', () => {
    const day = fc.integer({ min: 0, max: 20_000 }).map((n) => new Date(Date.UTC(1990, 0, 1 + n)).toISOString().slice(0, 10));
    fc.assert(fc.property(day, day, fc.integer({ min: 1, max: 120 }), (a, b, months) => {
      const [first, second] = [a, b].sort() as [string, string];
      expect(lastDayOf(first, months) <= lastDayOf(second, months)).toBe(true);
      expect(lastDayOf(first, months) > first).toBe(true);
    }));
  });
});

describe('how a system stands to a control', () => {
  it('declares it: approved or waiting for approval; or nothing is known', () => {
    expect(standing('right-unit', [declared('right-unit', { choice: 'per-user' })])).toMatchObject({ state: 'approved', value: { choice: 'per-user' }, below: null, overrides: false, tooOld: null });
    expect(standing('right-unit', [declared('right-unit', { choice: 'per-user' }, TODAY, false)]).state).toBe('declared');
    expect(standing('right-unit', [])).toMatchObject({ state: 'not-declared', value: null, tooOld: null });
  });

  it('declared it too long ago: it counts as not declared, also when it was approved', () => {
    expect(standing('right-unit', [declared('right-unit', { choice: 'per-user' }, '2025-11-20')])).toMatchObject({ state: 'stale', value: null, tooOld: { declaredOn: '2025-11-20', platform: null } });
    expect(standing('right-unit', [declared('right-unit', { choice: 'per-user' }, '2025-11-21')]).state).toBe('approved');
  });

  it('takes an inheritable control over from its platform, and no other', () => {
    const below = platform('A', declared('screen-lock', { choice: 'automatic' }), declared('right-unit', { choice: 'per-user' }));
    expect(standing('screen-lock', [], [below])).toMatchObject({ state: 'inherited', value: { choice: 'automatic' }, below: { platform: { id: 'A', name: '基盤A' }, declaredOn: '2026-06-01', approved: true } });
    expect(standing('right-unit', [], [below])).toMatchObject({ state: 'not-declared', below: null });
  });

  it('takes the nearest platform first, past one whose declaration is stale', () => {
    const [near, far] = [platform('A', declared('review-interval', 6)), platform('B', declared('review-interval', 3))];
    expect(standing('review-interval', [], [near, far])).toMatchObject({ value: 6, below: { platform: { id: 'A' } } });
    expect(standing('review-interval', [], [far, near])).toMatchObject({ value: 3, below: { platform: { id: 'B' } } });
    const old = platform('A', declared('review-interval', 6, '2020-01-01'));
    expect(standing('review-interval', [], [old, far])).toMatchObject({ state: 'inherited', value: 3, below: { platform: { id: 'B' } } });
    expect(standing('review-interval', [], [old])).toMatchObject({ state: 'stale', below: null, tooOld: { declaredOn: '2020-01-01', platform: { id: 'A', name: '基盤A' } } });
  });

  it('overrides the platform with its own declaration; a stale one is not replaced by a better value of the platform', () => {
    const below = platform('A', declared('review-interval', 6));
    expect(standing('review-interval', [declared('review-interval', 24, TODAY, false)], [below])).toMatchObject({ state: 'declared', value: 24, overrides: true, below: { value: 6 } });
    expect(standing('review-interval', [declared('review-interval', 24, '2024-01-01')], [below])).toMatchObject({ state: 'stale', value: null, overrides: false, below: { value: 6 } });
  });

  it('tells two platforms of one name apart', () => {
    const twins: Platform[] = [{ id: '1', name: '共通基盤', declarations: [] }, { id: '2', name: '共通基盤', declarations: [declared('review-interval', 6)] }];
    expect(standing('review-interval', [], twins).below?.platform).toEqual({ id: '2', name: '共通基盤' });
  });

  it('a retired control and a value that the catalogue does not know count for nothing', () => {
    expect(standing('old-lock', [declared('old-lock', { choice: 'automatic' }, '2026-09-30')])).toMatchObject({ state: 'not-declared', value: null });
    expect(standing('right-unit', [declared('right-unit', { choice: 'gone' })])).toMatchObject({ state: 'not-declared', value: null });
  });

  it('counts every state', () => {
    expect(countStates(['approved', 'approved', 'declared', 'inherited', 'stale', 'not-declared'])).toEqual({ approved: 2, declared: 1, inherited: 1, stale: 1, 'not-declared': 1 });
  });

  it('always agrees with the facts that rules see', () => {
    const control = fc.constantFrom('right-unit', 'screen-lock', 'old-lock', 'review-interval', 'backup-interval');
    const values: Record<string, AnswerValue> = { 'right-unit': { choice: 'none' }, 'screen-lock': { choice: 'automatic' }, 'old-lock': { choice: 'automatic' }, 'review-interval': 6, 'backup-interval': 1 };
    const some = fc.uniqueArray(fc.record({ control, declaredOn: fc.constantFrom('2025-11-20', '2025-11-21', '2026-11-21', '2019-01-01'), approved: fc.boolean() }), { selector: (one) => one.control })
      .map((list) => list.map((one): DeclaredControl => ({ ...one, value: values[one.control]! })));
    fc.assert(fc.property(some, fc.array(some, { maxLength: 3 }), (own, below) => {
      const platforms = below.map((declarations, n): Platform => ({ id: String(n), name: '共通基盤', declarations }));
      const input = { today: TODAY, declarationMonths: 12, catalogue, declarations: own };
      const facts = factsOf({ ...input, system: { register: {}, mergedIntoId: null }, uses: [], contracts: [], platforms });
      for (const [code, one] of standingsOf({ ...input, platforms })) {
        expect(one.value).toEqual(facts.values[code] ?? null);
        expect(one.state === 'inherited').toBe(Object.hasOwn(facts.inherited, code));
        expect(one.tooOld?.declaredOn).toBe(facts.stale[code]);
        expect(one.state === 'declared').toBe(facts.unapproved.includes(code) && one.state !== 'inherited');
      }
    }));
  });
});

describe('inheritance in words', () => {
  const words = (value: AnswerValue): string => `${String(value)}か月`;
  const below = platform('A', declared('review-interval', 6));
  it('says what is taken over, what overrides it, and what is too old', () => {
    expect(inheritanceWords(standing('review-interval', [], [below]), words)).toBe('「基盤A」の申告「6か月」（令和8年6月1日）を引き継いでいます。このシステムで申告すると、その申告が優先します。');
    expect(inheritanceWords(standing('review-interval', [declared('review-interval', 24)], [below]), words)).toBe('「基盤A」の申告「6か月」（令和8年6月1日）がありますが、このシステムの申告「24か月」が優先します。');
    expect(inheritanceWords(standing('review-interval', [declared('review-interval', 6)], [below]), words)).toBe('「基盤A」の申告「6か月」（令和8年6月1日）と同じことを、このシステムでも申告しています。');
    expect(inheritanceWords(standing('review-interval', [], [platform('A', declared('review-interval', 6, '2020-04-01'))]), words)).toBe('「基盤A」の申告（令和2年4月1日）は期限が切れているため、引き継いでいません。');
    expect(inheritanceWords(standing('review-interval', [declared('review-interval', 24)]), words)).toBeNull();
    expect(inheritanceWords(standing('review-interval', []), words)).toBeNull();
  });
});
