/** Which styles of a workbook show a number as a day or as a percentage. */
import { readXml } from './workbook-parts.js';

export type Shown = 'date' | 'percent' | null;

/** By index of `cellXfs`, to which the `s` of a cell points. */
export function readStyles(xml: string | null): Shown[] {
  if (xml === null) return [];
  const custom = new Map<number, string>();
  const styles: Shown[] = [];
  let within = false;
  readXml(xml, {
    open(name, attributes) {
      if (name === 'numFmt') custom.set(Number(attributes.numFmtId), attributes.formatCode ?? '');
      else if (name === 'cellXfs') within = true;
      else if (name === 'xf' && within) styles.push(shownBy(Number(attributes.numFmtId ?? 0), custom));
    },
    close(name) {
      if (name === 'cellXfs') within = false;
    },
  });
  return styles;
}

/** Built-in formats by number: ECMA-376 part 1, 18.8.30; 27–36 and 50–58 are the Japanese era dates. */
function shownBy(id: number, custom: ReadonlyMap<number, string>): Shown {
  const code = custom.get(id);
  if (code !== undefined) return shownByCode(code);
  if (id === 9 || id === 10) return 'percent';
  return (id >= 14 && id <= 17) || id === 22 || (id >= 27 && id <= 36) || (id >= 50 && id <= 58) ? 'date' : null;
}

function shownByCode(code: string): Shown {
  const bare = code.slice(0, 255).replace(/"[^"]*"|\\.|_.|\*./gu, '').replace(/\[[^\]]*\]/gu, '').replace(/General|標準/giu, '').replace(/E[+-]/giu, '');
  if (bare.includes('%')) return 'percent';
  // A month alone shares its letter with minutes, so a day, a year or an era must stand there too.
  return /[ydge]/iu.test(bare) ? 'date' : null;
}

const DAY = 86_400_000;

/** Serial number of a day → ISO day; null outside the calendar of spreadsheets. 60 is 29 February 1900, which never was. */
export function dayOfSerial(serial: number, from1904: boolean): string | null {
  const whole = Math.floor(serial);
  if (!Number.isFinite(serial) || whole < (from1904 ? 0 : 1) || whole > 2_958_465 || (!from1904 && whole === 60)) return null;
  const start = from1904 ? Date.UTC(1904, 0, 1) : Date.UTC(1899, 11, whole < 60 ? 31 : 30);
  const day = new Date(start + whole * DAY);
  return day.getUTCFullYear() > 9999 ? null : day.toISOString().slice(0, 10);
}
