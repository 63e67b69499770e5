import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { tabulationWorkbook } from '../../audits/tabulation-workbook.js';
import { tablesOf, Tabulations } from '../../audits/tabulations.service.js';
import { drill } from '../../engine/tabulating.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { XLSX } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { aroundOf } from '../audits/parts.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { FigureQuery, ReadyInput } from './inputs.js';
import { figureView, tablesView } from './tables-view.js';

/** 集計 of an audit: its tables as printed, the answers behind a figure, the file that counts by itself. */
@Controller('audits/:id/tabulations')
export class TabulationsController {
  constructor(private readonly tabulations: Tabulations) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.listPage(ctx, id, []);
  }

  /** A ready definition is taken over. */
  @Post('ready')
  @Allow('audit.write')
  async takeOver(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ReadyInput): Promise<Outcome> {
    try {
      await attempt(ctx, () => this.tabulations.takeOver(ctx, id, input.ready, input.questionnaire ?? null));
      return redirect(`/audits/${id}/tabulations`);
    } catch (error) {
      if (error instanceof Invalid) return await this.listPage(ctx, id, error.problems);
      throw error;
    }
  }

  @Get('figure')
  @Allow('audit.read')
  async figure(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { address = '' }: FigureQuery): Promise<Outcome> {
    const { head } = await aroundOf(ctx, id, 'tabulations');
    const found = figureView(id, await this.tabulations.results(ctx, id), address, ({ definition, datasets }) => drill(definition, datasets, address));
    if (found === null) throw new NotFound('figure-unknown', 'この場所の数値はありません。表が変わったか、数える元がなくなっています。集計の画面から開き直してください。');
    return page('pages/tabulations/figure', { head, ...found });
  }

  @Get('tables.xlsx')
  @Allow('audit.read')
  async workbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { audit } = await aroundOf(ctx, id, 'tabulations');
    const all = await this.tabulations.results(ctx, id);
    if (all.length === 0) throw new NotFound('tabulation-none', '集計がまだありません。先に集計を作ってください。');
    return file(await tabulationWorkbook(all.map(({ definition, datasets }) => ({ definition: tablesOf(definition), datasets }))), XLSX, `集計_${audit.theme.slice(0, 40)}.xlsx`);
  }

  private async listPage(ctx: Ctx, id: string, problems: readonly Problem[]): Promise<Outcome> {
    const { head, mayWrite, base } = await aroundOf(ctx, id, 'tabulations');
    const all = await this.tabulations.results(ctx, id);
    const questionnaires = (await this.tabulations.offered(ctx, id)).filter((one, n, list) => one.questionnaireId !== null && list.findIndex((other) => other.questionnaireId === one.questionnaireId) === n);
    return page('pages/tabulations/list', {
      head, base, mayWrite, ...tablesView(id, all), questionnaires: questionnaires.map((one) => ({ id: one.questionnaireId, title: one.title })),
      ready: this.tabulations.ready(ctx.clock.today()).map(({ tabulation, title, about }) => ({ code: tabulation, title, about })), problems: problems.map(({ message }) => ({ message, href: '#ready' })),
    }, problems.length === 0 ? 200 : 422);
  }
}
