import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { cityFacts } from '../../bench/check-facts.js';
import { Chromium } from '../rendering/chromium.js';
import { Templates } from '../rendering/html.js';
import { checkReportPdf } from './check-report-files.js';
import { checkReport } from './check-report.js';
import type { ReportFacts } from './check-report.facts.js';

interface Printed {
  text: string;
  width: number;
  height: number;
  /** Letters with their size (pt) and their place from the left, the right edge and the bottom. */
  pieces: { text: string; size: number; left: number; right: number; bottom: number }[];
}

const templates = new Templates('templates');
const chromium = new Chromium({ folder: join(tmpdir(), `tenken-browser-${process.getuid?.() ?? 'user'}`) });
afterAll(() => chromium.close());

async function printed(facts: ReportFacts): Promise<Printed[]> {
  const { bytes, pages } = await checkReportPdf({ chromium, templates }, checkReport(facts));
  const task = getDocument({ data: new Uint8Array(bytes), verbosity: 0 });
  const file = await task.promise;
  expect(file.numPages).toBe(pages);
  const found: Printed[] = [];
  for (let number = 1; number <= file.numPages; number += 1) {
    const page = await file.getPage(number);
    const { width, height } = page.getViewport({ scale: 1 });
    const items = (await page.getTextContent()).items.filter((item) => 'str' in item).filter((item) => item.str.trim() !== '');
    found.push({
      text: items.map((item) => item.str).join('').replace(/\s+/gu, ''), width, height,
      pieces: items.map((item) => ({ text: item.str, size: Math.hypot(item.transform[2] as number, item.transform[3] as number), left: item.transform[4] as number, right: (item.transform[4] as number) + item.width, bottom: item.transform[5] as number })),
    });
    page.cleanup();
  }
  await task.destroy();
  return found;
}

/** On every page: n／N, no letter under 8 pt, and nothing beyond the margins. */
function sound(pages: readonly Printed[]): void {
  pages.forEach(({ text, width, height, pieces }, n) => {
    expect(text).toContain(`${n + 1}／${pages.length}`);
    const small = pieces.filter((one) => one.size < 7.95);
    expect(small.map((one) => [n + 1, one.text, one.size])).toEqual([]);
    // 16 mm are 45 pt; letters reach a little over their box
    expect(pieces.filter((one) => one.left < 43 || one.right > width - 40).map((one) => [n + 1, one.text])).toEqual([]);
    expect(pieces.filter((one) => one.bottom < 20 || one.bottom > height - 40).map((one) => [n + 1, one.text])).toEqual([]);
  });
}

describe('the printed report of checks', () => {
  it('of one system', async () => {
    const facts = cityFacts({ systems: 1, scope: 'system', missing: 0.12, weak: 0.25 });
    const pages = await printed(facts);
    sound(pages);
    expect(pages[0]!.text).toContain('点検結果報告書児童手当システム対象児童手当システム');
    expect(pages[1]!.text).toMatch(/目次1概要3.*2着眼点ごとの結果4.*3システムごとの結果\d+.*4付録\d+/u);
    expect(pages.every(({ width, height }) => width < height)).toBe(true);
    const all = pages.map((one) => one.text).join('');
    const failing = facts.systems[0]!.sheet.ruleSets.flatMap(({ rules }) => rules).filter((one) => one.result === 'not-met');
    expect(failing.length).toBeGreaterThan(10);
    for (const { rule } of failing) for (const text of [rule.title, rule.improvement]) expect(all).toContain(text.replace(/\s+/gu, ''));
  });

  it('of forty systems: heads on every page of a table or matrix, wide sets on landscape pages, contents with the right pages', async () => {
    const facts = cityFacts({ systems: 40, scope: 'organisation', missing: 0.08, weak: 0.12 });
    const model = checkReport(facts);
    const pages = await printed(facts);
    sound(pages);
    const wide = pages.filter(({ width, height }) => width > height);
    expect(wide.length).toBe(model.ruleSets.filter((one) => one.wide).reduce((sum, one) => sum + one.grids.length, 0));
    for (const { text } of wide) expect(text).toMatch(/システムごとの結果（\d／\d）.*システム/u);
    // Rows of 不適合 never stand without the head of their table.
    for (const { text } of pages.filter((one) => one.text.includes('検出事項の案'))) expect(text).toContain('改善を求める事項・解消を確かめる証拠');
    // Every system stands where the contents say.
    const contents = pages.slice(1, 4).map((one) => `${one.text}\n`).join('');
    const plain = (text: string): string => text.replace(/\s+/gu, '');
    for (const { number, name } of model.systems.full) {
      const at = new RegExp(`${number.replace('.', '\\.')}${plain(name).replace(/[()]/gu, '\\$&')}(\\d{1,3})(?=3\\.|不適合|4付録|\n)`, 'u').exec(contents)?.[1];
      expect([name, pages[Number(at) - 1]?.text.includes(plain(`${number}${name}`))]).toEqual([name, true]);
    }
    for (const { name } of model.systems.rest) expect(pages.at(-3)!.text + pages.slice(-8).map((one) => one.text).join('')).toContain(plain(name));
    expect(model.systems.rest.length).toBeGreaterThan(0);
    expect(model.systems.full.length + model.systems.rest.length).toBe(40);
  });

  it('prints what people wrote as text', async () => {
    const facts = cityFacts({ systems: 2, scope: 'department', missing: 0.1, weak: 0.2 });
    const [first, second] = facts.systems;
    const pages = await printed({ ...facts, systems: [{ ...first!, head: { ...first!.head, name: '<script>alert(1)</script>「引用」&' } }, second!] });
    expect(pages.map((one) => one.text).join('')).toContain('3.1<script>alert(1)</script>「引用」&');
  });
});
