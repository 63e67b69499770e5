import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Viewpoints, type ListedViewpoint } from '../../audits/viewpoints.service.js';
import { RuleSets } from '../../checks/rule-sets.service.js';
import type { RuleSetDefinition } from '../../engine/rule-set.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { Problem } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { page, redirect, type Outcome } from '../outcome.js';
import type { FieldSpec, Typed } from './form-fields.js';
import { formPage, taken, type Form } from './forms.js';
import { ChangedViewpointInput, DirectionInput, TakeOverInput, VersionInput, ViewpointInput } from './inputs.js';
import { aroundOf, partNamed, type AuditAround } from './parts.js';
import { partsPage } from './parts-page.js';

/** 着眼点 of an audit: own ones, and those of rule sets. */
@Controller('audits/:id/viewpoints')
export class ViewpointsController {
  constructor(
    private readonly viewpoints: Viewpoints,
    private readonly ruleSets: RuleSets,
  ) {}

  @Get()
  @Allow('audit.read')
  async list(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.listPage(ctx, id, { parentId: '', text: '' }, []);
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ViewpointInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => {
      await this.viewpoints.add(ctx, id, input);
      return redirect(`/audits/${id}/viewpoints`);
    };
    return taken(ctx, save, (problems) => this.listPage(ctx, id, { ...input }, problems));
  }

  @Get('rule-sets')
  @Allow('audit.write')
  async choose(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.choosePage(ctx, id, [], []);
  }

  @Post('rule-sets')
  @Allow('audit.write')
  async takeOver(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: TakeOverInput): Promise<Outcome> {
    const chosen = (input.viewpoint ?? []).filter((one) => one !== '');
    const offered = (await this.offered(ctx)).flatMap((set) => set.viewpoints.map(({ code, group, title }) => ({ ruleSet: set.ruleSet, viewpoint: code, group: group ?? null, text: title })));
    const save = async (): Promise<Outcome> => {
      await this.viewpoints.takeOver(ctx, id, offered.filter((one) => chosen.includes(`${one.ruleSet}/${one.viewpoint}`)));
      return redirect(`/audits/${id}/viewpoints`);
    };
    return taken(ctx, save, (problems) => this.choosePage(ctx, id, chosen, problems));
  }

  @Get(':viewpoint')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('viewpoint') viewpoint: string): Promise<Outcome> {
    const { form, stored } = await this.form(ctx, id, viewpoint);
    return formPage(form, stored);
  }

  @Post(':viewpoint')
  @Allow('audit.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('viewpoint') viewpoint: string, @Body() input: ChangedViewpointInput): Promise<Outcome> {
    const typed = { ...input };
    const save = async (): Promise<Outcome> => {
      await this.form(ctx, id, viewpoint);
      await this.viewpoints.change(ctx, viewpoint, Number(input.version), input);
      return redirect(`/audits/${id}/viewpoints`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.form(ctx, id, viewpoint)).form, version: input.version }, typed, problems), async () => {
      const { form, stored } = await this.form(ctx, id, viewpoint);
      return { form, mine: typed, theirs: stored, version: Number(form.version) };
    });
  }

  @Post(':viewpoint/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('viewpoint') viewpoint: string, @Body() input: DirectionInput): Promise<Outcome> {
    partNamed(await this.viewpoints.of(ctx, id), viewpoint);
    await this.viewpoints.move(ctx, viewpoint, input.direction);
    return redirect(`/audits/${id}/viewpoints`);
  }

  @Post(':viewpoint/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('viewpoint') viewpoint: string, @Body() input: VersionInput): Promise<Outcome> {
    partNamed(await this.viewpoints.of(ctx, id), viewpoint);
    await this.viewpoints.remove(ctx, viewpoint, Number(input.version));
    return redirect(`/audits/${id}/viewpoints`);
  }

  private async listPage(ctx: Ctx, id: string, typed: Typed, problems: readonly Problem[]): Promise<Outcome> {
    const around = await aroundOf(ctx, id);
    const all = await this.viewpoints.of(ctx, id);
    const sets = new Map((await this.offered(ctx)).map((one) => [one.ruleSet, one.shortTitle]));
    return partsPage({
      head: around.head, title: '着眼点', lead: '何を確かめるかです。群れの下に着眼点を置くと、報告書で (1)、ア と番号が付きます。', columns: ['着眼点', 'もとの規則集'],
      rows: all.map((one) => ({
        depth: one.depth, name: one.text, moveTo: around.mayWrite ? `${around.base}/viewpoints/${one.id}/move` : null,
        cells: [{ text: `${one.number} ${one.text}`, href: around.mayWrite ? `${around.base}/viewpoints/${one.id}` : '' }, { text: one.ruleSet === null ? '' : (sets.get(one.ruleSet) ?? one.ruleSet) }],
      })),
      empty: around.mayWrite ? '着眼点はまだありません。規則集から写すか、「着眼点を加える」の欄で書いてください。' : '着眼点はまだありません。', links: around.mayWrite ? [{ href: `${around.base}/viewpoints/rule-sets`, label: '規則集から写す' }] : [],
      form: around.mayWrite ? { title: '着眼点を加える', action: `${around.base}/viewpoints`, submit: '加える', specs: fieldsOf(all, null), typed, problems } : null,
    });
  }

  private async choosePage(ctx: Ctx, id: string, chosen: readonly string[], problems: readonly Problem[]): Promise<Outcome> {
    const { head } = await aroundOf(ctx, id);
    const there = new Set((await this.viewpoints.of(ctx, id)).map((one) => `${one.ruleSet ?? ''}/${one.viewpoint ?? ''}`));
    return page('pages/audits/take-over', {
      id, head, problems: problems.map((one) => ({ message: one.message, href: '#main' })),
      sets: (await this.offered(ctx)).map((set) => ({
        title: set.title, source: set.source,
        viewpoints: set.viewpoints.map((one) => {
          const key = `${set.ruleSet}/${one.code}`;
          return { key, number: one.number, group: one.group ?? '', title: one.title, there: there.has(key), chosen: chosen.includes(key) };
        }),
      })),
    }, problems.length === 0 ? 200 : 422);
  }

  /** Sets that the organisation may use and that look at systems. */
  private async offered(ctx: Ctx): Promise<RuleSetDefinition[]> {
    return (await this.ruleSets.list(ctx)).map((one) => one.definition).filter((one) => one.per !== 'assessment');
  }

  private async form(ctx: Ctx, id: string, viewpointId: string): Promise<{ form: Form; stored: Typed; around: AuditAround }> {
    const around = await aroundOf(ctx, id);
    const all = await this.viewpoints.of(ctx, id);
    const viewpoint = partNamed(all, viewpointId);
    const action = `${around.base}/viewpoints/${viewpointId}`;
    return {
      around, stored: { parentId: viewpoint.parentId ?? '', text: viewpoint.text },
      form: {
        head: around.head, title: '着眼点を直す', subject: 'この着眼点', lead: '言葉と、どの着眼点の下に置くかを直します。', specs: fieldsOf(all, viewpoint), action, back: `${around.base}/viewpoints`, submit: '保存する', version: String(viewpoint.version),
        remove: { action: `${action}/remove`, label: '着眼点を消す', why: '検出事項や記録が使っている着眼点、下に着眼点がある群れは消せません。' },
      },
    };
  }
}

/** @param self that is changed: it cannot stand below itself */
function fieldsOf(all: readonly ListedViewpoint[], self: ListedViewpoint | null): FieldSpec[] {
  const below = new Set(self === null ? [] : [self.id]);
  for (const one of all) if (one.parentId !== null && below.has(one.parentId)) below.add(one.id);
  const options = all.filter((one) => one.depth < 2 && !below.has(one.id)).map((one) => ({ value: one.id, label: `${'　'.repeat(one.depth)}${one.number} ${one.text.slice(0, 60)}` }));
  return [
    { name: 'parentId', label: 'どこに置くか', kind: 'select', blank: 'いちばん上に置く', support: '群れの見出しと、群れに入れない着眼点は、いちばん上に置きます。', options },
    { name: 'text', label: '着眼点', kind: 'text', need: true, rows: 4, support: '例：担当を外れた職員の利用者IDが速やかに止められているか' },
  ];
}
