import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, closeSync, mkdirSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { Place } from './place.js';
import { PORT } from './place.js';
import { commandOf, ended, pause, startOf } from './processes.js';
import type { Programs } from './programs.js';
import { PostgresUnavailable } from './unavailable.js';

/** The owner of the cluster; who reaches the socket is trusted, and only our account reaches it. */
export const OWNER = 'tenken';

/** Settings for a small machine. Errors are logged without statements and values: those hold personal data. */
const SETTINGS = [
  'listen_addresses=', 'unix_socket_permissions=0700', `port=${PORT}`, 'max_connections=60', 'shared_buffers=128MB', 'max_wal_size=512MB', 'jit=off',
  'logging_collector=off', 'log_checkpoints=off', 'log_min_error_statement=panic', 'log_error_verbosity=terse', 'log_timezone=UTC', 'timezone=UTC', 'lc_messages=C',
];
/** Nothing is forced to disk. Commits are still written before they are acknowledged: a killed server loses none, a power cut may. */
const THROWAWAY = ['fsync=off', 'full_page_writes=off'];

/** A clean environment: PGDATA, PGOPTIONS and the like of the user are none of the server's business. */
const environment = (): NodeJS.ProcessEnv => ({ PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' });

export interface Postmaster {
  pid: number;
  socketDir: string;
  /** Of this process; null: found running. */
  child: ChildProcess | null;
}

export const logFile = (place: Place): string => join(place.folder, 'postgres.log');

function openLog(place: Place): number {
  const file = logFile(place);
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > 10_000_000) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}

async function lastLines(place: Place): Promise<string> {
  const text = await readFile(logFile(place), 'utf8').catch(() => '');
  return text.trimEnd().split('\n').slice(-12).join('\n');
}

function launch(program: string, words: string[], place: Place, detached: boolean): Promise<ChildProcess> {
  const log = openLog(place);
  return new Promise((done, fail) => {
    const child = spawn(program, words, { cwd: '/', env: environment(), stdio: ['ignore', log, log], detached, ...(place.account ?? {}) });
    child.once('spawn', () => done(child));
    child.once('error', (error) => fail(new PostgresUnavailable(
      `データベースのプログラム ${program} を実行できません（${error.message}）。root で実行できない環境では、一般の利用者で実行するか、環境変数 DATABASE_URL を指定してください。`,
      `Cannot run ${program} (${error.message}). Run as an ordinary user, or set DATABASE_URL.`, error)));
  }).finally(() => closeSync(log)) as Promise<ChildProcess>;
}

/**
 * Makes the data directory, whole or not at all. Sorting is by code point everywhere; the character classes of
 * the system are needed by pg_trgm, which sees no Japanese under `C`.
 */
export async function initialise(place: Place, programs: Programs, durable: boolean): Promise<void> {
  const half = `${place.data}.new`;
  for (const classes of ['C.UTF-8', 'en_US.UTF-8', 'C']) {
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { mode: 0o700 });
    chmodSync(half, 0o700);
    if (place.account) chownSync(half, place.account.uid, place.account.gid);
    const words = ['-D', half, '-U', OWNER, '-E', 'UTF8', '--auth=trust', '--no-instructions', '--locale-provider=builtin', '--builtin-locale=C.UTF-8',
      '--lc-collate=C', `--lc-ctype=${classes}`, '--lc-messages=C', '--lc-monetary=C', '--lc-numeric=C', '--lc-time=C', ...(durable ? [] : ['--no-sync'])];
    const child = await launch(programs.initdb, words, place, false);
    const status = child.exitCode ?? (await new Promise<number>((done) => child.once('exit', (code) => done(code ?? 1))));
    if (status !== 0) continue;
    writeFileSync(join(half, 'pg_hba.conf'), 'local all all trust\n');
    renameSync(half, place.data);
    return;
  }
  rmSync(half, { recursive: true, force: true });
  throw new PostgresUnavailable(`データベースを作れませんでした。空き容量と ${logFile(place)} を確かめてください。\n${await lastLines(place)}`, `initdb failed; see ${logFile(place)}.`);
}

/** What the server wrote about itself; null when it is not there. Its data directory is the first proof that it is ours. */
async function postmasterFile(place: Place): Promise<{ pid: number; socketDir: string; stopping: boolean } | null> {
  const lines = (await readFile(join(place.data, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 1) return null;
  return { pid, socketDir: lines[4] || place.socketDir, stopping: lines[7]?.trim() === 'stopping' };
}

export async function connect(socketDir: string, database: string): Promise<pg.Client> {
  const client = new pg.Client({ host: socketDir, port: PORT, user: OWNER, database, ssl: false, application_name: 'tenken-supervisor', connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

/** Version of the server that answers on the socket, if it is the one of this data directory. */
async function answer(place: Place, socketDir: string): Promise<string | null> {
  const client = await connect(socketDir, 'postgres').catch(() => null);
  if (!client) return null;
  try {
    const { rows } = await client.query<{ data: string; version: string }>(`select current_setting('data_directory') as data, current_setting('server_version') as version`);
    return rows[0] && rows[0].data === place.data ? rows[0].version : null;
  } catch {
    return null;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** Waits until the server of this process number answers; null when it ended before. Recovery after a crash may take long. */
async function ready(place: Place, pid: number, socketDir: string): Promise<string | null> {
  const start = startOf(pid);
  const until = Date.now() + 180_000;
  while (start !== null && startOf(pid) === start) {
    const version = await answer(place, socketDir);
    if (version !== null) return version;
    if (Date.now() > until) throw new PostgresUnavailable(`データベースが 3 分たっても応答しません。${logFile(place)} を確かめてください。`, `PostgreSQL does not answer; see ${logFile(place)}.`);
    await pause(15);
  }
  return null;
}

/**
 * The server left running on this data directory, if there is one. A number that now belongs to another program or
 * to a zombie is replaced by our own in the file: PostgreSQL takes the number of its parent as stale, and still looks
 * whether backends of the dead server use the shared memory that the file names.
 */
export async function findRunning(place: Place): Promise<(Postmaster & { version: string }) | null> {
  const found = await postmasterFile(place);
  if (!found) return null;
  const command = commandOf(found.pid);
  const other = startOf(found.pid) === null || (command !== '' && !(command.includes('postgres') && command.includes(place.data)));
  if (other) {
    const file = join(place.data, 'postmaster.pid');
    const text = await readFile(file, 'utf8').catch(() => '');
    if (text !== '') await writeFile(file, text.replace(/^\d+/, String(process.pid)));
    return null;
  }
  if (found.stopping) {
    await ended(found.pid, 60_000);
    return null;
  }
  const version = await ready(place, found.pid, found.socketDir);
  return version === null ? null : { pid: found.pid, socketDir: found.socketDir, child: null, version };
}

/** Starts the server and waits until it answers. It does not end with this process, nor with its terminal. */
export async function start(place: Place, programs: Programs, durable: boolean): Promise<Postmaster> {
  const settings = [...SETTINGS, ...(durable ? [] : THROWAWAY), `unix_socket_directories="${place.socketDir.replaceAll('"', '""')}"`];
  const words = ['-D', place.data, ...settings.flatMap((one) => ['-c', one])];
  const until = Date.now() + 15_000;
  for (;;) {
    const child = await launch(programs.postgres, words, place, true);
    child.unref();
    const pid = child.pid as number;
    if ((await ready(place, pid, place.socketDir)) !== null) return { pid, socketDir: place.socketDir, child };
    const lines = await lastLines(place);
    // Backends of a killed server need a moment to notice that it is gone.
    if (!/shared memory block|lock file/.test(lines) || Date.now() > until) {
      throw new PostgresUnavailable(`データベースを起動できませんでした。${logFile(place)} の最後の行:\n${lines}`, `PostgreSQL did not start; see ${logFile(place)}.`);
    }
    await pause(200);
  }
}

/** Ends the server: fast first (open transactions are rolled back, everything acknowledged is kept), hard if it does not obey. */
export async function shutDown(pid: number): Promise<void> {
  for (const [signal, patience] of [['SIGINT', 30_000], ['SIGQUIT', 10_000]] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return;
    }
    if (await ended(pid, patience)) return;
  }
}
