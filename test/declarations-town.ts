import type { AnswerValue, Code } from '../src/engine/form.js';
import { clockAt } from '../src/kernel/clock.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { TenkenError } from '../src/kernel/errors.js';
import { newId } from '../src/kernel/ids.js';
import { inTransaction } from '../src/kernel/database.js';
import { DeclarationApproval } from '../src/systems/declaration-approval.service.js';
import { DeclarationCopying } from '../src/systems/declaration-copying.service.js';
import { DeclarationsDue } from '../src/systems/declarations-due.service.js';
import { Declaring, type DeclarationChange } from '../src/systems/declaring.service.js';
import { Evidence } from '../src/systems/evidence.service.js';
import { sampleCatalogue } from '../src/systems/sample-catalogue.js';
import { openTown, type Database, type Town } from './assessments-town.js';

const catalogue = sampleCatalogue();

export const declarationServices = {
  catalogue,
  declaring: new Declaring(catalogue), approval: new DeclarationApproval(catalogue), due: new DeclarationsDue(catalogue),
  copying: new DeclarationCopying(catalogue), evidence: new Evidence(catalogue),
};

/** A town whose 国保年金課 has a person who declares and a head who approves; こども課 uses nothing yet. */
export interface DeclarationsTown {
  database: Database;
  town: Town;
  clerk: Actor;
  head: Actor;
  close(): Promise<void>;
  /** A system (or platform) of 国保年金課 unless told otherwise. */
  system(name: string, options?: { kind?: 'system' | 'platform'; department?: string; from?: string[]; register?: Record<Code, AnswerValue>; mergedInto?: string; organisation?: string }): Promise<string>;
  usedBy(system: string, department: string): Promise<void>;
  /** Declares one value, seen as it stands now. */
  declare(system: string, control: Code, value: unknown, more?: Partial<DeclarationChange>, by?: Actor): Promise<number>;
  /** Work as this person, on this day. */
  on<T>(day: string, actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T>;
}

export async function openDeclarationsTown(): Promise<DeclarationsTown> {
  const { database, town, close } = await openTown();
  const clerk = await town.person('drafter', town.pension, '国保年金課の担当');
  const head = await town.person('section-head', town.pension, '国保年金課長');
  return {
    database, town, clerk, head, close,
    async system(name, { kind = 'system', department = town.pension, from = [], register = {}, mergedInto, organisation = town.organisation } = {}) {
      const id = newId();
      await database.query(
        `insert into system (id, organisation_id, kind, name, department_id, register, register_version, merged_into_id, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, $6, '2026-04', $7, now(), '試験')`,
        [id, organisation, kind, name, department, register, mergedInto ?? null]);
      for (const [position, platform] of from.entries()) await database.query('insert into system_inheritance (id, organisation_id, system_id, from_id, position) values ($1, $2, $3, $4, $5)', [newId(), organisation, id, platform, position]);
      return id;
    },
    async usedBy(system, department) {
      await database.query('insert into system_use (id, organisation_id, system_id, department_id) values ($1, $2, $3, $4)', [newId(), town.organisation, system, department]);
    },
    async declare(system, control, value, more = {}, by = clerk) {
      return town.as(by, async (ctx) => {
        const seenVersion = more.seenVersion ?? (await sheetControl(ctx, system, control))?.own?.version ?? 0;
        return (await declarationServices.declaring.declare(ctx, system, control, { value, note: '', ...more, seenVersion })).version;
      });
    },
    on: (day, actor, work) => inTransaction(database, { organisation: town.organisation, actor, clock: clockAt(`${day}T03:00:00Z`) }, work),
  };
}

export async function sheetControl(ctx: Ctx, system: string, control: Code) {
  const sheet = await declarationServices.declaring.sheet(ctx, system);
  return sheet.groups.flatMap((group) => group.controls).find((one) => one.code === control);
}

/** Kind, code and problem codes of what was thrown; fails when nothing was. */
export async function refusal(work: Promise<unknown>): Promise<{ kind: string; code: string; problems: string[]; messages: string[]; sides?: unknown }> {
  try {
    await work;
  } catch (error) {
    if (!(error instanceof TenkenError)) throw error;
    const sides = 'sides' in error ? { sides: error.sides } : {};
    return { kind: error.kind, code: error.code, problems: error.problems.map((one) => one.code), messages: error.problems.map((one) => one.message), ...sides };
  }
  throw new Error('nothing was refused');
}
