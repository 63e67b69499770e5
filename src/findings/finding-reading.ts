/** Findings of an audit as pages and documents show them: numbered, with what they lack. Asks for rights. */
import { AuditCase, AuditViewpoint, type Audit } from '../audits/audit.entity.js';
import { groupedBy } from '../engine/grouping.js';
import type { Ctx } from '../kernel/ctx.js';
import { allows } from '../identity/permissions.js';
import { scoped } from '../kernel/scoped.js';
import { evidenceOf, type EvidenceListed } from './evidence-links.js';
import { caseDepartments, departmentsOf, findingReach, readFinding, readFindingsOf } from './finding-access.js';
import { inputOf, shownHash, type FindingInput } from './finding-fields.js';
import { lacksOf, type Around, type Lack } from './finding-missing.js';
import type { FindingSettingsFound } from './finding-settings.service.js';
import { Finding, FindingStatement, Improvement, ImprovementFinding, type FindingOrigin, type FindingStage } from './finding.entity.js';
import { isFrozen, isLiving, stepsFrom, type FindingStep } from './finding.transitions.js';
import { numberedAudit, type NumberedAudit, type NumberedEntry } from './numbered.js';

export interface TreeEntry extends NumberedEntry<Finding> {
  lacks: Lack[];
  departmentName: string;
  systemName: string;
  statements: { asked: number; answered: number; late: number; disagreed: number };
  evidence: number;
}

export interface FindingTree {
  audit: Audit;
  /** Case sheets in their order. */
  cases: AuditCase[];
  entries: TreeEntry[];
  withdrawn: { id: string; title: string }[];
  settings: FindingSettingsFound;
  may: { write: boolean };
}

/** Findings, improvement opinions and cases of an audit, numbered as they stand now, without what was withdrawn. Asks for no right. */
export async function numberedOf(ctx: Ctx, auditId: string, settings: Pick<FindingSettingsFound, 'numbering'>): Promise<NumberedAudit<Finding, Improvement> & { cases: AuditCase[] }> {
  const cases = await scoped(ctx, AuditCase).find({ auditId }, { position: 'ASC', id: 'ASC' });
  const [findings, improvements] = [await scoped(ctx, Finding).find({ auditId }), await scoped(ctx, Improvement).find({ auditId })];
  return { ...numberedAudit({ findings: findings.filter(isLiving), improvements: improvements.filter(isLiving), cases }, settings.numbering), cases };
}

/** What was withdrawn, by its key. Asks for no right. */
export const withdrawnOf = async <E extends typeof Finding | typeof Improvement>(ctx: Ctx, entity: E, auditId: string): Promise<InstanceType<E>[]> =>
  await scoped<Finding | Improvement>(ctx, entity).find({ auditId, stage: 'withdrawn' } as never, { number: 'ASC' } as never) as InstanceType<E>[];

export async function findingTree(ctx: Ctx, auditId: string, settings: FindingSettingsFound): Promise<FindingTree> {
  const audit = await readFindingsOf(ctx, auditId);
  const { findings, cases } = await numberedOf(ctx, auditId, settings);
  const [departments, systems] = [await namesOf(ctx, 'department'), await namesOf(ctx, 'system')];
  const ofCases = new Map(cases.map((one) => [one.id, one.departmentId]));
  const [statements, evidence] = [await statementsOfAudit(ctx, auditId), await evidenceCounts(ctx, auditId)];
  const today = ctx.clock.today();
  const entries = findings.map((entry): TreeEntry => {
    const mine = statements.get(entry.id) ?? [];
    const about = departmentsOf(entry.row, ofCases);
    const around: Around = { evidence: evidence.get(entry.id) ?? 0, departments: about, statements: mine, today };
    return {
      ...entry, lacks: lacksOf(entry.row, around), evidence: around.evidence, departmentName: about.map((id) => departments.get(id) ?? '').join('、'), systemName: entry.row.systemId === null ? '' : (systems.get(entry.row.systemId) ?? ''),
      statements: { asked: mine.length, answered: mine.filter((one) => one.agreed !== null).length, late: mine.filter((one) => one.agreed === null && one.dueOn < today).length, disagreed: mine.filter((one) => one.agreed === false).length },
    };
  });
  return { audit, cases, entries, withdrawn: (await withdrawnOf(ctx, Finding, auditId)).map(({ id, title }) => ({ id, title })), settings, may: { write: allows(ctx.actor.grants, 'finding.write') && audit.status !== 'closed' } };
}

export interface StatementShown {
  id: string;
  departmentId: string;
  departmentName: string;
  askedAt: Date;
  askedByName: string;
  dueOn: string;
  late: boolean;
  /** Null until answered. */
  agreed: boolean | null;
  text: string;
  answeredAt: Date | null;
  answeredByName: string | null;
  /** The texts were changed after the answer. */
  outdated: boolean;
  reply: string;
  version: number;
  may: { answer: boolean; reply: boolean };
}

export interface FindingPage {
  id: string;
  auditId: string;
  audit: Audit;
  number: number;
  kind: Finding['kind'];
  /** Own number and full number. */
  own: string;
  label: string;
  /** To a department only the texts that it is shown; the rest is null. */
  fields: FindingInput;
  stage: FindingStage;
  /** Everything may be seen, not only what the department is shown. */
  full: boolean;
  parentId: string | null;
  caseId: string | null;
  caseTitle: string;
  viewpointText: string;
  departments: string[];
  departmentName: string;
  systemName: string;
  origin: FindingOrigin | null;
  evidence: EvidenceListed[];
  statements: StatementShown[];
  improvements: { id: string; label: string; text: string }[];
  lacks: Lack[];
  steps: FindingStep[];
  version: number;
  changedAt: Date;
  changedByName: string;
  may: { write: boolean };
}

/** What was withdrawn has no number. */
const UNNUMBERED = { own: '', label: '' };

export async function findingPage(ctx: Ctx, id: string, settings: FindingSettingsFound): Promise<FindingPage> {
  const { finding, audit, full, departments } = await readFinding(ctx, id);
  const view = await numberedOf(ctx, finding.auditId, settings);
  const entry = view.finding(id) ?? UNNUMBERED;
  const names = await namesOf(ctx, 'department');
  const links = full ? await scoped(ctx, ImprovementFinding).find({ findingId: id }) : [];
  const open = audit.status !== 'closed';
  return {
    id, auditId: finding.auditId, audit, number: finding.number, kind: finding.kind, own: entry.own, label: entry.label, full, stage: finding.stage, parentId: finding.parentId, caseId: finding.caseId, departments,
    fields: full ? inputOf(finding) : { ...inputOf(finding), viewpointId: null, severity: null, classification: null },
    caseTitle: view.cases.find((one) => one.id === finding.caseId)?.title ?? '', departmentName: departments.map((one) => names.get(one) ?? '').join('、'),
    viewpointText: full ? await viewpointText(ctx, finding) : '', systemName: finding.systemId === null ? '' : ((await namesOf(ctx, 'system')).get(finding.systemId) ?? ''),
    origin: full ? finding.origin : null, evidence: full ? await evidenceOf(ctx, finding.auditId, id) : [], statements: await statementsShown(ctx, finding, names, open),
    improvements: links.flatMap(({ improvementId }) => { const one = view.improvement(improvementId); return one === undefined ? [] : [{ id: one.id, label: one.label, text: one.row.text }]; }),
    lacks: full ? lacksOf(finding, await aroundOf(ctx, finding)) : [], steps: full && open && finding.kind === 'finding' ? stepsFrom(finding.stage, ctx.actor.grants) : [],
    version: finding.version, changedAt: finding.changedAt, changedByName: finding.changedByName,
    may: { write: full && open && allows(ctx.actor.grants, 'finding.write') && !isFrozen(finding.stage) },
  };
}

async function viewpointText(ctx: Ctx, { viewpointId }: Finding): Promise<string> {
  return viewpointId === null ? '' : ((await scoped(ctx, AuditViewpoint).findOne({ id: viewpointId }))?.text ?? '');
}

/** A department sees its own statement alone. */
async function statementsShown(ctx: Ctx, finding: Finding, names: ReadonlyMap<string, string>, open: boolean): Promise<StatementShown[]> {
  const reach = findingReach(ctx);
  const rows = (await scoped(ctx, FindingStatement).find({ findingId: finding.id }, { askedAt: 'ASC', id: 'ASC' })).filter((one) => reach === 'all' || reach.has(one.departmentId));
  const asking = open && finding.stage === 'confirming';
  return rows.map((one) => ({
    id: one.id, departmentId: one.departmentId, departmentName: names.get(one.departmentId) ?? '', askedAt: one.askedAt, askedByName: one.askedByName, dueOn: one.dueOn, late: one.agreed === null && one.dueOn < ctx.clock.today(),
    agreed: one.agreed, text: one.text, answeredAt: one.answeredAt, answeredByName: one.answeredByName, outdated: one.answeredTo !== null && one.answeredTo !== shownHash(finding), reply: one.reply, version: one.version,
    may: { answer: asking && allows(ctx.actor.grants, 'finding.state', one.departmentId), reply: asking && one.agreed !== null && allows(ctx.actor.grants, 'finding.write') },
  }));
}

/** What is around one finding, for what it lacks. Asks for no right. */
export async function aroundOf(ctx: Ctx, finding: Finding): Promise<Around> {
  return {
    evidence: (await evidenceCounts(ctx, finding.auditId)).get(finding.id) ?? 0, departments: departmentsOf(finding, await caseDepartments(ctx, finding.auditId)),
    statements: await scoped(ctx, FindingStatement).find({ findingId: finding.id }), today: ctx.clock.today(),
  };
}

/** Links and files by finding. */
async function evidenceCounts(ctx: Ctx, auditId: string): Promise<Map<string, number>> {
  const rows: { id: string; count: number }[] = await ctx.tx.query(
    `select f.id, ((select count(*) from finding_evidence e where e.organisation_id = $1 and e.finding_id = f.id) + (select count(*) from audit_file a where a.organisation_id = $1 and a.object_kind = 'finding' and a.object_id = f.id))::int as count
       from finding f where f.organisation_id = $1 and f.audit_id = $2`, [ctx.organisation, auditId]);
  return new Map(rows.map((one) => [one.id, one.count]));
}

async function statementsOfAudit(ctx: Ctx, auditId: string): Promise<Map<string, Pick<FindingStatement, 'departmentId' | 'agreed' | 'reply' | 'dueOn'>[]>> {
  const rows: Pick<FindingStatement, 'findingId' | 'departmentId' | 'agreed' | 'reply' | 'dueOn'>[] = await ctx.tx.query(
    `select s.finding_id as "findingId", s.department_id as "departmentId", s.agreed, s.reply, to_char(s.due_on, 'YYYY-MM-DD') as "dueOn" from finding_statement s join finding f on f.id = s.finding_id and f.organisation_id = s.organisation_id
      where s.organisation_id = $1 and f.audit_id = $2`, [ctx.organisation, auditId]);
  return groupedBy(rows, (one) => one.findingId);
}

export async function namesOf(ctx: Ctx, table: 'department' | 'system'): Promise<Map<string, string>> {
  const rows: { id: string; name: string }[] = await ctx.tx.query(`select id, name from ${table} where organisation_id = $1`, [ctx.organisation]);
  return new Map(rows.map((one) => [one.id, one.name]));
}
