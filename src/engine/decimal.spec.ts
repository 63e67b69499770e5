import fc from 'fast-check';
import { decimalOf, exactText, grouped, quotientText, round, shareIsExact, shareText, ZERO } from './decimal.js';
import type { Rounding, RoundingMode } from './tabulation.js';

const one = (mode: RoundingMode, digits = 1): Rounding => ({ mode, digits });

describe('shares as they were published', () => {
  it.each([
    // 四捨五入: 61 systems, one digit.
    [43, 61, '70.5'], [53, 61, '86.9'],
  ])('%d of %d is %s, rounded half up', (part, whole, printed) => expect(shareText(part, whole, one('half-up'))).toBe(printed));

  it.each([
    // 切捨て: 5,418/6,423 = 84.353…, 506/6,423 = 7.877…
    [5_418, 6_423, '84.3'], [506, 6_423, '7.8'],
  ])('%d of %d is %s, cut off', (part, whole, printed) => expect(shareText(part, whole, one('down'))).toBe(printed));

  it.each([
    // By hand: 1/16 = 6.25 % and 3/16 = 18.75 % lie half-way; 5/16 = 31.25 %; 2/3 = 66.66… is no half.
    [1, 16, '6.2'], [3, 16, '18.8'], [5, 16, '31.2'], [2, 3, '66.7'],
  ])('%d of %d is %s, a half to the even digit', (part, whole, printed) => expect(shareText(part, whole, one('half-even'))).toBe(printed));

  it('the three modes differ where a half stands: 1/8 = 12.5 %', () => {
    expect((['half-up', 'down', 'half-even'] as const).map((mode) => shareText(1, 8, one(mode, 0)))).toEqual(['13', '12', '12']);
    expect((['half-up', 'down', 'half-even'] as const).map((mode) => shareText(-1, 8, one(mode, 0)))).toEqual(['-13', '-12', '-12']);
  });

  it('nothing is divided by zero', () => {
    expect(shareText(5, 0, one('half-up'))).toBeNull();
    expect(shareText(0, 0, one('half-up'))).toBeNull();
    expect(quotientText(ZERO, ZERO, one('down'))).toBeNull();
  });

  it('zero is written with its digits and without a sign', () => {
    expect(shareText(0, 54, one('half-up'))).toBe('0.0');
    expect(shareText(-1, 1_000_000, one('half-up'))).toBe('0.0');
  });
});

it.each([
  // By hand: -1/16 = -6.25 %, -3/16 = -18.75 %, -2/3 = -66.66… %; cut off is cut towards zero, not down.
  ['half-up', '-6.3', '-18.8', '-66.7'], ['down', '-6.2', '-18.7', '-66.6'], ['half-even', '-6.2', '-18.8', '-66.7'],
] as const)('below zero as above it: %s', (mode, ...printed) => {
  expect([shareText(-1, 16, one(mode)), shareText(3, -16, one(mode)), shareText(-2, 3, one(mode))]).toEqual(printed);
});

it('a half that a binary fraction would miss: 1.005 to two digits is 1.01', () => {
  expect(round(decimalOf('1.005')!, one('half-up', 2))).toBe('1.01');
  expect((1.005).toFixed(2)).toBe('1.00');
});

it.each([['12', '12'], [12.5, '12.5'], ['-0.50', '-0.5'], [' 7 ', '7'], [1e-7, '0.0000001']])('%j is a decimal', (value, text) => expect(exactText(decimalOf(value)!)).toBe(text));
it.each([[''], ['1e9'], [NaN], [Infinity], [1e21], [2 ** 53], [-(2 ** 53)], ['1,234'], ['１２'], [null], [undefined], [{}], ['9'.repeat(31)]])('%j is none', (value) => expect(decimalOf(value)).toBeNull());

it.each([['1234', '1,234'], ['-1234567.89', '-1,234,567.89'], ['999', '999'], ['', '']])('%j is printed as %j', (text, printed) => expect(grouped(text)).toBe(printed));

it('is exact only where nothing was rounded away', () => {
  expect([shareIsExact(decimalOf(1)!, decimalOf(8)!, one('half-up', 1)), shareIsExact(decimalOf(1)!, decimalOf(3)!, one('half-up', 1))]).toEqual([true, false]);
});

it('every mode gives the integer nearest below or above, as whole numbers say', () => {
  fc.assert(fc.property(fc.nat(1_000_000), fc.integer({ min: 1, max: 1_000_000 }), fc.nat(3), fc.constantFrom<RoundingMode>('half-up', 'down', 'half-even'), (part, whole, digits, mode) => {
    const scaled = BigInt(part) * 100n * 10n ** BigInt(digits);
    const [below, rest] = [scaled / BigInt(whole), scaled % BigInt(whole)];
    const twice = rest * 2n;
    const up = mode === 'down' ? false : twice > BigInt(whole) || (twice === BigInt(whole) && (mode === 'half-up' || below % 2n === 1n));
    expect(shareText(part, whole, one(mode, digits))!.replace('.', '')).toBe(String(below + (up ? 1n : 0n)).padStart(digits + 1, '0'));
  }));
});
