import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { readAudit } from '../../audits/audit-access.js';
import { AuditReports } from '../../findings/audit-reports.service.js';
import type { DeliberationSubject } from '../../findings/deciding.js';
import { Deliberations } from '../../findings/deliberations.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound, type Problem } from '../../kernel/errors.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { consentsWord, deliberationsView, type TypedChange, type TypedHeld, type TypedVoice } from './deliberations-view.js';
import { ChangedHeldInput, HeldInput, SeenInput, VoiceInput } from './inputs.js';

/** 合議 of an audit: the members come together, each gives a voice, what is decided follows. */
@Controller('audits/:id/deliberations')
export class DeliberationsController {
  constructor(
    private readonly deliberations: Deliberations,
    private readonly reports: AuditReports,
  ) {}

  @Get()
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.list(ctx, id, {}, []);
  }

  @Post()
  @Allow('audit.write')
  async hold(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: HeldInput): Promise<Outcome> {
    const { subject, heldOn, place, note } = input;
    const [kind, subjectId = null] = subject.split(':') as [DeliberationSubject, string?];
    try {
      const held = await this.deliberations.hold(ctx, id, { subject: kind, subjectId, heldOn, place, note });
      return redirect(`/audits/${id}/deliberations#deliberation-${held}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.list(ctx, id, { held: { subject, heldOn, place, note } }, error.problems);
      throw error;
    }
  }

  @Post(':deliberation')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('deliberation') deliberation: string, @Body() input: ChangedHeldInput): Promise<Outcome> {
    const { heldOn, place, note } = input;
    try {
      await this.deliberations.change(ctx, id, deliberation, Number(input.version), { heldOn, place, note });
      return redirect(`/audits/${id}/deliberations#deliberation-${deliberation}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.list(ctx, id, { change: { deliberation, heldOn, place, note } }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = await this.one(ctx, id, deliberation);
      return conflictPage(error, { title: `合議「${now.label}」`, action: `/audits/${id}/deliberations/${deliberation}`, back: `/audits/${id}/deliberations` }, now.version, [
        { name: 'heldOn', label: '合議の日', mine: heldOn, theirs: now.heldOn }, { name: 'place', label: '場所', mine: place, theirs: now.place }, { name: 'note', label: '記録', mine: note, theirs: now.note },
      ]);
    }
  }

  @Post(':deliberation/withdraw')
  @Allow('audit.write')
  async withdraw(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('deliberation') deliberation: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.deliberations.withdraw(ctx, id, deliberation, Number(input.version));
    return redirect(`/audits/${id}/deliberations`);
  }

  /** A member gives the own voice; the secretariat records any. Who may is the service’s affair. */
  @Post(':deliberation/voices/:person')
  @Allow('audit.read')
  async voice(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('deliberation') deliberation: string, @Param('person') person: string, @Body() input: VoiceInput): Promise<Outcome> {
    const { consents = '', opinion } = input;
    const typed: TypedVoice = { deliberation, person, consents, opinion };
    try {
      if (consents === '') throw new Invalid('consent-missing', '同意するかどうかを選んでください。', [{ code: 'consent-missing', path: 'consents', message: '同意するかどうかを選んでください。' }]);
      await this.deliberations.voice(ctx, id, deliberation, Number(input.version), { personId: person, consents: consents === 'absent' ? null : consents === 'yes', opinion });
      return redirect(`/audits/${id}/deliberations#deliberation-${deliberation}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.list(ctx, id, { voice: typed }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      const now = (await this.one(ctx, id, deliberation)).voices.find((one) => one.personId === person);
      if (now === undefined) throw error;
      const [mine, theirs] = [consents, consentsWord(now)];
      const words: Record<string, string> = { yes: '同意する', no: '同意しない', absent: '欠席', '': '' };
      return conflictPage(error, { title: `${now.name}の意見`, action: `/audits/${id}/deliberations/${deliberation}/voices/${person}`, back: `/audits/${id}/deliberations` }, now.version, [
        { name: 'consents', label: '同意', mine, theirs, mineText: words[mine]!, theirsText: words[theirs]! }, { name: 'opinion', label: '意見', mine: opinion, theirs: now.opinion },
      ]);
    }
  }

  private async one(ctx: Ctx, id: string, deliberation: string) {
    const found = (await this.deliberations.list(ctx, id)).find((one) => one.id === deliberation);
    if (found === undefined) throw new NotFound();
    return found;
  }

  private async list(ctx: Ctx, id: string, typed: { held?: TypedHeld; voice?: TypedVoice; change?: TypedChange }, problems: readonly Problem[]): Promise<Outcome> {
    const audit = await readAudit(ctx, id);
    const report = (await this.reports.list(ctx, id)).find((one) => one.kind === 'report');
    const view = deliberationsView({
      deliberations: await this.deliberations.list(ctx, id), choices: await this.deliberations.choices(ctx, id), actor: ctx.actor, today: ctx.clock.today(), problems, ...typed,
      closed: audit.status === 'closed' ? { why: '監査が完了している', mends: false }
        : report === undefined || report.status === 'draft' ? null
          : { why: report.status === 'published' ? '報告を公表した' : '報告が決定している', mends: report.status !== 'published' && allows(ctx.actor.grants, 'audit.write') },
    });
    return page('pages/reports/deliberations', { head: auditHead(audit, 'deliberations', ctx.actor), id, ...view }, problems.length === 0 ? 200 : 422);
  }
}
