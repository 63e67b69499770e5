import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { CheckResults, type MatrixAsked } from '../../checks/check-results.service.js';
import type { Scope } from '../../checks/checking.service.js';
import { runLabel } from '../../checks/run-words.js';
import { Rechecking } from '../../findings/rechecking.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows, reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { compareView } from './compare-view.js';
import { CompareQuery, MatrixQuery, RunInput, RunsQuery } from './inputs.js';
import { matrixView } from './matrix-view.js';

/** 点検: the matrix of systems and viewpoints, the runs, and two runs held against each other. */
@Controller('checks')
export class MatrixController {
  constructor(
    private readonly results: CheckResults,
    private readonly checking: Rechecking,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('check.read')
  async matrix(@InCtx() ctx: Ctx, @Query() query: MatrixQuery): Promise<Outcome> {
    const asked = { ruleSet: query.ruleSet ?? '', department: query.department ?? '', run: query.run ?? '' };
    const found = await this.results.matrix(ctx, matrixAsked(query));
    const all = reachOf(ctx.actor.grants, 'check.read') === 'all';
    return page('pages/checks/matrix', matrixView(found, asked, {
      runs: await this.results.runs(ctx, { limit: 40 }), departments: all ? await this.departments.living(ctx) : [],
      trend: asked.department === '' ? await this.results.trend(ctx, found.ruleSet.ruleSet, 8) : [],
      mayRun: allows(ctx.actor.grants, 'check.run'), mayRunAll: reachOf(ctx.actor.grants, 'check.run') === 'all',
    }));
  }

  @Get('runs')
  @Allow('check.read')
  async runs(@InCtx() ctx: Ctx, @Query() query: RunsQuery): Promise<Outcome> {
    const withChanges = query.withChanges === 'yes';
    const runs = await this.results.runs(ctx, { withChanges, limit: 200 });
    const departments = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    return page('pages/checks/runs', {
      withChanges, mayRun: allows(ctx.actor.grants, 'check.run'), mayRunAll: reachOf(ctx.actor.grants, 'check.run') === 'all',
      runs: runs.map((one) => ({
        number: one.number, label: runLabel(one), by: one.madeByName, systems: one.systems.length,
        scope: one.scope === 'all' ? '全体' : one.scope === 'department' ? (departments.get(one.scopeId ?? '') ?? '部署') : '1システム',
        notMet: one.summary.counts['not-met'].toLocaleString('ja-JP'), unknown: one.summary.counts.unknown.toLocaleString('ja-JP'), met: one.summary.counts.met.toLocaleString('ja-JP'), matrix: `/checks?run=${one.number}`,
      })),
      // The newest is held against the one before it.
      pairs: runs.length < 2 ? [] : runs.slice(0, 50).map((one, n) => ({ number: one.number, label: runLabel(one), before: n === 1, after: n === 0 })),
    });
  }

  @Post('runs')
  @Allow('check.run')
  async run(@InCtx() ctx: Ctx, @Body() input: RunInput): Promise<Outcome> {
    const { number } = await this.checking.run(ctx, await this.scopeOf(ctx, input));
    if (input.system !== undefined && input.system !== '') return redirect(`/checks/systems/${input.system}`);
    return redirect(`/checks?run=${number}`);
  }

  @Get('compare')
  @Allow('check.read')
  async compare(@InCtx() ctx: Ctx, @Query() query: CompareQuery): Promise<Outcome> {
    const compared = await this.results.compare(ctx, Number(query.before), Number(query.after));
    return page('pages/checks/compare', compareView(compared, { runs: await this.results.runs(ctx, { limit: 60 }), ruleSet: query.ruleSet ?? '' }));
  }

  /** A person of one department checks its systems; who reaches all checks all. */
  private async scopeOf(ctx: Ctx, input: RunInput): Promise<Scope> {
    if (input.system !== undefined && input.system !== '') return { scope: 'system', id: input.system };
    if (input.department !== undefined && input.department !== '') return { scope: 'department', id: input.department };
    const reach = reachOf(ctx.actor.grants, 'check.run');
    if (reach === 'all') return { scope: 'all' };
    const [only, ...more] = [...reach];
    if (only === undefined || more.length > 0) throw new Invalid('scope-missing', 'どの課のシステムを点検するかを選んでください。');
    return { scope: 'department', id: only };
  }
}

export function matrixAsked({ ruleSet, department, run }: MatrixQuery): MatrixAsked {
  return {
    ...(ruleSet === undefined || ruleSet === '' ? {} : { ruleSet }), ...(department === undefined || department === '' ? {} : { department }), ...(run === undefined || run === '' ? {} : { run: Number(run) }),
  };
}
