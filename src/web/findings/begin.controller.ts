import { Body, Controller, Param, Post } from '@nestjs/common';
import { FindingRegister } from '../../findings/finding-register.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { FromRuleInput } from './inputs.js';

/** 検出事項 from the result of a failing rule. */
@Controller('checks/systems/:id/:ruleSet/:rule/finding')
export class BeginController {
  constructor(private readonly register: FindingRegister) {}

  @Post()
  @Allow('finding.write')
  async begin(@InCtx() ctx: Ctx, @Param('id') systemId: string, @Param('ruleSet') ruleSet: string, @Param('rule') rule: string, @Body() { audit }: FromRuleInput): Promise<Outcome> {
    return redirect(`/findings/${await this.register.beginFromRule(ctx, audit, { systemId, ruleSet, rule })}`);
  }
}
