import { Body, Controller, Param, Post } from '@nestjs/common';
import { isIsoDate, parseJapaneseDate } from '../../engine/dates.js';
import { Statements } from '../../findings/statements.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { redirect, type Outcome } from '../outcome.js';
import { FindingPages } from './finding-pages.js';
import { AnswerInput, AskInput, ReplyInput } from './inputs.js';

/** 事実確認 of a finding: asked, answered by the department, replied to by the auditors. */
@Controller('findings/:id')
export class StatementsController {
  constructor(
    private readonly statements: Statements,
    private readonly pages: FindingPages,
  ) {}

  @Post('ask')
  @Allow('finding.write')
  async ask(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { version, dueOn }: AskInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'ask', { dueOn }, async () => {
      await this.statements.ask(ctx, id, Number(version), dayOf(dueOn));
      return `/findings/${id}#statements`;
    });
  }

  @Post('due')
  @Allow('finding.write')
  async extend(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() { version, dueOn }: AskInput): Promise<Outcome> {
    return this.pages.small(ctx, id, 'extend', { dueOn }, async () => {
      await this.statements.extend(ctx, id, Number(version), dayOf(dueOn));
      return `/findings/${id}#statements`;
    });
  }

  @Post('remind')
  @Allow('finding.write')
  async remind(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.statements.remind(ctx, id);
    return redirect(`/findings/${id}#statements`);
  }

  @Post('statements/:statement/answer')
  @Allow('finding.state')
  async answer(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('statement') statement: string, @Body() { version, agreed = '', text }: AnswerInput): Promise<Outcome> {
    return this.pages.small(ctx, id, `statement-${statement}`, { agreed, text }, async () => {
      await this.statements.answer(ctx, statement, Number(version), { agreed: agreed === '' ? null : agreed === 'yes', text });
      return `/findings/${id}#statements`;
    });
  }

  @Post('statements/:statement/reply')
  @Allow('finding.write')
  async reply(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('statement') statement: string, @Body() { version, reply }: ReplyInput): Promise<Outcome> {
    return this.pages.small(ctx, id, `statement-${statement}`, { reply }, async () => {
      await this.statements.reply(ctx, statement, Number(version), reply);
      return `/findings/${id}#statements`;
    });
  }
}

/** As typed, 和暦 or 西暦; what is no day is left to the service. */
function dayOf(typed: string): string {
  const day = typed.trim();
  return isIsoDate(day) ? day : (parseJapaneseDate(day) ?? day);
}
