import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomUtils, parseDocument } from 'htmlparser2';
import puppeteer, { type Browser } from 'puppeteer';
import type { DataSource } from 'typeorm';
import { CreateAssessment } from '../src/assessments/create-assessment.service.js';
import { Forms } from '../src/assessments/forms.js';
import { RENDERING } from '../src/documents/stored-documents.js';
import { splitAddress, type AnswerSet, type ChecksAnswer, type Code, type TableAnswer } from '../src/engine/form.js';
import { ENTITIES } from '../src/entities.js';
import type { Role } from '../src/identity/permissions.js';
import { tokenHash } from '../src/identity/session.service.js';
import { MAIL } from '../src/jobs/mail.js';
import { JobQueue } from '../src/jobs/queue.js';
import { readConfig } from '../src/kernel/config.js';
import type { Actor, Ctx } from '../src/kernel/ctx.js';
import { inTransaction, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { inProject } from '../src/kernel/root.js';
import { shippedBrowser, shippedLibraries } from '../src/rendering/chromium-files.js';
import { Chromium } from '../src/rendering/chromium.js';
import { fontConfiguration } from '../src/rendering/fonts.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';
import { filledForm } from '../bench/filled-form.js';
import { makeTown, TODAY, type Town } from './assessments-town.js';
import { testDatabase } from './test-database.js';

/** Unpacked once for all runs of this user. */
export const BROWSER_FOLDER = join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`);

/** Somebody with an open session. */
export interface Person extends Actor {
  town: Town;
  token: string;
  csrf: string;
}

export interface Answer {
  status: number;
  headers: Record<string, string | string[] | number | undefined>;
  body: string;
  bytes: Buffer;
  /** Where a redirect leads, '' without one. */
  location: string;
}

export type Fields = Record<string, string | string[] | Blob | [Blob, string]>;
type Headers = Record<string, string>;

export const JSON_WANTED: Headers = { accept: 'application/json' };

export interface Web {
  app: NestFastifyApplication;
  database: DataSource;
  queue: JobQueue;
  chromium: Chromium;
  templates: Templates;
  forms: Forms;
  /** みずほ野市: 国保年金課 and こども課. */
  town: Town;
  /** Another organisation. */
  elsewhere: Town;
  person(role: Role, department: string | null, name?: string, town?: Town): Promise<Person>;
  /** A new session for somebody whose old one may be gone. */
  session(person: Person): Promise<{ token: string; csrf: string }>;
  get(path: string, as: Person | null, headers?: Headers): Promise<Answer>;
  /** A form, urlencoded; multipart when it holds a file. The CSRF token of the session goes with it unless `fields` has one. */
  post(path: string, fields: Fields, as: Person | null, headers?: Headers): Promise<Answer>;
  /** JSON as the script and other programs send it. */
  send(path: string, value: unknown, as: Person, headers?: Headers): Promise<Answer>;
  /** A document with these answers (or none), made through the service. */
  document(as: Person, form: Code, version: string, answers?: AnswerSet, title?: string): Promise<string>;
  within<T>(as: Person, work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** `value` and `version` of an answer as they stand in the table. */
  stored(assessment: string, address: string): Promise<{ value: unknown; version: number } | null>;
  /** Rows of a table, of all organisations. */
  count(table: string): Promise<number>;
  /** Listens on a free port and gives the origin. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

/** The real application over a database of its own, with two organisations. */
export async function openWeb(env: Record<string, string> = {}): Promise<Web> {
  mkdirSync(BROWSER_FOLDER, { recursive: true });
  const { url, drop } = await testDatabase();
  const database = await openDatabase(url, ENTITIES, { connections: 8 });
  const queue = await JobQueue.open(url, [RENDERING, MAIL], { log: () => undefined });
  const templates = new Templates(inProject('templates'));
  const chromium = new Chromium({ folder: BROWSER_FOLDER });
  const config = readConfig({ DATABASE_URL: url, TENKEN_RENDERERS: '0', ...env });
  const app = await buildServer({ config, database, clock: TODAY, templates, queue });
  const town = await makeTown(database);
  const elsewhere = await makeTown(database, 'あさぎり町');
  const forms = app.get(Forms, { strict: false });

  const session: Web['session'] = async ({ id, town: { organisation } }) => {
    const [token, csrf] = [newId(), newId()];
    await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(token), organisation, id, csrf, TODAY.now()]);
    return { token, csrf };
  };
  const person: Web['person'] = async (role, department, name = role, at = town) => {
    const actor = await at.person(role, department, name);
    await database.query('insert into account_role (id, organisation_id, account_id, role, department_id) values ($1, $2, $3, $4, $5)', [newId(), at.organisation, actor.id, role, department]);
    const someone = { ...actor, town: at, token: '', csrf: '' };
    return Object.assign(someone, await session(someone));
  };

  const inject = async (method: 'GET' | 'POST', path: string, as: Person | null, headers: Headers, payload?: Buffer | string): Promise<Answer> => {
    const response = await app.inject({
      method, url: path, ...(payload === undefined ? {} : { payload }),
      headers: { accept: 'text/html', 'sec-fetch-site': 'same-origin', ...(as === null ? {} : { cookie: `tenken_session=${as.token}` }), ...headers },
    });
    return { status: response.statusCode, headers: response.headers, body: response.body, bytes: response.rawPayload, location: String(response.headers.location ?? '') };
  };

  return {
    app, database, queue, chromium, templates, forms, town, elsewhere, person, session,
    get: (path, as, headers = {}) => inject('GET', path, as, headers),
    async post(path, fields, as, headers = {}) {
      const all: Fields = { ...(as === null ? {} : { _csrf: as.csrf }), ...fields };
      const entries = Object.entries(all).flatMap(([name, value]) => (Array.isArray(value) && typeof value[0] === 'string' ? (value as string[]).map((one) => [name, one] as const) : [[name, value as string | Blob | [Blob, string]] as const]));
      if (entries.every(([, value]) => typeof value === 'string')) {
        return inject('POST', path, as, { 'content-type': 'application/x-www-form-urlencoded', ...headers }, new URLSearchParams(entries as [string, string][]).toString());
      }
      const form = new FormData();
      for (const [name, value] of entries) {
        if (typeof value === 'string') form.append(name, value);
        else if (Array.isArray(value)) form.append(name, value[0], value[1]);
        else form.append(name, value as Blob);
      }
      const body = new Response(form);
      return inject('POST', path, as, { 'content-type': body.headers.get('content-type')!, ...headers }, Buffer.from(await body.arrayBuffer()));
    },
    send: (path, value, as, headers = {}) => inject('POST', path, as, { accept: 'application/json', 'content-type': 'application/json', 'x-csrf-token': as.csrf, ...headers }, typeof value === 'string' ? value : JSON.stringify(value)),
    async document(as, form, version, answers = { rows: [], answers: {} }, title = 'こども医療費の助成に関する事務') {
      const made = await inTransaction(database, { organisation: as.town.organisation, actor: as, clock: TODAY }, (ctx) => app.get(CreateAssessment, { strict: false }).fromAnswers(ctx, {
        form, version, title, number: '12', departmentId: as.department ?? as.town.pension, bodyId: as.town.body, answers, origin: { from: 'test' },
      }));
      return made.id;
    },
    within: (as, work) => inTransaction(database, { organisation: as.town.organisation, actor: as, clock: TODAY }, work),
    async stored(assessment, address) {
      const found: { value: unknown; version: number }[] = await database.query('select value, version from answer where assessment_id = $1 and address = $2', [assessment, address]);
      return found[0] ?? null;
    },
    async count(table) {
      const [row]: { n: number }[] = await database.query(`select count(*)::int as n from ${table}`);
      return row!.n;
    },
    async listen() {
      await app.listen(0, '127.0.0.1');
      return `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
    },
    async close() {
      await app.close();
      await queue.close();
      await chromium.close();
      await database.destroy();
      await drop();
    },
  };
}

/** The forms of the law and their versions, as the product ships them. */
export const STATUTORY: readonly (readonly [Code, string])[] = [['basic', '2024-10'], ['basic', '2019-01'], ['priority', '2024-10'], ['full', '2024-10']];

/** Something that fits in every item of a form. */
export function filled(web: Web, form: Code, version: string): AnswerSet {
  const { definition, byCode } = web.forms.get(form, version);
  const { rows, answers } = filledForm(definition, { files: 2, rows: 2, sentences: 3, records: 7 });
  for (const [address, value] of Object.entries(answers)) {
    const item = byCode.get(splitAddress(address).item)?.item;
    if (item?.kind === 'table') {
      const choices = item.columns.filter((column) => column.kind === 'choice').map((column) => [column.code, definition.optionSets[column.options!]![0]!.code]);
      answers[address] = (value as TableAnswer).map((row) => ({ ...row, ...(Object.fromEntries(choices) as Record<string, string>) }));
    }
    if (item?.kind !== 'checks') continue;
    const { checked, texts = {}, counts = {} } = value as ChecksAnswer;
    const together = checked.filter((code) => item.exclusive?.includes(code) !== true);
    const kept = together.length === 0 ? checked.slice(0, 1) : together;
    if (kept.length === 0) delete answers[address];
    else answers[address] = { checked: kept, ...(Object.keys(texts).length > 0 ? { texts } : {}), ...(Object.keys(counts).length > 0 ? { counts } : {}) };
  }
  return { rows, answers };
}

/** A 基礎項目評価書 with nothing left to write: as `filled`, without the exceptions that make other items fall away. */
export function readyBasic(web: Web): AnswerSet {
  const { rows, answers } = filled(web, 'basic', '2024-10');
  const exceptions = ['change-table', 'outsourcing-none', 'provision-transfer-none', 'network-none', 'manual-work-none', 'higher-assessment'];
  return { rows, answers: Object.fromEntries(Object.entries(answers).filter(([address]) => !exceptions.includes(address))) };
}

export type Element = ReturnType<typeof DomUtils.findAll>[number];

/** A page taken apart. */
export function elementsOf(html: string) {
  const root = parseDocument(html);
  const all = (test: (element: Element) => boolean, within: Pick<Element, 'children'> = root): Element[] => DomUtils.findAll(test, within.children);
  const text = (node: Parameters<typeof DomUtils.textContent>[0]): string => DomUtils.textContent(node).replace(/\s+/gu, ' ').trim();
  const hasClass = (name: string) => (element: Element): boolean => (element.attribs.class ?? '').split(' ').includes(name);
  return {
    root, all, text, hasClass,
    byId: (id: string): Element | null => DomUtils.getElementById(id, root.children),
    /** Text of the whole page as a person reads it. */
    whole: (): string => text(root.children.filter((node) => node.type !== 'directive')),
    /** Value that a control of the form would send. */
    field: (form: Element, name: string): string | null => {
      const found = DomUtils.findOne((element) => element.attribs.name === name, form.children);
      return found === null ? null : found.name === 'textarea' ? DomUtils.textContent(found).replace(/^\n/u, '') : (found.attribs.value ?? '');
    },
  };
}

/** The shipped browser with our fonts, scripts on. */
export async function openBrowser(): Promise<Browser> {
  mkdirSync(BROWSER_FOLDER, { recursive: true });
  const executablePath = process.env['TENKEN_BROWSER'] ?? await shippedBrowser(BROWSER_FOLDER);
  const args = ['--disable-gpu', '--font-render-hinting=none', ...(process.getuid?.() === 0 ? ['--no-sandbox'] : [])];
  const launch = (libraries: string | null): Promise<Browser> => puppeteer.launch({
    executablePath, args, headless: 'shell', pipe: true,
    env: { ...process.env, FONTCONFIG_FILE: fontConfiguration(BROWSER_FOLDER), ...(libraries === null ? {} : { LD_LIBRARY_PATH: libraries }) },
  });
  return launch(null).catch(async () => launch(await shippedLibraries(BROWSER_FOLDER)));
}
