/** Uses and contracts of a system. Each save gives the whole list. */
import { In } from 'typeorm';
import { checkText } from '../engine/answer-texts.js';
import { isIsoDate } from '../engine/dates.js';
import { Department } from '../identity/organisation.entity.js';
import type { Ctx } from '../kernel/ctx.js';
import type { Problem } from '../kernel/errors.js';
import { isId, newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeSound } from './register-changing.js';
import { lockForChange, mustBeSeen, recordChange, saveSystem } from './system-access.js';
import { SystemContract, SystemUse, type InformationSystem } from './system.entity.js';

export interface Use {
  departmentId: string;
  /** 課の数; null when it is not known. */
  sections: number | null;
  /** 端末の台数; null when it is not known. */
  terminals: number | null;
}

export interface Contract {
  title: string;
  contractor: string;
  /** Null when it is not known. */
  personalInformationClause: boolean | null;
  /** ISO days. */
  beginsOn: string | null;
  endsOn: string | null;
}

/** Longest title of a contract and name of a contractor. */
export const LONGEST_TEXT = 200;
export const MOST_PARTS = 300;
export const LARGEST_COUNT = 1_000_000;

/** Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version of the system. */
export async function setUses(ctx: Ctx, id: string, seen: number, uses: readonly Use[]): Promise<number> {
  const system = await lockForChange(ctx, id);
  const before = await usesOf(ctx, id);
  mustBeSeen(system, seen, uses, before);
  const departments = new Map((await scoped(ctx, Department).find({ id: In(uses.map((one) => one.departmentId).filter(isId)) })).map((one) => [one.id, one]));
  const living = (one: Use): boolean => {
    const department = departments.get(one.departmentId);
    return department !== undefined && (department.endedOn === null || department.endedOn > ctx.clock.today() || before.some((old) => old.departmentId === one.departmentId));
  };
  mustBeSound(useProblems(uses, living));
  const after = uses.map(({ departmentId, sections, terminals }) => ({ departmentId, sections, terminals }));
  return writeUses(ctx, system, before, after);
}

/** Writes checked uses of a locked system. Returns its version. */
export async function writeUses(ctx: Ctx, system: InformationSystem, before: readonly Use[], after: readonly Use[], comment?: string): Promise<number> {
  if (same(ordered(before), ordered(after))) return system.version;
  const names = new Map((await scoped(ctx, Department).find({ id: In([...before, ...after].map((one) => one.departmentId)) })).map((one) => [one.id, one.name]));
  await scoped(ctx, SystemUse).delete({ systemId: system.id });
  await scoped(ctx, SystemUse).insertMany(after.map((one) => ({ id: newId(), systemId: system.id, ...one })));
  const told = (list: readonly Use[]): object[] => list.map(({ departmentId, ...one }) => ({ departmentId, department: names.get(departmentId) ?? '', ...one }));
  await recordChange(ctx, system.id, 'uses', told(before), told(after), comment);
  return saveSystem(ctx, system);
}

function useProblems(uses: readonly Use[], living: (use: Use) => boolean): Problem[] {
  const problems: Problem[] = [];
  if (uses.length > MOST_PARTS) problems.push({ code: 'too-many', path: 'uses', message: `利用する部署は${MOST_PARTS}件までです。` });
  const seen = new Set<string>();
  for (const [n, use] of uses.slice(0, MOST_PARTS).entries()) {
    const at = `uses/${n}`;
    if (!living(use)) problems.push({ code: 'field-invalid', path: `${at}/departmentId`, message: `${n + 1}行目：利用する部署を、いまある部局・課から選んでください。` });
    else if (seen.has(use.departmentId)) problems.push({ code: 'use-once', path: `${at}/departmentId`, message: `${n + 1}行目：同じ部署が2度あります。1行にまとめてください。` });
    seen.add(use.departmentId);
    for (const [field, label] of [['sections', '課の数'], ['terminals', '端末の台数']] as const) {
      const number = use[field];
      if (number !== null && !(Number.isInteger(number) && number >= 0 && number <= LARGEST_COUNT)) problems.push({ code: 'number-out-of-range', path: `${at}/${field}`, message: `${n + 1}行目：${label}は0から${LARGEST_COUNT.toLocaleString('ja-JP')}までの整数で入れてください。わからないときは空にします。` });
    }
  }
  return problems;
}

/** In the order of the departments. */
export async function usesOf(ctx: Ctx, systemId: string): Promise<Use[]> {
  return ctx.tx.query(
    `select u.department_id as "departmentId", u.sections, u.terminals from system_use u join department d on d.id = u.department_id
      where u.organisation_id = $1 and u.system_id = $2 order by d.position, d.name, u.id`, [ctx.organisation, systemId]);
}

/** Throws `NotFound`, `Refused`, `Conflict` with both sides, `Invalid`. Returns the new version of the system. */
export async function setContracts(ctx: Ctx, id: string, seen: number, contracts: readonly Contract[]): Promise<number> {
  const system = await lockForChange(ctx, id);
  const before = await contractsOf(ctx, id);
  mustBeSeen(system, seen, contracts, before);
  const after = contracts.map(({ title, contractor, personalInformationClause, beginsOn, endsOn }) => ({ title: title.trim(), contractor: contractor.trim(), personalInformationClause, beginsOn, endsOn }));
  mustBeSound(contractProblems(after));
  return writeContracts(ctx, system, before, after);
}

/** Writes checked contracts of a locked system. Returns its version. */
export async function writeContracts(ctx: Ctx, system: InformationSystem, before: readonly Contract[], after: readonly Contract[], comment?: string): Promise<number> {
  if (same(before, after)) return system.version;
  await scoped(ctx, SystemContract).delete({ systemId: system.id });
  await scoped(ctx, SystemContract).insertMany(after.map((one, position) => ({ id: newId(), systemId: system.id, ...one, position })));
  await recordChange(ctx, system.id, 'contracts', before, after, comment);
  return saveSystem(ctx, system);
}

export function contractProblems(contracts: readonly Contract[]): Problem[] {
  const problems: Problem[] = [];
  if (contracts.length > MOST_PARTS) problems.push({ code: 'too-many', path: 'contracts', message: `委託契約は${MOST_PARTS}件までです。` });
  for (const [n, one] of contracts.slice(0, MOST_PARTS).entries()) {
    const problem = (field: string, message: string, code = 'field-invalid'): void => void problems.push({ code, path: `contracts/${n}/${field}`, message: `${n + 1}件目の契約：${message}` });
    if (one.title === '') problem('title', '契約の名称を1～200字で入れてください。');
    checkText(one.title, LONGEST_TEXT, (code, message) => problem('title', `名称：${message}`, code));
    checkText(one.contractor, LONGEST_TEXT, (code, message) => problem('contractor', `委託先：${message}`, code));
    for (const field of ['beginsOn', 'endsOn'] as const) if (one[field] !== null && !isIsoDate(one[field])) problem(field, '契約の日が暦にありません。');
    if (isIsoDate(one.beginsOn) && isIsoDate(one.endsOn) && one.endsOn < one.beginsOn) problem('endsOn', '契約の終わりの日が始まりの日より前です。', 'date-order');
  }
  return problems;
}

export async function contractsOf(ctx: Ctx, systemId: string): Promise<Contract[]> {
  const found = await scoped(ctx, SystemContract).find({ systemId }, { position: 'ASC', id: 'ASC' });
  return found.map(({ title, contractor, personalInformationClause, beginsOn, endsOn }) => ({ title, contractor, personalInformationClause, beginsOn, endsOn }));
}

const ordered = (uses: readonly Use[]): Use[] => [...uses].sort((a, b) => (a.departmentId < b.departmentId ? -1 : 1));
const same = (before: unknown, after: unknown): boolean => JSON.stringify(before) === JSON.stringify(after);
