/**
 * One organisation with 500 systems: the page of the matrix through HTTP beside its floor (the bare query of the kept results), and
 * checking a system again after one declaration beside its floor (the bare reads and writes of the same rows).
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { Checking } from '../src/checks/checking.service.js';
import type { AnswerValue } from '../src/engine/form.js';
import { Catalogue } from '../src/systems/catalogue.js';
import { beside, inTurn, rounded, timed } from './rounds.js';
import { serve } from './served.js';

const SYSTEMS = 500;
const ROUNDS = process.argv.includes('--quick') ? 15 : 60;
const WARM_UP = 8;

const town = await serve({ name: '監査事務局', role: 'audit-secretariat' });
const { database, organisation, body } = town;
const departments: { id: string }[] = await database.query(`insert into department (id, organisation_id, body_id, name) select gen_random_uuid(), $1, $2, '課' || n from generate_series(1, 40) as n returning id`, [organisation, body]);
const register = { 'operation-state': { choice: 'in-operation' }, 'personal-information': { choice: 'held' }, 'my-number': { choice: 'held' }, network: { choice: 'dedicated-line' }, outsourcing: { choice: 'outsourced' } };
const systems: { id: string }[] = await database.query(
  `insert into system (id, organisation_id, kind, number, name, department_id, register, register_version, changed_at, changed_by_name)
   select gen_random_uuid(), $1, 'system', n, '業務システム第' || n || '号', ($2::uuid[])[1 + n % 40], $3, '2026-04', now(), 'bench' from generate_series(1, $4::int) as n returning id`,
  [organisation, departments.map((one) => one.id), JSON.stringify(register), SYSTEMS]);
const controls = town.app.get(Catalogue, { strict: false }).controls.items.map((one) => one.item).filter((item) => item.kind === 'choice' || item.kind === 'number');
const optionOf = (n: number, code: string): AnswerValue => {
  const options = [...(town.app.get(Catalogue, { strict: false }).controls.byCode.get(code)?.options?.keys() ?? [])];
  return options.length === 0 ? 6 : { choice: options[n % options.length]! };
};
for (const [n, { id }] of systems.entries()) {
  const declared = controls.filter((_, at) => (at + n) % 6 !== 0);
  await database.query(
    `insert into declaration (id, organisation_id, system_id, control, value, declared_on, declared_by_name)
     select gen_random_uuid(), $1, $2, control, value::jsonb, current_date, 'bench' from unnest($3::text[], $4::text[]) as new (control, value)`,
    [organisation, id, declared.map((one) => one.code), declared.map((one, at) => JSON.stringify(optionOf(n % 7 === 0 ? n + at : 0, one.code)))]);
}
const checking = town.app.get(Checking, { strict: false });
const everything = await timed(() => town.within((ctx) => checking.run(ctx, { scope: 'all' })));

let bytes = 0;
const { pages, queries, rechecks, bare } = await inTurn({ warmUp: WARM_UP, rounds: ROUNDS }, {
  pages: async () => {
    const page = await town.open('/checks');
    bytes = Buffer.byteLength(page.text);
    return page.ms;
  },
  queries: () => timed(() => town.within((ctx) => ctx.tx.query('select system_id, results from check_state where organisation_id = $1 and until_run is null', [organisation]))),
  // Another value each time, so that the results change and are stored.
  rechecks: (round) => timed(() => town.within(async (ctx) => {
    const system = systems[round]!.id;
    await ctx.tx.query(`update declaration set value = $3 where organisation_id = $1 and system_id = $2 and control = 'access-right-unit'`, [organisation, system, JSON.stringify({ choice: ['none', 'per-terminal'][round % 2] })]);
    await checking.recheck(ctx, [system]);
  })),
  bare: (round) => timed(() => town.within(async (ctx) => {
    const system = systems[round]!.id;
    await ctx.tx.query(`update declaration set note = note || 'x' where organisation_id = $1 and system_id = $2 and control = 'access-right-unit'`, [organisation, system]);
    await ctx.tx.query('select * from declaration where organisation_id = $1 and system_id = $2', [organisation, system]);
    await ctx.tx.query('select register from system where id = $1', [system]);
    await ctx.tx.query('update check_state set hash = hash where organisation_id = $1 and system_id = $2 and until_run is null', [organisation, system]);
  })),
});
await town.stop();

const [matrix, recheck] = [beside(pages, queries), beside(rechecks, bare)];
const missed = [...(matrix.p50 > 300 ? ['matrix'] : []), ...(recheck.p50 > 20 ? ['recheck'] : [])];
console.log(JSON.stringify({
  bench: 'checks', systems: SYSTEMS, run: rounded(everything),
  matrix: { p50: matrix.p50, p95: matrix.p95, kilobytes: Math.round(bytes / 1_024), floor: matrix.floor, ratio: matrix.ratio }, recheck, missed,
}));
process.exitCode = missed.length > 0 ? 1 : 0;
