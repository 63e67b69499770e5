import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditKinds } from '../../audits/audit-kinds.service.js';
import { AuditParts } from '../../audits/audit-parts.service.js';
import { auditActionNamed, AuditRegister, type AuditPage } from '../../audits/audit-register.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { auditFields, auditOf, storedAudit } from './audit-form.js';
import { formPage, taken, type Form } from './forms.js';
import { auditHead } from './head.js';
import { ChangedAuditInput, MoveAuditInput, VersionInput } from './inputs.js';
import { overviewView } from './overview-view.js';

/** One audit: its overview, its plan, its stages. */
@Controller('audits/:id')
export class AuditController {
  constructor(
    private readonly register: AuditRegister,
    private readonly parts: AuditParts,
    private readonly kinds: AuditKinds,
  ) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.overview(ctx, id, '', []);
  }

  @Get('edit')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.register.get(ctx, id);
    return formPage(await this.form(ctx, found), storedAudit(found.audit));
  }

  @Post()
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedAuditInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.register.change(ctx, id, Number(input.version), auditOf(typed));
      return redirect(`/audits/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, await this.register.get(ctx, id))), version: input.version }, typed, problems), async () => {
      const found = await this.register.get(ctx, id);
      return { form: await this.form(ctx, found), mine: typed, theirs: storedAudit(found.audit), version: found.audit.version };
    });
  }

  /** A stale page is shown as the audit stands now, with the comment that was typed. */
  @Post('move')
  @Allow('audit.read')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: MoveAuditInput): Promise<Outcome> {
    const comment = input.comment ?? '';
    try {
      await attempt(ctx, () => this.register.move(ctx, id, auditActionNamed(input.action), comment, Number(input.version)));
      return redirect(`/audits/${id}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.overview(ctx, id, comment, error.problems.map((one) => ({ ...one, path: `comment-${input.action}` })));
      if (error instanceof Conflict) return await this.overview(ctx, id, comment, [{ code: error.code, path: '', message: `${error.message}いまの内容はこの画面のとおりです。`, href: '#stage' }], 409);
      throw error;
    }
  }

  @Post('remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.register.remove(ctx, id, Number(input.version));
    return redirect('/audits');
  }

  private async overview(ctx: Ctx, id: string, comment: string, problems: readonly Problem[], status = 422): Promise<Outcome> {
    const found = await this.register.get(ctx, id);
    return page('pages/audits/overview', {
      head: auditHead(found.audit, 'overview', ctx.actor), ...overviewView(found, await this.parts.of(ctx, id), ctx.clock.today()), comment,
      errors: Object.fromEntries(found.actions.map((one) => [one.action, problems.find(({ path }) => path === `comment-${one.action}`)?.message ?? ''])), problems: problems.map((one) => ({ message: one.message, href: one.href ?? `#${one.path}` })),
    }, problems.length === 0 ? 200 : status);
  }

  private async form(ctx: Ctx, { audit }: AuditPage): Promise<Form> {
    return {
      head: auditHead(audit, 'overview', ctx.actor), title: '計画を直す', subject: `「${audit.theme}」の計画`, lead: 'この監査が何を、なぜ、どう調べるかです。報告書と公表文はここから組み立てます。', specs: auditFields(await this.kinds.living(ctx), ctx.clock.today(), audit),
      action: `/audits/${audit.id}`, back: `/audits/${audit.id}`, submit: '保存する', version: String(audit.version),
    };
  }
}
