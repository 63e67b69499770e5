/** A small table of figures as it is typed or pasted: the first line names the columns, the first column the lines. Pure. */
import { keyOf } from '../../audits/dataset-fields.js';
import { typedDataset } from '../../audits/datasets.js';
import { decimalOf } from '../../engine/decimal.js';
import type { Dataset, TableDefinition } from '../../engine/tabulation.js';
import type { Problem } from '../../kernel/errors.js';
import { textIn, type FieldSpec, type Typed } from '../audits/form-fields.js';

const MOST = { lines: 500, columns: 50 };

export const typedSpecs = (): FieldSpec[] => [
  { name: 'title', label: '表の題', kind: 'line', need: true }, { name: 'code', label: '符号', kind: 'short', need: true, support: '入っているままでかまいません。変えるときは英小文字、数字、「-」で付けます。' }, { name: 'unit', label: '行の数え方', kind: 'short', support: '例：部局' },
  { name: 'figures', label: '数', kind: 'text', rows: 14, need: true, support: '表計算の表をそのまま貼り付けられます。1行目は列の見出し、1列目は行の名前です。列はタブか「,」で区切ります。空けた欄は未回答です。' },
];

/** Full-width digits, thousands separators (within tabs) and a dash for nothing are read. */
export function readFigures(typed: Typed): { dataset: Dataset; problems: Problem[] } {
  const problems: Problem[] = [];
  const wrong = (message: string): void => void problems.push({ code: 'figures-invalid', path: 'figures', message });
  const source = textIn(typed, 'figures').replace(/\s+$/u, '');
  const tabbed = source.includes('\t');
  const rows = source.split(/\r?\n/u).filter((line) => line.trim() !== '').map((line) => (tabbed ? line.split('\t') : line.split(/[,，、]/u)).map((cell) => cell.normalize('NFKC').trim()));
  const [head = [], ...lines] = rows;
  if (head.length < 2 || lines.length === 0) wrong('列の見出しの行と、数の行を1行以上入れてください。');
  if (lines.length > MOST.lines || head.length > MOST.columns) wrong(`${MOST.lines}行、${MOST.columns}列までにしてください。`);
  const labels = head.slice(1);
  labels.forEach((label, n) => { if (label === '' || labels.indexOf(label) !== n) wrong(`${n + 2}列目の見出しが空か、ほかの列と同じです。`); });
  const names = lines.map(([name = '']) => name);
  names.forEach((name, n) => { if (name === '' || names.indexOf(name) !== n) wrong(`${n + 2}行目の名前が空か、ほかの行と同じです。`); });
  const cells = lines.map((line, n) => labels.map((_, at) => {
    const cell = (line[at + 1] ?? '').replace(/,(?=\d{3}(?:\D|$))/gu, '');
    if (cell === '' || /^[-－―ー‐]$/u.test(cell)) return null;
    if (decimalOf(cell) === null) wrong(`${n + 2}行目「${names[n]!}」の「${labels[at]!}」の「${cell.slice(0, 20)}」は数ではありません。`);
    return cell;
  }));
  lines.forEach((line, n) => { if (line.slice(labels.length + 1).some((one) => one !== '')) wrong(`${n + 2}行目の欄が、見出しより多くあります。`); });
  const code = textIn(typed, 'code').trim();
  const dataset = typedDataset({ code, title: textIn(typed, 'title').trim(), unit: textIn(typed, 'unit').trim(), head: head[0] === undefined || head[0] === '' ? '部局' : head[0], columns: labels.map((label, n) => ({ code: `column-${n + 1}`, label })), lines: names.map((label, n) => ({ label, cells: cells[n]! })) });
  if (!/^[a-z0-9]+(?:-[a-z0-9]+)*$/u.test(code)) problems.push({ code: 'code-invalid', path: 'code', message: '「符号」は英小文字、数字、「-」で入れてください。' });
  if (dataset.title === '') problems.push({ code: 'missing', path: 'title', message: '「表の題」を入れてください。' });
  return { dataset, problems: problems.slice(0, 20) };
}

/** As it is typed again. */
export function figuresText({ code, title, unit, fields, records }: Dataset): Typed {
  const [first, ...columns] = fields;
  const lines = records.map((one) => [one.label, ...columns.map((field) => String(one.values[field.code] ?? ''))]);
  return { title, code, unit, figures: [[first?.label ?? '', ...columns.map((one) => one.label)], ...lines].map((line) => line.join('\t')).join('\n') };
}

/** The blank table with a line for each 部局. */
export const blankFigures = (divisions: readonly string[]): Typed => ({ title: '', code: '', unit: '部局', figures: [['部局', '数'], ...divisions.map((one) => [one, ''])].map((line) => line.join('\t')).join('\n') });

/** Every column added up, by line. */
export function tableOfFigures({ code, title, fields }: Dataset): TableDefinition {
  return { code, title, dataset: code, rows: { by: 'department', label: fields[0]?.label ?? '' }, columns: fields.slice(1).map(({ code: of, label }) => ({ code: keyOf(of), label, measure: 'sum', of })), total: '合計' };
}
