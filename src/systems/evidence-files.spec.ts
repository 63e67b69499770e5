import { createHash } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import fc from 'fast-check';
import { cleanFileName, EVIDENCE_LIMITS, readEvidence } from './evidence-files.js';

/** A ZIP as PKWARE's APPNOTE describes it (4.3.7, 4.3.12, 4.3.16); `flags` bit 0: encrypted. */
function zip(parts: Record<string, string>, { flags = 0, deflate = false, localName = (name: string) => name } = {}): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const raw = Buffer.from(content);
    const packed = deflate ? deflateRawSync(raw) : raw;
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(20, 4);
    head.writeUInt16LE(flags, 6);
    head.writeUInt16LE(deflate ? 8 : 0, 8);
    head.writeUInt32LE(crc32(raw), 14);
    head.writeUInt32LE(packed.length, 18);
    head.writeUInt32LE(raw.length, 22);
    head.writeUInt16LE(Buffer.byteLength(name), 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    head.copy(entry, 6, 4, 28);
    entry.writeUInt32LE(at, 42);
    directory.push(entry, Buffer.from(name));
    pieces.push(head, Buffer.from(localName(name)), packed);
    at += 30 + Buffer.byteLength(localName(name)) + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, ...directory, end]);
}

const TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>';
const DOCX = { '[Content_Types].xml': TYPES, '_rels/.rels': '<Relationships/>', 'word/document.xml': '<w:document/>' };
const XLSX = { '[Content_Types].xml': TYPES, 'xl/workbook.xml': '<workbook/>' };
const PDF = '%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n';

const taken = (name: string, bytes: Uint8Array | string) => readEvidence(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes).file;
const refused = (name: string, bytes: Uint8Array | string) => readEvidence(name, typeof bytes === 'string' ? Buffer.from(bytes) : bytes).problem;

describe('what counts as evidence', () => {
  it('takes each allowed kind by its content, with size and hash of the bytes as they came', async () => {
    const book = new ExcelJS.Workbook();
    book.addWorksheet('権限').addRow(['係', '権限']);
    const cases: [string, Uint8Array | string, string][] = [
      ['規程.pdf', PDF, 'application/pdf'],
      ['画面.png', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0]), 'image/png'],
      ['写真.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0]), 'image/jpeg'],
      ['管理簿.xlsx', Buffer.from(await book.xlsx.writeBuffer()), 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'],
      ['手順.docx', zip(DOCX, { deflate: true }), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
      ['手順.docx', zip({ ...DOCX, 'word/embeddings/Microsoft_Excel_Sheet1.xlsx': 'PK' }), 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'],
      ['記録.txt', '令和8年4月1日　点検\r\n', 'text/plain; charset=utf-8'],
      ['一覧.CSV', '\ufeff氏名,権限\n職員,閲覧\n', 'text/csv; charset=utf-8'],
      ['比較.txt', '入力件数 < 出力件数', 'text/plain; charset=utf-8'],
      ['一覧.txt', 'MZ社の連絡先', 'text/plain; charset=utf-8'],
    ];
    for (const [name, bytes, mediaType] of cases) {
      const content = Buffer.from(bytes);
      expect(taken(name, content)).toMatchObject({ fileName: name, mediaType, size: content.length, sha256: createHash('sha256').update(content).digest('hex') });
    }
  });

  it('says of everything else what it is, and what is allowed', () => {
    const cases: [string, Uint8Array | string, string][] = [
      ['図.png', '<svg xmlns="http://www.w3.org/2000/svg"/>', 'SVG'],
      ['図.png', '<?xml version="1.0"?>\n<!-- 図 -->\n<svg onload="x()"/>', 'SVG'],
      ['説明.txt', ' \n<!DOCTYPE html><html></html>', 'HTML'],
      ['説明.txt', '<script>alert(1)</script>', 'HTML'],
      ['説明.txt', '\ufeff<p>説明</p>', 'HTML又はXML'],
      ['説明.pdf', Buffer.from('MZ\x90\x00\x03\x00\x00\x00', 'latin1'), '実行ファイル'],
      ['説明', Buffer.from('\x7fELF\x02\x01', 'latin1'), '実行ファイル'],
      ['説明.txt', '#!/bin/sh\nrm -r x', '実行ファイル（スクリプト）'],
      ['図.png', 'GIF89a....', 'GIF'],
      ['台帳.xlsx', Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), '古い形式又はパスワード付きのOffice文書'],
      ['説明.pdf', '%PDF-1.7\n1 0 obj', '途中で切れたPDF'],
      ['一覧.zip', zip({ 'readme.txt': 'x' }), 'XLSXでもDOCXでもないZIP'],
      ['一覧.xlsx', zip({ 'xl/workbook.xml': '<workbook/>' }), 'XLSXでもDOCXでもないZIP'],
      ['一覧.xlsx', zip({ ...XLSX, 'word/document.xml': '<w:document/>' }), 'XLSXでもDOCXでもないZIP'],
      ['一覧.xlsx', zip(XLSX).subarray(0, 120), '壊れたZIP'],
      ['一覧.xlsx', zip({ ...XLSX, '../evil.txt': 'x' }), '壊れたZIP'],
      ['一覧.xlsx', zip(XLSX, { localName: (name) => name.replace('xl/workbook.xml', 'xl/vbaProj.bin1') }), '壊れたZIP'],
      ['一覧.xlsx', zip(XLSX, { flags: 1 }), 'パスワード付きのZIP'],
      ['一覧.xlsx', zip({ ...XLSX, 'xl/vbaProject.bin': 'x' }), 'マクロを含むOffice文書'],
      ['一覧.xlsx', zip({ ...XLSX, 'xl/macrosheets/sheet1.xml': 'x' }), 'マクロを含むOffice文書'],
      ['手順.docx', zip({ ...DOCX, '[Content_Types].xml': TYPES.replace('/>', '><Override ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>') }, { deflate: true }), 'マクロを含むOffice文書'],
      ['手順.docx', zip({ ...DOCX, 'word/activeX/activeX1.bin': 'x' }), 'マクロを含むOffice文書'],
      ['手順.docx', zip({ ...DOCX, 'word/embeddings/oleObject1.bin': 'x' }), 'ほかのファイルを埋め込んだOffice文書'],
      ['一覧.csv', Buffer.from([0x8e, 0x81, 0x96, 0xbc, 0x2c, 0x31]), 'UTF-8でないテキスト又は知らない形式'],
      ['一覧.csv', Buffer.from([0xff, 0xfe, 0x41, 0x00]), 'UTF-16のテキスト'],
      ['一覧.txt', Buffer.from([0x41, 0x00, 0x42]), '知らない形式'],
      ['一覧.txt', ' \n\t　', '空白だけのテキスト'],
    ];
    for (const [name, bytes, what] of cases) {
      const problem = refused(name, bytes);
      expect([what, problem?.code]).toEqual([what, 'evidence-kind']);
      expect(problem?.message).toContain(`中身は${what}です`);
      expect(problem?.message).toContain('PDF、PNG、JPEG、XLSX、DOCX');
    }
    expect(refused('一覧.csv', Buffer.from([0x8e, 0x81]))?.message).toContain('UTF-8にして保存し直してください');
  });

  it('refuses nothing at all and more than 10 MB; exactly 10 MB is taken', () => {
    expect(refused('x.txt', '')?.code).toBe('evidence-empty');
    expect(taken('x.txt', Buffer.alloc(EVIDENCE_LIMITS.bytes, 0x61))?.size).toBe(10_485_760);
    expect(refused('x.txt', Buffer.alloc(EVIDENCE_LIMITS.bytes + 1, 0x61))).toMatchObject({ code: 'evidence-too-large', message: expect.stringContaining('10.1MB') });
  });

  it('any bytes whatever are taken or refused, never thrown at', () => {
    fc.assert(fc.property(fc.uint8Array({ minLength: 1, maxLength: 400 }), fc.constantFrom('', 'PK\x03\x04', '%PDF-1.4', 'PK\x05\x06'), (bytes, head) => {
      const { file, problem } = readEvidence('x', Buffer.concat([Buffer.from(head, 'latin1'), bytes]));
      expect((file === null) !== (problem === null)).toBe(true);
    }), { numRuns: 400 });
  });

  it('a package that is cut or changed at any byte is never taken for one with other parts', () => {
    const whole = zip({ ...XLSX, 'xl/vbaProject.bin': 'x' });
    fc.assert(fc.property(fc.nat(whole.length - 1), fc.nat(255), (at, byte) => {
      const changed = Buffer.from(whole);
      changed[at] = byte;
      for (const bytes of [changed, whole.subarray(0, at)]) expect(readEvidence('x.xlsx', bytes).file?.kind).not.toBe('xlsx');
    }), { numRuns: 300 });
  });
});

describe('the name of an evidence file', () => {
  it.each([
    ['C:\\申請\\規程.pdf', 'pdf', '規程.pdf'],
    ['../../etc/passwd', 'text', 'passwd.txt'],
    ['setup.bat', 'text', 'setup.bat.txt'],
    ['写真.jpg', 'png', '写真.jpg.png'],
    ['写真.JPEG', 'jpeg', '写真.JPEG'],
    ['権限\u0000表\u202egnp.exe', 'pdf', '権限表gnp.exe.pdf'],
    ['a<b>:"c|?*.csv', 'text', 'a_b___c___.csv'],
    ['...', 'pdf', '証拠.pdf'],
    ['.pdf', 'pdf', 'pdf.pdf'],
    ['', 'docx', '証拠.docx'],
    ['記録 .txt', 'text', '記録.txt'],
    ['か\u3099.txt', 'text', 'が.txt'],
    ['\ud83d壊.txt', 'text', '壊.txt'],
  ] as const)('%j (%s) becomes %j', (given, kind, name) => expect(cleanFileName(given, kind)).toBe(name));

  it('is at most 200 characters and keeps its ending', () => {
    const name = cleanFileName(`${'長'.repeat(300)}.xlsx`, 'xlsx');
    expect([[...name].length, name.slice(-6)]).toEqual([200, '長.xlsx']);
  });

  it('holds no path, no control character and no foreign ending, and cleaning again changes nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.constantFrom('pdf', 'png', 'text', 'xlsx'), (given, kind) => {
      const name = cleanFileName(given, kind);
      expect(name).not.toMatch(/[/\\\p{Cc}\p{Cs}<>:"|?*]/u);
      expect(name).toMatch(kind === 'text' ? /\.(?:txt|csv|log)$/iu : new RegExp(`\\.${kind}$`, 'iu'));
      expect([...name].length).toBeLessThanOrEqual(200);
      expect(cleanFileName(name, kind)).toBe(name);
    }), { numRuns: 500 });
  });
});
