/** 定期の点検 of all organisations, as any process of the product runs them. */
import type { DataSource } from 'typeorm';
import type { Clock } from '../kernel/clock.js';
import { PRODUCT, type Ctx } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { TenkenError } from '../kernel/errors.js';
import type { RunMade } from './checking.service.js';
import type { Scheduling } from './scheduling.service.js';

export interface DueChecks {
  /** Organisations whose check was run here. */
  run: number;
  /** Organisations whose check failed; it stays due. */
  failed: number;
}

/**
 * Runs every check that is due, each in a transaction of its own. A failure of one organisation is logged and stops no other.
 * Any number of processes may do this at once: a check that another one has begun is passed over.
 * @param database connected as the owner, who alone sees all organisations
 * @param after what follows from a run, in its transaction
 */
export async function runDueChecks(database: DataSource, scheduling: Scheduling, clock: Clock, log: (message: string) => void, after?: (ctx: Ctx, run: RunMade) => Promise<unknown>): Promise<DueChecks> {
  const due: { organisation: string }[] = await database.query(
    `select organisation_id as organisation from check_schedule where every <> 'none' and next_on <= $1 order by next_on, organisation_id`, [clock.today()]);
  const done: DueChecks = { run: 0, failed: 0 };
  for (const { organisation } of due) {
    try {
      const made = await inTransaction(database, { organisation, actor: PRODUCT, clock }, async (ctx) => {
        const run = await scheduling.runDue(ctx);
        if (run !== null) await after?.(ctx, run);
        return run;
      });
      if (made !== null) done.run += 1;
    } catch (error) {
      done.failed += 1;
      log(`定期の点検ができませんでした（団体 ${organisation}）：${toldOf(error)}`);
    }
  }
  return done;
}

/** What a log may say: our own words, or the kind of a failure. Messages of others may carry data or addresses. */
export function toldOf(error: unknown): string {
  if (error instanceof TenkenError) return error.message;
  const { name, code } = error as { name?: unknown; code?: unknown };
  return [name, code].filter((one) => typeof one === 'string').join(' ') || '不明な誤り';
}

/** Looks now and then every few minutes until it is stopped; stopping waits for a look that has begun. */
export function keepRunning(look: () => Promise<unknown>, everyMilliseconds: number, failed: (reason: string) => void): () => Promise<void> {
  let running: Promise<void> | null = null;
  const once = (): void => {
    running ??= look().then(() => undefined, (error: unknown) => failed(toldOf(error))).finally(() => { running = null; });
  };
  once();
  const timer = setInterval(once, everyMilliseconds);
  return async () => {
    clearInterval(timer);
    await running;
  };
}
