import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { RiskChallenges } from '../../checks/risk-challenges.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { keyOfRule } from '../../risks/risk-parts.js';
import { RiskRegister, type RiskPage } from '../../risks/risk-register.service.js';
import { Catalogue } from '../../systems/catalogue.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { measureConflict, ruleConflict } from './conflict-fields.js';
import { givenMeasures, givenRules, MeasuresInput, RulesInput, typedMeasures, type TypedMeasure } from './inputs.js';
import { mustBeChangeable } from './risk.controller.js';
import { measuresView, rulesView } from './risk-view.js';

/** 対策 of a risk, and the rules whose failing shows that it is not covered. */
@Controller('risks/:id')
export class RiskPartsController {
  constructor(
    private readonly register: RiskRegister,
    private readonly challenges: RiskChallenges,
    private readonly catalogue: Catalogue,
  ) {}

  @Get('measures')
  @Allow('risk.write')
  async measures(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const risk = await this.register.get(ctx, id);
    mustBeChangeable(risk);
    return this.measuresPage(ctx, risk, storedMeasures(risk), String(risk.version), []);
  }

  @Post('measures')
  @Allow('risk.write')
  async setMeasures(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: MeasuresInput): Promise<Outcome> {
    const typed = typedMeasures(input);
    try {
      await this.register.setMeasures(ctx, id, Number(input.version), givenMeasures(typed));
      return redirect(`/risks/${id}#measures`);
    } catch (error) {
      const risk = await this.register.get(ctx, id);
      const written = typed.filter((one) => one.text.trim() !== '' || one.control !== '');
      if (error instanceof Invalid) return await this.measuresPage(ctx, risk, written, input.version, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const labels = new Map(this.catalogue.controls.items.map(({ code, item }) => [code, item.label]));
      return conflictPage(error, { title: `リスク「${risk.title}」の対策`, action: `/risks/${id}/measures`, back: `/risks/${id}#measures` }, risk.version, measureConflict(written, storedMeasures(risk), labels));
    }
  }

  @Get('rules')
  @Allow('risk.write')
  async rules(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const risk = await this.register.get(ctx, id);
    mustBeChangeable(risk);
    return this.rulesPage(ctx, risk, risk.rules.map(keyOfRule), String(risk.version), []);
  }

  @Post('rules')
  @Allow('risk.write')
  async setRules(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: RulesInput): Promise<Outcome> {
    const rules = givenRules(input);
    const choices = await this.challenges.rules(ctx);
    const titles = new Map(choices.flatMap((set) => set.rules.map(({ code, title }) => [`${set.ruleSet}/${code}`, title])));
    try {
      await this.register.setRules(ctx, id, Number(input.version), rules, (one) => titles.has(keyOfRule(one)));
      return redirect(`/risks/${id}#rules`);
    } catch (error) {
      const risk = await this.register.get(ctx, id);
      const chosen = rules.map(keyOfRule);
      if (error instanceof Invalid) return await this.rulesPage(ctx, risk, chosen, input.version, error.problems);
      if (!(error instanceof Conflict)) throw error;
      return conflictPage(error, { title: `リスク「${risk.title}」に結び付けた規則`, action: `/risks/${id}/rules`, back: `/risks/${id}#rules` }, risk.version, ruleConflict(chosen, risk.rules.map(keyOfRule), titles));
    }
  }

  private async measuresPage(ctx: Ctx, risk: RiskPage, typed: readonly TypedMeasure[], version: string, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/risks/measures', measuresView(risk, typed, version, { controls: this.catalogue.controls, today: ctx.clock.today(), problems }), problems.length === 0 ? 200 : 422);
  }

  private async rulesPage(ctx: Ctx, risk: RiskPage, chosen: readonly string[], version: string, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/risks/rules', rulesView(risk, new Set(chosen), version, await this.challenges.rules(ctx), problems), problems.length === 0 ? 200 : 422);
  }
}

function storedMeasures(risk: RiskPage): TypedMeasure[] {
  return risk.measures.map(({ text, control, state }) => ({ text, control: control ?? '', state }));
}
