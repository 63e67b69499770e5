import { Injectable } from '@nestjs/common';
import { lockAudit } from '../audits/audit-access.js';
import { AuditRegister } from '../audits/audit-register.service.js';
import type { Audit } from '../audits/audit.entity.js';
import { formatEra, isIsoDate } from '../engine/dates.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { AuditReport } from './audit-report.entity.js';
import { objectOf } from './audit-reports.service.js';
import { ActionNotice } from './corrective-action.entity.js';
import { Finding, Improvement } from './finding.entity.js';
import { Deliberation } from './deliberation.entity.js';
import { ReportReading } from './report-reading.service.js';
import { REPORT_ACTIONS, REPORT_STATUSES, reportTransition, type ReportAction, type ReportTransition } from './report.transitions.js';

/**
 * Steps of a report: decided in 合議, submitted, published (地方自治法199条9項・12項・13項); measures are published (14項・15項). On being
 * decided it is frozen with the whole audit behind it, findings and opinions with it.
 */
@Injectable()
export class ReportSteps {
  constructor(
    private readonly reading: ReportReading,
    private readonly audits: AuditRegister,
  ) {}

  /**
   * 決定. @param acknowledged what seems odd (figures that contradict each other, chapters behind the audit) was seen
   * Throws `Invalid` with every place that stands against it, `Refused`, `Conflict`, `NotFound`.
   */
  async fix(ctx: Ctx, auditId: string, id: string, seen: number, { decidedOn, acknowledged, note }: { decidedOn: string; acknowledged: boolean; note: string }): Promise<void> {
    const { report } = await this.begin(ctx, auditId, id, seen, 'fix');
    const { problems: { blocking, warnings }, sections, deliberations, file } = await this.reading.state(ctx, auditId, id);
    if (blocking.length > 0) throw new Invalid('report-unready', `「${report.title}」を決定する前に、直すところが${blocking.length}か所あります。`, blocking);
    const held = report.kind === 'report' ? deliberations.map((one) => one.heldOn).sort().at(-1) : undefined;
    mustFit([...dayFaults(ctx, 'decidedOn', '決定した日', decidedOn, held, '合議の日'), ...noteFaults(note), ...(warnings.length > 0 && !acknowledged ? [{ code: 'not-acknowledged', path: 'acknowledged', message: `確かめることが${warnings.length}件あります。内容を見て、確かめたことに印を付けてください。` }] : [])]);
    await this.decideThings(ctx, report);
    if (report.kind === 'report') for (const one of deliberations) await scoped(ctx, Deliberation).update({ id: one.id }, { outcome: one.outcome });
    const included = report.kind === 'measures' ? await this.claimNotices(ctx, report, id) : 0;
    const kept = sections.map(({ number: _number, depth: _depth, role: _role, leaf: _leaf, ...section }) => section);
    await saveNext(ctx, AuditReport, report, { status: 'fixed', decidedOn, sections: kept });
    await scoped(ctx, AuditReport).update({ id }, { frozen: (await this.reading.toFreeze(ctx, report)) as never });
    const seenOdd = warnings.map((one) => one.message);
    await record(ctx, {
      action: 'report-fixed', object: objectOf(id), before: { status: 'draft' },
      after: { status: 'fixed', decidedOn, findings: file.findings.length, improvements: file.improvements.length, notices: included, ...(seenOdd.length === 0 ? {} : { acknowledged: seenOdd }) }, ...(note.trim() === '' ? {} : { comment: note.trim() }),
    });
  }

  /** Back to a draft, with a reason, while it is not published. Throws as `fix`. */
  async reopen(ctx: Ctx, auditId: string, id: string, seen: number, comment: string): Promise<void> {
    const { report, audit } = await this.begin(ctx, auditId, id, seen, 'reopen');
    mustFit([...(comment.trim() === '' ? [{ code: 'comment-missing', path: 'comment', message: '作成中に戻す理由を書いてください。' }] : []), ...noteFaults(comment, 'comment')]);
    const before = { status: report.status, decidedOn: report.decidedOn, submittedOn: report.submittedOn };
    if (report.kind === 'report') await moveThings(ctx, auditId, { finding: ['decided', 'confirmed'], improvement: ['decided', 'draft'] });
    else await scoped(ctx, ActionNotice).update({ reportId: id, status: 'received' }, { reportId: null });
    if (report.kind === 'report' && audit.status === 'reported') await this.audits.move(ctx, auditId, 'retract', comment);
    await saveNext(ctx, AuditReport, report, { status: 'draft', decidedOn: null, submittedOn: null });
    await scoped(ctx, AuditReport).update({ id }, { frozen: null });
    await record(ctx, { action: 'report-reopened', object: objectOf(id), before, after: { status: 'draft' }, comment: comment.trim() });
  }

  /** 議会・長・関係する委員会への提出 (9項). Throws as `fix`. */
  async submit(ctx: Ctx, auditId: string, id: string, seen: number, submittedOn: string): Promise<void> {
    const { report, audit } = await this.begin(ctx, auditId, id, seen, 'submit');
    mustFit(dayFaults(ctx, 'submittedOn', '提出した日', submittedOn, report.decidedOn ?? undefined, '決定した日'));
    if (audit.status === 'conducting' && allows(ctx.actor.grants, 'audit.write')) await this.audits.move(ctx, auditId, 'deliberate');
    await this.audits.move(ctx, auditId, 'report');
    await saveNext(ctx, AuditReport, report, { submittedOn });
    await record(ctx, { action: 'report-submitted', object: objectOf(id), after: { submittedOn, addressees: report.addressees } });
  }

  /** Next number of the year of a day, as the organisation has published so far. */
  async nextNumber(ctx: Ctx, day: string): Promise<number> {
    const rows: { most: number | null }[] = await ctx.tx.query('select max(publication_number) as most from audit_report where organisation_id = $1 and publication_year = $2', [ctx.organisation, Number(day.slice(0, 4))]);
    return (rows[0]?.most ?? 0) + 1;
  }

  /** 公表 as 監査公表第N号 of the year of its day. From here on nothing of it changes. Throws as `fix`. */
  async publish(ctx: Ctx, auditId: string, id: string, seen: number, { publishedOn, number }: { publishedOn: string; number: number }): Promise<void> {
    const { report } = await this.begin(ctx, auditId, id, seen, 'publish');
    const [after, what] = report.submittedOn === null ? [report.decidedOn, '決定した日'] : [report.submittedOn, '提出した日'];
    mustFit([
      ...(Number.isInteger(number) && number >= 1 && number <= 99_999 ? [] : [{ code: 'number-invalid', path: 'number', message: '監査公表の番号を、1以上の整数で入れてください。' }]),
      ...dayFaults(ctx, 'publishedOn', '公表する日', publishedOn, after ?? undefined, what),
    ]);
    const year = Number(publishedOn.slice(0, 4));
    const twin = await scoped(ctx, AuditReport).findOne({ publicationYear: year, publicationNumber: number });
    if (twin !== null) throw new Invalid('number-taken', '監査公表の番号がもう使われています。', [{ code: 'number-taken', path: 'number', message: `${formatEra(publishedOn).split('年')[0]!}年の監査公表第${number}号は、もう「${twin.title}」で使われています。次の番号は第${await this.nextNumber(ctx, publishedOn)}号です。` }]);
    if (report.kind === 'report') {
      await moveThings(ctx, auditId, { finding: ['decided', 'published'], improvement: ['decided', 'published'] });
      await this.audits.move(ctx, auditId, 'publish');
    } else await this.publishNotices(ctx, id);
    await saveNext(ctx, AuditReport, report, { status: 'published', publishedOn, publicationNumber: number, publicationYear: year });
    await record(ctx, { action: 'report-published', object: objectOf(id), before: { status: 'fixed' }, after: { status: 'published', publishedOn, publicationNumber: number, publicationYear: year } });
  }

  private async begin(ctx: Ctx, auditId: string, id: string, seen: number, action: ReportAction): Promise<{ report: AuditReport; audit: Audit; step: ReportTransition }> {
    const audit = await lockAudit(ctx, auditId, 'audit.publish');
    const report = await scoped(ctx, AuditReport).lock(id);
    if (report.auditId !== auditId) throw new NotFound();
    mustBeAsSeen(report, report.title, seen, { action }, { status: report.status });
    const step = reportTransition(report, action);
    if (step === null) throw new Refused('step-not-now', `いまは「${REPORT_ACTIONS[action]}」ことができません。「${report.title}」は「${REPORT_STATUSES[report.status].label}」です。${report.status === 'published' ? '公表した報告は変えられません。' : '画面を読み込み直して、順に進めてください。'}`);
    return { report, audit, step };
  }

  private async decideThings(ctx: Ctx, report: AuditReport): Promise<void> {
    if (report.kind === 'report') await moveThings(ctx, report.auditId, { finding: ['confirmed', 'decided'], improvement: ['draft', 'decided'] });
  }

  /** The notices that were received and stand in no publication belong to this one. Returns how many. */
  private async claimNotices(ctx: Ctx, { auditId }: AuditReport, reportId: string): Promise<number> {
    const waiting = (await scoped(ctx, ActionNotice).find({ auditId, status: 'received' })).filter((one) => one.reportId === null);
    for (const one of waiting) await scoped(ctx, ActionNotice).update({ id: one.id }, { reportId });
    return waiting.length;
  }

  private async publishNotices(ctx: Ctx, reportId: string): Promise<void> {
    for (const notice of await scoped(ctx, ActionNotice).find({ reportId, status: 'received' }, { id: 'ASC' })) {
      await saveNext(ctx, ActionNotice, notice, { status: 'published' });
      await record(ctx, { action: 'notice-published', object: { kind: 'action-notice', id: notice.id }, before: { status: 'received' }, after: { status: 'published', report: reportId } });
    }
  }
}

/** Headings move with what stands below them, from whatever stage they are in. */
async function moveThings(ctx: Ctx, auditId: string, { finding: [from, to], improvement: [before, after] }: { finding: [Finding['stage'], Finding['stage']]; improvement: [Improvement['stage'], Improvement['stage']] }): Promise<void> {
  for (const one of await scoped(ctx, Finding).find({ auditId }, { number: 'ASC' })) {
    if (one.stage === to || (one.kind === 'finding' && one.stage !== from)) continue;
    const stage = one.stage;
    await saveNext(ctx, Finding, one, { stage: to });
    await record(ctx, { action: 'finding-step', object: { kind: 'finding', id: one.id }, before: { stage }, after: { stage: to } });
  }
  for (const one of await scoped(ctx, Improvement).find({ auditId }, { number: 'ASC' })) {
    if (one.stage === after || (one.kind !== 'heading' && one.stage !== before)) continue;
    const stage = one.stage;
    await saveNext(ctx, Improvement, one, { stage: after });
    await record(ctx, { action: 'improvement-step', object: { kind: 'improvement', id: one.id }, before: { stage }, after: { stage: after } });
  }
}

/** @param earliest ISO day before which it cannot be; `named` in words */
function dayFaults(ctx: Ctx, path: string, label: string, day: string, earliest: string | undefined, named: string): Problem[] {
  if (!isIsoDate(day)) return [{ code: 'day-invalid', path, message: `「${label}」を入れてください。` }];
  if (earliest !== undefined && day < earliest) return [{ code: 'day-too-early', path, message: `「${label}」は、${named}（${formatEra(earliest)}）以後にしてください。` }];
  return day > ctx.clock.today() ? [{ code: 'day-in-future', path, message: `「${label}」は、今日（${formatEra(ctx.clock.today())}）までの日にしてください。` }] : [];
}

const noteFaults = (text: string, path = 'note'): Problem[] => (text.length > 5_000 ? [{ code: 'too-long', path, message: '5,000字までにしてください。' }] : []);

function mustFit(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid('step-invalid', '入力に誤りがあります。次のところを直してください。', problems);
}
