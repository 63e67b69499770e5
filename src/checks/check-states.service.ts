import { Injectable } from '@nestjs/common';
import { In, IsNull } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { CompiledRules } from '../engine/rules.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound, Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { InformationSystem } from '../systems/system.entity.js';
import { CheckRun } from './check.entity.js';
import type { AssessmentFacts, CheckedFacts, CheckedResults } from './check-shapes.js';
import { RuleSets, type Basis } from './rule-sets.service.js';
import { tallyOfResults, type Tally } from './tally.js';

/** The kept results of one system. */
export interface State {
  systemId: string;
  fromRun: number;
  results: CheckedResults;
  basis: string;
  /** Assessments that name the system, with their own results. */
  linked: { id: string; results: CheckedResults }[];
}
export interface FullState extends State {
  facts: CheckedFacts;
  assessments: AssessmentFacts[];
}

const COLUMNS = `system_id as "systemId", from_run as "fromRun", results, basis,
  coalesce((select jsonb_agg(jsonb_build_object('id', one -> 'assessmentId', 'results', one -> 'results')) from jsonb_array_elements(assessments) as one), '[]') as linked`;

/** Reads kept results as far as the person's grants reach. */
@Injectable()
export class CheckStates {
  constructor(private readonly ruleSets: RuleSets) {}

  /** Systems whose results this person may see, merged ones and platforms left out. */
  async systems(ctx: Ctx, ids?: readonly string[]): Promise<InformationSystem[]> {
    const reach = reachOf(ctx.actor.grants, 'check.read');
    if (reach !== 'all' && reach.size === 0) return [];
    return scoped(ctx, InformationSystem).find({
      kind: 'system', mergedIntoId: IsNull(), ...(ids === undefined ? {} : { id: In([...ids]) }), ...(reach === 'all' ? {} : { departmentId: In([...reach]) }),
    });
  }

  /** Throws `NotFound`, `Refused`. */
  async system(ctx: Ctx, id: string): Promise<InformationSystem> {
    const system = await scoped(ctx, InformationSystem).get(id);
    const reach = reachOf(ctx.actor.grants, 'check.read');
    if (reach !== 'all' && !reach.has(system.departmentId)) throw new Refused('other-department', 'このシステムの点検の結果は、ほかの部署のものです。見る必要があるときは、所管課に頼んでください。');
    return system;
  }

  /** Results of the systems in a run, or those that hold now; systems without any are left out. */
  async states(ctx: Ctx, systemIds: readonly string[], run: CheckRun | null): Promise<State[]> {
    return this.read<State>(ctx, systemIds, run, COLUMNS);
  }

  /** The same with facts and claims. */
  async fullStates(ctx: Ctx, systemIds: readonly string[], run: CheckRun | null): Promise<FullState[]> {
    return this.read<FullState>(ctx, systemIds, run, `${COLUMNS}, facts, assessments`);
  }

  /** Results of one system from the newest to the oldest, each with the sets on which they rest and the run that found them. Asks for no right. */
  async history(ctx: Ctx, systemId: string): Promise<{ fromRun: number; madeAt: Date; results: CheckedResults; sets: ReadonlyMap<Code, CompiledRules> }[]> {
    const rows: { fromRun: number; madeAt: Date; results: CheckedResults; basis: string }[] = await ctx.tx.query(
      `select state.from_run as "fromRun", run.made_at as "madeAt", state.results, state.basis from check_state state join check_run run on run.organisation_id = $1 and run.number = state.from_run
        where state.organisation_id = $1 and state.system_id = $2 order by state.from_run desc`, [ctx.organisation, systemId]);
    const sets = new Map<string, ReadonlyMap<Code, CompiledRules>>();
    for (const basis of new Set(rows.map((one) => one.basis))) sets.set(basis, await this.setsOf(ctx, basis));
    return rows.map(({ basis, ...one }) => ({ ...one, sets: sets.get(basis)! }));
  }

  /** × ？ △ of what holds now; a system that was never checked is left out. */
  async tallies(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, Tally>> {
    const perAssessment = await this.ruleSets.perAssessment(ctx);
    return new Map((await this.states(ctx, systemIds, null)).map((one) => [one.systemId, tallyOfResults(one.results, perAssessment)]));
  }

  /** Throws `NotFound`. */
  async run(ctx: Ctx, number: number): Promise<CheckRun> {
    const run = Number.isSafeInteger(number) && number > 0 && number < 2 ** 31 ? await scoped(ctx, CheckRun).findOne({ number }) : null;
    if (run === null) throw new NotFound('run-unknown', `第${String(number)}回の点検はありません。`);
    return run;
  }

  /** The rule sets on which a state rests, by code. */
  async setsOf(ctx: Ctx, basis: string): Promise<ReadonlyMap<Code, CompiledRules>> {
    const sets = await this.ruleSets.of(ctx, JSON.parse(basis) as Basis);
    return new Map(sets.map((one) => [one.definition.ruleSet, one]));
  }

  /** Of the systems that this person may see: how many have results that rest on other sets or settings than a check of today would. */
  async outdated(ctx: Ctx): Promise<number> {
    const ids = (await this.systems(ctx)).map((one) => one.id);
    const basis = JSON.stringify(await this.ruleSets.basis(ctx));
    const [row]: { n: number }[] = await ctx.tx.query(
      'select count(*)::int as n from check_state where organisation_id = $1 and system_id = any($2) and until_run is null and basis <> $3', [ctx.organisation, ids, basis]);
    return row!.n;
  }

  private async read<S>(ctx: Ctx, systemIds: readonly string[], run: CheckRun | null, columns: string): Promise<S[]> {
    const within = run === null ? systemIds : systemIds.filter((id) => run.systems.includes(id));
    if (within.length === 0) return [];
    const when = run === null ? 'until_run is null' : 'from_run <= $3 and (until_run is null or until_run > $3)';
    return ctx.tx.query(`select ${columns} from check_state where organisation_id = $1 and system_id = any($2) and ${when}`, [ctx.organisation, within, ...(run === null ? [] : [run.number])]);
  }
}
