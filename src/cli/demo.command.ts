import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { readConfig } from '../kernel/config.js';
import { say } from './output.js';

export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('架空の市の評価書と点検を、使い捨てのデータベースで判断から印刷まで進め、できた文書を書き出します')
    .requiredOption('--out <folder>', '文書を置くフォルダー')
    .option('--json', '機械が読む形で表示します')
    .action((options: { out: string; json?: boolean }) => say(options.json === true, async () => {
      // Read when they are needed: they bring the whole product with them.
      const [{ runDemo }, { operate }] = [await import('../demo/run.js'), await import('../operator.js')];
      const folder = resolve(options.out);
      const config = readConfig({ ...process.env, DATABASE_URL: '' });
      const throwaway = mkdtempSync(join(tmpdir(), 'tenken-demo-'));
      try {
        // The browser is unpacked once and stays; the database goes.
        const written = await operate((operating) => runDemo(operating, folder), config, { databaseFolder: throwaway });
        const text = [`${folder} に${written.length}件の文書を書きました。`, ...written.map((one) => `・${one.file}${one.pages === null ? '' : `（${one.pages}ページ）`}`)].join('\n');
        return { data: { folder, documents: written }, text };
      } finally {
        rmSync(throwaway, { recursive: true, force: true });
      }
    }));
}
