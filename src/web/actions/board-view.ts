/** 措置 as a board, a list, a calendar and charts: plain data for their pages. */
import { daysLater, formatEra, formatFiscalYear, monthsLater } from '../../engine/dates.js';
import { daysOver, type DueStep } from '../../findings/action-deciding.js';
import type { ActionBoard, Column, ListedAction } from '../../findings/action-board.service.js';
import type { ActionState } from '../../findings/scheme.js';
import { countChart, seriesChart } from '../../rendering/chart.js';
import { workbook } from '../../rendering/workbook.js';
import { DUES, VIEWS, type ActionsQuery, type View } from './inputs.js';

const TONES: Readonly<Record<ActionState['phase'], string>> = { waiting: 'amber', 'under-way': 'blue', settled: 'green', continuing: 'blue' };
const SIGNS: Readonly<Record<ActionState['phase'], string>> = { waiting: '○', 'under-way': '→', settled: '✓', continuing: '◎' };

export const stateChip = ({ label, phase }: ActionState): { label: string; tone: string } => ({ label: `${SIGNS[phase]} ${label}`, tone: TONES[phase] });

/** What is said of a due date; '' where nothing need be said. */
export function dueChip(due: DueStep, dueOn: string | null, today: string): { label: string; tone: string } | null {
  if (dueOn === null || due === 'none' || due === 'later') return null;
  if (due === 'over') return { label: `！ ${daysOver(dueOn, today)}日超過`, tone: 'red' };
  return { label: dueOn === today ? '△ 今日まで' : `△ あと${-daysOver(dueOn, today)}日`, tone: 'amber' };
}

export function addressOf(query: ActionsQuery, changes: Partial<ActionsQuery> = {}, path = '/actions'): string {
  const given = Object.entries({ ...query, ...changes }).filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '' && !(one[0] === 'view' && one[1] === 'board'));
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

export interface Choices {
  departments: { id: string; label: string }[];
  years: number[];
  audits: { id: string; theme: string }[];
  states: ActionState[];
}

/** What all four pages share: tabs, filter, where to take the list away. */
export function headView(query: ActionsQuery, choices: Choices, may: { ask: boolean; notify: boolean; configure: boolean; receive: boolean }): object {
  const view = (query.view ?? '') === '' ? 'board' : (query.view as View);
  const marked = <T extends object>(items: readonly T[], chosen: (one: T) => boolean) => items.map((one) => ({ ...one, chosen: chosen(one) }));
  const { page: _page, month: _month, view: _view, ...filters } = query;
  return {
    view, may, workbook: addressOf({ ...query, view: '', page: '', month: '' }, {}, '/actions/list.xlsx'),
    tabs: (Object.keys(VIEWS) as View[]).map((code) => ({ label: VIEWS[code], href: addressOf(query, { view: code, page: '', ...(code === 'list' ? {} : { dueOn: '' }) }), current: code === view })),
    query: { words: query.words ?? '', dueOn: query.dueOn ?? '', month: query.month ?? '' }, filtered: Object.values(filters).some((one) => one !== undefined && one !== ''),
    dueOnText: (query.dueOn ?? '') === '' ? '' : formatEra(query.dueOn!), withoutDay: addressOf(query, { dueOn: '' }), all: addressOf({ view: query.view ?? '' }),
    departments: marked(choices.departments, (one) => one.id === query.department),
    years: choices.years.map((year) => ({ year: String(year), label: formatFiscalYear(year), chosen: String(year) === query.year })),
    audits: marked(choices.audits, (one) => one.id === query.audit),
    states: choices.states.map(({ code, label, retired }) => ({ code, label: retired === true ? `${label}（いまは使わない）` : label, chosen: code === query.state })),
    dues: Object.entries(DUES).map(([code, label]) => ({ code, label, chosen: code === query.due })),
  };
}

/** What the check of rules offers. */
export const OFFER_WORDS = { closing: '閉じる申し出', reopening: '再び開く申し出' } as const;

export function cardView(one: ListedAction, today: string): object {
  return {
    href: `/actions/${one.id}`, number: one.number, title: one.title, department: one.department, theme: one.theme, year: one.year,
    state: stateChip(one.state), proposed: one.proposed?.label ?? '', offered: one.offered === null ? '' : OFFER_WORDS[one.offered], dueOn: one.dueOn ?? '', due: dueChip(one.due, one.dueOn, today),
  };
}

export function boardView(columns: readonly Column[], query: ActionsQuery, today: string): object {
  return {
    total: columns.reduce((sum, one) => sum + one.count, 0).toLocaleString('ja-JP'), any: columns.some((one) => one.count > 0),
    columns: columns.map(({ state, count, cards }, n) => ({
      id: `column-${n}`, label: state?.label ?? '効果の確認待ち', definition: state?.definition ?? '所管課が終えたと報告し、監査委員・監査事務局が効果を確かめるのを待っている。', retired: state?.retired === true,
      tone: state === null ? 'violet' : TONES[state.phase], sign: state === null ? '？' : SIGNS[state.phase], count: count.toLocaleString('ja-JP'),
      cards: cards.map((one) => cardView(one, today)), more: count > cards.length,
      all: addressOf(query, { view: 'list', page: '', ...(state === null ? { due: 'proposed', state: '' } : { state: state.code }) }),
    })),
  };
}

export function listView(found: Awaited<ReturnType<ActionBoard['list']>>, query: ActionsQuery, today: string): object {
  return {
    total: found.total.toLocaleString('ja-JP'), rows: found.actions.map((one) => cardView(one, today)),
    pager: found.pages === 1 ? [] : Array.from({ length: found.pages }, (_one, n) => ({ number: n + 1, href: addressOf(query, { page: String(n + 1) }), current: n + 1 === found.page })),
  };
}

/** A month with a due date of the list; today's without one that is a month. */
export const monthOf = (query: ActionsQuery, today: string): string => (/^\d{4}-(0[1-9]|1[0-2])$/u.test(query.month ?? '') ? query.month! : today.slice(0, 7));

const WEEK = ['日', '月', '火', '水', '木', '金', '土'];

export function calendarView(days: Awaited<ReturnType<ActionBoard['calendar']>>, month: string, query: ActionsQuery, today: string): object {
  const first = `${month}-01`;
  const after = monthsLater(first, 1);
  const start = daysLater(first, -new Date(`${first}T00:00:00Z`).getUTCDay());
  const weeks: object[][] = [];
  for (let week = start; week < after; week = daysLater(week, 7)) {
    weeks.push(WEEK.map((_name, n) => {
      const day = daysLater(week, n);
      const found = days.get(day);
      return {
        day, number: day.startsWith(month) ? Number(day.slice(8)) : 0, today: day === today,
        actions: (found?.actions ?? []).map((one) => cardView(one, today)), more: found === undefined ? 0 : found.count - found.actions.length, all: addressOf(query, { view: 'list', dueOn: day, month: '' }),
      };
    }));
  }
  const monthText = (iso: string): string => formatEra(iso).replace(/\d+日$/u, '');
  const sum = [...days.values()].reduce((total, one) => total + one.count, 0);
  return {
    month: monthText(first), week: WEEK, weeks, sum: sum.toLocaleString('ja-JP'),
    before: { label: monthText(monthsLater(first, -1)), href: addressOf(query, { month: monthsLater(first, -1).slice(0, 7) }) },
    next: { label: monthText(after), href: addressOf(query, { month: after.slice(0, 7) }) }, now: addressOf(query, { month: '' }),
  };
}

type FiguresFound = Awaited<ReturnType<ActionBoard['figures']>>;
type Ageing = Awaited<ReturnType<ActionBoard['ageing']>>;

export function chartsView({ all, years, departments, states }: FiguresFound, ageing: Ageing): object {
  const line = (name: string, one: { counts: Record<string, number>; total: number; rates: FiguresFound['all']['rates'] }) => ({
    name, total: one.total.toLocaleString('ja-JP'), counts: states.map((state) => (one.counts[state.code] ?? 0).toLocaleString('ja-JP')), rates: one.rates.map((rate) => rate.text),
  });
  const told = years.map((one) => `${formatFiscalYear(one.key)} ${one.rates.map((rate) => `${rate.label}${rate.text}`).join('、')}`).join('。');
  const open = ageing.reduce((sum, one) => sum + one.count, 0);
  const old = states.filter((one) => one.retired === true);
  const left = old.reduce((sum, one) => sum + (all.counts[one.code] ?? 0), 0);
  return {
    any: all.total > 0, retired: left === 0 ? null : { count: left.toLocaleString('ja-JP'), names: old.map((one) => `「${one.label}」`).join('') }, states: states.map((one) => (one.retired === true ? `${one.label}（いまは使わない）` : one.label)), rateLabels: all.rates.map((one) => one.label), columns: states.length + all.rates.length + 2,
    rates: all.rates.map((one) => ({ label: one.label, text: one.text, of: one.of.toLocaleString('ja-JP'), over: one.over.toLocaleString('ja-JP') })),
    years: [...years.map((one) => line(formatFiscalYear(one.key), one)), ...(years.length > 1 ? [line('合計', all)] : [])],
    departments: departments.map((one) => line(one.key, one)),
    rateChart: years.every((one) => one.rates.every((rate) => rate.percent === null)) ? '' : seriesChart({
      description: `監査の年度ごとの率。${told}。`, width: 720, height: 280, unit: '％', min: 0, max: 100, labels: years.map((one) => formatFiscalYear(one.key)),
      series: all.rates.slice(0, 4).map((rate) => ({ name: rate.label, values: years.map((one) => one.rates.find((other) => other.code === rate.code)!.percent) })),
    }),
    open: open.toLocaleString('ja-JP'), ageing: ageing.map(({ label, count, over }) => ({ label, count: count.toLocaleString('ja-JP'), over: over.toLocaleString('ja-JP') })),
    ageingChart: open === 0 ? '' : countChart({
      description: `終わっていない措置の経過期間。${ageing.filter((one) => one.count > 0).map((one) => `${one.label}${one.count}件${one.over > 0 ? `（うち期限超過${one.over}件）` : ''}`).join('、')}。`,
      width: 720, bars: ageing.map(({ label, count, over }) => ({ label, count, part: over })), names: { rest: '期限内・期限なし', part: '期限超過' },
    }),
  };
}

export async function actionWorkbook(actions: readonly ListedAction[], today: string): Promise<Buffer> {
  const rows = actions.map((one) => [
    one.number, one.title, formatFiscalYear(one.year), one.theme, one.department, one.state.label, one.proposed === null ? '' : `${one.proposed.label}（効果の確認待ち）`,
    one.dueOn ?? '', dueChip(one.due, one.dueOn, today)?.label.slice(2) ?? '', one.settledOn ?? '',
  ]);
  return workbook('措置', [
    { label: '番号', width: 8 }, { label: '措置', width: 44 }, { label: '監査の年度', width: 14 }, { label: '監査', width: 40 }, { label: '責任を持つ課', width: 20 }, { label: '状態', width: 14 }, { label: '報告', width: 26 },
    { label: '期限', width: 12 }, { label: '期限まで', width: 12 }, { label: '終わった日', width: 12 },
  ], rows);
}
