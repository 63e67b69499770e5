/** Two runs held against each other: pure. */
import type { Code } from '../engine/form.js';
import type { Result } from '../engine/rule-set.js';
import { resultOfLetter } from './check-shapes.js';

/** Results of one system in one run: rule set → rule → result. */
export type ResultsByRule = ReadonlyMap<Code, ReadonlyMap<Code, Result>>;

/**
 * `new`: 不適合 now and not before. `settled`: 不適合 before and 適合 or 対象外 now. `unclear`: 不適合 before and 未確認 now.
 * `unchanged`: 不適合 in both. `other`: any other difference.
 */
export type ChangeKind = 'new' | 'settled' | 'unclear' | 'unchanged' | 'other';

export interface ResultChange<S> {
  system: S;
  ruleSet: Code;
  rule: Code;
  /** Null: the rule or the system was not part of that run. */
  before: Result | null;
  after: Result | null;
  kind: ChangeKind;
}

/** Every 不適合 of either run and every difference; what is 適合, 未確認 or 対象外 in both is left out. */
export function compareResults<S>(systems: readonly { system: S; before: ResultsByRule | null; after: ResultsByRule | null }[]): ResultChange<S>[] {
  return systems.flatMap(({ system, before, after }) => {
    const sets = new Set([...(before?.keys() ?? []), ...(after?.keys() ?? [])]);
    return [...sets].flatMap((ruleSet) => {
      const [was, is] = [before?.get(ruleSet), after?.get(ruleSet)];
      const rules = new Set([...(was?.keys() ?? []), ...(is?.keys() ?? [])]);
      return [...rules].flatMap((rule): ResultChange<S>[] => {
        const change = { before: was?.get(rule) ?? null, after: is?.get(rule) ?? null };
        const kind = kindOf(change.before, change.after);
        return kind === null ? [] : [{ system, ruleSet, rule, ...change, kind }];
      });
    });
  });
}

function kindOf(before: Result | null, after: Result | null): ChangeKind | null {
  if (before === after) return before === 'not-met' ? 'unchanged' : null;
  if (after === 'not-met') return 'new';
  if (before !== 'not-met') return 'other';
  return after === 'met' || after === 'not-applicable' ? 'settled' : after === 'unknown' ? 'unclear' : 'other';
}

export function byRule(rules: readonly { code: Code }[], letters: string): ReadonlyMap<Code, Result> {
  return new Map(rules.map(({ code }, n) => [code, resultOfLetter(letters[n] ?? 'n')]));
}
