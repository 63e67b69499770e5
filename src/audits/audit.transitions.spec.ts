import type { Role } from '../identity/permissions.js';
import { AUDIT_ACTIONS, AUDIT_TRANSITIONS, auditActionsFor, auditTransition, unreadyIn } from './audit.transitions.js';
import type { AuditStatus } from './audit.entity.js';

const STATUSES: AuditStatus[] = ['planned', 'conducting', 'deliberating', 'reported', 'published', 'closed'];
const buttons = (status: AuditStatus, role: Role): string[] => auditActionsFor(status, { grants: [{ role, department: null }] }).map((one) => one.action);

describe('stages of an audit', () => {
  it('lead from the plan to the end, and back one step with a reason', () => {
    const forward = STATUSES.slice(1).map((to, n) => AUDIT_TRANSITIONS.find((one) => one.from === STATUSES[n] && one.to === to)?.action);
    expect(forward).toEqual(['begin', 'deliberate', 'report', 'publish', 'close']);
    const back = AUDIT_TRANSITIONS.filter((one) => STATUSES.indexOf(one.to) < STATUSES.indexOf(one.from));
    expect(back.map(({ from, to, comment }) => [from, to, comment])).toEqual([['conducting', 'planned', true], ['deliberating', 'conducting', true], ['reported', 'deliberating', true], ['closed', 'published', true]]);
    expect(AUDIT_TRANSITIONS.filter((one) => STATUSES.indexOf(one.to) > STATUSES.indexOf(one.from)).every((one) => !one.comment && STATUSES.indexOf(one.to) === STATUSES.indexOf(one.from) + 1)).toBe(true);
  });

  it('what was published is never taken back', () => {
    expect(AUDIT_TRANSITIONS.filter((one) => one.from === 'published').map((one) => one.to)).toEqual(['closed']);
  });

  it('each action is one row for a stage at most, and every action is used', () => {
    expect(new Set(AUDIT_TRANSITIONS.map((one) => `${one.from}/${one.action}`)).size).toBe(AUDIT_TRANSITIONS.length);
    expect(new Set(AUDIT_TRANSITIONS.map((one) => one.action))).toEqual(new Set(Object.keys(AUDIT_ACTIONS)));
    expect(auditTransition('planned', 'publish')).toBeNull();
    expect(auditTransition('deliberating', 'report')).toMatchObject({ to: 'reported', permission: 'audit.publish', withReport: true });
  });

  it('gives buttons to the secretariat, to members only what the report asks, to others none', () => {
    expect(STATUSES.map((one) => buttons(one, 'audit-secretariat'))).toEqual([['begin'], ['deliberate', 'replan'], ['resume'], ['retract'], ['close'], ['reopen']]);
    expect(STATUSES.map((one) => buttons(one, 'audit-member'))).toEqual([[], [], [], ['retract'], [], []]);
    expect(STATUSES.flatMap((one) => buttons(one, 'administrator'))).toEqual([]);
  });
});

describe('a plan', () => {
  const member = { disqualifiedReason: null };
  const out = { disqualifiedReason: '親族の従事する業務' };
  it.each<[string, string[], { disqualifiedReason: string | null }[], string[]]>([
    ['with a basis and a member', ['act-199-2'], [member], []],
    ['with one of two members disqualified', ['act-199-2'], [out, member], []],
    ['without members', ['act-199-2'], [], ['members-missing']],
    ['with all members disqualified (199条の2)', ['act-199-2'], [out, out], ['members-disqualified']],
    ['with nothing', [], [], ['bases-missing', 'members-missing']],
  ])('%s', (_, bases, members, missing) => {
    expect(unreadyIn({ bases, members }).map((one) => one.code)).toEqual(missing);
  });
});
