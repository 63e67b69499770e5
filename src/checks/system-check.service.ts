import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import type { AnswerValue, Code } from '../engine/form.js';
import type { Result, RuleDefinition, RuleExplanation, RuleSetDefinition } from '../engine/rule-set.js';
import type { CompiledRules } from '../engine/rules.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, type Problem } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from '../systems/catalogue.js';
import { checkAnswer } from '../engine/answers.js';
import type { InformationSystem } from '../systems/system.entity.js';
import { CheckOverrule, CheckRun } from './check.entity.js';
import { isOverruled, resultOfLetter, type AssessmentFacts, type CheckedFacts, type Counts } from './check-shapes.js';
import { CheckStates, type FullState } from './check-states.service.js';
import { checkSystem, type InForce } from './checking.js';
import { Checking } from './checking.service.js';
import { countsOf } from './matrix.js';
import { byRule, compareResults, type ResultChange } from './comparing.js';

/** A rule with what it found in one system. */
export interface RuleFound {
  rule: RuleDefinition;
  /** After overruling. */
  result: Result;
  overrule: CheckOverrule | null;
  /** What the rule itself finds; for a set that looks at assessments, of the gravest of them. */
  explanation: RuleExplanation;
  /** For a set that looks at assessments: what it finds in each. */
  assessments: { assessmentId: string; title: string; explanation: RuleExplanation }[];
}

export interface RuleSetFound {
  definition: RuleSetDefinition;
  counts: Counts;
  rules: RuleFound[];
}

/** 点検票: what the rules found in one system. */
export interface SystemSheet {
  system: InformationSystem;
  /** Run from which these results hold; null: never checked. */
  run: CheckRun | null;
  facts: CheckedFacts;
  ruleSets: RuleSetFound[];
  mayOverrule: boolean;
}

export interface WhatIf {
  system: InformationSystem;
  changes: ResultChange<string>[];
  before: Counts;
  after: Counts;
  definitions: ReadonlyMap<Code, RuleSetDefinition>;
}

/** What the rules find in one system, with the reasons. */
@Injectable()
export class SystemCheck {
  constructor(
    private readonly states: CheckStates,
    private readonly checking: Checking,
    private readonly catalogue: Catalogue,
  ) {}

  /** Kept results, of a run or those that hold now. Throws `NotFound`, `Refused`. */
  async sheet(ctx: Ctx, systemId: string, runNumber?: number): Promise<SystemSheet> {
    const system = await this.states.system(ctx, systemId);
    const run = runNumber === undefined ? null : await this.states.run(ctx, runNumber);
    const [sheet] = await this.sheetsOf(ctx, [system], run);
    return sheet ?? { system, run, facts: { values: {}, stale: {}, inherited: {} }, ruleSets: [], mayOverrule: allows(ctx.actor.grants, 'check.overrule', system.departmentId) };
  }

  /** The sheets of those systems that the person may see and that were checked, in the order of the ids. */
  async sheets(ctx: Ctx, systemIds: readonly string[], run: CheckRun | null): Promise<SystemSheet[]> {
    const systems = new Map((await this.states.systems(ctx, systemIds)).map((one) => [one.id, one]));
    return this.sheetsOf(ctx, systemIds.flatMap((id) => systems.get(id) ?? []), run);
  }

  private async sheetsOf(ctx: Ctx, systems: readonly InformationSystem[], run: CheckRun | null): Promise<SystemSheet[]> {
    const states = new Map((await this.states.fullStates(ctx, systems.map((one) => one.id), run)).map((one) => [one.systemId, one]));
    const overrules = await scoped(ctx, CheckOverrule).find({ systemId: In([...states.keys()]) }, { madeOn: 'ASC' });
    const found: SystemSheet[] = [];
    const sets = new Map<string, ReadonlyMap<Code, CompiledRules>>();
    const runs = new Map<number, CheckRun>();
    for (const system of systems) {
      const state = states.get(system.id);
      if (state === undefined) continue;
      if (!sets.has(state.basis)) sets.set(state.basis, await this.states.setsOf(ctx, state.basis));
      if (!runs.has(state.fromRun)) runs.set(state.fromRun, await this.states.run(ctx, state.fromRun));
      const mine = overrules.filter((one) => one.systemId === system.id);
      found.push({
        system, run: run ?? runs.get(state.fromRun)!, facts: state.facts, mayOverrule: allows(ctx.actor.grants, 'check.overrule', system.departmentId),
        ruleSets: [...sets.get(state.basis)!.values()].map((set) => foundIn(set, state, mine)),
      });
    }
    return found;
  }

  /** One rule of the sheet. Throws `NotFound`, `Refused`. */
  async rule(ctx: Ctx, systemId: string, ruleSet: Code, rule: Code, runNumber?: number): Promise<{ sheet: SystemSheet; ruleSet: RuleSetFound; found: RuleFound }> {
    const sheet = await this.sheet(ctx, systemId, runNumber);
    const set = sheet.ruleSets.find((one) => one.definition.ruleSet === ruleSet);
    const found = set?.rules.find((one) => one.rule.code === rule);
    if (set === undefined || found === undefined) throw new NotFound('rule-unknown', 'この規則の結果はありません。点検の一覧から選び直してください。');
    return { sheet, ruleSet: set, found };
  }

  /**
   * What would be found if the system declared otherwise; a null withdraws. Saves nothing.
   * Throws `Invalid` for values that do not fit, `NotFound`, `Refused`.
   */
  async whatIf(ctx: Ctx, systemId: string, declared: Readonly<Record<Code, unknown>>): Promise<WhatIf> {
    const system = await this.states.system(ctx, systemId);
    const { basis, checked } = await this.checking.look(ctx, [system]);
    const now = checked[0]!;
    const values: Record<Code, AnswerValue> = { ...now.facts.values };
    const problems: Problem[] = [];
    for (const [control, raw] of Object.entries(declared)) {
      const item = this.catalogue.controls.byCode.get(control)?.item;
      if (item === undefined) problems.push({ code: 'control-unknown', path: control.slice(0, 60), message: `「${control.slice(0, 60)}」という統制は目録にありません。` });
      else if (raw === null) delete values[control];
      else {
        const { value, problems: found } = checkAnswer(item, raw, this.catalogue.controls.definition);
        problems.push(...found);
        if (value !== null) values[control] = value;
      }
    }
    if (problems.length > 0) throw new Invalid('declaration-invalid', '試した申告に、確かめるところがあります。', problems);
    const sets = await this.states.setsOf(ctx, JSON.stringify(basis));
    const kept = Object.entries(now.results).flatMap(([ruleSet, letters]) => inForceOf(sets.get(ruleSet), letters));
    const then = checkSystem([...sets.values()], { ...now, facts: { ...now.facts, values } }, kept);
    const resultsOf = (results: Record<Code, string>) => new Map([...sets].map(([code, set]) => [code, byRule(set.rules, results[code] ?? '')]));
    return {
      system, changes: compareResults([{ system: systemId, before: resultsOf(now.results), after: resultsOf(then.results) }]).filter((one) => one.before !== one.after),
      before: countsOf(Object.values(now.results).join('')), after: countsOf(Object.values(then.results).join('')),
      definitions: new Map([...sets].map(([code, set]) => [code, set.definition])),
    };
  }
}

/** The results of a state that a person gave. */
function inForceOf(set: CompiledRules | undefined, letters: string): InForce[] {
  return (set?.rules ?? []).flatMap((rule, n) => {
    const letter = letters[n] ?? 'n';
    return isOverruled(letter) ? [{ ruleSet: set!.definition.ruleSet, rule: rule.code, result: resultOfLetter(letter) as InForce['result'] }] : [];
  });
}

/** What the rules of a set found in a kept state: pure. */
export function foundIn(set: CompiledRules, state: FullState, overrules: readonly CheckOverrule[]): RuleSetFound {
  const { definition } = set;
  const letters = state.results[definition.ruleSet] ?? '';
  const rules = definition.rules.map((rule, n): RuleFound => {
    const letter = letters[n] ?? 'n';
    const each = definition.per === undefined ? [] : state.assessments.map((one) => ({ assessmentId: one.assessmentId, title: one.title, explanation: set.explain(rule.code, withClaims(state, one)) }));
    const computed = definition.per === undefined ? set.explain(rule.code, state.facts.values) : (gravestOf(each) ?? unnamed(rule.code));
    const overrule = isOverruled(letter) ? (overrules.filter((one) => one.ruleSet === definition.ruleSet && one.rule === rule.code).at(-1) ?? null) : null;
    return { rule, result: resultOfLetter(letter), overrule, explanation: computed, assessments: each };
  });
  return { definition, counts: countsOf(letters), rules };
}

const withClaims = (state: FullState, one: AssessmentFacts): Record<Code, AnswerValue> => ({ ...state.facts.values, ...one.claims });

const ORDER: readonly Result[] = ['not-met', 'unknown', 'met', 'not-applicable'];

function gravestOf(each: readonly { explanation: RuleExplanation }[]): RuleExplanation | null {
  return [...each].sort((a, b) => ORDER.indexOf(a.explanation.result) - ORDER.indexOf(b.explanation.result))[0]?.explanation ?? null;
}

const unnamed = (rule: Code): RuleExplanation => ({ rule, result: 'not-applicable', text: 'このシステムを記載する評価書が結び付けられていないため対象外', seen: [], missing: [] });
