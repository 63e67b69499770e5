/** Tables of a tabulation and lists of records (別表) as they are printed. Pure. */
import type { Dataset, DatasetField, DatasetRecord, TableChart, TableResult } from '../engine/tabulation.js';
import { pictureOf } from '../rendering/table-chart.js';
import type { ChartModel, ListingModel, TableModel } from './audit-document.model.js';

/** From so many columns on, long heads stand upright so that the table fits a page. */
const UPRIGHT_FROM = 9;
const SHORT_HEAD = 4;
/** Letters from which the head of a column of numbers in a list stands upright. */
const LONG_HEAD = 5;
const SHORT_WORD = 6;
/** A table of so few rows stays on one page. */
const MOST_ROWS_WHOLE = 12;
const FEW_COLUMNS = 4;
/** mm that the columns of an upright A4 page share beside a slim label, what each loses to its edges, and a letter of 8 pt. */
const ACROSS = 138;
const EDGES = 1.4;
const LETTER = 2.83;
/** Figures of shares are set closer. */
const SHARES = 0.9;
/** Columns that an upright A4 page bears, however short their figures are. */
const MOST_COLUMNS = 18;

export function tableModel({ result, shareLabel }: { result: TableResult; shareLabel: string }, anchor: string): TableModel {
  const { columns } = result;
  const wide = columns.length >= UPRIGHT_FROM && !fitsUpright(result);
  return {
    anchor, title: result.title, whole: result.rows.length <= MOST_ROWS_WHOLE, labels: columns.length <= FEW_COLUMNS ? 'broad' : columns.length >= UPRIGHT_FROM ? 'slim' : 'label', wide, heads: headsOf(result, wide),
    columns: columns.map(() => (columns.length >= UPRIGHT_FROM ? 'narrow' : 'number')),
    bodies: bodiesOf(result.rows.map((row) => ({
      label: row.label, total: row.total, cells: row.figures.map((one) => one.text), shares: row.shares === null ? null : row.shares.map((one) => one.text),
    })), 2, 3).map((rows) => ({ rows })), span: columns.length + 1,
    shareLabel, notes: [...result.denominators, ...result.notes], sentences: result.sentences.map((one) => one.text), charts: result.charts.flatMap((chart) => chartModel(result, chart)),
  };
}

/** Letters that stand beside each other in a column of an upright page. */
const lettersAcross = (columns: number): number => (ACROSS / columns - EDGES) / LETTER;

/** Width of a figure, in letters: 100.0% takes as much as three and a half. */
const figureWidth = (text: string): number => [...text].reduce((sum, one) => sum + (/\d/u.test(one) ? 0.62 : /[.,\-]/u.test(one) ? 0.32 : one === '%' ? 0.85 : 1), 0);

function fitsUpright({ columns, rows }: TableResult): boolean {
  const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(figureWidth));
  const needed = Math.max(widest(rows.flatMap((row) => row.figures.map((one) => one.text))), widest(rows.flatMap((row) => row.shares?.map((one) => one.text) ?? [])) * SHARES);
  return columns.length <= MOST_COLUMNS && needed <= lettersAcross(columns.length);
}

/** Rows that stay together: the first with the head, the last with the total and the notes. */
function bodiesOf<R>(rows: readonly R[], first: number, last: number): R[][] {
  if (rows.length <= first + last) return rows.length === 0 ? [] : [[...rows]];
  return [rows.slice(0, first), ...rows.slice(first, -last).map((one) => [one]), rows.slice(-last)];
}

/** One word of Japanese: 現地調査, ウイルス対策. */
const isShort = (text: string): boolean => text.length <= SHORT_WORD && !/[ぁ-ん（(・]/u.test(text);

type Head = TableModel['heads'][number]['cells'][number];

/** One row of heads, or two where columns stand under a common head. */
function headsOf({ rowsLabel, columns }: TableResult, wide: boolean): TableModel['heads'] {
  const short = wide ? SHORT_HEAD : Math.min(SHORT_HEAD, lettersAcross(columns.length));
  const upright = (text: string): boolean => columns.length >= UPRIGHT_FROM && text.length > short;
  const own = (text: string, rows: number): Head => ({ text, columns: 1, rows, upright: upright(text), even: isShort(text) });
  if (columns.every((one) => one.under === '')) return [{ cells: [{ ...own(rowsLabel, 1), upright: false }, ...columns.map((one) => own(one.label, 1))] }];
  const first: Head[] = [{ ...own(rowsLabel, 2), upright: false }];
  columns.forEach((column, n) => {
    if (column.under === '') first.push(own(column.label, 2));
    else if (n > 0 && columns[n - 1]!.under === column.under) first.at(-1)!.columns += 1;
    else first.push({ text: column.under, columns: 1, rows: 1, upright: false, even: isShort(column.under) });
  });
  return [{ cells: first }, { cells: columns.filter((one) => one.under !== '').map((one) => own(one.label, 1)) }];
}

function chartModel(result: TableResult, chart: TableChart): ChartModel[] {
  const picture = pictureOf(result, chart);
  return picture === null ? [] : [{ title: chart.title, ...picture }];
}

/**
 * A dataset as a list. Neighbours that are one thing (equal in every text) are kept together, and what is equal in them from the left
 * on is printed once; what is listed again says so.
 */
export function listingModel({ title, fields, records }: Dataset): ListingModel {
  const texts = fields.filter((one) => one.kind === 'text' && one.code !== fields.at(-1)!.code);
  const keys = texts.length === 0 ? fields.slice(0, 1) : [...fields.filter((one, n) => n === 0 && one.kind !== 'text'), ...texts];
  const same = (a: DatasetRecord, b: DatasetRecord): boolean => keys.every(({ code }) => a.values[code] === b.values[code]);
  const groups: DatasetRecord[][] = [];
  for (const record of records) {
    const last = groups.at(-1);
    if (last !== undefined && same(last[0]!, record)) last.push(record);
    else groups.push([record]);
  }
  const widths = widthsOf(fields, records);
  return {
    title, columns: fields.map((field, n) => ({ label: field.label, width: widths[n]!, number: field.kind === 'number', upright: field.kind === 'number' && field.label.length > LONG_HEAD, even: isShort(field.label) })),
    groups: bodiesOf(groups.map((group) => rowsOf(fields, group)), 1, 2).map((together) => ({ rows: together.flat() })), span: fields.length,
    notes: [...(records.some((one) => one.listedAgain) ? ['※（再掲）は、別の部局の欄にも載せたものである。'] : []), ...(records.some((one) => fields.some(({ code }) => one.values[code] === null)) ? ['※「…」は、数が分からないものである。'] : [])],
  };
}

function rowsOf(fields: readonly DatasetField[], group: readonly DatasetRecord[]): ListingModel['groups'][number]['rows'] {
  const joined = fields.findIndex(({ code }) => group.some((one) => one.values[code] !== group[0]!.values[code]));
  const together = group.length === 1 ? 0 : joined < 0 ? fields.length : joined;
  const noted = fields.findIndex((one, n) => n >= together && one.kind === 'class');
  return group.map((record, n) => ({
    cells: fields.flatMap((field, at) => {
      if (at < together && n > 0) return [];
      return [{ text: cellText(field, record), number: field.kind === 'number', span: at < together ? group.length : 1, note: record.listedAgain && at === noted ? '（再掲）' : '' }];
    }),
  }));
}

function cellText({ code, kind, options }: DatasetField, { values }: DatasetRecord): string {
  const value = values[code];
  if (value === undefined) return '';
  if (value === null) return '…';
  const label = (one: string): string => options?.find((option) => option.code === one)?.label ?? one;
  if (Array.isArray(value)) return value.map(label).join('、');
  return kind === 'number' ? Number(value).toLocaleString('ja-JP') : label(String(value));
}

/** Shares of the width in per cent: names and short heads in full, long texts by how much they hold. */
function widthsOf(fields: readonly DatasetField[], records: readonly DatasetRecord[]): number[] {
  const needs = fields.map((field) => {
    const lengths = records.map((one) => cellText(field, one).length).sort((a, b) => a - b);
    if (field.kind === 'number') return 4.6;
    const head = field.label.length <= LONG_HEAD ? field.label.length + 1.4 : 0;
    return field.kind === 'class' ? Math.min(15, Math.max(5, lengths.at(-1) ?? 0, head - 1.6) + 1.6) : Math.min(22, Math.max(4.2, head, lengths[Math.floor(lengths.length * 0.9)] ?? 0));
  });
  const whole = needs.reduce((sum, one) => sum + one, 0);
  return needs.map((need) => Number(((need / whole) * 100).toFixed(1)));
}
