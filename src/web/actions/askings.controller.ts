import { Body, Controller, Get, Post } from '@nestjs/common';
import { fiscalYear, formatFiscalYear, monthsLater } from '../../engine/dates.js';
import { ActionAskings } from '../../findings/action-askings.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { AskingInput } from './inputs.js';

/** 年次の照会: everything that is not settled is asked again. */
@Controller('actions/askings')
export class AskingsController {
  constructor(private readonly askings: ActionAskings) {}

  @Get()
  @Allow('action.read')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    const today = ctx.clock.today();
    return this.show(ctx, { year: String(fiscalYear(today)), dueOn: monthsLater(today, 1) }, []);
  }

  @Post()
  @Allow('action.follow')
  async ask(@InCtx() ctx: Ctx, @Body() input: AskingInput): Promise<Outcome> {
    try {
      await this.askings.ask(ctx, { year: Number(input.year), dueOn: input.dueOn });
      return redirect('/actions/askings');
    } catch (error) {
      if (error instanceof Invalid) return await this.show(ctx, input, error.problems);
      throw error;
    }
  }

  private async show(ctx: Ctx, typed: AskingInput, problems: readonly Problem[]): Promise<Outcome> {
    const rounds = await this.askings.rounds(ctx);
    const preview = await this.askings.preview(ctx);
    const now = fiscalYear(ctx.clock.today());
    const last = rounds[0]?.asking.fiscalYear ?? 0;
    const years = [now, now - 1].filter((one) => one > last || (String(one) === typed.year && problems.length > 0));
    return page('pages/actions/askings', {
      mayAsk: allows(ctx.actor.grants, 'action.follow'), preview: { actions: preview.actions.toLocaleString('ja-JP'), departments: preview.departments, any: preview.actions > 0, ended: preview.ended, unreached: preview.unreached.join('、') },
      years: years.map((year) => ({ year: String(year), label: formatFiscalYear(year), chosen: String(year) === typed.year })), typed: { ...typed }, ...errorsByField(problems, ['year', 'dueOn']),
      rounds: rounds.filter((one) => one.asked > 0).map(({ asking, departments, asked: all, answered }, n) => ({
        label: formatFiscalYear(asking.fiscalYear), askedOn: asking.askedOn, dueOn: asking.dueOn, by: asking.askedByName, asked: all, answered, open: n === 0, late: answered < all && asking.dueOn < ctx.clock.today(),
        departments: departments.map((one) => ({ name: one.name, asked: one.asked, answered: one.answered, left: one.asked - one.answered, actions: one.open.slice(0, 20).map(({ id, number, title }) => ({ href: `/actions/${id}`, number, title })), more: Math.max(0, one.open.length - 20) })),
      })),
    }, problems.length === 0 ? 200 : 422);
  }
}
