import { resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../kernel/config.js';
import { migrate, openDatabase } from '../kernel/database.js';
import { verifyJournal } from '../kernel/journal.js';
import { startEmbeddedPostgres } from '../kernel/postgres/supervisor.js';
import { problemLine, say } from './output.js';

/** Gives `work` the URL of the configured database, the embedded one started when needed. */
export async function withDatabase<T>(work: (url: string) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  if (config.databaseUrl !== null) return work(config.databaseUrl);
  const server = await startEmbeddedPostgres({ dataDir: resolve(config.dataFolder, 'postgres') });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
  }
}

export function addDatabaseCommands(program: Command): void {
  program
    .command('migrate')
    .description('データベースの表を最新の形にします')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => withDatabase(async (url) => {
      const done = await migrate(url);
      return { data: { migrations: done }, text: done.length === 0 ? '表はもう最新です。' : `表を整えました: ${done.join('、')}` };
    })));

  program
    .command('journal')
    .description('記録（ジャーナル）')
    .command('verify')
    .description('記録が欠けたり書き換えられたりしていないかを確かめます')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => withDatabase(async (url) => {
      await migrate(url);
      const database = await openDatabase(url, [], { connections: 2 });
      try {
        const { entries, organisations, problems } = await verifyJournal(database);
        const text = problems.length === 0 ? `記録 ${entries}件（${organisations}団体）に、欠けや書き換えはありません。` : problems.map(problemLine).join('\n');
        return { data: { entries, organisations, problems }, text, failed: problems.length > 0 };
      } finally {
        await database.destroy();
      }
    })));
}
