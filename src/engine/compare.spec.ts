import fc from 'fast-check';
import { compareAnswers, textDiff } from './compare.js';
import { indexForm } from './form-index.js';
import { readySample, sampleForm } from './sample-form.js';

const form = indexForm(sampleForm());

describe('comparing answers', () => {
  it('added, removed and changed, in printed order; blanks are no answers', () => {
    const after = readySample({ 'affair-content': '改めた内容', begun: '2026-04-01', 'network-basis': undefined, 'period-reason': ' ' });
    expect(compareAnswers(form, readySample(), after).answers.map(({ kind, address }) => [kind, address])).toEqual([['changed', 'affair-content'], ['removed', 'network-basis'], ['added', 'begun']]);
  });

  it('rows are told by their ids', () => {
    const after = readySample({ 'outsourced-work@o1': undefined, 'outsourced-content@o1': undefined }, [{ id: 'o3', group: 'outsourcing', parent: 'f1', position: 3 }]);
    after.rows = after.rows.filter(({ id }) => id !== 'o1');
    const { rows, answers } = compareAnswers(form, readySample(), after);
    expect(rows.map(({ kind, row }) => [kind, row.id])).toEqual([['moved', 'o2'], ['added', 'o3'], ['removed', 'o1']]);
    expect(answers.map(({ kind, address }) => [kind, address])).toEqual([['removed', 'outsourced-work@o1'], ['removed', 'outsourced-content@o1']]);
  });

  it('the order of keys is no change', () => {
    expect(compareAnswers(form, readySample({ 'outsourcing-use@f1': { choice: 'outsourced', count: 2 } }), readySample({ 'outsourcing-use@f1': { count: 2, choice: 'outsourced' } })).answers).toEqual([]);
  });
});

describe('the difference of two texts', () => {
  it('shows what was removed and added', () => {
    expect(textDiff('年に1回の研修を行う。', '年に2回の研修を行っている。')).toEqual([
      { kind: 'same', text: '年に' }, { kind: 'removed', text: '1' }, { kind: 'added', text: '2' }, { kind: 'same', text: '回の研修を行' },
      { kind: 'removed', text: 'う' }, { kind: 'added', text: 'っている' }, { kind: 'same', text: '。' },
    ]);
  });

  const side = (segments: ReturnType<typeof textDiff>, kind: string): string => segments.filter((segment) => segment.kind === 'same' || segment.kind === kind).map(({ text }) => text).join('');

  it('both texts can be put together again from the segments', () => {
    const text = fc.string({ unit: fc.constantFrom('氏', '名', 'を', '𠮷', '。'), maxLength: 40 });
    fc.assert(fc.property(text, text, (a, b) => {
      const segments = textDiff(a, b);
      return side(segments, 'removed') === a && side(segments, 'added') === b;
    }), { numRuns: 1_000 });
  });

  it('two long texts that share nothing are shown as replaced', () => {
    const [a, b] = ['あ'.repeat(20_000), 'い'.repeat(20_000)];
    expect(textDiff(a, b).map(({ kind }) => kind)).toEqual(['removed', 'added']);
  });
});
