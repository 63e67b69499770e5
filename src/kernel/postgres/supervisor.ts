import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Place } from './place.js';
import { findPlace, makeFolder, PORT } from './place.js';
import { startOf } from './processes.js';
import type { Programs } from './programs.js';
import { findPrograms } from './programs.js';
import type { Postmaster } from './server.js';
import { connect, findRunning, initialise, OWNER, shutDown, start } from './server.js';
import { Users, withLock } from './sharing.js';
import { PostgresUnavailable } from './unavailable.js';

const DATABASE = 'tenken';
const PATIENCE = 240_000;
/** A server that has to be started again this often within a minute is given up. */
const MOST_RESTARTS = 5;

export interface EmbeddedPostgres {
  /** Folder of the unix socket; the server listens nowhere else. */
  readonly socketDir: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly url: string;
  /** Process number of the server. It changes when the server had to be started again. */
  readonly pid: number;
  /** The server was running already: left behind by a killed process, or in use by another one. */
  readonly adopted: boolean;
  urlOf(database: string): string;
  /** `template`: a database without connections, copied. */
  createDatabase(name: string, template?: string): Promise<void>;
  dropDatabase(name: string): Promise<void>;
  /** Gives the server up; the last process that uses it shuts it down. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The server's folder; made when it is missing. */
  dataDir: string;
  log?: (message: string) => void;
  /** False only for throw-away data: nothing is forced to disk, a power cut may lose it. */
  durable?: boolean;
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

async function check(place: Place, programs: Programs): Promise<boolean> {
  const made = (await readFile(join(place.data, 'PG_VERSION'), 'utf8').catch(() => '')).trim();
  if (made === '') return false;
  if (made !== programs.version.split('.')[0]) {
    throw new PostgresUnavailable(
      `データベース ${place.data} は PostgreSQL ${made} のもので、いまのプログラムは ${programs.version} です。前の版の点検で書き出してから移してください。`,
      `${place.data} belongs to PostgreSQL ${made}, the programs are ${programs.version}. Export with the former release and import again.`,
    );
  }
  return true;
}

class Supervisor implements EmbeddedPostgres {
  readonly port = PORT;
  readonly user = OWNER;
  readonly database = DATABASE;
  private server!: Postmaster;
  private serverStart: string | null = null;
  private found = false;
  private watch: NodeJS.Timeout | undefined;
  private restarts: number[] = [];
  private mending = false;
  private ending: Promise<void> | null = null;
  private readonly users: Users;

  constructor(private readonly folder: string, private readonly log: (message: string) => void, private readonly durable: boolean) {
    this.users = new Users(join(folder, 'users'));
  }

  get socketDir(): string { return this.server.socketDir; }
  get pid(): number { return this.server.pid; }
  get adopted(): boolean { return this.found; }
  get url(): string { return this.urlOf(DATABASE); }
  private get lock(): string { return join(this.folder, 'lock'); }

  urlOf(database: string): string {
    return `postgresql://${OWNER}@localhost:${PORT}/${encodeURIComponent(database)}?host=${encodeURIComponent(this.socketDir)}&sslmode=disable`;
  }

  async open(): Promise<void> {
    await withLock(this.lock, PATIENCE, async () => {
      await this.run();
      await this.users.join();
    });
    this.watch = setInterval(() => {
      if (startOf(this.server.pid) !== this.serverStart) void this.mend();
    }, 1_000);
    this.watch.unref();
  }

  /** Finds the server or starts it. Under the lock. */
  private async run(): Promise<void> {
    const place = await findPlace(this.folder, this.log);
    const programs = await findPrograms(place.account, this.log);
    if (!(await check(place, programs))) {
      this.log('データベースを用意しています…');
      await initialise(place, programs, this.durable);
    }
    let running = await findRunning(place);
    if (running && running.version.split(' ')[0] !== programs.version && (await this.users.others()) === 0) {
      await shutDown(running.pid);
      running = null;
    }
    this.found = running !== null;
    this.server = running ?? (await start(place, programs, this.durable));
    this.serverStart = startOf(this.server.pid);
    this.server.child?.once('exit', () => void this.mend());
    await this.ownDatabase();
  }

  private async ownDatabase(): Promise<void> {
    const client = await connect(this.socketDir, 'postgres');
    try {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`create database ${quoted(DATABASE)}`);
    } finally {
      await client.end();
    }
  }

  /** The server ended without our doing: start it again (throw-away data are left alone). Nothing acknowledged is lost. */
  private async mend(): Promise<void> {
    if (this.mending || this.ending || !this.durable) return;
    this.mending = true;
    try {
      const now = Date.now();
      this.restarts = [...this.restarts.filter((at) => now - at < 60_000), now];
      if (this.restarts.length > MOST_RESTARTS) {
        clearInterval(this.watch);
        this.log('データベースが何度も終了するため、起動し直すのをやめました。');
        return;
      }
      await withLock(this.lock, PATIENCE, async () => {
        if (this.ending) return;
        this.log('データベースが終了したため、起動し直します。');
        await this.run();
      });
    } catch (error) {
      this.log(`データベースを起動し直せませんでした。${(error as Error).message}`);
    } finally {
      this.mending = false;
    }
  }

  async createDatabase(name: string, template = 'template1'): Promise<void> {
    await this.asOwner(`create database ${quoted(name)} template ${quoted(template)}`);
  }

  async dropDatabase(name: string): Promise<void> {
    await this.asOwner(`drop database if exists ${quoted(name)} with (force)`);
  }

  private async asOwner(statement: string): Promise<void> {
    const client = await connect(this.socketDir, 'postgres');
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  }

  stop(): Promise<void> {
    this.ending ??= this.close();
    return this.ending;
  }

  private async close(): Promise<void> {
    clearInterval(this.watch);
    await withLock(this.lock, PATIENCE, async () => {
      await this.users.leave();
      if ((await this.users.others()) > 0) return;
      if (startOf(this.server.pid) === this.serverStart) await shutDown(this.server.pid);
    });
  }
}

/**
 * Brings the embedded PostgreSQL up: makes it on first use, adopts one that runs already, starts it otherwise.
 * Several processes may do so at once. The server outlives a killed process, and the next start adopts it.
 * Throws `PostgresUnavailable`.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const folder = await makeFolder(options.dataDir);
  const supervisor = new Supervisor(folder, options.log ?? (() => undefined), options.durable ?? true);
  await supervisor.open();
  return supervisor;
}
