import fc from 'fast-check';
import { groupedBy } from './grouping.js';
import { numberTree, numeral, NUMBER_STYLES, readingOrder, type TreeNode } from './numbering.js';

const node = (id: string, parentId: string | null, position: number, group: string | null = null): TreeNode => ({ id, parentId, position, group });
const full = (numbers: ReturnType<typeof numberTree>, id: string): string => numbers.get(id)!.path.join('');

describe('one number', () => {
  it('is written in each style', () => {
    expect(NUMBER_STYLES.map((style) => numeral(style, 3))).toEqual(['3', '３', '(3)', 'ウ', '(ウ)', '③', 'c', '(c)', '第3']);
  });
  it('is wide in every digit of a wide style', () => {
    expect(numeral('１', 105)).toBe('１０５');
  });
  // Unicode: U+2460 ①, U+2473 ⑳, U+3251 ㉑, U+325F ㉟, U+32B1 ㊱, U+32BF ㊿.
  it.each([[1, '①'], [20, '⑳'], [21, '㉑'], [35, '㉟'], [36, '㊱'], [50, '㊿']])('is circled: %i', (n, expected) => {
    expect(numeral('①', n)).toBe(expected);
  });
  it('stays plain to tell apart where Unicode has no more circles', () => {
    expect([51, 52, 60, 100].map((n) => numeral('①', n))).toEqual(['〔51〕', '〔52〕', '〔60〕', '〔100〕']);
  });
  // 46 letters of the gojuon, ヲ and ン last.
  it.each([[1, 'ア'], [5, 'オ'], [10, 'コ'], [44, 'ワ'], [45, 'ヲ'], [46, 'ン'], [47, 'アア'], [48, 'アイ'], [92, 'アン'], [93, 'イア']])('is a letter of the syllabary: %i', (n, expected) => {
    expect(numeral('ア', n)).toBe(expected);
  });
  it.each([[26, 'z'], [27, 'aa'], [52, 'az'], [53, 'ba'], [702, 'zz'], [703, 'aaa']])('is a Latin letter: %i', (n, expected) => {
    expect(numeral('a', n)).toBe(expected);
  });
  it.each([0, -1, 1.5, NaN, Infinity])('does not exist for %d', (n) => {
    expect(() => numeral('1', n)).toThrow(RangeError);
  });
  it('is never given twice in a style', () => {
    for (const style of NUMBER_STYLES) expect(new Set(Array.from({ length: 3_000 }, (_, n) => numeral(style, n + 1))).size).toBe(3_000);
  });
});

describe('the numbers of a tree', () => {
  it('go by level', () => {
    const numbers = numberTree([node('a', null, 1), node('b', 'a', 1), node('c', 'b', 1), node('d', 'c', 1), node('e', 'c', 2), node('f', null, 2)], ['１', '(1)', 'ア', '①']);
    expect(full(numbers, 'e')).toBe('１(1)ア②');
    expect(numbers.get('f')).toEqual({ own: '２', path: ['２'], depth: 0 });
  });
  it('follow the positions, whatever order the nodes come in', () => {
    const numbers = numberTree([node('last', null, 30), node('first', null, -4), node('middle', null, 7)], ['(1)']);
    expect(['first', 'middle', 'last'].map((id) => numbers.get(id)!.own)).toEqual(['(1)', '(2)', '(3)']);
  });
  it('begin anew in each group', () => {
    const numbers = numberTree([node('a', null, 1, 'x'), node('b', null, 1, 'y'), node('c', null, 2, 'y')], ['１']);
    expect(['a', 'b', 'c'].map((id) => numbers.get(id)!.own)).toEqual(['１', '１', '２']);
  });
  it('keep the last style on deeper levels, and need none at all', () => {
    expect(full(numberTree([node('a', null, 1), node('b', 'a', 1), node('c', 'b', 1)], ['１', 'ア']), 'c')).toBe('１アア');
    expect(full(numberTree([node('a', null, 1)], []), 'a')).toBe('1');
  });
  it('count sixty entries', () => {
    const sixty = Array.from({ length: 60 }, (_, n) => node(`n${n + 1}`, null, n));
    const circled = numberTree(sixty, ['①']);
    expect([circled.get('n1')!.own, circled.get('n50')!.own, circled.get('n51')!.own, circled.get('n60')!.own]).toEqual(['①', '㊿', '〔51〕', '〔60〕']);
    const letters = numberTree(sixty, ['ア']);
    expect([letters.get('n46')!.own, letters.get('n60')!.own]).toEqual(['ン', 'アセ']);
  });
  it('let a node whose parent is elsewhere stand on the outermost level', () => {
    expect(full(numberTree([node('a', null, 1), node('b', 'gone', 2)], ['1']), 'b')).toBe('2');
  });
  it('leave out what is above itself', () => {
    expect([...numberTree([node('a', 'b', 1), node('b', 'a', 1), node('c', null, 1)], ['1']).keys()]).toEqual(['c']);
  });
  it('reach a depth of ten thousand', () => {
    const deep = Array.from({ length: 10_000 }, (_, n) => node(String(n), n === 0 ? null : String(n - 1), 1));
    expect(readingOrder(deep).at(-1)!.depth).toBe(9_999);
  });

  const trees = fc.array(fc.record({ above: fc.nat(), position: fc.integer({ min: -5, max: 5 }), group: fc.constantFrom(null, 'x') }), { maxLength: 80 })
    .map((made) => made.map(({ above, position, group }, n) => node(`n${n}`, n === 0 || above % 3 === 0 ? null : `n${above % n}`, position, group)));
  const siblingsIn = (tree: readonly TreeNode[]): TreeNode[][] => [...groupedBy(tree, (one) => (one.parentId === null ? `group ${one.group}` : one.parentId)).values()];

  it('property: siblings are numbered 1, 2, 3 … in their order, each once', () => {
    fc.assert(fc.property(trees, fc.constantFrom(...NUMBER_STYLES), (tree, style) => {
      const numbers = numberTree(tree, [style]);
      expect(numbers.size).toBe(tree.length);
      for (const siblings of siblingsIn(tree)) {
        const inOrder = [...siblings].sort((a, b) => a.position - b.position);
        expect(inOrder.map((one) => numbers.get(one.id)!.own)).toEqual(inOrder.map((_, n) => numeral(style, n + 1)));
      }
    }));
  });
  it('property: a node reads after its parent and begins with its number', () => {
    fc.assert(fc.property(trees, (tree) => {
      const numbers = numberTree(tree, ['1', 'ア', '①']);
      const order = readingOrder(tree).map(({ node: { id } }) => id);
      for (const one of tree) {
        if (one.parentId === null) continue;
        expect(order.indexOf(one.id)).toBeGreaterThan(order.indexOf(one.parentId));
        expect(numbers.get(one.id)!.path.slice(0, -1)).toEqual(numbers.get(one.parentId)!.path);
      }
    }));
  });
});
