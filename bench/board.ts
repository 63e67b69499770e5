/**
 * The board of 5,000 corrective actions through HTTP, as the secretariat opens it, beside its floor: the same statements with the
 * same parameters over one bare connection to the same database. Prints one JSON object; exit status 1 when a target is missed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { ENTITIES } from '../src/entities.js';
import { tokenHash } from '../src/identity/session.service.js';
import { JobQueue } from '../src/jobs/queue.js';
import { systemClock } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import { migrate, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { startEmbeddedPostgres } from '../src/kernel/postgres/supervisor.js';
import { inProject } from '../src/kernel/root.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';

const ROUNDS = process.argv.includes('--quick') ? 30 : 200;
const WARM_UP = 15;
const [ACTIONS, AUDITS, DEPARTMENTS] = [5_000, 20, 60];
/** Milliseconds, half of all pages. */
const TARGET = 200;
/** As the standard scheme names them, each as often as it stands here. */
const STATES = ['not-started', 'considering', 'to-be-taken', 'partly-taken', 'taken', 'taken', 'taken', 'continuing'];

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
await database.query('insert into account (id, organisation_id, sign_in_name, name) values ($1, $2, $3, $4)', [account, organisation, 'bench', '監査事務局']);
await database.query('insert into account_role (id, organisation_id, account_id, role) values ($1, $2, $3, $4)', [newId(), organisation, account, 'audit-secretariat']);
await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, now(), now())', [tokenHash(token), organisation, account, 'bench-csrf']);
await database.query(`insert into department (id, organisation_id, body_id, name) select gen_random_uuid(), $1, $2, 'かかる課' || n from generate_series(1, $3::int) n`, [organisation, body, DEPARTMENTS]);
await database.query(
  `insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, method, rounding, status, changed_at, changed_by_name)
   select gen_random_uuid(), $1, 2006 + n, 'administrative', '行政監査', '[]', '情報システムの管理' || n, '', '', '[]', '', '{}', 'published', now(), '' from generate_series(1, $2::int) n`, [organisation, AUDITS]);
await database.query(
  `insert into finding (id, organisation_id, audit_id, number, position, kind, title, facts, criteria, criteria_source, cause, effect, stage, changed_at, changed_by_name)
   select gen_random_uuid(), $1, id, 1, 1, 'finding', '記録を点検していない', '', '', '', '', '', 'published', now(), '' from audit where organisation_id = $1`, [organisation]);
await database.query(
  `insert into corrective_action (id, organisation_id, audit_id, finding_id, number, title, planned, department_id, due_on, first_due_on, state, proposed, settled_on, changed_at, changed_by_name)
   select gen_random_uuid(), $1, f.audit_id, f.id, n, '記録を毎月点検する手順を定め、点検簿に残す（' || n || '）', '要領に点検の章を加える。', d.id, due, due, state,
          case when state = 'partly-taken' and n % 3 = 0 then 'taken' end, case when state = 'taken' then due end, now(), ''
     from generate_series(1, $2::int) n
     join (select id, audit_id, row_number() over (order by id) as at from finding where organisation_id = $1) f on f.at = n % $3 + 1
     join (select id, row_number() over (order by id) as at from department where organisation_id = $1) d on d.at = n % $4 + 1
     cross join lateral (select current_date + (n * 37 % 900) - 600 as due, ($5::text[])[n % $6 + 1] as state) s`, [organisation, ACTIONS, AUDITS, DEPARTMENTS, STATES, STATES.length]);
await database.query(
  `insert into action_entry (id, organisation_id, action_id, kind, made_on, text, state_after, made_at, made_by_name)
   select gen_random_uuid(), $1, id, 'planned', due_on - 90, '', 'not-started', now(), '' from corrective_action where organisation_id = $1`, [organisation]);
await database.query('analyze');

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** Milliseconds from asking to the last byte of the page. */
function open(path: string): Promise<{ ms: number; body: string }> {
  return new Promise((done, fail) => {
    const begin = performance.now();
    const asked = request({ port, host: '127.0.0.1', agent, method: 'GET', path, headers: { accept: 'text/html', cookie: `tenken_session=${token}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const ms = performance.now() - begin;
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200) fail(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
        else done({ ms, body: text });
      });
    });
    asked.on('error', fail);
    asked.end();
  });
}

interface Statement { text: string; values: unknown[] }
async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const found: Statement[] = [];
  const original = pg.Client.prototype.query as (...given: unknown[]) => unknown;
  pg.Client.prototype.query = function (this: pg.Client, ...given: unknown[]) {
    const [first, values] = given;
    const text = typeof first === 'string' ? first : (first as { text?: string }).text;
    if (text !== undefined) found.push({ text, values: Array.isArray(values) ? [...(values as unknown[])] : ((first as { values?: unknown[] }).values ?? []) });
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
async function bare(statements: readonly Statement[]): Promise<number> {
  const begin = performance.now();
  for (const { text, values } of statements) await bareClient.query(text, values);
  return performance.now() - begin;
}

const quantile = (numbers: readonly number[], share: number): number => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;
const rounded = (value: number): number => Number(value.toFixed(2));

async function measure(path: string): Promise<{ statements: number; p50: number; p95: number; floor: number; ratio: number; kilobytes: number }> {
  const statements = await statementsOf(() => open(path));
  const [ours, floor]: [number[], number[]] = [[], []];
  let bytes = 0;
  for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
    const page = await open(path);
    const least = await bare(statements);
    bytes = Buffer.byteLength(page.body);
    if (round < WARM_UP) continue;
    ours.push(page.ms);
    floor.push(least);
  }
  return { statements: statements.length, p50: rounded(quantile(ours, 0.5)), p95: rounded(quantile(ours, 0.95)), floor: rounded(quantile(floor, 0.5)), ratio: rounded(quantile(ours, 0.5) / quantile(floor, 0.5)), kilobytes: Math.round(bytes / 1024) };
}

const { body: page } = await open('/actions');
if (!page.includes('全部で5,000件')) throw new Error('the board does not show all actions');
const board = await measure('/actions');
const list = await measure('/actions?view=list');
const charts = await measure('/actions?view=charts');

await bareClient.end();
agent.destroy();
await app.close();
await queue.close();
await database.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });

const missed = Object.entries({ board, list }).filter(([, one]) => one.p50 > TARGET).map(([name]) => name);
console.log(JSON.stringify({ bench: 'board', actions: ACTIONS, board, list, charts, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
