import { compute } from './computed.js';
import { indexForm } from './form-index.js';
import { Reading } from './reading.js';
import { itemOf, readySample, sampleForm } from './sample-form.js';

const form = indexForm(sampleForm());

describe('computed items', () => {
  it('the names of the rows, one a line, without the nameless', () => {
    const reading = new Reading(form, readySample({ 'file-name@f2': '宛名ファイル' }, [{ id: 'f2', group: 'file', parent: null, position: 2 }, { id: 'f3', group: 'file', parent: null, position: 3 }]));
    expect(compute(reading, form.byCode.get('file-names')!, null)!.value).toBe('児童手当ファイル\n宛名ファイル');
  });

  it('a copy of the answer in the same file', () => {
    const reading = new Reading(form, readySample());
    expect(compute(reading, form.byCode.get('risk-file-name')!, reading.row('f1')!)).toMatchObject({ value: '児童手当ファイル', address: 'file-name@f1' });
  });

  it('the threshold is decided by the function that is passed, from option codes and numbers', () => {
    const reading = new Reading(form, readySample({ 'people-band': { choice: 'from-10000' } }));
    const seen: unknown[] = [];
    const value = compute(reading, form.byCode.get('judgement')!, null, (inputs) => {
      seen.push(inputs);
      return 'high';
    });
    expect(seen).toEqual([{ people: 'from-10000', handlers: 12_000, incident: 'used' }]);
    expect(value!.value).toEqual({ choice: 'high' });
    expect(compute(reading, form.byCode.get('judgement')!, null)).toBeNull();
  });

  it('the answer that belongs to the chosen option', () => {
    const definition = sampleForm();
    Object.assign(itemOf(definition, 'file-names'), { compute: { rule: 'copy-by-choice', by: 'network-use', items: { used: 'network-basis', 'not-used': 'affair-name' } } });
    const other = indexForm(definition);
    const valueOf = (choice: string) => compute(new Reading(other, readySample({ 'network-use': { choice } })), other.byCode.get('file-names')!, null)?.value;
    expect([valueOf('used'), valueOf('not-used'), valueOf('undecided')]).toEqual(['番号法第19条第8号', '児童手当に関する事務', undefined]);
  });
});
