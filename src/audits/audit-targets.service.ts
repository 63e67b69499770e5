import { Injectable } from '@nestjs/common';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, readAudit } from './audit-access.js';
import { Audit, AuditTarget } from './audit.entity.js';
import { InputChecking } from './input-checking.js';

/** A department, or one system of it. */
export interface Target {
  departmentId: string;
  systemId: string | null;
}

export interface ListedTarget extends Target {
  id: string;
  departmentPath: string;
  departmentEnded: boolean;
  systemName: string | null;
}

export interface TargetChoice {
  departmentId: string;
  path: string;
  depth: number;
  ended: boolean;
  /** Owned or used by the department. */
  systems: { id: string; name: string }[];
}

const keyOf = ({ departmentId, systemId }: Target): string => `${departmentId}/${systemId ?? ''}`;

/** 監査対象: departments × systems. */
@Injectable()
export class AuditTargets {
  constructor(private readonly departments: Departments) {}

  /** In the order of the departments, a department before its systems. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<ListedTarget[]> {
    await readAudit(ctx, auditId);
    const tree = await this.departments.tree(ctx);
    const order = new Map(tree.map(({ department, path }, n) => [department.id, { n, path, ended: department.endedOn !== null }]));
    const rows: (Target & { id: string; systemName: string | null })[] = await ctx.tx.query(
      `select t.id, t.department_id as "departmentId", t.system_id as "systemId", s.name as "systemName"
         from audit_target t left join system s on s.id = t.system_id where t.organisation_id = $1 and t.audit_id = $2`, [ctx.organisation, auditId]);
    const place = (one: Target): number => order.get(one.departmentId)?.n ?? order.size;
    return rows.map((one) => ({ ...one, departmentPath: order.get(one.departmentId)?.path ?? '', departmentEnded: order.get(one.departmentId)?.ended ?? false }))
      .sort((a, b) => place(a) - place(b) || Number(a.systemId !== null) - Number(b.systemId !== null) || ((a.systemName ?? '') < (b.systemName ?? '') ? -1 : 1));
  }

  /** What may be chosen: living departments with their systems, and ended ones that are chosen already. */
  async choices(ctx: Ctx, auditId: string): Promise<TargetChoice[]> {
    const chosen = new Set((await this.of(ctx, auditId)).map((one) => one.departmentId));
    const systems: { id: string; name: string; department: string }[] = await ctx.tx.query(
      `select distinct s.id, s.name, d.department from system s
         cross join lateral (select s.department_id as department union select u.department_id from system_use u where u.organisation_id = $1 and u.system_id = s.id) d
        where s.organisation_id = $1 and s.merged_into_id is null order by s.name, s.id`, [ctx.organisation]);
    return (await this.departments.tree(ctx)).filter(({ department }) => department.endedOn === null || chosen.has(department.id)).map(({ department, path, depth }) => ({
      departmentId: department.id, path, depth, ended: department.endedOn !== null, systems: systems.filter((one) => one.department === department.id).map(({ id, name }) => ({ id, name })),
    }));
  }

  /**
   * The whole set. What stands already stays, also when its department has ended since.
   * @param seen version of the audit
   * @returns the new version of the audit
   * @throws NotFound, Refused, Conflict, Invalid
   */
  async set(ctx: Ctx, auditId: string, seen: number, targets: readonly Target[]): Promise<number> {
    const audit = await lockAudit(ctx, auditId);
    const stored = await scoped(ctx, AuditTarget).find({ auditId });
    mustBeAsSeen(audit, `${audit.theme}の監査対象`, seen, targets.map(keyOf), stored.map(keyOf));
    const there = new Map(stored.map((one) => [keyOf(one), one]));
    const wanted = new Map(targets.map((one) => [keyOf(one), one]));
    const added = [...wanted.values()].filter((one) => !there.has(keyOf(one)));
    const removed = stored.filter((one) => !wanted.has(keyOf(one)));
    if (added.length === 0 && removed.length === 0) return audit.version;
    mustBeOffered(added, await this.choices(ctx, auditId));
    for (const { id } of removed) await scoped(ctx, AuditTarget).delete({ id });
    await scoped(ctx, AuditTarget).insertMany(added.map(({ departmentId, systemId }) => ({ id: newId(), auditId, departmentId, systemId })));
    await saveNext(ctx, Audit, audit);
    await record(ctx, { action: 'audit-targets-set', object: { kind: 'audit', id: auditId }, path: 'targets', before: stored.map(keyOf), after: [...wanted.keys()] });
    return audit.version;
  }
}

function mustBeOffered(added: readonly Target[], choices: readonly TargetChoice[]): void {
  const check = new InputChecking();
  for (const { departmentId, systemId } of added) {
    const place = choices.find((one) => one.departmentId === departmentId && !one.ended);
    if (place === undefined) check.wrong('target', 'department-unknown', '対象の部署を選択肢から選んでください。終了した部署は選べません。');
    else if (systemId !== null && !place.systems.some((one) => one.id === systemId)) check.wrong('target', 'system-of-other', `「${place.path}」が所管も利用もしていないシステムは、この部署の対象にできません。`);
  }
  check.done();
}
