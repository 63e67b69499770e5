import { Injectable } from '@nestjs/common';
import type { CompiledForm } from '../engine/form-index.js';
import type { Address, Code } from '../engine/form.js';
import { Reading } from '../engine/reading.js';
import { readiness } from '../engine/readiness.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound, Refused, type Problem } from '../kernel/errors.js';
import { isId } from '../kernel/ids.js';
import { history, record, type JournalEntry } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { mustAllow } from './audit-access.js';
import type { Audit } from './audit.entity.js';
import { InputChecking } from './input-checking.js';
import { Questionnaire, QuestionnaireResponse, ResponseCorrection, ResponseReminder, type ResponseAnswer } from './questionnaire.entity.js';
import { mustNotBeClosed, Questionnaires } from './questionnaires.service.js';
import { responseObject } from './response-access.js';
import { correctAnswers, rowsOfGroup, type Correction } from './response-correcting.js';
import { followSuccessors } from './response-following.js';
import { answerSetOf, calledByNumber, formOf } from './response-form.js';
import { storedRows } from './response-rows.js';
import { storedAnswers } from './response-saving.js';
import { filtered, trackedResponses, type TrackedResponse, type Tracking, type TrackingFilter } from './response-tracking.js';
import { RESPONSE_ACTIONS, RESPONSE_STATUSES, responseActionsFor, responseTransitionOf, type ResponseAction } from './response.transitions.js';

/** One response as the secretariat sees it. */
export interface KeptResponse {
  response: QuestionnaireResponse;
  questionnaire: Questionnaire;
  audit: Audit | null;
  /** As in the list. */
  tracked: TrackedResponse;
  form: CompiledForm;
  reading: Reading;
  stored: ReadonlyMap<Address, ResponseAnswer>;
  /** What is missing or unsound; while it is not handed in this is the department's affair. */
  problems: Problem[];
  corrections: ResponseCorrection[];
  reminders: ResponseReminder[];
  /** Newest first. */
  entries: JournalEntry[];
  /** Steps of the secretariat that are possible now. */
  actions: ResponseAction[];
}

/** 回答: followed, returned, fixed, corrected by the secretariat. */
@Injectable()
export class ResponseKeeping {
  constructor(private readonly questionnaires: Questionnaires) {}

  /** 回答状況. Throws `NotFound`, `Refused`. */
  async tracking(ctx: Ctx, questionnaireId: string, filter: TrackingFilter = {}): Promise<Tracking> {
    mustAllow(ctx, 'audit.read');
    return filtered(await trackedResponses(ctx, questionnaireId), filter);
  }

  /** Throws `NotFound` (also for a response of another questionnaire), `Refused`. */
  async response(ctx: Ctx, questionnaireId: string, id: string): Promise<KeptResponse> {
    const { questionnaire, audit, mayManage } = await this.questionnaires.get(ctx, questionnaireId);
    const response = await scoped(ctx, QuestionnaireResponse).get(id);
    if (response.questionnaireId !== questionnaireId) throw new NotFound();
    const form = formOf(questionnaire);
    const stored = await storedAnswers(ctx, id);
    const reading = new Reading(form, answerSetOf(stored.values(), await storedRows(ctx, id)));
    const actions = mayManage ? responseActionsFor({ ...response, questionnaireStatus: questionnaire.status }, ctx.actor).filter((one) => one.permission === 'questionnaire.manage').map((one) => one.action) : [];
    return {
      response, questionnaire, audit, form, reading, stored, actions, problems: calledByNumber(form, readiness(form, reading)),
      tracked: (await trackedResponses(ctx, questionnaireId, id))[0]!,
      corrections: await scoped(ctx, ResponseCorrection).find({ responseId: id }, { madeAt: 'DESC' }),
      reminders: await scoped(ctx, ResponseReminder).find({ responseId: id }, { sentAt: 'DESC' }),
      entries: await history(ctx, responseObject(id), { limit: 200 }),
    };
  }

  /** 差戻し, as a whole or for single questions. Throws `NotFound`, `Invalid` (reason, unknown question), `Refused`, `Conflict`. */
  async return(ctx: Ctx, id: string, seen: number, { reason, items }: { reason: string; items: readonly Code[] }): Promise<void> {
    const { response, questionnaire } = await this.lock(ctx, id, seen, 'return', { reason, items });
    const form = formOf(questionnaire);
    const input = new InputChecking();
    const words = input.text('reason', '差戻しの理由', reason, { need: true, limit: 2_000 });
    for (const item of new Set(items)) if (!questionIn(form, item)) input.wrong('items', 'unknown-item', '差し戻す問いに、この調査票にないものがあります。画面を読み込み直してください。');
    input.done();
    const returnedItems = form.items.filter(({ code }) => items.includes(code)).map(({ code }) => code);
    await this.step(ctx, response, 'return', { returnedReason: words, returnedItems }, words);
  }

  /** 確定. Throws `NotFound`, `Refused`, `Conflict` (somebody else was first). */
  async fix(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { response } = await this.lock(ctx, id, seen, 'fix', {});
    await this.step(ctx, response, 'fix', { fixedAt: ctx.clock.now(), fixedByName: ctx.actor.name, returnedReason: null, returnedItems: [] });
  }

  /** Takes the fixing back; what was corrected stays corrected. Throws `NotFound`, `Invalid`, `Refused`, `Conflict`. */
  async reopen(ctx: Ctx, id: string, seen: number, reason: string): Promise<void> {
    const { response } = await this.lock(ctx, id, seen, 'reopen', { reason });
    const input = new InputChecking();
    const words = input.text('reason', '確定を取り消す理由', reason, { need: true, limit: 2_000 });
    input.done();
    await this.step(ctx, response, 'reopen', { fixedAt: null, fixedByName: null }, words);
  }

  /**
   * 訂正 of one question of a fixed response: of an answer, or of repeated rows with everything in them. Answers that
   * are no longer asked go with it, each with its trace. Throws `NotFound`, `Invalid` (reason, value, nothing changed), `Refused`, `Conflict`.
   */
  async correct(ctx: Ctx, id: string, seen: number, { item: code, reason, ...wanted }: Correction): Promise<void> {
    const { response, questionnaire } = await this.lock(ctx, id, seen, 'correct', { item: code, ...wanted, reason });
    const form = formOf(questionnaire);
    const item = form.byCode.get(code);
    if (item === undefined || !questionIn(form, code)) throw new NotFound('question-gone', 'この問いは、この調査票にありません。画面を読み込み直してください。');
    const input = new InputChecking();
    const words = input.text('reason', '訂正の理由', reason, { need: true, limit: 2_000 });
    const rows = 'rows' in wanted ? wanted.rows : null;
    await correctAnswers(ctx, response.id, form, rows === null ? { changes: [{ item: code, value: 'value' in wanted ? wanted.value : null }], added: [], removed: [] } : rowsOfGroup(form, code, rows), words, input);
    await this.step(ctx, response, 'correct', {}, words);
  }

  /** Before a department ends: waits for whoever changes a response of it, so that neither locks the other out. */
  async awaitOthers(ctx: Ctx, departmentId: string): Promise<void> {
    if (isId(departmentId)) await ctx.tx.query('select id from questionnaire_response where organisation_id = $1 and (department_id = $2 or delegated_to_id = $2) order by id for update', [ctx.organisation, departmentId]);
  }

  /** After a department has ended: its open responses go to the successor. Whoever ends departments does this. Returns how many moved. */
  async followReorganisation(ctx: Ctx, departmentId: string): Promise<number> {
    mustAllow(ctx, 'administration.manage');
    return followSuccessors(ctx, { departmentId });
  }

  /** The response, locked, for a step that is possible now; the second of two people who fix it gets a `Conflict`. */
  private async lock(ctx: Ctx, id: string, seen: number, action: ResponseAction, sent: unknown): Promise<{ response: QuestionnaireResponse; questionnaire: Questionnaire }> {
    mustAllow(ctx, 'questionnaire.manage');
    const { questionnaireId } = await scoped(ctx, QuestionnaireResponse).get(id);
    const questionnaire = await scoped(ctx, Questionnaire).lock(questionnaireId, 'shared');
    await mustNotBeClosed(ctx, questionnaire);
    const response = await scoped(ctx, QuestionnaireResponse).lock(id);
    const label = RESPONSE_STATUSES[response.status].label;
    mustBeAsSeen(response, `${questionnaire.title}への回答`, seen, sent, { status: label });
    const transition = responseTransitionOf(response.status, action);
    if (transition === null) throw new Refused('not-now', `この回答は「${label}」なので、「${RESPONSE_ACTIONS[action]}」操作はできません。画面を読み込み直して、いまの状態を確かめてください。`);
    if (questionnaire.status !== 'open' && !transition.whenClosed) throw new Refused('questionnaire-closed', `「${questionnaire.title}」は締め切っています。差し戻すときは、先に受付を再開してください。`);
    return { response, questionnaire };
  }

  private async step(ctx: Ctx, response: QuestionnaireResponse, action: ResponseAction, patch: Partial<QuestionnaireResponse>, comment?: string): Promise<void> {
    const before = response.status;
    const status = responseTransitionOf(before, action)!.to;
    await saveNext(ctx, QuestionnaireResponse, response, { ...patch, status });
    if (action === 'correct') return;
    await record(ctx, { action: `response-${action}`, object: responseObject(response.id), before, after: action === 'return' ? { status, items: response.returnedItems } : status, ...(comment === undefined ? {} : { comment }) });
  }
}

/** What somebody answers, as one of the numbered questions. */
const questionIn = (form: CompiledForm, code: Code): boolean => {
  const item = form.byCode.get(code);
  return item !== undefined && item.groups.length === 0 && item.item.kind !== 'fixed' && item.item.kind !== 'computed';
};
