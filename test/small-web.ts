import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomUtils, parseDocument } from 'htmlparser2';
import type { DataSource } from 'typeorm';
import { RENDERING } from '../src/documents/stored-documents.js';
import { ENTITIES } from '../src/entities.js';
import { MAIL } from '../src/jobs/mail.js';
import { JobQueue } from '../src/jobs/queue.js';
import { clockAt, type Clock } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import { openDatabase } from '../src/kernel/database.js';
import { inProject } from '../src/kernel/root.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';
import { testDatabase } from './test-database.js';

/** A clock that the test moves. */
export interface MovableClock extends Clock {
  forward(minutes: number): void;
}

export interface Reply {
  status: number;
  body: string;
  /** Where a redirect leads, '' without one. */
  location: string;
  headers: Record<string, unknown>;
  /** Token of the session cookie that was set; null when none was, '' when it was taken away. */
  cookie: string | null;
}

export interface Visitor {
  /** Token of the session cookie, '' without one. */
  token: string;
  address?: string;
}

export interface SmallWeb {
  app: NestFastifyApplication;
  database: DataSource;
  clock: MovableClock;
  get(path: string, as?: Visitor | null, headers?: Record<string, string>): Promise<Reply>;
  /** A form; the CSRF token of the visitor's session goes with it unless `fields` has one. */
  post(path: string, fields: Record<string, string | string[]>, as?: Visitor | null, headers?: Record<string, string>): Promise<Reply>;
  csrf(as: Visitor): Promise<string>;
  close(): Promise<void>;
}

/** The real application over an empty database of its own, without a browser. */
export async function openSmallWeb(options: { demo?: boolean } = {}): Promise<SmallWeb> {
  const { url, drop } = await testDatabase();
  const database = await openDatabase(url, ENTITIES, { connections: 6 });
  const queue = await JobQueue.open(url, [RENDERING, MAIL], { log: () => undefined });
  const config = { ...readConfig({ DATABASE_URL: url, TENKEN_RENDERERS: '0' }), demo: options.demo ?? false, trustProxy: true };
  let now = new Date('2026-11-21T01:00:00Z').getTime();
  const clock: MovableClock = { now: () => new Date(now), today: () => clockAt(new Date(now).toISOString()).today(), forward: (minutes) => void (now += minutes * 60_000) };
  const app = await buildServer({ config, database, clock, templates: new Templates(inProject('templates')), queue });

  const inject = async (method: 'GET' | 'POST', url_: string, as: Visitor | null, headers: Record<string, string>, payload?: string): Promise<Reply> => {
    const response = await app.inject({
      method, url: url_, ...(payload === undefined ? {} : { payload }),
      headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', 'x-forwarded-for': as?.address ?? '192.0.2.1', ...(as === null || as.token === '' ? {} : { cookie: `tenken_session=${as.token}` }), ...headers },
    });
    const set = response.cookies.find((one) => one.name === 'tenken_session');
    return { status: response.statusCode, body: response.body, location: String(response.headers.location ?? ''), headers: response.headers, cookie: set === undefined ? null : set.value };
  };
  const web: SmallWeb = {
    app, database, clock,
    get: (path, as = null, headers = {}) => inject('GET', path, as, headers),
    async csrf(as) {
      const { csrf } = JSON.parse((await inject('GET', '/session', as, {})).body) as { csrf: string | null };
      return csrf ?? '';
    },
    async post(path, fields, as = null, headers = {}) {
      const all = { ...(as === null || as.token === '' ? {} : { _csrf: await web.csrf(as) }), ...fields };
      const body = new URLSearchParams(Object.entries(all).flatMap(([name, value]) => (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, one])));
      return inject('POST', path, as, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, body.toString());
    },
    async close() {
      await app.close();
      await queue.close();
      await database.destroy();
      await drop();
    },
  };
  return web;
}

/** Fields of the first form of a page that posts to `action`, as a browser without script would send them. */
export function formOn(html: string, action: string): Record<string, string | string[]> {
  const form = DomUtils.findOne((one) => one.name === 'form' && one.attribs.action === action, parseDocument(html).children);
  if (form === null) throw new Error(`no form for ${action} on the page`);
  const fields: Record<string, string | string[]> = {};
  for (const control of DomUtils.findAll((one) => ['input', 'textarea', 'select'].includes(one.name) && 'name' in one.attribs, form.children)) {
    const { name, type, value = '' } = control.attribs;
    if ((type === 'radio' || type === 'checkbox') && !('checked' in control.attribs)) continue;
    const chosen = control.name === 'select' ? DomUtils.findOne((one) => one.name === 'option' && 'selected' in one.attribs, control.children)?.attribs.value : undefined;
    const text = control.name === 'textarea' ? DomUtils.textContent(control).replace(/^\n/u, '') : control.name === 'select' ? (chosen ?? '') : value;
    const before = fields[name!];
    fields[name!] = before === undefined ? text : [...(Array.isArray(before) ? before : [before]), text];
  }
  return fields;
}

/** What a person reads on a page. */
export function textOf(html: string): string {
  return DomUtils.textContent(parseDocument(html).children.filter((one) => one.type !== 'directive')).replace(/\s+/gu, ' ').trim();
}
