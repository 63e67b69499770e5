import { Controller, Get, Query } from '@nestjs/common';
import { CheckResults } from '../../checks/check-results.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { workbook, XLSX } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { file, page, type Outcome } from '../outcome.js';
import { departmentList, departmentsView } from './departments-view.js';
import { MatrixQuery } from './inputs.js';
import { matrixAsked } from './matrix.controller.js';

/** 部署ごとの点検結果. */
@Controller('checks')
export class CheckDepartmentsController {
  constructor(private readonly results: CheckResults) {}

  @Get('departments')
  @Allow('check.read')
  async shares(@InCtx() ctx: Ctx, @Query() query: MatrixQuery): Promise<Outcome> {
    const found = await this.results.matrix(ctx, matrixAsked(query));
    return page('pages/checks/departments', departmentsView(found, { ruleSet: query.ruleSet ?? '', run: query.run ?? '' }, await this.results.runs(ctx, { limit: 60 })));
  }

  @Get('departments.xlsx')
  @Allow('check.read')
  async list(@InCtx() ctx: Ctx, @Query() query: MatrixQuery): Promise<Outcome> {
    const found = await this.results.matrix(ctx, matrixAsked(query));
    const { columns, rows } = departmentList(found);
    return file(await workbook('部署ごとの点検結果', columns, rows), XLSX, `部署ごとの点検結果_${found.ruleSet.title}.xlsx`);
  }
}
