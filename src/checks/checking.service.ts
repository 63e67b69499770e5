import { Injectable } from '@nestjs/common';
import { In, IsNull, MoreThanOrEqual } from 'typeorm';
import { withThoseUnder } from '../identity/department-tree.js';
import { Department } from '../identity/organisation.entity.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { holdJournal, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from '../systems/catalogue.js';
import { SystemFacts } from '../systems/system-facts.service.js';
import { InformationSystem } from '../systems/system.entity.js';
import { ClaimsOfSystems } from './assessment-claims.service.js';
import { CheckOverrule, CheckRun, type Occasion } from './check.entity.js';
import { checkSystem, summaryOf, type Checked, type InForce, type Subject } from './checking.js';
import { RuleSets, type Basis } from './rule-sets.service.js';
import { changedStates, storeStates } from './state-storing.js';

export type Scope = { scope: 'all' } | { scope: 'department'; id: string } | { scope: 'system'; id: string };

export interface RunMade {
  id: string;
  number: number;
  systems: number;
  /** Systems whose results or facts are not as they were. */
  changed: number;
}

/** Runs the rule sets over systems and keeps what they find. */
@Injectable()
export class Checking {
  constructor(
    private readonly ruleSets: RuleSets,
    private readonly systemFacts: SystemFacts,
    private readonly claims: ClaimsOfSystems,
    private readonly catalogue: Catalogue,
  ) {}

  /** A run that somebody asked for, or that was due. Throws `Refused` where the person may not check, `NotFound`. */
  async run(ctx: Ctx, scope: Scope, occasion: 'asked' | 'scheduled' = 'asked'): Promise<RunMade> {
    const systems = await this.systemsIn(ctx, scope);
    if (occasion === 'asked') this.mayRun(ctx, scope, systems);
    return (await this.make(ctx, systems, scope, occasion))!;
  }

  /** After a change of what is checked: a run is kept only when it found something else. */
  async recheck(ctx: Ctx, systemIds: readonly string[]): Promise<RunMade | null> {
    const known = systemIds.length === 0 ? [] : await scoped(ctx, InformationSystem).find({ id: In([...systemIds]), mergedIntoId: IsNull() });
    // What a platform declares holds for the systems upon it.
    const platforms = known.filter((one) => one.kind === 'platform').map((one) => one.id);
    const upon = platforms.length === 0 ? [] : await this.systemFacts.systemsUpon(ctx, platforms);
    const ids = [...new Set([...known.filter((one) => one.kind === 'system').map((one) => one.id), ...upon])];
    const systems = ids.length === 0 ? [] : await scoped(ctx, InformationSystem).find({ id: In(ids), mergedIntoId: IsNull() });
    if (systems.length === 0) return null;
    const scope: Scope = systems.length === 1 ? { scope: 'system', id: systems[0]!.id } : { scope: 'all' };
    return this.make(ctx, systems, scope, 'changed');
  }

  /** After a step of an assessment: checks the systems that it names again. */
  async recheckNamedBy(ctx: Ctx, assessmentId: string): Promise<RunMade | null> {
    return this.recheck(ctx, await this.claims.systemsOf(ctx, assessmentId));
  }

  /** What is known of the systems now, and what the rules find. Writes nothing. */
  async look(ctx: Ctx, systems: readonly InformationSystem[], basis?: Basis): Promise<{ basis: Basis; checked: Checked[] }> {
    const used = basis ?? (await this.ruleSets.basis(ctx));
    const sets = await this.ruleSets.of(ctx, used);
    const overrules = await this.inForce(ctx, systems.map((one) => one.id));
    const subjects = await this.subjects(ctx, systems);
    return { basis: used, checked: subjects.map((one) => checkSystem(sets, one, overrules.get(one.systemId) ?? [])) };
  }

  async subjects(ctx: Ctx, systems: readonly InformationSystem[]): Promise<Subject[]> {
    const facts = await this.systemFacts.ofSystems(ctx, systems.map((one) => one.id));
    const claims = await this.claims.ofSystems(ctx, new Map(systems.map((one) => [one.id, one.name])));
    const counting = this.catalogue.register.itemsWhere(({ item }) => item.kind === 'number' && item.counted === 'linked-assessments').map((one) => one.code);
    return systems.map((one): Subject => {
      const known = facts.get(one.id);
      const assessments = claims.get(one.id) ?? [];
      const counted = Object.fromEntries(counting.map((code) => [code, assessments.length]));
      return { systemId: one.id, facts: { values: { ...known?.values, ...counted }, stale: known?.stale ?? {}, inherited: known?.inherited ?? {} }, assessments };
    });
  }

  private async make(ctx: Ctx, systems: readonly InformationSystem[], scope: Scope, occasion: Occasion): Promise<RunMade | null> {
    // One run of an organisation at a time: numbers without gaps, and no two states of a system side by side. A change that led
    // here holds the journal already, so a lock of its own would wait in a circle with a run that somebody asked for.
    await holdJournal(ctx);
    const { basis, checked } = await this.look(ctx, systems);
    const text = JSON.stringify(basis);
    const changed = await changedStates(ctx, text, checked);
    if (occasion === 'changed' && changed.length === 0) return null;
    const rows: { number: number; round: number }[] = await ctx.tx.query('select coalesce(max(number), 0)::int + 1 as number, coalesce(max(round), 0)::int + 1 as round from check_run where organisation_id = $1', [ctx.organisation]);
    const { number } = rows[0]!;
    const round = occasion === 'changed' ? null : rows[0]!.round;
    const id = newId();
    await storeStates(ctx, number, text, changed);
    const summary = summaryOf(checked);
    await scoped(ctx, CheckRun).insert({
      id, number, round, occasion, scope: scope.scope, scopeId: 'id' in scope ? scope.id : null, systems: systems.map((one) => one.id), ruleSets: basis.ruleSets, settings: basis.settings,
      catalogue: this.catalogue.controls.definition.version, summary, madeAt: ctx.clock.now(), madeByName: ctx.actor.name,
    });
    await record(ctx, { action: 'check-run', object: { kind: 'check-run', id }, after: { number, round, occasion, scope: scope.scope, systems: systems.length, changed: changed.length, counts: summary.counts } });
    return { id, number, systems: systems.length, changed: changed.length };
  }

  private async inForce(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, InForce[]>> {
    const found = systemIds.length === 0 ? [] : await scoped(ctx, CheckOverrule).find({ systemId: In([...systemIds]), withdrawnOn: IsNull(), untilOn: MoreThanOrEqual(ctx.clock.today()) });
    const bySystem = new Map<string, InForce[]>();
    for (const { systemId, ruleSet, rule, result } of found) bySystem.set(systemId, [...(bySystem.get(systemId) ?? []), { ruleSet, rule, result }]);
    return bySystem;
  }

  private async systemsIn(ctx: Ctx, scope: Scope): Promise<InformationSystem[]> {
    const all = { kind: 'system' as const, mergedIntoId: IsNull() };
    if (scope.scope === 'all') return scoped(ctx, InformationSystem).find(all, { id: 'ASC' });
    if (scope.scope === 'system') {
      const system = await scoped(ctx, InformationSystem).get(scope.id);
      if (system.kind !== 'system' || system.mergedIntoId !== null) throw new Refused('not-checked', 'この行は点検の対象ではありません（共通基盤、または統合済みのシステムです）。');
      return [system];
    }
    await scoped(ctx, Department).get(scope.id);
    const within = withThoseUnder(await scoped(ctx, Department).find(), scope.id);
    return scoped(ctx, InformationSystem).find({ ...all, departmentId: In([...within]) }, { id: 'ASC' });
  }

  private mayRun(ctx: Ctx, scope: Scope, systems: readonly InformationSystem[]): void {
    const reach = reachOf(ctx.actor.grants, 'check.run');
    if (reach === 'all') return;
    const departments = scope.scope === 'department' ? [scope.id] : systems.map((one) => one.departmentId);
    if (scope.scope === 'all' || departments.some((one) => !allows(ctx.actor.grants, 'check.run', one))) {
      throw new Refused('other-department', 'ほかの部署のシステムは点検できません。自分の課のシステムを選んでください。');
    }
  }
}
