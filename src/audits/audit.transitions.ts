import { allows, type Permission } from '../identity/permissions.js';
import type { Actor } from '../kernel/ctx.js';
import type { AuditStatus } from './audit.entity.js';

export const AUDIT_STATUSES: Readonly<Record<AuditStatus, { label: string; tone: string }>> = {
  planned: { label: '計画', tone: 'grey' },
  conducting: { label: '実施中', tone: 'blue' },
  deliberating: { label: '合議中', tone: 'amber' },
  reported: { label: '報告済み', tone: 'blue' },
  published: { label: '公表済み', tone: 'green' },
  closed: { label: '完了', tone: 'grey' },
};

export const AUDIT_ACTIONS = {
  begin: '監査を始める',
  replan: '計画に戻す',
  deliberate: '合議に付す',
  resume: '実施中に戻す',
  report: '報告する',
  retract: '合議に戻す',
  publish: '公表する',
  close: '完了にする',
  reopen: '完了を取り消す',
} as const;
export type AuditAction = keyof typeof AUDIT_ACTIONS;

export interface AuditTransition {
  from: AuditStatus;
  action: AuditAction;
  to: AuditStatus;
  permission: Permission;
  /** A comment says why. */
  comment: boolean;
  /** What the plan must hold before. */
  ready: boolean;
  /** Taken with the report, not by a button of the audit's own page. */
  withReport: boolean;
}

const step = (from: AuditStatus, action: AuditAction, to: AuditStatus, permission: Permission, needs: Partial<Pick<AuditTransition, 'comment' | 'ready' | 'withReport'>> = {}): AuditTransition =>
  ({ from, action, to, permission, comment: false, ready: false, withReport: false, ...needs });

/** The one table of the stages of an audit: it drives rights, buttons, checks and the diagram. */
export const AUDIT_TRANSITIONS: readonly AuditTransition[] = [
  step('planned', 'begin', 'conducting', 'audit.write', { ready: true }),
  step('conducting', 'deliberate', 'deliberating', 'audit.write', { ready: true }),
  step('conducting', 'replan', 'planned', 'audit.write', { comment: true }),
  step('deliberating', 'report', 'reported', 'audit.publish', { ready: true, withReport: true }),
  step('deliberating', 'resume', 'conducting', 'audit.write', { comment: true }),
  step('reported', 'publish', 'published', 'audit.publish', { withReport: true }),
  step('reported', 'retract', 'deliberating', 'audit.publish', { comment: true }),
  step('published', 'close', 'closed', 'audit.write'),
  step('closed', 'reopen', 'published', 'audit.write', { comment: true }),
];

/** The row of the table for a step, or null where there is none. */
export function auditTransition(status: AuditStatus, action: AuditAction): AuditTransition | null {
  return AUDIT_TRANSITIONS.find((one) => one.from === status && one.action === action) ?? null;
}

/** Steps that this person may take now on the page of the audit, in the order of the table. */
export function auditActionsFor(status: AuditStatus, actor: Pick<Actor, 'grants'>): AuditTransition[] {
  return AUDIT_TRANSITIONS.filter((one) => one.from === status && !one.withReport && allows(actor.grants, one.permission));
}

/** What the table needs to know of the plan. */
export interface PlanStanding {
  bases: readonly string[];
  members: readonly { disqualifiedReason: string | null }[];
}

export interface Unready { code: string; message: string; tab: 'edit' | 'people' }

/** What is missing before the audit may leave its plan; empty when nothing is. */
export function unreadyIn({ bases, members }: PlanStanding): Unready[] {
  const missing: Unready[] = [];
  if (bases.length === 0) missing.push({ code: 'bases-missing', message: '監査の根拠が決まっていません。概要の「計画を直す」で選んでください。', tab: 'edit' });
  if (members.length === 0) missing.push({ code: 'members-missing', message: '監査委員がいません。担当者の画面で加えてください。', tab: 'people' });
  else if (members.every((one) => one.disqualifiedReason !== null)) missing.push({ code: 'members-disqualified', message: '監査委員の全員が除斥されています。監査に当たれる監査委員を少なくとも1人加えてください（地方自治法第199条の2）。', tab: 'people' });
  return missing;
}
