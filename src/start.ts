import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import { ENTITIES } from './entities.js';
import { systemClock } from './kernel/clock.js';
import { readConfig, type Config } from './kernel/config.js';
import { migrate, openDatabase } from './kernel/database.js';
import { TenkenError } from './kernel/errors.js';
import { startEmbeddedPostgres } from './kernel/postgres/supervisor.js';
import { inProject } from './kernel/root.js';
import { Templates } from './rendering/html.js';
import { buildServer } from './server.js';

const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Starts the whole product in this process and says when it is ready. */
export async function start(): Promise<void> {
  const closing: (() => Promise<void>)[] = [];
  const stop = async (code: number): Promise<never> => {
    for (const close of closing.reverse()) await close().catch((error: unknown) => say(String(error)));
    process.exit(code);
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(0));
  try {
    const config = readConfig(process.env);
    const { database, close } = await database_(config);
    closing.push(close);
    const app = await serve(config, database);
    closing.push(() => app.close());
    say(`Tenken（点検）を http://localhost:${config.port} で使えます。終わるときは Ctrl+C を押してください。`);
  } catch (error) {
    explain(error);
    await stop(1);
  }
}

async function database_(config: Config): Promise<{ database: DataSource; close: () => Promise<void> }> {
  const server = config.databaseUrl === null ? await startEmbeddedPostgres({ dataDir: resolve(config.dataFolder, 'postgres'), log: say }) : null;
  const url = config.databaseUrl ?? server!.url;
  const done = await migrate(url);
  if (done.length > 0) say(`データベースを整えました（${done.length}件）。`);
  const database = await openDatabase(url, ENTITIES);
  return { database, close: async () => { await database.destroy(); await server?.stop(); } };
}

async function serve(config: Config, database: DataSource): Promise<NestFastifyApplication> {
  const templates = new Templates(inProject('templates'), { development: config.development });
  const app = await buildServer({ config, database, clock: systemClock, templates });
  await app.listen(config.port, config.host);
  return app;
}

/** Every problem, one a line, on standard error. */
export function explain(error: unknown): void {
  const lines = error instanceof TenkenError ? [error.message, ...error.problems.map((one) => `・${one.path === '' ? '' : `${one.path}: `}${one.message}`)] : [error instanceof Error ? (error.stack ?? error.message) : String(error)];
  process.stderr.write(`${lines.join('\n')}\n`);
}
