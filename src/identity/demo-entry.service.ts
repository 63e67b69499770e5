import { Inject, Injectable } from '@nestjs/common';
import type { Config } from '../kernel/config.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { enter } from '../kernel/database.js';
import { NotFound } from '../kernel/errors.js';
import { CONFIG } from '../kernel/kernel.module.js';
import { ROLES } from './permissions.js';
import { SignIn, type SignedIn } from './sign-in.service.js';

export interface DemoCard {
  account: string;
  name: string;
  roles: string[];
  /** What this person does in the demo city. */
  sentence: string;
}

/** One-click entry with a card per role: on the demo city of the embedded database, nowhere else. */
@Injectable()
export class DemoEntry {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly signing: SignIn,
  ) {}

  /** Empty outside the demo. */
  async cards(caller: Ctx): Promise<DemoCard[]> {
    if (!this.config.demo) return [];
    const ctx = await this.opened(caller);
    const accounts: { id: string; organisation_id: string; name: string; demo_card: string }[] = await ctx.tx.query(
      'select id, organisation_id, name, demo_card from account where demo_card is not null and not disabled order by sign_in_name',
    );
    const cards: DemoCard[] = [];
    for (const account of accounts) {
      const within = await enter(ctx, account.organisation_id, PRODUCT);
      const roles: { role: string }[] = await within.tx.query('select distinct role from account_role where account_id = $1', [account.id]);
      cards.push({ account: account.id, name: account.name, roles: roles.map((one) => one.role), sentence: account.demo_card });
    }
    await enter(ctx, '', PRODUCT);
    return cards.sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, 'ja'));
  }

  /** Throws `NotFound` outside the demo, and for an account without a card. */
  async enter(caller: Ctx, accountId: string, oldToken: string | null): Promise<SignedIn & { in: true }> {
    if (!this.config.demo) throw new NotFound('page-not-found', 'このアドレスの画面はありません。');
    await this.signing.signOut(caller, oldToken);
    const ctx = await this.opened(caller);
    const accounts: { organisation_id: string }[] = await ctx.tx.query('select organisation_id from account where id::text = $1 and demo_card is not null and not disabled', [accountId]);
    const account = accounts[0];
    if (account === undefined) throw new NotFound();
    const entered = await this.signing.begin(ctx, account.organisation_id, accountId, { action: 'demo-entered' });
    if (!entered.in) throw new NotFound();
    return entered;
  }

  private async opened(caller: Ctx): Promise<Ctx> {
    const ctx = await enter(caller, '', PRODUCT);
    await ctx.tx.query(`select set_config('tenken.demo', 'yes', true)`);
    return ctx;
  }
}

/** In the order in which the roles are listed. */
const rank = (card: DemoCard): number => Math.min(...card.roles.map((role) => Object.keys(ROLES).indexOf(role)));
