/** The questionnaires of a person's departments as lists. Pure. */
import type { ListedResponse } from '../../audits/response-list.js';
import { RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import { dayInJapan } from '../../kernel/clock.js';

export function listView(all: readonly ListedResponse[]): object {
  const rows = all.map((one) => ({
    href: `/responses/${one.id}`, title: one.title, department: one.department, system: one.system ?? '', delegate: one.delegate ?? '', inItsPlace: one.inItsPlace, status: RESPONSE_STATUSES[one.status], dueOn: one.dueOn,
    late: one.late, handedInLate: one.handedInLate, closed: one.closed, returnedReason: one.returnedReason ?? '', submittedOn: one.submittedAt === null ? '' : dayInJapan(new Date(one.submittedAt)), submittedBy: one.submittedBy ?? '', waiting: one.waiting,
  }));
  return { waiting: rows.filter((one) => one.waiting), done: rows.filter((one) => !one.waiting) };
}

export const RESPONSE_COLUMNS = [
  { label: '調査票', width: 44 }, { label: '部署', width: 22 }, { label: 'システム', width: 28 }, { label: '回答を任せた部署', width: 22 }, { label: '状態', width: 12 }, { label: '期限', width: 14 }, { label: '遅れ', width: 14 }, { label: '提出した日', width: 14 }, { label: '提出した人', width: 22 },
];

export function responseRows(all: readonly ListedResponse[]): string[][] {
  return all.map((one) => [
    one.title, one.department, one.system ?? '', one.delegate ?? '', RESPONSE_STATUSES[one.status].label, one.dueOn, one.late ? '期限を過ぎています' : one.handedInLate ? '期限後の提出' : '', one.submittedAt === null ? '' : dayInJapan(new Date(one.submittedAt)), one.submittedBy ?? '',
  ]);
}
