import { createReadStream, createWriteStream, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { brotliDecompressSync, createBrotliDecompress } from 'node:zlib';
import { unpackTar } from './tar.js';

const PACKAGE = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '..');

/** Folder of our own for this version of the shipped browser: never shared between versions or users. */
function home(folder: string): string {
  const { version } = JSON.parse(readFileSync(join(PACKAGE, 'package.json'), 'utf8')) as { version: string };
  return join(folder, `chromium-${version}-${process.arch}`);
}

/** Path of the shipped headless browser, unpacked into `folder` on first use (some 2 s). */
export async function shippedBrowser(folder: string): Promise<string> {
  const place = join(home(folder), 'browser');
  await unpackOnce(place, async (fresh) => {
    await pipeline(
      createReadStream(join(PACKAGE, 'bin', 'chromium.br'), { highWaterMark: 2 ** 22 }),
      createBrotliDecompress({ chunkSize: 2 ** 21 }),
      createWriteStream(join(fresh, 'chromium'), { mode: 0o755 }),
    );
  });
  return join(place, 'chromium');
}

/** Folder with the NSS, NSPR and expat libraries that the package carries for machines without them. */
export async function shippedLibraries(folder: string): Promise<string> {
  const place = join(home(folder), 'libraries');
  await unpackOnce(place, (fresh) => {
    unpackTar(brotliDecompressSync(readFileSync(join(PACKAGE, 'bin', 'al2023.tar.br'))), fresh);
    return Promise.resolve();
  });
  return join(place, 'lib');
}

/** Fills `place` in a folder beside it and renames: two processes at once both end with a whole one. */
async function unpackOnce(place: string, fill: (fresh: string) => Promise<void>): Promise<void> {
  if (existsSync(place)) return;
  const fresh = `${place}.${process.pid}.${process.hrtime.bigint()}`;
  mkdirSync(fresh, { recursive: true });
  try {
    await fill(fresh);
    renameSync(fresh, place);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(place)) throw error;
  }
}
