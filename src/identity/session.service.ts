import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../kernel/config.js';
import type { Actor, Ctx, Grant } from '../kernel/ctx.js';
import { enter } from '../kernel/database.js';
import { newToken } from '../kernel/ids.js';
import { CONFIG } from '../kernel/kernel.module.js';
import { scoped } from '../kernel/scoped.js';
import { type Account, Session } from './account.entity.js';

export interface Recognised {
  ctx: Ctx;
  csrfToken: string;
  mustChangePassword: boolean;
}

export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('hex');

interface SessionRow {
  organisation_id: string;
  account_id: string;
  csrf_token: string;
  started_at: Date;
  seen_at: Date;
}
interface AccountRow {
  name: string;
  department_id: string | null;
  disabled: boolean;
  must_change_password: boolean;
  grants: Grant[] | null;
}

/**
 * The roles of account `a`. A role held in a department reaches back to the departments that it succeeded, so that what was
 * written before a reorganisation stays with whoever does the work now.
 */
const GRANTS = `with recursive held (role, department) as (
    select g.role, g.department_id from account_role g where g.account_id = a.id
    union
    select h.role, d.id from held h join department d on d.successor_id = h.department
  ) select role, department from held`;

/** Opens, recognises and ends sessions. Idle and absolute time-outs come from the configuration. */
@Injectable()
export class SessionService {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  /** The person behind a token, with the transaction entered for their organisation; null when the session is over. */
  async recognise(ctx: Ctx, token: string): Promise<Recognised | null> {
    const hash = tokenHash(token);
    await ctx.tx.query(`select set_config('tenken.session', $1, true)`, [hash]);
    const sessions: SessionRow[] = await ctx.tx.query('select organisation_id, account_id, csrf_token, started_at, seen_at from session where token_hash = $1', [hash]);
    const session = sessions[0];
    if (session === undefined) return null;
    const now = ctx.clock.now().getTime();
    const idle = now - session.seen_at.getTime();
    const over = idle > this.config.sessionIdleMinutes * 60_000 || now - session.started_at.getTime() > this.config.sessionHours * 3_600_000;
    if (over) return null;
    const within = await enter(ctx, session.organisation_id, ctx.actor);
    const accounts: AccountRow[] = await ctx.tx.query(
      `select a.name, a.department_id, a.disabled, a.must_change_password,
              (select json_agg(json_build_object('role', r.role, 'department', r.department)) from (${GRANTS}) r) as grants
         from account a where a.id = $1 and a.organisation_id = $2`,
      [session.account_id, session.organisation_id],
    );
    const account = accounts[0];
    if (account === undefined || account.disabled) return null;
    if (idle > 60_000) await scoped(within, Session).update({ tokenHash: hash }, { seenAt: ctx.clock.now() });
    const actor: Actor = { id: session.account_id, name: account.name, department: account.department_id, grants: account.grants ?? [] };
    return { ctx: { ...within, actor }, csrfToken: session.csrf_token, mustChangePassword: account.must_change_password };
  }

  /** Begins a session for an account of `ctx.organisation`; returns the token for the cookie. */
  async begin(ctx: Ctx, accountId: string): Promise<string> {
    const token = newToken();
    const now = ctx.clock.now();
    await scoped(ctx, Session).insert({ tokenHash: tokenHash(token), accountId, csrfToken: newToken(), startedAt: now, seenAt: now });
    return token;
  }

  async end(ctx: Ctx, token: string): Promise<void> {
    await scoped(ctx, Session).delete({ tokenHash: tokenHash(token) });
  }

  /** Ends every session of an account (password changed, account disabled). */
  async endAll(ctx: Ctx, accountId: string): Promise<void> {
    await scoped(ctx, Session).delete({ accountId });
  }

  /** The actor for an account, as a session would give it. */
  async actorOf(ctx: Ctx, account: Account): Promise<Actor> {
    const found: { grants: Grant[] | null }[] = await ctx.tx.query(`select (select json_agg(json_build_object('role', r.role, 'department', r.department)) from (${GRANTS}) r) as grants from account a where a.id = $1 and a.organisation_id = $2`, [account.id, ctx.organisation]);
    return { id: account.id, name: account.name, department: account.departmentId, grants: found[0]?.grants ?? [] };
  }
}
