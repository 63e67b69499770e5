import { indexForm } from './form-index.js';
import type { Row } from './form.js';
import { Reading } from './reading.js';
import { readySample, sampleForm } from './sample-form.js';

const form = indexForm(sampleForm());
const second: Row[] = [{ id: 'f2', group: 'file', parent: null, position: 0 }, { id: 'o3', group: 'outsourcing', parent: 'f2', position: 1 }];

describe('an indexed form', () => {
  it('knows the groups around an item, by nesting and by repeated section', () => {
    expect(form.byCode.get('outsourced-work')!.groups).toEqual(['file', 'outsourcing']);
    expect(form.byCode.get('record-band')!.groups).toEqual(['file']);
    expect(form.byCode.get('affair-name')!.groups).toEqual([]);
  });

  it('names a place by section, block number and label', () => {
    expect(form.byCode.get('network-basis')!.name).toBe('Ⅰ 2. ②法令上の根拠');
    expect(form.byCode.get('records')!.name).toBe('（別添2） 記録項目');
  });

  it('lists dependents and keeps printed order', () => {
    expect(form.dependents.get('network-use')!.map(({ code }) => code)).toEqual(['network-basis']);
    expect(form.items.map(({ order }) => order)).toEqual(form.items.map((_, n) => n));
    expect(Object.isFrozen(form) && Object.isFrozen(form.items[0])).toBe(true);
  });
});

describe('a reading of answers', () => {
  it('repeats sections per file in the order of positions, and children row by row', () => {
    const reading = new Reading(form, readySample({}, second));
    const addresses = reading.instances.map(({ address }) => address);
    expect(addresses.filter((address) => address.startsWith('file-name@'))).toEqual(['file-name@f2', 'file-name@f1']);
    expect(addresses.filter((address) => address.startsWith('outsourced-work'))).toEqual(['outsourced-work@o3', 'outsourced-work@o1', 'outsourced-work@o2']);
    expect(addresses.indexOf('records@f2')).toBeGreaterThan(addresses.indexOf('media@f1'));
  });

  it('hides by condition, explains, and leaves an undecided item visible', () => {
    const hidden = new Reading(form, readySample({ 'network-use': { choice: 'not-used' } }));
    const basis = form.byCode.get('network-basis')!;
    expect(hidden.visible(basis, null)).toBe('no');
    expect(hidden.explain(basis, null)!.text).toBe('①実施の有無が「実施する」ではなく「実施しない」であるため');
    expect(new Reading(form, readySample({ 'network-use': undefined })).visible(basis, null)).toBe('unknown');
  });

  it('an item that hangs on a hidden one is hidden even while the hidden one still holds an answer', () => {
    const reading = new Reading(form, readySample({ 'network-use': { choice: 'not-used' } }));
    expect(reading.visible(form.byCode.get('network-basis-note')!, null)).toBe('no');
  });

  it('a hidden group hides what stands in its rows, in its own file only', () => {
    const reading = new Reading(form, readySample({ 'outsourcing-use@f1': { choice: 'not-outsourced' }, 'outsourcing-use@f2': { choice: 'outsourced' } }, second));
    const work = form.byCode.get('outsourced-work')!;
    expect(reading.visible(work, reading.row('o1')!)).toBe('no');
    expect(reading.visible(work, reading.row('o3')!)).toBe('yes');
    expect(reading.explain(work, reading.row('o1')!)!.text).toContain('「委託しない」であるため');
  });

  it('rows and answers without a place are listed', () => {
    const set = readySample({ 'no-such-item': 'x', 'affair-name@f1': 'x', 'file-name@zz': 'x' }, [{ id: 'o9', group: 'outsourcing', parent: null, position: 1 }]);
    expect(new Reading(form, set).strays.map(({ code, what }) => [code, what])).toEqual([['wrong-row', 'o9'], ['unknown-item', 'no-such-item'], ['wrong-row', 'f1'], ['unknown-row', 'zz']]);
  });

  it('rows around each other in a ring have no place', () => {
    const set = { rows: [{ id: 'a', group: 'outsourcing', parent: 'b', position: 1 }, { id: 'b', group: 'outsourcing', parent: 'a', position: 1 }], answers: {} };
    expect(new Reading(form, set).strays).toHaveLength(2);
  });
});
