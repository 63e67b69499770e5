import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { Asking } from '../../audits/asking.service.js';
import { Questionnaires, type QuestionnaireText } from '../../audits/questionnaires.service.js';
import { ResponseKeeping } from '../../audits/response-keeping.service.js';
import type { TrackingFilter } from '../../audits/response-tracking.js';
import { formatEra } from '../../engine/dates.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { errorsByField } from '../form-errors.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { PER_WORDS, questionnaireHead } from './head.js';
import { DueInput, QuestionnaireInput, RemindInput, SeenInput, TrackingQuery } from './inputs.js';
import { trackingView, trackingWorkbook } from './tracking-view.js';

interface Typed { remind?: { text: string; again: boolean }; due?: string }

/** 回答状況 of one questionnaire: who has handed in, reminders, due dates, closing; and what it is called. */
@Controller('questionnaires/:id')
export class TrackingController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly asking: Asking,
    private readonly keeping: ResponseKeeping,
  ) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: TrackingQuery): Promise<Outcome> {
    return this.trackingPage(ctx, id, query, {}, []);
  }

  @Get('responses.xlsx')
  @Allow('audit.read')
  async asWorkbook(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: TrackingQuery): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    return file(await trackingWorkbook(await this.keeping.tracking(ctx, id, filterOf(query))), XLSX, `回答状況（${questionnaire.title}）.xlsx`);
  }

  @Post('reminders')
  @Allow('questionnaire.manage')
  async remind(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: RemindInput): Promise<Outcome> {
    try {
      if (input.which === 'chosen' && (input.response ?? []).length === 0) throw new Invalid('none-chosen', '督促する回答を選んでください。', [{ code: 'none-chosen', path: 'which', message: '「一覧で選んだもの」に督促するときは、一覧で回答を選んでください。' }]);
      const done = await this.asking.remind(ctx, id, { which: input.which === 'chosen' ? (input.response ?? []) : input.which, text: input.text, again: input.again === 'yes' });
      return redirect(`/questionnaires/${id}?done=reminded-${done.reminded}-${done.skipped}-${done.letters}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.trackingPage(ctx, id, {}, { remind: { text: input.text, again: input.again === 'yes' } }, error.problems);
      throw error;
    }
  }

  @Post('due')
  @Allow('questionnaire.manage')
  async changeDue(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: DueInput): Promise<Outcome> {
    try {
      return redirect(`/questionnaires/${id}?done=due-${await this.asking.changeDueOfAll(ctx, id, Number(input.version), input.dueOn)}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.trackingPage(ctx, id, {}, { due: input.dueOn }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { questionnaire: now } = await this.questionnaires.get(ctx, id);
      return conflictPage(error, { title: now.title, action: `/questionnaires/${id}/due`, back: `/questionnaires/${id}` }, now.version, [{ name: 'dueOn', label: '回答の期限', mine: input.dueOn, theirs: now.dueOn ?? '', mineText: formatEra(input.dueOn), theirsText: formatEra(now.dueOn ?? '') }]);
    }
  }

  @Post('close')
  @Allow('questionnaire.manage')
  async close(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.asking.close(ctx, id, Number(input.version));
    return redirect(`/questionnaires/${id}?done=closed`);
  }

  @Post('reopen')
  @Allow('questionnaire.manage')
  async reopen(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.asking.reopen(ctx, id, Number(input.version));
    return redirect(`/questionnaires/${id}?done=reopened`);
  }

  @Post('remove')
  @Allow('questionnaire.manage')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenInput): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    await this.questionnaires.remove(ctx, id, Number(input.version));
    return redirect(questionnaire.auditId === null ? '/questionnaires' : `/audits/${questionnaire.auditId}/questionnaires`);
  }

  @Get('settings')
  @Allow('questionnaire.manage')
  async settings(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { questionnaire } = await this.questionnaires.get(ctx, id);
    const { title, purpose, per, referenceOn, dueOn, version } = questionnaire;
    return this.settingsPage(ctx, id, { title, purpose, per, referenceOn: referenceOn ?? '', dueOn: dueOn ?? '', version: String(version) }, []);
  }

  @Post('settings')
  @Allow('questionnaire.manage')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: QuestionnaireInput): Promise<Outcome> {
    try {
      await this.questionnaires.change(ctx, id, Number(input.version), textOf(input));
      return redirect(`/questionnaires/${id}?done=saved`);
    } catch (error) {
      if (error instanceof Invalid) return await this.settingsPage(ctx, id, input, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const { questionnaire: now } = await this.questionnaires.get(ctx, id);
      const day = (iso: string | null): string => (iso === null || iso === '' ? 'なし' : formatEra(iso));
      return conflictPage(error, { title: now.title, action: `/questionnaires/${id}/settings`, back: `/questionnaires/${id}` }, now.version, [
        { name: 'title', label: '表題', mine: input.title, theirs: now.title },
        { name: 'purpose', label: '目的', mine: input.purpose, theirs: now.purpose },
        { name: 'per', label: '回答の単位', mine: input.per, theirs: now.per, mineText: PER_WORDS[input.per], theirsText: PER_WORDS[now.per] },
        { name: 'referenceOn', label: '基準日', mine: input.referenceOn, theirs: now.referenceOn ?? '', mineText: day(input.referenceOn), theirsText: day(now.referenceOn) },
        { name: 'dueOn', label: '回答の期限', mine: input.dueOn, theirs: now.dueOn ?? '', mineText: day(input.dueOn), theirsText: day(now.dueOn) },
      ]);
    }
  }

  private async trackingPage(ctx: Ctx, id: string, query: TrackingQuery, typed: Typed, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const tracking = await this.keeping.tracking(ctx, id, filterOf(query));
    const words = `調査票「${opened.questionnaire.title}」の回答がまだ提出されていません。お早めに提出してください。`;
    return page('pages/questionnaires/questionnaire', {
      ...questionnaireHead(opened, 'tracking', ctx.actor), ...trackingView(opened, tracking, query, ctx.clock.today()),
      remind: typed.remind ?? { text: words, again: false }, typedDue: typed.due ?? opened.questionnaire.dueOn ?? '', ...errorsByField(problems, ['text', 'which', 'dueOn']),
    }, problems.length === 0 ? 200 : 422);
  }

  private async settingsPage(ctx: Ctx, id: string, typed: QuestionnaireInput, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    return page('pages/questionnaires/settings', {
      ...questionnaireHead(opened, 'tracking', ctx.actor), id, draft: opened.questionnaire.status === 'draft', typed: { ...typed }, perWords: PER_WORDS[opened.questionnaire.per],
      pers: Object.entries(PER_WORDS).map(([code, label]) => ({ code, label, chosen: code === typed.per })), ...errorsByField(problems, ['title', 'purpose', 'per', 'referenceOn', 'dueOn']),
    }, problems.length === 0 ? 200 : 422);
  }
}

function filterOf({ state, words }: TrackingQuery): TrackingFilter {
  return { ...(state === undefined || state === '' ? {} : { state: state as NonNullable<TrackingFilter['state']> }), ...(words === undefined ? {} : { words }) };
}

const textOf = ({ title, purpose, per, referenceOn, dueOn }: QuestionnaireInput): QuestionnaireText => ({ title, purpose, per, referenceOn: referenceOn || null, dueOn: dueOn || null });
