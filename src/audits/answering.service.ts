import { Injectable } from '@nestjs/common';
import { withThoseUnder } from '../identity/department-tree.js';
import { Departments } from '../identity/departments.service.js';
import { readiness } from '../engine/readiness.js';
import { progress, type Progress } from '../engine/progress.js';
import { Reading } from '../engine/reading.js';
import type { CompiledForm } from '../engine/form-index.js';
import type { Address } from '../engine/form.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { history, record, type JournalEntry } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { QuestionnaireResponse, ResponseCorrection, type Questionnaire, type ResponseAnswer } from './questionnaire.entity.js';
import { actionsOf, lockResponse, readResponse, responseObject, statusAfter, type Accessible } from './response-access.js';
import { answerSetOf, calledByNumber, formOf, questionHref } from './response-form.js';
import { listedResponses, type ListedResponse, type WaitingResponse } from './response-list.js';
import { storedRows } from './response-rows.js';
import { saveAnswers, storedAnswers, type AnswerChange, type SavedAnswers, type SavingMore } from './response-saving.js';
import { latenessOf, type ResponseAction } from './response.transitions.js';

/** Everything that the page of one response shows, and what this person may do with it. */
export interface OpenedResponse {
  response: QuestionnaireResponse;
  questionnaire: Questionnaire;
  form: CompiledForm;
  reading: Reading;
  /** With versions and what was filled in beforehand. */
  stored: ReadonlyMap<Address, ResponseAnswer>;
  /** Names from the top. */
  department: string;
  /** The department that was asked before a reorganisation. */
  former: string | null;
  delegate: string | null;
  system: string | null;
  lateness: ReturnType<typeof latenessOf>;
  /** `delegate`: the person answers in the place of the department that was asked. */
  standing: 'asked' | 'delegate';
  actions: ResponseAction[];
  editable: boolean;
  mayDelegate: boolean;
  /** What is missing or unsound, with links. */
  problems: Problem[];
  progress: Progress;
  /** Answers filled in beforehand that nobody has looked at. */
  unconfirmed: Address[];
  corrections: ResponseCorrection[];
}

export interface DelegationChoice {
  id: string;
  path: string;
  chosen: boolean;
}

/** 調査票に回答する: what a department does with the questionnaires that it was sent. */
@Injectable()
export class Answering {
  constructor(private readonly departments: Departments) {}

  /** Everything that was sent to the person's departments and those under them, what still waits first. Throws nothing. */
  list(ctx: Ctx): Promise<ListedResponse[]> {
    return listedResponses(ctx);
  }

  /** What still has to be handed in, by due date. */
  async waiting(ctx: Ctx): Promise<WaitingResponse[]> {
    return (await listedResponses(ctx)).filter((one) => one.waiting);
  }

  /** Throws `NotFound` (also for another organisation), `Refused`. */
  async open(ctx: Ctx, id: string): Promise<OpenedResponse> {
    const found = await readResponse(ctx, id);
    const { response, questionnaire, standing } = found;
    const form = formOf(questionnaire);
    const stored = await storedAnswers(ctx, id);
    const reading = new Reading(form, answerSetOf(stored.values(), await storedRows(ctx, id)));
    const actions = actionsOf(found);
    const { below, ...names } = await this.placeOf(ctx, response);
    return {
      response, questionnaire, form, reading, stored, ...names, standing, actions, lateness: latenessOf(response, ctx.clock.today()),
      editable: actions.includes('save'), mayDelegate: below && standing === 'asked' && actions.includes('save'),
      problems: this.problemsOf(form, reading, id), progress: progress(form, reading),
      unconfirmed: reading.instances.filter(({ address }) => stored.get(address)?.prefilledFrom != null).map(({ address }) => address),
      corrections: await scoped(ctx, ResponseCorrection).find({ responseId: id }, { madeAt: 'DESC' }),
    };
  }

  /** One answer; throws as `saveMany`. */
  save(ctx: Ctx, id: string, change: AnswerChange): Promise<SavedAnswers> {
    return this.saveMany(ctx, id, [change]);
  }

  /**
   * All of them or none. Throws `NotFound`, `Refused` (other department, handed in, closed), `Invalid` with the problems of every
   * answer, `Conflict` with both sides of all that others changed since it was seen (`saveAnswers`).
   */
  async saveMany(ctx: Ctx, id: string, changes: readonly AnswerChange[], more: SavingMore = {}): Promise<SavedAnswers> {
    return saveAnswers(ctx, await lockResponse(ctx, id, 'save'), changes, more);
  }

  /** Hands the response in, also after its due date. Throws `NotFound`, `Refused`, `Conflict`, `Invalid` with links to what is missing. */
  async submit(ctx: Ctx, id: string, seen: number): Promise<void> {
    const found = await this.lockSeen(ctx, id, seen, 'submit');
    const form = formOf(found.questionnaire);
    const reading = new Reading(form, answerSetOf((await storedAnswers(ctx, id)).values(), await storedRows(ctx, id)));
    const problems = this.problemsOf(form, reading, id);
    if (problems.length > 0) throw new Invalid('not-ready', `まだ提出できません。${problems.length}か所の回答を確かめてください。`, problems);
    await this.step(ctx, found, 'submit', { submittedAt: ctx.clock.now(), submittedById: ctx.actor.id, submittedByName: ctx.actor.name, returnedReason: null, returnedItems: [] });
  }

  /** Takes a response back that nobody has fixed yet. Throws `NotFound`, `Refused`, `Conflict`. */
  async withdraw(ctx: Ctx, id: string, seen: number): Promise<void> {
    await this.step(ctx, await this.lockSeen(ctx, id, seen, 'withdraw'), 'withdraw', { submittedAt: null, submittedById: null, submittedByName: null });
  }

  /** Departments under the one that was asked. Throws `NotFound`, `Refused`. */
  async delegationChoices(ctx: Ctx, id: string): Promise<DelegationChoice[]> {
    const { response } = await readResponse(ctx, id);
    const living = await this.departments.living(ctx);
    const under = withThoseUnder(living.map(({ department }) => department), response.departmentId);
    return living.filter(({ department }) => department.id !== response.departmentId && under.has(department.id))
      .map(({ department, path }) => ({ id: department.id, path, chosen: department.id === response.delegatedToId }));
  }

  /**
   * Lets a department under the one that was asked write the answers; it is still handed in by the one that was asked.
   * @param departmentId null takes the delegation back. Throws `NotFound`, `Refused`, `Conflict`, `Invalid`.
   */
  async delegate(ctx: Ctx, id: string, seen: number, departmentId: string | null): Promise<void> {
    const { response } = await this.lockSeen(ctx, id, seen, 'delegate');
    const choice = departmentId === null ? null : (await this.delegationChoices(ctx, id)).find((one) => one.id === departmentId);
    if (choice === undefined) {
      throw new Invalid('not-under', '回答を任せる部署を確かめてください。', [{ code: 'not-under', path: 'departmentId', message: '回答を任せられるのは、調査票を受け取った部署の下にある部署だけです。一覧から選んでください。' }]);
    }
    if (response.delegatedToId === departmentId) return;
    const before = response.delegatedToId;
    await saveNext(ctx, QuestionnaireResponse, response, { delegatedToId: departmentId });
    await record(ctx, { action: 'response-delegated', object: responseObject(id), before: { delegatedTo: before }, after: { delegatedTo: departmentId, name: choice?.path ?? null } });
  }

  /** What happened to a response (or to one of its questions), newest first. Throws `NotFound`, `Refused`. */
  async historyOf(ctx: Ctx, id: string, item?: Address): Promise<JournalEntry[]> {
    await readResponse(ctx, id);
    return history(ctx, responseObject(id), item === undefined ? { limit: 500 } : { path: item });
  }

  private problemsOf(form: CompiledForm, reading: Reading, id: string): Problem[] {
    return calledByNumber(form, readiness(form, reading, (address) => questionHref(id, form, address)));
  }

  private async lockSeen(ctx: Ctx, id: string, seen: number, action: 'submit' | 'withdraw' | 'delegate'): Promise<Accessible> {
    const found = await lockResponse(ctx, id, action);
    mustBeAsSeen(found.response, found.questionnaire.title, seen, { action }, { status: found.response.status, delegatedToId: found.response.delegatedToId });
    return found;
  }

  private async step(ctx: Ctx, { response }: Accessible, action: 'submit' | 'withdraw', patch: Partial<QuestionnaireResponse>): Promise<void> {
    const before = { status: response.status, returnedReason: response.returnedReason };
    const status = statusAfter(response, action);
    await saveNext(ctx, QuestionnaireResponse, response, { ...patch, status });
    await record(ctx, { action: action === 'submit' ? 'response-submitted' : 'response-withdrawn', object: responseObject(response.id), before, after: { status } });
  }

  /** Names, and whether a living department stands under the one that was asked. */
  private async placeOf(ctx: Ctx, response: QuestionnaireResponse): Promise<Pick<OpenedResponse, 'department' | 'former' | 'delegate' | 'system'> & { below: boolean }> {
    const tree = await this.departments.tree(ctx);
    const paths = new Map(tree.map(({ department, path }) => [department.id, path]));
    const below = tree.some(({ department }) => department.parentId === response.departmentId && department.endedOn === null);
    const systems: { name: string }[] = response.systemId === null ? [] : await ctx.tx.query('select name from system where organisation_id = $1 and id = $2', [ctx.organisation, response.systemId]);
    const name = (id: string | null): string | null => (id === null ? null : (paths.get(id) ?? null));
    return { department: paths.get(response.departmentId) ?? '', former: name(response.formerDepartmentId), delegate: name(response.delegatedToId), system: systems[0]?.name ?? null, below };
  }
}
