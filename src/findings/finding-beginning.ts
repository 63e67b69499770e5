/** A finding as a failing rule would write it, and as a field record does in which something was not as announced. */
import { Audit, AuditCase, AuditViewpoint } from '../audits/audit.entity.js';
import type { FieldRecord } from '../audits/field-record.entity.js';
import { OUTCOMES, RECORD_KINDS } from '../audits/field-records.service.js';
import type { CheckRun } from '../checks/check.entity.js';
import { momentOf, runLabel } from '../checks/run-words.js';
import type { SystemCheck } from '../checks/system-check.service.js';
import type { Code } from '../engine/form.js';
import { formatEra } from '../engine/dates.js';
import { RESULT_WORDS, type Basis, type Result, type Severity } from '../engine/rule-set.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { scoped } from '../kernel/scoped.js';
import { InformationSystem } from '../systems/system.entity.js';
import { findingHref } from './finding-access.js';
import { BLANK, MOST, type FindingInput } from './finding-fields.js';
import { Finding, type FindingEvidence, type FindingOrigin } from './finding.entity.js';
import { isLiving } from './finding.transitions.js';
import type { FindingScheme } from './scheme.js';

export interface RuleOfSystem {
  systemId: string;
  ruleSet: Code;
  rule: Code;
}

type RuleFound = Awaited<ReturnType<SystemCheck['rule']>>;

export interface Beginning {
  fields: FindingInput;
  caseId: string | null;
  origin: FindingOrigin;
  evidence: Pick<FindingEvidence, 'kind' | 'targetId' | 'target' | 'label'>;
}

/** Throws `Refused` when the rule does not fail, or when the audit has a finding from it already. */
export async function beginning(ctx: Ctx, auditId: string, found: RuleFound, scheme: FindingScheme): Promise<Beginning> {
  const { sheet: { system, run }, ruleSet: { definition }, found: { rule, result } } = found;
  if (result !== 'not-met' || run === null) throw new Refused('rule-not-failing', `「${rule.title}」の結果は「${RESULT_WORDS[result].label}」です。検出事項は、不適合の規則から起こします。`);
  const twin = (await scoped(ctx, Finding).find({ auditId, systemId: system.id })).filter(isLiving).find((one) => one.origin?.ruleSet === definition.ruleSet && one.origin.rule === rule.code);
  if (twin !== undefined) throw new Refused('begun-already', `この結果からは、もう検出事項「${twin.title}」を起こしています。`, [{ code: 'begun-already', path: '', message: `「${twin.title}」を開く`, href: findingHref(twin.id) }]);
  const viewpoint = await scoped(ctx, AuditViewpoint).findOne({ auditId, ruleSet: definition.ruleSet, viewpoint: rule.viewpoint });
  const cases = await scoped(ctx, AuditCase).find({ auditId, departmentId: system.departmentId });
  return {
    fields: {
      ...BLANK, title: `${system.name}：${rule.title}`.slice(0, MOST.title), facts: factsOf(found), criteria: sentence(rule.title), criteriaSource: rule.basis.map(sourceOf).join('、'),
      viewpointId: viewpoint?.id ?? null, severity: severityOf(rule.severity, scheme), departmentId: system.departmentId, systemId: system.id,
    },
    // More than one case of the department: a person chooses.
    caseId: cases.length === 1 ? cases[0]!.id : null,
    origin: { system: system.id, ruleSet: definition.ruleSet, rule: rule.code, run: run.number },
    evidence: { kind: 'check', targetId: system.id, target: targetOfCheck(definition.ruleSet, rule.code, run.number), label: resultLabel(system.name, run, rule.title, result) },
  };
}

/** Throws `Refused` for a record in which nothing differs. */
export async function beginningOfRecord(ctx: Ctx, one: FieldRecord): Promise<Pick<Beginning, 'fields' | 'caseId'>> {
  if (one.outcome !== 'different') throw new Refused('record-not-different', `記録「${one.title}」の照合の結果は「${OUTCOMES[one.outcome]}」です。検出事項は、「${OUTCOMES.different}」の記録から起こします。`);
  const viewpoint = one.viewpointId === null ? null : await scoped(ctx, AuditViewpoint).get(one.viewpointId);
  const system = one.systemId === null ? null : await scoped(ctx, InformationSystem).get(one.systemId);
  const about = viewpoint?.text.trim().split('\n')[0] ?? one.title;
  const cases = await scoped(ctx, AuditCase).find({ auditId: one.auditId, departmentId: one.departmentId });
  return {
    fields: {
      ...BLANK, title: cut(`${system === null ? '' : `${system.name}：`}${about}（申告と違う）`, MOST.title), viewpointId: one.viewpointId, departmentId: one.departmentId, systemId: one.systemId,
      facts: cut(`申告されていたこと：\n${one.announced.trim()}\n\n確かめたこと（${formatEra(one.heldOn)}　${RECORD_KINDS[one.kind]}${one.place === '' ? '' : `　${one.place}`}）：\n${one.seen.trim()}`, MOST.text),
    },
    caseId: cases.length === 1 ? cases[0]!.id : null,
  };
}

/** Findings that rest on a field record, in the order of their audit. Asks for no right. */
export function findingsOn(ctx: Ctx, recordId: string): Promise<{ id: string; title: string }[]> {
  return ctx.tx.query(
    `select f.id, f.title from finding_evidence e join finding f on f.id = e.finding_id
      where e.organisation_id = $1 and e.kind = 'record' and e.target_id = $2 group by f.id order by f.number`, [ctx.organisation, recordId]);
}

const cut = (text: string, most: number): string => ([...text].length <= most ? text : `${[...text].slice(0, most - 1).join('')}…`);

/** Audits being conducted that have no finding from the rule yet, and the findings from it. Asks for no right. */
export async function beginningsOf(ctx: Ctx, { systemId, ruleSet, rule }: RuleOfSystem): Promise<{ audits: { id: string; theme: string }[]; begun: { id: string; title: string; theme: string }[] }> {
  const audits = await scoped(ctx, Audit).find({}, { fiscalYear: 'DESC', theme: 'ASC' });
  const found = (await scoped(ctx, Finding).find({ systemId })).filter((one) => isLiving(one) && one.origin?.ruleSet === ruleSet && one.origin.rule === rule);
  return {
    audits: audits.filter((one) => one.status === 'conducting' && !found.some(({ auditId }) => auditId === one.id)).map(({ id, theme }) => ({ id, theme })),
    begun: found.map(({ id, title, auditId }) => ({ id, title, theme: audits.find((one) => one.id === auditId)?.theme ?? '' })),
  };
}

/** 第3回　令和8年11月20日 18:00の点検　税総合システム　権限の分離：不適合. */
export const resultLabel = (system: string, run: Pick<CheckRun, 'round' | 'madeAt' | 'occasion'>, rule: string, result: Result): string =>
  `${run.round === null ? momentOf(run.madeAt) : runLabel(run)}の点検　${system}　${rule}：${RESULT_WORDS[result].label}`;

/** Place of a result, as evidence keeps it: `my-number-audit/per-user-rights@12`. */
export const targetOfCheck = (ruleSet: Code, rule: Code, run: number): string => `${ruleSet}/${rule}@${run}`;

/** 文書　第12条　2項. */
export const sourceOf = ({ document, article, item }: Basis): string => [document, article, item].filter((one) => one !== undefined && one !== '').join('　');

function severityOf(rule: Severity, { severities }: Pick<FindingScheme, 'severities'>): string | null {
  return severities.find((one) => one.retired !== true && one.ofRules?.includes(rule) === true)?.code ?? null;
}

/** The observation, why the rule fails, and the values that it saw. */
function factsOf({ found: { rule, overrule, explanation } }: RuleFound): string {
  const seen = explanation.seen.filter((one) => one.value !== null).map(({ label, value }) => `${label}「${value}」`);
  return [
    sentence(rule.observation),
    overrule === null ? `点検の結果：${sentence(explanation.text)}` : `点検の結果は、人が確かめて不適合に改めた。理由：${sentence(overrule.reason)}証拠：${sentence(overrule.evidence)}`,
    ...(seen.length === 0 ? [] : [`確かめた内容：${seen.join('、')}。`]),
  ].join('\n').slice(0, MOST.text);
}

const sentence = (text: string): string => (/[。．]$/u.test(text.trim()) ? text.trim() : `${text.trim()}。`);
