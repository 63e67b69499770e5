/** Register files for the specs: real workbooks made with ExcelJS, CSV in CP932, and packages put together part by part. */
import Excel from 'exceljs';
import { deflateRawSync } from 'node:zlib';

export type CellInput = string | number | boolean | Date | null | { formula: string; result?: string | number | { error: string } } | { percent: number } | { day: string; format?: string };

export interface SheetInput {
  name?: string;
  /** From A1; null leaves a cell empty. */
  rows: readonly (readonly CellInput[])[];
  /** `A2:A5`. */
  merges?: readonly string[];
  hiddenRows?: readonly number[];
  hiddenColumns?: readonly string[];
  hidden?: boolean;
}

/** A workbook as Excel would save it. */
export async function xlsx(...sheets: SheetInput[]): Promise<Buffer> {
  const book = new Excel.Workbook();
  sheets.forEach(({ name, rows, merges = [], hiddenRows = [], hiddenColumns = [], hidden = false }, n) => {
    const sheet = book.addWorksheet(name ?? `別表${n + 1}`, hidden ? { state: 'hidden' } : {});
    rows.forEach((row, r) => row.forEach((value, c) => {
      if (value === null) return;
      const cell = sheet.getCell(r + 1, c + 1);
      if (typeof value !== 'object' || value instanceof Date) cell.value = value;
      else if ('formula' in value) cell.value = { formula: value.formula, result: value.result } as Excel.CellFormulaValue;
      else if ('percent' in value) {
        cell.value = value.percent / 100;
        cell.numFmt = '0%';
      } else {
        cell.value = new Date(`${value.day}T00:00:00Z`);
        cell.numFmt = value.format ?? '[$-411]ggge"年"m"月"d"日"';
      }
    }));
    for (const merge of merges) sheet.mergeCells(merge);
    for (const row of hiddenRows) sheet.getRow(row).hidden = true;
    for (const column of hiddenColumns) sheet.getColumn(column).hidden = true;
  });
  return Buffer.from(await book.xlsx.writeBuffer());
}

let encoder: Map<string, number[]> | undefined;

/** Text in CP932 (Shift_JIS as Windows writes it), by turning the decoder of the platform around. */
export function cp932(text: string): Buffer {
  if (encoder === undefined) {
    const decoder = new TextDecoder('shift_jis');
    encoder = new Map();
    for (let byte = 0; byte < 0x80; byte += 1) encoder.set(String.fromCharCode(byte), [byte]);
    for (let byte = 0xa1; byte <= 0xdf; byte += 1) encoder.set(decoder.decode(Uint8Array.of(byte)), [byte]);
    for (let lead = 0x81; lead <= 0xfc; lead += 1) {
      // 0xED and 0xEE hold second codes of characters that Windows writes with others.
      if ((lead >= 0xa0 && lead <= 0xdf) || lead === 0xed || lead === 0xee) continue;
      for (let trail = 0x40; trail <= 0xfc; trail += 1) {
        const character = decoder.decode(Uint8Array.of(lead, trail));
        if (character.length === 1 && character !== '\ufffd' && !encoder.has(character)) encoder.set(character, [lead, trail]);
      }
    }
  }
  return Buffer.from([...text].flatMap((character) => encoder!.get(character) ?? [0x3f]));
}

/** A ZIP file of these parts. */
export function zip(parts: Readonly<Record<string, string | Buffer>>, deflated = true): Buffer {
  const chunks: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(parts)) {
    const plain = Buffer.from(content);
    const data = deflated ? deflateRawSync(plain) : plain;
    const title = Buffer.from(name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(deflated ? 8 : 0, 8);
    local.writeUInt32LE(data.length, 18);
    local.writeUInt32LE(plain.length, 22);
    local.writeUInt16LE(title.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE(deflated ? 8 : 0, 10);
    central.writeUInt32LE(data.length, 20);
    central.writeUInt32LE(plain.length, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(at, 42);
    chunks.push(local, title, data);
    directory.push(central, title);
    at += 30 + title.length + data.length;
  }
  const listing = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(Object.keys(parts).length, 8);
  end.writeUInt16LE(Object.keys(parts).length, 10);
  end.writeUInt32LE(listing.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...chunks, listing, end]);
}

/** The parts of a small workbook with this sheet; any of them can be replaced. */
export function workbookParts(sheet: string, others: Readonly<Record<string, string | Buffer>> = {}): Record<string, string | Buffer> {
  const types = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>';
  return {
    '[Content_Types].xml': types,
    'xl/workbook.xml': '<workbook xmlns:r="urn:r"><sheets><sheet name="台帳" sheetId="1" r:id="rId1"/></sheets></workbook>',
    'xl/_rels/workbook.xml.rels': '<Relationships><Relationship Id="rId1" Type="http://x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
    'xl/worksheets/sheet1.xml': sheet,
    ...others,
  };
}

/** `<worksheet>` with these rows. */
export const sheetXml = (rows: string, rest = ''): string => `<worksheet><sheetData>${rows}</sheetData>${rest}</worksheet>`;
