import { monthsLater } from '../engine/dates.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { InformationSystem } from '../systems/system.entity.js';
import { fieldsOf, lawDay } from './audit-fields.js';
import type { ListedKind } from './audit-kinds.service.js';
import { Audit, AuditPerson, AuditStep, AuditTarget, AuditViewpoint } from './audit.entity.js';
import { basesOn } from './legal-bases.js';

export interface Copying {
  fiscalYear: number;
  /** With which the new audit is planned, as it is called now. */
  kind: ListedKind;
  /** Item of a plan that it carries out; null: none. */
  planItemId: string | null;
}

/**
 * Writes the new plan; asks for no right and keeps no journal. What was done, found and counted stays with the older audit: cases,
 * records, answers, findings, days on which something was done, 除斥, number and day of publication.
 */
export async function copyAudit(ctx: Ctx, from: Audit, { fiscalYear, kind, planItemId }: Copying): Promise<{ id: string; told: object }> {
  const months = (fiscalYear - from.fiscalYear) * 12;
  const later = (day: string | null): string | null => (day === null ? null : monthsLater(day, months));
  const id = newId();
  const beginsOn = later(from.beginsOn);
  const bases = basesFor(from, kind, lawDay({ beginsOn, fiscalYear }));
  const fields = { ...fieldsOf(from), fiscalYear, kind: kind.code, kindLabel: kind.label, bases, referenceOn: later(from.referenceOn), beginsOn, endsOn: later(from.endsOn) };
  await scoped(ctx, Audit).insert({ id, planItemId, copiedFromId: from.id, ...fields, status: 'planned', changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
  const viewpoints = await scoped(ctx, AuditViewpoint).find({ auditId: from.id }, { position: 'ASC', id: 'ASC' });
  await copyViewpoints(ctx, id, viewpoints);
  const targets = await standingTargets(ctx, await scoped(ctx, AuditTarget).find({ auditId: from.id }));
  await scoped(ctx, AuditTarget).insertMany(targets.map((one) => ({ id: newId(), auditId: id, ...one })));
  const people = await scoped(ctx, AuditPerson).find({ auditId: from.id }, { position: 'ASC', id: 'ASC' });
  await scoped(ctx, AuditPerson).insertMany(people.map(({ accountId, role, title, name, position }) => ({ id: newId(), auditId: id, accountId, role, title, name, position, disqualifiedReason: null, version: 1 })));
  const steps = await scoped(ctx, AuditStep).find({ auditId: from.id }, { position: 'ASC', id: 'ASC' });
  await scoped(ctx, AuditStep).insertMany(steps.map(({ label, doneBy, fromOn, untilOn, note, position }) => ({ id: newId(), auditId: id, label, doneBy, fromOn: later(fromOn), untilOn: later(untilOn), doneOn: null, note, position, version: 1 })));
  return { id, told: { ...fields, viewpoints: viewpoints.length, targets: targets.length, people: people.length, steps: steps.length } };
}

/** Those of the older audit that still stand on the day; of another kind, or where none stands any more, the usual ones of the kind. */
function basesFor(from: Pick<Audit, 'kind' | 'bases'>, kind: ListedKind, day: string): string[] {
  const standing = new Set(basesOn(day).map((one) => one.code));
  const kept = from.bases.filter((one) => standing.has(one));
  return from.kind === kind.code && kept.length > 0 ? kept : kind.bases.filter((one) => standing.has(one));
}

/** Those above before those below. */
async function copyViewpoints(ctx: Ctx, auditId: string, viewpoints: readonly AuditViewpoint[]): Promise<void> {
  const ids = new Map(viewpoints.map((one) => [one.id, newId()]));
  let level = viewpoints.filter((one) => one.parentId === null);
  while (level.length > 0) {
    await scoped(ctx, AuditViewpoint).insertMany(level.map(({ id, parentId, position, text, ruleSet, viewpoint }) => ({
      id: ids.get(id)!, auditId, parentId: parentId === null ? null : ids.get(parentId)!, position, text, ruleSet, viewpoint, version: 1,
    })));
    const above = new Set(level.map((one) => one.id));
    level = viewpoints.filter((one) => one.parentId !== null && above.has(one.parentId));
  }
}

type Target = Pick<AuditTarget, 'departmentId' | 'systemId'>;

/** A department that ended stands for its successor, a system that was merged for the one into which it was; what has none goes. */
async function standingTargets(ctx: Ctx, targets: readonly Target[]): Promise<Target[]> {
  const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one]));
  const systems = new Map((await scoped(ctx, InformationSystem).find()).map((one) => [one.id, one.mergedIntoId]));
  const departmentNow = (id: string): string | null => {
    let at = departments.get(id);
    for (let n = 0; at !== undefined && at.endedOn !== null && n < 100; n += 1) at = at.successorId === null ? undefined : departments.get(at.successorId);
    return at === undefined || at.endedOn !== null ? null : at.id;
  };
  const systemNow = (id: string): string => {
    let at = id;
    for (let n = 0; systems.get(at) != null && n < 100; n += 1) at = systems.get(at)!;
    return at;
  };
  const standing = new Map<string, Target>();
  for (const { departmentId, systemId } of targets) {
    const department = departmentNow(departmentId);
    if (department === null) continue;
    const target = { departmentId: department, systemId: systemId === null ? null : systemNow(systemId) };
    standing.set(`${target.departmentId}/${target.systemId ?? ''}`, target);
  }
  return [...standing.values()];
}
