/** The parts of an XLSX package, unpacked within bounds, and a reader of XML that calls back for each element. */
import { Parser } from 'htmlparser2';
import { inflateRawSync } from 'node:zlib';
import { refuse } from './csv-reader.js';
import { ooxmlKind, zipEntries, type ZipEntry } from '../office-packages.js';

/** Bytes of all parts that are read, unpacked. */
const MOST_UNPACKED = 96 * 1024 * 1024;

export interface WorkbookParts {
  /** Text of a part; null when there is none. Throws `Invalid` when it is damaged or too large. */
  part(name: string): string | null;
}

/** @throws Invalid for what is no XLSX, holds macros, is encrypted or damaged */
export function openWorkbook(bytes: Buffer): WorkbookParts {
  const kind = ooxmlKind(bytes);
  if ('not' in kind) throw refuse('register-not-workbook', `このファイルの中身は${kind.not}です。${mendOf(kind.not)}`);
  if (kind.kind !== 'xlsx') throw refuse('register-not-workbook', `このファイルの中身はWord文書です。表をExcelに写し、${SAVE_ANEW}`);
  const entries = new Map((zipEntries(bytes) ?? []).map((entry) => [entry.name.toLowerCase(), entry]));
  let left = MOST_UNPACKED;
  return {
    part(name) {
      const entry = entries.get(name.toLowerCase());
      if (entry === undefined) return null;
      const unpacked = unpack(bytes, entry, left);
      left -= unpacked.length;
      return unpacked.toString('utf8').replace(/^\ufeff/u, '');
    },
  };
}

export const SAVE_ANEW = '「Excelブック（.xlsx）」で名前を付けて保存し直してから選んでください。';

function mendOf(what: string): string {
  if (what.includes('マクロ')) return `マクロを含むファイルは取り込めません。${SAVE_ANEW}`;
  if (what.includes('パスワード')) return 'パスワードを外して保存し直してから選んでください。';
  return SAVE_ANEW;
}

function unpack(bytes: Buffer, { method, compressed, data, name }: ZipEntry, most: number): Buffer {
  const packed = bytes.subarray(data, data + compressed);
  if (method === 0 && packed.length <= most) return packed;
  try {
    if (method === 8) return inflateRawSync(packed, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') throw damaged(name);
  }
  throw refuse('register-bomb', `ファイルを広げると${MOST_UNPACKED / 1024 / 1024}MBを超えます。台帳の表だけを新しいブックに写して保存してから選んでください。`);
}

export function damaged(part: string): Error {
  return refuse('register-damaged', `ファイルが壊れていて読めません（${part.slice(0, 80)}）。Excelで開いて保存し直してから選んでください。`);
}

export interface XmlEvents {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  text?(text: string): void;
  close?(name: string): void;
}

/** Names come without their prefix (`x:row` → `row`), attributes as written. Entities of a document type are never expanded. */
export function readXml(xml: string, events: XmlEvents): void {
  const bare = (name: string): string => name.slice(name.indexOf(':') + 1);
  const parser = new Parser({
    onopentag: (name, attributes) => events.open(bare(name), attributes),
    ontext: (text) => events.text?.(text),
    onclosetag: (name) => events.close?.(bare(name)),
  }, { xmlMode: true, decodeEntities: true });
  parser.write(xml);
  parser.end();
}

/** `_x000D_` stands for a character in texts of a workbook (ECMA-376 part 1, 22.9.2.19). */
export const unescaped = (text: string): string => (text.includes('_x') ? text.replace(/_x([0-9A-Fa-f]{4})_/gu, (_, code: string) => String.fromCharCode(parseInt(code, 16))) : text);
