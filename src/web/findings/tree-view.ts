/** The findings and improvement opinions of an audit as trees: plain data. */
import type { AuditCase, AuditStatus } from '../../audits/audit.entity.js';
import { formatEra } from '../../engine/dates.js';
import { groupedBy } from '../../engine/grouping.js';
import { fullNumber } from '../../engine/references.js';
import type { FindingTree } from '../../findings/finding-register.service.js';
import { FINDING_STAGES, IMPROVEMENT_STAGES } from '../../findings/finding.transitions.js';
import type { ImprovementEntry, ImprovementTree } from '../../findings/improvements.service.js';
import { namedEntry, type NumberedEntry } from '../../findings/numbered.js';
import type { Term } from '../../findings/scheme.js';
import { targetOf, type Placed } from '../../findings/tree-places.js';
import { workbook } from '../../rendering/workbook.js';

/** The report of the audit is out: nothing is added to it any more. */
const DECIDED: ReadonlySet<AuditStatus> = new Set(['reported', 'published', 'closed']);

export const IMPROVEMENT_KINDS = { heading: '見出し', opinion: '意見', recommendation: '勧告' } as const;

export const labelOf = (terms: readonly Term[], code: string | null): string => (code === null ? '' : (terms.find((one) => one.code === code)?.label ?? code));

export const shortened = (text: string, most = 80): string => (text.length > most ? `${text.slice(0, most)}…` : text);

interface Placeable { id: string; label: string; title: string; depth: number; row: { caseId: string | null; kind: string } }

/** Where something new can stand, or something there can be moved to: cases, and everything it can stand below. */
export function placesView(entries: readonly Placeable[], cases: readonly AuditCase[], chosen: string, without: ReadonlySet<string> = new Set()): { value: string; label: string; chosen: boolean }[] {
  return [
    { value: '', label: cases.length === 0 ? 'いちばん外側の最後' : '事案に分けない' }, ...cases.map((one) => ({ value: `case:${one.id}`, label: `事案「${shortened(one.title, 40)}」` })),
    ...entries.filter((one) => !without.has(one.id)).map((one) => ({ value: `below:${one.id}`, label: `${'　'.repeat(one.depth)}${shortened(namedEntry(one), 50)} の下` })),
  ].map((one) => ({ ...one, chosen: one.value === chosen }));
}

/** Groups of entries: those of no case first, then case by case; a case without any is there too. */
function grouped<E extends NumberedEntry<{ caseId: string | null }>>(entries: readonly E[], cases: readonly AuditCase[], rowOf: (one: E) => object): object[] {
  const none = entries.filter((one) => one.row.caseId === null);
  return [
    ...(none.length === 0 ? [] : [{ title: cases.length === 0 ? '' : '事案に分けないもの', href: '', rows: none.map(rowOf) }]),
    ...cases.map((one) => ({ title: one.title, href: `/audits/${one.auditId}/cases/${one.id}`, rows: entries.filter(({ row }) => row.caseId === one.id).map(rowOf) })),
  ];
}

/** Ways of the order buttons that lead nowhere from where this one stands. */
function endsOf(rows: readonly Placed[], id: string): { up: boolean; down: boolean; in: boolean; out: boolean } {
  const end = (way: 'up' | 'down' | 'in' | 'out'): boolean => targetOf(rows, id, way) === null;
  return { up: end('up'), down: end('down'), in: end('in'), out: end('out') };
}

export function treeView({ audit, cases, entries, withdrawn, settings: { scheme }, may }: FindingTree): object {
  const findings = entries.filter((one) => one.row.kind === 'finding');
  const rows = entries.map((one) => one.row);
  return {
    auditId: audit.id, mayWrite: may.write && !DECIDED.has(audit.status), decided: DECIDED.has(audit.status), count: findings.length, empty: entries.length === 0,
    stages: Object.entries(FINDING_STAGES).map(([code, { label, tone }]) => ({ label, tone, count: findings.filter((one) => one.row.stage === code).length })).filter((one) => one.count > 0),
    groups: grouped(entries, cases, (one) => ({
      id: one.id, number: one.own, title: one.title, heading: one.row.kind === 'heading', depth: Math.min(one.depth, 4), href: `/findings/${one.id}`, version: String(one.row.version), ends: endsOf(rows, one.id), stage: FINDING_STAGES[one.row.stage],
      classification: labelOf(scheme.classifications, one.row.classification), severity: labelOf(scheme.severities, one.row.severity), department: one.departmentName, system: one.systemName,
      lacks: one.lacks.map((lack) => lack.word).join('、'), statements: statementWords(one.statements),
    })),
    places: placesView(entries, cases, ''), withdrawn: withdrawn.map((one) => ({ href: `/findings/${one.id}`, title: one.title })),
  };
}

function statementWords({ asked, answered, late, disagreed }: FindingTree['entries'][number]['statements']): string {
  if (asked === 0) return '';
  return `回答 ${answered}／${asked}課${late > 0 ? `、期限を過ぎた ${late}課` : ''}${disagreed > 0 ? `、相違あり ${disagreed}課` : ''}`;
}

export function findingsWorkbook({ entries, cases, settings: { scheme } }: FindingTree, textOf: (text: string) => string): Promise<Buffer> {
  const titles = new Map(cases.map((one) => [one.id, one.title]));
  const columns = [['符号', 8], ['番号', 10], ['事案', 24], ['表題', 40], ['区分', 12], ['重要度', 12], ['所管課', 20], ['システム', 24], ['段階', 12], ['事実', 60], ['判断の基準', 40], ['基準の出典', 30], ['原因', 30], ['影響', 30], ['不足', 40]] as const;
  return workbook('検出事項', columns.map(([label, width]) => ({ label, width })), entries.map(({ row, path, title, departmentName, systemName, lacks }) => [
    row.number, fullNumber({ path }), row.caseId === null ? '' : (titles.get(row.caseId) ?? ''), title, labelOf(scheme.classifications, row.classification), labelOf(scheme.severities, row.severity), departmentName, systemName,
    row.kind === 'heading' ? '見出し' : FINDING_STAGES[row.stage].label, textOf(row.facts), textOf(row.criteria), textOf(row.criteriaSource), textOf(row.cause), textOf(row.effect), lacks.map((one) => one.message).join('\n'),
  ]));
}

export function improvementsView({ audit, cases, entries, withdrawn, unanswered, may }: ImprovementTree, textOf: (text: string) => string): object {
  const improvements = entries.filter((one) => one.row.kind !== 'heading');
  const rows = entries.map((one) => one.row);
  return {
    auditId: audit.id, mayWrite: may.write && !DECIDED.has(audit.status), decided: DECIDED.has(audit.status), count: improvements.length, empty: entries.length === 0, recommendations: improvements.filter((one) => one.row.kind === 'recommendation').length,
    groups: grouped(entries, cases, (one: ImprovementEntry) => ({
      id: one.id, number: one.own, text: one.row.kind === 'heading' ? one.row.text : shortened(textOf(one.row.text), 160), heading: one.row.kind === 'heading', kind: IMPROVEMENT_KINDS[one.row.kind], recommendation: one.row.kind === 'recommendation',
      depth: Math.min(one.depth, 4), href: `/improvements/${one.id}`, version: String(one.row.version), ends: endsOf(rows, one.id), stage: IMPROVEMENT_STAGES[one.row.stage], department: one.departmentName,
      findings: one.findings.map((finding) => ({ href: `/findings/${finding.id}`, label: finding.label, title: finding.title })),
    })),
    withdrawn: withdrawn.map((one) => ({ href: `/improvements/${one.id}`, text: shortened(textOf(one.text)) })),
    unanswered: unanswered.map((one) => ({ href: `/findings/${one.id}`, name: namedEntry(one), add: `/audits/${audit.id}/improvements/new?finding=${one.id}` })),
  };
}

export function improvementsWorkbook({ entries, cases }: ImprovementTree, textOf: (text: string) => string): Promise<Buffer> {
  const titles = new Map(cases.map((one) => [one.id, one.title]));
  const columns = [['符号', 8], ['番号', 10], ['事案', 24], ['種類', 10], ['改善を求めること', 70], ['勧告の理由', 40], ['所管課', 20], ['検出事項', 40], ['段階', 12]] as const;
  return workbook('改善を求める事項', columns.map(([label, width]) => ({ label, width })), entries.map(({ row, path, departmentName, findings }) => [
    row.number, fullNumber({ path }), row.caseId === null ? '' : (titles.get(row.caseId) ?? ''), IMPROVEMENT_KINDS[row.kind], textOf(row.text), textOf(row.reason), departmentName,
    findings.map(namedEntry).join('\n'), row.kind === 'heading' ? '' : IMPROVEMENT_STAGES[row.stage].label,
  ]));
}

/** What can be copied into a text, and what it prints now. */
export function referencesView({ audit, entries }: FindingTree, improvements: readonly ImprovementEntry[]): object {
  const siblings = [...groupedBy(entries, (one) => `${one.group ?? ''}/${one.parent ?? ''}`).values()].find((one) => one.length > 1);
  return {
    auditId: audit.id,
    findings: entries.map((one) => ({ plain: `［検出:${one.number}］`, titled: `［検出題:${one.number}］`, full: `［検出全:${one.number}］`, own: one.own, label: one.label, title: one.title, depth: Math.min(one.depth, 4) })),
    improvements: improvements.map((one) => ({ plain: `［改善:${one.number}］`, full: `［改善全:${one.number}］`, own: one.own, label: one.label, title: shortened(one.row.text, 60), depth: Math.min(one.depth, 4) })),
    range: siblings === undefined ? '' : `［検出:${siblings[0]!.number}～${siblings.at(-1)!.number}］`,
  };
}

export const dueWords = (dueOn: string, late: boolean): string => `${formatEra(dueOn)}${late ? '（過ぎています）' : ''}`;
