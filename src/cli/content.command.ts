import type { Command } from 'commander';
import { contentProblems } from '../assessments/content.js';
import { releaseChecksums } from '../engine/content-loader.js';
import type { Problem } from '../kernel/errors.js';
import { inProject } from '../kernel/root.js';
import { Templates } from '../rendering/html.js';
import { problemLine, say } from './output.js';

export function addContentCommands(program: Command): void {
  const content = program.command('content').description('様式・判断表・画面のひな形（templates/）');
  content
    .command('check')
    .description('すべての定義を確かめ、誤りをファイルと場所とともに示します')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => {
      const { forms, tables, problems: found } = contentProblems(inProject('templates'));
      const problems = [...found, ...templateProblems()];
      const files = forms.map(({ file, definition }) => ({ file, form: definition.form, version: definition.version, title: definition.title }));
      const text = problems.length === 0 ? `様式 ${forms.length}版、判断表 ${tables.length}版、ひな形に誤りはありません。` : problems.map(problemLine).join('\n');
      return { data: { forms: files, problems }, text, failed: problems.length > 0 };
    }));
  content
    .command('release')
    .description('新しい版を公開済みにします（以後、そのファイルは変えられません）')
    .option('--json', '機械が読む形で表示します')
    .action((options: { json?: boolean }) => say(options.json === true, () => {
      const released = releaseChecksums(inProject('templates'));
      return { data: { released }, text: released.length === 0 ? '新しい版はありません。' : `公開済みにしました: ${released.join('、')}` };
    }));
}

function templateProblems(): Problem[] {
  try {
    new Templates(inProject('templates'));
    return [];
  } catch (error) {
    return [{ code: 'template-invalid', path: 'templates', message: error instanceof Error ? error.message : String(error) }];
  }
}
