/** What findings and improvement opinions have in common: numbers that are given once, places in the tree, removal. Asks for no right. */
import type { Ctx } from '../kernel/ctx.js';
import { Invalid } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { thingObject, type ThingKind } from './finding-access.js';
import { Finding, Improvement } from './finding.entity.js';
import { isLiving, type FindingAct } from './finding.transitions.js';
import { lastPlace, moved, type Placed, type Target } from './tree-places.js';

const ENTITIES = { finding: Finding, improvement: Improvement } as const;

/** All that stands in the tree of an audit, for placing. */
export async function placedOf(ctx: Ctx, kind: ThingKind, auditId: string): Promise<Placed[]> {
  return (await scoped<Finding | Improvement>(ctx, ENTITIES[kind]).find({ auditId } as never)).filter(isLiving);
}

/** The next stable key: above every one that was ever given in the audit, also to what is gone. The audit is locked. */
export async function nextNumber(ctx: Ctx, kind: ThingKind, auditId: string): Promise<number> {
  const [row]: { most: number | null }[] = await ctx.tx.query(
    `select greatest((select max(number) from ${kind} where organisation_id = $1 and audit_id = $2::uuid),
       (select max((content::jsonb -> 'before' ->> 'number')::int) from journal_entry where organisation_id = $1 and object_kind = 'audit' and object_id = $2::text and action = $3)) as most`,
    [ctx.organisation, auditId, `${kind}-removed`]);
  return (row?.most ?? 0) + 1;
}

/** At the end of what stands below a parent, or on the outermost level of a case. */
export async function placeAtEnd(ctx: Ctx, kind: ThingKind, auditId: string, at: { parentId: string | null; caseId: string | null }): Promise<Pick<Placed, 'parentId' | 'caseId' | 'position'>> {
  const rows = await placedOf(ctx, kind, auditId);
  const parent = at.parentId === null ? null : rows.find((one) => one.id === at.parentId);
  if (parent === undefined) throw new Invalid('place-invalid', '入力を確かめてください。', [{ code: 'parent-unknown', path: 'parentId', message: '置く場所が見つかりません。画面を読み込み直してください。' }]);
  const caseId = parent === null ? at.caseId : parent.caseId;
  return { parentId: at.parentId, caseId, position: lastPlace(rows, { parentId: at.parentId, caseId }) };
}

/** Moves and journals it; others only change their positions. Throws `Invalid` (circle, too deep, unknown parent). */
export async function moveThing(ctx: Ctx, kind: ThingKind, thing: Finding | Improvement, target: Target): Promise<void> {
  const outcome = moved(await placedOf(ctx, kind, thing.auditId), thing.id, target);
  if ('problem' in outcome) throw new Invalid('place-invalid', outcome.problem.message, [outcome.problem]);
  for (const { id, parentId, caseId, position } of outcome.changes) await scoped<Finding | Improvement>(ctx, ENTITIES[kind]).update({ id } as never, { parentId, caseId, position });
  const mine = outcome.changes.find((one) => one.id === thing.id);
  if (mine === undefined) return;
  const placeOf = ({ parentId, caseId, position }: Placed): object => ({ parentId, caseId, position });
  await record(ctx, { action: `${kind}-moved`, object: thingObject(kind, thing.id), before: placeOf(thing), after: placeOf(mine) });
}

/** Where a step puts it: out of the tree when it is withdrawn, at the end of its case when it is restored; nowhere else otherwise. */
export async function placeAfter(ctx: Ctx, kind: ThingKind, { auditId, caseId }: Pick<Finding, 'auditId' | 'caseId'>, act: FindingAct): Promise<Partial<Placed>> {
  if (act === 'restore') return placeAtEnd(ctx, kind, auditId, { parentId: null, caseId });
  return act === 'withdraw' ? { parentId: null } : {};
}

/** Takes the row away; its number is noted at the audit and not given again. */
export async function removeThing(ctx: Ctx, kind: ThingKind, thing: Finding | Improvement, name: string): Promise<void> {
  await scoped<Finding | Improvement>(ctx, ENTITIES[kind]).delete({ id: thing.id } as never);
  await record(ctx, { action: `${kind}-removed`, object: thingObject(kind, thing.id), before: { ...thing, organisationId: undefined } });
  await record(ctx, { action: `${kind}-removed`, object: { kind: 'audit', id: thing.auditId }, before: { id: thing.id, number: thing.number, name } });
}
