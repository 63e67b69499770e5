/** The page of one improvement opinion, and its form: plain data. */
import type { ReferenceResolver } from '../../engine/references.js';
import { IMPROVEMENT_STAGES } from '../../findings/finding.transitions.js';
import type { ImprovementPage } from '../../findings/improvements.service.js';
import { namedEntry } from '../../findings/numbered.js';
import { dayInJapan } from '../../kernel/clock.js';
import type { Problem } from '../../kernel/errors.js';
import type { FieldSpec, Option } from '../audits/form-fields.js';
import { shownText } from './shown-text.js';
import { IMPROVEMENT_KINDS, shortened } from './tree-view.js';

export function improvementView(found: ImprovementPage, resolver: ReferenceResolver, places: object[], typed: Readonly<Record<string, string>>, problems: readonly Problem[]): object {
  const { row } = found;
  const { problems: ofText, ...text } = shownText(row.text, resolver);
  const { problems: ofReason, ...reason } = shownText(row.reason, resolver);
  const marks = [...ofText, ...ofReason];
  return {
    id: found.id, at: `/improvements/${found.id}`, auditId: found.audit.id, number: found.number, label: found.label === '' ? '取り下げた事項' : found.label, kind: IMPROVEMENT_KINDS[row.kind], heading: row.kind === 'heading', recommendation: row.kind === 'recommendation', stage: IMPROVEMENT_STAGES[row.stage], version: String(row.version),
    text, reason, stale: marks.filter((one) => one.code === 'stale'), unknown: marks.filter((one) => one.code === 'unknown'), mayWrite: found.may.write, department: found.departmentName === '' ? 'まだ決まっていない' : found.departmentName, case: found.caseTitle,
    findings: found.findings.map((one) => ({ href: `/findings/${one.id}`, name: namedEntry(one) })), steps: found.steps.map((one) => ({ act: one.act, label: one.label, comment: one.comment, danger: one.act === 'reopen' || one.act === 'withdraw' })),
    typedComment: typed.comment ?? '', places, problems: problems.map((one) => ({ message: one.message, href: one.href ?? '#main' })), changedOn: dayInJapan(row.changedAt), changedBy: row.changedByName,
  };
}

export function improvementSpecs(findings: readonly { id: string; name: string }[], departments: readonly Option[]): FieldSpec[] {
  return [
    { name: 'kind', label: '種類', kind: 'select', need: true, options: Object.entries(IMPROVEMENT_KINDS).map(([value, label]) => ({ value, label })), support: '勧告（地方自治法第199条第11項）には理由が要ります。見出しは、下に置くものをまとめます。' },
    { name: 'text', label: '改善を求めること', kind: 'text', rows: 8, need: true, support: '［検出:番号］などの符号は、今の番号で印刷します。例：［検出:1～6］ → (1)～(6)' },
    { name: 'reason', label: '勧告の理由', kind: 'text', rows: 4, support: '勧告のときだけ書きます。' },
    ...(findings.length === 0 ? [] : [{ name: 'findings', label: '検出事項', kind: 'checks' as const, options: findings.map((one) => ({ value: one.id, label: shortened(one.name) })), support: 'この意見がこたえる検出事項です。いくつでも選べます。' }]),
    { name: 'departmentId', label: '所管課', kind: 'select', blank: '1つの課に限らない', options: departments },
  ];
}
