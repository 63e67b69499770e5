import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { Answering, type OpenedResponse } from '../../audits/answering.service.js';
import { questionNumbers } from '../../audits/response-form.js';
import type { AnswerChange } from '../../audits/response-saving.js';
import type { Code } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound } from '../../kernel/errors.js';
import { Allow, InCtx } from '../allow.js';
import { minuteText } from '../assessments/assessment-view.js';
import { valueText } from '../assessments/value-text.js';
import { attempt } from '../attempt.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { questionView, type ConflictShown, type SavedState } from './question-view.js';
import { responseHead, responseView, sectionHref, sectionOf, sideView, treeView } from './response-view.js';
import { sentAnswers, sidesOf } from './sent-answers.js';

const fieldsOf = (body: unknown): Fields => (typeof body === 'object' && body !== null ? body : {}) as Fields;

/** Answers of a response: a section by its button, a question by itself as it is changed. */
@Controller('responses/:id/answers')
export class ResponseAnswersController {
  constructor(private readonly answering: Answering) {}

  /** Everything that the form of a section has; what the person did not touch stays as it is. */
  @Post()
  @Allow('questionnaire.answer')
  async section(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    const fields = fieldsOf(body);
    const opened = await this.answering.open(ctx, id);
    const section = sectionOf(opened, typeof fields.section === 'string' ? fields.section : '');
    const changes = sentAnswers(section.items, fields);
    try {
      const { saved, cleared } = await attempt(ctx, () => this.answering.saveMany(ctx, id, changes));
      return redirect(sectionHref(id, section.code, `&notice=${saved.length + cleared.length === 0 ? 'unchanged' : 'saved'}`));
    } catch (error) {
      if (error instanceof Invalid) return page('pages/responses/response', responseView(opened, { section: section.code }, { unsavedOf: unsavedOf(changes, error), problems: error.problems }), 422);
      if (error instanceof Conflict) return conflictPage(opened, section.code, fields, error);
      throw error;
    }
  }

  /** One question. A page without script, or a beacon of a page that is left, gets the page of its section. */
  @Post(':item')
  @Allow('questionnaire.answer')
  async question(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('item') code: string, @Body() body: unknown, @Headers('hx-request') part?: string): Promise<Outcome> {
    const before = await this.answering.open(ctx, id);
    const item = before.form.byCode.get(code);
    if (item === undefined) throw new NotFound('unknown-item', 'この問は調査票にありません。画面を読み込み直してください。');
    const changes = sentAnswers([item], fieldsOf(body));
    if (part === undefined) {
      await this.answering.saveMany(ctx, id, changes);
      return redirect(sectionHref(id, item.section.code, `&notice=saved#q-${code}`));
    }
    try {
      const { turned, cleared } = await attempt(ctx, () => this.answering.saveMany(ctx, id, changes));
      return await this.saved(ctx, id, code, [...turned, ...cleared.map((one) => one.item)]);
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      const conflict = error instanceof Conflict ? (conflictsOf(before, error)[0] ?? null) : null;
      const answer: SavedState = { problems: conflict === null ? error.problems.map((one) => one.message) : [], state: '保存していません', tone: 'bad', conflict };
      return page('fragments/responses/refused', { head: responseHead(before, 'answers'), code, answer }, conflict === null ? 422 : 409);
    }
  }

  /** What a save changes on the page: the question itself, what appears or vanishes with it, progress and what is missing. */
  private async saved(ctx: Ctx, id: string, code: Code, others: readonly Code[]): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    const numbers = questionNumbers(opened.form);
    const own = opened.form.byCode.get(code)!;
    const view = (one: Code, state?: SavedState) => questionView(opened, opened.form.byCode.get(one)!, numbers.get(one) ?? '', undefined, state);
    const beside = [...new Set(others)].filter((one) => one !== code && opened.form.byCode.get(one)?.section.code === own.section.code);
    return page('fragments/responses/saved', {
      head: responseHead(opened, 'answers'), question: view(code, { problems: [], state: `保存しました ${minuteText(ctx.clock.now())}`, tone: 'ok', conflict: null }),
      others: beside.map((one) => view(one)), ...treeView(opened, own.section.code), side: sideView(opened),
    });
  }
}

function unsavedOf(changes: readonly AnswerChange[], { problems }: Invalid) {
  return (code: Code): { value?: unknown; problems: string[] } => {
    const change = changes.find((one) => one.item === code);
    return { ...(change === undefined ? {} : { value: change.value }), problems: problems.filter((one) => one.path === code).map((one) => one.message) };
  };
}

function conflictsOf({ form }: OpenedResponse, error: Conflict): ConflictShown[] {
  return sidesOf(error).map(({ item: code, mine, theirs }) => {
    const { item, options } = form.byCode.get(code)!;
    return { item: code, label: item.label, by: theirs.by === '' ? 'ほかの人' : theirs.by, mine: valueText(item, mine.value, options), theirs: valueText(item, theirs.value, options), version: theirs.version };
  });
}

/** Both texts of each answer; the person takes one of them, the rest of the form goes with it. */
function conflictPage(opened: OpenedResponse, section: Code, fields: Fields, error: Conflict): Outcome {
  const conflicts = conflictsOf(opened, error);
  const seen = new Map(conflicts.map((one) => [`${one.item}.seen`, String(one.version)]));
  const kept = Object.entries(fields).filter(([name]) => !name.startsWith('keep.')).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: seen.get(name) ?? String(one) })));
  const { id } = opened.response;
  return page('pages/responses/conflict', { head: responseHead(opened, 'answers'), message: error.message, action: `/responses/${id}/answers`, back: sectionHref(id, section), conflicts, kept }, 409);
}
