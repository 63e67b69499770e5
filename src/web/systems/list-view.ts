/** The register as a list, as its page shows it. Pure. */
import type { Tally } from '../../checks/tally.js';
import { KIND_NAMES } from '../../systems/system-history.js';
import type { ListedSystem, SystemFilter } from '../../systems/register-list.js';
import type { ListQuery } from './inputs.js';
import type { Place } from './register-form.js';

/** What the rules find now: counts, `never` before the first check, null where the person may not see it or nothing is checked. */
export type Found = Tally | 'never' | null;
export interface ListRow { system: ListedSystem; found: Found }

const place = (row: ListRow): number => row.system.number ?? Number.MAX_SAFE_INTEGER;
const countOf = (row: ListRow, result: keyof Tally): number => (row.found === null || row.found === 'never' ? -1 : row.found[result]);

/** The order that the list itself has is that of classes, numbers and names. */
const COLUMNS: { sort: string; label: string; number?: boolean; value(row: ListRow): string | number }[] = [
  { sort: 'number', label: '番号', number: true, value: place },
  { sort: 'name', label: '名称', value: (row) => row.system.name },
  { sort: 'class', label: '区分', value: (row) => row.system.classLabel },
  { sort: 'department', label: '所管課', value: (row) => row.system.departmentPath },
  { sort: 'state', label: '稼働', value: (row) => row.system.state?.label ?? '' },
  { sort: 'uses', label: '利用課', number: true, value: (row) => row.system.uses.sections },
  { sort: 'terminals', label: '台数', number: true, value: (row) => row.system.uses.terminals },
  { sort: 'declared', label: '申告', number: true, value: (row) => row.system.declared },
  { sort: 'notmet', label: '× 不適合', number: true, value: (row) => countOf(row, 'notMet') },
  { sort: 'unknown', label: '？ 未確認', number: true, value: (row) => countOf(row, 'unknown') },
];

export function filterOf(query: ListQuery): SystemFilter {
  const given = (value: string | undefined): value is string => value !== undefined && value.trim() !== '';
  return {
    ...(given(query.class) ? { classId: query.class } : {}), ...(given(query.department) ? { departmentId: query.department } : {}), ...(given(query.state) ? { state: query.state } : {}),
    ...(given(query.kind) ? { kind: query.kind as 'system' | 'platform' } : {}), ...(given(query.words) ? { words: query.words } : {}),
  };
}

/** `/systems?…` with what is asked now, and these changes. */
export function addressOf(query: ListQuery, changes: Partial<ListQuery> = {}, path = '/systems'): string {
  const { class: classId = '', department = '', state = '', kind = '', words = '', sort = '' } = query;
  const asked = Object.entries({ class: classId, department, state, kind, words, sort, ...changes }).filter((one): one is [string, string] => one[1] !== undefined && one[1] !== '');
  return asked.length === 0 ? path : `${path}?${new URLSearchParams(asked).toString()}`;
}

export const sortsBy = (sort: string | undefined): boolean => columnOf(sort) !== undefined;

export function sortedRows(rows: readonly ListRow[], sort: string | undefined): ListRow[] {
  const column = columnOf(sort);
  if (column === undefined) return [...rows];
  const { compare } = new Intl.Collator('ja', { numeric: true });
  const direction = sort!.startsWith('-') ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [left, right] = [column.value(a), column.value(b)];
    return direction * (typeof left === 'number' && typeof right === 'number' ? left - right : compare(String(left), String(right)));
  });
}

export interface ListAround {
  query: ListQuery;
  total: number;
  own: number;
  page: number;
  pages: number;
  classes: readonly Place[];
  departments: readonly Place[];
  states: readonly { code: string; label: string }[];
  may: { add: boolean; import: boolean; bulk: boolean; configure: boolean; checks: boolean; approve: boolean };
  imports: readonly { id: string; fileName: string }[];
}

export function listView(rows: readonly ListRow[], around: ListAround): object {
  const { query, may } = around;
  const filter = filterOf(query);
  return {
    query: { words: query.words ?? '' }, filtered: Object.keys(filter).length > 0, filterable: Object.keys(filter).length > 0 || around.total > 0, may,
    classes: [...around.classes, { id: 'none', label: '区分なし' }].map((one) => ({ ...one, chosen: one.id === filter.classId })),
    departments: around.departments.map((one) => ({ ...one, chosen: one.id === filter.departmentId })),
    states: around.states.map((one) => ({ ...one, chosen: one.code === filter.state })),
    kinds: Object.entries(KIND_NAMES).map(([code, label]) => ({ code, label, chosen: code === filter.kind })),
    sort: query.sort ?? '',
    columns: COLUMNS.filter((one) => may.checks || !['notmet', 'unknown'].includes(one.sort)).map(({ sort, label, number = false }) => {
      const [up, down] = [query.sort === sort, query.sort === `-${sort}`];
      return { label, number, href: addressOf(query, { sort: up ? `-${sort}` : sort }), sort: up ? 'ascending' : down ? 'descending' : '', mark: up ? ' ▲' : down ? ' ▼' : '' };
    }),
    rows: rows.map(rowView), total: around.total.toLocaleString('ja-JP'), own: around.own.toLocaleString('ja-JP'), again: around.total - around.own,
    pager: around.pages === 1 ? [] : Array.from({ length: around.pages }, (_, n) => ({ number: n + 1, href: addressOf(query, { page: String(n + 1) }), current: n + 1 === around.page })),
    workbook: addressOf(query, { sort: '' }, '/systems/register.xlsx'), exchange: addressOf(query, { sort: '' }, '/systems/exchange.json'), imports: around.imports.map(({ id, fileName }) => ({ href: `/systems/import/${id}`, fileName })),
  };
}

function rowView({ system, found }: ListRow): object {
  const { uses } = system;
  const number = (value: number): string => value.toLocaleString('ja-JP');
  return {
    href: `/systems/${system.id}`, number: system.number === null ? '' : String(system.number), name: system.name, platform: system.kind === 'platform', again: system.listedAgain,
    class: system.classLabel, department: system.departmentPath, state: system.state?.label ?? '', ended: system.state?.code === 'ended',
    sections: uses.departments === 0 ? '' : number(uses.sections), terminals: uses.departments === 0 ? '' : number(uses.terminals), incomplete: uses.incomplete,
    declared: `${system.declared}/${system.controls}`, stale: system.stale, checks: checksView(system, found),
  };
}

function checksView(system: ListedSystem, found: Found): object {
  const plain = { known: false, why: '', notMet: '', unknown: '', failing: false, open: false, href: '' };
  if (system.kind === 'platform') return { ...plain, why: '対象外' };
  if (found === null) return { ...plain, why: '－' };
  if (found === 'never') return { ...plain, why: '点検前' };
  return { known: true, why: '', notMet: String(found.notMet), unknown: String(found.unknown), failing: found.notMet > 0, open: found.unknown > 0, href: `/checks/systems/${system.id}` };
}

function columnOf(sort: string | undefined): (typeof COLUMNS)[number] | undefined {
  return sort === undefined || sort === '' ? undefined : COLUMNS.find((one) => one.sort === sort.replace(/^-/u, ''));
}
