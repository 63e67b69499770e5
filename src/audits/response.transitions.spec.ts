import { ROLES, type Role } from '../identity/permissions.js';
import { answersFor, AWAITED, latenessOf, RESPONSE_ACTIONS, RESPONSE_STATUSES, RESPONSE_TRANSITIONS, responseActionsFor, responseTransitionOf, type ResponseAction } from './response.transitions.js';
import type { ResponseStatus } from './questionnaire.entity.js';

/** Issue: 未着手／回答中／提出／差戻し／確定; the department answers and hands in, the secretariat returns, fixes, corrects. */
const EXPECTED: Record<ResponseStatus, { department: ResponseAction[]; secretariat: ResponseAction[]; closed: ResponseAction[] }> = {
  'not-started': { department: ['save', 'submit'], secretariat: [], closed: [] },
  answering: { department: ['save', 'submit'], secretariat: [], closed: [] },
  returned: { department: ['save', 'submit'], secretariat: [], closed: [] },
  submitted: { department: ['withdraw'], secretariat: ['fix', 'return'], closed: ['fix'] },
  fixed: { department: [], secretariat: ['correct', 'reopen'], closed: ['correct', 'reopen'] },
};
const statuses = Object.keys(RESPONSE_STATUSES) as ResponseStatus[];
const pairs = statuses.flatMap((status) => (Object.keys(ROLES) as Role[]).map((role) => [status, role] as const));
const standing = (status: ResponseStatus, questionnaireStatus: 'open' | 'closed' | 'draft' = 'open') => ({ status, departmentId: 'pension', delegatedToId: 'section', questionnaireStatus });
const steps = (...given: Parameters<typeof responseActionsFor>): string[] => responseActionsFor(...given).map((one) => one.action).sort();

describe('the table of steps of a response', () => {
  it.each(pairs)('%s: what %s of the department that is asked may do, and of another', (status, role) => {
    const answers = role === 'drafter' || role === 'section-head';
    const here = answers ? EXPECTED[status].department : role === 'audit-secretariat' ? EXPECTED[status].secretariat : [];
    expect(steps(standing(status), { grants: [{ role, department: 'pension' }] })).toEqual([...here].sort());
    expect(steps(standing(status), { grants: [{ role, department: 'children' }] })).toEqual(role === 'audit-secretariat' ? [...here].sort() : []);
    expect(answersFor(standing(status), { grants: [{ role, department: 'section' }] })).toBe(answers);
  });

  it.each(statuses)('%s: after the questionnaire was closed nothing is answered or returned; before it is sent nothing is possible but what needs no questionnaire', (status) => {
    expect(steps(standing(status, 'closed'), { grants: [{ role: 'audit-secretariat', department: null }] })).toEqual([...EXPECTED[status].closed].sort());
    expect(steps(standing(status, 'closed'), { grants: [{ role: 'drafter', department: 'pension' }] })).toEqual([]);
  });

  it('has one row for a step, leads somewhere, and asks for a reason where something goes back or is changed afterwards', () => {
    expect(new Set(RESPONSE_TRANSITIONS.map((one) => `${one.from} ${one.action}`)).size).toBe(RESPONSE_TRANSITIONS.length);
    for (const one of RESPONSE_TRANSITIONS) expect([one.from in RESPONSE_STATUSES, one.to in RESPONSE_STATUSES, one.action in RESPONSE_ACTIONS]).toEqual([true, true, true]);
    expect(RESPONSE_TRANSITIONS.filter((one) => one.comment).map((one) => `${one.from} ${one.action} ${one.to}`)).toEqual(['submitted return returned', 'fixed correct fixed', 'fixed reopen submitted']);
    expect(RESPONSE_TRANSITIONS.filter((one) => one.ready).map((one) => one.action)).toEqual(['submit', 'submit', 'submit']);
    expect(responseTransitionOf('returned', 'save')?.to).toBe('returned');
    expect(responseTransitionOf('not-started', 'save')?.to).toBe('answering');
    expect(responseTransitionOf('fixed', 'return')).toBeNull();
  });
});

describe('late', () => {
  const at = (text: string): Date => new Date(text);
  it.each<[string, ResponseStatus, string | null, string, ReturnType<typeof latenessOf>]>([
    ['not handed in on the last day', 'answering', null, '2026-12-10', null],
    ['not handed in the day after', 'answering', null, '2026-12-11', 'overdue'],
    ['returned and not handed in again', 'returned', '2026-12-01T00:00:00Z', '2026-12-11', 'overdue'],
    // 14:59 UTC is 23:59 in Japan, 15:00 UTC the next day.
    ['handed in in the last minute', 'submitted', '2026-12-10T14:59:00Z', '2026-12-20', null],
    ['handed in a minute later', 'submitted', '2026-12-10T15:00:00Z', '2026-12-20', 'late'],
    ['fixed, handed in late', 'fixed', '2026-12-12T01:00:00Z', '2026-12-20', 'late'],
  ])('%s', (_, status, submitted, today, expected) => {
    expect(latenessOf({ status, dueOn: '2026-12-10', submittedAt: submitted === null ? null : at(submitted) }, today)).toBe(expected);
  });

  it('awaits what is not handed in', () => expect([...AWAITED].sort()).toEqual(['answering', 'not-started', 'returned']));
});
