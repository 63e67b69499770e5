/** A tabulation as it is edited: its tables with their columns, its typed figures, what must agree. Pure. */
import type { Tabulation } from '../../audits/tabulation.entity.js';
import type { Dataset, TableColumn } from '../../engine/tabulation.js';
import { MODES } from './definition-forms.js';

const MEASURE: Readonly<Record<TableColumn['measure'], string>> = {
  count: '数（延べ）', distinct: '実数', sum: '合計', average: '平均', option: '選択肢の数', cross: 'すべての選択肢の数', columns: 'ほかの列の合計', share: '割合', missing: '未回答の数', 'not-asked': '対象外の数',
};

export function editView(auditId: string, { id, version, definition }: Tabulation, datasets: readonly Dataset[]): object {
  const base = `/audits/${auditId}/tabulations/${id}`;
  const titles = new Map(datasets.map((one) => [one.code, one]));
  return {
    base, back: `/audits/${auditId}/tabulations`, title: definition.title, version: String(version), code: definition.code, rounding: `${MODES.find((one) => one.value === definition.rounding.mode)?.label ?? ''}、小数点以下${definition.rounding.digits}桁`,
    agreements: (definition.agreeing ?? []).map((one) => ({ name: one.name, figures: one.figures.join('、') })),
    tables: definition.tables.map((table) => {
      const dataset = titles.get(table.dataset);
      return {
        code: table.code, title: table.title, dataset: dataset?.title ?? table.dataset, by: table.rows === undefined ? '分けない' : (dataset?.fields.find((one) => one.code === table.rows!.by)?.label ?? table.rows.by), only: definition.tables.length === 1,
        columns: table.columns.map((column, n) => ({ code: column.code, label: `${column.under === undefined ? '' : `${column.under}　`}${column.label}`, measure: measureText(column, dataset), first: n === 0, last: n === table.columns.length - 1, single: table.columns.length === 1 })),
      };
    }),
    typed: (definition.typed ?? []).map((one) => ({ code: one.code, title: one.title, number: String(one.records.length) })),
  };
}

function measureText(column: TableColumn, dataset: Dataset | undefined): string {
  const field = 'of' in column && typeof column.of === 'string' ? dataset?.fields.find((one) => one.code === column.of) : undefined;
  const of = field?.label ?? ('of' in column ? [column.of].flat().join('、') : '');
  const option = column.measure === 'option' ? `：${field?.options?.find((one) => one.code === column.option)?.label ?? column.option}` : '';
  const over = column.measure === 'share' ? (column.over === 'total' ? '（合計に対する）' : `（${column.over.column}に対する）`) : '';
  return `${MEASURE[column.measure]}${of === '' ? '' : `　${of}`}${option}${over}${column.withoutListedAgain === true ? '　再掲を除く' : ''}`;
}
