import { Controller, Get, Param, Query } from '@nestjs/common';
import { AssessmentSystems } from '../../assessments/assessment-systems.service.js';
import { surveysOf } from '../../audits/surveys.js';
import { momentOf } from '../../checks/run-words.js';
import { SystemCheck } from '../../checks/system-check.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { RiskRegister } from '../../risks/risk-register.service.js';
import { Declaring } from '../../systems/declaring.service.js';
import { SystemRegister } from '../../systems/register.service.js';
import { Allow, InCtx } from '../allow.js';
import { page, type Outcome } from '../outcome.js';
import { seesChecks, systemHead } from './head.js';
import { HistoryQuery } from './inputs.js';
import { sheetView, surveysView } from './sheet-view.js';

/** Changes on the page of the history; the rest on demand. */
const RECENT = 100;
const MOST = 5_000;

/** 概要 and 履歴 of one system. */
@Controller('systems/:id')
export class SystemSheetController {
  constructor(
    private readonly register: SystemRegister,
    private readonly declaring: Declaring,
    private readonly systemCheck: SystemCheck,
    private readonly links: AssessmentSystems,
    private readonly risks: RiskRegister,
  ) {}

  @Get()
  @Allow('system.read')
  async sheet(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const system = await this.register.get(ctx, id);
    return page('pages/systems/sheet', {
      head: systemHead(ctx, system, 'overview'), changed: { at: momentOf(new Date(system.changedAt)), by: system.changedBy },
      ...sheetView({
        page: system, declared: system.mergedInto === null ? await this.declaring.sheet(ctx, id) : null, checks: seesChecks(system, ctx) ? await this.systemCheck.sheet(ctx, id) : null,
        assessments: system.mergedInto === null ? await this.links.ofSystem(ctx, id) : [],
        risks: system.mergedInto === null && allows(ctx.actor.grants, 'risk.read', system.departmentId) ? await this.risks.all(ctx, { systemId: id }) : null,
      }),
      surveys: surveysView((await surveysOf(ctx)).get(id) ?? [], allows(ctx.actor.grants, 'audit.read')),
      mayLink: system.may.write || allows(ctx.actor.grants, 'assessment.write'),
    });
  }

  @Get('history')
  @Allow('system.read')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: HistoryQuery): Promise<Outcome> {
    const system = await this.register.get(ctx, id);
    const path = query.path ?? '';
    const limit = query.all === 'yes' ? MOST : RECENT;
    const changes = await this.register.history(ctx, id, { ...(path === '' ? {} : { path }), limit: limit + 1 });
    return page('pages/systems/history', {
      head: systemHead(ctx, system, 'history'), of: path === '' ? '' : (changes[0]?.fieldName ?? path), more: changes.length > limit,
      changes: changes.slice(0, limit).map((one) => ({
        at: momentOf(new Date(one.at)), by: one.by, what: one.what, field: one.fieldName ?? '', fieldHref: one.path === null ? '' : `/systems/${id}/history?path=${encodeURIComponent(one.path)}`,
        before: one.before, after: one.after, sides: one.action === 'system-changed', comment: one.comment ?? '', words: one.words ?? (one.action === 'system-changed' ? '' : one.after === '' ? one.before : one.after),
      })),
    });
  }
}
