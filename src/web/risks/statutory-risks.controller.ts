import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AssessmentReading } from '../../assessments/assessment-reading.service.js';
import { AssessmentRisks } from '../../assessments/assessment-risks.service.js';
import { RiskChallenges } from '../../checks/risk-challenges.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { RiskRegister } from '../../risks/risk-register.service.js';
import { Allow, InCtx } from '../allow.js';
import { headOf } from '../assessments/assessment-view.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { StatutoryLinkInput } from './inputs.js';
import { anchorOf, statutoryView, statutoryWorkbook } from './statutory-view.js';

/** リスク対策の十分性: what an assessment says of its statutory risks, the risks behind them, and what the checks say to it. */
@Controller('assessments/:id/risks')
export class StatutoryRisksController {
  constructor(
    private readonly assessments: AssessmentReading,
    private readonly links: AssessmentRisks,
    private readonly challenges: RiskChallenges,
    private readonly register: RiskRegister,
  ) {}

  @Get()
  @Allow('risk.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.assessments.open(ctx, id);
    const found = await this.challenges.ofAssessment(ctx, id);
    return page('pages/risks/statutory', {
      ...headOf(opened, 'リスク対策の十分性'),
      ...statutoryView(id, found, found.mayLink ? await this.register.all(ctx) : [], new Set((await this.register.systems(ctx)).map((one) => one.id))),
    });
  }

  @Get('list.xlsx')
  @Allow('risk.read')
  async listAsWorkbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { assessment, risks } = await this.challenges.ofAssessment(ctx, id);
    return file(await statutoryWorkbook(risks), XLSX, `リスク対策の十分性　${assessment.title}.xlsx`);
  }

  @Post('link')
  @Allow('assessment.write')
  async link(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: StatutoryLinkInput): Promise<Outcome> {
    await this.links.link(ctx, id, input.address, input.risk);
    return redirect(`/assessments/${id}/risks#${anchorOf(input.address)}`);
  }

  @Post('unlink')
  @Allow('assessment.write')
  async unlink(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: StatutoryLinkInput): Promise<Outcome> {
    await this.links.unlink(ctx, id, input.address, input.risk);
    return redirect(`/assessments/${id}/risks#${anchorOf(input.address)}`);
  }
}
