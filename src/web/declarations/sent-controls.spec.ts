import { sampleCatalogue } from '../../systems/sample-catalogue.js';
import { changesOf, sentControls, shownBefore } from './sent-controls.js';

const { items } = sampleCatalogue().controls;
const declared = { value: { choice: 'per-user' }, note: '規則第3条', fits: true };
const stored = new Map([['right-unit', declared]]);
/** The controls of a page as a browser sends them. */
const form = (code: string, fields: Record<string, string>, shown: typeof declared | null, seen = shown === null ? '0' : '1'): Record<string, string> => ({
  [`${code}.note`]: shown?.note ?? '', [`${code}.on`]: '', [`${code}.seen`]: seen, [`${code}.was`]: shownBefore(shown), ...Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${code}.${name}`, value])),
});
const changes = (body: Record<string, string>) => changesOf(sentControls(items, body), stored);

describe('what a form of declarations changes', () => {
  it('nothing, where everything is sent as it was shown', () => {
    expect(changes({ ...form('right-unit', { choice: 'per-user' }, declared), ...form('review-interval', { value: '' }, null) })).toEqual([]);
  });

  it('a chosen option, a number in full width, a note, a day', () => {
    expect(changes({ ...form('right-unit', { choice: 'none' }, declared), ...form('review-interval', { value: '６' }, null) })).toEqual([
      { control: 'right-unit', value: { choice: 'none' }, note: '規則第3条', seenVersion: 1 }, { control: 'review-interval', value: 6, note: '', seenVersion: 0 },
    ]);
    expect(changes(form('right-unit', { choice: 'per-user', note: ' 規則第4条\r\n附則 ' }, declared))).toEqual([{ control: 'right-unit', value: { choice: 'per-user' }, note: '規則第4条\n附則', seenVersion: 1 }]);
    expect(changes(form('right-unit', { choice: 'per-user', on: '令和8年11月1日' }, declared))).toEqual([{ control: 'right-unit', value: { choice: 'per-user' }, note: '規則第3条', seenVersion: 1, declaredOn: '令和8年11月1日' }]);
  });

  it('what cannot be read and what was emptied go on to be refused, never silently dropped', () => {
    expect(changes(form('review-interval', { value: '毎月' }, null))).toEqual([{ control: 'review-interval', value: '毎月', note: '', seenVersion: 0 }]);
    expect(changes(form('right-unit', { choice: '' }, declared))).toEqual([{ control: 'right-unit', value: null, note: '規則第3条', seenVersion: 1 }]);
    expect(changes(form('review-interval', { value: '', note: '調査中' }, null))).toEqual([{ control: 'review-interval', value: null, note: '調査中', seenVersion: 0 }]);
    expect(changes({ 'right-unit.choice': 'none', 'right-unit.seen': 'x' })).toEqual([{ control: 'right-unit', value: { choice: 'none' }, note: '', seenVersion: Number.NaN }]);
  });

  it('leaves alone what this person did not touch, though another has changed it meanwhile', () => {
    const elsewhere = { value: { choice: 'per-terminal' }, note: '', fits: true };
    expect(changes(form('right-unit', { choice: 'per-terminal' }, elsewhere, '1'))).toEqual([]);
  });

  it('does not say again what is stored just so, though the version that was seen is older', () => {
    expect(changes(form('right-unit', { choice: 'per-user', note: '規則第3条' }, null, '0'))).toEqual([]);
  });

  it('keeps what another stored where the person chose so', () => {
    expect(changes({ ...form('right-unit', { choice: 'none' }, declared), 'keep.right-unit': 'theirs' })).toEqual([]);
    expect(changes({ ...form('right-unit', { choice: 'none' }, declared), 'keep.right-unit': 'mine' })).toHaveLength(1);
  });

  it('asks nothing of a value that the catalogue no longer has, until another is chosen', () => {
    const gone = { value: { choice: 'gone' }, note: '', fits: false };
    expect(changes(form('right-unit', {}, gone as unknown as typeof declared))).toEqual([]);
    expect(changes(form('right-unit', { choice: 'none' }, gone as unknown as typeof declared))).toHaveLength(1);
  });

  it('knows controls of the catalogue only', () => {
    expect(sentControls(items, { 'nonsense.seen': '0', 'nonsense.choice': 'x' })).toEqual([]);
  });
});
