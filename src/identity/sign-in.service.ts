import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../kernel/config.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { enter } from '../kernel/database.js';
import { record } from '../kernel/journal.js';
import { CONFIG } from '../kernel/kernel.module.js';
import { scoped } from '../kernel/scoped.js';
import { Account } from './account.entity.js';
import { verifyPassword } from './passwords.js';
import { SessionService, type Recognised } from './session.service.js';
import { ADDRESS_FAILURES, ADDRESS_MINUTES, HORIZON_MINUTES, LOCK_MINUTES, lockedUntil } from './sign-in-lock.js';

export interface SignInAttempt {
  signInName: string;
  password: string;
  /** Network address of the caller. */
  address: string;
  /** Token of the cookie that came along; its session ends. */
  oldToken: string | null;
}

/** A refusal is returned and not thrown: the failed attempt must stay in the database. */
export type SignedIn = { in: true; token: string; session: Recognised } | { in: false; message: string };

export const WRONG = '利用者IDかパスワードが違います。大文字と小文字、全角と半角を確かめて、もう一度入れてください。';
export const LOCKED = `続けて間違えたため、この利用者IDでは${LOCK_MINUTES}分間サインインできません。時間をおくか、システム管理者に解除を頼んでください。`;
export const THROTTLED = `この場所からの失敗が続いたため、しばらくサインインを受け付けません。${ADDRESS_MINUTES}分ほど待ってから試してください。`;

/** One way to write a 利用者ID: half-width, small letters. */
export const foldedName = (text: string): string => text.normalize('NFKC').trim().toLowerCase().slice(0, 100);

interface FoundAccount {
  id: string;
  organisation_id: string;
  password_hash: string | null;
  disabled: boolean;
}

/** Sign-in with 利用者ID and password, sign-out. */
@Injectable()
export class SignIn {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly sessions: SessionService,
  ) {}

  async signIn(caller: Ctx, attempt: SignInAttempt): Promise<SignedIn> {
    await this.endOld(caller, attempt.oldToken);
    const ctx = await enter(caller, '', PRODUCT);
    const name = foldedName(attempt.signInName);
    if (await this.throttled(ctx, attempt.address)) return { in: false, message: THROTTLED };
    // One attempt of an address at a time: attempts side by side may not slip past the count.
    await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('sign-in ' || $1, 0))`, [attempt.address]);
    if (await this.throttled(ctx, attempt.address)) return { in: false, message: THROTTLED };
    await ctx.tx.query(`select pg_advisory_xact_lock(hashtextextended('sign-in-name ' || $1, 0))`, [name]);
    const failures = await failuresOf(ctx, name);
    if (lockedUntil(failures, ctx.clock.now()) !== null) return this.failed(ctx, name, attempt.address, LOCKED);

    await ctx.tx.query(`select set_config('tenken.sign_in', $1, true)`, [name]);
    const found: FoundAccount[] = await ctx.tx.query('select id, organisation_id, password_hash, disabled from account where sign_in_name = $1', [name]);
    await ctx.tx.query(`select set_config('tenken.sign_in', '', true)`);
    const account = found[0];
    const right = await verifyPassword(account?.password_hash ?? null, attempt.password);
    if (!right || account === undefined || account.disabled) {
      const nowLocked = lockedUntil([...failures, ctx.clock.now()], ctx.clock.now()) !== null;
      return this.failed(ctx, name, attempt.address, nowLocked ? LOCKED : WRONG);
    }
    await ctx.tx.query('delete from sign_in_attempt where sign_in_name = $1', [name]);
    return this.begin(ctx, account.organisation_id, account.id, { action: 'signed-in', failuresBefore: failures.length });
  }

  /** Begins a session for an account and writes it in the journal. */
  async begin(ctx: Ctx, organisation: string, accountId: string, how: { action: string; failuresBefore?: number }): Promise<SignedIn> {
    const within = await enter(ctx, organisation, PRODUCT);
    const account = await scoped(within, Account).get(accountId);
    const as = { ...within, actor: await this.sessions.actorOf(within, account) };
    await within.tx.query('delete from session where account_id = $1 and started_at < $2', [accountId, new Date(ctx.clock.now().getTime() - this.config.sessionHours * 3_600_000)]);
    const token = await this.sessions.begin(within, accountId);
    await record(as, { action: how.action, object: { kind: 'account', id: accountId }, ...(how.failuresBefore ? { after: { failuresBefore: how.failuresBefore } } : {}) });
    const session = await this.sessions.recognise(within, token);
    if (session === null) throw new Error('a session that was just begun is not recognised');
    return { in: true, token, session };
  }

  async signOut(ctx: Ctx, token: string | null): Promise<void> {
    if (token === null || ctx.organisation === '') return;
    await this.sessions.end(ctx, token);
    if (ctx.actor.id !== null) await record(ctx, { action: 'signed-out', object: { kind: 'account', id: ctx.actor.id } });
  }

  private async endOld(ctx: Ctx, token: string | null): Promise<void> {
    if (token !== null && ctx.organisation !== '') await this.sessions.end(ctx, token);
  }

  private async throttled(ctx: Ctx, address: string): Promise<boolean> {
    const since = new Date(ctx.clock.now().getTime() - ADDRESS_MINUTES * 60_000);
    const rows: { count: string }[] = await ctx.tx.query('select count(*) from sign_in_attempt where address = $1 and at > $2', [address, since]);
    return Number(rows[0]!.count) >= ADDRESS_FAILURES;
  }

  private async failed(ctx: Ctx, name: string, address: string, message: string): Promise<SignedIn> {
    const now = ctx.clock.now();
    await ctx.tx.query('insert into sign_in_attempt (sign_in_name, address, at) values ($1, $2, $3)', [name, address, now]);
    await ctx.tx.query('delete from sign_in_attempt where at < $1', [new Date(now.getTime() - 24 * 3_600_000)]);
    return { in: false, message };
  }
}

/** Failures of a name that can still matter, oldest first. */
export async function failuresOf(ctx: Ctx, name: string): Promise<Date[]> {
  const since = new Date(ctx.clock.now().getTime() - HORIZON_MINUTES * 60_000);
  const rows: { at: Date }[] = await ctx.tx.query('select at from sign_in_attempt where sign_in_name = $1 and at > $2 order by at', [name, since]);
  return rows.map((one) => one.at);
}
