import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { ActionEvidence } from '../../findings/action-evidence.service.js';
import { ActionSettling } from '../../findings/action-settling.service.js';
import { CorrectiveActions } from '../../findings/corrective-actions.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid } from '../../kernel/errors.js';
import { Allow, InCtx, Uploads, type Upload } from '../allow.js';
import { attempt } from '../attempt.js';
import { file, redirect, type Outcome } from '../outcome.js';
import { ActionPages } from './action-pages.js';
import type { StepForm } from './action-view.js';
import { EffectInput, EvidenceInput, OfferInput, PostponeInput, ReopenInput, ReportInput, TransferInput } from './inputs.js';

/** Steps of one action: reported, put off, handed over, checked, opened again; its evidence. */
@Controller('actions/:id')
export class ActionStepsController {
  constructor(
    private readonly actions: CorrectiveActions,
    private readonly settling: ActionSettling,
    private readonly evidence: ActionEvidence,
    private readonly pages: ActionPages,
  ) {}

  @Post('report')
  @Allow('action.read')
  async report(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ReportInput): Promise<Outcome> {
    return this.step(ctx, id, 'report', { text: input.text, state: input.state }, () => this.actions.report(ctx, id, Number(input.version), input));
  }

  @Post('postpone')
  @Allow('action.read')
  async postpone(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: PostponeInput): Promise<Outcome> {
    return this.step(ctx, id, 'postpone', { dueOn: input.dueOn, reason: input.reason }, () => this.actions.postpone(ctx, id, Number(input.version), input));
  }

  @Post('transfer')
  @Allow('action.follow')
  async transfer(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: TransferInput): Promise<Outcome> {
    return this.step(ctx, id, 'transfer', { departmentId: input.departmentId, reason: input.reason }, () => this.actions.transfer(ctx, id, Number(input.version), input));
  }

  @Post('effect')
  @Allow('action.settle')
  async effect(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: EffectInput): Promise<Outcome> {
    return this.step(ctx, id, 'effect', { text: input.text, verdict: input.verdict }, () => this.settling.checkEffect(ctx, id, Number(input.version), input));
  }

  @Post('reopen')
  @Allow('action.settle')
  async reopen(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ReopenInput): Promise<Outcome> {
    return this.step(ctx, id, 'reopen', { state: input.state, reason: input.reason }, () => this.settling.reopen(ctx, id, Number(input.version), input));
  }

  @Post('offer')
  @Allow('action.settle')
  async answerOffer(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: OfferInput): Promise<Outcome> {
    const state = input.state ?? '';
    return this.step(ctx, id, 'offer', { state, reason: input.reason }, () => (input.answer === 'accept'
      ? this.settling.acceptOffer(ctx, id, Number(input.version), { state, text: input.reason })
      : this.settling.declineOffer(ctx, id, Number(input.version), input.reason)));
  }

  @Post('evidence')
  @Allow('action.read')
  async addEvidence(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { caption }: EvidenceInput, @Uploads() uploads: Record<string, Upload>): Promise<Outcome> {
    return this.step(ctx, id, 'evidence', { caption }, async () => {
      const { file: upload } = uploads;
      if (upload === undefined) throw new Invalid('evidence-missing', '証拠のファイルを選んでください。', [{ code: 'evidence-missing', path: 'file', message: '証拠のファイルを選んでください。' }]);
      await this.evidence.add(ctx, id, upload, caption);
    }, '#evidence');
  }

  @Get('evidence/:file')
  @Allow('action.read')
  async readEvidence(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    const { bytes, mediaType, fileName } = await this.evidence.read(ctx, id, fileId);
    return file(bytes, mediaType, fileName);
  }

  @Post('evidence/:file/remove')
  @Allow('action.read')
  async removeEvidence(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('file') fileId: string): Promise<Outcome> {
    await this.evidence.remove(ctx, id, fileId);
    return redirect(`/actions/${id}#evidence`);
  }

  /** What cannot be saved comes back on the page as it stands now, with what was typed. */
  private async step(ctx: Ctx, id: string, form: StepForm, values: Record<string, string>, work: () => Promise<unknown>, anchor = '#entries'): Promise<Outcome> {
    try {
      await attempt(ctx, work);
      return redirect(`/actions/${id}${anchor}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.pages.show(ctx, id, { form, values, problems: error.problems });
      if (error instanceof Conflict && error.code === 'stale') {
        const message = `${error.message}いまの内容はこの画面のとおりです。入力した内容は残してあります。`;
        return await this.pages.show(ctx, id, { form, values, problems: [{ code: error.code, path: '', message }] }, 409);
      }
      throw error;
    }
  }
}
