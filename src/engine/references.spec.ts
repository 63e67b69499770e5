import fc from 'fast-check';
import { numberTree, readingOrder, type Numbering, type TreeNode } from './numbering.js';
import { citedIn, numberAndTitle, parseReferences, resolvePieces, resolveReferences, withFirstSeen, withSeen, writeReference, type NumberedThing, type Reference, type ReferenceResolver } from './references.js';

interface Entry { number: number; parent: number | null; title: string; group?: string }

/** Entries in their order, numbered as the document would. */
function numbered(entries: readonly Entry[], styles: Numbering = ['１', '(1)', 'ア']): NumberedThing[] {
  const nodes = entries.map((one, position): TreeNode & Omit<Entry, 'group'> => ({ ...one, id: String(one.number), parentId: one.parent === null ? null : String(one.parent), position, group: one.group ?? null }));
  const numbers = numberTree(nodes, styles);
  return readingOrder(nodes).map(({ node }) => ({ number: node.number, parent: node.parent, group: node.group ?? null, own: numbers.get(node.id)!.own, path: numbers.get(node.id)!.path, title: node.title }));
}

function resolver(findings: readonly Entry[], figures: Record<string, string> = {}, improvements: readonly Entry[] = []): ReferenceResolver {
  return {
    findings: numbered(findings), improvements: numbered(improvements),
    figure: (address) => (Object.hasOwn(figures, address) ? figures[address]! : null),
    table: (code) => (code === '課別' ? '表３　課別の台数' : null),
  };
}

// The first case of the published document of Osaka prefecture: heading １ with (1) to (7), then ２.
const OSAKA: Entry[] = [
  { number: 1, parent: null, title: 'マイナンバーを取り扱う業務に係るシステム上の情報セキュリティ' },
  ...['アクセス権限', 'パスワードの変更', '入力されたマイナンバーの閲覧', '職員離席時', 'アクセスログ', '入力ミス', 'ユーザー受入テスト'].map((title, n) => ({ number: n + 2, parent: 1, title })),
  { number: 9, parent: null, title: '証拠書類の保管' },
];
const print = (text: string, from: ReferenceResolver = resolver(OSAKA)): string => resolveReferences(text, from).text;

describe('what a reference prints', () => {
  it.each([
    ['［検出:2］', '(1)'],
    ['［検出:9］', '２'],
    ['［検出全:2］', '１(1)'],
    ['［検出題:2］', '(1)アクセス権限'],
    ['［検出題:9］', '２　証拠書類の保管'],
    ['［検出題全:2］', '１(1)アクセス権限'],
    ['［検出:2～7］', '(1)～(6)'],
    ['［検出全:2～7］', '１(1)～(6)'],
    ['［検出:2,4,6］', '(1)、(3)、(5)'],
    ['［検出:2,9］', '１(1)、２'],
    ['［検出:7～9］', '１(6)、１(7)、２'],
    ['［検出:1～9］', '１～２'],
    ['［検出題:2～4］', '(1)アクセス権限、(2)パスワードの変更、(3)入力されたマイナンバーの閲覧'],
    ['［検出:3～3］', '(2)'],
    ['［検出:3,3］', '(2)'],
    ['［検出:7～2］', '(1)～(6)'],
  ])('%s → %s', (text, expected) => {
    expect(resolveReferences(text, resolver(OSAKA))).toEqual({ text: expected, problems: [] });
  });
  it('stands inside a sentence as it was typed, with other brackets left alone', () => {
    expect(print('給付システムにおける、［検出題:2］、［検出題:3］（［注］を含む。）について')).toBe('給付システムにおける、(1)アクセス権限、(2)パスワードの変更（［注］を含む。）について');
  });
  it.each(['［検出：２～７］', '［検出:2〜7］', '［検出:2~7］', '［検出: 2 ～ 7 ］'])('is read as people type it: %s', (text) => {
    expect(print(text)).toBe('(1)～(6)');
  });
  it('lists with 、 as well', () => {
    expect(print('［検出:２、４］')).toBe('(1)、(3)');
  });
  it('tells improvement opinions from findings', () => {
    expect(print('［改善:1］と［検出:1］', resolver([{ number: 2, parent: null, title: '' }, { number: 1, parent: null, title: '' }], {}, [{ number: 1, parent: null, title: '' }]))).toBe('１と２');
  });
  it('names a table', () => {
    expect(print('［表:課別］のとおり')).toBe('表３　課別の台数のとおり');
  });
  it('prints the figure as it is now', () => {
    expect(resolveReferences('合計［数値:台数/total/count=871］台', resolver([], { '台数/total/count': '871' }))).toEqual({ text: '合計871台', problems: [] });
    expect(print('［数値:台数/total/count］', resolver([], { '台数/total/count': '871' }))).toBe('871');
  });
  it('gives the same own number to outermost entries of two groups, so a list over both is of full numbers', () => {
    const two: Entry[] = [{ number: 1, parent: null, title: '', group: 'x' }, { number: 2, parent: null, title: '', group: 'y' }];
    expect(print('［検出:1～2］', resolver(two))).toBe('１、１');
  });
});

describe('inserting and moving', () => {
  it('keeps (1)～(6) right: it becomes (1)～(7)', () => {
    const text = '［検出:2～7］については、システム更新時に改善されたい。';
    expect(print(text)).toBe('(1)～(6)については、システム更新時に改善されたい。');
    const inserted = [...OSAKA.slice(0, 3), { number: 10, parent: 1, title: '二要素認証' }, ...OSAKA.slice(3)];
    expect(print(text, resolver(inserted))).toBe('(1)～(7)については、システム更新時に改善されたい。');
  });
  it('shifts a range when something comes before it', () => {
    expect(print('［検出:2～7］', resolver([OSAKA[0]!, { number: 10, parent: 1, title: '' }, ...OSAKA.slice(1)]))).toBe('(2)～(7)');
  });
  it('prints a range in the order of the document when its ends have changed places', () => {
    const turned = [OSAKA[0]!, ...OSAKA.slice(1, 8).reverse(), OSAKA[8]!];
    expect(print('［検出:2～7］', resolver(turned))).toBe('(2)～(7)');
  });
});

describe('what is wrong', () => {
  it('is a finding that was deleted: the text stays, the problem names it', () => {
    const { text, problems } = resolveReferences('［検出:2,40］を見ること', resolver(OSAKA));
    expect(text).toBe('［検出:2,40］を見ること');
    expect(problems).toEqual([{ code: 'unknown', source: '［検出:2,40］', message: expect.stringContaining('検出事項（符号40）はありません') as string }]);
  });
  it('is the end of a range that was deleted', () => {
    expect(resolveReferences('［検出:2～40］', resolver(OSAKA)).problems[0]).toMatchObject({ code: 'unknown', source: '［検出:2～40］' });
  });
  it.each([['［数値:無/a/b=1］', '数値「無/a/b」'], ['［表:無］', '表「無」'], ['［改善:1］', '改善を求める事項（符号1）']])('is %s when there is none', (source, named) => {
    expect(resolveReferences(source, resolver([])).problems).toEqual([{ code: 'unknown', source, message: expect.stringContaining(named) as string }]);
  });
  it('is a figure that is no longer what the author saw: both are named', () => {
    const now = resolver([], { 't/r/c': '873' });
    const [piece] = resolvePieces('［数値:t/r/c=871］', now);
    expect(piece).toMatchObject({ text: '873', source: '［数値:t/r/c=871］', problem: { code: 'stale' } });
    expect(piece!.problem!.message).toContain('書いたときは「871」、今は「873」');
    expect(withFirstSeen('［数値:t/r/c］台、［数値:t/r/c=871］台、［数値:無/r/c］', now)).toBe('［数値:t/r/c=873］台、［数値:t/r/c=871］台、［数値:無/r/c］');
    expect(withSeen('合計［数値:t/r/c=871］台、［数値:無/r/c=5］', now)).toBe('合計［数値:t/r/c=873］台、［数値:無/r/c=5］');
    expect(resolveReferences(withSeen('［数値:t/r/c=871］', now), now).problems).toEqual([]);
  });
  it('is found in every place of a text', () => {
    expect(resolveReferences('［検出:40］［検出:2］［検出:41］', resolver(OSAKA)).problems.map((one) => one.source)).toEqual(['［検出:40］', '［検出:41］']);
  });
});

describe('what is no reference stays text', () => {
  it.each(['', '［］', '［検出］', '［検出:］', '［検出:0］', '［検出:-1］', '［検出:1～］', '［検出:1～2～3］', '［検出:1～2,5］', '［検出:一］', '［検出:9999999999］', '［検出題］', '［数値:a］', '［数値:a/b］', '［数値:a/b/］',
    '［数値:a/b/c', '[検出:1]', '［表:］', '［表: ］', '［検出:1\n］', '［見出:1］', `［表:${'長'.repeat(301)}］`, `［検出:${Array.from({ length: 101 }, (_, n) => n + 1).join(',')}］`])('%s', (text) => {
    expect(parseReferences(text)).toEqual(text === '' ? [] : [text]);
    expect(resolveReferences(text, resolver([]))).toEqual({ text, problems: [] });
  });
  it('even right before a reference', () => {
    expect(print('［検出:［検出:2］')).toBe('［検出:(1)');
  });
});

describe('what a text cites', () => {
  it('is listed once, of a range its ends', () => {
    expect(citedIn('［検出:2～7］［検出題:2］［改善:1,3］［数値:t/r/c=8］［表:t］［表:t］')).toEqual({ findings: [2, 7], improvements: [1, 3], figures: ['t/r/c'], tables: ['t'] });
  });
});

it('a number that does not close itself is set off from the title', () => {
  expect([['１', 'ア'], ['(1)', '権限'], ['①', '権限'], ['㊿', '権限'], ['〔51〕', '権限'], ['ア', '権限'], ['１(1)', '']].map(([number, title]) => numberAndTitle(number!, title!)))
    .toEqual(['１　ア', '(1)権限', '①権限', '㊿権限', '〔51〕権限', 'ア　権限', '１(1)']);
});

describe('properties', () => {
  const key = fc.integer({ min: 1, max: 999_999_999 });
  const code = fc.stringMatching(/^[a-z0-9一-鿿.%-]{1,20}$/u);
  const things = fc.record({ kind: fc.constantFrom('finding' as const, 'improvement' as const), numbers: fc.array(key, { minLength: 1, maxLength: 20 }) }).map((one): Reference => ({ ...one, range: false, titled: false }));
  const references: fc.Arbitrary<Reference> = fc.oneof(
    things,
    fc.tuple(key, key, fc.boolean()).map(([a, b, titled]): Reference => ({ kind: 'finding', numbers: [a, b], range: true, titled })),
    fc.tuple(key, fc.boolean()).map(([one, titled]): Reference => ({ kind: 'improvement', numbers: [one], range: false, titled, full: true })),
    fc.tuple(code, code, code, fc.option(fc.constantFrom('871', '1,234', '34.7%', '－', '0'))).map(([a, b, c, seen]): Reference => ({ kind: 'figure', address: `${a}/${b}/${c}`, seen })),
    code.map((one): Reference => ({ kind: 'table', code: one })),
  );
  const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.oneof(fc.constantFrom('［', '］', '検出', '検出題', '改善', '数値', '表', ':', '：', '～', ',', '、', '=', '/', '1', '２', 'あ', '\n'), references.map(writeReference)), { maxLength: 40 }).map((parts) => parts.join('')));

  it('any text parses, and its pieces are the text', () => {
    fc.assert(fc.property(texts, (text) => {
      expect(parseReferences(text).map((piece) => (typeof piece === 'string' ? piece : piece.source)).join('')).toBe(text);
    }), { numRuns: 1_000 });
  });
  it('a text is unchanged where it refers to nothing that is there', () => {
    fc.assert(fc.property(texts, (text) => {
      expect(resolveReferences(text, { findings: [], improvements: [], figure: () => null, table: () => null }).text).toBe(text);
      expect(withSeen(text, { figure: () => null })).toBe(text);
    }), { numRuns: 1_000 });
  });
  it('what is written is read back', () => {
    fc.assert(fc.property(references, (reference) => {
      expect(parseReferences(`前${writeReference(reference)}後`)).toEqual(['前', { reference, source: writeReference(reference) }, '後']);
    }));
  });

  // A tree of two levels; the new entry goes anywhere among the children of any entry or on the outermost level.
  const trees = fc.array(fc.nat(), { minLength: 2, maxLength: 30 }).map((made) => made.map((above, n): Entry => ({ number: n + 1, parent: n === 0 || above % 2 === 0 ? null : (above % n) + 1, title: `題${n + 1}` })));
  it('inserting never changes what a reference means', () => {
    fc.assert(fc.property(trees, fc.nat(), fc.nat(), fc.nat(), (entries, which, where, above) => {
      const one = entries[which % entries.length]!;
      const at = where % (entries.length + 1);
      const inserted = [...entries.slice(0, at), { number: 1_000, parent: above % 2 === 0 ? null : (above % entries.length) + 1, title: '新' }, ...entries.slice(at)];
      const after = resolver(inserted);
      const meant = after.findings.find((thing) => thing.number === one.number)!;
      expect(resolveReferences(`［検出題:${one.number}］`, after)).toEqual({ text: numberAndTitle(meant.own, `題${one.number}`), problems: [] });
      expect(resolveReferences(`［検出全:${one.number}］`, after)).toEqual({ text: meant.path.join(''), problems: [] });
    }));
  });
  it('a range of siblings goes from its first to its last, whatever is inserted between', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 55 }), fc.array(fc.nat(), { maxLength: 20 }), (size, insertions) => {
      const entries: Entry[] = Array.from({ length: size }, (_, n) => ({ number: n + 1, parent: null, title: '' }));
      insertions.forEach((place, n) => entries.splice(1 + (place % (entries.length - 1)), 0, { number: 100 + n, parent: null, title: '' }));
      expect(print(`［検出:1～${size}］`, { ...resolver([]), findings: numbered(entries, ['(1)']) })).toBe(`(1)～(${size + insertions.length})`);
    }));
  });
});
