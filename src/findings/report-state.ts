/** What the report and the 合議 of an audit allow its findings and improvement opinions. Asks for no right. */
import { AuditPerson } from '../audits/audit.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { AuditReport } from './audit-report.entity.js';
import { consequenceOf, standingOf, type DeliberationOutcome } from './deciding.js';
import { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import type { ThingKind } from './finding-access.js';

/** A report that was decided stays as it is. Throws `Refused`. */
export async function reportMustBeDraft(ctx: Ctx, auditId: string): Promise<void> {
  const report = await scoped(ctx, AuditReport).findOne({ auditId, kind: 'report' });
  if (report === null || report.status === 'draft') return;
  const message = '監査の結果に関する報告が決定しているので、検出事項と改善を求める事項は変えられません。';
  throw new Refused('report-fixed', message, [{ code: 'report-fixed', path: '', message, href: `/audits/${auditId}/report` }]);
}

/**
 * 合議 about the thing itself, or else about the report, is over and lets it be decided: findings also where the opinions stand in
 * their place (13項), improvement opinions only where all agree (12項). Throws `Refused`.
 */
export async function mustBeDeliberated(ctx: Ctx, auditId: string, kind: ThingKind, id: string): Promise<void> {
  const held = await scoped(ctx, Deliberation).find({ auditId });
  const about = held.find((one) => one.subject === kind && one.subjectId === id) ?? held.find((one) => one.subject === 'report');
  const consequence = about === undefined ? 'open' : consequenceOf(kind, await outcomeNow(ctx, about));
  if (consequence === 'decided' || consequence === 'opinions') return;
  const message = consequence === 'not-decided'
    ? '監査委員の合議が調わなかったので、この改善を求める事項は決定できません（地方自治法第199条第12項）。'
    : '監査委員の合議が済んでいません。合議を記録し、監査委員全員の意見がそろってから決定してください（地方自治法第199条第12項）。';
  throw new Refused('not-deliberated', message, [{ code: 'not-deliberated', path: '', message: '合議の画面を開く', href: `/audits/${auditId}/deliberations` }]);
}

/** By those who take part now: a member may have joined, or been disqualified (除斥), after the last voice was given. */
async function outcomeNow(ctx: Ctx, { id, auditId }: Deliberation): Promise<DeliberationOutcome | null> {
  return standingOf(await scoped(ctx, AuditPerson).find({ auditId }), await scoped(ctx, DeliberationVoice).find({ deliberationId: id })).outcome;
}
