import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { CreateAssessment } from '../../assessments/create-assessment.service.js';
import { Forms } from '../../assessments/forms.js';
import type { Judgement } from '../../assessments/threshold-judgement.entity.js';
import { ThresholdJudging } from '../../assessments/threshold-judgement.service.js';
import type { FormCode } from '../../assessments/threshold.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { NewAssessmentInput } from './inputs.js';

/** Beginning an assessment from a threshold judgement. */
@Controller('assessments')
export class CreationController {
  constructor(
    private readonly creation: CreateAssessment,
    private readonly judging: ThresholdJudging,
    private readonly forms: Forms,
  ) {}

  @Get('new')
  @Allow('assessment.write')
  async choose(@InCtx() ctx: Ctx, @Query('judgement') id?: string): Promise<Outcome> {
    if (id === undefined || id === '') return redirect('/threshold');
    const judgement = await this.judging.get(ctx, id);
    const first = judgement.result.documents[0];
    return this.show(ctx, judgement, { form: first ?? '', title: first === undefined ? '' : this.titleFor(ctx, judgement, first), number: '' }, [], 200);
  }

  @Post()
  @Allow('assessment.write')
  async create(@InCtx() ctx: Ctx, @Body() input: NewAssessmentInput): Promise<Outcome> {
    const judgement = await this.judging.get(ctx, input.judgement);
    try {
      const name = { title: input.title, number: input.number === undefined || input.number.trim() === '' ? null : input.number };
      const { id } = await this.creation.fromJudgement(ctx, judgement, { ...name, form: input.form });
      return redirect(`/assessments/${id}`);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return this.show(ctx, judgement, { form: input.form, title: input.title, number: input.number ?? '' }, error.problems, 422);
    }
  }

  private titleFor(ctx: Ctx, judgement: Judgement, form: FormCode): string {
    return `${judgement.affairName}　${this.forms.current(form, ctx.clock.today()).definition.shortTitle}`;
  }

  private show(ctx: Ctx, judgement: Judgement, typed: { form: string; title: string; number: string }, problems: readonly Problem[], status: number): Outcome {
    return page('pages/assessments/new', {
      judgement: { id: judgement.id, affairName: judgement.affairName, words: judgement.result.words },
      documents: judgement.result.documents.map((code) => ({ code, label: this.forms.current(code, ctx.clock.today()).definition.shortTitle, title: this.titleFor(ctx, judgement, code), chosen: code === typed.form })),
      problems: problems.map((one) => ({ message: one.message, href: one.href ?? null })),
      title: typed.title,
      number: typed.number,
    }, status);
  }
}
