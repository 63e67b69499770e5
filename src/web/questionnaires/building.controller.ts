import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { addSection, changeSection, moveQuestion, moveSection, removeQuestion, removeSection, type Step } from '../../audits/questionnaire-building.js';
import type { Questionnaire } from '../../audits/questionnaire.entity.js';
import { Questionnaires } from '../../audits/questionnaires.service.js';
import { formOf, questionNumbers } from '../../audits/response-form.js';
import type { CompiledForm, CompiledItem } from '../../engine/form-index.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Invalid, type Problem } from '../../kernel/errors.js';
import { Catalogue } from '../../systems/catalogue.js';
import { Allow, InCtx } from '../allow.js';
import { formField } from '../fields/field-model.js';
import { errorsByField } from '../form-errors.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { buildingView, prefilledWords, whenWords } from './building-view.js';
import { questionnaireHead } from './head.js';
import { MoveInput, SectionInput, SeenInput } from './inputs.js';

const stepOf = ({ by }: MoveInput): Step => (by === 'up' ? -1 : 1);

/** The sections of a questionnaire and the order of its questions; and how a department will see it. */
@Controller('questionnaires/:id')
export class BuildingController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly catalogue: Catalogue,
  ) {}

  @Get('edit')
  @Allow('questionnaire.manage')
  async edit(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    return this.editPage(ctx, id, '', []);
  }

  @Post('edit/sections')
  @Allow('questionnaire.manage')
  async addSection(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() input: SectionInput): Promise<Outcome> {
    try {
      await this.questionnaires.build(ctx, id, Number(input.version), 'section-added', (draft, mark) => addSection(draft, input.title, mark));
      return redirect(`/questionnaires/${id}/edit`);
    } catch (error) {
      if (error instanceof Invalid) return await this.editPage(ctx, id, input.title, error.problems);
      throw error;
    }
  }

  @Get('edit/sections/:code')
  @Allow('questionnaire.manage')
  async section(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string): Promise<Outcome> {
    return this.sectionPage(ctx, id, code, null, []);
  }

  @Post('edit/sections/:code')
  @Allow('questionnaire.manage')
  async changeSection(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() input: SectionInput): Promise<Outcome> {
    try {
      await this.questionnaires.build(ctx, id, Number(input.version), 'section-changed', (draft) => changeSection(draft, code, { title: input.title, note: input.note ?? '' }));
      return redirect(`/questionnaires/${id}/edit#${code}`);
    } catch (error) {
      if (error instanceof Invalid) return await this.sectionPage(ctx, id, code, input, error.problems);
      throw error;
    }
  }

  @Post('edit/sections/:code/move')
  @Allow('questionnaire.manage')
  async moveSection(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() input: MoveInput): Promise<Outcome> {
    await this.questionnaires.build(ctx, id, Number(input.version), 'section-moved', (draft) => moveSection(draft, code, stepOf(input)));
    return redirect(`/questionnaires/${id}/edit#${code}`);
  }

  @Post('edit/sections/:code/remove')
  @Allow('questionnaire.manage')
  async removeSection(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.questionnaires.build(ctx, id, Number(input.version), 'section-removed', (draft) => removeSection(draft, code));
    return redirect(`/questionnaires/${id}/edit`);
  }

  @Post('edit/questions/:code/move')
  @Allow('questionnaire.manage')
  async moveQuestion(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() input: MoveInput): Promise<Outcome> {
    await this.questionnaires.build(ctx, id, Number(input.version), 'question-moved', (draft) => moveQuestion(draft, code, stepOf(input)));
    return redirect(`/questionnaires/${id}/edit#q-${code}`);
  }

  @Post('edit/questions/:code/remove')
  @Allow('questionnaire.manage')
  async removeQuestion(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() input: SeenInput): Promise<Outcome> {
    await this.questionnaires.build(ctx, id, Number(input.version), 'question-removed', (draft) => removeQuestion(draft, code));
    return redirect(`/questionnaires/${id}/edit`);
  }

  @Get('preview')
  @Allow('audit.read')
  async preview(@InCtx() ctx: Ctx, @Param('id') id: string): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const form = formOf(opened.questionnaire);
    const numbers = questionNumbers(form);
    return page('pages/questionnaires/preview', {
      ...questionnaireHead(opened, 'preview', ctx.actor), id, purpose: opened.questionnaire.purpose, referenceOn: opened.questionnaire.referenceOn ?? '', dueOn: opened.questionnaire.dueOn ?? '',
      sections: form.sections.map(({ section, items }) => ({ number: section.number, title: section.title, note: section.note ?? '', items: items.map((one) => this.previewed(opened.questionnaire, form, one, numbers.get(one.code))) })),
    });
  }

  /** A question as a department sees it; of repeated rows, the first one. */
  private previewed({ definition, prefilling }: Pick<Questionnaire, 'definition' | 'prefilling'>, form: CompiledForm, one: CompiledItem, number = ''): object {
    const { item, code } = one;
    const field = formField(one, undefined, { prefix: `preview.${code}.`, problems: [], optionSets: definition.optionSets });
    return {
      partial: `fields/${item.kind}`, field: { ...field, under: [number, field.under].filter((text) => text !== '').join(' '), ...(item.kind === 'fixed' || item.kind === 'computed' ? { need: 'none' } : {}) },
      when: whenWords(definition, item.when), prefilled: prefilledWords(prefilling[code], this.catalogue),
      group: item.kind === 'group' ? { title: `${item.unit}1`, unit: item.unit, items: (form.childrenOf.get(code) ?? []).map((child) => this.previewed({ definition, prefilling }, form, child)) } : null,
    };
  }

  private async editPage(ctx: Ctx, id: string, typedTitle: string, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    return page('pages/questionnaires/edit', {
      ...questionnaireHead(opened, 'edit', ctx.actor), ...buildingView(opened.questionnaire, this.catalogue), draft: opened.questionnaire.status === 'draft', typedTitle, copyHref: `/questionnaires/new?copy=${id}`, ...errorsByField(problems, ['title']),
    }, problems.length === 0 ? 200 : 422);
  }

  private async sectionPage(ctx: Ctx, id: string, code: string, typed: SectionInput | null, problems: readonly Problem[]): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const section = opened.questionnaire.definition.sections.find((one) => one.code === code);
    if (section === undefined) return redirect(`/questionnaires/${id}/edit`);
    return page('pages/questionnaires/section', {
      ...questionnaireHead(opened, 'edit', ctx.actor), id, code, typed: { title: typed?.title ?? section.title, note: typed?.note ?? section.note ?? '', version: typed?.version ?? String(opened.questionnaire.version) },
      draft: opened.questionnaire.status === 'draft', only: opened.questionnaire.definition.sections.length === 1, questions: section.blocks.reduce((sum, block) => sum + (block.items ?? []).length, 0), ...errorsByField(problems, ['title', 'note']),
    }, problems.length === 0 ? 200 : 422);
  }
}
