import fc from 'fast-check';
import { hiddenAfter } from './clearing.js';
import { compareAnswers } from './compare.js';
import { consistency } from './consistency.js';
import { indexForm } from './form-index.js';
import type { AnswerSet, AnswerValue } from './form.js';
import { progress } from './progress.js';
import { readiness } from './readiness.js';
import { Reading } from './reading.js';
import { readySample, sampleForm } from './sample-form.js';

const form = indexForm(sampleForm());
const codes = (set: AnswerSet) => readiness(form, set).map(({ code, path }) => `${code} ${path}`);

describe('readiness', () => {
  it('a document with every required answer is ready', () => {
    expect(readiness(form, readySample())).toEqual([]);
  });

  it('a blank document lacks what is asked for now, but nothing undecided and nothing of a later step', () => {
    expect(codes({ rows: [], answers: {} })).toEqual(['missing affair-name', 'missing affair-content', 'missing people-count', 'group-without-rows file', 'missing network-use']);
  });

  it('names the place in words, with the row, and links it', () => {
    const [problem] = readiness(form, readySample({ 'outsourced-content@o2': undefined }), (address) => `/items/${address}`);
    expect(problem).toEqual({
      code: 'missing', path: 'outsourced-content@o2', href: '/items/outsourced-content@o2',
      message: '「Ⅱ 4. ①委託内容（委託事項2「保守」）」が未記入です。記入してください。',
    });
  });

  it('a visible group needs its rows, a hidden one does not', () => {
    const none: AnswerSet = { ...readySample(), rows: [{ id: 'f1', group: 'file', parent: null, position: 1 }] };
    for (const address of ['outsourced-work@o1', 'outsourced-content@o1', 'outsourced-work@o2', 'outsourced-content@o2']) delete none.answers[address];
    expect(codes(none)).toEqual(['group-without-rows outsourcing@f1']);
    none.answers['outsourcing-use@f1'] = { choice: 'not-outsourced' };
    expect(codes(none)).toEqual([]);
  });

  it('counts and brackets that were begun', () => {
    expect(codes(readySample({ 'outsourcing-use@f1': { choice: 'outsourced' } }))).toEqual(['count-missing outsourcing-use@f1']);
    expect(codes(readySample({ 'media@f1': { checked: ['other'] } }))).toEqual(['bracket-missing media@f1']);
  });

  it('invalid answers and strays', () => {
    expect(codes(readySample({ 'network-use': { choice: 'x' }, ghost: 'x' }))).toEqual(['unknown-item ghost', 'unknown-option network-use']);
  });

  it('progress counts what is required now, per section and file and per block', () => {
    const all = progress(form, readySample({ 'media@f1': undefined }));
    expect({ asked: all.asked, answered: all.answered, missing: all.missing }).toEqual({ asked: 17, answered: 16, missing: 1 });
    const outline = all.sections.find(({ section }) => section.code === 'file-outline')!;
    expect([outline.row!.id, outline.rowTitle, outline.missing]).toEqual(['f1', '特定個人情報ファイル1「児童手当ファイル」', 1]);
    expect(outline.blocks.map(({ block, asked, missing }) => [block.code, asked, missing])).toEqual([['file-basics', 4, 1], ['outsourcing-block', 6, 0]]);
  });
});

describe('clearing', () => {
  it('lists what the change hides, with what hangs on it, and nothing that was hidden before', () => {
    const before = readySample({ 'network-basis-note': '補足' });
    expect(hiddenAfter(form, before, 'network-use', { choice: 'not-used' })).toEqual(['network-basis', 'network-basis-note']);
    const already = readySample({ 'network-use': { choice: 'not-used' } });
    expect(hiddenAfter(form, already, 'network-use', { choice: 'undecided' })).toEqual([]);
  });

  it('the rows of a group that is hidden', () => {
    expect(hiddenAfter(form, readySample(), 'outsourcing-use@f1', { choice: 'not-outsourced' })).toEqual(['outsourced-work@o1', 'outsourced-content@o1', 'outsourced-work@o2', 'outsourced-content@o2']);
  });

  it('a blank choice hides nothing', () => {
    expect(hiddenAfter(form, readySample(), 'network-use', null)).toEqual([]);
  });
});

describe('any document', () => {
  const addresses = [...new Reading(form, readySample()).instances.map(({ address }) => address), 'ghost', 'affair-name@f1', '__proto__', 'constructor', '@', ''];
  const value = fc.oneof(fc.jsonValue(), fc.constantFrom<unknown>({ choice: 'used' }, { choice: 'outsourced', count: 5 }, { checked: ['other'] }, { checked: null }, { lists: [null] }, { lists: [{ heading: '', records: [{ number: 3, name: 'x' }] }] }, { from: '2026-04-02', to: '2026-04-01' }, 12));
  const rows = fc.oneof(fc.array(fc.record({ id: fc.constantFrom('f1', 'o1', 'x', ''), group: fc.constantFrom('file', 'outsourcing', 'ghost'), parent: fc.constantFrom(null, 'f1', 'o1', 'x'), position: fc.integer() })), fc.jsonValue());
  const set = fc.oneof(
    fc.record({ rows, answers: fc.array(fc.tuple(fc.constantFrom(...addresses), value)).map((entries) => Object.fromEntries(entries)) }),
    fc.jsonValue(),
    fc.array(fc.tuple(fc.constantFrom(...addresses), value)).map((entries) => readySample(Object.fromEntries(entries) as Record<string, AnswerValue>)),
  );

  it('gives lists of problems, never a throw', () => {
    fc.assert(fc.property(set, (given) => {
      const answers = given as AnswerSet;
      const all = [...readiness(form, answers), ...consistency(form, answers)];
      progress(form, answers);
      return all.every(({ code, message }) => code !== '' && message !== '');
    }), { numRuns: 600 });
  });

  it('what clearing names is answered before and hidden afterwards; clearing it leaves no hidden answer of its own making', () => {
    fc.assert(fc.property(fc.constantFrom('used', 'not-used', 'undecided'), fc.constantFrom('used', 'not-used', 'undecided'), (from, to) => {
      const before = readySample({ 'network-use': { choice: from } });
      const cleared = hiddenAfter(form, before, 'network-use', { choice: to });
      const after: AnswerSet = { rows: before.rows, answers: Object.fromEntries(Object.entries({ ...before.answers, 'network-use': { choice: to } }).filter(([address]) => !cleared.includes(address))) };
      const hidden = (one: AnswerSet) => consistency(form, one).filter(({ code }) => code === 'answer-in-hidden-place').length;
      return hidden(after) <= hidden(before);
    }));
  });

  it('compared with itself nothing has changed', () => {
    expect(compareAnswers(form, readySample(), readySample())).toEqual({ answers: [], rows: [] });
  });
});
