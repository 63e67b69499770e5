/** Numbers and names as reports of checks print them. Pure. */
import { noCounts, type Counts } from '../checks/check-shapes.js';
import { shareMet } from '../checks/matrix.js';
import { runLabel } from '../checks/run-words.js';
import { SEVERITIES, type Basis, type RuleDefinition, type RuleSetDefinition } from '../engine/rule-set.js';
import type { CountsRow } from './check-report.model.js';
import type { ReportFacts } from './check-report.facts.js';

export const numberText = (number: number): string => number.toLocaleString('ja-JP');

/** `78.3％`; `－` where no rule applies. */
export const shareText = (share: number | null): string => (share === null ? '－' : `${percentOf(share).toFixed(1)}％`);

/** To one decimal. */
export const percentOf = (share: number): number => Math.round(share * 1_000) / 10;

/** The denominator of 適合の割合, as every table names it. */
export const SHARE_NOTE = '適合の割合は、適合の数を、適合・不適合・未確認の数の計で割ったもの（対象外は含まない）。「－」は、当てはまる規則がないことを表す。';

export function summed(all: Iterable<Counts>): Counts {
  const sum = noCounts();
  for (const counts of all) for (const result of Object.keys(sum) as (keyof Counts)[]) sum[result] += counts[result];
  return sum;
}

export function countsRow(name: string, rules: number, counts: Counts, total = false): CountsRow {
  return {
    name, rules: numberText(rules), met: numberText(counts.met), notMet: numberText(counts['not-met']), unknown: numberText(counts.unknown), notApplicable: numberText(counts['not-applicable']),
    share: shareText(shareMet(counts)), total,
  };
}

export const versionText = (versions: readonly string[]): string => versions.map((one) => `${one}版`).join('、');

/** 第3回　令和8年11月20日 18:00（実施）の結果 */
export function resultsOfRun({ run, now }: Pick<ReportFacts, 'run' | 'now'>): string {
  return now ? `${runLabel(run)}まで` : runLabel(run);
}

export const basisText = ({ document, article, item }: Basis): string => [document, article, item].filter((one) => one !== undefined && one !== '').join('　');

export const severityText = ({ severity }: RuleDefinition): string => SEVERITIES[severity];

export function viewpointNumber(definition: RuleSetDefinition, { viewpoint }: RuleDefinition): string {
  return definition.viewpoints.find((one) => one.code === viewpoint)?.number ?? '';
}

export const scopeTitle = ({ scope }: Pick<ReportFacts, 'scope'>): string => (scope.kind === 'organisation' ? `${scope.name}　全体` : scope.name);
