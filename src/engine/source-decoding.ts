import { Invalid } from '../kernel/errors.js';

/** Largest file that is brought in, in bytes; the size of text and exchange files is bounded again when they are read. */
export const LARGEST_UPLOAD = 30 * 1024 * 1024;

/** First bytes of files that are no text, and what a person calls them. */
const BINARIES: readonly [string, string][] = [
  ['%PDF-', 'PDF'], ['PK\u0003\u0004', 'ZIPかOffice文書（Word・Excel）'], ['\u00d0\u00cf\u0011\u00e0', '古い形のOffice文書'], ['\u0089PNG', 'PNG画像'], ['\u00ff\u00d8\u00ff', 'JPEG画像'], ['GIF8', 'GIF画像'], ['\u001f\u008b', '圧縮ファイル'], ['\u007fELF', 'プログラム'], ['MZ', 'プログラム'],
];

/** Text of an uploaded file in UTF-8, UTF-16 (with its mark) or Shift_JIS. Throws `Invalid` for what is no text. */
export function decodeSource(bytes: Uint8Array): { text: string; encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'shift_jis' } {
  if (bytes.length === 0) throw refuse('source-empty', 'ファイルが空です。別のファイルを選んでください。');
  if (bytes.length > LARGEST_UPLOAD) throw refuse('source-too-large', `ファイルが大きすぎます（${(bytes.length / 1024 / 1024).toFixed(1)}MB）。文書を分けるか、テキストだけにして選び直してください。`);
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 16)).toString('latin1');
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : null;
  const kind = encoding === null ? BINARIES.find(([mark]) => head.startsWith(mark) && !(mark === 'MZ' && bytes[2]! >= 0x20))?.[1] : undefined;
  if (kind !== undefined) throw refuse('source-not-text', `このファイルは${kind}で、文字として読めません。中の文字を写し取って、テキスト、Markdown、HTMLで保存してから選んでください。`);
  for (const name of encoding === null ? (['utf-8', 'shift_jis'] as const) : ([encoding] as const)) {
    const text = decode(bytes, name);
    if (text !== null && !looksBinary(text)) return { text, encoding: name };
  }
  throw refuse('source-not-text', 'このファイルは文字として読めません。UTF-8、UTF-16、シフトJISのテキスト、Markdown、HTML、または交換ファイル（JSON）を選んでください。');
}

function decode(bytes: Uint8Array, encoding: string): string | null {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Real text holds next to no control characters. */
function looksBinary(text: string): boolean {
  const head = text.slice(0, 8192);
  let control = 0;
  for (let n = 0; n < head.length; n += 1) {
    const unit = head.charCodeAt(n);
    if (unit < 0x20 && unit !== 0x09 && unit !== 0x0a && unit !== 0x0d && unit !== 0x0c) control += 1;
  }
  return control > 8 && control > head.length * 0.02;
}

function refuse(code: string, message: string): Invalid {
  return new Invalid(code, message, [{ code, path: 'file', message }]);
}
