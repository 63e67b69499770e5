import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { ENTITIES } from '../src/entities.js';
import { tokenHash } from '../src/identity/session.service.js';
import { JobQueue } from '../src/jobs/queue.js';
import { systemClock } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { inTransaction, migrate, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';

export interface Person {
  name: string;
  role: string;
  /** Name of the department to which the account and its role are bound. */
  department?: string;
}
/** Milliseconds from asking to the last byte of the answer. */
export interface Answer { ms: number; text: string }
export interface Statement { text: string; values: unknown[] }

/** A town on a throwaway database, served over HTTP to one signed-in person. */
export interface Served {
  readonly app: NestFastifyApplication;
  readonly database: DataSource;
  /** Ids. */
  readonly organisation: string;
  readonly body: string;
  readonly department: string | null;
  readonly actor: Actor;
  /** A page, over a connection that is kept. Throws unless the answer is 200. */
  open(path: string): Promise<Answer>;
  post(path: string, input: unknown): Promise<Answer>;
  /** As the person, in one transaction. */
  within<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** The same statements over one bare connection to the same database: the floor. Rows of the last one. */
  bare(statements: readonly Statement[]): Promise<{ ms: number; rows: unknown[] }>;
  stop(): Promise<void>;
}

const [TOKEN, CSRF] = ['bench-token', 'bench-csrf'];

async function settle(database: DataSource, { name, role, department: named }: Person): Promise<Pick<Served, 'organisation' | 'body' | 'department' | 'actor'>> {
  const [organisation, body, account, department] = [newId(), newId(), newId(), named === undefined ? null : newId()];
  await database.query('insert into organisation (id, name) values ($1, $2)', [organisation, 'みずほ野市']);
  await database.query('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, organisation, 'みずほ野市長']);
  if (department !== null) await database.query('insert into department (id, organisation_id, body_id, name) values ($1, $2, $3, $4)', [department, organisation, body, named]);
  await database.query('insert into account (id, organisation_id, sign_in_name, name, department_id) values ($1, $2, $3, $4, $5)', [account, organisation, 'bench', name, department]);
  await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, $5)', [newId(), organisation, account, role, department]);
  await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, now(), now())', [tokenHash(TOKEN), organisation, account, CSRF]);
  return { organisation, body, department, actor: { id: account, name, department, grants: [{ role, department }] } };
}

function asking(port: number, agent: Agent) {
  return (method: 'GET' | 'POST', path: string, headers: Readonly<Record<string, string | number>>, payload?: string): Promise<Answer> => new Promise((done, fail) => {
    const begin = performance.now();
    const asked = request({ port, host: '127.0.0.1', agent, method, path, headers: { cookie: `tenken_session=${TOKEN}`, ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const ms = performance.now() - begin;
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200) fail(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
        else done({ ms, text });
      });
    });
    asked.on('error', fail);
    asked.end(payload);
  });
}

export async function serve(person: Person): Promise<Served> {
  const folder = mkdtempSync(join(tmpdir(), 'tenken-bench-'));
  chmodSync(folder, 0o711);
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  await migrate(server.url);
  const database = await openDatabase(server.url, ENTITIES);
  const queue = await JobQueue.open(server.url, []);
  const app = await buildServer({ config: readConfig({ TENKEN_DATA: folder, TENKEN_RENDERERS: '0' }), database, clock: systemClock, templates: new Templates(inProject('templates')), queue });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const settled = await settle(database, person);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const ask = asking(port, agent);
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  return {
    app, database, ...settled,
    open: (path) => ask('GET', path, { accept: 'text/html' }),
    post(path, input) {
      const payload = JSON.stringify(input);
      return ask('POST', path, { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(payload), 'x-csrf-token': CSRF }, payload);
    },
    within: (work) => inTransaction(database, { organisation: settled.organisation, actor: settled.actor, clock: systemClock }, work),
    async bare(statements) {
      let rows: unknown[] = [];
      const begin = performance.now();
      for (const { text, values } of statements) ({ rows } = await client.query(text, values));
      return { ms: performance.now() - begin, rows };
    },
    async stop() {
      await client.end();
      agent.destroy();
      await app.close();
      await queue.close();
      await database.destroy();
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The statements that one piece of work sends to the database. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const found: Statement[] = [];
  const original = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, values] = given;
    const text = typeof first === 'string' ? first : (first as { text?: string }).text;
    if (text !== undefined) found.push({ text, values: Array.isArray(values) ? [...(values as unknown[])] : ((first as { values?: unknown[] }).values ?? []) });
    return original.apply(this, given);
  } as never;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original as never;
  }
  return found;
}
