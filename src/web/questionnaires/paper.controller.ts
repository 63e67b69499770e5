import { Controller, Get, Param } from '@nestjs/common';
import { Answering } from '../../audits/answering.service.js';
import { answersWorkbook } from '../../audits/answers-workbook.js';
import { Audit } from '../../audits/audit.entity.js';
import type { Questionnaire } from '../../audits/questionnaire.entity.js';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import { ResponseKeeping } from '../../audits/response-keeping.service.js';
import { rowsIn } from '../../audits/response-rows.js';
import { TabulationData } from '../../audits/tabulation-data.service.js';
import { assessmentHtml } from '../../documents/assessment-pdf.js';
import { questionnaireModel, type SheetSource } from '../../documents/audit-questionnaires.js';
import type { Reading } from '../../engine/reading.js';
import { Organisation } from '../../identity/organisation.entity.js';
import type { Ctx } from '../../kernel/ctx.js';
import { scoped } from '../../kernel/scoped.js';
import { Templates } from '../../rendering/html.js';
import { Allow, InCtx } from '../allow.js';
import { styleHashes } from '../assessments/documents.controller.js';
import { XLSX } from '../lists.controller.js';
import { file, html, type Outcome } from '../outcome.js';
import { pictureSource } from '../responses/question-view.js';

/** What is taken away of a questionnaire, also of a 自己点検票 without an audit: the sheet as it is printed, and all answers. */
@Controller()
export class PaperController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly keeping: ResponseKeeping,
    private readonly answering: Answering,
    private readonly data: TabulationData,
    private readonly templates: Templates,
  ) {}

  @Get('questionnaires/:id/answers.xlsx')
  @Allow('audit.read')
  async answers(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    return file(await answersWorkbook(await this.data.ofQuestionnaire(ctx, questionnaire)), XLSX, `回答の一覧（${questionnaire.title}）.xlsx`);
  }

  /** Blank. */
  @Get('questionnaires/:id/paper')
  @Allow('audit.read')
  async blank(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    return this.printed(ctx, questionnaire, null, () => '');
  }

  @Get('questionnaires/:id/responses/:rid/paper')
  @Allow('audit.read')
  async filled(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string): Promise<Outcome> {
    const { questionnaire, tracked, reading } = await this.keeping.response(ctx, id, rid);
    return this.printed(ctx, questionnaire, { department: tracked.department, system: tracked.system, ...answersIn(reading) }, (sha256) => `/questionnaires/${id}/responses/${rid}/images/${sha256}`);
  }

  /** For the department that answers. */
  @Get('responses/:id/paper')
  @Allow('questionnaire.answer')
  async own(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { questionnaire, department, system, reading } = await this.answering.open(ctx, id);
    return this.printed(ctx, questionnaire, { department, system, ...answersIn(reading) }, (sha256) => pictureSource(id, sha256));
  }

  private async printed(ctx: Ctx, questionnaire: Questionnaire, response: SheetSource['response'], picture: (sha256: string) => string): Promise<Outcome> {
    const { name: organisation } = await scoped(ctx, Organisation).get(ctx.organisation);
    const theme = questionnaire.auditId === null ? '自己点検' : (await scoped(ctx, Audit).get(questionnaire.auditId)).theme;
    const text = assessmentHtml(this.templates, questionnaireModel({ plain: (one) => one }, { organisation, theme, questionnaire, response }), picture);
    return html(text, styleHashes(text));
  }
}

function answersIn(reading: Reading): Pick<NonNullable<SheetSource['response']>, 'rows' | 'answers'> {
  return { rows: rowsIn(reading), answers: Object.fromEntries(reading.addresses.flatMap((address) => { const value = reading.answer(address); return value === undefined ? [] : [[address, value]]; })) };
}
