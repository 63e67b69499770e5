import { join } from 'node:path';
import { readConfig } from '../kernel/config.js';
import { Chromium } from '../rendering/chromium.js';

/** A browser for one command. */
export async function withBrowser<T>(work: (chromium: Chromium) => Promise<T>): Promise<T> {
  const config = readConfig(process.env);
  const chromium = new Chromium({ folder: join(config.dataFolder, 'browser'), executable: config.browser ?? undefined });
  try {
    return await work(chromium);
  } finally {
    await chromium.close();
  }
}
