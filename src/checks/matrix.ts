/** 着眼点ごとの一覧: systems × viewpoints, from kept results. Pure. */
import type { Code } from '../engine/form.js';
import type { Result, RuleSetDefinition, Viewpoint } from '../engine/rule-set.js';
import { isOverruled, noCounts, resultOfLetter, type Counts } from './check-shapes.js';

export interface MatrixCell {
  /** 不適合 before 未確認 before 適合; 対象外 only when every rule is. */
  result: Result;
  /** Rules of the viewpoint with this result. */
  count: number;
  /** A person gave one of these results. */
  overruled: boolean;
}

export interface MatrixRow<S> {
  system: S;
  cells: MatrixCell[];
  counts: Counts;
}

export interface Matrix<S> {
  viewpoints: Viewpoint[];
  rows: MatrixRow<S>[];
  counts: Counts;
  /** Systems with at least one 未確認. */
  unknownSystems: number;
}

/** A system with its letters and the version of the set from which they come. */
export interface Lettered<S> {
  system: S;
  letters: string;
  definition: RuleSetDefinition;
}

const GRAVEST: readonly Result[] = ['not-met', 'unknown', 'met'];

/** @param columns the version of the set whose viewpoints head the columns */
export function matrixOf<S>(columns: RuleSetDefinition, systems: readonly Lettered<S>[]): Matrix<S> {
  const places = new Map<RuleSetDefinition, number[][]>();
  const counts = noCounts();
  let unknownSystems = 0;
  const rows = systems.map(({ system, letters, definition }): MatrixRow<S> => {
    let byViewpoint = places.get(definition);
    if (byViewpoint === undefined) places.set(definition, (byViewpoint = columns.viewpoints.map(({ code }) => rulesUnder(definition, code))));
    const own = countsOf(letters);
    for (const result of Object.keys(counts) as Result[]) counts[result] += own[result];
    if (own.unknown > 0) unknownSystems += 1;
    return { system, counts: own, cells: byViewpoint.map((rules) => cellOf(letters, rules)) };
  });
  return { viewpoints: columns.viewpoints, rows, counts, unknownSystems };
}

export function countsOf(letters: string): Counts {
  const counts = noCounts();
  for (const letter of letters) counts[resultOfLetter(letter)] += 1;
  return counts;
}

/** Places of the rules of a viewpoint within the letters of the set. */
export function rulesUnder(definition: RuleSetDefinition, viewpoint: Code): number[] {
  return definition.rules.flatMap((rule, n) => (rule.viewpoint === viewpoint ? [n] : []));
}

function cellOf(letters: string, rules: readonly number[]): MatrixCell {
  const here = rules.map((n) => letters[n] ?? 'n');
  const result = GRAVEST.find((one) => here.some((letter) => resultOfLetter(letter) === one)) ?? 'not-applicable';
  const telling = here.filter((letter) => resultOfLetter(letter) === result);
  return { result, count: telling.length, overruled: telling.some(isOverruled) };
}

/** 適合 among the results that could be decided one way or the other; null when there are none. */
export function shareMet(counts: Counts): number | null {
  const decided = counts.met + counts['not-met'] + counts.unknown;
  return decided === 0 ? null : counts.met / decided;
}
