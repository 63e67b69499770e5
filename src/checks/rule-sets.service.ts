import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { FactCatalogue, RuleSetDefinition, RuleSetting, RuleSettings } from '../engine/rule-set.js';
import { compileRules, type CompiledRules } from '../engine/rules.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { OwnRuleSet, RuleSetAdoption, RuleSettingRow } from './check.entity.js';
import { ruleSetsOn, type RuleContent } from './rule-content.js';
import { settingInForce } from './setting-in-force.js';

/** Rule sets as they are used: code → version, and the settings of single rules. Kept with every result. */
export interface Basis {
  ruleSets: Record<Code, string>;
  settings: RuleSettings;
}

/** A rule set that the organisation may use. */
export interface RuleSetListed {
  definition: RuleSetDefinition;
  /** Written by the organisation itself. */
  own: boolean;
  adopted: boolean;
  /** Of the adoption, 0 when nothing was decided yet. */
  version: number;
}

/** Compiled sets that this process remembers; losing one costs time only. */
const REMEMBERED = 300;

/** The rule sets of an organisation: those of the product and its own, with its settings, compiled. */
@Injectable()
export class RuleSets {
  private readonly compiled = new Map<string, CompiledRules>();

  constructor(private readonly content: RuleContent) {}

  get facts(): FactCatalogue {
    return this.content.facts;
  }

  /** Every set with its newest version of today; those that look at assessments last. */
  async list(ctx: Ctx): Promise<RuleSetListed[]> {
    const own = await scoped(ctx, OwnRuleSet).find({ state: 'published' }, { changedAt: 'ASC' });
    const adoptions = new Map((await scoped(ctx, RuleSetAdoption).find()).map((one) => [one.ruleSet, one]));
    const today = ctx.clock.today();
    const newest = new Map<Code, { definition: RuleSetDefinition; own: boolean }>();
    for (const definition of ruleSetsOn(this.content.ruleSets, today)) newest.set(definition.ruleSet, { definition, own: false });
    for (const definition of ruleSetsOn(own.map((one) => one.definition as RuleSetDefinition), today)) newest.set(definition.ruleSet, { definition, own: true });
    return [...newest.values()].sort(inOrder).map((one) => {
      const adoption = adoptions.get(one.definition.ruleSet);
      return { ...one, adopted: adoption?.adopted ?? true, version: adoption?.version ?? 0 };
    });
  }

  /** Sets that look at assessments. */
  async perAssessment(ctx: Ctx): Promise<ReadonlySet<Code>> {
    return new Set((await this.list(ctx)).filter((one) => one.definition.per === 'assessment').map((one) => one.definition.ruleSet));
  }

  /** What checks of today rest on. */
  async basis(ctx: Ctx): Promise<Basis> {
    const adopted = (await this.list(ctx)).filter((one) => one.adopted).map((one) => one.definition);
    // In a fixed order: a basis is compared as text.
    const rows = await scoped(ctx, RuleSettingRow).find({}, { rule: 'ASC' });
    const settings: Record<Code, RuleSetting> = {};
    for (const definition of adopted) {
      const codes = new Map(definition.rules.map((rule) => [rule.code, rule]));
      for (const row of rows) {
        const rule = row.ruleSet === definition.ruleSet ? codes.get(row.rule) : undefined;
        if (rule !== undefined) settings[row.rule] = settingInForce(rule, row);
      }
    }
    return { ruleSets: Object.fromEntries(adopted.map((one) => [one.ruleSet, one.version])), settings };
  }

  /** The sets of a basis, ready to evaluate. Throws `NotFound` for a version that is not there. */
  async of(ctx: Ctx, basis: Basis): Promise<CompiledRules[]> {
    const sets: CompiledRules[] = [];
    for (const [ruleSet, version] of Object.entries(basis.ruleSets)) sets.push(await this.one(ctx, ruleSet, version, basis.settings));
    return sets;
  }

  private async one(ctx: Ctx, ruleSet: Code, version: string, settings: RuleSettings): Promise<CompiledRules> {
    const known = this.content.ruleSets.find((one) => one.ruleSet === ruleSet && one.version === version);
    const own = known === undefined ? await scoped(ctx, OwnRuleSet).findOne({ code: ruleSet, setVersion: version, state: 'published' }) : null;
    const definition = known ?? (own?.definition as RuleSetDefinition | undefined);
    if (definition === undefined) throw new NotFound('rule-set-unknown', `規則集「${ruleSet}」の版「${version}」はありません。`);
    const mine = Object.fromEntries(definition.rules.flatMap(({ code }) => (settings[code] === undefined ? [] : [[code, settings[code]]])));
    const key = JSON.stringify([own?.id ?? '', ruleSet, version, mine]);
    let compiled = this.compiled.get(key);
    if (compiled === undefined) {
      compiled = compileRules(definition, this.content.facts, mine);
      const oldest = this.compiled.size >= REMEMBERED ? this.compiled.keys().next().value : undefined;
      if (oldest !== undefined) this.compiled.delete(oldest);
      this.compiled.set(key, compiled);
    }
    return compiled;
  }
}

function inOrder(a: { definition: RuleSetDefinition; own: boolean }, b: { definition: RuleSetDefinition; own: boolean }): number {
  const rank = ({ definition, own }: typeof a): number => (definition.per === undefined ? 0 : 2) + (own ? 1 : 0);
  return rank(a) - rank(b) || (a.definition.ruleSet < b.definition.ruleSet ? -1 : 1);
}
