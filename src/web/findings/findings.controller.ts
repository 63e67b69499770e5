import { Controller, Get, Query } from '@nestjs/common';
import { formatFiscalYear } from '../../engine/dates.js';
import { FindingRegister, type FindingFilter, type ListedFinding } from '../../findings/finding-register.service.js';
import { FindingSettings } from '../../findings/finding-settings.service.js';
import { FINDING_STAGES } from '../../findings/finding.transitions.js';
import type { FindingScheme, Term } from '../../findings/scheme.js';
import { Statements, type AskedOfDepartment } from '../../findings/statements.service.js';
import { Departments } from '../../identity/departments.service.js';
import { allows, reachOf } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { workbook } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, type Outcome } from '../outcome.js';
import { departmentPlaces } from '../systems/places.js';
import { ListQuery } from './inputs.js';
import { dueWords, labelOf } from './tree-view.js';

/** 検出事項: to departments what they are asked to confirm, to auditors a list over all audits. */
@Controller('findings')
export class FindingsController {
  constructor(
    private readonly register: FindingRegister,
    private readonly statements: Statements,
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
  ) {}

  @Get()
  @Allow('finding.read')
  async list(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    if (reachOf(ctx.actor.grants, 'finding.read') !== 'all') return this.mine(ctx);
    const { scheme } = await this.settings.of(ctx);
    const found = await this.register.list(ctx, filterOf(query));
    const audits: { id: string; theme: string; fiscal_year: number }[] = await ctx.tx.query('select id, theme, fiscal_year from audit where organisation_id = $1 order by fiscal_year desc, theme, id', [ctx.organisation]);
    const choice = (all: readonly { code: string; label: string }[], chosen = ''): object[] => all.map((one) => ({ ...one, chosen: one.code === chosen }));
    return page('pages/findings/list', {
      words: query.words ?? '', filtered: Object.values(query).some((one) => one !== undefined && one !== ''), total: found.length.toLocaleString('ja-JP'), cut: found.length >= 1000, workbook: address('/findings/list.xlsx', query), mayWrite: allows(ctx.actor.grants, 'finding.write'),
      audits: audits.map((one) => ({ id: one.id, label: `${formatFiscalYear(one.fiscal_year)}　${one.theme}`, chosen: one.id === query.audit })),
      departments: departmentPlaces(await this.departments.living(ctx), () => true).map((one) => ({ ...one, chosen: one.id === query.department })),
      stages: choice(Object.entries(FINDING_STAGES).map(([code, { label }]) => ({ code, label })), query.stage), classifications: choice(scheme.classifications, query.classification).map(plain), severities: choice(scheme.severities, query.severity).map(plain),
      rows: found.map((one) => row(one, scheme)),
    });
  }

  /** As the page, for whom it is. */
  @Get('list.xlsx')
  @Allow('finding.read')
  async workbook(@InCtx() ctx: Ctx, @Query() query: ListQuery): Promise<Outcome> {
    if (reachOf(ctx.actor.grants, 'finding.read') !== 'all') return this.mineAsWorkbook(ctx);
    const { scheme } = await this.settings.of(ctx);
    const columns = [['年度', 14], ['監査', 36], ['検出事項', 48], ['区分', 12], ['重要度', 12], ['所管課', 20], ['システム', 24], ['段階', 12], ['措置', 8], ['措置済み', 10]] as const;
    const rows = (await this.register.list(ctx, filterOf(query))).map((one) => [formatFiscalYear(one.fiscalYear), one.theme, one.title, labelOf(scheme.classifications, one.classification), labelOf(scheme.severities, one.severity), one.departmentName, one.systemName, FINDING_STAGES[one.stage].label, one.actions, one.settled]);
    return file(await workbook('検出事項', columns.map(([label, width]) => ({ label, width })), rows), XLSX, '検出事項一覧.xlsx');
  }

  private async mineAsWorkbook(ctx: Ctx): Promise<Outcome> {
    const columns = [['監査', 36], ['検出事項', 48], ['課', 20], ['回答の期限', 20], ['回答', 30], ['監査側の見解', 14]] as const;
    const rows = (await this.statements.mine(ctx)).map((one) => [one.theme, one.title, one.departmentName, dueWords(one.dueOn, one.late), stateWords(one), one.replied ? 'あり' : '']);
    return file(await workbook('検出事項の確認', columns.map(([label, width]) => ({ label, width })), rows), XLSX, '検出事項の確認.xlsx');
  }

  private async mine(ctx: Ctx): Promise<Outcome> {
    const asked = (await this.statements.mine(ctx)).map((one) => ({
      href: `/findings/${one.findingId}`, title: one.title, theme: one.theme, department: one.departmentName, due: dueWords(one.dueOn, one.late), late: one.late, waiting: one.open && one.agreed === null,
      state: stateWords(one), agreed: one.agreed === true, disagreed: one.agreed === false, open: one.open, replied: one.replied,
    }));
    return page('pages/findings/mine', { any: asked.length > 0, waiting: asked.filter((one) => one.waiting), others: asked.filter((one) => !one.waiting) });
  }
}

function stateWords({ agreed, open, withdrawn }: AskedOfDepartment): string {
  if (withdrawn) return '検出事項が取り下げられました';
  if (agreed === null) return open ? '回答を待っています' : '回答がないまま確認を終えました';
  return agreed ? '相違ないと回答' : '相違があると回答';
}

const given = (value: string | undefined): string | undefined => (value === undefined || value === '' ? undefined : value);

function filterOf({ audit, department, stage, classification, severity, words }: ListQuery): FindingFilter {
  const filter = { auditId: given(audit), departmentId: given(department), stage: given(stage), classification: given(classification), severity: given(severity), words: given(words) };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

function address(path: string, query: ListQuery): string {
  const sent = Object.entries(query).filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '');
  return sent.length === 0 ? path : `${path}?${new URLSearchParams(sent).toString()}`;
}

const plain = (one: object): object => { const { code, label, chosen } = one as Term & { chosen: boolean }; return { code, label, chosen }; };

function row(one: ListedFinding, scheme: FindingScheme): object {
  return {
    href: `/findings/${one.id}`, title: one.title, audit: { href: `/audits/${one.auditId}/findings`, theme: one.theme, year: formatFiscalYear(one.fiscalYear) }, department: one.departmentName, system: one.systemName, stage: FINDING_STAGES[one.stage],
    classification: labelOf(scheme.classifications, one.classification), severity: labelOf(scheme.severities, one.severity), actions: one.actions === 0 ? '' : `${one.settled}／${one.actions}件が済み`,
  };
}
