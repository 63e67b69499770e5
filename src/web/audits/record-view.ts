/** 現地調査などの記録: the list, one record, its form. Pure. */
import { isPicture, type AuditEvidenceListed } from '../../audits/audit-files.service.js';
import { OUTCOMES, RECORD_KINDS, type ListedRecord } from '../../audits/field-records.service.js';
import type { FieldRecord } from '../../audits/field-record.entity.js';
import type { ListedViewpoint } from '../../audits/viewpoints.service.js';
import { momentOf } from '../../checks/run-words.js';
import { formatEra } from '../../engine/dates.js';
import type { Problem } from '../../kernel/errors.js';
import type { Column } from '../../rendering/workbook.js';
import { EVIDENCE_ALLOWED } from '../../systems/evidence-files.js';
import { dayText, fieldsView, problemsView, type FieldSpec, type Option, type Typed } from './form-fields.js';

export interface RecordChoices {
  departments: readonly Option[];
  systems: readonly Option[];
  viewpoints: readonly Option[];
}

const options = (words: Readonly<Record<string, string>>): Option[] => Object.entries(words).map(([value, label]) => ({ value, label }));

export const viewpointOptions = (viewpoints: readonly ListedViewpoint[]): Option[] => viewpoints.map((one) => ({ value: one.id, label: `${'　'.repeat(one.depth)}${one.number} ${one.text.slice(0, 60)}` }));

/** What was held, where, with whom, about what. */
function occasionFields({ departments, systems, viewpoints }: RecordChoices): FieldSpec[] {
  return [
    { name: 'kind', label: '種類', kind: 'select', need: true, options: options(RECORD_KINDS), support: 'システムの現地調査は、台帳に○と年度で出ます。' },
    { name: 'title', label: '題名', kind: 'line', need: true, support: '例：介護保険システムのサーバ室の現地調査' },
    { name: 'heldOn', label: '行った日', kind: 'day', need: true },
    { name: 'departmentId', label: '部署', kind: 'select', need: true, blank: '選んでください', options: departments },
    { name: 'systemId', label: 'システム', kind: 'select', blank: '1つのシステムに限らない', options: systems },
    { name: 'viewpointId', label: '着眼点', kind: 'select', blank: '1つの着眼点に限らない', options: viewpoints },
    { name: 'place', label: '場所', kind: 'line' },
    { name: 'attendees', label: '出席者', kind: 'text', rows: 2, support: '例：受検機関 課長補佐、担当主査／事務局 2人' },
  ];
}

/** What was announced and what was seen stand side by side. */
const COMPARED_FIELDS: readonly FieldSpec[] = [
  { name: 'announced', label: '申告されていたこと', kind: 'text', rows: 9, support: '調査票の回答や統制の申告に書かれていたことです。' },
  { name: 'seen', label: '確かめたこと', kind: 'text', rows: 9, support: '見たこと、聞いたこと、書類にあったことです。' },
];
const OUTCOME_FIELD: FieldSpec = { name: 'outcome', label: '照合の結果', kind: 'select', need: true, options: options(OUTCOMES) };

export const storedRecord = (one: ListedRecord): Typed => ({
  kind: one.kind, title: one.title, heldOn: dayText(one.heldOn), departmentId: one.departmentId, systemId: one.systemId ?? '', viewpointId: one.viewpointId ?? '', place: one.place, attendees: one.attendees,
  announced: one.announced, seen: one.seen, outcome: one.outcome,
});

export const recordFields = (choices: RecordChoices): FieldSpec[] => [...occasionFields(choices), ...COMPARED_FIELDS, OUTCOME_FIELD];

export function blankRecord({ department, system, viewpoint, announced }: { department: string; system: string; viewpoint: string; announced: string }): Typed {
  return { kind: 'survey', title: '', heldOn: '', departmentId: department, systemId: system, viewpointId: viewpoint, place: '', attendees: '', announced, seen: '', outcome: 'open' };
}

export function recordFormView(choices: RecordChoices, typed: Typed, problems: readonly Problem[]): object {
  const chosen = (given: readonly Option[], name: string): object[] => given.map((one) => ({ ...one, chosen: typed[name] === one.value }));
  return {
    occasion: fieldsView(occasionFields(choices), typed, problems), compared: fieldsView(COMPARED_FIELDS, typed, problems), outcome: fieldsView([OUTCOME_FIELD], typed, problems), problems: problemsView(recordFields(choices), problems),
    offers: { department: typed.departmentId ?? '', systems: chosen(choices.systems, 'systemId'), viewpoints: chosen(choices.viewpoints, 'viewpointId') },
  };
}

const OUTCOME_TONES: Readonly<Record<FieldRecord['outcome'], { sign: string; tone: string }>> = { open: { sign: '', tone: '' }, 'as-announced': { sign: '✓ ', tone: 'green' }, different: { sign: '！ ', tone: 'red' } };
const outcomeView = (outcome: FieldRecord['outcome']): object => ({ label: `${OUTCOME_TONES[outcome].sign}${OUTCOMES[outcome]}`, tone: OUTCOME_TONES[outcome].tone });

export function recordListView(auditId: string, records: readonly ListedRecord[]): object {
  return {
    counts: Object.entries(OUTCOMES).map(([code, label]) => ({ label, count: records.filter((one) => one.outcome === code).length })),
    records: records.map((one) => ({
      href: `/audits/${auditId}/records/${one.id}`, title: one.title, kind: RECORD_KINDS[one.kind], heldOn: one.heldOn, department: one.departmentPath, system: one.systemName, viewpoint: one.viewpointText, outcome: outcomeView(one.outcome), unanswered: one.outcome === 'different' && one.findings === 0, files: one.files,
    })),
  };
}

/** What was typed about a file; `file` is '' for a new one. */
export interface TypedFile { file: string; caption: string; alt: string; version: string; problems: readonly Problem[] }
export const NO_FILE: TypedFile = { file: '', caption: '', alt: '', version: '', problems: [] };

export interface AroundRecord {
  typed: TypedFile;
  /** Those that rest on the record. */
  findings: readonly { id: string; title: string }[];
  mayBegin: boolean;
}

export function recordView(one: ListedRecord, files: readonly AuditEvidenceListed[], { typed, findings, mayBegin }: AroundRecord): object {
  const fieldOf = (path: string): string => (typed.file === '' ? path : `${path}-${typed.file}`);
  const fresh = typed.file === '' ? typed : NO_FILE;
  return {
    problems: typed.problems.map(({ path, message }) => ({ message, href: `#${fieldOf(path)}` })), caption: fresh.caption, alt: fresh.alt, errors: errorsAt(fresh),
    findings: findings.map(({ id, title }) => ({ href: `/findings/${id}`, title })), begin: mayBegin && one.outcome === 'different' ? { again: findings.length > 0 } : null,
    record: one.id, title: one.title, kind: RECORD_KINDS[one.kind], heldOn: one.heldOn, version: String(one.version), announced: one.announced, seen: one.seen, outcome: outcomeView(one.outcome),
    facts: [
      { label: '部署', text: one.departmentPath }, { label: 'システム', text: one.systemName }, { label: '着眼点', text: one.viewpointText }, { label: '場所', text: one.place }, { label: '出席者', text: one.attendees },
    ].filter((fact) => fact.text !== ''),
    systemHref: one.systemId === null ? '' : `/systems/${one.systemId}`, changed: { at: momentOf(one.changedAt), by: one.changedByName }, allowed: EVIDENCE_ALLOWED,
    files: files.map((file, n) => fileView(file, typed.file === file.id ? typed : null, { first: n === 0, last: n === files.length - 1 })),
  };
}

function fileView(file: AuditEvidenceListed, typed: TypedFile | null, { first, last }: { first: boolean; last: boolean }): object {
  const href = `/audits/files/${file.id}`;
  const picture = isPicture(file);
  return {
    id: file.id, href, name: file.fileName, caption: file.caption, picture, shown: picture ? `${href}/picture` : '', alt: [file.alt, file.caption, file.fileName].find((one) => one !== '')!, located: file.located, size: sizeText(file.size), by: file.addedBy,
    at: momentOf(new Date(file.addedAt)), version: typed?.version ?? String(file.version), typed: { open: typed !== null, caption: typed?.caption ?? file.caption, alt: typed?.alt ?? file.alt }, errors: errorsAt(typed ?? NO_FILE),
    moves: [...(first ? [] : [{ direction: 'up', sign: '↑', label: `${file.fileName}を前へ` }]), ...(last ? [] : [{ direction: 'down', sign: '↓', label: `${file.fileName}を後ろへ` }])],
  };
}

const errorsAt = ({ problems }: TypedFile): { file: string; caption: string; alt: string } => {
  const at = (path: string): string => problems.find((one) => one.path === path)?.message ?? '';
  return { file: at('file'), caption: at('caption'), alt: at('alt') };
};

const sizeText = (bytes: number): string => (bytes < 1024 * 1024 ? `${Math.max(1, Math.round(bytes / 1024)).toLocaleString('ja-JP')}KB` : `${(bytes / 1024 / 1024).toFixed(1)}MB`);

export function recordRows(records: readonly ListedRecord[]): { columns: Column[]; rows: (string | number)[][] } {
  const columns = [['行った日', 18], ['種類', 12], ['題名', 40], ['部署', 32], ['システム', 28], ['着眼点', 40], ['場所', 24], ['出席者', 32], ['申告されていたこと', 48], ['確かめたこと', 48], ['照合の結果', 18], ['写真・ファイル', 14], ['検出事項', 12]] as const;
  return {
    columns: columns.map(([label, width]) => ({ label, width })),
    rows: records.map((one) => [formatEra(one.heldOn), RECORD_KINDS[one.kind], one.title, one.departmentPath, one.systemName, one.viewpointText, one.place, one.attendees, one.announced, one.seen, OUTCOMES[one.outcome], one.files, one.findings]),
  };
}
