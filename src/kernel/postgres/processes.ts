import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const HAS_PROC = existsSync('/proc/self/stat');

function ps(columns: string, pid: number): string {
  try {
    return execFileSync('ps', ['-ww', '-o', columns, '-p', String(pid)], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return '';
  }
}

/**
 * When the process was started, in the words of the system; null when there is no such process or it is
 * a zombie. A process number is used again, the pair of number and start is not.
 */
export function startOf(pid: number): string | null {
  if (!Number.isInteger(pid) || pid <= 0) return null;
  if (!HAS_PROC) {
    const [state, ...start] = ps('state=,lstart=', pid).split(/\s+/);
    return !state || state.startsWith('Z') ? null : start.join(' ');
  }
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // proc(5): the name is in brackets and may hold anything; field 3 is the state, field 22 the start.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}

/** The command line of a process, words separated by spaces; empty when it cannot be read. */
export function commandOf(pid: number): string {
  if (!HAS_PROC) return ps('command=', pid);
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

export const pause = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

/** Waits until the process has ended; false when it is still there after `milliseconds`. */
export async function ended(pid: number, milliseconds: number): Promise<boolean> {
  const start = startOf(pid);
  const until = Date.now() + milliseconds;
  while (start !== null && startOf(pid) === start) {
    if (Date.now() > until) return false;
    await pause(10);
  }
  return true;
}
