/** 集計: the register counted by class, as an audit report prints it. Pure. */
import type { Breakdown } from '../../systems/breakdown.js';
import type { Column } from '../../rendering/workbook.js';

export interface Counted { label: string; breakdown: Breakdown }

/** One table: what is counted, with a row for each thing and a column for each class and for all. */
export interface CountTable {
  title: string;
  about: string;
  /** With 構成比. */
  shared: boolean;
  rows: { label: string; cells: { count: number; share: string }[]; total: boolean }[];
}

const SUMS: { label: string; of(one: Breakdown): number }[] = [
  { label: 'システム', of: (one) => one.systems },
  { label: '所管する部署（実数）', of: (one) => one.owners },
  { label: '利用する部署（実数）', of: (one) => one.users },
  { label: '所管か利用のある部署（実数）', of: (one) => one.departments },
  { label: '利用する部署（延べ・再掲を含む）', of: (one) => one.grossDepartments },
  { label: '利用する課（延べ）', of: (one) => one.grossSections },
  { label: '端末の台数', of: (one) => one.terminals },
  { label: '課の数がわからない利用', of: (one) => one.withoutSections },
  { label: '台数がわからない利用', of: (one) => one.withoutTerminals },
  { label: '委託契約', of: (one) => one.contracts },
];

/** @param classes in their order; @param all over every class (departments are counted once, so the columns need not add up to it) */
export function countTables(classes: readonly Counted[], all: Breakdown): CountTable[] {
  const columns = [...classes.map((one) => one.breakdown), all];
  const sums: CountTable = {
    title: '数と利用', shared: false, about: '部署の実数は、いくつの区分にまたがっても計では1と数えるため、区分の和と計が合わないことがあります。',
    rows: SUMS.map(({ label, of }) => ({ label, cells: columns.map((one) => ({ count: of(one), share: '' })), total: false })),
  };
  const items = all.items.map(({ code, label, options }): CountTable => {
    const of = (one: Breakdown) => one.items.find((item) => item.code === code)!;
    const row = (name: string, count: (one: Breakdown) => number): CountTable['rows'][number] => ({ label: name, cells: columns.map((one) => ({ count: count(one), share: share(count(one), one.systems) })), total: false });
    return {
      title: label, about: '', shared: true,
      rows: [
        ...options.map((option) => row(option.label, (one) => of(one).options.find((each) => each.code === option.code)!.count)), row('記入なし', (one) => of(one).blank),
        { label: '計', cells: columns.map((one) => ({ count: one.systems, share: '' })), total: true },
      ],
    };
  });
  return [sums, ...items];
}

/** 構成比, one decimal; blank where there is nothing to divide by. */
function share(count: number, of: number): string {
  return of === 0 || count === 0 ? '' : `${((count / of) * 100).toFixed(1)}%`;
}

export function breakdownView(classes: readonly Counted[], all: Breakdown): object {
  return {
    systems: all.systems, columns: [...classes.map((one) => one.label), '計'],
    tables: countTables(classes, all).map((table) => ({ ...table, rows: table.rows.map((row) => ({ ...row, cells: row.cells.map((cell) => ({ count: cell.count.toLocaleString('ja-JP'), share: cell.share })) })) })),
  };
}

export function breakdownRows(classes: readonly Counted[], all: Breakdown): { columns: Column[]; rows: (string | number)[][] } {
  return {
    columns: [{ label: '項目', width: 28 }, { label: '内訳', width: 32 }, ...classes.map((one) => ({ label: one.label, width: 18 })), { label: '計', width: 10 }],
    rows: countTables(classes, all).flatMap((table) => table.rows.map((row) => [table.title, row.label, ...row.cells.map((cell) => cell.count)])),
  };
}
