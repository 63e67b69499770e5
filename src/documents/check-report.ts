/** 点検結果報告書: the printed model, from what was found. Pure. */
import { noCounts, type Counts } from '../checks/check-shapes.js';
import type { ChangeKind } from '../checks/comparing.js';
import { roundName, runLabel } from '../checks/run-words.js';
import { formatEra } from '../engine/dates.js';
import type { Code } from '../engine/form.js';
import { dayInJapan } from '../kernel/clock.js';
import type { ReportFacts, ReportRuleSet } from './check-report.facts.js';
import type { AppendixModel, ChangesRow, CheckReport, OverviewModel, RuleSetSection } from './check-report.model.js';
import { chartsOf, gridsOf } from './check-report.pictures.js';
import { systemsSection } from './check-report.systems.js';
import { countsRow, numberText, resultsOfRun, scopeTitle, summed, versionText } from './check-report.words.js';

export const REPORT_TITLE = '点検結果報告書';

export function checkReport(facts: ReportFacts): CheckReport {
  const ruleSets = facts.ruleSets.map((one, n) => ruleSetSection(facts, one, n + 1));
  const systems = systemsSection(facts);
  return {
    lang: 'ja', title: reportTitle(facts), footer: `${facts.organisation}　${REPORT_TITLE}（${facts.scope.kind === 'organisation' ? '全体' : facts.scope.name}）`,
    departments: departmentsOf(facts),
    cover: {
      organisation: facts.organisation, scope: scopeTitle(facts), madeOn: formatEra(facts.today),
      rows: [
        { label: '対象', text: facts.scope.kind === 'system' ? facts.scope.name : `${scopeTitle(facts)}（${numberText(facts.systems.length)}システム）` },
        { label: '点検', text: resultsOfRun(facts) },
        { label: '規則集', text: facts.ruleSets.map(({ definition, versions }) => `${definition.title}（${versionText(versions)}）`).join('\n') },
        { label: '作成日', text: formatEra(facts.today) },
      ],
    },
    contents: [
      { anchor: 'overview', text: '1　概要', level: 1 },
      { anchor: 'rule-sets', text: '2　着眼点ごとの結果', level: 1 },
      ...ruleSets.map(({ anchor, number, title }) => ({ anchor, text: `${number}　${title}`, level: 2 as const })),
      { anchor: 'systems', text: '3　システムごとの結果', level: 1 },
      ...systems.full.map(({ anchor, number, name }) => ({ anchor, text: `${number}　${name}`, level: 2 as const })),
      ...(systems.rest.length === 0 ? [] : [{ anchor: 'systems-rest', text: '不適合も食い違いもないシステム', level: 2 as const }]),
      { anchor: 'appendix', text: '4　付録', level: 1 },
    ],
    overview: overview(facts), ruleSets, systems, appendix: appendix(facts),
  };
}

/** 点検結果報告書　こども課　第3回; without a round the day of the run. */
export function reportTitle(facts: Pick<ReportFacts, 'scope' | 'run'>): string {
  return `${REPORT_TITLE}　${scopeTitle(facts)}　${facts.run.round === null ? formatEra(dayInJapan(facts.run.madeAt)) : roundName(facts.run)}`;
}

export const departmentsOf = (facts: Pick<ReportFacts, 'systems' | 'unchecked'>): string[] => [...new Set([...facts.systems.map(({ head }) => head.departmentId), ...facts.unchecked.map((one) => one.departmentId)])];

// ---------------------------------------------------------------- 1 概要

function overview(facts: ReportFacts): OverviewModel {
  const { ruleSets, systems, before } = facts;
  const rows = ruleSets.map(({ definition, matrix }) => countsRow(definition.title, definition.rules.length, matrix.counts));
  const rules = ruleSets.reduce((sum, { definition }) => sum + definition.rules.length, 0);
  const unapproved = systems.reduce((sum, one) => sum + one.declarations.unapproved, 0);
  const stale = systems.reduce((sum, one) => sum + one.declarations.stale, 0);
  return {
    facts: [
      { label: '対象', text: objectWords(facts) },
      { label: '点検', text: `${resultsOfRun(facts)}の結果` },
      { label: '比べた点検', text: before === null ? 'なし（同じ範囲の点検は、これより前に行われていない）' : runLabel(before) },
      { label: '規則集', text: ruleSets.map(({ definition, versions }) => `${definition.title}（${versionText(versions)}、${definition.viewpoints.length}着眼点・${definition.rules.length}規則）`).join('\n') },
    ],
    counts: [...rows, ...(ruleSets.length < 2 ? [] : [countsRow('計', rules, summed(ruleSets.map(({ matrix }) => matrix.counts)), true)])],
    changes: changesRows(facts), changesNote: changesNote(facts),
    declarations: `${formatEra(facts.today)}現在、対象のシステムの申告（引き継いだものを含む）のうち、所属長の承認を受けていないものは${numberText(unapproved)}件、期限が切れて数えなかったものは${numberText(stale)}件である。`,
    unchecked: uncheckedModel(facts),
  };
}

function objectWords(facts: ReportFacts): string {
  const { scope, systems, hidden } = facts;
  if (scope.kind === 'system') return `${scope.name}（所管課は${systems[0]?.head.departmentName ?? ''}）`;
  const many = `${scopeTitle(facts)}の${numberText(systems.length)}システム（所管する部署は${numberText(departmentsOf({ systems, unchecked: [] }).length)}）`;
  return hidden === 0 ? many : `${many}。この部署の下には、このほかに${numberText(hidden)}システムがあるが、作成した者が結果を見ることのできる範囲にないため、含まれない`;
}

function uncheckedModel({ unchecked, now }: ReportFacts): OverviewModel['unchecked'] {
  if (unchecked.length === 0) return null;
  const many = `次の${numberText(unchecked.length)}システム`;
  return { words: now ? `${many}は、まだ点検していないため、この報告書の結果に含まれない。` : `${many}は、この報告書の基にした点検に含まれていない。`, names: unchecked.map((one) => `${one.name}（${one.departmentName}）`) };
}

function changesRows(facts: ReportFacts): ChangesRow[] {
  if (facts.changes === null) return [];
  const count = (ruleSets: ReadonlySet<Code>, kind: ChangeKind): string => numberText(facts.changes!.filter((one) => one.kind === kind && ruleSets.has(one.ruleSet)).length);
  const row = (name: string, codes: readonly Code[], total: boolean): ChangesRow => {
    const ruleSets = new Set(codes);
    return { name, fresh: count(ruleSets, 'new'), settled: count(ruleSets, 'settled'), unclear: count(ruleSets, 'unclear'), unchanged: count(ruleSets, 'unchanged'), total };
  };
  const codes = facts.ruleSets.map(({ definition }) => definition.ruleSet);
  return [...facts.ruleSets.map(({ definition }) => row(definition.title, [definition.ruleSet], false)), ...(codes.length < 2 ? [] : [row('計', codes, true)])];
}

function changesNote({ before, notCompared }: ReportFacts): string {
  if (before === null) return '同じ範囲の点検がこれより前にないため、前の回と比べていない。';
  if (notCompared.length === 0) return '';
  return `${roundName(before)}の点検に含まれていない${numberText(notCompared.length)}システム（${notCompared.map((one) => one.name).join('、')}）は比べていない。`;
}

// ---------------------------------------------------------------- 2 着眼点ごとの結果

function ruleSetSection(facts: ReportFacts, ruleSet: ReportRuleSet, number: number): RuleSetSection {
  const { definition, versions } = ruleSet;
  const byViewpoint = countsByViewpoint(facts, definition.ruleSet);
  return {
    anchor: `rule-set-${number}`, number: `2.${number}`, title: definition.title, version: versionText(versions), source: definition.source,
    viewpoints: definition.viewpoints.map((one) => {
      const counts = byViewpoint.get(one.code) ?? noCounts();
      return { number: one.number, title: one.title, group: one.group ?? '', met: numberText(counts.met), notMet: numberText(counts['not-met']), unknown: numberText(counts.unknown), notApplicable: numberText(counts['not-applicable']) };
    }),
    charts: chartsOf(ruleSet), ...gridsOf(ruleSet),
  };
}

function countsByViewpoint({ systems }: ReportFacts, ruleSet: Code): Map<Code, Counts> {
  const found = new Map<Code, Counts>();
  for (const { sheet } of systems) {
    for (const { rule, result } of sheet.ruleSets.find((one) => one.definition.ruleSet === ruleSet)?.rules ?? []) {
      const counts = found.get(rule.viewpoint) ?? noCounts();
      counts[result] += 1;
      found.set(rule.viewpoint, counts);
    }
  }
  return found;
}

// ---------------------------------------------------------------- 4 付録

function appendix({ ruleSets, settings }: ReportFacts): AppendixModel {
  const rules = ruleSets.flatMap(({ definition }) => definition.rules.map((rule) => ({ set: definition.shortTitle, rule, setting: settings[rule.code] })));
  return {
    off: rules.flatMap(({ set, rule, setting }) => (setting?.off === undefined ? [] : [{ set, rule: rule.title, reason: setting.off.reason }])),
    tightened: rules.flatMap(({ set, rule, setting }) => Object.entries(rule.parameters ?? {}).flatMap(([code, { label, unit, value }]) => {
      const own = setting?.parameters?.[code];
      return own === undefined || own === value ? [] : [{ set, rule: rule.title, limit: label, standard: `${numberText(value)}${unit}`, own: `${numberText(own)}${unit}` }];
    })),
    viewpoints: ruleSets.map(({ definition, versions }) => ({
      title: definition.title, version: versionText(versions), source: definition.source,
      rows: definition.viewpoints.map((one) => ({ number: one.number, title: one.title, rules: numberText(definition.rules.filter((rule) => rule.viewpoint === one.code).length) })),
    })),
  };
}
