import { access, constants, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { renderAuditFile } from '../documents/audit-files.js';
import { formatFiscalYear } from '../engine/dates.js';
import { readAuditFile } from '../findings/audit-file-checking.js';
import { auditFileSchemas } from '../findings/audit-file-schemas.js';
import { inProject } from '../kernel/root.js';
import { Templates } from '../rendering/html.js';
import { withBrowser } from './browser.js';
import { say } from './output.js';

interface Options {
  json?: boolean;
  out?: string;
  dryRun?: boolean;
}

/** Read when it is needed: it brings the whole product with it. */
const database = () => import('./audit-database.js');

export function addAuditCommands(program: Command): void {
  const audit = program.command('audit').description('監査');

  audit
    .command('import <file>')
    .description('監査の交換ファイル（JSON・YAML）を、新しい監査として取り込みます')
    .option('--dry-run', '保存せずに、ファイルに問題がないかだけを確かめます')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const source = await readFile(file);
      const { audit: { theme, fiscalYear }, findings, improvements, actions } = readAuditFile(source, auditFileSchemas());
      const id = options.dryRun === true ? null : (await (await database()).importAudit(source)).id;
      return {
        data: { id, theme, fiscalYear, findings: findings.length, improvements: improvements.length, actions: actions.length },
        text: [`${formatFiscalYear(fiscalYear)}「${theme}」　検出事項 ${findings.length}件、改善を求める事項 ${improvements.length}件、措置 ${actions.length}件`, id === null ? '問題はありません。保存はしていません。' : `保存しました: ${id}`].join('\n'),
      };
    }));

  audit
    .command('export <id>')
    .description('監査を交換ファイル（JSON）で書き出します')
    .option('--out <file>', '書き出す先。書かないときは標準出力')
    .option('--json', '機械が読む形で表示します（交換ファイルはもともとJSONです）')
    .action((id: string, options: Options) => say(options.json === true, async () => {
      const text = await (await database()).exportAudit(id);
      if (options.out === undefined) return { data: JSON.parse(text) as unknown, text: text.trimEnd() };
      await writeFile(options.out, text);
      return { data: { file: options.out }, text: `書き出しました: ${options.out}` };
    }));

  audit
    .command('render <file>')
    .description('交換ファイルの監査から、できる文書をすべて作ります（データベースは使いません）')
    .requiredOption('--out <folder>', '文書を置くフォルダー')
    .option('--json', '機械が読む形で表示します')
    .action((file: string, options: Options) => say(options.json === true, async () => {
      const read = readAuditFile(await readFile(file), auditFileSchemas());
      await makeFolder(resolve(options.out!));
      const written = await withBrowser((chromium) => renderAuditFile(read, { chromium, templates: new Templates(inProject('templates')) }, options.out!));
      return { data: written, text: written.map(({ file: target, pages }) => `作りました: ${target}${pages === null ? '' : `（${pages}ページ）`}`).join('\n') };
    }));
}

/** A folder that can be written to, made with those above it. Not `recursive`: that never ends where the system says of a new folder that it is not there. */
async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && (await stat(dirname(path)).then(() => false, () => true))) {
      await makeFolder(dirname(path));
      await mkdir(path);
    } else if (code !== 'EEXIST' || !(await stat(path)).isDirectory()) throw error;
  }
  await access(path, constants.W_OK);
}
