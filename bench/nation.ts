/**
 * All municipalities of Japan as a simulation: 1,788 bodies × 95 systems × the rules of the product, evaluated and what changed stored,
 * twice: first when nothing is stored yet (everything changes), then when one system in twenty declares otherwise. Beside it the
 * floor: the same rows written bare, without evaluating anything. `--quick` takes a tenth of the bodies.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentProblems } from '../src/assessments/content.js';
import { checkSystem, type Subject } from '../src/checks/checking.js';
import { loadRuleContent } from '../src/checks/rule-content.js';
import { changedStates, storeStates, type ChangedState } from '../src/checks/state-storing.js';
import type { AnswerValue } from '../src/engine/form.js';
import type { FactItem } from '../src/engine/rule-set.js';
import { compileRules } from '../src/engine/rules.js';
import { ENTITIES } from '../src/entities.js';
import { systemClock } from '../src/kernel/clock.js';
import { PRODUCT, type Ctx } from '../src/kernel/ctx.js';
import { inTransaction, migrate, openDatabase } from '../src/kernel/database.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { loadCatalogue } from '../src/systems/catalogue.js';

const BODIES = process.argv.includes('--quick') ? 179 : 1_788;
const SYSTEMS = 95;
/** Bodies at work at once: one evaluates while another waits for the database. */
const AT_ONCE = 3;
const MOST_SECONDS = 60;
const MOST_MEGABYTES = 1_024;

const folder = mkdtempSync(join(tmpdir(), 'tenken-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
await migrate(server.url);
const database = await openDatabase(server.url, ENTITIES);

await database.query(`insert into organisation (id, name) select gen_random_uuid(), '団体' || n from generate_series(1, $1::int) as n`, [BODIES]);
await database.query(`insert into implementing_body (id, organisation_id, name) select gen_random_uuid(), id, '長' from organisation`);
await database.query(`insert into department (id, organisation_id, body_id, name) select gen_random_uuid(), organisation_id, id, '情報政策課' from implementing_body`);
await database.query(
  `insert into system (id, organisation_id, kind, name, department_id, register_version, changed_at, changed_by_name)
   select gen_random_uuid(), organisation_id, 'system', 'システム' || n, id, '2026-04', now(), 'bench' from department, generate_series(1, $1::int) as n`, [SYSTEMS]);
const bodies: { id: string; systems: string[] }[] = await database.query('select organisation_id as id, array_agg(id order by name) as systems from system group by organisation_id order by 1');

const catalogue = loadCatalogue(inProject('templates'), systemClock.today());
const content = loadRuleContent(inProject('templates'), contentProblems(inProject('templates')).forms, catalogue);
const sets = content.ruleSets.filter((one) => one.per === undefined).map((one) => compileRules(one, content.facts));
const rules = sets.reduce((sum, one) => sum + one.rules.length, 0);
const items = [...catalogue.facts.values()].filter((one) => one.kind === 'choice' || one.kind === 'number');

/** A number from 0 to 1 that depends on the seed alone. */
function chance(seed: number): number {
  let mixed = Math.imul(seed ^ (seed >>> 16), 0x45d9f3b);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x45d9f3b);
  return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
}
function valueOf(item: FactItem, share: number): AnswerValue {
  if (item.kind === 'number') return Math.floor(share * 24);
  const options = [...item.options.keys()];
  return { choice: options[Math.floor(share * options.length)]! };
}
/** Four facts in five are known. `year` 1: one system in twenty declares one control otherwise. */
function subjectOf(body: number, system: number, systemId: string, year: number): Subject {
  const values: Record<string, AnswerValue> = {};
  const seed = (body * SYSTEMS + system) * 1_000;
  items.forEach((item, n) => {
    if (chance(seed + n) < 0.8) values[item.code] = valueOf(item, chance(seed + n + 500));
  });
  if (year === 1 && system % 20 === 0) values[items[40]!.code] = valueOf(items[40]!, 1 - chance(seed + 540));
  return { systemId, facts: { values, stale: {}, inherited: {} }, assessments: [] };
}

let memory = 0;
const watch = setInterval(() => { memory = Math.max(memory, process.memoryUsage().rss); }, 50);
const basis = JSON.stringify({ ruleSets: Object.fromEntries(sets.map((one) => [one.definition.ruleSet, one.definition.version])), settings: {} });
const within = <T>(organisation: string, work: (ctx: Ctx) => Promise<T>): Promise<T> => inTransaction(database, { organisation, actor: PRODUCT, clock: systemClock }, work);

/** Takes all bodies in turn, a few at once; seconds for the first quarter and for all. */
async function each(work: (body: number) => Promise<void>): Promise<{ quarter: number; all: number }> {
  const begin = performance.now();
  let next = 0;
  let done = 0;
  let quarter = 0;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (next < bodies.length) {
      await work(next++);
      if (++done === Math.floor(bodies.length / 4)) quarter = (performance.now() - begin) / 1_000;
    }
  }));
  return { quarter, all: (performance.now() - begin) / 1_000 };
}

let stored = 0;
const evaluate = (year: number) => each(async (body) => {
  const { id, systems } = bodies[body]!;
  const checked = systems.map((system, n) => checkSystem(sets, subjectOf(body, n, system, year), []));
  await within(id, async (ctx) => {
    const changed = await changedStates(ctx, basis, checked);
    await storeStates(ctx, year + 1, basis, changed);
    stored += changed.length;
  });
});
const first = await evaluate(0);
const storedFirst = stored;
stored = 0;
const second = await evaluate(1);
const most = memory;

// The floor: rows of the same size, made once, written without evaluating or comparing anything.
await database.query('truncate check_state');
const sample: ChangedState[] = bodies[0]!.systems.map((system, n) => ({ checked: checkSystem(sets, subjectOf(0, n, system, 0), []), hash: 'x'.repeat(64) }));
const floor = await each(async (body) => {
  const { id, systems } = bodies[body]!;
  await within(id, (ctx) => storeStates(ctx, 1, basis, systems.map((systemId, n) => ({ hash: sample[n]!.hash, checked: { ...sample[n]!.checked, systemId } }))));
});
clearInterval(watch);
await database.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });

const round = (number: number): number => Number(number.toFixed(2));
const evaluations = bodies.length * SYSTEMS * rules;
const megabytes = Math.round(most / 1_048_576);
const missed = [...(first.all > MOST_SECONDS ? ['first'] : []), ...(second.all > MOST_SECONDS ? ['second'] : []), ...(megabytes > MOST_MEGABYTES ? ['memory'] : [])];
console.log(JSON.stringify({
  bench: 'nation', bodies: bodies.length, systems: bodies.length * SYSTEMS, rules, evaluations, seconds: { first: round(first.all), second: round(second.all), floor: round(floor.all) },
  stored: { first: storedFirst, second: stored }, ratio: round(first.all / floor.all), linear: round(first.all / (first.quarter * 4)), megabytes, missed,
}));
process.exitCode = missed.length > 0 ? 1 : 0;
