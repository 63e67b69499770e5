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
  /** Told once when the browser had to start without its sandbox. */
  warn?: (message: string) => void;
}

/**
 * One browser per process, started when first needed and again when it died. A page runs no script,
 * reaches no network and lives for one document.
 */
export class Chromium {
  readonly #options: ChromiumOptions;
  readonly #waiting: (() => void)[] = [];
  #free: number;
  #browser: Promise<Browser> | undefined;
  #libraries: string | undefined;
  #withoutSandbox = process.getuid?.() === 0;
  #spare: { browser: Browser; page: Promise<Page> } | undefined;
  #closed = false;

  constructor(options: ChromiumOptions) {
    this.#options = options;
    this.#free = options.concurrency ?? 4;
  }

  /** Gives `work` a fresh page. When the browser dies meanwhile the work is done once more in a new one. */
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
    this.#spare = undefined;
    await browser?.then((each) => each.close(), () => undefined);
  }

  async #inPage<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
    const page = await this.#take(browser);
    try {
      return await work(page);
    } finally {
      // Nobody waits for the old page to go, and the next document finds a new one ready.
      this.#spare ??= { browser, page: prepared(browser) };
      this.#spare.page.catch(() => undefined);
      page.close().catch(() => undefined);
    }
  }

  async #take(browser: Browser): Promise<Page> {
    const spare = this.#spare;
    this.#spare = undefined;
    if (spare?.browser !== browser) return prepared(browser);
    return spare.page.catch(() => prepared(browser));
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
    try {
      return await this.#start(executablePath);
    } catch (error) {
      const message = (error as Error).message;
      if (/error while loading shared libraries/u.test(message) && this.#libraries === undefined) {
        this.#libraries = await shippedLibraries(this.#options.folder);
      } else if (/No usable sandbox|sandbox_host_linux|Failed to move to new namespace/u.test(message) && !this.#withoutSandbox) {
        this.#withoutSandbox = true;
        this.#options.warn?.('この機械では印刷用ブラウザーのサンドボックスが使えないため、サンドボックスなしで起動します（文書のスクリプトと通信は常に止めています）。');
      } else {
        throw new Error(`印刷用ブラウザー（${executablePath}）を起動できません: ${message}`, { cause: error });
      }
      return this.#launch();
    }
  }

  #start(executablePath: string): Promise<Browser> {
    const libraries = [this.#libraries, process.env['LD_LIBRARY_PATH']].filter((each) => each !== undefined).join(delimiter);
    return puppeteer.launch({
      executablePath,
      headless: 'shell',
      pipe: true,
      protocolTimeout: 180_000,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      env: {
        ...process.env,
        FONTCONFIG_FILE: fontConfiguration(this.#options.folder),
        ...(libraries === '' ? {} : { LD_LIBRARY_PATH: libraries }),
      },
      args: [
        '--disable-gpu',
        '--font-render-hinting=none',
        '--host-resolver-rules=MAP * ~NOTFOUND',
        '--proxy-server=127.0.0.1:9',
        ...(this.#withoutSandbox ? ['--no-sandbox'] : []),
      ],
    });
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
