/** Typed tables: rows of texts by column. */
import { checkText, LIMITS, recordOf, type Checking } from './answer-texts.js';
import type { AnswerValue, TableItem } from './form.js';

const NUMERAL = /^-?\d{1,15}(?:\.\d{1,6})?$/u;

export function checkTable(value: unknown, { item, options, problem }: Checking): AnswerValue | null {
  const { columns } = item as TableItem;
  if (!Array.isArray(value)) {
    problem('wrong-type', '値の型が違います。表の行として入力してください。');
    return null;
  }
  if (value.length > LIMITS.tableRows) {
    problem('too-many', `${value.length.toLocaleString('ja-JP')}行あります。${LIMITS.tableRows.toLocaleString('ja-JP')}行以内にしてください。`);
    return null;
  }
  return value.map((row: unknown, n) => {
    const cells = recordOf(row, columns.map((column) => column.code), problem, `${n + 1}行目`);
    const result: Record<string, string> = {};
    if (!cells) return result;
    for (const column of columns) {
      const cell = cells[column.code];
      if (cell === undefined) continue;
      const place = `${n + 1}行目「${column.label}」`;
      const text = checkText(cell, column.kind === 'long-text' ? LIMITS.longText : LIMITS.text, problem, place);
      if (text === null) continue;
      result[column.code] = text;
      if (text === '') continue;
      if (column.kind === 'choice' && !options(column.options ?? '').some((option) => option.code === text)) {
        problem('unknown-option', `${place}に「${text.slice(0, 60)}」という選択肢はありません。選択肢から選んでください。`);
      }
      if (column.kind === 'number') {
        const folded = text.normalize('NFKC').trim().replaceAll(',', '');
        if (NUMERAL.test(folded)) result[column.code] = folded;
        else problem('wrong-type', `${place}は数字で入力してください。`);
      }
    }
    return result;
  });
}
