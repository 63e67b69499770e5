import { Controller, Get, Query } from '@nestjs/common';
import type { CheckRun } from '../../checks/check.entity.js';
import { CheckResults } from '../../checks/check-results.service.js';
import { momentOf, OCCASIONS, roundName } from '../../checks/run-words.js';
import type { Ctx } from '../../kernel/ctx.js';
import { workbook } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, type Outcome } from '../outcome.js';
import { CHANGE_COLUMNS, changeRows } from './compare-view.js';
import { CompareQuery, MatrixQuery } from './inputs.js';
import { matrixList } from './matrix-view.js';
import { matrixAsked } from './matrix.controller.js';

const SCOPES: Readonly<Record<CheckRun['scope'], string>> = { all: '全体', department: '部署', system: '1システム' };

/** The lists of checks as XLSX files. */
@Controller('checks')
export class CheckListsController {
  constructor(private readonly results: CheckResults) {}

  @Get('matrix.xlsx')
  @Allow('check.read')
  async matrix(@InCtx() ctx: Ctx, @Query() query: MatrixQuery): Promise<Outcome> {
    const found = await this.results.matrix(ctx, matrixAsked(query));
    const { columns, rows } = matrixList(found);
    return file(await workbook('着眼点ごとの点検結果', columns, rows), XLSX, `点検結果_${found.ruleSet.title}.xlsx`);
  }

  @Get('runs.xlsx')
  @Allow('check.read')
  async runs(@InCtx() ctx: Ctx): Promise<Outcome> {
    const rows = (await this.results.runs(ctx, { withChanges: true, limit: 5_000 })).map((one) => [
      one.number, roundName(one), momentOf(one.madeAt), OCCASIONS[one.occasion], SCOPES[one.scope], one.systems.length,
      one.summary.counts['not-met'], one.summary.counts.unknown, one.summary.counts.met, one.summary.counts['not-applicable'], one.madeByName,
    ]);
    const columns = [
      { label: '番号', width: 8 }, { label: '回', width: 16 }, { label: '日時', width: 24 }, { label: 'きっかけ', width: 18 }, { label: '範囲', width: 14 }, { label: 'システム', width: 10 },
      { label: '不適合', width: 10 }, { label: '未確認', width: 10 }, { label: '適合', width: 10 }, { label: '対象外', width: 10 }, { label: '実施した人', width: 28 },
    ];
    return file(await workbook('点検の記録', columns, rows), XLSX, '点検の記録.xlsx');
  }

  @Get('compare.xlsx')
  @Allow('check.read')
  async compare(@InCtx() ctx: Ctx, @Query() query: CompareQuery): Promise<Outcome> {
    const compared = await this.results.compare(ctx, Number(query.before), Number(query.after));
    return file(await workbook('点検の比較', CHANGE_COLUMNS, changeRows(compared, query.ruleSet ?? '')), XLSX, `点検の比較_${roundName(compared.before)}と${roundName(compared.after)}.xlsx`);
  }
}
