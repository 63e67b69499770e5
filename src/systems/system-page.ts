/** Everything that the page of one system shows, and what this person may do with it. */
import { In } from 'typeorm';
import type { AnswerValue, Code } from '../engine/form.js';
import { emptyAnswer } from '../engine/blanks.js';
import type { DepartmentInTree } from '../identity/departments.service.js';
import { allows } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import type { Catalogue } from './catalogue.js';
import type { KnownFacts } from './facts.js';
import { bySystem, platformsBelow } from './inheritance.js';
import { hasEnded, valueText } from './register-values.js';
import { mayWrite, readSystem } from './system-access.js';
import { contractsOf, usesOf, type Contract, type Use } from './system-parts.js';
import { InformationSystem, SystemClass, SystemInheritance, type SystemKind } from './system.entity.js';

export interface Named { id: string; name: string }

export interface SystemPage {
  id: string;
  kind: SystemKind;
  number: number | null;
  name: string;
  classId: string | null;
  classLabel: string;
  departmentId: string;
  departmentPath: string;
  /** Send it back with the next change. */
  version: number;
  changedAt: string;
  changedBy: string;
  ended: boolean;
  /** Merged as a double of that system; then nothing can be changed. */
  mergedInto: Named | null;
  /** Items that people fill in, under the sections of the register, in order. */
  sections: { code: Code; title: string; items: { code: Code; label: string; value: AnswerValue | null; text: string; missing: boolean }[] }[];
  /** Counted items, by code. */
  counted: { code: Code; label: string; text: string }[];
  /** `listedAgain` (再掲): the department is not the one in charge. */
  uses: (Use & { departmentPath: string; listedAgain: boolean })[];
  contracts: Contract[];
  /** Platforms in the order set, and those below them, nearest first. */
  inherits: Named[];
  inheritsFurther: Named[];
  /** What inherits from it directly. */
  upon: Named[];
  facts: KnownFacts;
  /** Controls that are declared or inherited and count, of all. */
  declared: number;
  controls: number;
  may: { write: boolean; declare: boolean; approve: boolean; check: boolean };
}

/** Throws `NotFound`, `Refused`. */
export async function systemPage(ctx: Ctx, catalogue: Catalogue, departments: readonly DepartmentInTree[], factsOf: (id: string) => Promise<KnownFacts>, id: string): Promise<SystemPage> {
  const system = await readSystem(ctx, id);
  const paths = new Map(departments.map((one) => [one.department.id, one.path]));
  const systemClass = system.classId === null ? null : await scoped(ctx, SystemClass).findOne({ id: system.classId });
  const edges = await scoped(ctx, SystemInheritance).find({}, { position: 'ASC', id: 'ASC' });
  const direct = edges.filter((one) => one.systemId === id).map((one) => one.fromId);
  const below = platformsBelow(id, bySystem(edges));
  const upon = edges.filter((one) => one.fromId === id).map((one) => one.systemId);
  const others = await scoped(ctx, InformationSystem).find({ id: In([...below, ...upon, ...(system.mergedIntoId === null ? [] : [system.mergedIntoId])]) });
  const names = new Map(others.map((one) => [one.id, one.name]));
  const named = (ids: readonly string[]): Named[] => ids.map((one) => ({ id: one, name: names.get(one) ?? '' }));
  const facts = await factsOf(id);
  const living = catalogue.livingControls(ctx.clock.today());
  const may = (permission: 'declaration.write' | 'declaration.approve' | 'check.run'): boolean => system.mergedIntoId === null && allows(ctx.actor.grants, permission, system.departmentId);
  return {
    id, kind: system.kind, number: system.number, name: system.name, classId: system.classId, classLabel: systemClass?.label ?? '',
    departmentId: system.departmentId, departmentPath: paths.get(system.departmentId) ?? '', version: system.version,
    changedAt: system.changedAt.toISOString(), changedBy: system.changedByName, ended: hasEnded(catalogue.register, system.register),
    mergedInto: named(system.mergedIntoId === null ? [] : [system.mergedIntoId])[0] ?? null,
    ...registerShown(catalogue, system, facts),
    uses: (await usesOf(ctx, id)).map((one) => ({ ...one, departmentPath: paths.get(one.departmentId) ?? '', listedAgain: one.departmentId !== system.departmentId })),
    contracts: await contractsOf(ctx, id),
    inherits: named(direct), inheritsFurther: named(below.filter((one) => !direct.includes(one))), upon: named(upon).sort((a, b) => a.name.localeCompare(b.name, 'ja')),
    facts, declared: living.filter(({ code }) => Object.hasOwn(facts.values, code)).length, controls: living.length,
    may: { write: mayWrite(ctx, system), declare: may('declaration.write'), approve: may('declaration.approve'), check: may('check.run') && system.kind === 'system' },
  };
}

function registerShown(catalogue: Catalogue, system: InformationSystem, facts: KnownFacts): Pick<SystemPage, 'sections' | 'counted'> {
  const filledIn = new Set(catalogue.registerItems);
  const sections = catalogue.register.sections.map(({ code, section }) => ({
    code, title: section.title,
    items: catalogue.register.items.filter((one) => one.section.code === code && filledIn.has(one)).map((one) => {
      const value = system.register[one.code] ?? null;
      return { code: one.code, label: one.item.label, value, text: valueText(one, value), missing: one.item.need === 'required' && emptyAnswer(value) };
    }),
  }));
  const counted = catalogue.register.items.filter((one) => !filledIn.has(one)).map((one) => ({ code: one.code, label: one.item.label, text: valueText(one, facts.values[one.code]) }));
  return { sections: sections.filter((one) => one.items.length > 0), counted };
}
