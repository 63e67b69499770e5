/** Formulas that count what the engine counts. */
import type { Leaf } from '../engine/tabulation-columns.js';
import type { Rounding, TableDefinition, TableRow } from '../engine/tabulation.js';

/** Where the data stand: ranges of the sheet of a dataset, one cell for each record. */
export interface Sources {
  /** Never blank. */
  ids: string;
  /** 1 where a record is listed again. */
  again: string;
  /** 1 where the condition of the table takes a record; null: it takes all. */
  selected(table: TableDefinition): string | null;
  /** Range and what stands in it for an option; null: there is no such option. */
  option(field: string, option: string): { range: string; is: string } | null;
  /** The same for records without an answer, or not asked. */
  state(field: string, state: 'missing' | 'not-asked'): { range: string; is: string };
  numbers(field: string): string;
  /** Digits behind the point of the numbers of a field. */
  digits(field: string): number;
  /** 1 for the first record with its value, of its row or of all. */
  first(table: TableDefinition, column: { of: string; withoutListedAgain?: boolean }, reach: 'row' | 'total'): string;
  /** A record may stand in several rows of the table. */
  manyRows(table: TableDefinition): boolean;
}

/** Greater than any amount below zero. */
const ANY_NUMBER = '">-1E+99"';

export function countFormula(source: Sources, table: TableDefinition, leaf: Leaf, row: Pick<TableRow, 'code' | 'total'>, rounding: Rounding): string | null {
  const criteria = placeCriteria(source, table, leaf, row);
  if (criteria === null) return null;
  const { column } = leaf;
  switch (column.measure) {
    case 'count': return counted(source, criteria);
    case 'missing': case 'not-asked': {
      const { range, is } = source.state(column.of, column.measure);
      return counted(source, [...criteria, range, is]);
    }
    case 'option': case 'cross': {
      const place = source.option(column.of, column.measure === 'option' ? column.option : leaf.code.slice(column.code.length + 1));
      return place === null ? null : counted(source, [...criteria, place.range, place.is]);
    }
    case 'distinct': return !row.total && source.manyRows(table) ? null : `SUMIFS(${[source.first(table, column, row.total || table.rows === undefined ? 'total' : 'row'), ...all(source, criteria)].join(',')})`;
    case 'sum': return summed(source, column.of, criteria);
    case 'average': return quotientFormula(summed(source, column.of, criteria), `COUNTIFS(${[source.numbers(column.of), ANY_NUMBER, ...criteria].join(',')})`, rounding, 1, source.digits(column.of));
    default: return null;
  }
}

/** Null: the row cannot be told by a criterion. */
function placeCriteria(source: Sources, table: TableDefinition, { column }: Leaf, row: Pick<TableRow, 'code' | 'total'>): string[] | null {
  const selected = source.selected(table);
  const criteria = [...(selected === null ? [] : [selected, '1']), ...(column.withoutListedAgain === true ? [source.again, '0'] : [])];
  if (row.total || table.rows === undefined) return criteria;
  const place = row.code === 'missing' || row.code === 'not-asked' ? source.state(table.rows.by, row.code) : source.option(table.rows.by, row.code);
  return place === null ? null : [...criteria, place.range, place.is];
}

const all = (source: Sources, criteria: readonly string[]): readonly string[] => (criteria.length > 0 ? criteria : [source.ids, '"<>"']);

function counted(source: Sources, criteria: readonly string[]): string {
  return criteria.length === 0 ? `COUNTA(${source.ids})` : `COUNTIFS(${criteria.join(',')})`;
}

/** What was added in binary fractions is brought back to its digits. */
function summed(source: Sources, field: string, criteria: readonly string[]): string {
  const digits = source.digits(field);
  const sum = `SUMIFS(${[source.numbers(field), ...all(source, criteria)].join(',')})`;
  return digits === 0 ? sum : `ROUND(${sum},${digits})`;
}

/**
 * A quotient rounded from whole numbers: `times` of it (100: percent) with so many digits. ABS and SIGN round amounts below zero as
 * the product does. － over nothing; what stands in the place of a number to divide is said again.
 * @param decimals digits of the two numbers behind the point
 */
export function quotientFormula(part: string, whole: string, { mode, digits }: Rounding, times: 1 | 100, decimals = 0): string {
  const scale = 10 ** decimals;
  const integer = (text: string): string => (decimals === 0 ? `ABS(${text})` : `ROUND(ABS(${text})*${scale},0)`);
  const [a, b] = [`${integer(part)}*${times * 10 ** digits}`, integer(whole)];
  // Excel's MOD refuses a quotient beyond 10^12.
  const rest = `(${a}-${b}*QUOTIENT(${a},${b}))`;
  const rounded = {
    down: `QUOTIENT(${a},${b})`,
    'half-up': `QUOTIENT(2*${a}+${b},2*${b})`,
    'half-even': `(QUOTIENT(${a},${b})+IF(2*${rest}>${b},1,IF(2*${rest}=${b},MOD(QUOTIENT(${a},${b}),2),0)))`,
  }[mode];
  const unit = 10 ** digits;
  return `IF(COUNT(${part})=0,${part},IF(COUNT(${whole})=0,"－",IF(${whole}=0,"－",SIGN(${part})*SIGN(${whole})*${rounded}${digits === 0 ? '' : `/${unit}`})))`;
}
