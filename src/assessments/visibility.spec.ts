import { indexForm } from '../engine/form-index.js';
import type { AnswerSet, AnswerValue } from '../engine/form.js';
import { hiddenAfter } from '../engine/clearing.js';
import { Reading } from '../engine/reading.js';
import { readySample, sampleForm } from '../engine/sample-form.js';
import { inProject } from '../kernel/root.js';
import { filledForm } from '../../bench/filled-form.js';
import { loadContent } from './content.js';
import { anchorOf, hrefOf } from './item-links.js';
import { addressesOf, impactOf, newlyHidden, visibilityNeeds } from './visibility.js';

const form = indexForm(sampleForm());

describe('what a change can hide', () => {
  it('follows conditions, and groups into their rows', () => {
    expect([...visibilityNeeds(form, 'network-basis-note')].sort()).toEqual(['network-basis', 'network-use']);
    expect([...visibilityNeeds(form, 'outsourced-content')]).toEqual(['outsourcing-use']);
    expect(visibilityNeeds(form, 'affair-name').size).toBe(0);
    expect(impactOf(form, 'network-use').affected.map((one) => one.code)).toEqual(['network-basis', 'network-basis-note']);
    expect(impactOf(form, 'outsourcing-use').affected.map((one) => one.code)).toEqual(['outsourcing', 'outsourced-work', 'outsourced-content', 'outsourced-people']);
    expect(impactOf(form, 'affair-name').affected).toEqual([]);
  });

  it('names the places of items over the rows there are', () => {
    expect(addressesOf(form, ['affair-name', 'file-name', 'outsourced-work', 'file', 'note', 'nothing'], readySample().rows)).toEqual(['affair-name', 'file-name@f1', 'outsourced-work@o1', 'outsourced-work@o2']);
  });

  // The engine looks at the whole document; here only what the change can reach is read. Both must say the same.
  it.each(['basic', 'priority', 'full'])('%s: agrees with the engine for every choice of every item', (code) => {
    const compiled = loadContent(inProject('templates')).forms.map((one) => one.compiled).find(({ definition }) => definition.form === code && definition.version === '2024-10')!;
    const all = filledForm(compiled.definition, { files: 2, rows: 2, sentences: 1, records: 3 });
    let hidden = 0;
    for (const item of compiled.items) {
      const options = item.item.kind === 'choice' ? [...item.options!.keys()] : [];
      for (const choice of options) {
        const [address] = addressesOf(compiled, [item.code], all.rows);
        const value: AnswerValue = { choice };
        const impact = impactOf(compiled, item.code);
        const needed = new Set([address!, ...addressesOf(compiled, impact.reads, all.rows)]);
        const part: AnswerSet = { rows: all.rows, answers: Object.fromEntries(Object.entries(all.answers).filter(([at]) => needed.has(at))) };
        const found = newlyHidden(impact, new Reading(compiled, part), new Reading(compiled, { rows: part.rows, answers: { ...part.answers, [address!]: value } }));
        expect(found.sort()).toEqual(hiddenAfter(compiled, all, address!, value).sort());
        hidden += found.length;
      }
    }
    expect(hidden).toBeGreaterThan(0);
  });
});

describe('links to items', () => {
  it('lead to the section, for repeated ones in the row around, and to the field', () => {
    const { rows } = readySample();
    expect(hrefOf('a', form, 'affair-name', rows)).toBe('/assessments/a/sections/affair#item-affair-name');
    expect(hrefOf('a', form, 'outsourced-work@o2', rows)).toBe('/assessments/a/sections/file-outline/f1#item-outsourced-work--o2');
    expect(hrefOf('a', form, 'records@f1', rows)).toBe('/assessments/a/sections/records-attachment/f1#item-records--f1');
    expect(anchorOf('outsourced-work@o2')).toBe('item-outsourced-work--o2');
    expect(hrefOf('a', form, 'no-such-item', rows)).toBe('/assessments/a');
    expect(hrefOf('a', form, 'records@gone', rows)).toBe('/assessments/a');
  });
});
