import { NestFactory } from '@nestjs/core';
import type { INestApplicationContext } from '@nestjs/common';
import { AppModule } from './app.module.js';
import { readConfig, type Config } from './kernel/config.js';
import type { Actor, Ctx } from './kernel/ctx.js';
import { inTransaction } from './kernel/database.js';
import { Invalid } from './kernel/errors.js';
import { openParts, type OpenParts } from './parts.js';

/** Whoever may run commands on the machine acts for the whole organisation; the journal names the command. */
const OPERATOR: Actor = { id: null, name: 'コマンド（運用者）', department: null, grants: [{ role: 'assessment-lead', department: null }, { role: 'audit-secretariat', department: null }] };

export interface Operating {
  app: INestApplicationContext;
  parts: OpenParts;
  /** One transaction for the organisation of this installation. */
  within<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
}

/** Opens the services of the product without its pages, for one command. */
export async function operate<T>(work: (operating: Operating) => Promise<T>, config: Config = readConfig(process.env), options: { databaseFolder?: string } = {}): Promise<T> {
  const parts = await openParts(config, { log: () => undefined, ...options });
  let app: INestApplicationContext | null = null;
  try {
    app = await NestFactory.createApplicationContext(AppModule.with(parts), { logger: ['error'] });
    const operating = { app, parts, within: async <R>(step: (ctx: Ctx) => Promise<R>) => inTransaction(parts.database, { organisation: await organisationOf(parts), actor: OPERATOR, clock: parts.clock }, step) };
    return await work(operating);
  } finally {
    await app?.close();
    await parts.close();
  }
}

async function organisationOf({ database }: OpenParts): Promise<string> {
  const found: { id: string; name: string }[] = await database.query('select id, name from organisation order by name');
  if (found.length === 1) return found[0]!.id;
  if (found.length === 0) throw new Invalid('organisation-missing', 'まだ自治体が登録されていません。先に画面で初期設定をしてください。');
  const chosen = found.find((one) => one.name === process.env.ORGANISATION || one.id === process.env.ORGANISATION);
  if (chosen === undefined) throw new Invalid('organisation-unclear', `自治体が${found.length}あります。環境変数 ORGANISATION に名前を書いてください（${found.map((one) => one.name).join('、')}）。`);
  return chosen.id;
}
