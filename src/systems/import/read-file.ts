/** A register file, known by its content alone: XLSX, or text with separators in UTF-8, UTF-16 or Shift_JIS. */
import { decodeSource } from '../../engine/source-decoding.js';
import { TenkenError } from '../../kernel/errors.js';
import { readCsv, refuse } from './csv-reader.js';
import { keepable, SHEET_LIMITS, type ReadFile } from './sheets.js';
import { SAVE_ANEW } from './workbook-parts.js';
import { readWorkbook } from './workbook-reader.js';

/** @throws Invalid with the reason; nothing else, whatever the bytes are */
export function readRegisterFile(fileName: string, bytes: Uint8Array): ReadFile {
  if (bytes.length === 0) throw refuse('register-empty', 'ファイルが空です。別のファイルを選んでください。');
  if (bytes.length > SHEET_LIMITS.bytes) throw refuse('register-too-large', `ファイルが大きすぎます（${(bytes.length / 1024 / 1024).toFixed(1)}MB）。${SHEET_LIMITS.bytes / 1024 / 1024}MBまでです。台帳の表だけを残して保存し直してください。`);
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read: ReadFile = source.subarray(0, 2).toString('latin1') === 'PK'
    ? { kind: 'xlsx', sheets: readWorkbook(source) }
    : { kind: 'csv', sheets: [readCsv(textOf(source), sheetName(fileName))] };
  if (read.sheets.every(({ rows }) => rows.length === 0)) throw refuse('register-empty', 'ファイルに値の入ったセルがありません。別のファイルを選んでください。');
  return read;
}

function textOf(source: Buffer): string {
  if (source.subarray(0, 4).toString('hex') === 'd0cf11e0') {
    throw refuse('register-old-workbook', `古い形式のExcelファイル（.xls）か、パスワード付きのファイルです。Excelで開き、パスワードを外して、${SAVE_ANEW}`);
  }
  if (/^\s*<(?:html|table|!doctype|\?xml)/iu.test(source.subarray(0, 512).toString('latin1'))) {
    throw refuse('register-not-workbook', `このファイルの中身はHTMLかXMLです。Excelで開き、${SAVE_ANEW}`);
  }
  try {
    return decodeSource(source).text;
  } catch (error) {
    if (!(error instanceof TenkenError)) throw error;
    throw refuse('register-not-workbook', `このファイルは台帳として読めません。Excelブック（.xlsx）か、UTF-8又はシフトJISのCSVを選んでください。`);
  }
}

/** A CSV file has one sheet, called after the file. */
function sheetName(fileName: string): string {
  return keepable(fileName.split(/[/\\]/u).at(-1)!).replace(/\.[^.]{1,5}$/u, '').replace(/[!\p{Cc}]/gu, '').trim().slice(0, 31).replace(/\p{Surrogate}/gu, '') || 'CSV';
}
