import { Controller, Get, Query } from '@nestjs/common';
import { RiskChallenges } from '../../checks/risk-challenges.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { RiskRegister } from '../../risks/risk-register.service.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, type Outcome } from '../outcome.js';
import { HeatQuery, ListQuery } from './inputs.js';
import { ruleTitles } from './rule-titles.js';
import { filterOf, heatView, listView, riskWorkbook } from './list-view.js';

/** リスク: the list, and how they are distributed before and after measures. */
@Controller('risks')
export class RisksController {
  constructor(
    private readonly register: RiskRegister,
    private readonly challenges: RiskChallenges,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('risk.read')
  async list(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    const found = await this.register.list(ctx, filterOf(query));
    const system = query.system === undefined || query.system === '' ? undefined : (await this.register.systems(ctx)).find((one) => one.id === query.system);
    return page('pages/risks/list', listView(found, query, {
      matrix: this.register.matrices.current, departments: await this.departments.living(ctx), challenges: await this.challenges.ofRisks(ctx, found.risks.map((one) => one.id)),
      systemName: system?.name ?? '', mayWrite: allows(ctx.actor.grants, 'risk.write'),
    }));
  }

  @Get('list.xlsx')
  @Allow('risk.read')
  async listAsWorkbook(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    const risks = await this.register.all(ctx, filterOf(query));
    return file(await riskWorkbook(risks, this.register.matrices, await this.challenges.ofRisks(ctx, risks.map((one) => one.id)), ruleTitles(await this.challenges.rules(ctx))), XLSX, 'リスク一覧.xlsx');
  }

  @Get('heat-map')
  @Allow('risk.read')
  async heatMap(@InCtx() ctx: Ctx, @Query() query: HeatQuery): Promise<Outcome> {
    const department = query.department ?? '';
    const risks = await this.register.all(ctx, department === '' ? {} : { departmentId: department });
    return page('pages/risks/heat-map', heatView(this.register.matrices, risks, { department }, await this.departments.living(ctx)));
  }
}
