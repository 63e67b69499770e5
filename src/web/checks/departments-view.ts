/** 部署ごとの点検結果 as the page and its list show it. */
import type { MatrixFound } from '../../checks/check-results.service.js';
import { departmentShares } from '../../checks/department-shares.js';
import type { CheckRun } from '../../checks/check.entity.js';
import { runLabel } from '../../checks/run-words.js';
import { departmentBars, drawChart } from '../../documents/check-report.pictures.js';
import { countsRow, summed } from '../../documents/check-report.words.js';
import type { Column } from '../../rendering/workbook.js';

export function departmentsView(found: MatrixFound, asked: { ruleSet: string; run: string }, runs: readonly CheckRun[]): object {
  const { ruleSet, matrix, run } = found;
  const code = ruleSet.ruleSet;
  const shares = departmentShares(matrix.rows);
  const inRun = run === null ? '' : `&run=${run.number}`;
  const total = countsRow('計', 0, summed(shares.map((one) => one.counts)), true);
  return {
    ruleSet: { code, title: ruleSet.title }, asked: { ...asked }, everChecked: found.newest !== null, when: run === null ? 'いまの結果' : runLabel(run),
    ruleSets: found.ruleSets.filter((one) => one.adopted).map((one) => ({ code: one.definition.ruleSet, title: one.definition.title, chosen: one.definition.ruleSet === code })),
    runs: runs.map((one) => ({ number: one.number, label: runLabel(one), chosen: run?.number === one.number })),
    list: `/checks/departments.xlsx?ruleSet=${code}${inRun}`, report: `/checks/reports?ruleSet=${code}${inRun}`,
    picture: shares.length === 0 ? null : drawChart(departmentBars(ruleSet, shares)),
    rows: shares.map((one) => ({ ...countsRow(one.name, 0, one.counts), systems: one.systems.toLocaleString('ja-JP'), href: `/checks?ruleSet=${code}&department=${one.id}${inRun}`, report: `/checks/reports?scope=department:${one.id}&ruleSet=${code}${inRun}` })),
    total: { ...total, systems: matrix.rows.length.toLocaleString('ja-JP') },
  };
}

/** The same as rows of a workbook; the share in per cent to one decimal. */
export function departmentList({ matrix }: MatrixFound): { columns: Column[]; rows: (string | number | null)[][] } {
  return {
    columns: [{ label: '部署', width: 28 }, { label: 'システム', width: 10 }, { label: '適合', width: 10 }, { label: '不適合', width: 10 }, { label: '未確認', width: 10 }, { label: '対象外', width: 10 }, { label: '適合の割合（％）', width: 16 }],
    rows: departmentShares(matrix.rows).map(({ name, systems, counts, share }) => [name, systems, counts.met, counts['not-met'], counts.unknown, counts['not-applicable'], share === null ? null : Math.round(share * 1_000) / 10]),
  };
}
