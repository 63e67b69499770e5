/** What became of rules, as a page says it: ✓ 解消 2, × 新たに不適合 1. Pure. */
import type { ResultChange } from '../../checks/comparing.js';
import type { RunChanged } from '../../checks/run-changes.service.js';
import type { Counts } from '../../checks/check-shapes.js';
import type { Code } from '../../engine/form.js';
import { RESULT_WORDS, type Result, type RuleSetDefinition } from '../../engine/rule-set.js';

/** Rules named in one line at most. */
const SHOWN = 12;

const KINDS = [
  { kind: 'settled', label: '解消', sign: '✓', tone: 'met' },
  { kind: 'met', label: '適合と確かめられた', sign: '✓', tone: 'met' },
  { kind: 'failing', label: '新たに不適合', sign: '×', tone: 'not-met' },
  { kind: 'unknown', label: '未確認になった', sign: '？', tone: 'unknown' },
  { kind: 'outside', label: '対象外になった', sign: '－', tone: 'not-applicable' },
] as const;
type Kind = (typeof KINDS)[number]['kind'];

export interface ChangeLine {
  kind: Kind;
  label: string;
  sign: string;
  tone: Result;
  count: number;
  rules: { title: string; href: string; set: string; system: string; was: string }[];
  more: number;
}

export interface Settled {
  /** Systems that had never been checked before, with what was found. */
  first: { name: string; counts: CountShown[] }[];
  lines: ChangeLine[];
  others: number;
  /** Nothing at all is otherwise than before. */
  nothing: boolean;
}

export interface CountShown {
  sign: string;
  label: string;
  tone: Result;
  count: string;
}

const ORDER: readonly Result[] = ['not-met', 'unknown', 'met', 'not-applicable'];

/** From the gravest. */
export function countsShown(counts: Counts): CountShown[] {
  return ORDER.map((tone) => ({ ...RESULT_WORDS[tone], tone, count: counts[tone].toLocaleString('ja-JP') }));
}

/**
 * @param name of the system of a change; blank where there is only one
 */
export function changeLines(changes: readonly ResultChange<string>[], definitions: ReadonlyMap<Code, RuleSetDefinition>, name: (system: string) => string): ChangeLine[] {
  return KINDS.flatMap((words): ChangeLine[] => {
    const here = changes.filter((one) => kindOf(one) === words.kind);
    if (here.length === 0) return [];
    return [{
      ...words, count: here.length, more: Math.max(0, here.length - SHOWN),
      rules: here.slice(0, SHOWN).map(({ system, ruleSet, rule, before }) => ({
        title: definitions.get(ruleSet)?.rules.find((one) => one.code === rule)?.title ?? rule, set: definitions.get(ruleSet)?.shortTitle ?? ruleSet,
        href: `/checks/systems/${system}/${ruleSet}/${rule}`, system: name(system), was: before === null ? '規則なし' : RESULT_WORDS[before].label,
      })),
    }];
  });
}

function kindOf({ before, after }: ResultChange<string>): Kind | null {
  if (after === 'not-met') return 'failing';
  if (before === 'not-met' && (after === 'met' || after === 'not-applicable')) return 'settled';
  return after === 'met' ? 'met' : after === 'unknown' ? 'unknown' : after === 'not-applicable' ? 'outside' : null;
}

/** What a declaration settled: of the system itself, and of those that inherit from it. */
export function settledView(changed: RunChanged | null, systemId: string): Settled {
  if (changed === null) return { first: [], lines: [], others: 0, nothing: true };
  const names = new Map(changed.systems.map(({ system }) => [system.id, system.name]));
  const lines = changeLines(changed.systems.flatMap((one) => one.changes), changed.definitions, (id) => (id === systemId ? '' : (names.get(id) ?? '')));
  const first = changed.systems.filter((one) => one.first).map(({ system, counts }) => ({ name: system.name, counts: countsShown(counts) }));
  return { first, lines, others: changed.others, nothing: lines.length === 0 && first.length === 0 && changed.others === 0 };
}
