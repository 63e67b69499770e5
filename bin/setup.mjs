// What a command needs before it can run: dependencies and a build. Plain Node 20, nothing but its own modules.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const inRoot = (...parts) => join(ROOT, ...parts);

const INSTALL_STAMP = inRoot('node_modules', '.tenken-stamp');
const BUILD_STAMP = inRoot('dist', '.stamp');
/** Compiled folders, and the files that decide how. */
const SOURCES = ['src', 'migrations', 'bench'];
const SETTINGS = ['.swcrc', 'package.json', 'bin/setup.mjs'];

export class Stop extends Error {
  constructor(japanese, english, status = 1) {
    super(`${japanese}\n${english}`);
    this.status = status;
  }
}

const read = (file) => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

function lives(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Runs `work` while no other command does the same; the lock of a dead process is taken over. */
async function alone(name, say, work) {
  mkdirSync(inRoot('.tenken'), { recursive: true });
  const lock = inRoot('.tenken', `${name}.lock`);
  for (let told = false; ; ) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const holder = Number(read(lock));
    const age = Date.now() - (statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (holder > 0 ? !lives(holder) : age > 5_000) {
      const aside = `${lock}.${process.pid}`;
      try {
        renameSync(lock, aside);
        rmSync(aside, { force: true });
      } catch {
        // Somebody else took it away.
      }
      continue;
    }
    if (!told) say(`別の点検のコマンド（番号 ${holder || '?'}）の準備が終わるのを待っています…`);
    told = true;
    await pause(100);
  }
  try {
    return await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

const lockHash = () => createHash('sha256').update(read(inRoot('package-lock.json'))).update(process.platform + process.arch).digest('hex');

/** Somebody ran npm by hand: what lies there is what the lock file asks for. */
function installedByHand() {
  try {
    const wanted = JSON.parse(read(inRoot('package-lock.json'))).packages;
    const there = JSON.parse(read(inRoot('node_modules', '.package-lock.json'))).packages;
    return Object.entries(wanted).every(([path, entry]) => path === '' || entry.optional || entry.devOptional || there[path]?.version === entry.version);
  } catch {
    return false;
  }
}

function installed() {
  if (!existsSync(inRoot('node_modules', '.bin'))) return false;
  if (read(INSTALL_STAMP).trim() === lockHash()) return true;
  if (!installedByHand()) return false;
  writeFileSync(INSTALL_STAMP, lockHash());
  return true;
}

/** npm as it was found on the machine; our own Node is about to be replaced, so it must not be the one that runs. */
function npm(words, quiet) {
  const ours = inRoot('node_modules');
  const path = (process.env.PATH ?? '').split(delimiter).filter((one) => !one.startsWith(ours)).join(delimiter);
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  const usable = script && node && !script.startsWith(ours) && !node.startsWith(ours) && /npm-cli\.js$/.test(script);
  const stdio = ['ignore', quiet ? 2 : 'inherit', 'inherit'];
  return usable
    ? spawnSync(node, [script, ...words], { cwd: ROOT, env: { ...process.env, PATH: path }, stdio })
    : spawnSync('npm', words, { cwd: ROOT, env: { ...process.env, PATH: path }, stdio });
}

async function install(say, quiet) {
  if (installed()) return;
  await alone('install', say, async () => {
    if (installed()) return;
    say('必要な部品を npm でインストールしています（初回は 1 分ほど）…');
    const { status, error } = npm(['ci', '--no-audit', '--no-fund'], quiet);
    if (status !== 0) {
      throw new Stop(
        `インストールに失敗しました（npm ci${error ? `: ${error.message}` : ''}）。上の表示、ネットワーク、空き容量を確かめて、もう一度実行してください。`,
        'npm ci failed. Check the output above, the network and the free space, and try again.',
      );
    }
    writeFileSync(INSTALL_STAMP, lockHash());
  });
}

/** The Node that the project carries. */
export function ownNode() {
  const own = inRoot('node_modules', 'node', 'bin', 'node');
  if (existsSync(own)) return own;
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath;
  throw new Stop(
    'パッケージ node の Node 24 がありません。インストールのスクリプトが止められているようです。「npm ci --ignore-scripts=false」を実行してください。',
    'The Node 24 of the package "node" is missing: its install script did not run. Run "npm ci --ignore-scripts=false".',
  );
}

function sourceHash() {
  const hash = createHash('sha256');
  const walk = (path) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (!found) return;
    if (found.isDirectory()) for (const name of readdirSync(path).sort()) walk(join(path, name));
    else hash.update(relative(ROOT, path)).update('\0').update(readFileSync(path)).update('\0');
  };
  for (const one of [...SOURCES, ...SETTINGS]) walk(inRoot(one));
  return hash.digest('hex');
}

/** Compiles `src`, `migrations` and `bench` into `dist`; the new build takes the place of the old one only when it is whole. */
export async function build(say, force = false) {
  if (!force && read(BUILD_STAMP) === sourceHash()) return false;
  return alone('build', say, async () => {
    const hash = sourceHash();
    if (!force && read(BUILD_STAMP) === hash) return false;
    say('プログラムを組み立てています…');
    const half = inRoot('dist.new');
    const old = inRoot('dist.old');
    rmSync(half, { recursive: true, force: true });
    const words = [inRoot('node_modules', '@swc', 'cli', 'bin', 'swc.js'), ...SOURCES.filter((one) => existsSync(inRoot(one))), '-d', 'dist.new', '--config-file', '.swcrc', '--ignore', '**/*.spec.ts'];
    const { status, stdout, stderr, error } = spawnSync(ownNode(), words, { cwd: ROOT, encoding: 'utf8' });
    if (status !== 0) {
      rmSync(half, { recursive: true, force: true });
      throw new Stop(`組み立てに失敗しました。\n${error?.message ?? ''}${stdout ?? ''}${stderr ?? ''}`.trimEnd(), 'The build failed; see above.');
    }
    writeFileSync(join(half, '.stamp'), hash);
    rmSync(old, { recursive: true, force: true });
    if (existsSync(inRoot('dist'))) renameSync(inRoot('dist'), old);
    renameSync(half, inRoot('dist'));
    rmSync(old, { recursive: true, force: true });
    return true;
  });
}

/** Installs and builds where needed. Silent when there is nothing to do; `quiet` keeps standard output clean. */
export async function makeReady({ quiet = false, compile = true } = {}) {
  const say = (message) => (quiet ? process.stderr : process.stdout).write(`${message}\n`);
  await install(say, quiet);
  if (compile) await build(say);
}

export function entry(...parts) {
  const file = inRoot('dist', ...parts);
  if (!existsSync(file)) throw new Stop(`プログラム ${relative(ROOT, file)} がありません。「npm run build」の結果を確かめてください。`, `${relative(ROOT, file)} is missing.`);
  return file;
}

const statusOf = (code, signal) => code ?? 128 + (constants.signals[signal] ?? 0);

/** Starts a program under our Node and passes the signals on to it. A terminal sends SIGINT to both, so that one only from elsewhere. */
export function launch(words, { env = process.env } = {}) {
  const child = spawn(ownNode(), words, { stdio: 'inherit', env });
  const pass = (signal) => {
    if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, pass);
  const ended = new Promise((done, fail) => {
    child.once('error', fail);
    child.once('exit', (code, signal) => {
      for (const one of signals) process.off(one, pass);
      done(statusOf(code, signal));
    });
  });
  return { child, ended };
}

/** Becomes the program: where Node can do so this process turns into it, else it waits for it and ends as it ended. */
export async function become(words) {
  if (typeof process.execve === 'function') {
    const node = ownNode();
    process.execve(node, [node, ...words], process.env);
  }
  process.exit(await launch(words).ended);
}

/** Runs `work` and says in two languages what stopped it. */
export async function orStop(work) {
  try {
    await work();
  } catch (error) {
    process.stderr.write(error instanceof Stop ? `${error.message}\n` : `${error?.stack ?? error}\n`);
    process.exit(error?.status ?? 1);
  }
}
