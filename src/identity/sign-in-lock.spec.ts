import { lockedUntil } from './sign-in-lock.js';

const minute = (at: number): Date => new Date(Date.UTC(2026, 10, 21, 0, at));

// The rule of issue 2: five failures lock for 15 minutes.
describe('lock-out of a name', () => {
  it('comes with the fifth failure and lasts 15 minutes from it', () => {
    const failures = [0, 1, 2, 3, 4].map(minute);
    expect(lockedUntil(failures.slice(0, 4), minute(4))).toBeNull();
    expect(lockedUntil(failures, minute(4))).toEqual(minute(19));
    expect(lockedUntil(failures, minute(19))).toBeNull();
  });

  it('lasts its 15 minutes also when the failures came slowly', () => {
    expect(lockedUntil([0, 3, 6, 9, 14].map(minute), minute(16))).toEqual(minute(29));
  });

  it('does not come when the five failures lie further apart', () => {
    expect(lockedUntil([0, 4, 8, 12, 16].map(minute), minute(16))).toBeNull();
  });

  it('is not made longer by attempts while it lasts, and counts anew after it', () => {
    const failures = [0, 0, 0, 0, 0, 5, 6, 7, 8, 14].map(minute);
    expect(lockedUntil(failures, minute(14))).toEqual(minute(15));
    expect(lockedUntil([...failures, minute(15), minute(16), minute(17), minute(18)], minute(18))).toBeNull();
    expect(lockedUntil([...failures, ...[15, 16, 17, 18, 19].map(minute)], minute(19))).toEqual(minute(34));
  });
});
