/** The list of audits, and what waits. Pure. */
import type { ListedAudit } from '../../audits/audit-register.service.js';
import type { PlannedItem } from '../../audits/plans.service.js';
import { fiscalYear, formatEra, formatFiscalYear } from '../../engine/dates.js';
import type { Column } from '../../rendering/workbook.js';
import { AUDIT_STATUSES } from '../../audits/audit.transitions.js';

export interface AuditsAround {
  audits: readonly ListedAudit[];
  years: readonly number[];
  /** '' for all. */
  chosen: string;
  waiting: readonly PlannedItem[];
  plans: number;
  /** ISO day. */
  today: string;
  mayWrite: boolean;
}

export function auditsView({ audits, years, chosen, waiting, plans, today, mayWrite }: AuditsAround): object {
  const year = fiscalYear(today);
  const groups = [
    { title: '今年度とこれからの監査', audits: audits.filter((one) => one.audit.fiscalYear >= year) },
    { title: 'これまでの監査', audits: audits.filter((one) => one.audit.fiscalYear < year) },
  ].filter((one) => one.audits.length > 0);
  return {
    mayWrite, chosen, plans, any: audits.length > 0, years: years.map((one) => ({ value: String(one), label: formatFiscalYear(one), chosen: String(one) === chosen })),
    waiting: waiting.map((one) => ({ href: mayWrite ? `/audits/new?item=${one.id}` : `/audits/plans/${one.planId}`, theme: one.theme, kind: one.kindLabel, year: formatFiscalYear(one.fiscalYear), period: one.period, late: one.fiscalYear < year })),
    groups: groups.map((group) => ({
      title: group.title,
      audits: group.audits.map(({ audit, counts }) => ({
        href: `/audits/${audit.id}`, theme: audit.theme, year: formatFiscalYear(audit.fiscalYear), kind: audit.kindLabel, status: AUDIT_STATUSES[audit.status], period: periodText(audit.beginsOn, audit.endsOn).replace('～', '～\n'),
        late: audit.endsOn !== null && audit.endsOn < today && (audit.status === 'planned' || audit.status === 'conducting'),
        responses: counts.responses === 0 ? '－' : `${counts.answered}／${counts.responses}`, findings: counts.findings, improvements: counts.improvements, actions: counts.actions === 0 ? '－' : `${counts.settled}／${counts.actions}`,
      })),
    })),
    workbook: `/audits/list.xlsx${chosen === '' ? '' : `?year=${chosen}`}`,
  };
}

/** 令和8年10月1日～令和9年3月31日; '' where nothing is decided. */
export function periodText(from: string | null, until: string | null): string {
  if (from === null && until === null) return '';
  if (from !== null && from === until) return formatEra(from);
  return `${from === null ? '' : formatEra(from)}～${until === null ? '' : formatEra(until)}`;
}

export function auditRows(audits: readonly ListedAudit[]): { columns: Column[]; rows: (string | number | null)[][] } {
  const columns = [['年度', 14], ['監査の種類', 24], ['テーマ', 56], ['段階', 12], ['期間', 34], ['基準日', 18], ['対象の部署', 12], ['着眼点', 10], ['調査票の回答', 14], ['提出済み', 12], ['記録', 10], ['検出事項', 12], ['改善を求める事項', 18], ['措置', 10], ['解決した措置', 14]] as const;
  return {
    columns: columns.map(([label, width]) => ({ label, width })),
    rows: audits.map(({ audit, counts }) => [
      formatFiscalYear(audit.fiscalYear), audit.kindLabel, audit.theme, AUDIT_STATUSES[audit.status].label, periodText(audit.beginsOn, audit.endsOn), audit.referenceOn === null ? '' : formatEra(audit.referenceOn), counts.departments, counts.viewpoints,
      counts.responses, counts.answered, counts.records, counts.findings, counts.improvements, counts.actions, counts.settled,
    ]),
  };
}
