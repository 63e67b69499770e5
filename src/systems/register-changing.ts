/** Adds a system to the register and changes its fields. */
import { IsNull } from 'typeorm';
import { checkText } from '../engine/answer-texts.js';
import type { AnswerValue, Code } from '../engine/form.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import type { Catalogue } from './catalogue.js';
import { hasEnded, lifecycleItem, mergeRegister, registerPath } from './register-values.js';
import { lockForChange, mustBeSeen, mustWriteIn, objectOf, recordChange, saveSystem } from './system-access.js';
import { InformationSystem, SystemClass, SystemInheritance, type SystemKind } from './system.entity.js';

/** Fields of a system beside the items of the register. */
export interface SystemFields {
  kind: SystemKind;
  name: string;
  /** 番号, 1 to 99999, unique within the class. */
  number: number | null;
  classId: string | null;
  departmentId: string;
}

/** Values of register items as they came in; null takes the item away. */
export type RegisterInput = Readonly<Record<Code, unknown>>;
export type NewSystem = Pick<SystemFields, 'name' | 'departmentId'> & Partial<SystemFields> & { register?: RegisterInput };
export type SystemPatch = Partial<SystemFields> & { register?: RegisterInput };

export const LONGEST_NAME = 200;
export const LARGEST_NUMBER = 99_999;
const FIELDS = ['kind', 'name', 'number', 'classId', 'departmentId'] as const;

/** Throws `Refused` (not this department's), `Invalid` with every problem. Returns the id; the version is 1. */
export async function addSystem(ctx: Ctx, catalogue: Catalogue, input: NewSystem): Promise<string> {
  const fields: SystemFields = { kind: input.kind ?? 'system', name: tidied(input.name), number: input.number ?? null, classId: input.classId ?? null, departmentId: input.departmentId };
  const merged = mergeRegister(catalogue.register, {}, input.register ?? {});
  mustBeSound([...(await fieldProblems(ctx, fields, null)), ...merged.problems]);
  mustWriteIn(ctx, fields.departmentId);
  const id = newId();
  await scoped(ctx, InformationSystem).insert({
    id, ...fields, register: merged.register as never, registerVersion: catalogue.register.definition.version, mergedIntoId: null,
    changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1,
  });
  await record(ctx, { action: 'system-added', object: objectOf(id), after: { ...(await named(ctx, fields)), register: merged.register } });
  return id;
}

/**
 * Changes what the patch names, nothing else; the journal has one entry for each field that changed.
 * Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version (`seen` when nothing changed).
 */
export async function changeSystem(ctx: Ctx, catalogue: Catalogue, id: string, seen: number, patch: SystemPatch): Promise<number> {
  const system = await lockForChange(ctx, id);
  mustBeSeen(system, seen, patch, currentOf(system, patch));
  return writeChange(ctx, catalogue, system, patch);
}

/** The same on a system that is locked already. */
export async function writeChange(ctx: Ctx, catalogue: Catalogue, system: InformationSystem, patch: SystemPatch, comment?: string): Promise<number> {
  const before = fieldsOf(system);
  const after: SystemFields = { ...before, ...given(patch) };
  const merged = mergeRegister(catalogue.register, system.register, patch.register ?? {});
  mustBeSound([...(await fieldProblems(ctx, after, { ...before, id: system.id })), ...merged.problems]);
  if (after.departmentId !== before.departmentId) mustWriteIn(ctx, after.departmentId);
  if (after.kind !== before.kind) await mustBeFree(ctx, system, '種類を変える');
  if (!hasEnded(catalogue.register, system.register) && hasEnded(catalogue.register, merged.register)) await mustBeFree(ctx, system, '廃止する');
  const changed = FIELDS.filter((field) => before[field] !== after[field]);
  if (changed.length === 0 && merged.changed.length === 0) return system.version;
  const [namedBefore, namedAfter] = [await named(ctx, before), await named(ctx, after)];
  await saveSystem(ctx, system, { ...after, register: merged.register, registerVersion: catalogue.register.definition.version });
  for (const field of changed) await recordChange(ctx, system.id, PATHS[field], namedBefore[PATHS[field]], namedAfter[PATHS[field]], comment);
  for (const one of merged.changed) await recordChange(ctx, system.id, registerPath(one.code), one.before, one.after, comment);
  return system.version;
}

/** 廃止: the item of the register that says whether a system runs, and the day. Throws as `changeSystem`. */
export async function endSystem(ctx: Ctx, catalogue: Catalogue, id: string, seen: number, on: string): Promise<number> {
  const lifecycle = lifecycleItem(catalogue.register);
  if (lifecycle === undefined) throw new Refused('no-lifecycle', '台帳の項目に、稼働の状態を示すものがありません。templates/systems の項目に lifecycle を定めてください。');
  return changeSystem(ctx, catalogue, id, seen, { register: { [lifecycle.code]: { choice: lifecycle.ended }, [lifecycle.endedOn]: on } });
}

const PATHS = { kind: 'kind', name: 'name', number: 'number', classId: 'class', departmentId: 'department' } as const;

export const tidied = (name: unknown): string => (typeof name === 'string' ? name.replace(/\s+/gu, ' ').trim() : '');

function given(patch: SystemPatch): Partial<SystemFields> {
  const fields = Object.fromEntries(FIELDS.filter((field) => patch[field] !== undefined).map((field) => [field, patch[field]])) as Partial<SystemFields>;
  return fields.name === undefined ? fields : { ...fields, name: tidied(fields.name) };
}

export function fieldsOf({ kind, name, number, classId, departmentId }: InformationSystem): SystemFields {
  return { kind, name, number, classId, departmentId };
}

/** What is stored now of the fields that the patch names. */
function currentOf(system: InformationSystem, patch: SystemPatch): SystemPatch {
  const fields = Object.fromEntries(FIELDS.filter((field) => patch[field] !== undefined).map((field) => [field, system[field]]));
  const register: Record<Code, AnswerValue | null> = Object.fromEntries(Object.keys(patch.register ?? {}).map((code) => [code, system.register[code] ?? null]));
  return { ...fields, ...(patch.register === undefined ? {} : { register }) };
}

export function mustBeSound(problems: readonly Problem[]): void {
  if (problems.length > 0) throw new Invalid('system-invalid', '入力を確かめてください。', problems);
}

/** @param before the fields as they are stored, with the id; null for a new system */
export async function fieldProblems(ctx: Ctx, fields: SystemFields, before: (SystemFields & { id: string }) | null): Promise<Problem[]> {
  const problems: Problem[] = [];
  const problem = (path: string, message: string, code = 'field-invalid'): void => void problems.push({ code, path, message });
  if (fields.name === '') problem('name', 'システムの名前を1～200字で入れてください。');
  checkText(fields.name, LONGEST_NAME, (code, message) => problem('name', `システムの名前：${message}`, code));
  if (fields.kind !== 'system' && fields.kind !== 'platform') problem('kind', '種類は、システムか共通基盤のどちらかを選んでください。');
  if (fields.number !== null && !(Number.isInteger(fields.number) && fields.number >= 1 && fields.number <= LARGEST_NUMBER)) problem('number', `番号は1から${LARGEST_NUMBER}までの整数で入れてください。`);
  problems.push(...(await departmentProblems(ctx, fields.departmentId, before?.departmentId ?? null)));
  if (fields.classId !== null) problems.push(...(await classProblems(ctx, fields.classId, before?.classId ?? null)));
  if (problems.length === 0 && fields.number !== null) problems.push(...(await numberProblems(ctx, fields, before?.id ?? null)));
  return problems;
}

async function departmentProblems(ctx: Ctx, departmentId: string, before: string | null): Promise<Problem[]> {
  const found = isId(departmentId) ? await scoped(ctx, Department).findOne({ id: departmentId }) : null;
  if (found === null) return [{ code: 'field-invalid', path: 'department', message: '所管課を選んでください。' }];
  if (found.endedOn === null || found.endedOn > ctx.clock.today() || found.id === before) return [];
  return [{ code: 'department-ended', path: 'department', message: `「${found.name}」は終了しています。いまある部局・課を選んでください。` }];
}

async function classProblems(ctx: Ctx, classId: string, before: string | null): Promise<Problem[]> {
  const found = isId(classId) ? await scoped(ctx, SystemClass).findOne({ id: classId }) : null;
  if (found === null) return [{ code: 'field-invalid', path: 'class', message: '区分を選び直してください。' }];
  return found.endedOn === null || found.id === before ? [] : [{ code: 'class-ended', path: 'class', message: `区分「${found.label}」は終了しています。いまある区分を選んでください。` }];
}

async function numberProblems(ctx: Ctx, { classId, number }: SystemFields, self: string | null): Promise<Problem[]> {
  const same = await scoped(ctx, InformationSystem).find({ classId: classId ?? IsNull(), number: number!, mergedIntoId: IsNull() });
  const other = same.find((one) => one.id !== self);
  return other === undefined ? [] : [{ code: 'number-once', path: 'number', message: `番号${number}は、同じ区分の「${other.name}」が使っています。別の番号にしてください。` }];
}

/** A platform on which systems rest neither ends nor becomes something else. */
async function mustBeFree(ctx: Ctx, system: InformationSystem, what: string): Promise<void> {
  const upon = system.kind === 'platform' ? await scoped(ctx, SystemInheritance).count({ fromId: system.id }) : 0;
  if (upon > 0) throw new Refused('platform-in-use', `「${system.name}」の統制を引き継ぐシステムが${upon}件あるため、${what}ことができません。先にそのシステムの引継ぎを改めてください。`);
}

/** Fields as the journal keeps them: readable also when a department or a class is called otherwise later. */
async function named(ctx: Ctx, fields: SystemFields): Promise<Record<(typeof PATHS)[keyof typeof PATHS], unknown>> {
  const department = await scoped(ctx, Department).findOne({ id: fields.departmentId });
  const systemClass = fields.classId === null ? null : await scoped(ctx, SystemClass).findOne({ id: fields.classId });
  return {
    kind: fields.kind, name: fields.name, number: fields.number,
    class: systemClass === null ? null : { id: systemClass.id, label: systemClass.label },
    department: { id: fields.departmentId, name: department?.name ?? '' },
  };
}
