/** What time alone brings to corrective actions, for all organisations, as any process of the product runs it. */
import type { DataSource } from 'typeorm';
import { toldOf } from '../checks/due-checks.js';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import type { ActionAskings } from './action-askings.service.js';
import type { ClosingOffers } from './closing-offers.service.js';

export interface Sweep {
  /** Actions about whose due date people were told. */
  told: number;
  /** Closings offered that nothing had offered yet. */
  offered: number;
  failed: number;
}

/**
 * Reminds of due dates and offers closings, each organisation in a transaction of its own. A failure of one is logged and stops no
 * other. Any number of processes may do this at once.
 * @param database connected as the owner, who alone sees all organisations
 */
export async function sweepActions(database: DataSource, services: { askings: ActionAskings; offers: ClosingOffers }, clock: Clock, log: (message: string) => void): Promise<Sweep> {
  const organisations: { id: string }[] = await database.query('select distinct organisation_id as id from corrective_action order by 1');
  const done: Sweep = { told: 0, offered: 0, failed: 0 };
  for (const { id: organisation } of organisations) {
    try {
      const found = await inTransaction(database, { organisation, actor: PRODUCT, clock }, async (ctx) => ({ offered: await services.offers.offerClosings(ctx, 'all'), told: await services.askings.remindDue(ctx) }));
      done.told += found.told;
      done.offered += found.offered;
    } catch (error) {
      done.failed += 1;
      log(`措置の期限のお知らせができませんでした（団体 ${organisation}）：${toldOf(error)}`);
    }
  }
  return done;
}
