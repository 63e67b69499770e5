import { ROLES, type Role } from '../identity/permissions.js';
import { isEditable, REPORT_TRANSITIONS, reportActionsFor, reportTransition, type ReportPlace } from './report.transitions.js';

const grants = (role: Role): { grants: { role: string; department: string | null }[] } => ({ grants: [{ role, department: null }] });
const at = (kind: ReportPlace['kind'], status: ReportPlace['status'], submittedOn: string | null = null): ReportPlace => ({ kind, status, submittedOn });

/** 地方自治法199条9項: submitted to 議会・長, then published; 14項: measures are published. Nothing leads away from what is published. */
describe('the way of a report', () => {
  it.each<[string, ReportPlace, string[]]>([
    ['a draft is decided', at('report', 'draft'), ['fix']],
    ['a decided one is submitted or goes back; it is not published before it is submitted', at('report', 'fixed'), ['submit', 'reopen']],
    ['a submitted one is published or goes back; it is not submitted twice', at('report', 'fixed', '2026-11-01'), ['publish', 'reopen']],
    ['a published one stays', at('report', 'published', '2026-11-01'), []],
    ['measures: a draft is decided', at('measures', 'draft'), ['fix']],
    ['measures: a decided one is published at once or goes back', at('measures', 'fixed'), ['publish', 'reopen']],
    ['measures: a published one stays', at('measures', 'published'), []],
  ])('%s', (_, place, expected) => {
    expect(reportActionsFor(place, grants('audit-secretariat')).map((one) => one.action).sort()).toEqual([...expected].sort());
  });

  it('is gone by the secretariat and the members, by nobody else', () => {
    const able = (Object.keys(ROLES) as Role[]).filter((role) => reportActionsFor(at('report', 'draft'), grants(role)).length > 0);
    expect(able.sort()).toEqual(['audit-member', 'audit-secretariat']);
  });

  it('asks for a comment on the way back, and that nothing is missing on being decided', () => {
    expect(REPORT_TRANSITIONS.filter((one) => one.comment).map((one) => `${one.kind} ${one.action}`)).toEqual(['report reopen', 'measures reopen']);
    expect(REPORT_TRANSITIONS.filter((one) => one.ready).map((one) => `${one.kind} ${one.action}`)).toEqual(['report fix', 'measures fix']);
    expect(REPORT_TRANSITIONS.some((one) => one.from === 'published')).toBe(false);
    expect(reportTransition(at('report', 'published'), 'reopen')).toBeNull();
  });

  it('may be typed in only as a draft', () => {
    expect((['draft', 'fixed', 'published'] as const).map((status) => isEditable({ status }))).toEqual([true, false, false]);
  });
});
