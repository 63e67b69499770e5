import { Injectable } from '@nestjs/common';
import { In } from 'typeorm';
import { AssessmentRisks, type StatutoryRisk } from '../assessments/assessment-risks.service.js';
import type { Assessment } from '../assessments/assessment.entity.js';
import { AssessmentSystem } from '../assessments/assessment-system.entity.js';
import type { Code } from '../engine/form.js';
import type { CompiledRules } from '../engine/rules.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { standingSystems, type RiskSystem } from '../risks/risk-access.js';
import { keyOfRule, measuresOf, rulesOf, type Measure, type RuleOfRisk } from '../risks/risk-parts.js';
import { Risk } from '../risks/risk.entity.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemFacts } from '../systems/system-facts.service.js';
import { CheckStates } from './check-states.service.js';
import { adequacyChallenge, challengesOf, rulesSeen, type AdequacyChallenge, type Challenge, type CheckedSystem, type ControlNamed, type DeclaringSystem, type SystemNamed } from './risk-challenge.js';
import { RuleSets } from './rule-sets.service.js';

/** A risk against the checks of today. */
export interface LookedRisk {
  challenges: Challenge[];
  /** Systems whose results were looked at, with what the linked rules say of each; `rules` null: never checked. */
  checked: CheckedSystem[];
  /** Neither a system of its own nor one that a linked assessment names: nothing to look at. */
  nowhere: boolean;
}

export interface ChallengedStatutoryRisk extends StatutoryRisk, AdequacyChallenge {}

/** A rule that can be linked, under its set. */
export interface RuleChoices {
  ruleSet: Code;
  title: string;
  /** Whether the organisation uses the set. */
  adopted: boolean;
  rules: { code: Code; title: string }[];
}

interface Asked {
  id: string;
  title: string;
  rules: RuleOfRisk[];
  measures: Measure[];
  /** Its own system, or those that the linked assessments name. */
  systems: RiskSystem[];
}

/** Holds risks, and what assessments say of them, against what the checks found. */
@Injectable()
export class RiskChallenges {
  constructor(
    private readonly states: CheckStates,
    private readonly facts: SystemFacts,
    private readonly catalogue: Catalogue,
    private readonly links: AssessmentRisks,
    private readonly ruleSets: RuleSets,
  ) {}

  /**
   * Asks for no right: whoever calls has narrowed to risks that the person may see. Why a rule fails is told only of systems whose
   * results the person may see. Closed risks are challenged by nothing.
   */
  async ofRisks(ctx: Ctx, riskIds: readonly string[]): Promise<Map<string, LookedRisk>> {
    const asked = await this.asked(ctx, riskIds);
    const seen = await this.seen(ctx, asked.flatMap((one) => one.systems), asked.flatMap((one) => one.rules));
    return new Map(asked.map((one) => [one.id, this.looked(ctx, one, seen)]));
  }

  /** Statutory risks with what speaks against their adequacy. Throws `NotFound`, `Refused`. */
  async ofAssessment(ctx: Ctx, assessmentId: string): Promise<{ assessment: Assessment; mayLink: boolean; risks: ChallengedStatutoryRisk[] }> {
    const found = await this.links.statutoryRisks(ctx, assessmentId);
    const asked = await this.asked(ctx, found.risks.flatMap((one) => one.risks.map((risk) => risk.id)));
    const named = (await this.namedSystems(ctx, [assessmentId])).get(assessmentId)!;
    const seen = await this.seen(ctx, [...named, ...asked.flatMap((one) => one.systems)], asked.flatMap((one) => one.rules));
    const looked = new Map(asked.map((one) => [one.id, { ...one, challenges: this.looked(ctx, one, seen).challenges }]));
    return {
      ...found,
      risks: found.risks.map((one) => ({ ...one, ...adequacyChallenge(one.adequacy?.enough ?? null, one.risks.flatMap(({ id }) => looked.get(id) ?? []), seen.checked(named)) })),
    };
  }

  /** Every rule of the newest sets, for choosing and for knowing whether there is such a rule. */
  async rules(ctx: Ctx): Promise<RuleChoices[]> {
    return (await this.ruleSets.list(ctx)).map(({ definition, adopted }) => ({
      ruleSet: definition.ruleSet, title: definition.title, adopted, rules: definition.rules.map(({ code, title }) => ({ code, title })),
    }));
  }

  private looked(ctx: Ctx, risk: Asked, seen: Seen): LookedRisk {
    const checked = seen.checked(risk.systems);
    return { challenges: challengesOf(risk, checked, seen.declaring(risk.systems), this.controls(ctx)), checked, nowhere: risk.systems.length === 0 };
  }

  /** Open risks with their parts and the systems that bear on them. */
  private async asked(ctx: Ctx, riskIds: readonly string[]): Promise<Asked[]> {
    const ids = [...new Set(riskIds)];
    const risks = (ids.length === 0 ? [] : await scoped(ctx, Risk).find({ id: In(ids) })).filter((one) => one.closedOn === null);
    const open = risks.map((one) => one.id);
    const [rules, measures] = [await rulesOf(ctx, open), await measuresOf(ctx, open)];
    const own = await standingSystems(ctx, risks.map((one) => one.systemId));
    const assessments = await this.links.assessmentsOf(ctx, risks.filter((one) => one.systemId === null).map((one) => one.id));
    const named = await this.namedSystems(ctx, [...assessments.values()].flat());
    return risks.map(({ id, title, systemId }) => ({
      id, title, rules: rules.get(id)!, measures: measures.get(id)!,
      systems: systemId !== null ? [own.get(systemId)].filter((one) => one !== undefined) : unique((assessments.get(id) ?? []).flatMap((one) => named.get(one)!)),
    }));
  }

  /** Systems that assessments name, whoever asks; a merged one is the one into which it was merged. */
  private async namedSystems(ctx: Ctx, assessmentIds: readonly string[]): Promise<Map<string, RiskSystem[]>> {
    const ids = [...new Set(assessmentIds)];
    const links = ids.length === 0 ? [] : await scoped(ctx, AssessmentSystem).find({ assessmentId: In(ids) });
    const systems = await standingSystems(ctx, links.map((one) => one.systemId));
    return new Map(ids.map((id) => [id, unique(links.filter((one) => one.assessmentId === id).map((one) => systems.get(one.systemId)).filter((one) => one !== undefined))]));
  }

  /** What is known now of these systems: kept results with the wanted rules, and declarations. A platform is checked in the systems upon it. */
  private async seen(ctx: Ctx, systems: readonly RiskSystem[], rules: readonly RuleOfRisk[]): Promise<Seen> {
    const platforms = new Map<string, SystemNamed[]>();
    for (const one of unique(systems.filter(({ kind }) => kind === 'platform'))) {
      const upon = await standingSystems(ctx, await this.facts.systemsUpon(ctx, [one.id]));
      platforms.set(one.id, unique([...upon.values()].filter(({ kind }) => kind === 'system')));
    }
    const looked = unique([...systems.filter(({ kind }) => kind === 'system'), ...[...platforms.values()].flat()]);
    const readable = new Set((await this.states.systems(ctx, looked.map((one) => one.id))).map((one) => one.id));
    const kept = await this.kept(ctx, looked, readable, new Set(rules.map(keyOfRule)));
    const known = await this.facts.ofSystems(ctx, unique(systems).map((one) => one.id));
    return {
      checked: (of) => unique(of.flatMap((one): SystemNamed[] => (one.kind === 'platform' ? platforms.get(one.id)! : [one]))).map(({ id, name }) => ({ id, name, readable: readable.has(id), rules: kept.get(id) ?? null })),
      declaring: (of) => of.map(({ id, name }): DeclaringSystem => ({ id, name, values: known.get(id)?.values ?? {}, stale: known.get(id)?.stale ?? {} })),
    };
  }

  private async kept(ctx: Ctx, systems: readonly SystemNamed[], readable: ReadonlySet<string>, wanted: ReadonlySet<string>): Promise<Map<string, CheckedSystem['rules']>> {
    const sets = new Map<string, ReadonlyMap<Code, CompiledRules>>();
    const found = new Map<string, CheckedSystem['rules']>();
    for (const state of await this.states.fullStates(ctx, systems.map((one) => one.id), null)) {
      const known = sets.get(state.basis) ?? await this.states.setsOf(ctx, state.basis);
      sets.set(state.basis, known);
      found.set(state.systemId, rulesSeen(known, state, wanted, readable.has(state.systemId)));
    }
    return found;
  }

  private controls(ctx: Ctx): ReadonlyMap<Code, ControlNamed> {
    const today = ctx.clock.today();
    return new Map(this.catalogue.controls.items.map(({ code, item }) => [code, { label: item.label, retiredSince: item.retired !== undefined && item.retired.since <= today ? item.retired.since : null }]));
  }
}

interface Seen {
  checked(of: readonly RiskSystem[]): CheckedSystem[];
  declaring(of: readonly RiskSystem[]): DeclaringSystem[];
}

function unique<S extends SystemNamed>(systems: readonly S[]): S[] {
  return [...new Map(systems.map((one) => [one.id, one])).values()];
}
