import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { CheckStates } from '../../checks/check-states.service.js';
import { RuleResults } from '../../checks/rule-results.service.js';
import { RuleSettingsKeeping, type RuleWithSetting } from '../../checks/rule-settings.service.js';
import { RuleSets, type RuleSetListed } from '../../checks/rule-sets.service.js';
import { ruleInWords } from '../../engine/rule-words.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { atFields, settingConflict, settingFields, settingOf, storedSetting, typedSetting, type TypedSetting } from './rule-setting-form.js';
import { ruleView, settingsOf } from './rules-view.js';

/** A rule in words, what the organisation made of it, and what it finds now. */
@Controller('checks/rules/:ruleSet/:rule')
export class RuleSettingController {
  constructor(
    private readonly keeping: RuleSettingsKeeping,
    private readonly ruleSets: RuleSets,
    private readonly results: RuleResults,
    private readonly states: CheckStates,
  ) {}

  @Get()
  @Allow('check.read')
  async open(@InCtx() ctx: Ctx, @Param('ruleSet') ruleSet: string, @Param('rule') rule: string): Promise<Outcome> {
    const { listed, setting } = await this.found(ctx, ruleSet, rule);
    return this.rulePage(ctx, listed, setting, storedSetting(setting), []);
  }

  @Post('setting')
  @Allow('rule-set.manage')
  async set(@InCtx() ctx: Ctx, @Param('ruleSet') ruleSet: string, @Param('rule') rule: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    const { listed, setting } = await this.found(ctx, ruleSet, rule);
    const typed = typedSetting(body, setting.rule);
    const { text, problems } = settingOf(typed, setting.rule);
    if (problems.length > 0) return this.rulePage(ctx, listed, setting, typed, problems);
    try {
      await this.keeping.set(ctx, ruleSet, rule, Number(typed.version), text);
    } catch (error) {
      if (error instanceof Invalid) return await this.rulePage(ctx, listed, setting, typed, atFields(error.problems, setting.rule));
      if (!(error instanceof Conflict)) throw error;
      const now = (await this.found(ctx, ruleSet, rule)).setting;
      const here = `/checks/rules/${ruleSet}/${rule}`;
      return conflictPage(error, { title: `規則「${setting.rule.title}」の設定`, action: `${here}/setting`, back: here }, now.version, settingConflict(typed, storedSetting(now), setting.rule));
    }
    return redirect(`/checks/rules/${ruleSet}/${rule}`);
  }

  private async found(ctx: Ctx, ruleSet: string, rule: string): Promise<{ listed: RuleSetListed; setting: RuleWithSetting }> {
    const { listed, rules } = await this.keeping.ofSet(ctx, ruleSet);
    const setting = rules.find((one) => one.rule.code === rule);
    if (setting === undefined) throw new NotFound('rule-unknown', `規則「${rule.slice(0, 60)}」は、規則集「${listed.definition.title}」にありません。`);
    return { listed, setting };
  }

  private async rulePage(ctx: Ctx, listed: RuleSetListed, setting: RuleWithSetting, typed: TypedSetting, problems: readonly Problem[]): Promise<Outcome> {
    const { rule } = setting;
    const words = ruleInWords(rule, listed.definition, this.ruleSets.facts, settingsOf([setting]));
    const systems = await this.results.ofRule(ctx, listed.definition.ruleSet, rule.code);
    const mayManage = allows(ctx.actor.grants, 'rule-set.manage');
    const shown = errorsByField(problems, settingFields(rule));
    return page('pages/checks/rule', {
      ...ruleView({ listed, words, setting, systems, typed, errors: shown.errors, mayManage }), ...shown,
      nextCheck: { outdated: await this.states.outdated(ctx), mayRun: allows(ctx.actor.grants, 'check.run') },
    }, problems.length === 0 ? 200 : 422);
  }
}
