/** Shapes that runs of checks keep as JSON. */
import type { AnswerValue, Code } from '../engine/form.js';
import type { Result } from '../engine/rule-set.js';

/**
 * `m` met, `x` not met, `u` unknown, `n` not applicable: in the order of the rules of a set. A capital letter is a result
 * that a person gave in place of the computed one.
 */
export const LETTERS: Readonly<Record<Result, string>> = { met: 'm', 'not-met': 'x', unknown: 'u', 'not-applicable': 'n' };
const RESULT_OF: Readonly<Record<string, Result>> = { m: 'met', x: 'not-met', u: 'unknown', n: 'not-applicable' };

/** @throws Error for a letter that no run writes */
export function resultOfLetter(letter: string): Result {
  const result = RESULT_OF[letter.toLowerCase()];
  if (result === undefined) throw new Error(`unknown letter ${letter}`);
  return result;
}
export const isOverruled = (letter: string): boolean => letter !== letter.toLowerCase();

/** Rule set → letters. */
export type CheckedResults = Record<Code, string>;

/** Facts of a system as they were seen, with where the declared ones came from. */
export interface CheckedFacts {
  values: Record<Code, AnswerValue>;
  /** Controls that were declared but too old to count → day of the declaration. */
  stale: Record<Code, string>;
  /** Inherited controls → name of the platform. */
  inherited: Record<Code, string>;
}

/** An assessment that names the system, with what it claims. */
export interface AssessmentFacts {
  assessmentId: string;
  title: string;
  claims: Record<Code, AnswerValue>;
  /** Rule sets that look at assessments → letters for this one. */
  results: CheckedResults;
}

export type Counts = Record<Result, number>;

export interface RunSummary {
  systems: number;
  /** Results over all rules and systems, after overrules. */
  counts: Counts;
  byRuleSet: Record<Code, Counts>;
}

export const noCounts = (): Counts => ({ met: 0, 'not-met': 0, unknown: 0, 'not-applicable': 0 });
