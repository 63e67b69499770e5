/** This year's audit, in the middle of its work; and one that was made at once of what a check had found. */
import { AuditPeople } from '../audits/audit-people.service.js';
import { AuditRegister } from '../audits/audit-register.service.js';
import { AuditSchedule } from '../audits/audit-schedule.service.js';
import { AuditTargets } from '../audits/audit-targets.service.js';
import { Audit } from '../audits/audit.entity.js';
import { QuestionnaireResponse } from '../audits/questionnaire.entity.js';
import { ResponseKeeping } from '../audits/response-keeping.service.js';
import { Viewpoints } from '../audits/viewpoints.service.js';
import { SystemCheck } from '../checks/system-check.service.js';
import { AuditReport } from '../findings/audit-report.entity.js';
import { AuditReports } from '../findings/audit-reports.service.js';
import { CorrectiveActions } from '../findings/corrective-actions.service.js';
import { FindingRegister } from '../findings/finding-register.service.js';
import { inputOf } from '../findings/finding-fields.js';
import { Finding, FindingStatement } from '../findings/finding.entity.js';
import { Improvements } from '../findings/improvements.service.js';
import { ReportSteps } from '../findings/report-steps.service.js';
import { Statements } from '../findings/statements.service.js';
import { daysLater, fiscalYear, monthsLater } from '../engine/dates.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { demoAccount, demoDepartment } from './city.js';
import { answer, deliberate, keepRecord, sendSheets } from './audit-followed.js';
import type { CurrentAudit, FollowedAudit, PromptAudit, Reworded } from './audit-script.js';
import { AUDITOR, officeOf, type Stage } from './audit-stage.js';

const PEOPLE = [{ role: 'member', title: '代表監査委員', name: '識見委員Ａ', account: 'kansa.iin' }, { role: 'member', title: '監査委員', name: '議選委員Ｂ' }, { role: 'secretariat', title: '事務局長', name: '監査事務局長' }];

/** Steps of it that lie ahead of today have not happened. */
export async function playCurrentAudit(stage: Stage, written: CurrentAudit, planItem: string, { responses }: FollowedAudit): Promise<string> {
  const begins = stage.day(written.beginsOn);
  const { theme, kind, purpose, targetsText, method } = written;
  const audit = await stage.on(begins, AUDITOR, async (ctx) => {
    const id = await stage.get(AuditRegister).add(ctx, {
      fiscalYear: stage.thisYear, kind, bases: ['act-199-2'], theme, purpose, targetsText, method, definitions: [], referenceOn: stage.day(written.referenceOn), beginsOn: begins, endsOn: stage.day(written.endsOn), rounding: { mode: 'half-up', digits: 1 },
    }, planItem);
    await people(stage, ctx, id);
    await stage.get(Viewpoints).add(ctx, id, { parentId: null, text: '端末は、離席したときや退庁したときに他の者が使えないように管理されているか' });
    await stage.get(Viewpoints).add(ctx, id, { parentId: null, text: '新しく配属された職員に、個人情報の取扱いが書面で伝えられているか' });
    await stage.get(AuditTargets).set(ctx, id, await stage.seen(ctx, Audit, id), [...new Set(responses.map(([department]) => department))].map((name) => ({ departmentId: demoDepartment(name), systemId: null })));
    for (const { label, doneBy, from, until } of written.schedule) await stage.get(AuditSchedule).add(ctx, id, { label, doneBy, fromOn: stage.day(from), untilOn: stage.day(until), doneOn: null, note: '' });
    await stage.get(AuditRegister).move(ctx, id, 'begin');
    return id;
  });
  if (!stage.past(written.questionnaire.sent)) return audit;
  const { sent, due } = written.questionnaire;
  const questionnaire = await sendSheets(stage, audit, { title: '端末の管理と周知の調査票', referenceOn: stage.day(written.referenceOn), sentOn: stage.day(sent), dueOn: stage.day(due) }, responses);
  for (const { of: [department, system], on, state, kept, reason, items, corrected } of written.responses.filter((one) => stage.past(one.on))) {
    const row = responses.find((one) => one[0] === department && one[1] === system)!;
    const id = await answer(stage, questionnaire, row, stage.day(on), state !== 'answering');
    if (kept === undefined || !stage.past(kept)) continue;
    await stage.on(stage.day(kept), AUDITOR, async (ctx) => {
      const seen = await stage.seen(ctx, QuestionnaireResponse, id);
      if (state === 'fixed') await stage.get(ResponseKeeping).fix(ctx, id, seen);
      if (state === 'returned') await stage.get(ResponseKeeping).return(ctx, id, seen, { reason: reason ?? '', items: items ?? [] });
    });
    if (corrected !== undefined && stage.past(corrected.on)) await stage.on(stage.day(corrected.on), AUDITOR, async (ctx) => stage.get(ResponseKeeping).correct(ctx, id, await stage.seen(ctx, QuestionnaireResponse, id), corrected));
  }
  for (const one of written.records.filter(({ heldOn }) => stage.past(heldOn))) await stage.on(stage.day(one.heldOn), AUDITOR, (ctx) => keepRecord(stage, ctx, audit, one, new Map()));
  for (const one of written.findings) await beginOfCheck(stage, audit, one);
  return audit;
}

async function people(stage: Stage, ctx: Ctx, audit: string): Promise<void> {
  for (const { role, title, name, account } of PEOPLE) await stage.get(AuditPeople).add(ctx, audit, { role, title, name, accountId: account === undefined ? null : demoAccount(account), disqualifiedReason: null });
}

/** From a rule that the system fails. */
async function beginOfCheck(stage: Stage, audit: string, { department, system, rule, on, ask, ...words }: CurrentAudit['findings'][number]): Promise<void> {
  const findingId = await stage.on(stage.past(on) ? stage.day(on) : null, AUDITOR, async (ctx) => {
    const failing = (await stage.get(SystemCheck).sheet(ctx, stage.system(system))).ruleSets.flatMap(({ definition, rules }) => rules.filter((one) => one.result === 'not-met').map((one) => ({ ruleSet: definition.ruleSet, rule: one.rule.code })));
    const from = rule ?? failing[0];
    return from === undefined ? null : stage.get(FindingRegister).beginFromRule(ctx, audit, { systemId: stage.system(system), ...from });
  });
  if (findingId === null || ask === undefined || !stage.past(ask.on)) return;
  await stage.on(stage.day(ask.on), AUDITOR, async (ctx) => {
    const seen = await reword(stage, ctx, findingId, words, { departmentId: demoDepartment(department), viewpointId: (await stage.get(Viewpoints).of(ctx, audit))[0]!.id });
    await stage.get(Statements).ask(ctx, findingId, seen, stage.day(ask.due));
  });
}

/** @returns the version after it */
async function reword(stage: Stage, ctx: Ctx, findingId: string, { title, criteria, criteriaSource, cause, effect }: Reworded, more: { departmentId?: string; viewpointId?: string }): Promise<number> {
  const before = await scoped(ctx, Finding).get(findingId);
  const words = Object.fromEntries(Object.entries({ title, criteria, criteriaSource, cause, effect }).filter(([, text]) => text !== undefined));
  return stage.get(FindingRegister).change(ctx, findingId, before.version, { ...inputOf(before), ...words, ...more, classification: 'pointed-out' });
}

/** Months before today in which it was made. */
export const PROMPT_MONTHS_AGO = 2;

/** While the rule failed: found, decided, published, with an action, all within a month. When the declaration changes, the rule offers to close it. */
export async function playPromptAudit(stage: Stage, written: PromptAudit, today: string): Promise<void> {
  const begun = monthsLater(today, -PROMPT_MONTHS_AGO);
  const day = (days: number): string => daysLater(begun, days);
  const { theme, kind, purpose, targetsText, method, department, system, rule, viewpoint, improvement, number, action, ...words } = written;
  const departmentId = demoDepartment(department);
  const { audit, findingId } = await stage.on(begun, AUDITOR, async (ctx) => {
    const id = await stage.get(AuditRegister).add(ctx, {
      fiscalYear: fiscalYear(begun), kind, bases: ['act-199-1', 'act-199-5'], theme, purpose, targetsText, method, definitions: [], referenceOn: null, beginsOn: begun, endsOn: day(18), rounding: { mode: 'half-up', digits: 1 },
    });
    await people(stage, ctx, id);
    const viewpointId = await stage.get(Viewpoints).add(ctx, id, { parentId: null, text: viewpoint });
    await stage.get(AuditTargets).set(ctx, id, await stage.seen(ctx, Audit, id), [{ departmentId, systemId: stage.system(system) }]);
    await stage.get(AuditRegister).move(ctx, id, 'begin');
    const begunFinding = await stage.get(FindingRegister).beginFromRule(ctx, id, { systemId: stage.system(system), ...rule });
    const seen = await reword(stage, ctx, begunFinding, words, { viewpointId });
    await stage.get(Statements).ask(ctx, begunFinding, seen, day(10));
    return { audit: id, findingId: begunFinding };
  });
  await stage.on(day(6), officeOf(departmentId, department, 'section-head'), async (ctx) => {
    const asked = (await scoped(ctx, FindingStatement).findOne({ findingId }))!;
    await stage.get(Statements).answer(ctx, asked.id, asked.version, { agreed: true, text: '次の改修で直します。' });
  });
  const { improvementId, report } = await stage.on(day(9), AUDITOR, async (ctx) => {
    await stage.get(FindingRegister).step(ctx, findingId, await stage.seen(ctx, Finding, findingId), 'confirm');
    const added = await stage.get(Improvements).add(ctx, audit, { parentId: null, caseId: null }, { kind: 'opinion', text: improvement, reason: '', departmentId }, [findingId]);
    return { improvementId: added, report: await stage.get(AuditReports).begin(ctx, audit, 'report') };
  });
  await stage.on(day(16), AUDITOR, async (ctx) => {
    await deliberate(stage, ctx, audit, { heldOn: day(16), place: '監査委員室', note: '' });
    await stage.get(ReportSteps).fix(ctx, audit, report, await stage.seen(ctx, AuditReport, report), { decidedOn: day(16), acknowledged: true, note: '' });
  });
  await stage.on(day(18), AUDITOR, async (ctx) => {
    await stage.get(ReportSteps).submit(ctx, audit, report, await stage.seen(ctx, AuditReport, report), day(18));
    await stage.get(ReportSteps).publish(ctx, audit, report, await stage.seen(ctx, AuditReport, report), { publishedOn: day(18), number });
    await stage.get(CorrectiveActions).add(ctx, { findingId, improvementId }, [{ ...action, dueOn: monthsLater(today, 1), departmentId }]);
  });
}
