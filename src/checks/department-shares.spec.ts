import { noCounts } from './check-shapes.js';
import { departmentShares } from './department-shares.js';

const row = (departmentId: string, counts: Partial<ReturnType<typeof noCounts>>) => ({
  system: { id: departmentId, number: null, name: '', classId: null, departmentId, departmentName: `${departmentId}課` }, cells: [], counts: { ...noCounts(), ...counts },
});

it('adds the systems of a department up; 対象外 is not in the denominator, and without any rule there is no share', () => {
  const shares = departmentShares([row('a', { met: 3, 'not-met': 1 }), row('b', { 'not-applicable': 5 }), row('a', { met: 1, unknown: 3, 'not-applicable': 9 })]);
  // a: 4 met of 3 + 1 + 1 + 3 = 8
  expect(shares.map(({ name, systems, share }) => [name, systems, share])).toEqual([['a課', 2, 0.5], ['b課', 1, null]]);
  expect(shares[0]!.counts).toEqual({ met: 4, 'not-met': 1, unknown: 3, 'not-applicable': 9 });
});
