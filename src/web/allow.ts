import type { ExecutionContext } from '@nestjs/common';
import { createParamDecorator, SetMetadata } from '@nestjs/common';
import type { Permission } from '../identity/permissions.js';
import type { Recognised } from '../identity/session.service.js';
import type { Ctx } from '../kernel/ctx.js';

export const ALLOW = 'tenken:allow';
export const PUBLIC = 'tenken:public';

/** Whoever holds this permission somewhere may call the route; the service narrows it to the object. */
export const Allow = (permission: Permission) => SetMetadata(ALLOW, permission);

/** The route is open to everybody. */
export const Public = () => SetMetadata(PUBLIC, true);

/** A file that was uploaded with a form. */
export interface Upload {
  fileName: string;
  mediaType: string;
  bytes: Buffer;
}

/** What the door puts on the request. */
export interface Entered {
  ctx: Ctx;
  session: Recognised | null;
  uploads: Record<string, Upload>;
}

export interface EnteredRequest {
  entered: Entered;
  url: string;
  method: string;
  ip: string;
  headers: Record<string, string | string[] | undefined>;
  cookies: Record<string, string | undefined>;
  body: unknown;
}

const entered = (context: ExecutionContext): EnteredRequest => context.switchToHttp().getRequest<EnteredRequest>();

/** The `ctx` of the request: first argument of every service method. */
export const InCtx = createParamDecorator((_: unknown, context: ExecutionContext): Ctx => entered(context).entered.ctx);

/** The files of a multipart form, by field name. */
export const Uploads = createParamDecorator((_: unknown, context: ExecutionContext): Record<string, Upload> => entered(context).entered.uploads);

/** Address of the caller, for throttling. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): string => entered(context).ip);

/** Token of the session cookie, if there is one. */
export const SessionToken = createParamDecorator((_: unknown, context: ExecutionContext): string | null => entered(context).cookies[SESSION_COOKIE] ?? null);

export const SESSION_COOKIE = 'tenken_session';

/** CSRF token of the session, for pages with forms. */
export const Csrf = createParamDecorator((_: unknown, context: ExecutionContext): string => entered(context).entered.session?.csrfToken ?? '');
