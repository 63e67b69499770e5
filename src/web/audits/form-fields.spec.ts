import fc from 'fast-check';
import { conflictOf, fieldsView, listIn, numberIn, pairsIn, yearIn, type FieldSpec, type Typed } from './form-fields.js';

const SPECS: FieldSpec[] = [
  { name: 'title', label: '題名', kind: 'line' }, { name: 'on', label: '日', kind: 'day' }, { name: 'year', label: '年度', kind: 'year' }, { name: 'kind', label: '種類', kind: 'select', options: [{ value: 'a', label: 'あ' }], blank: '選ばない' },
  { name: 'bases', label: '根拠', kind: 'checks', options: [{ value: 'x', label: '第1項' }, { value: 'y', label: '第2項' }] }, { name: 'definitions', label: '定義', kind: 'pairs' },
];

describe('both sides of a stale save', () => {
  it('say the same day in the same way, options by their labels, and lists option by option and line by line', () => {
    const mine: Typed = { title: 'A', on: '2026-10-01', year: 'R8', kind: 'a', bases: ['x'], term: ['用語'], definition: ['定義'] };
    const theirs: Typed = { title: 'B', on: '令和8年10月1日', year: '令和8年度', kind: '', bases: ['y'], term: [], definition: [] };
    expect(conflictOf(SPECS, mine, theirs).map((one) => [one.label, one.mineText ?? one.mine, one.theirsText ?? one.theirs])).toEqual([
      ['題名', 'A', 'B'], ['日', '令和8年10月1日', '令和8年10月1日'], ['年度', '令和8年度', '令和8年度'], ['種類', 'あ', '選ばない'], ['根拠：第1項', '選ぶ', '選ばない'], ['根拠：第2項', '選ばない', '選ぶ'], ['定義　1行目の用語', '用語', ''], ['定義　1行目の定義', '定義', ''],
    ]);
  });

  it('sent again, my side is what I typed', () => {
    const texts = fc.array(fc.string({ unit: fc.constantFrom('a', 'あ', ' ') }), { maxLength: 5 });
    fc.assert(fc.property(texts, texts, fc.subarray(['x', 'y']), fc.subarray(['x', 'y']), (own, other, mineBases, theirBases) => {
      const typed = (lines: readonly string[], bases: readonly string[]): Typed => ({ title: '', on: '', kind: '', bases, term: lines, definition: lines });
      const fields = conflictOf(SPECS, typed(own, mineBases), typed(other, theirBases));
      const sent = (name: string): string[] => fields.filter((one) => one.name === name).map((one) => one.mine);
      expect(listIn({ bases: sent('bases') }, 'bases')).toEqual(mineBases);
      expect(pairsIn({ term: sent('term'), definition: sent('definition') }).slice(0, own.length)).toEqual(own.map((one) => ({ term: one, text: one })));
    }));
  });
});

describe('a form', () => {
  it.each<[string, number]>([['2026', 2026], ['２０２６', 2026], [' 8 ', 8], ['令和8', Number.NaN], ['', Number.NaN], ['1e3', Number.NaN], ['2026.5', Number.NaN]])('reads the number %j', (text, number) => {
    expect(numberIn({ n: text }, 'n')).toBe(number);
  });

  it('reads a fiscal year as it is written here, says which forms it takes, and takes no bare number of an era', () => {
    expect([yearIn({ y: 'Ｒ８' }, 'y'), yearIn({ y: '8' }, 'y'), yearIn({}, 'y')]).toEqual([2026, Number.NaN, Number.NaN]);
    expect(fieldsView([SPECS[2]!], {}, [])).toMatchObject([{ line: true, short: true, support: '例：令和8年度、令和8、R8、2026' }]);
  });

  it('offers empty lines below those that are filled, each error at its line', () => {
    const [view] = fieldsView([SPECS[5]!], { term: ['a', ''], definition: ['', 'b'] }, [{ code: 'missing', path: 'definition-1', message: '定義を入れてください。' }]) as { lines: { number: number; term: string; text: string; termError: string; textError: string }[] }[];
    expect(view!.lines.map((one) => [one.number, one.term, one.text, one.textError])).toEqual([[1, 'a', '', '定義を入れてください。'], [2, '', 'b', ''], [3, '', '', ''], [4, '', '', '']]);
  });
});
