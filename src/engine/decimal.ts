/**
 * Exact decimals for everything that is counted, added and divided. Counts stay integers, a division is rounded once and from the
 * exact quotient; no binary fraction is ever in between.
 */
import { Big } from 'big.js';
import type { Rounding, RoundingMode } from './tabulation.js';

export type Decimal = Big;

const MODES: Readonly<Record<RoundingMode, 0 | 1 | 2>> = { down: 0, 'half-up': 1, 'half-even': 2 };
/** Digits that an amount of an answer may have, before and behind the point. */
const AMOUNT = /^-?\d{1,30}(?:\.\d{1,20})?$/u;

export const ZERO: Decimal = new Big(0);

/** The decimal that a value says, `null` for what is no plain decimal: NaN, 1e21, 12a, a blank, a number so large that reading it has already rounded it. */
export function decimalOf(value: unknown): Decimal | null {
  const text = typeof value === 'number' ? (Math.abs(value) <= Number.MAX_SAFE_INTEGER ? new Big(value).toFixed() : '') : typeof value === 'string' ? value.trim() : '';
  return AMOUNT.test(text) ? new Big(text) : null;
}

/** A decimal without exponent, as short as it is exact: `0.5`, `871`. */
export function exactText(value: Decimal): string {
  return value.eq(0) ? '0' : value.toFixed();
}

const dividers = new Map<string, typeof Big>();

/** Big.js rounds a quotient from its exact value, and the mode and the digits belong to the constructor. */
function dividerOf({ mode, digits }: Rounding): typeof Big {
  const key = `${mode}${digits}`;
  let divider = dividers.get(key);
  if (!divider) {
    divider = Big();
    divider.RM = MODES[mode];
    divider.DP = digits;
    dividers.set(key, divider);
  }
  return divider;
}

/**
 * A decimal rounded to so many digits, which are all written: `70.5`, `100.0`. Half-up rounds a half away from zero, down cuts off,
 * half-even rounds a half to the even digit.
 */
export function round(value: Decimal, { mode, digits }: Rounding): string {
  return unsigned(value.round(digits, MODES[mode]).toFixed(digits));
}

/** The exact quotient, rounded. `null` when it would be divided by zero. */
export function quotientText(numerator: Decimal, denominator: Decimal, rounding: Rounding): string | null {
  if (denominator.eq(0)) return null;
  const Divider = dividerOf(rounding);
  return unsigned(new Divider(numerator).div(denominator).toFixed(rounding.digits));
}

/** A share in percent, rounded: 43 of 61 is `70.5` (half-up, one digit). `null` over a zero denominator. */
export function shareText(part: Decimal | number, whole: Decimal | number, rounding: Rounding): string | null {
  return quotientText(new Big(part).times(100), new Big(whole), rounding);
}

/** Is the quotient in percent exactly what is printed with so many digits? */
export function shareIsExact(part: Decimal, whole: Decimal, rounding: Rounding): boolean {
  const printed = shareText(part, whole, rounding);
  return printed === null || new Big(printed).times(whole).eq(part.times(100));
}

/** With thousands separators: `1,234.5`. */
export function grouped(text: string): string {
  const [, sign = '', whole = '', rest = ''] = /^(-?)(\d+)(.*)$/u.exec(text) ?? [];
  return whole === '' ? text : `${sign}${whole.replace(/\B(?=(\d{3})+$)/gu, ',')}${rest}`;
}

/** Zero has no sign. */
function unsigned(text: string): string {
  return /^-0(?:\.0*)?$/u.test(text) ? text.slice(1) : text;
}
