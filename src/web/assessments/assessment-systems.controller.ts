import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AssessmentReading } from '../../assessments/assessment-reading.service.js';
import { AssessmentSystems, type NamedSystem } from '../../assessments/assessment-systems.service.js';
import { Rechecking } from '../../findings/rechecking.service.js';
import { CheckStates } from '../../checks/check-states.service.js';
import { SystemCheck } from '../../checks/system-check.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { headOf } from './assessment-view.js';
import { SystemLinkInput } from './inputs.js';

interface Contradiction {
  title: string;
  text: string;
  href: string;
}

/** Of which systems an assessment speaks, and where what it says is not what they declare. */
@Controller('assessments/:id/systems')
export class AssessmentSystemsController {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly links: AssessmentSystems,
    private readonly states: CheckStates,
    private readonly systemCheck: SystemCheck,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('assessment.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const mayLink = allows(ctx.actor.grants, 'assessment.write', opened.assessment.departmentId);
    const linked = await this.links.ofAssessment(ctx, id);
    const checked = new Set(linked.length === 0 ? [] : (await this.states.systems(ctx, linked.map((one) => one.id))).map((one) => one.id));
    const systems = [];
    for (const one of linked) systems.push({ ...shown(one), checked: checked.has(one.id), contradictions: checked.has(one.id) ? await this.contradictions(ctx, one.id, id) : [] });
    return page('pages/assessments/systems', {
      ...headOf(opened, '記載するシステム'), id, mayLink, systems, suggested: mayLink ? (await this.links.suggested(ctx, id)).map(shown) : [],
      contradictions: systems.reduce((sum, one) => sum + one.contradictions.length, 0),
    });
  }

  @Post('link')
  @Allow('assessment.write')
  async link(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SystemLinkInput): Promise<Outcome> {
    await this.links.link(ctx, id, input.system);
    await this.checking.recheck(ctx, [input.system]);
    return redirect(`/assessments/${id}/systems`);
  }

  @Post('unlink')
  @Allow('assessment.write')
  async unlink(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SystemLinkInput): Promise<Outcome> {
    await this.links.unlink(ctx, id, input.system);
    await this.checking.recheck(ctx, [input.system]);
    return redirect(`/assessments/${id}/systems`);
  }

  /** 不適合 of the rule sets that look at assessments, for this one. */
  private async contradictions(ctx: Ctx, systemId: string, assessmentId: string): Promise<Contradiction[]> {
    const { ruleSets } = await this.systemCheck.sheet(ctx, systemId);
    return ruleSets.flatMap(({ definition, rules }) => rules.flatMap(({ rule, assessments }) => assessments
      .filter((one) => one.assessmentId === assessmentId && one.explanation.result === 'not-met')
      .map(({ explanation }) => ({ title: rule.title, text: explanation.text, href: `/checks/systems/${systemId}/${definition.ruleSet}/${rule.code}` }))));
  }
}

const shown = ({ id, name, departmentName, readable }: NamedSystem) => ({ id, name, department: departmentName, href: readable ? `/systems/${id}` : '' });
