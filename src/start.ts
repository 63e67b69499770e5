import type { INestApplicationContext, Type } from '@nestjs/common';
import { keepRunning, runDueChecks } from './checks/due-checks.js';
import { Scheduling } from './checks/scheduling.service.js';
import { workOnDocuments } from './documents/rendering-worker.js';
import { ActionAskings } from './findings/action-askings.service.js';
import { sweepActions } from './findings/action-sweep.js';
import { ClosingOffers } from './findings/closing-offers.service.js';
import { Rechecking } from './findings/rechecking.service.js';
import { workOnMail } from './jobs/mail.js';
import { readConfig, type Config } from './kernel/config.js';
import { explain, openParts, type OpenParts } from './parts.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Runs `work` as a program: opens its parts, waits for a signal, lets go of everything. */
export async function run(work: (config: Config, parts: OpenParts) => Promise<() => Promise<void>>): Promise<void> {
  let parts: OpenParts | null = null;
  let finish: (() => Promise<void>) | null = null;
  let stopping = false;
  const stop = async (code: number): Promise<void> => {
    if (stopping) return;
    stopping = true;
    await finish?.().catch((error: unknown) => say(explain(error)));
    await parts?.close();
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
  try {
    const config = readConfig(process.env);
    parts = await openParts(config, { log: say });
    finish = await work(config, parts);
  } catch (error) {
    process.stderr.write(`${explain(error)}\n`);
    await stop(1);
  }
}

/** Renders documents in this process, beside the pages or instead of them. */
export async function renderHere(parts: OpenParts, concurrency: number): Promise<void> {
  if (concurrency > 0) await workOnDocuments(parts.queue, parts, concurrency);
}

/** Sends letters in this process. Every process does; a letter is taken by one of them. */
export async function mailHere(parts: OpenParts): Promise<void> {
  await workOnMail(parts.queue, parts.config);
}

/** Between two looks for what is due. */
const LOOK_EVERY = 10 * 60_000;

/** What time alone brings, in this process: checks that are due, due dates of actions. Every process looks, one of them does it. Gives what ends it. */
export function lookHere({ database, clock }: OpenParts, app: INestApplicationContext): () => Promise<void> {
  const of = <T>(service: Type<T>): T => app.get(service, { strict: false });
  const [scheduling, rechecking, askings, offers] = [of(Scheduling), of(Rechecking), of(ActionAskings), of(ClosingOffers)];
  const stopChecks = keepRunning(() => runDueChecks(database, scheduling, clock, say, (ctx, run) => rechecking.followed(ctx, run)), LOOK_EVERY, (reason) => say(`定期の点検の予定を読めませんでした：${reason}`));
  const stopActions = keepRunning(() => sweepActions(database, { askings, offers }, clock, say), LOOK_EVERY, (reason) => say(`措置の期限を読めませんでした：${reason}`));
  return async () => {
    await stopChecks();
    await stopActions();
  };
}
