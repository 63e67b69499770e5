/**
 * Text import of a document of 124 KB (the real one when the reference lies beside the project, else the fixture repeated),
 * beside its floor: one pass over the characters with the same normal form. Prints one JSON object; exit status 1 when missed.
 */
import { existsSync, readFileSync } from 'node:fs';
import { importText } from '../src/assessments/import/import-text.js';
import { readForms } from '../src/engine/content-loader.js';
import { inProject } from '../src/kernel/root.js';

const ROUNDS = 9;
const real = inProject('..', 'shared', 'reference', 'seeds', 'full-assessment.osaka-city.txt');
const own = readFileSync(inProject('test', 'fixtures', 'import', 'full-from-pdf.txt'), 'utf8');
const source = existsSync(real) ? readFileSync(real, 'utf8') : own.repeat(Math.ceil(124_000 / Buffer.byteLength(own)));
const forms = readForms(inProject('templates')).forms.map((one) => one.definition).filter((one) => one.form === 'full');

const timed = (work: () => unknown): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};
const median = (numbers: number[]): number => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const rounded = (number: number): number => Math.round(number * 100) / 100;

let seen = 0;
const floor: number[] = [];
const ours: number[] = [];
for (let round = 0; round < ROUNDS + 2; round += 1) {
  const bare = timed(() => { for (const character of source.normalize('NFKC')) seen += character.codePointAt(0)!; });
  const whole = timed(() => importText(source, forms));
  if (round >= 2) {
    floor.push(bare);
    ours.push(whole);
  }
}
const result = { bench: 'import', bytes: Buffer.byteLength(source), milliseconds: rounded(median(ours)), floor: rounded(median(floor)), ratio: rounded(median(ours) / median(floor)), target: 1000, met: median(ours) <= 1000 && seen > 0 };
process.stdout.write(`${JSON.stringify(result)}\n`);
if (!result.met) process.exitCode = 1;
