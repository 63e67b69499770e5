import { Controller, Get, Query } from '@nestjs/common';
import { CheckStates } from '../../checks/check-states.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Catalogue } from '../../systems/catalogue.js';
import { PAGE, type ListedSystem, type SystemFilter } from '../../systems/register-list.js';
import { SystemRegister } from '../../systems/register.service.js';
import { RegisterImports } from '../../systems/register-import.service.js';
import { lifecycleItem } from '../../systems/register-values.js';
import { SystemClasses } from '../../systems/system-classes.service.js';
import { Allow, InCtx } from '../allow.js';
import { page, type Outcome } from '../outcome.js';
import { ListQuery } from './inputs.js';
import { filterOf, listView, sortedRows, sortsBy, type Found, type ListRow } from './list-view.js';
import { classPlaces, departmentPlaces } from './places.js';

/** システム: the register as a list, with what the rules find now. */
@Controller('systems')
export class SystemListController {
  constructor(
    private readonly register: SystemRegister,
    private readonly classes: SystemClasses,
    private readonly departments: Departments,
    private readonly catalogue: Catalogue,
    private readonly states: CheckStates,
    private readonly imports: RegisterImports,
  ) {}

  @Get()
  @Allow('system.read')
  async list(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    const { rows, ...found } = await this.rows(ctx, query);
    const { grants } = ctx.actor;
    const lifecycle = lifecycleItem(this.catalogue.register);
    const options = lifecycle === undefined ? [] : [...(this.catalogue.register.byCode.get(lifecycle.code)!.options?.values() ?? [])];
    const mayImport = allows(grants, 'system.import');
    return page('pages/systems/list', listView(rows, {
      query, ...found, classes: classPlaces(await this.classes.list(ctx), query.class ?? null), departments: departmentPlaces(await this.departments.tree(ctx), (one) => one.department.endedOn === null || one.department.id === query.department),
      states: options.map(({ code, label }) => ({ code, label })), imports: mayImport ? await this.imports.waiting(ctx) : [],
      may: { add: allows(grants, 'system.write'), import: mayImport, bulk: allows(grants, 'system.write'), configure: allows(grants, 'system.configure'), checks: allows(grants, 'check.read'), approve: allows(grants, 'declaration.approve') },
    }));
  }

  /** One page of the list; an order of one's own runs over all pages. */
  private async rows(ctx: Ctx, query: ListQuery): Promise<{ rows: ListRow[]; total: number; own: number; page: number; pages: number }> {
    const filter = filterOf(query);
    const { systems, ...found } = await this.register.list(ctx, { ...filter, page: Number(query.page ?? '') || 1 });
    if (!sortsBy(query.sort)) return { ...found, rows: await this.withChecks(ctx, systems) };
    if (found.pages === 1) return { ...found, rows: sortedRows(await this.withChecks(ctx, systems), query.sort) };
    const all = sortedRows(await this.withChecks(ctx, await this.all(ctx, filter, found.pages)), query.sort);
    return { ...found, rows: all.slice((found.page - 1) * PAGE, found.page * PAGE) };
  }

  private async all(ctx: Ctx, filter: SystemFilter, pages: number): Promise<ListedSystem[]> {
    const systems: ListedSystem[] = [];
    for (let at = 1; at <= pages; at += 1) systems.push(...(await this.register.list(ctx, { ...filter, page: at })).systems);
    return systems;
  }

  private async withChecks(ctx: Ctx, systems: readonly ListedSystem[]): Promise<ListRow[]> {
    const visible = new Set((await this.states.systems(ctx, systems.map((one) => one.id))).map((one) => one.id));
    const tallies = await this.states.tallies(ctx, [...visible]);
    return systems.map((system) => ({ system, found: (visible.has(system.id) ? (tallies.get(system.id) ?? 'never') : null) satisfies Found }));
  }
}
