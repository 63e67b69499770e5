import { Controller, Get, Param, Post } from '@nestjs/common';
import { readAudit } from '../../audits/audit-access.js';
import { AuditReports } from '../../findings/audit-reports.service.js';
import { reportHref } from '../../findings/report-reading.service.js';
import { publicationOf } from '../../findings/report-model.js';
import { REPORT_STATUSES } from '../../findings/report.transitions.js';
import { ActionNotices } from '../../findings/action-notices.service.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { page, redirect, type Outcome } from '../outcome.js';

/** Reports of an audit: begin the report, and the publications of measures over the years. */
@Controller('audits/:id')
export class MeasuresController {
  constructor(
    private readonly reports: AuditReports,
    private readonly notices: ActionNotices,
  ) {}

  @Post('report/begin')
  @Allow('audit.write')
  async beginReport(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    await this.reports.begin(ctx, id, 'report');
    return redirect(`/audits/${id}/report`);
  }

  @Get('measures')
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const audit = await readAudit(ctx, id);
    const all = (await this.reports.list(ctx, id)).filter((one) => one.kind === 'measures');
    const received = (await this.notices.list(ctx, { auditId: id, status: 'received' })).filter(({ notice }) => notice.reportId === null);
    return page('pages/reports/measures', {
      head: auditHead(audit, 'report', ctx.actor), id, begins: audit.status !== 'closed' && allows(ctx.actor.grants, 'audit.write') && all.every((one) => one.status === 'published'),
      received: received.map(({ notice, department, items }) => ({ href: `/notices/${notice.id}`, department, items, notifiedOn: notice.notifiedOn ?? '' })),
      measures: all.map((one) => ({ href: reportHref(one), title: one.title, status: REPORT_STATUSES[one.status], publication: publicationOf(one), changedOn: one.changedAt.toISOString(), changedBy: one.changedByName })),
    });
  }

  @Post('measures')
  @Allow('audit.write')
  async begin(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return redirect(`/audits/${id}/measures/${await this.reports.begin(ctx, id, 'measures')}`);
  }
}
