import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { readAudit } from '../../audits/audit-access.js';
import { AuditReports } from '../../findings/audit-reports.service.js';
import { ReportSteps } from '../../findings/report-steps.service.js';
import { sectionHref } from '../../findings/report-problems.js';
import type { ReportState } from '../../findings/report-reading.service.js';
import type { ReportAction } from '../../findings/report.transitions.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { auditHead } from '../audits/head.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { FiguresQuery, FixInput, HeadInput, NewSectionInput, PublishInput, ReopenInput, SeenInput, SubmitInput } from './inputs.js';
import { figuresView, mayWrite, previewView, reportView, type TypedStep } from './report-view.js';

/** One report: its page, its head, its steps, its preview. Measures of an audit are reports too, each under its id. */
@Controller(['audits/:id/report', 'audits/:id/measures/:report'])
export class ReportController {
  constructor(
    private readonly reports: AuditReports,
    private readonly steps: ReportSteps,
  ) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined): Promise<Outcome> {
    if (report !== undefined) return this.reportPage(ctx, await this.reports.get(ctx, id, report));
    const state = await this.reports.reportOf(ctx, id);
    if (state !== null) return this.reportPage(ctx, state);
    const audit = await readAudit(ctx, id);
    return page('pages/reports/none', { head: auditHead(audit, 'report', ctx.actor), id, begins: audit.status !== 'closed' && allows(ctx.actor.grants, 'audit.write') });
  }

  @Get('preview')
  @Allow('audit.read')
  async preview(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    return page('pages/reports/preview', { head: auditHead(state.audit, 'report', ctx.actor), ...previewView(state) });
  }

  /** Figures with the references that print them. */
  @Get('figures')
  @Allow('audit.read')
  async figures(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Query() query: FiguresQuery): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    return page('pages/reports/figures', { head: auditHead(state.audit, 'report', ctx.actor), ...figuresView(state, query.table ?? '') });
  }

  @Get('head')
  @Allow('audit.write')
  async head(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    if (!mayWrite(state, ctx.actor)) return redirect(state.href);
    return this.headPage(ctx, state, typedHead(state, { title: state.report.title, addressees: state.report.addressees, version: String(state.report.version) }), []);
  }

  @Post('head')
  @Allow('audit.write')
  async saveHead(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: HeadInput): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    const addressees = [...(input.addressee ?? []), ...input.others.split(/\r?\n/u).map((one) => one.trim()).filter((one) => one !== '')];
    try {
      await this.reports.saveHead(ctx, id, state.report.id, Number(input.version), { title: input.title, addressees });
      return redirect(state.href);
    } catch (error) {
      if (error instanceof Invalid) return this.headPage(ctx, state, typedHead(state, { title: input.title, addressees, version: input.version }), error.problems);
      if (!(error instanceof Conflict)) throw error;
      const lines = (all: readonly string[]): string => all.join('\n');
      return conflictPage(error, { title: state.report.title, action: `${state.href}/head`, back: state.href }, state.report.version, [
        { name: 'title', label: '表題', mine: input.title, theirs: state.report.title }, { name: 'others', label: '提出先', mine: lines(addressees), theirs: lines(state.report.addressees) },
      ]);
    }
  }

  /** An own chapter, to be written on its page. */
  @Post('sections')
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: NewSectionInput): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    try {
      const added = await this.reports.addSection(ctx, id, state.report.id, Number(input.version), input.parent === '' ? null : input.parent, { heading: input.heading, text: '' });
      return redirect(sectionHref(state.href, added));
    } catch (error) {
      if (!(error instanceof Invalid) && !(error instanceof Conflict)) throw error;
      const problems = error instanceof Invalid ? error.problems : [{ code: error.code, path: '', message: `${error.message}いまの章立てはこの画面のとおりです。` }];
      return await this.reportPage(ctx, state, { tried: 'add', added: { heading: input.heading, parent: input.parent }, problems, status: error instanceof Invalid ? 422 : 409 });
    }
  }

  @Post('fix')
  @Allow('audit.publish')
  async fix(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: FixInput): Promise<Outcome> {
    const [decidedOn, acknowledged, note] = [input.decidedOn, input.acknowledged === 'yes', input.note ?? ''];
    return this.step(ctx, id, report, 'fix', { decidedOn, acknowledged, note }, (state) => this.steps.fix(ctx, id, state.report.id, Number(input.version), { decidedOn, acknowledged, note }));
  }

  @Post('reopen')
  @Allow('audit.publish')
  async reopen(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: ReopenInput): Promise<Outcome> {
    return this.step(ctx, id, report, 'reopen', { comment: input.comment }, (state) => this.steps.reopen(ctx, id, state.report.id, Number(input.version), input.comment));
  }

  @Post('submit')
  @Allow('audit.publish')
  async submit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: SubmitInput): Promise<Outcome> {
    return this.step(ctx, id, report, 'submit', { submittedOn: input.submittedOn }, (state) => this.steps.submit(ctx, id, state.report.id, Number(input.version), input.submittedOn));
  }

  @Post('publish')
  @Allow('audit.publish')
  async publish(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: PublishInput): Promise<Outcome> {
    const number = input.number.trim().normalize('NFKC');
    return this.step(ctx, id, report, 'publish', { publishedOn: input.publishedOn, number: input.number }, (state) => this.steps.publish(ctx, id, state.report.id, Number(input.version), { publishedOn: input.publishedOn, number: /^\d{1,6}$/u.test(number) ? Number(number) : 0 }));
  }

  @Post('remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('report') report: string | undefined, @Body() input: SeenInput): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    await this.reports.remove(ctx, id, state.report.id, Number(input.version));
    return redirect(report === undefined ? state.href : `/audits/${id}/measures`);
  }

  private async state(ctx: Ctx, id: string, report: string | undefined): Promise<ReportState> {
    const state = report === undefined ? await this.reports.reportOf(ctx, id) : await this.reports.get(ctx, id, report);
    if (state === null) throw new NotFound();
    return state;
  }

  private async step(ctx: Ctx, id: string, report: string | undefined, action: ReportAction, typed: Partial<TypedStep>, work: (state: ReportState) => Promise<void>): Promise<Outcome> {
    const state = await this.state(ctx, id, report);
    try {
      await attempt(ctx, () => work(state));
      return redirect(state.href);
    } catch (error) {
      if (error instanceof Invalid) return await this.reportPage(ctx, await this.state(ctx, id, report), { tried: action, typed, problems: error.problems });
      if (error instanceof Conflict) return await this.reportPage(ctx, await this.state(ctx, id, report), { tried: action, typed, problems: [{ code: error.code, path: '', message: `${error.message}いまの内容はこの画面のとおりです。` }], status: 409 });
      throw error;
    }
  }

  private async reportPage(ctx: Ctx, state: ReportState, { tried = null, typed = {}, added = { heading: '', parent: '' }, problems = [], status = 422 }: Answered = {}): Promise<Outcome> {
    const today = ctx.clock.today();
    // Measures are decided of notices, not in the deliberation of the report.
    const held = state.report.kind === 'report' ? state.deliberations.map((one) => one.heldOn).sort().at(-1) : undefined;
    const before: TypedStep = { decidedOn: held !== undefined && held <= today ? held : today, acknowledged: false, note: '', comment: '', submittedOn: today, publishedOn: today, number: String(await this.steps.nextNumber(ctx, today)) };
    const view = reportView({ state, actor: ctx.actor, typed: { ...before, ...typed }, tried, added, problems });
    return page('pages/reports/report', { head: auditHead(state.audit, 'report', ctx.actor), id: state.audit.id, ...view }, problems.length === 0 ? 200 : status);
  }

  private headPage(ctx: Ctx, state: ReportState, typed: object, problems: readonly Problem[]): Outcome {
    return page('pages/reports/head', { head: auditHead(state.audit, 'report', ctx.actor), href: state.href, report: state.report.title, submits: state.report.kind === 'report', typed, ...errorsByField(problems, ['title', 'addressees']) }, problems.length === 0 ? 200 : 422);
  }
}

/** What was tried on the page, and what was said to it. */
interface Answered {
  tried?: ReportAction | 'add' | null;
  typed?: Partial<TypedStep>;
  added?: { heading: string; parent: string };
  problems?: readonly Problem[];
  status?: number;
}

/** Those of the content as boxes to tick, others as lines. */
function typedHead({ addressees: offered }: ReportState, { title, addressees, version }: { title: string; addressees: readonly string[]; version: string }): object {
  return {
    title, version, offered: offered.map((one) => ({ ...one, chosen: addressees.includes(one.label) })), others: addressees.filter((one) => !offered.some((other) => other.label === one)).join('\n'),
  };
}
