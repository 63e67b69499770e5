import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { AssessmentList } from '../../assessments/assessment-list.service.js';
import { AssessmentSystems } from '../../assessments/assessment-systems.service.js';
import { Rechecking } from '../../findings/rechecking.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { systemHead } from './head.js';
import { AssessmentsQuery, LinkInput } from './inputs.js';

/** 評価書: which assessments speak of the system. Who writes the system or the assessment links them. */
@Controller('systems/:id/assessments')
export class SystemAssessmentsController {
  constructor(
    private readonly register: SystemRegister,
    private readonly links: AssessmentSystems,
    private readonly assessments: AssessmentList,
    private readonly checking: Rechecking,
  ) {}

  @Get()
  @Allow('system.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: AssessmentsQuery): Promise<Outcome> {
    const system = await this.register.get(ctx, id);
    const mayLink = (departmentId: string): boolean => system.may.write || (system.mergedInto === null && allows(ctx.actor.grants, 'assessment.write', departmentId));
    const linked = await this.links.ofSystem(ctx, id);
    const words = (query.words ?? '').trim();
    const linking = system.may.write || allows(ctx.actor.grants, 'assessment.write');
    const suggested = linking && system.mergedInto === null ? (await this.links.suggestedFor(ctx, id)).filter((one) => mayLink(one.departmentId)) : [];
    const known = new Set([...linked, ...suggested].map((one) => one.id));
    const found = words === '' || !linking ? [] : (await this.assessments.list(ctx, { words })).assessments.filter((one) => !known.has(one.id) && mayLink(one.departmentId));
    const row = (one: { id: string; title: string; formTitle: string; statusLabel: string; departmentName: string }) => ({ id: one.id, title: one.title, form: one.formTitle, status: one.statusLabel, department: one.departmentName });
    return page('pages/systems/assessments', {
      head: systemHead(ctx, system, 'assessments'), linking, words, searched: words !== '',
      linked: linked.map((one) => ({ ...row(one), href: one.readable ? `/assessments/${one.id}` : '', mayUnlink: mayLink(one.departmentId) })),
      suggested: suggested.map(row), found: found.map(row),
    });
  }

  @Post('link')
  @Allow('system.write')
  async link(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: LinkInput): Promise<Outcome> {
    await this.links.link(ctx, input.assessment, id);
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}/assessments`);
  }

  @Post('unlink')
  @Allow('system.write')
  async unlink(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: LinkInput): Promise<Outcome> {
    await this.links.unlink(ctx, input.assessment, id);
    await this.checking.recheck(ctx, [id]);
    return redirect(`/systems/${id}/assessments`);
  }
}
