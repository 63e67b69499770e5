/** Risks as a list: filtered, in pages, as far as the person's grants reach. */
import { IsNull, Not } from 'typeorm';
import type { Code } from '../engine/form.js';
import type { DepartmentInTree } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { departmentsOf } from '../systems/register-list.js';
import { mayReadRisk, standingSystems, type RiskSystem } from './risk-access.js';
import { judgedOf } from './risk-changing.js';
import { rankOf, type Rating, type RiskMatrices } from './risk-matrix.js';
import { measuresOf, rulesOf, type Measure, type RuleOfRisk } from './risk-parts.js';
import { movementOf, ratingOf, residualOf, type Judged, type Movement } from './risk-rating.js';
import { Risk } from './risk.entity.js';

/** Risks on a page of the list. */
export const PAGE = 50;

export interface RiskFilter {
  /** A 部局 stands for everything under it, a department also for those that it succeeded. */
  departmentId?: string;
  systemId?: string;
  /** Code of a rating. */
  before?: Code;
  /** Code of a rating; `none`: not judged after the measures. */
  after?: Code;
  /** Without: open ones. */
  state?: 'open' | 'closed' | 'all';
  /** Part of the title, the asset, the threat or the cause; full and half width are the same. */
  words?: string;
  /** Without: the gravest first. A minus turns the order round. */
  sort?: RiskSort | `-${RiskSort}`;
  /** From 1. */
  page?: number;
}

export const SORTS = ['title', 'department', 'before', 'after', 'changed'] as const;
export type RiskSort = (typeof SORTS)[number];

export interface ListedRisk extends Judged {
  id: string;
  title: string;
  asset: string;
  threat: string;
  cause: string;
  departmentId: string;
  departmentPath: string;
  system: RiskSystem | null;
  matrixVersion: string;
  outdated: boolean;
  ratingBefore: Rating;
  ratingAfter: Rating | null;
  residual: Rating;
  movement: Movement;
  measures: Measure[];
  rules: RuleOfRisk[];
  /** ISO day; null: open. */
  closedOn: string | null;
  changedAt: string;
  changedBy: string;
  version: number;
}

export interface RiskList {
  risks: ListedRisk[];
  total: number;
  page: number;
  pages: number;
}

/** The gravest first; 50 a page. */
export async function listRisks(ctx: Ctx, matrices: RiskMatrices, departments: readonly DepartmentInTree[], filter: RiskFilter): Promise<RiskList> {
  const found = await foundIn(ctx, matrices, departments, filter);
  const pages = Math.max(1, Math.ceil(found.length / PAGE));
  const page = Math.min(Math.max(1, Math.trunc(filter.page ?? 1) || 1), pages);
  return { risks: await withParts(ctx, found.slice((page - 1) * PAGE, page * PAGE)), total: found.length, page, pages };
}

export async function risksWithin(ctx: Ctx, matrices: RiskMatrices, departments: readonly DepartmentInTree[], filter: RiskFilter): Promise<ListedRisk[]> {
  return withParts(ctx, await foundIn(ctx, matrices, departments, filter));
}

type Bare = Omit<ListedRisk, 'measures' | 'rules'>;

async function foundIn(ctx: Ctx, matrices: RiskMatrices, departments: readonly DepartmentInTree[], filter: RiskFilter): Promise<Bare[]> {
  const reach = reachOf(ctx.actor.grants, 'risk.read');
  if (reach !== 'all' && reach.size === 0) return [];
  const state = filter.state ?? 'open';
  const stored = await scoped(ctx, Risk).find(state === 'all' ? {} : { closedOn: state === 'open' ? IsNull() : Not(IsNull()) });
  const systems = await standingSystems(ctx, stored.map((one) => one.systemId));
  const here = filter.departmentId === undefined ? null : new Set(isId(filter.departmentId) ? departmentsOf(filter.departmentId, departments) : []);
  const paths = new Map(departments.map((one) => [one.department.id, one.path]));
  const words = wordsOf(filter.words);
  return stored.flatMap((risk): Bare[] => {
    const system = risk.systemId === null ? undefined : systems.get(risk.systemId);
    if (!mayReadRisk(reach, risk, system)) return [];
    if (here !== null && !here.has(risk.departmentId)) return [];
    if (filter.systemId !== undefined && system?.id !== filter.systemId) return [];
    if (words !== '' && ![risk.title, risk.asset, risk.threat, risk.cause].some((text) => text.normalize('NFKC').toLowerCase().includes(words))) return [];
    const shown = shownOf(matrices, risk, system ?? null, paths.get(risk.departmentId) ?? '');
    if (filter.before !== undefined && shown.ratingBefore.code !== filter.before) return [];
    if (filter.after !== undefined && (shown.ratingAfter?.code ?? 'none') !== filter.after) return [];
    return [shown];
  }).sort((a, b) => sortedBy(matrices, filter.sort, a, b) || inOrder(matrices, a, b));
}

/** What is looked for: without what the database cannot hold, full and half width alike. */
function wordsOf(words: string | undefined): string {
  return (words ?? '').normalize('NFKC').trim().slice(0, 100).toLowerCase();
}

function shownOf(matrices: RiskMatrices, risk: Risk, system: RiskSystem | null, departmentPath: string): Bare {
  const matrix = matrices.version(risk.matrixVersion);
  const judged = judgedOf(risk);
  return {
    id: risk.id, title: risk.title, asset: risk.asset, threat: risk.threat, cause: risk.cause, departmentId: risk.departmentId, departmentPath, system, ...judged,
    matrixVersion: risk.matrixVersion, outdated: matrix.version !== matrices.current.version,
    ratingBefore: ratingOf(matrix, judged.before), ratingAfter: judged.after === null ? null : ratingOf(matrix, judged.after), residual: ratingOf(matrix, residualOf(judged)), movement: movementOf(matrix, judged),
    closedOn: risk.closedOn, changedAt: risk.changedAt.toISOString(), changedBy: risk.changedByName, version: risk.version,
  };
}

function sortedBy(matrices: RiskMatrices, sort: RiskFilter['sort'], a: Bare, b: Bare): number {
  if (sort === undefined) return 0;
  const rank = (one: Bare, rating: Rating | null): number => (rating === null ? -1 : rankOf(matrices.version(one.matrixVersion), rating.code));
  const compare: Record<RiskSort, () => number> = {
    title: () => a.title.localeCompare(b.title, 'ja'), department: () => a.departmentPath.localeCompare(b.departmentPath, 'ja'),
    before: () => rank(a, a.ratingBefore) - rank(b, b.ratingBefore), after: () => rank(a, a.ratingAfter) - rank(b, b.ratingAfter), changed: () => (a.changedAt < b.changedAt ? -1 : 1),
  };
  return compare[sort.replace('-', '') as RiskSort]() * (sort.startsWith('-') ? -1 : 1);
}

/** Open before closed; what remains gravest first, then what was gravest before the measures, then by name. */
function inOrder(matrices: RiskMatrices, a: Bare, b: Bare): number {
  const rank = (one: Bare, { code }: Rating): number => rankOf(matrices.version(one.matrixVersion), code);
  return Number(a.closedOn !== null) - Number(b.closedOn !== null)
    || rank(b, b.residual) - rank(a, a.residual) || rank(b, b.ratingBefore) - rank(a, a.ratingBefore)
    || a.title.localeCompare(b.title, 'ja') || (a.id < b.id ? -1 : 1);
}

async function withParts(ctx: Ctx, risks: readonly Bare[]): Promise<ListedRisk[]> {
  const ids = risks.map((one) => one.id);
  const [measures, rules] = [await measuresOf(ctx, ids), await rulesOf(ctx, ids)];
  return risks.map((one) => ({ ...one, measures: measures.get(one.id)!, rules: rules.get(one.id)! }));
}
