import { randomBytes } from 'node:crypto';
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pause, startOf } from './processes.js';
import { PostgresUnavailable } from './unavailable.js';

/** One line `<process number> <start>` names a process for good; a third word tells two holders in one process apart. */
const ownMark = (): string => `${process.pid}|${startOf(process.pid) ?? ''}|${randomBytes(6).toString('hex')}`;

function lives(mark: string): boolean {
  const [pid, start] = mark.split('|');
  return start !== undefined && startOf(Number(pid)) === start;
}

const read = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '');
const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Puts the lock in place unless it is there; the file appears with its whole content or not at all. */
async function place(file: string, mark: string): Promise<boolean> {
  const own = `${file}.${mark.split('|')[2]}`;
  try {
    await writeFile(own, mark, { flag: 'wx' });
    await link(own, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    if (codeOf(error) !== 'EPERM' && codeOf(error) !== 'ENOTSUP' && codeOf(error) !== 'ENOSYS') throw error;
    // A file system without hard links.
    return await writeFile(file, mark, { flag: 'wx' }).then(() => true, (second: unknown) => { if (codeOf(second) === 'EEXIST') return false; throw second; });
  } finally {
    await rm(own, { force: true });
  }
}

/** Takes a lock away whose holder died. Between looking and taking somebody may have renewed it: then it goes back. */
async function clear(file: string, dead: string): Promise<void> {
  const aside = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    await rename(file, aside);
  } catch {
    return;
  }
  if ((await read(aside)) !== dead) await link(aside, file).catch(() => undefined);
  await rm(aside, { force: true });
}

/** Runs `work` while no other process or task does anything under the same lock file. A dead holder's lock is taken over. */
export async function withLock<T>(file: string, patience: number, work: () => Promise<T>): Promise<T> {
  const mark = ownMark();
  const until = Date.now() + patience;
  while (!(await place(file, mark))) {
    const holder = await read(file);
    if (holder !== '' && !lives(holder)) await clear(file, holder);
    else if (Date.now() > until) {
      const pid = holder.split('|')[0] || '?';
      throw new PostgresUnavailable(
        `組み込みデータベースは別のプロセス（番号 ${pid}）が準備中のままです。そのプロセスを確かめて、終わっていれば ${file} を消してください。`,
        `Another process (${pid}) keeps ${file}. Check it; if it is gone, remove the file.`,
      );
    } else await pause(20);
  }
  try {
    return await work();
  } finally {
    if ((await read(file)) === mark) await rm(file, { force: true });
  }
}

/** The processes that use a server, one file each; files of dead processes do not count and are removed. */
export class Users {
  private own: string | null = null;

  constructor(private readonly folder: string) {}

  async join(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const mark = ownMark();
    const file = join(this.folder, mark.replaceAll(/[^0-9A-Za-z]+/g, '-'));
    await writeFile(file, mark, { flag: 'wx' });
    this.own = file;
  }

  async leave(): Promise<void> {
    if (this.own) await rm(this.own, { force: true });
    this.own = null;
  }

  /** How many others live. */
  async others(): Promise<number> {
    let count = 0;
    for (const name of await readdir(this.folder).catch(() => [] as string[])) {
      const file = join(this.folder, name);
      if (file === this.own) continue;
      const mark = await read(file);
      if (lives(mark)) count++;
      // An empty file is one that is just being written.
      else if (mark !== '') await rm(file, { force: true });
    }
    return count;
  }
}
