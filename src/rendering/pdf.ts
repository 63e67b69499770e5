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
export async function renderPdf(chromium: Chromium, source: string, options: PdfOptions): Promise<Buffer> {
  const html = source.replace(/\p{Surrogate}/gu, '\ufffd'); // half a character cannot be sent
  return chromium.page(async (page) => {
    await load(page, html, options);
    const first = await print(page);
    return html.includes('data-page-of=') ? numbered(page, html, first, options) : first;
  });
}

async function numbered(page: Page, html: string, first: Buffer, options: PdfOptions): Promise<Buffer> {
  const file = readPdf(first);
  const destinations = [...file.destinations];
  const { missing, front } = await page.evaluate(numberFrontPages, destinations, footer(options, file.pages.length));
  if (missing.length > 0) throw new Error(`項目一覧が指す見出しがありません: ${missing.join('、')}`);
  if (front) {
    const alone = readPdf(await print(page));
    const spliced = alone.pages.length < Math.min(...file.destinations.values()) ? replacePages(file, alone) : undefined;
    if (spliced) return spliced;
    await load(page, html, options);
    await page.evaluate(numberFrontPages, destinations, null);
  }
  const again = await print(page);
  const after = readPdf(again).destinations;
  if (destinations.some(([id, at]) => after.get(id) !== at)) throw new Error('項目一覧のページ番号が定まりません。');
  return again;
}

async function load(page: Page, html: string, options: PdfOptions): Promise<void> {
  const style = `<style>${NO_SCREEN}</style><style id="page-footer">${footer(options)}</style>`;
  const head = html.indexOf('</head>');
  await page.setContent(head < 0 ? style + html : html.slice(0, head) + style + html.slice(head), { waitUntil: 'load', timeout: 120_000 });
  await page.evaluate(nameDocument, options.title, options.lang ?? 'ja');
}

/** Nobody looks at the page on a screen: laying it out there too would cost a tenth of the whole. */
const NO_SCREEN = '@media screen { body { display: none } }';

async function print(page: Page): Promise<Buffer> {
  return Buffer.from(await page.pdf({ format: 'A4', preferCSSPageSize: true, printBackground: true, tagged: true, outline: true, timeout: 180_000 }));
}

/** Stylesheet of the footer. `total`: number of pages where it is not the number of pages printed. Margin boxes cost a tenth of Chromium's footer template. */
function footer({ title, footerLeft }: PdfOptions, total?: number): string {
  const font = "font: 8pt/1.3 'BIZ UDPGothic', 'Noto Sans JP', sans-serif; text-rendering: geometricPrecision; vertical-align: top; padding-top: 4mm;";
  return `@page { @bottom-left { content: "${cssText(footerLeft || title)}"; width: 88%; text-align: left; ${font} }
    @bottom-right { content: counter(page) "／" ${total === undefined ? 'counter(pages)' : `"${total}"`}; width: 12%; text-align: right; ${font} } }`;
}

/** Every character but letters and digits as an escape. */
const cssText = (text: string) => text.replace(/[^\p{L}\p{N}]/gu, (character) => `\\${character.codePointAt(0)!.toString(16)} `);

interface Element {
  textContent: string | null;
  getAttribute(name: string): string | null;
}
interface DocumentLike {
  title: string;
  documentElement: { lang: string };
  body: Element & { lastChild: Element };
  querySelector(selector: string): Element | null;
  querySelectorAll(selector: string): Iterable<Element>;
  createRange(): { setStartAfter(node: Element): void; setEndAfter(node: Element): void; deleteContents(): void };
}

/** Runs in the page. */
function nameDocument(title: string, lang: string): void {
  const { document } = globalThis as unknown as { document: DocumentLike };
  if (document.title !== title) document.title = title;
  if (document.documentElement.lang !== lang) document.documentElement.lang = lang;
}

/** Runs in the page: writes the page numbers; with a footer for them leaves the front pages only, where the document marks their end. */
function numberFrontPages(destinations: [string, number][], aloneFooter: string | null): { missing: string[]; front: boolean } {
  const { document } = globalThis as unknown as { document: DocumentLike };
  const pages = new Map(destinations);
  const missing: string[] = [];
  for (const element of document.querySelectorAll('[data-page-of]')) {
    const id = element.getAttribute('data-page-of') ?? '';
    const at = pages.get(id);
    if (at === undefined) missing.push(id);
    else element.textContent = String(at);
  }
  const end = aloneFooter === null ? null : document.querySelector('[data-front-end]');
  if (end) {
    document.querySelector('#page-footer')!.textContent = aloneFooter;
    const rest = document.createRange();
    rest.setStartAfter(end);
    rest.setEndAfter(document.body.lastChild);
    rest.deleteContents();
  }
  return { missing, front: end !== null };
}
