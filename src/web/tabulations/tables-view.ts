/** Tables of an audit as its page shows them: heads in two lines, figures that lead to their answers, charts, contradictions. Pure. */
import type { TabulationOfAudit } from '../../audits/tabulations.service.js';
import { figuresOf } from '../../engine/tabulating.js';
import type { DatasetField, DatasetRecord, Figure, FigureAddress, FigureState, TableChart, TableDefinition, TableResult, TableRow } from '../../engine/tabulation.js';
import { writeReference } from '../../engine/references.js';
import { pictureOf, tableChart } from '../../rendering/table-chart.js';

const WIDTH = 760;

const figureHref = (auditId: string, address: FigureAddress): string => `/audits/${auditId}/tabulations/figure?address=${encodeURIComponent(address)}`;

export function tablesView(auditId: string, all: readonly TabulationOfAudit[]): object {
  return {
    contradictions: all.flatMap(({ result }) => result.contradictions.map(({ name, places }) => ({ name, places: places.map((one) => ({ ...one, href: figureHref(auditId, one.address) })) }))),
    tabulations: all.map(({ id, version, definition, datasets, result, problems }) => ({
      id, version: String(version), title: definition.title, edit: `/audits/${auditId}/tabulations/${id}/edit`, move: `/audits/${auditId}/tabulations/${id}/move`, problems: problems.map((one) => one.reason),
      tables: result.tables.map((table) => {
        const own = definition.tables.find((one) => one.code === table.code)!;
        return { ...tableView(auditId, table, own.shares?.label ?? ''), source: datasets.find(({ code }) => code === own.dataset)?.title ?? '' };
      }),
    })),
  };
}

function tableView(auditId: string, table: TableResult, shareLabel: string): object {
  const two = table.columns.some((one) => one.under !== '');
  const line = (row: TableRow, figures: readonly Figure[], label: string, share: boolean): object => ({
    label, total: row.total, share, cells: figures.map((one, n) => ({ text: one.text, href: one.text === '' ? '' : figureHref(auditId, one.address), what: `${row.label} ${table.columns[n]!.label}${share ? ` ${label}` : ''}` })),
  });
  return {
    code: table.code, title: table.title, rowsLabel: table.rowsLabel, two, under: groupsOf(table), columns: table.columns.map((one) => ({ label: one.label, alone: one.under === '' })), below: table.columns.filter((one) => one.under !== '').map((one) => one.label),
    lines: table.rows.flatMap((row) => [line(row, row.figures, row.label, false), ...(row.shares === null ? [] : [line(row, row.shares, shareLabel, true)])]),
    notes: [...table.denominators, ...table.notes], sentences: table.sentences.map((one) => one.text), charts: table.charts.map((chart) => ({ title: chart.title, svg: chartOf(table, chart) })).filter((one) => one.svg !== ''),
    reference: writeReference({ kind: 'table', code: table.code }), anchor: `table-${table.code}`,
  };
}

/** Heads of the first line: a column by itself, or what several stand under. */
function groupsOf({ columns }: TableResult): { label: string; span: number; alone: boolean }[] {
  const groups: { label: string; span: number; alone: boolean }[] = [];
  for (const { label, under } of columns) {
    const last = groups.at(-1);
    if (under !== '' && last?.alone === false && last.label === under) last.span += 1;
    else groups.push({ label: under === '' ? label : under, span: 1, alone: under === '' });
  }
  return groups;
}

/** Blank when there is nothing to draw. */
function chartOf(table: TableResult, chart: TableChart): string {
  const picture = pictureOf(table, chart);
  return picture === null ? '' : tableChart({ ...picture, width: WIDTH });
}

const STATES: Readonly<Record<FigureState, string>> = { value: '', zero: '該当するものは0です。', missing: '尋ねましたが、だれも答えていません。', 'not-asked': '尋ねていません。', 'no-denominator': '分母が0なので、割合はありません。' };

/** One figure with the answers behind it. Null: there is none at this address. */
export function figureView(auditId: string, all: readonly TabulationOfAudit[], address: FigureAddress, drill: (one: TabulationOfAudit) => DatasetRecord[]): object | null {
  for (const one of all) {
    const figures = figuresOf(one.result);
    const found = figures.get(address);
    if (found === undefined || found.figure.text === '') continue;
    const { figure, table, row, column } = found;
    const own = one.definition.tables.find(({ code }) => code === table.code)!;
    const dataset = one.datasets.find(({ code }) => code === own.dataset);
    const fields = fieldsBehind(own, table.columns[column]!.code).flatMap((code) => dataset?.fields.filter((field) => field.code === code) ?? []);
    const records = drill(one);
    return {
      address, table: table.title, row: row.label, column: `${table.columns[column]!.under === '' ? '' : `${table.columns[column]!.under}　`}${table.columns[column]!.label}${address.endsWith('%') ? '　構成比' : ''}`, text: figure.text, unit: figure.text.endsWith('%') ? '' : table.columns[column]!.unit,
      denominator: figure.denominator, parts: dividedIn(own, { row: row.code, column: table.columns[column]!.code, below: address.endsWith('%') }).flatMap(({ name, at }) => {
        const part = figures.get(at);
        // A table without a row of totals shows no figure to lead to.
        if (part === undefined) return name === '分母' && figure.denominator !== null ? [{ name, text: figure.denominator.value, what: figure.denominator.label, href: '' }] : [];
        return [{ name, text: part.figure.text, what: `${part.row.label}　${part.table.columns[part.column]!.label}`, href: figureHref(auditId, at) }];
      }), state: STATES[figure.state], reference: writeReference({ kind: 'figure', address, seen: figure.text }), back: `/audits/${auditId}/tabulations#table-${table.code}`,
      dataset: dataset?.title ?? '', fields: fields.map((field) => field.label), listedAgain: records.some((record) => record.listedAgain === true),
      records: records.map((record) => ({ label: record.label, href: record.href ?? '', again: record.listedAgain === true, said: fields.map((field) => saidIn(record, field)) })),
    };
  }
  return null;
}

/** Of a share: the figures that are divided, by their addresses. */
function dividedIn({ code, rows, columns, shares }: TableDefinition, { row, column, below }: { row: string; column: string; below: boolean }): { name: string; at: FigureAddress }[] {
  const divided = (part: string, whole: { row: string; column: string }): { name: string; at: FigureAddress }[] => [{ name: '分子', at: `${code}/${row}/${part}` }, { name: '分母', at: `${code}/${whole.row}/${whole.column}` }];
  if (below) return divided(column, { row, column: shares?.over ?? '' });
  const own = columns.find((one) => one.measure === 'share' && (one.code === column || column.startsWith(`${one.code}.`)));
  if (own?.measure !== 'share') return [];
  const part = `${own.of}${column.slice(own.code.length)}`;
  return divided(part, own.over === 'total' ? { row: rows === undefined ? row : 'total', column: part } : { row, column: own.over.column });
}

/** Fields that a column counts, also through the columns that it is made of. */
function fieldsBehind({ columns }: TableDefinition, code: string, seen: readonly string[] = []): string[] {
  const column = columns.find((one) => one.code === code || ('of' in one && code.startsWith(`${one.code}.`)));
  if (column === undefined || seen.includes(column.code) || column.measure === 'count') return [];
  const parts = column.measure === 'columns' ? column.of : column.measure === 'share' ? [column.of] : null;
  return parts === null ? [column.of as string] : [...new Set(parts.flatMap((one) => fieldsBehind({ columns } as TableDefinition, one, [...seen, column.code])))];
}

function saidIn({ values }: DatasetRecord, { code, options = [] }: DatasetField): string {
  const value = values[code];
  if (value === undefined) return '（対象外）';
  return value === null ? '（未回答）' : [value].flat().map((part) => options.find((one) => one.code === part)?.label ?? String(part)).join('、');
}
