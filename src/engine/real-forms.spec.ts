/** The forms of the product: they load without problems, and a full assessment of 1,000 answers is checked within its time. */
import { join } from 'node:path';
import { consistency } from './consistency.js';
import { readForms } from './content-loader.js';
import type { CompiledForm } from './form-index.js';
import type { AnswerSet, AnswerValue, Row } from './form.js';
import { progress } from './progress.js';
import { readiness } from './readiness.js';
import { Reading } from './reading.js';

const { forms, problems } = readForms(join(import.meta.dirname, '../../templates'));

/** Texts of so many characters that differ from each other but come out the same each time (linear congruence). */
function wordsFrom(seed: number): (length: number) => string {
  let state = seed;
  return (length) => Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return String.fromCodePoint(0x4e00 + ((state >> 8) % 2_000));
  }).join('');
}

/** Every item answered, with as many rows as are named. */
function filled(form: CompiledForm, rowsOf: (group: string, parent: string | null) => number): AnswerSet {
  const rows: Row[] = [];
  const addRows = (group: string, around: readonly string[]): void => {
    const parents = around.length === 0 ? [null] : rows.filter((row) => row.group === around.at(-1)).map(({ id }) => id);
    for (const parent of parents) for (let n = 0; n < rowsOf(group, parent); n += 1) rows.push({ id: `r${rows.length}`, group, parent, position: n });
  };
  const groups = form.items.filter(({ item }) => item.kind === 'group').sort((a, b) => a.groups.length - b.groups.length);
  for (const group of groups) addRows(group.code, group.groups);
  const answers: Record<string, AnswerValue> = {};
  const words = wordsFrom(7);
  new Reading(form, { rows, answers: {} }).instances.forEach(({ item: { item, options }, address }) => {
    const first = options ? [...options.keys()][0]! : '';
    const text = `${item.label}については、${words(60)}。`;
    switch (item.kind) {
      case 'text': case 'date-text': answers[address] = text; break;
      case 'long-text': answers[address] = `${text}${words(340)}`; break;
      case 'number': answers[address] = item.min ?? 1; break;
      case 'date': answers[address] = '2026-04-01'; break;
      case 'date-range': answers[address] = { from: '2026-04-01', to: '2026-05-31' }; break;
      case 'choice': answers[address] = { choice: first }; break;
      case 'checks': answers[address] = { checked: [first] }; break;
      case 'table': answers[address] = [Object.fromEntries(item.columns.map((column) => [column.code, column.kind === 'choice' ? '' : '1']))]; break;
      case 'text-list': answers[address] = [text]; break;
      case 'record-list': answers[address] = { lists: [{ heading: '記録項目', records: Array.from({ length: 315 }, (_, m) => ({ number: m + 1, name: `項目の名称${m}` })) }] }; break;
      default:
    }
  });
  return { rows, answers };
}

describe('the forms of the product', () => {
  it('load without any problem', () => expect(problems).toEqual([]));

  it.each(forms.map((form) => [form.file, form] as const))('%s: blank is not ready and not contradictory, filled is valid', (_file, { compiled }) => {
    expect(consistency(compiled, { rows: [], answers: {} })).toEqual([]);
    const blank = progress(compiled, { rows: [], answers: {} });
    expect(blank.answered).toBe(0);
    expect(blank.missing).toBe(blank.asked);
    const invalid = readiness(compiled, filled(compiled, () => 2)).filter(({ code }) => !['missing', 'count-missing', 'bracket-missing', 'too-many-rows', 'group-without-rows'].includes(code));
    expect(invalid).toEqual([]);
  });
});
