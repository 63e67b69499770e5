import { Injectable } from '@nestjs/common';
import { formatEra } from '../engine/dates.js';
import { Departments } from '../identity/departments.service.js';
import { postLetter } from '../jobs/mail.js';
import { JobQueue } from '../jobs/queue.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { Catalogue } from '../systems/catalogue.js';
import { InformationSystem } from '../systems/system.entity.js';
import { mustAllow } from './audit-access.js';
import { InputChecking } from './input-checking.js';
import { ResponsePrefilling } from './prefilling-responses.js';
import { QuestionnaireCheck, questionsOf } from './questionnaire-content.js';
import { Questionnaire, QuestionnaireResponse, ResponseReminder } from './questionnaire.entity.js';
import { lockQuestionnaire, questionnaireObject } from './questionnaires.service.js';
import { answerersOf, newRecipients, recipientsOf, type Recipient, type RecipientDepartment } from './recipients.js';
import { responseObject } from './response-access.js';
import { followSuccessors } from './response-following.js';
import { lettersFor, type AskedResponse } from './response-letters.js';
import { AWAITED, RESPONSE_STATUSES } from './response.transitions.js';

/** `overdue`: all that are late; `awaited`: all that are not handed in; or ids. */
export type Reminded = 'overdue' | 'awaited' | readonly string[];

export interface Reminding {
  /** Responses that were reminded. */
  reminded: number;
  /** Already reminded today. */
  skipped: number;
  letters: number;
}

/** 調査票 goes out, is asked for again (督促), and is closed. */
@Injectable()
export class Asking {
  constructor(
    private readonly departments: Departments,
    private readonly catalogue: Catalogue,
    private readonly check: QuestionnaireCheck,
    private readonly queue: JobQueue,
    private readonly prefilling: ResponsePrefilling,
  ) {}

  /** In the order of the tree. Throws `NotFound`, `Refused`. */
  async recipients(ctx: Ctx, id: string): Promise<RecipientDepartment[]> {
    mustAllow(ctx, 'questionnaire.manage');
    const questionnaire = await scoped(ctx, Questionnaire).get(id);
    return recipientsOf(ctx, questionnaire, await this.departments.tree(ctx), this.catalogue.register);
  }

  /** From now on its questions stay. One response each. Throws `NotFound`, `Invalid`, `Refused`, `Conflict`. Returns how many. */
  async send(ctx: Ctx, id: string, seen: number, { dueOn, recipients }: { dueOn: string; recipients: readonly Recipient[] }): Promise<number> {
    const questionnaire = await lockQuestionnaire(ctx, id);
    mustBeAsSeen(questionnaire, questionnaire.title, seen, { dueOn }, { dueOn: questionnaire.dueOn });
    if (questionnaire.status !== 'draft') throw new Refused('questionnaire-sent', `「${questionnaire.title}」はもう送っています。送り先は、あとから加えられます。`);
    const faults = this.check.problems(questionnaire, questionnaire.per);
    if (questionsOf(questionnaire.definition).length === 0) faults.push({ code: 'no-questions', path: '', message: '問いが1つもありません。問いを作ってから送ってください。' });
    if (faults.length > 0) throw new Invalid('definition-invalid', '調査票は送っていません。問いを直してください。', faults);
    const due = dueDay(dueOn, ctx.clock.today());
    const added = await this.insert(ctx, questionnaire, recipients, due);
    await saveNext(ctx, Questionnaire, questionnaire, { status: 'open', dueOn: due, sentAt: ctx.clock.now(), sentByName: ctx.actor.name });
    await record(ctx, { action: 'questionnaire-sent', object: questionnaireObject(id), after: { dueOn: due, recipients: added } });
    return added.length;
  }

  /** Throws `NotFound`, `Invalid`, `Refused`, `Conflict`. Returns how many were new. */
  async addRecipients(ctx: Ctx, id: string, seen: number, { dueOn, recipients }: { dueOn: string; recipients: readonly Recipient[] }): Promise<number> {
    const questionnaire = await lockOpen(ctx, id);
    mustBeAsSeen(questionnaire, questionnaire.title, seen, { dueOn }, { dueOn: questionnaire.dueOn });
    const added = await this.insert(ctx, questionnaire, recipients, dueDay(dueOn, ctx.clock.today()));
    await saveNext(ctx, Questionnaire, questionnaire);
    await record(ctx, { action: 'recipients-added', object: questionnaireObject(id), after: { dueOn, recipients: added } });
    return added.length;
  }

  /** The due date of one response that is not handed in yet. Throws `NotFound`, `Invalid`, `Refused`, `Conflict`. */
  async changeDue(ctx: Ctx, responseId: string, seen: number, dueOn: string): Promise<void> {
    const { questionnaireId } = await scoped(ctx, QuestionnaireResponse).get(responseId);
    await lockOpen(ctx, questionnaireId);
    const response = await scoped(ctx, QuestionnaireResponse).lock(responseId);
    mustBeAsSeen(response, '回答', seen, { dueOn }, { dueOn: response.dueOn });
    if (!AWAITED.has(response.status)) throw new Refused('not-awaited', `この回答は「${RESPONSE_STATUSES[response.status].label}」なので、期限は変えられません。`);
    const due = dueDay(dueOn, ctx.clock.today());
    const before = response.dueOn;
    await saveNext(ctx, QuestionnaireResponse, response, { dueOn: due });
    await record(ctx, { action: 'response-due-changed', object: responseObject(responseId), before, after: due });
  }

  /** The common due date: of the questionnaire and of all awaited responses that have no date of their own. Returns how many moved. Throws as `changeDue`. */
  async changeDueOfAll(ctx: Ctx, id: string, seen: number, dueOn: string): Promise<number> {
    const questionnaire = await lockOpen(ctx, id);
    mustBeAsSeen(questionnaire, questionnaire.title, seen, { dueOn }, { dueOn: questionnaire.dueOn });
    const due = dueDay(dueOn, ctx.clock.today());
    const before = questionnaire.dueOn;
    const moved: { id: string }[][] = await ctx.tx.query(
      `update questionnaire_response set due_on = $3, version = version + 1, changed_at = $5, changed_by_name = $6
        where organisation_id = $1 and questionnaire_id = $2 and due_on = $4 and status in ('not-started', 'answering', 'returned') returning id`, [ctx.organisation, id, due, before, ctx.clock.now(), ctx.actor.name]);
    await saveNext(ctx, Questionnaire, questionnaire, { dueOn: due });
    const count = moved[0]!.length;
    await record(ctx, { action: 'questionnaire-due-changed', object: questionnaireObject(id), before, after: { dueOn: due, responses: count } });
    return count;
  }

  /**
   * 督促 to whoever has not handed in: a note that the department sees, and a letter to those of its people who have an address of
   * mail. Nobody is reminded twice on a day, unless `again`. Throws `NotFound`, `Invalid`, `Refused` (nothing to remind).
   */
  async remind(ctx: Ctx, id: string, { which, text, again = false }: { which: Reminded; text: string; again?: boolean }): Promise<Reminding> {
    const questionnaire = await lockOpen(ctx, id);
    const input = new InputChecking();
    const words = input.text('text', '督促の文', text, { need: true, limit: 2_000 });
    input.done();
    const [today, awaited] = [ctx.clock.today(), await this.awaited(ctx, id)];
    const meant = awaited.filter((one) => (which === 'overdue' ? today > one.dueOn : which === 'awaited' || which.includes(one.id)));
    if (meant.length === 0) throw new Refused('nothing-to-remind', which === 'overdue' ? '期限を過ぎて提出されていない回答はありません。' : '選んだ中に、提出を待っている回答はありません。');
    const due = again ? meant : meant.filter((one) => !one.remindedToday);
    if (due.length === 0) throw new Refused('reminded-today', '選んだ回答には、きょうもう督促しています。もう一度送るときは「きょう督促した先にも送る」を選んでください。');
    const answerers = await answerersOf(ctx, [...new Set(due.flatMap((one) => [one.departmentId, ...(one.delegatedToId === null ? [] : [one.delegatedToId])]))]);
    const { letters, recipients } = lettersFor('reminded', questionnaire, due, answerers, words, today);
    await scoped(ctx, ResponseReminder).insertMany(due.map((one) => ({ id: newId(), responseId: one.id, text: words, sentAt: ctx.clock.now(), sentByName: ctx.actor.name, recipients: recipients.get(one.id) ?? 0 })));
    for (const letter of letters) await postLetter(ctx, this.queue, letter);
    await record(ctx, { action: 'responses-reminded', object: questionnaireObject(id), after: { responses: due.map((one) => one.id), letters: letters.length, text: words } });
    return { reminded: due.length, skipped: meant.length - due.length, letters: letters.length };
  }

  /** No more answers; what is handed in can still be fixed and corrected. Throws `NotFound`, `Refused`, `Conflict`. */
  async close(ctx: Ctx, id: string, seen: number): Promise<void> {
    const questionnaire = await lockOpen(ctx, id);
    mustBeAsSeen(questionnaire, questionnaire.title, seen, {}, {});
    await saveNext(ctx, Questionnaire, questionnaire, { status: 'closed' });
    await record(ctx, { action: 'questionnaire-closed', object: questionnaireObject(id), after: { awaited: (await this.awaited(ctx, id)).length } });
  }

  /** Throws `NotFound`, `Refused`, `Conflict`. */
  async reopen(ctx: Ctx, id: string, seen: number): Promise<void> {
    const questionnaire = await lockQuestionnaire(ctx, id);
    mustBeAsSeen(questionnaire, questionnaire.title, seen, {}, {});
    if (questionnaire.status !== 'closed') throw new Refused('questionnaire-not-closed', `「${questionnaire.title}」は締め切られていません。`);
    await saveNext(ctx, Questionnaire, questionnaire, { status: 'open' });
    await record(ctx, { action: 'questionnaire-reopened', object: questionnaireObject(id) });
    // Departments may have been reorganised while it was closed.
    await followSuccessors(ctx, { questionnaireId: id });
  }

  private async insert(ctx: Ctx, questionnaire: Questionnaire, chosen: readonly Recipient[], dueOn: string): Promise<Recipient[]> {
    const among = await recipientsOf(ctx, questionnaire, await this.departments.tree(ctx), this.catalogue.register);
    const added = newRecipients(chosen, among, questionnaire.per);
    const marks = { changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 };
    const rows = added.map((one) => ({ id: newId(), questionnaireId: questionnaire.id, ...one, status: 'not-started' as const, dueOn, returnedItems: [], ...marks }));
    await scoped(ctx, QuestionnaireResponse).insertMany(rows);
    await this.prefilling.fill(ctx, questionnaire, rows);
    const names = new Map((await scoped(ctx, InformationSystem).find()).map((one) => [one.id, one.name]));
    const asked = rows.map((one): AskedResponse => ({ id: one.id, departmentId: one.departmentId, delegatedToId: null, dueOn, systemName: one.systemId === null ? null : (names.get(one.systemId) ?? null) }));
    const lead = `調査票「${questionnaire.title}」への回答をお願いします。期限は${formatEra(dueOn)}です。`;
    const { letters } = lettersFor('asked', questionnaire, asked, await answerersOf(ctx, [...new Set(added.map((one) => one.departmentId))]), lead, ctx.clock.today());
    for (const letter of letters) await postLetter(ctx, this.queue, letter);
    return added;
  }

  private awaited(ctx: Ctx, id: string): Promise<(AskedResponse & { remindedToday: boolean })[]> {
    return ctx.tx.query(
      `select r.id, r.department_id as "departmentId", r.delegated_to_id as "delegatedToId", to_char(r.due_on, 'YYYY-MM-DD') as "dueOn", s.name as "systemName",
              exists (select 1 from response_reminder m where m.organisation_id = $1 and m.response_id = r.id and (m.sent_at at time zone 'Asia/Tokyo')::date = $3::date) as "remindedToday"
         from questionnaire_response r left join system s on s.id = r.system_id
        where r.organisation_id = $1 and r.questionnaire_id = $2 and r.status in ('not-started', 'answering', 'returned') order by r.id`, [ctx.organisation, id, ctx.clock.today()]);
  }
}

async function lockOpen(ctx: Ctx, id: string): Promise<Questionnaire> {
  const questionnaire = await lockQuestionnaire(ctx, id);
  if (questionnaire.status === 'draft') throw new Refused('questionnaire-draft', `「${questionnaire.title}」はまだ送っていません。`);
  if (questionnaire.status === 'closed') throw new Refused('questionnaire-closed', `「${questionnaire.title}」は締め切っています。続けるときは、受付を再開してください。`);
  return questionnaire;
}

/** Throws `Invalid` unless it is today or later. */
function dueDay(text: string, today: string): string {
  const input = new InputChecking();
  const day = input.day('dueOn', '回答の期限', text, { need: true });
  if (day !== null && day < today) input.wrong('dueOn', 'due-in-the-past', '回答の期限が過ぎた日です。きょう以後の日にしてください。');
  input.done();
  return day!;
}
