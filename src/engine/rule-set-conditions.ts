/** Conditions of rules: words that are not for rules, facts that are not there, tests that do not fit the kind of fact. */
import type { Problem } from '../kernel/errors.js';
import type { LeafCondition } from './condition-tests.js';
import { conditionFaults } from './conditions.js';
import { isIsoDate } from './dates.js';
import type { Code, Condition } from './form.js';
import type { FactCatalogue, FactItem, NumberOrParameter, Parameter, RuleCondition } from './rule-set.js';
import { MOST_DEPTH, parameterIn } from './rules-settings.js';

interface Found { path: string; reason: string }

export interface RulePlace {
  readonly catalogue: FactCatalogue;
  /** The set is evaluated for assessments, so that rules may speak of what they claim. */
  readonly claims: boolean;
  /** First day on which the set is no longer used. */
  readonly until: string | undefined;
  readonly parameters: Readonly<Record<Code, Parameter>>;
}

/** A test of a rule: a leaf in which a number may be a parameter. */
export type RuleLeaf = Exclude<LeafCondition, { atLeast: unknown } | { atMost: unknown } | { between: unknown }>
  | { item: Code; atLeast: NumberOrParameter } | { item: Code; atMost: NumberOrParameter } | { item: Code; between: [NumberOrParameter, NumberOrParameter] };

/** What is wrong with the shape of a condition of a rule from outside; a parameter stands for a number. */
export function ruleConditionFaults(condition: unknown): Problem[] {
  const faults = conditionFaults(withoutParameters(condition, 0));
  return faults.length > 0 ? faults : unwanted(condition as RuleCondition, '');
}

function withoutParameters(node: unknown, depth: number): unknown {
  if (typeof node !== 'object' || node === null || depth > MOST_DEPTH) return node;
  if (Array.isArray(node)) return node.map((one) => withoutParameters(one, depth + 1));
  if (parameterIn(node) !== null) return 0;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withoutParameters(value, depth + 1)]));
}

const UNWANTED: Readonly<Record<string, string>> = {
  every: '規則では「every」を使えません。事実に行の集まりはありません。',
  some: '規則では「some」を使えません。事実に行の集まりはありません。',
  answered: '規則では「answered」を使えません。申告が増えただけで結果が覆るためです。値を比べる条件にしてください（申告がなければ未確認になります）。',
};

function unwanted(condition: RuleCondition, path: string): Problem[] {
  return walkRuleCondition(condition, path).flatMap(({ node, path: at }) => Object.keys(UNWANTED).filter((word) => Object.hasOwn(node, word))
    .map((word) => ({ code: 'condition-malformed', path: at, message: UNWANTED[word]! })));
}

/** Every test within, with its place and whether it stands under an odd number of `not`. */
export function walkRuleCondition(condition: RuleCondition, path = '', negated = false): { node: RuleLeaf; path: string; negated: boolean }[] {
  if ('all' in condition) return condition.all.flatMap((one, n) => walkRuleCondition(one, `${path}/all/${n}`, negated));
  if ('any' in condition) return condition.any.flatMap((one, n) => walkRuleCondition(one, `${path}/any/${n}`, negated));
  if ('not' in condition) return walkRuleCondition(condition.not, `${path}/not`, !negated);
  return [{ node: condition as RuleLeaf, path, negated }];
}

/** What a condition of sound shape names wrongly. */
export function conditionProblems(condition: RuleCondition, place: RulePlace): Found[] {
  return walkRuleCondition(condition).flatMap(({ node, path }) => {
    const named = [node.item, ...otherFacts(node)];
    const missing = named.flatMap((code) => factProblems(code, place));
    return (missing.length > 0 ? missing : testProblems(node, place)).map((reason) => ({ path, reason }));
  });
}

/** Facts that a test looks at besides its own. */
export function otherFacts(leaf: RuleLeaf): Code[] {
  if ('matchesCountOf' in leaf) return [leaf.matchesCountOf];
  if ('before' in leaf && typeof leaf.before === 'object') return [leaf.before.item];
  return 'after' in leaf && typeof leaf.after === 'object' ? [leaf.after.item] : [];
}

function factProblems(code: Code, { catalogue, claims, until }: RulePlace): string[] {
  const fact = catalogue.get(code);
  if (!fact) return [`「${code}」という台帳の項目・統制・評価書の記載はありません。綴りを確かめてください。`];
  if (fact.source === 'claim' && !claims) return [`「${fact.label}」は評価書の記載です。評価書ごとに点検する規則集（per: assessment）だけで使えます。`];
  if (fact.retired !== undefined && (until === undefined || until > fact.retired)) return [`統制「${fact.label}」は${fact.retired}から申告されません。代わりの統制を使うか、規則集の「until」をその日以前にしてください。`];
  return [];
}

/** Tests by kind of fact; each with what is told when another is used. */
const FITTING: Readonly<Record<FactItem['kind'], { tests: readonly string[]; words: string }>> = {
  choice: { tests: ['is', 'isOneOf'], words: '選択の項目なので「is」か「isOneOf」' },
  checks: { tests: ['includes', 'is', 'isOneOf'], words: '複数を選ぶ項目なので「includes」「is」「isOneOf」のどれか' },
  number: { tests: ['is', 'isOneOf', 'atLeast', 'atMost', 'between', 'matchesCountOf'], words: '数の項目なので「atLeast」「atMost」「between」「is」「isOneOf」「matchesCountOf」のどれか' },
  date: { tests: ['before', 'after'], words: '日付の項目なので「before」か「after」' },
  text: { tests: ['is', 'isOneOf', 'includes'], words: '文字の項目なので「includes」「is」「isOneOf」のどれか' },
};

function testProblems(leaf: RuleLeaf, place: RulePlace): string[] {
  const fact = place.catalogue.get(leaf.item)!;
  const test = Object.keys(leaf).find((key) => key !== 'item')!;
  const { tests, words } = FITTING[fact.kind];
  if (!tests.includes(test)) return [`「${fact.label}」は${words}で比べてください（「${test}」は使えません）。`];
  if (fact.kind === 'number') return numberProblems(leaf, fact, place);
  if (fact.kind === 'date') return dayProblems(leaf, fact, place.catalogue);
  const wanted: readonly unknown[] = 'is' in leaf ? [leaf.is] : 'isOneOf' in leaf ? leaf.isOneOf : 'includes' in leaf ? [leaf.includes] : [];
  return wanted.flatMap((one) => {
    if (typeof one !== 'string') return [`「${fact.label}」を「${String(one)}」とは比べられません。${fact.kind === 'text' ? '文字' : '選択肢の符号'}を書いてください。`];
    if (fact.kind === 'text') return one.trim() === '' ? [`「${fact.label}」を空の文字と比べています。`] : [];
    return fact.options.has(one) ? [] : [`「${one}」は「${fact.label}」の選択肢にありません。次のいずれかにしてください：${[...fact.options.keys()].join('、')}。`];
  });
}

function numberProblems(leaf: RuleLeaf, fact: FactItem, { catalogue, parameters }: RulePlace): string[] {
  if ('matchesCountOf' in leaf) {
    const other = catalogue.get(leaf.matchesCountOf)!;
    return other.kind === 'number' && other !== fact ? [] : [`「${fact.label}」は、ほかの数の項目と比べてください（「${other.label}」とは比べられません）。`];
  }
  const wanted: readonly unknown[] = 'is' in leaf ? [leaf.is] : 'isOneOf' in leaf ? leaf.isOneOf : 'atLeast' in leaf ? [leaf.atLeast] : 'atMost' in leaf ? [leaf.atMost] : 'between' in leaf ? leaf.between : [];
  const problems = wanted.flatMap((one) => (isParameter(one) ? [] : typeof one === 'number' ? outsideOf(fact, one) : [`「${fact.label}」は数の項目です。「${String(one)}」とは比べられません。`]));
  if (problems.length > 0 || !('between' in leaf)) return problems;
  const [low, high] = leaf.between.map((one) => (typeof one === 'number' ? one : (parameters[one.parameter]?.value ?? NaN)));
  return low! > high! ? ['「between」の下の値が上の値を超えています。順を入れ替えてください。'] : [];
}

function isParameter(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Numbers that the fact can never be. */
export function outsideOf({ label, unit, min, max }: FactItem, number: number): string[] {
  const said = (one: number): string => `${one.toLocaleString('ja-JP')}${unit}`;
  if (min !== undefined && number < min) return [`「${label}」は${said(min)}以上です。${said(number)}とは比べられません。`];
  return max !== undefined && number > max ? [`「${label}」は${said(max)}以下です。${said(number)}とは比べられません。`] : [];
}

function dayProblems(leaf: RuleLeaf, fact: FactItem, catalogue: FactCatalogue): string[] {
  const limit: Extract<Condition, { before: unknown }>['before'] = 'before' in leaf ? leaf.before : 'after' in leaf ? leaf.after : '';
  if (typeof limit === 'string') return isIsoDate(limit) ? [] : [`「${limit}」は暦にない日です。`];
  const other = catalogue.get(limit.item)!;
  return other.kind === 'date' && other !== fact ? [] : [`「${fact.label}」は、ほかの日付の項目と比べてください（「${other.label}」とは比べられません）。`];
}
