import { compute } from './computed.js';
import { indexForm } from './form-index.js';
import type { AnswerValue, FormDefinition, Item, SumTerm } from './form.js';
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

  describe('sums', () => {
    const need = 'optional' as const;
    const sum = (code: string, of: SumTerm[]): Item => ({ code, kind: 'computed', label: code, need, compute: { rule: 'sum-of', of } });
    const DEFINITION: FormDefinition = {
      form: 'sums', version: '1', title: '', shortTitle: '', validity: { from: '2026-04-01' }, optionSets: { o: [{ code: 'yes', label: '' }, { code: 'no', label: '' }] },
      sections: [{ code: 's', number: '', title: '章', blocks: [{ code: 'b', items: [
        { code: 'has', kind: 'choice', label: '', options: 'o', need }, { code: 'a', kind: 'number', label: '', need }, { code: 'b', kind: 'number', label: '', need },
        { code: 'g', kind: 'group', label: '', unit: '', need, when: { item: 'has', is: 'yes' }, items: [{ code: 'n', kind: 'number', label: '', need }, { code: 'm', kind: 'number', label: '', need }, sum('row', [{ item: 'n' }, { item: 'm' }])] },
        { code: 't', kind: 'table', label: '', need, columns: [{ code: 'c', label: '', kind: 'number' }] }, { code: 'r', kind: 'record-list', label: '', need },
        sum('plain', [{ item: 'a' }, { item: 'b' }]), sum('over-rows', [{ item: 'n' }]), sum('of-sums', [{ item: 'row' }]), sum('column', [{ table: 't', column: 'c' }]), sum('counted', [{ rowsOf: 'g' }, { rowsOf: 'r' }]),
      ] }] }],
    };
    const sums = indexForm(DEFINITION);
    const rows = ['1', '2', '3'].map((id, n) => ({ id, group: 'g', parent: null, position: n + 1 }));
    const said = (answers: Record<string, AnswerValue>, code: string, row: string | null = null) => {
      const reading = new Reading(sums, { rows, answers: { has: { choice: 'yes' }, ...answers } });
      return compute(reading, sums.byCode.get(code)!, row === null ? null : reading.row(row)!)?.value ?? null;
    };

    it.each<[string, Record<string, AnswerValue>, string, number | null]>([
      // Binary fractions would make 0.30000000000000004 of it.
      ['decimals exactly', { a: 0.1, b: 0.2 }, 'plain', 0.3],
      ['what is answered, where something is blank', { a: 5 }, 'plain', 5],
      ['nothing, where all is blank', {}, 'plain', null],
      ['a zero as a zero', { a: 0 }, 'plain', 0],
      ['a question of the rows over all of them', { 'n@1': 3, 'n@2': 4 }, 'over-rows', 7],
      ['sums of the rows', { 'n@1': 3, 'm@1': 10, 'n@3': 4 }, 'of-sums', 17],
      ['a column, whose cells are texts', { t: [{ c: '1.5' }, { c: '2' }, {}] }, 'column', 3.5],
      ['rows and records by their number', { r: { lists: [{ heading: '甲', records: [{ number: 1, name: '氏名' }, { number: 2, name: '住所' }] }] } }, 'counted', 5],
      ['only what is asked', { has: { choice: 'no' }, 'n@1': 3 }, 'over-rows', null],
    ])('add %s', (_, answers, code, expected) => expect(said(answers, code)).toBe(expected));

    it('within a row are of that row', () => expect(said({ 'n@1': 3, 'm@1': 10, 'n@2': 100 }, 'row', '1')).toBe(13));
  });
});
