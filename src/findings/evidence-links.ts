/** 根拠 of findings: links to a check result, an answer, a field record, a document; and files. Asks for no right. */
import { AuditFile, FieldRecord } from '../audits/field-record.entity.js';
import { Questionnaire, QuestionnaireResponse } from '../audits/questionnaire.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { isId, newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { fieldProblem, mustFit, thingObject } from './finding-access.js';
import { FindingEvidence } from './finding.entity.js';

export const EVIDENCE_KINDS = { check: '点検の結果', answer: '調査票の回答', record: '現地調査等の記録', document: '文書' } as const;
export type EvidenceKind = keyof typeof EVIDENCE_KINDS;

export interface EvidenceInput {
  kind: EvidenceKind;
  /** System, response, field record, stored document; null for a document that is only named. */
  targetId: string | null;
  /** Place in it: `<rule set>/<rule>@<run>`, item, page; may be blank. */
  target: string;
  /** What a person reads; blank: made from the target. */
  label: string;
}

export interface EvidenceListed {
  id: string;
  kind: EvidenceKind;
  label: string;
  target: string;
  /** '' where there is no page. */
  href: string;
  /** What it points at is there no more; its name and place are kept. */
  gone: boolean;
}

/** In their order. */
export async function evidenceOf(ctx: Ctx, auditId: string, findingId: string): Promise<EvidenceListed[]> {
  const rows = await scoped(ctx, FindingEvidence).find({ findingId }, { position: 'ASC', id: 'ASC' });
  const pages = await pagesOf(ctx, auditId, rows);
  return rows.map(({ id, kind, label, target, targetId }) => {
    const href = targetId === null ? '' : (pages.get(targetId) ?? '');
    return { id, kind, label, target, href: kind === 'check' && href !== '' ? `${href}/${checkPage(target)}` : href, gone: targetId !== null && href === '' };
  });
}

/** Pages of what the links point at, as far as it is there, by its id. */
async function pagesOf(ctx: Ctx, auditId: string, rows: readonly FindingEvidence[]): Promise<Map<string, string>> {
  const ids = rows.flatMap((one) => one.targetId ?? []);
  if (ids.length === 0) return new Map();
  const found: { id: string; href: string }[] = await ctx.tx.query(
    `select id, '/audits/' || audit_id || '/records/' || id as href from field_record where organisation_id = $1 and audit_id = $3 and id = any($2::uuid[])
     union all select id, '/questionnaires/' || questionnaire_id || '/responses/' || id from questionnaire_response where organisation_id = $1 and id = any($2::uuid[])
     union all select id, '/checks/systems/' || id from system where organisation_id = $1 and id = any($2::uuid[])
     union all select id, case kind when 'audit' then '/audits/' || object_id || '/documents/' || id when 'check-report' then '/checks/reports/' || id else '/documents/' || id end from document where organisation_id = $1 and id = any($2::uuid[])`,
    [ctx.organisation, ids, auditId]);
  return new Map(found.map((one) => [one.id, one.href]));
}

/** `<rule set>/<rule>@<run>` as the check's page has it. */
function checkPage(target: string): string {
  const [rule, run] = target.split('@');
  return `${rule ?? ''}${run === undefined ? '' : `?run=${run}`}`;
}

const [MOST_LABEL, MOST_EVIDENCE] = [300, 100];

/** At the end. The same target and place is no second one. Throws `Invalid` (what is not there, or of another audit). Returns the id. */
export async function addEvidence(ctx: Ctx, auditId: string, findingId: string, input: EvidenceInput): Promise<string> {
  const rows = await scoped(ctx, FindingEvidence).find({ findingId });
  const target = input.target.trim();
  const twin = rows.find((one) => one.kind === input.kind && one.targetId === input.targetId && one.target === target && (one.targetId !== null || one.label === input.label.trim()));
  if (twin !== undefined) return twin.id;
  if (rows.length >= MOST_EVIDENCE) mustFit('evidence-invalid', [fieldProblem('evidence', `根拠は1つの検出事項に${MOST_EVIDENCE}件までです。`)]);
  const named = await nameOf(ctx, auditId, input);
  const label = input.label.trim() === '' ? named.label : input.label.trim();
  const problems = named.problem === '' ? [] : [fieldProblem('targetId', named.problem)];
  if (problems.length === 0 && label === '') problems.push(fieldProblem('label', '文書の名前を書いてください（例：委託契約書第5条）。'));
  if (label.length > MOST_LABEL || target.length > MOST_LABEL) problems.push(fieldProblem('label', `根拠の名前と場所は${MOST_LABEL}字までにしてください。`));
  mustFit('evidence-invalid', problems);
  const id = newId();
  const values = { findingId, kind: input.kind, targetId: input.targetId, target, label, position: rows.reduce((most, one) => Math.max(most, one.position + 1), 0) };
  await scoped(ctx, FindingEvidence).insert({ id, ...values });
  await record(ctx, { action: 'finding-evidence-added', object: thingObject('finding', findingId), after: values });
  return id;
}

/** Throws `NotFound` for evidence of another finding. */
export async function removeEvidence(ctx: Ctx, findingId: string, id: string): Promise<void> {
  const row = await scoped(ctx, FindingEvidence).get(id);
  if (row.findingId !== findingId) await scoped(ctx, FindingEvidence).get('');
  await scoped(ctx, FindingEvidence).delete({ id });
  await record(ctx, { action: 'finding-evidence-removed', object: thingObject('finding', findingId), before: { kind: row.kind, targetId: row.targetId, target: row.target, label: row.label } });
}

/** What the target is called, or why it cannot be evidence of this audit. */
async function nameOf(ctx: Ctx, auditId: string, { kind, targetId, target }: EvidenceInput): Promise<{ label: string; problem: string }> {
  const wrong = (problem: string): { label: string; problem: string } => ({ label: '', problem });
  if (targetId === null) return kind === 'document' ? wrong('') : wrong(`${EVIDENCE_KINDS[kind]}を選んでください。`);
  if (!isId(targetId)) return wrong(`${EVIDENCE_KINDS[kind]}を選んでください。`);
  if (kind === 'record') {
    const found = await scoped(ctx, FieldRecord).findOne({ id: targetId, auditId });
    return found === null ? wrong('現地調査等の記録を、この監査のものから選んでください。') : { label: found.title, problem: '' };
  }
  if (kind === 'answer') {
    const response = await scoped(ctx, QuestionnaireResponse).findOne({ id: targetId });
    const questionnaire = response === null ? null : await scoped(ctx, Questionnaire).findOne({ id: response.questionnaireId, auditId });
    return questionnaire === null ? wrong('調査票の回答を、この監査のものから選んでください。') : { label: `${questionnaire.title}${target === '' ? '' : `　${target}`}`, problem: '' };
  }
  const table = kind === 'check' ? 'select name as title from system where organisation_id = $1 and id = $2' : 'select title from document where organisation_id = $1 and id = $2';
  const [row]: { title: string }[] = await ctx.tx.query(table, [ctx.organisation, targetId]);
  return row === undefined ? wrong(`${EVIDENCE_KINDS[kind]}を選び直してください。`) : { label: row.title, problem: '' };
}

/** Files of a finding that is removed go with it. */
export async function takeFilesOf(ctx: Ctx, findingId: string): Promise<void> {
  const files: { file_name: string; sha256: string }[] = await ctx.tx.query(`select file_name, sha256 from audit_file where organisation_id = $1 and object_kind = 'finding' and object_id = $2`, [ctx.organisation, findingId]);
  if (files.length === 0) return;
  await scoped(ctx, AuditFile).delete({ objectKind: 'finding', objectId: findingId });
  await record(ctx, { action: 'finding-files-removed', object: thingObject('finding', findingId), before: files });
}
