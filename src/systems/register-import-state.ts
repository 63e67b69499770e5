/** The register as an import is held against it. */
import { IsNull } from 'typeorm';
import type { CompiledForm } from '../engine/form-index.js';
import type { DepartmentInTree } from '../identity/departments.service.js';
import { reachOf } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { DepartmentNames, type NamedDepartment } from './import/departments.js';
import type { RegisterState, StoredSystem } from './import/plan.js';
import { fieldsOf } from './register-changing.js';
import type { ListedClass } from './system-classes.service.js';
import { groupedBySystem } from './system-facts.service.js';
import { InformationSystem, SystemContract, SystemInheritance, SystemUse } from './system.entity.js';

/** @param chosen folded name of a department in a file → department, as the person said */
export async function registerState(ctx: Ctx, form: CompiledForm, tree: readonly DepartmentInTree[], classes: readonly ListedClass[], chosen: Readonly<Record<string, string>>): Promise<RegisterState> {
  return {
    form, departments: departmentNames(tree, ctx.clock.today(), chosen), systems: await storedSystems(ctx), reach: reachOf(ctx.actor.grants, 'system.import'),
    classes: classes.map(({ id, label, endedOn }) => ({ id, label, ended: endedOn !== null })),
  };
}

export function departmentNames(tree: readonly DepartmentInTree[], today: string, chosen: Readonly<Record<string, string>> = {}): DepartmentNames {
  const named = tree.map(({ department, bodyName, path, successorPath }): NamedDepartment => ({
    id: department.id, name: department.name, full: [bodyName, ...path.split('　')], ended: department.endedOn !== null && department.endedOn <= today, successor: successorPath,
  }));
  return new DepartmentNames(named, chosen);
}

/** All systems and platforms that were not merged away, in the order of their numbers. */
export async function storedSystems(ctx: Ctx): Promise<StoredSystem[]> {
  const systems = await scoped(ctx, InformationSystem).find({ mergedIntoId: IsNull() }, { number: 'ASC', name: 'ASC', id: 'ASC' });
  const uses = groupedBySystem(await scoped(ctx, SystemUse).find({}, { id: 'ASC' }));
  const contracts = groupedBySystem(await scoped(ctx, SystemContract).find({}, { position: 'ASC', id: 'ASC' }));
  const upon = new Map<string, number>();
  for (const { fromId } of await scoped(ctx, SystemInheritance).find()) upon.set(fromId, (upon.get(fromId) ?? 0) + 1);
  return systems.map((system) => ({
    id: system.id, version: system.version, ...fieldsOf(system), register: system.register, upon: upon.get(system.id) ?? 0,
    uses: (uses.get(system.id) ?? []).map(({ departmentId, sections, terminals }) => ({ departmentId, sections, terminals })),
    contracts: (contracts.get(system.id) ?? []).map(({ title, contractor, personalInformationClause, beginsOn, endsOn }) => ({ title, contractor, personalInformationClause, beginsOn, endsOn })),
  }));
}
