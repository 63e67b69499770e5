import { lastPlace, moved, MOST_DEPTH, targetOf, withBelow, type Placed, type Target } from './tree-places.js';

const row = (id: string, parentId: string | null, position: number, caseId: string | null = null): Placed => ({ id, parentId, caseId, position });
/** a, b (with b1, b2, and b2x below b2), c. */
const rows = [row('a', null, 0), row('b', null, 1), row('c', null, 2), row('b1', 'b', 0), row('b2', 'b', 1), row('b2x', 'b2', 0)];
/** The tree after a move, as `a b(b1 b2(b2x)) c`. */
function after(id: string, target: Target, tree = rows): string {
  const outcome = moved(tree, id, target);
  if ('problem' in outcome) return outcome.problem.code;
  const now = tree.map((one) => outcome.changes.find((changed) => changed.id === one.id) ?? one);
  const write = (parentId: string | null): string => now.filter((one) => one.parentId === parentId).sort((x, y) => x.position - y.position).map((one) => {
    const below = write(one.id);
    return `${one.id}${one.caseId === null ? '' : `:${one.caseId}`}${below === '' ? '' : `(${below})`}`;
  }).join(' ');
  return write(null);
}
const to = (parentId: string | null, place: number, caseId: string | null = null): Target => ({ parentId, place, caseId });

it.each<[string, Target, string]>([
  ['c', to(null, 0), 'c a b(b1 b2(b2x))'],
  ['a', to(null, 99), 'b(b1 b2(b2x)) c a'],
  ['a', to(null, -5), 'a b(b1 b2(b2x)) c'],
  ['a', to('b', 1), 'b(b1 a b2(b2x)) c'],
  ['b2', to(null, 1), 'a b2(b2x) b(b1) c'],
  ['b', to('b2x', 0), 'circle'],
  ['b', to('b', 0), 'circle'],
  ['b', to('gone', 0), 'parent-unknown'],
])('moving %s', (id, target, expected) => expect(after(id, target)).toBe(expected));

it('everything below goes along into another case', () => {
  const outcome = moved(rows, 'b', to(null, 0, 'x'));
  expect(outcome).toEqual({ changes: [row('b', null, 0, 'x'), row('b1', 'b', 0, 'x'), row('b2', 'b', 1, 'x'), row('b2x', 'b2', 0, 'x')] });
});
it('only the siblings of the case make room', () => {
  const two = [row('a', null, 0, 'x'), row('b', null, 0, 'y'), row('c', null, 1, 'y')];
  const outcome = moved(two, 'c', to(null, 0, 'y'));
  expect(outcome).toEqual({ changes: [row('c', null, 0, 'y'), row('b', null, 1, 'y')] });
});
it('a place that is the same changes nothing', () => expect(moved(rows, 'b', to(null, 1))).toEqual({ changes: [] }));
it('nothing stands deeper than six levels', () => {
  const chain = Array.from({ length: MOST_DEPTH }, (_, n) => row(`n${n}`, n === 0 ? null : `n${n - 1}`, 0));
  expect(after('x', to(`n${MOST_DEPTH - 1}`, 0), [...chain, row('x', null, 1)])).toBe('too-deep');
  expect(after('x', to(`n${MOST_DEPTH - 2}`, 0), [...chain, row('x', null, 1)])).toContain('x');
  expect(after('x', to(`n${MOST_DEPTH - 2}`, 0), [...chain, row('x', null, 1), row('y', 'x', 0)])).toBe('too-deep');
});
it('the next one stands last', () => {
  expect([lastPlace(rows, { parentId: null, caseId: null }), lastPlace(rows, { parentId: 'b', caseId: null }), lastPlace(rows, { parentId: 'a', caseId: null }), lastPlace(rows, { parentId: null, caseId: 'x' })]).toEqual([3, 2, 0, 0]);
});
it('knows what stands below', () => expect([...withBelow(rows, 'b')].sort()).toEqual(['b', 'b1', 'b2', 'b2x']));

it.each<[string, 'up' | 'down' | 'in' | 'out', string | null]>([
  ['a', 'up', null], ['c', 'down', null], ['a', 'in', null], ['a', 'out', null],
  ['c', 'up', 'a c b(b1 b2(b2x))'], ['a', 'down', 'b(b1 b2(b2x)) a c'], ['c', 'in', 'a b(b1 b2(b2x) c)'], ['b2x', 'out', 'a b(b1 b2 b2x) c'], ['b1', 'out', 'a b(b2(b2x)) b1 c'],
])('one step: %s %s', (id, way, expected) => {
  const target = targetOf(rows, id, way);
  expect(target === null ? null : after(id, target)).toBe(expected);
});
