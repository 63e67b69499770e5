import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';

export interface PrintedPage {
  /** Without spaces. */
  text: string;
  /** Text pieces as they stand in the file. */
  items: string[];
  width: number;
  height: number;
  /** Letters with their size (pt) and their place from the left, the right edge and the bottom. */
  pieces: { text: string; size: number; left: number; right: number; bottom: number }[];
}

/** What a reader of the PDF finds on each page. */
export async function printedPages(bytes: Uint8Array): Promise<PrintedPage[]> {
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const file = await task.promise;
  const found: PrintedPage[] = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    const items = (await page.getTextContent()).items.filter((item) => 'str' in item).filter((item) => item.str.trim() !== '');
    found.push({
      text: items.map((item) => item.str).join('').replace(/\s+/gu, ''), items: items.map((item) => item.str), width, height,
      pieces: items.map((item) => ({ text: item.str, size: Math.hypot(item.transform[2] as number, item.transform[3] as number), left: item.transform[4] as number, right: (item.transform[4] as number) + item.width, bottom: item.transform[5] as number })),
    });
    page.cleanup();
  }
  await task.destroy();
  return found;
}
