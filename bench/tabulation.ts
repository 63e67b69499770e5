/**
 * All cross tables (each question by each other one) of 100,000 answers to 60 questions, with totals and shares, beside a bare loop
 * that counts the same pairs from the same typed arrays. Prints one JSON object; exit status 1 when the target is missed.
 */
import { packedDatasets, tabulate } from '../src/engine/tabulating.js';
import type { Dataset, DatasetRecord, TableDefinition, TabulationDefinition } from '../src/engine/tabulation.js';

const RECORDS = 100_000;
const QUESTIONS = 60;
const ROUNDS = 3;
const TARGET = 2_000;

/** Park and Miller's generator, so that every run counts the same answers. */
let seed = 20_260_401;
const random = (below: number): number => {
  seed = (seed * 48_271) % 2_147_483_647;
  return seed % below;
};

const questions = Array.from({ length: QUESTIONS }, (_, n) => ({
  code: `question-${n + 1}`, label: `問${n + 1}`, kind: 'choice' as const, options: Array.from({ length: 3 + (n % 5) }, (__, at) => ({ code: `option-${at + 1}`, label: `選択肢${at + 1}` })),
}));
/** One answer in twenty is blank, one in twenty was not asked. */
const records = Array.from({ length: RECORDS }, (_, n): DatasetRecord => ({
  id: `${n}`, label: `${n}`,
  values: Object.fromEntries(questions.flatMap(({ code, options }): [string, string | null][] => {
    const luck = random(20);
    return luck === 0 ? [] : [[code, luck === 1 ? null : options[random(options.length)]!.code]];
  })),
}));
const dataset: Dataset = { code: 'answers', title: '回答', unit: '件', fields: questions, records };
const tables = questions.flatMap((by, n) => questions.slice(n + 1).map((of, at): TableDefinition => ({
  code: `t-${n + 1}-${n + at + 2}`, title: `${by.label}×${of.label}`, dataset: 'answers', rows: { by: by.code, label: by.label }, total: '合計',
  columns: [{ code: 'n', label: '数', measure: 'count' }, { code: 'of', label: of.label, measure: 'cross', of: of.code }, { code: 'share', label: '構成比', measure: 'share', of: 'n', over: 'total' }],
})));
const definition: TabulationDefinition = { code: 'all', title: 'すべて', rounding: { mode: 'half-up', digits: 1 }, tables };

let kept = 0;
let figures = 0;
function tabulateAll(): void {
  const result = tabulate(definition, [dataset]);
  figures = result.tables.reduce((sum, one) => sum + one.rows.reduce((inner, row) => inner + row.figures.length, 0), 0);
}

const pack = packedDatasets([dataset])('answers');
const columns = questions.map(({ code, options }) => {
  const field = pack.places(code);
  if (field.kind !== 'single') throw new Error('every question has one answer');
  return { places: field.places, width: options.length + 2 };
});
function countPairs(): void {
  for (let a = 0; a < columns.length; a += 1) {
    for (let b = a + 1; b < columns.length; b += 1) {
      const [one, other] = [columns[a]!, columns[b]!];
      const [rows, places, width] = [one.places, other.places, other.width];
      const counts = new Uint32Array(one.width * width);
      for (let n = 0; n < RECORDS; n += 1) counts[rows[n]! * width + places[n]!]! += 1;
      kept = (kept + counts[2 * width + 2]!) | 0;
    }
  }
}

const ms = (work: () => void): number => {
  const begin = performance.now();
  work();
  return performance.now() - begin;
};
const median = (numbers: number[]): number => numbers.sort((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const measured = { all: [] as number[], floor: [] as number[] };
for (let round = 0; round <= ROUNDS; round += 1) {
  const [floor, all] = [ms(countPairs), ms(tabulateAll)];
  if (round === 0) continue;
  measured.floor.push(floor);
  measured.all.push(all);
}
const [all, floor] = [median(measured.all), median(measured.floor)];
console.log(JSON.stringify({
  bench: 'tabulation', records: RECORDS, questions: QUESTIONS, tables: tables.length, figures, ms: Math.round(all), floorMs: Math.round(floor), ratio: Number((all / floor).toFixed(2)), missed: all > TARGET ? ['all'] : [], sum: kept,
}));
process.exitCode = all > TARGET ? 1 : 0;
