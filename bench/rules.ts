/**
 * Evaluations of the real rule sets per second on one core: results only, beside a bare loop that reads the same packed facts and
 * writes as many bytes; with explanation, beside a loop that copies the same texts. Prints one JSON object; exit status 1 when a
 * target is missed.
 */
import { loadContent } from '../src/assessments/content.js';
import { claimItems } from '../src/checks/claims.js';
import { readClaims } from '../src/checks/claims-content.js';
import { factCatalogue } from '../src/engine/fact-catalogue.js';
import type { AnswerValue, Code } from '../src/engine/form.js';
import { readCatalogues, readRuleSets } from '../src/engine/rule-set-loader.js';
import type { FactItem, Facts } from '../src/engine/rule-set.js';
import { compilePack, compileRules } from '../src/engine/rules.js';
import { inProject } from '../src/kernel/root.js';

const SYSTEMS = 2_000;
const ROUNDS = 20;
const WARM_UP = 5;
const TARGETS = { results: 3_000_000, explained: 300_000 };
const folder = inProject('templates');

/** Park and Miller's generator, so that every run sees the same systems. */
let seed = 20_260_401;
const random = (below: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
};
/** Numbers as systems declare them: intervals in days, months and times; counts of people are all different. */
const COMMON = [0, 1, 3, 6, 7, 12, 15, 24, 36, 60, 90, 100];
function valueOf({ kind, options, max = Infinity }: FactItem): AnswerValue {
  const codes = [...options.keys()];
  switch (kind) {
    case 'choice': return { choice: codes[random(codes.length)]! };
    case 'checks': return { checked: codes.filter(() => random(2) === 0) };
    case 'number': return max > 10_000 ? random(400_000) : Math.min(max, COMMON[random(COMMON.length)]!);
    case 'date': return `20${10 + random(16)}-04-01`;
    case 'text': return `記載${random(50)}`;
  }
}

const { systems, controls } = readCatalogues(folder);
const forms = loadContent(folder).forms;
const catalogue = factCatalogue([{ form: systems.at(-1)!.compiled, source: 'register' }, { form: controls.at(-1)!.compiled, source: 'control' }], claimItems(readClaims(folder, forms).claims));
const sets = readRuleSets(folder, catalogue).ruleSets.map(({ definition }) => compileRules(definition, catalogue));
const rules = sets.reduce((sum, set) => sum + set.rules.length, 0);
/** One fact in ten is not declared. */
const all = Array.from({ length: SYSTEMS }, (): Facts => Object.fromEntries([...catalogue.values()].flatMap((item): [Code, AnswerValue][] => (random(10) === 0 ? [] : [[item.code, valueOf(item)]]))));
const pack = compilePack(catalogue);
const packed = all.map((facts) => pack.pack(facts));
const out = new Uint8Array(rules);
const evaluations = SYSTEMS * rules;
let kept = 0;

function evaluate(): void {
  for (const facts of packed) {
    let offset = 0;
    for (const set of sets) {
      set.evaluate(facts, out, offset);
      offset += set.rules.length;
    }
    kept = (kept + out[kept % rules]!) | 0;
  }
}
const slots = sets.flatMap((set) => set.rules.map(({ refers }) => Uint16Array.from(refers, (code) => pack.slots.get(code)!.at)));
function read(): void {
  for (const { numbers } of packed) {
    for (let rule = 0; rule < rules; rule += 1) {
      let sum = 0;
      for (const slot of slots[rule]!) sum += numbers[slot]!;
      out[rule] = sum & 3;
    }
    kept = (kept + out[kept % rules]!) | 0;
  }
}
const texts = new Array<string>(evaluations).fill('');
function explain(): void {
  let n = 0;
  for (const facts of all) for (const set of sets) for (const { code } of set.rules) texts[n++] = set.explain(code, facts).text;
}
const copies = new Array<string>(evaluations).fill('');
function copy(): void {
  for (let n = 0; n < evaluations; n += 1) {
    copies[n] = texts[n]!;
    kept = (kept + copies[n]!.length) | 0;
  }
}

const ms = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const measured = { results: [] as number[], read: [] as number[], explained: [] as number[], copied: [] as number[] };
for (let round = 0; round < WARM_UP + ROUNDS; round += 1) {
  const [floor, results] = [ms(read), ms(evaluate)];
  const [explained, copied] = [ms(explain), ms(copy)];
  if (round < WARM_UP) continue;
  measured.read.push(floor);
  measured.results.push(results);
  measured.explained.push(explained);
  measured.copied.push(copied);
}
const perSecond = (times: number[]): number => Math.round((evaluations / median(times)) * 1_000);
const rate = { results: perSecond(measured.results), read: perSecond(measured.read), explained: perSecond(measured.explained), copied: perSecond(measured.copied) };
const missed = (['results', 'explained'] as const).filter((name) => !(rate[name] >= TARGETS[name]));
console.log(JSON.stringify({
  bench: 'rules', ruleSets: sets.length, rules, systems: SYSTEMS,
  resultsPerSecond: rate.results, resultsFloor: rate.read, resultsRatio: Number((rate.read / rate.results).toFixed(2)),
  explainedPerSecond: rate.explained, explainedFloor: rate.copied, explainedRatio: Number((rate.copied / rate.explained).toFixed(2)),
  distinctTexts: new Set(texts).size, missed, sum: kept,
}));
process.exitCode = missed.length > 0 ? 1 : 0;
