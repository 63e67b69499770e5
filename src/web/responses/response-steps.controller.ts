import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Answering } from '../../audits/answering.service.js';
import { splitAddress } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { DelegationInput, SeenResponseInput } from './inputs.js';
import { responseHead, responseView } from './response-view.js';

/** What is done with a response as a whole: handed in, taken back, given to a department below. */
@Controller('responses/:id')
export class ResponseStepsController {
  constructor(private readonly answering: Answering) {}

  @Post('submit')
  @Allow('questionnaire.answer')
  async submit(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { version }: SeenResponseInput): Promise<Outcome> {
    return this.step(ctx, id, 'submitted', () => this.answering.submit(ctx, id, Number(version)));
  }

  @Post('withdraw')
  @Allow('questionnaire.answer')
  async withdraw(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { version }: SeenResponseInput): Promise<Outcome> {
    return this.step(ctx, id, 'withdrawn', () => this.answering.withdraw(ctx, id, Number(version)));
  }

  @Get('delegate')
  @Allow('questionnaire.answer')
  async choose(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.delegation(ctx, id, []);
  }

  @Post('delegate')
  @Allow('questionnaire.answer')
  async delegate(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { version, departmentId }: DelegationInput): Promise<Outcome> {
    try {
      await this.answering.delegate(ctx, id, Number(version), departmentId === '' ? null : departmentId);
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      return await this.delegation(ctx, id, problemsOf(error), error instanceof Conflict ? 409 : 422);
    }
    return redirect(`/responses/${id}?notice=${departmentId === '' ? 'taken-back' : 'delegated'}`);
  }

  private async delegation(ctx: Ctx, id: string, problems: readonly Problem[], status = 200): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    if (!opened.mayDelegate) throw new Refused('not-now', '回答を任せられるのは、調査票を受け取り、下に課・係がある部署だけです。提出した後は任せられません。');
    const choices = await this.answering.delegationChoices(ctx, id);
    return page('pages/responses/delegate', { head: responseHead(opened, 'delegate'), choices, chosen: choices.some((one) => one.chosen), problems: problems.map(({ message }) => ({ message, href: '#departmentId' })), wrong: problems[0]?.message ?? '' }, status);
  }

  /** What keeps the step from being taken is shown on the page as it stands now. */
  private async step(ctx: Ctx, id: string, notice: string, work: () => Promise<void>): Promise<Outcome> {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      const problems = problemsOf(error);
      const opened = await this.answering.open(ctx, id);
      const first = problems.map(({ path }) => opened.form.byCode.get(splitAddress(path).item)).find((one) => one !== undefined);
      return page('pages/responses/response', responseView(opened, { section: first?.section.code ?? '' }, { unsavedOf: () => ({ problems: [] }), problems }), error instanceof Conflict ? 409 : 422);
    }
    return redirect(`/responses/${id}?notice=${notice}`);
  }
}

function problemsOf(error: Invalid | Conflict): readonly Problem[] {
  return error.problems.length > 0 ? error.problems : [{ code: error.code, path: '', message: error.message }];
}
