import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AssessmentRisks } from '../../assessments/assessment-risks.service.js';
import { RiskChallenges } from '../../checks/risk-challenges.service.js';
import { Departments } from '../../identity/departments.service.js';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { RiskRegister, type RiskPage } from '../../risks/risk-register.service.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { writablePlaces } from '../systems/places.js';
import { conflictFields } from './conflict-fields.js';
import { ruleTitles } from './rule-titles.js';
import { ChangedRiskInput, NewRiskInput, NewRiskQuery, RatingQuery, ReasonInput, riskInput, typedRisk, type TypedRisk } from './inputs.js';
import { formView, historyView, ratingView, riskView, type Choices } from './risk-view.js';

/** One risk: a new one, its page, its fields, its end. */
@Controller('risks')
export class RiskController {
  constructor(
    private readonly register: RiskRegister,
    private readonly challenges: RiskChallenges,
    private readonly links: AssessmentRisks,
    private readonly departments: Departments,
  ) {}

  @Get('new')
  @Allow('risk.write')
  async open(@InCtx() ctx: Ctx, @Query() query: NewRiskQuery): Promise<Outcome> {
    const { departments, systems } = await this.choices(ctx, null);
    const own = departments.find((one) => one.id === ctx.actor.department) ?? (departments.length === 1 ? departments[0] : undefined);
    const system = systems.find((one) => one.id === query.system);
    return this.newPage(ctx, typedRisk({ title: '', asset: '', threat: '', cause: '', systemId: system?.id ?? '', departmentId: own?.id ?? '' }), []);
  }

  /** The rating of the levels that are chosen, while choosing. */
  @Get('rating')
  @Allow('risk.read')
  rating(@Query() query: RatingQuery): Outcome {
    return page('fragments/risks/rating', { rating: ratingView(this.register.matrices.current, query) });
  }

  @Post()
  @Allow('risk.write')
  async add(@InCtx() ctx: Ctx, @Body() input: NewRiskInput): Promise<Outcome> {
    const typed = typedRisk(input);
    try {
      return redirect(`/risks/${await this.register.add(ctx, riskInput(typed))}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.newPage(ctx, typed, error.problems);
      throw error;
    }
  }

  @Get(':id')
  @Allow('risk.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.riskPage(ctx, id, '', []);
  }

  @Get(':id/edit')
  @Allow('risk.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const risk = await this.register.get(ctx, id);
    mustBeChangeable(risk);
    return this.editPage(ctx, risk, storedRisk(risk), []);
  }

  @Post(':id')
  @Allow('risk.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedRiskInput): Promise<Outcome> {
    const typed = typedRisk(input);
    try {
      await this.register.change(ctx, id, Number(input.version), riskInput(typed));
      return redirect(`/risks/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.editPage(ctx, await this.register.get(ctx, id), typed, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.register.get(ctx, id);
      const fields = conflictFields(typed, storedRisk(now), await this.choices(ctx, now));
      return conflictPage(error, { title: `リスク「${now.title}」`, action: `/risks/${id}`, back: `/risks/${id}` }, now.version, fields);
    }
  }

  @Post(':id/close')
  @Allow('risk.write')
  async close(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ReasonInput): Promise<Outcome> {
    return this.ending(ctx, id, input, () => this.register.close(ctx, id, Number(input.version), input.reason));
  }

  @Post(':id/reopen')
  @Allow('risk.write')
  async reopen(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ReasonInput): Promise<Outcome> {
    return this.ending(ctx, id, input, () => this.register.reopen(ctx, id, Number(input.version), input.reason));
  }

  @Get(':id/history')
  @Allow('risk.read')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return page('pages/risks/history', historyView(await this.register.get(ctx, id), await this.register.history(ctx, id, ruleTitles(await this.challenges.rules(ctx)))));
  }

  /** A stale page is shown as it stands now, with what was typed. */
  private async ending(ctx: Ctx, id: string, { reason }: ReasonInput, work: () => Promise<number>): Promise<Outcome> {
    try {
      await work();
      return redirect(`/risks/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.riskPage(ctx, id, reason, error.problems);
      if (error instanceof Conflict) return await this.riskPage(ctx, id, reason, [{ code: error.code, path: 'reason', message: `${error.message}いまの内容はこの画面のとおりです。` }], 409);
      throw error;
    }
  }

  private async riskPage(ctx: Ctx, id: string, reason: string, problems: readonly Problem[], status = 422): Promise<Outcome> {
    const risk = await this.register.get(ctx, id);
    const around = {
      looked: (await this.challenges.ofRisks(ctx, [id])).get(id), choices: await this.challenges.rules(ctx), links: await this.links.ofRisk(ctx, id),
      readableSystems: new Set((await this.register.systems(ctx)).map((one) => one.id)),
    };
    return page('pages/risks/risk', { ...riskView(risk, around), typedReason: reason, reasonError: problems[0]?.message ?? '', problems: problems.map((one) => ({ message: one.message, href: '#reason' })) }, problems.length === 0 ? 200 : status);
  }

  private async newPage(ctx: Ctx, typed: TypedRisk, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/risks/new', formView(typed, await this.choices(ctx, null), problems), problems.length === 0 ? 200 : 422);
  }

  private async editPage(ctx: Ctx, risk: RiskPage, typed: TypedRisk, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/risks/edit', { id: risk.id, title: risk.title, outdated: risk.outdated, ...formView(typed, await this.choices(ctx, risk), problems) }, problems.length === 0 ? 200 : 422);
  }

  /** @param risk that is there: its department and system can be kept, whoever they belong to */
  private async choices(ctx: Ctx, risk: RiskPage | null): Promise<Choices> {
    const tree = await this.departments.tree(ctx);
    const paths = new Map(tree.map((one) => [one.department.id, one.path]));
    const systems = await this.register.systems(ctx);
    const kept = risk?.system === null || risk === null || systems.some((one) => one.id === risk.systemId) ? [] : [risk.system];
    return {
      matrix: this.register.matrices.current, departments: writablePlaces(tree, reachOf(ctx.actor.grants, 'risk.write'), risk?.departmentId ?? null),
      systems: [...kept, ...systems].map(({ id, name, departmentId }) => ({ id, name, department: paths.get(departmentId) ?? '' })),
    };
  }
}

/** The form shows what would be saved; who may not save is told so at once. */
export function mustBeChangeable(risk: RiskPage): void {
  if (!risk.may.write) throw new Refused('not-allowed', 'この部署のリスクを書く権限がありません。責任を持つ課に頼むか、システム管理者に役割の追加を頼んでください。');
  if (risk.closedOn !== null) throw new Refused('closed', `「${risk.title}」は終了しています。直すときは、先に再開してください。`);
}

/** A level that the matrix of today does not have is chosen anew. */
function storedRisk(risk: RiskPage): TypedRisk {
  const levels = { likelihoodBefore: risk.before.likelihood, impactBefore: risk.before.impact, likelihoodAfter: risk.after?.likelihood, impactAfter: risk.after?.impact };
  return typedRisk({
    version: String(risk.version), title: risk.title, asset: risk.asset, threat: risk.threat, cause: risk.cause, systemId: risk.systemId ?? '', departmentId: risk.departmentId,
    ...Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, level === undefined ? '' : String(level)])),
  });
}
