import { Injectable } from '@nestjs/common';
import { Departments } from '../identity/departments.service.js';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { mustBeAsSeen, saveNext } from '../kernel/seen.js';
import { lockAudit, readAudit } from './audit-access.js';
import { lockPart, moveAmong, mustBeUncited, nextPosition, tellPart } from './audit-part.js';
import { AuditCase } from './audit.entity.js';
import { InputChecking } from './input-checking.js';

export interface CaseInput {
  departmentId: string;
  title: string;
  /** 事務事業の概要. */
  overview: string;
  /** Quoted rules under the overview. */
  quoted: string;
  /** 監査実施年月日 of the members and of the secretariat, in words. */
  membersOn: string;
  secretariatOn: string;
}

export interface ListedCase extends CaseInput {
  id: string;
  departmentPath: string;
  findings: number;
  improvements: number;
  changedAt: string;
  changedBy: string;
  version: number;
}

const MOST = 200;

const fieldsOf = ({ departmentId, title, overview, quoted, membersOn, secretariatOn }: AuditCase): CaseInput => ({ departmentId, title, overview, quoted, membersOn, secretariatOn });

/** 事案: a case sheet about one department each. */
@Injectable()
export class AuditCases {
  constructor(private readonly departments: Departments) {}

  /** In their order. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<ListedCase[]> {
    await readAudit(ctx, auditId);
    return this.listed(ctx, await this.rows(ctx, auditId));
  }

  /** Throws `NotFound`, `Refused`. */
  async get(ctx: Ctx, id: string): Promise<ListedCase & { auditId: string }> {
    const row = await scoped(ctx, AuditCase).get(id);
    await readAudit(ctx, row.auditId);
    return { ...(await this.listed(ctx, [row]))[0]!, auditId: row.auditId };
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, auditId: string, input: CaseInput): Promise<string> {
    await lockAudit(ctx, auditId);
    const rows = await this.rows(ctx, auditId);
    if (rows.length >= MOST) throw new Refused('too-many', `1つの監査の事案は${MOST}件までです。`);
    const fields = await this.checked(ctx, input, null);
    const id = newId();
    await scoped(ctx, AuditCase).insert({ id, auditId, ...fields, position: nextPosition(rows), changedAt: ctx.clock.now(), changedByName: ctx.actor.name, version: 1 });
    await tellPart(ctx, auditId, 'audit-case-added', id, { after: fields });
    return id;
  }

  /** Throws `NotFound`, `Refused`, `Conflict`, `Invalid`. Returns the new version. */
  async change(ctx: Ctx, id: string, seen: number, input: CaseInput): Promise<number> {
    const { part } = await lockPart(ctx, AuditCase, id);
    const before = fieldsOf(part);
    mustBeAsSeen(part, part.title, seen, input, before);
    const fields = await this.checked(ctx, input, part);
    await saveNext(ctx, AuditCase, part, fields);
    await tellPart(ctx, part.auditId, 'audit-case-changed', id, { before, after: fields });
    return part.version;
  }

  /** Throws `NotFound`, `Refused`. */
  async move(ctx: Ctx, id: string, direction: 'up' | 'down'): Promise<void> {
    const { part } = await lockPart(ctx, AuditCase, id);
    if (await moveAmong(ctx, AuditCase, await this.rows(ctx, part.auditId), id, direction)) await tellPart(ctx, part.auditId, 'audit-case-moved', id, { after: { direction } });
  }

  /** Throws `NotFound`, `Conflict`, `Refused` (findings or improvements stand in it). */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { part } = await lockPart(ctx, AuditCase, id);
    mustBeAsSeen(part, part.title, seen, {}, fieldsOf(part));
    const cited: { label: string; href: string }[] = await ctx.tx.query(
      `select '検出事項「' || coalesce(nullif(title, ''), number::text) || '」' as label, '/findings/' || id as href from finding where organisation_id = $1 and case_id = $2
       union all select '改善を求める事項' || number, '/audits/' || audit_id || '/improvements' from improvement where organisation_id = $1 and case_id = $2`, [ctx.organisation, id]);
    mustBeUncited(part.title, cited);
    await scoped(ctx, AuditCase).delete({ id });
    await tellPart(ctx, part.auditId, 'audit-case-removed', id, { before: fieldsOf(part) });
  }

  private rows(ctx: Ctx, auditId: string): Promise<AuditCase[]> {
    return scoped(ctx, AuditCase).find({ auditId }, { position: 'ASC', id: 'ASC' });
  }

  private async listed(ctx: Ctx, rows: readonly AuditCase[]): Promise<ListedCase[]> {
    const paths = new Map((await this.departments.tree(ctx)).map((one) => [one.department.id, one.path]));
    const counts: { id: string; findings: number; improvements: number }[] = await ctx.tx.query(
      `select c.id, (select count(*)::int from finding f where f.case_id = c.id and f.kind = 'finding' and f.stage <> 'withdrawn') as findings, (select count(*)::int from improvement i where i.case_id = c.id and i.kind <> 'heading' and i.stage <> 'withdrawn') as improvements
         from audit_case c where c.organisation_id = $1 and c.id = any($2::uuid[])`, [ctx.organisation, rows.map((one) => one.id)]);
    return rows.map((one) => {
      const { findings, improvements } = counts.find(({ id }) => id === one.id)!;
      return { id: one.id, ...fieldsOf(one), departmentPath: paths.get(one.departmentId) ?? '', findings, improvements, changedAt: one.changedAt.toISOString(), changedBy: one.changedByName, version: one.version };
    });
  }

  private async checked(ctx: Ctx, input: CaseInput, stored: AuditCase | null): Promise<CaseInput> {
    const check = new InputChecking();
    const living = await this.departments.living(ctx);
    if (input.departmentId !== stored?.departmentId && !living.some((one) => one.department.id === input.departmentId)) check.wrong('departmentId', 'department-unknown', '「対象受検機関」を選択肢から選んでください。');
    const fields = {
      departmentId: input.departmentId, title: check.line('title', '事案の題名', input.title), overview: check.text('overview', '事務事業の概要', input.overview), quoted: check.text('quoted', '引用する規程', input.quoted),
      membersOn: check.line('membersOn', '委員の実施年月日', input.membersOn, { need: false }), secretariatOn: check.line('secretariatOn', '事務局の実施年月日', input.secretariatOn, { need: false }),
    };
    check.done();
    return fields;
  }
}
