import { parse } from 'pg-connection-string';
import { PgBoss, type JobWithMetadata } from 'pg-boss';
import type { Ctx } from '../kernel/ctx.js';
import { APPLICATION_ROLE } from '../kernel/database.js';

/** Name of a queue and what its handler is given. */
export interface Work<Data extends object> {
  readonly queue: string;
  /** Japanese name for the log. */
  readonly label: string;
  /** Tries after the first, and seconds before the second; then twice as long each time. Without it: 3 tries, a second apart. */
  readonly retry?: { times: number; seconds: number };
  /** Only for typing. */
  readonly data?: Data;
}

export interface QueueOptions {
  /** A worker that gives no sign for so many seconds is taken over by another. At least 10. */
  takeOverAfterSeconds?: number;
  log?: (message: string) => void;
}

/**
 * Queue in PostgreSQL. A job is written in the transaction of the change that causes it, so it exists exactly
 * when the change does. Any number of processes work; what a killed worker had begun is done by another.
 */
export class JobQueue {
  private constructor(
    private readonly boss: PgBoss,
    private readonly takeOverAfterSeconds: number,
    private readonly log: (message: string) => void,
  ) {}

  /** Opens the queue as the owner of the database and makes its tables when they are missing. */
  static async open(url: string, works: readonly Work<object>[], options: QueueOptions = {}): Promise<JobQueue> {
    const target = parse(url);
    const takeOver = options.takeOverAfterSeconds ?? 30;
    const log = options.log ?? ((message: string) => void process.stderr.write(`${message}\n`));
    const boss = new PgBoss({
      host: target.host ?? 'localhost',
      port: target.port ? Number(target.port) : 5432,
      user: target.user,
      password: target.password,
      database: target.database ?? undefined,
      ssl: target.ssl,
      application_name: 'tenken-jobs',
      max: 4,
      schedule: false,
      useListenNotify: true,
      superviseIntervalSeconds: Math.max(2, Math.round(takeOver / 3)),
      monitorIntervalSeconds: Math.max(2, Math.round(takeOver / 3)),
    });
    boss.on('error', (error: Error) => log(`待ち行列: ${error.message}`));
    await boss.start();
    const queue = new JobQueue(boss, takeOver, log);
    for (const { queue: name, retry } of works) {
      const tries = retry === undefined ? { retryLimit: 3, retryDelay: 1 } : { retryLimit: retry.times, retryDelay: retry.seconds, retryBackoff: true };
      await boss.createQueue(name, { notify: true, heartbeatSeconds: takeOver, ...tries, expireInSeconds: 900, deleteAfterSeconds: 86_400 });
    }
    await boss.getDb().executeSql(`grant usage on schema pgboss to ${APPLICATION_ROLE}`);
    await boss.getDb().executeSql(`grant select, insert on all tables in schema pgboss to ${APPLICATION_ROLE}`);
    return queue;
  }

  /** Writes a job in the transaction of `ctx`. */
  async enqueue<Data extends object>(ctx: Ctx, work: Work<Data>, data: Data): Promise<void> {
    const id = await this.boss.send(work.queue, { ...data, organisation: ctx.organisation }, {
      db: { executeSql: async (text, values) => ({ rows: (await ctx.tx.query(text, values as unknown[])) as unknown[] }) },
    });
    if (id === null) throw new Error(`job of ${work.queue} was not taken`);
  }

  /** Works on a queue, `concurrency` jobs at a time. A handler that throws is tried again; `last`: this is the last try. */
  async work<Data extends object>(work: Work<Data>, concurrency: number, handler: (data: Data & { organisation: string }, last: boolean) => Promise<void>): Promise<void> {
    await this.boss.work(
      work.queue,
      { includeMetadata: true as const, localConcurrency: concurrency, batchSize: 1, pollingIntervalSeconds: 2, notifyPollingIntervalSeconds: 2, heartbeatRefreshSeconds: Math.max(1, Math.floor(this.takeOverAfterSeconds / 3)) },
      async (jobs: JobWithMetadata<Data & { organisation: string }>[]) => {
        for (const job of jobs) {
          try {
            await handler(job.data, job.retryCount >= job.retryLimit);
          } catch (error) {
            this.log(`${work.label}が途中で止まりました。もう一度試みます: ${error instanceof Error ? error.message : String(error)}`);
            throw error;
          }
        }
      },
    );
  }

  /** Lets running jobs finish (at most 20 s) and lets go of the database. */
  async close(): Promise<void> {
    await this.boss.stop({ graceful: true, timeout: 20_000, close: true });
  }
}
