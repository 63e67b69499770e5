import { Controller, Get } from '@nestjs/common';
import { reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { workbook } from '../../rendering/workbook.js';
import type { Breakdown } from '../../systems/breakdown.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, type Outcome } from '../outcome.js';
import { breakdownRows, breakdownView, type Counted } from './breakdown-view.js';

/** 集計 of the register. */
@Controller('systems')
export class BreakdownController {
  constructor(private readonly register: SystemRegister) {}

  @Get('breakdown')
  @Allow('system.read')
  async breakdown(@InCtx() ctx: Ctx): Promise<Outcome> {
    const { classes, all } = await this.counted(ctx);
    return page('pages/systems/breakdown', { ...breakdownView(classes, all), everything: reachOf(ctx.actor.grants, 'system.read') === 'all' });
  }

  @Get('breakdown.xlsx')
  @Allow('system.read')
  async asWorkbook(@InCtx() ctx: Ctx): Promise<Outcome> {
    const { classes, all } = await this.counted(ctx);
    const { columns, rows } = breakdownRows(classes, all);
    return file(await workbook('システム台帳の集計', columns, rows), XLSX, 'システム台帳の集計.xlsx');
  }

  private async counted(ctx: Ctx): Promise<{ classes: Counted[]; all: Breakdown }> {
    const classes = await this.register.breakdowns(ctx);
    return { classes: classes.map((one) => ({ label: one.classLabel === '' ? '区分なし' : one.classLabel, breakdown: one.breakdown })), all: await this.register.breakdown(ctx, null) };
  }
}
