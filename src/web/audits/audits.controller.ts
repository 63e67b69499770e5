import { Body, Controller, Get, Post, Query } from '@nestjs/common';
import { AuditKinds } from '../../audits/audit-kinds.service.js';
import { AuditRegister } from '../../audits/audit-register.service.js';
import { Plans } from '../../audits/plans.service.js';
import { fiscalYear, formatFiscalYear } from '../../engine/dates.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { workbook } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { auditFields, auditOf, blankAudit } from './audit-form.js';
import { auditRows, auditsView } from './audits-view.js';
import { fieldsView, problemsView, yearIn, type Typed } from './form-fields.js';
import { taken } from './forms.js';
import { CopyInput, NewAuditInput, NewAuditQuery, YearQuery } from './inputs.js';

/** 監査: the list of all years, and new ones: blank, from a plan, or after an older one. */
@Controller('audits')
export class AuditsController {
  constructor(
    private readonly register: AuditRegister,
    private readonly plans: Plans,
    private readonly kinds: AuditKinds,
  ) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Query() query: YearQuery): Promise<Outcome> {
    const today = ctx.clock.today();
    return page('pages/audits/list', auditsView({
      audits: await this.register.list(ctx, chosenYear(query)), years: await this.register.years(ctx), chosen: query.year ?? '', waiting: await this.plans.waiting(ctx, fiscalYear(today)), plans: (await this.plans.list(ctx)).length,
      today, mayWrite: allows(ctx.actor.grants, 'audit.write'),
    }));
  }

  @Get('list.xlsx')
  @Allow('audit.read')
  async listAsWorkbook(@InCtx() ctx: Ctx, @Query() query: YearQuery): Promise<Outcome> {
    const { columns, rows } = auditRows(await this.register.list(ctx, chosenYear(query)));
    return file(await workbook('監査', columns, rows), XLSX, '監査一覧.xlsx');
  }

  @Get('new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Query() query: NewAuditQuery): Promise<Outcome> {
    const item = query.item === undefined || query.item === '' ? null : (await this.plans.item(ctx, query.item)).item;
    return this.newPage(ctx, blankAudit(fiscalYear(ctx.clock.today()), item, await this.kinds.living(ctx)), query.item ?? '', []);
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Body() input: NewAuditInput): Promise<Outcome> {
    const { item = '', ...rest } = input;
    const typed: Typed = { ...rest };
    return taken(ctx, async () => redirect(`/audits/${await this.register.add(ctx, auditOf(typed), item === '' ? null : item)}`), (problems) => this.newPage(ctx, typed, item, problems));
  }

  @Post('copy')
  @Allow('audit.write')
  async copy(@InCtx() ctx: Ctx, @Body() input: CopyInput): Promise<Outcome> {
    const { from, copyYear, copyKind = '', item = '' } = input;
    const year = yearIn({ copyYear }, 'copyYear');
    return taken(ctx, async () => redirect(`/audits/${await this.register.copy(ctx, from, year, { kind: copyKind, planItemId: item === '' ? null : item })}`), async (problems) => {
      const planned = item === '' ? null : (await this.plans.item(ctx, item)).item;
      const typed = blankAudit(fiscalYear(ctx.clock.today()), planned, await this.kinds.living(ctx));
      return this.newPage(ctx, typed, item, problems.map((one) => ({ ...one, path: one.path === 'kind' ? 'copyKind' : 'copyYear' })), { from, year: copyYear, kind: copyKind });
    });
  }

  private async newPage(ctx: Ctx, typed: Typed, item: string, problems: readonly Problem[], copying: { from: string; year: string; kind: string } = { from: '', year: '', kind: '' }): Promise<Outcome> {
    const kinds = await this.kinds.living(ctx);
    const specs = auditFields(kinds, ctx.clock.today(), null);
    const planned = item === '' ? null : await this.plans.item(ctx, item);
    const audits = await this.register.list(ctx);
    return page('pages/audits/new', {
      item, from: planned === null ? null : { plan: planned.plan.title, href: `/audits/plans/${planned.plan.id}`, theme: planned.item.theme },
      fields: fieldsView(specs, typed, problems), problems: [...problemsView([...specs, { name: 'copyYear', label: '', kind: 'year' }, { name: 'copyKind', label: '', kind: 'select' }], problems)],
      copyYear: copying.year === '' ? formatFiscalYear(planned?.item.fiscalYear ?? fiscalYear(ctx.clock.today()) + 1) : copying.year,
      copyErrors: { year: problems.find((one) => one.path === 'copyYear')?.message ?? '', kind: problems.find((one) => one.path === 'copyKind')?.message ?? '' },
      copyKinds: kinds.map((one) => ({ value: one.code, label: one.label, chosen: one.code === copying.kind })),
      copies: audits.map(({ audit }) => ({ id: audit.id, label: `${formatFiscalYear(audit.fiscalYear)}　${audit.kindLabel}　${audit.theme}`, chosen: audit.id === copying.from })),
    }, problems.length === 0 ? 200 : 422);
  }
}

const chosenYear = ({ year = '' }: YearQuery): { year?: number } => (year === '' ? {} : { year: Number(year) });
