import { allows, type Permission } from '../identity/permissions.js';
import type { Actor } from '../kernel/ctx.js';
import { dayInJapan } from '../kernel/clock.js';
import type { Questionnaire, QuestionnaireResponse, ResponseStatus } from './questionnaire.entity.js';

export const RESPONSE_STATUSES: Readonly<Record<ResponseStatus, { label: string; tone: string }>> = {
  'not-started': { label: '未着手', tone: 'grey' },
  answering: { label: '回答中', tone: 'blue' },
  submitted: { label: '提出', tone: 'amber' },
  returned: { label: '差戻し', tone: 'red' },
  fixed: { label: '確定', tone: 'green' },
};

export const RESPONSE_ACTIONS = {
  save: '回答を保存する',
  submit: '提出する',
  withdraw: '提出を取り下げる',
  return: '差し戻す',
  fix: '確定する',
  correct: '訂正する',
  reopen: '確定を取り消す',
} as const;
export type ResponseAction = keyof typeof RESPONSE_ACTIONS;

export interface ResponseTransition {
  from: ResponseStatus;
  action: ResponseAction;
  to: ResponseStatus;
  /** `questionnaire.answer`: held for the department that is asked, or for the one that answers in its place. */
  permission: Extract<Permission, 'questionnaire.answer' | 'questionnaire.manage'>;
  /** Nothing required may be missing. */
  ready: boolean;
  /** A reason goes with it. */
  comment: boolean;
  /** Also after the questionnaire was closed. */
  whenClosed: boolean;
}

const step = (from: ResponseStatus, action: ResponseAction, to: ResponseStatus, permission: ResponseTransition['permission'], needs: Partial<Pick<ResponseTransition, 'ready' | 'comment' | 'whenClosed'>> = {}): ResponseTransition =>
  ({ from, action, to, permission, ready: false, comment: false, whenClosed: false, ...needs });

/** The one table of responses: it drives rights, buttons and checks of both sides. */
export const RESPONSE_TRANSITIONS: readonly ResponseTransition[] = [
  step('not-started', 'save', 'answering', 'questionnaire.answer'),
  step('answering', 'save', 'answering', 'questionnaire.answer'),
  step('returned', 'save', 'returned', 'questionnaire.answer'),
  step('not-started', 'submit', 'submitted', 'questionnaire.answer', { ready: true }),
  step('answering', 'submit', 'submitted', 'questionnaire.answer', { ready: true }),
  step('returned', 'submit', 'submitted', 'questionnaire.answer', { ready: true }),
  step('submitted', 'withdraw', 'answering', 'questionnaire.answer'),
  step('submitted', 'return', 'returned', 'questionnaire.manage', { comment: true }),
  step('submitted', 'fix', 'fixed', 'questionnaire.manage', { whenClosed: true }),
  step('fixed', 'correct', 'fixed', 'questionnaire.manage', { comment: true, whenClosed: true }),
  step('fixed', 'reopen', 'submitted', 'questionnaire.manage', { comment: true, whenClosed: true }),
];

/** What the table needs to know of a response. */
export type ResponseStanding = Pick<QuestionnaireResponse, 'status' | 'departmentId' | 'delegatedToId'> & { questionnaireStatus: Questionnaire['status'] };

/** Does the person answer for the department that is asked, or for the one that answers in its place? */
export function answersFor({ departmentId, delegatedToId }: Pick<QuestionnaireResponse, 'departmentId' | 'delegatedToId'>, actor: Pick<Actor, 'grants'>): boolean {
  return allows(actor.grants, 'questionnaire.answer', departmentId) || (delegatedToId !== null && allows(actor.grants, 'questionnaire.answer', delegatedToId));
}

/** Steps that this person may take now, in the order of the table; readiness and the reason are asked when the step is taken. */
export function responseActionsFor(response: ResponseStanding, actor: Pick<Actor, 'grants'>): ResponseTransition[] {
  return RESPONSE_TRANSITIONS.filter((one) => one.from === response.status && (response.questionnaireStatus === 'open' || one.whenClosed)
    && (one.permission === 'questionnaire.answer' ? answersFor(response, actor) : allows(actor.grants, one.permission)));
}

/** The row of the table for a step, or null where there is none. */
export function responseTransitionOf(status: ResponseStatus, action: ResponseAction): ResponseTransition | null {
  return RESPONSE_TRANSITIONS.find((one) => one.from === status && one.action === action) ?? null;
}

/** Statuses in which the department still has to hand in. */
export const AWAITED: ReadonlySet<ResponseStatus> = new Set<ResponseStatus>(['not-started', 'answering', 'returned']);

/** `overdue`: not handed in though the due date has passed; `late`: handed in after it; null: in time. @param today ISO day in Japan */
export function latenessOf(response: Pick<QuestionnaireResponse, 'status' | 'dueOn' | 'submittedAt'>, today: string): 'overdue' | 'late' | null {
  if (AWAITED.has(response.status)) return today > response.dueOn ? 'overdue' : null;
  return response.submittedAt !== null && dayInJapan(response.submittedAt) > response.dueOn ? 'late' : null;
}
