import { ACTIONS, STATUSES, type Status } from '../../assessments/assessment.transitions.js';
import type { Checked, Opened } from '../../assessments/assessment-reading.service.js';
import type { ComputeThreshold } from '../../engine/computed.js';
import type { Problem } from '../../kernel/errors.js';
import { computedText } from './item-field.js';
import { treeOf, type TreeEntry } from './section-page.js';

export const STATUS_TONES: Record<Status, string> = { draft: 'blue', submitted: 'amber', returned: 'red', approved: 'amber', confirmed: 'green' };

/** `11月21日 10:42`, in Japan. */
const shortTime = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', month: 'long', day: 'numeric', hour: '2-digit', minute: '2-digit' });
const clockTime = new Intl.DateTimeFormat('ja-JP', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' });
export const timeText = (at: Date | string): string => shortTime.format(new Date(at));
export const minuteText = (at: Date | string): string => clockTime.format(new Date(at));

/** Problems named in the panel at most; the list page shows all. */
const SHOWN = 40;

/** What the head of every page of an assessment shows; `place` names the page in its tab. */
export function headOf(opened: Opened, place = ''): object {
  const { assessment, form } = opened;
  const submitting = opened.actions.find((one) => one.action === 'submit' || one.action === 'approve' || one.action === 'confirm');
  return {
    pageTitle: place === '' ? assessment.title : `${place}　${assessment.title}`,
    readOnly: !opened.editable,
    submitting: submitting === undefined ? '' : ACTIONS[submitting.action],
    assessment: {
      id: assessment.id,
      number: assessment.number ?? '',
      title: assessment.title,
      tone: STATUS_TONES[assessment.status],
      statusName: STATUSES[assessment.status],
      statusComment: assessment.statusComment ?? '',
      formTitle: form.definition.shortTitle,
      formVersionText: form.definition.formTag?.replace(/[［］]/gu, '').trim() ?? form.definition.version,
      departmentName: opened.departmentName,
      changedAt: timeText(assessment.changedAt),
      changedByName: assessment.changedByName,
      version: assessment.version,
      seen: opened.seen,
    },
  };
}

export interface ProblemLists {
  total: number;
  contradictions: { message: string; href: string }[];
  missing: { message: string; href: string }[];
  missingCount: number;
  more: number;
}

export function problemsOf(checked: Checked, shown = SHOWN): ProblemLists {
  const plain = (one: Problem): { message: string; href: string } => ({ message: one.message, href: one.href ?? '#main' });
  return {
    total: checked.missing.length + checked.contradictions.length,
    contradictions: checked.contradictions.map(plain),
    missing: checked.missing.slice(0, shown).map(plain),
    missingCount: checked.missing.length,
    more: Math.max(0, checked.missing.length - shown),
  };
}

export function progressOf(checked: Checked): object {
  const { answered, asked } = checked.progress;
  return { answered, asked, most: Math.max(1, asked), percent: asked === 0 ? 0 : Math.floor((answered / asked) * 100) };
}

/** Tree, progress, what is left, and which items are hidden now: the live part of the editor. */
export function liveParts(opened: Opened, checked: Checked, current: { section: string; row: string | null } | null, computeThreshold?: ComputeThreshold): { tree: TreeEntry[]; progress: object; problems: ProblemLists; hiddenAddresses: string; computedTexts: string } {
  const hidden = opened.reading.instances.filter(({ item, row }) => opened.reading.visible(item, row) === 'no').map((one) => one.address);
  const computed = opened.reading.instances.filter(({ item }) => item.item.kind === 'computed').map((one) => ({ address: one.address, text: computedText(opened.reading, one, computeThreshold) }));
  return { tree: treeOf(opened.assessment.id, checked.progress, current), progress: progressOf(checked), problems: problemsOf(checked), hiddenAddresses: hidden.join(' '), computedTexts: JSON.stringify(computed) };
}

/** The way of a document, with where it stands. */
export function stagesOf(status: Status): { label: string; current: boolean; tone: string }[] {
  const way: { label: string; statuses: Status[] }[] = [
    { label: '作成', statuses: ['draft', 'returned'] },
    { label: '課長の確認', statuses: ['submitted'] },
    { label: '評価統括の確認', statuses: ['approved'] },
    { label: '確認済み', statuses: ['confirmed'] },
  ];
  const at = way.findIndex((one) => one.statuses.includes(status));
  return way.map((one, index) => ({ label: index === at && status === 'returned' ? `${one.label}（差戻し）` : one.label, current: index === at, tone: index < at ? 'done' : '' }));
}

/** Buttons of the steps that this person may take; what is not ready says so. */
export function stepsOf(opened: Opened, checked: Checked): object[] {
  return opened.actions.map((one) => ({
    code: one.action,
    label: ACTIONS[one.action],
    href: `/assessments/${opened.assessment.id}/actions/${one.action}`,
    comment: one.comment,
    primary: one.action === 'submit' || one.action === 'approve' || one.action === 'confirm',
    blocked: one.ready && checked.missing.length > 0 ? `記入・確認するところが${checked.missing.length}件残っているため、まだ「${ACTIONS[one.action]}」ことはできません。` : '',
  }));
}

/** Problems that stand at the field: what is wrong with it, not that it is still blank. */
export function faultsByAddress({ missing, contradictions }: Checked): Map<string, string[]> {
  const faults = new Map<string, string[]>();
  const add = (address: string, message: string): void => void faults.set(address, [...(faults.get(address) ?? []), message]);
  for (const one of missing) if (one.code !== 'missing') add(one.path, one.message);
  for (const one of contradictions) for (const place of one.places) add(place, one.message);
  return faults;
}
