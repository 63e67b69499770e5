import { hashPassword } from '../src/identity/passwords.js';
import { inDepartments, ROLES, type Role } from '../src/identity/permissions.js';
import { tokenHash } from '../src/identity/session.service.js';
import { newId, newToken } from '../src/kernel/ids.js';
import { openSmallWeb, type Reply, type SmallWeb, type Visitor } from './small-web.js';

/** Somebody with an open session. */
export interface Member extends Visitor {
  id: string;
  organisation: string;
  role: Role;
  name: string;
  signInName: string;
}

export interface TestOrganisation {
  id: string;
  name: string;
  body: string;
  /** 部 with two 課; the people of the roles that act in departments are in the first. */
  division: string;
  department: string;
  otherDepartment: string;
  people: Record<Role, Member>;
}

export interface TwoOrganisations extends SmallWeb {
  mine: TestOrganisation;
  theirs: TestOrganisation;
}

export const PASSWORD = 'nagai-kotoba wo tsunageru';

/** Two organisations with a person of each role, all signed in, in a database of their own. */
export async function openTwoOrganisations(options: { demo?: boolean } = {}): Promise<TwoOrganisations> {
  const web = await openSmallWeb(options);
  const passwordHash = await hashPassword(PASSWORD);
  return { ...web, mine: await makeOrganisation(web, 'みずほ野市', 'mizuho', passwordHash), theirs: await makeOrganisation(web, 'あさぎり町', 'asagiri', passwordHash) };
}

async function makeOrganisation({ database, clock }: SmallWeb, name: string, short: string, passwordHash: string): Promise<TestOrganisation> {
  const [id, body, division, department, otherDepartment] = [newId(), newId(), newId(), newId(), newId()];
  await database.query('insert into organisation (id, name) values ($1, $2)', [id, name]);
  await database.query('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, id, '市長']);
  for (const [at, parent, title] of [[division, null, '福祉部'], [department, division, 'こども課'], [otherDepartment, division, '国保年金課']]) {
    await database.query('insert into department (id, organisation_id, body_id, parent_id, name) values ($1, $2, $3, $4, $5)', [at, id, body, parent, title]);
  }
  const people = {} as Record<Role, Member>;
  for (const role of Object.keys(ROLES) as Role[]) {
    const member = { id: newId(), organisation: id, role, name: `${name} ${ROLES[role]}`, signInName: `${short}.${role}`, token: newToken() };
    const at = inDepartments(role) ? department : null;
    await database.query('insert into account (id, organisation_id, sign_in_name, name, department_id, password_hash) values ($1, $2, $3, $4, $5, $6)', [member.id, id, member.signInName, member.name, at, passwordHash]);
    await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, $5)', [newId(), id, member.id, role, at]);
    await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(member.token), id, member.id, newToken(), clock.now()]);
    people[role] = member;
  }
  return { id, name, body, division, department, otherDepartment, people };
}

/**
 * Asks for every path as these people of the other organisation and gives back what was answered otherwise than "not found".
 * `paths` name objects of `mine`; an empty result is what a test expects.
 */
export async function seenByStrangers(web: TwoOrganisations, paths: readonly string[], roles: readonly Role[] = Object.keys(ROLES) as Role[]): Promise<string[]> {
  const leaks: string[] = [];
  for (const path of paths) {
    for (const role of roles) {
      const reply: Reply = await web.get(path, web.theirs.people[role]);
      // 403: the role may not call the route at all, whoever owns the object.
      if (reply.status !== 404 && reply.status !== 403) leaks.push(`${role} ${path}: ${reply.status}`);
    }
  }
  return leaks;
}
