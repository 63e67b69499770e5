/** What cites a finding or an improvement opinion, so that it cannot be removed: links, and references in texts. */
import { In } from 'typeorm';
import { Audit, AuditCase, AuditViewpoint } from '../audits/audit.entity.js';
import { fullNumber, citedIn } from '../engine/references.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { findingHref, improvementHref, type ThingKind } from './finding-access.js';
import { isLiving } from './finding.transitions.js';
import { numberedAudit, type NumberedAudit } from './numbered.js';
import { AuditReport } from './audit-report.entity.js';
import { sectionHref } from './report-problems.js';
import { reportHref } from './report-reading.service.js';
import { CorrectiveAction } from './corrective-action.entity.js';
import { Deliberation, DeliberationVoice } from './deliberation.entity.js';
import { Finding, FindingStatement, Improvement, ImprovementFinding } from './finding.entity.js';
import type { Numbering } from './scheme.js';

export interface Citation {
  /** 改善を求める事項 １(1), 措置3, … */
  label: string;
  /** Page on which it can be taken away. */
  href: string;
  /** Keeps the row, but not from being withdrawn: what was said in 合議, an opinion that was withdrawn itself. */
  stays?: true;
}

interface Text {
  label: string;
  href: string;
  texts: readonly string[];
}

/** The finding or opinion itself is left out: it goes with its own texts. So are the texts of what was withdrawn. */
export async function citationsOf(ctx: Ctx, kind: ThingKind, thing: Pick<Finding | Improvement, 'id' | 'auditId' | 'number'>, numbering: Numbering): Promise<Citation[]> {
  const { auditId } = thing;
  const view = numberedAudit({ findings: (await scoped(ctx, Finding).find({ auditId })).filter(isLiving), improvements: (await scoped(ctx, Improvement).find({ auditId })).filter(isLiving), cases: await scoped(ctx, AuditCase).find({ auditId }, { position: 'ASC', id: 'ASC' }) }, numbering);
  return unique([...below(view, kind, thing.id), ...(await linked(ctx, kind, thing, view)), ...referring(await textsOf(ctx, auditId, view), kind, thing)]);
}

/** Throws `Refused` with a link to every place that cites it. */
export function mustBeUncited(name: string, citations: readonly Citation[]): void {
  if (citations.length === 0) return;
  const problems = citations.map((one): Problem => ({ code: 'cited', path: '', message: one.stays ? `${one.label}があります。消せないときは、理由を書いて取り下げることができます。` : `${one.label}で使われています。先にそこから外してください。`, href: one.href }));
  throw new Refused('cited', `「${name}」は、${citations.slice(0, 5).map((one) => one.label).join('、')}${citations.length > 5 ? `など${citations.length}か所` : ''}で使われているので、消せません。`, problems);
}

type View = NumberedAudit<Finding, Improvement>;

function below(view: View, kind: ThingKind, id: string): Citation[] {
  if (kind === 'finding') return view.findings.filter((one) => one.row.parentId === id).map((one) => ({ label: `下にある検出事項 ${one.label}`, href: findingHref(one.id) }));
  return view.improvements.filter((one) => one.row.parentId === id).map((one) => ({ label: `下にある改善を求める事項 ${one.label}`, href: improvementHref(one.id) }));
}

async function linked(ctx: Ctx, kind: ThingKind, { id, auditId }: Pick<Finding, 'id' | 'auditId'>, view: View): Promise<Citation[]> {
  const links = kind === 'finding' ? await scoped(ctx, ImprovementFinding).find({ findingId: id }) : [];
  const actions = await scoped(ctx, CorrectiveAction).find(kind === 'finding' ? { findingId: id } : { improvementId: id });
  const deliberations = await scoped(ctx, Deliberation).find({ auditId, subject: kind, subjectId: id });
  return [
    ...links.map(({ improvementId }): Citation => {
      const entry = view.improvement(improvementId);
      const href = improvementHref(improvementId);
      return entry === undefined ? { label: '取り下げた改善を求める事項', href, stays: true } : { label: `改善を求める事項 ${entry.label}`, href };
    }),
    ...actions.map((one) => ({ label: `措置${one.number}`, href: `/actions/${one.id}` })),
    ...deliberations.map((one) => ({ label: '合議の記録', href: `/audits/${auditId}/deliberations#deliberation-${one.id}`, stays: true as const })),
  ];
}

async function textsOf(ctx: Ctx, auditId: string, view: View): Promise<Text[]> {
  const cases = await scoped(ctx, AuditCase).find({ auditId });
  const reports = await scoped(ctx, AuditReport).find({ auditId });
  const notices: { notice_id: string; text: string }[] = await ctx.tx.query(
    'select i.notice_id, i.text from action_notice_item i join action_notice n on n.id = i.notice_id and n.organisation_id = i.organisation_id where i.organisation_id = $1 and n.audit_id = $2', [ctx.organisation, auditId]);
  const actions = await scoped(ctx, CorrectiveAction).find({ auditId });
  const audit = await scoped(ctx, Audit).get(auditId);
  return [
    { label: '監査の概要', href: `/audits/${auditId}`, texts: [audit.purpose, audit.targetsText, audit.method, ...audit.definitions.map((one) => one.text)] },
    ...(await scoped(ctx, AuditViewpoint).find({ auditId })).map((one) => ({ label: '着眼点の文', href: `/audits/${auditId}/viewpoints`, texts: [one.text] })),
    ...(await saidIn(ctx, auditId, view)),
    ...view.findings.map(({ id, path, row }) => ({ label: `検出事項 ${fullNumber({ path })}の文`, href: findingHref(id), texts: [row.title, row.facts, row.criteria, row.cause, row.effect] })),
    ...view.improvements.map(({ id, path, row }) => ({ label: `改善を求める事項 ${fullNumber({ path })}の文`, href: improvementHref(id), texts: [row.text, row.reason] })),
    ...cases.map((one) => ({ label: `事案「${one.title}」の文`, href: `/audits/${auditId}`, texts: [one.overview, one.quoted] })),
    // An assembled chapter of a draft follows the audit: it speaks of what is gone no more.
    ...reports.flatMap((one) => one.sections.filter(({ source }) => source === 'edited' || one.status !== 'draft').map((section) => ({ label: `報告「${one.title}」の「${section.heading}」`, href: sectionHref(reportHref(one), section.id), texts: [section.heading, section.text] }))),
    ...notices.map((one) => ({ label: '措置通知の文', href: `/notices/${one.notice_id}`, texts: [one.text] })),
    ...actions.map((one) => ({ label: `措置${one.number}の文`, href: `/actions/${one.id}`, texts: [one.title, one.planned] })),
  ];
}

/** What departments, auditors and members said, as the report prints it. */
async function saidIn(ctx: Ctx, auditId: string, view: View): Promise<Text[]> {
  const statements = view.findings.length === 0 ? [] : await scoped(ctx, FindingStatement).find({ findingId: In(view.findings.map((one) => one.id)) });
  const held = await scoped(ctx, Deliberation).find({ auditId });
  const voices = held.length === 0 ? [] : await scoped(ctx, DeliberationVoice).find({ deliberationId: In(held.map((one) => one.id)) });
  return [
    ...statements.map((one) => ({ label: `検出事項 ${view.finding(one.findingId)!.label}の弁明・見解`, href: `${findingHref(one.findingId)}#statements`, texts: [one.text, one.reply] })),
    ...voices.map((one) => ({ label: '合議の意見', href: `/audits/${auditId}/deliberations#deliberation-${one.deliberationId}`, texts: [one.opinion] })),
  ];
}

function referring(texts: readonly Text[], kind: ThingKind, { id, number }: Pick<Finding, 'id' | 'number'>): Citation[] {
  const own = kind === 'finding' ? findingHref(id) : improvementHref(id);
  return texts.filter(({ href, texts: all }) => href.split('#')[0] !== own && all.some((text) => citedIn(text)[kind === 'finding' ? 'findings' : 'improvements'].includes(number))).map(({ label, href }) => ({ label, href }));
}

function unique(all: readonly Citation[]): Citation[] {
  return all.filter((one, n) => all.findIndex((other) => other.label === one.label && other.href === one.href) === n);
}
