/**
 * 集計: makes the tables of a definition from datasets, and says which records stand behind a figure. Pure; nothing throws on odd
 * data. A definition that names what is not there (`checkTabulation` tells) gets figures that say －.
 */
import { Big } from 'big.js';
import { exactText } from './decimal.js';
import { Cells, figureOf, roundingOf, shareCell, type Cell } from './tabulation-cells.js';
import { leavesOf, type Leaf } from './tabulation-columns.js';
import { TableCounts, TOTAL, type RowHead } from './tabulation-counting.js';
import { FIRST, MISSING_PLACE, NOT_ASKED_PLACE, PackedDataset } from './tabulation-packing.js';
import { denominatorNotes, partsNote, type PrintedShare } from './tabulation-notes.js';
import { compareCells, NOTHING_NOTE, signNotes, topSentence } from './tabulation-words.js';
import type { Code } from './form.js';
import type { Contradiction, Dataset, DatasetRecord, Figure, FigureAddress, TableDefinition, TableResult, TableRow, TabulationDefinition, TabulationResult, Rounding } from './tabulation.js';

/** One packing for each dataset, however many tables read it. */
export type Packed = (code: Code) => PackedDataset;

export function packedDatasets(datasets: readonly Dataset[]): Packed {
  const packs = new Map<Code, PackedDataset>();
  return (code) => {
    let pack = packs.get(code);
    if (!pack) packs.set(code, (pack = new PackedDataset(datasets.find((one) => one.code === code) ?? { code, title: code, unit: '', fields: [], records: [] })));
    return pack;
  };
}

export function tabulate(definition: TabulationDefinition, datasets: readonly Dataset[], packed: Packed = packedDatasets(datasets)): TabulationResult {
  const tables = definition.tables.map((table) => tableResult(table, definition.rounding, packed(table.dataset)));
  return { code: definition.code, title: definition.title, tables, contradictions: contradictionsOf(definition.agreeing ?? [], tables) };
}

/** The records behind a figure, in the order of the dataset; none for an address that is not there. A share shows those of its part. */
export function drill(definition: TabulationDefinition, datasets: readonly Dataset[], address: FigureAddress): DatasetRecord[] {
  const table = definition.tables.find((one) => address.startsWith(`${one.code}/`));
  if (!table) return [];
  const pack = packedDatasets(datasets)(table.dataset);
  const counts = new TableCounts(pack, table);
  const leaves = leavesOf(table.columns, pack);
  const place = address.slice(table.code.length + 1);
  for (const { code, at } of [{ code: 'total', at: TOTAL }, ...counts.heads]) {
    const leaf = place.startsWith(`${code}/`) ? leaves.find((one) => place === `${code}/${one.code}` || place === `${code}/${one.code}%`) : undefined;
    if (!leaf) continue;
    const behind = recordTest(leaf, new Map(leaves.map((one) => [one.code, one])), counts);
    return pack.dataset.records.filter((_, n) => behind(n, at));
  }
  return [];
}

/** Every figure of a result by its address. */
export function figuresOf(result: TabulationResult): Map<FigureAddress, { figure: Figure; table: TableResult; row: TableRow; column: number }> {
  return new Map(result.tables.flatMap((table) => table.rows.flatMap((row) => [...row.figures, ...(row.shares ?? [])].map((figure, n) => [figure.address, { figure, table, row, column: n % row.figures.length }] as const))));
}

type RecordTest = (record: number, row: number) => boolean;

function recordTest(leaf: Leaf, leaves: ReadonlyMap<Code, Leaf>, counts: TableCounts, seen: ReadonlySet<Code> = new Set()): RecordTest {
  const { column } = leaf;
  if (leaf.parts.length > 0) {
    const inner = new Set([...seen, leaf.code]);
    const tests = leaf.parts.flatMap((code) => (leaves.has(code) && !inner.has(code) ? [recordTest(leaves.get(code)!, leaves, counts, inner)] : []));
    return (record, row) => tests.some((test) => test(record, row));
  }
  const there: RecordTest = (record, row) => counts.holds(record, row, column.withoutListedAgain === true);
  if (column.measure === 'count' || column.measure === 'columns' || column.measure === 'share') return there;
  if (column.measure === 'sum' || column.measure === 'average') {
    const { states } = counts.pack.amounts(column.of);
    return (record, row) => states[record] === 2 && there(record, row);
  }
  const field = counts.pack.places(column.of);
  const state = (record: number): number => (field.kind === 'multi' ? field.states[record]! : Math.min(field.places[record]!, FIRST));
  const wanted = { missing: MISSING_PLACE, 'not-asked': NOT_ASKED_PLACE, distinct: FIRST, option: FIRST, cross: FIRST }[column.measure];
  const holds = (record: number): boolean => leaf.place === null || (field.kind === 'single' ? field.places[record] === leaf.place : field.items.subarray(field.starts[record], field.starts[record + 1]).includes(leaf.place - FIRST));
  return (record, row) => state(record) === wanted && holds(record) && there(record, row);
}

interface Made {
  code: string;
  label: string;
  total: boolean;
  at: number;
  cells: Cell[];
}

function tableResult(table: TableDefinition, document: Rounding, pack: PackedDataset): TableResult {
  const counts = new TableCounts(pack, table);
  const leaves = leavesOf(table.columns, pack);
  const cells = new Cells(counts, leaves);
  const made = (head: Omit<Made, 'cells' | 'total'>, total: boolean): Made => ({ ...head, total, cells: leaves.map((leaf) => cells.cell(leaf.code, head.at)) });
  const rows = ordered(counts.heads.map((head: RowHead) => made(head, false)), table, leaves);
  if (table.rows !== undefined && table.total !== undefined) rows.push(made({ code: 'total', label: table.total, at: TOTAL }, true));
  const printed = rows.map((row) => printedRow(row, table, leaves, cells, document));
  const parts = rows.filter((one) => !one.total);
  const note = partsNote({ table, leaves, pack, ...sharesOf(parts, { table, leaves, cells, document }) });
  const records = counts.records(TOTAL, false);
  return {
    code: table.code, title: table.title, unit: pack.dataset.unit, rowsLabel: table.rows?.label ?? '',
    columns: leaves.map(({ code, label, under, unit, column }) => ({ code, label, under, unit, share: column.measure === 'share' })),
    rows: printed, records, denominators: denominatorNotes(table, leaves, (code) => cells.cell(code, TOTAL).value),
    notes: [...(records === 0 ? [NOTHING_NOTE] : []), ...(note === null ? [] : [note]), ...signNotes(printed.flatMap((row) => [...row.figures, ...(row.shares ?? [])])), ...(table.notes ?? [])],
    sentences: (table.sentences ?? []).flatMap((sentence) => {
      const n = leaves.findIndex((leaf) => leaf.code === sentence.column);
      if (n < 0) return [];
      const ranked = parts.flatMap((row, at) => (isAnswer(row) ? [{ label: row.label, cell: row.cells[n]!, figure: printed[at]!.figures[n]! }] : []));
      const text = topSentence(sentence, ranked, { rounding: roundingOf(leaves[n]!, table, document), unit: leaves[n]!.unit });
      return text === null ? [] : [{ code: sentence.code, text }];
    }),
    charts: table.charts ?? [], rounding: table.rounding ?? document,
  };
}

/** Not a row of those that did not answer, or were not asked, by what the rows are made of. */
const isAnswer = ({ at }: Pick<RowHead, 'at'>): boolean => at !== MISSING_PLACE && at !== NOT_ASKED_PLACE;

/** The shares that are printed in rows: over their own totals, and over another column of the row. */
function sharesOf(rows: readonly Made[], { table, leaves, cells, document }: { table: TableDefinition; leaves: readonly Leaf[]; cells: Cells; document: Rounding }) {
  const below = table.shares;
  const ofTotals = leaves.flatMap((leaf, n) => (leaf.column.measure === 'share' && leaf.over === null ? rows.map((row): PrintedShare => ({ leaf, cell: row.cells[n]!, rounding: roundingOf(leaf, table, document) })) : []));
  const overs = [...new Set(leaves.flatMap(({ over }) => over ?? []))];
  const ofRows = rows.flatMap((row) => [
    ...overs.map((over) => ({
      over, shares: leaves.flatMap((leaf, n): PrintedShare[] => (leaf.over === over && cells.leaf(leaf.parts[0]!) !== undefined ? [{ leaf: cells.leaf(leaf.parts[0]!)!, cell: row.cells[n]!, rounding: roundingOf(leaf, table, document) }] : [])),
    })),
    ...(below === undefined ? [] : [{ over: below.over, shares: leaves.map((leaf, n): PrintedShare => ({ leaf, cell: shareCell(row.cells[n], cells.cell(below.over, row.at)), rounding: table.rounding ?? document })) }]),
  ]);
  return { ofTotals, ofRows };
}

/** By a column, in the order of the options where equal; rows without a number and those without an answer stand last. */
function ordered(rows: Made[], { rows: by }: TableDefinition, leaves: readonly Leaf[]): Made[] {
  const n = by?.order === undefined ? -1 : leaves.findIndex((leaf) => leaf.code === by.order!.column);
  if (n < 0) return rows;
  const sign = by!.order!.direction === 'ascending' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [one, other] = [a.cells[n]!, b.cells[n]!];
    if (!isAnswer(a) || !isAnswer(b)) return (isAnswer(a) ? 0 : 1) - (isAnswer(b) ? 0 : 1);
    if (one.value === null || other.value === null) return (one.value === null ? 1 : 0) - (other.value === null ? 1 : 0);
    return compareCells(one, other) * sign;
  });
}

function printedRow(row: Made, table: TableDefinition, leaves: readonly Leaf[], cells: Cells, document: Rounding): TableRow {
  const at = `${table.code}/${row.code}`;
  const label = (code: Code): string => cells.leaf(code)?.label ?? code;
  const denominator = (leaf: Leaf): string => {
    if (leaf.column.measure === 'average') return '回答のあった数';
    if (leaf.over !== null) return label(leaf.over);
    return `「${label(leaf.parts[0] ?? leaf.code)}」の${table.total ?? '合計'}`;
  };
  const figures = leaves.map((leaf, n) => figureOf(`${at}/${leaf.code}`, row.cells[n]!, {
    rounding: roundingOf(leaf, table, document), denominator: denominator(leaf), as: leaf.column.measure === 'share' ? 'share' : leaf.column.measure === 'average' ? 'average' : null,
  }));
  const below = table.shares;
  if (below === undefined) return { code: row.code, label: row.label, total: row.total, figures, shares: null };
  const shares = leaves.map((leaf, n): Figure => {
    const address = `${at}/${leaf.code}%`;
    if (leaf.code === below.over || leaf.column.measure === 'share' || leaf.column.measure === 'average') return { address, state: 'value', value: null, text: '', denominator: null };
    return figureOf(address, shareCell(row.cells[n], cells.cell(below.over, row.at)), { rounding: table.rounding ?? document, denominator: label(below.over), as: 'share' });
  });
  return { code: row.code, label: row.label, total: row.total, figures, shares };
}

/** Figures that should say the same and do not, each with its place. What has no number contradicts nothing. */
function contradictionsOf(agreements: NonNullable<TabulationDefinition['agreeing']>, tables: TableResult[]): Contradiction[] {
  if (agreements.length === 0) return [];
  const found = figuresOf({ code: '', title: '', tables, contradictions: [] });
  return agreements.flatMap(({ name, figures }) => {
    const places = figures.flatMap((address) => found.get(address) ?? []).filter(({ figure }) => figure.value !== null);
    if (new Set(places.map(({ figure }) => exactText(new Big(figure.value!)))).size < 2) return [];
    return [{ name, places: places.map(({ figure, table, row, column }) => ({ address: figure.address, table: table.title, row: row.label, column: table.columns[column]!.label, text: figure.text })) }];
  });
}
