import { Injectable } from '@nestjs/common';
import type { AnswerValue, Code } from '../engine/form.js';
import { groupedBy } from '../engine/grouping.js';
import type { Ctx } from '../kernel/ctx.js';
import { Catalogue } from './catalogue.js';
import { factsOf, type DeclaredControl, type KnownFacts } from './facts.js';
import { bySystem, platformsBelow, systemsAbove, type Edge } from './inheritance.js';
import { settingsOf } from './system-settings.js';

interface SystemRow { id: string; name: string; register: Record<Code, AnswerValue>; mergedIntoId: string | null }
interface UseRow { systemId: string; sections: number | null; terminals: number | null }
interface ContractRow { systemId: string; personalInformationClause: boolean | null }
interface DeclarationRow { systemId: string; controls: string; values: string; days: string; approved: string }

/** Facts of systems as the rules see them. Asks for no right: whoever calls has narrowed to what the person may see. */
@Injectable()
export class SystemFacts {
  constructor(private readonly catalogue: Catalogue) {}

  /**
   * Seven queries, whatever the number of systems. `all`: every system and platform that is not merged. Ids of other
   * organisations have no entry.
   */
  async ofSystems(ctx: Ctx, ids: readonly string[] | 'all'): Promise<Map<string, KnownFacts>> {
    if (ids !== 'all' && ids.length === 0) return new Map();
    const { organisation } = ctx;
    const systems: SystemRow[] = await ctx.tx.query(
      `select id, name, register, merged_into_id as "mergedIntoId" from system where organisation_id = $1 and ($2::uuid[] is null and merged_into_id is null or id = any($2))`,
      [organisation, ids === 'all' ? null : ids]);
    const edges = await this.edges(ctx);
    const below = new Map(systems.map(({ id }) => [id, platformsBelow(id, edges)]));
    const platformIds = [...new Set([...below.values()].flat())];
    const wanted = systems.map((one) => one.id);
    const names = new Map((await ctx.tx.query(`select id, name from system where organisation_id = $1 and id = any($2)`, [organisation, platformIds]) as { id: string; name: string }[]).map((one) => [one.id, one.name]));
    const uses = groupedBySystem<UseRow>(await ctx.tx.query(`select system_id as "systemId", sections, terminals from system_use where organisation_id = $1 and system_id = any($2)`, [organisation, wanted]));
    const contracts = groupedBySystem<ContractRow>(await ctx.tx.query(`select system_id as "systemId", personal_information_clause as "personalInformationClause" from system_contract where organisation_id = $1 and system_id = any($2)`, [organisation, wanted]));
    const declared = await this.declared(ctx, [...new Set([...wanted, ...platformIds])]);
    const { declarationMonths } = await settingsOf(ctx);
    const today = ctx.clock.today();
    return new Map(systems.map((system) => [system.id, factsOf({
      system, uses: uses.get(system.id) ?? [], contracts: contracts.get(system.id) ?? [], declarations: declared.get(system.id) ?? [],
      platforms: below.get(system.id)!.map((id) => ({ name: names.get(id)!, declarations: declared.get(id) ?? [] })),
      today, declarationMonths, catalogue: this.catalogue,
    })]));
  }

  /** Ids of everything that inherits from one of these platforms, directly or through others. */
  async systemsUpon(ctx: Ctx, platforms: readonly string[]): Promise<string[]> {
    return systemsAbove(platforms, await this.edges(ctx));
  }

  /**
   * One row a system with its declarations as lists side by side: 40,000 rows, or as many objects of JSON, would take most of
   * the time. In the order of the controls, so that equal facts are equal texts.
   */
  private async declared(ctx: Ctx, systemIds: readonly string[]): Promise<Map<string, DeclaredControl[]>> {
    const rows: DeclarationRow[] = await ctx.tx.query(
      `select system_id as "systemId", string_agg(control, ' ') as controls, '[' || string_agg(value::text, ',') || ']' as values,
          string_agg(to_char(declared_on, 'YYYY-MM-DD'), ' ') as days, string_agg(case when approved_at is null then '0' else '1' end, '') as approved
         from declaration where organisation_id = $1 and system_id = any($2) group by system_id`, [ctx.organisation, systemIds]);
    return new Map(rows.map(({ systemId, controls, values, days, approved }) => {
      const [all, day] = [JSON.parse(values) as AnswerValue[], days.split(' ')];
      const list = controls.split(' ').map((control, n): DeclaredControl => ({ control, value: all[n]!, declaredOn: day[n]!, approved: approved[n] === '1' }));
      return [systemId, list.sort((a, b) => (a.control < b.control ? -1 : 1))];
    }));
  }

  private async edges(ctx: Ctx): Promise<Map<string, string[]>> {
    const edges: Edge[] = await ctx.tx.query(`select system_id as "systemId", from_id as "fromId" from system_inheritance where organisation_id = $1 order by system_id, position`, [ctx.organisation]);
    return bySystem(edges);
  }
}

/** Rows by their system, in the order given. */
export const groupedBySystem = <T extends { systemId: string }>(rows: readonly T[]): Map<string, T[]> => groupedBy(rows, (row) => row.systemId);
