/** Two runs held against each other, as their page shows them. */
import type { CheckResults } from '../../checks/check-results.service.js';
import type { CheckRun } from '../../checks/check.entity.js';
import type { ChangeKind } from '../../checks/comparing.js';
import { runLabel } from '../../checks/run-words.js';
import { RESULT_WORDS, type Result } from '../../engine/rule-set.js';
import type { Column } from '../../rendering/workbook.js';

type Compared = Awaited<ReturnType<CheckResults['compare']>>;

const KINDS: Readonly<Record<ChangeKind, { title: string; about: string; tone: string }>> = {
  new: { title: '新しい不適合', about: '前の回では不適合ではなかったもの', tone: 'red' },
  settled: { title: '解消', about: '前の回の不適合が、適合か対象外になったもの', tone: 'green' },
  unclear: { title: '確かめられなくなった不適合', about: '前の回の不適合が、申告がないため未確認になったもの', tone: 'amber' },
  unchanged: { title: '変わらない不適合', about: 'どちらの回でも不適合のもの', tone: '' },
  other: { title: 'そのほかの変化', about: '不適合にかかわらない変化', tone: '' },
};

export const resultWord = (result: Result | null): string => (result === null ? '点検なし' : `${RESULT_WORDS[result].sign} ${RESULT_WORDS[result].label}`);

export function compareView({ before, after, changes, definitions }: Compared, around: { runs: readonly CheckRun[]; ruleSet: string }): object {
  const shown = around.ruleSet === '' ? changes : changes.filter((one) => one.ruleSet === around.ruleSet);
  const query = `before=${before.number}&after=${after.number}&ruleSet=${around.ruleSet}`;
  const ruleOf = (ruleSet: string, rule: string) => definitions.get(ruleSet)?.rules.find((one) => one.code === rule);
  return {
    list: `/checks/compare.xlsx?${query}`, before: { number: before.number, label: runLabel(before) }, after: { number: after.number, label: runLabel(after) },
    runs: withBoth(around.runs, before, after).map((one) => ({ number: one.number, label: runLabel(one), before: one.number === before.number, after: one.number === after.number })),
    ruleSets: [...definitions.values()].map((one) => ({ code: one.ruleSet, title: one.title, chosen: one.ruleSet === around.ruleSet })),
    kinds: (Object.keys(KINDS) as ChangeKind[]).map((kind) => {
      const here = shown.filter((one) => one.kind === kind);
      return {
        kind, ...KINDS[kind], count: here.length,
        changes: here.map((one) => ({
          system: one.system.name, systemHref: `/systems/${one.system.id}`, department: one.system.departmentName, title: ruleOf(one.ruleSet, one.rule)?.title ?? one.rule,
          set: definitions.get(one.ruleSet)?.shortTitle ?? one.ruleSet, href: `/checks/systems/${one.system.id}/${one.ruleSet}/${one.rule}?run=${after.number}`, before: resultWord(one.before), after: resultWord(one.after),
        })),
      };
    }),
  };
}

/** A run that a change made is in no list of runs, but may be compared. */
function withBoth(runs: readonly CheckRun[], ...both: readonly CheckRun[]): CheckRun[] {
  return [...runs, ...both.filter((one, n) => ![...runs, ...both.slice(0, n)].some((other) => other.number === one.number))].sort((a, b) => b.number - a.number);
}

export const CHANGE_COLUMNS: readonly Column[] = [
  { label: '変化', width: 24 }, { label: 'システム', width: 36 }, { label: '所管課', width: 20 }, { label: '規則集', width: 24 }, { label: '規則の符号', width: 32 }, { label: '規則', width: 52 }, { label: '前', width: 12 }, { label: '後', width: 12 },
];

/** The same as a list, in the order of the page. */
export function changeRows({ changes, definitions }: Compared, ruleSet: string): string[][] {
  const shown = ruleSet === '' ? changes : changes.filter((one) => one.ruleSet === ruleSet);
  return (Object.keys(KINDS) as ChangeKind[]).flatMap((kind) => shown.filter((one) => one.kind === kind).map((one) => {
    const definition = definitions.get(one.ruleSet);
    const rule = definition?.rules.find((other) => other.code === one.rule);
    return [KINDS[kind].title, one.system.name, one.system.departmentName, definition?.title ?? one.ruleSet, one.rule, rule?.title ?? '', resultWord(one.before), resultWord(one.after)];
  }));
}
