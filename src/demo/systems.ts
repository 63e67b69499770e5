/** The systems of the demo city: register, platforms, declared controls, and the checks of the last months. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { INestApplicationContext } from '@nestjs/common';
import { parse } from 'yaml';
import { AssessmentSystems } from '../assessments/assessment-systems.service.js';
import { Scheduling } from '../checks/scheduling.service.js';
import { monthsLater } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { Rechecking } from '../findings/rechecking.service.js';
import type { Role } from '../identity/permissions.js';
import { clockAt } from '../kernel/clock.js';
import type { Actor, Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { inProject } from '../kernel/root.js';
import { Catalogue } from '../systems/catalogue.js';
import { DeclarationApproval } from '../systems/declaration-approval.service.js';
import { Declaring } from '../systems/declaring.service.js';
import { SystemRegister } from '../systems/register.service.js';
import { SystemClasses } from '../systems/system-classes.service.js';
import { demoAccount, demoDepartment, demoId, DEMO_ORGANISATION } from './city.js';
import type { DemoServices } from './load.js';

type Declared = Record<Code, string | number>;

interface WrittenPlatform {
  name: string;
  department: string;
  inherits?: string[];
  declares: Declared;
}

interface WrittenSystem {
  number: number;
  name: string;
  class: string;
  department: string;
  profile: string;
  inherits?: string[];
  register: Record<Code, string | number>;
  purpose: string;
  operation?: string;
  /** Department → sections, terminals. */
  uses: Record<string, [number, number]>;
  contracts?: { title: string; contractor: string; clause: boolean }[];
  declares?: Declared;
  undeclared?: Code[];
  /** Only these of the profile. */
  only?: Code[];
  declaredMonthsAgo?: number;
  then?: { monthsAgo: number; declares: Declared }[];
  /** Names of assessments of the demo that speak of it. */
  assessments?: string[];
}

interface WrittenSystems {
  /** Controls that no system declared at first, and when it did. */
  later: { monthsAgo: number; controls: Code[] }[];
  profiles: Record<string, Declared>;
  platforms: WrittenPlatform[];
  systems: WrittenSystem[];
}

/** Months before today in which all systems were checked; the first is the month of the register. */
const CHECKED = [7, 4, 2, 0];

export function readDemoSystems(): WrittenSystems {
  return parse(readFileSync(join(inProject('templates', 'demo'), 'systems', 'mizuhono.yaml'), 'utf8')) as WrittenSystems;
}

/**
 * @param assessments ids of the demo's assessments by name
 * @param between what happens after the checks of a month
 * @returns ids of systems and platforms by name
 */
export async function loadDemoSystems({ app, database, clock }: DemoServices, assessments: ReadonlyMap<string, string>, between: (monthsAgo: number, systems: ReadonlyMap<string, string>) => Promise<void> = async () => undefined): Promise<Map<string, string>> {
  const written = readDemoSystems();
  const { later, platforms, systems } = written;
  const dayBefore = (months: number): string => monthsLater(clock.today(), -months);
  const on = <T>(months: number, actor: Actor, work: (ctx: Ctx) => Promise<T>): Promise<T> =>
    inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock: months === 0 ? clock : clockAt(`${dayBefore(months)}T05:00:00Z`) }, work);
  const begun = CHECKED[0]!;
  const ids = new Map<string, string>();

  await on(begun, AUDITOR, async (ctx) => {
    const classes = new Map((await app.get(SystemClasses).list(ctx)).map((one) => [one.label, one.id]));
    for (const one of platforms) ids.set(one.name, await app.get(SystemRegister).add(ctx, { kind: 'platform', name: one.name, departmentId: demoDepartment(one.department) }));
    for (const one of systems) ids.set(one.name, await enter(app, ctx, one, classes.get(one.class) ?? null));
    for (const one of [...platforms, ...systems]) {
      const id = ids.get(one.name)!;
      const { version } = await app.get(SystemRegister).get(ctx, id);
      if (one.inherits !== undefined) await app.get(SystemRegister).setInheritance(ctx, id, version, one.inherits.map((name) => ids.get(name)!));
    }
  });
  for (const one of platforms) await declare(app, on, begun, { ...one, id: ids.get(one.name)!, declares: one.declares, on: dayBefore(begun) });
  for (const one of systems) {
    const since = one.declaredMonthsAgo ?? begun;
    const declares = without(profileOf(one, written), later.flatMap((step) => step.controls));
    if (Object.keys(declares).length > 0) await declare(app, on, begun, { ...one, id: ids.get(one.name)!, declares, on: dayBefore(since) });
    for (const name of one.assessments ?? []) await on(begun, LEAD, (ctx) => app.get(AssessmentSystems).link(ctx, assessments.get(name)!, ids.get(one.name)!));
  }
  for (const [n, months] of CHECKED.entries()) {
    const since = CHECKED[n - 1] ?? Infinity;
    for (const one of systems) {
      const all = [...later.map((step) => ({ monthsAgo: step.monthsAgo, declares: onlyOf(profileOf(one, written), step.controls) })), ...(one.then ?? [])];
      const changes = all.filter((change) => change.monthsAgo >= months && change.monthsAgo < since && Object.keys(change.declares).length > 0);
      for (const change of changes) {
        await on(change.monthsAgo, officeOf(one.department, 'drafter'), async (ctx) => {
          await declareNow(app, ctx, ids.get(one.name)!, change.declares, dayBefore(change.monthsAgo));
          await app.get(Rechecking).recheck(ctx, [ids.get(one.name)!]);
        });
      }
    }
    await on(months, AUDITOR, (ctx) => app.get(Rechecking).run(ctx, { scope: 'all' }));
    await between(months, ids);
  }
  await on(0, AUDITOR, (ctx) => app.get(Scheduling).set(ctx, 0, 'quarter', monthsLater(clock.today(), 3)));
  return ids;
}

async function enter(app: INestApplicationContext, ctx: Ctx, one: WrittenSystem, classId: string | null): Promise<string> {
  const register = app.get(SystemRegister);
  const items = app.get(Catalogue).register.byCode;
  const short = { ...one.register, purpose: one.purpose, ...(one.operation === undefined ? {} : { operation: one.operation }) };
  const values = Object.fromEntries(Object.entries(short).map(([code, value]) => [code, items.get(code)?.item.kind === 'choice' ? { choice: value } : value]));
  const id = await register.add(ctx, { name: one.name, number: one.number, classId, departmentId: demoDepartment(one.department), register: values });
  const uses = Object.entries(one.uses).map(([department, [sections, terminals]]) => ({ departmentId: demoDepartment(department), sections, terminals }));
  const version = await register.setUses(ctx, id, 1, uses);
  await register.setContracts(ctx, id, version, (one.contracts ?? []).map(({ title, contractor, clause }) => ({ title, contractor, personalInformationClause: clause, beginsOn: null, endsOn: null })));
  return id;
}

interface ToDeclare {
  id: string;
  department: string;
  declares: Declared;
  on: string;
}

/** The clerk declares, the head approves. */
async function declare(app: INestApplicationContext, on: <T>(months: number, actor: Actor, work: (ctx: Ctx) => Promise<T>) => Promise<T>, months: number, what: ToDeclare): Promise<void> {
  const saved = await on(months, officeOf(what.department, 'drafter'), (ctx) => declareNow(app, ctx, what.id, what.declares, what.on));
  await on(months, officeOf(what.department, 'section-head'), async (ctx) => {
    if (what.on >= monthsLater(ctx.clock.today(), -11)) await app.get(DeclarationApproval).approve(ctx, what.id, saved.map(({ control, version }) => ({ control, seenVersion: version })));
  });
}

async function declareNow(app: INestApplicationContext, ctx: Ctx, systemId: string, declares: Declared, declaredOn: string): Promise<{ control: Code; version: number }[]> {
  const { groups } = await app.get(Declaring).sheet(ctx, systemId);
  const seen = new Map(groups.flatMap((group) => group.controls).map((one) => [one.code, one.own?.version ?? 0]));
  const items = app.get(Catalogue).controls.byCode;
  return app.get(Declaring).declareMany(ctx, systemId, Object.entries(declares).map(([control, value]) => ({
    control, value: items.get(control)?.item.kind === 'choice' ? { choice: value } : value, note: '', declaredOn, seenVersion: seen.get(control) ?? 0,
  })));
}

/** What the system declares itself: its profile without what its platforms declare, and its own words. */
function profileOf(one: WrittenSystem, { profiles, platforms }: WrittenSystems): Declared {
  const inherited = belowOf(one.inherits ?? [], platforms).flatMap((platform) => Object.keys(platform.declares));
  const whole = { ...without(profiles[one.profile] ?? {}, inherited), ...one.declares };
  return Object.fromEntries(Object.entries(whole).filter(([code]) => one.undeclared?.includes(code) !== true && (one.only === undefined || one.only.includes(code) || Object.hasOwn(one.declares ?? {}, code))));
}

function belowOf(names: readonly string[], platforms: readonly WrittenPlatform[]): WrittenPlatform[] {
  return platforms.filter((one) => names.includes(one.name)).flatMap((one) => [one, ...belowOf(one.inherits ?? [], platforms)]);
}

const without = (declared: Declared, controls: readonly Code[]): Declared => Object.fromEntries(Object.entries(declared).filter(([code]) => !controls.includes(code)));
const onlyOf = (declared: Declared, controls: readonly Code[]): Declared => Object.fromEntries(Object.entries(declared).filter(([code]) => controls.includes(code)));

const AUDITOR: Actor = { id: demoAccount('kansa.jimu'), name: '監査事務局　担当', department: demoDepartment('監査事務局'), grants: [{ role: 'audit-secretariat', department: null }] };
const LEAD: Actor = { id: demoAccount('hyoka.tokatsu'), name: '情報政策課　評価統括', department: demoDepartment('情報政策課'), grants: [{ role: 'assessment-lead', department: null }] };

/** 担当 and 課長 of a section; not every office of the city has an account. */
function officeOf(department: string, role: Extract<Role, 'drafter' | 'section-head'>): Actor {
  const id = demoDepartment(department);
  return { id: demoId(`office ${department} ${role}`), name: `${department}　${role === 'drafter' ? '担当' : '課長'}`, department: id, grants: [{ role, department: id }] };
}
