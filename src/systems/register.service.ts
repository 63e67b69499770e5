import { Injectable } from '@nestjs/common';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { breakdownOf, type Breakdown, type CountedSystem } from './breakdown.js';
import { Catalogue } from './catalogue.js';
import { platformsFor, setInheritance } from './inheritance-setting.js';
import { addSystem, changeSystem, endSystem, type NewSystem, type SystemPatch } from './register-changing.js';
import { listRows, listSystems, systemsListedAgain, within, type AgainRow, type SystemFilter, type SystemList } from './register-list.js';
import { hasEnded } from './register-values.js';
import { groupedBySystem, SystemFacts } from './system-facts.service.js';
import { historyOf, type SystemChange } from './system-history.js';
import { systemPage, type SystemPage } from './system-page.js';
import { setContracts, setUses, type Contract, type Use } from './system-parts.js';

/** 情報システム台帳: lists, shows and changes systems. Each use case is a file beside. */
@Injectable()
export class SystemRegister {
  constructor(
    private readonly catalogue: Catalogue,
    private readonly departments: Departments,
    private readonly facts: SystemFacts,
  ) {}

  /** As far as the person's grants reach: systems that their departments own or use. Sorted by class, number, name; 50 a page. */
  async list(ctx: Ctx, filter: SystemFilter = {}): Promise<SystemList> {
    return listSystems(ctx, this.catalogue, await this.departments.tree(ctx), (ids) => this.facts.ofSystems(ctx, ids), filter);
  }

  /** 再掲: under each department the systems of others that it uses. */
  async listedAgain(ctx: Ctx, filter: SystemFilter = {}): Promise<{ departmentId: string; departmentPath: string; systems: AgainRow[] }[]> {
    return systemsListedAgain(ctx, this.catalogue, await this.departments.tree(ctx), filter);
  }

  /** Throws `NotFound` (also for another organisation), `Refused`. */
  async get(ctx: Ctx, id: string): Promise<SystemPage> {
    return systemPage(ctx, this.catalogue, await this.departments.tree(ctx), async (system) => (await this.facts.ofSystems(ctx, [system])).get(system)!, id);
  }

  /** Throws `Refused`, `Invalid`. Returns the id; the version is 1. */
  add(ctx: Ctx, input: NewSystem): Promise<string> {
    return addSystem(ctx, this.catalogue, input);
  }

  /** @param seen version that the page showed. Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version. */
  change(ctx: Ctx, id: string, seen: number, patch: SystemPatch): Promise<number> {
    return changeSystem(ctx, this.catalogue, id, seen, patch);
  }

  /** The whole list of departments that use it. Throws as `change`. */
  setUses(ctx: Ctx, id: string, seen: number, uses: readonly Use[]): Promise<number> {
    return setUses(ctx, id, seen, uses);
  }

  /** The whole list of contracts in their order. Throws as `change`. */
  setContracts(ctx: Ctx, id: string, seen: number, contracts: readonly Contract[]): Promise<number> {
    return setContracts(ctx, id, seen, contracts);
  }

  /** Platforms in their order. Throws as `change`; `Refused` names a circle. */
  setInheritance(ctx: Ctx, id: string, seen: number, platformIds: readonly string[]): Promise<number> {
    return setInheritance(ctx, id, seen, platformIds);
  }

  platformsFor(ctx: Ctx, id: string): Promise<{ id: string; name: string }[]> {
    return platformsFor(ctx, id);
  }

  /** 廃止. @param on ISO day. Throws as `change`; `Refused` for a platform on which systems rest. */
  end(ctx: Ctx, id: string, seen: number, on: string): Promise<number> {
    return endSystem(ctx, this.catalogue, id, seen, on);
  }

  /** Newest first; of one field with `path`. Throws `NotFound`, `Refused`. */
  history(ctx: Ctx, id: string, options: { path?: string; limit?: number } = {}): Promise<SystemChange[]> {
    return historyOf(ctx, this.catalogue, id, options);
  }

  /**
   * Counts of systems in use (no platforms, none that ended), of one class, of those without a class (`none`), or of all (null).
   * A system counts once, whoever uses it; for a person of a department, those that it owns.
   */
  async breakdown(ctx: Ctx, classId: string | null): Promise<Breakdown> {
    return breakdownOf((await this.counted(ctx, classId === null ? {} : { classId })).map((one) => one.system), this.catalogue.register);
  }

  /** The same for each class that has systems, in their order; last those without a class (id null). */
  async breakdowns(ctx: Ctx): Promise<{ classId: string | null; classLabel: string; breakdown: Breakdown }[]> {
    const counted = await this.counted(ctx, {});
    const classes = [...new Map(counted.map((one) => [one.classId, one.classLabel]))];
    return classes.map(([classId, classLabel]) => ({ classId, classLabel, breakdown: breakdownOf(counted.filter((one) => one.classId === classId).map((one) => one.system), this.catalogue.register) }));
  }

  private async counted(ctx: Ctx, filter: SystemFilter): Promise<{ classId: string | null; classLabel: string; system: CountedSystem }[]> {
    const chosen = within(ctx, this.catalogue, await this.departments.tree(ctx), { ...filter, kind: 'system' });
    if (chosen === null) return [];
    const rows = (await listRows(ctx, chosen.sql, chosen.parameters, { limit: null, offset: 0 }))
      .filter((one) => !hasEnded(this.catalogue.register, one.register) && (chosen.here === null || chosen.here.includes(one.departmentId)));
    const uses: (CountedSystem['uses'][number] & { systemId: string })[] = await ctx.tx.query(
      `select system_id as "systemId", department_id as "departmentId", sections, terminals from system_use where organisation_id = $1 and system_id = any($2)`, [ctx.organisation, rows.map((one) => one.id)]);
    const grouped = groupedBySystem(uses);
    return rows.map(({ id, classId, classLabel, departmentId, register, contracts }) => ({
      classId, classLabel: classLabel ?? '', system: { departmentId, register, contracts, uses: grouped.get(id) ?? [] },
    }));
  }
}
