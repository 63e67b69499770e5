import { allows, type Permission } from '../../identity/permissions.js';
import type { Ctx } from '../../kernel/ctx.js';
import type { SystemKind } from '../../systems/system.entity.js';

export interface Tab {
  label: string;
  href: string;
  current: boolean;
}

const PAGES = {
  overview: { label: '概要', path: '' },
  register: { label: '台帳', path: '/register' },
  controls: { label: '申告', path: '/controls' },
  checks: { label: '点検', path: null },
  assessments: { label: '評価書', path: '/assessments' },
  history: { label: '履歴', path: '/history' },
} as const satisfies Record<string, { label: string; path: string | null }>;

const NEEDED: Partial<Record<keyof typeof PAGES, Permission>> = { checks: 'check.read' };
/** A platform is not checked itself, and no assessment names it. */
const SYSTEMS_ONLY: readonly string[] = ['checks', 'assessments'];

/** Pages of one system that this person may open; shown by the partial `systems/tabs`. */
export function systemTabs(ctx: Ctx, system: { id: string; kind: SystemKind; departmentId: string }, at: keyof typeof PAGES): Tab[] {
  return (Object.keys(PAGES) as (keyof typeof PAGES)[])
    .filter((page) => (system.kind === 'system' || !SYSTEMS_ONLY.includes(page)) && (NEEDED[page] === undefined || allows(ctx.actor.grants, NEEDED[page], system.departmentId)))
    .map((page) => ({ label: PAGES[page].label, href: PAGES[page].path === null ? `/checks/systems/${system.id}` : `/systems/${system.id}${PAGES[page].path}`, current: page === at }));
}
