import { timingSafeEqual } from 'node:crypto';
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common';
import { Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyReply } from 'fastify';
import { firstValueFrom, from, type Observable } from 'rxjs';
import type { DataSource } from 'typeorm';
import { allows, type Permission } from '../identity/permissions.js';
import { SessionService, type Recognised } from '../identity/session.service.js';
import type { Clock } from '../kernel/clock.js';
import type { Ctx } from '../kernel/ctx.js';
import { PRODUCT } from '../kernel/ctx.js';
import { inTransaction } from '../kernel/database.js';
import { Refused } from '../kernel/errors.js';
import { CLOCK, DATABASE } from '../kernel/kernel.module.js';
import type { EnteredRequest, Upload } from './allow.js';
import { ALLOW, PUBLIC, SESSION_COOKIE } from './allow.js';
import { isOutcome, type Outcome } from './outcome.js';
import { PAGE_MARK, Sender } from './sender.js';
import { formKey, SentForms } from './sent-forms.js';
import { SignInNeeded } from './sign-in-needed.js';

/**
 * The one door of all routes: opens the transaction, recognises the session, checks permission and CSRF,
 * calls the controller, commits, and only then renders and sends. A route without `@Allow` or `@Public` stays shut.
 */
@Injectable()
export class Door implements NestInterceptor {
  constructor(
    @Inject(DATABASE) private readonly database: DataSource,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly reflector: Reflector,
    private readonly sessions: SessionService,
    private readonly sender: Sender,
    private readonly sentForms: SentForms,
  ) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    return from(this.pass(context, next));
  }

  private async pass(context: ExecutionContext, next: CallHandler): Promise<void> {
    const request = context.switchToHttp().getRequest<EnteredRequest>();
    const reply = context.switchToHttp().getResponse<FastifyReply>();
    const permission = this.reflector.getAllAndOverride<Permission | undefined>(ALLOW, [context.getHandler(), context.getClass()]);
    const open = this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC, [context.getHandler(), context.getClass()]) === true;
    if (permission === undefined && !open) throw new Refused('route-shut', 'この操作は許可されていません。');

    const uploads = await unpackBody(request);
    const outcome = await inTransaction(this.database, { organisation: null, actor: PRODUCT, clock: this.clock }, async (anonymous) => {
      const session = await this.recognise(anonymous, request);
      const ctx = session?.ctx ?? anonymous;
      request.entered = { ctx, session, uploads };
      if (permission !== undefined) {
        if (session === null) throw new SignInNeeded();
        if (!allows(ctx.actor.grants, permission)) throw new Refused('not-allowed', 'この操作をする権限がありません。必要なときはシステム管理者に役割の追加を頼んでください。');
        if (session.mustChangePassword && permission !== 'account.self') throw new Refused('password-change-due', 'はじめに自分のパスワードを決めてください。', [{ code: 'password-change-due', path: '', message: 'パスワードの変更がまだです。', href: '/account/password' }]);
      }
      const act = () => firstValueFrom(next.handle()) as Promise<unknown>;
      if (request.method === 'GET' || request.method === 'HEAD') return act();
      const sentFrom = checkOrigin(request, session);
      return sentFrom === null ? act() : this.sentForms.once(ctx, formKey(request, ctx.actor.id, sentFrom), act);
    });
    if (!isOutcome(outcome)) throw new Error(`controller of ${request.url} returned no outcome`);
    await this.sender.send(reply, request, outcome as Outcome);
  }

  private async recognise(ctx: Ctx, request: EnteredRequest): Promise<Recognised | null> {
    const token = request.cookies[SESSION_COOKIE];
    return token === undefined || token === '' ? null : this.sessions.recognise(ctx, token);
  }
}

/** A change must come from our own page, and carry the token of the session where there is one. Returns the mark of the page that it was sent from, where it says one. */
function checkOrigin(request: EnteredRequest, session: Recognised | null): string | null {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new Refused('foreign-origin', 'ほかのサイトからの操作は受け付けません。');
  if (site === undefined && typeof request.headers.origin === 'string') {
    const origin = URL.canParse(request.headers.origin) ? new URL(request.headers.origin).host : null;
    if (origin !== request.headers.host) throw new Refused('foreign-origin', 'ほかのサイトからの操作は受け付けません。');
  }
  const body = request.body as Record<string, unknown> | null | undefined;
  const sent = request.headers['x-csrf-token'] ?? body?._csrf;
  if (body !== null && body !== undefined && typeof body === 'object') delete body._csrf;
  if (session === null) return null;
  const [token, sentFrom] = typeof sent === 'string' ? sent.split(PAGE_MARK) : [];
  if (token === undefined || !same(token, session.csrfToken)) throw new Refused('csrf', '画面が古くなっています。入力はこのまま残っています。前の画面に戻り、画面を読み込み直してから、もう一度送ってください。');
  // What a script sends carries its token in the header; it knows by itself what it has sent.
  return request.headers['x-csrf-token'] === undefined ? (sentFrom ?? null) : null;
}

function same(left: string, right: string): boolean {
  const [one, other] = [Buffer.from(left), Buffer.from(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}

interface Part {
  type: 'field' | 'file';
  value?: unknown;
  filename?: string;
  mimetype: string;
  toBuffer?(): Promise<Buffer>;
}

/** Multipart bodies: texts become plain fields, files go to `uploads`. Other bodies stay as they are. */
async function unpackBody(request: EnteredRequest): Promise<Record<string, Upload>> {
  const uploads: Record<string, Upload> = {};
  // A form without fields has no body, and JSON may be anything; controllers read fields of an object.
  if (request.body === null || typeof request.body !== 'object') request.body = {};
  if (!String(request.headers['content-type'] ?? '').startsWith('multipart/form-data')) return uploads;
  const fields: Record<string, unknown> = {};
  for (const [name, part] of Object.entries((request.body ?? {}) as Record<string, Part | Part[]>)) {
    const parts = Array.isArray(part) ? part : [part];
    for (const one of parts) {
      if (one.type === 'file' && one.toBuffer !== undefined) {
        const bytes = await one.toBuffer();
        if (bytes.length > 0 || (one.filename ?? '') !== '') uploads[name] = { fileName: (one.filename ?? '').slice(0, 200), mediaType: one.mimetype, bytes };
      } else fields[name] = parts.length > 1 ? [...((fields[name] as unknown[] | undefined) ?? []), one.value] : one.value;
    }
  }
  request.body = fields;
  return uploads;
}
