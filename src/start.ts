import type { INestApplicationContext } from '@nestjs/common';
import { keepRunningDueChecks, runDueChecks } from './checks/due-checks.js';
import { Scheduling } from './checks/scheduling.service.js';
import { workOnDocuments } from './documents/rendering-worker.js';
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

/** Between two looks for checks that are due. */
const LOOK_EVERY = 10 * 60_000;

/** Runs checks that are due in this process. Every process looks, one of them does it. Gives what ends it. */
export function checkHere({ database, clock }: OpenParts, app: INestApplicationContext): () => Promise<void> {
  const scheduling = app.get(Scheduling, { strict: false });
  return keepRunningDueChecks(() => runDueChecks(database, scheduling, clock, say), LOOK_EVERY, say);
}
