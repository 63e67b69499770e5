import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Parts } from './app.module.js';
import { RENDERING } from './documents/stored-documents.js';
import { ENTITIES } from './entities.js';
import { MAIL } from './jobs/mail.js';
import { JobQueue } from './jobs/queue.js';
import { systemClock, type Clock } from './kernel/clock.js';
import type { Config } from './kernel/config.js';
import { migrate, openDatabase } from './kernel/database.js';
import { TenkenError } from './kernel/errors.js';
import { startEmbeddedPostgres } from './kernel/postgres/supervisor.js';
import { inProject } from './kernel/root.js';
import { Chromium } from './rendering/chromium.js';
import { Templates } from './rendering/html.js';

/** What a process of the product is built from, and how it lets go of it again. */
export interface OpenParts extends Parts {
  chromium: Chromium;
  close(): Promise<void>;
}

export interface OpenOptions {
  log: (message: string) => void;
  clock?: Clock;
  /** Folder of the embedded database when it is not to be the one of the configuration. */
  databaseFolder?: string;
}

/** Database (the embedded one is started when needed), tables, queue, templates and browser. */
export async function openParts(config: Config, { log, clock = systemClock, databaseFolder }: OpenOptions): Promise<OpenParts> {
  const closing: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const one of closing.reverse()) await one().catch((error: unknown) => log(String(error)));
    closing.length = 0;
  };
  try {
    const server = config.databaseUrl === null ? await startEmbeddedPostgres({ dataDir: databaseFolder ?? join(config.dataFolder, 'postgres'), log }) : null;
    if (server !== null) closing.push(() => server.stop());
    const url = config.databaseUrl ?? server!.url;
    const done = await migrate(url);
    if (done.length > 0) log(`データベースを整えました（${done.length}件）。`);
    const database: DataSource = await openDatabase(url, ENTITIES);
    closing.push(() => database.destroy());
    const queue = await JobQueue.open(url, [RENDERING, MAIL], { log });
    closing.push(() => queue.close());
    const chromium = new Chromium({ folder: join(config.dataFolder, 'browser'), executable: config.browser ?? undefined });
    closing.push(() => chromium.close());
    const templates = new Templates(inProject('templates'), { development: config.development });
    return { config, database, clock, templates, queue, chromium, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Every problem, one a line. */
export function explain(error: unknown): string {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'EADDRINUSE') return 'このポートはほかのプログラムが使っています。そちらを終えるか、環境変数 PORT で別の番号を指定してください（例: PORT=3100 npm start）。';
  if (code === 'EACCES' && (error as NodeJS.ErrnoException).syscall === 'listen') return 'このポートで待ち受ける権限がありません。環境変数 PORT で1024より大きい番号を指定してください。';
  const lines = error instanceof TenkenError ? [error.message, ...error.problems.map((one) => `・${one.path === '' ? '' : `${one.path}: `}${one.message}`)] : [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  return lines.join('\n');
}
