/**
 * Compiles the closed condition grammar of `form.ts` to closures.
 *
 * Three-valued (Kleene): `yes`, `no`, `unknown`. A blank answer makes a test unknown; an item that is
 * not asked (hidden) makes it `no`. `every` over no rows is yes, `some` over no rows is no.
 * Depth is at most 12 and size at most 200 nodes; content never becomes code or a regular expression.
 */
import { Invalid, type Problem } from '../kernel/errors.js';
import { phraseOf, sentenceOf, toldTogether, type Reason } from './condition-words.js';
import { testLeaf, type LeafCondition, type Meaning, type Scope, type Verdict } from './condition-tests.js';
import type { Code, Condition } from './form.js';

export { NOT_ASKED, type Meaning, type Scope, type Seen, type Verdict } from './condition-tests.js';

export interface Explanation {
  verdict: Verdict;
  /** `①実施の有無が「実施する」であるため`, or for unknown `①実施の有無が未記入のため判断できない`. */
  text: string;
  /** Codes of the blank items that keep the verdict unknown. */
  missing: Code[];
}

export interface CompiledCondition {
  readonly source: Condition;
  /** Items and groups that the condition looks at. */
  readonly refers: ReadonlySet<Code>;
  evaluate(scope: Scope): Verdict;
  explain(scope: Scope): Explanation;
}

export const CONDITION_DEPTH = 12;
export const CONDITION_SIZE = 200;

interface Node {
  evaluate(scope: Scope): Verdict;
  reasons(scope: Scope, verdict: Verdict): Reason[];
  /** What holds within, where the whole does not. */
  held?(scope: Scope): Reason[];
}

/**
 * @param resolve label and options of an item; `undefined` for an item that does not exist (its code is used as label)
 * @throws Invalid `condition-malformed` with every fault of the condition
 */
export function compileCondition(condition: Condition, resolve: (item: Code) => Meaning | undefined): CompiledCondition {
  const faults = conditionFaults(condition);
  if (faults.length > 0) throw new Invalid('condition-malformed', '条件の書き方に誤りがあります。', faults);
  const meanings = new Map<Code, Meaning>();
  const meaning = (item: Code): Meaning => {
    let known = meanings.get(item);
    if (!known) meanings.set(item, (known = resolve(item) ?? { label: item }));
    return known;
  };
  const root = compileNode(condition, meaning);
  return {
    source: condition,
    refers: new Set(conditionRefers(condition)),
    evaluate: (scope) => root.evaluate(scope),
    explain(scope) {
      const verdict = root.evaluate(scope);
      const reasons = root.reasons(scope, verdict);
      return { verdict, text: sentenceOf(verdict, reasons), missing: [...new Set(reasons.flatMap((r) => (r.missing ? [r.missing] : [])))] };
    },
  };
}

export type FlatFacts = Readonly<Record<string, number | string | boolean | undefined>>;
/** A condition over plain facts; `missing` names the blank facts that keep it unknown. */
export interface FlatCondition {
  (facts: FlatFacts): Verdict;
  missing(facts: FlatFacts): string[];
  explain(facts: FlatFacts): Explanation;
  readonly refers: ReadonlySet<string>;
}

/**
 * The same grammar over flat facts (threshold tables). Facts have no rows: `every` and `some` are refused.
 * @param labels names of the facts for explanations
 */
export function compileFlat(condition: Condition, labels: Readonly<Record<string, string | Meaning>> = {}): FlatCondition {
  if (conditionNodes(condition).some((node) => 'every' in node || 'some' in node)) {
    throw new Invalid('condition-malformed', '判定表の条件では行の繰り返し（every・some）を使えません。');
  }
  const compiled = compileCondition(condition, (item) => {
    const label = Object.hasOwn(labels, item) ? labels[item] : undefined;
    return typeof label === 'string' ? { label } : label;
  });
  const scope = (facts: FlatFacts): Scope => ({
    value: (item) => (Object.hasOwn(facts, item) ? facts[item] : undefined),
    rows: () => [],
  });
  return Object.assign((facts: FlatFacts) => compiled.evaluate(scope(facts)), {
    missing: (facts: FlatFacts) => compiled.explain(scope(facts)).missing,
    explain: (facts: FlatFacts) => compiled.explain(scope(facts)),
    refers: compiled.refers,
  });
}

export function not(verdict: Verdict): Verdict {
  return verdict === 'yes' ? 'no' : verdict === 'no' ? 'yes' : 'unknown';
}

/** `yes` when all are, `no` as soon as one is. */
export function allOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('unknown') ? 'unknown' : 'yes';
}

export function anyOf(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('unknown') ? 'unknown' : 'no';
}

function compileNode(condition: Condition, meaning: (item: Code) => Meaning): Node {
  if ('all' in condition) return everyOne(condition.all.map((c) => compileNode(c, meaning)));
  if ('any' in condition) return anyOne(condition.any.map((c) => compileNode(c, meaning)));
  if ('not' in condition) {
    const inner = compileNode(condition.not, meaning);
    return {
      evaluate: (scope) => not(inner.evaluate(scope)),
      reasons: (scope, verdict) => inner.reasons(scope, not(verdict)),
    };
  }
  if ('every' in condition) return quantified(condition.every, compileNode(condition.holds, meaning), allOf, meaning);
  if ('some' in condition) return quantified(condition.some, compileNode(condition.holds, meaning), anyOf, meaning);
  const leaf: LeafCondition = condition;
  const about = meaning(leaf.item);
  const test = testLeaf(leaf, about);
  return {
    evaluate: test,
    reasons: (scope, verdict) => phraseOf(leaf, about, meaning, scope, verdict),
  };
}

/** The reasons of a combined verdict are those of the members that share it. */
function combined(members: readonly Node[], join: (verdicts: readonly Verdict[]) => Verdict): Node {
  return {
    evaluate: (scope) => join(members.map((member) => member.evaluate(scope))),
    reasons: (scope, verdict) => members.flatMap((member) => (member.evaluate(scope) === verdict ? member.reasons(scope, verdict) : [])),
  };
}

function everyOne(members: readonly Node[]): Node {
  return { ...combined(members, allOf), held: (scope) => members.flatMap((member) => (member.evaluate(scope) === 'yes' ? member.reasons(scope, 'yes') : member.held?.(scope) ?? [])) };
}

function anyOne(members: readonly Node[]): Node {
  const { evaluate, reasons } = combined(members, anyOf);
  const held = (scope: Scope): Reason[] => members.flatMap((member) => member.held?.(scope) ?? []);
  return { evaluate, held, reasons: (scope, verdict) => (verdict === 'no' ? toldTogether(reasons(scope, verdict), held(scope)) : reasons(scope, verdict)) };
}

function quantified(group: Code, inner: Node, join: (verdicts: readonly Verdict[]) => Verdict, meaning: (item: Code) => Meaning): Node {
  return {
    evaluate: (scope) => join(scope.rows(group).map((row) => inner.evaluate(row))),
    reasons(scope, verdict) {
      const unit = meaning(group).label;
      const rows = scope.rows(group);
      if (rows.length === 0) return [{ phrase: `${unit}が1件もない` }];
      const telling = rows.map((row, n) => ({ row, n })).filter(({ row }) => inner.evaluate(row) === verdict);
      if (telling.length === rows.length && rows.length > 1 && verdict !== 'unknown') {
        return inner.reasons(rows[0]!, verdict).map((r) => ({ ...r, phrase: `すべての${unit}で${r.phrase}` }));
      }
      return telling.slice(0, 3).flatMap(({ row, n }) => inner.reasons(row, verdict).map((r) => ({ ...r, phrase: `${unit}${n + 1}の${r.phrase}` })));
    },
  };
}

/** Every condition within, itself first; never deeper than allowed. */
export function conditionNodes(condition: Condition, depth = 1): Condition[] {
  if (depth > CONDITION_DEPTH || typeof condition !== 'object' || condition === null) return [];
  return [condition, ...childrenOf(condition).flatMap((child) => conditionNodes(child, depth + 1))];
}

export function conditionRefers(condition: Condition): Code[] {
  return conditionNodes(condition).flatMap((node) => {
    if ('every' in node) return [node.every];
    if ('some' in node) return [node.some];
    if (!('item' in node)) return [];
    if ('matchesCountOf' in node) return [node.item, node.matchesCountOf];
    if ('before' in node && typeof node.before === 'object') return [node.item, node.before.item];
    if ('after' in node && typeof node.after === 'object') return [node.item, node.after.item];
    return [node.item];
  });
}

function childrenOf(node: Condition): Condition[] {
  if ('all' in node) return Array.isArray(node.all) ? node.all : [];
  if ('any' in node) return Array.isArray(node.any) ? node.any : [];
  if ('not' in node) return [node.not];
  if ('every' in node || 'some' in node) return [node.holds];
  return [];
}

const TESTS: Record<string, (value: unknown) => boolean> = {
  is: (v) => ['string', 'number', 'boolean'].includes(typeof v),
  isOneOf: (v) => Array.isArray(v) && v.length > 0 && v.every((one) => typeof one === 'string' || typeof one === 'number'),
  includes: (v) => typeof v === 'string',
  atLeast: (v) => typeof v === 'number',
  atMost: (v) => typeof v === 'number',
  between: (v) => Array.isArray(v) && v.length === 2 && v.every((one) => typeof one === 'number'),
  before: isDayOrItem,
  after: isDayOrItem,
  answered: (v) => typeof v === 'boolean',
  matchesCountOf: (v) => typeof v === 'string',
};

function isDayOrItem(value: unknown): boolean {
  if (typeof value === 'string') return /^\d{4}-\d{2}-\d{2}$/u.test(value);
  return typeof value === 'object' && value !== null && typeof (value as { item?: unknown }).item === 'string';
}

type Fault = (path: string, message: string) => void;
/** Members of a node with their paths, once the node itself is sound. */
type Members = [member: unknown, path: string][];

/** What is wrong with the shape of a condition from outside; empty when it can be compiled. */
export function conditionFaults(condition: unknown): Problem[] {
  const faults: Problem[] = [];
  let size = 0;
  const fault: Fault = (path, message) => void faults.push({ code: 'condition-malformed', path, message });
  const walk = (node: unknown, path: string, depth: number): void => {
    size += 1;
    if (size > CONDITION_SIZE) return;
    if (depth > CONDITION_DEPTH) return fault(path, `条件の入れ子が${CONDITION_DEPTH}段を超えています。分けて書いてください。`);
    if (typeof node !== 'object' || node === null || Array.isArray(node)) return fault(path, '条件は「all」「any」「not」「every」「some」「item」のいずれかを持つ組で書いてください。');
    for (const [member, at] of checkNode(node as Record<string, unknown>, path, fault)) walk(member, at, depth + 1);
  };
  walk(condition, '', 1);
  if (size > CONDITION_SIZE) fault('', `条件が大きすぎます（${CONDITION_SIZE}個まで）。分けて書いてください。`);
  return faults;
}

function checkNode(node: Record<string, unknown>, path: string, fault: Fault): Members {
  const only = (...allowed: string[]): boolean => Object.keys(node).length === allowed.length && allowed.every((key) => Object.hasOwn(node, key));
  const has = (key: string): boolean => Object.hasOwn(node, key);
  const list = ['all', 'any'].find(has);
  if (list !== undefined) {
    const members = node[list];
    if (only(list) && Array.isArray(members) && members.length > 0) return members.map((member: unknown, n) => [member, `${path}/${list}/${n}`]);
    fault(path, `「${list}」には1つ以上の条件を並べ、ほかの語を混ぜないでください。`);
    return [];
  }
  if (has('not')) {
    if (only('not')) return [[node.not, `${path}/not`]];
    fault(path, '「not」にほかの語を混ぜないでください。');
    return [];
  }
  const quantifier = ['every', 'some'].find(has);
  if (quantifier !== undefined) {
    if (only(quantifier, 'holds') && typeof node[quantifier] === 'string') return [[node.holds, `${path}/holds`]];
    fault(path, `「${quantifier}」には行の集まりの名前と「holds」を書いてください。`);
    return [];
  }
  checkLeaf(node, path, fault);
  return [];
}

function checkLeaf(node: Record<string, unknown>, path: string, fault: Fault): void {
  const keys = Object.keys(node);
  const test = keys.find((key) => key !== 'item');
  if (typeof node.item !== 'string' || test === undefined || keys.length !== 2) return fault(path, '項目の条件は「item」と、比べ方を1つだけ書いてください。');
  const fits = Object.hasOwn(TESTS, test) ? TESTS[test] : undefined;
  if (!fits) return fault(path, `「${test}」という比べ方はありません。`);
  if (!fits(node[test])) fault(`${path}/${test}`, `「${test}」に比べる値が正しくありません。`);
}
