import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import type { RuleSetDefinition } from '../engine/rule-set.js';
import type { Ctx } from '../kernel/ctx.js';
import type { InformationSystem } from '../systems/system.entity.js';
import type { CheckRun } from './check.entity.js';
import type { CheckedResults, Counts } from './check-shapes.js';
import { CheckStates } from './check-states.service.js';
import { byRule, compareResults, type ResultChange } from './comparing.js';
import { countsOf } from './matrix.js';

export interface SystemChanged {
  system: InformationSystem;
  /** The system had never been checked before: there is nothing to compare with, and `changes` is empty. */
  first: boolean;
  /** Only what is not as it was. */
  changes: ResultChange<string>[];
  /** Over all rule sets, after the run. */
  counts: Counts;
}

export interface RunChanged {
  run: CheckRun;
  /** In the order of their names; those that found the same as before are left out. */
  systems: SystemChanged[];
  /** Systems whose results changed and that this person may not see. */
  others: number;
  definitions: ReadonlyMap<Code, RuleSetDefinition>;
}

interface Row {
  systemId: string;
  fromRun: number;
  untilRun: number | null;
  results: CheckedResults;
  basis: string;
}

/** What one run found otherwise than what held before it. */
@Injectable()
export class RunChanges {
  constructor(private readonly states: CheckStates) {}

  /** Reads kept states only, so that it says the same whenever it is asked. Throws `NotFound`. */
  async of(ctx: Ctx, runNumber: number): Promise<RunChanged> {
    const run = await this.states.run(ctx, runNumber);
    const rows: Row[] = await ctx.tx.query(
      `select system_id as "systemId", from_run as "fromRun", until_run as "untilRun", results, basis from check_state where organisation_id = $1 and (from_run = $2 or until_run = $2)`,
      [ctx.organisation, run.number]);
    const definitions = new Map<Code, RuleSetDefinition>();
    const byBasis = new Map<string, ReadonlyMap<Code, RuleSetDefinition>>();
    // What holds after the run names the rules; of a set that is used no more, what held before.
    for (const row of [...rows].sort((a, b) => a.fromRun - b.fromRun)) {
      if (byBasis.has(row.basis)) continue;
      const sets = new Map([...(await this.states.setsOf(ctx, row.basis))].map(([code, set]) => [code, set.definition]));
      byBasis.set(row.basis, sets);
      for (const [code, definition] of sets) definitions.set(code, definition);
    }
    const resultsOf = (row: Row | undefined) => (row === undefined ? null : new Map([...byBasis.get(row.basis)!].map(([code, { rules }]) => [code, byRule(rules, row.results[code] ?? '')])));
    const changed = new Map([...new Set(rows.map((one) => one.systemId))].flatMap((id) => {
      const [before, after] = [rows.find((one) => one.systemId === id && one.untilRun === run.number), rows.find((one) => one.systemId === id && one.fromRun === run.number)];
      const first = before === undefined;
      const changes = first ? [] : compareResults([{ system: id, before: resultsOf(before), after: resultsOf(after) }]).filter((one) => one.before !== one.after);
      return first || changes.length > 0 ? [[id, { first, changes, counts: countsOf(Object.values(after?.results ?? {}).join('')) }] as const] : [];
    }));
    const visible = changed.size === 0 ? [] : await this.states.systems(ctx, [...changed.keys()]);
    return {
      run, definitions, others: changed.size - visible.length,
      systems: visible.sort((a, b) => a.name.localeCompare(b.name, 'ja')).map((system) => ({ system, ...changed.get(system.id)! })),
    };
  }
}
