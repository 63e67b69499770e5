/** Checks one system against rule sets: pure. */
import { createHash } from 'node:crypto';
import type { AnswerValue, Code } from '../engine/form.js';
import { RESULTS } from '../engine/rule-set.js';
import type { CompiledRules, PackedFacts } from '../engine/rules.js';
import { LETTERS, noCounts, resultOfLetter, type AssessmentFacts, type CheckedFacts, type CheckedResults, type RunSummary } from './check-shapes.js';

/** An assessment that names the system, with what it claims. */
export type AssessmentClaims = Omit<AssessmentFacts, 'results'>;

export interface Subject {
  systemId: string;
  facts: CheckedFacts;
  assessments: readonly AssessmentClaims[];
}

/** A result that a person gave, while it is in force. */
export interface InForce {
  ruleSet: Code;
  rule: Code;
  result: 'met' | 'not-met' | 'not-applicable';
}

export interface Checked extends Subject {
  assessments: AssessmentFacts[];
  results: CheckedResults;
}

/** From the gravest: what one assessment contradicts is contradicted, whatever the others say. */
const GRAVEST = ['x', 'u', 'm', 'n'];

/**
 * Results of all rule sets, after overrules. A set that looks at assessments is evaluated for each of them; its result for the
 * system is the gravest, and 対象外 when no assessment names the system.
 */
export function checkSystem(sets: readonly CompiledRules[], subject: Subject, overrules: readonly InForce[]): Checked {
  const results: CheckedResults = {};
  const assessments = subject.assessments.map((one): AssessmentFacts => ({ ...one, results: {} }));
  const own = sets[0]?.pack(subject.facts.values);
  const claimed = assessments.map((one) => sets[0]?.pack({ ...subject.facts.values, ...one.claims }));
  for (const set of sets) {
    const { ruleSet, per } = set.definition;
    if (per === undefined) results[ruleSet] = lettersOf(set, own!);
    else {
      assessments.forEach((one, n) => { one.results[ruleSet] = lettersOf(set, claimed[n]!); });
      results[ruleSet] = gravest(assessments.map((one) => one.results[ruleSet]!), set.rules.length);
    }
    results[ruleSet] = overruled(set, results[ruleSet], overrules);
  }
  return { ...subject, assessments, results };
}

/** Letters by place in RESULTS. */
const LETTER_AT = RESULTS.map((result) => LETTERS[result]);

function lettersOf(set: CompiledRules, packed: PackedFacts): string {
  const places = new Uint8Array(set.rules.length);
  set.evaluate(packed, places);
  let letters = '';
  for (let n = 0; n < places.length; n += 1) letters += LETTER_AT[places[n]!]!;
  return letters;
}

function gravest(all: readonly string[], rules: number): string {
  return Array.from({ length: rules }, (_, n) => GRAVEST.find((letter) => all.some((letters) => letters[n] === letter)) ?? 'n').join('');
}

function overruled(set: CompiledRules, letters: string, overrules: readonly InForce[]): string {
  const here = overrules.filter((one) => one.ruleSet === set.definition.ruleSet);
  if (here.length === 0) return letters;
  return set.rules.map((rule, n) => {
    const given = here.find((one) => one.rule === rule.code);
    return given === undefined ? letters[n]! : LETTERS[given.result].toUpperCase();
  }).join('');
}

/** Equal means that nothing changed: same basis, facts, claims and results. */
export function checkedHash(basis: string, { facts, assessments, results }: Checked): string {
  return createHash('sha256').update(JSON.stringify([basis, sorted(results), sorted(facts.values), sorted(facts.stale), sorted(facts.inherited), assessments.map((one) => [one.assessmentId, one.title, sorted(one.claims), sorted(one.results)])])).digest('hex');
}

function sorted(values: Readonly<Record<Code, string | AnswerValue>>): [string, unknown][] {
  return Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1));
}

export function summaryOf(all: readonly Pick<Checked, 'results'>[]): RunSummary {
  const summary: RunSummary = { systems: all.length, counts: noCounts(), byRuleSet: {} };
  for (const { results } of all) {
    for (const [ruleSet, letters] of Object.entries(results)) {
      const here = (summary.byRuleSet[ruleSet] ??= noCounts());
      for (const letter of letters) {
        const result = resultOfLetter(letter);
        here[result] += 1;
        summary.counts[result] += 1;
      }
    }
  }
  return summary;
}
