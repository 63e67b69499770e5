import { mkdirSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { AxePuppeteer } from '@axe-core/puppeteer';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Browser, BrowserContext, ElementHandle, JSHandle, Page } from 'puppeteer';
import type { DataSource } from 'typeorm';
import { CreateAssessment } from '../src/assessments/create-assessment.service.js';
import { DEMO_ORGANISATION, demoAccount, demoBody, demoDepartment, seedDemoCity } from '../src/demo/city.js';
import { workOnDocuments } from '../src/documents/rendering-worker.js';
import { RENDERING } from '../src/documents/stored-documents.js';
import type { AnswerSet, Code } from '../src/engine/form.js';
import { ENTITIES } from '../src/entities.js';
import { MAIL } from '../src/jobs/mail.js';
import { tokenHash } from '../src/identity/session.service.js';
import { JobQueue } from '../src/jobs/queue.js';
import { clockAt } from '../src/kernel/clock.js';
import { readConfig } from '../src/kernel/config.js';
import { inTransaction, openDatabase } from '../src/kernel/database.js';
import { newId } from '../src/kernel/ids.js';
import { inProject } from '../src/kernel/root.js';
import { Chromium } from '../src/rendering/chromium.js';
import { Templates } from '../src/rendering/html.js';
import { buildServer } from '../src/server.js';
import type { MovableClock } from './small-web.js';
import { testDatabase } from './test-database.js';
import { BROWSER_FOLDER, openBrowser } from './web-fixture.js';

/** WCAG 2.2 A and AA, which JIS X 8341-3 AA follows. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** `SCREENSHOTS=folder`: a picture of every page visited, wide and narrow. */
const PICTURES = process.env['SCREENSHOTS'];
const WIDE = { width: 1280, height: 900 };
const NARROW = { width: 390, height: 844 };
const PATIENCE = 15_000;

/** The product as `npm start` builds it, on a free port over a database of its own, and a browser. */
export interface Stage {
  app: NestFastifyApplication;
  origin: string;
  database: DataSource;
  clock: MovableClock;
  browser: Browser;
  /** Somebody at a computer of their own: nothing is shared with other visitors. */
  visitor(name: string): Promise<Visitor>;
  /** Somebody of the demo city, signed in already. */
  visitorAs(signInName: string): Promise<Visitor>;
  /** Documents are printed from now on. */
  startWorker(): Promise<void>;
  /** A document of 子育て支援課, begun by its drafter. */
  document(form: Code, version: string, answers?: AnswerSet, title?: string): Promise<string>;
  close(): Promise<void>;
}

function movableClock(start: string): MovableClock {
  let at = Date.parse(start);
  const here = () => clockAt(new Date(at).toISOString());
  return { now: () => here().now(), today: () => here().today(), forward: (minutes) => void (at += minutes * 60_000) };
}

/** `demo`: with the demo city and its cards; otherwise empty. */
export async function openStage({ demo }: { demo: boolean }): Promise<Stage> {
  const browser = await openBrowser();
  const { url, drop } = await testDatabase();
  const clock = movableClock('2026-11-21T01:00:00Z');
  const database = await openDatabase(url, ENTITIES, { connections: 8 });
  if (demo) await seedDemoCity(database, clock);
  const queue = await JobQueue.open(url, [RENDERING, MAIL], { log: () => undefined });
  const templates = new Templates(inProject('templates'));
  const chromium = new Chromium({ folder: BROWSER_FOLDER, executable: process.env['TENKEN_BROWSER'] });
  const app = await buildServer({ config: { ...readConfig({ DATABASE_URL: url }), demo }, database, clock, templates, queue });
  await app.listen(0, '127.0.0.1');
  const origin = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  return {
    app, origin, database, clock, browser,
    visitor: async (name) => Visitor.arrive(await browser.createBrowserContext(), origin, name),
    async visitorAs(signInName) {
      const visitor = await Visitor.arrive(await browser.createBrowserContext(), origin, signInName);
      const token = newId();
      await database.query('insert into session (token_hash, organisation_id, account_id, csrf_token, started_at, seen_at) values ($1, $2, $3, $4, $5, $5)', [tokenHash(token), DEMO_ORGANISATION, demoAccount(signInName), newId(), clock.now()]);
      await visitor.context.setCookie({ name: 'tenken_session', value: token, domain: new URL(origin).hostname, path: '/', httpOnly: true });
      return visitor;
    },
    startWorker: () => workOnDocuments(queue, { database, chromium, templates, clock }, 1),
    async document(form, version, answers = { rows: [], answers: {} }, title = '児童手当の支給に関する事務　評価書') {
      const department = demoDepartment('子育て支援課');
      const actor = { id: demoAccount('kosodate.tanto'), name: '子育て支援課　担当', department, grants: [{ role: 'drafter', department }] };
      const made = await inTransaction(database, { organisation: DEMO_ORGANISATION, actor, clock }, (ctx) => app.get(CreateAssessment, { strict: false }).fromAnswers(ctx, {
        form, version, title, number: '12', departmentId: department, bodyId: demoBody('市長'), answers, origin: { from: 'test' },
      }));
      return made.id;
    },
    async close() {
      await browser.close();
      await app.close();
      await queue.close();
      await chromium.close();
      await database.destroy();
      await drop();
    },
  };
}

/** An element as far as functions that run in the page use it here. */
interface PageElement {
  textContent: string;
  disabled?: boolean;
  control?: PageElement | null;
  childNodes: Iterable<Omit<PageElement, 'matches'> & { matches?(selector: string): boolean }>;
  checkVisibility(): boolean;
  querySelectorAll(selector: string): Iterable<PageElement>;
}

/** Words as `Visitor.words` gives them: every space, also a full-width one, as one plain space. */
export const squeezed = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** Somebody in front of a browser: sees what stands on the page, presses what has a name. */
export class Visitor {
  private pictures = 0;

  private constructor(
    readonly context: BrowserContext,
    readonly page: Page,
    readonly origin: string,
    readonly name: string,
    /** What the page complained of: scripts that failed, files that did not come. */
    readonly complaints: string[],
  ) {}

  static async arrive(context: BrowserContext, origin: string, name: string): Promise<Visitor> {
    const page = await context.newPage();
    const complaints: string[] = [];
    page.setDefaultTimeout(PATIENCE);
    page.on('pageerror', (error) => complaints.push(error instanceof Error ? error.message : String(error)));
    // An answer that refuses (401, 409, 422) is part of a journey; anything else that the browser complains of is a fault.
    page.on('console', (message) => { if (message.type() === 'error' && !/status of 4\d\d|Status Error Code 4\d\d/u.test(message.text())) complaints.push(message.text()); });
    page.on('dialog', (dialog) => void dialog.accept());
    await page.setViewport(WIDE);
    return new Visitor(context, page, origin, name, complaints);
  }

  async open(path: string): Promise<void> {
    await this.page.goto(this.origin + path, { waitUntil: 'load' });
  }

  path(): string {
    const { pathname, search } = new URL(this.page.url());
    return pathname + search;
  }

  /** The words of the page (or of one part of it) as they are shown. */
  words(selector = 'main'): Promise<string> {
    return this.page.$eval(selector, (element) => element.innerText).then(squeezed);
  }

  /** Waits until these words stand on the page. */
  async sees(words: string, selector = 'main'): Promise<void> {
    await this.until(`「${words}」 on ${this.path()}`, async () => (await this.words(selector)).includes(squeezed(words)));
  }

  /** Waits for what `test` says (a page that is just going away says nothing); tells what it waited for when it does not come. */
  async until(what: string, test: () => Promise<boolean>, patience = PATIENCE): Promise<void> {
    for (const end = Date.now() + patience; ; await new Promise((done) => setTimeout(done, 40))) {
      if (await test().catch(() => false)) return;
      if (Date.now() > end) throw new Error(`${this.name} waited for ${what}; the page says: ${(await this.words('body')).slice(0, 1500)}`);
    }
  }

  /** The link, button or fold with this name, in one part of the page; the name is the whole shown text, or begins with it. */
  async named(name: string, within = 'body'): Promise<ElementHandle> {
    const found = await this.whole((page, wanted, part) => {
      const shown = (one: PageElement) => one.checkVisibility() && one.disabled !== true;
      const text = (one: PageElement) => one.textContent.replace(/\s+/gu, ' ').trim();
      const all = [...page.querySelectorAll(`${part} :is(a,button,summary)`)].filter(shown);
      return all.find((one) => text(one) === wanted) ?? all.find((one) => text(one).startsWith(wanted)) ?? all.find((one) => text(one).includes(wanted)) ?? null;
    }, squeezed(name), within);
    const element = found.asElement() as ElementHandle | null;
    if (element === null) throw new Error(`${this.name} finds no 「${name}」 on ${this.path()}: ${(await this.words('body')).slice(0, 1500)}`);
    return element;
  }

  /** Presses a link or button and waits for the next page. */
  async go(name: string, within = 'body'): Promise<void> {
    const element = await this.named(name, within);
    await Promise.all([this.page.waitForNavigation({ waitUntil: 'load' }), element.click()]);
  }

  /** Presses something that stays on this page. */
  async press(name: string, within = 'body'): Promise<void> {
    await (await this.named(name, within)).click();
  }

  /** Types into the field with this label (or selector), in place of what is there, and leaves it. */
  async type(field: string | ElementHandle, text: string): Promise<void> {
    const control = typeof field === 'string' ? await this.control(field) : field;
    await control.evaluate((element) => {
      element.scrollIntoView({ block: 'center' });
      element.focus();
      element.select();
    });
    if (text === '') await this.page.keyboard.press('Backspace');
    else await this.page.keyboard.sendCharacter(text);
    await control.evaluate((element) => element.blur());
  }

  /** Picks a day in the native calendar of a date field. */
  async pickDay(selector: string, iso: string): Promise<void> {
    await this.page.$eval(selector, (element, day) => {
      element.value = day;
      for (const type of ['input', 'change']) element.dispatchEvent(new Event(type, { bubbles: true }));
    }, iso);
  }

  /** Picks the option of a select whose words begin so. */
  async pick(field: string, words: string): Promise<void> {
    const control = await this.control(field);
    const value = await control.evaluate((select, wanted) => {
      const options = [...select.options];
      return (options.find((one) => one.text.trim() === wanted) ?? options.find((one) => one.text.includes(wanted)))?.value ?? null;
    }, words);
    if (value === null) throw new Error(`${field} has no option 「${words}」`);
    await control.select(value);
  }

  /** Presses the radio button or check box with these words, in one part of the page. */
  async choose(words: string, within = 'main'): Promise<void> {
    const label = await this.whole((page, wanted, part) => [...page.querySelectorAll(`${part} label`)].find((one) => one.checkVisibility() && one.textContent.trim().includes(wanted)) ?? null, words, within);
    const element = label.asElement() as ElementHandle | null;
    if (element === null) throw new Error(`${this.name} finds no choice 「${words}」 on ${this.path()}`);
    await element.click();
  }

  /** Finds one element by a function that runs in the page. */
  private async whole(find: (page: PageElement, one: string, other: string) => PageElement | null, one: string, other: string): Promise<JSHandle> {
    return (await this.page.$('html'))!.evaluateHandle(find as (page: unknown, one: string, other: string) => PageElement | null, one, other);
  }

  async control(field: string): Promise<ElementHandle> {
    if (/^[#.[]|^[a-z]+[[#.]/u.test(field)) {
      const found = await this.page.$(field);
      if (found !== null) return found;
    }
    const byLabel = await this.whole((page, wanted) => {
      const plain = (label: PageElement) => [...label.childNodes].filter((node) => node.matches?.('.need,.opt,.sig,input,textarea,select') !== true).map((node) => node.textContent).join('').trim();
      const labels = [...page.querySelectorAll('label')];
      return (labels.find((one) => plain(one) === wanted) ?? labels.find((one) => plain(one).startsWith(wanted)))?.control ?? null;
    }, field, '');
    const element = byLabel.asElement() as ElementHandle | null;
    if (element === null) throw new Error(`${this.name} finds no field 「${field}」 on ${this.path()}`);
    return element;
  }

  /** Enters by a card of the demo city. */
  async enterAs(card: string): Promise<void> {
    if (this.path() !== '/sign-in') await this.open('/sign-in');
    await this.go(card, '.role-cards');
  }

  async signOut(): Promise<void> {
    await this.go('サインアウト');
  }

  /**
   * The page as it should be: main heading and title say where one is, axe finds nothing, it fits a telephone,
   * and no script failed. `title` is what stands in the tab before the name of the product.
   */
  async looksRight({ heading, title = heading }: { heading: string; title?: string }): Promise<void> {
    const { page } = this;
    const headings = (await page.$$eval('h1', (all) => all.map((one) => one.textContent!))).map(squeezed);
    const lang = await page.$eval('html', (element) => element.getAttribute('lang'));
    expect({ headings, title: await page.title(), lang }).toEqual({ headings: [expect.stringContaining(squeezed(heading))], title: expect.stringContaining(`${title}｜点検 Tenken`), lang: 'ja' });
    await this.isAccessible();
    await this.picture(heading, 'wide');
    await page.setViewport(NARROW);
    const wide = await page.$eval('html', (element) => element.scrollWidth);
    const why = await page.$$eval('body *', (all, edge) => all.filter((one) => one.getBoundingClientRect().right > edge && one.closest('.table-scroll') === null).slice(0, 5).map((one) => `${one.tagName}.${one.className}`), NARROW.width + 1);
    await this.picture(heading, 'narrow');
    await page.setViewport(WIDE);
    expect({ page: this.path(), wide, why: wide > NARROW.width ? why : [] }).toEqual({ page: this.path(), wide: NARROW.width, why: [] });
    expect(this.complaints).toEqual([]);
  }

  async isAccessible(): Promise<void> {
    const { violations } = await new AxePuppeteer(this.page).withTags(RULES).analyze();
    expect(violations.map(({ id, nodes }) => ({ page: this.path(), id, at: nodes.slice(0, 3).map((one) => `${one.target.join(' ')}: ${one.failureSummary ?? ''}`) }))).toEqual([]);
  }

  /** A file of the product as this visitor gets it. */
  async file(href: string): Promise<{ bytes: Buffer; type: string; name: string }> {
    const { data, type, name } = await this.page.evaluate(async (url) => {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`${url} answered ${answer.status}`);
      const bytes = new Uint8Array(await answer.arrayBuffer());
      let text = '';
      for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
      return { data: btoa(text), type: answer.headers.get('content-type') ?? '', name: decodeURIComponent(/filename\*=UTF-8''([^;]+)/u.exec(answer.headers.get('content-disposition') ?? '')?.[1] ?? '') };
    }, href);
    return { bytes: Buffer.from(data, 'base64'), type, name };
  }

  private async picture(heading: string, width: string): Promise<void> {
    if (PICTURES === undefined) return;
    mkdirSync(PICTURES, { recursive: true });
    if (width === 'wide') this.pictures += 1;
    const file = `${this.name}-${String(this.pictures).padStart(2, '0')}-${heading.replace(/[^\p{L}\p{N}]+/gu, '_').slice(0, 20)}-${width}.png`;
    await this.page.screenshot({ path: join(PICTURES, file) as `${string}.png`, fullPage: true });
  }
}
