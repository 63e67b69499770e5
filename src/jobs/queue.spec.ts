import { spawn } from 'node:child_process';
import type { DataSource } from 'typeorm';
import { testDatabase } from '../../test/test-database.js';
import { systemClock } from '../kernel/clock.js';
import { PRODUCT } from '../kernel/ctx.js';
import { inTransaction, openDatabase } from '../kernel/database.js';
import { JobQueue, type Work } from './queue.js';

const COUNTING: Work<{ number: number }> = { queue: 'counting', label: '数える仕事' };
const ORGANISATION = '00000000-0000-4000-8000-000000000001';

describe('job queue', () => {
  let base: Awaited<ReturnType<typeof testDatabase>>;
  let database: DataSource;
  let queue: JobQueue;

  beforeAll(async () => {
    base = await testDatabase();
    database = await openDatabase(base.url, []);
    queue = await JobQueue.open(base.url, [COUNTING], { takeOverAfterSeconds: 10 });
  });
  afterAll(async () => {
    await queue.close();
    await database.destroy();
    await base.drop();
  });

  const within = <T>(work: Parameters<typeof inTransaction<T>>[2]): Promise<T> => inTransaction(database, { organisation: ORGANISATION, actor: PRODUCT, clock: systemClock }, work);
  const waitFor = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 1000 && !done(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 50));
  };

  it('runs a job of a committed transaction and no job of one that was rolled back; a failed job is tried again; a job of a killed worker is taken over', async () => {
    await expect(within(async (ctx) => {
      await queue.enqueue(ctx, COUNTING, { number: 1 });
      throw new Error('rolled back');
    })).rejects.toThrow('rolled back');
    await within((ctx) => queue.enqueue(ctx, COUNTING, { number: 2 }));
    await within((ctx) => queue.enqueue(ctx, COUNTING, { number: 3 }));

    // A worker in another process takes a job, says so, and is killed with SIGKILL.
    const worker = spawn(process.execPath, ['--input-type=module', '-e', `
      import { PgBoss } from 'pg-boss';
      const target = new URL(${JSON.stringify(base.url.replace('@/', '@localhost/'))});
      const boss = new PgBoss({ host: target.searchParams.get('host'), port: 5432, user: target.username, database: target.pathname.slice(1), migrate: false });
      boss.on('error', () => {});
      await boss.start();
      await boss.work('counting', { pollingIntervalSeconds: 0.5 }, async ([job]) => { process.stdout.write(String(job.data.number)); await new Promise(() => {}); });
    `], { cwd: process.cwd(), stdio: ['ignore', 'pipe', 'inherit'] });
    const taken = await new Promise<string>((resolve) => worker.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
    worker.kill('SIGKILL');

    const seen: number[] = [];
    let failed = false;
    await queue.work(COUNTING, 1, async (data) => {
      expect(data.organisation).toBe(ORGANISATION);
      if (String(data.number) !== taken && !failed) {
        failed = true;
        throw new Error('first try fails');
      }
      seen.push(data.number);
    });
    await waitFor(() => seen.length === 2);
    expect([...seen].sort()).toEqual([2, 3]);
    expect(failed).toBe(true);
  });
});
