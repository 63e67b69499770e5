import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditReports } from '../../findings/audit-reports.service.js';
import type { ReportState } from '../../findings/report-reading.service.js';
import type { NumberedSection } from '../../findings/report-sections.js';
import { sectionHref } from '../../findings/report-problems.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { MoveInput, RestoreInput, SectionInput, SeenInput } from './inputs.js';
import { sectionView } from './report-view.js';

/** Chapters of a report: read, typed, moved, taken out and brought back. */
@Controller(['audits/:id/report', 'audits/:id/measures/:report'])
export class SectionsController {
  constructor(private readonly reports: AuditReports) {}

  @Get('sections/:section')
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param() at: SectionPlace): Promise<Outcome> {
    const state = await this.state(ctx, at);
    return this.sectionPage(ctx, state, sectionOf(state, at), null, []);
  }

  @Post('sections/:section')
  @Allow('audit.write')
  async save(@InCtx() ctx: Ctx, @Param() at: SectionPlace, @Body() input: SectionInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    try {
      await this.reports.saveSection(ctx, at.id, state.report.id, at.section, Number(input.version), { heading: input.heading, text: input.text });
      return redirect(`${state.href}#section-${at.section}`);
    } catch (error) {
      if (error instanceof Invalid) return this.sectionPage(ctx, state, sectionOf(state, at), input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = sectionOf(state, at);
      return conflictPage(error, { title: `「${now.heading}」`, action: sectionHref(state.href, at.section), back: sectionHref(state.href, at.section) }, now.version ?? 0, [
        { name: 'heading', label: '見出し', mine: input.heading, theirs: now.heading }, { name: 'text', label: '本文', mine: input.text, theirs: now.text },
      ]);
    }
  }

  @Post('sections/:section/reassemble')
  @Allow('audit.write')
  async reassemble(@InCtx() ctx: Ctx, @Param() at: SectionPlace, @Body() input: SeenInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    await this.reports.reassemble(ctx, at.id, state.report.id, at.section, Number(input.version));
    return redirect(sectionHref(state.href, at.section));
  }

  @Post('sections/:section/keep')
  @Allow('audit.write')
  async keep(@InCtx() ctx: Ctx, @Param() at: SectionPlace, @Body() input: SeenInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    await this.reports.keepSection(ctx, at.id, state.report.id, at.section, Number(input.version));
    return redirect(sectionHref(state.href, at.section));
  }

  @Post('sections/:section/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param() at: SectionPlace, @Body() input: MoveInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    await this.reports.moveSection(ctx, at.id, state.report.id, Number(input.version), at.section, input.direction);
    return redirect(`${state.href}#section-${at.section}`);
  }

  @Post('sections/:section/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param() at: SectionPlace, @Body() input: SeenInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    await this.reports.removeSection(ctx, at.id, state.report.id, Number(input.version), at.section);
    return redirect(`${state.href}#chapters`);
  }

  @Post('restore')
  @Allow('audit.write')
  async restore(@InCtx() ctx: Ctx, @Param() at: ReportPlace, @Body() input: RestoreInput): Promise<Outcome> {
    const state = await this.state(ctx, at);
    await this.reports.restoreSection(ctx, at.id, state.report.id, Number(input.version), input.code);
    return redirect(`${state.href}#chapters`);
  }

  private async state(ctx: Ctx, { id, report }: ReportPlace): Promise<ReportState> {
    const state = report === undefined ? await this.reports.reportOf(ctx, id) : await this.reports.get(ctx, id, report);
    if (state === null) throw new NotFound();
    return state;
  }

  private sectionPage(ctx: Ctx, state: ReportState, section: NumberedSection, typed: SectionInput | null, problems: readonly Problem[]): Outcome {
    const shown = typed ?? { heading: section.heading, text: section.text, version: String(section.version ?? 0) };
    const view = sectionView({ state, section, actor: ctx.actor, typed: { heading: shown.heading, text: shown.text, version: shown.version }, problems });
    return page('pages/reports/section', { head: auditHead(state.audit, 'report', ctx.actor), ...view }, problems.length === 0 ? 200 : 422);
  }
}

interface ReportPlace { id: string; report?: string }
interface SectionPlace extends ReportPlace { section: string }

function sectionOf({ sections }: ReportState, { section }: SectionPlace): NumberedSection {
  const found = sections.find((one) => one.id === section);
  if (found === undefined) throw new NotFound();
  return found;
}
