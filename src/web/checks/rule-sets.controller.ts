import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CheckStates } from '../../checks/check-states.service.js';
import { RuleResults } from '../../checks/rule-results.service.js';
import { RuleSettingsKeeping } from '../../checks/rule-settings.service.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict } from '../../kernel/errors.js';
import { workbook } from '../../rendering/workbook.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { AdoptionInput } from './inputs.js';
import { LIST_COLUMNS, listRows, ruleSetsView, ruleSetView } from './rules-view.js';

/** 規則集: what the organisation checks by, which sets it uses, and each with its rules. */
@Controller('checks/rules')
export class RuleSetsController {
  constructor(
    private readonly keeping: RuleSettingsKeeping,
    private readonly ruleSets: RuleSets,
    private readonly results: RuleResults,
    private readonly states: CheckStates,
  ) {}

  @Get()
  @Allow('check.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    const sets = [];
    for (const one of await this.ruleSets.list(ctx)) sets.push(await this.keeping.ofSet(ctx, one.definition.ruleSet));
    return page('pages/checks/rule-sets', { ruleSets: ruleSetsView(sets), ...(await this.around(ctx)) });
  }

  @Get(':ruleSet')
  @Allow('check.read')
  async open(@InCtx() ctx: Ctx, @Param('ruleSet') ruleSet: string): Promise<Outcome> {
    const set = await this.keeping.ofSet(ctx, ruleSet);
    return page('pages/checks/rule-set', { set: ruleSetView(set, await this.results.ofSet(ctx, ruleSet), this.ruleSets.facts), ...(await this.around(ctx)) });
  }

  @Get(':ruleSet/list.xlsx')
  @Allow('check.read')
  async take(@InCtx() ctx: Ctx, @Param('ruleSet') ruleSet: string): Promise<Outcome> {
    const set = await this.keeping.ofSet(ctx, ruleSet);
    const rows = listRows(set, await this.results.ofSet(ctx, ruleSet), this.ruleSets.facts);
    return file(await workbook(set.listed.definition.shortTitle.replace(/[[\]:*?/\\]/gu, ' '), LIST_COLUMNS, rows), XLSX, `規則の一覧_${set.listed.definition.title}.xlsx`);
  }

  @Post(':ruleSet/adoption')
  @Allow('rule-set.manage')
  async adopt(@InCtx() ctx: Ctx, @Param('ruleSet') ruleSet: string, @Body() input: AdoptionInput): Promise<Outcome> {
    try {
      await this.keeping.adopt(ctx, ruleSet, input.adopted === 'yes', Number(input.version));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      const { listed } = await this.keeping.ofSet(ctx, ruleSet);
      const said = (adopted: boolean): string => (adopted ? '使う' : '使わない');
      return conflictPage(error, { title: listed.definition.title, action: `/checks/rules/${ruleSet}/adoption`, back: '/checks/rules' }, listed.version, [
        { name: 'adopted', label: 'この規則集', mine: input.adopted, theirs: listed.adopted ? 'yes' : 'no', mineText: said(input.adopted === 'yes'), theirsText: said(listed.adopted) },
      ]);
    }
    return redirect('/checks/rules');
  }

  private async around(ctx: Ctx): Promise<{ mayManage: boolean; nextCheck: { outdated: number; mayRun: boolean } }> {
    return { mayManage: allows(ctx.actor.grants, 'rule-set.manage'), nextCheck: { outdated: await this.states.outdated(ctx), mayRun: allows(ctx.actor.grants, 'check.run') } };
  }
}
