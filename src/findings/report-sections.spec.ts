import type { ReportSection } from './audit-report.entity.js';
import { fillSeen, follow, isOutdated, moved, numberedSections } from './report-sections.js';
import type { AssembledSection, Skeleton } from './report-skeleton.js';

const assembled = (code: string, text: string, parentCode: string | null = null): AssembledSection => ({ code, parentCode, heading: `${code}の見出し`, text });
const own = (id: string, parentId: string | null = null): ReportSection => ({ id, parentId, heading: id, text: '自分の章', source: 'edited', code: null, version: 1 });
const edited = (code: string, text: string, assembledThen: string): ReportSection => ({ id: code, parentId: null, heading: code, text, source: 'edited', code, version: 1, assembledThen });
const NOW = [assembled('theme', 'テーマ'), assembled('results', ''), assembled('result/a', '表A', 'results'), assembled('result/b', '表B', 'results'), assembled('opinions', '意見')];
const shape = (sections: readonly ReportSection[]): string[] => sections.map((one) => `${one.parentId ?? ''}>${one.id}:${one.text}`);

describe('chapters that follow the audit', () => {
  it('come as the audit gives them, with addresses in place of codes', () => {
    expect(shape(follow([], [], NOW))).toEqual(['>theme:テーマ', '>results:', 'results>result.a:表A', 'results>result.b:表B', '>opinions:意見']);
  });

  it('say what the audit says now, unless somebody typed in them', () => {
    const before = follow([], [], NOW).map((one) => (one.id === 'opinions' ? edited('opinions', '人の文', '意見') : one));
    const after = follow(before, [], NOW.map((one) => ({ ...one, text: `${one.text}（新）` })));
    expect(shape(after)).toEqual(['>theme:テーマ（新）', '>results:（新）', 'results>result.a:表A（新）', 'results>result.b:表B（新）', '>opinions:人の文']);
  });

  it('a new one comes after the one before it, one whose data is gone goes, and its own chapters come out', () => {
    const before = [...follow([], [], NOW), own('mine', 'result.b')];
    const later = [...NOW.filter((one) => one.code !== 'result/b')];
    later.splice(3, 0, assembled('result/c', '表C', 'results'));
    expect(shape(follow(before, [], later))).toEqual(['>theme:テーマ', '>results:', 'results>result.a:表A', 'results>result.c:表C', '>opinions:意見', '>mine:自分の章']);
  });

  it('one that was taken out stays out; one that was moved stays where it is', () => {
    const order = follow([], ['result/a'], NOW);
    expect(order.some((one) => one.id === 'result.a')).toBe(false);
    const up = moved(order, 'opinions', 'up')!;
    expect(follow(up, ['result/a'], NOW).filter((one) => one.parentId === null).map((one) => one.id)).toEqual(['theme', 'opinions', 'results']);
  });

  it('an edited one keeps its text even when its data is gone', () => {
    expect(shape(follow([edited('opinions', '人の文', '意見')], [], []))).toEqual(['>opinions:人の文']);
  });
});

describe('a mark on edited chapters', () => {
  it.each<[string, ReportSection, boolean]>([
    ['the audit says the same as then', edited('theme', '人の文', 'テーマ'), false],
    ['the audit says something else', edited('theme', '人の文', '前のテーマ'), true],
    ['the audit says nothing any more', edited('lost', '人の文', '前の文'), true],
    ['nothing is known of then', { ...edited('theme', '人の文', ''), assembledThen: undefined }, false],
    ['an own chapter', own('mine'), false],
    ['one that follows', follow([], [], NOW)[0]!, false],
  ])('%s', (_, section, expected) => expect(isOutdated(section, NOW)).toBe(expected));
});

describe('moving', () => {
  const tree = [own('a'), own('b'), own('b1', 'b'), own('b2', 'b'), own('c')];
  const places = (sections: readonly ReportSection[] | null): string[] | null => sections && numberedSections(sections, EMPTY, ['1', '(1)', 'ア', '①']).map((one) => `${'.'.repeat(one.depth)}${one.number}${one.id}`);
  const EMPTY: Skeleton = { title: '', sections: [] };

  it.each([
    ['c', 'up', ['1a', '2c', '3b', '.(1)b1', '.(2)b2']], ['a', 'down', ['1b', '.(1)b1', '.(2)b2', '2a', '3c']], ['b', 'in', ['1a', '.(1)b', '..アb1', '..イb2', '2c']],
    ['b2', 'out', ['1a', '2b', '.(1)b1', '3b2', '4c']], ['c', 'in', ['1a', '2b', '.(1)b1', '.(2)b2', '.(3)c']], ['b2', 'up', ['1a', '2b', '.(1)b2', '.(2)b1', '3c']],
  ] as const)('%s %s', (id, direction, expected) => expect(places(moved(tree, id, direction))).toEqual(expected));

  it.each([['a', 'up'], ['c', 'down'], ['a', 'in'], ['a', 'out'], ['b1', 'up'], ['nothing', 'up']] as const)('%s cannot go %s', (id, direction) => expect(moved(tree, id, direction)).toBeNull());

  it('no deeper than four levels, with all that stands below', () => {
    const deep = [own('x'), own('a'), own('b', 'a'), own('c', 'b'), own('d', 'c')];
    expect(moved(deep, 'a', 'in')).toBeNull();
    expect(moved(deep.slice(0, 4), 'a', 'in')).not.toBeNull();
  });
});

describe('numbers', () => {
  it('announcements come first and letters last, both without a number; what stands below belongs to them', () => {
    const skeleton: Skeleton = { title: '', sections: [{ code: 'letter', role: 'letter', heading: '', text: '' }, { code: 'public', role: 'announcement', heading: '', text: '' }] };
    const sections = [edited('letter', '', ''), own('a'), edited('public', '', ''), own('a1', 'a'), own('b')];
    expect(numberedSections(sections, skeleton, ['1', '(1)']).map((one) => [one.id, one.number, one.role, one.leaf])).toEqual([
      ['public', '', 'announcement', true], ['a', '1', 'chapter', false], ['a1', '(1)', 'chapter', true], ['b', '2', 'chapter', true], ['letter', '', 'letter', true],
    ]);
  });
});

it('a figure gets the value that its author saw, once', () => {
  const resolver = { figure: (address: string) => ({ 't/total/n': '54', 't/a/n': '3' })[address] ?? null };
  expect(fillSeen('［数値:t/total/n］課、［数値:t/a/n=2］、［数値:t/b/n］、［表:t］', resolver)).toBe('［数値:t/total/n=54］課、［数値:t/a/n=2］、［数値:t/b/n］、［表:t］');
});
