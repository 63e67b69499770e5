import { Controller, Get, Param, Query } from '@nestjs/common';
import { SystemCheck } from '../../checks/system-check.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid } from '../../kernel/errors.js';
import { Catalogue } from '../../systems/catalogue.js';
import { Allow, InCtx } from '../allow.js';
import { page, type Outcome } from '../outcome.js';
import { declaredOf, triedIn, whatIfView } from './what-if-view.js';

/** もし申告を変えたら: what the rules would find. The address says what is tried; nothing is saved. */
@Controller('checks/systems/:id/what-if')
export class WhatIfController {
  constructor(
    private readonly systemCheck: SystemCheck,
    private readonly catalogue: Catalogue,
  ) {}

  /** One parameter for each control: the code of an option, a number, or `-` for nothing declared. */
  @Get()
  @Allow('check.read')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: unknown): Promise<Outcome> {
    const sheet = await this.systemCheck.sheet(ctx, id);
    const today = ctx.clock.today();
    const tried = triedIn((query ?? {}) as Record<string, unknown>, this.catalogue.livingControls(today));
    const around = { catalogue: this.catalogue, tried, today, mayDeclare: allows(ctx.actor.grants, 'declaration.write', sheet.system.departmentId) };
    try {
      const result = tried.size === 0 ? null : await this.systemCheck.whatIf(ctx, id, declaredOf(tried, this.catalogue));
      return page('pages/checks/what-if', { ...whatIfView(sheet, { ...around, result }), problems: [] });
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return page('pages/checks/what-if', { ...whatIfView(sheet, { ...around, result: null }), problems: error.problems.map((one) => ({ message: one.message, href: tried.has(one.path) ? `#try-${one.path}` : '' })) }, 422);
    }
  }
}
