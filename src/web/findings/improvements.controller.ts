import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { FindingTexts } from '../../findings/finding-texts.service.js';
import { Finding } from '../../findings/finding.entity.js';
import { Improvements, type ImprovementInput, type ImprovementPage } from '../../findings/improvements.service.js';
import { withBelow } from '../../findings/tree-places.js';
import { resolveReferences } from '../../engine/references.js';
import { Departments } from '../../identity/departments.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, Refused, type Problem } from '../../kernel/errors.js';
import { scoped } from '../../kernel/scoped.js';
import { Allow, InCtx } from '../allow.js';
import { attempt } from '../attempt.js';
import { formPage, taken, type Form } from '../audits/forms.js';
import type { FieldSpec, Option, Typed } from '../audits/form-fields.js';
import { auditHead } from '../audits/head.js';
import { XLSX } from '../lists.controller.js';
import { file, page, redirect, type Outcome } from '../outcome.js';
import { departmentPlaces } from '../systems/places.js';
import { historyNames, historyOf, historyView } from './history-view.js';
import { improvementSpecs, improvementView } from './improvement-view.js';
import { ChangedImprovementInput, improvementInput, ImprovementStepInput, NewImprovementInput, NewImprovementQuery, PlaceInput, placeOf, VersionInput, WayInput } from './inputs.js';
import { improvementsView, improvementsWorkbook, placesView } from './tree-view.js';

/** 改善を求める事項（意見）, also 勧告. */
@Controller()
export class ImprovementsController {
  constructor(
    private readonly improvements: Improvements,
    private readonly texts: FindingTexts,
    private readonly departments: Departments,
  ) {}

  @Get('audits/:id/improvements')
  @Allow('finding.read')
  async tree(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const tree = await this.improvements.tree(ctx, id);
    return page('pages/findings/improvements', { head: auditHead(tree.audit, 'improvements', ctx.actor), ...improvementsView(tree, await this.resolved(ctx, id, tree.entries.map((one) => one.row.text))) });
  }

  @Get('audits/:id/improvements/list.xlsx')
  @Allow('finding.read')
  async workbook(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const tree = await this.improvements.tree(ctx, id);
    return file(await improvementsWorkbook(tree, await this.resolved(ctx, id, tree.entries.flatMap((one) => [one.row.text, one.row.reason]))), XLSX, '改善を求める事項一覧.xlsx');
  }

  @Get('audits/:id/improvements/new')
  @Allow('finding.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() { finding = '' }: NewImprovementQuery): Promise<Outcome> {
    const findings = finding === '' ? [] : [finding];
    const text = (await this.improvements.proposals(ctx, id, findings)).join('\n');
    return formPage(await this.newForm(ctx, id), { kind: 'opinion', text, reason: '', departmentId: await departmentOf(ctx, id, finding), place: '', findings });
  }

  @Post('audits/:id/improvements')
  @Allow('finding.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NewImprovementInput): Promise<Outcome> {
    const save = async (): Promise<Outcome> => redirect(`/improvements/${await this.improvements.add(ctx, id, placeOf(input.place), await this.seen(ctx, id, input), given(input.findings))}`);
    return taken(ctx, save, async (problems) => formPage(await this.newForm(ctx, id), typedImprovement(input), atPlace(problems)));
  }

  @Get('improvements/:id')
  @Allow('finding.read')
  async show(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.showPage(ctx, id, {}, []);
  }

  @Get('improvements/:id/history')
  @Allow('finding.read')
  async history(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.improvements.get(ctx, id);
    return page('pages/findings/history', historyView({ title: `改善を求める事項 ${found.label}`, back: `/improvements/${id}` }, await historyOf(ctx, 'improvement', id, true), await historyNames(ctx, found.audit.id, (await this.improvements.tree(ctx, found.audit.id)).settings.scheme)));
  }

  @Get('improvements/:id/edit')
  @Allow('finding.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const found = await this.improvements.get(ctx, id);
    if (!found.may.write) throw new Refused('decided', 'この改善を求める事項は決定しているか、監査が完了しているので、変えられません。');
    return formPage(await this.editForm(ctx, found), stored(found));
  }

  @Post('improvements/:id')
  @Allow('finding.write')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ChangedImprovementInput): Promise<Outcome> {
    const typed = typedImprovement(input);
    const save = async (): Promise<Outcome> => {
      await this.improvements.change(ctx, id, Number(input.version), await this.seen(ctx, (await this.improvements.get(ctx, id)).audit.id, input), given(input.findings));
      return redirect(`/improvements/${id}`);
    };
    return taken(ctx, save, async (problems) => formPage({ ...(await this.editForm(ctx, await this.improvements.get(ctx, id))), version: input.version }, typed, problems), async () => {
      const now = await this.improvements.get(ctx, id);
      return { form: await this.editForm(ctx, now), mine: typed, theirs: stored(now), version: now.row.version };
    });
  }

  @Post('improvements/:id/figures')
  @Allow('finding.write')
  async figures(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: VersionInput): Promise<Outcome> {
    return this.small(ctx, id, {}, () => this.texts.updateFiguresOfImprovement(ctx, id, Number(input.version)).then(() => `/improvements/${id}`));
  }

  @Post('improvements/:id/shift')
  @Allow('finding.write')
  async shift(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: WayInput): Promise<Outcome> {
    const { audit } = await this.improvements.get(ctx, id);
    await this.improvements.shift(ctx, id, Number(input.version), input.way);
    return redirect(`/audits/${audit.id}/improvements#i-${id}`);
  }

  @Post('improvements/:id/place')
  @Allow('finding.write')
  async place(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: PlaceInput): Promise<Outcome> {
    return this.small(ctx, id, {}, async () => {
      const { audit } = await this.improvements.get(ctx, id);
      await this.improvements.move(ctx, id, Number(input.version), { ...placeOf(input.place), place: Number.MAX_SAFE_INTEGER });
      return `/audits/${audit.id}/improvements#i-${id}`;
    });
  }

  @Post('improvements/:id/remove')
  @Allow('finding.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: VersionInput): Promise<Outcome> {
    const { audit } = await this.improvements.get(ctx, id);
    await this.improvements.remove(ctx, id, Number(input.version));
    return redirect(`/audits/${audit.id}/improvements`);
  }

  @Post('improvements/:id/step')
  @Allow('finding.read')
  async step(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: ImprovementStepInput): Promise<Outcome> {
    return this.small(ctx, id, { comment: input.comment ?? '' }, () => this.improvements.step(ctx, id, Number(input.version), input.act, input.comment ?? '').then(() => `/improvements/${id}`));
  }

  private async small(ctx: Ctx, id: string, typed: Readonly<Record<string, string>>, work: () => Promise<string>): Promise<Outcome> {
    try {
      return redirect(await attempt(ctx, work));
    } catch (error) {
      if (error instanceof Invalid) return this.showPage(ctx, id, typed, error.problems);
      if (error instanceof Conflict) return this.showPage(ctx, id, typed, [{ code: error.code, path: '', message: `${error.message}いまの内容はこの画面のとおりです。` }], 409);
      throw error;
    }
  }

  private async showPage(ctx: Ctx, id: string, typed: Readonly<Record<string, string>>, problems: readonly Problem[], status = 422): Promise<Outcome> {
    const found = await this.improvements.get(ctx, id);
    const tree = found.may.write ? await this.improvements.tree(ctx, found.audit.id) : null;
    const chosen = found.row.parentId !== null ? `below:${found.row.parentId}` : found.row.caseId !== null ? `case:${found.row.caseId}` : '';
    const places = tree === null ? [] : placesView(tree.entries, tree.cases, chosen, withBelow(tree.entries.map((one) => one.row), id));
    const resolver = await this.texts.resolver(ctx, found.audit.id, [found.row.text, found.row.reason]);
    return page('pages/findings/improvement', { head: auditHead(found.audit, 'improvements', ctx.actor), ...improvementView(found, resolver, places, typed, problems) }, problems.length === 0 ? 200 : status);
  }

  private async newForm(ctx: Ctx, auditId: string): Promise<Form> {
    const { audit, entries, cases } = await this.improvements.tree(ctx, auditId);
    const places: Option[] = placesView(entries, cases, '');
    const place: FieldSpec = { name: 'place', label: '置くところ', kind: 'select', options: places };
    return {
      head: auditHead(audit, 'improvements', ctx.actor), title: '改善を求める事項を加える', lead: '検出事項から続けて書き始めると、もとになった規則の文が入ります。', specs: [...(await this.specs(ctx, auditId, null)), ...(places.length > 1 ? [place] : [])],
      action: `/audits/${auditId}/improvements`, back: `/audits/${auditId}/improvements`, submit: '加える', version: '',
    };
  }

  private async editForm(ctx: Ctx, found: ImprovementPage): Promise<Form> {
    return {
      head: auditHead(found.audit, 'improvements', ctx.actor), title: `改善を求める事項 ${found.label} を直す`, lead: '検出事項を指すときは「参照の符号」の画面で符号を写せます。', specs: await this.specs(ctx, found.audit.id, found.row.departmentId),
      action: `/improvements/${found.id}`, back: `/improvements/${found.id}`, submit: '保存する', version: String(found.row.version),
    };
  }

  private async specs(ctx: Ctx, auditId: string, departmentId: string | null): Promise<FieldSpec[]> {
    const departments = departmentPlaces(await this.departments.tree(ctx), ({ department }) => department.endedOn === null || department.id === departmentId).map(({ id, label }) => ({ value: id, label }));
    return improvementSpecs(await this.improvements.choices(ctx, auditId), departments);
  }

  private async seen(ctx: Ctx, auditId: string, input: NewImprovementInput): Promise<ImprovementInput> {
    return this.texts.firstSeen(ctx, auditId, improvementInput(input), ['text', 'reason']);
  }

  /** A text with its references as they print now. */
  private async resolved(ctx: Ctx, auditId: string, texts: readonly string[]): Promise<(text: string) => string> {
    const resolver = await this.texts.resolver(ctx, auditId, texts);
    return (text) => resolveReferences(text, resolver).text;
  }
}

/** An opinion about a finding is first of all for its department. */
const departmentOf = async (ctx: Ctx, auditId: string, finding: string): Promise<string> => (finding === '' ? '' : ((await scoped(ctx, Finding).findOne({ id: finding, auditId }))?.departmentId ?? ''));
const given = (findings: readonly string[] = []): string[] => findings.filter((one) => one !== '');
const typedImprovement = ({ kind, text, reason = '', departmentId = '', place = '', findings }: NewImprovementInput): Typed => ({ kind, text, reason, departmentId, place, findings: given(findings) });
const stored = ({ row, findings }: ImprovementPage): Typed => ({ kind: row.kind, text: row.text, reason: row.reason, departmentId: row.departmentId ?? '', findings: findings.map((one) => one.id) });
const atPlace = (problems: readonly Problem[]): Problem[] => problems.map((one) => (one.path === 'parentId' || one.path === 'caseId' ? { ...one, path: 'place' } : one));
