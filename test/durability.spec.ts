import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { indexForm } from '../src/engine/form-index.js';
import { readySample, sampleForm } from '../src/engine/sample-form.js';
import { Forms } from '../src/assessments/forms.js';
import type { Actor } from '../src/kernel/ctx.js';
import { inTransaction, migrate } from '../src/kernel/database.js';
import { verifyJournal } from '../src/kernel/journal.js';
import { startEmbeddedPostgres, type EmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { makeTown, open, servicesOf, TODAY, type Town } from './assessments-town.js';

/** A save that was answered: from here on it may not be lost. */
interface Acknowledged { address: string; version: number; value: string }

const services = servicesOf(new Forms([{ compiled: indexForm(sampleForm()) }]));
const compiled = inProject('.tenken', `durability-${process.pid}`);
let folder: string;
let server: EmbeddedPostgres;
let town: Town;
let drafter: Actor;
let id: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  const built = spawnSync(process.execPath, [inProject('node_modules', '@swc', 'cli', 'bin', 'swc.js'), 'src', 'migrations', 'test/assessments-town.ts', 'test/test-database.ts', '-d', compiled], { cwd: inProject(), encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stderr);
  folder = mkdtempSync(join(tmpdir(), 'tenken-durability-'));
  chmodSync(folder, 0o711);
  server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
  await migrate(server.url);
  const database = await open(server.url, 2);
  town = await makeTown(database);
  drafter = await town.person('drafter', town.pension, '担当');
  id = (await town.as(drafter, (ctx) => services.creation.fromAnswers(ctx, { form: 'sample', version: '2026-04', title: '事務', departmentId: town.pension, bodyId: town.body, answers: readySample(), origin: {} }))).id;
  await database.destroy();
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await (server as EmbeddedPostgres | undefined)?.stop();
  rmSync(folder, { recursive: true, force: true });
  rmSync(compiled, { recursive: true, force: true });
});

/** Another process that saves in a loop until it is killed or loses its database; it says each answered save at once. */
function saving(): { child: ChildProcess; acknowledged: Acknowledged[]; ended: Promise<unknown> } {
  const at = (path: string) => JSON.stringify(pathToFileURL(join(compiled, path)).href);
  const program = `
    const { open, servicesOf, TODAY } = await import(${at('test/assessments-town.js')});
    const { inTransaction } = await import(${at('src/kernel/database.js')});
    const { indexForm } = await import(${at('src/engine/form-index.js')});
    const { sampleForm } = await import(${at('src/engine/sample-form.js')});
    const { Forms } = await import(${at('src/assessments/forms.js')});
    const { reading, saving } = servicesOf(new Forms([{ compiled: indexForm(sampleForm()) }]));
    const database = await open(${JSON.stringify(server.url)}, 4);
    const entry = { organisation: ${JSON.stringify(town.organisation)}, actor: ${JSON.stringify(drafter)}, clock: TODAY };
    const { marks } = await inTransaction(database, entry, (ctx) => reading.open(ctx, ${JSON.stringify(id)}));
    const save = async (address) => {
      for (let seen = marks.get(address)?.version ?? 0; ; seen += 1) {
        const value = address + ' ' + process.pid + ' ' + seen;
        const { version } = await inTransaction(database, entry, (ctx) => saving.save(ctx, ${JSON.stringify(id)}, address, value, seen));
        process.stdout.write(JSON.stringify({ address, version, value }) + '\\n');
      }
    };
    await Promise.all(['affair-name', 'affair-content', 'network-basis'].map(save));`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { cwd: inProject(), stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  const acknowledged: Acknowledged[] = [];
  let rest = '';
  child.stdout!.on('data', (data: Buffer) => {
    const lines = (rest + data.toString('utf8')).split('\n');
    rest = lines.pop()!;
    acknowledged.push(...lines.map((line) => JSON.parse(line) as Acknowledged));
  });
  let said = '';
  child.stderr!.on('data', (data: Buffer) => (said += data.toString('utf8')));
  return { child, acknowledged, ended: new Promise((done) => child.on('close', () => done(said))) };
}

async function waitFor(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let waited = 0; waited < 40_000; waited += 50) {
    if (await holds()) return;
    await pause(50);
  }
  throw new Error(`waited in vain for ${what}`);
}

describe('kill -9 during saves', () => {
  it.each(['PostgreSQL', 'the program', 'both'])('of %s loses no save that was answered', async (victim) => {
    const running = saving();
    await waitFor('the first saves', () => running.acknowledged.length >= 40 || running.child.exitCode !== null);
    expect(running.acknowledged.length).toBeGreaterThanOrEqual(40);
    const before = server.pid;
    if (victim !== 'the program') process.kill(before, 'SIGKILL');
    if (victim !== 'PostgreSQL') running.child.kill('SIGKILL');
    await running.ended;
    if (victim !== 'the program') await waitFor('the server to come back', () => server.pid !== before);

    const database = await open(server.url, 2);
    try {
      const rows = await database.query('select content from journal_entry where object_id = $1', [id]) as { content: string }[];
      const kept = new Set(rows.map((row) => JSON.parse(row.content) as { path?: string; after?: unknown }).map((one) => `${one.path}\n${String(one.after)}`));
      expect(running.acknowledged.filter((one) => !kept.has(`${one.address}\n${one.value}`))).toEqual([]);
      const { marks, answers } = await opened(database);
      for (const address of ['affair-name', 'affair-content', 'network-basis']) {
        const last = running.acknowledged.filter((one) => one.address === address).at(-1)!;
        // One more save may have been stored without its answer having arrived.
        const version = marks.get(address)!.version;
        expect([last.version, last.version + 1]).toContain(version);
        if (version === last.version) expect(answers.answers[address]).toBe(last.value);
      }
      expect((await verifyJournal(database)).problems).toEqual([]);
    } finally {
      await database.destroy();
    }
  });
});

/** The document as it is now, over a new connection. */
async function opened(database: Awaited<ReturnType<typeof open>>) {
  return inTransaction(database, { organisation: town.organisation, actor: drafter, clock: TODAY }, (ctx) => services.reading.open(ctx, id));
}
