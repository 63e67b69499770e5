/** Looks into a ZIP file just far enough to say whether it is an XLSX or DOCX without macros. */
import { inflateRawSync } from 'node:zlib';

export type OfficeKind = { kind: 'xlsx' | 'docx' } | { not: string };

const MAIN_PARTS = { xlsx: 'xl/workbook.xml', docx: 'word/document.xml' } as const;
const CONTENT_TYPES = '[Content_Types].xml';
/** Parts with program code, and embedded objects that may hold any file. */
const CODE = /(?:^|\/)(?:vba(?:project|data)|macrosheets\/|dialogsheets\/|activex\/)/iu;
const EMBEDDED = /(?:^|\/)embeddings\/(?!.*\.(?:xlsx|docx|pptx)$)/iu;
const LARGEST_CONTENT_TYPES = 1024 * 1024;

/** ECMA-376 part 2 (Open Packaging Conventions): a ZIP whose parts are typed in `[Content_Types].xml`. */
export function ooxmlKind(bytes: Buffer): OfficeKind {
  const entries = zipEntries(bytes);
  if (entries === null) return { not: '壊れたZIP' };
  if (entries.some(({ encrypted }) => encrypted)) return { not: 'パスワード付きのZIP' };
  const types = entries.find(({ name }) => name === CONTENT_TYPES);
  const names = new Set(entries.map(({ name }) => name));
  const kinds = (['xlsx', 'docx'] as const).filter((kind) => names.has(MAIN_PARTS[kind]));
  if (types === undefined || kinds.length !== 1) return { not: 'XLSXでもDOCXでもないZIP' };
  const typed = contentOf(bytes, types);
  if (typed === null) return { not: '壊れたOffice文書' };
  if (entries.some(({ name }) => CODE.test(name)) || /macroEnabled|vbaProject/iu.test(typed)) return { not: 'マクロを含むOffice文書' };
  if (entries.some(({ name }) => EMBEDDED.test(name))) return { not: 'ほかのファイルを埋め込んだOffice文書' };
  return { kind: kinds[0]! };
}

export interface ZipEntry {
  name: string;
  encrypted: boolean;
  /** 0 stored, 8 deflated. */
  method: number;
  compressed: number;
  /** First byte of the data. */
  data: number;
}

const MOST_ENTRIES = 10_000;

/** Entries of the central directory, each of which its local header repeats; null when the file is not one whole ZIP from its first byte to its last. */
export function zipEntries(bytes: Buffer): ZipEntry[] | null {
  const end = endOfDirectory(bytes);
  if (end === null) return null;
  const entries: ZipEntry[] = [];
  const seen = new Set<string>();
  let at = end.directory;
  for (let n = 0; n < end.count; n += 1) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return null;
    const entry = entryAt(bytes, at);
    if (entry === null || seen.has(entry.name) || /^\/|(?:^|\/)\.\.(?:\/|$)|\\/u.test(entry.name)) return null;
    seen.add(entry.name);
    entries.push(entry);
    at += 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
  return at <= end.at && beginsWithEntry(bytes, entries) ? entries : null;
}

/** Nothing stands before the first entry. */
const beginsWithEntry = (bytes: Buffer, entries: readonly ZipEntry[]): boolean => entries.length > 0 && bytes.readUInt32LE(0) === 0x04034b50;

function endOfDirectory(bytes: Buffer): { at: number; directory: number; count: number } | null {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - 0xffff); at -= 1) {
    if (bytes.readUInt32LE(at) !== 0x06054b50 || at + 22 + bytes.readUInt16LE(at + 20) !== bytes.length) continue;
    const [count, directory] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 16)];
    return count > MOST_ENTRIES || directory >= at ? null : { at, directory, count };
  }
  return null;
}

function entryAt(bytes: Buffer, at: number): ZipEntry | null {
  const length = bytes.readUInt16LE(at + 28);
  const name = bytes.subarray(at + 46, at + 46 + length);
  const local = bytes.readUInt32LE(at + 42);
  if (local + 30 + length > bytes.length || bytes.readUInt32LE(local) !== 0x04034b50 || !bytes.subarray(local + 30, local + 30 + bytes.readUInt16LE(local + 26)).equals(name)) return null;
  const compressed = bytes.readUInt32LE(at + 20);
  const data = local + 30 + length + bytes.readUInt16LE(local + 28);
  if (data + compressed > bytes.length) return null;
  return { name: name.toString('utf8'), encrypted: (bytes.readUInt16LE(at + 8) & 1) === 1, method: bytes.readUInt16LE(at + 10), compressed, data };
}

function contentOf(bytes: Buffer, { method, compressed, data }: ZipEntry): string | null {
  const packed = bytes.subarray(data, data + compressed);
  if (method === 0) return packed.toString('utf8');
  if (method !== 8) return null;
  try {
    return inflateRawSync(packed, { maxOutputLength: LARGEST_CONTENT_TYPES }).toString('utf8');
  } catch {
    return null;
  }
}
