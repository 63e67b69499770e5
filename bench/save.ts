/**
 * Saving one item of a full assessment with 1,000 answers through HTTP, beside its floor: the same statements with the same
 * parameters as a bare transaction over one connection to the same database. Both save the same item in turn.
 * Prints one JSON object; exit status 1 when a target is missed.
 */
import { addressOf, type AnswerSet, type ChoiceItem } from '../src/engine/form.js';
import { CreateAssessment } from '../src/assessments/create-assessment.service.js';
import { Forms } from '../src/assessments/forms.js';
import { systemClock } from '../src/kernel/clock.js';
import { verifyJournal } from '../src/kernel/journal.js';
import { filledForm } from './filled-form.js';
import { beside, inTurn, type Beside } from './rounds.js';
import { serve, statementsOf, type Statement } from './served.js';

const ROUNDS = process.argv.includes('--quick') ? 60 : 300;
const WARM_UP = 40;
const ANSWERS = 1_000;
/** A version that no other parameter of the statements equals. */
const FIRST_VERSION = 1_000_000;

const town = await serve({ name: '所管課担当', role: 'drafter', department: '国保年金課' });
const { database } = town;

const form = town.app.get(Forms, { strict: false }).current('full', systemClock.today());
/** As many answers as asked for: rows are added to the repeated groups until there are enough. */
function document(): AnswerSet {
  for (let rows = 1; ; rows += 1) {
    const all = filledForm(form.definition, { files: 2, rows, sentences: 6, records: 100 });
    if (Object.keys(all.answers).length >= ANSWERS) return all;
  }
}
const answers = document();
/** The lead opens the assessment, the drafter writes. */
const { id } = await town.within((ctx) => town.app.get(CreateAssessment, { strict: false }).fromAnswers(
  { ...ctx, actor: { ...ctx.actor, grants: [...ctx.actor.grants, { role: 'assessment-lead', department: null }] } },
  { form: 'full', version: form.definition.version, title: '国民健康保険に関する事務', departmentId: town.department!, bodyId: town.body, answers, origin: { from: 'bench' } }));

async function save(address: string, value: unknown, version: number): Promise<{ ms: number; version: number }> {
  const { ms, text } = await town.post(`/assessments/${id}/answers`, { address, value, version });
  return { ms, version: (JSON.parse(text) as { version: number }).version };
}
/** The statements as they are when the item stands at another version. */
function atVersion(statements: readonly Statement[], version: number): Statement[] {
  const at = (value: unknown): unknown => (value === FIRST_VERSION ? version : value === FIRST_VERSION + 1 ? version + 1 : value);
  return statements.map(({ text, values }) => ({ text, values: values.map(at) }));
}

async function measure(address: string, valueOf: (round: number) => unknown): Promise<{ statements: number } & Beside> {
  await database.query('update answer set version = $1 where assessment_id = $2 and address = $3', [FIRST_VERSION, id, address]);
  let version = FIRST_VERSION;
  const statements = await statementsOf(async () => ({ version } = await save(address, valueOf(-1), version)));
  const { ours, floor } = await inTurn({ warmUp: WARM_UP, rounds: ROUNDS }, {
    ours: async (round) => {
      const saved = await save(address, valueOf(round), version);
      version = saved.version;
      return saved.ms;
    },
    floor: async () => {
      const { ms } = await town.bare(atVersion(statements, version));
      version += 1;
      return ms;
    },
  });
  const [stored] = await database.query('select version from answer where assessment_id = $1 and address = $2', [id, address]) as { version: number }[];
  if (stored!.version !== version) throw new Error(`the floor did not write: ${stored!.version} instead of ${version}`);
  return { statements: statements.length, ...beside(ours, floor) };
}

const stored = await town.within(async (ctx) => (await ctx.tx.query('select address from answer where assessment_id = $1', [id]) as { address: string }[]).map((one) => one.address));
const first = (kind: string, test: (code: string) => boolean): string => stored.find((address) => { const item = form.byCode.get(address.split('@')[0]!)!; return item.item.kind === kind && test(item.code); })!;
/** A text that decides nothing, and the counted choice on which the most other items hang. */
const plain = first('long-text', (code) => !form.dependents.has(code));
const [deciding] = form.items.filter((one) => one.item.kind === 'choice' && one.item.count !== undefined).sort((a, b) => (form.dependents.get(b.code)?.length ?? 0) - (form.dependents.get(a.code)?.length ?? 0));
const choice = stored.find((address) => address.startsWith(addressOf(deciding!.code, '')))!;
const text = await measure(plain, (round) => `${'窓口で職員が申請書と本人確認書類を照らし合わせ、二人で確かめる。'.repeat(5)}${round}`);
const counted = (deciding!.item as ChoiceItem).count!;
const decision = await measure(choice, (round) => ({ choice: counted.whenChoice, count: round + 2 }));

const journal = await verifyJournal(database);
await town.stop();

const missed = [
  ...(text.ratio > 3 ? ['ratio'] : []), ...(text.p50 > 15 ? ['p50'] : []), ...(text.p95 > 40 ? ['p95'] : []),
  ...(journal.problems.length > 0 ? ['journal'] : []),
];
console.log(JSON.stringify({ bench: 'save', answers: stored.length, ...text, deciding: decision, missed }));
process.exitCode = missed.length > 0 ? 1 : 0;
