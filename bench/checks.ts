/**
 * One organisation with 500 systems: the page of the matrix through HTTP beside its floor (the bare query of the kept results), and
 * checking a system again after one declaration beside its floor (the bare reads and writes of the same rows).
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Checking } from '../src/checks/checking.service.js';
import type { AnswerValue } from '../src/engine/form.js';
import { ENTITIES } from '../src/entities.js';
import { tokenHash } from '../src/identity/session.service.js';
import { JobQueue } from '../src/jobs/queue.js';
import { systemClock } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import { inTransaction, migrate, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';
import { Catalogue } from '../src/systems/catalogue.js';

const SYSTEMS = 500;
const ROUNDS = process.argv.includes('--quick') ? 15 : 60;
const WARM_UP = 8;

const folder = mkdtempSync(join(tmpdir(), 'tenken-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
await migrate(server.url);
const database = await openDatabase(server.url, ENTITIES);
const queue = await JobQueue.open(server.url, []);
const app = await buildServer({ config: readConfig({ TENKEN_DATA: folder, TENKEN_RENDERERS: '0' }), database, clock: systemClock, templates: new Templates(inProject('templates')), queue });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;

const [organisation, body, account] = [newId(), newId(), newId()];
const token = 'bench-token';
await database.query('insert into organisation (id, name) values ($1, $2)', [organisation, 'みずほ野市']);
await database.query('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, organisation, 'みずほ野市長']);
const departments: { id: string }[] = await database.query(`insert into department (id, organisation_id, body_id, name) select gen_random_uuid(), $1, $2, '課' || n from generate_series(1, 40) as n returning id`, [organisation, body]);
await database.query('insert into account (id, organisation_id, sign_in_name, name) values ($1, $2, $3, $4)', [account, organisation, 'bench', '監査事務局']);
await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, null)', [newId(), organisation, account, 'audit-secretariat']);
await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, now(), now())', [tokenHash(token), organisation, account, 'csrf']);
const register = { 'operation-state': { choice: 'in-operation' }, 'personal-information': { choice: 'held' }, 'my-number': { choice: 'held' }, network: { choice: 'dedicated-line' }, outsourcing: { choice: 'outsourced' } };
const systems: { id: string }[] = await database.query(
  `insert into system (id, organisation_id, kind, number, name, department_id, register, register_version, changed_at, changed_by_name)
   select gen_random_uuid(), $1, 'system', n, '業務システム第' || n || '号', ($2::uuid[])[1 + n % 40], $3, '2026-04', now(), 'bench' from generate_series(1, $4::int) as n returning id`,
  [organisation, departments.map((one) => one.id), JSON.stringify(register), SYSTEMS]);
const controls = app.get(Catalogue, { strict: false }).controls.items.map((one) => one.item).filter((item) => item.kind === 'choice' || item.kind === 'number');
const optionOf = (n: number, code: string): AnswerValue => {
  const options = [...(app.get(Catalogue, { strict: false }).controls.byCode.get(code)?.options?.keys() ?? [])];
  return options.length === 0 ? 6 : { choice: options[n % options.length]! };
};
for (const [n, { id }] of systems.entries()) {
  const declared = controls.filter((_, at) => (at + n) % 6 !== 0);
  await database.query(
    `insert into declaration (id, organisation_id, system_id, control, value, declared_on, declared_by_name)
     select gen_random_uuid(), $1, $2, control, value::jsonb, current_date, 'bench' from unnest($3::text[], $4::text[]) as new (control, value)`,
    [organisation, id, declared.map((one) => one.code), declared.map((one, at) => JSON.stringify(optionOf(n % 7 === 0 ? n + at : 0, one.code)))]);
}
const actor = { id: account, name: '監査事務局', department: null, grants: [{ role: 'audit-secretariat', department: null }] };
const within = <T>(work: Parameters<typeof inTransaction<T>>[2]): Promise<T> => inTransaction(database, { organisation, actor, clock: systemClock }, work);
const checking = app.get(Checking, { strict: false });

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
};
const round = (number: number): number => Number(number.toFixed(2));
const quantile = (numbers: readonly number[], share: number): number => round([...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)]!);

const everything = await timed(() => within((ctx) => checking.run(ctx, { scope: 'all' })));

const [pages, queries, rechecks, bare]: number[][] = [[], [], [], []];
let bytes = 0;
let toggled = 0;
for (let n = 0; n < WARM_UP + ROUNDS; n += 1) {
  const page = await timed(async () => {
    const answer = await fetch(`http://127.0.0.1:${port}/checks`, { headers: { cookie: `tenken_session=${token}` } });
    bytes = (await answer.arrayBuffer()).byteLength;
    if (answer.status !== 200) throw new Error(String(answer.status));
  });
  const query = await timed(() => within((ctx) => ctx.tx.query('select system_id, results from check_state where organisation_id = $1 and until_run is null', [organisation])));
  const system = systems[n]!.id;
  // Another value each time, so that the results change and are stored.
  const recheck = await timed(() => within(async (ctx) => {
    await ctx.tx.query(`update declaration set value = $3 where organisation_id = $1 and system_id = $2 and control = 'access-right-unit'`, [organisation, system, JSON.stringify({ choice: ['none', 'per-terminal'][toggled++ % 2] })]);
    await checking.recheck(ctx, [system]);
  }));
  const floor = await timed(() => within(async (ctx) => {
    await ctx.tx.query(`update declaration set note = note || 'x' where organisation_id = $1 and system_id = $2 and control = 'access-right-unit'`, [organisation, system]);
    await ctx.tx.query('select * from declaration where organisation_id = $1 and system_id = $2', [organisation, system]);
    await ctx.tx.query('select register from system where id = $1', [system]);
    await ctx.tx.query('update check_state set hash = hash where organisation_id = $1 and system_id = $2 and until_run is null', [organisation, system]);
  }));
  if (n < WARM_UP) continue;
  pages!.push(page);
  queries!.push(query);
  rechecks!.push(recheck);
  bare!.push(floor);
}
await app.close();
await queue.close();
await database.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });

const result = {
  bench: 'checks', systems: SYSTEMS, run: round(everything),
  matrix: { p50: quantile(pages!, 0.5), p95: quantile(pages!, 0.95), kilobytes: Math.round(bytes / 1_024), floor: quantile(queries!, 0.5), ratio: round(quantile(pages!, 0.5) / quantile(queries!, 0.5)) },
  recheck: { p50: quantile(rechecks!, 0.5), p95: quantile(rechecks!, 0.95), floor: quantile(bare!, 0.5), ratio: round(quantile(rechecks!, 0.5) / quantile(bare!, 0.5)) },
};
const missed = [...(result.matrix.p50 > 300 ? ['matrix'] : []), ...(result.recheck.p50 > 20 ? ['recheck'] : [])];
console.log(JSON.stringify({ ...result, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
