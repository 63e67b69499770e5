import { formatEra } from '../../engine/dates.js';
import type { OpenedQuestionnaire } from '../../audits/questionnaires.service.js';
import type { TrackedResponse, Tracking, TrackingState } from '../../audits/response-tracking.js';
import { AWAITED, RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import { dayInJapan } from '../../kernel/clock.js';
import { workbook } from '../../rendering/workbook.js';
import type { TrackingQuery } from './inputs.js';

/** Respondents on a page of the list. */
export const PAGE = 500;

const FIGURES: { state: TrackingState | ''; label: string; tone: string }[] = [
  { state: '', label: '送り先', tone: '' }, { state: 'not-started', label: '未着手', tone: '' }, { state: 'answering', label: '回答中', tone: '' }, { state: 'returned', label: '差戻し', tone: 'amber' },
  { state: 'submitted', label: '提出（確定待ち）', tone: '' }, { state: 'fixed', label: '確定', tone: 'green' }, { state: 'overdue', label: '期限超過', tone: 'red' },
];
const MORE: { state: TrackingState; label: string }[] = [{ state: 'awaited', label: '提出を待っているもの' }, { state: 'late', label: '期限後に提出' }, { state: 'corrected', label: '確定後に訂正' }];
const DONE: Record<string, (numbers: number[]) => string> = {
  sent: ([n]) => `${n}件の送り先に送りました。`, added: ([n]) => `送り先を${n}件加えました。`,
  reminded: ([n, skipped = 0, letters = 0]) => `${n}件に督促しました（メール${letters}通）。${skipped > 0 ? `${skipped}件は、きょう督促済みのため送っていません。` : ''}`,
  due: ([n]) => `期限を変えました。${n}件の回答の期限も変わりました。`, closed: () => '締め切りました。', reopened: () => '受付を再開しました。', saved: () => '保存しました。', fixed: () => '回答を確定しました。', returned: () => '回答を差し戻しました。',
};

const number = (value: number): string => value.toLocaleString('ja-JP');

function doneWords(done: string | undefined): string {
  const [what = '', ...numbers] = (done ?? '').split('-');
  return Object.hasOwn(DONE, what) ? DONE[what]!(numbers.map(Number)) : '';
}

function trackingAddress(id: string, query: TrackingQuery, changes: Partial<TrackingQuery> = {}): string {
  const given = Object.entries({ state: query.state, words: query.words, ...changes }).filter((one): one is [string, string] => one[1] !== undefined && one[1] !== '');
  return `/questionnaires/${id}${given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`}`;
}

export function trackingView({ questionnaire, copiedFrom, mayManage }: OpenedQuestionnaire, tracking: Tracking, query: TrackingQuery, today: string): object {
  const { id, status, definition } = questionnaire;
  const [pages, at] = [Math.max(1, Math.ceil(tracking.responses.length / PAGE)), Math.max(1, Number(query.page ?? '1') || 1)];
  const shown = tracking.responses.slice((Math.min(at, pages) - 1) * PAGE, Math.min(at, pages) * PAGE);
  const asked = definition.sections.reduce((sum, section) => sum + section.blocks.reduce((inner, block) => inner + (block.items ?? []).filter((item) => item.kind !== 'fixed').length, 0), 0);
  const open = status === 'open';
  return {
    id, done: doneWords(query.done), draft: status === 'draft', open, closed: status === 'closed', mayManage, isSystem: questionnaire.per === 'department-system',
    purpose: questionnaire.purpose, referenceOn: questionnaire.referenceOn ?? '', dueOn: questionnaire.dueOn ?? '', overdueWhole: open && questionnaire.dueOn !== null && today > questionnaire.dueOn,
    sentOn: questionnaire.sentAt === null ? '' : dayInJapan(questionnaire.sentAt), sentBy: questionnaire.sentByName ?? '', copiedFrom: copiedFrom === null ? null : { href: `/questionnaires/${copiedFrom.id}`, title: copiedFrom.title },
    copyHref: `/questionnaires/new?copy=${id}${questionnaire.auditId === null ? '' : `&audit=${questionnaire.auditId}`}`,
    figures: FIGURES.map(({ state, label, tone }) => {
      const count = state === '' ? tracking.total : tracking.counts[state];
      return { label, count: number(count), tone: count === 0 ? '' : tone, href: trackingAddress(id, query, { state, words: '' }), current: (query.state ?? '') === state };
    }),
    states: [{ code: '', label: 'すべて', chosen: (query.state ?? '') === '' }, ...[...FIGURES.slice(1), ...MORE].map(({ state, label }) => ({ code: state, label: `${label}（${number(tracking.counts[state as TrackingState])}）`, chosen: query.state === state }))],
    words: query.words ?? '', filtered: (query.state ?? '') !== '' || (query.words ?? '') !== '', plain: `/questionnaires/${id}`,
    workbook: trackingAddress(id, query).replace(`/questionnaires/${id}`, `/questionnaires/${id}/responses.xlsx`),
    rows: shown.map((one) => row(id, one, asked)), count: number(tracking.responses.length), awaited: tracking.counts.awaited, overdue: tracking.counts.overdue, remindable: mayManage && open && tracking.counts.awaited > 0,
    pager: pages === 1 ? [] : Array.from({ length: pages }, (_one, n) => ({ number: n + 1, href: trackingAddress(id, query, { page: String(n + 1) }), current: n + 1 === Math.min(at, pages) })),
  };
}

function row(id: string, one: TrackedResponse, asked: number): object {
  const awaited = AWAITED.has(one.status);
  return {
    id: one.id, href: `/questionnaires/${id}/responses/${one.id}`, department: one.department, former: one.former ?? '', system: one.system ?? '', delegate: one.delegate ?? '',
    status: RESPONSE_STATUSES[one.status], due: shortDay(one.dueOn), lateness: one.lateness === 'overdue' ? '期限超過' : one.lateness === 'late' ? '期限後に提出' : '',
    awaited, answered: awaited ? `${one.answered}／${asked}` : '', handedIn: one.submittedAt === null || awaited ? '' : shortDay(dayInJapan(one.submittedAt)), by: awaited ? '' : (one.submittedByName ?? ''),
    reminders: one.reminders === 0 ? '' : `${one.reminders}回（${shortDay(dayInJapan(one.lastReminderAt!))}）`, corrections: one.corrections,
  };
}

/** R8.11.21: dates of a dense table. */
const shortDay = (iso: string): string => formatEra(iso).replace('令和', 'R').replace('平成', 'H').replace('元年', '1年').replace(/[年月]/gu, '.').replace('日', '');

export function trackingWorkbook(tracking: Tracking): Promise<Buffer> {
  return workbook('回答状況', [
    { label: '部署', width: 40 }, { label: '再編前の部署', width: 30 }, { label: 'システム', width: 30 }, { label: '回答を任せた先', width: 30 }, { label: '状態', width: 10 }, { label: '期限', width: 18 }, { label: '遅れ', width: 14 },
    { label: '提出した日時', width: 18 }, { label: '提出した人', width: 22 }, { label: '確定した日時', width: 18 }, { label: '確定した人', width: 22 }, { label: '督促', width: 8 }, { label: '訂正', width: 8 },
  ], tracking.responses.map((one) => [one.department, one.former ?? '', one.system ?? '', one.delegate ?? '', RESPONSE_STATUSES[one.status].label, formatEra(one.dueOn), one.lateness === 'overdue' ? '期限超過' : one.lateness === 'late' ? '期限後に提出' : '',
    one.submittedAt, one.submittedByName ?? '', one.fixedAt, one.fixedByName ?? '', one.reminders, one.corrections]));
}
