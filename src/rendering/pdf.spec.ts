import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { Chromium } from './chromium.js';
import { readPdf } from './pdf-file.js';
import { renderPdf } from './pdf.js';

const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
afterAll(() => chromium.close());

const options = { title: '見本の評価書', footerLeft: 'こども医療費"助成\\事務<b>' };
const document_ = (body: string, head = '') => `<!doctype html><html><head><meta charset="utf-8"><title>別の題</title>
<style>@page{size:A4;margin:16mm 16mm 18mm} html{font-family:"BIZ UDPGothic","Noto Sans JP"} h2{break-before:page}</style>${head}</head><body>${body}</body></html>`;

async function readBack(pdf: Buffer) {
  const file = await getDocument({ data: new Uint8Array(pdf), verbosity: 0 }).promise;
  const texts: string[] = [];
  for (let number = 1; number <= file.numPages; number++) {
    const { items } = await (await file.getPage(number)).getTextContent();
    texts.push(items.map((item) => ('str' in item ? item.str : '')).join(''));
  }
  const { info } = await file.getMetadata();
  const marks = (await file.getMarkInfo()) as unknown as Map<string, boolean> | null;
  const catalog = pdf.toString('latin1');
  return { file, texts, info: info as Record<string, unknown>, catalog, outline: await file.getOutline(), marked: marks?.get('Marked') };
}

describe('renderPdf', () => {
  it('prints title, language, tags, outline and embedded fonts', async () => {
    const { texts, info, catalog, outline, marked, file } = await readBack(await renderPdf(chromium, document_('<h1>表紙</h1><h2>Ⅰ　基本情報</h2><p>𠮷野 葛\u{E0100}</p><h3>1．事務</h3>'), options));
    expect(info['Title']).toBe('見本の評価書');
    expect(info['Language']).toBe('ja');
    expect(marked).toBe(true);
    expect(outline.map(({ title, items }) => [title, items.map((each: { title: string }) => each.title)])).toEqual([['表紙', ['Ⅰ　基本情報']]]);
    expect(texts[1]).toContain('𠮷野 葛');
    expect(catalog.match(/\/FontFile2 /gu)?.length).toBe(catalog.match(/\/Type \/FontDescriptor/gu)?.length);
    expect(catalog).toMatch(/\/BaseFont \/[A-Z]{6}\+BIZUDPGothic/u);
    const { width, height } = (await file.getPage(1)).getViewport({ scale: 1 });
    expect([Math.round(width), Math.round(height)]).toEqual([595, 842]);
  });

  it('puts the name, as plain text, and n／N under every page', async () => {
    const { texts } = await readBack(await renderPdf(chromium, document_('<h1>表紙</h1><h2>次</h2>'), options));
    expect(texts.map((text) => text.includes('こども医療費"助成\\事務<b>'))).toEqual([true, true]);
    expect(texts[0]).toContain('1／2');
    expect(texts[1]).toContain('2／2');
  });

  it('writes the pages of the headings into the list of contents, and leaves the other pages and the tags as they are', async () => {
    const list = ['a', 'b', 'c'].map((id) => `<p><a href="#${id}">${id} <span style="display:inline-block;width:3em" data-page-of="${id}">　</span></a></p>`).join('');
    const long = '<p>本文の一行です。</p>'.repeat(120);
    const html = document_(`<h1>表紙</h1><section><h2>項目一覧</h2>${list}</section><div data-front-end></div><h2 id="a">Ａ</h2>${long}<h2 id="b">Ｂ</h2>${long}<h2 id="c">Ｃ</h2>`);
    const pdf = await renderPdf(chromium, html, options);
    const { texts, file, marked } = await readBack(pdf);
    const pageOf = (heading: string) => texts.findIndex((text) => text.includes(`${options.footerLeft}${heading}`)) + 1;
    const found = ['Ａ', 'Ｂ', 'Ｃ'].map(pageOf);
    expect(found[0]).toBe(3);
    expect(found[1]).toBeGreaterThan(4);
    expect(texts[1]).toContain(`項目一覧a ${found[0]}b ${found[1]}c ${found[2]}`);
    expect(texts[1]).toContain(`2／${texts.length}`);
    expect(marked).toBe(true);
    expect(JSON.stringify(await (await file.getPage(2)).getStructTree())).toContain('Link');
    expect((await (await file.getPage(2)).getAnnotations()).length).toBeGreaterThanOrEqual(3);
    expect(readPdf(pdf).pages.length).toBe(texts.length);
  });

  it('numbers the contents of a document that does not mark its front pages by printing it again', async () => {
    const { texts } = await readBack(await renderPdf(chromium, document_('<h1>表紙</h1><p><a href="#a">章 <span data-page-of="a">0</span></a></p><h2 id="a">章の見出し</h2>'), options));
    expect(texts[0]).toContain('章 2');
  });

  it('says which heading of the contents is missing', async () => {
    await expect(renderPdf(chromium, document_('<p><span data-page-of="gone">0</span></p>'), options)).rejects.toThrow(/gone/u);
  });

  it('runs no script and asks the network for nothing', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => { asked.push(request.url ?? ''); response.end(); }).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const { texts } = await readBack(await renderPdf(chromium, document_(
      `<p id="p">もとの文</p><script>document.getElementById('p').textContent = '書き換え'; fetch('${at}/fetch')</script>
       <img src="${at}/image.png" onerror="document.getElementById('p').textContent='書き換え'"><iframe src="${at}/frame"></iframe><img src="file:///etc/hostname">`,
      `<link rel="stylesheet" href="${at}/style.css"><style>@import url(${at}/import.css); p { background: url(${at}/background.png) }</style>`), options));
    server.close();
    expect(asked).toEqual([]);
    expect(texts[0]).toContain('もとの文');
    expect(texts[0]).not.toContain('書き換え');
  });

  it('goes on in a new browser when the browser died', async () => {
    process.kill((await chromium.processId())!, 'SIGKILL');
    const { texts } = await readBack(await renderPdf(chromium, document_('<p>続き</p>'), options));
    expect(texts[0]).toContain('続き');
  });

  it('prints what is not whole text: NUL and half of a surrogate pair', async () => {
    const { texts } = await readBack(await renderPdf(chromium, document_('<p>前\u0000\ud842後</p>'), options));
    expect(texts[0]).toMatch(/前.*後/u);
  });

  it('keeps documents printed at the same time apart', async () => {
    const all = await Promise.all(Array.from({ length: 8 }, (_, index) => renderPdf(chromium, document_(`<p>文書${index}番</p>`), options)));
    const texts = await Promise.all(all.map(async (pdf) => (await readBack(pdf)).texts[0]!));
    texts.forEach((text, index) => expect(text).toContain(`文書${index}番`));
  });
});
