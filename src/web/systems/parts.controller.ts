import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import { Departments } from '../../identity/departments.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { SystemRegister } from '../../systems/register.service.js';
import type { SystemPage } from '../../systems/system-page.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { systemConflict } from './conflict.js';
import { mustBeWritable, systemHead, type SystemTab } from './head.js';
import { seenVersion } from './inputs.js';
import {
  contractsOf, contractsText, contractsView, platformsView, storedContracts, storedUses, typedContracts, typedPlatforms, typedUses, usesOf, usesText, usesView, type ContractRow, type UseRow,
} from './parts-form.js';
import { departmentPlaces } from './places.js';

interface Shown { version: number; problems: readonly Problem[]; more: boolean }

/** Rows of a system: 利用課, 委託契約, 統制の引継ぎ. Each form holds the whole list. */
@Controller('systems/:id')
export class SystemPartsController {
  constructor(
    private readonly register: SystemRegister,
    private readonly departments: Departments,
    private readonly checking: Rechecking,
  ) {}

  @Get('uses')
  @Allow('system.write')
  async uses(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const system = await this.writable(ctx, id);
    return this.usesPage(ctx, system, storedUses(system.uses), fresh(system));
  }

  @Post('uses')
  @Allow('system.write')
  async setUses(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const rows = typedUses(body);
    return this.save(ctx, id, body, {
      page: (system, shown) => this.usesPage(ctx, system, rows, shown), set: (seen) => this.register.setUses(ctx, id, seen, usesOf(rows)), label: '利用課', at: 'uses',
      sides: async (now) => {
        const names = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
        return [usesText(rows, names), usesText(storedUses(now.uses), names)];
      },
    });
  }

  @Get('contracts')
  @Allow('system.write')
  async contracts(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const system = await this.writable(ctx, id);
    return this.contractsPage(ctx, system, storedContracts(system.contracts), fresh(system));
  }

  @Post('contracts')
  @Allow('system.write')
  async setContracts(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const rows = typedContracts(body);
    return this.save(ctx, id, body, {
      page: (system, shown) => Promise.resolve(this.contractsPage(ctx, system, rows, shown)), set: (seen) => this.register.setContracts(ctx, id, seen, contractsOf(rows)), label: '委託契約', at: 'contracts',
      sides: (now) => Promise.resolve([contractsText(rows), contractsText(storedContracts(now.contracts))]),
    });
  }

  @Get('inheritance')
  @Allow('system.write')
  async inheritance(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const system = await this.writable(ctx, id);
    return this.inheritancePage(ctx, system, system.inherits.map((one) => one.id), fresh(system));
  }

  @Post('inheritance')
  @Allow('system.write')
  async setInheritance(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const chosen = typedPlatforms(body);
    return this.save(ctx, id, body, {
      page: (system, shown) => this.inheritancePage(ctx, system, chosen, shown), set: (seen) => this.register.setInheritance(ctx, id, seen, chosen), label: '統制を引き継ぐ基盤', at: 'inheritance',
      sides: async (now) => {
        const names = new Map((await this.register.platformsFor(ctx, id)).map((one) => [one.id, one.name]));
        return [chosen.map((one) => names.get(one) ?? '').join('\n'), now.inherits.map((one) => one.name).join('\n')];
      },
    });
  }

  /** `act` = `more`: nothing is saved, the form comes back with more rows. */
  private async save(ctx: Ctx, id: string, body: Fields, { page: form, set, sides, label, at }: {
    page(system: SystemPage, shown: Shown): Promise<Outcome>; set(seen: number): Promise<number>; sides(now: SystemPage): Promise<[string, string]>; label: string; at: SystemTab;
  }): Promise<Outcome> {
    const seen = seenVersion(body);
    const system = await this.writable(ctx, id);
    if (body.act === 'more') return form(system, { version: seen, problems: [], more: true });
    try {
      await set(seen);
    } catch (error) {
      if (error instanceof Conflict) {
        const now = await this.register.get(ctx, id);
        const [mine, theirs] = await sides(now);
        return systemConflict(error, { name: now.name, action: `/systems/${id}/${at}`, back: `/systems/${id}/${at}`, version: now.version, body, rows: mine === theirs ? [] : [{ path: at, label, mine, theirs, suggested: '' }], choosing: false });
      }
      // A circle of inheritance is refused, and mended in the same form.
      if (error instanceof Invalid || (error instanceof Refused && error.problems.length > 0)) return await form(system, { version: seen, problems: error.problems, more: false });
      throw error;
    }
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}#${at}`);
  }

  private async writable(ctx: Ctx, id: string): Promise<SystemPage> {
    const system = await this.register.get(ctx, id);
    mustBeWritable(system);
    return system;
  }

  private async usesPage(ctx: Ctx, system: SystemPage, rows: readonly UseRow[], shown: Shown): Promise<Outcome> {
    const stored = new Set(system.uses.map((one) => one.departmentId));
    const places = departmentPlaces(await this.departments.tree(ctx), ({ department }) => department.endedOn === null || stored.has(department.id));
    return rowsPage('pages/systems/uses', { head: systemHead(ctx, system, 'uses'), owner: system.departmentPath, ...usesView(rows, places, shown) }, shown);
  }

  private contractsPage(ctx: Ctx, system: SystemPage, rows: readonly ContractRow[], shown: Shown): Outcome {
    return rowsPage('pages/systems/contracts', { head: systemHead(ctx, system, 'contracts'), ...contractsView(rows, shown) }, shown);
  }

  private async inheritancePage(ctx: Ctx, system: SystemPage, chosen: readonly string[], shown: Shown): Promise<Outcome> {
    const platforms = await this.register.platformsFor(ctx, system.id);
    return rowsPage('pages/systems/inheritance', { head: systemHead(ctx, system, 'inheritance'), platform: system.kind === 'platform', ...platformsView(chosen, platforms, shown) }, shown);
  }
}

const fresh = ({ version }: SystemPage): Shown => ({ version, problems: [], more: false });
const rowsPage = (view: string, model: object, { version, problems }: Shown): Outcome => page(view, { ...model, version: String(version) }, problems.length === 0 ? 200 : 422);
