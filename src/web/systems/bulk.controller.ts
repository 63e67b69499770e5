import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import { Departments } from '../../identity/departments.service.js';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { BulkEdit, MOST_SYSTEMS, type BulkChange } from '../../systems/bulk-edit.service.js';
import { Catalogue } from '../../systems/catalogue.js';
import type { ListedSystem, SystemFilter } from '../../systems/register-list.js';
import { SystemRegister } from '../../systems/register.service.js';
import { SystemClasses } from '../../systems/system-classes.service.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { changeOf, chosenSystems, fieldChoices, fieldOf, previewView, valueView } from './bulk-view.js';
import { BulkQuery, textIn } from './inputs.js';
import { classPlaces, departmentPlaces, writablePlaces } from './places.js';

interface Asked { class: string; department: string; words: string }

/** 一括で変える: one field of many systems; looked at first, then all of them or none. */
@Controller('systems/bulk')
export class BulkController {
  constructor(
    private readonly register: SystemRegister,
    private readonly bulk: BulkEdit,
    private readonly classes: SystemClasses,
    private readonly departments: Departments,
    private readonly catalogue: Catalogue,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('system.write')
  async choose(@InCtx() ctx: Ctx, @Query() query: BulkQuery): Promise<Outcome> {
    const done = /^\d{1,6}$/u.test(query.done ?? '') ? Number(query.done) : null;
    return this.choosePage(ctx, { asked: { class: query.class ?? '', department: query.department ?? '', words: query.words ?? '' }, field: fieldOf(this.catalogue, query.field ?? ''), done });
  }

  @Post('preview')
  @Allow('system.write')
  async preview(@InCtx() ctx: Ctx, @Body() body: Fields): Promise<Outcome> {
    const { field, change } = this.asked(body);
    return this.previewPage(ctx, body, field, change, []);
  }

  @Post()
  @Allow('system.write')
  async apply(@InCtx() ctx: Ctx, @Body() body: Fields): Promise<Outcome> {
    const { field, change } = this.asked(body);
    const systems = chosenSystems(body);
    let changed: number;
    try {
      ({ changed } = await attempt(ctx, () => this.bulk.apply(ctx, systems, change)));
    } catch (error) {
      if (error instanceof Invalid || error instanceof Conflict) return await this.previewPage(ctx, body, field, change, error.problems, error instanceof Conflict ? 409 : 422);
      throw error;
    }
    await this.checking.recheck(ctx, systems.map((one) => one.id));
    return redirect(`/systems/bulk?done=${changed}`);
  }

  /** Throws `Invalid` for a field that is none. */
  private asked(body: Fields): { field: string; change: BulkChange } {
    const field = fieldOf(this.catalogue, textIn(body, 'field'));
    if (field === null) throw new Invalid('field-unknown', '変える項目を選んでください。', [{ code: 'field-unknown', path: 'field', message: '変える項目を選んでください。', href: '/systems/bulk' }]);
    return { field, change: changeOf(this.catalogue, field, body) };
  }

  private async previewPage(ctx: Ctx, body: Fields, field: string, change: BulkChange, problems: readonly Problem[], status = 200): Promise<Outcome> {
    const ids = chosenSystems(body).map((one) => one.id);
    const asked = { class: textIn(body, 'class'), department: textIn(body, 'department'), words: textIn(body, 'words') };
    try {
      const preview = await this.bulk.preview(ctx, ids, change);
      // A value that does not fit is mended where it was typed.
      if (preview.problems.length > 0) return await this.choosePage(ctx, { asked, field, change, ids, problems: preview.problems, wrong: preview.problems[0]!.message });
      return page('pages/systems/bulk-preview', { ...previewView(preview, body, field, problems), asked }, status);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      return await this.choosePage(ctx, { asked, field, change, ids, problems: error.problems });
    }
  }

  private async choosePage(ctx: Ctx, { asked, field, change = null, ids = [], problems = [], wrong = '', done = null }: {
    asked: Asked; field: string | null; change?: BulkChange | null; ids?: readonly string[]; problems?: readonly Problem[]; wrong?: string; done?: number | null;
  }): Promise<Outcome> {
    const all = await this.classes.list(ctx);
    const tree = await this.departments.tree(ctx);
    const choices = { classes: classPlaces(all, null), departments: writablePlaces(tree, reachOf(ctx.actor.grants, 'system.write'), null) };
    const found = field === null ? { systems: [], more: false } : await this.writable(ctx, asked);
    const chosen = new Set(ids);
    return page('pages/systems/bulk', {
      asked, fields: fieldChoices(this.catalogue, field ?? ''), field: field ?? '', done, isDone: done !== null, problems: problems.map((one) => ({ message: one.message, href: wrong === '' ? '#systems' : '#value' })),
      classes: [...classPlaces(all, asked.class), { id: 'none', label: '区分なし' }].map((one) => ({ ...one, chosen: one.id === asked.class })),
      departments: departmentPlaces(tree, (one) => one.department.endedOn === null || one.department.id === asked.department).map((one) => ({ ...one, chosen: one.id === asked.department })),
      value: field === null ? null : valueView(this.catalogue, field, change, choices, wrong),
      systems: found.systems.map((one) => ({ id: one.id, name: one.name, number: one.number === null ? '' : String(one.number), class: one.classLabel, department: one.departmentPath, state: one.state?.label ?? '', chosen: chosen.has(one.id) })),
      more: found.more, most: MOST_SYSTEMS.toLocaleString('ja-JP'),
    }, problems.length === 0 ? 200 : 422);
  }

  private async writable(ctx: Ctx, asked: Asked): Promise<{ systems: ListedSystem[]; more: boolean }> {
    const filter: SystemFilter = { ...(asked.class === '' ? {} : { classId: asked.class }), ...(asked.department === '' ? {} : { departmentId: asked.department }), ...(asked.words === '' ? {} : { words: asked.words }) };
    const systems: ListedSystem[] = [];
    for (let at = 1, pages = 1; at <= pages && systems.length < MOST_SYSTEMS; at += 1) {
      const found = await this.register.list(ctx, { ...filter, page: at });
      systems.push(...found.systems.filter((one) => one.writable));
      pages = found.pages;
    }
    return { systems: systems.slice(0, MOST_SYSTEMS), more: systems.length > MOST_SYSTEMS };
  }
}
