/** An exchange file as rows of the tables: keys become ids. Pure but for the ids that it makes. */
import type { Dataset } from '../engine/tabulation.js';
import { newId } from '../kernel/ids.js';
import type { AuditFile } from './audit-file.js';
import { rowedItems } from '../audits/row-datasets.js';

export interface Known {
  /** Name → id. */
  departments: ReadonlyMap<string, string>;
  systems: ReadonlyMap<string, string>;
  /** Number of the first action that is new in the organisation. */
  firstAction: number;
  /** Of the audit's questionnaires, by key. */
  definitionHashes: ReadonlyMap<string, string>;
  now: Date;
  today: string;
  by: string;
}

/** Rows by table, in an order in which each leads only to rows before it. */
export function rowsOf(file: AuditFile, known: Known) {
  const ids = idsOf(file);
  const marks = { changedAt: known.now, changedByName: known.by, version: 1 };
  const department = (name: string): string => known.departments.get(name)!;
  const departmentOr = (name: string | null): string | null => (name === null ? null : department(name));
  const system = (name: string | null): string | null => (name === null ? null : (known.systems.get(name) ?? null));
  const at = <K>(map: ReadonlyMap<K, string>, key: K | null): string | null => (key === null ? null : map.get(key)!);
  const auditId = ids.audit;
  const { targets, ...audit } = file.audit;
  return {
    audit: [{ id: auditId, ...audit, planItemId: null, copiedFromId: null, ...marks }],
    targets: targets.map((one) => ({ id: newId(), auditId, departmentId: department(one.department), systemId: system(one.system) })),
    viewpoints: parentsFirst(file.viewpoints, (one) => one.key, (one) => one.parent).map((one) => ({ id: ids.viewpoints.get(one.key)!, auditId, parentId: at(ids.viewpoints, one.parent), position: file.viewpoints.indexOf(one), text: one.text, ruleSet: one.ruleSet, viewpoint: one.viewpoint, version: 1 })),
    people: file.people.map((one, position) => ({ id: ids.people.get(one.key)!, auditId, accountId: null, role: one.role, title: one.title, name: one.name, disqualifiedReason: one.disqualifiedReason, position, version: 1 })),
    steps: file.steps.map((one, position) => ({ id: newId(), auditId, ...one, position, version: 1 })),
    cases: file.cases.map(({ key, department: name, ...one }, position) => ({ id: ids.cases.get(key)!, auditId, departmentId: department(name), ...one, position, ...marks })),
    records: file.records.map(({ key, department: name, system: systemName, viewpoint, ...one }) => ({ id: ids.records.get(key)!, auditId, departmentId: department(name), systemId: system(systemName), viewpointId: at(ids.viewpoints, viewpoint), ...one, ...marks })),
    questionnaires: file.questionnaires.map(({ key, responses, ...one }, n) => ({
      id: ids.questionnaires.get(key)!, auditId, ...one, dueOn: one.dueOn ?? (one.status === 'draft' ? null : known.today), definitionHash: known.definitionHashes.get(key)!, sentAt: one.status === 'draft' ? null : known.now, sentByName: one.status === 'draft' ? null : known.by, copiedFromId: null, ...marks, changedAt: after(known.now, n),
    })),
    ...responsesOf(file, known, ids, department, system),
    tabulations: tabulationsOf(file).map((one, position) => ({ id: newId(), auditId, code: one.code, definition: one, position, ...marks })),
    findings: parentsFirst(file.findings, (one) => one.number, (one) => one.parent).map((one) => ({
      id: ids.findings.get(one.number)!, auditId, caseId: at(ids.cases, one.case), parentId: at(ids.findings, one.parent), number: one.number, position: file.findings.indexOf(one), kind: one.kind, title: one.title, facts: one.facts,
      criteria: one.criteria, criteriaSource: one.criteriaSource, cause: one.cause, effect: one.effect, viewpointId: at(ids.viewpoints, one.viewpoint), severity: one.severity, classification: one.classification,
      departmentId: departmentOr(one.department), systemId: system(one.system), origin: one.origin === null || !known.systems.has(one.origin.system) ? null : { ...one.origin, system: known.systems.get(one.origin.system)! }, stage: one.stage, ...marks,
    })),
    evidence: file.findings.flatMap((one) => one.evidence.map((link, position) => ({ id: newId(), findingId: ids.findings.get(one.number)!, ...link, targetId: null, position }))),
    statements: file.findings.flatMap((one) => one.statements.map(({ department: name, agreed, text, reply, dueOn, answeredOn }, n) => ({
      id: newId(), findingId: ids.findings.get(one.number)!, departmentId: department(name), askedAt: after(known.now, n), askedByName: known.by, dueOn, agreed, text, reply, answeredAt: answeredOn === null ? null : new Date(`${answeredOn}T12:00:00+09:00`), answeredByName: answeredOn === null ? null : name, version: 1,
    }))),
    improvements: parentsFirst(file.improvements, (one) => one.number, (one) => one.parent).map((one) => ({ id: ids.improvements.get(one.number)!, auditId, caseId: at(ids.cases, one.case), parentId: at(ids.improvements, one.parent), number: one.number, position: file.improvements.indexOf(one), kind: one.kind, text: one.text, reason: one.reason, departmentId: departmentOr(one.department), stage: one.stage, ...marks })),
    links: file.improvements.flatMap((one) => [...new Set(one.findings)].map((number) => ({ id: newId(), improvementId: ids.improvements.get(one.number)!, findingId: ids.findings.get(number)! }))),
    ...deliberationsOf(file, known, ids),
    reports: file.reports.map(({ key, ...one }) => ({ id: ids.reports.get(key)!, auditId, ...one, ...marks })),
    actions: file.actions.map((one, n) => ({
      id: ids.actions.get(one.number)!, auditId, findingId: at(ids.findings, one.finding), improvementId: at(ids.improvements, one.improvement), number: known.firstAction + n, title: one.title, planned: one.planned, departmentId: department(one.department),
      formerDepartmentId: departmentOr(one.formerDepartment), dueOn: one.dueOn, firstDueOn: one.entries.find(({ dueBefore }) => dueBefore !== null)?.dueBefore ?? one.dueOn, state: one.state, proposed: one.proposed ?? null, effect: one.effect, settledOn: one.settledOn, offered: null, ...marks,
    })),
    entries: file.actions.flatMap((one) => one.entries.map((entry, n) => ({ id: newId(), actionId: ids.actions.get(one.number)!, ...entry, madeAt: new Date(Date.parse(`${entry.madeOn}T12:00:00+09:00`) + n) }))),
    notices: file.notices.map((one, n) => ({ id: ids.notices[n]!, auditId, departmentId: department(one.department), basis: one.basis, notifiedOn: one.notifiedOn, receivedOn: one.receivedOn, status: one.status, reportId: at(ids.reports, one.report), ...marks })),
    noticeItems: file.notices.flatMap((one, n) => one.items.map(({ action, text, state }) => ({ id: newId(), noticeId: ids.notices[n]!, actionId: ids.actions.get(action)!, text, state }))),
  };
}

/** Some milliseconds later: what is listed by its time keeps the order of the file. */
const after = (at: Date, ms: number): Date => new Date(at.getTime() + ms);

type Ids = ReturnType<typeof idsOf>;

function idsOf(file: AuditFile) {
  const byKey = <K>(keys: readonly K[]): Map<K, string> => new Map(keys.map((key) => [key, newId()]));
  return {
    audit: newId(), viewpoints: byKey(file.viewpoints.map((one) => one.key)), people: byKey(file.people.map((one) => one.key)), cases: byKey(file.cases.map((one) => one.key)), records: byKey(file.records.map((one) => one.key)),
    questionnaires: byKey(file.questionnaires.map((one) => one.key)), reports: byKey(file.reports.map((one) => one.key)), findings: byKey(file.findings.map((one) => one.number)), improvements: byKey(file.improvements.map((one) => one.number)),
    actions: byKey(file.actions.map((one) => one.number)), notices: file.notices.map(() => newId()),
  };
}

function responsesOf(file: AuditFile, known: Known, ids: Ids, department: (name: string) => string, system: (name: string | null) => string | null) {
  const marks = { changedAt: known.now, changedByName: known.by, version: 1 };
  const made = file.questionnaires.flatMap((sheet) => sheet.responses.map((one) => ({ id: newId(), sheet, one })));
  return {
    responses: made.map(({ id, sheet, one }) => {
      const submitted = one.status === 'submitted' || one.status === 'fixed';
      return {
        id, questionnaireId: ids.questionnaires.get(sheet.key)!, departmentId: department(one.department), systemId: system(one.system), delegatedToId: null, status: one.status, dueOn: sheet.dueOn ?? known.today,
        submittedAt: submitted ? known.now : null, submittedById: null, submittedByName: submitted ? known.by : null, fixedAt: one.status === 'fixed' ? known.now : null, fixedByName: one.status === 'fixed' ? known.by : null,
        returnedReason: null, returnedItems: [], formerDepartmentId: null, ...marks,
      };
    }),
    responseRows: made.flatMap(({ id, one }) => (one.rows ?? []).map((row) => ({ responseId: id, id: row.id, group: row.group, position: row.position }))),
    answers: made.flatMap(({ id, one }) => Object.entries(one.answers).map(([item, value]) => ({ responseId: id, item, value, prefilledFrom: null, ...marks }))),
  };
}

/** What was counted from questionnaires is counted anew from their responses; what came from another register stays as it was counted. */
function tabulationsOf(file: AuditFile): (AuditFile['tabulations'][number]['definition'] & { typed: Dataset[] })[] {
  const asked = new Set(file.questionnaires.flatMap(({ definition }) => [definition.form, `${definition.form}-all`, ...rowedItems(definition).map(({ code }) => `${definition.form}-${code}`)]));
  return file.tabulations.map(({ definition, typed, counted }) => ({ ...definition, typed: [...typed, ...counted.filter(({ code }) => !asked.has(code))] }));
}

function deliberationsOf(file: AuditFile, known: Known, ids: Ids) {
  const made = file.deliberations.map((one) => ({ id: newId(), one }));
  return {
    deliberations: made.map(({ id, one: { subject, number, heldOn, place, note, outcome } }) => ({
      id, auditId: ids.audit, subject, subjectId: subject === 'report' ? null : (subject === 'finding' ? ids.findings : ids.improvements).get(number!)!, heldOn, place, note, outcome, changedAt: known.now, changedByName: known.by, version: 1,
    })),
    voices: made.flatMap(({ id, one }) => one.voices.map(({ person, consents, absent = false, opinion }) => ({ id: newId(), deliberationId: id, personId: ids.people.get(person)!, consents, absent: absent && consents === null, opinion, givenAt: consents === null && !absent ? null : known.now, version: 1 }))),
  };
}

/** A parent stands before what is under it; otherwise the order stays. */
function parentsFirst<T, K>(all: readonly T[], keyOf: (one: T) => K, parentOf: (one: T) => K | null): T[] {
  const byKey = new Map(all.map((one) => [keyOf(one), one]));
  const placed = new Set<T>();
  const place = (one: T): void => {
    if (placed.has(one)) return;
    const parent = parentOf(one);
    if (parent !== null) place(byKey.get(parent)!);
    placed.add(one);
  };
  all.forEach(place);
  return [...placed];
}
