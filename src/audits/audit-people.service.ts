import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { scoped } from '../kernel/scoped.js';
import { lockAudit, readAudit } from './audit-access.js';
import { lockPart, moveAmong, mustBeUncited, nextPosition, partAsSeen, tellPart } from './audit-part.js';
import { AuditPerson, type Audit } from './audit.entity.js';
import { InputChecking, LONGEST } from './input-checking.js';

export interface PersonInput {
  role: string;
  /** 監査委員, 代表監査委員, 事務局長. */
  title: string;
  name: string;
  /** Person of the product; '' or null for none. */
  accountId: string | null;
  /** 除斥: '' or null: takes part. */
  disqualifiedReason: string | null;
}

export const PERSON_ROLES = { member: '監査委員', secretariat: '事務局' } as const;
const MOST = 100;

type Fields = Pick<AuditPerson, 'role' | 'title' | 'name' | 'accountId' | 'disqualifiedReason'>;
const fieldsOf = ({ role, title, name, accountId, disqualifiedReason }: AuditPerson): Fields => ({ role, title, name, accountId, disqualifiedReason });

export interface AccountToChoose { id: string; name: string; role: 'member' | 'secretariat' }

/** 監査委員 and 事務局 of an audit; a member may be disqualified (除斥, 地方自治法第199条の2). */
@Injectable()
export class AuditPeople {
  /** Members first. Throws `NotFound`, `Refused`. */
  async of(ctx: Ctx, auditId: string): Promise<AuditPerson[]> {
    await readAudit(ctx, auditId);
    return this.rows(ctx, auditId);
  }

  /** People of the product who hold a role of auditing and are not disabled. */
  async accounts(ctx: Ctx): Promise<AccountToChoose[]> {
    return ctx.tx.query(
      `select distinct a.id, a.name, case r.role when 'audit-member' then 'member' else 'secretariat' end as role
         from account a join account_role r on r.account_id = a.id and r.organisation_id = $1
        where a.organisation_id = $1 and not a.disabled and r.role in ('audit-member', 'audit-secretariat') order by role, a.name, a.id`, [ctx.organisation]);
  }

  /** Throws `NotFound`, `Refused`, `Invalid`. Returns the id; the version is 1. */
  async add(ctx: Ctx, auditId: string, input: PersonInput): Promise<string> {
    await lockAudit(ctx, auditId);
    const rows = await this.rows(ctx, auditId);
    if (rows.length >= MOST) throw new Refused('too-many', `1つの監査の担当者は${MOST}人までです。`);
    const fields = await this.checked(ctx, input, rows, null);
    const id = newId();
    await scoped(ctx, AuditPerson).insert({ id, auditId, ...fields, position: nextPosition(rows.filter((one) => one.role === fields.role)), version: 1 });
    await tellPart(ctx, auditId, 'audit-person-added', id, { after: fields });
    return id;
  }

  /** Throws `NotFound`, `Refused` (nobody would be left to audit), `Conflict`, `Invalid`. */
  async change(ctx: Ctx, id: string, seen: number, input: PersonInput): Promise<void> {
    const { audit, part } = await lockPart(ctx, AuditPerson, id);
    const before = fieldsOf(part);
    partAsSeen(part, part.name, seen, input, before);
    const rows = await this.rows(ctx, part.auditId);
    const fields = await this.checked(ctx, input, rows, part);
    mustLeaveMember(audit, rows.map((one) => (one.id === id ? { ...one, ...fields } : one)));
    if (fields.role !== part.role) mustBeUncited(part.name, await this.voices(ctx, id));
    await scoped(ctx, AuditPerson).updateSeen(id, seen, { ...fields, ...(fields.role === part.role ? {} : { position: nextPosition(rows.filter((one) => one.role === fields.role)) }) });
    await tellPart(ctx, part.auditId, 'audit-person-changed', id, { before, after: fields });
  }

  /** Throws `NotFound`, `Refused`. */
  async move(ctx: Ctx, id: string, direction: 'up' | 'down'): Promise<void> {
    const { part } = await lockPart(ctx, AuditPerson, id);
    const siblings = (await this.rows(ctx, part.auditId)).filter((one) => one.role === part.role);
    if (await moveAmong(ctx, AuditPerson, siblings, id, direction)) await tellPart(ctx, part.auditId, 'audit-person-moved', id, { after: { direction } });
  }

  /** Throws `NotFound`, `Conflict`, `Refused` (gave a voice in a deliberation, nobody would be left to audit). */
  async remove(ctx: Ctx, id: string, seen: number): Promise<void> {
    const { audit, part } = await lockPart(ctx, AuditPerson, id);
    partAsSeen(part, part.name, seen, {}, fieldsOf(part));
    mustBeUncited(part.name, await this.voices(ctx, id));
    mustLeaveMember(audit, (await this.rows(ctx, part.auditId)).filter((one) => one.id !== id));
    await scoped(ctx, AuditPerson).delete({ id });
    await tellPart(ctx, part.auditId, 'audit-person-removed', id, { before: fieldsOf(part) });
  }

  private async rows(ctx: Ctx, auditId: string): Promise<AuditPerson[]> {
    return scoped(ctx, AuditPerson).find({ auditId }, { role: 'ASC', position: 'ASC', id: 'ASC' });
  }

  private voices(ctx: Ctx, personId: string): Promise<{ label: string; href: string }[]> {
    return ctx.tx.query(
      `select '合議の記録（' || to_char(d.held_on, 'YYYY-MM-DD') || '）' as label, '/audits/' || d.audit_id || '/deliberations' as href
         from deliberation_voice v join deliberation d on d.id = v.deliberation_id where v.organisation_id = $1 and v.person_id = $2 order by d.held_on`, [ctx.organisation, personId]);
  }

  private async checked(ctx: Ctx, input: PersonInput, rows: readonly AuditPerson[], self: AuditPerson | null): Promise<Fields> {
    const check = new InputChecking();
    const role = check.choice('role', '役割', input.role, Object.keys(PERSON_ROLES) as AuditPerson['role'][]);
    const [title, name] = [check.line('title', '職名', input.title, { limit: LONGEST.name }), check.line('name', '氏名', input.name, { limit: LONGEST.name })];
    const reason = check.text('disqualifiedReason', '除斥の理由', input.disqualifiedReason ?? '', { limit: LONGEST.note });
    if (role === 'secretariat' && reason !== '') check.wrong('disqualifiedReason', 'not-a-member', '除斥は監査委員だけに書きます。事務局の職員は担当から外してください。');
    const accountId = input.accountId === null || input.accountId === '' ? null : input.accountId;
    if (accountId !== null && accountId !== self?.accountId && !(await this.accounts(ctx)).some((one) => one.id === accountId)) check.wrong('accountId', 'account-unknown', '「製品の利用者」を選択肢から選んでください。');
    if (accountId !== null && rows.some((one) => one.id !== self?.id && one.accountId === accountId)) check.wrong('accountId', 'account-twice', 'この利用者は、もうこの監査の担当者です。');
    check.done();
    return { role, title, name, accountId, disqualifiedReason: reason === '' ? null : reason };
  }
}

/** An audit that has begun needs a member who takes part. */
function mustLeaveMember({ status, theme }: Audit, people: readonly Pick<AuditPerson, 'role' | 'disqualifiedReason'>[]): void {
  if (status === 'planned' || people.some((one) => one.role === 'member' && one.disqualifiedReason === null)) return;
  throw new Refused('no-member-left', `「${theme}」は始まっているため、監査に当たれる監査委員が少なくとも1人要ります。先に別の監査委員を加えてください（地方自治法第199条の2）。`);
}
