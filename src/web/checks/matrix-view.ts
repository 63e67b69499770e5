/** What the page of the matrix shows: plain data. */
import type { CheckRun } from '../../checks/check.entity.js';
import type { MatrixFound, SystemInMatrix, TrendPoint } from '../../checks/check-results.service.js';
import type { MatrixRow } from '../../checks/matrix.js';
import { momentOf, roundName, runLabel } from '../../checks/run-words.js';
import { cellText, matrixPicture } from '../../documents/matrix-picture.js';
import { formatEra } from '../../engine/dates.js';
import { RESULT_WORDS, RESULTS } from '../../engine/rule-set.js';
import type { DepartmentInTree } from '../../identity/departments.service.js';
import { lineChart } from '../../rendering/chart.js';
import { drawGrid, type GridPicture } from '../../rendering/grid-picture.js';
import type { Column } from '../../rendering/workbook.js';

export interface MatrixAskedFor {
  ruleSet: string;
  department: string;
  run: string;
}

export function matrixView(found: MatrixFound, asked: MatrixAskedFor, around: { runs: readonly CheckRun[]; departments: readonly DepartmentInTree[]; trend: readonly TrendPoint[]; mayRun: boolean; mayRunAll: boolean }): object {
  const { matrix, ruleSet, run } = found;
  const code = ruleSet.ruleSet;
  const inRun = run === null ? '' : `&run=${run.number}`;
  const picture = matrixPicture({
    title: `${ruleSet.title}　システムごとの点検結果`, matrix, contradictions: found.contradictions, withContradictions: ruleSet.per === undefined,
    links: {
      system: (id) => `/systems/${id}`,
      viewpoint: (id, viewpoint) => `/checks/systems/${id}?ruleSet=${code}${inRun}#${viewpoint}`,
      contradictions: (id) => `/checks/systems/${id}?about=assessments${inRun}`,
    },
  });
  const contradictions = [...found.contradictions.entries()].filter(([id, one]) => one.rules > 0 && matrix.rows.some((row) => row.system.id === id));
  const shown = run ?? found.newest;
  const before = around.runs.find((one) => shown !== null && one.number < shown.number && one.scope === 'all');
  return {
    ruleSet: { code, title: ruleSet.title, viewpoints: ruleSet.viewpoints.length, rules: ruleSet.rules.length, href: `/checks/rules/${code}` },
    ruleSets: found.ruleSets.filter((one) => one.adopted || one.definition.ruleSet === code).map((one) => ({ code: one.definition.ruleSet, title: one.definition.title, chosen: one.definition.ruleSet === code })),
    departments: around.departments.map((one) => ({ id: one.department.id, label: `${'　'.repeat(one.depth)}${one.department.name}`, chosen: one.department.id === asked.department })),
    runs: around.runs.map((one) => ({ number: one.number, label: runLabel(one), chosen: run?.number === one.number })),
    systems: matrix.rows.length, asked: { ...asked },
    when: run === null ? (found.newest === null ? '' : `いまの結果（最後の点検 ${momentOf(found.newest.madeAt)}）`) : runLabel(run),
    everChecked: found.newest !== null, run: run?.number ?? null,
    notMet: matrix.counts['not-met'].toLocaleString('ja-JP'), unknown: matrix.counts.unknown.toLocaleString('ja-JP'), met: matrix.counts.met.toLocaleString('ja-JP'),
    unknownSystems: matrix.unknownSystems, unknownDepartments: new Set(matrix.rows.filter((one) => one.counts.unknown > 0).map((one) => one.system.departmentId)).size,
    contradictions: ruleSet.per !== undefined ? null : { rules: contradictions.reduce((sum, [, one]) => sum + one.rules, 0), assessments: new Set(contradictions.flatMap(([, one]) => one.assessments)).size },
    compare: before === undefined || shown === null ? null : { href: `/checks/compare?before=${before.number}&after=${shown.number}&ruleSet=${code}`, label: `前回（${roundName(before)}）と比べる` },
    trend: around.trend.length < 2 ? null : lineChart({
      width: 460, height: 130, unit: '%', min: 0, max: 100, description: `適合の割合の推移。${around.trend.map((one) => `${formatEra(one.day)} ${percent(one.share)}%`).join('、')}`,
      points: around.trend.map((one) => ({ label: `${Number(one.day.slice(0, 4))}年${Number(one.day.slice(5, 7))}月`, value: percent(one.share) })),
    }),
    pictures: pieces(picture),
    table: { columns: picture.columns.map((one) => one.title), rows: matrix.rows.map((row) => ({ name: row.system.name, href: `/checks/systems/${row.system.id}?ruleSet=${code}${inRun}`, department: row.system.departmentName, cells: cellWords(row, found) })) },
    list: `/checks/matrix.xlsx?ruleSet=${code}&department=${asked.department}&run=${asked.run}`,
    legend: RESULTS.map((one) => ({ tone: one, sign: one === 'not-applicable' ? '' : RESULT_WORDS[one].sign, label: RESULT_WORDS[one].label })),
    unchecked: found.unchecked.slice(0, 20).map((one) => ({ href: `/systems/${one.id}`, name: one.name, department: one.departmentName })), uncheckedMore: Math.max(0, found.unchecked.length - 20), uncheckedAll: found.unchecked.length,
    mayRun: around.mayRun, mayRunAll: around.mayRunAll,
  };
}

/** Rows under one heading: whoever looks at one of them sees what its columns are. */
const ROWS_AT_ONCE = 25;

function pieces(picture: GridPicture): string[] {
  const { rows, title } = picture;
  return Array.from({ length: Math.ceil(rows.length / ROWS_AT_ONCE) }, (_, n) => {
    const some = rows.slice(n * ROWS_AT_ONCE, (n + 1) * ROWS_AT_ONCE);
    const place = rows.length <= ROWS_AT_ONCE ? '' : `（${n * ROWS_AT_ONCE + 1}～${n * ROWS_AT_ONCE + some.length}）`;
    return drawGrid({ ...picture, title: `${title}${place}`, rows: some }, `matrix-${n}`);
  });
}

/** What the cells of a row say, in the order of the columns. */
function cellWords(row: MatrixRow<SystemInMatrix>, { ruleSet, contradictions }: MatrixFound): string[] {
  const here = contradictions.get(row.system.id);
  const contradicted = here === undefined ? '評価書なし' : here.rules === 0 ? 'なし' : `食い違い ${here.rules}`;
  return [...row.cells.map((cell) => `${RESULT_WORDS[cell.result].label}${cellText(cell).replace(/^\D+/u, ' ').trimEnd()}`), ...(ruleSet.per === undefined ? [contradicted] : [])];
}

/** The same as a list. */
export function matrixList(found: MatrixFound): { columns: Column[]; rows: (string | number)[][] } {
  const { matrix, ruleSet } = found;
  const counted = [...RESULTS].map((one) => ({ label: RESULT_WORDS[one].label, width: 8 }));
  return {
    columns: [
      { label: '番号', width: 8 }, { label: 'システム', width: 36 }, { label: '所管課', width: 20 }, ...counted, ...ruleSet.viewpoints.map((one) => ({ label: `${one.number} ${one.shortTitle}`, width: 16 })),
      ...(ruleSet.per === undefined ? [{ label: '評価書との食い違い', width: 16 }] : []),
    ],
    rows: matrix.rows.map((row) => [row.system.number ?? '', row.system.name, row.system.departmentName, ...RESULTS.map((one) => row.counts[one]), ...cellWords(row, found)]),
  };
}

const percent = (share: number): number => Math.round(share * 100);
