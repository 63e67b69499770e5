/**
 * The page of one audit's questionnaire with 400 respondents (回答状況) through HTTP, beside its floor: the bare query over one
 * connection to the same database. 400 departments, 60 questions, 24,000 answers, corrections and reminders.
 * Prints one JSON object; exit status 1 when the target is missed.
 */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { TRACKING_QUERY } from '../src/audits/response-tracking.js';
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

const ROUNDS = process.argv.includes('--quick') ? 30 : 150;
const WARM_UP = 15;
const RESPONDENTS = 400;
const QUESTIONS = 60;
const DIVISIONS = 20;
const TARGET_P50 = 150;

const folder = mkdtempSync(join(tmpdir(), 'tenken-bench-'));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
await migrate(server.url);
const database = await openDatabase(server.url, ENTITIES);
const queue = await JobQueue.open(server.url, []);
const app = await buildServer({ config: readConfig({ TENKEN_DATA: folder, TENKEN_RENDERERS: '0' }), database, clock: systemClock, templates: new Templates(inProject('templates')), queue });
await app.listen(0, '127.0.0.1');
const { port } = app.getHttpServer().address() as AddressInfo;

const [organisation, body, account, audit, questionnaire] = [newId(), newId(), newId(), newId(), newId()];
const token = 'bench-token';
const run = (text: string, values: unknown[]): Promise<unknown> => database.query(text, values);
await run('insert into organisation (id, name) values ($1, $2)', [organisation, 'みずほ野市']);
await run('insert into implementing_body (id, organisation_id, name) values ($1, $2, $3)', [body, organisation, 'みずほ野市長']);
await run('insert into account (id, organisation_id, sign_in_name, name) values ($1, $2, $3, $4)', [account, organisation, 'bench', '監査事務局　担当']);
await run('insert into account_role (id, organisation_id, account_id, role) values ($1, $2, $3, $4)', [newId(), organisation, account, 'audit-secretariat']);
await run('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, now(), now())', [tokenHash(token), organisation, account, 'bench-csrf']);
const items = Array.from({ length: QUESTIONS }, (_, n) => ({ code: `q-${n}`, kind: 'number', label: `${n + 1}番目の問い`, need: 'required' }));
const definition = { form: 'questionnaire', version: '2026-04', title: '調査票', shortTitle: '調査票', validity: { from: '2026-04-01' }, optionSets: {}, sections: [{ code: 's', number: '1', title: '質問', blocks: [{ code: 'b', items }] }] };
await run(`insert into audit (id, organisation_id, fiscal_year, kind, kind_label, bases, theme, purpose, targets_text, definitions, method, rounding, status, changed_at, changed_by_name)
  values ($1, $2, 2026, 'administrative', '行政監査', '[]', '個人情報の取扱い', '', '', '[]', '', '{"mode":"half-up","digits":1}', 'conducting', now(), '監査事務局　担当')`, [audit, organisation]);
await run(`insert into questionnaire (id, organisation_id, audit_id, title, purpose, per, definition, definition_hash, due_on, status, sent_at, sent_by_name, changed_at, changed_by_name)
  values ($1, $2, $3, '調査票', '', 'department', $4, 'bench', current_date + 10, 'open', now(), '監査事務局　担当', now(), '監査事務局　担当')`, [questionnaire, organisation, audit, JSON.stringify(definition)]);
const divisions = Array.from({ length: DIVISIONS }, () => newId());
for (const [n, id] of divisions.entries()) await run('insert into department (id, organisation_id, body_id, name, position) values ($1, $2, $3, $4, $5)', [id, organisation, body, `第${n + 1}部`, n]);
const STATUSES = ['not-started', 'answering', 'submitted', 'returned', 'fixed'];
for (let n = 0; n < RESPONDENTS; n += 1) {
  const [department, response, status] = [newId(), newId(), STATUSES[n % STATUSES.length]!];
  await run('insert into department (id, organisation_id, body_id, parent_id, name, position) values ($1, $2, $3, $4, $5, $6)', [department, organisation, body, divisions[n % DIVISIONS], `第${n + 1}課`, n]);
  await run(`insert into questionnaire_response (id, organisation_id, questionnaire_id, department_id, status, due_on, submitted_at, submitted_by_name, changed_at, changed_by_name) values ($1, $2, $3, $4, $5, current_date + ($6::int - 200), case when $5 in ('submitted', 'fixed') then now() end, '担当', now(), '担当')`, [response, organisation, questionnaire, department, status, n]);
  await run(`insert into response_answer (response_id, organisation_id, item, value, changed_at, changed_by_name) select $1, $2, 'q-' || n, to_jsonb(n), now(), '担当' from generate_series(0, $3::int - 1) n`, [response, organisation, QUESTIONS]);
  if (n % 10 === 0) await run(`insert into response_correction (id, organisation_id, response_id, item, reason, made_at, made_by_name) values ($1, $2, $3, 'q-0', '電話で確かめた', now(), '担当')`, [newId(), organisation, response]);
  if (n % 4 === 0) await run(`insert into response_reminder (id, organisation_id, response_id, text, sent_at, sent_by_name, recipients) values ($1, $2, $3, 'お願いします', now(), '担当', 1)`, [newId(), organisation, response]);
}
await run('analyze', []);

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
/** Milliseconds from asking to the last byte, and the page. */
function ask(path: string): Promise<{ ms: number; text: string }> {
  return new Promise((done, fail) => {
    const begin = performance.now();
    const asked = request({ port, host: '127.0.0.1', agent, path, headers: { cookie: `tenken_session=${token}` } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const [ms, text] = [performance.now() - begin, Buffer.concat(chunks).toString('utf8')];
        if (response.statusCode !== 200) fail(new Error(`${response.statusCode}: ${text.slice(0, 500)}`));
        else done({ ms, text });
      });
    });
    asked.on('error', fail);
    asked.end();
  });
}

const bareClient = new pg.Client({ connectionString: server.url });
await bareClient.connect();
async function bare(): Promise<number> {
  const begin = performance.now();
  const { rows } = await bareClient.query(TRACKING_QUERY, [organisation, questionnaire, null]);
  if (rows.length !== RESPONDENTS) throw new Error(`the floor read ${rows.length} rows`);
  return performance.now() - begin;
}

const quantile = (numbers: readonly number[], share: number): number => [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))]!;
const rounded = (value: number): number => Number(value.toFixed(2));
const [ours, floor]: [number[], number[]] = [[], []];
let bytes = 0;
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  const page = await ask(`/questionnaires/${questionnaire}`);
  const rows = page.text.split('/responses/').length - 1;
  if (rows !== RESPONDENTS) throw new Error(`the page shows ${rows} respondents`);
  const least = await bare();
  bytes = page.text.length;
  if (round < WARM_UP) continue;
  ours.push(page.ms);
  floor.push(least);
}
await bareClient.end();
agent.destroy();
await app.close();
await queue.close();
await database.destroy();
await server.stop();
rmSync(folder, { recursive: true, force: true });

const p50 = rounded(quantile(ours, 0.5));
const missed = p50 > TARGET_P50 ? ['p50'] : [];
console.log(JSON.stringify({ bench: 'audit-page', respondents: RESPONDENTS, answers: RESPONDENTS * QUESTIONS, characters: bytes, p50, p95: rounded(quantile(ours, 0.95)), floor: rounded(quantile(floor, 0.5)), ratio: rounded(p50 / quantile(floor, 0.5)), missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
