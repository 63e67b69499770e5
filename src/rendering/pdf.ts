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
    await page.evaluate(nameDocument, options.title, options.lang ?? 'ja');
    const first = await print(page, options);
    return html.includes('data-page-of=') ? numbered(page, html, first, options) : first;
  });
}

async function numbered(page: Page, html: string, first: Buffer, options: PdfOptions): Promise<Buffer> {
  const file = readPdf(first);
  const destinations = [...file.destinations];
  const { missing, front } = await page.evaluate(numberFrontPages, destinations, true);
  if (missing.length > 0) throw new Error(`項目一覧が指す見出しがありません: ${missing.join('、')}`);
  if (front) {
    const spliced = replacePages(file, readPdf(await print(page, options, file.pages.length)));
    if (spliced) return spliced;
    await page.setContent(html, { waitUntil: 'load', timeout: 120_000 });
    await page.evaluate(numberFrontPages, destinations, false);
  }
  const again = await print(page, options);
  const after = readPdf(again).destinations;
  if (destinations.some(([id, at]) => after.get(id) !== at)) throw new Error('項目一覧のページ番号が定まりません。');
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
}
interface DocumentLike {
  body: Element & { lastChild: Element };
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  createRange(): { setStartAfter(node: Element): void; setEndAfter(node: Element): void; deleteContents(): void };
}

/** Runs in the page. */
function nameDocument(title: string, lang: string): void {
  const { document } = globalThis as unknown as { document: { title: string; documentElement: { lang: string } } };
  document.title = title;
  document.documentElement.lang = lang;
}

/** Runs in the page: writes the page numbers; with `alone` leaves the front pages only, where the document marks their end. */
function numberFrontPages(destinations: [string, number][], alone: boolean): { missing: string[]; front: boolean } {
  const { document } = globalThis as unknown as { document: DocumentLike };
  const pages = new Map(destinations);
  const missing: string[] = [];
  for (const element of document.querySelectorAll('[data-page-of]')) {
    const id = element.getAttribute('data-page-of') ?? '';
    const at = pages.get(id);
    if (at === undefined) missing.push(id);
    else element.textContent = String(at);
  }
  const end = alone ? document.querySelector('[data-front-end]') : null;
  if (end) {
    const rest = document.createRange();
    rest.setStartAfter(end);
    rest.setEndAfter(document.body.lastChild);
    rest.deleteContents();
  }
  return { missing, front: end !== null };
}
