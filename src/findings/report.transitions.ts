import { allows, type Permission } from '../identity/permissions.js';
import type { Actor } from '../kernel/ctx.js';
import type { AuditReport } from './audit-report.entity.js';

export const REPORT_STATUSES: Readonly<Record<AuditReport['status'], { label: string; tone: string }>> = {
  draft: { label: '作成中', tone: 'grey' },
  fixed: { label: '決定', tone: 'blue' },
  published: { label: '公表', tone: 'green' },
};

export const REPORT_ACTIONS = {
  fix: '決定する',
  reopen: '作成中に戻す',
  submit: '提出する',
  publish: '公表する',
} as const;
export type ReportAction = keyof typeof REPORT_ACTIONS;

export interface ReportTransition {
  kind: AuditReport['kind'];
  from: AuditReport['status'];
  action: ReportAction;
  to: AuditReport['status'];
  permission: Permission;
  /** Nothing may be missing, and what seems odd must have been seen. */
  ready: boolean;
  /** A comment says why. */
  comment: boolean;
  /** Whether it must have been submitted before; null: it does not matter. */
  submitted: boolean | null;
}

const step = (kind: AuditReport['kind'], from: AuditReport['status'], action: ReportAction, to: AuditReport['status'], needs: Partial<Pick<ReportTransition, 'ready' | 'comment' | 'submitted'>> = {}): ReportTransition =>
  ({ kind, from, action, to, permission: 'audit.publish', ready: false, comment: false, submitted: null, ...needs });

/**
 * The one table of a report’s way: it drives rights, buttons and checks. A report is decided in 合議, submitted to 議会・長・関係委員会
 * and published (地方自治法199条9項・12項); measures are published without being submitted (14項・15項). What is published never changes.
 */
export const REPORT_TRANSITIONS: readonly ReportTransition[] = [
  step('report', 'draft', 'fix', 'fixed', { ready: true }),
  step('report', 'fixed', 'submit', 'fixed', { submitted: false }),
  step('report', 'fixed', 'publish', 'published', { submitted: true }),
  step('report', 'fixed', 'reopen', 'draft', { comment: true }),
  step('measures', 'draft', 'fix', 'fixed', { ready: true }),
  step('measures', 'fixed', 'publish', 'published'),
  step('measures', 'fixed', 'reopen', 'draft', { comment: true }),
];

export type ReportPlace = Pick<AuditReport, 'kind' | 'status' | 'submittedOn'>;

const fits = (one: ReportTransition, { kind, status, submittedOn }: ReportPlace): boolean =>
  one.kind === kind && one.from === status && (one.submitted === null || one.submitted === (submittedOn !== null));

/** The row of the table for a step from here, or null where there is none. */
export function reportTransition(place: ReportPlace, action: ReportAction): ReportTransition | null {
  return REPORT_TRANSITIONS.find((one) => one.action === action && fits(one, place)) ?? null;
}

/** Steps that this person may take now, in the order of the table. */
export function reportActionsFor(place: ReportPlace, actor: Pick<Actor, 'grants'>): ReportTransition[] {
  return REPORT_TRANSITIONS.filter((one) => fits(one, place) && allows(actor.grants, one.permission));
}

/** Chapters and head may be changed. */
export const isEditable = ({ status }: Pick<AuditReport, 'status'>): boolean => status === 'draft';
