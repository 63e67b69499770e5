import { Controller, Get, Param, Query } from '@nestjs/common';
import { In, Not } from 'typeorm';
import { readAudit } from '../../audits/audit-access.js';
import { Audit } from '../../audits/audit.entity.js';
import { fiscalYear } from '../../engine/dates.js';
import { ActionBoard } from '../../findings/action-board.service.js';
import { subjectsWithoutActions } from '../../findings/action-subjects.js';
import { FindingSettings } from '../../findings/finding-settings.service.js';
import { Finding, Improvement } from '../../findings/finding.entity.js';
import { Departments } from '../../identity/departments.service.js';
import { allows, reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { scoped } from '../../kernel/scoped.js';
import { Allow, InCtx } from '../allow.js';
import { auditHead } from '../audits/head.js';
import { XLSX } from '../lists.controller.js';
import { file, page, type Outcome } from '../outcome.js';
import { actionWorkbook, boardView, calendarView, cardView, chartsView, headView, listView, monthOf, type Choices } from './board-view.js';
import { ActionsQuery, filterOf } from './inputs.js';

/** 措置 of all audits: board, list, calendar, charts; and those of one audit. */
@Controller()
export class ActionsController {
  constructor(
    private readonly board: ActionBoard,
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
  ) {}

  @Get('actions')
  @Allow('action.read')
  async open(@InCtx() ctx: Ctx, @Query() query: ActionsQuery): Promise<Outcome> {
    const may = (permission: Parameters<typeof allows>[1]): boolean => allows(ctx.actor.grants, permission);
    const head = headView(query, await this.choices(ctx), { ask: may('action.follow'), notify: may('action.write'), configure: may('audit.configure'), receive: may('action.follow') });
    const filter = filterOf(query);
    const today = ctx.clock.today();
    switch (query.view) {
      case 'list': return page('pages/actions/list', { head, list: listView(await this.board.list(ctx, filter), query, today) });
      case 'calendar': {
        const month = monthOf(query, today);
        return page('pages/actions/calendar', { head, calendar: calendarView(await this.board.calendar(ctx, filter, month), month, query, today) });
      }
      case 'charts': return page('pages/actions/charts', { head, charts: chartsView(await this.board.figures(ctx, filter), await this.board.ageing(ctx, filter)) });
      default: return page('pages/actions/board', { head, board: boardView(await this.board.board(ctx, filter), query, today), subjects: await this.withoutActions(ctx, null) });
    }
  }

  @Get('actions/list.xlsx')
  @Allow('action.read')
  async asWorkbook(@InCtx() ctx: Ctx, @Query() query: ActionsQuery): Promise<Outcome> {
    return file(await actionWorkbook(await this.board.all(ctx, filterOf(query)), ctx.clock.today()), XLSX, '措置一覧.xlsx');
  }

  /** With what was decided and has no action yet. */
  @Get('audits/:id/actions')
  @Allow('audit.read')
  async ofAudit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const audit = await readAudit(ctx, id);
    const actions = await this.board.all(ctx, { auditId: id });
    const undecided = (await scoped(ctx, Finding).count({ auditId: id, kind: 'finding', stage: In(['draft', 'confirming', 'confirmed']) })) + (await scoped(ctx, Improvement).count({ auditId: id, kind: Not('heading'), stage: 'draft' }));
    return page('pages/actions/audit', {
      head: auditHead(audit, 'actions', ctx.actor), rows: actions.map((one) => cardView(one, ctx.clock.today())), board: `/actions?audit=${id}`, workbook: `/actions/list.xlsx?audit=${id}`, subjects: await this.withoutActions(ctx, id), undecided,
      mayAdd: allows(ctx.actor.grants, 'action.follow'), charts: actions.length === 0 ? null : chartsView(await this.board.figures(ctx, { auditId: id }), await this.board.ageing(ctx, { auditId: id })),
    });
  }

  private async withoutActions(ctx: Ctx, auditId: string | null): Promise<{ title: string; href: string; kind: string; theme: string }[]> {
    const words = { finding: '検出事項', opinion: '意見', recommendation: '勧告' } as const;
    return (await subjectsWithoutActions(ctx, await this.settings.of(ctx), auditId)).map(({ kind, id, title, theme }) => ({ title, theme, kind: words[kind], href: `/actions/new?${kind === 'finding' ? 'finding' : 'improvement'}=${id}` }));
  }

  private async choices(ctx: Ctx): Promise<Choices> {
    const reach = reachOf(ctx.actor.grants, 'action.read');
    const tree = await this.departments.living(ctx);
    const departments = reach === 'all' ? tree.map((one) => ({ id: one.department.id, label: `${'　'.repeat(one.depth)}${one.department.name}` }))
      : tree.filter((one) => reach.has(one.department.id)).map((one) => ({ id: one.department.id, label: one.department.name }));
    const concerned: { id: string }[] = await ctx.tx.query('select distinct audit_id as id from corrective_action where organisation_id = $1 and ($2::uuid[] is null or department_id = any($2))', [ctx.organisation, reach === 'all' ? null : [...reach]]);
    const audits = (await scoped(ctx, Audit).find({}, { fiscalYear: 'DESC', theme: 'ASC' })).filter((one) => concerned.some(({ id }) => id === one.id));
    const years = [...new Set(audits.map((one) => one.fiscalYear))];
    return {
      departments: departments.length > 1 ? departments : [], years: years.length === 0 ? [fiscalYear(ctx.clock.today())] : years, audits: audits.map(({ id, theme }) => ({ id, theme })),
      states: (await this.settings.of(ctx)).scheme.states,
    };
  }
}
