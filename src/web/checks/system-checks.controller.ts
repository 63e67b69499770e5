import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Overruling } from '../../checks/overruling.service.js';
import { SystemCheck } from '../../checks/system-check.service.js';
import { FindingRegister } from '../../findings/finding-register.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { OverruleInput, SheetQuery, WithdrawInput } from './inputs.js';
import { ruleView, sheetView } from './sheet-view.js';

const FIELDS = ['result', 'reason', 'evidence', 'untilOn'];
const NOTHING_TYPED: OverruleInput = { result: '', reason: '', evidence: '', untilOn: '' };

/** 点検票: what the rules find in one system, rule by rule; a person may overrule. */
@Controller('checks/systems/:id')
export class SystemChecksController {
  constructor(
    private readonly systemCheck: SystemCheck,
    private readonly overruling: Overruling,
    private readonly findings: FindingRegister,
  ) {}

  @Get()
  @Allow('check.read')
  async sheet(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: SheetQuery): Promise<Outcome> {
    const sheet = await this.systemCheck.sheet(ctx, id, runOf(query));
    return page('pages/checks/sheet', sheetView(sheet, { ruleSet: query.ruleSet ?? '', about: query.about ?? '', ofRun: runOf(query), mayRun: allows(ctx.actor.grants, 'check.run', sheet.system.departmentId) }));
  }

  @Get(':ruleSet/:rule')
  @Allow('check.read')
  async rule(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('ruleSet') ruleSet: string, @Param('rule') rule: string, @Query() query: SheetQuery): Promise<Outcome> {
    return this.rulePage(ctx, { id, ruleSet, rule }, runOf(query), NOTHING_TYPED, []);
  }

  @Post(':ruleSet/:rule/overrule')
  @Allow('check.overrule')
  async overrule(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('ruleSet') ruleSet: string, @Param('rule') rule: string, @Body() input: OverruleInput): Promise<Outcome> {
    try {
      await this.overruling.overrule(ctx, id, ruleSet, rule, input);
    } catch (error) {
      if (error instanceof Invalid) return await this.rulePage(ctx, { id, ruleSet, rule }, undefined, input, error.problems);
      if (error instanceof Conflict) return await this.rulePage(ctx, { id, ruleSet, rule }, undefined, input, [{ code: error.code, path: 'result', message: error.message }]);
      throw error;
    }
    return redirect(`/checks/systems/${id}/${ruleSet}/${rule}`);
  }

  @Post('overrules/:overrule/withdraw')
  @Allow('check.overrule')
  async withdraw(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('overrule') overrule: string, @Body() input: WithdrawInput): Promise<Outcome> {
    const { systemId } = await this.overruling.withdraw(ctx, overrule, Number(input.version));
    if (systemId !== id) throw new NotFound();
    return redirect(`/checks/systems/${id}`);
  }

  private async rulePage(ctx: Ctx, at: { id: string; ruleSet: string; rule: string }, run: number | undefined, typed: OverruleInput, problems: readonly Problem[]): Promise<Outcome> {
    const found = await this.systemCheck.rule(ctx, at.id, at.ruleSet, at.rule, run);
    const finding = found.found.result === 'not-met' && run === undefined ? await this.findings.beginnings(ctx, { systemId: at.id, ruleSet: at.ruleSet, rule: at.rule }) : { audits: [], begun: [] };
    return page('pages/checks/rule-result', { ...ruleView(found, run), finding, typed: { ...typed }, ...errorsByField(problems, FIELDS) }, problems.length === 0 ? 200 : 422);
  }
}

const runOf = ({ run }: SheetQuery): number | undefined => (run === undefined || run === '' ? undefined : Number(run));
