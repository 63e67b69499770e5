import { AuditFiles } from '../src/findings/audit-files.service.js';
import type { AuditFile } from '../src/findings/audit-file.js';
import { allows, type Role } from '../src/identity/permissions.js';
import { Invalid } from '../src/kernel/errors.js';
import { inTransaction } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { addSystem } from './checks-town.js';
import { HELD } from './checked-organisation.js';
import type { Route } from './product-routes.js';
import { smallAudit } from './small-audit.js';
import { openTwoOrganisations, type Member, type TestOrganisation, type TwoOrganisations } from './two-organisations.js';

/** Ids of one audit and of everything that an address below it can name, by the table. */
export type Things = Record<string, string>;

export interface Audited extends TwoOrganisations {
  /** Of 国保年金課 alone, decided and not published; every text carries `OTHER_DEPARTMENT`. */
  decided: Things;
  /** Of こども課, a draft in every part; every text carries `DRAFT`. */
  draft: Things;
  /** Of the other organisation; every text carries `NOT_MINE`. */
  theirs_: Things;
}

export const OTHER_DEPARTMENT = '隣の課の秘密';
export const DRAFT = '下書きの秘密';
export const NOT_MINE = '他団体の秘密';

const TEXTS = new Set(['theme', 'purpose', 'targetsText', 'method', 'text', 'title', 'term', 'label', 'note', 'overview', 'quoted', 'place', 'attendees', 'announced', 'seen', 'facts', 'criteria', 'criteriaSource', 'cause', 'effect', 'reply', 'heading', 'planned', 'opinion', 'name', 'target', 'other', 'disqualifiedReason']);

/** The small audit with a word in each of its texts, about one department and one system. */
function audited(word: string, department: string, system: string, organisation: string): AuditFile {
  const mark = (value: unknown, key: string): unknown => {
    if (Array.isArray(value)) return value.map((one) => mark(one, key));
    if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, mark(one, name)]));
    if (value === '市民課') return department;
    return typeof value === 'string' && /[^a-z0-9-]/u.test(value) && TEXTS.has(key) ? `${value}${word}` : value;
  };
  const { scheme, organisation: _, ...rest } = smallAudit();
  const file = { ...(mark(rest, '') as AuditFile), scheme, organisation: { name: organisation, headTitle: '市長' } };
  file.departments = [department];
  file.audit.targets = [{ department, system }];
  file.records[0]!.system = system;
  file.findings[1]!.system = system;
  file.actions[0]!.formerDepartment = null;
  // Published is what everybody may read: nothing is.
  file.audit.status = 'reported';
  file.reports = file.reports.slice(0, 1).map((one) => ({ ...one, status: 'fixed', publicationNumber: null, publicationYear: null, publishedOn: null }));
  for (const one of [...file.findings, ...file.improvements]) one.stage = 'decided';
  file.notices = file.notices.map((one) => ({ ...one, status: 'received', report: null }));
  return file;
}

function drafted(file: AuditFile): AuditFile {
  file.audit.status = 'conducting';
  for (const one of file.findings) Object.assign(one, { stage: 'draft', statements: [] });
  for (const one of file.improvements) one.stage = 'draft';
  file.deliberations = [];
  file.reports = file.reports.map((one) => ({ ...one, status: 'draft', decidedOn: null, submittedOn: null }));
  [file.actions, file.notices] = [[], []];
  file.questionnaires = file.questionnaires.map((one) => ({ ...one, status: 'draft', responses: [] }));
  return file;
}

const QUERIES: Readonly<Record<string, string>> = {
  audit_case: 'audit_id = $1', audit_person: 'audit_id = $1', audit_step: 'audit_id = $1', audit_viewpoint: 'audit_id = $1', field_record: 'audit_id = $1', questionnaire: 'audit_id = $1', tabulation: 'audit_id = $1', improvement: 'audit_id = $1',
  finding: `audit_id = $1 and kind = 'finding'`, deliberation: 'audit_id = $1', audit_report: 'audit_id = $1', corrective_action: 'audit_id = $1', action_notice: 'audit_id = $1',
  questionnaire_response: 'questionnaire_id in (select id from questionnaire where audit_id = $1)', finding_statement: 'finding_id in (select id from finding where audit_id = $1)', finding_evidence: 'finding_id in (select id from finding where audit_id = $1)',
};

export async function openAudited(): Promise<Audited> {
  const web = await openTwoOrganisations();
  return filled(web).catch(async (error: unknown) => {
    await web.close();
    throw new Error(JSON.stringify(error instanceof Invalid ? error.problems : String(error)), { cause: error });
  });
}

async function filled(web: TwoOrganisations): Promise<Audited> {
  const bring = async (organisation: TestOrganisation, department: string, departmentId: string, word: string, change: (file: AuditFile) => AuditFile = (file) => file): Promise<Things> => {
    const lead = organisation.people['audit-secretariat'];
    return inTransaction(web.database, { organisation: organisation.id, actor: { id: lead.id, name: lead.name, department: null, grants: [{ role: lead.role, department: null }] }, clock: web.clock }, async (ctx) => {
      const system = await addSystem(ctx, departmentId, `${department}システム`, HELD);
      const { id } = await web.app.get(AuditFiles, { strict: false }).import(ctx, Buffer.from(JSON.stringify(change(audited(word, department, `${department}システム`, organisation.name)))));
      const things: Things = { audit: id, system };
      for (const [table, where] of Object.entries(QUERIES)) {
        const [row]: { id: string }[] = await ctx.tx.query(`select id from ${table} where ${where} order by id limit 1`, [id]);
        if (row !== undefined) things[table] = row.id;
      }
      const [plan, item] = [newId(), newId()];
      await ctx.tx.query(`insert into audit_plan (id, organisation_id, kind, title, from_year, until_year, policy, changed_at, changed_by_name) values ($1, $2, 'yearly', $3, 2026, 2026, $3, now(), '監査事務局')`, [plan, organisation.id, `年間計画${word}`]);
      await ctx.tx.query(`insert into audit_plan_item (id, organisation_id, plan_id, fiscal_year, kind, theme, targets, period, position) values ($1, $2, $3, 2026, 'administrative', $4, $4, '', 0)`, [item, organisation.id, plan, `計画の件名${word}`]);
      Object.assign(things, { audit_plan: plan, audit_plan_item: item });
      for (const kind of ['field-record', 'finding', 'corrective-action']) {
        const owner = things[kind.replace('-', '_')];
        if (owner === undefined) continue;
        things[`file of ${kind}`] = newId();
        await ctx.tx.query(`insert into audit_file (id, organisation_id, object_kind, object_id, file_name, media_type, size, sha256, caption, bytes, added_at, added_by_name) values ($1, $2, $3, $4, $5, 'text/csv', 3, 'x', $5, $6, now(), '監査事務局')`, [things[`file of ${kind}`], organisation.id, kind, owner, `${word}.csv`, Buffer.from(word)]);
      }
      things.document = newId();
      await ctx.tx.query(`insert into document (id, organisation_id, kind, object_kind, object_id, title, media_type, state, model, file, file_hash, asked_at, asked_by_name, finished_at)
        values ($1, $2, 'audit', 'audit', $3, $4, 'text/csv', 'stored', $5, $6, 'x', now(), '監査事務局', now())`, [things.document, organisation.id, id, `文書${word}`, { code: 'case-sheets', label: word, published: false, departments: [] }, Buffer.from(word)]);
      return things;
    });
  };
  const { mine, theirs } = web;
  return {
    ...web, decided: await bring(mine, '国保年金課', mine.otherDepartment, OTHER_DEPARTMENT), draft: await bring(mine, 'こども課', mine.department, DRAFT, drafted),
    theirs_: await bring(theirs, 'こども課', theirs.department, NOT_MINE),
  };
}

const NOBODY = '00000000-0000-4000-8000-000000000000';
/** First part of an address, and the table that its `:id` is of. */
const OF: readonly [RegExp, string][] = [
  [/^\/(questionnaires)/u, 'questionnaire'], [/^\/responses/u, 'questionnaire_response'], [/^\/findings/u, 'finding'], [/^\/improvements/u, 'improvement'], [/^\/actions/u, 'corrective_action'], [/^\/notices/u, 'action_notice'], [/^\/audits/u, 'audit'], [/^\/(systems|checks)/u, 'system'],
];
const BELOW: Readonly<Record<string, string>> = {
  case: 'audit_case', person: 'audit_person', plan: 'audit_plan', record: 'field_record', viewpoint: 'audit_viewpoint', step: 'audit_step', rid: 'questionnaire_response', statement: 'finding_statement', deliberation: 'deliberation', report: 'audit_report', tid: 'tabulation', document: 'document',
};

/** The address of a route with these things in it; what is not there is an id of nobody. */
export function addressOf(path: string, things: Things, rest: Record<string, string> = {}): string {
  const top = OF.find(([pattern]) => pattern.test(path))?.[1] ?? '';
  const file = path.startsWith('/findings') ? 'file of finding' : path.startsWith('/actions') ? 'file of corrective-action' : 'file of field-record';
  const known: Record<string, string | undefined> = {
    id: things[top], file: things[file], item: path.startsWith('/audits/plans') ? things.audit_plan_item : 'count', evidence: path.startsWith('/findings') ? things.finding_evidence : undefined,
    code: path.startsWith('/audits') ? (path.includes('/typed/') ? 'bought' : 'asked') : path.includes('/questions/') ? 'count' : 'terminals', column: 'count', section: 's1', kind: 'administrative', ruleSet: 'my-number-audit', rule: 'x',
    ...Object.fromEntries(Object.entries(BELOW).map(([name, table]) => [name, things[table]])), ...rest,
  };
  return path.replaceAll(/:([a-zA-Z]+)/gu, (_, name: string) => known[name] ?? NOBODY);
}

/** Addresses of audits, of what departments answer, and of what became of it. */
export const AREA = /^\/(audits|questionnaires|responses|findings|improvements|actions|notices)(\/|$)/u;

/** Somebody of the organisation who holds the permission, the one who reaches most first. */
export function holderOf(organisation: TestOrganisation, route: Route): Member {
  const order: Role[] = ['audit-secretariat', 'audit-member', 'assessment-lead', 'administrator', 'section-head', 'drafter'];
  return organisation.people[order.find((role) => allows([{ role, department: organisation.department }], route.permission!))!];
}
