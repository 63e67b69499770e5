import type { Chromium } from './chromium.js';

/** An SVG picture as PNG (twice its size, for print), with the fonts of the documents. For files that take no SVG. */
export async function pictureFile(chromium: Chromium, svg: string, { width, height }: { width: number; height: number }): Promise<Buffer> {
  return chromium.page(async (page) => {
    await page.setViewport({ width: Math.ceil(width), height: Math.ceil(height), deviceScaleFactor: 2 });
    await page.setContent(`<!doctype html><html lang="ja"><title>図</title><style>html,body{margin:0;background:#fff}svg{display:block}</style>${svg}</html>`, { waitUntil: 'load', timeout: 60_000 });
    return Buffer.from(await page.screenshot({ type: 'png', clip: { x: 0, y: 0, width: Math.ceil(width), height: Math.ceil(height) } }));
  });
}
