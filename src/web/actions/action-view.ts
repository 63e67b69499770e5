/** One corrective action with the forms that a person may use: plain data. */
import { formatFiscalYear } from '../../engine/dates.js';
import type { ActionPage } from '../../findings/action-reading.service.js';
import type { AuditEvidenceListed } from '../../audits/audit-files.service.js';
import type { ActionEntry } from '../../findings/corrective-action.entity.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Problem } from '../../kernel/errors.js';
import { sizeText } from '../declarations/control-view.js';
import { dueChip, stateChip } from './board-view.js';

export type StepForm = 'report' | 'effect' | 'offer' | 'postpone' | 'transfer' | 'reopen' | 'evidence';

/** A form that came back: what was typed in it, and what is wrong. */
export interface Returned {
  form: StepForm;
  values: Record<string, string>;
  problems: readonly Problem[];
}

const FIELDS: Readonly<Record<StepForm, readonly string[]>> = {
  report: ['state', 'text'], effect: ['verdict', 'text'], offer: ['state', 'reason'], postpone: ['dueOn', 'reason'], transfer: ['departmentId', 'reason'], reopen: ['state', 'reason'], evidence: ['file', 'caption'],
};

const ENTRY_WORDS: Readonly<Record<ActionEntry['kind'], string>> = {
  planned: '計画', progress: '経過', asked: '照会', 'effect-checked': '効果の確認', reopened: '再び開いた', postponed: '延期', transferred: '移した', notified: '措置通知', offered: '点検からの申し出',
};

export const NOTICE_WORDS: Readonly<Record<string, { label: string; tone: string }>> = {
  draft: { label: '下書き', tone: '' }, notified: { label: '通知済み', tone: 'blue' }, received: { label: '受領済み', tone: 'green' }, published: { label: '公表済み', tone: 'green' },
};

interface Around {
  today: string;
  evidence: readonly AuditEvidenceListed[];
  departments: { id: string; label: string }[];
  readsAudits: boolean;
  /** How the check that offers the closing is called; '' without an offer. */
  offerText: string;
}

export function actionView(found: ActionPage, around: Around, returned: Returned | null): object {
  const { action, subject, states } = found;
  const settling = states.filter((one) => one.phase === 'settled');
  const forms = formsOf(found, returned, around);
  return {
    id: action.id, number: action.number, title: action.title, version: String(action.version), theme: found.theme, year: formatFiscalYear(found.year), auditHref: around.readsAudits ? `/audits/${action.auditId}` : '',
    state: { ...stateChip(found.state), definition: found.state.definition }, proposed: found.proposed?.label ?? '', effect: action.effect ?? '', due: dueChip(found.due, action.dueOn, around.today),
    dueOn: action.dueOn ?? '', firstDueOn: action.firstDueOn !== action.dueOn ? (action.firstDueOn ?? '') : '', settledOn: action.settledOn ?? '', department: found.department, former: found.former ?? '',
    planned: action.planned, subject: { kind: subject.kind === 'finding' ? '検出事項' : subject.recommendation ? '勧告' : '改善を求める事項（意見）', title: subject.title, text: subject.text },
    asked: found.asked === null ? '' : formatFiscalYear(found.asked), ...mayOf(found, around.offerText), forms,
    settling: settling.map(({ code, label }) => ({ code, label, chosen: code === (forms.offer.values.state || (found.proposed?.code ?? settling[0]?.code)) })),
    openStates: states.filter((one) => one.phase !== 'settled').map(({ code, label }) => ({ code, label, chosen: code === (forms.reopen.values.state || forms.offer.values.state) })),
    states: statesView(found, forms.report.values.state ?? ''),
    departments: around.departments.filter((one) => one.id !== action.departmentId).map((one) => ({ ...one, chosen: one.id === forms.transfer.values.departmentId })),
    entries: [...found.entries].reverse().map((one) => ({
      kind: ENTRY_WORDS[one.kind], on: one.madeOn, by: one.madeByName, text: one.text, moved: one.after !== null && one.before !== null ? `${one.before} → ${one.after}` : (one.after ?? ''),
      dueBefore: one.dueBefore ?? '', dueAfter: one.dueAfter ?? '', year: one.fiscalYear === null ? '' : formatFiscalYear(one.fiscalYear),
    })),
    evidence: around.evidence.map((one) => ({ id: one.id, name: one.fileName, caption: one.caption, size: sizeText(one.size), at: dayInJapan(new Date(one.addedAt)), by: one.addedBy })),
    notices: found.notices.map((one) => ({ href: `/notices/${one.id}`, on: one.notifiedOn ?? '', ...NOTICE_WORDS[one.status]! })),
    reminders: found.reminders.map((one) => ({ on: dayInJapan(one.sentAt), step: one.step === 'over' ? '期限を過ぎた' : 'まもなく期限', recipients: one.recipients })),
    problems: (returned?.problems ?? []).map((one) => ({ message: one.message, href: returned !== null && FIELDS[returned.form].includes(one.path) ? `#${returned.form}-${one.path}` : '#main' })),
  };
}

/** States for a report; the present one is among them and chosen, also when the office no longer uses it. */
function statesView({ action, state, states }: ActionPage, typed: string): object[] {
  const now = states.some((one) => one.code === action.proposed) ? action.proposed : action.state;
  const offered = states.some((one) => one.code === action.state) ? states : [state, ...states];
  return offered.map(({ code, label, phase, retired }) => ({ code, label: retired === true ? `${label}（いまは使わない状態のまま）` : phase === 'settled' ? `${label}（効果の確認を受ける）` : label, chosen: code === (typed || now) }));
}

/** What the person may do now, and what others will. */
function mayOf({ action, state, moves, proposed, own, ended }: ActionPage, offerText: string): object {
  const { offered } = action;
  const postpone = moves.has('postpone') && action.dueOn !== null;
  return {
    waitsForCheck: proposed !== null && !moves.has('check-effect'), offer: offered === null || offered.declined !== undefined ? null : { text: offerText, on: offered.madeOn, mayAnswer: moves.has('answer-offer'), reopens: state.phase === 'settled' },
    ended, transfers: ended && moves.has('transfer'),
    may: { plan: moves.has('plan'), report: moves.has('report'), own, effect: moves.has('check-effect'), postpone, transfer: moves.has('transfer'), reopen: moves.has('reopen') },
    others: moves.has('reopen') || moves.has('transfer') || postpone,
  };
}

/** Every form with its values and errors; only one that came back has any. */
function formsOf({ action }: ActionPage, returned: Returned | null, { today }: Around): Record<StepForm, { values: Record<string, string>; errors: Record<string, string>; open: boolean }> {
  const empty: Record<StepForm, Record<string, string>> = {
    report: { text: '', state: '' }, effect: { text: '', verdict: '' }, offer: { reason: '', state: '' }, postpone: { dueOn: '', reason: '' }, transfer: { departmentId: '', reason: '' }, reopen: { state: '', reason: '' }, evidence: { caption: '', file: '' },
  };
  empty.postpone.dueOn = action.dueOn !== null && action.dueOn > today ? action.dueOn : '';
  return Object.fromEntries((Object.keys(FIELDS) as StepForm[]).map((form) => {
    const back = returned?.form === form ? returned : null;
    const errors = Object.fromEntries(FIELDS[form].map((field) => [field, back?.problems.find((one) => one.path === field)?.message ?? '']));
    return [form, { values: { ...empty[form], ...back?.values }, errors, open: back !== null }];
  })) as ReturnType<typeof formsOf>;
}
