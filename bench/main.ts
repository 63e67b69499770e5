/** Runs every measurement in turn, each in a process of its own; one JSON object a line. Exit status 1 when a target is missed. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ALL = ['readiness', 'rules', 'tabulation', 'import', 'save', 'audit-page', 'board', 'checks', 'pdf', 'check-report', 'audit-report', 'nation'];
const words = process.argv.slice(2);
const named = words.filter((word) => !word.startsWith('-'));
for (const name of named.length > 0 ? named : ALL) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', fileURLToPath(new URL(`${name}.js`, import.meta.url)), ...words.filter((word) => word.startsWith('-'))], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
