import { Injectable } from '@nestjs/common';
import type { Ctx } from '../kernel/ctx.js';
import { Invalid, NotFound, type Problem } from '../kernel/errors.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Account } from './account.entity.js';
import { hashPassword, passwordProblems, verifyPassword } from './passwords.js';
import { SessionService } from './session.service.js';
import { failuresOf, LOCKED } from './sign-in.service.js';
import { lockedUntil } from './sign-in-lock.js';

export interface PasswordChange {
  current: string;
  password: string;
  again: string;
  address: string;
}

/** A refusal is returned, not thrown: a wrong current password counts as a failed attempt and must stay. */
export type PasswordChanged = { changed: true; token: string } | { changed: false; problems: Problem[] };

/** What a person changes about their own account. */
@Injectable()
export class OwnAccount {
  constructor(private readonly sessions: SessionService) {}

  async get(ctx: Ctx): Promise<Account> {
    if (ctx.actor.id === null) throw new NotFound();
    return scoped(ctx, Account).get(ctx.actor.id);
  }

  /** Changes the password, ends all sessions of the account and begins a new one. Throws `Invalid` (the new one does not fit). */
  async changePassword(ctx: Ctx, change: PasswordChange): Promise<PasswordChanged> {
    const account = await this.get(ctx);
    const problems = passwordProblems(change.password, account.signInName);
    if (problems.length === 0 && change.password !== change.again) problems.push({ code: 'password-differs', path: 'again', message: '新しいパスワードと、確認のための入力が違います。もう一度入れてください。' });
    if (problems.length === 0 && change.password === change.current) problems.push({ code: 'password-same', path: 'password', message: '今のパスワードと同じです。別のものにしてください。' });
    if (problems.length > 0) throw new Invalid('password-invalid', '入力を確かめてください。', problems);
    if (lockedUntil(await failuresOf(ctx, account.signInName), ctx.clock.now()) !== null) return refused('current', LOCKED);
    const rows: { password_hash: string | null }[] = await ctx.tx.query('select password_hash from account where id = $1 and organisation_id = $2', [account.id, ctx.organisation]);
    if (!(await verifyPassword(rows[0]?.password_hash ?? null, change.current))) {
      await ctx.tx.query('insert into sign_in_attempt (sign_in_name, address, at) values ($1, $2, $3)', [account.signInName, change.address, ctx.clock.now()]);
      return refused('current', '今のパスワードが違います。');
    }
    await scoped(ctx, Account).update({ id: account.id }, { passwordHash: await hashPassword(change.password), mustChangePassword: false, version: account.version + 1 });
    await this.sessions.endAll(ctx, account.id);
    const token = await this.sessions.begin(ctx, account.id);
    await record(ctx, { action: 'password-changed', object: { kind: 'account', id: account.id } });
    return { changed: true, token };
  }
}

const refused = (path: string, message: string): PasswordChanged => ({ changed: false, problems: [{ code: 'password-wrong', path, message }] });
