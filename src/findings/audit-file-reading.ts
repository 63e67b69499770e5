/** An audit as it stands in the tables, as an exchange file: ids become names and keys. Pure. */
import type { Audit, AuditCase, AuditPerson, AuditStep, AuditTarget, AuditViewpoint } from '../audits/audit.entity.js';
import type { FieldRecord } from '../audits/field-record.entity.js';
import type { Questionnaire, QuestionnaireResponse, ResponseAnswer, ResponseRow } from '../audits/questionnaire.entity.js';
import type { Tabulation } from '../audits/tabulation.entity.js';
import { groupedBy } from '../engine/grouping.js';
import type { Dataset } from '../engine/tabulation.js';
import { dayInJapan } from '../kernel/clock.js';
import type { AuditFile, FindingInFile, ImprovementInFile, QuestionnaireInFile } from './audit-file.js';
import type { AuditReport } from './audit-report.entity.js';
import type { ActionEntry, ActionNotice, ActionNoticeItem, CorrectiveAction } from './corrective-action.entity.js';
import type { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import type { Finding, FindingEvidence, FindingStatement, Improvement, ImprovementFinding } from './finding.entity.js';
import type { FindingScheme, Numbering } from './scheme.js';

export interface AuditRows {
  organisation: string;
  audit: Audit;
  targets: AuditTarget[];
  viewpoints: AuditViewpoint[];
  people: AuditPerson[];
  steps: AuditStep[];
  cases: AuditCase[];
  records: FieldRecord[];
  questionnaires: Questionnaire[];
  responses: QuestionnaireResponse[];
  answers: ResponseAnswer[];
  responseRows: ResponseRow[];
  tabulations: Tabulation[];
  /** What each tabulation was counted from, by its id. */
  datasets: ReadonlyMap<string, Dataset[]>;
  /** Without what was withdrawn. */
  findings: Finding[];
  evidence: FindingEvidence[];
  statements: FindingStatement[];
  improvements: Improvement[];
  links: ImprovementFinding[];
  deliberations: Deliberation[];
  voices: DeliberationVoice[];
  reports: AuditReport[];
  actions: CorrectiveAction[];
  entries: ActionEntry[];
  notices: ActionNotice[];
  noticeItems: ActionNoticeItem[];
  /** Id → name, in the order of the tree. */
  departments: ReadonlyMap<string, string>;
  systems: ReadonlyMap<string, string>;
  /** Id of a department → 長 or 委員会 to whom it belongs, in full. */
  bodies: ReadonlyMap<string, string>;
  scheme: FindingScheme;
  numbering: Numbering;
}

/** 都道府県は知事、市区町村はそれぞれの長. */
function headTitleOf(organisation: string): string {
  const titles: Record<string, string> = { 都: '知事', 道: '知事', 府: '知事', 県: '知事', 市: '市長', 区: '区長', 町: '町長', 村: '村長' };
  return titles[organisation.at(-1) ?? ''] ?? '長';
}

type Names = Pick<AuditRows, 'departments' | 'systems'>;

/** @throws never: a department or system that is gone from the register keeps its id as its name. */
export function auditFileOf(read: AuditRows): AuditFile {
  const rows = inOrder(read);
  const { audit } = rows;
  const department = (id: string): string => rows.departments.get(id) ?? id;
  const keys = keysOf(rows);
  return {
    tenken: 'audit', version: 1,
    organisation: { name: rows.organisation, headTitle: headTitleOf(rows.organisation) },
    audit: {
      fiscalYear: audit.fiscalYear, kind: audit.kind, kindLabel: audit.kindLabel, bases: audit.bases, theme: audit.theme, purpose: audit.purpose, targetsText: audit.targetsText,
      targets: rows.targets.map((one) => ({ department: department(one.departmentId), system: systemName(rows, one.systemId) })),
      definitions: audit.definitions, referenceOn: audit.referenceOn, method: audit.method, beginsOn: audit.beginsOn, endsOn: audit.endsOn, rounding: audit.rounding, status: audit.status,
    },
    viewpoints: rows.viewpoints.map((one) => ({ key: keys.viewpoints.get(one.id)!, parent: keyed(keys.viewpoints, one.parentId), text: one.text, ruleSet: one.ruleSet, viewpoint: one.viewpoint })),
    people: rows.people.map((one) => ({ key: keys.people.get(one.id)!, role: one.role, title: one.title, name: one.name, disqualifiedReason: one.disqualifiedReason })),
    steps: rows.steps.map(({ label, doneBy, fromOn, untilOn, doneOn, note }) => ({ label, doneBy, fromOn, untilOn, doneOn, note })),
    cases: rows.cases.map((one) => ({ key: keys.cases.get(one.id)!, department: department(one.departmentId), title: one.title, overview: one.overview, quoted: one.quoted, membersOn: one.membersOn, secretariatOn: one.secretariatOn })),
    records: rows.records.map((one) => ({
      key: keys.records.get(one.id)!, kind: one.kind, title: one.title, heldOn: one.heldOn, place: one.place, attendees: one.attendees, department: department(one.departmentId), system: systemName(rows, one.systemId),
      viewpoint: keyed(keys.viewpoints, one.viewpointId), announced: one.announced, seen: one.seen, outcome: one.outcome,
    })),
    questionnaires: questionnairesOf(rows, keys),
    tabulations: rows.tabulations.map((one) => {
      const { typed = [], ...definition } = one.definition;
      const own = new Set(typed.map(({ code }) => code));
      return { definition, typed, counted: (rows.datasets.get(one.id) ?? []).filter(({ code }) => !own.has(code)) };
    }),
    departments: [...rows.departments.values()],
    findings: findingsOf(rows, keys), improvements: improvementsOf(rows, keys),
    deliberations: deliberationsOf(rows, keys),
    reports: rows.reports.map((one) => ({
      key: keys.reports.get(one.id)!, kind: one.kind, title: one.title, publicationNumber: one.publicationNumber, publicationYear: one.publicationYear, decidedOn: one.decidedOn, submittedOn: one.submittedOn,
      publishedOn: one.publishedOn, addressees: one.addressees, sections: one.sections.map(({ id, parentId, heading, text, source, code }) => ({ id, parentId, heading, text, source, code })), status: one.status,
    })),
    actions: actionsOf(rows, keys), notices: noticesOf(rows, keys),
    scheme: rows.scheme, numbering: rows.numbering,
  };
}

/** What has no position of its own, in an order that a reader expects and that is the same each time: ids say nothing. */
function inOrder(rows: AuditRows): AuditRows {
  const [places, persons, actions, numbers] = [rows.departments.keys(), rows.people.map((one) => one.id), rows.actions.map((one) => one.id), [...rows.findings, ...rows.improvements].map((one) => one.id)]
    .map((ids) => { const at = new Map([...ids].map((id, n) => [id, n])); return (id: string | null): number => (id === null ? -1 : at.get(id) ?? at.size); }) as [Rank, Rank, Rank, Rank];
  return {
    ...rows,
    targets: sorted(rows.targets, (one) => [places(one.departmentId), systemName(rows, one.systemId) ?? '']),
    records: sorted(rows.records, (one) => [one.heldOn, places(one.departmentId), one.title]),
    responses: sorted(rows.responses, (one) => [places(one.departmentId), systemName(rows, one.systemId) ?? '']),
    deliberations: sorted(rows.deliberations, (one) => [one.heldOn, numbers(one.subjectId)]),
    voices: sorted(rows.voices, (one) => [persons(one.personId)]),
    notices: sorted(rows.notices, (one) => [one.notifiedOn ?? '9999', places(one.departmentId), one.basis]),
    noticeItems: sorted(rows.noticeItems, (one) => [actions(one.actionId)]),
  };
}

type Rank = (id: string | null) => number;

function sorted<T>(all: readonly T[], keysOfOne: (one: T) => (string | number)[]): T[] {
  const withKeys = all.map((one) => ({ one, keys: keysOfOne(one) }));
  return withKeys.sort((a, b) => { const n = a.keys.findIndex((key, at) => key !== b.keys[at]); return n < 0 ? 0 : a.keys[n]! < b.keys[n]! ? -1 : 1; }).map(({ one }) => one);
}

type Keys = ReturnType<typeof keysOf>;

function keysOf(rows: AuditRows) {
  const keyedBy = (letter: string, all: readonly { id: string }[]): Map<string, string> => new Map(all.map(({ id }, n) => [id, `${letter}${n + 1}`]));
  return {
    viewpoints: keyedBy('v', rows.viewpoints), people: keyedBy('p', rows.people), cases: keyedBy('c', rows.cases), records: keyedBy('r', rows.records), questionnaires: keyedBy('q', rows.questionnaires), reports: keyedBy('a', rows.reports),
    findings: new Map(rows.findings.map(({ id, number }) => [id, number])), improvements: new Map(rows.improvements.map(({ id, number }) => [id, number])), actions: new Map(rows.actions.map(({ id, number }) => [id, number])),
  };
}

const keyed = <K>(keys: ReadonlyMap<string, K>, id: string | null): K | null => (id === null ? null : (keys.get(id) ?? null));
const systemName = ({ systems }: Names, id: string | null): string | null => (id === null ? null : (systems.get(id) ?? id));
const departmentName = ({ departments }: Names, id: string | null): string | null => (id === null ? null : (departments.get(id) ?? id));

function questionnairesOf(rows: AuditRows, keys: Keys): QuestionnaireInFile[] {
  const responses = groupedBy(rows.responses, (one) => one.questionnaireId);
  const answers = groupedBy(rows.answers, (one) => one.responseId);
  const held = groupedBy(rows.responseRows, (one) => one.responseId);
  return rows.questionnaires.map((one) => ({
    key: keys.questionnaires.get(one.id)!, title: one.title, purpose: one.purpose, per: one.per, definition: one.definition, prefilling: one.prefilling, referenceOn: one.referenceOn, dueOn: one.dueOn, status: one.status,
    responses: (responses.get(one.id) ?? []).map(({ id, departmentId, systemId, status }) => ({
      department: departmentName(rows, departmentId)!, system: systemName(rows, systemId), status,
      ...(held.has(id) ? { rows: held.get(id)!.map((row) => ({ id: row.id, group: row.group, parent: null, position: row.position })) } : {}),
      answers: Object.fromEntries((answers.get(id) ?? []).flatMap(({ item, value }) => (value === null ? [] : [[item, value]]))),
    })),
  }));
}

function findingsOf(rows: AuditRows, keys: Keys): FindingInFile[] {
  const evidence = groupedBy(rows.evidence, (one) => one.findingId);
  const statements = groupedBy(rows.statements, (one) => one.findingId);
  return rows.findings.map((one) => ({
    number: one.number, parent: keyed(keys.findings, one.parentId), case: keyed(keys.cases, one.caseId), kind: one.kind, title: one.title, facts: one.facts, criteria: one.criteria, criteriaSource: one.criteriaSource,
    cause: one.cause, effect: one.effect, viewpoint: keyed(keys.viewpoints, one.viewpointId), severity: one.severity, classification: one.classification,
    department: departmentName(rows, one.departmentId), system: systemName(rows, one.systemId),
    origin: one.origin === null ? null : { ruleSet: one.origin.ruleSet, rule: one.origin.rule, system: systemName(rows, one.origin.system)!, run: one.origin.run }, stage: one.stage as FindingInFile['stage'],
    evidence: (evidence.get(one.id) ?? []).map(({ kind, target, label }) => ({ kind, target, label })),
    statements: (statements.get(one.id) ?? []).map(({ departmentId, agreed, text, reply, dueOn, answeredAt }) => ({ department: departmentName(rows, departmentId)!, agreed, text, reply, dueOn, answeredOn: answeredAt === null ? null : dayInJapan(answeredAt) })),
  }));
}

function improvementsOf(rows: AuditRows, keys: Keys): ImprovementInFile[] {
  const links = groupedBy(rows.links, (one) => one.improvementId);
  return rows.improvements.map((one) => ({
    number: one.number, parent: keyed(keys.improvements, one.parentId), case: keyed(keys.cases, one.caseId), kind: one.kind, text: one.text, reason: one.reason, department: departmentName(rows, one.departmentId), ...(one.kind === 'recommendation' && one.departmentId !== null ? { addressee: rows.bodies.get(one.departmentId) ?? null } : {}), stage: one.stage as ImprovementInFile['stage'],
    findings: (links.get(one.id) ?? []).flatMap(({ findingId }) => keys.findings.get(findingId) ?? []).sort((a, b) => a - b),
  }));
}

function deliberationsOf(rows: AuditRows, keys: Keys): AuditFile['deliberations'] {
  const voices = groupedBy(rows.voices, (one) => one.deliberationId);
  return rows.deliberations.map((one) => ({
    subject: one.subject, number: one.subject === 'report' ? null : keyed(one.subject === 'finding' ? keys.findings : keys.improvements, one.subjectId), heldOn: one.heldOn, place: one.place, note: one.note, outcome: one.outcome,
    voices: (voices.get(one.id) ?? []).flatMap(({ personId, consents, absent, opinion }) => (keys.people.has(personId) ? [{ person: keys.people.get(personId)!, consents, ...(absent ? { absent } : {}), opinion }] : [])),
  }));
}

function actionsOf(rows: AuditRows, keys: Keys): AuditFile['actions'] {
  const entries = groupedBy(rows.entries, (one) => one.actionId);
  return rows.actions.map((one) => ({
    number: one.number, finding: keyed(keys.findings, one.findingId), improvement: keyed(keys.improvements, one.improvementId), title: one.title, planned: one.planned, department: departmentName(rows, one.departmentId)!,
    formerDepartment: departmentName(rows, one.formerDepartmentId), dueOn: one.dueOn, state: one.state, ...(one.proposed === null ? {} : { proposed: one.proposed }), effect: one.effect, settledOn: one.settledOn,
    entries: (entries.get(one.id) ?? []).map(({ kind, madeOn, text, stateBefore, stateAfter, dueBefore, dueAfter, fiscalYear, madeByName }) => ({ kind, madeOn, text, stateBefore, stateAfter, dueBefore, dueAfter, fiscalYear, madeByName })),
  }));
}

function noticesOf(rows: AuditRows, keys: Keys): AuditFile['notices'] {
  const items = groupedBy(rows.noticeItems, (one) => one.noticeId);
  return rows.notices.map((one) => ({
    department: departmentName(rows, one.departmentId)!, basis: one.basis, notifiedOn: one.notifiedOn, receivedOn: one.receivedOn, status: one.status, report: keyed(keys.reports, one.reportId),
    items: (items.get(one.id) ?? []).flatMap(({ actionId, text, state }) => (keys.actions.has(actionId) ? [{ action: keys.actions.get(actionId)!, text, state }] : [])),
  }));
}
