import type { OpenedQuestionnaire } from '../../audits/questionnaires.service.js';
import type { KeptResponse } from '../../audits/response-keeping.service.js';
import { answerWords, saidWords } from '../../audits/answer-words.js';
import type { ResponseAnswer } from '../../audits/questionnaire.entity.js';
import { addressLabel, questionNumbers } from '../../audits/response-form.js';
import { AWAITED, RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import type { CompiledItem } from '../../engine/form-index.js';
import { splitAddress, type Address, type AnswerValue } from '../../engine/form.js';
import { dayInJapan } from '../../kernel/clock.js';
import { ACTION_WORDS } from '../administration/journal-words.js';

const japanTime = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
const moment = (at: Date | null): { on: string; time: string } | null => (at === null ? null : { on: dayInJapan(at), time: japanTime.format(at) });

export interface TypedSteps { returning?: { reason: string; items: ReadonlySet<string> }; reopening?: string; due?: string }

/** What the secretariat sees of one response. */
export function responseView(kept: KeptResponse, { mayManage }: Pick<OpenedQuestionnaire, 'mayManage'>, typed: TypedSteps): object {
  const { response, questionnaire, form } = kept;
  const here = `/questionnaires/${questionnaire.id}/responses/${response.id}`;
  const awaited = AWAITED.has(response.status);
  const numbers = questionNumbers(form);
  const label = (address: string): string => addressLabel(kept.reading, address);
  return {
    here, version: String(response.version), ...standingView(kept),
    returned: response.status === 'returned' ? { reason: response.returnedReason ?? '', items: response.returnedItems.map(label) } : null,
    may: stepsView(kept, mayManage), closedHint: mayManage && response.status === 'submitted' && questionnaire.status === 'closed', awaited, typedDue: typed.due ?? response.dueOn,
    remindText: `調査票「${questionnaire.title}」の回答がまだ提出されていません。お早めに提出してください。`, remindAction: `/questionnaires/${questionnaire.id}/reminders`, responseId: response.id,
    returning: { reason: typed.returning?.reason ?? '', open: typed.returning !== undefined }, reopening: { reason: typed.reopening ?? '', open: typed.reopening !== undefined },
    lacks: awaited ? [] : kept.problems.map((one) => one.message),
    sections: form.sections.map(({ section, items }) => ({ number: section.number, title: section.title, items: items.filter((one) => one.item.kind !== 'fixed').map((one) => answerView(kept, one, { here, number: numbers.get(one.code) ?? '' }, typed)) })),
    corrections: kept.corrections.map((one) => {
      const item = form.byCode.get(splitAddress(one.item).item);
      const said = (value: AnswerValue | null): string => (item === undefined ? '' : answerWords(item, value)) || '（なし）';
      return { label: label(one.item), before: said(one.before), after: said(one.after), reason: one.reason, by: one.madeByName, ...moment(one.madeAt)! };
    }),
    reminders: kept.reminders.map((one) => ({ text: one.text, by: one.sentByName, recipients: one.recipients, ...moment(one.sentAt)! })),
    entries: kept.entries.filter((one) => one.path === undefined || one.path === null || one.action === 'answer-corrected').slice(0, 50).map((one) => ({ what: ACTION_WORDS[one.action] ?? one.action, by: one.actor.name, comment: one.comment ?? '', item: one.path === undefined || one.path === null ? '' : label(one.path), ...moment(new Date(one.at))! })),
  };
}

/** Where it stands, and who did what when. */
function standingView({ response, tracked }: KeptResponse): object {
  return {
    department: tracked.department, system: tracked.system ?? '', former: tracked.former ?? '', delegate: tracked.delegate ?? '', status: RESPONSE_STATUSES[response.status], dueOn: response.dueOn,
    lateness: tracked.lateness === 'overdue' ? '期限超過' : tracked.lateness === 'late' ? '期限後に提出' : '',
    submitted: response.submittedAt === null ? null : { ...moment(response.submittedAt)!, by: response.submittedByName ?? '' }, fixed: response.fixedAt === null ? null : { ...moment(response.fixedAt)!, by: response.fixedByName ?? '' },
  };
}

function stepsView({ actions, response, questionnaire }: KeptResponse, mayManage: boolean): object {
  const waiting = mayManage && AWAITED.has(response.status) && questionnaire.status === 'open';
  return { fix: actions.includes('fix'), return: actions.includes('return'), reopen: actions.includes('reopen'), due: waiting, remind: waiting };
}

/** One question with its answer (rows one a line, pictures as such), and what can be done about it. */
function answerView({ response, reading, stored, form, actions, corrections }: KeptResponse, one: CompiledItem, { here, number }: { here: string; number: string }, typed: TypedSteps): object {
  const answer = stored.get(one.code);
  const asked = reading.visible(one, null) !== 'no';
  const answered = asked && one.item.kind !== 'computed';
  const inside = (address: Address): boolean => { const { item } = splitAddress(address); return item === one.code || form.byCode.get(item)?.groups[0] === one.code; };
  return {
    code: one.code, number, label: one.item.label, text: saidWords(reading, one, null), hidden: !asked, required: one.item.need === 'required', prefilled: answer?.prefilledFrom ?? '',
    returned: response.status === 'returned' && response.returnedItems.includes(one.code), corrected: corrections.some(({ item }) => inside(item)), pictures: asked ? picturesIn([...stored.values()].filter(({ item }) => inside(item)), here) : [],
    returnable: answered && actions.includes('return'), chosen: typed.returning?.items.has(one.code) ?? false, correctHref: answered && actions.includes('correct') ? `${here}/correct/${one.code}` : '',
  };
}

function picturesIn(stored: readonly Pick<ResponseAnswer, 'value'>[], here: string): { source: string; caption: string }[] {
  return stored.flatMap(({ value }) => (value !== null && typeof value === 'object' && 'figures' in value ? value.figures.map(({ image, caption }) => ({ source: `${here}/images/${image}`, caption })) : []));
}
