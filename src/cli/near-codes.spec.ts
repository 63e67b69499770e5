import { nearCodes, slips } from './near-codes.js';

describe('slips of the finger', () => {
  // kitten → sitting is the classic example of the distance: two changed letters and one put in.
  it.each([['kitten', 'sitting', 3], ['', 'abc', 3], ['abc', 'abc', 0], ['abc', 'acb', 2]])('%s → %s: %i', (one, other, count) => expect(slips(one, other)).toBe(count));
});

describe('codes that may have been meant', () => {
  const codes = ['mn-access-right-unit', 'mn-access-right-review', 'mn-password-change', 'sm-incident-report'];
  it.each([
    ['mn-acess-right-unit', ['mn-access-right-unit', 'mn-access-right-review']],
    ['password', ['mn-password-change']],
    ['MN-Password-Change', ['mn-password-change']],
    ['access-right', ['mn-access-right-review', 'mn-access-right-unit']],
    ['zzzz', []],
    ['', []],
  ])('%s', (typed, near) => expect(nearCodes(typed, codes)).toEqual(near));
});
