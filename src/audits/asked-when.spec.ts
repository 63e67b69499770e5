import { indexForm } from '../engine/form-index.js';
import type { Condition } from '../engine/form.js';
import { askedWhen } from './asked-when.js';
import { questionNumbers } from './response-form.js';
import { sampleQuestionnaire } from './sample-questionnaire.js';

const form = indexForm(sampleQuestionnaire());

describe('when a question is asked, on paper', () => {
  it.each<[Condition, string | null]>([
    [{ item: 'manual', is: 'no' }, '問5が「いいえ」のときだけ答えます。'],
    [{ item: 'why-not', isOneOf: ['cost', 'people'] }, '問6が「費用、時期の都合」か「人員の都合」のときだけ答えます。'],
    [{ item: 'media', includes: 'usb' }, '問7で「USBメモリ」を選んだときだけ答えます。'],
    [{ all: [{ item: 'terminals', atLeast: 1000 }, { item: 'begun', answered: true }] }, '問2が1,000以上、かつ、問3に答えたときだけ答えます。'],
    [{ not: { item: 'manual', is: 'no' } }, null],
    [{ any: [{ item: 'manual', is: 'no' }, { not: { item: 'manual', is: 'no' } }] }, null],
  ])('%j', (condition, words) => {
    expect(askedWhen(form, questionNumbers(form), condition)).toBe(words);
  });

  it('numbers what is answered, unless the questions bring numbers of their own', () => {
    expect([...questionNumbers(form)].slice(0, 3)).toEqual([['name', '問1'], ['terminals', '問2'], ['begun', '問3']]);
    const own = sampleQuestionnaire();
    own.sections[0]!.blocks[0]!.items![1]!.label = '（1）システムの呼び名';
    expect(new Set(questionNumbers(indexForm(own)).values())).toEqual(new Set(['']));
  });
});
