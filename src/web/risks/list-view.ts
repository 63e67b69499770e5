/** What the list of risks and the picture of their distribution show: plain data. */
import type { LookedRisk } from '../../checks/risk-challenges.service.js';
import { formatEra } from '../../engine/dates.js';
import type { DepartmentInTree } from '../../identity/departments.service.js';
import { dayInJapan } from '../../kernel/clock.js';
import { workbook } from '../../rendering/workbook.js';
import { heatMapOf, heatPicture } from '../../risks/heat-map.js';
import type { ListedRisk, RiskFilter, RiskList, RiskSort } from '../../risks/risk-list.js';
import type { Rating, RiskMatrices, RiskMatrix } from '../../risks/risk-matrix.js';
import { MEASURE_STATES, type RuleOfRisk } from '../../risks/risk-parts.js';
import type { Movement } from '../../risks/risk-rating.js';
import type { ListQuery } from './inputs.js';

export const MOVEMENTS: Readonly<Record<Movement, string>> = { lower: '↓ 下がった', same: '→ 変わらない', higher: '↑ 上がった', open: '対策後はまだ評価していない' };
const STATES = { open: '終了していない', closed: '終了した', all: 'すべて' } as const;
const COLUMNS: { label: string; sort: RiskSort | null }[] = [
  { label: 'リスク', sort: 'title' }, { label: '責任を持つ課', sort: 'department' }, { label: '対策前', sort: 'before' }, { label: '対策後', sort: 'after' }, { label: '対策', sort: null }, { label: '点検との疑義', sort: null }, { label: '最後の変更', sort: 'changed' },
];

export const shownRating = (rating: Rating): { label: string; tone: string } => ({ label: rating.label, tone: rating.tone });

export function filterOf(query: ListQuery): RiskFilter {
  const given = (value: string | undefined): value is string => value !== undefined && value !== '';
  return {
    ...(given(query.department) ? { departmentId: query.department } : {}), ...(given(query.system) ? { systemId: query.system } : {}),
    ...(given(query.before) ? { before: query.before } : {}), ...(given(query.after) ? { after: query.after } : {}),
    ...(given(query.state) ? { state: query.state as RiskFilter['state'] & string } : {}), ...(given(query.words) ? { words: query.words } : {}),
    ...(given(query.sort) ? { sort: query.sort as RiskFilter['sort'] & string } : {}), ...(given(query.page) ? { page: Number(query.page) } : {}),
  };
}

export function addressOf(path: string, query: ListQuery, changes: Partial<ListQuery> = {}): string {
  const given = Object.entries({ ...query, ...changes }).filter((one): one is [string, string] => typeof one[1] === 'string' && one[1] !== '');
  return given.length === 0 ? path : `${path}?${new URLSearchParams(given).toString()}`;
}

interface Around {
  matrix: RiskMatrix;
  departments: readonly DepartmentInTree[];
  challenges: ReadonlyMap<string, LookedRisk>;
  /** Name of the system to which the list is narrowed; '' for none. */
  systemName: string;
  mayWrite: boolean;
}

export function listView(found: RiskList, query: ListQuery, around: Around): object {
  const { page: _, sort: __, ...filters } = query;
  return {
    query: { words: query.words ?? '', system: query.system ?? '', sort: query.sort ?? '' }, systemName: around.systemName,
    filtered: Object.values(filters).some((value) => value !== undefined && value !== ''),
    departments: departmentOptions(around.departments, query.department ?? ''),
    before: ratingOptions(around.matrix, query.before ?? ''),
    after: [...ratingOptions(around.matrix, query.after ?? ''), { code: 'none', label: 'まだ評価していない', chosen: query.after === 'none' }],
    states: Object.entries(STATES).map(([code, label]) => ({ code: code === 'open' ? '' : code, label, chosen: (query.state ?? '') === (code === 'open' ? '' : code) })),
    columns: COLUMNS.map(({ label, sort }) => {
      const [up, down] = [query.sort === sort, query.sort === `-${sort ?? ''}`];
      return { label, href: sort === null ? '' : addressOf('/risks', query, { sort: up ? `-${sort}` : sort, page: '' }), sort: sort !== null && up ? 'ascending' : down ? 'descending' : '', mark: sort !== null && up ? ' ▲' : down ? ' ▼' : '' };
    }),
    rows: found.risks.map((one) => row(one, around.challenges.get(one.id))),
    total: found.total.toLocaleString('ja-JP'),
    pager: found.pages === 1 ? [] : Array.from({ length: found.pages }, (_one, n) => ({ number: n + 1, href: addressOf('/risks', query, { page: String(n + 1) }), current: n + 1 === found.page })),
    workbook: addressOf('/risks/list.xlsx', { ...query, page: '' }), heatMap: addressOf('/risks/heat-map', { department: query.department ?? '' }), mayWrite: around.mayWrite,
  };
}

function row(one: ListedRisk, looked: LookedRisk | undefined): object {
  const inPlace = one.measures.filter(({ state }) => state === 'in-place').length;
  return {
    href: `/risks/${one.id}`, title: one.title, system: one.system?.name ?? '', department: one.departmentPath, closed: one.closedOn !== null, outdated: one.outdated,
    before: shownRating(one.ratingBefore), after: one.ratingAfter === null ? null : shownRating(one.ratingAfter), movement: MOVEMENTS[one.movement],
    measures: one.measures.length === 0 ? ['なし'] : [inPlace > 0 ? `実施済み ${inPlace}` : '', one.measures.length > inPlace ? `予定 ${one.measures.length - inPlace}` : ''].filter((text) => text !== ''),
    challenges: looked?.challenges.length ?? 0, changedOn: dayInJapan(new Date(one.changedAt)), changedBy: one.changedBy,
  };
}

export function departmentOptions(departments: readonly DepartmentInTree[], chosen: string): { id: string; label: string; chosen: boolean }[] {
  return departments.map((one) => ({ id: one.department.id, label: `${'　'.repeat(one.depth)}${one.department.name}`, chosen: one.department.id === chosen }));
}

function ratingOptions(matrix: RiskMatrix, chosen: string): { code: string; label: string; chosen: boolean }[] {
  return [...matrix.ratings].reverse().map(({ code, label }) => ({ code, label, chosen: code === chosen }));
}

/** @param risks open ones */
export function heatView(matrices: RiskMatrices, risks: readonly ListedRisk[], asked: { department: string }, departments: readonly DepartmentInTree[]): object {
  const matrix = matrices.current;
  const map = heatMapOf(matrix, risks.filter((one) => one.matrixVersion === matrix.version));
  const { counted } = map;
  const within = { department: asked.department };
  return {
    departments: departmentOptions(departments, asked.department), chosen: departments.find((one) => one.department.id === asked.department)?.path ?? '',
    total: counted.total, open: counted.open, outdated: risks.length - counted.total,
    before: heatPicture(map, 'before'), after: heatPicture(map, 'after'),
    axes: { likelihood: matrix.likelihood.title, impact: matrix.impact.title }, impacts: matrix.impact.levels.map((one) => one.label), impactCount: matrix.impact.levels.length,
    rows: map.rows.map((one) => ({ label: one.label, fields: one.fields.map(({ before, after, rating }) => ({ before, after, rating: shownRating(rating) })) })),
    ratings: [...counted.byRating].reverse().map(({ rating, before, after }) => ({
      ...shownRating(rating), response: rating.response, before, after, beforeHref: addressOf('/risks', { ...within, before: rating.code }), change: after === before ? '±0' : after > before ? `＋${after - before}` : `－${before - after}`,
    })),
    list: addressOf('/risks', within),
  };
}

const SHEET = [
  ['リスク', 32], ['守るもの', 32], ['脅威', 40], ['原因', 40], ['責任を持つ課', 24], ['システム', 28], ['対策前の発生のしやすさ', 14], ['対策前の影響', 14], ['対策前の評価', 12],
  ['対策後の発生のしやすさ', 14], ['対策後の影響', 14], ['対策後の評価', 12], ['対策', 56], ['結び付けた規則', 48], ['点検との疑義', 60], ['状態', 18], ['最後の変更', 20],
] as const;

/** The list as a workbook. */
export function riskWorkbook(risks: readonly ListedRisk[], matrices: RiskMatrices, challenges: ReadonlyMap<string, LookedRisk>, titleOf: (rule: RuleOfRisk) => string): Promise<Buffer> {
  return workbook('リスク', SHEET.map(([label, width]) => ({ label, width })), risks.map((one) => {
    const matrix = matrices.version(one.matrixVersion);
    const levels = (at: ListedRisk['after']): string[] => (at === null ? ['', ''] : [matrix.likelihood.levels[at.likelihood - 1]!.label, matrix.impact.levels[at.impact - 1]!.label]);
    return [
      one.title, one.asset, one.threat, one.cause, one.departmentPath, one.system?.name ?? '', ...levels(one.before), one.ratingBefore.label, ...levels(one.after), one.ratingAfter?.label ?? '',
      one.measures.map((measure) => `${MEASURE_STATES[measure.state]}：${measure.text}`).join('\n'), one.rules.map(titleOf).join('\n'),
      (challenges.get(one.id)?.challenges ?? []).map(({ text }) => text).join('\n'), one.closedOn === null ? '' : `${formatEra(one.closedOn)}に終了`, new Date(one.changedAt),
    ];
  }));
}
