import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/** The families of every printed document, in the order in which a character is looked for. */
export const FONT_FAMILIES: readonly { family: string; regular: string; bold: string }[] = [
  family('BIZ UDPGothic', '@expo-google-fonts/biz-udpgothic', 'BIZUDPGothic'),
  family('Noto Sans JP', '@expo-google-fonts/noto-sans-jp', 'NotoSansJP'),
];

function family(name: string, packageName: string, file: string) {
  const root = dirname(require.resolve(`${packageName}/package.json`));
  return { family: name, regular: join(root, '400Regular', `${file}_400Regular.ttf`), bold: join(root, '700Bold', `${file}_700Bold.ttf`) };
}

/**
 * Writes a fontconfig file that knows our fonts only, with its cache, into `folder`, and returns its path.
 * Chromium then takes them as system fonts: quicker than web fonts, and embedded as TrueType.
 */
export function fontConfiguration(folder: string): string {
  const cache = join(folder, 'fontconfig-cache');
  mkdirSync(cache, { recursive: true });
  const folders = FONT_FAMILIES.flatMap(({ regular, bold }) => [dirname(regular), dirname(bold)]);
  const prefer = FONT_FAMILIES.map(({ family: name }) => `<family>${name}</family>`).join('');
  const aliases = ['sans-serif', 'serif', 'monospace', 'system-ui']
    .map((name) => `  <alias binding="same"><family>${name}</family><prefer>${prefer}</prefer></alias>`).join('\n');
  const xml = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
${folders.map((each) => `  <dir>${escapeXml(each)}</dir>`).join('\n')}
  <cachedir>${escapeXml(cache)}</cachedir>
${aliases}
</fontconfig>
`;
  const path = join(folder, 'fonts.conf');
  if (!existsSync(path) || readFileSync(path, 'utf8') !== xml) {
    const fresh = `${path}.${process.pid}.${process.hrtime.bigint()}`;
    writeFileSync(fresh, xml);
    renameSync(fresh, path);
  }
  return path;
}

const escapeXml = (text: string) => text.replace(/&/gu, '&amp;').replace(/</gu, '&lt;').replace(/>/gu, '&gt;');
