/**
 * The page of one audit's questionnaire with 400 respondents (回答状況) through HTTP, beside its floor: the bare query over one
 * connection to the same database. 400 departments, 60 questions, 24,000 answers, corrections and reminders.
 * Prints one JSON object; exit status 1 when the target is missed.
 */
import { TRACKING_QUERY } from '../src/audits/response-tracking.js';
import { newId } from '../src/kernel/ids.js';
import { beside, inTurn } from './rounds.js';
import { serve } from './served.js';

const ROUNDS = process.argv.includes('--quick') ? 30 : 150;
const WARM_UP = 15;
const RESPONDENTS = 400;
const QUESTIONS = 60;
const DIVISIONS = 20;
const TARGET_P50 = 150;

const town = await serve({ name: '監査事務局　担当', role: 'audit-secretariat' });
const { database, organisation, body } = town;
const [audit, questionnaire] = [newId(), newId()];
const run = (text: string, values: unknown[]): Promise<unknown> => database.query(text, values);
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

let characters = 0;
const { ours, floor } = await inTurn({ warmUp: WARM_UP, rounds: ROUNDS }, {
  ours: async () => {
    const { ms, text } = await town.open(`/questionnaires/${questionnaire}`);
    const rows = text.split('/responses/').length - 1;
    if (rows !== RESPONDENTS) throw new Error(`the page shows ${rows} respondents`);
    characters = text.length;
    return ms;
  },
  floor: async () => {
    const { ms, rows } = await town.bare([{ text: TRACKING_QUERY, values: [organisation, questionnaire, null] }]);
    if (rows.length !== RESPONDENTS) throw new Error(`the floor read ${rows.length} rows`);
    return ms;
  },
});
await town.stop();

const page = beside(ours, floor);
const missed = page.p50 > TARGET_P50 ? ['p50'] : [];
console.log(JSON.stringify({ bench: 'audit-page', respondents: RESPONDENTS, answers: RESPONDENTS * QUESTIONS, characters, ...page, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
