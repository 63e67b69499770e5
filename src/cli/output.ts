import { CommanderError } from 'commander';
import { TenkenError, type Problem } from '../kernel/errors.js';

/** What a command says: `data` for programs (`--json`), `text` for people; `failed` makes the exit status 1. */
export interface Said {
  data: unknown;
  text: string;
  failed?: boolean;
}

/** Runs a command and prints what it says; a failure prints each problem with its place and exits with 1. */
export async function say(json: boolean, work: () => Promise<Said> | Said): Promise<void> {
  try {
    const { data, text, failed } = await work();
    process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
    if (failed === true) process.exitCode = 1;
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    fail(json, error);
  }
}

function fail(json: boolean, error: unknown): void {
  process.exitCode = 1;
  const known = error instanceof TenkenError;
  const problems: readonly Problem[] = known ? error.problems : [];
  const message = error instanceof Error ? error.message : String(error);
  if (json) process.stdout.write(`${JSON.stringify({ error: { code: known ? error.code : 'unexpected', message, problems } }, null, 2)}\n`);
  else process.stderr.write(`${[message, ...problems.map(problemLine)].join('\n')}\n`);
}

/** `place: message` */
export const problemLine = ({ path, message }: Problem): string => `・${path === '' ? '' : `${path}: `}${message}`;
