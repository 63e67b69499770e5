import { ROLES, type Role } from '../identity/permissions.js';
import { ACTIONS, actionsFor, EDITABLE, mayEdit, STATUSES, TRANSITIONS, transitionOf, type Action, type Status } from './assessment.transitions.js';

/** Issue: 所管課 submits, 所管課長 approves, 評価統括 confirms; whoever has no part in the workflow has no step. */
const EXPECTED: Record<Status, Partial<Record<Role, Action[]>>> = {
  draft: { drafter: ['submit'], 'section-head': ['submit'] },
  returned: { drafter: ['submit'], 'section-head': ['submit'] },
  submitted: { drafter: ['withdraw'], 'section-head': ['approve', 'return', 'withdraw'] },
  approved: { drafter: ['withdraw'], 'section-head': ['withdraw'], 'assessment-lead': ['confirm', 'return'] },
  confirmed: { 'assessment-lead': ['reopen'] },
};
const statuses = Object.keys(STATUSES) as Status[];
const roles = Object.keys(ROLES) as Role[];
const pairs = statuses.flatMap((status) => roles.map((role) => [status, role] as const));
const actor = (role: Role, department: string | null, id = 'me') => ({ id, grants: [{ role, department }] });
const standing = (status: Status, submittedBy: string | null = 'somebody') => ({ status, departmentId: 'pension', submittedBy });

describe('the table of transitions', () => {
  it.each(pairs)('%s: what %s of the department in charge may do', (status, role) => {
    const all = new Set(actionsFor(standing(status), actor(role, 'pension')).map((one) => one.action));
    expect([...all].sort()).toEqual([...(EXPECTED[status][role] ?? [])].sort());
  });

  it.each(pairs)('%s: %s of another department has no step, unless the role reaches everywhere', (status, role) => {
    const found = actionsFor(standing(status), actor(role, 'children')).map((one) => one.action);
    expect(found.sort()).toEqual(role === 'assessment-lead' ? [...(EXPECTED[status][role] ?? [])].sort() : []);
  });

  it('never lets the person who submitted approve or confirm', () => {
    const both = { id: 'me', grants: [{ role: 'section-head', department: 'pension' }, { role: 'assessment-lead', department: null }] };
    expect(actionsFor(standing('submitted', 'me'), both).map((one) => one.action)).toEqual(['return', 'withdraw']);
    expect(actionsFor(standing('approved', 'me'), both).map((one) => one.action)).toEqual(['return', 'withdraw']);
    expect(actionsFor(standing('submitted', 'other'), both).map((one) => one.action)).toContain('approve');
  });

  it('asks for a comment where something goes back, and for readiness where it goes on', () => {
    expect(TRANSITIONS.filter((one) => one.comment).map((one) => `${one.from} ${one.action}`)).toEqual(['submitted return', 'approved return', 'confirmed reopen']);
    expect(TRANSITIONS.filter((one) => one.ready).map((one) => `${one.from} ${one.action} ${one.to}`)).toEqual(['draft submit submitted', 'returned submit submitted', 'submitted approve approved', 'approved confirm confirmed']);
  });

  it('has at most one row for a step, and none that leads nowhere', () => {
    const keys = TRANSITIONS.map((one) => `${one.from} ${one.action}`);
    expect(new Set(keys).size).toBe(keys.length);
    for (const one of TRANSITIONS) expect([one.to in STATUSES, one.from in STATUSES, one.action in ACTIONS]).toEqual([true, true, true]);
    expect(transitionOf('confirmed', 'submit')).toBeNull();
    expect(transitionOf('submitted', 'approve')?.to).toBe('approved');
  });

  it.each(pairs)('%s: whether %s may edit', (status, role) => {
    const writes = role === 'drafter' || role === 'section-head' || role === 'assessment-lead';
    expect(mayEdit(standing(status), actor(role, 'pension'))).toBe(writes && (status === 'draft' || status === 'returned'));
    expect(mayEdit(standing(status), actor(role, 'children'))).toBe(role === 'assessment-lead' && EDITABLE.has(status));
  });
});
