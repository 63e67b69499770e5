/** The fields of a finding and an improvement opinion as they are sent, checked against the audit and the scheme. */
import { createHash } from 'node:crypto';
import { AuditCase, AuditViewpoint } from '../audits/audit.entity.js';
import { InputChecking } from '../audits/input-checking.js';
import { parseReferences } from '../engine/references.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { isId } from '../kernel/ids.js';
import { InformationSystem } from '../systems/system.entity.js';
import { mustFit } from './finding-access.js';
import type { Finding, Improvement } from './finding.entity.js';
import type { FindingScheme, Term } from './scheme.js';

/** Longest texts, in characters. */
export const MOST = { title: 200, text: 20_000, source: 500 } as const;

/** What departments are shown of a finding, in its order. */
export const SHOWN_TEXTS = { title: '表題', facts: '事実', criteria: '判断の基準', criteriaSource: '基準の出典', cause: '原因', effect: '影響' } as const;
export type ShownText = keyof typeof SHOWN_TEXTS;

/** SHA-256 (hex) over what departments are shown: tells whether they answered to the texts of now. */
export const shownHash = (finding: Readonly<Record<ShownText, string>>): string => createHash('sha256').update(JSON.stringify(Object.keys(SHOWN_TEXTS).map((text) => finding[text as ShownText]))).digest('hex');

export interface FindingInput extends Record<ShownText, string> {
  viewpointId: string | null;
  severity: string | null;
  classification: string | null;
  departmentId: string | null;
  systemId: string | null;
}

export const inputOf = ({ title, facts, criteria, criteriaSource, cause, effect, viewpointId, severity, classification, departmentId, systemId }: FindingInput): FindingInput =>
  ({ title, facts, criteria, criteriaSource, cause, effect, viewpointId, severity, classification, departmentId, systemId });

export const BLANK: FindingInput = { title: '', facts: '', criteria: '', criteriaSource: '', cause: '', effect: '', viewpointId: null, severity: null, classification: null, departmentId: null, systemId: null };

/**
 * Ready to be stored. What is kept as it was may be retired or ended; a draft may lack everything but its title.
 * @param was null for a new one
 * Throws `Invalid` with every problem.
 */
export async function checkedFinding(ctx: Ctx, auditId: string, input: FindingInput, was: FindingInput | null, scheme: FindingScheme): Promise<FindingInput> {
  const checking = new InputChecking();
  const fields: FindingInput = {
    ...inputOf(input),
    title: checking.line('title', SHOWN_TEXTS.title, input.title, { limit: MOST.title }), criteriaSource: checking.text('criteriaSource', SHOWN_TEXTS.criteriaSource, input.criteriaSource, { limit: MOST.source }),
    facts: checking.text('facts', SHOWN_TEXTS.facts, input.facts, { limit: MOST.text }), criteria: checking.text('criteria', SHOWN_TEXTS.criteria, input.criteria, { limit: MOST.text }),
    cause: checking.text('cause', SHOWN_TEXTS.cause, input.cause, { limit: MOST.text }), effect: checking.text('effect', SHOWN_TEXTS.effect, input.effect, { limit: MOST.text }),
  };
  mustBePlain(checking, 'title', SHOWN_TEXTS.title, fields.title);
  termOf(checking, 'severity', '重要度', fields.severity, was?.severity ?? null, scheme.severities);
  termOf(checking, 'classification', '区分', fields.classification, was?.classification ?? null, scheme.classifications);
  await departmentOf(ctx, checking, fields.departmentId, was?.departmentId ?? null);
  if (fields.viewpointId !== null && (!isId(fields.viewpointId) || (await scoped(ctx, AuditViewpoint).findOne({ id: fields.viewpointId, auditId })) === null)) checking.wrong('viewpointId', 'viewpoint-unknown', '着眼点を、この監査のものから選んでください。');
  if (fields.systemId !== null && fields.systemId !== (was?.systemId ?? null)) {
    const system = isId(fields.systemId) ? await scoped(ctx, InformationSystem).findOne({ id: fields.systemId }) : null;
    if (system === null || system.mergedIntoId !== null) checking.wrong('systemId', 'system-unknown', 'システムを、台帳にあるものから選んでください。');
  }
  mustFit('finding-invalid', checking.problems);
  return fields;
}

export interface ImprovementInput {
  kind: Improvement['kind'];
  text: string;
  reason: string;
  departmentId: string | null;
}

/** A 勧告 has its reason (199条11項). Throws `Invalid` with every problem. */
export async function checkedImprovement(ctx: Ctx, input: ImprovementInput, was: ImprovementInput | null): Promise<ImprovementInput> {
  const checking = new InputChecking();
  const kind = checking.choice('kind', '種類', input.kind, ['heading', 'opinion', 'recommendation'] as const);
  const fields = {
    kind, text: kind === 'heading' ? checking.line('text', '見出し', input.text, { limit: MOST.title }) : checking.text('text', '改善を求めること', input.text, { need: true, limit: MOST.text }),
    reason: kind === 'recommendation' ? checking.text('reason', '勧告の理由', input.reason, { limit: MOST.text }) : '', departmentId: input.departmentId,
  };
  if (kind === 'heading') mustBePlain(checking, 'text', '見出し', fields.text);
  if (kind === 'recommendation' && fields.reason === '' && !checking.problems.some((one) => one.path === 'reason')) checking.wrong('reason', 'reason-missing', '勧告には理由を付けてください（地方自治法第199条第11項）。');
  await departmentOf(ctx, checking, fields.departmentId, was?.departmentId ?? null);
  mustFit('improvement-invalid', checking.problems);
  return fields;
}

/** Throws `Invalid` for a case of another audit. */
export async function checkedCase(ctx: Ctx, auditId: string, caseId: string | null): Promise<void> {
  if (caseId === null || (isId(caseId) && (await scoped(ctx, AuditCase).findOne({ id: caseId, auditId })) !== null)) return;
  mustFit('case-unknown', [{ code: 'case-unknown', path: 'caseId', message: '事案を、この監査のものから選んでください。' }]);
}

/** A title is printed where others refer to it: it refers to nothing itself. */
function mustBePlain(checking: InputChecking, path: string, label: string, text: string): void {
  if (parseReferences(text).some((one) => typeof one !== 'string')) checking.wrong(path, 'reference-in-title', `「${label}」には差込み符号（［検出:1］など）を使えません。本文に書いてください。`);
}

function termOf(checking: InputChecking, path: keyof Finding, label: string, code: string | null, was: string | null, terms: readonly Term[]): void {
  if (code === null || code === was) return;
  if (!terms.some((one) => one.code === code && one.retired !== true)) checking.wrong(path, 'not-a-choice', `「${label}」を選択肢から選んでください。`);
}

async function departmentOf(ctx: Ctx, checking: InputChecking, id: string | null, was: string | null): Promise<void> {
  if (id === null || id === was) return;
  const department = isId(id) ? await scoped(ctx, Department).findOne({ id }) : null;
  if (department === null || department.endedOn !== null) checking.wrong('departmentId', 'department-unknown', '所管課を、いまある課から選んでください。');
}
