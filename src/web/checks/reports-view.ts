/** 点検結果報告書 as the page shows them: what can be asked for, and what was made. */
import { runLabel } from '../../checks/run-words.js';
import type { CheckRun } from '../../checks/check.entity.js';
import type { RuleSetListed } from '../../checks/rule-sets.service.js';
import type { DocumentState, StoredDocument } from '../../documents/document.entity.js';
import type { DepartmentInTree } from '../../identity/departments.service.js';
import type { Problem } from '../../kernel/errors.js';
import { XLSX } from '../../rendering/workbook.js';
import type { InformationSystem } from '../../systems/system.entity.js';
import { timeText } from '../assessments/assessment-view.js';
import { errorsByField } from '../form-errors.js';

const STATE_NAMES: Readonly<Record<DocumentState, string>> = { waiting: '順番を待っています', rendering: '作っています', stored: 'できました', failed: '作れませんでした' };
const FIELDS = ['scope', 'run', 'ruleSets', 'format'];

export interface ReportTyped {
  scope: string;
  run: string;
  ruleSets: readonly string[];
  format: string;
}

export interface ReportChoices {
  /** May ask for the whole organisation. */
  all: boolean;
  departments: readonly DepartmentInTree[];
  systems: readonly InformationSystem[];
  runs: readonly CheckRun[];
  ruleSets: readonly RuleSetListed[];
}

export function reportsView(documents: readonly StoredDocument[], choices: ReportChoices, typed: ReportTyped, problems: readonly Problem[]): object {
  const option = (value: string, label: string) => ({ value, label, chosen: typed.scope === value });
  return {
    ...reportList(documents), ...errorsByField(problems, FIELDS),
    all: choices.all ? option('all', '全体') : null,
    departments: choices.departments.map(({ department, path }) => option(`department:${department.id}`, path)),
    systems: [...choices.systems].sort((a, b) => a.name.localeCompare(b.name, 'ja')).map((one) => option(`system:${one.id}`, one.name)),
    runs: choices.runs.map((one) => ({ number: one.number, label: runLabel(one), chosen: typed.run === String(one.number) })),
    ruleSets: choices.ruleSets.map(({ definition }) => ({ code: definition.ruleSet, title: definition.title, chosen: typed.ruleSets.includes(definition.ruleSet) })),
    formats: [{ value: 'pdf', label: 'PDF（印刷して配る）' }, { value: 'xlsx', label: 'Excel（並べ替え・絞り込み）' }].map((one) => ({ ...one, chosen: typed.format === one.value })),
  };
}

export function reportList(documents: readonly StoredDocument[]): { documents: object[]; documentsBusy: boolean } {
  return {
    documents: documents.map((one) => ({
      id: one.id, title: one.title, format: one.mediaType === XLSX ? 'Excel' : 'PDF', ready: one.state === 'stored', failed: one.state === 'failed', stateName: STATE_NAMES[one.state], progress: one.progress,
      pages: one.pages === null ? '' : `${one.pages.toLocaleString('ja-JP')}ページ`, askedAt: timeText(one.askedAt), askedBy: one.askedByName, problems: one.problems.map(({ message }) => ({ message })),
    })),
    documentsBusy: documents.some((one) => one.state === 'waiting' || one.state === 'rendering'),
  };
}

/** A file name that every system takes. */
export const reportFileName = ({ title, mediaType }: Pick<StoredDocument, 'title' | 'mediaType'>): string => `${title.replace(/[\\/:*?"<>|\s]+/gu, '_')}.${mediaType === XLSX ? 'xlsx' : 'pdf'}`;
