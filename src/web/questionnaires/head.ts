import { QUESTIONNAIRE_STATUSES, type OpenedQuestionnaire } from '../../audits/questionnaires.service.js';
import { questionsOf } from '../../audits/questionnaire-content.js';
import type { Actor } from '../../kernel/ctx.js';
import { auditHead } from '../audits/head.js';

export const PER_WORDS = { department: '部署ごとに1つ', 'department-system': '部署が使うシステムごとに1つ' } as const;

const TABS = [
  { code: 'tracking', label: '概要と回答状況', path: '', manage: false },
  { code: 'edit', label: '問い', path: '/edit', manage: true },
  { code: 'preview', label: '見え方', path: '/preview', manage: false },
  { code: 'send', label: '送り先', path: '/send', manage: true },
] as const;
export type QuestionnaireTab = (typeof TABS)[number]['code'] | 'response';

/** Head of every page of one questionnaire; `partials/questionnaires/head` draws it below that of its audit. */
export function questionnaireHead({ questionnaire, audit, mayManage }: OpenedQuestionnaire, tab: QuestionnaireTab, actor: Pick<Actor, 'grants'>): object {
  const { id, title, status, per, version } = questionnaire;
  return {
    head: audit === null ? null : auditHead(audit, 'questionnaires', actor),
    sheet: {
      id, href: `/questionnaires/${id}`, title, version: String(version), status: QUESTIONNAIRE_STATUSES[status], per: PER_WORDS[per], questions: questionsOf(questionnaire.definition).length,
      list: audit === null ? '/questionnaires' : `/audits/${audit.id}/questionnaires`,
      tabs: TABS.filter((one) => mayManage || !one.manage).map((one) => ({ label: one.label, href: `/questionnaires/${id}${one.path}`, current: one.code === tab })),
    },
  };
}
