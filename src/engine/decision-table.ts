import { compileFlat, conditionNodes, type FlatCondition } from './conditions.js';
import type { Code, Condition } from './form.js';

/**
 * Decision tables: rows with a condition each, read from the top; the first row that holds decides.
 * Pure and free of any domain: a table comes from content, facts come from the caller.
 */
export interface DecisionTable {
  table: Code;
  version: string;
  facts: Fact[];
  results: DecisionResult[];
  rows: DecisionRow[];
}

/** What the conditions may ask about. `yes-no` facts take the words `yes` and `no`. */
export interface Fact {
  code: Code;
  /** Name in Japanese, for sentences. */
  label: string;
  kind: 'number' | 'yes-no' | 'choice';
  /** Counting unit of a number: 人. */
  unit?: string;
  /** Every word a `choice` may take. */
  values?: string[];
}

/** `rank` orders the results: a higher one demands more. */
export interface DecisionResult {
  code: Code;
  label: string;
  rank: number;
}

export interface DecisionRow {
  code: Code;
  when: Condition;
  result: Code;
  /** Text of law the row rests on. */
  basis: string;
  /** A official text, B several published documents agree, C own knowledge. */
  certainty: 'A' | 'B' | 'C';
  /** Why, as a Japanese sentence. */
  words: string;
}

export type FactValue = number | string | boolean;
export type Facts = Record<string, FactValue | undefined>;

export interface Decision {
  /** Null while facts are missing that could still change it, or when no row holds. */
  result: DecisionResult | null;
  row: DecisionRow | null;
  /** Facts without which the result is open, in the order of the table. */
  missing: Code[];
  /** Results still possible, lowest rank first; one when decided. */
  alternatives: DecisionResult[];
}

/** The nearest change of one fact that changes the result. */
export interface Turn {
  fact: Fact;
  from: FactValue;
  to: FactValue;
  /** `to - from` for numbers. */
  change?: number;
  result: DecisionResult;
  row: DecisionRow;
}

/** Conditions of a table are compiled once; tables are content and never change after they were read. */
const compiled = new WeakMap<DecisionTable, FlatCondition[]>();

function conditionsOf(table: DecisionTable): FlatCondition[] {
  let conditions = compiled.get(table);
  if (conditions === undefined) {
    const labels = Object.fromEntries(table.facts.map((fact) => [fact.code, fact.label]));
    conditions = table.rows.map((row) => compileFlat(row.when, labels));
    compiled.set(table, conditions);
  }
  return conditions;
}

/** A fact that is missing never makes a row false: the result stays open unless every way leads to the same one. */
export function decide(table: DecisionTable, facts: Facts): Decision {
  const missing = new Set<string>();
  const candidates: DecisionRow[] = [];
  let closed = false;
  for (const [index, condition] of conditionsOf(table).entries()) {
    const verdict = condition(facts);
    if (verdict === 'no') continue;
    candidates.push(table.rows[index]!);
    closed = verdict === 'yes';
    if (closed) break;
    condition.missing(facts).forEach((code) => missing.add(code));
  }
  const codes = new Set(candidates.map((row) => row.result));
  const alternatives = table.results.filter((result) => codes.has(result.code)).sort((a, b) => a.rank - b.rank);
  if (closed && alternatives.length === 1) return { result: alternatives[0]!, row: candidates.at(-1)!, missing: [], alternatives };
  return {
    result: null,
    row: null,
    missing: table.facts.map((fact) => fact.code).filter((code) => missing.has(code)),
    alternatives,
  };
}

/**
 * What would change the result: for every number the nearest greater boundary of the table at which
 * another result comes out, for every yes/no fact the other answer. Empty while the result is open.
 */
export function turns(table: DecisionTable, facts: Facts): Turn[] {
  const now = decide(table, facts).result;
  if (now === null) return [];
  const found: Turn[] = [];
  for (const fact of table.facts) {
    const from = facts[fact.code];
    if (from === undefined) continue;
    for (const to of trials(table, fact, from)) {
      const { result, row } = decide(table, { ...facts, [fact.code]: to });
      if (result === null || row === null || result.code === now.code) continue;
      const change = typeof to === 'number' && typeof from === 'number' ? to - from : undefined;
      found.push({ fact, from, to, ...(change === undefined ? {} : { change }), result, row });
      break;
    }
  }
  return found;
}

function trials(table: DecisionTable, fact: Fact, from: FactValue): FactValue[] {
  if (fact.kind === 'yes-no') return [from === 'yes' ? 'no' : 'yes'];
  if (fact.kind === 'number' && typeof from === 'number') {
    return boundariesOf(table, fact.code).filter((boundary) => boundary > from);
  }
  return [];
}

/** Numbers at which a condition on this fact changes from one whole number to the next, ascending. */
export function boundariesOf(table: DecisionTable, fact: Code): number[] {
  const leaves = table.rows.flatMap((row) => conditionNodes(row.when)).filter((node) => 'item' in node && node.item === fact);
  return [...new Set(leaves.flatMap(edges))].sort((a, b) => a - b);
}

function edges(condition: Condition): number[] {
  if ('atLeast' in condition) return [condition.atLeast];
  if ('atMost' in condition) return [condition.atMost + 1];
  if ('between' in condition) return [condition.between[0], condition.between[1] + 1];
  if ('is' in condition && typeof condition.is === 'number') return [condition.is, condition.is + 1];
  if ('isOneOf' in condition) return condition.isOneOf.flatMap((value) => (typeof value === 'number' ? [value, value + 1] : []));
  return [];
}
