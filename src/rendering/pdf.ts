import type { Page } from 'puppeteer';
import type { Chromium } from './chromium.js';
import { readPdf, replacePages } from './pdf-file.js';

export interface PdfOptions {
  /** Title of the document in its metadata. */
  title: string;
  /** Left of every footer, e.g. the name of the affair. The right has n／N. */
  footerLeft: string;
  lang?: string;
}

/**
 * HTML → PDF: A4, tagged, with outline, title and language; margins as the `@page` of the document says.
 *
 * A list of contents gets its page numbers here: an element `data-page-of="id"` is filled with the page of the
 * element `id`. Chromium knows the pages only after printing. So the front pages alone (everything up to the element
 * `data-front-end`) are printed once more with the numbers and take the place of the first ones; where that cannot be
 * done page by page, the whole document is printed again.
 */
export async function renderPdf(chromium: Chromium, html: string, options: PdfOptions): Promise<Buffer> {
  return chromium.page(async (page) => {
    await page.setContent(html, { waitUntil: 'load', timeout: 120_000 });
    await page.evaluate((title, lang) => {
      const { document } = globalThis as unknown as { document: { title: string; documentElement: { lang: string } } };
      document.title = title;
      document.documentElement.lang = lang;
    }, options.title, options.lang ?? 'ja');
    const first = await print(page, options);
    return html.includes('data-page-of=') ? numbered(page, html, first, options) : first;
  });
}

async function numbered(page: Page, html: string, first: Buffer, options: PdfOptions): Promise<Buffer> {
  const file = readPdf(first);
  const fill = () => page.evaluate(fillNumbers, [...file.destinations]);
  const missing = await fill();
  if (missing.length > 0) throw new Error(`項目一覧が指す見出しがありません: ${missing.join('、')}`);
  if (await page.evaluate(dropBody)) {
    const front = readPdf(await print(page, options, file.pages.length));
    const spliced = replacePages(file, front);
    if (spliced) return spliced;
    await page.setContent(html, { waitUntil: 'load', timeout: 120_000 });
    await fill();
  }
  const again = await print(page, options);
  const { destinations } = readPdf(again);
  if ([...file.destinations].some(([id, at]) => destinations.get(id) !== at)) throw new Error('項目一覧のページ番号が定まりません。');
  return again;
}

/** `total`: number of pages in the footer when it is not the number of pages printed. */
async function print(page: Page, { title, footerLeft }: PdfOptions, total?: number): Promise<Buffer> {
  const of = total === undefined ? '<span class="totalPages"></span>' : String(total);
  return Buffer.from(await page.pdf({
    format: 'A4',
    preferCSSPageSize: true,
    printBackground: true,
    tagged: true,
    outline: true,
    displayHeaderFooter: true,
    headerTemplate: '<span></span>',
    footerTemplate: `<div style="${FOOTER}"><span>${escapeHtml(footerLeft || title)}</span><span style="white-space:nowrap"><span class="pageNumber"></span>／${of}</span></div>`,
    timeout: 180_000,
  }));
}

const FOOTER = "width:100%;margin:0 16mm;display:flex;justify-content:space-between;gap:6mm;font:8pt/1.3 'BIZ UDPGothic','Noto Sans JP',sans-serif;color:#000;text-rendering:geometricPrecision";

const escapeHtml = (text: string) =>
  text.replace(/[&<>"']/gu, (character) => `&#${character.codePointAt(0)};`);

interface Element {
  textContent: string | null;
  getAttribute(name: string): string | null;
  nextSibling: Element | null;
  parentElement: Element | null;
  remove(): void;
}
interface DocumentLike {
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
}

/** Runs in the page: writes the page numbers, returns the ids that have no page. */
function fillNumbers(destinations: [string, number][]): string[] {
  const { document } = globalThis as unknown as { document: DocumentLike };
  const pages = new Map(destinations);
  const missing: string[] = [];
  for (const element of document.querySelectorAll('[data-page-of]')) {
    const id = element.getAttribute('data-page-of') ?? '';
    const at = pages.get(id);
    if (at === undefined) missing.push(id);
    else element.textContent = String(at);
  }
  return missing;
}

/** Runs in the page: leaves the front pages only. False when the document does not say where they end. */
function dropBody(): boolean {
  const { document } = globalThis as unknown as { document: DocumentLike };
  let element = document.querySelector('[data-front-end]');
  if (!element) return false;
  for (; element; element = element.parentElement) while (element.nextSibling) element.nextSibling.remove();
  return true;
}
