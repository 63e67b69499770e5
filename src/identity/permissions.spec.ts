import { allows, inDepartments, PERMISSIONS, reachOf, ROLES, type Permission, type Role } from './permissions.js';

/** Written by hand from the words of the issues and the duties of each office. a: everywhere, o: in the own department, -: not. */
const EXPECTED = `
                      drafter section-head assessment-lead audit-secretariat audit-member council-secretariat council-member viewer administrator
home.open             a       a            a               a                 a            a                   a              a      a
account.self          a       a            a               a                 a            a                   a              a      a
threshold.read        o       o            a               a                 a            a                   -              -      -
threshold.judge       o       o            a               -                 -            -                   -              -      -
assessment.read       o       o            a               a                 a            a                   a              a      -
assessment.write      o       o            a               -                 -            -                   -              -      -
assessment.submit     o       o            -               -                 -            -                   -              -      -
assessment.approve    -       o            -               -                 -            -                   -              -      -
assessment.confirm    -       -            a               -                 -            -                   -              -      -
assessment.import     o       o            a               -                 -            -                   -              -      -
system.read           o       o            a               a                 a            a                   -              a      -
system.write          o       o            a               a                 -            -                   -              -      -
system.import         -       -            a               a                 -            -                   -              -      -
system.configure      -       -            a               a                 -            -                   -              -      a
declaration.write     o       o            a               -                 -            -                   -              -      -
declaration.approve   -       o            -               -                 -            -                   -              -      -
check.read            o       o            a               a                 a            a                   -              -      -
check.run             o       o            a               a                 -            -                   -              -      -
check.overrule        -       -            -               a                 -            -                   -              -      -
rule-set.manage       -       -            -               a                 -            -                   -              -      -
risk.read             o       o            a               a                 a            a                   -              -      -
risk.write            o       o            a               a                 -            -                   -              -      -
audit.read            -       -            -               a                 a            -                   -              -      -
audit.write           -       -            -               a                 -            -                   -              -      -
audit.configure       -       -            -               a                 -            -                   -              -      -
questionnaire.manage  -       -            -               a                 -            -                   -              -      -
questionnaire.answer  o       o            -               -                 -            -                   -              -      -
finding.read          o       o            -               a                 a            -                   -              -      -
finding.write         -       -            -               a                 -            -                   -              -      -
finding.state         o       o            -               -                 -            -                   -              -      -
deliberation.voice    -       -            -               -                 a            -                   -              -      -
audit.publish         -       -            -               a                 a            -                   -              -      -
action.read           o       o            -               a                 a            -                   -              -      -
action.write          o       o            -               -                 -            -                   -              -      -
action.follow         -       -            -               a                 -            -                   -              -      -
action.settle         -       -            -               a                 a            -                   -              -      -
document.make         o       o            a               a                 a            a                   -              -      -
document.read         o       o            a               a                 a            a                   a              a      -
administration.manage -       -            -               -                 -            -                   -              -      a
journal.read          -       -            a               -                 -            -                   -              -      a
`;

const [head, ...lines] = EXPECTED.trim().split('\n').map((line) => line.trim().split(/\s+/u));
const cells = lines.flatMap(([permission, ...marks]) => marks.map((mark, index) => [head![index] as Role, permission as Permission, mark] as const));

describe('role × permission', () => {
  it('names every role and every permission once', () => {
    expect([...head!].sort()).toEqual(Object.keys(ROLES).sort());
    expect(lines.map(([permission]) => permission).sort()).toEqual(Object.keys(PERMISSIONS).sort());
  });

  it.each(cells)('%s, %s: %s', (role, permission, mark) => {
    const inOwn = [{ role, department: 'own' }];
    const everywhere = [{ role, department: null }];
    expect(allows(inOwn, permission, 'own')).toBe(mark !== '-');
    expect(allows(inOwn, permission, 'other')).toBe(mark === 'a');
    expect(allows(everywhere, permission, 'other')).toBe(mark === 'a');
    expect(reachOf(everywhere, permission) === 'all').toBe(mark === 'a');
  });

  it('adds up over several roles, and an unknown role gives nothing', () => {
    const grants = [{ role: 'drafter', department: 'one' }, { role: 'section-head', department: 'two' }, { role: 'mayor', department: 'three' }];
    expect(reachOf(grants, 'assessment.write')).toEqual(new Set(['one', 'two']));
    expect(reachOf(grants, 'assessment.approve')).toEqual(new Set(['two']));
    expect(allows([], 'home.open')).toBe(false);
  });

  it('asks for a department with the two roles of a 所管課', () => {
    expect(Object.keys(ROLES).filter(inDepartments)).toEqual(['drafter', 'section-head']);
    expect(inDepartments('mayor')).toBe(false);
  });
});
