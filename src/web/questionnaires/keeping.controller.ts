import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Images } from '../../assessments/images.service.js';
import { answerWords } from '../../audits/answer-words.js';
import { Asking } from '../../audits/asking.service.js';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import { ResponseKeeping, type KeptResponse } from '../../audits/response-keeping.service.js';
import { ResponseFiles } from '../../audits/response-files.service.js';
import { pictureOf } from '../../audits/response-pictures.js';
import { RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { splitAddress } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { typedFields } from '../error.filter.js';
import type { Fields } from '../fields/field-input.js';
import { errorsByField } from '../form-errors.js';
import { STALE, WHOLE } from '../input-words.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { filesView } from '../responses/response-files.controller.js';
import { pictureName } from '../responses/response-pictures.controller.js';
import { correctionFields, correctionFrom, standsNow } from './correction-view.js';
import { questionnaireHead } from './head.js';
import { DueInput, ReasonInput, ReturnInput, SeenInput } from './inputs.js';
import { responseView, type TypedSteps } from './response-view.js';

/** One response: read, returned, fixed, reopened, corrected by the secretariat. */
@Controller('questionnaires/:id/responses/:rid')
export class KeepingController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly keeping: ResponseKeeping,
    private readonly asking: Asking,
    private readonly images: Images,
    private readonly files: ResponseFiles,
  ) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string): Promise<Outcome> {
    return this.responsePage(ctx, id, rid, {}, []);
  }

  @Post('return')
  @Allow('questionnaire.manage')
  async return(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Body() input: ReturnInput): Promise<Outcome> {
    const kept = await this.keeping.response(ctx, id, rid);
    try {
      await this.keeping.return(ctx, rid, Number(input.version), { reason: input.reason, items: input.item ?? [] });
      return redirect(`/questionnaires/${id}?done=returned`);
    } catch (error) {
      if (error instanceof Invalid) return await this.responsePage(ctx, id, rid, { returning: { reason: input.reason, items: new Set(input.item ?? []) } }, error.problems);
      return this.stale(ctx, error, kept, 'return', [{ name: 'reason', label: '差戻しの理由', mine: input.reason, theirs: '' }], (input.item ?? []).map((value) => ({ name: 'item', value })));
    }
  }

  @Post('fix')
  @Allow('questionnaire.manage')
  async fix(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Body() input: SeenInput): Promise<Outcome> {
    const kept = await this.keeping.response(ctx, id, rid);
    try {
      await this.keeping.fix(ctx, rid, Number(input.version));
      return redirect(`/questionnaires/${id}?done=fixed`);
    } catch (error) {
      return this.stale(ctx, error, kept, 'fix', []);
    }
  }

  @Post('reopen')
  @Allow('questionnaire.manage')
  async reopen(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Body() input: ReasonInput): Promise<Outcome> {
    const kept = await this.keeping.response(ctx, id, rid);
    try {
      await this.keeping.reopen(ctx, rid, Number(input.version), input.reason);
      return redirect(`/questionnaires/${id}/responses/${rid}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.responsePage(ctx, id, rid, { reopening: input.reason }, error.problems);
      return this.stale(ctx, error, kept, 'reopen', [{ name: 'reason', label: '確定を取り消す理由', mine: input.reason, theirs: '' }]);
    }
  }

  @Post('due')
  @Allow('questionnaire.manage')
  async due(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Body() input: DueInput): Promise<Outcome> {
    const kept = await this.keeping.response(ctx, id, rid);
    try {
      await this.asking.changeDue(ctx, rid, Number(input.version), input.dueOn);
      return redirect(`/questionnaires/${id}/responses/${rid}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.responsePage(ctx, id, rid, { due: input.dueOn }, error.problems);
      return this.stale(ctx, error, kept, 'due', [{ name: 'dueOn', label: '回答の期限', mine: input.dueOn, theirs: kept.response.dueOn }]);
    }
  }

  @Get('correct/:item')
  @Allow('questionnaire.manage')
  async correcting(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Param('item') item: string): Promise<Outcome> {
    return this.correctionPage(ctx, id, rid, item, null, []);
  }

  @Post('correct/:item')
  @Allow('questionnaire.manage')
  async correct(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Param('item') item: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    const kept = await this.keeping.response(ctx, id, rid);
    const compiled = correctable(kept, item);
    const value = correctionFrom(kept, compiled, body);
    const reason = typeof body.reason === 'string' ? body.reason : '';
    try {
      if (typeof body.version !== 'string' || !WHOLE.test(body.version)) throw new Invalid('version-missing', STALE.message, [{ code: 'version-missing', path: '', message: STALE.message }]);
      await attempt(ctx, () => this.keeping.correct(ctx, rid, Number(body.version), { item, reason, ...value }));
      return redirect(`/questionnaires/${id}/responses/${rid}#corrections`);
    } catch (error) {
      if (error instanceof Invalid) return await this.correctionPage(ctx, id, rid, item, body, error.problems);
      const now = await this.keeping.response(ctx, id, rid);
      const mine = error instanceof Conflict && 'value' in value ? answerWords(compiled, value.value as never) : '（入力した行。そのまま残っています）';
      return this.stale(ctx, error, kept, `correct/${item}`, [{ name: '', label: compiled.item.label, mine, theirs: standsNow(now, compiled) }], typedFields(body).filter(({ name }) => name !== 'version'));
    }
  }

  /** 写真・図 of the answers. */
  @Get('images/:sha256')
  @Allow('audit.read')
  async image(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Param('sha256') sha256: string): Promise<Outcome> {
    await this.keeping.response(ctx, id, rid);
    const { bytes, mediaType } = await pictureOf(ctx, this.images, rid, sha256);
    return file(bytes, mediaType, pictureName(sha256, mediaType), true);
  }

  /** 添付資料, as it came. */
  @Get('files/:file')
  @Allow('audit.read')
  async attached(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('rid') rid: string, @Param('file') fileId: string): Promise<Outcome> {
    await this.keeping.response(ctx, id, rid);
    const { bytes, mediaType, fileName } = await this.files.file(ctx, rid, fileId);
    return file(bytes, mediaType, fileName);
  }

  /** Somebody was faster with this response: what they made of it, and what was wanted. Other errors go on. */
  private async stale(ctx: Ctx, error: unknown, { questionnaire, response, tracked }: KeptResponse, step: string, fields: readonly { name: string; label: string; mine: string; theirs: string }[], hidden: readonly { name: string; value: string }[] = []): Promise<Outcome> {
    if (!(error instanceof Conflict)) throw error;
    const here = `/questionnaires/${questionnaire.id}/responses/${response.id}`;
    const now = (await this.keeping.response(ctx, questionnaire.id, response.id)).response;
    return conflictPage(error, { title: `${tracked.department}の回答`, action: `${here}/${step}`, back: here }, now.version, [{ name: '', label: '状態', mine: '（あなたが見ていた状態）', theirs: `${RESPONSE_STATUSES[now.status].label}（${now.changedByName}）` }, ...fields], hidden);
  }

  private async responsePage(ctx: Ctx, id: string, rid: string, typed: TypedSteps, problems: readonly Problem[]): Promise<Outcome> {
    const [opened, kept] = [await this.questionnaires.get(ctx, id), await this.keeping.response(ctx, id, rid)];
    return page('pages/questionnaires/response', { ...questionnaireHead(opened, 'response', ctx.actor), id, ...responseView(kept, opened, typed), files: filesView(await this.files.listed(ctx, rid), `/questionnaires/${id}/responses/${rid}`), ...errorsByField(problems, ['reason', 'dueOn', 'items']) }, problems.length === 0 ? 200 : 422);
  }

  private async correctionPage(ctx: Ctx, id: string, rid: string, code: string, body: Fields | null, problems: readonly Problem[]): Promise<Outcome> {
    const [opened, kept] = [await this.questionnaires.get(ctx, id), await this.keeping.response(ctx, id, rid)];
    const item = correctable(kept, code);
    const here = `/questionnaires/${id}/responses/${rid}`;
    return page('pages/questionnaires/correct', {
      ...questionnaireHead(opened, 'response', ctx.actor), id, here, code, department: kept.tracked.department, system: kept.tracked.system ?? '', possible: kept.actions.includes('correct'), label: item.item.label,
      ...correctionFields(kept, item, body, problems, here), now: standsNow(kept, item), version: body === null ? String(kept.response.version) : String(body.version ?? ''), reason: typeof body?.reason === 'string' ? body.reason : '',
      ...errorsByField(problems.map((one) => (kept.form.byCode.has(splitAddress(one.path).item) ? { ...one, href: `#f-${one.path}` } : one)), ['reason']),
    }, problems.length === 0 ? 200 : 422);
  }
}

/** Throws `NotFound` for what nobody answers by itself. */
function correctable({ form }: KeptResponse, code: string): CompiledItem {
  const item = form.byCode.get(code);
  if (item === undefined || item.groups.length > 0 || item.item.kind === 'fixed' || item.item.kind === 'computed') throw new NotFound();
  return item;
}
