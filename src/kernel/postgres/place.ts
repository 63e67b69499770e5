import { createHash, randomBytes } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { PostgresUnavailable } from './unavailable.js';

/** Who runs the server. PostgreSQL refuses to run as root, so root starts it as this nobody, without touching the host. */
export interface Account {
  uid: number;
  gid: number;
}
const NOBODY: Account = { uid: 65534, gid: 65534 };

/** Where root keeps what nobody must reach and the project's folder does not let it reach. */
export const SYSTEM_FOLDER = '/var/lib/tenken';

/** The port is only a part of the socket's name. */
export const PORT = 5432;
/** Longest path of a unix socket in bytes; macOS allows 103, Linux 107. */
const LONGEST_SOCKET = 103;

export interface Place {
  /** Lock, users, log and, as a rule, the data. */
  folder: string;
  /** The data directory of PostgreSQL. */
  data: string;
  socketDir: string;
  /** Null: the server runs as the same user as this process. */
  account: Account | null;
}

const isRoot = (): boolean => process.getuid?.() === 0;

/** May the account enter this folder, or read (and run) this file, looking at the modes all the way down? */
export function reachable(path: string, account: Account): boolean {
  const ways: string[] = [];
  for (let at = resolve(path); ; at = dirname(at)) {
    ways.push(at);
    if (at === dirname(at)) break;
  }
  return ways.every((way) => {
    try {
      const { mode, uid, gid } = statSync(way);
      const shift = uid === account.uid ? 6 : gid === account.gid ? 3 : 0;
      const needed = statSync(way).isDirectory() ? 0o1 : 0o4;
      return ((mode >> shift) & needed) === needed;
    } catch {
      return false;
    }
  });
}

/** A folder that is surely ours: a real folder of this owner that nobody else can write to. Anything else is refused. */
function insist(folder: string, owner: number): void {
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== owner || (found.mode & 0o022) !== 0) {
    throw new PostgresUnavailable(
      `フォルダー ${folder} は、ほかの人が作ったか書き込めるため使えません。確かめて取り除いてください。`,
      `${folder} belongs to somebody else or can be written by others. Check it and remove it.`,
    );
  }
}

/** Makes a folder below the system folder (root only). */
export async function systemFolder(name: string): Promise<string> {
  await mkdir(SYSTEM_FOLDER, { recursive: true });
  insist(SYSTEM_FOLDER, 0);
  await chmod(SYSTEM_FOLDER, 0o755);
  const folder = join(SYSTEM_FOLDER, name);
  await mkdir(folder, { recursive: true });
  insist(folder, 0);
  await chmod(folder, 0o755);
  return folder;
}

/** Root, under a folder that nobody cannot enter: the data lies elsewhere, and a file in the project's folder says where. */
async function dataElsewhere(folder: string, log: (message: string) => void): Promise<string> {
  const pointer = join(folder, 'location');
  const known = await readFile(pointer, 'utf8').catch(() => '');
  if (known !== '') {
    const home = known.trim();
    if (dirname(home) !== SYSTEM_FOLDER) throw new PostgresUnavailable(`${pointer} の内容が壊れています。`, `${pointer} is damaged.`);
    return join(await systemFolder(home.slice(SYSTEM_FOLDER.length + 1)), 'data');
  }
  const home = await systemFolder(randomBytes(8).toString('hex'));
  await writeFile(join(home, 'project'), `${folder}\n`);
  await writeFile(pointer, `${home}\n`, { flag: 'wx' });
  log(`root しか入れないフォルダーのため、データベースは ${home} に置きます（${pointer} に記録）。`);
  return join(home, 'data');
}

const exists = (path: string): Promise<boolean> => stat(path).then(() => true, () => false);

/** Decides where the data lies and as whom the server runs. To be called under the lock of the folder. */
async function dataAndAccount(folder: string, log: (message: string) => void): Promise<{ data: string; account: Account | null }> {
  const data = join(folder, 'data');
  const present = await stat(data).catch(() => null);
  if (!isRoot()) {
    if (present && process.getuid && present.uid !== process.getuid()) {
      throw new PostgresUnavailable(
        `データベース ${data} は別の利用者が作ったものです。同じ利用者で実行するか、TENKEN_DATA で別のフォルダーを指定してください。`,
        `${data} was made by another user. Run as that user or name another folder in TENKEN_DATA.`,
      );
    }
    return { data, account: null };
  }
  if (present) {
    const account = present.uid === 0 ? NOBODY : { uid: present.uid, gid: present.gid };
    if (!reachable(data, account)) {
      throw new PostgresUnavailable(
        `データベース ${data} を実行する利用者（番号 ${account.uid}）が途中のフォルダーに入れません。フォルダーの権限を元に戻してください（chmod o+x）。`,
        `The account ${account.uid} cannot enter a folder on the way to ${data}. Give the folders their permissions back (chmod o+x).`,
      );
    }
    return { data, account };
  }
  if (!(await exists(join(folder, 'location'))) && reachable(folder, NOBODY)) return { data, account: NOBODY };
  return { data: await dataElsewhere(folder, log), account: NOBODY };
}

/** The socket lies in the data directory, which only the server's account may enter, or in a short folder of the same kind. */
async function socketFolder(data: string, account: Account | null): Promise<string> {
  const fits = (folder: string): boolean => Buffer.byteLength(join(folder, `.s.PGSQL.${PORT}`)) <= LONGEST_SOCKET;
  if (fits(data)) return data;
  const key = createHash('sha256').update(data).digest('hex').slice(0, 12);
  if (account) {
    const folder = join(await systemFolder(`socket-${key}`), 's');
    await mkdir(folder, { recursive: true });
    await chown(folder, account.uid, account.gid);
    await chmod(folder, 0o700);
    return folder;
  }
  const name = `tenken-${process.getuid?.() ?? 0}-${key}`;
  const folder = fits(join(tmpdir(), name)) ? join(tmpdir(), name) : join('/tmp', name);
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'EEXIST') throw error; });
  insist(folder, process.getuid?.() ?? 0);
  await chmod(folder, 0o700);
  return folder;
}

/** Makes the folder that a server lives in and returns its true path. */
export async function makeFolder(wanted: string): Promise<string> {
  const made = await mkdir(wanted, { recursive: true });
  if (made !== undefined) await chmod(wanted, 0o755);
  return realpath(wanted);
}

/** To be called under the lock of the folder. */
export async function findPlace(folder: string, log: (message: string) => void): Promise<Place> {
  const { data, account } = await dataAndAccount(folder, log);
  return { folder, data, account, socketDir: await socketFolder(data, account) };
}
