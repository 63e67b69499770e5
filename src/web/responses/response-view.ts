/** The page of one response: sections with their progress, the questions of one section, what comes next. Pure. */
import type { OpenedResponse } from '../../audits/answering.service.js';
import { addressLabel, questionHref, questionNumbers } from '../../audits/response-form.js';
import { RESPONSE_STATUSES } from '../../audits/response.transitions.js';
import type { CompiledSection } from '../../engine/form-index.js';
import type { Code } from '../../engine/form.js';
import { NotFound, type Problem } from '../../kernel/errors.js';
import { momentOf } from '../../checks/run-words.js';
import { questionView, type QuestionView, type UnsavedOf } from './question-view.js';

/** What happened, told above the questions. */
const NOTICES: Readonly<Record<string, string>> = {
  saved: '回答を保存しました。', unchanged: '変わったところはありませんでした。', submitted: '提出しました。監査事務局が確かめて確定します。', withdrawn: '提出を取り下げました。直してから、もう一度提出してください。',
  delegated: '回答を任せました。任せた部署の人にも、この調査票が見えるようになりました。', 'taken-back': '回答を任せるのをやめました。', taken: '回答票を取り込みました。', 'row-added': '行を加えました。書いたところは保存してあります。', 'row-removed': '行を外しました。', 'picture-added': '写真・図を加えました。',
};
/** Problems named beside the questions at most. */
const SHOWN = 20;

export const sectionHref = (id: string, section: Code, more = ''): string => `/responses/${id}?section=${encodeURIComponent(section)}${more}`;

export type ResponseTab = 'answers' | 'sheet' | 'files' | 'delegate' | 'history';

/** Above every page of a response. */
export function responseHead(opened: OpenedResponse, tab: ResponseTab): object {
  const { response, questionnaire, lateness, standing, mayDelegate, editable } = opened;
  const tabs: [ResponseTab, string, string, boolean][] = [
    ['answers', '回答', `/responses/${response.id}`, true], ['sheet', '回答票（Excel）', `/responses/${response.id}/sheet`, true], ['files', '添付資料', `/responses/${response.id}/files`, true], ['delegate', '回答を任せる', `/responses/${response.id}/delegate`, mayDelegate], ['history', '履歴', `/responses/${response.id}/history`, true],
  ];
  return {
    id: response.id, title: questionnaire.title, purpose: questionnaire.purpose, department: opened.department, former: opened.former ?? '', system: opened.system ?? '', delegate: opened.delegate ?? '', inPlace: standing === 'delegate', editable,
    version: response.version, status: RESPONSE_STATUSES[response.status], dueOn: response.dueOn, referenceOn: questionnaire.referenceOn ?? '', overdue: lateness === 'overdue', late: lateness === 'late', closed: questionnaire.status === 'closed',
    tabs: tabs.filter((one) => one[3]).map(([code, label, href]) => ({ label, href, current: code === tab })),
  };
}

/** The section of this code; without one the first that has a returned question, else the first. Throws `NotFound`. */
export function sectionOf({ form, response }: OpenedResponse, code: string): CompiledSection {
  const back = response.status === 'returned' ? response.returnedItems : [];
  const chosen = code === '' ? (form.sections.find(({ items }) => items.some((item) => back.includes(item.code))) ?? form.sections[0]) : form.sections.find((one) => one.code === code);
  if (chosen === undefined) throw new NotFound('section-not-found', 'この章は調査票にありません。');
  return chosen;
}

export interface Unsaved {
  unsavedOf: UnsavedOf;
  problems: readonly Problem[];
}

export function responseView(opened: OpenedResponse, { section, notice = '' }: { section: string; notice?: string }, unsaved?: Unsaved): object {
  const chosen = sectionOf(opened, section);
  const numbers = questionNumbers(opened.form);
  const at = opened.form.sections.indexOf(chosen);
  const beside = (one: CompiledSection | undefined): object | null => (one === undefined ? null : { label: one.name, href: sectionHref(opened.response.id, one.code) });
  return {
    tab: opened.questionnaire.title, head: responseHead(opened, 'answers'), ...treeView(opened, chosen.code), side: sideView(opened), returned: returnedView(opened, numbers),
    problems: (unsaved?.problems ?? []).map(({ message, href }) => ({ message, href: href ?? '' })), notice: NOTICES[notice] ?? '',
    section: {
      code: chosen.code, name: chosen.name, note: chosen.section.note ?? '', previous: beside(opened.form.sections[at - 1]), next: beside(opened.form.sections[at + 1]), ...uploadsOf(blocksOf(opened, chosen, numbers, unsaved?.unsavedOf)),
    },
  };
}

/** Pictures go by forms of their own, which stand behind that of the section. */
function uploadsOf(blocks: { heading: string; questions: QuestionView[] }[]): object {
  const all = blocks.flatMap(({ questions }) => questions).flatMap((one) => [one, ...(one.group?.rows.flatMap((row) => row.questions) ?? [])]);
  return { blocks, uploads: all.filter((one) => one.partial === 'fields/figures').map(({ code, key }) => ({ code, key })) };
}

function blocksOf(opened: OpenedResponse, chosen: CompiledSection, numbers: ReadonlyMap<Code, string>, unsavedOf?: UnsavedOf): { heading: string; questions: QuestionView[] }[] {
  const blocks: { heading: string; questions: QuestionView[] }[] = [];
  let place: unknown = null;
  for (const item of chosen.items) {
    if (place !== (item.part ?? item.block)) blocks.push({ heading: item.part?.heading ?? item.block.heading ?? '', questions: [] });
    place = item.part ?? item.block;
    blocks.at(-1)!.questions.push(questionView(opened, item, { row: null, number: numbers.get(item.code) ?? '' }, unsavedOf));
  }
  return blocks;
}

/** Sections with their progress; what a save of one question changes too. */
export function treeView({ progress, response, form }: OpenedResponse, current: Code): object {
  const back = new Set(response.status === 'returned' ? response.returnedItems : []);
  return {
    total: { answered: progress.answered, asked: progress.asked, most: Math.max(1, progress.asked), percent: progress.asked === 0 ? 100 : Math.round((progress.answered / progress.asked) * 100) },
    tree: progress.sections.map(({ section, answered, asked, problems }) => ({
      label: section.name, href: sectionHref(response.id, section.code), current: section.code === current, count: `${answered}/${asked}`, done: problems === 0 && answered === asked,
      warning: form.items.some((item) => item.section.code === section.code && back.has(item.code)) ? '差戻し' : '',
    })),
  };
}

/** What comes next: what is missing, handing in, taking back. */
export function sideView({ response, actions, problems, unconfirmed, form, reading, standing, delegate }: OpenedResponse): object {
  return {
    maySubmit: actions.includes('submit'), mayWithdraw: actions.includes('withdraw'), ready: problems.length === 0, missing: problems.slice(0, SHOWN).map(({ message, href = '' }) => ({ message, href })), more: Math.max(0, problems.length - SHOWN),
    count: problems.length, inPlace: standing === 'delegate', delegate: delegate ?? '',
    unconfirmed: unconfirmed.map((address) => ({ label: addressLabel(reading, address), href: questionHref(response.id, form, address) ?? '' })),
    submitted: response.submittedAt === null ? '' : `${momentOf(response.submittedAt)}　${response.submittedByName ?? ''}`, fixed: response.fixedAt === null ? '' : `${momentOf(response.fixedAt)}　${response.fixedByName ?? ''}`,
  };
}

function returnedView({ response, form }: OpenedResponse, numbers: ReadonlyMap<Code, string>): object | null {
  if (response.status !== 'returned') return null;
  return {
    reason: response.returnedReason ?? '',
    items: response.returnedItems.flatMap((code) => {
      const item = form.byCode.get(code);
      return item === undefined ? [] : [{ label: `${numbers.get(code) ?? ''} ${item.item.label}`.trim(), href: `${sectionHref(response.id, item.section.code)}#q-${code}` }];
    }),
  };
}

