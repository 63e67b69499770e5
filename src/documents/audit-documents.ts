/** The documents of an audit: one table of their kinds, and the pure function that makes any of them from an exchange file. */
import type { AuditFile, ReportInFile } from '../findings/audit-file.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { XLSX } from '../rendering/workbook.js';
import { caseSheetsModel, measuresTaken } from './audit-case-sheets.js';
import { reportModel } from './audit-chapters.js';
import type { TabulationModel } from './audit-document.model.js';
import { letterChoices, letterModel } from './audit-letters.js';
import { questionnaireModel, respondent } from './audit-questionnaires.js';
import { actionList, findingList } from './audit-registers.js';
import { tableModel } from './audit-tables.js';
import { modelHash } from './stored-documents.js';
import { AuditTexts, datasetsOf } from './audit-texts.js';

export type AuditDocumentCode = 'audit-report' | 'case-sheets' | 'measures' | 'tabulation' | 'finding-register' | 'action-register' | 'letter' | 'questionnaire';
export type AuditDocumentFormat = 'pdf' | 'xlsx';

export interface AuditDocumentChoice {
  key: string;
  label: string;
}

export interface AuditDocumentKind {
  kind: AuditDocumentCode;
  label: string;
  /** For whom it is, in a line. */
  about: string;
  formats: readonly AuditDocumentFormat[];
  /** What must be there before it can be made. */
  needs: string;
  /** One for each document that the file gives. */
  choices(file: AuditFile): AuditDocumentChoice[];
  /** Says of what is decided that it is the same still: such a document is made once and kept. Null: a draft, or a list as of today. */
  fixed(file: AuditFile, choice: string): string | null;
  /** What is published (of questionnaires: what was sent) may be read by the departments. */
  published(file: AuditFile, choice: string): boolean;
  /** Template of the PDF. */
  template: string;
  make(texts: AuditTexts, choice: string, format: AuditDocumentFormat): { title: string; content: object };
}

/** What is stored of a document, and what it is printed from. */
export interface AuditDocumentModel {
  code: AuditDocumentCode;
  choice: string;
  label: string;
  fixed: string | null;
  published: boolean;
  /** Department and system whose answers stand in it; null without. */
  respondent: { department: string; system: string | null } | null;
  template: string;
  content: object;
}

export interface AuditDocumentMade {
  title: string;
  mediaType: string;
  model: AuditDocumentModel;
  /** What must be mended before it is printed. */
  problems: Problem[];
}

const never = (): boolean => false;
const today = (): null => null;
const reportOf = (file: AuditFile, key: string): ReportInFile | undefined => file.reports.find((one) => one.key === key);
/** Of a report that is decided: a hash of all that its authors wrote, its state and its number. Null: it may still change. */
function sealOf(report: ReportInFile | undefined): string | null {
  if (report === undefined || report.status === 'draft') return null;
  const { key: _, ...written } = report;
  return modelHash(written);
}
const reportsOf = (kind: ReportInFile['kind']) => ({
  choices: (file: AuditFile): AuditDocumentChoice[] => file.reports.filter((one) => one.kind === kind && one.sections.length > 0).map((one) => ({ key: one.key, label: `${one.publicationNumber === null ? '' : `監査公表第${one.publicationNumber}号　`}${one.title}` })),
  fixed: (file: AuditFile, key: string): string | null => sealOf(reportOf(file, key)),
  published: (file: AuditFile, key: string): boolean => reportOf(file, key)?.status === 'published',
  template: 'reports/audit/report',
  make: (texts: AuditTexts, key: string) => { const content = reportModel(texts, reportOf(texts.file, key)!); return { title: content.title, content }; },
});
const listed = (make: typeof findingList) => (texts: AuditTexts) => { const content = make(texts); return { title: `${content.title}　${texts.file.audit.theme}`, content }; };

export const AUDIT_DOCUMENTS: readonly AuditDocumentKind[] = [
  { kind: 'audit-report', label: '監査結果報告書', about: '公表文、章、集計の表と図、別表のある報告書。公表するものもこれです。', formats: ['pdf'], needs: '「報告と公表」の画面で、報告の章を書いてください。', ...reportsOf('report') },
  {
    kind: 'case-sheets', label: '事案の様式', about: '事務事業の概要、検出事項、改善を求める事項（意見）を3列に並べたもの。2段目には措置の内容が付きます。', formats: ['pdf'], needs: '監査の概要の画面で、事案を加えてください。',
    choices: (file) => (file.cases.length === 0 ? [] : [{ key: 'stage-1', label: '監査の結果' }, ...(measuresTaken(file) ? [{ key: 'stage-2', label: '監査の結果と措置の内容' }] : [])]),
    fixed: today, published: never, template: 'reports/audit/case-sheets',
    make: (texts, choice) => { const content = caseSheetsModel(texts, choice === 'stage-2' ? 2 : 1); return { title: `事案の様式　${content.title}`, content }; },
  },
  { kind: 'measures', label: '措置状況の公表', about: '通知のあった措置を、もとの検出事項と改善を求める事項に添えて公表するもの。', formats: ['pdf'], needs: '措置の通知を受けてから、「報告と公表」の画面で措置状況の公表を作ってください。', ...reportsOf('measures') },
  {
    kind: 'letter', label: '送付の文書', about: '報告を議会、長などに出すときの1枚の文書。', formats: ['pdf'], needs: '「報告と公表」の画面で、報告の宛先と送付の文を書いてください。',
    choices: (file) => letterChoices(file).map((one) => ({ key: `${one.report}#${one.section}#${one.addressee}`, label: `${one.addressee}　${reportOf(file, one.report)!.sections.find(({ id }) => id === one.section)!.heading}` })),
    fixed: (file, key) => sealOf(reportOf(file, split(key)[0])), published: never, template: 'reports/audit/letter',
    make: (texts, key) => {
      const choice = letterChoices(texts.file).find((one) => `${one.report}#${one.section}#${one.addressee}` === key)!;
      const content = letterModel(texts, reportOf(texts.file, choice.report)!, choice);
      return { title: content.title, content };
    },
  },
  {
    kind: 'tabulation', label: '集計', about: '表と図のすべて。Excelは、数式が同じ数を出します。', formats: ['pdf', 'xlsx'], needs: '「集計」の画面で、集計を加えてください。',
    choices: (file) => file.tabulations.map(({ definition }) => ({ key: definition.code, label: definition.title })), fixed: today, published: never, template: 'reports/audit/tabulation',
    make: (texts, code, format) => {
      const at = texts.file.tabulations.findIndex(({ definition }) => definition.code === code);
      const { definition } = texts.file.tabulations[at]!;
      if (format === 'xlsx') return { title: definition.title, content: { definition, datasets: datasetsOf(texts.file.tabulations[at]!) } };
      return { title: definition.title, content: tabulationModel(texts, at) };
    },
  },
  { kind: 'finding-register', label: '検出事項一覧', about: 'すべての検出事項を1行ずつ。', formats: ['xlsx'], needs: '「検出事項」の画面で、検出事項を書いてください。', choices: (file) => (file.findings.length === 0 ? [] : [{ key: 'all', label: '全件' }]), fixed: today, published: never, template: '', make: listed(findingList) },
  { kind: 'action-register', label: '措置一覧', about: 'すべての措置を、経過と通知とともに1行ずつ。', formats: ['xlsx'], needs: '措置がまだありません。検出事項の措置を始めてください。', choices: (file) => (file.actions.length === 0 ? [] : [{ key: 'all', label: '全件' }]), fixed: today, published: never, template: '', make: listed(actionList) },
  {
    kind: 'questionnaire', label: '調査票', about: '白紙の調査票と、回答を記入した調査票。', formats: ['pdf'], needs: '「調査票」の画面で、調査票を作ってください。',
    choices: (file) => file.questionnaires.flatMap(({ key, title, responses }) => [{ key, label: `${title}（白紙）` }, ...responses.map((one) => ({ key: `${key}#${respondent(one)}`, label: `${title}　${respondent(one)}` }))]),
    fixed: today, template: 'reports/assessment/report',
    published: (file, key) => file.questionnaires.some((one) => one.key === key && one.status !== 'draft'),
    make: (texts, key) => {
      const { file } = texts;
      const [sheet, who] = split(key);
      const questionnaire = file.questionnaires.find((one) => one.key === sheet)!;
      const response = who === null ? null : questionnaire.responses.find((one) => respondent(one) === who)!;
      const content = questionnaireModel(texts, { organisation: file.organisation.name, theme: file.audit.theme, questionnaire, response });
      return { title: content.title, content };
    },
  },
];

export const auditDocumentKind = (code: string): AuditDocumentKind | undefined => AUDIT_DOCUMENTS.find((one) => one.kind === code);

/** `sheet`, or `sheet#respondent`. */
function split(key: string): [string, string | null] {
  const at = key.indexOf('#');
  return at < 0 ? [key, null] : [key.slice(0, at), key.slice(at + 1)];
}

/**
 * The document of a kind. Without a choice the only one, or the first. Throws `Invalid` when there is nothing to make it from; what
 * is wrong in its texts comes as `problems`.
 */
export function auditDocument(code: AuditDocumentCode, file: AuditFile, { choice, format, texts = new AuditTexts(file) }: { choice?: string; format?: AuditDocumentFormat; texts?: AuditTexts } = {}): AuditDocumentMade {
  const kind = auditDocumentKind(code)!;
  const chosen = choice === undefined ? kind.choices(file)[0] : kind.choices(file).find((one) => one.key === choice);
  if (chosen === undefined) {
    const message = choice === undefined || kind.choices(file).length === 0 ? `「${kind.label}」はまだ作れません。${kind.needs}` : `「${kind.label}」に、選ばれたものがありません。画面を読み込み直してください。`;
    throw new Invalid('document-nothing', message, [{ code: 'document-nothing', path: 'choice', message }]);
  }
  const made = format === undefined ? kind.formats[0]! : format;
  if (!kind.formats.includes(made)) throw new Invalid('document-format', `「${kind.label}」は、この形式では作れません。`, [{ code: 'document-format', path: 'format', message: `「${kind.label}」は、この形式では作れません。` }]);
  const before = texts.problems.length;
  const { title, content } = kind.make(texts, chosen.key, made);
  return {
    title, mediaType: made === 'pdf' ? 'application/pdf' : XLSX, problems: texts.problems.slice(before),
    model: { code, choice: chosen.key, label: chosen.label, fixed: sealed(kind, file, chosen.key, content), published: kind.published(file, chosen.key), respondent: respondentOf(file, code, chosen.key), template: made === 'pdf' ? kind.template : '', content },
  };
}

/**
 * What a document that is made once is known by. A published one never changes, whatever becomes of the audit; a decided one may be
 * taken back and decided anew with other figures, which is another document.
 */
function sealed(kind: AuditDocumentKind, file: AuditFile, choice: string, content: object): string | null {
  const seal = kind.fixed(file, choice);
  if (seal === null || kind.published(file, choice)) return seal;
  return modelHash({ seal, content });
}

function respondentOf(file: AuditFile, code: AuditDocumentCode, choice: string): AuditDocumentModel['respondent'] {
  if (code !== 'questionnaire') return null;
  const [sheet, who] = split(choice);
  const response = file.questionnaires.find((one) => one.key === sheet)?.responses.find((one) => respondent(one) === who);
  return response === undefined ? null : { department: response.department, system: response.system };
}

function tabulationModel(texts: AuditTexts, at: number): TabulationModel {
  const { file } = texts;
  const result = texts.results[at]!;
  const { definition } = file.tabulations[at]!;
  const tables = result.tables.map((one, n) => tableModel({ result: one, shareLabel: definition.tables[n]?.shares?.label ?? '' }, `t-${n + 1}`));
  const organisation = texts.plain(file.organisation.name, { name: '団体の名称', path: 'organisation' });
  for (const table of tables) texts.plain(JSON.stringify(table), { name: `表「${table.title}」`, path: `tabulations/${result.code}` });
  return {
    lang: 'ja', title: result.title, footer: `${organisation}　${file.audit.theme}`, subtitle: file.audit.theme,
    parts: [{
      title: result.title, tables,
      contradictions: result.contradictions.map(({ name, places }) => `${name}：${places.map((one) => `「${one.table}」の${one.row}は${one.text}`).join('、')}。同じはずの数が違います。`),
    }],
  };
}
