import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { AuditKinds } from '../../audits/audit-kinds.service.js';
import { PlanLinks } from '../../audits/plan-links.service.js';
import { PLAN_KINDS, Plans, type PlanItemInput as PlannedFields, type PlanPage } from '../../audits/plans.service.js';
import { fiscalYear, formatFiscalYear } from '../../engine/dates.js';
import { allows } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import { NotFound, type Problem } from '../../kernel/errors.js';
import { workbook } from '../../rendering/workbook.js';
import { Allow, InCtx } from '../allow.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { dayText, textIn, yearIn, type FieldSpec, type Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { ChangedPlanInput, LinkInput, PlanInput, PlanItemInput, TakeUpInput, VersionInput } from './inputs.js';
import { planRows, planView, yearsText } from './plan-view.js';

const PLAN_FIELDS: readonly FieldSpec[] = [
  { name: 'kind', label: '計画の種類', kind: 'select', need: true, options: Object.entries(PLAN_KINDS).map(([value, label]) => ({ value, label })) },
  { name: 'title', label: '計画の名前', kind: 'line', need: true, support: '例：令和8年度 年間監査計画' },
  { name: 'fromYear', label: '始まりの年度', kind: 'year', need: true },
  { name: 'untilYear', label: '終わりの年度', kind: 'year', need: true, support: '年間計画は、始まりと同じ年度です。' },
  { name: 'policy', label: '基本方針', kind: 'text', rows: 6 },
  { name: 'decidedOn', label: '決定した日', kind: 'day' },
];

/** 監査計画, of one year or of several, with their items. */
@Controller('audits/plans')
export class PlansController {
  constructor(
    private readonly plans: Plans,
    private readonly kinds: AuditKinds,
    private readonly links: PlanLinks,
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
    const year = formatFiscalYear(fiscalYear(ctx.clock.today()) + 1);
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
    return this.planPage(ctx, id, []);
  }

  @Get(':plan/list.xlsx')
  @Allow('audit.read')
  async asWorkbook(@InCtx() ctx: Ctx, @Param('plan') id: string): Promise<Outcome> {
    const { plan, items } = await this.plans.get(ctx, id);
    const { columns, rows } = planRows(items);
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
    return formPage(await this.newItemForm(ctx, id), { fiscalYear: formatFiscalYear(plan.fromYear), kind: '', theme: '', targets: '', period: '' });
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

  @Post(':plan/mid-term')
  @Allow('audit.write')
  async takeUp(@InCtx() ctx: Ctx, @Param('plan') id: string, @Body() input: TakeUpInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => {
      await this.links.takeUp(ctx, id, Number(input.version), (input.item ?? []).filter((one) => one !== ''));
      return redirect(`/audits/plans/${id}`);
    };
    return taken(ctx, save, (problems) => this.planPage(ctx, id, problems));
  }

  @Post(':plan/items/:item/audits')
  @Allow('audit.write')
  async link(@InCtx() ctx: Ctx, @Param('plan') id: string, @Param('item') item: string, @Body() { audit }: LinkInput): Promise<Outcome> {
    await this.itemForm(ctx, id, item);
    await this.links.link(ctx, item, audit);
    return redirect(`/audits/plans/${id}`);
  }

  @Post(':plan/items/:item/audits/:audit/remove')
  @Allow('audit.write')
  async unlink(@InCtx() ctx: Ctx, @Param('plan') id: string, @Param('item') item: string, @Param('audit') audit: string): Promise<Outcome> {
    await this.itemForm(ctx, id, item);
    await this.links.unlink(ctx, item, audit);
    return redirect(`/audits/plans/${id}`);
  }

  private async planPage(ctx: Ctx, id: string, problems: readonly Problem[]): Promise<Outcome> {
    const found = await this.plans.get(ctx, id);
    const mayWrite = allows(ctx.actor.grants, 'audit.write');
    const around = { mayWrite, today: ctx.clock.today(), unplanned: mayWrite ? await this.links.unplanned(ctx) : [], offered: mayWrite ? await this.links.offered(ctx, id) : [] };
    return page('pages/audits/plan', { ...planView(found, around), problems: problems.map((one) => ({ message: one.message, href: '#mid-term' })) }, problems.length === 0 ? 200 : 422);
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
    return { form, stored: { fiscalYear: formatFiscalYear(item.fiscalYear), kind: item.kind, theme: item.theme, targets: item.targets, period: item.period } };
  }

  private async itemFields(ctx: Ctx, stored: { code: string; label: string } | null): Promise<FieldSpec[]> {
    const living = (await this.kinds.living(ctx)).map(({ code, label }) => ({ value: code, label }));
    const options = stored === null || living.some((one) => one.value === stored.code) ? living : [...living, { value: stored.code, label: `${stored.label}（終了）` }];
    return [
      { name: 'fiscalYear', label: '年度', kind: 'year', need: true, support: '計画の期間の中の年度です。' },
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

const storedPlan = ({ plan }: PlanPage): Typed => ({ kind: plan.kind, title: plan.title, fromYear: formatFiscalYear(plan.fromYear), untilYear: formatFiscalYear(plan.untilYear), policy: plan.policy, decidedOn: dayText(plan.decidedOn) });
const planOf = (typed: Typed) => ({ kind: textIn(typed, 'kind'), title: textIn(typed, 'title'), fromYear: yearIn(typed, 'fromYear'), untilYear: yearIn(typed, 'untilYear'), policy: textIn(typed, 'policy'), decidedOn: textIn(typed, 'decidedOn') });
const itemOf = (typed: Typed): PlannedFields => ({ fiscalYear: yearIn(typed, 'fiscalYear'), kind: textIn(typed, 'kind'), theme: textIn(typed, 'theme'), targets: textIn(typed, 'targets'), period: textIn(typed, 'period') });
