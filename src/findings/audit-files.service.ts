import { Injectable } from '@nestjs/common';
import { In, type EntityTarget } from 'typeorm';
import { mustAllow, readDeliberated } from '../audits/audit-access.js';
import { Audit, AuditCase, AuditPerson, AuditStep, AuditTarget, AuditViewpoint } from '../audits/audit.entity.js';
import { FieldRecord } from '../audits/field-record.entity.js';
import { definitionHash } from '../audits/questionnaire-content.js';
import { Questionnaire, QuestionnaireResponse, ResponseAnswer, ResponseRow } from '../audits/questionnaire.entity.js';
import { Tabulation } from '../audits/tabulation.entity.js';
import { Tabulations } from '../audits/tabulations.service.js';
import { departmentNames } from '../identity/department-tree.js';
import { Images } from '../assessments/images.service.js';
import { Departments } from '../identity/departments.service.js';
import { ImplementingBody, Organisation } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped, type TenantRow } from '../kernel/scoped.js';
import { InformationSystem } from '../systems/system.entity.js';
import { readAuditFile } from './audit-file-checking.js';
import type { AuditFile } from './audit-file.js';
import { keepPictures, withPictures } from './audit-file-pictures.js';
import { auditFileSchemas } from './audit-file-schemas.js';
import { auditFileOf, type AuditRows } from './audit-file-reading.js';
import { rowsOf } from './audit-file-storing.js';
import { AuditReport } from './audit-report.entity.js';
import { ActionEntry, ActionNotice, ActionNoticeItem, CorrectiveAction } from './corrective-action.entity.js';
import { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import { Finding, FindingEvidence, FindingStatement, Improvement, ImprovementFinding } from './finding.entity.js';
import { isLiving } from './finding.transitions.js';
import { FindingSettings } from './finding-settings.service.js';
import { headOf } from './report-model.js';

/** 監査の交換ファイル: out of the tables and into them. */
@Injectable()
export class AuditFiles {
  constructor(
    private readonly settings: FindingSettings,
    private readonly tabulations: Tabulations,
    private readonly departments: Departments,
    private readonly images: Images,
  ) {}

  /** Everything of an audit but what was withdrawn. Throws `NotFound`, `Refused` (audit.read, 除斥). */
  async read(ctx: Ctx, auditId: string): Promise<AuditFile> {
    const audit = await readDeliberated(ctx, auditId);
    const of = <E extends TenantRow & { auditId: string | null }>(entity: EntityTarget<E>, ...order: string[]): Promise<E[]> =>
      scoped(ctx, entity).find({ auditId } as never, Object.fromEntries([...order, 'id'].map((one) => [one, 'ASC'])) as never);
    const under = async <E extends TenantRow>(entity: EntityTarget<E>, key: string, above: readonly { id: string }[], ...order: string[]): Promise<E[]> =>
      above.length === 0 ? [] : scoped(ctx, entity).find({ [key]: In(above.map((one) => one.id)) } as never, Object.fromEntries(order.map((one) => [one, 'ASC'])) as never);
    const { name: organisation } = await scoped(ctx, Organisation).get(ctx.organisation);
    const { scheme, numbering } = await this.settings.of(ctx);
    const questionnaires = await of(Questionnaire, 'changedAt');
    const responses = await under(QuestionnaireResponse, 'questionnaireId', questionnaires, 'id');
    const tabulations = await of(Tabulation, 'position');
    const datasets = new Map((await this.tabulations.results(ctx, auditId)).map((one) => [one.id, one.datasets]));
    const [findings, improvements] = [(await of(Finding, 'position')).filter(isLiving), (await of(Improvement, 'position')).filter(isLiving)];
    const living = new Set([...findings, ...improvements].map((one) => one.id));
    const deliberations = (await of(Deliberation, 'heldOn')).filter((one) => one.subjectId === null || living.has(one.subjectId));
    const [actions, notices] = [await of(CorrectiveAction, 'number'), await of(ActionNotice, 'notifiedOn')];
    const { merged: _, ...names } = await this.names(ctx);
    const rows: AuditRows = {
      organisation, audit, scheme, numbering, questionnaires, responses, tabulations, datasets, findings, improvements, deliberations, actions, notices,
      targets: await of(AuditTarget), viewpoints: await of(AuditViewpoint, 'position'), people: await of(AuditPerson, 'position'), steps: await of(AuditStep, 'position'), cases: await of(AuditCase, 'position'), records: await of(FieldRecord, 'heldOn'),
      answers: await under(ResponseAnswer, 'responseId', responses, 'item'), responseRows: await under(ResponseRow, 'responseId', responses, 'position', 'id'),
      evidence: await under(FindingEvidence, 'findingId', findings, 'position', 'id'), statements: await under(FindingStatement, 'findingId', findings, 'askedAt', 'id'),
      links: await under(ImprovementFinding, 'improvementId', improvements, 'id'), voices: await under(DeliberationVoice, 'deliberationId', deliberations, 'id'), reports: await reportsInOrder(ctx, auditId),
      entries: await under(ActionEntry, 'actionId', actions, 'madeAt', 'id'), noticeItems: await under(ActionNoticeItem, 'noticeId', notices, 'id'),
      ...names,
    };
    return auditFileOf(rows);
  }

  /** The same with the pictures of its answers, to be taken away. Throws `NotFound`, `Refused` (audit.read, 除斥). */
  async take(ctx: Ctx, auditId: string): Promise<AuditFile> {
    return withPictures(ctx, await this.read(ctx, auditId));
  }

  /** A merged system keeps its name in what was written of it. */
  private async names(ctx: Ctx): Promise<Pick<AuditRows, 'departments' | 'systems' | 'bodies'> & { merged: ReadonlySet<string> }> {
    const tree = await this.departments.tree(ctx);
    const { name: organisation } = await scoped(ctx, Organisation).get(ctx.organisation);
    const bodies = new Map((await scoped(ctx, ImplementingBody).find({})).map(({ id, name }) => [id, inFull(organisation, name)]));
    const systems = await scoped(ctx, InformationSystem).find({}, { name: 'ASC' });
    return {
      departments: departmentNames(tree), bodies: new Map(tree.map(({ department: { id, bodyId } }) => [id, bodies.get(bodyId) ?? ''])),
      systems: new Map(systems.map(({ id, name }) => [id, name])), merged: new Set(systems.filter((one) => one.mergedIntoId !== null).map((one) => one.id)),
    };
  }

  /**
   * Brings a file in as a new audit; all or nothing. Departments and systems are found by their names. Throws `Refused`
   * (audit.write), `Invalid` with every problem of the file, every name that is not there, and every number that is taken.
   */
  async import(ctx: Ctx, source: Uint8Array): Promise<{ id: string; theme: string }> {
    mustAllow(ctx, 'audit.write');
    const file = readAuditFile(source, auditFileSchemas());
    const names = await this.names(ctx);
    const byName = (ids: ReadonlyMap<string, string>): Map<string, string> => new Map([...ids].map(([id, name]) => [name, id]));
    const known = { departments: byName(names.departments), systems: byName(new Map([...names.systems].filter(([id]) => !names.merged.has(id)))) };
    const problems = [...missingNames(file, known), ...(await this.takenNumbers(ctx, file)), ...(await this.unknownCodes(ctx, file))];
    if (problems.length > 0) throw new Invalid('audit-file-unplaced', 'このファイルの監査は、この自治体には取り込めません。何も取り込んでいません。', problems);
    const [{ most }] = (await ctx.tx.query('select coalesce(max(number), 0)::int as most from corrective_action where organisation_id = $1', [ctx.organisation])) as [{ most: number }];
    const definitionHashes = new Map(file.questionnaires.map(({ key, definition }) => [key, definitionHash(definition)]));
    const rows = rowsOf(file, { ...known, firstAction: most + 1, definitionHashes, now: ctx.clock.now(), today: ctx.clock.today(), by: ctx.actor.name });
    await keepPictures(ctx, this.images, file);
    for (const [entity, key] of TABLES) await scoped(ctx, entity).insertMany(rows[key] as never);
    const { id, theme } = rows.audit[0]!;
    await record(ctx, { action: 'audit-imported', object: { kind: 'audit', id }, after: { theme, fiscalYear: file.audit.fiscalYear, findings: file.findings.length, responses: rows.responses.length } });
    return { id, theme };
  }

  private async takenNumbers(ctx: Ctx, file: AuditFile): Promise<Problem[]> {
    const taken = await scoped(ctx, AuditReport).find({});
    return file.reports.flatMap(({ publicationNumber: number, publicationYear: year }, n) =>
      number !== null && taken.some((one) => one.publicationNumber === number && one.publicationYear === year)
        ? [{ code: 'publication-number-once', path: `/reports/${n}/publicationNumber`, message: `${year}年の監査公表第${number}号は、もうほかの監査で使っています。` }] : []);
  }

  private async unknownCodes(ctx: Ctx, file: AuditFile): Promise<Problem[]> {
    const { scheme } = await this.settings.of(ctx);
    const missing = (path: string, used: readonly (string | null)[], known: readonly { code: string }[], what: string): Problem[] =>
      [...new Set(used)].flatMap((code) => (code === null || known.some((one) => one.code === code) ? [] : [{ code: 'code-unknown', path, message: `${what}「${code}」が、この自治体の区分にありません。先に区分を加えてください。`, href: '/actions/scheme' }]));
    return [
      ...missing('/scheme/classifications', file.findings.map((one) => one.classification), scheme.classifications, '検出事項の区分'),
      ...missing('/scheme/severities', file.findings.map((one) => one.severity), scheme.severities, '重要度'),
      ...missing('/scheme/states', file.actions.map((one) => one.state), scheme.states, '措置の状態'),
    ];
  }
}

/** Reports of an audit as a file lists and keys them: the report first, then measures by their day. Asks for no right. */
export async function reportsInOrder(ctx: Ctx, auditId: string): Promise<AuditReport[]> {
  const all = await scoped(ctx, AuditReport).find({ auditId }, { publishedOn: 'ASC', id: 'ASC' });
  return [...all.filter((one) => one.kind === 'report'), ...all.filter((one) => one.kind !== 'report')];
}

/** みずほ野市 and 市長 or みずほ野市長: みずほ野市長. */
const inFull = (organisation: string, body: string): string => (body.startsWith(organisation) ? body : headOf({ name: organisation, headTitle: body }));

type Rows = ReturnType<typeof rowsOf>;

const TABLES: readonly [EntityTarget<TenantRow>, keyof Rows][] = [
  [Audit, 'audit'], [AuditTarget, 'targets'], [AuditViewpoint, 'viewpoints'], [AuditPerson, 'people'], [AuditStep, 'steps'], [AuditCase, 'cases'], [FieldRecord, 'records'], [Questionnaire, 'questionnaires'],
  [QuestionnaireResponse, 'responses'], [ResponseAnswer, 'answers'], [ResponseRow, 'responseRows'], [Tabulation, 'tabulations'], [Finding, 'findings'], [FindingEvidence, 'evidence'], [FindingStatement, 'statements'], [Improvement, 'improvements'],
  [ImprovementFinding, 'links'], [Deliberation, 'deliberations'], [DeliberationVoice, 'voices'], [AuditReport, 'reports'], [CorrectiveAction, 'actions'], [ActionEntry, 'entries'], [ActionNotice, 'notices'], [ActionNoticeItem, 'noticeItems'],
];

/** Departments and systems of the file that the organisation does not have. */
function missingNames(file: AuditFile, { departments, systems }: { departments: ReadonlyMap<string, string>; systems: ReadonlyMap<string, string> }): Problem[] {
  const used = new Set([
    ...file.audit.targets.map((one) => one.department), ...file.cases.map((one) => one.department), ...file.records.map((one) => one.department), ...file.questionnaires.flatMap((one) => one.responses.map(({ department }) => department)),
    ...file.findings.flatMap((one) => [...(one.department === null ? [] : [one.department]), ...one.statements.map(({ department }) => department)]), ...file.improvements.flatMap((one) => one.department ?? []),
    ...file.actions.flatMap((one) => [one.department, ...(one.formerDepartment === null ? [] : [one.formerDepartment])]), ...file.notices.map((one) => one.department),
  ]);
  const named = new Set([...file.audit.targets, ...file.records, ...file.findings, ...file.questionnaires.flatMap((one) => one.responses)].flatMap(({ system }) => system ?? []));
  return [
    ...[...used].filter((name) => !departments.has(name)).map((name) => ({ code: 'department-unknown', path: '/departments', message: `「${name}」という部署が、この自治体にありません。先に部署を加えるか、ファイルの名前を直してください。`, href: '/administration/departments' })),
    ...[...named].filter((name) => !systems.has(name)).map((name) => ({ code: 'system-unknown', path: '/audit/targets', message: `「${name}」というシステムが、台帳にありません。先に台帳に加えるか、ファイルの名前を直してください。`, href: '/systems' })),
  ];
}
