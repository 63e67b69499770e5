import { TenkenError } from '../kernel/errors.js';
import { decodeSource } from './source-decoding.js';

const codeOf = (bytes: Uint8Array): string => {
  try {
    return decodeSource(bytes).encoding;
  } catch (error) {
    return error instanceof TenkenError ? error.code : String(error);
  }
};

describe('the encoding of a source', () => {
  it('UTF-8 with and without its mark, Shift_JIS, UTF-16 in both orders', () => {
    // JIS X 0208: 評 is 0x955D and 価 0x89BF in Shift_JIS, ① of the NEC extension 0x8740.
    const cases: [number[] | Buffer, string, string][] = [
      [Buffer.from('評価書①'), 'utf-8', '評価書①'],
      [[0xef, 0xbb, 0xbf, 0xe8, 0xa9, 0x95], 'utf-8', '評'],
      [[0x95, 0x5d, 0x89, 0xbf, 0x87, 0x40, 0x0d, 0x0a], 'shift_jis', '評価①\r\n'],
      [[0xff, 0xfe, 0x55, 0x8a], 'utf-16le', '評'],
      [[0xfe, 0xff, 0x8a, 0x55], 'utf-16be', '評'],
    ];
    for (const [bytes, encoding, text] of cases) expect(decodeSource(Uint8Array.from(bytes))).toEqual({ text, encoding });
  });

  it('what is no text has its name', () => {
    expect(codeOf(new Uint8Array())).toBe('source-empty');
    expect(codeOf(Buffer.from('%PDF-1.7'))).toBe('source-not-text');
    expect(codeOf(Buffer.from([0xff, 0xd8, 0xff, 0xe0]))).toBe('source-not-text');
    expect(codeOf(Buffer.from([0xff, 0xfe, 0x00, 0xd8]))).toBe('source-not-text');
    expect(codeOf(Buffer.alloc(500))).toBe('source-not-text');
    expect(codeOf(Buffer.alloc(31 * 1024 * 1024, 0x61))).toBe('source-too-large');
  });

  it('text that begins like a program stays text', () => {
    expect(codeOf(Buffer.from('MZ世代に関する事務'))).toBe('utf-8');
    expect(codeOf(Buffer.from('一部にNUL\u0000がある文書'))).toBe('utf-8');
  });
});
