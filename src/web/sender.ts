import { randomBytes } from 'node:crypto';
import '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { reachOf, ROLES, type Permission, type Role } from '../identity/permissions.js';
import type { Config } from '../kernel/config.js';
import { CONFIG } from '../kernel/kernel.module.js';
import { Templates } from '../rendering/html.js';
import type { Recognised } from '../identity/session.service.js';
import { SESSION_COOKIE, type EnteredRequest } from './allow.js';
import type { Outcome } from './outcome.js';

/** `also`: where else one is in that part. */
const NAVIGATION: { href: string; label: string; permission: Permission; also?: string[] }[] = [
  { href: '/', label: 'ホーム', permission: 'home.open' },
  { href: '/assessments', label: '評価書', permission: 'assessment.read' },
  { href: '/threshold', label: 'しきい値判断', permission: 'threshold.read' },
  { href: '/systems', label: 'システム', permission: 'system.read' },
  { href: '/checks', label: '点検', permission: 'check.read' },
  { href: '/risks', label: 'リスク', permission: 'risk.read' },
  { href: '/audits', label: '監査', permission: 'audit.read', also: ['/findings', '/improvements'] },
  { href: '/questionnaires', label: '調査票', permission: 'questionnaire.manage' },
  { href: '/responses', label: '調査票', permission: 'questionnaire.answer' },
  { href: '/findings', label: '検出事項', permission: 'finding.state' },
  { href: '/actions', label: '措置', permission: 'action.read', also: ['/notices'] },
  { href: '/journal', label: '記録', permission: 'journal.read' },
  { href: '/administration', label: '管理', permission: 'administration.manage' },
];

/** Stands between the session's token and the mark of the page in `csrf`; no token contains it. */
export const PAGE_MARK = '.';

/** What every page knows besides its own model: `shell` in the templates. */
export interface Shell {
  /** The session's token and, behind `PAGE_MARK`, a mark of this page alone: a form sent twice from it is known again. */
  csrf: string;
  signedIn: boolean;
  /** Id of the account, so that the browser keeps what was typed apart. */
  person: string;
  who: string;
  demo: boolean;
  navigation: { href: string; label: string; current: boolean }[];
}

/** Turns an outcome into bytes: renders pages, sets the cookie, names files. */
@Injectable()
export class Sender {
  constructor(
    private readonly templates: Templates,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  async send(reply: FastifyReply, request: EnteredRequest, outcome: Outcome): Promise<void> {
    switch (outcome.kind) {
      case 'page': {
        const html = this.templates.render(outcome.view, { ...outcome.model, shell: this.shell(request, outcome.entered?.session) });
        if (outcome.entered !== undefined) this.setCookie(reply, outcome.entered.token);
        await reply.status(outcome.status).headers({ 'cache-control': 'no-store', ...outcome.headers }).type('text/html; charset=utf-8').send(html);
        return;
      }
      case 'redirect': {
        if (outcome.session !== undefined) this.setCookie(reply, outcome.session);
        // htmx follows a redirect inside its request; a whole new page is asked for by this header.
        if (request.headers['hx-request'] !== undefined) await reply.status(200).header('hx-redirect', outcome.to).send('');
        else await reply.status(303).header('location', outcome.to).send('');
        return;
      }
      case 'data':
        await reply.status(outcome.status).header('cache-control', 'no-store').type('application/json; charset=utf-8').send(JSON.stringify(outcome.data));
        return;
      case 'html':
        await reply
          .status(200)
          .headers({ 'cache-control': 'no-store', 'content-security-policy': `default-src 'none';img-src 'self' data:;style-src ${outcome.styles.join(' ')};frame-ancestors 'self';base-uri 'none';form-action 'none'` })
          .type('text/html; charset=utf-8')
          .send(outcome.text);
        return;
      case 'file':
        await reply
          .status(200)
          .headers({
            'cache-control': 'private, no-store',
            'x-content-type-options': 'nosniff',
            'content-disposition': `${outcome.inline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeURIComponent(outcome.fileName).replace(/['()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)}`,
          })
          .type(outcome.mediaType)
          .send(outcome.bytes);
    }
  }

  private setCookie(reply: FastifyReply, token: string | null): void {
    const settings = { httpOnly: true, sameSite: 'lax', secure: this.config.https, path: '/' } as const;
    if (token === null) reply.clearCookie(SESSION_COOKIE, settings);
    else reply.setCookie(SESSION_COOKIE, token, settings);
  }

  shell(request: EnteredRequest, begun?: Recognised): Shell {
    const session = begun ?? request.entered?.session ?? null;
    const path = request.url.split('?')[0] ?? '/';
    const grants = session?.ctx.actor.grants ?? [];
    return {
      csrf: session === null ? '' : `${session.csrfToken}${PAGE_MARK}${randomBytes(9).toString('base64url')}`,
      signedIn: session !== null,
      person: session?.ctx.actor.id ?? '',
      who: session === null ? '' : `${session.ctx.actor.name}（${[...new Set(grants.map((one) => ROLES[one.role as Role] ?? one.role))].join('・')}）`,
      demo: this.config.demo,
      navigation: NAVIGATION.filter((one) => session !== null && holds(session.ctx.actor.grants, one.permission)).map((one) => ({
        href: one.href,
        label: one.label,
        current: [one.href, ...(one.also ?? [])].some((part) => path === part || (part !== '/' && path.startsWith(`${part}/`))),
      })),
    };
  }
}

function holds(grants: Parameters<typeof reachOf>[0], permission: Permission): boolean {
  const reach = reachOf(grants, permission);
  return reach === 'all' || reach.size > 0;
}
