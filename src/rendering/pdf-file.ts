import { inflateSync } from 'node:zlib';

/**
 * The little of the PDF format that Chromium's printing needs: it writes one plain cross-reference table, every
 * object in clear, a nested page tree and named destinations in one dictionary (ISO 32000-1, 7.5 and 12.3.2.3).
 */
export interface PdfFile {
  readonly bytes: Buffer;
  /** Byte offset of every object by number. */
  readonly offsets: ReadonlyMap<number, number>;
  /** Object numbers of the pages in order. */
  readonly pages: readonly number[];
  /** Page number (from 1) of every named destination. */
  readonly destinations: ReadonlyMap<string, number>;
  readonly root: number;
  readonly info: number;
  readonly size: number;
  readonly startXref: number;
}

/** Reads a PDF that Chromium printed, also with updates appended. Throws when it is built in another way. */
export function readPdf(bytes: Buffer): PdfFile {
  const startXref = number(/startxref\s+(\d+)\s+%%EOF\s*$/u.exec(bytes.toString('latin1', Math.max(0, bytes.length - 400))), 'startxref');
  const offsets = new Map<number, number>();
  const last = section(bytes, startXref, offsets);
  for (let before = last.previous; before !== undefined;) before = section(bytes, before, offsets).previous;
  const root = number(/\/Root (\d+) 0 R/u.exec(last.trailer), 'Root');
  const info = number(/\/Info (\d+) 0 R/u.exec(last.trailer), 'Info');
  const size = number(/\/Size (\d+)/u.exec(last.trailer), 'Size');
  const file = { bytes, offsets, root, info, size, startXref };
  const catalog = dictionary(file, root);
  const pages = pagesUnder(file, number(/\/Pages (\d+) 0 R/u.exec(catalog), 'Pages'));
  const order = new Map(pages.map((page, index) => [page, index + 1]));
  const destinations = new Map<string, number>();
  const named = /\/Dests (\d+) 0 R/u.exec(catalog);
  if (named) {
    for (const [, name, page] of dictionary(file, Number(named[1])).matchAll(/\/([^\s[\]/<>]+) \[(\d+) 0 R/gu)) {
      const at = order.get(Number(page));
      if (at !== undefined) destinations.set(name!, at);
    }
  }
  return { ...file, pages, destinations };
}

/**
 * Puts the pages of `front` in the place of the first pages of `file`, as an incremental update (7.5.6): the page
 * objects keep their number, links and place in the structure tree and get the new content with its resources.
 * Undefined when the tagged pieces of a page are not the same ones in both, which would break the structure tree.
 */
export function replacePages(file: PdfFile, front: PdfFile): Buffer | undefined {
  if (front.pages.length > file.pages.length) return undefined;
  const update = new Map<number, Buffer>();
  const numbers = new Map<number, number>();
  const copy = (old: number): number => {
    const known = numbers.get(old);
    if (known !== undefined) return known;
    const fresh = file.size + numbers.size;
    numbers.set(old, fresh);
    update.set(fresh, renumbered(front, old, copy));
    return fresh;
  };
  for (const [index, frontPage] of front.pages.entries()) {
    const page = file.pages[index]!;
    const [before, after] = [pageParts(file, page), pageParts(front, frontPage)];
    const [old, fresh] = [content(file, before.content), content(front, after.content)];
    if (old === fresh) continue;
    if (marks(old) !== marks(fresh)) return undefined;
    const body = before.dictionary
      .replace(before.resources, () => withReferences(after.resources, copy))
      .replace(/\/Contents \d+ 0 R/u, `/Contents ${copy(after.content)} 0 R`);
    update.set(page, Buffer.from(body, 'latin1'));
  }
  return update.size === 0 ? file.bytes : appended(file, update);
}

function appended(file: PdfFile, update: ReadonlyMap<number, Buffer>): Buffer {
  const parts: Buffer[] = [file.bytes];
  let at = file.bytes.length;
  const push = (part: Buffer) => { parts.push(part); at += part.length; };
  if (file.bytes.at(-1) !== 0x0a) push(Buffer.from('\n'));
  let xref = 'xref\n';
  for (const [object, body] of [...update].sort(([left], [right]) => left - right)) {
    xref += `${object} 1\n${String(at).padStart(10, '0')} 00000 n \n`;
    push(Buffer.from(`${object} 0 obj\n`));
    push(body);
    push(Buffer.from('\nendobj\n'));
  }
  const size = Math.max(file.size, ...[...update.keys()].map((object) => object + 1));
  push(Buffer.from(`${xref}trailer\n<</Size ${size}\n/Root ${file.root} 0 R\n/Info ${file.info} 0 R\n/Prev ${file.startXref}>>\nstartxref\n${at}\n%%EOF\n`));
  return Buffer.concat(parts);
}

/** One cross-reference section: adds the offsets that a later one did not give. */
function section(bytes: Buffer, at: number, offsets: Map<number, number>): { trailer: string; previous: number | undefined } {
  const trailerAt = bytes.indexOf('trailer', at);
  if (bytes.toString('latin1', at, at + 5) !== 'xref\n' || trailerAt < 0) throw new Error('PDFのxrefが見つかりません。');
  for (let place = at + 5; place < trailerAt;) {
    const head = /^(\d+) (\d+)\s*?\n/u.exec(bytes.toString('latin1', place, place + 30));
    const from = number(head, 'xref');
    place += head![0].length;
    for (let each = from; each < from + Number(head![2]); each++, place += 20) {
      if (bytes[place + 17] === 0x6e && !offsets.has(each)) offsets.set(each, Number(bytes.toString('latin1', place, place + 10)));
    }
  }
  const trailer = bytes.toString('latin1', trailerAt, bytes.indexOf('startxref', trailerAt));
  const previous = /\/Prev (\d+)/u.exec(trailer);
  return { trailer, previous: previous ? Number(previous[1]) : undefined };
}

type Objects = Pick<PdfFile, 'bytes' | 'offsets'>;

/** The dictionary of an object as text, from `<<` to its `>>`. */
function dictionary(file: Objects, object: number): string {
  const at = file.offsets.get(object);
  if (at === undefined) throw new Error(`PDFに対象${object}がありません。`);
  for (let length = 4096; ; length *= 4) {
    const text = file.bytes.toString('latin1', at, at + length);
    const from = text.indexOf('<<');
    const until = from < 0 ? -1 : closing(text, from);
    if (until >= 0) return text.slice(from, until);
    if (at + length >= file.bytes.length) throw new Error(`PDFの対象${object}を読めません。`);
  }
}

/** Index behind the `>>` that closes the `<<` at `from`; -1 when it is not in the text. */
function closing(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length - 1; at++) {
    const pair = text[at]! + text[at + 1]!;
    if (pair === '<<') { depth++; at++; } else if (pair === '>>') {
      depth--; at++;
      if (depth === 0) return at + 1;
    } else if (text[at] === '(') {
      for (at++; at < text.length && text[at] !== ')'; at++) if (text[at] === '\\') at++;
    }
  }
  return -1;
}

function streamOf(file: Objects, object: number, head: string): Buffer | undefined {
  const at = file.offsets.get(object)!;
  const from = file.bytes.indexOf('<<', at) + head.length;
  const start = /^\s*stream\r?\n/u.exec(file.bytes.toString('latin1', from, from + 16));
  if (!start) return undefined;
  const begin = from + start[0].length;
  return file.bytes.subarray(begin, begin + number(/\/Length (\d+)(?! \d+ R)/u.exec(head), 'Length'));
}

function content(file: Objects, object: number): string {
  const head = dictionary(file, object);
  const stream = streamOf(file, object, head) ?? Buffer.alloc(0);
  return (head.includes('/FlateDecode') ? inflateSync(stream) : stream).toString('latin1');
}

const marks = (text: string) => (text.match(/\/\w+ <<\/MCID \d+ ?>>\s*BDC/gu) ?? []).join('\n');

function pageParts(file: Objects, page: number) {
  const head = dictionary(file, page);
  const from = head.indexOf('/Resources <<') + '/Resources '.length;
  return { dictionary: head, resources: head.slice(from, closing(head, from)), content: number(/\/Contents (\d+) 0 R/u.exec(head), 'Contents') };
}

function renumbered(file: Objects, object: number, copy: (old: number) => number): Buffer {
  const head = dictionary(file, object);
  const fresh = Buffer.from(withReferences(head, copy), 'latin1');
  const stream = streamOf(file, object, head);
  return stream ? Buffer.concat([fresh, Buffer.from(' stream\n'), stream, Buffer.from('\nendstream')]) : fresh;
}

const withReferences = (text: string, copy: (old: number) => number) =>
  text.replace(/(\d+) 0 R/gu, (_, old: string) => `${copy(Number(old))} 0 R`);

function pagesUnder(file: Objects, object: number): number[] {
  const head = dictionary(file, object);
  const kids = /\/Kids \[([^\]]*)\]/u.exec(head);
  return kids ? [...kids[1]!.matchAll(/(\d+) 0 R/gu)].flatMap(([, kid]) => pagesUnder(file, Number(kid))) : [object];
}

function number(match: RegExpExecArray | null, what: string): number {
  if (!match) throw new Error(`PDFの${what}が見つかりません。`);
  return Number(match[1]);
}
