import { Injectable } from '@nestjs/common';
import { MoreThanOrEqual } from 'typeorm';
import { InputChecking } from '../audits/input-checking.js';
import { daysLater, fiscalYear, formatEra, formatFiscalYear } from '../engine/dates.js';
import { groupedBy } from '../engine/grouping.js';
import { allows, MATRIX, reachOf } from '../identity/permissions.js';
import { JobQueue } from '../jobs/queue.js';
import { postLetter } from '../jobs/mail.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { holdJournal, record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { entryOf } from './action-access.js';
import { ANSWERS, answeredSql } from './action-asked.js';
import { askingLetter, dueLetter, officeLetter } from './action-letters.js';
import { ActionAsking, ActionEntry, ActionReminder } from './corrective-action.entity.js';
import { FindingSettings } from './finding-settings.service.js';

/** How far one yearly question has been answered, for each department in the order of its name. */
export interface Round {
  asking: ActionAsking;
  departments: { departmentId: string; name: string; asked: number; answered: number; open: { id: string; number: number; title: string }[] }[];
  asked: number;
  answered: number;
}

/** What was asked and is not answered. */
export interface OpenQuestion {
  actionId: string;
  number: number;
  title: string;
  departmentId: string;
  department: string;
  fiscalYear: number;
  dueOn: string;
}

interface DueRow { id: string; number: number; title: string; departmentId: string; department: string; dueOn: string; step: 'soon' | 'over'; turn: number }

/** 年次の照会 of everything that is not settled, and letters about due dates. */
@Injectable()
export class ActionAskings {
  constructor(
    private readonly settings: FindingSettings,
    private readonly queue: JobQueue,
  ) {}

  /** What a new question would ask about: how many actions of how many departments; of whom nobody gets mail; how many actions nobody answers for. */
  async preview(ctx: Ctx): Promise<{ actions: number; departments: number; unreached: string[]; ended: number }> {
    const rows = await this.unsettled(ctx);
    const people = await this.people(ctx);
    const living = new Map(rows.filter((one) => !one.ended).map((one) => [one.departmentId, one.department]));
    return {
      actions: rows.length, departments: new Set(rows.map((one) => one.departmentId)).size, ended: rows.filter((one) => one.ended).length,
      unreached: [...living].filter(([id]) => !people.has(id)).map(([, name]) => name),
    };
  }

  /** Actions of an earlier fiscal year that are not settled, while nobody has asked in this one. */
  async unasked(ctx: Ctx): Promise<number> {
    const year = fiscalYear(ctx.clock.today());
    if ((await scoped(ctx, ActionAsking).count({ fiscalYear: MoreThanOrEqual(year) })) > 0) return 0;
    const ids = (await this.unsettled(ctx)).map((one) => one.id);
    const [row]: { n: number }[] = await ctx.tx.query(
      `select count(distinct action_id)::int as n from action_entry where organisation_id = $1 and action_id = any($2) and made_on < $3`, [ctx.organisation, ids, `${year}-04-01`]);
    return row!.n;
  }

  /** Asks all departments about everything that is not settled, once a year. Throws `Refused`, `Invalid`. */
  async ask(ctx: Ctx, { year, dueOn }: { year: number; dueOn: string }): Promise<string> {
    if (!allows(ctx.actor.grants, 'action.follow')) throw new Refused('not-allowed', '照会は、監査事務局が行います。');
    const today = ctx.clock.today();
    const checking = new InputChecking();
    checking.year('year', '年度', year);
    const due = checking.day('dueOn', '回答の期限', dueOn, { need: true });
    if (year > fiscalYear(today)) checking.wrong('year', 'year-ahead', `${formatFiscalYear(year)}の照会は、その年度になってから行います。`);
    if (due !== null && due < today) checking.wrong('dueOn', 'due-past', `回答の期限（${formatEra(due)}）が、今日（${formatEra(today)}）より前です。`);
    // One after the other: the second of two at the same moment sees the first.
    await holdJournal(ctx);
    const [newest] = await scoped(ctx, ActionAsking).find({}, { fiscalYear: 'DESC' }, 1);
    if (newest !== undefined && newest.fiscalYear > year) checking.wrong('year', 'year-passed', `${formatFiscalYear(newest.fiscalYear)}の照会をもう行っているので、それより前の年度は照会できません。`);
    if (newest?.fiscalYear === year) checking.wrong('year', 'asked-already', `${formatFiscalYear(year)}の照会はもう行っています。照会は年度に1度です。`);
    checking.done();
    const actions = await this.unsettled(ctx);
    if (actions.length === 0) throw new Refused('nothing-to-ask', '終わっていない措置がないので、照会するものがありません。');
    const id = newId();
    await scoped(ctx, ActionAsking).insert({ id, fiscalYear: year, askedOn: today, dueOn: due!, askedByName: ctx.actor.name, actions: actions.map((one) => one.id) });
    const text = `${formatFiscalYear(year)}の状況を照会した（回答の期限：${formatEra(due!)}）。`;
    await scoped(ctx, ActionEntry).insertMany(actions.map((one) => entryOf(ctx, one.id, { kind: 'asked', text, fiscalYear: year, dueAfter: due! })));
    const people = await this.people(ctx);
    let recipients = 0;
    for (const [departmentId, theirs] of groupedBy(actions, (one) => one.departmentId)) {
      for (const to of people.get(departmentId) ?? []) {
        await postLetter(ctx, this.queue, { to, ...askingLetter(theirs[0]!.department, year, due!, theirs) });
        recipients += 1;
      }
    }
    await record(ctx, { action: 'actions-asked', object: { kind: 'action-asking', id }, after: { fiscalYear: year, dueOn: due, actions: actions.length, recipients } });
    return id;
  }

  /** All yearly questions, the newest first. */
  async rounds(ctx: Ctx): Promise<Round[]> {
    const askings = await scoped(ctx, ActionAsking).find({}, { fiscalYear: 'DESC' });
    const rounds: Round[] = [];
    for (const asking of askings) rounds.push(await this.round(ctx, asking));
    return rounds;
  }

  private async round(ctx: Ctx, asking: ActionAsking): Promise<Round> {
    const reach = reachOf(ctx.actor.grants, 'action.read');
    const rows: { id: string; number: number; title: string; departmentId: string; name: string; answered: boolean }[] = await ctx.tx.query(
      `select action.id, action.number, action.title, action.department_id as "departmentId", department.name,
              ${answeredSql('action.id', '$4', { column: 'made_on', value: '$5' }, '$3')} as answered
         from corrective_action action join department on department.organisation_id = $1 and department.id = action.department_id
        where action.organisation_id = $1 and action.id = any($2) and ($6::uuid[] is null or action.department_id = any($6)) order by department.name, action.number`,
      [ctx.organisation, asking.actions, ANSWERS, asking.fiscalYear, asking.askedOn, reach === 'all' ? null : [...reach]]);
    const departments = [...groupedBy(rows, (one) => one.departmentId)].map(([departmentId, theirs]) => ({
      departmentId, name: theirs[0]!.name, asked: theirs.length, answered: theirs.filter((one) => one.answered).length,
      open: theirs.filter((one) => !one.answered).map(({ id, number, title }) => ({ id, number, title })),
    }));
    return { asking, departments, asked: rows.length, answered: rows.filter((one) => one.answered).length };
  }

  /** What the person’s own departments have been asked and have not answered. */
  async waiting(ctx: Ctx): Promise<OpenQuestion[]> {
    const reach = reachOf(ctx.actor.grants, 'action.write');
    if (reach !== 'all' && reach.size === 0) return [];
    const [asking] = await scoped(ctx, ActionAsking).find({}, { fiscalYear: 'DESC' }, 1);
    if (asking === undefined) return [];
    const { departments } = await this.round(ctx, asking);
    return departments.filter((one) => reach === 'all' || reach.has(one.departmentId)).flatMap(({ departmentId, name, open }) =>
      open.map((one) => ({ actionId: one.id, number: one.number, title: one.title, departmentId, department: name, fiscalYear: asking.fiscalYear, dueOn: asking.dueOn })));
  }

  /**
   * Mails the people of each department, and the audit office, about actions whose due date came near or passed: once for each step
   * of each due date, and anew for whoever answers for an action that was handed over or opened again.
   * What somebody is changing at this moment waits for the next look. Returns how many actions were told about.
   */
  async remindDue(ctx: Ctx): Promise<number> {
    const { scheme, dueSoonDays } = await this.settings.of(ctx);
    const today = ctx.clock.today();
    const settled = scheme.states.filter((one) => one.phase === 'settled').map((one) => one.code);
    const rows: DueRow[] = await ctx.tx.query(
      `select action.id, action.number, action.title, action.department_id as "departmentId", department.name as department, action.due_on::text as "dueOn", now.step, now.turn
         from corrective_action action join department on department.organisation_id = $1 and department.id = action.department_id
         cross join lateral (select case when action.due_on < $2 then 'over' else 'soon' end as step,
           (select count(*)::int from action_entry entry where entry.organisation_id = $1 and entry.action_id = action.id and entry.kind in ('transferred', 'reopened')) as turn) now
        where action.organisation_id = $1 and action.due_on <= $3 and action.proposed is null and not action.state = any($4)
          and not exists (select from action_reminder told where told.organisation_id = $1 and told.action_id = action.id and told.due_on = action.due_on and told.step = now.step and told.turn = now.turn)
        order by action.due_on, action.number for no key update of action skip locked`,
      [ctx.organisation, today, daysLater(today, dueSoonDays), settled]);
    if (rows.length === 0) return 0;
    const people = await this.people(ctx);
    for (const [departmentId, theirs] of groupedBy(rows, (one) => one.departmentId)) {
      const { subject, text } = dueLetter(theirs[0]!.department, theirs.filter((one) => one.step === 'over'), theirs.filter((one) => one.step === 'soon'));
      const addresses = people.get(departmentId) ?? [];
      for (const to of addresses) await postLetter(ctx, this.queue, { to, subject, text });
      await scoped(ctx, ActionReminder).insertMany(theirs.map(({ id, step, dueOn, turn }) => ({ id: newId(), actionId: id, step, dueOn, turn, text, sentAt: ctx.clock.now(), recipients: addresses.length })));
    }
    const letter = officeLetter(rows, (departmentId) => people.has(departmentId));
    for (const to of await this.office(ctx)) await postLetter(ctx, this.queue, { to, ...letter });
    await record(ctx, { action: 'actions-reminded', object: { kind: 'organisation', id: ctx.organisation }, after: { over: rows.filter((one) => one.step === 'over').map((one) => one.number), soon: rows.filter((one) => one.step === 'soon').map((one) => one.number) } });
    return rows.length;
  }

  private async unsettled(ctx: Ctx): Promise<{ id: string; number: number; title: string; departmentId: string; department: string; ended: boolean }[]> {
    const { scheme } = await this.settings.of(ctx);
    return ctx.tx.query(
      `select action.id, action.number, action.title, action.department_id as "departmentId", department.name as department, department.ended_on is not null as ended
         from corrective_action action join department on department.organisation_id = $1 and department.id = action.department_id
        where action.organisation_id = $1 and not action.state = any($2) order by department.name, action.number`,
      [ctx.organisation, scheme.states.filter((one) => one.phase === 'settled').map((one) => one.code)]);
  }

  /** Addresses of those who write the actions of a department, by department. */
  private async people(ctx: Ctx): Promise<Map<string, string[]>> {
    const roles = Object.entries(MATRIX).filter(([, rights]) => rights['action.write'] === 'own').map(([role]) => role);
    const rows: { departmentId: string; mail: string }[] = await ctx.tx.query(
      `select distinct role.department_id as "departmentId", account.mail from account_role role join account on account.organisation_id = $1 and account.id = role.account_id
        where role.organisation_id = $1 and role.role = any($2) and role.department_id is not null and not account.disabled and account.mail is not null order by account.mail`,
      [ctx.organisation, roles]);
    return new Map([...groupedBy(rows, (one) => one.departmentId)].map(([id, those]) => [id, those.map((one) => one.mail)]));
  }

  /** Addresses of those who follow all actions. */
  private async office(ctx: Ctx): Promise<string[]> {
    const roles = Object.entries(MATRIX).filter(([, rights]) => rights['action.follow'] === 'all').map(([role]) => role);
    const rows: { mail: string }[] = await ctx.tx.query(
      `select distinct account.mail from account_role role join account on account.organisation_id = $1 and account.id = role.account_id
        where role.organisation_id = $1 and role.role = any($2) and not account.disabled and account.mail is not null order by account.mail`, [ctx.organisation, roles]);
    return rows.map((one) => one.mail);
  }
}
