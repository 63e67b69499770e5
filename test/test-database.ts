import { createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../src/kernel/database.js';
import type { EmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';

const TEMPLATE = 'tenken_template';
/** Key of the advisory lock under which the template is made. */
const TEMPLATE_LOCK = 7306002;

let cluster: Promise<EmbeddedPostgres> | undefined;

/**
 * The server of this run; the first test that asks starts it, the end of the run takes it away (test/global-setup.mjs).
 * The handle is kept: the worker process counts as a user of the server until it ends.
 */
export function testCluster(): Promise<EmbeddedPostgres> {
  const folder = process.env.TEST_CLUSTER;
  if (!folder) throw new Error('TEST_CLUSTER is not set: run the tests with the project\'s jest.config.js.');
  cluster ??= startEmbeddedPostgres({ dataDir: join(folder, 'postgres'), durable: false });
  return cluster;
}

/** Makes the migrated template once for all workers of the run. */
async function ensureTemplate(server: EmbeddedPostgres): Promise<void> {
  const guard = new pg.Client({ connectionString: server.url });
  await guard.connect();
  try {
    await guard.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await guard.query('select from pg_database where datname = $1 and datistemplate', [TEMPLATE]);
    if (rowCount === 1) return;
    await server.dropDatabase(TEMPLATE);
    await server.createDatabase(TEMPLATE);
    await migrate(server.urlOf(TEMPLATE));
    await guard.query(`alter database ${TEMPLATE} is_template true`);
  } finally {
    await guard.end();
  }
}

/** A migrated, empty database of one's own (30–80 ms). The URL connects as the owner of the tables. */
export async function testDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const server = await testCluster();
  await ensureTemplate(server);
  const place = createHash('sha256').update(expect.getState().testPath ?? '').digest('hex').slice(0, 8);
  const name = `test_${place}_${randomBytes(4).toString('hex')}`;
  await server.createDatabase(name, TEMPLATE);
  return { url: server.urlOf(name), drop: () => server.dropDatabase(name) };
}
