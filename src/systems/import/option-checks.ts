/** The choices of a person about an import, as they come in. */
import type { Problem } from '../../kernel/errors.js';
import type { ImportOptions } from './plan.js';

/** @param sheets names of the sheets of the file; @param classes ids of the organisation's classes */
export function optionProblems(options: ImportOptions, sheets: readonly string[], classes: readonly string[]): Problem[] {
  const problems: Problem[] = [];
  const problem = (path: string, message: string): void => void problems.push({ code: 'option-invalid', path, message });
  if (options.sameNumber !== 'update' && options.sameNumber !== 'skip') problem('sameNumber', '番号が同じものは、「更新する」か「取り込まない」を選んでください。');
  if (options.blanks !== 'keep' && options.blanks !== 'clear') problem('blanks', '空のセルは、「台帳の値を残す」か「台帳の値を消す」を選んでください。');
  if (typeof options.fillOwner !== 'boolean') problem('fillOwner', '空の所管部局の扱いを選び直してください。');
  if (!Array.isArray(options.leftOut) || options.leftOut.some((one) => !sheets.includes(one))) problem('leftOut', '取り込まないシートを選び直してください。');
  if (typeof options.classes !== 'object' || options.classes === null || Array.isArray(options.classes)) return [...problems, { code: 'option-invalid', path: 'classes', message: 'シートの区分を選び直してください。' }];
  for (const [sheet, classId] of Object.entries(options.classes)) {
    if (!sheets.includes(sheet)) problem('classes', `シート「${String(sheet).slice(0, 60)}」はこのファイルにありません。画面を読み込み直してください。`);
    else if (classId !== 'none' && !classes.includes(classId)) problem('classes', `シート「${sheet}」の区分を選び直してください。`);
  }
  return problems;
}
