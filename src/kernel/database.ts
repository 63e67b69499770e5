import 'reflect-metadata';
import { parse } from 'pg-connection-string';
import type { EntityTarget, MixedList } from 'typeorm';
import { DataSource } from 'typeorm';
import { MIGRATIONS } from '../../migrations/index.js';
import type { Clock } from './clock.js';
import type { Actor, Ctx } from './ctx.js';

/** The database role under which requests and jobs work. It owns no table, so row-level security binds it. */
export const APPLICATION_ROLE = 'tenken_app';

/**
 * Opens the database. Migrations and start-up work run as the connecting user (the owner);
 * everything else goes through `inTransaction`, which steps down to the application role.
 */
export async function openDatabase(url: string, entities: MixedList<EntityTarget<unknown> & (new () => unknown)>, options: { connections?: number } = {}): Promise<DataSource> {
  const target = parse(url);
  const source = new DataSource({
    type: 'postgres',
    host: target.host ?? 'localhost',
    port: target.port ? Number(target.port) : 5432,
    username: target.user,
    password: target.password,
    database: target.database ?? undefined,
    ssl: target.ssl as boolean | undefined,
    entities: entities as never,
    migrations: MIGRATIONS,
    migrationsTransactionMode: 'each',
    synchronize: false,
    logging: false,
    extra: { max: options.connections ?? 12, application_name: 'tenken' },
  });
  return source.initialize();
}

/** Brings the tables to the newest state. Safe to run from several processes at once. Returns the names run. */
export async function migrate(url: string): Promise<string[]> {
  const source = await openDatabase(url, [], { connections: 2 });
  const guard = source.createQueryRunner();
  try {
    await guard.query('select pg_advisory_lock(7306001)');
    const done = await source.runMigrations();
    await guard.query('select pg_advisory_unlock(7306001)');
    return done.map((one) => one.name);
  } finally {
    await guard.release();
    await source.destroy();
  }
}

/** Who enters: `organisation` null only where the organisation is not known yet (before sign-in). */
export interface Entry {
  organisation: string | null;
  actor: Actor;
  clock: Clock;
}

/** Runs `work` in one transaction under the application role, scoped to the organisation. */
export async function inTransaction<T>(source: DataSource, entry: Entry, work: (ctx: Ctx) => Promise<T>): Promise<T> {
  return source.transaction(async (tx) => {
    await tx.query(`select set_config('role', $1, true), set_config('tenken.organisation', $2, true)`, [APPLICATION_ROLE, entry.organisation ?? '']);
    return work({ actor: entry.actor, organisation: entry.organisation ?? '', tx, clock: entry.clock });
  });
}

/** The same transaction, from now on for this actor of this organisation (after the session was recognised). */
export async function enter(ctx: Ctx, organisation: string, actor: Actor): Promise<Ctx> {
  await ctx.tx.query(`select set_config('tenken.organisation', $1, true)`, [organisation]);
  return { ...ctx, organisation, actor };
}
