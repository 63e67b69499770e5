import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { reachable, findPlace } from '../src/kernel/postgres/place.js';
import { ended, startOf } from '../src/kernel/postgres/processes.js';
import { withLock } from '../src/kernel/postgres/sharing.js';
import type { EmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const COMPILED = join(ROOT, 'dist/src/kernel/postgres/supervisor.js');
const asRoot = process.getuid?.() === 0;

let folder: string;
const children: ChildProcess[] = [];
const open: EmbeddedPostgres[] = [];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenken-supervisor-'));
  chmodSync(folder, 0o711);
  if (!existsSync(COMPILED)) expect(spawnSync(process.execPath, [join(ROOT, 'bin/ready.mjs'), 'build']).status).toBe(0);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const server of open.splice(0)) await server.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function start(name: string, durable = false): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ dataDir: join(folder, name), durable });
  open.push(server);
  return server;
}

/** Open to all, whatever the umask of the run. */
function makeFolder(name: string): string {
  let path = folder;
  for (const part of name.split('/')) {
    path = join(path, part);
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o755);
  }
  return path;
}

/** Another process that starts the same server; `line` is the first thing it says: process number of the server and whether it was adopted. */
function other(name: string, body = ''): { child: ChildProcess; line: Promise<{ pid: number; adopted: boolean }>; exit: Promise<number | null> } {
  const program = `
    const { startEmbeddedPostgres } = await import(${JSON.stringify(COMPILED)});
    const server = await startEmbeddedPostgres({ dataDir: ${JSON.stringify(join(folder, name))}, durable: false });
    console.log(JSON.stringify({ pid: server.pid, adopted: server.adopted }));
    process.on('SIGTERM', () => server.stop().then(() => process.exit(0)));
    ${body}
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const line = new Promise<{ pid: number; adopted: boolean }>((done, fail) => {
    child.stdout!.once('data', (data: Buffer) => done(JSON.parse(String(data).split('\n')[0]) as { pid: number; adopted: boolean }));
    child.once('exit', () => fail(new Error('ended without a word')));
  });
  line.catch(() => undefined);
  return { child, line, exit: new Promise((done) => child.once('exit', done)) };
}

async function ask<T>(server: EmbeddedPostgres, sql: string, database = server.database): Promise<T[]> {
  const client = new pg.Client({ connectionString: server.urlOf(database) });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as T[];
  } finally {
    await client.end();
  }
}

describe('the embedded PostgreSQL', () => {
  it('is made on first use, speaks UTF-8, finds Japanese by trigram, and listens on a private unix socket only', async () => {
    const server = await start('first');
    expect(server.adopted).toBe(false);
    expect(await ask(server, `select current_database() as name, current_setting('listen_addresses') as addresses, current_setting('server_encoding') as encoding`))
      .toEqual([{ name: 'tenken', addresses: '', encoding: 'UTF8' }]);
    await ask(server, 'create extension pg_trgm');
    // pg_trgm: a word of four characters gives five trigrams (two blanks before, one behind).
    expect(await ask(server, `select array_length(show_trgm('個人情報'), 1) as trigrams`)).toEqual([{ trigrams: 5 }]);
    expect(statSync(server.socketDir).mode & 0o077).toBe(0);
    expect(statSync(server.socketDir).uid).toBe(asRoot ? 65534 : process.getuid!());
  });

  it('starts again with its data', async () => {
    const before = await start('warm');
    await ask(before, 'create table kept (word text)');
    await ask(before, `insert into kept values ('残る')`);
    await before.stop();
    expect(startOf(before.pid)).toBeNull();
    const after = await start('warm');
    expect(after.adopted).toBe(false);
    expect(await ask(after, 'select word from kept')).toEqual([{ word: '残る' }]);
  });

  it('is adopted when its process was killed', async () => {
    const killed = other('killed');
    const { pid } = await killed.line;
    killed.child.kill('SIGKILL');
    await killed.exit;
    expect(startOf(pid)).not.toBeNull();
    const server = await start('killed');
    expect([server.adopted, server.pid]).toEqual([true, pid]);
    await server.stop();
    expect(startOf(pid)).toBeNull();
  });

  it('is started once when processes race, and ends with the last of them', async () => {
    const racing = [other('race'), other('race'), other('race')];
    const lines = await Promise.all(racing.map((one) => one.line));
    expect(new Set(lines.map((one) => one.pid)).size).toBe(1);
    expect(lines.filter((one) => !one.adopted)).toHaveLength(1);
    const { pid } = lines[0]!;
    const starter = lines.findIndex((one) => !one.adopted);
    racing[starter]!.child.kill('SIGTERM');
    expect(await racing[starter]!.exit).toBe(0);
    expect(startOf(pid)).not.toBeNull();
    const rest = racing.filter((_one, at) => at !== starter);
    rest[0]!.child.kill('SIGKILL');
    await rest[0]!.exit;
    rest[1]!.child.kill('SIGTERM');
    expect(await rest[1]!.exit).toBe(0);
    expect(await ended(pid, 5_000)).toBe(true);
    expect(readdirSync(join(folder, 'race/users'))).toEqual([]);
  });

  it('is started again when it is killed, and keeps every acknowledged row', async () => {
    const server = await start('crash', true);
    await ask(server, 'create table kept (n integer)');
    for (let n = 0; n < 20; n++) await ask(server, `insert into kept values (${n})`);
    const { pid } = server;
    process.kill(pid, 'SIGKILL');
    for (let waited = 0; (server.pid === pid || startOf(server.pid) === null) && waited < 200; waited++) await new Promise((done) => setTimeout(done, 50));
    expect(server.pid).not.toBe(pid);
    for (let tries = 0; ; tries++) {
      const rows = await ask<{ count: string }>(server, 'select count(*) from kept').catch(() => null);
      if (rows === null && tries < 100) {
        await new Promise((done) => setTimeout(done, 50));
        continue;
      }
      expect(rows).toEqual([{ count: '20' }]);
      break;
    }
  });

  it('is not fooled by a process number that now belongs to another program', async () => {
    const first = await start('stale');
    await ask(first, 'create table kept (n integer)');
    const text = readFileSync(join(folder, 'stale/data/postmaster.pid'), 'utf8');
    await first.stop();
    const stranger = spawn('sleep', ['60']);
    children.push(stranger);
    const left = join(folder, 'stale/data/postmaster.pid');
    writeFileSync(left, text.replace(/^\d+/, String(stranger.pid)), { mode: 0o600 });
    if (asRoot) chownSync(left, 65534, 65534);
    const server = await start('stale');
    expect(server.adopted).toBe(false);
    expect(server.pid).not.toBe(stranger.pid);
    expect(await ask(server, 'select count(*) from kept')).toEqual([{ count: '0' }]);
    expect(startOf(stranger.pid!)).not.toBeNull();
  });

  it('works under a long folder name with Japanese, blanks, commas and quotes', async () => {
    const server = await start(`${'長い名前の'.repeat(8)}/a, b "c"`);
    expect(Buffer.byteLength(`${server.socketDir}/.s.PGSQL.5432`)).toBeLessThanOrEqual(103);
    expect(await ask(server, 'select 1 as one')).toEqual([{ one: 1 }]);
    if (!server.socketDir.startsWith(folder)) rmSync(asRoot ? dirname(server.socketDir) : server.socketDir, { recursive: true, force: true });
  });

  it('copies a database from a template and drops it with its connections', async () => {
    const server = await start('copies');
    await server.createDatabase('template "one"');
    await ask(server, 'create table filled as select 7 as n', 'template "one"');
    await server.createDatabase('copy', 'template "one"');
    expect(await ask(server, 'select n from filled', 'copy')).toEqual([{ n: 7 }]);
    const client = new pg.Client({ connectionString: server.urlOf('copy') });
    client.on('error', () => undefined);
    await client.connect();
    await server.dropDatabase('copy');
    await client.end().catch(() => undefined);
    expect(await ask(server, `select datname from pg_database where datname like '%copy%'`)).toEqual([]);
  });

  it('refuses the data of another release of PostgreSQL in plain words', async () => {
    const data = makeFolder('older/data');
    writeFileSync(join(data, 'PG_VERSION'), '15\n');
    await expect(start('older')).rejects.toThrow(/PostgreSQL 15 のもので.*\n.*belongs to PostgreSQL 15/s);
  });
});

describe('places', () => {
  it('knows whether an account can enter a folder from the modes of all folders above it', () => {
    const inner = makeFolder('closed/inner');
    const own = { uid: process.getuid!(), gid: process.getgid!() };
    const stranger = { uid: 65533, gid: 65533 };
    chmodSync(join(folder, 'closed'), 0o700);
    expect([reachable(inner, own), reachable(inner, stranger)]).toEqual([true, false]);
    chmodSync(join(folder, 'closed'), 0o711);
    expect(reachable(inner, stranger)).toBe(true);
  });

  it('refuses a socket folder that is a link or open to others', async () => {
    const long = join(folder, 'y'.repeat(120));
    mkdirSync(long);
    const { socketDir } = await findPlace(long, () => undefined);
    const guarded = asRoot ? dirname(socketDir) : socketDir;
    rmSync(guarded, { recursive: true });
    symlinkSync(folder, guarded);
    await expect(findPlace(long, () => undefined)).rejects.toThrow(/使えません/);
    rmSync(guarded);
    mkdirSync(guarded);
    chmodSync(guarded, 0o777);
    await expect(findPlace(long, () => undefined)).rejects.toThrow(/使えません/);
    rmSync(guarded, { recursive: true });
  });
});

describe('the lock', () => {
  it('lets one at a time through and takes over from the dead', async () => {
    const file = join(folder, 'lock-test');
    // No process has this number and this start.
    writeFileSync(file, '999999|1|dead');
    let inside = 0;
    let most = 0;
    const turns = await Promise.all(Array.from({ length: 8 }, (_none, turn) => withLock(file, 10_000, async () => {
      most = Math.max(most, ++inside);
      await new Promise((done) => setTimeout(done, 5));
      inside--;
      return turn;
    })));
    expect(turns).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('names the holder when it waits in vain', async () => {
    const file = join(folder, 'lock-held');
    await withLock(file, 1_000, async () => {
      await expect(withLock(file, 50, () => Promise.resolve())).rejects.toThrow(new RegExp(`番号 ${process.pid}`));
    });
  });
});
