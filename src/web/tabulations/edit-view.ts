/** A tabulation as it is edited: its tables with their columns, its typed figures, what must agree. Pure. */
import type { Tabulation } from '../../audits/tabulation.entity.js';
import type { Dataset, Rounding, TableColumn, TableDefinition } from '../../engine/tabulation.js';
import { MODES, singlesOf } from './definition-forms.js';

const MEASURE: Readonly<Record<TableColumn['measure'], string>> = {
  count: '数（延べ）', distinct: '実数', sum: '合計', average: '平均', option: '選択肢の数', cross: 'すべての選択肢の数', columns: 'ほかの列の合計', share: '割合', missing: '未回答の数', 'not-asked': '対象外の数',
};

export function editView(auditId: string, { id, version, definition }: Tabulation, datasets: readonly Dataset[]): object {
  const base = `/audits/${auditId}/tabulations/${id}`;
  const titles = new Map(datasets.map((one) => [one.code, one]));
  return {
    base, back: `/audits/${auditId}/tabulations`, title: definition.title, version: String(version), code: definition.code, rounding: roundingText(definition.rounding),
    agreements: (definition.agreeing ?? []).map((one) => ({ name: one.name, figures: one.figures.join('、') })),
    tables: definition.tables.map((table, at) => {
      const dataset = titles.get(table.dataset);
      return {
        code: table.code, title: table.title, dataset: dataset?.title ?? table.dataset, by: rowsText(table, dataset), only: definition.tables.length === 1, first: at === 0, last: at === definition.tables.length - 1, rounding: table.rounding === undefined ? '' : roundingText(table.rounding),
        columns: table.columns.map((column, n) => ({ code: column.code, label: `${column.under === undefined ? '' : `${column.under}　`}${column.label}`, measure: measureText(table, column, dataset), first: n === 0, last: n === table.columns.length - 1, single: table.columns.length === 1 })),
      };
    }),
    typed: (definition.typed ?? []).map((one) => ({ code: one.code, title: one.title, number: String(one.records.length) })),
  };
}

const roundingText = ({ mode, digits }: Rounding): string => `${MODES.find((one) => one.value === mode)?.label ?? ''}、小数点以下${digits}桁`;

function rowsText(table: TableDefinition, dataset: Dataset | undefined): string {
  if (table.rows === undefined) return '分けない';
  const { by, order } = table.rows;
  const name = dataset?.fields.find((one) => one.code === by)?.label ?? by;
  return order === undefined ? name : `${name}（${columnNames(table, dataset).get(order.column) ?? order.column}の${order.direction === 'descending' ? '大きい' : '小さい'}順）`;
}

function measureText(table: TableDefinition, column: TableColumn, dataset: Dataset | undefined): string {
  const field = 'of' in column && typeof column.of === 'string' ? dataset?.fields.find((one) => one.code === column.of) : undefined;
  const named = columnNames(table, dataset);
  const of = field?.label ?? ('of' in column ? [column.of].flat().map((code) => named.get(code) ?? code).join('、') : '');
  const option = column.measure === 'option' ? `：${field?.options?.find((one) => one.code === column.option)?.label ?? column.option}` : '';
  const over = column.measure === 'share' ? (column.over === 'total' ? '（その合計に対する）' : `（${named.get(column.over.column) ?? column.over.column}に対する）`) : '';
  const rounding = 'rounding' in column && column.rounding !== undefined ? `　${roundingText(column.rounding)}` : '';
  return `${MEASURE[column.measure]}${of === '' ? '' : `　${of}`}${option}${over}${column.withoutListedAgain === true ? '　再掲を除く' : ''}${rounding}`;
}

/** Columns of the table by their codes, those of one option too. */
const columnNames = (table: TableDefinition, dataset: Dataset | undefined): ReadonlyMap<string, string> => new Map([...(dataset === undefined ? [] : singlesOf(table, dataset).map(({ value, label }) => [value, label] as const)), ...table.columns.map((one) => [one.code, one.label] as const)]);
