import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { readTabulationSchema, tabulationShape, type TabulationFile } from '../audits/tabulation-content.js';
import { parseYaml } from '../engine/content-loader.js';
import { checkDatasets, checkTabulation, type TabulationProblem } from '../engine/tabulation-checking.js';
import { tabulate } from '../engine/tabulating.js';
import type { TableResult, TabulationResult } from '../engine/tabulation.js';
import { Invalid } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { say } from './output.js';

/**
 * `tenken tabulate FILE`: tables of a file that holds a definition and its datasets. Figures that contradict each other are reported
 * and are no failure: the file was counted. What cannot be counted (a wrong shape, an unknown field) is one.
 */
export function addTabulateCommand(program: Command): void {
  program
    .command('tabulate <file>')
    .description('定義とデータのファイル（YAML か JSON）から集計の表を作ります。食い違う数値は示しますが、失敗にはしません')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: { json?: boolean }) => say(options.json === true, () => {
      const { definition, datasets } = readTabulationFile(file);
      const result = tabulate(definition, datasets);
      const unread = checkDatasets(datasets);
      return { data: { ...result, unread }, text: resultText(result, unread) };
    }));
}

/** Throws `Invalid` with every problem and its place in the file. */
function readTabulationFile(file: string): TabulationFile {
  const { definition: given, problems } = parsed(readFileSync(file, 'utf8'), file);
  const found: readonly TabulationProblem[] = problems.length > 0 ? problems : tabulationShape(readTabulationSchema(inProject('templates')), 'file')(given);
  const read = given as TabulationFile;
  const wrong = found.length > 0 ? found : checkTabulation(read.definition, read.datasets).map(({ path, reason }) => ({ path: `/definition${path}`, reason }));
  if (wrong.length > 0) throw new Invalid('tabulation-invalid', '集計できません。', wrong.map(({ path, reason }) => ({ code: 'tabulation-invalid', path: `${file}${path === '' ? '' : ` ${path}`}`, message: reason })));
  return read;
}

/** The reader of YAML takes no more; answers of a great audit are JSON. */
const MOST_YAML = 4_000_000;

function parsed(text: string, file: string): { definition: unknown; problems: TabulationProblem[] } {
  if (text.trim() === '') return { definition: null, problems: [{ path: '', reason: 'ファイルが空です。定義（definition）とデータ（datasets）を書いてください。' }] };
  if (text.length <= MOST_YAML) return parseYaml(text, file);
  try {
    return { definition: JSON.parse(text) as unknown, problems: [] };
  } catch (error) {
    return { definition: null, problems: [{ path: '', reason: `JSONとして読めません（${(error as Error).message.slice(0, 200)}）。${MOST_YAML.toLocaleString('ja-JP')}文字を超えるファイルは、JSONで書いてください。` }] };
  }
}

function resultText({ title, tables, contradictions }: TabulationResult, unread: readonly TabulationProblem[]): string {
  return [
    title, ...tables.map(tableText),
    ...(contradictions.length === 0 ? [] : [['数値の食い違い：', ...contradictions.map(({ name, places }) => `・${name}：${places.map((one) => `${one.table}の「${one.row}」の${one.column}は${one.text}（${one.address}）`).join('、')}`)].join('\n')]),
    ...(unread.length === 0 ? [] : [['読めない値：', ...unread.map(({ path, reason }) => `・${path}: ${reason}`)].join('\n')]),
  ].join('\n\n');
}

function tableText({ title, rowsLabel, columns, rows, denominators, notes, sentences }: TableResult): string {
  const head = [rowsLabel, ...columns.map((one) => (one.under === '' ? one.label : `${one.under}：${one.label}`))];
  const lines = rows.flatMap((row) => [[row.label, ...row.figures.map((one) => one.text)], ...(row.shares === null ? [] : [['', ...row.shares.map((one) => one.text)]])]);
  const widths = head.map((_, n) => Math.max(...[head, ...lines].map((line) => widthOf(line[n]!))));
  const text = (line: readonly string[]): string => line.map((cell, n) => (n === 0 ? cell + ' '.repeat(widths[n]! - widthOf(cell)) : ' '.repeat(widths[n]! - widthOf(cell)) + cell)).join('  ').trimEnd();
  return [`■ ${title}`, text(head), ...lines.map(text), ...denominators, ...notes, ...sentences.map((one) => one.text)].join('\n');
}

/** Cells on a terminal: Japanese signs take two. */
function widthOf(text: string): number {
  return [...text].reduce((width, sign) => width + (sign.codePointAt(0)! < 0x80 ? 1 : 2), 0);
}
