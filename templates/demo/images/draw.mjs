/**
 * Draws every SVG beside this file to a PNG with the shipped font: `node templates/demo/images/draw.mjs`.
 * The PNG is what the demo uses; it is encoded as an upload would be stored, so that its SHA-256 stays the same.
 */
import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const here = import.meta.dirname;
const fonts = dirname(createRequire(import.meta.url).resolve('@expo-google-fonts/biz-udpgothic/package.json'));
const folder = mkdtempSync(join(tmpdir(), 'figures-'));
const configuration = join(folder, 'fonts.conf');
writeFileSync(configuration, `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><dir>${fonts}</dir><cachedir>${folder}</cachedir></fontconfig>`);
// Read by the drawing library when it is loaded.
process.env.FONTCONFIG_FILE = configuration;
const { default: sharp } = await import('sharp');

for (const name of readdirSync(here).filter((file) => file.endsWith('.svg'))) {
  const flat = await sharp(join(here, name)).flatten({ background: '#ffffff' }).png({ compressionLevel: 9 }).toBuffer();
  const stored = await sharp(flat).rotate().png({ compressionLevel: 9 }).toBuffer();
  writeFileSync(join(here, name.replace(/\.svg$/u, '.png')), stored);
}
