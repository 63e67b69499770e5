/** 着眼点ごとの一覧 as a picture: the same in the page (with links), the PDF and the workbook. Pure. */
import type { Contradictions, SystemInMatrix } from '../checks/check-results.service.js';
import type { Matrix, MatrixCell, MatrixRow } from '../checks/matrix.js';
import { RESULT_WORDS, type Result, type Viewpoint } from '../engine/rule-set.js';
import type { GridCell, GridPicture, Tone } from '../rendering/grid-picture.js';

export interface MatrixShown {
  title: string;
  matrix: Matrix<SystemInMatrix>;
  contradictions: ReadonlyMap<string, Contradictions>;
  /** Without: no column of contradictions (the set itself is about them). */
  withContradictions: boolean;
  /** Where a cell leads; null for paper. */
  links: { system(id: string): string; viewpoint(id: string, viewpoint: string): string; contradictions(id: string): string } | null;
}

const TONES: Readonly<Record<Result, Tone>> = { met: 'good', 'not-met': 'bad', unknown: 'unknown', 'not-applicable': 'none' };

export function matrixPicture({ title, matrix, contradictions, withContradictions, links }: MatrixShown): GridPicture {
  return {
    title, corner: 'システム',
    columns: [
      ...matrix.viewpoints.map((one) => ({ label: `${one.number}\n${one.shortTitle}`, title: `${one.number} ${one.title}` })),
      ...(withContradictions ? [{ label: '評価書との食い違い', title: '評価書の記載と実態の食い違い' }] : []),
    ],
    rows: matrix.rows.map((row) => ({
      label: row.system.name, note: row.system.departmentName, ...(links === null ? {} : { href: links.system(row.system.id) }),
      cells: [
        ...row.cells.map((cell, n) => drawn(row, cell, matrix.viewpoints[n]!, links?.viewpoint(row.system.id, matrix.viewpoints[n]!.code))),
        ...(withContradictions ? [contradicted(row.system, contradictions.get(row.system.id), links?.contradictions(row.system.id))] : []),
      ],
    })),
  };
}

/** ×5: how many rules fail; ？2: how many are not known. 適合 and 対象外 need no number. */
export function cellText({ result, count }: Pick<MatrixCell, 'result' | 'count'>): string {
  const { sign } = RESULT_WORDS[result];
  return result === 'not-met' || result === 'unknown' ? `${sign}${count}` : result === 'met' ? sign : '';
}

function drawn(row: MatrixRow<SystemInMatrix>, cell: MatrixCell, viewpoint: Viewpoint, href: string | undefined): GridCell {
  const many = cell.result === 'not-met' || cell.result === 'unknown' ? ` ${cell.count}規則` : '';
  const label = `${row.system.name}　${viewpoint.number} ${viewpoint.shortTitle}：${RESULT_WORDS[cell.result].label}${many}${cell.overruled ? '（人が改めた結果を含む）' : ''}`;
  return { tone: TONES[cell.result], text: cellText(cell), label, ...(href === undefined ? {} : { href }), ...(cell.overruled ? { marked: true } : {}) };
}

function contradicted(system: SystemInMatrix, found: Contradictions | undefined, href: string | undefined): GridCell {
  const link = href === undefined ? {} : { href };
  if (found === undefined) return { tone: 'plain', text: '－', label: `${system.name}　評価書なし`, ...link };
  if (found.rules === 0) return { tone: 'good', text: '✓', label: `${system.name}　評価書との食い違いなし`, ...link };
  return { tone: 'doubt', text: `△${found.rules}`, label: `${system.name}　評価書との食い違い ${found.rules}件`, ...link };
}
