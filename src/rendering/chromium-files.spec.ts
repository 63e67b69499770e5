import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedLibraries } from './chromium-files.js';
import { fontConfiguration } from './fonts.js';
import { unpackTar } from './tar.js';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'browser-files-')); });
afterEach(() => { rmSync(folder, { recursive: true, force: true }); });

describe('files of the shipped browser', () => {
  it('are unpacked whole when several ask at once, with nothing left over', async () => {
    const places = await Promise.all([shippedLibraries(folder), shippedLibraries(folder), shippedLibraries(folder)]);
    expect(new Set(places).size).toBe(1);
    expect(readdirSync(places[0]!)).toEqual(expect.arrayContaining(['libnss3.so', 'libnspr4.so', 'libexpat.so.1']));
    expect(readFileSync(join(places[0]!, 'libnss3.so')).subarray(0, 4)).toEqual(Buffer.from('\x7fELF', 'latin1'));
    expect(readdirSync(join(places[0]!, '..', '..'))).toEqual(['libraries']);
  });

  it('come with a font configuration of our two families only', () => {
    const xml = readFileSync(fontConfiguration(folder), 'utf8');
    expect(xml.match(/<dir>/gu)?.length).toBe(4);
    expect(xml.indexOf('biz-udpgothic')).toBeLessThan(xml.indexOf('noto-sans-jp'));
    expect(statSync(join(folder, 'fontconfig-cache')).isDirectory()).toBe(true);
  });

  it('never leave their folder: an archive that climbs out is refused', () => {
    const head = Buffer.alloc(1024);
    head.write('../out.txt', 0);
    head.write('0000644\0', 100);
    head.write('00000000000\0', 124);
    head.write('0', 156);
    expect(() => unpackTar(head, folder)).toThrow('../out.txt');
  });
});
