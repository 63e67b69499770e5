import { Injectable } from '@nestjs/common';
import { InputChecking } from '../audits/input-checking.js';
import { lockAudit } from '../audits/audit-access.js';
import { formatEra, isIsoDate } from '../engine/dates.js';
import { allows, reachOf } from '../identity/permissions.js';
import { postLetter } from '../jobs/mail.js';
import { JobQueue } from '../jobs/queue.js';
import { dayInJapan } from '../kernel/clock.js';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { caseDepartments, departmentsOf, findingHref, lockForWriting, mustFit, thingObject } from './finding-access.js';
import { MOST, shownHash } from './finding-fields.js';
import { awaitFindings, followFindings } from './finding-following.js';
import { lacksOf } from './finding-missing.js';
import { aroundOf } from './finding-reading.js';
import { Finding, FindingStatement } from './finding.entity.js';

/** What waits for, or was answered by, a department. */
export interface AskedOfDepartment {
  findingId: string;
  title: string;
  theme: string;
  departmentName: string;
  dueOn: string;
  late: boolean;
  agreed: boolean | null;
  /** Still in fact confirmation: it can be answered, or answered again. */
  open: boolean;
  withdrawn: boolean;
  replied: boolean;
}

export interface StatementInput {
  agreed: boolean | null;
  /** 弁明・見解. */
  text: string;
}

/** 事実確認 of findings by their departments, with 弁明・見解 and what the auditors say to it. */
@Injectable()
export class Statements {
  constructor(private readonly queue: JobQueue) {}

  /**
   * Asks the department of the finding and that of its case, and tells them by mail. Who was asked before is asked anew.
   * Throws `NotFound`, `Refused` (stage, closed), `Invalid` (due date, what is missing), `Conflict`. Returns the version of the finding.
   */
  async ask(ctx: Ctx, findingId: string, seen: number, dueOn: string): Promise<number> {
    const { auditId } = await scoped(ctx, Finding).get(findingId);
    const audit = await lockForWriting(ctx, auditId);
    const finding = await scoped(ctx, Finding).lock(findingId);
    mustBeAsSeen(finding, finding.title, seen, { dueOn }, {});
    if (finding.kind === 'heading' || finding.stage !== 'draft') throw new Refused('step-impossible', `「${finding.title}」は、いまの段階では事実確認を求められません。`);
    const lacks = lacksOf(finding, await aroundOf(ctx, finding)).filter((one) => one.blocks.includes('ask'));
    mustFit('finding-incomplete', [...dueProblems(dueOn, dayInJapan(finding.changedAt), ctx.clock.today()), ...lacks.map(({ code, path, message }) => ({ code, path, message, href: `${findingHref(findingId)}#${path}` }))]);
    const departments = departmentsOf(finding, await caseDepartments(ctx, auditId));
    await this.dropOthers(ctx, finding, departments);
    for (const departmentId of departments) await this.askOne(ctx, finding, departmentId, dueOn);
    const version = await saveNext(ctx, Finding, finding, { stage: 'confirming' });
    await record(ctx, { action: 'finding-step', object: thingObject('finding', findingId), before: { stage: 'draft' }, after: { stage: 'confirming', dueOn, departments } });
    await this.tell(ctx, departments, `検出事項の事実確認のお願い：${audit.theme}（期限 ${formatEra(dueOn)}）`, `監査「${audit.theme}」の検出事項「${finding.title}」について、事実に相違がないかを${formatEra(dueOn)}までに確かめてください。`);
    return version;
  }

  /**
   * More time for those that have not answered, and tells them by mail; what others have answered stays. Throws `NotFound`, `Refused`
   * (stage, nobody waits), `Invalid` (day), `Conflict`. Returns the version of the finding.
   */
  async extend(ctx: Ctx, findingId: string, seen: number, dueOn: string): Promise<number> {
    const { auditId } = await scoped(ctx, Finding).get(findingId);
    const audit = await lockForWriting(ctx, auditId);
    const finding = await scoped(ctx, Finding).lock(findingId);
    mustBeAsSeen(finding, finding.title, seen, { dueOn }, {});
    const waiting = await waitingFor(ctx, finding);
    if (waiting.length === 0) throw new Refused('nobody-waits', '事実確認の回答を待っている課はありません。');
    mustFit('due-invalid', dueProblems(dueOn, dayInJapan(finding.changedAt), ctx.clock.today()));
    for (const { id, version, dueOn: before } of waiting) {
      await scoped(ctx, FindingStatement).updateSeen(id, version, { dueOn });
      await record(ctx, { action: 'statement-extended', object: thingObject('finding', findingId), path: id, before: { dueOn: before }, after: { dueOn } });
    }
    const version = await saveNext(ctx, Finding, finding, {});
    await this.tell(ctx, waiting.map((one) => one.departmentId), `検出事項の事実確認の期限の変更：${audit.theme}（期限 ${formatEra(dueOn)}）`, `監査「${audit.theme}」の検出事項「${finding.title}」の事実確認の期限が、${formatEra(dueOn)}になりました。`);
    return version;
  }

  /** Reminds those that have not answered, by mail. Throws `NotFound`, `Refused`. Returns to how many people. */
  async remind(ctx: Ctx, findingId: string): Promise<number> {
    const { auditId } = await scoped(ctx, Finding).get(findingId);
    const audit = await lockForWriting(ctx, auditId);
    const finding = await scoped(ctx, Finding).get(findingId);
    const waiting = await waitingFor(ctx, finding);
    if (waiting.length === 0) throw new Refused('nobody-waits', '事実確認の回答を待っている課はありません。');
    const dueOn = waiting.map((one) => one.dueOn).sort()[0]!;
    const late = dueOn < ctx.clock.today();
    const people = await this.tell(ctx, waiting.map((one) => one.departmentId), `${late ? '【期限が過ぎています】' : ''}検出事項の事実確認の督促：${audit.theme}（期限 ${formatEra(dueOn)}）`, `監査「${audit.theme}」の検出事項「${finding.title}」の事実確認に、まだ回答がありません。`);
    await record(ctx, { action: 'statement-reminded', object: thingObject('finding', findingId), after: { departments: waiting.map((one) => one.departmentId), people } });
    return people;
  }

  /**
   * The department says whether the facts are right, and what it has to say; until the auditors confirm, also again and also late.
   * Throws `NotFound` (another department), `Refused` (stage), `Invalid` (no answer, no reason for not agreeing), `Conflict`.
   */
  async answer(ctx: Ctx, statementId: string, seen: number, input: StatementInput): Promise<void> {
    const { statement, finding } = await this.open(ctx, statementId, seen, input);
    const checking = new InputChecking();
    if (input.agreed === null) checking.wrong('agreed', 'missing', '事実に相違がないかどうかを選んでください。');
    const text = checking.text('text', '弁明・見解', input.text, { limit: MOST.text });
    if (input.agreed === false && text === '' && !checking.problems.some((one) => one.path === 'text')) checking.wrong('text', 'missing', '事実に相違があるときは、どこがどう違うかを書いてください。');
    mustFit('statement-invalid', checking.problems);
    const after = { agreed: input.agreed, text, answeredAt: ctx.clock.now(), answeredByName: ctx.actor.name, answeredTo: shownHash(finding) };
    await scoped(ctx, FindingStatement).updateSeen(statementId, seen, after);
    await record(ctx, { action: 'statement-answered', object: thingObject('finding', statement.findingId), path: statementId, before: { agreed: statement.agreed, text: statement.text }, after: { agreed: after.agreed, text, late: statement.dueOn < ctx.clock.today() } });
  }

  /** What the auditors say to it. Throws `NotFound`, `Refused` (stage, not answered yet), `Invalid`, `Conflict`. */
  async reply(ctx: Ctx, statementId: string, seen: number, text: string): Promise<void> {
    const statement = await scoped(ctx, FindingStatement).get(statementId);
    const { auditId } = await scoped(ctx, Finding).get(statement.findingId);
    await lockForWriting(ctx, auditId);
    const finding = await scoped(ctx, Finding).lock(statement.findingId);
    if (finding.stage !== 'confirming') throw new Refused('step-impossible', `「${finding.title}」は事実確認中ではないので、見解を書けません。`);
    if (statement.agreed === null) throw new Refused('not-answered', '所管課の回答がまだありません。回答があってから書いてください。');
    if (statement.version !== seen) throw stale(statement, { reply: text }, { reply: statement.reply, text: statement.text });
    const checking = new InputChecking();
    const reply = checking.text('reply', '監査側の見解', text, { need: true, limit: MOST.text });
    mustFit('reply-invalid', checking.problems);
    await scoped(ctx, FindingStatement).updateSeen(statementId, seen, { reply });
    await record(ctx, { action: 'statement-replied', object: thingObject('finding', finding.id), path: statementId, before: { reply: statement.reply }, after: { reply } });
  }

  /** Before a department ends: waits for whoever writes what is found of it. */
  awaitOthers(ctx: Ctx, departmentId: string): Promise<void> {
    return awaitFindings(ctx, departmentId);
  }

  /** After it ended: what is found of it, and what it was asked, goes to its successor. Returns how many findings went. */
  followReorganisation(ctx: Ctx, departmentId: string): Promise<number> {
    return followFindings(ctx, departmentId);
  }

  /** What the departments of the person were asked; those that wait first, then by their due dates. */
  async mine(ctx: Ctx): Promise<AskedOfDepartment[]> {
    const reach = reachOf(ctx.actor.grants, 'finding.state');
    if (reach !== 'all' && reach.size === 0) return [];
    const rows: (AskedOfDepartment & { stage: string; reply: string })[] = await ctx.tx.query(
      `select f.id as "findingId", f.title, a.theme, d.name as "departmentName", to_char(s.due_on, 'YYYY-MM-DD') as "dueOn", s.agreed, s.reply, f.stage
         from finding_statement s join finding f on f.id = s.finding_id and f.organisation_id = s.organisation_id join audit a on a.id = f.audit_id join department d on d.id = s.department_id left join audit_case c on c.id = f.case_id
        where s.organisation_id = $1 and f.stage <> 'draft' and s.department_id in (f.department_id, c.department_id) and ($2::uuid[] is null or s.department_id = any($2)) order by (s.agreed is not null), s.due_on, f.title, f.id`,
      [ctx.organisation, reach === 'all' ? null : [...reach]]);
    return rows.map(({ stage, reply, ...one }) => ({ ...one, open: stage === 'confirming', withdrawn: stage === 'withdrawn', late: one.agreed === null && stage === 'confirming' && one.dueOn < ctx.clock.today(), replied: reply !== '' }));
  }

  /** Departments that are asked no more, since it is no longer about them; the journal keeps what they said. */
  private async dropOthers(ctx: Ctx, { id: findingId }: Finding, departments: readonly string[]): Promise<void> {
    for (const one of await scoped(ctx, FindingStatement).find({ findingId })) {
      if (departments.includes(one.departmentId)) continue;
      await scoped(ctx, FindingStatement).delete({ id: one.id });
      await record(ctx, { action: 'statement-dropped', object: thingObject('finding', findingId), path: one.id, before: { departmentId: one.departmentId, agreed: one.agreed, text: one.text, reply: one.reply, dueOn: one.dueOn } });
    }
  }

  private async askOne(ctx: Ctx, finding: Finding, departmentId: string, dueOn: string): Promise<void> {
    const values = { askedAt: ctx.clock.now(), askedByName: ctx.actor.name, dueOn, agreed: null, text: '', answeredAt: null, answeredByName: null, answeredTo: null, reply: '' };
    const before = await scoped(ctx, FindingStatement).findOne({ findingId: finding.id, departmentId });
    const id = before?.id ?? newId();
    if (before === null) await scoped(ctx, FindingStatement).insert({ id, findingId: finding.id, departmentId, ...values, version: 1 });
    else await scoped(ctx, FindingStatement).updateSeen(id, before.version, values);
    await record(ctx, { action: 'statement-asked', object: thingObject('finding', finding.id), path: id, ...(before === null ? {} : { before: { agreed: before.agreed, text: before.text, reply: before.reply, dueOn: before.dueOn } }), after: { departmentId, dueOn } });
  }

  /** The statement for whoever answers for its department; the audit is locked. */
  private async open(ctx: Ctx, statementId: string, seen: number, sent: unknown): Promise<{ statement: FindingStatement; finding: Finding }> {
    const statement = await scoped(ctx, FindingStatement).get(statementId);
    if (!allows(ctx.actor.grants, 'finding.state', statement.departmentId)) await scoped(ctx, FindingStatement).get('');
    const { auditId } = await scoped(ctx, Finding).get(statement.findingId);
    await lockAudit(ctx, auditId, 'finding.state');
    const finding = await scoped(ctx, Finding).lock(statement.findingId);
    if (finding.stage === 'draft') await scoped(ctx, FindingStatement).get('');
    if (finding.stage !== 'confirming') throw new Refused('confirmed', `「${finding.title}」の事実確認は終わっています。言うことがあるときは、監査事務局に伝えてください。`);
    if (statement.version !== seen) throw stale(statement, sent, { agreed: statement.agreed, text: statement.text });
    return { statement, finding };
  }

  /** One letter to each person who may answer for one of the departments. Returns how many. */
  private async tell(ctx: Ctx, departments: readonly string[], subject: string, lead: string): Promise<number> {
    const rows: { role: string; department_id: string; mail: string }[] = await ctx.tx.query(
      `select r.role, r.department_id, a.mail from account_role r join account a on a.id = r.account_id
        where r.organisation_id = $1 and r.department_id = any($2::uuid[]) and not a.disabled and a.mail is not null order by a.mail`, [ctx.organisation, departments]);
    const people = new Set(rows.filter((one) => allows([{ role: one.role, department: one.department_id }], 'finding.state', one.department_id)).map((one) => one.mail));
    for (const to of people) await postLetter(ctx, this.queue, { to, subject, text: `${lead}\n\nTenken（点検）に入り、「検出事項の確認」の画面から回答してください。\n行き違いで回答済みのときは、ご容赦ください。\n` });
    return people.size;
  }
}

const waitingFor = async (ctx: Ctx, { id: findingId, stage }: Finding): Promise<FindingStatement[]> =>
  (stage === 'confirming' ? (await scoped(ctx, FindingStatement).find({ findingId })).filter((one) => one.agreed === null) : []);

function dueProblems(dueOn: string, foundOn: string, today: string): { code: string; path: string; message: string }[] {
  if (!isIsoDate(dueOn)) return [{ code: 'due-invalid', path: 'dueOn', message: '回答の期限を、暦にある日で入れてください（例：令和9年1月31日）。' }];
  if (dueOn < foundOn) return [{ code: 'due-before-finding', path: 'dueOn', message: `回答の期限（${formatEra(dueOn)}）が、検出事項を書いた日（${formatEra(foundOn)}）より前です。今日以後の日にしてください。` }];
  return dueOn < today ? [{ code: 'due-past', path: 'dueOn', message: `回答の期限（${formatEra(dueOn)}）が過ぎた日です。今日（${formatEra(today)}）以後の日にしてください。` }] : [];
}

function stale(statement: FindingStatement, sent: unknown, current: unknown): Conflict {
  return new Conflict('stale', '事実確認の回答は、ほかの人が先に変えました。両方の内容を見比べて、もう一度保存してください。', [], { sent, current, currentVersion: statement.version });
}

