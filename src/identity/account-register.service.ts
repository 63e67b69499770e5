import { Injectable } from '@nestjs/common';
import { mailProblem } from '../jobs/mail.js';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, type Problem } from '../kernel/errors.js';
import { newId } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Account, AccountRole } from './account.entity.js';
import { Department } from './organisation.entity.js';
import { hashPassword, oneTimePassword } from './passwords.js';
import { inDepartments, MATRIX, ROLES, type Role } from './permissions.js';
import { foldedName, failuresOf } from './sign-in.service.js';
import { lockedUntil } from './sign-in-lock.js';

export interface AccountText {
  /** Shown in histories and on pages. */
  name: string;
  /** 所属, '' for none. */
  departmentId: string;
  /** Where letters go, '' for none; without it, as it is. */
  mail?: string;
}

export interface RoleText {
  role: string;
  /** '' for a role in the whole organisation. */
  departmentId: string;
}

export interface ListedAccount {
  account: Account;
  departmentName: string;
  roles: { id: string; role: string; label: string; departmentName: string }[];
  lockedUntil: Date | null;
}

const PAGE = 50;

/** 利用者: list, search, add, name and place. Rights are changed in `AccountRights`. */
@Injectable()
export class AccountRegister {
  /** Part of the name or the 利用者ID; disabled accounts last. */
  async list(ctx: Ctx, words: string, page: number): Promise<{ accounts: ListedAccount[]; total: number; pages: number; page: number }> {
    const folded = words.normalize('NFKC').trim().toLowerCase();
    const all = await scoped(ctx, Account).find({}, { disabled: 'ASC', signInName: 'ASC' });
    const found = all.filter((one) => folded === '' || one.name.normalize('NFKC').toLowerCase().includes(folded) || one.signInName.includes(folded));
    const pages = Math.max(1, Math.ceil(found.length / PAGE));
    const at = Math.min(Math.max(1, page), pages);
    return { accounts: await this.described(ctx, found.slice((at - 1) * PAGE, at * PAGE)), total: found.length, pages, page: at };
  }

  async get(ctx: Ctx, id: string): Promise<ListedAccount> {
    const account = await scoped(ctx, Account).get(id);
    return (await this.described(ctx, [account]))[0]!;
  }

  /** Adds a person; the password is returned once and kept nowhere in clear. Throws `Invalid`, `NotFound`. */
  async add(ctx: Ctx, typedName: string, text: AccountText, roles: RoleText[]): Promise<{ id: string; password: string }> {
    const signInName = foldedName(typedName);
    const problems = [...signInNameProblems(signInName), ...accountProblems(text), ...roles.flatMap(roleProblems)];
    if (problems.length === 0 && (await this.taken(ctx, signInName))) problems.push({ code: 'account-sign-in-name-once', path: 'signInName', message: 'この利用者IDはもう使われています。別の利用者IDにしてください。' });
    if (problems.length > 0) throw new Invalid('account-invalid', '入力を確かめてください。', problems);
    for (const departmentId of [text.departmentId, ...roles.map((one) => one.departmentId)]) await livingDepartment(ctx, departmentId);
    const password = oneTimePassword();
    const id = newId();
    const values = { signInName, name: text.name.trim(), departmentId: text.departmentId === '' ? null : text.departmentId, mail: mailOf(text) };
    await scoped(ctx, Account).insert({ id, ...values, passwordHash: await hashPassword(password), disabled: false, mustChangePassword: true, demoCard: null, version: 1 });
    for (const one of roles) await scoped(ctx, AccountRole).insert({ id: newId(), accountId: id, role: one.role, departmentId: placeOf(one) });
    await record(ctx, { action: 'account-added', object: { kind: 'account', id }, after: { ...values, roles: roles.map((one) => ({ role: one.role, department: placeOf(one) })) } });
    return { id, password };
  }

  /** Throws `NotFound`, `Invalid`, `Conflict`. */
  async change(ctx: Ctx, id: string, seen: number, text: AccountText): Promise<void> {
    const before = await scoped(ctx, Account).get(id);
    const problems = accountProblems(text);
    if (problems.length > 0) throw new Invalid('account-invalid', '入力を確かめてください。', problems);
    const after = { name: text.name.trim(), departmentId: text.departmentId === '' ? null : text.departmentId, mail: text.mail === undefined ? before.mail : mailOf(text) };
    if (after.departmentId !== before.departmentId) await livingDepartment(ctx, text.departmentId);
    await scoped(ctx, Account).updateSeen(id, seen, after);
    await record(ctx, { action: 'account-changed', object: { kind: 'account', id }, before: { name: before.name, departmentId: before.departmentId, mail: before.mail }, after });
  }

  /** A 利用者ID is unique in the whole installation, also in organisations that this one cannot see. */
  private async taken(ctx: Ctx, signInName: string): Promise<boolean> {
    await ctx.tx.query(`select set_config('tenken.sign_in', $1, true)`, [signInName]);
    const rows: unknown[] = await ctx.tx.query('select 1 from account where sign_in_name = $1', [signInName]);
    await ctx.tx.query(`select set_config('tenken.sign_in', '', true)`);
    return rows.length > 0;
  }

  private async described(ctx: Ctx, accounts: readonly Account[]): Promise<ListedAccount[]> {
    const departments = new Map((await scoped(ctx, Department).find()).map((one) => [one.id, one.name]));
    const roles = await scoped(ctx, AccountRole).find();
    const described: ListedAccount[] = [];
    for (const account of accounts) {
      described.push({
        account,
        departmentName: departments.get(account.departmentId ?? '') ?? '',
        roles: roles.filter((one) => one.accountId === account.id)
          .map((one) => ({ id: one.id, role: one.role, label: ROLES[one.role as Role] ?? one.role, departmentName: departments.get(one.departmentId ?? '') ?? '' }))
          .sort((a, b) => Object.keys(ROLES).indexOf(a.role) - Object.keys(ROLES).indexOf(b.role)),
        lockedUntil: lockedUntil(await failuresOf(ctx, account.signInName), ctx.clock.now()),
      });
    }
    return described;
  }
}

/** Throws `NotFound` (also for a department of another organisation), `Invalid` for one that has ended; '' is no department. */
export async function livingDepartment(ctx: Ctx, id: string): Promise<void> {
  if (id === '') return;
  const department = await scoped(ctx, Department).get(id);
  if (department.endedOn !== null) throw new Invalid('department-ended', `「${department.name}」は終了しています。いまの部局・課を選んでください。`, [{ code: 'department-ended', path: 'departmentId', message: `「${department.name}」は終了しています。いまの部局・課を選んでください。` }]);
}

/** Where a role is held: roles whose rights reach only their own department need one, the others hold everywhere. */
export const placeOf = ({ role, departmentId }: RoleText): string | null => (inDepartments(role) ? departmentId : null);

export function roleProblems({ role, departmentId }: RoleText): Problem[] {
  if (!Object.hasOwn(MATRIX, role)) return [{ code: 'role-unknown', path: 'role', message: '役割を選択肢から選んでください。' }];
  if (inDepartments(role) && departmentId === '') return [{ code: 'role-needs-department', path: 'roleDepartmentId', message: `「${ROLES[role as Role]}」の役割には、受け持つ課を選んでください。` }];
  return [];
}

export function signInNameProblems(signInName: string): Problem[] {
  if (/^[a-z0-9][a-z0-9._@-]{2,49}$/.test(signInName)) return [];
  return [{ code: 'sign-in-name-invalid', path: 'signInName', message: '利用者IDは、半角の英小文字・数字・記号（. _ - @）で3～50字にしてください。最初は英字か数字にします。' }];
}

const mailOf = ({ mail = '' }: AccountText): string | null => (mail.trim() === '' ? null : mail.trim());

function accountProblems(text: AccountText): Problem[] {
  const name = text.name.trim();
  const mail = mailOf(text);
  const wrong = mail === null ? null : mailProblem(mail);
  return [
    ...(name !== '' && name.length <= 100 ? [] : [{ code: 'field-invalid', path: 'name', message: '表示名を1～100字で入れてください（例：子育て支援課　担当）。' }]),
    ...(wrong === null ? [] : [{ code: 'mail-invalid', path: 'mail', message: wrong }]),
  ];
}
