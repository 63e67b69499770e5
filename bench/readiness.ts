/**
 * Readiness and consistency of a full assessment with 1,000 answers, beside its floor: one pass over the same answers that
 * looks at every character. Prints one JSON object; exit status 1 when a target is missed.
 */
import { readForms } from '../src/engine/content-loader.js';
import { consistency } from '../src/engine/consistency.js';
import { progress } from '../src/engine/progress.js';
import { readiness } from '../src/engine/readiness.js';
import { Reading } from '../src/engine/reading.js';
import { inProject } from '../src/kernel/root.js';
import { hrefOf } from '../src/assessments/item-links.js';
import { filledForm } from './filled-form.js';

const ROUNDS = 60;
const WARM_UP = 15;
const form = readForms(inProject('templates')).forms.filter(({ definition }) => definition.form === 'full').at(-1)!.compiled;
let rows = 1;
let answers = filledForm(form.definition, { files: 2, rows, sentences: 12, records: 300 });
while (Object.keys(answers.answers).length < 1_000) answers = filledForm(form.definition, { files: 2, rows: (rows += 1), sentences: 12, records: 300 });

let kept = 0;
/** Reads each answer once, as anything that checks texts must. */
function pass(): void {
  for (const value of Object.values(answers.answers)) {
    const text = JSON.stringify(value);
    for (let n = 0; n < text.length; n += 1) kept = (kept + text.charCodeAt(n)) | 0;
  }
}
let problems = 0;
function check(): void {
  const reading = new Reading(form, answers);
  const href = (address: string): string => hrefOf('a', form, address, answers.rows);
  problems = readiness(form, reading, href).length + consistency(form, reading, href).length;
}
const ms = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};
const quantile = (numbers: readonly number[], share: number): number => Number([...numbers].sort((a, b) => a - b)[Math.floor(numbers.length * share)]!.toFixed(2));

const [checks, floors, tallies]: number[][] = [[], [], []];
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  const [floor, checked, tallied] = [ms(pass), ms(check), ms(() => progress(form, answers))];
  if (round < WARM_UP) continue;
  floors!.push(floor);
  checks!.push(checked);
  tallies!.push(tallied);
}
const p50 = quantile(checks!, 0.5);
const floor = quantile(floors!, 0.5);
const missed = p50 > 20 ? ['p50'] : [];
console.log(JSON.stringify({ bench: 'readiness', answers: Object.keys(answers.answers).length, problems, p50, p95: quantile(checks!, 0.95), floor, ratio: Number((p50 / floor).toFixed(2)), progress: quantile(tallies!, 0.5), missed, sum: kept }));
process.exitCode = missed.length > 0 ? 1 : 0;
