import { formatFiscalYear } from '../../engine/dates.js';
import { allows, type Permission } from '../../identity/permissions.js';
import type { Actor } from '../../kernel/ctx.js';
import type { Audit } from '../../audits/audit.entity.js';
import { AUDIT_STATUSES } from '../../audits/audit.transitions.js';

const TABS: { code: string; label: string; path: string; permission: Permission }[] = [
  { code: 'overview', label: '概要', path: '', permission: 'audit.read' },
  { code: 'questionnaires', label: '調査票', path: '/questionnaires', permission: 'audit.read' },
  { code: 'records', label: '現地調査等の記録', path: '/records', permission: 'audit.read' },
  { code: 'tabulations', label: '集計', path: '/tabulations', permission: 'audit.read' },
  { code: 'findings', label: '検出事項', path: '/findings', permission: 'finding.read' },
  { code: 'improvements', label: '改善を求める事項', path: '/improvements', permission: 'finding.read' },
  { code: 'deliberations', label: '合議', path: '/deliberations', permission: 'audit.read' },
  { code: 'report', label: '報告と公表', path: '/report', permission: 'audit.read' },
  { code: 'actions', label: '措置', path: '/actions', permission: 'action.read' },
  { code: 'documents', label: '文書', path: '/documents', permission: 'audit.read' },
];

export type AuditTab = (typeof TABS)[number]['code'];

/** Head of every page of an audit: crumb, theme, status, tabs; `partials/audits/head` draws it. */
export function auditHead({ id, theme, kindLabel, fiscalYear, status }: Audit, tab: AuditTab, actor: Pick<Actor, 'grants'>): object {
  return {
    href: `/audits/${id}`, theme, kind: kindLabel, year: formatFiscalYear(fiscalYear), status: AUDIT_STATUSES[status],
    tabs: TABS.filter((one) => allows(actor.grants, one.permission)).map(({ code, label, path }) => ({ label, href: `/audits/${id}${path}`, current: code === tab })),
  };
}
