import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { parseJapaneseDate } from '../../engine/dates.js';
import { Departments } from '../../identity/departments.service.js';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Rechecking } from '../../findings/rechecking.service.js';
import { Catalogue } from '../../systems/catalogue.js';
import { SystemRegister } from '../../systems/register.service.js';
import { SystemClasses } from '../../systems/system-classes.service.js';
import type { SystemPage } from '../../systems/system-page.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { systemConflict } from './conflict.js';
import { mustBeWritable, systemHead } from './head.js';
import { EndInput, seenVersion } from './inputs.js';
import { classPlaces, writablePlaces } from './places.js';
import { baseOf, emptySystem, formView, leftAlone, patchOf, sidesOf, storedSystem, typedSystem, type FormChoices, type TypedSystem } from './register-form.js';

/** 台帳の項目: a new system, and the items of one that is there. */
@Controller('systems')
export class RegisterController {
  constructor(
    private readonly register: SystemRegister,
    private readonly classes: SystemClasses,
    private readonly departments: Departments,
    private readonly catalogue: Catalogue,
    private readonly checking: Rechecking,
  ) {}

  @Get('new')
  @Allow('system.write')
  async open(@InCtx() ctx: Ctx): Promise<Outcome> {
    const { departments } = await this.choices(ctx, null);
    const own = departments.find((one) => one.id === ctx.actor.department) ?? (departments.length === 1 ? departments[0] : undefined);
    return this.newPage(ctx, emptySystem(own?.id ?? ''), []);
  }

  @Post()
  @Allow('system.write')
  async add(@InCtx() ctx: Ctx, @Body() body: Fields): Promise<Outcome> {
    const typed = typedSystem(this.catalogue.registerItems, body);
    const { name = '', departmentId = '', ...more } = patchOf(typed, new Set());
    let id: string;
    try {
      id = await this.register.add(ctx, { name, departmentId, ...more });
    } catch (error) {
      if (error instanceof Invalid) return await this.newPage(ctx, typed, error.problems);
      throw error;
    }
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}`);
  }

  @Get(':id/register')
  @Allow('system.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const system = await this.register.get(ctx, id);
    mustBeWritable(system);
    return this.editPage(ctx, system, { typed: storedSystem(system), version: system.version, base: storedSystem(system), problems: [] });
  }

  @Post(':id/register')
  @Allow('system.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Fields): Promise<Outcome> {
    const typed = typedSystem(this.catalogue.registerItems, body);
    const seen = seenVersion(body);
    try {
      await this.register.change(ctx, id, seen, patchOf(typed, leftAlone(body)));
    } catch (error) {
      if (error instanceof Invalid) return await this.editPage(ctx, await this.register.get(ctx, id), { typed, version: seen, base: baseOf(body.base), problems: error.problems });
      if (error instanceof Conflict) return await this.conflict(ctx, error, await this.register.get(ctx, id), typed, body);
      throw error;
    }
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}`);
  }

  /** 廃止. */
  @Post(':id/end')
  @Allow('system.write')
  async end(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: EndInput): Promise<Outcome> {
    const system = await this.register.get(ctx, id);
    mustBeWritable(system);
    try {
      if (input.on.trim() === '') throw new Invalid('day-missing', '廃止した日を入れてください。', [{ code: 'day-missing', path: 'on', message: '廃止した日を入れてください。例：令和8年11月21日' }]);
      await this.register.end(ctx, id, Number(input.version), parseJapaneseDate(input.on) ?? input.on);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return await this.editPage(ctx, system, { typed: storedSystem(system), version: Number(input.version), base: storedSystem(system), problems: error.problems.map((one) => ({ ...one, path: 'on' })), on: input.on });
    }
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}`);
  }

  private async choices(ctx: Ctx, stored: SystemPage | null): Promise<FormChoices> {
    return {
      classes: classPlaces(await this.classes.list(ctx), stored?.classId ?? null),
      departments: writablePlaces(await this.departments.tree(ctx), reachOf(ctx.actor.grants, 'system.write'), stored?.departmentId ?? null),
    };
  }

  private async newPage(ctx: Ctx, typed: TypedSystem, problems: readonly Problem[]): Promise<Outcome> {
    return page('pages/systems/new', { ...formView(this.catalogue, typed, problems, await this.choices(ctx, null)), version: '' }, problems.length === 0 ? 200 : 422);
  }

  private async editPage(ctx: Ctx, system: SystemPage, shown: { typed: TypedSystem; version: number; base: TypedSystem | null; problems: readonly Problem[]; on?: string }): Promise<Outcome> {
    const form = formView(this.catalogue, shown.typed, shown.problems, await this.choices(ctx, system));
    const ending = shown.problems.find((one) => one.path === 'on')?.message ?? '';
    return page('pages/systems/register', {
      ...form, head: systemHead(ctx, system, 'register'), version: String(shown.version), base: JSON.stringify(shown.base), ended: system.ended, upon: system.upon.length,
      ending: { on: shown.on ?? '', error: ending }, ...(ending === '' ? {} : { problems: shown.problems.map((one) => ({ message: one.message, href: '#on' })) }),
    }, shown.problems.length === 0 ? 200 : 422);
  }

  private async conflict(ctx: Ctx, error: Conflict, now: SystemPage, typed: TypedSystem, body: Fields): Promise<Outcome> {
    const words = { classes: new Map((await this.classes.list(ctx)).map((one) => [one.id, one.label])), departments: new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path])) };
    const rows = sidesOf(this.catalogue.registerItems, typed, storedSystem(now), baseOf(body.base), words);
    return systemConflict(error, { name: now.name, action: `/systems/${now.id}/register`, back: `/systems/${now.id}/register`, version: now.version, body, rows, choosing: true });
  }
}
