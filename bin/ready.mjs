#!/usr/bin/env node
// `node bin/ready.mjs <command> [words]`: what every `npm run` of the project goes through.
import { existsSync, watch } from 'node:fs';
import { become, build, entry, inRoot, launch, makeReady, orStop, ROOT, Stop } from './setup.mjs';

const FLAGS = ['--enable-source-maps'];
const tool = (...parts) => inRoot('node_modules', ...parts);

const program = (...parts) => async (words) => {
  await makeReady();
  await become([...FLAGS, entry(...parts.filter((part) => !part.startsWith(':'))), ...parts.filter((part) => part.startsWith(':')).map((part) => part.slice(1)), ...words]);
};

async function test(words) {
  await makeReady();
  await become(['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', tool('jest', 'bin', 'jest.js'), ...words]);
}

async function lint(words) {
  await makeReady({ compile: false });
  const rules = await launch([tool('eslint', 'bin', 'eslint.js'), ...(words.length > 0 ? words : ['.'])]).ended;
  const types = await launch([tool('typescript', 'bin', 'tsc'), '--noEmit', '-p', 'tsconfig.json']).ended;
  if (rules === 0 && types === 0) console.log('規則と型の検査に問題はありません。');
  process.exit(rules || types);
}

/** Builds and starts anew at every change. A failed build leaves the running program alone. */
async function dev(words) {
  await makeReady();
  const say = (message) => console.log(message);
  let running = null;
  let busy = false;
  let again = false;
  let closing = false;
  const start = () => {
    const own = launch([...FLAGS, entry('src', 'main.js'), ...words], { env: { ...process.env, TENKEN_DEVELOPMENT: 'yes' } });
    running = own;
    void own.ended.then((status) => {
      if (running !== own) return;
      running = null;
      if (closing) process.exit(status);
      say(`プログラムが終了しました（状態 ${status}）。変更を待っています…`);
    });
  };
  const change = async (always) => {
    if (busy) {
      again = true;
      return;
    }
    busy = true;
    do {
      again = false;
      try {
        if (!(await build(say)) && !always) continue;
        const old = running;
        running = null;
        if (old) {
          old.child.kill('SIGTERM');
          await old.ended;
        }
        if (!closing) start();
      } catch (error) {
        say(error.message);
      }
    } while (again && !closing);
    busy = false;
    if (closing && !running) process.exit(0);
  };
  let timer;
  for (const folder of ['src', 'migrations', 'templates']) {
    if (!existsSync(inRoot(folder))) continue;
    watch(inRoot(folder), { recursive: true }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => void change(folder === 'templates'), 120);
    });
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      closing = true;
      if (!running) process.exit(0);
    });
  }
  start();
}

const COMMANDS = {
  start: program('src', 'main.js'),
  worker: program('src', 'worker.js'),
  bench: program('bench', 'main.js'),
  migrate: program('src', 'cli', 'main.js', ':migrate'),
  demo: program('src', 'cli', 'main.js', ':demo'),
  'content:check': program('src', 'cli', 'main.js', ':content', ':check'),
  test,
  lint,
  dev,
  build: async () => {
    await makeReady({ compile: false });
    console.log((await build(() => undefined)) ? '組み立てました。' : '組み立て済みです。');
  },
};

await orStop(async () => {
  const [name, ...words] = process.argv.slice(2);
  if (Number(process.versions.node.split('.')[0]) < 20) throw new Stop('Node 20 以上が必要です。', 'Node 20 or newer is needed.');
  const command = Object.hasOwn(COMMANDS, name ?? '') ? COMMANDS[name] : null;
  if (!command) throw new Stop(`コマンド「${name ?? ''}」はありません。使えるもの: ${Object.keys(COMMANDS).join(' ')}`, 'Unknown command.', 2);
  process.chdir(ROOT);
  await command(words);
});
