import { Departments } from '../src/identity/departments.service.js';
import type { Actor } from '../src/kernel/ctx.js';
import { newId } from '../src/kernel/ids.js';
import { inProject } from '../src/kernel/root.js';
import { BulkEdit } from '../src/systems/bulk-edit.service.js';
import { loadCatalogue, type Catalogue } from '../src/systems/catalogue.js';
import { Merging } from '../src/systems/merging.service.js';
import type { NewSystem } from '../src/systems/register-changing.js';
import { SystemRegister } from '../src/systems/register.service.js';
import { SystemClasses } from '../src/systems/system-classes.service.js';
import { SystemExchange } from '../src/systems/system-exchange.service.js';
import { SystemFacts } from '../src/systems/system-facts.service.js';
import { openTown, TODAY, type Database, type Town } from './assessments-town.js';

export interface SystemsTown {
  database: Database;
  town: Town;
  catalogue: Catalogue;
  register: SystemRegister;
  facts: SystemFacts;
  classes: SystemClasses;
  bulk: BulkEdit;
  merging: Merging;
  exchange: SystemExchange;
  /** 評価統括: writes the whole register. */
  lead: Actor;
  /** Adds a system of 国保年金課 unless said otherwise; returns its id. */
  add(system?: Partial<NewSystem>): Promise<string>;
  /** Declares as approved on the day of the town, past rights and checks; the declaring service has specs of its own. */
  declare(systemId: string, control: string, value: unknown, options?: { on?: string; approved?: boolean; note?: string }): Promise<string>;
  close(): Promise<void>;
}

/** The services over the register and catalogue of the product. */
export function systemServices(catalogue: Catalogue = loadCatalogue(inProject('templates'), TODAY.today())) {
  const departments = new Departments();
  const facts = new SystemFacts(catalogue);
  return {
    catalogue, facts, register: new SystemRegister(catalogue, departments, facts), classes: new SystemClasses(),
    bulk: new BulkEdit(catalogue, departments), merging: new Merging(catalogue, departments), exchange: new SystemExchange(catalogue, departments),
  };
}

/** A town with a register, in a database of its own. */
export async function openSystemsTown(): Promise<SystemsTown> {
  const { database, town, close } = await openTown();
  const services = systemServices();
  const lead = await town.person('assessment-lead', null, '評価統括');
  let count = 0;
  return {
    ...services, database, town, lead, close,
    add: (system = {}) => town.as(lead, (ctx) => services.register.add(ctx, { name: `システム${(count += 1)}号`, departmentId: town.pension, ...system })),
    async declare(systemId, control, value, { on = TODAY.today(), approved = true, note = '' } = {}) {
      const id = newId();
      await database.query(
        `insert into declaration (id, organisation_id, system_id, control, value, note, declared_on, declared_by_name, approved_at, approved_by_name) values ($1, $2, $3, $4, $5, $6, $7, '担当', $8, $9)`,
        [id, town.organisation, systemId, control, JSON.stringify(value), note, on, approved ? TODAY.now() : null, approved ? '課長' : null]);
      return id;
    },
  };
}
