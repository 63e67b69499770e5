import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { inProject } from '../src/kernel/root.js';
import { auditFixture } from './audit-fixtures.js';

interface Ended { status: number; out: string; err: string }
interface Failure { error: { code: string; problems: { code: string; path: string; message: string }[] } }

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'tenken-cli-audit-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** No command here may need a database. */
const tenken = (...words: string[]): Promise<Ended> => new Promise((resolve) => {
  execFile(process.execPath, [inProject('dist', 'src', 'cli', 'main.js'), 'audit', ...words], { cwd: folder, timeout: 60_000, env: { ...process.env, TENKEN_DATA: join(folder, 'data'), DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' } },
    (error, out, err) => resolve({ status: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }));
});
const written = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};
const disaster = (): string => written('disaster.yaml', stringify(auditFixture('osaka-disaster')));
const failure = ({ out }: Ended): Failure['error'] => (JSON.parse(out) as Failure).error;

it('render writes every document into a folder that it makes, and says which', async () => {
  const ended = await tenken('render', disaster(), '--out', 'made/here', '--json');
  expect([ended.status, ended.err]).toEqual([0, '']);
  const files = JSON.parse(ended.out) as { file: string; kind: string; pages: number | null }[];
  expect(files.map((one) => one.kind)).toEqual(['audit-report', 'case-sheets', 'case-sheets', 'measures', 'letter', 'letter', 'finding-register', 'action-register']);
  for (const { file } of files) expect(existsSync(join(folder, file))).toBe(true);
  expect(readdirSync(join(folder, 'made', 'here')).length).toBe(files.length);
});

it('a theme of 200 letters still makes file names that the system takes', async () => {
  const file = auditFixture('osaka-disaster');
  file.audit.theme = '災害'.repeat(100);
  const ended = await tenken('render', written('long.yaml', stringify(file)), '--out', 'long');
  expect([ended.status, ended.err]).toEqual([0, '']);
  // Both stages of the case sheets have one beginning: the second gets a number
  expect(readdirSync(join(folder, 'long')).filter((one) => one.startsWith('事案の様式')).length).toBe(2);
});

it.each<[string, () => string, string, string]>([
  ['a file where the folder should be', () => written('taken', ''), 'eexist', '同じ名前のファイルがあります'],
  ['a folder inside a file', () => join(written('taken', ''), 'inside'), 'enotdir', 'フォルダーではなくファイルです'],
  ['a place where nothing can be made, without going on for ever', () => '/proc/tenken', 'enoent', 'ファイルがありません'],
])('render is refused for %s', async (_, out, code, message) => {
  const ended = await tenken('render', disaster(), '--out', out(), '--json');
  expect([ended.status, failure(ended).problems.map((one) => one.code)]).toEqual([1, [code]]);
  expect(failure(ended).problems[0]!.message).toContain(message);
});

it('render is refused for a folder that nobody may write to', async () => {
  if (process.getuid?.() === 0) return; // root may write everywhere
  mkdirSync(join(folder, 'closed'));
  chmodSync(join(folder, 'closed'), 0o500);
  const ended = await tenken('render', disaster(), '--out', 'closed', '--json');
  expect([ended.status, failure(ended).problems.map((one) => one.code)]).toEqual([1, ['eacces']]);
});

it('what cannot be printed is told with its places, and nothing is written', async () => {
  const file = auditFixture('osaka-disaster');
  file.findings[1]!.facts = '';
  file.improvements[1]!.text = '［検出全:99］について改められたい。';
  const ended = await tenken('render', written('unready.yaml', stringify(file)), '--out', 'unready', '--json');
  expect([ended.status, failure(ended).code]).toEqual([1, 'audit-documents-unready']);
  expect(failure(ended).problems.map((one) => one.path)).toEqual(expect.arrayContaining(['findings/2', 'improvements/2']));
  expect(readdirSync(join(folder, 'unready'))).toEqual([]);
});

it.each<[string, string[], string, string]>([
  ['a file that is not there', ['render', 'nowhere.yaml', '--out', 'x'], 'system', 'nowhere.yaml'],
  ['no folder', ['render', 'disaster.yaml'], 'wrong-use', '--out'],
  ['a command that there is not', ['print', 'disaster.yaml'], 'wrong-use', 'print'],
  ['no file', ['import'], 'wrong-use', 'file'],
])('%s is told', async (_, words, code, path) => {
  disaster();
  const ended = await tenken(...words, '--json');
  expect([ended.status, failure(ended).code, failure(ended).problems[0]?.path]).toEqual([1, code, path]);
});

it('import --dry-run looks at the file without a database', async () => {
  const ended = await tenken('import', disaster(), '--dry-run');
  expect([ended.status, ended.out]).toEqual([0, '平成29年度「災害対応力及び地域防災力の強化について」　検出事項 5件、改善を求める事項 5件、措置 4件\n問題はありません。保存はしていません。\n']);
  const bad = auditFixture('osaka-disaster');
  bad.findings[1]!.department = '土木課';
  const refused = await tenken('import', written('bad.yaml', stringify(bad)), '--dry-run');
  expect([refused.status, refused.out]).toEqual([1, '']);
  expect(refused.err).toContain('・/findings/1/department: 部署「土木課」が、このファイルにありません。');
});
