/** Letters by mail: written as jobs in the transaction of the change that causes them, sent by a worker. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Config } from '../kernel/config.js';
import type { Ctx } from '../kernel/ctx.js';
import { newId } from '../kernel/ids.js';
import type { JobQueue, Work } from './queue.js';

/** One letter to one person. */
export interface Letter {
  /** One address, as `mailProblem` admits it. */
  to: string;
  subject: string;
  text: string;
}
interface PostedLetter extends Letter {
  /** The same in every try, so that a letter that was sent twice can be told. */
  id: string;
}

/** A server of mail that is down for a night still gets its letters: 1, 2, 4 … minutes between the tries. */
export const MAIL: Work<PostedLetter> = { queue: 'mail', label: 'メールの送信', retry: { times: 10, seconds: 60 } };

/** Writes the job in the transaction of `ctx`. */
export async function postLetter(ctx: Ctx, queue: JobQueue, letter: Letter): Promise<void> {
  await queue.enqueue(ctx, MAIL, { id: newId(), to: letter.to, subject: letter.subject.replace(/\s+/gu, ' ').trim(), text: letter.text });
}

export type MailConfig = Pick<Config, 'smtpUrl' | 'mailFrom' | 'dataFolder'>;

/** Folder of letters where no server of mail is set. */
export const outboxOf = ({ dataFolder }: Pick<Config, 'dataFolder'>): string => join(dataFolder, 'outbox');

/** Sends what was posted, one letter at a time: by the server that is set, or into the outbox as `<id>.eml`. */
export async function workOnMail(queue: JobQueue, config: MailConfig): Promise<void> {
  await queue.work(MAIL, 1, sender(config));
}

function sender(config: MailConfig): (letter: PostedLetter) => Promise<void> {
  const { smtpUrl, mailFrom } = config;
  const envelope = ({ id, to, subject, text }: PostedLetter) => ({ from: mailFrom, to: { name: '', address: to }, subject, text, messageId: `<${id}@${mailFrom.split('@').at(-1)!}>`, disableFileAccess: true, disableUrlAccess: true });
  if (smtpUrl === null) {
    const writer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
    return async (letter) => {
      const { message } = await writer.sendMail(envelope(letter));
      keep(outboxOf(config), `${letter.id}.eml`, message as Buffer);
    };
  }
  const transport = createTransport({ ...smtpOf(smtpUrl), connectionTimeout: 20_000, greetingTimeout: 20_000, socketTimeout: 60_000 });
  return async (letter) => {
    try {
      await transport.sendMail(envelope(letter));
    } catch (error) {
      throw new Error(withoutSecrets(error instanceof Error ? error.message : String(error), smtpUrl));
    }
  };
}

/** Only whoever runs the product reads the letters; half a letter is never seen. */
function keep(folder: string, name: string, bytes: Buffer): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const half = join(folder, `.${name}`);
  writeFileSync(half, bytes, { mode: 0o600 });
  renameSync(half, join(folder, name));
}

function smtpOf(address: string): { host: string; port: number; secure: boolean; auth?: { user: string; pass: string } } {
  const url = new URL(address);
  const secure = url.protocol === 'smtps:';
  const auth = url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } };
  return { host: url.hostname, port: url.port === '' ? (secure ? 465 : 587) : Number(url.port), secure, ...auth };
}

/** What a server of mail answered, for the log, without the password that it may have repeated. */
export function withoutSecrets(message: string, smtpUrl: string): string {
  const { username, password } = new URL(smtpUrl);
  const secrets = [smtpUrl, password, decodeURIComponent(password), Buffer.from(decodeURIComponent(password)).toString('base64'), Buffer.from(`\0${decodeURIComponent(username)}\0${decodeURIComponent(password)}`).toString('base64')];
  return password === '' ? message : secrets.reduce((text, secret) => text.replaceAll(secret, '＊＊＊'), message);
}

/** Why this is not one address of mail; null when it is. Plain addresses only: no names, no lists, no comments. */
export function mailProblem(address: string): string | null {
  const [local = '', domain = '', more] = address.split('@');
  const sound = more === undefined && address.length <= 254 && /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}$/u.test(local) && !local.startsWith('.') && !local.endsWith('.') && !local.includes('..')
    && /^(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)+$/u.test(domain);
  return sound ? null : 'メールアドレスを「user@example.lg.jp」の形で、1つだけ、半角で入れてください。';
}
