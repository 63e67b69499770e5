import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { addQuestion, changeQuestion, holderOf, question } from '../../audits/questionnaire-building.js';
import { isQuestionKind, type QuestionKind } from '../../audits/questionnaire-content.js';
import { Questionnaires, type OpenedQuestionnaire } from '../../audits/questionnaires.service.js';
import { questionText, type QuestionText } from '../../audits/question-text.js';
import { walkItems } from '../../engine/form-index.js';
import type { GroupItem } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, type Problem } from '../../kernel/errors.js';
import { Catalogue } from '../../systems/catalogue.js';
import { conflictPage } from '../administration/conflict-page.js';
import { Allow, InCtx } from '../allow.js';
import { typedFields } from '../error.filter.js';
import { errorsByField } from '../form-errors.js';
import { STALE, WHOLE } from '../input-words.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { newQuestionText, questionFrom, questionView, type Fields } from './building-view.js';
import { questionnaireHead } from './head.js';
import { NewQuestionQuery, QuestionQuery } from './inputs.js';

const FIELDS = ['label', 'help', 'text', 'unit', 'min', 'max', 'options', 'columns', 'sum', 'when', 'prefilling'];

/** One question: its words, how it is answered, when it is asked, and what fills it beforehand. */
@Controller('questionnaires/:id/edit/questions')
export class QuestionController {
  constructor(
    private readonly questionnaires: Questionnaires,
    private readonly catalogue: Catalogue,
  ) {}

  @Get('new')
  @Allow('questionnaire.manage')
  async begin(@InCtx() ctx: Ctx, @Param('id') id: string, @Query() query: NewQuestionQuery): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    if (opened.questionnaire.status !== 'draft') return redirect(`/questionnaires/${id}/edit`);
    const sections = opened.questionnaire.definition.sections;
    const group = groupOf(opened, query.group ?? '');
    const section = sections.find((one) => one.code === query.section || one.blocks.some(({ items }) => items?.some((item) => item === group) === true)) ?? sections.at(-1)!;
    return this.form(ctx, opened, { code: null, section: section.code, group, kind: kindOf(query.kind, 'choice'), typed: newQuestionText(), fields: {} }, []);
  }

  @Post()
  @Allow('questionnaire.manage')
  async add(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    return this.save(ctx, id, null, body);
  }

  @Get(':code')
  @Allow('questionnaire.manage')
  async open(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Query() query: QuestionQuery): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const { definition, prefilling, status } = opened.questionnaire;
    if (status !== 'draft') return redirect(`/questionnaires/${id}/edit`);
    const item = question({ definition }, code);
    return this.form(ctx, opened, { code, section: '', group: holderOf({ definition }, code), kind: kindOf(query.kind, item.kind), typed: questionText(definition, item, prefilling[code] ?? null), fields: {} }, []);
  }

  @Post(':code')
  @Allow('questionnaire.manage')
  async change(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('code') code: string, @Body() body: Record<string, unknown>): Promise<Outcome> {
    return this.save(ctx, id, code, body);
  }

  private async save(ctx: Ctx, id: string, code: string | null, body: Fields): Promise<Outcome> {
    const opened = await this.questionnaires.get(ctx, id);
    const { definition } = opened.questionnaire;
    const item = code === null ? null : question({ definition }, code);
    const [kind, section] = [kindOf(body.kind, item?.kind ?? 'choice'), typeof body.section === 'string' ? body.section : ''];
    const group = code === null ? groupOf(opened, typeof body.group === 'string' ? body.group : '') : holderOf({ definition }, code);
    const questioned = { kind, definition, code, group: group?.code ?? null };
    const typedLeniently = (): QuestionText => questionFrom({ ...body, min: '', max: '' }, questioned, this.catalogue, ctx.clock.today());
    if (body.act === 'rows') return this.form(ctx, opened, { code, section, group, kind, typed: typedLeniently(), fields: body }, []);
    try {
      const version = seen(body);
      const text = questionFrom(body, questioned, this.catalogue, ctx.clock.today());
      let saved = code ?? '';
      await this.questionnaires.build(ctx, id, version, code === null ? 'question-added' : 'question-changed', (draft, mark) => {
        if (code !== null) return changeQuestion(draft, code, kind, text, mark);
        const added = addQuestion(draft, section, kind, text, mark, group?.code ?? null);
        saved = added.code;
        return added.draft;
      });
      return redirect(`/questionnaires/${id}/edit#q-${saved}`);
    } catch (error) {
      if (error instanceof Invalid) return this.form(ctx, opened, { code, section, group, kind, typed: typedLeniently(), fields: body }, error.problems);
      if (!(error instanceof Conflict)) throw error;
      return this.conflict(ctx, id, code, body, error);
    }
  }

  /** Somebody changed the questionnaire meanwhile, perhaps elsewhere: what stands in this question now beside what was typed. */
  private async conflict(ctx: Ctx, id: string, code: string | null, body: Fields, error: Conflict): Promise<Outcome> {
    const { questionnaire: { definition, version, prefilling } } = await this.questionnaires.get(ctx, id);
    const now = code === null ? null : questionText(definition, question({ definition }, code), prefilling[code] ?? null);
    const text = (name: string): string => (typeof body[name] === 'string' ? (body[name] as string) : '');
    const options = Object.keys(body).filter((name) => /^option-\d+-label$/u.test(name)).map(text).filter((one) => one.trim() !== '').join('\n');
    const action = code === null ? `/questionnaires/${id}/edit/questions` : `/questionnaires/${id}/edit/questions/${code}`;
    return conflictPage(error, { title: now?.label ?? text('label'), action, back: `/questionnaires/${id}/edit` }, version, [
      { name: '', label: '問い', mine: text('label'), theirs: now?.label ?? '' },
      { name: '', label: '記入のしかた', mine: text('help'), theirs: now?.help ?? '' },
      { name: '', label: '選択肢', mine: options, theirs: (now?.options ?? []).map((one) => one.label).join('\n') },
    ], typedFields(body).filter(({ name }) => name !== 'version' && name !== 'act'));
  }

  private form(ctx: Ctx, opened: OpenedQuestionnaire, { code, section, group, kind, typed, fields }: { code: string | null; section: string; group: GroupItem | null; kind: QuestionKind; typed: QuestionText; fields: Fields }, problems: readonly Problem[]): Outcome {
    const { questionnaire } = opened;
    const item = code === null ? null : question(questionnaire, code);
    const raw = (name: 'min' | 'max'): string => (typeof fields[name] === 'string' ? fields[name] : typed[name] === null ? '' : String(typed[name]));
    const place = item === null ? section : [...walkItems(questionnaire.definition)].find((one) => one.item.code === code)!.section.code;
    const version = typeof fields.version === 'string' ? fields.version : String(questionnaire.version);
    return page('pages/questionnaires/question', {
      ...questionnaireHead(opened, 'edit', ctx.actor), ...questionView({ questionnaire, item, section: place, group, kind, typed, version, raw: { min: raw('min'), max: raw('max') } }, this.catalogue, ctx.clock.today()), ...errorsByField(problems, FIELDS),
    }, problems.length === 0 ? 200 : 422);
  }
}

/** The rows in which a new question will stand; null: at the root, also where they are gone. */
function groupOf({ questionnaire: { definition } }: OpenedQuestionnaire, code: string): GroupItem | null {
  const found = [...walkItems(definition)].find(({ item }) => item.code === code)?.item;
  return found?.kind === 'group' ? found : null;
}

const kindOf = (given: unknown, otherwise: string): QuestionKind => (typeof given === 'string' && isQuestionKind(given) ? given : isQuestionKind(otherwise) ? otherwise : 'text');

function seen(body: Fields): number {
  if (typeof body.version === 'string' && WHOLE.test(body.version)) return Number(body.version);
  throw new Invalid('version-missing', STALE.message, [{ code: 'version-missing', path: '', message: STALE.message }]);
}
