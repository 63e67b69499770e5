/** The register as a list: filtered, in pages, as far as the person's grants reach. */
import type { AnswerValue, Code } from '../engine/form.js';
import type { DepartmentInTree } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId } from '../kernel/ids.js';
import type { Catalogue } from './catalogue.js';
import type { KnownFacts } from './facts.js';
import { choiceOf, lifecycleItem } from './register-values.js';
import { mayWrite } from './system-access.js';
import type { SystemKind } from './system.entity.js';

/** Systems on a page of the list. */
export const PAGE = 50;

export interface SystemFilter {
  /** Id of a class; `none`: systems without a class. */
  classId?: string;
  /** Owning or using department; a 部局 stands for everything under it, a department also for those that it succeeded. */
  departmentId?: string;
  /** Part of the name; full and half width are the same. */
  words?: string;
  kind?: SystemKind;
  /** Option of the register's item that says whether a system runs. */
  state?: Code;
  /** From 1. */
  page?: number;
}

export interface ListedSystem {
  id: string;
  kind: SystemKind;
  number: number | null;
  name: string;
  classId: string | null;
  classLabel: string;
  departmentId: string;
  departmentPath: string;
  /** Whether it runs; null where the register does not say. */
  state: { code: Code; label: string } | null;
  /** Sums over the departments that use it; `incomplete`: a number is not known. */
  uses: { departments: number; sections: number; terminals: number; incomplete: boolean };
  /** 再掲: in a list of one department, a system that another department owns. */
  listedAgain: boolean;
  contracts: number;
  /** Controls whose declaration (own or inherited) counts, of all controls; `stale`: declared too long ago. */
  declared: number;
  stale: number;
  controls: number;
  changedAt: string;
  changedBy: string;
  version: number;
  writable: boolean;
}

export interface SystemList {
  systems: ListedSystem[];
  /** Over all pages; `own` without those that are listed again. */
  total: number;
  own: number;
  page: number;
  pages: number;
}

export interface ListRow {
  id: string; kind: SystemKind; number: number | null; name: string; classId: string | null; classLabel: string | null; departmentId: string; mergedIntoId: null;
  register: Record<Code, AnswerValue>; version: number; changedAt: Date; changedBy: string;
  departments: number; sections: number; terminals: number; incomplete: boolean; contracts: number;
}

/** Which systems: SQL with its parameters; null when nothing can be found. */
interface Within { sql: string; parameters: unknown[]; here: string[] | null }

export function within(ctx: Ctx, catalogue: Pick<Catalogue, 'register'>, departments: readonly DepartmentInTree[], filter: SystemFilter): Within | null {
  const reach = reachOf(ctx.actor.grants, 'system.read');
  if (reach !== 'all' && reach.size === 0) return null;
  if ((filter.departmentId !== undefined && !isId(filter.departmentId)) || (filter.classId !== undefined && filter.classId !== 'none' && !isId(filter.classId))) return null;
  const parameters: unknown[] = [ctx.organisation];
  const give = (value: unknown): string => `$${parameters.push(value)}`;
  const sql = ['s.organisation_id = $1', 's.merged_into_id is null'];
  const concerns = (ids: readonly string[]): string => {
    const list = give(ids);
    return `(s.department_id = any(${list}::uuid[]) or exists (select from system_use u where u.system_id = s.id and u.department_id = any(${list}::uuid[])))`;
  };
  if (reach !== 'all') sql.push(concerns([...reach]));
  const here = filter.departmentId === undefined ? (reach === 'all' ? null : [...reach]) : departmentsOf(filter.departmentId, departments);
  if (filter.departmentId !== undefined) sql.push(concerns(here!));
  if (filter.classId !== undefined) sql.push(filter.classId === 'none' ? 's.class_id is null' : `s.class_id = ${give(filter.classId)}`);
  if (filter.kind !== undefined) sql.push(`s.kind = ${give(filter.kind)}`);
  const lifecycle = lifecycleItem(catalogue.register);
  if (filter.state !== undefined && lifecycle !== undefined) sql.push(`s.register -> ${give(lifecycle.code)} ->> 'choice' = ${give(filter.state)}`);
  const words = (filter.words ?? '').replaceAll('\u0000', '').normalize('NFKC').trim().slice(0, 100);
  if (words !== '') sql.push(`normalize(s.name, NFKC) ilike ${give(`%${words.replace(/[\\%_]/gu, '\\$&')}%`)}`);
  return { sql: sql.join(' and '), parameters, here };
}

/** The department, everything under it, and what they succeeded. */
export function departmentsOf(id: string, departments: readonly DepartmentInTree[]): string[] {
  const found = new Set([id]);
  for (let before = 0; before !== found.size;) {
    before = found.size;
    for (const { department } of departments) if (found.has(department.parentId ?? '') || found.has(department.successorId ?? '')) found.add(department.id);
  }
  return [...found];
}

const ORDER = 'order by c.position nulls last, c.label, s.number nulls last, s.name, s.id';

/** Sorted by class, number, name; 50 a page. */
export async function listSystems(ctx: Ctx, catalogue: Catalogue, departments: readonly DepartmentInTree[], factsOf: (ids: string[]) => Promise<Map<string, KnownFacts>>, filter: SystemFilter): Promise<SystemList> {
  const chosen = within(ctx, catalogue, departments, filter);
  if (chosen === null) return { systems: [], total: 0, own: 0, page: 1, pages: 1 };
  const { sql, parameters, here } = chosen;
  const counts: { total: number; own: number }[] = await ctx.tx.query(
    `select count(*)::int as total, count(*) filter (where $${parameters.length + 1}::uuid[] is null or s.department_id = any($${parameters.length + 1}::uuid[]))::int as own from system s where ${sql}`, [...parameters, here]);
  const { total, own } = counts[0]!;
  const pages = Math.max(1, Math.ceil(total / PAGE));
  const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1) || 1), pages);
  const rows = await listRows(ctx, sql, parameters, { limit: PAGE, offset: (page - 1) * PAGE });
  const facts = await factsOf(rows.map((one) => one.id));
  const paths = new Map(departments.map((one) => [one.department.id, one.path]));
  const living = catalogue.livingControls(ctx.clock.today());
  const lifecycle = lifecycleItem(catalogue.register);
  const systems = rows.map((row): ListedSystem => {
    const known = facts.get(row.id)!;
    const state = lifecycle === undefined ? null : choiceOf(row.register[lifecycle.code]);
    return {
      id: row.id, kind: row.kind, number: row.number, name: row.name, classId: row.classId, classLabel: row.classLabel ?? '',
      departmentId: row.departmentId, departmentPath: paths.get(row.departmentId) ?? '',
      state: state === null ? null : { code: state, label: catalogue.register.byCode.get(lifecycle!.code)!.options?.get(state)?.label ?? state },
      uses: { departments: row.departments, sections: row.sections, terminals: row.terminals, incomplete: row.incomplete },
      listedAgain: here !== null && !here.includes(row.departmentId), contracts: row.contracts,
      declared: living.filter(({ code }) => Object.hasOwn(known.values, code)).length, stale: Object.keys(known.stale).length, controls: living.length,
      changedAt: row.changedAt.toISOString(), changedBy: row.changedBy, version: row.version, writable: mayWrite(ctx, row),
    };
  });
  return { systems, total, own, page, pages };
}

export async function listRows(ctx: Ctx, sql: string, parameters: readonly unknown[], slice: { limit: number | null; offset: number }): Promise<ListRow[]> {
  const [limit, offset] = [`$${parameters.length + 1}`, `$${parameters.length + 2}`];
  return ctx.tx.query(
    `select s.id, s.kind, s.number, s.name, s.class_id as "classId", c.label as "classLabel", s.department_id as "departmentId", s.merged_into_id as "mergedIntoId",
        s.register, s.version, s.changed_at as "changedAt", s.changed_by_name as "changedBy", u.*, k.contracts
       from system s
       left join system_class c on c.id = s.class_id
       cross join lateral (select count(*)::int as departments, coalesce(sum(sections), 0)::int as sections, coalesce(sum(terminals), 0)::int as terminals,
           coalesce(bool_or(sections is null or terminals is null), false) as incomplete from system_use where organisation_id = $1 and system_id = s.id) u
       cross join lateral (select count(*)::int as contracts from system_contract where organisation_id = $1 and system_id = s.id) k
      where ${sql} ${ORDER} limit ${limit} offset ${offset}`, [...parameters, slice.limit, slice.offset]);
}

/** 再掲: a use of a system by a department that does not own it. */
export interface AgainRow {
  systemId: string;
  number: number | null;
  name: string;
  classLabel: string;
  ownerId: string;
  ownerPath: string;
  sections: number | null;
  terminals: number | null;
}

/** Under each using department the systems of others, as the register prints them again; only within the person's reach. */
export async function systemsListedAgain(ctx: Ctx, catalogue: Catalogue, departments: readonly DepartmentInTree[], filter: SystemFilter): Promise<{ departmentId: string; departmentPath: string; systems: AgainRow[] }[]> {
  const chosen = within(ctx, catalogue, departments, filter);
  if (chosen === null) return [];
  const paths = new Map(departments.map((one) => [one.department.id, one.path]));
  const rows: (Omit<AgainRow, 'ownerPath' | 'classLabel'> & { departmentId: string; classLabel: string | null })[] = await ctx.tx.query(
    `select a.department_id as "departmentId", s.id as "systemId", s.number, s.name, c.label as "classLabel", s.department_id as "ownerId", a.sections, a.terminals
       from system s join system_use a on a.system_id = s.id left join system_class c on c.id = s.class_id
      where ${chosen.sql} and a.department_id <> s.department_id and ($${chosen.parameters.length + 1}::uuid[] is null or a.department_id = any($${chosen.parameters.length + 1}::uuid[])) ${ORDER}`,
    [...chosen.parameters, chosen.here]);
  return departments.flatMap(({ department, path }) => {
    const systems = rows.filter((one) => one.departmentId === department.id).map(({ departmentId: _, classLabel, ...one }) => ({ ...one, classLabel: classLabel ?? '', ownerPath: paths.get(one.ownerId) ?? '' }));
    return systems.length === 0 ? [] : [{ departmentId: department.id, departmentPath: path, systems }];
  });
}
