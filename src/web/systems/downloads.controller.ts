import { Controller, Get, Query } from '@nestjs/common';
import { surveyMark, surveysOf } from '../../audits/surveys.js';
import { formatFiscalYear } from '../../engine/dates.js';
import type { Ctx } from '../../kernel/ctx.js';
import { RegisterExport } from '../../systems/register-workbook.js';
import { SystemExchange } from '../../systems/system-exchange.service.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, type Outcome } from '../outcome.js';
import { ListQuery } from './inputs.js';
import { filterOf } from './list-view.js';

/** The register to take away, as far as the list is filtered. */
@Controller('systems')
export class SystemDownloadsController {
  constructor(private readonly workbook: RegisterExport, private readonly exchange: SystemExchange) {}

  /** With the headings that an import knows, and the ○ of systems that audits surveyed on the spot. */
  @Get('register.xlsx')
  @Allow('system.read')
  async asWorkbook(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    const cells = new Map([...(await surveysOf(ctx))].map(([id, surveys]) => [id, surveyMark(surveys, formatFiscalYear)]));
    return file(await this.workbook.workbook(ctx, filterOf(query), { label: '監査の現地調査', width: 20, cells }), XLSX, 'システム台帳.xlsx');
  }

  @Get('exchange.json')
  @Allow('system.read')
  async asExchange(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    return file(Buffer.from(await this.exchange.export(ctx, filterOf(query)), 'utf8'), 'application/json', 'システム台帳.json');
  }
}
