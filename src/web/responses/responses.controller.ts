import { Controller, Get, Param, Query } from '@nestjs/common';
import { Answering } from '../../audits/answering.service.js';
import { questionHref } from '../../audits/response-form.js';
import { formatEra } from '../../engine/dates.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { workbook, XLSX } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { eventsView } from './history-view.js';
import { ResponseQuery } from './inputs.js';
import { listView, RESPONSE_COLUMNS, responseRows } from './list-view.js';
import { responseHead, responseView } from './response-view.js';

/** 調査票 that were sent to the person's departments: the list, one of them to be answered or read, its history. */
@Controller('responses')
export class ResponsesController {
  constructor(private readonly answering: Answering) {}

  @Get()
  @Allow('questionnaire.answer')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    return page('pages/responses/list', listView(await this.answering.list(ctx)));
  }

  @Get('list.xlsx')
  @Allow('questionnaire.answer')
  async taken(@InCtx() ctx: Ctx): Promise<Outcome> {
    return file(await workbook('調査票', RESPONSE_COLUMNS, responseRows(await this.answering.list(ctx))), XLSX, `届いた調査票_${formatEra(ctx.clock.today())}.xlsx`);
  }

  @Get(':id')
  @Allow('questionnaire.answer')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { section = '', notice = '' }: ResponseQuery): Promise<Outcome> {
    return page('pages/responses/response', responseView(await this.answering.open(ctx, id), { section, notice }));
  }

  /** The place of one question. */
  @Get(':id/questions/:item')
  @Allow('questionnaire.answer')
  async question(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('item') item: string): Promise<Outcome> {
    const href = questionHref(id, (await this.answering.open(ctx, id)).form, item);
    if (href === undefined) throw new NotFound('unknown-item', 'この問は調査票にありません。');
    return redirect(href);
  }

  @Get(':id/history')
  @Allow('questionnaire.answer')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    return page('pages/responses/history', { head: responseHead(opened, 'history'), events: eventsView(opened, await this.answering.historyOf(ctx, id)) });
  }
}
