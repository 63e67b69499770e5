import type { Listed } from '../assessments/assessment-list.service.js';
import { workbook } from '../rendering/workbook.js';

/** The list of assessments as an XLSX file, one row each. */
export function assessmentListWorkbook(rows: readonly Listed[]): Promise<Buffer> {
  return workbook('評価書', [
    { label: '番号', width: 8 }, { label: '評価書名', width: 48 }, { label: '様式', width: 18 }, { label: '評価実施機関', width: 20 }, { label: '所管課', width: 20 }, { label: '状態', width: 16 },
    { label: '記入済み', width: 10 }, { label: '記入が必要', width: 10 }, { label: '最後の変更', width: 20 }, { label: '変更した人', width: 20 },
  ], rows.map((one) => [one.number ?? '', one.title, one.formTitle, one.bodyName, one.departmentName, one.statusLabel, one.progress.answered, one.progress.asked, new Date(one.changedAt), one.changedBy]));
}
