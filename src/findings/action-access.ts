/** Who may see and change which corrective action, and how its changes are kept. */
import { isDeepStrictEqual } from 'node:util';
import { mustTakePart } from '../audits/audit-access.js';
import { AuditCase } from '../audits/audit.entity.js';
import { allows, reachOf } from '../identity/permissions.js';
import { Department } from '../identity/organisation.entity.js';
import { dayInJapan } from '../kernel/clock.js';
import type { Ctx } from '../kernel/ctx.js';
import { NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { AuditReport } from './audit-report.entity.js';
import { ActionEntry, CorrectiveAction } from './corrective-action.entity.js';
import { MOVES, moveProblem, type ActionMove, type Changed, type MoveProblem } from './corrective-action.transitions.js';
import { Finding, Improvement, ImprovementFinding } from './finding.entity.js';
import type { FindingScheme } from './scheme.js';
import { firstSentence } from './subject-texts.js';

/** How the journal names an action. */
export const objectOf = (actionId: string): { kind: string; id: string } => ({ kind: 'corrective-action', id: actionId });

/** What people call it: 措置12. */
export const nameOf = ({ number, title }: Pick<CorrectiveAction, 'number' | 'title'>): string => `措置${number}　${title}`;

/** The action as far as the person may see it: departments their own. Throws `NotFound`, also for what belongs to others. */
export async function readAction(ctx: Ctx, id: string): Promise<CorrectiveAction> {
  return visible(ctx, await scoped(ctx, CorrectiveAction).get(id));
}

/** The same, locked until the end of the transaction, for a step that the person may take from where it stands. Throws `NotFound`, `Refused` (right, 除斥, no such step now). */
export async function lockForMove(ctx: Ctx, scheme: FindingScheme, id: string, move: ActionMove): Promise<CorrectiveAction> {
  const action = visible(ctx, await scoped(ctx, CorrectiveAction).lock(id));
  if (!mayMove(ctx, action, move)) throw new Refused('not-allowed', `「${MOVES[move].label}」権限がありません。${move === 'plan' || move === 'report' || move === 'postpone' ? '責任を持つ課' : '監査事務局'}に頼んでください。`);
  if (MOVES[move].permissions.includes('action.settle')) await mustTakePart(ctx, action.auditId);
  const problem = moveProblem(scheme, move, standingOf(action));
  if (problem !== null) throw new Refused(problem.code, problem.message);
  return action;
}

export const mayMove = (ctx: Ctx, { departmentId }: Pick<CorrectiveAction, 'departmentId'>, move: ActionMove): boolean =>
  MOVES[move].permissions.some((one) => allows(ctx.actor.grants, one, departmentId));

export const standingOf = ({ state, proposed, offered }: Pick<CorrectiveAction, 'state' | 'proposed' | 'offered'>) => ({ state, proposed, offered: offered !== null && offered.declined === undefined });

/** Throws `Refused` for what the table of steps forbids. */
export function changedOf(outcome: { changed: Changed } | { problem: MoveProblem }): Changed {
  if ('changed' in outcome) return outcome.changed;
  throw new Refused(outcome.problem.code, outcome.problem.message);
}

/** Throws `Conflict` with both sides when the locked action is no longer as it was seen. */
export const mustBeSeen = (action: CorrectiveAction, seen: number, sent: unknown, current: unknown): void => mustBeAsSeen(action, nameOf(action), seen, sent, current);

export type EntryText = Pick<ActionEntry, 'kind' | 'text'> & Partial<Pick<ActionEntry, 'stateBefore' | 'stateAfter' | 'dueBefore' | 'dueAfter' | 'fiscalYear'>>;

/** One line of what happened: who and when are those of `ctx`. */
export function entryOf(ctx: Ctx, actionId: string, entry: EntryText): Omit<ActionEntry, 'organisationId'> {
  return {
    id: newId(), actionId, stateBefore: null, stateAfter: null, dueBefore: null, dueAfter: null, fiscalYear: null, ...entry,
    madeOn: ctx.clock.today(), madeAt: ctx.clock.now(), madeByName: ctx.actor.name,
  };
}

/** Saves a step: the action with its next version, its entry (none for a change without one), and the journal with what changed. */
export async function saveStep(ctx: Ctx, action: CorrectiveAction, patch: Partial<CorrectiveAction>, { verb, entry, comment }: { verb: string; entry: EntryText | null; comment?: string }): Promise<number> {
  const changed = Object.entries(patch).filter(([name, value]) => !isDeepStrictEqual(action[name as keyof CorrectiveAction], value));
  const before = Object.fromEntries(changed.map(([name]) => [name, action[name as keyof CorrectiveAction]]));
  const version = await saveNext(ctx, CorrectiveAction, action, patch);
  if (entry !== null) await scoped(ctx, ActionEntry).insert(entryOf(ctx, action.id, entry));
  await record(ctx, { action: verb, object: objectOf(action.id), before, after: Object.fromEntries(changed), ...(comment === undefined || comment === '' ? {} : { comment }) });
  return version;
}

/** What the action is about. */
export interface Subject {
  kind: 'finding' | 'improvement';
  id: string;
  auditId: string;
  /** As they are written, with references: an opinion has no title. `printed` makes both readable. */
  title: string;
  text: string;
  stage: string;
  /** A 勧告 (11項): its notices rest on 15項. */
  recommendation: boolean;
  /** Departments that it concerns. */
  departments: Set<string>;
  /** Day since which it stands: of the report; without one, of its last change. */
  foundOn: string;
}

/** Reads a finding or an improvement opinion for an action. Asks for no right. Throws `NotFound`, `Refused` for a heading. */
export async function subjectOf(ctx: Ctx, of: { findingId: string | null; improvementId: string | null }): Promise<Subject> {
  if (of.findingId === null && of.improvementId === null) throw new NotFound();
  const found = of.findingId !== null ? await scoped(ctx, Finding).get(of.findingId) : await scoped(ctx, Improvement).get(of.improvementId!);
  if (found.kind === 'heading') throw new Refused('heading', '見出しには措置を加えられません。その下の検出事項か意見を選んでください。');
  const departments = new Set([found.departmentId].filter((one) => one !== null));
  if (found.caseId !== null) departments.add((await scoped(ctx, AuditCase).get(found.caseId)).departmentId);
  if (!('title' in found)) {
    for (const link of await scoped(ctx, ImprovementFinding).find({ improvementId: found.id })) {
      const { departmentId } = await scoped(ctx, Finding).get(link.findingId);
      if (departmentId !== null) departments.add(departmentId);
    }
  }
  const report = await scoped(ctx, AuditReport).findOne({ auditId: found.auditId, kind: 'report' });
  return {
    kind: 'title' in found ? 'finding' : 'improvement', id: found.id, auditId: found.auditId, ...('title' in found ? { title: found.title, text: found.facts } : { title: '', text: found.text }), stage: found.stage,
    recommendation: !('title' in found) && found.kind === 'recommendation', departments,
    foundOn: report?.decidedOn ?? report?.submittedOn ?? report?.publishedOn ?? dayInJapan(found.changedAt),
  };
}

/** Whoever follows all actions sees every subject; a department its own, once it may know of it. Throws `NotFound`. */
export function mustSee(ctx: Ctx, { departments, stage }: Subject): void {
  if (allows(ctx.actor.grants, 'action.follow')) return;
  if (stage === 'draft' || ![...departments].some((one) => allows(ctx.actor.grants, 'action.write', one))) throw new NotFound();
}

/** Title and text as they print; an opinion is called by its first sentence. @param print `printedIn` of its audit */
export function printed({ title, text }: Pick<Subject, 'title' | 'text'>, print: (text: string) => string): { title: string; text: string } {
  const whole = print(text);
  return { title: title === '' ? firstSentence(whole) : title, text: whole };
}

/** Throws `NotFound`, `Refused` for one that has ended. */
export async function livingDepartment(ctx: Ctx, id: string): Promise<Department> {
  const department = await scoped(ctx, Department).get(id);
  if (department.endedOn !== null) throw new Refused('department-ended', `「${department.name}」は終了しています。いまある課を選んでください。`);
  return department;
}

function visible(ctx: Ctx, action: CorrectiveAction): CorrectiveAction {
  const reach = reachOf(ctx.actor.grants, 'action.read');
  if (reach === 'all' || reach.has(action.departmentId)) return action;
  throw new NotFound();
}
