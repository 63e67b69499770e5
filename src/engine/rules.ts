/**
 * Evaluates a rule set over the facts of systems: packed for the many (results only, nothing allocated), explained for a person.
 * Three-valued as the condition grammar: applies no → not applicable; applies unknown → unknown; else expects yes / no / unknown →
 * met / not met / unknown. More facts never make a decided result unknown.
 */
import { Invalid, NotFound } from '../kernel/errors.js';
import { conditionFaults, conditionRefers } from './conditions.js';
import type { Code } from './form.js';
import { RESULTS, type FactCatalogue, type Facts, type Result, type RuleDefinition, type RuleExplanation, type RuleSetDefinition, type RuleSettings } from './rule-set.js';
import { explainer, type Explain, type ExplainedRule } from './rules-explain.js';
import { compilePack, type Pack, type PackedFacts } from './rules-pack.js';
import { limitsInForce, withLimits } from './rules-settings.js';
import { compilePacked, NO, UNKNOWN, YES, type PackedTest } from './rules-tests.js';

export { compilePack, type Pack, type PackedFacts } from './rules-pack.js';
export { settingProblems } from './rules-settings.js';

export interface CompiledRule {
  readonly code: Code;
  readonly definition: RuleDefinition;
  /** Place in the set and in the packed results. */
  readonly index: number;
  /** Limits in force by parameter. */
  readonly limits: Readonly<Record<Code, number>>;
  /** Why the organisation does not use it; null when it does. */
  readonly off: string | null;
  /** The facts that it looks at: those of `applies` first. */
  readonly refers: readonly Code[];
}

export interface CompiledRules {
  readonly definition: RuleSetDefinition;
  readonly rules: readonly CompiledRule[];
  readonly byCode: ReadonlyMap<Code, CompiledRule>;
  /** The same packing for every rule set over one catalogue. */
  pack(facts: Facts): PackedFacts;
  /** Writes the place in RESULTS of every rule's result, in order, from `offset` on. */
  evaluate(packed: PackedFacts, out: Uint8Array, offset?: number): void;
  results(facts: Facts): Result[];
  /** @throws NotFound for a rule that is not in the set; the explanation is frozen */
  explain(rule: Code, facts: Facts): RuleExplanation;
  /** Of the rule at this place, from facts already packed. */
  explainPacked(index: number, packed: PackedFacts): RuleExplanation;
}

/** Places in RESULTS. */
const [MET, NOT_MET, UNDECIDED, NOT_APPLICABLE] = [RESULTS.indexOf('met'), RESULTS.indexOf('not-met'), RESULTS.indexOf('unknown'), RESULTS.indexOf('not-applicable')];

/**
 * @param settings of the organisation by rule code; rules of other sets are passed over
 * @throws Invalid `rule-set-invalid` for a condition that cannot be compiled over the catalogue, `rule-setting-invalid` for a setting out of bounds
 */
export function compileRules(definition: RuleSetDefinition, catalogue: FactCatalogue, settings: RuleSettings = {}): CompiledRules {
  const pack = compilePack(catalogue);
  const scratch = pack.empty();
  const compiled = definition.rules.map((rule, index) => compileRule(rule, index, pack, settings));
  const tests = compiled.map(({ test }) => test);
  /** What the set looks at; the rest of the scratch stays unknown. */
  const used = [...new Set(compiled.flatMap(({ explained }) => explained.slots))];
  const byCode = new Map(compiled.map(({ rule }) => [rule.code, rule]));
  const evaluate = ({ numbers, texts }: PackedFacts, out: Uint8Array, offset = 0): void => {
    for (let n = 0; n < tests.length; n += 1) out[offset + n] = tests[n]!(numbers, texts);
  };
  return {
    definition,
    rules: compiled.map(({ rule }) => rule),
    byCode,
    pack: (facts) => pack.pack(facts),
    evaluate,
    results(facts) {
      const out = new Uint8Array(tests.length);
      for (let n = 0; n < used.length; n += 1) pack.put(used[n]!, facts, scratch);
      evaluate(scratch, out);
      return Array.from(out, (place) => RESULTS[place]!);
    },
    explain(code, facts) {
      const rule = byCode.get(code);
      if (!rule) throw new NotFound('rule-not-found', `規則「${String(code).slice(0, 80)}」は、規則集「${definition.title}」にありません。`);
      const { explained, explain } = compiled[rule.index]!;
      for (let n = 0; n < explained.slots.length; n += 1) pack.put(explained.slots[n]!, facts, scratch);
      return explain(scratch);
    },
    explainPacked: (index, packed) => compiled[index]!.explain(packed),
  };
}

interface Compiled { rule: CompiledRule; test: PackedTest; explained: ExplainedRule; explain: Explain }

function compileRule(definition: RuleDefinition, index: number, pack: Pack, settings: RuleSettings): Compiled {
  const { code } = definition;
  const setting = Object.hasOwn(settings, code) ? settings[code] : undefined;
  const limits = limitsInForce(definition, setting);
  const [applies, expects] = [withLimits(definition.applies, limits), withLimits(definition.expects, limits)];
  const faults = [...conditionFaults(applies).map((one) => ({ ...one, path: `${code}/applies${one.path}` })), ...conditionFaults(expects).map((one) => ({ ...one, path: `${code}/expects${one.path}` }))];
  if (faults.length > 0) throw new Invalid('rule-set-invalid', `規則「${definition.title}」の条件の書き方に誤りがあります。`, faults);
  const off = setting?.off?.reason ?? null;
  const test = off === null ? resultTest(compilePacked(applies, pack), compilePacked(expects, pack)) : (): number => NOT_APPLICABLE;
  const refers = [...new Set([...conditionRefers(applies), ...conditionRefers(expects)])];
  const explained: ExplainedRule = { code, applies, expects, off, slots: refers.map((fact) => pack.slots.get(fact)!), test };
  return { rule: Object.freeze({ code, definition, index, limits: Object.freeze(limits), off, refers }), test, explained, explain: explainer(explained, pack) };
}

/** By verdict of `expects`: NO, UNKNOWN, YES. */
const BY_VERDICT: readonly number[] = Object.assign([], { [NO]: NOT_MET, [UNKNOWN]: UNDECIDED, [YES]: MET });

function resultTest(applies: PackedTest, expects: PackedTest): PackedTest {
  return (numbers, texts) => {
    const verdict = applies(numbers, texts);
    if (verdict === NO) return NOT_APPLICABLE;
    return verdict === UNKNOWN ? UNDECIDED : BY_VERDICT[expects(numbers, texts)]!;
  };
}
