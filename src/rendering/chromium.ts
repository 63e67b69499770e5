import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { delimiter } from 'node:path';
import puppeteer, { type Browser, type HTTPRequest, type Page } from 'puppeteer';
import { shippedBrowser, shippedLibraries } from './chromium-files.js';
import { fontConfiguration } from './fonts.js';

export interface ChromiumOptions {
  /** Folder of our own for the unpacked browser, the font configuration and its cache. */
  folder: string;
  /** A browser of the operator's choice; wins over the shipped one. */
  executable?: string | undefined;
  /** Documents printed at the same time, 4 unless told. */
  concurrency?: number;
}

/** A page is emptied and used again, and closed after so many documents to give its memory back. */
const DOCUMENTS_PER_PAGE = 40;
/** Chromium has no sandbox for root; everybody else runs inside it or not at all. */
const ROOT = process.getuid?.() === 0;
const EMPTY = '<!doctype html><title></title>';

/**
 * One browser per process, started when first needed and again when it died. A page runs no script
 * and reaches no network; it holds one document at a time.
 */
export class Chromium {
  readonly #options: ChromiumOptions;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #browser: Promise<Browser> | undefined;
  #libraries: string | undefined;
  #idle: { browser: Browser; page: Page; documents: number; ready: Promise<boolean> }[] = [];
  #closed = false;

  constructor(options: ChromiumOptions) {
    this.#options = options;
    this.#free = options.concurrency ?? 4;
  }

  /** Gives `work` an empty page. When the browser dies meanwhile the work is done once more in a new one. */
  async page<T>(work: (page: Page) => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      for (let attempt = 1; ; attempt++) {
        const browser = await this.#running();
        try {
          return await this.#inPage(browser, work);
        } catch (error) {
          if (browser.connected || attempt === 2 || this.#closed) throw error;
        }
      }
    } finally {
      this.#leave();
    }
  }

  /** Version of the browser, e.g. `HeadlessChrome/153…`. */
  async version(): Promise<string> {
    return (await this.#running()).version();
  }

  /** Process id of the browser, for measurements. */
  async processId(): Promise<number | undefined> {
    return (await this.#running()).process()?.pid;
  }

  /** Ends the browser; work under way fails. */
  async close(): Promise<void> {
    this.#closed = true;
    const browser = this.#browser;
    this.#browser = undefined;
    this.#idle = [];
    await browser?.then((each) => each.close(), () => undefined);
  }

  async #inPage<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
    const { page, documents } = await this.#take(browser);
    let whole = false;
    try {
      const result = await work(page);
      whole = true;
      return result;
    } finally {
      // Nobody waits for the old document to go.
      if (whole && documents < DOCUMENTS_PER_PAGE) this.#idle.push({ browser, page, documents: documents + 1, ready: page.setContent(EMPTY).then(() => true, () => false) });
      else page.close().catch(() => undefined);
    }
  }

  async #take(browser: Browser): Promise<{ page: Page; documents: number }> {
    for (let idle = this.#idle.shift(); idle; idle = this.#idle.shift()) {
      if (idle.browser === browser && await idle.ready) return idle;
      idle.page.close().catch(() => undefined);
    }
    return { page: await prepared(browser), documents: 0 };
  }

  async #running(): Promise<Browser> {
    if (this.#closed) throw new Error('印刷用ブラウザーは終了しています。');
    const known = await this.#browser?.catch(() => undefined);
    if (known?.connected) return known;
    if (known !== undefined || this.#browser === undefined) {
      const launch = this.#launch();
      this.#browser = launch;
      launch.then(
        (browser) => browser.once('disconnected', () => { if (this.#browser === launch) this.#browser = undefined; }),
        () => { if (this.#browser === launch) this.#browser = undefined; },
      );
    }
    return this.#browser!;
  }

  async #launch(): Promise<Browser> {
    mkdirSync(this.#options.folder, { recursive: true });
    const executablePath = this.#options.executable ?? await shippedBrowser(this.#options.folder);
    const how = { executablePath, args: this.#arguments(), env: this.#environment() };
    try {
      return await puppeteer.launch({ ...how, headless: 'shell', pipe: true, protocolTimeout: 180_000, handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false });
    } catch (error) {
      const complaint = complaintOf(how) || (error as Error).message;
      if (/error while loading shared libraries/u.test(complaint) && this.#libraries === undefined) {
        this.#libraries = await shippedLibraries(this.#options.folder);
      } else {
        const mend = !ROOT && /sandbox/iu.test(complaint) ? '（この機械ではサンドボックスが使えません。利用者名前空間（user namespaces）を有効にするか、サンドボックスの使えるブラウザーを設定で指定してください。）' : '';
        throw new Error(`印刷用ブラウザー（${executablePath}）を起動できません${mend}: ${complaint}`, { cause: error });
      }
      return this.#launch();
    }
  }

  #arguments(): string[] {
    return [
      '--disable-gpu',
      '--font-render-hinting=none',
      '--host-resolver-rules=MAP * ~NOTFOUND',
      '--proxy-server=127.0.0.1:9',
      ...(ROOT ? ['--no-sandbox'] : []),
    ];
  }

  #environment(): Record<string, string | undefined> {
    const libraries = [this.#libraries, process.env['LD_LIBRARY_PATH']].filter((each) => each !== undefined).join(delimiter);
    return {
      ...process.env,
      FONTCONFIG_FILE: fontConfiguration(this.#options.folder),
      ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }),
    };
  }

  async #enter(): Promise<void> {
    if (this.#free > 0) {
      this.#free--;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  #leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free++;
  }
}

/** Why a browser did not start, in its own words: the pipe that normally joins us says nothing about it. */
function complaintOf({ executablePath, args, env }: { executablePath: string; args: string[]; env: Record<string, string | undefined> }): string {
  const { error, status, stderr } = spawnSync(executablePath, [...args, '--headless', '--dump-dom', 'about:blank'], { env, timeout: 15_000, encoding: 'utf8' });
  if (error) return error.message;
  return status === 0 ? '' : stderr.trim().slice(0, 2000);
}

async function prepared(browser: Browser): Promise<Page> {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.setRequestInterception(true);
  page.on('request', refuse);
  return page;
}

/** Only what stands inside the document itself is loaded. */
function refuse(request: HTTPRequest): void {
  const decision = request.url().startsWith('data:') || request.url() === 'about:blank' ? request.continue() : request.abort('blockedbyclient');
  decision.catch(() => undefined);
}
