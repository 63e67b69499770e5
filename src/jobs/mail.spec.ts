import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource } from 'typeorm';
import { testDatabase } from '../../test/test-database.js';
import { systemClock } from '../kernel/clock.js';
import { PRODUCT } from '../kernel/ctx.js';
import { inTransaction, openDatabase } from '../kernel/database.js';
import { MAIL, mailProblem, outboxOf, postLetter, withoutSecrets, workOnMail, type Letter } from './mail.js';
import { JobQueue } from './queue.js';

const ORGANISATION = '00000000-0000-4000-8000-000000000001';
const LETTER: Letter = { to: 'kokuho@example.lg.jp', subject: '調査票の回答の督促：\n端末の調査', text: '提出をお願いします。\n.\n期限 令和8年12月10日' };

/** A server of mail that takes everything, or refuses the sign-in; `heard` is what was said to it. */
async function mailServer(refuse: boolean): Promise<{ port: number; messages: string[]; close(): Promise<void> }> {
  const messages: string[] = [];
  const server: Server = createServer((socket) => {
    let [body, rest] = [null as string[] | null, ''];
    const say = (line: string): void => void socket.write(`${line}\r\n`);
    say('220 mail.example');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString('utf8')).split('\r\n');
      rest = lines.pop()!;
      for (const line of lines) {
        if (body !== null && line !== '.') body.push(line);
        else if (body !== null) { messages.push(body.join('\r\n')); body = null; say('250 taken'); }
        else if (/^EHLO/iu.test(line)) socket.write('250-mail.example\r\n250 AUTH PLAIN\r\n');
        else if (/^AUTH/iu.test(line)) say(refuse ? `535 wrong: ${line.split(' ').at(-1)!}` : '235 welcome');
        else if (/^DATA/iu.test(line)) { body = []; say('354 go on'); }
        else say(/^QUIT/iu.test(line) ? '221 bye' : '250 ok');
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, messages, close: () => new Promise((resolve) => server.close(() => resolve())) };
}

describe('letters', () => {
  let base: Awaited<ReturnType<typeof testDatabase>>;
  let database: DataSource;
  let folder: string;
  const logged: string[] = [];

  beforeAll(async () => {
    base = await testDatabase();
    database = await openDatabase(base.url, []);
    folder = mkdtempSync(join(tmpdir(), 'tenken-mail-'));
  });
  afterAll(async () => {
    await database.destroy();
    await base.drop();
    rmSync(folder, { recursive: true, force: true });
  });

  const post = (queue: JobQueue, letter: Letter, fail = false): Promise<void> => inTransaction(database, { organisation: ORGANISATION, actor: PRODUCT, clock: systemClock }, async (ctx) => {
    await postLetter(ctx, queue, letter);
    if (fail) throw new Error('rolled back');
  });
  const waitFor = async (done: () => boolean): Promise<void> => {
    for (let tries = 0; tries < 1000 && !done(); tries += 1) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const decoded = (message: string): string => Buffer.from(message.split('\r\n\r\n')[1]!.replace(/\r\n/gu, ''), 'base64').toString('utf8');
  const within = async (work: (queue: JobQueue) => Promise<void>): Promise<void> => {
    const queue = await JobQueue.open(base.url, [MAIL], { log: (line) => logged.push(line) });
    try {
      await work(queue);
    } finally {
      await queue.close();
    }
  };

  it('go to the outbox where no server is set; one of a change that was taken back is never written', async () => {
    await within(async (queue) => {
      await expect(post(queue, { ...LETTER, subject: '取り消した' }, true)).rejects.toThrow('rolled back');
      await post(queue, LETTER);
      await workOnMail(queue, { smtpUrl: null, mailFrom: 'tenken@example.lg.jp', dataFolder: folder });
      const outbox = outboxOf({ dataFolder: folder });
      await waitFor(() => existsSync(outbox) && readdirSync(outbox).some((name) => name.endsWith('.eml')));
      const files = readdirSync(outbox);
      expect(files).toHaveLength(1);
      expect(statSync(join(outbox, files[0]!)).mode & 0o077).toBe(0);
      const message = readFileSync(join(outbox, files[0]!), 'utf8');
      expect(message).toContain('From: tenken@example.lg.jp\r\n');
      expect(message).toContain('To: kokuho@example.lg.jp\r\n');
      // A subject is one line, whatever was put into it.
      expect(message.split('\r\n\r\n')[0]!.split('\r\n').filter((line) => /^[A-Z]/u.test(line)).map((line) => line.split(':')[0])).toEqual(['From', 'To', 'Subject', 'Message-ID', 'Content-Transfer-Encoding', 'Date', 'MIME-Version', 'Content-Type']);
      expect(decoded(message).trim().split(/\r?\n/u)).toEqual(['提出をお願いします。', '.', '期限 令和8年12月10日']);
    });
  });

  it('go through the server that is set', async () => {
    const server = await mailServer(false);
    try {
      await within(async (queue) => {
        await post(queue, LETTER);
        await workOnMail(queue, { smtpUrl: `smtp://user:pa%3Ass@127.0.0.1:${server.port}`, mailFrom: 'tenken@example.lg.jp', dataFolder: folder });
        await waitFor(() => server.messages.length > 0);
      });
      expect(server.messages).toHaveLength(1);
      expect(server.messages[0]).toContain('To: kokuho@example.lg.jp');
      expect(decoded(server.messages[0]!)).toContain('期限 令和8年12月10日');
    } finally {
      await server.close();
    }
  });

  it('that a server refuses are tried again later, and the log tells no password', async () => {
    const server = await mailServer(true);
    logged.length = 0;
    try {
      await within(async (queue) => {
        await post(queue, LETTER);
        await workOnMail(queue, { smtpUrl: `smtp://user:geheim@127.0.0.1:${server.port}`, mailFrom: 'tenken@example.lg.jp', dataFolder: folder });
        await waitFor(() => logged.length > 0);
      });
      expect(logged.join('\n')).toContain('メールの送信が途中で止まりました');
      expect(logged.join('\n')).toContain('535');
      expect(logged.join('\n')).not.toContain('geheim');
      expect(logged.join('\n')).not.toContain(Buffer.from('\0user\0geheim').toString('base64'));
    } finally {
      await server.close();
    }
  });
});

describe('addresses', () => {
  it.each(['user@example.lg.jp', 'a.b+c@mail.example.com', "o'neil@example.jp"])('takes %s', (address) => expect(mailProblem(address)).toBeNull());
  it.each(['', 'user', 'user@', '@example.jp', 'user@localhost', 'a b@example.jp', 'a@example.jp,b@example.jp', '<a@example.jp>', 'a@exam_ple.jp', '.a@example.jp', 'a..b@example.jp', 'ａ@example.jp', 'a@example.jp\nBcc: x@example.jp', `${'a'.repeat(65)}@example.jp`, 'a@b@example.jp'])('refuses %p', (address) => expect(mailProblem(address)).toContain('メールアドレス'));
});

it('takes every form of a password out of what a server says', () => {
  const url = 'smtp://user:pa%3Ass@mail.example';
  expect(withoutSecrets(`535 pa:ss ${Buffer.from('pa:ss').toString('base64')} pa%3Ass`, url)).toBe('535 ＊＊＊ ＊＊＊ ＊＊＊');
  expect(withoutSecrets('550 no such user', 'smtp://mail.example')).toBe('550 no such user');
});
