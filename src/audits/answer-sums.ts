/** Sums on the answer sheet as formulas of the spreadsheet, over the cells that people fill in. Pure. */
import type { CompiledForm, CompiledItem } from '../engine/form-index.js';
import type { Code, SumTerm } from '../engine/form.js';
import { cellsOfQuestion, rowCells } from './answer-row-lines.js';
import type { AnswerLine } from './answer-rows.js';

export interface WrittenLines {
  /** Number of the line with this key. */
  row(key: string): number | null;
  /** Letters of the nth column of answers, from 0. */
  column(n: number): string;
  /** Lines of a question, in their order; none where it is answered in the browser. */
  linesOf(code: Code): readonly AnswerLine[];
  sumCell(code: Code): string | null;
}

/** Without the equals sign; null where the sheet does not hold all that is added. */
export function sumFormula(form: CompiledForm, { item }: CompiledItem, written: WrittenLines): string | null {
  if (item.kind !== 'computed' || item.compute.rule !== 'sum-of') return null;
  const terms = item.compute.of.map((term) => termFormula(form, term, written));
  return terms.includes(null) ? null : terms.join('+');
}

function termFormula(form: CompiledForm, term: SumTerm, written: WrittenLines): string | null {
  if ('rowsOf' in term) return countFormula(form, term.rowsOf, written);
  if ('table' in term) {
    const table = form.byCode.get(term.table)?.item;
    const at = table?.kind === 'table' ? table.columns.findIndex(({ code }) => code === term.column) : -1;
    return at < 0 ? null : over(term.table, at, at, written, (range) => `SUM(${range})`);
  }
  const found = form.byCode.get(term.item);
  if (found === undefined) return null;
  if (found.item.kind === 'computed') return written.sumCell(term.item);
  const group = found.groups.at(-1);
  if (group === undefined) return over(term.item, 0, 0, written, (range) => `SUM(${range})`);
  const cells = cellsOfQuestion(form.childrenOf.get(group) ?? [], form.definition.optionSets, term.item);
  return cells === null ? null : over(group, cells.from, cells.from, written, (range) => `SUM(${range})`);
}

/** Lines in which something is written. */
function countFormula(form: CompiledForm, code: Code, written: WrittenLines): string | null {
  const found = form.byCode.get(code);
  if (found === undefined) return null;
  const columns = found.item.kind === 'group' ? rowCells(form.childrenOf.get(code) ?? [], form.definition.optionSets).length : found.item.kind === 'table' ? found.item.columns.length : 1;
  // Of a list of records the third cell is the name: a line with a heading alone is none.
  const first = found.item.kind === 'record-list' ? 2 : 0;
  const each = Array.from({ length: columns }, (_, n) => over(code, first + n, first + n, written, (range) => `(${range}<>"")`));
  return each.length === 0 || each.includes(null) ? null : `SUMPRODUCT(--(${each.join('+')}>0))`;
}

function over(code: Code, from: number, to: number, written: WrittenLines, formula: (range: string) => string): string | null {
  const rows = written.linesOf(code).map(({ key }) => written.row(key));
  if (rows.length === 0 || rows.includes(null)) return null;
  return formula(`${written.column(from)}${rows[0]!}:${written.column(to)}${rows.at(-1)!}`);
}
