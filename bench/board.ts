/**
 * The board of 5,000 corrective actions through HTTP, as the secretariat opens it, beside its floor: the same statements with the
 * same parameters over one bare connection to the same database. Prints one JSON object; exit status 1 when a target is missed.
 */
import { beside, inTurn, type Beside } from './rounds.js';
import { serve, statementsOf } from './served.js';

const ROUNDS = process.argv.includes('--quick') ? 30 : 200;
const WARM_UP = 15;
const [ACTIONS, AUDITS, DEPARTMENTS] = [5_000, 20, 60];
/** Milliseconds, half of all pages. */
const TARGET = 200;
/** As the standard scheme names them, each as often as it stands here. */
const STATES = ['not-started', 'considering', 'to-be-taken', 'partly-taken', 'taken', 'taken', 'taken', 'continuing'];

const town = await serve({ name: '監査事務局', role: 'audit-secretariat' });
const { database, organisation, body } = town;
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

async function measure(path: string): Promise<{ statements: number; kilobytes: number } & Beside> {
  const statements = await statementsOf(() => town.open(path));
  let bytes = 0;
  const { ours, floor } = await inTurn({ warmUp: WARM_UP, rounds: ROUNDS }, {
    ours: async () => {
      const page = await town.open(path);
      bytes = Buffer.byteLength(page.text);
      return page.ms;
    },
    floor: async () => (await town.bare(statements)).ms,
  });
  return { statements: statements.length, ...beside(ours, floor), kilobytes: Math.round(bytes / 1024) };
}

const page = await town.open('/actions');
if (!page.text.includes('全部で5,000件')) throw new Error('the board does not show all actions');
const board = await measure('/actions');
const list = await measure('/actions?view=list');
const charts = await measure('/actions?view=charts');
await town.stop();

const missed = Object.entries({ board, list }).filter(([, one]) => one.p50 > TARGET).map(([name]) => name);
console.log(JSON.stringify({ bench: 'board', actions: ACTIONS, board, list, charts, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
