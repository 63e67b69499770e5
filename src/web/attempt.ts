import type { Ctx } from '../kernel/ctx.js';

/**
 * For work that may be refused after it has written something, when the controller answers with the form again in place of an
 * error: what the work wrote is taken back before the error goes on, and the rest of the transaction stays.
 */
export async function attempt<T>(ctx: Ctx, work: () => Promise<T>): Promise<T> {
  await ctx.tx.query('savepoint attempt');
  try {
    const result = await work();
    await ctx.tx.query('release savepoint attempt');
    return result;
  } catch (error) {
    await ctx.tx.query('rollback to savepoint attempt');
    throw error;
  }
}
