import { once } from 'node:events';
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
    if (json && Array.isArray(data)) await printList(data);
    else process.stdout.write(json ? `${JSON.stringify(data, null, 2)}\n` : `${text}\n`);
    if (failed === true) process.exitCode = 1;
  } catch (error) {
    if (error instanceof CommanderError) throw error;
    fail(json, error);
  }
}

/** Entries of a list that are written at once: a list of a million entries is longer than a text may be. */
const AT_ONCE = 1_000;

/** The same text as of `JSON.stringify(list, null, 2)`, piece by piece. */
async function printList(list: readonly unknown[]): Promise<void> {
  for (let start = 0; start < list.length; start += AT_ONCE) {
    const piece = list.slice(start, start + AT_ONCE).map((one) => JSON.stringify([one], null, 2).slice(2, -2)).join(',\n');
    const written = process.stdout.write(`${start === 0 ? '[\n' : ',\n'}${piece}`);
    if (!written) await once(process.stdout, 'drain');
  }
  process.stdout.write(list.length === 0 ? '[]\n' : '\n]\n');
}

/** What the system says of files and servers, in words for a person. */
const SYSTEM: Record<string, string> = {
  ENOENT: 'ファイルがありません。場所と名前を確かめてください。',
  EISDIR: 'フォルダーです。ファイルを指定してください。',
  EACCES: 'このファイルを扱う権限がありません。',
  EPERM: 'このファイルを扱う権限がありません。',
  EEXIST: '同じ名前のファイルがあります。別の場所を指定してください。',
  ENOTDIR: '途中にあるのはフォルダーではなくファイルです。別の場所を指定してください。',
  EROFS: '書き込みのできない場所です。別の場所を指定してください。',
  ENAMETOOLONG: '名前が長すぎます。短くしてください。',
  ENOSPC: '書き込む場所に空きがありません。',
  ECONNREFUSED: 'データベースにつながりません。DATABASE_URL と、サーバーが動いているかを確かめてください。',
  ENOTFOUND: 'データベースのサーバーが見つかりません。DATABASE_URL を確かめてください。',
  '28P01': 'データベースの利用者名かパスワードが違います。DATABASE_URL を確かめてください。',
  '28000': 'この利用者ではデータベースに入れません。DATABASE_URL を確かめてください。',
  '3D000': 'その名前のデータベースがありません。DATABASE_URL を確かめてください。',
};

function fail(json: boolean, error: unknown): void {
  process.exitCode = 1;
  if (error instanceof TenkenError) return print(json, error.code, error.message, error.problems);
  const { code, path, message } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : SYSTEM[code];
  if (known === undefined) return print(json, 'unexpected', message, []);
  const place = path ?? (code === 'EISDIR' ? '' : 'DATABASE_URL');
  print(json, 'system', '実行できませんでした。', [{ code: code!.toLowerCase(), path: place, message: known }]);
}

function print(json: boolean, code: string, message: string, problems: readonly Problem[]): void {
  if (json) process.stdout.write(`${JSON.stringify({ error: { code, message, problems } }, null, 2)}\n`);
  else process.stderr.write(`${[message, ...problems.map(problemLine)].join('\n')}\n`);
}

const WRONG_USE: Record<string, string> = {
  'commander.missingMandatoryOptionValue': 'この指定が要ります。',
  'commander.optionMissingArgument': 'この指定に値がありません。',
  'commander.missingArgument': 'この値が要ります。',
  'commander.unknownCommand': 'そのコマンドはありません。',
  'commander.unknownOption': 'その指定はありません。',
  'commander.excessArguments': '余分な値があります。',
};

/** A command that was called wrongly: status 1 and the option or word that it is about. */
export function wrongUse(json: boolean, error: CommanderError): void {
  if (error.exitCode === 0) return;
  process.exitCode = 1;
  const place = /'([^']+)'/u.exec(error.message)?.[1]?.split(/[ ,]/u)[0] ?? '';
  const message = WRONG_USE[error.code] ?? error.message;
  print(json, 'wrong-use', 'コマンドの使い方が違います。--help で使い方を表示します。', [{ code: error.code.replace('commander.', ''), path: place, message }]);
}

/** `place: message` */
export const problemLine = ({ path, message }: Problem): string => `・${path === '' ? '' : `${path}: `}${message}`;
