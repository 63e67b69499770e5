import { Body, Controller, Get, Post } from '@nestjs/common';
import { RHYTHMS, Scheduling } from '../../checks/scheduling.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { formatEra } from '../../engine/dates.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { ScheduleInput } from './inputs.js';

const wordOf = (every: string): string => (RHYTHMS as Readonly<Record<string, string>>)[every] ?? '';

/** 定期の点検: how often all systems are checked, and when next. */
@Controller('checks/schedule')
export class ScheduleController {
  constructor(private readonly scheduling: Scheduling) {}

  @Get()
  @Allow('check.read')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    const { every, nextOn, version } = await this.scheduling.current(ctx);
    return this.form(ctx, { every, firstOn: nextOn ?? '', version: String(version) }, []);
  }

  @Post()
  @Allow('rule-set.manage')
  async set(@InCtx() ctx: Ctx, @Body() input: ScheduleInput): Promise<Outcome> {
    try {
      await this.scheduling.set(ctx, Number(input.version), input.every, input.firstOn);
    } catch (error) {
      if (error instanceof Invalid) return await this.form(ctx, input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.scheduling.current(ctx);
      return conflictPage(error, { title: '定期の点検', action: '/checks/schedule', back: '/checks/schedule' }, now.version, [
        { name: 'every', label: '間隔', mine: input.every, theirs: now.every, mineText: wordOf(input.every), theirsText: wordOf(now.every) },
        { name: 'firstOn', label: '次に点検する日', mine: input.firstOn, theirs: now.nextOn ?? '', mineText: input.firstOn === '' ? '' : formatEra(input.firstOn), theirsText: now.nextOn === null ? '' : formatEra(now.nextOn) },
      ]);
    }
    return redirect('/checks/schedule');
  }

  private async form(ctx: Ctx, typed: ScheduleInput, problems: readonly Problem[]): Promise<Outcome> {
    const { every, nextOn } = await this.scheduling.current(ctx);
    return page('pages/checks/schedule', {
      now: { every: wordOf(every), nextOn: nextOn ?? '' }, mayManage: allows(ctx.actor.grants, 'rule-set.manage'), today: ctx.clock.today(),
      typed: { ...typed }, rhythms: Object.entries(RHYTHMS).map(([value, label]) => ({ value, label, chosen: value === typed.every })), ...errorsByField(problems, ['every', 'firstOn']),
    }, problems.length === 0 ? 200 : 422);
  }
}
