/** Who may see and change which finding and improvement opinion, and how their changes are kept. */
import { isDeepStrictEqual } from 'node:util';
import { lockAudit, readAudit } from '../audits/audit-access.js';
import { Audit, AuditCase } from '../audits/audit.entity.js';
import { allows, reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, Refused, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { saveNext, type Marked } from '../kernel/seen.js';
import { Finding, FindingStatement, Improvement } from './finding.entity.js';
import { isFrozen, isLiving, isShown } from './finding.transitions.js';

export type ThingKind = 'finding' | 'improvement';

/** How the journal names one. */
export const thingObject = (kind: ThingKind, id: string): { kind: string; id: string } => ({ kind, id });
export const findingHref = (id: string): string => `/findings/${id}`;
export const improvementHref = (id: string): string => `/improvements/${id}`;

/** Departments whose findings the person may see, from the stage of fact confirmation on; `all` sees every one in every stage. */
export const findingReach = (ctx: Ctx): 'all' | ReadonlySet<string> => reachOf(ctx.actor.grants, 'finding.read');

/** Departments that a finding is about: its own and that of its case. */
export function departmentsOf(finding: Pick<Finding, 'departmentId' | 'caseId'>, caseDepartments: ReadonlyMap<string, string>): string[] {
  const ofCase = finding.caseId === null ? undefined : caseDepartments.get(finding.caseId);
  return [...new Set([finding.departmentId, ofCase ?? null])].filter((one) => one !== null);
}

export async function caseDepartments(ctx: Ctx, auditId?: string): Promise<Map<string, string>> {
  return new Map((await scoped(ctx, AuditCase).find(auditId === undefined ? {} : { auditId })).map((one) => [one.id, one.departmentId]));
}

/**
 * The finding for whoever may see it. `full`: everything of it; otherwise only what its department is shown.
 * Throws `NotFound`, also for another organisation, another department and a draft that the department may not see yet.
 */
export async function readFinding(ctx: Ctx, id: string): Promise<{ finding: Finding; audit: Audit; full: boolean; departments: string[] }> {
  const finding = await scoped(ctx, Finding).get(id);
  const departments = departmentsOf(finding, await caseDepartments(ctx, finding.auditId));
  const reach = findingReach(ctx);
  if (reach !== 'all' && !(isShown(finding.stage) && finding.kind === 'finding' && departments.some((one) => reach.has(one)) && (isLiving(finding) || await wasAsked(ctx, id, reach)))) throw new NotFound();
  return { finding, audit: await scoped(ctx, Audit).get(finding.auditId), full: reach === 'all', departments };
}

async function wasAsked(ctx: Ctx, findingId: string, reach: ReadonlySet<string>): Promise<boolean> {
  return (await scoped(ctx, FindingStatement).find({ findingId })).some((one) => reach.has(one.departmentId));
}

/** The tree of an audit is for those who see all of it. Throws `NotFound`, `Refused`. */
export async function readFindingsOf(ctx: Ctx, auditId: string): Promise<Audit> {
  if (findingReach(ctx) !== 'all') throw new Refused('not-allowed', '検出事項の一覧を見られるのは監査委員と監査事務局です。自分の課に関わるものは「検出事項の確認」で見られます。');
  return readAudit(ctx, auditId);
}

/** The audit, locked for changing its findings or improvement opinions. Throws `NotFound`, `Refused`. */
export const lockForWriting = (ctx: Ctx, auditId: string): Promise<Audit> => lockAudit(ctx, auditId, 'finding.write');

export const mayWrite = (ctx: Ctx): boolean => allows(ctx.actor.grants, 'finding.write');

/** The finding with its audit, both locked. Throws `NotFound`, `Refused`. */
export async function lockFinding(ctx: Ctx, id: string): Promise<{ finding: Finding; audit: Audit }> {
  const { auditId } = await scoped(ctx, Finding).get(id);
  const audit = await lockForWriting(ctx, auditId);
  return { finding: await scoped(ctx, Finding).lock(id), audit };
}

/** The same for an improvement opinion. */
export async function lockImprovement(ctx: Ctx, id: string): Promise<{ improvement: Improvement; audit: Audit }> {
  const { auditId } = await scoped(ctx, Improvement).get(id);
  const audit = await lockForWriting(ctx, auditId);
  return { improvement: await scoped(ctx, Improvement).lock(id), audit };
}

/** Throws `Refused` for what was decided. */
export function mustBeOpen(name: string, stage: Finding['stage'] | Improvement['stage']): void {
  if (stage === 'withdrawn') throw new Refused('withdrawn', `「${shortened(name)}」は取り下げられているので、変えられません。直すときは、先に取下げをやめてください。`);
  if (isFrozen(stage)) throw new Refused('decided', `「${shortened(name)}」は決定しているので、変えられません。直すときは、先に決定を取り消してください。`);
}

export const shortened = (text: string, most = 40): string => {
  const line = text.trim().split(/\r?\n/u)[0]!;
  return line.length > most ? `${line.slice(0, most)}…` : line;
};

/** What a finding is called where it is named alone. */
export const nameOfImprovement = ({ kind, text }: Pick<Improvement, 'kind' | 'text'>): string => `${{ heading: '見出し', opinion: '意見', recommendation: '勧告' }[kind]}「${shortened(text)}」`;

/** Saves a locked row with its next version and writes each field that changed to the journal. Returns the version. */
export async function saveFields<E extends Marked>(ctx: Ctx, kind: ThingKind, entity: new () => E, row: E, patch: Partial<E>, comment?: string): Promise<number> {
  const before = { ...row };
  const version = await saveNext(ctx, entity, row, patch);
  for (const [path, after] of Object.entries(patch)) {
    const was = before[path as keyof E];
    if (isDeepStrictEqual(was, after)) continue;
    await record(ctx, { action: `${kind}-changed`, object: thingObject(kind, row.id), path, before: was, after, ...(comment === undefined || comment === '' ? {} : { comment }) });
  }
  return version;
}

/** Throws `Invalid` with all problems, if there are any. */
export function mustFit(code: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid(code, '入力を確かめてください。', problems);
}

export const fieldProblem = (path: string, message: string): Problem => ({ code: 'field-invalid', path, message });
