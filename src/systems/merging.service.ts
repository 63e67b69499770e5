import { Injectable } from '@nestjs/common';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { doublesAmong } from './doubles.js';
import { bySystem } from './inheritance.js';
import { lockInheritance, mustNotCircle, writeInheritance } from './inheritance-setting.js';
import { chosenOf, differencesOf, unchosen, type Choices, type Difference, type Whole } from './merge-plan.js';
import { takeOverDeclarations } from './merge-declarations.js';
import { writeChange } from './register-changing.js';
import { listRows, within } from './register-list.js';
import { lockForChange, lockSystem, mayWrite, mustBeSeen, objectOf, readSystem, saveSystem } from './system-access.js';
import { contractsOf, usesOf, writeContracts, writeUses } from './system-parts.js';
import { Declaration } from './declaration.entity.js';
import { SystemClass, SystemInheritance, type InformationSystem } from './system.entity.js';

export interface Double { id: string; name: string; number: number | null; classLabel: string; departmentPath: string; mergeable: boolean }

export interface MergePreview {
  from: { id: string; name: string; version: number };
  into: { id: string; name: string; version: number };
  /** What is not the same on both sides; `choose` must be decided by the person, the rest may be. */
  differences: Difference[];
  /** Contracts and platforms of both are put together. */
  contracts: number;
}

export interface MergeRequest {
  /** The double, and the system that stays, each with the version that the page showed. */
  from: { id: string; seen: number };
  into: { id: string; seen: number };
  /** Path of a difference → the side that stays. */
  choices: Choices;
}

/** 重複の統合: doubles are suggested, compared, and one is merged into the other. */
@Injectable()
export class Merging {
  constructor(private readonly catalogue: Catalogue, private readonly departments: Departments) {}

  /** Groups of systems of the same kind whose names are the same but for width, spaces and 「システム」 at the end. */
  async suggestions(ctx: Ctx): Promise<Double[][]> {
    const tree = await this.departments.tree(ctx);
    const paths = new Map(tree.map((one) => [one.department.id, one.path]));
    const kinds = (['system', 'platform'] as const).map((kind) => within(ctx, this.catalogue, tree, { kind }));
    const groups: Double[][] = [];
    for (const chosen of kinds) {
      if (chosen === null) continue;
      const rows = await listRows(ctx, chosen.sql, chosen.parameters, { limit: null, offset: 0 });
      groups.push(...doublesAmong(rows).map((group) => group.map((one) => ({
        id: one.id, name: one.name, number: one.number, classLabel: one.classLabel ?? '', departmentPath: paths.get(one.departmentId) ?? '', mergeable: mayWrite(ctx, one),
      }))));
    }
    return groups;
  }

  /** What differs, and what has to be decided. Throws `NotFound`, `Refused`. */
  async preview(ctx: Ctx, fromId: string, intoId: string): Promise<MergePreview> {
    const [from, into] = [await readSystem(ctx, fromId), await readSystem(ctx, intoId)];
    mustFit(from, into);
    const [a, b] = [await this.whole(ctx, from), await this.whole(ctx, into)];
    const brief = ({ id, name, version }: InformationSystem) => ({ id, name, version });
    return { from: brief(from), into: brief(into), differences: differencesOf(this.catalogue, a, b), contracts: chosenOf(this.catalogue, a, b, {}).contracts.length };
  }

  /**
   * Merges the double into the other. The double keeps its history, its evidence and what was not taken over, points to the
   * other, and no list shows it any more.
   * Throws `NotFound`, `Refused` (rights, kinds, a circle of inheritance), `Conflict`, `Invalid` (a choice is missing, a number twice).
   */
  async merge(ctx: Ctx, request: MergeRequest): Promise<void> {
    await lockInheritance(ctx);
    if (request.from.id === request.into.id) throw new Refused('same-system', '同じシステムどうしは統合できません。統合先を選び直してください。');
    const edges = bySystem(await scoped(ctx, SystemInheritance).find({}, { position: 'ASC', id: 'ASC' }));
    const upon = [...edges].filter(([, ids]) => ids.includes(request.from.id)).map(([id]) => id);
    const locked = new Map<string, InformationSystem>();
    // All that will change, in one order and before the first write: two changes at once wait for each other and never in a circle.
    for (const id of [...new Set([request.from.id, request.into.id, ...upon])].sort()) {
      locked.set(id, id === request.from.id || id === request.into.id ? await lockForChange(ctx, id) : await lockSystem(ctx, id));
    }
    const [from, into] = [locked.get(request.from.id)!, locked.get(request.into.id)!];
    mustFit(from, into);
    const [a, b] = [await this.whole(ctx, from), await this.whole(ctx, into)];
    mustBeSeen(from, request.from.seen, { into: into.name }, { from: from.name });
    mustBeSeen(into, request.into.seen, { from: from.name }, { into: into.name });
    const missing = unchosen(differencesOf(this.catalogue, a, b), request.choices);
    if (missing.length > 0) throw new Invalid('choice-missing', `どちらを残すかを選んでいない欄が${missing.length}件あります。`, missing);
    const chosen = chosenOf(this.catalogue, a, b, request.choices);
    const comment = `「${from.name}」を統合`;
    await this.mergeInheritance(ctx, { from, into, locked }, edges, comment);
    await record(ctx, { action: 'system-merged-into', object: objectOf(from.id), before: a, after: { id: into.id, name: into.name } });
    await record(ctx, { action: 'system-merged', object: objectOf(into.id), after: { id: from.id, name: from.name } });
    await saveSystem(ctx, from, { mergedIntoId: into.id });
    await writeChange(ctx, this.catalogue, into, chosen.patch, comment);
    await writeUses(ctx, into, b.uses, chosen.uses, comment);
    await writeContracts(ctx, into, b.contracts, chosen.contracts, comment);
    await takeOverDeclarations(ctx, from, into, chosen.declarations);
    // Whatever changed, a page from before the merge is a page of another system.
    await saveSystem(ctx, into);
  }

  /** Ids as they are now: a merged system's is that of the system into which it went. Unknown ids have no entry. */
  async currentOf(ctx: Ctx, ids: readonly string[]): Promise<Map<string, string>> {
    const rows: { id: string; current: string }[] = await ctx.tx.query(
      `with recursive way (id, at, next) as (
          select id, id, merged_into_id from system where organisation_id = $1 and id = any($2)
          union select w.id, s.id, s.merged_into_id from way w join system s on s.id = w.next and s.organisation_id = $1
        ) select id, at as current from way where next is null`, [ctx.organisation, ids]);
    return new Map(rows.map((one) => [one.id, one.current]));
  }

  private async whole(ctx: Ctx, system: InformationSystem): Promise<Whole> {
    const { id, name, number, classId, departmentId, register } = system;
    const systemClass = classId === null ? null : await scoped(ctx, SystemClass).findOne({ id: classId });
    const paths = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    const declarations = await scoped(ctx, Declaration).find({ systemId: id }, { control: 'ASC' });
    const uses = await usesOf(ctx, id);
    return {
      name, number, classId, classLabel: systemClass?.label ?? '', departmentId, departmentPath: paths.get(departmentId) ?? '', register,
      uses: uses.map((one) => ({ ...one, departmentPath: paths.get(one.departmentId) ?? '' })), contracts: await contractsOf(ctx, id),
      declarations: declarations.map(({ control, value, note, declaredOn }) => ({ control, value, note, declaredOn })),
    };
  }

  /** What rested on the double rests on the other; the other rests on what the double rested on. */
  private async mergeInheritance(ctx: Ctx, { from, into, locked }: { from: InformationSystem; into: InformationSystem; locked: ReadonlyMap<string, InformationSystem> }, before: ReadonlyMap<string, string[]>, comment: string): Promise<void> {
    const moved = (ids: readonly string[]): string[] => [...new Set(ids.map((one) => (one === from.id ? into.id : one)))];
    const after = new Map([...before].map(([id, ids]) => [id, moved(ids)]));
    after.delete(from.id);
    after.set(into.id, moved([...(before.get(into.id) ?? []), ...(before.get(from.id) ?? [])]));
    await mustNotCircle(ctx, into.id, after);
    await writeInheritance(ctx, from, before.get(from.id) ?? [], [], comment);
    for (const [id, ids] of after) {
      const was = before.get(id) ?? [];
      if (was.join() === ids.join()) continue;
      await writeInheritance(ctx, locked.get(id)!, was, ids, comment);
    }
  }
}

function mustFit(from: InformationSystem, into: InformationSystem): void {
  const merged = [from, into].find((one) => one.mergedIntoId !== null);
  if (merged !== undefined) throw new Refused('merged', `「${merged.name}」は、もうほかのシステムに統合されています。統合先を選んでください。`);
  if (from.kind !== into.kind) throw new Refused('kinds-differ', 'システムと共通基盤は統合できません。先に台帳で種類をそろえてください。');
}
