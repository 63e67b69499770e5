import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import { formatEra } from '../../engine/dates.js';
import type { Code } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid } from '../../kernel/errors.js';
import { workbook, XLSX } from '../../rendering/workbook.js';
import { Catalogue } from '../../systems/catalogue.js';
import type { DeclarationSheet } from '../../systems/declaration-sheet.js';
import { Declaring } from '../../systems/declaring.service.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { conflictsShown } from './answer-view.js';
import { anchorOfControl } from './control-view.js';
import { DECLARATION_COLUMNS, declarationRows } from './declaration-rows.js';
import { DeclarationPages } from './declaration-pages.js';
import { ControlsQuery } from './inputs.js';
import { groupHref, groupOf, groupWith } from './page-view.js';
import { changesOf, sentControls, type SentControl } from './sent-controls.js';

/** 統制の申告 of a system, one group of controls a page, saved together. */
@Controller('systems/:id')
export class DeclarationsController {
  constructor(
    private readonly pages: DeclarationPages,
    private readonly declaring: Declaring,
    private readonly checking: Rechecking,
    private readonly catalogue: Catalogue,
  ) {}

  @Get('controls')
  @Allow('system.read')
  controls(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { group = '', run = '', notice = '' }: ControlsQuery): Promise<Outcome> {
    return this.pages.show(ctx, id, { group, notice, ...(run === '' ? {} : { run: Number(run) }) });
  }

  /** Everything that the form of a group has; what the person did not touch stays as it is. */
  @Post('controls')
  @Allow('declaration.write')
  async save(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    const fields = (typeof body === 'object' && body !== null ? body : {}) as Fields;
    const sheet = await this.declaring.sheet(ctx, id);
    const group = groupOf(sheet, typeof fields.group === 'string' ? fields.group : '');
    const sent = sentControls(group.controls.flatMap(({ code }) => this.catalogue.controls.byCode.get(code) ?? []), fields);
    const changes = changesOf(sent, ownOf(sheet));
    if (changes.length === 0) return redirect(groupHref(id, group.code, '&notice=unchanged'));
    try {
      await this.declaring.declareMany(ctx, id, changes);
    } catch (error) {
      if (error instanceof Invalid) return await this.pages.show(ctx, id, { group: group.code }, { aroundOf: ({ code }) => around(sent, code, error), problems: error.problems, status: 422 });
      if (error instanceof Conflict) return await this.conflictPage(ctx, id, group.code, fields, error);
      throw error;
    }
    const made = await this.checking.recheck(ctx, [id]);
    return redirect(groupHref(id, group.code, `&notice=saved${made === null ? '' : `&run=${made.number}`}`));
  }

  @Get('controls.xlsx')
  @Allow('system.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, id);
    return file(await workbook('統制の申告', DECLARATION_COLUMNS, declarationRows(sheet)), XLSX, `統制の申告_${sheet.system.name}_${formatEra(sheet.today)}.xlsx`);
  }

  /** The place of one control, or of an item of the register, for links of rules that miss it. */
  @Get('controls/:control')
  @Allow('system.read')
  async control(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('control') control: string): Promise<Outcome> {
    if (this.catalogue.register.byCode.has(control)) return redirect(`/systems/${id}/register#i-${control}`);
    const { group } = groupWith(await this.declaring.sheet(ctx, id), control);
    return redirect(`${groupHref(id, group.code)}#${anchorOfControl(control)}`);
  }

  /** Both texts of each control; the person takes one of them, the rest of the form goes with it. */
  private async conflictPage(ctx: Ctx, id: string, group: Code, fields: Fields, error: Conflict): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, id);
    const conflicts = conflictsShown(error, sheet);
    const seen = new Map(conflicts.map((one) => [`${one.control}.seen`, String(one.currentVersion)]));
    const kept = Object.entries(fields).filter(([name]) => !name.startsWith('keep.')).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: seen.get(name) ?? String(one) })));
    return page('pages/declarations/conflict', { system: { id, name: sheet.system.name }, message: error.message, action: `/systems/${id}/controls`, back: groupHref(id, group), conflicts, kept }, 409);
  }
}

function around(sent: readonly SentControl[], code: Code, { problems }: Invalid): { typed?: SentControl; problems: string[] } {
  const typed = sent.find((one) => one.control === code);
  return { ...(typed === undefined ? {} : { typed }), problems: problems.filter((one) => one.path === code).map((one) => one.message) };
}

export function ownOf(sheet: DeclarationSheet) {
  return new Map(sheet.groups.flatMap((group) => group.controls.flatMap(({ code, own }) => (own === null ? [] : [[code, own] as const]))));
}
