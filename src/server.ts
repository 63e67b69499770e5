import 'reflect-metadata';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import fixedFiles from '@fastify/static';
import { ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply } from 'fastify';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inProject } from './kernel/root.js';
import { AppModule, type Parts } from './app.module.js';
import { describeProblems } from './web/input-problems.js';

/** Largest body of a form, and of an uploaded file. */
const BODY_LIMIT = 4 * 1024 * 1024;
const FILE_LIMIT = 30 * 1024 * 1024;

/** Files of libraries that pages load, by the name under which they are served. */
const VENDOR_FILES = { 'htmx.js': 'htmx.org/dist/htmx.min.js', 'tokens.css': '@digital-go-jp/design-tokens/dist/tokens.css' };

/** An address that the router cannot even read: the page of one that does not exist, with the same closed policy. */
function refuseAddress(reply: FastifyReply, { templates, config }: Parts): void {
  const shell = { csrf: '', signedIn: false, person: '', who: '', demo: config.demo, navigation: [] };
  const text = templates.render('pages/error', { title: '見つかりません', message: 'このアドレスの画面はありません。', problems: [], typed: [], back: '/', shell });
  void reply
    .status(404)
    .headers({ 'content-security-policy': `default-src 'none';script-src 'self';style-src 'self';img-src 'self';frame-ancestors 'none';base-uri 'none'`, 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    .type('text/html; charset=utf-8')
    .send(text);
}

/** Builds the web application; the caller listens and closes. */
export async function buildServer(parts: Parts): Promise<NestFastifyApplication> {
  const { config } = parts;
  const adapter = new FastifyAdapter({
    bodyLimit: BODY_LIMIT,
    trustProxy: config.trustProxy,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 300 },
    frameworkErrors: (_error: unknown, _request: unknown, reply: unknown) => refuseAddress(reply as FastifyReply, parts),
  });
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(parts), adapter, { logger: ['error', 'warn'], bodyParser: false, forceCloseConnections: true });
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: [`'none'`], scriptSrc: [`'self'`], styleSrc: [`'self'`], imgSrc: [`'self'`, 'data:'], fontSrc: [`'self'`], connectSrc: [`'self'`],
        formAction: [`'self'`], frameAncestors: [`'self'`], frameSrc: [`'self'`], baseUri: [`'none'`], objectSrc: [`'none'`],
      },
    },
    strictTransportSecurity: config.https ? { maxAge: 31_536_000 } : false,
    referrerPolicy: { policy: 'same-origin' },
    crossOriginOpenerPolicy: config.https ? { policy: 'same-origin' } : false,
  });
  await app.register(cookie);
  await app.register(formbody, { bodyLimit: BODY_LIMIT });
  await app.register(multipart, { attachFieldsToBody: true, limits: { fileSize: FILE_LIMIT, files: 4, fields: 200, fieldSize: BODY_LIMIT } });
  await app.register(fixedFiles, { root: inProject('templates', 'public'), prefix: '/public/', maxAge: config.development ? 0 : 3_600_000 });
  for (const [name, path] of Object.entries(VENDOR_FILES)) {
    const bytes = readFileSync(createRequire(import.meta.url).resolve(path));
    app.getHttpAdapter().getInstance().get(`/public/vendor/${name}`, (_request, reply) =>
      reply.header('cache-control', 'public, max-age=3600').type(name.endsWith('.css') ? 'text/css; charset=utf-8' : 'text/javascript; charset=utf-8').send(bytes));
  }
  app.useBodyParser('application/json', { bodyLimit: BODY_LIMIT });
  app.useGlobalPipes(new ValidationPipe({ whitelist: true, forbidNonWhitelisted: true, transform: true, exceptionFactory: describeProblems }));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
