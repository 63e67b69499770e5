/**
 * 証拠: which files may show what a declaration says. Decided by the content alone; the name only says what the file is
 * called, and is made safe. Pure: whether a picture can really be opened is tried by the service.
 */
import { createHash } from 'node:crypto';
import type { Problem } from '../kernel/errors.js';
import { ooxmlKind } from './office-packages.js';

export type EvidenceKind = 'pdf' | 'png' | 'jpeg' | 'xlsx' | 'docx' | 'text';

/** Bytes of a file, files of one declaration, characters of a name. */
export const EVIDENCE_LIMITS = { bytes: 10 * 1024 * 1024, files: 20, name: 200 } as const;

/** What may be handed in, for pages and messages. */
export const EVIDENCE_ALLOWED = 'PDF、PNG、JPEG、XLSX、DOCX、UTF-8のテキスト（TXT・CSV）';

/** Media type, and the endings a name may have; the first is added to a name that has none of them. */
const KINDS: Readonly<Record<EvidenceKind, { mediaType: string; endings: readonly string[] }>> = {
  pdf: { mediaType: 'application/pdf', endings: ['pdf'] },
  png: { mediaType: 'image/png', endings: ['png'] },
  jpeg: { mediaType: 'image/jpeg', endings: ['jpg', 'jpeg'] },
  xlsx: { mediaType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', endings: ['xlsx'] },
  docx: { mediaType: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document', endings: ['docx'] },
  text: { mediaType: 'text/plain; charset=utf-8', endings: ['txt', 'csv', 'log'] },
};
const CSV = 'text/csv; charset=utf-8';

export interface EvidenceFile {
  fileName: string;
  mediaType: string;
  size: number;
  /** SHA-256 (hex) of the bytes as they came: evidence is kept unchanged. */
  sha256: string;
  kind: EvidenceKind;
}

/** The file as it is kept, or why it is not taken. */
export function readEvidence(fileName: string, bytes: Uint8Array): { file: EvidenceFile; problem: null } | { file: null; problem: Problem } {
  const refuse = (code: string, message: string): { file: null; problem: Problem } => ({ file: null, problem: { code, path: 'file', message } });
  if (bytes.length === 0) return refuse('evidence-empty', '証拠のファイルが空です。別のファイルを選んでください。');
  if (bytes.length > EVIDENCE_LIMITS.bytes) {
    return refuse('evidence-too-large', `証拠のファイルは10MBまでです（${(Math.ceil(bytes.length / 1024 / 1024 * 10) / 10).toFixed(1)}MB）。必要な部分だけにするか、分けて選び直してください。`);
  }
  const sniffed = sniff(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if ('not' in sniffed) return refuse('evidence-kind', `このファイルの中身は${sniffed.not}です。証拠にできるのは${EVIDENCE_ALLOWED}です。${sniffed.mend ?? 'そのどれかで保存し直してください。'}`);
  const name = cleanFileName(fileName, sniffed.kind);
  const csv = sniffed.kind === 'text' && /\.csv$/iu.test(name);
  return {
    file: { fileName: name, mediaType: csv ? CSV : KINDS[sniffed.kind].mediaType, size: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex'), kind: sniffed.kind },
    problem: null,
  };
}

/**
 * A name without path, control and invisible characters, with an ending that fits the content, at most 200 characters:
 * `C:\申請\setup.bat` with a text inside becomes `setup.bat.txt`.
 */
export function cleanFileName(fileName: string, kind: EvidenceKind): string {
  const { endings } = KINDS[kind];
  const last = fileName.normalize('NFC').split(/[/\\]/u).at(-1)!;
  const plain = last
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Cn}\u2028\u2029\ufffd]/gu, '')
    .replace(/[<>:"|?*]/gu, '_')
    .replace(/\s+/gu, ' ')
    .replace(/^[. ]+|[. ]+$/gu, '');
  const dot = plain.lastIndexOf('.');
  const ending = dot > 0 ? plain.slice(dot + 1) : '';
  const fits = endings.includes(ending.toLowerCase());
  const stem = (fits ? plain.slice(0, dot) : plain).replace(/[. ]+$/u, '');
  const behind = `.${fits ? ending : endings[0]!}`;
  return `${cut(stem === '' ? '証拠' : stem, EVIDENCE_LIMITS.name - behind.length)}${behind}`;
}

function cut(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : characters.slice(0, most).join('').replace(/[. ]+$/u, '');
}

type Sniffed = { kind: EvidenceKind } | { not: string; mend?: string };

const starts = (bytes: Buffer, ...head: number[]): boolean => head.every((one, n) => bytes[n] === one);

function sniff(bytes: Buffer): Sniffed {
  const head = bytes.subarray(0, 1024).toString('latin1');
  if (starts(bytes, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return { kind: 'png' };
  if (starts(bytes, 0xff, 0xd8, 0xff)) return { kind: 'jpeg' };
  if (/^%PDF-[12]\.\d/u.test(head)) {
    // The end mark stands in the last bytes of every whole PDF (ISO 32000-1, 7.5.5 and annex H).
    return bytes.subarray(-2048).includes('%%EOF') ? { kind: 'pdf' } : { not: '途中で切れたPDF', mend: 'もう一度保存し直してください。' };
  }
  if (starts(bytes, 0x50, 0x4b)) {
    const office = ooxmlKind(bytes);
    return 'kind' in office ? office : { not: office.not };
  }
  const binary = binaryName(bytes, head);
  return binary === null ? sniffText(bytes) : { not: binary };
}

function binaryName(bytes: Buffer, head: string): string | null {
  if (head.startsWith('MZ') && bytes.subarray(0, 512).includes(0)) return '実行ファイル';
  if (starts(bytes, 0x7f, 0x45, 0x4c, 0x46) || ['feedface', 'feedfacf', 'cefaedfe', 'cffaedfe', 'cafebabe'].includes(bytes.subarray(0, 4).toString('hex'))) return '実行ファイル';
  if (starts(bytes, 0xd0, 0xcf, 0x11, 0xe0)) return '古い形式又はパスワード付きのOffice文書';
  if (/^GIF8[79]a/u.test(head)) return 'GIF';
  if (head.startsWith('RIFF') && head.slice(8, 12) === 'WEBP') return 'WebP';
  if (head.startsWith('{\\rtf')) return 'RTF';
  if (starts(bytes, 0xff, 0xfe) || starts(bytes, 0xfe, 0xff)) return 'UTF-16のテキスト';
  return null;
}

/** Texts that a program would run or draw are no plain texts, whatever they are called. */
function sniffText(bytes: Buffer): Sniffed {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const mend = 'Shift_JISのテキストやCSVは、文字コードをUTF-8にして保存し直してください。';
    return { not: 'UTF-8でないテキスト又は知らない形式', mend };
  }
  if (/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/u.test(text)) return { not: '知らない形式' };
  const begin = text.replace(/^\s+/u, '').slice(0, 2048);
  if (begin === '') return { not: '空白だけのテキスト', mend: '内容のあるファイルを選んでください。' };
  if (begin.startsWith('#!')) return { not: '実行ファイル（スクリプト）' };
  if (/^<(?:[!?]|\/?[a-z])/iu.test(begin)) {
    if (/<svg[\s>]/iu.test(begin)) return { not: 'SVG' };
    return { not: /<!doctype html|<(?:html|head|body|script|iframe|meta|title|style)[\s>/]/iu.test(begin) ? 'HTML' : 'HTML又はXML' };
  }
  return { kind: 'text' };
}
