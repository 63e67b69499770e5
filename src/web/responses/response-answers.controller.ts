import { Body, Controller, Headers, Param, Post } from '@nestjs/common';
import { answerWords } from '../../audits/answer-words.js';
import { Answering, type OpenedResponse } from '../../audits/answering.service.js';
import { addressLabel, anchorOfQuestion, keyOfAddress, questionNumbers } from '../../audits/response-form.js';
import { NO_ROWS } from '../../audits/response-rows.js';
import type { AnswerChange } from '../../audits/response-saving.js';
import { splitAddress, type Address, type Code } from '../../engine/form.js';
import type { Ctx } from '../../kernel/ctx.js';
import { Conflict, Invalid, NotFound } from '../../kernel/errors.js';
import { newId } from '../../kernel/ids.js';
import { Allow, InCtx } from '../allow.js';
import { minuteText } from '../assessments/assessment-view.js';
import { attempt } from '../attempt.js';
import type { Fields } from '../fields/field-input.js';
import { page, redirect, type Outcome } from '../outcome.js';
import { questionView, type ConflictShown, type SavedState, type UnsavedOf } from './question-view.js';
import { responseHead, responseView, sectionHref, sectionOf, sideView, treeView } from './response-view.js';
import { instancesSent, sentAnswers, sentRows, sidesOf } from './sent-answers.js';

const fieldsOf = (body: unknown): Fields => (typeof body === 'object' && body !== null ? body : {}) as Fields;

/** Answers of a response: a section by its button, a question by itself as it is changed, rows that come and go. */
@Controller('responses/:id')
export class ResponseAnswersController {
  constructor(private readonly answering: Answering) {}

  /** Everything that the form of a section has; what the person did not touch stays as it is. */
  @Post('answers')
  @Allow('questionnaire.answer')
  async section(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    return this.saveSection(ctx, id, fieldsOf(body), 'answers');
  }

  /** A row comes or goes; what else is typed in the section is saved with it. */
  @Post('rows')
  @Allow('questionnaire.answer')
  async rows(@InCtx() ctx: Ctx, @Param('id') id: string, @Body() body: unknown): Promise<Outcome> {
    return this.saveSection(ctx, id, fieldsOf(body), 'rows');
  }

  /** One question. A page without script, or a beacon of a page that is left, gets the page of its section. */
  @Post('answers/:item')
  @Allow('questionnaire.answer')
  async question(@InCtx() ctx: Ctx, @Param('id') id: string, @Param('item') address: string, @Body() body: unknown, @Headers('hx-request') part?: string): Promise<Outcome> {
    const before = await this.answering.open(ctx, id);
    const item = before.form.byCode.get(splitAddress(address).item);
    if (item === undefined) throw new NotFound('unknown-item', 'この問は調査票にありません。画面を読み込み直してください。');
    const changes = sentAnswers([{ address, item }], fieldsOf(body));
    if (part === undefined) {
      await this.answering.saveMany(ctx, id, changes);
      return redirect(sectionHref(id, item.section.code, `&notice=saved#${anchorOfQuestion(address)}`));
    }
    try {
      const { turned, cleared } = await attempt(ctx, () => this.answering.saveMany(ctx, id, changes));
      return await this.saved(ctx, id, address, [...turned, ...cleared.map((one) => one.item)]);
    } catch (error) {
      if (!(error instanceof Invalid || error instanceof Conflict)) throw error;
      const conflict = error instanceof Conflict ? (conflictsOf(before, error)[0] ?? null) : null;
      const answer: SavedState = { problems: conflict === null ? error.problems.map((one) => one.message) : [], state: '保存していません', tone: 'bad', conflict };
      return page('fragments/responses/refused', { head: responseHead(before, 'answers'), key: keyOfAddress(address), answer }, conflict === null ? 422 : 409);
    }
  }

  private async saveSection(ctx: Ctx, id: string, fields: Fields, what: 'answers' | 'rows'): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    const section = sectionOf(opened, typeof fields.section === 'string' ? fields.section : '');
    const changes = sentAnswers(instancesSent(opened.form, section, fields), fields);
    const wanted = what === 'rows' ? sentRows(fields, newId) : NO_ROWS;
    try {
      const { saved, cleared, rows } = await attempt(ctx, () => this.answering.saveMany(ctx, id, changes, { rows: wanted }));
      const added = wanted.added[0];
      if (added !== undefined) return redirect(sectionHref(id, section.code, `&notice=row-added#row-${added.id}`));
      const left = wanted.removed.length > 0 && rows.length > 0 ? `row-removed#${anchorOfQuestion(splitAddress(rows[0]!).item)}` : null;
      return redirect(sectionHref(id, section.code, `&notice=${left ?? (saved.length + cleared.length + rows.length === 0 ? 'unchanged' : 'saved')}`));
    } catch (error) {
      if (error instanceof Invalid) return page('pages/responses/response', responseView(opened, { section: section.code }, { unsavedOf: unsavedOf(changes, error), problems: error.problems }), 422);
      if (error instanceof Conflict) return conflictPage(opened, section.code, fields, error, what);
      throw error;
    }
  }

  /** What a save changes on the page: the question itself, what appears or vanishes with it, what is computed, progress and what is missing. */
  private async saved(ctx: Ctx, id: string, address: Address, others: readonly Address[]): Promise<Outcome> {
    const opened = await this.answering.open(ctx, id);
    const numbers = questionNumbers(opened.form);
    const own = opened.form.byCode.get(splitAddress(address).item)!;
    const view = (at: Address, state?: SavedState) => {
      const { item, row } = splitAddress(at);
      return questionView(opened, opened.form.byCode.get(item)!, { row: row === null ? null : (opened.reading.row(row) ?? null), number: row === null ? (numbers.get(item) ?? '') : '' }, undefined, state);
    };
    const computed = opened.reading.instances.filter(({ item }) => item.item.kind === 'computed').map((one) => one.address);
    const beside = [...new Set([...others, ...computed])].filter((one) => one !== address && opened.form.byCode.get(splitAddress(one).item)?.section.code === own.section.code);
    return page('fragments/responses/saved', {
      head: responseHead(opened, 'answers'), question: view(address, { problems: [], state: `保存しました ${minuteText(ctx.clock.now())}`, tone: 'ok', conflict: null }),
      others: beside.map((one) => view(one)), ...treeView(opened, own.section.code), side: sideView(opened),
    });
  }
}

function unsavedOf(changes: readonly AnswerChange[], { problems }: Invalid): UnsavedOf {
  return (address) => {
    const change = changes.find((one) => one.item === address);
    return { ...(change === undefined ? {} : { value: change.value }), problems: problems.filter((one) => one.path === address).map((one) => one.message) };
  };
}

function conflictsOf({ form, reading }: OpenedResponse, error: Conflict): ConflictShown[] {
  return sidesOf(error).map(({ item: address, mine, theirs }) => {
    const item = form.byCode.get(splitAddress(address).item)!;
    return { item: address, label: addressLabel(reading, address), by: theirs.by === '' ? 'ほかの人' : theirs.by, mine: answerWords(item, mine.value), theirs: answerWords(item, theirs.value), version: theirs.version };
  });
}

/** Both texts of each answer; the person takes one of them, the rest of the form goes with it. */
function conflictPage(opened: OpenedResponse, section: Code, fields: Fields, error: Conflict, what: 'answers' | 'rows'): Outcome {
  const conflicts = conflictsOf(opened, error);
  const seen = new Map(conflicts.map((one) => [`${one.item}.seen`, String(one.version)]));
  const kept = Object.entries(fields).filter(([name]) => !name.startsWith('keep.')).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ name, value: seen.get(name) ?? String(one) })));
  const { id } = opened.response;
  return page('pages/responses/conflict', { head: responseHead(opened, 'answers'), message: error.message, action: `/responses/${id}/${what}`, back: sectionHref(id, section), conflicts, kept }, 409);
}
