/**
 * Why a rule gives its result, in words that a report can print. Built on the explanations of `conditions.ts` and kept by
 * what the rule saw: systems that declare the same are explained once.
 */
import { compileCondition, type CompiledCondition, type Meaning, type Scope } from './conditions.js';
import type { Code, Condition } from './form.js';
import { RESULT_WORDS, RESULTS, type FactItem, type Result, type RuleExplanation } from './rule-set.js';
import { shownFact, unpacked, type Pack, type PackedFacts, type Slot } from './rules-pack.js';
import type { PackedTest } from './rules-tests.js';

/** A rule with its limits put in, ready to be evaluated and explained. */
export interface ExplainedRule {
  readonly code: Code;
  readonly applies: Condition;
  readonly expects: Condition;
  readonly off: string | null;
  /** The facts that it looks at: those of `applies` first. */
  readonly slots: readonly Slot[];
  /** Place of the result in RESULTS. */
  readonly test: PackedTest;
}

export type Explain = (packed: PackedFacts) => RuleExplanation;

/** Most explanations kept for one rule; all are dropped when there are more. */
const MOST_KEPT = 512;

export function explainer(rule: ExplainedRule, pack: Pack): Explain {
  const keyOf = keyReader(rule.slots);
  const kept = new Map<string | number, RuleExplanation>();
  let words: Explain | null = null;
  return (packed) => {
    const key = keyOf(packed);
    const known = kept.get(key);
    if (known) return known;
    words ??= inWords(rule, pack);
    const explained = frozen(words(packed));
    if (kept.size >= MOST_KEPT) kept.clear();
    kept.set(key, explained);
    return explained;
  };
}

/** What the rule saw, as one number when all of it are choices, else as a text. */
function keyReader(slots: readonly Slot[]): (packed: PackedFacts) => string | number {
  const places = slots.map(({ at }) => at);
  const sizes = slots.map(({ options }) => options.length + 1);
  if (slots.every(({ item }) => item.kind === 'choice') && sizes.reduce((product, size) => product * size, 1) < Number.MAX_SAFE_INTEGER) {
    return ({ numbers }) => {
      let key = 0;
      for (let n = 0; n < places.length; n += 1) key = key * sizes[n]! + numbers[places[n]!]!;
      return key;
    };
  }
  return ({ numbers, texts }) => {
    let key = '';
    for (let n = 0; n < places.length; n += 1) {
      const text = texts[places[n]!];
      key += text === undefined ? `${numbers[places[n]!]!},` : `${text.length}:${text},`;
    }
    return key;
  };
}

function inWords(rule: ExplainedRule, pack: Pack): Explain {
  const meaning = (code: Code): Meaning | undefined => {
    const item = pack.catalogue.get(code);
    if (!item) return undefined;
    const { label, unit, zero, max } = item;
    return { label, unit, zero, max, ...(item.options.size > 0 ? { options: new Map([...item.options].map(([option, label]) => [option, { label }])) } : {}) };
  };
  // Why a rule does not apply is said by the value alone; what it wants is the business of those to whom it applies.
  const applies = compileCondition(rule.applies, (code) => {
    const known = meaning(code);
    return known && { ...known, plain: true };
  });
  const expects = compileCondition(rule.expects, meaning);
  return (packed) => {
    const result = RESULTS[rule.test(packed.numbers, packed.texts)]!;
    if (rule.off !== null) return { rule: rule.code, result, text: `この団体では使わない規則（理由：${rule.off}）`, seen: [], missing: [] };
    const scope: Scope = {
      value: (code) => {
        const slot = pack.slots.get(code);
        return slot && unpacked(slot, packed);
      },
      rows: () => [],
    };
    const { text, missing } = told(result, applies, expects, scope, pack);
    const looked = result === 'not-applicable' ? rule.slots.filter(({ item }) => applies.refers.has(item.code)) : rule.slots;
    return { rule: rule.code, result, text, seen: looked.map((slot) => ({ code: slot.item.code, label: slot.item.label, value: shownFact(slot, packed) })), missing };
  };
}

function told(result: Result, applies: CompiledCondition, expects: CompiledCondition, scope: Scope, pack: Pack): { text: string; missing: Code[] } {
  if (result !== 'unknown') return { text: `${(result === 'not-applicable' ? applies : expects).explain(scope).text}${RESULT_WORDS[result].label}`, missing: [] };
  const applying = applies.explain(scope);
  const missing = applying.verdict === 'unknown' ? applying.missing : expects.explain(scope).missing;
  const items = missing.flatMap((code) => pack.catalogue.get(code) ?? []);
  const known = (item: FactItem): boolean => scope.value(item.code) !== undefined;
  const phrases = [
    ...gap(items.filter((item) => item.source === 'register' && item.counted !== true && !known(item)), (labels) => [`台帳に${labels}の記入が`, 'ない']),
    ...gap(items.filter((item) => item.counted === true && !known(item)), (labels) => [`台帳からは${labels}が分から`, 'ない']),
    ...gap(items.filter((item) => item.source === 'claim' && !known(item)), (labels) => [`${labels}が読み取れ`, 'ない']),
    ...gap(items.filter((item) => item.source === 'control' && !known(item)), (labels) => [`${labels}の申告が`, 'ない']),
    ...gap(items.filter(known), (labels) => [`${labels}の書き方からは判断でき`, 'ない']),
    ...(applying.verdict === 'unknown' ? [['対象になるか決められ', 'ない'] as const] : []),
  ];
  const text = phrases.map(([stem, ending], n) => (n === phrases.length - 1 ? `${stem}${ending}` : `${stem}${stem.endsWith('が') ? 'なく' : 'ず'}`)).join('、');
  return { text: `${text}ため${RESULT_WORDS.unknown.label}`, missing };
}

function gap(items: readonly FactItem[], say: (labels: string) => readonly [stem: string, ending: string]): (readonly [stem: string, ending: string])[] {
  return items.length === 0 ? [] : [say(items.map(({ label }) => `「${label}」`).join(''))];
}

/** The same explanation is handed out again and again. */
function frozen(explanation: RuleExplanation): RuleExplanation {
  explanation.seen.forEach((one) => Object.freeze(one));
  Object.freeze(explanation.seen);
  Object.freeze(explanation.missing);
  return Object.freeze(explanation);
}
