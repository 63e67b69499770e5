/** Two runs held against each other, as their page shows them. */
import type { CheckResults } from '../../checks/check-results.service.js';
import type { CheckRun } from '../../checks/check.entity.js';
import type { ChangeKind } from '../../checks/comparing.js';
import { runLabel } from '../../checks/run-words.js';
import { RESULT_WORDS, type Result } from '../../engine/rule-set.js';

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
  const ruleOf = (ruleSet: string, rule: string) => definitions.get(ruleSet)?.rules.find((one) => one.code === rule);
  return {
    before: { number: before.number, label: runLabel(before) }, after: { number: after.number, label: runLabel(after) },
    runs: around.runs.map((one) => ({ number: one.number, label: runLabel(one), before: one.number === before.number, after: one.number === after.number })),
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
