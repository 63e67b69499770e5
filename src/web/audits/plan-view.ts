/** A plan: what was foreseen for each year beside what was done. Pure. */
import type { UnplannedAudit } from '../../audits/plan-links.service.js';
import type { BegunAudit, PlannedItem, PlanPage } from '../../audits/plans.service.js';
import { PLAN_KINDS } from '../../audits/plans.service.js';
import { AUDIT_STATUSES } from '../../audits/audit.transitions.js';
import { fiscalYear, formatFiscalYear } from '../../engine/dates.js';
import type { Column } from '../../rendering/workbook.js';
import { periodText } from './audits-view.js';

export interface PlanAround {
  mayWrite: boolean;
  /** ISO day. */
  today: string;
  /** Audits that stand in no plan. */
  unplanned: readonly UnplannedAudit[];
  /** Items of mid-term plans that this yearly plan may take up. */
  offered: readonly (PlannedItem & { plan: string })[];
}

export const yearsText = ({ fromYear, untilYear }: { fromYear: number; untilYear: number }): string => (fromYear === untilYear ? formatFiscalYear(fromYear) : `${formatFiscalYear(fromYear)}～${formatFiscalYear(untilYear)}`);

export function planView({ plan, items }: PlanPage, { mayWrite, today, unplanned, offered }: PlanAround): object {
  const base = `/audits/plans/${plan.id}`;
  const year = fiscalYear(today);
  return {
    id: plan.id, title: plan.title, kind: PLAN_KINDS[plan.kind], years: yearsText(plan), policy: plan.policy, decidedOn: plan.decidedOn ?? '', changedBy: plan.changedByName, version: String(plan.version), mayWrite, sums: sumsOf(items, year),
    offered: mayWrite ? offered.map((one) => ({ id: one.id, theme: one.theme, kind: one.kindLabel, targets: one.targets, period: one.period, plan: one.plan })) : [],
    unplanned: mayWrite ? unplanned.map((one) => ({ id: one.id, label: `${formatFiscalYear(one.fiscalYear)}　${one.kindLabel}　${one.theme}` })) : [],
    byYear: [...new Set(items.map((one) => one.fiscalYear))].map((own) => ({
      label: formatFiscalYear(own),
      items: items.filter((one) => one.fiscalYear === own).map((one) => ({
        id: one.id, kind: one.kindLabel, theme: one.theme, targets: one.targets, period: one.period, edit: mayWrite ? `${base}/items/${one.id}` : '', late: isLate(one, year),
        begin: mayWrite && one.audits.length === 0 && one.yearly.length === 0 ? `/audits/new?item=${one.id}` : '',
        links: [...(one.midTerm === null ? [] : [{ label: '中期計画', ...linkTo(one.midTerm) }]), ...one.yearly.map((yearly) => ({ label: '年間計画', ...linkTo(yearly) }))],
        audits: one.audits.map((audit) => ({ ...doneView(audit, one), unlink: mayWrite && audit.status !== 'closed' && one.yearly.length === 0 ? `${base}/items/${one.id}/audits/${audit.id}/remove` : '' })),
      })),
    })),
  };
}

const linkTo = ({ planId, title }: { planId: string; title: string }): { href: string; title: string } => ({ href: `/audits/plans/${planId}`, title });

function doneView(audit: BegunAudit, item: PlannedItem): object {
  return {
    href: `/audits/${audit.id}`, theme: audit.theme, status: AUDIT_STATUSES[audit.status], period: periodText(audit.beginsOn, audit.endsOn).replace('～', '～\n'),
    moved: audit.fiscalYear === item.fiscalYear ? '' : `${formatFiscalYear(audit.fiscalYear)}の監査として行う`,
  };
}

const isLate = (item: PlannedItem, year: number): boolean => item.audits.length === 0 && item.fiscalYear < year;
const isDone = ({ audits }: PlannedItem): boolean => audits.some((one) => one.status === 'reported' || one.status === 'published' || one.status === 'closed');

/** 計画と実績: each item counts once. */
function sumsOf(items: readonly PlannedItem[], year: number): { label: string; value: number; late: boolean }[] {
  const begun = items.filter((one) => one.audits.length > 0);
  const late = items.filter((one) => isLate(one, year)).length;
  return [
    { label: '計画した項目', value: items.length, late: false }, { label: '始めた項目', value: begun.length, late: false }, { label: '報告まで済んだ項目', value: begun.filter(isDone).length, late: false },
    { label: 'まだ始めていない項目', value: items.length - begun.length, late: false }, ...(late === 0 ? [] : [{ label: 'うち年度を過ぎたもの', value: late, late: true }]),
  ];
}

/** One row for each item; for each audit where more than one carries it out. */
export function planRows(items: readonly PlannedItem[]): { columns: Column[]; rows: (string | number)[][] } {
  const columns = [['年度', 14], ['監査の種類', 24], ['テーマ', 48], ['対象', 40], ['予定の時期', 24], ['始めた監査', 48], ['段階', 12], ['監査の年度', 14], ['監査の期間', 34]] as const;
  return {
    columns: columns.map(([label, width]) => ({ label, width })),
    rows: items.flatMap((one) => {
      const planned = [formatFiscalYear(one.fiscalYear), one.kindLabel, one.theme, one.targets, one.period];
      if (one.audits.length === 0) return [[...planned, '', '', '', '']];
      return one.audits.map((audit) => [...planned, audit.theme, AUDIT_STATUSES[audit.status].label, formatFiscalYear(audit.fiscalYear), periodText(audit.beginsOn, audit.endsOn)]);
    }),
  };
}
