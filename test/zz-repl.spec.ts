import { existsSync, readFileSync, writeFileSync, rmSync, writeFileSync as put, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Excel from 'exceljs';
import sharp from 'sharp';
import { inTransaction } from '../src/kernel/database.js';
import { DEMO_ORGANISATION, demoAccount, demoDepartment } from '../src/demo/city.js';
import { addSystem } from './checks-town.js';
import { openStage } from './journey-browser.js';
import { printedPages } from './printed-pages.js';

const REPL = process.env['REPL'];
const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor as new (...all: string[]) => (...all: unknown[]) => Promise<unknown>;
(REPL === undefined ? it.skip : it)('repl', async () => {
  const stage = await openStage({ demo: true });
  const s: Record<string, unknown> = {};
  writeFileSync(join(REPL!, 'ready'), 'yes');
  for (;;) {
    await new Promise((done) => setTimeout(done, 200));
    if (existsSync(join(REPL!, 'stop'))) break;
    const file = join(REPL!, 'in.js');
    if (!existsSync(file)) continue;
    const code = readFileSync(file, 'utf8');
    rmSync(file);
    let out: string;
    try {
      const result = await new AsyncFunction('stage', 's', 'expect', 'x', code)(stage, s, expect, { Excel, sharp, inTransaction, DEMO_ORGANISATION, demoAccount, demoDepartment, addSystem, printedPages, put, mkdtempSync, tmpdir, join });
      out = `OK ${typeof result === 'string' ? result : JSON.stringify(result, null, 1)}`;
    } catch (error) { out = `FAIL ${(error as Error).stack}`; }
    writeFileSync(join(REPL!, 'out.txt'), out);
  }
  await stage.close();
}, 3_600_000);
