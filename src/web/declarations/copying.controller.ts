import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Rechecking } from '../../findings/rechecking.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { workbook, XLSX } from '../../rendering/workbook.js';
import { DeclarationCopying, type CopyChoice } from '../../systems/declaration-copying.service.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import type { Fields } from '../fields/field-input.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { systemHead } from '../systems/head.js';
import { textIn, textsIn } from '../systems/inputs.js';
import { comparisonView, DIFFERENCES } from './copying-view.js';
import { CopyFile, CopyQuery } from './inputs.js';

/** 写し: what another system declares, compared control by control and taken over. */
@Controller('systems/:id')
export class CopyingController {
  constructor(
    private readonly copying: DeclarationCopying,
    private readonly register: SystemRegister,
    private readonly checking: Rechecking,
  ) {}

  @Get('copy')
  @Allow('declaration.write')
  open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { from = '', words = '' }: CopyQuery): Promise<Outcome> {
    return from === '' ? this.choose(ctx, id, words, []) : this.compare(ctx, id, from, { chosen: null, problems: [], status: 200 });
  }

  @Get('copy.xlsx')
  @Allow('declaration.write')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { from }: CopyFile): Promise<Outcome> {
    const { from: there, to: here, controls } = await this.copying.compare(ctx, from, id);
    const rows = controls.map((one) => [one.group, one.label, DIFFERENCES[one.difference].label, one.there?.words ?? '', one.there?.note ?? '', one.here?.words ?? '', one.here?.note ?? '']);
    const columns = [{ label: '章', width: 22 }, { label: '統制', width: 36 }, { label: '違い', width: 16 }, { label: there.name, width: 28 }, { label: `${there.name}の説明`, width: 36 }, { label: here.name, width: 28 }, { label: `${here.name}の説明`, width: 36 }];
    return file(await workbook('申告の比較', columns, rows), XLSX, `申告の比較_${there.name}_${here.name}.xlsx`);
  }

  /** `from`; `chosen`: controls; `there.<control>` and `here.<control>`: the versions that the page showed. */
  @Post('copy')
  @Allow('declaration.write')
  async copy(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    const fields = (typeof body === 'object' && body !== null ? body : {}) as Fields;
    const from = textIn(fields, 'from');
    const chosen = [...new Set(textsIn(fields, 'chosen').filter((one) => one !== ''))];
    try {
      await this.copying.copy(ctx, from, id, chosen.map((control): CopyChoice => ({ control, seenThere: Number(textIn(fields, `there.${control}`)), seenHere: Number(textIn(fields, `here.${control}`)) })));
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict) || error.code === 'same-system') throw error;
      return await this.compare(ctx, id, from, { chosen: new Set(chosen), problems: error.problems, status: error instanceof Conflict ? 409 : 422 });
    }
    const made = await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}/controls?notice=copied${made === null ? '' : `&run=${made.number}`}`);
  }

  private async choose(ctx: Ctx, id: string, words: string, problems: readonly Problem[]): Promise<Outcome> {
    const found = await this.register.list(ctx, { words });
    return page('pages/declarations/copy-choose', {
      head: systemHead(ctx, await this.register.get(ctx, id), 'controls'), words, problems: problems.map((one) => ({ message: one.message, href: '' })), total: found.total, shown: found.systems.length,
      systems: found.systems.filter((one) => one.id !== id).map((one) => ({ name: one.name, platform: one.kind === 'platform', department: one.departmentPath, declared: one.declared, controls: one.controls, href: `/systems/${id}/copy?from=${one.id}` })),
    });
  }

  private async compare(ctx: Ctx, id: string, from: string, unsaved: { chosen: ReadonlySet<string> | null; problems: readonly Problem[]; status: number }): Promise<Outcome> {
    const compared = await this.copying.compare(ctx, from, id).catch((error: unknown) => {
      if (error instanceof Invalid) return error;
      throw error;
    });
    if (compared instanceof Invalid) return this.choose(ctx, id, '', compared.problems);
    const page_ = await this.register.get(ctx, id);
    return page('pages/declarations/copy', {
      head: systemHead(ctx, page_, 'controls'), mayDeclare: page_.may.declare && !page_.ended, ...comparisonView(compared, unsaved.chosen), stale: unsaved.status === 409,
      problems: unsaved.problems.map((one) => ({ message: one.message, href: unsaved.chosen?.has(one.path) === true ? `#row-${one.path}` : '' })),
    }, unsaved.status);
  }
}
