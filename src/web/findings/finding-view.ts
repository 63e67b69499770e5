/** The page of one finding, and the form of its fields: plain data. */
import type { AuditEvidenceListed } from '../../audits/audit-files.service.js';
import type { ListedViewpoint } from '../../audits/viewpoints.service.js';
import type { EvidenceChoices } from '../../findings/finding-evidence.service.js';
import { EVIDENCE_KINDS } from '../../findings/evidence-links.js';
import { SHOWN_TEXTS, type ShownText as ShownField } from '../../findings/finding-fields.js';
import type { FindingPage } from '../../findings/finding-register.service.js';
import { FINDING_STAGES } from '../../findings/finding.transitions.js';
import type { FindingScheme, Term } from '../../findings/scheme.js';
import { resolveReferences, type ReferenceResolver } from '../../engine/references.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Problem } from '../../kernel/errors.js';
import type { FieldSpec, Option } from '../audits/form-fields.js';
import { shownText } from './shown-text.js';
import { dueWords, labelOf, shortened } from './tree-view.js';

const TEXTS = Object.entries(SHOWN_TEXTS).filter(([name]) => name !== 'title' && name !== 'criteriaSource') as [ShownField, string][];

export interface FindingAround {
  scheme: FindingScheme;
  resolver: ReferenceResolver;
  files: readonly AuditEvidenceListed[];
  choices: EvidenceChoices;
  places: object[];
}

/** What was typed into one of the small forms and did not fit. */
export interface TypedSmall {
  part: string;
  values: Readonly<Record<string, string>>;
  problems: readonly Problem[];
}

/** Lacking, these are filled in on the page that edits the finding. */
const EDITED: ReadonlySet<string> = new Set(['title', 'facts', 'criteria', 'classification', 'severity', 'departmentId']);

export const NOTHING_TYPED: TypedSmall = { part: '', values: {}, problems: [] };

export function findingView(found: FindingPage, { scheme, resolver, files, choices, places }: FindingAround, typed: TypedSmall): object {
  const texts = TEXTS.map(([name, label]) => ({ name, label, source: name === 'criteria' ? found.fields.criteriaSource : '', ...shownText(found.fields[name], resolver) }));
  const marks = texts.flatMap((one) => one.problems);
  const at = (part: string): Record<string, string> => (typed.part === part ? typed.values : {}) as Record<string, string>;
  const problemAt = (part: string): string => (typed.part === part ? (typed.problems[0]?.message ?? '') : '');
  return {
    id: found.id, at: `/findings/${found.id}`, auditId: found.auditId, theme: found.audit.theme, number: found.number, label: found.label === '' ? '取り下げた検出事項' : found.label, title: found.fields.title, heading: found.kind === 'heading', full: found.full, version: String(found.version), stage: FINDING_STAGES[found.stage],
    mayWrite: found.may.write, texts: texts.map(({ problems: _, ...one }) => one), stale: marks.filter((one) => one.code === 'stale'), unknown: marks.filter((one) => one.code === 'unknown'),
    facts: [
      ...(found.full ? [['区分', labelOf(scheme.classifications, found.fields.classification), 'classification'], ['重要度', labelOf(scheme.severities, found.fields.severity), 'severity'], ['着眼点', found.viewpointText]] : []),
      ['所管課', found.departmentName, 'departmentId'], ['システム', found.systemName === '' ? '1つのシステムに限らない' : found.systemName], ...(found.caseTitle === '' ? [] : [['事案', found.caseTitle]]),
    ].map(([label, text, name = '']) => ({ label, name, text: text === '' ? 'まだ決まっていない' : text })),
    origin: found.origin === null ? null : { href: `/checks/systems/${found.origin.system}/${found.origin.ruleSet}/${found.origin.rule}?run=${found.origin.run}` },
    lacks: found.lacks.map((one) => ({ message: one.message, href: found.may.write && EDITED.has(one.path) ? `/findings/${found.id}/edit#${one.path}` : `#${one.path}` })),
    evidence: found.evidence.map((one) => ({ ...one, kind: EVIDENCE_KINDS[one.kind], target: one.kind === 'check' ? '' : one.target })),
    files: files.map((one) => ({ id: one.id, name: one.fileName, caption: one.caption, size: sizeWords(one.size), by: one.addedBy, href: `/findings/${found.id}/files/${one.id}` })),
    sources: [...choices.checks.map((one) => ({ value: `check:${one.id}`, label: shortened(one.label, 80), group: EVIDENCE_KINDS.check })), ...choices.records.map((one) => ({ value: `record:${one.id}`, label: shortened(one.label, 60), group: EVIDENCE_KINDS.record })), ...choices.answers.map((one) => ({ value: `answer:${one.id}`, label: shortened(one.label, 60), group: EVIDENCE_KINDS.answer })), ...choices.documents.map((one) => ({ value: `document:${one.id}`, label: shortened(one.label, 60), group: EVIDENCE_KINDS.document }))],
    improvements: found.improvements.map((one) => ({ href: `/improvements/${one.id}`, label: one.label, text: shortened(resolveReferences(one.text, resolver).text) })),
    statements: found.statements.map((one) => statementView(one, found.full, resolver, at(`statement-${one.id}`), problemAt(`statement-${one.id}`))),
    steps: found.steps.filter((one) => one.act !== 'ask').map((one) => ({ act: one.act, label: one.label, comment: one.comment, danger: one.act === 'take-back' || one.act === 'return' || one.act === 'reopen' || one.act === 'withdraw' })),
    ask: found.steps.some((one) => one.act === 'ask') ? { dueOn: at('ask').dueOn ?? '', error: problemAt('ask') } : null,
    extend: { dueOn: at('extend').dueOn ?? '', error: problemAt('extend') },
    stepComment: { act: at('step').act ?? '', text: at('step').comment ?? '' },
    typedEvidence: { label: at('evidence').label ?? '', target: at('evidence').target ?? '', source: at('evidence').source ?? '', error: problemAt('evidence') }, fileError: problemAt('file'), typedCaption: at('file').caption ?? '',
    waiting: found.stage === 'confirming' && found.full && found.statements.some((one) => one.agreed === null), places,
    problems: typed.problems.map((one) => ({ message: one.message, href: one.href ?? `#${typed.part === 'step' ? 'steps' : typed.part}` })), changedOn: dayInJapan(found.changedAt), changedBy: found.changedByName,
  };
}

/** @param full the reader sees the whole audit; a department reads its own words as it wrote them, for a reference in them would tell it of what others were found to do */
function statementView(one: FindingPage['statements'][number], full: boolean, resolver: ReferenceResolver, typed: Readonly<Record<string, string>>, problem: string): object {
  return {
    id: one.id, department: one.departmentName, due: dueWords(one.dueOn, one.late), late: one.late, askedOn: dayInJapan(one.askedAt), askedBy: one.askedByName, version: String(one.version),
    answered: one.agreed !== null, agreed: one.agreed === true, text: full ? resolveReferences(one.text, resolver).text : one.text, answeredOn: one.answeredAt === null ? '' : dayInJapan(one.answeredAt), answeredBy: one.answeredByName ?? '', outdated: one.outdated, lateAnswer: one.answeredAt !== null && dayInJapan(one.answeredAt) > one.dueOn,
    reply: resolveReferences(one.reply, resolver).text, mayAnswer: one.may.answer, mayReply: one.may.reply, problem,
    typedAgreed: typed.agreed ?? (one.agreed === null ? '' : one.agreed ? 'yes' : 'no'), typedText: typed.text ?? one.text, typedReply: typed.reply ?? one.reply,
  };
}

const sizeWords = (bytes: number): string => (bytes < 1_000_000 ? `${Math.max(1, Math.round(bytes / 1_000)).toLocaleString('ja-JP')}KB` : `${(bytes / 1_000_000).toFixed(1)}MB`);

export interface FieldChoices {
  scheme: FindingScheme;
  viewpoints: readonly ListedViewpoint[];
  departments: readonly Option[];
  systems: readonly Option[];
}

const terms = (all: readonly Term[], stored: string | null): Option[] => all.filter((one) => one.retired !== true || one.code === stored).map((one) => ({ value: one.code, label: `${one.label}（${shortened(one.definition, 40)}）` }));

/** The form of a finding; of a heading its title alone. */
export function findingSpecs(found: Pick<FindingPage, 'kind' | 'fields'>, { scheme, viewpoints, departments, systems }: FieldChoices): FieldSpec[] {
  const title: FieldSpec = { name: 'title', label: found.kind === 'heading' ? '見出し' : '表題', kind: 'line', need: true, support: found.kind === 'heading' ? '' : '番号に続けて印刷します。' };
  if (found.kind === 'heading') return [title];
  return [
    title,
    { name: 'facts', label: '事実', kind: 'text', rows: 8, support: '確かめたことを書きます。［数値:…］［検出:番号］などの符号は、今の数値や番号で印刷します。' },
    { name: 'criteria', label: '判断の基準', kind: 'text', rows: 5, support: '照らした定めを引用します。' },
    { name: 'criteriaSource', label: '基準の出典', kind: 'line', support: '例：みずほ野市情報セキュリティ対策基準 第12条第1項' },
    { name: 'cause', label: '原因', kind: 'text', rows: 4 },
    { name: 'effect', label: '影響', kind: 'text', rows: 4, support: 'このままにするとどうなるかを書きます。' },
    { name: 'classification', label: '区分', kind: 'select', blank: 'まだ決めない', options: terms(scheme.classifications, found.fields.classification) },
    { name: 'severity', label: '重要度', kind: 'select', blank: 'まだ決めない', options: terms(scheme.severities, found.fields.severity) },
    { name: 'viewpointId', label: '着眼点', kind: 'select', blank: '選ばない', options: viewpoints.map((one) => ({ value: one.id, label: `${'　'.repeat(one.depth)}${one.number} ${shortened(one.text, 60)}` })) },
    { name: 'departmentId', label: '所管課', kind: 'select', blank: 'まだ決めない', options: departments, support: '事実確認を求める課です。' },
    { name: 'systemId', label: 'システム', kind: 'select', blank: '1つのシステムに限らない', options: systems },
  ];
}
