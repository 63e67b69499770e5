import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { addAssessmentCommands } from './assessment.command.js';
import { addAuditCommands } from './audit.command.js';
import { addCheckCommand } from './check.command.js';
import { addContentCommands } from './content.command.js';
import { addDatabaseCommands } from './database.command.js';
import { addDemoCommand } from './demo.command.js';
import { wrongUse } from './output.js';
import { addRulesCommands } from './rules.command.js';
import { addTabulateCommand } from './tabulate.command.js';
import { addThresholdCommand } from './threshold.command.js';

const program = new Command('tenken')
  .description('Tenken（点検）のコマンド。どのコマンドも --json で機械が読む形になり、失敗すると 0 以外で終わります。')
  .helpOption('-h, --help', '使い方を表示します')
  .helpCommand('help [command]', 'コマンドの使い方を表示します');

addThresholdCommand(program);
addContentCommands(program);
addAssessmentCommands(program);
addAuditCommands(program);
addCheckCommand(program);
addRulesCommands(program);
addTabulateCommand(program);
addDatabaseCommands(program);
addDemoCommand(program);

// Whoever reads the output has seen enough (`… | head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const json = process.argv.includes('--json');
for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
  command.exitOverride().configureOutput({ outputError: () => undefined });
}
try {
  await program.parseAsync(process.argv);
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  wrongUse(json, error);
}
