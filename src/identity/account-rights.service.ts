import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Conflict, Invalid, NotFound, Refused } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Account, AccountRole } from './account.entity.js';
import { livingDepartment, placeOf, roleProblems, type RoleText } from './account-register.service.js';
import { Organisation } from './organisation.entity.js';
import { hashPassword, oneTimePassword } from './passwords.js';
import { ROLES, type Role } from './permissions.js';
import { SessionService } from './session.service.js';

/** What a 利用者 may do: roles, disabling, unlocking, a new one-time password. An organisation always keeps an administrator. */
@Injectable()
export class AccountRights {
  constructor(private readonly sessions: SessionService) {}

  /** Throws `NotFound`, `Invalid`, `Conflict`. */
  async give(ctx: Ctx, id: string, seen: number, text: RoleText): Promise<void> {
    const problems = roleProblems(text);
    if (problems.length > 0) throw new Invalid('role-invalid', '入力を確かめてください。', problems);
    const departmentId = placeOf(text);
    await livingDepartment(ctx, departmentId ?? '');
    const held = await scoped(ctx, AccountRole).find({ accountId: id, role: text.role });
    if (held.some((one) => one.departmentId === departmentId)) throw new Invalid('role-held', 'この役割はもう付いています。', [{ code: 'role-held', path: 'role', message: `「${ROLES[text.role as Role]}」の役割は、もう付いています。` }]);
    await this.step(ctx, id, seen, {});
    await scoped(ctx, AccountRole).insert({ id: newId(), accountId: id, role: text.role, departmentId });
    await record(ctx, { action: 'role-given', object: { kind: 'account', id }, after: { role: text.role, department: departmentId } });
  }

  /** Throws `NotFound`, `Refused` (the last administrator, or oneself), `Conflict`. */
  async take(ctx: Ctx, id: string, seen: number, roleId: string): Promise<void> {
    await scoped(ctx, Organisation).lock(ctx.organisation);
    const role = await scoped(ctx, AccountRole).get(roleId);
    if (role.accountId !== id) throw new NotFound();
    if (role.role === 'administrator') {
      if (id === ctx.actor.id) throw new Refused('own-administration', '自分のシステム管理者の役割は外せません。ほかの管理者に頼んでください。');
      await this.mustLeaveAdministrator(ctx, id);
    }
    await this.step(ctx, id, seen, {});
    await scoped(ctx, AccountRole).delete({ id: roleId });
    await record(ctx, { action: 'role-taken', object: { kind: 'account', id }, before: { role: role.role, department: role.departmentId } });
  }

  /** A disabled account can no longer sign in; its sessions end. Throws `NotFound`, `Refused`, `Conflict`. */
  async disable(ctx: Ctx, id: string, seen: number): Promise<void> {
    if (id === ctx.actor.id) throw new Refused('own-account', '自分の利用を止めることはできません。ほかの管理者に頼んでください。');
    await scoped(ctx, Organisation).lock(ctx.organisation);
    await this.mustLeaveAdministrator(ctx, id);
    await this.step(ctx, id, seen, { disabled: true });
    await this.sessions.endAll(ctx, id);
    await record(ctx, { action: 'account-disabled', object: { kind: 'account', id } });
  }

  /** Throws `NotFound`, `Conflict`. */
  async enable(ctx: Ctx, id: string, seen: number): Promise<void> {
    await this.step(ctx, id, seen, { disabled: false });
    await record(ctx, { action: 'account-enabled', object: { kind: 'account', id } });
  }

  /** Ends a lock after failed sign-ins. Throws `NotFound`. */
  async unlock(ctx: Ctx, id: string): Promise<void> {
    const account = await scoped(ctx, Account).get(id);
    await ctx.tx.query('delete from sign_in_attempt where sign_in_name = $1', [account.signInName]);
    await record(ctx, { action: 'account-unlocked', object: { kind: 'account', id } });
  }

  /** A new one-time password, returned once; the old one and all sessions end. Throws `NotFound`, `Refused`, `Conflict`. */
  async resetPassword(ctx: Ctx, id: string, seen: number): Promise<string> {
    if (id === ctx.actor.id) throw new Refused('own-password', '自分のパスワードは「自分の利用者情報」の画面で変えてください。');
    const password = oneTimePassword();
    await this.step(ctx, id, seen, { passwordHash: await hashPassword(password), mustChangePassword: true });
    await this.sessions.endAll(ctx, id);
    const account = await scoped(ctx, Account).get(id);
    await ctx.tx.query('delete from sign_in_attempt where sign_in_name = $1', [account.signInName]);
    await record(ctx, { action: 'password-reset', object: { kind: 'account', id } });
    return password;
  }

  private async step(ctx: Ctx, id: string, seen: number, patch: Partial<Account>): Promise<void> {
    await scoped(ctx, Account).get(id);
    try {
      await scoped(ctx, Account).updateSeen(id, seen, patch);
    } catch (error) {
      if (!(error instanceof Conflict)) throw error;
      throw new Conflict('stale', 'この利用者は、ほかの管理者が先に変えました。いまの内容を確かめてから、もう一度操作してください。何も変えていません。');
    }
  }

  /** Throws `Refused` when nobody but this account could administer. The organisation is locked by the caller. */
  private async mustLeaveAdministrator(ctx: Ctx, exceptId: string): Promise<void> {
    const roles = await scoped(ctx, AccountRole).find({ role: 'administrator' });
    const accounts = await scoped(ctx, Account).find({ disabled: false });
    const others = accounts.filter((one) => one.id !== exceptId && roles.some((role) => role.accountId === one.id));
    if (others.length === 0) throw new Refused('last-administrator', 'システム管理者が1人もいなくなるため、できません。先にほかの人をシステム管理者にしてください。');
  }
}
