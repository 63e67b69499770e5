/**
 * Saving one item of a full assessment with 1,000 answers through HTTP, beside its floor: the same statements with the same
 * parameters as a bare transaction over one connection to the same database. Both save the same item in turn.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { addressOf, type AnswerSet, type ChoiceItem } from '../src/engine/form.js';
import { CreateAssessment } from '../src/assessments/create-assessment.service.js';
import { Forms } from '../src/assessments/forms.js';
import { ENTITIES } from '../src/entities.js';
import { tokenHash } from '../src/identity/session.service.js';
import { JobQueue } from '../src/jobs/queue.js';
import { systemClock } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import { inTransaction, migrate, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { verifyJournal } from '../src/kernel/journal.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';
import { filledForm } from './filled-form.js';

const ROUNDS = process.argv.includes('--quick') ? 60 : 300;
const WARM_UP = 40;
const ANSWERS = 1_000;
/** A version that no other parameter of the statements equals. */
const FIRST_VERSION = 1_000_000;

const folder = mkdtempSync(join(tmpdir(), 'tenken-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
await migrate(server.url);
const database = await openDatabase(server.url, ENTITIES);
const queue = await JobQueue.open(server.url, []);
const app = await buildServer({ config: readConfig({ TENKEN_DATA: folder, TENKEN_RENDERERS: '0' }), database, clock: systemClock, templates: new Templates(inProject('templates')), queue });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;

const [organisation, body, department, account] = [newId(), newId(), newId(), newId()];
const token = 'bench-token';
const csrf = 'bench-csrf';
await database.query('insert into organisation (id, name) values ($1, $2)', [organisation, 'みずほ野市']);
await database.query('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, organisation, 'みずほ野市長']);
await database.query('insert into department (id, organisation_id, body_id, name) values ($1, $2, $3, $4)', [department, organisation, body, '国保年金課']);
await database.query('insert into account (id, organisation_id, sign_in_name, name, department_id) values ($1, $2, $3, $4, $5)', [account, organisation, 'bench', '所管課担当', department]);
await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, $5)', [newId(), organisation, account, 'drafter', department]);
await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, now(), now())', [tokenHash(token), organisation, account, csrf]);

const form = app.get(Forms, { strict: false }).current('full', systemClock.today());
/** As many answers as asked for: rows are added to the repeated groups until there are enough. */
function document(): AnswerSet {
  for (let rows = 1; ; rows += 1) {
    const all = filledForm(form.definition, { files: 2, rows, sentences: 6, records: 100 });
    if (Object.keys(all.answers).length >= ANSWERS) return all;
  }
}
const answers = document();
const actor = { id: account, name: '所管課担当', department, grants: [{ role: 'drafter', department }, { role: 'assessment-lead', department: null }] };
const { id } = await inTransaction(database, { organisation, actor, clock: systemClock }, (ctx) => app.get(CreateAssessment, { strict: false })
  .fromAnswers(ctx, { form: 'full', version: form.definition.version, title: '国民健康保険に関する事務', departmentId: department, bodyId: body, answers, origin: { from: 'bench' } }));

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** Milliseconds from sending to the last byte of the answer. */
function save(address: string, value: unknown, version: number): Promise<{ ms: number; version: number }> {
  const payload = JSON.stringify({ address, value, version });
  return new Promise((done, fail) => {
    const begin = performance.now();
    const asked = request({ port, host: '127.0.0.1', agent, method: 'POST', path: `/assessments/${id}/answers`, headers: { 'content-type': 'application/json', accept: 'application/json', 'content-length': Buffer.byteLength(payload), cookie: `tenken_session=${token}`, 'x-csrf-token': csrf } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const ms = performance.now() - begin;
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200) fail(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
        else done({ ms, version: (JSON.parse(text) as { version: number }).version });
      });
    });
    asked.on('error', fail);
    asked.end(payload);
  });
}

interface Statement { text: string; values: unknown[] }
/** The statements that one piece of work sends. */
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const found: Statement[] = [];
  const original = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, values] = given;
    const text = typeof first === 'string' ? first : (first as { text?: string }).text;
    if (text !== undefined) found.push({ text, values: Array.isArray(values) ? values : ((first as { values?: unknown[] }).values ?? []) });
    return original.apply(this, given);
  } as never;
  try {
    await work();
  } finally {
    pg.Client.prototype.query = original as never;
  }
  return found;
}

const bareClient = new pg.Client({ connectionString: server.url });
await bareClient.connect();
async function bare(statements: readonly Statement[], version: number): Promise<number> {
  const at = (value: unknown): unknown => (value === FIRST_VERSION ? version : value === FIRST_VERSION + 1 ? version + 1 : value);
  const adapted = statements.map(({ text, values }) => ({ text, values: values.map(at) }));
  const begin = performance.now();
  for (const { text, values } of adapted) await bareClient.query(text, values);
  return performance.now() - begin;
}

const quantile = (numbers: readonly number[], share: number): number => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;
const rounded = (value: number): number => Number(value.toFixed(2));

async function measure(address: string, valueOf: (round: number) => unknown): Promise<{ statements: number; p50: number; p95: number; floor: number; ratio: number }> {
  await database.query('update answer set version = $1 where assessment_id = $2 and address = $3', [FIRST_VERSION, id, address]);
  let version = FIRST_VERSION;
  const statements = await statementsOf(async () => ({ version } = await save(address, valueOf(-1), version)));
  const ours: number[] = [];
  const floor: number[] = [];
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const saved = await save(address, valueOf(round), version);
    const least = await bare(statements, saved.version);
    version = saved.version + 1;
    if (round < WARM_UP) continue;
    ours.push(saved.ms);
    floor.push(least);
  }
  const [stored] = await database.query('select version from answer where assessment_id = $1 and address = $2', [id, address]) as { version: number }[];
  if (stored!.version !== version) throw new Error(`the floor did not write: ${stored!.version} instead of ${version}`);
  return { statements: statements.length, p50: rounded(quantile(ours, 0.5)), p95: rounded(quantile(ours, 0.95)), floor: rounded(quantile(floor, 0.5)), ratio: rounded(quantile(ours, 0.5) / quantile(floor, 0.5)) };
}

const stored = await inTransaction(database, { organisation, actor, clock: systemClock }, async (ctx) => (await ctx.tx.query('select address from answer where assessment_id = $1', [id]) as { address: string }[]).map((one) => one.address));
const first = (kind: string, test: (code: string) => boolean): string => stored.find((address) => { const item = form.byCode.get(address.split('@')[0]!)!; return item.item.kind === kind && test(item.code); })!;
/** A text that decides nothing, and the counted choice on which the most other items hang. */
const plain = first('long-text', (code) => !form.dependents.has(code));
const [deciding] = form.items.filter((one) => one.item.kind === 'choice' && one.item.count !== undefined).sort((a, b) => (form.dependents.get(b.code)?.length ?? 0) - (form.dependents.get(a.code)?.length ?? 0));
const choice = stored.find((address) => address.startsWith(addressOf(deciding!.code, '')))!;
const text = await measure(plain, (round) => `${'窓口で職員が申請書と本人確認書類を照らし合わせ、二人で確かめる。'.repeat(5)}${round}`);
const counted = (deciding!.item as ChoiceItem).count!;
const decision = await measure(choice, (round) => ({ choice: counted.whenChoice, count: round + 2 }));

const journal = await verifyJournal(database);
await bareClient.end();
agent.destroy();
await app.close();
await queue.close();
await database.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });

const missed = [
  ...(text.ratio > 3 ? ['ratio'] : []), ...(text.p50 > 15 ? ['p50'] : []), ...(text.p95 > 40 ? ['p95'] : []),
  ...(journal.problems.length > 0 ? ['journal'] : []),
];
console.log(JSON.stringify({ bench: 'save', answers: stored.length, ...text, deciding: decision, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
