import { Injectable } from '@nestjs/common';
import type { Code } from '../engine/form.js';
import { Department } from '../identity/organisation.entity.js';
import { reachOf, type Permission } from '../identity/permissions.js';
import type { Ctx } from '../kernel/ctx.js';
import { scoped } from '../kernel/scoped.js';
import { Catalogue } from './catalogue.js';
import { returnedOf } from './declaration-reading.js';
import { lifetimeOf } from './declaration-states.js';
import { lifecycleItem } from './register-values.js';
import { settingsOf } from './system-settings.js';
import type { SystemKind } from './system.entity.js';

export interface SystemWithDeclarations {
  id: string;
  name: string;
  kind: SystemKind;
  count: number;
  /** ISO day: of the oldest declaration that waits, or the last day of the first that ends. */
  day: string;
}

export interface DepartmentWithDeclarations {
  departmentId: string;
  departmentName: string;
  count: number;
  /** Most urgent first. */
  systems: SystemWithDeclarations[];
}

interface Row {
  systemId: string;
  name: string;
  kind: SystemKind;
  departmentId: string;
  control: Code;
  declaredOn: string;
  declaredById: string | null;
}

/** What waits for whom, for the home page: declarations to approve, to mend and to confirm anew. */
@Injectable()
export class DeclarationsDue {
  constructor(private readonly catalogue: Catalogue) {}

  /**
   * `toApprove`: living declarations that nobody approved, in departments where the person approves, without the person's own
   * and without those sent back. `toMend`: those sent back, in departments where the person declares.
   */
  async waiting(ctx: Ctx): Promise<{ toApprove: DepartmentWithDeclarations[]; toMend: DepartmentWithDeclarations[] }> {
    const { declarationMonths } = await settingsOf(ctx);
    const today = ctx.clock.today();
    const open = async (permission: Permission): Promise<Row[]> => (await this.rows(ctx, permission, 'approved_at is null')).filter((one) => !lifetimeOf(one.declaredOn, declarationMonths, today).stale);
    const [toApprove, toMend] = [await open('declaration.approve'), await open('declaration.write')];
    const returned = await returnedOf(ctx, [...new Set([...toApprove, ...toMend].map((one) => one.systemId))]);
    const sentBack = (one: Row): boolean => returned.has(`${one.systemId}/${one.control}`);
    const byOther = (one: Row): boolean => one.declaredById === null || one.declaredById !== ctx.actor.id;
    return {
      toApprove: await grouped(ctx, toApprove.filter((one) => byOther(one) && !sentBack(one)).map((row) => ({ row, day: row.declaredOn }))),
      toMend: await grouped(ctx, toMend.filter(sentBack).map((row) => ({ row, day: row.declaredOn }))),
    };
  }

  /** Declarations that are stale, and those that will be within 60 days, in departments where the person declares. */
  async dueSoon(ctx: Ctx): Promise<{ stale: DepartmentWithDeclarations[]; soon: DepartmentWithDeclarations[] }> {
    const { declarationMonths } = await settingsOf(ctx);
    const today = ctx.clock.today();
    const lives = (await this.rows(ctx, 'declaration.write', 'true')).map((row) => ({ row, life: lifetimeOf(row.declaredOn, declarationMonths, today) }));
    const of = (which: 'stale' | 'soon'): Promise<DepartmentWithDeclarations[]> => grouped(ctx, lives.filter(({ life }) => life[which]).map(({ row, life }) => ({ row, day: life.lastDay })));
    return { stale: await of('stale'), soon: await of('soon') };
  }

  /** Declarations of living controls and systems, as far as the person's grants reach. */
  private async rows(ctx: Ctx, permission: Permission, condition: 'true' | 'approved_at is null'): Promise<Row[]> {
    const reach = reachOf(ctx.actor.grants, permission);
    if (reach !== 'all' && reach.size === 0) return [];
    const lifecycle = lifecycleItem(this.catalogue.register);
    return ctx.tx.query(
      `select s.id as "systemId", s.name, s.kind, s.department_id as "departmentId", d.control, to_char(d.declared_on, 'YYYY-MM-DD') as "declaredOn",
              d.declared_by_id as "declaredById"
         from declaration d join system s on s.id = d.system_id and s.organisation_id = d.organisation_id
        where d.organisation_id = $1 and s.merged_into_id is null and d.${condition === 'true' ? 'control = any($2)' : `${condition} and d.control = any($2)`}
          and ($3::uuid[] is null or s.department_id = any($3))
          and ($4::text is null or s.register -> $4 ->> 'choice' is distinct from $5)`,
      [ctx.organisation, this.catalogue.livingControls(ctx.clock.today()).map((one) => one.code), reach === 'all' ? null : [...reach], lifecycle?.code ?? null, lifecycle?.ended ?? null],
    );
  }
}

/** Departments and systems in the order of their most urgent day. */
async function grouped(ctx: Ctx, due: readonly { row: Row; day: string }[]): Promise<DepartmentWithDeclarations[]> {
  if (due.length === 0) return [];
  const departments = new Map<string, Map<string, SystemWithDeclarations>>();
  for (const { row, day } of due) {
    const systems = departments.get(row.departmentId) ?? new Map<string, SystemWithDeclarations>();
    departments.set(row.departmentId, systems);
    const known = systems.get(row.systemId) ?? { id: row.systemId, name: row.name, kind: row.kind, count: 0, day };
    systems.set(row.systemId, { ...known, count: known.count + 1, day: known.day < day ? known.day : day });
  }
  const names = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
  const byDay = (a: { day: string; name: string }, b: { day: string; name: string }): number => a.day.localeCompare(b.day) || a.name.localeCompare(b.name, 'ja');
  return [...departments].map(([departmentId, systems]) => {
    const sorted = [...systems.values()].sort(byDay);
    return { departmentId, departmentName: names.get(departmentId) ?? '', count: sorted.reduce((sum, one) => sum + one.count, 0), systems: sorted };
  }).sort((a, b) => byDay({ day: a.systems[0]!.day, name: a.departmentName }, { day: b.systems[0]!.day, name: b.departmentName }));
}
