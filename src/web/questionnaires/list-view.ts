import { formatEra } from '../../engine/dates.js';
import { QUESTIONNAIRE_STATUSES, type ListedQuestionnaire, type Questionnaires } from '../../audits/questionnaires.service.js';
import { RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import { workbook } from '../../rendering/workbook.js';
import type { ResponseStatus } from '../../audits/questionnaire.entity.js';
import { PER_WORDS } from './head.js';
import type { NewQuestionnaireInput } from './inputs.js';

const STATUSES = Object.keys(RESPONSE_STATUSES) as ResponseStatus[];

export function questionnaireRows(list: readonly ListedQuestionnaire[]): object[] {
  return list.map((one) => ({
    href: `/questionnaires/${one.id}`, title: one.title, audit: one.auditTheme ?? '自己点検票', status: QUESTIONNAIRE_STATUSES[one.status], per: PER_WORDS[one.per],
    due: one.dueOn ?? '', responses: one.responses.toLocaleString('ja-JP'), sent: one.status !== 'draft', overdue: one.overdue,
    handedIn: (one.byStatus.submitted + one.byStatus.fixed).toLocaleString('ja-JP'), fixed: one.byStatus.fixed.toLocaleString('ja-JP'),
  }));
}

export function questionnaireWorkbook(list: readonly ListedQuestionnaire[]): Promise<Buffer> {
  return workbook('調査票', [
    { label: '表題', width: 48 }, { label: '監査', width: 36 }, { label: '状態', width: 16 }, { label: '回答の単位', width: 26 }, { label: '回答の期限', width: 18 }, { label: '送り先', width: 8 },
    ...STATUSES.map((status) => ({ label: RESPONSE_STATUSES[status].label, width: 8 })), { label: '期限超過', width: 10 },
  ], list.map((one) => [one.title, one.auditTheme ?? '自己点検票', QUESTIONNAIRE_STATUSES[one.status].label, PER_WORDS[one.per], one.dueOn === null ? '' : formatEra(one.dueOn), one.responses, ...STATUSES.map((status) => one.byStatus[status]), one.overdue]));
}

type Beginnings = Awaited<ReturnType<Questionnaires['beginnings']>>;

export function newView(typed: NewQuestionnaireInput, { templates, earlier }: Beginnings, audits: readonly { id: string; theme: string }[]): object {
  return {
    typed: { ...typed },
    audits: audits.map(({ id, theme }) => ({ id, label: theme, chosen: id === typed.auditId })),
    templates: templates.map(({ code, title, purpose, per }) => ({ value: `template:${code}`, title, purpose, per: PER_WORDS[per], chosen: typed.beginning === `template:${code}` })),
    copies: earlier.map(({ id, title, auditTheme }) => ({ value: `copy:${id}`, label: `${title}（${auditTheme ?? '自己点検票'}）`, chosen: typed.beginning === `copy:${id}` })),
    blank: typed.beginning === 'blank', copying: typed.beginning.startsWith('copy:'),
    pers: Object.entries(PER_WORDS).map(([code, label]) => ({ code, label, chosen: code === typed.per })),
  };
}
