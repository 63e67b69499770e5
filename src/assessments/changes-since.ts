import type { Ctx } from '../kernel/ctx.js';
import { Invalid } from '../kernel/errors.js';
import { history } from '../kernel/journal.js';
import { objectOf } from './access.js';

const LOOK_BACK = 1_000;

export interface OthersChanges {
  count: number;
  /** The newest of them. */
  number: number;
  by: string;
  at: string;
}

/**
 * What others changed in these places since the page was built, or null. The numbers of the journal follow the order of the
 * commits, so nothing that the page did not show is missed. Throws `Invalid` for a number that is none.
 */
export async function changesByOthers(ctx: Ctx, assessmentId: string, seen: number, concerns: (path: string, action: string) => boolean): Promise<OthersChanges | null> {
  if (!Number.isSafeInteger(seen) || seen < 0) throw new Invalid('malformed', '画面が古いか壊れています。画面を読み込み直してください。');
  const entries = await history(ctx, objectOf(assessmentId), { limit: LOOK_BACK });
  const others = entries.filter((one) => one.number > seen && one.actor.id !== ctx.actor.id && one.path !== undefined && concerns(one.path, one.action));
  const newest = others[0];
  return newest === undefined ? null : { count: others.length, number: newest.number, by: newest.actor.name, at: newest.at };
}

/** Number of the newest journal entry about a document; 0 when there is none. */
export async function newestEntry(ctx: Ctx, assessmentId: string): Promise<number> {
  return (await history(ctx, objectOf(assessmentId), { limit: 1 }))[0]?.number ?? 0;
}
