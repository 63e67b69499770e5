import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { RuleSetDefinition } from '../engine/rule-set.js';
import { withThoseUnder } from '../identity/department-tree.js';
import { Department } from '../identity/organisation.entity.js';
import { reachOf } from '../identity/permissions.js';
import { dayInJapan } from '../kernel/clock.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import type { InformationSystem } from '../systems/system.entity.js';
import { CheckRun } from './check.entity.js';
import { CheckStates, type State } from './check-states.service.js';
import { byRule, compareResults, type ResultChange } from './comparing.js';
import { countsOf, matrixOf, shareMet, type Lettered, type Matrix } from './matrix.js';
import { RuleSets, type RuleSetListed } from './rule-sets.service.js';

/** A system as it heads a row. */
export interface SystemInMatrix {
  id: string;
  number: number | null;
  name: string;
  classId: string | null;
  departmentId: string;
  departmentName: string;
}

export interface MatrixAsked {
  /** Without one: the first that the organisation uses. */
  ruleSet?: Code;
  /** A department with all that is under it. */
  department?: string;
  /** One system alone. */
  system?: string;
  /** Number of a run; without one what holds now. */
  run?: number;
}

export interface MatrixFound {
  ruleSet: RuleSetDefinition;
  /** Sets among which one can choose. */
  ruleSets: RuleSetListed[];
  run: CheckRun | null;
  /** The newest run that is kept; null: nothing was ever checked. */
  newest: CheckRun | null;
  matrix: Matrix<SystemInMatrix>;
  /** 食い違い by system; a system that no assessment names is not there. */
  contradictions: ReadonlyMap<string, Contradictions>;
  /** Systems that were never checked. */
  unchecked: SystemInMatrix[];
}

/** 不適合 of the rule sets that look at assessments. */
export interface Contradictions {
  rules: number;
  /** Ids of the assessments that are contradicted. */
  assessments: string[];
}

/** One point of 適合の割合. */
export interface TrendPoint {
  /** ISO day of the last run of the month. */
  day: string;
  run: number;
  share: number;
}

/** Kept results as pictures and lists are made of them. */
@Injectable()
export class CheckResults {
  constructor(
    private readonly states: CheckStates,
    private readonly ruleSets: RuleSets,
  ) {}

  /** Throws `NotFound` for a rule set, run or department that is not there. */
  async matrix(ctx: Ctx, asked: MatrixAsked): Promise<MatrixFound> {
    const ruleSets = await this.ruleSets.list(ctx);
    const chosen = asked.ruleSet === undefined ? (ruleSets.find((one) => one.adopted) ?? ruleSets[0]) : ruleSets.find((one) => one.definition.ruleSet === asked.ruleSet);
    if (chosen === undefined) throw new NotFound('rule-set-unknown', `規則集「${String(asked.ruleSet ?? '').slice(0, 60)}」はありません。`);
    const run = asked.run === undefined ? null : await this.states.run(ctx, asked.run);
    const newest = (await scoped(ctx, CheckRun).find({}, { number: 'DESC' }, 1))[0] ?? null;
    const departments = await scoped(ctx, Department).find();
    const within = asked.department === undefined ? null : withThoseUnder(departments, asked.department);
    if (within?.size === 0) throw new NotFound();
    const names = new Map(departments.map((one) => [one.id, one.name]));
    const systems = (await this.states.systems(ctx)).filter((one) => (within === null || within.has(one.departmentId)) && (asked.system === undefined || one.id === asked.system)).map((one) => headed(one, names)).sort(inOrder);
    const states = new Map((await this.states.states(ctx, systems.map((one) => one.id), run)).map((one) => [one.systemId, one]));
    const definitions = await this.definitions(ctx, [...states.values()]);
    const code = chosen.definition.ruleSet;
    const lettered = systems.flatMap((system): Lettered<SystemInMatrix>[] => {
      const state = states.get(system.id);
      const definition = state === undefined ? undefined : definitions.get(state.basis)?.get(code);
      const letters = state?.results[code];
      return definition === undefined || letters === undefined ? [] : [{ system, letters, definition }];
    });
    return {
      ruleSet: chosen.definition, ruleSets, run, newest, matrix: matrixOf(chosen.definition, lettered),
      contradictions: contradictionsOf([...states.values()], definitions),
      unchecked: run === null ? systems.filter((one) => !states.has(one.id)) : [],
    };
  }

  /** Runs, newest first; runs that a change made only on demand. */
  async runs(ctx: Ctx, options: { withChanges?: boolean; limit?: number } = {}): Promise<CheckRun[]> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    const found = await scoped(ctx, CheckRun).find(options.withChanges === true ? {} : { occasion: 'asked' }, { number: 'DESC' }, options.limit ?? 100);
    const all = options.withChanges === true ? found : [...found, ...(await scoped(ctx, CheckRun).find({ occasion: 'scheduled' }, { number: 'DESC' }, options.limit ?? 100))].sort((a, b) => b.number - a.number);
    if (reach === 'all') return all.slice(0, options.limit ?? 100);
    const mine = new Set((await this.states.systems(ctx)).map((one) => one.id));
    return all.filter((one) => one.systems.some((id) => mine.has(id))).slice(0, options.limit ?? 100);
  }

  /** What is new, settled and unchanged between two runs, over the systems that the person may see. Throws `NotFound`. */
  async compare(ctx: Ctx, before: number, after: number): Promise<{ before: CheckRun; after: CheckRun; changes: ResultChange<SystemInMatrix>[]; definitions: ReadonlyMap<Code, RuleSetDefinition> }> {
    const runs = { before: await this.states.run(ctx, before), after: await this.states.run(ctx, after) };
    const both = runs.before.systems.filter((id) => runs.after.systems.includes(id));
    const names = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
    const systems = (await this.states.systems(ctx, both)).map((one) => headed(one, names)).sort(inOrder);
    return { ...runs, ...(await this.changes(ctx, systems, runs.before, runs.after)) };
  }

  /** The same for these systems, from a run to another one or (null) to what holds now. */
  async changes(ctx: Ctx, systems: readonly SystemInMatrix[], before: CheckRun, after: CheckRun | null): Promise<{ changes: ResultChange<SystemInMatrix>[]; definitions: ReadonlyMap<Code, RuleSetDefinition> }> {
    const ids = systems.map((one) => one.id);
    const [was, is] = [await this.states.states(ctx, ids, before), await this.states.states(ctx, ids, after)];
    const definitions = await this.definitions(ctx, [...was, ...is]);
    const resultsOf = (states: readonly State[], id: string) => {
      const state = states.find((one) => one.systemId === id);
      if (state === undefined) return null;
      return new Map([...definitions.get(state.basis)!].map(([code, definition]) => [code, byRule(definition.rules, state.results[code] ?? '')]));
    };
    const all = new Map([...definitions.values()].flatMap((sets) => [...sets]));
    return { changes: compareResults(systems.map((system) => ({ system, before: resultsOf(was, system.id), after: resultsOf(is, system.id) }))), definitions: all };
  }

  /** 適合の割合 over the runs of the whole organisation: the last of each month, oldest first. Only for those who may see all. */
  async trend(ctx: Ctx, ruleSet: Code, months = 24): Promise<TrendPoint[]> {
    if (reachOf(ctx.actor.grants, 'check.read') !== 'all') return [];
    const runs = await scoped(ctx, CheckRun).find({ scope: 'all' }, { number: 'DESC' }, 1_000);
    const lastOfMonth = new Map<string, TrendPoint>();
    for (const run of runs) {
      if (run.occasion === 'changed') continue;
      const day = dayInJapan(run.madeAt);
      const counts = run.summary.byRuleSet[ruleSet];
      const share = counts === undefined ? null : shareMet(counts);
      if (share !== null && !lastOfMonth.has(day.slice(0, 7))) lastOfMonth.set(day.slice(0, 7), { day, run: run.number, share });
    }
    return [...lastOfMonth.values()].slice(0, months).reverse();
  }

  /** Basis → set → definition; each basis is read once. */
  private async definitions(ctx: Ctx, states: readonly State[]): Promise<Map<string, ReadonlyMap<Code, RuleSetDefinition>>> {
    const found = new Map<string, ReadonlyMap<Code, RuleSetDefinition>>();
    for (const basis of new Set(states.map((one) => one.basis))) {
      found.set(basis, new Map([...(await this.states.setsOf(ctx, basis))].map(([code, set]) => [code, set.definition])));
    }
    return found;
  }
}

function contradictionsOf(states: readonly State[], definitions: ReadonlyMap<string, ReadonlyMap<Code, RuleSetDefinition>>): ReadonlyMap<string, Contradictions> {
  return new Map(states.filter((one) => one.linked.length > 0).map(({ systemId, results, basis, linked }) => {
    const sets = [...(definitions.get(basis)?.values() ?? [])].filter((one) => one.per === 'assessment').map((one) => one.ruleSet);
    const rules = sets.reduce((sum, code) => sum + countsOf(results[code] ?? '')['not-met'], 0);
    const assessments = linked.filter((one) => sets.some((code) => countsOf(one.results[code] ?? '')['not-met'] > 0)).map((one) => one.id);
    return [systemId, { rules, assessments }];
  }));
}

function headed(system: InformationSystem, departments: ReadonlyMap<string, string>): SystemInMatrix {
  return { id: system.id, number: system.number, name: system.name, classId: system.classId, departmentId: system.departmentId, departmentName: departments.get(system.departmentId) ?? '' };
}

function inOrder(a: SystemInMatrix, b: SystemInMatrix): number {
  return a.departmentName.localeCompare(b.departmentName, 'ja') || (a.number ?? Infinity) - (b.number ?? Infinity) || a.name.localeCompare(b.name, 'ja') || (a.id < b.id ? -1 : 1);
}
