import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { Tabulations, type StoredDefinition } from '../../audits/tabulations.service.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Allow, InCtx } from '../allow.js';
import { formPage, taken, type Form } from '../audits/forms.js';
import { aroundOf } from '../audits/parts.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { agreementsOf, agreementSpecs, firstTable, freeCode, headOf, headSpecs, newTableSpecs, typedAgreements, typedHead } from './definition-forms.js';
import { editView } from './edit-view.js';
import { fieldProblems } from './form-problems.js';
import { AgreementsInput, ChangedHeadInput, DirectionInput, NewTabulationInput, VersionInput } from './inputs.js';

/** Tabulations of an audit: a new one, its name and rounding, what must agree, its place and its end. */
@Controller('audits/:id/tabulations')
export class EditingController {
  constructor(private readonly tabulations: Tabulations) {}

  @Get('new')
  @Allow('audit.write')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const { audit } = await aroundOf(ctx, id);
    const known = (await this.tabulations.list(ctx, id)).map((one) => one.definition);
    const codes = { code: freeCode('tabulation', known.map((one) => one.code)), tableCode: freeCode('table', known.flatMap((one) => one.tables.map((table) => table.code))) };
    return formPage(await this.newForm(ctx, id), { title: '', ...codes, mode: audit.rounding.mode, digits: String(audit.rounding.digits), tableTitle: '', dataset: '' });
  }

  @Post()
  @Allow('audit.write')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: NewTabulationInput): Promise<Outcome> {
    const typed = { ...input };
    return taken(ctx, async () => {
      const unit = (await this.tabulations.datasets(ctx, id)).find((one) => one.code === input.dataset)?.unit ?? '';
      const made = await this.tabulations.add(ctx, id, { ...typedHead(typed), tables: [firstTable(typed, unit)] });
      return redirect(`/audits/${id}/tabulations/${made}/edit`);
    }, async (problems) => formPage(await this.newForm(ctx, id), typed, fieldProblems(problems, { '/title': 'title', '/code': 'code', '/rounding/mode': 'mode', '/rounding/digits': 'digits', '/tables/0/title': 'tableTitle', '/tables/0/code': 'tableCode', '/tables/0/dataset': 'dataset' })));
  }

  @Get(':tid/edit')
  @Allow('audit.write')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string): Promise<Outcome> {
    const { head } = await aroundOf(ctx, id, 'tabulations');
    const row = await this.tabulations.get(ctx, id, tid);
    return page('pages/tabulations/edit', { head, ...editView(id, row, await this.tabulations.datasets(ctx, id, tid)) });
  }

  @Get(':tid/head')
  @Allow('audit.write')
  async head(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string): Promise<Outcome> {
    const { form, definition } = await this.form(ctx, id, tid, 'head');
    return formPage(form, headOf(definition));
  }

  @Post(':tid/head')
  @Allow('audit.write')
  async changeHead(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: ChangedHeadInput): Promise<Outcome> {
    return this.changing(ctx, id, tid, { what: 'head', input: { ...input }, version: input.version, next: (before, typed) => ({ ...before, ...typedHead(typed) }), places: { '/title': 'title', '/code': 'code', '/rounding/mode': 'mode', '/rounding/digits': 'digits' } });
  }

  @Get(':tid/agreements')
  @Allow('audit.write')
  async agreements(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string): Promise<Outcome> {
    const { form, definition } = await this.form(ctx, id, tid, 'agreements');
    return formPage(form, agreementsOf(definition));
  }

  @Post(':tid/agreements')
  @Allow('audit.write')
  async changeAgreements(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: AgreementsInput): Promise<Outcome> {
    return this.changing(ctx, id, tid, { what: 'agreements', input: { ...input }, version: input.version, next: (before, typed) => ({ ...before, agreeing: typedAgreements(typed) }), places: { '/agreeing': 'agreements' } });
  }

  @Post(':tid/move')
  @Allow('audit.write')
  async move(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: DirectionInput): Promise<Outcome> {
    await this.tabulations.move(ctx, id, tid, input.direction);
    return redirect(`/audits/${id}/tabulations`);
  }

  @Post(':tid/remove')
  @Allow('audit.write')
  async remove(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('tid') tid: string, @Body() input: VersionInput): Promise<Outcome> {
    await this.tabulations.remove(ctx, id, tid, Number(input.version));
    return redirect(`/audits/${id}/tabulations`);
  }

  private async changing(ctx: Ctx, id: string, tid: string, { what, input, version, next, places }: Changing): Promise<Outcome> {
    return taken(ctx, async () => {
      const { definition } = await this.tabulations.get(ctx, id, tid);
      await this.tabulations.change(ctx, id, tid, Number(version), next(definition, input));
      return redirect(`/audits/${id}/tabulations/${tid}/edit`);
    }, async (problems) => formPage({ ...(await this.form(ctx, id, tid, what)).form, version }, input, fieldProblems(problems, places)), async () => {
      const { form, definition, now } = await this.form(ctx, id, tid, what);
      return { form, mine: input, theirs: what === 'head' ? headOf(definition) : agreementsOf(definition), version: now };
    });
  }

  private async form(ctx: Ctx, id: string, tid: string, what: Changing['what']): Promise<{ form: Form; definition: StoredDefinition; now: number }> {
    const { head } = await aroundOf(ctx, id, 'tabulations');
    const { definition, version } = await this.tabulations.get(ctx, id, tid);
    const base = `/audits/${id}/tabulations/${tid}`;
    const common = { head, action: `${base}/${what}`, back: `${base}/edit`, submit: '保存する', version: String(version) };
    const form: Form = what === 'head' ? { ...common, title: `集計「${definition.title}」の名前と端数`, lead: '割合と平均は、正確な数から1度だけ端数を処理します。', specs: headSpecs() } : { ...common, title: `集計「${definition.title}」の、同じはずの数値`, lead: '同じことを別の表でも述べている数値を並べておくと、食い違ったときに集計の画面の一番上で知らせます。', specs: agreementSpecs() };
    return { form, definition, now: version };
  }

  private async newForm(ctx: Ctx, id: string): Promise<Form> {
    const { head, base } = await aroundOf(ctx, id, 'tabulations');
    const datasets = (await this.tabulations.offered(ctx, id)).map((one) => ({ value: one.code, label: one.title }));
    return { head, title: '集計を作る', lead: '名前と、はじめの表を決めます。行と列は、作ったあとで加えます。', specs: [...headSpecs(), ...newTableSpecs(datasets)], action: `${base}/tabulations`, back: `${base}/tabulations`, submit: '作る', version: '' };
  }
}

interface Changing {
  what: 'head' | 'agreements';
  input: Record<string, string>;
  version: string;
  next(before: StoredDefinition, typed: Record<string, string>): StoredDefinition;
  places: Readonly<Record<string, string>>;
}
