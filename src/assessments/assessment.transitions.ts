import { allows, type Permission } from '../identity/permissions.js';
import type { Actor } from '../kernel/ctx.js';

/** Where a document stands. A later issue adds what comes after `confirmed`: a version freezes its answers. */
export const STATUSES = {
  draft: '作成中',
  submitted: '課長の確認待ち',
  returned: '差戻し',
  approved: '評価統括の確認待ち',
  confirmed: '確認済み',
} as const;
export type Status = keyof typeof STATUSES;

export const ACTIONS = {
  submit: '課長へ回す',
  approve: '承認する',
  confirm: '確認する',
  return: '差し戻す',
  withdraw: '取り下げる',
  reopen: '作成中に戻す',
} as const;
export type Action = keyof typeof ACTIONS;

export interface Transition {
  from: Status;
  action: Action;
  to: Status;
  /** Held for the department in charge. */
  permission: Permission;
  /** No problem of readiness may be open. */
  ready: boolean;
  /** A comment says why. */
  comment: boolean;
  /** Four eyes: whoever submitted it may not do this. */
  notBySubmitter: boolean;
}

const step = (from: Status, action: Action, to: Status, permission: Permission, needs: Partial<Pick<Transition, 'ready' | 'comment' | 'notBySubmitter'>> = {}): Transition =>
  ({ from, action, to, permission, ready: false, comment: false, notBySubmitter: false, ...needs });

/** The one table of the workflow: it drives rights, buttons, checks and the diagram. */
export const TRANSITIONS: readonly Transition[] = [
  step('draft', 'submit', 'submitted', 'assessment.submit', { ready: true }),
  step('returned', 'submit', 'submitted', 'assessment.submit', { ready: true }),
  step('submitted', 'approve', 'approved', 'assessment.approve', { ready: true, notBySubmitter: true }),
  step('submitted', 'return', 'returned', 'assessment.approve', { comment: true }),
  step('submitted', 'withdraw', 'draft', 'assessment.submit'),
  step('approved', 'confirm', 'confirmed', 'assessment.confirm', { ready: true, notBySubmitter: true }),
  step('approved', 'return', 'returned', 'assessment.confirm', { comment: true }),
  step('approved', 'withdraw', 'draft', 'assessment.submit'),
  step('confirmed', 'reopen', 'draft', 'assessment.confirm', { comment: true }),
];

/** Answers and rows may be changed in these. */
export const EDITABLE: ReadonlySet<Status> = new Set<Status>(['draft', 'returned']);

/** What the table needs to know of a document. */
export interface Standing {
  status: Status;
  departmentId: string;
  submittedBy: string | null;
}

/** Steps that this person may take now, in the order of the table; readiness is asked when the step is taken. */
export function actionsFor(assessment: Standing, actor: Pick<Actor, 'id' | 'grants'>): Transition[] {
  return TRANSITIONS.filter((one) => one.from === assessment.status
    && allows(actor.grants, one.permission, assessment.departmentId)
    && !(one.notBySubmitter && assessment.submittedBy !== null && assessment.submittedBy === actor.id));
}

export function mayEdit(assessment: Standing, actor: Pick<Actor, 'grants'>): boolean {
  return EDITABLE.has(assessment.status) && allows(actor.grants, 'assessment.write', assessment.departmentId);
}

/** The row of the table for a step, or null where there is none. */
export function transitionOf(status: Status, action: Action): Transition | null {
  return TRANSITIONS.find((one) => one.from === status && one.action === action) ?? null;
}
