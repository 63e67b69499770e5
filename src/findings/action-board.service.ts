import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import { groupedBy } from '../engine/grouping.js';
import { Departments } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId } from '../kernel/ids.js';
import { departmentsOf } from '../systems/register-list.js';
import { AGES, ageOf, dueStep, rateOf, type DueStep, type Rate } from './action-deciding.js';
import { stateOf } from './corrective-action.transitions.js';
import { FindingSettings, type FindingSettingsFound } from './finding-settings.service.js';
import type { ActionState } from './scheme.js';

/** Cards shown in a column of the board, and lines on a page of the list. */
const CARDS = 12;
export const PAGE = 50;

export interface ActionFilter {
  /** A 部局 stands for everything under it, a department also for those that it succeeded. */
  departmentId?: string;
  auditId?: string;
  /** Fiscal year of the audit. */
  year?: number;
  state?: Code;
  due?: 'over' | 'soon';
  /** ISO day of the due date. */
  dueOn?: string;
  /** Waits for the auditors’ check of effect. */
  proposed?: boolean;
  /** The check of rules offers to close it or to open it again. */
  offered?: boolean;
  /** The check found no effect, and nothing new is reported. */
  ineffective?: boolean;
  /** The department that answers for it has ended. */
  ended?: boolean;
  /** Nobody has begun: it waits, and no plan is written. */
  unplanned?: boolean;
  words?: string;
  /** From 1. */
  page?: number;
}

export interface ListedAction {
  id: string;
  number: number;
  title: string;
  auditId: string;
  theme: string;
  year: number;
  departmentId: string;
  department: string;
  dueOn: string | null;
  state: ActionState;
  proposed: ActionState | null;
  due: DueStep;
  settledOn: string | null;
  /** Of what the check of rules offers; null: nothing. */
  offered: 'closing' | 'reopening' | null;
}

export interface Column {
  /** Null: what waits for the check of effect, whatever its state. */
  state: ActionState | null;
  count: number;
  cards: ListedAction[];
}

/** Counts of one year, department, or of all, with the rates of the scheme. */
export interface Figures<K> {
  key: K;
  counts: Record<Code, number>;
  total: number;
  rates: Rate[];
}

interface Row {
  id: string; number: number; title: string; auditId: string; theme: string; year: number; departmentId: string; department: string;
  dueOn: string | null; state: Code; proposed: Code | null; settledOn: string | null; offered: boolean;
}

/** An ended department is told as such: somebody must take over. */
const NAME = `department.name || case when department.ended_on is null then '' else '（終了）' end`;
const COLUMNS = `action.id, action.number, action.title, action.audit_id as "auditId", audit.theme, audit.fiscal_year as year, action.department_id as "departmentId", ${NAME} as department,
  action.due_on::text as "dueOn", action.state, action.proposed, action.settled_on::text as "settledOn", coalesce(action.offered is not null and not action.offered ? 'declined', false) as offered`;
const FROM = `corrective_action action join audit on audit.organisation_id = $1 and audit.id = action.audit_id
  join department on department.organisation_id = $1 and department.id = action.department_id`;
/** Settled ones newest first, the others by their due date. */
const ORDER = 'action.settled_on desc nulls last, action.due_on nulls last, action.number desc';

/** 措置 as a board, a list, a calendar and figures, as far as the person’s grants reach. */
@Injectable()
export class ActionBoard {
  constructor(
    private readonly settings: FindingSettings,
    private readonly departments: Departments,
  ) {}

  /** Columns in the order of the scheme, each with its count and first cards; retired states only while something stands in them. */
  async board(ctx: Ctx, filter: ActionFilter): Promise<Column[]> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters, give } = await this.within(ctx, filter, settings);
    const rows: (Row & { column: string; count: number })[] = await ctx.tx.query(
      `with ranked as (
         select ranked.*, row_number() over (partition by ranked.column order by ${ORDER.replaceAll('action.', 'ranked.')}) as place, count(*) over (partition by ranked.column)::int as count
           from (select action.*, case when action.proposed is not null then '' else action.state end as column from corrective_action action where ${sql}) ranked
       )
       select ${COLUMNS.replaceAll('action.', 'card.')}, card.column, card.count from (select * from ranked where place <= ${give(CARDS)}) card
         join audit on audit.organisation_id = $1 and audit.id = card.audit_id join department on department.organisation_id = $1 and department.id = card.department_id
        order by card.place`, parameters);
    const columns = new Map<string, Column>();
    for (const state of settings.scheme.states) columns.set(state.code, { state, count: 0, cards: [] });
    columns.set('', { state: null, count: 0, cards: [] });
    for (const { column, count, ...row } of rows) {
      const found = columns.get(column) ?? { state: stateOf(settings.scheme, column), count: 0, cards: [] };
      columns.set(column, { ...found, count, cards: [...found.cards, shown(ctx, settings, row)] });
    }
    // What waits for the auditors stands before what they have settled.
    const open = [...columns.values()].filter(({ state, count }) => state === null || state.retired !== true || count > 0);
    const settled = (one: Column): boolean => one.state?.phase === 'settled';
    return [...open.filter((one) => one.state !== null && !settled(one)), columns.get('')!, ...open.filter(settled)];
  }

  /** 50 a page. */
  async list(ctx: Ctx, filter: ActionFilter): Promise<{ actions: ListedAction[]; total: number; page: number; pages: number }> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters, give } = await this.within(ctx, filter, settings);
    const [row]: { n: number }[] = await ctx.tx.query(`select count(*)::int as n from corrective_action action where ${sql}`, parameters);
    const pages = Math.max(1, Math.ceil(row!.n / PAGE));
    const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1) || 1), pages);
    const rows: Row[] = await ctx.tx.query(`select ${COLUMNS} from ${FROM} where ${sql} order by ${ORDER}, action.id limit ${give(PAGE)} offset ${give((page - 1) * PAGE)}`, parameters);
    return { actions: rows.map((one) => shown(ctx, settings, one)), total: row!.n, page, pages };
  }

  /** All that fit, by number. */
  async all(ctx: Ctx, filter: ActionFilter): Promise<ListedAction[]> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters } = await this.within(ctx, filter, settings);
    const rows: Row[] = await ctx.tx.query(`select ${COLUMNS} from ${FROM} where ${sql} order by action.number`, parameters);
    return rows.map((one) => shown(ctx, settings, one));
  }

  /** Due dates of a month (`YYYY-MM`): for each day how many, and the first few. */
  async calendar(ctx: Ctx, filter: ActionFilter, month: string, each = 4): Promise<Map<string, { count: number; actions: ListedAction[] }>> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters, give } = await this.within(ctx, filter, settings);
    const rows: (Row & { count: number })[] = await ctx.tx.query(
      `select * from (select ${COLUMNS}, count(*) over (partition by action.due_on)::int as count, row_number() over (partition by action.due_on order by action.number) as place
         from ${FROM} where ${sql} and to_char(action.due_on, 'YYYY-MM') = ${give(month)}) found where place <= ${give(each)} order by "dueOn", number`, parameters);
    const days = new Map<string, { count: number; actions: ListedAction[] }>();
    for (const { count, ...row } of rows) {
      const day = days.get(row.dueOn!) ?? { count, actions: [] };
      day.actions.push(shown(ctx, settings, row));
      days.set(row.dueOn!, day);
    }
    return days;
  }

  /** Counts by state with the rates of the scheme: altogether, for each fiscal year of the audits, for each department by its name (several of one name by their place). */
  async figures(ctx: Ctx, filter: ActionFilter): Promise<{ all: Figures<null>; years: Figures<number>[]; departments: Figures<string>[]; states: ActionState[] }> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters } = await this.within(ctx, filter, settings);
    const rows: { year: number; departmentId: string; department: string; state: Code; n: number }[] = await ctx.tx.query(
      `select audit.fiscal_year as year, department.id as "departmentId", ${NAME} as department, action.state, count(*)::int as n from ${FROM} where ${sql} group by audit.fiscal_year, department.id, action.state order by department.name, department.id`, parameters);
    const { scheme } = settings;
    const counted = <K>(key: K, those: readonly { state: Code; n: number }[]): Figures<K> => {
      const counts: Record<Code, number> = {};
      for (const { state, n } of those) counts[state] = (counts[state] ?? 0) + n;
      return { key, counts, total: those.reduce((sum, one) => sum + one.n, 0), rates: scheme.rates.map((one) => rateOf(one, counts)) };
    };
    const years = [...new Set(rows.map((one) => one.year))].sort((a, b) => a - b);
    const used = new Set(rows.map((one) => one.state));
    return {
      all: counted(null, rows), years: years.map((year) => counted(year, rows.filter((one) => one.year === year))),
      departments: await this.named(ctx, [...groupedBy(rows, (one) => one.departmentId)].map(([id, those]) => ({ id, name: those[0]!.department, figures: counted(those[0]!.department, those) }))),
      states: [...scheme.states.filter((one) => one.retired !== true || used.has(one.code)), ...[...used].filter((code) => !scheme.states.some((one) => one.code === code)).map((code) => stateOf(scheme, code))],
    };
  }

  private async named(ctx: Ctx, departments: readonly { id: string; name: string; figures: Figures<string> }[]): Promise<Figures<string>[]> {
    const names = departments.map((one) => one.name);
    if (new Set(names).size === names.length) return departments.map((one) => one.figures);
    const paths = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    return departments.map(({ id, name, figures }) => (names.filter((one) => one === name).length === 1 ? figures : { ...figures, key: `${paths.get(id) ?? ''}${name.endsWith('（終了）') ? '（終了）' : ''}` }));
  }

  /** How long open actions have been open, and how many of them are overdue; every class, also the empty ones. */
  async ageing(ctx: Ctx, filter: ActionFilter): Promise<{ code: Code; label: string; count: number; over: number }[]> {
    const settings = await this.settings.of(ctx);
    const { sql, parameters, give } = await this.within(ctx, filter, settings);
    const rows: { since: string; state: Code; proposed: Code | null; dueOn: string | null }[] = await ctx.tx.query(
      `select coalesce((select min(entry.made_on) from action_entry entry where entry.organisation_id = $1 and entry.action_id = action.id), (action.changed_at at time zone 'Asia/Tokyo')::date)::text as since,
              action.state, action.proposed, action.due_on::text as "dueOn"
         from corrective_action action where ${sql} and not action.state = any(${give(settledOf(settings))})`, parameters);
    const day = { today: ctx.clock.today(), soonDays: settings.dueSoonDays };
    const classes = new Map(AGES.map(({ code, label }) => [code, { code, label, count: 0, over: 0 }]));
    for (const [since, those] of groupedBy(rows, (one) => one.since)) {
      const found = classes.get(ageOf(since, day.today).code)!;
      found.count += those.length;
      found.over += those.filter((one) => dueStep(one, settings.scheme, day) === 'over').length;
    }
    return [...classes.values()];
  }

  private async within(ctx: Ctx, filter: ActionFilter, settings: FindingSettingsFound): Promise<{ sql: string; parameters: unknown[]; give: (value: unknown) => string }> {
    const parameters: unknown[] = [ctx.organisation];
    const give = (value: unknown): string => `$${parameters.push(value)}`;
    const sql = ['action.organisation_id = $1'];
    const reach = reachOf(ctx.actor.grants, 'action.read');
    if (reach !== 'all') sql.push(`action.department_id = any(${give([...reach])}::uuid[])`);
    if (filter.departmentId !== undefined) sql.push(`action.department_id = any(${give(isId(filter.departmentId) ? departmentsOf(filter.departmentId, await this.departments.tree(ctx)) : [])}::uuid[])`);
    if (filter.auditId !== undefined) sql.push(`action.audit_id = ${give(filter.auditId)}`);
    if (filter.year !== undefined) sql.push(`exists (select from audit year where year.organisation_id = $1 and year.id = action.audit_id and year.fiscal_year = ${give(filter.year)})`);
    if (filter.state !== undefined) sql.push(`action.state = ${give(filter.state)}`);
    if (filter.dueOn !== undefined) sql.push(`action.due_on = ${give(filter.dueOn)}`);
    if (filter.proposed === true) sql.push('action.proposed is not null');
    if (filter.offered === true) sql.push("action.offered is not null and not action.offered ? 'declined'");
    if (filter.ineffective === true) sql.push("action.effect = 'not-effective' and action.proposed is null and action.settled_on is null");
    if (filter.ended === true) sql.push(`action.settled_on is null and exists (select from department gone where gone.organisation_id = $1 and gone.id = action.department_id and gone.ended_on is not null)`);
    if (filter.unplanned === true) sql.push(`action.planned = '' and action.proposed is null and action.state = any(${give(settings.scheme.states.filter((one) => one.phase === 'waiting').map((one) => one.code))})`);
    if (filter.due !== undefined) {
      sql.push(`action.proposed is null and not action.state = any(${give(settledOf(settings))})`);
      sql.push(filter.due === 'over' ? `action.due_on < ${give(ctx.clock.today())}` : `action.due_on between ${give(ctx.clock.today())} and ${give(ctx.clock.today())}::date + ${give(settings.dueSoonDays)}::int`);
    }
    const words = (filter.words ?? '').replaceAll('\u0000', '').normalize('NFKC').trim().slice(0, 100);
    if (words !== '') sql.push(`normalize(action.title || ' ' || action.planned, NFKC) ilike ${give(`%${words.replace(/[\\%_]/gu, '\\$&')}%`)}`);
    return { sql: sql.join(' and '), parameters, give };
  }
}

const settledOf = ({ scheme }: Pick<FindingSettingsFound, 'scheme'>): Code[] => scheme.states.filter((one) => one.phase === 'settled').map((one) => one.code);

function shown(ctx: Ctx, { scheme, dueSoonDays }: FindingSettingsFound, row: Row): ListedAction {
  const { state, proposed, offered, ...rest } = row;
  return {
    ...rest, offered: !offered ? null : stateOf(scheme, state).phase === 'settled' ? 'reopening' : 'closing', state: stateOf(scheme, state), proposed: proposed === null ? null : stateOf(scheme, proposed),
    due: dueStep(row, scheme, { today: ctx.clock.today(), soonDays: dueSoonDays }),
  };
}
