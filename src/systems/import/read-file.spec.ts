import fc from 'fast-check';
import { cp932, sheetXml, workbookParts, xlsx, zip } from '../../../test/register-files.js';
import { Invalid, TenkenError } from '../../kernel/errors.js';
import { textOf } from './grid.js';
import { readRegisterFile } from './read-file.js';
import type { CellValue, Sheet } from './sheets.js';

const values = ({ rows }: Sheet): Record<string, CellValue> => Object.fromEntries(rows.flatMap(({ number, cells }) => Object.entries(cells).map(([column, { value }]) => [`${column}${number}`, value])));
const read = (bytes: Uint8Array, name = 'daicho.xlsx'): Sheet => readRegisterFile(name, bytes).sheets[0]!;
const refusal = (bytes: Uint8Array): TenkenError => {
  try {
    readRegisterFile('daicho.xlsx', bytes);
  } catch (error) {
    return error as TenkenError;
  }
  throw new Error('nothing was refused');
};
const minimal = (rows: string, rest = '', others = {}): Buffer => zip(workbookParts(sheetXml(rows, rest), others));

describe('a workbook', () => {
  it('gives texts, numbers, days, percentages and truth values with their addresses', async () => {
    const sheet = read(await xlsx({ name: '別表１', rows: [['システム名', '端末'], ['住民\n記録', 12], [{ day: '2019-05-01' }, { percent: 35 }], [true, 0.5], [{ day: '2024-02-29', format: 'yyyy/m/d' }, null]] }));
    expect(sheet.name).toBe('別表１');
    expect(values(sheet)).toEqual({ A1: 'システム名', B1: '端末', A2: '住民\n記録', B2: 12, A3: { date: '2019-05-01' }, B3: { percent: 35 }, A4: true, B4: 0.5, A5: { date: '2024-02-29' } });
  });

  it('takes the stored result of a formula and keeps that it is one; errors and missing results stay what they are', async () => {
    const sheet = read(await xlsx({ rows: [[{ formula: 'SUM(B1:B2)', result: 7 }, { formula: 'A9', result: '住民記録' }, { formula: 'Z1', result: { error: '#REF!' } }, { formula: 'NOW()' }]] }));
    expect(sheet.rows[0]!.cells).toEqual({
      A: { value: 7, formula: true }, B: { value: '住民記録', formula: true }, C: { value: { error: '#REF!' }, formula: true }, D: { value: { uncomputed: true }, formula: true },
    });
  });

  it('keeps merged rectangles, hidden rows, columns and sheets', async () => {
    const file = readRegisterFile('x', await xlsx({ name: '表', rows: [['部', '名'], ['財務部', 'a'], [null, 'b']], merges: ['A2:A3'], hiddenRows: [3], hiddenColumns: ['B'] }, { name: '控え', rows: [['x']], hidden: true }));
    expect(file.sheets[0]).toMatchObject({ merges: [{ top: 2, left: 1, bottom: 3, right: 1 }], hiddenColumns: ['B'] });
    expect(file.sheets[0]!.rows.map(({ number, hidden }) => [number, hidden === true])).toEqual([[1, false], [2, false], [3, true]]);
    expect(file.sheets.map(({ name, hidden }) => [name, hidden === true])).toEqual([['表', false], ['控え', true]]);
  });

  it('reads rich texts without their readings, texts in the cell, escaped characters and prefixed elements', () => {
    const shared = '<sst><si><r><t>函</t></r><r><t xml:space="preserve">館 </t></r><rPh sb="0" eb="1"><t>ハコ</t></rPh></si><si><t>a_x0041_b</t></si></sst>';
    const parts = workbookParts('<x:worksheet><x:sheetData><x:row><x:c t="s"><x:v>0</x:v></x:c><x:c t="s"><x:v>1</x:v></x:c><x:c t="inlineStr"><x:is><x:t>中の文</x:t></x:is></x:c><x:c t="d"><x:v>2026-04-01T00:00:00</x:v></x:c></x:row></x:sheetData></x:worksheet>', {
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="/xl/worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
      'xl/sharedStrings.xml': shared,
    });
    expect(values(read(zip(parts, false)))).toEqual({ A1: '函館 ', B1: 'aAb', C1: '中の文', D1: { date: '2026-04-01' } });
  });

  // ECMA-376 part 1, 18.17.4.1: serial 1 is 1 January 1900, 60 the day that never was, 61 is 1 March; from 1904, 0 is 1 January 1904.
  it.each<[string, number, CellValue]>([['1900', 1, { date: '1900-01-01' }], ['1900', 60, 60], ['1900', 61, { date: '1900-03-01' }], ['1900', 45_000.75, { date: '2023-03-15' }], ['1900', 2_958_466, 2_958_466], ['1904', 0, { date: '1904-01-01' }]])('counts days from %s: %d', (from, serial, expected) => {
    const file = minimal(`<row r="1"><c r="A1" s="0"><v>${serial}</v></c></row>`, '', {
      'xl/workbook.xml': `<workbook><workbookPr date1904="${from === '1904' ? 1 : 0}"/><sheets><sheet name="台帳" r:id="rId1"/></sheets></workbook>`,
      'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://x/styles" Target="styles.xml"/></Relationships>',
      'xl/styles.xml': '<styleSheet><cellXfs><xf numFmtId="57"/></cellXfs></styleSheet>',
    });
    expect(values(read(file))).toEqual({ A1: expected });
  });
});

describe('a CSV file', () => {
  it('reads quotes, line ends within them, doubled quotes and blank fields', () => {
    expect(values(read(Buffer.from('番号,名前,目的\r\n1,"住民,記録","a\r\n""b"""\r\n\r\n2,,税\r\n'), 'dir/台帳.csv'))).toEqual({ A1: '番号', B1: '名前', C1: '目的', A2: '1', B2: '住民,記録', C2: 'a\n"b"', A4: '2', C4: '税' });
  });

  it('is called after its file and knows UTF-8 with its mark, CP932, UTF-16, tabs and semicolons', () => {
    const text = '番号\tシステム名\r\n①\t髙齢者～福祉';
    for (const bytes of [Buffer.from(`\ufeff${text}`), Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(text, 'utf16le')]), Buffer.from(text)]) {
      expect(values(read(bytes, 'C:\\data\\台帳.csv'))).toEqual({ A1: '番号', B1: 'システム名', A2: '①', B2: '髙齢者～福祉' });
    }
    expect(read(Buffer.from('a;b\n1;2'), 'x/台帳 8年.csv')).toMatchObject({ name: '台帳 8年' });
    // CP932: ① is 0x8740 (NEC), 髙 0xFBFC (IBM), ～ 0x8160.
    expect(cp932('①髙～').toString('hex')).toBe('8740fbfc8160');
    expect(values(read(cp932('番号,名\r\n①,髙～'), 'x.csv'))).toMatchObject({ A2: '①', B2: '髙～' });
  });

  it('knows the errors of formulas as text', () => {
    expect(values(read(Buffer.from('a,b\n#REF!,#1'), 'x.csv'))).toMatchObject({ A2: { error: '#REF!' }, B2: '#1' });
  });
});

describe('what is refused', () => {
  const ole = Buffer.concat([Buffer.from('d0cf11e0a1b11ae1', 'hex'), Buffer.alloc(600)]);
  it.each<[string, () => Uint8Array | Promise<Uint8Array>, string, string]>([
    ['an empty file', () => new Uint8Array(), 'register-empty', '空'],
    ['blank cells only', () => xlsx({ rows: [['  ', '']] }), 'register-empty', '値の入ったセルがありません'],
    ['11 MB', () => Buffer.alloc(11 * 1024 * 1024, 0x61), 'register-too-large', '10MBまで'],
    ['an old .xls', () => ole, 'register-old-workbook', '「Excelブック（.xlsx）」で名前を付けて保存し直して'],
    ['a workbook with macros', () => zip({ ...workbookParts(sheetXml('')), 'xl/vbaProject.bin': 'x' }), 'register-not-workbook', 'マクロを含むファイルは取り込めません。「Excelブック（.xlsx）」で'],
    ['a Word document', () => zip({ '[Content_Types].xml': '<Types/>', 'word/document.xml': '<w/>' }), 'register-not-workbook', 'Word文書'],
    ['another ZIP', () => zip({ 'a.txt': 'x' }), 'register-not-workbook', '保存し直して'],
    ['a truncated workbook', async () => (await xlsx({ rows: [['a']] })).subarray(0, 900), 'register-not-workbook', '壊れた'],
    ['a PDF', () => Buffer.from('%PDF-1.7\n'), 'register-not-workbook', 'CSV'],
    ['a picture', () => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0]), 'register-not-workbook', 'CSV'],
    ['a table of HTML called .xls', () => Buffer.from('<html><table><tr><td>1</td></tr></table>'), 'register-not-workbook', 'HTML'],
    ['a sheet that is missing', () => zip({ ...workbookParts(''), 'xl/_rels/workbook.xml.rels': '<R><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/none.xml"/></R>' }), 'register-damaged', '壊れていて'],
    ['a damaged part', () => { const file = zip(workbookParts(sheetXml('<row/>'))); file.fill(0xff, file.indexOf('sheet1.xml') + 10, file.indexOf('sheet1.xml') + 14); return file; }, 'register-damaged', 'xl/worksheets/sheet1.xml'],
    ['a quote that is never closed', () => Buffer.from('番号,名\n1,"住民'), 'register-csv-quote', '2行目'],
    ['61 columns', () => Buffer.from(`${'a,'.repeat(60)}b`), 'register-too-wide', '「BI1」より右'],
    ['61 columns in a workbook', () => minimal('<row r="3"><c r="BI3"><v>1</v></c></row>'), 'register-too-wide', '「BI3」'],
    ['5,001 rows', () => Buffer.from('a,b\n'.repeat(5_001)), 'register-too-long', '5,000行'],
    ['5,001 rows over two sheets', () => xlsx({ rows: Array.from({ length: 2_500 }, () => ['a']) }, { rows: Array.from({ length: 2_501 }, () => ['a']) }), 'register-too-long', '5,000行'],
    ['a value in row 10,001', () => minimal('<row r="10001"><c r="A10001"><v>1</v></c></row>'), 'register-too-long', '10,000行目'],
    ['merged cells that overlap', () => minimal('<row r="1"><c r="A1"><v>1</v></c></row><row r="4"><c r="A4"><v>1</v></c></row>', '<mergeCells><mergeCell ref="A1:B3"/><mergeCell ref="B2:C4"/></mergeCells>'), 'register-merges-overlap', '「B2」'],
    ['a ZIP bomb', () => zip(workbookParts(Buffer.alloc(97 * 1024 * 1024, 0x20).toString())), 'register-bomb', '96MBを超えます'],
    ['a bomb in several parts', () => zip(workbookParts(sheetXml(''), {
      'xl/_rels/workbook.xml.rels': '<R><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="a.xml"/><Relationship Id="rId3" Type="x/styles" Target="b.xml"/></R>',
      'xl/a.xml': ' '.repeat(60 * 1024 * 1024), 'xl/b.xml': ' '.repeat(60 * 1024 * 1024),
    })), 'register-bomb', '96MBを超えます'],
  ])('%s', async (_what, make, code, words) => {
    const error = refusal(await make());
    expect(error).toBeInstanceOf(Invalid);
    expect([error.code, error.message]).toEqual([code, expect.stringContaining(words)]);
    expect(error.problems).toEqual([{ code, path: 'file', message: error.message }]);
  });

  it('a merged cell over the whole sheet, a rule for every cell and entities that multiply cost nothing', () => {
    const file = minimal('<row r="1"><c r="A1" t="str"><v>a</v></c></row>', '<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells><dataValidations><dataValidation sqref="A1:XFD1048576"/></dataValidations>', {
      'xl/workbook.xml': '<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><workbook><definedNames><definedName name="n">台帳!$A$1:$XFD$1048576</definedName></definedNames><sheets><sheet name="台&b;帳" r:id="rId1"/></sheets></workbook>',
    });
    expect(read(file).merges).toEqual([{ top: 1, left: 1, bottom: 1, right: 60 }]);
    expect(read(file).name).toBe('台&b;帳');
  });
});

describe('whatever the bytes are', () => {
  const onlyInvalid = (bytes: Uint8Array): void => {
    try {
      for (const sheet of readRegisterFile('x.xlsx', bytes).sheets) for (const value of Object.values(values(sheet))) textOf(value);
    } catch (error) {
      if (!(error instanceof Invalid)) throw error;
    }
  };

  it('random bytes and texts are read or are Invalid', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), onlyInvalid), { numRuns: 500 });
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('"', ',', '\n', '\r', '\t', ';', 'あ', '=', '\u0000', ' '), maxLength: 80 }), (text) => onlyInvalid(Buffer.from(text))), { numRuns: 500 });
  });

  it('workbooks with bytes changed, cut or put in are read or are Invalid', async () => {
    const whole = await xlsx({ rows: [['番号', 'システム名'], [1, '住民記録'], [2, { day: '2026-04-01' }]], merges: ['A5:B6'] });
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), fc.option(fc.nat(whole.length)), (changes, end) => {
      const bytes = Buffer.from(whole);
      for (const [at, value] of changes) bytes[at] = value;
      onlyInvalid(end === null ? bytes : bytes.subarray(0, end));
    }), { numRuns: 400 });
  });

  it('parts with any XML in them are read or are Invalid', () => {
    const word = fc.constantFrom('row', 'c', 'v', 'f', 'is', 't', 'mergeCell', 'col', 'si', 'rPh', 'xf', 'cellXfs', 'numFmt', 'sheet', 'Relationship', '__proto__', 'constructor');
    const attribute = fc.tuple(fc.constantFrom('r', 't', 's', 'ref', 'min', 'max', 'hidden', 'numFmtId', 'formatCode', 'r:id', 'name', 'Id', 'Type', 'Target', '__proto__'), fc.constantFrom('', '1', '-1', 'A1', 'ZZZZ9', 'A0', 'A1:B2', 's', 'n', 'e', 'd', 'NaN', '1e999', '../../x', 'worksheet', '%', 'ge', 'rId1'));
    const element = fc.tuple(word, fc.array(attribute, { maxLength: 3 }), fc.constantFrom('', '<v>1</v>', '<v>x', '<t>あ</t>', '</c>', '&#x1F600;', '&bad;', '<![CDATA[ ]]>')).map(([name, attributes, inside]) => `<${name} ${attributes.map(([key, value]) => `${key}="${value}"`).join(' ')}>${inside}</${name}>`);
    const xml = fc.array(element, { maxLength: 12 }).map((all) => all.join(''));
    fc.assert(fc.property(xml, xml, xml, (sheet, shared, styles) => onlyInvalid(zip(workbookParts(sheet, {
      'xl/_rels/workbook.xml.rels': '<R><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="x/sharedStrings" Target="a.xml"/><Relationship Id="rId3" Type="x/styles" Target="b.xml"/></R>',
      'xl/a.xml': shared, 'xl/b.xml': styles,
    }), false))), { numRuns: 400 });
    fc.assert(fc.property(xml, xml, (book, relations) => onlyInvalid(zip(workbookParts(sheetXml(''), { 'xl/workbook.xml': book, 'xl/_rels/workbook.xml.rels': relations }), false))), { numRuns: 200 });
  });
});
