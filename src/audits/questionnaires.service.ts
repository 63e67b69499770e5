import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, mustAllow } from './audit-access.js';
import { Audit } from './audit.entity.js';
import { InputChecking } from './input-checking.js';
import { blankDraft } from './questionnaire-building.js';
import { definitionHash, draftOf, QuestionnaireCheck, QuestionnaireTemplates, type QuestionnaireDraft } from './questionnaire-content.js';
import { Questionnaire, type ResponseStatus } from './questionnaire.entity.js';

export const QUESTIONNAIRE_STATUSES: Readonly<Record<Questionnaire['status'], { label: string; tone: string }>> = {
  draft: { label: '作成中', tone: 'grey' },
  open: { label: '回答を受付中', tone: 'blue' },
  closed: { label: '締切り', tone: 'green' },
};

/** How the journal names a questionnaire. */
export const questionnaireObject = (id: string): { kind: string; id: string } => ({ kind: 'questionnaire', id });

export interface QuestionnaireText {
  title: string;
  purpose: string;
  per: Questionnaire['per'];
  /** ISO days; null: none. */
  referenceOn: string | null;
  dueOn: string | null;
}

/** From what a new one begins: nothing, a code of the content, or an earlier one (id). */
export type Beginning = { from: 'blank' } | { from: 'template'; code: string } | { from: 'copy'; id: string };

export interface ListedQuestionnaire {
  id: string;
  auditId: string | null;
  /** Null: a self-inspection sheet (自己点検票). */
  auditTheme: string | null;
  title: string;
  per: Questionnaire['per'];
  status: Questionnaire['status'];
  dueOn: string | null;
  sentAt: Date | null;
  responses: number;
  byStatus: Record<ResponseStatus, number>;
  /** Not handed in though due. */
  overdue: number;
  changedAt: Date;
  changedByName: string;
}

export interface OpenedQuestionnaire {
  questionnaire: Questionnaire;
  audit: Audit | null;
  copiedFrom: { id: string; title: string } | null;
  mayManage: boolean;
}

/** 調査票 and 自己点検票: made, changed and built while they are a draft. */
@Injectable()
export class Questionnaires {
  constructor(
    private readonly templates: QuestionnaireTemplates,
    private readonly check: QuestionnaireCheck,
  ) {}

  /** Newest first. @param of id of an audit; `self-inspection`: those without one. Throws `NotFound`, `Refused`. */
  async list(ctx: Ctx, of: string | 'self-inspection' | 'all'): Promise<ListedQuestionnaire[]> {
    mustAllow(ctx, 'audit.read');
    if (of !== 'self-inspection' && of !== 'all' && !isId(of)) throw new NotFound();
    const rows: (Omit<ListedQuestionnaire, 'byStatus'> & { statuses: Partial<Record<ResponseStatus, number>> | null })[] = await ctx.tx.query(
      `select q.id, q.audit_id as "auditId", a.theme as "auditTheme", q.title, q.per, q.status, to_char(q.due_on, 'YYYY-MM-DD') as "dueOn", q.sent_at as "sentAt",
              coalesce(r.responses, 0)::int as responses, r.statuses, coalesce(r.overdue, 0)::int as overdue, q.changed_at as "changedAt", q.changed_by_name as "changedByName"
         from questionnaire q left join audit a on a.id = q.audit_id
         left join (select questionnaire_id, sum(n) as responses, jsonb_object_agg(status, n) as statuses, sum(overdue) as overdue
                      from (select questionnaire_id, status, count(*) as n, count(*) filter (where due_on < $2::date and status in ('not-started', 'answering', 'returned')) as overdue
                              from questionnaire_response where organisation_id = $1 group by questionnaire_id, status) counted group by questionnaire_id) r on r.questionnaire_id = q.id
        where q.organisation_id = $1 and ($3::text = 'all' or ($3 = 'self-inspection' and q.audit_id is null) or q.audit_id::text = $3)
        order by coalesce(q.sent_at, q.changed_at) desc, q.id`,
      [ctx.organisation, ctx.clock.today(), of]);
    return rows.map(({ statuses, ...one }) => ({ ...one, byStatus: { 'not-started': 0, answering: 0, submitted: 0, returned: 0, fixed: 0, ...statuses } }));
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, id: string): Promise<OpenedQuestionnaire> {
    mustAllow(ctx, 'audit.read');
    const questionnaire = await scoped(ctx, Questionnaire).get(id);
    const audit = questionnaire.auditId === null ? null : await scoped(ctx, Audit).get(questionnaire.auditId);
    const source = questionnaire.copiedFromId === null ? null : await scoped(ctx, Questionnaire).findOne({ id: questionnaire.copiedFromId });
    return { questionnaire, audit, copiedFrom: source === null ? null : { id: source.id, title: source.title }, mayManage: allows(ctx.actor.grants, 'questionnaire.manage') };
  }

  /** What a new one may begin from. */
  async beginnings(ctx: Ctx): Promise<{ templates: { code: string; title: string; purpose: string; per: Questionnaire['per'] }[]; earlier: { id: string; title: string; auditTheme: string | null }[] }> {
    const earlier = await this.list(ctx, 'all');
    return {
      templates: this.templates.on(ctx.clock.today()).map(({ form, title, purpose, per }) => ({ code: form, title, purpose, per })),
      earlier: earlier.map(({ id, title, auditTheme }) => ({ id, title, auditTheme })),
    };
  }

  /** Blank title, purpose: those of what it begins from. Throws `Invalid`, `NotFound`, `Refused`. Returns the id. */
  async add(ctx: Ctx, auditId: string | null, text: QuestionnaireText, beginning: Beginning): Promise<string> {
    mustAllow(ctx, 'questionnaire.manage');
    const audit = auditId === null ? null : await lockAudit(ctx, auditId, 'questionnaire.manage');
    const begun = await this.begin(ctx, beginning, text.title);
    // A sheet that is given keeps its own way of being answered: what it takes from the register depends on it.
    const values = textOf({ ...text, title: text.title.trim() === '' ? begun.title : text.title, purpose: text.purpose.trim() === '' ? begun.purpose : text.purpose, per: begun.per ?? text.per, referenceOn: text.referenceOn ?? audit?.referenceOn ?? null });
    const definition = { ...begun.draft.definition, title: values.title, shortTitle: values.title };
    const id = newId();
    await scoped(ctx, Questionnaire).insert({
      id, auditId, ...values, definition: definition as never, definitionHash: definitionHash(definition), prefilling: begun.draft.prefilling, status: 'draft',
      sentAt: null, sentByName: null, copiedFromId: begun.copiedFromId, changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: begun.version,
    });
    await record(ctx, { action: 'questionnaire-added', object: questionnaireObject(id), after: { ...values, auditId, beginning } });
    return id;
  }

  /** What it is called and by when; how it is answered only while it is a draft. Throws `NotFound`, `Invalid`, `Refused`, `Conflict`. */
  async change(ctx: Ctx, id: string, seen: number, text: QuestionnaireText): Promise<number> {
    const before = await this.lock(ctx, id);
    const now = { title: before.title, purpose: before.purpose, per: before.per, referenceOn: before.referenceOn, dueOn: before.dueOn };
    mustBeAsSeen(before, before.title, seen, text, now);
    const after = textOf(text);
    if (before.status !== 'draft' && after.per !== before.per) throw new Refused('questionnaire-sent', 'もう送った調査票なので、回答の単位（課ごとか、システムごとか）は変えられません。');
    if (before.status !== 'draft' && after.dueOn !== before.dueOn) throw new Refused('questionnaire-sent', 'もう送った調査票の期限は、回答状況の画面で、回答ごとに変えてください。');
    if (isDeepStrictEqual(after, now)) return before.version;
    const draft: QuestionnaireDraft = { definition: { ...before.definition, title: after.title, shortTitle: after.title }, prefilling: before.prefilling };
    // The title of a sheet that was sent stays in its definition as it was sent: answer files are known by its hash.
    const built = before.status === 'draft' ? this.checked(draft, after.per) : {};
    const version = await saveNext(ctx, Questionnaire, before, { ...after, ...built });
    await record(ctx, { action: 'questionnaire-changed', object: questionnaireObject(id), before: now, after });
    return version;
  }

  /**
   * One step of building. @param build given the draft and the version that it will have (`mark` of new codes), gives the next draft
   * @param what the step in words of the product, for the journal. Throws `NotFound`, `Invalid` (every fault), `Refused`, `Conflict`.
   */
  async build(ctx: Ctx, id: string, seen: number, what: string, build: (draft: QuestionnaireDraft, mark: number) => QuestionnaireDraft): Promise<number> {
    const before = await this.lock(ctx, id);
    if (before.status !== 'draft') throw new Refused('questionnaire-sent', `「${before.title}」はもう送ったので、問いは変えられません。変えるときは、写しを作って送ってください。`);
    mustBeAsSeen(before, before.title, seen, { what }, { questions: before.definition.sections.length });
    const draft: QuestionnaireDraft = structuredClone({ definition: before.definition, prefilling: before.prefilling });
    const after = this.checked(build(draft, before.version + 1), before.per);
    const version = await saveNext(ctx, Questionnaire, before, after);
    await record(ctx, { action: 'questionnaire-built', object: questionnaireObject(id), path: what, before: { definition: draft.definition, prefilling: draft.prefilling }, after: { definition: after.definition, prefilling: after.prefilling } });
    return version;
  }

  /** Only a draft goes away. Throws `NotFound`, `Refused`, `Conflict`. */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const before = await this.lock(ctx, id);
    mustBeAsSeen(before, before.title, seen, {}, {});
    if (before.status !== 'draft') throw new Refused('questionnaire-sent', `「${before.title}」はもう送ったので、消せません。回答を受け付けないときは、締め切ってください。`);
    const copies = await scoped(ctx, Questionnaire).find({ copiedFromId: id });
    if (copies.length > 0) throw new Refused('questionnaire-copied', `「${before.title}」は、「${copies[0]!.title}」の写しのもとになっているため、消せません。`);
    await scoped(ctx, Questionnaire).delete({ id });
    await record(ctx, { action: 'questionnaire-removed', object: questionnaireObject(id), before: { title: before.title, purpose: before.purpose, definition: before.definition } });
  }

  /** Locked; an audit that is closed keeps its questionnaires as they are. */
  private async lock(ctx: Ctx, id: string): Promise<Questionnaire> {
    return lockQuestionnaire(ctx, id);
  }

  private checked(draft: QuestionnaireDraft, per: Questionnaire['per']): Pick<Questionnaire, 'definition' | 'definitionHash' | 'prefilling'> {
    const problems = this.check.problems(draft, per);
    if (problems.length > 0) throw new Invalid('definition-invalid', `調査票は保存していません。直すところが${problems.length}か所あります。`, problems);
    return { ...draft, definitionHash: definitionHash(draft.definition) };
  }

  private async begin(ctx: Ctx, beginning: Beginning, title: string): Promise<{ draft: QuestionnaireDraft; title: string; purpose: string; per: Questionnaire['per'] | null; copiedFromId: string | null; version: number }> {
    if (beginning.from === 'blank') return { draft: blankDraft(title.trim() === '' ? '調査票' : title.trim().slice(0, 200), ctx.clock.today()), title: '', purpose: '', per: null, copiedFromId: null, version: 1 };
    if (beginning.from === 'template') {
      const found = this.templates.find(beginning.code, ctx.clock.today());
      if (found === undefined) throw new NotFound('template-unknown', '選んだひな型はありません。選び直してください。');
      return { draft: draftOf(found), title: found.title, purpose: found.purpose, per: found.per, copiedFromId: null, version: 1 };
    }
    const source = await scoped(ctx, Questionnaire).get(beginning.id);
    // Versions go on counting, so that no code of the copy is given twice.
    return { draft: structuredClone({ definition: source.definition, prefilling: source.prefilling }), title: source.title, purpose: source.purpose, per: source.per, copiedFromId: source.id, version: source.version };
  }
}

/** The questionnaire, locked, for whoever manages it, while its audit is not closed. Throws `NotFound`, `Refused`. */
export async function lockQuestionnaire(ctx: Ctx, id: string): Promise<Questionnaire> {
  mustAllow(ctx, 'questionnaire.manage');
  const found = await scoped(ctx, Questionnaire).lock(id);
  await mustNotBeClosed(ctx, found);
  return found;
}

/** Throws `Refused` when its audit is closed. */
export async function mustNotBeClosed(ctx: Ctx, { auditId }: Pick<Questionnaire, 'auditId'>): Promise<void> {
  const audit = auditId === null ? null : await scoped(ctx, Audit).get(auditId);
  if (audit?.status === 'closed') throw new Refused('audit-closed', `「${audit.theme}」は完了しています。変えるときは、先に実施中に戻してください。`);
}

function textOf(text: QuestionnaireText): QuestionnaireText {
  const input = new InputChecking();
  const values: QuestionnaireText = {
    title: input.line('title', '表題', text.title), purpose: input.text('purpose', '目的', text.purpose, { limit: 4_000 }),
    per: input.choice('per', '回答の単位', text.per, ['department', 'department-system']),
    referenceOn: input.day('referenceOn', '基準日', text.referenceOn), dueOn: input.day('dueOn', '回答の期限', text.dueOn),
  };
  input.done();
  return values;
}
