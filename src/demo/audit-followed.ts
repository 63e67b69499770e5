/** The audit of three years ago: planned, asked, seen, found, deliberated, published; then its corrective actions, year by year. */
import { Answering } from '../audits/answering.service.js';
import { Asking } from '../audits/asking.service.js';
import { AuditCases } from '../audits/audit-cases.service.js';
import { AuditPeople } from '../audits/audit-people.service.js';
import { AuditRegister } from '../audits/audit-register.service.js';
import { AuditSchedule } from '../audits/audit-schedule.service.js';
import { AuditTargets } from '../audits/audit-targets.service.js';
import { Audit } from '../audits/audit.entity.js';
import { FieldRecord } from '../audits/field-record.entity.js';
import { FieldRecords } from '../audits/field-records.service.js';
import { Questionnaire, QuestionnaireResponse, ResponseAnswer } from '../audits/questionnaire.entity.js';
import { Questionnaires } from '../audits/questionnaires.service.js';
import { ResponseKeeping } from '../audits/response-keeping.service.js';
import { Tabulations } from '../audits/tabulations.service.js';
import { Viewpoints } from '../audits/viewpoints.service.js';
import { formatEra } from '../engine/dates.js';
import { AuditReport } from '../findings/audit-report.entity.js';
import { AuditReports } from '../findings/audit-reports.service.js';
import { Deliberations } from '../findings/deliberations.service.js';
import { FindingEvidences } from '../findings/finding-evidence.service.js';
import { FindingRegister } from '../findings/finding-register.service.js';
import { Finding, FindingStatement } from '../findings/finding.entity.js';
import { Improvements } from '../findings/improvements.service.js';
import { ReportSteps } from '../findings/report-steps.service.js';
import { Statements } from '../findings/statements.service.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { demoAccount, demoDepartment } from './city.js';
import type { FollowedAudit, WrittenFinding, WrittenRecord, WrittenResponse } from './audit-script.js';
import { AUDITOR, officeOf, type Stage } from './audit-stage.js';

export interface Played {
  audit: string;
  /** Ids by their key in the script. */
  findings: ReadonlyMap<string, string>;
  improvements: ReadonlyMap<string, string>;
}

/** Until its report is published. @param planItem the item of the plan from which it begins */
export async function playFollowedAudit(stage: Stage, written: FollowedAudit, planItem: string): Promise<Played> {
  const begins = stage.day(written.beginsOn);
  const { id: audit, viewpoints, caseId } = await stage.on(begins, AUDITOR, (ctx) => plan(stage, ctx, written, planItem));
  await askDepartments(stage, audit, written);
  for (const one of written.records) await stage.on(stage.day(one.heldOn), AUDITOR, (ctx) => keepRecord(stage, ctx, audit, one, viewpoints));
  const findings = new Map<string, string>();
  await stage.on(stage.day('-3-01-15'), AUDITOR, (ctx) => writeFindings(stage, ctx, audit, written.findings, { viewpoints, caseId, parentId: null, findings }));
  await confirmFacts(stage, written, findings);
  const improvements = await stage.on(stage.day('-3-03-01'), AUDITOR, (ctx) => writeImprovements(stage, ctx, audit, written, { findings, caseId }));
  await publish(stage, audit, written);
  for (const { label, doneBy, from, until, done } of written.schedule) {
    await stage.on(stage.day('-3-03-25'), AUDITOR, async (ctx) => {
      const step = (await stage.get(AuditSchedule).of(ctx, audit)).find((one) => one.label === label)!;
      await stage.get(AuditSchedule).change(ctx, step.id, step.version, { label, doneBy, fromOn: stage.day(from), untilOn: stage.day(until), doneOn: stage.day(done), note: '' });
    });
  }
  return { audit, findings, improvements };
}

async function plan(stage: Stage, ctx: Ctx, written: FollowedAudit, planItem: string): Promise<{ id: string; viewpoints: Map<string, string>; caseId: string }> {
  const { theme, kind, purpose, targetsText, method, definitions } = written;
  const id = await stage.get(AuditRegister).add(ctx, {
    fiscalYear: stage.thisYear - 3, kind, bases: ['act-199-2'], theme, purpose, targetsText, method, definitions, referenceOn: stage.day(written.referenceOn), beginsOn: stage.day(written.beginsOn), endsOn: stage.day(written.endsOn), rounding: { mode: 'half-up', digits: 1 },
  }, planItem);
  const targets = [...new Set(written.responses.map(([department]) => department))].map((name) => ({ departmentId: demoDepartment(name), systemId: null }));
  await stage.get(AuditTargets).set(ctx, id, await stage.seen(ctx, Audit, id), targets);
  const viewpoints = new Map<string, string>();
  for (const { text, below } of written.viewpoints) {
    const parentId = await stage.get(Viewpoints).add(ctx, id, { parentId: null, text });
    for (const one of below) viewpoints.set(one, await stage.get(Viewpoints).add(ctx, id, { parentId, text: one }));
  }
  for (const { role, title, name, account, disqualified } of written.people) await stage.get(AuditPeople).add(ctx, id, { role, title, name, accountId: account === undefined ? null : demoAccount(account), disqualifiedReason: disqualified ?? null });
  for (const { label, doneBy, from, until } of written.schedule) await stage.get(AuditSchedule).add(ctx, id, { label, doneBy, fromOn: stage.day(from), untilOn: stage.day(until), doneOn: null, note: '' });
  let caseId = '';
  const era = (day: string) => formatEra(stage.day(day));
  for (const { department, membersOn, secretariatOn: [from, until], ...one } of written.cases) {
    caseId = await stage.get(AuditCases).add(ctx, id, { departmentId: demoDepartment(department), ...one, membersOn: era(membersOn), secretariatOn: `${era(from)}から${era(until)}まで` });
  }
  await stage.get(AuditRegister).move(ctx, id, 'begin');
  return { id, viewpoints, caseId };
}

/** Goes out in October, everything is answered and fixed by the end of the month, and counted. */
async function askDepartments(stage: Stage, audit: string, written: FollowedAudit): Promise<void> {
  const sent = stage.day('-3-10-01');
  const questionnaire = await sendSheets(stage, audit, { title: '個人情報を扱うシステムの調査票', referenceOn: sent, sentOn: sent, dueOn: stage.day('-3-10-31') }, written.responses);
  for (const [n, row] of written.responses.entries()) await answer(stage, questionnaire, row, stage.day(`-3-10-${String(12 + n).padStart(2, '0')}`), true);
  await stage.on(stage.day('-3-11-02'), AUDITOR, async (ctx) => {
    for (const { id, version } of await scoped(ctx, QuestionnaireResponse).find({ questionnaireId: questionnaire })) await stage.get(ResponseKeeping).fix(ctx, id, version);
    await stage.get(Asking).close(ctx, questionnaire, await stage.seen(ctx, Questionnaire, questionnaire));
  });
  await stage.on(null, AUDITOR, (ctx) => stage.get(Tabulations).takeOver(ctx, audit, 'system-security-audit'));
}

interface Sheets { title: string; referenceOn: string; sentOn: string; dueOn: string }

/** The sheet is taken from the content as it is today, whenever it was sent. */
export async function sendSheets(stage: Stage, audit: string, { title, referenceOn, sentOn, dueOn }: Sheets, rows: readonly WrittenResponse[]): Promise<string> {
  const text = { title, purpose: '課ごと、システムごとに、端末とアクセスの権限の実際を調べる。', per: 'department-system' as const, referenceOn, dueOn };
  const id = await stage.on(null, AUDITOR, (ctx) => stage.get(Questionnaires).add(ctx, audit, text, { from: 'template', code: 'system-security' }));
  const recipients = rows.map(([department, system]) => ({ departmentId: demoDepartment(department), systemId: stage.system(system) }));
  await stage.on(sentOn, AUDITOR, async (ctx) => stage.get(Asking).send(ctx, id, await stage.seen(ctx, Questionnaire, id), { dueOn, recipients }));
  return id;
}

/** The department answers what the register does not know, and perhaps hands in. */
export async function answer(stage: Stage, questionnaireId: string, [department, system, ...figures]: WrittenResponse, day: string | null, submit: boolean): Promise<string> {
  const [sections, terminals, staff, commissioned, temporary, others, care, awareness] = figures;
  const values: Record<string, unknown> = {
    sections, terminals, staff, commissioned, temporary, 'other-people': others, ...(others > 0 ? { 'other-people-kind': '入力の委託先' } : {}),
    'access-granting': { choice: 'individual-id' }, 'terminal-care': { checked: care, ...(care.includes('other') ? { texts: { other: '端末を執務室の奥に置き、来庁者から見えないようにしている。' } } : {}) }, awareness: { checked: awareness },
    rules: { choice: 'general' }, outsourcing: { choice: 'not-outsourced' },
  };
  return stage.on(day, officeOf(demoDepartment(department), department, 'drafter'), async (ctx) => {
    const response: QuestionnaireResponse = (await scoped(ctx, QuestionnaireResponse).findOne({ questionnaireId, departmentId: demoDepartment(department), systemId: stage.system(system) }))!;
    const stored = new Map((await scoped(ctx, ResponseAnswer).find({ responseId: response.id })).map((one) => [one.item, one]));
    const outsourced = JSON.stringify(stored.get('outsourcing')?.value ?? null).includes('"outsourced"');
    if (outsourced) Object.assign(values, { outsourcing: { choice: 'outsourced' }, contracts: 1, 'contracts-with-clause': 1, supervision: { choice: 'report' } });
    await stage.get(Answering).saveMany(ctx, response.id, Object.entries(values).map(([item, value]) => ({ item, value, seen: stored.get(item)?.version ?? 0, confirm: true })));
    if (submit) await stage.get(Answering).submit(ctx, response.id, await stage.seen(ctx, QuestionnaireResponse, response.id));
    return response.id;
  });
}

export async function keepRecord(stage: Stage, ctx: Ctx, audit: string, { department, system, viewpoint, ...one }: WrittenRecord, viewpoints: ReadonlyMap<string, string>): Promise<void> {
  const viewpointId = viewpoint === undefined ? null : (viewpoints.get(viewpoint) ?? null);
  await stage.get(FieldRecords).add(ctx, audit, { ...one, heldOn: stage.day(one.heldOn), attendees: `監査事務局、${department}の職員`, departmentId: demoDepartment(department), systemId: stage.system(system), viewpointId });
}

interface Place {
  viewpoints: ReadonlyMap<string, string>;
  caseId: string;
  parentId: string | null;
  findings: Map<string, string>;
}

async function writeFindings(stage: Stage, ctx: Ctx, audit: string, written: readonly WrittenFinding[], place: Place): Promise<void> {
  for (const one of written) {
    const id = await stage.get(FindingRegister).add(ctx, audit, one.heading === true ? 'heading' : 'finding', { parentId: place.parentId, caseId: one.case === true ? place.caseId : null }, {
      title: one.title, facts: one.facts ?? '', criteria: one.criteria ?? '', criteriaSource: one.criteriaSource ?? '', cause: one.cause ?? '', effect: one.effect ?? '', severity: one.severity ?? null, classification: one.classification ?? null,
      viewpointId: one.viewpoint === undefined ? null : place.viewpoints.get(one.viewpoint)!, departmentId: one.department === undefined ? null : demoDepartment(one.department), systemId: one.system === undefined ? null : stage.system(one.system),
    });
    if (one.key !== undefined) place.findings.set(one.key, id);
    if (one.evidence !== undefined) await giveEvidence(stage, ctx, audit, id, one.evidence);
    await writeFindings(stage, ctx, audit, one.below ?? [], { ...place, parentId: id });
  }
}

async function giveEvidence(stage: Stage, ctx: Ctx, auditId: string, findingId: string, named: string): Promise<void> {
  const kept = await scoped(ctx, FieldRecord).findOne({ auditId, title: named });
  await stage.get(FindingEvidences).add(ctx, findingId, kept === null ? { kind: 'document', targetId: null, target: '', label: named } : { kind: 'record', targetId: kept.id, target: '', label: '' });
}

async function confirmFacts(stage: Stage, { statements }: FollowedAudit, findings: ReadonlyMap<string, string>): Promise<void> {
  await stage.on(stage.day('-3-01-20'), AUDITOR, async (ctx) => {
    for (const key of Object.keys(statements)) await stage.get(Statements).ask(ctx, findings.get(key)!, await stage.seen(ctx, Finding, findings.get(key)!), stage.day('-3-02-10'));
  });
  for (const [key, { agreed, text, reply }] of Object.entries(statements)) {
    const findingId = findings.get(key)!;
    const { id, departmentId, office } = await stage.on(null, AUDITOR, async (ctx) => {
      const asked = (await scoped(ctx, FindingStatement).findOne({ findingId }))!;
      return { id: asked.id, departmentId: asked.departmentId, office: (await scoped(ctx, Department).get(asked.departmentId)).name };
    });
    await stage.on(stage.day('-3-02-06'), officeOf(departmentId, office, 'section-head'), async (ctx) => stage.get(Statements).answer(ctx, id, await stage.seen(ctx, FindingStatement, id), { agreed, text }));
    await stage.on(stage.day('-3-02-20'), AUDITOR, async (ctx) => {
      if (reply !== undefined) await stage.get(Statements).reply(ctx, id, await stage.seen(ctx, FindingStatement, id), reply);
      await stage.get(FindingRegister).step(ctx, findingId, await stage.seen(ctx, Finding, findingId), 'confirm');
    });
  }
}

/** `{key}` in a text is the number of a finding. */
async function writeImprovements(stage: Stage, ctx: Ctx, audit: string, written: FollowedAudit, { findings, caseId }: { findings: ReadonlyMap<string, string>; caseId: string }): Promise<Map<string, string>> {
  const numbers = new Map<string, number>();
  for (const [key, id] of findings) numbers.set(key, (await scoped(ctx, Finding).get(id)).number);
  const ids = new Map<string, string>();
  for (const { key, text, findings: answered, department, case: inCase } of written.improvements) {
    const said = text.replace(/\{([a-z-]+)\}/gu, (_, named: string) => String(numbers.get(named)));
    ids.set(key, await stage.get(Improvements).add(ctx, audit, { parentId: null, caseId: inCase === true ? caseId : null }, { kind: 'opinion', text: said, reason: '', departmentId: demoDepartment(department) }, answered.map((one) => findings.get(one)!)));
  }
  return ids;
}

async function publish(stage: Stage, audit: string, { deliberation, report }: FollowedAudit): Promise<void> {
  const heldOn = stage.day(deliberation.heldOn);
  await stage.on(heldOn, AUDITOR, async (ctx) => {
    const id = await stage.get(AuditReports).begin(ctx, audit, 'report');
    await deliberate(stage, ctx, audit, { heldOn, place: deliberation.place, note: deliberation.note });
    await stage.get(ReportSteps).fix(ctx, audit, id, await stage.seen(ctx, AuditReport, id), { decidedOn: heldOn, acknowledged: true, note: '' });
  });
  const id = await stage.on(null, AUDITOR, async (ctx) => (await stage.get(AuditReports).list(ctx, audit))[0]!.id);
  const submittedOn = stage.day(report.submittedOn);
  await stage.on(submittedOn, AUDITOR, async (ctx) => stage.get(ReportSteps).submit(ctx, audit, id, await stage.seen(ctx, AuditReport, id), submittedOn));
  const publishedOn = stage.day(report.publishedOn);
  await stage.on(publishedOn, AUDITOR, async (ctx) => stage.get(ReportSteps).publish(ctx, audit, id, await stage.seen(ctx, AuditReport, id), { publishedOn, number: report.number }));
}

/** Every member who may take part consents. */
export async function deliberate(stage: Stage, ctx: Ctx, audit: string, held: { heldOn: string; place: string; note: string }): Promise<void> {
  const deliberation = await stage.get(Deliberations).hold(ctx, audit, { subject: 'report', subjectId: null, ...held });
  for (const one of await stage.get(AuditPeople).of(ctx, audit)) {
    if (one.role === 'member' && one.disqualifiedReason === null) await stage.get(Deliberations).voice(ctx, audit, deliberation, 0, { personId: one.id, consents: true, opinion: '' });
  }
}
