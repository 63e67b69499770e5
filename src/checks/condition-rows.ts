/**
 * Conditions of rules as rows of a form, for people who do not write code: 項目 – 比べ方 – 値, joined by すべて or いずれか. What rows
 * cannot say (conditions within conditions, limits that an organisation may tighten, one fact against another) is kept as it is. Pure.
 */
import { isIsoDate } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { ruleConditionFaults } from '../engine/rule-set-conditions.js';
import type { FactCatalogue, FactItem, RuleCondition } from '../engine/rule-set.js';
import type { Problem } from '../kernel/errors.js';

/** As it was chosen and typed; a blank row has no item. */
export interface TypedRow {
  item: Code;
  /** A test of the kind of fact (`COMPARISONS`), '' while none is chosen. */
  test: string;
  values: string[];
}
export interface KeptRow {
  kept: RuleCondition;
}
export type ConditionRow = TypedRow | KeptRow;

export interface ConditionRows {
  join: 'all' | 'any';
  rows: ConditionRow[];
}

export interface Comparison {
  /** Word of the grammar; `not-` before it denies it. */
  test: string;
  words: string;
  /** How many values it takes: `range` is a lower and an upper one. */
  takes: 'one' | 'several' | 'range';
}

const comparison = (test: string, words: string, takes: Comparison['takes'] = 'one'): Comparison => ({ test, words, takes });

/** Comparisons that fit a kind of fact, in the order in which they are offered. */
export const COMPARISONS: Readonly<Record<FactItem['kind'], readonly Comparison[]>> = {
  choice: [comparison('is', '次のとおりである'), comparison('isOneOf', '次のいずれかである', 'several'), comparison('not-is', '次ではない'), comparison('not-isOneOf', '次のいずれでもない', 'several')],
  checks: [comparison('includes', '次を選んでいる'), comparison('not-includes', '次を選んでいない'), comparison('is', '次だけを選んでいる'), comparison('not-is', '次だけを選んでいるのではない')],
  number: [
    comparison('atLeast', '次の数以上'), comparison('atMost', '次の数以下'), comparison('not-atLeast', '次の数未満'), comparison('not-atMost', '次の数を超える'),
    comparison('between', '次の範囲にある', 'range'), comparison('not-between', '次の範囲にない', 'range'), comparison('is', '次の数と同じ'), comparison('not-is', '次の数と違う'),
  ],
  date: [comparison('before', '次の日より前'), comparison('not-after', '次の日以前'), comparison('not-before', '次の日以後'), comparison('after', '次の日より後')],
  text: [comparison('includes', '次の文字を含む'), comparison('not-includes', '次の文字を含まない'), comparison('is', '次の文字と同じ'), comparison('not-is', '次の文字と違う')],
};

const NOT = 'not-';

/** The rows of a condition, sound or not; what they cannot say is kept whole. */
export function rowsOfCondition(condition: unknown, catalogue: FactCatalogue): ConditionRows {
  if (typeof condition !== 'object' || condition === null) return { join: 'all', rows: [] };
  const join = 'any' in condition ? 'any' : 'all';
  const members = 'all' in condition ? condition.all : 'any' in condition ? condition.any : null;
  if (Array.isArray(members) && members.length === 0) return { join, rows: [] };
  if (ruleConditionFaults(condition).length > 0) return { join: 'all', rows: [{ kept: condition as RuleCondition }] };
  return { join, rows: (Array.isArray(members) ? (members as RuleCondition[]) : [condition as RuleCondition]).map((one) => typedRow(one, catalogue) ?? { kept: one }) };
}

function typedRow(condition: RuleCondition, catalogue: FactCatalogue): TypedRow | null {
  const negated = 'not' in condition;
  const leaf = negated ? condition.not : condition;
  if (!('item' in leaf)) return null;
  const fact = catalogue.get(leaf.item);
  const [word, value] = Object.entries(leaf).find(([key]) => key !== 'item') as [string, unknown];
  const test = negated ? `${NOT}${word}` : word;
  const found = fact === undefined ? undefined : COMPARISONS[fact.kind].find((one) => one.test === test);
  const values: unknown[] = Array.isArray(value) ? value : [value];
  if (found === undefined || (found.takes === 'one') === Array.isArray(value) || !values.every((one) => typeof one === 'string' || typeof one === 'number')) return null;
  return { item: leaf.item, test, values: values.map(String) };
}

/**
 * The condition that the rows say; blank rows are passed over, and no rows at all are `{ all: [] }`, which no check lets pass.
 * Null when a row cannot be read; its problems stand at `rows/<n>/<item|test|value>`.
 */
export function conditionOfRows({ join, rows }: ConditionRows, catalogue: FactCatalogue): { condition: RuleCondition | null; problems: Problem[] } {
  const problems: Problem[] = [];
  const members = rows.flatMap((row, n): RuleCondition[] => {
    if ('kept' in row) return [row.kept];
    if (row.item === '') return [];
    const read = memberOf(row, catalogue);
    if ('member' in read) return [read.member];
    problems.push({ code: 'condition-row', path: `rows/${n}/${read.field}`, message: read.message });
    return [];
  });
  if (problems.length > 0) return { condition: null, problems };
  return { condition: members.length === 1 ? members[0]! : join === 'any' ? { any: members } : { all: members }, problems };
}

interface Fault { field: 'item' | 'test' | 'value'; message: string }

function memberOf({ item, test, values }: TypedRow, catalogue: FactCatalogue): { member: RuleCondition } | Fault {
  const fact = catalogue.get(item);
  if (fact === undefined) return { field: 'item', message: '項目を一覧から選んでください。' };
  const typed = values.filter((one) => one.trim() !== '');
  const chosen = COMPARISONS[fact.kind].find((one) => one.test === widened(test, typed.length, fact));
  if (chosen === undefined) return { field: 'test', message: `「${fact.label}」の比べ方を選んでください。` };
  const miscounted = countFault(fact, chosen, typed.length);
  if (miscounted !== null) return { field: 'value', message: miscounted };
  const read = typed.map((one) => valueOf(one, fact));
  const wrong = read.find((one) => 'fault' in one);
  if (wrong !== undefined) return { field: 'value', message: wrong.fault };
  const known = read.flatMap((one) => ('value' in one ? [one.value] : []));
  if (chosen.takes === 'range' && known[0]! > known[1]!) return { field: 'value', message: `「${fact.label}」の範囲は、小さい数、大きい数の順に入れてください。` };
  const negated = chosen.test.startsWith(NOT);
  const leaf = { item, [negated ? chosen.test.slice(NOT.length) : chosen.test]: chosen.takes === 'one' ? known[0] : known } as RuleCondition;
  return { member: negated ? { not: leaf } : leaf };
}

/** Whoever ticks several options under 次のとおりである means any of them. */
function widened(test: string, values: number, fact: FactItem): string {
  return fact.kind === 'choice' && values > 1 ? test.replace(/^(not-)?is$/u, '$1isOneOf') : test;
}

function countFault({ label, kind }: FactItem, { takes }: Comparison, count: number): string | null {
  if (takes === 'range') return count === 2 ? null : `「${label}」の範囲は、下と上の2つの数を入れてください。`;
  if (count === 0) return `「${label}」と比べる値を${kind === 'choice' || kind === 'checks' ? '選んで' : '入れて'}ください。`;
  return takes === 'one' && count > 1 ? `「${label}」と比べる値は1つだけにしてください。いくつかと比べるときは、行を分けてください。` : null;
}

function valueOf(typed: string, { kind, label, options }: FactItem): { value: string | number } | { fault: string } {
  if (kind === 'choice' || kind === 'checks') return options.has(typed) ? { value: typed } : { fault: `「${label}」の値を選択肢から選んでください。` };
  if (kind === 'text') return { value: typed };
  const plain = typed.normalize('NFKC').replaceAll(',', '').trim();
  if (kind === 'date') return isIsoDate(plain) ? { value: plain } : { fault: `「${label}」と比べる日は、暦にある日で入れてください（例：2027-03-31）。` };
  const number = /^[+-]?\d+(\.\d+)?(e[+-]?\d+)?$/iu.test(plain) ? Number(plain) : NaN;
  return Number.isFinite(number) ? { value: number } : { fault: `「${label}」と比べる値は、数で入れてください。` };
}
