import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { CheckResults } from '../../checks/check-results.service.js';
import { CheckStates } from '../../checks/check-states.service.js';
import type { Scope } from '../../checks/checking.service.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import { CheckReports } from '../../documents/check-reports.service.js';
import { Departments } from '../../identity/departments.service.js';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { ReportInput, ReportsQuery } from './report-inputs.js';
import { reportFileName, reportList, reportsView, type ReportChoices, type ReportTyped } from './reports-view.js';

/** 点検結果報告書: asked for, listed, taken away. */
@Controller('checks/reports')
export class ReportsController {
  constructor(
    private readonly reports: CheckReports,
    private readonly results: CheckResults,
    private readonly states: CheckStates,
    private readonly ruleSets: RuleSets,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('check.read')
  async open(@InCtx() ctx: Ctx, @Query() query: ReportsQuery): Promise<Outcome> {
    const choices = await this.choices(ctx);
    const ruleSets = choices.ruleSets.map((one) => one.definition.ruleSet).filter((code) => query.ruleSet === undefined || query.ruleSet === '' || code === query.ruleSet);
    return this.reportsPage(ctx, choices, { scope: query.scope ?? onlyScope(choices), run: query.run ?? '', ruleSets, format: 'pdf' }, []);
  }

  @Post()
  @Allow('document.make')
  async ask(@InCtx() ctx: Ctx, @Body() input: ReportInput): Promise<Outcome> {
    const { scope, run = '', ruleSets = [], format } = input;
    try {
      if (ruleSets.length === 0) throw invalid('ruleSets', '規則集を1つ以上選んでください。');
      await this.reports.ask(ctx, { scope: scopeOf(scope), format, ruleSets, ...(run === '' ? {} : { run: Number(run) }) });
      return redirect('/checks/reports#made');
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const problems = error.problems.length > 0 ? error.problems : [{ code: error.code, path: 'scope', message: error.message }];
      return await this.reportsPage(ctx, await this.choices(ctx), { scope, run, ruleSets, format }, problems);
    }
  }

  /** The list alone, while it shows the progress of a report. */
  @Get('list')
  @Allow('check.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    return page('fragments/checks/reports', reportList(await this.reports.list(ctx)));
  }

  @Get(':id')
  @Allow('check.read')
  async download(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { document, bytes } = await this.reports.file(ctx, id);
    return file(bytes, document.mediaType, reportFileName(document), document.mediaType === 'application/pdf');
  }

  private async reportsPage(ctx: Ctx, choices: ReportChoices, typed: ReportTyped, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/checks/reports', reportsView(await this.reports.list(ctx), choices, typed, problems), problems.length === 0 ? 200 : 422);
  }

  private async choices(ctx: Ctx): Promise<ReportChoices> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    const departments = await this.departments.living(ctx);
    return {
      all: reach === 'all', departments: reach === 'all' ? departments : departments.filter(({ department }) => reach.has(department.id)),
      systems: await this.states.systems(ctx), runs: await this.results.runs(ctx, { limit: 60 }), ruleSets: (await this.ruleSets.list(ctx)).filter((one) => one.adopted),
    };
  }
}

/** What somebody would choose who has no choice. */
function onlyScope({ all, departments }: ReportChoices): string {
  return all ? 'all' : departments.length === 1 ? `department:${departments[0]!.department.id}` : '';
}

function scopeOf(text: string): Scope {
  const [scope, id] = text.split(':');
  return scope === 'department' || scope === 'system' ? { scope, id: id! } : { scope: 'all' };
}

function invalid(path: string, message: string): Invalid {
  return new Invalid('report-invalid', '入力を確かめてください。', [{ code: 'field-invalid', path, message }]);
}
