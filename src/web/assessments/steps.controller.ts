import { Body, Controller, Param, Post } from '@nestjs/common';
import { Workflow } from '../../assessments/workflow.service.js';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { StepInput, StepPath } from './inputs.js';

/** Steps of the workflow of an assessment; what it claims of systems is held against them again. */
@Controller('assessments')
export class StepsController {
  constructor(
    private readonly workflow: Workflow,
    private readonly checking: Rechecking,
  ) {}

  @Post(':id/actions/:action')
  @Allow('assessment.read')
  async step(@InCtx() ctx: Ctx, @Param() { id, action }: StepPath, @Body() input: StepInput): Promise<Outcome> {
    await this.workflow.act(ctx, id, action, Number(input.version), input.comment ?? '');
    await this.checking.recheckNamedBy(ctx, id);
    return redirect(`/assessments/${id}#steps`);
  }
}
