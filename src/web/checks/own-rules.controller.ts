import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import type { OwnRuleSet } from '../../checks/check.entity.js';
import { OwnRuleSets } from '../../checks/own-rule-sets.service.js';
import { draftOf, emptyRule, nextRuleCode, openProblems, placeOfRule, ruleFields, ruleOfFields, withoutRule, withRule } from '../../checks/rule-drafting.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import type { Code } from '../../engine/form.js';
import type { RuleDefinition, RuleSetDefinition } from '../../engine/rule-set.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, NotFound, Refused, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { conditionBlocks, type AboutConditions } from './condition-view.js';
import { RemoveRuleInput } from './inputs.js';
import { ruleSent, type SentRule } from './own-rule-input.js';
import { hiddenOf, hrefOf, ruleConflict, ruleFormView } from './own-rules-view.js';

/** One rule of a draft, in a form without code. `place`: its place in the set from 1, or `new`. */
@Controller('checks/own-rules/:id/rules/:place')
export class OwnRulesController {
  constructor(
    private readonly own: OwnRuleSets,
    private readonly ruleSets: RuleSets,
  ) {}

  @Get()
  @Allow('rule-set.manage')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('place') place: string): Promise<Outcome> {
    const own = await this.draft(ctx, id);
    const rule = this.ruleAt(own, place);
    const fields = ruleFields(rule, this.ruleSets.facts);
    return this.form(ctx, own, place, { fields, was: place === 'new' ? '' : rule.code, version: own.version }, []);
  }

  /** `act` is `rows` (show the comparisons and values that fit the chosen items, and a blank row) or `save`. */
  @Post()
  @Allow('rule-set.manage')
  async save(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('place') place: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    const own = await this.draft(ctx, id);
    const sent = ruleSent(body);
    if (body.act === 'rows') return this.form(ctx, own, place, sent, []);
    const definition = draftOf(own.definition);
    const at = placeSeen(definition, sent.was, place);
    const { rule, problems } = ruleOfFields(sent.fields, definition.rules[at] ?? {}, this.ruleSets.facts);
    if (rule === null) return this.form(ctx, own, place, sent, problems);
    const code = rule.code !== '' ? rule.code : sent.was !== '' ? sent.was : nextRuleCode(definition);
    try {
      await this.own.save(ctx, id, sent.version, withRule(definition, at, { ...rule, code }));
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      return await this.bothSides(ctx, id, place, body, error);
    }
    return redirect(`${hrefOf(id)}?saved=yes#rules`);
  }

  /** The same as `act=rows`, for a page with script: only the conditions. */
  @Post('conditions')
  @Allow('rule-set.manage')
  async conditions(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('place') place: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    const own = await this.draft(ctx, id);
    const { fields, was } = ruleSent(body);
    const definition = draftOf(own.definition);
    return page('fragments/checks/conditions', { action: `${hrefOf(id)}/rules/${place}`, conditions: conditionBlocks(fields, this.about(ctx, definition, definition.rules[placeSeen(definition, was, place)]), []) });
  }

  @Post('remove')
  @Allow('rule-set.manage')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('place') place: string, @Body() input: RemoveRuleInput): Promise<Outcome> {
    const definition = draftOf((await this.draft(ctx, id)).definition);
    const at = placeSeen(definition, input.was, place);
    if (at === -1) throw new NotFound('rule-unknown', 'この規則は、もうありません。規則集の画面から選び直してください。');
    await this.own.save(ctx, id, Number(input.version), withoutRule(definition, at));
    return redirect(`${hrefOf(id)}?saved=yes#rules`);
  }

  private async draft(ctx: Ctx, id: string): Promise<OwnRuleSet> {
    const own = await this.own.get(ctx, id);
    if (own.state === 'published') throw new Refused('rule-set-published', '公開した規則集は変えられません。新しい版をつくってください。');
    return own;
  }

  private ruleAt(own: OwnRuleSet, place: string): RuleDefinition {
    const definition = draftOf(own.definition);
    if (place === 'new') return emptyRule(nextRuleCode(definition), definition.viewpoints.length === 1 ? definition.viewpoints[0]!.code : '');
    const rule = /^[1-9]\d{0,3}$/u.test(place) ? definition.rules[Number(place) - 1] : undefined;
    if (rule === undefined) throw new NotFound('rule-unknown', 'この規則はありません。規則集の画面から選び直してください。');
    return rule;
  }

  private about(ctx: Ctx, { per }: RuleSetDefinition, rule: RuleDefinition | undefined): AboutConditions {
    return { facts: this.ruleSets.facts, claims: per === 'assessment', today: ctx.clock.today(), parameters: rule?.parameters ?? {} };
  }

  private async form(ctx: Ctx, own: OwnRuleSet, place: string, sent: SentRule, problems: readonly Problem[]): Promise<Outcome> {
    const definition = draftOf(own.definition);
    const at = placeSeen(definition, sent.was, place);
    const open = at === -1 ? [] : openProblems(definition, await this.own.problems(ctx, definition)).filter((one) => one.path.startsWith(`/rules/${at}/`));
    const about = this.about(ctx, definition, definition.rules[at]);
    return page('pages/checks/own-rule', ruleFormView({ own, place, was: sent.was, version: String(sent.version), fields: sent.fields, about, problems, open }), problems.length === 0 ? 200 : 422);
  }

  /** What was sent beside the rule as it is stored now. */
  private async bothSides(ctx: Ctx, id: string, place: string, body: Record<string, unknown>, error: Conflict): Promise<Outcome> {
    const now = await this.own.get(ctx, id);
    const { fields, was } = ruleSent(body);
    const definition = draftOf(now.definition);
    const stored = definition.rules[placeSeen(definition, was, place)];
    // A new rule has no other side; what changed is elsewhere in the set.
    const theirs = was === '' ? fields : stored === undefined ? null : ruleFields(stored, this.ruleSets.facts);
    const title = `規則「${fields.title === '' ? fields.code : fields.title}」`;
    return conflictPage(error, { title, action: `${hrefOf(id)}/rules/${place}`, back: hrefOf(id) }, now.version, ruleConflict(fields, theirs, definition, this.about(ctx, definition, stored)), hiddenOf(body));
  }
}

/** Where the rule stands that the form showed; -1 for a new one, and for one that is gone. */
function placeSeen(definition: RuleSetDefinition, was: Code, place: string): number {
  return was === '' ? -1 : placeOfRule(definition, was, Number(place) - 1);
}
