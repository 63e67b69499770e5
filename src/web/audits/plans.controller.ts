import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditKinds } from '../../audits/audit-kinds.service.js';
import { PLAN_KINDS, Plans, type PlanItemInput as PlannedFields, type PlanPage } from '../../audits/plans.service.js';
import { fiscalYear, formatFiscalYear } from '../../engine/dates.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound } from '../../kernel/errors.js';
import { workbook } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { dayText, numberIn, textIn, type FieldSpec, type Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { AUDIT_STATUSES } from '../../audits/audit.transitions.js';
import { ChangedPlanInput, PlanInput, PlanItemInput, VersionInput } from './inputs.js';

const PLAN_FIELDS: readonly FieldSpec[] = [
  { name: 'kind', label: '計画の種類', kind: 'select', need: true, options: Object.entries(PLAN_KINDS).map(([value, label]) => ({ value, label })) },
  { name: 'title', label: '計画の名前', kind: 'line', need: true, support: '例：令和8年度 年間監査計画' },
  { name: 'fromYear', label: '始まりの年度', kind: 'short', need: true, support: '西暦で入れます（令和8年度は2026）。' },
  { name: 'untilYear', label: '終わりの年度', kind: 'short', need: true, support: '年間計画は、始まりと同じ年度です。' },
  { name: 'policy', label: '基本方針', kind: 'text', rows: 6 },
  { name: 'decidedOn', label: '決定した日', kind: 'day' },
];

/** 監査計画, of one year or of several, with their items. */
@Controller('audits/plans')
export class PlansController {
  constructor(
    private readonly plans: Plans,
    private readonly kinds: AuditKinds,
  ) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx): Promise<Outcome> {
    const plans = await this.plans.list(ctx);
    return page('pages/audits/plans', {
      mayWrite: allows(ctx.actor.grants, 'audit.write'),
      plans: plans.map((one) => ({ href: `/audits/plans/${one.id}`, title: one.title, kind: PLAN_KINDS[one.kind], years: yearsText(one), items: one.items, begun: one.begun, decidedOn: one.decidedOn ?? '' })),
    });
  }

  @Get('new')
  @Allow('audit.write')
  open(@InCtx() ctx: Ctx): Outcome {
    const year = String(fiscalYear(ctx.clock.today()) + 1);
    return formPage(newForm, { kind: 'yearly', title: '', fromYear: year, untilYear: year, policy: '', decidedOn: '' });
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Body() input: PlanInput): Promise<Outcome> {
    return taken(ctx, async () => redirect(`/audits/plans/${await this.plans.add(ctx, planOf({ ...input }))}`), async (problems) => formPage(newForm, { ...input }, problems));
  }

  @Get(':plan')
  @Allow('audit.read')
  async show(@InCtx() ctx: Ctx, @Param('plan') id: string): Promise<Outcome> {
    const { plan, items } = await this.plans.get(ctx, id);
    const mayWrite = allows(ctx.actor.grants, 'audit.write');
    return page('pages/audits/plan', {
      id, title: plan.title, kind: PLAN_KINDS[plan.kind], years: yearsText(plan), policy: plan.policy, decidedOn: plan.decidedOn ?? '', changedBy: plan.changedByName, version: String(plan.version), mayWrite,
      byYear: [...new Set(items.map((one) => one.fiscalYear))].map((year) => ({
        label: formatFiscalYear(year),
        items: items.filter((one) => one.fiscalYear === year).map((one) => ({
          id: one.id, kind: one.kindLabel, theme: one.theme, targets: one.targets, period: one.period, edit: mayWrite ? `/audits/plans/${id}/items/${one.id}` : '', begin: mayWrite && one.audits.length === 0 ? `/audits/new?item=${one.id}` : '',
          audits: one.audits.map((audit) => ({ href: `/audits/${audit.id}`, theme: audit.theme, status: AUDIT_STATUSES[audit.status] })),
        })),
      })),
    });
  }

  @Get(':plan/list.xlsx')
  @Allow('audit.read')
  async asWorkbook(@InCtx() ctx: Ctx, @Param('plan') id: string): Promise<Outcome> {
    const { plan, items } = await this.plans.get(ctx, id);
    const columns = [{ label: '年度', width: 14 }, { label: '監査の種類', width: 24 }, { label: 'テーマ', width: 48 }, { label: '対象', width: 40 }, { label: '予定の時期', width: 24 }, { label: '始めた監査', width: 48 }];
    const rows = items.map((one) => [formatFiscalYear(one.fiscalYear), one.kindLabel, one.theme, one.targets, one.period, one.audits.map((audit) => `${audit.theme}（${AUDIT_STATUSES[audit.status].label}）`).join('\n')]);
    return file(await workbook('監査計画', columns, rows), XLSX, `${plan.title}.xlsx`);
  }

  @Get(':plan/edit')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('plan') id: string): Promise<Outcome> {
    const found = await this.plans.get(ctx, id);
    return formPage(planForm(found), storedPlan(found));
  }

  @Post(':plan')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('plan') id: string, @Body() input: ChangedPlanInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.plans.change(ctx, id, Number(input.version), planOf(typed));
      return redirect(`/audits/plans/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...planForm(await this.plans.get(ctx, id)), version: input.version }, typed, problems), async () => {
      const found = await this.plans.get(ctx, id);
      return { form: planForm(found), mine: typed, theirs: storedPlan(found), version: found.plan.version };
    });
  }

  @Post(':plan/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('plan') id: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.plans.remove(ctx, id, Number(input.version));
    return redirect('/audits/plans');
  }

  @Get(':plan/items/new')
  @Allow('audit.write')
  async openItem(@InCtx() ctx: Ctx, @Param('plan') id: string): Promise<Outcome> {
    const { plan } = await this.plans.get(ctx, id);
    return formPage(await this.newItemForm(ctx, id), { fiscalYear: String(plan.fromYear), kind: '', theme: '', targets: '', period: '' });
  }

  @Post(':plan/items')
  @Allow('audit.write')
  async addItem(@InCtx() ctx: Ctx, @Param('plan') id: string, @Body() input: PlanItemInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.plans.addItem(ctx, id, Number(input.version), itemOf(typed));
      return redirect(`/audits/plans/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.newItemForm(ctx, id)), version: input.version }, typed, problems), async () => ({
      form: await this.newItemForm(ctx, id), mine: typed, theirs: {}, version: (await this.plans.get(ctx, id)).plan.version,
    }));
  }

  @Get(':plan/items/:item')
  @Allow('audit.write')
  async editItem(@InCtx() ctx: Ctx, @Param('plan') id: string, @Param('item') item: string): Promise<Outcome> {
    const { form, stored } = await this.itemForm(ctx, id, item);
    return formPage(form, stored);
  }

  @Post(':plan/items/:item')
  @Allow('audit.write')
  async changeItem(@InCtx() ctx: Ctx, @Param('plan') id: string, @Param('item') item: string, @Body() input: PlanItemInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.itemForm(ctx, id, item);
      await this.plans.changeItem(ctx, item, Number(input.version), itemOf(typed));
      return redirect(`/audits/plans/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.itemForm(ctx, id, item)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.itemForm(ctx, id, item);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':plan/items/:item/remove')
  @Allow('audit.write')
  async removeItem(@InCtx() ctx: Ctx, @Param('plan') id: string, @Param('item') item: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.itemForm(ctx, id, item);
    await this.plans.removeItem(ctx, item, Number(input.version));
    return redirect(`/audits/plans/${id}`);
  }

  private async newItemForm(ctx: Ctx, planId: string): Promise<Form> {
    const found = await this.plans.get(ctx, planId);
    return { ...itemPage(found), title: '計画に項目を加える', subject: `監査計画「${found.plan.title}」`, specs: await this.itemFields(ctx, null), action: `/audits/plans/${planId}/items`, submit: '加える' };
  }

  private async itemForm(ctx: Ctx, planId: string, itemId: string): Promise<{ form: Form; stored: Typed }> {
    const found = await this.plans.get(ctx, planId);
    const item = found.items.find((one) => one.id === itemId);
    if (item === undefined) throw new NotFound();
    const action = `/audits/plans/${planId}/items/${itemId}`;
    const form = {
      ...itemPage(found), title: '計画の項目を直す', subject: `計画の項目「${item.theme}」`, specs: await this.itemFields(ctx, { code: item.kind, label: item.kindLabel }), action, submit: '保存する',
      ...(item.audits.length > 0 ? {} : { remove: { action: `${action}/remove`, label: '項目を消す', why: '計画からこの項目を消します。' } }),
    };
    return { form, stored: { fiscalYear: String(item.fiscalYear), kind: item.kind, theme: item.theme, targets: item.targets, period: item.period } };
  }

  private async itemFields(ctx: Ctx, stored: { code: string; label: string } | null): Promise<FieldSpec[]> {
    const living = (await this.kinds.living(ctx)).map(({ code, label }) => ({ value: code, label }));
    const options = stored === null || living.some((one) => one.value === stored.code) ? living : [...living, { value: stored.code, label: `${stored.label}（終了）` }];
    return [
      { name: 'fiscalYear', label: '年度', kind: 'short', need: true, support: '西暦で入れます。計画の期間の中の年度です。' },
      { name: 'kind', label: '監査の種類', kind: 'select', need: true, options, blank: '選んでください' },
      { name: 'theme', label: 'テーマ', kind: 'line', need: true, support: '例：電算システムの個人情報の管理' },
      { name: 'targets', label: '対象', kind: 'text', rows: 3, support: '例：住民情報を扱う全部局' },
      { name: 'period', label: '予定の時期', kind: 'line', support: '例：10月～翌年3月' },
    ];
  }
}

const newForm: Form = {
  head: null, crumbs: [{ href: '/audits', label: '監査' }, { href: '/audits/plans', label: '監査計画' }], title: '監査計画を立てる', lead: '名前と期間を決めます。年度ごとの監査は、立てたあとに加えます。', specs: PLAN_FIELDS,
  action: '/audits/plans', back: '/audits/plans', submit: '計画を立てる', version: '',
};

const itemPage = ({ plan }: PlanPage): Pick<Form, 'head' | 'crumbs' | 'lead' | 'back' | 'version'> => ({
  head: null, crumbs: [{ href: '/audits', label: '監査' }, { href: '/audits/plans', label: '監査計画' }, { href: `/audits/plans/${plan.id}`, label: plan.title }],
  lead: 'いつ、何を、どの監査で見るかを書きます。', back: `/audits/plans/${plan.id}`, version: String(plan.version),
});

function planForm({ plan, items }: PlanPage): Form {
  const action = `/audits/plans/${plan.id}`;
  return {
    ...newForm, crumbs: [...newForm.crumbs!, { href: action, label: plan.title }], title: '監査計画を直す', subject: `監査計画「${plan.title}」`, lead: '期間は、中の項目の年度が外れない範囲で変えられます。', action, back: action, submit: '保存する', version: String(plan.version),
    ...(items.some((one) => one.audits.length > 0) ? {} : { remove: { action: `${action}/remove`, label: '計画を消す', why: `計画と、その中の項目（${items.length}件）を消します。元に戻せません。` } }),
  };
}

const storedPlan = ({ plan }: PlanPage): Typed => ({ kind: plan.kind, title: plan.title, fromYear: String(plan.fromYear), untilYear: String(plan.untilYear), policy: plan.policy, decidedOn: dayText(plan.decidedOn) });
const planOf = (typed: Typed) => ({ kind: textIn(typed, 'kind'), title: textIn(typed, 'title'), fromYear: numberIn(typed, 'fromYear'), untilYear: numberIn(typed, 'untilYear'), policy: textIn(typed, 'policy'), decidedOn: textIn(typed, 'decidedOn') });
const itemOf = (typed: Typed): PlannedFields => ({ fiscalYear: numberIn(typed, 'fiscalYear'), kind: textIn(typed, 'kind'), theme: textIn(typed, 'theme'), targets: textIn(typed, 'targets'), period: textIn(typed, 'period') });
const yearsText = ({ fromYear, untilYear }: { fromYear: number; untilYear: number }): string => (fromYear === untilYear ? formatFiscalYear(fromYear) : `${formatFiscalYear(fromYear)}～${formatFiscalYear(untilYear)}`);
