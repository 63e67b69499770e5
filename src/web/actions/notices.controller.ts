import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { basisText } from '../../audits/legal-bases.js';
import { ActionNotices, type NoticeChoice, type NoticeItemText, type NoticePage } from '../../findings/action-notices.service.js';
import { ActionReading } from '../../findings/action-reading.service.js';
import { FindingSettings } from '../../findings/finding-settings.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { NoticeDayInput, NoticeInput, NoticeReasonInput, SeenActionInput } from './inputs.js';
import { choiceKey, choicesView, NewNoticeQuery, noticeConflict, noticeListView, noticeView, type News, type NoticeForm } from './notice-view.js';

/** 措置通知 of departments: written, sent, received. */
@Controller('notices')
export class NoticesController {
  constructor(
    private readonly notices: ActionNotices,
    private readonly reading: ActionReading,
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('action.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    return page('pages/actions/notices', noticeListView(await this.notices.list(ctx), allows(ctx.actor.grants, 'action.write')));
  }

  @Get('new')
  @Allow('action.write')
  async open(@InCtx() ctx: Ctx, @Query() query: NewNoticeQuery): Promise<Outcome> {
    return this.newPage(ctx, query.of ?? '', null, []);
  }

  @Post()
  @Allow('action.write')
  async draft(@InCtx() ctx: Ctx, @Body() input: NoticeInput): Promise<Outcome> {
    try {
      return redirect(`/notices/${await attempt(ctx, () => this.notices.draft(ctx, itemsOf(input)))}`);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
      const first = input.shown?.[0];
      const of = (await this.notices.choices(ctx)).find((one) => one.actions.some(({ id }) => id === first));
      return await this.newPage(ctx, of === undefined ? '' : choiceKey(of), input, error.problems);
    }
  }

  @Get(':id')
  @Allow('action.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.noticePage(ctx, await this.notices.get(ctx, id), { form: null, values: {}, input: null }, []);
  }

  @Post(':id')
  @Allow('action.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NoticeInput): Promise<Outcome> {
    try {
      await attempt(ctx, () => this.notices.change(ctx, id, Number(input.version ?? '0'), itemsOf(input)));
      return redirect(`/notices/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.noticePage(ctx, await this.notices.get(ctx, id), { form: 'items', values: {}, input }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.notices.get(ctx, id);
      const { fields, hidden } = noticeConflict(input, now);
      return conflictPage(error, { title: '措置通知', action: `/notices/${id}`, back: `/notices/${id}` }, now.notice.version, fields, hidden);
    }
  }

  @Post(':id/notify')
  @Allow('action.write')
  async notify(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NoticeDayInput): Promise<Outcome> {
    return this.step(ctx, id, 'notify', { notifiedOn: input.day }, () => this.notices.notify(ctx, id, Number(input.version), input.day));
  }

  @Post(':id/receive')
  @Allow('action.follow')
  async receive(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NoticeDayInput): Promise<Outcome> {
    return this.step(ctx, id, 'receive', { receivedOn: input.day }, () => this.notices.receive(ctx, id, Number(input.version), input.day));
  }

  @Post(':id/give-back')
  @Allow('action.follow')
  async giveBack(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NoticeReasonInput): Promise<Outcome> {
    return this.step(ctx, id, 'give-back', { reason: input.reason }, () => this.notices.giveBack(ctx, id, Number(input.version), input.reason), '/notices');
  }

  @Post(':id/discard')
  @Allow('action.write')
  async discard(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SeenActionInput): Promise<Outcome> {
    return this.step(ctx, id, 'discard', {}, () => this.notices.discard(ctx, id, Number(input.version)), '/notices');
  }

  private async step(ctx: Ctx, id: string, form: NonNullable<NoticeForm['form']>, values: Record<string, string>, work: () => Promise<void>, to = `/notices/${id}`): Promise<Outcome> {
    try {
      await attempt(ctx, work);
      return redirect(to);
    } catch (error) {
      if (error instanceof Invalid) return await this.noticePage(ctx, await this.notices.get(ctx, id), { form, values, input: null }, error.problems);
      if (!(error instanceof Conflict) || error.code !== 'stale') throw error;
      return await this.noticePage(ctx, await this.notices.get(ctx, id), { form, values, input: null }, [{ code: error.code, path: '', message: `${error.message}いまの内容はこの画面のとおりです。` }], 409);
    }
  }

  private async newPage(ctx: Ctx, of: string, input: NoticeInput | null, problems: readonly Problem[]): Promise<Outcome> {
    const choices = await this.notices.choices(ctx);
    const chosen = choices.find((one) => choiceKey(one) === of) ?? (choices.length === 1 ? choices[0]! : null);
    const names = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    return page('pages/actions/notice-new', choicesView(choices, chosen, { names, input, problems, settings: await this.settings.of(ctx), news: chosen === null ? new Map() : await this.news(ctx, chosen) }), problems.length === 0 ? 200 : 422);
  }

  /** What the department last wrote about each action begins its text. */
  private async news(ctx: Ctx, { actions }: NoticeChoice): Promise<Map<string, News>> {
    const news = new Map<string, News>();
    for (const { id } of actions) {
      const { entries, notices } = await this.reading.get(ctx, id);
      const progress = entries.filter((one) => one.kind === 'progress').at(-1);
      const told = notices.some((one) => one.status !== 'draft') ? entries.filter((one) => one.kind === 'notified').at(-1) : undefined;
      news.set(id, { text: progress?.text ?? '', since: told === undefined ? null : progress !== undefined && progress.madeAt > told.madeAt });
    }
    return news;
  }

  private async noticePage(ctx: Ctx, found: NoticePage, typed: NoticeForm, problems: readonly Problem[], status = 422): Promise<Outcome> {
    return page('pages/actions/notice', noticeView(found, typed, { today: ctx.clock.today(), basis: basisText(found.notice.basis), settings: await this.settings.of(ctx), problems }), problems.length === 0 ? 200 : status);
  }
}

/** Chosen actions with the text beside each. */
export function itemsOf({ shown = [], chosen = [], text = [] }: NoticeInput): NoticeItemText[] {
  return shown.flatMap((actionId, n) => (chosen.includes(actionId) ? [{ actionId, text: text[n] ?? '' }] : []));
}
