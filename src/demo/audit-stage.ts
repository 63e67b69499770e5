import type { INestApplicationContext } from '@nestjs/common';
import type { EntityTarget } from 'typeorm';
import type { Type } from '@nestjs/common';
import { fiscalYear } from '../engine/dates.js';
import { clockAt } from '../kernel/clock.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { scoped, type TenantRow } from '../kernel/scoped.js';
import { demoAccount, demoDepartment, demoId, DEMO_ORGANISATION } from './city.js';
import type { DemoServices } from './load.js';
import { dayOf, type ScriptDay } from './audit-script.js';

export const AUDITOR: Actor = { id: demoAccount('kansa.jimu'), name: '監査事務局　担当', department: demoDepartment('監査事務局'), grants: [{ role: 'audit-secretariat', department: null }] };

/** 担当 and 課長 of a department; not every office of the city has an account. */
export function officeOf(departmentId: string, name: string, role: 'drafter' | 'section-head'): Actor {
  return { id: demoId(`office ${name} ${role}`), name: `${name}　${role === 'drafter' ? '担当' : '課長'}`, department: departmentId, grants: [{ role, department: departmentId }] };
}

/** Plays what people of the demo city do, each on a day of the script. */
export class Stage {
  readonly thisYear: number;

  constructor(private readonly services: DemoServices, readonly systems: ReadonlyMap<string, string>) {
    this.thisYear = fiscalYear(services.clock.today());
  }

  day(day: ScriptDay): string {
    return dayOf(day, this.thisYear);
  }

  /** Not after today: what is planned for later has not happened. */
  past(day: ScriptDay): boolean {
    return this.day(day) <= this.services.clock.today();
  }

  get<T>(service: Type<T>): T {
    return (this.services.app as INestApplicationContext).get(service);
  }

  /** On that day; null: now. */
  on<T>(day: string | null, actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    const clock = day === null ? this.services.clock : clockAt(`${day}T03:00:00Z`);
    return inTransaction(this.services.database, { organisation: DEMO_ORGANISATION, actor, clock }, work);
  }

  /** The version that a person sees who opens it now. */
  async seen<E extends TenantRow & { id: string; version: number }>(ctx: Ctx, entity: EntityTarget<E>, id: string): Promise<number> {
    return (await scoped(ctx, entity).get(id)).version;
  }

  system(name: string): string {
    const id = this.systems.get(name);
    if (id === undefined) throw new Error(`the demo city has no system ${name}`);
    return id;
  }
}
