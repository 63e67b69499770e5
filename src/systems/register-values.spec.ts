import type { Item } from '../engine/form.js';
import { eventOf } from './declaration-words.js';
import { valueText } from './register-values.js';

const interval: Item = { code: 'self-inspection-interval', kind: 'number', label: '自己点検の間隔（0は行っていない）', zero: '行っていない', unit: 'か月', min: 0, max: 120, need: 'optional' };
const control = { item: interval, options: null };

describe('a number as a person reads it', () => {
  it('with its unit; 0 in the words of the item, where it has some', () => {
    expect(valueText(control, 1200)).toBe('1,200か月');
    expect(valueText(control, 0)).toBe('行っていない');
    expect(valueText({ item: { ...interval, zero: undefined }, options: null }, 0)).toBe('0か月');
    expect(valueText(control, null)).toBe('');
  });

  it('so does the history of a declaration', () => {
    const snapshot = (value: number): object => ({ value, note: '', declaredOn: '2026-10-01' });
    const entry = { number: 1, at: '2026-10-01T00:00:00Z', actor: { name: '所管課の担当' }, action: 'declaration-changed', before: snapshot(0), after: snapshot(12), comment: null };
    expect(eventOf(control, entry as unknown as Parameters<typeof eventOf>[1]).words).toBe('「行っていない」を「12か月」に改めた（令和8年10月1日）。');
  });
});
