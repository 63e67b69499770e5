import { Injectable } from '@nestjs/common';
import { readDeliberated } from '../audits/audit-access.js';
import type { Audit } from '../audits/audit.entity.js';
import type { Numbering } from '../engine/numbering.js';
import type { ReferenceResolver } from '../engine/references.js';
import { tabulate } from '../engine/tabulating.js';
import type { TabulationResult } from '../engine/tabulation.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import type { AuditFile } from './audit-file.js';
import { AuditFiles, reportsInOrder } from './audit-files.service.js';
import { AuditReport, type FrozenAudit } from './audit-report.entity.js';
import { auditResolver, numberedFile, type NumberedFile } from './audit-things.js';
import { deliberationPages, type DeliberationPage } from './deliberation-pages.js';
import { reportModel, type ReportModel } from './report-model.js';
import { reportProblems, type ReportProblems } from './report-problems.js';
import { follow, numberedSections, type NumberedSection } from './report-sections.js';
import { addresseesOf, assemble, reportSkeletons, type AssembledSection, type Skeleton } from './report-skeleton.js';

/** A report as it stands: a draft follows the data, a decided one is what was decided. */
export interface ReportState {
  audit: Audit;
  report: AuditReport;
  /** Page of the report. */
  href: string;
  /** The audit from which it is printed; its entry for this report carries the chapters of `sections`. */
  file: AuditFile;
  /** Key of the report in the file. */
  key: string;
  results: TabulationResult[];
  view: NumberedFile;
  resolver: ReferenceResolver;
  model: ReportModel;
  skeleton: Skeleton;
  numbering: Numbering;
  /** As the product puts it together now; of a decided report what it then was no longer matters: empty. */
  assembled: AssembledSection[];
  /** In reading order. */
  sections: NumberedSection[];
  /** To whom it can go; `always`: must go. */
  addressees: { label: string; always: boolean }[];
  deliberations: DeliberationPage[];
  /** Empty once it is decided. */
  problems: ReportProblems;
}

/** Page of a report of an audit. */
export const reportHref = ({ id, auditId, kind }: Pick<AuditReport, 'id' | 'auditId' | 'kind'>): string => (kind === 'report' ? `/audits/${auditId}/report` : `/audits/${auditId}/measures/${id}`);

/** Reports with all that they are made of. */
@Injectable()
export class ReportReading {
  constructor(private readonly files: AuditFiles) {}

  /** Throws `NotFound` (also for a report of another audit), `Refused`. */
  async state(ctx: Ctx, auditId: string, reportId: string): Promise<ReportState> {
    const audit = await readDeliberated(ctx, auditId);
    const report = await scoped(ctx, AuditReport).get(reportId);
    if (report.auditId !== auditId) throw new NotFound();
    return report.status === 'draft' ? this.draft(ctx, audit, report) : this.decided(ctx, audit, report);
  }

  /**
   * The audit from which documents are printed. Without a key, or with that of a draft: the audit of now, drafts with the chapters
   * that follow it. With the key of a decided report (as `AuditFiles.read` names it): the audit as it was when it was decided, with
   * the days and the number of now, under the same key. Throws `NotFound`, `Refused`.
   */
  async forDocuments(ctx: Ctx, auditId: string, key: string | null = null): Promise<AuditFile> {
    const audit = await readDeliberated(ctx, auditId);
    let file = await this.files.read(ctx, auditId);
    for (const report of await scoped(ctx, AuditReport).find({ auditId })) {
      const own = await keyOf(ctx, file, report);
      if (report.status === 'draft') file = withReport(file, own, report, (await this.draft(ctx, audit, report)).sections);
      else if (own === key) {
        const decided = await this.decided(ctx, audit, report);
        return rekeyed(decided.file, decided.key, own);
      }
    }
    return file;
  }

  /** What is kept when a report is decided: the audit of now, without the questionnaires behind its tabulations. */
  async toFreeze(ctx: Ctx, report: AuditReport): Promise<FrozenAudit> {
    const { file, key } = await this.live(ctx, report);
    return { file: { ...file, questionnaires: [] }, key };
  }

  private async draft(ctx: Ctx, audit: Audit, report: AuditReport): Promise<ReportState> {
    const { file: stored, key } = await this.live(ctx, report);
    const day = ctx.clock.today();
    const results = resultsOf(stored);
    const model = reportModel(stored, results, day);
    const skeletons = reportSkeletons(day);
    const assembled = assemble(skeletons[report.kind], model);
    const sections = numberedSections(follow(report.sections, report.omitted, assembled), skeletons[report.kind], skeletons.numbering);
    const file = withReport(stored, key, report, sections);
    const state = this.around(ctx, { audit, report, file, key, results, model, sections, assembled });
    const deliberations = await deliberationPages(ctx, audit.id, file.numbering);
    const { addressees, href, resolver } = state;
    const always = addressees.filter((one) => one.always).map((one) => one.label);
    const problems = reportProblems({ auditId: audit.id, href, report, sections, assembled, file, model, results, resolver, deliberations, always, changedSince: await changedSince(ctx, report, deliberations) });
    return { ...state, deliberations, problems };
  }

  private async decided(ctx: Ctx, audit: Audit, report: AuditReport): Promise<ReportState> {
    const kept = await frozenOf(ctx, report);
    // A report that came in with an exchange file was decided elsewhere: the audit of now is all that is known.
    const { file: stored, key } = kept ?? (await this.live(ctx, report));
    const skeletons = reportSkeletons(report.decidedOn ?? ctx.clock.today());
    const sections = numberedSections(report.sections, skeletons[report.kind], skeletons.numbering);
    const file = withReport(stored, key, report, sections);
    const results = resultsOf(file);
    const state = this.around(ctx, { audit, report, file, key, results, model: reportModel(file, results, report.decidedOn ?? ctx.clock.today()), sections, assembled: [] });
    return { ...state, deliberations: await deliberationPages(ctx, audit.id, file.numbering, report.kind === 'report'), problems: { blocking: [], warnings: [] } };
  }

  private around(ctx: Ctx, known: Pick<ReportState, 'audit' | 'report' | 'file' | 'key' | 'results' | 'model' | 'sections' | 'assembled'>): Omit<ReportState, 'deliberations' | 'problems'> {
    const { report, file, model } = known;
    const skeletons = reportSkeletons(report.decidedOn ?? ctx.clock.today());
    const view = numberedFile(file);
    return { ...known, href: reportHref(report), view, resolver: auditResolver(view, known.results), skeleton: skeletons[report.kind], numbering: skeletons.numbering, addressees: addresseesOf(skeletons, model) };
  }

  private async live(ctx: Ctx, report: AuditReport): Promise<{ file: AuditFile; key: string }> {
    const file = await this.files.read(ctx, report.auditId);
    return { file, key: await keyOf(ctx, file, report) };
  }
}

export const resultsOf = ({ tabulations }: Pick<AuditFile, 'tabulations'>): TabulationResult[] => tabulations.map(({ definition, typed, counted }) => tabulate(definition, [...typed, ...counted]));

function withReport(file: AuditFile, key: string, report: AuditReport, sections: readonly NumberedSection[]): AuditFile {
  return {
    ...file,
    reports: file.reports.map((one) => (one.key !== key ? one : {
      ...one, title: report.title, publicationNumber: report.publicationNumber, publicationYear: report.publicationYear, decidedOn: report.decidedOn, submittedOn: report.submittedOn, publishedOn: report.publishedOn,
      addressees: report.addressees, status: report.status, sections: sections.map(({ id, parentId, heading, text, source, code }) => ({ id, parentId, heading, text, source, code })),
    })),
    // Of a draft of measures: the notices that it would publish.
    notices: report.kind === 'measures' && report.status === 'draft' ? file.notices.map((one) => (one.status === 'received' && one.report === null ? { ...one, report: key } : one)) : file.notices,
  };
}

/** One report under another key; whichever had that key takes the first. */
function rekeyed(file: AuditFile, from: string, to: string): AuditFile {
  const renamed = (key: string): string => (key === from ? to : key === to ? from : key);
  return { ...file, reports: file.reports.map((one) => ({ ...one, key: renamed(one.key) })), notices: file.notices.map((one) => (one.report === null ? one : { ...one, report: renamed(one.report) })) };
}

async function frozenOf(ctx: Ctx, { id }: AuditReport): Promise<FrozenAudit | null> {
  const rows: { frozen: FrozenAudit | null }[] = await ctx.tx.query('select frozen from audit_report where organisation_id = $1 and id = $2', [ctx.organisation, id]);
  return rows[0]?.frozen ?? null;
}

/** Key of the report in a file that was just read. */
async function keyOf(ctx: Ctx, file: AuditFile, { id, auditId }: AuditReport): Promise<string> {
  const all = await reportsInOrder(ctx, auditId);
  return file.reports[all.findIndex((one) => one.id === id)]!.key;
}

/** Whether report, findings or opinions changed after the last voice about the report was given. */
async function changedSince(ctx: Ctx, report: AuditReport, deliberations: readonly DeliberationPage[]): Promise<boolean> {
  const about = deliberations.find((one) => one.subject === 'report');
  const voices = about?.voices.flatMap((one) => (one.givenAt === null ? [] : [one.givenAt.getTime()])) ?? [];
  if (voices.length === 0) return false;
  const rows: { at: Date | null }[] = await ctx.tx.query(
    'select max(changed_at) as at from (select changed_at from finding where organisation_id = $1 and audit_id = $2 union all select changed_at from improvement where organisation_id = $1 and audit_id = $2) changed', [ctx.organisation, report.auditId]);
  return Math.max(report.changedAt.getTime(), rows[0]?.at?.getTime() ?? 0) > Math.max(...voices);
}
