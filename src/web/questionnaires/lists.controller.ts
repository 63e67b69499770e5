import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { readAudit } from '../../audits/audit-access.js';
import { Audit } from '../../audits/audit.entity.js';
import { Questionnaires, type Beginning } from '../../audits/questionnaires.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { scoped } from '../../kernel/scoped.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { errorsByField } from '../form-errors.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { NewQuestionnaireInput, NewQuestionnaireQuery } from './inputs.js';
import { newView, questionnaireRows, questionnaireWorkbook } from './list-view.js';

const FIELDS = ['auditId', 'beginning', 'title', 'purpose', 'per', 'referenceOn', 'dueOn'];

/** 調査票 of one audit, all of them with 自己点検票, and a new one. */
@Controller()
export class QuestionnaireListsController {
  constructor(private readonly questionnaires: Questionnaires) {}

  @Get('questionnaires')
  @Allow('audit.read')
  async all(@InCtx() ctx: Ctx): Promise<Outcome> {
    const list = await this.questionnaires.list(ctx, 'all');
    return page('pages/questionnaires/list', { head: null, rows: questionnaireRows(list), mayManage: allows(ctx.actor.grants, 'questionnaire.manage'), newHref: '/questionnaires/new', workbook: '/questionnaires/list.xlsx' });
  }

  @Get('questionnaires/list.xlsx')
  @Allow('audit.read')
  async asWorkbook(@InCtx() ctx: Ctx): Promise<Outcome> {
    return file(await questionnaireWorkbook(await this.questionnaires.list(ctx, 'all')), XLSX, '調査票一覧.xlsx');
  }

  @Get('audits/:id/questionnaires')
  @Allow('audit.read')
  async ofAudit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const audit = await readAudit(ctx, id);
    const list = await this.questionnaires.list(ctx, id);
    return page('pages/questionnaires/list', {
      head: auditHead(audit, 'questionnaires', ctx.actor), rows: questionnaireRows(list), mayManage: allows(ctx.actor.grants, 'questionnaire.manage') && audit.status !== 'closed',
      newHref: `/questionnaires/new?audit=${id}`, workbook: `/audits/${id}/questionnaires/list.xlsx`,
    });
  }

  @Get('audits/:id/questionnaires/list.xlsx')
  @Allow('audit.read')
  async ofAuditAsWorkbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await readAudit(ctx, id);
    return file(await questionnaireWorkbook(await this.questionnaires.list(ctx, id)), XLSX, '調査票一覧.xlsx');
  }

  @Get('questionnaires/new')
  @Allow('questionnaire.manage')
  async open(@InCtx() ctx: Ctx, @Query() query: NewQuestionnaireQuery): Promise<Outcome> {
    const beginning = query.copy === undefined || query.copy === '' ? 'blank' : `copy:${query.copy}`;
    return this.form(ctx, { auditId: query.audit ?? '', beginning, title: '', purpose: '', per: 'department', referenceOn: '', dueOn: '' }, []);
  }

  @Post('questionnaires')
  @Allow('questionnaire.manage')
  async add(@InCtx() ctx: Ctx, @Body() input: NewQuestionnaireInput): Promise<Outcome> {
    try {
      const id = await this.questionnaires.add(ctx, input.auditId === '' ? null : input.auditId, { ...input, referenceOn: input.referenceOn || null, dueOn: input.dueOn || null }, beginningOf(input.beginning));
      return redirect(`/questionnaires/${id}/edit`);
    } catch (error) {
      if (error instanceof Invalid) return await this.form(ctx, input, error.problems);
      throw error;
    }
  }

  private async form(ctx: Ctx, typed: NewQuestionnaireInput, problems: readonly Problem[]): Promise<Outcome> {
    const audits = (await scoped(ctx, Audit).find({}, { fiscalYear: 'DESC', theme: 'ASC' })).filter((one) => one.status !== 'closed');
    return page('pages/questionnaires/new', { ...newView(typed, await this.questionnaires.beginnings(ctx), audits), ...errorsByField(problems, FIELDS) }, problems.length === 0 ? 200 : 422);
  }
}

function beginningOf(text: string): Beginning {
  const [from, what = ''] = text.split(':');
  return from === 'template' ? { from, code: what } : from === 'copy' ? { from, id: what } : { from: 'blank' };
}
