/** × 不適合 and ？ 未確認 of the rule sets about systems; △ 食い違い: 不適合 of those about assessments. Counted alike on every page. Pure. */
import type { Code } from '../engine/form.js';
import type { CheckedResults, Counts } from './check-shapes.js';
import { countsOf } from './matrix.js';

export interface Tally {
  notMet: number;
  unknown: number;
  contradictions: number;
}

/** @param perAssessment rule sets that look at assessments */
export function tallyOf(counts: Iterable<readonly [ruleSet: Code, Counts]>, perAssessment: ReadonlySet<Code>): Tally {
  const tally: Tally = { notMet: 0, unknown: 0, contradictions: 0 };
  for (const [ruleSet, one] of counts) {
    if (perAssessment.has(ruleSet)) tally.contradictions += one['not-met'];
    else {
      tally.notMet += one['not-met'];
      tally.unknown += one.unknown;
    }
  }
  return tally;
}

export const tallyOfResults = (results: CheckedResults, perAssessment: ReadonlySet<Code>): Tally =>
  tallyOf(Object.entries(results).map(([ruleSet, letters]) => [ruleSet, countsOf(letters)] as const), perAssessment);
