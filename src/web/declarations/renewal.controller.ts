import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Declaring, type DeclarationChange } from '../../systems/declaring.service.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { systemHead } from '../systems/head.js';
import { textIn, textsIn } from '../systems/inputs.js';
import { chipOf } from './control-view.js';
import { ownOf } from './declarations.controller.js';
import { ControlsQuery } from './inputs.js';
import { renewable } from './page-view.js';

/** 再確認: declarations that are too old or soon will be, said again as they are. */
@Controller('systems/:id/renewal')
export class RenewalController {
  constructor(
    private readonly declaring: Declaring,
    private readonly register: SystemRegister,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('declaration.write')
  open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { notice = '' }: ControlsQuery): Promise<Outcome> {
    return this.show(ctx, id, { notice: notice === 'renewed' ? '選んだ申告を、今日確かめたものとしました。' : '', chosen: null, problems: [], status: 200 });
  }

  /** `chosen`: controls; `seen.<control>`: the version that the page showed. */
  @Post()
  @Allow('declaration.write')
  async renew(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    const fields = (typeof body === 'object' && body !== null ? body : {}) as Fields;
    const chosen = [...new Set(textsIn(fields, 'chosen').filter((one) => one !== ''))];
    const stored = ownOf(await this.declaring.sheet(ctx, id));
    try {
      await this.declaring.declareMany(ctx, id, chosen.map((control): DeclarationChange => {
        const own = stored.get(control);
        return { control, value: own?.value ?? null, note: own?.note ?? '', seenVersion: Number(textIn(fields, `seen.${control}`)) };
      }));
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      const problems = error.code === 'nothing-declared' ? [{ code: error.code, path: '', message: '再確認する申告を選んでください。' }] : error.problems;
      return await this.show(ctx, id, { notice: '', chosen: new Set(chosen), problems, status: error instanceof Conflict ? 409 : 422 });
    }
    const made = await this.checking.recheck(ctx, [id]);
    return redirect(made === null ? `/systems/${id}/renewal?notice=renewed` : `/systems/${id}/controls?notice=renewed&run=${made.number}`);
  }

  private async show(ctx: Ctx, id: string, { notice, chosen, problems, status }: { notice: string; chosen: ReadonlySet<string> | null; problems: readonly Problem[]; status: number }): Promise<Outcome> {
    const sheet = await this.declaring.sheet(ctx, id);
    const rows = sheet.groups.flatMap((group) => group.controls.filter(renewable).map((one) => ({
      control: one.code, label: one.label, group: group.title, href: `/systems/${id}/controls/${one.code}`, words: one.own!.words, note: one.own!.note, declaredOn: one.own!.declaredOn, lastDay: one.own!.lastDay, stale: one.own!.stale,
      version: one.own!.version, chip: chipOf(one), chosen: chosen?.has(one.code) === true, evidence: one.own!.evidence.length,
    })));
    return page('pages/declarations/renewal', {
      head: systemHead(ctx, await this.register.get(ctx, id), 'controls'), notice, months: sheet.months, mayDeclare: sheet.may.declare, today: sheet.today,
      rows: rows.sort((a, b) => a.lastDay.localeCompare(b.lastDay)), problems: problems.map((one) => ({ message: one.message, href: chosen?.has(one.path) === true ? `#row-${one.path}` : '' })),
    }, status);
  }
}
