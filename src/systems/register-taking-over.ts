/** Writes the good rows of an import, all in the transaction at hand. */
import type { DepartmentInTree } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { Catalogue } from './catalogue.js';
import type { PlannedRow, RowWrite } from './import/plan.js';
import { writeChange } from './register-changing.js';
import { lockForChange, mustBeSeen, mustWriteIn, objectOf } from './system-access.js';
import type { ListedClass } from './system-classes.service.js';
import { contractsOf, usesOf, writeContracts, writeUses } from './system-parts.js';
import { InformationSystem, SystemContract, SystemUse } from './system.entity.js';

export interface TakingOver {
  catalogue: Catalogue;
  departments: readonly DepartmentInTree[];
  classes: readonly ListedClass[];
  /** For the journal: from which file. */
  comment: string;
}

/** Throws `Conflict` when a system has changed since it was planned, `Refused`, `Invalid`. Returns the ids of what was added and changed, in the order of the rows. */
export async function takeRowsOver(ctx: Ctx, rows: readonly PlannedRow[], taking: TakingOver): Promise<string[]> {
  const writes = rows.flatMap(({ write }) => (write === null ? [] : [write]));
  // All that will change, in one order and before the first write: two changes at once wait for each other and never in a circle.
  for (const id of writes.flatMap(({ existing }) => existing?.id ?? []).sort()) await lockForChange(ctx, id);
  const added = writes.filter(({ existing }) => existing === null).map((write) => ({ id: newId(), write }));
  await addSystems(ctx, added, taking);
  const ids = new Map(added.map(({ id, write }) => [write, id]));
  for (const write of writes) {
    if (write.existing === null) continue;
    await changeOne(ctx, write, write.existing, taking);
    ids.set(write, write.existing.id);
  }
  return writes.map((write) => ids.get(write)!);
}

async function addSystems(ctx: Ctx, added: readonly { id: string; write: RowWrite }[], { catalogue, departments, classes, comment }: TakingOver): Promise<void> {
  for (const departmentId of new Set(added.map(({ write }) => write.fields.departmentId))) mustWriteIn(ctx, departmentId);
  const registers = new Map(added.map(({ id, write }) => [id, Object.fromEntries(Object.entries(write.register).filter(([, value]) => value !== null))]));
  await scoped(ctx, InformationSystem).insertMany(added.map(({ id, write: { fields } }) => ({
    id, ...fields, register: registers.get(id) as never, registerVersion: catalogue.register.definition.version, mergedIntoId: null,
    changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1,
  })));
  await scoped(ctx, SystemUse).insertMany(added.flatMap(({ id, write }) => (write.uses ?? []).map((use) => ({ id: newId(), systemId: id, ...use }))));
  await scoped(ctx, SystemContract).insertMany(added.flatMap(({ id, write }) => (write.contracts ?? []).map((one, position) => ({ id: newId(), systemId: id, ...one, position }))));
  const names = new Map(departments.map(({ department }) => [department.id, department.name]));
  const labels = new Map(classes.map((one) => [one.id, one.label]));
  for (const { id, write: { fields: { kind, name, number, classId, departmentId }, uses, contracts } } of added) {
    await record(ctx, {
      action: 'system-added', object: objectOf(id), comment,
      after: {
        kind, name, number, class: classId === null ? null : { id: classId, label: labels.get(classId) ?? '' }, department: { id: departmentId, name: names.get(departmentId) ?? '' }, register: registers.get(id),
        uses: (uses ?? []).map(({ departmentId: user, sections, terminals }) => ({ departmentId: user, department: names.get(user) ?? '', sections, terminals })), contracts: contracts ?? [],
      },
    });
  }
}

async function changeOne(ctx: Ctx, { fields, register, uses, contracts }: RowWrite, { id, version }: { id: string; version: number }, { catalogue, comment }: TakingOver): Promise<void> {
  const system = await lockForChange(ctx, id);
  mustBeSeen(system, version, fields, system);
  await writeChange(ctx, catalogue, system, { ...fields, register }, comment);
  if (uses !== null) await writeUses(ctx, system, await usesOf(ctx, id), uses, comment);
  if (contracts !== null) await writeContracts(ctx, system, await contractsOf(ctx, id), contracts, comment);
}
