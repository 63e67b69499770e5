import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { enter } from '../kernel/database.js';
import { Invalid, Refused, type Problem } from '../kernel/errors.js';
import { newId, newToken } from '../kernel/ids.js';
import { record } from '../kernel/journal.js';
import { scoped } from '../kernel/scoped.js';
import { Account, AccountRole } from './account.entity.js';
import { signInNameProblems } from './account-register.service.js';
import { ImplementingBody, Organisation } from './organisation.entity.js';
import { hashPassword, passwordProblems } from './passwords.js';
import { tokenHash } from './session.service.js';
import { foldedName, SignIn, type SignedIn } from './sign-in.service.js';

export interface NewInstallation {
  organisationName: string;
  organisationCode: string;
  /** 評価実施機関, in order. */
  bodies: string[];
  signInName: string;
  /** Name of the first administrator, as histories show it. */
  name: string;
  password: string;
}

const USED = 'この設定用アドレスはもう使えません。使われたか、起動し直して新しいアドレスに変わりました。起動した画面に出ているアドレスを確かめてください。';

/** The first steps on an empty database. */
@Injectable()
export class IdentitySetUp {
  constructor(private readonly signing: SignIn) {}

  /**
   * Runs at start as the owner of the database: when there is no organisation, makes a new one-time token (older ones end)
   * and returns it, to be printed on the console; otherwise null.
   */
  static async prepare(database: DataSource, clock: Clock): Promise<string | null> {
    return database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtextextended('tenken set-up', 0))`);
      const organisations: unknown[] = await tx.query('select 1 from organisation limit 1');
      await tx.query('delete from set_up_token');
      if (organisations.length > 0) return null;
      const token = newToken();
      await tx.query('insert into set_up_token (token_hash, made_at) values ($1, $2)', [tokenHash(token), clock.now()]);
      return token;
    });
  }

  /** Is the product waiting for its first set-up? */
  async waiting(ctx: Ctx): Promise<boolean> {
    const rows: unknown[] = await ctx.tx.query('select 1 from set_up_token limit 1');
    return rows.length > 0;
  }

  /** Throws `Refused` when the token was used or never made. */
  async mustHold(ctx: Ctx, token: string): Promise<void> {
    const rows: unknown[] = await ctx.tx.query('select 1 from set_up_token where token_hash = $1', [tokenHash(token)]);
    if (rows.length === 0) throw new Refused('set-up-token', USED);
  }

  /** Makes the organisation, its bodies and the first administrator; the token ends with it. Throws `Refused`, `Invalid`. */
  async setUp(caller: Ctx, token: string, input: NewInstallation): Promise<SignedIn> {
    await this.mustHold(caller, token);
    const bodies = [...new Set(input.bodies.map((one) => one.trim()).filter((one) => one !== ''))];
    const signInName = foldedName(input.signInName);
    const problems = problemsOf(input, bodies, signInName);
    if (problems.length > 0) throw new Invalid('set-up-invalid', '入力を確かめてください。', problems);
    const passwordHash = await hashPassword(input.password);
    const used: [unknown[], number] = await caller.tx.query('delete from set_up_token where token_hash = $1', [tokenHash(token)]);
    if (used[1] !== 1) throw new Refused('set-up-token', USED);
    await caller.tx.query('delete from set_up_token');

    const organisation = newId();
    const accountId = newId();
    const name = input.name.trim();
    const ctx = { ...(await enter(caller, organisation, PRODUCT)), actor: { ...PRODUCT, id: accountId, name } };
    const code = input.organisationCode.normalize('NFKC').trim();
    await scoped(ctx, Organisation).insert({ id: organisation, name: input.organisationName.trim(), code: code === '' ? null : code, raisePriorityToFull: false, version: 1 });
    await scoped(ctx, ImplementingBody).insertMany(bodies.map((body, position) => ({ id: newId(), name: body, position, endedOn: null, version: 1 })));
    await scoped(ctx, Account).insert({ id: accountId, signInName, name, departmentId: null, passwordHash, disabled: false, mustChangePassword: false, demoCard: null, version: 1 });
    await scoped(ctx, AccountRole).insert({ id: newId(), accountId, role: 'administrator', departmentId: null });
    await record(ctx, { action: 'organisation-set-up', object: { kind: 'organisation', id: organisation }, after: { name: input.organisationName.trim(), code, bodies, administrator: signInName } });
    return this.signing.begin(ctx, organisation, accountId, { action: 'signed-in' });
  }
}

function problemsOf(input: NewInstallation, bodies: string[], signInName: string): Problem[] {
  const problems: Problem[] = [];
  const add = (path: string, message: string): void => void problems.push({ code: 'field-invalid', path, message });
  const name = input.organisationName.trim();
  if (name === '' || name.length > 100) add('organisationName', '自治体の名前を1～100字で入れてください。');
  const code = input.organisationCode.normalize('NFKC').trim();
  if (code !== '' && !/^\d{5,6}$/.test(code)) add('organisationCode', '全国地方公共団体コードは5桁か6桁の数字で入れてください。わからなければ空のままにします。');
  if (bodies.length === 0 || bodies.length > 50 || bodies.some((one) => one.length > 100)) add('bodies', '評価実施機関を1行に1つ、1つ以上入れてください（例：市長）。');
  problems.push(...signInNameProblems(signInName));
  if (input.name.trim() === '' || input.name.trim().length > 100) add('name', '管理者の表示名を1～100字で入れてください。');
  return [...problems, ...passwordProblems(input.password, signInName)];
}
