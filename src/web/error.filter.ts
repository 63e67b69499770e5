import { randomUUID } from 'node:crypto';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { Catch, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Conflict, Invalid, NotFound, Refused, TenkenError } from '../kernel/errors.js';
import type { EnteredRequest } from './allow.js';
import { constraintProblem } from './constraint-problem.js';
import { Sender } from './sender.js';
import { SignInNeeded } from './sign-in-needed.js';

const TITLES = { invalid: '入力を確かめてください', 'not-found': '見つかりません', refused: 'この操作はできません', conflict: '先に変更されています' } as const;

/**
 * The one place where errors become answers: a page in Japanese for a person (what happened, what to do,
 * what was typed), JSON for a program.
 */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  private readonly log = new Logger('request');

  constructor(private readonly sender: Sender) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const request = host.switchToHttp().getRequest<EnteredRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const error = this.ours(thrown, request);
    const status = statusOf(error);
    if (wantsData(request)) {
      const sides = error instanceof Conflict && error.sides !== undefined ? { sides: error.sides } : {};
      await this.sender.send(reply, request, { kind: 'data', status, data: { error: { kind: error.kind, code: error.code, message: error.message, problems: error.problems, ...sides } } });
      return;
    }
    if (error instanceof SignInNeeded && request.method === 'GET') {
      const target = request.url === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(request.url)}`;
      await this.sender.send(reply, request, { kind: 'redirect', to: target });
      return;
    }
    const view = error instanceof SignInNeeded ? 'pages/identity/sign-in' : 'pages/error';
    const typed = request.method === 'GET' ? [] : typedFields(request.body);
    const model = error instanceof SignInNeeded
      ? { next: '', signInName: '', problems: [], resume: { action: request.url, fields: typed }, message: error.message, cards: [] }
      : { title: error instanceof Unexpected ? '誤りが起きました' : TITLES[error.kind], message: error.message, problems: error.problems.map((one) => ({ ...one, href: one.href ?? null })), typed: typed.filter((one) => one.value.trim() !== ''), back: request.url };
    await this.sender.send(reply, request, { kind: 'page', view, model, status, headers: {} });
  }

  private ours(thrown: unknown, request: EnteredRequest): TenkenError {
    if (thrown instanceof TenkenError) return thrown;
    const constraint = constraintProblem(thrown);
    if (constraint !== null) return constraint;
    const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number }).statusCode;
    if (status === 404) return new NotFound('page-not-found', 'このアドレスの画面はありません。');
    if (status === 413) return new Invalid(TOO_LARGE, '送られたデータが大きすぎます。ファイルは10MBまで、文は1項目2万字までにしてください。何も保存していません。');
    if (status !== undefined && status >= 400 && status < 500) return new Invalid('request-invalid', UNREADABLE);
    // A form with files that breaks off, or says nothing of its parts, never reaches the door.
    if (request.entered === undefined && String(request.headers['content-type'] ?? '').startsWith('multipart/')) return new Invalid('request-invalid', UNREADABLE);
    const mark = randomUUID().slice(0, 8);
    this.log.error(`${mark} ${request.method} ${request.url.split('?')[0]}: ${thrown instanceof Error ? thrown.stack : String(thrown)}`);
    return new Unexpected(mark);
  }
}

/** A fault of the product. The mark is in the log beside the cause. */
class Unexpected extends Refused {
  constructor(mark: string) {
    super('unexpected', `予期しない誤りが起きました。何も保存していません。もう一度試し、続くときはシステム管理者に受付番号 ${mark} を伝えてください。`);
  }
}

function statusOf(error: TenkenError): number {
  if (error instanceof SignInNeeded) return 401;
  if (error instanceof Unexpected) return 500;
  if (error.code === TOO_LARGE) return 413;
  return { invalid: 422, 'not-found': 404, refused: 403, conflict: 409 }[error.kind];
}

function wantsData(request: EnteredRequest): boolean {
  return request.url.startsWith('/api/') || String(request.headers.accept ?? '').startsWith('application/json');
}

const TOO_LARGE = 'too-large';
const UNREADABLE = '送られた内容を読み取れませんでした。何も保存していません。画面を読み込み直して、もう一度試してください。';
const SECRET = /password|token|_csrf/iu;

/** What the person typed, to be shown or carried on. Secrets and files are left out. */
export function typedFields(body: unknown): { name: string; value: string }[] {
  if (body === null || typeof body !== 'object') return [];
  return Object.entries(body)
    .filter(([name]) => !SECRET.test(name))
    .flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).flatMap((one) => textOf(one).map((text) => ({ name, value: text }))));
}

/** A multipart body that was refused before the door still consists of its parts, which name one another. */
function textOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value !== null && typeof value === 'object' && 'fieldname' in value) return 'value' in value && typeof value.value === 'string' ? [value.value] : [];
  return [JSON.stringify(value) ?? ''];
}
